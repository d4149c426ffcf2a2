// What a BookSet promises beyond the expected files: conditions, events, filling in, following, limits,
// watches, views, copies, snapshots of bytes that somebody has touched.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "feedhandler/books/best_of_venues.h"
#include "feedhandler/books/book_copy.h"
#include "feedhandler/books/conflation.h"
#include "tests/feedhandler/books/updates.h"

namespace fh::books {
namespace {

using Updates = std::vector<NormalizedUpdate>;

constexpr uint8_t kLast = FH_FLAG_LAST;
constexpr uint8_t kSnap = FH_FLAG_SNAPSHOT;
constexpr uint8_t kBad = FH_FLAG_MAYBE_BAD_BOOK;

std::vector<Notice> ApplyAll(BookSet& books, const Updates& updates) {
  std::vector<Notice> notices;
  books.Apply(updates, [&](const Notice& notice) { notices.push_back(notice); });
  return notices;
}

NormalizedUpdate Clear(uint32_t instrument, uint64_t sequence, uint8_t flags) {
  return OrderUpdate('R', instrument, sequence, 0, 'N', 0, 0, flags);
}

Condition Of(const BookSet& books, uint32_t instrument) {
  return books.Find(0, instrument).condition();
}

TEST(BookConditions, AGapMakesAllDoubtfulAtOnceAndAClearHealsItsInstrumentAlone) {
  const auto books = MakeBooks(Small());
  ApplyAll(*books,
           {OrderUpdate('A', 1, 1, 1, 'B', 5, kOne), OrderUpdate('A', 2, 2, 2, 'B', 5, kOne)});
  const auto told = ApplyAll(*books, {Other(FH_RECORD_GAP, 'N', 0, 7)});
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].kinds, kCondition);
  EXPECT_EQ(Of(*books, 1).cause, Cause::kGap);
  EXPECT_EQ(Of(*books, 1).since, 7u);
  // The session layer flags all that comes after a gap: what was cleared is right all the same.
  ApplyAll(*books,
           {Clear(1, 8, kLast | kBad), OrderUpdate('A', 1, 9, 3, 'B', 5, kOne, kLast | kBad),
            OrderUpdate('A', 3, 9, 4, 'B', 5, kOne, kLast | kBad)});
  EXPECT_TRUE(Of(*books, 1).good());
  EXPECT_FALSE(Of(*books, 2).good());
  EXPECT_EQ(Of(*books, 3).cause, Cause::kGap) << "it came up after the gap";
  ApplyAll(*books, {Other(FH_RECORD_GAP, 'N', 0, 20)});
  EXPECT_FALSE(Of(*books, 1).good()) << "a second gap";
  ApplyAll(*books, {Other(FH_RECORD_SESSION, 'R', 0, 0)});
  EXPECT_TRUE(Of(*books, 1).good() && Of(*books, 2).good() && Of(*books, 3).good());
}

TEST(BookConditions, AFlagWithoutAGapMakesDoubtful) {
  const auto books = MakeBooks(Small());
  ApplyAll(*books, {OrderUpdate('A', 1, 1, 1, 'B', 5, kOne, kLast | kBad)});
  EXPECT_EQ(Of(*books, 1).cause, Cause::kFlag);
}

TEST(BookConditions, ASnapshotHealsAtItsEndAndASpoiledOneDoesNot) {
  const auto books = MakeBooks(Small());
  ApplyAll(*books, {OrderUpdate('A', 1, 1, 1, 'B', 5, kOne), Other(FH_RECORD_GAP, 'N', 0, 2),
                    Clear(1, 3, kSnap), OrderUpdate('A', 1, 3, 9, 'B', 7, 2 * kOne, kSnap)});
  EXPECT_EQ(Of(*books, 1).state, State::kRecovering);
  const auto told = ApplyAll(*books, {OrderUpdate('N', 1, 3, 0, 'N', 0, 0, kSnap | kLast)});
  EXPECT_TRUE(Of(*books, 1).good());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kinds & (kTop | kCondition), kTop | kCondition);
  ApplyAll(*books, {Clear(1, 4, kSnap), OrderUpdate('A', 1, 4, 9, 'B', 7, kOne, kSnap),
                    OrderUpdate('A', 1, 4, 9, 'B', 7, kOne, kSnap),
                    OrderUpdate('N', 1, 4, 0, 'N', 0, 0, kSnap | kLast)});
  EXPECT_EQ(Of(*books, 1).cause, Cause::kDuplicateOrder);
}

TEST(BookConditions, StreamsOfAChannelAndChannelsAreApart) {
  const auto books = MakeBooks(Small());
  auto other_stream = OrderUpdate('A', 2, fh_sequence(5, 1), 1, 'B', 5, kOne);
  auto other_channel = OrderUpdate('A', 1, 1, 1, 'A', 9, kOne);
  other_channel.channel_id = 3;
  ApplyAll(*books, {OrderUpdate('A', 1, 1, 1, 'B', 5, kOne), other_stream, other_channel,
                    Other(FH_RECORD_GAP, 'N', 0, fh_sequence(5, 9))});
  EXPECT_TRUE(Of(*books, 1).good());
  EXPECT_FALSE(Of(*books, 2).good());
  EXPECT_TRUE(books->Find(3, 1).condition().good());
  EXPECT_EQ(books->Find(3, 1).top().ask_size, 9u);
  ApplyAll(*books, {Clear(0, fh_sequence(5, 10), kLast)});
  EXPECT_TRUE(books->Find(0, 2).empty());
  EXPECT_FALSE(books->Find(0, 1).empty());
}

TEST(BookConditions, DoubtfulBooksAreToldOrNotAsWanted) {
  BookOptions options = Small();
  options.tell_doubtful = false;
  const auto books = MakeBooks(options);
  ApplyAll(*books, {Other(FH_RECORD_GAP, 'N', 0, 1)});
  auto told = ApplyAll(*books, {OrderUpdate('A', 1, 2, 1, 'B', 5, kOne)});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kinds, kCondition);
  told = ApplyAll(*books, {OrderUpdate('A', 1, 3, 2, 'B', 5, 2 * kOne)});
  EXPECT_TRUE(told.empty());
  books->MarkGood(books->Find(0, 1).index());
  told = ApplyAll(*books, {OrderUpdate('A', 1, 4, 3, 'B', 5, kOne / 2)});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE((told[0].kinds & kTop) != 0) << "what changed while it was doubtful";
}

TEST(BookConditions, TopsAreRightFromTheFirstThatIsNotFlagged) {
  const auto books = MakeBooks(Small());
  NormalizedUpdate top = Other(FH_RECORD_TOP, 'M', 1, 1, kLast);
  top.top = {.bid_price = kOne, .ask_price = 2 * kOne, .bid_size = 3, .ask_size = 4};
  ApplyAll(*books, {Other(FH_RECORD_GAP, 'N', 0, 1)});
  EXPECT_EQ(ApplyAll(*books, {top}).size(), 1u);
  EXPECT_TRUE(Of(*books, 1).good());
  EXPECT_EQ(books->Find(0, 1).mid(), 3 * kOne / 2);
}

TEST(BookEvents, AStatusBetweenTheLevelsOfAnEventEndsNothing) {
  const auto books = MakeBooks(Small());
  const auto told = ApplyAll(
      *books, {LevelUpdate('M', 1, 1, 'B', 5, kOne, 0), Other(FH_RECORD_STATUS, 'N', 1, 2, kLast),
               LevelUpdate('M', 1, 3, 'A', 5, 2 * kOne)});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].at, 2u);
  EXPECT_EQ(books->stats().open_now, 0u);
}

TEST(BookEvents, TheAgeOfAnOpenEventIsShown) {
  const auto books = MakeBooks(Small());
  auto open = LevelUpdate('M', 1, 17, 'B', 5, kOne, 0);
  open.ts_recv_ns = 99;
  auto later = LevelUpdate('M', 2, 18, 'B', 5, kOne, 0);
  later.ts_recv_ns = 100;
  ApplyAll(*books, {open, later});
  EXPECT_EQ(books->stats().open_now, 2u);
  EXPECT_EQ(books->stats().oldest_open, 17u);
  EXPECT_EQ(books->stats().oldest_open_ns, 99);
}

TEST(BookEvents, OrdersAndLevelsOfOneInstrumentAreTwoBooks) {
  const auto books = MakeBooks(Small());
  const auto told = ApplyAll(*books, {OrderUpdate('A', 1, 1, 1, 'B', 5, kOne, 0),
                                      LevelUpdate('M', 1, 1, 'B', 6, kOne, kLast)});
  EXPECT_EQ(told.size(), 2u);
  EXPECT_EQ(books->Find(0, 1, Family::kOrders).top().bid_size, 5u);
  EXPECT_EQ(books->Find(0, 1, Family::kLevels).top().bid_size, 6u);
  ApplyAll(*books, {Clear(1, 2, kLast)});
  EXPECT_TRUE(books->Find(0, 1, Family::kOrders).empty());
  EXPECT_FALSE(books->Find(0, 1, Family::kLevels).empty());
}

TEST(BookEvents, DepthIsToldWhenAFollowedLevelChangesAndNotBelow) {
  BookOptions options = Small();
  options.follow = kDepth;
  options.depth_of_notices = 2;
  const auto books = MakeBooks(options);
  EXPECT_EQ(ApplyAll(*books, {LevelUpdate('M', 1, 1, 'B', 1, 9), LevelUpdate('M', 1, 2, 'B', 1, 8)})
                .size(),
            2u);
  EXPECT_TRUE(ApplyAll(*books, {LevelUpdate('M', 1, 3, 'B', 1, 7)}).empty());
  EXPECT_TRUE(
      ApplyAll(*books, {LevelUpdate('M', 1, 4, 'B', 4, 9, 0), LevelUpdate('M', 1, 4, 'B', 1, 9)})
          .empty())
      << "and back";
  EXPECT_EQ(ApplyAll(*books, {LevelUpdate('C', 1, 5, 'B', 0, 9)}).size(), 1u);
}

TEST(BookFilling, SidesAndPricesThatAreOpenAreFilledInAndNothingElse) {
  const auto books = MakeBooks(Small());
  const int64_t open = FH_UNDEFINED_PRICE;
  NormalizedUpdate trade = Other(FH_RECORD_TRADE, 'T', 1, 2);
  trade.trade = {.trade_id = 5, .price = open, .size = 3};
  Updates updates = {
      OrderUpdate('A', 1, 1, 7, 'A', 10, kOne),       trade,
      OrderUpdate('F', 1, 2, 7, 'N', 3, 2 * kOne, 0), OrderUpdate('C', 1, 2, 7, 'N', 3, open),
      OrderUpdate('C', 1, 3, 7, 'N', 0, open, 0),     OrderUpdate('A', 1, 3, 8, 'N', 7, 3 * kOne)};
  books->FillAndApply(std::span(updates), [](const Notice&) {});
  EXPECT_EQ(updates[1].side, FH_SIDE_BID);
  EXPECT_EQ(updates[1].trade.price, kOne);
  EXPECT_EQ(updates[2].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[2].order.price, 2 * kOne) << "the execution's own";
  EXPECT_EQ(updates[3].order.price, kOne);
  EXPECT_EQ(updates[5].side, FH_SIDE_ASK);
}

TEST(BookFilling, TheSideOfAReplaceIsKnownAcrossBurstsAndOtherInstruments) {
  const auto books = MakeBooks(Small());
  const int64_t open = FH_UNDEFINED_PRICE;
  ApplyAll(*books,
           {OrderUpdate('A', 1, 1, 7, 'A', 10, kOne), OrderUpdate('C', 1, 2, 7, 'N', 0, open, 0)});
  ApplyAll(*books,
           {OrderUpdate('A', 2, 2, 7, 'B', 10, kOne), OrderUpdate('C', 2, 2, 7, 'N', 0, open)});
  ApplyAll(*books, {OrderUpdate('A', 1, 2, 8, 'N', 4, kOne)});
  EXPECT_EQ(books->Find(0, 1).top().ask_size, 4u);
}

TEST(BookFollowing, WhoIsNotFollowedHasNoBookAndStartsDoubtfulLater) {
  BookOptions options = Small();
  options.follow = 0;
  const auto books = MakeBooks(options);
  ASSERT_TRUE(books->Follow(0, 1, kTop));
  const auto told = ApplyAll(
      *books, {OrderUpdate('A', 1, 1, 1, 'B', 5, kOne), OrderUpdate('A', 2, 2, 2, 'B', 5, kOne)});
  EXPECT_EQ(told.size(), 1u);
  EXPECT_FALSE(books->Find(0, 2));
  EXPECT_EQ(books->stats().not_followed, 1u);
  EXPECT_EQ(books->orders(), 1u);
  ASSERT_TRUE(books->Follow(0, 2, kTop));
  ApplyAll(*books, {OrderUpdate('A', 2, 3, 3, 'B', 5, kOne)});
  EXPECT_EQ(Of(*books, 2).cause, Cause::kFollowedLate);
  ASSERT_TRUE(books->Follow(0, 1, 0));
  EXPECT_EQ(books->orders(), 1u) << "what nobody follows takes no room";
  EXPECT_TRUE(books->AuditAll().ok()) << books->AuditAll();
}

TEST(BookLimits, FullTablesMakeDoubtfulAndAreCounted) {
  BookOptions options = Small();
  options.orders = 4;
  options.levels = 8;
  options.instruments = 2;
  const auto books = MakeBooks(options);
  Updates updates;
  for (uint64_t i = 0; i < 8; ++i) updates.push_back(OrderUpdate('A', 1, i, i, 'B', 5, kOne));
  ApplyAll(*books, updates);
  EXPECT_EQ(books->orders(), 4u);
  EXPECT_EQ(Of(*books, 1).cause, Cause::kOrdersFull);
  EXPECT_EQ(books->stats().faults[static_cast<size_t>(Cause::kOrdersFull)], 4u);
  updates.clear();
  for (int64_t i = 0; i < 12; ++i) updates.push_back(LevelUpdate('M', 2, 9, 'A', 5, i));
  ApplyAll(*books, updates);
  EXPECT_EQ(Of(*books, 2).cause, Cause::kLevelsFull);
  ApplyAll(*books, {LevelUpdate('M', 3, 9, 'A', 5, 1)});
  EXPECT_GT(books->stats().books_full, 0u);
  EXPECT_TRUE(books->AuditAll().ok()) << books->AuditAll();
  ApplyAll(*books, {Clear(1, 20, kLast), OrderUpdate('A', 1, 21, 1, 'B', 5, kOne)});
  EXPECT_TRUE(Of(*books, 1).good());
}

TEST(BookLimits, SizesBeyondSixtyFourBitsSaturateAreDoubtfulAndComeBack) {
  const auto books = MakeBooks(Small());
  ApplyAll(*books, {OrderUpdate('A', 1, 1, 1, 'B', UINT64_MAX, kOne),
                    OrderUpdate('A', 1, 2, 2, 'B', 7, kOne)});
  EXPECT_EQ(books->Find(0, 1).top().bid_size, UINT64_MAX);
  EXPECT_EQ(Of(*books, 1).cause, Cause::kSizeOverflow);
  ApplyAll(*books, {OrderUpdate('C', 1, 3, 1, 'N', 0, 0)});
  EXPECT_EQ(books->Find(0, 1).top().bid_size, 7u);
  EXPECT_TRUE(books->AuditAll().ok()) << books->AuditAll();
}

TEST(BookLimits, AnAdversarysIdsPricesAndSizesStayWithinTheTables) {
  BookOptions options = Small();
  options.orders = 2'000;
  options.levels = 2'048;
  const auto books = MakeBooks(options);
  std::mt19937_64 random(5);
  Updates updates;
  for (uint64_t i = 0; i < 60'000; ++i) {
    // Ids a power of two apart, prices at both ends, a level for each.
    const uint64_t id = (random() % 4'000) << 48;
    const int64_t price = random() % 2 == 0
                              ? INT64_MIN + static_cast<int64_t>(random() % 3'000)
                              : INT64_MAX - 1 - static_cast<int64_t>(random() % 3'000);
    updates.push_back(OrderUpdate("AAMC"[random() % 4], 1 + random() % 60, i, id,
                                  random() % 2 == 0 ? 'B' : 'A', random() % 2 == 0 ? UINT64_MAX : 1,
                                  price, random() % 5 == 0 ? kLast : 0));
  }
  ApplyAll(*books, updates);
  EXPECT_TRUE(books->AuditAll().ok()) << books->AuditAll();
  EXPECT_LE(books->orders(), 2'000u);
  EXPECT_GT(books->stats().faults[static_cast<size_t>(Cause::kLevelsFull)], 0u);
  ApplyAll(*books, {Other(FH_RECORD_STATUS, 'R', 0, 70'000, kLast)});
  EXPECT_EQ(books->orders(), 0u);
  const auto fresh = MakeBooks(options);
  EXPECT_TRUE(books->AuditAll().ok()) << books->AuditAll();
  const Updates one = {OrderUpdate('A', 1, 70'001, 1, 'B', 5, kOne)};
  ApplyAll(*books, one);
  ApplyAll(*fresh, one);
  EXPECT_EQ(books->Find(0, 1).hash(), fresh->Find(0, 1).hash()) << "after R as new";
}

// What is found of an update before its turn may be void when it comes.
TEST(BookEvents, AnOrderThatGoesWithinItsBurstIsNotTakenForTheNextOneInItsPlace) {
  const auto books = MakeBooks(Small());
  ApplyAll(*books, {OrderUpdate('A', 1, 1, 7, 'B', 5, kOne)});
  ApplyAll(*books, {OrderUpdate('C', 1, 2, 7, 'N', 0, 0), OrderUpdate('C', 1, 3, 7, 'N', 0, 0)});
  EXPECT_EQ(books->stats().faults[static_cast<size_t>(Cause::kUnknownOrder)], 1u);
  EXPECT_EQ(books->orders(), 0u);
  ApplyAll(*books, {OrderUpdate('A', 1, 4, 7, 'B', 5, kOne)});
  ApplyAll(*books, {OrderUpdate('C', 1, 5, 7, 'N', 0, 0), OrderUpdate('A', 1, 6, 8, 'B', 6, kOne),
                    OrderUpdate('C', 1, 7, 7, 'N', 0, 0), OrderUpdate('A', 1, 8, 7, 'A', 9, kOne),
                    OrderUpdate('C', 1, 9, 7, 'N', 4, 0)});
  EXPECT_EQ(books->stats().faults[static_cast<size_t>(Cause::kUnknownOrder)], 2u);
  EXPECT_EQ(books->Find(0, 1).top().bid_size, 6u);
  EXPECT_EQ(books->Find(0, 1).top().ask_size, 5u);
  EXPECT_TRUE(books->AuditAll().ok()) << books->AuditAll();
}

// Events of orders and levels of one instrument interleave; each ends with its LAST, and with any other's.
TEST(BookEvents, ARecordThatIsItsWholeEventEndsWhatElseIsOpenToo) {
  const auto books = MakeBooks(Small());
  EXPECT_TRUE(ApplyAll(*books, {OrderUpdate('A', 1, 1, 7, 'B', 5, kOne, 0)}).empty());
  EXPECT_TRUE(books->Find(0, 1, Family::kOrders).is_open());
  const auto told = ApplyAll(*books, {LevelUpdate('M', 1, 1, 'A', 5, 2 * kOne)});
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(books->book(told[0].book).family(), Family::kOrders);
  EXPECT_EQ(books->book(told[1].book).family(), Family::kLevels);
  EXPECT_EQ(books->stats().open_now, 0u);
}

TEST(BookLimits, ALevelWhoseDepthContradictsIsDoubtful) {
  const auto books = MakeBooks(Small());
  ApplyAll(*books, {LevelUpdate('A', 1, 1, 'B', 5, 10, kLast, 1, 1),
                    LevelUpdate('A', 1, 2, 'B', 5, 9, kLast, 1, 2)});
  EXPECT_TRUE(Of(*books, 1).good());
  ApplyAll(*books, {LevelUpdate('A', 1, 3, 'B', 5, 8, kLast, 1, 5)});
  EXPECT_EQ(Of(*books, 1).cause, Cause::kContradiction);
}

TEST(BookLimits, ADefinitionsDepthCutsWhatFallsBelow) {
  const auto books = MakeBooks(Small());
  NormalizedUpdate definition = Other(FH_RECORD_DEFINITION, 'N', 1, 1);
  definition.definition.book_depth = 2;
  ApplyAll(*books, {definition, LevelUpdate('M', 1, 1, 'B', 1, 7),
                    LevelUpdate('M', 1, 2, 'B', 1, 8), LevelUpdate('M', 1, 3, 'B', 1, 9)});
  EXPECT_EQ(books->Find(0, 1).bids().size(), 2u);
  EXPECT_EQ(books->stats().cut_levels, 1u);
}

TEST(BookWatches, AheadIsKeptUpThroughCancelsModifiesHeadsAndReplacements) {
  const auto books = MakeBooks(Small());
  const auto watch = books->Watch(0, 1, 30);
  ASSERT_TRUE(watch.has_value());
  EXPECT_EQ(books->watched(*watch).stage, Watched::Stage::kWaiting);
  std::mt19937_64 random(9);
  uint64_t sequence = 1;
  bool was_standing = false;
  for (int i = 0; i < 30'000; ++i) {
    const uint64_t id = 20 + random() % 20;
    const bool has = books->FindOrder(0, 1, id).has_value();
    const char action = has ? "CCMA"[random() % 4] : 'A';
    const uint8_t flags =
        static_cast<uint8_t>(kLast | (random() % 3 == 0 ? FH_FLAG_PRIORITY_KEPT : 0));
    const auto before = books->watched(*watch);
    const auto told =
        ApplyAll(*books, {OrderUpdate(action, 1, ++sequence, id, random() % 4 == 0 ? 'A' : 'B',
                                      1 + random() % 20, kOne + random() % 2, flags)});
    const Watched& now = books->watched(*watch);
    const auto position = books->PositionOf(0, 1, 30);
    ASSERT_EQ(position.has_value(), now.stage == Watched::Stage::kStanding) << i;
    if (position.has_value()) {
      was_standing = true;
      ASSERT_EQ(now.orders_ahead, position->orders_ahead) << i;
      ASSERT_EQ(now.size_ahead, position->size_ahead) << i;
      ASSERT_EQ(now.size, position->size) << i;
      ASSERT_EQ(now.price, position->level.price) << i;
    }
    const bool is_other = before.stage != now.stage || before.orders_ahead != now.orders_ahead ||
                          before.size_ahead != now.size_ahead || before.size != now.size ||
                          before.price != now.price;
    const bool is_told = !told.empty() && (told[0].kinds & kWatched) != 0;
    if (is_other) {
      ASSERT_TRUE(is_told && now.has_changed) << i;
    }
  }
  EXPECT_TRUE(was_standing);
  ApplyAll(*books, {Clear(1, ++sequence, kLast)});
  EXPECT_NE(books->watched(*watch).stage, Watched::Stage::kStanding);
  books->Unwatch(*watch);
  EXPECT_TRUE(books->Watch(0, 1, 31).has_value());
}

TEST(BookViews, WhatTakingASizeCostsAndWhatStandsUpToAPrice) {
  const auto books = MakeBooks(Small());
  ApplyAll(*books, {LevelUpdate('M', 1, 1, 'A', 10, 101), LevelUpdate('M', 1, 2, 'A', 20, 103),
                    LevelUpdate('M', 1, 3, 'A', 5, 104), LevelUpdate('M', 1, 4, 'B', 30, 99),
                    LevelUpdate('M', 1, 5, 'B', 10, -3)});
  const Book book = books->Find(0, 1);
  const Taken taken = book.Vwap(Side::kAsk, 20);
  EXPECT_EQ(taken.size, 20u);
  EXPECT_EQ(taken.average_price, 102);
  EXPECT_EQ(taken.worst_price, 103);
  EXPECT_EQ(book.Vwap(Side::kAsk, 1'000).size, 35u);
  EXPECT_EQ(book.Vwap(Side::kAsk, 0).average_price, FH_UNDEFINED_PRICE);
  EXPECT_EQ(book.SizeTo(Side::kAsk, 103), 30u);
  EXPECT_EQ(book.SizeTo(Side::kBid, 0), 30u);
  EXPECT_EQ(book.mid(), 100);
  EXPECT_EQ(book.microprice(), 101) << "99 + 2 * 30/40, rounded";
  EXPECT_DOUBLE_EQ(book.imbalance(), 0.5);
  EXPECT_EQ(book.level(Side::kAsk, 103).size, 20u);
  EXPECT_EQ(book.level(Side::kAsk, 102), Level{});
  std::array<Level, 4> buckets;
  ASSERT_EQ(book.Grouped(Side::kAsk, 2, buckets), 2u);
  EXPECT_EQ(buckets[0], (Level{102, 10, 0}));
  EXPECT_EQ(buckets[1], (Level{104, 25, 0}));
  ASSERT_EQ(book.Grouped(Side::kBid, 2, buckets), 2u);
  EXPECT_EQ(buckets[1].price, -4);
  std::vector<int64_t> prices;
  for (const Level level : book.asks().First(2)) prices.push_back(level.price);
  EXPECT_EQ(prices, (std::vector<int64_t>{101, 103}));
  EXPECT_FALSE(Book());
  EXPECT_TRUE(Book().bids().empty());
  EXPECT_EQ(Book().mid(), FH_UNDEFINED_PRICE);
}

TEST(BookViews, EqualBooksHaveEqualHashesWhateverTheWay) {
  const auto one = MakeBooks(Small());
  const auto other = MakeBooks(Small());
  ApplyAll(*one, {LevelUpdate('M', 1, 1, 'A', 10, 101), LevelUpdate('M', 1, 2, 'A', 20, 103)});
  ApplyAll(*other, {LevelUpdate('M', 1, 1, 'A', 7, 103), LevelUpdate('M', 1, 2, 'B', 1, 1),
                    LevelUpdate('M', 1, 3, 'A', 20, 103), LevelUpdate('M', 1, 4, 'A', 10, 101),
                    LevelUpdate('C', 1, 5, 'B', 0, 1)});
  EXPECT_EQ(one->Find(0, 1).hash(), other->Find(0, 1).hash());
  ApplyAll(*other, {LevelUpdate('M', 1, 6, 'A', 11, 101)});
  EXPECT_NE(one->Find(0, 1).hash(), other->Find(0, 1).hash());
}

TEST(BookViews, TheBestOverVenuesHasSizesAndWhoIsThere) {
  BestOfVenues<3> best;
  EXPECT_TRUE(best.Set(0, {100, 5, 103, 5}, true));
  EXPECT_TRUE(best.Set(1, {100, 7, 102, 1}, true));
  EXPECT_EQ(best.bid().size, 12u);
  EXPECT_EQ(best.bid().venues, 3u);
  EXPECT_EQ(best.ask().venues, 2u);
  EXPECT_FALSE(best.Set(2, {99, 1, 104, 1}, true));
  EXPECT_TRUE(best.Set(1, {100, 7, 102, 1}, false)) << "doubtful";
  EXPECT_EQ(best.excluded(), 2u);
  EXPECT_EQ(best.bid().size, 5u);
  EXPECT_EQ(best.ask().price, 103);
  EXPECT_TRUE(best.Set(2, {103, 2, 104, 1}, true));
  EXPECT_TRUE(best.is_locked());
  EXPECT_TRUE(best.Set(0, Top{}, true));
  EXPECT_EQ(best.bid().venues, 4u);
  EXPECT_EQ(best.ask().price, 104);
}

TEST(BookViews, ConflationGivesTheLastStateOfABookThatFallsSilent) {
  Conflation timed(8, 100);
  std::vector<std::pair<uint32_t, uint8_t>> due;
  const auto add = [&](uint32_t book, uint8_t kinds) { due.emplace_back(book, kinds); };
  timed.Due(1'000, add);
  timed.Add({.book = 3, .kinds = kTop});
  timed.Add({.book = 2, .kinds = kTop});
  timed.Add({.book = 3, .kinds = kDepth});
  timed.Due(1'050, add);
  EXPECT_TRUE(due.empty());
  timed.Due(1'100, add);
  EXPECT_EQ(due, (std::vector<std::pair<uint32_t, uint8_t>>{{3, kTop | kDepth}, {2, kTop}}));
  timed.Due(1'500, add);
  EXPECT_EQ(due.size(), 2u);
}

TEST(BookCopies, WhatChangesAloneIsStoredAndTheRecordIsTheBook) {
  BookOptions options = Small();
  options.follow = kDepth;
  const auto books = MakeBooks(options);
  BookCopy<4> copy;
  std::mt19937_64 random(3);
  for (uint64_t i = 0; i < 20'000; ++i) {
    const auto update = OrderUpdate(
        "AACM"[random() % 4], 1, i, random() % 60, random() % 2 == 0 ? 'A' : 'B', 1 + random() % 9,
        static_cast<int64_t>(random() % 30), random() % 3 == 0 ? 0 : kLast);
    books->Apply({&update, 1}, [&](const Notice& notice) {
      copy.Write(books->book(notice.book), notice.changed);
    });
    const Book book = books->Find(0, 1);
    if (book.is_open() || copy.writes() == 0) continue;
    const auto record = copy.Read();
    for (const Side side : {Side::kBid, Side::kAsk}) {
      const auto s = static_cast<size_t>(side);
      ASSERT_EQ(record.counts[s], std::min<size_t>(4, book.levels(side).size()));
      for (size_t rank = 0; rank < record.counts[s]; ++rank) {
        ASSERT_EQ(record.levels[s][rank], book.levels(side)[rank]) << i;
      }
    }
  }
}

TEST(BookCopies, ReadersOfOtherThreadsNeverSeeATornRecord) {
  BookOptions options = Small();
  options.follow = kDepth;
  const auto books = MakeBooks(options);
  BookCopy<4> copy;
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> reads{0};
  // Every level of a state has the size that its sequence says.
  const auto read = [&] {
    uint64_t last = 0;
    while (!stop.load()) {
      const auto record = copy.TryRead();
      if (!record.has_value() || record->counts[0] == 0) continue;
      ASSERT_GE(record->sequence, last);
      last = record->sequence;
      for (size_t side = 0; side < 2; ++side) {
        for (size_t rank = 0; rank < record->counts[side]; ++rank) {
          ASSERT_EQ(record->levels[side][rank].size, record->sequence) << "torn";
        }
      }
      reads.fetch_add(1);
    }
  };
  std::thread first(read);
  std::thread second(read);
  for (uint64_t i = 1; i <= 50'000 || reads.load() < 100; ++i) {
    Updates event;
    for (int64_t price = 1; price <= 4; ++price) {
      event.push_back(LevelUpdate('M', 1, i, 'B', i, price, 0));
      event.push_back(LevelUpdate('M', 1, i, 'A', i, 10 + price, price == 4 ? kLast : 0));
    }
    books->Apply(
        event, [&](const Notice& notice) { copy.Write(books->book(notice.book), notice.changed); });
    if (testing::Test::HasFailure() || i > 50'000'000) break;
  }
  stop.store(true);
  first.join();
  second.join();
}

std::string Saved() {
  const auto books = MakeBooks(Small());
  NormalizedUpdate implied = LevelUpdate('M', 2, 3, 'B', 5, kOne, kLast | FH_FLAG_IMPLIED);
  ApplyAll(*books,
           {OrderUpdate('A', 1, 1, 1, 'B', 5, kOne), OrderUpdate('A', 1, 2, 2, 'B', 5, kOne),
            OrderUpdate('A', 1, 2, 3, 'A', 5, FH_UNDEFINED_PRICE), implied,
            LevelUpdate('M', 2, 3, 'A', 5, kOne, 0), Other(FH_RECORD_GAP, 'N', 0, 9)});
  return books->Save();
}

void Sign(std::string& bytes) {
  uint64_t sum = 0xCBF29CE484222325u;
  for (size_t i = 0; i + 8 < bytes.size(); ++i) {
    sum = (sum ^ static_cast<uint8_t>(bytes[i])) * 0x100000001B3u;
  }
  for (size_t i = 0; i < 8; ++i) bytes[bytes.size() - 8 + i] = static_cast<char>(sum >> (8 * i));
}

TEST(BookSnapshots, EveryByteThatSomebodyTouchedIsRefusedOrHarmless) {
  const std::string saved = Saved();
  for (size_t i = 0; i < saved.size(); ++i) {
    for (const uint8_t with : {0x01, 0x80, 0xFF}) {
      std::string bytes = saved;
      bytes[i] = static_cast<char>(bytes[i] ^ with);
      EXPECT_FALSE(MakeBooks(Small())->Restore(bytes).ok()) << "checksum, byte " << i;
      if (i < 8 || i + 8 >= saved.size()) continue;
      Sign(bytes);
      const auto books = MakeBooks(Small());
      if (books->Restore(bytes).ok()) {
        EXPECT_TRUE(books->AuditAll().ok()) << i << " " << books->AuditAll();
      }
    }
  }
  for (size_t length = 0; length < saved.size(); ++length) {
    std::string bytes = saved.substr(0, length);
    EXPECT_FALSE(MakeBooks(Small())->Restore(bytes).ok());
    if (length < 16) continue;
    Sign(bytes);
    EXPECT_FALSE(MakeBooks(Small())->Restore(bytes).ok()) << length;
  }
}

TEST(BookSnapshots, TooLittleRoomIsSaid) {
  BookOptions options = Small();
  options.orders = 2;
  const absl::Status status = MakeBooks(options)->Restore(Saved());
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
}

TEST(BookStart, OptionsOutOfRangeAreRefusedWithWhatIsAllowed) {
  EXPECT_FALSE(BookSet::Create({.instruments = 0}).ok());
  EXPECT_FALSE(BookSet::Create({.orders = 0}).ok());
  EXPECT_FALSE(BookSet::Create({.orders = 1u << 29}).ok());
  const auto status = BookSet::Create({.depth_of_notices = 33}).status();
  EXPECT_NE(std::string(status.message()).find("1 to 32"), std::string::npos) << status;
}

TEST(BookStart, ALiveOrderTakesAtMostNinetySixBytes) {
  BookOptions options = Small();
  const size_t without = MakeBooks(options)->bytes();
  options.orders += 1'048'576 - 4'096;
  EXPECT_LE(MakeBooks(options)->bytes() - without, 96u * (1'048'576 - 4'096));
}

}  // namespace
}  // namespace fh::books
