#include "codecs/nyse/openbook_packets.h"

namespace fh::codecs::openbook {

namespace {

PacketFrame Reject(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

FrameKind KindOf(const uint8_t* packet) {
  switch (kRetransmissionFlag(packet) & ~kTestFlag) {
    case kOriginal:
    case kReplay:
      // Heartbeats have no number.
      return kMessageType(packet) == kHeartbeat.type && kSequenceNumber(packet) == 0
                 ? FrameKind::kUnsequenced
                 : FrameKind::kMessages;
    case kRetransmitted:
    case kRetransmittedReplay:
      return FrameKind::kRetransmitted;
    case kRefresh:
    case kEndOfRefresh:
      return FrameKind::kUnsequenced;
    default:
      return FrameKind::kRejected;
  }
}

// Whether what the header announces lies before the end.
bool IsWhole(const uint8_t* packet, uint32_t length) {
  const UpdateForm* form = FormOf(kMessageType(packet));
  if (form == nullptr) return true;
  BookUpdates updates(*form, packet, length);
  while (updates.Next()) {
  }
  return updates.left() == 0;
}

}  // namespace

PacketFrame OpenBookPackets::Parse(const rio::Packet& packet) const {
  if (packet.length < kHeaderBytes) return Reject(RejectReason::kTooShort);
  const FrameKind kind = KindOf(packet.data);
  if (kind == FrameKind::kRejected) return Reject(RejectReason::kForeign);
  const uint32_t length = kPacketSize(packet.data) + kSizeBytes;
  if (length < kHeaderBytes) return Reject(RejectReason::kBadLength);
  const bool is_whole = length <= packet.length && IsWhole(packet.data, length);
  PacketFrame frame;
  frame.kind = kind;
  frame.message_count = is_whole ? 1 : 0;
  frame.number_count = frame.message_count;
  frame.lost_in_tail = is_whole ? 0 : 1;
  frame.first_sequence = kind == FrameKind::kUnsequenced ? 0 : kSequenceNumber(packet.data);
  frame.stream_start = kind == FrameKind::kMessages && frame.first_sequence == 1;
  frame.trailing_bytes = is_whole && length != packet.length;
  return frame;
}

int GuessPacket(std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const PacketFrame frame = OpenBookPackets().Parse(packet);
  if (frame.kind == FrameKind::kRejected || frame.message_count == 0 || frame.trailing_bytes ||
      kPacketSize(payload.data()) + kSizeBytes != payload.size()) {
    return 0;
  }
  const uint32_t type = kMessageType(payload.data());
  constexpr uint32_t kDayMs = 24 * 60 * 60 * 1000;
  if (kTimestamp(payload.data()) >= kDayMs) return 0;
  if (type == kHeartbeat.type) {
    const int likeness = frame.kind == FrameKind::kUnsequenced ? 50 : 100;
    return payload.size() == kHeartbeat.length ? likeness : 0;
  }
  if (type == kReset.type) return payload.size() == kReset.length ? 100 : 0;
  const UpdateForm* form = FormOf(type);
  if (form == nullptr || kMessageCount(payload.data()) == 0) return 0;
  BookUpdates updates(*form, payload.data(), packet.length);
  while (updates.Next()) {
  }
  return updates.next() == payload.data() + payload.size() ? 100 : 0;
}

}  // namespace fh::codecs::openbook
