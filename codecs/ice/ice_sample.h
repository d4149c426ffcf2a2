// Valid blocks of ICE's iMpact feed, for fuzzing, tests and benchmarks.
//
//   const std::string block = SampleBlock(seed);          // The same for the same seed.
//
//   BlockWriter writer({.session = 3, .sequence = 7});    // By hand:
//   order::kPrice.Put(writer.Add(kOrderMessage, 53), 4'321);
//   const std::string block = writer.Bytes();
#ifndef FEEDHANDLER_CODECS_ICE_ICE_SAMPLE_H_
#define FEEDHANDLER_CODECS_ICE_ICE_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/ice/ice_messages.h"
#include "codecs/message.h"

namespace fh::codecs::ice {

struct BlockPosition {
  uint16_t session = 1;
  uint32_t sequence = 1;
  uint64_t sent_ms = 1'700'000'000'000;
};

class BlockWriter {
 public:
  explicit BlockWriter(const BlockPosition& position);

  // A message of zeros behind the others, but for its type and length; valid until the next call.
  // `bytes` in all: at least that of the type, which 0 stands for.
  uint8_t* Add(const MessageInfo& info, uint32_t bytes = 0);

  // The block with all that was added.
  std::string Bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// A block of a live group with definitions first, then some of every other message; bundles are closed,
// and orders are gone at its end. A market means the same in all samples.
std::string SampleBlock(uint64_t seed);

}  // namespace fh::codecs::ice

#endif  // FEEDHANDLER_CODECS_ICE_ICE_SAMPLE_H_
