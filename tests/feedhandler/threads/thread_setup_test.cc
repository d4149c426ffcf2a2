#include "feedhandler/threads/thread_setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#if defined(_WIN32)
#include <windows.h>
#else
#include <sched.h>
#endif

namespace fh {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

#if defined(_WIN32)

int CurrentCpu() { return static_cast<int>(GetCurrentProcessorNumber()); }

int FirstAllowedCpu() {
  DWORD_PTR process = 0, system = 0;
  GetProcessAffinityMask(GetCurrentProcess(), &process, &system);
  int cpu = 0;
  while (((process >> cpu) & 1) == 0) ++cpu;
  return cpu;
}

#else

int CurrentCpu() { return sched_getcpu(); }

int FirstAllowedCpu() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  EXPECT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  int cpu = 0;
  while (!CPU_ISSET(cpu, &allowed)) ++cpu;
  return cpu;
}

#endif

TEST(ThreadSetup, PinsToTheCpuThatWasAskedFor) {
  std::thread([] {
    const int cpu = FirstAllowedCpu();
    EXPECT_THAT(SetUpThisThread({.name = "fh-test", .cpu = cpu}), IsEmpty());
    EXPECT_EQ(CurrentCpu(), cpu);
  }).join();
}

// Wherever it happened to run before.
TEST(ThreadSetup, PinsToEachCpuThatThereIs) {
  int others = 0;
  std::thread([&others] {
    for (int cpu = 0; cpu < ConfiguredCpus(); ++cpu) {
      if (!SetUpThisThread({.cpu = cpu}).empty()) continue;  // Not ours.
      EXPECT_EQ(CurrentCpu(), cpu);
      ++others;
    }
  }).join();
  EXPECT_GE(others, 1);
}

TEST(ThreadSetup, SaysWhichCpusThereAreWhenOneDoesNotExist) {
  std::thread([] {
    const auto notes = SetUpThisThread({.cpu = 100'000});
    ASSERT_THAT(notes, SizeIs(1));
    EXPECT_THAT(notes[0], HasSubstr("could not pin the thread to CPU 100000"));
    EXPECT_THAT(notes[0], HasSubstr("CPUs that this process may use"));
  }).join();
}

TEST(ThreadSetup, SpinsOnlyWhenEveryHotThreadCanHaveACore) {
  EXPECT_EQ(ResolveIdle(IdleMode::kAuto, AllowedCpus()), IdleMode::kYield);
  EXPECT_EQ(ResolveIdle(IdleMode::kAuto, AllowedCpus() - 1), IdleMode::kSpin);
  EXPECT_EQ(ResolveIdle(IdleMode::kSpin, 1000), IdleMode::kSpin);
  EXPECT_EQ(ResolveIdle(IdleMode::kYield, 1), IdleMode::kYield);
}

}  // namespace
}  // namespace fh
