// The strategy thread's own text once more, under another name, with `books_` a null pointer that the
// compiler knows of: what a program without the book stage would run. For pipeline_bench.
#include <memory>
#include <string>

#include "feedhandler/pipeline/book_stage.h"

namespace fh {
namespace {
// Stands for StrategyThread::books_.
constexpr BookStage* no_books = nullptr;
}  // namespace
}  // namespace fh

#define StrategyThread StrategyThreadWithoutBooks
#include "feedhandler/pipeline/strategy_thread.h"
#define books_ no_books
// What is never reached is looked at all the same.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnonnull"
#include "feedhandler/pipeline/strategy_thread.cc"
#pragma GCC diagnostic pop
#undef books_
#undef StrategyThread

#include "tests/bench/strategy_side.h"

namespace fh::bench {

double WithoutBooksNs(int cpu, std::span<const codecs::NormalizedUpdate> updates,
                      std::string& hash) {
  return StrategySideNs<StrategyThreadWithoutBooks>(
      StrategyThreadOptions{.thread = {.name = "strategy", .cpu = cpu}}, updates, nullptr, hash);
}

}  // namespace fh::bench
