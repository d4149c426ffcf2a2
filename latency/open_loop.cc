#include "latency/open_loop.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "latency/report.h"

namespace fh::latency {
namespace {

double PerSecond(uint64_t packets, int64_t first_ns, int64_t last_ns) {
  if (packets < 2 || last_ns <= first_ns) return 0;
  return static_cast<double>(packets - 1) * 1e9 / static_cast<double>(last_ns - first_ns);
}

std::string Rate(double per_second) {
  return FormatCount(static_cast<uint64_t>(std::llround(per_second)));
}

// How far the two figures are apart where it hurts; empty when there are too few values to tell.
std::string Verdict(const LoopSnapshot& measured) {
  constexpr double kPercentile = 99.9;
  const HistogramSnapshot& open = measured.from_schedule;
  if (open.total() - open.RankOfPercentile(kPercentile) < kMinTail) return "";
  const int64_t open_ns = open.ValueAtPercentile(kPercentile);
  const int64_t closed_ns = measured.from_start.ValueAtPercentile(kPercentile);
  if (open_ns < 2 * std::max<int64_t>(closed_ns, 1)) return "";
  return absl::StrCat("p99.9 is ", FormatDuration(open_ns), "; a closed loop would have said ",
                      FormatDuration(closed_ns), ".\n");
}

}  // namespace

double StallArithmetic::ShareTouched() const {
  const double share = static_cast<double>(stall_ns) / static_cast<double>(period_ns);
  return std::min(1.0, share / (1 - utilization));
}

int64_t StallArithmetic::WaitNs(double percentile) const {
  const double above = 1 - percentile / 100;
  const double touched = ShareTouched();
  if (above >= touched) return 0;
  return std::llround(static_cast<double>(stall_ns) * (1 - above / touched));
}

void LoopSnapshot::Merge(const LoopSnapshot& other) {
  from_schedule.Merge(other.from_schedule);
  from_start.Merge(other.from_start);
  untimed += other.untimed;
}

LoopSnapshot LoopMeter::Snapshot() const {
  return {from_schedule_.Snapshot(), from_start_.Snapshot(),
          untimed_.load(std::memory_order_relaxed)};
}

double OpenLoop::OfferedPerSecond() const {
  return PerSecond(packets(), first_intended_ns_.load(std::memory_order_relaxed),
                   last_intended_ns_.load(std::memory_order_relaxed));
}

double OpenLoop::AchievedPerSecond() const {
  return PerSecond(packets(), first_sent_ns_.load(std::memory_order_relaxed),
                   last_sent_ns_.load(std::memory_order_relaxed));
}

std::string TextLoop(const OpenLoop& loop, const LoopSnapshot& measured) {
  const HistogramSnapshot lateness = loop.lateness().Snapshot();
  if (lateness.total() + lateness.negative().count + measured.untimed == 0) return "";
  std::string text =
      absl::StrCat("Open loop: sent by ", loop.words(), ", ", Rate(loop.OfferedPerSecond()),
                   " packets a second offered, ", Rate(loop.AchievedPerSecond()), " sent\n");
  std::vector<ReportRow> rows;
  const bool is_measured = measured.from_schedule.total() != 0;
  if (is_measured) {
    rows.push_back({"from schedule", &measured.from_schedule});
    rows.push_back({"from actual start", &measured.from_start});
  }
  rows.push_back({"sender's lateness", &lateness});
  absl::StrAppend(&text, TextTable(rows));
  if (is_measured) {
    absl::StrAppend(
        &text,
        "From schedule: from the moment at which a packet was due until the strategy was done; "
        "whatever waited is in it.\nFrom actual start: as a closed loop shows it, which sends the "
        "next packet when the one before is done; waiting is not in it.\n");
  }
  absl::StrAppend(&text, "Lateness: of the sender itself (sent - due)",
                  is_measured ? "; it is part of \"from schedule\"" : "",
                  ". No slip moved the schedule.\n");
  if (is_measured) absl::StrAppend(&text, Verdict(measured));
  if (measured.untimed != 0) {
    absl::StrAppend(&text, "! ", FormatCount(measured.untimed),
                    " updates are in neither figure: when their packets were due was not known.\n");
  }
  return text;
}

}  // namespace fh::latency
