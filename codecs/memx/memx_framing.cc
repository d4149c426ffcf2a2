#include "codecs/memx/memx_framing.h"

#include <cstring>

namespace fh::codecs::memx {
namespace {

PacketFrame Reject(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

}  // namespace

PacketFrame MemxFraming::Parse(const rio::Packet& packet) const {
  if (packet.length < kLeastHeaderBytes) return Reject(RejectReason::kTooShort);
  const uint8_t type = kDatagramType(packet.data);
  const uint32_t header = kHeaderLength(packet.data);
  if (type > kSequenced) return Reject(RejectReason::kForeign);
  if (header < kLeastHeaderBytes || header > packet.length) {
    return Reject(RejectReason::kBadLength);
  }
  PacketFrame frame;
  std::memcpy(frame.session.bytes.data(), packet.data + kSessionId.offset, kSessionId.length);
  const uint64_t number = kSequence(packet.data);
  if (type != kSequenced) {
    frame.kind = type == kShutdown ? FrameKind::kEndOfSession : FrameKind::kHeartbeat;
    frame.first_sequence = number + 1;
    frame.stream_start = frame.first_sequence == 1 && type == kHeartbeat;
    frame.trailing_bytes = packet.length > header;
    return frame;
  }
  if (packet.length < header + kCountBytes) return Reject(RejectReason::kBadLength);
  const uint32_t announced = kMessageCount(packet.data + header);
  const uint8_t* const first = packet.data + header + kCountBytes;
  const uint8_t* const end = packet.data + packet.length;
  const BlockCount found = Blocks::CountWhole(first, end, announced);
  const auto used = static_cast<uint32_t>(found.end - packet.data);
  const uint32_t most_behind =
      used < kMostDatagramBytes ? (kMostDatagramBytes - used) / Blocks::kLengthBytes : 0;
  frame.kind = FrameKind::kMessages;
  frame.first_sequence = number;
  frame.message_count = found.whole;
  frame.number_count = found.whole;
  frame.lost_in_tail = static_cast<uint16_t>(std::min(announced - found.whole, most_behind));
  frame.stream_start = number == 1;
  frame.trailing_bytes = frame.lost_in_tail == 0 && found.end != end;
  return frame;
}

}  // namespace fh::codecs::memx
