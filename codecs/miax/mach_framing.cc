#include "codecs/miax/mach_framing.h"

namespace fh::codecs::miax {
namespace {

PacketFrame Reject(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

// Of a datagram whose first packet is no message.
void SetControl(PacketFrame& frame, const uint8_t* header) {
  const uint8_t type = kPacketType(header);
  if (kSessionNumber(header) == 0) {
    // The line is alive before the day's session: it has no number that means anything.
    frame.kind = FrameKind::kUnsequenced;
    return;
  }
  frame.kind = type == kEndOfSession ? FrameKind::kEndOfSession : FrameKind::kHeartbeat;
  frame.first_sequence = type == kStartOfSession ? 1 : kSequenceNumber(header) + 1;
  frame.stream_start = frame.first_sequence == 1 && frame.kind == FrameKind::kHeartbeat;
}

}  // namespace

PacketFrame MachFraming::Parse(const rio::Packet& packet) const {
  if (packet.length < kHeaderBytes) return Reject(RejectReason::kTooShort);
  const uint8_t* at = packet.data;
  const uint8_t* const end = at + packet.length;
  const uint8_t session = kSessionNumber(at);
  if (kPacketType(at) > kApplication || (session == 0 && kPacketType(at) != kHeartbeat)) {
    return Reject(RejectReason::kForeign);
  }
  if (kPacketLength(at) < kHeaderBytes || kPacketLength(at) > packet.length) {
    return Reject(RejectReason::kBadLength);
  }
  PacketFrame frame;
  frame.session.bytes[0] = static_cast<char>(session);
  SetControl(frame, at);
  for (; at < end; at += kPacketLength(at)) {
    const auto left = static_cast<uint64_t>(end - at);
    const bool is_whole =
        left >= kHeaderBytes && kPacketLength(at) >= kHeaderBytes && kPacketLength(at) <= left;
    if (!is_whole || kSessionNumber(at) != session) {
      frame.lost_in_tail = 1;
      break;
    }
    if (kPacketType(at) != kApplication) continue;
    if (frame.message_count == 0) {
      frame.kind = FrameKind::kMessages;
      frame.first_sequence = kSequenceNumber(at);
      frame.stream_start = frame.first_sequence == 1;
    } else if (kSequenceNumber(at) != frame.first_sequence + frame.message_count) {
      frame.lost_in_tail = 1;
      break;
    }
    ++frame.message_count;
  }
  frame.number_count = frame.message_count;
  return frame;
}

}  // namespace fh::codecs::miax
