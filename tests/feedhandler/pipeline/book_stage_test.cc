// The stage of order books before a thread's strategies: what they are given, in which order, and what
// they are told of books, through the C table that plugins have.
#include "feedhandler/pipeline/book_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "feedhandler/pipeline/strategy_thread.h"
#include "feedhandler/pipeline/update_replay.h"
#include "feedhandler/strategy/ladder.h"
#include "feedhandler/strategy/strategy.h"
#include "tests/feedhandler/books/updates.h"
#include "tests/feedhandler/output/scratch.h"

namespace fh {
namespace {

using books::LevelUpdate;
using books::OrderUpdate;
using books::Other;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Update = codecs::NormalizedUpdate;

constexpr int64_t kOne = codecs::kPriceScale;
constexpr char kBid = FH_SIDE_BID;
constexpr char kAsk = FH_SIDE_ASK;

BooksConfig Small() {
  BooksConfig config;
  config.instruments = 16;
  config.orders = 64;
  config.levels = 256;
  return config;
}

Update Add(uint32_t instrument, uint64_t sequence, uint64_t id, char side, uint64_t size,
           int64_t price, uint8_t flags = FH_FLAG_LAST) {
  return OrderUpdate(FH_ACTION_ADD, instrument, sequence, id, side, size, price * kOne, flags);
}

Update Cancel(uint32_t instrument, uint64_t sequence, uint64_t id, uint64_t size = 0) {
  return OrderUpdate(FH_ACTION_CANCEL, instrument, sequence, id, FH_SIDE_NONE, size,
                     FH_UNDEFINED_PRICE);
}

Update SessionStart(uint32_t epoch, uint16_t channel_id = 0) {
  Update update = Other(FH_RECORD_SESSION, FH_ACTION_CLEAR, FH_ALL_INSTRUMENTS, 0, FH_FLAG_LAST);
  update.session.epoch = epoch;
  update.session.state = FH_SESSION_NEW;
  update.channel_id = channel_id;
  return update;
}

// A stage with one strategy, which notes what it is given and told as words.
class Stage {
 public:
  explicit Stage(const BooksConfig& config = Small(),
                 std::vector<BookChannel> channels = {{.id = 0}}) {
    auto made = BookStage::Create(config, channels);
    EXPECT_TRUE(made.ok()) << made.status();
    stage = *std::move(made);
    table = stage->AddStrategy();
    books = BookView(table);
    table->listen(table->context, OnBook, this);
  }

  void Give(std::vector<Update> run) {
    stage->Begin(run);
    for (BookStage::Step step; stage->Next(step);) {
      for (const Update& update : step.updates) {
        given.push_back(update);
        log.push_back(update.record == FH_RECORD_TOP ? TopWord(update)
                                                     : absl::StrCat(update.sequence));
      }
      Tell(step.due);
    }
  }

  void Tell(std::span<const BookStage::Due> due) {
    for (const BookStage::Due& one : due) one.Tell();
  }

  static std::string TopWord(const Update& update) {
    const auto side = [](int64_t price, uint32_t size) {
      return price == FH_UNDEFINED_PRICE ? std::string("-") : absl::StrCat(size, "@", price / kOne);
    };
    return absl::StrCat("top ", side(update.top.bid_price, update.top.bid_size), "/",
                        side(update.top.ask_price, update.top.ask_size));
  }

  static void OnBook(void* self, const fh_book_notice* notice) {
    auto& stage = *static_cast<Stage*>(self);
    const fh_book_top top = stage.books.Top(notice->book);
    stage.log.push_back(absl::StrCat("book ", notice->instrument_id, " kinds ", notice->kinds,
                                     " bid ", top.bid_size));
    stage.notices.push_back(*notice);
  }

  std::unique_ptr<BookStage> stage;
  const fh_books* table;
  BookView books;
  std::vector<Update> given;
  std::vector<fh_book_notice> notices;
  std::vector<std::string> log;
};

TEST(BookStage, PutsTheTopBehindTheLastRecordOfAnEventThatChangedIt) {
  Stage stage;
  std::vector<Update> run{Add(1, 10, 7, kBid, 100, 3, 0), Add(1, 10, 8, kAsk, 50, 4),
                          Add(1, 11, 9, kBid, 100, 2), Add(1, 12, 10, kBid, 1, 3)};
  run[1].ts_event_ns = 77;
  run[1].ts_recv_ns = 78;
  stage.Give(run);
  EXPECT_THAT(stage.log, ElementsAre("10", "10", "top 100@3/50@4", "11", "12", "top 101@3/50@4"));
  const Update& top = stage.given[2];
  EXPECT_EQ(top.action, FH_ACTION_MODIFY);
  EXPECT_EQ(top.flags, FH_FLAG_LAST | FH_FLAG_TOB);
  EXPECT_EQ(top.sequence, 10u);
  EXPECT_EQ(top.ts_event_ns, 77);
  EXPECT_EQ(top.ts_recv_ns, 78);
  EXPECT_EQ(top.index, 255);
  EXPECT_EQ(stage.stage->OnStop().size(), 0u);
  EXPECT_EQ(stage.stage->Counters().top_records, 2u);
}

TEST(BookStage, FillsInSidesAndPricesOfWhatTheStrategiesSee) {
  Stage stage;
  std::vector<Update> run{Add(1, 1, 7, kAsk, 100, 3)};
  Update fill = OrderUpdate(FH_ACTION_FILL, 1, 2, 7, FH_SIDE_NONE, 40, FH_UNDEFINED_PRICE, 0);
  Update trade = Other(FH_RECORD_TRADE, FH_ACTION_TRADE, 1, 2);
  trade.trade = {.trade_id = 1, .price = FH_UNDEFINED_PRICE, .size = 40};
  Update cancel = Cancel(1, 2, 7, 40);
  run.insert(run.end(), {trade, fill, cancel});
  // A replace: the new order has the side of the old one.
  Update gone = Cancel(1, 3, 7);
  gone.flags = 0;
  run.push_back(gone);
  run.push_back(OrderUpdate(FH_ACTION_ADD, 1, 3, 8, FH_SIDE_NONE, 10, 5 * kOne));
  stage.Give(run);
  std::vector<std::string> sides;
  for (const Update& update : stage.given) {
    if (update.record != FH_RECORD_TOP) sides.push_back(std::string(1, update.side));
  }
  EXPECT_THAT(sides, ElementsAre("A", "B", "A", "A", "A", "A"));
  EXPECT_EQ(stage.given[2].trade.price, 3 * kOne);
  EXPECT_EQ(stage.given[3].order.price, 3 * kOne);

  BooksConfig config = Small();
  config.fill_in = false;
  Stage as_they_are(config);
  as_they_are.Give(run);
  EXPECT_EQ(as_they_are.given[2].trade.price, FH_UNDEFINED_PRICE);
}

TEST(BookStage, AStrategyHasTheUpdatesOfAnEventBeforeItsNoticeAndNoneBehindIt) {
  Stage stage;
  ASSERT_TRUE(stage.books.SubscribeAll(FH_BOOK_TOP | FH_BOOK_EVENT));
  stage.Give({Add(1, 1, 1, kBid, 10, 3), Add(1, 2, 2, kBid, 10, 2), Add(1, 3, 3, kBid, 5, 3)});
  EXPECT_THAT(stage.log,
              ElementsAre("1", "top 10@3/-", "book 1 kinds 5 bid 10", "2", "book 1 kinds 4 bid 10",
                          "3", "top 15@3/-", "book 1 kinds 5 bid 15"));
}

TEST(BookStage, SubscriptionsAreByInstrumentKindAndDepthAndChangeAtRunTime) {
  Stage stage;
  ASSERT_TRUE(stage.books.Subscribe(0, 2, FH_BOOK_EVENT));
  stage.Give({Add(1, 1, 1, kBid, 10, 9), Add(2, 2, 2, kBid, 10, 9), Add(2, 3, 3, kBid, 10, 8)});
  EXPECT_EQ(stage.notices.size(), 2u);
  EXPECT_EQ(stage.notices[1].kinds, uint32_t{FH_BOOK_EVENT});
  EXPECT_EQ(stage.notices[1].sequence, 3u);

  stage.notices.clear();
  ASSERT_TRUE(stage.books.Subscribe(0, 2, 0));
  ASSERT_TRUE(stage.books.Subscribe(0, FH_ALL_INSTRUMENTS, FH_BOOK_LEVELS, 2));
  stage.Give({Add(2, 4, 4, kBid, 10, 9), Add(1, 5, 5, kBid, 10, 8), Add(1, 6, 6, kBid, 10, 7),
              Add(1, 7, 7, kBid, 10, 8)});
  ASSERT_EQ(stage.notices.size(), 2u) << "the third level is none of the best two";
  EXPECT_EQ(stage.notices[0].sequence, 5u);
  EXPECT_EQ(stage.notices[1].sequence, 7u);
}

TEST(BookStage, RefusesWhatCannotBeAskedFor) {
  Stage stage;
  EXPECT_FALSE(stage.books.Subscribe(1, FH_ALL_INSTRUMENTS, FH_BOOK_TOP)) << "not kept";
  EXPECT_FALSE(stage.books.SubscribeAll(FH_BOOK_LEVELS, 0));
  EXPECT_FALSE(stage.books.SubscribeAll(FH_BOOK_LEVELS, 33));
  EXPECT_FALSE(stage.books.SubscribeAll(FH_BOOK_TIMED, 1, 0));
  EXPECT_FALSE(stage.books.SubscribeAll(FH_BOOK_TIMED, 1, -5));
  EXPECT_FALSE(stage.books.SubscribeAll(1u << 31));
  EXPECT_FALSE(stage.books.Watch(1, 9, 1)) << "not kept";
  stage.stage->OnStop();
  EXPECT_EQ(stage.stage->Counters().refused, 7u);
}

TEST(BookStage, TellsThePlaceOfAWatchedOrderWhenItMoves) {
  Stage stage;
  stage.Give({Add(1, 1, 1, kBid, 10, 9), Add(1, 2, 2, kBid, 20, 9), Add(1, 3, 3, kBid, 30, 9)});
  ASSERT_TRUE(stage.books.Watch(0, 1, 3));
  const fh_book book = stage.books.Find(0, 1);
  fh_queue_position place{};
  ASSERT_TRUE(stage.books.Position(book, 3, place));
  EXPECT_EQ(place.orders_ahead, 2u);
  EXPECT_EQ(place.size_ahead, 30u);
  EXPECT_EQ(place.level_size, 60u);
  EXPECT_EQ(place.side, kBid);
  stage.Give({Cancel(1, 4, 1), Add(1, 5, 4, kBid, 1, 9)});
  ASSERT_EQ(stage.notices.size(), 1u) << "what comes behind it does not move it";
  EXPECT_EQ(stage.notices[0].kinds, uint32_t{FH_BOOK_QUEUE});
  EXPECT_EQ(stage.notices[0].order_id, 3u);
  EXPECT_EQ(stage.notices[0].sequence, 4u);
  stage.books.Unwatch(0, 1, 3);
  stage.Give({Cancel(1, 6, 2)});
  EXPECT_EQ(stage.notices.size(), 1u);
  std::array<fh_book_order, 8> orders;
  EXPECT_EQ(stage.books.Orders(book, kBid, 9 * kOne, orders).size(), 2u);
  EXPECT_EQ(orders[0].order_id, 3u);
}

TEST(BookStage, AWatchIsOneHoweverOftenItIsAskedForAndEndsWithTheSession) {
  Stage stage;
  ASSERT_TRUE(stage.books.Watch(0, 1, 2));
  ASSERT_TRUE(stage.books.Watch(0, 1, 2));
  stage.Give({Add(1, 1, 1, kBid, 10, 9), Add(1, 2, 2, kBid, 20, 9)});
  EXPECT_EQ(stage.notices.size(), 1u);
  stage.notices.clear();
  ASSERT_TRUE(stage.books.Watch(0, 2, 7)) << "which does not come in this session";
  stage.Give({SessionStart(1)});
  ASSERT_EQ(stage.notices.size(), 1u) << "it is gone";
  EXPECT_EQ(stage.notices[0].kinds, uint32_t{FH_BOOK_QUEUE});
  stage.notices.clear();
  stage.Give({Add(1, 1, 2, kBid, 20, 9), Cancel(1, 2, 2), Add(2, 3, 7, kBid, 20, 9)});
  EXPECT_THAT(stage.notices, IsEmpty()) << "that is another order";
  // Its room is free again.
  for (uint64_t id = 1; id <= BookStage::kMostWatches; ++id) {
    ASSERT_TRUE(stage.books.Watch(0, 1, id)) << id;
  }
  EXPECT_FALSE(stage.books.Watch(0, 1, 5'000));
}

TEST(BookStage, ATimedViewTellsTheLastStateBeforeSilenceOnceItsIntervalIsOver) {
  Stage stage;
  ASSERT_TRUE(stage.books.SubscribeAll(FH_BOOK_TIMED, 1, 1000));
  const auto at = [](Update update, int64_t time_ns) {
    update.ts_recv_ns = time_ns;
    return update;
  };
  stage.Give({at(Add(1, 1, 1, kBid, 10, 9), 5100), at(Add(1, 2, 2, kBid, 10, 9), 5200),
              at(Add(1, 3, 3, kBid, 10, 9), 5900)});
  EXPECT_THAT(stage.notices, IsEmpty());
  stage.Tell(stage.stage->OnIdle(5950));
  EXPECT_THAT(stage.notices, IsEmpty());
  stage.Tell(stage.stage->OnIdle(6000));
  EXPECT_EQ(stage.log.back(), "book 1 kinds 256 bid 30");
  stage.Tell(stage.stage->OnIdle(9000));
  EXPECT_EQ(stage.notices.size(), 1u) << "nothing has changed since";
  // By the updates' own times: the book as it was before the first one of the next interval.
  stage.Give({at(Add(1, 4, 4, kBid, 10, 9), 10'100), at(Add(1, 5, 5, kBid, 10, 9), 11'000)});
  EXPECT_EQ(stage.notices.size(), 2u);
  EXPECT_EQ(stage.log[stage.log.size() - 3], "book 1 kinds 256 bid 40");
  stage.Tell(stage.stage->OnStop());
  EXPECT_EQ(stage.log.back(), "book 1 kinds 256 bid 50");
}

TEST(BookStage, TopsOfDoubtfulBooksAreFlaggedOrWithheldUntilTheBookIsGood) {
  Update gap = Other(FH_RECORD_GAP, FH_ACTION_NONE, FH_ALL_INSTRUMENTS, 1, FH_FLAG_LAST);
  gap.gap = {.first = 1, .last = 1, .count = 1, .cause = FH_GAP_LOST};
  const std::vector<Update> run{Add(1, 1, 1, kBid, 10, 9), gap, Add(1, 2, 2, kBid, 5, 9)};
  Stage flagged;
  flagged.Give(run);
  EXPECT_THAT(flagged.log, ElementsAre("1", "top 10@9/-", "1", "2", "top 15@9/-"));
  EXPECT_NE(flagged.given[4].flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
  EXPECT_EQ(flagged.books.State(flagged.books.Find(0, 1)).cause, FH_BOOK_CAUSE_GAP);

  BooksConfig config = Small();
  config.publish_doubtful = false;
  Stage withheld(config);
  withheld.Give(run);
  EXPECT_THAT(withheld.log, ElementsAre("1", "top 10@9/-", "1", "2"));
  // The venue's own picture, which is what the book was: the top that was kept back is told now.
  const uint8_t snapshot = FH_FLAG_SNAPSHOT;
  Update clear = Other(FH_RECORD_ORDER, FH_ACTION_CLEAR, 1, 3, snapshot);
  Update end = Other(FH_RECORD_ORDER, FH_ACTION_NONE, 1, 3, snapshot | FH_FLAG_LAST);
  withheld.log.clear();
  withheld.Give(
      {clear, Add(1, 3, 1, kBid, 10, 9, snapshot), Add(1, 3, 2, kBid, 5, 9, snapshot), end});
  EXPECT_EQ(withheld.log.back(), "top 15@9/-");
  withheld.stage->OnStop();
  EXPECT_GE(withheld.stage->Counters().withheld_tops, 1u);
}

TEST(BookStage, KeepsBooksOfTheWantedSymbolsAloneAndOfTheNewOnesOfANewSession) {
  codecs::InstrumentStore store(16);
  store.Define(1, codecs::Symbol("AAPL"));
  store.Define(2, codecs::Symbol("MSFT"));
  BooksConfig config = Small();
  config.symbols = {"MSFT"};
  Stage stage(config, {{.id = 0, .instruments = &store}});
  stage.Give({Add(1, 1, 1, kBid, 10, 9), Add(2, 2, 2, kBid, 10, 8)});
  EXPECT_THAT(stage.log, ElementsAre("1", "2", "top 10@8/-"));
  EXPECT_EQ(stage.books.Find(0, 1), FH_NO_BOOK);
  // Another day: the numbers are the other way round.
  store.Clear();
  store.Define(1, codecs::Symbol("MSFT"));
  store.Define(2, codecs::Symbol("AAPL"));
  stage.log.clear();
  stage.Give({SessionStart(1), Add(1, 1, 1, kBid, 10, 7), Add(2, 2, 2, kBid, 10, 8)});
  EXPECT_THAT(stage.log, ElementsAre("0", "1", "top 10@7/-", "2"));
  EXPECT_EQ(stage.books.State(stage.books.Find(0, 1)).state, FH_BOOK_GOOD);
}

TEST(BookStage, ANewSessionVoidsWhatWasAskedForOfItsInstruments) {
  Stage stage(Small(), {{.id = 0}, {.id = 1}});
  ASSERT_TRUE(stage.books.Subscribe(0, 1, FH_BOOK_TOP));
  ASSERT_TRUE(stage.books.Subscribe(1, 1, FH_BOOK_TOP));
  stage.Give({SessionStart(1), Add(1, 1, 1, kBid, 10, 9)});
  EXPECT_THAT(stage.notices, IsEmpty());
  Update other = Add(1, 1, 1, kBid, 10, 9);
  other.channel_id = 1;
  stage.Give({other});
  EXPECT_EQ(stage.notices.size(), 1u);
}

TEST(BookStage, ChannelsThatAreNotKeptPassAsTheyAre) {
  Stage stage(Small(), {{.id = 3}});
  std::vector<Update> run{Add(1, 1, 1, kBid, 10, 9), Add(1, 2, 2, kBid, 10, 9)};
  run[1].channel_id = 3;
  run.push_back(run[0]);
  stage.Give(run);
  EXPECT_THAT(stage.log, ElementsAre("1", "2", "top 10@9/-", "1"));
  EXPECT_EQ(stage.books.Find(0, 1), FH_NO_BOOK);
  EXPECT_NE(stage.books.Find(3, 1), FH_NO_BOOK);
}

TEST(BookStage, WhatFindsNoRoomMakesTheBookDoubtfulAndIsCounted) {
  BooksConfig config = Small();
  config.orders = 4;
  Stage stage(config);
  std::vector<Update> run;
  for (uint64_t id = 1; id <= 10; ++id) run.push_back(Add(1, id, id, kBid, 10, 9));
  stage.Give(run);
  EXPECT_EQ(stage.books.State(stage.books.Find(0, 1)).cause, FH_BOOK_CAUSE_ORDERS_FULL);
  stage.stage->OnStop();
  const BookCounters counters = stage.stage->Counters();
  EXPECT_EQ(counters.books.faults[static_cast<size_t>(books::Cause::kOrdersFull)], 6u);
  EXPECT_EQ(counters.books.doubtful_now, 1u);
}

TEST(BookStage, TopsThatTheVenueSendsAreNotToldTwice) {
  Stage stage;
  Update top = Other(FH_RECORD_TOP, FH_ACTION_MODIFY, 1, 1, FH_FLAG_LAST | FH_FLAG_TOB);
  top.top = {.bid_price = kOne, .ask_price = 2 * kOne, .bid_size = 1, .ask_size = 2};
  ASSERT_TRUE(stage.books.SubscribeAll(FH_BOOK_TOP));
  stage.Give({top});
  EXPECT_THAT(stage.log, ElementsAre("top 1@1/2@2", "book 1 kinds 1 bid 1"));
}

TEST(BookStage, OneEventMayEndForMoreInstrumentsThanACallHolds) {
  BooksConfig config = Small();
  config.instruments = 2000;
  config.orders = 4000;
  config.levels = 65536;
  Stage stage(config);
  for (uint32_t first = 1; first <= 1000; first += 100) {
    std::vector<Update> run;
    for (uint32_t i = first; i < first + 100; ++i) run.push_back(Add(i, 1, i, kBid, i, 9, 0));
    stage.Give(run);
  }
  stage.log.clear();
  Update end = Other(FH_RECORD_ORDER, FH_ACTION_NONE, FH_ALL_INSTRUMENTS, 2, FH_FLAG_LAST);
  stage.Give({end, end});
  EXPECT_EQ(stage.log.size(), 1002u);
  EXPECT_EQ(stage.log[1], "top 1@9/-");
  EXPECT_EQ(stage.log[1000], "top 1000@9/-");
}

// What one run gives is what the same updates give in runs of any other lengths.
TEST(BookStage, CutsOfRunsChangeNothing) {
  std::vector<Update> updates;
  for (uint64_t i = 1; i <= 200; ++i) {
    updates.push_back(i % 3 == 0 ? Cancel(1 + i % 2, i, i - 2)
                                 : Add(1 + i % 2, i, i, i % 5 < 3 ? kBid : kAsk, i,
                                       static_cast<int64_t>(10 + i % 7)));
  }
  std::vector<std::string> expected;
  for (const size_t length : {200, 1, 2, 7, 64}) {
    BooksConfig config = Small();
    config.orders = 1000;
    Stage stage(config);
    stage.books.SubscribeAll(FH_BOOK_TOP | FH_BOOK_LEVELS | FH_BOOK_STATE, 3);
    for (size_t at = 0; at < updates.size(); at += length) {
      const size_t end = std::min(updates.size(), at + length);
      stage.Give({updates.begin() + static_cast<ptrdiff_t>(at),
                  updates.begin() + static_cast<ptrdiff_t>(end)});
    }
    if (expected.empty()) expected = stage.log;
    EXPECT_EQ(stage.log, expected) << length;
  }
  EXPECT_GT(expected.size(), 300u);
}

// ---- Books healed by images: channel 0 is live, channel 1 has the images.

std::vector<Update> Image(uint32_t instrument, int64_t at, uint64_t size, int64_t price = 9) {
  std::vector<Update> image{
      Other(FH_RECORD_STATUS, FH_ACTION_NONE, instrument, 5),
      Other(FH_RECORD_LEVEL, FH_ACTION_CLEAR, instrument, 5),
      LevelUpdate(FH_ACTION_ADD, instrument, 5, kBid, size, price * kOne, FH_FLAG_LAST)};
  image[0].status = {.kind = FH_STATUS_SNAPSHOT_AT, .value = at};
  for (Update& update : image) {
    update.channel_id = 1;
    update.flags |= FH_FLAG_SNAPSHOT;
  }
  return image;
}

Update Gap(uint64_t first, uint64_t last, uint16_t cause = FH_GAP_LOST) {
  Update gap = Other(FH_RECORD_GAP, FH_ACTION_NONE, FH_ALL_INSTRUMENTS, last, FH_FLAG_LAST);
  gap.gap.first = first;
  gap.gap.last = last;
  gap.gap.cause = cause;
  return gap;
}

Update Bid(uint32_t instrument, uint64_t sequence, uint64_t size, int64_t price = 9) {
  return LevelUpdate(FH_ACTION_MODIFY, instrument, sequence, kBid, size, price * kOne,
                     FH_FLAG_LAST);
}

std::vector<BookChannel> WithImages() {
  return {{.id = 0}, {.id = 1, .images_of = 0, .is_kept = false}};
}

TEST(BookStage, ImagesHealBooksAndTheirTopsComeIntoTheStream) {
  BooksConfig config = Small();
  config.publish_doubtful = false;
  Stage stage(config, WithImages());
  ASSERT_TRUE(stage.books.SubscribeAll(FH_BOOK_STATE));
  std::vector<Update> run{Gap(1, 99, FH_GAP_LATE_JOIN), Bid(1, 100, 10), Bid(1, 101, 20)};
  const std::vector<Update> image = Image(1, 100, 10);
  run.insert(run.end(), image.begin(), image.end());
  stage.Give(run);
  // The doubtful tops were withheld; the image's records pass as they are.
  EXPECT_THAT(stage.log, ElementsAre("99", "100", "book 1 kinds 8 bid 10", "101", "5", "5", "5",
                                     "top 20@9/-", "book 1 kinds 8 bid 20"));
  const Update& top = stage.given.back();
  EXPECT_EQ(top.channel_id, 0);
  EXPECT_EQ(top.flags & FH_FLAG_MAYBE_BAD_BOOK, 0);
  EXPECT_LE(top.sequence, 101u);
  EXPECT_EQ(stage.notices.back().channel_id, 0);
  EXPECT_FALSE(stage.stage->books().Find(1, 1)) << "images are no books";
  stage.stage->OnStop();
  const BookCounters counters = stage.stage->Counters();
  EXPECT_TRUE(counters.has_images);
  EXPECT_EQ(counters.images.images[static_cast<size_t>(books::ImageUse::kHealed)], 1u);
  EXPECT_EQ(counters.books.doubtful_now, 0u);
}

TEST(BookStage, AnImageAheadHealsBeforeTheUpdateBehindItsMessage) {
  Stage stage(Small(), WithImages());
  stage.Give({Gap(1, 99, FH_GAP_LATE_JOIN)});
  stage.Give(Image(1, 100, 10));
  stage.log.clear();
  // The run's first update is behind the image's message.
  stage.Give({Bid(1, 101, 20)});
  EXPECT_THAT(stage.log, ElementsAre("top 10@9/-", "101", "top 20@9/-"));
  EXPECT_EQ(stage.given[stage.given.size() - 3].sequence, 100u);
}

TEST(BookStage, BooksAreHealedThatAreWantedAndWhereItIsWanted) {
  BooksConfig config = Small();
  config.heal = false;
  Stage off(config, WithImages());
  std::vector<Update> run{Gap(1, 99, FH_GAP_LATE_JOIN), Bid(1, 100, 10)};
  off.Give(run);
  off.Give(Image(1, 100, 10));
  EXPECT_FALSE(off.stage->books().Find(0, 1).condition().good());
  EXPECT_EQ(off.stage->healer_bytes(), 0u);

  config = Small();
  config.symbols = {"MINE"};
  Stage some(config, WithImages());
  Update definition = Other(FH_RECORD_DEFINITION, FH_ACTION_NONE, 2, 90, FH_FLAG_LAST);
  std::memcpy(definition.definition.symbol, "OTHER", 5);
  some.Give({definition});
  definition.instrument_id = 1;
  std::memcpy(definition.definition.symbol, "MINE\0", 5);
  some.Give({definition, Gap(91, 99, FH_GAP_LATE_JOIN), Bid(1, 100, 10), Bid(2, 101, 10)});
  some.Give(Image(1, 101, 10));
  some.Give(Image(2, 101, 10));
  some.stage->OnStop();
  const BookCounters counters = some.stage->Counters();
  EXPECT_TRUE(some.stage->books().Find(0, 1).condition().good());
  EXPECT_EQ(counters.images.images[static_cast<size_t>(books::ImageUse::kNotFollowed)], 1u);
  EXPECT_EQ(counters.images.waiting_now, 0u);
}

// ---- check_books, on a stage

// Channel 0 is live, channel 1 has the venue's pictures of its books.
class Checked {
 public:
  explicit Checked(bool heals = false) {
    BookChannel images{.id = 1};
    if (heals) images.images_of = 0;
    stage_ = *BookStage::Create(Small(), {{.id = 0}, images});
    host_.SetBooks(stage_->AddStrategy());
    absl::StatusOr<LoadedStrategy> made = LoadStrategy("check_books", "pairs=0:1", host_.table());
    EXPECT_TRUE(made.ok()) << made.status();
    strategy_ = std::make_unique<LoadedStrategy>(*std::move(made));
  }

  void Give(std::vector<Update> run) {
    stage_->Begin(run);
    for (BookStage::Step step; stage_->Next(step);) {
      if (!step.updates.empty()) strategy_->OnUpdates(step.updates);
      for (const BookStage::Due& one : step.due) one.Tell();
    }
  }

  // A bid of the live stream, in a message of its own.
  void Live(uint64_t size, int64_t price = 9, uint8_t flags = FH_FLAG_LAST) {
    Give({LevelUpdate(FH_ACTION_MODIFY, 1, ++sequence_, kBid, size, price * kOne, flags)});
  }

  // A message that touches no book.
  void Elsewhere() { Give({Other(FH_RECORD_STATISTIC, FH_ACTION_NONE, 2, ++sequence_)}); }

  // `at`: the live message that it stands at, where the venue says it.
  void Picture(uint64_t size, uint16_t channel_id = 1, std::optional<int64_t> at = {}) {
    // In the stream: outside of its numbers.
    const uint64_t sequence = channel_id == 0 ? 0 : 500;
    std::vector<Update> run;
    if (at.has_value()) {
      run.push_back(Other(FH_RECORD_STATUS, FH_ACTION_NONE, 1, sequence, FH_FLAG_SNAPSHOT));
      run.back().status = {.kind = FH_STATUS_SNAPSHOT_AT, .value = *at};
    }
    run.push_back(Other(FH_RECORD_LEVEL, FH_ACTION_CLEAR, 1, sequence, FH_FLAG_SNAPSHOT));
    run.push_back(LevelUpdate(FH_ACTION_MODIFY, 1, sequence, kBid, size, 9 * kOne,
                              FH_FLAG_SNAPSHOT | FH_FLAG_LAST));
    for (Update& update : run) update.channel_id = channel_id;
    Give(run);
  }

  std::string Stop() { return std::string(strategy_->OnStop().message()); }
  std::string Summary() { return strategy_->Summary(); }

  std::vector<std::string> log;

 private:
  StrategyHost host_{"check",
                     [this](LogSeverity, const std::string& line) { log.push_back(line); }};
  std::unique_ptr<BookStage> stage_;
  std::unique_ptr<LoadedStrategy> strategy_;
  uint64_t sequence_ = 0;
};

TEST(CheckBooks, APictureIsRightThatTheBookIsOrWasOrBecomes) {
  Checked checked;
  checked.Live(10);
  checked.Live(20);
  checked.Picture(20);
  checked.Picture(10);
  checked.Picture(30);
  checked.Live(25);
  checked.Live(30);
  EXPECT_EQ(checked.Stop(), "");
  EXPECT_EQ(checked.Summary(), "snapshots=3 equal=3 contradicting=0");
}

TEST(CheckBooks, APictureThatTheBookNeverIsContradictsAndIsShown) {
  Checked checked;
  checked.Live(10);
  checked.Picture(10);
  checked.Picture(77);
  for (uint64_t i = 0; i < 64; ++i) checked.Live(100 + i);
  EXPECT_THAT(checked.Stop(), testing::HasSubstr("1 of 2 snapshots that could be compared"));
  ASSERT_EQ(checked.log.size(), 1u);
  EXPECT_THAT(checked.log[0], testing::HasSubstr("bid 1 of the venue 77@9, of the book 163@9"));
}

TEST(CheckBooks, APictureInTheStreamIsComparedWithWhatTheBookWas) {
  Checked right;
  right.Live(10);
  right.Picture(10, 0);
  EXPECT_EQ(right.Stop(), "");
  Checked wrong;
  wrong.Live(10);
  wrong.Picture(11, 0);
  EXPECT_THAT(wrong.Stop(), testing::HasSubstr("1 of 1 snapshots"));
}

TEST(CheckBooks, APictureIsRightAtTheVenuesNumberAloneWhereThereIsOne) {
  Checked right;
  for (const uint64_t size : {10, 20, 30}) right.Live(size);
  right.Picture(20, 1, 2);
  EXPECT_EQ(right.Stop(), "");
  EXPECT_EQ(right.Summary(),
            "snapshots=1 equal=1 contradicting=0, of them at the venue's number: 1");
  Checked wrong;
  for (const uint64_t size : {10, 20, 30}) wrong.Live(size);
  wrong.Picture(10, 1, 2);  // What the book was before, and
  wrong.Picture(30, 1, 2);  // behind it.
  EXPECT_THAT(wrong.Stop(), testing::HasSubstr("2 of 2 snapshots that could be compared"));
  ASSERT_EQ(wrong.log.size(), 2u);
  EXPECT_THAT(wrong.log[0], testing::HasSubstr("which holds all up to message 2"));
}

TEST(CheckBooks, APictureAheadOfTheStreamWaitsForItsNumberHoweverLong) {
  Checked checked;
  checked.Live(10);
  checked.Picture(1'000, 1, 201);
  for (uint64_t i = 0; i < 199; ++i) checked.Live(100 + i);
  checked.Live(1'000);
  EXPECT_EQ(checked.Summary(), "snapshots=1 equal=0 contradicting=0") << "201 may go on";
  checked.Live(7);
  EXPECT_EQ(checked.Summary(),
            "snapshots=1 equal=1 contradicting=0, of them at the venue's number: 1");
  // One of the last message is compared when nothing more comes.
  checked.Picture(7, 1, 202);
  EXPECT_EQ(checked.Stop(), "");
  EXPECT_EQ(checked.Summary(),
            "snapshots=2 equal=2 contradicting=0, of them at the venue's number: 2");
}

// What has healed a book proves nothing of it; what comes later does.
TEST(CheckBooks, AnImageThatHealedABookIsNotComparedWithItAndLaterOnesAre) {
  Checked checked(/*heals=*/true);
  checked.Give({Gap(1, 5, FH_GAP_LATE_JOIN)});
  for (int i = 0; i < 5; ++i) checked.Elsewhere();
  checked.Live(10);  // Message 6.
  checked.Picture(10, 1, 6);
  EXPECT_EQ(checked.Summary(),
            "snapshots=1 equal=0 contradicting=0, of books that were not good: 1");
  checked.Live(20);
  checked.Live(30);
  checked.Picture(20, 1, 7);
  checked.Picture(31, 1, 8);  // Of a good book: it contradicts, and changes nothing.
  checked.Picture(30, 1, 8);
  checked.Live(40);
  EXPECT_THAT(checked.Stop(), testing::HasSubstr("1 of 3 snapshots that could be compared"));
  EXPECT_EQ(checked.Summary(),
            "snapshots=4 equal=2 contradicting=1, of them at the venue's number: 3, of books that "
            "were not good: 1");
}

TEST(CheckBooks, ABookThatStandsStillIsComparedAsTheStreamGoesOn) {
  Checked checked;
  checked.Live(10);
  for (int64_t loop = 0; loop < 40; ++loop) {
    checked.Picture(10, 1, 2 + loop);
    checked.Elsewhere();
  }
  EXPECT_EQ(checked.Stop(), "");
  EXPECT_EQ(checked.Summary(),
            "snapshots=40 equal=40 contradicting=0, of them at the venue's number: 40");
}

TEST(CheckBooks, APictureInTheStreamHasItsNumberToo) {
  Checked right;
  right.Live(10);
  right.Live(20);
  right.Picture(20, 0, 2);
  EXPECT_EQ(right.Stop(), "");
  Checked wrong;
  wrong.Live(10);
  wrong.Live(20);
  wrong.Picture(10, 0, 2);
  EXPECT_THAT(wrong.Stop(), testing::HasSubstr("1 of 1 snapshots"));
}

TEST(CheckBooks, NumbersAtWhichNothingCanBeComparedAreCounted) {
  Checked checked;
  checked.Elsewhere();
  checked.Live(10);
  checked.Picture(10, 1, 1);  // Before the book was known.
  checked.Live(20, 9, 0);
  checked.Live(30);
  checked.Picture(20, 1, 3);   // Within an event.
  checked.Picture(30, 1, 50);  // The stream does not get there.
  EXPECT_THAT(checked.Stop(),
              testing::HasSubstr("1 of messages before the book was known, 1 of messages in the "
                                 "midst of an event, and 1 had too few updates behind them"));
  EXPECT_EQ(checked.Summary(),
            "snapshots=3 equal=0 contradicting=0, of numbers before the book was known: 1, of "
            "numbers within an event: 1, undecided: 1");
  Checked old;
  for (uint64_t i = 0; i < 1'100; ++i) old.Live(10 + i);
  old.Picture(10, 1, 1);
  EXPECT_THAT(old.Stop(), testing::HasSubstr("1 of messages before the book was known"));
}

TEST(CheckBooks, ANumberIsOfItsOwnPictureAlone) {
  Checked checked;
  for (const uint64_t size : {10, 20, 30}) checked.Live(size);
  checked.Picture(20, 1, 2);
  checked.Picture(10);  // No number: what the book was at any time.
  EXPECT_EQ(checked.Stop(), "");
  EXPECT_EQ(checked.Summary(),
            "snapshots=2 equal=2 contradicting=0, of them at the venue's number: 1");
}

TEST(CheckBooks, WhatProvesNothingIsAFailureThatSaysWhy) {
  Checked none;
  none.Live(10);
  EXPECT_THAT(none.Stop(), testing::HasSubstr("no snapshot of a book came"));
  Checked late;
  Update gap = Other(FH_RECORD_GAP, FH_ACTION_NONE, FH_ALL_INSTRUMENTS, 1, FH_FLAG_LAST);
  gap.gap = {.first = 1, .last = 1, .count = 1, .cause = FH_GAP_LATE_JOIN};
  late.Give({gap});
  late.Live(10);
  late.Picture(10);
  EXPECT_THAT(late.Stop(), testing::HasSubstr("1 of books that were not good"));
  Checked elsewhere;
  elsewhere.Picture(10);
  EXPECT_THAT(elsewhere.Stop(), testing::HasSubstr("1 were of instruments without updates"));
}

// ---- Written books

TEST(WrittenBooks, ALevelHasAllOfItsOrders) {
  constexpr uint64_t kOrders = 10'000;
  const test::Scratch scratch;
  BooksConfig config = Small();
  config.orders = 2 * kOrders;
  const std::unique_ptr<BookStage> stage = *BookStage::Create(config, {{.id = 0}});
  StrategyHost host("books", nullptr);
  host.SetBooks(stage->AddStrategy());
  auto strategy = LoadStrategy("books", "kind=l3,output=" + scratch / "l3.csv", host.table());
  ASSERT_TRUE(strategy.ok()) << strategy.status();
  // One event.
  for (uint64_t id = 1; id <= kOrders; ++id) {
    std::vector<Update> run{Add(1, 1, id, kBid, 5, 9, id == kOrders ? FH_FLAG_LAST : 0)};
    stage->Begin(run);
    for (BookStage::Step step; stage->Next(step);) {
      for (const BookStage::Due& one : step.due) one.Tell();
    }
  }
  ASSERT_TRUE(strategy->OnStop().ok());
  const std::string text = test::Read(scratch / "l3.csv");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + static_cast<int64_t>(kOrders));
  EXPECT_THAT(text.substr(text.rfind("GOOD")), "GOOD,B,0,9,9999,10000,5\n");
}

// A file does not say whose updates it holds: of CTA and OPRA a top may be one participant's.
TEST(WrittenBooks, OfAFileTopsOfOneParticipantAreNotTheMarkets) {
  const test::Scratch scratch;
  StrategyHost host("print", nullptr);
  auto print = LoadStrategy("print", "format=binary,output=" + scratch / "tops.fhu", host.table());
  ASSERT_TRUE(print.ok()) << print.status();
  for (const uint8_t participant : {0, 1}) {
    Update top = Other(FH_RECORD_TOP, FH_ACTION_MODIFY, 1, 1u + participant, FH_FLAG_LAST);
    top.top = {.bid_price = (9 - participant) * kOne,
               .ask_price = 10 * kOne,
               .bid_size = 1,
               .ask_size = 1};
    top.detail = participant;
    print->OnUpdates({&top, 1});
  }
  ASSERT_TRUE(print->OnStop().ok());
  print = absl::CancelledError();  // The file is nobody's output any more.
  StrategyThreadConfig thread;
  thread.books.emplace();
  thread.strategies.push_back({.name = "books", .parameters = "output=" + scratch / "tops.csv"});
  const latency::Clock clock;
  auto replay = UpdateReplay::Create(scratch / "tops.fhu", {thread}, nullptr, clock);
  ASSERT_TRUE(replay.ok()) << replay.status();
  (*replay)->Start();
  while (!(*replay)->done()) std::this_thread::yield();
  ASSERT_TRUE((*replay)->Stop().ok());
  const std::string text = test::Read(scratch / "tops.csv");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
  EXPECT_THAT(text, testing::EndsWith(",GOOD,9,1,10,1\n"));
}

// ---- The ladder, on a stage

// Channels 0 and 1, with names of their own.
class Drawn {
 public:
  explicit Drawn(const std::string& parameters) {
    stage_ = *BookStage::Create(
        Small(), {{.id = 0, .instruments = &names[0]}, {.id = 1, .instruments = &names[1]}});
    for (uint16_t channel = 0; channel < 2; ++channel) host_.AddChannel(channel, &names[channel]);
    host_.SetBooks(stage_->AddStrategy());
    absl::StatusOr<LoadedStrategy> made =
        LoadStrategy("ladder", absl::StrCat("output=", path_, parameters), host_.table());
    EXPECT_TRUE(made.ok()) << made.status();
    strategy_ = std::make_unique<LoadedStrategy>(*std::move(made));
  }

  void Give(std::vector<Update> run) {
    if (codecs::IsSessionStart(run[0])) {
      host_.OnSessionStart(run[0].channel_id, run[0].session.epoch);
    }
    stage_->Begin(run);
    for (BookStage::Step step; stage_->Next(step);) {
      if (!step.updates.empty()) strategy_->OnUpdates(step.updates);
      for (const BookStage::Due& one : step.due) one.Tell();
    }
  }

  // What was drawn at the end; what was wrong, where that is nothing.
  std::string End() {
    const absl::Status status = strategy_->OnStop();
    return status.ok() ? test::Read(path_) : std::string(status.message());
  }

  codecs::InstrumentStore names[2]{codecs::InstrumentStore(16), codecs::InstrumentStore(16)};
  std::vector<std::string> log;

 private:
  StrategyHost host_{"ladder",
                     [this](LogSeverity, const std::string& line) { log.push_back(line); }};
  std::unique_ptr<BookStage> stage_;
  std::unique_ptr<LoadedStrategy> strategy_;
  const test::Scratch scratch_;
  const std::string path_ = scratch_ / "ladder";
};

TEST(Ladder, OfANewSessionIsTheBookThatHasTheNameThen) {
  Drawn drawn(",symbol=MSFT");
  drawn.names[0].Define(1, codecs::Symbol("MSFT"));
  for (uint64_t i = 1; i <= 9; ++i) drawn.Give({Add(1, i, i, kBid, 10, 9)});
  drawn.names[0].Clear();
  drawn.names[0].Define(1, codecs::Symbol("AAPL"));
  drawn.names[0].Define(2, codecs::Symbol("MSFT"));
  drawn.Give({SessionStart(1)});
  drawn.Give({Add(1, 1, 1, kBid, 77, 7), Add(2, 2, 2, kBid, 5, 6)});
  const std::string text = drawn.End();
  EXPECT_THAT(text, testing::StartsWith("MSFT  channel 0  GOOD"));
  EXPECT_THAT(text, testing::HasSubstr(" 5 "));
  EXPECT_THAT(text, Not(testing::HasSubstr("77"))) << "that is AAPL's now";
  EXPECT_THAT(drawn.log, IsEmpty());
}

TEST(Ladder, OfAnInstrumentThatASessionsStartEmptiedIsEmpty) {
  Drawn drawn(",symbol=MSFT");
  drawn.names[0].Define(1, codecs::Symbol("MSFT"));
  drawn.Give({Add(1, 1, 1, kBid, 10, 9)});
  drawn.names[0].Clear();
  drawn.Give({SessionStart(1)});
  EXPECT_THAT(drawn.End(), testing::HasSubstr("the book is empty"));
}

TEST(Ladder, BooksOfOneNameAreNamedAndTheChannelChooses) {
  for (const std::string channel : {"", ",channel=1"}) {
    Drawn drawn(absl::StrCat(",symbol=MSFT", channel));
    for (codecs::InstrumentStore& names : drawn.names) names.Define(1, codecs::Symbol("MSFT"));
    drawn.Give({Add(1, 1, 1, kBid, 10, 9), Add(1, 2, 2, kBid, 10, 8)});
    Update other = Add(1, 1, 1, kBid, 33, 9);
    other.channel_id = 1;
    drawn.Give({other});
    const std::string text = drawn.End();
    if (channel.empty()) {
      EXPECT_THAT(text, testing::StartsWith("MSFT  channel 0  "));
      ASSERT_EQ(drawn.log.size(), 1u);
      EXPECT_THAT(drawn.log[0], testing::HasSubstr("not shown: channel 1 instrument 1 (1 ends"));
    } else {
      EXPECT_THAT(text, testing::StartsWith("MSFT  channel 1  "));
      EXPECT_THAT(text, testing::HasSubstr(" 33 "));
      EXPECT_THAT(drawn.log, IsEmpty());
    }
  }
}

TEST(Ladder, AnInstrumentWithoutANameIsAskedForByItsId) {
  Drawn drawn(",symbol=2");
  drawn.Give({Add(1, 1, 1, kBid, 10, 9), Add(2, 2, 2, kBid, 20, 9)});
  EXPECT_THAT(drawn.End(), testing::StartsWith("instrument 2  channel 0  "));
  Drawn other(",symbol=3");
  other.Give({Add(1, 1, 1, kBid, 10, 9), Add(2, 2, 2, kBid, 20, 9)});
  EXPECT_THAT(other.End(), testing::HasSubstr("no update of 3; there are: 1, 2"));
}

TEST(Ladder, AMomentThatTheInputDoesNotReachIsSaid) {
  for (const auto& [at, notes] : {std::pair<int, size_t>{1, 0}, {2, 1}, {3, 1}}) {
    Drawn drawn(absl::StrCat(",at=", at));
    drawn.Give({Add(1, 1, 1, kBid, 10, 9), Add(1, 2, 2, kBid, 20, 9)});
    EXPECT_THAT(drawn.End(), testing::HasSubstr(at == 1 ? " 10 " : " 30 "));
    EXPECT_EQ(drawn.log.size(), notes) << at;
  }
}

TEST(Ladder, FitsItsColumns) {
  LadderPicture picture{.symbol = "AAPL", .bids = {{1'000'010'000'000, 1'200, 7, 0}}, .asks = {}};
  picture.state.since_sequence = picture.state.sequence = 12'345'678'901;
  picture.state.state = FH_BOOK_DOUBTFUL;
  picture.asks.push_back({1'000'020'000'000, 25, 1, 0});
  for (const size_t columns : {200, 80, 57, 56, 20, 2}) {
    for (const absl::string_view line : absl::StrSplit(LadderText(picture, columns), '\n')) {
      EXPECT_LT(line.size(), columns) << line;
    }
  }
  EXPECT_THAT(LadderText(picture, 20), testing::HasSubstr("   1000.02 A 25\n   1000.01 B 1,200\n"));
  EXPECT_THAT(LadderText(picture, 57), testing::HasSubstr("1000.02           25      1"));
}

// ---- On a strategy thread

// A strategy by table that counts what it is given, and is told of books where there are any.
struct Counts {
  uint64_t updates = 0;
  uint64_t tops = 0;
  uint64_t notices = 0;
};

LoadedStrategy CountingStrategy(const StrategyHost& host, Counts& counts) {
  static Counts* created = nullptr;
  created = &counts;
  fh_strategy table{};
  table.struct_size = sizeof(fh_strategy);
  table.abi_version = FH_PLUGIN_ABI_VERSION;
  table.update_size = sizeof(fh_update);
  table.name = "counting";
  table.help = "for a test";
  table.create = [](const fh_host* fh, const char*, char*, size_t) -> void* {
    const fh_books* books = fh_host_books(fh);
    if (books != nullptr) {
      books->listen(
          books->context,
          [](void* self, const fh_book_notice*) { ++static_cast<Counts*>(self)->notices; },
          created);
      books->subscribe_all(books->context, FH_BOOK_EVENT, 1, 0);
    }
    return created;
  };
  table.on_updates = [](void* self, const fh_update* updates, size_t count) {
    auto& seen = *static_cast<Counts*>(self);
    seen.updates += count;
    for (size_t i = 0; i < count; ++i) seen.tops += updates[i].record == FH_RECORD_TOP ? 1 : 0;
  };
  table.destroy = [](void*) {};
  absl::StatusOr<LoadedStrategy> strategy = CreateStrategy(table, "", host.table());
  EXPECT_TRUE(strategy.ok()) << strategy.status();
  return *std::move(strategy);
}

TEST(StrategyThreadBooks, AllStrategiesOfTheThreadShareThemAndOthersPayNothing) {
  const latency::Clock clock;
  auto books = *BookStage::Create(Small(), {{.id = 0}});
  StrategyThread with({.thread = {.name = "with", .idle = IdleMode::kYield}}, clock);
  StrategyThread without({.thread = {.name = "without", .idle = IdleMode::kYield}}, clock);
  StrategyHost first_host("first", nullptr);
  StrategyHost second_host("second", nullptr);
  StrategyHost third_host("third", nullptr);
  first_host.SetBooks(books->AddStrategy());
  second_host.SetBooks(books->AddStrategy());
  Counts first;
  Counts second;
  Counts third;
  with.Add(CountingStrategy(first_host, first), &first_host);
  with.Add(CountingStrategy(second_host, second), &second_host);
  with.SetBooks(std::move(books));
  without.Add(CountingStrategy(third_host, third), &third_host);
  for (StrategyThread* thread : {&with, &without}) {
    for (uint64_t id = 1; id <= 20; ++id) {
      ASSERT_TRUE(
          thread->ring().Push(Add(1, id, id, kBid, 1, static_cast<int64_t>(id % 2 == 0 ? 1 : id))));
    }
    thread->Start();
    ASSERT_TRUE(thread->Stop().ok());
  }
  for (const Counts* counts : {&first, &second}) {
    EXPECT_EQ(counts->updates, 31u);
    EXPECT_EQ(counts->tops, 11u);
    EXPECT_EQ(counts->notices, 20u);
  }
  EXPECT_EQ(third.updates, 20u);
  EXPECT_EQ(third.tops + third.notices, 0u);
  EXPECT_EQ(without.books(), nullptr);
  EXPECT_EQ(with.delivered(), 20u);
  EXPECT_EQ(with.books()->Counters().notices, 40u);
}

// Trades, by whether side and price are known.
class SumsTrades {
 public:
  static constexpr char kName[] = "sums_trades";
  static constexpr char kHelp[] = "for a test";
  static std::unique_ptr<SumsTrades> Create(Host, std::string_view, std::string&) {
    return std::make_unique<SumsTrades>();
  }
  void OnUpdates(std::span<const Update> updates) {
    for (const Update& update : updates) {
      if (update.record != FH_RECORD_TRADE) continue;
      ++(update.side == FH_SIDE_ASK && update.trade.price == 9 * kOne ? filled : open);
    }
  }
  std::string Summary() { return absl::StrCat(filled, " sold at 9, ", open, " open"); }

  uint64_t filled = 0;
  uint64_t open = 0;
};

// A call holds 256 updates, and whatever was published when it was made.
TEST(StrategyThreadBooks, ATradeIsFilledInWhereverRunsAreCut) {
  constexpr uint64_t kOrders = 700;
  std::vector<Update> updates;
  for (uint64_t id = 1; id <= kOrders; ++id) updates.push_back(Add(1, id, id, kBid, 10, 9));
  for (uint64_t id = 1; id <= kOrders; ++id) {
    const uint64_t sequence = kOrders + id;
    Update trade = Other(FH_RECORD_TRADE, FH_ACTION_TRADE, 1, sequence, 0);
    trade.trade = {.trade_id = id, .price = FH_UNDEFINED_PRICE, .size = 10};
    Update fill =
        OrderUpdate(FH_ACTION_FILL, 1, sequence, id, FH_SIDE_NONE, 10, FH_UNDEFINED_PRICE, 0);
    updates.insert(updates.end(), {trade, fill, Cancel(1, sequence, id)});
  }
  BooksConfig config = Small();
  config.orders = 2 * kOrders;
  auto books = *BookStage::Create(config, {{.id = 0}});
  StrategyHost host("trades", nullptr);
  host.SetBooks(books->AddStrategy());
  auto strategy = CreateStrategy(*StrategyTable<SumsTrades>(), "", host.table());
  ASSERT_TRUE(strategy.ok()) << strategy.status();
  const latency::Clock clock;
  // Of 1,024 slots, so that runs end with the storage too.
  StrategyThread thread({.thread = {.name = "filled", .idle = IdleMode::kYield},
                         .ring_updates = 1024,
                         .stamps_are_past = true,
                         .is_live = false},
                        clock);
  thread.Add(*std::move(strategy), &host);
  thread.SetBooks(std::move(books));
  for (size_t i = 0; i < updates.size(); ++i) {
    if (i == 1024) thread.Start();
    while (!thread.ring().Push(updates[i])) std::this_thread::yield();
  }
  ASSERT_TRUE(thread.Stop().ok());
  EXPECT_EQ(thread.strategies()[0].Summary(), "700 sold at 9, 0 open");
}

// A class that asks for one instrument in Create, where nobody listens yet.
class AsksInCreate {
 public:
  static constexpr char kName[] = "asks_in_create";
  static constexpr char kHelp[] = "for a test";
  static std::unique_ptr<AsksInCreate> Create(Host host, std::string_view, std::string& error) {
    if (host.Books().Subscribe(0, 2, FH_BOOK_EVENT)) return std::make_unique<AsksInCreate>();
    error = "refused";
    return nullptr;
  }
  void OnUpdates(std::span<const Update>) {}
  void OnBook(const fh_book_notice& notice) { told += absl::StrCat(notice.instrument_id, " "); }
  std::string Summary() { return told; }

  std::string told;
};

TEST(StrategyThreadBooks, AClassMayAskForAnInstrumentInCreate) {
  auto stage = *BookStage::Create(Small(), {{.id = 0}});
  StrategyHost host("asks", nullptr);
  host.SetBooks(stage->AddStrategy());
  auto strategy = CreateStrategy(*StrategyTable<AsksInCreate>(), "", host.table());
  ASSERT_TRUE(strategy.ok()) << strategy.status();
  std::vector<Update> run = {Add(1, 1, 1, kBid, 10, 9), Add(2, 2, 2, kBid, 10, 9)};
  stage->Begin(run);
  for (BookStage::Step step; stage->Next(step);) {
    for (const BookStage::Due& one : step.due) one.Tell();
  }
  EXPECT_EQ(strategy->Summary(), "2 ");
}

// A program that is older than books: its host ends before them.
TEST(BookAbi, APluginAsksAnOlderProgramInVain) {
  fh_host host{};
  host.struct_size = offsetof(fh_host, books);
  fh_books books{};
  host.books = &books;
  EXPECT_EQ(fh_host_books(&host), nullptr);
  EXPECT_FALSE(Host(&host).Books());
  const BookView none = Host(&host).Books();
  EXPECT_EQ(none.Find(0, 1), FH_NO_BOOK);
  EXPECT_EQ(none.Top(FH_NO_BOOK).bid_price, FH_UNDEFINED_PRICE);
  EXPECT_FALSE(none.SubscribeAll(FH_BOOK_TOP));
  host.struct_size = sizeof(fh_host);
  EXPECT_EQ(fh_host_books(&host), &books);
}

TEST(BookAbi, HandlesThatAreNoneAreHarmless) {
  Stage stage;
  std::array<fh_book_level, 4> levels;
  for (const fh_book book : {FH_NO_BOOK, fh_book{5}, fh_book{21}, fh_book{22}, UINT32_MAX}) {
    EXPECT_EQ(stage.books.Top(book).bid_size, 0u);
    EXPECT_TRUE(stage.books.Levels(book, kBid, levels).empty());
    EXPECT_TRUE(stage.books.Levels(book, kBid, levels, FH_BOOK_CONSOLIDATED).empty());
    EXPECT_TRUE(stage.books.Levels(book, 'x', levels).empty());
    fh_queue_position place;
    EXPECT_FALSE(stage.books.Position(book, 1, place));
    uint64_t filled = 0;
    EXPECT_EQ(stage.books.Vwap(book, kAsk, 5, filled), FH_UNDEFINED_PRICE);
  }
  EXPECT_EQ(stage.books.State(FH_NO_BOOK).state, FH_BOOK_DOUBTFUL);
  EXPECT_EQ(stage.books.Find(0, 1, 77), FH_NO_BOOK);
}

TEST(BookAbi, LevelsPricesAndPartsAreThoseOfTheBook) {
  Stage stage;
  stage.Give({LevelUpdate(FH_ACTION_MODIFY, 1, 1, kAsk, 10, 10 * kOne, 0, 2),
              LevelUpdate(FH_ACTION_MODIFY, 1, 1, kAsk, 30, 11 * kOne, 0, 3),
              LevelUpdate(FH_ACTION_MODIFY, 1, 1, kAsk, 5, 10 * kOne, FH_FLAG_IMPLIED),
              LevelUpdate(FH_ACTION_MODIFY, 1, 1, kBid, 1, 9 * kOne)});
  const fh_book book = stage.books.Find(0, 1);
  ASSERT_EQ(book, stage.books.Find(0, 1, FH_BOOK_OF_LEVELS));
  EXPECT_EQ(stage.books.Find(0, 1, FH_BOOK_OF_ORDERS), FH_NO_BOOK);
  std::array<fh_book_level, 4> levels;
  const auto asks = stage.books.Levels(book, kAsk, levels);
  ASSERT_EQ(asks.size(), 2u);
  EXPECT_EQ(asks[0].price, 10 * kOne);
  EXPECT_EQ(asks[0].order_count, 2u);
  EXPECT_EQ(asks[1].size, 30u);
  EXPECT_EQ(stage.books.Top(book, FH_BOOK_IMPLIED).ask_size, 5u);
  EXPECT_EQ(stage.books.Levels(book, kAsk, levels, FH_BOOK_CONSOLIDATED)[0].size, 15u);
  uint64_t filled = 0;
  EXPECT_EQ(stage.books.Vwap(book, kAsk, 20, filled), 10 * kOne + kOne / 2);
  EXPECT_EQ(filled, 20u);
  const fh_book_state state = stage.books.State(book);
  EXPECT_EQ(state.ask_levels, 2u);
  EXPECT_EQ(state.bid_levels, 1u);
  EXPECT_EQ(state.state, FH_BOOK_GOOD);
}

}  // namespace
}  // namespace fh
