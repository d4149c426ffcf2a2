// A strategy in a shared library of its own: the busiest symbols of the session, with trades,
// volume, volume-weighted average and last price and, where the venue publishes its best bid and
// ask, the spread.
//
//   cmake -S . -B build -DCMAKE_PREFIX_PATH=/where/feedhandler/is/installed
//   cmake --build build
//   feedhandler replay CAPTURE --strategy=./build/busiest_symbols.so:top=5,by=trades
//
// or in a configuration:
//
//   strategy { name: "./build/busiest_symbols.so" parameters: "top=5,by=trades" }
//
// What to take from it for a strategy of your own:
//   * The class below and FH_PLUGIN at the end are all that a plugin is; it links nothing.
//   * Create does whatever allocates, reads files or can fail, and refuses with a sentence.
//   * OnUpdates gets a span of updates and is done before the ring behind it fills: no allocation,
//     no lock, no output. What does not fit into the memory of Create is counted, not dropped in
//     silence.
//   * Traded volume is the sum of T records, for every venue; F records tell the same trades from
//     the resting orders' side and would count them twice.
//   * A symbol is looked up once and kept: an instrument's number belongs to one session of the
//     venue, and the start of another makes all numbers void.
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

using fh::codecs::kUndefinedPrice;
using Update = fh::codecs::NormalizedUpdate;

enum class Order { kVolume, kTrades, kNotional };

struct Instrument {
  uint64_t key = 0;      // Channel and instrument id plus 1; 0 = a free place.
  bool current = false;  // False once its session is over: its number may mean another symbol.
  uint16_t channel_id = 0;
  std::array<char, 32> symbol{};
  uint64_t trades = 0;
  uint64_t volume = 0;
  uint64_t priced_volume = 0;  // Of trades that say their price; a venue's message may not.
  double notional = 0;         // Sum of price times size of these, in the currency's units.
  int64_t last_price = kUndefinedPrice;
  int64_t spread = kUndefinedPrice;
};

class BusiestSymbols {
 public:
  static constexpr char kName[] = "busiest_symbols";
  static constexpr char kHelp[] =
      "The busiest symbols in the final report. Parameters: top=1..1000 (10), "
      "by=volume|trades|notional (volume), symbols=1..1000000 (16384): how many it can tell apart.";

  static std::unique_ptr<BusiestSymbols> Create(fh::Host host, std::string_view text,
                                                std::string& error) {
    fh::Parameters parameters(text);
    const uint64_t top = parameters.Number("top", 10, 1, 1000);
    const int by = parameters.Choice("by", {"volume", "trades", "notional"}, 0);
    const uint64_t symbols = parameters.Number("symbols", 16384, 1, 1000000);
    error = parameters.Error();
    if (!error.empty()) return nullptr;
    return std::unique_ptr<BusiestSymbols>(
        new BusiestSymbols(host, top, static_cast<Order>(by), symbols));
  }

  void OnUpdates(std::span<const Update> updates) {
    for (const Update& update : updates) {
      if (update.record == FH_RECORD_TRADE) {
        OnTrade(update);
      } else if (update.record == FH_RECORD_TOP) {
        OnTop(update);
      } else if (fh::codecs::IsSessionStart(update)) {
        CloseSession(update.channel_id);
      } else if (update.record == FH_RECORD_GAP && update.gap.cause != FH_GAP_LATE_JOIN) {
        missing_ += update.gap.count;
      }
    }
  }

  std::string Summary() {
    std::vector<const Instrument*> sorted;
    for (const Instrument& instrument : places_) {
      if (instrument.trades > 0) sorted.push_back(&instrument);
    }
    const size_t shown = std::min<size_t>(top_, sorted.size());
    std::partial_sort(
        sorted.begin(), sorted.begin() + static_cast<ptrdiff_t>(shown), sorted.end(),
        [this](const Instrument* a, const Instrument* b) { return Weight(*a) > Weight(*b); });
    std::string text = "traded symbols: " + std::to_string(sorted.size()) +
                       ", broken trades: " + std::to_string(broken_) +
                       ", missing messages: " + std::to_string(missing_);
    if (untold_ > 0) {
      text += ", updates of symbols beyond symbols=" + std::to_string(used_limit_) + ": " +
              std::to_string(untold_);
    }
    if (shown > 0) text += "\nsymbol       trades       volume        vwap        last      spread";
    for (size_t i = 0; i < shown; ++i) text.append("\n").append(Line(*sorted[i]));
    return text;
  }

 private:
  BusiestSymbols(fh::Host host, uint64_t top, Order by, uint64_t symbols)
      : host_(host), top_(top), by_(by), used_limit_(symbols) {
    size_t size = 2;
    while (size < 2 * symbols) size *= 2;  // At most half full, so that probes stay short.
    places_.resize(size);
  }

  void OnTrade(const Update& update) {
    if (update.action != FH_ACTION_TRADE) {
      ++broken_;
      return;
    }
    Instrument* instrument = Find(update);
    if (instrument == nullptr) return;
    ++instrument->trades;
    instrument->volume += update.trade.size;
    if (update.trade.price == kUndefinedPrice) return;
    instrument->priced_volume += update.trade.size;
    instrument->notional += Decimal(update.trade.price) * static_cast<double>(update.trade.size);
    instrument->last_price = update.trade.price;
  }

  void OnTop(const Update& update) {
    Instrument* instrument = Find(update);
    if (instrument == nullptr) return;
    const bool two_sided =
        update.top.bid_price != kUndefinedPrice && update.top.ask_price != kUndefinedPrice;
    // Crossed beyond reason (a hostile or a test quote) must not overflow.
    int64_t spread = kUndefinedPrice;
    if (!two_sided || __builtin_sub_overflow(update.top.ask_price, update.top.bid_price, &spread)) {
      spread = kUndefinedPrice;
    }
    instrument->spread = spread;
  }

  // The instrument's place, a new one if need be; null when there is none left.
  Instrument* Find(const Update& update) {
    const uint64_t key = (uint64_t{update.channel_id} << 32 | update.instrument_id) + 1;
    size_t place = static_cast<size_t>(key * 0x9e3779b97f4a7c15 >> 20) & (places_.size() - 1);
    while (places_[place].key != 0) {
      if (places_[place].key == key && places_[place].current) return &places_[place];
      place = (place + 1) & (places_.size() - 1);
    }
    if (used_ == used_limit_) {
      ++untold_;
      return nullptr;
    }
    ++used_;
    Instrument& instrument = places_[place];
    instrument.key = key;
    instrument.current = true;
    instrument.channel_id = update.channel_id;
    host_.Symbol(update.channel_id, update.instrument_id, instrument.symbol);
    return &instrument;
  }

  void CloseSession(uint16_t channel_id) {
    for (Instrument& instrument : places_) {
      if (instrument.channel_id == channel_id) instrument.current = false;
    }
  }

  double Weight(const Instrument& instrument) const {
    if (by_ == Order::kTrades) return static_cast<double>(instrument.trades);
    if (by_ == Order::kNotional) return instrument.notional;
    return static_cast<double>(instrument.volume);
  }

  static double Decimal(int64_t price) {
    return static_cast<double>(price) / static_cast<double>(fh::codecs::kPriceScale);
  }

  static std::string Price(int64_t price) {
    if (price == kUndefinedPrice) return "-";
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%.4f", Decimal(price));
    return text.data();
  }

  static std::string Line(const Instrument& instrument) {
    const double volume = static_cast<double>(instrument.priced_volume);
    const double average = instrument.priced_volume == 0 ? 0 : instrument.notional / volume;
    std::array<char, 160> line;
    std::snprintf(line.data(), line.size(), "%-8s %10llu %12llu %11.4f %11s %11s",
                  instrument.symbol[0] != '\0' ? instrument.symbol.data() : "?",
                  static_cast<unsigned long long>(instrument.trades),
                  static_cast<unsigned long long>(instrument.volume), average,
                  Price(instrument.last_price).c_str(), Price(instrument.spread).c_str());
    return line.data();
  }

  const fh::Host host_;
  const uint64_t top_;
  const Order by_;
  const uint64_t used_limit_;
  uint64_t used_ = 0;
  uint64_t untold_ = 0;
  uint64_t broken_ = 0;
  uint64_t missing_ = 0;
  std::vector<Instrument> places_;  // A hash table of a power of two, linear probing.
};

}  // namespace

FH_PLUGIN(BusiestSymbols)
