// Reports to write, read and merge: values of which everything is known, recorded as a run does.
#ifndef FEEDHANDLER_TESTS_LATENCY_FILES_SAMPLE_REPORTS_H_
#define FEEDHANDLER_TESTS_LATENCY_FILES_SAMPLE_REPORTS_H_

#include <cstdint>
#include <random>
#include <string>

#include "latency/files/files.h"
#include "latency/recording/buckets.h"

namespace fh::latency::files::test {

inline constexpr int64_t kStartNs = 1'700'000'000'000'000'000;
inline constexpr int64_t kSecondNs = 1'000'000'000;

// One series as a recorder keeps it: recorded interval by interval.
class SeriesRecorder {
 public:
  SeriesRecorder(std::string stage, proto::Series::Role role) {
    series_.set_stage(std::move(stage));
    series_.set_role(role);
    series_.set_unit("packets");
  }

  void Record(int64_t value_ns, uint64_t count = 1) { histogram_.RecordN(value_ns, count); }

  void EndInterval(uint32_t number) {
    const HistogramSnapshot now = histogram_.Snapshot();
    recording::AddInterval(number, now.Since(before_), &series_);
    before_ = now;
  }

  proto::Series Series() {
    recording::SetHistogram(histogram_.Snapshot(), &series_);
    if (series_.has_max()) series_.set_max_at_unix_ns(kStartNs);  // Not the clock's.
    return series_;
  }

  proto::Series& names() { return series_; }

 private:
  Histogram histogram_;
  HistogramSnapshot before_;
  proto::Series series_;
};

// `intervals` seconds from second `first` on, of which each value follows from its second alone.
inline proto::LatencyReport SampleReport(uint32_t first, uint32_t intervals) {
  proto::LatencyReport report;
  report.set_version(1);
  proto::Run* run = report.mutable_run();
  run->set_program("feedhandler test");
  run->set_start_unix_ns(kStartNs + first * kSecondNs);
  run->set_duration_ns(intervals * kSecondNs);
  run->set_interval_ns(kSecondNs);
  run->set_intervals(intervals);
  SeriesRecorder stage("wire-dequeued", proto::Series::STAGE);
  SeriesRecorder part("wire-dequeued", proto::Series::STAGE);
  part.names().set_feed("feedA");
  part.names().set_channel("310");
  part.names().set_line("A");
  SeriesRecorder total("wire-seen", proto::Series::END_TO_END);
  proto::Counter* packets = report.add_counter();
  packets->set_name("packets");
  for (uint32_t i = 0; i < intervals; ++i) {
    std::mt19937_64 random(first + i + 1);
    const uint64_t count = (first + i) % 5 == 3 ? 0 : 100 + random() % 50;
    for (uint64_t k = 0; k < count; ++k) {
      const auto value = static_cast<int64_t>(random() % 3000 + (random() % 64 == 0 ? 900'000 : 0));
      stage.Record(value);
      if (k % 2 == 0) part.Record(value);
      total.Record(value * 2 + 100);
    }
    if (i % 7 == 0) stage.Record(-1000);
    stage.EndInterval(i);
    part.EndInterval(i);
    total.EndInterval(i);
    packets->add_value(count);
  }
  *report.add_series() = total.Series();
  *report.add_series() = stage.Series();
  *report.add_series() = part.Series();
  return report;
}

}  // namespace fh::latency::files::test

#endif  // FEEDHANDLER_TESTS_LATENCY_FILES_SAMPLE_REPORTS_H_
