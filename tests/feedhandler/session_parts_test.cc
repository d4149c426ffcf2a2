// The small parts of the session: lists of ranges, the hold window, the walk over a batch.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "feedhandler/session/hold_window.h"
#include "feedhandler/session/range_list.h"
#include "feedhandler/session/session_types.h"

namespace fh::test {
namespace {

TEST(RangeListTest, RemovingSplitsAndCounts) {
  RangeList<4> list;
  list.Add(5, 9);
  list.Add(20, 20);
  EXPECT_EQ(list.Remove(7, 7), 1u);
  EXPECT_EQ(list.Overlap(0, 100), 5u);
  EXPECT_EQ(list.Overlap(6, 8), 2u);
  EXPECT_EQ(list.Remove(9, 30), 2u);
  EXPECT_EQ(list.Remove(9, 30), 0u);
  EXPECT_EQ(list.highest(), 20u);
  EXPECT_EQ(list.Overlap(0, UINT64_MAX), 3u);
  list.Clear();
  EXPECT_TRUE(list.empty());
}

TEST(RangeListTest, AFullListForgetsTheOldest) {
  RangeList<2> list;
  list.Add(1, 1);
  list.Add(3, 3);
  list.Add(5, 5);
  EXPECT_EQ(list.Overlap(0, 10), 2u);
  EXPECT_EQ(list.Overlap(1, 1), 0u);
}

TEST(RangeListTest, FindsTheLowestRangeFromANumberOn) {
  RangeList<4> list;
  list.Add(10, 12);
  list.Add(5, 6);
  EXPECT_EQ(list.FirstEndingFrom(0)->first, 5u);
  EXPECT_EQ(list.FirstEndingFrom(7)->first, 10u);
  EXPECT_EQ(list.FirstEndingFrom(12)->first, 10u);
  EXPECT_EQ(list.FirstEndingFrom(13), nullptr);
}

// Against sets of numbers.
TEST(RangeListTest, AgreesWithASetOnRandomCalls) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 200; ++round) {
    RangeList<32> list;
    std::set<uint64_t> numbers;
    uint64_t top = 0;
    for (int i = 0; i < 12; ++i) {
      const uint64_t first = top + random() % 5;
      top = first + random() % 10;
      list.Add(first, top);
      for (uint64_t n = first; n <= top; ++n) numbers.insert(n);
      ++top;
      const uint64_t low = random() % top;
      const uint64_t high = low + random() % 6;
      uint64_t removed = 0;
      for (uint64_t n = low; n <= high; ++n) removed += numbers.erase(n);
      ASSERT_EQ(list.Overlap(low, high), removed);
      ASSERT_EQ(list.Remove(low, high), removed);
    }
    ASSERT_EQ(list.Overlap(0, UINT64_MAX), numbers.size());
  }
}

HeldPacket Held(uint64_t first, uint64_t end, uint32_t slice) {
  HeldPacket held{};
  held.first = first;
  held.end = end;
  held.packet.slice = slice;
  return held;
}

TEST(HoldWindowTest, HoldsExactlyTheUnionWithoutContainedPackets) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 300; ++round) {
    constexpr uint32_t kLimit = 40;
    HoldWindow window(kLimit, 200);
    std::set<uint64_t> numbers;
    std::set<uint32_t> slices;
    for (uint32_t i = 0; i < 200; ++i) {
      const uint64_t first = random() % 120;
      const uint64_t end = first + 1 + random() % 12;
      std::set<uint64_t> before = numbers;
      for (uint64_t n = first; n < end; ++n) numbers.insert(n);
      const bool is_new =
          window.Insert(Held(first, end, i), 0, UINT64_MAX, [&](const HeldPacket& replaced) {
            EXPECT_GE(replaced.first, first);
            EXPECT_LE(replaced.end, end);
            EXPECT_EQ(slices.erase(replaced.packet.slice), 1u);
          });
      ASSERT_EQ(is_new, numbers != before) << "round " << round << " insert " << i;
      if (is_new) slices.insert(i);
      ASSERT_EQ(window.size(), slices.size());
      for (uint32_t k = 1; k < window.size(); ++k) {
        ASSERT_LT(window[k - 1].first, window[k].first);
        ASSERT_LT(window[k - 1].end, window[k].end);
      }
      while (window.size() > kLimit) {
        const HeldPacket& popped = window.PopFront();
        ASSERT_EQ(slices.erase(popped.packet.slice), 1u);
        numbers.clear();
        for (uint32_t k = 0; k < window.size(); ++k) {
          for (uint64_t n = window[k].first; n < window[k].end; ++n) numbers.insert(n);
        }
      }
    }
  }
}

TEST(HoldWindowTest, PoppedPacketsStayUntilRecycled) {
  HoldWindow window(4, 4);
  const auto none = [](const HeldPacket&) { FAIL(); };
  for (uint32_t i = 0; i < 4; ++i) {
    ASSERT_TRUE(window.Insert(Held(10 * i, 10 * i + 5, i), 0, UINT64_MAX, none));
  }
  std::vector<const HeldPacket*> popped;
  for (uint32_t i = 0; i < 4; ++i) popped.push_back(&window.PopFront());
  for (uint32_t i = 4; i < 8; ++i) {
    ASSERT_TRUE(window.Insert(Held(10 * i, 10 * i + 5, i), 0, UINT64_MAX, none));
  }
  for (uint32_t i = 0; i < 4; ++i) EXPECT_EQ(popped[i]->packet.slice, i);
  window.Recycle();
  EXPECT_EQ(window.size(), 4u);
  EXPECT_EQ(window.front().packet.slice, 4u);
}

TEST(HoldWindowTest, RecycledPlacesAreUsedAgain) {
  HoldWindow window(4, 4);
  const auto none = [](const HeldPacket&) { FAIL(); };
  std::set<const HeldPacket*> places;
  for (uint32_t i = 0; i < 1000; ++i) {
    ASSERT_TRUE(window.Insert(Held(10 * i, 10 * i + 5, i), 0, UINT64_MAX, none));
    const HeldPacket& popped = window.PopFront();
    ASSERT_EQ(popped.packet.slice, i);
    places.insert(&popped);
    window.Recycle();
    ASSERT_LE(places.size(), 9u) << "as many as it may hold, and a burst";
  }
}

TEST(ForEachStepTest, RunsOfJobsAreAsLongAsPossibleAndEventsInPlace) {
  std::vector<codecs::DecodeJob> jobs(5);
  std::vector<SessionEvent> events(3);
  for (SessionEvent& event : events) event.kind = SessionEvent::Kind::kGap;
  events[0].before_job = 0;
  events[1].before_job = 2;
  events[2].before_job = 2;
  std::string steps;
  ForEachStep(
      {.jobs = jobs, .events = events, .released = {}},
      [&](std::span<const codecs::DecodeJob> run) { steps += std::to_string(run.size()); },
      [&](const SessionEvent&) { steps += "e"; });
  EXPECT_EQ(steps, "e2ee3");
}

}  // namespace
}  // namespace fh::test
