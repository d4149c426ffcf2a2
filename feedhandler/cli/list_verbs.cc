// The verbs that only look: codecs, backends, check, version.
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "codecs/registry.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/config/config.h"
#include "feedhandler/pipeline/live.h"
#include "feedhandler/strategy/loader.h"
#include "feedhandler/threads/thread_setup.h"
#include "feedhandler/version.h"
#include "latency/clock.h"
#include "rio/backends.h"
#include "rio/registered/providers.h"

namespace fh::cli {
namespace {

void PrintCodecs() {
  for (const codecs::CodecInfo* codec : codecs::Codecs()) {
    PrintF("%-12s %s\n", codec->name, codec->title);
    PrintF("%-12s   framing: %s%s; %zu message types\n", "", codec->framing,
           codec->has_file_form ? ", length-prefixed files" : "", codec->messages.size());
    PrintF("%-12s   specification: %s\n", "", codec->specification);
    PrintF("%-12s   checked: %s\n", "", codec->checked);
  }
}

void PrintBackends() {
  for (const rio::BackendInfo& backend : rio::SocketBackends()) {
    const rio::ProbeResult probe = backend.probe();
    PrintF("%-20s %s\n", backend.name, backend.description);
    PrintF("%-20s   %s%s\n", "",
           probe.available ? "available" : "not available: ", probe.reason.c_str());
  }
  PrintF("%-20s %s\n", "capture", "a capture file, through the same loop (verb `replay`)");
  PrintF("%-20s   available\n", "");
  PrintF("%-20s %s\n", "queues",
         "Registered I/O's request queues, for programs: receive and send, UDP and TCP");
  for (const rio::ProviderInfo& provider : rio::Providers()) {
    const rio::ProbeResult probe = provider.probe();
    PrintF("%-20s   %s (%s): %s%s\n", "", provider.name, provider.description,
           probe.available ? "available" : "not available: ", probe.reason.c_str());
  }
}

int Check(const std::string& path) {
  const absl::StatusOr<FileHold> config_file = HoldConfig(path);
  if (!config_file.ok()) return Fail(config_file.status());
  const absl::StatusOr<Config> config =
      LoadConfig(path, {.cpus = ConfiguredCpus(), .backends = LiveBackendNames()});
  if (!config.ok()) return Fail(config.status());
  for (const std::string& warning : config->warnings) {
    std::fprintf(stderr, "%s\n", warning.c_str());
  }
  absl::Status strategies;
  size_t lines = 0;
  for (const FeedConfig& feed : config->feeds) {
    for (const ChannelConfig& channel : feed.channels) lines += channel.lines.size();
  }
  for (const StrategyThreadConfig& thread : config->strategy_threads) {
    for (const StrategyConfig& strategy : thread.strategies) {
      strategies.Update(DescribeStrategy(strategy.name).status());
    }
  }
  if (!strategies.ok()) return Fail(strategies);
  PrintF("%s: %zu feed(s) on %zu line(s), %zu strategy thread(s): no errors\n", path.c_str(),
         config->feeds.size(), lines, config->strategy_threads.size());
  return kExitOk;
}

}  // namespace

void AddListVerbs(CLI::App& program, int& exit_code) {
  CLI::App* codecs = program.add_subcommand(
      "codecs", "List the protocols this program decodes, and how each was checked");
  codecs->footer("Example:\n  feedhandler codecs");
  codecs->callback(PrintCodecs);
  CLI::App* backends = program.add_subcommand(
      "backends", "List the receive paths, and which of them this host can run");
  backends->footer("Example:\n  feedhandler backends");
  backends->callback(PrintBackends);
  CLI::App* version = program.add_subcommand("version", "Print the version, and what the clock is");
  version->footer("Example:\n  feedhandler version");
  version->callback([] {
    PrintF("feedhandler %s\nplugin ABI %u, updates of %zu bytes\nclock: %s\n", kVersion,
           FH_PLUGIN_ABI_VERSION, sizeof(fh_update), latency::Clock().Describe().c_str());
  });
  CLI::App* check = program.add_subcommand("check", "Check a configuration without running it");
  auto path = std::make_shared<std::string>();
  check->add_option("CONFIG", *path, "File in Protobuf text format")->required();
  check->footer(
      "Every error is reported with file, line and column; plugins are loaded and their ABI is\n"
      "compared, but nothing is joined or written.\n\nExample:\n  feedhandler check "
      "itch.textproto");
  check->callback([path, &exit_code] { exit_code = Check(*path); });
}

}  // namespace fh::cli
