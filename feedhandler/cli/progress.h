// A progress bar on standard error for work that takes longer than a second or two; nothing when
// standard error is not a terminal, or the work is done before it would show.
//
//   ProgressBar progress("replaying");
//   progress.Show(bytes_done, bytes_total, "1,234 packets");   // As often as is handy.
//   progress.Clear();                                          // Before other output.
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_PROGRESS_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace fh::cli {

class ProgressBar {
 public:
  explicit ProgressBar(std::string what);
  ~ProgressBar() { Clear(); }

  // Draws at most ten times a second. Without a total it shows a count and no bar.
  void Show(uint64_t done, std::optional<uint64_t> total, absl::string_view detail);
  void Clear();

 private:
  using SteadyClock = std::chrono::steady_clock;
  const std::string what_;
  const bool enabled_;
  SteadyClock::time_point next_;
  bool shown_ = false;
};

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_PROGRESS_H_
