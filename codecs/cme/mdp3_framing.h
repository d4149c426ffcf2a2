// The packet framing of CME MDP 3.0: a datagram is a header of 12 bytes, a packet number and the
// time of sending, then messages up to its end, each behind its own size. Little-endian.
//
//   Mdp3Framing framing;
//   const PacketFrame frame = framing.Parse(packet);        // For CodecOf, see codec_of.h.
//
// Source: "CME MDP 3.0 Market Data", packet structure and message header.
//
// * Numbers count packets, heartbeats included, from 1 in each week; they have 32 bits. There is no
//   session id, and no mark of a session's end.
// * The header does not say how many messages follow: a datagram that was cut off between two of
//   them looks whole. One whose last message reaches beyond the end, or has an impossible size, is
//   damaged: it is wanted whole from another line.
// * A datagram whose first message is of another schema is foreign.
//
// Stateless: any thread. Parse walks the message sizes: about a nanosecond a message.
#ifndef FEEDHANDLER_CODECS_CME_MDP3_FRAMING_H_
#define FEEDHANDLER_CODECS_CME_MDP3_FRAMING_H_

#include <cstdint>
#include <span>
#include <utility>

#include "codecs/cme/cme_messages.h"
#include "codecs/codec.h"
#include "codecs/message.h"
#include "rio/packet.h"

namespace fh::codecs::cme {

inline constexpr LittleEndian<uint32_t> kMsgSeqNum{"msg_seq_num", 0};
inline constexpr LittleEndian<int64_t> kSendingTime{"sending_time", 4, FieldKind::kUnixNs};
inline constexpr uint32_t kPacketHeaderBytes = 12;
inline constexpr uint32_t kSizeBytes = 2;  // Of a message's size, which counts itself.

class Mdp3Framing {
 public:
  static constexpr Numbering kNumbering{
      .unit = Numbering::Unit::kPackets, .bits = 32, .after_wrap = 1};

  PacketFrame Parse(const rio::Packet& packet) const;

  // `message` begins with the SBE header. Precondition: Parse has made `frame` of `packet`.
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    const uint8_t* at = packet.data + kPacketHeaderBytes;
    const uint32_t end = skip + take < frame.message_count ? skip + take : frame.message_count;
    for (uint32_t i = 0; i < end; ++i) {
      const uint32_t size = internal::Load<std::endian::little, uint16_t>(at);
      if (i >= skip) function(at + kSizeBytes, size - kSizeBytes);
      at += size;
    }
  }
};

// How much a payload looks like a packet of MDP 3.0: 100 when sizes, schema and block lengths of all
// messages agree with its length, else 0.
int GuessMdp3(std::span<const uint8_t> payload);

}  // namespace fh::codecs::cme

#endif  // FEEDHANDLER_CODECS_CME_MDP3_FRAMING_H_
