// What the feed thread knows of the packets that it decoded together (a run), for the strategy thread
// that sees their updates: when they were dequeued, put in order, decoded. A ring beside each ring of
// updates; a note is there before the updates that it is of are shown.
//
//   RunNotes notes(16384);
//   notes.Push({.position = begin, ...});                       // Producer: the feed thread.
//   const RunNote* note = notes.Find(position);                 // Consumer: of an update, ascending.
//
// A full ring takes no note: the updates of that run are found without one, and missed() counts it.
// Single producer, single consumer, no lock. 32 bytes a run cross between the cores.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_RUN_NOTES_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_RUN_NOTES_H_

#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "feedhandler/threads/thread_setup.h"

namespace fh {

struct RunNote {
  uint64_t position = 0;  // Of its first update in the ring, not masked.
  int64_t dequeued_ns = 0;
  uint32_t sequenced_after_ns = 0;  // Since dequeued_ns.
  uint32_t decoded_after_ns = 0;
  // The greatest of each stand for more.
  uint32_t updates : 20 = 0;  // Of it in the ring.
  uint32_t behind : 6 = 0;   // Packets that came out of the socket with the first of it, behind it.
  uint32_t packets : 6 = 0;  // That have brought it: what each was decoded from.
  uint16_t messages = 0;     // Of them that were decoded.
  uint16_t lines = 0;        // On which they came: bit i is line i of the channel.

  static constexpr uint32_t kMostUpdates = (1 << 20) - 1;
  static constexpr uint32_t kMostPackets = (1 << 6) - 1;
};
static_assert(sizeof(RunNote) == 32);

class RunNotes {
 public:
  // `capacity`: a power of two.
  explicit RunNotes(size_t capacity)
      : mask_(capacity - 1), notes_(std::make_unique<RunNote[]>(capacity)) {
    assert(std::has_single_bit(capacity));
  }

  // Producer.
  void Push(const RunNote& note) {
    if (produced_ - known_tail_ > mask_) {
      known_tail_ = tail_.load(std::memory_order_acquire);
      if (produced_ - known_tail_ > mask_) {
        missed_.store(missed_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        return;
      }
    }
    notes_[produced_ & mask_] = note;
    head_.store(++produced_, std::memory_order_release);
  }

  // Consumer: of the run that the update at `position` is of; null when there is none. Valid until the
  // next call; positions never go back.
  const RunNote* Find(uint64_t position) {
    while (!IsOf(position)) {
      if (consumed_ == known_head_) {
        known_head_ = head_.load(std::memory_order_acquire);
        if (consumed_ == known_head_) return nullptr;
      }
      // One of what comes later stays where it is.
      if (notes_[consumed_ & mask_].position > position) return nullptr;
      current_ = notes_[consumed_ & mask_];
      tail_.store(++consumed_, std::memory_order_release);
    }
    return &current_;
  }

  // Producer: how often its thread has left its CPU.
  void SetSwitches(const ContextSwitches& switches) {
    preempted_.store(switches.preempted, std::memory_order_relaxed);
    waited_.store(switches.waited, std::memory_order_relaxed);
  }

  // Any thread. Told some hundred ns after the burst that was slow is published, so that nobody waits for
  // it: who is faster has it with the next one.
  ContextSwitches switches() const {
    return {preempted_.load(std::memory_order_relaxed), waited_.load(std::memory_order_relaxed)};
  }
  uint64_t missed() const { return missed_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kApart = 128;

  bool IsOf(uint64_t position) const { return position - current_.position < current_.updates; }

  const size_t mask_;
  const std::unique_ptr<RunNote[]> notes_;
  alignas(kApart) std::atomic<uint64_t> head_{0};  // Written by the producer, as are the next.
  std::atomic<uint64_t> missed_{0};
  std::atomic<uint64_t> preempted_{0};
  std::atomic<uint64_t> waited_{0};
  uint64_t produced_ = 0;
  uint64_t known_tail_ = 0;
  alignas(kApart) std::atomic<uint64_t> tail_{0};  // Written by the consumer, as are the next.
  uint64_t consumed_ = 0;
  uint64_t known_head_ = 0;
  RunNote current_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_RUN_NOTES_H_
