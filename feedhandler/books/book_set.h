// Order books of many instruments, made of updates: by order with queues, by level, and tops.
//
//   absl::StatusOr<std::unique_ptr<BookSet>> books = BookSet::Create({.instruments = 8'000,
//                                                                     .orders = 2'000'000});
//   (*books)->Apply(updates, [&](const Notice& notice) {      // At ends of events, and only there.
//     const Book book = (*books)->book(notice.book);
//     if ((notice.kinds & kTop) != 0 && book.condition().good()) OnTop(book.top());
//   });
//
// A book is one of (channel, instrument, family of records): orders, levels and tops of one instrument
// are books of their own (Family), and implied orders and levels a part of theirs (Book::implied). A
// book follows from A, M, C and R alone; T, F and N never change it (codecs/update_abi.h).
//
// Rules
//  * Ends of events. Notices come of LAST alone, for every book that the event touched, after its last
//    record was applied: LAST of FH_ALL_INSTRUMENTS ends the events of all instruments of its channel
//    and stream, ascending by instrument. LAST of a record that is of no book (a status) ends only what
//    its own message has touched: such stand between the levels of an event. Two things are told at once: a gap (kCondition of every book
//    that it makes doubtful), and a session's start (kCleared; every book is empty without a kTop).
//  * A top is told when one of its four values is another than when it was told last.
//  * Places in the queue. A goes to the tail of its level; with PRIORITY_KEPT to its head. C keeps the
//    place. M by ChannelOptions::places. A without a side has the side of the order that a C of the
//    same instrument and sequence has just touched.
//  * Faults never stop a book: C and M of an unknown order are left out; C of more than is left takes
//    all; A of an order that is there replaces it; what a table has no room for is left out. Each makes
//    the book doubtful (Condition), and is counted (BookStats::faults). C of an unknown level is none.
//  * Doubtful: by these faults, by a gap (all books of the stream, also of instruments that come up
//    later), by FH_FLAG_MAYBE_BAD_BOOK. The session layer marks every update after a gap: a book that was
//    healed since that gap is not made doubtful by it again.
//  * Good again: by R; by R with SNAPSHOT and what follows, at the record with SNAPSHOT and LAST; by a
//    session's start; by MarkGood; a book of tops with each M that is not flagged.
//  * Limits of depth: after an insert what is below the depth is cut, since venues say nothing of it.
//
// Cost: some 65 ns an update while the tables fit the caches, 100 to 190 with 350,000 to 6 million live
// orders, and 350 for a lone one that finds its lines cold; by level 35 (books_bench, a busy two-core
// machine). The lines of memory alone are 24 of it with 350,000 orders. Lines are prefetched through the span, so give it whole bursts. An update of an instrument that nobody follows
// costs one look at a table of 32 bytes an instrument. 64 bytes an order in its slot, and 16 to 32 in the
// table of ids.
// Allocates in Create; then never, and calls nothing. Not thread-safe: one thread owns it, and others
// read copies (book_copy.h).
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_SET_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_SET_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codecs/place_rule.h"
#include "codecs/update_abi.h"
#include "feedhandler/books/book.h"
#include "feedhandler/books/book_types.h"
#include "feedhandler/books/pages.h"
#include "feedhandler/books/tables.h"

namespace fh::books {

// Within what order ids are unique.
enum class OrderIds : uint8_t {
  kOfInstrument,  // Right for every venue whose messages name the instrument, or whose feed fills it in.
  kOfStream,  // Of the channel's stream: finds the instrument of an FH_UNKNOWN_INSTRUMENT by the id.
};

struct ChannelOptions {
  codecs::PlaceRule places = codecs::PlaceRule::kByFlag;
  OrderIds order_ids = OrderIds::kOfInstrument;
  // Levels a side, for books of levels: more are cut. No value: as the instrument's definition says.
  std::optional<uint8_t> depth;
  uint8_t implied_depth = 2;  // The same for implied levels; 0: no limit.
  // FH_RECORD_TOP with a `detail` other than 0 is of one participant (CTA, OPRA), not of the market: left
  // out.
  bool tops_by_participant = false;
};

struct ChannelChoice {
  uint16_t channel_id = 0;
  ChannelOptions options;
};

struct BookOptions {
  uint32_t instruments = 16'384;  // That may come up, followed or not; up to 16,777,216.
  // Books that may exist: an instrument has one for each family, and one for the implied part of it.
  // 0: one and a quarter for each instrument.
  uint32_t books = 0;
  uint32_t orders = 1'048'576;  // That may stand at a time; up to 268,435,456.
  // Levels that there is room for, all sides of all books together. 0: 16 for each book.
  uint32_t levels = 0;
  uint32_t streams = 1'024;  // Pairs of channel and stream; up to 65,536.
  uint32_t watches = 1'024;
  // Of every channel that is not in `channels`.
  ChannelOptions channel;
  std::vector<ChannelChoice> channels;
  // What is told of every instrument from its first update on (Kind); 0: of none, until Follow.
  uint8_t follow = kTop;
  // kDepth is told when one of the best so many levels of a side is another: 1 to 32.
  uint8_t depth_of_notices = 10;
  // Without: no kTop, kDepth and kEvent of a book that is not good. What has changed meanwhile is told
  // when it is good again.
  bool tell_doubtful = true;
  bool huge_pages = true;
};

// An order that somebody wants to know the place of.
struct Watched {
  enum class Stage : uint8_t { kWaiting, kStanding, kGone };  // Waiting: no such order yet.
  uint64_t order_id = 0;
  uint32_t book = 0;
  Stage stage = Stage::kWaiting;
  bool has_changed = false;  // Since the notice before; valid in a notice with kWatched.
  Side side = Side::kBid;
  int64_t price = FH_UNDEFINED_PRICE;
  uint64_t orders_ahead = 0;
  uint64_t size_ahead = 0;  // Saturates.
  uint64_t size = 0;
};

class BookSet {
 public:
  using Update = fh_update;

  // Errors: options out of range, and too little memory. Touches all memory: some ms for 100 MB.
  static absl::StatusOr<std::unique_ptr<BookSet>> Create(const BookOptions& options);
  BookSet(const BookSet&) = delete;
  BookSet& operator=(const BookSet&) = delete;
  ~BookSet();

  // ---- Updates in

  // Applies updates from `at` on, until one gives notices, or all are applied; returns the index behind
  // the last that was applied. notices() is what it gave, until the next call. The books are as that
  // update left them, so look at them before the next call. Calls for one span follow each other, from
  // 0 to its end.
  size_t ApplyNext(std::span<const Update> updates, size_t at);

  // The same, and fills in what is open in each update and known here, before it is applied: side and
  // price of F and C (C: the price of the order), side, price of M; T before F of the same message:
  // the price of that order and the other side; the side of A. What a venue says is never changed. For
  // copies that a stage hands on.
  size_t FillAndApplyNext(std::span<Update> updates, size_t at);

  // The same for a trade at the end of a span, once that is applied: `fill`, behind it, is in the next.
  void FillTrade(Update& trade, const Update& fill) const;

  std::span<const Notice> notices() const { return {notices_, notice_count_}; }

  // All of them, and `on_notice(const Notice&)` for each notice, when it is due.
  template <typename OnNotice>
  void Apply(std::span<const Update> updates, OnNotice&& on_notice) {
    for (size_t at = 0; at < updates.size();) {
      at = ApplyNext(updates, at);
      for (const Notice& notice : notices()) on_notice(notice);
    }
  }
  template <typename OnNotice>
  void FillAndApply(std::span<Update> updates, OnNotice&& on_notice) {
    for (size_t at = 0; at < updates.size();) {
      at = FillAndApplyNext(updates, at);
      for (const Notice& notice : notices()) on_notice(notice);
    }
  }

  // ---- Whom it concerns

  // What to tell of an instrument from now on (Kind): 0 = nothing, which lets go of its books. Not
  // within a notice's callback. False: there is no room for another instrument. An instrument that
  // was not followed while its channel was under way starts doubtful (kFollowedLate).
  bool Follow(uint16_t channel_id, uint32_t instrument_id, uint8_t kinds);
  // BookOptions::follow, for instruments that come up from now on.
  void FollowOthers(uint8_t kinds);

  // Follows an order's place; the order may come later. A number for watched() and Unwatch; none when
  // there is no room, or no book for it.
  std::optional<uint32_t> Watch(uint16_t channel_id, uint32_t instrument_id, uint64_t order_id);
  void Unwatch(uint32_t watch);
  const Watched& watched(uint32_t watch) const;
  // Calls f(number, const Watched&) for each watch of a book.
  template <typename F>
  void ForEachWatch(uint32_t book, F f) const {
    for (uint32_t at = tables_.books[book].watches; at != 0; at = NextWatch(at - 1)) {
      f(at - 1, watched(at - 1));
    }
  }

  // ---- Books out

  // Of a notice.
  Book book(uint32_t index) const { return {&tables_, index}; }
  // An empty handle when there is none (yet).
  Book Find(uint16_t channel_id, uint32_t instrument_id, Family family) const;
  // The book of orders; where there is none, that of levels; else that of tops.
  Book Find(uint16_t channel_id, uint32_t instrument_id) const;
  // Calls f(Book) for every book, in the order in which they came up; implied parts are not called.
  template <typename F>
  void ForEachBook(F f) const {
    for (uint32_t i = 1; i < book_count_; ++i) {
      if (tables_.books[i].part == static_cast<uint8_t>(Part::kDirect)) f(book(i));
    }
  }

  // The order of an id, and its place: one pass over the orders ahead of it in its level. None when it
  // does not stand.
  std::optional<Order> FindOrder(uint16_t channel_id, uint32_t instrument_id, uint64_t id) const;
  std::optional<Position> PositionOf(uint16_t channel_id, uint32_t instrument_id,
                                     uint64_t id) const;

  // ---- What the owner knows

  // There is a proof that the book is right: a number that is contiguous for the instrument, or a
  // snapshot that was compared. Told with the next end of an event.
  void MarkGood(uint32_t book);
  // It was compared with the venue's own, and is another.
  void MarkDoubtful(uint32_t book, Cause cause, uint64_t sequence);

  // ---- Another book in its place (healer.h)

  // The book as though an update of it had come: made when there is none. Empty when nobody follows the
  // instrument, or there is no room.
  Book Expect(uint16_t channel_id, uint32_t instrument_id, Family family);
  // Whether somebody follows the instrument, or would.
  bool IsFollowed(uint16_t channel_id, uint32_t instrument_id) const;
  // Whether books of the stream that come up now are doubtful from the start: since a gap that no clear of
  // all and no session has followed.
  bool StartsDoubtful(uint16_t channel_id, uint16_t stream) const;
  // That, or updates may still be flagged because of a gap before a clear of all.
  bool IsAfterGap(uint16_t channel_id, uint16_t stream) const;
  const ChannelOptions& options_of(uint16_t channel_id) const;

  // Between the ends of events of a book: it is emptied, and is recovering. What is put into it, records
  // of its instrument and family, tells nothing; MarkGood when it is whole. Then one notice, behind those
  // of notices(), says what has become another since the notice before: it is of update `at` of a span,
  // and `end` has the book's sequence and times.
  void StartOver(uint32_t book);
  void Put(uint32_t book, const Update& update);
  void Show(uint32_t book, const Update& end, uint32_t at);
  // notices() is empty.
  void ForgetNotices();

  // ---- How it does

  // With the fields that are "now": a walk through all books.
  BookStats stats() const;
  // Checks one book throughout: sums and counts of levels, order of prices, queues, stamps, hash.
  // INTERNAL with what is wrong. Walks the book: for a debug build, or one book a second.
  absl::Status Audit(uint32_t book) const;
  // All of them, and the tables: used and free slots, the table of ids.
  absl::Status AuditAll() const;
  uint64_t orders() const;
  // Indices of books are at most this.
  uint32_t most_books() const;
  // Bytes that were mapped, and how much of that lies on huge pages (reads a file of the kernel).
  size_t bytes() const;
  size_t huge_bytes() const;

  // ---- Snapshots

  // All books, with their orders in the order of their queues, conditions and sequences, as bytes: the
  // same on every machine. Allocates.
  std::string Save() const;
  // Puts such bytes into this set, which must be as created. INVALID_ARGUMENT with the offset, when
  // they are damaged or no books; RESOURCE_EXHAUSTED, when there is too little room: then the set is
  // of no use.
  absl::Status Restore(std::string_view bytes);

 private:
  struct Impl;
  struct Stream;
  struct WatchSlot;
  struct Saver;
  struct Loader;

  BookSet() = default;
  uint32_t NextWatch(uint32_t watch) const;

  detail::Tables tables_;
  const Notice* notices_ = nullptr;
  size_t notice_count_ = 0;
  uint32_t book_count_ = 1;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fh::books

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_BOOK_SET_H_
