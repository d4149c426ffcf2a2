#include "feedhandler/pipeline/update_publisher.h"

#include <algorithm>
#include <cassert>
#include <thread>
#include <utility>

namespace fh {
namespace {

using codecs::NormalizedUpdate;
using codecs::UpdateWriter;

// Room for control records: what a channel may have to say in the time that a reader takes to come
// back, but never so much that it would be missed by the updates.
constexpr uint64_t kReservedPerChannel = 4;
constexpr uint64_t kMostReservedPart = 4;  // 1/4 of the ring.

bool IsStuck(const NormalizedUpdate& update) {
  return update.record == FH_RECORD_STATUS && update.status.kind == FH_STATUS_CHANNEL_STUCK;
}

bool IsSessionEnd(const NormalizedUpdate& update) {
  return update.record == FH_RECORD_SESSION && !codecs::IsSessionStart(update);
}

bool IsEmpty(const NormalizedUpdate& update) { return update.record == 0; }

NormalizedUpdate LossRecord(uint64_t updates, uint64_t first, uint64_t last, uint16_t channel_id) {
  NormalizedUpdate record{.record = FH_RECORD_GAP,
                          .action = FH_ACTION_NONE,
                          .side = FH_SIDE_NONE,
                          .flags = FH_FLAG_LAST | FH_FLAG_MAYBE_BAD_BOOK,
                          .sequence = last,
                          .ts_event_ns = FH_UNDEFINED_TIME,
                          .ts_recv_ns = FH_UNDEFINED_TIME,
                          .channel_id = channel_id};
  record.gap = {.first = first,
                .last = last,
                .count = static_cast<uint32_t>(std::min<uint64_t>(updates, UINT32_MAX)),
                .cause = FH_GAP_RING_FULL};
  return record;
}

}  // namespace

UpdatePublisher::UpdatePublisher(std::vector<UpdateRing*> rings, std::vector<uint16_t> channel_ids,
                                 uint64_t scratch_updates, WhenFull when_full)
    : stats_(rings.size()),
      channel_ids_(std::move(channel_ids)),
      when_full_(when_full),
      scratch_(std::make_unique<NormalizedUpdate[]>(scratch_updates)),
      scratch_mask_(scratch_updates - 1),
      preferred_most_(scratch_updates) {
  assert(std::has_single_bit(scratch_updates));
  for (UpdateRing* ring : rings) {
    targets_.push_back({.ring = ring, .debts = std::vector<Debt>(channel_ids_.size())});
    reserved_.push_back(when_full == WhenFull::kWait
                            ? 0
                            : std::min(kReservedPerChannel * channel_ids_.size(),
                                       ring->capacity() / kMostReservedPart));
    preferred_most_ = std::min(preferred_most_, (ring->capacity() - reserved_.back()) / 2);
  }
}

void UpdatePublisher::SetFilter(size_t ring, UpdateFilter filter) {
  targets_[ring].filter.reset();
  if (!filter.LeavesOut()) return;
  targets_[ring].filter = std::make_unique<UpdateFilter>(std::move(filter));
  if (chosen_ == nullptr) chosen_ = std::make_unique<uint32_t[]>(scratch_mask_ + 1);
}

// What of the run the ring is to have, until the next call.
UpdatePublisher::Run UpdatePublisher::Wanted(size_t index, const Run& run) {
  UpdateFilter* const filter = targets_[index].filter.get();
  Run wanted = run;
  if (filter != nullptr) [[unlikely]] {
    const UpdateFilter::Wants wants = filter->WantsOf(run.at(0).channel_id);
    if (wants == UpdateFilter::Wants::kNothing) {
      wanted.count = 0;
    } else if (wants == UpdateFilter::Wants::kSome) {
      wanted.chosen = chosen_.get();
      wanted.count = 0;
      for (uint64_t i = 0; i < run.count; ++i) {
        if (filter->Passes(run.at(i))) chosen_[wanted.count++] = static_cast<uint32_t>(i);
      }
    }
    stats_[index].filtered += run.count - wanted.count;
  }
  stats_[index].offered += wanted.count;
  return wanted;
}

// Puts those that are wanted side by side, where the run begins.
void UpdatePublisher::CloseUp(const Run& run) {
  if (run.chosen == nullptr) return;
  for (uint64_t i = 0; i < run.count; ++i) {
    if (run.chosen[i] != i) run.slots.At(run.first + i) = run.at(i);
  }
}

// Slow paths only.
UpdatePublisher::Debt& UpdatePublisher::DebtOf(Target& target, uint16_t channel_id) {
  const auto found = std::find(channel_ids_.begin(), channel_ids_.end(), channel_id);
  assert(found != channel_ids_.end());
  return target.debts[static_cast<size_t>(found - channel_ids_.begin())];
}

// Room for `count` updates beside what is reserved; the ring has been told everything then.
bool UpdatePublisher::MakeRoom(size_t index, uint64_t count) {
  Target& target = targets_[index];
  if (target.has_debts) [[unlikely]] {
    Settle(index, reserved_[index] + count);
    if (target.has_debts) return false;
  }
  return target.ring->HasRoom(count + reserved_[index]);
}

void UpdatePublisher::WaitForRoom(UpdateRing& ring, uint64_t count) {
  if (ring.HasRoom(count)) return;
  ring.Flush();
  while (!ring.HasRoom(count)) std::this_thread::yield();
}

void UpdatePublisher::WaitForReaders() {
  if (when_full_ == WhenFull::kDrop) return;
  for (const Target& target : targets_) target.ring->Flush();
  for (const Target& target : targets_) {
    while (target.ring->Depth() != 0) std::this_thread::yield();
  }
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
    if (i == current_) continue;
    const Run wanted = Wanted(i, run);
    if (wanted.count != 0) Deliver(i, wanted);
  }
  if (current_ == kScratch) return;
  // Last, because the others copy what stands in its slots.
  Target& target = targets_[current_];
  const Run wanted = Wanted(current_, run);
  if (wanted.count == 0) return;
  CloseUp(wanted);
  if (target.has_doubts) [[unlikely]]
    MarkDoubtful(target, {run.slots, begin_, wanted.count});
  target.ring->Commit(begin_ + wanted.count);
  stats_[current_].published += wanted.count;
}

void UpdatePublisher::MarkDoubtful(Target& target, const Run& run) {
  if (!DebtOf(target, run.at(0).channel_id).is_doubtful) return;
  for (uint64_t i = 0; i < run.count; ++i) {
    NormalizedUpdate& update = run.at(i);
    if (update.record != FH_RECORD_TOP) update.flags |= FH_FLAG_MAYBE_BAD_BOOK;
  }
}

void UpdatePublisher::Copy(size_t index, const Run& run, uint64_t begin, uint64_t end) {
  Target& target = targets_[index];
  const Run copy{target.ring->Writer(), target.ring->produced(), end - begin};
  UpdateWriter writer = copy.slots;
  for (uint64_t i = begin; i < end; ++i) writer.Next() = run.at(i);
  if (target.has_doubts) [[unlikely]]
    MarkDoubtful(target, copy);
  target.ring->Commit(writer.next());
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
  NoteLoss(index, run);
}

void UpdatePublisher::NoteLoss(size_t index, const Run& run) {
  Target& target = targets_[index];
  Debt& debt = DebtOf(target, run.at(0).channel_id);
  if (!target.has_debts) ++stats_[index].drop_events;
  stats_[index].dropped += run.count;
  Loss& loss = IsEmpty(debt.start) ? debt.before : debt.after;
  if (loss.updates == 0) loss.first = run.at(0).sequence;
  loss.updates += run.count;
  loss.last = run.at(run.count - 1).sequence;
  debt.is_owed = target.has_debts = has_debts_ = true;
}

// ---- Control records

void UpdatePublisher::AppendControl(const NormalizedUpdate& record) {
  for (size_t i = 0; i < targets_.size(); ++i) {
    UpdateFilter* const filter = targets_[i].filter.get();
    if (filter != nullptr && filter->WantsOf(record.channel_id) == UpdateFilter::Wants::kNothing) {
      ++stats_[i].filtered;
      continue;
    }
    ++stats_[i].offered;
    DeliverControl(i, record);
  }
}

void UpdatePublisher::DeliverControl(size_t index, const NormalizedUpdate& record) {
  Target& target = targets_[index];
  if (when_full_ == WhenFull::kWait) {
    WaitForRoom(*target.ring, 1);
    return Put(index, record);
  }
  Debt& debt = DebtOf(target, record.channel_id);
  if (debt.is_owed) Settle(index, 1);
  if (debt.is_owed || !target.ring->HasRoom(1)) return Keep(index, debt, record);
  Put(index, record);
}

// Into a slot that is free.
void UpdatePublisher::Put(size_t index, const NormalizedUpdate& record) {
  Target& target = targets_[index];
  UpdateWriter writer = target.ring->Writer();
  writer.Next() = record;
  if (codecs::IsSessionStart(record)) {
    DebtOf(target, record.channel_id).is_doubtful = false;
    RefreshDoubts(target);
  }
  target.ring->Commit(writer.next());
  ++stats_[index].published;
}

void UpdatePublisher::Keep(size_t index, Debt& debt, const NormalizedUpdate& record) {
  Target& target = targets_[index];
  if (!target.has_debts) ++stats_[index].drop_events;
  ++stats_[index].dropped;
  debt.is_owed = target.has_debts = has_debts_ = true;
  if (codecs::IsSessionStart(record)) {
    // Of a stream that began and ended meanwhile the reader knows no number: its updates are
    // counted, and the bounds stay those of the stream that it knows.
    debt.before.updates += std::exchange(debt.after, Loss()).updates;
    const uint8_t earlier = debt.start.session.state;
    const bool corrects_unknown =
        !IsEmpty(debt.start) && record.session.state == FH_SESSION_CORRECTED;
    debt.start = record;
    if (corrects_unknown) debt.start.session.state = earlier;
    debt.end = NormalizedUpdate{};
  } else if (IsSessionEnd(record)) {
    debt.end = record;
  } else if (IsStuck(record)) {
    debt.stuck = record;
  } else {
    Loss& loss = IsEmpty(debt.start) ? debt.before : debt.after;
    loss.first = loss.updates == 0 ? record.gap.first : std::min(loss.first, record.gap.first);
    loss.last = std::max(loss.last, record.gap.last);
    ++loss.updates;
  }
}

void UpdatePublisher::SettleDebts() {
  if (!has_debts_) [[likely]]
    return;
  has_debts_ = false;
  for (size_t i = 0; i < targets_.size(); ++i) {
    if (targets_[i].has_debts) Settle(i, reserved_[i]);
    has_debts_ |= targets_[i].has_debts;
  }
}

// What there is room for, channel by channel, so that `spare` slots are left: a ring that stays
// full would otherwise be told of each burst apart.
void UpdatePublisher::Settle(size_t index, uint64_t spare) {
  Target& target = targets_[index];
  target.has_debts = false;
  for (size_t i = 0; i < target.debts.size(); ++i) {
    Debt& debt = target.debts[i];
    if (!debt.is_owed) continue;
    if (!SettleChannel(index, debt, channel_ids_[i], spare)) target.has_debts = true;
  }
  RefreshDoubts(target);
}

bool UpdatePublisher::SettleChannel(size_t index, Debt& debt, uint16_t channel_id, uint64_t spare) {
  std::array<NormalizedUpdate, 5> records;
  size_t count = 0;
  const auto add_loss = [&](const Loss& loss) {
    if (loss.updates == 0) return;
    records[count++] = LossRecord(loss.updates, loss.first, loss.last, channel_id);
  };
  const auto add_kept = [&](const NormalizedUpdate& record) {
    if (!IsEmpty(record)) records[count++] = record;
  };
  add_loss(debt.before);
  add_kept(debt.start);
  add_loss(debt.after);
  add_kept(debt.end);
  add_kept(debt.stuck);
  if (!targets_[index].ring->HasRoom(count + spare)) return false;
  for (size_t i = 0; i < count; ++i) Put(index, records[i]);
  stats_[index].gap_records += count;
  const bool is_doubtful = debt.after.updates != 0 ||
                           (IsEmpty(debt.start) && (debt.before.updates != 0 || debt.is_doubtful));
  debt = Debt{.is_doubtful = is_doubtful};
  return true;
}

void UpdatePublisher::RefreshDoubts(Target& target) {
  target.has_doubts = std::any_of(target.debts.begin(), target.debts.end(),
                                  [](const Debt& debt) { return debt.is_doubtful; });
}

// ---- To the readers

void UpdatePublisher::Publish(int64_t now_ns) {
  // 0 means "without a time", so a true 0 is rounded up.
  const uint32_t published_ns32 = std::max<uint32_t>(1, static_cast<uint32_t>(now_ns));
  for (const Target& target : targets_) target.ring->Flush(published_ns32);
}

}  // namespace fh
