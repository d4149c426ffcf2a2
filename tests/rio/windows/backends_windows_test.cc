#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/backends.h"
#include "tests/conformance/backend_harness.h"

namespace fh::rio {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Backends, TheListNamesEachOnceWithADescription) {
  std::vector<std::string> names;
  for (const BackendInfo& info : SocketBackends()) {
    names.push_back(info.name);
    EXPECT_NE(std::string(info.description), "");
    const ProbeResult probe = info.probe();
    EXPECT_EQ(probe.available, probe.reason.empty()) << info.name << ": " << probe.reason;
  }
  EXPECT_THAT(names, ElementsAre("rio", "overlapped"));
}

TEST(Backends, AutoTakesRegisteredIoOrSaysWhyNot) {
  const auto choice = ChooseBackend("auto");
  ASSERT_TRUE(choice.ok()) << choice.status();
  const ProbeResult probe = WindowsRioBackend::Probe();
  if (probe.available) {
    EXPECT_EQ(choice->name, "rio");
    EXPECT_TRUE(choice->refusals.empty());
    return;
  }
  EXPECT_EQ(choice->name, "overlapped");
  ASSERT_EQ(choice->refusals.size(), 1u);
  EXPECT_THAT(choice->refusals[0],
              AllOf(HasSubstr("rio: no Registered I/O here"), HasSubstr("code ")));
  const auto named = ChooseBackend("rio");
  EXPECT_EQ(named.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(named.status().message()), HasSubstr(probe.reason));
}

TEST(Backends, OverlappedReceivesNeedASliceALine) {
  ReceiveSetup setup = test::SetupFor(test::NewLines(10));
  setup.region.slice_count = 9;
  const auto refused = Receiver<OverlappedBackend>::Open(setup);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("slice_count"));
  setup.region.slice_count = 10;
  EXPECT_TRUE(Receiver<OverlappedBackend>::Open(setup).ok());
}

TEST(Backends, ALineThatFloodsLeavesTheOthersAReceiveEach) {
  const std::vector<Subscription> lines = test::NewLines(3);
  ReceiveSetup setup = test::SetupFor(lines);
  setup.region.slice_count = 12;
  test::Harness<OverlappedBackend> harness(setup);
  ASSERT_TRUE(harness.ok());
  test::Traffic traffic(lines);
  // All slices of line 0 are held, and those that the others have beyond one are lent to it.
  for (int i = 0; i < 40; ++i) traffic.Send(0, "flood");
  const auto end = std::chrono::steady_clock::now() + test::kDeadline;
  while (harness.held().size() < 10 && std::chrono::steady_clock::now() < end) harness.Poll();
  EXPECT_EQ(harness.held().size(), 10u);
  traffic.Send(1, "one");
  traffic.Send(2, "two");
  while (harness.held().size() < 12 && std::chrono::steady_clock::now() < end) harness.Poll();
  EXPECT_EQ(harness.PayloadsOf(1), std::vector<std::string>{"one"});
  EXPECT_EQ(harness.PayloadsOf(2), std::vector<std::string>{"two"});
  harness.ReleaseAll();
  ASSERT_TRUE(harness.PollUntil(42));
  EXPECT_EQ(harness.PayloadsOf(0).size(), 40u);
}

TEST(Backends, WhatIsForAnotherGroupOnThePortIsCounted) {
  Subscription line = test::NewLine();
  Subscription direct = line;
  direct.group.address = *IpAddress::Parse("127.0.0.1");
  test::Harness<OverlappedBackend> harness(test::SetupFor({line}));
  ASSERT_TRUE(harness.ok());
  test::Traffic traffic({line, direct});
  traffic.Send(1, "not for the group");
  traffic.Send(0, "for the group");
  ASSERT_TRUE(harness.PollUntil(1));
  EXPECT_EQ(harness.payloads()[0], "for the group");
  EXPECT_EQ(harness.receiver().stats().foreign, 1u);
  EXPECT_EQ(harness.receiver().stats().packets, 1u);
}

}  // namespace
}  // namespace fh::rio
