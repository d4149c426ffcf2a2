// `feedhandler demo`: the main job in one program, on data of its own making or on a capture.
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "feedhandler/cli/demo_publisher.h"
#include "feedhandler/cli/demo_source.h"
#include "feedhandler/cli/http_option.h"
#include "feedhandler/cli/latency_files.h"
#include "feedhandler/cli/progress.h"
#include "feedhandler/cli/standard_output.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/live/live_view.h"
#include "feedhandler/pipeline/crash_report.h"
#include "feedhandler/pipeline/live.h"
#include "feedhandler/pipeline/pipeline.h"
#include "feedhandler/report/summary.h"
#include "latency/clock.h"
#include "latency/open_loop.h"
#include "latency/report.h"
#include "rio/socket/sender.h"

namespace fh::cli {
namespace {

using latency::FormatCount;

struct DemoArguments {
  std::string capture;
  std::string codec;
  std::string plugin;
  std::string backend = "auto";
  ItchDayOptions day;
  uint32_t messages_per_packet = 8;
  DemoPublisherOptions publisher;
  HttpOption http;
  LatencyArguments latency;
};

// The publisher is a thread of this program: taken off its core between the copies for the two lines,
// it makes gaps that are no losses. True ones are given up long before, for what comes behind them.
constexpr int64_t kGapTimeoutNs = 2'000'000'000;
constexpr uint64_t kRingUpdates = 65'536;
// More messages than are ever under way: in sockets, in windows, in rings.
constexpr size_t kSchedulePlaces = 262'144;

// Groups of this process's own, so that two demonstrations on one machine do not hear each other.
rio::Endpoint DemoGroup(size_t channel, int line) {
  const unsigned pid = ProcessNumber();
  return *rio::ParseEndpoint(absl::StrFormat("239.255.%d.%d:%d", pid >> 8 & 0xff, pid & 0xff,
                                             20'000 + 2 * static_cast<int>(channel) + line));
}

// The source's feeds, each channel on two groups of ours; two strategy threads.
Config MakeConfig(const DemoSource& source, const DemoArguments& arguments,
                  rio::SenderOptions& sending) {
  Config config;
  config.feeds = source.feeds();
  size_t index = 0;
  for (FeedConfig& feed : config.feeds) {
    feed.session.gap_timeout_ns = kGapTimeoutNs;
    for (ChannelConfig& channel : feed.channels) {
      for (int line = 0; line < 2; ++line) {
        const rio::Endpoint group = DemoGroup(index, line);
        channel.lines.push_back(
            {.name = line == 0 ? "A" : "B", .subscription = {.group = group, .interface = "lo"}});
        sending.destinations.push_back(group);
      }
      ++index;
    }
  }
  sending.interface = "lo";
  ReceiverConfig& receiver = config.feed_threads[0].receiver;
  receiver.backend = arguments.backend;
  receiver.options.subscriptions = SubscriptionsOf(config.feeds);
  receiver.options.stamps = rio::ReceiveStamps::kSoftware;
  receiver.region.slice_count =
      std::max(receiver.region.slice_count, static_cast<uint32_t>(HeldSlices(config.feeds) + 1024));
  for (const std::string& strategy :
       {std::string("count"), arguments.plugin.empty() ? std::string("null") : arguments.plugin}) {
    StrategyThreadConfig& thread = config.strategy_threads.emplace_back();
    thread.ring_updates = kRingUpdates;
    thread.strategies.push_back({.name = strategy, .parameters = ""});
  }
  return config;
}

void PrintAccount(const DemoPublisher& publisher, const PipelineCounters& counters) {
  SessionStats sum;
  for (const ChannelCounters& channel : counters.channels) {
    sum.delivered_messages += channel.session.delivered_messages;
    sum.duplicate_messages += channel.session.duplicate_messages;
  }
  const DemoAccount& account = publisher.account();
  PrintF("\nPublished and delivered (messages)\n");
  const auto row = [](const char* what, uint64_t count, const std::string& more) {
    PrintF("  %-28s %14s  %s\n", what, FormatCount(count).c_str(), more.c_str());
  };
  row("published", account.messages,
      absl::StrCat("in ", FormatCount(account.packets), " packets, each on lines A and B"));
  for (int line = 0; line < 2; ++line) {
    const LossyLineStats stats = publisher.line_stats(line);
    row(line == 0 ? "lost on line A, on purpose" : "lost on line B, on purpose",
        stats.messages_lost,
        absl::StrCat(FormatCount(stats.lost), " packets; ", FormatCount(stats.duplicated),
                     " packets sent twice, ", FormatCount(stats.reordered), " out of order"));
  }
  row("lost on both lines", account.lost_on_both, "nobody can deliver these");
  row("delivered", sum.delivered_messages, "to every strategy, in order, exactly once");
  row("duplicates dropped", sum.duplicate_messages, "the other line's copies, and second copies");
}

// Whether the figures add up; says where they do not.
bool Balance(const DemoPublisher& publisher, Pipeline& pipeline, const PipelineCounters& counters) {
  uint64_t delivered = 0;
  for (const ChannelCounters& channel : counters.channels) {
    delivered += channel.session.delivered_messages;
  }
  const DemoAccount& account = publisher.account();
  bool balanced = true;
  const auto check = [&balanced](uint64_t left, uint64_t right, const char* what) {
    if (left == right) return;
    balanced = false;
    PrintF("  NOT BALANCED: %s (%s against %s)\n", what, FormatCount(left).c_str(),
           FormatCount(right).c_str());
  };
  check(account.messages, delivered + account.lost_on_both,
        "published is not delivered + lost on both lines");
  check(account.sent, counters.packets, "datagrams sent are not datagrams received");
  check(account.send_failures, 0, "datagrams could not be sent");
  const std::vector<RingStats>& rings = counters.threads[0].rings;
  for (size_t i = 0; i < rings.size(); ++i) {
    check(rings[i].published, pipeline.strategy_threads()[i]->delivered(),
          "updates published are not updates delivered to a strategy");
    check(rings[i].dropped, 0, "updates did not fit into a ring");
  }
  if (balanced) PrintF("  published = delivered + lost on both lines\n");
  return balanced;
}

// Publishes everything. False when the receiver stopped taking packets.
bool PublishAll(DemoSource& source, DemoPublisher& publisher, latency::Clock& clock,
                Pipeline& pipeline, LiveView& view, LatencyFiles& latency) {
  ProgressBar progress("publishing");
  const std::optional<uint64_t> total = source.expected_messages() == 0
                                            ? std::nullopt
                                            : std::optional<uint64_t>(source.expected_messages());
  auto next_calibration = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  DemoPacket packet;
  while (!StopRequested() && source.Next(packet)) {
    if (!publisher.Publish(packet)) return false;
    if (publisher.account().packets % 256 != 0) continue;
    latency.Look([&pipeline] { return pipeline.Counters(); });
    progress.Show(publisher.account().messages, total,
                  absl::StrCat(FormatCount(publisher.account().messages), " messages"));
    if (std::chrono::steady_clock::now() < next_calibration) continue;
    clock.Recalibrate();
    for (const std::string& note : view.Look(pipeline.Counters())) {
      std::fprintf(stderr, "note: %s\n", note.c_str());
    }
    next_calibration += std::chrono::seconds(1);
  }
  return publisher.Finish();
}

// Of every channel of the feeds, in their order.
std::vector<uint16_t> ChannelIds(const Config& config) {
  std::vector<uint16_t> ids;
  for (const FeedConfig& feed : config.feeds) {
    for (const ChannelConfig& channel : feed.channels) ids.push_back(channel.id);
  }
  return ids;
}

int Demo(const DemoArguments& arguments) {
  std::vector<std::string> captures;
  if (!arguments.capture.empty()) captures.push_back(arguments.capture);
  const absl::StatusOr<std::vector<FileHold>> holds = HoldCaptures(captures);
  if (!holds.ok()) return Fail(holds.status());
  absl::StatusOr<std::unique_ptr<DemoSource>> source =
      arguments.capture.empty() ? MakeSyntheticSource(arguments.day, arguments.messages_per_packet)
                                : MakeCaptureSource(arguments.capture, arguments.codec);
  if (!source.ok()) return Fail(source.status());
  const absl::StatusOr<std::unique_ptr<HttpServer>> http = OpenHttp(arguments.http);
  if (!http.ok()) return Fail(http.status());
  rio::SenderOptions sending;
  const Config config = MakeConfig(**source, arguments, sending);
  absl::StatusOr<LatencyFiles> latency = LatencyFiles::Claim(arguments.latency);
  if (!latency.ok()) return Fail(latency.status());

  latency::Clock clock;
  WatchStopSignals();
  ReportCrashes();
  const bool has_schedule = arguments.publisher.packets_per_second != 0;
  latency::OpenLoop loop(
      {.schedule = absl::StrCat("a clock, ", arguments.publisher.packets_per_second,
                                " packets a second, eight at a time"),
       .key = latency::Schedule::Key::kMessage,
       .places = kSchedulePlaces});
  absl::StatusOr<std::unique_ptr<Pipeline>> pipeline = Pipeline::Create(
      config, {.day_ns = (*source)->day_ns(), .open_loop = has_schedule ? &loop : nullptr}, clock);
  if (!pipeline.ok()) return Fail(pipeline.status());
  absl::StatusOr<std::unique_ptr<rio::Sender>> sender = rio::Sender::Open(sending);
  if (!sender.ok()) return Fail(sender.status());
  const absl::StatusOr<std::string> backend = StartLive(**pipeline, config);
  if (!backend.ok()) return Fail(backend.status());
  PrintF("receiving on %s with %s, lines A and B; delivering to '%s' and '%s'\n",
         DemoGroup(0, 0).ToString().c_str(), backend->c_str(),
         config.strategy_threads[0].strategies[0].name.c_str(),
         config.strategy_threads[1].strategies[0].name.c_str());
  FlushStandardOutput();

  latency->Start(**pipeline, clock,
                 {.verb = "demo", .backend = *backend, .seed = arguments.day.seed});
  LiveView view(**pipeline, clock, {});
  if (*http != nullptr) {
    view.Serve(**http, {.report = latency->Described(), .collector = latency->collector()});
  }
  DemoPublisher publisher(
      **sender, SubscriptionsOf(config.feeds).size() / 2, arguments.publisher,
      [&] { return (*pipeline)->Counters().packets; },
      [&] {
        for (const auto& thread : (*pipeline)->strategy_threads()) {
          if (thread->ring().Depth() > kRingUpdates / 2) return true;
        }
        return false;
      },
      {.loop = has_schedule ? &loop : nullptr, .clock = &clock, .channel_ids = ChannelIds(config)});
  const bool all_taken = PublishAll(**source, publisher, clock, **pipeline, view, *latency);
  absl::Status status = (*pipeline)->Stop();
  if (*http != nullptr) (*http)->Stop();
  const PipelineCounters counters = (*pipeline)->Counters();
  PrintAccount(publisher, counters);
  const bool balanced = Balance(publisher, **pipeline, counters);
  if (!has_schedule) {
    PrintF(
        "\nClosed loop: without a rate packets are sent when there is room, and what waits for "
        "it is in no latency.\n");
  }
  PrintF("\n%s\n%s", TextSummary(**pipeline, counters, nullptr).c_str(),
         TextLatencies(**pipeline, counters, clock, /*picture=*/true).c_str());
  for (const std::string& note : (*pipeline)->Notes()) PrintF("note: %s\n", note.c_str());
  status.Update((*source)->status());
  for (const std::string& fault : latency->Finish(counters)) {
    status.Update(absl::DataLossError(fault));
  }
  if (!all_taken && !StopRequested()) {
    status.Update(absl::DeadlineExceededError(
        "the receiver did not take what was sent: is multicast on the loopback interface blocked "
        "by a firewall?"));
  }
  if (StopRequested()) status.Update(absl::AbortedError("stopped before the end of the day"));
  if (!status.ok()) Fail(status);
  return status.ok() && balanced ? kExitOk : kExitFailed;
}

}  // namespace

void AddDemoVerb(Verb program, int& exit_code) {
  const Verb verb = program.AddVerb(
      "demo", "Publish a made-up day on two lossy lines, receive it, and account for everything");
  auto arguments = std::make_shared<DemoArguments>();
  verb.Add("CAPTURE", arguments->capture,
           "Publish this capture instead of a synthetic ITCH 5.0 day");
  verb.Add("--codec", arguments->codec, "Of the capture, when it cannot be guessed");
  verb.Add("--messages", arguments->day.messages, "Messages of the synthetic day").ShowDefault();
  verb.Add("--symbols", arguments->day.symbols, "Symbols of the synthetic day").ShowDefault();
  verb.Add("--seed", arguments->day.seed, "Of the day and of the losses").ShowDefault();
  verb.Add("--messages-per-packet", arguments->messages_per_packet, "At most, in the synthetic day")
      .Range(1, 65'534)
      .ShowDefault();
  verb.Add("--loss-a", arguments->publisher.loss_a, "Share of packets lost on line A")
      .Range(0.0, 1.0)
      .ShowDefault();
  verb.Add("--loss-b", arguments->publisher.loss_b, "Share of packets lost on line B")
      .Range(0.0, 1.0)
      .ShowDefault();
  verb.Add("--rate", arguments->publisher.packets_per_second,
           "Packets a second and line; 0 = as fast as they are taken")
      .ShowDefault();
  verb.Add("--plugin", arguments->plugin,
           "Shared library of the second strategy (default: the built-in null)");
  verb.Add("--backend", arguments->backend, "Receive path (see `feedhandler backends`)")
      .ShowDefault();
  AddHttpOptions(verb, arguments->http);
  AddPipelineLatencyOptions(verb, arguments->latency);
  verb.Footer(
      "Everything happens on this machine's loopback interface, through real sockets: a publisher\n"
      "with two multicast lines that lose, repeat and reorder packets independently; a feed "
      "thread\n"
      "that receives, arbitrates and decodes them; two strategy threads. It ends with what was\n"
      "published, delivered, duplicated and lost, and the latency of each stage. Exit code 0 says\n"
      "that published = delivered + lost on both lines.\n"
      "The publisher never has more packets under way than a socket holds, so that on any machine\n"
      "nothing is lost but what the lines lose on purpose.\n"
      "With a --rate there is a schedule, and latency counts from it, too: what waited for a "
      "publisher\n"
      "or a receiver that stalled is in it. Beside it stands what a closed loop would have shown, "
      "and\n"
      "how late the publisher itself was. --rate=0 is a closed loop.\n\n"
      "Examples:\n"
      "  feedhandler demo\n"
      "  feedhandler demo day.pcap --loss-a=0.05 --loss-b=0.05");
  verb.OnRun([arguments, &exit_code] {
    arguments->publisher.seed = arguments->day.seed;
    exit_code = Demo(*arguments);
  });
}

}  // namespace fh::cli
