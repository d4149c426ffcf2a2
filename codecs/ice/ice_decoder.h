// Turns messages of ICE's iMpact multicast feed into normalized updates. For CodecOf (codec_of.h).
//
// | message                 | updates                                                             |
// |---|---|
// | E add or modify order   | order A, or M when the channel has brought the order before         |
// | F delete order          | order C of all                                                      |
// | G trade                 | trade T; a regular one also order F and order C of the order it hit |
// | C snapshot, D order, m  | R, status, statistics; then order or level A, all SNAPSHOT          |
// | t, s, r price level     | level A, M, C, with depth                                           |
// | Y, W                    | trade T; of W, whose option has no number, with the underlying's id |
// | H investigated, I cancelled | detail of an earlier trade; trade C                             |
// | J, u, M, v, N, c, O, w, g, z, 0, 4 | statistics; 4 also the imbalance                         |
// | K, f, V, 3, k           | status; V's limits as statistics                                    |
// | R, l, 9, U              | definition                                                          |
// | T bundle                | E: an order record N that ends the event                            |
//
// L, i and b have no normalized form; b says of the order behind it whether it is all or none ('A' in
// `detail`).
//
// Events. What stands between the markers of a bundle is one: only the N at its end has LAST, for all
// instruments. A gap, or a new session, ends a bundle. Outside of bundles each message is an event, and a
// market's snapshot with all its orders or levels is.
//
// Executions. The trade id of a regular trade (not off the market, not the leg of a spread, not an
// adjusted one) is the id of the order that it hit, which leaves the book with it: no F follows. What was
// left of it comes back as an order of its own, with another id, in the same bundle.
//
// Scales. Prices of orders have other decimals than those of trades and statistics, and settlement prices
// their own; a market's definition says all three. They are learnt on this channel, or on another of the
// feed: then they are in the store (fh_terms.price_decimals for orders, kDealDecimalsAt for the rest).
// Without a definition prices are undefined (0 aside), orders and levels carry MAYBE_BAD_BOOK, and the
// message is counted as CodecStats::unscaled. Instrument ids are the venue's market ids.
//
// Times are the message's own, by the microsecond where it says so; messages without one have the time at
// which their block was sent, E of 1.1.24 too: its order may be days old.
//
// An order that KnownOrders has no room for (few of 100,000 at a time) comes as A with MAYBE_BAD_BOOK
// each time.
//
// Feed thread only; no allocation after construction.
//
// Source: as ice_messages.h; what a trade does to an order was observed.
#ifndef FEEDHANDLER_CODECS_ICE_ICE_DECODER_H_
#define FEEDHANDLER_CODECS_ICE_ICE_DECODER_H_

#include <array>
#include <cstdint>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/ice/ice_entries.h"
#include "codecs/ice/ice_messages.h"
#include "codecs/ice/ice_tables.h"
#include "codecs/instrument_store.h"
#include "codecs/update.h"

namespace fh::codecs::ice {

// In fh_terms.reserved, for this feed's codecs alone: decimals of trades and statistics and of settlement
// prices, each plus one; 0: not told.
inline constexpr size_t kDealDecimalsAt = 0;
inline constexpr size_t kSettleDecimalsAt = 1;

class IceDecoder {
 public:
  // C becomes 15 of 136 bytes, u 9 of 83.
  static constexpr UpdateBound kBound{.per_message = 4, .bytes_per_entry = 8};
  static constexpr uint32_t kTypeBytes = kMessageHeaderBytes;

  explicit IceDecoder(const CodecOptions& options);

  static const MessageInfo* Find(const uint8_t* message) { return kByType[message[0]]; }

  const char* Check(const MessageInfo& info, const uint8_t* message, uint32_t length) const;

  void BeginJob(const DecodeJob& job);
  void OnEvent(const StreamEvent& event);

  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer);

  // Prices by the scales that Decode has learnt, null where it has not.
  void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                MessageVisitor& visitor) const;

 private:
  // What a price counts in.
  enum class Scale : uint8_t { kOrder, kDeal, kSettle };

  // A message on its way.
  struct Sink {
    const uint8_t* message;
    uint32_t length;
    const MessageContext& context;
    UpdateWriter& writer;
    uint32_t instrument_id;
    int64_t ts_event_ns;
    uint8_t flags;
    uint64_t first;  // The message's first record.
    bool is_unscaled = false;
  };

  static constexpr std::array<const MessageInfo*, 256> kByType = [] {
    std::array<const MessageInfo*, 256> table{};
    for (const MessageInfo* info : kMessages) table[info->type] = info;
    return table;
  }();

  bool Map(char type, Sink& sink);
  bool MapRare(char type, Sink& sink);
  void AddOrModify(Sink& sink);
  void Delete(Sink& sink);
  void Trade(Sink& sink);
  void Level(Sink& sink, char action);
  void SnapshotOrder(Sink& sink);
  void Snapshot(Sink& sink);
  void EndSnapshotEntry(Sink& sink);
  void Investigated(Sink& sink);
  void OldOptionTrade(Sink& sink);
  void Statistics(Sink& sink);
  void Day(Sink& sink);
  void Volumes(Sink& sink, const U32& volume, const U32& block, const U32& efs, const U32& efp);
  void Settlement(Sink& sink, const Price& settle, const Price& deal, uint8_t detail);
  void PreOpen(Sink& sink);
  void PriceLimit(Sink& sink);
  void Lockdown(Sink& sink);
  void Expiry(Sink& sink);
  void Option(Sink& sink);
  void Strategy(const MessageInfo& info, Sink& sink);

  NormalizedUpdate& Next(const Sink& sink, uint8_t record, char action, char side, uint8_t flags);
  void Order(Sink& sink, char action, char side, uint8_t flags, uint64_t id, int64_t raw_price,
             uint64_t size);
  void TradeRecord(Sink& sink, char action, char side, uint64_t id, int64_t raw_price,
                   uint64_t size, char indicator);
  void Detail(Sink& sink, uint16_t kind, uint64_t id, const char* conditions, size_t count);
  void Status(Sink& sink, uint16_t kind, uint8_t state, char code, int64_t value);
  void Statistic(Sink& sink, uint16_t type, int64_t price, int64_t quantity, uint8_t detail);
  void PriceStatistic(Sink& sink, uint16_t type, int64_t raw_price, Scale scale, uint8_t detail);
  void Define(Sink& sink, const Symbol& symbol, fh_terms& terms, MarketTerms learnt, char status);

  MarketTerms& Terms(uint32_t market);
  void CompareWithStore(uint32_t market);
  int64_t PriceE9(Sink& sink, int64_t raw, Scale scale);
  static uint8_t DecimalsOf(const MarketTerms& terms, Scale scale);
  int64_t TimeOf(char type, const uint8_t* message, uint32_t length) const;
  uint8_t DecimalsOf(const FieldInfo& field, const uint8_t* message, const uint8_t* at) const;
  static void DescribeEntries(Entries& entries, MessageVisitor& visitor);

  InstrumentStore* instruments_;
  uint32_t changes_ = 0;  // Of the store, at the beginning of the job; the lower bits.
  MarketTable markets_;
  KnownOrders orders_;
  int64_t sent_ns_ = kUndefinedTime;  // The block at hand.
  uint64_t snapshot_left_ = 0;        // Orders or levels of a market's snapshot that are to come.
  uint32_t snapshot_market_ = 0;
  bool in_bundle_ = false;
  bool all_or_none_ = false;  // What is said of the message that follows.
};

}  // namespace fh::codecs::ice

#endif  // FEEDHANDLER_CODECS_ICE_ICE_DECODER_H_
