// `feedhandler replay`: the same updates however a capture is stored and its lines are named; what
// is damaged or foreign is said.
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "feedhandler/synthetic/itch_files.h"
#include "rio/endpoint.h"
#include "tests/captures.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

std::string Gzip(const std::string& bytes) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  EXPECT_EQ(deflateInit2(&stream, 1, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, bytes.size()) + 64, 0);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Zstd(const std::string& bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), 0);
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 1));
  return out;
}

class Replay : public testing::Test {
 protected:
  void SetUp() override {
    WriteDay(capture_, {.seed = 5, .loss_a = 0.03, .duplication = 0.01});
    expected_ = Updates({capture_});
    ASSERT_GT(expected_.size(), 100'000U);
  }

  // The updates of a replay that goes well.
  std::string Updates(std::vector<std::string> arguments, const std::string& input = "/dev/null") {
    const ChildResult result = Run(std::move(arguments), input);
    EXPECT_EQ(result.exit_code, 0) << result;
    return ReadFile(updates_);
  }

  ChildResult Run(std::vector<std::string> arguments, const std::string& input = "/dev/null") {
    arguments.insert(arguments.begin(), "replay");
    arguments.insert(arguments.end(),
                     {"--updates=" + updates_, "--without=ts_recv", kSyntheticDay});
    WriteFile(updates_, "");
    return Feedhandler(arguments, input);
  }

  std::string File(const std::string& name, const std::string& bytes) {
    WriteFile(folder_ / name, bytes);
    return folder_ / name;
  }

  ScratchFolder folder_;
  const std::string capture_ = folder_ / "day.pcap";
  const std::string updates_ = folder_ / "updates.csv";
  const std::vector<std::string> lines_{"--codec=itch50", "--line=239.255.1.1:26400",
                                        "--line=239.255.1.2:26400"};
  std::string expected_;
};

TEST_F(Replay, OfCompressedFilesIsTheSame) {
  const std::string bytes = ReadFile(capture_);
  EXPECT_TRUE(Updates({File("day.pcap.gz", Gzip(bytes))}) == expected_);
  EXPECT_TRUE(Updates({File("day.pcap.zst", Zstd(bytes))}) == expected_);
  EXPECT_TRUE(Updates({File("name_without_a_hint", Gzip(bytes))}) == expected_);
}

TEST_F(Replay, OfStandardInputIsTheSame) {
  std::vector<std::string> arguments{"-"};
  arguments.insert(arguments.end(), lines_.begin(), lines_.end());
  EXPECT_TRUE(Updates(arguments, capture_) == expected_);
  EXPECT_TRUE(Updates(arguments, File("day.zst", Zstd(ReadFile(capture_)))) == expected_);
}

TEST_F(Replay, OfStandardInputAsksForTheLines) {
  const ChildResult result = Run({"-"}, capture_);
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "--line=GROUP:PORT")) << result;
}

TEST_F(Replay, OfNamedLinesIsTheSame) {
  std::vector<std::string> arguments{capture_};
  arguments.insert(arguments.end(), lines_.begin(), lines_.end());
  EXPECT_TRUE(Updates(arguments) == expected_);
}

TEST_F(Replay, OfALineAloneHasItsGaps) {
  const std::string updates = Updates({capture_, "--codec=itch50", "--line=239.255.1.1:26400"});
  EXPECT_TRUE(absl::StrContains(updates, ",gap,")) << updates.substr(0, 2000);
  EXPECT_FALSE(absl::StrContains(expected_, ",gap,"));
}

TEST_F(Replay, OfAConfigurationIsTheSame) {
  const std::string config = File("day.textproto",
                                  "feed { name: \"itch50\" codec: \"itch50\" channel { id: 1 "
                                  "line { group: \"239.255.1.1:26400\" } "
                                  "line { group: \"239.255.1.2:26400\" } } } "
                                  "strategy_thread { strategy { name: \"null\" } }");
  EXPECT_TRUE(Updates({capture_, "--config=" + config}) == expected_);
}

// Four channels of two lossy lines, a capture each, on `threads` feed threads by turns.
std::string FourChannels(int threads) {
  std::string text;
  for (int i = 0; i < threads; ++i) absl::StrAppend(&text, "feed_thread { name: \"t", i, "\" }\n");
  absl::StrAppend(&text, "feed { name: \"itch\" codec: \"itch50\"\n");
  for (int i = 0; i < 4; ++i) {
    absl::StrAppend(&text, "channel { id: ", i + 1, " thread: \"t", i % threads,
                    "\" line { group: \"239.255.2.", 2 * i + 1,
                    ":26400\" } line { group: \"239.255.2.", 2 * i + 2, ":26400\" } }\n");
  }
  return absl::StrCat(text, "}\nstrategy_thread { strategy { name: \"null\" } }\n");
}

TEST_F(Replay, IsTheSameForAnyNumberOfFeedThreads) {
  std::vector<std::string> captures;
  for (uint64_t i = 0; i < 4; ++i) {
    ItchCaptureOptions capture;
    capture.packets.max_messages = 4;
    for (uint64_t line = 1; line <= 2; ++line) {
      capture.lines.push_back(
          {.destination = *rio::ParseEndpoint(absl::StrCat("239.255.2.", 2 * i + line, ":26400")),
           .damage = {.seed = 10 * i + line, .loss = 0.05}});
    }
    captures.push_back(folder_ / absl::StrCat("channel", i, ".pcap"));
    const auto written = WriteItchCapture(
        captures.back(), {.seed = i + 1, .messages = 4000, .symbols = 40}, capture);
    ASSERT_TRUE(written.ok()) << written.status();
  }
  std::string of_one_thread;
  for (const int threads : {1, 2, 4}) {
    std::vector<std::string> arguments = captures;
    arguments.push_back("--config=" + File("threads.textproto", FourChannels(threads)));
    const ChildResult result = Run(arguments);
    EXPECT_EQ(result.exit_code, 0) << result;
    EXPECT_EQ(absl::StrContains(result.error, "note: one thread reads the file"), threads > 1);
    const std::string updates = ReadFile(updates_);
    if (threads == 1) of_one_thread = updates;
    EXPECT_TRUE(updates == of_one_thread) << threads;
  }
  EXPECT_GT(of_one_thread.size(), 300'000U);
  EXPECT_TRUE(absl::StrContains(of_one_thread, "gap")) << "nothing timed out";
}

TEST_F(Replay, OfSeveralFilesIsThatOfTheirSum) {
  ASSERT_NO_FATAL_FAILURE(CutCapture(capture_, folder_ / "first.pcap", 1000));
  const std::string whole = ReadFile(capture_);
  const std::string first = ReadFile(folder_ / "first.pcap");
  constexpr size_t kHeaderBytes = 24;
  const std::string rest =
      File("rest.pcap", whole.substr(0, kHeaderBytes) + whole.substr(first.size()));
  EXPECT_TRUE(Updates({folder_ / "first.pcap", rest}) == expected_);
}

// Lines A and B, each in a capture of its own, whichever is named first.
TEST_F(Replay, OfLinesInFilesOfTheirOwnIsThatOfOneFile) {
  SplitByGroup(capture_, folder_ / "a.pcap", folder_ / "b.pcap");
  EXPECT_TRUE(Updates({folder_ / "a.pcap", folder_ / "b.pcap"}) == expected_);
  EXPECT_TRUE(Updates({folder_ / "b.pcap", folder_ / "a.pcap"}) == expected_);
  const ChildResult result = Run({folder_ / "b.pcap", folder_ / "a.pcap", "--metrics=-"});
  EXPECT_EQ(Metric(result.error, "gaps_total"), 0) << result;
}

TEST_F(Replay, OfSeveralFilesGoesOnWithoutTheDamagedOneAndSaysSo) {
  SplitByGroup(capture_, folder_ / "a.pcap", folder_ / "b.pcap");
  // B, which lost nothing, is enough.
  const std::string line_a = ReadFile(folder_ / "a.pcap");
  const std::string cut = File("cut.pcap", line_a.substr(0, line_a.size() / 2 + 1));
  const ChildResult result = Run({cut, folder_ / "b.pcap"});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "cut.pcap: cut short")) << result;
  EXPECT_TRUE(ReadFile(updates_) == expected_);
}

TEST_F(Replay, WritesJson) {
  const std::string json = Updates({capture_, "--format=json"});
  EXPECT_TRUE(absl::StartsWith(json, "{\"")) << json.substr(0, 200);
  EXPECT_EQ(std::count(json.begin(), json.end(), '\n') + 1,
            std::count(expected_.begin(), expected_.end(), '\n'));
}

TEST_F(Replay, WritesUpdatesToStandardOutput) {
  const ChildResult result =
      Feedhandler({"replay", capture_, "--updates=-", "--without=ts_recv", kSyntheticDay});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(result.output == expected_);
}

// Rows of the columns record, action, side and price.
TEST_F(Replay, WithOrdersExecutionsAndCancelsHaveSideAndPrice) {
  const std::string columns = "--columns=record,action,side,price";
  const std::vector<std::string> without =
      absl::StrSplit(Updates({capture_, columns, "--record=order"}), '\n');
  const std::vector<std::string> with =
      absl::StrSplit(Updates({capture_, columns, "--record=order", "--orders=500000"}), '\n');
  ASSERT_EQ(without.size(), with.size());
  size_t filled = 0;
  for (size_t i = 1; i < with.size(); ++i) {
    if (absl::StartsWith(with[i], "order,R") || with[i].empty()) continue;
    EXPECT_FALSE(absl::StrContains(with[i], ",N,") || absl::EndsWith(with[i], ",")) << with[i];
    filled += with[i] != without[i];
  }
  EXPECT_GT(filled, 2'000U);
}

TEST_F(Replay, OfMoreOrdersThanTheIndexHoldsSaysSo) {
  const ChildResult result = Run({capture_, "--orders=100"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(absl::StrContains(result.error, "orders without room in the index (feed.orders)"))
      << result;
}

TEST_F(Replay, RunsBuiltInStrategiesAndPlugins) {
  const ChildResult result =
      Run({capture_, "--strategy=count:hash=on", absl::StrCat("--strategy=", kExamplePlugin)});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "count on fh-strategy-0")) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "busiest_symbols on fh-strategy-0")) << result;
}

TEST_F(Replay, OfLengthPrefixedFilesIsTheSameHoweverStored) {
  const std::string file = folder_ / "day.itch";
  const ChildResult made = Feedhandler(
      {"generate", file, "--format=records", "--messages=5000", "--symbols=40", "--seed=4"});
  ASSERT_EQ(made.exit_code, 0) << made;
  const std::string plain = Updates({file, "--codec=itch50"});
  EXPECT_GT(plain.size(), 100'000U);
  const std::string zipped = File("day.itch.gz", Gzip(ReadFile(file)));
  EXPECT_TRUE(Updates({zipped, "--codec=itch50"}) == plain);
  EXPECT_TRUE(Updates({"-", "--records", "--codec=itch50"}, file) == plain);
  EXPECT_TRUE(Updates({"-", "--records", "--codec=itch50"}, zipped) == plain);

  // Nobody has to name what the messages show; standard input shows nothing before it is read.
  EXPECT_TRUE(Updates({file}) == plain);
  EXPECT_TRUE(Updates({zipped}) == plain);
  EXPECT_TRUE(Updates({file, "--records"}) == plain);
  const ChildResult unnamed = Run({"-", "--records"}, file);
  EXPECT_EQ(unnamed.exit_code, 2) << unnamed;
  EXPECT_TRUE(absl::StrContains(unnamed.error, "--codec (with a file form: itch50")) << unnamed;
  const ChildResult two = Run({file, capture_});
  EXPECT_EQ(two.exit_code, 2) << two;
  EXPECT_TRUE(absl::StrContains(two.error, "name it alone")) << two;
  const ChildResult other = Run({file, "--codec=iex_deep10"});
  EXPECT_EQ(other.exit_code, 2) << other;

  const ChildResult cut =
      Run({File("cut.itch", ReadFile(file).substr(0, 50'001)), "--codec=itch50"});
  EXPECT_EQ(cut.exit_code, 1) << cut;
  EXPECT_TRUE(absl::StrContains(cut.error, "byte")) << cut;
  EXPECT_GT(ReadFile(updates_).size(), 10'000U);
}

TEST_F(Replay, OfADamagedCaptureDeliversWhatCameBefore) {
  const std::string whole = ReadFile(capture_);
  const ChildResult cut = Run({File("cut.pcap", whole.substr(0, whole.size() / 2 + 1))});
  EXPECT_EQ(cut.exit_code, 1) << cut;
  EXPECT_TRUE(absl::StrContains(cut.error, "cut.pcap")) << cut;
  EXPECT_TRUE(absl::StrContains(cut.error, "at byte")) << cut;
  const std::string updates = ReadFile(updates_);
  EXPECT_GT(updates.size(), expected_.size() / 3);
  EXPECT_TRUE(absl::StartsWith(expected_, updates.substr(0, expected_.size() / 3)));

  const std::string zipped = Gzip(whole);
  const ChildResult cut_zip = Run({File("cut.pcap.gz", zipped.substr(0, zipped.size() / 2))});
  EXPECT_EQ(cut_zip.exit_code, 1) << cut_zip;
  EXPECT_TRUE(absl::StrContains(cut_zip.error, "compressed byte")) << cut_zip;
  EXPECT_GT(ReadFile(updates_).size(), expected_.size() / 4);
}

TEST_F(Replay, SaysWhatItFoundInstead) {
  const ChildResult result = Run({capture_, "--codec=iex_deep10"});
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "nothing looks like iex_deep10")) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "239.255.1.1:26400")) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "itch50")) << result;
}

TEST_F(Replay, OfAnUnknownCodecListsThoseThatExist) {
  const ChildResult result = Run({capture_, "--codec=itch51"});
  EXPECT_EQ(result.exit_code, 2) << result;
  for (const char* codec : {"'itch51'", "itch50", "iex_tops15", "iex_tops16", "iex_deep10"}) {
    EXPECT_TRUE(absl::StrContains(result.error, codec)) << result;
  }
}

TEST_F(Replay, SaysWhatCouldNotBeWritten) {
  const ChildResult result = Feedhandler({"replay", capture_, "--updates=/dev/full"});
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "writing /dev/full failed: No space left")) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "0 lines were written")) << result;
  const ChildResult metrics = Feedhandler({"replay", capture_, "--metrics=/nowhere/metrics"});
  EXPECT_EQ(metrics.exit_code, 2) << metrics;
  EXPECT_TRUE(absl::StrContains(metrics.error, "/nowhere/metrics")) << metrics;
}

TEST_F(Replay, WritesMetricsThatAgreeWithTheSummary) {
  const ChildResult result = Run({capture_, "--metrics=-"});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_EQ(Metric(result.error, "messages_total"), 4000) << result;
  EXPECT_EQ(AllDrops(result.error), 0) << result;
  EXPECT_EQ(Metric(result.error, "line_missing_messages", "line=\"B\""), 0) << result;
  EXPECT_GT(Metric(result.error, "line_missing_messages", "line=\"A\""), 0) << result;
}

TEST_F(Replay, AtAPaceGivesTheSameUpdatesAndBothFiguresWithTheLateness) {
  const ChildResult result = Run({capture_, "--speed=1", "--json=" + folder_ / "summary.json"});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(ReadFile(updates_) == expected_);
  for (const char* part : {"Latency by stage, open loop", "sent by the capture's stamps at 1x",
                           "from schedule", "from actual start", "sender's lateness"}) {
    EXPECT_TRUE(absl::StrContains(result.error, part)) << part << "\n" << result;
  }
  EXPECT_FALSE(absl::StrContains(result.error, "in neither figure")) << result;
  const std::string summary = ReadFile(folder_ / "summary.json");
  EXPECT_TRUE(absl::StrContains(summary, "schedule -> done")) << summary;
}

TEST_F(Replay, FlatOutIsCalledAClosedLoop) {
  const ChildResult result = Run({capture_});
  EXPECT_TRUE(absl::StrContains(result.error, "Latency by stage, closed loop")) << result;
  EXPECT_FALSE(absl::StrContains(result.error, "from schedule")) << result;
}

TEST_F(Replay, APaceThatCannotBeIsRefused) {
  EXPECT_EQ(Run({capture_, "--speed=0.01"}).exit_code, 2);
  EXPECT_EQ(Run({capture_, "--speed=-1"}).exit_code, 2);
  EXPECT_EQ(Run({capture_, "--speed=nan"}).exit_code, 2);
  const std::string records = folder_ / "day.itch";
  ASSERT_EQ(
      Feedhandler({"generate", records, "--format=records", "--messages=3000", "--symbols=10"})
          .exit_code,
      0);
  const ChildResult result =
      Feedhandler({"replay", records, "--codec=itch50", "--speed=1", kSyntheticDay});
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "no stamps to pace them by")) << result;
}

}  // namespace
}  // namespace fh::test
