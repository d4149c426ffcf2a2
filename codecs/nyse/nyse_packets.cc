#include "codecs/nyse/nyse_packets.h"

namespace fh::codecs::nyse {

namespace {

constexpr uint32_t kNsPerSecond = 1'000'000'000;

PacketFrame Reject(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

// kRejected: a flag that there is not.
FrameKind KindOf(uint8_t delivery) {
  switch (delivery) {
    case kHeartbeat:
      return FrameKind::kHeartbeat;
    case kFailover:
    case kOriginal:
    case kSequenceReset:
      return FrameKind::kMessages;
    case kRetransmissionOnly:
    case kRetransmissionPart:
      return FrameKind::kRetransmitted;
    case kRefreshOnly:
    case kRefreshStart:
    case kRefreshPart:
    case kRefreshEnd:
    case kMessageUnavailable:
      return FrameKind::kUnsequenced;
    default:
      return FrameKind::kRejected;
  }
}

}  // namespace

PacketFrame NysePackets::Parse(const rio::Packet& packet) const {
  const uint8_t* const header = packet.data;
  if (packet.length < kPacketHeaderBytes) return Reject(RejectReason::kTooShort);
  const FrameKind kind = KindOf(kDeliveryFlag(header));
  if (kind == FrameKind::kRejected) return Reject(RejectReason::kForeign);
  const uint32_t size = kPacketSize(header);
  const uint32_t announced = kMessageCount(header);
  if (size < kPacketHeaderBytes || (kind == FrameKind::kHeartbeat && announced != 0)) {
    return Reject(RejectReason::kBadLength);
  }
  const uint8_t* at = header + kPacketHeaderBytes;
  const uint8_t* const end = header + std::min(packet.length, size);
  PacketFrame frame;
  while (frame.message_count < announced && end - at >= int64_t{kMessageHeaderBytes}) {
    const uint32_t length = kMessageSize(at);
    if (length < kMessageHeaderBytes || end - at < int64_t{length}) break;
    at += length;
    ++frame.message_count;
  }
  // Without messages it is as good as a heartbeat.
  frame.kind = announced == 0 ? FrameKind::kHeartbeat : kind;
  frame.first_sequence = kind == FrameKind::kUnsequenced ? 0 : kSequenceNumber(header);
  if (announced == 0 && kind != FrameKind::kHeartbeat && kind != FrameKind::kMessages) {
    // But what is sent again, or stands outside of the numbers, tells no position.
    frame.kind = FrameKind::kUnsequenced;
    frame.first_sequence = 0;
  }
  frame.send_time_ns =
      int64_t{kSendSeconds(header)} * kNsPerSecond + int64_t{kSendNanoseconds(header)};
  frame.number_count = frame.message_count;
  frame.lost_in_tail = static_cast<uint16_t>(announced - frame.message_count);
  frame.stream_start = frame.first_sequence == 1 && kind != FrameKind::kRetransmitted;
  frame.trailing_bytes = frame.lost_in_tail == 0 && at != header + packet.length;
  return frame;
}

int GuessPacket(std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const NysePackets framing;
  const PacketFrame frame = framing.Parse(packet);
  if (frame.kind == FrameKind::kRejected || frame.lost_in_tail != 0 || frame.trailing_bytes ||
      kPacketSize(packet.data) != payload.size() || kSendNanoseconds(packet.data) >= kNsPerSecond) {
    return 0;
  }
  uint32_t known = 0;
  bool fits = true;
  framing.ForEachMessage(packet, frame, 0, frame.message_count,
                         [&](const uint8_t* message, uint32_t length) {
                           const MessageInfo* info = FindMessage(message);
                           known += info != nullptr;
                           fits &= info == nullptr || length >= info->length;
                         });
  if (!fits) return 0;
  if (known == frame.message_count) return 100;
  return known > 0 ? 50 : 0;
}

}  // namespace fh::codecs::nyse
