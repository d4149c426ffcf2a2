// Valid MACH datagrams for fuzzing, tests and benchmarks.
//
//   std::string datagram = miax::SampleDatagram(miax::kTom, seed);   // Every message type.
//   miax::MachWriter mach({.session = 3, .sequence = 17});
//   miax::system_time::kSeconds.Put(mach.Add(miax::kSystemTime), 1'700'000'000);
//   Send(mach.Bytes());
//
// Any thread; allocates. Not for the hot path.
#ifndef FEEDHANDLER_CODECS_MIAX_MIAX_SAMPLE_H_
#define FEEDHANDLER_CODECS_MIAX_MIAX_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/message.h"
#include "codecs/miax/miax_decoder.h"

namespace fh::codecs::miax {

struct MachPosition {
  uint8_t session = 1;
  uint64_t sequence = 1;  // Of the first message.
};

// A datagram in the making.
class MachWriter {
 public:
  explicit MachWriter(const MachPosition& position) : position_(position) {}

  // Appends a packet with a message: its type, text blank, all else 0, `more` bytes behind its
  // fields. Returns the packet's first byte, which offsets count from, valid until the next call.
  uint8_t* Add(const MessageInfo& info, uint32_t more = 0);

  // A packet without a message. `sequence`: as it stands in the header.
  void AddControl(PacketType type, uint64_t sequence);

  const std::string& Bytes() const { return bytes_; }

 private:
  uint8_t* Grow(uint32_t length, PacketType type, uint64_t sequence);

  MachPosition position_;
  std::string bytes_;
};

// A message of each type behind the second that they count from and quotes of all that is quoted
// later, and a few more quotes.
std::string SampleDatagram(const Feed& feed, uint64_t seed);

}  // namespace fh::codecs::miax

#endif  // FEEDHANDLER_CODECS_MIAX_MIAX_SAMPLE_H_
