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

void LineRaces::Begin(Entry& entry, uint32_t line, uint64_t number, int64_t stamp_ns,
                      rio::StampSource source) {
  if (entry.lines != 0) Settle(entry);
  // The oldest one's place is taken.
  if (begun_ - settled_ == kPackets) {
    Entry& oldest = entries_[order_[settled_ % kPackets]];
    if (oldest.lines != 0 && oldest.order == settled_) Settle(oldest);
    ++settled_;
  }
  entry.number = number;
  entry.first_ns = stamp_ns;
  entry.order = begun_;
  entry.lines = static_cast<uint8_t>(1u << line);
  entry.source = source;
  entry.later_ns[line] = 0;
  order_[begun_ % kPackets] = static_cast<uint16_t>(&entry - entries_.get());
  ++begun_;
  SettleOld(stamp_ns);
}

// Usually one comparison: what is oldest is not old enough.
void LineRaces::SettleOld(int64_t now_ns) {
  while (settled_ != begun_) {
    Entry& oldest = entries_[order_[settled_ % kPackets]];
    if (oldest.lines != 0 && oldest.order == settled_) {
      if (Difference(now_ns, oldest.first_ns) < kWindowNs) return;
      Settle(oldest);
    }
    ++settled_;
  }
}

void LineRaces::NoteAgain(Entry& entry, uint32_t line, int64_t stamp_ns, rio::StampSource source) {
  const auto bit = static_cast<uint8_t>(1u << line);
  if ((entry.lines & bit) != 0) return;  // Sent twice on one line.
  const auto later_ns = static_cast<int32_t>(Difference(stamp_ns, entry.first_ns));
  for (uint32_t other = 0; other < lines_; ++other) {
    if ((entry.lines & 1u << other) == 0 || source != entry.source) continue;
    Pair& pair = pairs_[PairOf(std::min(line, other), std::max(line, other))];
    // How far the lower one was ahead.
    int64_t lead_ns = int64_t{later_ns} - entry.later_ns[other];
    if (line < other) lead_ns = -lead_ns;
    if (lead_ns >= kTieNs) {
      pair.lead_of_a.Record(lead_ns);
    } else if (lead_ns <= -kTieNs) {
      pair.lead_of_b.Record(-lead_ns);
    } else {
      Increment(pair.ties);
    }
  }
  entry.lines |= bit;
  entry.later_ns[line] = later_ns;
}

void LineRaces::Settle(Entry& entry) {
  for (uint32_t b = 1; b < lines_; ++b) {
    for (uint32_t a = 0; a < b; ++a) {
      // Masks: gcc 12 makes a wrong test of two bits that are compared with each other.
      const uint32_t both = 1u << a | 1u << b;
      const uint32_t brought = entry.lines & both;
      if (brought == 0 || brought == both) continue;
      Pair& pair = pairs_[PairOf(a, b)];
      Increment(brought == 1u << a ? pair.only_on_a : pair.only_on_b);
    }
  }
  entry.lines = 0;
}

void LineRaces::Finish() {
  for (size_t i = 0; i < kPackets; ++i) {
    if (entries_[i].lines != 0) Settle(entries_[i]);
  }
  settled_ = begun_;
}

RaceCounts LineRaces::Of(uint32_t a, uint32_t b) const {
  assert(a < b && b < lines_);
  const Pair& pair = pairs_[PairOf(a, b)];
  return {.ties = pair.ties.load(std::memory_order_relaxed),
          .lead_of_a = pair.lead_of_a.Snapshot(),
          .lead_of_b = pair.lead_of_b.Snapshot(),
          .only_on_a = pair.only_on_a.load(std::memory_order_relaxed),
          .only_on_b = pair.only_on_b.load(std::memory_order_relaxed)};
}

}  // namespace fh
