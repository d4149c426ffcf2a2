#include "rio/registered/emulated_table.h"

#include <array>
#include <memory>

namespace fh::rio {
namespace {

thread_local int last_error = abi::kOk;

// Handles are the addresses of queues that are never freed.
EmulatedCq* ToQueue(abi::Cq handle) { return reinterpret_cast<EmulatedCq*>(handle); }
EmulatedRq* ToQueue(abi::Rq handle) { return reinterpret_cast<EmulatedRq*>(handle); }

abi::Bool Done(int error) {
  if (error == abi::kOk) return 1;
  last_error = error;
  return 0;
}

abi::Bool Post(abi::Rq handle, Operation::Kind kind, const RequestSlices& slices, uint32_t flags,
               void* context) {
  EmulatedRq* const queue = ToQueue(handle);
  if (queue == nullptr) return Done(abi::kInvalid);
  return Done(queue->emulation->Post(*queue, kind, slices, flags, context));
}

abi::Bool FH_RIO_CALL Receive(abi::Rq queue, abi::Buf* data, uint32_t count, uint32_t flags,
                              void* context) {
  return Post(queue, Operation::Kind::kReceive, {.data = data, .count = count}, flags, context);
}

int FH_RIO_CALL ReceiveEx(abi::Rq queue, abi::Buf* data, uint32_t count, abi::Buf* local,
                          abi::Buf* remote, abi::Buf* control, abi::Buf* flags_out, uint32_t flags,
                          void* context) {
  return Post(queue, Operation::Kind::kReceive,
              {.data = data,
               .count = count,
               .local = local,
               .remote = remote,
               .control = control,
               .flags = flags_out},
              flags, context);
}

abi::Bool FH_RIO_CALL Send(abi::Rq queue, abi::Buf* data, uint32_t count, uint32_t flags,
                           void* context) {
  return Post(queue, Operation::Kind::kSend, {.data = data, .count = count}, flags, context);
}

abi::Bool FH_RIO_CALL SendEx(abi::Rq queue, abi::Buf* data, uint32_t count, abi::Buf* local,
                             abi::Buf* remote, abi::Buf* control, abi::Buf* flags_in,
                             uint32_t flags, void* context) {
  return Post(queue, Operation::Kind::kSend,
              {.data = data,
               .count = count,
               .local = local,
               .remote = remote,
               .control = control,
               .flags = flags_in},
              flags, context);
}

void FH_RIO_CALL CloseCompletionQueue(abi::Cq handle) {
  EmulatedCq* const queue = ToQueue(handle);
  if (queue != nullptr) queue->emulation->CloseCq(*queue);
}

abi::Rq FH_RIO_CALL CreateRequestQueue(abi::Socket socket, uint32_t max_receives,
                                       uint32_t receive_buffers, uint32_t max_sends,
                                       uint32_t send_buffers, abi::Cq receives, abi::Cq sends,
                                       void* socket_context) {
  EmulatedRq* made = nullptr;
  if (receives == abi::kInvalidCq || sends == abi::kInvalidCq || receive_buffers != 1 ||
      send_buffers != 1) {
    Done(abi::kInvalid);
    return abi::kInvalidRq;
  }
  const int error = ToQueue(receives)->emulation->CreateRq(socket, {max_receives, max_sends},
                                                           {ToQueue(receives), ToQueue(sends)},
                                                           socket_context, &made);
  Done(error);
  return reinterpret_cast<abi::Rq>(made);
}

uint32_t FH_RIO_CALL DequeueCompletion(abi::Cq handle, abi::Result* results, uint32_t count) {
  EmulatedCq* const queue = ToQueue(handle);
  if (queue == nullptr) return abi::kCorruptCq;
  return queue->emulation->Dequeue(*queue, results, count);
}

int FH_RIO_CALL Notify(abi::Cq handle) {
  EmulatedCq* const queue = ToQueue(handle);
  return queue == nullptr ? abi::kInvalid : queue->emulation->Notify(*queue);
}

abi::Bool FH_RIO_CALL ResizeCompletionQueue(abi::Cq handle, uint32_t size) {
  EmulatedCq* const queue = ToQueue(handle);
  return Done(queue == nullptr ? abi::kInvalid : queue->emulation->ResizeCq(*queue, size));
}

abi::Bool FH_RIO_CALL ResizeRequestQueue(abi::Rq handle, uint32_t max_receives,
                                         uint32_t max_sends) {
  EmulatedRq* const queue = ToQueue(handle);
  return Done(queue == nullptr ? abi::kInvalid
                               : queue->emulation->ResizeRq(*queue, {max_receives, max_sends}));
}

}  // namespace

abi::BufferId RegisterEmulatedBuffer(Emulation& emulation, char* data, uint32_t bytes) {
  abi::BufferId id = abi::kInvalidBufferId;
  Done(emulation.RegisterBuffer(data, bytes, &id));
  return id;
}

abi::Cq CreateEmulatedCq(Emulation& emulation, uint32_t size,
                         const abi::Notification* notification) {
  EmulatedCq* made = nullptr;
  Done(emulation.CreateCq(size, notification, &made));
  return reinterpret_cast<abi::Cq>(made);
}

void WaitEmulated(abi::Cq handle, std::chrono::nanoseconds timeout) {
  EmulatedCq* const queue = ToQueue(handle);
  if (queue == nullptr || queue->state.load() != QueueState::kLive) return;
  queue->engine->Wait(timeout);
}

int LastEmulatedError() { return last_error; }

abi::Table MakeEmulatedTable(const EmulatedTableParts& parts) {
  return {.size = sizeof(abi::Table),
          .Receive = &Receive,
          .ReceiveEx = &ReceiveEx,
          .Send = &Send,
          .SendEx = &SendEx,
          .CloseCompletionQueue = &CloseCompletionQueue,
          .CreateCompletionQueue = parts.create_completion_queue,
          .CreateRequestQueue = &CreateRequestQueue,
          .DequeueCompletion = &DequeueCompletion,
          .DeregisterBuffer = parts.deregister_buffer,
          .Notify = &Notify,
          .RegisterBuffer = parts.register_buffer,
          .ResizeCompletionQueue = &ResizeCompletionQueue,
          .ResizeRequestQueue = &ResizeRequestQueue};
}

}  // namespace fh::rio
