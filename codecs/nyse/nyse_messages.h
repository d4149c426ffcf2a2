// The messages of NYSE's Exchange Data Publisher feeds, XDP 2.1 and Pillar 2.x: every field declared
// once, read by nyse_decoder.cc and printed by `feedhandler decode`.
//
//   const uint64_t id = nyse::add::kOrderId(message);   // `message` points at its size.
//   for (const MessageInfo* info : nyse::kMessages) Print(info->name);
//
// Little-endian; offsets count from the message's first byte, its own size. A message of a symbol
// begins in one of two ways: with a whole time (namespace source), or with the nanoseconds of a second
// that a Source Time Reference has told (namespace nanos). Prices are numerators, whose scale the
// symbol's mapping has told. Constants only: any thread, no cost.
//
// Sources: "XDP Common Client Specification", "XDP Integrated Feed", "XDP Imbalances Feed", "XDP BBO
// Feed", "XDP Trades Feed", "Arca Options Top Feed", versions 2.1 to 2.6; "ArcaBook" 2.1 of before
// Pillar, whose types are the same in other, shorter forms (namespace arcabook). What a longer message
// than its type has here means is not known: the known part is read.
#ifndef FEEDHANDLER_CODECS_NYSE_NYSE_MESSAGES_H_
#define FEEDHANDLER_CODECS_NYSE_NYSE_MESSAGES_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::nyse {

using U8 = LittleEndian<uint8_t>;
using U16 = LittleEndian<uint16_t>;
using U32 = LittleEndian<uint32_t>;
using U64 = LittleEndian<uint64_t>;

// The numerator of a price. XDP's are unsigned; Pillar's are signed and never negative.
struct Price : U32 {
  constexpr Price(const char* field_name, uint16_t field_offset)
      : U32(field_name, field_offset, FieldKind::kDecimal) {}
};

struct Seconds : U32 {
  constexpr Seconds(const char* field_name, uint16_t field_offset)
      : U32(field_name, field_offset, FieldKind::kUnixSeconds) {}
};

inline constexpr U16 kMessageSize{"message_size", 0};
inline constexpr U16 kMessageType{"message_type", 2};
inline constexpr uint32_t kMessageHeaderBytes = 4;

// Messages with a whole time.
namespace source {
inline constexpr Seconds kTime{"source_time", 4};
inline constexpr U32 kTimeNs{"source_time_ns", 8};
inline constexpr U32 kSymbol{"symbol_index", 12};
inline constexpr U32 kSymbolSequence{"symbol_seq_num", 16};
}  // namespace source

// Messages with nanoseconds of a second that was told before.
namespace nanos {
inline constexpr U32 kTimeNs{"source_time_ns", 4};
inline constexpr U32 kSymbol{"symbol_index", 8};
inline constexpr U32 kSymbolSequence{"symbol_seq_num", 12};
}  // namespace nanos

// 1, sequence number reset: numbers begin anew behind it.
namespace reset {
inline constexpr U8 kProduct{"product_id", 12};
inline constexpr U8 kChannel{"channel_id", 13};
inline constexpr const FieldInfo* kFields[] = {&kMessageSize,    &kMessageType, &source::kTime,
                                               &source::kTimeNs, &kProduct,     &kChannel};
}  // namespace reset

// 2, source time reference: the second of the messages that give nanoseconds only.
namespace reference {
inline constexpr U32 kId{"id", 4};
inline constexpr U32 kReserved{"symbol_seq_num", 8};
inline constexpr Seconds kTime{"source_time", 12};
inline constexpr const FieldInfo* kFields[] = {&kMessageSize, &kMessageType, &kId, &kReserved,
                                               &kTime};
}  // namespace reference

// 3, symbol index mapping.
namespace mapping {
inline constexpr U32 kSymbolIndex{"symbol_index", 4};
inline constexpr Alpha kSymbol{"symbol", 8, 11};
inline constexpr U8 kReserved1{"reserved_1", 19};
inline constexpr U16 kMarket{"market_id", 20};
inline constexpr U8 kSystem{"system_id", 22};
inline constexpr Letter kExchange{"exchange_code", 23};
inline constexpr U8 kPriceScale{"price_scale_code", 24};
inline constexpr Letter kSecurityType{"security_type", 25};
inline constexpr U16 kLotSize{"lot_size", 26};
inline constexpr Price kPreviousClose{"prev_close_price", 28};
inline constexpr U32 kPreviousVolume{"prev_close_volume", 32};
inline constexpr U8 kResolution{"price_resolution", 36};
inline constexpr Letter kRoundLot{"round_lot", 37};
inline constexpr U16 kMpv{"mpv", 38};
inline constexpr U16 kUnitOfTrade{"unit_of_trade", 40};
inline constexpr U16 kReserved2{"reserved_2", 42};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize,    &kMessageType, &kSymbolIndex, &kSymbol,       &kReserved1,   &kMarket,
    &kSystem,         &kExchange,    &kPriceScale,  &kSecurityType, &kLotSize,     &kPreviousClose,
    &kPreviousVolume, &kResolution,  &kRoundLot,    &kMpv,          &kUnitOfTrade, &kReserved2};
}  // namespace mapping

// 10 to 15 and 31: what is said to a request server, and by it.
namespace request {
inline constexpr U32 kBegin{"begin_seq_num", 4};
inline constexpr U32 kEnd{"end_seq_num", 8};
inline constexpr Alpha kSource{"source_id", 12, 10};
inline constexpr U8 kProduct{"product_id", 22};
inline constexpr U8 kChannel{"channel_id", 23};
inline constexpr const FieldInfo* kRetransmissionFields[] = {
    &kMessageSize, &kMessageType, &kBegin, &kEnd, &kSource, &kProduct, &kChannel};

inline constexpr U32 kResponseTo{"request_seq_num", 4};
inline constexpr U32 kResponseBegin{"begin_seq_num", 8};
inline constexpr U32 kResponseEnd{"end_seq_num", 12};
inline constexpr Alpha kResponseSource{"source_id", 16, 10};
inline constexpr U8 kResponseProduct{"product_id", 26};
inline constexpr U8 kResponseChannel{"channel_id", 27};
inline constexpr Letter kResponseStatus{"status", 28};
inline constexpr const FieldInfo* kResponseFields[] = {
    &kMessageSize,    &kMessageType,     &kResponseTo,      &kResponseBegin, &kResponseEnd,
    &kResponseSource, &kResponseProduct, &kResponseChannel, &kResponseStatus};

inline constexpr Alpha kHeartbeatSource{"source_id", 4, 10};
inline constexpr const FieldInfo* kHeartbeatFields[] = {&kMessageSize, &kMessageType,
                                                        &kHeartbeatSource};

inline constexpr U32 kSymbol{"symbol_index", 4};
inline constexpr Alpha kSymbolSource{"source_id", 8, 10};
inline constexpr U8 kSymbolProduct{"product_id", 18};
inline constexpr U8 kSymbolChannel{"channel_id", 19};
inline constexpr U8 kMethod{"retransmit_method", 20};
inline constexpr const FieldInfo* kMappingFields[] = {
    &kMessageSize,   &kMessageType,   &kSymbol, &kSymbolSource,
    &kSymbolProduct, &kSymbolChannel, &kMethod};
inline constexpr const FieldInfo* kRefreshFields[] = {
    &kMessageSize, &kMessageType, &kSymbol, &kSymbolSource, &kSymbolProduct, &kSymbolChannel};

inline constexpr U8 kUnavailableProduct{"product_id", 12};
inline constexpr U8 kUnavailableChannel{"channel_id", 13};
inline constexpr const FieldInfo* kUnavailableFields[] = {
    &kMessageSize, &kMessageType, &kBegin, &kEnd, &kUnavailableProduct, &kUnavailableChannel};
}  // namespace request

// 32, symbol clear: forget what is known of the symbol.
namespace clear {
inline constexpr U32 kNextSequence{"next_source_seq_num", 16};
inline constexpr const FieldInfo* kFields[] = {&kMessageSize,    &kMessageType,    &source::kTime,
                                               &source::kTimeNs, &source::kSymbol, &kNextSequence};
}  // namespace clear

// 33, trading session change (old Arca): 1 morning, 2 core, 4 late.
namespace session_change {
inline constexpr U8 kSession{"trading_session", 20};
inline constexpr const FieldInfo* kFields[] = {&kMessageSize,    &kMessageType,
                                               &source::kTime,   &source::kTimeNs,
                                               &source::kSymbol, &source::kSymbolSequence,
                                               &kSession};
}  // namespace session_change

// 34, security status.
namespace status {
inline constexpr Letter kStatus{"security_status", 20};
inline constexpr Letter kHalt{"halt_condition", 21};
inline constexpr U32 kReserved{"reserved_4", 22};
inline constexpr Price kPrice1{"price_1", 26};
inline constexpr Price kPrice2{"price_2", 30};
inline constexpr Letter kSsrExchange{"ssr_triggering_exchange_id", 34};
inline constexpr U32 kSsrVolume{"ssr_triggering_volume", 35};
inline constexpr U32 kTime{"time", 39};
inline constexpr Letter kSsrState{"ssr_state", 43};
inline constexpr Letter kMarketState{"market_state", 44};
inline constexpr Letter kSessionState{"session_state", 45};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize,    &kMessageType,    &source::kTime,
    &source::kTimeNs, &source::kSymbol, &source::kSymbolSequence,
    &kStatus,         &kHalt,           &kReserved,
    &kPrice1,         &kPrice2,         &kSsrExchange,
    &kSsrVolume,      &kTime,           &kSsrState,
    &kMarketState,    &kSessionState};
}  // namespace status

// 35, refresh header: 8 bytes, and 16 in the first packet of a symbol.
namespace refresh {
inline constexpr U16 kCurrent{"current_refresh_pkt", 4};
inline constexpr U16 kTotal{"total_refresh_pkts", 6};
inline constexpr U32 kLastSequence{"last_seq_num", 8};
inline constexpr U32 kLastSymbolSequence{"last_symbol_seq_num", 12};
inline constexpr const FieldInfo* kFields[] = {&kMessageSize, &kMessageType,  &kCurrent,
                                               &kTotal,       &kLastSequence, &kLastSymbolSequence};
inline constexpr const FieldInfo* kShortFields[] = {&kMessageSize, &kMessageType, &kCurrent,
                                                    &kTotal};
}  // namespace refresh

// 50, series index mapping: an option.
namespace series {
inline constexpr U32 kSeriesIndex{"series_index", 4};
inline constexpr U8 kSeriesType{"series_type", 8};
inline constexpr U16 kMarket{"market_id", 9};
inline constexpr U8 kSystem{"system_id", 11};
inline constexpr Alpha kRoot{"option_symbol_root", 12, 6};
inline constexpr Alpha kUnderlying{"underlying_symbol", 18, 11};
inline constexpr U32 kUnderlyingIndex{"underlying_index", 29};
inline constexpr U8 kPriceScale{"price_scale_code", 33};
inline constexpr U16 kMultiplier{"contract_multiplier", 34};
inline constexpr Alpha kMaturity{"maturity_date", 36, 6};
inline constexpr U8 kPutOrCall{"put_or_call", 42};
inline constexpr Alpha kStrike{"strike_price", 43, 10};
inline constexpr Letter kClosingOnly{"closing_only_indicator", 53};
inline constexpr U8 kReserved{"reserved_1", 54};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize, &kMessageType, &kSeriesIndex,     &kSeriesType, &kMarket,     &kSystem,
    &kRoot,        &kUnderlying,  &kUnderlyingIndex, &kPriceScale, &kMultiplier, &kMaturity,
    &kPutOrCall,   &kStrike,      &kClosingOnly,     &kReserved};
}  // namespace series

// 100, add order. Byte 38: parity splits in XDP 2.1, always 0.
namespace add {
inline constexpr U64 kOrderId{"order_id", 16};
inline constexpr Price kPrice{"price", 24};
inline constexpr U32 kVolume{"volume", 28};
inline constexpr Letter kSide{"side", 32};
inline constexpr Alpha kFirm{"firm_id", 33, 5};
inline constexpr U8 kReserved{"reserved", 38};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize, &kMessageType, &nanos::kTimeNs, &nanos::kSymbol, &nanos::kSymbolSequence,
    &kOrderId,     &kPrice,       &kVolume,        &kSide,          &kFirm,
    &kReserved};
}  // namespace add

// 101, modify order. Byte 33: the side since May 2022, parity splits (0) before.
namespace modify {
inline constexpr U64 kOrderId{"order_id", 16};
inline constexpr Price kPrice{"price", 24};
inline constexpr U32 kVolume{"volume", 28};
inline constexpr U8 kPositionChange{"position_change", 32};
inline constexpr Letter kSide{"side", 33};
inline constexpr U8 kReserved{"reserved", 34};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize,           &kMessageType, &nanos::kTimeNs, &nanos::kSymbol,
    &nanos::kSymbolSequence, &kOrderId,     &kPrice,         &kVolume,
    &kPositionChange,        &kSide,        &kReserved};
}  // namespace modify

// 102, delete order.
namespace remove {
inline constexpr U64 kOrderId{"order_id", 16};
inline constexpr U8 kReserved{"reserved", 24};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize,           &kMessageType, &nanos::kTimeNs, &nanos::kSymbol,
    &nanos::kSymbolSequence, &kOrderId,     &kReserved};
}  // namespace remove

// 103, order execution. The conditions are a number that is always 0 in XDP 2.1.
namespace execution {
inline constexpr U64 kOrderId{"order_id", 16};
inline constexpr U32 kTradeId{"trade_id", 24};
inline constexpr Price kPrice{"price", 28};
inline constexpr U32 kVolume{"volume", 32};
inline constexpr U8 kPrintable{"printable_flag", 36};
inline constexpr U8 kReserved{"reserved", 37};
inline constexpr Letter kCondition1{"trade_cond_1", 38};
inline constexpr Letter kCondition2{"trade_cond_2", 39};
inline constexpr Letter kCondition3{"trade_cond_3", 40};
inline constexpr Letter kCondition4{"trade_cond_4", 41};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize, &kMessageType, &nanos::kTimeNs, &nanos::kSymbol, &nanos::kSymbolSequence,
    &kOrderId,     &kTradeId,     &kPrice,         &kVolume,        &kPrintable,
    &kReserved,    &kCondition1,  &kCondition2,    &kCondition3,    &kCondition4};
}  // namespace execution

// 104, replace order. Byte 40: the side since May 2022, parity splits (0) before.
namespace replace {
inline constexpr U64 kOrderId{"order_id", 16};
inline constexpr U64 kNewOrderId{"new_order_id", 24};
inline constexpr Price kPrice{"price", 32};
inline constexpr U32 kVolume{"volume", 36};
inline constexpr Letter kSide{"side", 40};
inline constexpr U8 kReserved{"reserved", 41};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize, &kMessageType, &nanos::kTimeNs, &nanos::kSymbol, &nanos::kSymbolSequence,
    &kOrderId,     &kNewOrderId,  &kPrice,         &kVolume,        &kSide,
    &kReserved};
}  // namespace replace

// 105, imbalance: 67 bytes in XDP 2.1, 73 since Pillar 2.2.
namespace imbalance {
inline constexpr Price kReference{"reference_price", 20};
inline constexpr U32 kPaired{"paired_qty", 24};
inline constexpr U32 kTotal{"total_imbalance_qty", 28};
inline constexpr U32 kMarket{"market_imbalance_qty", 32};
inline constexpr U16 kAuctionTime{"auction_time", 36};
inline constexpr Letter kAuction{"auction_type", 38};
inline constexpr Letter kSide{"imbalance_side", 39};
inline constexpr Price kContinuousClearing{"continuous_book_clearing_price", 40};
inline constexpr Price kAuctionClearing{"closing_only_clearing_price", 44};
inline constexpr Price kSsrFiling{"ssr_filing_price", 48};
inline constexpr Price kIndicativeMatch{"indicative_match_price", 52};
inline constexpr Price kUpperCollar{"upper_collar", 56};
inline constexpr Price kLowerCollar{"lower_collar", 60};
inline constexpr U8 kAuctionStatus{"auction_status", 64};
inline constexpr U8 kFreeze{"freeze_status", 65};
inline constexpr U8 kExtensions{"num_extensions", 66};
inline constexpr U32 kUnpaired{"unpaired_qty", 67};
inline constexpr Letter kUnpairedSide{"unpaired_side", 71};
inline constexpr Letter kSignificant{"significant_imbalance", 72};
inline constexpr const FieldInfo* kFields[] = {&kMessageSize,
                                               &kMessageType,
                                               &source::kTime,
                                               &source::kTimeNs,
                                               &source::kSymbol,
                                               &source::kSymbolSequence,
                                               &kReference,
                                               &kPaired,
                                               &kTotal,
                                               &kMarket,
                                               &kAuctionTime,
                                               &kAuction,
                                               &kSide,
                                               &kContinuousClearing,
                                               &kAuctionClearing,
                                               &kSsrFiling,
                                               &kIndicativeMatch,
                                               &kUpperCollar,
                                               &kLowerCollar,
                                               &kAuctionStatus,
                                               &kFreeze,
                                               &kExtensions,
                                               &kUnpaired,
                                               &kUnpairedSide,
                                               &kSignificant};
inline constexpr std::span<const FieldInfo* const> kShortFields = std::span(kFields).first(22);
}  // namespace imbalance

// 106, add order refresh: an order of a refreshed book.
namespace add_refresh {
inline constexpr U64 kOrderId{"order_id", 20};
inline constexpr Price kPrice{"price", 28};
inline constexpr U32 kVolume{"volume", 32};
inline constexpr Letter kSide{"side", 36};
inline constexpr Alpha kFirm{"firm_id", 37, 5};
inline constexpr U8 kReserved{"reserved", 42};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize,    &kMessageType,    &source::kTime,
    &source::kTimeNs, &source::kSymbol, &source::kSymbolSequence,
    &kOrderId,        &kPrice,          &kVolume,
    &kSide,           &kFirm,           &kReserved};
}  // namespace add_refresh

// 110, non-displayed trade. The conditions as of 103.
namespace hidden {
inline constexpr U32 kTradeId{"trade_id", 16};
inline constexpr Price kPrice{"price", 20};
inline constexpr U32 kVolume{"volume", 24};
inline constexpr U8 kPrintable{"printable_flag", 28};
inline constexpr Letter kCondition1{"trade_cond_1", 29};
inline constexpr Letter kCondition2{"trade_cond_2", 30};
inline constexpr Letter kCondition3{"trade_cond_3", 31};
inline constexpr Letter kCondition4{"trade_cond_4", 32};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize, &kMessageType, &nanos::kTimeNs, &nanos::kSymbol, &nanos::kSymbolSequence,
    &kTradeId,     &kPrice,       &kVolume,        &kPrintable,     &kCondition1,
    &kCondition2,  &kCondition3,  &kCondition4};
}  // namespace hidden

// 111, cross trade; 113, cross correction: the volume that it should have had.
namespace cross {
inline constexpr U32 kCrossId{"cross_id", 16};
inline constexpr Price kPrice{"price", 20};
inline constexpr U32 kVolume{"volume", 24};
inline constexpr Letter kCrossType{"cross_type", 28};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize, &kMessageType, &nanos::kTimeNs, &nanos::kSymbol, &nanos::kSymbolSequence,
    &kCrossId,     &kPrice,       &kVolume,        &kCrossType};
inline constexpr U32 kCorrectedVolume{"volume", 20};
inline constexpr const FieldInfo* kCorrectionFields[] = {
    &kMessageSize,           &kMessageType, &nanos::kTimeNs,  &nanos::kSymbol,
    &nanos::kSymbolSequence, &kCrossId,     &kCorrectedVolume};
}  // namespace cross

// 112, trade cancel, of the integrated feed.
namespace cancel {
inline constexpr U32 kTradeId{"trade_id", 16};
inline constexpr const FieldInfo* kFields[] = {&kMessageSize,           &kMessageType,
                                               &nanos::kTimeNs,         &nanos::kSymbol,
                                               &nanos::kSymbolSequence, &kTradeId};
}  // namespace cancel

// 114, retail price improvement: space none, A bid, B offer, C both.
namespace retail {
inline constexpr Letter kIndicator{"rpi_indicator", 16};
inline constexpr const FieldInfo* kFields[] = {&kMessageSize,           &kMessageType,
                                               &nanos::kTimeNs,         &nanos::kSymbol,
                                               &nanos::kSymbolSequence, &kIndicator};
}  // namespace retail

// 140, quote of the BBO feed: 34 bytes in Pillar, 38 in XDP.
namespace quote {
inline constexpr Price kAskPrice{"ask_price", 16};
inline constexpr U32 kAskVolume{"ask_volume", 20};
inline constexpr Price kBidPrice{"bid_price", 24};
inline constexpr U32 kBidVolume{"bid_volume", 28};
inline constexpr Letter kCondition{"quote_condition", 32};
inline constexpr Letter kRetail{"rpi_indicator", 33};
inline constexpr U32 kReserved{"reserved_4", 34};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize, &kMessageType, &nanos::kTimeNs, &nanos::kSymbol, &nanos::kSymbolSequence,
    &kAskPrice,    &kAskVolume,   &kBidPrice,      &kBidVolume,     &kCondition,
    &kRetail,      &kReserved};
inline constexpr std::span<const FieldInfo* const> kShortFields = std::span(kFields).first(11);
}  // namespace quote

// 340, quote of the options top feed; prices and sizes where 140 has them.
namespace option_quote {
inline constexpr U32 kSeries{"series_index", 8};
inline constexpr U32 kSeriesSequence{"series_seq_num", 12};
inline constexpr U8 kReserved{"reserved_1", 33};
inline constexpr U32 kAskCustomer{"ask_customer_volume", 34};
inline constexpr U32 kBidCustomer{"bid_customer_volume", 38};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize,      &kMessageType,      &nanos::kTimeNs,    &kSeries,
    &kSeriesSequence,   &quote::kAskPrice,  &quote::kAskVolume, &quote::kBidPrice,
    &quote::kBidVolume, &quote::kCondition, &kReserved,         &kAskCustomer,
    &kBidCustomer};
}  // namespace option_quote

// 220, trade; 221, trade cancel; 222, trade correction: of the trades feed.
namespace trade {
inline constexpr U32 kTradeId{"trade_id", 20};
inline constexpr Price kPrice{"price", 24};
inline constexpr U32 kVolume{"volume", 28};
inline constexpr Letter kCondition1{"trade_cond_1", 32};
inline constexpr Letter kCondition2{"trade_cond_2", 33};
inline constexpr Letter kCondition3{"trade_cond_3", 34};
inline constexpr Letter kCondition4{"trade_cond_4", 35};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize,    &kMessageType,    &source::kTime,
    &source::kTimeNs, &source::kSymbol, &source::kSymbolSequence,
    &kTradeId,        &kPrice,          &kVolume,
    &kCondition1,     &kCondition2,     &kCondition3,
    &kCondition4};
inline constexpr U32 kOriginalId{"original_trade_id", 20};
inline constexpr const FieldInfo* kCancelFields[] = {&kMessageSize,    &kMessageType,
                                                     &source::kTime,   &source::kTimeNs,
                                                     &source::kSymbol, &source::kSymbolSequence,
                                                     &kOriginalId};
inline constexpr U32 kNewTradeId{"trade_id", 24};
inline constexpr Price kNewPrice{"price", 28};
inline constexpr U32 kNewVolume{"volume", 32};
inline constexpr Letter kNewCondition1{"trade_cond_1", 36};
inline constexpr Letter kNewCondition2{"trade_cond_2", 37};
inline constexpr Letter kNewCondition3{"trade_cond_3", 38};
inline constexpr Letter kNewCondition4{"trade_cond_4", 39};
inline constexpr const FieldInfo* kCorrectionFields[] = {
    &kMessageSize,    &kMessageType,    &source::kTime,
    &source::kTimeNs, &source::kSymbol, &source::kSymbolSequence,
    &kOriginalId,     &kNewTradeId,     &kNewPrice,
    &kNewVolume,      &kNewCondition1,  &kNewCondition2,
    &kNewCondition3,  &kNewCondition4};
}  // namespace trade

// 223, stock summary: the day so far.
namespace summary {
inline constexpr Price kHigh{"high_price", 16};
inline constexpr Price kLow{"low_price", 20};
inline constexpr Price kOpen{"open", 24};
inline constexpr Price kClose{"close", 28};
inline constexpr U32 kVolume{"total_volume", 32};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageSize, &kMessageType, &source::kTime, &source::kTimeNs, &source::kSymbol,
    &kHigh,        &kLow,         &kOpen,         &kClose,          &kVolume};
}  // namespace summary

// ArcaBook of before Pillar: types of the integrated feed with order ids of four bytes. Each form has
// one length, which tells it from today's.
namespace arcabook {
inline constexpr U32 kOrderId{"order_id", 16};
inline constexpr Price kPrice{"price", 20};
inline constexpr U32 kVolume{"volume", 24};
inline constexpr Letter kSide{"side", 28};
inline constexpr U8 kGtc{"order_id_gtc_indicator", 29};
inline constexpr U8 kTradeSession{"trade_session", 30};  // Bits: 1 morning, 2 core, 4 late.
inline constexpr const FieldInfo* kAddFields[] = {
    &kMessageSize, &kMessageType, &nanos::kTimeNs, &nanos::kSymbol, &nanos::kSymbolSequence,
    &kOrderId,     &kPrice,       &kVolume,        &kSide,          &kGtc,
    &kTradeSession};
inline constexpr U8 kModifyReason{"reason_code", 30};  // 5 place lost, 6 routed, 7 filled in part.
inline constexpr const FieldInfo* kModifyFields[] = {
    &kMessageSize, &kMessageType, &nanos::kTimeNs, &nanos::kSymbol, &nanos::kSymbolSequence,
    &kOrderId,     &kPrice,       &kVolume,        &kSide,          &kGtc,
    &kModifyReason};
inline constexpr Letter kDeleteSide{"side", 20};
inline constexpr U8 kDeleteGtc{"order_id_gtc_indicator", 21};
inline constexpr U8 kDeleteReason{"reason_code", 22};  // 1 cancelled, 2 modified, 3 filled.
inline constexpr const FieldInfo* kDeleteFields[] = {
    &kMessageSize, &kMessageType, &nanos::kTimeNs, &nanos::kSymbol, &nanos::kSymbolSequence,
    &kOrderId,     &kDeleteSide,  &kDeleteGtc,     &kDeleteReason};
inline constexpr U8 kExecutionGtc{"order_id_gtc_indicator", 28};
inline constexpr U8 kExecutionReason{"reason_code", 29};  // 3 filled, 7 in part.
inline constexpr U32 kTradeId{"trade_id", 30};
inline constexpr const FieldInfo* kExecutionFields[] = {
    &kMessageSize,           &kMessageType,     &nanos::kTimeNs, &nanos::kSymbol,
    &nanos::kSymbolSequence, &kOrderId,         &kPrice,         &kVolume,
    &kExecutionGtc,          &kExecutionReason, &kTradeId};
inline constexpr Price kIndicativeMatch{"indicative_match_price", 20};
inline constexpr const FieldInfo* kImbalanceFields[] = {&kMessageSize,
                                                        &kMessageType,
                                                        &source::kTime,
                                                        &source::kTimeNs,
                                                        &source::kSymbol,
                                                        &source::kSymbolSequence,
                                                        &kIndicativeMatch,
                                                        &imbalance::kPaired,
                                                        &imbalance::kTotal,
                                                        &imbalance::kMarket,
                                                        &imbalance::kAuctionTime,
                                                        &imbalance::kAuction,
                                                        &imbalance::kSide,
                                                        &imbalance::kContinuousClearing,
                                                        &imbalance::kAuctionClearing,
                                                        &imbalance::kSsrFiling};
inline constexpr U32 kRefreshOrderId{"order_id", 20};
inline constexpr Price kRefreshPrice{"price", 24};
inline constexpr U32 kRefreshVolume{"volume", 28};
inline constexpr Letter kRefreshSide{"side", 32};
inline constexpr U8 kRefreshGtc{"order_id_gtc_indicator", 33};
inline constexpr U8 kRefreshTradeSession{"trade_session", 34};
inline constexpr const FieldInfo* kRefreshFields[] = {
    &kMessageSize,    &kMessageType,    &source::kTime,
    &source::kTimeNs, &source::kSymbol, &source::kSymbolSequence,
    &kRefreshOrderId, &kRefreshPrice,   &kRefreshVolume,
    &kRefreshSide,    &kRefreshGtc,     &kRefreshTradeSession};
inline constexpr Alpha kFirm{"firm_id", 31, 5};
inline constexpr const FieldInfo* kAttributedAddFields[] = {
    &kMessageSize,  &kMessageType, &nanos::kTimeNs, &nanos::kSymbol, &nanos::kSymbolSequence,
    &kOrderId,      &kPrice,       &kVolume,        &kSide,          &kGtc,
    &kTradeSession, &kFirm};
inline constexpr Alpha kRefreshFirm{"firm_id", 35, 5};
inline constexpr const FieldInfo* kAttributedRefreshFields[] = {
    &kMessageSize,    &kMessageType,    &source::kTime,
    &source::kTimeNs, &source::kSymbol, &source::kSymbolSequence,
    &kRefreshOrderId, &kRefreshPrice,   &kRefreshVolume,
    &kRefreshSide,    &kRefreshGtc,     &kRefreshTradeSession,
    &kRefreshFirm};
}  // namespace arcabook

// Options, Pillar: 51, status of a series; 60, index of a complex instrument, whose legs follow; 307,
// request for quotes; 320 to 322, as 220 to 222 of a series.
namespace options {
inline constexpr U32 kSeries{"series_index", 12};
inline constexpr U32 kSeriesSequence{"series_seq_num", 16};
inline constexpr Letter kStatus{"series_status", 20};
inline constexpr Letter kMarketState{"market_state", 21};
inline constexpr Letter kHalt{"halt_condition", 22};
inline constexpr const FieldInfo* kStatusFields[] = {
    &kMessageSize, &kMessageType, &source::kTime, &source::kTimeNs, &kSeries, &kSeriesSequence,
    &kStatus,      &kMarketState, &kHalt};

inline constexpr U32 kComplexIndex{"series_index", 4};
inline constexpr U16 kMarket{"market_id", 8};
inline constexpr U8 kSystem{"system_id", 10};
inline constexpr U16 kLegCount{"no_of_legs", 11};
inline constexpr const FieldInfo* kComplexFields[] = {&kMessageSize, &kMessageType, &kComplexIndex,
                                                      &kMarket,      &kSystem,      &kLegCount};
// A leg; offsets from its first byte.
inline constexpr U32 kLegSymbol{"symbol_index", 0};
inline constexpr U16 kLegRatio{"leg_ratio_qty", 4};
inline constexpr Letter kLegSide{"side", 6};
inline constexpr Letter kLegType{"leg_security_type", 7};  // O option, E equity.
inline constexpr const FieldInfo* kLegFields[] = {&kLegSymbol, &kLegRatio, &kLegSide, &kLegType};
inline constexpr uint32_t kLegsAt = 13;
inline constexpr uint32_t kLegBytes = 8;
inline constexpr GroupInfo kLegs{.name = "legs",
                                 .block_length = {},
                                 .count = {.offset = 11, .length = 2},
                                 .announcement_bytes = 0,
                                 .big_endian = false,
                                 .fields = kLegFields};
inline constexpr const GroupInfo* kComplexGroups[] = {&kLegs};

inline constexpr Letter kRfqSide{"side", 20};
inline constexpr Letter kRfqType{"type", 21};
inline constexpr Letter kRfqCapacity{"capacity", 22};
inline constexpr U32 kRfqQuantity{"total_quantity", 23};
inline constexpr Price kRfqPrice{"working_price", 27};
inline constexpr U32 kRfqParticipant{"participant", 31};
inline constexpr U64 kRfqAuctionId{"auction_id", 35};
inline constexpr Letter kRfqStatus{"rfq_status", 43};
inline constexpr const FieldInfo* kRfqFields[] = {
    &kMessageSize,    &kMessageType,    &source::kTime, &source::kTimeNs, &kSeries,
    &kSeriesSequence, &kRfqSide,        &kRfqType,      &kRfqCapacity,    &kRfqQuantity,
    &kRfqPrice,       &kRfqParticipant, &kRfqAuctionId, &kRfqStatus};

inline constexpr const FieldInfo* kTradeFields[] = {
    &kMessageSize,      &kMessageType,       &source::kTime,      &source::kTimeNs,
    &kSeries,           &kSeriesSequence,    &trade::kTradeId,    &trade::kPrice,
    &trade::kVolume,    &trade::kCondition1, &trade::kCondition2, &trade::kCondition3,
    &trade::kCondition4};
inline constexpr const FieldInfo* kCancelFields[] = {
    &kMessageSize, &kMessageType,    &source::kTime,     &source::kTimeNs,
    &kSeries,      &kSeriesSequence, &trade::kOriginalId};
inline constexpr const FieldInfo* kCorrectionFields[] = {&kMessageSize,
                                                         &kMessageType,
                                                         &source::kTime,
                                                         &source::kTimeNs,
                                                         &kSeries,
                                                         &kSeriesSequence,
                                                         &trade::kOriginalId,
                                                         &trade::kNewTradeId,
                                                         &trade::kNewPrice,
                                                         &trade::kNewVolume,
                                                         &trade::kNewCondition1,
                                                         &trade::kNewCondition2,
                                                         &trade::kNewCondition3,
                                                         &trade::kNewCondition4};
}  // namespace options

// A type is a number, whatever letter has the same.
constexpr MessageInfo Numbered(uint32_t type, const char* name, uint16_t length,
                               std::span<const FieldInfo* const> fields) {
  return {.type = type, .name = name, .length = length, .fields = fields, .is_template = true};
}

inline constexpr MessageInfo kReset =
    Numbered(1, "sequence_number_reset_message", 14, reset::kFields);
inline constexpr MessageInfo kTimeReference =
    Numbered(2, "source_time_reference_message", 16, reference::kFields);
inline constexpr MessageInfo kMapping =
    Numbered(3, "symbol_index_mapping_message", 44, mapping::kFields);
inline constexpr MessageInfo kRetransmissionRequest =
    Numbered(10, "retransmission_request_message", 24, request::kRetransmissionFields);
inline constexpr MessageInfo kRequestResponse =
    Numbered(11, "request_response_message", 29, request::kResponseFields);
inline constexpr MessageInfo kHeartbeatResponse =
    Numbered(12, "heartbeat_response_message", 14, request::kHeartbeatFields);
inline constexpr MessageInfo kMappingRequest =
    Numbered(13, "symbol_index_mapping_request_message", 21, request::kMappingFields);
inline constexpr MessageInfo kRefreshRequest =
    Numbered(15, "refresh_request_message", 20, request::kRefreshFields);
inline constexpr MessageInfo kUnavailable =
    Numbered(31, "message_unavailable_message", 14, request::kUnavailableFields);
inline constexpr MessageInfo kSymbolClear =
    Numbered(32, "symbol_clear_message", 20, clear::kFields);
inline constexpr MessageInfo kSessionChange =
    Numbered(33, "trading_session_change_message", 21, session_change::kFields);
inline constexpr MessageInfo kSecurityStatus =
    Numbered(34, "security_status_message", 46, status::kFields);
inline constexpr MessageInfo kRefreshHeader =
    Numbered(35, "refresh_header_message", 16, refresh::kFields);
inline constexpr MessageInfo kShortRefreshHeader =
    Numbered(35, "refresh_header_message", 8, refresh::kShortFields);
inline constexpr MessageInfo kSeriesMapping =
    Numbered(50, "series_index_mapping_message", 55, series::kFields);
inline constexpr MessageInfo kAddOrder = Numbered(100, "add_order_message", 39, add::kFields);
inline constexpr MessageInfo kModifyOrder =
    Numbered(101, "modify_order_message", 35, modify::kFields);
inline constexpr MessageInfo kDeleteOrder =
    Numbered(102, "delete_order_message", 25, remove::kFields);
inline constexpr MessageInfo kOrderExecution =
    Numbered(103, "order_execution_message", 42, execution::kFields);
inline constexpr MessageInfo kReplaceOrder =
    Numbered(104, "replace_order_message", 42, replace::kFields);
inline constexpr MessageInfo kImbalance =
    Numbered(105, "imbalance_message", 73, imbalance::kFields);
inline constexpr MessageInfo kShortImbalance =
    Numbered(105, "imbalance_message", 67, imbalance::kShortFields);
inline constexpr MessageInfo kAddOrderRefresh =
    Numbered(106, "add_order_refresh_message", 43, add_refresh::kFields);
inline constexpr MessageInfo kNonDisplayedTrade =
    Numbered(110, "non_displayed_trade_message", 33, hidden::kFields);
inline constexpr MessageInfo kCrossTrade = Numbered(111, "cross_trade_message", 29, cross::kFields);
inline constexpr MessageInfo kTradeCancel =
    Numbered(112, "trade_cancel_message", 20, cancel::kFields);
inline constexpr MessageInfo kCrossCorrection =
    Numbered(113, "cross_correction_message", 24, cross::kCorrectionFields);
inline constexpr MessageInfo kRetailInterest =
    Numbered(114, "retail_price_improvement_message", 17, retail::kFields);
inline constexpr MessageInfo kQuote = Numbered(140, "quote_message", 38, quote::kFields);
inline constexpr MessageInfo kShortQuote = Numbered(140, "quote_message", 34, quote::kShortFields);
inline constexpr MessageInfo kTrade = Numbered(220, "trade_message", 36, trade::kFields);
inline constexpr MessageInfo kTradesFeedCancel =
    Numbered(221, "trades_feed_cancel_message", 24, trade::kCancelFields);
inline constexpr MessageInfo kTradeCorrection =
    Numbered(222, "trade_correction_message", 40, trade::kCorrectionFields);
inline constexpr MessageInfo kStockSummary =
    Numbered(223, "stock_summary_message", 36, summary::kFields);
inline constexpr MessageInfo kOptionQuote =
    Numbered(340, "options_quote_message", 42, option_quote::kFields);

inline constexpr MessageInfo kSeriesStatus =
    Numbered(51, "options_status_message", 23, options::kStatusFields);
inline constexpr MessageInfo kComplexMapping{.type = 60,
                                             .name = "complex_series_index_mapping_message",
                                             .length = options::kLegsAt,
                                             .fields = options::kComplexFields,
                                             .groups = options::kComplexGroups,
                                             .data = {},
                                             .is_template = true};
inline constexpr MessageInfo kSeriesRfq =
    Numbered(307, "series_rfq_message", 44, options::kRfqFields);
inline constexpr MessageInfo kOptionsTrade =
    Numbered(320, "options_trade_message", 36, options::kTradeFields);
inline constexpr MessageInfo kOptionsTradeCancel =
    Numbered(321, "options_trade_cancel_message", 24, options::kCancelFields);
inline constexpr MessageInfo kOptionsTradeCorrection =
    Numbered(322, "options_trade_correction_message", 40, options::kCorrectionFields);

// ArcaBook's own types, and its forms of others'.
inline constexpr MessageInfo kAttributedAdd =
    Numbered(107, "attributed_add_order_message", 36, arcabook::kAttributedAddFields);
inline constexpr MessageInfo kAttributedRefresh =
    Numbered(108, "attributed_add_order_refresh_message", 40, arcabook::kAttributedRefreshFields);
inline constexpr MessageInfo kArcaAdd =
    Numbered(100, "add_order_message", 31, arcabook::kAddFields);
inline constexpr MessageInfo kArcaModify =
    Numbered(101, "modify_order_message", 31, arcabook::kModifyFields);
inline constexpr MessageInfo kArcaDelete =
    Numbered(102, "delete_order_message", 23, arcabook::kDeleteFields);
inline constexpr MessageInfo kArcaExecution =
    Numbered(103, "order_execution_message", 34, arcabook::kExecutionFields);
inline constexpr MessageInfo kArcaImbalance =
    Numbered(105, "imbalance_message", 52, arcabook::kImbalanceFields);
inline constexpr MessageInfo kArcaRefresh =
    Numbered(106, "add_order_refresh_message", 35, arcabook::kRefreshFields);
inline constexpr const MessageInfo* kArcaForms[] = {
    &kArcaAdd, &kArcaModify, &kArcaDelete, &kArcaExecution, &kArcaImbalance, &kArcaRefresh};

// A type that comes in several forms is here with its longest one.
inline constexpr const MessageInfo* kMessages[] = {&kReset,
                                                   &kTimeReference,
                                                   &kMapping,
                                                   &kRetransmissionRequest,
                                                   &kRequestResponse,
                                                   &kHeartbeatResponse,
                                                   &kMappingRequest,
                                                   &kRefreshRequest,
                                                   &kUnavailable,
                                                   &kSymbolClear,
                                                   &kSessionChange,
                                                   &kSecurityStatus,
                                                   &kRefreshHeader,
                                                   &kSeriesMapping,
                                                   &kAddOrder,
                                                   &kModifyOrder,
                                                   &kDeleteOrder,
                                                   &kOrderExecution,
                                                   &kReplaceOrder,
                                                   &kImbalance,
                                                   &kAddOrderRefresh,
                                                   &kNonDisplayedTrade,
                                                   &kCrossTrade,
                                                   &kTradeCancel,
                                                   &kCrossCorrection,
                                                   &kRetailInterest,
                                                   &kQuote,
                                                   &kTrade,
                                                   &kTradesFeedCancel,
                                                   &kTradeCorrection,
                                                   &kStockSummary,
                                                   &kOptionQuote,
                                                   &kSeriesStatus,
                                                   &kComplexMapping,
                                                   &kSeriesRfq,
                                                   &kOptionsTrade,
                                                   &kOptionsTradeCancel,
                                                   &kOptionsTradeCorrection,
                                                   &kAttributedAdd,
                                                   &kAttributedRefresh};

// How a message of a symbol begins; where else it names its symbol.
enum class Head : uint8_t {
  kNone,    // Of no symbol.
  kIndex,   // The symbol at 4: mappings and requests.
  kSource,  // Namespace source.
  kNanos,   // Namespace nanos.
};

struct Known {
  const MessageInfo* info = nullptr;    // The shorter form.
  const MessageInfo* longer = nullptr;  // Null: there is one form.
  const MessageInfo* arca = nullptr;    // ArcaBook's, of its exact size; null: it has none.
  Head head = Head::kNone;
};

inline constexpr uint32_t kTypes = 341;

// What is known of a message's type; null for other types.
const Known* FindKnown(uint32_t type);

// The description of a message. Precondition: its four header bytes are readable.
inline const MessageInfo* FindMessage(const uint8_t* message) {
  const Known* known = FindKnown(kMessageType(message));
  if (known == nullptr) return nullptr;
  const uint32_t size = kMessageSize(message);
  if (size < known->info->length && known->arca != nullptr && size == known->arca->length) {
    return known->arca;
  }
  const bool is_long = known->longer != nullptr && size >= known->longer->length;
  return is_long ? known->longer : known->info;
}

}  // namespace fh::codecs::nyse

#endif  // FEEDHANDLER_CODECS_NYSE_NYSE_MESSAGES_H_
