// A strategy thread alone, without the feed thread that fills its ring: what one update costs it.
//
//   const double ns = StrategySideNs<StrategyThread>(options, updates, nullptr, hash);
#ifndef FEEDHANDLER_TESTS_BENCH_STRATEGY_SIDE_H_
#define FEEDHANDLER_TESTS_BENCH_STRATEGY_SIDE_H_

#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "codecs/update.h"
#include "feedhandler/pipeline/book_stage.h"
#include "feedhandler/strategy/host.h"
#include "feedhandler/strategy/loader.h"
#include "feedhandler/strategy/strategy.h"
#include "latency/clock.h"
#include "tests/bench/this_thread.h"

namespace fh::bench {

// A strategy that looks at every update, and at the clock of its thread at the first and at the end.
class TimedHash {
 public:
  static constexpr char kName[] = "timed_hash";
  static constexpr char kHelp[] = "For a benchmark.";

  static std::unique_ptr<TimedHash> Create(Host, std::string_view, std::string&) {
    return std::make_unique<TimedHash>();
  }
  void OnUpdates(std::span<const codecs::NormalizedUpdate> updates) {
    if (start_ns_ == 0) start_ns_ = ThreadCpuNs();
    for (const codecs::NormalizedUpdate& update : updates) {
      hash_ = (std::rotl(hash_, 29) ^ update.sequence) * 0x9e3779b97f4a7c15;
    }
  }
  bool OnStop(std::string&) {
    elapsed_ns_ = ThreadCpuNs() - start_ns_;
    return true;
  }
  std::string Summary() { return std::to_string(elapsed_ns_) + " " + std::to_string(hash_); }

 private:
  double start_ns_ = 0;
  double elapsed_ns_ = 0;
  uint64_t hash_ = 0;
};

// CPU time of the strategy's thread for an update of `updates`, which wait in its ring when it starts: at
// most as many as the ring has room for, a power of two. `hash`: of what was seen. `books`: null, or
// the stage before the strategy.
template <class Thread, class Options>
double StrategySideNs(Options options, std::span<const codecs::NormalizedUpdate> updates,
                      std::unique_ptr<BookStage> books, std::string& hash) {
  static const latency::Clock clock;
  options.ring_updates = std::bit_ceil(updates.size());
  StrategyHost host("timed_hash", {});
  if (books != nullptr) host.SetBooks(books->AddStrategy());
  Thread thread(options, clock);
  auto strategy = CreateStrategy(*StrategyTable<TimedHash>(), "", host.table());
  if (!strategy.ok()) Fail(std::string(strategy.status().message()));
  thread.Add(*std::move(strategy), &host);
  thread.SetBooks(std::move(books));
  for (const codecs::NormalizedUpdate& update : updates) {
    if (!thread.ring().Push(update)) Fail("the ring is full");
  }
  thread.Start();
  if (!thread.Stop().ok()) Fail("the strategy failed");
  const std::string summary = thread.strategies()[0].Summary();
  hash = summary.substr(summary.find(' ') + 1);
  return std::stod(summary) / static_cast<double>(updates.size());
}

// The same of a strategy thread whose program text has no books at all (without_books.cc).
double WithoutBooksNs(int cpu, std::span<const codecs::NormalizedUpdate> updates,
                      std::string& hash);

}  // namespace fh::bench

#endif  // FEEDHANDLER_TESTS_BENCH_STRATEGY_SIDE_H_
