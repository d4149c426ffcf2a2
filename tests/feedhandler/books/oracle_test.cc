// Books against the slow oracle: random updates with every fault, and the synthetic day.
#include "tests/feedhandler/books/oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "codecs/registry.h"
#include "feedhandler/books/book_set.h"
#include "feedhandler/synthetic/itch_day.h"
#include "feedhandler/synthetic/mold_packetizer.h"
#include "tests/codecs/codec_harness.h"
#include "tests/feedhandler/books/updates.h"
#include "tests/seeds.h"

namespace fh::books {
namespace {

using TopRow = Oracle::TopRow;

std::vector<NormalizedUpdate> RandomUpdates(uint64_t seed, size_t count) {
  std::mt19937_64 random(seed);
  uint64_t sequence = 0;
  std::vector<NormalizedUpdate> updates;
  for (size_t i = 0; i < count; ++i) {
    updates.push_back(AnyUpdate([&](uint64_t below) { return random() % below; }, sequence));
  }
  return updates;
}

BookOptions WithPlaces(codecs::PlaceRule places) {
  BookOptions options = Small();
  options.channel.places = places;
  return options;
}

// Notices of one span, as the oracle tells them.
void AddTops(const BookSet& books, const Notice& notice, std::vector<TopRow>& tops) {
  if ((notice.kinds & kTop) == 0) return;
  const Book book = books.book(notice.book);
  tops.emplace_back(book.instrument_id(), book.family(), book.top());
}

TEST(Oracle, AgreesAfterEveryUpdateWithEveryKindOfFault) {
  for (const uint64_t seed : test::Seeds(120)) {
    const auto places = static_cast<codecs::PlaceRule>(seed % 3);
    const std::unique_ptr<BookSet> books = MakeBooks(WithPlaces(places));
    Oracle oracle(places);
    size_t index = 0;
    for (const NormalizedUpdate& update : RandomUpdates(seed, 1'500)) {
      std::vector<TopRow> tops;
      books->Apply({&update, 1}, [&](const Notice& notice) { AddTops(*books, notice, tops); });
      ASSERT_EQ(tops, oracle.Apply(update)) << "seed " << seed << " update " << index;
      ASSERT_EQ(oracle.ExpectAll(*books), "") << "seed " << seed << " update " << index;
      if (++index % 16 == 0) {
        ASSERT_TRUE(books->AuditAll().ok()) << books->AuditAll() << " seed " << seed;
      }
    }
    ASSERT_EQ(books->orders(), oracle.orders());
  }
}

// Everything that is told, one row a notice.
std::vector<std::string> Told(BookSet& books, std::span<const NormalizedUpdate> updates,
                              size_t burst, uint64_t cut_seed) {
  std::vector<std::string> rows;
  std::mt19937_64 random(cut_seed);
  for (size_t from = 0; from < updates.size();) {
    const size_t count =
        std::min(updates.size() - from, cut_seed == 0 ? burst : 1 + random() % burst);
    books.Apply(updates.subspan(from, count), [&](const Notice& notice) {
      const Book book = books.book(notice.book);
      const Top top = book.top();
      rows.push_back(absl::StrCat(from + notice.at, " ", book.instrument_id(), " ", notice.kinds,
                                  " ", notice.changed[0], " ", notice.changed[1], " ",
                                  top.bid_price, " ", top.bid_size, " ", top.ask_price, " ",
                                  top.ask_size, " ", book.hash(), " ", book.OrderHash()));
    });
    from += count;
  }
  return rows;
}

TEST(Oracle, BurstsAndTheirCutsChangeNothing) {
  const std::vector<NormalizedUpdate> updates = RandomUpdates(77, 20'000);
  BookOptions options = Small();
  options.follow = kTop | kDepth | kEvent;
  const std::unique_ptr<BookSet> one_by_one = MakeBooks(options);
  const std::vector<std::string> expected = Told(*one_by_one, updates, 1, 0);
  ASSERT_GT(expected.size(), 5'000u);
  for (const size_t burst : {2, 3, 4, 8, 16, 64, 1'000, 20'000}) {
    const std::unique_ptr<BookSet> books = MakeBooks(options);
    ASSERT_EQ(Told(*books, updates, burst, 0), expected) << "bursts of " << burst;
    ASSERT_EQ(books->Save(), one_by_one->Save()) << "bursts of " << burst;
  }
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const std::unique_ptr<BookSet> books = MakeBooks(options);
    ASSERT_EQ(Told(*books, updates, 40, seed), expected) << "cuts of seed " << seed;
  }
}

TEST(Oracle, ASavedSetGoesOnAsTheOneThatItWasSavedFrom) {
  BookOptions options = Small();
  options.follow = kTop | kDepth | kEvent;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const std::vector<NormalizedUpdate> updates = RandomUpdates(seed, 3'000);
    const std::span<const NormalizedUpdate> all(updates);
    const std::unique_ptr<BookSet> books = MakeBooks(options);
    Told(*books, all.first(1'500), 64, 0);
    const std::unique_ptr<BookSet> restored = MakeBooks(options);
    const absl::Status status = restored->Restore(books->Save());
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_TRUE(restored->AuditAll().ok()) << restored->AuditAll();
    ASSERT_EQ(restored->Save(), books->Save());
    ASSERT_EQ(Told(*restored, all.subspan(1'500), 64, 0), Told(*books, all.subspan(1'500), 64, 0));
    ASSERT_EQ(restored->Save(), books->Save());
  }
}

// ---- The synthetic day: 200,000 messages each time, all 10 million with FEEDHANDLER_FULL_SIMS=1.

uint64_t DayMessages() {
  const char* full = std::getenv("FEEDHANDLER_FULL_SIMS");
  return full != nullptr && std::string(full) == "1" ? 10'000'000 : 200'000;
}

// Calls f(updates) with those of each packet.
template <typename F>
void ForEachPacketOfDay(uint64_t messages, F f) {
  absl::StatusOr<ItchDay> day = ItchDay::Create({.seed = 11, .messages = messages, .symbols = 500});
  ASSERT_TRUE(day.ok()) << day.status();
  const std::unique_ptr<codecs::Codec> codec = *(*codecs::FindCodec("itch50"))->make({});
  MoldPacketizer packets;
  const auto flush = [&] {
    const MoldPacket taken = packets.Take();
    const test::PacketBytes bytes(
        std::string(reinterpret_cast<const char*>(taken.bytes.data()), taken.bytes.size()));
    f(test::DecodePacket(*codec, bytes.packet()).updates);
  };
  std::span<const uint8_t> message;
  while (day->NextMessage(message)) {
    if (!packets.Fits(message)) flush();
    packets.Add(message);
  }
  if (!packets.empty()) flush();
}

TEST(Oracle, AgreesOnTheSyntheticDayAndSharesAreConserved) {
  BookOptions options;
  options.instruments = 1'024;
  options.orders = 524'288;
  // The whole day is deeper than sixteen levels a book: with less it ends in doubt for want of room.
  options.levels = 1'048'576;
  const std::unique_ptr<BookSet> books = MakeBooks(options);
  Oracle oracle;
  uint64_t added = 0;
  uint64_t taken = 0;
  uint64_t packets = 0;
  ForEachPacketOfDay(DayMessages(), [&](const std::vector<NormalizedUpdate>& decoded) {
    if (testing::Test::HasFatalFailure()) return;
    std::vector<NormalizedUpdate> updates = decoded;
    std::vector<TopRow> tops;
    books->FillAndApply(std::span(updates),
                        [&](const Notice& notice) { AddTops(*books, notice, tops); });
    std::vector<TopRow> expected;
    for (size_t i = 0; i < updates.size(); ++i) {
      const NormalizedUpdate& update = updates[i];
      for (const TopRow& row : oracle.Apply(decoded[i])) expected.push_back(row);
      if (update.record != FH_RECORD_ORDER || update.action == FH_ACTION_CLEAR) continue;
      ASSERT_NE(update.side, FH_SIDE_NONE) << "filled in";
      ASSERT_NE(update.order.price, FH_UNDEFINED_PRICE) << "filled in";
      if (update.action == FH_ACTION_ADD) added += update.order.size;
    }
    ASSERT_EQ(tops, expected) << "packet " << packets;
    // All books are compared after each packet at first, then now and then.
    if (packets < 200 || packets % 500 == 0) {
      ASSERT_EQ(oracle.ExpectAll(*books), "") << packets;
    }
    ++packets;
  });
  ASSERT_EQ(oracle.ExpectAll(*books), "");
  ASSERT_TRUE(books->AuditAll().ok()) << books->AuditAll();
  const BookStats stats = books->stats();
  for (size_t cause = 0; cause < kCauses; ++cause) EXPECT_EQ(stats.faults[cause], 0u) << cause;
  // What was taken off is known by a second set, which counts its own orders before and after.
  uint64_t live = 0;
  books->ForEachBook([&](Book book) {
    live += book.SizeTo(Side::kBid, INT64_MIN) + book.SizeTo(Side::kAsk, INT64_MAX - 1);
  });
  const std::unique_ptr<BookSet> again = MakeBooks(options);
  ForEachPacketOfDay(DayMessages(), [&](const std::vector<NormalizedUpdate>& updates) {
    for (const NormalizedUpdate& update : updates) {
      if (update.record == FH_RECORD_ORDER && update.action == FH_ACTION_CANCEL) {
        const auto order = again->FindOrder(0, update.instrument_id, update.order.order_id);
        if (order.has_value()) {
          taken += update.order.size == 0 ? order->size : update.order.size;
        }
      }
      again->Apply({&update, 1}, [](const Notice&) {});
    }
  });
  EXPECT_EQ(added, taken + live);
  EXPECT_EQ(again->Save(), books->Save()) << "filled in, in bursts, and twice: to the bit";
}

}  // namespace
}  // namespace fh::books
