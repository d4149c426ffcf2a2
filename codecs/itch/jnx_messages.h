// The messages of Japannext's PTS, ITCH 1.6: every field declared once, read by jnx_itch.cc and printed
// by `feedhandler decode`.
//
//   const uint64_t id = jnx::OrderDeleted::kOrderNumber(message);
//
// Big-endian; offsets count from the type letter. Prices have one implied decimal, unless the directory
// of their order book says another number. Constants; any thread.
//
// Sources: "Japannext PTS ITCH Market Data Specification" 1.6 by the tables of an independent
// dissector, and captures.
#ifndef FEEDHANDLER_CODECS_ITCH_JNX_MESSAGES_H_
#define FEEDHANDLER_CODECS_ITCH_JNX_MESSAGES_H_

#include <cstdint>

#include "codecs/message.h"

namespace fh::codecs::jnx {

// At the start of every message.
inline constexpr Letter kMessageType{"message_type", 0};
inline constexpr BigEndian<uint32_t> kNanoseconds{"nanoseconds", 1};

// The second that all nanoseconds behind it count from.
struct Seconds {
  static constexpr BigEndian<uint32_t> kSeconds{"seconds", 1};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kSeconds};
  static constexpr MessageInfo kInfo{'T', "seconds_message", 5, kFields};
};

struct SystemEvent {
  static constexpr Alpha kGroup{"group", 5, 4};
  static constexpr Letter kSystemEvent{"system_event", 9};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kNanoseconds, &kGroup,
                                                 &kSystemEvent};
  static constexpr MessageInfo kInfo{'S', "system_event_message", 10, kFields};
};

struct PriceTickSize {
  static constexpr BigEndian<uint32_t> kPriceTickSizeTableId{"price_tick_size_table_id", 5};
  static constexpr BigEndian<uint32_t> kPriceTickSize{"price_tick_size", 9, FieldKind::kDecimal, 1};
  static constexpr BigEndian<uint32_t> kPriceStart{"price_start", 13, FieldKind::kDecimal, 1};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kNanoseconds, &kPriceTickSizeTableId, &kPriceTickSize, &kPriceStart};
  static constexpr MessageInfo kInfo{'L', "price_tick_size_message", 17, kFields};
};

struct OrderbookDirectory {
  static constexpr BigEndian<uint32_t> kOrderbookId{"orderbook_id", 5};
  static constexpr Alpha kOrderbookCode{"orderbook_code", 9, 12};
  static constexpr Alpha kGroup{"group", 21, 4};
  static constexpr BigEndian<uint32_t> kRoundLotSize{"round_lot_size", 25};
  static constexpr BigEndian<uint32_t> kPriceTickSizeTableId{"price_tick_size_table_id", 29};
  static constexpr BigEndian<uint32_t> kPriceDecimals{"price_decimals", 33};
  static constexpr BigEndian<uint32_t> kUpperPriceLimit{"upper_price_limit", 37,
                                                        FieldKind::kDecimal, 1};
  static constexpr BigEndian<uint32_t> kLowerPriceLimit{"lower_price_limit", 41,
                                                        FieldKind::kDecimal, 1};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,     &kNanoseconds,    &kOrderbookId,          &kOrderbookCode,
      &kGroup,           &kRoundLotSize,   &kPriceTickSizeTableId, &kPriceDecimals,
      &kUpperPriceLimit, &kLowerPriceLimit};
  static constexpr MessageInfo kInfo{'R', "orderbook_directory_message", 45, kFields};
};

struct TradingState {
  static constexpr BigEndian<uint32_t> kOrderbookId{"orderbook_id", 5};
  static constexpr Alpha kGroup{"group", 9, 4};
  static constexpr Letter kTradingState{"trading_state", 13};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kNanoseconds, &kOrderbookId,
                                                 &kGroup, &kTradingState};
  static constexpr MessageInfo kInfo{'H', "trading_state_message", 14, kFields};
};

struct ShortSellingPriceRestrictionState {
  static constexpr BigEndian<uint32_t> kOrderbookId{"orderbook_id", 5};
  static constexpr Alpha kGroup{"group", 9, 4};
  static constexpr Letter kShortSellingState{"short_selling_state", 13};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kNanoseconds, &kOrderbookId,
                                                 &kGroup, &kShortSellingState};
  static constexpr MessageInfo kInfo{'Y', "short_selling_price_restriction_state_message", 14,
                                     kFields};
};

struct OrderAddedWithoutAttributes {
  static constexpr BigEndian<uint64_t> kOrderNumber{"order_number", 5};
  static constexpr Letter kBuySellIndicator{"buy_sell_indicator", 13};
  static constexpr BigEndian<uint32_t> kQuantity{"quantity", 14};
  static constexpr BigEndian<uint32_t> kOrderbookId{"orderbook_id", 18};
  static constexpr Alpha kGroup{"group", 22, 4};
  static constexpr BigEndian<uint32_t> kPrice{"price", 26, FieldKind::kDecimal, 1};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kNanoseconds, &kOrderNumber, &kBuySellIndicator,
      &kQuantity,    &kOrderbookId, &kGroup,       &kPrice};
  static constexpr MessageInfo kInfo{'A', "order_added_without_attributes_message", 30, kFields};
};

struct OrderAddedWithAttributes {
  static constexpr BigEndian<uint64_t> kOrderNumber{"order_number", 5};
  static constexpr Letter kBuySellIndicator{"buy_sell_indicator", 13};
  static constexpr BigEndian<uint32_t> kQuantity{"quantity", 14};
  static constexpr BigEndian<uint32_t> kOrderbookId{"orderbook_id", 18};
  static constexpr Alpha kGroup{"group", 22, 4};
  static constexpr BigEndian<uint32_t> kPrice{"price", 26, FieldKind::kDecimal, 1};
  static constexpr Alpha kAttribution{"attribution", 30, 4};
  static constexpr Letter kOrderType{"order_type", 34};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kNanoseconds, &kOrderNumber, &kBuySellIndicator, &kQuantity,
      &kOrderbookId, &kGroup,       &kPrice,       &kAttribution,      &kOrderType};
  static constexpr MessageInfo kInfo{'F', "order_added_with_attributes_message", 35, kFields};
};

struct OrderExecuted {
  static constexpr BigEndian<uint64_t> kOrderNumber{"order_number", 5};
  static constexpr BigEndian<uint32_t> kExecutedQuantity{"executed_quantity", 13};
  static constexpr BigEndian<uint64_t> kMatchNumber{"match_number", 17};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kNanoseconds, &kOrderNumber,
                                                 &kExecutedQuantity, &kMatchNumber};
  static constexpr MessageInfo kInfo{'E', "order_executed_message", 25, kFields};
};

struct OrderDeleted {
  static constexpr BigEndian<uint64_t> kOrderNumber{"order_number", 5};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kNanoseconds, &kOrderNumber};
  static constexpr MessageInfo kInfo{'D', "order_deleted_message", 13, kFields};
};

struct OrderReplaced {
  static constexpr BigEndian<uint64_t> kOriginalOrderNumber{"original_order_number", 5};
  static constexpr BigEndian<uint64_t> kNewOrderNumber{"new_order_number", 13};
  static constexpr BigEndian<uint32_t> kQuantity{"quantity", 21};
  static constexpr BigEndian<uint32_t> kPrice{"price", 25, FieldKind::kDecimal, 1};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kNanoseconds, &kOriginalOrderNumber, &kNewOrderNumber, &kQuantity, &kPrice};
  static constexpr MessageInfo kInfo{'U', "order_replaced_message", 29, kFields};
};
inline constexpr const MessageInfo* kMessages[] = {&Seconds::kInfo,
                                                   &SystemEvent::kInfo,
                                                   &PriceTickSize::kInfo,
                                                   &OrderbookDirectory::kInfo,
                                                   &TradingState::kInfo,
                                                   &ShortSellingPriceRestrictionState::kInfo,
                                                   &OrderAddedWithoutAttributes::kInfo,
                                                   &OrderAddedWithAttributes::kInfo,
                                                   &OrderExecuted::kInfo,
                                                   &OrderDeleted::kInfo,
                                                   &OrderReplaced::kInfo};

}  // namespace fh::codecs::jnx

#endif  // FEEDHANDLER_CODECS_ITCH_JNX_MESSAGES_H_
