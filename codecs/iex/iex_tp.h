// IEX-TP 1.25: the transport under every IEX feed. One UDP datagram is one segment: a 40-byte
// header, then length-prefixed messages back to back. Little-endian.
//
//   IexTp framing(iex::kDeep10.protocol);
//   const PacketFrame frame = framing.Parse(packet);        // For CodecOf, see codec_of.h.
//
// Source: "IEX Transport Specification" 1.25, "Outbound segment" and "Sequenced message protocol".
//
// * Messages count from 1 in each session and channel; `stream offset` counts payload bytes,
//   lengths included. Both lines carry the same messages but may pack them differently, so the
//   session arbitrates by message number.
// * A heartbeat is a segment without messages that tells the next number and offset. There is no
//   end-of-session segment.
// * Another protocol id (or version) is another feed: kForeign. A header that announces more blocks
//   than its own payload length can hold, or a payload that no datagram can, is kBadLength. A datagram that is shorter than 40 +
//   payload length has a damaged tail: its whole messages count, the others are lost_in_tail. Bytes
//   beyond the payload length or behind the last block are trailing bytes.
//
// Stateless: any thread. Parse walks the block lengths once: about a nanosecond a message.
#ifndef FEEDHANDLER_CODECS_IEX_IEX_TP_H_
#define FEEDHANDLER_CODECS_IEX_IEX_TP_H_

#include <bit>
#include <cstdint>
#include <span>
#include <utility>

#include "codecs/codec.h"
#include "codecs/length_blocks.h"
#include "codecs/message.h"
#include "rio/packet.h"

namespace fh::codecs::iex {

// The segment header, offsets from the datagram's first byte.
inline constexpr LittleEndian<uint8_t> kVersion{"version", 0};
inline constexpr LittleEndian<uint8_t> kReserved{"reserved", 1};
inline constexpr LittleEndian<uint16_t> kMessageProtocolId{"message_protocol_id", 2};
inline constexpr LittleEndian<uint32_t> kChannelId{"channel_id", 4};
inline constexpr LittleEndian<uint32_t> kSessionId{"session_id", 8};
inline constexpr LittleEndian<uint16_t> kPayloadLength{"payload_length", 12};
inline constexpr LittleEndian<uint16_t> kMessageCount{"message_count", 14};
inline constexpr LittleEndian<int64_t> kStreamOffset{"stream_offset", 16};
inline constexpr LittleEndian<uint64_t> kFirstMessageSequenceNumber{"first_message_sequence_number",
                                                                    24};
inline constexpr LittleEndian<int64_t> kSendTime{"send_time", 32, FieldKind::kUnixNs};

inline constexpr const FieldInfo* kSegmentHeaderFields[] = {
    &kVersion,      &kReserved,     &kMessageProtocolId,
    &kChannelId,    &kSessionId,    &kPayloadLength,
    &kMessageCount, &kStreamOffset, &kFirstMessageSequenceNumber,
    &kSendTime};

inline constexpr uint32_t kSegmentHeaderBytes = 40;
inline constexpr uint8_t kTransportVersion = 1;

class IexTp {
 public:
  using Blocks = LengthBlocks<std::endian::little>;

  // Accepts segments of this protocol id (Feed::protocol) only.
  explicit IexTp(uint16_t protocol) : protocol_(protocol) {}

  PacketFrame Parse(const rio::Packet& packet) const;

  // Precondition: Parse has made `frame` of `packet`.
  static BlockRun Run(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take) {
    if (packet.length < kSegmentHeaderBytes) return {packet.data, packet.data, 0};
    const BlockRun all{packet.data + kSegmentHeaderBytes, packet.data + packet.length,
                       frame.message_count};
    return Blocks::Slice(all, skip, take);
  }

  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    Blocks::ForEach(Run(packet, frame, skip, take), std::forward<Function>(function));
  }

 private:
  uint16_t protocol_;
};

// How much a payload looks like a segment of this protocol: 0 for another protocol id, 100 when the
// header, the datagram's length and every block length agree, 50 when only the header does.
int GuessSegment(uint16_t protocol, std::span<const uint8_t> payload);

}  // namespace fh::codecs::iex

#endif  // FEEDHANDLER_CODECS_IEX_IEX_TP_H_
