#include "codecs/eurex/eobi_packets.h"

namespace fh::codecs::eurex {
namespace {

// Lengths are multiples of 8.
constexpr uint32_t kAlignment = 8;

PacketFrame Reject(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

bool IsPacketHeader(const uint8_t* packet) {
  const uint32_t type = kTemplateId(packet);
  return type >= 13'000 && type <= 13'005 && type != Heartbeat::kInfo.type &&
         kMsgSeqNum(packet) == kNoNumber;
}

}  // namespace

PacketFrame EobiPackets::Parse(const rio::Packet& packet) const {
  const uint8_t* const header = packet.data;
  if (packet.length < kPacketHeaderBytes) return Reject(RejectReason::kTooShort);
  if (!IsPacketHeader(header)) return Reject(RejectReason::kForeign);
  if (kBodyLen(header) != kPacketHeaderBytes) return Reject(RejectReason::kBadLength);
  const uint8_t* at = header + kPacketHeaderBytes;
  const uint8_t* const end = header + packet.length;
  PacketFrame frame;
  while (end - at >= int64_t{kHeadBytes}) {
    const uint32_t length = kBodyLen(at);
    if (length < kHeadBytes || end - at < int64_t{length}) break;
    at += length;
    ++frame.message_count;
  }
  if (frame.message_count == 0) return Reject(RejectReason::kBadLength);
  frame.kind = FrameKind::kMessages;
  frame.first_sequence = kApplSeqNum(header);
  frame.send_time_ns = kSendTime(header);
  frame.stream_start = frame.first_sequence == 1 || kApplSeqResetIndicator(header) == 1;
  frame.lost_in_tail = at != end ? 1 : 0;
  frame.number_count = at != end ? 0 : 1;
  return frame;
}

int GuessEobi(std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const EobiPackets framing;
  const PacketFrame frame = framing.Parse(packet);
  if (frame.kind == FrameKind::kRejected || frame.lost_in_tail != 0 ||
      kCompletionIndicator(payload.data()) > 1 || kApplSeqResetIndicator(payload.data()) > 1) {
    return 0;
  }
  bool fits = true;
  uint32_t known = 0;
  uint32_t heartbeats = 0;
  framing.ForEachMessage(
      packet, frame, 0, frame.message_count, [&](const uint8_t* message, uint32_t length) {
        const MessageInfo* info = FindMessage(message);
        known += info != nullptr;
        heartbeats += info == &Heartbeat::kInfo;
        fits &= length % kAlignment == 0 && (info == nullptr || length >= info->length);
      });
  if (!fits || known == 0 || heartbeats == frame.message_count) return 0;
  return known == frame.message_count ? 100 : 50;
}

}  // namespace fh::codecs::eurex
