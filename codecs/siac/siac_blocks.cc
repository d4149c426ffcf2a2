#include "codecs/siac/siac_blocks.h"

#include <cstring>

#include "codecs/siac/cta_decoder.h"
#include "codecs/siac/opra_decoder.h"

namespace fh::codecs::siac {

namespace {

// Versions are one byte; none beyond has been announced.
constexpr uint8_t kLastVersion = 9;

PacketFrame Reject(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

uint16_t Load16(const uint8_t* at) { return internal::Load<std::endian::big, uint16_t>(at); }
uint32_t Load32(const uint8_t* at) { return internal::Load<std::endian::big, uint32_t>(at); }

Control ControlOfCta(const uint8_t* message) {
  switch (cta::TypeOf(cta::kMessageCategory(message), cta::kMessageType(message))) {
    case cta::kLineIntegrityMessage.type:
      return Control::kLineIntegrity;
    case cta::kResetBlockSequenceNumberMessage.type:
      return Control::kReset;
    case cta::kStartOfDayMessage.type:
      return Control::kStartOfDay;
    default:
      return Control::kNone;
  }
}

Control ControlOfOpra(const uint8_t* message) {
  if (opra::kMessageCategory(message) != 'H') return Control::kNone;
  switch (opra::kMessageType(message)) {
    case 'N':
      return Control::kLineIntegrity;
    case 'K':
      return Control::kReset;
    case 'C':
      return Control::kStartOfDay;
    default:
      return Control::kNone;
  }
}

template <typename Framing, typename Find>
int Guess(const Framing& framing, std::span<const uint8_t> payload, uint32_t size, Find find) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const PacketFrame frame = framing.Parse(packet);
  if (frame.kind == FrameKind::kRejected || frame.kind == FrameKind::kHeartbeat ||
      frame.message_count == 0 || frame.lost_in_tail != 0 || frame.trailing_bytes ||
      size != payload.size()) {
    return 0;
  }
  uint32_t known = 0;
  bool fits = true;
  framing.ForEachMessage(packet, frame, 0, frame.message_count,
                         [&](const uint8_t* message, uint32_t length) {
                           const MessageInfo* info = find(message);
                           known += info != nullptr;
                           fits &= info == nullptr || length >= info->length;
                         });
  if (!fits) return 0;
  if (known == frame.message_count) return 100;
  return known > 0 ? 50 : 0;
}

}  // namespace

BlockHeader CtaHeader(const uint8_t* block) {
  return {.bytes = kCtaHeaderBytes,
          .size = Load16(block + 1),
          .sequence = Load32(block + 5),
          .messages = block[9],
          .seconds = Load32(block + 10),
          .nanoseconds = Load32(block + 14),
          .checksum_at = 18,
          .retransmission = static_cast<char>(block[4])};
}

BlockHeader OpraHeader(const uint8_t* block) {
  return {.bytes = kOpraHeaderBytes,
          .size = Load16(block + 1),
          .sequence = Load32(block + 6),
          .messages = block[10],
          .seconds = Load32(block + 11),
          .nanoseconds = Load32(block + 15),
          .checksum_at = 19,
          .retransmission = static_cast<char>(block[4])};
}

uint16_t BlockChecksum(const uint8_t* block, uint32_t size, uint32_t checksum_at) {
  constexpr uint64_t kEven = 0x00FF00FF00FF00FF;
  constexpr uint32_t kStep = 8;
  // Four lanes of 16 bits hold what 64 steps bring, two bytes each.
  constexpr uint32_t kSteps = 64;
  uint32_t sum = 0;
  uint32_t at = 0;
  while (size - at >= kStep) {
    uint64_t lanes = 0;
    for (uint32_t step = 0; step < kSteps && size - at >= kStep; ++step, at += kStep) {
      uint64_t bytes;
      std::memcpy(&bytes, block + at, kStep);
      lanes += (bytes & kEven) + (bytes >> 8 & kEven);
    }
    sum += static_cast<uint32_t>((lanes & 0xFFFF) + (lanes >> 16 & 0xFFFF) +
                                 (lanes >> 32 & 0xFFFF) + (lanes >> 48));
  }
  for (; at < size; ++at) sum += block[at];
  return static_cast<uint16_t>(sum - block[checksum_at] - block[checksum_at + 1]);
}

template <Counts kCounts>
PacketFrame CtaBlocks<kCounts>::Parse(const rio::Packet& packet) const {
  if (packet.length < kCtaHeaderBytes) return Reject(RejectReason::kTooShort);
  const uint8_t version = packet.data[0];
  const char feed = static_cast<char>(packet.data[3]);
  const bool is_ours =
      kCounts == Counts::kBlocks ? version == 0 : version != 0 && version <= kLastVersion;
  if (!is_ours || (feed != 'T' && feed != 'Q')) return Reject(RejectReason::kForeign);
  return ParseBlock(packet, CtaHeader(packet.data), kCounts, ControlOfCta,
                    [](const uint8_t* message, uint32_t room) -> uint32_t {
                      if (room < cta::kMessageHeaderBytes) return 0;
                      const uint32_t length = cta::kMessageLength(message);
                      return length >= cta::kMessageHeaderBytes && length <= room ? length : 0;
                    });
}

PacketFrame OpraBlocks::Parse(const rio::Packet& packet) const {
  if (packet.length < kOpraHeaderBytes) return Reject(RejectReason::kTooShort);
  const uint8_t version = packet.data[0];
  if (version == 0 || version > kLastVersion || packet.data[3] != 'O') {
    return Reject(RejectReason::kForeign);
  }
  return ParseBlock(packet, OpraHeader(packet.data), Counts::kMessages, ControlOfOpra,
                    opra::MessageBytes);
}

template class CtaBlocks<Counts::kMessages>;
template class CtaBlocks<Counts::kBlocks>;

template <Counts kCounts>
int GuessCta(std::span<const uint8_t> payload) {
  if (payload.size() < kCtaHeaderBytes) return 0;
  return Guess(CtaBlocks<kCounts>(), payload, CtaHeader(payload.data()).size,
               cta::CtaDecoder::Find);
}
template int GuessCta<Counts::kMessages>(std::span<const uint8_t> payload);
template int GuessCta<Counts::kBlocks>(std::span<const uint8_t> payload);

int GuessOpra(std::span<const uint8_t> payload) {
  if (payload.size() < kOpraHeaderBytes) return 0;
  return Guess(OpraBlocks(), payload, OpraHeader(payload.data()).size, opra::OpraDecoder::Find);
}

}  // namespace fh::codecs::siac
