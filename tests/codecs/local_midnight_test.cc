#include "codecs/local_midnight.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "codecs/itch/itch50_messages.h"
#include "codecs/itch/itch50_sample.h"
#include "codecs/length_blocks.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs {
namespace {

constexpr int64_t kHourNs = 3'600'000'000'000;
constexpr int64_t kWinterMidnightNs = 1'577'682'000'000'000'000;  // 2019-12-30 00:00 -05:00
constexpr int64_t kSummerMidnightNs = 1'692'676'800'000'000'000;  // 2023-08-22 00:00 -04:00
constexpr int64_t kSpringMidnightNs = 1'741'496'400'000'000'000;  // 2025-03-09 00:00 -05:00

LocalMidnight NewYork(int64_t day_ns = 0) {
  absl::StatusOr<LocalMidnight> midnight = LocalMidnight::Load("America/New_York", day_ns);
  EXPECT_TRUE(midnight.ok()) << midnight.status();
  return *midnight;
}

TEST(LocalMidnightTest, IsThatOfTheDayOfReception) {
  LocalMidnight midnight = NewYork();
  EXPECT_EQ(midnight.At(kWinterMidnightNs), kWinterMidnightNs);
  EXPECT_EQ(midnight.At(kWinterMidnightNs + 24 * kHourNs - 1), kWinterMidnightNs);
  EXPECT_EQ(midnight.At(kWinterMidnightNs + 24 * kHourNs), kWinterMidnightNs + 24 * kHourNs);
  EXPECT_EQ(midnight.At(kWinterMidnightNs - 1), kWinterMidnightNs - 24 * kHourNs);
  EXPECT_EQ(midnight.At(kSummerMidnightNs + 14 * kHourNs), kSummerMidnightNs);
}

TEST(LocalMidnightTest, TheDayOfTheClockChangeIsShorter) {
  LocalMidnight midnight = NewYork();
  EXPECT_EQ(midnight.At(kSpringMidnightNs + 23 * kHourNs - 1), kSpringMidnightNs);
  EXPECT_EQ(midnight.At(kSpringMidnightNs + 23 * kHourNs), kSpringMidnightNs + 23 * kHourNs);
}

TEST(LocalMidnightTest, AGivenDayHoldsWheneverTheDataIsReceived) {
  LocalMidnight midnight = NewYork(kSummerMidnightNs + 12 * kHourNs);
  EXPECT_EQ(midnight.At(kWinterMidnightNs), kSummerMidnightNs);
  EXPECT_EQ(midnight.At(0), kSummerMidnightNs);
  EXPECT_EQ(midnight.At(std::numeric_limits<int64_t>::max()), kSummerMidnightNs);
}

TEST(LocalMidnightTest, WithoutAnyDayTimesCountFrom1970) {
  LocalMidnight midnight = NewYork();
  EXPECT_EQ(midnight.At(0), 0);
  EXPECT_EQ(midnight.At(-5), 0);
  EXPECT_EQ(midnight.At(std::numeric_limits<int64_t>::max()), 0);
  EXPECT_EQ(midnight.At(kWinterMidnightNs + 1), kWinterMidnightNs);
  EXPECT_EQ(midnight.At(0), kWinterMidnightNs) << "no time: the day stays";
}

TEST(LocalMidnightTest, AMissingZoneSaysWhatToInstall) {
  const absl::Status status = LocalMidnight::Load("America/Nowhere", 0).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(std::string(status.message()).find("tzdata"), std::string::npos) << status;
}

// Winter or summer in New York: from the time of reception, or from the day that is given.
TEST(LocalMidnightTest, ItchTimesCountFromTheMidnightOfTheDay) {
  SampleRandom random(1);
  const std::string message = itch50::SampleMessage(itch50::AddOrder::kInfo, random);
  const auto time_ns =
      static_cast<int64_t>(itch50::kTimestamp(reinterpret_cast<const uint8_t*>(message.data())));
  std::string records;
  LengthBlocks<std::endian::big>::Append(records, message);
  const test::PacketBytes bytes(records);
  for (const bool portable : {false, true}) {
    for (const int64_t day_ns : {int64_t{0}, kSummerMidnightNs + 1}) {
      CodecOptions options;
      options.framing = "length_prefixed";
      options.portable = portable;
      options.day_ns = day_ns;
      const std::unique_ptr<Codec> codec = *(*FindCodec("itch50"))->make(options);
      PacketFrame frame;
      codec->Frame({&bytes.packet(), 1}, {&frame, 1});
      for (const int64_t ts_recv_ns :
           {kSummerMidnightNs + 10 * kHourNs, int64_t{0}, kWinterMidnightNs + 10 * kHourNs}) {
        const DecodeJob job = {&bytes.packet(), &frame, 0, 1, ts_recv_ns, 0};
        const std::vector<NormalizedUpdate> updates = test::DecodeJobs(*codec, {&job, 1});
        ASSERT_EQ(updates.size(), 1u);
        const bool winter = day_ns == 0 && ts_recv_ns > 0 && ts_recv_ns < kSummerMidnightNs;
        EXPECT_EQ(updates[0].ts_event_ns,
                  (winter ? kWinterMidnightNs : kSummerMidnightNs) + time_ns);
        EXPECT_EQ(updates[0].ts_recv_ns, ts_recv_ns);
      }
    }
  }
}

}  // namespace
}  // namespace fh::codecs
