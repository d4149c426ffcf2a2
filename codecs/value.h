// What stands in a field of a message, and the same in people's terms. Whatever shows messages to
// people (JSON lines of `decode`, reports, tests) renders values through here, so that they all say
// the same.
//
//   const Value value = ReadValue(field, message);       // `message`: what field.offset counts from.
//   Print(ValueText(field, value));                      // "255.5200", "EndOfEvent", "null"
//
// Fixed blocks are read by ReadValue; codecs whose fields have no fixed place (FAST) or whose scale
// is not in the message (per instrument) fill in the struct themselves.
//
// Any thread; no state. Nothing allocates but ValueText. Not for the hot path.
#ifndef FEEDHANDLER_CODECS_VALUE_H_
#define FEEDHANDLER_CODECS_VALUE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "codecs/message.h"

namespace fh::codecs {

struct Value {
  enum class State : uint8_t {
    kThere,
    kNull,    // The message says that there is none.
    kAbsent,  // The message is of a version that has not got this field.
  };
  State state = State::kThere;
  // Of kDecimal and kScaled: the value is `number` times ten to the power of this.
  int16_t exponent = 0;
  // Sign-extended, of whatever is not text; the mantissa of kScaled, the bits of kFloat.
  uint64_t number = 0;
  // As they lie in the message. Of a text, the text: a constant one lies elsewhere.
  std::span<const uint8_t> bytes = {};
};

// Precondition: all bytes of the field are readable, unless it is a constant.
Value ReadValue(const FieldInfo& field, const uint8_t* block);

// A field that is not in this message.
inline constexpr Value kAbsentValue{.state = Value::State::kAbsent};

inline bool IsText(const FieldInfo& field) {
  return field.kind == FieldKind::kAlpha || field.kind == FieldKind::kChar;
}

// The text without its padding: what is up to the last byte that is neither space nor NUL.
std::span<const uint8_t> WithoutPadding(std::span<const uint8_t> text);

// The name of an enumerated value; null when it has none.
const char* NameOf(const FieldInfo& field, const Value& value);

// Whether the value is shown as a plain number: it is neither text nor anything that has another
// form in people's terms.
bool IsPlainNumber(const FieldInfo& field, const Value& value);

// The most that AppendValueText writes.
size_t ValueTextBytes(const FieldInfo& field, const Value& value);

// In people's terms: decimals exactly, times in RFC 3339, enumerated values by their names and, where
// they have none, as they are, bits of flags by name joined with '|' or as 0b..., text without its
// padding (any bytes); nothing for null and absent ones. At `at`, where there is room for
// ValueTextBytes; returns the end.
char* AppendValueText(const FieldInfo& field, const Value& value, char* at);

// The same; "null" for null and absent values.
std::string ValueText(const FieldInfo& field, const Value& value);

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_VALUE_H_
