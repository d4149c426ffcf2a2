// Measurements that nobody made.
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_TUNE_MEASURED_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_TUNE_MEASURED_H_

#include <string>
#include <utility>
#include <vector>

#include "feedhandler/tune/measurement.h"

namespace fh::tune {

inline constexpr Placement kApart{Placement::Kind::kOtherCore, 1, 0};
inline constexpr Placement kTogether{Placement::Kind::kSameCpu, 0, 0};

// A turn for each median latency; what is not said is the same for all.
inline Measured PathOf(std::string backend, const std::vector<double>& lone_p50_ns,
                       double receive_ns = 400, double kernel_ns = 500) {
  Measured measured{.path = {.backend = std::move(backend)}, .placement = kApart};
  for (const double p50_ns : lone_p50_ns) {
    measured.turns.push_back({.receive_ns = receive_ns,
                              .kernel_ns = kernel_ns,
                              .lone_p50_ns = p50_ns,
                              .lone_p99_ns = 2 * p50_ns,
                              .sent = 1000});
  }
  return measured;
}

}  // namespace fh::tune

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_TUNE_MEASURED_H_
