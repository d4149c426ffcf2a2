// The messages of Cboe's Multicast PITCH for US equities and options (2.41): every field declared
// once, read by pitch_decoder.h and printed by `feedhandler decode`. Those of CFE are in
// cfe_messages.h.
//
//   if (kMessageType(message) == 0x21) price = pitch::kLongPrice25(message);
//   for (const MessageInfo* info : pitch::kUsMessages) Print(info->name);
//
// Little-endian; offsets count from the length byte of the message. A number behind a field's name is
// its offset, where one name stands at several. Fields with Since(1) are of options, or were added
// later: they are there when the message is long enough. Constants only: any thread, no cost.
//
// Sources: "Cboe US Equities/Options Multicast PITCH Specification" 2.41.66 and 2.41.29, "Multicast
// PITCH Messages", "Gap Request Proxy Messages", "Spin Messages".
#ifndef FEEDHANDLER_CODECS_PITCH_PITCH_MESSAGES_H_
#define FEEDHANDLER_CODECS_PITCH_PITCH_MESSAGES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::pitch {

// Prices: eight bytes with four decimals, two bytes with two.
struct LongPrice : LittleEndian<uint64_t> {
  constexpr LongPrice(const char* field_name, uint16_t field_offset)
      : LittleEndian<uint64_t>(field_name, field_offset, FieldKind::kDecimal, 4) {}
};
struct ShortPrice : LittleEndian<uint16_t> {
  constexpr ShortPrice(const char* field_name, uint16_t field_offset)
      : LittleEndian<uint16_t>(field_name, field_offset, FieldKind::kDecimal, 2) {}
};

// A letter or text that not every message of its type has.
constexpr Letter LaterLetter(const char* name, uint16_t offset) {
  Letter letter(name, offset);
  letter.since = 1;
  return letter;
}
constexpr Alpha LaterAlpha(const char* name, uint16_t offset, uint16_t length) {
  Alpha alpha(name, offset, length);
  alpha.since = 1;
  return alpha;
}

// Types are numbers: 0x21 is no exclamation mark.
constexpr MessageInfo Message(uint8_t type, const char* name, uint16_t length,
                              std::span<const FieldInfo* const> fields) {
  return {.type = type,
          .name = name,
          .length = length,
          .fields = fields,
          .groups = {},
          .data = {},
          .is_template = true};
}

// ---- Common to all, or to nearly all. ----
inline constexpr LittleEndian<uint8_t> kMessageLength{"message_length", 0};
inline constexpr LittleEndian<uint8_t> kMessageType{"message_type", 1};
// Nanoseconds since the second that the unit's Time message said.
inline constexpr LittleEndian<uint32_t> kTimeOffset{"time_offset", 2};
inline constexpr LittleEndian<uint64_t> kOrderId{"order_id", 6};
inline constexpr Letter kSide{"side_indicator", 14};  // B buy, S sell.

inline constexpr const FieldInfo* kBareFields[] = {&kMessageLength, &kMessageType, &kTimeOffset};

// ---- Time. ----
inline constexpr LittleEndian<uint32_t> kTime{"time", 2, FieldKind::kSecondsSinceMidnight};
inline constexpr auto kEpochTime6 =
    LittleEndian<uint32_t>("epoch_time", 6, FieldKind::kUnixSeconds).Since(1);
inline constexpr const FieldInfo* kTimeFields[] = {&kMessageLength, &kMessageType, &kTime,
                                                   &kEpochTime6};

inline constexpr LittleEndian<uint32_t> kMidnightReference{"midnight_reference", 2,
                                                           FieldKind::kUnixSeconds};
inline constexpr LittleEndian<uint32_t> kTime6{"time", 6, FieldKind::kSecondsSinceMidnight};
inline constexpr LittleEndian<uint32_t> kTimeOffset10{"time_offset", 10};
inline constexpr LittleEndian<uint32_t> kTradeDate14{"trade_date", 14};  // YYYYMMDD.
inline constexpr const FieldInfo* kTimeReferenceFields[] = {
    &kMessageLength, &kMessageType, &kMidnightReference, &kTime6, &kTimeOffset10, &kTradeDate14};

// ---- Orders are added: long, short, expanded. ----
inline constexpr LittleEndian<uint32_t> kQuantity15{"quantity", 15};
inline constexpr Alpha kSymbol19{"symbol", 19, 6};
inline constexpr LongPrice kLongPrice25{"price", 25};
inline constexpr LittleEndian<uint8_t> kAddFlags33{"add_flags", 33, FieldKind::kFlags};
inline constexpr const FieldInfo* kAddLongFields[] = {&kMessageLength, &kMessageType, &kTimeOffset,
                                                      &kOrderId,       &kSide,        &kQuantity15,
                                                      &kSymbol19,      &kLongPrice25, &kAddFlags33};

inline constexpr LittleEndian<uint16_t> kShortQuantity15{"quantity", 15};
inline constexpr Alpha kSymbol17{"symbol", 17, 6};
inline constexpr ShortPrice kShortPrice23{"price", 23};
inline constexpr LittleEndian<uint8_t> kAddFlags25{"add_flags", 25, FieldKind::kFlags};
inline constexpr const FieldInfo* kAddShortFields[] = {
    &kMessageLength,   &kMessageType, &kTimeOffset,   &kOrderId,   &kSide,
    &kShortQuantity15, &kSymbol17,    &kShortPrice23, &kAddFlags25};

inline constexpr Alpha kExpandedSymbol19{"symbol", 19, 8};
inline constexpr LongPrice kLongPrice27{"price", 27};
inline constexpr LittleEndian<uint8_t> kAddFlags35{"add_flags", 35, FieldKind::kFlags};
inline constexpr Alpha kParticipantId36{"participant_id", 36, 4};
inline constexpr Letter kCustomerIndicator40{"customer_indicator", 40};
inline constexpr Alpha kClientId41 = LaterAlpha("client_id", 41, 4);
inline constexpr const FieldInfo* kAddExpandedFields[] = {
    &kMessageLength, &kMessageType,     &kTimeOffset,          &kOrderId,
    &kSide,          &kQuantity15,      &kExpandedSymbol19,    &kLongPrice27,
    &kAddFlags35,    &kParticipantId36, &kCustomerIndicator40, &kClientId41};

// ---- Orders are executed, reduced, modified, deleted. ----
inline constexpr LittleEndian<uint32_t> kExecutedQuantity{"executed_quantity", 14};
inline constexpr LittleEndian<uint64_t> kExecutionId18{"execution_id", 18};
inline constexpr Letter kTradeCondition26 = LaterLetter("trade_condition", 26);
inline constexpr const FieldInfo* kExecutedFields[] = {
    &kMessageLength,    &kMessageType,   &kTimeOffset,      &kOrderId,
    &kExecutedQuantity, &kExecutionId18, &kTradeCondition26};

inline constexpr LittleEndian<uint32_t> kRemainingQuantity{"remaining_quantity", 18};
inline constexpr LittleEndian<uint64_t> kExecutionId22{"execution_id", 22};
inline constexpr LongPrice kLongPrice30{"price", 30};
inline constexpr Letter kTradeCondition38 = LaterLetter("trade_condition", 38);
inline constexpr const FieldInfo* kExecutedAtPriceFields[] = {
    &kMessageLength,     &kMessageType,   &kTimeOffset,  &kOrderId,         &kExecutedQuantity,
    &kRemainingQuantity, &kExecutionId22, &kLongPrice30, &kTradeCondition38};

inline constexpr LittleEndian<uint32_t> kCanceledQuantity{"canceled_quantity", 14};
inline constexpr const FieldInfo* kReduceLongFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kOrderId, &kCanceledQuantity};
inline constexpr LittleEndian<uint16_t> kShortCanceledQuantity{"canceled_quantity", 14};
inline constexpr const FieldInfo* kReduceShortFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kOrderId, &kShortCanceledQuantity};

// Of both kinds of modifying: bit 0 displayed, bit 1 the order keeps its place in the queue.
inline constexpr uint8_t kKeepsPriority = 0x02;
inline constexpr LittleEndian<uint32_t> kQuantity14{"quantity", 14};
inline constexpr LongPrice kLongPrice18{"price", 18};
inline constexpr LittleEndian<uint8_t> kModifyFlags26{"modify_flags", 26, FieldKind::kFlags};
inline constexpr const FieldInfo* kModifyLongFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset,   &kOrderId,
    &kQuantity14,    &kLongPrice18, &kModifyFlags26};
inline constexpr LittleEndian<uint16_t> kShortQuantity14{"quantity", 14};
inline constexpr ShortPrice kShortPrice16{"price", 16};
inline constexpr LittleEndian<uint8_t> kModifyFlags18{"modify_flags", 18, FieldKind::kFlags};
inline constexpr const FieldInfo* kModifyShortFields[] = {
    &kMessageLength,   &kMessageType,  &kTimeOffset,   &kOrderId,
    &kShortQuantity14, &kShortPrice16, &kModifyFlags18};

inline constexpr const FieldInfo* kDeleteFields[] = {&kMessageLength, &kMessageType, &kTimeOffset,
                                                     &kOrderId};

// ---- Trades against what was not displayed: long, short, expanded; a trade is broken. ----
inline constexpr LittleEndian<uint64_t> kExecutionId33{"execution_id", 33};
inline constexpr Letter kTradeCondition41 = LaterLetter("trade_condition", 41);
inline constexpr const FieldInfo* kTradeLongFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset,  &kOrderId,       &kSide,
    &kQuantity15,    &kSymbol19,    &kLongPrice25, &kExecutionId33, &kTradeCondition41};
inline constexpr LittleEndian<uint64_t> kExecutionId25{"execution_id", 25};
inline constexpr Letter kTradeCondition33 = LaterLetter("trade_condition", 33);
inline constexpr const FieldInfo* kTradeShortFields[] = {
    &kMessageLength,   &kMessageType, &kTimeOffset,   &kOrderId,       &kSide,
    &kShortQuantity15, &kSymbol17,    &kShortPrice23, &kExecutionId25, &kTradeCondition33};
inline constexpr LittleEndian<uint64_t> kExecutionId35{"execution_id", 35};
inline constexpr Letter kTradeCondition43 = LaterLetter("trade_condition", 43);
inline constexpr const FieldInfo* kTradeExpandedFields[] = {
    &kMessageLength, &kMessageType,      &kTimeOffset,  &kOrderId,       &kSide,
    &kQuantity15,    &kExpandedSymbol19, &kLongPrice27, &kExecutionId35, &kTradeCondition43};
inline constexpr LittleEndian<uint64_t> kExecutionId6{"execution_id", 6};
inline constexpr const FieldInfo* kTradeBreakFields[] = {&kMessageLength, &kMessageType,
                                                         &kTimeOffset, &kExecutionId6};

// ---- Status. Equities: A queuing, H halted, Q quote only, S suspended, T trading; options: L curb,
// R rotation too, and a second one for global trading hours. ----
inline constexpr Alpha kExpandedSymbol6{"symbol", 6, 8};
inline constexpr Letter kTradingStatus{"trading_status", 14};
inline constexpr Letter kRegShoAction{"reg_sho_action", 15};  // 1: the price test is in force.
inline constexpr Letter kGthTradingStatus{"gth_trading_status", 16};
inline constexpr Padding kStatusPadding17{"reserved", 17, 1};
inline constexpr const FieldInfo* kTradingStatusFields[] = {
    &kMessageLength, &kMessageType,  &kTimeOffset,       &kExpandedSymbol6,
    &kTradingStatus, &kRegShoAction, &kGthTradingStatus, &kStatusPadding17};

inline constexpr Letter kRetailPriceImprovement{"retail_price_improvement",
                                                14};  // B, S, A both, N.
inline constexpr const FieldInfo* kRetailFields[] = {&kMessageLength, &kMessageType, &kTimeOffset,
                                                     &kExpandedSymbol6, &kRetailPriceImprovement};

// ---- Auctions. Type: O open, C close, H halt, I IPO, M market close, V volatility, P periodic. ----
inline constexpr Letter kAuctionType14{"auction_type", 14};
inline constexpr LongPrice kReferencePrice{"reference_price", 15};
inline constexpr LittleEndian<uint32_t> kBuyShares{"buy_shares", 23};
inline constexpr LittleEndian<uint32_t> kSellShares{"sell_shares", 27};
inline constexpr LongPrice kIndicativePrice{"indicative_price", 31};
inline constexpr LongPrice kAuctionOnlyPrice{"auction_only_price", 39};
inline constexpr const FieldInfo* kAuctionUpdateFields[] = {
    &kMessageLength,  &kMessageType, &kTimeOffset, &kExpandedSymbol6, &kAuctionType14,
    &kReferencePrice, &kBuyShares,   &kSellShares, &kIndicativePrice, &kAuctionOnlyPrice};
inline constexpr Letter kOpenCondition{"auction_open_condition", 47};
inline constexpr LongPrice kCompositeBid{"composite_bid_price", 48};
inline constexpr LongPrice kCompositeOffer{"composite_offer_price", 56};
inline constexpr const FieldInfo* kOptionsAuctionUpdateFields[] = {
    &kMessageLength,  &kMessageType,  &kTimeOffset,    &kExpandedSymbol6, &kAuctionType14,
    &kReferencePrice, &kBuyShares,    &kSellShares,    &kIndicativePrice, &kAuctionOnlyPrice,
    &kOpenCondition,  &kCompositeBid, &kCompositeOffer};
inline constexpr LongPrice kLongPrice15{"price", 15};
inline constexpr LittleEndian<uint32_t> kShares23{"shares", 23};
inline constexpr const FieldInfo* kAuctionSummaryFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kExpandedSymbol6,
    &kAuctionType14, &kLongPrice15, &kShares23};

inline constexpr Alpha kSymbol6{"symbol", 6, 6};
inline constexpr LittleEndian<uint64_t> kAuctionId12{"auction_id", 12};
inline constexpr Letter kAuctionType20{"auction_type", 20};
inline constexpr Letter kSide21{"side_indicator", 21};
inline constexpr LongPrice kLongPrice22{"price", 22};
inline constexpr LittleEndian<uint32_t> kContracts30{"contracts", 30};
inline constexpr Letter kCustomerIndicator34{"customer_indicator", 34};
inline constexpr Alpha kParticipantId35{"participant_id", 35, 4};
inline constexpr LittleEndian<uint32_t> kAuctionEndOffset{"auction_end_offset", 39};
inline constexpr Alpha kClientId43 = LaterAlpha("client_id", 43, 4);
inline constexpr const FieldInfo* kAuctionNotificationFields[] = {
    &kMessageLength,   &kMessageType,      &kTimeOffset,  &kSymbol6,     &kAuctionId12,
    &kAuctionType20,   &kSide21,           &kLongPrice22, &kContracts30, &kCustomerIndicator34,
    &kParticipantId35, &kAuctionEndOffset, &kClientId43};
inline constexpr LittleEndian<uint64_t> kAuctionId6{"auction_id", 6};
inline constexpr const FieldInfo* kAuctionCancelFields[] = {&kMessageLength, &kMessageType,
                                                            &kTimeOffset, &kAuctionId6};
inline constexpr LittleEndian<uint64_t> kExecutionId14{"execution_id", 14};
inline constexpr const FieldInfo* kAuctionTradeFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kAuctionId6,
    &kExecutionId14, &kLongPrice22, &kContracts30};

// ---- Options: what a feed symbol stands for; settlement auctions, widths. ----
inline constexpr Alpha kFeedSymbol2{"feed_symbol", 2, 6};
inline constexpr Alpha kOsiSymbol{"osi_symbol", 8, 21};
inline constexpr Letter kSymbolCondition{"symbol_condition", 29};  // N normal, C closing only.
inline constexpr Alpha kUnderlying30 = LaterAlpha("underlying", 30, 8);
inline constexpr const FieldInfo* kSymbolMappingFields[] = {
    &kMessageLength, &kMessageType, &kFeedSymbol2, &kOsiSymbol, &kSymbolCondition, &kUnderlying30};
inline constexpr Alpha kUnderlying30Always{"underlying", 30, 8};
inline constexpr Alpha kSoqId38{"soq_identifier", 38, 20};
inline constexpr const FieldInfo* kConstituentMappingFields[] = {
    &kMessageLength,   &kMessageType,        &kFeedSymbol2, &kOsiSymbol,
    &kSymbolCondition, &kUnderlying30Always, &kSoqId38};
inline constexpr Alpha kSoqId6{"soq_identifier", 6, 20};
inline constexpr LongPrice kLowerStrike{"lower_strike_price", 26};
inline constexpr LongPrice kUpperStrike{"upper_strike_price", 34};
inline constexpr const FieldInfo* kStrikeRangeFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kSoqId6, &kLowerStrike, &kUpperStrike};
inline constexpr Alpha kUnderlying6{"underlying", 6, 8};
inline constexpr Letter kWidthType{"width_type", 14};
inline constexpr LittleEndian<uint32_t> kMultiplier{"multiplier", 15, FieldKind::kDecimal, 1};
inline constexpr const FieldInfo* kWidthUpdateFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kUnderlying6, &kWidthType, &kMultiplier};

// ---- What clients and the servers for lost messages say to each other. ----
inline constexpr Alpha kSessionSubId{"session_sub_id", 2, 4};
inline constexpr Alpha kUsername{"username", 6, 4};
inline constexpr Alpha kFiller{"filler", 10, 2};
inline constexpr Alpha kPassword{"password", 12, 10};
inline constexpr const FieldInfo* kLoginFields[] = {&kMessageLength, &kMessageType, &kSessionSubId,
                                                    &kUsername,      &kFiller,      &kPassword};
inline constexpr NamedValue kLoginStatusNames[] = {{'A', "login_accepted"},
                                                   {'N', "not_authorized"},
                                                   {'B', "session_in_use"},
                                                   {'S', "invalid_session"}};
inline constexpr Letter kLoginStatus = Letter("login_status", 2).Names(kLoginStatusNames);
inline constexpr const FieldInfo* kLoginResponseFields[] = {&kMessageLength, &kMessageType,
                                                            &kLoginStatus};
inline constexpr LittleEndian<uint8_t> kUnit2{"unit", 2};
inline constexpr LittleEndian<uint32_t> kSequence3{"sequence", 3};
inline constexpr LittleEndian<uint16_t> kCount7{"count", 7};
inline constexpr const FieldInfo* kGapRequestFields[] = {&kMessageLength, &kMessageType, &kUnit2,
                                                         &kSequence3, &kCount7};
inline constexpr NamedValue kGapStatusNames[] = {{'A', "accepted"},
                                                 {'O', "out_of_range"},
                                                 {'D', "daily_allowance_spent"},
                                                 {'M', "minute_allowance_spent"},
                                                 {'S', "second_allowance_spent"},
                                                 {'C', "count_too_large"},
                                                 {'I', "invalid_unit"},
                                                 {'U', "unit_unavailable"}};
inline constexpr Letter kGapStatus = Letter("gap_response_status", 9).Names(kGapStatusNames);
inline constexpr const FieldInfo* kGapResponseFields[] = {
    &kMessageLength, &kMessageType, &kUnit2, &kSequence3, &kCount7, &kGapStatus};
inline constexpr LittleEndian<uint32_t> kSequence2{"sequence", 2};
inline constexpr const FieldInfo* kSpinFields[] = {&kMessageLength, &kMessageType, &kSequence2};
inline constexpr LittleEndian<uint32_t> kOrderCount{"order_count", 6};
inline constexpr NamedValue kSpinStatusNames[] = {
    {'A', "accepted"}, {'O', "out_of_range"}, {'S', "spin_in_progress"}};
inline constexpr Letter kSpinStatus = Letter("spin_response_status", 10).Names(kSpinStatusNames);
inline constexpr const FieldInfo* kSpinResponseFields[] = {&kMessageLength, &kMessageType,
                                                           &kSequence2, &kOrderCount, &kSpinStatus};

// Of symbol mappings and definitions, as of orders; sequence is 0. Some servers leave it out.
inline constexpr auto kMappingSequence2 = LittleEndian<uint32_t>("sequence", 2).Since(1);
inline constexpr auto kMappingCount6 = LittleEndian<uint32_t>("instrument_count", 6).Since(1);
inline constexpr Letter kMappingStatus10 =
    LaterLetter("spin_response_status", 10).Names(kSpinStatusNames);
inline constexpr const FieldInfo* kMappingSpinFields[] = {&kMessageLength, &kMessageType,
                                                          &kMappingSequence2};
inline constexpr const FieldInfo* kMappingSpinResponseFields[] = {
    &kMessageLength, &kMessageType, &kMappingSequence2, &kMappingCount6, &kMappingStatus10};

// ---- The messages. ----
inline constexpr MessageInfo kTimeMessage = Message(0x20, "time_message", 6, kTimeFields);
inline constexpr MessageInfo kTimeReferenceMessage =
    Message(0xB1, "time_reference_message", 18, kTimeReferenceFields);
inline constexpr MessageInfo kUnitClearMessage =
    Message(0x97, "unit_clear_message", 6, kBareFields);
inline constexpr MessageInfo kTransactionBeginMessage =
    Message(0xBC, "transaction_begin_message", 6, kBareFields);
inline constexpr MessageInfo kTransactionEndMessage =
    Message(0xBD, "transaction_end_message", 6, kBareFields);
inline constexpr MessageInfo kAddLongMessage =
    Message(0x21, "add_order_long_message", 34, kAddLongFields);
inline constexpr MessageInfo kAddShortMessage =
    Message(0x22, "add_order_short_message", 26, kAddShortFields);
inline constexpr MessageInfo kAddExpandedMessage =
    Message(0x2F, "add_order_expanded_message", 41, kAddExpandedFields);
inline constexpr MessageInfo kExecutedMessage =
    Message(0x23, "order_executed_message", 26, kExecutedFields);
inline constexpr MessageInfo kExecutedAtPriceMessage =
    Message(0x24, "order_executed_at_price_size_message", 38, kExecutedAtPriceFields);
inline constexpr MessageInfo kReduceLongMessage =
    Message(0x25, "reduce_size_long_message", 18, kReduceLongFields);
inline constexpr MessageInfo kReduceShortMessage =
    Message(0x26, "reduce_size_short_message", 16, kReduceShortFields);
inline constexpr MessageInfo kModifyLongMessage =
    Message(0x27, "modify_order_long_message", 27, kModifyLongFields);
inline constexpr MessageInfo kModifyShortMessage =
    Message(0x28, "modify_order_short_message", 19, kModifyShortFields);
inline constexpr MessageInfo kDeleteMessage =
    Message(0x29, "delete_order_message", 14, kDeleteFields);
inline constexpr MessageInfo kTradeLongMessage =
    Message(0x2A, "trade_long_message", 41, kTradeLongFields);
inline constexpr MessageInfo kTradeShortMessage =
    Message(0x2B, "trade_short_message", 33, kTradeShortFields);
inline constexpr MessageInfo kTradeExpandedMessage =
    Message(0x30, "trade_expanded_message", 43, kTradeExpandedFields);
inline constexpr MessageInfo kTradeBreakMessage =
    Message(0x2C, "trade_break_message", 14, kTradeBreakFields);
inline constexpr MessageInfo kEndOfSessionMessage =
    Message(0x2D, "end_of_session_message", 6, kBareFields);
inline constexpr MessageInfo kTradingStatusMessage =
    Message(0x31, "trading_status_message", 18, kTradingStatusFields);
inline constexpr MessageInfo kAuctionUpdateMessage =
    Message(0x95, "auction_update_message", 47, kAuctionUpdateFields);
inline constexpr MessageInfo kAuctionSummaryMessage =
    Message(0x96, "auction_summary_message", 27, kAuctionSummaryFields);
inline constexpr MessageInfo kRetailMessage =
    Message(0x98, "retail_price_improvement_message", 15, kRetailFields);
inline constexpr MessageInfo kSymbolMappingMessage =
    Message(0x2E, "symbol_mapping_message", 30, kSymbolMappingFields);
inline constexpr MessageInfo kConstituentMappingMessage =
    Message(0x9E, "constituent_symbol_mapping_message", 58, kConstituentMappingFields);
inline constexpr MessageInfo kOptionsAuctionUpdateMessage =
    Message(0xD1, "options_auction_update_message", 64, kOptionsAuctionUpdateFields);
inline constexpr MessageInfo kAuctionNotificationMessage =
    Message(0xAD, "auction_notification_message", 43, kAuctionNotificationFields);
inline constexpr MessageInfo kAuctionCancelMessage =
    Message(0xAE, "auction_cancel_message", 14, kAuctionCancelFields);
inline constexpr MessageInfo kAuctionTradeMessage =
    Message(0xAF, "auction_trade_message", 34, kAuctionTradeFields);
inline constexpr MessageInfo kStrikeRangeMessage =
    Message(0x9D, "soq_strike_range_update_message", 42, kStrikeRangeFields);
inline constexpr MessageInfo kWidthUpdateMessage =
    Message(0xD2, "width_update_message", 19, kWidthUpdateFields);
inline constexpr MessageInfo kLoginMessage = Message(0x01, "login_message", 22, kLoginFields);
inline constexpr MessageInfo kLoginResponseMessage =
    Message(0x02, "login_response_message", 3, kLoginResponseFields);
inline constexpr MessageInfo kGapRequestMessage =
    Message(0x03, "gap_request_message", 9, kGapRequestFields);
inline constexpr MessageInfo kGapResponseMessage =
    Message(0x04, "gap_response_message", 10, kGapResponseFields);
inline constexpr MessageInfo kSpinImageMessage =
    Message(0x80, "spin_image_available_message", 6, kSpinFields);
inline constexpr MessageInfo kSpinRequestMessage =
    Message(0x81, "spin_request_message", 6, kSpinFields);
inline constexpr MessageInfo kSpinResponseMessage =
    Message(0x82, "spin_response_message", 11, kSpinResponseFields);
inline constexpr MessageInfo kSpinFinishedMessage =
    Message(0x83, "spin_finished_message", 6, kSpinFields);

inline constexpr MessageInfo kMappingSpinRequestMessage =
    Message(0x84, "spin_mapping_request_message", 2, kMappingSpinFields);
inline constexpr MessageInfo kMappingSpinResponseMessage =
    Message(0x85, "spin_mapping_response_message", 2, kMappingSpinResponseFields);
inline constexpr MessageInfo kMappingSpinFinishedMessage =
    Message(0x86, "spin_mapping_finished_message", 2, kMappingSpinFields);

// Of all feeds.
inline constexpr std::array<const MessageInfo*, 11> kSessionMessages = {
    &kLoginMessage,
    &kLoginResponseMessage,
    &kGapRequestMessage,
    &kGapResponseMessage,
    &kSpinImageMessage,
    &kSpinRequestMessage,
    &kSpinResponseMessage,
    &kSpinFinishedMessage,
    &kMappingSpinRequestMessage,
    &kMappingSpinResponseMessage,
    &kMappingSpinFinishedMessage};

// A feed's own messages, and behind them those of the sessions.
template <size_t kCount>
constexpr std::array<const MessageInfo*, kCount + kSessionMessages.size()> WithSessions(
    const MessageInfo* const (&messages)[kCount]) {
  std::array<const MessageInfo*, kCount + kSessionMessages.size()> all{};
  for (size_t i = 0; i < kCount; ++i) all[i] = messages[i];
  for (size_t i = 0; i < kSessionMessages.size(); ++i) all[kCount + i] = kSessionMessages[i];
  return all;
}

inline constexpr const MessageInfo* kUsOwnMessages[] = {&kTimeMessage,
                                                        &kTimeReferenceMessage,
                                                        &kUnitClearMessage,
                                                        &kTransactionBeginMessage,
                                                        &kTransactionEndMessage,
                                                        &kAddLongMessage,
                                                        &kAddShortMessage,
                                                        &kAddExpandedMessage,
                                                        &kExecutedMessage,
                                                        &kExecutedAtPriceMessage,
                                                        &kReduceLongMessage,
                                                        &kReduceShortMessage,
                                                        &kModifyLongMessage,
                                                        &kModifyShortMessage,
                                                        &kDeleteMessage,
                                                        &kTradeLongMessage,
                                                        &kTradeShortMessage,
                                                        &kTradeExpandedMessage,
                                                        &kTradeBreakMessage,
                                                        &kEndOfSessionMessage,
                                                        &kTradingStatusMessage,
                                                        &kAuctionUpdateMessage,
                                                        &kAuctionSummaryMessage,
                                                        &kRetailMessage,
                                                        &kSymbolMappingMessage,
                                                        &kConstituentMappingMessage,
                                                        &kOptionsAuctionUpdateMessage,
                                                        &kAuctionNotificationMessage,
                                                        &kAuctionCancelMessage,
                                                        &kAuctionTradeMessage,
                                                        &kStrikeRangeMessage,
                                                        &kWidthUpdateMessage};
inline constexpr auto kUsMessages = WithSessions(kUsOwnMessages);

}  // namespace fh::codecs::pitch

#endif  // FEEDHANDLER_CODECS_PITCH_PITCH_MESSAGES_H_
