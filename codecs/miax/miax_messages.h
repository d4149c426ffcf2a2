// The messages of MIAX's top-of-market feeds: options (ToM), complex options (cToM), and Onyx
// futures. Every field is declared once, read by miax_decoder.h and printed by `feedhandler
// decode`.
//
//   if (kMessageType(message) == 'T') size = miax::trade::kSize(message);
//   for (const MessageInfo* info : miax::kTomMessages) Print(info->name);
//
// Little-endian. Messages begin with the header of their MACH packet (mach_framing.h), so offsets
// are those of the specifications plus 12. Fields are called as there. Constants only: any thread,
// no cost.
//
// Sources: "MIAX Options Top of Market (ToM) Feed" 1.9, 2.1 and 2.5; "MIAX Complex Top of Market
// (cToM) Feed" 1.0 to 1.3; "MIAX Onyx Futures Top of Market Feed" 1.0b. Options of MIAX, Pearl,
// Emerald and Sapphire are all of the first two. Onyx's complex definitions (type 2) are not
// published here.
#ifndef FEEDHANDLER_CODECS_MIAX_MIAX_MESSAGES_H_
#define FEEDHANDLER_CODECS_MIAX_MIAX_MESSAGES_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"
#include "codecs/miax/mach_framing.h"

namespace fh::codecs::miax {

// As the specifications count, from the message's type on.
constexpr uint16_t At(uint16_t offset) { return static_cast<uint16_t>(kHeaderBytes + offset); }

// Prices: an integer of T with so many decimals.
template <typename T, int kDecimals>
struct Price : LittleEndian<T> {
  constexpr Price(const char* field_name, uint16_t field_offset)
      : LittleEndian<T>(field_name, field_offset, FieldKind::kDecimal, kDecimals) {}
};
using CompactPrice = Price<uint16_t, 2>;
using WidePrice = Price<uint32_t, 4>;
using CompactNetPrice = Price<int16_t, 2>;
using WideNetPrice = Price<int64_t, 4>;
using FuturesPrice = Price<int64_t, 9>;
using Number8 = LittleEndian<uint8_t>;
using Number16 = LittleEndian<uint16_t>;
using Number32 = LittleEndian<uint32_t>;
using Number64 = LittleEndian<uint64_t>;

// `length`: from the type on, as the specifications have it.
constexpr MessageInfo Message(char type, const char* name, uint16_t length,
                              std::span<const FieldInfo* const> fields,
                              std::span<const GroupInfo* const> groups = {}) {
  return {.type = static_cast<uint8_t>(type),
          .name = name,
          .length = At(length),
          .fields = fields,
          .groups = groups,
          .data = {}};
}

// Onyx's types are numbers.
constexpr MessageInfo NumberedMessage(uint8_t type, const char* name, uint16_t length,
                                      std::span<const FieldInfo* const> fields) {
  MessageInfo info = Message(static_cast<char>(type), name, length, fields);
  info.is_template = true;
  return info;
}

// ---- Common to all options feeds. ----
inline constexpr Letter kMessageType{"message_type", At(0)};
// Of the second that the last System Time message said.
inline constexpr Number32 kNanoseconds{"nanoseconds", At(1)};

inline constexpr NamedValue kSystemStatuses[] = {{'S', "Start Of System Hours"},
                                                 {'C', "End Of System Hours"},
                                                 {'1', "Start Test Session"},
                                                 {'2', "End Of Test Session"}};
inline constexpr NamedValue kQuoteConditions[] = {{'A', "Regular"},
                                                  {'B', "Public Customer Interest"},
                                                  {'C', "Not Firm"},
                                                  {'R', "Reserved"},
                                                  {'T', "Trading Halt"}};
inline constexpr NamedValue kNetQuoteConditions[] = {{'A', "Regular"},
                                                     {'T', "Trading Halt"},
                                                     {'W', "Wide"},
                                                     {'S', "Simple Auction"},
                                                     {'C', "Complex Auction"},
                                                     {'M', "Simple Market Protection"},
                                                     {'L', "Leg Market Protection"}};
inline constexpr NamedValue kHaltStatuses[] = {{'H', "Halted"}, {'R', "Resumed"}, {'O', "Opened"}};
inline constexpr NamedValue kEventReasons[] = {{'A', "Automatic"}, {'M', "Manual"}};
inline constexpr NamedValue kRights[] = {{'C', "Call"}, {'P', "Put"}};
inline constexpr NamedValue kYesNo[] = {{'Y', "Yes"}, {'N', "No"}};
inline constexpr NamedValue kActivity[] = {{'A', "Active"}, {'I', "Inactive"}};
inline constexpr NamedValue kIncrements[] = {{'P', "Penny"}, {'N', "Nickel"}, {'D', "Dime"}};
inline constexpr NamedValue kUpdateReasons[] = {{'N', "New Strategy Created"}, {'U', "Updated"}};
inline constexpr NamedValue kLegSides[] = {{'B', "Bid"}, {'A', "Ask"}};
inline constexpr NamedValue kStrategyTradeConditions[] = {{'S', "Matched"}, {'L', "Legged"}};
inline constexpr NamedValue kTradingStatuses[] = {{1, "Pre Open"},         {2, "Freeze"},
                                                  {3, "Trading"},          {4, "Halt"},
                                                  {5, "Operational Halt"}, {6, "Closed"}};

namespace system_time {
inline constexpr Number32 kSeconds{"seconds", At(1), FieldKind::kUnixSeconds};
inline constexpr const FieldInfo* kFields[] = {&kSequenceNumber, &kPacketLength, &kPacketType,
                                               &kSessionNumber,  &kMessageType,  &kSeconds};
}  // namespace system_time

// A series of options; times of day are those of New York.
namespace series {
inline constexpr Number32 kProductId{"product_id", At(5)};
inline constexpr Alpha kUnderlying{"underlying_symbol", At(9), 11};
inline constexpr Alpha kSymbol{"security_symbol", At(20), 6};
inline constexpr Alpha kExpiration{"expiration_date", At(26), 8};
inline constexpr WidePrice kStrike{"strike_price", At(34)};
inline constexpr auto kRight = Letter("call_or_put", At(38)).Names(kRights);
inline constexpr Alpha kOpeningTime{"opening_time", At(39), 8};
inline constexpr Alpha kClosingTime{"closing_time", At(47), 8};
inline constexpr auto kRestricted = Letter("restricted_option", At(55)).Names(kYesNo);
inline constexpr auto kLongTerm = Letter("long_term_option", At(56)).Names(kYesNo);
inline constexpr auto kActive = Letter("active_on_miax", At(57)).Names(kActivity);
inline constexpr auto kBboIncrement =
    Letter("miax_bbo_posting_increment_indicator", At(58)).Names(kIncrements);
inline constexpr auto kQuoteIncrement =
    Letter("liquidity_acceptance_increment_indicator", At(59)).Names(kIncrements);
inline constexpr Letter kOpenMarket{"opening_underlying_market_code", At(60)};
inline constexpr WidePrice kPriorityWidth{"priority_quote_width", At(61)};
inline constexpr Padding kReserved{"reserved_8", At(65), 8};
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType,   &kSessionNumber,  &kMessageType,
    &kNanoseconds,    &kProductId,    &kUnderlying,   &kSymbol,         &kExpiration,
    &kStrike,         &kRight,        &kOpeningTime,  &kClosingTime,    &kRestricted,
    &kLongTerm,       &kActive,       &kBboIncrement, &kQuoteIncrement, &kOpenMarket,
    &kPriorityWidth,  &kReserved};
}  // namespace series

namespace state {
inline constexpr Alpha kVersion{"version", At(5), 8};
inline constexpr Number32 kSessionId{"session_id", At(13)};
inline constexpr auto kStatus = Letter("system_status", At(17)).Names(kSystemStatuses);
inline constexpr const FieldInfo* kFields[] = {&kSequenceNumber, &kPacketLength, &kPacketType,
                                               &kSessionNumber,  &kMessageType,  &kNanoseconds,
                                               &kVersion,        &kSessionId,    &kStatus};
}  // namespace state

// Of all series of an underlying. The time says when it will resume or open; 0 for a halt.
namespace halt {
inline constexpr Alpha kUnderlying{"underlying_symbol", At(5), 11};
inline constexpr auto kStatus = Letter("trading_status", At(16)).Names(kHaltStatuses);
inline constexpr auto kReason = Letter("event_reason", At(17)).Names(kEventReasons);
inline constexpr Number32 kEventSeconds{"seconds_part", At(18), FieldKind::kUnixSeconds};
inline constexpr Number32 kEventNanoseconds{"expected_event_time_nano_seconds_part", At(22)};
inline constexpr const FieldInfo* kFields[] = {&kSequenceNumber, &kPacketLength,    &kPacketType,
                                               &kSessionNumber,  &kMessageType,     &kNanoseconds,
                                               &kUnderlying,     &kStatus,          &kReason,
                                               &kEventSeconds,   &kEventNanoseconds};
}  // namespace halt

// ---- ToM. Sizes of priority customers are part of the size before them. ----
namespace compact_quote {
inline constexpr Number32 kProductId{"product_id", At(5)};
inline constexpr CompactPrice kPrice{"mbbo_price", At(9)};
inline constexpr Number16 kSize{"mbbo_size", At(11)};
inline constexpr Number16 kCustomerSize{"mbbo_priority_customer_size", At(13)};
inline constexpr auto kCondition = Letter("mbbo_condition", At(15)).Names(kQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType, &kNanoseconds,
    &kProductId,      &kPrice,        &kSize,       &kCustomerSize,  &kCondition};
}  // namespace compact_quote

namespace wide_quote {
inline constexpr Number32 kProductId{"product_id", At(5)};
inline constexpr WidePrice kPrice{"mbbo_price", At(9)};
inline constexpr Number32 kSize{"mbbo_size", At(13)};
inline constexpr Number32 kCustomerSize{"mbbo_priority_customer_size", At(17)};
inline constexpr auto kCondition = Letter("mbbo_condition", At(21)).Names(kQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType, &kNanoseconds,
    &kProductId,      &kPrice,        &kSize,       &kCustomerSize,  &kCondition};
}  // namespace wide_quote

namespace compact_quotes {
inline constexpr Number32 kProductId{"product_id", At(5)};
inline constexpr CompactPrice kBidPrice{"bid_price", At(9)};
inline constexpr Number16 kBidSize{"bid_size", At(11)};
inline constexpr Number16 kBidCustomerSize{"bid_priority_customer_size", At(13)};
inline constexpr auto kBidCondition = Letter("bid_condition", At(15)).Names(kQuoteConditions);
inline constexpr CompactPrice kOfferPrice{"offer_price", At(16)};
inline constexpr Number16 kOfferSize{"offer_size", At(18)};
inline constexpr Number16 kOfferCustomerSize{"offer_priority_customer_size", At(20)};
inline constexpr auto kOfferCondition = Letter("offer_condition", At(22)).Names(kQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber,     &kMessageType,
    &kNanoseconds,    &kProductId,    &kBidPrice,   &kBidSize,           &kBidCustomerSize,
    &kBidCondition,   &kOfferPrice,   &kOfferSize,  &kOfferCustomerSize, &kOfferCondition};
}  // namespace compact_quotes

namespace wide_quotes {
inline constexpr Number32 kProductId{"product_id", At(5)};
inline constexpr WidePrice kBidPrice{"bid_price", At(9)};
inline constexpr Number32 kBidSize{"bid_size", At(13)};
inline constexpr Number32 kBidCustomerSize{"bid_priority_customer_size", At(17)};
inline constexpr auto kBidCondition = Letter("bid_condition", At(21)).Names(kQuoteConditions);
inline constexpr WidePrice kOfferPrice{"offer_price", At(22)};
inline constexpr Number32 kOfferSize{"offer_size", At(26)};
inline constexpr Number32 kOfferCustomerSize{"offer_priority_customer_size", At(30)};
inline constexpr auto kOfferCondition = Letter("offer_condition", At(34)).Names(kQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber,     &kMessageType,
    &kNanoseconds,    &kProductId,    &kBidPrice,   &kBidSize,           &kBidCustomerSize,
    &kBidCondition,   &kOfferPrice,   &kOfferSize,  &kOfferCustomerSize, &kOfferCondition};
}  // namespace wide_quotes

namespace trade {
inline constexpr Number32 kProductId{"product_id", At(5)};
inline constexpr Number32 kTradeId{"trade_id", At(9)};
inline constexpr Number8 kCorrection{"correction_number", At(13)};
inline constexpr Number32 kReferenceTradeId{"reference_trade_id", At(14)};
inline constexpr Number8 kReferenceCorrection{"reference_correction_number", At(18)};
inline constexpr WidePrice kPrice{"trade_price", At(19)};
inline constexpr Number32 kSize{"trade_size", At(23)};
inline constexpr Letter kCondition{"trade_condition", At(27)};
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber,      &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType,
    &kNanoseconds,         &kProductId,    &kTradeId,    &kCorrection,    &kReferenceTradeId,
    &kReferenceCorrection, &kPrice,        &kSize,       &kCondition};
}  // namespace trade

namespace cancel {
inline constexpr Number32 kProductId{"product_id", At(5)};
inline constexpr Number32 kTradeId{"trade_id", At(9)};
inline constexpr Number8 kCorrection{"correction_number", At(13)};
inline constexpr WidePrice kPrice{"trade_price", At(14)};
inline constexpr Number32 kSize{"trade_size", At(18)};
inline constexpr Letter kCondition{"trade_condition", At(22)};
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType, &kNanoseconds,
    &kProductId,      &kTradeId,      &kCorrection, &kPrice,         &kSize,        &kCondition};
}  // namespace cancel

// ---- cToM. Prices are signed: what a bid pays and an offer gets. Version 1.0 had no sizes of
// priority customers; its messages of the same types are shorter. ----
namespace strategy {
inline constexpr Number32 kStrategyId{"strategy_id", At(5)};
inline constexpr Alpha kUnderlying{"underlying_symbol", At(9), 11};
inline constexpr auto kActive = Letter("active_on_miax", At(20)).Names(kActivity);
inline constexpr Padding kReserved1{"reserved_1", At(21), 1};
inline constexpr auto kUpdateReason = Letter("update_reason", At(22)).Names(kUpdateReasons);
inline constexpr Padding kReserved10{"reserved_10", At(23), 10};
inline constexpr Number8 kNumberOfLegs{"number_of_legs", At(33)};
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType,  &kSessionNumber, &kMessageType,
    &kNanoseconds,    &kStrategyId,   &kUnderlying,  &kActive,        &kReserved1,
    &kUpdateReason,   &kReserved10,   &kNumberOfLegs};
inline constexpr uint32_t kLegsAt = At(34);
inline constexpr uint32_t kLegBytes = 15;
// Product 0 is the underlying itself.
inline constexpr Number32 kLegProductId{"product_id", 0};
inline constexpr Number16 kLegRatio{"leg_ratio_qty", 4};
inline constexpr auto kLegSide = Letter("leg_side", 6).Names(kLegSides);
inline constexpr Padding kLegReserved{"reserved_8", 7, 8};
inline constexpr const FieldInfo* kLegFields[] = {&kLegProductId, &kLegRatio, &kLegSide,
                                                  &kLegReserved};
// Nothing announces them but their number.
inline constexpr GroupInfo kLegs{.name = "legs",
                                 .block_length = {},
                                 .count = {.offset = kNumberOfLegs.offset, .length = 1},
                                 .announcement_bytes = 0,
                                 .big_endian = false,
                                 .fields = kLegFields};
inline constexpr const GroupInfo* kGroups[] = {&kLegs};
}  // namespace strategy

namespace compact_net_10 {
inline constexpr Number32 kStrategyId{"strategy_id", At(5)};
inline constexpr CompactNetPrice kPrice{"compact_price", At(9)};
inline constexpr Number16 kSize{"compact_size", At(11)};
inline constexpr auto kCondition =
    Letter("top_of_market_quote_condition", At(13)).Names(kNetQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType,
    &kNanoseconds,    &kStrategyId,   &kPrice,      &kSize,          &kCondition};
}  // namespace compact_net_10

namespace wide_net_10 {
inline constexpr Number32 kStrategyId{"strategy_id", At(5)};
inline constexpr WideNetPrice kPrice{"wide_price", At(9)};
inline constexpr Number32 kSize{"wide_size", At(17)};
inline constexpr auto kCondition =
    Letter("top_of_market_quote_condition", At(21)).Names(kNetQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType,
    &kNanoseconds,    &kStrategyId,   &kPrice,      &kSize,          &kCondition};
}  // namespace wide_net_10

namespace compact_nets_10 {
inline constexpr Number32 kStrategyId{"strategy_id", At(5)};
inline constexpr CompactNetPrice kBidPrice{"compact_bid_price", At(9)};
inline constexpr Number16 kBidSize{"compact_bid_size", At(11)};
inline constexpr auto kBidCondition = Letter("bid_condition", At(13)).Names(kNetQuoteConditions);
inline constexpr CompactNetPrice kOfferPrice{"compact_offer_price", At(14)};
inline constexpr Number16 kOfferSize{"compact_offer_size", At(16)};
inline constexpr auto kOfferCondition =
    Letter("offer_condition", At(18)).Names(kNetQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType,    &kSessionNumber, &kMessageType,
    &kNanoseconds,    &kStrategyId,   &kBidPrice,      &kBidSize,       &kBidCondition,
    &kOfferPrice,     &kOfferSize,    &kOfferCondition};
}  // namespace compact_nets_10

namespace wide_nets_10 {
inline constexpr Number32 kStrategyId{"strategy_id", At(5)};
inline constexpr WideNetPrice kBidPrice{"wide_bid_price", At(9)};
inline constexpr Number32 kBidSize{"wide_bid_size", At(17)};
inline constexpr auto kBidCondition = Letter("bid_condition", At(21)).Names(kNetQuoteConditions);
inline constexpr WideNetPrice kOfferPrice{"wide_offer_price", At(22)};
inline constexpr Number32 kOfferSize{"wide_offer_size", At(30)};
inline constexpr auto kOfferCondition =
    Letter("offer_condition", At(34)).Names(kNetQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType,    &kSessionNumber, &kMessageType,
    &kNanoseconds,    &kStrategyId,   &kBidPrice,      &kBidSize,       &kBidCondition,
    &kOfferPrice,     &kOfferSize,    &kOfferCondition};
}  // namespace wide_nets_10

namespace compact_net {
inline constexpr Number32 kStrategyId{"strategy_id", At(5)};
inline constexpr CompactNetPrice kPrice{"compact_price", At(9)};
inline constexpr Number16 kSize{"compact_size", At(11)};
inline constexpr Number16 kCustomerSize{"priority_customer_size", At(13)};
inline constexpr auto kCondition =
    Letter("top_of_market_quote_condition", At(15)).Names(kNetQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType, &kNanoseconds,
    &kStrategyId,     &kPrice,        &kSize,       &kCustomerSize,  &kCondition};
}  // namespace compact_net

namespace wide_net {
inline constexpr Number32 kStrategyId{"strategy_id", At(5)};
inline constexpr WideNetPrice kPrice{"wide_price", At(9)};
inline constexpr Number32 kSize{"wide_size", At(17)};
inline constexpr Number32 kCustomerSize{"priority_customer_size", At(21)};
inline constexpr auto kCondition =
    Letter("top_of_market_quote_condition", At(25)).Names(kNetQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType, &kNanoseconds,
    &kStrategyId,     &kPrice,        &kSize,       &kCustomerSize,  &kCondition};
}  // namespace wide_net

namespace compact_nets {
inline constexpr Number32 kStrategyId{"strategy_id", At(5)};
inline constexpr CompactNetPrice kBidPrice{"compact_bid_price", At(9)};
inline constexpr Number16 kBidSize{"compact_bid_size", At(11)};
inline constexpr Number16 kBidCustomerSize{"bid_priority_customer_size", At(13)};
inline constexpr auto kBidCondition = Letter("bid_condition", At(15)).Names(kNetQuoteConditions);
inline constexpr CompactNetPrice kOfferPrice{"compact_offer_price", At(16)};
inline constexpr Number16 kOfferSize{"compact_offer_size", At(18)};
inline constexpr Number16 kOfferCustomerSize{"offer_priority_customer_size", At(20)};
inline constexpr auto kOfferCondition =
    Letter("offer_condition", At(22)).Names(kNetQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber,     &kMessageType,
    &kNanoseconds,    &kStrategyId,   &kBidPrice,   &kBidSize,           &kBidCustomerSize,
    &kBidCondition,   &kOfferPrice,   &kOfferSize,  &kOfferCustomerSize, &kOfferCondition};
}  // namespace compact_nets

namespace wide_nets {
inline constexpr Number32 kStrategyId{"strategy_id", At(5)};
inline constexpr WideNetPrice kBidPrice{"wide_bid_price", At(9)};
inline constexpr Number32 kBidSize{"wide_bid_size", At(17)};
inline constexpr Number32 kBidCustomerSize{"bid_priority_customer_size", At(21)};
inline constexpr auto kBidCondition = Letter("bid_condition", At(25)).Names(kNetQuoteConditions);
inline constexpr WideNetPrice kOfferPrice{"wide_offer_price", At(26)};
inline constexpr Number32 kOfferSize{"wide_offer_size", At(34)};
inline constexpr Number32 kOfferCustomerSize{"offer_priority_customer_size", At(38)};
inline constexpr auto kOfferCondition =
    Letter("offer_condition", At(42)).Names(kNetQuoteConditions);
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber,     &kMessageType,
    &kNanoseconds,    &kStrategyId,   &kBidPrice,   &kBidSize,           &kBidCustomerSize,
    &kBidCondition,   &kOfferPrice,   &kOfferSize,  &kOfferCustomerSize, &kOfferCondition};
}  // namespace wide_nets

namespace strategy_trade {
inline constexpr Number32 kStrategyId{"strategy_id", At(5)};
inline constexpr Number32 kTradeId{"trade_id", At(9)};
inline constexpr WideNetPrice kNetPrice{"net_price", At(13)};
inline constexpr Number32 kSize{"trade_size", At(21)};
inline constexpr auto kCondition =
    Letter("trade_condition", At(25)).Names(kStrategyTradeConditions);
inline constexpr Padding kReserved{"reserved_16", At(26), 16};
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType, &kNanoseconds,
    &kStrategyId,     &kTradeId,      &kNetPrice,   &kSize,          &kCondition,   &kReserved};
}  // namespace strategy_trade

// ---- Onyx futures. Types are numbers, times nanoseconds since 1970. ----
namespace onyx {
inline constexpr Number8 kMessageType{"message_type", At(0)};
inline constexpr Number64 kTimestamp{"timestamp", At(1), FieldKind::kUnixNs};
inline constexpr Number32 kInstrumentId{"instrument_id", At(9)};

namespace state {
inline constexpr Alpha kVersion{"tom_version", At(9), 8};
inline constexpr Number8 kSessionId{"session_id", At(17)};
inline constexpr auto kStatus = Letter("system_status", At(18)).Names(kSystemStatuses);
inline constexpr const FieldInfo* kFields[] = {&kSequenceNumber, &kPacketLength, &kPacketType,
                                               &kSessionNumber,  &kMessageType,  &kTimestamp,
                                               &kVersion,        &kSessionId,    &kStatus};
}  // namespace state

namespace status {
inline constexpr auto kTradingStatus = Number8("trading_status", At(13)).Names(kTradingStatuses);
inline constexpr Number8 kMarketState{"market_state", At(14)};
inline constexpr const FieldInfo* kFields[] = {&kSequenceNumber, &kPacketLength,  &kPacketType,
                                               &kSessionNumber,  &kMessageType,   &kTimestamp,
                                               &kInstrumentId,   &kTradingStatus, &kMarketState};
}  // namespace status

namespace quotes {
inline constexpr FuturesPrice kBidPrice{"mbb_price", At(13)};
inline constexpr Number32 kBidSize{"mbb_size", At(21)};
inline constexpr FuturesPrice kOfferPrice{"mbo_price", At(25)};
inline constexpr Number32 kOfferSize{"mbo_size", At(33)};
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType, &kTimestamp,
    &kInstrumentId,   &kBidPrice,     &kBidSize,    &kOfferPrice,    &kOfferSize};
}  // namespace quotes

namespace trade {
inline constexpr Number16 kTradeDate{"trade_date", At(9), FieldKind::kUnixDays};
inline constexpr Number32 kInstrumentId{"instrument_id", At(11)};
inline constexpr Number64 kTradeId{"trade_id", At(15)};
inline constexpr Number8 kCorrection{"correction_number", At(23)};
inline constexpr FuturesPrice kPrice{"trade_price", At(24)};
inline constexpr Number32 kSize{"trade_size", At(32)};
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType, &kTimestamp,
    &kTradeDate,      &kInstrumentId, &kTradeId,    &kCorrection,    &kPrice,       &kSize};
}  // namespace trade

// What lies between the fields is not known to this project.
namespace definition {
inline constexpr Padding kUnknown13{"unknown_13", At(13), 1};
inline constexpr Alpha kAsset{"asset", At(14), 4};
inline constexpr Alpha kProduct{"product", At(18), 6};
inline constexpr Padding kUnknown24{"unknown_24", At(24), 6};
inline constexpr Number32 kMaturity{"maturity", At(30)};
inline constexpr Padding kUnknown34{"unknown_34", At(34), 11};
inline constexpr FuturesPrice kTick{"tick", At(45)};
inline constexpr Padding kUnknown53{"unknown_53", At(53), 9};
inline constexpr FuturesPrice kSettlement{"settlement_price", At(62)};
inline constexpr Padding kUnknown70{"unknown_70", At(70), 1};
inline constexpr Number32 kVolume{"volume", At(71)};
inline constexpr Number32 kOpenInterest{"open_interest", At(75)};
inline constexpr FuturesPrice kHighLimit{"high_limit", At(79)};
inline constexpr FuturesPrice kLowLimit{"low_limit", At(87)};
inline constexpr Padding kUnknown95{"unknown_95", At(95), 25};
inline constexpr const FieldInfo* kFields[] = {
    &kSequenceNumber, &kPacketLength, &kPacketType, &kSessionNumber, &kMessageType, &kTimestamp,
    &kInstrumentId,   &kUnknown13,    &kAsset,      &kProduct,       &kUnknown24,   &kMaturity,
    &kUnknown34,      &kTick,         &kUnknown53,  &kSettlement,    &kUnknown70,   &kVolume,
    &kOpenInterest,   &kHighLimit,    &kLowLimit,   &kUnknown95};
}  // namespace definition

}  // namespace onyx

// ---- The messages. ----
inline constexpr MessageInfo kSystemTime =
    Message('1', "system_time_message", 5, system_time::kFields);
inline constexpr MessageInfo kSeries = Message('P', "series_update", 73, series::kFields);
inline constexpr MessageInfo kSystemState =
    Message('S', "system_state_message", 18, state::kFields);
inline constexpr MessageInfo kHalt =
    Message('H', "underlying_trading_status_message", 26, halt::kFields);

inline constexpr MessageInfo kQuotesCompact =
    Message('d', "double_sided_top_of_market_compact_message", 23, compact_quotes::kFields);
inline constexpr MessageInfo kQuotesWide =
    Message('D', "wide_double_sided_top_of_market_message", 35, wide_quotes::kFields);
inline constexpr MessageInfo kBidCompact =
    Message('B', "top_of_market_bid_compact_message", 16, compact_quote::kFields);
inline constexpr MessageInfo kOfferCompact =
    Message('O', "top_of_market_offer_compact_message", 16, compact_quote::kFields);
inline constexpr MessageInfo kBidWide =
    Message('W', "wide_top_of_market_bid_message", 22, wide_quote::kFields);
inline constexpr MessageInfo kOfferWide =
    Message('A', "wide_top_of_market_offer_message", 22, wide_quote::kFields);
inline constexpr MessageInfo kCustomerBidCompact =
    Message('h', "priority_customer_bid_compact_message", 16, compact_quote::kFields);
inline constexpr MessageInfo kCustomerOfferCompact =
    Message('i', "priority_customer_offer_compact_message", 16, compact_quote::kFields);
inline constexpr MessageInfo kCustomerBidWide =
    Message('j', "wide_priority_customer_bid_message", 22, wide_quote::kFields);
inline constexpr MessageInfo kCustomerOfferWide =
    Message('k', "wide_priority_customer_offer_message", 22, wide_quote::kFields);
inline constexpr MessageInfo kTrade = Message('T', "trade_message", 28, trade::kFields);
inline constexpr MessageInfo kTradeCancel =
    Message('X', "trade_cancel_message", 23, cancel::kFields);
inline constexpr const MessageInfo* kTomMessages[] = {&kSystemTime,
                                                      &kSeries,
                                                      &kSystemState,
                                                      &kQuotesCompact,
                                                      &kQuotesWide,
                                                      &kBidCompact,
                                                      &kOfferCompact,
                                                      &kBidWide,
                                                      &kOfferWide,
                                                      &kCustomerBidCompact,
                                                      &kCustomerOfferCompact,
                                                      &kCustomerBidWide,
                                                      &kCustomerOfferWide,
                                                      &kTrade,
                                                      &kTradeCancel,
                                                      &kHalt};

inline constexpr MessageInfo kStrategy =
    Message('C', "complex_strategy_definition_message", 34, strategy::kFields, strategy::kGroups);
inline constexpr MessageInfo kNetsCompact =
    Message('m', "compact_complex_double_sided_top_of_market_message", 23, compact_nets::kFields);
inline constexpr MessageInfo kNetsWide =
    Message('w', "wide_complex_double_sided_top_of_market_message", 43, wide_nets::kFields);
inline constexpr MessageInfo kNetBidCompact =
    Message('b', "compact_complex_top_of_market_bid_message", 16, compact_net::kFields);
inline constexpr MessageInfo kNetOfferCompact =
    Message('o', "compact_complex_top_of_market_offer_message", 16, compact_net::kFields);
inline constexpr MessageInfo kNetBidWide =
    Message('e', "wide_complex_top_of_market_bid_message", 26, wide_net::kFields);
inline constexpr MessageInfo kNetOfferWide =
    Message('f', "wide_complex_top_of_market_offer_message", 26, wide_net::kFields);
inline constexpr MessageInfo kStrategyTrade =
    Message('t', "strategy_trade_message", 42, strategy_trade::kFields);
inline constexpr const MessageInfo* kComplexMessages[] = {
    &kSystemTime,      &kSeries,      &kSystemState,  &kHalt,
    &kStrategy,        &kNetsCompact, &kNetsWide,     &kNetBidCompact,
    &kNetOfferCompact, &kNetBidWide,  &kNetOfferWide, &kStrategyTrade};
// As version 1.0 had them.
inline constexpr MessageInfo kNetsCompact10 = Message(
    'm', "compact_complex_double_sided_top_of_market_message", 19, compact_nets_10::kFields);
inline constexpr MessageInfo kNetsWide10 =
    Message('w', "wide_complex_double_sided_top_of_market_message", 35, wide_nets_10::kFields);
inline constexpr MessageInfo kNetBidCompact10 =
    Message('b', "compact_complex_top_of_market_bid_message", 14, compact_net_10::kFields);
inline constexpr MessageInfo kNetOfferCompact10 =
    Message('o', "compact_complex_top_of_market_offer_message", 14, compact_net_10::kFields);
inline constexpr MessageInfo kNetBidWide10 =
    Message('e', "wide_complex_top_of_market_bid_message", 22, wide_net_10::kFields);
inline constexpr MessageInfo kNetOfferWide10 =
    Message('f', "wide_complex_top_of_market_offer_message", 22, wide_net_10::kFields);
inline constexpr const MessageInfo* kComplexMessages10[] = {&kNetsCompact10,   &kNetsWide10,
                                                            &kNetBidCompact10, &kNetOfferCompact10,
                                                            &kNetBidWide10,    &kNetOfferWide10};

namespace onyx {
inline constexpr MessageInfo kSystemState =
    NumberedMessage(3, "system_state_message", 19, state::kFields);
inline constexpr MessageInfo kDefinition =
    NumberedMessage(1, "simple_instrument_definition_message", 120, definition::kFields);
inline constexpr MessageInfo kStatus =
    NumberedMessage(4, "instrument_trading_status_notification_message", 15, status::kFields);
inline constexpr MessageInfo kQuotes =
    NumberedMessage(15, "best_bid_and_offer_message", 37, quotes::kFields);
inline constexpr MessageInfo kTrade = NumberedMessage(16, "trade_message", 36, trade::kFields);
inline constexpr MessageInfo kTradeCancel =
    NumberedMessage(14, "trade_cancel_message", 36, trade::kFields);
}  // namespace onyx
inline constexpr const MessageInfo* kOnyxMessages[] = {&onyx::kSystemState, &onyx::kDefinition,
                                                       &onyx::kStatus,      &onyx::kQuotes,
                                                       &onyx::kTrade,       &onyx::kTradeCancel};

}  // namespace fh::codecs::miax

#endif  // FEEDHANDLER_CODECS_MIAX_MIAX_MESSAGES_H_
