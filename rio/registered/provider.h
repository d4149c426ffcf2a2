// A Registered I/O table and what else its users need: sockets that work with it, the error of a
// call that failed, and how to wait for completions.
//
//   const Provider& provider = EmulatedProvider<UringEngine>();  // Or the system's, on Windows.
//   int error = 0;
//   abi::Socket socket = provider.open_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP, &error);
//   abi::Cq queue = provider.table->CreateCompletionQueue(1024, nullptr);
//   if (queue == abi::kInvalidCq) return provider.last_error();
//
// Providers are constants that live as long as the program. The table's functions are for one
// thread a queue (rio/registered/queues.h says which calls may overlap); the rest is for any
// thread.
#ifndef FEEDHANDLER_RIO_REGISTERED_PROVIDER_H_
#define FEEDHANDLER_RIO_REGISTERED_PROVIDER_H_

#include <chrono>

#include "rio/registered/abi.h"

namespace fh::rio {

// What open_socket returns when there is none: INVALID_SOCKET, and -1 elsewhere.
inline constexpr abi::Socket kBadSocket = ~abi::Socket{0};

struct Provider {
  const char* name;
  const abi::Table* table;

  // A socket that can have a request queue; `family`, `type` and `protocol` are this system's.
  // kBadSocket with *error (errno, or WSAGetLastError) when there is none. Makes system calls.
  abi::Socket (*open_socket)(int family, int type, int protocol, int* error);

  // closesocket: requests that are outstanding on the socket complete, aborted or done, and its
  // request queue is gone. Any socket of this system may be given, not only those of open_socket.
  // An emulation gives up the port when the last of these completions has been dequeued, or when
  // the completion queue is closed.
  void (*close_socket)(abi::Socket socket);

  // The abi::Error of this thread's latest call that failed (WSAGetLastError).
  int (*last_error)();

  // Blocks until a completion can be dequeued, or for `timeout`; may return early. For the thread
  // that owns the queue. Null where only a notification tells, as in the system's own table.
  void (*wait)(abi::Cq queue, std::chrono::nanoseconds timeout);
};

// Whether this table works here: opens a UDP socket, a small completion queue and a request queue
// on it, and registers a page. A table that can be queried is not enough, since filters in the
// network stack let it fail at the request queue. Null when it works; otherwise the step that
// failed, with *error its abi::Error. Allocates and makes system calls.
const char* FirstFailure(const Provider& provider, int* error);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_PROVIDER_H_
