// The engine for Windows hosts that refuse Registered I/O: overlapped WSARecvMsg, WSASend and their
// kin, one I/O completion port for the whole program, and one thread that takes what has ended from
// it, as the kernel does in Registered I/O.
//
//   const Provider& provider = EmulatedProvider<OverlappedEngine>();
//
// Requests go to the system as they are given; datagrams complete in order because the system
// completes overlapped receives in order. Of a stream, one receive at a time is the system's, so
// that one that fills its slice (wait_all) takes what belongs to no other. A socket belongs to one
// completion port for its life: sockets of these queues can have no other.
//
// Cost: a system call a request, one for up to 64 completions on the thread, and one mutex. After a
// socket's first request nothing allocates. Notifications are exact: one signal, when an operation
// that counts has ended.
//
// Threads: any; everything is locked inside. The thread is started by the first queue and runs as
// long as the program.
#ifndef FEEDHANDLER_RIO_REGISTERED_OVERLAPPED_ENGINE_H_
#define FEEDHANDLER_RIO_REGISTERED_OVERLAPPED_ENGINE_H_

#include <cstdint>
#include <memory>

#include "rio/backend.h"
#include "rio/registered/engine.h"

namespace fh::rio {

struct OverlappedEngine {
  static constexpr char kName[] = "overlapped";
  static constexpr char kDescription[] =
      "queues emulated over overlapped sockets, where Registered I/O is refused";

  static ProbeResult Probe();
  static std::unique_ptr<EngineQueue> OpenQueue(uint32_t entries,
                                                const abi::Notification* notification, int* error);
  static abi::Socket OpenSocket(int family, int type, int protocol, int* error);
  static void CloseSocket(abi::Socket socket);
};
static_assert(Engine<OverlappedEngine>);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_OVERLAPPED_ENGINE_H_
