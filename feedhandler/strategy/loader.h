// Strategies by name: those of this program, and plugins in shared libraries.
//
//   absl::StatusOr<LoadedStrategy> strategy = LoadStrategy("print", "format=json", host);
//   absl::StatusOr<LoadedStrategy> plugin = LoadStrategy("./libspread_monitor.so", "top=5", host);
//   strategy->OnUpdates(updates);             // The strategy's thread.
//   strategy->OnIdle();
//   absl::Status flushed = strategy->OnStop();
//   std::string lines = strategy->Summary();  // The main thread, once the other has ended.
//
// Loading, Summary and destruction belong to the main thread and allocate; OnUpdates and OnIdle
// belong to the strategy's thread and cost one indirect call each. OnStop runs on the strategy's
// thread.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_LOADER_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_LOADER_H_

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codecs/shared_library.h"
#include "codecs/update.h"
#include "feedhandler/output/output_claim.h"
#include "feedhandler/strategy/plugin.h"

namespace fh {

// One strategy that was created. Destruction calls destroy, then closes its library.
class LoadedStrategy {
 public:
  LoadedStrategy(LoadedStrategy&& other) noexcept;
  LoadedStrategy& operator=(LoadedStrategy&& other) noexcept;
  ~LoadedStrategy();

  // `updates` is not empty.
  void OnUpdates(std::span<const codecs::NormalizedUpdate> updates) {
    table_.on_updates(self_, updates.data(), updates.size());
  }

  void OnIdle() { table_.on_idle(self_); }
  bool wants_idle() const { return wants_idle_; }

  // After the last update, once. An error names the strategy and says what was lost.
  absl::Status OnStop();

  // Lines for the report, without a newline at the end; empty when the strategy has none.
  std::string Summary();

  // As the table says: "count", "spread_monitor".
  const std::string& name() const { return name_; }

 private:
  friend absl::StatusOr<LoadedStrategy> CreateStrategy(const fh_strategy&, absl::string_view,
                                                       const fh_host&);
  friend absl::StatusOr<LoadedStrategy> LoadStrategy(absl::string_view, absl::string_view,
                                                     const fh_host&);
  LoadedStrategy(const fh_strategy& table, void* self);

  fh_strategy table_;  // A copy, with functions that do nothing where the strategy has none.
  void* self_ = nullptr;
  bool wants_idle_ = false;
  std::string name_;
  SharedLibrary library_;
  FileHold hold_;  // Of the library's file: no output may be it.
};

// `name_or_path`: a built-in strategy, or a shared library: whatever has a '/' or ends in ".so".
// `host` must outlive the strategy. Errors: NotFound (no such built-in or file), FailedPrecondition
// (not a plugin, or built against other headers), InvalidArgument (refused by create, in its
// words).
absl::StatusOr<LoadedStrategy> LoadStrategy(absl::string_view name_or_path,
                                            absl::string_view parameters, const fh_host& host);

// The same for a table that is compiled in.
absl::StatusOr<LoadedStrategy> CreateStrategy(const fh_strategy& table,
                                              absl::string_view parameters, const fh_host& host);

struct StrategyDescription {
  std::string name;
  std::string help;
};

// Everything LoadStrategy checks before it creates: for checking a configuration without opening
// the files that its strategies write.
absl::StatusOr<StrategyDescription> DescribeStrategy(absl::string_view name_or_path);

// Those of this program; the list is built_in.cc's.
std::span<const fh_strategy* const> BuiltInStrategies();

std::string BuiltInStrategyNames();  // "count, null, print, ...", in the order of listings.

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_LOADER_H_
