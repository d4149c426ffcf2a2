// The built-in strategy `print`: every update as a line of text, in a file or on standard output.
//
//   print  format=csv|json, output=FILE|-, without=nothing|ts_recv|symbol|ts_recv+symbol
//
// The columns are those of update_text.h. What a FILE may be, and that it harms no other file, is
// told in output_claim.h; what it held is gone once the first lines are written, which is after all
// of start-up went well. Also behind `replay --updates`. Nothing is lost silently:
// what could not be written is counted, stands in the summary, and fails OnStop. It writes on the
// strategy's thread, so an output that is slower than the market fills the ring, which the stream
// then reports as a gap.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_PRINT_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_PRINT_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "codecs/update.h"
#include "feedhandler/output/output_file.h"
#include "feedhandler/strategy/strategy.h"
#include "feedhandler/strategy/update_text.h"

namespace fh {

class PrintStrategy {
 public:
  static constexpr char kName[] = "print";
  static constexpr char kHelp[] =
      "Writes every update as a line. Parameters: format=csv|json (csv), output=FILE|- (-), "
      "without=nothing|ts_recv|symbol|ts_recv+symbol (nothing): ts_recv leaves out receive times, "
      "so that outputs of different runs compare equal.";

  static std::unique_ptr<PrintStrategy> Create(Host host, std::string_view parameters,
                                               std::string& error);

  void OnUpdates(std::span<const codecs::NormalizedUpdate> updates);
  void OnIdle();  // Hands over what is buffered, so that a quiet market is seen at once.
  bool OnStop(std::string& error);
  std::string Summary();

 private:
  PrintStrategy(Host host, const UpdateTextOptions& options, OutputFile file);

  Host host_;
  UpdateTextOptions options_;
  OutputFile file_;
  uint64_t header_lines_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_PRINT_H_
