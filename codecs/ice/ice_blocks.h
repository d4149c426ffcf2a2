// The framing of ICE's iMpact multicast feed: a datagram is a header of 16 bytes, then messages back to
// back, each behind its type and the length of its body. Big-endian.
//
//   IceBlocks framing;
//   const PacketFrame frame = framing.Parse(packet);        // For CodecOf, see codec_of.h.
//
// * Messages have numbers of 32 bits. The session, a number of the publisher's, changes when it starts
//   anew: then numbers do too. A block without messages is a heartbeat and has the next number.
// * Snapshot groups are channels of their own (ChannelRole::kSnapshot), with numbers of their own.
// * The header has no length: a block whose messages do not fill the datagram exactly has a damaged
//   tail, or bytes behind the last one (trailing_bytes). Unknown types are skipped by their length.
//
// Stateless: any thread. Parse walks the message lengths: about a nanosecond a message.
//
// Source: field tables of the feed's blocks and messages, versions 1.1.24 and 1.1.33.
#ifndef FEEDHANDLER_CODECS_ICE_ICE_BLOCKS_H_
#define FEEDHANDLER_CODECS_ICE_ICE_BLOCKS_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "codecs/ice/ice_messages.h"
#include "codecs/message.h"
#include "rio/packet.h"

namespace fh::codecs::ice {

inline constexpr BigEndian<uint16_t> kSession{"session", 0};
inline constexpr BigEndian<uint32_t> kSequence{"sequence", 2};
inline constexpr BigEndian<uint16_t> kMessageCount{"number_of_msgs", 6};
inline constexpr BigEndian<uint64_t> kSentDateTime{"sent_date_time", 8, FieldKind::kUnixMs};
inline constexpr uint32_t kBlockHeaderBytes = 16;
inline constexpr int64_t kNsPerMs = 1'000'000;
// Of a time that a clock may show: up to the year 2100. A time beyond is none.
inline constexpr uint64_t kLastMs = 4'102'444'800'000;

class IceBlocks {
 public:
  // Behind the highest number comes 0: that no publisher has come so far is all that is known.
  static constexpr Numbering kNumbering{.bits = 32, .after_wrap = 0};

  PacketFrame Parse(const rio::Packet& packet) const;

  // `message` begins with its type. Precondition: Parse has made `frame` of `packet`.
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    const uint8_t* at = packet.data + kBlockHeaderBytes;
    const uint32_t end = std::min(skip + take, frame.message_count);
    for (uint32_t i = 0; i < end; ++i) {
      const uint32_t size = kMessageHeaderBytes + kLength(at);
      if (i >= skip) function(at, size);
      at += size;
    }
  }
};

// How much a payload looks like a block: 100 when count, lengths, time and all message types agree with
// its length, 50 when some types are unknown, else 0. A block without messages is 16 bytes that many a
// protocol might send: 0.
int GuessBlock(std::span<const uint8_t> payload);

}  // namespace fh::codecs::ice

#endif  // FEEDHANDLER_CODECS_ICE_ICE_BLOCKS_H_
