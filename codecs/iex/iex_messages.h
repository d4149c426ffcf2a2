// The messages of the IEX feeds TOPS 1.5, TOPS 1.6, DEEP 1.0 and DEEP+ 1.0: every field declared once, read by
// iex_decoder.h and printed by `feedhandler decode`.
//
//   if (type == 'T') price = iex::kPrice(message);      // `message` points at the type byte.
//   for (const MessageInfo* info : iex::kDeep10Messages) Print(info->name);
//
// Little-endian throughout; offsets count from the type byte, behind the block's length. Names are
// the words of the specifications. Constants only: any thread, no cost.
//
// Sources: "IEX TOPS Specification" 1.56 and 1.64, "IEX DEEP Specification" 1.06 and 1.08, "IEX DEEP+
// Specification" 1.04, sections "Message Formats". A longer message than its type has here is legal (growth is announced): the known part
// is read.
#ifndef FEEDHANDLER_CODECS_IEX_IEX_MESSAGES_H_
#define FEEDHANDLER_CODECS_IEX_IEX_MESSAGES_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::iex {

// A price: signed, four implied decimals.
struct Price : LittleEndian<int64_t> {
  constexpr Price(const char* field_name, uint16_t field_offset)
      : LittleEndian<int64_t>(field_name, field_offset, FieldKind::kDecimal, 4) {}
};

// Common to all messages; the symbol to all but the system event.
inline constexpr Letter kMessageType{"message_type", 0};
inline constexpr LittleEndian<int64_t> kTimestamp{"timestamp", 2, FieldKind::kUnixNs};
inline constexpr Alpha kSymbol{"symbol", 10, 8};

// S, system event. O start of messages, S / E start / end of system hours, R / M start / end of
// regular market hours, C end of messages.
inline constexpr Letter kSystemEvent{"system_event", 1};

// D, security directory.
inline constexpr LittleEndian<uint8_t> kSecurityDirectoryFlags{"security_directory_flags", 1,
                                                               FieldKind::kFlags};
inline constexpr LittleEndian<uint32_t> kRoundLotSize{"round_lot_size", 18};
inline constexpr Price kAdjustedPocPrice{"adjusted_poc_price", 22};
inline constexpr LittleEndian<uint8_t> kLuldTier{"luld_tier", 30};
inline constexpr uint8_t kTestSecurityFlag = 0x80;  // Of kSecurityDirectoryFlags.

// H, trading status: H halted everywhere, O released into order acceptance, P paused, T trading.
inline constexpr Letter kTradingStatus{"trading_status", 1};
inline constexpr Alpha kReason{"reason", 18, 4};

// I, retail liquidity: A buy interest, B sell interest, C both, space none.
inline constexpr Letter kRetailLiquidityIndicator{"retail_liquidity_indicator", 1};

// O, operational halt: O halted on IEX, N not.
inline constexpr Letter kOperationalHaltStatus{"operational_halt_status", 1};

// P, short sale price test.
inline constexpr LittleEndian<uint8_t> kShortSalePriceTestStatus{"short_sale_price_test_status", 1};
inline constexpr Letter kDetail{"detail", 18};

// E, security event: O opening process complete, C closing process complete.
inline constexpr Letter kSecurityEvent{"security_event", 1};

// Q, quote: the whole new best bid and ask.
inline constexpr LittleEndian<uint8_t> kQuoteUpdateFlags{"quote_update_flags", 1,
                                                         FieldKind::kFlags};
inline constexpr LittleEndian<uint32_t> kBidSize{"bid_size", 18};
inline constexpr Price kBidPrice{"bid_price", 22};
inline constexpr Price kAskPrice{"ask_price", 30};
inline constexpr LittleEndian<uint32_t> kAskSize{"ask_size", 38};

// 8 and 5, buy and sell price level; T, trade; B, trade break: a size and a price each.
inline constexpr LittleEndian<uint8_t> kEventFlags{"event_flags", 1, FieldKind::kFlags};
inline constexpr uint8_t kEventComplete = 0x01;  // Of kEventFlags.
inline constexpr LittleEndian<uint8_t> kSaleConditionFlags{"sale_condition_flags", 1,
                                                           FieldKind::kFlags};
inline constexpr uint8_t kSinglePriceCross = 0x08;  // Of kSaleConditionFlags, not in TOPS 1.5.
inline constexpr LittleEndian<uint32_t> kSize{"size", 18};
inline constexpr Price kPrice{"price", 22};
inline constexpr LittleEndian<int64_t> kTradeId{"trade_id", 30};
inline constexpr LittleEndian<uint32_t> kTops15Reserved{"reserved", 38};

// Of DEEP+. a, an order is added; M, modified: its new size and price; R, deleted; L, executed: its
// price may be another than the order's; C, all orders of the symbol are gone.
inline constexpr Letter kSide{"side", 1};  // 8 buy, 5 sell.
inline constexpr LittleEndian<int64_t> kOrderId{"order_id", 18};
inline constexpr LittleEndian<uint8_t> kModifyFlags{"modify_flags", 1, FieldKind::kFlags};
inline constexpr uint8_t kKeepsPriority = 0x01;  // Of kModifyFlags.
inline constexpr LittleEndian<uint8_t> kReserved1{"reserved_1", 1};
inline constexpr LittleEndian<int64_t> kOrderIdReference{"order_id_reference", 18};
inline constexpr LittleEndian<uint32_t> kSize26{"size", 26};
inline constexpr Price kPrice30{"price", 30};
inline constexpr LittleEndian<int64_t> kTradeId38{"trade_id", 38};

// X, official price: Q opening, M closing.
inline constexpr Letter kPriceType{"price_type", 1};
inline constexpr Price kOfficialPrice{"official_price", 18};

// A, auction information. Type: O open, C close, I IPO, H halt, V volatility.
inline constexpr Letter kAuctionType{"auction_type", 1};
inline constexpr LittleEndian<uint32_t> kPairedShares{"paired_shares", 18};
inline constexpr Price kReferencePrice{"reference_price", 22};
inline constexpr Price kIndicativeClearingPrice{"indicative_clearing_price", 30};
inline constexpr LittleEndian<uint32_t> kImbalanceShares{"imbalance_shares", 38};
inline constexpr Letter kImbalanceSide{"imbalance_side", 42};
inline constexpr LittleEndian<uint8_t> kExtensionNumber{"extension_number", 43};
inline constexpr LittleEndian<uint32_t> kScheduledAuctionTime{"scheduled_auction_time", 44,
                                                              FieldKind::kUnixSeconds};
inline constexpr Price kAuctionBookClearingPrice{"auction_book_clearing_price", 48};
inline constexpr Price kCollarReferencePrice{"collar_reference_price", 56};
inline constexpr Price kLowerAuctionCollar{"lower_auction_collar", 64};
inline constexpr Price kUpperAuctionCollar{"upper_auction_collar", 72};

inline constexpr const FieldInfo* kSystemEventFields[] = {&kMessageType, &kSystemEvent,
                                                          &kTimestamp};
inline constexpr const FieldInfo* kSecurityDirectoryFields[] = {
    &kMessageType,  &kSecurityDirectoryFlags, &kTimestamp, &kSymbol,
    &kRoundLotSize, &kAdjustedPocPrice,       &kLuldTier};
inline constexpr const FieldInfo* kTradingStatusFields[] = {&kMessageType, &kTradingStatus,
                                                            &kTimestamp, &kSymbol, &kReason};
inline constexpr const FieldInfo* kRetailLiquidityFields[] = {
    &kMessageType, &kRetailLiquidityIndicator, &kTimestamp, &kSymbol};
inline constexpr const FieldInfo* kOperationalHaltFields[] = {
    &kMessageType, &kOperationalHaltStatus, &kTimestamp, &kSymbol};
inline constexpr const FieldInfo* kShortSaleFields[] = {&kMessageType, &kShortSalePriceTestStatus,
                                                        &kTimestamp, &kSymbol, &kDetail};
inline constexpr const FieldInfo* kSecurityEventFields[] = {&kMessageType, &kSecurityEvent,
                                                            &kTimestamp, &kSymbol};
inline constexpr const FieldInfo* kQuoteFields[] = {&kMessageType, &kQuoteUpdateFlags, &kTimestamp,
                                                    &kSymbol,      &kBidSize,          &kBidPrice,
                                                    &kAskPrice,    &kAskSize};
inline constexpr const FieldInfo* kPriceLevelFields[] = {&kMessageType, &kEventFlags, &kTimestamp,
                                                         &kSymbol,      &kSize,       &kPrice};
inline constexpr const FieldInfo* kTradeFields[] = {
    &kMessageType, &kSaleConditionFlags, &kTimestamp, &kSymbol, &kSize, &kPrice, &kTradeId};
inline constexpr const FieldInfo* kTops15TradeFields[] = {
    &kMessageType, &kSaleConditionFlags, &kTimestamp, &kSymbol, &kSize, &kPrice,
    &kTradeId,     &kTops15Reserved};
inline constexpr const FieldInfo* kOfficialPriceFields[] = {&kMessageType, &kPriceType, &kTimestamp,
                                                            &kSymbol, &kOfficialPrice};
inline constexpr const FieldInfo* kAuctionFields[] = {&kMessageType,
                                                      &kAuctionType,
                                                      &kTimestamp,
                                                      &kSymbol,
                                                      &kPairedShares,
                                                      &kReferencePrice,
                                                      &kIndicativeClearingPrice,
                                                      &kImbalanceShares,
                                                      &kImbalanceSide,
                                                      &kExtensionNumber,
                                                      &kScheduledAuctionTime,
                                                      &kAuctionBookClearingPrice,
                                                      &kCollarReferencePrice,
                                                      &kLowerAuctionCollar,
                                                      &kUpperAuctionCollar};

inline constexpr const FieldInfo* kAddOrderFields[] = {
    &kMessageType, &kSide, &kTimestamp, &kSymbol, &kOrderId, &kSize26, &kPrice30};
inline constexpr const FieldInfo* kOrderModifyFields[] = {
    &kMessageType, &kModifyFlags, &kTimestamp, &kSymbol, &kOrderIdReference, &kSize26, &kPrice30};
inline constexpr const FieldInfo* kOrderDeleteFields[] = {&kMessageType, &kReserved1, &kTimestamp,
                                                          &kSymbol, &kOrderIdReference};
inline constexpr const FieldInfo* kOrderExecutedFields[] = {
    &kMessageType, &kSaleConditionFlags, &kTimestamp, &kSymbol, &kOrderIdReference, &kSize26,
    &kPrice30,     &kTradeId38};
inline constexpr const FieldInfo* kClearBookFields[] = {&kMessageType, &kReserved1, &kTimestamp,
                                                        &kSymbol};

inline constexpr MessageInfo kSystemEventMessage{'S', "system_event_message", 10,
                                                 kSystemEventFields};
inline constexpr MessageInfo kSecurityDirectoryMessage{'D', "security_directory_message", 31,
                                                       kSecurityDirectoryFields};
inline constexpr MessageInfo kTradingStatusMessage{'H', "trading_status_message", 22,
                                                   kTradingStatusFields};
inline constexpr MessageInfo kRetailLiquidityMessage{'I', "retail_liquidity_indicator_message", 18,
                                                     kRetailLiquidityFields};
inline constexpr MessageInfo kOperationalHaltMessage{'O', "operational_halt_status_message", 18,
                                                     kOperationalHaltFields};
inline constexpr MessageInfo kShortSaleMessage{'P', "short_sale_price_test_status_message", 19,
                                               kShortSaleFields};
inline constexpr MessageInfo kSecurityEventMessage{'E', "security_event_message", 18,
                                                   kSecurityEventFields};
inline constexpr MessageInfo kQuoteMessage{'Q', "quote_update_message", 42, kQuoteFields};
inline constexpr MessageInfo kBuyLevelMessage{'8', "price_level_buy_update_message", 30,
                                              kPriceLevelFields};
inline constexpr MessageInfo kSellLevelMessage{'5', "price_level_sell_update_message", 30,
                                               kPriceLevelFields};
inline constexpr MessageInfo kTradeMessage{'T', "trade_report_message", 38, kTradeFields};
inline constexpr MessageInfo kTradeBreakMessage{'B', "trade_break_message", 38, kTradeFields};
inline constexpr MessageInfo kTops15TradeMessage{'T', "trade_report_message", 42,
                                                 kTops15TradeFields};
inline constexpr MessageInfo kTops15TradeBreakMessage{'B', "trade_break_message", 42,
                                                      kTops15TradeFields};
inline constexpr MessageInfo kOfficialPriceMessage{'X', "official_price_message", 26,
                                                   kOfficialPriceFields};
inline constexpr MessageInfo kAuctionMessage{'A', "auction_information_message", 80,
                                             kAuctionFields};

inline constexpr MessageInfo kDeepPlusTradeMessage{'T', "trade_message", 38, kTradeFields};
inline constexpr MessageInfo kAddOrderMessage{'a', "add_order_message", 38, kAddOrderFields};
inline constexpr MessageInfo kOrderModifyMessage{'M', "order_modify_message", 38,
                                                 kOrderModifyFields};
inline constexpr MessageInfo kOrderDeleteMessage{'R', "order_delete_message", 26,
                                                 kOrderDeleteFields};
inline constexpr MessageInfo kOrderExecutedMessage{'L', "order_executed_message", 46,
                                                   kOrderExecutedFields};
inline constexpr MessageInfo kClearBookMessage{'C', "clear_book_message", 18, kClearBookFields};

// What each feed may send. A letter means what its feed says (case matters too).
inline constexpr const MessageInfo* kTops15Messages[] = {&kQuoteMessage, &kTops15TradeMessage,
                                                         &kTops15TradeBreakMessage};
inline constexpr const MessageInfo* kTops16Messages[] = {
    &kSystemEventMessage,     &kSecurityDirectoryMessage,
    &kTradingStatusMessage,   &kRetailLiquidityMessage,
    &kOperationalHaltMessage, &kShortSaleMessage,
    &kQuoteMessage,           &kTradeMessage,
    &kTradeBreakMessage,      &kOfficialPriceMessage,
    &kAuctionMessage};
inline constexpr const MessageInfo* kDeep10Messages[] = {
    &kSystemEventMessage,     &kSecurityDirectoryMessage, &kTradingStatusMessage,
    &kRetailLiquidityMessage, &kOperationalHaltMessage,   &kShortSaleMessage,
    &kSecurityEventMessage,   &kBuyLevelMessage,          &kSellLevelMessage,
    &kTradeMessage,           &kTradeBreakMessage,        &kOfficialPriceMessage,
    &kAuctionMessage};

inline constexpr const MessageInfo* kDeepPlus10Messages[] = {
    &kSystemEventMessage,     &kSecurityDirectoryMessage, &kTradingStatusMessage,
    &kRetailLiquidityMessage, &kOperationalHaltMessage,   &kShortSaleMessage,
    &kSecurityEventMessage,   &kAddOrderMessage,          &kOrderModifyMessage,
    &kOrderExecutedMessage,   &kOrderDeleteMessage,       &kDeepPlusTradeMessage,
    &kTradeBreakMessage,      &kClearBookMessage};

// One feed: its IEX-TP protocol id and its messages.
struct Feed {
  uint16_t protocol;
  std::span<const MessageInfo* const> messages;
};
inline constexpr Feed kTops15{0x8002, kTops15Messages};
inline constexpr Feed kTops16{0x8003, kTops16Messages};
inline constexpr Feed kDeep10{0x8004, kDeep10Messages};
inline constexpr Feed kDeepPlus10{0x8005, kDeepPlus10Messages};

}  // namespace fh::codecs::iex

#endif  // FEEDHANDLER_CODECS_IEX_IEX_MESSAGES_H_
