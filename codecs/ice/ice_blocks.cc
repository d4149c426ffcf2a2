#include "codecs/ice/ice_blocks.h"

#include "codecs/ice/ice_decoder.h"

namespace fh::codecs::ice {

namespace {

PacketFrame Reject(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

// What later versions appended to messages was no longer than this.
constexpr uint32_t kMostAppendedBytes = 64;
// The first blocks of this feed were sent after this day, 2005-01-01.
constexpr uint64_t kFirstMs = 1'104'537'600'000;

bool HasLengthOf(const MessageInfo& info, uint32_t length) {
  if (length < info.length) return false;
  return !info.groups.empty() || length <= info.length + kMostAppendedBytes;
}

}  // namespace

PacketFrame IceBlocks::Parse(const rio::Packet& packet) const {
  const uint8_t* const header = packet.data;
  if (packet.length < kBlockHeaderBytes) return Reject(RejectReason::kTooShort);
  const uint32_t announced = kMessageCount(header);
  if (announced * kMessageHeaderBytes > kMostDatagramBytes) {
    return Reject(RejectReason::kBadLength);
  }
  const uint8_t* at = header + kBlockHeaderBytes;
  const uint8_t* const end = header + packet.length;
  PacketFrame frame;
  while (frame.message_count < announced && end - at >= int64_t{kMessageHeaderBytes}) {
    const uint32_t size = kMessageHeaderBytes + kLength(at);
    if (end - at < int64_t{size}) break;
    at += size;
    ++frame.message_count;
  }
  frame.kind = announced == 0 ? FrameKind::kHeartbeat : FrameKind::kMessages;
  frame.session.bytes[0] = static_cast<char>(header[0]);
  frame.session.bytes[1] = static_cast<char>(header[1]);
  frame.first_sequence = kSequence(header);
  const uint64_t sent_ms = kSentDateTime(header);
  frame.send_time_ns = sent_ms <= kLastMs ? static_cast<int64_t>(sent_ms) * kNsPerMs : 0;
  frame.number_count = frame.message_count;
  frame.lost_in_tail = static_cast<uint16_t>(announced - frame.message_count);
  frame.stream_start = frame.first_sequence == 1;
  frame.trailing_bytes = frame.lost_in_tail == 0 && at != end;
  return frame;
}

int GuessBlock(std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const IceBlocks framing;
  const PacketFrame frame = framing.Parse(packet);
  const bool is_heartbeat = frame.kind == FrameKind::kHeartbeat;
  if (!is_heartbeat && frame.kind != FrameKind::kMessages) return 0;
  if (frame.lost_in_tail != 0 || frame.trailing_bytes) return 0;
  const uint64_t sent_ms = kSentDateTime(packet.data);
  if (sent_ms < kFirstMs || sent_ms > kLastMs) return 0;
  // Claims nothing by itself, and speaks not against blocks that do.
  constexpr int kHeartbeat = 20;
  if (is_heartbeat) return kHeartbeat;
  uint32_t known = 0;
  bool fits = true;
  framing.ForEachMessage(packet, frame, 0, frame.message_count,
                         [&](const uint8_t* message, uint32_t length) {
                           const MessageInfo* info = IceDecoder::Find(message);
                           known += info != nullptr;
                           fits &= info == nullptr || HasLengthOf(*info, length);
                         });
  if (!fits) return 0;
  if (known == frame.message_count) return 100;
  return known > 0 ? 50 : 0;
}

}  // namespace fh::codecs::ice
