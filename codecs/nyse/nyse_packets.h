// The packet framing of NYSE's Exchange Data Publisher: a datagram is a header of 16 bytes, then
// messages back to back, each of which begins with its own size. Little-endian. (The venue calls the
// protocol XDP; it has nothing to do with AF_XDP, the kernel's sockets.)
//
//   NysePackets framing;
//   const PacketFrame frame = framing.Parse(packet);        // For CodecOf, see codec_of.h.
//
// Source: "XDP Common Client Specification", packet header and delivery flags.
//
// * Messages have numbers of 32 bits, one stream a channel, from 1 behind a sequence number reset,
//   which is message 1 itself. There is no session id and no mark of a session's end. The venue's days
//   end far below 2^32; should one not, 0 follows.
// * The delivery flag says what a packet is. Heartbeats (1) tell the next number. Originals (11),
//   resets (12) and those of a publisher's failover (10) are the stream. Retransmissions (13, 15) have
//   the numbers that they had (kRetransmitted). Refreshes (17 to 20) and what is said of messages that
//   are gone (21) are outside of the numbers (kUnsequenced). Another flag is foreign.
// * A header whose size is less than itself, or a heartbeat that announces messages, is kBadLength. A
//   datagram that ends before its size, or whose messages do not add up, has a damaged tail: its whole
//   messages count, the others are lost_in_tail.
//
// Stateless: any thread. Parse walks the message sizes: about a nanosecond a message.
#ifndef FEEDHANDLER_CODECS_NYSE_NYSE_PACKETS_H_
#define FEEDHANDLER_CODECS_NYSE_NYSE_PACKETS_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "codecs/message.h"
#include "codecs/nyse/nyse_messages.h"
#include "rio/packet.h"

namespace fh::codecs::nyse {

inline constexpr LittleEndian<uint16_t> kPacketSize{"pkt_size", 0};
inline constexpr LittleEndian<uint8_t> kDeliveryFlag{"delivery_flag", 2};
inline constexpr LittleEndian<uint8_t> kMessageCount{"number_msgs", 3};
inline constexpr LittleEndian<uint32_t> kSequenceNumber{"seq_num", 4};
inline constexpr LittleEndian<uint32_t> kSendSeconds{"seconds", 8, FieldKind::kUnixSeconds};
inline constexpr LittleEndian<uint32_t> kSendNanoseconds{"nanoseconds", 12};
inline constexpr uint32_t kPacketHeaderBytes = 16;

enum Delivery : uint8_t {
  kHeartbeat = 1,
  kFailover = 10,
  kOriginal = 11,
  kSequenceReset = 12,
  kRetransmissionOnly = 13,
  kRetransmissionPart = 15,
  kRefreshOnly = 17,
  kRefreshStart = 18,
  kRefreshPart = 19,
  kRefreshEnd = 20,
  kMessageUnavailable = 21,
};

constexpr bool IsRefresh(uint8_t delivery) {
  return delivery >= kRefreshOnly && delivery <= kRefreshEnd;
}

class NysePackets {
 public:
  static constexpr Numbering kNumbering{.bits = 32, .after_wrap = 0, .marks_retransmissions = true};

  PacketFrame Parse(const rio::Packet& packet) const;

  // `message` begins with its size. Precondition: Parse has made `frame` of `packet`.
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    const uint8_t* at = packet.data + kPacketHeaderBytes;
    const uint32_t end = std::min(skip + take, frame.message_count);
    for (uint32_t i = 0; i < end; ++i) {
      const uint32_t size = kMessageSize(at);
      if (i >= skip) function(at, size);
      at += size;
    }
  }
};

// How much a payload looks like a packet of NYSE's: 100 when sizes, count, times and all message types
// agree with its length, 50 when some types are unknown, else 0.
int GuessPacket(std::span<const uint8_t> payload);

}  // namespace fh::codecs::nyse

#endif  // FEEDHANDLER_CODECS_NYSE_NYSE_PACKETS_H_
