// Lines that change session ids and restart at different moments, with loss, repetition, reordering
// and stragglers. The oracle knows of each packet which stream it belongs to: a stream lasts from
// the first packet that shows it to the first that shows the next one, and what came in between
// must be delivered, under its own stream and no other. As it takes some packets to believe in the
// next one, more of the old may be delivered, but what is missing of it must have been reported.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/seeds.h"
#include "tests/sim/line_model.h"
#include "tests/sim/session_harness.h"

namespace fh::test {
namespace {

constexpr uint64_t kSeeds = 500;
constexpr int64_t kMs = 1'000'000;
constexpr uint32_t kMostMessages = 8;  // In a packet.

struct Scenario {
  std::vector<StreamPlan> streams;
  SessionOptions options;
  std::vector<Sent> arrivals;
};

// Some packets of the old stream come after the first ones of the new.
void AddStragglers(LineModel& model, std::vector<Sent>& line, size_t boundary) {
  for (size_t i = boundary > 20 ? boundary - 20 : 0; i < boundary; ++i) {
    if (!model.Chance(0.1)) continue;
    const size_t to = std::min(line.size() - 1, boundary + 1 + model.Below(10));
    Sent straggler = line[i];
    straggler.at_ns = line[to].at_ns;
    line.insert(line.begin() + static_cast<int64_t>(to) + 1, straggler);
  }
}

Scenario MakeScenario(uint64_t seed) {
  LineModel model(seed);
  Scenario scenario;
  const uint32_t lines = seed % 5 == 0 ? 3 : 2;
  scenario.options = {.lines = lines,
                      .window_packets = 4096,
                      .gap_timeout_ns = 20 * kMs,
                      .early_gap_packets = seed % 2 == 0 ? 0u : 160u};
  const uint32_t count = 2 + static_cast<uint32_t>(model.Below(6));
  int64_t start_ns = 0;
  for (uint32_t i = 0; i < count; ++i) {
    StreamPlan plan{.messages = 800 + model.Below(800), .start_ns = start_ns, .tag = i};
    plan.restarts = i > 0 && model.Chance(0.5);
    plan.session = plan.restarts ? scenario.streams.back().session : static_cast<char>('A' + i);
    start_ns = plan.SentAt(plan.messages) + static_cast<int64_t>(model.Below(2'000'000));
    scenario.streams.push_back(plan);
  }
  std::vector<std::vector<Sent>> arrived(lines);
  const bool same_packets = model.Chance(0.5);
  std::vector<Faults> faults(lines);
  for (Faults& f : faults) {
    f = {.loss = 0.05 * static_cast<double>(model.Below(101)) / 100,
         .duplicate = 0.03,
         .reorder = model.Below(20),
         .delay_ns = static_cast<int64_t>(model.Below(2'000'000))};
  }
  for (const StreamPlan& plan : scenario.streams) {
    const std::vector<Sent> common = model.Pack(plan, kMostMessages);
    // One line at least brings the first packet.
    const uint64_t keeper = model.Below(lines);
    for (uint32_t line = 0; line < lines; ++line) {
      std::vector<Sent> packets = same_packets ? common : model.Pack(plan, kMostMessages);
      const bool loses_first = line != keeper && model.Chance(0.2);
      if (loses_first) packets.erase(packets.begin());
      const Sent first = packets.front();
      std::vector<Sent> part = model.Transmit(packets, static_cast<uint8_t>(line), faults[line],
                                              plan.restarts && !loses_first);
      if (line == keeper && (part.empty() || !part.front().stream_start)) {
        part.insert(part.begin(), first);
        part.front().line = static_cast<uint8_t>(line);
        part.front().at_ns = std::min(part.size() > 1 ? part[1].at_ns : INT64_MAX,
                                      first.send_ns + faults[line].delay_ns);
      }
      const size_t boundary = arrived[line].size();
      arrived[line].insert(arrived[line].end(), part.begin(), part.end());
      if (boundary > 0) AddStragglers(model, arrived[line], boundary);
    }
  }
  scenario.arrivals = MergeByTime(arrived);
  return scenario;
}

// What came of each stream while it was the current one: number -> seen; and how far it was known.
struct Tenure {
  std::map<uint64_t, bool> brought;
  uint64_t known_to = 0;
  uint64_t from = 1;
};

std::vector<Tenure> Oracle(const Scenario& scenario) {
  std::vector<Tenure> tenures(scenario.streams.size());
  std::vector<uint32_t> line_stream(scenario.options.lines, UINT32_MAX);
  uint32_t current = scenario.arrivals.front().tag;
  tenures[current].from = scenario.arrivals.front().first;
  for (const Sent& sent : scenario.arrivals) {
    const StreamPlan& plan = scenario.streams[sent.tag];
    if (sent.tag > current && (plan.session != scenario.streams[current].session ||
                               (sent.stream_start && line_stream[sent.line] == current))) {
      current = sent.tag;
    }
    if (sent.tag != current) continue;
    line_stream[sent.line] = current;
    Tenure& tenure = tenures[current];
    tenure.known_to = std::max(tenure.known_to, sent.first + sent.count + sent.lost_in_tail - 1);
    for (uint64_t n = sent.first; n < sent.first + sent.count; ++n) {
      if (n >= tenure.from) tenure.brought[n] = true;
    }
  }
  return tenures;
}

void Check(const Scenario& scenario, SessionHarness& harness) {
  const std::vector<Tenure> tenures = Oracle(scenario);
  // Streams that no packet showed in time do not exist for the session.
  std::vector<uint32_t> shown;
  for (uint32_t i = 0; i < tenures.size(); ++i) {
    if (tenures[i].known_to > 0) shown.push_back(i);
  }
  std::vector<std::map<uint64_t, bool>> delivered(shown.size());
  for (const Delivered& run : harness.delivered()) {
    ASSERT_GE(run.stream, 1u);
    ASSERT_LE(run.stream, shown.size());
    ASSERT_EQ(run.tag, shown[run.stream - 1]) << "a message of another stream";
    for (uint64_t n = run.first; n <= run.last; ++n) delivered[run.stream - 1][n] = true;
  }
  size_t stream = 0;
  std::vector<uint64_t> unseen(shown.size());
  for (const SessionEvent& event : harness.events()) {
    if (event.kind == SessionEvent::Kind::kSessionStart) {
      ASSERT_LT(stream, shown.size());
      const bool restarts = stream > 0 && scenario.streams[shown[stream]].session ==
                                              scenario.streams[shown[stream - 1]].session;
      ASSERT_EQ(event.start, stream == 0 ? StartCause::kJoined
                             : restarts  ? StartCause::kRestarted
                                         : StartCause::kNewSession);
      ++stream;
    } else if (event.kind == SessionEvent::Kind::kGap) {
      if (event.gap_cause == FH_GAP_LATE_JOIN) unseen[stream - 1] = event.last;
      for (uint64_t n = event.first; n <= event.last; ++n) {
        ASSERT_EQ(delivered[stream - 1].count(n), 0u) << "message " << n << " came and was lost";
      }
    }
  }
  ASSERT_EQ(stream, shown.size());
  for (size_t i = 0; i < shown.size(); ++i) {
    for (const auto& [n, brought] : tenures[shown[i]].brought) {
      if (i == 0 && n <= unseen[i]) continue;
      ASSERT_EQ(delivered[i].count(n), 1u) << "message " << n << " of stream " << shown[i];
    }
  }
  ASSERT_EQ(harness.broken(), "");
  ASSERT_EQ(harness.outstanding(), 0u);
  ASSERT_EQ(harness.accounted_messages(), harness.sent_messages());
}

TEST(SessionChangeSim, EveryStreamIsDeliveredForItselfAndOldOnesNeverComeBack) {
  uint64_t restarts = 0;
  uint64_t sessions = 0;
  uint64_t stale = 0;
  const Seeds seeds(kSeeds);
  for (const uint64_t seed : seeds) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Scenario scenario = MakeScenario(seed);
    LineModel model(seed + kSeeds);
    SessionHarness harness(scenario.options, /*keep_log=*/false);
    std::span<const Sent> rest(scenario.arrivals);
    while (!rest.empty()) {
      const size_t burst = std::min<size_t>(rest.size(), 1 + model.Below(64));
      harness.SendBurst(rest.first(burst));
      rest = rest.subspan(burst);
    }
    harness.Flush(scenario.arrivals.back().at_ns);
    Check(scenario, harness);
    if (HasFatalFailure()) return;
    const SessionStats& stats = harness.session().stats();
    restarts += stats.restarts;
    sessions += stats.sessions;
    stale += stats.stale_restart + stats.stale_session;
  }
  EXPECT_GT(restarts, seeds.Share(500));
  EXPECT_GT(sessions, seeds.Share(1500));
  EXPECT_GT(stale, seeds.Share(1000));
}

}  // namespace
}  // namespace fh::test
