// The engine over io_uring: one ring a completion queue. Linux 6.1 or later.
//
//   const Provider& provider = EmulatedProvider<UringEngine>();
//
// Order. RIO's users post thousands of receives on a socket; io_uring would arm each of them, and
// then every datagram wakes all and they complete last in, first out. Chains of linked requests
// keep the order, but each link is a turn of its own in the kernel, and those that have not had
// theirs escape a cancellation. So a socket has one receive armed in the ring, the next in turn,
// and the others wait here. One that completes at once tells that the socket has more: then
// recvmmsg(2) fills the slices that are next, in one call, until it finds nothing and the next
// receive is armed again. Sends are tried at once in the same way (sendmmsg(2)) and armed only when
// the socket is full. Requests of one socket and kind therefore complete in the order in which they
// were given, always, and so do the bytes of a stream.
//
// Cost. A poll with nothing to do reads two words of memory. A burst of datagrams on a socket is
// one system call for every 64 and two to arm; a send is on its way when Submit returns; receives
// need no call before the next poll. After a socket's first request nothing allocates.
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
