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
// costs some 5 ns; memory: 300 KiB and 70 KiB for each pair.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_LINE_RACES_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_LINE_RACES_H_

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
    Entry& entry = entries_[SlotOf(number)];
    const int64_t later_ns = Difference(stamp_ns, entry.first_ns);
    if (entry.lines != 0 && entry.number == number && later_ns < kWindowNs &&
        later_ns > -kWindowNs) {
      NoteAgain(entry, line, stamp_ns, source);
    } else {
      Begin(entry, line, number, stamp_ns, source);
    }
  }

  // Nothing follows: what one line alone has brought is counted as that.
  void Finish();

  // Any thread. Precondition: a < b < lines().
  RaceCounts Of(uint32_t a, uint32_t b) const;

 private:
  // A packet that some line has brought.
  struct Entry {
    uint64_t number = 0;
    int64_t first_ns = 0;  // The stamp of whoever was noted first.
    uint32_t order = 0;    // Its place in order_.
    uint8_t lines = 0;     // A bit for each that has brought it; 0: nothing is here.
    rio::StampSource source = rio::StampSource::kNone;
    std::array<int32_t, kMostLines> later_ns{};  // Than first_ns, by line; may be negative.
  };

  struct Pair {
    std::atomic<uint64_t> ties{0};
    std::atomic<uint64_t> only_on_a{0};
    std::atomic<uint64_t> only_on_b{0};
    latency::Histogram lead_of_a;
    latency::Histogram lead_of_b;
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
  static size_t PairOf(uint32_t a, uint32_t b) { return b * (b - 1) / 2 + a; }

  void Begin(Entry& entry, uint32_t line, uint64_t number, int64_t stamp_ns,
             rio::StampSource source);
  void NoteAgain(Entry& entry, uint32_t line, int64_t stamp_ns, rio::StampSource source);
  void Settle(Entry& entry);
  void SettleOld(int64_t now_ns);

  const uint32_t lines_;
  std::unique_ptr<Entry[]> entries_;
  std::unique_ptr<uint16_t[]> order_;  // Slots, as they were taken.
  uint32_t begun_ = 0;
  uint32_t settled_ = 0;  // So many of these are looked at no more.
  std::unique_ptr<Pair[]> pairs_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_LINE_RACES_H_
