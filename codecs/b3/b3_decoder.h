// Turns messages of B3's Binary UMDF into normalized updates. For CodecOf (codec_of.h).
//
// | message                       | updates                                                         |
// |---|---|
// | 50 order                      | order A (new), M (change)                                       |
// | 51 delete                     | order C: its size, or all (0) where a match removed it          |
// | 52 mass delete                | order R of one side; an order record N, MAYBE_BAD_BOOK, of a part |
// | 53, 54 trade                  | trade T, with the aggressor of the 55 before it                 |
// | 57 bust                       | trade C                                                         |
// | 9 empty book, 11 reset        | order R of the instrument, of the channel                       |
// | 30, 71 snapshot               | order R, then A of each order                                   |
// | 3, 10                         | status                                                          |
// | 4, 12                         | definition                                                      |
// | 15, 17, 24, 25, 28, 29, 56    | statistic                                                       |
// | 20, 22 price band             | statistics: lower and upper band, reference                     |
// | 16                            | imbalance and statistic: the auction's price and quantity       |
// | 19                            | imbalance                                                       |
// | 27 of a snapshot              | trade T: the last one                                           |
//
// T changes no book: the venue sends what becomes of the orders by itself, behind it. 55 adds up the
// trades that follow, and is no trade. 27 outside of a snapshot repeats 53 or 54. 1, 2, 5 and 21 have no
// normalized form.
//
// Orders are known by SecondaryOrderID. Positions, which versions up to 10 count in, are not needed
// for that and are shown by descriptions only: a change there that gives the order at a position
// another id comes as M of the new one, which who keeps the book does not know.
//
// An event goes over messages and packets, and ends with a bit of a message. LAST is on the last record
// of each instrument in the packet that ends the event; an instrument whose orders or trades the event
// touched in earlier packets alone gets an order record N with LAST. When there were more than kMostOpen
// of these, one such record stands for all (FH_ALL_INSTRUMENTS). Definitions are events by themselves.
//
// Snapshots: what comes between a header (30) and the last of the orders that it announces is SNAPSHOT,
// and the last record carries LAST, when no packet in between is missing; else it has MAYBE_BAD_BOOK.
//
// Feed thread only; no allocation after construction.
//
// Source: "Binary UMDF Message Specification" 1.5 to 2.2.
#ifndef FEEDHANDLER_CODECS_B3_B3_DECODER_H_
#define FEEDHANDLER_CODECS_B3_B3_DECODER_H_

#include <array>
#include <cstdint>

#include "codecs/b3/b3_messages.h"
#include "codecs/block_walk.h"
#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/update.h"
#include "codecs/venue_ids.h"

namespace fh::codecs::b3 {

class B3Decoder {
 public:
  // Instruments that an open event may have touched in earlier packets, one by one.
  static constexpr uint32_t kMostOpen = 8;

  // Of a message: the end of its event (each of the open), and three of a price band. Of bytes: orders
  // of a snapshot.
  static constexpr UpdateBound kBound{.per_message = kMostOpen + 4, .bytes_per_entry = 40};
  static constexpr uint32_t kTypeBytes = kHeadBytes;
  static constexpr uint32_t kMostTypes = SnapshotFullRefreshOrders::kInfo.type + 1;

  explicit B3Decoder(const CodecOptions& options) : ids_(options.instruments) {}

  static const MessageInfo* Find(const uint8_t* message) {
    const uint32_t type = kTemplateId(message);
    const bool is_known = type < kMostTypes && kEncodingType(message) == kSbeEncoding &&
                          kSchemaId(message) == kSchema && kVersion(message) >= kFirstVersion;
    return is_known ? kByType[type] : nullptr;
  }

  static const char* Check(const MessageInfo& info, const uint8_t* message, uint32_t length) {
    const WireBlock root = RootOf(message, length);
    if (root.length > length) return "a block reaches beyond the message's end";
    if (root.length < info.length) return "a block shorter than its type's";
    return info.groups.empty() && info.data.empty() ? nullptr : CheckMore(info, message, root);
  }

  static void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                       MessageVisitor& visitor);

  void BeginJob(const DecodeJob&) {
    ids_.FollowStore();
    ++job_;
    index_ = 0;
  }
  void OnEvent(const StreamEvent& event);

  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer);

 private:
  // A message on its way.
  struct Sink {
    const uint8_t* message;
    uint32_t length;
    const MessageContext& context;
    UpdateWriter& writer;
    int64_t ts_event_ns;
    uint8_t flags;   // FH_FLAG_* of all its records.
    uint64_t first;  // Its first record.
  };

  // An instrument that the open event has touched.
  struct Touched {
    uint32_t instrument_id;
    uint64_t job;   // Of its last record,
    uint64_t slot;  // which is this one of the writer's.
  };

  // The snapshot of an instrument.
  struct Image {
    bool is_open = false;
    uint8_t flags = 0;  // FH_FLAG_MAYBE_BAD_BOOK when a packet of it is missing.
    uint64_t security_id = 0;
    uint64_t orders_left = 0;
    uint64_t others_left = 0;  // Statuses and statistics.
  };

  static constexpr std::array<const MessageInfo*, kMostTypes> kByType = [] {
    std::array<const MessageInfo*, kMostTypes> table{};
    for (const MessageInfo* info : kMessages) table[info->type] = info;
    return table;
  }();

  static WireBlock RootOf(const uint8_t* message, uint32_t length) {
    return {message, kHeadBytes + uint32_t{kBlockLength(message)}, message + length,
            kVersion(message)};
  }
  static const char* CheckMore(const MessageInfo& info, const uint8_t* message,
                               const WireBlock& root);

  uint32_t Instrument(uint64_t security_id, const Sink& sink) {
    return ids_.Find(security_id, sink.context.stats);
  }

  NormalizedUpdate& Next(const Sink& sink, uint8_t record, char action, char side,
                         uint32_t instrument_id);
  NormalizedUpdate& NextOfBook(const Sink& sink, uint8_t record, char action, char side,
                               uint32_t instrument_id);
  void Touch(uint32_t instrument_id, uint64_t slot);
  void EndEvent(const Sink& sink);
  void ForgetMatches() {
    matches_.fill({});
    has_matches_ = false;
  }

  void Clear(const Sink& sink, uint32_t instrument_id, char side);
  void OrderOrChange(const Sink& sink);
  void DeleteOne(const Sink& sink);
  void MassDelete(const Sink& sink);
  void Summary(const Sink& sink);
  char AggressorOf(uint64_t security_id) const;
  template <typename M>
  void TradeOf(const Sink& sink);
  void Bust(const Sink& sink);
  void Status(const Sink& sink, uint32_t instrument_id, uint8_t status, uint8_t event,
              const char* group);
  void Statistic(const Sink& sink, uint64_t security_id, uint16_t type, int64_t price,
                 int64_t quantity, uint8_t detail);
  template <typename M>
  void Band(const Sink& sink);
  void Theoretical(const Sink& sink);
  void Imbalance(const Sink& sink);
  template <typename M>
  void Definition(const Sink& sink);
  void BeginImage(const Sink& sink);
  void ImageOrders(const Sink& sink);
  bool IsOfImage(uint32_t type, const uint8_t* message) const;
  void PassImage(const Sink& sink);
  void CloseImage(const Sink& sink, uint32_t instrument_id);

  void LastTrade(const Sink& sink);
  bool DecodeRare(uint32_t type, const Sink& sink);

  VenueIds ids_;
  uint64_t job_ = 0;
  uint32_t index_ = 0;  // Of the next record, within its packet.
  std::array<Touched, kMostOpen> touched_{};
  uint32_t touched_count_ = 0;
  bool touched_more_ = false;  // Than there was room for.
  // Aggressors of the event's latest matches; a security of 0 is none.
  struct Match {
    uint64_t security_id = 0;
    char side = FH_SIDE_NONE;
  };
  static constexpr uint32_t kMatches = 4;
  std::array<Match, kMatches> matches_{};
  uint32_t next_match_ = 0;
  bool has_matches_ = false;
  Image image_;
};

}  // namespace fh::codecs::b3

#endif  // FEEDHANDLER_CODECS_B3_B3_DECODER_H_
