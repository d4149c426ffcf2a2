#include "tests/feedhandler/live/exposition.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace fh::test {
namespace {

struct Sample {
  std::string family;  // Without _bucket, _sum, _count of a histogram.
  std::string suffix;
  std::map<std::string, std::string> labels;
  double value = 0;

  std::string Series(bool with_le = true) const {
    std::string text = family + suffix;
    for (const auto& [name, label] : labels) {
      if (with_le || name != "le") absl::StrAppend(&text, "|", name, "=", label);
    }
    return text;
  }
};

struct Parsed {
  std::map<std::string, std::string> types;
  std::vector<Sample> samples;
  std::vector<std::string> faults;
};

bool IsName(const std::string& name) {
  return !name.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '_' || c == ':';
         });
}

// `at` behind the opening brace; nothing when the labels are none.
std::optional<std::map<std::string, std::string>> ParseLabels(const std::string& line, size_t& at) {
  std::map<std::string, std::string> labels;
  while (at < line.size() && line[at] != '}') {
    const size_t equals = line.find("=\"", at);
    if (equals == std::string::npos) return std::nullopt;
    const std::string name = line.substr(at, equals - at);
    std::string value;
    for (at = equals + 2; at < line.size() && line[at] != '"'; ++at) {
      if (line[at] == '\\') value += line[at++];
      if (at < line.size()) value += line[at];
    }
    if (at >= line.size() || !IsName(name) || !labels.emplace(name, value).second) {
      return std::nullopt;
    }
    if (++at < line.size() && line[at] == ',') ++at;
  }
  return at < line.size() ? std::optional(labels) : std::nullopt;
}

std::optional<Sample> ParseSample(const std::string& line, const std::string& family,
                                  bool is_histogram) {
  size_t at = line.find_first_of("{ ");
  if (at == std::string::npos) return std::nullopt;
  Sample sample{.family = line.substr(0, at)};
  if (!IsName(sample.family)) return std::nullopt;
  if (line[at] == '{') {
    auto labels = ParseLabels(line, ++at);
    if (!labels.has_value()) return std::nullopt;
    sample.labels = *std::move(labels);
    ++at;
  }
  if (at >= line.size() || line[at] != ' ') return std::nullopt;
  const std::string value = line.substr(at + 1);
  if (!absl::SimpleAtod(value, &sample.value)) return std::nullopt;
  for (const char* suffix : {"_bucket", "_sum", "_count"}) {
    if (is_histogram && sample.family == family + suffix) {
      sample.family = family;
      sample.suffix = suffix;
    }
  }
  return sample;
}

Parsed Parse(const std::string& text) {
  Parsed parsed;
  std::set<std::string> closed;
  std::set<std::string> helped;
  std::set<std::string> series;
  std::string family;
  const auto enter = [&](const std::string& name) {
    if (name == family) return;
    if (!family.empty()) closed.insert(family);
    family = name;
    if (closed.count(name) != 0) parsed.faults.push_back(name + ": interleaved with others");
  };
  if (!text.empty() && text.back() != '\n') parsed.faults.push_back("no LF at the end");
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  for (const std::string& line : lines) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::MaxSplits(' ', 3));
    if (words[0] == "#" && words.size() == 4 && words[1] == "HELP") {
      enter(words[2]);
      if (!helped.insert(words[2]).second) parsed.faults.push_back(words[2] + ": HELP twice");
    } else if (words[0] == "#" && words.size() == 4 && words[1] == "TYPE") {
      enter(words[2]);
      if (!parsed.types.emplace(words[2], words[3]).second) {
        parsed.faults.push_back(words[2] + ": TYPE twice");
      }
    } else {
      const auto sample = ParseSample(line, family, parsed.types[family] == "histogram");
      if (!sample.has_value()) {
        parsed.faults.push_back("not a sample: " + line);
        continue;
      }
      enter(sample->family);
      if (helped.count(family) == 0) parsed.faults.push_back(family + ": no HELP");
      if (parsed.types.count(family) == 0 || parsed.types[family].empty()) {
        parsed.faults.push_back(family + ": no TYPE");
      }
      if (!series.insert(sample->Series()).second) {
        parsed.faults.push_back(sample->Series() + ": twice");
      }
      parsed.samples.push_back(*sample);
    }
  }
  return parsed;
}

double Bound(const std::string& le) {
  double bound = 0;
  if (le == "+Inf") return std::numeric_limits<double>::infinity();
  return absl::SimpleAtod(le, &bound) ? bound : std::numeric_limits<double>::quiet_NaN();
}

struct HistogramSeries {
  std::vector<std::pair<std::string, double>> buckets;  // As they stand in the text.
  std::optional<double> sum;
  std::optional<double> count;
};

// By the labels without le.
std::map<std::string, HistogramSeries> Histograms(const Parsed& parsed) {
  std::map<std::string, HistogramSeries> all;
  for (const Sample& sample : parsed.samples) {
    if (sample.suffix.empty()) continue;
    Sample key = sample;
    key.suffix.clear();
    HistogramSeries& of = all[key.Series(/*with_le=*/false)];
    if (sample.suffix == "_sum") of.sum = sample.value;
    if (sample.suffix == "_count") of.count = sample.value;
    if (sample.suffix == "_bucket") {
      const auto le = sample.labels.find("le");
      of.buckets.emplace_back(le == sample.labels.end() ? "" : le->second, sample.value);
    }
  }
  return all;
}

void CheckHistograms(const Parsed& parsed, std::vector<std::string>& faults) {
  std::map<std::string, std::vector<std::string>> bounds;  // By family.
  for (const auto& [name, series] : Histograms(parsed)) {
    std::vector<std::string> spelled;
    for (size_t i = 0; i < series.buckets.size(); ++i) {
      spelled.push_back(series.buckets[i].first);
      if (i == 0) continue;
      if (!(Bound(series.buckets[i].first) > Bound(series.buckets[i - 1].first))) {
        faults.push_back(name + ": bounds out of order");
      }
      if (series.buckets[i].second < series.buckets[i - 1].second) {
        faults.push_back(name + ": buckets fall");
      }
    }
    if (spelled.empty() || spelled.back() != "+Inf") {
      faults.push_back(name + ": no +Inf");
    } else if (series.count != series.buckets.back().second) {
      faults.push_back(name + ": +Inf is not _count");
    }
    if (!series.sum.has_value()) faults.push_back(name + ": no _sum");
    const std::string family = name.substr(0, name.find('|'));
    if (!bounds.emplace(family, spelled).second && bounds[family] != spelled) {
      faults.push_back(name + ": other bounds than another series");
    }
  }
}

}  // namespace

std::vector<std::string> ExpositionFaults(const std::string& text) {
  const Parsed parsed = Parse(text);
  std::vector<std::string> faults = parsed.faults;
  for (const auto& [name, type] : parsed.types) {
    if ((type == "counter") != absl::EndsWith(name, "_total")) {
      faults.push_back(absl::StrCat(name, ": a ", type, " of this name"));
    }
    const bool any =
        std::any_of(parsed.samples.begin(), parsed.samples.end(),
                    [&family = name](const Sample& sample) { return sample.family == family; });
    if (!any) faults.push_back(name + ": no sample");
  }
  CheckHistograms(parsed, faults);
  return faults;
}

std::vector<std::string> FallenCounters(const std::string& earlier, const std::string& later) {
  std::map<std::string, double> now;
  for (const Sample& sample : Parse(later).samples) now[sample.Series()] = sample.value;
  std::vector<std::string> fallen;
  Parsed parsed = Parse(earlier);
  for (const Sample& sample : parsed.samples) {
    if (parsed.types[sample.family] == "gauge") continue;
    const auto found = now.find(sample.Series());
    if (found == now.end()) fallen.push_back(sample.Series() + " is gone");
    if (found != now.end() && found->second < sample.value) {
      fallen.push_back(absl::StrCat(sample.Series(), " ", sample.value, " -> ", found->second));
    }
  }
  return fallen;
}

std::vector<std::string> OverflowingHistograms(const std::string& text) {
  std::vector<std::string> names;
  for (const auto& [name, series] : Histograms(Parse(text))) {
    if (series.buckets.size() < 2) continue;
    const double all = series.buckets.back().second;
    if (all - series.buckets[series.buckets.size() - 2].second > all / 100) names.push_back(name);
  }
  return names;
}

std::map<std::string, std::set<std::string>> FamiliesOf(const std::string& text) {
  std::map<std::string, std::set<std::string>> families;
  for (const Sample& sample : Parse(text).samples) {
    std::set<std::string>& labels = families[sample.family];
    for (const auto& [name, value] : sample.labels) {
      if (name != "le") labels.insert(name);
    }
  }
  return families;
}

}  // namespace fh::test
