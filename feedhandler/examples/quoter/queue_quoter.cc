// A strategy in a shared library of its own that quotes around the mid: an order of its own on each
// side, on paper, at the best bid and ask, with its place in the queue as real orders would have it.
//
//   feedhandler replay --config=quoter.textproto CAPTURE          (README.md here)
//
// What to take from it for a strategy of your own:
//   * host.Books() are the order books of the thread; none when its configuration has no books { }.
//   * OnBook is called at ends of events, after OnUpdates was given the event: no state in between is
//     ever seen. Here it comes of FH_BOOK_TOP, and of FH_BOOK_QUEUE for watched orders.
//   * Our order is not in the venue's book. Its place is right behind the order that was last in the
//     queue when it joined: that one is watched, and what is ahead of it is ahead of us.
//   * A book that is doubtful (messages are missing) is not traded on: quotes are pulled.
//   * No allocation after Create, no lock, no output.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "feedhandler/strategy/parameters.h"
#include "feedhandler/strategy/strategy.h"

namespace {

using fh::codecs::kPriceScale;
using fh::codecs::kUndefinedPrice;
using Update = fh::codecs::NormalizedUpdate;

// An order of ours, on paper.
struct Quote {
  char side = FH_SIDE_BID;
  int64_t price = kUndefinedPrice;  // Undefined: none stands.
  uint64_t left = 0;
  uint64_t ahead = 0;     // Size in front of it.
  uint64_t in_front = 0;  // The order that it stands behind, which is watched; 0: none.
};

struct Instrument {
  fh_book book = FH_NO_BOOK;  // FH_NO_BOOK: a free place.
  uint16_t channel_id = 0;
  uint32_t instrument_id = 0;
  std::array<char, 32> symbol{};
  Quote bid{.side = FH_SIDE_BID};
  Quote ask{.side = FH_SIDE_ASK};
  uint64_t quotes = 0;
  uint64_t fills = 0;
  uint64_t filled = 0;
  double ahead_at_joins = 0;
  int64_t position = 0;
  double cash = 0;
  int64_t mid = kUndefinedPrice;
};

class QueueQuoter {
 public:
  static constexpr char kName[] = "queue_quoter";
  static constexpr char kHelp[] =
      "Quotes at the best bid and ask on paper, with queue positions; needs books { }. Parameters: "
      "size=1..1000000 (100), most=1..10000000 (1000): the largest position either way, "
      "symbols=1..4096 (256): how many instruments.";

  static std::unique_ptr<QueueQuoter> Create(fh::Host host, std::string_view text,
                                             std::string& error) {
    fh::Parameters parameters(text);
    const uint64_t size = parameters.Number("size", 100, 1, 1'000'000);
    const uint64_t most = parameters.Number("most", 1'000, 1, 10'000'000);
    const uint64_t symbols = parameters.Number("symbols", 256, 1, 4096);
    error = parameters.Error();
    if (error.empty() && !host.Books()) {
      error = "its thread keeps no books; add books { } to the strategy_thread";
    }
    if (!error.empty()) return nullptr;
    std::unique_ptr<QueueQuoter> quoter(new QueueQuoter(host, size, most, symbols));
    if (!quoter->books_.SubscribeAll(FH_BOOK_TOP | FH_BOOK_STATE | FH_BOOK_CLEARED)) {
      error = "the program has no room for its subscription";
      return nullptr;
    }
    return quoter;
  }

  // Trades: those at our price use up what is ahead of us, and then us.
  void OnUpdates(std::span<const Update> updates) {
    for (const Update& update : updates) {
      if (update.record != FH_RECORD_TRADE || update.action != FH_ACTION_TRADE) continue;
      Instrument* instrument = Known(update.channel_id, update.instrument_id);
      if (instrument == nullptr) continue;
      // The aggressor's side: a seller takes bids.
      if (update.side != FH_SIDE_BID) Trade(*instrument, instrument->bid, update);
      if (update.side != FH_SIDE_ASK) Trade(*instrument, instrument->ask, update);
    }
  }

  void OnBook(const fh_book_notice& notice) {
    Instrument* instrument = Find(notice);
    if (instrument == nullptr) return;
    if ((notice.kinds & FH_BOOK_QUEUE) != 0) {
      Quote& quote =
          notice.order_id == instrument->bid.in_front ? instrument->bid : instrument->ask;
      if (notice.order_id == quote.in_front) MoveUp(*instrument, quote);
      return;
    }
    const fh_book_top top = books_.Top(notice.book);
    const bool is_good = books_.State(notice.book).state == FH_BOOK_GOOD;
    const bool has_both = top.bid_size != 0 && top.ask_size != 0;
    int64_t spread = 0;
    if (!is_good || !has_both || __builtin_sub_overflow(top.ask_price, top.bid_price, &spread) ||
        spread <= 0) {
      Pull(*instrument, instrument->bid);
      Pull(*instrument, instrument->ask);
      return;
    }
    instrument->mid = top.bid_price + spread / 2;
    Place(*instrument, instrument->bid, top.bid_price,
          instrument->position < static_cast<int64_t>(most_));
    Place(*instrument, instrument->ask, top.ask_price,
          instrument->position > -static_cast<int64_t>(most_));
  }

  std::string Summary() {
    double profit = 0;
    uint64_t quotes = 0;
    uint64_t fills = 0;
    uint64_t filled = 0;
    double ahead = 0;
    std::vector<const Instrument*> busiest;
    for (const Instrument& instrument : instruments_) {
      if (instrument.book == FH_NO_BOOK) continue;
      profit += Profit(instrument);
      quotes += instrument.quotes;
      fills += instrument.fills;
      filled += instrument.filled;
      ahead += instrument.ahead_at_joins;
      busiest.push_back(&instrument);
    }
    std::array<char, 200> line;
    std::snprintf(line.data(), line.size(),
                  "quotes=%llu fills=%llu filled=%llu mean size ahead when joining=%.1f "
                  "marked to mid=%.2f",
                  static_cast<unsigned long long>(quotes), static_cast<unsigned long long>(fills),
                  static_cast<unsigned long long>(filled),
                  quotes == 0 ? 0 : ahead / static_cast<double>(quotes), profit);
    std::string text = line.data();
    if (untold_ > 0) text += "\nnotices of instruments beyond symbols=: " + std::to_string(untold_);
    std::sort(busiest.begin(), busiest.end(),
              [](const Instrument* a, const Instrument* b) { return a->quotes > b->quotes; });
    busiest.resize(std::min<size_t>(busiest.size(), 5));
    for (const Instrument* one : busiest) {
      std::snprintf(line.data(), line.size(), "\n%-8s quotes=%llu fills=%llu position=%lld",
                    one->symbol[0] != '\0' ? one->symbol.data() : "?",
                    static_cast<unsigned long long>(one->quotes),
                    static_cast<unsigned long long>(one->fills),
                    static_cast<long long>(one->position));
      text += line.data();
    }
    return text;
  }

 private:
  QueueQuoter(fh::Host host, uint64_t size, uint64_t most, uint64_t symbols)
      : host_(host), books_(host.Books()), size_(size), most_(most), instruments_(symbols) {}

  static double Decimal(int64_t price) {
    return static_cast<double>(price) / static_cast<double>(kPriceScale);
  }

  static double Profit(const Instrument& instrument) {
    if (instrument.mid == kUndefinedPrice) return instrument.cash;
    return instrument.cash + static_cast<double>(instrument.position) * Decimal(instrument.mid);
  }

  // Few instruments: a walk will do.
  Instrument* Known(uint16_t channel_id, uint32_t instrument_id) {
    for (Instrument& instrument : instruments_) {
      if (instrument.book == FH_NO_BOOK) return nullptr;
      if (instrument.instrument_id == instrument_id && instrument.channel_id == channel_id) {
        return &instrument;
      }
    }
    return nullptr;
  }

  Instrument* Find(const fh_book_notice& notice) {
    if (notice.family == FH_BOOK_OF_TOPS) return nullptr;  // No queue to stand in.
    Instrument* known = Known(notice.channel_id, notice.instrument_id);
    if (known != nullptr) return known;
    for (Instrument& instrument : instruments_) {
      if (instrument.book != FH_NO_BOOK) continue;
      instrument.book = notice.book;
      instrument.channel_id = notice.channel_id;
      instrument.instrument_id = notice.instrument_id;
      host_.Symbol(notice.channel_id, notice.instrument_id, instrument.symbol);
      return &instrument;
    }
    ++untold_;
    return nullptr;
  }

  void Pull(const Instrument& instrument, Quote& quote) {
    if (quote.in_front != 0) {
      books_.Unwatch(instrument.channel_id, instrument.instrument_id, quote.in_front);
    }
    quote = {.side = quote.side};
  }

  // Joins the end of the queue, unless it stands at that price already.
  void Place(Instrument& instrument, Quote& quote, int64_t price, bool may_quote) {
    if (!may_quote) return Pull(instrument, quote);
    if (quote.price == price) return;
    Pull(instrument, quote);
    quote.price = price;
    quote.left = size_;
    std::array<fh_book_level, 1> best;
    const std::span<fh_book_level> level = books_.Levels(instrument.book, quote.side, best);
    quote.ahead = level.empty() ? 0 : level[0].size;
    Follow(instrument, quote);
    ++instrument.quotes;
    instrument.ahead_at_joins += static_cast<double>(quote.ahead);
  }

  // Watches the order right in front of us: the last of those that make up what is ahead.
  void Follow(Instrument& instrument, Quote& quote) {
    quote.in_front = 0;
    const std::span<const fh_book_order> orders =
        books_.Orders(instrument.book, quote.side, quote.price, orders_);
    uint64_t size = 0;
    uint64_t last = 0;
    for (const fh_book_order& order : orders) {
      if (size + order.size > quote.ahead) break;
      size += order.size;
      last = order.order_id;
    }
    if (last != 0 && books_.Watch(instrument.channel_id, instrument.instrument_id, last)) {
      quote.in_front = last;
    }
  }

  // The order in front of us moved, or is gone.
  void MoveUp(Instrument& instrument, Quote& quote) {
    fh_queue_position place;
    if (books_.Position(instrument.book, quote.in_front, place) && place.price == quote.price) {
      quote.ahead = place.size_ahead + place.size;
      return;
    }
    // Gone: those in front of it are all that is ahead. What it left, at most, is behind them.
    books_.Unwatch(instrument.channel_id, instrument.instrument_id, quote.in_front);
    std::array<fh_book_level, 1> best;
    const std::span<fh_book_level> level = books_.Levels(instrument.book, quote.side, best);
    const bool stands = !level.empty() && level[0].price == quote.price;
    quote.ahead = stands ? std::min(quote.ahead, level[0].size) : 0;
    Follow(instrument, quote);
  }

  void Trade(Instrument& instrument, Quote& quote, const Update& update) {
    if (quote.price == kUndefinedPrice || update.trade.price == kUndefinedPrice) return;
    const bool is_bid = quote.side == FH_SIDE_BID;
    const bool is_through =
        is_bid ? update.trade.price < quote.price : update.trade.price > quote.price;
    if (!is_through && update.trade.price != quote.price) return;
    const uint64_t ahead = is_through ? 0 : quote.ahead;
    if (update.trade.size <= ahead) return;  // The orders in front of us had it.
    const uint64_t size = std::min(update.trade.size - ahead, quote.left);
    const double signed_size = is_bid ? static_cast<double>(size) : -static_cast<double>(size);
    instrument.position += is_bid ? static_cast<int64_t>(size) : -static_cast<int64_t>(size);
    instrument.cash -= signed_size * Decimal(quote.price);
    instrument.filled += size;
    ++instrument.fills;
    quote.left -= size;
    if (quote.left == 0) Pull(instrument, quote);
  }

  const fh::Host host_;
  const fh::BookView books_;
  const uint64_t size_;
  const uint64_t most_;
  uint64_t untold_ = 0;
  std::array<fh_book_order, 512> orders_;
  std::vector<Instrument> instruments_;
};

}  // namespace

FH_PLUGIN(QueueQuoter)
