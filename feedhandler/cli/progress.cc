#include "feedhandler/cli/progress.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_format.h"
#include "feedhandler/cli/terminal.h"

namespace fh::cli {
namespace {

constexpr auto kFirstShown = std::chrono::milliseconds(700);
constexpr auto kBetween = std::chrono::milliseconds(100);
constexpr int kBarCells = 30;

}  // namespace

ProgressBar::ProgressBar(std::string what)
    : what_(std::move(what)),
      enabled_(StandardErrorIsTerminal()),
      next_(SteadyClock::now() + kFirstShown) {}

void ProgressBar::Show(uint64_t done, std::optional<uint64_t> total, absl::string_view detail) {
  if (!enabled_) return;
  const SteadyClock::time_point now = SteadyClock::now();
  if (now < next_) return;
  next_ = now + kBetween;
  shown_ = true;
  std::string bar;
  if (total.has_value() && *total > 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(*total));
    const int cells = static_cast<int>(share * kBarCells);
    bar = absl::StrFormat("[%s%s] %3.0f%% ", std::string(static_cast<size_t>(cells), '#'),
                          std::string(static_cast<size_t>(kBarCells - cells), '.'), share * 100);
  }
  std::fprintf(stderr, "\r\033[K%s %s%.*s", what_.c_str(), bar.c_str(),
               static_cast<int>(detail.size()), detail.data());
  std::fflush(stderr);
}

void ProgressBar::Clear() {
  if (!shown_) return;
  std::fprintf(stderr, "\r\033[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace fh::cli
