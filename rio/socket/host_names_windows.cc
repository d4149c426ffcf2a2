#include "rio/socket/socket_windows.h"
// After winsock2.h.
#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "rio/socket/socket.h"

namespace fh::rio {
namespace {

absl::Status NameError(int code, const std::string& what) {
  switch (code) {
    case WSAHOST_NOT_FOUND:  // EAI_NONAME
    case WSANO_DATA:
      return absl::NotFoundError(
          absl::StrCat(what,
                       ": Name or service not known; check the spelling, the hosts file and "
                       "the name service (nslookup NAME asks the same)"));
    case WSATRY_AGAIN:  // EAI_AGAIN
      return absl::UnavailableError(
          absl::StrCat(what,
                       ": Temporary failure in name resolution; the name service did not "
                       "answer: try again, or see ipconfig /all"));
    default:
      return SocketError(code, what, "see getaddrinfo in Microsoft's documentation");
  }
}

}  // namespace

absl::StatusOr<std::vector<Endpoint>> ResolveHost(const std::string& host, uint16_t port,
                                                  Socket::Family family) {
  if (host.empty()) return absl::InvalidArgumentError("the name of the host is missing");
  if (absl::Status status = StartWinsock(); !status.ok()) return status;
  addrinfo hints{};
  hints.ai_family = family == Socket::Family::kV4   ? AF_INET
                    : family == Socket::Family::kV6 ? AF_INET6
                                                    : AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;  // Once for each address, not for each kind of socket.
  addrinfo* list = nullptr;
  if (const int code = getaddrinfo(host.c_str(), nullptr, &hints, &list); code != 0) {
    return NameError(code, absl::StrCat("cannot resolve '", host, "'"));
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
  if (absl::Status status = StartWinsock(); !status.ok()) return status;
  const SocketAddress socket_address = ToSocketAddress({address, 0}, 0);
  char name[NI_MAXHOST] = {};
  const int code = getnameinfo(socket_address.get(), socket_address.length, name, sizeof name,
                               nullptr, 0, NI_NAMEREQD);
  if (code == 0) return std::string(name);
  return NameError(code, absl::StrCat(address.ToString(), " has no name"));
}

}  // namespace fh::rio
