// Faults that a table itself has: a provider that forwards to another one, but for the calls that
// the plan lets fail.
//
//   FaultPlan& plan = FaultPlan::Reset(EmulatedProvider<FakeEngine>());
//   const rio::Provider& provider = FaultyProvider();
//   plan.create_rq = 1;            // The next RIOCreateRequestQueue fails.
//   plan.corrupt_percent = 5;      // Of the dequeues.
//
// One thread.
#ifndef FEEDHANDLER_TESTS_RIO_REGISTERED_FAULTY_TABLE_H_
#define FEEDHANDLER_TESTS_RIO_REGISTERED_FAULTY_TABLE_H_

#include <cstdint>
#include <random>
#include <set>

#include "rio/registered/provider.h"

namespace fh::test {

struct FaultPlan {
  const rio::Provider* inner = nullptr;
  std::mt19937 random{1};
  // Chances of each call, in percent.
  uint32_t post_percent = 0;     // WSAENOBUFS.
  uint32_t commit_percent = 0;   // WSAENOBUFS of a COMMIT_ONLY call.
  uint32_t corrupt_percent = 0;  // RIO_CORRUPT_CQ, from then on for good.
  // How many of the next calls fail.
  uint32_t register_buffer = 0;
  uint32_t create_cq = 0;
  uint32_t create_rq = 0;

  // What happened.
  std::set<rio::abi::Cq> corrupt;
  uint64_t corruptions = 0;
  uint64_t posts_refused = 0;
  int error = 0;  // Of the latest call, when it was made to fail.

  static FaultPlan& Get() {
    static FaultPlan plan;
    return plan;
  }
  static FaultPlan& Reset(const rio::Provider& inner) {
    Get() = FaultPlan();
    Get().inner = &inner;
    return Get();
  }
  void NoFaults() {
    post_percent = commit_percent = corrupt_percent = 0;
    register_buffer = create_cq = create_rq = 0;
  }

  bool Happens(uint32_t percent) { return percent > 0 && random() % 100 < percent; }

  // Whether the call fails now; then with `code`.
  bool Fails(bool fails, int code) {
    error = fails ? code : 0;
    return fails;
  }
  static bool Next(uint32_t& count) {
    if (count == 0) return false;
    --count;
    return true;
  }
};

namespace faulty {

namespace abi = rio::abi;

inline const abi::Table& Inner() { return *FaultPlan::Get().inner->table; }

inline bool RefusesPost(uint32_t flags) {
  FaultPlan& plan = FaultPlan::Get();
  const bool commit = (flags & abi::kCommitOnly) != 0;
  const bool refused = plan.Happens(commit ? plan.commit_percent : plan.post_percent);
  plan.posts_refused += refused ? 1 : 0;
  return plan.Fails(refused, abi::kNoBuffers);
}

inline abi::Bool FH_RIO_CALL Receive(abi::Rq queue, abi::Buf* data, uint32_t count, uint32_t flags,
                                     void* context) {
  return RefusesPost(flags) ? 0 : Inner().Receive(queue, data, count, flags, context);
}
inline int FH_RIO_CALL ReceiveEx(abi::Rq queue, abi::Buf* data, uint32_t count, abi::Buf* local,
                                 abi::Buf* remote, abi::Buf* control, abi::Buf* flags_out,
                                 uint32_t flags, void* context) {
  if (RefusesPost(flags)) return 0;
  return Inner().ReceiveEx(queue, data, count, local, remote, control, flags_out, flags, context);
}
inline abi::Bool FH_RIO_CALL Send(abi::Rq queue, abi::Buf* data, uint32_t count, uint32_t flags,
                                  void* context) {
  return RefusesPost(flags) ? 0 : Inner().Send(queue, data, count, flags, context);
}
inline abi::Bool FH_RIO_CALL SendEx(abi::Rq queue, abi::Buf* data, uint32_t count, abi::Buf* local,
                                    abi::Buf* remote, abi::Buf* control, abi::Buf* flags_in,
                                    uint32_t flags, void* context) {
  if (RefusesPost(flags)) return 0;
  return Inner().SendEx(queue, data, count, local, remote, control, flags_in, flags, context);
}
inline void FH_RIO_CALL CloseCompletionQueue(abi::Cq queue) {
  FaultPlan::Get().corrupt.erase(queue);
  Inner().CloseCompletionQueue(queue);
}
inline abi::Cq FH_RIO_CALL CreateCompletionQueue(uint32_t size, abi::Notification* notification) {
  FaultPlan& plan = FaultPlan::Get();
  if (plan.Fails(FaultPlan::Next(plan.create_cq), abi::kNoBuffers)) return abi::kInvalidCq;
  return Inner().CreateCompletionQueue(size, notification);
}
inline abi::Rq FH_RIO_CALL CreateRequestQueue(abi::Socket socket, uint32_t max_receives,
                                              uint32_t receive_buffers, uint32_t max_sends,
                                              uint32_t send_buffers, abi::Cq receives,
                                              abi::Cq sends, void* context) {
  FaultPlan& plan = FaultPlan::Get();
  if (plan.Fails(FaultPlan::Next(plan.create_rq), abi::kNoBuffers)) return abi::kInvalidRq;
  return Inner().CreateRequestQueue(socket, max_receives, receive_buffers, max_sends, send_buffers,
                                    receives, sends, context);
}
inline uint32_t FH_RIO_CALL DequeueCompletion(abi::Cq queue, abi::Result* results, uint32_t count) {
  FaultPlan& plan = FaultPlan::Get();
  if (!plan.corrupt.contains(queue) && plan.Happens(plan.corrupt_percent)) {
    plan.corrupt.insert(queue);
    ++plan.corruptions;
  }
  if (plan.corrupt.contains(queue)) return abi::kCorruptCq;
  return Inner().DequeueCompletion(queue, results, count);
}
inline void FH_RIO_CALL DeregisterBuffer(abi::BufferId id) { Inner().DeregisterBuffer(id); }
inline int FH_RIO_CALL Notify(abi::Cq queue) { return Inner().Notify(queue); }
inline abi::BufferId FH_RIO_CALL RegisterBuffer(char* data, uint32_t bytes) {
  FaultPlan& plan = FaultPlan::Get();
  if (plan.Fails(FaultPlan::Next(plan.register_buffer), abi::kNoBuffers)) {
    return abi::kInvalidBufferId;
  }
  return Inner().RegisterBuffer(data, bytes);
}
inline abi::Bool FH_RIO_CALL ResizeCompletionQueue(abi::Cq queue, uint32_t size) {
  return Inner().ResizeCompletionQueue(queue, size);
}
inline abi::Bool FH_RIO_CALL ResizeRequestQueue(abi::Rq queue, uint32_t receives, uint32_t sends) {
  return Inner().ResizeRequestQueue(queue, receives, sends);
}
inline abi::Socket OpenSocket(int family, int type, int protocol, int* error) {
  return FaultPlan::Get().inner->open_socket(family, type, protocol, error);
}
inline void CloseSocket(abi::Socket socket) { FaultPlan::Get().inner->close_socket(socket); }
inline int LastError() {
  const FaultPlan& plan = FaultPlan::Get();
  return plan.error != 0 ? plan.error : plan.inner->last_error();
}
inline void Wait(abi::Cq queue, std::chrono::nanoseconds timeout) {
  FaultPlan::Get().inner->wait(queue, timeout);
}

}  // namespace faulty

inline const rio::Provider& FaultyProvider() {
  static const rio::abi::Table table = {.size = sizeof(rio::abi::Table),
                                        .Receive = &faulty::Receive,
                                        .ReceiveEx = &faulty::ReceiveEx,
                                        .Send = &faulty::Send,
                                        .SendEx = &faulty::SendEx,
                                        .CloseCompletionQueue = &faulty::CloseCompletionQueue,
                                        .CreateCompletionQueue = &faulty::CreateCompletionQueue,
                                        .CreateRequestQueue = &faulty::CreateRequestQueue,
                                        .DequeueCompletion = &faulty::DequeueCompletion,
                                        .DeregisterBuffer = &faulty::DeregisterBuffer,
                                        .Notify = &faulty::Notify,
                                        .RegisterBuffer = &faulty::RegisterBuffer,
                                        .ResizeCompletionQueue = &faulty::ResizeCompletionQueue,
                                        .ResizeRequestQueue = &faulty::ResizeRequestQueue};
  static const rio::Provider provider = {.name = "faulty",
                                         .table = &table,
                                         .open_socket = &faulty::OpenSocket,
                                         .close_socket = &faulty::CloseSocket,
                                         .last_error = &faulty::LastError,
                                         .wait = &faulty::Wait};
  return provider;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_RIO_REGISTERED_FAULTY_TABLE_H_
