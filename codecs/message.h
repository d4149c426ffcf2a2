// Descriptions of messages: every field declared once (name, offset, length, kind, scale), used by
// the decoder to read it and by people-facing tools to print it.
//
//   inline constexpr BigEndian<uint64_t> kReference{"order_reference_number", 11};
//   inline constexpr BigEndian<uint32_t> kPrice{"price", 32, FieldKind::kDecimal, 4};
//   inline constexpr const FieldInfo* kAddOrderFields[] = {&kReference, &kPrice};
//   inline constexpr MessageInfo kAddOrder{'A', "add_order", 36, kAddOrderFields};
//   const uint64_t id = kReference(message);     // Decoder: the same declaration, offset folded
//   into the load.
//
// A message is a block of fields; behind it there may be repeating groups, whose entries are blocks
// again, and data of variable length. Fields may be optional (a value of theirs means null), have a
// constant for a value, exist since a version only, and name their values or bits.
//
//   inline constexpr NamedValue kSides[] = {{1, "Buy"}, {2, "Sell"}};
//   inline constexpr auto kSide = LittleEndian<uint8_t>{"side", 8}.Null(255).Names(kSides).Since(7);
//   inline constexpr GroupInfo kLegs{.name = "no_legs", .block_length = {0, 2}, .count = {2, 1}, ...};
//
// Descriptions are constants of a codec, or built once from a schema at start (description_arena.h);
// who reads them does not see the difference. Any thread; no cost at run time.
#ifndef FEEDHANDLER_CODECS_MESSAGE_H_
#define FEEDHANDLER_CODECS_MESSAGE_H_

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>

namespace fh::codecs {

enum class FieldKind : uint8_t {
  kUnsigned,
  kSigned,
  kDecimal,      // Integer with `decimals` implied decimals; sign as `is_signed`.
  kAlpha,        // Text, space or NUL padded on the right.
  kChar,         // One letter.
  kFlags,        // A bit set.
  kUnixNs,       // Nanoseconds since 1970 UTC.
  kUnixMs,       // Milliseconds since 1970 UTC.
  kUnixSeconds,  // Seconds since 1970 UTC.
  kNsSinceMidnight,
  kSecondsSinceMidnight,
  kUnixDays,  // Days since 1970.
  kScaled,    // Mantissa and exponent, both in the message (FieldInfo::scaled).
  kFloat,     // IEEE 754, 4 or 8 bytes.
  kPadding,   // Bytes without a meaning, which nobody is shown.
};

enum class Presence : uint8_t {
  kRequired,
  kOptional,  // FieldInfo::number means that there is no value.
  kConstant,  // No bytes: the value is FieldInfo::number, or FieldInfo::constant_text.
};

// A value of a field, or the number of a bit of kFlags, and what the specification calls it.
struct NamedValue {
  uint64_t value;  // Signed ones sign-extended.
  const char* name;
};

// Where the two numbers of kScaled are in their field.
struct ScaledParts {
  uint8_t mantissa_at = 0;
  uint8_t mantissa_length = 0;
  uint8_t exponent_at = 0;  // One signed byte: the power of ten.
};

struct FieldInfo {
  const char* name;  // In the specification's words, snake_case.
  uint16_t offset;   // From the first byte of the message (its type, where that comes first).
  uint16_t length;   // Bytes.
  FieldKind kind = FieldKind::kUnsigned;
  int8_t decimals = 0;  // Below 0: so many zeros are left out.
  bool is_signed = false;
  bool big_endian = true;
  Presence presence = Presence::kRequired;
  uint16_t since = 0;                   // The schema's version that brought it.
  uint64_t number = 0;                  // The null value, or the constant; sign-extended.
  const char* constant_text = nullptr;  // The constant of a text.
  std::span<const NamedValue> names = {};
  ScaledParts scaled = {};
};

namespace internal {

template <std::unsigned_integral T>
constexpr T ByteSwap(T value) {
  if constexpr (sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return __builtin_bswap16(value);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bswap32(value);
  } else {
    return __builtin_bswap64(value);
  }
}

template <std::endian kOrder, std::integral T>
T Load(const uint8_t* bytes) {
  std::make_unsigned_t<T> value;
  std::memcpy(&value, bytes, sizeof value);
  if constexpr (kOrder != std::endian::native) value = ByteSwap(value);
  return static_cast<T>(value);
}

template <std::endian kOrder, std::integral T>
void Store(uint8_t* bytes, T value) {
  auto raw = static_cast<std::make_unsigned_t<T>>(value);
  if constexpr (kOrder != std::endian::native) raw = ByteSwap(raw);
  std::memcpy(bytes, &raw, sizeof raw);
}

}  // namespace internal

// An integer field. Call it with the message's first byte to read it; Put writes it (generators,
// tests).
template <std::integral T, std::endian kOrder>
struct IntegerField : FieldInfo {
  constexpr IntegerField(const char* field_name, uint16_t field_offset,
                         FieldKind field_kind = std::signed_integral<T> ? FieldKind::kSigned
                                                                        : FieldKind::kUnsigned,
                         int8_t field_decimals = 0)
      : FieldInfo{field_name,
                  field_offset,
                  sizeof(T),
                  field_kind,
                  field_decimals,
                  std::signed_integral<T>,
                  kOrder == std::endian::big} {}

  // The same field, with more said of it.
  constexpr IntegerField Null(T value) const {
    IntegerField field = *this;
    field.presence = Presence::kOptional;
    field.number = static_cast<uint64_t>(value);
    return field;
  }
  constexpr IntegerField Names(std::span<const NamedValue> of_values) const {
    IntegerField field = *this;
    field.names = of_values;
    return field;
  }
  constexpr IntegerField Since(uint16_t version) const {
    IntegerField field = *this;
    field.since = version;
    return field;
  }

  T operator()(const uint8_t* message) const { return internal::Load<kOrder, T>(message + offset); }
  void Put(uint8_t* message, T value) const { internal::Store<kOrder, T>(message + offset, value); }
};

template <std::integral T>
using BigEndian = IntegerField<T, std::endian::big>;
template <std::integral T>
using LittleEndian = IntegerField<T, std::endian::little>;

// Six bytes, big-endian (ITCH times).
struct BigEndian48 : FieldInfo {
  constexpr BigEndian48(const char* field_name, uint16_t field_offset, FieldKind field_kind)
      : FieldInfo{field_name, field_offset, 6, field_kind, 0, false, true} {}
  uint64_t operator()(const uint8_t* message) const {
    return uint64_t{internal::Load<std::endian::big, uint16_t>(message + offset)} << 32 |
           internal::Load<std::endian::big, uint32_t>(message + offset + 2);
  }
  void Put(uint8_t* message, uint64_t value) const {
    internal::Store<std::endian::big>(message + offset, static_cast<uint16_t>(value >> 32));
    internal::Store<std::endian::big>(message + offset + 2, static_cast<uint32_t>(value));
  }
};

// Fixed text. Reading gives a pointer to `length` bytes, not terminated.
struct Alpha : FieldInfo {
  constexpr Alpha(const char* field_name, uint16_t field_offset, uint16_t field_length)
      : FieldInfo{field_name, field_offset, field_length, FieldKind::kAlpha} {}
  const char* operator()(const uint8_t* message) const {
    return reinterpret_cast<const char*>(message + offset);
  }
  void Put(uint8_t* message, const char* text) const {
    const size_t size = std::strlen(text);
    for (size_t i = 0; i < length; ++i) {
      message[offset + i] = i < size ? static_cast<uint8_t>(text[i]) : uint8_t{' '};
    }
  }
};

// One letter.
struct Letter : FieldInfo {
  constexpr Letter(const char* field_name, uint16_t field_offset)
      : FieldInfo{field_name, field_offset, 1, FieldKind::kChar} {}
  // The same letter, its values named.
  constexpr Letter Names(std::span<const NamedValue> of_values) const {
    Letter field = *this;
    field.names = of_values;
    return field;
  }
  char operator()(const uint8_t* message) const { return static_cast<char>(message[offset]); }
  void Put(uint8_t* message, char value) const { message[offset] = static_cast<uint8_t>(value); }
};

// Bytes that no field describes.
struct Padding : FieldInfo {
  constexpr Padding(const char* field_name, uint16_t field_offset, uint16_t field_length)
      : FieldInfo{field_name, field_offset, field_length, FieldKind::kPadding} {}
};

// Where an unsigned number is in what announces a group or data: 1, 2, 4 or 8 bytes.
struct WireNumber {
  uint8_t offset = 0;
  uint8_t length = 0;
};

struct GroupInfo;
struct DataInfo;

// What a block holds, and what follows it: first all groups, then all data.
struct BlockInfo {
  std::span<const FieldInfo* const> fields;
  std::span<const GroupInfo* const> groups;
  std::span<const DataInfo* const> data;
};

// A repeating group: what announces it (how long an entry's block is, how many there are), then the
// entries, each a block and what follows that.
struct GroupInfo {
  const char* name;
  WireNumber block_length;  // In the announcement.
  WireNumber count;
  uint8_t announcement_bytes;
  bool big_endian;
  uint16_t since = 0;
  std::span<const FieldInfo* const> fields = {};  // Offsets from the entry's first byte.
  std::span<const GroupInfo* const> groups = {};
  std::span<const DataInfo* const> data = {};

  constexpr BlockInfo block() const { return {fields, groups, data}; }
};

// Data of variable length: its length, then its bytes.
struct DataInfo {
  FieldInfo field;  // Its name and kind (kAlpha); offset and length mean nothing.
  WireNumber length;
  uint8_t announcement_bytes;
  bool big_endian;
  uint16_t since = 0;
};

struct MessageInfo {
  uint32_t type;     // The venue's type (its letter) or template id.
  const char* name;  // In the specification's words, snake_case.
  // Least length of a valid message; longer ones are read as far as known. Fields behind it have a
  // `since`, and are absent from messages that end before them.
  uint16_t length;
  std::span<const FieldInfo* const> fields;
  std::span<const GroupInfo* const> groups = {};
  std::span<const DataInfo* const> data = {};
  bool is_template = false;  // `type` is a template id, shown as a number even if it is a letter's.
  // False: fields lie one behind the other as the bytes say (FAST); offsets and lengths of theirs mean
  // nothing, and only their codec can find them.
  bool has_places = true;

  constexpr BlockInfo block() const { return {fields, groups, data}; }
};

struct Value;  // value.h

// Why a message of a type that the codec does not know cannot be described; all other reasons are
// damage.
inline constexpr char kUnknownType[] = "unknown type";

// Receives what Codec::Describe finds in a packet, in wire order.
class MessageVisitor {
 public:
  virtual ~MessageVisitor() = default;

  // A message. `info` is null for an unknown type and for one that is shorter than its type demands
  // (`why` says which); then no Field follows. `bytes` live as long as the packet.
  virtual void BeginMessage(uint64_t sequence, const MessageInfo* info,
                            std::span<const uint8_t> bytes, const char* why) = 0;
  // A field of the current message, or of the entry that was begun last and has not ended.
  virtual void Field(const FieldInfo& field, const Value& value) = 0;
  // A group of `entries`: for each of them BeginEntry, its fields, its groups, EndEntry. A group of
  // a later version than the message's comes with 0 entries.
  virtual void BeginGroup(const GroupInfo& /*group*/, uint32_t /*entries*/) {}
  virtual void BeginEntry() {}
  virtual void EndEntry() {}
  virtual void EndGroup() {}
  virtual void EndMessage() = 0;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_MESSAGE_H_
