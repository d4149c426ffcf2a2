#include "codecs/cme/mdp3_framing.h"

namespace fh::codecs::cme {

namespace {

constexpr uint32_t kLeastMessage = kSizeBytes + kHeaderBytes;

PacketFrame Reject(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

}  // namespace

PacketFrame Mdp3Framing::Parse(const rio::Packet& packet) const {
  if (packet.length < kPacketHeaderBytes) return Reject(RejectReason::kTooShort);
  const uint8_t* at = packet.data + kPacketHeaderBytes;
  const uint8_t* const end = packet.data + packet.length;
  if (end - at >= kLeastMessage && kSchema(at + kSizeBytes) != kSchemaId) {
    return Reject(RejectReason::kForeign);
  }
  PacketFrame frame;
  while (end - at >= kSizeBytes) {
    const uint32_t size = internal::Load<std::endian::little, uint16_t>(at);
    if (size < kLeastMessage || end - at < int64_t{size}) break;
    at += size;
    ++frame.message_count;
  }
  if (frame.message_count == 0) return Reject(RejectReason::kBadLength);
  frame.kind = FrameKind::kMessages;
  frame.first_sequence = kMsgSeqNum(packet.data);
  frame.send_time_ns = kSendingTime(packet.data);
  frame.stream_start = frame.first_sequence == 1;
  frame.lost_in_tail = at != end ? 1 : 0;
  frame.number_count = at != end ? 0 : 1;
  return frame;
}

int GuessMdp3(std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const Mdp3Framing framing;
  const PacketFrame frame = framing.Parse(packet);
  if (frame.kind == FrameKind::kRejected || frame.lost_in_tail != 0) return 0;
  bool fits = true;
  framing.ForEachMessage(packet, frame, 0, frame.message_count,
                         [&fits](const uint8_t* message, uint32_t length) {
                           fits &= kSchema(message) == kSchemaId &&
                                   uint32_t{kHeaderBytes} + kBlockLength(message) <= length;
                         });
  return fits ? 100 : 0;
}

}  // namespace fh::codecs::cme
