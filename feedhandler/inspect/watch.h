// Joins groups and looks at what arrives: the library side of `feedhandler join`.
//
//   class Printer : public WatchListener { ... };
//   Printer printer;
//   absl::Status ended = WatchGroups({.subscriptions = {line_a, line_b}}, printer);
//
// It receives through the production path (rio::Receiver over any backend), but sleeps while
// nothing arrives instead of spinning: it is for a person's look, not for speed. One thread, the
// caller's.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_WATCH_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_WATCH_H_

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "feedhandler/inspect/stream_table.h"
#include "rio/backend.h"

namespace fh {

struct WatchOptions {
  std::vector<rio::Subscription> subscriptions;
  std::string backend = "auto";  // As rio::ChooseBackend takes it.
  std::chrono::nanoseconds interval = std::chrono::seconds(1);
  std::optional<std::chrono::nanoseconds> duration;  // Until the listener wants to stop.
};

// Everything up to now; views live during the call.
struct WatchState {
  std::span<const rio::Subscription> subscriptions;
  const StreamTable& table;
  const rio::BackendStats& receive;
  std::span<const rio::LineStats> lines;  // One a subscription.
  double seconds = 0;                     // Since the groups were joined.
};

class WatchListener {
 public:
  virtual ~WatchListener() = default;

  // The groups are joined. `notes`: what was asked for and is not available; backends that were
  // tried before.
  virtual void OnStart(const std::string& backend, const std::vector<std::string>& notes) = 0;
  // After every interval, and once more at the end.
  virtual void OnInterval(const WatchState& state) = 0;
  virtual void OnEnd(const WatchState& state) = 0;
  // Asked at least ten times a second.
  virtual bool StopRequested() = 0;
};

// Errors are those of choosing and opening a backend, with the fix; then nothing was called.
absl::Status WatchGroups(const WatchOptions& options, WatchListener& listener);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_WATCH_H_
