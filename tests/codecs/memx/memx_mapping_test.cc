// What becomes of MEMX's messages where it depends on more than the message: the other side of a
// top, schemas, blocks, damage. Each message by itself: facts/memx_*.txt.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "codecs/instrument_store.h"
#include "codecs/memx/memx_framing.h"
#include "codecs/memx/memx_messages.h"
#include "codecs/memx/memx_sample.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs::memx {
namespace {

using Updates = std::vector<NormalizedUpdate>;

class MemxMapping : public testing::Test {
 protected:
  void Use(const char* name) {
    table_ = std::make_unique<InstrumentStore>(1'000);
    codec_ = *(*FindCodec(name))->make({.channel_id = 42, .instruments = table_.get()});
  }
  PacketFrame Frame(const std::string& bytes) {
    const test::PacketBytes packet(bytes);
    PacketFrame frame;
    codec_->Frame({&packet.packet(), 1}, {&frame, 1});
    return frame;
  }
  Updates Decode(const std::string& bytes, uint8_t flags = 0) {
    const test::PacketBytes packet(bytes);
    return test::DecodePacket(*codec_, packet.packet(), flags).updates;
  }
  // A datagram with one message, filled in by `fill`.
  template <typename Fill>
  Updates One(const Feed& feed, const MessageInfo& info, Fill fill, uint16_t more = 0) {
    DatagramWriter datagram({.sequence = 5});
    uint8_t* const message = datagram.Add(feed, info, more);
    kSecurity.Put(message, 7);
    fill(message);
    return Decode(datagram.Bytes());
  }
  NormalizedUpdate Side(const MessageInfo& info, int16_t cents, uint16_t size) {
    const Updates updates = One(kTop, info, [&](uint8_t* message) {
      short_quote::kPrice.Put(message, cents);
      short_quote::kSize.Put(message, size);
    });
    EXPECT_EQ(updates.size(), 1u);
    return updates.empty() ? NormalizedUpdate{} : updates[0];
  }
  static bool IsDoubtful(const NormalizedUpdate& update) {
    return (update.flags & FH_FLAG_MAYBE_BAD_BOOK) != 0;
  }

  std::unique_ptr<InstrumentStore> table_;
  std::unique_ptr<Codec> codec_;
};

// Made for the protocol's description, by hand.
TEST_F(MemxMapping, TheDescriptionsDatagramIsDecoded) {
  Use("memx_depth");
  const std::string bytes = absl::HexStringToBytes(
      "02125553453165535a00000000000000000600020025001f0a02010317979cfe3d85cd15000700000000000003e9"
      "530000012c0000000000bc4b20002c00260d02010317979cfe3d85d0fd000700000000000003e900000000000000"
      "370000012c0000000000bc7230");
  const PacketFrame frame = Frame(bytes);
  EXPECT_EQ(frame.first_sequence, 6u);
  EXPECT_EQ(frame.message_count, 2u);
  EXPECT_EQ(std::string(frame.session.bytes.data(), 4), "USE1");
  const Updates updates = Decode(bytes);
  ASSERT_EQ(updates.size(), 4u);
  EXPECT_EQ(updates[0].action, FH_ACTION_ADD);
  EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
  EXPECT_EQ(updates[0].instrument_id, 7u);
  EXPECT_EQ(updates[0].order.order_id, 1'001u);
  EXPECT_EQ(updates[0].order.price, 12'340'000'000);
  EXPECT_EQ(updates[0].order.size, 300u);
  EXPECT_EQ(updates[0].ts_event_ns, 1'700'000'000'123'456'789);
  EXPECT_NE(updates[0].flags & FH_FLAG_LAST, 0);
  EXPECT_EQ(updates[1].action, FH_ACTION_TRADE);
  EXPECT_EQ(updates[1].trade.trade_id, 55u);
  EXPECT_EQ(updates[1].trade.price, 12'350'000'000);
  EXPECT_EQ(updates[1].ts_event_ns, 1'700'000'000'123'457'789);
  EXPECT_EQ(updates[2].action, FH_ACTION_FILL);
  EXPECT_EQ(updates[2].order.price, 12'350'000'000);
  EXPECT_EQ(updates[2].flags & FH_FLAG_LAST, 0);
  EXPECT_EQ(updates[3].action, FH_ACTION_CANCEL);
  EXPECT_EQ(updates[3].order.size, 300u);
  EXPECT_NE(updates[3].flags & FH_FLAG_LAST, 0);
}

TEST_F(MemxMapping, ATopIsInDoubtWhileItsOtherSideIs) {
  Use("memx_top");
  codec_->OnEvent({StreamEvent::Kind::kStart, 0, 50, 0});
  EXPECT_TRUE(IsDoubtful(Side(kShortBid, 1'000, 1))) << "joined in its midst";
  EXPECT_FALSE(IsDoubtful(Side(kShortOffer, 1'010, 1)));
  codec_->OnEvent({StreamEvent::Kind::kGap, 0, 60, 61});
  const NormalizedUpdate behind = Side(kShortBid, 1'001, 2);
  EXPECT_TRUE(IsDoubtful(behind));
  EXPECT_EQ(behind.top.ask_price, 10'100'000'000) << "the last that is known";
  EXPECT_EQ(behind.top.bid_price, 10'010'000'000);
  // A clear tells both.
  EXPECT_EQ(One(kTop, kTopClear, [](uint8_t*) {}).at(0).action, FH_ACTION_CLEAR);
  const NormalizedUpdate after = Side(kShortOffer, 1'020, 3);
  EXPECT_FALSE(IsDoubtful(after));
  EXPECT_EQ(after.top.bid_price, kUndefinedPrice);
}

TEST_F(MemxMapping, APriceOfNullIsNone) {
  Use("memx_top");
  EXPECT_EQ(Side(kShortBid, ShortEquityPrice::kNull, 5).top.bid_price, kUndefinedPrice);
  EXPECT_EQ(Side(kShortBid, 0, 0).top.bid_price, kUndefinedPrice);
  EXPECT_EQ(Side(kShortBid, -5, 1).top.bid_price, -50'000'000);
}

// Size 0 of a C takes off everything.
TEST_F(MemxMapping, TakingNothingOffIsDamage) {
  Use("memx_depth");
  EXPECT_TRUE(One(kDepth, kReduced, [](uint8_t*) {}).empty());
  EXPECT_TRUE(One(kDepth, kExecuted, [](uint8_t*) {}).empty());
  EXPECT_EQ(codec_->stats().malformed, 2u);
}

TEST_F(MemxMapping, OptionsAreReducedByWhatIsTakenOffNotToWhatRemains) {
  Use("memx_options");
  const Updates updates = One(kOptions, options::kReduced, [](uint8_t* message) {
    options::kSymbol.Put(message, "00000AAB");
    options::reduced::kQuantity.Put(message, 70);
    options::reduced::kReduced.Put(message, 30);
    options::reduced::kSide.Put(message, 'S');
  });
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].order.size, 30u);
  EXPECT_EQ(updates[0].side, FH_SIDE_ASK);
}

TEST_F(MemxMapping, AnOptionKeepsItsIdWhenItIsDefined) {
  Use("memx_options");
  const auto symbol = [](uint8_t* message) { options::kSymbol.Put(message, "00000AAB"); };
  const uint32_t id = One(kOptions, options::kDeleted, symbol).at(0).instrument_id;
  const Updates updates = One(kOptions, options::kDirectory, [&](uint8_t* message) {
    using namespace options::directory;
    symbol(message);
    kUnderlier.Put(message, "SPY");
    kRoot.Put(message, "SPY");
    kMaturity.Put(message, "20231117");
    kIsCall.Put(message, 1);
    kStrike.Put(message, 450'50000000);
  });
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].instrument_id, id);
  EXPECT_EQ(table_->Name(id).view(), "SPY   231117C00450500");
  EXPECT_EQ(table_->Terms(id).strike, 450'500'000'000);
  EXPECT_EQ(table_->Name(table_->Terms(id).underlying_id).view(), "SPY");
}

TEST_F(MemxMapping, LongerBlocksAreReadAndShorterOnesAreNot) {
  Use("memx_depth");
  const auto fill = [](uint8_t* message) { deleted::kOrderId.Put(message, 9); };
  EXPECT_EQ(One(kDepth, kDeleted, fill, 12).at(0).order.order_id, 9u);
  // Long enough as a message, but the block is not.
  EXPECT_TRUE(
      One(kDepth, kDeleted, [](uint8_t* message) { kBlockLength.Put(message, 17); }).empty());
  EXPECT_TRUE(
      One(kDepth, kDeleted, [](uint8_t* message) { kBlockLength.Put(message, 19); }).empty());
  EXPECT_EQ(codec_->stats().malformed, 2u);
}

TEST_F(MemxMapping, AnotherSchemaIsUnknownAndAnotherVersionIsNot) {
  Use("memx_depth");
  EXPECT_TRUE(One(kDepth, kDeleted, [](uint8_t* message) { kSchema.Put(message, 3); }).empty());
  EXPECT_EQ(codec_->stats().unknown, 1u);
  EXPECT_EQ(One(kDepth, kDeleted, [](uint8_t* message) { kVersion.Put(message, 0x0207); }).size(),
            1u);
}

// ---- The framing. ----

TEST_F(MemxMapping, HeartbeatsAndShutdownsTellTheNextNumber) {
  Use("memx_depth");
  const auto control = [&](uint8_t type, uint64_t sequence) {
    std::string bytes = DatagramWriter({.session = 77, .sequence = sequence}).Bytes();
    bytes.resize(kLeastHeaderBytes);
    bytes[0] = static_cast<char>(type);
    return Frame(bytes);
  };
  EXPECT_EQ(control(kHeartbeat, 44).kind, FrameKind::kHeartbeat);
  EXPECT_EQ(control(kHeartbeat, 44).first_sequence, 45u);
  EXPECT_EQ(control(kHeartbeat, 0).first_sequence, 1u);
  EXPECT_EQ(control(kShutdown, 44).kind, FrameKind::kEndOfSession);
  EXPECT_EQ(control(kShutdown, 44).first_sequence, 45u);
  EXPECT_EQ(control(3, 44).reject, RejectReason::kForeign);
  const std::string alive("\0\x12USE1\0\0\0\0\0\0\0\0\0\0\0\0", kLeastHeaderBytes);
  const auto* const bytes = reinterpret_cast<const uint8_t*>(alive.data());
  EXPECT_EQ((*FindCodec("memx_depth"))->guess({bytes, alive.size()}), 20) << "claims nothing";
}

TEST_F(MemxMapping, ALongerHeaderIsSteppedOver) {
  Use("memx_depth");
  DatagramWriter datagram({.sequence = 5});
  datagram.Add(kDepth, kDeleted);
  std::string bytes = datagram.Bytes();
  bytes.insert(kLeastHeaderBytes, 4, 'x');
  bytes[kHeaderLength.offset] = 22;
  EXPECT_EQ(Frame(bytes).message_count, 1u);
  EXPECT_EQ(Decode(bytes).size(), 1u);
  bytes[kHeaderLength.offset] = 17;
  EXPECT_EQ(Frame(bytes).reject, RejectReason::kBadLength);
  bytes[kHeaderLength.offset] = static_cast<char>(255);
  EXPECT_EQ(Frame(bytes).reject, RejectReason::kBadLength);
}

}  // namespace
}  // namespace fh::codecs::memx
