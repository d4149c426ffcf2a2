#include "codecs/pitch/unit_framing.h"

#include <algorithm>

namespace fh::codecs::pitch {

namespace {

PacketFrame Reject(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

// That follow the last documented field of a message that grew.
constexpr uint32_t kMostReservedBytes = 8;

FrameKind KindOf(uint32_t sequence, uint32_t count) {
  // A heartbeat without a number says that the line is alive, and nothing of where the unit stands.
  if (sequence == 0) return FrameKind::kUnsequenced;
  return count == 0 ? FrameKind::kHeartbeat : FrameKind::kMessages;
}

// Messages are as long as documented: without the fields of later versions and other feeds, or with
// all of them.
bool HasLengthOf(const MessageInfo& info, uint32_t length) {
  uint32_t longest = info.length;
  for (const FieldInfo* field : info.fields) {
    longest = std::max<uint32_t>(longest, uint32_t{field->offset} + field->length);
  }
  if (length == info.length) return true;
  if (!info.groups.empty()) return length > info.length;
  return longest > info.length && length > info.length && length <= longest + kMostReservedBytes;
}

}  // namespace

PacketFrame UnitFraming::Parse(const rio::Packet& packet) const {
  if (packet.length < kUnitHeaderBytes) return Reject(RejectReason::kTooShort);
  const uint32_t length = kHdrLength(packet.data);
  const uint32_t count = kHdrCount(packet.data);
  if (length < kUnitHeaderBytes + count * kLeastMessageBytes || length > kMostDatagramBytes) {
    return Reject(RejectReason::kBadLength);
  }
  const uint8_t* at = packet.data + kUnitHeaderBytes;
  const uint8_t* const end = packet.data + std::min(length, packet.length);
  PacketFrame frame;
  for (; frame.message_count < count && at < end; ++frame.message_count) {
    if (*at < kLeastMessageBytes || end - at < int64_t{*at}) break;
    at += *at;
  }
  frame.first_sequence = kHdrSequence(packet.data);
  frame.number_count = frame.message_count;
  frame.lost_in_tail = static_cast<uint16_t>(count - frame.message_count);
  frame.stream = kHdrUnit(packet.data);
  frame.kind = KindOf(kHdrSequence(packet.data), count);
  frame.stream_start = frame.first_sequence == 1;
  frame.trailing_bytes = frame.lost_in_tail == 0 && at != packet.data + packet.length;
  return frame;
}

int GuessUnitPacket(std::span<const MessageInfo* const> messages,
                    std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const UnitFraming framing;
  const PacketFrame frame = framing.Parse(packet);
  if (frame.kind == FrameKind::kRejected || frame.lost_in_tail != 0 || frame.trailing_bytes ||
      kHdrLength(payload.data()) != payload.size()) {
    return 0;
  }
  if (frame.message_count == 0) return 50;
  uint32_t known = 0;
  bool fits = true;
  framing.ForEachMessage(
      packet, frame, 0, frame.message_count, [&](const uint8_t* message, uint32_t length) {
        const auto info =
            std::find_if(messages.begin(), messages.end(),
                         [&](const MessageInfo* type) { return type->type == message[1]; });
        if (info == messages.end()) return;
        ++known;
        fits &= HasLengthOf(**info, length);
      });
  return fits ? static_cast<int>(100 * known / frame.message_count) : 0;
}

}  // namespace fh::codecs::pitch
