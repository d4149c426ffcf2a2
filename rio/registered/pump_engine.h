// The engine for hosts that refuse io_uring, as containers do: one thread a completion queue waits
// with epoll(7) and carries the requests out with recvmsg(2) and sendmsg(2).
//
//   const Provider& provider = EmulatedProvider<PumpEngine>();
//
// Requests of one socket and kind are carried out in the order in which they were given, by one
// thread at a time, so they complete in order. A Submit tries its requests at once, on the calling
// thread, as long as the socket is known to have something; the pump does what has to wait.
//
// Cost: a system call a request and one mutex, which the pump holds for a burst at most; while it
// sleeps, waking it is the kernel's doing. After a socket's first request nothing allocates.
// Notifications are exact: one signal, when an operation that counts has ended.
//
// Threads: any; everything is locked inside.
#ifndef FEEDHANDLER_RIO_REGISTERED_PUMP_ENGINE_H_
#define FEEDHANDLER_RIO_REGISTERED_PUMP_ENGINE_H_

#include <cstdint>
#include <memory>

#include "rio/backend.h"
#include "rio/registered/engine.h"

namespace fh::rio {

struct PumpEngine {
  static constexpr char kName[] = "pump";
  static constexpr char kDescription[] = "queues emulated by a thread with epoll (any Linux)";

  static ProbeResult Probe();
  static std::unique_ptr<EngineQueue> OpenQueue(uint32_t entries,
                                                const abi::Notification* notification, int* error);
  static abi::Socket OpenSocket(int family, int type, int protocol, int* error);
  static void CloseSocket(abi::Socket socket);
};
static_assert(Engine<PumpEngine>);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_PUMP_ENGINE_H_
