// Templates of FAST 1.1 as data: what a message holds and which operator sends each field. The same
// structs for templates that a codec declares as constants and for those of an exchange's XML file
// (fast_xml.h); fast_plan.h makes of them what the decoder runs.
//
//   inline constexpr FastField kNumber = Field("msg_seq_num", FastType::kUInt32).Increments();
//   inline constexpr FastField kPrice = Field("md_entry_px", FastType::kDecimal).Optional();
//   inline constexpr FastItem kItems[] = {{&kNumber}, {&kPrice}};
//
// A FastField is a FieldInfo without a place: its offset is 0, its length says how wide its type is
// (4 or 8 bytes; 1 for texts). Constants; any thread.
//
// Source: "FAST Specification" 1.1 (FIX Protocol Ltd.), sections 4 to 7.
#ifndef FEEDHANDLER_CODECS_FAST_FAST_TEMPLATE_H_
#define FEEDHANDLER_CODECS_FAST_FAST_TEMPLATE_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::fast {

enum class FastType : uint8_t {
  kUInt32,
  kInt32,
  kUInt64,
  kInt64,
  kDecimal,
  kAscii,
  kUnicode,
  kBytes,
};

constexpr bool IsInteger(FastType type) { return type <= FastType::kInt64; }
constexpr bool IsText(FastType type) { return type >= FastType::kAscii; }

enum class FastOperatorKind : uint8_t {
  kNone,
  kConstant,
  kDefault,
  kCopy,
  kIncrement,
  kDelta,
  kTail,
};

struct FastOperator {
  FastOperatorKind kind = FastOperatorKind::kNone;
  const char* initial = nullptr;  // As XML has it; null: none. Vectors of bytes: hexadecimal.
  // Operators of the same dictionary and key share their previous value. Null: the template's, and
  // the field's name.
  const char* dictionary = nullptr;
  const char* key = nullptr;
};

struct FastField : FieldInfo {
  FastType type = FastType::kUInt32;
  bool optional = false;
  bool has_parts = false;  // A decimal whose exponent and mantissa have operators of their own:
  FastOperator op;         // this one is the exponent's then.
  FastOperator mantissa;
  uint32_t line = 0;  // Of the XML file; 0: none.

  constexpr FastField Optional() const {
    FastField field = *this;
    field.optional = true;
    return field;
  }
  constexpr FastField With(FastOperatorKind operation, const char* initial = nullptr) const {
    FastField field = *this;
    field.op.kind = operation;
    field.op.initial = initial;
    return field;
  }
  constexpr FastField Constant(const char* value) const {
    FastField field = With(FastOperatorKind::kConstant, value);
    field.presence = Presence::kConstant;
    return field;
  }
  constexpr FastField Defaults(const char* value = nullptr) const {
    return With(FastOperatorKind::kDefault, value);
  }
  constexpr FastField Copies(const char* value = nullptr) const {
    return With(FastOperatorKind::kCopy, value);
  }
  constexpr FastField Increments(const char* value = nullptr) const {
    return With(FastOperatorKind::kIncrement, value);
  }
  constexpr FastField Deltas(const char* value = nullptr) const {
    return With(FastOperatorKind::kDelta, value);
  }
  constexpr FastField Tails(const char* value = nullptr) const {
    return With(FastOperatorKind::kTail, value);
  }
  // A decimal: the operators of its two numbers.
  constexpr FastField Parts(FastOperator exponent, FastOperator of_mantissa) const {
    FastField field = *this;
    field.has_parts = true;
    field.op = exponent;
    field.mantissa = of_mantissa;
    return field;
  }
  constexpr FastField Names(std::span<const NamedValue> of_values) const {
    FastField field = *this;
    field.names = of_values;
    return field;
  }
};

constexpr FastField Field(const char* name, FastType type) {
  FastField field{};
  field.name = name;
  field.type = type;
  field.length = IsText(type) ? 1 : type == FastType::kUInt32 || type == FastType::kInt32 ? 4 : 8;
  field.kind = IsText(type)                                           ? FieldKind::kAlpha
               : type == FastType::kDecimal                           ? FieldKind::kScaled
               : type == FastType::kInt32 || type == FastType::kInt64 ? FieldKind::kSigned
                                                                      : FieldKind::kUnsigned;
  field.is_signed = field.kind == FieldKind::kSigned || field.kind == FieldKind::kScaled;
  return field;
}

struct FastGroup;

// One of three: a field, a group or sequence, or, when both are null, a message of any template
// (a dynamic template reference).
struct FastItem {
  const FastField* field = nullptr;
  const FastGroup* group = nullptr;
};

struct FastGroup {
  const GroupInfo* info;  // Its name, and what an entry holds, for people.
  std::span<const FastItem> items;
  bool is_sequence = true;
  bool optional = false;
  FastField length = Field("length", FastType::kUInt32);  // Of a sequence; its key is its name.
};

struct FastTemplate {
  const MessageInfo* info;  // `type` is the template's id.
  std::span<const FastItem> items;
  const char* dictionary = "global";  // Of operators that name none.
  bool resets = false;                // All dictionaries, before its fields.
};

}  // namespace fh::codecs::fast

#endif  // FEEDHANDLER_CODECS_FAST_FAST_TEMPLATE_H_
