// The packet framing of Cboe's Multicast PITCH: a datagram is a sequenced unit header of 8 bytes and
// the messages that it counts, each behind a byte with its length. Little-endian.
//
//   UnitFraming framing;
//   const PacketFrame frame = framing.Parse(packet);        // For CodecOf, see codec_of.h.
//
// Source: "Cboe US Equities/Options Multicast PITCH Specification" 2.41, "Sequenced Unit Header" and
// "Heartbeat Messages".
//
// * Each unit numbers its messages from 1 in each day, with 32 bits; behind the highest comes 1. A
//   line may carry several units: they are its streams.
// * Number 0 means that the messages have none (symbol mappings, gap request and spin sessions). A
//   heartbeat, which is a header alone, says which number comes next, or with 0 nothing.
// * What was asked for again comes with its first numbers, on a group of its own: one more line.
// * A length of 0 or 1 of a message, or one that reaches beyond the datagram, ends what can be read:
//   the messages before it count, the others are lost_in_tail.
//
// Stateless: any thread. Parse walks the message lengths: about a nanosecond a message.
#ifndef FEEDHANDLER_CODECS_PITCH_UNIT_FRAMING_H_
#define FEEDHANDLER_CODECS_PITCH_UNIT_FRAMING_H_

#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "codecs/message.h"
#include "rio/packet.h"

namespace fh::codecs::pitch {

// The header, offsets from the datagram's first byte. The length counts the header too.
inline constexpr LittleEndian<uint16_t> kHdrLength{"hdr_length", 0};
inline constexpr LittleEndian<uint8_t> kHdrCount{"hdr_count", 2};
inline constexpr LittleEndian<uint8_t> kHdrUnit{"hdr_unit", 3};
inline constexpr LittleEndian<uint32_t> kHdrSequence{"hdr_sequence", 4};
inline constexpr uint32_t kUnitHeaderBytes = 8;
inline constexpr uint32_t kUnits = 256;
// Of a message: its length, which counts itself, and its type.
inline constexpr uint32_t kLeastMessageBytes = 2;

class UnitFraming {
 public:
  static constexpr Numbering kNumbering{
      .unit = Numbering::Unit::kMessages, .bits = 32, .after_wrap = 1, .has_streams = true};

  PacketFrame Parse(const rio::Packet& packet) const;

  // `message` begins with its length. Precondition: Parse has made `frame` of `packet`.
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    const uint8_t* at = packet.data + kUnitHeaderBytes;
    const uint32_t end = take < frame.message_count - skip ? skip + take : frame.message_count;
    for (uint32_t i = 0; i < end; ++i) {
      const uint32_t length = *at;
      if (i >= skip) function(at, length);
      at += length;
    }
  }
};

// How much a payload looks like a packet with these messages: 0 when its lengths disagree, or those
// of a message with its type; 50 for a heartbeat, whose feed nothing tells; else the share of messages
// whose type is known.
int GuessUnitPacket(std::span<const MessageInfo* const> messages, std::span<const uint8_t> payload);

}  // namespace fh::codecs::pitch

#endif  // FEEDHANDLER_CODECS_PITCH_UNIT_FRAMING_H_
