// Nasdaq ISE's feeds of complex strategies in the registry: the Order Combo Feed 1.1 and the Top Combo
// Quote Feed 1.0. Their types never contradict each other, so one codec reads both.
//
// | message           | updates; the last has LAST                                              |
// |---|---|
// | C, D, E quotes    | top M: D and E leave the other side as it was                           |
// | t ticker          | trade T; volume, first, high and low as statistics                      |
// | J auction         | imbalance: the size that looks for the other side                       |
// | R directory       | definition with legs                                                    |
// | S, H, O           | status; S with event O clears                                           |
// | L order           | none (unmapped): it has no id, and nothing tells of its end             |
//
// A one-sided quote is made whole by what was said of the other side. Where nothing was (a late join, a
// gap since), that side is not there until the next message about it.
//
// Source: as in ise_messages.h.
#include <algorithm>
#include <bit>

#include "codecs/instrument_store.h"
#include "codecs/itch/ise_messages.h"
#include "codecs/itch/itch_dialect.h"
#include "codecs/local_midnight.h"

namespace fh::codecs {

namespace ise {

using namespace itch;  // NOLINT: one dialect, one file.

constexpr fh_top kNoTop = {kUndefinedPrice, kUndefinedPrice, 0, 0};

// The tops of a channel's strategies: open addressing, at most half full; forgetting costs nothing.
class Tops {
 public:
  explicit Tops(uint32_t capacity)
      : capacity_(std::max(capacity, kLeast)),
        mask_(std::bit_ceil(uint64_t{capacity_} * 2) - 1),
        shift_(std::countl_zero(mask_)),
        entries_(mask_ + 1) {}

  // Null when there is no room for another strategy.
  fh_top* Find(uint32_t strategy) {
    uint64_t slot = strategy * kHashMultiplier >> shift_;
    while (entries_[slot].round == round_ && entries_[slot].strategy != strategy) {
      slot = (slot + 1) & mask_;
    }
    Entry& entry = entries_[slot];
    if (entry.round == round_) return &entry.top;
    if (used_ == capacity_) return nullptr;
    ++used_;
    entry = {round_, strategy, kNoTop};
    return &entry.top;
  }

  void Forget() {
    if (used_ == 0) return;
    ++round_;
    used_ = 0;
  }

 private:
  struct Entry {
    uint32_t round = 0;
    uint32_t strategy = 0;
    fh_top top = kNoTop;
  };
  static constexpr uint32_t kLeast = 512;
  static constexpr uint64_t kHashMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio.

  uint32_t capacity_;
  uint64_t mask_;
  int shift_;
  uint32_t round_ = 1;
  uint32_t used_ = 0;
  std::vector<Entry> entries_;
};

uint32_t EntriesOf(const MessageInfo& info, const uint8_t* message) {
  return info.type == ComplexStrategyDirectory::kInfo.type
             ? ComplexStrategyDirectory::kNumberOfLegs(message)
             : ComplexStrategyAuction::kNumberOfResponses(message);
}

uint32_t EntryBytes(const MessageInfo& info) {
  return info.type == ComplexStrategyDirectory::kInfo.type ? Leg::kBytes : Response::kBytes;
}

uint32_t MessageLength(const MessageInfo& info, const uint8_t* message) {
  return info.length + EntriesOf(info, message) * EntryBytes(info);
}

class IseMapping {
 public:
  // The ticker: a trade and four statistics, of 54 bytes.
  static constexpr UpdateBound kBound{.per_message = 3, .bytes_per_entry = 20};

  IseMapping(const CodecOptions& options, const LocalMidnight& midnight)
      : instruments_(options.instruments),
        midnight_(midnight),
        tops_(options.instruments == nullptr ? 0 : options.instruments->capacity()) {}

  void BeginJob(const DecodeJob& job) { midnight_ns_ = midnight_.At(job.ts_recv_ns); }

  void OnEvent(const StreamEvent&) { tops_.Forget(); }

  const char* Check(const MessageInfo& info, const uint8_t* message, uint32_t length) const {
    const bool is_whole = info.groups.empty() || MessageLength(info, message) <= length;
    return is_whole ? nullptr : "its entries reach beyond its end";
  }

  void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                MessageVisitor& visitor) const {
    DescribeFields(info, message, length, visitor);
    if (info.groups.empty()) return;
    const GroupInfo& group = *info.groups[0];
    const uint32_t entries = EntriesOf(info, message);
    visitor.BeginGroup(group, entries);
    for (uint32_t i = 0; i < entries; ++i) {
      visitor.BeginEntry();
      const uint8_t* const entry = message + info.length + i * EntryBytes(info);
      for (const FieldInfo* field : group.fields) visitor.Field(*field, ReadValue(*field, entry));
      visitor.EndEntry();
    }
    visitor.EndGroup();
  }

 protected:
  bool Map(const MessageInfo& info, Sink& sink);

 private:
  // An empty side has neither price nor size; strategies may trade at 0.
  static int64_t Quoted(const BigEndian<int32_t>& field, const uint8_t* message, uint32_t size) {
    return size == 0 && field(message) == 0 ? kUndefinedPrice : PriceE9(field, message);
  }

  void Quote(const MessageInfo& info, const Sink& sink, uint32_t id);
  void Ticker(const Sink& sink, uint32_t id) const;
  void Auction(const Sink& sink, uint32_t id) const;
  void Directory(const Sink& sink, uint32_t id) const;

  InstrumentStore* instruments_;
  LocalMidnight midnight_;
  int64_t midnight_ns_ = 0;  // Of the current job.
  Tops tops_;
};

bool IseMapping::Map(const MessageInfo& info, Sink& sink) {
  const uint8_t* const message = sink.message;
  sink.ts_event_ns = midnight_ns_ + static_cast<int64_t>(kTimestamp(message));
  if (info.type == SystemEvent::kInfo.type) {
    const char event = SystemEvent::kEventCode(message);
    if (event == 'O') {
      tops_.Forget();
      sink.ClearTops();
    }
    sink.Status(FH_ALL_INSTRUMENTS, FH_STATUS_SYSTEM_EVENT, FH_TRADING_UNKNOWN, event, 0);
    return true;
  }
  const uint32_t id = InstrumentOf(kStrategyId(message));
  switch (info.type) {
    case StrategyBestBidAndAskUpdate::kInfo.type:
    case StrategyBestBidUpdate::kInfo.type:
    case StrategyBestAskUpdate::kInfo.type:
      return Quote(info, sink, id), true;
    case ComplexStrategyTicker::kInfo.type:
      return Ticker(sink, id), true;
    case ComplexStrategyAuction::kInfo.type:
      return Auction(sink, id), true;
    case ComplexStrategyDirectory::kInfo.type:
      return Directory(sink, id), true;
    case StrategyTradingAction::kInfo.type: {
      const char state = StrategyTradingAction::kCurrentTradingState(message);
      sink.Status(id, FH_STATUS_TRADING, TradingStateOf(state), state, 0);
      return true;
    }
    case StrategyOpenClosed::kInfo.type:
      sink.Status(id, FH_STATUS_SECURITY_EVENT, FH_TRADING_UNKNOWN,
                  StrategyOpenClosed::kOpenState(message), 0);
      return true;
    default:
      return false;
  }
}

void IseMapping::Quote(const MessageInfo& info, const Sink& sink, uint32_t id) {
  using Both = StrategyBestBidAndAskUpdate;
  using One = StrategyBestBidUpdate;
  const uint8_t* const message = sink.message;
  fh_top* const known = tops_.Find(id);
  if (known == nullptr) ++sink.context.stats.instruments_full;
  fh_top top = known == nullptr ? kNoTop : *known;
  if (info.type == Both::kInfo.type) {
    top.bid_size = Both::kBidSize(message);
    top.ask_size = Both::kAskSize(message);
    top.bid_price = Quoted(Both::kBidPrice, message, top.bid_size);
    top.ask_price = Quoted(Both::kAskPrice, message, top.ask_size);
  } else if (info.type == One::kInfo.type) {
    top.bid_size = One::kSize(message);
    top.bid_price = Quoted(One::kPrice, message, top.bid_size);
  } else {
    top.ask_size = One::kSize(message);
    top.ask_price = Quoted(One::kPrice, message, top.ask_size);
  }
  if (known != nullptr) *known = top;
  NormalizedUpdate& update =
      sink.Next(FH_RECORD_TOP, FH_ACTION_MODIFY, FH_SIDE_NONE, id, FH_FLAG_TOB);
  update.top = top;
  update.detail = static_cast<uint8_t>(One::kQuoteCondition(message));
}

void IseMapping::Ticker(const Sink& sink, uint32_t id) const {
  using M = ComplexStrategyTicker;
  const uint8_t* const message = sink.message;
  sink.Trade(FH_ACTION_TRADE, FH_SIDE_NONE, id, 0, PriceE9(M::kLastPrice, message),
             M::kSize(message), M::kTradeCondition(message));
  sink.Volume(id, FH_STAT_VOLUME, M::kVolume(message));
  sink.Price(id, FH_STAT_OPENING_PRICE, PriceE9(M::kFirst, message));
  sink.Price(id, FH_STAT_HIGH_PRICE, PriceE9(M::kHigh, message));
  sink.Price(id, FH_STAT_LOW_PRICE, PriceE9(M::kLow, message));
}

void IseMapping::Auction(const Sink& sink, uint32_t id) const {
  using M = ComplexStrategyAuction;
  const uint8_t* const message = sink.message;
  uint64_t responses = 0;
  for (uint32_t i = 0; i < M::kNumberOfResponses(message); ++i) {
    responses += Response::kResponseSize(message + M::kInfo.length + i * Response::kBytes);
  }
  NormalizedUpdate& update =
      sink.Next(FH_RECORD_IMBALANCE, FH_ACTION_NONE, SideOf(M::kSide(message)), id);
  update.imbalance = {PriceE9(M::kPrice, message), responses, M::kSize(message)};
  update.detail = static_cast<uint8_t>(M::kAuctionType(message));
}

void IseMapping::Directory(const Sink& sink, uint32_t id) const {
  using M = ComplexStrategyDirectory;
  const uint8_t* const message = sink.message;
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_SPREAD;
  terms.size_decimals = 0;
  terms.leg_count = M::kNumberOfLegs(message);
  for (uint32_t i = 0; i < std::min<uint32_t>(terms.leg_count, FH_MOST_LEGS); ++i) {
    const uint8_t* const leg = message + M::kInfo.length + i * Leg::kBytes;
    const auto ratio = static_cast<int32_t>(std::min<uint32_t>(Leg::kLegRatio(leg), INT32_MAX));
    terms.legs[i] = {InstrumentOf(Leg::kOptionId(leg)), Leg::kLegSide(leg) == 'S' ? -ratio : ratio};
  }
  const Symbol name(M::kUnderlyingSymbol(message), M::kUnderlyingSymbol.length);
  sink.Definition(id, name, terms, M::kStrategyType(message));
  if (instruments_ == nullptr || id == FH_UNKNOWN_INSTRUMENT) return;
  if (!instruments_->Define(id, name, terms)) ++sink.context.stats.instruments_full;
}

// ---- Samples. ----

const char* Letters(std::string_view name) {
  if (name == "event_code") return "OSQNLECW";
  if (name == "current_trading_state") return "HT";
  if (name == "open_state") return "YN";
  if (name == "side") return "BA";
  if (name == "auction_event") return "SUE";
  if (name == "auction_type") return "ECSP";
  if (name == "quote_condition") return " X";
  return "LMNAC";
}

uint64_t Number(const MessageInfo& info, const FieldInfo& field, SampleOrders& /*orders*/,
                SampleRandom& random) {
  const std::string_view name = field.name;
  // Quotes of one strategy: both sides first, so that none leans on an earlier packet.
  const bool is_quote = info.type >= StrategyBestBidAndAskUpdate::kInfo.type &&
                        info.type <= StrategyBestAskUpdate::kInfo.type;
  if (name == "strategy_id" && is_quote) return 7;
  if (field.kind == FieldKind::kNsSinceMidnight) return random.Below(86'400'000'000'000);
  if (name == "strategy_id") return 1 + random.Below(30);
  if (name == "current_year") return 2026;
  if (name == "number_of_legs") return 2;
  if (name == "number_of_responses") return 1;
  if (field.kind == FieldKind::kDecimal) return 100 * (1 + random.Below(10'000));
  return field.length == 1 ? 1 + random.Below(9) : random.Below(3) * 10;
}

std::string_view Text(std::string_view name, SampleRandom& random) {
  if (name != "underlying_symbol") return "";
  return random.Below(2) == 0 ? "SPY" : "AAPL";
}

void AppendEntries(const MessageInfo& info, SampleRandom& random, std::string& message) {
  if (info.groups.empty()) return;
  const auto* fixed = reinterpret_cast<const uint8_t*>(message.data());
  const uint32_t entries = EntriesOf(info, fixed);
  message.append(entries * EntryBytes(info), '\0');
  for (uint32_t i = 0; i < entries; ++i) {
    auto* entry = reinterpret_cast<uint8_t*>(message.data()) + info.length + i * EntryBytes(info);
    if (info.type == ComplexStrategyAuction::kInfo.type) {
      Response::kResponseSize.Put(entry, static_cast<uint32_t>(1 + random.Below(100)));
      continue;
    }
    Leg::kOptionId.Put(entry, static_cast<uint32_t>(1'000 + random.Below(100)));
    Leg::kSecuritySymbol.Put(entry, "SPY");
    Leg::kOptionType.Put(entry, 'C');
    Leg::kLegSide.Put(entry, i == 0 ? 'B' : 'S');
    Leg::kLegRatio.Put(entry, 1);
  }
}

constexpr Dialect kDialect = {.codec = "ise_combo",
                              .messages = kMessages,
                              .length = MessageLength,
                              .frequent = "CDEDECLJ",
                              .letters = Letters,
                              .number = Number,
                              .text = Text,
                              .append = AppendEntries};

}  // namespace ise

namespace {

absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  absl::StatusOr<LocalMidnight> midnight = LocalMidnight::Load("America/New_York", options.day_ns);
  if (!midnight.ok()) return midnight.status();
  return itch::MakeDialect(itch::DialectDecoder<ise::kDialect, ise::IseMapping>(options, *midnight),
                           options, ise::kDialect);
}

int Guess(std::span<const uint8_t> payload) { return itch::GuessDialect(ise::kDialect, payload); }

std::string Sample(uint64_t seed) { return itch::SampleDialect(ise::kDialect, seed); }

}  // namespace

extern constexpr CodecInfo codec_ise_combo = {
    .name = "ise_combo",
    .title = "Nasdaq ISE Order Combo Feed 1.1 and Top Combo Quote Feed 1.0",
    .framing = "moldudp64",
    .specification = "Nasdaq ISE Order Combo Feed 1.1, Top Combo Quote Feed 1.0, MoldUDP64 1.00",
    .checked =
        "every field of 7 captured messages of 6 types against another dissector; others by its "
        "tables",
    .has_file_form = true,
    .numbering = {},
    .make = Make,
    .guess = Guess,
    .sample = Sample,
    .messages = ise::kMessages};

}  // namespace fh::codecs
