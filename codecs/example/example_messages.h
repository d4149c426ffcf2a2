// The messages of the example venue: every field declared once, read by the decoder and shown by
// `decode` and `codecs --describe`.
//
// Numbers are little-endian, prices have four decimals, times count ns from 1970 UTC. Each message
// begins with its type, a letter.
#ifndef FEEDHANDLER_CODECS_EXAMPLE_EXAMPLE_MESSAGES_H_
#define FEEDHANDLER_CODECS_EXAMPLE_EXAMPLE_MESSAGES_H_

#include <cstdint>

#include "codecs/message.h"

namespace fh::codecs::example {

inline constexpr NamedValue kSides[] = {{'B', "Buy"}, {'S', "Sell"}};

inline constexpr Letter kType{"message_type", 0};

// D: there is such an instrument. Sent for all of them at the start of the day.
struct Definition {
  static constexpr LittleEndian<uint32_t> kInstrument{"instrument_id", 1};
  static constexpr Alpha kSymbol{"symbol", 5, 12};
  static constexpr LittleEndian<uint32_t> kLotSize{"lot_size", 17};
  static constexpr const FieldInfo* kFields[] = {&kType, &kInstrument, &kSymbol, &kLotSize};
  static constexpr MessageInfo kInfo{'D', "definition", 21, kFields};
};

// What A, E and X begin with.
inline constexpr LittleEndian<uint64_t> kTime{"time", 1, FieldKind::kUnixNs};
inline constexpr LittleEndian<uint32_t> kInstrument{"instrument_id", 9};
inline constexpr LittleEndian<uint64_t> kOrder{"order_id", 13};

// A: an order joins the book.
struct AddOrder {
  static constexpr Letter kSide = Letter("side", 21).Names(kSides);
  static constexpr LittleEndian<uint32_t> kQuantity{"quantity", 22};
  static constexpr LittleEndian<int64_t> kPrice{"price", 26, FieldKind::kDecimal, 4};
  static constexpr const FieldInfo* kFields[] = {&kType, &kTime,     &kInstrument, &kOrder,
                                                 &kSide, &kQuantity, &kPrice};
  static constexpr MessageInfo kInfo{'A', "add_order", 34, kFields};
};

// E: an order of the book traded, wholly or in part.
struct ExecuteOrder {
  static constexpr LittleEndian<uint32_t> kQuantity{"quantity", 21};
  static constexpr LittleEndian<int64_t> kPrice{"price", 25, FieldKind::kDecimal, 4};
  static constexpr LittleEndian<uint64_t> kTrade{"trade_id", 33};
  static constexpr const FieldInfo* kFields[] = {&kType,     &kTime,  &kInstrument, &kOrder,
                                                 &kQuantity, &kPrice, &kTrade};
  static constexpr MessageInfo kInfo{'E', "execute_order", 41, kFields};
};

// X: what is left of an order leaves the book.
struct DeleteOrder {
  static constexpr const FieldInfo* kFields[] = {&kType, &kTime, &kInstrument, &kOrder};
  static constexpr MessageInfo kInfo{'X', "delete_order", 21, kFields};
};

inline constexpr const MessageInfo* kMessages[] = {&Definition::kInfo, &AddOrder::kInfo,
                                                   &ExecuteOrder::kInfo, &DeleteOrder::kInfo};

}  // namespace fh::codecs::example

#endif  // FEEDHANDLER_CODECS_EXAMPLE_EXAMPLE_MESSAGES_H_
