// What Socket's two implementations check and translate alike: which addresses a socket of a family
// takes, and in what form. Internal to rio/.
//
// Plain memory; allocates only for error messages. Any thread.
#ifndef FEEDHANDLER_RIO_SOCKET_SOCKET_FAMILY_H_
#define FEEDHANDLER_RIO_SOCKET_SOCKET_FAMILY_H_

#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "rio/endpoint.h"
#include "rio/socket/socket.h"
#include "rio/socket/socket_address.h"

namespace fh::rio {

// IPv4 in its IPv6 form, for sockets that speak IPv6.
inline Endpoint MappedToV6(const Endpoint& endpoint) {
  uint8_t bytes[16] = {};
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(bytes + 12, endpoint.address.bytes(), 4);
  return {IpAddress::V6(bytes), endpoint.port};
}

inline bool Fits(Socket::Family family, const IpAddress& address) {
  return family == Socket::Family::kDual || address.is_v4() == (family == Socket::Family::kV4);
}

inline absl::Status Misfit(Socket::Family family, const Endpoint& endpoint) {
  return absl::InvalidArgumentError(absl::StrCat(
      endpoint.ToString(), " is not for an ", family == Socket::Family::kV4 ? "IPv4" : "IPv6",
      " socket: open one of its IP version, or a dual-stack one"));
}

// The system's form of an endpoint for a socket of `family`.
inline SocketAddress AddressFor(Socket::Family family, const Endpoint& endpoint,
                                uint32_t interface_index) {
  const bool map = family == Socket::Family::kDual && endpoint.address.is_v4();
  return ToSocketAddress(map ? MappedToV6(endpoint) : endpoint, interface_index);
}

inline IpAddress AnyAddress(Socket::Family family) {
  constexpr uint8_t kAny[16] = {};
  return family == Socket::Family::kV4 ? IpAddress::V4(kAny) : IpAddress::V6(kAny);
}

inline absl::Status CheckMembership(Socket::Family family, const Membership& membership) {
  if (!membership.group.IsMulticast() || !Fits(family, membership.group)) {
    return absl::InvalidArgumentError(
        absl::StrCat(membership.group.ToString(),
                     " is not a multicast group (224.0.0.0/4, ff00::/8) of this socket's kind"));
  }
  if (!membership.source.is_none() && membership.source.is_v4() != membership.group.is_v4()) {
    return absl::InvalidArgumentError("group and source are of different IP versions");
  }
  return absl::OkStatus();
}

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_SOCKET_FAMILY_H_
