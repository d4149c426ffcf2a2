// The built-in strategy `ladder`: one order book of its thread as a ladder of prices, at the end, as it
// stood at a moment, or on a terminal while it moves. Behind the verb `book`.
//
//   ladder  symbol=NAME, channel=ID, depth=1..10000, at=SEQUENCE, at_ns=TIME, moves=no|yes,
//           output=-|FILE
//
//   AAPL  channel 1  GOOD                  sequence 4,711   2024-01-02 14:30:00.123456789 UTC
//     orders         size        price        size  orders
//                                100.03       1,200       7   ############
//                                100.02         300       2   ###
//          3          500        100.01                       #####
//   spread 0.01, mid 100.015, microprice 100.013, imbalance 0.25
//
// Without a symbol it is the book with the most ends of events. `at`: the book as it was after the last
// event whose number is not greater, of the newest session that had one; `at_ns` the same for its time
// (of the venue's event, or of receive where that is not known). When nothing came behind that moment
// the log says so. With moves=yes the ladder is drawn over the one before, ten times a second at most, and
// once more at the end; it is made to fit the terminal as that is at each drawing: the farthest levels go,
// and where the columns have no room, a line is price, side and size.
//
// An instrument that nothing has named is asked for by its id. Several books may have one symbol (of two channels): the one with the most ends of events is shown, and
// the log names them all. With a session's start ids may stand for other instruments: what was known of
// theirs is over, and is shown only where nothing newer came.
//
// The strategy's thread; it allocates as books come up, which is fine for looking at one.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_LADDER_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_LADDER_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codecs/update.h"
#include "feedhandler/output/output_file.h"
#include "feedhandler/strategy/seen_instruments.h"
#include "feedhandler/strategy/strategy.h"

namespace fh {

// A book to draw.
struct LadderPicture {
  bool is_over = false;  // A session has started since, and nothing came of its id.
  std::string symbol;
  uint16_t channel_id = 0;
  uint32_t instrument_id = 0;
  fh_book_state state = {};
  std::vector<fh_book_level> bids;  // The best first.
  std::vector<fh_book_level> asks;
  uint64_t events = 0;
};

// Lines of text, each with its newline. `columns`: none is longer; 0: as long as they are.
std::string LadderText(const LadderPicture& picture, size_t columns = 0);

class LadderStrategy {
 public:
  static constexpr char kName[] = "ladder";
  static constexpr char kHelp[] =
      "Draws one order book of its thread (strategy_thread { books { } }) as a ladder. Parameters: "
      "symbol=NAME (the busiest), channel=ID (any), depth=1..10000 (10), at=SEQUENCE, "
      "at_ns=TIME (the end), "
      "moves=no|yes "
      "(no): draw it again and again on a terminal, output=FILE|- (-).";

  static std::unique_ptr<LadderStrategy> Create(Host host, std::string_view parameters,
                                                std::string& error);

  void OnUpdates(std::span<const codecs::NormalizedUpdate> updates);
  void OnBook(const fh_book_notice& notice);
  void OnIdle();
  bool OnStop(std::string& error);
  std::string Summary();

 private:
  struct Options {
    std::string symbol;
    std::optional<uint16_t> channel;
    size_t depth = 10;
    uint64_t at_sequence = UINT64_MAX;
    int64_t at_ns = INT64_MAX;
    bool moves = false;
  };

  LadderStrategy(Host host, Options options, OutputFile file);

  bool IsBehind(const fh_book_notice& notice) const;
  bool HasMoment() const;
  bool IsWanted(const LadderPicture& picture) const;
  const LadderPicture* Chosen() const;
  void TellWhatIsOdd(const LadderPicture& chosen) const;
  void Draw();
  void Write(const std::string& text);

  const Host host_;
  const BookView books_;
  const Options options_;
  OutputFile file_;
  SeenInstruments seen_;
  std::map<std::pair<uint16_t, uint32_t>, LadderPicture> pictures_;
  std::chrono::steady_clock::time_point next_;  // When to draw again.
  size_t drawn_lines_ = 0;
  system_file::ScreenSize screen_;  // As it was then.
  bool was_passed_ = false;         // Something came behind the moment that is asked for.
  bool has_news_ = false;
  bool seen_updates_ = false;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_LADDER_H_
