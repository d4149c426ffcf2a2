// `replay --books`, `book` and books { } of a configuration: the same tops as a slow implementation
// made of the captures, whatever the threads; and what is wrong is said.
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/captures.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<Row> Rows(const std::string& csv) {
  const std::vector<std::string> lines = absl::StrSplit(csv, '\n', absl::SkipEmpty());
  std::vector<Row> rows;
  if (lines.empty()) return rows;
  const std::vector<std::string> names = absl::StrSplit(lines[0], ',');
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> fields = absl::StrSplit(lines[i], ',');
    Row& row = rows.emplace_back();
    for (size_t j = 0; j < names.size() && j < fields.size(); ++j) row[names[j]] = fields[j];
  }
  return rows;
}

// "187.25" as 187250000000, "" as -.
std::string Raw(const std::string& price) {
  if (price.empty()) return "-";
  const bool is_negative = price[0] == '-';
  const std::vector<std::string> parts = absl::StrSplit(price.substr(is_negative ? 1 : 0), '.');
  std::string fraction = parts.size() > 1 ? parts[1] : "";
  fraction.resize(9, '0');
  int64_t value = 0;
  EXPECT_TRUE(absl::SimpleAtoi(absl::StrCat(parts[0], fraction), &value)) << price;
  return absl::StrCat(is_negative ? -value : value);
}

// Tops as the expected files count them: when one of the four differs from the last of the
// instrument, which a session start makes empty.
struct Tops {
  uint64_t count = 0;
  std::string crc;
};

Tops TopsOf(const std::vector<Row>& rows, bool by_symbol) {
  Tops tops;
  int64_t epoch = -1;
  uLong crc = crc32(0, nullptr, 0);
  std::map<std::string, std::string> last;
  for (const Row& row : rows) {
    if (row.contains("record") && row.at("record") != "top") {
      ++epoch;
      last.clear();
      continue;
    }
    const std::string top = absl::StrCat(Raw(row.at("bid_price")), ",", row.at("bid_size"), ",",
                                         Raw(row.at("ask_price")), ",", row.at("ask_size"));
    std::string& before = last.try_emplace(row.at("instrument_id"), "-,0,-,0").first->second;
    if (before == top) continue;
    before = top;
    const std::string line =
        absl::StrCat(by_symbol ? absl::StrCat(epoch, ",") : "", row.at("sequence"), ",",
                     row.at(by_symbol ? "symbol" : "instrument_id"), ",", top, "\n");
    crc = crc32(crc, reinterpret_cast<const Bytef*>(line.data()), static_cast<uInt>(line.size()));
    ++tops.count;
  }
  tops.crc = absl::StrFormat("%08x", crc);
  return tops;
}

// The last top of each symbol.
std::map<std::string, std::string> LastTops(const std::string& csv) {
  std::map<std::string, std::string> tops;
  for (const Row& row : Rows(csv)) {
    tops[row.at("symbol")] = absl::StrCat(row.at("bid_size"), "@", row.at("bid_price"), " ",
                                          row.at("ask_size"), "@", row.at("ask_price"));
  }
  return tops;
}

class Books : public testing::Test {
 protected:
  std::string Capture(const std::string& name) { return CaptureFile(name)->string(); }

  std::string File(const std::string& name, const std::string& text) {
    WriteFile(folder_ / name, text);
    return folder_ / name;
  }

  // What replay wrote to its --output.
  std::string Written(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "replay");
    arguments.push_back("--output=" + output_);
    const ChildResult result = Feedhandler(arguments);
    EXPECT_EQ(result.exit_code, 0) << result;
    return ReadFile(output_);
  }

  ScratchFolder folder_;
  const std::string output_ = folder_ / "books.csv";
};

TEST_F(Books, TopsOfAnItchFileAreThoseOfTheSlowImplementation) {
  if (!CaptureFile("itch/synthetic_8009.itch")) GTEST_SKIP() << kNoCaptures;
  const Tops tops = TopsOf(
      Rows(Written({Capture("itch/synthetic_8009.itch"), kSyntheticDay, "--books=top"})), false);
  EXPECT_EQ(tops.count, 365u);
  EXPECT_EQ(tops.crc, "cbbcc5a2");
}

// The configuration's way: records in the stream, printed by who knows nothing of books; one strategy
// thread, and two of which the other one has none.
TEST_F(Books, TopsInTheStreamOfAConfigurationAreThoseOfTheSlowImplementation) {
  if (!CaptureFile("iex/deep10_20170425_head60000.pcap")) GTEST_SKIP() << kNoCaptures;
  const std::string feed =
      "feed { name: \"deep\" codec: \"iex_deep10\"\n"
      "  channel { id: 1 line { group: \"224.2.3.10:16648\" } } }\n";
  const std::string printed = folder_ / "stream.csv";
  const std::string with = absl::StrCat(
      "strategy_thread { books { } strategy { name: \"print\" parameters: \"output=", printed,
      ",record=top\\\\,session,columns=sequence\\\\,instrument_id\\\\,symbol\\\\,record\\\\,bid_"
      "price"
      "\\\\,bid_size\\\\,ask_price\\\\,ask_size\" } }\n");
  for (const char* other : {"", "strategy_thread { strategy { name: \"count\" } }\n"}) {
    const std::string config = File("deep.textproto", absl::StrCat(feed, with, other));
    const ChildResult result = Feedhandler(
        {"replay", Capture("iex/deep10_20170425_head60000.pcap"), "--config=" + config});
    ASSERT_EQ(result.exit_code, 0) << result;
    const Tops tops = TopsOf(Rows(ReadFile(printed)), true);
    EXPECT_EQ(tops.count, 3369u);
    EXPECT_EQ(tops.crc, "d0b258ed");
    EXPECT_TRUE(absl::StrContains(result.error, "books on fh-strategy-0: ")) << result;
    EXPECT_FALSE(absl::StrContains(result.error, "books on fh-strategy-1: ")) << result;
  }
}

// What a terminal of a size shows of what was written to it: characters, and the few moves of the cursor
// that the ladder makes.
class Screen {
 public:
  Screen(size_t columns, size_t rows) : columns_(columns), lines_(rows) {}

  void Write(const std::string& text) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\x1b') {
        const size_t end = text.find_first_of("ABCDHJKhlm", i);
        if (end == std::string::npos) return;
        Escape(text.substr(i + 2, end - i - 2), text[end]);
        i = end;
      } else if (text[i] == '\n') {
        Down();
      } else if (text[i] == '\r') {
        column_ = 0;
      } else {
        if (column_ == columns_) {
          ++broken;
          column_ = 0;
          Down();
        }
        lines_[row_].resize(std::max(lines_[row_].size(), column_ + 1), ' ');
        lines_[row_][column_++] = text[i];
      }
    }
  }

  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    for (const std::string& line : lines_) {
      if (line.find_first_not_of(' ') != std::string::npos) lines.push_back(line);
    }
    return lines;
  }

  int broken = 0;    // Lines that were longer than the screen is wide.
  int scrolled = 0;  // Lines that went off at its top.

 private:
  void Down() {
    if (row_ + 1 < lines_.size()) {
      ++row_;
      return;
    }
    lines_.erase(lines_.begin());
    lines_.emplace_back();
    ++scrolled;
  }

  void Escape(const std::string& number, char what) {
    int count = 0;
    const bool has_number = absl::SimpleAtoi(number, &count);
    const auto lines = static_cast<size_t>(has_number ? count : 1);
    if (what == 'A') row_ -= std::min(row_, lines);
    if (what == 'H') row_ = column_ = 0;
    if (what == 'K') lines_[row_].resize(std::min(lines_[row_].size(), column_));
    if (what == 'J') {
      const size_t from = number == "2" ? 0 : row_;
      for (size_t i = from; i < lines_.size(); ++i) {
        lines_[i].resize(i == row_ && number != "2" ? std::min(lines_[i].size(), column_) : 0);
      }
    }
  }

  size_t columns_;
  std::vector<std::string> lines_;
  size_t row_ = 0;
  size_t column_ = 0;
};

struct TerminalResult {
  int exit_code = -1;
  std::string output;
};

// The program with a terminal of that size in place of all three standard streams.
TerminalResult OnATerminal(const std::vector<std::string>& arguments, const std::string& term,
                           unsigned short columns, unsigned short rows) {
  winsize size{.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  std::vector<char*> words{const_cast<char*>(kProgram)};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.data()));
  words.push_back(nullptr);
  std::vector<std::string> variables{"TERM=" + term};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!absl::StartsWith(*variable, "TERM=")) variables.emplace_back(*variable);
  }
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) {
    ::execve(kProgram, words.data(), environment.data());
    ::_exit(127);
  }
  TerminalResult result;
  if (child < 0) return result;
  char bytes[4096];
  for (ssize_t count; (count = ::read(terminal, bytes, sizeof bytes)) > 0;) {
    result.output.append(bytes, static_cast<size_t>(count));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

class BooksOfADay : public Books {
 protected:
  void SetUp() override { WriteDay(day_, {.seed = 3}); }

  const std::string day_ = folder_ / "day.pcap";
};

TEST_F(BooksOfADay, EveryFormAndFormatTellsTheSameBooks) {
  const std::string tops = Written({day_, kSyntheticDay, "--books=top", "--without=ts_recv"});
  const std::string levels = Written({day_, kSyntheticDay, "--books=l2", "--depth=2"});
  EXPECT_GT(Rows(tops).size(), 100u);
  EXPECT_GT(Rows(levels).size(), Rows(tops).size() / 2);
  EXPECT_TRUE(absl::StrContains(levels, "bid_price_1,bid_size_1,bid_orders_1"))
      << levels.substr(0, 300);
  EXPECT_FALSE(absl::StrContains(levels, "bid_price_2"));
  // Once more from the file of updates that holds the books, and nothing else.
  for (const char* kind : {"top", "l2", "l3"}) {
    const std::string binary = folder_ / absl::StrCat(kind, ".fhu");
    std::vector<std::string> arguments{"replay",          day_,
                                       kSyntheticDay,     absl::StrCat("--books=", kind),
                                       "--format=binary", "--output=" + binary};
    if (kind != std::string("top")) arguments.push_back("--depth=32");
    const ChildResult made = Feedhandler(arguments);
    ASSERT_EQ(made.exit_code, 0) << made;
    const std::string again = Written({binary, "--books=top", "--without=ts_recv"});
    EXPECT_EQ(LastTops(again), LastTops(tops)) << kind;
  }
  const std::string json = Written({day_, kSyntheticDay, "--books=l3", "--format=json"});
  EXPECT_TRUE(absl::StrContains(json, "\"state\":\"GOOD\",\"bids\":[[\"")) << json.substr(0, 300);
}

TEST_F(BooksOfADay, OfOneSymbolIsThatSymbolAlone) {
  const std::string all = Written({day_, kSyntheticDay, "--books=top"});
  const std::string symbol = Rows(all).back()["symbol"];
  const std::vector<Row> rows =
      Rows(Written({day_, kSyntheticDay, "--books=top", "--symbol=" + symbol}));
  std::vector<Row> expected;
  for (const Row& row : Rows(all)) {
    if (row.at("symbol") == symbol) expected.push_back(row);
  }
  EXPECT_EQ(rows, expected);
  EXPECT_GT(rows.size(), 1u);
}

TEST_F(BooksOfADay, ASymbolThatIsNotThereIsAnErrorThatNamesThoseThatAre) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"replay", day_, kSyntheticDay, "--books=top", "--symbol=NOBODY",
                                 "--output=" + output_},
        std::vector<std::string>{"book", day_, kSyntheticDay, "--symbol=NOBODY"}}) {
    const ChildResult result = Feedhandler(arguments);
    EXPECT_EQ(result.exit_code, 1) << result;
    EXPECT_TRUE(absl::StrContains(result.error, "no update of NOBODY; there are: ")) << result;
  }
}

TEST_F(BooksOfADay, NoOutputHarmsAnInput) {
  const std::string before = ReadFile(day_);
  std::filesystem::create_symlink(day_, folder_ / "link");
  std::filesystem::create_hard_link(day_, folder_ / "hard");
  for (const std::string& output :
       {day_, std::string(folder_ / "link"), std::string(folder_ / "hard")}) {
    const ChildResult result =
        Feedhandler({"replay", day_, kSyntheticDay, "--books=top", "--output=" + output});
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_TRUE(ReadFile(day_) == before) << output;
  }
  const std::string same = folder_ / "same.csv";
  const ChildResult twice = Feedhandler(
      {"replay", day_, kSyntheticDay, "--updates=" + same, "--books=top", "--output=" + same});
  EXPECT_EQ(twice.exit_code, 2) << twice;
  const ChildResult full =
      Feedhandler({"replay", day_, kSyntheticDay, "--books=l3", "--output=/dev/full"});
  EXPECT_EQ(full.exit_code, 1) << full;
  EXPECT_TRUE(absl::StrContains(full.error, "lost=")) << full;
}

TEST_F(BooksOfADay, OptionsThatDoNothingAreRefused) {
  EXPECT_EQ(Feedhandler({"replay", day_, "--output=" + output_}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"replay", day_, "--depth=3"}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"replay", day_, "--books=l4"}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"replay", day_, "--books=l2", "--depth=0"}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"replay", day_, "--symbol=AAPL"}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"book", day_, "--at=yesterday"}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"book", day_, "--seconds=1"}).exit_code, 2);
  EXPECT_EQ(Feedhandler({"book", folder_ / "nothing"}).exit_code, 2);
}

TEST_F(BooksOfADay, ALadderIsTheBookAtTheEndOrAtAMoment) {
  const std::vector<Row> rows = Rows(Written({day_, kSyntheticDay, "--books=top"}));
  const std::string symbol = rows.back().at("symbol");
  const ChildResult end = Feedhandler({"book", day_, kSyntheticDay, "--symbol=" + symbol});
  EXPECT_EQ(end.exit_code, 0) << end;
  EXPECT_TRUE(absl::StartsWith(end.output, symbol + "  channel ")) << end;
  EXPECT_TRUE(absl::StrContains(end.output, " GOOD ")) << end;
  EXPECT_TRUE(absl::StrContains(end.output, rows.back().at("bid_price"))) << end;
  EXPECT_FALSE(absl::StrContains(end.output, "\x1b")) << "no terminal";
  // At the moment of the first of its tops, by number and by time.
  for (const Row& row : rows) {
    if (row.at("symbol") != symbol) continue;
    const ChildResult then = Feedhandler(
        {"book", day_, kSyntheticDay, "--symbol=" + symbol, "--at=" + row.at("sequence")});
    EXPECT_EQ(then.exit_code, 0) << then;
    EXPECT_TRUE(absl::StrContains(then.output, "one side is empty")) << then;
    break;
  }
  const ChildResult early = Feedhandler({"book", day_, kSyntheticDay, "--at=1"});
  EXPECT_EQ(early.exit_code, 1) << early;
  EXPECT_TRUE(absl::StrContains(early.error, "name a later one")) << early;
}

TEST_F(BooksOfADay, TheLadderMovesWithinItsTerminal) {
  const std::vector<std::string> arguments{"book", day_, kSyntheticDay};
  const ChildResult still = Feedhandler(arguments);
  ASSERT_EQ(still.exit_code, 0) << still;
  ASSERT_GE(std::count(still.output.begin(), still.output.end(), '\n'), 8)
      << "too few levels to show anything: " << still;
  const std::string symbol = still.output.substr(0, still.output.find(' '));
  for (const auto& [columns, rows] :
       std::vector<std::pair<int, int>>{{200, 60}, {80, 24}, {80, 8}, {56, 40}, {20, 12}}) {
    const TerminalResult result =
        OnATerminal(arguments, "xterm", static_cast<unsigned short>(columns),
                    static_cast<unsigned short>(rows));
    EXPECT_EQ(result.exit_code, 0) << result.output;
    Screen screen(static_cast<size_t>(columns), static_cast<size_t>(rows));
    screen.Write(result.output);
    EXPECT_TRUE(absl::StrContains(result.output, "\x1b[")) << "it does not move";
    EXPECT_EQ(screen.broken, 0) << columns << "x" << rows << result.output;
    EXPECT_EQ(screen.scrolled, 0) << columns << "x" << rows << result.output;
    const std::vector<std::string> lines = screen.Lines();
    ASSERT_GE(lines.size(), 4u) << result.output;
    EXPECT_TRUE(absl::StartsWith(lines[0], symbol + "  channel ")) << result.output;
    for (size_t i = 1; i < lines.size(); ++i) {
      EXPECT_FALSE(absl::StrContains(lines[i], "channel ")) << "drawn twice: " << result.output;
    }
    if (columns == 200) {
      EXPECT_EQ(absl::StrCat(absl::StrJoin(lines, "\n"), "\n"), still.output);
    }
  }
}

TEST_F(BooksOfADay, ATerminalThatCannotMoveItsCursorIsGivenOneLadder) {
  for (const std::string term : {"dumb", ""}) {
    const TerminalResult result =
        OnATerminal({"book", day_, kSyntheticDay, "--depth=2"}, term, 80, 24);
    EXPECT_EQ(result.exit_code, 0) << result.output;
    const size_t ladder = result.output.find("  channel ");
    EXPECT_NE(ladder, std::string::npos) << result.output;
    EXPECT_EQ(result.output.find("  channel ", ladder + 1), std::string::npos) << result.output;
    EXPECT_FALSE(absl::StrContains(result.output.substr(ladder), "\x1b")) << result.output;
  }
}

TEST_F(BooksOfADay, DepthIsOfLevelsAndMayBeTheWholeBook) {
  EXPECT_EQ(Feedhandler({"replay", day_, "--books=top", "--depth=3"}).exit_code, 2);
  const ChildResult one = Feedhandler({"book", day_, kSyntheticDay, "--depth=1"});
  EXPECT_TRUE(absl::StrContains(one.output, " levels behind these")) << one;
  const ChildResult all = Feedhandler({"book", day_, kSyntheticDay, "--depth=10000"});
  EXPECT_EQ(all.exit_code, 0) << all;
  EXPECT_FALSE(absl::StrContains(all.output, " levels behind these")) << all;
  EXPECT_EQ(Feedhandler({"book", day_, "--depth=10001"}).exit_code, 2);
}

TEST_F(BooksOfADay, ASymbolThatIsAlmostRightIsGuessed) {
  const std::string symbol =
      Rows(Written({day_, kSyntheticDay, "--books=top"})).back().at("symbol");
  const ChildResult result =
      Feedhandler({"book", day_, kSyntheticDay, "--symbol=" + absl::AsciiStrToLower(symbol)});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(absl::StrContains(result.error, absl::StrCat("did you mean ", symbol, "? ")))
      << result;
}

TEST_F(BooksOfADay, APipeIsReadOnceFromItsFirstByteOn) {
  const std::string config =
      File("pipe.textproto",
           "feed { name: \"itch\" codec: \"itch50\" channel { id: 1\n"
           "  line { group: \"239.255.1.1:26400\" } line { group: \"239.255.1.2:26400\" } } }\n");
  const auto of_a_pipe = [&](const std::string& verb, const std::string& more) {
    return RunChild("/bin/bash", {"-c", absl::StrCat(kProgram, " ", verb, " <(cat ", day_, ") ",
                                                     kSyntheticDay, " ", more)});
  };
  for (const std::string verb : {"book", "replay --books=l2"}) {
    std::vector<std::string> arguments = absl::StrSplit(verb, ' ');
    for (const std::string& more : {day_, std::string(kSyntheticDay), "--config=" + config}) {
      arguments.push_back(more);
    }
    const ChildResult piped = of_a_pipe(verb, "--config=" + config);
    EXPECT_EQ(piped.exit_code, 0) << piped;
    EXPECT_GT(piped.output.size(), 100u);
    EXPECT_EQ(piped.output, Feedhandler(arguments).output);
  }
  const ChildResult unnamed = of_a_pipe("book", "");
  EXPECT_EQ(unnamed.exit_code, 2) << unnamed;
  EXPECT_TRUE(absl::StrContains(unnamed.error, "can be read only once")) << unnamed;
}

TEST_F(BooksOfADay, AConfigurationNeedsNoStrategiesWhereTheVerbHasItsOwn) {
  const std::string config = File("feeds.textproto",
                                  "feed { name: \"itch\" codec: \"itch50\" channel { id: 7\n"
                                  "  line { group: \"239.255.1.1:26400\" interface: \"lo\" } line "
                                  "{ group: \"239.255.1.2:26400\" interface: \"lo\" } } }\n");
  const ChildResult book = Feedhandler({"book", day_, kSyntheticDay, "--config=" + config});
  EXPECT_EQ(book.exit_code, 0) << book;
  EXPECT_TRUE(absl::StrContains(book.output, "  channel 7  ")) << book;
  const ChildResult tops =
      Feedhandler({"replay", day_, kSyntheticDay, "--config=" + config, "--books=top"});
  EXPECT_EQ(tops.exit_code, 0) << tops;
  const ChildResult none = Feedhandler({"replay", day_, kSyntheticDay, "--config=" + config});
  EXPECT_EQ(none.exit_code, 2) << none;
  EXPECT_TRUE(absl::StrContains(none.error, "nobody gets the updates")) << none;
  const ChildResult run = Feedhandler({"run", config, "--seconds=1"});
  EXPECT_EQ(run.exit_code, 2) << run;
  const ChildResult live = Feedhandler({"book", config, "--seconds=0.1"});
  EXPECT_EQ(live.exit_code, 1) << live;
  EXPECT_TRUE(absl::StrContains(live.error, "no packet came on any line")) << live;
}

TEST_F(BooksOfADay, ACheckOfWhatHasNoSnapshotsSaysSo) {
  const ChildResult result = Feedhandler({"check-books", day_, kSyntheticDay});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "no snapshot of a book came")) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "snapshots=0 equal=0")) << result;
  EXPECT_FALSE(absl::StrContains(result.error, "Latency by stage")) << "nobody asked: " << result;
}

TEST_F(BooksOfADay, TooLittleRoomIsCountedByItsLayer) {
  const std::string config =
      File("small.textproto",
           "feed { name: \"itch\" codec: \"itch50\" channel { id: 1\n"
           "  line { group: \"239.255.1.1:26400\" } line { group: \"239.255.1.2:26400\" } } }\n"
           "strategy_thread { books { orders: 8 } strategy { name: \"count\" } }\n");
  const std::string metrics = folder_ / "metrics.prom";
  const ChildResult result =
      Feedhandler({"replay", day_, kSyntheticDay, "--config=" + config, "--metrics=" + metrics});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "there was no room for orders of ")) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "doubtful for: ")) << result;
  const std::string text = ReadFile(metrics);
  EXPECT_GT(Metric(text, "books_faults_total", "no room for orders").value_or(0), 0) << text;
  EXPECT_GT(Metric(text, "books").value_or(0), 0) << text;
  EXPECT_GT(Metric(text, "dropped_updates_total", "layer=\"books_orders\"").value_or(0), 0) << text;
}

TEST_F(BooksOfADay, TheExampleQuotesWithQueuePositions) {
  const std::string config =
      File("quoter.textproto",
           absl::StrCat(
               "feed { name: \"itch\" codec: \"itch50\" channel { id: 1\n"
               "  line { group: \"239.255.1.1:26400\" } line { group: \"239.255.1.2:26400\" } } }\n"
               "strategy_thread { books { } strategy { name: \"",
               FEEDHANDLER_EXAMPLE_QUOTER, "\" } }\n"));
  const ChildResult result = Feedhandler({"replay", day_, kSyntheticDay, "--config=" + config});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "mean size ahead when joining=")) << result;
  EXPECT_FALSE(absl::StrContains(result.error, "quotes=0 ")) << result;
  // Whatever the threads do meanwhile: the same again.
  const auto figures = [](const ChildResult& run) {
    const size_t begin = run.error.find("quotes=");
    return run.error.substr(begin, run.error.find('\n', begin) - begin);
  };
  for (int again = 0; again < 3; ++again) {
    EXPECT_EQ(figures(Feedhandler({"replay", day_, kSyntheticDay, "--config=" + config})),
              figures(result));
  }
  // Without books it refuses, and says what to add.
  const ChildResult without = Feedhandler(
      {"replay", day_, kSyntheticDay, absl::StrCat("--strategy=", FEEDHANDLER_EXAMPLE_QUOTER)});
  EXPECT_EQ(without.exit_code, 2) << without;
  EXPECT_TRUE(absl::StrContains(without.error, "add books { } to the strategy_thread")) << without;
}

}  // namespace
}  // namespace fh::test
