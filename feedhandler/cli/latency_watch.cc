// `feedhandler latency watch URL`: a running handler on a terminal, from its /metrics.
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "feedhandler/cli/latency_verbs.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/inspect/host_network.h"
#include "feedhandler/live/http_get.h"
#include "feedhandler/live/watch_page.h"
#include "feedhandler/output/system_file.h"

namespace fh::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kTimeout{5};
constexpr std::chrono::milliseconds kRound{100};

struct WatchArguments {
  std::string target;
  double interval_seconds = 1;
  bool once = false;
};

struct Scrape {
  MetricSamples samples;
  SteadyClock::time_point at;
};

absl::StatusOr<Scrape> Take(const HttpTarget& target) {
  const absl::StatusOr<std::string> text = HttpGet(target, kTimeout);
  if (!text.ok()) return text.status();
  Scrape scrape{.samples = ParseMetrics(*text), .at = SteadyClock::now()};
  if (scrape.samples.Of("feedhandler_messages_total").empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(target.ToString(), ": these are no metrics of a feed handler"));
  }
  return scrape;
}

std::string PageOf(const Scrape& earlier, const Scrape& now, WatchPageOptions options) {
  options.seconds = std::chrono::duration<double>(now.at - earlier.at).count();
  options.now_unix_seconds =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  return WatchPage(earlier.samples, now.samples, options);
}

// False: q was pressed, or a stop asked for.
bool WaitUntil(SteadyClock::time_point end, KeyReader& keys) {
  while (SteadyClock::now() < end) {
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(end - SteadyClock::now());
    const std::optional<char> key = keys.Wait(std::min(rest, kRound));
    if (StopRequested() || key == 'q' || key == 'Q') return false;
  }
  return !StopRequested();
}

// A page after the other: over each other on a terminal, else below each other.
int WatchOn(const HttpTarget& target, std::chrono::milliseconds interval, Scrape earlier) {
  const bool is_terminal = StandardOutputMovesCursor();
  KeyReader keys;
  if (is_terminal) Print("\033[?1049h\033[?25l");  // A screen of its own, without a cursor.
  Scrape now = earlier;
  std::string note;
  while (WaitUntil(SteadyClock::now() + interval, keys)) {
    absl::StatusOr<Scrape> next = Take(target);
    note = next.ok() ? "" : std::string(next.status().message());
    if (next.ok()) {
      earlier = std::move(now);
      now = *std::move(next);
    }
    const system_file::ScreenSize size =
        is_terminal ? system_file::SizeOfScreen(system_file::kStandardOutput)
                    : system_file::ScreenSize{};
    const std::string page = PageOf(earlier, now,
                                    {.of = target.ToString(),
                                     .note = note,
                                     .columns = size.columns,
                                     .rows = size.rows,
                                     .colour = is_terminal});
    if (is_terminal) Print("\033[H\033[J");
    // Without its last newline, which would scroll a full screen.
    Print(is_terminal ? page.substr(0, page.size() - 1) : absl::StrCat(page, "\n"));
    if (!FlushStandardOutput()) break;
  }
  if (is_terminal) Print("\033[?25h\033[?1049l");
  FlushStandardOutput();
  return kExitOk;
}

int WatchHandler(const WatchArguments& arguments) {
  const absl::StatusOr<HttpTarget> target = ParseHttpTarget(arguments.target);
  if (!target.ok()) return Fail(target.status());
  const auto interval = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::duration<double>(arguments.interval_seconds));
  WatchStopSignals();
  absl::StatusOr<Scrape> first = Take(*target);
  if (!first.ok()) return Fail(first.status());
  if (!arguments.once) return WatchOn(*target, interval, *std::move(first));
  const SteadyClock::time_point end = SteadyClock::now() + interval;
  while (SteadyClock::now() < end && !StopRequested()) {
    SleepUnlessStopped(std::chrono::ceil<std::chrono::milliseconds>(end - SteadyClock::now()));
  }
  const absl::StatusOr<Scrape> second = Take(*target);
  if (!second.ok()) return Fail(second.status());
  Print(PageOf(*first, *second, {.of = target->ToString()}));
  FlushStandardOutput();
  return kExitOk;
}

}  // namespace

void AddLatencyWatch(Verb latency, int& exit_code) {
  const Verb verb = latency.AddVerb("watch", "Show a running handler on the terminal, like top");
  auto arguments = std::make_shared<WatchArguments>();
  verb.Add("HOST:PORT", arguments->target,
           "Where the handler serves its metrics (--http): 127.0.0.1:9464, or "
           "http://HOST:PORT/metrics")
      .Required();
  verb.Add("--interval", arguments->interval_seconds, "Seconds between two looks")
      .Range(0.1, 3600.0)
      .ShowDefault();
  verb.AddFlag("--once", arguments->once, "Print one page, of one interval, and end");
  verb.Footer(
      "Lines with age and rate, gaps, drops by layer, rings, and the latencies of each stage over "
      "the\n"
      "last interval. These come from the buckets of the metrics: a percentile is known to lie "
      "below\n"
      "one bound and above the one before; `latency report` of a run's file has them exactly. "
      "What\n"
      "is bad is marked with !. q ends it.\n\n"
      "Examples:\n"
      "  feedhandler run itch.textproto --http=127.0.0.1:9464\n"
      "  feedhandler latency watch 127.0.0.1:9464\n"
      "  feedhandler latency watch 127.0.0.1:9464 --once | grep '!'");
  verb.OnRun([arguments, &exit_code] { exit_code = WatchHandler(*arguments); });
}

}  // namespace fh::cli
