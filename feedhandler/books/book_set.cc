#include "feedhandler/books/book_set.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "codecs/prefetch.h"
#include "feedhandler/books/book_set_impl.h"

namespace fh::books {
namespace {

constexpr uint32_t kMostInstruments = 1u << 24;
constexpr uint32_t kMostOrders = 1u << 28;
constexpr uint32_t kMostLevels = 1u << 30;
constexpr uint32_t kMostStreams = 1u << 16;
// How many updates before its turn each stage of an update runs. What is found is kept for 16. The stages
// of a lone update run one after the other: what each asks for comes at the same time.
constexpr size_t kLookUpAhead = 12;
constexpr size_t kFetchAhead = 8;
constexpr size_t kFetchMoreAhead = 4;
constexpr uint8_t kAlwaysTold = kCondition | kCleared | kWatched;

uint64_t InstrumentKey(uint16_t channel, uint32_t id) {
  return uint64_t{1} << 63 | uint64_t{channel} << 32 | id;
}

uint64_t Mixed(uint64_t key) { return key * 0x9E3779B97F4A7C15u; }

absl::Status CheckRange(const char* what, uint64_t value, uint64_t least, uint64_t most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("books: ", what, " is ", value, "; it may be ", least, " to ", most));
}

uint64_t BooksWanted(const BookOptions& options) {
  return options.books != 0 ? options.books
                            : uint64_t{options.instruments} + options.instruments / 4 + 1;
}

uint64_t LevelsWanted(const BookOptions& options) {
  return options.levels != 0 ? options.levels : BooksWanted(options) * 16;
}

absl::Status CheckOptions(const BookOptions& options) {
  absl::Status status = CheckRange("instruments", options.instruments, 1, kMostInstruments);
  status.Update(CheckRange("orders", options.orders, 1, kMostOrders));
  status.Update(CheckRange("books", BooksWanted(options), 1, 2 * uint64_t{kMostInstruments}));
  status.Update(CheckRange("levels", LevelsWanted(options), 1, kMostLevels));
  status.Update(CheckRange("streams", options.streams, 1, kMostStreams));
  status.Update(CheckRange("watches", options.watches, 0, 1u << 24));
  status.Update(CheckRange("depth_of_notices", options.depth_of_notices, 1, 32));
  status.Update(CheckRange("channels", options.channels.size(), 0, UINT16_MAX));
  return status;
}

bool ConcernsAll(const fh_update& update) { return update.instrument_id == FH_ALL_INSTRUMENTS; }

bool IsLast(const fh_update& update) { return (update.flags & FH_FLAG_LAST) != 0; }

// Whether LAST of such a record ends what books have open, or only what the same message has touched:
// statuses and the like come between the levels of an event, and are events of their own.
bool EndsEvents(const fh_update& update) {
  return update.record <= FH_RECORD_TRADE || update.record == FH_RECORD_STATISTIC ||
         update.record == FH_RECORD_TRADE_DETAIL;
}

bool IsSnapshot(const fh_update& update) { return (update.flags & FH_FLAG_SNAPSHOT) != 0; }

}  // namespace

// ---- Start

absl::StatusOr<std::unique_ptr<BookSet>> BookSet::Create(const BookOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  auto set = absl::WrapUnique(new BookSet());
  set->impl_ = std::make_unique<Impl>(options);
  if (absl::Status status = set->impl_->Map(set->tables_); !status.ok()) return status;
  set->notices_ = set->impl_->notices.data();
  return set;
}

BookSet::~BookSet() = default;

absl::Status BookSet::Impl::Map(detail::Tables& shared) {
  const auto map = [&](Pages& pages, uint64_t bytes) {
    absl::StatusOr<Pages> mapped = Pages::Map(bytes, options.huge_pages);
    if (mapped.ok()) pages = *std::move(mapped);
    return mapped.status();
  };
  const uint64_t instrument_slots =
      std::bit_ceil(std::max<uint64_t>(uint64_t{options.instruments} * 2, 8));
  const uint64_t level_count = (LevelsWanted(options) + detail::LevelPool::kUnit - 1) /
                               detail::LevelPool::kUnit * detail::LevelPool::kUnit;
  const int id_bits = std::bit_width(std::max<uint64_t>(uint64_t{options.orders} * 2, 8) - 1);
  books_capacity = static_cast<uint32_t>(BooksWanted(options));
  absl::Status status = map(level_pages, level_count * sizeof(LevelSlot));
  if (status.ok()) status = map(order_pages, (uint64_t{options.orders} + 1) * sizeof(OrderSlot));
  if (status.ok()) status = map(book_pages, (uint64_t{books_capacity} + 1) * sizeof(BookSlot));
  if (status.ok()) status = map(instrument_pages, instrument_slots * sizeof(InstrumentSlot));
  if (status.ok()) status = map(id_pages, sizeof(detail::IdTable::Entry) << id_bits);
  if (!status.ok()) return status;

  tables = {static_cast<LevelSlot*>(level_pages.data()),
            static_cast<OrderSlot*>(order_pages.data()), static_cast<BookSlot*>(book_pages.data())};
  shared = tables;
  level_pool = detail::LevelPool(tables.levels, static_cast<uint32_t>(level_count));
  ids = detail::IdTable(static_cast<detail::IdTable::Entry*>(id_pages.data()), id_bits);
  instruments = static_cast<InstrumentSlot*>(instrument_pages.data());
  instrument_mask = static_cast<uint32_t>(instrument_slots - 1);
  instrument_shift = std::countl_zero(uint64_t{instrument_mask});
  tables.books[detail::kNobody] = detail::BookSlot{};
  streams.resize(std::bit_ceil(uint64_t{options.streams} * 2));
  channel_began.resize(size_t{UINT16_MAX} + 1);
  touched.reserve(size_t{books_capacity} + 1);
  watched_changed.reserve(options.watches);
  watches.resize(options.watches);
  for (uint32_t i = options.watches; i > 0; --i) {
    watches[i - 1].next = free_watch;
    free_watch = i;
  }
  // Of one update, and of the books that have been put in others' place with it.
  notices.resize(2 * (size_t{books_capacity} + 1));
  depth_mask = options.depth_of_notices >= 32 ? UINT32_MAX : (1u << options.depth_of_notices) - 1;
  follow_others = options.follow;
  choices.push_back(options.channel);
  if (!options.channels.empty()) choice_of = std::make_unique<uint16_t[]>(size_t{UINT16_MAX} + 1);
  for (const ChannelChoice& choice : options.channels) {
    choice_of[choice.channel_id] = static_cast<uint16_t>(choices.size());
    choices.push_back(choice.options);
  }
  return absl::OkStatus();
}

// ---- Who is who

detail::InstrumentSlot* BookSet::Impl::FindInstrument(uint16_t channel, uint32_t id) const {
  const uint64_t key = InstrumentKey(channel, id);
  for (uint64_t at_slot = Mixed(key) >> instrument_shift;;
       at_slot = (at_slot + 1) & instrument_mask) {
    InstrumentSlot& slot = instruments[at_slot];
    if (slot.key == key) return &slot;
    if (slot.key == 0) return nullptr;
  }
}

// Null when there is no room.
detail::InstrumentSlot* BookSet::Impl::InstrumentOf(uint16_t channel, uint32_t id) {
  const uint64_t key = InstrumentKey(channel, id);
  uint64_t at_slot = Mixed(key) >> instrument_shift;
  while (instruments[at_slot].key != key) {
    if (instruments[at_slot].key == 0) {
      if (instruments_used == options.instruments) return nullptr;
      ++instruments_used;
      instruments[at_slot] = {.key = key, .kinds = follow_others};
      break;
    }
    at_slot = (at_slot + 1) & instrument_mask;
  }
  return &instruments[at_slot];
}

detail::BookSlot* BookSet::Impl::NewBook() {
  if (book_count > books_capacity) {
    ++stats.books_full;
    return nullptr;
  }
  BookSlot& book = tables.books[book_count++];
  book = BookSlot{};
  book.replaced_sequence = UINT64_MAX;
  book.replaced_side = FH_SIDE_NONE;
  return &book;
}

// Null: no room.
detail::BookSlot* BookSet::Impl::MakeBookOf(InstrumentSlot* instrument, Family family,
                                            const Update& update) {
  const auto which = static_cast<size_t>(family);
  BookSlot* const book = NewBook();
  if (book == nullptr) return nullptr;
  instrument->books[which] = IndexOf(*book);
  book->family = static_cast<uint8_t>(family);
  book->instrument_id = update.instrument_id;
  book->instrument = static_cast<uint32_t>(instrument - instruments);
  book->channel_id = update.channel_id;
  book->stream = fh_stream(update.sequence);
  if (family == Family::kLevels) {
    book->depth = OptionsOf(update.channel_id).depth.value_or(instrument->depth);
  }
  if (const Stream* stream = StreamOf(update.channel_id, book->stream)) {
    book->is_stale = stream->is_stale;
    if (stream->is_doubtful) {
      book->state = static_cast<uint8_t>(State::kDoubtful);
      book->cause = static_cast<uint8_t>(Cause::kGap);
      book->since = stream->since;
      book->condition_changed = 1;
    }
  }
  if (instrument->is_late != 0) {
    if (book->state == 0) Doubt(*book, Cause::kFollowedLate, update.sequence);
  }
  return book;
}

detail::BookSlot* BookSet::Impl::ImpliedOf(BookSlot& book) {
  if (book.implied != detail::kNobody) return &tables.books[book.implied];
  BookSlot* const implied = NewBook();
  if (implied == nullptr) return nullptr;
  implied->family = book.family;
  implied->part = static_cast<uint8_t>(Part::kImplied);
  implied->instrument_id = book.instrument_id;
  implied->instrument = book.instrument;
  implied->channel_id = book.channel_id;
  implied->stream = book.stream;
  implied->implied = IndexOf(book);
  if (book.family == static_cast<uint8_t>(Family::kLevels)) {
    implied->depth = OptionsOf(book.channel_id).implied_depth;
  }
  // What both parts together show so far is what this one alone does.
  implied->shown_consolidated = book.shown;
  book.implied = IndexOf(*implied);
  return implied;
}

BookSet::Stream* BookSet::Impl::StreamOf(uint16_t channel, uint16_t stream) {
  const uint64_t key = (uint64_t{channel} << 16 | stream) + 1;
  if (last_stream != nullptr && last_stream->key == key) return last_stream;
  const uint64_t mask = streams.size() - 1;
  uint64_t slot = (Mixed(key) >> 32) & mask;
  for (size_t probes = 0; streams[slot].key != key; slot = (slot + 1) & mask, ++probes) {
    if (streams[slot].key == 0 && probes < streams.size() / 2) {
      streams[slot].key = key;
      break;
    }
    if (probes == streams.size() / 2) {
      ++stats.streams_full;
      return nullptr;
    }
  }
  last_stream = &streams[slot];
  return last_stream;
}

const BookSet::Stream* BookSet::Impl::FindStream(uint16_t channel, uint16_t stream) const {
  const uint64_t key = (uint64_t{channel} << 16 | stream) + 1;
  const uint64_t mask = streams.size() - 1;
  uint64_t slot = (Mixed(key) >> 32) & mask;
  for (size_t probes = 0; probes <= streams.size() / 2; slot = (slot + 1) & mask, ++probes) {
    if (streams[slot].key == key) return &streams[slot];
    if (streams[slot].key == 0) return nullptr;
  }
  return nullptr;
}

// ---- States

void BookSet::Impl::Doubt(BookSlot& book, Cause cause, uint64_t sequence) {
  ++stats.faults[static_cast<size_t>(cause)];
  BookSlot& direct = Direct(book);
  if (direct.state == static_cast<uint8_t>(State::kDoubtful)) return;
  direct.state = static_cast<uint8_t>(State::kDoubtful);
  direct.cause = static_cast<uint8_t>(cause);
  direct.since = sequence;
  direct.condition_changed = 1;
}

void BookSet::Impl::Heal(BookSlot& book) {
  if (const Stream* stream = StreamOf(book.channel_id, book.stream)) {
    book.is_stale = stream->is_doubtful || stream->is_stale;
  }
  if (book.state == static_cast<uint8_t>(State::kGood)) return;
  ++stats.healed;
  book.state = static_cast<uint8_t>(State::kGood);
  book.cause = static_cast<uint8_t>(Cause::kNone);
  book.since = 0;
  book.condition_changed = 1;
}

void BookSet::Impl::CheckKnownFlag(const InstrumentSlot* instrument, Family family,
                                   const Update& update) {
  const uint32_t book = instrument->books[static_cast<size_t>(family)];
  if (book != detail::kNobody) CheckFlag(tables.books[book], update);
}

// ---- Events

// `book`: a direct one, of `instrument`.
void BookSet::Impl::Open(BookSlot& book, const Update& update, InstrumentSlot& instrument) {
  if (book.is_open != 0) return;
  book.is_open = 1;
  instrument.open |= static_cast<uint8_t>(1u << book.family);
  book.opened_sequence = update.sequence;
  book.opened_ns = update.ts_recv_ns;
  if (book.is_listed != 0) return;
  book.is_listed = 1;
  touched.push_back(IndexOf(book));
}

// A gap is of a stream; what a slow reader lost, of all streams of the channel.
void BookSet::Impl::OnGap(const Update& update) {
  ++stats.gaps;
  const bool is_of_channel = update.gap.cause == FH_GAP_RING_FULL;
  const uint16_t number = fh_stream(update.sequence);
  const auto concerns = [&](uint16_t channel, uint16_t stream) {
    return channel == update.channel_id && (is_of_channel || stream == number);
  };
  StreamOf(update.channel_id, number);
  for (Stream& stream : streams) {
    if (stream.key == 0) continue;
    const uint64_t key = stream.key - 1;
    if (!concerns(static_cast<uint16_t>(key >> 16), static_cast<uint16_t>(key))) continue;
    stream.is_doubtful = true;
    stream.is_stale = false;
    stream.since = update.sequence;
  }
  for (uint32_t i = 1; i < book_count; ++i) {
    BookSlot& book = tables.books[i];
    if (book.part != static_cast<uint8_t>(Part::kDirect)) continue;
    if (!concerns(book.channel_id, book.stream)) continue;
    book.is_stale = 0;
    if (book.state == static_cast<uint8_t>(State::kDoubtful)) continue;
    Doubt(book, Cause::kGap, update.sequence);
    if (instruments[book.instrument].kinds == 0) continue;
    book.condition_changed = 0;
    Tell(book, kCondition);
  }
}

void BookSet::Impl::OnSession(const Update& update) {
  const uint16_t number = fh_stream(update.sequence);
  if (Stream* const stream = StreamOf(update.channel_id, number)) {
    stream->is_doubtful = false;
    stream->is_stale = false;
  }
  // Whatever is followed by now is followed from the session's start on.
  for (uint64_t i = 0; i <= instrument_mask; ++i) {
    if (instruments[i].key >> 32 == InstrumentKey(update.channel_id, 0) >> 32) {
      instruments[i].is_late = 0;
    }
  }
  for (uint32_t i = 1; i < book_count; ++i) {
    BookSlot& book = tables.books[i];
    if (book.channel_id != update.channel_id || book.stream != number) continue;
    const bool was_something =
        book.sides[0].count + book.sides[1].count != 0 || book.shown != Top{} || book.state != 0;
    ClearSide(book, 0);
    ClearSide(book, 1);
    book.shown = Top{};
    book.shown_consolidated = Top{};
    book.hash_shown = 0;
    book.sides[0].changed = book.sides[1].changed = 0;
    book.replaced_sequence = UINT64_MAX;
    book.is_open = 0;
    if (book.part != static_cast<uint8_t>(Part::kDirect)) continue;
    Heal(book);
    book.is_stale = 0;
    book.condition_changed = 0;
    book.implied_changed = 0;
    InstrumentSlot& instrument = instruments[book.instrument];
    instrument.open &= static_cast<uint8_t>(~(1u << book.family));
    book.sequence = update.sequence;
    if (was_something && instrument.kinds != 0) Tell(book, kCleared);
  }
}

void BookSet::Impl::OnDefinition(const Update& update) {
  if (ConcernsAll(update) || update.instrument_id == FH_UNKNOWN_INSTRUMENT) return;
  InstrumentSlot* const instrument = InstrumentOf(update.channel_id, update.instrument_id);
  if (instrument == nullptr) return;
  const uint8_t depth = update.definition.book_depth;
  instrument->depth = depth == UINT8_MAX ? 0 : depth;
  const uint32_t book = instrument->books[static_cast<size_t>(Family::kLevels)];
  if (book != detail::kNobody && !OptionsOf(update.channel_id).depth.has_value()) {
    tables.books[book].depth = instrument->depth;
  }
}

// Empties one book, or the side that the update names; its implied part is another call.
void BookSet::Impl::ClearOne(BookSlot& book, const Update& update) {
  for (size_t side = 0; side < 2; ++side) {
    if (update.side == (side == 0 ? FH_SIDE_ASK : FH_SIDE_BID)) continue;
    ClearSide(book, side);
  }
}

// Both parts; with what follows for its condition.
void BookSet::Impl::ClearBook(BookSlot& book, const Update& update) {
  book.sequence = update.sequence;
  Open(book, update, instruments[book.instrument]);
  ClearOne(book, update);
  if (book.implied != detail::kNobody) ClearOne(tables.books[book.implied], update);
  if (book.implied != detail::kNobody) book.implied_changed = 1;
  if (update.side != FH_SIDE_NONE && update.side != 0) return;
  if (!IsSnapshot(update)) return Heal(book);
  if (book.state != static_cast<uint8_t>(State::kRecovering)) {
    book.state = static_cast<uint8_t>(State::kRecovering);
    book.condition_changed = 1;
  }
}

// R: of the family of its record, or of all where the record is of none.
void BookSet::Impl::Clear(const Update& update) {
  const auto is_of_family = [&](uint8_t family) {
    switch (update.record) {
      case FH_RECORD_ORDER:
        return family == static_cast<uint8_t>(Family::kOrders);
      case FH_RECORD_LEVEL:
        return family == static_cast<uint8_t>(Family::kLevels);
      case FH_RECORD_TOP:
        return family == static_cast<uint8_t>(Family::kTops);
      default:
        return true;
    }
  };
  if (!ConcernsAll(update)) {
    InstrumentSlot* const instrument = InstrumentOf(update.channel_id, update.instrument_id);
    if (instrument == nullptr || instrument->kinds == 0) return;
    for (uint8_t family = 0; family < kFamilies; ++family) {
      if (!is_of_family(family)) continue;
      const bool is_named = update.record <= FH_RECORD_TOP;
      if (!is_named && instrument->books[family] == detail::kNobody) continue;
      BookSlot* const book = BookOf(instrument, static_cast<Family>(family), update);
      if (book != nullptr) ClearBook(*book, update);
    }
    return;
  }
  const uint16_t number = fh_stream(update.sequence);
  if (Stream* stream = StreamOf(update.channel_id, number);
      stream != nullptr && !IsSnapshot(update)) {
    stream->is_stale = stream->is_stale || stream->is_doubtful;
    stream->is_doubtful = false;
  }
  for (uint32_t i = 1; i < book_count; ++i) {
    BookSlot& book = tables.books[i];
    if (book.part == static_cast<uint8_t>(Part::kDirect) && book.channel_id == update.channel_id &&
        book.stream == number && is_of_family(book.family)) {
      ClearBook(book, update);
    }
  }
}

void BookSet::Impl::Tell(BookSlot& book, uint8_t kinds) {
  notices[notice_count++] = {.book = IndexOf(book),
                             .at = at,
                             .kinds = kinds,
                             .changed = {book.sides[0].changed, book.sides[1].changed}};
}

// Takes over what is another in the top; whether anything is. Only sides whose best has changed are looked
// at: the best level of the other one is a cache line that nothing else of the update needs.
bool BookSet::Impl::ShowTop(BookSlot& book) const {
  bool is_another = false;
  const auto look = [&](const SideSlot& side, int64_t& price, uint64_t& size) {
    if ((side.changed & 1) == 0) return;
    static constexpr LevelSlot kNone{.price = FH_UNDEFINED_PRICE};
    const LevelSlot& best = side.count == 0 ? kNone : LevelsOf(side)[side.count - 1];
    const uint64_t size_now = best.size();
    is_another |= price != best.price || size != size_now;
    price = best.price;
    size = size_now;
  };
  look(book.sides[0], book.shown.bid_price, book.shown.bid_size);
  look(book.sides[1], book.shown.ask_price, book.shown.ask_size);
  return is_another;
}

void BookSet::Impl::CloseBook(BookSlot& book, const Update& update,
                              const InstrumentSlot& instrument) {
  book.is_open = 0;
  book.sequence = update.sequence;
  book.ts_event_ns = update.ts_event_ns;
  book.ts_recv_ns = update.ts_recv_ns;
  ++stats.events;
  if (book.state == static_cast<uint8_t>(State::kRecovering) && IsSnapshot(update)) Heal(book);
  const uint8_t wanted = instrument.kinds;
  uint8_t kinds = kEvent;
  if ((book.condition_changed | book.watch_changed) != 0) {
    if (book.condition_changed != 0) kinds |= kCondition;
    if (book.watch_changed != 0) kinds |= kWatched;
    book.condition_changed = 0;
    book.watch_changed = 0;
  }
  const bool is_told = options.tell_doubtful || book.state == static_cast<uint8_t>(State::kGood);
  if (is_told) {
    const uint32_t changed = book.sides[0].changed | book.sides[1].changed;
    const Book view(&tables, IndexOf(book));
    if ((changed & 1) != 0 && ShowTop(book)) {
      kinds |= book.implied == detail::kNobody ? kTop | kConsolidatedTop : kTop;
      ++stats.tops;
    }
    if ((changed & depth_mask) != 0 && book.hash != book.hash_shown) kinds |= kDepth;
    if (book.implied != detail::kNobody && (book.implied_changed != 0 || (changed & 1) != 0)) {
      BookSlot& implied = tables.books[book.implied];
      book.implied_changed = 0;
      if (const Top top = Book(&tables, book.implied).top(); top != implied.shown) {
        implied.shown = top;
        kinds |= kImpliedTop;
      }
      if (const Top top = view.consolidated_top(); top != implied.shown_consolidated) {
        implied.shown_consolidated = top;
        kinds |= kConsolidatedTop;
      }
      implied.sides[0].changed = implied.sides[1].changed = 0;
    }
  }
  uint8_t told = wanted | kAlwaysTold;
  if ((wanted & kTop) != 0) told |= kImpliedTop | kConsolidatedTop;
  if (!is_told) told &= kAlwaysTold;
  if ((kinds & told) != 0) Tell(book, kinds & told);
  if (is_told) {
    book.sides[0].changed = book.sides[1].changed = 0;
    book.hash_shown = book.hash;
  }
}

void BookSet::Impl::CloseAll(const Update& update) {
  const uint16_t number = fh_stream(update.sequence);
  size_t kept = 0;
  size_t count = touched.size();
  // Those that end now go to the front of what is left, to be told in the order of their ids.
  size_t ending = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t index = touched[i];
    BookSlot& book = tables.books[index];
    if (book.is_open == 0) {
      book.is_listed = 0;
      continue;
    }
    touched[kept] = index;
    if (book.channel_id == update.channel_id && book.stream == number &&
        (book.sequence == update.sequence || EndsEvents(update))) {
      std::swap(touched[kept], touched[ending]);
      ++ending;
    }
    ++kept;
  }
  std::sort(touched.begin(), touched.begin() + static_cast<std::ptrdiff_t>(ending),
            [&](uint32_t a, uint32_t b) {
              const BookSlot& left = tables.books[a];
              const BookSlot& right = tables.books[b];
              return std::pair(left.instrument_id, left.family) <
                     std::pair(right.instrument_id, right.family);
            });
  for (size_t i = 0; i < ending; ++i) {
    BookSlot& book = tables.books[touched[i]];
    book.is_listed = 0;
    InstrumentSlot& instrument = instruments[book.instrument];
    instrument.open &= static_cast<uint8_t>(~(1u << book.family));
    CloseBook(book, update, instrument);
  }
  touched.resize(kept);
  touched.erase(touched.begin(), touched.begin() + static_cast<std::ptrdiff_t>(ending));
}

void BookSet::Impl::Close(const Update& update, InstrumentSlot* instrument) {
  if (ConcernsAll(update)) return CloseAll(update);
  if (instrument == nullptr || instrument->open == 0) return;
  for (size_t family = 0; family < kFamilies; ++family) {
    if ((instrument->open >> family & 1) == 0) continue;
    BookSlot& book = tables.books[instrument->books[family]];
    if (book.sequence != update.sequence && !EndsEvents(update)) continue;
    instrument->open &= static_cast<uint8_t>(~(1u << family));
    CloseBook(book, update, *instrument);
  }
}

template <bool kFill, typename U>
void BookSet::Impl::ApplyOne(std::span<U> updates, size_t which, const Staged& staged) {
  U& update = updates[which];
  ++stats.updates;
  InstrumentSlot* instrument = staged.instrument;
  const bool is_of_book = update.record <= FH_RECORD_TOP;
  const bool is_staged = instrument != nullptr;
  if (instrument != nullptr) {
    // Looked up before its turn.
  } else if (update.instrument_id == FH_UNKNOWN_INSTRUMENT) {
    if (is_of_book && update.action != FH_ACTION_NONE && update.action != FH_ACTION_ADD) {
      // Only an order's id may tell which instrument it is.
      const uint32_t order = update.record == FH_RECORD_ORDER &&
                                     OptionsOf(update.channel_id).order_ids == OrderIds::kOfStream
                                 ? FindOrder(update)
                                 : detail::kNobody;
      if (order == detail::kNobody) {
        stats.unknown_instrument += update.action != FH_ACTION_FILL;
      } else {
        instrument = &instruments[tables.books[tables.orders[order].book].instrument];
      }
    }
  } else if (!ConcernsAll(update)) {
    instrument = FindInstrument(update.channel_id, update.instrument_id);
    if (instrument == nullptr && is_of_book && follow_others != 0) {
      instrument = InstrumentOf(update.channel_id, update.instrument_id);
      if (instrument == nullptr) ++stats.books_full;
    }
  }
  if (instrument != nullptr && instrument->kinds == 0 && update.record != FH_RECORD_DEFINITION) {
    ++stats.not_followed;
    return;
  }
  if (instrument == nullptr && is_of_book && !ConcernsAll(update)) {
    stats.not_followed += follow_others == 0;
    return;
  }
  BookSlot* book = nullptr;
  if (update.action == FH_ACTION_CLEAR && update.record != FH_RECORD_SESSION) {
    Clear(update);
  } else {
    switch (update.record) {
      case FH_RECORD_ORDER:
        if (instrument != nullptr) {
          book = is_staged ? ApplyOrder<kFill>(update, instrument, staged)
                           : ApplyOrder<kFill>(update, instrument, {.hash = HashOf(update)});
        }
        break;
      case FH_RECORD_LEVEL:
        if (instrument != nullptr) book = ApplyLevel(update, instrument);
        break;
      case FH_RECORD_TOP:
        if (instrument != nullptr) book = ApplyTop(update, instrument);
        break;
      case FH_RECORD_TRADE:
        if constexpr (kFill) {
          if (which + 1 < updates.size()) FillTrade(update, updates[which + 1]);
        }
        break;
      case FH_RECORD_DEFINITION:
        OnDefinition(update);
        break;
      case FH_RECORD_GAP:
        return OnGap(update);
      case FH_RECORD_SESSION:
        if (update.action == FH_ACTION_CLEAR) OnSession(update);
        return;
      default:
        break;
    }
  }
  if (!IsLast(update)) return;
  if (book != nullptr) {
    // Nothing else of the instrument is open: the usual case, in which nothing has to be looked for.
    if (instrument->open == 0) return CloseBook(*book, update, *instrument);
    Open(*book, update, *instrument);
  }
  Close(update, instrument);
}

template <bool kFill, typename U>
size_t BookSet::Impl::Run(std::span<U> updates, size_t which) {
  notice_count = 0;
  if (!watched_changed.empty()) TakeBackChanges();
  const size_t size = updates.size();
  if (which == 0 || updates.data() != staged_span || which != staged_next) {
    looked_up = fetched = fetched_more = which;
    staged_span = updates.data();
  }
  for (; which < size && notice_count == 0; ++which) {
    for (const size_t to = std::min(size, which + kLookUpAhead); looked_up < to; ++looked_up) {
      LookUp(updates[looked_up], stages[looked_up % stages.size()]);
    }
    for (const size_t to = std::min(size, which + kFetchAhead); fetched < to; ++fetched) {
      Fetch(updates[fetched], stages[fetched % stages.size()]);
    }
    for (const size_t to = std::min(size, which + kFetchMoreAhead); fetched_more < to;
         ++fetched_more) {
      FetchMore(updates[fetched_more], stages[fetched_more % stages.size()]);
    }
    at = static_cast<uint32_t>(which);
    ApplyOne<kFill>(updates, which, stages[which % stages.size()]);
  }
  staged_next = which;
  return which;
}

// ---- Stages before an update's turn

// The lines of the instrument's slot and of the order's entry.
void BookSet::Impl::LookUp(const Update& update, Staged& staged) const {
  staged = Staged{};
  if (update.record > FH_RECORD_TOP) return;
  const uint64_t key = InstrumentKey(update.channel_id, update.instrument_id);
  __builtin_prefetch(&instruments[Mixed(key) >> instrument_shift]);
  if (update.record != FH_RECORD_ORDER) return;
  staged.hash = HashOf(update);
  ids.Prefetch(staged.hash);
}

// Those of the book and the order.
void BookSet::Impl::Fetch(const Update& update, Staged& staged) const {
  if (update.record > FH_RECORD_TOP || update.instrument_id == FH_UNKNOWN_INSTRUMENT ||
      ConcernsAll(update)) {
    return;
  }
  staged.instrument = FindInstrument(update.channel_id, update.instrument_id);
  if (staged.instrument == nullptr || staged.instrument->kinds == 0) return;
  const BookSlot& book = tables.books[staged.instrument->books[update.record - FH_RECORD_ORDER]];
  codecs::PrefetchForWrite(&book);
  codecs::PrefetchForWrite(&book.shown);
  if (update.record != FH_RECORD_ORDER || update.action == FH_ACTION_ADD) return;
  staged.order = ids.Guess(staged.hash);
  codecs::PrefetchForWrite(&tables.orders[staged.order]);
}

// Those of the level and of the order's neighbours.
void BookSet::Impl::FetchMore(const Update& update, const Staged& staged) const {
  if (staged.instrument == nullptr || staged.instrument->kinds == 0) return;
  const BookSlot& book = tables.books[staged.instrument->books[update.record - FH_RECORD_ORDER]];
  if (staged.order != detail::kNobody) {
    const OrderSlot& order = tables.orders[staged.order];
    const SideSlot& side = book.sides[order.side & 1];
    codecs::PrefetchForWrite(LevelsOf(side) + order.level);
    codecs::PrefetchForWrite(&tables.orders[order.ahead]);
    codecs::PrefetchForWrite(&tables.orders[order.behind]);
    return;
  }
  const SideSlot& side = book.sides[update.side == FH_SIDE_ASK ? 1 : 0];
  // The best levels, and what is next to them.
  const LevelSlot* const best = LevelsOf(side) + side.count;
  codecs::PrefetchForWrite(best);
  codecs::PrefetchForWrite(best - (side.count < 2 ? 0 : 2));
  codecs::PrefetchForWrite(best - (side.count < 4 ? 0 : 4));
}

size_t BookSet::ApplyNext(std::span<const Update> updates, size_t at) {
  const size_t next = impl_->Run<false>(updates, at);
  notice_count_ = impl_->notice_count;
  book_count_ = impl_->book_count;
  return next;
}

size_t BookSet::FillAndApplyNext(std::span<Update> updates, size_t at) {
  const size_t next = impl_->Run<true>(updates, at);
  notice_count_ = impl_->notice_count;
  book_count_ = impl_->book_count;
  return next;
}

void BookSet::FillTrade(Update& trade, const Update& fill) const { impl_->FillTrade(trade, fill); }

// ---- Whom it concerns

bool BookSet::Follow(uint16_t channel_id, uint32_t instrument_id, uint8_t kinds) {
  if (instrument_id == FH_ALL_INSTRUMENTS || instrument_id == FH_UNKNOWN_INSTRUMENT) return false;
  Impl& impl = *impl_;
  const bool was_known = impl.FindInstrument(channel_id, instrument_id) != nullptr;
  detail::InstrumentSlot* const instrument = impl.InstrumentOf(channel_id, instrument_id);
  if (instrument == nullptr) return false;
  const bool was_followed = was_known ? instrument->kinds != 0 : impl.follow_others != 0;
  instrument->kinds = kinds;
  if (!was_followed && kinds != 0 && impl.stats.updates != 0) instrument->is_late = 1;
  if (kinds != 0 || !was_followed) return true;
  const Update clear{.record = FH_RECORD_STATUS,
                     .action = FH_ACTION_CLEAR,
                     .side = FH_SIDE_NONE,
                     .instrument_id = instrument_id,
                     .channel_id = channel_id};
  for (uint32_t& index : instrument->books) {
    if (index == detail::kNobody) continue;
    detail::BookSlot& book = impl.tables.books[index];
    impl.ClearOne(book, clear);
    if (book.implied != detail::kNobody) impl.ClearOne(impl.tables.books[book.implied], clear);
    book.is_open = 0;
    book.shown = Top{};
    book.sides[0].changed = book.sides[1].changed = 0;
    if (book.state == static_cast<uint8_t>(State::kGood)) {
      impl.Doubt(book, Cause::kFollowedLate, book.sequence);
    }
  }
  instrument->open = 0;
  return true;
}

void BookSet::FollowOthers(uint8_t kinds) { impl_->follow_others = kinds; }

Book BookSet::Find(uint16_t channel_id, uint32_t instrument_id, Family family) const {
  const detail::InstrumentSlot* const slot = impl_->FindInstrument(channel_id, instrument_id);
  if (slot == nullptr) return {};
  const uint32_t index = slot->books[static_cast<size_t>(family)];
  return index == detail::kNobody ? Book() : book(index);
}

Book BookSet::Find(uint16_t channel_id, uint32_t instrument_id) const {
  for (const Family family : {Family::kOrders, Family::kLevels, Family::kTops}) {
    if (const Book found = Find(channel_id, instrument_id, family)) return found;
  }
  return {};
}

void BookSet::MarkGood(uint32_t book) { impl_->Heal(impl_->tables.books[book]); }

void BookSet::MarkDoubtful(uint32_t book, Cause cause, uint64_t sequence) {
  impl_->Doubt(impl_->tables.books[book], cause, sequence);
}

// ---- Another book in its place

Book BookSet::Expect(uint16_t channel_id, uint32_t instrument_id, Family family) {
  Impl& impl = *impl_;
  detail::InstrumentSlot* instrument = impl.FindInstrument(channel_id, instrument_id);
  if (instrument == nullptr && impl.follow_others != 0) {
    instrument = impl.InstrumentOf(channel_id, instrument_id);
    if (instrument == nullptr) ++impl.stats.books_full;
  }
  if (instrument == nullptr || instrument->kinds == 0) return {};
  const Update about{.instrument_id = instrument_id, .channel_id = channel_id};
  const detail::BookSlot* const found = impl.BookOf(instrument, family, about);
  book_count_ = impl.book_count;
  return found == nullptr ? Book() : book(impl.IndexOf(*found));
}

bool BookSet::IsFollowed(uint16_t channel_id, uint32_t instrument_id) const {
  const detail::InstrumentSlot* const slot = impl_->FindInstrument(channel_id, instrument_id);
  return slot == nullptr ? impl_->follow_others != 0 : slot->kinds != 0;
}

bool BookSet::StartsDoubtful(uint16_t channel_id, uint16_t stream) const {
  const Stream* const found = impl_->FindStream(channel_id, stream);
  return found != nullptr && found->is_doubtful;
}

bool BookSet::IsAfterGap(uint16_t channel_id, uint16_t stream) const {
  const Stream* const found = impl_->FindStream(channel_id, stream);
  return found != nullptr && (found->is_doubtful || found->is_stale);
}

const ChannelOptions& BookSet::options_of(uint16_t channel_id) const {
  return impl_->OptionsOf(channel_id);
}

void BookSet::StartOver(uint32_t book) {
  Impl& impl = *impl_;
  detail::BookSlot& slot = impl.tables.books[book];
  slot.replaced_sequence = UINT64_MAX;
  const Update clear{.record = FH_RECORD_STATUS,
                     .action = FH_ACTION_CLEAR,
                     .side = FH_SIDE_NONE,
                     .flags = FH_FLAG_SNAPSHOT | FH_FLAG_LAST,
                     .instrument_id = slot.instrument_id,
                     .sequence = slot.sequence,
                     .channel_id = slot.channel_id};
  impl.ClearBook(slot, clear);
}

void BookSet::Put(uint32_t book, const Update& update) {
  Impl& impl = *impl_;
  detail::BookSlot& slot = impl.tables.books[book];
  if (update.action == FH_ACTION_CLEAR) {
    impl.ClearBook(slot, update);
  } else if (update.record == FH_RECORD_ORDER) {
    impl.ApplyOrder<false>(update, &impl.instruments[slot.instrument],
                           {.hash = impl.HashOf(update)});
  } else if (update.record == FH_RECORD_LEVEL) {
    impl.ApplyLevel(update, &impl.instruments[slot.instrument]);
  }
  book_count_ = impl.book_count;
}

void BookSet::Show(uint32_t book, const Update& end, uint32_t at) {
  Impl& impl = *impl_;
  detail::BookSlot& slot = impl.tables.books[book];
  detail::InstrumentSlot& instrument = impl.instruments[slot.instrument];
  instrument.open &= static_cast<uint8_t>(~(1u << slot.family));
  impl.at = at;
  impl.CloseBook(slot, end, instrument);
  notice_count_ = impl.notice_count;
}

void BookSet::ForgetNotices() {
  notice_count_ = impl_->notice_count = 0;
  if (!impl_->watched_changed.empty()) impl_->TakeBackChanges();
}

BookStats BookSet::stats() const {
  BookStats stats = impl_->stats;
  stats.orders = impl_->orders_used;
  stats.levels_room = impl_->level_pool.used();
  ForEachBook([&](Book book) {
    ++stats.books;
    stats.doubtful_now += !book.condition().good();
    if (!book.is_open()) return;
    ++stats.open_now;
    const detail::BookSlot& slot = tables_.books[book.index()];
    if (stats.open_now == 1 || slot.opened_ns < stats.oldest_open_ns) {
      stats.oldest_open = slot.opened_sequence;
      stats.oldest_open_ns = slot.opened_ns;
    }
  });
  return stats;
}

uint64_t BookSet::orders() const { return impl_->orders_used; }

uint32_t BookSet::most_books() const { return impl_->books_capacity; }

size_t BookSet::bytes() const {
  return impl_->level_pages.bytes() + impl_->order_pages.bytes() + impl_->book_pages.bytes() +
         impl_->instrument_pages.bytes() + impl_->id_pages.bytes();
}

size_t BookSet::huge_bytes() const {
  return impl_->level_pages.huge_bytes() + impl_->order_pages.huge_bytes() +
         impl_->book_pages.huge_bytes() + impl_->instrument_pages.huge_bytes() +
         impl_->id_pages.huge_bytes();
}

}  // namespace fh::books
