// After Open nothing allocates: neither polls, releases and waits of any backend, nor sends.
#include <array>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "rio/backend/registered_io_linux.h"
#include "rio/backends.h"
#include "rio/receiver.h"
#include "rio/socket/sender.h"
#include "tests/allocation_counter.h"
#include "tests/conformance/backend_harness.h"
#ifndef _WIN32
#include "tests/conformance/af_xdp_adapters.h"
#endif

namespace fh::rio {
namespace {

TEST(AllocationCounter, SeesWhatNewAndMallocDo) {
  const uint64_t before = test::AllocationCount();
  auto number = std::make_unique<volatile int>(1);
  void* volatile memory = std::malloc(100);
  std::free(memory);
#ifdef _WIN32
  EXPECT_GE(test::AllocationCount(), before + 1);  // malloc is the system library's.
#else
  EXPECT_GE(test::AllocationCount(), before + 2);
#endif
}

// Bursts, idle polls, starvation, truncated and empty datagrams, held slices, waits. Returns how
// many packets came.
template <class B>
uint64_t DriveEverything(Receiver<B>& receiver, Sender& sender, size_t line_count) {
  static const std::array<uint8_t, 300> bytes{};
  std::array<Sender::Datagram, 48> datagrams;
  for (size_t i = 0; i < datagrams.size(); ++i) {
    datagrams[i] = {.data = bytes.data(),
                    .length = static_cast<uint32_t>(i * 7 % 300),
                    .destination = static_cast<uint32_t>(i % line_count)};
  }
  std::array<Packet, 64> packets;
  std::array<uint32_t, 512> held;
  size_t held_count = 0;
  for (int round = 0; round < 300; ++round) {
    sender.Send(datagrams);
    if (round % 10 == 0) receiver.Wait(std::chrono::microseconds(100));
    for (int i = 0; i < 20; ++i) {
      const size_t count = receiver.Poll(packets);
      for (size_t k = 0; k < count; ++k) held[held_count++] = packets[k].slice;
    }
    receiver.Release({held.data(), held_count});
    held_count = 0;
    if (round % 100 == 0) receiver.RefreshStats();
  }
  return receiver.stats().packets;
}

template <class B>
void ExpectNoAllocation(size_t line_count, bool stamps) {
  const typename test::BackendAdapter<B>::Environment network;
  if (!network.why.empty()) GTEST_SKIP() << network.why;
  const std::vector<Subscription> lines = test::NewLines(line_count);
  ReceiveSetup setup = test::SetupFor(lines);
  setup.region.slice_bytes = std::max(256u, test::BackendAdapter<B>::kLeastSliceBytes);
  setup.region.slice_count = 50;  // Fewer than the array of held ones.
  setup.receive.stamps = stamps ? ReceiveStamps::kSoftware : ReceiveStamps::kNone;
  auto receiver = Receiver<B>::Open(setup);
  ASSERT_TRUE(receiver.ok()) << receiver.status();
  SenderOptions options{.interface = "lo"};
  for (const Subscription& line : lines) options.destinations.push_back(line.group);
  auto sender = Sender::Open(options);
  ASSERT_TRUE(sender.ok()) << sender.status();

  const uint64_t before = test::AllocationCount();
  const uint64_t packets = DriveEverything(**receiver, **sender, line_count);
  EXPECT_EQ(test::AllocationCount(), before) << B::kName << ", " << line_count << " lines";
  EXPECT_GT(packets, 1000u);
}

// Request queues allocate for a socket with its first request, and an engine's thread does when it
// starts (with a sanitizer): the first packet shows that both are over.
template <class B>
void ExpectNoAllocationOnceStarted() {
  if (const ProbeResult probe = B::Probe(); !probe.available) {
    GTEST_SKIP() << "skipped: " << B::kName << ": " << probe.reason;
  }
  const std::vector<Subscription> lines = test::NewLines(20);
  auto receiver = Receiver<B>::Open(test::SetupFor(lines));
  ASSERT_TRUE(receiver.ok()) << receiver.status();
  SenderOptions options{.interface = "lo"};
  for (const Subscription& line : lines) options.destinations.push_back(line.group);
  auto sender = Sender::Open(options);
  ASSERT_TRUE(sender.ok()) << sender.status();
  std::array<Packet, 64> packets;
  ASSERT_EQ((*receiver)->Poll(packets), 0u);
  static const uint8_t byte = 0;
  const Sender::Datagram first{.data = &byte, .length = 1};
  ASSERT_EQ((*sender)->Send({&first, 1}), 1u);
  const auto deadline = std::chrono::steady_clock::now() + test::kDeadline;
  size_t came = 0;
  while (came == 0 && std::chrono::steady_clock::now() < deadline) {
    came = (*receiver)->Poll(packets);
  }
  ASSERT_EQ(came, 1u);
  (*receiver)->Release(std::span<const Packet>(packets.data(), came));
  const uint64_t before = test::AllocationCount();
  const uint64_t count = DriveEverything(**receiver, **sender, lines.size());
  EXPECT_EQ(test::AllocationCount(), before) << B::kName;
  EXPECT_GT(count, 1000u);
}

TEST(HotPath, UringQueuesDoNotAllocateOnceStarted) {
  ExpectNoAllocationOnceStarted<RegisteredIoUring>();
}

TEST(HotPath, PumpedQueuesDoNotAllocateOnceStarted) {
  ExpectNoAllocationOnceStarted<RegisteredIoPump>();
}

template <class Tuple>
struct TypesOf;
template <class... B>
struct TypesOf<std::tuple<B...>> {
  using type = testing::Types<B...>;
};
struct BackendName {
  template <class B>
  static std::string GetName(int) {
    return B::kName;
  }
};

template <class B>
class HotPathOf : public testing::Test {};
TYPED_TEST_SUITE(HotPathOf, TypesOf<SocketBackendTypes>::type, BackendName);

TYPED_TEST(HotPathOf, DoesNotAllocate) {
  if (const ProbeResult probe = TypeParam::Probe(); !probe.available) {
    GTEST_SKIP() << "skipped: " << probe.reason;
  }
  for (const size_t line_count : {1u, 2u, 20u}) {
    for (const bool stamps : {false, true}) {
      ExpectNoAllocation<TypeParam>(line_count, stamps);
      if (this->HasFatalFailure() || this->IsSkipped()) return;
    }
  }
}

}  // namespace
}  // namespace fh::rio
