// The packet framing of NYSE OpenBook Ultra: a datagram is one message, a header of 16 bytes and what
// its type has behind it. Big-endian; it is no kin of the framing of nyse_packets.h.
//
//   OpenBookPackets framing;
//   const PacketFrame frame = framing.Parse(packet);        // For CodecOf, see codec_of.h.
//
// Source: "NYSE OpenBook Ultra Client Specification" 2.1, message header.
//
// * Each packet has a number of 32 bits, from 1 behind a sequence number reset, which is number 1 itself.
// * The flag says what a packet is: originals and replays are the stream, retransmissions have the
//   numbers that they had (kRetransmitted), refreshes are outside of the numbers (kUnsequenced), and
//   so are heartbeats, whose number is 0. Another flag is foreign.
// * The size does not count its own two bytes. A packet that ends before its size, or whose updates do
//   not add up, is damaged: all of it is wanted from another line.
//
// Stateless: any thread. Parse walks the sizes of the updates.
#ifndef FEEDHANDLER_CODECS_NYSE_OPENBOOK_PACKETS_H_
#define FEEDHANDLER_CODECS_NYSE_OPENBOOK_PACKETS_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "codecs/nyse/openbook_messages.h"
#include "rio/packet.h"

namespace fh::codecs::openbook {

class OpenBookPackets {
 public:
  static constexpr Numbering kNumbering{.unit = Numbering::Unit::kPackets,
                                        .bits = 32,
                                        .after_wrap = 0,
                                        .marks_retransmissions = true};

  PacketFrame Parse(const rio::Packet& packet) const;

  // `message` is the packet. Precondition: Parse has made `frame` of `packet`.
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    if (skip != 0 || take == 0 || frame.message_count == 0) return;
    function(packet.data, std::min(packet.length, kPacketSize(packet.data) + kSizeBytes));
  }
};

// How much a payload looks like such a packet: 100 when type, flag, count and sizes agree with its
// length; 50 for a heartbeat without a number; else 0.
int GuessPacket(std::span<const uint8_t> payload);

}  // namespace fh::codecs::openbook

#endif  // FEEDHANDLER_CODECS_NYSE_OPENBOOK_PACKETS_H_
