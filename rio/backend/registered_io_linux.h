// Receiving through the emulated Registered I/O tables of Linux: the production path of Windows,
// with its posted slices and completion queue, for whoever wants one code on both systems. On Linux
// the backends of its own (recvmmsg, AF_XDP) are faster.
//
//   auto backend = RegisteredIoUring::Open(options, region);
//
// Threads, life and cost: rio/backend/registered_io.h.
#ifndef FEEDHANDLER_RIO_BACKEND_REGISTERED_IO_LINUX_H_
#define FEEDHANDLER_RIO_BACKEND_REGISTERED_IO_LINUX_H_

#include "rio/backend/registered_io.h"

namespace fh::rio {

struct UringQueueNames {
  static constexpr char kName[] = "rio_io_uring";
  static constexpr char kProvider[] = "io_uring";
  static constexpr char kDescription[] = "Registered I/O's queues over io_uring";
};
using RegisteredIoUring = RegisteredIo<ListedProvider<UringQueueNames>>;

struct PumpQueueNames {
  static constexpr char kName[] = "rio_pump";
  static constexpr char kProvider[] = "pump";
  static constexpr char kDescription[] =
      "Registered I/O's queues over a thread with epoll, where io_uring is refused";
};
using RegisteredIoPump = RegisteredIo<ListedProvider<PumpQueueNames>>;

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKEND_REGISTERED_IO_LINUX_H_
