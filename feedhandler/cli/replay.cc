// `feedhandler replay CAPTURE...`: the production pipeline on a capture.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "feedhandler/cli/http_option.h"
#include "feedhandler/cli/sources.h"
#include "feedhandler/cli/supervise.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/trading_day.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/config/config.h"
#include "feedhandler/pipeline/crash_report.h"
#include "feedhandler/pipeline/from_file.h"
#include "feedhandler/pipeline/update_replay.h"
#include "latency/open_loop.h"
#include "replay/pacer.h"

namespace fh::cli {
namespace {

struct ReplayArguments {
  std::vector<std::string> captures;
  std::string codec;
  std::vector<std::string> lines;
  bool records = false;
  std::string trailer = "none";
  std::string config;
  std::string updates;
  std::string format = "csv";
  std::string without = "nothing";
  std::string columns;
  std::string record;
  std::string symbol;
  std::string books;
  std::string output = "-";
  std::optional<uint32_t> depth;
  std::vector<std::string> strategies;
  uint32_t orders = 0;
  std::string day;
  std::string metrics_file;
  std::string json_file;
  double speed = replay::PaceOptions::kFlatOut;
  HttpOption http;
  LatencyArguments latency;
};

// "count", "print:format=json", "./libspread.so:top=5", "C:\\plugins\\spread.dll:top=5"
StrategyConfig ParseStrategy(const std::string& text) {
  const bool has_drive = text.size() > 2 && text[1] == ':' && (text[2] == '\\' || text[2] == '/');
  const size_t colon = text.find(':', has_drive ? 2 : 0);
  if (colon == std::string::npos) return {.name = text, .parameters = ""};
  return {.name = text.substr(0, colon), .parameters = text.substr(colon + 1)};
}

// As a parameter's value: a comma would end it.
std::string Escaped(const std::string& text) { return absl::StrReplaceAll(text, {{",", "\\,"}}); }

std::string Filter(const char* key, const std::string& names) {
  return names.empty() ? "" : absl::StrCat(",", key, "=", Escaped(names));
}

// What --books asks for: books on the thread, of the instruments that are wanted, and who writes them.
void AddBooks(const ReplayArguments& arguments, const Config& config,
              StrategyThreadConfig& thread) {
  constexpr uint32_t kOrdersOfADay = 1 << 21;  // Of a US equity venue, at a time.
  BooksConfig books = BooksOf(config);
  books.channels.clear();
  books.orders = std::max(kOrdersOfADay, arguments.orders);
  books.symbols = absl::StrSplit(arguments.symbol, ',', absl::SkipEmpty());
  // --updates shows what the codec made of the messages, with or without books.
  books.top_records = false;
  books.fill_in = arguments.updates.empty();
  thread.books = std::move(books);
  thread.strategies.push_back(
      {.name = "books",
       .parameters = absl::StrCat(
           "kind=", arguments.books, ",format=", arguments.format,
           ",output=", Escaped(arguments.output),
           arguments.depth.has_value() ? absl::StrCat(",depth=", *arguments.depth) : "",
           Filter("symbol", arguments.symbol),
           absl::StrContains(arguments.without, "ts_recv") ? ",without=ts_recv" : "")});
}

bool HasStrategies(const ReplayArguments& arguments) {
  return !arguments.updates.empty() || !arguments.books.empty() || !arguments.strategies.empty();
}

// The strategies of the command line; those of the configuration when there are none.
void ChooseStrategies(const ReplayArguments& arguments, Config& config) {
  StrategyThreadConfig thread;
  if (!arguments.updates.empty()) {
    thread.strategies.push_back(
        {.name = "print",
         .parameters =
             absl::StrCat("format=", arguments.format, ",output=", Escaped(arguments.updates),
                          ",without=", arguments.without, Filter("columns", arguments.columns),
                          Filter("record", arguments.record), Filter("symbol", arguments.symbol))});
  }
  if (!arguments.books.empty()) AddBooks(arguments, config, thread);
  for (const std::string& strategy : arguments.strategies) {
    thread.strategies.push_back(ParseStrategy(strategy));
  }
  if (thread.strategies.empty() && !config.strategy_threads.empty()) return;
  if (thread.strategies.empty()) thread.strategies.push_back({.name = "count", .parameters = ""});
  config.strategy_threads = {std::move(thread)};
}

// What was said of captures: of a file of updates it would do nothing.
absl::Status CheckUpdateFile(const ReplayArguments& arguments, const std::string& path) {
  const std::pair<const char*, bool> given[] = {
      {"--codec", !arguments.codec.empty()},
      {"--line", !arguments.lines.empty()},
      {"--records", arguments.records},
      {"--trailer", arguments.trailer != "none"},
      {"--config", !arguments.config.empty()},
      {"--day", !arguments.day.empty()},
      {"--orders", arguments.orders != 0},
      {"--metrics", !arguments.metrics_file.empty()},
      {"--json", !arguments.json_file.empty()},
      {"--speed", arguments.speed != replay::PaceOptions::kFlatOut},
      {"--http", !arguments.http.address.empty()},
      {"--latency", !arguments.latency.latency_file.empty()},
      {"--html", !arguments.latency.html_file.empty()}};
  for (const auto& [option, is_given] : given) {
    if (is_given) {
      return absl::InvalidArgumentError(absl::StrCat("'", path, "' is a file of updates: ", option,
                                                     " is for captures, leave it out"));
    }
  }
  if (arguments.captures.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", path, "' is a file of updates, which are not merged: name it alone"));
  }
  return absl::OkStatus();
}

int ReplayUpdates(const ReplayArguments& arguments, const std::string& path) {
  if (absl::Status status = CheckUpdateFile(arguments, path); !status.ok()) return Fail(status);
  Config config;
  ChooseStrategies(arguments, config);
  return ReplayUpdateFile(path, config.strategy_threads, {.progress = "replaying"});
}

// What was said of --updates and --books: without them it would do nothing.
absl::Status CheckBookOptions(const ReplayArguments& arguments) {
  if (arguments.books == "top" && arguments.depth.has_value()) {
    return absl::InvalidArgumentError(
        "--depth is of --books=l2 and l3: a top is one level; leave it out");
  }
  if (arguments.symbol.empty() || !arguments.updates.empty() || !arguments.books.empty()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "--symbol says which instruments --updates and --books have: add one of them");
}

int Replay(const ReplayArguments& arguments) {
  if (absl::Status status = CheckBookOptions(arguments); !status.ok()) return Fail(status);
  for (const std::string& path : arguments.captures) {
    if (IsUpdateFile(path)) return ReplayUpdates(arguments, path);
  }
  const std::optional<rio::TrailerFormat> trailer = rio::ParseTrailerFormat(arguments.trailer);
  if (!trailer.has_value()) {
    return Fail(
        absl::InvalidArgumentError(absl::StrCat("there is no trailer format '", arguments.trailer,
                                                "'; there are: none, ", rio::kTrailerFormatNames)));
  }
  const absl::StatusOr<int64_t> day_ns = ParseTradingDay(arguments.day);
  if (!day_ns.ok()) return Fail(day_ns.status());
  const bool is_paced = arguments.speed != replay::PaceOptions::kFlatOut;
  const absl::Status pace_status = replay::CheckPaceOptions({.speed = arguments.speed});
  if (!pace_status.ok()) return Fail(pace_status);
  absl::StatusOr<FileSource> source =
      OpenFileSource({.paths = arguments.captures,
                      .codec = arguments.codec,
                      .lines = arguments.lines,
                      .records = arguments.records,
                      .trailer = *trailer,
                      .config_path = arguments.config,
                      .paced = is_paced,
                      .needs_strategies = !HasStrategies(arguments)});
  if (!source.ok()) return Fail(source.status());
  ChooseStrategies(arguments, source->config);
  if (arguments.orders != 0) {
    for (FeedConfig& feed : source->config.feeds) feed.orders = arguments.orders;
  }
  if (source->configured_feed_threads > 1) {
    std::fprintf(stderr,
                 "note: one thread reads the file in place of the %zu feed threads of the "
                 "configuration; its time stamps are the order of all updates\n",
                 source->configured_feed_threads);
  }

  absl::StatusOr<MetricsOutput> metrics = ClaimMetrics(arguments.metrics_file);
  if (!metrics.ok()) return Fail(metrics.status());
  absl::StatusOr<std::optional<ReplacedFile>> summary = ClaimSummary(arguments.json_file);
  if (!summary.ok()) return Fail(summary.status());
  // The address of the configuration is that of the live run, which may have it now.
  if (source->config.http.has_value() && arguments.http.address.empty()) {
    std::fprintf(stderr, "note: http of the configuration is for `run`; here it is --http\n");
  }
  const absl::StatusOr<std::unique_ptr<HttpServer>> http = OpenHttp(arguments.http);
  if (!http.ok()) return Fail(http.status());
  absl::StatusOr<LatencyFiles> latency = LatencyFiles::Claim(arguments.latency);
  if (!latency.ok()) return Fail(latency.status());

  return ReplaySource(*source, *day_ns,
                      {.progress = "replaying",
                       .metrics = &*metrics,
                       .summary = &*summary,
                       .http = http->get(),
                       .latency = &*latency},
                      arguments.speed);
}

}  // namespace

int ReplayUpdateFile(const std::string& path, const std::vector<StrategyThreadConfig>& threads,
                     const SuperviseOptions& options) {
  const latency::Clock clock;
  WatchStopSignals();
  ReportCrashes();
  absl::StatusOr<std::unique_ptr<UpdateReplay>> replay =
      UpdateReplay::Create(path, threads, LogToStandardError, clock);
  if (!replay.ok()) return Fail(replay.status());
  (*replay)->Start();
  return SuperviseUpdates(**replay, options);
}

int ReplaySource(const FileSource& source, int64_t day_ns, SuperviseOptions options, double speed) {
  latency::Clock clock;
  WatchStopSignals();
  ReportCrashes();
  WatchReportSignal();
  const bool is_paced = speed != replay::PaceOptions::kFlatOut;
  latency::OpenLoop loop({.schedule = absl::StrCat("the capture's stamps at ", speed, "x")});
  absl::StatusOr<std::unique_ptr<Pipeline>> pipeline =
      Pipeline::Create(source.config,
                       {.from_file = true,
                        .framing = source.framing,
                        .day_ns = day_ns,
                        .open_loop = is_paced ? &loop : nullptr},
                       clock);
  if (!pipeline.ok()) return Fail(pipeline.status());
  if (options.latency != nullptr) {
    options.latency->Start(
        **pipeline, clock,
        {.verb = "replay", .loop = is_paced ? proto::Run::OPEN : proto::Run::CLOSED});
  }
  FileProgress progress;
  const FilePaceOptions pace{.speed = speed, .clock = &clock, .loop = &loop};
  if (absl::Status started = StartFile(**pipeline, source, progress, is_paced ? &pace : nullptr);
      !started.ok()) {
    return Fail(started);
  }
  options.position = [&] { return progress.Position(); };
  options.source_status = [&] { return progress.status(); };
  options.source_summary = [&] { return progress.Summary(); };
  options.source_groups = [&] { return progress.Groups(); };
  return Supervise(**pipeline, clock, options);
}

void AddReplayVerb(Verb program, int& exit_code) {
  const Verb verb = program.AddVerb(
      "replay", "Run the production pipeline on a capture, flat out or at its pace");
  auto arguments = std::make_shared<ReplayArguments>();
  verb.Add("CAPTURE", arguments->captures,
           "pcap or pcapng (.gz and .zst too), an exchange's length-prefixed file, a file of "
           "updates (--format=binary), or - "
           "for standard input; several captures are merged by their time stamps")
      .Required();
  const Option codec = verb.Add("--codec", arguments->codec,
                                "Protocol (see `feedhandler codecs`); without it the "
                                "capture is searched for all of them, and "
                                "a length-prefixed file's is guessed");
  const Option lines =
      verb.Add("--line", arguments->lines,
               "GROUP:PORT that is a line of the one channel wanted; repeat it for A and B "
               "(default: found by looking through the capture)")
          .Needs(codec);
  verb.AddFlag("--records", arguments->records,
               "The input is an exchange's length-prefixed file (recognised by itself, except "
               "from standard input, where --codec must name its protocol)");
  verb.Add("--trailer", arguments->trailer,
           "Take receive times from the stamps that a switch or tap wrote into the frames: "
           "metamako, exablaze, vss or arista (`feedhandler inspect` says which it sees)")
      .ShowDefault();
  verb.Add("--config", arguments->config,
           "Take feeds, lines and strategies from this configuration instead")
      .Excludes(codec)
      .Excludes(lines);
  const Option updates =
      verb.Add("--updates", arguments->updates,
               "Write every update as a line to this file (- = standard output), which is emptied "
               "once all of start-up went well; never to an input or another output");
  const Option books = verb.Add(
      "--books", arguments->books,
      "Write the order books that the updates make, whenever an event has changed them: top (best "
      "bid and ask), l2 (price levels) or l3 (orders in their queues)");
  books.OneOf({"top", "l2", "l3"});
  verb.Add("--output", arguments->output,
           "Where --books goes: a file, or - for standard output; as --updates")
      .Needs(books)
      .Default("-");
  verb.Add("--depth", arguments->depth, "Levels a side of --books=l2 and l3 (default: 10)")
      .Range(1u, 32u)
      .Needs(books);
  verb.Add("--format", arguments->format,
           "Of --updates and --books: csv, json, or binary: updates as they lie in memory, "
           "for numpy and for replay itself")
      .OneOf({"csv", "json", "binary"});
  verb.Add("--without", arguments->without,
           "Columns that --updates leaves out, so that runs compare equal: nothing, "
           "ts_recv (with published_ns32), symbol or ts_recv+symbol");
  verb.Add("--columns", arguments->columns,
           "Columns of --updates, as ts_event_ns,symbol,price; they keep their order "
           "(default: all)")
      .Needs(updates);
  verb.Add("--record", arguments->record,
           "Records that --updates has, as trade,order (default: all)")
      .Needs(updates);
  verb.Add("--symbol", arguments->symbol,
           "Instruments that --updates and --books have, as AAPL,MSFT (of --books one that nothing "
           "names by its id); --updates beside what concerns all of them: gaps, session starts "
           "(default: all)");
  verb.Add("--strategy", arguments->strategies,
           "Built-in strategy or plugin, NAME or NAME:PARAMETERS; may be repeated");
  verb.Add("--orders", arguments->orders,
           "Remember so many orders of each channel, so that executions and cancels that name "
           "only their order have its side and price (feed.orders in a configuration)")
      .Range(1u, kMostOrders);
  verb.Add("--day", arguments->day, kDayHelp);
  verb.Add("--speed", arguments->speed,
           "Hand packets on at the times of their stamps, at this multiple of the captured "
           "pace, 0.1 to 1000 (default: flat out), and measure latency from them")
      .Range(replay::PaceOptions::kLeastSpeed, replay::PaceOptions::kMostSpeed);
  verb.Add("--metrics", arguments->metrics_file,
           "Write counters to this file, in Prometheus' text format. A file that is not of an "
           "earlier run is refused. To - (standard error), a device or a pipe they go once, "
           "at the end");
  verb.Add("--json", arguments->json_file,
           "Write the summary at the end as one JSON object to this file (- = standard "
           "output)");
  AddHttpOptions(verb, arguments->http);
  AddPipelineLatencyOptions(verb, arguments->latency);
  verb.Footer(
      "The same frame, arbitrate, decode and publish as `run`, with the file in place of sockets:\n"
      "its time stamps are the clock by which gaps time out, and a slow strategy makes the reader\n"
      "wait instead of losing updates. One thread reads, however many feed threads a "
      "configuration\n"
      "has, so updates are the same for any number. Two groups that carry the same message numbers "
      "are found "
      "to\n"
      "be lines A and B of one channel, also when they lie in several captures. These are merged "
      "by\n"
      "time: of equal stamps the capture named first comes first, each capture keeps its own "
      "order,\n"
      "and one without any stamps is read before the others.\n\n"
      "With --speed there is a schedule, and the latency report has two figures: from the "
      "schedule,\n"
      "with everything that waited in it, and from the actual start, as a closed loop would show\n"
      "it. How late the reader itself was stands beside them; no slip moves the schedule.\n\n"
      "A file of updates goes to the strategies as it was written, without codecs and sessions:\n"
      "--strategy, --updates and its filters apply, what is said of captures does not.\n\n"
      "--books shows each book with its state: GOOD, DOUBTFUL (something is missing: a gap, the "
      "time\n"
      "before the capture, an update that contradicts), RECOVERING. A venue that sends price "
      "levels\n"
      "has no l3. The exit code is 1 when a book had no room for orders or levels, so that what "
      "is\n"
      "written is not all. The columns are in feedhandler/strategy/write_books.h; binary is a file "
      "of "
      "updates\n"
      "too, of which `replay` makes the same books.\n\n"
      "The columns of --updates, and how pandas reads them without changing a time, are in\n"
      "README.md, \"Updates as files\".\n\n"
      "Examples:\n"
      "  feedhandler replay day.pcap.zst --codec=iex_deep10\n"
      "  feedhandler replay day.pcap --updates=- --format=json | head\n"
      "  feedhandler replay line_a.pcap line_b.pcap --updates=day.csv\n"
      "  feedhandler replay day.pcap --updates=day.fhu --format=binary\n"
      "  feedhandler replay day.pcap --speed=1\n"
      "  feedhandler replay day.fhu --strategy=./busiest_symbols.so\n"
      "  feedhandler replay day.pcap --updates=- --record=trade --symbol=AAPL,MSFT \\\n"
      "      --columns=ts_event_ns,symbol,price,size\n"
      "  feedhandler replay day.pcap --books=top --output=tops.csv --symbol=AAPL\n"
      "  feedhandler replay day.pcap --books=l2 --depth=5 --format=json | head\n"
      "  feedhandler replay 01302020.NASDAQ_ITCH50.gz --day=2020-01-30 \\\n"
      "      --strategy=./busiest_symbols.so:top=5");
  verb.OnRun([arguments, &exit_code] { exit_code = Replay(*arguments); });
}

}  // namespace fh::cli
