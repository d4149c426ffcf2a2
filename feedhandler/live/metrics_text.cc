#include "feedhandler/live/metrics_text.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace fh {
namespace {

// `name="value",...}`: what follows it is left in `text`.
std::optional<MetricLabels> TakeLabels(absl::string_view& text) {
  MetricLabels labels;
  while (!absl::ConsumePrefix(&text, "}")) {
    const size_t equals = text.find("=\"");
    if (equals == absl::string_view::npos) return std::nullopt;
    const std::string name(absl::StripAsciiWhitespace(text.substr(0, equals)));
    text.remove_prefix(equals + 2);
    std::string value;
    while (!text.empty() && text[0] != '"') {
      char c = text[0];
      if (c == '\\' && text.size() > 1) {
        text.remove_prefix(1);
        c = text[0] == 'n' ? '\n' : text[0];
      }
      value += c;
      text.remove_prefix(1);
    }
    if (!absl::ConsumePrefix(&text, "\"")) return std::nullopt;
    labels[name] = std::move(value);
    absl::ConsumePrefix(&text, ",");
  }
  return labels;
}

}  // namespace

const std::map<MetricLabels, double>& MetricSamples::Of(absl::string_view name) const {
  static const std::map<MetricLabels, double> kNone;
  const auto found = families.find(std::string_view(name.data(), name.size()));
  return found == families.end() ? kNone : found->second;
}

double MetricSamples::Value(absl::string_view name, const MetricLabels& labels) const {
  const std::map<MetricLabels, double>& family = Of(name);
  const auto found = family.find(labels);
  return found == family.end() ? 0 : found->second;
}

MetricSamples ParseMetrics(absl::string_view text) {
  MetricSamples all;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (absl::StartsWith(line, "#")) continue;
    const size_t end = line.find_first_of("{ ");
    std::optional<MetricLabels> labels = MetricLabels();
    double value = 0;
    absl::string_view rest = end == absl::string_view::npos ? "" : line.substr(end);
    if (absl::ConsumePrefix(&rest, "{")) labels = TakeLabels(rest);
    // A time stamp may follow the value.
    const std::vector<absl::string_view> words = absl::StrSplit(rest, ' ', absl::SkipEmpty());
    if (end == 0 || !labels.has_value() || words.empty() || !absl::SimpleAtod(words[0], &value)) {
      ++all.wrong_lines;
      continue;
    }
    ++all.samples;
    all.families[std::string(line.substr(0, end))][*std::move(labels)] = value;
  }
  return all;
}

}  // namespace fh
