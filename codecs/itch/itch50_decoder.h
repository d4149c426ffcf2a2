// Turns Nasdaq TotalView-ITCH 5.0 messages into normalized updates. For CodecOf (codec_of.h).
//
//   absl::StatusOr<LocalMidnight> midnight = LocalMidnight::Load("America/New_York",
//   options.day_ns); CodecOf<MoldUdp64, ItchDecoder> codec(MoldUdp64(), ItchDecoder(options,
//   *midnight), options);
//
// | message                | updates; the last has LAST |
// |---|---|
// | A, F add               | order A | | E executed             | trade T, order F, order C | | C
// executed with price  | printable: trade T, order F, order C; else order F, order C           | |
// X cancel               | order C, the canceled shares                                          |
// | D delete               | order C, FH_SIZE_ALL | | U replace              | order C of the
// original, FH_SIZE_ALL; order A of the new one, side N  | | P trade                | trade T, side
// N (the feed's side says nothing since 2014)             | | Q cross                | trade T and
// the opening, closing or cross price; no shares: status    | | B broken trade         | trade C |
// | I imbalance            | imbalance; near and far price as statistics when they are there | | R
// directory            | definition                                                            | |
// S H h Y W N            | status; S "start of messages" first clears every book                 |
// | K                      | status, IPO price | | J V                    | statistics: collar,
// breaker levels                                    | | O                      | status,
// statistics: price range, near price, collars                  | | L                      | none
// (unmapped)                                                       |
//
// It keeps no orders. So what only the order knows is undefined: price and side of E, X, D, the
// side of U's new order (a book takes it from the order that U replaces). E, C or X of no shares,
// which would read as "all of it", are malformed. instrument_id is the stock locate; symbols are
// learnt from R and, after a late join, from whatever names one. `detail` has the cross type (Q,
// I), the market category (R), the market (h), the number of extensions (J, 255 at most).
//
// Feed thread only; no allocation after construction.
//
// Source: "Nasdaq TotalView-ITCH 5.0", section 1.
#ifndef FEEDHANDLER_CODECS_ITCH_ITCH50_DECODER_H_
#define FEEDHANDLER_CODECS_ITCH_ITCH50_DECODER_H_

#include <array>
#include <bit>
#include <cstdint>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/instrument_store.h"
#include "codecs/itch/itch50_messages.h"
#include "codecs/itch/itch50_plans.h"
#include "codecs/itch/itch50_rare.h"
#include "codecs/length_blocks.h"
#include "codecs/local_midnight.h"
#include "codecs/update.h"

namespace fh::codecs::itch50 {

class ItchDecoder {
 public:
  static constexpr UpdateBound kBound{.per_message = 6};  // O: a status and five prices.
  static constexpr uint32_t kTypeBytes = 1;
  static const MessageInfo* Find(const uint8_t* message) { return kByType[message[0]]; }

  ItchDecoder(const CodecOptions& options, LocalMidnight midnight);

  void BeginJob(const DecodeJob& job);
  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer);
  void DecodeBlocks(BlockRun run, const MessageContext& context, UpdateWriter& writer);

 private:
  static const std::array<const MessageInfo*, 256> kByType;

  PlannedRun MakeRun(BlockRun blocks, const MessageContext& context, UpdateWriter& writer) const;
  void LearnSymbol(const MessageInfo& info, const uint8_t* message, CodecStats& stats);

  static constexpr uint32_t kLocates = 65536;

  bool Knows(uint32_t locate) const { return known_locates_[locate / 64] >> locate % 64 & 1; }

  InstrumentStore* instruments_;
  LocalMidnight midnight_;
  int64_t midnight_ns_ = 0;  // Of the current job.
  bool vectors_;             // Use the AVX-512 loop.
  uint32_t epoch_ = 0;       // Of the table, when known_locates_ was last cleared.
  // A bit a locate: no need to look for its symbol. All set without a store.
  std::array<uint64_t, kLocates / 64> known_locates_;
  uint32_t known_in_a_row_ = 0;  // 1 to this are known.
};

// Inline, because a packet has but some forty messages: calls in between would show.

inline void ItchDecoder::BeginJob(const DecodeJob& job) {
  midnight_ns_ = midnight_.At(job.ts_recv_ns);
  if (instruments_ != nullptr && instruments_->epoch() != epoch_) {
    epoch_ = instruments_->epoch();
    known_locates_.fill(0);
    known_in_a_row_ = 0;
  }
}

inline PlannedRun ItchDecoder::MakeRun(BlockRun blocks, const MessageContext& context,
                                       UpdateWriter& writer) const {
  return {.block = blocks.first,
          .end = blocks.end,
          .count = blocks.count,
          .ahead = blocks.ahead,
          .next = writer.next(),
          .sequence = context.sequence,
          .midnight_ns = midnight_ns_,
          .ts_recv_ns = context.ts_recv_ns,
          .channel_id = context.channel_id,
          .flags = context.flags,
          .slots = writer.slots(),
          .mask = writer.mask(),
          .staged = writer.staged(),
          .stage = writer.stage(),
          .known_locates = known_locates_.data(),
          .known_in_a_row = known_in_a_row_};
}

inline void ItchDecoder::DecodeBlocks(BlockRun blocks, const MessageContext& context,
                                      UpdateWriter& writer) {
  using Blocks = LengthBlocks<std::endian::big>;
  PlannedRun run = MakeRun(blocks, context, writer);
  while (run.count > 0) {
    vectors_ ? DecodePlannedAvx512(run) : DecodePlannedPortable(run);
    writer.Advance(run.next - writer.next());
    if (run.count == 0 || run.end - run.block < Blocks::kLengthBytes) return;
    const uint32_t length = Blocks::Length(run.block);
    const uint8_t* message = run.block + Blocks::kLengthBytes;
    if (run.end - message < length) return;
    const MessageContext rare = {run.sequence, context.ts_recv_ns, context.channel_id,
                                 context.flags, context.stats};
    DecodeChecked(*this, message, length, rare, writer);
    run.block = message + length;
    --run.count;
    ++run.sequence;
    run.next = writer.next();
  }
}

}  // namespace fh::codecs::itch50

#endif  // FEEDHANDLER_CODECS_ITCH_ITCH50_DECODER_H_
