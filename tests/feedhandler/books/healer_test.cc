// Books healed by images: a venue that is known, with every fault on either line. What a book that says
// good shows is the truth, always; and after the last loss and two rounds of images all books are good.
#include "feedhandler/books/healer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/feedhandler/books/image_venue.h"
#include "tests/feedhandler/books/updates.h"
#include "tests/seeds.h"

namespace fh::books {
namespace {

constexpr uint16_t kLive = ImageVenue::kLive;

BookOptions VenueBooks() {
  BookOptions options = Small();
  options.channel.implied_depth = 0;
  options.follow = kTop | kEvent;
  return options;
}

HealerOptions VenueImages() {
  HealerOptions options;
  options.channels = {{.channel_id = ImageVenue::kOrderImages, .live_channel_id = kLive},
                      {.channel_id = ImageVenue::kLevelImages, .live_channel_id = kLive}};
  options.log_updates = 4'096;
  options.image_updates = 1'024;
  options.settle_ns = 80 * ImageVenue::kStepNs;
  return options;
}

std::unique_ptr<Healer> MakeHealer(BookSet& books, const HealerOptions& options) {
  absl::StatusOr<std::unique_ptr<Healer>> healer = Healer::Create(books, options);
  EXPECT_TRUE(healer.ok()) << healer.status();
  return healer.ok() ? *std::move(healer) : nullptr;
}

// A client of the venue, and what it is held to.
class Client {
 public:
  Client(uint64_t seed, const VenueFaults& faults, HealerOptions options = VenueImages())
      : random_(seed),
        venue_([this](uint64_t below) { return random_() % below; }, faults),
        books_(MakeBooks(VenueBooks())),
        healer_(MakeHealer(*books_, options)) {}

  void Run(size_t steps) {
    for (size_t i = 0; i < steps && !testing::Test::HasFatalFailure(); ++i) {
      venue_.Step();
      Receive();
      if (random_() % 8 == 0) Forge();
    }
  }

  // No faults from here on; two rounds.
  void Calm() {
    venue_.faults() = {.live_loss = false,
                       .image_loss = false,
                       .restarts = false,
                       .old_images = false,
                       .clears = false,
                       .mixes = venue_.faults().mixes,
                       .ring_losses = false,
                       .open_events = false};
    Run(120);  // Open events end, and a session that has just begun settles.
    const uint64_t rounds = venue_.rounds();
    while (venue_.rounds() < rounds + 3 && !testing::Test::HasFatalFailure()) Run(1);
    venue_.Settle();
    Receive();
    venue_.Beat();
    venue_.Settle();
    Receive();
  }

  void ExpectAllGood() {
    for (uint32_t instrument = 1; instrument <= ImageVenue::kInstruments; ++instrument) {
      for (const Family family : {Family::kOrders, Family::kLevels}) {
        const std::string truth =
            venue_.Truth(venue_.client_session(), venue_.client_number(), instrument, family);
        const Book book = books_->Find(kLive, instrument, family);
        if (!book) {
          ASSERT_EQ(truth, "") << "no book of " << instrument;
          continue;
        }
        ASSERT_TRUE(book.condition().good())
            << instrument << " " << static_cast<int>(family) << " " << Name(book.condition().cause);
        ASSERT_EQ(TextOf(book), truth) << instrument;
      }
    }
    ASSERT_TRUE(books_->AuditAll().ok()) << books_->AuditAll();
    ASSERT_EQ(healer_->stats().waiting_now, 0u);
  }

  uint64_t Count(ImageUse use) const { return healer_->stats().images[static_cast<size_t>(use)]; }
  BookSet& books() { return *books_; }
  Healer& healer() { return *healer_; }
  ImageVenue& venue() { return venue_; }

 private:
  void Receive() {
    for (int idle = 0; idle < 4 && !testing::Test::HasFatalFailure();) {
      const std::vector<fh_update> updates = venue_.Take(1 + random_() % 12);
      idle = updates.empty() ? idle + 1 : 0;
      Give(updates);
      ExpectTruth();
    }
  }

  void Give(const std::vector<fh_update>& updates) {
    healer_->Apply(updates, [&](const Notice& notice) { OnNotice(notice); });
  }

  // Ends of events and what is told with them.
  void OnNotice(const Notice& notice) {
    const Book book = books_->book(notice.book);
    ASSERT_EQ(book.channel_id(), kLive);
    if ((notice.kinds & kCleared) != 0) told_[notice.book] = Top{};
    if ((notice.kinds & kTop) != 0) {
      ASSERT_NE(told_[notice.book], book.top());
      told_[notice.book] = book.top();
    }
    if ((notice.kinds & kEvent) != 0) {
      ASSERT_EQ(told_[notice.book], book.top());
    }
    if (book.condition().good() && !book.is_open()) ExpectTruthOf(book, book.sequence());
  }

  void ExpectTruthOf(const Book& book, uint64_t number) {
    ASSERT_EQ(TextOf(book),
              venue_.Truth(venue_.client_session(), number, book.instrument_id(), book.family()))
        << "instrument " << book.instrument_id() << " family " << static_cast<int>(book.family())
        << " at " << number << " of session " << venue_.client_session();
  }

  void ExpectTruth() {
    books_->ForEachBook([&](const Book& book) {
      if (!book.condition().good() || book.is_open() || testing::Test::HasFatalFailure()) return;
      ExpectTruthOf(book, book.sequence());
      if (venue_.is_whole()) ExpectTruthOf(book, std::max(book.sequence(), venue_.client_number()));
    });
  }

  // A good book is not touched, whatever an image says.
  void Forge() {
    const auto instrument = static_cast<uint32_t>(1 + random_() % ImageVenue::kInstruments);
    const Family family = random_() % 2 == 0 ? Family::kOrders : Family::kLevels;
    const Book book = books_->Find(kLive, instrument, family);
    if (!book || !book.condition().good() || book.is_open()) return;
    Give(venue_.Forged(instrument, family));
    ASSERT_TRUE(book.condition().good());
    ExpectTruth();
  }

  std::mt19937_64 random_;
  ImageVenue venue_;
  std::unique_ptr<BookSet> books_;
  std::unique_ptr<Healer> healer_;
  std::map<uint32_t, Top> told_;
};

TEST(Healer, GoodIsTrueAndAllBooksBecomeGoodWhateverTheLinesDo) {
  const test::Seeds seeds(120);
  std::array<uint64_t, kImageUses> uses{};
  for (const uint64_t seed : seeds) {
    VenueFaults faults;
    faults.join_at = seed % 3 == 0 ? 0 : 20 + seed % 50;
    faults.mixes = seed % 4 == 1;
    faults.restarts = seed % 2 == 0;
    faults.ring_losses = seed % 5 != 0;
    faults.live_loss = seed % 7 != 0;
    Client client(seed, faults);
    client.Run(600);
    client.Calm();
    client.ExpectAllGood();
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
    for (size_t use = 0; use < kImageUses; ++use) {
      uses[use] += client.Count(static_cast<ImageUse>(use));
    }
  }
  EXPECT_GE(uses[static_cast<size_t>(ImageUse::kHealed)], seeds.Share(6'000));
  for (const ImageUse use : {ImageUse::kNotNeeded, ImageUse::kTooOld, ImageUse::kCutOff,
                             ImageUse::kFaulty, ImageUse::kOfOldSession, ImageUse::kAnotherWaits}) {
    EXPECT_GE(uses[static_cast<size_t>(use)], seeds.Share(60)) << Name(use);
  }
}

// With next to no room the faults are others, but never the books.
TEST(Healer, GoodIsTrueWithNoRoomForAnything) {
  const test::Seeds seeds(40);
  uint64_t too_short = 0;
  uint64_t no_room = 0;
  for (const uint64_t seed : seeds) {
    HealerOptions options = VenueImages();
    options.log_updates = 16;
    options.image_updates = 64;
    Client client(seed, {.join_at = 30, .mixes = seed % 2 == 0}, options);
    client.Run(600);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
    too_short += client.Count(ImageUse::kLogTooShort);
    no_room += client.Count(ImageUse::kNoRoom);
  }
  EXPECT_GT(too_short, 0u);
  EXPECT_GT(no_room, 0u);
}

// ---- One thing at a time

// A live channel of levels, 1, whose images are on 2.
class Pair {
 public:
  explicit Pair(HealerOptions options = Options(), BookOptions of_books = VenueBooks())
      : books(MakeBooks(of_books)), healer(MakeHealer(*books, options)) {}

  static HealerOptions Options() {
    HealerOptions options;
    options.channels = {{.channel_id = 2, .live_channel_id = 1}};
    options.log_updates = 64;
    options.image_updates = 64;
    return options;
  }

  void Give(std::vector<fh_update> updates) {
    healer->Apply(updates, [&](const Notice& notice) {
      const Book book = books->book(notice.book);
      log.push_back(absl::StrCat(notice.kinds, " ", Name(book.condition().state), " ",
                                 book.top().bid_size, " at ", book.sequence()));
    });
  }

  static fh_update Live(fh_update update) {
    update.channel_id = 1;
    return update;
  }
  static fh_update Bid(uint64_t sequence, uint64_t size, uint8_t flags = FH_FLAG_LAST,
                       int64_t price = 9) {
    return Live(LevelUpdate(FH_ACTION_MODIFY, 1, sequence, 'B', size, price, flags));
  }
  static fh_update Order(char action, uint64_t sequence, uint64_t id, uint64_t size,
                         uint8_t flags = FH_FLAG_LAST) {
    return Live(OrderUpdate(action, 1, sequence, id, 'B', size,
                            action == FH_ACTION_ADD ? 9 : FH_UNDEFINED_PRICE, flags));
  }
  static fh_update Gap(uint64_t first, uint64_t last, uint16_t cause = FH_GAP_LOST) {
    fh_update gap = Live(Other(FH_RECORD_GAP, FH_ACTION_NONE, 0, last, FH_FLAG_LAST));
    gap.gap.first = first;
    gap.gap.last = last;
    gap.gap.cause = cause;
    return gap;
  }
  static fh_update Session(uint8_t state, int64_t now_ns) {
    fh_update session = Live(Other(FH_RECORD_SESSION, FH_ACTION_CLEAR, 0, 0, FH_FLAG_LAST));
    session.session.state = state;
    session.ts_recv_ns = now_ns;
    return session;
  }

  // An image that holds all up to `at`; none: nothing says it.
  static std::vector<fh_update> Image(std::optional<uint64_t> at, std::vector<fh_update> records,
                                      int64_t now_ns = 0) {
    std::vector<fh_update> image;
    const uint8_t record = records.empty() ? uint8_t{FH_RECORD_LEVEL} : records[0].record;
    if (at.has_value()) {
      image.push_back(Other(FH_RECORD_STATUS, FH_ACTION_NONE, 1, 0));
      image[0].status = {.kind = FH_STATUS_SNAPSHOT_AT, .value = static_cast<int64_t>(*at)};
    }
    image.push_back(Other(record, FH_ACTION_CLEAR, 1, 0));
    image.insert(image.end(), records.begin(), records.end());
    for (fh_update& update : image) {
      update.channel_id = 2;
      update.sequence = 3;
      update.flags = FH_FLAG_SNAPSHOT;
      update.ts_recv_ns = now_ns;
    }
    image.back().flags |= FH_FLAG_LAST;
    return image;
  }
  static std::vector<fh_update> Image(std::optional<uint64_t> at, uint64_t size,
                                      int64_t now_ns = 0) {
    return Image(at, {Bid(0, size)}, now_ns);
  }

  uint64_t Count(ImageUse use) const { return healer->stats().images[static_cast<size_t>(use)]; }
  Book book(Family family = Family::kLevels) const { return books->Find(1, 1, family); }

  std::unique_ptr<BookSet> books;
  std::unique_ptr<Healer> healer;
  std::vector<std::string> log;
};

TEST(Healer, AnImageAndWhatFollowedItAreTheBookAndOneNoticeSaysSo) {
  Pair pair;
  pair.Give({Pair::Bid(1, 10), Pair::Gap(2, 4), Pair::Bid(5, 50), Pair::Bid(6, 60)});
  pair.log.clear();
  pair.Give(Pair::Image(5, {Pair::Bid(0, 50), Pair::Bid(0, 7, 0, 8)}));
  const uint64_t kinds = kTop | kConsolidatedTop | kEvent | kCondition;
  // The top is 60 as before; the level behind it is new, and so is the condition.
  EXPECT_THAT(pair.log, testing::ElementsAre(absl::StrCat(kEvent | kCondition, " good 60 at 6")));
  EXPECT_EQ(pair.book().bids().size(), 2u);
  EXPECT_FALSE(pair.healer->stats().waiting_now);
  pair.log.clear();
  pair.Give({Pair::Gap(7, 7)});
  pair.Give(Pair::Image(7, 70));
  EXPECT_THAT(pair.log,
              testing::ElementsAre("8 doubtful 60 at 6", absl::StrCat(kinds, " good 70 at 7")));
}

TEST(Healer, AnImageBeforeWhatIsMissingIsTooOld) {
  Pair pair;
  pair.Give({Pair::Bid(1, 10), Pair::Gap(2, 4)});
  pair.Give(Pair::Image(3, 30));
  EXPECT_FALSE(pair.book().condition().good());
  EXPECT_EQ(pair.Count(ImageUse::kTooOld), 1u);
  pair.Give(Pair::Image(4, 40));
  EXPECT_TRUE(pair.book().condition().good());
  EXPECT_EQ(pair.book().top().bid_size, 40u);
}

TEST(Healer, AnImageAheadOfTheStreamWaitsUntilTheNextMessage) {
  Pair pair;
  pair.Give({Pair::Bid(1, 10), Pair::Gap(2, 4)});
  pair.Give(Pair::Image(7, 70));
  pair.Give({Pair::Bid(5, 50), Pair::Bid(7, 1, 0, 8)});
  EXPECT_FALSE(pair.book().condition().good()) << "message 7 may go on";
  pair.log.clear();
  pair.Give({Pair::Bid(7, 70), Pair::Bid(8, 80)});
  EXPECT_THAT(pair.log,
              testing::ElementsAre(testing::HasSubstr("doubtful 70 at 7"),
                                   testing::HasSubstr("good 70 at 7"), "133 good 80 at 8"));
  EXPECT_EQ(pair.book().bids().size(), 1u) << "as the image has it";
}

TEST(Healer, WhereImagesAreFarAheadTheStreamReachesOneOfThem) {
  Pair pair;
  pair.Give({Pair::Bid(1, 10), Pair::Gap(2, 4)});
  for (uint64_t at = 10; at < 40; ++at) {
    pair.Give(Pair::Image(at, at));
    pair.Give({Pair::Bid(at - 4, at - 4)});
    EXPECT_EQ(pair.book().condition().good(), at - 4 > 10) << at;
  }
  EXPECT_EQ(pair.Count(ImageUse::kHealed), 1u);
}

TEST(Healer, ABookIsNotHealedWithinAnEvent) {
  Pair pair;
  pair.Give({Pair::Bid(1, 10), Pair::Gap(2, 4), Pair::Bid(5, 50, 0)});
  pair.Give(Pair::Image(5, 50));
  EXPECT_FALSE(pair.book().condition().good());
  pair.Give({Pair::Bid(6, 60)});
  EXPECT_FALSE(pair.book().condition().good()) << "message 6 may go on";
  pair.Give({Pair::Bid(7, 70)});
  EXPECT_TRUE(pair.book().condition().good());
  EXPECT_EQ(pair.book().top().bid_size, 70u);
}

TEST(Healer, AnInstrumentThatNobodyHasSeenGetsItsBook) {
  Pair pair;
  pair.Give({Pair::Session(FH_SESSION_JOINED, 0), Pair::Gap(1, 99, FH_GAP_LATE_JOIN)});
  EXPECT_TRUE(pair.healer->is_logging(1));
  pair.Give(Pair::Image(99, 70));
  ASSERT_TRUE(pair.book());
  EXPECT_TRUE(pair.book().condition().good());
  EXPECT_EQ(pair.book().top().bid_size, 70u);
  // Where everything is known there is no book because there is nothing.
  Pair whole;
  whole.Give({Pair::Session(FH_SESSION_JOINED, 0)});
  whole.Give(Pair::Image(0, 70));
  EXPECT_FALSE(whole.book());
  EXPECT_EQ(whole.Count(ImageUse::kNotNeeded), 1u);
}

TEST(Healer, NothingIsLoggedOnceTwoRoundsHaveFoundEverythingGood) {
  Pair pair;
  pair.Give({Pair::Gap(1, 99, FH_GAP_LATE_JOIN), Pair::Bid(100, 10)});
  EXPECT_EQ(pair.healer->stats().logged, 1u);
  for (int round = 0; round < 3; ++round) pair.Give(Pair::Image(100, 10));
  pair.Give({Pair::Bid(101, 20)});  // The message that the book was healed at is over.
  pair.Give({Pair::Bid(102, 20), Pair::Bid(103, 20)});
  EXPECT_FALSE(pair.healer->is_logging(1));
  EXPECT_EQ(pair.healer->stats().logged, 2u);
  EXPECT_EQ(pair.Count(ImageUse::kHealed), 1u);
  EXPECT_EQ(pair.Count(ImageUse::kNotNeeded), 2u);
}

TEST(Healer, WhatContradictsItselfOrWhatFollowedIsNoUseAndTheBookStaysAsItIs) {
  Pair pair;
  pair.Give({Pair::Order('A', 1, 7, 10), Pair::Gap(2, 4), Pair::Order('A', 5, 8, 20),
             Pair::Order('C', 6, 8, 5)});
  const uint64_t hash = pair.book(Family::kOrders).hash();
  pair.log.clear();
  pair.Give(Pair::Image(6, {Pair::Order('A', 0, 1, 1), Pair::Order('A', 0, 1, 1)}));
  EXPECT_EQ(pair.Count(ImageUse::kFaulty), 1u);
  pair.Give(Pair::Image(5, {Pair::Order('A', 0, 7, 10)}));  // It has not the order of 5.
  EXPECT_EQ(pair.Count(ImageUse::kContradicted), 1u);
  EXPECT_EQ(pair.book(Family::kOrders).hash(), hash);
  EXPECT_EQ(pair.book(Family::kOrders).condition().cause, Cause::kGap);
  EXPECT_THAT(pair.log, testing::IsEmpty());
  pair.Give(Pair::Image(5, {Pair::Order('A', 0, 9, 3), Pair::Order('A', 0, 8, 20)}));
  EXPECT_TRUE(pair.book(Family::kOrders).condition().good());
  EXPECT_EQ(pair.book(Family::kOrders).top().bid_size, 18u);
}

TEST(Healer, ABookThatAFaultMadeDoubtfulIsHealedByWhatHasItsMessage) {
  Pair pair;
  pair.Give({Pair::Order('A', 1, 7, 10), Pair::Order('C', 2, 99, 1)});
  EXPECT_EQ(pair.book(Family::kOrders).condition().cause, Cause::kUnknownOrder);
  pair.Give(Pair::Image(1, {Pair::Order('A', 0, 7, 10)}));
  EXPECT_EQ(pair.Count(ImageUse::kTooOld), 1u);
  pair.Give(Pair::Image(2, {Pair::Order('A', 0, 7, 10)}));
  EXPECT_TRUE(pair.book(Family::kOrders).condition().good());
}

TEST(Healer, AnOldSessionsImageHealsNothing) {
  constexpr int64_t kSecond = 1'000'000'000;
  Pair pair;
  pair.Give({Pair::Bid(50, 10), Pair::Session(FH_SESSION_RESTARTED, 10 * kSecond),
             Pair::Gap(1, 4, FH_GAP_LATE_JOIN), Pair::Bid(60, 60)});
  pair.Give(Pair::Image(59, 1, 10 * kSecond + 999'999'999));
  EXPECT_EQ(pair.Count(ImageUse::kOfOldSession), 1u);
  EXPECT_FALSE(pair.book().condition().good());
  pair.Give(Pair::Image(60, 60, 11 * kSecond));
  EXPECT_TRUE(pair.book().condition().good());
  // One that waits is gone with its session.
  pair.Give({Pair::Gap(61, 62)});
  pair.Give(Pair::Image(70, 1, 12 * kSecond));
  pair.Give({Pair::Session(FH_SESSION_NEW, 13 * kSecond), Pair::Gap(1, 60), Pair::Bid(71, 3)});
  EXPECT_EQ(pair.Count(ImageUse::kOfOldSession), 2u);
  EXPECT_FALSE(pair.book().condition().good());
}

TEST(Healer, AnImageIsOfNoUseWithoutItsNumberItsEndOrItsMiddle) {
  Pair pair;
  pair.Give({Pair::Gap(1, 4), Pair::Bid(5, 10)});
  pair.Give(Pair::Image(std::nullopt, 50));
  EXPECT_EQ(pair.Count(ImageUse::kNoNumber), 1u);
  std::vector<fh_update> image = Pair::Image(5, 50);
  image.back().flags = FH_FLAG_SNAPSHOT;
  pair.Give(image);
  pair.Give(Pair::Image(std::nullopt, 50));
  EXPECT_EQ(pair.Count(ImageUse::kCutOff), 1u);
  EXPECT_EQ(pair.Count(ImageUse::kNoNumber), 2u) << "a number is of its own image alone";
  image = Pair::Image(5, {Pair::Bid(0, 1), Pair::Bid(0, 1, 0, 8)});
  fh_update gap = Pair::Gap(9, 9);
  gap.channel_id = 2;
  image.insert(image.end() - 1, gap);
  pair.Give(image);
  EXPECT_EQ(pair.Count(ImageUse::kCutOff), 2u);
  image = Pair::Image(5, {Pair::Bid(0, 1), Pair::Bid(0, 1, 0, 8)});
  image.back().flags |= FH_FLAG_MAYBE_BAD_BOOK;
  pair.Give(image);
  EXPECT_EQ(pair.Count(ImageUse::kCutOff), 3u) << "a part that does not follow the one before";
  EXPECT_FALSE(pair.book().condition().good());
  // In a round of which something is missing every record is flagged.
  image = Pair::Image(5, 50);
  for (fh_update& update : image) update.flags |= FH_FLAG_MAYBE_BAD_BOOK;
  pair.Give(image);
  EXPECT_TRUE(pair.book().condition().good());
}

TEST(Healer, ANumberBehindTheRecordsCountsToo) {
  Pair pair;
  pair.Give({Pair::Gap(1, 4), Pair::Order('A', 5, 1, 10)});
  std::vector<fh_update> image = Pair::Image(5, {Pair::Order('A', 0, 1, 10)});
  std::rotate(image.begin(), image.begin() + 1, image.end());
  for (fh_update& update : image) update.flags = FH_FLAG_SNAPSHOT;
  image.back().instrument_id = FH_ALL_INSTRUMENTS;
  fh_update end = image[0];
  end.action = FH_ACTION_NONE;
  end.instrument_id = FH_ALL_INSTRUMENTS;
  end.flags |= FH_FLAG_LAST;
  image.push_back(end);
  pair.Give(image);
  EXPECT_TRUE(pair.book(Family::kOrders).condition().good());
}

TEST(Healer, AMessageThatGoesOnBehindItsImageMakesTheBookDoubtfulAgain) {
  Pair pair;
  pair.Give({Pair::Gap(1, 4), Pair::Bid(5, 50)});
  pair.Give(Pair::Image(5, {Pair::Bid(0, 50), Pair::Bid(0, 1, 0, 8)}));
  ASSERT_TRUE(pair.book().condition().good());
  pair.Give({Pair::Bid(5, 1, FH_FLAG_LAST, 8)});  // Of two feed threads: the rest of 5.
  EXPECT_FALSE(pair.book().condition().good());
  pair.Give(Pair::Image(5, {Pair::Bid(0, 50), Pair::Bid(0, 1, 0, 8)}));
  EXPECT_TRUE(pair.book().condition().good());
}

TEST(Healer, PlacesInQueuesAreTheImages) {
  Pair pair;
  pair.Give({Pair::Order('A', 1, 7, 10), Pair::Order('A', 2, 8, 20)});
  const auto watch = pair.books->Watch(1, 1, 8);
  pair.Give({Pair::Gap(3, 5)});
  pair.Give(Pair::Image(5, {Pair::Order('A', 0, 5, 1), Pair::Order('A', 0, 7, 4),
                            Pair::Order('A', 0, 8, 20), Pair::Order('A', 0, 9, 9)}));
  const Watched& watched = pair.books->watched(*watch);
  EXPECT_EQ(watched.stage, Watched::Stage::kStanding);
  EXPECT_EQ(watched.orders_ahead, 2u);
  EXPECT_EQ(watched.size_ahead, 5u);
  EXPECT_TRUE(watched.has_changed);
  pair.Give({Pair::Order('C', 6, 5, 0)});
  EXPECT_EQ(watched.orders_ahead, 1u);
  EXPECT_EQ(pair.books->PositionOf(1, 1, 9)->size_ahead, 24u);
  EXPECT_TRUE(pair.books->AuditAll().ok()) << pair.books->AuditAll();
}

TEST(Healer, RefusesWhatCannotBe) {
  const std::unique_ptr<BookSet> books = MakeBooks(Small());
  HealerOptions options = Pair::Options();
  options.log_updates = 63;
  EXPECT_FALSE(Healer::Create(*books, options).ok());
  options = Pair::Options();
  options.image_updates = 63;
  EXPECT_FALSE(Healer::Create(*books, options).ok());
  options = Pair::Options();
  options.channels.push_back({.channel_id = 3, .live_channel_id = 2});
  EXPECT_FALSE(Healer::Create(*books, options).ok()) << "2 has images";
  options.channels = {{.channel_id = 2, .live_channel_id = 2}};
  EXPECT_FALSE(Healer::Create(*books, options).ok());
  BookOptions by_id = Small();
  by_id.channel.order_ids = OrderIds::kOfStream;
  EXPECT_FALSE(Healer::Create(*MakeBooks(by_id), Pair::Options()).ok());
  for (size_t use = 0; use < kImageUses; ++use) {
    EXPECT_STRNE(Name(static_cast<ImageUse>(use)), "unknown");
  }
}

}  // namespace
}  // namespace fh::books
