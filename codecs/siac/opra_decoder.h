// Turns messages of OPRA into normalized updates. For CodecOf (codec_of.h).
//
// | message                  | updates                                                              |
// |---|---|
// | k, q quote               | top M of the participant, then of all markets when it changes        |
// | a last sale              | trade T, or C for types A, C, E, G; the type when it says more       |
// | d, f                     | statistics                                                           |
// | Y underlying             | statistic; with bid and offer top M                                  |
// | R series                 | definition                                                           |
// | H control                | status; a start of day also R of every top                           |
//
// C (words to people) has no normalized form. `detail` is the participant; 0 stands for all markets
// together. Each message is an event of its own. The best of all markets is kept as by CtaDecoder.
//
// A series is named by its OSI symbol, or with more digits where the strike has them, and defined in the
// store when it is first seen: kind, side, strike, and the end of its last day in UTC.
//
// A price of 0 with a size is one; a bid of 0 is a bid as long as there is an offer, and an offer of 0 is
// none. A denominator that nobody knows makes its prices undefined; the message is counted as unscaled.
//
// Times are the block's: messages have none. Feed thread only; no allocation after construction.
//
// Source: as opra_messages.h.
#ifndef FEEDHANDLER_CODECS_SIAC_OPRA_DECODER_H_
#define FEEDHANDLER_CODECS_SIAC_OPRA_DECODER_H_

#include <cstdint>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/siac/opra_messages.h"
#include "codecs/siac/siac_sink.h"
#include "codecs/siac/symbol_states.h"

namespace fh::codecs::opra {

class OpraDecoder {
 public:
  // f becomes 7 of 72 bytes.
  static constexpr UpdateBound kBound{.per_message = 3, .bytes_per_entry = 8};
  static constexpr uint32_t kTypeBytes = kMessageHeaderBytes;

  explicit OpraDecoder(const CodecOptions& options);

  static const MessageInfo* Find(const uint8_t* message);

  void BeginJob(const DecodeJob& job);
  void OnEvent(const StreamEvent& event);

  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer);

  void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                MessageVisitor& visitor) const;

 private:
  using Sink = siac::Sink;

  // A series as messages name it.
  struct Series {
    const uint8_t* root;  // Five letters.
    const uint8_t* expiration;
    int64_t strike_e9;
  };

  bool Map(const MessageInfo& info, Sink& sink);
  siac::SymbolState& FindSeries(const Series& series, Sink& sink);
  siac::SymbolState& FindRoot(const uint8_t* root, Sink& sink);
  Series SeriesAt(Sink& sink) const;
  int64_t PriceE9(Sink& sink, int64_t price, char denominator) const;
  void Quote(Sink& sink, siac::SymbolState& state, int64_t bid, uint32_t bid_size, int64_t offer,
             uint32_t offer_size, const uint8_t* behind);
  void LongQuote(Sink& sink);
  void ShortQuote(Sink& sink);
  void LastSale(Sink& sink);
  void Day(Sink& sink);
  void Definition(Sink& sink);

  siac::SymbolStates symbols_;
  int64_t sent_ns_ = kUndefinedTime;
};

}  // namespace fh::codecs::opra

#endif  // FEEDHANDLER_CODECS_SIAC_OPRA_DECODER_H_
