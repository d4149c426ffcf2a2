// Valid OpenBook Ultra packets for fuzzing, tests and benchmarks.
//
//   std::string packet = openbook::SamplePacket(seed);
//   openbook::PacketWriter packet(231, {.sequence = 17});
//   uint8_t* update = packet.Update(2);                     // Two points.
//   openbook::kSymbolIndex.Put(update, 77);
//   Send(packet.Bytes());
//
// Any thread; allocates. Not for the hot path.
#ifndef FEEDHANDLER_CODECS_NYSE_OPENBOOK_SAMPLE_H_
#define FEEDHANDLER_CODECS_NYSE_OPENBOOK_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/nyse/openbook_messages.h"

namespace fh::codecs::openbook {

struct PacketPosition {
  uint32_t sequence = 1;
  uint8_t flag = kOriginal;
  uint32_t timestamp_ms = 34'200'000;
};

// A packet in the making.
class PacketWriter {
 public:
  PacketWriter(uint16_t type, const PacketPosition& position);

  // Appends an update with room for `points` price points, all 0 but its size. Returns its first byte,
  // valid until the next call. Precondition: a type with updates.
  uint8_t* Update(uint32_t points);
  // Of a reset.
  void Next(uint32_t sequence);

  const std::string& Bytes() const { return bytes_; }

 private:
  uint8_t* Grow(size_t bytes);

  uint16_t type_;
  std::string bytes_;
};

std::string SamplePacket(uint64_t seed);

}  // namespace fh::codecs::openbook

#endif  // FEEDHANDLER_CODECS_NYSE_OPENBOOK_SAMPLE_H_
