// Whatever fails, the backend over Registered I/O loses no slice, invents no packet, leaks nothing,
// and goes on when the faults end. Random schedules of faults, each from its seed.
#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "rio/backend/registered_io.h"
#include "rio/registered/emulated_table.h"
#include "tests/rio/registered/fake_engine.h"
#include "tests/rio/registered/fake_lines.h"
#include "tests/rio/registered/faulty_table.h"
#include "tests/seeds.h"

namespace fh::test {
namespace {

using rio::Operation;
using rio::Packet;

constexpr uint32_t kSchedules = 10'000;
constexpr uint32_t kSliceBytes = 256;

struct FaultTotals {
  uint64_t packets = 0;
  uint64_t truncated = 0;
  uint64_t failed_openings = 0;
  uint64_t failed_receives = 0;
  uint64_t refused_posts = 0;
  uint64_t corruptions = 0;
  uint64_t failed_rebuilds = 0;
};

class FaultSchedule {
 public:
  FaultSchedule(uint32_t seed, FaultTotals& totals)
      : random_(seed), network_(FakeNetwork::Reset()), totals_(totals) {
    plan_ = &FaultPlan::Reset(rio::EmulatedProvider<FakeEngine>());
    plan_->random.seed(seed);
    network_.random.seed(seed);
    network_.late = Chance(50);
    network_.shuffle = Chance(50);
    FakeLines::Reset();
    FakeLines::with_side = Chance(30);
  }

  void Run() {
    Open();
    if (backend_ == nullptr) return;
    ChooseFaults();
    const uint32_t steps = 20 + Random() % 60;
    for (uint32_t i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) Step();
    Recover();
    Close();
  }

 private:
  uint32_t Random() { return static_cast<uint32_t>(random_()); }
  bool Chance(uint32_t percent) { return Random() % 100 < percent; }

  void Open() {
    const rio::ReceiverOptions options =
        OptionsForFakeLines(static_cast<uint16_t>(1 + Random() % 4));
    auto region = rio::RegisteredRegion::Create(
        {.slice_bytes = kSliceBytes, .slice_count = 4 + Random() % 40});
    ASSERT_TRUE(region.ok());
    region_.emplace(*std::move(region));
    // Openings that fail leave nothing behind.
    if (Chance(20)) plan_->create_cq = 1;
    if (Chance(20)) plan_->create_rq = 1 + Random() % 2;
    if (Chance(10)) plan_->register_buffer = 1;
    if (Chance(10)) FakeLines::failures = 1;
    for (int tries = 0; tries < 6 && backend_ == nullptr; ++tries) {
      auto backend =
          rio::RegisteredIoBackend::Open(FaultyProvider(), options, *region_, FakeLines::kHooks);
      if (backend.ok()) {
        backend_ = *std::move(backend);
      } else {
        EXPECT_EQ(network_.queue_count(), 0u);
        EXPECT_TRUE(network_.sockets.empty());
        ++totals_.failed_openings;
      }
    }
    ASSERT_NE(backend_, nullptr);
    FakeLines::failed = 0;
    std::vector<uint32_t> slices(region_->slice_count());
    for (uint32_t i = 0; i < slices.size(); ++i) slices[i] = i;
    backend_->Post(slices);
  }

  void ChooseFaults() {
    if (Chance(50)) plan_->post_percent = Random() % 40;
    if (Chance(30)) plan_->commit_percent = Random() % 40;
    if (Chance(30)) plan_->corrupt_percent = 1 + Random() % 10;
  }

  void Step() {
    switch (Random() % 8) {
      case 0:
      case 1:
      case 2:
        Send();
        break;
      case 3:
        End();
        break;
      case 4:
        network_.Release(Random() % 8);
        break;
      case 5:
        if (plan_->corrupt_percent > 0) {
          if (Chance(20)) plan_->create_cq = Random() % 3;
          if (Chance(20)) plan_->create_rq = Random() % 3;
          if (Chance(20)) FakeLines::failures = Random() % 3;
        }
        break;
      default:
        Poll();
        break;
    }
    while (!held_.empty() && Chance(40)) ReleaseOne();
    CheckSlices();
  }

  // Numbered datagrams of all lengths, to a line that may or may not exist at present.
  void Send() {
    for (uint32_t n = 1 + Random() % 6; n > 0; --n) {
      const auto port = static_cast<uint16_t>(1 + Random() % 4);
      const auto socket = FakeLines::current.find(port);
      if (socket == FakeLines::current.end()) continue;
      std::string payload = absl::StrCat(next_++, "/", port, ":");
      payload.resize(payload.size() + Random() % (kSliceBytes + 40), 'x');
      if (network_.Deliver(socket->second, payload)) accepted_.insert(payload);
    }
  }

  void End() {
    constexpr std::array kStatuses = {rio::abi::kOperationAborted, rio::abi::kNetworkUnreachable,
                                      rio::abi::kConnectionReset, rio::abi::kNoBuffers};
    const auto socket = FakeLines::current.find(static_cast<uint16_t>(1 + Random() % 4));
    if (socket == FakeLines::current.end()) return;
    const int32_t status = kStatuses[Random() % kStatuses.size()];
    totals_.failed_receives += network_.End(socket->second, Operation::Kind::kReceive, status);
  }

  void Poll() {
    std::array<Packet, 16> packets;
    const size_t count = backend_->Poll(std::span(packets).first(1 + Random() % 16));
    for (size_t i = 0; i < count; ++i) {
      const Packet& packet = packets[i];
      const std::string bytes(reinterpret_cast<const char*>(packet.data), packet.length);
      ASSERT_LT(packet.slice, region_->slice_count());
      EXPECT_EQ(packet.data, region_->slice(packet.slice));
      // Truncated ones are found by what is left of them.
      const auto sent = accepted_.lower_bound(bytes);
      ASSERT_NE(sent, accepted_.end()) << "a packet that nobody sent";
      ASSERT_EQ(sent->substr(0, kSliceBytes), bytes);
      EXPECT_EQ(packet.truncated, sent->size() > kSliceBytes);
      EXPECT_NE(bytes.find(absl::StrCat("/", packet.line + 1, ":")), std::string::npos);
      EXPECT_EQ(packet.stamp_ns, FakeLines::with_side ? bytes[0] : 0);
      accepted_.erase(sent);
      ASSERT_TRUE(held_.emplace(packet.slice, bytes).second) << "owned twice";
      ++received_;
    }
  }

  void ReleaseOne() {
    auto place = held_.begin();
    std::advance(place, Random() % held_.size());
    const uint32_t slice = place->first;
    EXPECT_EQ(
        std::string(reinterpret_cast<const char*>(region_->slice(slice)), place->second.size()),
        place->second)
        << "written to while it was held";
    held_.erase(place);
    backend_->Post({&slice, 1});
  }

  void CheckSlices() {
    ASSERT_EQ(backend_->owned() + held_.size(), region_->slice_count());
    ASSERT_EQ(backend_->stats().packets, received_);
    ASSERT_EQ(backend_->stats().ring_overflows, plan_->corruptions);
  }

  // The faults end: all lines work, with all slices.
  void Recover() {
    plan_->NoFaults();
    FakeLines::failures = 0;
    network_.late = false;
    while (!held_.empty()) ReleaseOne();
    const size_t lines = backend_->line_stats().size();
    for (int polls = 0; polls < 200; ++polls) {
      network_.Release(1000);
      Poll();
      while (!held_.empty()) ReleaseOne();
    }
    CheckSlices();
    if (plan_->corruptions == 0) {
      EXPECT_TRUE(accepted_.empty()) << accepted_.size() << " datagrams were lost";
    }
    for (uint16_t port = 1; port <= lines; ++port) {
      ASSERT_TRUE(FakeLines::current.contains(port));
      EXPECT_EQ(network_.Waiting(FakeLines::current[port], Operation::Kind::kReceive),
                region_->slice_count() / lines);
      const std::string payload = absl::StrCat("last/", port, ":");
      ASSERT_TRUE(network_.Deliver(FakeLines::current[port], payload));
      accepted_.insert(payload);
      const uint64_t before = received_;
      Poll();
      EXPECT_EQ(received_, before + 1);
    }
  }

  // With receives outstanding, and some completing late.
  void Close() {
    network_.late = Chance(50);
    if (Chance(50)) Send();
    backend_->Close();
    totals_.packets += received_;
    totals_.truncated += backend_->stats().truncated;
    totals_.refused_posts += plan_->posts_refused;
    totals_.corruptions += plan_->corruptions;
    totals_.failed_rebuilds += FakeLines::failed;
    EXPECT_EQ(backend_->owned(), 0u);
    EXPECT_EQ(network_.queue_count(), 0u);
    EXPECT_TRUE(network_.sockets.empty());
    std::array<Packet, 4> packets;
    EXPECT_EQ(backend_->Poll(packets), 0u);
    backend_.reset();
  }

  std::mt19937 random_;
  FakeNetwork& network_;
  FaultTotals& totals_;
  FaultPlan* plan_ = nullptr;
  std::optional<rio::RegisteredRegion> region_;
  std::unique_ptr<rio::RegisteredIoBackend> backend_;
  std::set<std::string> accepted_;  // Taken by a receive, and not yet polled.
  std::map<uint32_t, std::string> held_;
  uint64_t received_ = 0;
  uint32_t next_ = 100'000;  // So that no number is the beginning of another.
};

TEST(RegisteredIoFaults, EverySliceIsAccountedForAfterEverySchedule) {
  FaultTotals totals;
  const test::Seeds seeds(kSchedules);
  for (const uint64_t seed : seeds) {
    FaultSchedule(static_cast<uint32_t>(seed), totals).Run();
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  // The schedules had what they are for.
  EXPECT_GT(totals.packets, seeds.Share(10 * kSchedules));
  EXPECT_GT(totals.truncated, seeds.Share(kSchedules / 10));
  EXPECT_GT(totals.failed_openings, seeds.Share(kSchedules / 10));
  EXPECT_GT(totals.failed_receives, seeds.Share(kSchedules / 10));
  EXPECT_GT(totals.refused_posts, seeds.Share(kSchedules / 10));
  EXPECT_GT(totals.corruptions, seeds.Share(kSchedules / 10));
  EXPECT_GT(totals.failed_rebuilds, seeds.Share(kSchedules / 50));
}

}  // namespace
}  // namespace fh::test
