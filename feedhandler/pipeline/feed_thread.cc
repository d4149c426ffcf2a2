#include "feedhandler/pipeline/feed_thread.h"

namespace fh {

FeedThread::FeedThread(FeedCore& core, UpdatePublisher& publisher, ThreadOptions options,
                       size_t lines)
    : core_(core),
      publisher_(publisher),
      options_(std::move(options)),
      mailbox_(EmptyCounters(lines)),
      final_(EmptyCounters(lines)) {}

FeedThread::~FeedThread() {
  RequestStop();
  Join();
}

void FeedThread::Join() {
  if (thread_.joinable()) thread_.join();
}

FeedCounters FeedThread::EmptyCounters(size_t lines) const {
  FeedCounters counters;
  counters.receive_lines.resize(lines);
  counters.channels.resize(core_.channels().size());
  counters.rings.resize(publisher_.stats().size());
  return counters;
}

FeedCounters FeedThread::Counters() {
  return *TryCounters(std::chrono::steady_clock::time_point::max());
}

// A copy that comes after its asker has left is overwritten by the next one: whoever asks puts the
// request back first.
std::optional<FeedCounters> FeedThread::TryCounters(std::chrono::steady_clock::time_point end) {
  if (done()) return final_;
  request_.store(Request::kWanted, std::memory_order_release);
  while (request_.load(std::memory_order_acquire) != Request::kFilled) {
    if (done()) return final_;
    if (std::chrono::steady_clock::now() >= end) return std::nullopt;
    std::this_thread::yield();
  }
  return mailbox_;
}

}  // namespace fh
