// The feed thread: opens a receiver, polls it, hands every burst to the FeedCore, posts the slices
// again. The loop is compiled for the receiver's backend: nothing in it is virtual.
//
//   FeedThread feed(core, publisher, {.name = "fh-feed", .cpu = 2, .idle = IdleMode::kSpin});
//   absl::Status opened = feed.Start([&] { return Receiver<B>::Create(...); });  // On that thread.
//   ...
//   feed.RequestStop();                 // Live: takes what already waits, then ends.
//   feed.Join();
//
// The receiver is opened, used and closed on the feed thread (io_uring rings belong to the thread
// that polls them). Counters() may be called by any one other thread at any time: the loop copies
// them when asked, so the hot path shares no counter with anybody.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_FEED_THREAD_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_FEED_THREAD_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "feedhandler/pipeline/feed_core.h"
#include "feedhandler/pipeline/update_publisher.h"
#include "feedhandler/threads/thread_setup.h"
#include "rio/backend.h"

namespace fh {

// Everything that the feed thread counts.
struct FeedCounters {
  rio::BackendStats receive;
  std::vector<rio::LineStats> receive_lines;  // In the order of the subscriptions.
  uint64_t polls = 0;
  uint64_t idle_polls = 0;
  FeedCore::StampCounts stamps{};         // Packets by rio::StampSource.
  RatePeaks::Counts peaks{};              // Most packets within each of RatePeaks::kWindowsNs.
  std::vector<ChannelCounters> channels;  // As many as the core has.
  std::vector<RingStats> rings;           // As many as the publisher has.
};

class FeedThread {
 public:
  // `core` and `publisher` outlive the thread. `idle` must be resolved (not kAuto). `lines`: how
  // many subscriptions the receiver will have.
  FeedThread(FeedCore& core, UpdatePublisher& publisher, ThreadOptions options, size_t lines);
  ~FeedThread();  // Stops and joins.

  // Runs `open` on the new thread: absl::StatusOr<std::unique_ptr<Receiver>>, where a receiver of
  // something that ends by itself says so with a member kFinite. Returns when the
  // receiver is open, or its error, and then no thread runs.
  template <class Open>
  absl::Status Start(Open open);

  // A live receiver: deliver what has already arrived, then end. A finite one: end at once.
  void RequestStop() { stop_.store(true, std::memory_order_release); }

  void Join();

  // The loop has ended: a finite source is exhausted, or a stop was requested.
  bool done() const { return done_.load(std::memory_order_acquire); }

  // A copy of the counters, at most one loop round old. Waits for the loop to make it (well below a
  // millisecond). After Start. One caller at a time; not the feed thread.
  FeedCounters Counters();
  // The same, or nothing when the loop has not made it by `end`.
  std::optional<FeedCounters> TryCounters(std::chrono::steady_clock::time_point end);

  // What is not available of what was asked for: thread placement, memory, sockets. After Start.
  const std::vector<std::string>& notes() const { return notes_; }

  const ThreadOptions& placement() const { return options_; }
  // How often the loop was taken off its CPU; empty when the system does not say. After Join.
  std::optional<uint64_t> preempted() const { return preempted_; }

 private:
  enum class Request : uint8_t { kNone, kWanted, kFilled };

  template <class Receiver>
  void Loop(Receiver& receiver);
  template <class Receiver>
  bool PollOnce(Receiver& receiver);
  template <class Receiver>
  void DrainAndClose(Receiver& receiver);
  template <class Receiver>
  void FillCounters(const Receiver& receiver, FeedCounters& counters) const;
  FeedCounters EmptyCounters(size_t lines) const;

  FeedCore& core_;
  UpdatePublisher& publisher_;
  const ThreadOptions options_;
  std::array<rio::Packet, FeedCore::kMaxBurst> packets_;
  FeedCounters mailbox_;  // The loop's while kWanted, the asking thread's while kFilled.
  FeedCounters final_;    // Written before done_, read after it.
  uint64_t polls_ = 0;
  uint64_t idle_polls_ = 0;
  std::vector<std::string> notes_;
  std::optional<uint64_t> preempted_;
  std::atomic<Request> request_{Request::kNone};
  std::atomic<bool> stop_{false};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

template <class Open>
absl::Status FeedThread::Start(Open open) {
  std::promise<absl::Status> opened;
  std::future<absl::Status> result = opened.get_future();
  thread_ = std::thread([this, open = std::move(open), opened = std::move(opened)]() mutable {
    notes_ = SetUpThisThread(options_);
    auto receiver = open();
    if (!receiver.ok()) {
      done_.store(true, std::memory_order_release);
      opened.set_value(receiver.status());
      return;
    }
    const auto notes = (*receiver)->notes();
    notes_.insert(notes_.end(), notes.begin(), notes.end());
    opened.set_value(absl::OkStatus());
    Loop(**receiver);
  });
  absl::Status status = result.get();
  if (!status.ok()) thread_.join();
  return status;
}

template <class Receiver>
void FeedThread::FillCounters(const Receiver& receiver, FeedCounters& counters) const {
  counters.receive = receiver.stats();
  const std::span<const rio::LineStats> lines = receiver.line_stats();
  std::copy(lines.begin(), lines.end(), counters.receive_lines.begin());
  counters.polls = polls_;
  counters.idle_polls = idle_polls_;
  counters.stamps = core_.stamp_counts();
  counters.peaks = core_.peaks().most();
  core_.CopyCounters(counters.channels);
  std::copy(publisher_.stats().begin(), publisher_.stats().end(), counters.rings.begin());
}

template <class Receiver>
bool FeedThread::PollOnce(Receiver& receiver) {
  const size_t count = receiver.Poll(packets_);
  ++polls_;
  if (count == 0) {
    ++idle_polls_;
    core_.OnIdle();
  } else {
    core_.OnPackets(std::span(packets_).first(count));
  }
  const std::span<const uint32_t> released = core_.TakeReleased();
  if (!released.empty()) receiver.Release(released);
  return count != 0;
}

template <class Receiver>
void FeedThread::Loop(Receiver& receiver) {
  const std::optional<ContextSwitches> before = SwitchesOfThisThread();
  IdleWaiter idle(options_.idle);
  while (!stop_.load(std::memory_order_relaxed)) {
    if (PollOnce(receiver)) {
      idle.Reset();
    } else if (receiver.finished()) {
      break;
    } else {
      idle.Wait();
    }
    if (request_.load(std::memory_order_acquire) == Request::kWanted) [[unlikely]] {
      receiver.RefreshStats();
      FillCounters(receiver, mailbox_);
      request_.store(Request::kFilled, std::memory_order_release);
    }
  }
  if (before.has_value()) {
    preempted_ = (SwitchesOfThisThread().value_or(*before) - *before).preempted;
  }
  DrainAndClose(receiver);
}

template <class Receiver>
void FeedThread::DrainAndClose(Receiver& receiver) {
  // Bounded: a stream that never pauses must not keep the program from ending. The rest of a file
  // has not "arrived".
  constexpr int kMostPolls = 10'000;
  constexpr bool kFinite = requires { Receiver::kFinite; };
  if (!kFinite && !receiver.finished()) {
    for (int i = 0; i < kMostPolls && PollOnce(receiver); ++i) {
    }
  }
  core_.Finish();
  const std::span<const uint32_t> released = core_.TakeReleased();
  if (!released.empty()) receiver.Release(released);
  receiver.Close();
  FillCounters(receiver, final_);
  done_.store(true, std::memory_order_release);
}

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_FEED_THREAD_H_
