// Chooses among measured receive paths, with respect for the spread: two paths that cannot be told
// apart are equal, and of equals the first in the list is taken, whatever their medians are.
//
//   const Choice choice = Choose(measured, Goal::kLatency);   // In the order of preference.
//   if (choice.chosen.has_value()) Use(measured[*choice.chosen].path);
//   for (const std::string& verdict : choice.verdicts) Print(verdict);      // Of each path, why.
//
// How:
//
// 1. A path that could not be measured is out, and so is one that lost datagrams in more than a
//    quarter of its turns, unless all did.
// 2. Of the others, the best is the one with the least median of what the goal looks at. Those that
//    are not told apart from it stay.
// 3. Of these, the same with what both sides together took.
// 4. Of what is left, the first in the list.
//
// Two paths are told apart when the pairs of their turns, each pair of one round, say so: the median
// of the ratios is at least kLeastDifference, and three quarters of the ratios are on the same side.
// So whatever else the machine did in a round met both, and neither a few bad rounds nor a difference
// that is too small to matter decides.
//
// Pure functions; any thread; allocate.
#ifndef FEEDHANDLER_FEEDHANDLER_TUNE_CHOOSER_H_
#define FEEDHANDLER_FEEDHANDLER_TUNE_CHOOSER_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "feedhandler/tune/measurement.h"

namespace fh::tune {

enum class Goal : uint8_t {
  kLatency,  // Datagrams that come alone: lone_p50_ns.
  kRate,     // Bursts: BusiestCpuNs.
};

inline constexpr double kLeastDifference = 1.05;
inline constexpr double kMostLossyShare = 0.25;  // Of a path's turns.
// With fewer rounds nothing is told apart.
inline constexpr size_t kLeastRounds = 5;

struct Choice {
  // Index of the path; nothing when none could be measured.
  std::optional<size_t> chosen;
  // Others that could not be told apart from it: the order decided.
  std::vector<size_t> equals;
  std::vector<std::string> verdicts;  // Of each path, in the order given.
};

Choice Choose(std::span<const Measured> measured, Goal goal);

// Whether `b` is worse than `a`. Both have as many values, the n-th of both from the same round.
bool IsWorse(std::span<const double> a, std::span<const double> b);

// What the goal looks at, of every turn.
std::vector<double> FiguresOf(const Measured& measured, Goal goal);

// "lone p50", "busiest CPU".
const char* GoalFigure(Goal goal);

}  // namespace fh::tune

#endif  // FEEDHANDLER_FEEDHANDLER_TUNE_CHOOSER_H_
