// What recording a latency costs, next to the least that counting can cost: the same loop over the
// same values, incrementing one of a few counters that fit the first cache.
//
// Target: at most 1 ns a value. The ratio to the bare loop says what of it is the histogram's own
// work (finding the bucket, least and greatest, a larger table).
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "latency/clock.h"
#include "latency/histogram.h"
#include "tests/bench/report.h"

namespace {

using fh::latency::Histogram;
using fh::latency::HistogramBuckets;

constexpr size_t kValues = 8192;
constexpr int kRepeats = 64;
constexpr int kSamples = 101;
constexpr double kRecordLimitNs = 1.0;
// What finding a bucket may cost over an array index that is known beforehand.
constexpr double kRatioLimit = 3.0;

// Latencies of a feed: around the median, some hundred times that in the tail.
std::vector<int64_t> Latencies(double median_ns) {
  std::mt19937_64 random(42);
  std::lognormal_distribution<double> latency(std::log(median_ns), 1.2);
  std::vector<int64_t> values(kValues);
  for (int64_t& value : values) {
    value = std::min(static_cast<int64_t>(latency(random)), HistogramBuckets::kMaxValue);
  }
  return values;
}

// The compiler must assume that `object` is read and written here.
template <typename T>
void Touch(T& object) {
  asm volatile("" : : "r"(&object) : "memory");
}

template <typename F>
double NsAValue(F pass) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kRepeats; ++i) pass();
  const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
  return elapsed.count() / (static_cast<double>(kValues) * kRepeats);
}

struct SmallCounts {
  static constexpr size_t kCounts = 64;
  std::array<uint64_t, kCounts> counts{};

  void Record(int64_t value) { ++counts[static_cast<size_t>(value) % kCounts]; }
};

void Require(bool correct, const char* what) {
  if (correct) return;
  std::fprintf(stderr, "histogram_bench: %s\n", what);
  std::exit(1);
}

void BenchRecord(const char* name, const std::vector<int64_t>& values) {
  fh::bench::Comparison comparison{.name = name,
                                   .unit = "ns a value",
                                   .subject = "latency::Histogram::Record",
                                   .reference = "counts[value % 64]++",
                                   .limit = kRatioLimit,
                                   .subject_limit = kRecordLimitNs};
  const auto histogram = std::make_unique<Histogram>();
  SmallCounts small;
  for (int i = 0; i < kSamples; ++i) {
    const double ours = NsAValue([&] {
      for (const int64_t value : values) histogram->Record(value);
      Touch(*histogram);
    });
    const double theirs = NsAValue([&] {
      for (const int64_t value : values) {
        small.Record(value);
        Touch(small);  // A counter is stored for every value, as the histogram's atomics are.
      }
    });
    comparison.Add(ours, theirs);
  }
  const auto snapshot = histogram->Snapshot();
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  Require(snapshot.total() == kValues * kRepeats * kSamples, "values were lost");
  Require(snapshot.min() == *least && snapshot.max() == *greatest, "limits are wrong");
  comparison.Print();
}

#if defined(__x86_64__)
void BenchStamp() {
  fh::bench::Comparison comparison{.name = "clock: one stamp",
                                   .unit = "ns a stamp",
                                   .subject = "latency::Clock::Ticks",
                                   .reference = "rdtsc alone",
                                   .limit = 1.1};
  const fh::latency::Clock clock;
  if (fh::latency::Clock::Source() == fh::latency::TickSource::kTsc) {
    uint64_t sum = 0;
    for (int i = 0; i < kSamples; ++i) {
      const double ours = NsAValue([&] {
        for (size_t j = 0; j < kValues; ++j) sum += fh::latency::Clock::Ticks();
      });
      const double theirs = NsAValue([&] {
        for (size_t j = 0; j < kValues; ++j) sum += __builtin_ia32_rdtsc();
      });
      comparison.Add(ours, theirs);
    }
    Touch(sum);
    comparison.Print();
  } else {
    std::printf("clock: one stamp: skipped, %s\n", clock.Describe().c_str());
  }
}

#else
void BenchStamp() { std::printf("clock: one stamp: skipped, no TSC on this architecture\n"); }
#endif

void BenchConversion() {
  fh::bench::Comparison comparison{.name = "clock: ticks to Unix time",
                                   .unit = "ns a conversion",
                                   .subject = "latency::Clock::ToUnixNs",
                                   .reference = "latency::Clock::TicksToNs"};
  const fh::latency::Clock clock;
  const uint64_t start = fh::latency::Clock::Ticks();
  int64_t sum = 0;
  for (int i = 0; i < kSamples; ++i) {
    const double ours = NsAValue([&] {
      for (size_t j = 0; j < kValues; ++j) sum += clock.ToUnixNs(start + j);
    });
    const double theirs = NsAValue([&] {
      for (size_t j = 0; j < kValues; ++j) sum += clock.TicksToNs(static_cast<int64_t>(j));
    });
    comparison.Add(ours, theirs);
  }
  Touch(sum);
  comparison.Print();
}

}  // namespace

int main() {
  BenchRecord("histogram: record, values around 1 us", Latencies(1000));
  BenchRecord("histogram: record, values around 128 ns", Latencies(128));
  BenchStamp();
  BenchConversion();
  return 0;
}
