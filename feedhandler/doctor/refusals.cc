#include "feedhandler/doctor/refusals.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "feedhandler/output/system_file.h"
#include "feedhandler/strategy/host.h"
#include "feedhandler/strategy/loader.h"
#include "feedhandler/strategy/parameters.h"
#include "rio/backends.h"

namespace fh {
namespace {

constexpr char kAfXdp[] = "af_xdp";
constexpr char kNodes[] = "/sys/devices/system/node";

std::string WithPlace(const std::string& place, absl::string_view message) {
  return place.empty() ? std::string(message) : absl::StrCat(place, ": ", message);
}

void CheckNode(const FeedThreadConfig& thread, const rio::HostFiles& files,
               std::vector<std::string>& refusals) {
  const std::optional<int> node = thread.receiver.region.numa_node;
  if (!node.has_value() || !files.Exists(kNodes)) return;
  if (files.Exists(absl::StrCat(kNodes, "/node", *node))) return;
  std::vector<std::string> nodes;
  for (const std::string& name : files.List(kNodes)) {
    if (absl::StartsWith(name, "node")) nodes.push_back(name.substr(4));
  }
  const std::string of = thread.name.empty() ? "" : absl::StrCat("feed thread ", thread.name, ": ");
  refusals.push_back(absl::StrCat(of, "receiver.numa_node: there is no NUMA node ", *node,
                                  "; this host has: ", absl::StrJoin(nodes, ", "),
                                  ". Name one of these, or leave numa_node out"));
}

// Whether making the strategy would wait for the reader of a pipe.
bool WritesToPipe(const StrategyConfig& strategy) {
  Parameters parameters(strategy.parameters);
  const std::string output = parameters.Text("output", "-");
  return system_file::LookAt(output.c_str()).kind == system_file::Kind::kPipe;
}

}  // namespace

std::vector<std::string> HostRefusals(const Config& config, const rio::HostFiles& files) {
  std::vector<std::string> refusals;
  std::set<std::string> refused_backends;  // Each once.
  for (const FeedThreadConfig& thread : config.feed_threads) {
    const auto backend = rio::ChooseBackend(thread.receiver.backend);
    if (!backend.ok() && refused_backends.insert(thread.receiver.backend).second) {
      refusals.emplace_back(backend.status().message());
    }
    CheckNode(thread, files, refusals);
  }
  for (const FeedConfig& feed : config.feeds) {
    for (const ChannelConfig& channel : feed.channels) {
      const ReceiverConfig& receiver = config.feed_threads[channel.feed_thread].receiver;
      for (const LineConfig& line : channel.lines) {
        const absl::Status status = doctor_internal::ProbeLine(line.subscription, receiver.options,
                                                               receiver.backend == kAfXdp);
        if (!status.ok()) refusals.push_back(WithPlace(line.place, status.message()));
      }
    }
  }
  for (const FeedThreadConfig& thread : config.feed_threads) {
    if (thread.receiver.backend != kAfXdp || !refusals.empty()) continue;
    const absl::Status status = doctor_internal::ProbeXdp(thread.receiver.options);
    if (!status.ok()) refusals.emplace_back(status.message());
  }
  return refusals;
}

std::vector<std::string> StrategyRefusals(const Config& config) {
  std::vector<std::string> refusals;
  // All at once, as they will be: two that write to one file refuse each other.
  std::vector<std::unique_ptr<StrategyHost>> hosts;
  std::vector<LoadedStrategy> strategies;
  for (const StrategyThreadConfig& thread : config.strategy_threads) {
    for (const StrategyConfig& strategy : thread.strategies) {
      absl::Status status;
      if (SharedLibrary::IsPath(strategy.name) || WritesToPipe(strategy)) {
        status = DescribeStrategy(strategy.name).status();
      } else {
        hosts.push_back(
            std::make_unique<StrategyHost>(strategy.name, [](LogSeverity, const std::string&) {}));
        absl::StatusOr<LoadedStrategy> made =
            LoadStrategy(strategy.name, strategy.parameters, hosts.back()->table());
        status = made.status();
        if (made.ok()) strategies.push_back(*std::move(made));
      }
      if (!status.ok()) refusals.push_back(WithPlace(strategy.place, status.message()));
    }
  }
  return refusals;
}

}  // namespace fh
