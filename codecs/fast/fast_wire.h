// The bytes of FAST 1.1: integers of 7 bits a byte of which the last carries the stop bit, presence
// maps, texts.
//
//   FastCursor cursor{packet.data, packet.data + packet.length};
//   uint64_t number;
//   if (const FastError error = ReadUnsigned(cursor, 5, number); error != FastError::kNone) ...
//
// Reads nothing at or behind `end`; a cursor's place after an error means nothing. Any thread; no
// state, no allocation.
//
// Source: "FAST Specification" 1.1, section 10. D5 and the like are its numbers of errors.
#ifndef FEEDHANDLER_CODECS_FAST_FAST_WIRE_H_
#define FEEDHANDLER_CODECS_FAST_FAST_WIRE_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace fh::codecs::fast {

__extension__ typedef __int128 Wide;

// Why bytes are no message.
enum class FastError : uint8_t {
  kNone,
  kCut,
  kIntegerRange,
  kExponentRange,
  kOtherType,
  kNoPrevious,
  kEmptyPrevious,
  kSubtraction,
  kUnknownTemplate,
  kNoTemplate,
  kTextTooLong,
  kSequenceTooLong,
  kTooMuchWork,
  kTooDeep,
};

constexpr const char* ReasonOf(FastError error) {
  switch (error) {
    case FastError::kNone:
      return nullptr;
    case FastError::kCut:
      return "the bytes end within a field";
    case FastError::kIntegerRange:
      return "an integer beyond its type's range (D2)";
    case FastError::kExponentRange:
      return "an exponent beyond -63 to 63 (R1)";
    case FastError::kOtherType:
      return "the previous value is of another type (D4)";
    case FastError::kNoPrevious:
      return "a mandatory field leans on a previous value, which is not known (D5)";
    case FastError::kEmptyPrevious:
      return "a mandatory field leans on a previous value, which is empty (D6)";
    case FastError::kSubtraction:
      return "more is taken off a text than it has (D7)";
    case FastError::kUnknownTemplate:
      return "a template that is not known (D9)";
    case FastError::kNoTemplate:
      return "no template id, and no message before that had one";
    case FastError::kTextTooLong:
      return "a text to remember of more than 1024 bytes";
    case FastError::kSequenceTooLong:
      return "a sequence of more entries than the bytes can hold";
    case FastError::kTooMuchWork:
      return "more fields than the bytes are worth";
    case FastError::kTooDeep:
      return "messages within messages too deep";
  }
  return "damaged";
}

struct FastCursor {
  const uint8_t* at;
  const uint8_t* end;

  size_t left() const { return static_cast<size_t>(end - at); }
};

// Bytes of the longest number of 32 bits, and of 64 (each with room for null).
inline constexpr int kBytes32 = 5;
inline constexpr int kBytes64 = 10;

namespace internal {

constexpr uint8_t kStop = 0x80;
constexpr uint8_t kData = 0x7F;
constexpr int kNarrowBytes = 9;  // 63 bits.

// The number goes on behind nine bytes: the tenth is the last.
inline FastError ReadTenth(FastCursor& cursor, const uint8_t* at, int most_bytes, Wide& value) {
  if (at == cursor.end) return FastError::kCut;
  if (most_bytes <= kNarrowBytes || (*at & kStop) == 0) return FastError::kIntegerRange;
  value = value * 128 + (*at & kData);
  cursor.at = at + 1;
  return FastError::kNone;
}

// The groups of seven bits of each byte, side by side.
inline uint64_t JoinGroups(uint64_t bytes) {
  bytes &= 0x7F7F7F7F7F7F7F7F;
  bytes = (bytes & 0x007F007F007F007F) | (bytes & 0x7F007F007F007F00) >> 1;
  bytes = (bytes & 0x00003FFF00003FFF) | (bytes & 0x3FFF00003FFF0000) >> 2;
  return (bytes & 0x000000000FFFFFFF) | (bytes & 0x0FFFFFFF00000000) >> 4;
}

constexpr uint64_t kStops = 0x8080808080808080;
constexpr int kShortBytes = 8;

// Eight bytes at the cursor as they lie, the first one lowest. Precondition: they are there.
inline uint64_t LoadShort(const uint8_t* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

// The groups of a number of up to 8 bytes where 8 can be read; else false, and nothing is taken. All at
// once, since how long numbers are is hard to predict.
inline bool TakeShort(const uint8_t*& at, const uint8_t* end, uint64_t& groups, int& bytes) {
  if (end - at < kShortBytes) return false;
  const uint64_t word = LoadShort(at);
  if ((word & kStop) != 0) {
    bytes = 1;
    groups = word & kData;
    ++at;
    return true;
  }
  const uint64_t stops = word & kStops;
  if (stops == 0) return false;
  const int last_bit = std::countr_zero(stops);  // 7, 15, ... 63.
  bytes = (last_bit + 1) / 8;
  groups = JoinGroups(__builtin_bswap64(word) >> (63 - last_bit));
  at += bytes;
  return true;
}

}  // namespace internal

// Of at most `most_bytes` (kBytes32, kBytes64) bytes.
inline FastError ReadUnsigned(FastCursor& cursor, int most_bytes, Wide& value) {
  const uint8_t* at = cursor.at;
  uint64_t number = 0;
  for (int i = 0; i < internal::kNarrowBytes; ++i) {
    if (at == cursor.end) return FastError::kCut;
    if (i == most_bytes) return FastError::kIntegerRange;
    const uint8_t byte = *at++;
    number = number << 7 | (byte & internal::kData);
    if ((byte & internal::kStop) != 0) {
      value = static_cast<Wide>(number);
      cursor.at = at;
      return FastError::kNone;
    }
  }
  value = static_cast<Wide>(number);
  return internal::ReadTenth(cursor, at, most_bytes, value);
}

// Two's complement: the highest bit of the first byte is the sign.
inline FastError ReadSigned(FastCursor& cursor, int most_bytes, Wide& value) {
  const uint8_t* at = cursor.at;
  if (at == cursor.end) return FastError::kCut;
  constexpr uint8_t kSign = 0x40;
  uint64_t number = (*at & kSign) != 0 ? ~uint64_t{0} : 0;
  for (int i = 0; i < internal::kNarrowBytes; ++i) {
    if (at == cursor.end) return FastError::kCut;
    if (i == most_bytes) return FastError::kIntegerRange;
    const uint8_t byte = *at++;
    number = number << 7 | (byte & internal::kData);
    if ((byte & internal::kStop) != 0) {
      value = static_cast<Wide>(static_cast<int64_t>(number));
      cursor.at = at;
      return FastError::kNone;
    }
  }
  value = static_cast<Wide>(static_cast<int64_t>(number));
  return internal::ReadTenth(cursor, at, most_bytes, value);
}

// Bits that say which fields are there, first one first; those that were not sent are 0.
class PresenceMap {
 public:
  // Of no bits.
  PresenceMap() = default;

  // Takes the map at the cursor.
  FastError Read(FastCursor& cursor) {
    const uint8_t* at = cursor.at;
    while (at != cursor.end) {
      if ((*at++ & internal::kStop) == 0) continue;
      at_ = cursor.at;
      cursor.at = end_ = at;
      Refill();
      return FastError::kNone;
    }
    return FastError::kCut;
  }

  bool Next() {
    if (left_ == 0) [[unlikely]]
      Refill();
    const bool bit = static_cast<int64_t>(bits_) < 0;
    bits_ <<= 1;
    --left_;
    return bit;
  }

 private:
  // The next 63 bits of the map, from the top; behind its end zeros without end.
  void Refill() {
    uint64_t bits = 0;
    int taken = 0;
    for (; at_ != end_ && taken < internal::kNarrowBytes; ++taken) {
      bits = bits << 7 | (*at_++ & internal::kData);
    }
    left_ = 7 * taken;
    bits_ = taken == 0 ? 0 : bits << (64 - left_);
    if (at_ == end_) left_ = 64;
  }

  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
  uint64_t bits_ = 0;
  int left_ = 0;
};

}  // namespace fh::codecs::fast

#endif  // FEEDHANDLER_CODECS_FAST_FAST_WIRE_H_
