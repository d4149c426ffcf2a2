// Which line of a channel brings packets first, by how much, and what only one of them brings.
//
//   LineRaces races(2);                                         // Lines A and B.
//   races.Note(line, number, stamp_ns, source);                 // Each packet, in any order.
//   ...
//   races.Finish();                                             // End of the stream.
//   const RaceCounts counts = races.Of(0, 1);                   // Any thread, meanwhile.
//
// Packets of two lines are the same when they begin with the same number. Leads are differences of
// stamps, not of when packets were dequeued, since lines are polled in turn: so packets without a
// stamp do not race, nor do two whose stamps are of different kinds. Of equal stamps it is a tie.
//
// A packet that kWindowNs later no other line has brought, by the stamps of what came since, was on
// the one line alone. The table holds kPackets packets: a line that is behind by more has lost and
// won nothing, and each of its packets counts as brought by one line alone, as does one that is sent
// with other bounds on the other line.
//
// Of more than kMostLines lines the first ones race. Every pair is counted by itself.
//
// One writer, the feed thread; Of from any thread. No allocation after construction, no lock. A packet
// costs some 4 ns when its entry was fetched ahead; memory: 270 KiB and 70 KiB for each pair.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_LINE_RACES_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_LINE_RACES_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "latency/histogram.h"
#include "rio/packet.h"

namespace fh {

// Of lines A and B, of which A is the one with the lower index.
struct RaceCounts {
  uint64_t ties = 0;
  latency::HistogramSnapshot lead_of_a = {};  // Of packets that A brought first: by how much.
  latency::HistogramSnapshot lead_of_b = {};
  uint64_t only_on_a = 0;
  uint64_t only_on_b = 0;

  uint64_t raced() const { return ties + lead_of_a.total() + lead_of_b.total(); }

  // What came since `earlier`.
  RaceCounts Since(const RaceCounts& earlier) const;

  // The middle of all leads, those of B as negative ones; 0 when there was no race.
  int64_t MedianLeadOfA() const;
};

class LineRaces {
 public:
  static constexpr uint32_t kMostLines = 4;
  static constexpr size_t kPackets = 8192;
  static constexpr int64_t kWindowNs = 1'000'000'000;
  // Leads of less are ties: what stamps are counted in.
  static constexpr int64_t kTieNs = 1;

  // `lines`: that carry the live stream, at least 2.
  explicit LineRaces(uint32_t lines);

  uint32_t lines() const { return lines_; }

  // A packet that begins with `number` (of a stream: codecs::StreamSequence) came on `line`.
  void Note(uint32_t line, uint64_t number, int64_t stamp_ns, rio::StampSource source) {
    if (line >= lines_ || source == rio::StampSource::kNone) return;
    const size_t slot = SlotOf(number);
    Entry& entry = entries_[slot];
    const int64_t later_ns = Difference(stamp_ns, entry.first_ns);
    if (entry.number == number && later_ns < kWindowNs && later_ns > -kWindowNs) {
      NoteAgain(entry, line, static_cast<int32_t>(later_ns), source);
    } else {
      Begin(slot, line, number, stamp_ns, source);
    }
  }

  // Fetches what Note of the same number will touch: the table lies in no cache that others leave alone.
  void Prefetch(uint64_t number) const { __builtin_prefetch(&entries_[SlotOf(number)], 1); }

  // Nothing follows: what one line alone has brought is counted as that.
  void Finish();

  // Any thread. Precondition: a < b < lines().
  RaceCounts Of(uint32_t a, uint32_t b) const;

 private:
  // A packet that some line has brought; half a cache line.
  struct alignas(32) Entry {
    uint64_t number = kNoNumber;
    int64_t first_ns = 0;  // The stamp of whoever was noted first.
    // Than first_ns, of each line that was not the first; may be negative. Of more than two lines alone.
    std::array<int32_t, kMostLines - 1> later_ns{};
    uint16_t order = 0;  // Low bits of its place in order_.
    // A bit for each line that has not brought it; 0: nothing is left to settle.
    uint8_t missing = 0;
    uint8_t first = 0;  // FirstOf: the line that was noted first, and the kind of its stamp.

    int32_t& LaterOf(uint32_t line) { return later_ns[line - (line > first % kMostLines ? 1 : 0)]; }
  };
  static_assert(sizeof(Entry) == 32);
  static uint8_t FirstOf(uint32_t line, rio::StampSource source) {
    return static_cast<uint8_t>(static_cast<uint32_t>(source) * kMostLines + line);
  }
  // Of none: a packet that has it counts as sent twice.
  static constexpr uint64_t kNoNumber = UINT64_MAX;

  struct Pair {
    std::atomic<uint64_t> ties{0};
    std::atomic<uint64_t> only_on_a{0};
    std::atomic<uint64_t> only_on_b{0};
    std::array<latency::Histogram, 2> lead;  // Of A, of B.
  };

  // Numbers that follow each other lie side by side, also where packets hold many of them.
  static size_t SlotOf(uint64_t number) {
    return static_cast<size_t>((number + (number >> 13) + (number >> 48) * 977) % kPackets);
  }
  // Captures hold any stamps; what wraps is no race.
  static int64_t Difference(int64_t later_ns, int64_t earlier_ns) {
    return static_cast<int64_t>(static_cast<uint64_t>(later_ns) -
                                static_cast<uint64_t>(earlier_ns));
  }
  static int64_t Later(int64_t than_ns, int64_t by_ns) {
    return static_cast<int64_t>(static_cast<uint64_t>(than_ns) + static_cast<uint64_t>(by_ns));
  }
  uint32_t AllLines() const { return (1u << lines_) - 1; }
  static size_t PairOf(uint32_t a, uint32_t b) { return b * (b - 1) / 2 + a; }

  // A packet that no line has brought within the window.
  void Begin(size_t slot, uint32_t line, uint64_t number, int64_t stamp_ns,
             rio::StampSource source) {
    Entry& entry = entries_[slot];
    if (entry.missing != 0) [[unlikely]]
      Settle(entry);
    if (begun_ - settled_ == kPackets) MakeRoom();
    entry.number = number;
    entry.first_ns = stamp_ns;
    entry.order = static_cast<uint16_t>(begun_);
    entry.missing = static_cast<uint8_t>(AllLines() & ~(1u << line));
    entry.first = FirstOf(line, source);
    order_[begun_++ % kPackets] = static_cast<uint16_t>(slot);
    if (stamp_ns >= look_again_ns_) [[unlikely]]
      SettleOld(stamp_ns);
  }

  void NoteAgain(Entry& entry, uint32_t line, int32_t later_ns, rio::StampSource source) {
    const uint32_t missing = entry.missing;
    if ((missing >> line & 1) == 0) return;  // Sent twice on one line.
    entry.missing = static_cast<uint8_t>(missing & ~(1u << line));
    const uint32_t first = entry.first % kMostLines;
    const bool races = FirstOf(first, source) == entry.first;
    if (races) Race(first, line, later_ns);
    if (lines_ > 2) [[unlikely]]
      RaceOthers(entry, line, later_ns, races);
  }

  // `later_ns`: by how much the second one was behind the first.
  void Race(uint32_t first, uint32_t second, int64_t later_ns) {
    Pair& pair = pairs_[PairOf(std::min(first, second), std::max(first, second))];
    const int64_t lead_ns = later_ns < 0 ? -later_ns : later_ns;
    if (lead_ns >= kTieNs) [[likely]] {
      pair.lead[(later_ns < 0) != (second < first) ? 1 : 0].Record(lead_ns);
    } else {
      pair.ties.store(pair.ties.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
  }

  void RaceOthers(Entry& entry, uint32_t line, int32_t later_ns, bool races);
  bool IsOpen(uint32_t place) const;
  void Settle(Entry& entry);
  void SettleOldest();
  void MakeRoom();
  void SettleOld(int64_t now_ns);

  const uint32_t lines_;
  std::unique_ptr<Entry[]> entries_;
  std::unique_ptr<uint16_t[]> order_;  // Slots, as they were taken.
  uint32_t begun_ = 0;
  uint32_t settled_ = 0;  // So many of these are looked at no more.
  // No packet is old before this stamp, as of the last look: nearly all come before it.
  int64_t look_again_ns_ = INT64_MIN;
  std::unique_ptr<Pair[]> pairs_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_LINE_RACES_H_
