// The packet framing of the Enhanced Order Book Interface of Eurex and Xetra (T7): a datagram is a
// packet header, which has the form of a message, then the messages of one product up to its end, each
// of which begins with its own length. Little-endian.
//
//   EobiPackets framing;
//   const PacketFrame frame = framing.Parse(packet);        // For CodecOf, see codec_of.h.
//
// Source: "T7 Enhanced Order Book Interface Manual", packet header.
//
// * ApplSeqNum numbers the packets of a channel over all its products, with 32 bits; a restart begins
//   with 1 or says so in the header. There is no session id. Heartbeats are numbered packets with a
//   message. Each product numbers its messages too (MsgSeqNum): eobi_decoder.h.
// * The template of the header differs from release to release; 13000 and 13002 to 13005 are its.
// * The header does not say how many messages follow: a datagram that was cut off between two of
//   them looks whole. One whose last message reaches beyond the end, or has an impossible length, is
//   damaged: it is wanted whole from another line.
//
// Stateless: any thread. Parse walks the message lengths: about a nanosecond a message.
#ifndef FEEDHANDLER_CODECS_EUREX_EOBI_PACKETS_H_
#define FEEDHANDLER_CODECS_EUREX_EOBI_PACKETS_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "codecs/eurex/eobi_messages.h"
#include "codecs/message.h"
#include "rio/packet.h"

namespace fh::codecs::eurex {

inline constexpr LittleEndian<uint32_t> kApplSeqNum{"appl_seq_num", 8};
inline constexpr LittleEndian<int32_t> kMarketSegmentId{"market_segment_id", 12};
inline constexpr LittleEndian<uint8_t> kPartitionId{"partition_id", 16};
inline constexpr LittleEndian<uint8_t> kCompletionIndicator{"completion_indicator", 17};
inline constexpr LittleEndian<uint8_t> kApplSeqResetIndicator{"appl_seq_reset_indicator", 18};
inline constexpr LittleEndian<int64_t> kSendTime{"transact_time", 24, FieldKind::kUnixNs};
inline constexpr uint32_t kPacketHeaderBytes = 32;
inline constexpr uint32_t kNoNumber = UINT32_MAX;  // MsgSeqNum of packet headers and heartbeats.

class EobiPackets {
 public:
  static constexpr Numbering kNumbering{
      .unit = Numbering::Unit::kPackets, .bits = 32, .after_wrap = 0};

  PacketFrame Parse(const rio::Packet& packet) const;

  // `message` begins with its length. Precondition: Parse has made `frame` of `packet`.
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    const uint8_t* at = packet.data + kPacketHeaderBytes;
    const uint32_t end = std::min(skip + take, frame.message_count);
    for (uint32_t i = 0; i < end; ++i) {
      const uint32_t length = kBodyLen(at);
      if (i >= skip) function(at, length);
      at += length;
    }
  }
};

// How much a payload looks like a packet of EOBI: 100 when the header, the lengths and all templates
// agree with its length, 50 when some templates are unknown, else 0. Heartbeats alone claim nothing.
int GuessEobi(std::span<const uint8_t> payload);

}  // namespace fh::codecs::eurex

#endif  // FEEDHANDLER_CODECS_EUREX_EOBI_PACKETS_H_
