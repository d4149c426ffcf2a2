// The order books of a strategy thread, kept before its strategies and shared by them: applies each run
// of updates to a BookSet, fills in what the updates leave open, puts records of the best prices into
// the stream, and tells the strategies what they have asked for (feedhandler/strategy/book_abi.h).
//
//   absl::StatusOr<std::unique_ptr<BookStage>> stage = BookStage::Create(*config.books, channels);
//   host.SetBooks((*stage)->AddStrategy());            // Each strategy of the thread, in their order.
//
//   stage->Begin(run);                                 // The thread, for every run of its rings.
//   for (BookStage::Step step; stage->Next(step);) {
//     Deliver(step.updates);                           // To all strategies; then
//     for (const BookStage::Due& due : step.due) due.Tell();
//   }
//
// What a strategy is given: the run's updates, with FH_RECORD_TOP behind the last record of each event
// that changed the best bid or ask (action M, LAST, its sequence and times; index 255 tells it from the
// venue's records). Of instruments whose venue sends tops itself none is added. In front of a notice it
// is given everything up to the update that the notice is of, and nothing behind it.
//
// Channels with images of the books heal those that are doubtful: the images' own records pass as they are,
// and the notice and the record of the best prices come behind the update at which a book was healed, or in
// front of the first update behind an image's message.
//
// Create, AddStrategy and Listen: main thread, before the thread starts; they allocate. All else is the
// strategy thread's and neither allocates nor locks, but for Counters, which any thread may call: it
// asks for a picture, which the thread draws when it is idle, or after some asking in vain (a walk over
// the books). Costs of a run: those of BookSet, and a copy of it where records are added.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_BOOK_STAGE_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_BOOK_STAGE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "codecs/instrument_store.h"
#include "codecs/update.h"
#include "feedhandler/books/book_set.h"
#include "feedhandler/books/healer.h"
#include "feedhandler/config/config.h"
#include "feedhandler/strategy/book_abi.h"

namespace fh {

// A channel whose books are kept; or one that has images of another's books, by which these are healed
// (feedhandler/books/healer.h).
struct BookChannel {
  uint16_t id = 0;
  const codecs::InstrumentStore* instruments = nullptr;  // Names; null: none has one.
  books::ChannelOptions options = {};
  std::optional<uint16_t> images_of = {};  // That channel.
  bool is_kept = true;
};

struct BookCounters {
  books::BookStats books;
  uint64_t top_records = 0;    // Put into the stream.
  uint64_t doubtful_tops = 0;  // Of them, with FH_FLAG_MAYBE_BAD_BOOK.
  uint64_t withheld_tops = 0;  // Left out while the book was doubtful (books.publish_doubtful).
  uint64_t notices = 0;        // To strategies.
  uint64_t refused = 0;        // Subscriptions and watches that there was no room for.
  bool has_images = false;     // Whether books are healed by images; else nothing of `images` is.
  books::HealerStats images;
};

class BookStage {
 public:
  using Update = codecs::NormalizedUpdate;
  static constexpr size_t kMostSubscriptions = 16'384;  // Of a strategy, instruments.
  static constexpr uint32_t kMostWatches = 4'096;
  static constexpr uint32_t kMostLevels = 32;  // Of FH_BOOK_LEVELS.

  // A notice for a strategy: the index-th of AddStrategy.
  struct Due {
    void (*on_book)(void* self, const fh_book_notice* notice);
    void* self;
    uint32_t strategy;
    fh_book_notice notice;

    void Tell() const { on_book(self, &notice); }
  };
  // What goes out next: the updates, and then the notices. Valid until the next call.
  struct Step {
    std::span<const Update> updates;
    std::span<const Due> due;
  };

  // Errors: options out of range, and memory that this host has not.
  static absl::StatusOr<std::unique_ptr<BookStage>> Create(
      const BooksConfig& config, const std::vector<BookChannel>& channels);
  BookStage(const BookStage&) = delete;
  BookStage& operator=(const BookStage&) = delete;
  ~BookStage();

  // The books for one more strategy, as long as the stage.
  const fh_books* AddStrategy();

  // A run of at most kMostOfRun updates, which begins with a session start or has none. It is written
  // to, and must stay until Next has said false; so must `behind`, the update behind it, where that is
  // known: by it a trade at the run's end is filled in as it is in the midst of one.
  static constexpr size_t kMostOfRun = 256;
  void Begin(std::span<Update> run, const Update* behind = nullptr);
  // False when there is nothing left of it.
  bool Next(Step& step);

  // No update is waiting: what timed notices owe by `now_ns`; 0: time is what the updates say it is.
  std::span<const Due> OnIdle(int64_t now_ns);
  // After the last update: what timed notices still owe.
  std::span<const Due> OnStop();

  // Counters, of a little while ago. Any thread.
  BookCounters Counters();

  const books::BookSet& books() const { return *books_; }
  // What healing by images takes, in bytes; 0: there is none.
  size_t healer_bytes() const { return healer_ == nullptr ? 0 : healer_->bytes(); }

 private:
  struct Wish {
    uint32_t kinds = 0;
    uint32_t levels = 0;
    bool is_set = false;  // Of a channel: somebody has asked.
  };
  // Slots of tables with linear probing; key 0 is a free one.
  struct Subscription {
    uint64_t key = 0;
    Wish wish;
  };
  struct Verdict {
    enum class Is : uint8_t { kUnnamed, kWanted, kUnwanted };
    uint64_t key = 0;
    uint64_t changes = 0;  // Of the store, when it had no name.
    Is is = Is::kUnnamed;
  };
  struct Strategy {
    BookStage* stage = nullptr;
    uint32_t index = 0;
    fh_books table = {};
    void (*on_book)(void* self, const fh_book_notice* notice) = nullptr;
    void* self = nullptr;
    Wish of_others;            // Of channels that nothing was asked for.
    std::vector<Wish> of_all;  // By channel id.
    std::vector<Subscription> of_one;
    std::vector<Subscription> kept;  // Room for DropIds.
    size_t used = 0;                 // Of of_one.
    int64_t interval_ns = 0;         // 0: nothing timed.
    int64_t next_ns = 0;             // End of the interval at hand; 0: none has begun.
    std::vector<uint32_t> pending;   // Books that owe a timed notice.
    std::vector<bool> is_pending;
  };

  BookStage(const BooksConfig& config, const std::vector<BookChannel>& channels);

  // Of tables; never 0.
  static uint64_t KeyOf(uint16_t channel_id, uint32_t instrument_id) {
    return uint64_t{1} << 48 | uint64_t{channel_id} << 32 | instrument_id;
  }

  bool IsKept(uint16_t channel_id) const {
    return channel_id < is_kept_.size() && is_kept_[channel_id];
  }
  // Whether the books or what heals them are given the update.
  bool IsTaken(const Update& update) const {
    return update.channel_id < is_taken_.size() && is_taken_[update.channel_id];
  }
  absl::Status MakeHealer(const std::vector<BookChannel>& channels);
  size_t Apply(std::span<Update> updates, size_t at);
  void Advance();
  void Decide(const Update& update, uint16_t channel_id);
  void DropIds(const Update& session);
  Verdict::Is VerdictOn(const Update& update, uint16_t channel_id) const;
  Verdict& VerdictOf(uint64_t key);
  Wish WishOf(const Strategy& strategy, uint16_t channel_id, uint32_t instrument_id) const;
  uint8_t FollowedFor(uint16_t channel_id, uint32_t instrument_id) const;
  void FollowAll();
  void Take(const books::Notice& notice);
  void DropWatches(uint32_t book);
  void DropWatch(uint32_t number);
  void AddTop(const books::Book& book);
  bool SendsTops(const books::Book& book) const;
  void AskStrategies(const books::Notice& notice, const books::Book& book);
  void AddDue(Strategy& strategy, const books::Book& book, uint32_t kinds, uint64_t order_id);
  void CollectTimed(int64_t now_ns);
  void TellPending(Strategy& strategy);
  void Stage(std::span<const Update> updates);
  void DrawPicture(bool is_idle);
  Subscription* FindSlot(Strategy& strategy, uint64_t key) const;
  void MakeRoom(Strategy& strategy);
  bool TakeWish(Strategy& strategy, Wish wish, int64_t interval_ns);
  int SubscribeAll(Strategy& strategy, Wish wish, int64_t interval_ns);
  int Subscribe(Strategy& strategy, uint16_t channel_id, uint32_t instrument_id, Wish wish,
                int64_t interval_ns);
  int Watch(Strategy& strategy, uint16_t channel_id, uint32_t instrument_id, uint64_t order_id);
  void Unwatch(const Strategy& strategy, uint16_t channel_id, uint32_t instrument_id,
               uint64_t order_id);
  std::optional<uint32_t> WatchOf(const Strategy& strategy, uint16_t channel_id,
                                  uint32_t instrument_id, uint64_t order_id) const;
  fh_books TableOf(Strategy& strategy);
  books::Book BookOf(fh_book book) const;

  const BooksConfig config_;
  std::unique_ptr<books::BookSet> books_;
  std::unique_ptr<books::Healer> healer_;  // Null: there is nothing to heal by.
  uint32_t most_books_ = 0;
  std::vector<bool> is_kept_;                                // By channel id.
  std::vector<bool> is_taken_;                               // The same.
  std::vector<uint16_t> images_of_;                          // The same; of others their own id.
  std::vector<const codecs::InstrumentStore*> instruments_;  // The same.
  std::vector<uint32_t> epochs_;                             // The same.
  std::vector<codecs::Symbol> symbols_;                      // Wanted, sorted; none: all.
  std::vector<Verdict> verdicts_;                            // When there are symbols.
  size_t verdicts_used_ = 0;
  std::vector<std::unique_ptr<Strategy>> strategies_;
  uint8_t others_ = 0;  // What an instrument is followed for that nobody named.
  bool has_listeners_ = false;
  bool has_timed_ = false;

  std::span<Update> run_;
  const Update* behind_ = nullptr;
  size_t at_ = 0;     // Applied of run_.
  size_t begin_ = 0;  // Handed on, or in out_.
  size_t kept_begin_ = 0;
  size_t kept_end_ = 0;            // Of the updates of run_ that are taken, at at_.
  std::unique_ptr<Update[]> out_;  // What goes out, where records are added.
  size_t staged_ = 0;
  std::vector<Due> due_;
  std::vector<bool> withheld_;      // By book: its newest top was left out.
  std::vector<uint32_t> watchers_;  // By watch: which strategy's, plus 1.

  BookCounters counters_;  // The thread's own.
  std::mutex mutex_;       // Of picture_; the thread only tries it.
  BookCounters picture_;
  std::atomic<uint32_t> asked_{0};  // For pictures since the last one.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_BOOK_STAGE_H_
