#include "codecs/b3/b3_packets.h"

#include <cstring>

namespace fh::codecs::b3 {
namespace {

PacketFrame Reject(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

// A packet without a number: what it says of the numbers to come.
void ReadUnnumbered(const uint8_t* message, PacketFrame& frame) {
  frame.kind = FrameKind::kUnsequenced;
  frame.first_sequence = 0;
  if (frame.message_count != 1 || frame.lost_in_tail != 0 || kSchemaId(message) != kSchema) return;
  const uint32_t length = kMessageLength(message);
  if (kTemplateId(message) == SequenceReset::kInfo.type) {
    frame.first_sequence = 1;
  } else if (kTemplateId(message) == Sequence::kInfo.type && length >= Sequence::kInfo.length) {
    frame.first_sequence = Sequence::kNextSeqNo(message);
  } else {
    return;
  }
  frame.kind = FrameKind::kHeartbeat;
  frame.number_count = 0;
}

}  // namespace

PacketFrame B3Packets::Parse(const rio::Packet& packet) const {
  if (packet.length < kPacketHeaderBytes) return Reject(RejectReason::kTooShort);
  const uint8_t* const first = packet.data + kPacketHeaderBytes;
  const uint8_t* const end = packet.data + packet.length;
  if (end - first >= int64_t{kHeadBytes} && kEncodingType(first) != kSbeEncoding) {
    return Reject(RejectReason::kForeign);
  }
  PacketFrame frame;
  const uint8_t* at = first;
  while (end - at >= int64_t{kHeadBytes} && kEncodingType(at) == kSbeEncoding) {
    const uint32_t size = kMessageLength(at);
    if (size < kHeadBytes || end - at < int64_t{size}) break;
    at += size;
    ++frame.message_count;
  }
  if (frame.message_count == 0) return Reject(RejectReason::kBadLength);
  frame.kind = FrameKind::kMessages;
  frame.first_sequence = kSequenceNumber(packet.data);
  frame.send_time_ns = kSendingTime(packet.data);
  frame.lost_in_tail = at != end ? 1 : 0;
  frame.number_count = at != end ? 0 : 1;
  if (frame.first_sequence == 0) ReadUnnumbered(first, frame);
  frame.stream_start = frame.first_sequence == 1;
  std::memcpy(frame.session.bytes.data(), packet.data + kSequenceVersion.offset,
              kSequenceVersion.length);
  frame.session.bytes[kSequenceVersion.length] = static_cast<char>(kChannelId(packet.data));
  return frame;
}

int GuessB3(std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const B3Packets framing;
  const PacketFrame frame = framing.Parse(packet);
  if (frame.kind != FrameKind::kMessages || frame.lost_in_tail != 0) return 0;
  bool fits = true;
  framing.ForEachMessage(
      packet, frame, 0, frame.message_count, [&fits](const uint8_t* message, uint32_t length) {
        fits &= kSchemaId(message) == kSchema && kHeadBytes + kBlockLength(message) <= length;
      });
  return fits ? 100 : 0;
}

}  // namespace fh::codecs::b3
