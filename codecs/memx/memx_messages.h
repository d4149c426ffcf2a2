// The messages of MEMX's MEMOIR feeds: Depth, Top and Last Sale of equities, and Depth of options.
// Every field is declared once, read by memx_decoder.h and printed by `feedhandler decode`.
//
//   if (kTemplate(message) == memx::kAdded.type) size = memx::added::kQuantity(message);
//   for (const MessageInfo* info : memx::kDepthMessages) Print(info->name);
//
// SBE without groups, big-endian. Offsets count from the SBE header's first byte. A feed is a
// schema; the same template is another message in another one. Constants only: any thread, no cost.
//
// Sources: "MEMOIR Depth Feed" 1.3, "MEMOIR Top Feed" 1.3, "MEMOIR Last Sale Feed" 1.3, "MEMOIR
// Options Depth Feed" 1.6a.
#ifndef FEEDHANDLER_CODECS_MEMX_MEMX_MESSAGES_H_
#define FEEDHANDLER_CODECS_MEMX_MEMX_MESSAGES_H_

#include <cstdint>
#include <limits>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::memx {

using Number8 = BigEndian<uint8_t>;
using Number16 = BigEndian<uint16_t>;
using Number32 = BigEndian<uint32_t>;
using Number64 = BigEndian<uint64_t>;

// A price of so many decimals; SBE's null value means that there is none.
template <typename T, int kDecimals>
struct Price : BigEndian<T> {
  static constexpr T kNull = std::numeric_limits<T>::is_signed ? std::numeric_limits<T>::min()
                                                               : std::numeric_limits<T>::max();
  constexpr Price(const char* field_name, uint16_t field_offset)
      : BigEndian<T>(
            BigEndian<T>(field_name, field_offset, FieldKind::kDecimal, kDecimals).Null(kNull)) {}
};
using EquityPrice = Price<int64_t, 6>;
using ShortEquityPrice = Price<int16_t, 2>;
using OptionPrice = Price<uint64_t, 8>;
using ShortOptionPrice = Price<uint16_t, 2>;

// ---- The SBE header. ----
inline constexpr uint32_t kSbeHeaderBytes = 6;
inline constexpr Number16 kBlockLength{"block_length", 0};
inline constexpr Number8 kTemplate{"template_id", 2};
inline constexpr Number8 kSchema{"schema_id", 3};
inline constexpr Number16 kVersion{"version", 4};  // Major times 256, and minor.
inline constexpr Number64 kTimestamp{"timestamp", 6, FieldKind::kUnixNs};

// `block`: bytes behind the header.
constexpr MessageInfo Message(uint8_t type, const char* name, uint16_t block,
                              std::span<const FieldInfo* const> fields) {
  return {.type = type,
          .name = name,
          .length = static_cast<uint16_t>(kSbeHeaderBytes + block),
          .fields = fields,
          .groups = {},
          .data = {},
          .is_template = true};
}

inline constexpr NamedValue kSides[] = {{'B', "Buy"}, {'S', "Sell"}};
inline constexpr NamedValue kTradingStatuses[] = {
    {'H', "Halted"}, {'P', "Paused"}, {'Q', "Quoting"}, {'T', "Trading"}};
inline constexpr NamedValue kReasons[] = {
    {'X', "None"}, {'R', "Regulatory"}, {'A', "Administrative"}};
inline constexpr NamedValue kSessions[] = {
    {'1', "Opening"}, {'2', "Trading"}, {'3', "Post Trading"}, {'4', "Closed"}};
inline constexpr NamedValue kBooleans[] = {{0, "False"}, {1, "True"}};

// ---- Equities. Securities have a number of the session. ----
inline constexpr Number16 kSecurity{"security_id", 14};

namespace directory {
inline constexpr Alpha kSymbol{"symbol", 16, 6};
inline constexpr Alpha kSuffix{"symbol_sfx", 22, 6};
inline constexpr Number32 kRoundLot{"round_lot", 28};
inline constexpr Padding kReserved{"reserved", 32, 1};
inline constexpr auto kIsTest = Number8("is_test_symbol", 33).Names(kBooleans);
inline constexpr EquityPrice kMpv{"mpv", 34};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema, &kVersion,
                                               &kTimestamp,   &kSecurity, &kSymbol, &kSuffix,
                                               &kRoundLot,    &kReserved, &kIsTest, &kMpv};
}  // namespace directory

// Of Top and Last Sale.
namespace short_directory {
inline constexpr Alpha kSymbol{"symbol", 16, 6};
inline constexpr Alpha kSuffix{"symbol_sfx", 22, 6};
inline constexpr Number32 kRoundLot{"round_lot", 28};
inline constexpr auto kIsTest = Number8("is_test_symbol", 32).Names(kBooleans);
inline constexpr EquityPrice kMpv{"mpv", 33};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema, &kVersion,
                                               &kTimestamp,   &kSecurity, &kSymbol, &kSuffix,
                                               &kRoundLot,    &kIsTest,   &kMpv};
}  // namespace short_directory

namespace reg_sho {
inline constexpr auto kRestriction = Number8("short_sale_restriction", 16).Names(kBooleans);
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,     &kVersion,
                                               &kTimestamp,   &kSecurity, &kRestriction};
}  // namespace reg_sho

namespace status {
inline constexpr auto kStatus = Letter("security_trading_status", 16).Names(kTradingStatuses);
inline constexpr auto kReason = Letter("security_trading_status_reason", 17).Names(kReasons);
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema, &kVersion,
                                               &kTimestamp,   &kSecurity, &kStatus, &kReason};
}  // namespace status

namespace session {
inline constexpr auto kSession = Letter("trading_session", 14).Names(kSessions);
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate,  &kSchema,
                                               &kVersion,     &kTimestamp, &kSession};
}  // namespace session

namespace snapshot {
inline constexpr Number64 kAsOf{"as_of_sequence_number", 14};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate,  &kSchema,
                                               &kVersion,     &kTimestamp, &kAsOf};
}  // namespace snapshot

namespace clear {
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate,  &kSchema,
                                               &kVersion,     &kTimestamp, &kSecurity};
}  // namespace clear

// ---- Depth. ----
namespace added {
inline constexpr Number64 kOrderId{"order_id", 16};
inline constexpr auto kSide = Letter("side", 24).Names(kSides);
inline constexpr Number32 kQuantity{"quantity", 25};
inline constexpr EquityPrice kPrice{"price", 29};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,  &kVersion,
                                               &kTimestamp,   &kSecurity, &kOrderId, &kSide,
                                               &kQuantity,    &kPrice};
}  // namespace added

namespace deleted {
inline constexpr Number64 kOrderId{"order_id", 16};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema, &kVersion,
                                               &kTimestamp,   &kSecurity, &kOrderId};
}  // namespace deleted

namespace reduced {
inline constexpr Number64 kOrderId{"order_id", 16};
inline constexpr Number32 kQuantity{"quantity", 24};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,  &kVersion,
                                               &kTimestamp,   &kSecurity, &kOrderId, &kQuantity};
}  // namespace reduced

namespace executed {
inline constexpr Number64 kOrderId{"order_id", 16};
inline constexpr Number64 kTradeId{"trade_id", 24};
inline constexpr Number32 kQuantity{"quantity", 32};
inline constexpr EquityPrice kPrice{"price", 36};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,  &kVersion,
                                               &kTimestamp,   &kSecurity, &kOrderId, &kTradeId,
                                               &kQuantity,    &kPrice};
}  // namespace executed

namespace trade {
inline constexpr Number64 kTradeId{"trade_id", 16};
inline constexpr Number32 kQuantity{"quantity", 24};
inline constexpr EquityPrice kPrice{"price", 28};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate,  &kSchema,
                                               &kVersion,     &kTimestamp, &kSecurity,
                                               &kTradeId,     &kQuantity,  &kPrice};
}  // namespace trade

namespace broken {
inline constexpr Number64 kTradeId{"trade_id", 16};
inline constexpr Number32 kQuantity{"original_quantity", 24};
inline constexpr EquityPrice kPrice{"original_price", 28};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate,  &kSchema,
                                               &kVersion,     &kTimestamp, &kSecurity,
                                               &kTradeId,     &kQuantity,  &kPrice};
}  // namespace broken

namespace corrected {
inline constexpr Number64 kTradeId{"trade_id", 16};
inline constexpr Number32 kOldQuantity{"original_quantity", 24};
inline constexpr EquityPrice kOldPrice{"original_price", 28};
inline constexpr Number32 kQuantity{"corrected_quantity", 36};
inline constexpr EquityPrice kPrice{"corrected_price", 40};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,  &kVersion,
                                               &kTimestamp,   &kSecurity, &kTradeId, &kOldQuantity,
                                               &kOldPrice,    &kQuantity, &kPrice};
}  // namespace corrected

// ---- Top. A side of price 0 and size 0, or without a price, is not there. ----
namespace quotes {
inline constexpr Number32 kBidSize{"bid_size", 16};
inline constexpr EquityPrice kBidPrice{"bid_price", 20};
inline constexpr Number32 kOfferSize{"offer_size", 28};
inline constexpr EquityPrice kOfferPrice{"offer_price", 32};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate,  &kSchema,  &kVersion,
                                               &kTimestamp,   &kSecurity,  &kBidSize, &kBidPrice,
                                               &kOfferSize,   &kOfferPrice};
}  // namespace quotes

namespace quote {
inline constexpr Number32 kSize{"size", 16};
inline constexpr EquityPrice kPrice{"price", 20};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema, &kVersion,
                                               &kTimestamp,   &kSecurity, &kSize,   &kPrice};
}  // namespace quote

namespace short_quote {
inline constexpr Number16 kSize{"size", 16};
inline constexpr ShortEquityPrice kPrice{"price", 18};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema, &kVersion,
                                               &kTimestamp,   &kSecurity, &kSize,   &kPrice};
}  // namespace short_quote

// ---- Last Sale. ----
namespace sale {
inline constexpr Number64 kTradeId{"trade_id", 16};
inline constexpr Number32 kQuantity{"quantity", 24};
inline constexpr EquityPrice kPrice{"price", 28};
inline constexpr Letter kCondition1{"sale_condition_1", 36};
inline constexpr Letter kCondition2{"sale_condition_2", 37};
inline constexpr Letter kCondition3{"sale_condition_3", 38};
inline constexpr Letter kCondition4{"sale_condition_4", 39};
inline constexpr const FieldInfo* kFields[] = {
    &kBlockLength, &kTemplate, &kSchema,     &kVersion,    &kTimestamp,  &kSecurity,  &kTradeId,
    &kQuantity,    &kPrice,    &kCondition1, &kCondition2, &kCondition3, &kCondition4};
}  // namespace sale

namespace sale_cancel {
inline constexpr Number64 kTradeId{"trade_id", 16};
inline constexpr Number32 kQuantity{"original_quantity", 24};
inline constexpr EquityPrice kPrice{"original_price", 28};
inline constexpr Letter kCondition1{"sale_condition_1", 36};
inline constexpr Letter kCondition2{"sale_condition_2", 37};
inline constexpr Letter kCondition3{"sale_condition_3", 38};
inline constexpr Letter kCondition4{"sale_condition_4", 39};
inline constexpr const FieldInfo* kFields[] = {
    &kBlockLength, &kTemplate, &kSchema,     &kVersion,    &kTimestamp,  &kSecurity,  &kTradeId,
    &kQuantity,    &kPrice,    &kCondition1, &kCondition2, &kCondition3, &kCondition4};
}  // namespace sale_cancel

namespace sale_correct {
inline constexpr Number64 kTradeId{"trade_id", 16};
inline constexpr Number32 kOldQuantity{"original_quantity", 24};
inline constexpr EquityPrice kOldPrice{"original_price", 28};
inline constexpr Alpha kOldConditions{"original_sale_conditions", 36, 4};
inline constexpr Number32 kQuantity{"corrected_quantity", 40};
inline constexpr EquityPrice kPrice{"corrected_price", 44};
inline constexpr Alpha kConditions{"corrected_sale_conditions", 52, 4};
inline constexpr const FieldInfo* kFields[] = {
    &kBlockLength, &kTemplate, &kSchema,        &kVersion,  &kTimestamp, &kSecurity,  &kTradeId,
    &kOldQuantity, &kOldPrice, &kOldConditions, &kQuantity, &kPrice,     &kConditions};
}  // namespace sale_correct

// ---- Depth of options. Instruments have a symbol of eight characters, which the directory
// explains. ----
namespace options {
inline constexpr Alpha kSymbol{"options_symbol", 14, 8};
inline constexpr Letter kCapacity{"order_capacity", 22};

namespace directory {
inline constexpr Number8 kProduct{"product_type", 22};
inline constexpr Alpha kUnderlier{"underlier", 23, 6};
inline constexpr Alpha kRoot{"osi_root", 29, 6};
inline constexpr Alpha kMaturity{"maturity_date", 35, 8};
inline constexpr auto kIsCall = Number8("is_call", 43).Names(kBooleans);
inline constexpr OptionPrice kStrike{"strike_price", 44};
inline constexpr auto kClosingOnly = Number8("closing_only", 52).Names(kBooleans);
inline constexpr Number64 kClosingTime{"closing_time", 53, FieldKind::kUnixNs};
inline constexpr auto kIsTest = Number8("is_test_symbol", 61).Names(kBooleans);
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate,    &kSchema,  &kVersion,
                                               &kTimestamp,   &kSymbol,      &kProduct, &kUnderlier,
                                               &kRoot,        &kMaturity,    &kIsCall,  &kStrike,
                                               &kClosingOnly, &kClosingTime, &kIsTest};
}  // namespace directory

namespace status {
inline constexpr auto kStatus = Letter("trading_status", 22).Names(kTradingStatuses);
inline constexpr auto kReason = Letter("trading_status_reason", 23).Names(kReasons);
inline constexpr auto kSession = Letter("trading_session", 24).Names(kSessions);
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate,  &kSchema,
                                               &kVersion,     &kTimestamp, &kSymbol,
                                               &kStatus,      &kReason,    &kSession};
}  // namespace status

namespace underlier {
inline constexpr auto kSession = Letter("trading_session", 14).Names(kSessions);
inline constexpr Alpha kUnderlier{"underlier", 15, 6};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,   &kVersion,
                                               &kTimestamp,   &kSession,  &kUnderlier};
}  // namespace underlier

namespace short_added {
inline constexpr Number64 kOrderId{"order_id", 22};
inline constexpr auto kSide = Letter("side", 30).Names(kSides);
inline constexpr Number16 kQuantity{"quantity", 31};
inline constexpr ShortOptionPrice kPrice{"price", 33};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,  &kVersion,
                                               &kTimestamp,   &kSymbol,   &kOrderId, &kSide,
                                               &kQuantity,    &kPrice};
}  // namespace short_added

namespace long_added {
inline constexpr Number64 kOrderId{"order_id", 22};
inline constexpr auto kSide = Letter("side", 30).Names(kSides);
inline constexpr Number32 kQuantity{"quantity", 31};
inline constexpr OptionPrice kPrice{"price", 35};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,  &kVersion,
                                               &kTimestamp,   &kSymbol,   &kOrderId, &kSide,
                                               &kQuantity,    &kPrice};
}  // namespace long_added

namespace extended_added {
inline constexpr Number64 kOrderId{"order_id", 23};
inline constexpr auto kSide = Letter("side", 31).Names(kSides);
inline constexpr Number32 kQuantity{"quantity", 32};
inline constexpr OptionPrice kPrice{"price", 36};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,   &kVersion,
                                               &kTimestamp,   &kSymbol,   &kCapacity, &kOrderId,
                                               &kSide,        &kQuantity, &kPrice};
}  // namespace extended_added

namespace deleted {
inline constexpr Number64 kOrderId{"order_id", 23};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,   &kVersion,
                                               &kTimestamp,   &kSymbol,   &kCapacity, &kOrderId};
}  // namespace deleted

namespace reduced {
inline constexpr Number64 kOrderId{"order_id", 23};
inline constexpr auto kSide = Letter("side", 31).Names(kSides);
inline constexpr Number32 kQuantity{"quantity", 32};
inline constexpr OptionPrice kPrice{"price", 36};
inline constexpr Number32 kReduced{"reduced_quantity", 44};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,   &kVersion,
                                               &kTimestamp,   &kSymbol,   &kCapacity, &kOrderId,
                                               &kSide,        &kQuantity, &kPrice,    &kReduced};
}  // namespace reduced

namespace executed {
inline constexpr Number8 kConditions{"trade_conditions", 23, FieldKind::kFlags};
inline constexpr Number64 kOrderId{"order_id", 24};
inline constexpr Number64 kTradeId{"trade_id", 32};
inline constexpr Number32 kQuantity{"quantity", 40};
inline constexpr OptionPrice kPrice{"price", 44};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,   &kVersion,
                                               &kTimestamp,   &kSymbol,   &kCapacity, &kConditions,
                                               &kOrderId,     &kTradeId,  &kQuantity, &kPrice};
}  // namespace executed

namespace broken {
inline constexpr Number64 kTradeId{"trade_id", 22};
inline constexpr Number32 kQuantity{"original_quantity", 30};
inline constexpr OptionPrice kPrice{"original_price", 34};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate,  &kSchema,
                                               &kVersion,     &kTimestamp, &kSymbol,
                                               &kTradeId,     &kQuantity,  &kPrice};
}  // namespace broken

namespace corrected {
inline constexpr Number64 kTradeId{"trade_id", 22};
inline constexpr Number32 kOldQuantity{"original_quantity", 30};
inline constexpr OptionPrice kOldPrice{"original_price", 34};
inline constexpr Number32 kQuantity{"corrected_quantity", 42};
inline constexpr OptionPrice kPrice{"corrected_price", 46};
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate, &kSchema,  &kVersion,
                                               &kTimestamp,   &kSymbol,   &kTradeId, &kOldQuantity,
                                               &kOldPrice,    &kQuantity, &kPrice};
}  // namespace corrected

namespace clear {
inline constexpr const FieldInfo* kFields[] = {&kBlockLength, &kTemplate,  &kSchema,
                                               &kVersion,     &kTimestamp, &kSymbol};
}  // namespace clear

}  // namespace options

// ---- The messages. ----
inline constexpr MessageInfo kRegSho =
    Message(2, "reg_sho_restriction_message", 11, reg_sho::kFields);
inline constexpr MessageInfo kStatus =
    Message(3, "security_trading_status_message", 12, status::kFields);
inline constexpr MessageInfo kSession =
    Message(5, "trading_session_status_message", 9, session::kFields);

inline constexpr MessageInfo kDirectory =
    Message(1, "instrument_directory_message", 36, directory::kFields);
inline constexpr MessageInfo kAdded = Message(10, "order_added_message", 31, added::kFields);
inline constexpr MessageInfo kDeleted = Message(11, "order_deleted_message", 18, deleted::kFields);
inline constexpr MessageInfo kReduced = Message(12, "order_reduced_message", 22, reduced::kFields);
inline constexpr MessageInfo kExecuted =
    Message(13, "order_executed_message", 38, executed::kFields);
inline constexpr MessageInfo kTrade = Message(14, "trade_message", 30, trade::kFields);
inline constexpr MessageInfo kBroken = Message(15, "broken_trade_message", 30, broken::kFields);
inline constexpr MessageInfo kCorrected =
    Message(16, "corrected_trade_message", 42, corrected::kFields);
inline constexpr MessageInfo kClear = Message(18, "clear_book_message", 10, clear::kFields);
inline constexpr MessageInfo kSnapshot =
    Message(100, "snapshot_complete_message", 16, snapshot::kFields);
inline constexpr const MessageInfo* kDepthMessages[] = {
    &kDirectory, &kRegSho, &kStatus, &kSession,   &kAdded, &kDeleted, &kReduced,
    &kExecuted,  &kTrade,  &kBroken, &kCorrected, &kClear, &kSnapshot};

inline constexpr MessageInfo kShortDirectory =
    Message(1, "instrument_directory_message", 35, short_directory::kFields);
inline constexpr MessageInfo kQuotes = Message(10, "best_bid_offer_message", 34, quotes::kFields);
inline constexpr MessageInfo kBid = Message(11, "best_bid_message", 22, quote::kFields);
inline constexpr MessageInfo kOffer = Message(12, "best_offer_message", 22, quote::kFields);
inline constexpr MessageInfo kShortBid =
    Message(13, "best_bid_short_message", 14, short_quote::kFields);
inline constexpr MessageInfo kShortOffer =
    Message(14, "best_offer_short_message", 14, short_quote::kFields);
inline constexpr MessageInfo kTopClear = Message(15, "clear_book_message", 10, clear::kFields);
inline constexpr MessageInfo kTopSnapshot =
    Message(4, "snapshot_complete_message", 16, snapshot::kFields);
inline constexpr const MessageInfo* kTopMessages[] = {
    &kShortDirectory, &kRegSho,   &kStatus,     &kSession,  &kQuotes,     &kBid,
    &kOffer,          &kShortBid, &kShortOffer, &kTopClear, &kTopSnapshot};

inline constexpr MessageInfo kSale = Message(10, "trade_message", 34, sale::kFields);
inline constexpr MessageInfo kSaleCancel =
    Message(11, "trade_cancel_message", 34, sale_cancel::kFields);
inline constexpr MessageInfo kSaleCorrect =
    Message(12, "trade_correct_message", 50, sale_correct::kFields);
inline constexpr const MessageInfo* kLastSaleMessages[] = {
    &kShortDirectory, &kRegSho, &kStatus, &kSession, &kSale, &kSaleCancel, &kSaleCorrect};

namespace options {
inline constexpr MessageInfo kDirectory =
    Message(1, "instrument_directory_message", 56, directory::kFields);
inline constexpr MessageInfo kStatus =
    Message(2, "instrument_trading_status_message", 19, status::kFields);
inline constexpr MessageInfo kUnderlier =
    Message(3, "underlier_trading_status_message", 15, underlier::kFields);
inline constexpr MessageInfo kBroken = Message(5, "broken_trade_message", 36, broken::kFields);
inline constexpr MessageInfo kCorrected =
    Message(6, "corrected_trade_message", 48, corrected::kFields);
inline constexpr MessageInfo kSnapshot =
    Message(7, "snapshot_complete_message", 16, snapshot::kFields);
inline constexpr MessageInfo kShortAdded =
    Message(10, "order_added_short_message", 29, short_added::kFields);
inline constexpr MessageInfo kLongAdded =
    Message(11, "order_added_long_message", 37, long_added::kFields);
inline constexpr MessageInfo kExtendedAdded =
    Message(12, "order_added_extended_message", 38, extended_added::kFields);
inline constexpr MessageInfo kDeleted = Message(13, "order_deleted_message", 25, deleted::kFields);
inline constexpr MessageInfo kReduced = Message(14, "order_reduced_message", 42, reduced::kFields);
inline constexpr MessageInfo kExecuted =
    Message(15, "order_executed_message", 46, executed::kFields);
inline constexpr MessageInfo kClear = Message(18, "clear_book_message", 16, clear::kFields);
}  // namespace options
inline constexpr const MessageInfo* kOptionMessages[] = {
    &options::kDirectory,     &options::kStatus,   &options::kUnderlier,  &options::kBroken,
    &options::kCorrected,     &options::kSnapshot, &options::kShortAdded, &options::kLongAdded,
    &options::kExtendedAdded, &options::kDeleted,  &options::kReduced,    &options::kExecuted,
    &options::kClear};

}  // namespace fh::codecs::memx

#endif  // FEEDHANDLER_CODECS_MEMX_MEMX_MESSAGES_H_
