// Turns messages of the Enhanced Order Book Interface into normalized updates. For CodecOf (codec_of.h).
//
// | message                            | updates                                                     |
// |---|---|
// | 13100 add                          | order A                                                     |
// | 13101 modify                       | order C of the old, order A of the new: another priority     |
// | 13106 modify, same priority        | order M, PRIORITY_KEPT                                      |
// | 13102 delete                       | order C of what it showed                                   |
// | 13103 mass delete                  | order R of the instrument                                   |
// | 13104, 13105 execution             | order F, order C of the quantity; before them trade T without a side when no summary of the match has come |
// | 13202 summary                      | trade T of the whole match, side of the aggressor           |
// | 13201, 13203 trade report          | trade T; 13201 without a quantity: statistic                |
// | 13200 reversal                     | trade C                                                     |
// | 13301, 13302 state of instruments  | status; an auction begins: order R before it; statistics: limits |
// | 13300, 13600 state of the product  | status                                                      |
// | 13500, 13504                       | top M; `detail` 1 of an auction: indicative                 |
// | 13501 clearing price               | imbalance                                                   |
// | 13502 cross, 13503 quote request   | status; `detail` of a cross: its type                       |
// | 13601, 13602 snapshot              | order R, status, statistics, then order A of each order      |
// | 13400 to 13402                     | definition                                                  |
//
// Heartbeats have no normalized form. Orders are known by the time of their priority, unique in a
// product; instruments by the venue's number, which is their name too until a definition says another.
// Sizes are the venue's: whole units before 7.0, 1e-4 since (terms).
//
// LAST. A unit of work may go over packets of its product: LAST is on the last record of each instrument
// in the packet that completes it; an instrument that earlier packets alone have touched gets an order
// record N with LAST there. When there were more than kMostOpen of these, one such record stands for
// all (FH_ALL_INSTRUMENTS).
//
// Numbers. A product's messages have numbers of their own (MsgSeqNum). When they do not go on where the
// product's last packet ended, its updates carry MAYBE_BAD_BOOK until its numbers or the stream
// start over: also where the channel's packets lack nothing. Heartbeats count too.
//
// Snapshots: R and what follows it is SNAPSHOT; the last of the announced orders carries LAST. When a
// packet in between is missing they have MAYBE_BAD_BOOK.
//
// Feed thread only; no allocation after construction.
//
// Source: "T7 Enhanced Order Book Interface Manual".
#ifndef FEEDHANDLER_CODECS_EUREX_EOBI_DECODER_H_
#define FEEDHANDLER_CODECS_EUREX_EOBI_DECODER_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/eurex/eobi_messages.h"
#include "codecs/update.h"
#include "codecs/venue_ids.h"

namespace fh::codecs::eurex {

class EobiDecoder {
 public:
  // Instruments that an open unit of work may have touched in earlier packets, one by one.
  static constexpr uint32_t kMostOpen = 8;

  // Of a message: those of the open unit, and five of an instrument's state. Of bytes: entries of states
  // (four records of 32 bytes).
  static constexpr UpdateBound kBound{.per_message = kMostOpen + 6, .bytes_per_entry = 8};
  static constexpr uint32_t kTypeBytes = kHeadBytes;

  explicit EobiDecoder(const CodecOptions& options);

  static const MessageInfo* Find(const uint8_t* message) { return FindMessage(message); }
  static void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                       MessageVisitor& visitor);

  void BeginJob(const DecodeJob& job);
  void OnEvent(const StreamEvent& event);

  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer);

 private:
  // A message on its way.
  struct Sink {
    const uint8_t* message;
    const MessageContext& context;
    UpdateWriter& writer;
    uint8_t flags;  // FH_FLAG_* of all its records.
  };

  // A product: where its numbers stand, and what its unit of work has touched.
  struct Product {
    bool is_used = false;
    bool is_doubtful = false;   // A number was missing.
    bool is_open = false;       // The last packet did not complete its unit of work.
    bool touched_more = false;  // Than there was room for.
    int32_t segment = 0;
    uint64_t next_number = 0;  // MsgSeqNum of its next message; 0 = not known.
    uint32_t touched_count = 0;
    std::array<uint32_t, kMostOpen> touched{};
    // Instruments whose match a summary has announced in this unit, and when the latest was.
    static constexpr uint32_t kMatches = 4;
    std::array<int64_t, kMatches> matches{};
    uint32_t match_count = 0;
    int64_t match_ns = kUndefinedTime;
  };
  static constexpr uint32_t kProducts = 1'024;    // A power of two.
  static constexpr uint32_t kMostProducts = 768;  // That are told apart; others share one.

  // The last record of an instrument in the packet at hand.
  struct Touched {
    uint64_t job = 0;  // The packet that it is of; of an earlier one: free.
    uint64_t slot = 0;
    uint32_t instrument_id = 0;
  };
  // No packet has orders of more; what a made-up one has beyond keeps each LAST.
  static constexpr uint32_t kMostTouched = 128;

  // The snapshot of an instrument.
  struct Image {
    bool is_open = false;
    uint8_t flags = 0;  // FH_FLAG_MAYBE_BAD_BOOK when a packet of it is missing.
    uint32_t instrument_id = FH_UNKNOWN_INSTRUMENT;
    uint32_t orders_left = 0;
  };

  // What a message says of an instrument's state.
  struct InstrumentStateOf {
    uint32_t instrument_id;
    int64_t time_ns;
    uint8_t status;
    uint8_t event;
    int64_t high = kUndefinedPrice;
    int64_t low = kUndefinedPrice;
  };

  Product& FindProduct(int32_t segment);
  void FollowNumbers(const DecodeJob& job);
  void EndEarlierPackets(const Sink& sink);
  uint32_t Instrument(int64_t security_id, const Sink& sink, uint8_t size_decimals) {
    return ids_.Find(static_cast<uint64_t>(security_id), sink.context.stats,
                     [&](uint32_t id) { Name(id, security_id, size_decimals); });
  }
  void Name(uint32_t id, int64_t security_id, uint8_t size_decimals);

  NormalizedUpdate& Fill(const Sink& sink, uint8_t record, char action, char side,
                         uint32_t instrument_id, int64_t ts_event_ns);
  NormalizedUpdate& Next(const Sink& sink, uint8_t record, char action, char side,
                         uint32_t instrument_id, int64_t ts_event_ns);
  void TouchOpen(uint32_t instrument_id);
  void Order(const Sink& sink, char action, char side, uint32_t instrument_id, int64_t time_ns,
             const fh_order& order, uint8_t flags = 0);

  bool DecodeOfBook(const MessageInfo& info, const Sink& sink);
  template <typename M>
  void Add(const Sink& sink);
  template <typename M>
  void Modify(const Sink& sink);
  template <typename M>
  void ModifySamePriority(const Sink& sink);
  template <typename M>
  void Delete(const Sink& sink);
  void MassDelete(const Sink& sink);
  template <typename M>
  void Execution(const Sink& sink);
  template <typename M>
  void Summary(const Sink& sink);

  bool DecodeRare(const MessageInfo& info, const Sink& sink);
  template <typename M>
  void Report(const Sink& sink);
  void OffBookReport(const Sink& sink);
  template <typename M>
  void Reversal(const Sink& sink);
  NormalizedUpdate& ProductStatus(const Sink& sink, int64_t time_ns, uint8_t state, uint8_t detail);
  static void State(NormalizedUpdate& update, uint8_t status, uint8_t event);
  static void Statistic(NormalizedUpdate& update, uint16_t type, int64_t price, int64_t quantity,
                        uint8_t detail);
  void StateAndLimits(const Sink& sink, const InstrumentStateOf& of);
  template <typename M>
  void InstrumentState(const Sink& sink);
  void MassState(const Sink& sink);
  template <typename M>
  void Top(const Sink& sink, uint8_t detail);
  template <typename M>
  void Request(const Sink& sink);
  template <typename M>
  void ClearingPrice(const Sink& sink);
  template <typename M>
  void InstrumentImage(const Sink& sink);
  template <typename M>
  void ImageOrder(const Sink& sink);
  void CloseImage(const Sink& sink);
  template <typename M>
  void Complex(const Sink& sink);
  void Flexible(const Sink& sink);
  void Scaled(const Sink& sink);
  void Define(const Sink& sink, int64_t security_id, int64_t time_ns, std::string_view name,
              fh_terms terms);

  VenueIds ids_;
  bool is_incremental_;  // The channel's role: numbers of products go on.
  std::vector<Product> products_;
  uint32_t product_count_ = 0;
  Product stray_;               // Stands for those that there was no room for.
  Product* product_ = &stray_;  // Of the packet at hand.
  bool is_begun_ = false;       // A message of the packet was decoded.
  bool is_complete_ = false;    // The packet completes its unit of work.
  int64_t send_time_ns_ = 0;    // Of the packet.
  int32_t segment_ = 0;
  uint32_t index_ = 0;  // Of the next record, within its packet.
  uint64_t job_ = 0;
  std::array<Touched, kMostTouched> touched_{};  // A hash table by the id.
  Image image_;
};

}  // namespace fh::codecs::eurex

#endif  // FEEDHANDLER_CODECS_EUREX_EOBI_DECODER_H_
