// The messages of Cboe Europe's Multicast PITCH (BXE, CXE, DXE; 6.x), as far as they differ from those
// of pitch_messages.h: long symbols, modifies without flags, executions and trades with the flags of the
// post-trade rules (MMT), trade reports of other venues, statistics and index values.
//
//   if (kMessageType(message) == 0x40) price = pitch::kLongPrice27(message);
//
// Times count from midnight in London. Prices have four decimals, short ones two; their currency is the
// symbol's. Constants only: any thread, no cost.
//
// Source: "Cboe Europe Equities Multicast PITCH Specification" 6.49, "Multicast PITCH Messages".
#ifndef FEEDHANDLER_CODECS_PITCH_EUROPE_MESSAGES_H_
#define FEEDHANDLER_CODECS_PITCH_EUROPE_MESSAGES_H_

#include "codecs/pitch/pitch_messages.h"

namespace fh::codecs::pitch {

// ---- Orders. ----
inline constexpr const FieldInfo* kEuAddLongFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset,       &kOrderId,
    &kSide,          &kQuantity15,  &kExpandedSymbol19, &kLongPrice27};
inline constexpr const FieldInfo* kEuAddShortFields[] = {
    &kMessageLength, &kMessageType,     &kTimeOffset, &kOrderId,
    &kSide,          &kShortQuantity15, &kSymbol17,   &kShortPrice23};
inline constexpr const FieldInfo* kEuAddExpandedFields[] = {
    &kMessageLength, &kMessageType,      &kTimeOffset,  &kOrderId,    &kSide,
    &kQuantity15,    &kExpandedSymbol19, &kLongPrice27, &kAddFlags35, &kParticipantId36};
inline constexpr const FieldInfo* kEuModifyLongFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kOrderId, &kQuantity14, &kLongPrice18};
inline constexpr const FieldInfo* kEuModifyShortFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kOrderId, &kShortQuantity14, &kShortPrice16};

// Mechanism: 1 central book, 3 dark book, 4 off book, 5 periodic auction. Mode: 2 continuous, 3 at the
// close, O, K, I, U auctions, 4 out of session, 5 to 7 reports.
inline constexpr Letter kMechanism26{"market_mechanism", 26};
inline constexpr Letter kMode27{"trading_mode", 27};
inline constexpr Letter kDividend28{"ex_cum_dividend", 28};
inline constexpr Letter kAlgorithmic29{"algorithmic_trade", 29};
inline constexpr const FieldInfo* kEuExecutedFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kOrderId,    &kExecutedQuantity,
    &kExecutionId18, &kMechanism26, &kMode27,     &kDividend28, &kAlgorithmic29};
inline constexpr Letter kMechanism38{"market_mechanism", 38};
inline constexpr Letter kMode39{"trading_mode", 39};
inline constexpr Letter kDividend40{"ex_cum_dividend", 40};
inline constexpr Letter kAlgorithmic41{"algorithmic_trade", 41};
inline constexpr const FieldInfo* kEuExecutedAtPriceFields[] = {
    &kMessageLength,     &kMessageType,   &kTimeOffset,  &kOrderId,     &kExecutedQuantity,
    &kRemainingQuantity, &kExecutionId22, &kLongPrice30, &kMechanism38, &kMode39,
    &kDividend40,        &kAlgorithmic41};

// ---- Trades. ----
inline constexpr Letter kMechanism43{"market_mechanism", 43};
inline constexpr Letter kMode44{"trading_mode", 44};
inline constexpr Letter kCategory45{"transaction_category", 45};
inline constexpr Letter kTradeTypes46{"trade_types", 46};
inline constexpr Letter kAlgorithmic47{"algorithmic_trade", 47};
inline constexpr const FieldInfo* kEuTradeLongFields[] = {
    &kMessageLength, &kMessageType,      &kTimeOffset,   &kOrderId,       &kSide,
    &kQuantity15,    &kExpandedSymbol19, &kLongPrice27,  &kExecutionId35, &kMechanism43,
    &kMode44,        &kCategory45,       &kTradeTypes46, &kAlgorithmic47};
inline constexpr Alpha kExpandedSymbol17{"symbol", 17, 8};
inline constexpr ShortPrice kShortPrice25{"price", 25};
inline constexpr LittleEndian<uint64_t> kExecutionId27{"execution_id", 27};
inline constexpr Letter kMechanism35{"market_mechanism", 35};
inline constexpr Letter kMode36{"trading_mode", 36};
inline constexpr Letter kCategory37{"transaction_category", 37};
inline constexpr Letter kTradeTypes38{"trade_types", 38};
inline constexpr Letter kAlgorithmic39{"algorithmic_trade", 39};
inline constexpr const FieldInfo* kEuTradeShortFields[] = {
    &kMessageLength,   &kMessageType,      &kTimeOffset,   &kOrderId,       &kSide,
    &kShortQuantity15, &kExpandedSymbol17, &kShortPrice25, &kExecutionId27, &kMechanism35,
    &kMode36,          &kCategory37,       &kTradeTypes38, &kAlgorithmic39};

// Reports of trades, of this venue or another: 0x32 of a symbol of the feed, 0x35 of another. Flags of
// varying length follow.
inline constexpr LittleEndian<uint64_t> kLongShares6{"shares", 6};
inline constexpr Alpha kExpandedSymbol14{"symbol", 14, 8};
inline constexpr LongPrice kReportPrice22{"price", 22};
inline constexpr LittleEndian<uint64_t> kTradeId30{"trade_id", 30};
inline constexpr LittleEndian<uint64_t> kTradeTime38{"trade_timestamp", 38, FieldKind::kUnixNs};
inline constexpr Alpha kVenue46{"execution_venue", 46, 4};
inline constexpr Alpha kCurrency50{"currency", 50, 3};
inline constexpr Letter kReportFlags53{"cboe_trade_flags", 53};
inline constexpr const FieldInfo* kTradeReportFields[] = {
    &kMessageLength,    &kMessageType,   &kTimeOffset,   &kLongShares6,
    &kExpandedSymbol14, &kReportPrice22, &kTradeId30,    &kTradeTime38,
    &kVenue46,          &kCurrency50,    &kReportFlags53};
inline constexpr Alpha kUnknownSymbol14{"symbol", 14, 12};
inline constexpr LongPrice kReportPrice26{"price", 26};
inline constexpr LittleEndian<uint64_t> kTradeId34{"trade_id", 34};
inline constexpr LittleEndian<uint64_t> kTradeTime42{"trade_timestamp", 42, FieldKind::kUnixNs};
inline constexpr Alpha kVenue50{"execution_venue", 50, 4};
inline constexpr Alpha kCurrency54{"currency", 54, 3};
inline constexpr Letter kReportFlags57{"cboe_trade_flags", 57};
inline constexpr const FieldInfo* kUnknownReportFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kLongShares6, &kUnknownSymbol14, &kReportPrice26,
    &kTradeId34,     &kTradeTime42, &kVenue50,    &kCurrency54,  &kReportFlags57};

// ---- Status, statistics, auctions, indices. ----
inline constexpr Padding kEuStatusPadding15{"reserved_3", 15, 3};
inline constexpr const FieldInfo* kEuTradingStatusFields[] = {&kMessageLength, &kMessageType,
                                                              &kTimeOffset,    &kExpandedSymbol6,
                                                              &kTradingStatus, &kEuStatusPadding15};
inline constexpr LongPrice kStatisticPrice14{"price", 14};
inline constexpr Letter kStatisticType22{"statistic_type", 22};  // O, H, L, C, P previous close.
inline constexpr Letter kDetermination23{"price_determination", 23};  // 0 normal, 1 by hand.
inline constexpr const FieldInfo* kEuStatisticsFields[] = {
    &kMessageLength,    &kMessageType,     &kTimeOffset,     &kExpandedSymbol6,
    &kStatisticPrice14, &kStatisticType22, &kDetermination23};
// The indicative price has eight bytes, or four in messages of 33.
inline constexpr LongPrice kIndicativePrice23{"indicative_price", 23};
inline constexpr LittleEndian<uint32_t> kIndicativeShares31{"indicative_shares", 31};
inline constexpr Letter kOutsideTolerance35{"outside_tolerance", 35};
inline constexpr Letter kIncludesPrimary36{"includes_primary", 36};
inline constexpr const FieldInfo* kEuAuctionUpdateFields[] = {
    &kMessageLength,      &kMessageType,      &kTimeOffset,        &kExpandedSymbol6,
    &kAuctionType14,      &kReferencePrice,   &kIndicativePrice23, &kIndicativeShares31,
    &kOutsideTolerance35, &kIncludesPrimary36};
inline constexpr LittleEndian<uint32_t> kNarrowIndicativePrice23{"indicative_price", 23,
                                                                 FieldKind::kDecimal, 4};
inline constexpr LittleEndian<uint32_t> kIndicativeShares27{"indicative_shares", 27};
inline constexpr Letter kOutsideTolerance31{"outside_tolerance", 31};
inline constexpr Letter kIncludesPrimary32{"includes_primary", 32};
inline constexpr const FieldInfo* kEuNarrowAuctionUpdateFields[] = {
    &kMessageLength,           &kMessageType,        &kTimeOffset,
    &kExpandedSymbol6,         &kAuctionType14,      &kReferencePrice,
    &kNarrowIndicativePrice23, &kIndicativeShares27, &kOutsideTolerance31,
    &kIncludesPrimary32};
inline constexpr Alpha kIndexTicker6{"index_ticker", 6, 10};
inline constexpr LongPrice kIndexPrice16{"index_price", 16};
inline constexpr Letter kIndexStatus24{"index_status", 24};  // N normal, I indicative, C closing.
inline constexpr const FieldInfo* kIndexQuoteFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kIndexTicker6, &kIndexPrice16, &kIndexStatus24};
inline constexpr const FieldInfo* kIndexSettlementFields[] = {
    &kMessageLength, &kMessageType, &kTimeOffset, &kIndexTicker6, &kIndexPrice16};

inline constexpr MessageInfo kEuAddLongMessage =
    Message(0x40, "add_order_long_message", 35, kEuAddLongFields);
inline constexpr MessageInfo kEuAddShortMessage =
    Message(0x22, "add_order_short_message", 25, kEuAddShortFields);
inline constexpr MessageInfo kEuAddExpandedMessage =
    Message(0x2F, "add_order_expanded_message", 40, kEuAddExpandedFields);
inline constexpr MessageInfo kEuExecutedMessage =
    Message(0x23, "order_executed_message", 30, kEuExecutedFields);
inline constexpr MessageInfo kEuExecutedAtPriceMessage =
    Message(0x24, "order_executed_at_price_size_message", 42, kEuExecutedAtPriceFields);
inline constexpr MessageInfo kEuModifyLongMessage =
    Message(0x27, "modify_order_long_message", 26, kEuModifyLongFields);
inline constexpr MessageInfo kEuModifyShortMessage =
    Message(0x28, "modify_order_short_message", 18, kEuModifyShortFields);
inline constexpr MessageInfo kEuTradeLongMessage =
    Message(0x41, "trade_long_message", 48, kEuTradeLongFields);
inline constexpr MessageInfo kEuTradeShortMessage =
    Message(0x2B, "trade_short_message", 40, kEuTradeShortFields);
inline constexpr MessageInfo kTradeReportMessage =
    Message(0x32, "trade_extended_message", 54, kTradeReportFields);
inline constexpr MessageInfo kUnknownReportMessage =
    Message(0x35, "trade_unknown_symbol_message", 58, kUnknownReportFields);
inline constexpr MessageInfo kEuTradingStatusMessage =
    Message(0x31, "trading_status_message", 18, kEuTradingStatusFields);
inline constexpr MessageInfo kEuStatisticsMessage =
    Message(0x34, "statistics_message", 24, kEuStatisticsFields);
inline constexpr MessageInfo kEuAuctionUpdateMessage =
    Message(0xAC, "auction_update_message", 37, kEuAuctionUpdateFields);
inline constexpr MessageInfo kEuNarrowAuctionUpdateMessage =
    Message(0xAC, "auction_update_message", 33, kEuNarrowAuctionUpdateFields);
inline constexpr MessageInfo kIndexQuoteMessage =
    Message(0xD8, "index_quote_message", 25, kIndexQuoteFields);
inline constexpr MessageInfo kIndexSettlementMessage =
    Message(0xD9, "index_quote_edsp_message", 24, kIndexSettlementFields);

inline constexpr const MessageInfo* kEuropeOwnMessages[] = {
    &kTimeMessage,           &kUnitClearMessage,       &kTransactionBeginMessage,
    &kTransactionEndMessage, &kEuAddLongMessage,       &kEuAddShortMessage,
    &kEuAddExpandedMessage,  &kEuExecutedMessage,      &kEuExecutedAtPriceMessage,
    &kReduceLongMessage,     &kReduceShortMessage,     &kEuModifyLongMessage,
    &kEuModifyShortMessage,  &kDeleteMessage,          &kEuTradeLongMessage,
    &kEuTradeShortMessage,   &kTradeReportMessage,     &kUnknownReportMessage,
    &kTradeBreakMessage,     &kEndOfSessionMessage,    &kEuTradingStatusMessage,
    &kEuStatisticsMessage,   &kEuAuctionUpdateMessage, &kAuctionSummaryMessage,
    &kIndexQuoteMessage,     &kIndexSettlementMessage};
inline constexpr auto kEuropeMessages = WithSessions(kEuropeOwnMessages);

}  // namespace fh::codecs::pitch

#endif  // FEEDHANDLER_CODECS_PITCH_EUROPE_MESSAGES_H_
