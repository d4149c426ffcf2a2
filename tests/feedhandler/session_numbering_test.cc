// What venues do with numbers: let them wrap, begin them anew with each round, or leave them out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <deque>
#include <string>

#include "absl/strings/str_cat.h"
#include "feedhandler/session/channel_session.h"
#include "feedhandler/session/copy_filter.h"
#include "feedhandler/session/loop_session.h"
#include "feedhandler/session/number_unwrapper.h"

namespace fh {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kSecond = 1'000'000'000;
constexpr uint64_t k32Bits = uint64_t{1} << 32;

bool IsNew(CopyFilter& filter, const std::string& bytes, uint8_t line, int64_t recv_ns = 0) {
  return filter.IsNew({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, line,
                      recv_ns);
}

TEST(CopyFilter, TakesEachDatagramFromWhicheverLineIsFirst) {
  CopyFilter filter(2, kSecond);
  EXPECT_TRUE(IsNew(filter, "one", 0));
  EXPECT_FALSE(IsNew(filter, "one", 1));
  EXPECT_TRUE(IsNew(filter, "two", 1));
  EXPECT_FALSE(IsNew(filter, "two", 0));
}

TEST(CopyFilter, DeliversTwiceWhatTheVenueSaysTwice) {
  CopyFilter filter(2, kSecond);
  EXPECT_TRUE(IsNew(filter, "status", 0));
  EXPECT_TRUE(IsNew(filter, "status", 0));
  EXPECT_FALSE(IsNew(filter, "status", 1));
  EXPECT_FALSE(IsNew(filter, "status", 1));
  EXPECT_TRUE(IsNew(filter, "status", 1));
}

TEST(CopyFilter, TakesFromTheOtherLineWhatOneLost) {
  CopyFilter filter(2, kSecond);
  EXPECT_TRUE(IsNew(filter, "lost on A", 1));
  EXPECT_TRUE(IsNew(filter, "lost on B", 0));
}

TEST(CopyFilter, ForgetsWhatWasNotSeenForLong) {
  CopyFilter filter(2, kSecond);
  EXPECT_TRUE(IsNew(filter, "daily", 0, 0));
  EXPECT_TRUE(IsNew(filter, "daily", 1, 2 * kSecond));
  EXPECT_FALSE(IsNew(filter, "daily", 0, 2 * kSecond));
}

TEST(CopyFilter, KnowsThousandsOfDatagramsAtATime) {
  CopyFilter filter(2, kSecond);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(IsNew(filter, absl::StrCat("message ", i), 0));
  int taken_for_new = 0;
  for (int i = 0; i < 1000; ++i) taken_for_new += IsNew(filter, absl::StrCat("message ", i), 1);
  EXPECT_LT(taken_for_new, 20);  // Where five or more hashes share a set.
}

TEST(CopyFilter, HasNothingToTellApartOnOneLine) {
  CopyFilter filter(1, kSecond);
  EXPECT_TRUE(IsNew(filter, "again", 0));
  EXPECT_TRUE(IsNew(filter, "again", 0));
}

TEST(NumberUnwrapper, LeavesNumbersOf64BitsAlone) {
  const NumberUnwrapper unwrapper(codecs::Numbering{});
  EXPECT_FALSE(unwrapper.IsNeeded());
  EXPECT_EQ(unwrapper.Unwrap(UINT64_MAX, 5), UINT64_MAX);
}

TEST(NumberUnwrapper, GoesOnBehindTheHighestNumber) {
  const NumberUnwrapper to_zero({.bits = 32, .after_wrap = 0});
  EXPECT_EQ(to_zero.Unwrap(UINT32_MAX, UINT32_MAX), UINT32_MAX);
  EXPECT_EQ(to_zero.Unwrap(0, k32Bits), k32Bits);
  EXPECT_EQ(to_zero.Unwrap(7, k32Bits), k32Bits + 7);
  const NumberUnwrapper to_one({.bits = 32, .after_wrap = 1});
  EXPECT_EQ(to_one.Unwrap(1, k32Bits), k32Bits);
  EXPECT_EQ(to_one.Unwrap(2, UINT32_MAX), k32Bits + 1);
}

TEST(NumberUnwrapper, TakesALateNumberForOneOfTheLapBefore) {
  const NumberUnwrapper unwrapper({.bits = 32, .after_wrap = 0});
  EXPECT_EQ(unwrapper.Unwrap(UINT32_MAX - 3, k32Bits + 10), k32Bits - 4);
  EXPECT_EQ(unwrapper.Unwrap(UINT32_MAX, 3 * k32Bits), 3 * k32Bits - 1);
}

TEST(NumberUnwrapper, SeesAStreamThatStartsOver) {
  const NumberUnwrapper unwrapper({.bits = 32, .after_wrap = 0});
  EXPECT_EQ(unwrapper.Unwrap(1, 3'000'000'000), 1u);
  EXPECT_EQ(unwrapper.Unwrap(1, k32Bits + 3'000'000'000), k32Bits + 1);
  EXPECT_EQ(unwrapper.Unwrap(4'000'000'000, 10), 4'000'000'000u);
}

TEST(NumberUnwrapper, KnowsLapsOfFewBits) {
  const NumberUnwrapper unwrapper({.bits = 8, .after_wrap = 1});
  uint64_t expected = 1;
  for (int lap = 0; lap < 5; ++lap) {
    for (uint64_t wire = 1; wire <= 255; ++wire) {
      ASSERT_EQ(unwrapper.Unwrap(wire, expected), expected);
      ++expected;
    }
  }
  EXPECT_EQ(unwrapper.Unwrap(0, expected), 0u);  // Not a number of the venue's.
}

// A session of two lines and what it says, in short: "1-3" delivered, "loop 1", "gap 4-6".
template <typename Session>
class Said {
 public:
  explicit Said(const SessionOptions& options) : session_(options) {}

  // A packet of `count` numbers from `first` on.
  void Send(uint8_t line, uint64_t first, uint32_t count, int64_t at_ns,
            codecs::FrameKind kind = codecs::FrameKind::kMessages, uint16_t lost_in_tail = 0) {
    bytes_.push_back(absl::StrCat(first, ":", count));
    packets_.push_back({.data = reinterpret_cast<const uint8_t*>(bytes_.back().data()),
                        .length = static_cast<uint32_t>(bytes_.back().size()),
                        .slice = next_slice_++});
    frames_.push_back({.first_sequence = first,
                       .message_count = count,
                       .number_count = count,
                       .lost_in_tail = lost_in_tail,
                       .kind = kind});
    const Arrival arrival{&packets_.back(), &frames_.back(), at_ns, line};
    Take(session_.OnBurst({&arrival, 1}));
  }

  std::string Take() { return std::exchange(said_, ""); }
  uint32_t released() const { return released_; }
  uint32_t sent() const { return next_slice_; }
  Session& operator*() { return session_; }

 private:
  void Take(const SessionBatch& batch) {
    ForEachStep(
        batch,
        [&](std::span<const codecs::DecodeJob> jobs) {
          for (const codecs::DecodeJob& job : jobs) {
            const uint64_t first = job.frame->first_sequence + job.skip;
            Say(absl::StrCat(first, "-", first + job.take - 1,
                             (job.flags & FH_FLAG_MAYBE_BAD_BOOK) != 0 ? "?" : ""));
            snapshots_ += (job.flags & FH_FLAG_SNAPSHOT) != 0;
          }
        },
        [&](const SessionEvent& event) {
          switch (event.kind) {
            case SessionEvent::Kind::kLoop:
              return Say(absl::StrCat("loop ", event.first));
            case SessionEvent::Kind::kGap:
              return Say(absl::StrCat("gap ", event.first, "-", event.last));
            case SessionEvent::Kind::kStuck:
              return Say("stuck");
            case SessionEvent::Kind::kUnstuck:
              return Say("unstuck");
            case SessionEvent::Kind::kSessionStart:
              return Say("start");
            default:
              return Say("?");
          }
        });
    released_ += static_cast<uint32_t>(batch.released.size());
  }
  void Say(const std::string& text) { absl::StrAppend(&said_, said_.empty() ? "" : " ", text); }

 public:
  uint32_t snapshots_ = 0;

 private:
  Session session_;
  std::deque<std::string> bytes_;
  std::deque<rio::Packet> packets_;
  std::deque<codecs::PacketFrame> frames_;
  std::string said_;
  uint32_t released_ = 0;
  uint32_t next_slice_ = 0;
};

using Loops = Said<LoopSession>;
const SessionOptions kTwoLines{.lines = 2};

TEST(LoopSession, RoundsAreNoRestarts) {
  Loops loops(kTwoLines);
  for (int round = 0; round < 3; ++round) {
    for (uint64_t number = 1; number <= 4; ++number) loops.Send(0, number, 1, round);
  }
  EXPECT_EQ(loops.Take(), "loop 1 1-1 2-2 3-3 4-4 loop 1 1-1 2-2 3-3 4-4 loop 1 1-1 2-2 3-3 4-4");
  EXPECT_EQ((*loops).stats().restarts, 0u);
  EXPECT_EQ((*loops).stats().delivered_messages, 12u);
  EXPECT_EQ(loops.snapshots_, 12u);
  EXPECT_EQ(loops.released(), loops.sent());
}

TEST(LoopSession, ARoundOfOnePacketIsDeliveredEachTime) {
  Loops loops(kTwoLines);
  for (int round = 0; round < 3; ++round) loops.Send(0, 1, 1, round);
  EXPECT_EQ(loops.Take(), "loop 1 1-1 loop 1 1-1 loop 1 1-1");
}

TEST(LoopSession, TakesOneLineUntilItFallsSilent) {
  Loops loops(kTwoLines);
  loops.Send(0, 1, 2, 0);
  loops.Send(1, 1, 2, kMs);
  EXPECT_EQ(loops.Take(), "loop 1 1-2");
  EXPECT_EQ((*loops).stats().duplicate_messages, 2u);
  loops.Send(1, 3, 2, 2 * kSecond);
  EXPECT_EQ(loops.Take(), "");
  loops.Send(1, 5, 2, 4 * kSecond);
  EXPECT_EQ(loops.Take(), "gap 3-4 5-6?");
}

TEST(LoopSession, SaysWhatALineLostUntilTheNextRound) {
  Loops loops(kTwoLines);
  loops.Send(0, 1, 2, 0);
  loops.Send(0, 5, 1, 1);
  loops.Send(0, 6, 1, 2);
  loops.Send(0, 1, 2, 3);
  EXPECT_EQ(loops.Take(), "loop 1 1-2 gap 3-4 5-5? 6-6? loop 1 1-2");
  EXPECT_EQ((*loops).stats().missing_messages, 2u);
}

TEST(LoopSession, SaysThatARoundsFirstPacketsWereLost) {
  Loops loops(kTwoLines);
  for (uint64_t number = 1; number <= 5; ++number) loops.Send(0, number, 1, 0);
  loops.Send(0, 3, 1, 1);  // Of the next round, perhaps.
  loops.Send(0, 4, 1, 2);
  EXPECT_EQ(loops.Take(), "loop 1 1-1 2-2 3-3 4-4 5-5 loop 4 gap 1-3 4-4?");
}

TEST(LoopSession, OneWildPacketChangesNothing) {
  Loops loops(kTwoLines);
  loops.Send(0, 1, 2, 0);
  loops.Send(0, 4'000'000'000, 2, 1);
  loops.Send(0, 3, 2, 2);
  EXPECT_EQ(loops.Take(), "loop 1 1-2 3-4");
  EXPECT_EQ((*loops).stats().unbelieved, 1u);
}

TEST(LoopSession, ALineThatIsFarAheadIsBelievedWhenItGoesOn) {
  Loops loops(kTwoLines);
  loops.Send(0, 1, 2, 0);
  loops.Send(0, 1'000, 2, 1);
  loops.Send(0, 1'002, 2, 2);
  EXPECT_EQ(loops.Take(), "loop 1 1-2 gap 3-1001 1002-1003?");
}

TEST(LoopSession, ACutPacketsTailIsSaid) {
  Loops loops(kTwoLines);
  loops.Send(0, 1, 2, 0, codecs::FrameKind::kMessages, 3);
  loops.Send(0, 6, 1, 1);
  EXPECT_EQ(loops.Take(), "loop 1 1-2 gap 3-5 6-6?");
}

TEST(LoopSession, SaysWhenPacketsComeAndNoneCanBeUsed) {
  Loops loops(kTwoLines);
  for (int i = 0; i < 20; ++i) {
    loops.Send(0, 0, 0, i * kSecond, codecs::FrameKind::kRejected);
  }
  EXPECT_EQ(loops.Take(), "stuck");
  loops.Send(0, 1, 1, 20 * kSecond);
  EXPECT_EQ(loops.Take(), "loop 1 1-1 unstuck");
}

TEST(LoopSession, HeartbeatsOfAQuietChannelAreNoReasonToComplain) {
  Loops loops(kTwoLines);
  for (int i = 0; i < 40; ++i) {
    loops.Send(0, 1, 0, i * kSecond, codecs::FrameKind::kHeartbeat);
  }
  EXPECT_EQ(loops.Take(), "");
}

TEST(UnsequencedPackets, AreDeliveredOnceEachWhereverTheStreamStands) {
  Said<ChannelSession> session({.lines = 2, .jump_confirmations = 1});
  session.Send(0, 0, 2, 0, codecs::FrameKind::kUnsequenced);  // Before the stream is known.
  session.Send(1, 0, 2, 0, codecs::FrameKind::kUnsequenced);
  session.Send(0, 1, 3, 0);
  session.Send(1, 0, 1, 0, codecs::FrameKind::kUnsequenced);
  session.Send(0, 0, 1, 0, codecs::FrameKind::kUnsequenced);
  session.Send(0, 4, 1, 0);
  EXPECT_EQ(session.Take(), "0-1 start 1-3 0-0 4-4");
  EXPECT_EQ((*session).stats().delivered_messages, 7u);
  EXPECT_EQ((*session).stats().duplicate_messages, 3u);
  EXPECT_EQ((*session).stats().vain_packets, 0u);
  EXPECT_EQ(session.released(), session.sent());
}

TEST(ForgottenSession, TakesAnotherStreamFromItsBeginning) {
  Said<ChannelSession> session({.lines = 1, .jump_confirmations = 1});
  session.Send(0, 1, 3, 0);
  (*session).Flush(1);
  (*session).Forget();
  session.Send(0, 900, 2, 2);
  session.Send(0, 902, 2, 3);
  EXPECT_EQ(session.Take(), "start 1-3 start gap 1-899 900-901? 902-903?");
}

}  // namespace
}  // namespace fh
