#include "latency/jitter.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "latency/report.h"

namespace fh::latency {
namespace {

constexpr std::array<int64_t, JitterTally::kDelays> MakeDelays() {
  std::array<int64_t, JitterTally::kDelays> delays{};
  int64_t decade = 100;
  for (size_t i = 1; i < delays.size(); i += 3, decade *= 10) {
    delays[i] = decade;
    if (i + 1 < delays.size()) delays[i + 1] = 2 * decade;
    if (i + 2 < delays.size()) delays[i + 2] = 5 * decade;
  }
  return delays;
}

// "1 in 12,300 packets", "every packet".
std::string OneIn(double share) {
  if (share >= 0.5) return "nearly every packet";
  return absl::StrCat("1 packet in ", FormatCount(static_cast<uint64_t>(std::llround(1 / share))));
}

std::string Rate(double per_second) {
  if (per_second >= 99.5) {
    return FormatCount(static_cast<uint64_t>(std::llround(per_second)));
  }
  return absl::StrFormat("%.3g", per_second);
}

// A bar for each delay: from 1 in a billion (nothing) to all, on a logarithmic scale.
std::string Bar(double share) {
  constexpr double kDecades = 9;
  constexpr double kWidth = 45;
  const double decades = std::clamp(std::log10(share) + kDecades, 0.0, kDecades);
  return std::string(static_cast<size_t>(std::lround(decades / kDecades * kWidth)), '#');
}

std::string CurveText(const JitterSummary& summary) {
  std::string text =
      "A packet that arrives at any moment would wait for longer than\n"
      "                                                     1e-9  (each 5 signs: ten times)   1\n";
  for (const JitterPoint& point : summary.curve) {
    if (point.share_above <= 0) break;
    absl::StrAppendFormat(
        &text, "  %8s  %-36s  %s\n", point.delay_ns == 0 ? "0" : FormatDuration(point.delay_ns),
        absl::StrFormat("%.3g%%, %s", 100 * point.share_above, OneIn(point.share_above)),
        Bar(point.share_above));
  }
  return text;
}

}  // namespace

std::array<int64_t, JitterTally::kDelays> JitterTally::DelaysNs() { return MakeDelays(); }

double JitterSummary::ShareLost() const {
  return duration_ns <= 0 ? 0 : static_cast<double>(lost_ns) / static_cast<double>(duration_ns);
}

double JitterSummary::PerSecond(uint64_t count) const {
  return duration_ns <= 0 ? 0 : static_cast<double>(count) * 1e9 / static_cast<double>(duration_ns);
}

void JitterTally::Add(int64_t gap_ns) {
  static constexpr std::array<int64_t, kDelays> kDelaysNs = MakeDelays();
  gaps_.Record(gap_ns);
  max_ns_ = std::max(max_ns_, gap_ns);
  for (size_t i = 0; i < longer_.size(); ++i) longer_[i] += gap_ns > JitterSummary::kSizesNs[i];
  for (size_t i = 0; i < kDelays && gap_ns > kDelaysNs[i]; ++i) {
    beyond_ns_[i] += gap_ns - kDelaysNs[i];
  }
}

JitterSummary JitterTally::Summary(int64_t duration_ns) const {
  JitterSummary summary{.duration_ns = duration_ns,
                        .gaps = gaps_.Snapshot(),
                        .max_ns = max_ns_,
                        .lost_ns = beyond_ns_[0],
                        .longer = longer_,
                        .curve = {}};
  const std::array<int64_t, kDelays> delays_ns = DelaysNs();
  for (size_t i = 0; i < kDelays; ++i) {
    const double share =
        duration_ns <= 0 ? 0
                         : static_cast<double>(beyond_ns_[i]) / static_cast<double>(duration_ns);
    summary.curve.push_back({delays_ns[i], share});
    if (beyond_ns_[i] == 0) break;  // And of all longer ones.
  }
  return summary;
}

JitterSummary JitterProbe::Summary(int cpu) const {
  JitterSummary summary = tally_.Summary(looked_ns_);
  summary.cpu = cpu;
  summary.smallest_gap_ns = smallest_ns_;
  summary.threshold_ns = options_.threshold_ns;
  return summary;
}

std::string JitterText(const JitterSummary& summary) {
  std::string text =
      absl::StrCat("Jitter floor", summary.cpu < 0 ? "" : absl::StrCat(" of CPU ", summary.cpu),
                   ", looked for ", FormatDuration(summary.duration_ns),
                   "\n  a reading of the clock: ", FormatDuration(summary.smallest_gap_ns),
                   ", subtracted; gaps from ", FormatDuration(summary.threshold_ns), " on count\n");
  if (summary.gaps.total() == 0) {
    return absl::StrCat(text, "  no gap at all: nothing took the CPU away\n");
  }
  for (size_t i = 0; i < summary.longer.size(); ++i) {
    absl::StrAppendFormat(&text, "  longer than %-7s %12s a second %14s in all\n",
                          FormatDuration(JitterSummary::kSizesNs[i]),
                          Rate(summary.PerSecond(summary.longer[i])),
                          FormatCount(summary.longer[i]));
  }
  absl::StrAppendFormat(&text, "  the longest         %12s\n", FormatDuration(summary.max_ns));
  absl::StrAppendFormat(&text, "  time lost           %12s of %s, %.3g%%\n\n",
                        FormatDuration(summary.lost_ns), FormatDuration(summary.duration_ns),
                        100 * summary.ShareLost());
  return absl::StrCat(text, CurveText(summary), "\n",
                      TextPicture({{.name = "gaps", .histogram = &summary.gaps}}));
}

}  // namespace fh::latency
