// The inside of a BookSet: one class, cut into files by what it does. book_set.h is the manual.
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_SET_IMPL_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_SET_IMPL_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "feedhandler/books/book_set.h"
#include "feedhandler/books/id_table.h"
#include "feedhandler/books/level_pool.h"
#include "feedhandler/books/pages.h"
#include "feedhandler/books/tables.h"

namespace fh::books {

struct BookSet::Stream {
  uint64_t key = 0;  // Channel and stream, plus 1; 0: free.
  // Instruments that come up now are doubtful from the start.
  bool is_doubtful = false;
  uint64_t since = 0;
  // Updates are flagged because of a gap before the last clear of all.
  bool is_stale = false;
};

struct BookSet::WatchSlot {
  Watched shown;
  uint32_t next = 0;   // Of the same book, plus 1; or of the free ones.
  uint32_t order = 0;  // Its slot while it stands.
  int64_t stamp = 0;
  bool is_used = false;
  bool is_listed = false;  // In the list of those that have changed.
};

struct BookSet::Impl {
  using BookSlot = detail::BookSlot;
  using OrderSlot = detail::OrderSlot;
  using LevelSlot = detail::LevelSlot;
  using SideSlot = detail::SideSlot;
  using InstrumentSlot = detail::InstrumentSlot;

  // What is found out of an update before its turn. All of it are hints, but for the instrument's slot,
  // which stays where it is, and the hash, which follows from the update.
  struct Staged {
    InstrumentSlot* instrument = nullptr;  // Null: not known yet.
    uint32_t hash = 0;                     // Of an order's id.
    uint32_t order = detail::kNobody;
  };

  explicit Impl(const BookOptions& wanted) : options(wanted) {}
  absl::Status Map(detail::Tables& shared);

  // ---- Events (book_set.cc)
  template <bool kFill, typename U>
  size_t Run(std::span<U> updates, size_t at);
  template <bool kFill, typename U>
  void ApplyOne(std::span<U> updates, size_t at, const Staged& staged);
  void LookUp(const Update& update, Staged& staged) const;
  void Fetch(const Update& update, Staged& staged) const;
  void FetchMore(const Update& update, const Staged& staged) const;
  void OnGap(const Update& update);
  void OnSession(const Update& update);
  void OnDefinition(const Update& update);
  void Clear(const Update& update);
  void ClearBook(BookSlot& book, const Update& update);
  void ClearOne(BookSlot& book, const Update& update);
  void Close(const Update& update, InstrumentSlot* instrument);
  void CloseAll(const Update& update);
  bool ShowTop(BookSlot& book) const;
  void CloseBook(BookSlot& book, const Update& update, const InstrumentSlot& instrument);
  void Tell(BookSlot& book, uint8_t kinds);

  // ---- Orders (orders.cc)
  // What these three return is the book that they touched, or null.
  template <bool kFill, typename U>
  BookSlot* ApplyOrder(U& update, InstrumentSlot* instrument, const Staged& staged);
  template <bool kFill, typename U>
  void ChangeOrders(U& update, BookSlot& direct, const Staged& staged);
  template <bool kFill, typename U>
  void AddOrder(U& update, BookSlot& book, uint32_t hash);
  template <bool kFill, typename U>
  void ModifyOrder(U& update, uint32_t index, BookSlot& direct);
  template <bool kFill, typename U>
  void CancelOrder(U& update, uint32_t index, BookSlot& direct, uint32_t hash);
  bool KeepsPlace(const Update& update, const OrderSlot& order) const;
  void FillFromOrder(Update& update, const OrderSlot& order) const;
  void FillTrade(Update& trade, const Update& fill) const;
  uint32_t FindOrder(uint16_t channel, uint32_t instrument, uint16_t stream, uint64_t id) const;
  uint32_t FindOrder(const Update& update, uint32_t hash) const;
  bool IsMeant(const Update& update, uint32_t order) const;
  uint32_t FindOrder(const Update& update) const { return FindOrder(update, HashOf(update)); }
  uint32_t HashOf(const Update& update) const;
  uint32_t HashOf(const OrderSlot& order) const;
  bool Link(BookSlot& book, uint32_t index, bool at_head);
  void Unlink(BookSlot& book, uint32_t index);
  void Resize(BookSlot& book, uint32_t index, uint64_t size);
  void Forget(uint32_t index, uint32_t hash);
  void RemoveOrder(BookSlot& book, uint32_t index, uint32_t hash);
  void ForgetOrdersOf(BookSlot& book, size_t side);
  uint32_t LevelOf(const SideSlot& side, const OrderSlot& order) const;

  // ---- Levels and tops (levels.cc)
  BookSlot* ApplyLevel(const Update& update, InstrumentSlot* instrument);
  void ChangeLevels(BookSlot& direct, const Update& update);
  void SetLevel(BookSlot& book, size_t side, const Update& update);
  void TakeLevel(BookSlot& book, size_t side, const Update& update);
  BookSlot* ApplyTop(const Update& update, InstrumentSlot* instrument);
  void SetTopSide(BookSlot& book, size_t side, int64_t price, uint64_t size, uint64_t sequence);
  // Where a price stands in a side, or would be put: counted from the worst.
  uint32_t Place(const SideSlot& side, size_t s, int64_t price) const;
  bool InsertLevel(BookSlot& book, size_t side, uint32_t at, const LevelSlot& level);
  void EraseLevel(BookSlot& book, size_t side, uint32_t at);
  void ClearSide(BookSlot& book, size_t side);
  void ChangeLevel(BookSlot& book, size_t side, uint32_t at, uint64_t size, uint32_t orders);

  static void MarkChanged(SideSlot& side, uint32_t rank) {
    side.changed |= 1u << std::min(rank, 31u);
  }
  // Whatever is behind has another rank now.
  static void MarkMoved(SideSlot& side, uint32_t rank) {
    side.changed |= UINT32_MAX << std::min(rank, 31u);
  }

  // ---- Who is who (book_set.cc)
  const ChannelOptions& OptionsOf(uint16_t channel) const {
    return choices[choice_of == nullptr ? 0 : choice_of[channel]];
  }
  InstrumentSlot* FindInstrument(uint16_t channel, uint32_t id) const;
  InstrumentSlot* InstrumentOf(uint16_t channel, uint32_t id);
  BookSlot* MakeBookOf(InstrumentSlot* instrument, Family family, const Update& update);
  // The instrument's book of a family, made when it is the first update of it. Null: no room.
  BookSlot* BookOf(InstrumentSlot* instrument, Family family, const Update& update) {
    const uint32_t book = instrument->books[static_cast<size_t>(family)];
    return book != detail::kNobody ? &tables.books[book] : MakeBookOf(instrument, family, update);
  }
  BookSlot* ImpliedOf(BookSlot& book);
  BookSlot* NewBook();
  Stream* StreamOf(uint16_t channel, uint16_t stream);
  const Stream* FindStream(uint16_t channel, uint16_t stream) const;
  // Whether an event is this one record. Such an event is never open: ApplyOne ends it when its record was
  // applied, which is what nearly all updates come to.
  static bool IsWhole(const Update& update) {
    return (update.flags & FH_FLAG_LAST) != 0 && update.instrument_id != FH_ALL_INSTRUMENTS;
  }
  // `book`: a direct one, of `instrument`.
  void Touch(BookSlot& book, const Update& update, InstrumentSlot& instrument) {
    book.sequence = update.sequence;
    if (!IsWhole(update)) Open(book, update, instrument);
  }
  void Open(BookSlot& book, const Update& update, InstrumentSlot& instrument);
  void Doubt(BookSlot& book, Cause cause, uint64_t sequence);
  void Heal(BookSlot& book);
  void CheckFlag(BookSlot& book, const Update& update) {
    if ((update.flags & FH_FLAG_MAYBE_BAD_BOOK) == 0) {
      book.is_stale = 0;
    } else if (book.is_stale == 0 && book.state != static_cast<uint8_t>(State::kDoubtful)) {
      Doubt(book, Cause::kFlag, update.sequence);
    }
  }
  void CheckKnownFlag(const InstrumentSlot* instrument, Family family, const Update& update);
  BookSlot& Direct(BookSlot& book) const {
    return book.part == static_cast<uint8_t>(Part::kDirect) ? book : tables.books[book.implied];
  }
  uint32_t IndexOf(const BookSlot& book) const {
    return static_cast<uint32_t>(&book - tables.books);
  }
  LevelSlot* LevelsOf(const SideSlot& side) const { return tables.levels + side.first; }

  // ---- Watches (watches.cc)
  void Changed(WatchSlot& watch);
  void Stand(WatchSlot& watch, uint32_t index);
  void WatchedAhead(BookSlot& book, const OrderSlot& order, int orders, uint64_t size_less);
  void WatchedLinked(BookSlot& book, uint32_t index);
  void WatchedResized(BookSlot& book, uint32_t index, uint64_t less);
  void WatchedLeaves(BookSlot& book, uint32_t index);
  void WatchedGone(uint32_t index);
  void TakeBackChanges();

  // ---- Checks (audit.cc)
  absl::Status AuditBook(const BookSlot& book, uint64_t& orders) const;
  absl::Status AuditLevel(const BookSlot& book, size_t side, const LevelSlot& level,
                          uint64_t& orders) const;
  uint32_t OrderByName(uint16_t channel, uint32_t instrument, uint64_t id) const;

  BookOptions options;
  detail::Tables tables;
  detail::LevelPool level_pool;
  detail::IdTable ids;
  InstrumentSlot* instruments = nullptr;
  uint32_t instrument_mask = 0;
  int instrument_shift = 0;
  uint32_t instruments_used = 0;
  std::vector<ChannelOptions> choices;    // [0]: of all others.
  std::unique_ptr<uint16_t[]> choice_of;  // By channel; null: all have [0].
  std::vector<Stream> streams;
  Stream* last_stream = nullptr;
  std::vector<bool> channel_began;  // By channel.

  uint32_t book_count = 1;
  uint32_t books_capacity = 0;
  uint32_t free_order = detail::kNobody;  // Linked by `behind`.
  uint32_t orders_top = 1;
  uint64_t orders_used = 0;
  int64_t stamp = 0;
  uint64_t sequence_now = 0;

  std::vector<uint32_t> touched;  // Books within an event; some have ended it by themselves.
  std::vector<uint32_t> watched_changed;
  std::vector<WatchSlot> watches;
  uint32_t free_watch = 0;  // Plus 1.

  std::vector<Notice> notices;
  size_t notice_count = 0;
  uint32_t at = 0;  // Of the update that is applied.
  uint32_t depth_mask = 0;
  uint8_t follow_others = 0;
  // Of the span that is being applied: its first update, how far the stages are ahead, and what they
  // found, by the lowest bits of the update's index.
  const Update* staged_span = nullptr;
  size_t staged_next = 0;
  size_t looked_up = 0;
  size_t fetched = 0;
  size_t fetched_more = 0;
  std::array<Staged, 16> stages;
  BookStats stats;

  Pages level_pages;
  Pages order_pages;
  Pages book_pages;
  Pages instrument_pages;
  Pages id_pages;
};

}  // namespace fh::books

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_SET_IMPL_H_
