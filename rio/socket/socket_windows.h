// What receivers and senders share about Winsock: a socket that closes itself, interfaces by name,
// and errors in the words that the POSIX side uses for the same cause. Internal to rio/. Brings
// in winsock2.h.
//
// Start-up only: every function makes system calls and may allocate. The first socket that is
// opened through this header starts Winsock for the process (WSAStartup, version 2.2); it stays
// started.
#ifndef FEEDHANDLER_RIO_SOCKET_SOCKET_WINDOWS_H_
#define FEEDHANDLER_RIO_SOCKET_SOCKET_WINDOWS_H_

// Order matters: winsock2.h before everything that could bring in windows.h.
#include <winsock2.h>
// The rest needs winsock2.h.
#include <mswsock.h>
#include <ws2tcpip.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rio/endpoint.h"
#include "rio/socket/socket_address.h"

namespace fh::rio {

// Owns a SOCKET. INVALID_SOCKET = none.
class UniqueSocket {
 public:
  UniqueSocket() = default;
  explicit UniqueSocket(SOCKET socket) : socket_(socket) {}
  UniqueSocket(UniqueSocket&& other) noexcept : socket_(other.Release()) {}
  UniqueSocket& operator=(UniqueSocket&& other) noexcept {
    if (this != &other) {
      Close();
      socket_ = other.Release();
    }
    return *this;
  }
  ~UniqueSocket() { Close(); }

  SOCKET get() const { return socket_; }
  SOCKET Release() { return std::exchange(socket_, INVALID_SOCKET); }
  void Close();  // Does nothing the second time.

 private:
  SOCKET socket_ = INVALID_SOCKET;
};

// Owns a HANDLE. Null = none.
class UniqueHandle {
 public:
  UniqueHandle() = default;
  explicit UniqueHandle(HANDLE handle) : handle_(handle) {}
  UniqueHandle(UniqueHandle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  UniqueHandle& operator=(UniqueHandle&& other) noexcept {
    if (this != &other) {
      Close();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~UniqueHandle() { Close(); }

  HANDLE get() const { return handle_; }
  void Close() {
    if (handle_ != nullptr) CloseHandle(std::exchange(handle_, nullptr));
  }

 private:
  HANDLE handle_ = nullptr;
};

// Starts Winsock, once. The error says what is missing.
absl::Status StartWinsock();

// A socket for overlapped operations. `flags`: more WSA_FLAG_ values. INVALID_SOCKET with the code
// in WSAGetLastError.
UniqueSocket OpenOverlappedSocket(int family, int type, int protocol, DWORD flags = 0);

// A UDP socket of the address's family that reports no ICMP errors as failed receives
// (SIO_UDP_CONNRESET and SIO_UDP_NETRESET off). Errors name the fix.
absl::StatusOr<UniqueSocket> OpenUdpSocket(const IpAddress& address);

// Without it, a datagram that nobody listened to makes a later receive on the same socket fail.
void IgnoreUnreachable(SOCKET socket);

// setsockopt for an int; whether it worked, with WSAGetLastError when not.
bool SetIntOption(SOCKET socket, int level, int option, int value);

// WSARecvMsg and WSASendMsg are found through a socket, not linked. Null when refused.
LPFN_WSARECVMSG FindReceiveMessage(SOCKET socket);
LPFN_WSASENDMSG FindSendMessage(SOCKET socket);

// A network interface. Its name is the one that Windows shows ("Ethernet 2"); "lo" is the loopback
// interface everywhere, so that configurations work on both systems.
struct Interface {
  uint32_t index = 0;     // As IPv4 counts; as IPv6 does when it has no IPv4.
  uint32_t index_v6 = 0;  // As IPv6 counts, likewise. Nearly always the same.
  std::string name;
  IpAddress address_v4;  // Its first IPv4 address; none when it has none.
  bool is_up = false;
};

// By the name that is shown, the system's own ("ethernet_32768"), its GUID or its index; upper and
// lower case are the same. An empty name gives index 0: the system's choice. NOT_FOUND lists those
// that exist.
absl::StatusOr<Interface> FindInterface(const std::string& name);

// Where multicast leaves this host; whether it worked, with WSAGetLastError when not.
bool SetMulticastInterface(SOCKET socket, bool v4, const Interface& found);

// Joins the group on the interface, or leaves it; for `source` alone when it is not none. 0, or the
// Winsock code.
int ChangeMembership(SOCKET socket, const IpAddress& group, const IpAddress& source,
                     const Interface& found, bool join);

// "what to do" for the code of a failed join.
std::string JoinFix(int error, bool v4, const std::string& interface_name);

// The cause in the words of POSIX where it has any, else the system's text.
std::string SocketErrorText(int error);

// A status made of "what: cause; fix", its code chosen by the Winsock error.
absl::Status SocketError(int error, const std::string& what, const std::string& fix);

// "what to do" for the code of a failed bind to `endpoint`.
std::string BindFix(int error, const Endpoint& endpoint);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_SOCKET_WINDOWS_H_
