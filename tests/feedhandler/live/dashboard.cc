#include "tests/feedhandler/live/dashboard.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <regex>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace fh::test {
namespace {

using nlohmann::json;

constexpr char kDataSource[] = "${DS_PROMETHEUS}";
constexpr char kLatency[] = "_latency_seconds";  // Of histograms.

// What a metric has: each label with its values.
using Labels = std::map<std::string, std::set<std::string>>;

std::vector<std::smatch> Matches(const std::string& text, const std::regex& pattern) {
  return {std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()};
}

std::set<std::string> Words(const std::string& list) { return absl::StrSplit(list, ", "); }

// By the name of the sample, as feedhandler_stage_latency_seconds_bucket.
std::map<std::string, Labels> SamplesOf(const std::string& metrics) {
  static const std::regex kLabel(R"re((\w+)="((?:[^"\\]|\\.)*)")re");
  std::map<std::string, Labels> samples;
  const std::vector<std::string> lines = absl::StrSplit(metrics, '\n', absl::SkipEmpty());
  for (const std::string& line : lines) {
    if (line[0] == '#') continue;
    const size_t end = line.find_first_of("{ ");
    Labels& labels = samples[line.substr(0, end)];
    for (const std::smatch& label : Matches(line, kLabel)) labels[label[1]].insert(label[2]);
    // What the scrape adds.
    labels["job"].insert("feedhandler");
    labels["instance"].insert("127.0.0.1:9464");
  }
  return samples;
}

std::string FamilyOf(const std::string& name) {
  for (const char* suffix : {"_bucket", "_sum", "_count"}) {
    const std::string family(absl::StripSuffix(name, suffix));
    if (absl::EndsWith(family, kLatency)) return family;
  }
  return name;
}

// "name{matchers}[range]" within a query.
struct Selector {
  std::string name;
  std::string matchers;
  bool has_range = false;
  bool within_rate = false;

  bool is_counter() const { return absl::EndsWith(name, "_total") || FamilyOf(name) != name; }
};

std::vector<Selector> SelectorsOf(const std::string& query) {
  static const std::regex kSelector(R"re((feedhandler_[a-z0-9_]+)(?:\{([^}]*)\})?(\[[^\]]*\])?)re");
  std::vector<Selector> selectors;
  for (const std::smatch& found : Matches(query, kSelector)) {
    const std::string all = query.substr(0, static_cast<size_t>(found.position()));
    selectors.push_back(
        {.name = found[1],
         .matchers = found[2],
         .has_range = found[3].matched,
         .within_rate = absl::EndsWith(all, "rate(") || absl::EndsWith(all, "increase(")});
  }
  return selectors;
}

// Whether what is divided by, from `at` on, is "(... > 0)".
bool IsAboveZero(absl::string_view query, size_t at) {
  at = query.find_first_not_of(' ', at);
  if (at == query.npos || query[at] != '(') return false;
  int depth = 0;
  for (size_t end = at; end < query.size(); ++end) {
    depth += query[end] == '(' ? 1 : query[end] == ')' ? -1 : 0;
    if (depth == 0) return absl::EndsWith(query.substr(at, end - at), " > 0");
  }
  return false;
}

// Without what stands in quotes and braces.
std::string Bare(const std::string& query) {
  static const std::regex kMatchers(R"(\{[^}]*\})");
  return std::regex_replace(query, kMatchers, "");
}

class Checker {
 public:
  Checker(const json& dashboard, const std::string& metrics)
      : dashboard_(dashboard), samples_(SamplesOf(metrics)) {
    for (const json& variable : dashboard["templating"]["list"]) {
      variables_.insert(variable["name"].get<std::string>());
    }
  }

  std::vector<std::string> Check() {
    CheckWhole();
    std::vector<json> panels;
    Collect(dashboard_["panels"], panels);
    CheckPlaces(panels);
    for (const json& panel : panels) CheckPanel(panel);
    for (const json& variable : dashboard_["templating"]["list"]) {
      at_ = absl::StrCat("variable ", variable.value("name", ""));
      CheckDataSource(variable);
      CheckQuery(variable.value("definition", ""));
      static const std::regex kLabel(R"(, (\w+)\))");
      std::smatch label;
      const std::string definition = variable.value("definition", "");
      if (!std::regex_search(definition, label, kLabel)) Fault("lists no label's values");
      for (const Selector& selector : SelectorsOf(definition)) {
        if (HasLabel(selector.name, label[1])) continue;
        Fault(absl::StrCat(selector.name, " has no label ", std::string(label[1])));
      }
    }
    return std::move(faults_);
  }

 private:
  void Fault(const std::string& what) { faults_.push_back(absl::StrCat(at_, ": ", what)); }

  void CheckWhole() {
    at_ = "dashboard";
    const std::string uid = dashboard_.value("uid", "");
    if (uid.empty() || uid.size() > 40) Fault("its uid has 1 to 40 characters");
    if (dashboard_.value("title", "").empty()) Fault("it has no title");
    if (dashboard_.value("schemaVersion", 0) < 30) Fault("its schemaVersion is old or missing");
    bool has_input = false;
    for (const json& input : dashboard_.value("__inputs", json::array())) {
      has_input |= absl::StrCat("${", input.value("name", ""), "}") == kDataSource &&
                   input.value("type", "") == "datasource" &&
                   input.value("pluginId", "") == "prometheus";
    }
    if (!has_input) Fault("an import is not asked for its data source");
  }

  static void Collect(const json& panels, std::vector<json>& all) {
    for (const json& panel : panels) {
      all.push_back(panel);
      if (panel.contains("panels")) Collect(panel["panels"], all);
    }
  }

  void CheckPlaces(const std::vector<json>& panels) {
    struct Place {
      int x, y, w, h;
      std::string title;
    };
    std::vector<Place> places;
    std::set<int> ids;
    for (const json& panel : panels) {
      at_ = absl::StrCat("panel ", panel.value("title", ""));
      if (!ids.insert(panel.value("id", -1)).second) Fault("its number occurs twice");
      const json at = panel.value("gridPos", json::object());
      const Place place{at.value("x", -1), at.value("y", -1), at.value("w", 0), at.value("h", 0),
                        at_};
      if (place.x < 0 || place.y < 0 || place.w < 1 || place.h < 1 || place.x + place.w > 24) {
        Fault("it stands beside the grid");
      }
      for (const Place& other : places) {
        const bool apart = place.x >= other.x + other.w || other.x >= place.x + place.w ||
                           place.y >= other.y + other.h || other.y >= place.y + place.h;
        if (!apart) Fault(absl::StrCat("it lies on ", other.title));
      }
      places.push_back(place);
    }
  }

  void CheckDataSource(const json& of) {
    const json source = of.value("datasource", json::object());
    if (source.value("uid", "") != kDataSource || source.value("type", "") != "prometheus") {
      Fault("its data source is not the one that the import asks for");
    }
  }

  void CheckPanel(const json& panel) {
    if (panel.value("type", "") == "row") return;
    at_ = absl::StrCat("panel ", panel.value("title", ""));
    CheckDataSource(panel);
    const json targets = panel.value("targets", json::array());
    if (targets.empty()) Fault("it has no query");
    std::set<std::string> refs;
    for (const json& target : targets) {
      const std::string query = target.value("expr", "");
      at_ = absl::StrCat("panel ", panel.value("title", ""), ", ", query);
      if (!refs.insert(target.value("refId", "")).second) Fault("its refId occurs twice");
      CheckDataSource(target);
      CheckQuery(query);
      CheckLegend(query, target.value("legendFormat", ""));
      CheckUnit(query, UnitOf(panel, target.value("refId", "")));
    }
  }

  static std::string UnitOf(const json& panel, const std::string& ref) {
    if (panel["type"] == "heatmap") return panel["options"]["yAxis"].value("unit", "");
    std::string unit = panel["fieldConfig"]["defaults"].value("unit", "");
    for (const json& override : panel["fieldConfig"].value("overrides", json::array())) {
      if (override["matcher"].value("id", "") != "byFrameRefID") continue;
      if (override["matcher"].value("options", "") != ref) continue;
      for (const json& property : override["properties"]) {
        if (property.value("id", "") == "unit") unit = property.value("value", "");
      }
    }
    return unit;
  }

  bool HasLabel(const std::string& name, const std::string& label) const {
    const auto found = samples_.find(name);
    return found != samples_.end() && found->second.count(label) != 0;
  }

  void CheckQuery(const std::string& query) {
    const std::vector<Selector> selectors = SelectorsOf(query);
    if (selectors.empty()) Fault("it names no metric of ours");
    for (const Selector& selector : selectors) CheckSelector(selector);
    if (absl::StrContains(query, "histogram_quantile(") &&
        !std::regex_search(query, std::regex(R"(by \(le[,)])"))) {
      Fault("a quantile needs le");
    }
    for (const std::smatch& by : Matches(query, std::regex(R"(by \(([^)]*)\))"))) {
      for (const std::string& label : Words(by[1])) {
        for (const Selector& selector : selectors) {
          if (!HasLabel(selector.name, label))
            Fault(absl::StrCat(selector.name, " has no label ", label));
        }
      }
    }
    const std::string bare = Bare(query);
    for (size_t at = bare.find('/'); at != bare.npos; at = bare.find('/', at + 1)) {
      if (!IsAboveZero(bare, at + 1)) Fault("what it divides by may be zero");
    }
    for (const std::smatch& variable : Matches(query, std::regex(R"(\$(\w+))"))) {
      if (variable[1] != "__rate_interval" && variables_.count(variable[1]) == 0) {
        Fault(absl::StrCat("there is no variable ", variable[1].str()));
      }
    }
  }

  void CheckSelector(const Selector& selector) {
    const auto found = samples_.find(selector.name);
    if (found == samples_.end()) return Fault(selector.name + " is not there");
    for (const std::smatch& matcher :
         Matches(selector.matchers, std::regex(R"re((\w+)(=~|=|!=|!~)"([^"]*)")re"))) {
      const auto label = found->second.find(matcher[1]);
      if (label == found->second.end()) {
        Fault(absl::StrCat(selector.name, " has no label ", matcher[1].str()));
      } else if (matcher[2] == "=" && matcher[3].str()[0] != '$' &&
                 label->second.count(matcher[3]) == 0) {
        Fault(absl::StrCat(selector.name, " is never ", matcher[0].str()));
      }
    }
    const bool is_listed = absl::StartsWith(at_, "variable");
    if (selector.is_counter() && !is_listed && !(selector.has_range && selector.within_rate)) {
      Fault(selector.name + " only rises: its rate or increase is wanted");
    }
    if (!selector.is_counter() && (selector.has_range || selector.within_rate)) {
      Fault(selector.name + " is no counter and has no rate");
    }
  }

  void CheckLegend(const std::string& query, const std::string& legend) {
    std::smatch by;
    const bool is_sum = std::regex_search(query, std::regex(R"((?:sum|max)[ (])"));
    const bool is_grouped = std::regex_search(query, by, std::regex(R"(by \(([^)]*)\))"));
    const std::set<std::string> kept = is_grouped ? Words(by[1]) : std::set<std::string>();
    for (const std::smatch& label : Matches(legend, std::regex(R"(\{\{(\w+)\}\})"))) {
      const bool is_there =
          is_sum ? kept.count(label[1]) != 0 : HasLabel(SelectorsOf(query)[0].name, label[1]);
      if (!is_there) Fault(absl::StrCat("its legend names ", label[1].str(), ", which is gone"));
    }
  }

  void CheckUnit(const std::string& query, const std::string& unit) {
    const std::vector<Selector> selectors = SelectorsOf(query);
    const auto is_seconds = [](const Selector& selector) {
      return absl::EndsWith(selector.name, "_seconds") ||
             absl::EndsWith(selector.name, "_seconds_sum");
    };
    std::set<std::string> fitting;
    if (absl::StrContains(query, "histogram_quantile(") ||
        absl::StrContains(query, "sum by (le) (")) {
      fitting = {"s"};
    } else if (absl::StrContains(Bare(query), "/")) {
      fitting = is_seconds(selectors[0]) ? std::set<std::string>{"s"}
                                         : std::set<std::string>{"percentunit"};
    } else if (absl::StrContains(query, "increase(")) {
      fitting = {"short"};
    } else if (absl::StrContains(query, "rate(")) {
      fitting = {"cps", "ops", "pps"};
    } else {
      fitting =
          is_seconds(selectors[0]) ? std::set<std::string>{"s"} : std::set<std::string>{"short"};
    }
    if (fitting.count(unit) == 0) Fault(absl::StrCat("its unit is ", unit));
  }

  const json& dashboard_;
  const std::map<std::string, Labels> samples_;
  std::set<std::string> variables_;
  std::string at_;
  std::vector<std::string> faults_;
};

void AddMetrics(const json& panels, std::set<std::string>& names) {
  for (const json& panel : panels) {
    if (panel.contains("panels")) AddMetrics(panel["panels"], names);
    for (const json& target : panel.value("targets", json::array())) {
      for (const Selector& selector : SelectorsOf(target.value("expr", ""))) {
        names.insert(FamilyOf(selector.name));
      }
    }
  }
}

}  // namespace

std::vector<std::string> DashboardFaults(const json& dashboard, const std::string& metrics) {
  return Checker(dashboard, metrics).Check();
}

std::set<std::string> DashboardMetrics(const json& dashboard) {
  std::set<std::string> names;
  AddMetrics(dashboard["panels"], names);
  return names;
}

}  // namespace fh::test
