// Writes packets of the T7 Enhanced Order Book Interface, and valid samples from a seed: for
// CodecInfo::sample, tests and benchmarks.
//
//   PacketWriter packet({.number = 7, .market_segment_id = 688});
//   uint8_t* message = packet.Add(OrderAdd13::kInfo);
//   OrderAdd13::kSide.Put(message, 1);
//   Send(packet.Bytes());
//
// Not for the hot path: allocates.
#ifndef FEEDHANDLER_CODECS_EUREX_EOBI_SAMPLE_H_
#define FEEDHANDLER_CODECS_EUREX_EOBI_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/eurex/eobi_messages.h"
#include "codecs/message.h"

namespace fh::codecs::eurex {

struct PacketHead {
  uint32_t number = 1;
  int32_t market_segment_id = 688;
  uint32_t first_message = 1;  // MsgSeqNum of the first message; the others count on.
  bool is_complete = true;
  bool is_reset = false;
  int64_t send_time_ns = 0;
};

class PacketWriter {
 public:
  explicit PacketWriter(const PacketHead& head);

  // Appends a message as long as its layout has it, all 0 behind its head, with room for `entries`. Valid
  // until more is appended. The count of the entries is the caller's to say.
  uint8_t* Add(const MessageInfo& info, uint32_t entries = 0);

  const std::string& Bytes() const { return bytes_; }

 private:
  std::string bytes_;
  uint32_t next_message_;
};

// A packet with many message types, of books or of all else, of 6.0 or of 13.0; always below 3,000 bytes.
// Fields are plausible.
std::string SamplePacket(uint64_t seed);

}  // namespace fh::codecs::eurex

#endif  // FEEDHANDLER_CODECS_EUREX_EOBI_SAMPLE_H_
