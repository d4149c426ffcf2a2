// The built-in strategy `print`: every update as a line of text, or as it lies in memory, in a file
// or on standard output.
//
//   print  format=csv|json|binary, output=FILE|-, without=nothing|ts_recv|symbol|ts_recv+symbol,
//          columns=NAME\,NAME, record=NAME\,NAME, symbol=NAME\,NAME
//
// The columns are those of update_text.h; binary is the file of update_file.h, which has all of
// them. `record` and `symbol` say which updates are written: of these kinds, and of these
// instruments or of all of a channel (gaps, session starts). What a FILE may be, and that it harms
// no other file, is told in output_claim.h; what it held is gone once the first lines are written,
// which is after all of start-up went well. Also behind `replay --updates`. Nothing is lost
// silently: what could not be written is counted, stands in the summary, and fails OnStop. It
// writes on the strategy's thread, so an output that is slower than the market fills the ring,
// which the stream then reports as a gap.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_PRINT_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_PRINT_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/update.h"
#include "feedhandler/output/output_file.h"
#include "feedhandler/strategy/parameters.h"
#include "feedhandler/strategy/strategy.h"
#include "feedhandler/strategy/update_file.h"
#include "feedhandler/strategy/update_text.h"

namespace fh {

class PrintStrategy {
 public:
  static constexpr char kName[] = "print";
  static constexpr char kHelp[] =
      "Writes every update as a line, or with format=binary as it lies in memory, which `replay` "
      "reads "
      "back. Parameters: format=csv|json|binary (csv), output=FILE|- (-), "
      "without=nothing|ts_recv|symbol|ts_recv+symbol (nothing): ts_recv leaves out receive times, "
      "so that outputs of different runs compare equal; columns=NAME\\,NAME, record=NAME\\,NAME, "
      "symbol=NAME\\,NAME (all): what to write.";

  static std::unique_ptr<PrintStrategy> Create(Host host, std::string_view parameters,
                                               std::string& error);

  void OnUpdates(std::span<const codecs::NormalizedUpdate> updates);
  void OnIdle();  // Hands over what is buffered, so that a quiet market is seen at once.
  bool OnStop(std::string& error);
  std::string Summary();

 private:
  // Which updates are written; empty: all.
  struct Filter {
    uint32_t records = 0;  // A bit each.
    std::vector<std::string> symbols;
    std::vector<uint64_t> seen;  // Updates of each symbol.
    uint64_t unknown = 0;        // Updates that may have been of one of them: left out.
  };

  enum class Form : uint8_t { kText, kBinary };

  PrintStrategy(Host host, Form form, const UpdateTextOptions& options, Filter filter,
                OutputFile file);

  static std::string ReadFilter(Parameters& parameters, UpdateTextOptions& options, Filter& filter);
  bool Wants(const codecs::NormalizedUpdate& update, std::string_view symbol);

  Host host_;
  UpdateTextOptions options_;
  Filter filter_;
  OutputFile file_;
  std::optional<UpdateFileWriter> binary_;  // Writes to file_.
  uint64_t header_lines_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_PRINT_H_
