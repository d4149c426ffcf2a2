// The engine over io_uring: one ring a completion queue. Linux 6.1 or later.
//
//   const Provider& provider = EmulatedProvider<UringEngine>();
//
// Order. RIO's users post thousands of receives on a socket; io_uring would arm each of them, and
// then every datagram wakes all and they complete last in, first out. So a socket has one receive
// armed, the next in turn, and the others wait here. When it has completed, a burst goes out as one
// chain of linked requests: receives with MSG_DONTWAIT, and one more to be armed at its end. A link
// starts only when the one before it succeeded, so requests of one socket and kind complete in the
// order in which they were given, and so do bytes of a stream. The first that finds nothing ends
// the chain; it and those behind it wait again. Sends are chained in the same way.
//
// Cost. A poll with nothing to do reads two words of memory. A burst is one system call whatever
// the number of sockets; a send is on its way when Submit returns, at one system call a Submit;
// receives alone need none until the next poll. After a socket's first request nothing allocates.
//
// Waiting. The kernel itself signals the eventfd, before it is known what came: while the
// notification is armed, a receive given with kDontNotify, or a part of a long send, may signal
// early. The poll then brings little or nothing, and the notification stays armed.
//
// Threads. The ring belongs to the thread that used the queue first (kernel: SINGLE_ISSUER);
// another one may take over when that one has ended, or while nothing is in the kernel. OpenQueue
// does not count as use. What does not fit into the ring is kept by the kernel (NODROP) and comes
// later.
#ifndef FEEDHANDLER_RIO_REGISTERED_URING_ENGINE_H_
#define FEEDHANDLER_RIO_REGISTERED_URING_ENGINE_H_

#include <cstdint>
#include <memory>

#include "rio/backend.h"
#include "rio/registered/engine.h"

namespace fh::rio {

struct UringEngine {
  static constexpr char kName[] = "io_uring";
  static constexpr char kDescription[] = "queues emulated over io_uring (Linux 6.1 or later)";

  static ProbeResult Probe();
  static std::unique_ptr<EngineQueue> OpenQueue(uint32_t entries,
                                                const abi::Notification* notification, int* error);
  static abi::Socket OpenSocket(int family, int type, int protocol, int* error);
  static void CloseSocket(abi::Socket socket);
};
static_assert(Engine<UringEngine>);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_URING_ENGINE_H_
