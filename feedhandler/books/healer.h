// Heals doubtful books by the images that a venue sends of them round and round on channels of their own
// (CME, MOEX, ICE, B3): a BookSet with a Healer in front of it, which is given the updates of both.
//
//   HealerOptions options;
//   options.channels = {{.channel_id = 2, .live_channel_id = 1}};     // Images on 2 of the books of 1.
//   absl::StatusOr<std::unique_ptr<Healer>> healer = Healer::Create(**books, options);
//   (*healer)->Apply(updates, [&](const Notice& notice) { ... });     // In place of (*books)->Apply.
//
// An image is R with SNAPSHOT of one instrument's orders or levels, what follows of them, and SNAPSHOT with
// LAST; FH_STATUS_SNAPSHOT_AT says that it holds the live stream up to and with the message (or the packet,
// as `sequence` counts there) L. While a book of a channel is doubtful the channel's updates are kept in a
// log. An image of a doubtful book that is whole takes its place when
//  * L is not before what is missing: the last message of a gap, or where the log began;
//  * the log has everything of the instrument behind L, and the live stream has come to L: an image that
//    is ahead waits for the next message;
//  * the book is between two events;
//  * image and log agree: both are tried on a book apart first, and any fault there leaves the live book
//    as it is.
// Then the live book is the image with what the log has behind it, orders in the order of the image, and
// good. That is told by one notice, as the end of an event; no state in between is ever shown.
//
// An instrument of which no update was seen since a gap of its stream gets its book by its image. Books of
// tops heal by themselves. A good book is never touched by an image, whatever that says. What images were of
// no use, and why, is counted (ImageUse), and the next round brings others.
//
// A session start of the live channel voids log and images; images whose first record was received less
// than `settle_ns` behind one are not used, since they may be of the session before, with the same numbers.
//
// Not seen: that a venue's image is wrong, of a book that is doubtful; that an image is of a new session
// whose start has not come on the live channel yet, when its number happens to fit (the start, when it
// comes, clears the book); that the live numbers have gone beyond the 32 bits in which the venue writes L
// (no image is of use then).
//
// Cost: some 8 ns an update while no book waits, a look at its channel and at what it told. While one does, a
// copy of 64 bytes for each update of its channel: some 12 ns. A heal applies the image and what is behind it
// in the log twice, at once: some 0.4 us a record. Channels whose orders name no instrument
// (OrderIds::kOfStream), and streams other than 0, are left alone. Allocates in Create; one thread, the
// BookSet's.
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_HEALER_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_HEALER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "codecs/update_abi.h"
#include "feedhandler/books/book_set.h"
#include "feedhandler/books/pages.h"

namespace fh::books {

// A channel of images, and the live one that has the books.
struct ImageChannel {
  uint16_t channel_id = 0;
  uint16_t live_channel_id = 0;
  // Whether the images are books of the set too, under their own channel's id (to compare them).
  bool has_books = false;
};

struct HealerOptions {
  std::vector<ImageChannel> channels;
  // Updates of a live channel that its log holds, 64 bytes each; more than come between the message that
  // an image holds and its arrival. A power of two, 16 to 2^24.
  uint32_t log_updates = 65'536;
  // Records of images that are not whole yet, or wait; and the most of one image. 64 bytes each, and 144
  // for the book that they are tried on. 64 to 2^24.
  uint32_t image_updates = 65'536;
  int64_t settle_ns = 1'000'000'000;
  bool huge_pages = true;
};

// What became of an image.
enum class ImageUse : uint8_t {
  kHealed = 0,    // It is the book now.
  kNotNeeded,     // The book was good.
  kNotFollowed,   // Nobody follows the instrument, or there is no room for its book.
  kNoNumber,      // Nothing says where it stands.
  kTooOld,        // It does not hold what is missing.
  kLogTooShort,   // The log had let go of what follows it.
  kCutOff,        // Its end did not come, or part of it is missing.
  kFaulty,        // It contradicts itself.
  kContradicted,  // What followed it contradicts it.
  kNoRoom,        // For its records, or its book.
  kOfOldSession,  // It may be of the session before.
  kAnotherWaits,  // One of the same book waits that the live stream reaches first.
  kCount
};
inline constexpr size_t kImageUses = static_cast<size_t>(ImageUse::kCount);

// In words, for people. Never null.
const char* Name(ImageUse use);

// Counters; they only grow, but for those that say "now".
struct HealerStats {
  std::array<uint64_t, kImageUses> images = {};  // By ImageUse.
  uint64_t logged = 0;                           // Updates put into logs.
  uint64_t let_go = 0;                           // Of them, pushed out of a full log.
  uint64_t waiting_now = 0;                      // Books that wait for an image.
  uint64_t images_now = 0;                       // Images that are not whole yet, or wait.
};

class Healer {
 public:
  using Update = fh_update;
  static constexpr size_t kMostImages = 256;  // Not whole, or waiting, at a time.

  // `books` outlives it. Errors: options out of range, channels named twice or both live and of images,
  // too little memory.
  static absl::StatusOr<std::unique_ptr<Healer>> Create(BookSet& books,
                                                        const HealerOptions& options);
  Healer(const Healer&) = delete;
  Healer& operator=(const Healer&) = delete;

  // As those of BookSet, which are not called besides. A heal may come before the update at `at`: then
  // `at` is returned, with notices.
  size_t ApplyNext(std::span<const Update> updates, size_t at) { return Next<false>(updates, at); }
  size_t FillAndApplyNext(std::span<Update> updates, size_t at) { return Next<true>(updates, at); }
  std::span<const Notice> notices() const { return books_.notices(); }

  template <typename OnNotice>
  void Apply(std::span<const Update> updates, OnNotice&& on_notice) {
    for (size_t at = 0; at < updates.size();) {
      at = ApplyNext(updates, at);
      for (const Notice& notice : notices()) on_notice(notice);
    }
  }

  // Whether the updates of a live channel are being logged.
  bool is_logging(uint16_t live_channel_id) const;
  HealerStats stats() const;
  size_t bytes() const;  // That were mapped.

 private:
  static constexpr uint64_t kUnknown = UINT64_MAX;
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr size_t kBlock = 32;  // Updates.
  static constexpr uint8_t kRounds = 2;

  // A channel that has books.
  struct Live {
    uint16_t channel_id = 0;
    bool is_logging = false;
    bool is_searching =
        false;  // Images may be of books that are not there yet: two rounds from a gap on.
    bool settles = false;  // Since session_ns.
    int64_t session_ns = 0;
    uint64_t base = kUnknown;  // The log has everything behind it.
    uint64_t floor =
        kUnknown;  // The base as gaps and its beginning made it: images before are too old.
    uint64_t position = 0;  // Of the newest update, while it is logging.
    uint64_t begin = 0;     // Of the log, in updates ever put into it.
    uint64_t end = 0;
    uint32_t waiting = 0;  // Books.
    uint32_t staged = 0;   // Images that are whole and wait.
    // Books that were healed to the end of the message at `position`, of which more may be to come where
    // updates of two feed threads are mixed.
    std::vector<uint32_t> fresh;
    Pages pages;
    Update* log = nullptr;
  };
  struct Announced {
    uint32_t instrument_id = 0;
    uint64_t sequence = 0;  // Of the record that said it.
    uint64_t at = kUnknown;
  };
  // A channel of images.
  struct Source {
    uint16_t channel_id = 0;
    uint16_t live = 0;  // Index.
    bool has_books = false;
    uint8_t rounds = 0;
    uint32_t open = 0;  // Images that are not whole.
    uint64_t first_key = 0;
    uint64_t last_sequence = 0;
    std::array<Announced, 8> announced;
    size_t next_announced = 0;
  };
  struct Image {
    enum class Stage : uint8_t { kFree, kOpen, kStaged };
    Stage stage = Stage::kFree;
    bool is_flagged = false;  // Its first record was.
    uint8_t family = 0;
    uint16_t source = 0;
    uint32_t instrument_id = 0;
    uint32_t count = 0;  // Of its records.
    uint32_t first_block = kNone;
    uint32_t last_block = kNone;
    uint64_t at = kUnknown;  // L.
    uint64_t last_sequence = 0;
    uint64_t age = 0;
    int64_t began_ns = 0;
  };
  enum class Tried : uint8_t { kDone, kWaits };
  // How far the live stream has come: all messages up to this one. `is_end`: and a later one is there, so
  // that no record of it is still to come.
  struct Reached {
    uint64_t complete_to = 0;
    bool is_end = false;
  };

  Healer(BookSet& books, const HealerOptions& options) : books_(books), options_(options) {}
  absl::Status Map();

  // What needs no look, here; all else in Run.
  template <bool kFill, typename U>
  size_t Next(std::span<U> updates, size_t at) {
    if (at != 0 && at < looked_to_) {
      at = Give<kFill>(updates, at, looked_to_);
      if (!notices().empty()) return at;
    }
    return Run<kFill>(updates, at);
  }
  template <bool kFill, typename U>
  size_t Run(std::span<U> updates, size_t at);
  template <bool kFill, typename U>
  size_t Give(std::span<U> updates, size_t at, size_t end) {
    size_t next = 0;
    if constexpr (kFill) {
      next = books_.FillAndApplyNext(updates.first(end), at);
    } else {
      next = books_.ApplyNext(updates.first(end), at);
    }
    for (const Notice& notice : books_.notices()) {
      if ((notice.kinds & (kCondition | kCleared)) == 0) continue;
      Register(notice.book, updates[notice.at].sequence);
    }
    return next;
  }

  // Live updates.
  size_t EndOfPlain(std::span<const Update> updates, size_t at) const;
  size_t Log(Live& live, std::span<const Update> updates, size_t at);
  void LogOne(Live& live, const Update& update);
  bool OnControl(Live& live, const Update& update);
  void CheckFresh(Live& live, const Update& update);
  void BeginLog(Live& live, uint64_t base);
  void Rest(Live& live);
  void BeginAgain(Live& live, uint64_t base);
  void Register(uint32_t book, uint64_t sequence);
  void RegisterAll(const Live& live);

  // Images.
  void OnImageUpdate(const Update& update, uint32_t at);
  void Begin(Source& source, const Update& update);
  bool IsWanted(const Source& source, uint32_t instrument_id, Family family);
  void NoteRound(Source& source, uint64_t key, uint64_t sequence);
  void Announce(Source& source, const Update& update);
  uint64_t TakeAnnounced(Source& source, const Update& update);
  bool Append(Image& image, const Update& update);
  void EndImages(Source& source, const Update& update, uint32_t at);
  void Finish(Image& image, const Update& update, uint32_t at);
  void CutOff(const Source& source);
  void Drop(Image& image, ImageUse use);
  void DropOldest(const Image* but);
  Image* FindImage(const Source& source, uint32_t instrument_id, uint8_t family,
                   Image::Stage stage);
  Source& SourceOf(const Image& image) { return sources_[image.source]; }
  Live& LiveOf(const Image& image) { return lives_[SourceOf(image).live]; }

  // The join.
  void TryStaged(Live& live, const Reached& reached, const Update& trigger, uint32_t at);
  Tried Try(Image& image, const Reached& reached, const Update& trigger, uint32_t at);
  ImageUse Rehearse(const Image& image, const Live& live, const Book& book);
  void PutInPlace(const Image& image, Live& live, uint32_t book, const Reached& reached,
                  const Update& trigger, uint32_t at);
  template <typename F>
  void ForEachRecord(const Image& image, F f) const;
  template <typename F>
  void ForEachLogged(const Live& live, const Image& image, F f) const;
  Update& LogAt(const Live& live, uint64_t at) const {
    return live.log[at & (options_.log_updates - 1)];
  }

  BookSet& books_;
  const HealerOptions options_;
  std::unique_ptr<BookSet> apart_;  // A book for each live channel, to try images on.
  // By channel id: 0: neither; 1 and more: a live one, its index and 1; below 0: one of images, likewise.
  std::vector<int16_t> kind_of_;
  std::vector<Live> lives_;
  std::vector<Source> sources_;
  std::vector<Image> images_;
  size_t images_top_ = 0;  // Those behind are free.
  uint64_t ages_ = 0;
  Pages pool_pages_;
  Update* pool_ = nullptr;
  std::vector<uint32_t> next_block_;
  uint32_t free_block_ = kNone;
  std::vector<bool> waits_;  // By book.
  size_t looked_to_ = 0;     // Of the span at hand: updates before it may be applied.
  HealerStats stats_;
};

}  // namespace fh::books

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_HEALER_H_
