#include "feedhandler/live/watch_page.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "feedhandler/inspect/column_table.h"
#include "latency/report.h"

namespace fh {
namespace {

using latency::FormatDuration;

constexpr char kBucket[] = "feedhandler_stage_latency_seconds_bucket";
constexpr double kSilentSeconds = 3;

std::string Count(double value) {
  const double most = 1e18;
  return latency::FormatCount(static_cast<uint64_t>(std::clamp(std::round(value), 0.0, most)));
}

std::string Seconds(double seconds) {
  return FormatDuration(static_cast<int64_t>(std::clamp(seconds, 0.0, 1e9) * 1e9));
}

std::string Label(const MetricLabels& labels, const char* name) {
  const auto found = labels.find(name);
  return found == labels.end() ? "" : found->second;
}

class Page {
 public:
  Page(const MetricSamples& earlier, const MetricSamples& now, const WatchPageOptions& options)
      : earlier_(earlier), now_(now), options_(options) {}

  std::string Text() {
    Heading();
    Lines();
    Channels();
    Drops();
    Rings();
    Latencies();
    return Cut();
  }

 private:
  // What was added between the scrapes; a handler that was started anew begins with 0.
  double Added(absl::string_view name, const MetricLabels& labels) const {
    const double now = now_.Value(name, labels);
    const double before = earlier_.Value(name, labels);
    return now >= before ? now - before : now;
  }
  double Rate(absl::string_view name, const MetricLabels& labels) const {
    return Added(name, labels) / std::max(options_.seconds, 1e-3);
  }

  void Heading() {
    absl::StrAppend(&text_, "feedhandler at ", options_.of);
    const double start = now_.Value("feedhandler_start_time_seconds", {});
    if (start > 0 && options_.now_unix_seconds > start) {
      absl::StrAppend(&text_, ", up ", Seconds(options_.now_unix_seconds - start));
    }
    absl::StrAppend(
        &text_, absl::StrFormat("; rates and latencies over the last %.1f s\n", options_.seconds));
    if (!options_.note.empty()) absl::StrAppend(&text_, "! ", options_.note, "\n");
    if (now_.wrong_lines != 0) {
      absl::StrAppend(&text_, "! ", Count(static_cast<double>(now_.wrong_lines)),
                      " lines of the answer are no metrics\n");
    }
  }

  void Lines() {
    ColumnTable table({{"feed"},
                       {"channel", ColumnTable::kRight},
                       {"line"},
                       {"packets/s", ColumnTable::kRight},
                       {"age", ColumnTable::kRight},
                       {"first/s", ColumnTable::kRight},
                       {"gaps", ColumnTable::kRight},
                       {"missing", ColumnTable::kRight},
                       {"state"}});
    for (const auto& [labels, packets] : now_.Of("feedhandler_line_packets_total")) {
      const auto& ages = now_.Of("feedhandler_line_silent_seconds");
      const auto age = ages.find(labels);
      const bool deaf = now_.Value("feedhandler_line_deaf", labels) != 0;
      const bool silent = age != ages.end() && age->second >= kSilentSeconds;
      table.AddRow({Label(labels, "feed"), Label(labels, "channel"), Label(labels, "line"),
                    Count(Rate("feedhandler_line_packets_total", labels)),
                    age == ages.end() ? "-" : Seconds(age->second),
                    Count(Rate("feedhandler_line_won_messages_total", labels)),
                    Count(now_.Value("feedhandler_line_gaps_total", labels)),
                    Count(now_.Value("feedhandler_line_missing_messages", labels)),
                    deaf     ? "! no interface"
                    : silent ? "! silent"
                             : "ok"});
    }
    Add("Lines", table);
  }

  void Channels() {
    ColumnTable table({{"feed"},
                       {"channel", ColumnTable::kRight},
                       {"messages/s", ColumnTable::kRight},
                       {"updates/s", ColumnTable::kRight},
                       {"gaps", ColumnTable::kRight},
                       {"new", ColumnTable::kRight},
                       {"missing", ColumnTable::kRight},
                       {"state"}});
    for (const auto& [labels, messages] : now_.Of("feedhandler_messages_total")) {
      const double gaps = Added("feedhandler_gaps_total", labels);
      table.AddRow({Label(labels, "feed"), Label(labels, "channel"),
                    Count(Rate("feedhandler_messages_total", labels)),
                    Count(Rate("feedhandler_updates_total", labels)),
                    Count(now_.Value("feedhandler_gaps_total", labels)), Count(gaps),
                    Count(now_.Value("feedhandler_missing_messages_total", labels)),
                    now_.Value("feedhandler_stuck", labels) != 0 ? "! stuck"
                    : gaps > 0                                   ? "! gaps"
                                                                 : "ok"});
    }
    Add("Channels", table);
  }

  void Drops() {
    ColumnTable table({{"layer"},
                       {"where"},
                       {"dropped", ColumnTable::kRight},
                       {"new", ColumnTable::kRight},
                       {"unit"}});
    const auto add = [&](const std::string& name, const std::string& unit) {
      for (const auto& [labels, count] : now_.Of(name)) {
        if (count == 0) continue;
        std::string where;
        for (const auto& [label, value] : labels) {
          if (label != "layer") absl::StrAppend(&where, where.empty() ? "" : " ", value);
        }
        const double added = Added(name, labels);
        table.AddRow({Label(labels, "layer"), where, Count(count), Count(added),
                      absl::StrCat(unit, added > 0 ? " !" : "")});
      }
    };
    add("feedhandler_dropped_packets_total", "packets");
    add("feedhandler_dropped_messages_total", "messages");
    add("feedhandler_dropped_updates_total", "updates");
    add("feedhandler_host_dropped_packets_total", "packets of the whole host");
    if (table.empty()) {
      absl::StrAppend(&text_, "\nDrops by layer: none\n");
    } else {
      Add("Drops by layer", table);
    }
  }

  void Rings() {
    ColumnTable table({{"strategy thread"},
                       {"feed thread"},
                       {"waiting", ColumnTable::kRight},
                       {"of", ColumnTable::kRight},
                       {"full", ColumnTable::kRight},
                       {"delivered/s", ColumnTable::kRight}});
    for (const auto& [labels, depth] : now_.Of("feedhandler_ring_depth")) {
      const double capacity = now_.Value("feedhandler_ring_capacity", labels);
      const double share = capacity > 0 ? depth / capacity : 0;
      table.AddRow({Label(labels, "thread"), Label(labels, "feed_thread"), Count(depth),
                    Count(capacity),
                    absl::StrFormat("%.0f%%%s", share * 100, share > 0.5 ? " !" : ""),
                    Count(Rate("feedhandler_ring_delivered_total", labels))});
    }
    Add("Rings", table);
  }

  // Of one series without `le`: how many were added at or below each bound, and that bound.
  using Buckets = std::vector<std::pair<double, double>>;

  static std::string Percentile(const Buckets& buckets, double share) {
    const double all = buckets.back().second;
    const double rank = std::max(1.0, std::ceil(share * all));
    // As everywhere: what fewer than ten values lie above says no more than the greatest does.
    if (all - rank < static_cast<double>(latency::kMinTail)) return "-";
    for (size_t i = 0; i < buckets.size(); ++i) {
      if (buckets[i].second < rank) continue;
      if (std::isfinite(buckets[i].first)) return absl::StrCat("<", Seconds(buckets[i].first));
      return i == 0 ? "-" : absl::StrCat(">", Seconds(buckets[i - 1].first), " !");
    }
    return "-";
  }

  void Latencies() {
    std::map<MetricLabels, Buckets> series;
    for (const auto& [labels, count] : now_.Of(kBucket)) {
      double bound = 0;
      const std::string le = Label(labels, "le");
      if (le == "+Inf") bound = HUGE_VAL;
      if (le != "+Inf" && !absl::SimpleAtod(le, &bound)) continue;
      MetricLabels rest = labels;
      rest.erase("le");
      series[rest].emplace_back(bound, Added(kBucket, labels));
    }
    ColumnTable table({{"stage"},
                       {"of"},
                       {"count/s", ColumnTable::kRight},
                       {"p50", ColumnTable::kRight},
                       {"p99", ColumnTable::kRight},
                       {"p99.9", ColumnTable::kRight}});
    for (auto& [labels, buckets] : series) {
      std::sort(buckets.begin(), buckets.end());
      if (!(buckets.back().second > 0)) continue;
      std::string of;
      for (const char* name : {"feed", "channel", "line", "thread"}) {
        const std::string value = Label(labels, name);
        if (!value.empty()) absl::StrAppend(&of, of.empty() ? "" : " ", value);
      }
      table.AddRow({Label(labels, "stage"), of,
                    Count(buckets.back().second / std::max(options_.seconds, 1e-3)),
                    Percentile(buckets, 0.5), Percentile(buckets, 0.99),
                    Percentile(buckets, 0.999)});
    }
    if (table.empty()) {
      absl::StrAppend(&text_, "\nLatencies: nothing was measured meanwhile\n");
      return;
    }
    Add("Latencies, from the buckets of the metrics: below (<) or above (>) the bound shown",
        table);
  }

  void Add(const std::string& title, const ColumnTable& table) {
    if (table.empty()) return;
    absl::StrAppend(&text_, "\n", title, "\n", table.Text("  "));
  }

  // As wide and as high as the terminal, without anything that it would take for an escape.
  std::string Cut() const {
    const std::vector<std::string> lines = absl::StrSplit(absl::StripSuffix(text_, "\n"), '\n');
    std::string page;
    size_t shown = lines.size();
    const bool too_high = options_.rows > 1 && lines.size() > options_.rows;
    if (too_high) shown = options_.rows - 1;
    for (size_t i = 0; i < shown; ++i) {
      std::string line = lines[i];
      for (char& c : line) {
        if (static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) >= 127) c = '?';
      }
      if (options_.columns > 0 && line.size() > options_.columns) line.resize(options_.columns);
      const bool is_bad = absl::StrContains(line, "!");
      const bool is_title = i == 0 || (i > 0 && lines[i - 1].empty());
      const char* colour = !options_.colour ? "" : is_bad ? "\033[31m" : is_title ? "\033[1m" : "";
      absl::StrAppend(&page, colour, line, *colour != '\0' ? "\033[0m" : "", "\n");
    }
    if (too_high) absl::StrAppend(&page, "(", lines.size() - shown, " more lines)\n");
    return page;
  }

  const MetricSamples& earlier_;
  const MetricSamples& now_;
  const WatchPageOptions& options_;
  std::string text_;
};

}  // namespace

std::string WatchPage(const MetricSamples& earlier, const MetricSamples& now,
                      const WatchPageOptions& options) {
  return Page(earlier, now, options).Text();
}

}  // namespace fh
