// `feedhandler doctor [CONFIG]`: what of this host would lose packets or slow them down.
#include "feedhandler/doctor/doctor.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/supervise.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/config/config.h"
#include "feedhandler/doctor/refusals.h"
#include "feedhandler/pipeline/live.h"
#include "feedhandler/threads/thread_setup.h"

namespace fh::cli {
namespace {

struct DoctorArguments {
  std::string config;
  std::string metrics_file;
  bool json = false;
};

int Doctor(const DoctorArguments& arguments) {
  const absl::StatusOr<FileHold> config_file = HoldConfig(arguments.config);
  if (!config_file.ok()) return Fail(config_file.status());
  std::optional<Config> config;
  if (!arguments.config.empty()) {
    // CPUs that are missing are a finding here, not an error of the file.
    absl::StatusOr<Config> loaded =
        LoadConfig(arguments.config, {.cpus = 0, .backends = LiveBackendNames()});
    if (!loaded.ok()) return Fail(loaded.status());
    config = *std::move(loaded);
  }
  const DoctorHost host = ThisHost();
  std::vector<Finding> findings = Examine(host, config.has_value() ? &*config : nullptr);
  if (config.has_value()) {
    std::vector<std::string> refusals = HostRefusals(*config, host.files);
    for (std::string& refusal : StrategyRefusals(*config)) refusals.push_back(std::move(refusal));
    const absl::Status metrics = ClaimMetrics(arguments.metrics_file).status();
    if (!metrics.ok()) refusals.emplace_back(metrics.message());
    for (std::string& refusal : refusals) {
      findings.push_back({FindingLevel::kFail, "configuration", std::move(refusal),
                          "`feedhandler run` refuses to start", ""});
    }
  }
  Print(arguments.json ? FindingsJson(findings) : FindingsText(findings));
  return WouldLoseData(findings) ? kExitFailed : kExitOk;
}

}  // namespace

void AddDoctorVerb(Verb program, int& exit_code) {
  const Verb verb =
      program.AddVerb("doctor", "Look at this host for what would lose or delay packets");
  auto arguments = std::make_shared<DoctorArguments>();
  verb.Add("CONFIG", arguments->config,
           "Judge the host by what this configuration needs of it (default: by the "
           "defaults, on all interfaces that are up)");
  verb.Add("--metrics", arguments->metrics_file,
           "As `run` would be given it: whether it may be written");
  verb.AddFlag("--json", arguments->json, "Print one JSON object");
  verb.Footer(
      "Each finding is OK, WARN or FAIL, with what was read; below it why that matters and, behind "
      "#,\n"
      "the command that changes it. WARN: slower than it could be, or lossy under a load that may\n"
      "never come. FAIL: data would be lost, or the configuration cannot run.\n"
      "Looked at: receive paths, socket buffers, backlog, memberships and source filters; of each\n"
      "interface link, ring, offloads, interrupt delay, losses so far, interrupts and NUMA node;\n"
      "of feed threads on AF_XDP queues the ethtool commands that steer each group to its queue;\n"
      "governor, isolation, real-time throttling, clocks, huge pages, limits. Nothing is changed.\n"
      "Settings of sysctl and ethtool do not survive a restart: put them where your system keeps "
      "them.\n\n"
      "Exit code 0: nothing would lose data; 1: something would; 2: the configuration is wrong.\n\n"
      "Examples:\n"
      "  feedhandler doctor\n"
      "  feedhandler doctor itch.textproto && feedhandler run itch.textproto\n"
      "  feedhandler doctor --json | jq -r '.findings[] | select(.level != \"OK\") | .command'");
  verb.OnRun([arguments, &exit_code] { exit_code = Doctor(*arguments); });
}

}  // namespace fh::cli
