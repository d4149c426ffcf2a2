// Turns messages of CTA's CTS and CQS into normalized updates. For CodecOf (codec_of.h).
//
// | message                          | updates                                                    |
// |---|---|
// | Q L, Q Q, Q S quote              | top M of the participant, then of all markets when it changes |
// | Q L with a security status       | price bands as statistics, or status                       |
// | T L, T T, T R, T H trade         | trade T; its conditions when they say more than a regular sale |
// | T X, T E cancel                  | trade C and the detail with the action; statistics         |
// | T C, T O correction              | trade T and the detail that says which one it stands for; statistics |
// | P T, P R, P L; P X, P E; P C, P O | the same, of an earlier day: 'P' is the last condition    |
// | T S status                       | status, imbalance, or price bands as statistics            |
// | T A, Q A, S *, I I, M K, M N, M V | statistics                                                |
// | I Q                              | top M                                                      |
// | M L, C *                         | status; C A also R of every top                            |
// | A S                              | definition, and the previous close                         |
//
// A H, A A to A D, M O and M P have no normalized form. `detail` is the participant; 0 stands for all
// markets together. Each message is an event of its own.
//
// The best of all markets. A quote says of each side whether it stays, is the quote's own, stands in an
// appendage, or is gone. A side that nothing has said since the join, or since messages were lost, is
// undefined with size 0, like one that is gone.
//
// Sizes are as the feed sends them: round lots before the change of 2025, shares since; nothing in the
// feed says which. A volume with a part of a share is rounded up to whole shares; `decode` shows all.
// Prices have six decimals, in short forms two. A price of more than 1e-9 holds is undefined.
//
// Times are the participant's time of publication; what the processor itself says has its block's.
//
// Feed thread only; no allocation after construction.
//
// Source: as cta_messages.h.
#ifndef FEEDHANDLER_CODECS_SIAC_CTA_DECODER_H_
#define FEEDHANDLER_CODECS_SIAC_CTA_DECODER_H_

#include <array>
#include <cstdint>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/siac/cta_messages.h"
#include "codecs/siac/siac_sink.h"
#include "codecs/siac/symbol_states.h"

namespace fh::codecs::cta {

class CtaDecoder {
 public:
  // S D becomes 6 of 84 bytes, M N one of each 9.
  static constexpr UpdateBound kBound{.per_message = 4, .bytes_per_entry = 8};
  static constexpr uint32_t kTypeBytes = kMessageHeaderBytes;

  // `numbers_blocks`: records of a block are counted through.
  CtaDecoder(const CodecOptions& options, bool numbers_blocks);

  static const MessageInfo* Find(const uint8_t* message);

  const char* Check(const MessageInfo& info, const uint8_t* message, uint32_t length) const;

  void BeginJob(const DecodeJob& job);
  void OnEvent(const StreamEvent& event);

  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer);

  void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                MessageVisitor& visitor) const;

 private:
  using Sink = siac::Sink;

  bool Map(const MessageInfo& info, Sink& sink);
  bool MapRare(const MessageInfo& info, Sink& sink);
  siac::SymbolState& Symbol11(const uint8_t* text, Sink& sink);
  siac::SymbolState& Symbol5(const uint8_t* text, Sink& sink);
  siac::SymbolState& FindSymbol(const siac::SymbolKey& key, Sink& sink);
  void Quote(Sink& sink, siac::SymbolState& state, const siac::QuotedSide (&quote)[2],
             char indicator, uint32_t fixed_bytes);
  void LongQuote(Sink& sink);
  bool QuoteIsStatus(Sink& sink);
  void SpecialQuote(Sink& sink);
  void TradingStatus(Sink& sink);
  void Auction(Sink& sink);
  void Reference(Sink& sink);
  void Control(Sink& sink);
  void Volumes(Sink& sink, bool is_fractional);

  siac::SymbolStates symbols_;
  bool numbers_blocks_;
  bool is_first_ = true;  // Of the block at hand.
  uint64_t first_ = 0;    // The block's first record.
  int64_t sent_ns_ = kUndefinedTime;
};

}  // namespace fh::codecs::cta

#endif  // FEEDHANDLER_CODECS_SIAC_CTA_DECODER_H_
