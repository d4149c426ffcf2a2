// The packet framing of MIAX's MACH: several packets fill a datagram, each with a header of 12
// bytes and at most one application message. Little-endian.
//
//   MachFraming framing;
//   const PacketFrame frame = framing.Parse(packet);        // For CodecOf, see codec_of.h.
//
// Source: "MIAX Options ToM Feed" and "cToM Feed" interface specifications, "MACH Protocol".
//
// * Application packets number their messages from 1 in each session, with 64 bits; in a datagram
//   the numbers are consecutive. A session is a number from 1 on; of another one everything begins
//   anew. Heartbeats before the first session have 0, and say nothing of where a stream stands.
// * Heartbeat and end of session carry the number of the last application packet, not of the next.
// * Nothing counts the packets of a datagram: it is walked by length until it is used up. A length
//   below 12, one that reaches beyond the datagram, another session or a number out of turn end
//   what can be read: the messages before it count. How many are missing behind it nothing says:
//   one stands for them (PacketFrame::lost_in_tail), and the next number shows the gap.
// * Packets of other types are stepped over where messages surround them.
//
// Messages are handed on from their header on, so that what describes them shows it too.
//
// Stateless: any thread. Parse walks the lengths: about a nanosecond a message.
#ifndef FEEDHANDLER_CODECS_MIAX_MACH_FRAMING_H_
#define FEEDHANDLER_CODECS_MIAX_MACH_FRAMING_H_

#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "codecs/message.h"
#include "rio/packet.h"

namespace fh::codecs::miax {

inline constexpr uint32_t kHeaderBytes = 12;

inline constexpr NamedValue kPacketTypes[] = {
    {0, "Heartbeat"}, {1, "Start Of Session"}, {2, "End Of Session"}, {3, "Application Message"}};
enum PacketType : uint8_t {
  kHeartbeat = 0,
  kStartOfSession = 1,
  kEndOfSession = 2,
  kApplication = 3
};

inline constexpr LittleEndian<uint64_t> kSequenceNumber{"sequence_number", 0};
inline constexpr LittleEndian<uint16_t> kPacketLength{"packet_length", 8};  // The header included.
inline constexpr auto kPacketType = LittleEndian<uint8_t>("packet_type", 10).Names(kPacketTypes);
inline constexpr LittleEndian<uint8_t> kSessionNumber{"session_number", 11};

class MachFraming {
 public:
  static constexpr Numbering kNumbering{.unit = Numbering::Unit::kMessages, .is_counted = false};

  PacketFrame Parse(const rio::Packet& packet) const;

  // `message` begins with its header. Precondition: Parse has made `frame` of `packet`.
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    const uint8_t* at = packet.data;
    const uint32_t end = take < frame.message_count - skip ? skip + take : frame.message_count;
    for (uint32_t i = 0; i < end;) {
      const uint32_t length = kPacketLength(at);
      if (kPacketType(at) == kApplication) [[likely]] {
        if (i >= skip) function(at, length);
        ++i;
      }
      at += length;
    }
  }
};

}  // namespace fh::codecs::miax

#endif  // FEEDHANDLER_CODECS_MIAX_MACH_FRAMING_H_
