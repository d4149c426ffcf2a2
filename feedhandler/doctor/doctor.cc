#include "feedhandler/doctor/doctor.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "codecs/json_writer.h"
#include "feedhandler/doctor/examination.h"
#include "latency/clock.h"
#include "rio/af_xdp/xdp_options.h"
#include "rio/backends.h"

namespace fh {

DoctorHost ThisHost() {
  DoctorHost host{.files = rio::HostFiles(),
                  .ethtool = rio::HostEthtool(),
                  .backends = {},
                  .clock = latency::Clock().Describe()};
  for (const rio::BackendInfo& backend : rio::SocketBackends()) {
    const rio::ProbeResult probe = backend.probe();
    host.backends.push_back({backend.name, probe.available ? "" : probe.reason});
  }
  return host;
}

std::vector<Finding> Examine(const DoctorHost& host, const Config* config) {
  const doctor_internal::Needs needs(config);
  std::vector<Finding> findings;
  doctor_internal::Examination examination{host, needs, findings};
  CheckBackends(examination);
  CheckSockets(examination);
  CheckInterfaces(examination);
  CheckSteering(examination);
  CheckCpus(examination);
  CheckMemory(examination);
  return findings;
}

const char* FindingLevelName(FindingLevel level) {
  switch (level) {
    case FindingLevel::kOk:
      return "OK";
    case FindingLevel::kWarn:
      return "WARN";
    case FindingLevel::kFail:
      return "FAIL";
  }
  return "?";
}

bool WouldLoseData(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.level == FindingLevel::kFail; });
}

std::string FindingsText(const std::vector<Finding>& findings) {
  std::string text;
  size_t counts[3] = {};
  for (const Finding& finding : findings) {
    ++counts[static_cast<size_t>(finding.level)];
    absl::StrAppendFormat(&text, "%-5s %-18s %s\n", FindingLevelName(finding.level), finding.item,
                          finding.read);
    if (!finding.why.empty()) absl::StrAppendFormat(&text, "%24s %s\n", "", finding.why);
    if (finding.command.empty()) continue;
    for (const absl::string_view command : absl::StrSplit(finding.command, '\n')) {
      absl::StrAppendFormat(&text, "%24s # %s\n", "", command);
    }
  }
  return absl::StrCat(text, "\n", counts[2], " would lose data, ", counts[1], " could be better, ",
                      counts[0], " well\n");
}

std::string FindingsJson(const std::vector<Finding>& findings) {
  JsonWriter json;
  json.BeginObject();
  json.Key("ok").Bool(!WouldLoseData(findings));
  json.Key("findings").BeginArray();
  for (const Finding& finding : findings) {
    json.BeginObject();
    json.Key("item").Text(finding.item);
    json.Key("level").Text(FindingLevelName(finding.level));
    json.Key("read").Text(finding.read);
    json.Key("why").Text(finding.why);
    json.Key("command").Text(finding.command);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return absl::StrCat(json.text(), "\n");
}

namespace doctor_internal {

Needs::Needs(const Config* config) {
  if (config == nullptr) return;
  has_config = true;
  backends.clear();
  feed_threads = config->feed_threads;
  socket_buffer_bytes = 0;
  slice_bytes = UINT32_MAX;
  for (const FeedThreadConfig& thread : feed_threads) AddReceiver(thread.receiver);
  const auto add = [this](const ThreadOptions& thread) {
    if (thread.cpu.has_value()) {
      pinned.emplace(*thread.cpu, thread.name);
    } else {
      ++unpinned_threads;
    }
    spinning_threads += thread.idle == IdleMode::kSpin ? 1 : 0;
    realtime_spinning |= thread.realtime_priority.has_value() && thread.idle != IdleMode::kYield;
  };
  for (const FeedThreadConfig& thread : feed_threads) add(thread.thread);
  for (const StrategyThreadConfig& thread : config->strategy_threads) add(thread.thread);
}

void Needs::AddReceiver(const ReceiverConfig& receiver) {
  const rio::ReceiverOptions& options = receiver.options;
  const rio::RegionOptions& region = receiver.region;
  backends.insert(receiver.backend);
  socket_buffer_bytes = std::max(socket_buffer_bytes, options.socket_buffer_bytes);
  slice_bytes = std::min(slice_bytes, region.slice_bytes);
  region_bytes += uint64_t{region.slice_bytes} * region.slice_count;
  huge_pages |= region.huge_pages;
  lock_memory |= region.lock;
  busy_poll_us = std::max(busy_poll_us, options.busy_poll_us);
  generic_xdp |= rio::XdpOptionsOf(options).mode == rio::XdpMode::kGeneric;
  lines += options.subscriptions.size();
  for (const rio::Subscription& line : options.subscriptions) {
    source_specific |= !line.source.is_none();
    if (!line.vlan.is_untagged()) tagged.insert(line.interface);
    if (!line.interface.empty()) {
      interfaces.insert(line.interface);
    } else if (line.group.address.IsMulticast()) {
      ++unnamed_lines;
    }
  }
}

void CheckBackends(Examination& examination) {
  const Needs& needs = examination.needs;
  for (const BackendState& backend : examination.host.backends) {
    const std::string item = "receive path";
    if (backend.refusal.empty()) {
      examination.Ok(item, absl::StrCat(backend.name, " can run"));
    } else if (needs.Uses(backend.name.c_str())) {
      examination.Fail(item, absl::StrCat(backend.name, " cannot run: ", backend.refusal),
                       "the configuration names it", "");
    } else {
      examination.Ok(item, absl::StrCat(backend.name, " cannot run here (", backend.refusal,
                                        "), and nobody asks for it"));
    }
  }
  if (!examination.host.clock.empty()) examination.Ok("clock", examination.host.clock);
}

}  // namespace doctor_internal
}  // namespace fh
