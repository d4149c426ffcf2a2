// Valid MEMOIR datagrams for fuzzing, tests and benchmarks.
//
//   std::string datagram = memx::SampleDatagram(memx::kDepth, seed);   // Every message type.
//   memx::DatagramWriter datagram({.session = 3, .sequence = 17});
//   memx::added::kQuantity.Put(datagram.Add(memx::kDepth, memx::kAdded), 100);
//   Send(datagram.Bytes());
//
// Any thread; allocates. Not for the hot path.
#ifndef FEEDHANDLER_CODECS_MEMX_MEMX_SAMPLE_H_
#define FEEDHANDLER_CODECS_MEMX_MEMX_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/memx/memx_decoder.h"
#include "codecs/message.h"

namespace fh::codecs::memx {

struct MemxPosition {
  uint64_t session = 1;
  uint64_t sequence = 1;  // Of the first message.
};

// A sequenced datagram in the making.
class DatagramWriter {
 public:
  explicit DatagramWriter(const MemxPosition& position);

  // Appends a message: its SBE header, text blank, all else 0, `more` bytes at the end of its
  // block. Returns its first byte, valid until the next call.
  uint8_t* Add(const Feed& feed, const MessageInfo& info, uint16_t more = 0);

  const std::string& Bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// A message of each type behind quotes of all that is quoted later, and a few more.
std::string SampleDatagram(const Feed& feed, uint64_t seed);

}  // namespace fh::codecs::memx

#endif  // FEEDHANDLER_CODECS_MEMX_MEMX_SAMPLE_H_
