#include "feedhandler/strategy/ladder.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "feedhandler/strategy/parameters.h"
#include "feedhandler/strategy/update_text.h"

namespace fh {

namespace {

constexpr std::chrono::milliseconds kBetweenDrawings{100};
constexpr uint64_t kBarColumns = 24;
constexpr size_t kMostDepth = 10'000;
constexpr size_t kFullColumns = 56;  // Of a level with everything, but for its bar.
// Lines of a ladder that are no levels, and the one that the cursor ends in.
constexpr size_t kOtherLines = 6;

std::string PriceText(int64_t price) {
  std::array<char, 32> text;
  return price == FH_UNDEFINED_PRICE ? "-"
                                     : std::string(text.data(), FormatPrice(price, text.data()));
}

// With as many decimals as the longest price has, so that points stand below each other.
std::string PaddedPrice(int64_t price, size_t decimals) {
  std::string text = PriceText(price);
  const size_t point = text.find('.');
  const size_t has = point == std::string::npos ? 0 : text.size() - point - 1;
  if (has >= decimals) return text;
  if (has == 0) text += '.';
  return text + std::string(decimals - has, '0');
}

size_t DecimalsOf(const LadderPicture& picture) {
  size_t decimals = 0;
  for (const auto* side : {&picture.bids, &picture.asks}) {
    for (const fh_book_level& level : *side) {
      const std::string text = PriceText(level.price);
      const size_t point = text.find('.');
      if (point != std::string::npos) decimals = std::max(decimals, text.size() - point - 1);
    }
  }
  return decimals;
}

// 1,234,567
std::string Grouped(uint64_t number) {
  std::string text = absl::StrCat(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string TimeText(int64_t time_ns) {
  if (time_ns == FH_UNDEFINED_TIME) return "time not known";
  return absl::FormatTime("%Y-%m-%d %H:%M:%E9S UTC", absl::FromUnixNanos(time_ns),
                          absl::UTCTimeZone());
}

const char* StateText(uint8_t state) {
  return state == FH_BOOK_GOOD ? "GOOD" : state == FH_BOOK_DOUBTFUL ? "DOUBTFUL" : "RECOVERING";
}

const char* CauseText(uint8_t cause) {
  constexpr const char* kTexts[] = {"",
                                    "messages are missing",
                                    "the stream says that messages before it are missing",
                                    "an update of an order that was not there",
                                    "more was taken off than there was",
                                    "an order was added that was there",
                                    "an order without a side",
                                    "a level that is not where the venue says it is",
                                    "no room for an order: raise books.orders",
                                    "no room for a level: raise books.levels",
                                    "a size beyond 64 bits",
                                    "what was before it was followed is not known",
                                    "the venue's own picture of it differs"};
  return cause < std::size(kTexts) ? kTexts[cause] : "";
}

std::string Bar(uint64_t size, uint64_t largest) {
  if (largest == 0) return "";
  const auto columns =
      static_cast<size_t>(static_cast<double>(size) / static_cast<double>(largest) * kBarColumns);
  return std::string(std::clamp<size_t>(columns, size == 0 ? 0 : 1, kBarColumns), '#');
}

// Without what does not fit. Its last column stays free: to clear a line's rest from there would take
// that column's character on some terminals.
std::string CutTo(const std::string& text, size_t columns) {
  if (columns == 0) return text;
  std::string out;
  size_t length = 0;
  for (const char c : text) {
    if (c == '\n') {
      length = 0;
    } else if (++length >= columns) {
      continue;
    }
    out += c;
  }
  return out;
}

std::string CountText(uint32_t orders) { return orders == 0 ? "" : absl::StrCat(orders); }

// The last line: what follows from the best prices.
std::string SpreadText(const LadderPicture& picture) {
  if (picture.bids.empty() || picture.asks.empty()) {
    return picture.bids.empty() && picture.asks.empty() ? "  the book is empty\n"
                                                        : "  one side is empty\n";
  }
  const fh_book_level& bid = picture.bids[0];
  const fh_book_level& ask = picture.asks[0];
  int64_t spread = 0;
  if (__builtin_sub_overflow(ask.price, bid.price, &spread)) return "";
  const double both = static_cast<double>(bid.size) + static_cast<double>(ask.size);
  const int64_t mid = bid.price + spread / 2;
  const auto micro =
      bid.price + static_cast<int64_t>(static_cast<double>(spread) *
                                       (static_cast<double>(bid.size) / std::max(both, 1.0)));
  const char* odd = spread < 0 ? " (crossed)" : spread == 0 ? " (locked)" : "";
  return absl::StrFormat(
      "  spread %s%s, mid %s, microprice %s, imbalance %+.2f\n", PriceText(spread), odd,
      PriceText(mid), PriceText(micro),
      (static_cast<double>(bid.size) - static_cast<double>(ask.size)) / std::max(both, 1.0));
}

}  // namespace

std::string LadderText(const LadderPicture& picture, size_t columns) {
  const fh_book_state& state = picture.state;
  std::string name = picture.symbol;
  for (char& c : name) {
    if (c < ' ' || c > '~') c = '?';
  }
  std::string text = absl::StrFormat(
      "%s  channel %d  %s  sequence %s  %s\n",
      name.empty() ? absl::StrCat("instrument ", picture.instrument_id) : name, picture.channel_id,
      StateText(state.state), Grouped(fh_number(state.sequence)), TimeText(state.ts_event_ns));
  if (state.state != FH_BOOK_GOOD) {
    absl::StrAppend(&text, "  ", CauseText(state.cause), ", since ",
                    Grouped(fh_number(state.since_sequence)), "\n");
  }
  uint64_t largest = 0;
  for (const auto* side : {&picture.bids, &picture.asks}) {
    for (const fh_book_level& level : *side) largest = std::max(largest, level.size);
  }
  const size_t decimals = DecimalsOf(picture);
  const bool is_narrow = columns != 0 && columns <= kFullColumns;
  const auto add_narrow = [&](const fh_book_level& level, char side) {
    absl::StrAppendFormat(&text, "%10s %c %s\n", PaddedPrice(level.price, decimals), side,
                          Grouped(level.size));
  };
  if (!is_narrow) {
    absl::StrAppendFormat(&text, "  %6s %12s %14s %12s %6s\n", "orders", "bids", "price", "asks",
                          "orders");
  }
  for (size_t i = picture.asks.size(); i-- > 0;) {
    const fh_book_level& ask = picture.asks[i];
    if (is_narrow) {
      add_narrow(ask, FH_SIDE_ASK);
      continue;
    }
    absl::StrAppendFormat(&text, "  %6s %12s %14s %12s %6s  %s\n", "", "",
                          PaddedPrice(ask.price, decimals), Grouped(ask.size),
                          CountText(ask.order_count), Bar(ask.size, largest));
  }
  for (const fh_book_level& bid : picture.bids) {
    if (is_narrow) {
      add_narrow(bid, FH_SIDE_BID);
      continue;
    }
    absl::StrAppendFormat(&text, "  %6s %12s %14s %12s %6s  %s\n", CountText(bid.order_count),
                          Grouped(bid.size), PaddedPrice(bid.price, decimals), "", "",
                          Bar(bid.size, largest));
  }
  const size_t more = state.bid_levels - std::min<size_t>(state.bid_levels, picture.bids.size()) +
                      state.ask_levels - std::min<size_t>(state.ask_levels, picture.asks.size());
  if (more > 0) absl::StrAppend(&text, "  and ", more, " levels behind these\n");
  return CutTo(text + SpreadText(picture), columns);
}

std::unique_ptr<LadderStrategy> LadderStrategy::Create(Host host, std::string_view text,
                                                       std::string& error) {
  Parameters parameters(text);
  Options options;
  options.symbol = parameters.Text("symbol", "");
  const uint64_t channel = parameters.Number("channel", UINT64_MAX, 0, UINT16_MAX);
  if (channel <= UINT16_MAX) options.channel = static_cast<uint16_t>(channel);
  options.depth = parameters.Number("depth", 10, 1, kMostDepth);
  options.at_sequence = parameters.Number("at", UINT64_MAX, 0, UINT64_MAX);
  options.at_ns = static_cast<int64_t>(
      parameters.Number("at_ns", static_cast<uint64_t>(INT64_MAX), 0, INT64_MAX));
  options.moves = parameters.Choice("moves", {"no", "yes"}, 0) == 1;
  const std::string output = parameters.Text("output", "-");
  error = parameters.Error();
  if (error.empty() && !host.Books()) {
    error = "its thread keeps no books; add books { } to the strategy_thread";
  }
  if (!error.empty()) return nullptr;
  absl::StatusOr<OutputFile> file = OutputFile::Open(output, absl::StrCat("output=", output));
  if (!file.ok()) {
    error = std::string(file.status().message());
    return nullptr;
  }
  return std::unique_ptr<LadderStrategy>(
      new LadderStrategy(host, std::move(options), *std::move(file)));
}

LadderStrategy::LadderStrategy(Host host, Options options, OutputFile file)
    : host_(host),
      books_(host.Books()),
      options_(std::move(options)),
      file_(std::move(file)),
      seen_(options_.symbol.empty() ? std::vector<std::string>{}
                                    : std::vector<std::string>{options_.symbol}) {
  books_.SubscribeAll(FH_BOOK_EVENT | FH_BOOK_STATE | FH_BOOK_CLEARED);
}

void LadderStrategy::OnUpdates(std::span<const codecs::NormalizedUpdate> updates) {
  seen_updates_ = true;
  seen_.Note(updates);
}

bool LadderStrategy::HasMoment() const {
  return options_.at_sequence != UINT64_MAX || options_.at_ns != INT64_MAX;
}

bool LadderStrategy::IsWanted(const LadderPicture& picture) const {
  return options_.symbol.empty() ||
         options_.symbol ==
             (picture.symbol.empty() ? absl::StrCat(picture.instrument_id) : picture.symbol);
}

// Whether it is of a time after the moment that is asked for.
bool LadderStrategy::IsBehind(const fh_book_notice& notice) const {
  if (fh_number(notice.sequence) > options_.at_sequence) return true;
  const int64_t time_ns =
      notice.ts_event_ns == FH_UNDEFINED_TIME ? notice.ts_recv_ns : notice.ts_event_ns;
  return time_ns != FH_UNDEFINED_TIME && time_ns > options_.at_ns;
}

void LadderStrategy::OnBook(const fh_book_notice& notice) {
  if (books_.Find(notice.channel_id, notice.instrument_id) != notice.book) return;
  if (options_.channel.has_value() && notice.channel_id != *options_.channel) return;
  if (IsBehind(notice)) {
    was_passed_ = true;
    return;
  }
  LadderPicture& picture = pictures_[{notice.channel_id, notice.instrument_id}];
  const bool is_start = (notice.kinds & FH_BOOK_CLEARED) != 0;
  if (picture.is_over && !is_start) picture = {};  // Of another instrument, perhaps.
  picture.is_over = is_start;
  if (picture.symbol.empty()) {
    picture.channel_id = notice.channel_id;
    picture.instrument_id = notice.instrument_id;
    picture.symbol = host_.Symbol(notice.channel_id, notice.instrument_id);
  }
  if (!IsWanted(picture)) return;
  if (!is_start) ++picture.events;
  picture.state = books_.State(notice.book);
  for (const char side : {FH_SIDE_BID, FH_SIDE_ASK}) {
    const bool is_bid = side == FH_SIDE_BID;
    std::vector<fh_book_level>& levels = is_bid ? picture.bids : picture.asks;
    levels.resize(std::min<size_t>(options_.depth,
                                   is_bid ? picture.state.bid_levels : picture.state.ask_levels));
    levels.resize(books_.Levels(notice.book, side, levels).size());
  }
  has_news_ = true;
  if (options_.moves && std::chrono::steady_clock::now() >= next_) Draw();
}

const LadderPicture* LadderStrategy::Chosen() const {
  const LadderPicture* chosen = nullptr;
  for (const auto& [id, picture] : pictures_) {
    if (!IsWanted(picture)) continue;
    if (picture.events == 0) continue;
    const bool is_better = chosen == nullptr || (chosen->is_over && !picture.is_over) ||
                           (chosen->is_over == picture.is_over && picture.events > chosen->events);
    if (is_better) chosen = &picture;
  }
  return chosen;
}

// Into the log, once: that another book could have been meant, or another moment.
void LadderStrategy::TellWhatIsOdd(const LadderPicture& chosen) const {
  if (HasMoment() && !was_passed_) {
    host_.Log(LogSeverity::kWarning,
              "nothing came behind the moment that was asked for: the book is that of the end");
  }
  std::string others;
  for (const auto& [id, picture] : pictures_) {
    if (&picture == &chosen || picture.symbol != chosen.symbol || picture.symbol.empty() ||
        picture.events == 0 || picture.is_over != chosen.is_over) {
      continue;
    }
    absl::StrAppend(&others, others.empty() ? "" : ", ", "channel ", id.first, " instrument ",
                    id.second, " (", picture.events, " ends of events)");
  }
  if (others.empty()) return;
  host_.Log(
      LogSeverity::kWarning,
      absl::StrCat("several books are named ", chosen.symbol, ": shown is channel ",
                   chosen.channel_id, " instrument ", chosen.instrument_id, " (", chosen.events,
                   " ends of events); not shown: ", others, "; channel=ID (--channel=ID) chooses"));
}

void LadderStrategy::Write(const std::string& text) {
  for (size_t at = 0; at < text.size(); at += OutputFile::kBufferBytes) {
    const size_t count = std::min(OutputFile::kBufferBytes, text.size() - at);
    std::memcpy(file_.Reserve(count), text.data() + at, count);
    file_.Commit(count);
  }
  file_.Flush();
}

// Over the one before, on a terminal: up as many lines, and each cleared to its end.
void LadderStrategy::Draw() {
  const LadderPicture* chosen = Chosen();
  if (chosen == nullptr) return;
  std::string text;
  LadderPicture picture = *chosen;
  if (options_.moves) {
    const system_file::ScreenSize screen = file_.SizeOfScreen();
    if (drawn_lines_ != 0) {
      // What was drawn may be broken into other lines now.
      text = screen == screen_ ? absl::StrCat("\x1b[", drawn_lines_, "A") : "\x1b[2J\x1b[H";
    }
    screen_ = screen;
    if (screen.rows != 0) {
      const size_t levels = (std::max(screen.rows, kOtherLines + 2) - kOtherLines) / 2;
      picture.bids.resize(std::min(picture.bids.size(), levels));
      picture.asks.resize(std::min(picture.asks.size(), levels));
    }
  }
  const std::string ladder = LadderText(picture, screen_.columns);
  for (const char c : ladder) {
    if (c == '\n' && options_.moves) text += "\x1b[K";
    text += c;
  }
  if (options_.moves) text += "\x1b[J";
  drawn_lines_ = static_cast<size_t>(std::count(ladder.begin(), ladder.end(), '\n'));
  Write(text);
  has_news_ = false;
  next_ = std::chrono::steady_clock::now() + kBetweenDrawings;
}

void LadderStrategy::OnIdle() {
  if (options_.moves && has_news_ && std::chrono::steady_clock::now() >= next_) Draw();
}

bool LadderStrategy::OnStop(std::string& error) {
  const LadderPicture* chosen = Chosen();
  if (chosen != nullptr) {
    Draw();
    TellWhatIsOdd(*chosen);
  }
  const absl::Status status = file_.Close();
  if (!status.ok()) {
    error = std::string(status.message());
    return false;
  }
  if (chosen != nullptr || !seen_updates_) return true;
  error = seen_.Missing(host_);
  if (error.empty()) {
    error = HasMoment() ? "no event of the book had ended at that moment; name a later one"
                        : absl::StrCat("no book came of the updates",
                                       options_.channel.has_value()
                                           ? absl::StrCat(" of channel ", *options_.channel)
                                           : "",
                                       ": do they hold orders, levels or best prices?");
  }
  return false;
}

std::string LadderStrategy::Summary() {
  const LadderPicture* chosen = Chosen();
  if (chosen == nullptr) return "no book";
  std::string text = absl::StrCat(chosen->symbol, ": ", chosen->events, " ends of events");
  if (options_.symbol.empty() && pictures_.size() > 1) {
    absl::StrAppend(&text, ", the most of ", pictures_.size(),
                    " books; another one: symbol=NAME (--symbol=NAME)");
  }
  return text;
}

}  // namespace fh
