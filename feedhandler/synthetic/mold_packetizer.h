// Packs messages into MoldUDP64 packets, as a publisher does.
//
//   MoldPacketizer packets({.session = "SYNTHETIC1"});
//   while (day.NextMessage(message)) {
//     if (!packets.Fits(message)) Send(packets.Take());
//     packets.Add(message);
//   }
//   if (!packets.empty()) Send(packets.Take());
//   for (int i = 0; i < 5; ++i) Send(packets.EndOfSession());
//
// Source: MoldUDP64 1.00. One thread. No allocation after construction; the cost is the copy.
#ifndef FEEDHANDLER_FEEDHANDLER_SYNTHETIC_MOLD_PACKETIZER_H_
#define FEEDHANDLER_FEEDHANDLER_SYNTHETIC_MOLD_PACKETIZER_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace fh {

// One packet, ready to be sent: header and blocks. The bytes belong to whoever made it.
struct MoldPacket {
  std::span<const uint8_t> bytes;
  uint64_t first_sequence = 0;  // Of the first message; without messages of the next to come.
  uint32_t message_count = 0;   // 0 for a heartbeat and for the end of the session.
};

struct MoldPacketizerOptions {
  std::string session = "0000000001";  // 10 characters; shorter ones are padded with spaces.
  uint64_t first_sequence = 1;
  uint32_t max_payload_bytes = 1400;  // 64 to 65,507.
  uint32_t max_messages = 65'534;     // In a packet; 1 to 65,534.
};

class MoldPacketizer {
 public:
  // Options outside of their limits are brought to the nearest limit.
  explicit MoldPacketizer(MoldPacketizerOptions options = {});

  // Whether Add has room for this message. An empty packet has, for messages of up to
  // max_payload_bytes - 22 bytes.
  bool Fits(std::span<const uint8_t> message) const;

  // Appends a message. Precondition: Fits(message).
  void Add(std::span<const uint8_t> message);

  bool empty() const { return message_count_ == 0; }
  uint32_t message_count() const { return message_count_; }

  // The number of the next message to be added.
  uint64_t next_sequence() const { return first_sequence_ + message_count_; }

  // Completes the packet that was being filled and begins the next one. Precondition: !empty(). The
  // result is valid until the next Add.
  MoldPacket Take();

  // Packets without messages, which carry the number of the next one. Precondition: empty(). Valid
  // until the next call of the same function.
  MoldPacket Heartbeat();
  MoldPacket EndOfSession();

 private:
  MoldPacket Empty(uint16_t count);

  MoldPacketizerOptions options_;
  std::vector<uint8_t> packet_;
  uint32_t size_;  // Of packet_, header included.
  uint64_t first_sequence_;
  uint32_t message_count_ = 0;
  std::array<uint8_t, 20> empty_packet_{};
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SYNTHETIC_MOLD_PACKETIZER_H_
