// The messages of ASX 24's derivatives on the New Trading Platform, ITCH 1.05: every field declared
// once, read by asx_itch.cc and printed by `feedhandler decode`.
//
//   const uint64_t id = asx::AddOrder::kOrderId(message);
//
// Big-endian; offsets count from the type letter. Prices are signed whole numbers; what one of them is
// worth the directory says (kPriceFractionalDenominator), and it is a millionth for all that was ever
// seen: 6,527,000,000 of the SPI future is 6527. Constants; any thread.
//
// Sources: "ASX Trade24 ITCH" 1.05 by the tables of an independent dissector, and captures: it divides
// prices by a hundred, which the directories and ticks in the captures refute. Lot sizes are millionths
// too, and shown as they are.
#ifndef FEEDHANDLER_CODECS_ITCH_ASX_MESSAGES_H_
#define FEEDHANDLER_CODECS_ITCH_ASX_MESSAGES_H_

#include <cstdint>

#include "codecs/message.h"

namespace fh::codecs::asx {

// At the start of every message.
inline constexpr Letter kMessageType{"message_type", 0};
inline constexpr BigEndian<uint32_t> kNanoseconds{"nanoseconds", 1};
inline constexpr BigEndian<uint16_t> kTradeDate{"trade_date", 5, FieldKind::kUnixDays};
inline constexpr BigEndian<uint32_t> kTradeableInstrumentId{"tradeable_instrument_id", 7};

// The second that all nanoseconds behind it count from.
struct Seconds {
  static constexpr BigEndian<uint32_t> kSecond{"second", 1, FieldKind::kUnixSeconds};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kSecond};
  static constexpr MessageInfo kInfo{'T', "seconds_message", 5, kFields};
};

struct EndOfBusinessTradeDate {
  static constexpr Letter kEventCode{"event_code", 7};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kNanoseconds, &kTradeDate,
                                                 &kEventCode};
  static constexpr MessageInfo kInfo{'S', "end_of_business_trade_date_message", 8, kFields};
};

struct FutureSymbolDirectory {
  static constexpr Alpha kSymbolName{"symbol_name", 11, 32};
  static constexpr Alpha kLongName{"long_name", 43, 60};
  static constexpr Alpha kIsin{"isin", 103, 12};
  static constexpr Alpha kExchange{"exchange", 115, 6};
  static constexpr Alpha kInstrument{"instrument", 121, 6};
  static constexpr Alpha kCfiCode{"cfi_code", 127, 6};
  static constexpr BigEndian<uint16_t> kExpiryYear{"expiry_year", 133};
  static constexpr BigEndian<uint8_t> kExpiryMonth{"expiry_month", 135};
  static constexpr BigEndian<uint8_t> kPriceDisplayDecimals{"price_display_decimals", 136};
  static constexpr BigEndian<uint32_t> kPriceFractionalDenominator{"price_fractional_denominator",
                                                                   137};
  static constexpr BigEndian<uint32_t> kPriceMinimumTick{"price_minimum_tick", 141};
  static constexpr BigEndian<uint32_t> kLastTradingDate{"last_trading_date", 145,
                                                        FieldKind::kUnixSeconds};
  static constexpr BigEndian<int64_t> kPriorDaySettlement{"prior_day_settlement", 149,
                                                          FieldKind::kDecimal, 6};
  static constexpr Alpha kCurrency{"currency", 157, 3};
  static constexpr BigEndian<uint64_t> kLotSizeOrFaceValue{"lot_size_or_face_value", 160};
  static constexpr BigEndian<uint8_t> kMaturityValue{"maturity_value", 168};
  static constexpr BigEndian<uint16_t> kCouponRate{"coupon_rate", 169};
  static constexpr BigEndian<uint8_t> kPaymentsPerYear{"payments_per_year", 171};
  static constexpr BigEndian<uint32_t> kBlockLotSize{"block_lot_size", 172};
  static constexpr BigEndian<uint32_t> kExpiryDate{"expiry_date", 176, FieldKind::kUnixSeconds};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kNanoseconds,
                                                 &kTradeDate,
                                                 &kTradeableInstrumentId,
                                                 &kSymbolName,
                                                 &kLongName,
                                                 &kIsin,
                                                 &kExchange,
                                                 &kInstrument,
                                                 &kCfiCode,
                                                 &kExpiryYear,
                                                 &kExpiryMonth,
                                                 &kPriceDisplayDecimals,
                                                 &kPriceFractionalDenominator,
                                                 &kPriceMinimumTick,
                                                 &kLastTradingDate,
                                                 &kPriorDaySettlement,
                                                 &kCurrency,
                                                 &kLotSizeOrFaceValue,
                                                 &kMaturityValue,
                                                 &kCouponRate,
                                                 &kPaymentsPerYear,
                                                 &kBlockLotSize,
                                                 &kExpiryDate};
  static constexpr MessageInfo kInfo{'f', "future_symbol_directory_message", 180, kFields};
};

struct OptionsSymbolDirectory {
  static constexpr Alpha kSymbolName{"symbol_name", 11, 32};
  static constexpr Alpha kLongName{"long_name", 43, 60};
  static constexpr Alpha kIsin{"isin", 103, 12};
  static constexpr Alpha kExchange{"exchange", 115, 6};
  static constexpr Alpha kInstrument{"instrument", 121, 6};
  static constexpr Alpha kCfiCode{"cfi_code", 127, 6};
  static constexpr BigEndian<uint16_t> kExpiryYear{"expiry_year", 133};
  static constexpr BigEndian<uint8_t> kExpiryMonth{"expiry_month", 135};
  static constexpr Letter kOptionType{"option_type", 136};
  static constexpr BigEndian<int64_t> kStrike{"strike", 137, FieldKind::kDecimal, 6};
  static constexpr BigEndian<uint32_t> kUnderlyingTradeableInstrumentId{
      "underlying_tradeable_instrument_id", 145};
  static constexpr BigEndian<uint8_t> kPriceDisplayDecimals{"price_display_decimals", 149};
  static constexpr BigEndian<uint32_t> kPriceFractionalDenominator{"price_fractional_denominator",
                                                                   150};
  static constexpr BigEndian<uint32_t> kPriceMinimumTick{"price_minimum_tick", 154};
  static constexpr BigEndian<uint8_t> kStrikePriceDecimalPosition{"strike_price_decimal_position",
                                                                  158};
  static constexpr BigEndian<uint32_t> kStrikePriceFractionalDenominator{
      "strike_price_fractional_denominator", 159};
  static constexpr BigEndian<uint32_t> kStrikePriceMinimumTick{"strike_price_minimum_tick", 163};
  static constexpr BigEndian<uint32_t> kLastTradingDate{"last_trading_date", 167,
                                                        FieldKind::kUnixSeconds};
  static constexpr BigEndian<int64_t> kPriorDaySettlement{"prior_day_settlement", 171,
                                                          FieldKind::kDecimal, 6};
  static constexpr BigEndian<uint64_t> kVolatility{"volatility", 179};
  static constexpr Alpha kCurrency{"currency", 187, 3};
  static constexpr BigEndian<uint64_t> kLotSizeOrFaceValue{"lot_size_or_face_value", 190};
  static constexpr BigEndian<uint8_t> kMaturityValue{"maturity_value", 198};
  static constexpr BigEndian<uint16_t> kCouponRate{"coupon_rate", 199};
  static constexpr BigEndian<uint8_t> kPaymentsPerYear{"payments_per_year", 201};
  static constexpr BigEndian<uint32_t> kBlockLotSize{"block_lot_size", 202};
  static constexpr BigEndian<uint32_t> kExpiryDate{"expiry_date", 206, FieldKind::kUnixSeconds};
  static constexpr Alpha kBasisOfQuotation{"basis_of_quotation", 210, 10};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kNanoseconds,
                                                 &kTradeDate,
                                                 &kTradeableInstrumentId,
                                                 &kSymbolName,
                                                 &kLongName,
                                                 &kIsin,
                                                 &kExchange,
                                                 &kInstrument,
                                                 &kCfiCode,
                                                 &kExpiryYear,
                                                 &kExpiryMonth,
                                                 &kOptionType,
                                                 &kStrike,
                                                 &kUnderlyingTradeableInstrumentId,
                                                 &kPriceDisplayDecimals,
                                                 &kPriceFractionalDenominator,
                                                 &kPriceMinimumTick,
                                                 &kStrikePriceDecimalPosition,
                                                 &kStrikePriceFractionalDenominator,
                                                 &kStrikePriceMinimumTick,
                                                 &kLastTradingDate,
                                                 &kPriorDaySettlement,
                                                 &kVolatility,
                                                 &kCurrency,
                                                 &kLotSizeOrFaceValue,
                                                 &kMaturityValue,
                                                 &kCouponRate,
                                                 &kPaymentsPerYear,
                                                 &kBlockLotSize,
                                                 &kExpiryDate,
                                                 &kBasisOfQuotation};
  static constexpr MessageInfo kInfo{'h', "options_symbol_directory_message", 220, kFields};
};

// A leg of a combination or bundle, behind the count of them. The message has room for 6 or 20,
// whatever the count says.
struct Leg {
  static constexpr BigEndian<uint32_t> kTradeableInstrumentIdLeg{"tradeable_instrument_id_leg", 0};
  static constexpr Letter kSideLeg{"side_leg", 4};
  static constexpr BigEndian<uint32_t> kRatioLeg{"ratio_leg", 5};
  static constexpr BigEndian<int64_t> kPriceLeg{"price_leg", 9, FieldKind::kDecimal, 6};
  static constexpr const FieldInfo* kFields[] = {&kTradeableInstrumentIdLeg, &kSideLeg, &kRatioLeg,
                                                 &kPriceLeg};
  static constexpr uint32_t kBytes = 17;
};
inline constexpr GroupInfo kLegGroup{.name = "legs_of",
                                     .block_length = {},
                                     .count = {},
                                     .announcement_bytes = 0,
                                     .big_endian = true,
                                     .fields = Leg::kFields};

struct CombinationSymbolDirectory {
  static constexpr Alpha kSymbolName{"symbol_name", 11, 32};
  static constexpr Alpha kLongName{"long_name", 43, 60};
  static constexpr Alpha kCfiCode{"cfi_code", 103, 6};
  static constexpr BigEndian<uint8_t> kPriceMethod{"price_method", 109};
  static constexpr BigEndian<uint8_t> kPriceDisplayDecimals{"price_display_decimals", 110};
  static constexpr BigEndian<uint32_t> kPriceFractionalDenominator{"price_fractional_denominator",
                                                                   111};
  static constexpr BigEndian<uint32_t> kPriceMinimumTick{"price_minimum_tick", 115};
  static constexpr BigEndian<uint8_t> kLegs{"legs", 119};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kNanoseconds,
                                                 &kTradeDate,
                                                 &kTradeableInstrumentId,
                                                 &kSymbolName,
                                                 &kLongName,
                                                 &kCfiCode,
                                                 &kPriceMethod,
                                                 &kPriceDisplayDecimals,
                                                 &kPriceFractionalDenominator,
                                                 &kPriceMinimumTick,
                                                 &kLegs};
  static constexpr const GroupInfo* kGroups[] = {&kLegGroup};
  static constexpr MessageInfo kInfo{'M', "combination_symbol_directory_message", 120, kFields,
                                     kGroups};
};

struct BundlesSymbolDirectory {
  static constexpr Alpha kSymbolName{"symbol_name", 11, 32};
  static constexpr Alpha kLongName{"long_name", 43, 60};
  static constexpr Alpha kCfiCode{"cfi_code", 103, 6};
  static constexpr BigEndian<uint8_t> kPriceMethod{"price_method", 109};
  static constexpr BigEndian<uint8_t> kPriceDisplayDecimals{"price_display_decimals", 110};
  static constexpr BigEndian<uint32_t> kPriceFractionalDenominator{"price_fractional_denominator",
                                                                   111};
  static constexpr BigEndian<uint32_t> kPriceMinimumTick{"price_minimum_tick", 115};
  static constexpr BigEndian<uint8_t> kLegs{"legs", 119};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kNanoseconds,
                                                 &kTradeDate,
                                                 &kTradeableInstrumentId,
                                                 &kSymbolName,
                                                 &kLongName,
                                                 &kCfiCode,
                                                 &kPriceMethod,
                                                 &kPriceDisplayDecimals,
                                                 &kPriceFractionalDenominator,
                                                 &kPriceMinimumTick,
                                                 &kLegs};
  static constexpr const GroupInfo* kGroups[] = {&kLegGroup};
  static constexpr MessageInfo kInfo{'m', "bundles_symbol_directory", 120, kFields, kGroups};
};

struct OrderBookState {
  static constexpr Letter kSessionState{"session_state", 11};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kNanoseconds, &kTradeDate,
                                                 &kTradeableInstrumentId, &kSessionState};
  static constexpr MessageInfo kInfo{'O', "order_book_state_message", 12, kFields};
};

struct AddOrder {
  static constexpr Letter kSide{"side", 11};
  static constexpr BigEndian<uint64_t> kOrderId{"order_id", 12};
  static constexpr BigEndian<uint64_t> kOrderBookPriority{"order_book_priority", 20};
  static constexpr BigEndian<uint32_t> kQuantity{"quantity", 28};
  static constexpr BigEndian<int64_t> kPrice{"price", 32, FieldKind::kDecimal, 6};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,       &kNanoseconds, &kTradeDate, &kTradeableInstrumentId, &kSide, &kOrderId,
      &kOrderBookPriority, &kQuantity,    &kPrice};
  static constexpr MessageInfo kInfo{'A', "add_order_message", 40, kFields};
};

struct OrderVolumeCancelled {
  static constexpr Letter kSide{"side", 11};
  static constexpr BigEndian<uint64_t> kOrderId{"order_id", 12};
  static constexpr BigEndian<uint32_t> kQuantity{"quantity", 20};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kNanoseconds, &kTradeDate, &kTradeableInstrumentId,
      &kSide,        &kOrderId,     &kQuantity};
  static constexpr MessageInfo kInfo{'X', "order_volume_cancelled_message", 24, kFields};
};

struct OrderDeleted {
  static constexpr Letter kSide{"side", 11};
  static constexpr BigEndian<uint64_t> kOrderId{"order_id", 12};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kNanoseconds, &kTradeDate, &kTradeableInstrumentId, &kSide, &kOrderId};
  static constexpr MessageInfo kInfo{'D', "order_deleted_message", 20, kFields};
};

struct OrderExecuted {
  static constexpr Letter kSide{"side", 11};
  static constexpr BigEndian<uint64_t> kOrderId{"order_id", 12};
  static constexpr BigEndian<uint32_t> kQuantityRemaining{"quantity_remaining", 20};
  static constexpr Letter kTradeType{"trade_type", 24};
  static constexpr BigEndian<uint64_t> kTradeId{"trade_id", 25};
  static constexpr BigEndian<uint32_t> kExecutedQuantity{"executed_quantity", 33};
  static constexpr BigEndian<int64_t> kTradePrice{"trade_price", 37, FieldKind::kDecimal, 6};
  static constexpr BigEndian<uint64_t> kCombinationTradeId{"combination_trade_id", 45};
  static constexpr Alpha kCounterPartyId{"counter_party_id", 53, 3};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,   &kNanoseconds,      &kTradeDate,         &kTradeableInstrumentId,
      &kSide,          &kOrderId,          &kQuantityRemaining, &kTradeType,
      &kTradeId,       &kExecutedQuantity, &kTradePrice,        &kCombinationTradeId,
      &kCounterPartyId};
  static constexpr MessageInfo kInfo{'E', "order_executed_message", 56, kFields};
};

struct AuctionOrderExecuted {
  static constexpr Letter kSide{"side", 11};
  static constexpr BigEndian<uint64_t> kOrderId{"order_id", 12};
  static constexpr BigEndian<uint32_t> kQuantityRemaining{"quantity_remaining", 20};
  static constexpr Letter kTradeType{"trade_type", 24};
  static constexpr BigEndian<uint64_t> kTradeId{"trade_id", 25};
  static constexpr BigEndian<uint32_t> kExecutedQuantity{"executed_quantity", 33};
  static constexpr BigEndian<int64_t> kTradePrice{"trade_price", 37, FieldKind::kDecimal, 6};
  static constexpr BigEndian<uint64_t> kOppositeOrderId{"opposite_order_id", 45};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kNanoseconds,      &kTradeDate,         &kTradeableInstrumentId,
      &kSide,        &kOrderId,          &kQuantityRemaining, &kTradeType,
      &kTradeId,     &kExecutedQuantity, &kTradePrice,        &kOppositeOrderId};
  static constexpr MessageInfo kInfo{'C', "auction_order_executed_message", 53, kFields};
};

struct CombinationOrderExecuted {
  static constexpr Letter kSide{"side", 11};
  static constexpr BigEndian<uint64_t> kOrderId{"order_id", 12};
  static constexpr BigEndian<uint32_t> kQuantityRemaining{"quantity_remaining", 20};
  static constexpr Letter kTradeType{"trade_type", 24};
  static constexpr BigEndian<uint64_t> kTradeId{"trade_id", 25};
  static constexpr BigEndian<uint32_t> kExecutedQuantity{"executed_quantity", 33};
  static constexpr BigEndian<int64_t> kTradePrice{"trade_price", 37, FieldKind::kDecimal, 6};
  static constexpr BigEndian<uint32_t> kOppositeTradeableInstrumentId{
      "opposite_tradeable_instrument_id", 45};
  static constexpr Letter kOppositeSide{"opposite_side", 49};
  static constexpr BigEndian<uint64_t> kOppositeOrderId{"opposite_order_id", 50};
  static constexpr BigEndian<uint64_t> kCombinationTradeId{"combination_trade_id", 58};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,  &kNanoseconds,      &kTradeDate,         &kTradeableInstrumentId,
      &kSide,         &kOrderId,          &kQuantityRemaining, &kTradeType,
      &kTradeId,      &kExecutedQuantity, &kTradePrice,        &kOppositeTradeableInstrumentId,
      &kOppositeSide, &kOppositeOrderId,  &kCombinationTradeId};
  static constexpr MessageInfo kInfo{'e', "combination_order_executed_message", 66, kFields};
};

struct ImpliedOrderAdded {
  static constexpr Letter kSide{"side", 11};
  static constexpr BigEndian<uint64_t> kOrderId{"order_id", 12};
  static constexpr BigEndian<uint64_t> kOrderBookPriority{"order_book_priority", 20};
  static constexpr BigEndian<uint32_t> kQuantity{"quantity", 28};
  static constexpr BigEndian<int64_t> kPrice{"price", 32, FieldKind::kDecimal, 6};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,       &kNanoseconds, &kTradeDate, &kTradeableInstrumentId, &kSide, &kOrderId,
      &kOrderBookPriority, &kQuantity,    &kPrice};
  static constexpr MessageInfo kInfo{'j', "implied_order_added_message", 40, kFields};
};

struct ImpliedOrderReplaced {
  static constexpr Letter kSide{"side", 11};
  static constexpr BigEndian<uint64_t> kOrderId{"order_id", 12};
  static constexpr BigEndian<uint64_t> kOrderBookPriority{"order_book_priority", 20};
  static constexpr BigEndian<uint32_t> kQuantity{"quantity", 28};
  static constexpr BigEndian<int64_t> kPrice{"price", 32, FieldKind::kDecimal, 6};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,       &kNanoseconds, &kTradeDate, &kTradeableInstrumentId, &kSide, &kOrderId,
      &kOrderBookPriority, &kQuantity,    &kPrice};
  static constexpr MessageInfo kInfo{'l', "implied_order_replaced_message", 40, kFields};
};

struct ImpliedOrderDeleted {
  static constexpr Letter kSide{"side", 11};
  static constexpr BigEndian<uint64_t> kOrderId{"order_id", 12};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kNanoseconds, &kTradeDate, &kTradeableInstrumentId, &kSide, &kOrderId};
  static constexpr MessageInfo kInfo{'k', "implied_order_deleted_message", 20, kFields};
};

struct TradeExecuted {
  static constexpr Letter kTradeType{"trade_type", 11};
  static constexpr BigEndian<uint64_t> kTradeId{"trade_id", 12};
  static constexpr BigEndian<uint32_t> kExecutedQuantity{"executed_quantity", 20};
  static constexpr BigEndian<int64_t> kTradePrice{"trade_price", 24, FieldKind::kDecimal, 6};
  static constexpr BigEndian<uint64_t> kCombinationTradeId{"combination_trade_id", 32};
  static constexpr Alpha kParticipantIdBuyer{"participant_id_buyer", 40, 3};
  static constexpr Alpha kParticipantIdSeller{"participant_id_seller", 43, 3};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,           &kNanoseconds,        &kTradeDate,
      &kTradeableInstrumentId, &kTradeType,          &kTradeId,
      &kExecutedQuantity,      &kTradePrice,         &kCombinationTradeId,
      &kParticipantIdBuyer,    &kParticipantIdSeller};
  static constexpr MessageInfo kInfo{'P', "trade_executed_message", 46, kFields};
};

struct CombinationTradeExecuted {
  static constexpr Letter kTradeType{"trade_type", 11};
  static constexpr BigEndian<uint64_t> kTradeId{"trade_id", 12};
  static constexpr BigEndian<uint32_t> kExecutedQuantity{"executed_quantity", 20};
  static constexpr BigEndian<int64_t> kTradePrice{"trade_price", 24, FieldKind::kDecimal, 6};
  static constexpr BigEndian<uint32_t> kBuyerTradeableInstrumentId{"buyer_tradeable_instrument_id",
                                                                   32};
  static constexpr Letter kBuyerSide{"buyer_side", 36};
  static constexpr BigEndian<uint64_t> kBuyerOrderId{"buyer_order_id", 37};
  static constexpr BigEndian<uint64_t> kBuyerCombinationTradeId{"buyer_combination_trade_id", 45};
  static constexpr Alpha kBuyerParticipantId{"buyer_participant_id", 53, 3};
  static constexpr BigEndian<uint32_t> kSellerTradeableInstrumentId{
      "seller_tradeable_instrument_id", 56};
  static constexpr Letter kSellerSide{"seller_side", 60};
  static constexpr BigEndian<uint64_t> kSellerOrderId{"seller_order_id", 61};
  static constexpr BigEndian<uint64_t> kSellerCombinationTradeId{"seller_combination_trade_id", 69};
  static constexpr Alpha kSellerParticipantId{"seller_participant_id", 77, 3};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kNanoseconds,
                                                 &kTradeDate,
                                                 &kTradeableInstrumentId,
                                                 &kTradeType,
                                                 &kTradeId,
                                                 &kExecutedQuantity,
                                                 &kTradePrice,
                                                 &kBuyerTradeableInstrumentId,
                                                 &kBuyerSide,
                                                 &kBuyerOrderId,
                                                 &kBuyerCombinationTradeId,
                                                 &kBuyerParticipantId,
                                                 &kSellerTradeableInstrumentId,
                                                 &kSellerSide,
                                                 &kSellerOrderId,
                                                 &kSellerCombinationTradeId,
                                                 &kSellerParticipantId};
  static constexpr MessageInfo kInfo{'p', "combination_trade_executed_message", 80, kFields};
};

struct TradeCancellation {
  static constexpr BigEndian<uint64_t> kTradeId{"trade_id", 11};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kNanoseconds, &kTradeDate,
                                                 &kTradeableInstrumentId, &kTradeId};
  static constexpr MessageInfo kInfo{'B', "trade_cancellation_message", 19, kFields};
};

struct EquilibriumPrice {
  static constexpr BigEndian<int64_t> kEquilibriumPrice{"equilibrium_price", 11,
                                                        FieldKind::kDecimal, 6};
  static constexpr BigEndian<uint64_t> kMatchedQuantity{"matched_quantity", 19};
  static constexpr BigEndian<uint64_t> kBidQuantity{"bid_quantity", 27};
  static constexpr BigEndian<uint64_t> kAskQuantity{"ask_quantity", 35};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,      &kNanoseconds,     &kTradeDate,   &kTradeableInstrumentId,
      &kEquilibriumPrice, &kMatchedQuantity, &kBidQuantity, &kAskQuantity};
  static constexpr MessageInfo kInfo{'Z', "equilibrium_price_message", 43, kFields};
};

struct OpenHighLowLastTradeAdjustment {
  static constexpr BigEndian<int64_t> kOpeningTrade{"opening_trade", 11, FieldKind::kDecimal, 6};
  static constexpr BigEndian<int64_t> kHighestTrade{"highest_trade", 19, FieldKind::kDecimal, 6};
  static constexpr BigEndian<int64_t> kLowestTrade{"lowest_trade", 27, FieldKind::kDecimal, 6};
  static constexpr BigEndian<int64_t> kLastTrade{"last_trade", 35, FieldKind::kDecimal, 6};
  static constexpr BigEndian<uint32_t> kLastVolume{"last_volume", 43};
  static constexpr BigEndian<uint64_t> kTotalTradedVolume{"total_traded_volume", 47};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,  &kNanoseconds,      &kTradeDate,   &kTradeableInstrumentId,
      &kOpeningTrade, &kHighestTrade,     &kLowestTrade, &kLastTrade,
      &kLastVolume,   &kTotalTradedVolume};
  static constexpr MessageInfo kInfo{'t', "open_high_low_last_trade_adjustment_message", 55,
                                     kFields};
};

struct MarketSettlement {
  static constexpr BigEndian<int64_t> kOpeningTrade{"opening_trade", 11, FieldKind::kDecimal, 6};
  static constexpr BigEndian<int64_t> kHighestTrade{"highest_trade", 19, FieldKind::kDecimal, 6};
  static constexpr BigEndian<int64_t> kLowestTrade{"lowest_trade", 27, FieldKind::kDecimal, 6};
  static constexpr BigEndian<int64_t> kLastTrade{"last_trade", 35, FieldKind::kDecimal, 6};
  static constexpr BigEndian<uint32_t> kLastVolume{"last_volume", 43};
  static constexpr BigEndian<uint64_t> kTotalTradedVolume{"total_traded_volume", 47};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,  &kNanoseconds,      &kTradeDate,   &kTradeableInstrumentId,
      &kOpeningTrade, &kHighestTrade,     &kLowestTrade, &kLastTrade,
      &kLastVolume,   &kTotalTradedVolume};
  static constexpr MessageInfo kInfo{'Y', "market_settlement_message", 55, kFields};
};

struct Text {
  static constexpr Alpha kSourceId{"source_id", 7, 6};
  static constexpr Alpha kText{"text", 13, 100};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kNanoseconds, &kTradeDate,
                                                 &kSourceId, &kText};
  static constexpr MessageInfo kInfo{'x', "text_message", 113, kFields};
};

struct RequestForQuote {
  static constexpr Letter kRfqSide{"rfq_side", 11};
  static constexpr BigEndian<uint32_t> kQuantity{"quantity", 12};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kNanoseconds, &kTradeDate, &kTradeableInstrumentId, &kRfqSide, &kQuantity};
  static constexpr MessageInfo kInfo{'q', "request_for_quote_message", 16, kFields};
};

struct AnomalousOrderThresholdPublish {
  static constexpr BigEndian<int64_t> kAotPrice{"aot_price", 11, FieldKind::kDecimal, 6};
  static constexpr BigEndian<int64_t> kAotUpperPrice{"aot_upper_price", 19, FieldKind::kDecimal, 6};
  static constexpr BigEndian<int64_t> kAotLowerPrice{"aot_lower_price", 27, FieldKind::kDecimal, 6};
  static constexpr BigEndian<int64_t> kEtrPrice{"etr_price", 35, FieldKind::kDecimal, 6};
  static constexpr BigEndian<int64_t> kEtrUpperPrice{"etr_upper_price", 43, FieldKind::kDecimal, 6};
  static constexpr BigEndian<int64_t> kEtrLowerPrice{"etr_lower_price", 51, FieldKind::kDecimal, 6};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,   &kNanoseconds,   &kTradeDate, &kTradeableInstrumentId, &kAotPrice,
      &kAotUpperPrice, &kAotLowerPrice, &kEtrPrice,  &kEtrUpperPrice,         &kEtrLowerPrice};
  static constexpr MessageInfo kInfo{'W', "anomalous_order_threshold_publish_message", 59, kFields};
};

struct VolumeAndOpenInterest {
  static constexpr BigEndian<uint64_t> kCumulativeVolume{"cumulative_volume", 11};
  static constexpr BigEndian<uint64_t> kOpenInterest{"open_interest", 19};
  static constexpr BigEndian<uint16_t> kVoiTradeDate{"voi_trade_date", 27, FieldKind::kUnixDays};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,      &kNanoseconds,  &kTradeDate,   &kTradeableInstrumentId,
      &kCumulativeVolume, &kOpenInterest, &kVoiTradeDate};
  static constexpr MessageInfo kInfo{'V', "volume_and_open_interest_message", 29, kFields};
};
inline constexpr const MessageInfo* kMessages[] = {&Seconds::kInfo,
                                                   &EndOfBusinessTradeDate::kInfo,
                                                   &FutureSymbolDirectory::kInfo,
                                                   &OptionsSymbolDirectory::kInfo,
                                                   &CombinationSymbolDirectory::kInfo,
                                                   &BundlesSymbolDirectory::kInfo,
                                                   &OrderBookState::kInfo,
                                                   &AddOrder::kInfo,
                                                   &OrderVolumeCancelled::kInfo,
                                                   &OrderDeleted::kInfo,
                                                   &OrderExecuted::kInfo,
                                                   &AuctionOrderExecuted::kInfo,
                                                   &CombinationOrderExecuted::kInfo,
                                                   &ImpliedOrderAdded::kInfo,
                                                   &ImpliedOrderReplaced::kInfo,
                                                   &ImpliedOrderDeleted::kInfo,
                                                   &TradeExecuted::kInfo,
                                                   &CombinationTradeExecuted::kInfo,
                                                   &TradeCancellation::kInfo,
                                                   &EquilibriumPrice::kInfo,
                                                   &OpenHighLowLastTradeAdjustment::kInfo,
                                                   &MarketSettlement::kInfo,
                                                   &Text::kInfo,
                                                   &RequestForQuote::kInfo,
                                                   &AnomalousOrderThresholdPublish::kInfo,
                                                   &VolumeAndOpenInterest::kInfo};

}  // namespace fh::codecs::asx

#endif  // FEEDHANDLER_CODECS_ITCH_ASX_MESSAGES_H_
