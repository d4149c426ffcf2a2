#include "feedhandler/strategy/write_books.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "codecs/json_writer.h"
#include "feedhandler/strategy/parameters.h"
#include "feedhandler/strategy/update_text.h"

namespace fh {

namespace {

constexpr size_t kUsualOrders = 4096;  // Of a level.
constexpr char kSides[] = {FH_SIDE_BID, FH_SIDE_ASK};

std::string PriceText(int64_t price) {
  std::array<char, 32> text;
  return price == FH_UNDEFINED_PRICE ? ""
                                     : std::string(text.data(), FormatPrice(price, text.data()));
}

std::string TimeText(int64_t time_ns) {
  return time_ns == FH_UNDEFINED_TIME ? "" : absl::StrCat(time_ns);
}

const char* StateName(uint8_t state) {
  return state == FH_BOOK_GOOD ? "GOOD" : state == FH_BOOK_DOUBTFUL ? "DOUBTFUL" : "RECOVERING";
}

// A symbol as CSV: what would end a field, and what is not printable, as \x07.
std::string CsvText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte > '~' || c == ',' || c == '"') {
      absl::StrAppend(&out, "\\x", absl::Hex(byte, absl::kZeroPad2));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::unique_ptr<WriteBooksStrategy> WriteBooksStrategy::Create(Host host, std::string_view text,
                                                               std::string& error) {
  Parameters parameters(text);
  Options options;
  options.kind = static_cast<Kind>(parameters.Choice("kind", {"top", "l2", "l3"}, 0));
  options.format = static_cast<Format>(parameters.Choice("format", {"csv", "json", "binary"}, 0));
  options.depth = parameters.Number("depth", 10, 1, 32);
  options.receive_times = parameters.Choice("without", {"nothing", "ts_recv"}, 0) == 0;
  options.symbols = absl::StrSplit(parameters.Text("symbol", ""), ',', absl::SkipEmpty());
  const std::string output = parameters.Text("output", "-");
  error = parameters.Error();
  if (error.empty() && !host.Books()) {
    error = "its thread keeps no books; add books { } to the strategy_thread";
  }
  if (error.empty() && options.format == Format::kBinary && !options.receive_times) {
    error = "format=binary writes updates as they are: leave out without=";
  }
  if (!error.empty()) return nullptr;
  absl::StatusOr<OutputFile> file =
      OutputFile::Open(output, absl::StrCat("output=", output),
                       options.format == Format::kBinary ? kUpdateRowBytes : 0);
  if (!file.ok()) {
    error = std::string(file.status().message());
    return nullptr;
  }
  return std::unique_ptr<WriteBooksStrategy>(
      new WriteBooksStrategy(host, options, *std::move(file)));
}

WriteBooksStrategy::WriteBooksStrategy(Host host, const Options& options, OutputFile file)
    : host_(host),
      books_(host.Books()),
      options_(options),
      seen_(options.symbols),
      file_(std::move(file)),
      levels_(options.depth),
      orders_(kUsualOrders) {
  const uint32_t wanted = options.kind == Kind::kTop ? FH_BOOK_TOP
                          : options.kind == Kind::kLevels
                              ? FH_BOOK_LEVELS
                              : FH_BOOK_EVENT;  // A queue may change and no level.
  books_.SubscribeAll(wanted | FH_BOOK_STATE, static_cast<uint32_t>(options.depth));
  if (options.format == Format::kBinary) {
    binary_.emplace(host_, &file_);
    header_lines_ = 1;
  } else if (options.format == Format::kCsv) {
    WriteHeader();
  }
}

void WriteBooksStrategy::WriteHeader() {
  line_ = "ts_event_ns,";
  if (options_.receive_times) line_ += "ts_recv_ns,";
  line_ += "channel_id,sequence,stream,instrument_id,symbol,state,";
  if (options_.kind == Kind::kTop) {
    line_ += "bid_price,bid_size,ask_price,ask_size";
  } else if (options_.kind == Kind::kOrders) {
    line_ += "side,rank,price,position,order_id,size";
  } else {
    for (size_t i = 0; i < options_.depth; ++i) {
      for (const char* side : {"bid", "ask"}) {
        absl::StrAppend(&line_, i == 0 && *side == 'b' ? "" : ",", side, "_price_", i, ",", side,
                        "_size_", i, ",", side, "_orders_", i);
      }
    }
  }
  WriteLine();
  header_lines_ = 1;
}

// The line is the file's now.
void WriteBooksStrategy::WriteLine() {
  line_ += '\n';
  size_t rest = line_.size();
  const char* from = line_.data();
  // Only the line's last piece counts as one: pieces before it are of the same.
  while (rest > 0) {
    const size_t count = std::min(rest, OutputFile::kBufferBytes);
    std::memcpy(file_.Reserve(count), from, count);
    file_.Commit(count);
    from += count;
    rest -= count;
  }
}

std::span<const fh_book_level> WriteBooksStrategy::LevelsOf(const fh_book_notice& notice,
                                                            char side) {
  return books_.Levels(notice.book, side, levels_);
}

std::span<const fh_book_order> WriteBooksStrategy::OrdersOf(const fh_book_notice& notice, char side,
                                                            int64_t price) {
  for (;;) {
    const std::span<const fh_book_order> orders = books_.Orders(notice.book, side, price, orders_);
    if (orders.size() < orders_.size()) return orders;
    orders_.resize(2 * orders_.size());
  }
}

void WriteBooksStrategy::BeginLine(const fh_book_notice& notice) {
  line_ = TimeText(notice.ts_event_ns);
  if (options_.receive_times) absl::StrAppend(&line_, ",", TimeText(notice.ts_recv_ns));
  absl::StrAppend(&line_, ",", notice.channel_id, ",", fh_number(notice.sequence), ",",
                  fh_stream(notice.sequence), ",", notice.instrument_id, ",",
                  CsvText(host_.Symbol(notice.channel_id, notice.instrument_id)), ",",
                  StateName(books_.State(notice.book).state));
}

void WriteBooksStrategy::AddCsvLevels(const fh_book_notice& notice) {
  std::vector<fh_book_level> bids(options_.depth);
  bids.resize(books_.Levels(notice.book, FH_SIDE_BID, bids).size());
  const std::span<const fh_book_level> asks = LevelsOf(notice, FH_SIDE_ASK);
  const auto add = [this](std::span<const fh_book_level> side, size_t rank) {
    if (rank >= side.size()) {
      line_ += ",,,";
      return;
    }
    absl::StrAppend(&line_, ",", PriceText(side[rank].price), ",", side[rank].size, ",",
                    side[rank].order_count);
  };
  for (size_t rank = 0; rank < options_.depth; ++rank) {
    add(bids, rank);
    add(asks, rank);
  }
}

void WriteBooksStrategy::WriteCsvOrders(const fh_book_notice& notice) {
  BeginLine(notice);
  const std::string begin = line_;
  bool is_empty = true;
  for (const char side : kSides) {
    const std::span<const fh_book_level> levels = LevelsOf(notice, side);
    for (size_t rank = 0; rank < levels.size(); ++rank) {
      const std::string price = PriceText(levels[rank].price);
      size_t position = 0;
      for (const fh_book_order& order : OrdersOf(notice, side, levels[rank].price)) {
        line_ = absl::StrCat(begin, ",", std::string(1, side), ",", rank, ",", price, ",",
                             position++, ",", order.order_id, ",", order.size);
        WriteLine();
        is_empty = false;
      }
    }
  }
  if (!is_empty) return;
  line_ = absl::StrCat(begin, ",,,,,,");
  WriteLine();
}

void WriteBooksStrategy::AddJsonSide(const fh_book_notice& notice, char side) {
  line_ += side == FH_SIDE_BID ? ",\"bids\":[" : ",\"asks\":[";
  bool is_first = true;
  for (const fh_book_level& level : LevelsOf(notice, side)) {
    absl::StrAppend(&line_, is_first ? "" : ",", "[\"", PriceText(level.price), "\",");
    is_first = false;
    if (options_.kind == Kind::kLevels) {
      absl::StrAppend(&line_, level.size, ",", level.order_count, "]");
      continue;
    }
    line_ += '[';
    bool is_head = true;
    for (const fh_book_order& order : OrdersOf(notice, side, level.price)) {
      absl::StrAppend(&line_, is_head ? "" : ",", "[\"", order.order_id, "\",", order.size, "]");
      is_head = false;
    }
    line_ += "]]";
  }
  line_ += ']';
}

void WriteBooksStrategy::WriteJson(const fh_book_notice& notice) {
  const auto text = [](const std::string& value) {
    return value.empty() ? std::string("null") : absl::StrCat("\"", value, "\"");
  };
  line_ = absl::StrCat("{\"ts_event_ns\":", text(TimeText(notice.ts_event_ns)));
  if (options_.receive_times) {
    absl::StrAppend(&line_, ",\"ts_recv_ns\":", text(TimeText(notice.ts_recv_ns)));
  }
  absl::StrAppend(&line_, ",\"channel_id\":", notice.channel_id,
                  ",\"sequence\":", fh_number(notice.sequence),
                  ",\"stream\":", fh_stream(notice.sequence),
                  ",\"instrument_id\":", notice.instrument_id, ",\"symbol\":");
  JsonWriterTo<StringSink>(StringSink(line_))
      .Text(host_.Symbol(notice.channel_id, notice.instrument_id));
  absl::StrAppend(&line_, ",\"state\":\"", StateName(books_.State(notice.book).state), "\"");
  if (options_.kind == Kind::kTop) {
    const fh_book_top top = books_.Top(notice.book);
    absl::StrAppend(
        &line_, ",\"bid_price\":", text(PriceText(top.bid_price)), ",\"bid_size\":", top.bid_size,
        ",\"ask_price\":", text(PriceText(top.ask_price)), ",\"ask_size\":", top.ask_size);
  } else {
    AddJsonSide(notice, FH_SIDE_BID);
    AddJsonSide(notice, FH_SIDE_ASK);
  }
  line_ += '}';
  WriteLine();
}

void WriteBooksStrategy::WriteRow(codecs::NormalizedUpdate update, const fh_book_notice& notice,
                                  uint8_t flags) {
  const bool is_good = books_.State(notice.book).state == FH_BOOK_GOOD;
  update.flags = static_cast<uint8_t>(flags | (is_good ? 0 : FH_FLAG_MAYBE_BAD_BOOK));
  update.instrument_id = notice.instrument_id;
  update.sequence = notice.sequence;
  update.ts_event_ns = notice.ts_event_ns;
  update.ts_recv_ns = notice.ts_recv_ns;
  update.channel_id = notice.channel_id;
  binary_->Write(update);
}

// The book as a snapshot: R, what it holds, and an N that ends it.
void WriteBooksStrategy::WriteBinary(const fh_book_notice& notice) {
  if (options_.kind == Kind::kTop) {
    const fh_book_top top = books_.Top(notice.book);
    WriteRow({.record = FH_RECORD_TOP,
              .action = FH_ACTION_MODIFY,
              .side = FH_SIDE_NONE,
              .top = {.bid_price = top.bid_price,
                      .ask_price = top.ask_price,
                      .bid_size = fh_top_size(top.bid_size),
                      .ask_size = fh_top_size(top.ask_size)}},
             notice, FH_FLAG_LAST | FH_FLAG_TOB);
    return;
  }
  const bool has_orders = options_.kind == Kind::kOrders;
  const uint8_t record = has_orders ? FH_RECORD_ORDER : FH_RECORD_LEVEL;
  const uint8_t flags = FH_FLAG_SNAPSHOT | (has_orders ? 0 : FH_FLAG_MBP);
  WriteRow({.record = record, .action = FH_ACTION_CLEAR, .side = FH_SIDE_NONE}, notice, flags);
  for (const char side : kSides) {
    uint32_t rank = 0;
    for (const fh_book_level& level : LevelsOf(notice, side)) {
      ++rank;
      if (!has_orders) {
        WriteRow({.record = record,
                  .action = FH_ACTION_MODIFY,
                  .side = side,
                  .level = {.price = level.price,
                            .size = level.size,
                            .order_count = level.order_count,
                            .depth = rank}},
                 notice, flags);
        continue;
      }
      for (const fh_book_order& order : OrdersOf(notice, side, level.price)) {
        WriteRow({.record = record,
                  .action = FH_ACTION_ADD,
                  .side = side,
                  .order = {.order_id = order.order_id, .price = level.price, .size = order.size}},
                 notice, flags);
      }
    }
  }
  WriteRow({.record = record, .action = FH_ACTION_NONE, .side = FH_SIDE_NONE}, notice,
           flags | FH_FLAG_LAST);
}

void WriteBooksStrategy::OnBook(const fh_book_notice& notice) {
  // A venue that sends levels has no orders; its levels are not shown as if they were.
  if (options_.kind == Kind::kOrders && notice.family != FH_BOOK_OF_ORDERS) return;
  // Of an instrument with several books the one that says most.
  if (books_.Find(notice.channel_id, notice.instrument_id) != notice.book) return;
  if (!options_.symbols.empty() &&
      std::find(options_.symbols.begin(), options_.symbols.end(),
                NameOrId(host_, notice.channel_id, notice.instrument_id)) ==
          options_.symbols.end()) {
    return;
  }
  ++notices_;
  doubtful_ += books_.State(notice.book).state != FH_BOOK_GOOD ? 1 : 0;
  if (options_.format == Format::kBinary) return WriteBinary(notice);
  if (options_.format == Format::kJson) return WriteJson(notice);
  if (options_.kind == Kind::kOrders) return WriteCsvOrders(notice);
  BeginLine(notice);
  if (options_.kind == Kind::kTop) {
    const fh_book_top top = books_.Top(notice.book);
    absl::StrAppend(&line_, ",", PriceText(top.bid_price), ",", top.bid_size, ",",
                    PriceText(top.ask_price), ",", top.ask_size);
  } else {
    AddCsvLevels(notice);
  }
  WriteLine();
}

// What names ids in a file of updates: sessions and definitions.
void WriteBooksStrategy::OnUpdates(std::span<const codecs::NormalizedUpdate> updates) {
  seen_updates_ = true;
  seen_.Note(updates);
  if (!binary_.has_value()) return;
  for (const codecs::NormalizedUpdate& update : updates) {
    if (update.record == FH_RECORD_SESSION || update.record == FH_RECORD_DEFINITION) {
      binary_->Write(update);
    }
  }
}

void WriteBooksStrategy::OnIdle() {
  if (file_.has_unflushed()) file_.Flush();
}

bool WriteBooksStrategy::OnStop(std::string& error) {
  if (binary_.has_value()) binary_->Finish();
  const absl::Status status = file_.Close();
  if (!status.ok()) {
    error = std::string(status.message());
    return false;
  }
  error = seen_.Missing(host_);
  if (error.empty() && seen_updates_ && notices_ == 0) {
    error =
        options_.kind == Kind::kOrders
            ? "no book of orders came of the updates: does the venue send orders? kind=l2 shows "
              "its levels"
            : "no book came of the updates: do they hold orders, levels or best prices, of the "
              "symbols that are wanted?";
  }
  return error.empty();
}

std::string WriteBooksStrategy::Summary() {
  std::string text = absl::StrCat(
      "books at ", notices_, " ends of events written to ", file_.path(), ", ",
      file_.written_lines() - std::min(file_.written_lines(), header_lines_), " lines");
  if (doubtful_ > 0) absl::StrAppend(&text, ", doubtful at ", doubtful_);
  if (file_.lost_lines() > 0) {
    absl::StrAppend(&text, ", lost=", file_.lost_lines(), " (",
                    file_.error() == EPIPE ? "its reader went away" : std::strerror(file_.error()),
                    ")");
  }
  return text;
}

}  // namespace fh
