// Integers out of bytes and into them, in a byte order that is named rather than the machine's.
//
//   const uint16_t port = LoadBe16(udp + 2);
//
// Any alignment, any thread, no cost beyond a load and at most a byte swap (compilers recognise the
// shifts).
#ifndef FEEDHANDLER_REPLAY_BYTE_ORDER_H_
#define FEEDHANDLER_REPLAY_BYTE_ORDER_H_

#include <cstdint>

namespace fh::replay {

inline uint16_t LoadBe16(const uint8_t* p) { return static_cast<uint16_t>(p[0] << 8 | p[1]); }

inline uint16_t LoadLe16(const uint8_t* p) { return static_cast<uint16_t>(p[1] << 8 | p[0]); }

inline uint32_t LoadBe32(const uint8_t* p) {
  return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | p[3];
}

inline uint32_t LoadLe32(const uint8_t* p) {
  return uint32_t{p[3]} << 24 | uint32_t{p[2]} << 16 | uint32_t{p[1]} << 8 | p[0];
}

inline void StoreBe16(uint8_t* p, uint16_t value) {
  p[0] = static_cast<uint8_t>(value >> 8);
  p[1] = static_cast<uint8_t>(value);
}

inline void StoreLe32(uint8_t* p, uint32_t value) {
  p[0] = static_cast<uint8_t>(value);
  p[1] = static_cast<uint8_t>(value >> 8);
  p[2] = static_cast<uint8_t>(value >> 16);
  p[3] = static_cast<uint8_t>(value >> 24);
}

// A file's byte order, found in its header: loads that go with it.
struct ByteOrder {
  bool big_endian = false;

  uint16_t Load16(const uint8_t* p) const { return big_endian ? LoadBe16(p) : LoadLe16(p); }
  uint32_t Load32(const uint8_t* p) const { return big_endian ? LoadBe32(p) : LoadLe32(p); }
  uint64_t Load64(const uint8_t* p) const {
    return big_endian ? uint64_t{LoadBe32(p)} << 32 | LoadBe32(p + 4)
                      : uint64_t{LoadLe32(p + 4)} << 32 | LoadLe32(p);
  }
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_BYTE_ORDER_H_
