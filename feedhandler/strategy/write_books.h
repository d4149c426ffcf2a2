// The built-in strategy `books`: the order books of its thread as text, or as the updates that would
// make them, at every end of an event that changed them. Behind `replay --books` too.
//
//   books  kind=top|l2|l3, format=csv|json|binary, output=FILE|-, depth=1..32,
//          symbol=NAME\,NAME (ids where nothing has named them), without=nothing|ts_recv
//
// CSV, in this order for every version; what is added comes at the end:
//
//   ts_event_ns,ts_recv_ns,channel_id,sequence,stream,instrument_id,symbol,state, and then
//   top   bid_price,bid_size,ask_price,ask_size
//   l2    bid_price_0,bid_size_0,bid_orders_0,ask_price_0,ask_size_0,ask_orders_0,bid_price_1,...: a
//         line for each change of the best `depth` levels; levels that are not there are empty
//   l3    side,rank,price,position,order_id,size: a line for each order of the best `depth` levels, and
//         for an empty book one without them
//
//   state   GOOD, DOUBTFUL or RECOVERING: whether the book is what the venue has
//   prices  exact decimals; undefined: empty, JSON null. times: ns since 1970 UTC
//
// JSON has the same, and "bids" and "asks" as arrays: of [price, size, orders], or with l3 of
// [price, [[order_id, size], ...]]; prices and order ids are strings. format=binary is the file of
// updates (update_file.h): records of tops, or of each changed book an R and its levels or orders with
// FH_FLAG_SNAPSHOT, the last one with FH_FLAG_LAST: `replay` makes the same books of it.
//
// Writes on the strategy's thread, as `print` does. Nothing is lost silently: what could not be written
// is counted, stands in the summary, and fails OnStop. It allocates while a level has more orders than
// any before.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_WRITE_BOOKS_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_WRITE_BOOKS_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/update.h"
#include "feedhandler/output/output_file.h"
#include "feedhandler/strategy/seen_instruments.h"
#include "feedhandler/strategy/strategy.h"
#include "feedhandler/strategy/update_file.h"

namespace fh {

class WriteBooksStrategy {
 public:
  static constexpr char kName[] = "books";
  static constexpr char kHelp[] =
      "Writes the order books of its thread (strategy_thread { books { } }) whenever they change. "
      "Parameters: kind=top|l2|l3 (top), format=csv|json|binary (csv), output=FILE|- (-), "
      "depth=1..32 (10): levels a side of l2 and l3, symbol=NAME\\,NAME (all), "
      "without=nothing|ts_recv (nothing).";

  static std::unique_ptr<WriteBooksStrategy> Create(Host host, std::string_view parameters,
                                                    std::string& error);

  void OnUpdates(std::span<const codecs::NormalizedUpdate> updates);
  void OnBook(const fh_book_notice& notice);
  void OnIdle();
  bool OnStop(std::string& error);
  std::string Summary();

 private:
  enum class Kind : uint8_t { kTop, kLevels, kOrders };
  enum class Format : uint8_t { kCsv, kJson, kBinary };
  struct Options {
    Kind kind = Kind::kTop;
    Format format = Format::kCsv;
    size_t depth = 10;
    bool receive_times = true;
    std::vector<std::string> symbols;  // None: all.
  };

  WriteBooksStrategy(Host host, const Options& options, OutputFile file);

  void WriteHeader();
  void BeginLine(const fh_book_notice& notice);
  void AddCsvLevels(const fh_book_notice& notice);
  void WriteCsvOrders(const fh_book_notice& notice);
  void WriteJson(const fh_book_notice& notice);
  void AddJsonSide(const fh_book_notice& notice, char side);
  void WriteBinary(const fh_book_notice& notice);
  void WriteRow(codecs::NormalizedUpdate update, const fh_book_notice& notice, uint8_t flags);
  void WriteLine();
  std::span<const fh_book_level> LevelsOf(const fh_book_notice& notice, char side);
  std::span<const fh_book_order> OrdersOf(const fh_book_notice& notice, char side, int64_t price);

  const Host host_;
  const BookView books_;
  const Options options_;
  SeenInstruments seen_;
  OutputFile file_;
  std::optional<UpdateFileWriter> binary_;  // Writes to file_.
  std::string line_;
  std::vector<fh_book_level> levels_;
  std::vector<fh_book_order> orders_;
  uint64_t header_lines_ = 0;
  uint64_t notices_ = 0;
  uint64_t doubtful_ = 0;
  bool seen_updates_ = false;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_WRITE_BOOKS_H_
