#include "feedhandler/strategy/update_text.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <span>

#include "codecs/json_writer.h"
#include "codecs/update_names.h"

namespace fh {

namespace {

using codecs::NormalizedUpdate;

constexpr size_t kMaxSymbolBytes = 32;

// In the order of the columns; Describe must visit them in this order.
enum Column : uint8_t {
  kTsEvent,
  kTsRecv,
  kChannelId,
  kSequence,
  kInstrumentId,
  kSymbol,
  kRecord,
  kAction,
  kSide,
  kFlags,
  kIndex,
  kDetail,
  kOrderId,
  kTradeId,
  kPrice,
  kSize,
  kOrderCount,
  kDepth,
  kBidPrice,
  kAskPrice,
  kBidSize,
  kAskSize,
  kKind,
  kState,
  kCode,
  kReason,
  kValue,
  kRoundLot,
  kIsTest,
  kSecurityClass,
  kReferencePrice,
  kPaired,
  kImbalance,
  kQuantity,
  kType,
  kFirst,
  kLast,
  kCount,
  kCause,
  kPublishedAfter,
  kStream,
  kSession,
  kEpoch,
  kOriginalId,
  kConditions,
  kSizeDecimals,
  kBookDepth,
  kColumns
};

constexpr std::string_view kColumnNames[kColumns] = {"ts_event_ns",
                                                     "ts_recv_ns",
                                                     "channel_id",
                                                     "sequence",
                                                     "instrument_id",
                                                     "symbol",
                                                     "record",
                                                     "action",
                                                     "side",
                                                     "flags",
                                                     "index",
                                                     "detail",
                                                     "order_id",
                                                     "trade_id",
                                                     "price",
                                                     "size",
                                                     "order_count",
                                                     "depth",
                                                     "bid_price",
                                                     "ask_price",
                                                     "bid_size",
                                                     "ask_size",
                                                     "kind",
                                                     "state",
                                                     "code",
                                                     "reason",
                                                     "value",
                                                     "round_lot",
                                                     "is_test",
                                                     "security_class",
                                                     "reference_price",
                                                     "paired",
                                                     "imbalance",
                                                     "quantity",
                                                     "type",
                                                     "first",
                                                     "last",
                                                     "count",
                                                     "cause",
                                                     "published_ns32",
                                                     "stream",
                                                     "session",
                                                     "epoch",
                                                     "original_id",
                                                     "conditions",
                                                     "size_decimals",
                                                     "book_depth"};

constexpr char kHexDigits[] = "0123456789abcdef";

constexpr uint64_t Bit(Column column) { return uint64_t{1} << column; }

// Which columns a line leaves out.
class Line {
 public:
  void Hide(uint64_t columns) { hidden_ |= columns; }
  bool shows(Column column) const { return (hidden_ >> column & 1) == 0; }

 protected:
  uint64_t hidden() const { return hidden_; }
  // kColumns when there is none.
  Column FirstShown() const { return static_cast<Column>(std::countr_one(hidden_)); }

 private:
  uint64_t hidden_ = 0;
};
static_assert(kColumns < 64);

// Fields as CSV: walks the columns and leaves those empty that are not visited.
class CsvOut : public Line {
 public:
  explicit CsvOut(char* at) : at_(at) {}

  // Once all is hidden that is to be.
  void Begin() { column_ = FirstShown(); }

  void Open(Column column) {
    // One comma for each shown column after the last one, this one included.
    const uint64_t passed = (uint64_t{2} << column) - (uint64_t{2} << column_);
    Fill(',', static_cast<size_t>(std::popcount(passed & ~hidden())));
    column_ = column;
  }
  void Null() {}
  template <class T>
  void Number(T value) {
    at_ = std::to_chars(at_, at_ + 20, value).ptr;
  }
  // One that JSON must quote.
  template <class T>
  void ExactNumber(T value) {
    Number(value);
  }
  void Price(int64_t price_e9) { at_ += FormatPrice(price_e9, at_); }
  void Word(std::string_view word) { Raw(word); }

  void Text(std::string_view text) {
    const bool quoted = text.find_first_of(",\"") != std::string_view::npos;
    if (quoted) Put('"');
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte > 0x7e) {
        Raw("\\x");
        Put(kHexDigits[byte >> 4]);
        Put(kHexDigits[byte & 15]);
        continue;
      }
      if (c == '"') Put('"');
      Put(c);
    }
    if (quoted) Put('"');
  }

  void BeginFlags() {}
  void Flag(std::string_view name, bool first) {
    if (!first) Put('|');
    Raw(name);
  }
  void EndFlags() {}

  char* Finish() {
    if (column_ < kColumns) Open(static_cast<Column>(kColumns - 1));
    Put('\n');
    return at_;
  }

 private:
  void Put(char c) { *at_++ = c; }
  void Fill(char c, size_t count) {
    std::memset(at_, c, count);
    at_ += count;
  }
  void Raw(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }

  char* at_;
  Column column_ = kTsEvent;  // The last that was opened, or the first that is shown.
};

class JsonOut : public Line {
 public:
  explicit JsonOut(char* at) : json_(BufferSink{at}) { json_.BeginObject(); }
  void Begin() {}

  void Open(Column column) { json_.Key(kColumnNames[column]); }
  void Null() { json_.Null(); }
  template <class T>
  void Number(T value) {
    json_.Number(value);
  }
  template <class T>
  void ExactNumber(T value) {
    json_.NumberText(value);
  }
  void Price(int64_t price_e9) {
    json_.BeginText();
    json_.sink().at += FormatPrice(price_e9, json_.sink().at);
    json_.EndText();
  }
  void Word(std::string_view word) { json_.Word(word); }
  void Text(std::string_view text) { json_.Text(text); }

  void BeginFlags() { json_.BeginArray(); }
  void Flag(std::string_view name, bool) { json_.Word(name); }
  void EndFlags() { json_.EndArray(); }

  char* Finish() {
    json_.EndObject().EndLine();
    return json_.sink().at;
  }

 private:
  JsonWriterTo<BufferSink> json_;
};

// What both formats share: kinds of values.
template <class Out>
class Fields {
 public:
  explicit Fields(Out& out) : out_(out) {}

  template <class T>
  void Number(Column column, T value) {
    if (Begin(column)) out_.Number(value);
  }

  template <class T>
  void Id(Column column, T value) {
    if (Begin(column)) out_.ExactNumber(value);
  }

  void Time(Column column, int64_t time_ns) {
    if (time_ns != FH_UNDEFINED_TIME) return Id(column, time_ns);
    if (Begin(column)) out_.Null();
  }

  void Price(Column column, int64_t price_e9) {
    if (!Begin(column)) return;
    if (price_e9 == FH_UNDEFINED_PRICE) return out_.Null();
    out_.Price(price_e9);
  }

  void Name(Column column, unsigned value, std::span<const std::string_view> names) {
    if (!Begin(column)) return;
    const std::string_view name = codecs::NameOf(names, value);
    if (!name.empty()) return out_.Word(name);
    out_.Number(value);
  }

  // A venue's letter, or whatever the byte is.
  void Letter(Column column, uint8_t byte) {
    if (!Begin(column)) return;
    if (byte == 0) return out_.Null();
    const bool letter = byte > 0x20 && byte < 0x7f && byte != '"' && byte != ',' && byte != '\\';
    const char text[] = {static_cast<char>(byte)};
    const char hex[] = {'0', 'x', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
    out_.Word(letter ? std::string_view(text, 1) : std::string_view(hex, 4));
  }

  // Trailing spaces and NULs are padding.
  void Text(Column column, std::string_view text) {
    if (!Begin(column)) return;
    const size_t last = text.find_last_not_of(std::string_view(" \0", 2));
    if (last == std::string_view::npos) return out_.Null();
    out_.Text(text.substr(0, last + 1));
  }

  void Flags(Column column, uint8_t flags) {
    if (!Begin(column)) return;
    out_.BeginFlags();
    bool first = true;
    for (size_t bit = std::size(codecs::kFlagNames); bit-- > 0;) {
      if ((flags >> bit & 1) == 0) continue;
      out_.Flag(codecs::kFlagNames[bit], first);
      first = false;
    }
    out_.EndFlags();
  }

 private:
  bool Begin(Column column) {
    if (!out_.shows(column)) return false;
    out_.Open(column);
    return true;
  }

  Out& out_;
};

template <class Out>
void DescribeStatus(const NormalizedUpdate& update, Fields<Out>& fields) {
  fields.Name(kKind, update.status.kind, codecs::kStatusNames);
  const std::span<const std::string_view> states = codecs::StateNames(update.status.kind);
  if (!states.empty()) fields.Name(kState, update.status.state, states);
  fields.Letter(kCode, static_cast<uint8_t>(update.status.code));
  fields.Text(kReason, {update.status.reason, sizeof(update.status.reason)});
  fields.Number(kValue, update.status.value);
}

// The columns that belong to the kind of record.
template <class Out>
void DescribeRecord(const NormalizedUpdate& update, Fields<Out>& fields) {
  switch (update.record) {
    case FH_RECORD_ORDER:
      fields.Id(kOrderId, update.order.order_id);
      fields.Price(kPrice, update.order.price);
      return fields.Number(kSize, update.order.size);
    case FH_RECORD_LEVEL:
      fields.Price(kPrice, update.level.price);
      fields.Number(kSize, update.level.size);
      fields.Number(kOrderCount, update.level.order_count);
      return fields.Number(kDepth, update.level.depth);
    case FH_RECORD_TOP:
      fields.Price(kBidPrice, update.top.bid_price);
      fields.Price(kAskPrice, update.top.ask_price);
      fields.Number(kBidSize, update.top.bid_size);
      return fields.Number(kAskSize, update.top.ask_size);
    case FH_RECORD_TRADE:
      fields.Id(kTradeId, update.trade.trade_id);
      fields.Price(kPrice, update.trade.price);
      return fields.Number(kSize, update.trade.size);
    case FH_RECORD_STATUS:
      return DescribeStatus(update, fields);
    case FH_RECORD_DEFINITION:
      fields.Name(kKind, update.definition.kind, codecs::kKindNames);
      fields.Number(kRoundLot, update.definition.round_lot);
      fields.Number(kIsTest, update.definition.kind == FH_KIND_TEST ? 1 : 0);
      return fields.Letter(kSecurityClass, static_cast<uint8_t>(update.definition.security_class));
    case FH_RECORD_IMBALANCE:
      fields.Price(kReferencePrice, update.imbalance.reference_price);
      fields.Number(kPaired, update.imbalance.paired);
      return fields.Number(kImbalance, update.imbalance.imbalance);
    case FH_RECORD_STATISTIC:
      fields.Price(kPrice, update.statistic.price);
      fields.Number(kQuantity, update.statistic.quantity);
      return fields.Name(kType, update.statistic.type, codecs::kStatisticNames);
    case FH_RECORD_GAP:
      fields.Number(kFirst, fh_number(update.gap.first));
      fields.Number(kLast, fh_number(update.gap.last));
      fields.Number(kCount, update.gap.count);
      return fields.Name(kCause, update.gap.cause, codecs::kGapNames);
    case FH_RECORD_SESSION:
      return fields.Name(kState, update.session.state, codecs::kSessionNames);
    case FH_RECORD_TRADE_DETAIL:
      return fields.Name(kKind, update.trade_detail.kind, codecs::kDetailNames);
    default:
      return;
  }
}

// Those that version 2 has added, at the end of the line.
template <class Out>
void DescribeRecordOfVersion2(const NormalizedUpdate& update, Fields<Out>& fields) {
  if (update.record == FH_RECORD_SESSION) {
    fields.Text(kSession, {update.session.session, sizeof(update.session.session)});
    fields.Number(kEpoch, update.session.epoch);
  } else if (update.record == FH_RECORD_TRADE_DETAIL) {
    fields.Id(kOriginalId, update.trade_detail.original_id);
    fields.Text(kConditions,
                {update.trade_detail.conditions, sizeof(update.trade_detail.conditions)});
  } else if (update.record == FH_RECORD_DEFINITION) {
    if (update.definition.size_decimals != FH_UNKNOWN_DECIMALS) {
      fields.Number(kSizeDecimals, update.definition.size_decimals);
    }
    fields.Number(kBookDepth, update.definition.book_depth);
  }
}

template <class Out>
void Describe(const NormalizedUpdate& update, std::string_view symbol, Fields<Out>& fields,
              uint8_t flags) {
  if (symbol.empty() && update.record == FH_RECORD_DEFINITION) {
    symbol = {update.definition.symbol, sizeof(update.definition.symbol)};
  }
  fields.Time(kTsEvent, update.ts_event_ns);
  fields.Time(kTsRecv, update.ts_recv_ns);
  fields.Number(kChannelId, update.channel_id);
  fields.Number(kSequence, fh_number(update.sequence));
  fields.Number(kInstrumentId, update.instrument_id);
  fields.Text(kSymbol, symbol.substr(0, kMaxSymbolBytes));
  fields.Name(kRecord, update.record, codecs::kRecordNames);
  fields.Letter(kAction, static_cast<uint8_t>(update.action));
  fields.Letter(kSide, static_cast<uint8_t>(update.side));
  fields.Flags(kFlags, flags);
  fields.Number(kIndex, update.index);
  fields.Letter(kDetail, update.detail);
  DescribeRecord(update, fields);
  fields.Number(kPublishedAfter, codecs::PublishedNs32(update));
  fields.Number(kStream, fh_stream(update.sequence));
  DescribeRecordOfVersion2(update, fields);
}

template <class Out>
void HideColumns(const UpdateTextOptions& options, Out& out) {
  if (!options.receive_times) {
    out.Hide(Bit(kTsRecv) | Bit(kPublishedAfter));
  }
  if (!options.symbol) out.Hide(Bit(kSymbol));
  out.Hide(options.hidden_columns);
  out.Begin();
}

template <class Out>
size_t FormatAs(const NormalizedUpdate& update, std::string_view symbol,
                const UpdateTextOptions& options, char* begin) {
  Out out(begin);
  HideColumns(options, out);
  Fields<Out> fields(out);
  const uint8_t hidden_flags = options.receive_times ? 0 : FH_FLAG_BAD_TS_RECV;
  Describe(update, symbol, fields, static_cast<uint8_t>(update.flags & ~hidden_flags));
  return static_cast<size_t>(out.Finish() - begin);
}

}  // namespace

std::optional<uint64_t> ColumnsToHide(std::span<const std::string> columns, std::string& unknown) {
  uint64_t hidden = Bit(kColumns) - 1;
  for (const std::string& name : columns) {
    const auto* const found =
        std::find(std::begin(kColumnNames), std::end(kColumnNames), std::string_view(name));
    if (found == std::end(kColumnNames)) {
      unknown = name;
      return std::nullopt;
    }
    hidden &= ~(uint64_t{1} << (found - std::begin(kColumnNames)));
  }
  return hidden;
}

std::string UpdateColumnNames() {
  std::string names;
  for (const std::string_view name : kColumnNames) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

size_t FormatPrice(int64_t price_e9, char* out) {
  constexpr uint64_t kScale = codecs::kPriceScale;
  char* at = out;
  uint64_t magnitude = static_cast<uint64_t>(price_e9);
  if (price_e9 < 0) {
    *at++ = '-';
    magnitude = 0 - magnitude;
  }
  at = std::to_chars(at, at + 20, magnitude / kScale).ptr;
  uint64_t fraction = magnitude % kScale;
  if (fraction == 0) return static_cast<size_t>(at - out);
  *at = '.';
  for (int i = 9; i > 0; --i) {
    at[i] = static_cast<char>('0' + fraction % 10);
    fraction /= 10;
  }
  at += 9;
  while (*at == '0') --at;
  return static_cast<size_t>(at + 1 - out);
}

size_t FormatUpdateHeader(const UpdateTextOptions& options, char* out) {
  if (options.format == UpdateTextFormat::kJson) return 0;
  CsvOut csv(out);
  HideColumns(options, csv);
  for (uint8_t i = 0; i < kColumns; ++i) {
    const auto column = static_cast<Column>(i);
    if (!csv.shows(column)) continue;
    csv.Open(column);
    csv.Word(kColumnNames[i]);
  }
  return static_cast<size_t>(csv.Finish() - out);
}

size_t FormatUpdate(const NormalizedUpdate& update, std::string_view symbol,
                    const UpdateTextOptions& options, char* out) {
  return options.format == UpdateTextFormat::kCsv ? FormatAs<CsvOut>(update, symbol, options, out)
                                                  : FormatAs<JsonOut>(update, symbol, options, out);
}

}  // namespace fh
