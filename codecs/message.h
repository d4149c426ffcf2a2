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
// All constants; any thread; no cost at run time.
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
  kUnixSeconds,  // Seconds since 1970 UTC.
  kNsSinceMidnight,
  kSecondsSinceMidnight,
};

struct FieldInfo {
  const char* name;  // In the specification's words, snake_case.
  uint16_t offset;   // From the first byte of the message (its type, where that comes first).
  uint16_t length;   // Bytes.
  FieldKind kind = FieldKind::kUnsigned;
  uint8_t decimals = 0;
  bool is_signed = false;
  bool big_endian = true;
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
                         uint8_t field_decimals = 0)
      : FieldInfo{field_name,
                  field_offset,
                  sizeof(T),
                  field_kind,
                  field_decimals,
                  std::signed_integral<T>,
                  kOrder == std::endian::big} {}
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
  char operator()(const uint8_t* message) const { return static_cast<char>(message[offset]); }
  void Put(uint8_t* message, char value) const { message[offset] = static_cast<uint8_t>(value); }
};

struct MessageInfo {
  uint32_t type;     // The venue's type (its letter) or template id.
  const char* name;  // In the specification's words, snake_case.
  uint16_t length;   // Least length of a valid message; longer ones are read as far as known.
  std::span<const FieldInfo* const> fields;
};

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
  // A field of the current message; `bytes` are the field's own.
  virtual void Field(const FieldInfo& field, std::span<const uint8_t> bytes) = 0;
  virtual void EndMessage() = 0;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_MESSAGE_H_
