// Tells that something about this host's network interfaces changed: one came or went, its link,
// its flags, its addresses (rtnetlink(7)). What it is now, is asked anew.
//
//   absl::StatusOr<InterfaceWatch> watch = InterfaceWatch::Open();
//   std::vector<uint32_t> removed;
//   watch->Wait(std::chrono::hours(1), removed);       // Sleeps until there is news.
//   const InterfaceNow now = LookAtInterface(socket, "eth1");
//   if (now.index != 0 && now.is_up) ...
//   ...
//   watch->Wake();                                     // From another thread: Wait returns.
//
// Linux. Open makes system calls; Wait and LookAtInterface too, and neither allocates while nothing
// changes. One thread, but for Wake.
#ifndef FEEDHANDLER_RIO_HOST_INTERFACE_WATCH_H_
#define FEEDHANDLER_RIO_HOST_INTERFACE_WATCH_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/endpoint.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {

class InterfaceWatch {
 public:
  // Of the network namespace that the calling thread is in.
  static absl::StatusOr<InterfaceWatch> Open();

  // Blocks until something changed, somebody called Wake, or `timeout` has passed. `removed`
  // becomes the indices of the interfaces that were removed meanwhile: one that is made at once
  // under the same name, and with the same index, would look the same.
  void Wait(std::chrono::milliseconds timeout, std::vector<uint32_t>& removed);

  void Wake() const;

 private:
  void ReadNews(std::vector<uint32_t>& removed);

  UniqueFd news_;
  UniqueFd wake_;
  std::vector<uint8_t> buffer_;
};

struct InterfaceNow {
  uint32_t index = 0;  // 0 = there is none of that name.
  bool is_up = false;
  bool has_link = false;
};

// Through the socket `fd`.
InterfaceNow LookAtInterface(int fd, const std::string& name);

// Which groups this host's interfaces are members of (/proc/net/igmp, igmp6).
class Memberships {
 public:
  // Reads them; those of the calling thread's network namespace.
  void Read();

  // Whether some socket's membership makes the interface (0: any) take the group's datagrams. True
  // when that is not known.
  bool Has(const IpAddress& group, uint32_t interface_index) const;

 private:
  bool known_v4_ = false;
  bool known_v6_ = false;
  std::string v4_;
  std::string v6_;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_HOST_INTERFACE_WATCH_H_
