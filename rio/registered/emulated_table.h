// A Registered I/O table where the system has none: the rules of RIO, kept once and strictly, over
// any engine that moves bytes (rio/registered/engine.h).
//
//   const Provider& provider = EmulatedProvider<UringEngine>();
//   const abi::Table& rio = *provider.table;
//   abi::Cq completions = rio.CreateCompletionQueue(2048, nullptr);
//   abi::Rq requests = rio.CreateRequestQueue(socket, 2048, 1, 0, 1, completions, completions,
//                                             nullptr);
//   abi::BufferId memory = rio.RegisterBuffer(base, bytes);
//   for (...) rio.Receive(requests, &slice, 1, abi::kDefer, context);
//   rio.Receive(requests, nullptr, 0, abi::kCommitOnly, nullptr);
//   uint32_t count = rio.DequeueCompletion(completions, results, 64);
//
// What works here works on Windows, because the table refuses what RIO refuses, and where RIO
// leaves the outcome open it takes the worst one:
//
// * One data slice a request (WSAEINVAL); a datagram without data may be received or sent with
//   none. A slice lies in one registered buffer, and those for addresses hold abi::kAddressBytes
//   (WSAEFAULT). SendEx takes no local address.
// * A request is charged to its queue when it is posted, also with DEFER, and the charge, the place
//   in the completion queue and the use of the buffer end when its completion is dequeued, not
//   earlier (WSAENOBUFS). A completion queue takes request queues as long as the sum of their
//   limits fits (WSAENOBUFS); neither queue shrinks below what is in use (WSAETOOMANYREFS).
// * DEFER starts nothing. COMMIT_ONLY, with every other argument zero (WSAEINVAL), or a call
//   without DEFER starts what is deferred, of receives or of sends, in order.
// * Notify signals once and is refused while it waits (WSAEALREADY); on a queue that is not empty
//   it signals at once; completions posted with DONT_NOTIFY do not count.
// * Closing the socket ends its requests: each still completes, aborted or done, and its deferred
//   ones with them. Closing a completion queue drops what completes later. RIO_CORRUPT_CQ is what
//   dequeuing from a closed queue returns.
//
// Errors in the program end it with a message, since on Windows they would corrupt memory:
// deregistering a buffer that a request names or that is not registered, and two threads in one
// queue at once (COMMIT_ONLY calls may overlap others, as in RIO; so may posting on one thread and
// dequeuing on another).
//
// Costs: posting is O(1) with one atomic exchange, a commit and a batch of completions one more
// each. Queues allocate when they are made or grown, and never after. A request takes some 450
// bytes.
#ifndef FEEDHANDLER_RIO_REGISTERED_EMULATED_TABLE_H_
#define FEEDHANDLER_RIO_REGISTERED_EMULATED_TABLE_H_

#include "rio/registered/abi.h"
#include "rio/registered/emulated_queues.h"
#include "rio/registered/engine.h"
#include "rio/registered/provider.h"

namespace fh::rio {

// What a table's functions need of the engine; the rest is the same for all.
struct EmulatedTableParts {
  abi::BufferId(FH_RIO_CALL* register_buffer)(char*, uint32_t);
  void(FH_RIO_CALL* deregister_buffer)(abi::BufferId);
  abi::Cq(FH_RIO_CALL* create_completion_queue)(uint32_t, abi::Notification*);
};
abi::Table MakeEmulatedTable(const EmulatedTableParts& parts);

// The functions behind the pointers, for MakeEmulatedTable's callers.
abi::BufferId RegisterEmulatedBuffer(Emulation& emulation, char* data, uint32_t bytes);
abi::Cq CreateEmulatedCq(Emulation& emulation, uint32_t size, const abi::Notification*);
void WaitEmulated(abi::Cq queue, std::chrono::nanoseconds timeout);
int LastEmulatedError();

// The provider over engine E: one for the whole program, made at the first call, by any thread.
template <Engine E>
const Provider& EmulatedProvider() {
  struct Parts {
    static Emulation& Get() {
      // Never destroyed: queues may be closed by destructors of other static objects.
      static Emulation& emulation = *new Emulation(
          {.open_queue = [](uint32_t entries, const abi::Notification* notification,
                            int* error) -> std::unique_ptr<EngineQueue> {
             return E::OpenQueue(entries, notification, error);
           },
           .open_socket = [](int family, int type, int protocol, int* error) -> abi::Socket {
             return E::OpenSocket(family, type, protocol, error);
           },
           .close_socket = [](abi::Socket socket) { E::CloseSocket(socket); }});
      return emulation;
    }
    static abi::BufferId FH_RIO_CALL RegisterBuffer(char* data, uint32_t bytes) {
      return RegisterEmulatedBuffer(Get(), data, bytes);
    }
    static void FH_RIO_CALL DeregisterBuffer(abi::BufferId id) { Get().DeregisterBuffer(id); }
    static abi::Cq FH_RIO_CALL CreateCompletionQueue(uint32_t size,
                                                     abi::Notification* notification) {
      return CreateEmulatedCq(Get(), size, notification);
    }
    static abi::Socket OpenSocket(int family, int type, int protocol, int* error) {
      return Get().OpenSocket(family, type, protocol, error);
    }
    static void CloseSocket(abi::Socket socket) { Get().CloseSocket(socket); }
  };
  static const abi::Table table = MakeEmulatedTable(
      {&Parts::RegisterBuffer, &Parts::DeregisterBuffer, &Parts::CreateCompletionQueue});
  static const Provider provider = {.name = E::kName,
                                    .table = &table,
                                    .open_socket = &Parts::OpenSocket,
                                    .close_socket = &Parts::CloseSocket,
                                    .last_error = &LastEmulatedError,
                                    .wait = &WaitEmulated};
  return provider;
}

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_EMULATED_TABLE_H_
