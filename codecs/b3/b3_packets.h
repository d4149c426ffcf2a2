// The packet framing of B3's Binary UMDF: a datagram is a header of 16 bytes, then messages up to its
// end, each behind its own framing header (size and encoding type). Little-endian.
//
//   B3Packets framing;
//   const PacketFrame frame = framing.Parse(packet);        // For CodecOf, see codec_of.h.
//
// Source: "Binary UMDF Message Specification", packet and framing headers.
//
// * Numbers count packets, from 1 in each sequence version, which grows each week and when another
//   publisher takes over: it and the channel are the session's name, so that a new version is a new
//   session. They have 32 bits.
// * Packets without a number carry a Sequence, which says the number to come, or a SequenceReset (1
//   comes, and on snapshot and definitions channels the loop begins anew). Both are heartbeats here,
//   and are described all the same. Whatever else has no number is outside of all numbering.
// * The header does not say how many messages follow: a datagram that was cut off between two of
//   them looks whole. One whose last message reaches beyond the end, has an impossible size or
//   another encoding is damaged: it is wanted whole from another line.
// * A datagram whose first message has another encoding is foreign.
//
// Stateless: any thread. Parse walks the message sizes: about a nanosecond a message.
#ifndef FEEDHANDLER_CODECS_B3_B3_PACKETS_H_
#define FEEDHANDLER_CODECS_B3_B3_PACKETS_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "codecs/b3/b3_messages.h"
#include "codecs/codec.h"
#include "codecs/message.h"
#include "rio/packet.h"

namespace fh::codecs::b3 {

inline constexpr LittleEndian<uint8_t> kChannelId{"channel_id", 0};
inline constexpr LittleEndian<uint16_t> kSequenceVersion{"sequence_version", 2};
inline constexpr LittleEndian<uint32_t> kSequenceNumber{"sequence_number", 4};
inline constexpr LittleEndian<int64_t> kSendingTime{"sending_time", 8, FieldKind::kUnixNs};
inline constexpr uint32_t kPacketHeaderBytes = 16;

class B3Packets {
 public:
  static constexpr Numbering kNumbering{
      .unit = Numbering::Unit::kPackets, .bits = 32, .after_wrap = 1};

  PacketFrame Parse(const rio::Packet& packet) const;

  // `message` begins with its framing header. Precondition: Parse has made `frame` of `packet`.
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    const uint8_t* at = packet.data + kPacketHeaderBytes;
    const uint32_t end = std::min(skip + take, frame.message_count);
    for (uint32_t i = 0; i < end; ++i) {
      const uint32_t size = kMessageLength(at);
      if (i >= skip) function(at, size);
      at += size;
    }
  }
};

// How much a payload looks like a numbered packet of Binary UMDF: 100 when encoding, schema, sizes and
// block lengths of all messages agree with its length, else 0. Sequences alone claim nothing.
int GuessB3(std::span<const uint8_t> payload);

}  // namespace fh::codecs::b3

#endif  // FEEDHANDLER_CODECS_B3_B3_PACKETS_H_
