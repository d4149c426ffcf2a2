#include "rio/backends.h"

#include <sys/syscall.h>

#include <cerrno>
#include <cstring>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/backend_harness.h"
#include "tests/failing_call.h"

namespace fh::rio {
namespace {

using test::kCannotFilter;
using test::WithFailingCall;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Backends, TheListNamesEachOnceWithADescription) {
  std::set<std::string> names;
  for (const BackendInfo& info : SocketBackends()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_NE(std::string(info.description), "");
    const ProbeResult probe = info.probe();
    EXPECT_EQ(probe.available, probe.reason.empty()) << info.name << ": " << probe.reason;
  }
  EXPECT_EQ(names, (std::set<std::string>{"recvmmsg", "io_uring", "io_uring_multishot", "af_xdp"}));
}

TEST(Backends, AutoChoosesTheFirstThatRunsHere) {
  const auto choice = ChooseBackend("auto");
  ASSERT_TRUE(choice.ok()) << choice.status();
  size_t refused = 0;
  for (const BackendInfo& info : SocketBackends()) {
    if (choice->name == info.name) break;
    EXPECT_TRUE(info.automatic);
    EXPECT_FALSE(info.probe().available);
    ++refused;
  }
  EXPECT_EQ(choice->refusals.size(), refused);
  EXPECT_EQ(ChooseBackend("")->name, choice->name);
}

TEST(Backends, AnUnknownNameListsThoseThatExist) {
  const auto choice = ChooseBackend("dpdk");
  EXPECT_EQ(choice.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(choice.status().message()),
              AllOf(HasSubstr("dpdk"), HasSubstr("auto"), HasSubstr("io_uring_multishot")));
  const absl::Status status =
      WithBackend("dpdk", [](auto) -> absl::Status { return absl::OkStatus(); });
  EXPECT_EQ(status, choice.status());
}

TEST(Backends, ANameBecomesItsType) {
  for (const BackendInfo& info : SocketBackends()) {
    int calls = 0;
    const absl::StatusOr<std::string> name =
        WithBackend(info.name, [&](auto type) -> absl::StatusOr<std::string> {
          ++calls;
          return std::string(decltype(type)::type::kName);
        });
    ASSERT_TRUE(name.ok()) << name.status();
    EXPECT_EQ(*name, info.name);
    EXPECT_EQ(calls, 1);
  }
}

TEST(Backends, SayWhyIoUringIsRefusedAndWhatToDo) {
  struct Case {
    int error;
    const char* fix;
  };
  for (const Case& c :
       {Case{ENOSYS, "Linux 6.1 or later"}, Case{EINVAL, "too old"}, Case{EPERM, "io_uring"},
        Case{ENOMEM, "ulimit -l"}, Case{EMFILE, "ulimit -Hn"}}) {
    const int result = WithFailingCall(SYS_io_uring_setup, c.error, [&c] {
      for (const char* name : {"io_uring", "io_uring_multishot"}) {
        const auto choice = ChooseBackend(name);
        if (choice.status().code() != absl::StatusCode::kFailedPrecondition) return 1;
        const std::string message(choice.status().message());
        if (message.find(name) == std::string::npos) return 2;
        if (message.find(c.fix) == std::string::npos) return 3;
      }
      return ChooseBackend("auto").ok() ? 0 : 4;
    });
    if (result == kCannotFilter) GTEST_SKIP() << "skipped: no seccomp filters here";
    EXPECT_EQ(result, 0) << std::strerror(c.error);
  }
}

TEST(Backends, AutoPassesOverWhatIsRefusedAndSaysSo) {
  if (!IoUringBackend::Probe().available) GTEST_SKIP() << "skipped: no io_uring to turn to";
  const int result = WithFailingCall(SYS_recvmmsg, EPERM, [] {
    const auto choice = ChooseBackend("auto");
    if (!choice.ok() || choice->name != "io_uring") return 1;
    return choice->refusals.size() == 1 && choice->refusals[0].find("recvmmsg: ") == 0 ? 0 : 2;
  });
  if (result == kCannotFilter) GTEST_SKIP() << "skipped: no seccomp filters here";
  EXPECT_EQ(result, 0);
}

// The options that every backend refuses in the same way, before it opens anything.
TEST(Backends, RefuseOptionsThatMakeNoSense) {
  for (const BackendInfo& info : SocketBackends()) {
    if (!info.automatic || !info.probe().available) continue;
    const auto open = [&](const ReceiveSetup& setup) {
      return WithBackend(info.name, [&](auto type) -> absl::Status {
        return Receiver<typename decltype(type)::type>::Open(setup).status();
      });
    };
    ReceiveSetup setup = test::SetupFor({});
    EXPECT_EQ(open(setup).code(), absl::StatusCode::kInvalidArgument) << "no lines";
    setup = test::SetupFor(test::NewLines(1));
    EXPECT_TRUE(open(setup).ok());
    setup.receive.burst = 0;
    EXPECT_EQ(open(setup).code(), absl::StatusCode::kInvalidArgument) << "no burst";
    setup.receive.burst = kMaxBurst + 1;
    EXPECT_EQ(open(setup).code(), absl::StatusCode::kInvalidArgument) << "burst too long";
    setup.receive.burst = kMaxBurst;
    EXPECT_TRUE(open(setup).ok());
    setup.region.slice_bytes = 65;
    EXPECT_EQ(open(setup).code(), absl::StatusCode::kInvalidArgument) << "slices of 65 bytes";
  }
}

TEST(Backends, IoUringSaysHowManySlicesItNeeds) {
  if (!IoUringBackend::Probe().available) GTEST_SKIP() << "skipped: no io_uring";
  ReceiveSetup setup = test::SetupFor(test::NewLines(10));
  setup.region.slice_count = 19;
  EXPECT_THAT(std::string(Receiver<IoUringBackend>::Open(setup).status().message()),
              HasSubstr("slice_count"));
  setup.region.slice_count = 65537;
  setup.region.slice_bytes = 64;
  EXPECT_THAT(std::string(Receiver<IoUringMultishotBackend>::Open(setup).status().message()),
              HasSubstr("65536"));
}

TEST(Backends, MultishotEndsWhenTheRingRunsDryAndIsArmedAgain) {
  if (!IoUringMultishotBackend::Probe().available) GTEST_SKIP() << "skipped: no io_uring";
  const std::vector<Subscription> lines = test::NewLines(1);
  ReceiveSetup setup = test::SetupFor(lines);
  setup.region.slice_count = 9;  // Eight in the ring.
  test::Harness<IoUringMultishotBackend> harness(setup);
  ASSERT_TRUE(harness.ok());
  test::Traffic traffic(lines);
  for (int i = 0; i < 30; ++i) traffic.Send(0, std::to_string(i));
  ASSERT_TRUE(harness.PollUntil(30));
  for (size_t i = 0; i < 30; ++i) EXPECT_EQ(harness.payloads()[i], std::to_string(i));
  EXPECT_GE(harness.receiver().stats().Own("rearmed"), 3u);
  EXPECT_GE(harness.receiver().stats().starved, 3u);
}

}  // namespace
}  // namespace fh::rio
