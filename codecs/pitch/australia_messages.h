// The messages of Cboe Australia's (CXA) Multicast PITCH and of its Spin server (1.0): whole times in
// each message, prices with seven decimals, types of its own.
//
//   if (kMessageType(message) == 0x37) price = pitch::kAuPrice29(message);
//
// Little-endian; offsets count from the length byte. Constants only: any thread, no cost.
//
// Source: "Cboe Australia Multicast PITCH Specification" 1.0.12, "Multicast PITCH Messages".
#ifndef FEEDHANDLER_CODECS_PITCH_AUSTRALIA_MESSAGES_H_
#define FEEDHANDLER_CODECS_PITCH_AUSTRALIA_MESSAGES_H_

#include "codecs/pitch/pitch_messages.h"

namespace fh::codecs::pitch {

// Seven decimals.
struct FinePrice : LittleEndian<uint64_t> {
  constexpr FinePrice(const char* field_name, uint16_t field_offset)
      : LittleEndian<uint64_t>(field_name, field_offset, FieldKind::kDecimal, 7) {}
};

inline constexpr LittleEndian<uint64_t> kAuTime{"timestamp", 2, FieldKind::kUnixNs};
inline constexpr LittleEndian<uint64_t> kAuOrderId{"order_id", 10};
inline constexpr Alpha kAuSymbol10{"symbol", 10, 6};

inline constexpr Letter kAuSide{"side_indicator", 18};
inline constexpr LittleEndian<uint32_t> kAuQuantity19{"quantity", 19};  // 0: undisclosed.
inline constexpr Alpha kAuSymbol23{"symbol", 23, 6};
inline constexpr FinePrice kAuPrice29{"price", 29};
inline constexpr Alpha kAuParticipant37{"pid", 37, 4};
inline constexpr Padding kAuReserved41{"reserved_1", 41, 1};
inline constexpr const FieldInfo* kAuAddFields[] = {
    &kMessageLength, &kMessageType, &kAuTime,    &kAuOrderId,       &kAuSide,
    &kAuQuantity19,  &kAuSymbol23,  &kAuPrice29, &kAuParticipant37, &kAuReserved41};

inline constexpr LittleEndian<uint32_t> kAuQuantity18{"executed_quantity", 18};
inline constexpr LittleEndian<uint64_t> kAuExecutionId22{"execution_id", 22};
inline constexpr LittleEndian<uint64_t> kAuContraId30{"contra_order_id", 30};
inline constexpr Padding kAuReserved38{"reserved_1", 38, 5};
inline constexpr const FieldInfo* kAuExecutedFields[] = {
    &kMessageLength, &kMessageType,     &kAuTime,       &kAuOrderId,
    &kAuQuantity18,  &kAuExecutionId22, &kAuContraId30, &kAuReserved38};
inline constexpr Padding kAuReserved38Of4{"reserved_1", 38, 4};
inline constexpr Letter kAuExecutionType42{"execution_type", 42};
inline constexpr FinePrice kAuPrice43{"price", 43};
inline constexpr Padding kAuReserved51{"reserved_2", 51, 1};
inline constexpr const FieldInfo* kAuExecutedAtPriceFields[] = {
    &kMessageLength,     &kMessageType,     &kAuTime,       &kAuOrderId,
    &kAuQuantity18,      &kAuExecutionId22, &kAuContraId30, &kAuReserved38Of4,
    &kAuExecutionType42, &kAuPrice43,       &kAuReserved51};

inline constexpr LittleEndian<uint32_t> kAuCanceled18{"canceled_quantity", 18};
inline constexpr const FieldInfo* kAuReduceFields[] = {&kMessageLength, &kMessageType, &kAuTime,
                                                       &kAuOrderId, &kAuCanceled18};
inline constexpr LittleEndian<uint32_t> kAuNewQuantity18{"quantity", 18};
inline constexpr FinePrice kAuPrice22{"price", 22};
inline constexpr Padding kAuReserved30{"reserved_1", 30, 1};
inline constexpr const FieldInfo* kAuModifyFields[] = {
    &kMessageLength,   &kMessageType, &kAuTime,      &kAuOrderId,
    &kAuNewQuantity18, &kAuPrice22,   &kAuReserved30};
inline constexpr const FieldInfo* kAuDeleteFields[] = {&kMessageLength, &kMessageType, &kAuTime,
                                                       &kAuOrderId};

inline constexpr LittleEndian<uint32_t> kAuQuantity16{"quantity", 16};
inline constexpr FinePrice kAuPrice20{"price", 20};
inline constexpr LittleEndian<uint64_t> kAuExecutionId28{"execution_id", 28};
inline constexpr LittleEndian<uint64_t> kAuOrderId36{"order_id", 36};
inline constexpr LittleEndian<uint64_t> kAuContraId44{"contra_order_id", 44};
inline constexpr Padding kAuReserved52{"reserved_1", 52, 8};
inline constexpr Letter kAuTradeType60{"trade_type", 60};
inline constexpr Padding kAuReserved61{"reserved_2", 61, 8};
inline constexpr Padding kAuReserved69{"reserved_3", 69, 3};
inline constexpr const FieldInfo* kAuTradeFields[] = {
    &kMessageLength, &kMessageType,     &kAuTime,      &kAuSymbol10,   &kAuQuantity16,
    &kAuPrice20,     &kAuExecutionId28, &kAuOrderId36, &kAuContraId44, &kAuReserved52,
    &kAuTradeType60, &kAuReserved61,    &kAuReserved69};
inline constexpr LittleEndian<uint64_t> kAuExecutionId10{"execution_id", 10};
inline constexpr const FieldInfo* kAuTradeBreakFields[] = {&kMessageLength, &kMessageType, &kAuTime,
                                                           &kAuExecutionId10};

inline constexpr NamedValue kAuStatusNames[] = {
    {'C', "closed"},      {'A', "premarket"},  {'T', "trading"},
    {'M', "moc_trading"}, {'P', "postmarket"}, {'H', "halted"},
    {'S', "suspended"},   {'O', "pre_open"},   {'E', "pre_close"}};
inline constexpr auto kAuTradingStatus16 = Letter("trading_status", 16).Names(kAuStatusNames);
inline constexpr Alpha kAuMarket17{"market_id_code", 17, 4};
inline constexpr Padding kAuReserved21{"reserved_1", 21, 1};
inline constexpr const FieldInfo* kAuTradingStatusFields[] = {
    &kMessageLength,     &kMessageType, &kAuTime,      &kAuSymbol10,
    &kAuTradingStatus16, &kAuMarket17,  &kAuReserved21};

inline constexpr Letter kAuAuctionType16{"auction_type",
                                         16};  // O opening, C closing, H after a halt.
inline constexpr LittleEndian<uint32_t> kAuBuy17{"buy_shares", 17};
inline constexpr LittleEndian<uint32_t> kAuSell21{"sell_shares", 21};
inline constexpr FinePrice kAuIndicative25{"indicative_price", 25};
inline constexpr Padding kAuReserved33{"reserved_1", 33, 1};
inline constexpr const FieldInfo* kAuAuctionUpdateFields[] = {
    &kMessageLength, &kMessageType, &kAuTime,         &kAuSymbol10,  &kAuAuctionType16,
    &kAuBuy17,       &kAuSell21,    &kAuIndicative25, &kAuReserved33};
inline constexpr FinePrice kAuPrice17{"price", 17};
inline constexpr LittleEndian<uint32_t> kAuShares25{"shares", 25};
inline constexpr Padding kAuReserved29{"reserved_1", 29, 1};
inline constexpr const FieldInfo* kAuAuctionSummaryFields[] = {
    &kMessageLength,   &kMessageType, &kAuTime,     &kAuSymbol10,
    &kAuAuctionType16, &kAuPrice17,   &kAuShares25, &kAuReserved29};

// 1 closing price, 2 value of a fund by day, 3 of an index, 4 of a fund at the end of the day.
inline constexpr Letter kAuValueCategory16{"value_category", 16};
inline constexpr FinePrice kAuValue17{"value", 17};
inline constexpr LittleEndian<uint64_t> kAuValueTime25{"value_timestamp", 25, FieldKind::kUnixNs};
inline constexpr const FieldInfo* kAuValueFields[] = {
    &kMessageLength,     &kMessageType, &kAuTime,       &kAuSymbol10,
    &kAuValueCategory16, &kAuValue17,   &kAuValueTime25};

inline constexpr Padding kAuReserved2{"reserved_1", 2, 4};
inline constexpr const FieldInfo* kAuBareFields[] = {&kMessageLength, &kMessageType, &kAuReserved2};

inline constexpr MessageInfo kAuUnitClearMessage =
    Message(0x97, "unit_clear_message", 6, kAuBareFields);
inline constexpr MessageInfo kAuEndOfSessionMessage =
    Message(0x2D, "end_of_session_message", 6, kAuBareFields);
inline constexpr MessageInfo kAuAddMessage = Message(0x37, "add_order_message", 42, kAuAddFields);
inline constexpr MessageInfo kAuExecutedMessage =
    Message(0x38, "order_executed_message", 43, kAuExecutedFields);
inline constexpr MessageInfo kAuExecutedAtPriceMessage =
    Message(0x58, "order_executed_at_price_message", 52, kAuExecutedAtPriceFields);
inline constexpr MessageInfo kAuReduceMessage =
    Message(0x39, "reduce_size_message", 22, kAuReduceFields);
inline constexpr MessageInfo kAuModifyMessage =
    Message(0x3A, "modify_order_message", 31, kAuModifyFields);
inline constexpr MessageInfo kAuDeleteMessage =
    Message(0x3C, "delete_order_message", 18, kAuDeleteFields);
inline constexpr MessageInfo kAuTradeMessage = Message(0x3D, "trade_message", 72, kAuTradeFields);
inline constexpr MessageInfo kAuTradeBreakMessage =
    Message(0x3E, "trade_break_message", 18, kAuTradeBreakFields);
inline constexpr MessageInfo kAuTradingStatusMessage =
    Message(0x3B, "trading_status_message", 22, kAuTradingStatusFields);
inline constexpr MessageInfo kAuAuctionUpdateMessage =
    Message(0x59, "auction_update_message", 34, kAuAuctionUpdateFields);
inline constexpr MessageInfo kAuAuctionSummaryMessage =
    Message(0x5A, "auction_summary_message", 30, kAuAuctionSummaryFields);
inline constexpr MessageInfo kAuValueMessage =
    Message(0xE3, "calculated_value_message", 33, kAuValueFields);

inline constexpr const MessageInfo* kAustraliaOwnMessages[] = {&kAuUnitClearMessage,
                                                               &kAuEndOfSessionMessage,
                                                               &kAuAddMessage,
                                                               &kAuExecutedMessage,
                                                               &kAuExecutedAtPriceMessage,
                                                               &kAuReduceMessage,
                                                               &kAuModifyMessage,
                                                               &kAuDeleteMessage,
                                                               &kAuTradeMessage,
                                                               &kAuTradeBreakMessage,
                                                               &kAuTradingStatusMessage,
                                                               &kAuAuctionUpdateMessage,
                                                               &kAuAuctionSummaryMessage,
                                                               &kAuValueMessage};
inline constexpr auto kAustraliaMessages = WithSessions(kAustraliaOwnMessages);

}  // namespace fh::codecs::pitch

#endif  // FEEDHANDLER_CODECS_PITCH_AUSTRALIA_MESSAGES_H_
