// Turns messages of MOEX FORTS into normalized updates. A visitor of FastDecoder.
//
// | message (35=)                  | updates                                                        |
// |---|---|
// | X entries 0, 1                 | level A (new), M (change), C (delete), with depth                |
// | X, W entries J                 | level R of the instrument                                       |
// | X, W entries 2                 | trade T; of action 2 (delete) C                                 |
// | X, W entries 4 to 9, B, C      | statistic                                                      |
// | W                              | status SNAPSHOT_AT, level R, then A of each level; all with      |
// |                                | FH_FLAG_SNAPSHOT                                               |
// | d definition                   | definition; statistics: upper and lower band                    |
// | BP                             | statistic: theoretical price, as reference price                |
// | f                              | status; statistics: upper and lower band                       |
// | h                              | status of all instruments                                      |
// | 4 on an incremental channel    | level R of all instruments                                      |
//
// Levels count positions: A at depth n moves what was there and below one down, C moves up, and what
// falls below the book's depth is not said. A level that goes has the size 0. Update actions that were
// never seen (3 and 4) come as C with FH_FLAG_MAYBE_BAD_BOOK. LAST is on the last record of each
// instrument of a message: there is no other mark of an event.
//
// Times of entries are times of day, UTC: of the day that the entry names, else of the one nearest to
// the time of sending (increments), or of the last one before it (snapshots: a level may be old).
//
// Feed thread only; no allocation after construction.
#ifndef FEEDHANDLER_CODECS_MOEX_MOEX_MAPPING_H_
#define FEEDHANDLER_CODECS_MOEX_MOEX_MAPPING_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/fast/fast_decoder.h"
#include "codecs/instrument_abi.h"
#include "codecs/moex/moex_fields.h"
#include "codecs/update.h"
#include "codecs/value.h"

namespace fh::codecs::moex {

class MoexMapping {
 public:
  // Of a message: a definition and two limits. An entry is a record.
  static constexpr UpdateBound kBound{.per_message = 3, .bytes_per_entry = kLeastEntryBytes};

  // `plan` must outlive the mapping.
  MoexMapping(const MoexPlan& plan, const CodecOptions& options);

  // Before the messages of a packet.
  void BeginPacket(const MessageContext& context, UpdateWriter& writer);

  // The visitor, of FastDecoder.
  void BeginMessage(const fast::FastPlan::Template& source);
  void Field(fast::FastTag tag, const fast::FastField&, const Value& value) {
    if (tag == kNoTag) return;
    slots_[tag] = {value.state == Value::State::kThere, value.exponent, value.number, value.bytes};
  }
  void BeginGroup(const fast::FastGroup& group, uint32_t segment, uint32_t entries);
  void BeginEntry(uint32_t) {}
  void EndEntry(uint32_t segment);
  void EndGroup(const fast::FastGroup&) {}
  void EndMessage(const fast::FastPlan::Template& source);

 private:
  // A field of the message, the last that was told.
  struct Slot {
    bool is_there = false;
    int16_t exponent = 0;
    uint64_t number = 0;
    std::span<const uint8_t> text;
  };

  // The last record of an instrument in a message. Found by open addressing.
  struct Touched {
    uint32_t message = 0;  // Of another one: free.
    uint32_t instrument_id = 0;
    uint32_t record = 0;  // Behind the message's first.
  };
  // Twice the entries that a datagram can hold.
  static constexpr uint32_t kTouched = 16'384;
  static_assert(kTouched > kMostDatagramBytes / kLeastEntryBytes + 3);

  bool Has(Tag tag) const { return slots_[tag].is_there; }
  int64_t Number(Tag tag, int64_t otherwise = 0) const {
    return Has(tag) ? static_cast<int64_t>(slots_[tag].number) : otherwise;
  }
  int64_t Price(Tag tag) const {
    if (!Has(tag)) return kUndefinedPrice;
    return PriceOf(static_cast<int64_t>(slots_[tag].number), slots_[tag].exponent);
  }
  uint64_t Size() const {
    const int64_t size = Number(kTagSize);
    return size < 0 ? 0 : static_cast<uint64_t>(size);
  }
  char Letter(Tag tag) const {
    const std::span<const uint8_t> text = slots_[tag].text;
    return Has(tag) && !text.empty() ? static_cast<char>(text[0]) : '\0';
  }
  uint32_t Instrument() const;

  void Entry();
  void Level(uint8_t side, int64_t time_ns);
  void Trade(int64_t time_ns);
  bool Statistic(char type, int64_t time_ns);
  int64_t EntryTime();
  void Band(uint16_t type, Tag tag);
  void Price(uint16_t type, int64_t price, int64_t time_ns);
  void Definition();
  fh_terms Terms() const;
  void Status(uint32_t instrument_id, uint8_t state, int64_t code, int64_t value);
  NormalizedUpdate& Next(uint8_t record, char action, char side, uint8_t flags,
                         uint32_t instrument_id, int64_t ts_event_ns);
  void Touch(uint32_t instrument_id);

  const MoexPlan* plan_;
  InstrumentStore* instruments_;
  ChannelRole role_;
  MoexClock clock_;
  const MessageContext* context_ = nullptr;
  UpdateWriter* writer_ = nullptr;
  uint64_t index_ = 0;  // Of the next record, within the packet.
  int depth_ = 0;       // Of messages within messages.
  Kind kind_ = Kind::kOther;
  int64_t sent_ns_ = kUndefinedTime;
  bool is_unmapped_ = false;  // Something of the message has no normalized form.
  uint64_t first_ = 0;        // Slot of the message's first record.
  uint32_t message_ = 0;
  std::array<Slot, kTags> slots_;
  std::vector<Touched> touched_;
  // Of a definition.
  std::array<fh_leg, FH_MOST_LEGS> legs_{};
  uint32_t leg_count_ = 0;
  uint32_t book_depth_ = 0;
  uint32_t underlying_id_ = FH_UNKNOWN_INSTRUMENT;
};

}  // namespace fh::codecs::moex

#endif  // FEEDHANDLER_CODECS_MOEX_MOEX_MAPPING_H_
