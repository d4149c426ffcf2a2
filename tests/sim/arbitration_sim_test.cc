// The simulation behind the promise of the session: whatever two to four lines lose, repeat,
// reorder and pack differently, what comes out is the union of the lines, exactly once, in order,
// and the reported gaps are exactly what no line delivered. The oracle is a table of numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/seeds.h"
#include "tests/sim/line_model.h"
#include "tests/sim/session_harness.h"

namespace fh::test {
namespace {

using codecs::FrameKind;

constexpr uint64_t kSeeds = 1000;
constexpr int64_t kMs = 1'000'000;

// Numbers that are there, by number.
using Numbers = std::vector<bool>;

struct Scenario {
  uint64_t messages;
  SessionOptions options;
  std::vector<Sent> arrivals;
};

// How the seeds differ is a function of the seed, so that each kind of trouble also comes alone.
Scenario MakeScenario(uint64_t seed) {
  LineModel model(seed);
  Scenario scenario;
  scenario.messages = 2000 + model.Below(3000);
  const StreamPlan plan{.messages = scenario.messages};
  const uint32_t lines = seed % 7 == 0 ? 3 + static_cast<uint32_t>(seed / 7 % 2) : 2;
  scenario.options = {.lines = lines,
                      .max_burst = 1 + static_cast<uint32_t>(model.Below(64)),
                      .window_packets = 4096,
                      .gap_timeout_ns = 20 * kMs,
                      .early_gap_packets = seed / 2 % 2 == 0 ? 0u : 160u};
  const bool same_packets = seed % 2 == 0;
  const uint32_t most_messages = 1 + static_cast<uint32_t>(model.Below(20));
  const std::vector<Sent> common = model.Pack(plan, most_messages);
  std::vector<std::vector<Sent>> arrived;
  for (uint32_t line = 0; line < lines; ++line) {
    const Faults faults{
        .loss = seed % 4 == 0 ? 0.05 : 0.05 * static_cast<double>(model.Below(101)) / 100,
        .duplicate = seed % 3 == 0 ? 0.05 : 0,
        .cut = seed % 11 == 0 ? 0.02 : 0,
        .reorder = seed % 5 == 0 ? 0 : model.Below(kMostReordered + 1),
        .delay_ns = static_cast<int64_t>(model.Below(1'000'000))};
    std::vector<Sent> packets = same_packets ? common : model.Pack(plan, most_messages);
    arrived.push_back(model.Transmit(packets, static_cast<uint8_t>(line), faults, false));
    // The end is announced on every line, and is not lost.
    const int64_t end_ns = plan.SentAt(plan.messages + 64 * most_messages);
    arrived.back().push_back({.line = static_cast<uint8_t>(line),
                              .first = plan.messages + 1,
                              .at_ns = end_ns + faults.delay_ns,
                              .kind = FrameKind::kEndOfSession,
                              .send_ns = end_ns});
  }
  scenario.arrivals = MergeByTime(arrived);
  return scenario;
}

// Which numbers any line brought, from `joined` on.
Numbers Union(const Scenario& scenario, uint64_t joined) {
  Numbers brought(scenario.messages + 1);
  for (const Sent& sent : scenario.arrivals) {
    for (uint64_t n = sent.first; n < sent.first + sent.count; ++n) {
      if (n >= joined) brought[n] = true;
    }
  }
  return brought;
}

void Play(const Scenario& scenario, LineModel& model, SessionHarness& harness) {
  std::span<const Sent> rest(scenario.arrivals);
  while (!rest.empty()) {
    const size_t burst = std::min<size_t>(rest.size(), 1 + model.Below(scenario.options.max_burst));
    harness.SendBurst(rest.first(burst));
    rest = rest.subspan(burst);
    if (!rest.empty() && model.Chance(0.05)) harness.Idle(rest.front().at_ns);
  }
  harness.Flush(scenario.arrivals.back().at_ns);
}

void CheckOutput(const Scenario& scenario, SessionHarness& harness) {
  Numbers delivered(scenario.messages + 1);
  Numbers missing(scenario.messages + 1);
  for (const Delivered& run : harness.delivered()) {
    ASSERT_LE(run.last, scenario.messages);
    for (uint64_t n = run.first; n <= run.last; ++n) {
      ASSERT_FALSE(delivered[n]) << "message " << n << " twice";
      delivered[n] = true;
    }
  }
  uint64_t unseen = 0;
  for (const SessionEvent& event : harness.events()) {
    if (event.kind != SessionEvent::Kind::kGap) continue;
    if (event.gap_cause == FH_GAP_LATE_JOIN) {
      unseen = event.last;
      continue;
    }
    for (uint64_t n = event.first; n <= event.last; ++n) missing[n] = true;
  }
  // The stream is joined at the lowest number of the packets by which it was believed.
  const uint64_t joined = unseen + 1;
  ASSERT_LE(joined, scenario.arrivals.front().first);
  const Numbers brought = Union(scenario, joined);
  for (uint64_t n = joined; n <= scenario.messages; ++n) {
    ASSERT_EQ(delivered[n], brought[n]) << "message " << n;
    ASSERT_EQ(missing[n], !brought[n]) << "message " << n;
  }
  ASSERT_EQ(harness.events().back().kind, SessionEvent::Kind::kSessionEnd);
  ASSERT_EQ(harness.broken(), "");
  ASSERT_EQ(harness.outstanding(), 0u);
  ASSERT_EQ(harness.accounted_messages(), harness.sent_messages());
}

// What each line is said to have lost is what it did not bring of what came after its first packet.
void CheckLines(const Scenario& scenario, SessionHarness& harness) {
  for (uint32_t line = 0; line < scenario.options.lines; ++line) {
    Numbers brought(scenario.messages + 1);
    uint64_t first = 0;
    uint64_t packets = 0;
    for (const Sent& sent : scenario.arrivals) {
      if (sent.line != line) continue;
      if (packets++ == 0) first = sent.first;
      for (uint64_t n = sent.first; n < sent.first + sent.count; ++n) brought[n] = true;
    }
    const uint64_t lost = static_cast<uint64_t>(
        std::count(brought.begin() + static_cast<int64_t>(first), brought.end(), false));
    const LineStats& stats = harness.session().line_stats(line);
    ASSERT_EQ(stats.packets, packets);
    ASSERT_EQ(stats.skipped_messages - stats.brought_messages, lost) << "line " << line;
  }
}

TEST(ArbitrationSim, OutputIsTheUnionOfTheLinesAndGapsAreWhatNoneDelivered) {
  SessionStats total;
  const Seeds seeds(kSeeds);
  for (const uint64_t seed : seeds) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Scenario scenario = MakeScenario(seed);
    LineModel model(seed + kSeeds);
    SessionHarness harness(scenario.options, /*keep_log=*/false);
    Play(scenario, model, harness);
    CheckOutput(scenario, harness);
    if (HasFatalFailure()) return;
    CheckLines(scenario, harness);
    if (HasFatalFailure()) return;
    const SessionStats& stats = harness.session().stats();
    ASSERT_EQ(stats.window_overflows, 0u);
    total.delivered_messages += stats.delivered_messages;
    total.duplicate_messages += stats.duplicate_messages;
    total.gaps += stats.gaps;
    total.held_packets += stats.held_packets;
    total.early_gaps += stats.early_gaps;
    total.timed_out_gaps += stats.timed_out_gaps;
  }
  // That the seeds were worth it.
  EXPECT_GT(total.gaps, seeds.Share(500));
  EXPECT_GT(total.early_gaps, seeds.Share(50));
  EXPECT_GT(total.timed_out_gaps, seeds.Share(50));
  EXPECT_GT(total.held_packets, seeds.Share(100'000));
  std::printf(
      "%llu delivered, %llu duplicates, %llu gaps (%llu early, %llu timed out), %llu held\n",
      static_cast<unsigned long long>(total.delivered_messages),
      static_cast<unsigned long long>(total.duplicate_messages),
      static_cast<unsigned long long>(total.gaps),
      static_cast<unsigned long long>(total.early_gaps),
      static_cast<unsigned long long>(total.timed_out_gaps),
      static_cast<unsigned long long>(total.held_packets));
}

// With a window too small for the trouble, more is given up than had to be, but never silently:
// every number is delivered or in a gap, and the slices keep their bound.
TEST(ArbitrationSim, ASmallWindowLosesMoreButSaysSo) {
  for (const uint64_t seed : Seeds(100)) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Scenario scenario = MakeScenario(seed);
    scenario.options.window_packets = 1 + static_cast<uint32_t>(seed % 16);
    LineModel model(seed);
    SessionHarness harness(scenario.options, /*keep_log=*/false);
    Play(scenario, model, harness);
    ASSERT_EQ(harness.broken(), "");
    ASSERT_EQ(harness.outstanding(), 0u);
    ASSERT_EQ(harness.session().expected(), scenario.messages + 1);
    ASSERT_EQ(harness.accounted_messages(), harness.sent_messages());
    ASSERT_LE(harness.session().stats().most_held, scenario.options.window_packets);
  }
}

}  // namespace
}  // namespace fh::test
