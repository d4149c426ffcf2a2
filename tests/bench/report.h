// Prints what a benchmark measured, the same way everywhere: median, spread and ratio to what it is
// compared with in the same run. Also writes JSON lines for tests/bench/run, when
// FEEDHANDLER_BENCH_JSON names a file.
//
//   Comparison c{.name = "ring: single push and pop", .unit = "ns an element",
//                .subject = "feedhandler ring", .reference = "boost::lockfree::spsc_queue",
//                .limit = 0.33};
//   for (...) c.Add(ours_ns, theirs_ns);    // One interleaved pair a call.
//   c.Print();
#ifndef FEEDHANDLER_TESTS_BENCH_REPORT_H_
#define FEEDHANDLER_TESTS_BENCH_REPORT_H_

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/believable.h"

namespace fh::bench {

// From the start of the program on.
inline SteadyProcessor steady_processor;

// The value below which `share` (0..1) of the samples lie. `samples` must not be empty.
inline double Quantile(std::vector<double> samples, double share) {
  std::sort(samples.begin(), samples.end());
  const double position = share * static_cast<double>(samples.size() - 1);
  return samples[static_cast<size_t>(position + 0.5)];
}

// Interleaved samples of a subject and a reference. The ratio of each pair is kept, because
// machines drift: the median of ratios holds where the ratio of medians does not.
struct Comparison {
  std::string name;
  std::string unit;
  std::string subject;
  std::string reference;
  double limit = 0;  // Target for the ratio subject / reference; 0 = none.
  // With true the ratio must reach `limit` instead of staying below it.
  bool higher_is_better = false;
  double subject_limit = 0;  // Target for the subject's median itself, in `unit`; 0 = none.
  std::string note;
  std::vector<double> subject_samples;
  std::vector<double> reference_samples;

  void Add(double subject_value, double reference_value) {
    subject_samples.push_back(subject_value);
    reference_samples.push_back(reference_value);
  }

  double Ratio(double share) const {
    std::vector<double> ratios;
    for (size_t i = 0; i < subject_samples.size(); ++i) {
      ratios.push_back(subject_samples[i] / reference_samples[i]);
    }
    return Quantile(std::move(ratios), share);
  }

  bool Met() const {
    const bool ratio_met =
        limit == 0 || (higher_is_better ? Ratio(0.5) >= limit : Ratio(0.5) <= limit);
    return ratio_met && (subject_limit == 0 || Quantile(subject_samples, 0.5) <= subject_limit);
  }

  // Ends the program when the set-up was wrong (believable.h).
  void Print() const {
    steady_processor.Require(name);
    std::printf("%-58s %9.3f (%.3f..%.3f)  %9.3f (%.3f..%.3f) %s  ratio %.3f (%.3f..%.3f)",
                name.c_str(), Quantile(subject_samples, 0.5), Quantile(subject_samples, 0.1),
                Quantile(subject_samples, 0.9), Quantile(reference_samples, 0.5),
                Quantile(reference_samples, 0.1), Quantile(reference_samples, 0.9), unit.c_str(),
                Ratio(0.5), Ratio(0.1), Ratio(0.9));
    if (limit != 0) std::printf("  target %s %.2f", higher_is_better ? ">=" : "<=", limit);
    if (subject_limit != 0) std::printf("  target <= %.2f %s", subject_limit, unit.c_str());
    if (limit != 0 || subject_limit != 0) std::printf(": %s", Met() ? "met" : "MISSED");
    std::printf("%s%s\n", note.empty() ? "" : "  ", note.c_str());
    std::fflush(stdout);
    WriteJson();
  }

 private:
  void WriteJson() const {
    const char* path = std::getenv("FEEDHANDLER_BENCH_JSON");
    if (path == nullptr) return;
    std::FILE* file = std::fopen(path, "a");
    if (file == nullptr) return;
    std::fprintf(
        file,
        "{\"name\":\"%s\",\"unit\":\"%s\",\"subject\":\"%s\",\"reference\":\"%s\","
        "\"samples\":%zu,\"subject_median\":%.6g,\"subject_p10\":%.6g,\"subject_p90\":%.6g,"
        "\"reference_median\":%.6g,\"reference_p10\":%.6g,\"reference_p90\":%.6g,"
        "\"ratio\":%.6g,\"ratio_p10\":%.6g,\"ratio_p90\":%.6g,\"target\":%.6g,"
        "\"higher_is_better\":%s,\"subject_target\":%.6g,\"met\":%s,\"note\":\"%s\"}\n",
        name.c_str(), unit.c_str(), subject.c_str(), reference.c_str(), subject_samples.size(),
        Quantile(subject_samples, 0.5), Quantile(subject_samples, 0.1),
        Quantile(subject_samples, 0.9), Quantile(reference_samples, 0.5),
        Quantile(reference_samples, 0.1), Quantile(reference_samples, 0.9), Ratio(0.5), Ratio(0.1),
        Ratio(0.9), limit, higher_is_better ? "true" : "false", subject_limit,
        Met() ? "true" : "false", note.c_str());
    std::fclose(file);
  }
};

}  // namespace fh::bench

#endif  // FEEDHANDLER_TESTS_BENCH_REPORT_H_
