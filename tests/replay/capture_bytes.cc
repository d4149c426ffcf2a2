#include "tests/replay/capture_bytes.h"

namespace fh::test {

// Not inline: g++ 12 would unroll it into warnings about sizes that cannot occur.
Bytes Pattern(size_t count, uint8_t seed) {
  Bytes bytes(count);
  uint8_t value = seed;
  for (uint8_t& byte : bytes) {
    byte = value;
    value = static_cast<uint8_t>(value + 7);
  }
  return bytes;
}

}  // namespace fh::test
