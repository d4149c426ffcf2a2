// `feedhandler book CAPTURE|CONFIG`: one order book as a ladder; `feedhandler check-books`: all of them
// against what the venue says of them.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "feedhandler/cli/sources.h"
#include "feedhandler/cli/terminal.h"
#include "feedhandler/cli/trading_day.h"
#include "feedhandler/cli/verbs.h"
#include "feedhandler/config/config.h"
#include "feedhandler/pipeline/live.h"
#include "feedhandler/pipeline/update_file_reader.h"
#include "feedhandler/threads/thread_setup.h"
#include "replay/byte_source.h"

namespace fh::cli {
namespace {

struct BookArguments {
  std::vector<std::string> inputs;
  std::string symbol;
  std::optional<uint32_t> channel;
  uint32_t depth = 10;
  std::string at;
  std::string codec;
  std::string config;
  std::string day;
  uint32_t orders = 1 << 21;
  std::optional<double> seconds;
  bool still = false;
};

// A moment of --at, as parameters of the ladder.
absl::StatusOr<std::string> ParseMoment(const std::string& text) {
  if (text.empty()) return "";
  uint64_t number = 0;
  if (std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) {
    if (absl::SimpleAtoi(text, &number)) return absl::StrCat(",at=", number);
  } else {
    absl::Time time;
    std::string wrong;
    if (absl::ParseTime(absl::RFC3339_full, text, &time, &wrong)) {
      return absl::StrCat(",at_ns=", absl::ToUnixNanos(time));
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--at=", text,
      ": name a message number, as 4711, or a time with its zone, as 2024-01-02T14:30:00.5Z"));
}

// Configurations are text; captures, exchanges' files and files of updates are not. What is read
// of a pipe is gone, so that is not looked into.
bool IsConfiguration(const std::string& path) {
  if (replay::CanBeReadOnce(path)) return false;
  std::ifstream file(path, std::ios::binary);
  std::string start(256, '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return !start.empty() && std::all_of(start.begin(), start.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || absl::ascii_isprint(static_cast<uint8_t>(c)) ||
           absl::ascii_isspace(static_cast<uint8_t>(c));
  });
}

// As the configuration has them, of all instruments and channels; what they fill in nobody reads.
BooksConfig Books(const BookArguments& arguments, const Config& config) {
  BooksConfig books = BooksOf(config);
  books.orders = arguments.orders;
  books.symbols.clear();
  books.channels.clear();
  books.top_records = false;
  books.fill_in = false;
  return books;
}

StrategyThreadConfig LadderThread(const BookArguments& arguments, const Config& config,
                                  const std::string& moment, bool moves) {
  StrategyThreadConfig thread;
  thread.books = Books(arguments, config);
  if (!arguments.symbol.empty()) thread.books->symbols = {arguments.symbol};
  thread.strategies.push_back(
      {.name = "ladder",
       .parameters = absl::StrCat(
           "depth=", arguments.depth, moment, moves ? ",moves=yes" : "",
           arguments.channel.has_value() ? absl::StrCat(",channel=", *arguments.channel) : "",
           arguments.symbol.empty()
               ? ""
               : absl::StrCat(",symbol=", absl::StrReplaceAll(arguments.symbol, {{",", "\\,"}})))});
  return thread;
}

// Every channel, with that of its feed's live streams whose books it pictures.
StrategyThreadConfig CheckingThread(const BookArguments& arguments, const Config& config) {
  StrategyThreadConfig thread;
  thread.books = Books(arguments, config);
  std::vector<std::string> pairs;
  for (const FeedConfig& feed : config.feeds) {
    for (const ChannelConfig& channel : feed.channels) {
      if (channel.role == codecs::ChannelRole::kDefinitions) continue;
      thread.books->channels.push_back(channel.id);
      if (channel.role != codecs::ChannelRole::kSnapshot) continue;
      for (const ChannelConfig& live : feed.channels) {
        if (live.role != codecs::ChannelRole::kIncremental) continue;
        pairs.push_back(absl::StrCat(live.id, ":", channel.id));
      }
    }
  }
  thread.strategies.push_back(
      {.name = "check_books",
       .parameters = pairs.empty() ? "" : absl::StrCat("pairs=", absl::StrJoin(pairs, "\\,"))});
  return thread;
}

// What a verb does with an input: the thread that looks at its books, once the channels are known.
struct BookJob {
  std::function<StrategyThreadConfig(const Config& config)> thread;
  std::string progress;
  bool report = false;
};

int RunLive(const BookArguments& arguments, const BookJob& job, int64_t day_ns) {
  const absl::StatusOr<FileHold> hold = HoldConfig(arguments.inputs[0]);
  if (!hold.ok()) return Fail(hold.status());
  absl::StatusOr<Config> config = LoadConfig(arguments.inputs[0], {.cpus = ConfiguredCpus(),
                                                                   .backends = LiveBackendNames(),
                                                                   .backend = "",
                                                                   .needs_strategies = false});
  if (!config.ok()) return Fail(config.status());
  config->strategy_threads = {job.thread(*config)};
  return ReceiveLive(*config, day_ns,
                     {.progress = job.progress,
                      .report = job.report,
                      .latencies = false,
                      .seconds = arguments.seconds});
}

// What was said of captures or of live groups, and does nothing for the input at hand.
absl::Status CheckArguments(const BookArguments& arguments, bool is_live, bool is_update_file) {
  if ((is_live || is_update_file) && arguments.inputs.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", arguments.inputs[0], "' is no capture: name it alone"));
  }
  if ((is_live || is_update_file) && (!arguments.codec.empty() || !arguments.config.empty())) {
    return absl::InvalidArgumentError("--codec and --config are for captures: leave them out");
  }
  if (!is_live && arguments.seconds.has_value()) {
    return absl::InvalidArgumentError(
        "--seconds is for live groups; --at says where in a capture to stop");
  }
  return absl::OkStatus();
}

int RunJob(const BookArguments& arguments, BookJob job) {
  const absl::StatusOr<int64_t> day_ns = ParseTradingDay(arguments.day);
  if (!day_ns.ok()) return Fail(day_ns.status());
  const bool is_live = IsConfiguration(arguments.inputs[0]);
  const bool is_update_file = !is_live && IsUpdateFile(arguments.inputs[0]);
  absl::Status checked = CheckArguments(arguments, is_live, is_update_file);
  if (!checked.ok()) return Fail(checked);
  if (is_live) return RunLive(arguments, job, *day_ns);
  const SuperviseOptions options{
      .progress = job.progress, .report = job.report, .latencies = false};
  if (is_update_file) {
    std::vector<StrategyThreadConfig> threads{job.thread(Config())};
    return ReplayUpdateFile(arguments.inputs[0], threads, options);
  }
  absl::StatusOr<FileSource> source = OpenFileSource({.paths = arguments.inputs,
                                                      .codec = arguments.codec,
                                                      .lines = {},
                                                      .config_path = arguments.config,
                                                      .needs_strategies = false});
  if (!source.ok()) return Fail(source.status());
  source->config.strategy_threads = {job.thread(source->config)};
  return ReplaySource(*source, *day_ns, options);
}

int ShowBook(const BookArguments& arguments) {
  const absl::StatusOr<std::string> moment = ParseMoment(arguments.at);
  if (!moment.ok()) return Fail(moment.status());
  const bool moves = StandardOutputMovesCursor() && !arguments.still && moment->empty();
  return RunJob(arguments, {.thread =
                                [&](const Config& config) {
                                  return LadderThread(arguments, config, *moment, moves);
                                },
                            .progress = moves ? "" : "reading"});
}

int CheckBooks(const BookArguments& arguments) {
  return RunJob(arguments,
                {.thread = [&](const Config& config) { return CheckingThread(arguments, config); },
                 .progress = "checking",
                 .report = true});
}

// What both verbs take.
void AddInput(Verb verb, BookArguments& arguments) {
  verb.Add("CAPTURE|CONFIG", arguments.inputs,
           "A capture (several are merged by time), an exchange's length-prefixed file, a "
           "file of updates; or a configuration, whose groups are received live")
      .Required();
  const Option codec =
      verb.Add("--codec", arguments.codec,
               "Protocol of a capture (see `feedhandler codecs`); without it it is found");
  verb.Add("--config", arguments.config,
           "Take the feeds, channels and lines of a capture from this configuration")
      .Excludes(codec);
  verb.Add("--day", arguments.day, kDayHelp);
  verb.Add("--orders", arguments.orders, "Most orders that stand at a time")
      .Range(1u, kMostOrders)
      .ShowDefault();
  verb.Add("--seconds", arguments.seconds, "Of live groups: stop after this many seconds")
      .Range(0.0, 1e9);
}

void AddBookVerb(Verb program, int& exit_code) {
  const Verb verb = program.AddVerb(
      "book", "Show an order book of a capture or of live groups as a ladder of prices");
  auto arguments = std::make_shared<BookArguments>();
  AddInput(verb, *arguments);
  verb.Add("--symbol", arguments->symbol,
           "Whose book; an instrument that nothing names by its id (default: the one with the most "
           "events)");
  verb.Add("--channel", arguments->channel,
           "The channel of the book, by id, where several have one of that name")
      .Range(0u, 65535u);
  verb.Add("--depth", arguments->depth, "Levels a side").Range(1u, 10'000u).ShowDefault();
  verb.Add("--at", arguments->at,
           "Show it as it was then: a message number (of the venue, in the newest session that "
           "has it), or a time, as 2024-01-02T14:30:00.5Z (default: at the end)");
  verb.AddFlag("--still", arguments->still, "Draw it once, on a terminal too");
  verb.Footer(
      "On a terminal the ladder moves while updates come, and shows as many levels as fit it;\n"
      "otherwise (also with TERM=dumb), with --at or with --still it is printed once, at the end. "
      "The first line says whether the book is what the venue has:\n"
      "GOOD, or DOUBTFUL and why (the capture began in mid-session, messages are missing, ...).\n"
      "Sizes are added up over the orders at a price; the venue's own levels are shown as they "
      "are.\n"
      "\n"
      "An error says which symbols there are when the one that was named is not among them. The "
      "exit\n"
      "code is 1 when there was no book to show, or not everything could be read.\n\n"
      "Examples:\n"
      "  feedhandler book day.pcap --symbol=AAPL\n"
      "  feedhandler book day.pcap --symbol=AAPL --at=2024-01-02T14:30:00Z --depth=20\n"
      "  feedhandler book 01302020.NASDAQ_ITCH50.gz --day=2020-01-30 --symbol=MSFT --at=4711\n"
      "  feedhandler book itch.textproto --symbol=AAPL            live; stop with Ctrl-C");
  verb.OnRun([arguments, &exit_code] { exit_code = ShowBook(*arguments); });
}

void AddCheckBooksVerb(Verb program, int& exit_code) {
  const Verb verb = program.AddVerb(
      "check-books", "Compare the order books that updates make with the venue's own snapshots");
  auto arguments = std::make_shared<BookArguments>();
  AddInput(verb, *arguments);
  verb.Footer(
      "Books are made of the live stream, and each is compared with the snapshots that the venue\n"
      "sends of it: in the stream itself, or on channels whose role is SNAPSHOT in a "
      "configuration.\n"
      "Where the venue says at which message a snapshot stands, it is compared with the book as\n"
      "it was then; else it is right when it is what the book was at the end of one of the last\n"
      "1,024 events, or becomes with the next 64. Books whose beginning is not known (the input\n"
      "starts in mid-session, messages are missing) are not compared until a snapshot has made\n"
      "them good, and are counted; that one proves nothing, and those behind it are compared.\n"
      "Where a venue's books end at a depth that its definitions do not say, the configuration\n"
      "has to: strategy_thread { books { depth: 5 } }; else levels that are gone stay.\n\n"
      "Exit code 1 says that a snapshot contradicts, that nothing could be compared, or that not\n"
      "everything could be read; the first contradictions are shown.\n\n"
      "Examples:\n"
      "  feedhandler check-books day.pcap\n"
      "  feedhandler check-books incremental.pcap snapshot.pcap --config=moex.textproto\n"
      "  feedhandler check-books ice.textproto --seconds=60                   live");
  verb.OnRun([arguments, &exit_code] { exit_code = CheckBooks(*arguments); });
}

}  // namespace

void AddBookVerbs(Verb program, int& exit_code) {
  AddBookVerb(program, exit_code);
  AddCheckBooksVerb(program, exit_code);
}

}  // namespace fh::cli
