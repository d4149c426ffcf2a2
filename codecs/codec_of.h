// Joins a framing and a message decoder to a Codec. Included by a codec's own .cc file only.
//
//   absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
//     return std::make_unique<CodecOf<MoldUdp64, ItchDecoder>>(MoldUdp64(), ItchDecoder(options),
//                                                              options);
//   }
//
// A framing knows packets and message numbers, a decoder knows messages; neither knows the other.
// What is the same for every venue is here, once: identifying a message, checking its length,
// counting, describing. So a decoder may read all bytes of its type's declared length unchecked.
#ifndef FEEDHANDLER_CODECS_CODEC_OF_H_
#define FEEDHANDLER_CODECS_CODEC_OF_H_

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

#include "codecs/codec.h"
#include "codecs/length_blocks.h"
#include "codecs/message.h"
#include "codecs/update.h"
#include "codecs/value.h"
#include "rio/packet.h"

namespace fh::codecs {

// What a decoder is told about a message besides its bytes. Each update takes these four over.
struct MessageContext {
  uint64_t sequence;  // Its number; where packets are numbered, that of its packet.
  int64_t ts_recv_ns;
  uint16_t channel_id;
  uint8_t flags;      // To be or-ed into every update's flags; never FH_FLAG_LAST.
  CodecStats& stats;  // For what only the decoder can count (instruments_full, undated).
};

namespace internal {
struct IgnoreMessage {
  void operator()(const uint8_t*, uint32_t) const {}
};
}  // namespace internal

// A packet framing.
//   Parse: where the packet stands. It has walked all blocks, so `message_count` messages are
//     certain to lie within the packet; what it rejects it says in `reject`. It may keep state only
//     where the wire has no numbers.
//   ForEachMessage: calls fn(const uint8_t* message, uint32_t length) for messages
//     [skip, skip + take) of a packet that Parse has seen; a zero-length message is one too.
// It may say how the venue numbers, `static constexpr Numbering kNumbering{...}`; without it each
// message has a number of 64 bits and there is one stream.
// A framing whose packets are LengthBlocks may also offer, for BlockDecoders,
//   static BlockRun Run(const rio::Packet&, const PacketFrame&, uint32_t skip, uint32_t take);
// and, so that the blocks of several packets are walked together, Parse in two parts:
//   static PacketFrame ParseHeader(const rio::Packet&, AnnouncedBlocks&);   Always sets them.
//   static void FinishFrame(PacketFrame&, const AnnouncedBlocks&, const BlockCount& found);
template <typename F>
concept Framing = requires(F framing, const F& same, const rio::Packet& packet,
                           const PacketFrame& frame, internal::IgnoreMessage function) {
  { framing.Parse(packet) } -> std::same_as<PacketFrame>;
  same.ForEachMessage(packet, frame, uint32_t{}, uint32_t{}, function);
};

// A message decoder.
//   kBound: the most updates that a message becomes.
//   kTypeBytes: how many bytes of a message Find reads; shorter messages are malformed.
//   Find: the message's type, null when unknown. A table look-up: it is called for every message.
//     Static where the types are known at compile time.
//   Decode: writes the message's updates. `length` is at least info.length; what is longer has a
//     tail of a later version, to be ignored. False when the type has no normalized form (nothing
//     was written). Never allocates, locks, logs or fails.
// It may also offer
//   void BeginJob(const DecodeJob& job);      // Called before the messages of each job.
//   void OnEvent(const StreamEvent& event);   // As Codec::OnEvent.
//   const char* Check(const MessageInfo& info, const uint8_t* message, uint32_t length) const;
//     Null, or why a message that is long enough for its type cannot be read (its groups reach beyond
//     its end, say). Decode and Describe are called for messages that passed alone.
//   void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
//                 MessageVisitor& visitor) const;   // Where there is more than fixed fields.
//   void DecodeBlocks(BlockRun run, MessageContext context, UpdateWriter& writer);
// the last (a BlockDecoder) replaces the loop over Decode where the framing has LengthBlocks, and
// then does all of Decode's caller's work itself: identifying, length checks, counting.
template <typename D>
concept MessageDecoder = requires(D decoder, const MessageInfo& info, const uint8_t* message,
                                  const MessageContext& context, UpdateWriter& writer) {
  { D::kBound } -> std::convertible_to<UpdateBound>;
  { D::kTypeBytes } -> std::convertible_to<uint32_t>;
  { decoder.Find(message) } -> std::same_as<const MessageInfo*>;
  { decoder.Decode(info, message, uint32_t{}, context, writer) } -> std::same_as<bool>;
};

template <typename F, typename D>
concept BlockDecoderOn = requires(D decoder, const rio::Packet& packet, const PacketFrame& frame,
                                  const MessageContext& context, UpdateWriter& writer) {
  decoder.DecodeBlocks(F::Run(packet, frame, uint32_t{}, uint32_t{}), context, writer);
};

template <typename F>
concept FramingInParts = requires(const rio::Packet& packet, PacketFrame& frame,
                                  AnnouncedBlocks& blocks, const BlockCount& found) {
  { F::ParseHeader(packet, blocks) } -> std::same_as<PacketFrame>;
  F::FinishFrame(frame, blocks, found);
};

// What a message is: its type, or null and why not.
struct Identified {
  const MessageInfo* info;
  const char* why;
};

template <MessageDecoder D>
Identified Identify(const D& decoder, const uint8_t* message, uint32_t length) {
  if (length < D::kTypeBytes) return {nullptr, "shorter than a message type"};
  const MessageInfo* info = decoder.Find(message);
  if (info == nullptr) return {nullptr, kUnknownType};
  if (length < info->length) return {nullptr, "shorter than its type"};
  if constexpr (requires { decoder.Check(*info, message, length); }) {
    if (const char* why = decoder.Check(*info, message, length)) return {nullptr, why};
  }
  return {info, nullptr};
}

// Decodes one message with all checks and counts. For CodecOf, and for block decoders' rare types.
template <MessageDecoder D>
void DecodeChecked(D& decoder, const uint8_t* message, uint32_t length,
                   const MessageContext& context, UpdateWriter& writer) {
  const Identified identified = Identify(decoder, message, length);
  if (identified.info != nullptr) [[likely]] {
    if (!decoder.Decode(*identified.info, message, length, context, writer)) {
      ++context.stats.unmapped;
    }
  } else if (identified.why == kUnknownType) {
    ++context.stats.unknown;
  } else {
    ++context.stats.malformed;
  }
}

// The fields of a message; those behind its end are absent.
inline void DescribeFields(const MessageInfo& info, const uint8_t* message, uint32_t length,
                           MessageVisitor& visitor) {
  for (const FieldInfo* field : info.fields) {
    const bool is_there = uint32_t{field->offset} + field->length <= length;
    visitor.Field(*field, is_there ? ReadValue(*field, message) : kAbsentValue);
  }
}

template <Framing F>
constexpr Numbering NumberingOf() {
  if constexpr (requires { F::kNumbering; }) {
    return F::kNumbering;
  } else {
    return {};
  }
}

template <Framing F, MessageDecoder D>
class CodecOf final : public Codec {
 public:
  CodecOf(F framing, D decoder, const CodecOptions& options)
      : Codec(D::kBound, NumberingOf<F>()),
        framing_(std::move(framing)),
        decoder_(std::move(decoder)),
        channel_id_(options.channel_id) {}

  void Frame(std::span<const rio::Packet> packets, std::span<PacketFrame> frames) override {
    size_t i = 0;
    if constexpr (FramingInParts<F>) {
      for (; i + F::Blocks::kTogether <= packets.size(); i += F::Blocks::kTogether) {
        FrameTogether(&packets[i], &frames[i]);
      }
    }
    // Made in place: a copy would read together what was just written in parts, and wait for it.
    for (; i < packets.size(); ++i) new (&frames[i]) PacketFrame(framing_.Parse(packets[i]));
    for (const PacketFrame& frame : frames) Count(frame);
  }

  void Decode(std::span<const DecodeJob> jobs, UpdateWriter& writer) override {
    const uint64_t before = writer.next();
    for (size_t i = 0; i < jobs.size(); ++i) {
      const size_t ahead = std::min(i + kPrefetchJobs, jobs.size() - 1);
      DecodeOne(jobs[i], Address(jobs[ahead].packet->data) - Address(jobs[i].packet->data), writer);
    }
    stats_.updates += writer.next() - before;
  }

  void OnEvent(const StreamEvent& event) override {
    if constexpr (requires { decoder_.OnEvent(event); }) decoder_.OnEvent(event);
  }

  void Describe(const rio::Packet& packet, const PacketFrame& frame,
                MessageVisitor& visitor) const override {
    uint64_t sequence = frame.first_sequence;
    framing_.ForEachMessage(
        packet, frame, 0, frame.message_count, [&](const uint8_t* message, uint32_t length) {
          const Identified identified = Identify(decoder_, message, length);
          visitor.BeginMessage(sequence, identified.info, {message, length}, identified.why);
          if (identified.info != nullptr) {
            DescribeMessage(*identified.info, message, length, visitor);
          }
          visitor.EndMessage();
          sequence += kNumbersAMessage;
        });
  }

 private:
  void DescribeMessage(const MessageInfo& info, const uint8_t* message, uint32_t length,
                       MessageVisitor& visitor) const {
    if constexpr (requires { decoder_.Describe(info, message, length, visitor); }) {
      decoder_.Describe(info, message, length, visitor);
    } else {
      DescribeFields(info, message, length, visitor);
    }
  }

  // While a message is decoded, the same place in the next packet but one is fetched: packets that
  // were held back, or read from a file long ago, have left the caches.
  static constexpr size_t kPrefetchJobs = 2;
  static constexpr bool kNumbersMessages = NumberingOf<F>().unit == Numbering::Unit::kMessages;
  static constexpr uint64_t kNumbersAMessage = kNumbersMessages ? 1 : 0;

  static void FrameTogether(const rio::Packet* packets, PacketFrame* frames) {
    std::array<AnnouncedBlocks, F::Blocks::kTogether> blocks;
    for (size_t i = 0; i < blocks.size(); ++i) {
      new (&frames[i]) PacketFrame(F::ParseHeader(packets[i], blocks[i]));
    }
    const auto found = F::Blocks::CountWhole(blocks);
    for (size_t i = 0; i < blocks.size(); ++i) F::FinishFrame(frames[i], blocks[i], found[i]);
  }

  void Count(const PacketFrame& frame) {
    ++stats_.packets;
    stats_.too_short += frame.reject == RejectReason::kTooShort;
    stats_.foreign += frame.reject == RejectReason::kForeign;
    stats_.bad_length += frame.reject == RejectReason::kBadLength;
    stats_.damaged_tails += frame.lost_in_tail != 0;
    stats_.trailing_bytes += frame.trailing_bytes;
  }

  // Addresses as numbers: packets lie anywhere.
  static intptr_t Address(const uint8_t* bytes) { return reinterpret_cast<intptr_t>(bytes); }
  static void Prefetch(const uint8_t* bytes, ptrdiff_t ahead) {
    __builtin_prefetch(reinterpret_cast<const void*>(Address(bytes) + ahead));
  }

  void DecodeOne(const DecodeJob& job, ptrdiff_t ahead, UpdateWriter& writer) {
    if constexpr (requires { decoder_.BeginJob(job); }) decoder_.BeginJob(job);
    // Messages without numbers have none.
    const uint64_t step =
        job.frame->kind == FrameKind::kUnsequenced ? uint64_t{0} : kNumbersAMessage;
    const uint64_t first = job.frame->first_sequence + job.skip * step;
    MessageContext context{StreamSequence(job.frame->stream, first), job.ts_recv_ns, channel_id_,
                           static_cast<uint8_t>(job.flags & ~FH_FLAG_LAST), stats_};
    const uint32_t skip = kNumbersMessages ? job.skip : 0;
    const uint32_t take = MessagesOf(job);
    stats_.messages += take;
    if constexpr (BlockDecoderOn<F, D>) {
      BlockRun run = F::Run(*job.packet, *job.frame, skip, take);
      run.ahead = ahead;
      decoder_.DecodeBlocks(run, context, writer);
    } else {
      framing_.ForEachMessage(*job.packet, *job.frame, skip, take,
                              [&](const uint8_t* message, uint32_t length) {
                                Prefetch(message, ahead);
                                DecodeChecked(decoder_, message, length, context, writer);
                                context.sequence += step;
                              });
    }
  }

  F framing_;
  D decoder_;
  uint16_t channel_id_;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_CODEC_OF_H_
