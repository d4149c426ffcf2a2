// Where the two sides of a receive path are put.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "feedhandler/tune/host.h"
#include "tests/platform.h"

namespace fh::tune {
namespace {

using ::testing::ElementsAre;
using Kind = Placement::Kind;

struct Place {
  Kind kind;
  int feed_cpu;
  int kernel_cpu;
};
bool operator==(const Placement& a, const Place& b) {
  return a.kind == b.kind && a.feed_cpu == b.feed_cpu && a.kernel_cpu == b.kernel_cpu;
}

// Eight CPUs, threads n and n + 4 of core n.
HostCpus EightCpus() {
  HostCpus cpus;
  for (int cpu = 0; cpu < 8; ++cpu) {
    cpus.allowed.push_back(cpu);
    cpus.siblings[cpu] = {cpu % 4, cpu % 4 + 4};
  }
  return cpus;
}

TEST(TunePlacements, AreAnotherCoreItsOtherThreadAndTheSameCpu) {
  EXPECT_THAT(Placements(EightCpus(), std::nullopt, std::nullopt),
              ElementsAre(Place{Kind::kOtherCore, 1, 0}, Place{Kind::kSibling, 4, 0},
                          Place{Kind::kSameCpu, 0, 0}));
}

TEST(TunePlacements, FollowTheInterrupts) {
  EXPECT_THAT(Placements(EightCpus(), /*kernel_cpu=*/6, std::nullopt),
              ElementsAre(Place{Kind::kOtherCore, 0, 6}, Place{Kind::kSibling, 2, 6},
                          Place{Kind::kSameCpu, 6, 6}));
}

TEST(TunePlacements, KeepTheFeedThreadWhereTheConfigurationHasIt) {
  EXPECT_THAT(Placements(EightCpus(), std::nullopt, /*feed_cpu=*/0),
              ElementsAre(Place{Kind::kOtherCore, 0, 1}, Place{Kind::kSibling, 5, 1},
                          Place{Kind::kSameCpu, 1, 1}));
  EXPECT_THAT(Placements(EightCpus(), /*kernel_cpu=*/2, /*feed_cpu=*/6)[1],
              (Place{Kind::kSibling, 6, 2}));
}

TEST(TunePlacements, PutTheFeedThreadOnIsolatedCpusAndTheKernelElsewhere) {
  HostCpus cpus = EightCpus();
  cpus.isolated = {0, 3};
  EXPECT_THAT(Placements(cpus, std::nullopt, std::nullopt)[0], (Place{Kind::kOtherCore, 0, 1}));
}

TEST(TunePlacements, OfOneCpuIsOne) {
  HostCpus cpus;
  cpus.allowed = {5};
  EXPECT_THAT(Placements(cpus, /*kernel_cpu=*/1, /*feed_cpu=*/2),
              ElementsAre(Place{Kind::kSameCpu, 5, 5}));
  EXPECT_TRUE(Placements(HostCpus(), std::nullopt, std::nullopt).empty());
}

TEST(TunePlacements, TheKernelsWorkIsCountedByCpu) {
  const std::filesystem::path root =
      std::filesystem::path(testing::TempDir()) / ("softirqs" + std::to_string(test::ProcessId()));
  std::filesystem::create_directories(root / "proc");
  std::ofstream(root / "proc" / "softirqs") << "          CPU0  CPU1\n  TIMER:  1 2\n NET_TX: 3 4\n"
                                            << " NET_RX:  5  600\n";
  EXPECT_THAT(ReceiveSoftirqs(rio::HostFiles(root.string())), ElementsAre(5u, 600u));
  std::filesystem::remove_all(root);
  EXPECT_TRUE(ReceiveSoftirqs(rio::HostFiles(root.string())).empty());
}

}  // namespace
}  // namespace fh::tune
