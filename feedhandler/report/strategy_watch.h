// Strategies that do not come back from a call: said once a call, with the update at hand.
//
//   StrategyWatch watch;
//   for (const std::string& note : watch.Look(pipeline.strategy_threads(), now_ns)) Print(note);
//
// Main thread, some times a second; an atomic load a thread, as long as all is well.
#ifndef FEEDHANDLER_FEEDHANDLER_REPORT_STRATEGY_WATCH_H_
#define FEEDHANDLER_FEEDHANDLER_REPORT_STRATEGY_WATCH_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "feedhandler/pipeline/strategy_thread.h"

namespace fh {

class StrategyWatch {
 public:
  static constexpr int64_t kLongNs = 1'000'000'000;

  // `now_ns`: of any one clock that is never set back.
  std::vector<std::string> Look(const std::vector<std::unique_ptr<StrategyThread>>& threads,
                                int64_t now_ns);

  // The same for one thread: what it is doing at `now_ns`. `thread` counts from 0.
  std::optional<std::string> Look(size_t thread, const std::string& name,
                                  const std::optional<StrategyCall>& call, int64_t now_ns);

 private:
  struct Seen {
    uint64_t call = 0;  // 0: none.
    int64_t since_ns = 0;
    bool told = false;
  };
  std::vector<Seen> threads_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_REPORT_STRATEGY_WATCH_H_
