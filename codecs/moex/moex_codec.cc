#include "codecs/moex/moex_codec.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec_of.h"
#include "codecs/message.h"

namespace fh::codecs::moex {
namespace {

using fast::FastCursor;
using fast::FastDecoder;
using fast::FastError;
using fast::FastPlan;

constexpr uint32_t kPreambleBytes = 4;
// The presence map and template id of Reset, with which datagrams begin.
constexpr uint8_t kReset[] = {0xC0, 0xF8};

bool BeginsWithReset(const uint8_t* data, uint32_t length) {
  return length >= sizeof kReset && data[0] == kReset[0] && data[1] == kReset[1];
}

// What framing wants to know of a datagram.
struct Found {
  uint32_t messages = 0;  // Whole ones.
  uint32_t numbered = 0;
  uint64_t number = 0;  // Of the first that has one.
  uint64_t sending_time = 0;
  FastError error = FastError::kNone;
};

class FrameVisitor : public fast::IgnoreFast {
 public:
  explicit FrameVisitor(Found& found) : found_(found) {}
  void BeginMessage(const FastPlan::Template&) { ++depth_; }
  void EndMessage(const FastPlan::Template&) { --depth_; }
  void Field(fast::FastTag tag, const fast::FastField&, const Value& value) {
    if (tag != kTagNumber && tag != kTagSendingTime) return;
    if (depth_ != 1) return;
    if (tag == kTagNumber) {
      if (found_.numbered++ == 0) found_.number = value.number;
    } else if (found_.numbered == 1) {
      found_.sending_time = value.number;
    }
  }

 private:
  Found& found_;
  int depth_ = 0;
};

// Walks a datagram with empty dictionaries.
Found Walk(FastDecoder& decoder, FastCursor cursor) {
  Found found;
  FrameVisitor visitor(found);
  decoder.Reset();
  while (cursor.left() != 0) {
    found.error = decoder.Decode(cursor, visitor);
    if (found.error != FastError::kNone) return found;
    ++found.messages;
  }
  return found;
}

// A datagram, and how many bytes of number stand in front.
struct Walked {
  Found found;
  uint32_t preamble_bytes = 0;
};

bool IsPreamble(const uint8_t* data, uint64_t number) {
  return internal::Load<std::endian::little, uint32_t>(data) == number;
}

// Of a packet that WalkEither has numbered. A number in front may look like a Reset.
uint32_t PreambleBytes(const uint8_t* data, uint32_t length, uint64_t number) {
  if (length <= kPreambleBytes || !IsPreamble(data, number)) return 0;
  const bool is_plain = BeginsWithReset(data, length) &&
                        !BeginsWithReset(data + kPreambleBytes, length - kPreambleBytes);
  return is_plain ? 0 : kPreambleBytes;
}

Walked WalkEither(FastDecoder& decoder, const uint8_t* data, uint32_t length) {
  const uint8_t* const end = data + length;
  const bool plain_first = BeginsWithReset(data, length);
  if (plain_first) {
    const Walked plain{Walk(decoder, {data, end}), 0};
    if (plain.found.error == FastError::kNone || length <= kPreambleBytes) return plain;
  }
  if (length > kPreambleBytes) {
    const Walked numbered{Walk(decoder, {data + kPreambleBytes, end}), kPreambleBytes};
    if (numbered.found.numbered != 0 && IsPreamble(data, numbered.found.number)) return numbered;
  }
  return {Walk(decoder, {data, end}), 0};
}

PacketFrame Rejected(RejectReason reason) {
  PacketFrame frame;
  frame.reject = reason;
  return frame;
}

RejectReason ReasonFor(const Found& found) {
  switch (found.error) {
    case FastError::kCut:
      return RejectReason::kTooShort;
    case FastError::kNone:
    case FastError::kUnknownTemplate:
    case FastError::kNoTemplate:
      return RejectReason::kForeign;
    default:
      return RejectReason::kBadLength;
  }
}

PacketFrame FrameOf(const Found& found, MoexClock& clock) {
  if (found.numbered > 1) return Rejected(RejectReason::kBadLength);
  if (found.numbered == 0) return Rejected(ReasonFor(found));
  PacketFrame frame;
  frame.kind = FrameKind::kMessages;
  frame.first_sequence = found.number;
  const int64_t sent_ns = clock.UnixNs(found.sending_time);
  frame.send_time_ns = sent_ns == kUndefinedTime ? 0 : sent_ns;
  frame.message_count = found.messages;
  const bool is_damaged = found.error != FastError::kNone;
  frame.lost_in_tail = is_damaged ? 1 : 0;
  frame.number_count = is_damaged ? 0 : 1;
  frame.stream_start = frame.first_sequence == 1;
  return frame;
}

// Hands what FAST says on to people.
class DescribingVisitor {
 public:
  DescribingVisitor(MessageVisitor& visitor, uint64_t sequence)
      : visitor_(visitor), sequence_(sequence) {}

  void SetBytes(std::span<const uint8_t> bytes) { bytes_ = bytes; }

  void BeginMessage(const FastPlan::Template& source) {
    const MessageInfo& info = *source.source->info;
    if (depth_++ == 0) {
      visitor_.BeginMessage(sequence_, &info, bytes_, nullptr);
      return;
    }
    // A message within another is shown as a group of one.
    visitor_.BeginGroup(AsGroup(info), 1);
    visitor_.BeginEntry();
  }
  void Field(fast::FastTag, const fast::FastField& field, const Value& value) {
    visitor_.Field(field, value);
  }
  void BeginGroup(const fast::FastGroup& group, uint32_t, uint32_t entries) {
    visitor_.BeginGroup(*group.info, entries);
  }
  void BeginEntry(uint32_t) { visitor_.BeginEntry(); }
  void EndEntry(uint32_t) { visitor_.EndEntry(); }
  void EndGroup(const fast::FastGroup&) { visitor_.EndGroup(); }
  void EndMessage(const FastPlan::Template&) {
    if (--depth_ == 0) return visitor_.EndMessage();
    visitor_.EndEntry();
    visitor_.EndGroup();
  }

 private:
  static GroupInfo AsGroup(const MessageInfo& info) {
    return {.name = info.name,
            .block_length = {},
            .count = {},
            .announcement_bytes = 0,
            .big_endian = true,
            .fields = info.fields,
            .groups = info.groups};
  }

  MessageVisitor& visitor_;
  uint64_t sequence_;
  std::span<const uint8_t> bytes_;
  int depth_ = 0;
};

}  // namespace

MoexCodec::MoexCodec(std::shared_ptr<const MoexPlan> plan, const CodecOptions& options)
    : Codec(MoexMapping::kBound, kNumbering),
      plan_(std::move(plan)),
      decoder_(plan_->fast()),
      mapping_(*plan_, options),
      channel_id_(options.channel_id) {}

void MoexCodec::Frame(std::span<const rio::Packet> packets, std::span<PacketFrame> frames) {
  for (size_t i = 0; i < packets.size(); ++i) {
    const Walked walked = WalkEither(decoder_, packets[i].data, packets[i].length);
    frames[i] = FrameOf(walked.found, clock_);
    Count(frames[i]);
  }
}

void MoexCodec::Count(const PacketFrame& frame) {
  ++stats_.packets;
  stats_.too_short += frame.reject == RejectReason::kTooShort;
  stats_.foreign += frame.reject == RejectReason::kForeign;
  stats_.bad_length += frame.reject == RejectReason::kBadLength;
  stats_.damaged_tails += frame.lost_in_tail != 0;
}

void MoexCodec::Decode(std::span<const DecodeJob> jobs, UpdateWriter& writer) {
  const uint64_t before = writer.next();
  for (const DecodeJob& job : jobs) DecodeOne(job, writer);
  stats_.updates += writer.next() - before;
}

void MoexCodec::DecodeOne(const DecodeJob& job, UpdateWriter& writer) {
  const MessageContext context{StreamSequence(job.frame->stream, job.frame->first_sequence),
                               job.ts_recv_ns, channel_id_,
                               static_cast<uint8_t>(job.flags & ~FH_FLAG_LAST), stats_};
  FastCursor cursor{job.packet->data, job.packet->data + job.packet->length};
  cursor.at += PreambleBytes(cursor.at, job.packet->length, job.frame->first_sequence);
  mapping_.BeginPacket(context, writer);
  decoder_.Reset();
  stats_.messages += job.frame->message_count;
  for (uint32_t i = 0; i < job.frame->message_count && cursor.left() != 0; ++i) {
    if (decoder_.Decode(cursor, mapping_) == FastError::kNone) continue;
    ++stats_.malformed;
    return;
  }
}

void MoexCodec::Describe(const rio::Packet& packet, const PacketFrame&,
                         MessageVisitor& visitor) const {
  FastDecoder decoder(plan_->fast());
  const Walked walked = WalkEither(decoder, packet.data, packet.length);
  const uint8_t* const end = packet.data + packet.length;
  // Twice: a message is shown when it is known to be whole, and how long it is.
  FastDecoder scout(plan_->fast());
  FastCursor ahead{packet.data + walked.preamble_bytes, end};
  FastCursor cursor = ahead;
  decoder.Reset();
  scout.Reset();
  fast::IgnoreFast nobody;
  DescribingVisitor describing(visitor, walked.found.number);
  for (uint32_t i = 0; i < walked.found.messages; ++i) {
    if (scout.Decode(ahead, nobody) != FastError::kNone) return;
    describing.SetBytes({cursor.at, static_cast<size_t>(ahead.at - cursor.at)});
    if (decoder.Decode(cursor, describing) != FastError::kNone) return;
  }
  if (walked.found.error == FastError::kNone) return;
  visitor.BeginMessage(walked.found.number, nullptr, {cursor.at, cursor.left()},
                       walked.found.error == FastError::kUnknownTemplate
                           ? kUnknownType
                           : fast::ReasonOf(walked.found.error));
  visitor.EndMessage();
}

absl::StatusOr<std::unique_ptr<Codec>> MakeMoexForts(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("moex_forts has no framing '", options.framing,
                     "': FAST comes as datagrams of its own only; leave `framing` out"));
  }
  absl::StatusOr<std::shared_ptr<const MoexPlan>> plan =
      MoexPlan::Make(std::string(options.schema));
  if (!plan.ok()) return plan.status();
  return std::make_unique<MoexCodec>(*std::move(plan), options);
}

int GuessMoexForts(std::span<const uint8_t> payload) {
  const auto length = static_cast<uint32_t>(payload.size());
  if (!BeginsWithReset(payload.data(), length) &&
      (length <= kPreambleBytes ||
       !BeginsWithReset(payload.data() + kPreambleBytes, length - kPreambleBytes))) {
    return 0;
  }
  // Kept for good: payloads are guessed by the thousand.
  static const auto& plan = *new std::shared_ptr<const MoexPlan>(*MoexPlan::Make(""));
  FastDecoder decoder(plan->fast());
  MoexClock clock;
  const Walked walked = WalkEither(decoder, payload.data(), length);
  const PacketFrame frame = FrameOf(walked.found, clock);
  return frame.kind == FrameKind::kMessages && frame.number_count != 0 ? 100 : 0;
}

}  // namespace fh::codecs::moex
