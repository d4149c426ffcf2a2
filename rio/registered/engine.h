// What carries requests out underneath an emulated Registered I/O table. The table's rules (credit,
// admission, DEFER, slices inside their buffers, one-shot notification) are kept once, in
// emulated_table.h; an engine only moves bytes: overlapped sockets on Windows, io_uring or a pump
// thread on Linux, a script in tests.
//
//   struct UringEngine { ... };                       // Keeps the concept at the end of this file.
//   const Provider& provider = EmulatedProvider<UringEngine>();
//
// Threads: the emulation calls an engine queue from the thread that owns the completion queue, and
// Submit and Cancel from the thread that owns the request queue (which RIO's users keep the same),
// one call at a time but for Wait. An engine that uses threads of its own locks inside.
#ifndef FEEDHANDLER_RIO_REGISTERED_ENGINE_H_
#define FEEDHANDLER_RIO_REGISTERED_ENGINE_H_

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "rio/registered/abi.h"
#include "rio/registered/provider.h"

namespace fh::rio {

// One request on its way. Its address stays the same from Submit to Collect. The emulation fills
// the first part; all memory named lies in registered buffers and was checked.
struct Operation {
  enum class Kind : uint8_t { kReceive, kSend };

  Kind kind = Kind::kReceive;
  bool wait_all = false;  // Streams: fill `data` before completing.
  bool notify = true;     // False: its completion is not worth a signal (kDontNotify).
  abi::Socket socket = 0;
  std::span<uint8_t> data;     // Receive: filled. Send: read. May be empty.
  uint8_t* remote = nullptr;   // abi::kAddressBytes, a sockaddr_in or sockaddr_in6 of this system.
                               // Receive: written. Send: where to; null = the connected peer.
  uint8_t* local = nullptr;    // Receive: the address that the datagram was sent to.
  std::span<uint8_t> control;  // Receive: starts with abi::ControlHeader, messages of this system.
  uint32_t* flags_out = nullptr;  // Receive: MSG_ flags of this system.

  // Written by the engine before Collect returns it.
  int32_t status = abi::kOk;  // An abi::Error.
  uint32_t bytes = 0;

  // The engine's own, uninitialised: OVERLAPPED, msghdr, list links.
  alignas(16) std::byte scratch[320];
};

// The engine's part of one completion queue.
class EngineQueue {
 public:
  virtual ~EngineQueue() = default;

  // Starts the operations in order; those of one socket and kind complete data in that order. What
  // cannot be started is finished with its error: it comes back from Collect like any other.
  virtual void Submit(std::span<Operation* const> operations) = 0;

  // Takes up to finished.size() operations that have ended, oldest first. Never blocks.
  virtual size_t Collect(std::span<Operation*> finished) = 0;

  // Ends what is outstanding on `socket` in this queue: each comes back from Collect, aborted or
  // done. May return before they have.
  virtual void Cancel(abi::Socket socket) = 0;

  // Signals the notification that the queue was made with once, as soon as an operation with
  // `notify` can be collected; at once when one can be already.
  virtual void Arm() = 0;

  // Blocks until Collect may return something, or for `timeout`. The one function that is called
  // without the emulation's lock: another thread may submit and cancel meanwhile.
  virtual void Wait(std::chrono::nanoseconds timeout) = 0;

  // Whether the last Arm has not signalled yet: then arming again is refused (WSAEALREADY). For an
  // engine that keeps the answer here, the emulation takes a signal for given once an operation
  // with `notify` was collected.
  virtual bool armed() const { return true; }

  // Makes room for `entries` operations at a time instead of those of OpenQueue. False when it
  // is not available; the queue is as before then.
  virtual bool Resize([[maybe_unused]] uint32_t entries) { return true; }
};

// An engine is made of static functions, since the functions of a table have no room for an object.
template <class E>
concept Engine = requires(uint32_t entries, const abi::Notification* notification,
                          abi::Socket socket, int family, int type, int protocol, int* error) {
  { E::kName } -> std::convertible_to<const char*>;
  // Null when this host cannot run it; `error` is an abi::Error.
  { E::OpenQueue(entries, notification, error) } -> std::same_as<std::unique_ptr<EngineQueue>>;
  // A socket for this engine; kBadSocket with *error (the system's code: errno, WSAGetLastError).
  { E::OpenSocket(family, type, protocol, error) } -> std::same_as<abi::Socket>;
  // After Cancel in all queues and after everything outstanding was collected.
  { E::CloseSocket(socket) } -> std::same_as<void>;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_ENGINE_H_
