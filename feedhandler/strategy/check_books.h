// The built-in strategy `check_books`: compares the order books of its thread with the pictures that
// the venue itself sends of them, in the stream (FH_FLAG_SNAPSHOT) or on channels of their own. Behind
// the verb `check-books`.
//
//   check_books  pairs=LIVE:SNAPSHOT\,LIVE:SNAPSHOT
//
// Where the venue says at which message a picture stands (FH_STATUS_SNAPSHOT_AT), it is compared with the
// book as it was after that message and nothing else; it waits when the live stream is not there yet. Not
// compared, and counted, are pictures of a number before the first event of which the book is known (or
// before the last 1,024), and of one in the midst of an event.
//
// Where nothing says it, the picture was made a little before it was sent, or arrives ahead of what it
// holds. So it is right when it equals what the book is, was at the end of one of the last 1,024 events,
// or becomes with one of the next 64; else it contradicts. Books are compared as wholes, by their hash.
// One that is not good (the capture began in mid-session, messages are missing) proves nothing either way
// and is not compared; a picture in the stream makes it good, and so does one on a channel of its own that
// the thread's books are healed by (books.heal): those that come behind it are compared.
//
// OnStop fails when a picture contradicted, or when nothing could be compared, and says why. The first
// contradictions are shown in the log, level by level.
//
// The strategy's thread; it allocates for each book that comes up.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_CHECK_BOOKS_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_CHECK_BOOKS_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "codecs/update.h"
#include "feedhandler/strategy/strategy.h"

namespace fh {

class CheckBooksStrategy {
 public:
  static constexpr char kName[] = "check_books";
  static constexpr char kHelp[] =
      "Compares the order books of its thread (strategy_thread { books { } }) with the snapshots "
      "that the venue sends. Parameters: pairs=LIVE:SNAPSHOT\\,... (none): channels whose books "
      "are "
      "pictured on another channel, by id; pictures in the stream itself are always compared.";

  static constexpr size_t kHistory = 1024;
  static constexpr uint32_t kPatience = 64;

  static std::unique_ptr<CheckBooksStrategy> Create(Host host, std::string_view parameters,
                                                    std::string& error);

  void OnUpdates(std::span<const codecs::NormalizedUpdate> updates);
  void OnBook(const fh_book_notice& notice);
  bool OnStop(std::string& error);
  std::string Summary();

 private:
  struct Levels {
    std::vector<fh_book_level> bids;
    std::vector<fh_book_level> asks;
  };
  // A picture that equals nothing yet.
  struct Pending {
    uint64_t hash;
    uint64_t sequence;
    std::optional<uint64_t> at;  // What it holds, as in `sequence` of the live stream.
    uint32_t events_left;
    Levels levels;
  };
  // The book at the end of an event.
  struct Moment {
    uint64_t begin;  // Of the event, as in `sequence`.
    uint64_t end;
    uint64_t hash;
  };
  struct Live {
    fh_book book = FH_NO_BOOK;
    bool is_good = false;          // At its last end of an event.
    std::optional<uint64_t> open;  // Where the event at hand began.
    std::deque<Moment> history;
    std::vector<Pending> pending;
  };
  using Key = std::tuple<uint16_t, uint32_t, uint8_t>;  // Channel, instrument, family.
  // Where the picture at hand of a channel stands: they come one behind the other.
  struct Stand {
    uint32_t instrument_id = FH_ALL_INSTRUMENTS;
    uint64_t at = 0;
    bool is_over = false;  // Its last record was seen.
  };

  CheckBooksStrategy(Host host, std::multimap<uint16_t, uint16_t> live_of);

  bool IsOfPictures(uint16_t channel_id) const { return live_of_.contains(channel_id); }
  void Note(const codecs::NormalizedUpdate& update);
  void NoteStand(const codecs::NormalizedUpdate& update);
  std::optional<uint64_t> StandOf(const fh_book_notice& notice) const;
  uint64_t PositionOf(uint16_t channel_id, uint64_t sequence) const;
  void OnLive(const fh_book_notice& notice, Live& live);
  void OnPicture(const fh_book_notice& notice, uint16_t live_channel);
  void ForgetHistory(Live& live);
  bool TryAtNumber(const Key& key, const Live& live, const Pending& picture, uint64_t reached);
  void TryPending(const Key& key, Live& live, uint64_t reached, bool is_event);
  void Contradict(const Key& key, const Pending& picture, const Live& live);
  Levels LevelsOf(fh_book book) const;

  const Host host_;
  const BookView books_;
  const std::multimap<uint16_t, uint16_t> live_of_;  // By the channel of the pictures.
  std::map<Key, Live> live_;
  std::map<uint16_t, Stand> stands_;                             // By channel.
  std::map<std::pair<uint16_t, uint16_t>, uint64_t> positions_;  // By live channel and stream.
  uint8_t flags_ = 0;                                            // Of the update given last.
  uint16_t channel_id_ = 0;                                      // The same.
  uint64_t pictures_ = 0;
  uint64_t equal_ = 0;
  uint64_t contradicted_ = 0;
  uint64_t not_good_ = 0;
  uint64_t not_there_ = 0;
  uint64_t undecided_ = 0;
  uint64_t at_number_ = 0;  // Of equal_ and contradicted_.
  uint64_t too_early_ = 0;
  uint64_t in_event_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_CHECK_BOOKS_H_
