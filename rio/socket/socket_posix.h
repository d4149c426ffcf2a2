// What receivers and senders share about POSIX sockets: a descriptor that closes itself, interfaces
// by name, and the limit on descriptors. Internal to rio/.
//
// Start-up only: every function makes system calls and may allocate.
#ifndef FEEDHANDLER_RIO_SOCKET_SOCKET_POSIX_H_
#define FEEDHANDLER_RIO_SOCKET_SOCKET_POSIX_H_

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rio/endpoint.h"
#include "rio/socket/socket_address.h"

struct ifreq;  // net/if.h

namespace fh::rio {

// Owns a file descriptor. -1 = none.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~UniqueFd() { Close(); }

  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }
  void Close();  // Does nothing the second time.

 private:
  int fd_ = -1;
};

// Raises the process's soft limit on descriptors to the hard one. False when it is there already.
bool RaiseDescriptorLimit();

// Calls `open`, which returns a descriptor or -1 with errno set; once more after raising the limit
// when there are too many.
template <class F>
UniqueFd OpenDescriptor(F&& open) {
  int fd = open();
  if (fd < 0 && errno == EMFILE && RaiseDescriptorLimit()) fd = open();
  return UniqueFd(fd);
}

// The fix for EMFILE.
inline constexpr char kDescriptorFix[] =
    "each line takes one descriptor; raise the hard limit (ulimit -Hn, LimitNOFILE= in a systemd "
    "unit)";

// Asks the interface named one of the questions of netdevice(7), through the socket `fd`, which is
// open already. Whether it answered, with errno set when not (ENODEV for a name that is too long).
bool AskInterface(int fd, const std::string& name, unsigned long question, ifreq& request);
// The same for questions that hand a structure to the driver (SIOCETHTOOL, SIOCGHWTSTAMP, ...).
bool AskDriver(int fd, const std::string& name, unsigned long question, void* data);

// How many datagrams the socket dropped since it was opened, for want of room or for a wrong
// checksum: 32 bits, wrapping; the same counter that SO_RXQ_OVFL reports (sock_diag(7),
// SK_MEMINFO_DROPS). Nothing before Linux 4.12. One system call, no allocation.
std::optional<uint32_t> ReadSocketDrops(int fd);

// The index of the interface named, 0 for an empty name; asked through the socket `fd`. NOT_FOUND
// lists those that exist.
absl::StatusOr<uint32_t> InterfaceIndex(int fd, const std::string& name);

// Whether the interface is up. True for an empty name.
bool InterfaceIsUp(int fd, const std::string& name);

// A UDP socket of the address's family. It is blocking, because io_uring arms receives only on such
// ones; everybody else passes MSG_DONTWAIT. When descriptors run out, raises the soft limit to the
// hard one (for the whole process) and tries again. Errors name the fix.
absl::StatusOr<UniqueFd> OpenUdpSocket(const IpAddress& address);

// setsockopt for an int; whether it worked, with errno set when not.
bool SetIntOption(int fd, int level, int option, int value);

// Busy polling of the socket: SO_PREFER_BUSY_POLL, SO_BUSY_POLL for `us` microseconds,
// SO_BUSY_POLL_BUDGET of `budget` packets. Empty, or a note that says why not and what to do.
std::string EnableBusyPoll(int fd, uint32_t us, uint32_t budget);

// A status made of "what: strerror", its code chosen by the errno, and the fix.
absl::Status SocketError(int error, const std::string& what, const std::string& fix);

// The interface through which a socket's multicast leaves. False with errno set.
bool SetMulticastInterfaceIndex(int fd, bool v4, uint32_t interface_index);

// Joins or leaves a group, from any source or, when `source` is set, from that one. The errno, or
// 0.
int ChangeMembership(int fd, const IpAddress& group, const IpAddress& source,
                     uint32_t interface_index, bool join);

// "what to do" for the errno of a join.
std::string JoinFix(int error, bool v4, const std::string& interface);

// "what to do" for the errno of bind(2) on `endpoint`; empty when nothing better is
// known.
std::string BindFix(int error, const Endpoint& endpoint);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_SOCKET_POSIX_H_
