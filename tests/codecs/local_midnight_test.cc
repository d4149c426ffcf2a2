#include "codecs/itch/local_midnight.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

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

}  // namespace
}  // namespace fh::codecs
