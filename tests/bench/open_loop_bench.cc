// Stalls of 10 ms a second, in the thread that handles updates and in the one that sends them: what the
// open loop's figures say against arithmetic, and what a closed loop would have said.
//
//   open_loop_bench [SECONDS]      10 by default: without stalls, and for each of the two.
//
// A sender hands 10,000 updates a second over a ring to a strategy thread that works for 1 us on each.
// The figures are those of any open-loop run (latency/open_loop.h); the arithmetic is that of
// StallArithmetic. The same in simulated time, to the microsecond: tests/replay/stall_test.cc.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "feedhandler/pipeline/strategy_thread.h"
#include "feedhandler/strategy/host.h"
#include "feedhandler/strategy/loader.h"
#include "latency/open_loop.h"
#include "latency/report.h"
#include "replay/pacer.h"
#include "tests/bench/this_thread.h"

namespace fh::bench {
namespace {

using latency::FormatDuration;
using latency::LoopSnapshot;
using latency::OpenLoop;
using latency::Schedule;
using latency::StallArithmetic;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kStallNs = 10'000'000;
constexpr int64_t kGapNs = 100'000;
// Short: updates that waited together are handed on together, and are done when the last of them is.
constexpr int64_t kWorkNs = 1'000;
constexpr int kSenderCpu = 0;
constexpr int kStrategyCpu = 1;
constexpr uint16_t kChannel = 1;

// Sends by the clock for so long; with stalls, it is itself held up once a second.
void Send(OpenLoop& loop, const latency::Clock& clock, int64_t seconds, bool stalls,
          UpdateRing& ring) {
  replay::TickPaceClock pace_clock;
  replay::Pacer pacer(pace_clock, {});
  int64_t next_stall_ns = pace_clock.NowNs() + kSecondNs;
  const int64_t updates = seconds * kSecondNs / kGapNs;
  for (int64_t i = 0; i < updates; ++i) {
    pacer.WaitUntil(pacer.NextDeadlineNs(i * kGapNs));
    if (stalls && pace_clock.NowNs() >= next_stall_ns) {
      const int64_t until_ns = pace_clock.NowNs() + kStallNs;
      while (pace_clock.NowNs() < until_ns) {
      }
      next_stall_ns += kSecondNs;
    }
    const int64_t now_ns = pace_clock.NowNs();
    const int64_t unix_ns = clock.NowUnixNs();
    const Schedule::Times times{unix_ns - (now_ns - pacer.intended_ns()), unix_ns};
    const auto sequence = static_cast<uint64_t>(i) + 1;
    loop.schedule().Tell(Schedule::OfMessage(kChannel, sequence), times);
    loop.Sent(times);
    codecs::NormalizedUpdate update{.record = FH_RECORD_ORDER, .sequence = sequence};
    update.channel_id = kChannel;
    if (!ring.Push(update)) Fail("the ring is full");
  }
}

constexpr double kPercentiles[] = {99.5, 99.9};

// `quiet`: the same without stalls. What the machine does by itself is in both.
void PrintRow(const StallArithmetic& arithmetic, double percentile, const LoopSnapshot& measured,
              const latency::HistogramSnapshot& lateness, const LoopSnapshot& quiet) {
  constexpr double kNear = 0.05;
  const int64_t expected_ns = arithmetic.WaitNs(percentile);
  const int64_t open_ns = measured.from_schedule.ValueAtPercentile(percentile);
  const double off = static_cast<double>(open_ns) / static_cast<double>(expected_ns) - 1;
  const int64_t own_ns = quiet.from_schedule.ValueAtPercentile(percentile);
  const bool is_quiet = static_cast<double>(own_ns) < kNear * static_cast<double>(expected_ns);
  const char* verdict = std::abs(off) <= kNear ? "within 5%" : "NOT within 5%";
  if (!is_quiet) verdict = "cannot tell: this machine stalls by itself";
  std::printf("  p%-5g %11s %11s (%+.1f%%) %14s %12s %16s   %s\n", percentile,
              FormatDuration(expected_ns).c_str(), FormatDuration(open_ns).c_str(), 100 * off,
              FormatDuration(measured.from_start.ValueAtPercentile(percentile)).c_str(),
              FormatDuration(lateness.ValueAtPercentile(percentile)).c_str(),
              FormatDuration(own_ns).c_str(), verdict);
}

enum class Who : uint8_t { kNobody, kStrategy, kSender };

// Without anybody who stalls nothing is printed.
LoopSnapshot Measure(int64_t seconds, Who stalls, const LoopSnapshot& quiet) {
  const latency::Clock clock;
  const auto loop = std::make_unique<OpenLoop>(
      OpenLoop::Options{.schedule = "a clock", .key = Schedule::Key::kMessage, .places = 65'536});
  StrategyHost host("stall", nullptr);
  StrategyThread thread(
      {.thread = {.name = "fh-strategy", .cpu = kStrategyCpu, .idle = IdleMode::kSpin},
       .stamps_are_past = true,
       .schedule = &loop->schedule()},
      clock);
  const std::string parameters =
      "work_ns=" + std::to_string(kWorkNs) +
      ",ms=" + std::to_string(stalls == Who::kStrategy ? kStallNs / 1'000'000 : 0);
  absl::StatusOr<LoadedStrategy> strategy = LoadStrategy("stall", parameters, host.table());
  if (!strategy.ok()) Fail(std::string(strategy.status().message()));
  thread.Add(*std::move(strategy), &host);
  thread.Start();
  Send(*loop, clock, seconds, stalls == Who::kSender, thread.ring());
  if (!thread.Stop().ok()) Fail("the strategy thread failed");
  LoopSnapshot measured = thread.Loop();
  if (stalls == Who::kNobody) return measured;
  const latency::HistogramSnapshot lateness = loop->lateness().Snapshot();
  const StallArithmetic arithmetic{
      .stall_ns = kStallNs,
      .period_ns = kSecondNs,
      .utilization = static_cast<double>(kWorkNs) / static_cast<double>(kGapNs)};
  std::printf("10 ms a second taken from the %s, %lld s, 10,000 updates a second, 1 us each\n",
              stalls == Who::kSender ? "sender" : "strategy thread",
              static_cast<long long>(seconds));
  std::printf(
      "          arithmetic  from schedule         from actual start     lateness   without "
      "stalls\n");
  for (const double percentile : kPercentiles) {
    PrintRow(arithmetic, percentile, measured, lateness, quiet);
  }
  std::printf("%s\n", latency::TextLoop(*loop, measured).c_str());
  return measured;
}

}  // namespace
}  // namespace fh::bench

int main(int argc, char** argv) {
  if (fh::AllowedCpus() < 2) {
    std::printf("open_loop_bench: needs two cores\n");
    return 0;
  }
  fh::bench::PinTo(fh::bench::kSenderCpu);
  const int64_t seconds = argc > 1 ? std::max(2L, std::strtol(argv[1], nullptr, 10)) : 10;
  using fh::bench::Measure;
  using fh::bench::Who;
  const fh::latency::LoopSnapshot quiet = Measure(seconds, Who::kNobody, {});
  Measure(seconds, Who::kStrategy, quiet);
  Measure(seconds, Who::kSender, quiet);
  return 0;
}
