// What a pipeline measured, by interval, as the report that --latency writes (latency_report.proto).
//
//   LatencyCollector collector(pipeline, clock, {.interval_ns = 1'000'000'000});
//   collector.Start(now);                               // Before the first packet, or soon after.
//   while (...) {
//     ...
//     if (collector.IsDue(now)) collector.Look(now, pipeline.Counters());   // Every 20 ms or so.
//   }
//   collector.Look(now, counters);                      // The last piece, once all has stopped.
//   proto::LatencyReport report = collector.Report(run, Moment::kEnd);       // Or meanwhile.
//
// An interval is what a look adds to the one before, so the sums of a series' intervals are its
// total, exactly. Intervals lie by the monotonic clock: a step of the system's clock makes none
// longer or shorter, and is counted. A look that comes late takes the intervals that were missed
// with it: those are not in the report, which means "not measured".
//
// Memory is bounded however long the run is. When there are more than `most_intervals`, or what they
// hold takes more than `most_bytes`, every two neighbours are merged into one of twice the length
// (Run.interval_ns says which it is then). Counts stay exact; of a race's median lead that of the
// half with more packets stays. Beside that each series keeps one histogram of 35 KiB.
//
// Main thread, but for Report: any, also while the main thread looks. Allocates. A look takes about
// 10 us for each series. Pipeline and clock outlive it.
#ifndef FEEDHANDLER_FEEDHANDLER_REPORT_LATENCY_COLLECTOR_H_
#define FEEDHANDLER_FEEDHANDLER_REPORT_LATENCY_COLLECTOR_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "feedhandler/pipeline/pipeline.h"
#include "feedhandler/report/summary.h"
#include "latency/clock.h"
#include "latency/recording/latency_report.pb.h"
#include "rio/host/host_counters.h"

namespace fh {

namespace proto = ::feedhandler::latency;

struct LatencyCollectorOptions {
  static constexpr int64_t kLeastIntervalNs = 100'000'000;
  int64_t interval_ns = 1'000'000'000;  // At least kLeastIntervalNs.
  uint32_t most_intervals = 4096;       // At least 2.
  size_t most_bytes = size_t{128} << 20;
  // What the host's counters showed before the start, or null.
  const rio::HostCounterWatch* host = nullptr;
  // Called for each series that has had a value, and for the one from end to end, with what an interval
  // has added, as soon as it has ended: for what is written as it goes. Times count from the start.
  std::function<void(const proto::Series& series, int64_t start_ns, int64_t length_ns,
                     const proto::Buckets& added)>
      on_interval = {};
};

// Both clocks at one moment.
struct Instant {
  int64_t monotonic_ns = 0;
  int64_t unix_ns = 0;

  static Instant Now();
};

class LatencyCollector {
 public:
  LatencyCollector(Pipeline& pipeline, const latency::Clock& clock,
                   const LatencyCollectorOptions& options);

  // The first interval begins. What was recorded before counts with it.
  void Start(Instant now);

  // Whether an interval has ended since the last look.
  bool IsDue(Instant now) const { return now.monotonic_ns >= next_ns_; }

  // Adds what came since the last look. `counters` are of now.
  void Look(Instant now, const PipelineCounters& counters);

  // All that was seen up to the last look. `run` is what only the caller knows (program, arguments,
  // loop, seed, backend); the rest of it is filled in. kEnd: the pipeline has stopped.
  proto::LatencyReport Report(const proto::Run& run, Moment moment) const;

  int64_t interval_ns() const { return interval_ns_; }

 private:
  // A series of the report, and what of it has been taken.
  struct Taken {
    proto::Series series;  // Without its total.
    latency::HistogramSnapshot last;
    std::vector<size_t> parts;  // Of which it is the sum; none: it is one itself.
  };
  struct Raced {
    proto::Race race;  // Its seconds; the rest comes from `last`.
    RaceCounts last;
  };
  struct Counted {
    proto::Counter counter;
    uint64_t last = 0;
  };

  void MakeSeries(const std::vector<LatencyPart>& parts);
  void TakeSeries(uint32_t number, std::vector<LatencyPart> parts);
  void TakeCounters(uint32_t number, const PipelineCounters& counters);
  void Count(uint32_t number, const std::string& name, const proto::Counter& of, uint64_t now);
  void TakeRaces(uint32_t number);
  void NoteStep(Instant now);
  bool HasBothStamps() const;
  proto::LatencyReport ReportLocked(const proto::Run& run, Moment moment) const;
  void Tell(const Taken& taken, const proto::Buckets& added) const;
  void Add(uint32_t number, const latency::HistogramSnapshot& now, Taken& taken);
  void MergeNeighbours();
  void FillRun(Moment moment, proto::Run& run) const;
  void FillClocks(proto::LatencyReport& report) const;
  const ThreadOptions& FeedThreadOf(uint16_t channel_id) const;
  void AddSamples(proto::LatencyReport& report) const;

  Pipeline& pipeline_;
  const latency::Clock& clock_;
  const LatencyCollectorOptions options_;
  mutable std::mutex mutex_;  // Of all below.
  int64_t interval_ns_;
  Instant start_;
  Instant last_;
  int64_t next_ns_ = 0;
  uint32_t intervals_ = 0;  // Begun so far.
  int64_t told_ns_ = 0;     // Since the start: up to where intervals are over.
  int64_t telling_ns_ = 0;  // Up to where they will be after this look.
  uint64_t late_looks_ = 0;
  uint32_t clock_steps_ = 0;
  int64_t clock_stepped_ns_ = 0;
  size_t bytes_ = 0;  // Of all intervals, about.
  std::vector<Taken> taken_;
  std::vector<Counted> counted_;
  std::vector<Raced> raced_;
  PipelineCounters counters_;  // Of the last look.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_REPORT_LATENCY_COLLECTOR_H_
