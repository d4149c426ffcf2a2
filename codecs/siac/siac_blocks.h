// The block framing of SIAC's feeds: OPRA (options), CTS and CQS (trades and quotes of CTA). A datagram
// is a block: a header, messages, and a zero byte where the size would be odd. Big-endian.
//
//   CtaBlocks<Counts::kMessages> framing;
//   const PacketFrame frame = framing.Parse(packet);        // For CodecOf, see codec_of.h.
//
// * OPRA, and CTA since version 1, number messages: a block has the number of its first one. CTA's
//   version 0 numbers blocks. OPRA wraps to 1 behind 2^32 - 1; CTA's version 0 would behind 999,999,999,
//   which no day has come to.
// * A line integrity message is alone in its block and has the number that was sent last: a heartbeat. A
//   reset of the numbers is one too, and begins the stream anew behind its own. A start of day, which has
//   number 0, is outside of the numbers. These messages are described; of them only the start of day
//   becomes updates. All others, the end of the day too, use a number.
// * What was asked for again is marked ('V') and has the number that it had.
// * The block has a checksum. A block that does not agree with its own is as good as lost: kBadLength, as
//   nothing in it can be trusted. So are a size that contradicts the datagram and a cut one. A feed or
//   version that is not the codec's is kForeign.
// * A whole block in which a message's length contradicts the rest has a damaged tail.
//
// Stateless: any thread. Parse adds up the block's bytes, eight at a time, and walks the messages: some
// tens of nanoseconds a block of 1,000 bytes, the most that the venue sends.
//
// Sources: "CTS/CQS Pillar Output Specification", "OPRA Pillar Output Specification", block header.
#ifndef FEEDHANDLER_CODECS_SIAC_SIAC_BLOCKS_H_
#define FEEDHANDLER_CODECS_SIAC_SIAC_BLOCKS_H_

#include <algorithm>
#include <cstdint>
#include <span>

#include "codecs/codec.h"
#include "codecs/message.h"
#include "codecs/siac/cta_messages.h"
#include "codecs/siac/opra_messages.h"
#include "rio/packet.h"

namespace fh::codecs::siac {

enum class Counts : uint8_t { kMessages, kBlocks };

// What a header says, wherever the feed has it.
struct BlockHeader {
  uint32_t bytes = 0;  // Of the header.
  uint32_t size = 0;   // Of the block, header included.
  uint32_t sequence = 0;
  uint32_t messages = 0;
  uint32_t seconds = 0;
  uint32_t nanoseconds = 0;
  uint32_t checksum_at = 0;
  char retransmission = ' ';
};

inline constexpr uint32_t kCtaHeaderBytes = 20;
inline constexpr uint32_t kOpraHeaderBytes = 21;
inline constexpr char kResent = 'V';

BlockHeader CtaHeader(const uint8_t* block);
BlockHeader OpraHeader(const uint8_t* block);

// The low 16 bits of the sum of the block's bytes but the two of the checksum itself.
uint16_t BlockChecksum(const uint8_t* block, uint32_t size, uint32_t checksum_at);

// What a message alone in its block says of the numbers.
enum class Control : uint8_t { kNone, kLineIntegrity, kReset, kStartOfDay };

// What is the same for all: `walk` says how long the next message is, 0 when nobody can tell.
template <typename Walk>
PacketFrame ParseBlock(const rio::Packet& packet, const BlockHeader& header, Counts counts,
                       Control (*control)(const uint8_t* message), Walk walk) {
  PacketFrame frame;
  if (header.size < header.bytes || header.size > packet.length ||
      BlockChecksum(packet.data, header.size, header.checksum_at) !=
          internal::Load<std::endian::big, uint16_t>(packet.data + header.checksum_at)) {
    frame.reject = RejectReason::kBadLength;
    return frame;
  }
  const uint8_t* const first = packet.data + header.bytes;
  const uint8_t* at = first;
  const uint8_t* const end = packet.data + header.size;
  for (; frame.message_count < header.messages; ++frame.message_count) {
    const uint32_t length = walk(at, static_cast<uint32_t>(end - at));
    if (length == 0) break;
    at += length;
  }
  const uint32_t lost = header.messages - frame.message_count;
  frame.kind = header.messages == 0 ? FrameKind::kHeartbeat : FrameKind::kMessages;
  frame.first_sequence = header.sequence;
  if (header.nanoseconds < 1'000'000'000) {
    frame.send_time_ns = int64_t{header.seconds} * 1'000'000'000 + header.nanoseconds;
  }
  if (counts == Counts::kMessages) {
    frame.number_count = frame.message_count;
    frame.lost_in_tail = static_cast<uint16_t>(lost);
  } else {
    frame.number_count = lost == 0 && header.messages != 0 ? 1 : 0;
    frame.lost_in_tail = lost == 0 ? 0 : 1;
  }
  const ptrdiff_t behind = packet.data + packet.length - at;
  frame.trailing_bytes = lost == 0 && behind != 0 && (behind > 1 || *at != 0);
  frame.stream_start = header.sequence == 1;
  if (header.retransmission == kResent) {
    frame.kind = FrameKind::kRetransmitted;
    frame.stream_start = false;
    return frame;
  }
  if (frame.message_count != 1 || header.messages != 1) return frame;
  switch (control(first)) {
    case Control::kNone:
      break;
    case Control::kStartOfDay:
      if (header.sequence != 0) break;
      frame.kind = FrameKind::kUnsequenced;
      frame.stream_start = false;
      break;
    case Control::kReset:
      frame.stream_start = true;
      [[fallthrough]];
    case Control::kLineIntegrity:
      frame.kind = FrameKind::kHeartbeat;
      frame.first_sequence = uint64_t{header.sequence} + 1;
      frame.number_count = 0;
      break;
  }
  return frame;
}

template <Counts kCounts>
class CtaBlocks {
 public:
  static constexpr Numbering kNumbering{
      .unit = kCounts == Counts::kMessages ? Numbering::Unit::kMessages : Numbering::Unit::kPackets,
      .bits = 32,
      .after_wrap = 1,
      .marks_retransmissions = true};

  PacketFrame Parse(const rio::Packet& packet) const;

  // `message` begins with its length. Precondition: Parse has made `frame` of `packet`.
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    const uint8_t* at = packet.data + kCtaHeaderBytes;
    const uint32_t end = std::min(skip + take, frame.message_count);
    for (uint32_t i = 0; i < end; ++i) {
      const uint32_t length = cta::kMessageLength(at);
      if (i >= skip) function(at, length);
      at += length;
    }
  }
};

class OpraBlocks {
 public:
  static constexpr Numbering kNumbering{.bits = 32, .after_wrap = 1, .marks_retransmissions = true};

  PacketFrame Parse(const rio::Packet& packet) const;

  // `message` begins with its participant. Precondition: Parse has made `frame` of `packet`.
  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    const uint8_t* at = packet.data + kOpraHeaderBytes;
    const uint8_t* const block_end = packet.data + OpraHeader(packet.data).size;
    const uint32_t end = std::min(skip + take, frame.message_count);
    for (uint32_t i = 0; i < end; ++i) {
      const uint32_t length = opra::MessageBytes(at, static_cast<uint32_t>(block_end - at));
      if (i >= skip) function(at, length);
      at += length;
    }
  }
};

// How much a payload looks like a block of the feed: 100 when the checksum agrees, the messages fill it
// and all types are known, 50 when some are not, 0 otherwise and for line integrity alone.
template <Counts kCounts>
int GuessCta(std::span<const uint8_t> payload);
int GuessOpra(std::span<const uint8_t> payload);

}  // namespace fh::codecs::siac

#endif  // FEEDHANDLER_CODECS_SIAC_SIAC_BLOCKS_H_
