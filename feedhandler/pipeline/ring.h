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
// How a batch is shown: by a mark in its first slot, in published_ns32, which the reader looks at.
// The lowest bit of the mark is the parity of the lap, so that the mark of a lap before is none; the
// next one says that the batch is a single update. So a lone update crosses between the cores as one
// line. For a longer batch the reader needs the index of its end as well, which is stored after the
// mark (whoever sees the index thus sees the marks before it). A slot without a mark holds 0 there.
// The first update of a batch is written beside the ring and copied when it is shown, because the
// reader looks at its slot until then.
//
// Cost: a single update one line between the cores, a longer batch its lines and that of the index;
// each side keeps a copy of the other's index, and the producer looks at the shared one only when
// its copy says full. The constructor allocates and touches every page; nothing after it
// allocates, locks or calls the system. A full ring never blocks: what to do then is
// UpdatePublisher's business (feedhandler/pipeline/update_publisher.h).
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_RING_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_RING_H_

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
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

  // Writes behind what is committed. The caller has asked HasRoom for as many updates as it writes.
  codecs::UpdateWriter Writer() { return {slots_.get(), mask_, produced_, shown_, &stage_}; }

  // Everything before `next` (UpdateWriter::next) is written; Flush will show it.
  void Commit(uint64_t next) { produced_ = next; }

  // Makes everything that was committed or appended visible to the consumer, as one batch.
  // `published_ns32`: the time, for the batch's first update (codecs/update_abi.h); 0 = not given.
  void Flush(uint32_t published_ns32 = 0) {
    if (produced_ != shown_) Show(stage_, published_ns32);
  }

  void Publish(uint64_t next, uint32_t published_ns32 = 0) {
    Commit(next);
    Flush(published_ns32);
  }

  // One update, copied, visible at once. False when the ring is full.
  bool Push(const Update& update) {
    if (produced_ != shown_) {
      if (!Append(update)) return false;
      Flush();
      return true;
    }
    if (!HasRoom(1)) return false;
    PrefetchSlot(++produced_ + kRun);
    Show(update, 0);
    return true;
  }

  // One update, copied, visible with the rest of its run of kRun or at Flush, whichever comes
  // first: cheaper than Push, because the index line crosses between the cores once a run. A
  // producer that goes idle calls Flush. False when the ring is full.
  bool Append(const Update& update) {
    if (!HasRoom(1)) return false;
    Update& slot = produced_ == shown_ ? stage_ : slots_.get()[produced_ & mask_];
    slot = update;
    slot.published_ns32 = 0;
    PrefetchSlot(++produced_ + kRun);
    if ((produced_ & (kRun - 1)) == 0) Flush();
    return true;
  }

  // Index of the next slot to write, not masked.
  uint64_t produced() const { return produced_; }

  // Updates that are written and not yet published.
  uint64_t Unpublished() const { return produced_ - shown_; }

  // ---- Consumer

  // Published updates that are not yet released, up to the end of the storage: when the run wraps,
  // or more has come meanwhile, the next call gives the rest. Empty when there is nothing. Valid
  // until released; the reader may write to all of it but published_ns32.
  std::span<Update> Read(uint64_t most = UINT64_MAX) {
    if (consumed_ == consumer_head_ && !Refresh(most)) return {};
    const uint64_t index = consumed_ & mask_;
    const uint64_t run = std::min({consumer_head_ - consumed_, capacity() - index, most});
    return {slots_.get() + index, run};
  }

  // The update behind the first `count` of Read's run, wherever that was cut; null when it is not
  // published yet. To be looked at alone, before the run is released.
  const Update* Behind(uint64_t count) const {
    const uint64_t index = consumed_ + count;
    if (index >= consumer_head_) {
      if (count >= capacity()) return nullptr;
      const uint32_t mark = MarkOf(index).load(std::memory_order_acquire);
      if (mark == 0 || (mark & 1) != LapOf(index)) return nullptr;
    }
    return &slots_.get()[index & mask_];
  }

  // Gives the first `count` updates of Read's run back to the producer.
  void Release(uint64_t count) {
    consumed_ += count;
    tail_.store(consumed_, std::memory_order_release);
  }

  // One update, copied. Gives slots back when the known run is used up or a sixteenth of the ring
  // is read, not each time: the tail is a shared line too.
  bool Pop(Update& update) {
    if (consumed_ == consumer_head_ && !Refresh(kRun)) return false;
    update = slots_.get()[consumed_ & mask_];
    ++consumed_;
    if (consumed_ == consumer_head_ || (consumed_ & (mask_ >> 4)) == 0) Release(0);
    return true;
  }

  // ---- Any thread

  // Released so far.
  uint64_t Consumed() const { return tail_.load(std::memory_order_acquire); }

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

  static constexpr uint32_t kSingle = 2;

  // The lap that an index is of, in the mark: slots begin as 0, so the first lap is 1.
  uint32_t LapOf(uint64_t index) const { return (index & capacity()) == 0; }

  std::atomic_ref<uint32_t> MarkOf(uint64_t index) const {
    return std::atomic_ref(slots_.get()[index & mask_].published_ns32);
  }

  // What was written since the last time, of which `first` is the first update.
  void Show(const Update& first, uint32_t published_ns32) {
    constexpr uint32_t kUnit = ~codecs::kPublishedTimeBits + 1;
    uint32_t mark = codecs::kShownWithoutTime;
    if (published_ns32 != 0) {
      mark = std::max((published_ns32 + kUnit / 2) & codecs::kPublishedTimeBits, mark + kUnit);
    }
    mark |= LapOf(shown_) | (produced_ - shown_ == 1 ? kSingle : 0);
    assert(IsUnmarked(shown_ + 1, produced_));
    static_assert(offsetof(Update, published_ns32) == sizeof(Update) - sizeof(uint32_t));
    std::memcpy(static_cast<void*>(&slots_.get()[shown_ & mask_]), &first,
                offsetof(Update, published_ns32));
    ClearNextMark();
    MarkOf(shown_).store(mark, std::memory_order_release);
    shown_ = produced_;
    head_.store(produced_, std::memory_order_release);
  }

  // Decoders may have written behind the last update that they took, whatever they like. Where the
  // slot is still the reader's they cannot have, and its mark is one of the lap before.
  void ClearNextMark() {
    if (produced_ - producer_tail_ >= capacity()) return;
    uint32_t& mark = slots_.get()[produced_ & mask_].published_ns32;
    if (mark != 0 && (mark & 1) == LapOf(produced_)) mark = 0;
  }

  // Whether the writer kept to it: a mark that is none would show a later batch too early.
  bool IsUnmarked(uint64_t begin, uint64_t end) const {
    while (begin != end && slots_.get()[begin & mask_].published_ns32 == 0) ++begin;
    return begin == end;
  }

  // The slots were last read by the consumer's core: asking for their lines in time hides the
  // way back. An UpdateWriter does so as it writes.
  void PrefetchSlot(uint64_t index) { codecs::PrefetchForWrite(&slots_.get()[index & mask_]); }

  // Looks for newly published updates, for at most `most` if they are single. A reader that had
  // nothing takes the first update that comes at once; one that is behind looks for more, since to
  // look takes the next slot's line away from the producer.
  bool Refresh(uint64_t most) {
    const uint64_t end = consumed_ + std::min(is_behind_ ? most : 1, capacity());
    uint64_t next = consumed_;
    while (next < end) {
      const uint32_t mark = MarkOf(next).load(std::memory_order_acquire);
      if (mark == 0 || (mark & 1) != LapOf(next)) break;
      if ((mark & kSingle) == 0) {
        // The index comes right after the mark; until then there is nothing.
        next = std::max(next, head_.load(std::memory_order_acquire));
        PrefetchRun(next - consumed_);
        break;
      }
      ++next;
    }
    consumer_head_ = next;
    is_behind_ = next != consumed_;
    return is_behind_;
  }

  // Asks for the first lines of a run all at once.
  void PrefetchRun(uint64_t run) const {
    run = std::min(run, kRun);
    for (uint64_t i = 0; i < run; ++i) __builtin_prefetch(&slots_.get()[(consumed_ + i) & mask_]);
  }

  std::unique_ptr<Update, Free> slots_;
  uint64_t mask_;

  alignas(kApart) std::atomic<uint64_t> head_{0};  // Written by the producer.
  alignas(kApart) Update stage_{};                 // The producer's own.
  uint64_t produced_ = 0;
  uint64_t shown_ = 0;
  uint64_t producer_tail_ = 0;
  alignas(kApart) std::atomic<uint64_t> tail_{0};  // Written by the consumer.
  alignas(kApart) uint64_t consumed_ = 0;          // The consumer's own.
  uint64_t consumer_head_ = 0;
  bool is_behind_ = true;  // The last look found something.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_RING_H_
