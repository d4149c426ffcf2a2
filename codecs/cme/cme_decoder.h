// Turns messages of CME MDP 3.0 into normalized updates. For CodecOf (codec_of.h).
//
// | message                        | updates                                                        |
// |---|---|
// | 32, 46, 64 book                | level A (new), M (change, overlay), C (delete), with depth; J: R |
// | order entries of these; 43, 47 | order A, M, C (its size: what was shown)                       |
// | 36, 42, 48, 65 trade summary   | trade T, then F for each order with an id but the aggressor's  |
// | 37, 66; 33, 49; 35, 51, 67     | statistic                                                      |
// | 34, 50 limits                  | statistics: upper and lower band, price variation              |
// | 30, 60 security status         | status                                                         |
// | 39 quote request               | status QUOTE_REQUEST of each instrument                        |
// | 27, 29, 41, 54 to 58, 63       | definition                                                     |
// | 4 channel reset                | R of every level and every order of the channel                |
// | 38, 52, 61, 68, 69 snapshot    | status SNAPSHOT_AT, level R, level A with depth, trade,        |
// |                                | statistics, limits, status                                     |
// | 44, 53 snapshot of orders      | status SNAPSHOT_AT and order R with the first chunk, order A   |
//
// Levels count positions: A at depth n moves what was there and below one down, C moves up, and what
// falls below the book's depth is not said; `detail` is the venue's update action (5: overlay, price
// replaced too; 3 and 4, which were never seen, come as C with MAYBE_BAD_BOOK). Implied levels (E, F)
// are a book of their own and carry FH_FLAG_IMPLIED. T and F change no book: the venue sends the
// levels and orders that result by themselves, later in the event.
//
// An event goes over messages and packets; its end is a bit of a message that is often empty. LAST
// is on the last record of each instrument in the packet that ends the event; an instrument that the
// event touched in earlier packets alone gets a level record N with LAST. When there were more than
// kMostOpen of these, one such record stands for all (FH_ALL_INSTRUMENTS).
//
// Orders of a trade summary that go on in the next message are given to their trades there.
//
// A snapshot is the whole of what it is of: its R clears the instrument's levels (the implied ones too)
// or orders. All its records carry FH_FLAG_SNAPSHOT, and the last one LAST. One of orders is in chunks:
// LAST is in the last of them, and those that do not follow the one before have MAYBE_BAD_BOOK.
//
// Templates that cme_messages.h does not have are decoded when a schema is given; those that have no
// mapping above (12, 15, 16 sessions, 59 top orders, 62 collateral) are described only. Feed thread
// only; no allocation after construction.
//
// Source: "CME MDP 3.0 Market Data", message specification and market by price, market by order.
#ifndef FEEDHANDLER_CODECS_CME_CME_DECODER_H_
#define FEEDHANDLER_CODECS_CME_CME_DECODER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "codecs/block_walk.h"
#include "codecs/cme/cme_layout.h"
#include "codecs/cme/cme_messages.h"
#include "codecs/cme/cme_terms.h"
#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/sbe/sbe_schema.h"
#include "codecs/update.h"

namespace fh::codecs::cme {

class CmeDecoder {
 public:
  // Instruments that an open event may have touched in earlier packets, one by one.
  static constexpr uint32_t kMostOpen = 8;

  // Of a message: the end of its event (each of the open, and one more), and six of a snapshot besides
  // its entries or two of a channel reset. Of bytes: entries of limits, three records of 28 bytes or
  // more, are the densest.
  static constexpr UpdateBound kBound{.per_message = kMostOpen + 7, .bytes_per_entry = 8};
  static constexpr uint32_t kTypeBytes = kHeaderBytes;

  // `schema` may be null.
  CmeDecoder(const CodecOptions& options, std::unique_ptr<const sbe::SbeSchema> schema);

  const MessageInfo* Find(const uint8_t* message) const {
    const uint32_t id = kTemplateId(message);
    if (id >= places_.size() || places_[id] == 0 || kSchema(message) != kSchemaId) return nullptr;
    return PlanOf(id).info;
  }

  const char* Check(const MessageInfo& info, const uint8_t* message, uint32_t length) const;

  void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                MessageVisitor& visitor) const;

  void BeginJob(const DecodeJob&) {
    ++job_;
    index_ = 0;
  }

  // What an event left open before a gap, or a new start, is not closed by one after it.
  void OnEvent(const StreamEvent&) { Forget(); }

  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer);

 private:
  void Forget();

  // Where a template's fields are.
  struct Template {
    const MessageInfo* info = nullptr;
    const GroupInfo* entries = nullptr;
    const GroupInfo* orders = nullptr;
    // The layout is that of cme_messages.h, whose offsets are constants in the code.
    bool is_compiled = false;
    bool has_more = false;  // Groups and data besides these two.
    uint32_t terms = 0;     // Of definitions: which of terms_.
    Layout layout;
  };

  // An instrument that the open event has touched.
  struct Touched {
    uint32_t instrument_id;
    uint64_t job;   // Of its last record,
    uint64_t slot;  // which is this one of the writer's.
  };

  // A trade that waits for orders of the same event.
  struct OpenTrade {
    uint32_t instrument_id;
    int64_t price;
    int64_t left;  // Orders.
    char fill_side;
    bool aggressor_comes;  // The next order is the aggressor's.
  };
  static constexpr uint32_t kMostTrades = 64;

  // A snapshot of orders that goes on in the next message.
  struct OpenImage {
    uint32_t instrument_id = FH_UNKNOWN_INSTRUMENT;
    int64_t next_chunk = 0;  // 0: none is open.
  };

  // A message on its way.
  struct Sink {
    const uint8_t* message;
    const MessageContext& context;
    UpdateWriter& writer;
    BlockBytes root;
    int64_t ts_event_ns;
  };

  static WireBlock RootOf(const uint8_t* message, uint32_t length) {
    return {message, kHeaderBytes + uint32_t{kBlockLength(message)}, message + length,
            kVersion(message)};
  }

  void AddTemplate(const MessageInfo& info);
  // Precondition: the template is known.
  const Template& PlanOf(uint32_t id) const { return templates_[places_[id] - 1]; }
  bool DecodeBy(const Template& plan, const Layout& layout, const Sink& sink, const uint8_t* end);
  template <typename Each>
  void ForEachEntry(const GroupInfo* group, const Sink& sink, const uint8_t*& at,
                    const uint8_t* end, Each&& each);

  void Book(const Template& plan, const Layout& layout, const Sink& sink, const uint8_t* end);
  void Orders(const Template& plan, const Layout& layout, const Sink& sink, const uint8_t* end);
  void Trades(const Template& plan, const Layout& layout, const Sink& sink, const uint8_t* end);
  void Statistics(const Template& plan, const Layout& layout, const Sink& sink, const uint8_t* end);
  void Level(const Layout& layout, const Sink& sink, const BlockBytes& entry);
  void Statistic(const Sink& sink, uint32_t instrument_id, uint16_t type, int64_t price,
                 int64_t quantity, uint8_t detail);
  void Fill(const Sink& sink, OpenTrade& trade, uint64_t order_id, int64_t quantity);
  void Status(const Layout& layout, const Sink& sink);
  void Definition(const Template& plan, const Layout& layout, const Sink& sink, const uint8_t* end);
  void Reset(const Sink& sink);
  void QuoteRequest(const Template& plan, const Layout& layout, const Sink& sink,
                    const uint8_t* end);
  void Snapshot(const Template& plan, const Layout& layout, const Sink& sink, const uint8_t* end);
  void SnapshotStands(const Layout& layout, const Sink& sink, uint8_t flags,
                      uint32_t instrument_id);
  void SnapshotEntry(const Layout& layout, const Sink& sink, const BlockBytes& entry,
                     uint32_t instrument_id);
  void OrderSnapshot(const Template& plan, const Layout& layout, const Sink& sink,
                     const uint8_t* end);
  void EndEvent(const Sink& sink);

  // A record of the open event.
  NormalizedUpdate& Next(const Sink& sink, uint8_t record, char action, char side, uint8_t flags,
                         uint32_t instrument_id);
  // One of none.
  NormalizedUpdate& NextAlone(const Sink& sink, uint8_t record, char action, char side,
                              uint8_t flags, uint32_t instrument_id);
  void Touch(uint32_t instrument_id, uint64_t slot);

  std::unique_ptr<const sbe::SbeSchema> schema_;
  InstrumentStore* instruments_;
  std::vector<Template> templates_;
  std::vector<TermsPlan> terms_;
  std::vector<uint32_t> places_;  // Of template ids in templates_, from 1; 0 = unknown.
  uint64_t job_ = 0;
  uint32_t index_ = 0;  // Of the next record, within its packet.
  std::array<Touched, kMostOpen> touched_{};
  uint32_t touched_count_ = 0;
  bool touched_more_ = false;  // Than there was room for.
  std::array<OpenTrade, kMostTrades> trades_{};
  uint32_t trades_begin_ = 0;
  uint32_t trades_end_ = 0;
  OpenImage image_;
};

}  // namespace fh::codecs::cme

#endif  // FEEDHANDLER_CODECS_CME_CME_DECODER_H_
