// A model of what multicast lines do to a stream of numbered messages: pack them differently, lose,
// repeat, reorder and delay packets, cut tails off. Everything comes from one seeded generator.
//
//   LineModel model(seed);
//   std::vector<Sent> line = model.Pack(plan, 0);
//   std::vector<Sent> arrived = model.Transmit(line, faults);
//   std::vector<Sent> all = MergeByTime({arrived, ...});
#ifndef FEEDHANDLER_TESTS_SIM_LINE_MODEL_H_
#define FEEDHANDLER_TESTS_SIM_LINE_MODEL_H_

#include <cstdint>
#include <random>
#include <vector>

#include "tests/sim/session_harness.h"

namespace fh::test {

inline constexpr int64_t kMessageNs = 10'000;   // Time from one message to the next.
inline constexpr uint64_t kMostReordered = 64;  // Packets by which a packet may be late.

struct Faults {
  double loss = 0;       // Share of packets that never arrive.
  double duplicate = 0;  // Share of packets that arrive twice.
  double cut = 0;        // Share of packets that lose messages at their end.
  uint64_t reorder = 0;  // 0..kMostReordered.
  int64_t delay_ns = 0;
};

// The messages of one stream: numbers 1..messages, sent from start_ns on.
struct StreamPlan {
  uint64_t messages = 0;
  int64_t start_ns = 0;
  char session = 'S';
  uint32_t tag = 0;
  bool restarts = false;  // Its first packet must be first of the line too, or be lost.

  int64_t SentAt(uint64_t number) const {
    return start_ns + static_cast<int64_t>(number) * kMessageNs;
  }
};

class LineModel {
 public:
  explicit LineModel(uint64_t seed) : random_(seed) {}

  // The packets of a stream in order, 1..most_messages messages each, with some heartbeats.
  std::vector<Sent> Pack(const StreamPlan& plan, uint32_t most_messages);

  // What arrives of them, in order of arrival, with at_ns set; at_ns never falls.
  std::vector<Sent> Transmit(const std::vector<Sent>& packets, uint8_t line, const Faults& faults,
                             bool first_stays_first);

  // 0..below-1
  uint64_t Below(uint64_t below) { return random_() % below; }
  bool Chance(double share) { return static_cast<double>(random_() >> 11) * 0x1p-53 < share; }

 private:
  std::mt19937_64 random_;
};

// All packets by at_ns; at the same time, in the order of the lines.
std::vector<Sent> MergeByTime(const std::vector<std::vector<Sent>>& lines);

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_SIM_LINE_MODEL_H_
