// CME by price, joined in the middle and with packets lost: packets of increments (template 46) and of the
// loop of snapshots (52), laid out by the codec's field tables, through the decoder into healed books.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "codecs/cme/cme_sample.h"
#include "codecs/registry.h"
#include "feedhandler/books/healer.h"
#include "tests/codecs/codec_harness.h"
#include "tests/feedhandler/books/expected_books.h"

namespace fh::books {
namespace {

namespace increment = codecs::cme::md_incremental_refresh_book46;
namespace image = codecs::cme::snapshot_full_refresh52;

using codecs::ChannelRole;
using codecs::cme::PacketWriter;

constexpr uint16_t kLiveChannel = 1;
constexpr uint16_t kImageChannel = 2;
constexpr int32_t kInstruments = 5;
constexpr size_t kMostLevels = 8;  // Below the depth of 10, so that nothing is cut.
constexpr int64_t kTick = 1'000'000'000;
constexpr uint8_t kNew = 0;
constexpr uint8_t kChange = 1;
constexpr uint8_t kDelete = 2;
constexpr uint8_t kEndOfEvent = 0x80;

struct Quantity {
  int32_t size;
  int32_t orders;
};

// Better prices first.
using Bids = std::map<int64_t, Quantity, std::greater<>>;
using Asks = std::map<int64_t, Quantity>;

// The exchange: what its books are, and the packets that it sends of them.
class Exchange {
 public:
  explicit Exchange(uint32_t seed) : random_(seed) {}

  uint32_t number() const { return number_; }

  // The next packet: one level of one instrument.
  std::string Increment() {
    const auto id = static_cast<int32_t>(1 + random_() % kInstruments);
    return random_() % 2 == 0 ? OfSide(id, bids_[id], '0', 100) : OfSide(id, asks_[id], '1', 120);
  }

  // A packet of the loop; it holds everything up to the packet sent last.
  std::string Image(int32_t id, uint32_t number) {
    PacketWriter packet(number, 5);
    packet.Begin(image::kMessage, 9);
    image::kSecurityId.Put(packet.message(), id);
    image::kLastMsgSeqNumProcessed.Put(packet.message(), number_);
    packet.Group(image::no_md_entries::kGroup, 22,
                 static_cast<uint8_t>(bids_[id].size() + asks_[id].size()));
    AddImageOf(packet, bids_[id], '0');
    AddImageOf(packet, asks_[id], '1');
    return packet.Bytes();
  }

  void ExpectIs(Book book) {
    const auto id = static_cast<int32_t>(book.instrument_id());
    ExpectSide(book.bids(), bids_[id], id);
    ExpectSide(book.asks(), asks_[id], id);
  }

 private:
  template <typename Levels>
  std::string OfSide(int32_t id, Levels& levels, char type, int64_t around) {
    const int64_t price = (around + static_cast<int64_t>(random_() % 20)) * kTick;
    const Quantity quantity{static_cast<int32_t>(1 + random_() % 50),
                            static_cast<int32_t>(1 + random_() % 5)};
    auto found = levels.find(price);
    uint8_t action = found == levels.end() ? kNew : random_() % 2 == 0 ? kChange : kDelete;
    if (action == kNew && levels.size() == kMostLevels) {
      found = std::prev(levels.end());
      action = kDelete;
    }
    if (action == kNew) found = levels.emplace(price, quantity).first;
    if (action == kChange) found->second = quantity;
    const auto depth = static_cast<uint8_t>(std::distance(levels.begin(), found) + 1);
    PacketWriter packet(++number_, 5);
    packet.Begin(increment::kMessage, 9);
    increment::kMatchEventIndicator.Put(packet.message(), kEndOfEvent);
    packet.Group(increment::no_md_entries::kGroup, 32, 1);
    uint8_t* const entry = packet.Entry();
    increment::no_md_entries::kMdEntryPx.Put(entry, found->first);
    increment::no_md_entries::kMdEntrySize.Put(entry, found->second.size);
    increment::no_md_entries::kNumberOfOrders.Put(entry, found->second.orders);
    increment::no_md_entries::kSecurityId.Put(entry, id);
    increment::no_md_entries::kMdPriceLevel.Put(entry, depth);
    increment::no_md_entries::kMdUpdateAction.Put(entry, action);
    increment::no_md_entries::kMdEntryType.Put(entry, type);
    packet.Group(increment::no_order_id_entries::kGroup, 24, 0);
    if (action == kDelete) levels.erase(found);
    return packet.Bytes();
  }

  template <typename Levels>
  static void AddImageOf(PacketWriter& packet, const Levels& levels, char type) {
    uint8_t depth = 0;
    for (const auto& [price, quantity] : levels) {
      uint8_t* const entry = packet.Entry();
      image::no_md_entries::kMdEntryPx.Put(entry, price);
      image::no_md_entries::kMdEntrySize.Put(entry, quantity.size);
      image::no_md_entries::kNumberOfOrders.Put(entry, quantity.orders);
      image::no_md_entries::kMdPriceLevel.Put(entry, ++depth);
      image::no_md_entries::kMdEntryType.Put(entry, type);
    }
  }

  template <typename Seen, typename Levels>
  void ExpectSide(const Seen& seen, const Levels& levels, int32_t id) const {
    ASSERT_EQ(seen.size(), levels.size()) << id << " after " << number_;
    auto level = levels.begin();
    for (const Level& of_book : seen) {
      ASSERT_EQ(of_book.price, level->first) << id << " after " << number_;
      ASSERT_EQ(of_book.size, static_cast<uint64_t>(level->second.size)) << id;
      ASSERT_EQ(of_book.orders, static_cast<uint32_t>(level->second.orders)) << id;
      ++level;
    }
  }

  std::mt19937 random_;
  uint32_t number_ = 0;
  std::map<int32_t, Bids> bids_;
  std::map<int32_t, Asks> asks_;
};

// Who listens to both channels.
class Client {
 public:
  Client() {
    BookOptions options = Small();
    options.channel.depth = 10;
    options.follow = kEvent;
    books_ = MakeBooks(options);
    HealerOptions healing;
    healing.channels = {{.channel_id = kImageChannel, .live_channel_id = kLiveChannel}};
    absl::StatusOr<std::unique_ptr<Healer>> healer = Healer::Create(*books_, healing);
    EXPECT_TRUE(healer.ok()) << healer.status();
    healer_ = *std::move(healer);
  }

  void Take(const std::string& datagram, uint16_t channel) {
    const test::PacketBytes bytes(datagram);
    codecs::Codec& codec = channel == kLiveChannel ? *live_ : *images_;
    std::vector<codecs::NormalizedUpdate> updates =
        test::DecodePacket(codec, bytes.packet()).updates;
    for (codecs::NormalizedUpdate& update : updates) {
      update.channel_id = channel;
      if (channel == kLiveChannel && has_lost_) update.flags |= FH_FLAG_MAYBE_BAD_BOOK;
    }
    healer_->Apply(updates, [](const Notice&) {});
  }

  void Lose(uint64_t first, uint64_t last, uint16_t cause) {
    codecs::NormalizedUpdate gap = Other(FH_RECORD_GAP, FH_ACTION_NONE, FH_ALL_INSTRUMENTS, last,
                                         FH_FLAG_LAST | FH_FLAG_MAYBE_BAD_BOOK);
    gap.channel_id = kLiveChannel;
    gap.gap = {.first = first, .last = last, .count = 1, .cause = cause, .reserved = 0};
    has_lost_ = true;
    healer_->Apply(std::span<const fh_update>(&gap, 1), [](const Notice&) {});
  }

  Book Of(int32_t id) const {
    return books_->Find(kLiveChannel, static_cast<uint32_t>(id), Family::kLevels);
  }

  uint64_t images(ImageUse use) const { return healer_->stats().images[static_cast<size_t>(use)]; }

 private:
  static std::unique_ptr<codecs::Codec> Make(ChannelRole role) {
    return *(*codecs::FindCodec("cme_mdp3"))->make({.role = role});
  }

  const std::unique_ptr<codecs::Codec> live_ = Make(ChannelRole::kIncremental);
  const std::unique_ptr<codecs::Codec> images_ = Make(ChannelRole::kSnapshot);
  std::unique_ptr<BookSet> books_;
  std::unique_ptr<Healer> healer_;
  bool has_lost_ = false;
};

TEST(CmeHealing, WhoJoinsLateAndLosesPacketsHasTheExchangesBooksByItsLoop) {
  constexpr uint32_t kJoinedAt = 300;
  constexpr uint32_t kPackets = 3'000;
  constexpr uint32_t kUndisturbed = 400;  // At the end: more than a loop, with an update of each.
  Exchange exchange(7);
  Client client;
  for (uint32_t i = 1; i < kJoinedAt; ++i) exchange.Increment();
  client.Lose(1, exchange.number(), FH_GAP_LATE_JOIN);
  int32_t next_image = 1;
  uint64_t good = 0;
  while (exchange.number() < kPackets) {
    const std::string datagram = exchange.Increment();
    if (exchange.number() % 211 == 0 && exchange.number() < kPackets - kUndisturbed) {
      client.Lose(exchange.number(), exchange.number(), FH_GAP_LOST);
    } else {
      client.Take(datagram, kLiveChannel);
    }
    if (exchange.number() % 7 == 0) {
      client.Take(exchange.Image(next_image, static_cast<uint32_t>(next_image)), kImageChannel);
      next_image = next_image % kInstruments + 1;
    }
    for (int32_t id = 1; id <= kInstruments; ++id) {
      const Book book = client.Of(id);
      if (!book || !book.condition().good()) continue;
      ++good;
      exchange.ExpectIs(book);
      ASSERT_FALSE(HasFatalFailure());
    }
  }
  for (int32_t id = 1; id <= kInstruments; ++id) {
    ASSERT_TRUE(client.Of(id)) << id;
    EXPECT_TRUE(client.Of(id).condition().good()) << id;
  }
  EXPECT_GE(client.images(ImageUse::kHealed), 10u * kInstruments);
  EXPECT_EQ(client.images(ImageUse::kNoNumber), 0u);
  EXPECT_EQ(client.images(ImageUse::kContradicted), 0u);
  EXPECT_EQ(client.images(ImageUse::kFaulty), 0u);
  EXPECT_GE(good, uint64_t{kPackets} * kInstruments / 2);
}

}  // namespace
}  // namespace fh::books
