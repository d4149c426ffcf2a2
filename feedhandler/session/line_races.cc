#include "feedhandler/session/line_races.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

namespace fh {
namespace {

// A single writer needs no read-modify-write.
void Increment(std::atomic<uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

RaceCounts RaceCounts::Since(const RaceCounts& earlier) const {
  return {.ties = ties - earlier.ties,
          .lead_of_a = lead_of_a.Since(earlier.lead_of_a),
          .lead_of_b = lead_of_b.Since(earlier.lead_of_b),
          .only_on_a = only_on_a - earlier.only_on_a,
          .only_on_b = only_on_b - earlier.only_on_b};
}

int64_t RaceCounts::MedianLeadOfA() const {
  if (raced() == 0) return 0;
  // From B's greatest lead to A's.
  std::vector<std::pair<int64_t, uint64_t>> leads;
  lead_of_b.ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
    leads.emplace_back(-(low + (high - low) / 2), count);
  });
  std::reverse(leads.begin(), leads.end());
  if (ties != 0) leads.emplace_back(0, ties);
  lead_of_a.ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
    leads.emplace_back(low + (high - low) / 2, count);
  });
  const uint64_t middle = (raced() + 1) / 2;
  uint64_t passed = 0;
  for (const auto& [lead_ns, count] : leads) {
    passed += count;
    if (passed >= middle) return lead_ns;
  }
  return leads.back().first;
}

LineRaces::LineRaces(uint32_t lines)
    : lines_(std::min(lines, kMostLines)),
      entries_(std::make_unique<Entry[]>(kPackets)),
      order_(std::make_unique<uint16_t[]>(kPackets)),
      pairs_(std::make_unique<Pair[]>(lines_ * (lines_ - 1) / 2)) {
  assert(lines >= 2);
}

// Whether the packet of that place is there still, and some line has not brought it.
bool LineRaces::IsOpen(uint32_t place) const {
  const Entry& entry = entries_[order_[place % kPackets]];
  return entry.missing != 0 && entry.order == static_cast<uint16_t>(place);
}

void LineRaces::SettleOldest() {
  if (IsOpen(settled_)) Settle(entries_[order_[settled_ % kPackets]]);
  ++settled_;
}

// The places of the oldest ones are taken, some at a time.
void LineRaces::MakeRoom() {
  constexpr int kAtOnce = 16;
  for (int i = 0; i < kAtOnce; ++i) SettleOldest();
}

void LineRaces::SettleOld(int64_t now_ns) {
  for (; settled_ != begun_; SettleOldest()) {
    if (!IsOpen(settled_)) continue;
    const int64_t first_ns = entries_[order_[settled_ % kPackets]].first_ns;
    if (Difference(now_ns, first_ns) >= kWindowNs) continue;
    look_again_ns_ = Later(first_ns, kWindowNs);
    return;
  }
}

// Against lines that were not the first either, but have brought it.
void LineRaces::RaceOthers(Entry& entry, uint32_t line, int32_t later_ns, bool races) {
  entry.LaterOf(line) = later_ns;
  const uint32_t first = entry.first % kMostLines;
  for (uint32_t other = 0; other < lines_ && races; ++other) {
    const bool has_brought = (entry.missing >> other & 1) == 0;
    if (!has_brought || other == first || other == line) continue;
    Race(other, line, int64_t{later_ns} - entry.LaterOf(other));
  }
}

void LineRaces::Settle(Entry& entry) {
  for (uint32_t b = 1; b < lines_; ++b) {
    for (uint32_t a = 0; a < b; ++a) {
      // Masks: gcc 12 makes a wrong test of two bits that are compared with each other.
      const uint32_t both = 1u << a | 1u << b;
      const uint32_t missing = entry.missing & both;
      if (missing == 0 || missing == both) continue;
      Pair& pair = pairs_[PairOf(a, b)];
      Increment(missing == 1u << b ? pair.only_on_a : pair.only_on_b);
    }
  }
  entry.missing = 0;
  entry.number = kNoNumber;
}

void LineRaces::Finish() {
  for (size_t i = 0; i < kPackets; ++i) {
    if (entries_[i].missing != 0) Settle(entries_[i]);
  }
  settled_ = begun_;
}

RaceCounts LineRaces::Of(uint32_t a, uint32_t b) const {
  assert(a < b && b < lines_);
  const Pair& pair = pairs_[PairOf(a, b)];
  return {.ties = pair.ties.load(std::memory_order_relaxed),
          .lead_of_a = pair.lead[0].Snapshot(),
          .lead_of_b = pair.lead[1].Snapshot(),
          .only_on_a = pair.only_on_a.load(std::memory_order_relaxed),
          .only_on_b = pair.only_on_b.load(std::memory_order_relaxed)};
}

}  // namespace fh
