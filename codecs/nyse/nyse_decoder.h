// Turns messages of NYSE's Exchange Data Publisher into normalized updates. For CodecOf (codec_of.h).
//
// | message                      | updates                                                           |
// |---|---|
// | 1 reset                      | R of every order book and every top of the channel                |
// | 3, 50 mapping                | definition; the previous close as a statistic when there is one   |
// | 60 complex mapping           | definition without a name; its legs are terms                     |
// | 32 clear                     | R of the symbol's orders and of its top                           |
// | 34, 33, 114                  | status; X also clears the orders; indications have their prices   |
// | 100 add, 106 add refresh     | order A                                                           |
// | 101 modify                   | order M; its side since 2022, N before                            |
// | 102 delete                   | order C of all                                                    |
// | 103 execution                | trade T when printable, order F, order C                          |
// | 104 replace                  | order C of the old, order A of the new, whose side is N before 2022 |
// | 105 imbalance                | imbalance; the auction's prices as statistics                     |
// | 110 trade                    | trade T when printable                                            |
// | 111 cross, 220 trade         | trade T; a cross without shares: status                           |
// | 112, 221 cancel              | trade C                                                           |
// | 113, 222 correction          | trade T and the detail that says which one it stands for          |
// | 107, 108 attributed add      | order A                                                           |
// | 140, 340 quote               | top M; a side of price 0 and size 0 is not there                  |
// | 51 series status             | status                                                            |
// | 307 request for quotes       | imbalance                                                         |
// | 320, 321, 322 of a series    | as 220, 221, 222                                                  |
// | 223 summary                  | statistics: high, low, open, close, volume                        |
//
// Today's forms and those of the old ArcaBook (nyse_messages.h, namespace arcabook) are told apart by
// their sizes; they become the same. 60, whose legs are described, becomes nothing: it has no name.
//
// Each message is an event of its own and ends with LAST. Conditions of a trade come as a detail at
// its end when they say more than a regular sale. `detail` of the update is the cross or auction type.
//
// Scales. A price is a numerator whose scale the symbol's mapping has told, on this channel or on another
// of the feed (then it is in the store). Of a symbol that no mapping has named all prices are undefined
// (0 aside), orders carry MAYBE_BAD_BOOK, and each message is counted as CodecStats::unscaled. When the
// stream starts anew its symbols' scales are forgotten, in the store too: the day may have brought others.
//
// Times: reference_times.h. A message without one is counted as CodecStats::undated.
//
// Refreshes: the packets of a symbol, each begun by 35. R comes before the first record, all are
// SNAPSHOT and none is LAST; an order record N with LAST stands behind the last. MAYBE_BAD_BOOK says
// that the refresh is not what the book should become: a packet of it is missing, or the live stream
// has already brought what it does not hold.
//
// Feed thread only; no allocation after construction.
//
// Source: "XDP Common Client Specification" and those of the feeds (nyse_messages.h).
#ifndef FEEDHANDLER_CODECS_NYSE_NYSE_DECODER_H_
#define FEEDHANDLER_CODECS_NYSE_NYSE_DECODER_H_

#include <cstdint>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/instrument_store.h"
#include "codecs/nyse/nyse_messages.h"
#include "codecs/nyse/reference_times.h"
#include "codecs/nyse/symbol_terms.h"
#include "codecs/update.h"

namespace fh::codecs::nyse {

class NyseDecoder {
 public:
  // Four a message at most, but 105 (6 of 67 bytes), 223 (5 of 36), and what begins and ends a refresh
  // (3, behind 32 bytes of headers).
  static constexpr UpdateBound kBound{.per_message = 4, .bytes_per_entry = 16};
  static constexpr uint32_t kTypeBytes = kMessageHeaderBytes;

  explicit NyseDecoder(const CodecOptions& options);

  static const MessageInfo* Find(const uint8_t* message) { return FindMessage(message); }

  void BeginJob(const DecodeJob& job);
  void OnEvent(const StreamEvent& event);

  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer);

  // Prices by the scales that Decode has learnt, null where it has not.
  void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                MessageVisitor& visitor) const;

 private:
  // A message on its way.
  struct Sink {
    const uint8_t* message;
    const MessageContext& context;
    UpdateWriter& writer;
    const SymbolTerms& terms;
    uint32_t instrument_id;
    int64_t ts_event_ns;
    uint8_t flags;   // Of the job and the packet.
    uint8_t last;    // FH_FLAG_LAST, unless more of the same event comes in other messages.
    uint64_t first;  // The message's first record.
    bool is_unscaled = false;  // A price was asked for, and its scale is not known.
  };

  struct ExecutedOrder {
    uint64_t order_id;
    uint32_t trade_id;
    uint32_t price;  // A numerator.
    uint32_t volume;
    bool is_printable;
  };

  // What the packets of a symbol's refresh have said.
  struct Refresh {
    bool is_open = false;    // The packet at hand is one, and begins with a header.
    bool clear_due = false;  // R has still to come.
    bool closes = false;     // The packet at hand is the last of the symbol.
    uint8_t doubt = 0;       // FH_FLAG_MAYBE_BAD_BOOK.
    uint16_t next = 0;       // The packet that must follow; 0: none can.
    uint16_t total = 0;
    uint32_t symbol = 0;  // 0: not known yet.
    uint32_t last_sequence = 0;
    uint32_t last_symbol_sequence = 0;
  };

  SymbolTerms& Terms(uint32_t symbol);
  void CompareWithStore(uint32_t symbol);
  void ForgetScales();
  void LearnMapping(uint32_t index, uint8_t scale, uint8_t system, const Sink& sink,
                    const Symbol& symbol, fh_terms terms);
  void NoteSymbolSequence(Head head, const uint8_t* message, SymbolTerms& terms);
  void BeginRefresh(const MessageInfo& info, const uint8_t* message);
  void OpenRefresh(Sink& sink, uint32_t symbol);
  void CloseRefresh(const Sink& sink);

  bool Map(const MessageInfo& info, Sink& sink);
  bool MapForm(const MessageInfo& info, Sink& sink);
  bool MapRare(const MessageInfo& info, Sink& sink);
  bool MapArca(const MessageInfo& info, Sink& sink);
  void Add(Sink& sink);
  void AddRefresh(Sink& sink);
  void Modify(Sink& sink);
  void Delete(Sink& sink);
  void Execution(Sink& sink);
  void Executed(Sink& sink, const ExecutedOrder& executed);
  void Replace(Sink& sink);
  void Quote(Sink& sink);
  bool HiddenTrade(Sink& sink);
  void Cross(Sink& sink);
  void Correction(Sink& sink);
  void Imbalance(Sink& sink);
  void Summary(Sink& sink);
  void Mapping(Sink& sink);
  void Series(Sink& sink);
  void ComplexSeries(Sink& sink);
  void SecurityStatus(Sink& sink);
  void SeriesStatus(Sink& sink);
  void QuoteRequest(Sink& sink);
  static void DescribeLegs(const uint8_t* message, uint32_t length, MessageVisitor& visitor);
  void Clear(Sink& sink, uint32_t instrument_id);

  NormalizedUpdate& Next(const Sink& sink, uint8_t record, char action, char side, uint8_t flags);
  void Order(Sink& sink, char action, char side, uint8_t flags, uint64_t id, uint32_t price,
             uint64_t size);
  void Trade(Sink& sink, char action, uint8_t flags, uint64_t id, int64_t price, uint64_t size,
             uint8_t detail);
  void Detail(Sink& sink, uint16_t kind, uint64_t original_id, const uint8_t* conditions);
  void Status(Sink& sink, uint16_t kind, uint8_t state, char code, int64_t value);
  void Statistic(Sink& sink, uint16_t type, int64_t price, int64_t quantity, uint8_t detail);
  void PriceStatistic(Sink& sink, uint16_t type, uint32_t price, uint8_t detail);
  static int64_t PriceE9(Sink& sink, uint32_t numerator);

  InstrumentStore* instruments_;
  uint32_t changes_ = 0;  // Of the store, at the beginning of the job; the lower bits.
  SymbolTermsTable symbols_;
  ReferenceTimes times_;
  Refresh refresh_;
  bool is_refresh_packet_ = false;
  uint8_t packet_flags_ = 0;  // FH_FLAG_SNAPSHOT where the delivery flag says so.
  const uint8_t* packet_end_ = nullptr;
};

}  // namespace fh::codecs::nyse

#endif  // FEEDHANDLER_CODECS_NYSE_NYSE_DECODER_H_
