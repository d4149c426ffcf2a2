// What `inspect` says of the stamps that devices wrote into the frames of a capture.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "feedhandler/inspect/inspect_report.h"
#include "tests/replay/capture_fixture.h"
#include "tests/rio/trailer_bytes.h"

namespace fh::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kStart = 1'700'000'000'000'000'000;

// `count` frames a millisecond apart; `trailer_of(i)` is what follows the packet of the i-th.
template <class F>
std::string InspectTextOf(int count, F trailer_of, nlohmann::json* json = nullptr) {
  const TempFile file("trailer.pcap");
  {
    auto writer = replay::CaptureWriter::Open(file.path());
    EXPECT_TRUE(writer.ok());
    for (int i = 0; i < count; ++i) {
      const std::string payload(100, 'x');
      const replay::UdpFraming framing{.source = EndpointOf("10.0.0.1:40000"),
                                       .destination = EndpointOf("239.1.1.1:1000")};
      std::vector<uint8_t> frame(payload.size() + replay::kMaxUdpFramingBytes);
      const auto size = replay::BuildUdpFrame(framing, BytesOf(payload), frame);
      EXPECT_TRUE(size.ok());
      frame.resize(*size);
      for (const uint8_t byte : trailer_of(i)) frame.push_back(byte);
      EXPECT_TRUE(
          (*writer)
              ->WriteFrame(kStart + i * 1'000'000, frame, static_cast<uint32_t>(frame.size()))
              .ok());
    }
    EXPECT_TRUE((*writer)->Close().ok());
  }
  InspectReport report;
  const absl::Status status = InspectFiles({file.path()}, {}, report)[0];
  EXPECT_TRUE(status.ok()) << status;
  if (json != nullptr) *json = nlohmann::json::parse(InspectJson(report, {}));
  return InspectText(report, {});
}

// A stamp `ahead_ns` after that of the i-th frame.
MetamakoFields Fields(int i, int64_t ahead_ns) {
  const int64_t ns = kStart + i * 1'000'000 + ahead_ns;
  return {.seconds = static_cast<uint32_t>(ns / 1'000'000'000),
          .ns = static_cast<uint32_t>(ns % 1'000'000'000),
          .device = 3,
          .port = static_cast<uint8_t>(7 + i % 2)};
}

TEST(InspectTrailers, NamesFormatDevicesAndHowFarFromTheCapture) {
  nlohmann::json json;
  const std::string text = InspectTextOf(
      20, [](int i) { return MetamakoTrailer(Fields(i, -1200)); }, &json);
  EXPECT_THAT(text,
              HasSubstr("frame stamps metamako in 20 of 20 datagrams (device 3 port 7, device "
                        "3 port 8), on average 1.20 us before the capture's; replay "
                        "--trailer=metamako takes them"));
  EXPECT_EQ(json["captures"][0]["trailer"]["format"], "metamako");
  EXPECT_EQ(json["captures"][0]["trailer"]["frames"], 20);
  EXPECT_EQ(json["captures"][0]["trailer"]["mean_ahead_ns"], -1200);
}

TEST(InspectTrailers, SaysWhenADevicesClockShowsTaiOrIsOutOfStep) {
  const std::string text = InspectTextOf(10, [](int i) {
    MetamakoFields fields = Fields(i, 37'000'000'000);
    fields.flags = 0x11;
    return MetamakoTrailer(fields);
  });
  EXPECT_THAT(text, HasSubstr("the device's clock shows TAI"));
  EXPECT_THAT(text, HasSubstr("10 of a clock out of step"));
}

TEST(InspectTrailers, AreNotSeenInPaddingNorInAFewFramesThatLookLikeIt) {
  nlohmann::json json;
  const std::string none = InspectTextOf(
      30, [](int) { return TrailerBytes(20, 0); }, &json);
  EXPECT_THAT(none, Not(HasSubstr("frame stamps")));
  EXPECT_TRUE(json["captures"][0]["trailer"].is_null());
  const std::string one = InspectTextOf(
      30, [](int i) { return i == 5 ? MetamakoTrailer(Fields(i, 0)) : TrailerBytes(4, 0x77); });
  EXPECT_THAT(one, Not(HasSubstr("frame stamps")));
}

}  // namespace
}  // namespace fh::test
