#include "codecs/iex/iex_tp.h"

#include <algorithm>
#include <cstring>

namespace fh::codecs::iex {

namespace {

// The session number and channel as on the wire, one behind the other.
SessionId SessionOf(const uint8_t* header) {
  SessionId session;
  std::memcpy(session.bytes.data(), header + kSessionId.offset, kSessionId.length);
  std::memcpy(session.bytes.data() + kSessionId.length, header + kChannelId.offset,
              kChannelId.length);
  return session;
}

PacketFrame Reject(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

}  // namespace

PacketFrame IexTp::Parse(const rio::Packet& packet) const {
  const uint8_t* const header = packet.data;
  if (packet.length < kSegmentHeaderBytes) return Reject(RejectReason::kTooShort);
  if (kVersion(header) != kTransportVersion || kMessageProtocolId(header) != protocol_) {
    return Reject(RejectReason::kForeign);
  }
  const uint32_t announced = kMessageCount(header);
  const uint32_t payload = kPayloadLength(header);
  if (announced * Blocks::kLengthBytes > payload ||
      kSegmentHeaderBytes + payload > kMostDatagramBytes) {
    return Reject(RejectReason::kBadLength);
  }

  const uint32_t length = std::min(packet.length, kSegmentHeaderBytes + payload);
  const BlockCount blocks =
      Blocks::CountWhole(header + kSegmentHeaderBytes, header + length, announced);
  PacketFrame frame;
  frame.session = SessionOf(header);
  frame.first_sequence = kFirstMessageSequenceNumber(header);
  frame.send_time_ns = kSendTime(header);
  frame.message_count = blocks.whole;
  frame.number_count = blocks.whole;
  frame.lost_in_tail = static_cast<uint16_t>(announced - blocks.whole);
  frame.kind = announced == 0 ? FrameKind::kHeartbeat : FrameKind::kMessages;
  frame.stream_start = frame.first_sequence == 1 && kStreamOffset(header) == 0;
  frame.trailing_bytes = frame.lost_in_tail == 0 && blocks.end != header + packet.length;
  return frame;
}

int GuessSegment(uint16_t protocol, std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const PacketFrame frame = IexTp(protocol).Parse(packet);
  if (frame.kind == FrameKind::kRejected) return 0;
  return frame.lost_in_tail == 0 && !frame.trailing_bytes ? 100 : 50;
}

}  // namespace fh::codecs::iex
