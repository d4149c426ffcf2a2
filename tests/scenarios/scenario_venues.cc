#include "tests/scenarios/scenario_venues.h"

#include <cstring>
#include <type_traits>

#include "codecs/b3/b3_messages.h"
#include "codecs/b3/b3_packets.h"
#include "codecs/b3/b3_sample.h"
#include "codecs/cme/cme_messages.h"
#include "codecs/cme/cme_sample.h"
#include "codecs/eurex/eobi_messages.h"
#include "codecs/eurex/eobi_sample.h"
#include "codecs/fast/fast_writer.h"
#include "codecs/ice/ice_messages.h"
#include "codecs/ice/ice_sample.h"
#include "codecs/iex/iex_messages.h"
#include "codecs/iex/iex_tp.h"
#include "codecs/memx/memx_messages.h"
#include "codecs/memx/memx_sample.h"
#include "codecs/message.h"
#include "codecs/miax/miax_messages.h"
#include "codecs/miax/miax_sample.h"
#include "codecs/nyse/nyse_packets.h"
#include "codecs/nyse/nyse_sample.h"
#include "codecs/nyse/openbook_sample.h"
#include "codecs/pitch/pitch_messages.h"
#include "codecs/pitch/pitch_sample.h"
#include "codecs/siac/cta_messages.h"
#include "codecs/siac/opra_messages.h"
#include "codecs/siac/siac_sample.h"

namespace fh::test {
namespace {

using codecs::BigEndian;
using codecs::NormalizedUpdate;

uint64_t OrderId(const NormalizedUpdate& update) {
  const bool is_order =
      update.record == FH_RECORD_ORDER && update.instrument_id != FH_ALL_INSTRUMENTS;
  return is_order ? update.order.order_id : 0;
}

uint64_t TradeId(const NormalizedUpdate& update) {
  return update.record == FH_RECORD_TRADE ? update.trade.trade_id : 0;
}

uint8_t* Grow(std::string& bytes, size_t size) {
  bytes.resize(bytes.size() + size);
  return reinterpret_cast<uint8_t*>(bytes.data()) + bytes.size() - size;
}

// MoldUDP64 with order deletes.
std::string ItchPacket(const WirePacket& wanted) {
  constexpr uint16_t kDelete = 19;
  std::string bytes;
  uint8_t* header = Grow(bytes, 20);
  std::string session = "SESSION" + std::to_string(100 + wanted.session);
  std::memcpy(header, session.data(), 10);
  BigEndian<uint64_t>("", 10).Put(header, wanted.number);
  BigEndian<uint16_t>("", 18).Put(header, static_cast<uint16_t>(wanted.tags.size()));
  for (const uint64_t tag : wanted.tags) {
    uint8_t* block = Grow(bytes, 2 + kDelete);
    BigEndian<uint16_t>("", 0).Put(block, kDelete);
    block[2] = 'D';
    BigEndian<uint16_t>("", 1).Put(block + 2, 7);
    BigEndian<uint64_t>("", 11).Put(block + 2, tag);
  }
  return bytes;
}

// MoldUDP64 with messages of `kLength` bytes, the tag as a number at `kTagAt`; none of them counts from
// a second.
template <char kType, uint16_t kLength, uint16_t kTagAt, uint16_t kTypeAt = 0>
std::string DialectPacket(const WirePacket& wanted) {
  std::string bytes(20, '\0');
  for (const uint64_t tag : wanted.tags) {
    uint8_t* block = Grow(bytes, 2 + kLength);
    BigEndian<uint16_t>("", 0).Put(block, kLength);
    block[2 + kTypeAt] = static_cast<uint8_t>(kType);
    BigEndian<uint64_t>("", kTagAt).Put(block + 2, tag);
  }
  auto* header = reinterpret_cast<uint8_t*>(bytes.data());
  std::memcpy(header, ("SESSION" + std::to_string(100 + wanted.session)).data(), 10);
  BigEndian<uint64_t>("", 10).Put(header, wanted.number);
  BigEndian<uint16_t>("", 18).Put(header, static_cast<uint16_t>(wanted.tags.size()));
  return bytes;
}

// A strategy's ticker, whose size is the tag.
uint64_t TradeSize(const NormalizedUpdate& update) {
  return update.record == FH_RECORD_TRADE ? update.trade.size : 0;
}

// IEX-TP with trade reports of `kTrade` bytes.
template <uint16_t kProtocol, uint16_t kTrade>
std::string IexPacket(const WirePacket& wanted) {
  namespace iex = codecs::iex;
  std::string bytes;
  Grow(bytes, iex::kSegmentHeaderBytes);
  for (const uint64_t tag : wanted.tags) {
    uint8_t* block = Grow(bytes, 2 + kTrade);
    codecs::LittleEndian<uint16_t>("", 0).Put(block, kTrade);
    block[2] = 'T';
    std::memcpy(block + 2 + 10, "AAPL    ", 8);
    codecs::LittleEndian<uint64_t>("", 30).Put(block + 2, tag);
  }
  auto* header = reinterpret_cast<uint8_t*>(bytes.data());
  iex::kVersion.Put(header, iex::kTransportVersion);
  iex::kMessageProtocolId.Put(header, kProtocol);
  iex::kChannelId.Put(header, 1);
  iex::kSessionId.Put(header, wanted.session);
  iex::kPayloadLength.Put(header, static_cast<uint16_t>(bytes.size() - iex::kSegmentHeaderBytes));
  iex::kMessageCount.Put(header, static_cast<uint16_t>(wanted.tags.size()));
  iex::kStreamOffset.Put(header, static_cast<int64_t>((wanted.number - 1) * (2 + kTrade)));
  iex::kFirstMessageSequenceNumber.Put(header, wanted.number);
  iex::kSendTime.Put(header, wanted.time_ns);
  return bytes;
}

// MDP 3.0: numbered packets of a message with an order for each tag.
std::string CmePacket(const WirePacket& wanted) {
  namespace cme = codecs::cme;
  namespace order = cme::md_incremental_refresh_order_book47::no_md_entries;
  cme::PacketWriter packet(static_cast<uint32_t>(wanted.number), wanted.time_ns);
  for (const uint64_t tag : wanted.tags) {
    packet.Begin(cme::kOrder47, 9);
    packet.Group(order::kGroup, 40, 1);
    uint8_t* entry = packet.Entry();
    order::kOrderId.Put(entry, tag);
    order::kSecurityId.Put(entry, static_cast<int32_t>(wanted.instrument));
    order::kMdEntryType.Put(entry, '0');
  }
  return packet.Bytes();
}

std::string CmeDefinition(uint64_t number, uint32_t instrument, const char* symbol) {
  namespace cme = codecs::cme;
  namespace future = cme::md_instrument_definition_future54;
  cme::PacketWriter packet(static_cast<uint32_t>(number), 0);
  packet.Begin(future::kMessage, 9);
  future::kSymbol.Put(packet.message(), symbol);
  future::kSecurityId.Put(packet.message(), static_cast<int32_t>(instrument));
  for (const codecs::GroupInfo* group : future::kMessage.groups) packet.Group(*group, 9, 0);
  return packet.Bytes();
}

// Multicast PITCH: orders of a unit; US equities and CFE futures have them alike.
std::string PitchPacket(const WirePacket& wanted) {
  namespace pitch = codecs::pitch;
  const bool is_numbered = wanted.kind != codecs::FrameKind::kUnsequenced;
  pitch::UnitWriter unit({.unit = static_cast<uint8_t>(wanted.stream),
                          .sequence = is_numbered ? static_cast<uint32_t>(wanted.number) : 0});
  for (const uint64_t tag : wanted.tags) {
    uint8_t* message = unit.Add(pitch::kAddLongMessage);
    pitch::kOrderId.Put(message, tag);
    pitch::kSide.Put(message, 'B');
    pitch::kQuantity15.Put(message, 100);
    pitch::kSymbol19.Put(message, "AAPL");
  }
  return unit.Bytes();
}

// Of Europe and Australia, whose types of adds are their own.
std::string UnitPacket(const WirePacket& wanted, const codecs::MessageInfo& add,
                       const codecs::LittleEndian<uint64_t>& order_id, const codecs::Letter& side,
                       const codecs::Alpha& symbol) {
  namespace pitch = codecs::pitch;
  const bool is_numbered = wanted.kind != codecs::FrameKind::kUnsequenced;
  pitch::UnitWriter unit({.unit = static_cast<uint8_t>(wanted.stream),
                          .sequence = is_numbered ? static_cast<uint32_t>(wanted.number) : 0});
  for (const uint64_t tag : wanted.tags) {
    uint8_t* message = unit.Add(add);
    order_id.Put(message, tag);
    side.Put(message, 'B');
    symbol.Put(message, "VOD");
  }
  return unit.Bytes();
}

std::string EuropePacket(const WirePacket& wanted) {
  namespace pitch = codecs::pitch;
  return UnitPacket(wanted, pitch::kEuAddLongMessage, pitch::kOrderId, pitch::kSide,
                    pitch::kExpandedSymbol19);
}

std::string AustraliaPacket(const WirePacket& wanted) {
  namespace pitch = codecs::pitch;
  return UnitPacket(wanted, pitch::kAuAddMessage, pitch::kAuOrderId, pitch::kAuSide,
                    pitch::kAuSymbol23);
}

// OpenBook Ultra: numbered packets with a level for each tag.
std::string OpenBookPacket(const WirePacket& wanted) {
  namespace openbook = codecs::openbook;
  const uint8_t flag = wanted.kind == codecs::FrameKind::kRetransmitted ? openbook::kRetransmitted
                       : wanted.kind == codecs::FrameKind::kUnsequenced ? openbook::kRefresh
                                                                        : openbook::kOriginal;
  openbook::PacketWriter packet(openbook::kDeltaUpdate.type,
                                {.sequence = static_cast<uint32_t>(wanted.number), .flag = flag});
  for (const uint64_t tag : wanted.tags) {
    uint8_t* update = packet.Update(1);
    openbook::kSymbolIndex.Put(update, wanted.instrument);
    openbook::kDeltaTradingStatus.Put(update, 'O');
    uint8_t* point = update + openbook::kDeltaBytes;
    openbook::kPointVolume.Put(point, static_cast<uint32_t>(tag));
    openbook::kDeltaSide.Put(point, 'B');
  }
  return packet.Bytes();
}

std::string OpenBookDefinition(uint64_t number, uint32_t instrument, const char* symbol) {
  namespace openbook = codecs::openbook;
  openbook::PacketWriter packet(openbook::kFullUpdate.type,
                                {.sequence = static_cast<uint32_t>(number)});
  uint8_t* update = packet.Update(0);
  openbook::kSymbolIndex.Put(update, instrument);
  std::memcpy(update + openbook::kSymbol.offset, symbol, std::strlen(symbol));
  return packet.Bytes();
}

uint64_t LevelSize(const NormalizedUpdate& update) {
  return update.record == FH_RECORD_LEVEL ? update.level.size : 0;
}

// NYSE's XDP: orders of the Integrated feed.
std::string NysePacket(const WirePacket& wanted) {
  namespace nyse = codecs::nyse;
  const uint8_t delivery = wanted.kind == codecs::FrameKind::kRetransmitted
                               ? nyse::kRetransmissionOnly
                           : wanted.kind == codecs::FrameKind::kUnsequenced ? nyse::kRefreshOnly
                                                                            : nyse::kOriginal;
  nyse::PacketWriter packet(
      {.sequence = static_cast<uint32_t>(wanted.number),
       .delivery = delivery,
       .send_seconds = static_cast<uint32_t>(wanted.time_ns / 1'000'000'000)});
  for (const uint64_t tag : wanted.tags) {
    uint8_t* message = packet.Add(nyse::kAddOrder);
    nyse::nanos::kSymbol.Put(message, wanted.instrument);
    nyse::nanos::kSymbolSequence.Put(message, static_cast<uint32_t>(tag));
    nyse::add::kOrderId.Put(message, tag);
    nyse::add::kVolume.Put(message, 1);
    nyse::add::kSide.Put(message, 'B');
  }
  return packet.Bytes();
}

std::string NyseDefinition(uint64_t number, uint32_t instrument, const char* symbol) {
  namespace nyse = codecs::nyse;
  nyse::PacketWriter packet({.sequence = static_cast<uint32_t>(number)});
  uint8_t* message = packet.Add(nyse::kMapping);
  nyse::mapping::kSymbolIndex.Put(message, instrument);
  std::memcpy(message + nyse::mapping::kSymbol.offset, symbol, std::strlen(symbol));
  nyse::mapping::kPriceScale.Put(message, 4);
  return packet.Bytes();
}

// iMpact: orders of a market that go.
std::string IcePacket(const WirePacket& wanted) {
  namespace ice = codecs::ice;
  ice::BlockWriter block({.session = static_cast<uint16_t>(wanted.session),
                          .sequence = static_cast<uint32_t>(wanted.number),
                          .sent_ms = static_cast<uint64_t>(wanted.time_ns / 1'000'000)});
  for (const uint64_t tag : wanted.tags) {
    uint8_t* message = block.Add(ice::kRemoveMessage);
    ice::kMarketId.Put(message, wanted.instrument);
    ice::remove::kOrderId.Put(message, tag);
  }
  return block.Bytes();
}

std::string IceDefinition(uint64_t number, uint32_t instrument, const char* symbol) {
  namespace ice = codecs::ice;
  ice::BlockWriter block({.sequence = static_cast<uint32_t>(number)});
  uint8_t* message = block.Add(ice::kExpiryMessage);
  ice::kMarketId.Put(message, instrument);
  ice::expiry::kOrderPriceDenominator.Put(message, '2');
  ice::expiry::kContractSymbol.Put(message, symbol);
  return block.Bytes();
}

codecs::siac::BlockPosition SiacPosition(const WirePacket& wanted, uint8_t version) {
  const bool is_resent = wanted.kind == codecs::FrameKind::kRetransmitted;
  return {.version = version,
          .sequence = static_cast<uint32_t>(wanted.number),
          .retransmission = is_resent ? 'V' : 'O',
          .seconds = static_cast<uint32_t>(wanted.time_ns / 1'000'000'000),
          .nanoseconds = static_cast<uint32_t>(wanted.time_ns % 1'000'000'000)};
}

// CTS: trades. Blocks of version 0 have a number each, of version 2 their messages have.
template <uint8_t kVersion>
std::string CtaPacket(const WirePacket& wanted) {
  namespace cta = codecs::cta;
  codecs::siac::BlockWriter block(codecs::siac::Feed::kCts, SiacPosition(wanted, kVersion));
  for (const uint64_t tag : wanted.tags) {
    uint8_t* message = block.AddCta(cta::kShortTradeMessage);
    cta::kParticipantReferenceNumber.Put(message, static_cast<int64_t>(tag));
    cta::short_trade::kSecuritySymbol.Put(message, "FH");
  }
  return block.Bytes();
}

std::string OpraPacket(const WirePacket& wanted) {
  namespace opra = codecs::opra;
  codecs::siac::BlockWriter block(codecs::siac::Feed::kOpra, SiacPosition(wanted, 6));
  for (const uint64_t tag : wanted.tags) {
    uint8_t* message = block.AddOpra(opra::kLastSaleMessage);
    opra::last_sale::kSecuritySymbol.Put(message, "FH");
    opra::last_sale::kTradeIdentifier.Put(message, static_cast<uint32_t>(tag));
  }
  return block.Bytes();
}

// MOEX FORTS: numbered packets of a message with a trade for each tag.
std::string MoexPacket(const WirePacket& wanted) {
  codecs::fast::FastWriter packet;
  packet.Map({true}).Unsigned(120).Map({true, true}).Unsigned(74).Unsigned(wanted.number);
  packet.Signed(20'131'114'221'320'000).Unsigned(wanted.tags.size());
  int64_t security = 0;
  for (const uint64_t tag : wanted.tags) {
    packet.Map({}).Ascii("2").SignedOrNull(wanted.instrument - security).Unsigned(1);
    packet.Null().SignedOrNull(static_cast<int64_t>(tag)).DecimalOrNull(0, 100).SignedOrNull(1);
    packet.Null().Signed(0).Nulls(5);
    security = wanted.instrument;
  }
  return packet.bytes();
}

std::string MoexDefinition(uint64_t number, uint32_t instrument, const char* symbol) {
  codecs::fast::FastWriter packet;
  packet.Map({true}).Unsigned(120).Map({true}).Unsigned(79).Unsigned(number);
  packet.Unsigned(20'131'114'221'320'000).Unsigned(1).Ascii(symbol).Null().Unsigned(instrument);
  packet.Nulls(7).Ascii("F").Nulls(3).Unsigned(0).Nulls(18);
  return packet.bytes();
}

// B3's Binary UMDF: numbered packets of orders; the session is the sequence version.
std::string B3Packet(const WirePacket& wanted) {
  namespace b3 = codecs::b3;
  b3::PacketWriter packet({.number = static_cast<uint32_t>(wanted.number),
                           .sequence_version = static_cast<uint16_t>(wanted.session),
                           .sending_time_ns = wanted.time_ns});
  for (const uint64_t tag : wanted.tags) {
    uint8_t* message = packet.Add(b3::Order::kInfo);
    b3::Order::kSecurityId.Put(message, wanted.instrument);
    b3::Order::kSecondaryOrderId.Put(message, tag);
    b3::Order::kMdEntryType.Put(message, '0');
  }
  return packet.Bytes();
}

// Eurex EOBI: numbered packets of a product's orders.
std::string EobiPacket(const WirePacket& wanted) {
  namespace eurex = codecs::eurex;
  // The product's numbers start over with each packet: what is tried here is the channel's.
  eurex::PacketWriter packet({.number = static_cast<uint32_t>(wanted.number),
                              .market_segment_id = 1,
                              .first_message = 1,
                              .send_time_ns = wanted.time_ns});
  for (const uint64_t tag : wanted.tags) {
    uint8_t* message = packet.Add(eurex::OrderAdd13::kInfo);
    eurex::OrderAdd13::kSecurityId.Put(message, wanted.instrument);
    eurex::OrderAdd13::kTrdRegTsTimePriority.Put(message, tag);
    eurex::OrderAdd13::kSide.Put(message, 1);
  }
  return packet.Bytes();
}

// MACH: several packets a datagram, each with a trade.
template <const codecs::MessageInfo& kTrade, const auto& kTradeId>
std::string MachPacket(const WirePacket& wanted) {
  namespace miax = codecs::miax;
  miax::MachWriter mach(
      {.session = static_cast<uint8_t>(wanted.session), .sequence = wanted.number});
  for (const uint64_t tag : wanted.tags) {
    uint8_t* message = mach.Add(kTrade);
    kTradeId.Put(message, static_cast<std::decay_t<decltype(kTradeId(message))>>(tag));
  }
  return mach.Bytes();
}

// MEMX-UDP: a message for each tag, which stands in one of its numbers.
template <const codecs::memx::Feed& kFeed, const codecs::MessageInfo& kMessage, const auto& kTag>
std::string MemxPacket(const WirePacket& wanted) {
  namespace memx = codecs::memx;
  memx::DatagramWriter datagram({.session = wanted.session, .sequence = wanted.number});
  for (const uint64_t tag : wanted.tags) {
    uint8_t* message = datagram.Add(kFeed, kMessage);
    memx::kSecurity.Put(message, 7);
    kTag.Put(message, static_cast<std::decay_t<decltype(kTag(message))>>(tag));
  }
  return datagram.Bytes();
}

uint64_t BidSize(const NormalizedUpdate& update) {
  return update.record == FH_RECORD_TOP ? update.top.bid_size : 0;
}

constexpr ScenarioVenue kVenues[] = {
    {.codec = "itch50",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = ItchPacket,
     .tag = OrderId,
     .definition = nullptr},
    {.codec = "iex_tops15",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = IexPacket<codecs::iex::kTops15.protocol, 42>,
     .tag = TradeId,
     .definition = nullptr},
    {.codec = "iex_tops16",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = IexPacket<codecs::iex::kTops16.protocol, 38>,
     .tag = TradeId,
     .definition = nullptr},
    {.codec = "iex_deep10",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = IexPacket<codecs::iex::kDeep10.protocol, 38>,
     .tag = TradeId,
     .definition = nullptr},
    {.codec = "asx_itch",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = DialectPacket<'D', 20, 12>,
     .tag = OrderId,
     .definition = nullptr},
    {.codec = "jnx_itch",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = DialectPacket<'D', 13, 5>,
     .tag = OrderId,
     .definition = nullptr},
    {.codec = "ise_combo",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = DialectPacket<'t', 52, 15>,
     .tag = TradeSize,
     .definition = nullptr},
    {.codec = "nasdaq_basic",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = DialectPacket<'e', 63, 43>,
     .tag = TradeSize,
     .definition = nullptr},
    {.codec = "nls_plus3",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = DialectPacket<'T', 49, 29, 8>,
     .tag = TradeSize,
     .definition = nullptr},
    {.codec = "iex_deepplus10",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = IexPacket<codecs::iex::kDeepPlus10.protocol, 38>,
     .tag = TradeId,
     .definition = nullptr},
    {.codec = "cme_mdp3",
     .names_sessions = false,
     .has_unsequenced = false,
     .has_loops = true,
     .packet = CmePacket,
     .tag = OrderId,
     .definition = CmeDefinition},
    {.codec = "cboe_pitch",
     .names_sessions = false,
     .has_unsequenced = true,
     .has_loops = false,
     .packet = PitchPacket,
     .tag = OrderId,
     .definition = nullptr},
    {.codec = "cboe_cfe",
     .names_sessions = false,
     .has_unsequenced = true,
     .has_loops = false,
     .packet = PitchPacket,
     .tag = OrderId,
     .definition = nullptr},
    {.codec = "cboe_europe",
     .names_sessions = false,
     .has_unsequenced = true,
     .has_loops = false,
     .packet = EuropePacket,
     .tag = OrderId,
     .definition = nullptr},
    {.codec = "cboe_australia",
     .names_sessions = false,
     .has_unsequenced = true,
     .has_loops = false,
     .packet = AustraliaPacket,
     .tag = OrderId,
     .definition = nullptr},
    {.codec = "nyse_openbook",
     .names_sessions = false,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = OpenBookPacket,
     .tag = LevelSize,
     .definition = OpenBookDefinition},
    {.codec = "nyse_xdp",
     .names_sessions = false,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = NysePacket,
     .tag = OrderId,
     .definition = NyseDefinition},
    {.codec = "miax_tom",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = MachPacket<codecs::miax::kTrade, codecs::miax::trade::kTradeId>,
     .tag = TradeId,
     .definition = nullptr},
    {.codec = "miax_ctom",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = MachPacket<codecs::miax::kStrategyTrade, codecs::miax::strategy_trade::kTradeId>,
     .tag = TradeId,
     .definition = nullptr},
    {.codec = "miax_onyx",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = MachPacket<codecs::miax::onyx::kTrade, codecs::miax::onyx::trade::kTradeId>,
     .tag = TradeId,
     .definition = nullptr},
    {.codec = "memx_depth",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet =
         MemxPacket<codecs::memx::kDepth, codecs::memx::kDeleted, codecs::memx::deleted::kOrderId>,
     .tag = OrderId,
     .definition = nullptr},
    {.codec = "memx_top",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = MemxPacket<codecs::memx::kTop, codecs::memx::kBid, codecs::memx::quote::kSize>,
     .tag = BidSize,
     .definition = nullptr},
    {.codec = "memx_last_sale",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet =
         MemxPacket<codecs::memx::kLastSale, codecs::memx::kSale, codecs::memx::sale::kTradeId>,
     .tag = TradeId,
     .definition = nullptr},
    {.codec = "memx_options",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = MemxPacket<codecs::memx::kOptions, codecs::memx::options::kDeleted,
                          codecs::memx::options::deleted::kOrderId>,
     .tag = OrderId,
     .definition = nullptr},
    {.codec = "ice_impact",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = true,
     .packet = IcePacket,
     .tag = OrderId,
     .definition = IceDefinition},
    {.codec = "cta",
     .names_sessions = false,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = CtaPacket<2>,
     .tag = TradeId,
     .definition = nullptr},
    {.codec = "cta_v0",
     .names_sessions = false,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = CtaPacket<0>,
     .tag = TradeId,
     .definition = nullptr},
    {.codec = "opra",
     .names_sessions = false,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = OpraPacket,
     .tag = TradeId,
     .definition = nullptr},
    {.codec = "moex_forts",
     .names_sessions = false,
     .has_unsequenced = false,
     .has_loops = true,
     .packet = MoexPacket,
     .tag = TradeId,
     .definition = MoexDefinition},
    {.codec = "b3_umdf",
     .names_sessions = true,
     .has_unsequenced = false,
     .has_loops = true,
     .packet = B3Packet,
     .tag = OrderId,
     .definition = nullptr},
    {.codec = "eurex_eobi",
     .names_sessions = false,
     .has_unsequenced = false,
     .has_loops = false,
     .packet = EobiPacket,
     .tag = OrderId,
     .definition = nullptr},
};

}  // namespace

const ScenarioVenue* FindScenarioVenue(std::string_view codec) {
  for (const ScenarioVenue& venue : kVenues) {
    if (venue.codec == codec) return &venue;
  }
  return nullptr;
}

}  // namespace fh::test
