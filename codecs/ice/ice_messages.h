// The messages of ICE's iMpact multicast feed, versions 1.1.24 to 1.1.33 and neighbours: every field
// declared once, read by ice_decoder.cc and printed by `feedhandler decode`.
//
//   const uint64_t id = ice::order::kOrderId(message);   // `message` points at its type.
//   for (const MessageInfo* info : ice::kMessages) Print(info->name);
//
// Big-endian; offsets count from the message's first byte, its type, behind which stands the length of
// what follows the length. Later versions append fields: those of 1.1.33 are optional here, and what is
// appended behind them is not known. Times are milliseconds since 1970, timestamps nanoseconds. Prices
// are integers; how many decimals they have a market's definition says, once for orders and once for
// trades (ice_decoder.h). Constants only: any thread, no cost.
//
// Source: field tables of the feed's "ICE Multicast Data Feed" messages, 1.1.24 and 1.1.33; lengths and
// places checked on captures of both, as far as they go (tests/codecs/ice).
#ifndef FEEDHANDLER_CODECS_ICE_ICE_MESSAGES_H_
#define FEEDHANDLER_CODECS_ICE_ICE_MESSAGES_H_

#include <cstdint>

#include "codecs/message.h"

namespace fh::codecs::ice {

using U8 = BigEndian<uint8_t>;
using U16 = BigEndian<uint16_t>;
using U32 = BigEndian<uint32_t>;
using U64 = BigEndian<uint64_t>;
using I32 = BigEndian<int32_t>;
using I64 = BigEndian<int64_t>;

// Spreads trade at zero and below.
struct Price : I64 {
  constexpr Price(const char* field_name, uint16_t field_offset)
      : I64(field_name, field_offset, FieldKind::kDecimal) {}
};

// A step of prices.
struct Increment : U32 {
  constexpr Increment(const char* field_name, uint16_t field_offset)
      : U32(field_name, field_offset, FieldKind::kDecimal) {}
};

struct Milliseconds : U64 {
  constexpr Milliseconds(const char* field_name, uint16_t field_offset)
      : U64(field_name, field_offset, FieldKind::kUnixMs) {}
};

// A field that messages of older versions end before.
template <typename Field>
constexpr Field Later(Field field) {
  field.since = 1;
  return field;
}

inline constexpr NamedValue kSidesNames[] = {{' ', "None"}, {'1', "Bid"}, {'2', "Offer"}};
inline constexpr NamedValue kBundleNames[] = {{'S', "Start"}, {'E', "End"}};
inline constexpr NamedValue kHoldsNames[] = {{'S', "HoldStart"}, {'E', "HoldEnd"}};
inline constexpr NamedValue kOptionTypesNames[] = {{'C', "Call"}, {'P', "Put"}};
inline constexpr NamedValue kFixingStatesNames[] = {
    {'C', "Closed"}, {'P', "PreOpen"}, {'L', "Lockdown"}};
inline constexpr NamedValue kEventCodesNames[] = {
    {'0', "NormalTrade"}, {'1', "CancelledTrade"}, {'2', "AdjustedTrade"}};
inline constexpr NamedValue kTradingStatusNames[] = {
    {'O', "Open"}, {'C', "Close"}, {'E', "Expired"}, {'1', "PreOpen"}, {'2', "PreClose"}};
inline constexpr NamedValue kOffMarketNames[] = {
    {' ', "Regular"}, {'K', "Block"},           {'S', "Efs"},
    {'E', "Efp"},     {'O', "EfpEfs"},          {'Q', "Eoo"},
    {'I', "Efm"},     {'5', "GuaranteedCross"}, {'4', "Basis"}};

inline constexpr Letter kMessageType{"message_type", 0};
inline constexpr U16 kLength{"length", 1};  // Of what stands behind it.
inline constexpr uint32_t kMessageHeaderBytes = 3;
// Of all messages but a few (L, T, b, i, W).
inline constexpr U32 kMarketId{"market_id", 3};

// Entries of special_field_message: each says how long its value is.
namespace special_field {
inline constexpr NamedValue kIds[] = {{1, "AltPrice"}, {2, "AltHighPrice"},      {3, "AltLowPrice"},
                                      {4, "AltVwap"},  {5, "AltLastTradePrice"}, {6, "Aon"}};
inline constexpr auto kId = U8{"special_field_id", 0}.Names(kIds);
inline constexpr U16 kValueLength{"special_field_length", 1};
inline constexpr Alpha kValue{"variable_field", 3, 1};  // As long as it says.
inline constexpr uint32_t kHeaderBytes = 3;
inline constexpr const FieldInfo* kFields[] = {&kId, &kValueLength, &kValue};
}  // namespace special_field

// Entries of strategies begin with their own length (EntryBytes in ice_entries.h).
namespace leg {
inline constexpr U8 kBodyLength{"leg_body_length", 0};
inline constexpr U32 kMarket{"leg_market_id", 1};
inline constexpr U16 kRatio{"leg_ratio", 5};
inline constexpr auto kSide = Letter{"leg_side", 7}.Names(kSidesNames);
inline constexpr U16 kStrategyCode{"leg_strategy_code", 8};
inline constexpr U32 kQtyNumerator{"leg_ratio_qty_numerator", 10};
inline constexpr U32 kQtyDenominator{"leg_ratio_qty_denominator", 14};
inline constexpr U32 kPriceNumerator{"leg_ratio_price_numerator", 18};
inline constexpr U32 kPriceDenominator{"leg_ratio_price_denominator", 22};
inline constexpr const FieldInfo* kFields[] = {
    &kBodyLength,     &kMarket,         &kRatio,           &kSide, &kStrategyCode, &kQtyNumerator,
    &kQtyDenominator, &kPriceNumerator, &kPriceDenominator};
}  // namespace leg

namespace strategy_leg {
inline constexpr U32 kUnderlying{"leg_underlying_market_id", 5};
inline constexpr U16 kRatio{"leg_ratio", 9};
inline constexpr auto kSide = Letter{"leg_side", 11}.Names(kSidesNames);
inline constexpr U16 kStrategyCode{"leg_strategy_code", 12};
inline constexpr U32 kQtyNumerator{"leg_ratio_qty_numerator", 14};
inline constexpr U32 kQtyDenominator{"leg_ratio_qty_denominator", 18};
inline constexpr U32 kPriceNumerator{"leg_ratio_price_numerator", 22};
inline constexpr U32 kPriceDenominator{"leg_ratio_price_denominator", 26};
inline constexpr const FieldInfo* kFields[] = {
    &leg::kBodyLength, &leg::kMarket,  &kUnderlying,     &kRatio,          &kSide,
    &kStrategyCode,    &kQtyNumerator, &kQtyDenominator, &kPriceNumerator, &kPriceDenominator};
}  // namespace strategy_leg

namespace hedge {
inline constexpr U8 kBodyLength{"hedge_body_length", 0};
inline constexpr U32 kMarket{"hedge_market_id", 1};
inline constexpr Letter kSecurityType{"hedge_security_type", 5};
inline constexpr auto kSide = Letter{"hedge_side", 6}.Names(kSidesNames);
inline constexpr Price kPrice{"hedge_price", 7};
inline constexpr Letter kPriceDenominator{"hedge_price_denominator", 15};
inline constexpr U16 kDelta{"hedge_delta", 16};
inline constexpr U16 kStrategyCode{"hedge_strategy_code", 18};
inline constexpr const FieldInfo* kFields[] = {&kBodyLength, &kMarket,      &kSecurityType,
                                               &kSide,       &kPrice,       &kPriceDenominator,
                                               &kDelta,      &kStrategyCode};
}  // namespace hedge

inline constexpr GroupInfo kSpecialFields{.name = "special_fields",
                                          .block_length = {},
                                          .count = {0, 1},
                                          .announcement_bytes = 1,
                                          .big_endian = true,
                                          .fields = special_field::kFields};
inline constexpr GroupInfo kLegDefinitions{.name = "leg_definitions",
                                           .block_length = {},
                                           .count = {0, 1},
                                           .announcement_bytes = 1,
                                           .big_endian = true,
                                           .fields = leg::kFields};
inline constexpr GroupInfo kStrategyLegDefinitions{.name = "strategy_leg_definitions",
                                                   .block_length = {},
                                                   .count = {0, 1},
                                                   .announcement_bytes = 1,
                                                   .big_endian = true,
                                                   .fields = strategy_leg::kFields};
inline constexpr GroupInfo kHedgeDefinitions{.name = "hedge_definitions",
                                             .block_length = {},
                                             .count = {0, 1},
                                             .announcement_bytes = 1,
                                             .big_endian = true,
                                             .fields = hedge::kFields};

// G: a trade.
namespace trade {
inline constexpr U64 kTradeId{"trade_id", 7};
inline constexpr Letter kIsSystemPricedLeg{"is_system_priced_leg", 15};
inline constexpr Price kPrice{"price", 16};
inline constexpr U32 kQuantity{"quantity", 24};
inline constexpr auto kOffMarketTradeIndicator =
    Letter{"off_market_trade_indicator", 28}.Names(kOffMarketNames);
inline constexpr Milliseconds kTransactDateTime{"transact_date_time", 29};
inline constexpr Letter kSystemPricedLegType{"system_priced_leg_type", 37};
inline constexpr Letter kIsImpliedSpreadAtMarketOpen{"is_implied_spread_at_market_open", 38};
inline constexpr Letter kIsAdjustedTrade{"is_adjusted_trade", 39};
inline constexpr auto kAggressorSide = Letter{"aggressor_side", 40}.Names(kSidesNames);
inline constexpr U8 kExtraFlags{"extra_flags", 41};
inline constexpr Alpha kOffMarketTradeType{"off_market_trade_type", 42, 3};
inline constexpr U32 kSequenceWithinMillis{"sequence_within_millis", 45};
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kTradeId,
                                               &kIsSystemPricedLeg,
                                               &kPrice,
                                               &kQuantity,
                                               &kOffMarketTradeIndicator,
                                               &kTransactDateTime,
                                               &kSystemPricedLegType,
                                               &kIsImpliedSpreadAtMarketOpen,
                                               &kIsAdjustedTrade,
                                               &kAggressorSide,
                                               &kExtraFlags,
                                               &kOffMarketTradeType,
                                               &kSequenceWithinMillis};
}  // namespace trade

// E: an order is new, or has another price or quantity.
namespace order {
inline constexpr U64 kOrderId{"order_id", 7};
inline constexpr U16 kOrderSequenceId{"order_sequence_id", 15};
inline constexpr auto kSide = Letter{"side", 17}.Names(kSidesNames);
inline constexpr Price kPrice{"price", 18};
inline constexpr U32 kQuantity{"quantity", 26};
inline constexpr Letter kIsImplied{"is_implied", 30};
inline constexpr Letter kIsRfq{"is_rfq", 31};
inline constexpr Milliseconds kOrderEntryDateTime{"order_entry_date_time", 32};
inline constexpr U8 kExtraFlags{"extra_flags", 40};
inline constexpr U32 kSequenceWithinMillis{"sequence_within_millis", 41};
inline constexpr auto kModificationTimestamp =
    Later(U64{"modification_timestamp", 45, FieldKind::kUnixNs});
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kOrderId,
                                               &kOrderSequenceId,
                                               &kSide,
                                               &kPrice,
                                               &kQuantity,
                                               &kIsImplied,
                                               &kIsRfq,
                                               &kOrderEntryDateTime,
                                               &kExtraFlags,
                                               &kSequenceWithinMillis,
                                               &kModificationTimestamp};
}  // namespace order

// F: an order is gone.
namespace remove {
inline constexpr U64 kOrderId{"order_id", 7};
inline constexpr auto kMessageDateTime = Later(Milliseconds{"message_date_time", 15});
inline constexpr auto kSequenceWithinMillis = Later(U32{"sequence_within_millis", 23});
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType, &kLength, &kMarketId, &kOrderId, &kMessageDateTime, &kSequenceWithinMillis};
}  // namespace remove

// D: an order of a snapshot.
namespace snapshot_order {
inline constexpr U64 kOrderId{"order_id", 7};
inline constexpr U16 kOrderSequenceId{"order_sequence_id", 15};
inline constexpr auto kSide = Letter{"side", 17}.Names(kSidesNames);
inline constexpr Price kPrice{"price", 18};
inline constexpr U32 kQuantity{"quantity", 26};
inline constexpr Letter kIsImplied{"is_implied", 30};
inline constexpr Letter kIsRfq{"is_rfq", 31};
inline constexpr Milliseconds kOrderEntryDateTime{"order_entry_date_time", 32};
inline constexpr U32 kSequenceWithinMillis{"sequence_within_millis", 40};
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kOrderId,
                                               &kOrderSequenceId,
                                               &kSide,
                                               &kPrice,
                                               &kQuantity,
                                               &kIsImplied,
                                               &kIsRfq,
                                               &kOrderEntryDateTime,
                                               &kSequenceWithinMillis};
}  // namespace snapshot_order

// C: a market as it stands; its orders or levels follow.
namespace snapshot {
inline constexpr U16 kMarketType{"market_type", 7};
inline constexpr auto kTradingStatus = Letter{"trading_status", 9}.Names(kTradingStatusNames);
inline constexpr U32 kVolume{"volume", 10};
inline constexpr U32 kBlockVolume{"block_volume", 14};
inline constexpr U32 kEfsVolume{"efs_volume", 18};
inline constexpr U32 kEfpVolume{"efp_volume", 22};
inline constexpr U32 kOpenInterest{"open_interest", 26};
inline constexpr Price kOpeningPrice{"opening_price", 30};
inline constexpr Price kSettlementPriceWithDealPricePrecision{
    "settlement_price_with_deal_price_precision", 38};
inline constexpr Price kHigh{"high", 46};
inline constexpr Price kLow{"low", 54};
inline constexpr Price kVwap{"vwap", 62};
inline constexpr U32 kNumOfBookEntries{"num_of_book_entries", 70};
inline constexpr Price kLastTradePrice{"last_trade_price", 74};
inline constexpr U32 kLastTradeQuantity{"last_trade_quantity", 82};
inline constexpr Milliseconds kLastTradeDateTime{"last_trade_date_time", 86};
inline constexpr Milliseconds kSettlePriceDateTime{"settle_price_date_time", 94};
inline constexpr U32 kLastMessageSequenceId{"last_message_sequence_id", 102};
inline constexpr U16 kReserved2{"reserved_2", 106};
inline constexpr Alpha kOpenInterestDate{"open_interest_date", 108, 10};
inline constexpr Letter kIsSettlePriceOfficial{"is_settle_price_official", 118};
inline constexpr Price kSettlementPrice{"settlement_price", 119};
inline constexpr Letter kHasPreviousDaySettlementPrice{"has_previous_day_settlement_price", 127};
inline constexpr Price kPreviousDaySettlementPrice{"previous_day_settlement_price", 128};
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kMarketType,
                                               &kTradingStatus,
                                               &kVolume,
                                               &kBlockVolume,
                                               &kEfsVolume,
                                               &kEfpVolume,
                                               &kOpenInterest,
                                               &kOpeningPrice,
                                               &kSettlementPriceWithDealPricePrecision,
                                               &kHigh,
                                               &kLow,
                                               &kVwap,
                                               &kNumOfBookEntries,
                                               &kLastTradePrice,
                                               &kLastTradeQuantity,
                                               &kLastTradeDateTime,
                                               &kSettlePriceDateTime,
                                               &kLastMessageSequenceId,
                                               &kReserved2,
                                               &kOpenInterestDate,
                                               &kIsSettlePriceOfficial,
                                               &kSettlementPrice,
                                               &kHasPreviousDaySettlementPrice,
                                               &kPreviousDaySettlementPrice};
}  // namespace snapshot

// t: a price level is inserted.
namespace add_level {
inline constexpr auto kSide = Letter{"side", 7}.Names(kSidesNames);
inline constexpr U8 kPriceLevelPosition{"price_level_position", 8};
inline constexpr Price kPrice{"price", 9};
inline constexpr U32 kQuantity{"quantity", 17};
inline constexpr U16 kOrderCount{"order_count", 21};
inline constexpr U32 kImpliedQuantity{"implied_quantity", 23};
inline constexpr U16 kImpliedOrderCount{"implied_order_count", 27};
inline constexpr auto kTimestamp = Later(U64{"timestamp", 29, FieldKind::kUnixNs});
inline constexpr const FieldInfo* kFields[] = {&kMessageType,        &kLength,
                                               &kMarketId,           &kSide,
                                               &kPriceLevelPosition, &kPrice,
                                               &kQuantity,           &kOrderCount,
                                               &kImpliedQuantity,    &kImpliedOrderCount,
                                               &kTimestamp};
}  // namespace add_level

// s: a price level has changed.
namespace change_level {
inline constexpr auto kSide = Letter{"side", 7}.Names(kSidesNames);
inline constexpr U8 kPriceLevelPosition{"price_level_position", 8};
inline constexpr Price kPrice{"price", 9};
inline constexpr U32 kQuantity{"quantity", 17};
inline constexpr U16 kOrderCount{"order_count", 21};
inline constexpr U32 kImpliedQuantity{"implied_quantity", 23};
inline constexpr U16 kImpliedOrderCount{"implied_order_count", 27};
inline constexpr auto kTimestamp = Later(U64{"timestamp", 29, FieldKind::kUnixNs});
inline constexpr const FieldInfo* kFields[] = {&kMessageType,        &kLength,
                                               &kMarketId,           &kSide,
                                               &kPriceLevelPosition, &kPrice,
                                               &kQuantity,           &kOrderCount,
                                               &kImpliedQuantity,    &kImpliedOrderCount,
                                               &kTimestamp};
}  // namespace change_level

// r: a price level is gone.
namespace delete_level {
inline constexpr auto kSide = Letter{"side", 7}.Names(kSidesNames);
inline constexpr U8 kPriceLevelPosition{"price_level_position", 8};
inline constexpr auto kTimestamp = Later(U64{"timestamp", 9, FieldKind::kUnixNs});
inline constexpr const FieldInfo* kFields[] = {&kMessageType,        &kLength,   &kMarketId, &kSide,
                                               &kPriceLevelPosition, &kTimestamp};
}  // namespace delete_level

// m: a price level of a snapshot.
namespace snapshot_level {
inline constexpr auto kSide = Letter{"side", 7}.Names(kSidesNames);
inline constexpr U8 kPriceLevelPosition{"price_level_position", 8};
inline constexpr Price kPrice{"price", 9};
inline constexpr U32 kQuantity{"quantity", 17};
inline constexpr U16 kOrderCount{"order_count", 21};
inline constexpr U32 kImpliedQuantity{"implied_quantity", 23};
inline constexpr U16 kImpliedOrderCount{"implied_order_count", 27};
inline constexpr const FieldInfo* kFields[] = {&kMessageType,        &kLength,
                                               &kMarketId,           &kSide,
                                               &kPriceLevelPosition, &kPrice,
                                               &kQuantity,           &kOrderCount,
                                               &kImpliedQuantity,    &kImpliedOrderCount};
}  // namespace snapshot_level

// T: what stands between start and end is one event.
namespace bundle {
inline constexpr auto kStartOrEnd = Letter{"start_or_end", 3}.Names(kBundleNames);
inline constexpr const FieldInfo* kFields[] = {&kMessageType, &kLength, &kStartOrEnd};
}  // namespace bundle

// Y: a trade of the spot market.
namespace spot_trade {
inline constexpr U64 kTradeId{"trade_id", 7};
inline constexpr Price kPrice{"price", 15};
inline constexpr U32 kQuantity{"quantity", 23};
inline constexpr Milliseconds kTransactDateTime{"transact_date_time", 27};
inline constexpr U8 kExtraFlags{"extra_flags", 35};
inline constexpr Milliseconds kDeliveryBeginDateTime{"delivery_begin_date_time", 36};
inline constexpr Milliseconds kDeliveryEndDateTime{"delivery_end_date_time", 44};
inline constexpr Letter kIsSystemPricedLeg{"is_system_priced_leg", 52};
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kTradeId,
                                               &kPrice,
                                               &kQuantity,
                                               &kTransactDateTime,
                                               &kExtraFlags,
                                               &kDeliveryBeginDateTime,
                                               &kDeliveryEndDateTime,
                                               &kIsSystemPricedLeg};
}  // namespace spot_trade

// H: a trade is looked into.
namespace investigated {
inline constexpr U64 kTradeId{"trade_id", 7};
inline constexpr Price kPrice{"price", 15};
inline constexpr U32 kQuantity{"quantity", 23};
inline constexpr auto kOffMarketTradeIndicator =
    Letter{"off_market_trade_indicator", 27}.Names(kOffMarketNames);
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 28};
inline constexpr Letter kInvestigationStatus{"investigation_status", 36};
inline constexpr Alpha kOffMarketTradeType{"off_market_trade_type", 37, 3};
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kTradeId,
                                               &kPrice,
                                               &kQuantity,
                                               &kOffMarketTradeIndicator,
                                               &kMessageDateTime,
                                               &kInvestigationStatus,
                                               &kOffMarketTradeType};
}  // namespace investigated

// I: a trade is void.
namespace cancelled {
inline constexpr U64 kTradeId{"trade_id", 7};
inline constexpr Price kPrice{"price", 15};
inline constexpr U32 kQuantity{"quantity", 23};
inline constexpr auto kOffMarketTradeIndicator =
    Letter{"off_market_trade_indicator", 27}.Names(kOffMarketNames);
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 28};
inline constexpr Alpha kOffMarketTradeType{"off_market_trade_type", 36, 3};
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kTradeId,
                                               &kPrice,
                                               &kQuantity,
                                               &kOffMarketTradeIndicator,
                                               &kMessageDateTime,
                                               &kOffMarketTradeType};
}  // namespace cancelled

// W: a trade of an option that has no market of its own.
namespace old_option_trade {
inline constexpr U32 kUnderlyingMarketId{"underlying_market_id", 3};
inline constexpr U64 kTradeId{"trade_id", 7};
inline constexpr Price kPrice{"price", 15};
inline constexpr U32 kQuantity{"quantity", 23};
inline constexpr auto kOffMarketTradeIndicator =
    Letter{"off_market_trade_indicator", 27}.Names(kOffMarketNames);
inline constexpr Milliseconds kTransactDateTime{"transact_date_time", 28};
inline constexpr auto kOptionType = Letter{"option_type", 36}.Names(kOptionTypesNames);
inline constexpr Price kStrikePrice{"strike_price", 37};
inline constexpr auto kEventCode = Letter{"event_code", 45}.Names(kEventCodesNames);
inline constexpr U32 kTotalVolume{"total_volume", 46};
inline constexpr U32 kBlockVolume{"block_volume", 50};
inline constexpr U32 kEfsVolume{"efs_volume", 54};
inline constexpr U32 kEfpVolume{"efp_volume", 58};
inline constexpr Price kHigh{"high", 62};
inline constexpr Price kLow{"low", 70};
inline constexpr Price kVwap{"vwap", 78};
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kUnderlyingMarketId,
                                               &kTradeId,
                                               &kPrice,
                                               &kQuantity,
                                               &kOffMarketTradeIndicator,
                                               &kTransactDateTime,
                                               &kOptionType,
                                               &kStrikePrice,
                                               &kEventCode,
                                               &kTotalVolume,
                                               &kBlockVolume,
                                               &kEfsVolume,
                                               &kEfpVolume,
                                               &kHigh,
                                               &kLow,
                                               &kVwap};
}  // namespace old_option_trade

// J: what was traded so far.
namespace statistics {
inline constexpr U32 kVolume{"volume", 7};
inline constexpr U32 kBlockVolume{"block_volume", 11};
inline constexpr U32 kEfsVolume{"efs_volume", 15};
inline constexpr U32 kEfpVolume{"efp_volume", 19};
inline constexpr Price kHigh{"high", 23};
inline constexpr Price kLow{"low", 31};
inline constexpr Price kVwap{"vwap", 39};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 47};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType, &kLength, &kMarketId, &kVolume, &kBlockVolume,    &kEfsVolume,
    &kEfpVolume,   &kHigh,   &kLow,      &kVwap,   &kMessageDateTime};
}  // namespace statistics

// K: the state of a market.
namespace state {
inline constexpr auto kTradingStatus = Letter{"trading_status", 7}.Names(kTradingStatusNames);
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 8};
inline constexpr const FieldInfo* kFields[] = {&kMessageType, &kLength, &kMarketId, &kTradingStatus,
                                               &kMessageDateTime};
}  // namespace state

// L: words to people.
namespace text {
inline constexpr Alpha kTextMessage{"text_message", 3, 200};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 203};
inline constexpr Alpha kTextMessageExtraFld{"text_message_extra_fld", 211, 800};
inline constexpr const FieldInfo* kFields[] = {&kMessageType, &kLength, &kTextMessage,
                                               &kMessageDateTime, &kTextMessageExtraFld};
}  // namespace text

// M: open interest.
namespace open_interest {
inline constexpr U32 kOpenInterest{"open_interest", 7};
inline constexpr I32 kOpenInterestChange{"open_interest_change", 11};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 15};
inline constexpr Alpha kOpenInterestDate{"open_interest_date", 23, 10};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType,        &kLength,          &kMarketId,        &kOpenInterest,
    &kOpenInterestChange, &kMessageDateTime, &kOpenInterestDate};
}  // namespace open_interest

// N: the first price of the day.
namespace open_price {
inline constexpr Price kOpenPrice{"open_price", 7};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 15};
inline constexpr const FieldInfo* kFields[] = {&kMessageType, &kLength, &kMarketId, &kOpenPrice,
                                               &kMessageDateTime};
}  // namespace open_price

// c: the last price of the day.
namespace close_price {
inline constexpr Price kClosePrice{"close_price", 7};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 15};
inline constexpr const FieldInfo* kFields[] = {&kMessageType, &kLength, &kMarketId, &kClosePrice,
                                               &kMessageDateTime};
}  // namespace close_price

// O: a settlement price.
namespace settlement {
inline constexpr Price kSettlementPriceWithDealPricePrecision{
    "settlement_price_with_deal_price_precision", 7};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 15};
inline constexpr Letter kIsOfficial{"is_official", 23};
inline constexpr Milliseconds kValuationDateTime{"valuation_date_time", 24};
inline constexpr Price kSettlementPrice{"settlement_price", 32};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType,     &kLength,     &kMarketId,          &kSettlementPriceWithDealPricePrecision,
    &kMessageDateTime, &kIsOfficial, &kValuationDateTime, &kSettlementPrice};
}  // namespace settlement

// u: the day.
namespace day {
inline constexpr U32 kVolume{"volume", 7};
inline constexpr U32 kBlockVolume{"block_volume", 11};
inline constexpr U32 kEfsVolume{"efs_volume", 15};
inline constexpr U32 kEfpVolume{"efp_volume", 19};
inline constexpr Price kOpeningPrice{"opening_price", 23};
inline constexpr Price kHigh{"high", 31};
inline constexpr Price kLow{"low", 39};
inline constexpr Price kVwap{"vwap", 47};
inline constexpr Price kSettlementPriceWithDealPricePrecision{
    "settlement_price_with_deal_price_precision", 55};
inline constexpr U32 kOpenInterest{"open_interest", 63};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 67};
inline constexpr Price kSettlementPrice{"settlement_price", 75};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType,    &kLength,
    &kMarketId,       &kVolume,
    &kBlockVolume,    &kEfsVolume,
    &kEfpVolume,      &kOpeningPrice,
    &kHigh,           &kLow,
    &kVwap,           &kSettlementPriceWithDealPricePrecision,
    &kOpenInterest,   &kMessageDateTime,
    &kSettlementPrice};
}  // namespace day

// v: open interest of an option.
namespace option_open_interest {
inline constexpr U32 kOpenInterest{"open_interest", 7};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 11};
inline constexpr Alpha kOpenInterestDate{"open_interest_date", 19, 10};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType, &kLength, &kMarketId, &kOpenInterest, &kMessageDateTime, &kOpenInterestDate};
}  // namespace option_open_interest

// w: a settlement price of an option.
namespace option_settlement {
inline constexpr Price kSettlementPriceWithDealPricePrecision{
    "settlement_price_with_deal_price_precision", 7};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 15};
inline constexpr Letter kIsOfficial{"is_official", 23};
inline constexpr Milliseconds kValuationDateTime{"valuation_date_time", 24};
inline constexpr I64 kVolatility{"volatility", 32};
inline constexpr Price kSettlementPrice{"settlement_price", 40};
inline constexpr I64 kDelta{"delta", 48};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType,     &kLength,     &kMarketId,          &kSettlementPriceWithDealPricePrecision,
    &kMessageDateTime, &kIsOfficial, &kValuationDateTime, &kVolatility,
    &kSettlementPrice, &kDelta};
}  // namespace option_settlement

// f: an event of a market.
namespace event {
inline constexpr Letter kEventType{"event_type", 7};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 8};
inline constexpr const FieldInfo* kFields[] = {&kMessageType, &kLength, &kMarketId, &kEventType,
                                               &kMessageDateTime};
}  // namespace event

// g: where the market would open.
namespace pre_open {
inline constexpr Price kPreOpenPrice{"pre_open_price", 7};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 15};
inline constexpr Letter kHasPreOpenVolume{"has_pre_open_volume", 23};
inline constexpr U32 kPreOpenVolume{"pre_open_volume", 24};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType,     &kLength,           &kMarketId,     &kPreOpenPrice,
    &kMessageDateTime, &kHasPreOpenVolume, &kPreOpenVolume};
}  // namespace pre_open

// V: a price limit holds the market up.
namespace price_limit {
inline constexpr auto kIplHoldType = Letter{"ipl_hold_type", 7}.Names(kHoldsNames);
inline constexpr Milliseconds kNotificationDateTime{"notification_date_time", 8};
inline constexpr Letter kIsUp{"is_up", 16};
inline constexpr U32 kIplHoldDuration{"ipl_hold_duration", 17};
inline constexpr Price kIplUp{"ipl_up", 21};
inline constexpr Price kIplDown{"ipl_down", 29};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType, &kLength,          &kMarketId, &kIplHoldType, &kNotificationDateTime,
    &kIsUp,        &kIplHoldDuration, &kIplUp,    &kIplDown};
}  // namespace price_limit

// k: a quote is asked for.
namespace request {
inline constexpr Milliseconds kMessageTimestamp{"message_timestamp", 7};
inline constexpr U64 kRfqSystemId{"rfq_system_id", 15};
inline constexpr U16 kMarketTypeId{"market_type_id", 23};
inline constexpr U32 kUnderlyingMarketId{"underlying_market_id", 25};
inline constexpr U32 kQuantity{"quantity", 29};
inline constexpr auto kSide = Letter{"side", 33}.Names(kSidesNames);
inline constexpr const FieldInfo* kFields[] = {&kMessageType,        &kLength,      &kMarketId,
                                               &kMessageTimestamp,   &kRfqSystemId, &kMarketTypeId,
                                               &kUnderlyingMarketId, &kQuantity,    &kSide};
}  // namespace request

// z: an index.
namespace index {
inline constexpr Price kPrice{"price", 7};
inline constexpr Alpha kShortName{"short_name", 15, 30};
inline constexpr Milliseconds kPublishedDateTime{"published_date_time", 45};
inline constexpr Alpha kValuationDateApplyingDate{"valuation_date_applying_date", 53, 10};
inline constexpr Letter kStatus{"status", 63};
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kPrice,
                                               &kShortName,
                                               &kPublishedDateTime,
                                               &kValuationDateApplyingDate,
                                               &kStatus};
}  // namespace index

// 0: a price on the way to a fixing.
namespace fixing_price {
inline constexpr Alpha kIbaCurrency{"iba_currency", 7, 3};
inline constexpr Price kPrice{"price", 10};
inline constexpr Price kPriceInGram{"price_in_gram", 18};
inline constexpr U8 kNumDecimalsPrice{"num_decimals_price", 26};
inline constexpr U8 kNumDecimalsPriceInGram{"num_decimals_price_in_gram", 27};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType, &kLength,      &kMarketId,         &kIbaCurrency,
    &kPrice,       &kPriceInGram, &kNumDecimalsPrice, &kNumDecimalsPriceInGram};
}  // namespace fixing_price

// 4: the result of a round of a fixing.
namespace lockdown {
inline constexpr Alpha kAuctionDate{"auction_date", 7, 10};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 17};
inline constexpr Alpha kDescription{"description", 25, 20};
inline constexpr U16 kRound{"round", 45};
inline constexpr U32 kAggBidQty{"agg_bid_qty", 47};
inline constexpr U32 kAggOfferQty{"agg_offer_qty", 51};
inline constexpr Price kUsdPrice{"usd_price", 55};
inline constexpr Letter kIsBalanced{"is_balanced", 63};
inline constexpr Letter kIsFinal{"is_final", 64};
inline constexpr Price kGbpPrice{"gbp_price", 65};
inline constexpr Price kEurPrice{"eur_price", 73};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType, &kLength,  &kMarketId,  &kAuctionDate, &kMessageDateTime,
    &kDescription, &kRound,   &kAggBidQty, &kAggOfferQty, &kUsdPrice,
    &kIsBalanced,  &kIsFinal, &kGbpPrice,  &kEurPrice};
}  // namespace lockdown

// 3: the state of a fixing.
namespace transition {
inline constexpr auto kStatus = Letter{"status", 7}.Names(kFixingStatesNames);
inline constexpr Milliseconds kAuctionEndTime{"auction_end_time", 8};
inline constexpr U32 kThresholdImbalanceQty{"threshold_imbalance_qty", 16};
inline constexpr Milliseconds kMessageDateTime{"message_date_time", 20};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType,           &kLength,         &kMarketId, &kStatus, &kAuctionEndTime,
    &kThresholdImbalanceQty, &kMessageDateTime};
}  // namespace transition

// i: a delivery period.
namespace strip {
inline constexpr U16 kOldStripId{"old_strip_id", 3};
inline constexpr Letter kStripType{"strip_type", 5};
inline constexpr U16 kBeginYear{"begin_year", 6};
inline constexpr U16 kBeginMonth{"begin_month", 8};
inline constexpr U16 kBeginDay{"begin_day", 10};
inline constexpr U16 kEndYear{"end_year", 12};
inline constexpr U16 kEndMonth{"end_month", 14};
inline constexpr U16 kEndDay{"end_day", 16};
inline constexpr Alpha kStripInfo{"strip_info", 18, 50};
inline constexpr U32 kStripId{"strip_id", 68};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageType, &kLength,  &kOldStripId, &kStripType, &kBeginYear, &kBeginMonth,
    &kBeginDay,    &kEndYear, &kEndMonth,   &kEndDay,    &kStripInfo, &kStripId};
}  // namespace strip

// R: a market of futures.
namespace expiry {
inline constexpr U16 kMarketTypeId{"market_type_id", 7};
inline constexpr Letter kOrderPriceDenominator{"order_price_denominator", 9};
inline constexpr Increment kIncrementPrice{"increment_price", 10};
inline constexpr U32 kIncrementQty{"increment_qty", 14};
inline constexpr U32 kLotSize{"lot_size", 18};
inline constexpr Alpha kMarketDesc{"market_desc", 22, 120};
inline constexpr U16 kMaturityYear{"maturity_year", 142};
inline constexpr U16 kMaturityMonth{"maturity_month", 144};
inline constexpr U16 kMaturityDay{"maturity_day", 146};
inline constexpr Letter kDealPriceDenominator{"deal_price_denominator", 148};
inline constexpr U32 kMinQty{"min_qty", 149};
inline constexpr U32 kUnitQuantity{"unit_quantity", 153};
inline constexpr Alpha kCurrency{"currency", 157, 20};
inline constexpr Alpha kClearedAlias{"cleared_alias", 177, 15};
inline constexpr Price kMinPrice{"min_price", 192};
inline constexpr Price kMaxPrice{"max_price", 200};
inline constexpr U32 kProductId{"product_id", 208};
inline constexpr Alpha kProductName{"product_name", 212, 62};
inline constexpr U32 kHubId{"hub_id", 274};
inline constexpr Alpha kHubAlias{"hub_alias", 278, 80};
inline constexpr U32 kStripId{"strip_id", 358};
inline constexpr Alpha kStripName{"strip_name", 362, 39};
inline constexpr Letter kSettlePriceDenominator{"settle_price_denominator", 401};
inline constexpr Alpha kMicCode{"mic_code", 402, 4};
inline constexpr Letter kUnitQtyDenominator{"unit_qty_denominator", 406};
inline constexpr Letter kOffExchangeIncrementQtyDenominator{
    "off_exchange_increment_qty_denominator", 407};
inline constexpr U32 kOffExchangeIncrementQty{"off_exchange_increment_qty", 408};
inline constexpr Increment kOffExchangeIncrementPrice{"off_exchange_increment_price", 412};
inline constexpr Increment kOffExchangeIncrementOptionPrice{"off_exchange_increment_option_price",
                                                            416};
inline constexpr Alpha kContractSymbol{"contract_symbol", 420, 35};
inline constexpr Alpha kIsin{"isin", 455, 12};
inline constexpr Letter kNumDecimalsOptionsPrice{"num_decimals_options_price", 467};
inline constexpr U32 kHedgeMarketId{"hedge_market_id", 468};
inline constexpr Letter kSettlementType{"settlement_type", 472};
inline constexpr Letter kGtAllowed{"gt_allowed", 473};
inline constexpr Letter kCrossOrderSupported{"cross_order_supported", 474};
inline constexpr Alpha kUnitOfMeasure{"unit_of_measure", 475, 30};
inline constexpr auto kMifidRegulatedMarket = Later(Letter{"mifid_regulated_market", 505});
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kMarketTypeId,
                                               &kOrderPriceDenominator,
                                               &kIncrementPrice,
                                               &kIncrementQty,
                                               &kLotSize,
                                               &kMarketDesc,
                                               &kMaturityYear,
                                               &kMaturityMonth,
                                               &kMaturityDay,
                                               &kDealPriceDenominator,
                                               &kMinQty,
                                               &kUnitQuantity,
                                               &kCurrency,
                                               &kClearedAlias,
                                               &kMinPrice,
                                               &kMaxPrice,
                                               &kProductId,
                                               &kProductName,
                                               &kHubId,
                                               &kHubAlias,
                                               &kStripId,
                                               &kStripName,
                                               &kSettlePriceDenominator,
                                               &kMicCode,
                                               &kUnitQtyDenominator,
                                               &kOffExchangeIncrementQtyDenominator,
                                               &kOffExchangeIncrementQty,
                                               &kOffExchangeIncrementPrice,
                                               &kOffExchangeIncrementOptionPrice,
                                               &kContractSymbol,
                                               &kIsin,
                                               &kNumDecimalsOptionsPrice,
                                               &kHedgeMarketId,
                                               &kSettlementType,
                                               &kGtAllowed,
                                               &kCrossOrderSupported,
                                               &kUnitOfMeasure,
                                               &kMifidRegulatedMarket};
}  // namespace expiry

// l: a market of options.
namespace option {
inline constexpr U32 kUnderlyingMarketId{"underlying_market_id", 7};
inline constexpr Alpha kFuturesContractSymbol{"futures_contract_symbol", 11, 70};
inline constexpr auto kTradingStatus = Letter{"trading_status", 81}.Names(kTradingStatusNames);
inline constexpr Letter kOrderPriceDenominator{"order_price_denominator", 82};
inline constexpr U32 kIncrementQty{"increment_qty", 83};
inline constexpr U32 kLotSize{"lot_size", 87};
inline constexpr Alpha kMarketDesc{"market_desc", 91, 120};
inline constexpr auto kOptionType = Letter{"option_type", 211}.Names(kOptionTypesNames);
inline constexpr Price kStrikePrice{"strike_price", 212};
inline constexpr Letter kDealPriceDenominator{"deal_price_denominator", 220};
inline constexpr U32 kMinQty{"min_qty", 221};
inline constexpr Alpha kCurrency{"currency", 225, 20};
inline constexpr Letter kNumDecimalsStrikePrice{"num_decimals_strike_price", 245};
inline constexpr Price kMinOptionsPrice{"min_options_price", 246};
inline constexpr Price kMaxOptionsPrice{"max_options_price", 254};
inline constexpr Increment kIncrementPremiumPrice{"increment_premium_price", 262};
inline constexpr U16 kOptionsExpirationYear{"options_expiration_year", 266};
inline constexpr U16 kOptionsExpirationMonth{"options_expiration_month", 268};
inline constexpr U16 kOptionsExpirationDay{"options_expiration_day", 270};
inline constexpr Letter kOptionsStyle{"options_style", 272};
inline constexpr Letter kOptionsExpirationType{"options_expiration_type", 273};
inline constexpr U32 kHedgeMarketId{"hedge_market_id", 274};
inline constexpr Letter kSettlePriceDenominator{"settle_price_denominator", 278};
inline constexpr Letter kUnitQtyDenominator{"unit_qty_denominator", 279};
inline constexpr I64 kTickValue{"tick_value", 280};
inline constexpr Letter kFlexAllowed{"flex_allowed", 288};
inline constexpr Letter kSettlementType{"settlement_type", 289};
inline constexpr Letter kIsBlockOnly{"is_block_only", 290};
inline constexpr Letter kGtAllowed{"gt_allowed", 291};
inline constexpr Letter kCrossOrderSupported{"cross_order_supported", 292};
inline constexpr Letter kGuaranteedCrossSupported{"guaranteed_cross_supported", 293};
inline constexpr Alpha kUnitOfMeasure{"unit_of_measure", 294, 30};
inline constexpr auto kMifidRegulatedMarket = Later(Letter{"mifid_regulated_market", 324});
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kUnderlyingMarketId,
                                               &kFuturesContractSymbol,
                                               &kTradingStatus,
                                               &kOrderPriceDenominator,
                                               &kIncrementQty,
                                               &kLotSize,
                                               &kMarketDesc,
                                               &kOptionType,
                                               &kStrikePrice,
                                               &kDealPriceDenominator,
                                               &kMinQty,
                                               &kCurrency,
                                               &kNumDecimalsStrikePrice,
                                               &kMinOptionsPrice,
                                               &kMaxOptionsPrice,
                                               &kIncrementPremiumPrice,
                                               &kOptionsExpirationYear,
                                               &kOptionsExpirationMonth,
                                               &kOptionsExpirationDay,
                                               &kOptionsStyle,
                                               &kOptionsExpirationType,
                                               &kHedgeMarketId,
                                               &kSettlePriceDenominator,
                                               &kUnitQtyDenominator,
                                               &kTickValue,
                                               &kFlexAllowed,
                                               &kSettlementType,
                                               &kIsBlockOnly,
                                               &kGtAllowed,
                                               &kCrossOrderSupported,
                                               &kGuaranteedCrossSupported,
                                               &kUnitOfMeasure,
                                               &kMifidRegulatedMarket};
}  // namespace option

// b: fields of the message that follows.
namespace special {
inline constexpr U8 kNumberOfSpecialFields{"number_of_special_fields", 3};
inline constexpr const FieldInfo* kFields[] = {&kMessageType, &kLength, &kNumberOfSpecialFields};
inline constexpr const GroupInfo* kGroups[] = {&kSpecialFields};
}  // namespace special

// 9: a strategy of futures.
namespace strategy {
inline constexpr Alpha kFuturesContractSymbol{"futures_contract_symbol", 7, 70};
inline constexpr auto kTradingStatus = Letter{"trading_status", 77}.Names(kTradingStatusNames);
inline constexpr Letter kOrderPriceDenominator{"order_price_denominator", 78};
inline constexpr Increment kIncrementPrice{"increment_price", 79};
inline constexpr U32 kIncrementQty{"increment_qty", 83};
inline constexpr U32 kMinQty{"min_qty", 87};
inline constexpr U8 kNumberOfLegDefinitions{"number_of_leg_definitions", 91};
// Behind the legs; offsets from there.
inline constexpr U16 kSecuritySubType{"security_sub_type", 0};
inline constexpr Letter kIsBlockOnly{"is_block_only", 2};
inline constexpr Alpha kStrategySymbol{"strategy_symbol", 3, 18};
inline constexpr Letter kGtAllowed{"gt_allowed", 21};
inline constexpr U32 kReserved4{"reserved_4", 22};
inline constexpr Letter kMifidRegulatedMarket{"mifid_regulated_market", 26};
inline constexpr Alpha kMarketDesc{"market_desc", 27, 120};
inline constexpr U16 kMaturityYear{"maturity_year", 147};
inline constexpr U16 kMaturityMonth{"maturity_month", 149};
inline constexpr U16 kMaturityDay{"maturity_day", 151};
inline constexpr Letter kDealPriceDenominator{"deal_price_denominator", 153};
inline constexpr U32 kUnitQuantity{"unit_quantity", 154};
inline constexpr Letter kNumDecimalsOptionsPrice{"num_decimals_options_price", 158};
inline constexpr Letter kAllowOptions{"allow_options", 159};
inline constexpr Alpha kClearedAlias{"cleared_alias", 160, 15};
inline constexpr Letter kAllowsImplied{"allows_implied", 175};
inline constexpr Price kMinPrice{"min_price", 176};
inline constexpr Price kMaxPrice{"max_price", 184};
inline constexpr Alpha kProductName{"product_name", 192, 62};
inline constexpr Alpha kHubAlias{"hub_alias", 254, 80};
inline constexpr Alpha kStripName{"strip_name", 334, 39};
inline constexpr Letter kIsTradable{"is_tradable", 373};
inline constexpr Letter kSettlePriceDenominator{"settle_price_denominator", 374};
inline constexpr Alpha kMicCode{"mic_code", 375, 4};
inline constexpr Letter kUnitQtyDenominator{"unit_qty_denominator", 379};
inline constexpr Letter kHedgeOnly{"hedge_only", 380};
inline constexpr Letter kExchangeSilo{"exchange_silo", 381};
inline constexpr Letter kOffExchangeIncrementQtyDenominator{
    "off_exchange_increment_qty_denominator", 382};
inline constexpr U32 kOffExchangeIncrementQty{"off_exchange_increment_qty", 383};
inline constexpr Increment kOffExchangeIncrementPrice{"off_exchange_increment_price", 387};
inline constexpr Increment kOffExchangeIncrementOptionPrice{"off_exchange_increment_option_price",
                                                            391};
inline constexpr U32 kProductId{"product_id", 395};
inline constexpr U32 kHubId{"hub_id", 399};
inline constexpr U32 kStripId{"strip_id", 403};
inline constexpr Alpha kUnderlyingIsin{"underlying_isin", 407, 12};
inline constexpr Letter kTestMarketIndicator{"test_market_indicator", 419};
inline constexpr Letter kLegDealSuppressed{"leg_deal_suppressed", 420};
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kFuturesContractSymbol,
                                               &kTradingStatus,
                                               &kOrderPriceDenominator,
                                               &kIncrementPrice,
                                               &kIncrementQty,
                                               &kMinQty,
                                               &kNumberOfLegDefinitions,
                                               &kSecuritySubType,
                                               &kIsBlockOnly,
                                               &kStrategySymbol,
                                               &kGtAllowed,
                                               &kReserved4,
                                               &kMifidRegulatedMarket,
                                               &kMarketDesc,
                                               &kMaturityYear,
                                               &kMaturityMonth,
                                               &kMaturityDay,
                                               &kDealPriceDenominator,
                                               &kUnitQuantity,
                                               &kNumDecimalsOptionsPrice,
                                               &kAllowOptions,
                                               &kClearedAlias,
                                               &kAllowsImplied,
                                               &kMinPrice,
                                               &kMaxPrice,
                                               &kProductName,
                                               &kHubAlias,
                                               &kStripName,
                                               &kIsTradable,
                                               &kSettlePriceDenominator,
                                               &kMicCode,
                                               &kUnitQtyDenominator,
                                               &kHedgeOnly,
                                               &kExchangeSilo,
                                               &kOffExchangeIncrementQtyDenominator,
                                               &kOffExchangeIncrementQty,
                                               &kOffExchangeIncrementPrice,
                                               &kOffExchangeIncrementOptionPrice,
                                               &kProductId,
                                               &kHubId,
                                               &kStripId,
                                               &kUnderlyingIsin,
                                               &kTestMarketIndicator,
                                               &kLegDealSuppressed};
inline constexpr const GroupInfo* kGroups[] = {&kLegDefinitions};
}  // namespace strategy

// U: a strategy of options.
namespace option_strategy {
inline constexpr U32 kUnderlyingMarketId{"underlying_market_id", 7};
inline constexpr Alpha kContractSymbol{"contract_symbol", 11, 35};
inline constexpr auto kTradingStatus = Letter{"trading_status", 46}.Names(kTradingStatusNames);
inline constexpr Letter kOrderPriceDenominator{"order_price_denominator", 47};
inline constexpr Increment kIncrementPrice{"increment_price", 48};
inline constexpr U32 kIncrementQty{"increment_qty", 52};
inline constexpr U32 kMinQty{"min_qty", 56};
inline constexpr U8 kNumberOfStrategyLegDefinitions{"number_of_strategy_leg_definitions", 60};
// Behind the legs; offsets from there.
inline constexpr U16 kSecuritySubType{"security_sub_type", 0};
inline constexpr Letter kIsBlockOnly{"is_block_only", 2};
inline constexpr Alpha kStrategySymbol{"strategy_symbol", 3, 18};
inline constexpr Letter kGtAllowed{"gt_allowed", 21};
inline constexpr Letter kMifidRegulatedMarket{"mifid_regulated_market", 22};
inline constexpr Letter kDealPriceDenominator{"deal_price_denominator", 23};
inline constexpr Letter kSettlePriceDenominator{"settle_price_denominator", 24};
inline constexpr Letter kUnitQtyDenominator{"unit_qty_denominator", 25};
inline constexpr Letter kTestMarketIndicator{"test_market_indicator", 26};
inline constexpr Alpha kContractSymbolExtra{"contract_symbol_extra", 27, 35};
inline constexpr Letter kLegDealSuppressed{"leg_deal_suppressed", 62};
inline constexpr const FieldInfo* kFields[] = {&kMessageType,
                                               &kLength,
                                               &kMarketId,
                                               &kUnderlyingMarketId,
                                               &kContractSymbol,
                                               &kTradingStatus,
                                               &kOrderPriceDenominator,
                                               &kIncrementPrice,
                                               &kIncrementQty,
                                               &kMinQty,
                                               &kNumberOfStrategyLegDefinitions,
                                               &kSecuritySubType,
                                               &kIsBlockOnly,
                                               &kStrategySymbol,
                                               &kGtAllowed,
                                               &kMifidRegulatedMarket,
                                               &kDealPriceDenominator,
                                               &kSettlePriceDenominator,
                                               &kUnitQtyDenominator,
                                               &kTestMarketIndicator,
                                               &kContractSymbolExtra,
                                               &kLegDealSuppressed};
inline constexpr const GroupInfo* kGroups[] = {&kStrategyLegDefinitions, &kHedgeDefinitions};
}  // namespace option_strategy
inline constexpr MessageInfo kTradeMessage{
    .type = 'G', .name = "trade_message", .length = 49, .fields = trade::kFields};
inline constexpr MessageInfo kOrderMessage{
    .type = 'E', .name = "add_or_modify_order_message", .length = 45, .fields = order::kFields};
inline constexpr MessageInfo kRemoveMessage{
    .type = 'F', .name = "delete_order_message", .length = 15, .fields = remove::kFields};
inline constexpr MessageInfo kSnapshotOrderMessage{.type = 'D',
                                                   .name = "market_snapshot_order_message",
                                                   .length = 44,
                                                   .fields = snapshot_order::kFields};
inline constexpr MessageInfo kSnapshotMessage{
    .type = 'C', .name = "market_snapshot_message", .length = 136, .fields = snapshot::kFields};
inline constexpr MessageInfo kAddLevelMessage{
    .type = 't', .name = "add_price_level_message", .length = 29, .fields = add_level::kFields};
inline constexpr MessageInfo kChangeLevelMessage{.type = 's',
                                                 .name = "change_price_level_message",
                                                 .length = 29,
                                                 .fields = change_level::kFields};
inline constexpr MessageInfo kDeleteLevelMessage{.type = 'r',
                                                 .name = "delete_price_level_message",
                                                 .length = 9,
                                                 .fields = delete_level::kFields};
inline constexpr MessageInfo kSnapshotLevelMessage{.type = 'm',
                                                   .name = "market_snapshot_price_level_message",
                                                   .length = 29,
                                                   .fields = snapshot_level::kFields};
inline constexpr MessageInfo kBundleMessage{
    .type = 'T', .name = "message_bundle_marker", .length = 4, .fields = bundle::kFields};
inline constexpr MessageInfo kSpotTradeMessage{
    .type = 'Y', .name = "spot_market_trade_message", .length = 53, .fields = spot_trade::kFields};
inline constexpr MessageInfo kInvestigatedMessage{.type = 'H',
                                                  .name = "investigated_trade_message",
                                                  .length = 40,
                                                  .fields = investigated::kFields};
inline constexpr MessageInfo kCancelledMessage{
    .type = 'I', .name = "cancelled_trade_message", .length = 39, .fields = cancelled::kFields};
inline constexpr MessageInfo kOldOptionTradeMessage{
    .type = 'W',
    .name = "old_style_options_trade_and_market_stats_message",
    .length = 86,
    .fields = old_option_trade::kFields};
inline constexpr MessageInfo kStatisticsMessage{
    .type = 'J', .name = "market_statistics_message", .length = 55, .fields = statistics::kFields};
inline constexpr MessageInfo kStateMessage{
    .type = 'K', .name = "market_state_change_message", .length = 16, .fields = state::kFields};
inline constexpr MessageInfo kTextMessage{
    .type = 'L', .name = "system_text_message", .length = 1011, .fields = text::kFields};
inline constexpr MessageInfo kOpenInterestMessage{
    .type = 'M', .name = "open_interest_message", .length = 33, .fields = open_interest::kFields};
inline constexpr MessageInfo kOpenPriceMessage{
    .type = 'N', .name = "open_price_message", .length = 23, .fields = open_price::kFields};
inline constexpr MessageInfo kClosePriceMessage{
    .type = 'c', .name = "close_price_message", .length = 23, .fields = close_price::kFields};
inline constexpr MessageInfo kSettlementMessage{
    .type = 'O', .name = "settlement_price_message", .length = 40, .fields = settlement::kFields};
inline constexpr MessageInfo kDayMessage{
    .type = 'u', .name = "end_of_day_market_summary_message", .length = 83, .fields = day::kFields};
inline constexpr MessageInfo kOptionOpenInterestMessage{.type = 'v',
                                                        .name = "option_open_interest_message",
                                                        .length = 29,
                                                        .fields = option_open_interest::kFields};
inline constexpr MessageInfo kOptionSettlementMessage{.type = 'w',
                                                      .name = "option_settlement_price_message",
                                                      .length = 56,
                                                      .fields = option_settlement::kFields};
inline constexpr MessageInfo kEventMessage{
    .type = 'f', .name = "market_event_message", .length = 16, .fields = event::kFields};
inline constexpr MessageInfo kPreOpenMessage{.type = 'g',
                                             .name = "pre_open_price_indicator_message",
                                             .length = 28,
                                             .fields = pre_open::kFields};
inline constexpr MessageInfo kPriceLimitMessage{.type = 'V',
                                                .name = "interval_price_limit_notification_message",
                                                .length = 37,
                                                .fields = price_limit::kFields};
inline constexpr MessageInfo kRequestMessage{
    .type = 'k', .name = "rfq_message", .length = 34, .fields = request::kFields};
inline constexpr MessageInfo kIndexMessage{
    .type = 'z', .name = "index_prices_message", .length = 64, .fields = index::kFields};
inline constexpr MessageInfo kFixingPriceMessage{.type = '0',
                                                 .name = "fixing_indicative_price_message",
                                                 .length = 28,
                                                 .fields = fixing_price::kFields};
inline constexpr MessageInfo kLockdownMessage{
    .type = '4', .name = "fixing_lockdown_message", .length = 81, .fields = lockdown::kFields};
inline constexpr MessageInfo kTransitionMessage{
    .type = '3', .name = "fixing_transition_message", .length = 28, .fields = transition::kFields};
inline constexpr MessageInfo kStripMessage{
    .type = 'i', .name = "strip_info_message", .length = 72, .fields = strip::kFields};
inline constexpr MessageInfo kExpiryMessage{
    .type = 'R', .name = "new_expiry_message", .length = 505, .fields = expiry::kFields};
inline constexpr MessageInfo kOptionMessage{.type = 'l',
                                            .name = "new_options_market_definition_message",
                                            .length = 324,
                                            .fields = option::kFields};
inline constexpr MessageInfo kSpecialMessage{.type = 'b',
                                             .name = "special_field_message",
                                             .length = 4,
                                             .fields = special::kFields,
                                             .groups = special::kGroups};
inline constexpr MessageInfo kStrategyMessage{.type = '9',
                                              .name = "new_futures_strategy_definition_message",
                                              .length = 114,
                                              .fields = strategy::kFields,
                                              .groups = strategy::kGroups,
                                              .has_places = false};
inline constexpr MessageInfo kOptionStrategyMessage{
    .type = 'U',
    .name = "new_options_strategy_definition_message",
    .length = 84,
    .fields = option_strategy::kFields,
    .groups = option_strategy::kGroups,
    .has_places = false};

inline constexpr const MessageInfo* kMessages[] = {&kTradeMessage,
                                                   &kOrderMessage,
                                                   &kRemoveMessage,
                                                   &kSnapshotOrderMessage,
                                                   &kSnapshotMessage,
                                                   &kAddLevelMessage,
                                                   &kChangeLevelMessage,
                                                   &kDeleteLevelMessage,
                                                   &kSnapshotLevelMessage,
                                                   &kBundleMessage,
                                                   &kSpotTradeMessage,
                                                   &kInvestigatedMessage,
                                                   &kCancelledMessage,
                                                   &kOldOptionTradeMessage,
                                                   &kStatisticsMessage,
                                                   &kStateMessage,
                                                   &kTextMessage,
                                                   &kOpenInterestMessage,
                                                   &kOpenPriceMessage,
                                                   &kClosePriceMessage,
                                                   &kSettlementMessage,
                                                   &kDayMessage,
                                                   &kOptionOpenInterestMessage,
                                                   &kOptionSettlementMessage,
                                                   &kEventMessage,
                                                   &kPreOpenMessage,
                                                   &kPriceLimitMessage,
                                                   &kRequestMessage,
                                                   &kIndexMessage,
                                                   &kFixingPriceMessage,
                                                   &kLockdownMessage,
                                                   &kTransitionMessage,
                                                   &kStripMessage,
                                                   &kExpiryMessage,
                                                   &kOptionMessage,
                                                   &kSpecialMessage,
                                                   &kStrategyMessage,
                                                   &kOptionStrategyMessage};

}  // namespace fh::codecs::ice

#endif  // FEEDHANDLER_CODECS_ICE_ICE_MESSAGES_H_
