// A venue with a live channel and channels of images that go round and round, as a client behind lines that
// lose, lag and restart gets them; and what its books truly are after every message. Written apart from the
// library: ordered maps and vectors.
//
//   ImageVenue venue(next, faults);         // next(n): any number below n.
//   venue.Step();                           // A message or so of the venue, and what it makes arrive.
//   for (const fh_update& u : venue.Take()) ...              // What the client gets next.
//   venue.Truth(session, number, instrument, family)         // The book after that message, as text.
//
// Channel 1 is live, 2 has images of orders and 3 of levels.
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_IMAGE_VENUE_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_IMAGE_VENUE_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "codecs/update.h"
#include "feedhandler/books/book_set.h"

namespace fh::books {

struct VenueFaults {
  uint64_t join_at = 0;  // Messages before the client joins.
  bool live_loss = true;
  bool image_loss = true;
  bool restarts = true;
  bool old_images = true;  // Sent again.
  bool clears = true;      // R of one book, or of all.
  bool mixes = false;      // Live and images come by two feed threads: their records are mixed.
  bool ring_losses = true;
  bool open_events = true;  // That go on in a later message.
};

class ImageVenue {
 public:
  using Update = fh_update;
  using Next = std::function<uint64_t(uint64_t)>;
  static constexpr uint16_t kLive = 1;
  static constexpr uint16_t kOrderImages = 2;
  static constexpr uint16_t kLevelImages = 3;
  static constexpr uint32_t kInstruments = 4;
  static constexpr int64_t kStepNs = 1'000'000;
  static constexpr int64_t kMostLag = 12;  // Steps, of either line.

  ImageVenue(Next next, const VenueFaults& faults) : next_(std::move(next)), faults_(faults) {
    while (number_ < faults_.join_at) MakeMessage();
    live_line_.clear();
    Update session = Record(kLive, FH_RECORD_SESSION, FH_ACTION_CLEAR, FH_ALL_INSTRUMENTS, 0);
    session.session.state = FH_SESSION_JOINED;
    session.flags = FH_FLAG_LAST;
    SendLive({session});
    if (number_ != 0) Lose(1, number_, FH_GAP_LATE_JOIN);
  }

  VenueFaults& faults() { return faults_; }
  // Whole rounds of images of both kinds that were begun and made.
  uint64_t rounds() const { return std::min(orders_.rounds, levels_.rounds); }
  int64_t now_ns() const { return now_; }

  void Step() {
    now_ += kStepNs;
    if (Chance(20)) live_lag_ = static_cast<int64_t>(next_(kMostLag));
    if (Chance(20)) image_lag_ = static_cast<int64_t>(next_(kMostLag));
    if (faults_.restarts && Chance(400)) {
      Restart();
    } else if (!Chance(4)) {
      MakeMessage();
    }
    // A new session's images come behind its first messages, however the lines lag.
    if (now_ - restarted_ > kMostLag * kStepNs) {
      MakeImages(orders_);
      if (Chance(2)) MakeImages(levels_);
    }
    Arrive(live_line_, live_in_);
    Arrive(image_line_, image_in_);
  }

  // A message of the live channel that changes no book: so that those who wait for the next have it.
  void Beat() {
    ++number_;
    SendLive({Record(kLive, FH_RECORD_STATISTIC, FH_ACTION_NONE, 1, number_)});
  }
  // Whatever is under way comes.
  void Settle() {
    now_ += 2 * kMostLag * kStepNs;
    Arrive(live_line_, live_in_);
    Arrive(image_line_, image_in_);
  }

  // What arrived, at most so many records of one channel: whole messages, unless they are mixed.
  std::vector<Update> Take(size_t most) {
    std::vector<Update> taken;
    const bool is_live = !live_in_.empty() && (image_in_.empty() || next_(2) == 0);
    std::deque<Update>& from = is_live ? live_in_ : image_in_;
    while (!from.empty()) {
      const Update& update = from.front();
      const bool goes_on = !taken.empty() && taken.back().sequence == update.sequence;
      if (taken.size() >= most && (faults_.mixes || !goes_on)) break;
      if (!taken.empty() && update.record == FH_RECORD_SESSION) break;
      taken.push_back(update);
      from.pop_front();
    }
    for (const Update& update : taken) {
      if (update.channel_id != kLive) continue;
      if (update.record == FH_RECORD_SESSION) {
        client_session_ += update.session.state != FH_SESSION_JOINED;
        client_number_ = 0;
      }
      client_number_ = std::max(client_number_, update.sequence);
    }
    is_whole_ = live_in_.empty() || live_in_.front().sequence != client_number_;
    return taken;
  }

  // The session that the client is in, the newest message that it has of it, and whether all of that.
  size_t client_session() const { return client_session_; }
  uint64_t client_number() const { return client_number_; }
  bool is_whole() const { return is_whole_; }

  std::string Truth(size_t session, uint64_t number, uint32_t instrument, Family family) const {
    const auto found = history_.find({session, instrument, family});
    if (found == history_.end()) return "";
    const auto behind = found->second.upper_bound(number);
    return behind == found->second.begin() ? "" : std::prev(behind)->second;
  }

  // A whole image that says what is not, at the newest number.
  std::vector<Update> Forged(uint32_t instrument, Family family) {
    const uint16_t channel = family == Family::kOrders ? kOrderImages : kLevelImages;
    const uint64_t sequence = 900'000;
    Update at = Record(channel, FH_RECORD_STATUS, FH_ACTION_NONE, instrument, sequence);
    at.status = {.kind = FH_STATUS_SNAPSHOT_AT, .value = static_cast<int64_t>(client_number_)};
    const auto record =
        static_cast<uint8_t>(family == Family::kOrders ? FH_RECORD_ORDER : FH_RECORD_LEVEL);
    Update last = Record(channel, record, FH_ACTION_ADD, instrument, sequence);
    last.side = 'B';
    if (family == Family::kOrders) {
      last.order = {.order_id = 77'777, .price = 1, .size = 4'711};
    } else {
      last.level = {.price = 1, .size = 4'711, .order_count = 0, .depth = 0};
    }
    std::vector<Update> image{at, Record(channel, record, FH_ACTION_CLEAR, instrument, sequence),
                              last};
    for (Update& update : image) update.flags |= FH_FLAG_SNAPSHOT;
    image.back().flags |= FH_FLAG_LAST;
    return image;
  }

 private:
  struct OneOrder {
    uint64_t id;
    uint64_t size;
  };
  struct OneBook {
    std::map<std::pair<char, int64_t>, std::vector<OneOrder>> orders;
    // By part: 0 direct, 1 implied.
    std::map<std::tuple<int, char, int64_t>, uint64_t> levels;
  };
  using Key = std::pair<uint32_t, Family>;

  bool Chance(uint64_t one_in) { return next_(one_in) == 0; }

  Update Record(uint16_t channel, uint8_t record, char action, uint32_t instrument,
                uint64_t sequence) const {
    Update update{};
    update.record = record;
    update.action = action;
    update.side = FH_SIDE_NONE;
    update.instrument_id = instrument;
    update.sequence = sequence;
    update.ts_event_ns = update.ts_recv_ns = now_;
    update.channel_id = channel;
    return update;
  }

  static bool Has(uint32_t instrument, Family family) {
    if (instrument == 3) return family == Family::kOrders;
    if (instrument == 4) return family == Family::kLevels;
    return true;
  }

  static std::string Text(const OneBook& book, Family family) {
    std::string text;
    if (family == Family::kOrders) {
      for (const auto& [place, queue] : book.orders) {
        text += std::string(1, place.first) + std::to_string(place.second) + ":";
        for (const OneOrder& order : queue) {
          text += std::to_string(order.id) + "x" + std::to_string(order.size) + ",";
        }
      }
    } else {
      for (const auto& [place, size] : book.levels) {
        const auto& [part, side, price] = place;
        text += std::to_string(part) + std::string(1, side) + std::to_string(price) + "=" +
                std::to_string(size) + ",";
      }
    }
    return text;
  }

  void Note(const Key& key) {
    history_[{session_, key.first, key.second}][number_] = Text(books_[key], key.second);
  }

  // ---- Live

  void SendLive(std::vector<Update> records) {
    for (Update& update : records) {
      update.ts_recv_ns = now_;
      if (is_flagged_ && update.record != FH_RECORD_SESSION) update.flags |= FH_FLAG_MAYBE_BAD_BOOK;
    }
    live_line_.emplace_back(now_ + live_lag_ * kStepNs, std::move(records));
  }

  void Lose(uint64_t first, uint64_t last, uint16_t cause) {
    Update gap = Record(kLive, FH_RECORD_GAP, FH_ACTION_NONE, FH_ALL_INSTRUMENTS, last);
    gap.flags = FH_FLAG_LAST | FH_FLAG_MAYBE_BAD_BOOK;
    gap.gap = {.first = first,
               .last = last,
               .count = static_cast<uint32_t>(last - first + 1),
               .cause = cause,
               .reserved = 0};
    is_flagged_ = true;
    live_line_.emplace_back(now_ + live_lag_ * kStepNs, std::vector<Update>{gap});
  }

  void MakeMessage() {
    ++number_;
    std::vector<Update> records;
    if (faults_.clears && Chance(150)) {
      records.push_back(
          Record(kLive, FH_RECORD_STATUS, FH_ACTION_CLEAR, FH_ALL_INSTRUMENTS, number_));
      records.back().flags |= FH_FLAG_LAST;
      for (uint32_t i = 1; i <= kInstruments; ++i) {
        for (const Family family : {Family::kOrders, Family::kLevels}) {
          books_[{i, family}] = {};
          Note({i, family});
        }
      }
    } else {
      for (uint64_t n = 1 + next_(3); n > 0; --n) AddRecords(records);
      MarkLast(records);
    }
    if (faults_.live_loss && (Chance(40) || losing_ > 0)) {
      if (losing_ == 0) {
        losing_ = 1 + next_(5);
        lost_from_ = number_;
      }
      if (--losing_ == 0) Lose(lost_from_, number_, FH_GAP_LOST);
      return;
    }
    if (losing_ > 0) {  // Faults have ended in the midst of a loss.
      losing_ = 0;
      Lose(lost_from_, number_ - 1, FH_GAP_LOST);
    }
    if (faults_.ring_losses && Chance(60)) {
      // The reader was slow: some records of the message are gone, perhaps not its first or last.
      const size_t from = next_(records.size());
      const size_t to = from + 1 + next_(records.size() - from);
      const std::vector<Update> before(records.begin(),
                                       records.begin() + static_cast<ptrdiff_t>(from));
      const std::vector<Update> behind(records.begin() + static_cast<ptrdiff_t>(to), records.end());
      if (!before.empty()) SendLive(before);
      Lose(number_, number_, FH_GAP_RING_FULL);
      if (!behind.empty()) SendLive(behind);
      return;
    }
    SendLive(records);
  }

  // LAST on the last record of each instrument; now and then an event goes on in a later message.
  void MarkLast(std::vector<Update>& records) {
    std::map<uint32_t, size_t> last;
    for (size_t i = 0; i < records.size(); ++i) last[records[i].instrument_id] = i;
    for (const auto& [instrument, i] : last) {
      if (!faults_.open_events || !Chance(12)) records[i].flags |= FH_FLAG_LAST;
    }
  }

  void AddRecords(std::vector<Update>& records) {
    const auto instrument = static_cast<uint32_t>(1 + next_(kInstruments));
    if (Chance(10)) {
      records.push_back(Record(kLive, FH_RECORD_TRADE, FH_ACTION_TRADE, instrument, number_));
      return;
    }
    Family family = next_(2) == 0 ? Family::kOrders : Family::kLevels;
    if (!Has(instrument, family)) {
      family = family == Family::kOrders ? Family::kLevels : Family::kOrders;
    }
    OneBook& book = books_[{instrument, family}];
    if (faults_.clears && Chance(60)) {
      book = {};
      records.push_back(Record(kLive,
                               static_cast<uint8_t>(FH_RECORD_ORDER + static_cast<int>(family)),
                               FH_ACTION_CLEAR, instrument, number_));
    } else if (family == Family::kOrders) {
      AddOrderRecord(records, instrument, book);
    } else {
      AddLevelRecord(records, instrument, book);
    }
    Note({instrument, family});
  }

  void AddOrderRecord(std::vector<Update>& records, uint32_t instrument, OneBook& book) {
    const char side = next_(2) == 0 ? 'B' : 'A';
    const auto price = static_cast<int64_t>(100 + next_(5));
    const uint64_t size = 1 + next_(9);
    size_t count = 0;
    for (const auto& [place, queue] : book.orders) count += queue.size();
    if (count == 0 || (count < 12 && next_(2) == 0)) {
      Update update = Record(kLive, FH_RECORD_ORDER, FH_ACTION_ADD, instrument, number_);
      update.side = side;
      update.order = {.order_id = ++order_ids_, .price = price, .size = size};
      book.orders[{side, price}].push_back({order_ids_, size});
      records.push_back(update);
      return;
    }
    size_t which = next_(count);
    for (auto at = book.orders.begin(); at != book.orders.end(); ++at) {
      std::vector<OneOrder>& queue = at->second;
      if (which >= queue.size()) {
        which -= queue.size();
        continue;
      }
      OneOrder order = queue[which];
      const bool is_modify = next_(3) == 0;
      Update update = Record(kLive, FH_RECORD_ORDER,
                             is_modify ? FH_ACTION_MODIFY : FH_ACTION_CANCEL, instrument, number_);
      update.order = {.order_id = order.id, .price = FH_UNDEFINED_PRICE, .size = 0};
      const auto there = queue.begin() + static_cast<ptrdiff_t>(which);
      if (is_modify) {
        update.order.size = size;
        order.size = size;
        if (next_(2) == 0) {
          update.flags |= FH_FLAG_PRIORITY_KEPT;
          *there = order;
        } else {
          update.order.price = price;
          const char own_side = at->first.first;
          queue.erase(there);
          if (queue.empty()) book.orders.erase(at);
          book.orders[{own_side, price}].push_back(order);
        }
      } else if (order.size > 1 && next_(2) == 0) {
        update.order.size = 1;
        --there->size;
      } else {
        queue.erase(there);
        if (queue.empty()) book.orders.erase(at);
      }
      records.push_back(update);
      return;
    }
  }

  void AddLevelRecord(std::vector<Update>& records, uint32_t instrument, OneBook& book) {
    const char side = next_(2) == 0 ? 'B' : 'A';
    const auto price = static_cast<int64_t>(100 + next_(6));
    const int part = next_(4) == 0 ? 1 : 0;
    const bool is_gone = next_(3) == 0;
    Update update = Record(kLive, FH_RECORD_LEVEL, is_gone ? FH_ACTION_CANCEL : FH_ACTION_MODIFY,
                           instrument, number_);
    update.side = side;
    if (part == 1) update.flags |= FH_FLAG_IMPLIED;
    const uint64_t size = is_gone ? 0 : 1 + next_(50);
    update.level = {.price = price, .size = size, .order_count = 0, .depth = 0};
    if (is_gone) {
      book.levels.erase({part, side, price});
    } else {
      book.levels[{part, side, price}] = size;
    }
    records.push_back(update);
  }

  // Numbers begin anew, and every book with them. Images of before are still under way.
  void Restart() {
    ++session_;
    number_ = 0;
    losing_ = 0;
    is_flagged_ = false;
    books_.clear();
    orders_.old.clear();
    levels_.old.clear();
    restarted_ = now_;
    Update session = Record(kLive, FH_RECORD_SESSION, FH_ACTION_CLEAR, FH_ALL_INSTRUMENTS, 0);
    session.session.state = FH_SESSION_RESTARTED;
    session.flags = FH_FLAG_LAST;
    SendLive({session});
    // It may be joined late as well.
    if (Chance(2)) {
      const size_t kept = live_line_.size();
      for (uint64_t n = 1 + next_(20); n > 0; --n) MakeMessage();
      live_line_.resize(kept);
      losing_ = 0;
      Lose(1, number_, FH_GAP_LATE_JOIN);
    }
  }

  // ---- Images

  using Messages = std::vector<std::vector<Update>>;
  struct Kind {
    uint16_t channel;
    Family family;
    std::vector<uint32_t> instruments;
    size_t turn = 0;        // Whose image is next.
    uint64_t rounds = 0;    // Made so far.
    uint64_t sequence = 0;  // Of the loop.
    std::deque<std::vector<Update>> messages;
    Messages old;  // An image of this session.
  };

  // A message of the loop; those of two instruments may be mixed.
  void MakeImages(Kind& kind) {
    if (kind.messages.empty()) {
      if (kind.turn == 0) kind.sequence = 0;
      Messages one = ImageOf(kind);
      Messages other;
      if (Chance(3) && kind.turn != 0) other = ImageOf(kind);
      if (faults_.old_images && other.empty() && Chance(6)) {
        std::swap(one, kind.old);
        if (one.empty()) std::swap(one, kind.old);
      }
      while (!one.empty() || !other.empty()) {
        Messages& from = other.empty() || (!one.empty() && next_(2) == 0) ? one : other;
        kind.messages.push_back(std::move(from.front()));
        from.erase(from.begin());
      }
    }
    if (faults_.image_loss && Chance(80)) {
      // The end of a loop, of which nothing says that it is missing.
      kind.messages.clear();
      kind.turn = 0;
      return;
    }
    std::vector<Update> message = std::move(kind.messages.front());
    kind.messages.pop_front();
    ++kind.sequence;
    for (Update& update : message) update.sequence = kind.sequence;
    if (faults_.image_loss && Chance(25)) {
      Update gap =
          Record(kind.channel, FH_RECORD_GAP, FH_ACTION_NONE, FH_ALL_INSTRUMENTS, kind.sequence);
      gap.gap.cause = FH_GAP_LOST;
      gap.flags = FH_FLAG_LAST;
      message = {gap};
    }
    image_line_.emplace_back(now_ + image_lag_ * kStepNs, message);
    if (faults_.old_images && Chance(30)) image_line_.push_back(image_line_.back());  // Twice.
  }

  Messages ImageOf(Kind& kind) {
    const uint32_t instrument = kind.instruments[kind.turn];
    kind.turn = (kind.turn + 1) % kind.instruments.size();
    kind.rounds += kind.turn == 0;
    std::vector<Update> records;
    Update at = Record(kind.channel, FH_RECORD_STATUS, FH_ACTION_NONE, instrument, 0);
    at.status = {.kind = FH_STATUS_SNAPSHOT_AT, .value = static_cast<int64_t>(number_)};
    records.push_back(at);
    const auto record = static_cast<uint8_t>(FH_RECORD_ORDER + static_cast<int>(kind.family));
    records.push_back(Record(kind.channel, record, FH_ACTION_CLEAR, instrument, 0));
    const OneBook& book = books_[{instrument, kind.family}];
    for (const auto& [place, queue] : book.orders) {
      for (const OneOrder& order : queue) {
        records.push_back(Record(kind.channel, record, FH_ACTION_ADD, instrument, 0));
        records.back().side = place.first;
        records.back().order = {.order_id = order.id, .price = place.second, .size = order.size};
      }
    }
    for (const auto& [place, size] : book.levels) {
      const auto& [part, side, price] = place;
      records.push_back(Record(kind.channel, record, FH_ACTION_ADD, instrument, 0));
      records.back().side = side;
      if (part == 1) records.back().flags |= FH_FLAG_IMPLIED;
      records.back().level = {.price = price, .size = size, .order_count = 0, .depth = 0};
    }
    for (Update& update : records) update.flags |= FH_FLAG_SNAPSHOT;
    records.back().flags |= FH_FLAG_LAST;
    // In chunks; the first has the number and the R.
    Messages messages;
    for (size_t from = 0; from < records.size();) {
      const size_t count =
          std::min<size_t>(records.size() - from, (from == 0 ? 2 : 0) + next_(5) + 1);
      messages.emplace_back(records.begin() + static_cast<ptrdiff_t>(from),
                            records.begin() + static_cast<ptrdiff_t>(from + count));
      from += count;
    }
    if (Chance(4)) kind.old = messages;
    return messages;
  }

  void Arrive(std::deque<std::pair<int64_t, std::vector<Update>>>& line, std::deque<Update>& in) {
    while (!line.empty() && line.front().first <= now_) {
      for (Update& update : line.front().second) {
        update.ts_recv_ns = now_;
        in.push_back(update);
      }
      line.pop_front();
    }
  }

  Next next_;
  VenueFaults faults_;
  int64_t now_ = 1'000'000'000;
  int64_t restarted_ = 0;
  size_t session_ = 0;
  uint64_t number_ = 0;
  uint64_t order_ids_ = 0;
  std::map<Key, OneBook> books_;
  std::map<std::tuple<size_t, uint32_t, Family>, std::map<uint64_t, std::string>> history_;
  bool is_flagged_ = false;
  uint64_t losing_ = 0;
  uint64_t lost_from_ = 0;
  int64_t live_lag_ = 0;
  int64_t image_lag_ = 0;
  Kind orders_{.channel = kOrderImages,
               .family = Family::kOrders,
               .instruments = {1, 2, 3},
               .messages = {},
               .old = {}};
  Kind levels_{.channel = kLevelImages,
               .family = Family::kLevels,
               .instruments = {1, 2, 4},
               .messages = {},
               .old = {}};
  std::deque<std::pair<int64_t, std::vector<Update>>> live_line_;
  std::deque<std::pair<int64_t, std::vector<Update>>> image_line_;
  std::deque<Update> live_in_;
  std::deque<Update> image_in_;
  size_t client_session_ = 0;
  uint64_t client_number_ = 0;
  bool is_whole_ = true;
};

// A book as ImageVenue::Truth writes it.
inline std::string TextOf(const Book& book) {
  std::string text;
  if (book.family() == Family::kOrders) {
    for (const Side side : {Side::kAsk, Side::kBid}) {
      std::string part;
      const Levels levels = book.levels(side);
      for (size_t i = 0; i < levels.size(); ++i) {
        // Ascending by price.
        const Level level = levels[side == Side::kAsk ? i : levels.size() - 1 - i];
        part += std::string(1, side == Side::kAsk ? 'A' : 'B') + std::to_string(level.price) + ":";
        for (const Order order : book.orders(side, level.price)) {
          part += std::to_string(order.id) + "x" + std::to_string(order.size) + ",";
        }
      }
      text += part;
    }
    return text;
  }
  for (int part = 0; part < 2; ++part) {
    const Book of = part == 0 ? book : book.implied();
    if (!of) continue;
    for (const Side side : {Side::kAsk, Side::kBid}) {
      const Levels levels = of.levels(side);
      for (size_t i = 0; i < levels.size(); ++i) {
        const Level level = levels[side == Side::kAsk ? i : levels.size() - 1 - i];
        text += std::to_string(part) + std::string(1, side == Side::kAsk ? 'A' : 'B') +
                std::to_string(level.price) + "=" + std::to_string(level.size) + ",";
      }
    }
  }
  return text;
}

}  // namespace fh::books

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_IMAGE_VENUE_H_
