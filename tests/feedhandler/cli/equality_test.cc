// A capture replayed, and the same capture published over loopback into a live run: the same
// updates, byte for byte but for receive times, whatever the backend and the size of a burst.
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "tests/captures.h"
#include "tests/feedhandler/cli/program.h"
#include "tests/seeds.h"

namespace fh::test {
namespace {

class Equality : public testing::TestWithParam<std::tuple<std::string, int>> {
 protected:
  void SetUp() override {
    if (const std::string reason = WhyNotAvailable(backend()); !reason.empty()) {
      GTEST_SKIP() << "skipped: " << reason;
    }
  }
  const std::string& backend() const { return std::get<0>(GetParam()); }
  int burst() const { return std::get<1>(GetParam()); }

  void ExpectEqualFor(const DayOptions& day) {
    ASSERT_NO_FATAL_FAILURE(WriteWholeDay(folder_ / "day.pcap", day));
    ExpectLiveEqualsReplay(folder_ / "day.pcap", "", backend(), burst(), kSyntheticDay);
  }

  ScratchFolder folder_;
};

TEST_P(Equality, BothLinesWhole) { ExpectEqualFor({.seed = 1}); }

TEST_P(Equality, LineALossy) {
  ExpectEqualFor({.seed = 100, .loss_a = 0.05, .duplication = 0.02, .reordering = 0.02});
}

TEST_P(Equality, LineBLossy) {
  ExpectEqualFor({.seed = 200, .loss_b = 0.05, .duplication = 0.02, .reordering = 0.02});
}

TEST_P(Equality, BothLinesLossyAndTheirUnionWhole) {
  ExpectEqualFor(
      {.seed = 300, .loss_a = 0.02, .loss_b = 0.02, .duplication = 0.02, .reordering = 0.05});
}

TEST_P(Equality, StartOfIexDeep) {
  const auto capture = CaptureFile("iex/deep10_20170425_head60000.pcap");
  if (!capture) GTEST_SKIP() << kNoCaptures;
  ASSERT_NO_FATAL_FAILURE(CutCapture(*capture, folder_ / "deep.pcap", 3000));
  ExpectLiveEqualsReplay(folder_ / "deep.pcap", "", backend(), burst());
}

TEST_P(Equality, StartOfIexTops) {
  const auto capture = CaptureFile("iex/tops16_20170710_head6500.pcap");
  if (!capture) GTEST_SKIP() << kNoCaptures;
  ASSERT_NO_FATAL_FAILURE(CutCapture(*capture, folder_ / "tops.pcap", 3000));
  ExpectLiveEqualsReplay(folder_ / "tops.pcap", "", backend(), burst());
}

// With a sanitizer one of them, another each day: its name is in those of the tests.
std::vector<int> Bursts() {
  const std::vector<int> all = {1, 7, 64};
  if (RunsAllSeeds()) return all;
  return {all[SimulationDay() % all.size()]};
}

INSTANTIATE_TEST_SUITE_P(EveryBackendAndBurst, Equality,
                         testing::Combine(testing::ValuesIn(kBackends),
                                          testing::ValuesIn(Bursts())),
                         [](const auto& test) {
                           return std::get<0>(test.param) + "_burst" +
                                  std::to_string(std::get<1>(test.param));
                         });

TEST(EqualityOfWholeCaptures, IexDeep) {
  const auto capture = CaptureFile("iex/deep10_20170425_head60000.pcap");
  if (!capture) GTEST_SKIP() << kNoCaptures;
  const Seeds frames(60'000, "frames");
  const ScratchFolder folder;
  ASSERT_NO_FATAL_FAILURE(
      CutCapture(*capture, folder / "deep.pcap", frames.size(), 0, frames.first() - 1));
  ExpectLiveEqualsReplay(folder / "deep.pcap", "", "recvmmsg", 64);
}

TEST(EqualityOfWholeCaptures, IexTops) {
  const auto capture = CaptureFile("iex/tops16_20170710_head6500.pcap");
  if (!capture) GTEST_SKIP() << kNoCaptures;
  ExpectLiveEqualsReplay(*capture, "", "auto", 64);
}

TEST(EqualityOfWholeCaptures, NyseImbalances) {
  const auto capture = CaptureFile("nyse/imbalances_xdp_20170929_head6000.pcap");
  if (!capture) GTEST_SKIP() << kNoCaptures;
  ExpectLiveEqualsReplay(*capture, "", "auto", 64);
}

TEST(EqualityOfWholeCaptures, DayMadeByTheProgram) {
  const ScratchFolder folder;
  const ChildResult made = Feedhandler({"generate", folder / "day.pcap", "--messages=3000",
                                        "--symbols=20", "--loss=0", "--loss=0.05"});
  ASSERT_EQ(made.exit_code, 0) << made;
  // The end of the day: its hours are mostly heartbeats.
  ASSERT_NO_FATAL_FAILURE(CutCapture(folder / "day.pcap", folder / "cut.pcap", 20'000));
  ExpectLiveEqualsReplay(folder / "cut.pcap", "itch50", "auto", 64, kSyntheticDay);
}

// Small captures of single messages; every file that a codec of ours reads.
class EqualityOfSamples : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(EqualityOfSamples, LiveEqualsReplay) {
  const auto [folder, codec] = GetParam();
  const auto path = CaptureFile(std::string("omi/") + folder);
  if (!path) GTEST_SKIP() << kNoCaptures;
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*path)) {
    if (entry.path().extension() != ".pcap") continue;
    const std::string& backend = kBackends[files++ % kBackends.size()];
    if (!WhyNotAvailable(backend).empty()) continue;
    SCOPED_TRACE(entry.path().filename().string() + " with " + backend);
    ExpectLiveEqualsReplay(entry.path(), codec, backend, 64, "--day=2023-08-22");
  }
  EXPECT_GT(files, 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Omi, EqualityOfSamples,
    testing::Values(std::make_tuple("Nasdaq/Nasdaq.Equities.TotalView.Itch.v5.0", "itch50"),
                    std::make_tuple("Nasdaq/Nasdaq.Equities.TotalView.Itch.v5.0.20230822",
                                    "itch50"),
                    std::make_tuple("Iex/Deep.IexTp.v1.0", "iex_deep10"),
                    std::make_tuple("Iex/Tops.IexTp.v1.6", "iex_tops16"),
                    std::make_tuple("Iex/Tops.IexTp.v1.5", "iex_tops16"),
                    std::make_tuple("Nyse/IntegratedFeed.Pillar.v2.5", "nyse_xdp"),
                    std::make_tuple("Nyse/Bbo.Xdp.v2.3a", "nyse_xdp")));

}  // namespace
}  // namespace fh::test
