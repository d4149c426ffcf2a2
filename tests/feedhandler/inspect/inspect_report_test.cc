// What `inspect` says of files: text, JSON, configuration.
#include "feedhandler/inspect/inspect_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_replace.h"
#include "feedhandler/config/config.h"
#include "feedhandler/inspect/host_network.h"
#include "tests/captures.h"
#include "tests/feedhandler/inspect/streams.h"
#include "tests/platform.h"
#include "tests/replay/capture_fixture.h"

namespace fh::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kStart = 1'500'000'000'000'000'000;  // 2017-07-14 02:40:00 UTC

// Two lines that bring messages 1 to 12 in packets of 3, of which line B loses one; a heartbeat;
// something else; a step back of the clock.
std::vector<TestDatagram> Datagrams() {
  std::vector<TestDatagram> datagrams;
  for (int64_t i = 0; i < 4; ++i) {
    const std::string payload = MoldPacket("DAY", 1 + static_cast<uint64_t>(i) * 3, 3);
    datagrams.push_back({kStart + i * 1'000'000'000, "239.1.1.1:26400", payload, "10.0.0.1:1"});
    if (i == 2) continue;
    datagrams.push_back(
        {kStart + i * 1'000'000'000 - 250, "239.1.2.1:26400", payload, "10.0.0.2:1"});
  }
  datagrams.push_back(
      {kStart + 4'000'000'000, "239.1.1.1:26400", MoldPacket("DAY", 13, 0), "10.0.0.1:1"});
  datagrams.push_back({kStart + 4'000'000'000, "10.0.0.9:53", "what is this", "10.0.0.3:1"});
  return datagrams;
}

// Trailing blanks are not written; the file's name is replaced by FILE.
constexpr char kGolden[] =
    R"(FILE: pcap, 9 frames, 991 bytes captured
  link type    Ethernet
  time         2017-07-14 02:39:59.999999750 to 2017-07-14 02:40:04.000000000 UTC (4.00 s)
  clock        goes backwards 3 times, by up to 250 ns
  interface 0  Ethernet, stamps in nanoseconds, snap length 262,144
  no datagram  none: every frame is a UDP datagram

3 streams
  group            source    VLAN  packets  packets/s  bits/s  busiest s  busiest ms  payload min/mean/max  speaks
  239.1.1.1:26400  10.0.0.1  -           5       1.25     704          1           1              20/70/83  itch50
  239.1.2.1:26400  10.0.0.2  -           3       1.00     664          1           1              83/83/83  itch50
  10.0.0.9:53      10.0.0.3  -           1          0       0          1           1              12/12/12  unknown

  line            group            session  messages  numbers  gaps  missing  cut off  repeated  restarts  heartbeats
  A of channel 1  239.1.1.1:26400  DAY            12   1 - 12     0        0        0         0         0           1
  B of channel 1  239.1.2.1:26400  DAY             9   1 - 12     1        3        0         0         0           0

  10.0.0.9:53: starts with 77 68 61 74 20 69 73 20 74 68 69 73

Go on with
  feedhandler decode FILE | head
  feedhandler replay FILE --codec=itch50
  feedhandler inspect FILE --config > feed.textproto   # for `feedhandler run feed.textproto`
)";

TEST(InspectText, ShowsFileStreamsLinesAndWhatToDoNext) {
  TempFile file("golden.pcap");
  WriteCapture(file.path(), Datagrams());
  InspectReport report;
  ASSERT_TRUE(InspectFiles({file.path()}, {}, report)[0].ok());
  std::string text = InspectText(report, {});
  absl::StrReplaceAll({{file.path(), "FILE"}}, &text);
  EXPECT_EQ(text, kGolden);
}

TEST(InspectText, ShowsTheBusiestStreamsOnlyWhenAsked) {
  TempFile file("top.pcap");
  WriteCapture(file.path(), Datagrams());
  InspectReport report;
  ASSERT_TRUE(InspectFiles({file.path()}, {}, report)[0].ok());
  const std::string text = InspectText(report, {.top = 1});
  EXPECT_THAT(text, HasSubstr("3 streams, the busiest 1 of them"));
  EXPECT_THAT(text, HasSubstr("239.1.1.1:26400"));
  EXPECT_THAT(text, Not(HasSubstr("239.1.2.1:26400")));
}

TEST(InspectText, SaysWhereAFileIsDamagedBehindWhatWasRead) {
  TempFile file("cut.pcap");
  WriteCapture(file.path(), Datagrams());
  std::filesystem::resize_file(file.path(), std::filesystem::file_size(file.path()) - 5);
  InspectReport report;
  EXPECT_FALSE(InspectFiles({file.path()}, {}, report)[0].ok());
  EXPECT_TRUE(ReadAny(report));
  const std::string text = InspectText(report, {});
  EXPECT_THAT(text, HasSubstr("8 frames"));
  EXPECT_THAT(text, HasSubstr("DAMAGED"));
  EXPECT_THAT(text, HasSubstr("239.1.2.1:26400"));
}

// The last frame as a capture with a snap length has it: five bytes are not in the file.
void CutLastFrame(const std::string& path) {
  std::string bytes;
  {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  constexpr size_t kFileHeader = 24;
  constexpr size_t kRecordHeader = 16;
  size_t last = 0;
  uint32_t length = 0;
  for (size_t at = kFileHeader; at < bytes.size(); at += kRecordHeader + length) {
    last = at;
    std::memcpy(&length, bytes.data() + at + 8, sizeof length);
  }
  length -= 5;
  std::memcpy(bytes.data() + last + 8, &length, sizeof length);
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size() - 5));
}

TEST(InspectText, SaysHowToCaptureWholeFrames) {
  TempFile file("snapped.pcap");
  WriteCapture(file.path(), Datagrams());
  InspectReport whole;
  ASSERT_TRUE(InspectFiles({file.path()}, {}, whole)[0].ok());
  EXPECT_THAT(InspectText(whole, {}), Not(HasSubstr("tcpdump -s 0")));
  CutLastFrame(file.path());
  InspectReport snapped;
  ASSERT_TRUE(InspectFiles({file.path()}, {}, snapped)[0].ok());
  EXPECT_THAT(InspectText(snapped, {}),
              HasSubstr("1 packets cut off by the snap length (tcpdump -s 0 keeps whole frames)"));
}

TEST(InspectText, QuotesNamesThatAShellWouldTakeApart) {
  TempFile file("it's a day.pcap");
  WriteCapture(file.path(), Datagrams());
  InspectReport report;
  ASSERT_TRUE(InspectFiles({file.path()}, {}, report)[0].ok());
  EXPECT_THAT(InspectText(report, {}), HasSubstr(QuotedArgument(file.path()) + " --codec=itch50"));
  EXPECT_EQ(QuotedArgument("it's"), test::kWindows ? "\"it's\"" : "'it'\\''s'");
  EXPECT_EQ(QuotedArgument("plain.pcap"), "plain.pcap");
}

// The same report as of one file with everything, whichever file is named first.
TEST(InspectFiles, OfSeveralAreMergedByTheirStamps) {
  TempFile whole("whole.pcap");
  TempFile file_a("a.pcap");
  TempFile file_b("b.pcap");
  std::vector<TestDatagram> all;
  std::vector<TestDatagram> of_a;
  std::vector<TestDatagram> of_b;
  for (uint64_t i = 0; i < 100; ++i) {
    const int64_t stamp_ns = kStart + static_cast<int64_t>(i) * 1000;
    all.push_back({stamp_ns, "239.1.1.1:26400", MoldPacket("DAY", 1 + i * 2, 2)});
    (i % 3 == 0 ? of_b : of_a).push_back(all.back());
  }
  WriteCapture(whole.path(), all);
  WriteCapture(file_a.path(), of_a);
  WriteCapture(file_b.path(), of_b);
  InspectReport expected;
  ASSERT_TRUE(InspectFiles({whole.path()}, {}, expected)[0].ok());
  for (const auto& paths :
       {std::vector{file_a.path(), file_b.path()}, std::vector{file_b.path(), file_a.path()}}) {
    InspectReport report;
    for (const absl::Status& status : InspectFiles(paths, {}, report)) EXPECT_TRUE(status.ok());
    EXPECT_EQ(StreamsText(report.table), StreamsText(expected.table));
    ASSERT_EQ(report.captures.size(), 2u);
    EXPECT_EQ(report.captures[0].path, paths[0]);
    EXPECT_EQ(report.captures[0].frames.frames + report.captures[1].frames.frames, 100u);
    EXPECT_EQ(report.captures[0].backwards, 0u);
  }
}

TEST(InspectFiles, TheLimitIsOfEachFile) {
  TempFile file_a("a.pcap");
  TempFile file_b("b.pcap");
  WriteCapture(file_a.path(), Datagrams());
  WriteCapture(file_b.path(), Datagrams());
  InspectReport report;
  InspectFiles({file_a.path(), file_b.path()}, {.most_frames = 4, .progress = nullptr}, report);
  for (const CaptureScan& scan : report.captures) {
    EXPECT_EQ(scan.frames.frames, 4u);
    EXPECT_FALSE(scan.complete);
  }
}

TEST(InspectFiles, ADamagedOrMissingFileDoesNotKeepTheOthersFromBeingRead) {
  TempFile good("good.pcap");
  TempFile cut("cut.pcap");
  WriteCapture(good.path(), Datagrams());
  WriteCapture(cut.path(), Datagrams());
  std::filesystem::resize_file(cut.path(), std::filesystem::file_size(cut.path()) - 5);
  InspectReport report;
  const auto statuses =
      InspectFiles({cut.path(), "/nonexistent/none.pcap", good.path()}, {}, report);
  ASSERT_EQ(statuses.size(), 3u);
  EXPECT_EQ(statuses[0].code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(statuses[1].code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(statuses[2].ok());
  EXPECT_EQ(report.captures[0].frames.frames, 8u);
  EXPECT_EQ(report.captures[2].frames.frames, 9u);
  EXPECT_TRUE(report.captures[2].complete);
  const std::string text = InspectText(report, {});
  EXPECT_THAT(text, HasSubstr("feedhandler replay " + cut.path() + " " + good.path() + " --codec"));
}

TEST(InspectText, HintsOfStandardInputNameTheLinesSinceItCannotBeSearchedAgain) {
  InspectReport report;
  report.captures.push_back({.path = "-", .opened = true});
  for (uint64_t i = 0; i < 10; ++i) {
    Feed(report.table, "239.1.1.1:26400", MoldPacket("DAY", 1 + i, 1));
    Feed(report.table, "239.1.2.1:26400", MoldPacket("DAY", 1 + i, 1));
  }
  const std::string text = InspectText(report, {});
  EXPECT_THAT(text, HasSubstr("Go on with (the same on standard input again)\n"
                              "  feedhandler decode - --codec=itch50 --group=239.1.1.1:26400 "
                              "--group=239.1.2.1:26400 | head\n"
                              "  feedhandler replay - --codec=itch50 --line=239.1.1.1:26400 "
                              "--line=239.1.2.1:26400\n"
                              "  feedhandler inspect - --config > feed.textproto"));
}

TEST(InspectText, HintsNeverNameAFileLikeAnOption) {
  InspectReport report;
  report.captures.push_back({.path = "-day.pcap", .opened = true});
  Feed(report.table, "239.1.1.1:26400", MoldPacket("DAY", 1, 1));
  EXPECT_THAT(InspectText(report, {}), HasSubstr("feedhandler decode ./-day.pcap | head"));
}

TEST(InspectFiles, RefusesWhatIsNoCaptureAndReadsNothing) {
  TempFile file("text.pcap");
  std::ofstream(file.path()) << "hello, this is a text and no capture at all\n";
  InspectReport report;
  const absl::Status status = InspectFiles({file.path()}, {}, report)[0];
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_FALSE(ReadAny(report));
}

TEST(InspectFiles, StopsWhenAskedAndSaysSo) {
  TempFile file("long.pcap");
  std::vector<TestDatagram> datagrams;
  for (int i = 0; i < 10'000; ++i) datagrams.push_back({kStart + i, "239.1.1.1:26400", "payload"});
  WriteCapture(file.path(), datagrams);
  InspectReport report;
  const InspectOptions options{
      .most_frames = UINT64_MAX,
      .progress = [](uint64_t, std::optional<uint64_t>, uint64_t) { return false; }};
  EXPECT_TRUE(InspectFiles({file.path()}, options, report)[0].ok());
  EXPECT_FALSE(report.captures[0].complete);
  EXPECT_THAT(InspectText(report, {}), HasSubstr("unfinished"));
}

TEST(InspectJson, IsOneObjectWithTheSameFigures) {
  TempFile file("json.pcap");
  WriteCapture(file.path(), Datagrams());
  InspectReport report;
  ASSERT_TRUE(InspectFiles({file.path()}, {}, report)[0].ok());
  const json object = json::parse(InspectJson(report, {}));
  EXPECT_EQ(object["captures"][0]["frames"], 9);
  EXPECT_EQ(object["captures"][0]["backwards"], 3);
  EXPECT_EQ(object["captures"][0]["last_ns"], "1500000004000000000");
  EXPECT_EQ(object["streams"][1]["group"], "239.1.2.1:26400");
  EXPECT_EQ(object["streams"][1]["codec"], "itch50");
  EXPECT_EQ(object["streams"][1]["sessions"][0]["missing"], 3);
  EXPECT_TRUE(object["streams"][2]["codec"].is_null());
  EXPECT_EQ(object["channels"][0]["lines"][1]["group"], "239.1.2.1:26400");
}

TEST(InspectJson, IsValidWhateverTheSessionIsCalled) {
  StreamTable table;
  Feed(table, "239.1.1.1:26400", MoldPacket("\"\\{}[],:", 1, 3));
  JsonWriter writer;
  StreamsJson(table, {}, writer);
  EXPECT_EQ(json::parse(writer.text())[0]["sessions"][0]["session"], "\"\\{}[],:");
}

TEST(ConfigText, IsAConfigurationWithTheLinesFound) {
  TempFile file("config.pcap");
  WriteCapture(file.path(), Datagrams());
  InspectReport report;
  ASSERT_TRUE(InspectFiles({file.path()}, {}, report)[0].ok());
  const absl::StatusOr<std::string> text = ConfigText(report);
  ASSERT_TRUE(text.ok()) << text.status();
  const absl::StatusOr<Config> config = ParseConfig(*text, "made", {});
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->feeds.size(), 1u);
  EXPECT_EQ(config->feeds[0].codec, "itch50");
  ASSERT_EQ(config->feeds[0].channels.size(), 1u);
  ASSERT_EQ(config->feeds[0].channels[0].lines.size(), 2u);
  EXPECT_EQ(config->feeds[0].channels[0].lines[1].subscription.group.ToString(), "239.1.2.1:26400");
}

TEST(ConfigText, IsRefusedWhenNothingIsDecodable) {
  TempFile file("foreign.pcap");
  WriteCapture(file.path(), {{kStart, "239.1.1.1:26400", "what is this"}});
  InspectReport report;
  ASSERT_TRUE(InspectFiles({file.path()}, {}, report)[0].ok());
  EXPECT_EQ(ConfigText(report).status().code(), absl::StatusCode::kFailedPrecondition);
}

std::string RecordFileBytes(int messages) {
  std::string bytes;
  for (int i = 0; i < messages; ++i) {
    codecs::MoldUdp64::Blocks::Append(bytes, ItchMessage(static_cast<uint64_t>(i)));
  }
  return bytes;
}

TEST(RecordFile, IsRecognisedCountedAndItsCodecGuessed) {
  TempFile file("day.itch");
  std::ofstream(file.path(), std::ios::binary)
      << RecordFileBytes(100'000) << std::string("\0\0", 2);
  InspectReport report;
  ASSERT_TRUE(InspectFiles({file.path()}, {}, report)[0].ok());
  ASSERT_EQ(report.record_files.size(), 1u);
  const RecordScan& scan = report.record_files[0];
  EXPECT_EQ(scan.records, 100'000u);
  EXPECT_EQ(scan.bytes, 1'900'000u);
  EXPECT_EQ(scan.least_bytes, 19u);
  EXPECT_TRUE(scan.has_end_record);
  EXPECT_TRUE(scan.complete);
  ASSERT_NE(scan.codec, nullptr);
  EXPECT_STREQ(scan.codec->name, "itch50");
  EXPECT_THAT(InspectText(report, {}), HasSubstr("speaks       itch50"));
  EXPECT_THAT(InspectText(report, {}), HasSubstr("feedhandler replay " + file.path() + "\n"));
  EXPECT_EQ(json::parse(InspectJson(report, {}))["record_files"][0]["records"], 100'000);
}

TEST(RecordFile, ThatIsCutOffIsDamagedBehindWhatWasRead) {
  TempFile file("cut.itch");
  const std::string bytes = RecordFileBytes(1'000);
  std::ofstream(file.path(), std::ios::binary) << bytes.substr(0, bytes.size() - 3);
  InspectReport report;
  EXPECT_FALSE(InspectFiles({file.path()}, {}, report)[0].ok());
  EXPECT_EQ(report.record_files[0].records, 999u);
  EXPECT_THAT(InspectText(report, {}), HasSubstr("DAMAGED"));
}

TEST(RecordFile, RealOnesAreItch) {
  for (const auto& [name, records] :
       {std::pair("itch/synthetic_8009.itch", 8009u), std::pair("itch/bbekele_1000.itch", 1000u),
        std::pair("itch/20191230_2_per_type.itch", 12u)}) {
    const auto path = CaptureFile(name);
    if (!path) GTEST_SKIP() << kNoCaptures;
    InspectReport report;
    EXPECT_TRUE(InspectFiles({path->string()}, {}, report)[0].ok());
    ASSERT_EQ(report.record_files.size(), 1u) << name;
    EXPECT_EQ(report.record_files[0].records, records) << name;
    ASSERT_NE(report.record_files[0].codec, nullptr) << name;
    EXPECT_STREQ(report.record_files[0].codec->name, "itch50");
  }
}

// Every odd, damaged and rare file: read or refused, and always valid JSON.
TEST(InspectFiles, SurvivesEveryCaptureThereIs) {
  const auto folder = CaptureFile("formats");
  if (!folder) GTEST_SKIP() << kNoCaptures;
  size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    InspectReport report;
    const absl::Status status = InspectFiles({entry.path().string()}, {}, report)[0];
    EXPECT_TRUE(status.ok() || !status.message().empty()) << entry.path();
    EXPECT_TRUE(json::accept(InspectJson(report, {}))) << entry.path();
    EXPECT_FALSE(InspectText(report, {}).empty());
  }
  EXPECT_GT(files, 50u);
}

}  // namespace
}  // namespace fh::test
