// The packet framing of MEMX's MEMOIR feeds (MEMX-UDP): a header of 18 bytes or more, and in a
// sequenced datagram the messages, each behind a 16-bit length. Big-endian.
//
//   MemxFraming framing;
//   const PacketFrame frame = framing.Parse(packet);        // For CodecOf, see codec_of.h.
//
// Source: "MEMX-UDP Specification" 1.0.
//
// * Each session numbers its messages from 1, with 64 bits. Its id has eight bytes without a
//   meaning.
// * Heartbeats and session shutdowns carry the number of the last message, not of the next.
// * The header says how long it is: what it grew by is stepped over.
// * A message that reaches beyond the datagram ends what can be read: those before it count, the
//   others are lost_in_tail.
//
// Stateless: any thread. Parse walks the message lengths: about a nanosecond a message.
#ifndef FEEDHANDLER_CODECS_MEMX_MEMX_FRAMING_H_
#define FEEDHANDLER_CODECS_MEMX_MEMX_FRAMING_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#include "codecs/codec.h"
#include "codecs/length_blocks.h"
#include "codecs/message.h"
#include "rio/packet.h"

namespace fh::codecs::memx {

// The header, and what follows it in a sequenced datagram.
inline constexpr BigEndian<uint8_t> kDatagramType{"message_type", 0};
inline constexpr BigEndian<uint8_t> kHeaderLength{"header_length", 1};
inline constexpr BigEndian<uint64_t> kSessionId{"session_id", 2};
inline constexpr BigEndian<uint64_t> kSequence{"sequence_number", 10};
inline constexpr BigEndian<uint16_t> kMessageCount{"message_count", 0};  // Behind the header.
inline constexpr uint32_t kLeastHeaderBytes = 18;
inline constexpr uint32_t kCountBytes = 2;

enum DatagramType : uint8_t { kHeartbeat = 0, kShutdown = 1, kSequenced = 2 };

class MemxFraming {
 public:
  using Blocks = LengthBlocks<std::endian::big>;

  PacketFrame Parse(const rio::Packet& packet) const;

  // Precondition: Parse has made `frame` of `packet`.
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    const BlockRun all = {packet.data + kHeaderLength(packet.data) + kCountBytes,
                          packet.data + packet.length, frame.message_count};
    Blocks::ForEach(Blocks::Slice(all, skip, take), std::forward<Function>(function));
  }
};

}  // namespace fh::codecs::memx

#endif  // FEEDHANDLER_CODECS_MEMX_MEMX_FRAMING_H_
