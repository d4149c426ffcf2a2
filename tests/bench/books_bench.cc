// Order books: ns an update of an order feed, next to a walk of the same updates without a book.
//
// The flow is a day's: 46.6 % adds, 40.8 % deletes, 5.2 % replaces, 5.2 % executions, 0.9 % partial
// cancels; instruments of Zipf activity; prices around a middle. Each figure is taken after the books
// were filled, and every run ends with a hash of all levels, which must be the one that the generator's
// own orders add up to. Bars (peers' were measured where a frame walk is 1.7 ns): as ratios to a walk.
//
// What the machine asks for the memory alone is a row of its own: the same lines of tables of the same
// sizes, prefetched as far ahead, and nothing done to them but a store. So a figure can be judged on any
// machine: so many times what its loads alone take.
#include <algorithm>
#include <bit>
#include <cinttypes>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "codecs/prefetch.h"
#include "feedhandler/books/book_copy.h"
#include "feedhandler/books/book_set.h"
#include "feedhandler/books/id_table.h"
#include "feedhandler/books/pages.h"
#include "feedhandler/books/tables.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"

namespace fh::bench {
namespace {

using books::Book;
using books::BookOptions;
using books::BookSet;
using books::Family;
using books::Notice;

constexpr int kRounds = 5;
constexpr size_t kMessages = 1'000'000;

struct Flow {
  std::vector<fh_update> fill;     // Until as many orders are live as wanted.
  std::vector<fh_update> updates;  // What is measured.
  uint64_t hash = 0;               // Of all levels at the end.
  uint32_t instruments = 0;
  uint32_t orders = 0;
};

class Generator {
 public:
  Generator(uint32_t orders, uint32_t instruments)
      : orders_(orders), random_(orders + instruments) {
    double sum = 0;
    for (uint32_t i = 0; i < instruments; ++i) zipf_.push_back(sum += 1.0 / (1.0 + i));
  }

  Flow Make() {
    Flow flow;
    flow.instruments = static_cast<uint32_t>(zipf_.size());
    flow.orders = orders_;
    while (live_.size() < orders_) Add(flow.fill, Instrument(), FH_FLAG_LAST, 0);
    for (size_t i = 0; i < kMessages; ++i) Message(flow.updates);
    std::map<std::tuple<uint32_t, size_t, int64_t>, std::pair<uint64_t, uint32_t>> levels;
    for (const Live& live : live_) {
      auto& level = levels[{live.instrument, live.side, live.price}];
      level.first += live.size;
      ++level.second;
    }
    for (const auto& [key, level] : levels) {
      flow.hash +=
          books::detail::LevelHash(std::get<1>(key), std::get<2>(key), level.first, level.second);
    }
    return flow;
  }

 private:
  struct Live {
    uint64_t id;
    int64_t price;
    uint64_t size;
    uint32_t instrument;
    size_t side;
  };

  uint32_t Instrument() {
    const double at = std::uniform_real_distribution<>(0, zipf_.back())(random_);
    return 1 +
           static_cast<uint32_t>(std::lower_bound(zipf_.begin(), zipf_.end(), at) - zipf_.begin());
  }

  fh_update Of(char action, const Live& live, uint64_t size, uint8_t flags) const {
    fh_update update{};
    update.record = FH_RECORD_ORDER;
    update.action = action;
    update.side =
        action == FH_ACTION_ADD ? (live.side == 0 ? FH_SIDE_BID : FH_SIDE_ASK) : FH_SIDE_NONE;
    update.flags = flags;
    update.instrument_id = live.instrument;
    update.sequence = sequence_;
    update.order = {live.id, action == FH_ACTION_ADD ? live.price : FH_UNDEFINED_PRICE, size};
    return update;
  }

  void Add(std::vector<fh_update>& out, uint32_t instrument, uint8_t flags, size_t) {
    ++sequence_;
    Live live{.id = ++last_id_,
              .price = 0,
              .size = 100 * (1 + random_() % 9),
              .instrument = instrument,
              .side = random_() % 2};
    const auto away = static_cast<int64_t>(std::geometric_distribution<>(0.15)(random_));
    live.price = (10'000 + instrument + (live.side == 0 ? -away : 1 + away)) * 10'000'000;
    live_.push_back(live);
    out.push_back(Of(FH_ACTION_ADD, live, live.size, flags));
  }

  void Message(std::vector<fh_update>& out) {
    const uint64_t kind = random_() % 1'000;
    ++sequence_;
    if (kind < 470) return Add(out, Instrument(), FH_FLAG_LAST, 0);
    const size_t at = random_() % live_.size();
    Live& live = live_[at];
    if (kind < 884) {
      out.push_back(Of(FH_ACTION_CANCEL, live, 0, FH_FLAG_LAST));
    } else if (kind < 936) {
      const uint32_t instrument = live.instrument;
      out.push_back(Of(FH_ACTION_CANCEL, live, 0, 0));
      Remove(at);
      return Add(out, instrument, FH_FLAG_LAST, 0);
    } else {
      const bool is_execution = kind < 990;
      const uint64_t some = random_() % 2 == 0 && live.size > 50 ? live.size / 2 : live.size;
      if (is_execution) {
        fh_update trade = Of(FH_ACTION_TRADE, live, some, 0);
        trade.record = FH_RECORD_TRADE;
        out.push_back(trade);
        out.push_back(Of(FH_ACTION_FILL, live, some, 0));
      }
      out.push_back(Of(FH_ACTION_CANCEL, live, some, FH_FLAG_LAST));
      live.size -= some;
      if (live.size != 0) return;
    }
    Remove(at);
  }

  void Remove(size_t at) {
    live_[at] = live_.back();
    live_.pop_back();
  }

  uint32_t orders_;
  std::mt19937_64 random_;
  std::vector<double> zipf_;
  std::vector<Live> live_;
  uint64_t sequence_ = 0;
  uint64_t last_id_ = 1'000'000;
};

uint32_t MostOrders(const Flow& flow) { return flow.orders + flow.orders / 4 + 100'000; }

std::unique_ptr<BookSet> Books(const Flow& flow, bool huge) {
  BookOptions options;
  options.instruments = flow.instruments;
  options.orders = MostOrders(flow);
  options.levels = std::max(flow.instruments * 256, 65'536u);
  options.huge_pages = huge;
  auto made = BookSet::Create(options);
  if (!made.ok()) Fail(std::string(made.status().message()));
  return *std::move(made);
}

uint64_t HashOf(const BookSet& set) {
  uint64_t hash = 0;
  set.ForEachBook([&](Book book) { hash += book.hash(); });
  return hash;
}

// A reader's look at each update: the two halves of its line.
double WalkNs(std::span<const fh_update> updates) {
  uint64_t sum = 0;
  const double start = ThreadCpuNs();
  for (const fh_update& update : updates) {
    sum += update.sequence ^ update.order.order_id;
    sum += update.order.size + update.channel_id;
  }
  const double ns = ThreadCpuNs() - start;
  asm volatile("" : : "r"(sum) : "memory");
  return ns / static_cast<double>(updates.size());
}

struct Taken {
  double ns = 0;
  uint64_t tops = 0;
};

Taken BooksNs(const Flow& flow, size_t burst, bool huge) {
  const std::unique_ptr<BookSet> set = Books(flow, huge);
  const auto ignore = [](const Notice&) {};
  set->Apply(std::span<const fh_update>(flow.fill), ignore);
  Taken taken;
  const std::span<const fh_update> updates(flow.updates);
  int64_t sum = 0;
  const double start = ThreadCpuNs();
  for (size_t at = 0; at < updates.size(); at += burst) {
    set->Apply(updates.subspan(at, std::min(burst, updates.size() - at)),
               [&](const Notice& notice) {
                 const books::Top top = set->book(notice.book).top();
                 sum += top.bid_price + top.ask_price;
                 ++taken.tops;
               });
  }
  taken.ns = (ThreadCpuNs() - start) / static_cast<double>(updates.size());
  asm volatile("" : : "r"(sum) : "memory");
  if (HashOf(*set) != flow.hash)
    Fail("WRONG: other levels than the generator's own orders add up to");
  return taken;
}

Comparison AgainstWalk(const std::string& name) {
  return {.name = name,
          .unit = "ns an update",
          .subject = "BookSet::Apply",
          .reference = "walk of the same updates"};
}

void Row(const std::string& name, const Flow& flow, size_t burst, bool huge, double limit) {
  Comparison comparison = AgainstWalk(name);
  comparison.subject_limit = limit;
  uint64_t tops = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Taken taken = BooksNs(flow, burst, huge);
    tops = taken.tops;
    comparison.Add(taken.ns, WalkNs(flow.updates));
  }
  comparison.note = std::to_string(tops * 100 / flow.updates.size()) + "% of updates change a top";
  comparison.Print();
}

// ---- The memory alone

// What an update needs of each table, as indices; 0: nothing.
struct Lines {
  uint32_t entry = 0;
  uint32_t order = 0;
  uint32_t ahead = 0;  // The neighbours that are linked anew.
  uint32_t behind = 0;
  uint32_t level = 0;
  uint32_t book = 0;
};

// Follows a flow as books do, and says which lines that takes: slots of orders that are used again, the
// last that was given back first; queues; levels in arrays, the best last.
class Tracer {
 public:
  explicit Tracer(const Flow& flow)
      : id_bits_(std::bit_width(uint64_t{MostOrders(flow)} * 2 - 1)),
        slots_(MostOrders(flow) + 1),
        sides_((size_t{flow.instruments} + 2) * 2) {}

  static constexpr size_t kLevelsOfSide = 64;
  size_t entries() const { return size_t{1} << id_bits_; }
  size_t orders() const { return slots_.size(); }
  size_t levels() const { return sides_.size() * kLevelsOfSide; }
  size_t books() const { return sides_.size() / 2; }

  Lines Next(const fh_update& update) {
    const bool is_change = update.record == FH_RECORD_ORDER && update.action != FH_ACTION_FILL;
    if (!is_change) return {};
    Lines lines{.book = update.instrument_id};
    lines.entry = books::detail::IdTable::Hash(update.order.order_id, update.instrument_id) >>
                  (32 - id_bits_);
    if (update.action == FH_ACTION_ADD) {
      Add(update, lines);
    } else {
      Cancel(update, lines);
    }
    return lines;
  }

 private:
  struct Slot {
    uint32_t ahead = 0;
    uint32_t behind = 0;
    size_t side = 0;
    int64_t price = 0;
    uint64_t size = 0;
  };
  struct Level {
    int64_t price = 0;
    uint32_t tail = 0;
    uint32_t orders = 0;
  };

  // The level of a price, or where it belongs.
  std::vector<Level>::iterator Find(size_t side, int64_t price) {
    return std::lower_bound(sides_[side].begin(), sides_[side].end(), price,
                            [&](const Level& level, int64_t wanted) {
                              return books::detail::Goodness(side % 2, level.price) <
                                     books::detail::Goodness(side % 2, wanted);
                            });
  }
  uint32_t LineOf(size_t side, std::vector<Level>::iterator level) const {
    const auto rank = static_cast<size_t>(level - sides_[side].begin());
    return static_cast<uint32_t>(side * kLevelsOfSide + std::min(rank, kLevelsOfSide - 1));
  }

  void Add(const fh_update& update, Lines& lines) {
    const size_t side = size_t{update.instrument_id} * 2 + (update.side == FH_SIDE_ASK ? 1 : 0);
    auto level = Find(side, update.order.price);
    if (level == sides_[side].end() || level->price != update.order.price) {
      level = sides_[side].insert(level, Level{.price = update.order.price});
    }
    uint32_t slot = top_;
    if (free_.empty()) {
      ++top_;
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    slots_[slot] = {
        .ahead = level->tail, .side = side, .price = update.order.price, .size = update.order.size};
    slots_[level->tail].behind = slot;
    level->tail = slot;
    ++level->orders;
    slot_of_[update.order.order_id] = slot;
    lines.order = slot;
    lines.ahead = slots_[slot].ahead;
    lines.level = LineOf(side, level);
  }

  void Cancel(const fh_update& update, Lines& lines) {
    const uint32_t slot = slot_of_.at(update.order.order_id);
    Slot& order = slots_[slot];
    const auto level = Find(order.side, order.price);
    lines.order = slot;
    lines.level = LineOf(order.side, level);
    if (update.order.size != FH_SIZE_ALL && update.order.size < order.size) {
      order.size -= update.order.size;
      return;
    }
    lines.ahead = order.ahead;
    lines.behind = order.behind;
    slots_[order.ahead].behind = order.behind;
    slots_[order.behind].ahead = order.ahead;
    if (level->tail == slot) level->tail = order.ahead;
    if (--level->orders == 0) sides_[order.side].erase(level);
    slot_of_.erase(update.order.order_id);
    free_.push_back(slot);
  }

  int id_bits_;
  std::vector<Slot> slots_;
  std::vector<std::vector<Level>> sides_;
  std::unordered_map<uint64_t, uint32_t> slot_of_;
  std::vector<uint32_t> free_;
  uint32_t top_ = 1;
};

class MemoryAlone {
 public:
  explicit MemoryAlone(const Flow& flow)
      : tracer_(flow),
        entries_(tracer_.entries() * sizeof(books::detail::IdTable::Entry)),
        orders_(tracer_.orders() * sizeof(books::detail::OrderSlot)),
        levels_(tracer_.levels() * sizeof(books::detail::LevelSlot)),
        books_(tracer_.books() * sizeof(books::detail::BookSlot)) {
    for (const fh_update& update : flow.fill) fill_.push_back(tracer_.Next(update));
    for (const fh_update& update : flow.updates) lines_.push_back(tracer_.Next(update));
  }

  // ns an update.
  double Ns(const Flow& flow) {
    Walk(flow.fill, fill_);
    const double start = ThreadCpuNs();
    Walk(flow.updates, lines_);
    return (ThreadCpuNs() - start) / static_cast<double>(lines_.size());
  }

 private:
  class Table {
   public:
    explicit Table(size_t bytes) {
      auto mapped = books::Pages::Map(bytes);
      if (!mapped.ok()) Fail(std::string(mapped.status().message()));
      pages_ = *std::move(mapped);
    }
    template <typename Slot>
    uint32_t* At(uint32_t index) const {
      return reinterpret_cast<uint32_t*>(static_cast<Slot*>(pages_.data()) + index);
    }

   private:
    books::Pages pages_;
  };

  void Walk(std::span<const fh_update> updates, std::span<const Lines> lines) const {
    using books::detail::BookSlot;
    using books::detail::LevelSlot;
    using books::detail::OrderSlot;
    using Entry = books::detail::IdTable::Entry;
    uint64_t sum = 0;
    const size_t size = updates.size();
    // The distances of BookSet.
    for (size_t i = 0; i < size; ++i) {
      if (i + 12 < size) codecs::PrefetchForWrite(entries_.At<Entry>(lines[i + 12].entry));
      if (i + 8 < size) {
        codecs::PrefetchForWrite(books_.At<BookSlot>(lines[i + 8].book));
        codecs::PrefetchForWrite(books_.At<BookSlot>(lines[i + 8].book) + 16);
        codecs::PrefetchForWrite(orders_.At<OrderSlot>(lines[i + 8].order));
      }
      if (i + 4 < size) {
        codecs::PrefetchForWrite(levels_.At<LevelSlot>(lines[i + 4].level));
        codecs::PrefetchForWrite(orders_.At<OrderSlot>(lines[i + 4].ahead));
        codecs::PrefetchForWrite(orders_.At<OrderSlot>(lines[i + 4].behind));
      }
      sum += updates[i].sequence ^ updates[i].order.order_id;
      ++*entries_.At<Entry>(lines[i].entry);
      ++*books_.At<BookSlot>(lines[i].book);
      ++*(books_.At<BookSlot>(lines[i].book) + 16);
      ++*orders_.At<OrderSlot>(lines[i].order);
      ++*levels_.At<LevelSlot>(lines[i].level);
      ++*orders_.At<OrderSlot>(lines[i].ahead);
      ++*orders_.At<OrderSlot>(lines[i].behind);
    }
    asm volatile("" : : "r"(sum) : "memory");
  }

  Tracer tracer_;
  Table entries_;
  Table orders_;
  Table levels_;
  Table books_;
  std::vector<Lines> fill_;
  std::vector<Lines> lines_;
};

void MemoryRow(const Flow& flow) {
  Comparison comparison{.name = "books: next to their memory alone, " +
                                std::to_string(flow.orders) + " live, " +
                                std::to_string(flow.instruments) + " books, bursts of 64",
                        .unit = "ns an update",
                        .subject = "BookSet::Apply",
                        .reference = "the same lines of memory alone"};
  MemoryAlone memory(flow);
  for (int round = 0; round < kRounds; ++round) {
    const double books_ns = BooksNs(flow, 64, true).ns;
    comparison.Add(books_ns, memory.Ns(flow));
  }
  comparison.note = "against the same lines, prefetched as far ahead, without books";
  comparison.Print();
}

// What single calls take: the rare one that moves much shows only here.
void Percentiles(const Flow& flow, size_t burst) {
  const std::unique_ptr<BookSet> set = Books(flow, true);
  const auto ignore = [](const Notice&) {};
  set->Apply(std::span<const fh_update>(flow.fill), ignore);
  std::vector<double> ticks;
  const std::span<const fh_update> updates(flow.updates);
  const double start_ns = ClockNs(CLOCK_MONOTONIC);
  const uint64_t start = Tsc();
  for (size_t at = 0; at + burst <= updates.size(); at += burst) {
    const uint64_t before = Tsc();
    set->Apply(updates.subspan(at, burst), ignore);
    ticks.push_back(static_cast<double>(Tsc() - before));
  }
  const double to_ns = (ClockNs(CLOCK_MONOTONIC) - start_ns) / static_cast<double>(Tsc() - start);
  std::printf(
      "books: a call with a burst of %zu, %u orders live: p50 %.0f ns, p99 %.0f, p99.9 %.0f\n",
      burst, flow.orders, Quantile(ticks, 0.5) * to_ns, Quantile(ticks, 0.99) * to_ns,
      Quantile(ticks, 0.999) * to_ns);
}

// The same flow as levels: what a venue of levels would send.
void LevelsRow() {
  const Flow flow = Generator(20'000, 100).Make();
  std::vector<fh_update> levels;
  {
    const std::unique_ptr<BookSet> set = Books(flow, true);
    const auto ignore = [](const Notice&) {};
    set->Apply(std::span<const fh_update>(flow.fill), ignore);
    for (fh_update update : flow.updates) {
      set->FillAndApply({&update, 1}, ignore);
      if (update.record != FH_RECORD_ORDER || update.action == FH_ACTION_FILL) continue;
      const auto side = update.side == FH_SIDE_BID ? books::Side::kBid : books::Side::kAsk;
      const books::Level level = set->Find(0, update.instrument_id).level(side, update.order.price);
      fh_update out = update;
      out.record = FH_RECORD_LEVEL;
      out.action = level.size == 0 ? FH_ACTION_CANCEL : FH_ACTION_MODIFY;
      out.level = {update.order.price, level.size, level.orders, 0};
      levels.push_back(out);
    }
  }
  Comparison comparison = AgainstWalk("books: by level with tops, 100 books, bursts of 64");
  comparison.subject_limit = 40;
  for (int round = 0; round < kRounds; ++round) {
    const std::unique_ptr<BookSet> set = Books(flow, true);
    uint64_t tops = 0;
    const double start = ThreadCpuNs();
    for (size_t at = 0; at < levels.size(); at += 64) {
      set->Apply(
          std::span<const fh_update>(levels).subspan(at, std::min<size_t>(64, levels.size() - at)),
          [&](const Notice&) { ++tops; });
    }
    const double ns = (ThreadCpuNs() - start) / static_cast<double>(levels.size());
    comparison.Add(ns, WalkNs(levels));
    comparison.note = std::to_string(tops * 100 / levels.size()) + "% of updates change a top";
  }
  comparison.Print();
}

// Copies for other threads, as notices ask for them: with and without, on the same flow.
void CopyRow() {
  const Flow flow = Generator(20'000, 100).Make();
  Comparison comparison{.name = "books: a copy of 10 levels at each change of them",
                        .unit = "ns a notice",
                        .subject = "with BookCopy<10>::Write",
                        .reference = "without"};
  double cost = 0;
  for (int round = 0; round < kRounds; ++round) {
    double ns[2];
    uint64_t notices = 0;
    for (const bool copies : {false, true}) {
      const std::unique_ptr<BookSet> set = Books(flow, true);
      set->FollowOthers(books::kDepth);
      std::vector<books::BookCopy<10>> slots(flow.instruments + 2);
      set->Apply(std::span<const fh_update>(flow.fill), [](const Notice&) {});
      notices = 0;
      const double start = ThreadCpuNs();
      for (size_t at = 0; at < flow.updates.size(); at += 64) {
        set->Apply(std::span<const fh_update>(flow.updates)
                       .subspan(at, std::min<size_t>(64, flow.updates.size() - at)),
                   [&](const Notice& notice) {
                     ++notices;
                     if (copies) slots[notice.book].Write(set->book(notice.book), notice.changed);
                   });
      }
      ns[copies ? 1 : 0] = ThreadCpuNs() - start;
    }
    comparison.Add(ns[1] / static_cast<double>(notices), ns[0] / static_cast<double>(notices));
    cost = (ns[1] - ns[0]) / static_cast<double>(notices);
  }
  comparison.note =
      "the difference is the write: " + std::to_string(cost) + " ns in the last round";
  comparison.Print();
}

int Run() {
  const Flow usual = Generator(356'000, 8'000).Make();
  for (const size_t burst : {1, 8, 64}) {
    Row("books: by order with queues, 356,000 live, 8,000 books, bursts of " +
            std::to_string(burst),
        usual, burst, true, burst == 64 ? 60 : 0);
  }
  Row("books: the same, ordinary pages, bursts of 64", usual, 64, false, 0);
  MemoryRow(usual);
  for (const size_t burst : {1, 8, 64}) Percentiles(usual, burst);
  {
    const std::unique_ptr<BookSet> set = Books(usual, true);
    std::printf("books: %zu MiB mapped, %zu MiB of it on huge pages\n", set->bytes() >> 20,
                set->huge_bytes() >> 20);
  }
  LevelsRow();
  CopyRow();
  for (const uint32_t orders : {20'000u, 1'600'000u, 6'000'000u}) {
    Row("books: by order, " + std::to_string(orders) + " live, 8,000 books, bursts of 64",
        Generator(orders, 8'000).Make(), 64, true, 0);
  }
  for (const uint32_t instruments : {1u, 100u}) {
    Row("books: by order, 20,000 live, " + std::to_string(instruments) + " books, bursts of 64",
        Generator(20'000, instruments).Make(), 64, true, 0);
  }
  MemoryRow(Generator(20'000, 100).Make());
  return 0;
}

}  // namespace
}  // namespace fh::bench

int main() { return fh::bench::Run(); }
