// `feedhandler join GROUP:PORT...`: what arrives, without a configuration.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/inspect/host_network.h"
#include "feedhandler/inspect/watch.h"
#include "feedhandler/inspect/watch_report.h"
#include "rio/endpoint.h"

namespace fh::cli {
namespace {

struct JoinArguments {
  std::vector<std::string> groups;
  std::string interface;
  std::string source;
  std::string backend = "auto";
  std::optional<double> seconds;
  bool json = false;
};

class Printer final : public WatchListener {
 public:
  explicit Printer(bool json)
      : form_(json                          ? WatchReport::Form::kJson
              : StandardOutputMovesCursor() ? WatchReport::Form::kTable
                                            : WatchReport::Form::kLines) {}

  void OnStart(const std::string& backend, const std::vector<std::string>& notes) override {
    for (const std::string& note : notes) std::fprintf(stderr, "note: %s\n", note.c_str());
    std::fprintf(stderr, "listening with %s; stop with Ctrl-C\n", backend.c_str());
  }

  void OnInterval(const WatchState& state) override {
    const std::string text = report_.Interval(state, form_);
    const std::string hints =
        state.seconds < kSecondsBeforeHints ? std::string() : SilenceHints(state, HostInterfaces());
    if (form_ == WatchReport::Form::kTable) {
      Redraw(absl::StrCat(text, hints));
    } else {
      Print(text);
      // Once; the figures go on saying it.
      if (!hints.empty() && !hinted_) std::fputs(hints.c_str(), stderr);
      hinted_ |= !hints.empty();
    }
    writable_ = FlushStandardOutput();
  }

  void OnEnd(const WatchState& state) override {
    const std::string text = form_ == WatchReport::Form::kJson
                                 ? WatchSummaryJson(state)
                                 : absl::StrCat("\n", WatchSummary(state));
    Print(text);
  }

  // A reader that went away (`| head`) is a reason too.
  bool StopRequested() override { return cli::StopRequested() || !writable_; }

 private:
  static constexpr double kSecondsBeforeHints = 2;

  // Over what was drawn before. Lines are cut at the terminal's edge (DEC private mode 7): wrapped
  // ones would take more rows than are gone back.
  void Redraw(const std::string& text) {
    if (rows_ > 0) PrintF("\033[%ldA\033[J", rows_);
    PrintF("\033[?7l%s\033[?7h", text.c_str());
    rows_ = static_cast<long>(std::count(text.begin(), text.end(), '\n'));
  }

  const WatchReport::Form form_;
  WatchReport report_;
  long rows_ = 0;
  bool writable_ = true;
  bool hinted_ = false;
};

absl::StatusOr<WatchOptions> OptionsOf(const JoinArguments& arguments) {
  WatchOptions options;
  options.backend = arguments.backend;
  if (arguments.seconds.has_value()) {
    options.duration = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(*arguments.seconds));
  }
  rio::IpAddress source;
  if (!arguments.source.empty()) {
    const absl::StatusOr<rio::IpAddress> parsed = rio::IpAddress::Parse(arguments.source);
    if (!parsed.ok()) return parsed.status();
    source = *parsed;
  }
  for (const std::string& text : arguments.groups) {
    const absl::StatusOr<rio::Endpoint> group = rio::ParseEndpoint(text);
    if (!group.ok()) return group.status();
    options.subscriptions.push_back(
        {.group = *group, .source = source, .interface = arguments.interface});
  }
  return options;
}

int Join(const JoinArguments& arguments) {
  const absl::StatusOr<WatchOptions> options = OptionsOf(arguments);
  if (!options.ok()) return Fail(options.status());
  WatchStopSignals();
  Printer printer(arguments.json);
  const absl::Status ended = WatchGroups(*options, printer);
  if (!ended.ok()) return Fail(ended);
  return kExitOk;
}

}  // namespace

void AddJoinVerb(Verb program, int& exit_code) {
  const Verb verb = program.AddVerb("join", "Join groups and show what arrives");
  auto arguments = std::make_shared<JoinArguments>();
  verb.Add("GROUP:PORT", arguments->groups,
           "Multicast group, or an address of this host: 239.1.2.3:26400, "
           "[ff15::1]:26400")
      .Required();
  verb.Add("--interface", arguments->interface,
           "Network interface to join on (default: the system's route decides)");
  verb.Add("--source", arguments->source, "Take packets of this sender only (RFC 4607)");
  verb.Add("--backend", arguments->backend, "Receive path, see `feedhandler backends`")
      .ShowDefault();
  verb.Add("--seconds", arguments->seconds, "Stop after this many seconds (default: until Ctrl-C)")
      .Range(0.0, 1e9);
  verb.AddFlag("--json", arguments->json,
               "Print a JSON object every second, and one with \"final\" at the end");
  verb.Footer(
      "Every second: packets, bits, sizes, what the packets look like (every codec is asked),\n"
      "numbers and gaps, and what was dropped on the way; on a terminal as a table, else a line\n"
      "for each group. When nothing arrives it says what may be wrong. At the end a summary like\n"
      "that of `feedhandler inspect`.\n\n"
      "Examples:\n"
      "  feedhandler join 233.54.12.111:26477 233.49.196.111:26477 --interface=eth1\n"
      "  feedhandler join 239.255.0.1:26400 --interface=lo --seconds=10 --json");
  verb.OnRun([arguments, &exit_code] { exit_code = Join(*arguments); });
}

}  // namespace fh::cli
