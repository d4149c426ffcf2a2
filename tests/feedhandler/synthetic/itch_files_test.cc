#include "feedhandler/synthetic/itch_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "codecs/length_blocks.h"
#include "codecs/moldudp64/moldudp64.h"
#include "replay/capture_reader.h"
#include "replay/datagram.h"
#include "tests/platform.h"
#include "tests/replay/capture_fixture.h"

namespace fh {
namespace {

using codecs::FrameKind;
using test::EndpointOf;
using test::TempFile;
using ::testing::IsEmpty;

constexpr ItchDayOptions kDay{.seed = 11, .messages = 20'000, .symbols = 40};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string WholeDay() {
  std::string day;
  absl::StatusOr<ItchDay> itch = ItchDay::Create(kDay);
  std::span<const uint8_t> message;
  while (itch->NextMessage(message)) {
    day += {static_cast<char>(message.size() >> 8), static_cast<char>(message.size())};
    day.append(message.begin(), message.end());
  }
  return day;
}

struct Line {
  std::map<uint64_t, std::string> messages;  // By number, in the length-prefixed form.
  uint64_t heartbeats = 0;
  uint64_t ends = 0;
};

// What a capture holds, by destination; checks its stamps on the way.
std::map<std::string, Line> ReadLines(const std::string& path) {
  std::map<std::string, Line> lines;
  auto reader = replay::CaptureReader::Open(path);
  EXPECT_TRUE(reader.ok()) << reader.status();
  replay::CapturedFrame frame;
  replay::Datagram datagram;
  int64_t last_ns = 0;
  while ((*reader)->Next(frame) == replay::ReadResult::kFrame) {
    EXPECT_GE(frame.stamp_ns, last_ns);
    last_ns = frame.stamp_ns;
    EXPECT_EQ(replay::ParseDatagram(frame.link_type, frame.bytes, frame.original_length, datagram),
              replay::DatagramOutcome::kDatagram);
    Line& line = lines[datagram.destination_endpoint().ToString()];
    rio::Packet packet{};
    packet.data = datagram.payload.data();
    packet.length = static_cast<uint32_t>(datagram.payload.size());
    const codecs::PacketFrame mold = codecs::MoldUdp64().Parse(packet);
    line.heartbeats += mold.kind == FrameKind::kHeartbeat;
    line.ends += mold.kind == FrameKind::kEndOfSession;
    uint64_t number = mold.first_sequence;
    codecs::MoldUdp64().ForEachMessage(
        packet, mold, 0, mold.message_count, [&](const uint8_t* message, uint32_t length) {
          std::string& text = line.messages[number++];
          text = {static_cast<char>(length >> 8), static_cast<char>(length)};
          text.append(message, message + length);
        });
  }
  EXPECT_TRUE((*reader)->status().ok());
  return lines;
}

std::string Join(const Line& line) {
  std::string all;
  for (const auto& [number, message] : line.messages) all += message;
  return all;
}

TEST(ItchFilesTest, RecordFileIsTheDayAndItsEnd) {
  TempFile file("day.itch");
  const auto report = WriteItchRecords(file.path(), kDay);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->messages, kDay.messages);
  const std::string bytes = ReadFile(file.path());
  EXPECT_EQ(report->bytes, bytes.size());
  EXPECT_TRUE(bytes == WholeDay() + std::string(2, '\0'));
}

TEST(ItchFilesTest, CaptureCarriesTheDayOnEveryLine) {
  TempFile file("day.pcap");
  const auto report = WriteItchCapture(file.path(), kDay,
                                       {.lines = {{.destination = EndpointOf("233.54.12.1:26400")},
                                                  {.destination = EndpointOf("[ff15::1]:26401")}}});
  ASSERT_TRUE(report.ok()) << report.status();
  const auto lines = ReadLines(file.path());
  ASSERT_EQ(lines.size(), 2u);
  const std::string day = WholeDay();
  for (const auto& [name, line] : lines) {
    EXPECT_TRUE(Join(line) == day) << name;
    EXPECT_GT(line.heartbeats, 1000u);  // Of a day of 17 hours.
    EXPECT_EQ(line.ends, 3u);
  }
  EXPECT_EQ(report->bytes, ReadFile(file.path()).size());
  for (const auto& ranges : report->undelivered) EXPECT_THAT(ranges, IsEmpty());
}

TEST(ItchFilesTest, DamagedLinesMissExactlyWhatTheReportSays) {
  TempFile file("damaged.pcap");
  const auto report = WriteItchCapture(
      file.path(), kDay,
      {.lines = {{.destination = EndpointOf("233.54.12.1:1"),
                  .damage = {.seed = 1, .loss = 0.05, .duplication = 0.02, .reordering = 0.1}},
                 {.destination = EndpointOf("233.54.12.2:1"), .damage = {.seed = 2, .loss = 0.05}}},
       .heartbeat_ns = 0});
  ASSERT_TRUE(report.ok()) << report.status();
  auto lines = ReadLines(file.path());
  const std::vector<std::string> names{"233.54.12.1:1", "233.54.12.2:1"};
  for (size_t i = 0; i < 2; ++i) {
    uint64_t missing = 0;
    for (const MessageRange& range : report->undelivered[i]) {
      missing += range.size();
      for (uint64_t number = range.first; number <= range.last; ++number) {
        EXPECT_FALSE(lines[names[i]].messages.contains(number));
      }
    }
    EXPECT_GT(missing, 0u);
    EXPECT_EQ(lines[names[i]].messages.size() + missing, kDay.messages);
    EXPECT_EQ(lines[names[i]].heartbeats, 0u);
  }
}

TEST(ItchFilesTest, TheSameOptionsGiveTheSameBytes) {
  TempFile a("a.pcap");
  TempFile b("b.pcap");
  const ItchCaptureOptions options{.lines = {{.destination = EndpointOf("233.54.12.1:1"),
                                              .damage = {.loss = 0.1, .reordering = 0.3}}}};
  ASSERT_TRUE(WriteItchCapture(a.path(), kDay, options).ok());
  ASSERT_TRUE(WriteItchCapture(b.path(), kDay, options).ok());
  EXPECT_TRUE(ReadFile(a.path()) == ReadFile(b.path()));
}

TEST(ItchFilesTest, ProgressMayStopTheWriting) {
  TempFile file("part.itch");
  const auto report = WriteItchRecords(file.path(), {.messages = 300'000, .symbols = 10},
                                       [](uint64_t messages) { return messages < 131'072; });
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->stopped);
  EXPECT_EQ(report->messages, 131'072u);
  EXPECT_EQ(ReadFile(file.path()).size(), report->bytes);
}

TEST(ItchFilesTest, ErrorsSayWhatIsWrong) {
  EXPECT_FALSE(WriteItchRecords("/nonexistent/x", kDay).ok());
  if (test::HasFullDevice()) {
    EXPECT_FALSE(WriteItchRecords("/dev/full", kDay).ok());
  }
  EXPECT_FALSE(WriteItchCapture("/nonexistent/x", kDay, {}).ok());
  EXPECT_FALSE(WriteItchRecords("/tmp/unused", {.messages = 1}).ok());
}

}  // namespace
}  // namespace fh
