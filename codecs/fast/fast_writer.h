// Writes the bytes of FAST 1.1, a value at a time: for samples and tests, which know what the
// operators of their templates send.
//
//   FastWriter writer;
//   writer.Map({true, true}).Unsigned(74).Unsigned(482'727).Null().Ascii("0");
//   const std::string& bytes = writer.bytes();
//
// Allocates.
#ifndef FEEDHANDLER_CODECS_FAST_FAST_WRITER_H_
#define FEEDHANDLER_CODECS_FAST_FAST_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"
#include "codecs/fast/fast_wire.h"

namespace fh::codecs::fast {

class FastWriter {
 public:
  const std::string& bytes() const { return bytes_; }

  // A presence map; bits that are 0 at its end are left out.
  FastWriter& Map(std::initializer_list<bool> bits) {
    std::string map(1, '\0');
    size_t place = 0;
    for (const bool bit : bits) {
      constexpr size_t kBits = 7;
      const size_t byte = place / kBits;
      if (bit) {
        map.resize(byte + 1, '\0');
        map[byte] = static_cast<char>(map[byte] | 0x40 >> place % kBits);
      }
      ++place;
    }
    return Stopped(map);
  }

  FastWriter& Unsigned(uint64_t value) { return Number(static_cast<Wide>(value), false); }
  FastWriter& Signed(int64_t value) { return Number(value, true); }
  // Of optional fields.
  FastWriter& UnsignedOrNull(uint64_t value) { return Number(static_cast<Wide>(value) + 1, false); }
  FastWriter& SignedOrNull(int64_t value) {
    return Number(value >= 0 ? Wide{value} + 1 : Wide{value}, true);
  }
  FastWriter& Null() { return Unsigned(0); }
  FastWriter& Nulls(int count) {
    for (int i = 0; i < count; ++i) Null();
    return *this;
  }
  FastWriter& DecimalOrNull(int exponent, int64_t mantissa) {
    return SignedOrNull(exponent).Signed(mantissa);
  }

  // Without NULs; mandatory, or optional and not empty.
  FastWriter& Ascii(absl::string_view text) {
    return Stopped(text.empty() ? std::string(1, '\0') : std::string(text));
  }
  FastWriter& Bytes(absl::string_view bytes) {
    Unsigned(bytes.size());
    bytes_.append(bytes.data(), bytes.size());
    return *this;
  }
  FastWriter& BytesOrNull(absl::string_view bytes) {
    UnsignedOrNull(bytes.size());
    bytes_.append(bytes.data(), bytes.size());
    return *this;
  }

 private:
  FastWriter& Stopped(std::string text) {
    text.back() = static_cast<char>(text.back() | 0x80);
    bytes_ += text;
    return *this;
  }

  FastWriter& Number(Wide value, bool has_sign) {
    std::string bytes;
    for (bool done = false; !done;) {
      const auto low = static_cast<uint8_t>(value & 0x7F);
      value >>= 7;
      const bool looks_negative = (low & 0x40) != 0;
      done = !has_sign ? value == 0 : value == (looks_negative ? -1 : 0);
      bytes.insert(bytes.begin(), static_cast<char>(low));
    }
    return Stopped(bytes);
  }

  std::string bytes_;
};

}  // namespace fh::codecs::fast

#endif  // FEEDHANDLER_CODECS_FAST_FAST_WRITER_H_
