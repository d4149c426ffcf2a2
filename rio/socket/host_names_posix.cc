#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "rio/socket/socket.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {
namespace {

// getaddrinfo(3) has codes of its own.
absl::Status NameError(int code, int system_error, const std::string& what) {
  const std::string message = absl::StrCat(
      what, ": ", code == EAI_SYSTEM ? std::strerror(system_error) : gai_strerror(code));
  switch (code) {
    case EAI_NONAME:
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY:
#endif
      return absl::NotFoundError(
          absl::StrCat(message,
                       "; check the spelling, /etc/hosts and the name service (getent "
                       "hosts NAME asks the same)"));
    case EAI_AGAIN:
      return absl::UnavailableError(
          absl::StrCat(message,
                       "; the name service did not answer: try again, or see "
                       "/etc/resolv.conf"));
    default:
      return absl::FailedPreconditionError(absl::StrCat(message, "; see getaddrinfo(3)"));
  }
}

}  // namespace

absl::StatusOr<std::vector<Endpoint>> ResolveHost(const std::string& host, uint16_t port,
                                                  Socket::Family family) {
  if (host.empty()) return absl::InvalidArgumentError("the name of the host is missing");
  addrinfo hints{};
  hints.ai_family = family == Socket::Family::kV4   ? AF_INET
                    : family == Socket::Family::kV6 ? AF_INET6
                                                    : AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;  // Once for each address, not for each kind of socket.
  addrinfo* list = nullptr;
  if (const int code = getaddrinfo(host.c_str(), nullptr, &hints, &list); code != 0) {
    return NameError(code, errno, absl::StrCat("cannot resolve '", host, "'"));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  std::vector<Endpoint> endpoints;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    Endpoint endpoint = FromSocketAddress(entry->ai_addr, entry->ai_addrlen);
    endpoint.port = port;
    if (endpoint.address.is_none()) continue;
    if (std::find(endpoints.begin(), endpoints.end(), endpoint) == endpoints.end()) {
      endpoints.push_back(endpoint);
    }
  }
  if (endpoints.empty()) {
    return absl::NotFoundError(absl::StrCat("'", host, "' has no address of this IP version"));
  }
  return endpoints;
}

absl::StatusOr<std::string> HostNameOf(const IpAddress& address) {
  if (address.is_none()) return absl::InvalidArgumentError("the address is missing");
  const SocketAddress socket_address = ToSocketAddress({address, 0}, 0);
  char name[NI_MAXHOST] = {};
  const int code = getnameinfo(socket_address.get(), socket_address.length, name, sizeof name,
                               nullptr, 0, NI_NAMEREQD);
  if (code == 0) return std::string(name);
  return NameError(code, errno, absl::StrCat(address.ToString(), " has no name"));
}

}  // namespace fh::rio
