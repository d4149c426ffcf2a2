// `feedhandler tune`: measures every receive path that this host can run, at every place where its
// two sides can be, in turn and for a bounded time; chooses one; and says what to set.
//
//   Options options{.seconds = 10};
//   const absl::StatusOr<Report> report = Measure(options);
//   if (!report.ok()) return report.status();
//   Print(Snippet(*report));            // Text proto, for the configuration; the figures as comments.
//
// First each path with its defaults (A B C, C B A, A B C, ...), at each place; then, at the chosen
// one's place, the chosen one's settings. The traffic stays on a network of its own (network.h).
// Blocks for about Options::seconds, on threads of its own that are gone when it returns.
#ifndef FEEDHANDLER_FEEDHANDLER_TUNE_TUNE_H_
#define FEEDHANDLER_FEEDHANDLER_TUNE_TUNE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "feedhandler/tune/chooser.h"
#include "feedhandler/tune/measurement.h"

namespace fh::tune {

inline constexpr uint32_t kLeastPacketBytes = 16;
inline constexpr uint32_t kMostPacketBytes = 1472;

struct Options {
  Goal goal = Goal::kLatency;
  double seconds = 10;  // At least as long as kLeastRounds take.
  uint32_t packet_bytes = 200;
  bool loopback = false;      // Not over a virtual cable, although one could be made.
  bool sockets_only = false;  // Only paths that "auto" may take.
  std::string interface;      // Whose interrupts the kernel's side is to be where; empty: none.
  std::optional<int> feed_cpu;
  // Called between turns, with what is done of 1. False: stop.
  std::function<bool(double)> progress = [](double) { return true; };
};

struct Report {
  Options options;
  std::string network;             // What the datagrams went over.
  std::vector<std::string> notes;  // What is not as it could be, and what to do.
  std::string interrupts;          // "interrupts of eth1 go to CPU 3"; empty when not known.
  std::string first_irq;           // Of the interface.
  std::vector<Measured> paths;     // In the order of preference.
  Choice choice;
  std::vector<Measured> settings;  // The chosen path, with others.
  Choice settings_choice;
  std::string automatic;  // What "auto" takes.

  // Preconditions: choice.chosen, settings_choice.chosen.
  const Measured& chosen() const { return settings[*settings_choice.chosen]; }
};

// CANCELLED when `progress` said so; FAILED_PRECONDITION when no path could be measured, with the
// reason of each; UNAVAILABLE when there is no network.
absl::StatusOr<Report> Measure(const Options& options);

// Every path that this platform has, in the order of preference: as "auto" tries them, then those
// that are only named.
std::vector<Path> AllPaths();

// The table of figures and the verdicts, a line each.
std::string Figures(const Report& report);

// For a configuration: feed_thread and receiver, with figures and reasons as comments.
std::string Snippet(const Report& report);

std::string ReportJson(const Report& report);

}  // namespace fh::tune

#endif  // FEEDHANDLER_FEEDHANDLER_TUNE_TUNE_H_
