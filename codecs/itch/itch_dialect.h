// What the dialects of ITCH have in common that are not TotalView-ITCH 5.0 itself: messages behind a
// letter, big-endian, over MoldUDP64 or in the exchange's message files. One .cc file a dialect.
//
//   constexpr Dialect kDialect = {.codec = "jnx_itch", .messages = jnx::kMessages, ...};
//   class JnxMapping { bool Map(const MessageInfo& info, const Sink& sink); ... };
//   return MakeDialect(DialectDecoder<kDialect, JnxMapping>(options), options, kDialect);
//
// A mapping writes a message's records through its Sink; what is the same for all of them (times,
// numbers, flags, LAST on the last record) the Sink and DialectDecoder see to.
//
// Feed thread only; nothing here allocates after construction but samples.
#ifndef FEEDHANDLER_CODECS_ITCH_ITCH_DIALECT_H_
#define FEEDHANDLER_CODECS_ITCH_ITCH_DIALECT_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/instrument_store.h"
#include "codecs/length_prefixed/length_prefixed.h"
#include "codecs/message.h"
#include "codecs/moldudp64/moldudp64.h"
#include "codecs/sample_random.h"
#include "codecs/update.h"

namespace fh::codecs::itch {

// Of samples: they name orders that they have added, so what becomes of those does not depend on what
// was decoded before.
struct SampleOrders {
  uint64_t Add() {
    live.push_back(next);
    return next++;
  }
  uint64_t Any(SampleRandom& random) const {
    return live.empty() ? next : live[random.Below(live.size())];
  }
  uint64_t next = 1;
  std::vector<uint64_t> live;
};

struct Dialect {
  const char* codec;
  std::span<const MessageInfo* const> messages;
  uint8_t type_at = 0;  // Where a message has its letter.
  // Letters that several dialects share, with the same length: a packet of nothing else is no
  // evidence.
  std::string_view common_types = "";
  // The length of a message with groups; null where none has any.
  uint32_t (*length)(const MessageInfo& info, const uint8_t* message) = nullptr;

  // Of samples: the types that follow behind one of each, the letters and numbers that fields may
  // hold, and what stands behind a message's fields.
  std::string_view frequent;
  const char* (*letters)(std::string_view field);
  uint64_t (*number)(const MessageInfo& info, const FieldInfo& field, SampleOrders& orders,
                     SampleRandom& random);
  std::string_view (*text)(std::string_view field, SampleRandom& random);
  void (*append)(const MessageInfo& info, SampleRandom& random, std::string& message) = nullptr;
};

// A venue's number as instrument_id: 0 would be all instruments.
inline uint32_t InstrumentOf(uint32_t number) {
  return number != FH_ALL_INSTRUMENTS ? number : FH_UNKNOWN_INSTRUMENT;
}

// 1e-9 of a price of which one is worth `unit_e9`; what does not fit (never sent) is undefined.
inline int64_t PriceE9(int64_t price, int64_t unit_e9) {
  int64_t price_e9;
  return __builtin_mul_overflow(price, unit_e9, &price_e9) ? kUndefinedPrice : price_e9;
}
inline int64_t PriceE9(uint64_t price, int64_t unit_e9) {
  return price > INT64_MAX ? kUndefinedPrice : PriceE9(static_cast<int64_t>(price), unit_e9);
}
// By the decimals that its declaration says.
template <typename T>
int64_t PriceE9(const BigEndian<T>& field, const uint8_t* message) {
  int64_t unit_e9 = kPriceScale;
  for (int i = 0; i < field.decimals; ++i) unit_e9 /= 10;
  using Wide = std::conditional_t<std::is_signed_v<T>, int64_t, uint64_t>;
  return PriceE9(Wide{field(message)}, unit_e9);
}

// A number of a signed 64-bit record; what is larger (never sent) is the most that it holds.
inline int64_t Quantity(uint64_t number) {
  return number > INT64_MAX ? INT64_MAX : static_cast<int64_t>(number);
}

inline char SideOf(char letter) {
  return letter == 'B' ? FH_SIDE_BID : letter == 'S' || letter == 'A' ? FH_SIDE_ASK : FH_SIDE_NONE;
}
inline char OtherSide(char side) {
  return side == FH_SIDE_BID ? FH_SIDE_ASK : side == FH_SIDE_ASK ? FH_SIDE_BID : FH_SIDE_NONE;
}

// H halted, P paused, Q quoting, T trading, as Nasdaq's feeds have it.
inline uint8_t TradingStateOf(char letter) {
  return letter == 'T'   ? FH_TRADING_OPEN
         : letter == 'H' ? FH_TRADING_HALTED
         : letter == 'P' ? FH_TRADING_PAUSED
         : letter == 'Q' ? FH_TRADING_QUOTING
                         : FH_TRADING_UNKNOWN;
}

// Where a message's records go, and what they have in common.
struct Sink {
  const uint8_t* message;
  uint32_t length;
  const MessageContext& context;
  UpdateWriter& writer;
  int64_t ts_event_ns = kUndefinedTime;  // Set by the mapping before the first record.
  uint64_t first = writer.next();        // The message's first record.

  // An update without its body, which is all zero.
  NormalizedUpdate& Next(uint8_t record, char action, char side, uint32_t instrument_id,
                         uint8_t flags = 0) const {
    NormalizedUpdate& update = writer.Next();
    std::memset(&update, 0, sizeof update);
    update.record = record;
    update.action = action;
    update.side = side;
    // Each top of book is all of it: nothing that was missed before can make it wrong.
    const auto doubts =
        static_cast<uint8_t>(record == FH_RECORD_TOP ? ~FH_FLAG_MAYBE_BAD_BOOK : 0xff);
    update.flags = static_cast<uint8_t>(flags | (context.flags & doubts));
    update.instrument_id = instrument_id;
    update.sequence = context.sequence;
    update.ts_event_ns = ts_event_ns;
    update.ts_recv_ns = context.ts_recv_ns;
    update.channel_id = context.channel_id;
    update.index = RecordIndex(writer.next() - 1 - first);
    return update;
  }

  NormalizedUpdate& Order(char action, char side, uint32_t instrument_id, uint64_t order_id,
                          int64_t price, uint64_t size, uint8_t flags = 0) const {
    NormalizedUpdate& update = Next(FH_RECORD_ORDER, action, side, instrument_id, flags);
    update.order = {order_id, price, size};
    return update;
  }

  NormalizedUpdate& Trade(char action, char side, uint32_t instrument_id, uint64_t trade_id,
                          int64_t price, uint64_t size, char detail) const {
    NormalizedUpdate& update = Next(FH_RECORD_TRADE, action, side, instrument_id);
    update.trade = {trade_id, price, size};
    update.detail = static_cast<uint8_t>(detail);
    return update;
  }

  NormalizedUpdate& Status(uint32_t instrument_id, uint16_t kind, uint8_t state, char code,
                           int64_t value) const {
    NormalizedUpdate& update = Next(FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id);
    update.status = {kind, state, code, {' ', ' ', ' ', ' '}, value, 0};
    return update;
  }

  // A price of 0 says that there is none: nothing is written.
  void Price(uint32_t instrument_id, uint16_t type, int64_t price_e9, char detail = 0) const {
    if (price_e9 == 0) return;
    NormalizedUpdate& update =
        Next(FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id);
    update.statistic.price = price_e9;
    update.statistic.type = type;
    update.detail = static_cast<uint8_t>(detail);
  }

  void Volume(uint32_t instrument_id, uint16_t type, uint64_t quantity) const {
    NormalizedUpdate& update =
        Next(FH_RECORD_STATISTIC, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id);
    update.statistic.price = kUndefinedPrice;
    update.statistic.quantity = Quantity(quantity);
    update.statistic.type = type;
  }

  // All tops of the channel are void.
  void ClearTops() const {
    Next(FH_RECORD_TOP, FH_ACTION_CLEAR, FH_SIDE_NONE, FH_ALL_INSTRUMENTS, FH_FLAG_TOB).top = {
        kUndefinedPrice, kUndefinedPrice, 0, 0};
  }

  NormalizedUpdate& Definition(uint32_t instrument_id, const Symbol& name, const fh_terms& terms,
                               char security_class) const;
};

// The second that a stream says once, and its messages count nanoseconds from. Unknown until one has
// come, and behind each gap until the next.
class SecondsClock {
 public:
  void Say(int64_t second_ns) { second_ns_ = second_ns; }
  void Forget() { second_ns_ = kUndefinedTime; }

  // UNIX ns.
  int64_t At(uint32_t nanoseconds, CodecStats& stats) const {
    if (second_ns_ == kUndefinedTime) [[unlikely]] {
      ++stats.undated;
      return kUndefinedTime;
    }
    return second_ns_ + nanoseconds;
  }

 private:
  int64_t second_ns_ = kUndefinedTime;
};

// What one of an instrument's prices is worth. All are worth the same as a rule: only those that are
// not are kept, and as long as there are none a look-up costs one compare.
class PriceUnits {
 public:
  static constexpr uint32_t kMost = 4096;

  explicit PriceUnits(int64_t usual_e9) : usual_e9_(usual_e9) {}

  // 1e-9; 0 is not known. False when there is no room for it: its prices are not known then.
  bool Learn(uint32_t instrument_id, int64_t unit_e9);
  int64_t Of(uint32_t instrument_id) const { return count_ == 0 ? usual_e9_ : Find(instrument_id); }
  // Of an instrument that the message does not name: 0 when they differ.
  int64_t OfAny() const { return count_ == 0 ? usual_e9_ : 0; }
  void Clear();

 private:
  struct Odd {
    uint32_t instrument_id = FH_ALL_INSTRUMENTS;  // A free entry.
    int64_t unit_e9 = 0;
  };
  static constexpr uint32_t kSlots = 2 * kMost;
  static uint32_t Home(uint32_t id) { return (id * 0x9E3779B1U >> 16) % kSlots; }
  uint32_t SlotOf(uint32_t id) const;
  int64_t Find(uint32_t id) const;

  int64_t usual_e9_;
  uint32_t count_ = 0;
  bool is_full_ = false;
  std::vector<Odd> odd_ = std::vector<Odd>(kSlots);
};

// The power of ten that `unit_e9` is of one, for descriptions. False when it is none.
bool ExponentOf(int64_t unit_e9, int16_t* exponent);

// Type letters to messages.
constexpr std::array<const MessageInfo*, 256> ByType(std::span<const MessageInfo* const> messages) {
  std::array<const MessageInfo*, 256> table{};
  for (const MessageInfo* info : messages) table[info->type] = info;
  return table;
}

// `Mapping` has kBound, and
//   bool Map(const MessageInfo& info, Sink& sink);    // False when there is no normalized form.
// and whatever else codec_of.h allows a decoder.
template <const Dialect& kDialect, typename Mapping>
class DialectDecoder : public Mapping {
 public:
  static constexpr uint32_t kTypeBytes = kDialect.type_at + uint32_t{1};
  using Mapping::Mapping;

  static const MessageInfo* Find(const uint8_t* message) {
    return kByType[message[kDialect.type_at]];
  }

  bool Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
              const MessageContext& context, UpdateWriter& writer) {
    Sink sink{message, length, context, writer};
    if (!Mapping::Map(info, sink)) return false;
    if (writer.next() != sink.first) writer.Last().flags |= FH_FLAG_LAST;
    return true;
  }

 private:
  static constexpr std::array<const MessageInfo*, 256> kByType = ByType(kDialect.messages);
};

// By the framing that the options ask for.
template <typename Decoder>
absl::StatusOr<std::unique_ptr<Codec>> MakeDialect(Decoder decoder, const CodecOptions& options,
                                                   const Dialect& dialect) {
  if (options.framing.empty() || options.framing == "moldudp64") {
    return std::make_unique<CodecOf<MoldUdp64, Decoder>>(MoldUdp64(), std::move(decoder), options);
  }
  if (options.framing == "length_prefixed") {
    return std::make_unique<CodecOf<LengthPrefixed, Decoder>>(LengthPrefixed(), std::move(decoder),
                                                              options);
  }
  return absl::InvalidArgumentError(absl::StrCat(dialect.codec, " has no framing '",
                                                 options.framing,
                                                 "'; it has moldudp64 and length_prefixed"));
}

// 100 when every message is of a known type, has that type's length, and holds what its fields may
// hold: times of a day, text that is text. Else 0; heartbeats are nobody's.
int GuessDialect(const Dialect& dialect, std::span<const uint8_t> payload);

// A packet of one message of each type, in their order, with some of the frequent ones behind.
std::string SampleDialect(const Dialect& dialect, uint64_t seed);

}  // namespace fh::codecs::itch

#endif  // FEEDHANDLER_CODECS_ITCH_ITCH_DIALECT_H_
