#include "rio/socket/socket_address.h"

#ifndef _WIN32
#include <netinet/in.h>
#endif

#include <cstddef>
#include <cstring>

namespace fh::rio {

SocketAddress ToSocketAddress(const Endpoint& endpoint, uint32_t scope_id) {
  SocketAddress address;
  if (endpoint.address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, endpoint.address.bytes(), sizeof v4.sin_addr);
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.length = sizeof v4;
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    v6.sin6_scope_id = scope_id;
    std::memcpy(&v6.sin6_addr, endpoint.address.bytes(), sizeof v6.sin6_addr);
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.length = sizeof v6;
  }
  return address;
}

Endpoint FromSocketAddress(const void* address, size_t bytes) {
  decltype(sockaddr::sa_family) family = AF_UNSPEC;
  if (bytes >= sizeof(sockaddr)) {
    std::memcpy(&family, static_cast<const uint8_t*>(address) + offsetof(sockaddr, sa_family),
                sizeof family);
  }
  if (family == AF_INET && bytes >= sizeof(sockaddr_in)) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return {IpAddress::V4(reinterpret_cast<const uint8_t*>(&v4.sin_addr)), ntohs(v4.sin_port)};
  }
  if (family == AF_INET6 && bytes >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    const uint8_t* bytes16 = v6.sin6_addr.s6_addr;
    constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::memcmp(bytes16, kMapped, sizeof kMapped) == 0) {
      return {IpAddress::V4(bytes16 + 12), ntohs(v6.sin6_port)};
    }
    return {IpAddress::V6(bytes16), ntohs(v6.sin6_port)};
  }
  return {};
}

}  // namespace fh::rio
