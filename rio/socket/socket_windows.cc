#include "rio/socket/socket_windows.h"

#include <iphlpapi.h>

#include <array>
#include <cstring>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace fh::rio {
namespace {

// SIO_UDP_NETRESET, which mingw-w64 does not declare (mstcpip.h of the Windows SDK).
constexpr DWORD kSioUdpNetReset = _WSAIOW(IOC_VENDOR, 15);

struct Cause {
  int error;
  absl::StatusCode code;
  const char* text;
};

using absl::StatusCode;

// The texts are those of strerror(3) with glibc for the same cause: one message on both systems.
constexpr std::array kCauses = {
    Cause{WSAEACCES, StatusCode::kPermissionDenied, "Permission denied"},
    Cause{WSAEADDRINUSE, StatusCode::kAlreadyExists, "Address already in use"},
    Cause{WSAEADDRNOTAVAIL, StatusCode::kNotFound, "Cannot assign requested address"},
    Cause{WSAEAFNOSUPPORT, StatusCode::kUnimplemented, "Address family not supported by protocol"},
    Cause{WSAECONNREFUSED, StatusCode::kUnavailable, "Connection refused"},
    Cause{WSAECONNRESET, StatusCode::kFailedPrecondition, "Connection reset by peer"},
    Cause{WSAEHOSTUNREACH, StatusCode::kFailedPrecondition, "No route to host"},
    Cause{WSAEINVAL, StatusCode::kFailedPrecondition, "Invalid argument"},
    Cause{WSAEMFILE, StatusCode::kResourceExhausted, "Too many open files"},
    Cause{WSAEMSGSIZE, StatusCode::kFailedPrecondition, "Message too long"},
    Cause{WSAENETDOWN, StatusCode::kFailedPrecondition, "Network is down"},
    Cause{WSAENETUNREACH, StatusCode::kFailedPrecondition, "Network is unreachable"},
    Cause{WSAENOBUFS, StatusCode::kResourceExhausted, "No buffer space available"},
    Cause{WSAENOPROTOOPT, StatusCode::kUnimplemented, "Protocol not available"},
    Cause{WSAENOTCONN, StatusCode::kFailedPrecondition, "Transport endpoint is not connected"},
    Cause{WSAENOTSOCK, StatusCode::kFailedPrecondition, "Socket operation on non-socket"},
    Cause{WSAEOPNOTSUPP, StatusCode::kUnimplemented, "Operation not supported"},
    Cause{WSAETIMEDOUT, StatusCode::kDeadlineExceeded, "Connection timed out"},
    Cause{WSAEWOULDBLOCK, StatusCode::kFailedPrecondition, "Resource temporarily unavailable"},
    Cause{WSA_NOT_ENOUGH_MEMORY, StatusCode::kResourceExhausted, "Cannot allocate memory"},
    Cause{WSA_OPERATION_ABORTED, StatusCode::kFailedPrecondition, "Operation canceled"},
};

const Cause* FindCause(int error) {
  for (const Cause& cause : kCauses) {
    if (cause.error == error) return &cause;
  }
  return nullptr;
}

std::string ToUtf8(const wchar_t* text) {
  const int bytes = WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  if (bytes <= 1) return "";
  std::string utf8(static_cast<size_t>(bytes), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8.data(), bytes, nullptr, nullptr);
  utf8.pop_back();  // The terminator.
  return utf8;
}

struct Adapter {
  Interface interface_data;
  std::string guid;
  bool is_loopback = false;
};

std::vector<Adapter> Adapters() {
  constexpr ULONG kFlags =
      GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
  constexpr int kTries = 4;  // Interfaces may be added between the calls.
  ULONG bytes = 32 * 1024;
  std::vector<uint64_t> buffer;
  for (int i = 0; i < kTries; ++i) {
    buffer.resize(bytes / sizeof(uint64_t) + 1);
    const ULONG error = GetAdaptersAddresses(
        AF_UNSPEC, kFlags, nullptr, reinterpret_cast<IP_ADAPTER_ADDRESSES*>(buffer.data()), &bytes);
    if (error == ERROR_SUCCESS) break;
    if (error != ERROR_BUFFER_OVERFLOW || i + 1 == kTries) return {};
  }
  std::vector<Adapter> adapters;
  for (auto* entry = reinterpret_cast<const IP_ADAPTER_ADDRESSES*>(buffer.data()); entry != nullptr;
       entry = entry->Next) {
    Adapter adapter;
    adapter.interface_data.index = entry->IfIndex != 0 ? entry->IfIndex : entry->Ipv6IfIndex;
    adapter.interface_data.index_v6 = entry->Ipv6IfIndex != 0 ? entry->Ipv6IfIndex : entry->IfIndex;
    adapter.interface_data.name = ToUtf8(entry->FriendlyName);
    adapter.interface_data.is_up = entry->OperStatus == IfOperStatusUp;
    adapter.guid = entry->AdapterName;
    adapter.is_loopback = entry->IfType == IF_TYPE_SOFTWARE_LOOPBACK;
    for (auto* address = entry->FirstUnicastAddress; address != nullptr; address = address->Next) {
      const sockaddr* raw = address->Address.lpSockaddr;
      if (raw->sa_family != AF_INET || !adapter.interface_data.address_v4.is_none()) continue;
      sockaddr_in v4{};
      std::memcpy(&v4, raw, sizeof v4);
      adapter.interface_data.address_v4 =
          IpAddress::V4(reinterpret_cast<const uint8_t*>(&v4.sin_addr));
    }
    adapters.push_back(std::move(adapter));
  }
  return adapters;
}

// By the interface's address where it has one; the index in an address 0.0.0.n otherwise, which
// Windows takes for the same (IP_ADD_MEMBERSHIP, "imr_interface").
in_addr InterfaceAddress(const Interface& found) {
  in_addr address{};
  if (!found.address_v4.is_none()) {
    std::memcpy(&address, found.address_v4.bytes(), sizeof address);
  } else {
    address.s_addr = htonl(found.index);
  }
  return address;
}

template <class Request>
int SetOption(SOCKET socket, int level, int option, const Request& request) {
  const auto* const bytes = reinterpret_cast<const char*>(&request);
  return setsockopt(socket, level, option, bytes, sizeof request) == 0 ? 0 : WSAGetLastError();
}

int ChangeMembershipV4(SOCKET socket, const IpAddress& group, const IpAddress& source,
                       const Interface& found, bool join) {
  if (source.is_none()) {
    ip_mreq request{};
    std::memcpy(&request.imr_multiaddr, group.bytes(), 4);
    request.imr_interface = InterfaceAddress(found);
    return SetOption(socket, IPPROTO_IP, join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, request);
  }
  ip_mreq_source request{};
  std::memcpy(&request.imr_multiaddr, group.bytes(), 4);
  std::memcpy(&request.imr_sourceaddr, source.bytes(), 4);
  request.imr_interface = InterfaceAddress(found);
  return SetOption(socket, IPPROTO_IP, join ? IP_ADD_SOURCE_MEMBERSHIP : IP_DROP_SOURCE_MEMBERSHIP,
                   request);
}

int ChangeMembershipV6(SOCKET socket, const IpAddress& group, const IpAddress& source,
                       const Interface& found, bool join) {
  if (source.is_none()) {
    ipv6_mreq request{};
    std::memcpy(&request.ipv6mr_multiaddr, group.bytes(), 16);
    request.ipv6mr_interface = found.index_v6;
    return SetOption(socket, IPPROTO_IPV6, join ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP,
                     request);
  }
  GROUP_SOURCE_REQ request{};
  request.gsr_interface = found.index_v6;
  request.gsr_group = ToSocketAddress({group, 0}, found.index_v6).storage;
  request.gsr_source = ToSocketAddress({source, 0}, 0).storage;
  return SetOption(socket, IPPROTO_IPV6, join ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP,
                   request);
}

template <class Function>
Function FindExtension(SOCKET socket, GUID id) {
  Function function = nullptr;
  DWORD bytes = 0;
  if (WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function,
               sizeof function, &bytes, nullptr, nullptr) != 0) {
    return nullptr;
  }
  return function;
}

}  // namespace

void UniqueSocket::Close() {
  if (socket_ != INVALID_SOCKET) closesocket(Release());
}

absl::Status StartWinsock() {
  static const int error = [] {
    WSADATA data;
    return WSAStartup(MAKEWORD(2, 2), &data);
  }();
  if (error == 0) return absl::OkStatus();
  return SocketError(error, "Winsock 2.2 does not start",
                     "repair the system's network (netsh winsock reset)");
}

UniqueSocket OpenOverlappedSocket(int family, int type, int protocol, DWORD flags) {
  if (!StartWinsock().ok()) return UniqueSocket();
  return UniqueSocket(WSASocketW(family, type, protocol, nullptr, 0,
                                 WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT | flags));
}

absl::StatusOr<UniqueSocket> OpenUdpSocket(const IpAddress& address) {
  if (address.is_none()) return absl::InvalidArgumentError("the address of a line is missing");
  if (absl::Status status = StartWinsock(); !status.ok()) return status;
  UniqueSocket socket =
      OpenOverlappedSocket(address.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM, IPPROTO_UDP);
  if (socket.get() != INVALID_SOCKET) {
    IgnoreUnreachable(socket.get());
    return socket;
  }
  const int error = WSAGetLastError();
  std::string fix = "see WSASocket in Microsoft's documentation";
  if (error == WSAEAFNOSUPPORT) {
    fix = address.is_v6() ? "this host runs without IPv6; use IPv4 groups or enable it"
                          : "this host runs without IPv4";
  } else if (error == WSAENOBUFS || error == WSAEMFILE) {
    fix = "the system has no memory for more sockets: close programs, or subscribe to fewer lines";
  }
  return SocketError(error, absl::StrCat("no UDP socket for ", address.ToString()), fix);
}

void IgnoreUnreachable(SOCKET socket) {
  BOOL report = FALSE;
  DWORD bytes = 0;
  // The second is not known before Windows 10 and to Wine; then nothing sends such errors either.
  for (const DWORD control : {DWORD{SIO_UDP_CONNRESET}, kSioUdpNetReset}) {
    WSAIoctl(socket, control, &report, sizeof report, nullptr, 0, &bytes, nullptr, nullptr);
  }
}

bool SetIntOption(SOCKET socket, int level, int option, int value) {
  return setsockopt(socket, level, option, reinterpret_cast<const char*>(&value), sizeof value) ==
         0;
}

LPFN_WSARECVMSG FindReceiveMessage(SOCKET socket) {
  return FindExtension<LPFN_WSARECVMSG>(socket, WSAID_WSARECVMSG);
}

LPFN_WSASENDMSG FindSendMessage(SOCKET socket) {
  return FindExtension<LPFN_WSASENDMSG>(socket, WSAID_WSASENDMSG);
}

absl::StatusOr<Interface> FindInterface(const std::string& name) {
  if (name.empty()) return Interface{};
  const std::vector<Adapter> adapters = Adapters();
  uint32_t index = 0;
  if (!absl::SimpleAtoi(name, &index)) index = if_nametoindex(name.c_str());
  std::string names;
  for (const Adapter& adapter : adapters) {
    const Interface& found = adapter.interface_data;
    if (absl::EqualsIgnoreCase(name, found.name) || absl::EqualsIgnoreCase(name, adapter.guid) ||
        (index != 0 && (index == found.index || index == found.index_v6)) ||
        (name == "lo" && adapter.is_loopback)) {
      return found;
    }
    absl::StrAppend(&names, names.empty() ? "" : ", ", found.name,
                    adapter.is_loopback && found.name != "lo" ? " (or lo)" : "");
  }
  return absl::NotFoundError(absl::StrCat("there is no network interface '", name,
                                          "'; this host has: ", names.empty() ? "(none)" : names));
}

bool SetMulticastInterface(SOCKET socket, bool v4, const Interface& found) {
  if (!v4) {
    const auto index = static_cast<int>(found.index_v6);
    return SetIntOption(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, index);
  }
  const in_addr address = InterfaceAddress(found);
  return SetOption(socket, IPPROTO_IP, IP_MULTICAST_IF, address) == 0;
}

int ChangeMembership(SOCKET socket, const IpAddress& group, const IpAddress& source,
                     const Interface& found, bool join) {
  return group.is_v4() ? ChangeMembershipV4(socket, group, source, found, join)
                       : ChangeMembershipV6(socket, group, source, found, join);
}

std::string JoinFix(int error, bool v4, const std::string& interface_name) {
  switch (error) {
    case WSAEADDRNOTAVAIL:
    case WSAENETUNREACH:
    case WSAEINVAL:
      if (interface_name.empty()) {
        return "no route leads to the group: name the line's interface, or add a route";
      }
      return v4 ? "the interface takes no multicast (is it up, with an IPv4 address?)"
                : "the interface takes no IPv6 multicast (is it up, with IPv6 enabled?)";
    case WSAENOPROTOOPT:
      return "this system has no such join; leave the source out";
    case WSAENOBUFS:
      return "the interface takes no more groups: netsh int ipv4 show joins";
    default:
      return "see IP_ADD_MEMBERSHIP in Microsoft's documentation";
  }
}

std::string SocketErrorText(int error) {
  if (const Cause* cause = FindCause(error)) return cause->text;
  return absl::StrCat(std::system_category().message(error), " (code ", error, ")");
}

absl::Status SocketError(int error, const std::string& what, const std::string& fix) {
  const Cause* cause = FindCause(error);
  return absl::Status(
      cause != nullptr ? cause->code : StatusCode::kFailedPrecondition,
      absl::StrCat(what, ": ", SocketErrorText(error), fix.empty() ? "" : "; ", fix));
}

std::string BindFix(int error, const Endpoint& endpoint) {
  switch (error) {
    case WSAEADDRINUSE:
    case WSAEACCES:  // Held by a socket with SO_EXCLUSIVEADDRUSE, or reserved.
      return absl::StrCat(
          "another program holds the port alone: find it with netstat -abno -p udp and look for :",
          endpoint.port, "; or it is reserved: netsh int ipv4 show excludedportrange udp");
    case WSAEADDRNOTAVAIL:
      return absl::StrCat(endpoint.address.ToString(),
                          " is neither a multicast group (224.0.0.0/4, ff00::/8) nor an address of "
                          "this host (ipconfig)");
    case WSAEINVAL:
      return "a link-local IPv6 address needs the interface's name";
    default:
      return "see bind in Microsoft's documentation";
  }
}

}  // namespace fh::rio
