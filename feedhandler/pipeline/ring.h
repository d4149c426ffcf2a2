// The lock-free ring between the feed thread and one strategy thread: single producer, single
// consumer, 64-byte updates that the decoder writes in place and the strategy reads in place.
//
//   UpdateRing ring(65536);
//   if (ring.HasRoom(n)) {                         // Producer (feed thread):
//     UpdateWriter writer = ring.Writer();
//     codec.Decode(jobs, writer);                  //   writes the slots themselves;
//     ring.Publish(writer.next());                 //   one release store shows the burst.
//   }
//   std::span<const NormalizedUpdate> run = ring.Read();  // Consumer (strategy thread):
//   strategy.OnUpdates(run);
//   ring.Release(run.size());
//
// Cost: each side keeps the other's index in its own cache line and looks at the shared one only
// when its copy says full (or empty), so a burst moves one index line and the updates' own lines
// between the cores. The constructor allocates and touches every page; nothing after it
// allocates, locks or calls the system. A full ring never blocks: what to do then is
// UpdatePublisher's business (feedhandler/pipeline/update_publisher.h).
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_RING_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_RING_H_

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>

#include "codecs/prefetch.h"
#include "codecs/update.h"

namespace fh {

class UpdateRing {
 public:
  using Update = codecs::NormalizedUpdate;
  static constexpr uint64_t kMinCapacity = 64;

  // `capacity`: a power of two, at least kMinCapacity.
  explicit UpdateRing(uint64_t capacity)
      : slots_(static_cast<Update*>(
            ::operator new (capacity * sizeof(Update), std::align_val_t{kPageBytes}))),
        mask_(capacity - 1) {
    assert(capacity >= kMinCapacity && std::has_single_bit(capacity));
    std::memset(static_cast<void*>(slots_.get()), 0, capacity * sizeof(Update));
  }

  uint64_t capacity() const { return mask_ + 1; }

  // ---- Producer

  // Whether `count` updates fit now.
  bool HasRoom(uint64_t count) {
    if (produced_ + count - producer_tail_ <= capacity()) return true;
    producer_tail_ = tail_.load(std::memory_order_acquire);
    return produced_ + count - producer_tail_ <= capacity();
  }

  // Writes from the first unpublished slot on. The caller has asked HasRoom for as many updates
  // as it writes.
  codecs::UpdateWriter Writer() { return {slots_.get(), mask_, produced_}; }

  // Everything before `next` (UpdateWriter::next) is written; Flush will show it.
  void Commit(uint64_t next) { produced_ = next; }

  // Makes everything that was committed or appended visible to the consumer, and asks for the slots
  // of the next burst: they arrive while its packets do.
  void Flush() {
    Show();
    PrefetchSlots(produced_, codecs::UpdateWriter::kFetchedAhead);
  }

  void Publish(uint64_t next) {
    Commit(next);
    Flush();
  }

  // One update, copied, visible at once. False when the ring is full.
  bool Push(const Update& update) {
    if (!Append(update)) return false;
    Show();
    return true;
  }

  // One update, copied, visible with the rest of its run of kRun or at Flush, whichever comes
  // first: half the cost of Push, because the index line crosses between the cores once a run. A
  // producer that goes idle calls Flush. False when the ring is full.
  bool Append(const Update& update) {
    if (!HasRoom(1)) return false;
    slots_.get()[produced_ & mask_] = update;
    PrefetchSlots(++produced_ + kRun, 1);
    if ((produced_ & (kRun - 1)) == 0) Show();
    return true;
  }

  // Index of the next slot to write, not masked.
  uint64_t produced() const { return produced_; }

  // The update written last, published or not. There must have been one.
  Update& Newest() { return slots_.get()[(produced_ - 1) & mask_]; }

  // Updates that are written and not yet published.
  uint64_t Unpublished() const { return produced_ - head_.load(std::memory_order_relaxed); }

  // ---- Consumer

  // The published updates that are not yet released, up to the end of the storage: when the run
  // wraps, the next call gives the rest. Empty when there is nothing. Valid until released.
  std::span<const Update> Read(uint64_t most = UINT64_MAX) {
    if (consumed_ == consumer_head_ && !Refresh()) return {};
    const uint64_t index = consumed_ & mask_;
    const uint64_t run = std::min({consumer_head_ - consumed_, capacity() - index, most});
    return {slots_.get() + index, run};
  }

  // Gives the first `count` updates of Read's run back to the producer.
  void Release(uint64_t count) {
    consumed_ += count;
    tail_.store(consumed_, std::memory_order_release);
  }

  // One update, copied. Gives slots back when the known run is used up or a sixteenth of the ring
  // is read, not each time: the tail is a shared line too.
  bool Pop(Update& update) {
    if (consumed_ == consumer_head_ && !Refresh()) return false;
    update = slots_.get()[consumed_ & mask_];
    ++consumed_;
    if (consumed_ == consumer_head_ || (consumed_ & (mask_ >> 4)) == 0) Release(0);
    return true;
  }

  // ---- Any thread

  // Published and not yet released; a moment's picture, for metrics.
  uint64_t Depth() const {
    const uint64_t tail = tail_.load(std::memory_order_acquire);
    return head_.load(std::memory_order_acquire) - tail;
  }

 private:
  static constexpr size_t kPageBytes = 4096;
  static constexpr uint64_t kRun = 32;
  // Two lines: common processors fetch a line's neighbour with it.
  static constexpr size_t kApart = 128;

  struct Free {
    void operator()(Update* slots) const {
      ::operator delete (slots, std::align_val_t{kPageBytes});
    }
  };

  void Show() { head_.store(produced_, std::memory_order_release); }

  // The slots were last read by the consumer's core: asking for their lines in time hides the
  // way back. Without it the store buffer fills with stores that each wait for a line, and a
  // burst of 64 costs three times as much. An UpdateWriter goes on asking as it writes.
  void PrefetchSlots(uint64_t first, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
      codecs::PrefetchForWrite(&slots_.get()[(first + i) & mask_]);
    }
  }

  // Looks for newly published updates, and asks for the first lines of the run all at once.
  bool Refresh() {
    consumer_head_ = head_.load(std::memory_order_acquire);
    const uint64_t run = std::min(consumer_head_ - consumed_, kRun);
    for (uint64_t i = 0; i < run; ++i) __builtin_prefetch(&slots_.get()[(consumed_ + i) & mask_]);
    return run != 0;
  }

  std::unique_ptr<Update, Free> slots_;
  uint64_t mask_;

  alignas(kApart) std::atomic<uint64_t> head_{0};  // Written by the producer.
  alignas(kApart) uint64_t produced_ = 0;          // The producer's own.
  uint64_t producer_tail_ = 0;
  alignas(kApart) std::atomic<uint64_t> tail_{0};  // Written by the consumer.
  alignas(kApart) uint64_t consumed_ = 0;          // The consumer's own.
  uint64_t consumer_head_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_RING_H_
