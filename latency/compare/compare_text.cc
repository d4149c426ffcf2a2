// A comparison for people, and as JSON.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "codecs/json_writer.h"
#include "latency/compare/compare.h"
#include "latency/report.h"

namespace fh::latency::compare {
namespace {

std::string Signed(double share) {
  if (std::isinf(share)) return share > 0 ? "any" : "none";
  constexpr double kMostInPercent = 9;
  if (share > kMostInPercent) return absl::StrFormat("%.0f times", share + 1);
  return absl::StrFormat("%+.1f%%", share * 100);
}

std::string IntervalText(const Figure& figure) {
  return absl::StrCat("[", Signed(figure.low), ", ", Signed(figure.high), "]");
}

std::string NeededText(const Figure& figure) {
  if (!figure.needed.has_value()) {
    return absl::StrCat("; too close to the limit to be settled by more ", figure.needed_what);
  }
  return absl::StrCat("; about ", FormatCount(*figure.needed), " ", figure.needed_what,
                      " would be needed");
}

std::string Value(double value_ns) {
  return value_ns > 0 ? FormatDuration(static_cast<int64_t>(std::llround(value_ns))) : "-";
}

std::string Width(const std::vector<Figure>& figures, size_t& width) {
  width = 8;
  for (const Figure& figure : figures) width = std::max(width, figure.series.size() + 2);
  return std::string(width - 6, ' ');
}

void FigureJson(const Figure& figure, JsonWriter& json) {
  json.BeginObject().Key("series").Text(figure.series);
  json.Key("percentile").Text(figure.percentile);
  json.Key("outcome").Text(OutcomeName(figure.outcome));
  json.Key("a_ns").Real(figure.a_ns).Key("b_ns").Real(figure.b_ns);
  if (!figure.reason.empty()) {
    json.Key("reason").Text(figure.reason).EndObject();
    return;
  }
  json.Key("change").Real(figure.change);
  json.Key("low").Real(figure.low);
  json.Key("high").Real(figure.high);
  json.Key("confidence").Real(figure.confidence).Key("fails").Bool(figure.fails);
  if (figure.needed.has_value()) {
    json.Key("needed").Number(*figure.needed).Key("needed_what").Text(figure.needed_what);
  }
  if (figure.block_a > 0) {
    json.Key("block_a").Number(figure.block_a).Key("block_b").Number(figure.block_b);
    json.Key("design_effect_a").Real(figure.design_effect_a);
    json.Key("design_effect_b").Real(figure.design_effect_b);
  }
  if (figure.twin.has_value()) {
    json.Key("twin_low").Real(figure.twin->low);
    json.Key("twin_high").Real(figure.twin->high);
  }
  if (figure.sign_flip_p.has_value()) json.Key("sign_flip_p").Real(*figure.sign_flip_p);
  json.EndObject();
}

void NamesJson(const char* key, const std::vector<std::string>& names, JsonWriter& json) {
  json.Key(key).BeginArray();
  for (const std::string& name : names) json.Text(name);
  json.EndArray();
}

std::string Side(char side, const std::vector<std::string>& names, size_t intervals) {
  return absl::StrFormat("%c: %s (%d run%s, %s%d interval%s)\n", side, absl::StrJoin(names, ", "),
                         names.size(), names.size() == 1 ? "" : "s",
                         names.size() == 1 ? "" : "at least ", intervals,
                         intervals == 1 ? "" : "s");
}

std::string MethodText(const Comparison& comparison) {
  const Options& options = comparison.options;
  if (options.pairs) {
    return options.method == Method::kSignFlips ? "sign flips of the pairs"
                                                : "Student's t over the pairs";
  }
  if (comparison.names_a.size() + comparison.names_b.size() > 2) return "Student's t over the runs";
  if (options.method == Method::kWoodruff) return "Woodruff's intervals, no random numbers";
  return absl::StrCat("blocks of intervals drawn ", options.draws, " times, seed ", options.seed);
}

// By how much values hang together, of one run each.
std::string EffectsText(const std::vector<Figure>& figures) {
  std::vector<std::string> texts;
  for (const Figure& figure : figures) {
    if (figure.block_a == 0) continue;
    texts.push_back(absl::StrFormat("%s 1/%.0f and 1/%.0f", figure.percentile,
                                    figure.design_effect_a, figure.design_effect_b));
  }
  if (texts.empty()) return "";
  return absl::StrCat("Values of a run hang together: one counts as (A and B) ",
                      absl::StrJoin(texts, ", "), " of an independent one.\n");
}

}  // namespace

std::string VerdictText(const Figure& figure, double noise) {
  if (!figure.reason.empty()) return absl::StrCat("cannot tell: ", figure.reason);
  const std::string interval = IntervalText(figure);
  switch (figure.outcome) {
    case Outcome::kSlower:
      return absl::StrFormat("slower by %.1f%% %s%s", figure.change * 100, interval,
                             figure.fails ? " FAILS" : "");
    case Outcome::kFaster:
      return absl::StrFormat("faster by %.1f%% %s", -figure.change * 100, interval);
    case Outcome::kNoDifference:
      return absl::StrFormat("no difference beyond %g%%: %s %s", noise * 100, Signed(figure.change),
                             interval);
    case Outcome::kCannotTell:
      break;
  }
  return absl::StrCat("cannot tell: ", Signed(figure.change), " ", interval, NeededText(figure));
}

std::string ComparisonText(const Comparison& comparison) {
  const Options& options = comparison.options;
  std::string text = absl::StrCat(Side('A', comparison.names_a, comparison.intervals_a),
                                  Side('B', comparison.names_b, comparison.intervals_b));
  absl::StrAppend(
      &text,
      absl::StrFormat("B against A: a difference counts beyond %g%%; all answers "
                      "hold together with %g%% confidence (%s)\n\n",
                      options.noise * 100, options.confidence * 100, MethodText(comparison)));
  size_t width = 0;
  const std::string padding = Width(comparison.figures, width);
  absl::StrAppend(&text, "series", padding, "               A         B  B against A\n");
  for (const Figure& figure : comparison.figures) {
    absl::StrAppend(&text, figure.series, std::string(width - figure.series.size(), ' '),
                    absl::StrFormat("%-6s %9s %9s  %s\n", figure.percentile, Value(figure.a_ns),
                                    Value(figure.b_ns), VerdictText(figure, options.noise)));
  }
  text += "\n";
  absl::StrAppend(&text, EffectsText(comparison.figures));
  for (const std::string& note : comparison.notes) absl::StrAppend(&text, note, "\n");
  if (options.fail_above.has_value()) {
    absl::StrAppend(&text,
                    absl::StrFormat("Slower by more than %g%%: %s\n", *options.fail_above * 100,
                                    comparison.fails() ? "yes, FAILS" : "no"));
  }
  return text;
}

std::string ComparisonJson(const Comparison& comparison) {
  const Options& options = comparison.options;
  JsonWriter json;
  json.BeginObject();
  NamesJson("a", comparison.names_a, json);
  NamesJson("b", comparison.names_b, json);
  json.Key("intervals_a").Number(comparison.intervals_a);
  json.Key("intervals_b").Number(comparison.intervals_b);
  json.Key("noise").Real(options.noise).Key("confidence").Real(options.confidence);
  json.Key("method").Text(MethodText(comparison)).Key("pairs").Bool(options.pairs);
  json.Key("seed").Number(options.seed).Key("draws").Number(options.draws);
  json.Key("fails").Bool(comparison.fails()).Key("figures").BeginArray();
  for (const Figure& figure : comparison.figures) FigureJson(figure, json);
  json.EndArray();
  NamesJson("notes", comparison.notes, json);
  json.EndObject().EndLine();
  return json.text();
}

}  // namespace fh::latency::compare
