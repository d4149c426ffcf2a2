#include "latency/files/files.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "latency/files/hlog.h"
#include "latency/files/hlog_report.h"
#include "latency/files/report_file.h"
#include "tests/latency/files/sample_reports.h"
#include "tests/latency/files/vectors.h"

namespace fh::latency::files {
namespace {

using google::protobuf::util::MessageDifferencer;
using test::FileText;
using test::SampleReport;
using ::testing::Contains;
using ::testing::HasSubstr;

class ReportFilesTest : public ::testing::Test {
 protected:
  void TearDown() override {
    for (const std::string& path : paths_) std::filesystem::remove(path);
  }

  std::string Path(const std::string& ending) {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    paths_.push_back((std::filesystem::path(::testing::TempDir()) /
                      absl::StrCat("files_", test->name(), "_", paths_.size(), ending))
                         .string());
    std::filesystem::remove(paths_.back());
    return paths_.back();
  }

  void Put(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }

  std::vector<std::string> paths_;
};

const proto::Series* Find(const proto::LatencyReport& report, const std::string& tag) {
  for (const proto::Series& series : report.series()) {
    if (TagOf(series) == tag) return &series;
  }
  return nullptr;
}

TEST_F(ReportFilesTest, BothFormsOfAReportComeBackAsTheyWere) {
  const proto::LatencyReport report = SampleReport(0, 12);
  for (const std::string ending : {".latency", ".textproto"}) {
    const std::string path = Path(ending);
    const auto notes = WriteReport(report, path);
    ASSERT_TRUE(notes.ok()) << notes.status();
    EXPECT_TRUE(notes->empty());
    const auto read = ReadReport(path);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(MessageDifferencer::Equals(read->report, report));
    EXPECT_TRUE(read->notes.empty());
    // By what it holds, not by its name.
    const std::string other = Path(".hlog");
    Put(other, FileText(path));
    EXPECT_TRUE(ReadReport(other).ok());
  }
}

TEST_F(ReportFilesTest, EveryCutAndEveryChangedByteOfAReportIsRefusedWithWhatToDo) {
  const std::string bytes = EncodeReport(SampleReport(0, 2)).value();
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    const auto read = ParseReport(absl::string_view(bytes).substr(0, cut), "day.latency");
    ASSERT_FALSE(read.ok()) << cut;
    EXPECT_THAT(read.status().message(), HasSubstr("day.latency: ")) << cut;
    EXPECT_THAT(read.status().message(), HasSubstr("again")) << cut;
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    ASSERT_FALSE(ParseReport(changed, "day.latency").ok()) << at;
  }
  EXPECT_THAT(ParseReport(bytes + "x", "f").status().message(), HasSubstr("stand behind"));
}

TEST_F(ReportFilesTest, WhatATransferDidToTheLineEndIsSaid) {
  std::string bytes = EncodeReport(SampleReport(0, 2)).value();
  bytes.erase(9, 1);  // The CR.
  EXPECT_THAT(ParseReport(bytes, "f").status().message(), HasSubstr("as binary"));
}

TEST_F(ReportFilesTest, ANewerVersionAndOtherFilesAreRefusedWithWhatToDo) {
  proto::LatencyReport newer = SampleReport(0, 1);
  newer.set_version(2);
  EXPECT_THAT(ParseReport(EncodeReport(newer).value(), "f").status().message(),
              HasSubstr("version 2"));
  EXPECT_THAT(ReadReport("/no/such/file").status().message(), HasSubstr("cannot read"));
  EXPECT_THAT(ParseReport("hello\n", "f").status().message(), HasSubstr("no latency report"));
  EXPECT_THAT(ParseReport("", "f").status().message(), HasSubstr("empty"));
  EXPECT_THAT(ParseReport("# feedhandler latency report\nversion: x\n", "f").status().message(),
              HasSubstr("line 2, column 10"));
}

TEST_F(ReportFilesTest, ATableOfPercentilesSaysThatItCannotBeTurnedBack) {
  for (const Format format : {Format::kHgrm, Format::kCsv}) {
    const auto table = FormatReport(SampleReport(0, 3), format, {}, nullptr);
    ASSERT_TRUE(table.ok()) << table.status();
    const auto read = ParseReport(*table, "day.hgrm");
    EXPECT_EQ(read.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(read.status().message(), HasSubstr("cannot be turned back"));
  }
}

TEST_F(ReportFilesTest, WhatAReportMayNotHoldIsRefused) {
  const auto refused = [](auto change) {
    proto::LatencyReport report = SampleReport(0, 2);
    change(report);
    const auto read = ParseReport(EncodeReport(report).value(), "f");
    EXPECT_FALSE(read.ok());
    EXPECT_FALSE(FormatReport(report, Format::kHlog, {}, nullptr).ok());
  };
  refused([](auto& r) { r.mutable_series(0)->mutable_total()->add_index(1); });
  refused([](auto& r) {
    r.mutable_series(0)->mutable_total()->add_index(4480);
    r.mutable_series(0)->mutable_total()->add_count(1);
  });
  refused([](auto& r) { r.mutable_series(0)->mutable_total()->set_count(0, UINT64_MAX); });
  refused([](auto& r) { r.mutable_series(0)->mutable_interval(1)->set_number(0); });
  refused([](auto& r) { r.mutable_series(0)->mutable_interval(1)->set_number(2); });
  refused([](auto& r) { r.mutable_run()->set_interval_ns(0); });
  refused([](auto& r) { r.mutable_run()->set_duration_ns(-1); });
  refused([](auto& r) { r.mutable_run()->set_interval_ns(INT64_MAX); });
  refused([](auto& r) { r.mutable_series(0)->mutable_hdr()->set_digits(9); });
  refused([](auto& r) { r.mutable_counter(0)->add_value(1); });
  refused([](auto& r) { r.add_clock()->set_share_missing(2); });
  refused([](auto& r) { r.mutable_jitter()->add_curve()->set_share_above(-1); });
  refused([](auto& r) {
    r.mutable_run()->set_intervals(4'000'000'000);
    r.mutable_run()->set_interval_ns(1);
  });
}

TEST_F(ReportFilesTest, ALogOfAReportComesBackWithItsBucketsNumbersAndNames) {
  proto::LatencyReport report = SampleReport(0, 12);
  report.mutable_series(1)->mutable_interval()->DeleteSubrange(0, 2);  // Not measured.
  const std::string path = Path(".hlog");
  const auto notes = WriteReport(report, path);
  ASSERT_TRUE(notes.ok()) << notes.status();
  EXPECT_THAT(*notes, Contains(HasSubstr("2 values that no bucket holds")));
  EXPECT_THAT(*notes, Contains(HasSubstr("counters")));
  const auto read = ReadReport(path);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->notes.empty());
  EXPECT_EQ(read->report.run().start_unix_ns(), report.run().start_unix_ns());
  EXPECT_EQ(read->report.run().interval_ns(), report.run().interval_ns());
  EXPECT_EQ(read->report.run().intervals(), 12u);
  ASSERT_EQ(read->report.series_size(), report.series_size());
  for (const proto::Series& series : report.series()) {
    SCOPED_TRACE(TagOf(series));
    const proto::Series* back = Find(read->report, TagOf(series));
    ASSERT_NE(back, nullptr);
    EXPECT_EQ(back->stage(), series.stage());
    EXPECT_EQ(back->feed(), series.feed());
    EXPECT_EQ(back->line(), series.line());
    EXPECT_EQ(back->role(), series.role());
    EXPECT_FALSE(back->has_hdr());
    ASSERT_EQ(back->interval_size(), series.interval_size());
    for (int i = 0; i < series.interval_size(); ++i) {
      EXPECT_EQ(back->interval(i).number(), series.interval(i).number());
      EXPECT_TRUE(
          MessageDifferencer::Equals(back->interval(i).buckets(), series.interval(i).buckets()));
      EXPECT_GE(back->interval(i).max(), series.interval(i).max());
      EXPECT_LE(back->interval(i).max(), series.interval(i).max() * 1025 / 1024 + 1);
    }
  }
  // And a log of that is the same log.
  EXPECT_EQ(FormatReport(read->report, Format::kHlog, {}, nullptr).value(), FileText(path));
}

TEST_F(ReportFilesTest, EveryIntervalOfALogHasOneLineWithoutATag) {
  proto::LatencyReport report = SampleReport(0, 5);
  report.mutable_series()->DeleteSubrange(0, 1);  // End to end.
  Notes notes;
  const std::string text = FormatReport(report, Format::kHlog, {}, &notes).value();
  EXPECT_THAT(notes, Contains(HasSubstr("no end-to-end series")));
  const Hlog log = ParseHlog(text).value();
  std::map<int64_t, int> untagged;
  for (const HlogInterval& interval : log.intervals) {
    untagged[interval.start_unix_ns] += interval.tag.empty();
  }
  ASSERT_EQ(untagged.size(), 5u);
  for (const auto& [start, count] : untagged) EXPECT_EQ(count, 1);
}

TEST_F(ReportFilesTest, LogsOfOthersKeepTheirSlots) {
  const auto path = test::HdrCapture("jHiccup-2.0.7S.logV2.hlog");
  if (!path.has_value()) GTEST_SKIP() << fh::test::kNoCaptures;
  const auto read = ReadReport(path->string());
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->report.series_size(), 1);
  const proto::Series& series = read->report.series(0);
  EXPECT_EQ(series.hdr().digits(), 2u);
  EXPECT_EQ(series.hdr().lowest(), 20'000);
  EXPECT_EQ(series.role(), proto::Series::END_TO_END);
  EXPECT_EQ(HdrOf(series.total(), series).value().ValueAtPercentile(99), 1'434'451'967);
  const HistogramSnapshot snapshot = HistogramOf(series).value();
  EXPECT_EQ(snapshot.total(), 48'761u);
  EXPECT_NEAR(static_cast<double>(snapshot.ValueAtPercentile(99)), 1'434'451'967, 15'000'000);
  // Through a report and back: the same histograms.
  const Hlog before = ParseHlog(FileText(*path)).value();
  const Hlog after =
      ParseHlog(FormatReport(read->report, Format::kHlog, {}, nullptr).value()).value();
  // Two of its intervals take 0.25 s and 0.05 s, and are counted with the ones behind them.
  ASSERT_EQ(after.intervals.size(), before.intervals.size() - 2);
  EXPECT_THAT(read->notes, Contains(HasSubstr("2 intervals began in the same 1000 ms")));
  HdrHistogram sum_before(before.intervals[0].histogram.layout());
  HdrHistogram sum_after(before.intervals[0].histogram.layout());
  for (const HlogInterval& interval : before.intervals) sum_before.Merge(interval.histogram);
  for (const HlogInterval& interval : after.intervals) sum_after.Merge(interval.histogram);
  EXPECT_EQ(sum_after.slots(), sum_before.slots());
}

TEST_F(ReportFilesTest, EveryLogOfTheOthersBecomesAReport) {
  const auto expected = test::HdrCapture("expected.json");
  if (!expected.has_value()) GTEST_SKIP() << fh::test::kNoCaptures;
  nlohmann::json all = nlohmann::json::parse(FileText(*expected));
  for (const auto& [name, facts] : all["files"].items()) {
    SCOPED_TRACE(name);
    const auto read = ReadReport(test::HdrCapture(name)->string());
    ASSERT_TRUE(read.ok()) << read.status();
    ASSERT_EQ(static_cast<size_t>(read->report.series_size()), facts["tags"].size());
    for (const proto::Series& series : read->report.series()) {
      const std::string tag = TagOf(series);
      uint64_t total = 0;
      for (const uint64_t count : series.total().count()) total += count;
      EXPECT_EQ(total, facts["tags"][tag]["total_count"].get<uint64_t>()) << tag;
    }
  }
}

TEST_F(ReportFilesTest, WhatOfALogWasSkippedIsNoted) {
  const std::string log = FormatReport(SampleReport(0, 2), Format::kHlog, {}, nullptr).value();
  const auto read = ParseReport(log + "garbage\n0.000,1.0", "f");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(read->notes, Contains(HasSubstr("was skipped")));
  EXPECT_THAT(read->notes, Contains(HasSubstr("1 partial line")));
}

TEST_F(ReportFilesTest, TablesAreOfTheSeriesAskedFor) {
  const proto::LatencyReport report = SampleReport(0, 12);
  const std::string all = FormatReport(report, Format::kHgrm, {}, nullptr).value();
  const std::string part =
      FormatReport(report, Format::kHgrm, {.tag = "feedA.310.A.wire-dequeued"}, nullptr).value();
  EXPECT_NE(all, part);
  EXPECT_THAT(all, HasSubstr("Percentile TotalCount"));
  const auto missing = FormatReport(report, Format::kHgrm, {.tag = "nothing"}, nullptr);
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(missing.status().message(), HasSubstr("feedA.310.A.wire-dequeued"));
}

TEST_F(ReportFilesTest, OnlyNewEmptyAndOwnFilesAreReplaced) {
  const proto::LatencyReport report = SampleReport(0, 2);
  for (const std::string ending : {".latency", ".textproto", ".hlog", ".hgrm", ".csv"}) {
    SCOPED_TRACE(ending);
    const std::string path = Path(ending);
    ASSERT_TRUE(WriteReport(report, path).ok());
    ASSERT_TRUE(WriteReport(report, path).ok());
    Put(path, "precious\n");
    EXPECT_FALSE(WriteReport(report, path).ok());
    EXPECT_EQ(FileText(path), "precious\n");
  }
  EXPECT_THAT(WriteReport(report, Path(".txt")).status().message(), HasSubstr(".latency"));
}

TEST_F(ReportFilesTest, TagsAreShortAndDistinct) {
  proto::Series series;
  series.set_stage("wire-dequeued");
  EXPECT_EQ(TagOf(series), "wire-dequeued");
  series.set_feed("feed A, of.all");
  series.set_channel("310");
  EXPECT_EQ(TagOf(series), "feed_A__of_all.310..wire-dequeued");
  series.set_feed(std::string(100, 'x') + "1");
  const std::string one = TagOf(series);
  series.set_feed(std::string(100, 'x') + "2");
  EXPECT_NE(TagOf(series), one);
  EXPECT_EQ(WhyNoTag(one), "");
  EXPECT_TRUE(absl::EndsWith(one, ".310..wire-dequeued")) << one;
}

TEST(LatencyTrap19NegativeDifferencesAreNoLatency, OneMicrosecondTheWrongWayIsCountedApart) {
  test::SeriesRecorder recorder("wire-dequeued", proto::Series::STAGE);
  recorder.Record(850, 10);
  recorder.Record(1000 - 2000);
  recorder.EndInterval(0);
  proto::LatencyReport report = SampleReport(0, 1);
  *report.mutable_series(0) = recorder.Series();
  const auto read = ParseReport(EncodeReport(report).value(), "f");
  ASSERT_TRUE(read.ok()) << read.status();
  const HistogramSnapshot snapshot = HistogramOf(read->report.series(0)).value();
  EXPECT_EQ(snapshot.negative().count, 1u);
  EXPECT_EQ(snapshot.negative().min, -1000);
  EXPECT_EQ(snapshot.total(), 10u);
  // Nor does it get into a log as anything else.
  Notes notes;
  const std::string log = FormatReport(report, Format::kHlog, {}, &notes).value();
  EXPECT_THAT(notes, Contains(HasSubstr("that no bucket holds")));
  const Hlog read_log = ParseHlog(log).value();
  for (const HlogInterval& interval : read_log.intervals) {
    if (interval.tag == "wire-dequeued") {
      EXPECT_LE(interval.histogram.total(), 200u);
      EXPECT_LT(interval.histogram.max(), 1'000'000);
    }
  }
}

}  // namespace
}  // namespace fh::latency::files
