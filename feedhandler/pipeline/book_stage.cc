#include "feedhandler/pipeline/book_stage.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace fh {
namespace {

using books::Book;
using books::BookSet;
using books::Family;
using books::Notice;

// What the two headers say is the same.
static_assert(int{FH_BOOK_TOP} == int{books::kTop} && int{FH_BOOK_LEVELS} == int{books::kDepth});
static_assert(int{FH_BOOK_EVENT} == int{books::kEvent});
static_assert(int{FH_BOOK_STATE} == int{books::kCondition});
static_assert(int{FH_BOOK_CLEARED} == int{books::kCleared});
static_assert(int{FH_BOOK_QUEUE} == int{books::kWatched});
static_assert(int{FH_BOOK_IMPLIED_TOP} == int{books::kImpliedTop});
static_assert(int{FH_BOOK_CONSOLIDATED_TOP} == int{books::kConsolidatedTop});
static_assert(FH_BOOK_GOOD == static_cast<int>(books::State::kGood));
static_assert(FH_BOOK_RECOVERING == static_cast<int>(books::State::kRecovering));
static_assert(FH_BOOK_CAUSE_SIDE_UNKNOWN == static_cast<int>(books::Cause::kSideUnknown));
static_assert(FH_BOOK_CAUSE_MISMATCH == static_cast<int>(books::Cause::kMismatch));
static_assert(FH_BOOK_CAUSE_MISMATCH + 1 == books::kCauses);

// Told of books that are not good too, to those who want good ones only.
constexpr uint32_t kAlways = FH_BOOK_STATE | FH_BOOK_CLEARED | FH_BOOK_QUEUE;
constexpr uint8_t kIndexOfOwn = UINT8_MAX;
// How often counters are asked for in vain before a picture is drawn in the middle of updates.
constexpr uint32_t kPatience = 8;

uint16_t ChannelOf(uint64_t key) { return static_cast<uint16_t>(key >> 32); }

size_t SlotOf(uint64_t key, size_t slots) {
  return static_cast<size_t>(key * 0x9e3779b97f4a7c15 >> 20) & (slots - 1);
}

// What a BookSet has to look for, for somebody who wants `kinds`.
uint8_t FollowedKinds(uint32_t kinds) {
  uint32_t followed = kinds & (books::kTop | books::kDepth | books::kEvent);
  if ((kinds & (FH_BOOK_IMPLIED_TOP | FH_BOOK_CONSOLIDATED_TOP)) != 0) followed |= books::kTop;
  if ((kinds & FH_BOOK_TIMED) != 0) followed |= books::kEvent;
  return static_cast<uint8_t>(followed);
}

}  // namespace

BookStage::BookStage(const BooksConfig& config, const std::vector<BookChannel>& channels)
    : config_(config) {
  for (const BookChannel& channel : channels) {
    if (is_kept_.size() <= channel.id) {
      is_kept_.resize(channel.id + size_t{1});
      is_taken_.resize(is_kept_.size());
      instruments_.resize(is_kept_.size());
      epochs_.resize(is_kept_.size());
    }
    is_kept_[channel.id] = is_taken_[channel.id] = channel.is_kept;
    instruments_[channel.id] = channel.instruments;
  }
  for (size_t id = 0; id < is_kept_.size(); ++id) images_of_.push_back(static_cast<uint16_t>(id));
  for (const std::string& symbol : config.symbols) symbols_.emplace_back(symbol);
  if (!symbols_.empty()) verdicts_.resize(std::bit_ceil(2 * size_t{config.instruments} + 2));
}

BookStage::~BookStage() = default;

absl::StatusOr<std::unique_ptr<BookStage>> BookStage::Create(
    const BooksConfig& config, const std::vector<BookChannel>& channels) {
  std::unique_ptr<BookStage> stage(new BookStage(config, channels));
  stage->most_books_ = config.instruments + config.instruments / 4 + 1;
  books::BookOptions options;
  options.instruments = config.instruments;
  options.books = stage->most_books_;
  options.orders = config.orders;
  options.levels = config.levels;
  options.watches = kMostWatches;
  options.follow = books::kTop;
  options.depth_of_notices = kMostLevels;
  for (const BookChannel& channel : channels) {
    options.channels.push_back({.channel_id = channel.id, .options = channel.options});
  }
  absl::StatusOr<std::unique_ptr<BookSet>> books = BookSet::Create(options);
  if (!books.ok()) return books.status();
  stage->books_ = *std::move(books);
  if (absl::Status made = stage->MakeHealer(channels); !made.ok()) return made;
  stage->others_ = options.follow;
  const size_t most = stage->most_books_ + size_t{1};
  stage->out_ = std::make_unique_for_overwrite<Update[]>(2 * kMostOfRun + most);
  stage->withheld_.resize(most);
  stage->watchers_.resize(kMostWatches + size_t{1});
  return stage;
}

absl::Status BookStage::MakeHealer(const std::vector<BookChannel>& channels) {
  books::HealerOptions options;
  options.log_updates = std::bit_ceil(config_.heal_log);
  options.image_updates = config_.heal_images;
  for (const BookChannel& channel : channels) {
    if (!channel.images_of.has_value() || !IsKept(*channel.images_of)) continue;
    options.channels.push_back({.channel_id = channel.id,
                                .live_channel_id = *channel.images_of,
                                .has_books = channel.is_kept});
  }
  if (options.channels.empty() || !config_.heal) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<books::Healer>> healer = books::Healer::Create(*books_, options);
  if (!healer.ok()) return healer.status();
  healer_ = *std::move(healer);
  for (const books::ImageChannel& images : options.channels) {
    is_taken_[images.channel_id] = true;
    images_of_[images.channel_id] = images.live_channel_id;
  }
  return absl::OkStatus();
}

// ---- Runs

void BookStage::Begin(std::span<Update> run, const Update* behind) {
  run_ = run;
  behind_ = behind;
  at_ = begin_ = kept_begin_ = kept_end_ = 0;
  if (!run.empty() && codecs::IsSessionStart(run[0])) DropIds(run[0]);
  if (asked_.load(std::memory_order_relaxed) != 0) DrawPicture(/*is_idle=*/false);
}

void BookStage::Stage(std::span<const Update> updates) {
  std::memcpy(static_cast<void*>(&out_[staged_]), updates.data(), updates.size_bytes());
  staged_ += updates.size();
}

bool BookStage::Next(Step& step) {
  staged_ = 0;
  due_.clear();
  while (at_ < run_.size()) {
    Advance();
    if (!due_.empty() || staged_ >= kMostOfRun) break;
  }
  const bool has_last = begin_ < at_ && at_ == run_.size();
  if (has_last && config_.fill_in && behind_ != nullptr && IsKept(run_.back().channel_id) &&
      run_.back().record == FH_RECORD_TRADE) {
    books_->FillTrade(run_.back(), *behind_);
  }
  const std::span<const Update> rest = run_.subspan(begin_, at_ - begin_);
  begin_ = at_;
  if (staged_ == 0) {
    step.updates = rest;
  } else {
    Stage(rest);
    step.updates = {out_.get(), staged_};
  }
  step.due = due_;
  return !step.updates.empty() || !step.due.empty();
}

// Applies on, up to an update that gives notices or the end of the run.
void BookStage::Advance() {
  if (at_ >= kept_end_) {
    const bool is_taken = IsTaken(run_[at_]);
    size_t end = at_ + 1;
    while (end < run_.size() && IsTaken(run_[end]) == is_taken) ++end;
    if (!is_taken) {
      at_ = end;
      return;
    }
    kept_begin_ = at_;
    kept_end_ = end;
    if (!symbols_.empty()) {
      for (const Update& update : run_.subspan(at_, end - at_)) {
        if (IsKept(update.channel_id)) Decide(update, update.channel_id);
        const uint16_t live = images_of_[update.channel_id];
        if (live != update.channel_id) Decide(update, live);
      }
    }
  }
  if (has_timed_) {
    CollectTimed(run_[at_].ts_recv_ns);
    if (!due_.empty()) return;
  }
  const std::span<Update> kept = run_.subspan(kept_begin_, kept_end_ - kept_begin_);
  const size_t from = at_ - kept_begin_;
  at_ = kept_begin_ + Apply(kept, from);
  for (const Notice& notice : books_->notices()) Take(notice);
}

size_t BookStage::Apply(std::span<Update> updates, size_t at) {
  if (healer_ != nullptr) {
    return config_.fill_in ? healer_->FillAndApplyNext(updates, at)
                           : healer_->ApplyNext(updates, at);
  }
  return config_.fill_in ? books_->FillAndApplyNext(updates, at) : books_->ApplyNext(updates, at);
}

void BookStage::Take(const Notice& notice) {
  const Book book = books_->book(notice.book);
  const bool is_good = book.condition().good();
  const bool is_due = (notice.kinds & books::kTop) != 0 || (withheld_[notice.book] && is_good);
  if ((notice.kinds & books::kCleared) != 0) withheld_[notice.book] = false;
  if (is_due && config_.top_records && !SendsTops(book)) {
    withheld_[notice.book] = !is_good && !config_.publish_doubtful;
    if (withheld_[notice.book]) {
      ++counters_.withheld_tops;
    } else {
      AddTop(book);
    }
  }
  if (has_listeners_) AskStrategies(notice, book);
  if ((notice.kinds & books::kCleared) != 0) DropWatches(notice.book);
}

// Ids of orders mean nothing in another session. Who watched one has just been told that it is gone.
void BookStage::DropWatches(uint32_t book) {
  bool has_any = false;
  books_->ForEachWatch(book, [&](uint32_t, const books::Watched&) { has_any = true; });
  if (!has_any) return;
  for (uint32_t number = 0; number < watchers_.size(); ++number) {
    if (watchers_[number] != 0 && books_->watched(number).book == book) DropWatch(number);
  }
}

void BookStage::DropWatch(uint32_t number) {
  books_->Unwatch(number);
  watchers_[number] = 0;
}

// Whether the best prices of the instrument are in the stream already, or come of a book that says more.
bool BookStage::SendsTops(const Book& book) const {
  if (book.family() == Family::kOrders) return false;
  if (book.family() == Family::kTops) return true;
  return static_cast<bool>(books_->Find(book.channel_id(), book.instrument_id(), Family::kOrders));
}

void BookStage::AddTop(const Book& book) {
  Stage(run_.subspan(begin_, at_ - begin_));
  begin_ = at_;
  const books::Top top = book.top();
  const bool is_good = book.condition().good();
  out_[staged_++] = Update{
      .record = FH_RECORD_TOP,
      .action = FH_ACTION_MODIFY,
      .side = FH_SIDE_NONE,
      .flags =
          static_cast<uint8_t>(FH_FLAG_LAST | FH_FLAG_TOB | (is_good ? 0 : FH_FLAG_MAYBE_BAD_BOOK)),
      .instrument_id = book.instrument_id(),
      .sequence = book.sequence(),
      .ts_event_ns = book.ts_event_ns(),
      .ts_recv_ns = book.ts_recv_ns(),
      .top = {.bid_price = top.bid_price,
              .ask_price = top.ask_price,
              .bid_size = fh_top_size(top.bid_size),
              .ask_size = fh_top_size(top.ask_size)},
      .channel_id = book.channel_id(),
      .index = kIndexOfOwn,
      .detail = 0,
      .published_ns32 = 0,
  };
  ++counters_.top_records;
  counters_.doubtful_tops += is_good ? 0 : 1;
}

// ---- Who wants what

BookStage::Subscription* BookStage::FindSlot(Strategy& strategy, uint64_t key) const {
  std::vector<Subscription>& table = strategy.of_one;
  if (table.empty()) return nullptr;
  size_t slot = SlotOf(key, table.size());
  while (table[slot].key != 0 && table[slot].key != key) slot = (slot + 1) & (table.size() - 1);
  return &table[slot];
}

BookStage::Wish BookStage::WishOf(const Strategy& strategy, uint16_t channel_id,
                                  uint32_t instrument_id) const {
  if (strategy.used != 0) {
    const uint64_t key = KeyOf(channel_id, instrument_id);
    const Subscription* own = FindSlot(const_cast<Strategy&>(strategy), key);
    if (own != nullptr && own->key == key) return own->wish;
  }
  return strategy.of_all[channel_id].is_set ? strategy.of_all[channel_id] : strategy.of_others;
}

uint8_t BookStage::FollowedFor(uint16_t channel_id, uint32_t instrument_id) const {
  uint8_t kinds = books::kTop;
  for (const auto& strategy : strategies_) {
    kinds |= FollowedKinds(WishOf(*strategy, channel_id, instrument_id).kinds);
  }
  return kinds;
}

// Once somebody wants something else of all instruments of a channel.
void BookStage::FollowAll() {
  others_ = books::kTop;
  for (const auto& strategy : strategies_) {
    others_ |= FollowedKinds(strategy->of_others.kinds);
    for (const Wish& wish : strategy->of_all) others_ |= FollowedKinds(wish.kinds);
  }
  books_->FollowOthers(others_);
  books_->ForEachBook([this](const Book& book) {
    books_->Follow(book.channel_id(), book.instrument_id(),
                   FollowedFor(book.channel_id(), book.instrument_id()));
  });
}

void BookStage::AskStrategies(const Notice& notice, const Book& book) {
  const bool is_good = book.condition().good();
  for (const auto& strategy : strategies_) {
    if (strategy->on_book == nullptr) continue;
    const Wish wish = WishOf(*strategy, book.channel_id(), book.instrument_id());
    if (wish.kinds == 0) continue;
    uint32_t kinds = notice.kinds & wish.kinds & ~uint32_t{FH_BOOK_QUEUE};
    if ((kinds & FH_BOOK_LEVELS) != 0) {
      const uint32_t ranks = static_cast<uint32_t>((uint64_t{1} << wish.levels) - 1);
      if (((notice.changed[0] | notice.changed[1]) & ranks) == 0)
        kinds &= ~uint32_t{FH_BOOK_LEVELS};
    }
    if (!is_good && (wish.kinds & FH_BOOK_GOOD_ONLY) != 0) kinds &= kAlways;
    if ((wish.kinds & FH_BOOK_TIMED) != 0 && !strategy->is_pending[notice.book] &&
        (notice.kinds & books::kEvent) != 0) {
      strategy->is_pending[notice.book] = true;
      strategy->pending.push_back(notice.book);
    }
    if (kinds != 0) AddDue(*strategy, book, kinds, 0);
  }
  if ((notice.kinds & (books::kWatched | books::kCleared)) == 0) return;
  books_->ForEachWatch(notice.book, [&](uint32_t number, const books::Watched& watched) {
    const uint32_t watcher = watchers_[number];
    if (!watched.has_changed || watcher == 0) return;
    Strategy& strategy = *strategies_[watcher - 1];
    if (strategy.on_book != nullptr) AddDue(strategy, book, FH_BOOK_QUEUE, watched.order_id);
  });
}

void BookStage::AddDue(Strategy& strategy, const Book& book, uint32_t kinds, uint64_t order_id) {
  ++counters_.notices;
  due_.push_back({.on_book = strategy.on_book,
                  .self = strategy.self,
                  .strategy = strategy.index,
                  .notice = {.struct_size = sizeof(fh_book_notice),
                             .kinds = kinds,
                             .sequence = book.sequence(),
                             .ts_event_ns = book.ts_event_ns(),
                             .ts_recv_ns = book.ts_recv_ns(),
                             .order_id = order_id,
                             .book = book.index(),
                             .instrument_id = book.instrument_id(),
                             .channel_id = book.channel_id(),
                             .family = static_cast<uint8_t>(book.family()),
                             .reserved0 = 0,
                             .reserved1 = 0}});
}

// ---- Timed notices

void BookStage::TellPending(Strategy& strategy) {
  for (const uint32_t index : strategy.pending) {
    strategy.is_pending[index] = false;
    const Book book = books_->book(index);
    const Wish wish = WishOf(strategy, book.channel_id(), book.instrument_id());
    if ((wish.kinds & FH_BOOK_TIMED) == 0) continue;
    if ((wish.kinds & FH_BOOK_GOOD_ONLY) != 0 && !book.condition().good()) continue;
    AddDue(strategy, book, FH_BOOK_TIMED, 0);
  }
  strategy.pending.clear();
}

// At ends of intervals that are the same for every run: multiples of their length.
void BookStage::CollectTimed(int64_t now_ns) {
  if (now_ns == FH_UNDEFINED_TIME || now_ns <= 0) return;
  for (const auto& strategy : strategies_) {
    if (strategy->interval_ns == 0 || now_ns < strategy->next_ns) continue;
    const bool has_begun = strategy->next_ns != 0;
    const int64_t into = now_ns % strategy->interval_ns;
    strategy->next_ns = now_ns - into > INT64_MAX - strategy->interval_ns
                            ? INT64_MAX
                            : now_ns - into + strategy->interval_ns;
    if (has_begun) TellPending(*strategy);
  }
}

std::span<const BookStage::Due> BookStage::OnIdle(int64_t now_ns) {
  if (asked_.load(std::memory_order_relaxed) != 0) DrawPicture(/*is_idle=*/true);
  due_.clear();
  if (has_timed_) CollectTimed(now_ns);
  return due_;
}

std::span<const BookStage::Due> BookStage::OnStop() {
  due_.clear();
  for (const auto& strategy : strategies_) {
    if (strategy->interval_ns != 0) TellPending(*strategy);
  }
  asked_.store(1, std::memory_order_relaxed);
  DrawPicture(/*is_idle=*/true);
  return due_;
}

// ---- Which instruments

BookStage::Verdict& BookStage::VerdictOf(uint64_t key) {
  size_t slot = SlotOf(key, verdicts_.size());
  while (verdicts_[slot].key != 0 && verdicts_[slot].key != key) {
    slot = (slot + 1) & (verdicts_.size() - 1);
  }
  return verdicts_[slot];
}

BookStage::Verdict::Is BookStage::VerdictOn(const Update& update, uint16_t channel_id) const {
  codecs::Symbol symbol;
  const codecs::InstrumentStore* store = instruments_[channel_id];
  if (store != nullptr) symbol = store->Name(update.instrument_id, epochs_[channel_id]);
  if (symbol.view().empty() && update.record == FH_RECORD_DEFINITION) {
    symbol = codecs::Symbol(update.definition.symbol, sizeof(update.definition.symbol));
  }
  if (symbol.view().empty()) return Verdict::Is::kUnnamed;
  return std::find(symbols_.begin(), symbols_.end(), symbol) != symbols_.end()
             ? Verdict::Is::kWanted
             : Verdict::Is::kUnwanted;
}

// Lets go of an instrument that is not wanted, before its first update is applied. One without a name is
// kept until it has one. `channel_id`: of whose books; not the update's own where that has images.
void BookStage::Decide(const Update& update, uint16_t channel_id) {
  if (update.instrument_id == FH_ALL_INSTRUMENTS || update.instrument_id == FH_UNKNOWN_INSTRUMENT) {
    return;
  }
  const uint64_t key = KeyOf(channel_id, update.instrument_id);
  Verdict& verdict = VerdictOf(key);
  const codecs::InstrumentStore* store = instruments_[channel_id];
  const uint64_t changes = store == nullptr ? 0 : store->changes();
  if (verdict.key == 0) {
    if (2 * verdicts_used_ >= verdicts_.size()) return;  // BookSet has no room for it either.
    ++verdicts_used_;
    verdict.key = key;
  } else if (verdict.is != Verdict::Is::kUnnamed ||
             (verdict.changes == changes && update.record != FH_RECORD_DEFINITION)) {
    return;
  }
  verdict.changes = changes;
  verdict.is = VerdictOn(update, channel_id);
  if (verdict.is == Verdict::Is::kUnwanted) {
    books_->Follow(channel_id, update.instrument_id, 0);
  }
}

// From a session start on ids may stand for other instruments.
void BookStage::DropIds(const Update& session) {
  const uint16_t channel_id = session.channel_id;
  if (!IsKept(channel_id) || epochs_[channel_id] == session.session.epoch) return;
  epochs_[channel_id] = session.session.epoch;
  for (Verdict& verdict : verdicts_) {
    if (verdict.key == 0 || ChannelOf(verdict.key) != channel_id) continue;
    if (verdict.is == Verdict::Is::kUnwanted) {
      books_->Follow(channel_id, static_cast<uint32_t>(verdict.key), others_);
    }
    verdict.is = Verdict::Is::kUnnamed;
    verdict.changes = UINT64_MAX;
  }
  for (uint32_t number = 0; number < watchers_.size(); ++number) {
    if (watchers_[number] == 0) continue;
    const books::Watched& watched = books_->watched(number);
    const bool stands = watched.stage == books::Watched::Stage::kStanding;  // Until it is cleared.
    if (!stands && books_->book(watched.book).channel_id() == channel_id) DropWatch(number);
  }
  for (const auto& strategy : strategies_) {
    if (strategy->used == 0) continue;
    strategy->kept.clear();
    for (Subscription& one : strategy->of_one) {
      if (one.key != 0 && ChannelOf(one.key) != channel_id) strategy->kept.push_back(one);
      one = {};
    }
    for (const Subscription& one : strategy->kept) *FindSlot(*strategy, one.key) = one;
    strategy->used = strategy->kept.size();
  }
}

// ---- Counters

void BookStage::DrawPicture(bool is_idle) {
  if (!is_idle && asked_.load(std::memory_order_relaxed) < kPatience) return;
  const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  picture_ = counters_;
  picture_.books = books_->stats();
  picture_.has_images = healer_ != nullptr;
  if (healer_ != nullptr) picture_.images = healer_->stats();
  asked_.store(0, std::memory_order_relaxed);
}

BookCounters BookStage::Counters() {
  const std::unique_lock<std::mutex> lock(mutex_);
  asked_.fetch_add(1, std::memory_order_relaxed);
  return picture_;
}

}  // namespace fh
