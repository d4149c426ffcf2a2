// The strategies of this program, one line each; the order is that of listings.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "codecs/update.h"
#include "feedhandler/strategy/check_books.h"
#include "feedhandler/strategy/count.h"
#include "feedhandler/strategy/ladder.h"
#include "feedhandler/strategy/loader.h"
#include "feedhandler/strategy/parameters.h"
#include "feedhandler/strategy/print.h"
#include "feedhandler/strategy/strategy.h"
#include "feedhandler/strategy/write_books.h"

namespace fh {

namespace {

class NullStrategy {
 public:
  static constexpr char kName[] = "null";
  static constexpr char kHelp[] = "Discards all updates. Parameters: none.";

  static std::unique_ptr<NullStrategy> Create(Host, std::string_view parameters,
                                              std::string& error) {
    error = Parameters(parameters).Error();
    return error.empty() ? std::make_unique<NullStrategy>() : nullptr;
  }

  void OnUpdates(std::span<const codecs::NormalizedUpdate>) {}
};

// What a garbage collector, a page fault or a log that blocks does to a thread, at known times: for
// holding latency reports against arithmetic.
class StallStrategy {
 public:
  static constexpr char kName[] = "stall";
  static constexpr char kHelp[] =
      "Holds its thread up once in a while, to see what latency reports make of it; else discards "
      "all "
      "updates. Parameters: ms=10: for so long; every_ms=1000: so often; work_ns=0: how long each "
      "update keeps it busy.";

  static std::unique_ptr<StallStrategy> Create(Host, std::string_view text, std::string& error) {
    Parameters parameters(text);
    const uint64_t ms = parameters.Number("ms", 10, 0, 10'000);
    const uint64_t every_ms = parameters.Number("every_ms", 1000, 1, 3'600'000);
    const uint64_t work_ns = parameters.Number("work_ns", 0, 0, 1'000'000'000);
    error = parameters.Error();
    if (!error.empty()) return nullptr;
    return std::unique_ptr<StallStrategy>(
        new StallStrategy(Milliseconds(ms), Milliseconds(every_ms), Nanoseconds(work_ns)));
  }

  void OnUpdates(std::span<const codecs::NormalizedUpdate> updates) {
    const SteadyClock::time_point now = SteadyClock::now();
    if (!next_.has_value()) next_ = now + every_;
    SteadyClock::time_point until = now + work_ * updates.size();
    if (now >= *next_) {
      ++stalls_;
      until += stall_;
      // From the start on, not from here: they come as often as was said.
      while (*next_ <= now) *next_ += every_;
    }
    while (SteadyClock::now() < until) {
    }
  }

  std::string Summary() { return "stalls=" + std::to_string(stalls_); }

 private:
  using SteadyClock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::milliseconds;
  using Nanoseconds = std::chrono::nanoseconds;

  StallStrategy(SteadyClock::duration stall, SteadyClock::duration every,
                SteadyClock::duration work)
      : stall_(stall), every_(every), work_(work) {}

  const SteadyClock::duration stall_;
  const SteadyClock::duration every_;
  const SteadyClock::duration work_;
  std::optional<SteadyClock::time_point> next_;
  uint64_t stalls_ = 0;
};

}  // namespace

std::span<const fh_strategy* const> BuiltInStrategies() {
  static const fh_strategy* const kTables[] = {
      StrategyTable<CountStrategy>(),      StrategyTable<NullStrategy>(),
      StrategyTable<PrintStrategy>(),      StrategyTable<StallStrategy>(),
      StrategyTable<WriteBooksStrategy>(), StrategyTable<LadderStrategy>(),
      StrategyTable<CheckBooksStrategy>(),
  };
  return kTables;
}

}  // namespace fh
