// One series of a report: its name in logs, and its histograms (files.h).
#include "absl/strings/str_cat.h"
#include "latency/files/files.h"
#include "latency/files/hlog.h"
#include "latency/files/hlog_report.h"
#include "latency/recording/buckets.h"

namespace fh::latency::files {
namespace {

// Without what a tag must not have, and (`dots`) without the dots that separate its parts.
std::string Clean(absl::string_view part, bool dots = false) {
  std::string clean(part);
  for (char& c : clean) {
    if (c == ',' || (c == '.' && !dots) || static_cast<uint8_t>(c) <= ' ' || c == '\x7F') c = '_';
  }
  return clean;
}

// FNV-1a: the same on every machine and in every run.
uint32_t SumOf(absl::string_view text) {
  uint32_t sum = 2'166'136'261;
  for (const char c : text) sum = (sum ^ static_cast<uint8_t>(c)) * 16'777'619;
  return sum;
}

}  // namespace

std::string TagOf(const proto::Series& series) {
  const bool part = !series.feed().empty() || !series.channel().empty() || !series.line().empty();
  const bool split = !series.thread().empty() || !series.condition().empty();
  if (series.role() == proto::Series::END_TO_END && !part && !split) return "";
  std::string tag = Clean(series.stage(), /*dots=*/!part);
  if (part) {
    tag = absl::StrCat(Clean(series.feed()), ".", Clean(series.channel()), ".",
                       Clean(series.line()), ".", tag);
  }
  if (!series.thread().empty()) absl::StrAppend(&tag, "@", Clean(series.thread()));
  if (!series.condition().empty()) absl::StrAppend(&tag, "/", Clean(series.condition()));
  if (tag.empty()) tag = "unnamed";
  if (tag.size() <= kMostTagBytes) return tag;
  // The end is what tells stages apart, and the sum what tells the rest apart.
  const std::string sum = absl::StrCat("~", absl::Hex(SumOf(tag), absl::kZeroPad8), "~");
  size_t from = tag.size() - (kMostTagBytes - sum.size());
  while (from < tag.size() && (static_cast<uint8_t>(tag[from]) & 0xC0) == 0x80) ++from;  // UTF-8.
  return sum + tag.substr(from);
}

absl::StatusOr<HistogramSnapshot> HistogramOf(const proto::Series& series) {
  if (!series.has_hdr()) return recording::SnapshotOf(series);
  const absl::StatusOr<HdrHistogram> histogram = HdrOf(series.total(), series);
  if (!histogram.ok()) return histogram.status();
  return FromHdr(*histogram);
}

absl::StatusOr<HistogramSnapshot> HistogramOf(const proto::Interval& interval,
                                              const proto::Series& series) {
  if (!series.has_hdr()) return recording::SnapshotOf(interval);
  const absl::StatusOr<HdrHistogram> histogram = HdrOf(interval.buckets(), series);
  if (!histogram.ok()) return histogram.status();
  return FromHdr(*histogram);
}

}  // namespace fh::latency::files
