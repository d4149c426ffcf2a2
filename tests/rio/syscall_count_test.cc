// What backends say about their system calls, checked by somebody who can see them: a parent that
// traces the poller with ptrace(2) and counts.
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// After sys/ptrace.h: both declare ptrace_syscall_info.
#include "gtest/gtest.h"
#include "rio/backend/registered_io_linux.h"
#include "rio/backends.h"
#include "rio/receiver.h"
#include "tests/conformance/af_xdp_adapters.h"
#include "tests/conformance/backend_harness.h"
#include "tests/conformance/network_namespaces.h"

namespace fh::rio {
namespace {

constexpr int kCannotTrace = 77;
constexpr long kMark = 0x5eedf00d;  // A process id that cannot be; getpgid only says so.

// The boundaries of what is counted, in the child.
void Mark() { syscall(SYS_getpgid, kMark); }

// What the child wants the parent to know.
struct Shared {
  uint64_t claimed = 0;  // System calls by the backend's own count.
  uint64_t packets = 0;
};

struct Counted {
  std::optional<std::string> skipped;
  uint64_t seen = 0;
  Shared shared;
};

// Counts the stopped child's system calls between its marks, until it ends.
uint64_t CountBetweenMarks(pid_t child, int& status) {
  uint64_t seen = 0;
  bool counting = false;
  while (ptrace(PTRACE_SYSCALL, child, nullptr, nullptr) == 0 && waitpid(child, &status, 0) > 0 &&
         !WIFEXITED(status) && !WIFSIGNALED(status)) {
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != (SIGTRAP | 0x80)) continue;
    struct __ptrace_syscall_info info {};
    ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info);
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY) continue;
    if (info.entry.nr == SYS_getpgid && info.entry.args[0] == static_cast<uint64_t>(kMark)) {
      counting = !counting;
    } else if (counting) {
      ++seen;
    }
  }
  return seen;
}

// Runs `body` in a traced child process.
Counted CountSystemCalls(const std::function<int(Shared&)>& body) {
  Counted counted;
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return {.skipped = "skipped: no shared memory"};
  auto* shared = new (memory) Shared();
  const pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(kCannotTrace);
    raise(SIGSTOP);
    _exit(body(*shared));
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSTOPPED(status)) {
    ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    counted.seen = CountBetweenMarks(child, status);
  }
  counted.shared = *shared;
  munmap(memory, sizeof(Shared));
  if (WIFEXITED(status) && WEXITSTATUS(status) == kCannotTrace) {
    counted.skipped = "skipped: this sandbox forbids ptrace";
  } else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    ADD_FAILURE() << "the traced process ended with status " << status;
  }
  return counted;
}

constexpr uint32_t kPolls = 10'000;

// In the child: some traffic, until all is quiet; then `polls` idle polls between the marks.
template <class B>
int PollIdle(size_t line_count, uint32_t polls, Shared& shared) {
  const typename test::BackendAdapter<B>::Environment network;
  const std::vector<Subscription> lines = test::NewLines(line_count);
  test::Harness<B> harness(test::SetupFor(lines));
  if (!harness.ok()) return 1;
  test::Traffic traffic(lines);
  for (uint32_t n = 0; n < 60; ++n) traffic.Send(n % static_cast<uint32_t>(line_count), "traffic");
  if (!harness.PollUntil(60)) return 2;
  harness.PollIdle();
  Receiver<B>& receiver = harness.receiver();
  std::array<Packet, 64> packets;
  const uint64_t before = receiver.stats().system_calls;
  Mark();
  for (uint32_t i = 0; i < polls; ++i) {
    if (receiver.Poll(packets) != 0) return 3;
  }
  Mark();
  shared.claimed = receiver.stats().system_calls - before;
  // It must still be listening.
  traffic.Send(0, "still there?");
  return harness.PollUntil(61) ? 0 : 4;
}

// In the child: takes what is queued.
template <class B>
int Drain(uint32_t datagrams, Shared& shared) {
  const typename test::BackendAdapter<B>::Environment network;
  const std::vector<Subscription> lines = test::NewLines(1);
  test::Harness<B> harness(test::SetupFor(lines));
  if (!harness.ok()) return 1;
  test::Traffic traffic(lines);
  Receiver<B>& receiver = harness.receiver();
  std::array<Packet, 64> packets;
  receiver.Poll(packets);
  for (uint32_t n = 0; n < datagrams; ++n) traffic.Send(0, "datagram");
  const uint64_t before = receiver.stats().system_calls;
  Mark();
  for (uint32_t i = 0; i < kPolls && receiver.stats().packets < datagrams; ++i) {
    const size_t count = receiver.Poll(packets);
    receiver.Release(std::span<const Packet>(packets.data(), count));
  }
  Mark();
  shared.claimed = receiver.stats().system_calls - before;
  shared.packets = receiver.stats().packets;
  return 0;
}

template <class B>
class SystemCalls : public ::testing::Test {
 protected:
  void SetUp() override {
    const ProbeResult probe = B::Probe();
    if (!probe.available) GTEST_SKIP() << "skipped: " << B::kName << ": " << probe.reason;
    const typename test::BackendAdapter<B>::Environment network;
    if (!network.why.empty()) GTEST_SKIP() << network.why;
  }
};

using QuietBackends = ::testing::Types<IoUringBackend, IoUringMultishotBackend, AfXdpBackend>;
TYPED_TEST_SUITE(SystemCalls, QuietBackends);

TYPED_TEST(SystemCalls, AnIdlePollMakesNone) {
  for (const size_t line_count : {1u, 20u}) {
    const Counted counted = CountSystemCalls(
        [line_count](Shared& shared) { return PollIdle<TypeParam>(line_count, kPolls, shared); });
    if (counted.skipped) GTEST_SKIP() << *counted.skipped;
    EXPECT_EQ(counted.seen, 0u) << line_count << " lines";
    EXPECT_EQ(counted.shared.claimed, 0u);
  }
}

TYPED_TEST(SystemCalls, ABusyPollMakesFewAndCountsThem) {
  const Counted counted =
      CountSystemCalls([](Shared& shared) { return Drain<TypeParam>(512, shared); });
  if (counted.skipped) GTEST_SKIP() << *counted.skipped;
  EXPECT_EQ(counted.shared.packets, 512u);
  EXPECT_EQ(counted.seen, counted.shared.claimed);
  EXPECT_LT(counted.seen, 512u / 8);
  if (std::is_same_v<TypeParam, AfXdpBackend>) {
    EXPECT_EQ(counted.seen, 0u);
  }
}

// With busy polling an idle poll looks into the driver, in one system call, of which there is none
// without.
TEST(AfXdpSystemCalls, ABusyPollingIdlePollMakesOne) {
  if (const ProbeResult probe = AfXdpBackend::Probe(); !probe.available) {
    GTEST_SKIP() << "skipped: " << probe.reason;
  }
  const auto body = [](Shared& shared) {
    std::string why;
    const auto network = test::VethNetwork::Create(/*cables=*/1, why);
    if (network == nullptr) return 1;
    Subscription line;
    line.group = *ParseEndpoint("239.1.1.1:26400");
    line.interface = "rx0";
    auto receiver =
        Receiver<AfXdpBackend>::Open({.region = {.slice_count = 1024},
                                      .receive = {.subscriptions = {line}, .busy_poll_us = 20}});
    if (!receiver.ok()) return 2;
    std::array<Packet, 64> packets;
    Mark();
    for (int i = 0; i < 100; ++i) {
      if ((*receiver)->Poll(packets) != 0) return 3;
    }
    Mark();
    shared.claimed = (*receiver)->stats().system_calls;
    return 0;
  };
  const Counted counted = CountSystemCalls(body);
  if (counted.skipped) GTEST_SKIP() << *counted.skipped;
  EXPECT_EQ(counted.seen, 100u);
  EXPECT_EQ(counted.shared.claimed, 100u);
}

// Registered I/O's queues over io_uring: the kernel is told of sockets, not of slices.
TEST(QueueSystemCalls, AnIdlePollOverIoUringMakesNone) {
  if (!RegisteredIoUring::Probe().available) GTEST_SKIP() << "skipped: no io_uring";
  Counted counted = CountSystemCalls(
      [](Shared& shared) { return PollIdle<RegisteredIoUring>(20, kPolls, shared); });
  if (counted.skipped) GTEST_SKIP() << *counted.skipped;
  EXPECT_EQ(counted.seen, 0u);
  counted = CountSystemCalls([](Shared& shared) { return Drain<RegisteredIoUring>(512, shared); });
  EXPECT_EQ(counted.shared.packets, 512u);
  EXPECT_LT(counted.seen, 512u / 8);
}

// The counter can count: recvmmsg makes a call for each idle poll of one line.
TEST(SystemCallCounter, SeesTheCallsOfRecvmmsg) {
  Counted counted =
      CountSystemCalls([](Shared& shared) { return PollIdle<RecvmmsgBackend>(1, 100, shared); });
  if (counted.skipped) GTEST_SKIP() << *counted.skipped;
  EXPECT_EQ(counted.seen, 100u);
  EXPECT_EQ(counted.shared.claimed, 100u);
  counted = CountSystemCalls([](Shared& shared) { return Drain<RecvmmsgBackend>(512, shared); });
  EXPECT_EQ(counted.shared.packets, 512u);
  EXPECT_EQ(counted.seen, counted.shared.claimed);
  EXPECT_LT(counted.seen, 512u / 32);
}

}  // namespace
}  // namespace fh::rio
