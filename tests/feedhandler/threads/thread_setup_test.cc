#include "feedhandler/threads/thread_setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

namespace fh {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(ThreadSetup, PinsToTheCpuThatWasAskedFor) {
  std::thread([] {
    cpu_set_t allowed;
    ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    int cpu = 0;
    while (!CPU_ISSET(cpu, &allowed)) ++cpu;
    EXPECT_THAT(SetUpThisThread({.name = "fh-test", .cpu = cpu}), IsEmpty());
    EXPECT_EQ(sched_getcpu(), cpu);
  }).join();
}

TEST(ThreadSetup, SaysWhichCpusThereAreWhenOneDoesNotExist) {
  std::thread([] {
    const auto notes = SetUpThisThread({.cpu = 100'000});
    ASSERT_THAT(notes, SizeIs(1));
    EXPECT_THAT(notes[0], HasSubstr("could not pin the thread to CPU 100000"));
    EXPECT_THAT(notes[0], HasSubstr("taskset"));
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
