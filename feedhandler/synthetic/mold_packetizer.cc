#include "feedhandler/synthetic/mold_packetizer.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "absl/strings/string_view.h"
#include "codecs/moldudp64/moldudp64.h"

namespace fh {
namespace {

using Mold = codecs::MoldUdp64;
constexpr uint32_t kLengthBytes = Mold::Blocks::kLengthBytes;

}  // namespace

MoldPacketizer::MoldPacketizer(MoldPacketizerOptions options)
    : options_(std::move(options)),
      size_(Mold::kHeaderBytes),
      first_sequence_(options_.first_sequence) {
  options_.session.resize(Mold::kSession.length, ' ');
  options_.max_payload_bytes = std::clamp(options_.max_payload_bytes, 64u, 65'507u);
  options_.max_messages = std::clamp(options_.max_messages, 1u, uint32_t{Mold::kEndOfSession} - 1);
  packet_.resize(options_.max_payload_bytes);
}

bool MoldPacketizer::Fits(std::span<const uint8_t> message) const {
  return message_count_ < options_.max_messages &&
         size_ + kLengthBytes + message.size() <= options_.max_payload_bytes;
}

void MoldPacketizer::Add(std::span<const uint8_t> message) {
  assert(Fits(message));
  codecs::internal::Store<std::endian::big>(packet_.data() + size_,
                                            static_cast<uint16_t>(message.size()));
  if (!message.empty()) {
    std::memcpy(packet_.data() + size_ + kLengthBytes, message.data(), message.size());
  }
  size_ += kLengthBytes + static_cast<uint32_t>(message.size());
  ++message_count_;
}

MoldPacket MoldPacketizer::Take() {
  assert(!empty());
  Mold::PutHeader(packet_.data(), options_.session, first_sequence_,
                  static_cast<uint16_t>(message_count_));
  const MoldPacket packet{{packet_.data(), size_}, first_sequence_, message_count_};
  first_sequence_ += message_count_;
  message_count_ = 0;
  size_ = Mold::kHeaderBytes;
  return packet;
}

MoldPacket MoldPacketizer::Heartbeat() { return Empty(0); }

MoldPacket MoldPacketizer::EndOfSession() { return Empty(Mold::kEndOfSession); }

MoldPacket MoldPacketizer::Empty(uint16_t count) {
  assert(empty());
  static_assert(sizeof empty_packet_ == Mold::kHeaderBytes);
  Mold::PutHeader(empty_packet_.data(), options_.session, first_sequence_, count);
  return {empty_packet_, first_sequence_, 0};
}

}  // namespace fh
