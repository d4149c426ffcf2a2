// The one suite that every receive path passes. A backend that this host cannot run is reported as
// skipped, with the reason that its probe gives.
#include <algorithm>
#include <atomic>
#include <random>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

#include "gtest/gtest.h"
#include "rio/backends.h"
#include "tests/conformance/backend_harness.h"
#include "tests/conformance/loopback_namespace.h"
#ifdef _WIN32
#include "tests/conformance/windows_adapters.h"
#else
#include "replay/capture_backend.h"
#include "replay/record_file_backend.h"
#include "tests/conformance/af_xdp_adapters.h"
#include "tests/conformance/file_adapters.h"
#include "tests/conformance/registered_io_adapters.h"
#endif

namespace fh::test {
namespace {

using rio::Packet;
using rio::ReceiveSetup;
using rio::StampSource;
using rio::Subscription;

// 32 bits of `n` and then a pattern that depends on it, `bytes` long in all (at least 4).
std::string Numbered(uint32_t n, size_t bytes) {
  std::string payload(bytes, '\0');
  std::memcpy(payload.data(), &n, sizeof n);
  for (size_t i = sizeof n; i < bytes; ++i) payload[i] = static_cast<char>(n * 31 + i);
  return payload;
}

uint32_t NumberOf(const std::string& payload) {
  uint32_t n = 0;
  std::memcpy(&n, payload.data(), sizeof n);
  return n;
}

// Why a case is skipped.
constexpr char kNoKernelQueue[] = "skipped: no queue in the kernel";
constexpr char kNoStamps[] = "skipped: has no stamps on request";
constexpr char kOneLine[] = "skipped: has one line, whatever is subscribed";
constexpr char kFileOrder[] = "skipped: comes in the order of arrival, whatever the line";
constexpr char kWholeOnly[] = "skipped: takes no empty datagrams and none that exceed a slice";
constexpr char kNoWaiting[] = "skipped: drops and counts what finds no slice";

// Few enough datagrams at a time for the smallest socket buffer.
constexpr uint32_t kChunk = 64;

template <class B>
class BackendConformance : public ::testing::Test {
 protected:
  void SetUp() override {
    const rio::ProbeResult probe = B::Probe();
    if (!probe.available) GTEST_SKIP() << "skipped: " << B::kName << ": " << probe.reason;
    EXPECT_TRUE(probe.reason.empty());
    environment_ = std::make_unique<typename BackendAdapter<B>::Environment>();
    if (!environment_->why.empty()) GTEST_SKIP() << environment_->why;
  }

  std::unique_ptr<typename BackendAdapter<B>::Environment> environment_;
};

template <class>
struct TestTypesOf;
template <class... B>
struct TestTypesOf<std::tuple<B...>> {
  using Types = ::testing::Types<B...>;
};

struct BackendNames {
  template <class B>
  static std::string GetName(int) {
    return B::kName;
  }
};

// Every socket backend that rio lists, and what else receives. On Windows the backends over files
// read no pipes, so that they cannot be fed while they run.
#ifdef _WIN32
using OtherBackendTypes = WindowsOnlyBackendTypes;
#else
using OtherBackendTypes = decltype(std::tuple_cat(
    std::declval<RegisteredIoTypes>(),
    std::declval<std::tuple<AfXdpOnVeth, replay::CaptureBackend, replay::RecordFileBackend>>()));
#endif
using AllBackendTypes = decltype(std::tuple_cat(std::declval<rio::SocketBackendTypes>(),
                                                std::declval<OtherBackendTypes>()));
TYPED_TEST_SUITE(BackendConformance, TestTypesOf<AllBackendTypes>::Types, BackendNames);

// Why the receiver has no stamps although it was asked for them; nothing when it has them.
template <class B>
std::optional<std::string> StampsRefused(Harness<B>& harness) {
  for (const std::string& note : harness.receiver().notes()) {
    if (note.find("no receive stamps") == 0) return "skipped: " + note;
  }
  return std::nullopt;
}

// `most` lines, or as many as the backend can tell apart.
template <class B>
constexpr size_t LineCount(size_t most) {
  return BackendAdapter<B>::kSubscribes ? most : 1;
}

TYPED_TEST(BackendConformance, DeliversEveryDatagramWithItsContent) {
  const std::vector<Subscription> lines = NewLines(1);
  Harness<TypeParam> harness(SetupFor(lines));
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic(lines);
  std::vector<std::string> sent;
  for (uint32_t n = 0; n < 1000; ++n) {
    sent.push_back(Numbered(n, 4 + n * 37 % 1469));
    traffic.Send(0, sent.back());
    if (n % kChunk == 0) {
      ASSERT_TRUE(harness.PollUntil(n + 1));
    }
  }
  ASSERT_TRUE(harness.PollUntil(1000));
  EXPECT_EQ(harness.payloads(), sent);
  EXPECT_EQ(harness.receiver().stats().packets, 1000u);
  EXPECT_EQ(harness.receiver().line_stats()[0].packets, 1000u);
  EXPECT_EQ(harness.receiver().stats().truncated, 0u);
  EXPECT_EQ(harness.receiver().stats().errors, 0u);
}

TYPED_TEST(BackendConformance, KeepsTheOrderWithinEachLine) {
  const std::vector<Subscription> lines = NewLines(LineCount<TypeParam>(3));
  Harness<TypeParam> harness(SetupFor(lines));
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic(lines);
  std::mt19937 random(7);
  std::vector<std::vector<std::string>> sent(lines.size());
  for (uint32_t n = 0; n < 3000; ++n) {
    const auto line = static_cast<uint32_t>(random() % lines.size());
    sent[line].push_back(Numbered(n, 4 + random() % 60));
    traffic.Send(line, sent[line].back());
    // Polls of every depth of the queues, with and without something to find.
    if (random() % 40 == 0) {
      ASSERT_TRUE(harness.PollUntil(n + 1));
    }
    if (random() % 5 == 0 && harness.Poll() > 0) harness.ReleaseAll();
  }
  ASSERT_TRUE(harness.PollUntil(3000));
  for (uint16_t line = 0; line < lines.size(); ++line) {
    EXPECT_EQ(harness.PayloadsOf(line), sent[line]);
  }
}

TYPED_TEST(BackendConformance, DoesNotMixTwoGroupsOnOnePort) {
  if (!BackendAdapter<TypeParam>::kSubscribes) GTEST_SKIP() << kOneLine;
  std::vector<Subscription> lines = NewLines(3);
  for (Subscription& line : lines) line.group.port = lines[0].group.port;
  const std::vector<Subscription> subscribed(lines.begin(), lines.begin() + 2);
  Harness<TypeParam> harness(SetupFor(subscribed));
  ASSERT_TRUE(harness.ok());
  // Another program's membership of a third group must not leak in either.
  Harness<typename BackendAdapter<TypeParam>::Stranger> stranger(SetupFor({lines[2]}));
  ASSERT_TRUE(stranger.ok());
  TrafficOf<TypeParam> traffic(lines);
  for (int i = 0; i < 20; ++i) {
    for (uint32_t line = 0; line < 3; ++line) traffic.Send(line, "line " + std::to_string(line));
  }
  ASSERT_TRUE(harness.PollUntil(40));
  harness.PollIdle();
  EXPECT_EQ(harness.PayloadsOf(0), std::vector<std::string>(20, "line 0"));
  EXPECT_EQ(harness.PayloadsOf(1), std::vector<std::string>(20, "line 1"));
}

TYPED_TEST(BackendConformance, ReceivesMoreGroupsThanOneSocketMayJoin) {
  if (!BackendAdapter<TypeParam>::kSubscribes) GTEST_SKIP() << kOneLine;
  constexpr uint32_t kGroups = 60;  // igmp_max_memberships is 20.
  const std::vector<Subscription> lines = NewLines(kGroups);
  Harness<TypeParam> harness(SetupFor(lines));
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic(lines);
  for (uint32_t n = 0; n < 10; ++n) {
    for (uint32_t line = 0; line < kGroups; ++line) traffic.Send(line, Numbered(n, 8));
  }
  ASSERT_TRUE(harness.PollUntil(10 * kGroups));
  for (uint16_t line = 0; line < kGroups; ++line) {
    const std::vector<std::string> payloads = harness.PayloadsOf(line);
    ASSERT_EQ(payloads.size(), 10u) << "line " << line;
    for (uint32_t n = 0; n < 10; ++n) EXPECT_EQ(NumberOf(payloads[n]), n);
  }
}

TYPED_TEST(BackendConformance, ReceivesIpv6Multicast) {
  if (!BackendAdapter<TypeParam>::kSubscribes) GTEST_SKIP() << kOneLine;
  std::optional<std::string> skipped;
  std::thread([&skipped] {
    if (BackendAdapter<TypeParam>::kSockets) {
      skipped = BackendAdapter<TypeParam>::EnterIpv6Namespace();
    }
    if (skipped) return;
    std::vector<Subscription> lines(2);
    lines[0] = {.group = *rio::ParseEndpoint("[ff15::1:2]:26400"), .interface = "lo"};
    lines[1] = {.group = *rio::ParseEndpoint("[ff15::1:3]:26400"), .interface = "lo"};
    Harness<TypeParam> harness(SetupFor(lines));
    ASSERT_TRUE(harness.ok());
    TrafficOf<TypeParam> traffic(lines);
    for (uint32_t n = 0; n < 100; ++n) traffic.Send(n % 2, Numbered(n, 100));
    ASSERT_TRUE(harness.PollUntil(100));
    EXPECT_EQ(harness.PayloadsOf(0).size(), 50u);
    EXPECT_EQ(harness.PayloadsOf(1).size(), 50u);
  }).join();
  if (skipped) GTEST_SKIP() << *skipped;
}

TYPED_TEST(BackendConformance, ASourceSpecificJoinAcceptsItsSourceOnly) {
  if (!BackendAdapter<TypeParam>::kSubscribes) GTEST_SKIP() << kOneLine;
  if (BackendAdapter<TypeParam>::kSockets) {
    if (const auto why = NoOtherLoopbackSources()) GTEST_SKIP() << *why;
  }
  std::vector<Subscription> lines = NewLines(1);
  lines[0].source = *rio::IpAddress::Parse("127.0.0.2");
  Harness<TypeParam> harness(SetupFor(lines));
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> wrong(lines, "127.0.0.3");
  TrafficOf<TypeParam> right(lines, "127.0.0.2");
  for (int i = 0; i < 10; ++i) {
    wrong.Send(0, "wrong");
    right.Send(0, "right");
  }
  ASSERT_TRUE(harness.PollUntil(10));
  harness.PollIdle();
  EXPECT_EQ(harness.payloads(), std::vector<std::string>(10, "right"));
}

TYPED_TEST(BackendConformance, ReceivesOnAUnicastAddress) {
  if (!BackendAdapter<TypeParam>::kSubscribes) GTEST_SKIP() << kOneLine;
  Subscription line = NewLine();
  line.group.address = *rio::IpAddress::Parse("127.0.0.1");
  Harness<TypeParam> harness(SetupFor({line}));
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic({line});
  traffic.Send(0, "hello");
  ASSERT_TRUE(harness.PollUntil(1));
  EXPECT_EQ(harness.payloads()[0], "hello");
}

TYPED_TEST(BackendConformance, HeldSlicesKeepTheirContentAndComeBackInAnyOrder) {
  const std::vector<Subscription> lines = NewLines(1);
  Harness<TypeParam> harness(SetupFor(lines));
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic(lines);
  for (uint32_t n = 0; n < 100; ++n) traffic.Send(0, Numbered(n, 200));
  ASSERT_TRUE(harness.PollUntil(100, /*hold=*/true));
  // Give every third back, out of order, and go on for longer than the region is.
  for (size_t i = 99; i < 100; i -= 3) harness.Release(i);
  const std::vector<Packet> kept = harness.held();
  std::vector<std::string> contents;
  for (const Packet& packet : kept) {
    contents.emplace_back(reinterpret_cast<const char*>(packet.data), packet.length);
  }
  for (uint32_t n = 100; n < 2000; ++n) {
    traffic.Send(0, Numbered(n, 200));
    if (n % 50 != 49) continue;
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    while (harness.payloads().size() <= n && std::chrono::steady_clock::now() < end) {
      harness.Poll();
      while (harness.held().size() > kept.size()) harness.Release(kept.size());
    }
  }
  ASSERT_EQ(harness.payloads().size(), 2000u);
  for (uint32_t n = 0; n < 2000; ++n) ASSERT_EQ(NumberOf(harness.payloads()[n]), n);
  for (size_t i = 0; i < kept.size(); ++i) {
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(kept[i].data), kept[i].length),
              contents[i]);
  }
}

TYPED_TEST(BackendConformance, GoesOnAfterAllSlicesWereHeld) {
  if (!BackendAdapter<TypeParam>::kWaitsForSlices) GTEST_SKIP() << kNoWaiting;
  const std::vector<Subscription> lines = NewLines(LineCount<TypeParam>(2));
  const auto line_count = static_cast<uint32_t>(lines.size());
  ReceiveSetup setup = SetupFor(lines);
  setup.region.slice_count = 16;
  Harness<TypeParam> harness(setup);
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic(lines);
  for (uint32_t round = 0; round < 5; ++round) {
    const size_t before = harness.payloads().size();
    for (uint32_t n = 0; n < kChunk; ++n) traffic.Send(n % line_count, Numbered(n, 64));
    // A backend may keep slices armed on a line that is empty now, but no more than that.
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    const uint64_t starved = harness.receiver().stats().starved;
    while (harness.receiver().stats().starved == starved || harness.held().size() < 14) {
      harness.Poll();
      ASSERT_LT(std::chrono::steady_clock::now(), end)
          << "never starved, or with " << harness.held().size() << " of 16 slices filled";
    }
    for (int i = 0; i < 100; ++i) harness.Poll();
    EXPECT_LE(harness.held().size(), 16u);
    harness.ReleaseAll();
    ASSERT_TRUE(harness.PollUntil(before + kChunk));
    harness.PollIdle();
    EXPECT_EQ(harness.payloads().size(), before + kChunk);
  }
  for (uint16_t line = 0; line < line_count; ++line) {
    const std::vector<std::string> payloads = harness.PayloadsOf(line);
    for (uint32_t i = 0; i < payloads.size(); ++i) {
      ASSERT_EQ(NumberOf(payloads[i]), i * line_count % kChunk + line);
    }
  }
}

TYPED_TEST(BackendConformance, CountsAndFlagsTruncatedDatagrams) {
  if (!BackendAdapter<TypeParam>::kTruncates) GTEST_SKIP() << kWholeOnly;
  const std::vector<Subscription> lines = NewLines(2);
  ReceiveSetup setup = SetupFor(lines);
  setup.region.slice_bytes = 256;
  Harness<TypeParam> harness(setup);
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic(lines);
  const std::vector<size_t> sizes = {64, 255, 256, 257, 1400, 256, 300, 100};
  for (size_t size : sizes) traffic.Send(1, Numbered(static_cast<uint32_t>(size), size));
  ASSERT_TRUE(harness.PollUntil(sizes.size(), /*hold=*/true));
  for (size_t i = 0; i < sizes.size(); ++i) {
    const Packet& packet = harness.held()[i];
    EXPECT_EQ(packet.truncated, sizes[i] > 256) << sizes[i];
    EXPECT_EQ(packet.length, std::min<size_t>(sizes[i], 256));
    EXPECT_EQ(harness.payloads()[i],
              Numbered(static_cast<uint32_t>(sizes[i]), sizes[i]).substr(0, 256));
  }
  EXPECT_EQ(harness.receiver().stats().truncated, 3u);
  EXPECT_EQ(harness.receiver().line_stats()[0].truncated, 0u);
  EXPECT_EQ(harness.receiver().line_stats()[1].truncated, 3u);
}

TYPED_TEST(BackendConformance, DeliversEmptyDatagrams) {
  if (!BackendAdapter<TypeParam>::kAnyLength) GTEST_SKIP() << kWholeOnly;
  const std::vector<Subscription> lines = NewLines(1);
  ReceiveSetup setup = SetupFor(lines);
  setup.region.slice_count = 8;
  Harness<TypeParam> harness(setup);
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic(lines);
  std::vector<std::string> sent;
  for (uint32_t n = 0; n < 40; ++n) {
    sent.push_back(n % 3 == 1 ? Numbered(n, 10) : "");
    traffic.Send(0, sent.back());
  }
  ASSERT_TRUE(harness.PollUntil(sent.size()));
  EXPECT_EQ(harness.payloads(), sent);
}

TYPED_TEST(BackendConformance, CountsDatagramsThatTheSocketDropped) {
  if (!BackendAdapter<TypeParam>::kKernelQueue) GTEST_SKIP() << kNoKernelQueue;
  const std::vector<Subscription> lines = NewLines(2);
  ReceiveSetup setup = SetupFor(lines);
  setup.receive.socket_buffer_bytes = 16384;
  Harness<TypeParam> harness(setup);
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic(lines);
  for (uint32_t round = 1; round <= 3; ++round) {
    const uint64_t sent = 500 * round;
    for (uint32_t n = 0; n < 500; ++n) traffic.Send(1, Numbered(n, 64));
    harness.PollIdle();
    harness.receiver().RefreshStats();
    const rio::BackendStats& stats = harness.receiver().stats();
    EXPECT_GT(stats.kernel_drops, 0u);
    EXPECT_EQ(stats.packets + stats.kernel_drops, sent);
    EXPECT_EQ(harness.receiver().line_stats()[0].kernel_drops, 0u);
    EXPECT_EQ(harness.receiver().line_stats()[1].kernel_drops, stats.kernel_drops);
  }
}

TYPED_TEST(BackendConformance, LearnsOfDropsFromTheStreamWhenAsked) {
  if (!BackendAdapter<TypeParam>::kKernelQueue) GTEST_SKIP() << kNoKernelQueue;
  const std::vector<Subscription> lines = NewLines(1);
  ReceiveSetup setup = SetupFor(lines);
  setup.receive.socket_buffer_bytes = 16384;
  setup.receive.drops_in_stream = true;
  Harness<TypeParam> harness(setup);
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic(lines);
  for (uint32_t n = 0; n < 500; ++n) traffic.Send(0, Numbered(n, 64));
  harness.PollIdle();
  traffic.Send(0, "after the drops");
  ASSERT_TRUE(harness.PollUntil(harness.payloads().size() + 1));
  const rio::BackendStats& stats = harness.receiver().stats();
  EXPECT_GT(stats.kernel_drops, 0u);
  EXPECT_EQ(stats.packets + stats.kernel_drops, 501u);
  EXPECT_EQ(harness.payloads().back(), "after the drops");
}

TYPED_TEST(BackendConformance, StampsWhenAskedAndOnlyThen) {
  if (!BackendAdapter<TypeParam>::kKernelStamps) GTEST_SKIP() << kNoStamps;
  for (const bool asked : {true, false}) {
    const std::vector<Subscription> lines = NewLines(1);
    ReceiveSetup setup = SetupFor(lines);
    setup.receive.stamps = asked ? rio::ReceiveStamps::kSoftware : rio::ReceiveStamps::kNone;
    Harness<TypeParam> harness(setup);
    ASSERT_TRUE(harness.ok());
    if (const auto why = StampsRefused(harness)) GTEST_SKIP() << *why;
    TrafficOf<TypeParam> traffic(lines);
    const auto now = [] {
      return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
    };
    const int64_t before_ns = now();
    for (uint32_t n = 0; n < 100; ++n) traffic.Send(0, Numbered(n, 4 + n * 10));
    ASSERT_TRUE(harness.PollUntil(100, /*hold=*/true));
    const int64_t after_ns = now();
    for (uint32_t n = 0; n < 100; ++n) {
      const Packet& packet = harness.held()[n];
      EXPECT_EQ(harness.payloads()[n], Numbered(n, 4 + n * 10));
      EXPECT_EQ(packet.stamp_source, asked ? StampSource::kSoftware : StampSource::kNone);
      if (!asked) continue;
      // A second of slack: the system clock may be slewed or stepped by others.
      EXPECT_GT(packet.stamp_ns, before_ns - 1'000'000'000);
      EXPECT_LT(packet.stamp_ns, after_ns + 1'000'000'000);
    }
    EXPECT_EQ(harness.receiver().stats().unstamped, 0u);
  }
}

// Neither loopback nor a virtual cable has an adapter, so what is asked for is not available: that
// is said, and the next best stamps are what the packets carry and say that they carry.
TYPED_TEST(BackendConformance, SoftwareStampsStandInForHardwareOnesAndSaySo) {
  if (!BackendAdapter<TypeParam>::kKernelStamps) GTEST_SKIP() << kNoStamps;
  const std::vector<Subscription> lines = NewLines(1);
  ReceiveSetup setup = SetupFor(lines);
  setup.receive.stamps = rio::ReceiveStamps::kHardware;
  Harness<TypeParam> harness(setup);
  ASSERT_TRUE(harness.ok());
  if (const auto why = StampsRefused(harness)) GTEST_SKIP() << *why;
  const std::vector<std::string> notes = harness.receiver().notes();
  EXPECT_TRUE(std::any_of(notes.begin(), notes.end(), [](const std::string& note) {
    return note.find("no hardware stamps on ") == 0 &&
           note.find("software stamps instead") != std::string::npos;
  })) << ::testing::PrintToString(notes);
  TrafficOf<TypeParam> traffic(lines);
  for (uint32_t n = 0; n < 20; ++n) traffic.Send(0, Numbered(n, 100));
  ASSERT_TRUE(harness.PollUntil(20, /*hold=*/true));
  for (const Packet& packet : harness.held()) {
    EXPECT_EQ(packet.stamp_source, StampSource::kSoftware);
    EXPECT_GT(packet.stamp_ns, 0);
  }
  EXPECT_EQ(harness.receiver().stats().unstamped, 0u);
}

TYPED_TEST(BackendConformance, FlagsTruncationWithStampsToo) {
  if (!BackendAdapter<TypeParam>::kKernelStamps) GTEST_SKIP() << kNoStamps;
  if (!BackendAdapter<TypeParam>::kTruncates) GTEST_SKIP() << kWholeOnly;
  const std::vector<Subscription> lines = NewLines(1);
  ReceiveSetup setup = SetupFor(lines);
  setup.region.slice_bytes = 512;
  setup.receive.stamps = rio::ReceiveStamps::kSoftware;
  Harness<TypeParam> harness(setup);
  ASSERT_TRUE(harness.ok());
  if (const auto why = StampsRefused(harness)) GTEST_SKIP() << *why;
  TrafficOf<TypeParam> traffic(lines);
  const std::vector<size_t> sizes = {64, 384, 0, 1400, 300};
  for (size_t size : sizes) traffic.Send(0, std::string(size, 'x'));
  ASSERT_TRUE(harness.PollUntil(sizes.size(), /*hold=*/true));
  for (size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(harness.held()[i].truncated, sizes[i] > 512) << sizes[i];
    EXPECT_EQ(harness.held()[i].stamp_source, StampSource::kSoftware);
  }
  EXPECT_EQ(harness.receiver().stats().truncated, 1u);
}

TYPED_TEST(BackendConformance, BytesPastTheEndOfTheLastSliceAreReadable) {
  const std::vector<Subscription> lines = NewLines(1);
  ReceiveSetup setup = SetupFor(lines);
  // Slices that fill their pages exactly: what lies behind must have been added on purpose.
  const uint32_t slice_bytes = std::max(512u, BackendAdapter<TypeParam>::kLeastSliceBytes);
  setup.region.slice_bytes = slice_bytes;
  setup.region.slice_count = 8;
  Harness<TypeParam> harness(setup);
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic(lines);
  const size_t whole = slice_bytes - BackendAdapter<TypeParam>::kFramingBytes;
  std::set<uint32_t> slices;
  for (uint32_t n = 0; n < 64; ++n) traffic.Send(0, Numbered(n, whole));
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (harness.payloads().size() < 64 && std::chrono::steady_clock::now() < end) {
    harness.Poll();  // Reads past the end of each.
    for (const Packet& packet : harness.held()) slices.insert(packet.slice);
    if (slices.size() < 7 && harness.held().size() < 7) continue;
    harness.ReleaseAll();
  }
  EXPECT_EQ(harness.payloads().size(), 64u);
}

TYPED_TEST(BackendConformance, CloseGivesEverySliceBackWithReceivesOutstanding) {
  const std::vector<Subscription> lines = NewLines(5);
  Harness<TypeParam> harness(SetupFor(lines));
  ASSERT_TRUE(harness.ok());
  TrafficOf<TypeParam> traffic(lines);
  for (uint32_t n = 0; n < 10; ++n) traffic.Send(n % 5, Numbered(n, 100));
  ASSERT_TRUE(harness.PollUntil(10, /*hold=*/true));
  // Armed receives on every line, and datagrams that nobody has polled.
  harness.Poll();
  for (uint32_t n = 0; n < 10; ++n) traffic.Send(n % 5, Numbered(n, 100));
  harness.receiver().Close();
  EXPECT_EQ(harness.receiver().backend().owned(), 0u);
  // Nothing is written from now on, and held packets stay readable.
  rio::RegisteredRegion& region = harness.receiver().region();
  std::memset(region.base(), 0x5a, region.bytes());
  for (uint32_t n = 0; n < 10; ++n) traffic.Send(n % 5, Numbered(n, 100));
  std::array<Packet, 16> packets;
  EXPECT_EQ(harness.receiver().Poll(packets), 0u);
  EXPECT_TRUE(std::all_of(region.base(), region.base() + region.bytes(),
                          [](uint8_t byte) { return byte == 0x5a; }));
  harness.receiver().Wait(std::chrono::milliseconds(1));
  harness.receiver().Close();
  EXPECT_EQ(harness.receiver().backend().owned(), 0u);
}

TYPED_TEST(BackendConformance, ClosesWithoutEverHavingPolled) {
  Harness<TypeParam> harness(SetupFor(NewLines(3)));
  ASSERT_TRUE(harness.ok());
  EXPECT_EQ(harness.receiver().held(), 0u);
  harness.receiver().Close();
  EXPECT_EQ(harness.receiver().backend().owned(), 0u);
}

TYPED_TEST(BackendConformance, ReopensOnTheSamePort) {
  // A unicast address, because there the port is held alone.
  Subscription unicast = NewLine();
  unicast.group.address = *rio::IpAddress::Parse("127.0.0.1");
  const std::vector<Subscription> lines = {NewLine(), unicast};
  TrafficOf<TypeParam> traffic(lines);
  for (uint32_t round = 0; round < 10; ++round) {
    Harness<TypeParam> harness(SetupFor(lines));
    ASSERT_TRUE(harness.ok()) << "round " << round;
    traffic.Send(0, Numbered(round, 8));
    traffic.Send(1, Numbered(round, 8));
    ASSERT_TRUE(harness.PollUntil(2));
    EXPECT_EQ(NumberOf(harness.payloads()[0]), round);
    EXPECT_EQ(NumberOf(harness.payloads()[1]), round);
  }
}

TYPED_TEST(BackendConformance, IsOwnedByTheThreadThatPollsNotTheOneThatOpened) {
  const std::vector<Subscription> lines = NewLines(2);
  for (const bool close_there : {true, false}) {
    Harness<TypeParam> harness(SetupFor(lines));
    ASSERT_TRUE(harness.ok());
    TrafficOf<TypeParam> traffic(lines);
    std::thread([&] {
      for (uint32_t n = 0; n < 50; ++n) traffic.Send(n % 2, Numbered(n, 8));
      EXPECT_TRUE(harness.PollUntil(50));
      if (close_there) harness.receiver().Close();
    }).join();
    // The poller has ended: any thread may close.
    harness.receiver().Close();
    EXPECT_EQ(harness.receiver().backend().owned(), 0u);
    EXPECT_EQ(harness.receiver().stats().errors, 0u);
  }
}

TYPED_TEST(BackendConformance, WaitEndsWithADatagramOrWithTheTimeout) {
  for (const size_t line_count : {2u, 20u}) {
    const std::vector<Subscription> lines = NewLines(line_count);
    Harness<TypeParam> harness(SetupFor(lines));
    ASSERT_TRUE(harness.ok());
    TrafficOf<TypeParam> traffic(lines);
    harness.receiver().Wait(std::chrono::milliseconds(2));
    EXPECT_EQ(harness.Poll(), 0u);
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    for (uint32_t n = 0; n < 100; ++n) {
      std::thread sender([&] { traffic.Send(n % static_cast<uint32_t>(line_count), "wake up"); });
      // It may return early, but with a datagram it must not sleep out the timeout.
      while (harness.Poll() == 0 && std::chrono::steady_clock::now() < end) {
        harness.receiver().Wait(kDeadline);
      }
      sender.join();
      harness.ReleaseAll();
    }
    EXPECT_EQ(harness.payloads().size(), 100u);
    EXPECT_LT(std::chrono::steady_clock::now(), end);
  }
}

TYPED_TEST(BackendConformance, ABusyLineDoesNotStarveAQuietOne) {
  if (!BackendAdapter<TypeParam>::kLineQueues) GTEST_SKIP() << kFileOrder;
  for (const size_t line_count : {2u, 20u}) {
    const std::vector<Subscription> lines = NewLines(line_count);
    ReceiveSetup setup = SetupFor(lines);
    setup.receive.burst = 16;
    setup.receive.socket_buffer_bytes = 1 << 20;
    Harness<TypeParam> harness(setup);
    ASSERT_TRUE(harness.ok());
    TrafficOf<TypeParam> traffic(lines);
    const auto quiet = static_cast<uint16_t>(line_count - 1);
    for (uint32_t n = 0; n < 240; ++n) traffic.Send(0, Numbered(n, 64));
    traffic.Send(quiet, "quiet");
    ASSERT_TRUE(harness.PollUntil(241));
    const auto place = std::find(harness.lines().begin(), harness.lines().end(), quiet);
    EXPECT_LT(place - harness.lines().begin(), 100);
  }
}

// Datagrams that arrive at any moment of a poll, not only between polls.
TYPED_TEST(BackendConformance, KeepsUpWithASenderOnAnotherThread) {
  constexpr uint32_t kTotal = 20'000;
  const std::vector<Subscription> lines = NewLines(LineCount<TypeParam>(3));
  const auto line_count = static_cast<uint32_t>(lines.size());
  Harness<TypeParam> harness(SetupFor(lines));
  ASSERT_TRUE(harness.ok());
  std::atomic<uint32_t> received{0};
  std::atomic<bool> stop{false};
  std::thread sender([&] {
    TrafficOf<TypeParam> traffic(lines);
    std::mt19937 random(3);
    for (uint32_t n = 0; n < kTotal; ++n) {
      // Not more on the way than a socket buffer takes; sometimes one alone.
      const uint32_t ahead = random() % 64 == 0 ? 0 : 3 * kChunk;
      while (n - received.load() > ahead && !stop) std::this_thread::yield();
      traffic.Send(n % line_count, Numbered(n, 4 + n % 100));
    }
  });
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (harness.payloads().size() < kTotal && std::chrono::steady_clock::now() < end) {
    if (harness.Poll() == 0) std::this_thread::yield();
    harness.ReleaseAll();
    received = static_cast<uint32_t>(harness.payloads().size());
  }
  stop = true;
  sender.join();
  ASSERT_EQ(harness.payloads().size(), kTotal);
  for (uint16_t line = 0; line < line_count; ++line) {
    const std::vector<std::string> payloads = harness.PayloadsOf(line);
    for (uint32_t i = 0; i < payloads.size(); ++i) {
      const uint32_t n = i * line_count + line;
      ASSERT_EQ(payloads[i], Numbered(n, 4 + n % 100));
    }
  }
}

// Hold and release at random, with few slices, lines that fall idle, empty and truncated datagrams:
// everything comes once, in order, and every slice is accounted for after each poll.
TYPED_TEST(BackendConformance, LosesNoSliceAndNoDatagramUnderRandomHolding) {
  for (const uint32_t seed : {1u, 2u, 3u}) {
    std::mt19937 random(seed);
    const std::vector<Subscription> lines = NewLines(LineCount<TypeParam>(4 + seed));
    ReceiveSetup setup = SetupFor(lines);
    setup.region.slice_bytes = 128;
    setup.region.slice_count = 24;
    setup.receive.burst = 1 + random() % 32;
    Harness<TypeParam> harness(setup);
    ASSERT_TRUE(harness.ok());
    TrafficOf<TypeParam> traffic(lines);
    std::vector<std::vector<std::string>> sent(lines.size());
    size_t total = 0;
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    while (total < 3000) {
      for (uint32_t n = random() % 12; n > 0; --n) {
        const auto line = static_cast<uint32_t>(random() % lines.size());
        size_t bytes = random() % 8 == 0 ? 0 : 4 + random() % 160;
        if (!BackendAdapter<TypeParam>::kAnyLength) bytes = 4 + bytes % 120;
        if (!BackendAdapter<TypeParam>::kTruncates) bytes = std::min<size_t>(bytes, 128);
        const std::string payload = bytes == 0 ? "" : Numbered(static_cast<uint32_t>(total), bytes);
        traffic.Send(line, payload);
        sent[line].push_back(payload.substr(0, 128));
        ++total;
      }
      for (uint32_t n = random() % 6; n > 0; --n) harness.Poll();
      while (!harness.held().empty() && random() % 4 != 0) {
        harness.Release(random() % harness.held().size());
      }
      // Not more behind than a socket buffer takes.
      while (total - harness.payloads().size() > kChunk) {
        harness.Poll();
        if (!harness.held().empty()) harness.Release(0);
        ASSERT_LT(std::chrono::steady_clock::now(), end) << "seed " << seed;
      }
    }
    harness.ReleaseAll();
    ASSERT_TRUE(harness.PollUntil(total)) << "seed " << seed;
    EXPECT_EQ(harness.receiver().held(), 0u);
    for (uint16_t line = 0; line < lines.size(); ++line) {
      EXPECT_EQ(harness.PayloadsOf(line), sent[line]) << "seed " << seed;
    }
    EXPECT_EQ(harness.receiver().stats().errors, 0u);
    EXPECT_EQ(harness.receiver().stats().ring_overflows, 0u);
  }
}

}  // namespace
}  // namespace fh::test
