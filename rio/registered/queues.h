// Registered I/O in C++: registered buffers, completion queues and request queues that own their
// handles, over any table (rio/registered/provider.h). The model is the same on every system: post
// slices of registered memory, be told which of them were filled or sent, post them again.
//
// A receiver that never sleeps:
//
//   auto memory = RegisteredBuffer::Create(provider, region);         // Once, for all sockets.
//   auto done = CompletionQueue::Create(provider, {.entries = 4096});
//   auto queue = RequestQueue::Create(provider, socket, *done, {.receives = 4096});
//   for (uint32_t i = 0; i < 4096; ++i) {
//     queue->Receive({.data = memory->slice(i * 2048, 2048), .context = i, .defer = true});
//   }
//   queue->Commit();
//   std::array<Completion, 64> burst;
//   for (;;) {
//     const Dequeued dequeued = done->Dequeue(burst);
//     if (dequeued.corrupt) break;                      // Close everything and build it anew.
//     for (const Completion& completion : std::span(burst).first(dequeued.count)) {
//       Read(memory->data() + completion.request_context * 2048, completion.bytes);
//       queue->Receive({.data = ..., .context = completion.request_context, .defer = true});
//     }
//     if (dequeued.count > 0) queue->Commit();
//   }
//
// A thread that sleeps makes the queue with `.wake = Wake::kEvent` and calls Wait between its
// dequeues; one that serves many things hands the event to epoll, or uses an I/O completion port
// (Wake::kPort), and calls Arm before it sleeps. Sends are posted in the same way, with
// `.sends = 1024` in the limits. The only thing that tells which slice a completion is about is its
// context.
//
// The end, in this order: RequestQueue::Close (closes the socket and dequeues what is outstanding),
// then the completion queue, the buffer, and the memory. Destructors keep to it when the objects
// are declared in the order of the example.
//
// Threads: one thread a queue. A request queue may post on one thread while another dequeues its
// completions; two posting (or two dequeuing) at once need a lock around both, but Commit may
// overlap everything. Create and Close are for any one thread.
//
// Costs: Create, Resize, Close and Wait make system calls and allocate; posting and dequeuing
// allocate nothing. Errors of posting are abi::Error values: kNoBuffers (the queue is full: dequeue
// first), kFault (the slice is not inside its buffer), kNotSocket (closed). Semantics in detail:
// rio/registered/emulated_table.h.
#ifndef FEEDHANDLER_RIO_REGISTERED_QUEUES_H_
#define FEEDHANDLER_RIO_REGISTERED_QUEUES_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rio/memory/region.h"
#include "rio/registered/abi.h"
#include "rio/registered/provider.h"

namespace fh::rio {

// "WSAENOBUFS (10055)" for an abi::Error.
std::string ErrorName(int error);

// A range of memory that requests may name. The memory must outlive it, and it every request that
// names it: deregistering a buffer in use corrupts memory on Windows, and aborts elsewhere.
class RegisteredBuffer {
 public:
  // `bytes`: 1 to 4 GiB - 1. Whole pages are locked, so register one large range, not many small
  // ones.
  static absl::StatusOr<RegisteredBuffer> Create(const Provider& provider, void* data,
                                                 size_t bytes);
  static absl::StatusOr<RegisteredBuffer> Create(const Provider& provider,
                                                 RegisteredRegion& region) {
    return Create(provider, region.base(), region.bytes());
  }
  RegisteredBuffer() = default;  // None.
  RegisteredBuffer(RegisteredBuffer&& other) noexcept;
  RegisteredBuffer& operator=(RegisteredBuffer&& other) noexcept;
  ~RegisteredBuffer();

  abi::BufferId id() const { return id_; }
  uint8_t* data() const { return data_; }
  abi::Buf slice(uint32_t offset, uint32_t length) const {
    return {.id = id_, .offset = offset, .length = length};
  }

 private:
  const Provider* provider_ = nullptr;
  abi::BufferId id_ = abi::kInvalidBufferId;
  uint8_t* data_ = nullptr;
};

// How the owner of a completion queue learns that it is not empty.
enum class Wake : uint8_t {
  kPolled,  // It asks. Wait works where the provider can wait by itself.
  kEvent,   // An event of the queue's own: Wait, or notification_handle() for epoll and the like.
  kPort,    // An I/O completion port of the caller's (Windows): GetQueuedCompletionStatus.
};

struct CompletionQueueOptions {
  // At least the sum of the limits of all request queues that complete here.
  uint32_t entries = 4096;
  Wake wake = Wake::kPolled;
  abi::PortNotification port{};  // For kPort; `overlapped` is not null and this queue's alone.
};

// `status` is kOk or an abi::Error, kMessageSize for a datagram that was longer than its slice;
// `request_context` what the request was posted with, `socket_context` what its queue was made
// with.
using Completion = abi::Result;

struct Dequeued {
  uint32_t count = 0;
  // RIO_CORRUPT_CQ: this queue is lost, and what is outstanding in it will never be reported. Close
  // the request queues and then this one; their slices are free then. Build everything anew.
  bool corrupt = false;
};

class CompletionQueue {
 public:
  static absl::StatusOr<CompletionQueue> Create(const Provider& provider,
                                                const CompletionQueueOptions& options);
  CompletionQueue(CompletionQueue&&) noexcept;
  CompletionQueue& operator=(CompletionQueue&&) noexcept;
  ~CompletionQueue();

  // Takes up to completions.size() completions, oldest first. Never blocks.
  Dequeued Dequeue(std::span<Completion> completions);

  // Whether a Dequeue has ever found it corrupt.
  bool corrupt() const;

  // Blocks until Dequeue may find something, or for `timeout`; may return early. kNotSupported with
  // Wake::kPort, and with kPolled where the provider cannot wait.
  abi::Error Wait(std::chrono::nanoseconds timeout);

  // Asks for one signal as soon as there is a completion, at once when there is one already. kOk
  // also when it waits for one since an earlier call.
  abi::Error Arm();

  // The event (HANDLE, or an eventfd through intptr_t); null but for Wake::kEvent.
  void* notification_handle() const;

  // FAILED_PRECONDITION when the limits of its request queues would not fit.
  absl::Status Resize(uint32_t entries);

  // Drops what completes later. Does nothing the second time.
  void Close();

  abi::Cq handle() const;

 private:
  friend class RequestQueue;
  struct Impl;
  explicit CompletionQueue(std::shared_ptr<Impl> impl);

  std::shared_ptr<Impl> impl_;
};

struct RequestQueueOptions {
  uint32_t receives = 1024;  // Most receives outstanding at a time.
  uint32_t sends = 0;        // Most sends outstanding at a time.
  uint64_t socket_context = 0;
};

struct ReceiveRequest {
  abi::Buf data{};
  // Each abi::kAddressBytes in a registered buffer: filled with who sent the datagram, and the
  // address it was sent to.
  std::optional<abi::Buf> remote{};
  std::optional<abi::Buf> local{};
  std::optional<abi::Buf> control{};    // Starts with an abi::ControlHeader.
  std::optional<abi::Buf> flags_out{};  // 32 bits: MSG_ flags of this system.
  uint64_t context = 0;
  bool defer = false;     // Start it with the next Commit, or with the next request without defer.
  bool wait_all = false;  // Streams: complete when the slice is full.
  bool notify = true;     // Its completion is worth a signal.
};

struct SendRequest {
  abi::Buf data{};
  std::optional<abi::Buf> remote{};  // Where to; none: the peer that the socket is connected to.
  std::optional<abi::Buf> control{};
  uint64_t context = 0;
  bool defer = false;
  bool notify = true;
};

// The requests of one socket. It takes the socket over, since a request queue ends with its socket
// and in no other way.
class RequestQueue {
 public:
  // On error the socket stays the caller's. The socket should be bound before anything is posted;
  // TCP sockets may be connected later. RESOURCE_EXHAUSTED when the limits do not fit into the
  // completion queues.
  static absl::StatusOr<RequestQueue> Create(const Provider& provider, abi::Socket socket,
                                             CompletionQueue& completions,
                                             const RequestQueueOptions& options) {
    return Create(provider, socket, completions, completions, options);
  }
  // The same with receives and sends reported apart.
  static absl::StatusOr<RequestQueue> Create(const Provider& provider, abi::Socket socket,
                                             CompletionQueue& receives, CompletionQueue& sends,
                                             const RequestQueueOptions& options);
  RequestQueue(RequestQueue&&) noexcept;
  RequestQueue& operator=(RequestQueue&&) noexcept;
  ~RequestQueue();  // Close, dropping what it dequeues.

  abi::Error Receive(const ReceiveRequest& request);
  abi::Error Send(const SendRequest& request);

  // Starts all that was deferred. May overlap with any other call, Close too, as long as the object
  // lives: kNotSocket once it is closed.
  abi::Error Commit();

  // FAILED_PRECONDITION below what is outstanding, RESOURCE_EXHAUSTED when the completion queues
  // have no room.
  absl::Status Resize(uint32_t receives, uint32_t sends);

  // Requests posted whose completions were not dequeued yet.
  uint64_t outstanding() const;

  // Closes the socket: what is outstanding completes, aborted or done. For those who dequeue on
  // another thread; otherwise Close does it all.
  void CloseSocket();

  // Closes the socket and dequeues until nothing of this queue is outstanding, or for `timeout`:
  // DEADLINE_EXCEEDED then. Completions, those of other queues in the same completion queue too, go
  // to `take`. What was to complete in a corrupt or closed completion queue is not waited for: it
  // is never reported.
  absl::Status Close(absl::FunctionRef<void(const Completion&)> take,
                     std::chrono::nanoseconds timeout = std::chrono::seconds(5));

  abi::Socket socket() const;  // kBadSocket once closed.
  abi::Rq handle() const;

 private:
  struct State;
  struct Impl;
  friend class CompletionQueue;
  explicit RequestQueue(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_QUEUES_H_
