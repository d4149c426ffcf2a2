#include "codecs/nyse/openbook_decoder.h"

#include <array>
#include <cstring>

#include "codecs/value.h"

namespace fh::codecs::openbook {

namespace {

constexpr uint32_t kUsualSymbols = 4'096;
constexpr int64_t kNsPerMillisecond = 1'000'000;
constexpr int64_t kNsPerMicrosecond = 1'000;
constexpr uint32_t kMillisecondsPerDay = 24 * 60 * 60 * 1000;
constexpr uint8_t kMostDecimals = 9;

constexpr std::array<int32_t, kMostDecimals + 1> kToE9 = [] {
  std::array<int32_t, kMostDecimals + 1> powers{};
  powers[kMostDecimals] = 1;
  for (size_t scale = kMostDecimals; scale-- > 0;) powers[scale] = powers[scale + 1] * 10;
  return powers;
}();

uint32_t InstrumentOf(uint32_t symbol) {
  return symbol == FH_ALL_INSTRUMENTS ? FH_UNKNOWN_INSTRUMENT : symbol;
}

char SideOf(char letter) {
  return letter == 'B' ? FH_SIDE_BID : letter == 'S' ? FH_SIDE_ASK : FH_SIDE_NONE;
}

uint8_t TradingState(char letter) {
  switch (letter) {
    case 'O':
      return FH_TRADING_OPEN;
    case 'P':
      return FH_TRADING_ORDERS;
    case 'X':
    case 'H':
      return FH_TRADING_HALTED;
    default:
      return FH_TRADING_UNKNOWN;
  }
}

uint8_t ScaleOf(const UpdateForm& form, const uint8_t* body) {
  return &form == &kFullForm ? kFullScale(body) : kDeltaScale(body);
}

}  // namespace

OpenBookDecoder::OpenBookDecoder(const CodecOptions& options, const LocalMidnight& midnight)
    : instruments_(options.instruments),
      midnight_(midnight),
      symbols_(instruments_ == nullptr ? kUsualSymbols : instruments_->capacity()) {}

const MessageInfo* OpenBookDecoder::Find(const uint8_t* message) {
  const uint32_t type = kMessageType(message);
  for (const MessageInfo* info : kMessages) {
    if (info->type == type) return info;
  }
  return nullptr;
}

void OpenBookDecoder::OnEvent(const StreamEvent& event) {
  linked_symbol_ = 0;
  if (event.kind == StreamEvent::Kind::kStart) symbols_.Clear();
}

[[gnu::always_inline]] inline NormalizedUpdate& OpenBookDecoder::Next(const Sink& sink,
                                                                      uint8_t record, char action,
                                                                      char side, uint8_t flags) {
  const uint64_t slot = sink.writer.next();
  NormalizedUpdate& update = sink.writer.Next();
  update.record = record;
  update.action = action;
  update.side = side;
  update.flags = static_cast<uint8_t>(flags | sink.flags | sink.context.flags);
  update.instrument_id = sink.instrument_id;
  update.sequence = sink.context.sequence;
  update.ts_event_ns = sink.ts_event_ns;
  update.ts_recv_ns = sink.context.ts_recv_ns;
  update.channel_id = sink.context.channel_id;
  update.index = RecordIndex(slot - sink.first);
  update.detail = 0;
  update.published_ns32 = 0;
  return update;
}

int64_t OpenBookDecoder::EventTime(const uint8_t* update, int64_t ts_recv_ns) {
  const uint32_t milliseconds = kSourceTime(update);
  const uint32_t microseconds = kSourceTimeMicros(update);
  if (milliseconds >= kMillisecondsPerDay || microseconds >= 1000) return kUndefinedTime;
  return midnight_.At(ts_recv_ns) + milliseconds * kNsPerMillisecond +
         microseconds * kNsPerMicrosecond;
}

[[gnu::always_inline]] inline void OpenBookDecoder::Level(Sink& sink, const uint8_t* point,
                                                          char side, uint32_t orders,
                                                          uint8_t detail) {
  const int32_t numerator = kPointPrice(point);
  int64_t price = kUndefinedPrice;
  uint8_t flags = FH_FLAG_MBP;
  if (sink.scale <= kMostDecimals) {
    price = int64_t{numerator} * kToE9[sink.scale];
  } else {  // Whoever keeps a book has no place for it.
    sink.is_unscaled = true;
    flags |= FH_FLAG_MAYBE_BAD_BOOK;
  }
  const uint32_t volume = kPointVolume(point);
  NormalizedUpdate& level =
      Next(sink, FH_RECORD_LEVEL, volume == 0 ? FH_ACTION_CANCEL : FH_ACTION_MODIFY, SideOf(side),
           flags);
  level.level = {price, volume, orders, 0};
  level.detail = detail;
}

[[gnu::always_inline]] inline void OpenBookDecoder::Full(const BookUpdates& update, Sink& sink) {
  const uint8_t* const body = update.body();
  const bool goes_on = linked_symbol_ != 0 && linked_symbol_ == kSymbolIndex(body) &&
                       linked_sequence_ == kSymbolSequence(body);
  linked_symbol_ = 0;
  if (!goes_on) {
    Define(body, sink);
    Clear(sink);
  }
  for (uint32_t i = 0; i < update.points(); ++i) {
    const uint8_t* const point = update.Point(i);
    Level(sink, point, kFullSide(point), kFullOrders(point), 0);
  }
  if (!goes_on) Status(sink, kFullTradingStatus(body), /*always=*/true);
}

[[gnu::always_inline]] inline void OpenBookDecoder::Delta(const BookUpdates& update, Sink& sink) {
  for (uint32_t i = 0; i < update.points(); ++i) {
    const uint8_t* const point = update.Point(i);
    Level(sink, point, kDeltaSide(point), kDeltaOrders(point),
          static_cast<uint8_t>(kReason(point)));
  }
  Status(sink, kDeltaTradingStatus(update.body()), /*always=*/false);
}

// Of a form that is known, so that its lengths are constants.
template <const UpdateForm& kForm>
void OpenBookDecoder::Updates(const uint8_t* message, uint32_t length, Sink& sink) {
  constexpr bool kIsFull = &kForm == &kFullForm;
  uint32_t last_symbol = 0;
  uint32_t last_sequence = 0;
  for (BookUpdates update(kForm, message, length); update.Next();) {
    const uint8_t* const body = update.body();
    const uint64_t before = sink.writer.next();
    sink.instrument_id = InstrumentOf(kSymbolIndex(body));
    sink.ts_event_ns = EventTime(body, sink.context.ts_recv_ns);
    sink.scale = ScaleOf(kForm, body);
    sink.is_unscaled = false;
    if constexpr (kIsFull) {
      Full(update, sink);
    } else {
      Delta(update, sink);
    }
    last_symbol = kSymbolIndex(body);
    last_sequence = kSymbolSequence(body);
    if (sink.writer.next() != before) sink.writer.Last().flags |= FH_FLAG_LAST;
    sink.context.stats.undated += sink.ts_event_ns == kUndefinedTime;
    sink.context.stats.unscaled += sink.is_unscaled;
  }
  linked_symbol_ = kIsFull && kLinkFlag(message) != 0 ? last_symbol : 0;
  linked_sequence_ = last_sequence;
}

bool OpenBookDecoder::Decode(const MessageInfo& info, const uint8_t* message, uint32_t length,
                             const MessageContext& context, UpdateWriter& writer) {
  const uint8_t flag = kRetransmissionFlag(message) & ~kTestFlag;
  Sink sink{.context = context, .writer = writer, .first = writer.next()};
  if (flag == kRefresh || flag == kEndOfRefresh) sink.flags = FH_FLAG_SNAPSHOT;
  if (info.type == kReset.type) {
    Clear(sink);
    writer.Last().flags |= FH_FLAG_LAST;
    return true;
  }
  if (info.type == kFullUpdate.type) {
    Updates<kFullForm>(message, length, sink);
  } else if (info.type == kDeltaUpdate.type) {
    Updates<kDeltaForm>(message, length, sink);
  } else {
    return false;
  }
  return true;
}

void OpenBookDecoder::Define(const uint8_t* body, Sink& sink) {
  const Symbol symbol(kSymbol(body), kSymbol.length);
  fh_terms terms = UnknownTerms();
  terms.kind = FH_KIND_STOCK;
  terms.size_decimals = 0;
  if (sink.scale <= kMostDecimals) {
    terms.price_decimals = sink.scale;
    terms.tick = int64_t{kMpv(body)} * kToE9[sink.scale];
  }
  if (sink.instrument_id != FH_UNKNOWN_INSTRUMENT && instruments_ != nullptr) {
    sink.context.stats.instruments_full += !instruments_->Define(sink.instrument_id, symbol, terms);
  }
  NormalizedUpdate& update = Next(sink, FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, 0);
  update.definition = {};
  std::memcpy(update.definition.symbol, symbol.bytes.data(), sizeof update.definition.symbol);
  update.definition.kind = FH_KIND_STOCK;
}

// Of deltas, which all repeat it, only another than the last.
void OpenBookDecoder::Status(Sink& sink, char code, bool always) {
  if (!always && symbols_.Find(sink.instrument_id).status == code) [[likely]]
    return;
  nyse::SymbolTerms* const terms =
      sink.instrument_id == FH_UNKNOWN_INSTRUMENT ? nullptr : symbols_.Learn(sink.instrument_id);
  if (!always && (terms == nullptr || terms->status == code)) return;
  if (terms != nullptr) terms->status = code;
  Next(sink, FH_RECORD_STATUS, FH_ACTION_NONE, FH_SIDE_NONE, 0).status = {
      FH_STATUS_TRADING, TradingState(code), code, {' ', ' ', ' ', ' '}, 0, 0};
}

void OpenBookDecoder::Clear(const Sink& sink) {
  Next(sink, FH_RECORD_LEVEL, FH_ACTION_CLEAR, FH_SIDE_NONE, FH_FLAG_MBP).level = {kUndefinedPrice,
                                                                                   0, 0, 0};
}

void OpenBookDecoder::Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                               MessageVisitor& visitor) {
  for (const FieldInfo* field : info.fields) visitor.Field(*field, ReadValue(*field, message));
  const UpdateForm* form = FormOf(info.type);
  if (form == nullptr) return;
  visitor.BeginGroup(*form->updates, kMessageCount(message));
  for (BookUpdates update(*form, message, length); update.Next();) {
    visitor.BeginEntry();
    const uint8_t scale = ScaleOf(*form, update.body());
    for (const FieldInfo* field : form->updates->fields) {
      visitor.Field(*field, ReadValue(*field, update.body()));
    }
    visitor.BeginGroup(*form->points, update.points());
    for (uint32_t i = 0; i < update.points(); ++i) {
      visitor.BeginEntry();
      for (const FieldInfo* field : form->points->fields) {
        Value value = ReadValue(*field, update.Point(i));
        if (field->kind == FieldKind::kDecimal) {
          value.exponent = static_cast<int16_t>(-int16_t{scale});
          if (scale > kMostDecimals) value.state = Value::State::kNull;
        }
        visitor.Field(*field, value);
      }
      visitor.EndEntry();
    }
    visitor.EndGroup();
    visitor.EndEntry();
  }
  visitor.EndGroup();
}

}  // namespace fh::codecs::openbook
