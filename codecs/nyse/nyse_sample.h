// Valid packets of NYSE's, for fuzzing, tests and benchmarks.
//
//   const std::string packet = SamplePacket(seed);       // The same for the same seed.
//
//   PacketWriter writer({.sequence = 7});                // By hand:
//   add::kPrice.Put(writer.Add(kAddOrder), 101'200);
//   const std::string packet = writer.Bytes();
#ifndef FEEDHANDLER_CODECS_NYSE_NYSE_SAMPLE_H_
#define FEEDHANDLER_CODECS_NYSE_NYSE_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/message.h"
#include "codecs/nyse/nyse_messages.h"
#include "codecs/nyse/nyse_packets.h"

namespace fh::codecs::nyse {

struct PacketPosition {
  uint32_t sequence = 1;
  uint8_t delivery = kOriginal;
  uint32_t send_seconds = 1'700'000'000;
  uint32_t send_nanoseconds = 0;
};

class PacketWriter {
 public:
  explicit PacketWriter(const PacketPosition& position);

  // A message of zeros behind the others, but for its size and type; valid until the next call.
  uint8_t* Add(const MessageInfo& info);

  // The packet with all that was added.
  std::string Bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// A packet of the stream: references first, then mappings, then some of every other message. An index
// means the same in all samples.
std::string SamplePacket(uint64_t seed);

}  // namespace fh::codecs::nyse

#endif  // FEEDHANDLER_CODECS_NYSE_NYSE_SAMPLE_H_
