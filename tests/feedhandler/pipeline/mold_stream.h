// MoldUDP64 packets of ITCH 5.0 order deletes, numbered through, for tests of what comes after
// framing.
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_PIPELINE_MOLD_STREAM_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_PIPELINE_MOLD_STREAM_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "codecs/message.h"

namespace fh::test {

// One packet of `count` deletes; message number n deletes order n.
inline std::vector<uint8_t> MoldPacket(uint64_t first, uint16_t count,
                                       const char* session = "SESSION001") {
  constexpr size_t kHeader = 20;
  constexpr size_t kDelete = 19;
  std::vector<uint8_t> packet(kHeader + count * (2 + kDelete));
  std::memcpy(packet.data(), session, 10);
  codecs::BigEndian<uint64_t>("", 10).Put(packet.data(), first);
  codecs::BigEndian<uint16_t>("", 18).Put(packet.data(), count);
  uint8_t* block = packet.data() + kHeader;
  for (uint16_t i = 0; i < count; ++i, block += 2 + kDelete) {
    codecs::BigEndian<uint16_t>("", 0).Put(block, kDelete);
    uint8_t* message = block + 2;
    message[0] = 'D';
    codecs::BigEndian<uint16_t>("", 1).Put(message, 7);
    codecs::BigEndian48("", 5, codecs::FieldKind::kNsSinceMidnight).Put(message, first + i);
    codecs::BigEndian<uint64_t>("", 11).Put(message, first + i);
  }
  return packet;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_PIPELINE_MOLD_STREAM_H_
