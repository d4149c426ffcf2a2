// The messages of Cboe Futures Exchange's Multicast PITCH (1.2, and 1.1 where it is shorter), as far
// as they differ from those of pitch_messages.h: prices have a sign, orders no flags, and there are
// definitions, settlements and summaries.
//
//   if (kMessageType(message) == 0x21) price = pitch::kCfePrice25(message);
//
// Constants only: any thread, no cost.
//
// Source: "Cboe Futures Exchange Multicast PITCH Specification" 1.2.19 and 1.1.6, "Multicast PITCH
// Messages".
#ifndef FEEDHANDLER_CODECS_PITCH_CFE_MESSAGES_H_
#define FEEDHANDLER_CODECS_PITCH_CFE_MESSAGES_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"
#include "codecs/pitch/pitch_messages.h"

namespace fh::codecs::pitch {

struct SignedLongPrice : LittleEndian<int64_t> {
  constexpr SignedLongPrice(const char* field_name, uint16_t field_offset)
      : LittleEndian<int64_t>(field_name, field_offset, FieldKind::kDecimal, 4) {}
};
struct SignedShortPrice : LittleEndian<int16_t> {
  constexpr SignedShortPrice(const char* field_name, uint16_t field_offset)
      : LittleEndian<int16_t>(field_name, field_offset, FieldKind::kDecimal, 2) {}
};

inline constexpr LittleEndian<uint32_t> kEpochTime6Always{"epoch_time", 6, FieldKind::kUnixSeconds};
inline constexpr const FieldInfo* kCfeTimeFields[] = {&kMessageLength, &kMessageType, &kTime,
                                                      &kEpochTime6Always};

inline constexpr SignedLongPrice kCfePrice25{"price", 25};
inline constexpr const FieldInfo* kCfeAddLongFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kOrderId,
    &kSide,          &kQuantity15,  &kSymbol19,   &kCfePrice25};
inline constexpr SignedShortPrice kCfePrice23{"price", 23};
inline constexpr const FieldInfo* kCfeAddShortFields[] = {
    &kMessageLength, &kMessageType,     &kTimeOffset, &kOrderId,
    &kSide,          &kShortQuantity15, &kSymbol17,   &kCfePrice23};

// Condition: space, O open, S spread, B block, E exchange of contract for related position, D derived.
inline constexpr Letter kCfeCondition26{"trade_condition", 26};
inline constexpr const FieldInfo* kCfeExecutedFields[] = {
    &kMessageLength,    &kMessageType,   &kTimeOffset,    &kOrderId,
    &kExecutedQuantity, &kExecutionId18, &kCfeCondition26};

inline constexpr SignedLongPrice kCfePrice18{"price", 18};
inline constexpr const FieldInfo* kCfeModifyLongFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kOrderId, &kQuantity14, &kCfePrice18};
inline constexpr SignedShortPrice kCfePrice16{"price", 16};
inline constexpr const FieldInfo* kCfeModifyShortFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kOrderId, &kShortQuantity14, &kCfePrice16};

inline constexpr Letter kCfeCondition41{"trade_condition", 41};
inline constexpr const FieldInfo* kCfeTradeLongFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kOrderId,       &kSide,
    &kQuantity15,    &kSymbol19,    &kCfePrice25, &kExecutionId33, &kCfeCondition41};
inline constexpr Letter kCfeCondition33{"trade_condition", 33};
inline constexpr const FieldInfo* kCfeTradeShortFields[] = {
    &kMessageLength,   &kMessageType, &kTimeOffset, &kOrderId,       &kSide,
    &kShortQuantity15, &kSymbol17,    &kCfePrice23, &kExecutionId25, &kCfeCondition33};

inline constexpr Padding kStatusPadding12{"reserved2", 12, 2};
inline constexpr Padding kStatusPadding15{"reserved3", 15, 3};
inline constexpr const FieldInfo* kCfeTradingStatusFields[] = {
    &kMessageLength,   &kMessageType,   &kTimeOffset,     &kSymbol6,
    &kStatusPadding12, &kTradingStatus, &kStatusPadding15};

// A definition. Flags: 1 = variance. State: A active, I inactive, T test. Legs, of ten bytes each,
// begin at leg_offset.
inline constexpr LittleEndian<uint32_t> kUnitTimestamp12{"unit_timestamp", 12,
                                                         FieldKind::kUnixSeconds};
inline constexpr Alpha kReportSymbol{"report_symbol", 16, 6};
inline constexpr LittleEndian<uint8_t> kFuturesFlags{"futures_flags", 22, FieldKind::kFlags};
inline constexpr LittleEndian<uint32_t> kExpirationDate{"expiration_date", 23};  // YYYYMMDD.
inline constexpr LittleEndian<uint16_t> kContractSize{"contract_size", 27};
inline constexpr Letter kListingState{"listing_state", 29};
inline constexpr SignedLongPrice kPriceIncrement{"price_increment", 30};
inline constexpr LittleEndian<uint8_t> kLegCount{"leg_count", 38};
inline constexpr LittleEndian<uint8_t> kLegOffset{"leg_offset", 39};
inline constexpr LittleEndian<uint8_t> kVarianceBlockOffset{"variance_block_offset", 40};
inline constexpr auto kContractDate =
    LittleEndian<uint32_t>("contract_date", 41).Since(1);  // YYYYMMDD.
inline constexpr const FieldInfo* kDefinitionFields[] = {
    &kMessageLength,   &kMessageType,         &kTimeOffset,     &kSymbol6,
    &kUnitTimestamp12, &kReportSymbol,        &kFuturesFlags,   &kExpirationDate,
    &kContractSize,    &kListingState,        &kPriceIncrement, &kLegCount,
    &kLegOffset,       &kVarianceBlockOffset, &kContractDate};

// A leg; offsets from its first byte.
inline constexpr LittleEndian<int32_t> kLegRatio{"leg_ratio", 0};
inline constexpr Alpha kLegSymbol{"leg_symbol", 4, 6};
inline constexpr uint32_t kLegBytes = 10;
inline constexpr const FieldInfo* kLegFields[] = {&kLegRatio, &kLegSymbol};
// Nothing announces them but the two fields above.
inline constexpr GroupInfo kLegs{.name = "legs",
                                 .block_length = {},
                                 .count = {.offset = 38, .length = 1},
                                 .announcement_bytes = 0,
                                 .big_endian = false,
                                 .fields = kLegFields};
inline constexpr const GroupInfo* kDefinitionGroups[] = {&kLegs};

// The legs that lie within a definition of `length` bytes.
inline uint32_t WholeLegs(const uint8_t* definition, uint32_t length) {
  const uint32_t first = kLegOffset(definition);
  if (first <= kVarianceBlockOffset.offset || first > length) return 0;
  const uint32_t room = (length - first) / kLegBytes;
  return kLegCount(definition) < room ? kLegCount(definition) : room;
}

inline constexpr LittleEndian<uint32_t> kUnitTimestamp6{"unit_timestamp", 6,
                                                        FieldKind::kUnixSeconds};
inline constexpr Alpha kFeedSymbol10{"feed_symbol", 10, 6};
inline constexpr Alpha kFuturesSymbol16{"futures_symbol", 16, 12};
inline constexpr LittleEndian<int64_t> kAccruedVariance{"accrued_day_variance", 28,
                                                        FieldKind::kDecimal, 12};
inline constexpr LittleEndian<uint16_t> kFinalReturns{"num_final_returns", 36};
inline constexpr LittleEndian<uint16_t> kElapsedReturns{"num_elapsed_returns", 38};
inline constexpr const FieldInfo* kVarianceMappingFields[] = {
    &kMessageLength,   &kMessageType,     &kTimeOffset,   &kUnitTimestamp6, &kFeedSymbol10,
    &kFuturesSymbol16, &kAccruedVariance, &kFinalReturns, &kElapsedReturns};

inline constexpr SignedLongPrice kUpperLimit{"upper_price_limit", 12};
inline constexpr SignedLongPrice kLowerLimit{"lower_price_limit", 20};
inline constexpr const FieldInfo* kPriceLimitsFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kSymbol6, &kUpperLimit, &kLowerLimit};

inline constexpr LittleEndian<uint32_t> kTradeDate12{"trade_date", 12};  // YYYYMMDD.
inline constexpr SignedLongPrice kSettlementPrice{"settlement_price", 16};
inline constexpr Letter kIssue{"issue", 24};  // i, I indicative, S initial, R reissued.
inline constexpr const FieldInfo* kSettlementFields[] = {
    &kMessageLength, &kMessageType,     &kTimeOffset, &kSymbol6,
    &kTradeDate12,   &kSettlementPrice, &kIssue};
inline constexpr LittleEndian<uint32_t> kOpenInterest{"open_interest", 16};
inline constexpr const FieldInfo* kOpenInterestFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kSymbol6, &kTradeDate12, &kOpenInterest};

inline constexpr SignedLongPrice kHighPrice{"high_price", 20};
inline constexpr SignedLongPrice kLowPrice{"low_price", 28};
inline constexpr SignedLongPrice kOpenPrice{"open_price", 36};
inline constexpr SignedLongPrice kClosePrice{"close_price", 44};
inline constexpr LittleEndian<uint32_t> kTotalVolume{"total_volume", 52};
inline constexpr LittleEndian<uint32_t> kBlockVolume{"block_volume", 56};
inline constexpr LittleEndian<uint32_t> kEcrpVolume{"ecrp_volume", 60};
inline constexpr NamedValue kSummaryFlagNames[] = {{0, "high_valid"},
                                                   {1, "high_is_bid"},
                                                   {2, "low_valid"},
                                                   {3, "low_is_offer"},
                                                   {4, "open_close_valid"}};
inline constexpr auto kSummaryFlags =
    LittleEndian<uint8_t>("summary_flags", 64, FieldKind::kFlags).Names(kSummaryFlagNames);
inline constexpr uint8_t kHighValid = 0x01;  // Of kSummaryFlags.
inline constexpr uint8_t kHighIsBid = 0x02;
inline constexpr uint8_t kLowValid = 0x04;
inline constexpr uint8_t kLowIsOffer = 0x08;
inline constexpr uint8_t kOpenCloseValid = 0x10;
inline constexpr const FieldInfo* kSummaryFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kSymbol6,     &kTradeDate12,
    &kOpenInterest,  &kHighPrice,   &kLowPrice,   &kOpenPrice,   &kClosePrice,
    &kTotalVolume,   &kBlockVolume, &kEcrpVolume, &kSummaryFlags};

inline constexpr MessageInfo kCfeTimeMessage = Message(0x20, "time_message", 10, kCfeTimeFields);
inline constexpr MessageInfo kCfeAddLongMessage =
    Message(0x21, "add_order_long_message", 33, kCfeAddLongFields);
inline constexpr MessageInfo kCfeAddShortMessage =
    Message(0x22, "add_order_short_message", 25, kCfeAddShortFields);
inline constexpr MessageInfo kCfeExecutedMessage =
    Message(0x23, "order_executed_message", 27, kCfeExecutedFields);
inline constexpr MessageInfo kCfeModifyLongMessage =
    Message(0x27, "modify_order_long_message", 26, kCfeModifyLongFields);
inline constexpr MessageInfo kCfeModifyShortMessage =
    Message(0x28, "modify_order_short_message", 18, kCfeModifyShortFields);
inline constexpr MessageInfo kCfeTradeLongMessage =
    Message(0x2A, "trade_long_message", 42, kCfeTradeLongFields);
inline constexpr MessageInfo kCfeTradeShortMessage =
    Message(0x2B, "trade_short_message", 34, kCfeTradeShortFields);
inline constexpr MessageInfo kCfeTradingStatusMessage =
    Message(0x31, "trading_status_message", 18, kCfeTradingStatusFields);
inline constexpr MessageInfo kDefinitionMessage{.type = 0xBB,
                                                .name = "futures_instrument_definition_message",
                                                .length = 41,
                                                .fields = kDefinitionFields,
                                                .groups = kDefinitionGroups,
                                                .data = {},
                                                .is_template = true};
inline constexpr MessageInfo kVarianceMappingMessage =
    Message(0xFA, "futures_variance_symbol_mapping_message", 40, kVarianceMappingFields);
inline constexpr MessageInfo kPriceLimitsMessage =
    Message(0xBE, "price_limits_message", 28, kPriceLimitsFields);
inline constexpr MessageInfo kSettlementMessage =
    Message(0xB9, "settlement_message", 25, kSettlementFields);
inline constexpr MessageInfo kOpenInterestMessage =
    Message(0xD3, "open_interest_message", 20, kOpenInterestFields);
inline constexpr MessageInfo kSummaryMessage =
    Message(0xBA, "end_of_day_summary_message", 65, kSummaryFields);

inline constexpr const MessageInfo* kCfeOwnMessages[] = {
    &kCfeTimeMessage,          &kTimeReferenceMessage,   &kUnitClearMessage,
    &kTransactionBeginMessage, &kTransactionEndMessage,  &kCfeAddLongMessage,
    &kCfeAddShortMessage,      &kCfeExecutedMessage,     &kReduceLongMessage,
    &kReduceShortMessage,      &kCfeModifyLongMessage,   &kCfeModifyShortMessage,
    &kDeleteMessage,           &kCfeTradeLongMessage,    &kCfeTradeShortMessage,
    &kTradeBreakMessage,       &kEndOfSessionMessage,    &kCfeTradingStatusMessage,
    &kDefinitionMessage,       &kVarianceMappingMessage, &kPriceLimitsMessage,
    &kSettlementMessage,       &kOpenInterestMessage,    &kSummaryMessage};
inline constexpr auto kCfeMessages = WithSessions(kCfeOwnMessages);

}  // namespace fh::codecs::pitch

#endif  // FEEDHANDLER_CODECS_PITCH_CFE_MESSAGES_H_
