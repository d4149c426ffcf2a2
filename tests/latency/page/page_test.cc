#include "latency/page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "latency/histogram.h"
#include "latency/page/page_grid.h"
#include "latency/recording/buckets.h"
#include "tests/latency/page/carried.h"
#include "tests/latency/page/sample_reports.h"
#include "tests/sanitized.h"

namespace fh::latency::page {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

proto::LatencyReport Edge(const std::string& name) {
  for (NamedReport& edge : EdgeReports()) {
    if (edge.name == name) return std::move(edge.report);
  }
  ADD_FAILURE() << name;
  return {};
}

const proto::LatencyReport& Minute() {
  static const auto* report = new proto::LatencyReport(RunReport({.seconds = 60}));
  return *report;
}

size_t CountOf(absl::string_view part, absl::string_view text) {
  const std::vector<absl::string_view> between = absl::StrSplit(text, part);
  return between.size() - 1;
}

TEST(LatencyPage, OnlyItsOwnStyleAndScriptMayRunAndNothingIsAskedOfTheNetwork) {
  const std::string page = HtmlPage(Minute());
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>\n"));
  const std::string policy =
      Between(page, "http-equiv=\"Content-Security-Policy\" content=\"", "\">");
  EXPECT_THAT(policy, StartsWith("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(policy, Not(HasSubstr("http")));
  EXPECT_EQ(CountOf("<script", page), 2u);
  EXPECT_EQ(CountOf("</script", page), 2u);
  // The names of SVG's elements are the only address there is.
  EXPECT_EQ(CountOf("http://", page), 1u);
  EXPECT_EQ(CountOf("https://", page), 0u);
  EXPECT_EQ(CountOf("eval(", page), 0u);
}

TEST(LatencyPage, TitleAndVerdictSayOpenOrClosedLoop) {
  EXPECT_THAT(HtmlPage(Minute()),
              HasSubstr("<title>Latency of feedhandler replay, open loop</title>"));
  EXPECT_THAT(HtmlPage(Minute()), HasSubstr("<p id=\"verdict\">wire -&gt; seen: p50 "));
  EXPECT_THAT(HtmlPage(Edge("closed")), HasSubstr("<h1>Latency of closed, closed loop</h1>"));
  EXPECT_THAT(HtmlPage(Edge("zeros")), HasSubstr("live load</title>"));
  EXPECT_THAT(HtmlPage(Edge("nothing"), {.title = "Tuesday"}),
              HasSubstr("<h1>Tuesday, live load</h1>"));
  EXPECT_THAT(HtmlPage(Edge("nothing")), HasSubstr("Nothing was measured."));
}

TEST(LatencyPage, NamesOfTheReportAreTextWhereverTheyStand) {
  const std::string page = HtmlPage(Edge("hostile"));
  EXPECT_EQ(CountOf("<script", page), 2u);
  EXPECT_EQ(CountOf("</script", page), 2u);
  EXPECT_EQ(CountOf("<img", page), 0u);
  EXPECT_THAT(page, HasSubstr("&lt;/script&gt;&lt;script&gt;document.title=&#39;broken&#39;"));
  const json carried = CarriedBy(page).report;
  EXPECT_THAT(carried["program"].get<std::string>(), StartsWith("</script><script>"));
}

TEST(LatencyPage, WhatMakesNoSenseIsLeftOutAndNamed) {
  const std::string page = HtmlPage(Edge("senseless"));
  EXPECT_THAT(page, HasSubstr("<p id=\"verdict\">No verdict: "));
  const Carried carried = CarriedBy(page);
  EXPECT_EQ(carried.report["series"].size(), 2u);  // "dequeued-seen", "late".
  const std::string notes = carried.report["notes"].dump();
  EXPECT_THAT(notes,
              HasSubstr("The series beyond is left out: a histogram with bucket 4000000000"));
  EXPECT_THAT(notes, HasSubstr("The series uneven is left out: a histogram with 1 buckets and 0"));
  EXPECT_THAT(notes, HasSubstr("The race of"));
  EXPECT_TRUE(carried.report["offered"].is_null());
}

TEST(LatencyPage, AnHourOfIntervalsFitsIntoTwoMegabytes) {
#if defined(FEEDHANDLER_SANITIZED)
  const RunShape shape{.seconds = 600, .packets_per_second = 50};
#else
  const RunShape shape{.seconds = 3600, .packets_per_second = 2000};
#endif
  const proto::LatencyReport report = RunReport(shape);
  const std::string page = HtmlPage(report);
  EXPECT_LE(page.size(), 2'000'000u);
  RecordProperty("bytes", std::to_string(page.size()));
  // Each second is there, of each of the ten series.
  const Carried carried = CarriedBy(page);
  EXPECT_EQ(carried.report["columns"], shape.seconds);
  EXPECT_LE(carried.report["relativeWidth"].get<double>(), 0.25);
  size_t grids = 0;
  for (const json& series : carried.report["series"]) grids += series.contains("grid") ? 1 : 0;
  EXPECT_GE(grids, 10u);
}

TEST(LatencyPage, KeepsToTheSizeThatItIsGiven) {
  size_t before = HtmlPage(Minute()).size();
  for (const size_t most : {400'000, 300'000, 250'000}) {
    const std::string page = HtmlPage(Minute(), {.most_bytes = most});
    EXPECT_LE(page.size(), most);
    EXPECT_LE(page.size(), before);
    before = page.size();
    // Totals stay as they are.
    EXPECT_EQ(CarriedBy(page).report["series"].size(), static_cast<size_t>(Minute().series_size()));
  }
  // What cannot be kept to is no reason to have no page.
  EXPECT_FALSE(CarriedBy(HtmlPage(Minute(), {.most_bytes = 1})).report["series"].empty());
}

TEST(LatencyPage, TotalsAreExactAndIntervalsAddUpToThem) {
  for (const size_t most : {2'000'000, 300'000}) {
    const Carried carried = CarriedBy(HtmlPage(Minute(), {.most_bytes = most}));
    for (size_t i = 0; i < carried.report["series"].size(); ++i) {
      const json& series = carried.report["series"][i];
      const HistogramSnapshot truth = *recording::SnapshotOf(Minute().series(static_cast<int>(i)));
      std::vector<std::array<int64_t, 3>> buckets;
      int64_t end = 0;
      for (size_t k = 0; k < series["buckets"].size(); k += 3) {
        const int64_t low = end + series["buckets"][k].get<int64_t>();
        end = low + series["buckets"][k + 1].get<int64_t>();
        buckets.push_back({low, end - 1, series["buckets"][k + 2].get<int64_t>()});
      }
      std::vector<std::array<int64_t, 3>> expected;
      truth.ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
        expected.push_back({low, high, static_cast<int64_t>(count)});
      });
      ASSERT_EQ(buckets, expected) << series["name"];
      if (!series.contains("grid")) continue;
      std::vector<uint64_t> tops;
      const auto cells = carried.Cells(series, &tops);
      uint64_t sum = 0;
      for (const auto& row : cells) {
        for (const uint64_t cell : row) sum += cell;
      }
      EXPECT_EQ(sum, truth.total()) << series["name"];
      EXPECT_EQ(*std::max_element(tops.begin(), tops.end()),
                static_cast<uint64_t>(truth.max()) + 1);
    }
  }
}

// A report of one interval more than the page has columns.
TEST(LatencyPage, MoreIntervalsThanColumnsAreAddedUpAndMaximaStay) {
  proto::LatencyReport report = Edge("one_value");
  report.mutable_run()->set_intervals(7200);
  report.mutable_series(0)->mutable_interval(1)->set_number(7199);
  report.mutable_series(0)->mutable_interval()->RemoveLast();
  proto::Counter* counter = report.add_counter();
  for (int i = 0; i < 7200; ++i) counter->add_value(1);
  const Carried carried = CarriedBy(HtmlPage(report));
  EXPECT_EQ(carried.report["merge"], 2);
  EXPECT_EQ(carried.report["columns"], 3600);
  std::vector<uint64_t> tops;
  const auto cells = carried.Cells(carried.report["series"][0], &tops);
  ASSERT_EQ(cells.size(), 1u);
  EXPECT_EQ(cells[0].back(), 1u);
  EXPECT_EQ(tops.back(), 1'234'568u);
  EXPECT_EQ(tops[0], 1u);  // Measured, nothing came.
  EXPECT_EQ(tops[1], 0u);  // Not measured.
  EXPECT_EQ(carried.report["counters"][0]["values"][3599], 2);
  EXPECT_EQ(carried.report["counters"][0]["values"].size(), 3600u);
}

TEST(LatencyPage, SamplesAreThereOnceTheWorstAlways) {
  proto::LatencyReport report = Edge("one_value");
  for (uint64_t i = 0; i < 10'000; ++i) {
    proto::Sample* sample = report.add_sample();
    sample->set_sequence(i);
    sample->set_why(i % 1000 == 7 ? proto::Sample::WORST : proto::Sample::SLOW);
    sample->add_stamp()->set_point("dequeued");
    sample->mutable_stamp(0)->set_unix_ns(report.run().start_unix_ns() + static_cast<int64_t>(i));
  }
  *report.add_sample() = report.sample(7);
  report.mutable_sample(10'000)->set_why(proto::Sample::SLOW);
  const json carried = CarriedBy(HtmlPage(report)).report;
  EXPECT_EQ(carried["sampled"][2], 10'000);
  EXPECT_LE(carried["sampled"][3], 3010);
  EXPECT_EQ(carried["sampled"][3], carried["samples"].size());
  std::map<std::string, int> worst;
  for (const json& sample : carried["samples"]) {
    if (sample[0] == 2) ++worst[sample[6].get<std::string>()];
  }
  EXPECT_EQ(worst.size(), 10u);
  for (const auto& [sequence, times] : worst) EXPECT_EQ(times, 1) << sequence;
}

TEST(LatencyPage, CarriesWhereASampleCameFromAndWhatItHeld) {
  proto::LatencyReport report = Edge("one_value");
  report.clear_sample();
  proto::Sample* sample = report.add_sample();
  sample->set_channel("310");
  sample->set_line("A, B");
  sample->set_messages(12);
  sample->set_decoded_together(3);
  sample->add_stamp()->set_point("dequeued");
  sample->mutable_stamp(0)->set_unix_ns(report.run().start_unix_ns() + 7);
  const json carried = CarriedBy(HtmlPage(report)).report;
  const json& row = carried["samples"][0];
  EXPECT_EQ(carried["strings"][row[2].get<size_t>()], "310");
  EXPECT_EQ(carried["strings"][row[3].get<size_t>()], "A, B");
  EXPECT_EQ(row[7], 12);
  EXPECT_EQ(row[12], 3);
  EXPECT_EQ(carried["strings"][row[13].get<size_t>()], "dequeued");
  EXPECT_EQ(row[14], 7);
}

// Trap 17: rows of a map that are sorted as text stand in the wrong order.
TEST(LatencyPage, Trap17RowsOfTheHeatMapAreNumbersThatRise) {
  for (const char* name : {"foreign", "one_interval", "zeros"}) {
    const json rows = CarriedBy(HtmlPage(Edge(name))).report["rows"];
    ASSERT_GE(rows.size(), 2u);
    for (size_t i = 1; i < rows.size(); ++i) {
      ASSERT_TRUE(rows[i].is_number_integer());
      EXPECT_LT(rows[i - 1].get<int64_t>(), rows[i].get<int64_t>()) << name;
    }
  }
}

TEST(LatencyPageGrid, RowsAreAsFineAsAskedForAndCutNoBucket) {
  for (const double width : {1 / 128., 1 / 32., 1 / 8., 1 / 4.}) {
    const Rows rows(width, 10'000'000'000);
    for (size_t i = 0; i < rows.count(); ++i) {
      const int64_t low = rows.low()[i];
      const int64_t end = i + 1 < rows.count() ? rows.low()[i + 1] : rows.end();
      const auto least = static_cast<int64_t>(static_cast<double>(low) * width);
      // The buckets' own error counts from 128 above.
      EXPECT_LE(end - low, std::max<int64_t>(1, least + 1)) << low;
    }
    for (size_t i = 0; HistogramBuckets::High(i) < 10'000'000'000; ++i) {
      EXPECT_EQ(rows.RowOf(HistogramBuckets::Low(i)), rows.RowOf(HistogramBuckets::High(i)));
    }
  }
}

// Section 1.1 of the format: with 3 digits and the lowest value 1, 2048 slots of 1, then 1024 of 2, ...
TEST(LatencyPageGrid, SlotsOfForeignHistogramsAreWhereTheirFormatPutsThem) {
  struct Slot {
    uint32_t digits;
    int64_t lowest;
    uint32_t index;
    int64_t low;
    int64_t high;
  };
  for (const Slot& slot :
       {Slot{3, 1, 0, 0, 0}, Slot{3, 1, 2047, 2047, 2047}, Slot{3, 1, 2048, 2048, 2049},
        Slot{3, 1, 3072, 4096, 4099}, Slot{2, 1, 256, 256, 257}, Slot{3, 1000, 1, 512, 1023},
        Slot{1, 1, 32, 32, 33}, Slot{0, 1, 2, 2, 3}}) {
    proto::Series series;
    series.mutable_hdr()->set_digits(slot.digits);
    series.mutable_hdr()->set_lowest(slot.lowest);
    series.mutable_total()->add_index(slot.index);
    series.mutable_total()->add_count(1);
    int64_t low = -1;
    int64_t high = -1;
    ASSERT_TRUE(ForEachBucket(series, series.total(), [&](int64_t l, int64_t h, uint64_t) {
                  low = l;
                  high = h;
                }).ok());
    EXPECT_EQ(low, slot.low) << slot.index;
    EXPECT_EQ(high, slot.high) << slot.index;
  }
}

// Trap 6: the upper edge of the top slot does not overflow.
TEST(LatencyPageGrid, Trap06TheTopSlotOfAllIsDrawn) {
  proto::LatencyReport report = Edge("foreign");
  proto::Series* series = report.mutable_series(0);
  series->mutable_hdr()->set_lowest(1);
  // 2048 slots, and 1024 for each of the 52 doublings up to 2^63.
  series->mutable_total()->Clear();
  series->mutable_total()->add_index(2047 + 52 * 1024);
  series->mutable_total()->add_count(3);
  *series->mutable_interval(0)->mutable_buckets() = series->total();
  const json carried = CarriedBy(HtmlPage(report)).report;
  ASSERT_EQ(carried["series"].size(), 2u);
  EXPECT_EQ(carried["series"][0]["buckets"][0].get<int64_t>(),
            std::numeric_limits<int64_t>::max() - ((int64_t{1} << 52) - 1));
  EXPECT_GT(carried["rows"].back().get<int64_t>(),
            carried["series"][0]["buckets"][0].get<int64_t>());
}

TEST(LatencyPageGrid, FilesThatLieAreRefused) {
  const auto status = [](const proto::Series& series) {
    return ForEachBucket(series, series.total(), [](int64_t, int64_t, uint64_t) {});
  };
  proto::Series series;
  series.mutable_total()->add_index(5);
  EXPECT_FALSE(status(series).ok());  // No count.
  series.mutable_total()->add_count(1);
  EXPECT_TRUE(status(series).ok());
  series.mutable_total()->add_index(0);
  series.mutable_total()->add_count(1);
  EXPECT_FALSE(status(series).ok());  // Twice.
  series.mutable_total()->set_index(1, 1);
  series.mutable_total()->set_count(1, std::numeric_limits<uint64_t>::max());
  EXPECT_FALSE(status(series).ok());  // More than 2^64.
  series.mutable_total()->set_count(1, 1);
  EXPECT_TRUE(status(series).ok());
  for (const auto& [digits, lowest] :
       {std::pair<uint32_t, int64_t>{6, 1}, {3, 0}, {5, int64_t{1} << 45}}) {
    series.mutable_hdr()->set_digits(digits);
    series.mutable_hdr()->set_lowest(lowest);
    EXPECT_FALSE(status(series).ok()) << digits << ' ' << lowest;
  }
  series.mutable_hdr()->set_digits(3);
  series.mutable_hdr()->set_lowest(1);
  series.mutable_total()->set_index(1, std::numeric_limits<uint32_t>::max());
  EXPECT_FALSE(status(series).ok());
}

}  // namespace
}  // namespace fh::latency::page
