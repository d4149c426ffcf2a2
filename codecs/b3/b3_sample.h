// Writes packets of B3's Binary UMDF, and valid samples from a seed: for CodecInfo::sample, tests and
// benchmarks.
//
//   PacketWriter packet({.number = 7, .sending_time_ns = now});
//   uint8_t* message = packet.Add(Order::kInfo);
//   Order::kSecondaryOrderId.Put(message, 4711);
//   Send(packet.Bytes());
//
// Not for the hot path: allocates.
#ifndef FEEDHANDLER_CODECS_B3_B3_SAMPLE_H_
#define FEEDHANDLER_CODECS_B3_B3_SAMPLE_H_

#include <cstdint>
#include <string>

#include "codecs/b3/b3_messages.h"
#include "codecs/message.h"

namespace fh::codecs::b3 {

struct PacketHead {
  uint32_t number = 1;
  uint16_t sequence_version = 1;
  uint8_t channel = 50;
  int64_t sending_time_ns = 0;
};

class PacketWriter {
 public:
  explicit PacketWriter(const PacketHead& head);

  // Appends a message of the newest version with a block as long as that has it, all 0. Valid until more
  // is appended. Groups and data follow in the order of the description.
  uint8_t* Add(const MessageInfo& info);
  // The announcement of a group, and its entries, all 0.
  void Group(const GroupInfo& group, uint8_t count);
  uint8_t* Entry();
  void Text(const DataInfo& data, const std::string& text);

  const std::string& Bytes() const { return bytes_; }

 private:
  uint8_t* At(size_t offset) { return reinterpret_cast<uint8_t*>(bytes_.data()) + offset; }
  uint8_t* Grow(size_t size);

  std::string bytes_;
  size_t message_ = 0;
  uint16_t entry_bytes_ = 0;
};

// A packet with many message types, of books or of all else; always below 3,000 bytes.
std::string SamplePacket(uint64_t seed);

}  // namespace fh::codecs::b3

#endif  // FEEDHANDLER_CODECS_B3_B3_SAMPLE_H_
