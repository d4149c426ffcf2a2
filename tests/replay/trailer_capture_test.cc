// Stamps in the frames of a capture become those of its packets; and what this program reads of
// them, tshark reads too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "replay/capture_backend.h"
#include "replay/capture_writer.h"
#include "replay/udp_frame.h"
#include "rio/receiver.h"
#include "tests/replay/capture_fixture.h"
#include "tests/rio/trailer_bytes.h"

namespace fh::test {
namespace {

using rio::StampSource;
using rio::TrailerFormat;

constexpr uint32_t kSeconds = 1'700'000'000;
constexpr int64_t kCaptureNs = 1'700'000'000'900'000'000;
constexpr char kGroup[] = "239.1.1.1:1000";

// A frame of Ethernet, IPv4 and UDP, with bytes before its EtherType and behind its packet.
std::vector<uint8_t> MakeFrame(const std::string& payload, const TrailerBytes& header,
                               const TrailerBytes& trailer) {
  const replay::UdpFraming framing{.source = EndpointOf("10.0.0.1:40000"),
                                   .destination = EndpointOf(kGroup)};
  std::vector<uint8_t> frame(payload.size() + replay::kMaxUdpFramingBytes);
  const absl::StatusOr<size_t> size = replay::BuildUdpFrame(framing, BytesOf(payload), frame);
  EXPECT_TRUE(size.ok()) << size.status();
  frame.resize(*size);
  constexpr long kEtherType = 12;
  frame.insert(frame.begin() + kEtherType, header.begin(), header.end());
  if (!trailer.empty() && frame.size() < 60) frame.resize(60);
  frame.insert(frame.end(), trailer.begin(), trailer.end());
  return frame;
}

void WriteFrames(const std::string& path, const std::vector<std::vector<uint8_t>>& frames,
                 uint32_t cut_bytes = 0) {
  auto writer = replay::CaptureWriter::Open(path);
  ASSERT_TRUE(writer.ok()) << writer.status();
  for (const std::vector<uint8_t>& frame : frames) {
    const auto kept = std::span(frame).first(frame.size() - cut_bytes);
    ASSERT_TRUE((*writer)->WriteFrame(kCaptureNs, kept, static_cast<uint32_t>(frame.size())).ok());
  }
  ASSERT_TRUE((*writer)->Close().ok());
}

struct Delivered {
  std::vector<rio::Packet> packets;  // Without their bytes.
  std::vector<std::string> payloads;
  uint64_t unstamped = 0;
};

Delivered Replay(const std::string& path, TrailerFormat trailer) {
  Delivered delivered;
  auto region = rio::RegisteredRegion::Create({.slice_count = 64});
  EXPECT_TRUE(region.ok());
  auto owned = std::make_unique<rio::RegisteredRegion>(*std::move(region));
  rio::ReceiverOptions options;
  options.subscriptions = {{.group = EndpointOf(kGroup), .trailer = trailer}};
  auto backend = replay::CaptureBackend::Open({path}, options, *owned);
  EXPECT_TRUE(backend.ok()) << backend.status();
  if (!backend.ok()) return delivered;
  rio::Receiver<replay::CaptureBackend> receiver(std::move(owned), *std::move(backend));
  std::array<rio::Packet, 16> burst;
  while (!receiver.finished()) {
    const size_t count = receiver.Poll(burst);
    for (size_t i = 0; i < count; ++i) {
      delivered.payloads.emplace_back(reinterpret_cast<const char*>(burst[i].data),
                                      burst[i].length);
      delivered.packets.push_back(burst[i]);
    }
    receiver.Release(std::span<const rio::Packet>(burst).first(count));
  }
  delivered.unstamped = receiver.stats().unstamped;
  return delivered;
}

struct Case {
  TrailerFormat format;
  TrailerBytes header;
  TrailerBytes trailer;
};

const TrailerBytes kFcs = {1, 2, 3, 4};

TrailerBytes WithFcs(TrailerBytes trailer) {
  trailer.insert(trailer.end(), kFcs.begin(), kFcs.end());
  return trailer;
}

std::vector<Case> CasesAt(uint32_t ns) {
  const TrailerBytes metamako =
      MetamakoTrailer({.seconds = kSeconds, .ns = ns, .flags = 0x01, .device = 12, .port = 34});
  // Rounded up to 2^-34 seconds, which is 58 ps.
  const uint64_t fraction = ((uint64_t{ns} << 34) / 1'000'000'000 + 1) << 6;
  const TrailerBytes exablaze = ExablazeTrailer(5, 6, kSeconds, fraction);
  return {{TrailerFormat::kMetamako, {}, metamako},
          {TrailerFormat::kMetamako, {}, WithFcs(metamako)},
          {TrailerFormat::kExablaze, {}, exablaze},
          {TrailerFormat::kExablaze, {}, WithFcs(exablaze)},
          {TrailerFormat::kVss, {}, VssTrailer(kSeconds, ns, 3)},
          {TrailerFormat::kVss, {}, WithFcs(VssTrailer(kSeconds, ns, 1))},
          {TrailerFormat::kArista, AristaHeader(0x0110, kSeconds, ns), {}},
          {TrailerFormat::kArista, AristaHeader(0x0120, kSeconds & 0xffff, ns), {}}};
}

class TrailerCapture : public testing::TestWithParam<size_t> {};

// Short enough for padding, and long.
TEST_P(TrailerCapture, PacketsCarryTheStampsOfTheirFramesWhenTheirLineAsks) {
  for (const Case& test : CasesAt(123'456'789)) {
    SCOPED_TRACE(TrailerFormatName(test.format));
    const TempFile file("trailer.pcap");
    const std::string payload(GetParam(), 'x');
    WriteFrames(file.path(), {MakeFrame(payload, test.header, test.trailer)});
    const Delivered asked = Replay(file.path(), test.format);
    ASSERT_EQ(asked.packets.size(), 1u);
    EXPECT_EQ(asked.payloads[0], payload) << "the stamp is no part of the payload";
    EXPECT_EQ(asked.packets[0].stamp_ns, int64_t{kSeconds} * 1'000'000'000 + 123'456'789);
    EXPECT_EQ(asked.packets[0].stamp_source, StampSource::kTrailer);
    EXPECT_EQ(asked.unstamped, 0u);
    const Delivered plain = Replay(file.path(), TrailerFormat::kNone);
    ASSERT_EQ(plain.packets.size(), 1u);
    EXPECT_EQ(plain.packets[0].stamp_ns, kCaptureNs);
    EXPECT_EQ(plain.packets[0].stamp_source, StampSource::kCapture);
  }
}

INSTANTIATE_TEST_SUITE_P(Payloads, TrailerCapture, testing::Values(1, 18, 200));

TEST(TrailerCaptureGaps, AFrameWithoutTheStampKeepsTheCapturesAndIsCounted) {
  const TempFile file("gaps.pcap");
  const TrailerBytes trailer = MetamakoTrailer({.seconds = kSeconds, .ns = 7});
  WriteFrames(file.path(), {MakeFrame("first", {}, trailer), MakeFrame("second", {}, {}),
                            MakeFrame("third", {}, MetamakoTrailer({.seconds = 0, .ns = 0}))});
  const Delivered delivered = Replay(file.path(), TrailerFormat::kMetamako);
  ASSERT_EQ(delivered.packets.size(), 3u);
  EXPECT_EQ(delivered.packets[0].stamp_source, StampSource::kTrailer);
  for (size_t i = 1; i < 3; ++i) {
    EXPECT_EQ(delivered.packets[i].stamp_source, StampSource::kCapture);
    EXPECT_EQ(delivered.packets[i].stamp_ns, kCaptureNs);
  }
  EXPECT_EQ(delivered.unstamped, 2u);
}

TEST(TrailerCaptureGaps, ATrailerThatTheCaptureCutIsNotGuessedAt) {
  const TempFile file("cut.pcap");
  // What is left ends like a trailer: a stamp lies where that of a whole frame would.
  const TrailerBytes trailer = MetamakoTrailer({.seconds = kSeconds, .ns = 7});
  WriteFrames(file.path(), {MakeFrame(std::string(100, 'x'), {}, WithFcs(WithFcs(trailer)))}, 4);
  const Delivered delivered = Replay(file.path(), TrailerFormat::kMetamako);
  ASSERT_EQ(delivered.packets.size(), 1u);
  EXPECT_EQ(delivered.packets[0].stamp_source, StampSource::kCapture);
  EXPECT_EQ(delivered.unstamped, 1u);
}

// Lines of `tshark -T fields`, or nothing when there is no tshark.
std::vector<std::string> Tshark(const std::string& path, const std::string& fields) {
  const std::string command =
      absl::StrCat("TZ=UTC tshark -r '", path,
                   "' --enable-heuristic metamako_eth --enable-heuristic exablaze_eth -T fields ",
                   fields, " 2>/dev/null");
  std::FILE* const pipe = popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> part;
  while (pipe != nullptr && std::fgets(part.data(), part.size(), pipe) != nullptr) {
    text += part.data();
  }
  if (pipe == nullptr || pclose(pipe) != 0) return {};
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  lines.pop_back();
  return lines;
}

// As Wireshark writes times.
std::string WiresharkTime(int64_t ns) {
  const time_t seconds = ns / 1'000'000'000;
  std::tm time{};
  gmtime_r(&seconds, &time);
  std::array<char, 64> text;
  std::strftime(text.data(), text.size(), "%b %e, %Y %H:%M:%S", &time);
  return absl::StrFormat("%s.%09d UTC", text.data(), ns % 1'000'000'000);
}

TEST(TrailerCaptureAgainstTshark, BothReadTheSame) {
  const TempFile file("tshark.pcap");
  std::vector<std::vector<uint8_t>> frames;
  std::vector<Case> cases;
  for (const uint32_t ns : {0u, 1u, 123'456'789u, 999'999'999u}) {
    for (const Case& test : CasesAt(ns)) {
      cases.push_back(test);
      frames.push_back(MakeFrame(std::string(100, 'x'), test.header, test.trailer));
    }
  }
  WriteFrames(file.path(), frames);
  const std::vector<std::string> lines =
      Tshark(file.path(),
             "-e metamako.time -e metamako.srcdevice -e metamako.srcport -e exablaze.timestamp "
             "-e exablaze.device -e exablaze.port -e vssmonitoring.time -e avsp.64sec -e avsp.64ns "
             "-e avsp.48sec -e avsp.48ns");
  if (lines.empty()) GTEST_SKIP() << "skipped: no tshark (apt-get install tshark)";
  ASSERT_EQ(lines.size(), frames.size());
  for (size_t i = 0; i < frames.size(); ++i) {
    const TempFile one("one.pcap");
    WriteFrames(one.path(), {frames[i]});
    const Delivered ours = Replay(one.path(), cases[i].format);
    ASSERT_EQ(ours.packets.size(), 1u);
    ASSERT_EQ(ours.packets[0].stamp_source, StampSource::kTrailer);
    const int64_t ns = ours.packets[0].stamp_ns;
    const std::vector<std::string> theirs = absl::StrSplit(lines[i], '\t');
    ASSERT_EQ(theirs.size(), 11u);
    switch (cases[i].format) {
      case TrailerFormat::kMetamako:
        EXPECT_EQ(theirs[0], WiresharkTime(ns));
        EXPECT_EQ(theirs[1] + " " + theirs[2], "12 34");
        break;
      case TrailerFormat::kExablaze:
        EXPECT_EQ(theirs[3], WiresharkTime(ns));
        EXPECT_EQ(theirs[4] + " " + theirs[5], "5 6");
        break;
      case TrailerFormat::kVss:
        EXPECT_EQ(theirs[6], WiresharkTime(ns));
        break;
      default:
        EXPECT_EQ(theirs[8] + theirs[10], absl::StrCat(ns % 1'000'000'000));
        EXPECT_EQ(theirs[7].empty() ? absl::StrCat(kSeconds & 0xffff) : absl::StrCat(kSeconds),
                  theirs[7] + theirs[9]);
    }
  }
}

}  // namespace
}  // namespace fh::test
