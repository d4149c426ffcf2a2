#include "feedhandler/pipeline/feed_thread.h"

#include <algorithm>

namespace fh {

FeedThread::FeedThread(FeedCore& core, UpdatePublisher& publisher, ThreadOptions options,
                       size_t lines)
    : core_(core),
      publisher_(publisher),
      options_(std::move(options)),
      mailbox_(EmptyCounters(lines)) {}

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

void FeedThread::FillCounters(const rio::BackendStats& receive,
                              std::span<const rio::LineStats> lines) {
  mailbox_.receive = receive;
  std::copy(lines.begin(), lines.end(), mailbox_.receive_lines.begin());
  mailbox_.polls = polls_;
  mailbox_.idle_polls = idle_polls_;
  core_.CopyCounters(mailbox_.channels);
  std::copy(publisher_.stats().begin(), publisher_.stats().end(), mailbox_.rings.begin());
  request_.store(Request::kFilled, std::memory_order_release);
}

FeedCounters FeedThread::Counters() {
  if (!thread_.joinable()) return mailbox_;
  Request nothing = Request::kNone;
  request_.compare_exchange_strong(nothing, Request::kWanted, std::memory_order_acq_rel);
  while (request_.load(std::memory_order_acquire) != Request::kFilled) {
    // The loop fills the mailbox once more when it ends, so this ends too.
    std::this_thread::yield();
  }
  FeedCounters copy = mailbox_;
  // Once the loop has ended nobody fills the mailbox again: it stays filled.
  if (!done()) request_.store(Request::kNone, std::memory_order_release);
  return copy;
}

}  // namespace fh
