#include "feedhandler/tune/chooser.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace fh::tune {
namespace {

using Figures = std::vector<double>;

Figures BothSides(const Measured& measured) {
  Figures figures;
  for (const Turn& turn : measured.turns) figures.push_back(turn.both_sides_ns());
  return figures;
}

size_t LossyTurns(const Measured& measured) {
  return static_cast<size_t>(std::count_if(measured.turns.begin(), measured.turns.end(),
                                           [](const Turn& turn) { return turn.lost > 0; }));
}

bool IsLossy(const Measured& measured) {
  return static_cast<double>(LossyTurns(measured)) >
         kMostLossyShare * static_cast<double>(measured.turns.size());
}

// The n-th of `b` by the n-th of `a`.
Figures Ratios(std::span<const double> a, std::span<const double> b) {
  Figures ratios;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) ratios.push_back(b[i] / a[i]);
  return ratios;
}

// What a path is compared by, and how a verdict calls it.
struct Figure {
  const char* name;
  std::vector<Figures> of_path;
};

// Leaves of `candidates` those that cannot be told apart from the best, and says of the others why.
void KeepTheBest(const Figure& figure, std::span<const Measured> measured,
                 std::vector<size_t>& candidates, std::vector<std::string>& verdicts) {
  if (candidates.empty()) return;
  const auto median = [&](size_t i) { return Quantile(figure.of_path[i], 0.5); };
  const size_t best = *std::min_element(candidates.begin(), candidates.end(),
                                        [&](size_t a, size_t b) { return median(a) < median(b); });
  std::vector<size_t> kept;
  for (const size_t i : candidates) {
    if (i == best || !IsWorse(figure.of_path[best], figure.of_path[i])) {
      kept.push_back(i);
      continue;
    }
    const double ratio = Quantile(Ratios(figure.of_path[best], figure.of_path[i]), 0.5);
    verdicts[i] = absl::StrFormat("%s %.0f ns, %.0f%% more than %s (%s)", figure.name, median(i),
                                  100 * (ratio - 1), measured[best].path.Name(),
                                  measured[best].placement.Name());
  }
  candidates = kept;
}

std::vector<size_t> Candidates(std::span<const Measured> measured,
                               std::vector<std::string>& verdicts) {
  std::vector<size_t> whole;
  std::vector<size_t> all;
  for (size_t i = 0; i < measured.size(); ++i) {
    if (!measured[i].refusal.empty() || measured[i].turns.empty()) {
      verdicts[i] = absl::StrCat(
          "not measured: ", measured[i].refusal.empty() ? "no time was left" : measured[i].refusal);
      continue;
    }
    all.push_back(i);
    if (!IsLossy(measured[i])) whole.push_back(i);
  }
  if (whole.empty()) return all;  // All lose: the rest decides, and the figures show it.
  for (const size_t i : all) {
    if (!IsLossy(measured[i])) continue;
    verdicts[i] = absl::StrFormat("loses datagrams: in %d of %d turns", LossyTurns(measured[i]),
                                  measured[i].turns.size());
  }
  return whole;
}

}  // namespace

bool IsWorse(std::span<const double> a, std::span<const double> b) {
  const Figures ratios = Ratios(a, b);
  return ratios.size() >= kLeastRounds && Quantile(ratios, 0.5) >= kLeastDifference &&
         Quantile(ratios, 0.25) > 1;
}

std::vector<double> FiguresOf(const Measured& measured, Goal goal) {
  Figures figures;
  for (const Turn& turn : measured.turns) {
    figures.push_back(goal == Goal::kLatency ? turn.lone_p50_ns
                                             : BusiestCpuNs(measured.placement, turn));
  }
  return figures;
}

const char* GoalFigure(Goal goal) { return goal == Goal::kLatency ? "lone p50" : "busiest CPU"; }

Choice Choose(std::span<const Measured> measured, Goal goal) {
  Choice choice;
  choice.verdicts.resize(measured.size());
  std::vector<size_t> candidates = Candidates(measured, choice.verdicts);
  Figure by_goal{GoalFigure(goal), {}};
  Figure by_work{"both sides", {}};
  for (const Measured& path : measured) {
    by_goal.of_path.push_back(FiguresOf(path, goal));
    by_work.of_path.push_back(BothSides(path));
  }
  KeepTheBest(by_goal, measured, candidates, choice.verdicts);
  KeepTheBest(by_work, measured, candidates, choice.verdicts);
  if (candidates.empty()) return choice;
  choice.chosen = candidates.front();
  choice.equals.assign(candidates.begin() + 1, candidates.end());
  for (const size_t i : choice.equals) {
    choice.verdicts[i] = absl::StrCat("within the noise of ", measured[*choice.chosen].path.Name(),
                                      ", which comes first in the order");
  }
  choice.verdicts[*choice.chosen] =
      choice.equals.empty() ? "the best" : "as good as the best, and first in the order";
  return choice;
}

}  // namespace fh::tune
