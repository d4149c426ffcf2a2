#include "rio/registered/queues.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rio/registered/event.h"

namespace fh::rio {
namespace {

constexpr std::chrono::milliseconds kDrainWait{1};

absl::Status Failure(const Provider& provider, const char* call, const char* fix) {
  const int error = provider.last_error();
  const std::string message =
      absl::StrCat(provider.name, ": ", call, " fails with ", ErrorName(error), ": ", fix);
  switch (error) {
    case abi::kNoBuffers:
      return absl::ResourceExhaustedError(message);
    case abi::kTooManyReferences:
      return absl::FailedPreconditionError(message);
    case abi::kInvalid:
    case abi::kFault:
    case abi::kNotSocket:
      return absl::InvalidArgumentError(message);
    default:
      return absl::UnavailableError(message);
  }
}

void* ToPointer(uint64_t context) { return reinterpret_cast<void*>(uintptr_t{context}); }

abi::Buf* OrNull(std::optional<abi::Buf>& slice) { return slice ? &*slice : nullptr; }

}  // namespace

std::string ErrorName(int error) {
  const auto name = [error]() -> const char* {
    switch (error) {
      case abi::kOk:
        return "no error";
      case abi::kFault:
        return "WSAEFAULT";
      case abi::kInvalid:
        return "WSAEINVAL";
      case abi::kAlready:
        return "WSAEALREADY";
      case abi::kNotSocket:
        return "WSAENOTSOCK";
      case abi::kMessageSize:
        return "WSAEMSGSIZE";
      case abi::kNotSupported:
        return "WSAEOPNOTSUPP";
      case abi::kNetworkUnreachable:
        return "WSAENETUNREACH";
      case abi::kConnectionReset:
        return "WSAECONNRESET";
      case abi::kNoBuffers:
        return "WSAENOBUFS";
      case abi::kNotConnected:
        return "WSAENOTCONN";
      case abi::kTooManyReferences:
        return "WSAETOOMANYREFS";
      case abi::kConnectionRefused:
        return "WSAECONNREFUSED";
      case abi::kOperationAborted:
        return "WSA_OPERATION_ABORTED";
      case abi::kUnknown:
        return "WSANO_RECOVERY";
      default:
        return "error";
    }
  };
  return absl::StrCat(name(), " (", error, ")");
}

// --- Buffers

absl::StatusOr<RegisteredBuffer> RegisteredBuffer::Create(const Provider& provider, void* data,
                                                          size_t bytes) {
  if (data == nullptr || bytes == 0 || bytes > UINT32_MAX) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a registered buffer has 1 byte to 4 GiB - 1, not ", bytes, "; register several"));
  }
  RegisteredBuffer buffer;
  buffer.id_ =
      provider.table->RegisterBuffer(static_cast<char*>(data), static_cast<uint32_t>(bytes));
  if (buffer.id_ == abi::kInvalidBufferId) {
    return Failure(provider, "RIORegisterBuffer",
                   "registered memory is locked in RAM; register less");
  }
  buffer.provider_ = &provider;
  buffer.data_ = static_cast<uint8_t*>(data);
  return buffer;
}

RegisteredBuffer::RegisteredBuffer(RegisteredBuffer&& other) noexcept
    : provider_(std::exchange(other.provider_, nullptr)),
      id_(std::exchange(other.id_, abi::kInvalidBufferId)),
      data_(std::exchange(other.data_, nullptr)) {}

RegisteredBuffer& RegisteredBuffer::operator=(RegisteredBuffer&& other) noexcept {
  std::swap(provider_, other.provider_);
  std::swap(id_, other.id_);
  std::swap(data_, other.data_);
  return *this;
}

RegisteredBuffer::~RegisteredBuffer() {
  if (provider_ != nullptr) provider_->table->DeregisterBuffer(id_);
}

// --- Completion queues

// What a request queue counts. Its address is the socket context that the table knows, so that each
// dequeue can count for the right one.
struct RequestQueue::State {
  uint64_t socket_context = 0;
  const CompletionQueue::Impl* receives = nullptr;
  const CompletionQueue::Impl* sends = nullptr;
  // What completes in the receives' queue, and what in the sends' when that is another one. Each
  // counter is written by one thread: that which posts, or that which dequeues there.
  std::array<std::atomic<uint64_t>, 2> posted{};
  std::array<std::atomic<uint64_t>, 2> completed{};
  std::atomic<bool> closed{false};

  size_t side_of_sends() const { return sends == receives ? 0 : 1; }
  uint64_t outstanding(size_t side) const {
    return posted[side].load(std::memory_order_acquire) -
           completed[side].load(std::memory_order_acquire);
  }
  uint64_t outstanding() const { return outstanding(0) + outstanding(1); }
};

struct CompletionQueue::Impl {
  const Provider& provider;
  const Wake wake;
  WaitEvent event;
  abi::Cq handle = abi::kInvalidCq;
  bool corrupt = false;
  std::mutex mutex;  // For `states`, which change only when request queues are made.
  std::vector<std::shared_ptr<RequestQueue::State>> states;

  Impl(const Provider& its_provider, Wake its_wake) : provider(its_provider), wake(its_wake) {}
  ~Impl() { Close(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool gone() const { return corrupt || handle == abi::kInvalidCq; }

  void Close() {
    if (handle == abi::kInvalidCq) return;
    provider.table->CloseCompletionQueue(handle);
    handle = abi::kInvalidCq;
  }

  void Adopt(const std::shared_ptr<RequestQueue::State>& state) {
    const std::lock_guard lock(mutex);
    std::erase_if(states, [](const auto& old) { return old->closed && old->outstanding() == 0; });
    states.push_back(state);
  }

  Dequeued Dequeue(std::span<Completion> completions) {
    if (gone()) return {.count = 0, .corrupt = corrupt};
    const auto most = static_cast<uint32_t>(std::min<size_t>(completions.size(), INT32_MAX));
    const uint32_t count = provider.table->DequeueCompletion(handle, completions.data(), most);
    if (count == abi::kCorruptCq) {
      corrupt = true;
      return {.count = 0, .corrupt = true};
    }
    for (Completion& completion : completions.first(count)) {
      auto& state = *static_cast<RequestQueue::State*>(ToPointer(completion.socket_context));
      completion.socket_context = state.socket_context;
      std::atomic<uint64_t>& completed = state.completed[state.receives == this ? 0 : 1];
      // One thread writes it.
      completed.store(completed.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
    return {.count = count, .corrupt = false};
  }

  abi::Error Arm() {
    if (gone()) return abi::kInvalid;
    const auto error = static_cast<abi::Error>(provider.table->Notify(handle));
    return error == abi::kAlready ? abi::kOk : error;
  }

  abi::Error Wait(std::chrono::nanoseconds timeout) {
    if (gone()) return abi::kInvalid;
    if (wake == Wake::kEvent) {
      const abi::Error error = Arm();
      if (error == abi::kOk) event.Wait(timeout);
      return error;
    }
    if (wake == Wake::kPort || provider.wait == nullptr) return abi::kNotSupported;
    provider.wait(handle, timeout);
    return abi::kOk;
  }
};

CompletionQueue::CompletionQueue(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
CompletionQueue::CompletionQueue(CompletionQueue&&) noexcept = default;
CompletionQueue& CompletionQueue::operator=(CompletionQueue&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}
CompletionQueue::~CompletionQueue() {
  if (impl_ != nullptr) impl_->Close();
}

absl::StatusOr<CompletionQueue> CompletionQueue::Create(const Provider& provider,
                                                        const CompletionQueueOptions& options) {
  auto impl = std::make_shared<Impl>(provider, options.wake);
  abi::Notification notification{};
  if (options.wake == Wake::kEvent) {
    absl::StatusOr<WaitEvent> event = WaitEvent::Create();
    if (!event.ok()) return event.status();
    impl->event = *std::move(event);
    notification.type = abi::NotifyType::kEvent;
    notification.event = {.handle = impl->event.handle(), .reset = 0};
  } else if (options.wake == Wake::kPort) {
    notification.type = abi::NotifyType::kPort;
    notification.port = options.port;
  }
  impl->handle = provider.table->CreateCompletionQueue(
      options.entries, options.wake == Wake::kPolled ? nullptr : &notification);
  if (impl->handle == abi::kInvalidCq) {
    return Failure(provider, "RIOCreateCompletionQueue",
                   "ask for 1 to 134217728 entries, and for a port only where there are ports");
  }
  return CompletionQueue(std::move(impl));
}

Dequeued CompletionQueue::Dequeue(std::span<Completion> completions) {
  return impl_->Dequeue(completions);
}
bool CompletionQueue::corrupt() const { return impl_->corrupt; }
abi::Error CompletionQueue::Wait(std::chrono::nanoseconds timeout) { return impl_->Wait(timeout); }
abi::Error CompletionQueue::Arm() { return impl_->Arm(); }
void* CompletionQueue::notification_handle() const { return impl_->event.handle(); }
void CompletionQueue::Close() { impl_->Close(); }
abi::Cq CompletionQueue::handle() const { return impl_->handle; }

absl::Status CompletionQueue::Resize(uint32_t entries) {
  if (impl_->provider.table->ResizeCompletionQueue(impl_->handle, entries) != 0) {
    return absl::OkStatus();
  }
  return Failure(impl_->provider, "RIOResizeCompletionQueue",
                 "it must hold the limits of all its request queues");
}

// --- Request queues

struct RequestQueue::Impl {
  const Provider& provider;
  std::shared_ptr<State> state;
  std::shared_ptr<CompletionQueue::Impl> receives;
  std::shared_ptr<CompletionQueue::Impl> sends;
  abi::Rq handle = abi::kInvalidRq;
  std::atomic<abi::Socket> socket = kBadSocket;
  // A commit may come from a thread that knows nothing of the close, and the table's handle is gone
  // with the socket: the system's own table would be given a dangling one.
  std::mutex commit_or_close;

  Impl(const Provider& its_provider, std::shared_ptr<State> its_state,
       std::shared_ptr<CompletionQueue::Impl> its_receives,
       std::shared_ptr<CompletionQueue::Impl> its_sends, abi::Socket its_socket, abi::Rq its_handle)
      : provider(its_provider),
        state(std::move(its_state)),
        receives(std::move(its_receives)),
        sends(std::move(its_sends)),
        handle(its_handle),
        socket(its_socket) {}

  void CloseSocket() {
    const std::lock_guard lock(commit_or_close);
    const abi::Socket open = socket.exchange(kBadSocket);
    if (open == kBadSocket) return;
    provider.close_socket(open);
    state->closed = true;
  }

  abi::Error Commit() {
    const std::lock_guard lock(commit_or_close);
    if (socket == kBadSocket) return abi::kNotSocket;
    const abi::Table& table = *provider.table;
    if (table.Receive(handle, nullptr, 0, abi::kCommitOnly, nullptr) != 0 &&
        table.Send(handle, nullptr, 0, abi::kCommitOnly, nullptr) != 0) {
      return abi::kOk;
    }
    return static_cast<abi::Error>(provider.last_error());
  }

  // Counted before the call, since its completion may be dequeued before it returns.
  void CountPosted(size_t side) { AddPosted(side, 1); }

  abi::Error Posted(size_t side, bool posted) {
    if (posted) return abi::kOk;
    AddPosted(side, ~uint64_t{0});
    return static_cast<abi::Error>(provider.last_error());
  }

  void AddPosted(size_t side, uint64_t more) {
    std::atomic<uint64_t>& posted = state->posted[side];
    posted.store(posted.load(std::memory_order_relaxed) + more, std::memory_order_release);
  }

  // Whether completions are to come that can be dequeued.
  bool CanDrain() const {
    return (state->outstanding(0) > 0 && !receives->gone()) ||
           (state->outstanding(1) > 0 && !sends->gone());
  }
};

RequestQueue::RequestQueue(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RequestQueue::RequestQueue(RequestQueue&&) noexcept = default;
RequestQueue& RequestQueue::operator=(RequestQueue&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}
RequestQueue::~RequestQueue() {
  if (impl_ != nullptr) Close([](const Completion&) {}).IgnoreError();
}

absl::StatusOr<RequestQueue> RequestQueue::Create(const Provider& provider, abi::Socket socket,
                                                  CompletionQueue& receives, CompletionQueue& sends,
                                                  const RequestQueueOptions& options) {
  auto state = std::make_shared<State>();
  state->socket_context = options.socket_context;
  state->receives = receives.impl_.get();
  state->sends = sends.impl_.get();
  const abi::Rq handle =
      provider.table->CreateRequestQueue(socket, options.receives, 1, options.sends, 1,
                                         receives.handle(), sends.handle(), state.get());
  if (handle == abi::kInvalidRq) {
    return Failure(provider, "RIOCreateRequestQueue",
                   "the completion queue must have room for the limits of all its request queues, "
                   "and a socket has one request queue");
  }
  receives.impl_->Adopt(state);
  if (sends.impl_ != receives.impl_) sends.impl_->Adopt(state);
  return RequestQueue(std::make_unique<Impl>(provider, std::move(state), receives.impl_,
                                             sends.impl_, socket, handle));
}

abi::Error RequestQueue::Receive(const ReceiveRequest& request) {
  if (impl_->socket == kBadSocket) return abi::kNotSocket;
  const abi::Table& table = *impl_->provider.table;
  const uint32_t flags = (request.defer ? abi::kDefer : 0) |
                         (request.wait_all ? abi::kWaitAll : 0) |
                         (request.notify ? 0 : abi::kDontNotify);
  impl_->CountPosted(0);
  if (!request.remote && !request.local && !request.control && !request.flags_out) {
    abi::Buf data = request.data;  // The table's parameters are not const.
    return impl_->Posted(
        0, table.Receive(impl_->handle, &data, 1, flags, ToPointer(request.context)) != 0);
  }
  ReceiveRequest copy = request;
  return impl_->Posted(
      0, table.ReceiveEx(impl_->handle, &copy.data, 1, OrNull(copy.local), OrNull(copy.remote),
                         OrNull(copy.control), OrNull(copy.flags_out), flags,
                         ToPointer(copy.context)) != 0);
}

abi::Error RequestQueue::Send(const SendRequest& request) {
  if (impl_->socket == kBadSocket) return abi::kNotSocket;
  const abi::Table& table = *impl_->provider.table;
  SendRequest copy = request;
  const uint32_t flags =
      (request.defer ? abi::kDefer : 0) | (request.notify ? 0 : abi::kDontNotify);
  const size_t side = impl_->state->side_of_sends();
  impl_->CountPosted(side);
  if (!copy.remote && !copy.control) {
    return impl_->Posted(
        side, table.Send(impl_->handle, &copy.data, 1, flags, ToPointer(copy.context)) != 0);
  }
  return impl_->Posted(
      side, table.SendEx(impl_->handle, &copy.data, 1, nullptr, OrNull(copy.remote),
                         OrNull(copy.control), nullptr, flags, ToPointer(copy.context)) != 0);
}

abi::Error RequestQueue::Commit() { return impl_->Commit(); }

absl::Status RequestQueue::Resize(uint32_t receives, uint32_t sends) {
  if (impl_->provider.table->ResizeRequestQueue(impl_->handle, receives, sends) != 0) {
    return absl::OkStatus();
  }
  return Failure(impl_->provider, "RIOResizeRequestQueue",
                 "not below what is outstanding, and not above what the completion queues hold");
}

uint64_t RequestQueue::outstanding() const { return impl_->state->outstanding(); }
abi::Socket RequestQueue::socket() const { return impl_->socket; }
abi::Rq RequestQueue::handle() const { return impl_->handle; }
void RequestQueue::CloseSocket() { impl_->CloseSocket(); }

absl::Status RequestQueue::Close(absl::FunctionRef<void(const Completion&)> take,
                                 std::chrono::nanoseconds timeout) {
  CloseSocket();
  const auto end = std::chrono::steady_clock::now() + timeout;
  std::array<Completion, 64> burst;
  while (impl_->CanDrain()) {
    uint32_t count = 0;
    for (CompletionQueue::Impl* queue : {impl_->receives.get(), impl_->sends.get()}) {
      const Dequeued dequeued = queue->Dequeue(burst);
      for (uint32_t i = 0; i < dequeued.count; ++i) take(burst[i]);
      count += dequeued.count;
    }
    if (count > 0) continue;
    if (std::chrono::steady_clock::now() > end) {
      return absl::DeadlineExceededError(
          absl::StrCat(outstanding(), " requests did not complete after their socket was closed"));
    }
    CompletionQueue::Impl& open = impl_->receives->gone() ? *impl_->sends : *impl_->receives;
    if (open.Wait(kDrainWait) != abi::kOk) std::this_thread::sleep_for(kDrainWait);
  }
  return absl::OkStatus();
}

}  // namespace fh::rio
