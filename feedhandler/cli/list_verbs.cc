// The verbs that only look: codecs, backends, strategies, check, version.
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "codecs/instrument_store.h"
#include "codecs/json_writer.h"
#include "codecs/registry.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/supervise.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/config/config.h"
#include "feedhandler/doctor/refusals.h"
#include "feedhandler/inspect/message_doc.h"
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
    if (codec->numbering.unit == codecs::Numbering::Unit::kPackets) {
      PrintF("%-12s   packets are numbered, not messages\n", "");
    }
    if (codec->numbering.has_streams) {
      PrintF("%-12s   several numbered streams on a line (channel.streams)\n", "");
    }
    PrintF("%-12s   specification: %s\n", "", codec->specification);
    PrintF("%-12s   checked: %s\n", "", codec->checked);
  }
}

void PrintCodecsJson() {
  JsonWriter json;
  json.BeginArray();
  for (const codecs::CodecInfo* codec : codecs::Codecs()) {
    json.BeginObject().Key("name").Text(codec->name).Key("title").Text(codec->title);
    json.Key("framing").Text(codec->framing).Key("file_form").Bool(codec->has_file_form);
    json.Key("has_streams").Bool(codec->numbering.has_streams);
    json.Key("numbers_packets").Bool(codec->numbering.unit == codecs::Numbering::Unit::kPackets);
    json.Key("message_types").Number(codec->messages.size());
    json.Key("specification").Text(codec->specification);
    json.Key("checked").Text(codec->checked).EndObject();
  }
  json.EndArray().EndLine();
  Print(json.text());
}

struct CodecsArguments {
  std::vector<std::string> describe;  // A codec, and one of its messages or none.
  std::string format = "text";
  bool json = false;
};

int ListCodecs(const CodecsArguments& arguments) {
  if (arguments.describe.empty()) {
    arguments.json ? PrintCodecsJson() : PrintCodecs();
    return kExitOk;
  }
  const absl::StatusOr<const codecs::CodecInfo*> info = codecs::FindCodec(arguments.describe[0]);
  if (!info.ok()) return Fail(info.status());
  const DocFormat format = arguments.json || arguments.format == "json" ? DocFormat::kJson
                           : arguments.format == "markdown"             ? DocFormat::kMarkdown
                                                                        : DocFormat::kText;
  if (arguments.describe.size() == 1) {
    Print(MessageListDoc(**info, format));
    return kExitOk;
  }
  const absl::StatusOr<const codecs::MessageInfo*> message =
      FindMessage(**info, arguments.describe[1]);
  if (!message.ok()) return Fail(message.status());
  Print(MessageDoc(**info, **message, format));
  return kExitOk;
}

void AddCodecsVerb(Verb program, int& exit_code) {
  const Verb verb = program.AddVerb(
      "codecs",
      "List the protocols this program decodes, how each was checked, and their messages");
  auto arguments = std::make_shared<CodecsArguments>();
  const Option describe =
      verb.Add("--describe", arguments->describe,
               "CODEC: its messages, and what updates they become; CODEC MESSAGE: every "
               "field of a message, named as `decode` names it, or by its type")
          .Values(1, 2);
  verb.Add("--format", arguments->format, "Of --describe: text, markdown or json")
      .OneOf({"text", "markdown", "json"})
      .Needs(describe);
  verb.AddFlag("--json", arguments->json, "Print JSON");
  verb.Footer(
      "Examples:\n"
      "  feedhandler codecs\n"
      "  feedhandler codecs --describe itch50\n"
      "  feedhandler codecs --describe itch50 order_executed\n"
      "  feedhandler codecs --describe cme_mdp3 46 --format=markdown");
  verb.OnRun([arguments, &exit_code] { exit_code = ListCodecs(*arguments); });
}

void AvailabilityJson(const char* name, const char* description, const rio::ProbeResult& probe,
                      JsonWriter& json) {
  json.BeginObject().Key("name").Text(name).Key("description").Text(description);
  json.Key("available").Bool(probe.available).Key("reason").Text(probe.reason).EndObject();
}

void PrintBackendsJson() {
  JsonWriter json;
  json.BeginObject().Key("backends").BeginArray();
  for (const rio::BackendInfo& backend : rio::SocketBackends()) {
    AvailabilityJson(backend.name, backend.description, backend.probe(), json);
  }
  json.EndArray().Key("queues").BeginArray();
  for (const rio::ProviderInfo& provider : rio::Providers()) {
    AvailabilityJson(provider.name, provider.description, provider.probe(), json);
  }
  json.EndArray().EndObject().EndLine();
  Print(json.text());
}

void PrintStrategies(bool as_json) {
  JsonWriter json;
  json.BeginArray();
  for (const fh_strategy* strategy : BuiltInStrategies()) {
    const char* const help = strategy->help == nullptr ? "" : strategy->help;
    json.BeginObject().Key("name").Text(strategy->name).Key("help").Text(help).EndObject();
    if (!as_json) PrintF("%-12s %s\n", strategy->name, help);
  }
  json.EndArray().EndLine();
  if (as_json) Print(json.text());
}

void PrintVersion(bool as_json) {
  const std::string clock = latency::Clock().Describe();
  if (!as_json) {
    PrintF("feedhandler %s\nplugin ABI %u, updates of %zu bytes\nclock: %s\n", kVersion,
           FH_PLUGIN_ABI_VERSION, sizeof(fh_update), clock.c_str());
    return;
  }
  JsonWriter json;
  json.BeginObject().Key("version").Text(kVersion).Key("plugin_abi").Number(FH_PLUGIN_ABI_VERSION);
  json.Key("update_bytes").Number(sizeof(fh_update)).Key("clock").Text(clock).EndObject();
  Print(absl::StrCat(json.text(), "\n"));
}

std::shared_ptr<bool> AddJson(Verb verb) {
  auto json = std::make_shared<bool>(false);
  verb.AddFlag("--json", *json, "Print JSON");
  return json;
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

struct CheckArguments {
  std::string path;
  std::string metrics_file;
  bool file_only = false;
  bool json = false;
};

// The verdict on standard output, and what is wrong on standard error, a line each.
int Verdict(const CheckArguments& arguments, const absl::Status& status) {
  if (arguments.json) {
    JsonWriter json;
    json.BeginObject().Key("ok").Bool(status.ok()).Key("errors").BeginArray();
    if (!status.ok()) {
      for (absl::string_view line : absl::StrSplit(status.message(), '\n')) {
        json.Text({line.data(), line.size()});
      }
    }
    json.EndArray().EndObject().EndLine();
    Print(json.text());
  }
  return status.ok() ? kExitOk : Fail(status);
}

// What is wrong with the schema files that codecs are to read.
std::vector<std::string> SchemaRefusals(const Config& config) {
  std::vector<std::string> refusals;
  for (const FeedConfig& feed : config.feeds) {
    if (feed.schema.empty()) continue;
    codecs::InstrumentStore instruments(1);
    const absl::Status made = (*codecs::FindCodec(feed.codec))
                                  ->make({.instruments = &instruments, .schema = feed.schema})
                                  .status();
    if (!made.ok()) refusals.push_back(absl::StrCat("feed ", feed.name, ": ", made.message()));
  }
  return refusals;
}

int Check(const CheckArguments& arguments) {
  const std::string& path = arguments.path;
  const absl::StatusOr<FileHold> config_file = HoldConfig(path);
  if (!config_file.ok()) return Verdict(arguments, config_file.status());
  const absl::StatusOr<Config> config = LoadConfig(
      path, {.cpus = arguments.file_only ? 0 : ConfiguredCpus(), .backends = LiveBackendNames()});
  if (!config.ok()) return Verdict(arguments, config.status());
  for (const std::string& warning : config->warnings) {
    std::fprintf(stderr, "%s\n", warning.c_str());
  }
  size_t lines = 0;
  for (const FeedConfig& feed : config->feeds) {
    for (const ChannelConfig& channel : feed.channels) lines += channel.lines.size();
  }
  if (!arguments.file_only) {
    std::vector<std::string> refusals = HostRefusals(*config, rio::HostFiles());
    for (std::string& refusal : StrategyRefusals(*config)) refusals.push_back(std::move(refusal));
    for (std::string& refusal : SchemaRefusals(*config)) refusals.push_back(std::move(refusal));
    const absl::Status metrics = ClaimMetrics(arguments.metrics_file).status();
    if (!metrics.ok()) refusals.emplace_back(metrics.message());
    if (!refusals.empty()) {
      return Verdict(arguments, absl::InvalidArgumentError(absl::StrJoin(refusals, "\n")));
    }
  }
  if (arguments.json) return Verdict(arguments, absl::OkStatus());
  PrintF("%s: %zu feed(s) on %zu line(s), %zu strategy thread(s): no errors\n", path.c_str(),
         config->feeds.size(), lines, config->strategy_threads.size());
  return kExitOk;
}

}  // namespace

void AddListVerbs(Verb program, int& exit_code) {
  AddCodecsVerb(program, exit_code);
  const Verb backends =
      program.AddVerb("backends", "List the receive paths, and which of them this host can run");
  backends.Footer("Example:\n  feedhandler backends");
  backends.OnRun([json = AddJson(backends)] { *json ? PrintBackendsJson() : PrintBackends(); });
  const Verb strategies =
      program.AddVerb("strategies", "List the built-in strategies and their parameters");
  strategies.Footer("Example:\n  feedhandler strategies");
  strategies.OnRun([json = AddJson(strategies)] { PrintStrategies(*json); });
  const Verb version = program.AddVerb("version", "Print the version, and what the clock is");
  version.Footer("Example:\n  feedhandler version");
  version.OnRun([json = AddJson(version)] { PrintVersion(*json); });
  const Verb check = program.AddVerb("check", "Check a configuration without running it");
  auto arguments = std::make_shared<CheckArguments>();
  check.Add("CONFIG", arguments->path, "File in Protobuf text format").Required();
  check.Add("--metrics", arguments->metrics_file,
            "As `run` would be given it: whether it may be written");
  check.AddFlag("--file-only", arguments->file_only,
                "Look at the file alone, not at whether this host can run it");
  check.AddFlag("--json", arguments->json, "Print the verdict as one JSON object");
  check.Footer(
      "Every error is reported with file, line and column. So is all that `run` would refuse on\n"
      "this host: interfaces, addresses, routes and NUMA nodes that it does not have, plugins "
      "that\n"
      "are not there or of another ABI, schemas that cannot be read, outputs that cannot be\n"
      "written. Nothing is joined or written.\n\nExamples:\n"
      "  feedhandler check itch.textproto\n"
      "  feedhandler check --file-only itch.textproto         on another machine than its own");
  check.OnRun([arguments, &exit_code] { exit_code = Check(*arguments); });
}

}  // namespace fh::cli
