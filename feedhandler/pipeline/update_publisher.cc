#include "feedhandler/pipeline/update_publisher.h"

#include <algorithm>
#include <cassert>
#include <thread>

namespace fh {

using codecs::NormalizedUpdate;
using codecs::UpdateWriter;

UpdatePublisher::UpdatePublisher(std::vector<UpdateRing*> rings, uint64_t scratch_updates,
                                 WhenFull when_full)
    : stats_(rings.size()),
      when_full_(when_full),
      scratch_(std::make_unique<NormalizedUpdate[]>(scratch_updates)),
      scratch_mask_(scratch_updates - 1),
      preferred_most_(scratch_updates) {
  assert(std::has_single_bit(scratch_updates));
  for (UpdateRing* ring : rings) {
    targets_.push_back({.ring = ring, .missed = {}});
    preferred_most_ = std::min(preferred_most_, ring->capacity() / 2);
  }
}

// Room for `count` updates and for the gap record that the ring may be owed, which is written.
bool UpdatePublisher::MakeRoom(size_t index, uint64_t count) {
  Target& target = targets_[index];
  if (target.missed.updates == 0) [[likely]] {
    return target.ring->HasRoom(count);
  }
  if (!target.ring->HasRoom(count + 1)) return false;
  const Missed missed = target.missed;
  target.missed = {};
  UpdateWriter writer = target.ring->Writer();
  NormalizedUpdate& gap = writer.Next();
  gap = NormalizedUpdate{.record = FH_RECORD_GAP,
                         .action = FH_ACTION_NONE,
                         .side = FH_SIDE_NONE,
                         .flags = FH_FLAG_LAST | FH_FLAG_MAYBE_BAD_BOOK,
                         .sequence = missed.last_sequence,
                         .ts_event_ns = FH_UNDEFINED_TIME,
                         .ts_recv_ns = FH_UNDEFINED_TIME,
                         .channel_id = missed.channel_id};
  gap.gap.first = missed.first_sequence;
  gap.gap.last = missed.last_sequence;
  gap.gap.count = static_cast<uint32_t>(std::min<uint64_t>(missed.updates, UINT32_MAX));
  gap.gap.cause = FH_GAP_RING_FULL;
  target.ring->Commit(writer.next());
  ++stats_[index].published;
  ++stats_[index].gap_records;
  return true;
}

void UpdatePublisher::WaitForRoom(UpdateRing& ring, uint64_t count) {
  if (ring.HasRoom(count)) return;
  ring.Flush();
  while (!ring.HasRoom(count)) std::this_thread::yield();
}

UpdateWriter UpdatePublisher::Begin(uint64_t most) {
  assert(most <= scratch_mask_ + 1);
  if (when_full_ == WhenFull::kWait && most <= preferred_most_) {
    for (const Target& target : targets_) WaitForRoom(*target.ring, most);
  }
  for (current_ = 0; current_ < targets_.size(); ++current_) {
    if (!MakeRoom(current_, most)) continue;
    begin_ = targets_[current_].ring->produced();
    return targets_[current_].ring->Writer();
  }
  current_ = kScratch;
  begin_ = 0;
  return {scratch_.get(), scratch_mask_, 0};
}

void UpdatePublisher::Commit(const UpdateWriter& writer) {
  const Run run{writer, begin_, writer.next() - begin_};
  if (run.count == 0) return;
  for (size_t i = 0; i < targets_.size(); ++i) {
    stats_[i].offered += run.count;
    if (i == current_) {
      targets_[i].ring->Commit(writer.next());
      stats_[i].published += run.count;
    } else {
      Deliver(i, run);
    }
  }
}

void UpdatePublisher::Copy(size_t index, const Run& run, uint64_t begin, uint64_t end) {
  UpdateRing& ring = *targets_[index].ring;
  UpdateWriter writer = ring.Writer();
  for (uint64_t i = begin; i < end; ++i) writer.Next() = run.at(i);
  ring.Commit(writer.next());
  stats_[index].published += end - begin;
}

// However long the run and small the ring: nothing of a file is lost.
void UpdatePublisher::DeliverInParts(size_t index, const Run& run) {
  for (uint64_t begin = 0; begin < run.count;) {
    const uint64_t end = std::min(run.count, begin + preferred_most_);
    WaitForRoom(*targets_[index].ring, end - begin);
    Copy(index, run, begin, end);
    begin = end;
  }
}

void UpdatePublisher::Deliver(size_t index, const Run& run) {
  if (when_full_ == WhenFull::kWait) return DeliverInParts(index, run);
  if (MakeRoom(index, run.count)) return Copy(index, run, 0, run.count);
  Target& target = targets_[index];
  const NormalizedUpdate& first = run.at(0);
  if (target.missed.updates == 0) {
    ++stats_[index].drop_events;
    target.missed.first_sequence = first.sequence;
    target.missed.channel_id = first.channel_id;
  }
  target.missed.updates += run.count;
  target.missed.last_sequence = run.at(run.count - 1).sequence;
  stats_[index].dropped += run.count;
}

void UpdatePublisher::Append(const NormalizedUpdate& update) {
  UpdateWriter writer = Begin(1);
  writer.Next() = update;
  Commit(writer);
}

void UpdatePublisher::Publish(int64_t now_ns) {
  // 0 means "not the last of a batch", so a true 0 is rounded up.
  const uint32_t mark = std::max<uint32_t>(1, static_cast<uint32_t>(now_ns));
  for (Target& target : targets_) {
    if (target.ring->Unpublished() == 0) continue;
    target.ring->Newest().published_ns32 = mark;
    target.ring->Flush();
  }
}

bool UpdatePublisher::OwesGapRecords() const {
  return std::any_of(targets_.begin(), targets_.end(),
                     [](const Target& target) { return target.missed.updates != 0; });
}

void UpdatePublisher::SettleGapRecords() {
  for (size_t i = 0; i < targets_.size(); ++i) MakeRoom(i, 0);
}

}  // namespace fh
