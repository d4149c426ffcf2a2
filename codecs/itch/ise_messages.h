// The messages of Nasdaq ISE's feeds of complex strategies, Order Combo Feed 1.1 and Top Combo Quote
// Feed 1.0, which share their directory and statuses: every field declared once, read by ise_combo.cc
// and printed by `feedhandler decode`.
//
//   const uint32_t id = ise::kStrategyId(message);
//
// Big-endian; offsets count from the type letter. Prices are signed (of a strategy, credit or debit)
// with four decimals, those of the ticker and of strikes with eight. Constants; any thread.
//
// Sources: Nasdaq ISE "Order Combo Feed" 1.1 and "Top Combo Quote Feed" 1.0 by the tables of an
// independent dissector, and captures.
#ifndef FEEDHANDLER_CODECS_ITCH_ISE_MESSAGES_H_
#define FEEDHANDLER_CODECS_ITCH_ISE_MESSAGES_H_

#include <cstdint>

#include "codecs/message.h"

namespace fh::codecs::ise {

// At the start of every message.
inline constexpr Letter kMessageType{"message_type", 0};
inline constexpr BigEndian48 kTimestamp{"timestamp", 1, FieldKind::kNsSinceMidnight};
inline constexpr BigEndian<uint32_t> kStrategyId{"strategy_id", 7};

struct SystemEvent {
  static constexpr Letter kEventCode{"event_code", 7};
  static constexpr BigEndian<uint16_t> kCurrentYear{"current_year", 8};
  static constexpr BigEndian<uint8_t> kCurrentMonth{"current_month", 10};
  static constexpr BigEndian<uint8_t> kCurrentDay{"current_day", 11};
  static constexpr BigEndian<uint8_t> kVersion{"version", 12};
  static constexpr BigEndian<uint8_t> kSubversion{"subversion", 13};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kTimestamp,    &kEventCode,
                                                 &kCurrentYear, &kCurrentMonth, &kCurrentDay,
                                                 &kVersion,     &kSubversion};
  static constexpr MessageInfo kInfo{'S', "system_event_message", 14, kFields};
};

// A leg of a strategy, behind the count of them.
struct Leg {
  static constexpr BigEndian<uint32_t> kOptionId{"option_id", 0};
  static constexpr Alpha kSecuritySymbol{"security_symbol", 4, 6};
  static constexpr BigEndian<uint8_t> kLegId{"leg_id", 10};
  static constexpr BigEndian<uint8_t> kExpirationYear{"expiration_year", 11};
  static constexpr BigEndian<uint8_t> kExpirationMonth{"expiration_month", 12};
  static constexpr BigEndian<uint8_t> kExpirationDay{"expiration_day", 13};
  static constexpr BigEndian<int64_t> kExplicitStrikePrice{"explicit_strike_price", 14,
                                                           FieldKind::kDecimal, 8};
  static constexpr Letter kOptionType{"option_type", 22};
  static constexpr Letter kLegSide{"leg_side", 23};
  static constexpr BigEndian<uint32_t> kLegRatio{"leg_ratio", 24};
  static constexpr const FieldInfo* kFields[] = {
      &kOptionId,      &kSecuritySymbol,      &kLegId,      &kExpirationYear, &kExpirationMonth,
      &kExpirationDay, &kExplicitStrikePrice, &kOptionType, &kLegSide,        &kLegRatio};
  static constexpr uint32_t kBytes = 28;
};
inline constexpr GroupInfo kLegInformation{.name = "leg_information",
                                           .block_length = {},
                                           .count = {},
                                           .announcement_bytes = 0,
                                           .big_endian = true,
                                           .fields = Leg::kFields};

// A response in an auction, behind the count of them.
struct Response {
  static constexpr BigEndian<int32_t> kResponsePrice{"response_price", 0, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint32_t> kResponseSize{"response_size", 4};
  static constexpr const FieldInfo* kFields[] = {&kResponsePrice, &kResponseSize};
  static constexpr uint32_t kBytes = 8;
};
inline constexpr GroupInfo kAuctionResponse{.name = "auction_response",
                                            .block_length = {},
                                            .count = {},
                                            .announcement_bytes = 0,
                                            .big_endian = true,
                                            .fields = Response::kFields};

struct ComplexStrategyDirectory {
  static constexpr Letter kStrategyType{"strategy_type", 11};
  static constexpr BigEndian<uint8_t> kSource{"source", 12};
  static constexpr Alpha kUnderlyingSymbol{"underlying_symbol", 13, 13};
  static constexpr BigEndian<uint8_t> kNumberOfLegs{"number_of_legs", 26};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,  &kTimestamp, &kStrategyId,
                                                 &kStrategyType, &kSource,    &kUnderlyingSymbol,
                                                 &kNumberOfLegs};
  static constexpr const GroupInfo* kGroups[] = {&kLegInformation};
  static constexpr MessageInfo kInfo{'R', "complex_strategy_directory_message", 27, kFields,
                                     kGroups};
};

struct StrategyTradingAction {
  static constexpr Letter kCurrentTradingState{"current_trading_state", 11};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kTimestamp, &kStrategyId,
                                                 &kCurrentTradingState};
  static constexpr MessageInfo kInfo{'H', "strategy_trading_action_message", 12, kFields};
};

struct StrategyOpenClosed {
  static constexpr Letter kOpenState{"open_state", 11};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kTimestamp, &kStrategyId,
                                                 &kOpenState};
  static constexpr MessageInfo kInfo{'O', "strategy_open_closed_message", 12, kFields};
};

// Of the Order Combo Feed: an order that was entered. It has no id, and nothing tells of its end.
struct ComplexStrategyOrderOnBook {
  static constexpr Letter kOrderType{"order_type", 11};
  static constexpr Letter kSide{"side", 12};
  static constexpr BigEndian<int32_t> kPrice{"price", 13, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint32_t> kSize{"size", 17};
  static constexpr Letter kExecFlag{"exec_flag", 21};
  static constexpr Letter kOrderCapacity{"order_capacity", 22};
  static constexpr Letter kScope{"scope", 23};
  static constexpr Alpha kOwnerId{"owner_id", 24, 6};
  static constexpr Alpha kGiveup{"giveup", 30, 6};
  static constexpr Alpha kCmta{"cmta", 36, 6};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kTimestamp,     &kStrategyId, &kOrderType, &kSide,   &kPrice, &kSize,
      &kExecFlag,    &kOrderCapacity, &kScope,      &kOwnerId,   &kGiveup, &kCmta};
  static constexpr MessageInfo kInfo{'L', "complex_strategy_order_on_book_message", 42, kFields};
};

// Of the Order Combo Feed.
struct ComplexStrategyAuction {
  static constexpr BigEndian<uint32_t> kAuctionId{"auction_id", 11};
  static constexpr Letter kOrderType{"order_type", 15};
  static constexpr Letter kSide{"side", 16};
  static constexpr BigEndian<int32_t> kPrice{"price", 17, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint32_t> kSize{"size", 21};
  static constexpr Letter kExecFlag{"exec_flag", 25};
  static constexpr Letter kOrderCapacity{"order_capacity", 26};
  static constexpr Letter kScope{"scope", 27};
  static constexpr Alpha kOwnerId{"owner_id", 28, 6};
  static constexpr Alpha kGiveup{"giveup", 34, 6};
  static constexpr Alpha kCmta{"cmta", 40, 6};
  static constexpr Letter kAuctionEvent{"auction_event", 46};
  static constexpr Letter kAuctionType{"auction_type", 47};
  static constexpr BigEndian<uint8_t> kNumberOfResponses{"number_of_responses", 48};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,      &kTimestamp,     &kStrategyId,   &kAuctionId,
      &kOrderType,        &kSide,          &kPrice,        &kSize,
      &kExecFlag,         &kOrderCapacity, &kScope,        &kOwnerId,
      &kGiveup,           &kCmta,          &kAuctionEvent, &kAuctionType,
      &kNumberOfResponses};
  static constexpr const GroupInfo* kGroups[] = {&kAuctionResponse};
  static constexpr MessageInfo kInfo{'J', "complex_strategy_auction_message", 49, kFields, kGroups};
};

// Of the Top Combo Quote Feed, like those behind it.
struct StrategyBestBidAndAskUpdate {
  static constexpr Letter kQuoteCondition{"quote_condition", 11};
  static constexpr BigEndian<int32_t> kBidPrice{"bid_price", 12, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint32_t> kBidSize{"bid_size", 16};
  static constexpr BigEndian<uint32_t> kBidCustSize{"bid_cust_size", 20};
  static constexpr BigEndian<uint32_t> kBidProCustSize{"bid_pro_cust_size", 24};
  static constexpr BigEndian<uint32_t> kBidNttSize{"bid_ntt_size", 28};
  static constexpr BigEndian<uint32_t> kBidMarketSize{"bid_market_size", 32};
  static constexpr BigEndian<uint32_t> kBidNttMarketSize{"bid_ntt_market_size", 36};
  static constexpr BigEndian<int32_t> kAskPrice{"ask_price", 40, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint32_t> kAskSize{"ask_size", 44};
  static constexpr BigEndian<uint32_t> kAskCustSize{"ask_cust_size", 48};
  static constexpr BigEndian<uint32_t> kAskProCustSize{"ask_pro_cust_size", 52};
  static constexpr BigEndian<uint32_t> kAskNttSize{"ask_ntt_size", 56};
  static constexpr BigEndian<uint32_t> kAskMarketSize{"ask_market_size", 60};
  static constexpr BigEndian<uint32_t> kAskNttMarketSize{"ask_ntt_market_size", 64};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,      &kTimestamp,     &kStrategyId,      &kQuoteCondition, &kBidPrice,
      &kBidSize,          &kBidCustSize,   &kBidProCustSize,  &kBidNttSize,     &kBidMarketSize,
      &kBidNttMarketSize, &kAskPrice,      &kAskSize,         &kAskCustSize,    &kAskProCustSize,
      &kAskNttSize,       &kAskMarketSize, &kAskNttMarketSize};
  static constexpr MessageInfo kInfo{'C', "strategy_best_bid_and_ask_update", 68, kFields};
};

struct StrategyBestBidUpdate {
  static constexpr Letter kQuoteCondition{"quote_condition", 11};
  static constexpr BigEndian<int32_t> kPrice{"price", 12, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint32_t> kSize{"size", 16};
  static constexpr BigEndian<uint32_t> kCustSize{"cust_size", 20};
  static constexpr BigEndian<uint32_t> kProCustSize{"pro_cust_size", 24};
  static constexpr BigEndian<uint32_t> kNttSize{"ntt_size", 28};
  static constexpr BigEndian<uint32_t> kMarketSize{"market_size", 32};
  static constexpr BigEndian<uint32_t> kNttMarketSize{"ntt_market_size", 36};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kTimestamp,   &kStrategyId, &kQuoteCondition, &kPrice,        &kSize,
      &kCustSize,    &kProCustSize, &kNttSize,    &kMarketSize,     &kNttMarketSize};
  static constexpr MessageInfo kInfo{'D', "strategy_best_bid_update", 40, kFields};
};

struct StrategyBestAskUpdate {
  static constexpr Letter kQuoteCondition{"quote_condition", 11};
  static constexpr BigEndian<int32_t> kPrice{"price", 12, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint32_t> kSize{"size", 16};
  static constexpr BigEndian<uint32_t> kCustSize{"cust_size", 20};
  static constexpr BigEndian<uint32_t> kProCustSize{"pro_cust_size", 24};
  static constexpr BigEndian<uint32_t> kNttSize{"ntt_size", 28};
  static constexpr BigEndian<uint32_t> kMarketSize{"market_size", 32};
  static constexpr BigEndian<uint32_t> kNttMarketSize{"ntt_market_size", 36};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kTimestamp,   &kStrategyId, &kQuoteCondition, &kPrice,        &kSize,
      &kCustSize,    &kProCustSize, &kNttSize,    &kMarketSize,     &kNttMarketSize};
  static constexpr MessageInfo kInfo{'E', "strategy_best_ask_update", 40, kFields};
};

struct ComplexStrategyTicker {
  static constexpr BigEndian<int64_t> kLastPrice{"last_price", 11, FieldKind::kDecimal, 8};
  static constexpr BigEndian<uint32_t> kSize{"size", 19};
  static constexpr BigEndian<uint32_t> kVolume{"volume", 23};
  static constexpr BigEndian<int64_t> kHigh{"high", 27, FieldKind::kDecimal, 8};
  static constexpr BigEndian<int64_t> kLow{"low", 35, FieldKind::kDecimal, 8};
  static constexpr BigEndian<int64_t> kFirst{"first", 43, FieldKind::kDecimal, 8};
  static constexpr Letter kTradeCondition{"trade_condition", 51};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kTimestamp, &kStrategyId, &kLastPrice, &kSize,
      &kVolume,      &kHigh,      &kLow,        &kFirst,     &kTradeCondition};
  static constexpr MessageInfo kInfo{'t', "complex_strategy_ticker_message", 52, kFields};
};
inline constexpr const MessageInfo* kMessages[] = {&SystemEvent::kInfo,
                                                   &ComplexStrategyDirectory::kInfo,
                                                   &StrategyTradingAction::kInfo,
                                                   &StrategyOpenClosed::kInfo,
                                                   &ComplexStrategyOrderOnBook::kInfo,
                                                   &ComplexStrategyAuction::kInfo,
                                                   &StrategyBestBidAndAskUpdate::kInfo,
                                                   &StrategyBestBidUpdate::kInfo,
                                                   &StrategyBestAskUpdate::kInfo,
                                                   &ComplexStrategyTicker::kInfo};

}  // namespace fh::codecs::ise

#endif  // FEEDHANDLER_CODECS_ITCH_ISE_MESSAGES_H_
