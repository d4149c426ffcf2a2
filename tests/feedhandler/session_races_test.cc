// Which line is first: exact leads and ties of a constructed offset, what only one line brings, and
// how long a packet is remembered.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "feedhandler/session/line_races.h"

namespace fh {
namespace {

constexpr int64_t kStart = 1'700'000'000'000'000'000;
constexpr auto kStamp = rio::StampSource::kSoftware;

TEST(LineRaces, LeadsAndTiesAreThoseOfTheStampsWhoeverWasDequeuedFirst) {
  LineRaces races(2);
  for (uint64_t i = 1; i <= 300; ++i) {
    const int64_t sent_ns = kStart + static_cast<int64_t>(i) * 10'000;
    const int64_t b_later_ns = i % 3 == 0 ? 0 : i % 3 == 1 ? 700 : -90;
    // Lines are polled in turn: of every second packet B is dequeued first.
    const bool b_first = i % 2 == 0;
    if (b_first) races.Note(1, i, sent_ns + b_later_ns, kStamp);
    races.Note(0, i, sent_ns, kStamp);
    if (!b_first) races.Note(1, i, sent_ns + b_later_ns, kStamp);
  }
  races.Finish();
  const RaceCounts counts = races.Of(0, 1);
  EXPECT_EQ(counts.ties, 100u);
  EXPECT_EQ(counts.lead_of_a.total(), 100u);
  EXPECT_EQ(counts.lead_of_a.min(), 700);
  EXPECT_EQ(counts.lead_of_a.max(), 700);
  EXPECT_EQ(counts.lead_of_b.total(), 100u);
  EXPECT_EQ(counts.lead_of_b.min(), 90);
  EXPECT_EQ(counts.lead_of_b.max(), 90);
  EXPECT_EQ(counts.only_on_a, 0u);
  EXPECT_EQ(counts.only_on_b, 0u);
  EXPECT_EQ(counts.MedianLeadOfA(), 0);
}

TEST(LineRaces, WhatOneLineAloneBringsIsCountedOnceTheWindowHasPassed) {
  LineRaces races(2);
  races.Note(0, 1, kStart, kStamp);
  races.Note(1, 2, kStart + 10, kStamp);
  races.Note(1, 2, kStart + 20, kStamp);  // Sent twice.
  races.Note(0, 3, kStart + LineRaces::kWindowNs, kStamp);
  EXPECT_EQ(races.Of(0, 1).only_on_a, 1u);
  EXPECT_EQ(races.Of(0, 1).only_on_b, 0u);
  races.Note(1, 3, kStart + LineRaces::kWindowNs + 10, kStamp);
  races.Note(0, 4, kStart + LineRaces::kWindowNs + 10, kStamp);
  EXPECT_EQ(races.Of(0, 1).only_on_b, 1u);
  EXPECT_EQ(races.Of(0, 1).lead_of_a.total(), 1u);
  races.Finish();
  EXPECT_EQ(races.Of(0, 1).only_on_a, 2u);
  EXPECT_EQ(races.Of(0, 1).only_on_b, 1u);
}

TEST(LineRaces, NumbersThatStartOverRaceAnew) {
  LineRaces races(2);
  for (const int64_t at_ns : {kStart, kStart + 2 * LineRaces::kWindowNs}) {
    races.Note(0, 1, at_ns, kStamp);
    races.Note(1, 1, at_ns + 500, kStamp);
  }
  races.Finish();
  EXPECT_EQ(races.Of(0, 1).lead_of_a.total(), 2u);
  EXPECT_EQ(races.Of(0, 1).only_on_a + races.Of(0, 1).only_on_b, 0u);
}

TEST(LineRaces, WithoutStampsOrWithStampsOfAnotherKindThereIsNoRace) {
  LineRaces races(2);
  races.Note(0, 1, kStart, rio::StampSource::kSoftware);
  races.Note(1, 1, kStart + 500, rio::StampSource::kHardware);
  races.Note(0, 2, 0, rio::StampSource::kNone);
  races.Note(1, 2, 0, rio::StampSource::kNone);
  races.Finish();
  EXPECT_EQ(races.Of(0, 1).raced(), 0u);
  EXPECT_EQ(races.Of(0, 1).only_on_a + races.Of(0, 1).only_on_b, 0u);
}

TEST(LineRaces, TheTableIsBoundedAndWhatFallsOutCountsAsOfOneLine) {
  LineRaces races(2);
  constexpr uint64_t kMany = 3 * LineRaces::kPackets;
  constexpr uint32_t kMessages = 20;  // Numbers are those of messages, packets hold many.
  for (uint64_t i = 0; i < kMany; ++i) races.Note(0, i * kMessages, kStart, kStamp);
  EXPECT_GE(races.Of(0, 1).only_on_a, kMany - LineRaces::kPackets);
  // The latest half is still known.
  for (uint64_t i = kMany - LineRaces::kPackets / 2; i < kMany; ++i) {
    races.Note(1, i * kMessages, kStart + 5, kStamp);
  }
  races.Finish();
  // But for a few whose place another one has taken.
  const RaceCounts counts = races.Of(0, 1);
  EXPECT_GE(counts.lead_of_a.total(), LineRaces::kPackets / 2 - 10);
  EXPECT_EQ(counts.lead_of_a.total() + counts.only_on_a, kMany);
  EXPECT_EQ(counts.lead_of_a.total() + counts.only_on_b, LineRaces::kPackets / 2);
}

TEST(LineRaces, EachPairOfThreeLinesIsCountedByItself) {
  LineRaces races(3);
  races.Note(2, 1, kStart + 300, kStamp);
  races.Note(0, 1, kStart, kStamp);
  races.Note(1, 1, kStart + 100, kStamp);
  races.Note(1, 2, kStart, kStamp);
  races.Note(2, 2, kStart, kStamp);
  races.Finish();
  EXPECT_EQ(races.Of(0, 1).lead_of_a.max(), 100);
  EXPECT_EQ(races.Of(0, 2).lead_of_a.max(), 300);
  EXPECT_EQ(races.Of(1, 2).lead_of_a.max(), 200);
  EXPECT_EQ(races.Of(1, 2).ties, 1u);
  EXPECT_EQ(races.Of(0, 1).only_on_b, 1u);
  EXPECT_EQ(races.Of(0, 2).only_on_b, 1u);
  EXPECT_EQ(races.Of(1, 2).only_on_a + races.Of(1, 2).only_on_b, 0u);
}

// Against a plain account of every packet: lines that lose, repeat and overtake each other.
TEST(LineRaces, AnyOrderOfTwoToFourLinesIsCountedAsAPlainAccountDoes) {
  std::mt19937 random(11);
  const auto one_in = [&random](uint32_t n) { return random() % n == 0; };
  for (uint32_t lines = 2; lines <= LineRaces::kMostLines; ++lines) {
    LineRaces races(lines);
    constexpr uint64_t kNumbers = 2000;
    std::vector<std::vector<std::optional<int64_t>>> stamps(
        kNumbers, std::vector<std::optional<int64_t>>(lines));
    std::vector<std::pair<uint64_t, uint32_t>> order;
    for (uint64_t number = 0; number < kNumbers; ++number) {
      for (uint32_t line = 0; line < lines; ++line) {
        if (one_in(10)) continue;
        order.emplace_back(number, line);
        if (one_in(20)) order.emplace_back(number, line);
        stamps[number][line] = kStart + static_cast<int64_t>(number) * 1000 + random() % 5 * 100;
      }
    }
    for (size_t i = 0; i + 8 < order.size(); ++i) std::swap(order[i], order[i + random() % 8]);
    for (const auto& [number, line] : order)
      races.Note(line, number, *stamps[number][line], kStamp);
    races.Finish();
    for (uint32_t b = 1; b < lines; ++b) {
      for (uint32_t a = 0; a < b; ++a) {
        RaceCounts expected;
        for (const auto& of : stamps) {
          expected.only_on_a += of[a].has_value() && !of[b].has_value();
          expected.only_on_b += of[b].has_value() && !of[a].has_value();
          if (!of[a].has_value() || !of[b].has_value()) continue;
          const int64_t lead_ns = *of[b] - *of[a];
          expected.ties += lead_ns == 0;
          latency::HistogramSnapshot& lead = lead_ns > 0 ? expected.lead_of_a : expected.lead_of_b;
          if (lead_ns != 0) lead.AddBucket(latency::HistogramBuckets::Index(std::abs(lead_ns)), 1);
        }
        const RaceCounts counts = races.Of(a, b);
        EXPECT_EQ(counts.ties, expected.ties) << lines << a << b;
        EXPECT_EQ(counts.only_on_a, expected.only_on_a) << lines << a << b;
        EXPECT_EQ(counts.only_on_b, expected.only_on_b) << lines << a << b;
        for (size_t i = 0; i < latency::HistogramBuckets::kCount; ++i) {
          ASSERT_EQ(counts.lead_of_a.count(i), expected.lead_of_a.count(i)) << lines << a << b;
          ASSERT_EQ(counts.lead_of_b.count(i), expected.lead_of_b.count(i)) << lines << a << b;
        }
      }
    }
  }
}

}  // namespace
}  // namespace fh
