// The arithmetic of update_abi.h.
#include "codecs/update_abi.h"

#include <gtest/gtest.h>

#include "codecs/update.h"

namespace fh::codecs {
namespace {

TEST(UpdateAbi, SequenceIsStreamAndNumber) {
  constexpr uint64_t kMost = (uint64_t{1} << 48) - 1;
  EXPECT_EQ(fh_sequence(0, 17), 17U) << "one stream: the venue's number as it is";
  EXPECT_EQ(fh_stream(fh_sequence(0xfedc, kMost)), 0xfedc);
  EXPECT_EQ(fh_number(fh_sequence(0xfedc, kMost)), kMost);
  EXPECT_EQ(fh_stream(fh_sequence(2, kMost + 1)), 2) << "a number never leaks into the stream";
}

TEST(UpdateAbi, OrderBySequenceIsOrderWithinAStream) {
  EXPECT_LT(fh_sequence(3, 9), fh_sequence(3, 10));
  EXPECT_LT(fh_sequence(3, FH_NUMBER_MASK), fh_sequence(4, 0));
}

TEST(UpdateAbi, SizesOfTopsSaturate) {
  EXPECT_EQ(fh_top_size(0), 0U);
  EXPECT_EQ(fh_top_size(UINT32_MAX - 1), UINT32_MAX - 1);
  EXPECT_EQ(fh_top_size(UINT32_MAX), FH_TOP_SIZE_MOST);
  EXPECT_EQ(fh_top_size(uint64_t{UINT32_MAX} + 1), FH_TOP_SIZE_MOST);
  EXPECT_EQ(fh_top_size(UINT64_MAX), FH_TOP_SIZE_MOST);
}

TEST(UpdateAbi, PlacesWithinAMessageSaturate) {
  EXPECT_EQ(RecordIndex(0), 0);
  EXPECT_EQ(RecordIndex(254), 254);
  EXPECT_EQ(RecordIndex(255), 255);
  EXPECT_EQ(RecordIndex(100'000), 255);
}

TEST(UpdateAbi, TheUnknownInstrumentIsNotAllOfThem) {
  EXPECT_NE(FH_UNKNOWN_INSTRUMENT, uint32_t{FH_ALL_INSTRUMENTS});
}

TEST(UpdateAbi, OnlyStartsBeginAnEpoch) {
  NormalizedUpdate update{};
  update.record = FH_RECORD_SESSION;
  update.session.state = FH_SESSION_CORRECTED;
  EXPECT_TRUE(IsSessionStart(update));
  update.session.state = FH_SESSION_ENDED;
  EXPECT_FALSE(IsSessionStart(update));
  update.record = FH_RECORD_STATUS;
  update.session.state = FH_SESSION_NEW;
  EXPECT_FALSE(IsSessionStart(update));
}

}  // namespace
}  // namespace fh::codecs
