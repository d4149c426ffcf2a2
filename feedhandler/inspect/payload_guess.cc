#include "feedhandler/inspect/payload_guess.h"

#include <algorithm>
#include <bit>
#include <map>
#include <memory>
#include <mutex>

#include "absl/strings/match.h"
#include "codecs/iex/iex_tp.h"
#include "codecs/length_blocks.h"
#include "codecs/message.h"
#include "codecs/moldudp64/moldudp64.h"
#include "codecs/registry.h"
#include "codecs/value.h"
#include "rio/packet.h"

namespace fh {
namespace {

using codecs::FrameKind;
using codecs::PacketFrame;

rio::Packet PacketOf(std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  return packet;
}

bool Fits(const PacketFrame& frame, bool truncated) {
  if (frame.kind == FrameKind::kRejected || frame.trailing_bytes) return false;
  return truncated || frame.lost_in_tail == 0;
}

bool IsMoldUdp64(std::span<const uint8_t> payload, bool truncated, bool& has_messages) {
  const PacketFrame frame = codecs::MoldUdp64().Parse(PacketOf(payload));
  if (!Fits(frame, truncated)) return false;
  const auto session = codecs::MoldUdp64::kSession(payload.data());
  // Names are printable; a nameless session occurs in edited captures, with numbers at least.
  bool named = true;
  bool nameless = true;
  for (size_t i = 0; i < codecs::MoldUdp64::kSession.length; ++i) {
    named &= session[i] >= ' ' && session[i] <= '~';
    nameless &= session[i] == 0;
  }
  has_messages = frame.kind == FrameKind::kMessages;
  return named || (nameless && has_messages);
}

bool IsIexTp(std::span<const uint8_t> payload, bool truncated, bool& has_messages) {
  if (payload.size() < codecs::iex::kSegmentHeaderBytes) return false;
  if (codecs::iex::kReserved(payload.data()) != 0) return false;
  const codecs::iex::IexTp framing(codecs::iex::kMessageProtocolId(payload.data()));
  const PacketFrame frame = framing.Parse(PacketOf(payload));
  has_messages = frame.kind == FrameKind::kMessages;
  return Fits(frame, truncated);
}

// Messages of [16-bit size that counts itself][...] up to the end.
bool SizedMessagesFill(const uint8_t* message, const uint8_t* end, bool truncated) {
  constexpr codecs::LittleEndian<uint16_t> kMessageSize{"message_size", 0};
  constexpr int kSmallest = 10;  // The size and an SBE message header.
  while (end - message >= kSmallest) {
    const int64_t size = kMessageSize(message);
    if (size < kSmallest) return false;
    if (end - message < size) return truncated;
    message += size;
  }
  return truncated || message == end;
}

bool IsSbe(std::span<const uint8_t> payload, int64_t stamp_ns, bool truncated, bool& has_messages) {
  constexpr codecs::LittleEndian<uint64_t> kSendingTime{"sending_time", 4};
  constexpr uint64_t kYear2000Ns = 946'684'800'000'000'000;
  constexpr uint64_t kYear2100Ns = 4'102'444'800'000'000'000;
  constexpr uint64_t kHourNs = 3'600'000'000'000;
  if (payload.size() < kSbePacketHeaderBytes) return false;
  const uint64_t time_ns = kSendingTime(payload.data());
  if (time_ns < kYear2000Ns || time_ns >= kYear2100Ns) return false;
  has_messages = payload.size() > kSbePacketHeaderBytes;
  const uint8_t* end = payload.data() + payload.size();
  if (SizedMessagesFill(payload.data() + kSbePacketHeaderBytes, end, truncated)) return true;
  // Other layouts behind the same header: then the time has to be about when it was captured.
  const auto stamp = static_cast<uint64_t>(stamp_ns);
  const uint64_t apart = time_ns > stamp ? time_ns - stamp : stamp - time_ns;
  return stamp_ns > 0 && apart < kHourNs;
}

// At least two messages: one alone is any datagram that begins with its own length.
template <std::endian kOrder>
bool IsLengthPrefixed(std::span<const uint8_t> payload) {
  using Blocks = codecs::LengthBlocks<kOrder>;
  const uint8_t* block = payload.data();
  const uint8_t* end = block + payload.size();
  int blocks = 0;
  for (; end - block > Blocks::kLengthBytes; ++blocks) {
    const uint32_t length = Blocks::Length(block);
    if (length == 0 || end - block < int64_t{Blocks::kLengthBytes} + length) return false;
    block += Blocks::kLengthBytes + length;
  }
  return block == end && blocks > 1;
}

// What the messages of a packet are, by their names.
class MessageKinds final : public codecs::MessageVisitor {
 public:
  void BeginMessage(uint64_t, const codecs::MessageInfo* info, std::span<const uint8_t>,
                    const char*) override {
    if (info != nullptr && info->fields.empty()) return;  // FAST's reset: neither.
    const bool is_heartbeat = info != nullptr && absl::StrContains(info->name, "heartbeat");
    (is_heartbeat ? heartbeats : others) += 1;
  }
  void Field(const codecs::FieldInfo&, const codecs::Value&) override {}
  void EndMessage() override {}

  uint32_t heartbeats = 0;
  uint32_t others = 0;
};

// Says of payloads whether they are heartbeats: by one instance of each codec, which frames and
// describes, made when it is first asked.
class HeartbeatJudge {
 public:
  bool IsHeartbeat(const codecs::CodecInfo& info, std::span<const uint8_t> payload) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::unique_ptr<codecs::Codec>& codec = codecs_[&info];
    if (codec == nullptr) {
      absl::StatusOr<std::unique_ptr<codecs::Codec>> made = info.make({});
      if (!made.ok()) return false;
      codec = *std::move(made);
    }
    rio::Packet packet{};
    packet.data = payload.data();
    packet.length = static_cast<uint32_t>(payload.size());
    codecs::PacketFrame frame;
    codec->Frame({&packet, 1}, {&frame, 1});
    if (frame.kind == codecs::FrameKind::kHeartbeat ||
        frame.kind == codecs::FrameKind::kEndOfSession) {
      return true;
    }
    if (frame.kind == codecs::FrameKind::kRejected) return false;
    MessageKinds kinds;
    codec->Describe(packet, frame, kinds);
    return kinds.heartbeats != 0 && kinds.others == 0;
  }

 private:
  std::mutex mutex_;
  std::map<const codecs::CodecInfo*, std::unique_ptr<codecs::Codec>> codecs_;
};

HeartbeatJudge& Judge() {
  static HeartbeatJudge* const judge = new HeartbeatJudge;
  return *judge;
}

}  // namespace

const char* FramingFamilyName(FramingFamily family) {
  switch (family) {
    case FramingFamily::kUnknown:
      return "unknown";
    case FramingFamily::kMoldUdp64:
      return "moldudp64";
    case FramingFamily::kIexTp:
      return "iex_tp";
    case FramingFamily::kSbe:
      return "sbe-like";
    case FramingFamily::kLengthPrefixedBig:
      return "length-prefixed, big-endian";
    case FramingFamily::kLengthPrefixedLittle:
      return "length-prefixed, little-endian";
  }
  return "unknown";
}

FramingGuess GuessFraming(std::span<const uint8_t> payload, int64_t stamp_ns, bool truncated) {
  bool has_messages = true;
  if (IsIexTp(payload, truncated, has_messages)) return {FramingFamily::kIexTp, has_messages};
  if (IsMoldUdp64(payload, truncated, has_messages)) {
    return {FramingFamily::kMoldUdp64, has_messages};
  }
  if (IsSbe(payload, stamp_ns, truncated, has_messages)) return {FramingFamily::kSbe, has_messages};
  if (IsLengthPrefixed<std::endian::big>(payload)) return {FramingFamily::kLengthPrefixedBig, true};
  if (IsLengthPrefixed<std::endian::little>(payload)) {
    return {FramingFamily::kLengthPrefixedLittle, true};
  }
  return {FramingFamily::kUnknown, true};
}

PayloadGuess::PayloadGuess(const codecs::CodecInfo* asked) : asked_(asked) {
  strong_.codecs.resize(codecs::Codecs().size());
  weak_.codecs.resize(codecs::Codecs().size());
  guesses_.resize(codecs::Codecs().size());
}

bool PayloadGuess::Sample(std::span<const uint8_t> payload, int64_t stamp_ns, bool truncated) {
  if (strong_.samples == kMostSamples) return false;
  const FramingGuess framing = GuessFraming(payload, stamp_ns, truncated);
  const std::span<const codecs::CodecInfo* const> all = codecs::Codecs();
  std::vector<int>& guesses = guesses_;
  bool is_heartbeat = !framing.has_messages;
  int best = 0;
  for (size_t i = 0; i < guesses.size(); ++i) {
    guesses[i] = std::clamp(all[i]->guess(payload), 0, 100);
    best = std::max(best, guesses[i]);
    if (is_heartbeat || guesses[i] < kAccepted) continue;
    is_heartbeat = Judge().IsHeartbeat(*all[i], payload);
  }
  // What nobody is sure of, and somebody does not rule out, says little: heartbeats, and what several
  // dialects share. It neither carries a claim nor waters down that of others.
  const bool is_unsure = best > 0 && best < kAccepted;
  Votes& votes = is_heartbeat || is_unsure || truncated ? weak_ : strong_;
  if (votes.samples == kMostSamples) return false;
  ++votes.samples;
  ++votes.families[static_cast<size_t>(framing.family)];
  // Who is asked for may have heartbeats alone; by themselves they claim nothing, unless they name
  // the protocol of the messages that there are not.
  const bool claims_nothing = is_heartbeat && framing.family != FramingFamily::kIexTp;
  const int most = claims_nothing ? kAccepted - 1 : 100;
  for (size_t i = 0; i < guesses.size(); ++i) {
    votes.codecs[i] += static_cast<uint32_t>(std::min(guesses[i], most));
  }
  if (asked_ != nullptr) {
    votes.asked += static_cast<uint32_t>(std::clamp(asked_->guess(payload), 0, 100));
  }
  const codecs::CodecInfo* old_codec = codec_;
  const FramingFamily old_family = family_;
  Decide();
  return codec_ != old_codec || family_ != old_family;
}

void PayloadGuess::Decide() {
  const Votes& votes = strong_.samples > 0 ? strong_ : weak_;
  const std::span<const codecs::CodecInfo* const> all = codecs::Codecs();
  size_t best = 0;
  bool is_tie = false;  // Between dialects: what was seen is the same in both.
  for (size_t i = 0; i < votes.codecs.size(); ++i) {
    if (i > 0 && votes.codecs[i] >= votes.codecs[best]) {
      is_tie = votes.codecs[i] == votes.codecs[best];
      if (!is_tie) best = i;
    }
  }
  const int asked_confidence = static_cast<int>(votes.asked / votes.samples);
  confidence_ = all.empty() ? 0 : static_cast<int>(votes.codecs[best] / votes.samples);
  codec_ = confidence_ >= kAccepted && !is_tie ? all[best] : nullptr;
  family_ = DecideFamily(votes);
  const int asked_bar = codec_ == nullptr ? kAcceptedWhenAsked : kAccepted;
  if (asked_ != nullptr && asked_confidence >= asked_bar) {
    codec_ = asked_;
    confidence_ = asked_confidence;
  }
}

FramingFamily PayloadGuess::DecideFamily(const Votes& votes) const {
  size_t best = 0;
  for (size_t i = 1; i < kFramingFamilies; ++i) {
    if (votes.families[i] > (best == 0 ? 0 : votes.families[best])) best = i;
  }
  return votes.families[best] * 2 >= votes.samples ? static_cast<FramingFamily>(best)
                                                   : FramingFamily::kUnknown;
}

}  // namespace fh
