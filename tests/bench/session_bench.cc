// What arbitration costs a packet, next to the least that any arbiter must do: compare the number,
// write the job, give the slice back. The same frames go through both, in the same run; the sum
// over the jobs must agree.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "feedhandler/session/channel_session.h"
#include "tests/bench/report.h"

namespace {

using fh::Arrival;
using fh::ChannelSession;
using fh::SessionBatch;
using fh::SessionOptions;
using fh::codecs::DecodeJob;
using fh::codecs::FrameKind;
using fh::codecs::PacketFrame;

constexpr uint32_t kPackets = 512;  // A round; what it touches stays in the cache, as live.
constexpr uint32_t kBurst = 64;
constexpr uint32_t kMessages = 3;  // In a packet.
constexpr int kRounds = 400;       // A sample.
constexpr int kSamples = 31;
constexpr uint32_t kShuffledPackets = 4;
static_assert(kPackets % kShuffledPackets == 0);

// The limit: one line, nothing ever missing, no session, no counters.
class BareSequence {
 public:
  explicit BareSequence(uint64_t first) : expected_(first) {}

  SessionBatch OnBurst(std::span<const Arrival> arrivals) {
    uint32_t jobs = 0;
    uint32_t released = 0;
    for (const Arrival& arrival : arrivals) {
      const PacketFrame& frame = *arrival.frame;
      if (frame.first_sequence == expected_) {
        jobs_[jobs++] = {arrival.packet, arrival.frame, 0, frame.number_count, arrival.recv_ns, 0};
        expected_ += frame.number_count;
      }
      released_[released++] = arrival.packet->slice;
    }
    return {.jobs = {jobs_.data(), jobs}, .events = {}, .released = {released_.data(), released}};
  }

 private:
  uint64_t expected_;
  std::vector<DecodeJob> jobs_ = std::vector<DecodeJob>(kBurst);
  std::vector<uint32_t> released_ = std::vector<uint32_t>(kBurst);
};

enum class Traffic { kOneLine, kTwoLines, kSwapped, kShuffled };

// kPackets arrivals that go on from `next`, which is moved on.
class Frames {
 public:
  explicit Frames(Traffic traffic) : traffic_(traffic) {
    for (uint32_t i = 0; i < kPackets; ++i) {
      packets_[i].slice = i;
      arrivals_[i] = {&packets_[i], &frames_[i], 0, LineOf(i)};
    }
  }

  std::span<const Arrival> Make(uint64_t& next) {
    for (uint32_t i = 0; i < kPackets; ++i) {
      const bool is_copy = traffic_ == Traffic::kTwoLines && i % 2 == 1;
      frames_[i].kind = FrameKind::kMessages;
      frames_[i].message_count = kMessages;
      frames_[i].number_count = kMessages;
      frames_[i].first_sequence = is_copy ? next - kMessages : next;
      frames_[i].send_time_ns = static_cast<int64_t>(next);
      if (!is_copy) next += kMessages;
    }
    if (traffic_ == Traffic::kSwapped) {
      for (uint32_t i = 0; i < kPackets; i += 2) std::swap(frames_[i], frames_[i + 1]);
    }
    if (traffic_ == Traffic::kShuffled) {
      for (auto at = frames_.begin(); at != frames_.end(); at += kShuffledPackets) {
        std::shuffle(at, at + kShuffledPackets, random_);
      }
    }
    return arrivals_;
  }

 private:
  uint8_t LineOf(uint32_t i) const { return traffic_ == Traffic::kTwoLines ? i % 2 : 0; }

  const Traffic traffic_;
  std::mt19937 random_{1};
  std::vector<fh::rio::Packet> packets_ = std::vector<fh::rio::Packet>(kPackets);
  std::vector<PacketFrame> frames_ = std::vector<PacketFrame>(kPackets);
  std::vector<Arrival> arrivals_ = std::vector<Arrival>(kPackets);
};

struct Result {
  double ns_a_packet;
  uint64_t messages;
};

template <typename Arbiter>
Result Run(Arbiter& arbiter, Traffic traffic, uint64_t& next) {
  Frames frames(traffic);
  Result result{};
  int64_t total_ns = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::span<const Arrival> rest = frames.Make(next);
    const auto start = std::chrono::steady_clock::now();
    for (; !rest.empty(); rest = rest.subspan(kBurst)) {
      const SessionBatch batch = arbiter.OnBurst(rest.first(kBurst));
      for (const DecodeJob& job : batch.jobs) result.messages += job.take;
    }
    total_ns += (std::chrono::steady_clock::now() - start).count();
  }
  result.ns_a_packet = static_cast<double>(total_ns) / (double{kRounds} * kPackets);
  return result;
}

void Compare(const char* name, Traffic traffic, double limit) {
  fh::bench::Comparison comparison;
  comparison.name = name;
  comparison.unit = "ns a packet";
  comparison.subject = "ChannelSession";
  comparison.reference = "compare and copy the job";
  comparison.limit = limit;
  const SessionOptions options{.lines = 2};
  const auto session = std::make_unique<ChannelSession>(options);
  // So that an overtaken first packet is not taken for a late join.
  fh::rio::Packet packet{};
  PacketFrame heartbeat;
  heartbeat.kind = FrameKind::kHeartbeat;
  heartbeat.first_sequence = 1;
  const Arrival beginning{&packet, &heartbeat, 0, 0};
  session->OnBurst({&beginning, 1});
  BareSequence bare(1);
  uint64_t session_next = 1;
  uint64_t bare_next = 1;
  // Out of order is not for the reference: it gets the packets of one line in order.
  const Traffic bare_traffic = traffic == Traffic::kTwoLines ? traffic : Traffic::kOneLine;
  for (int sample = 0; sample < kSamples; ++sample) {
    Result ours{};
    Result theirs{};
    for (int turn = 0; turn < 2; ++turn) {  // Who goes first alternates.
      if ((sample + turn) % 2 == 0) {
        ours = Run(*session, traffic, session_next);
      } else {
        theirs = Run(bare, bare_traffic, bare_next);
      }
    }
    if (ours.messages != theirs.messages) {
      std::fprintf(stderr, "%s: %llu messages instead of %llu\n", name,
                   static_cast<unsigned long long>(ours.messages),
                   static_cast<unsigned long long>(theirs.messages));
      std::exit(1);
    }
    comparison.Add(ours.ns_a_packet, theirs.ns_a_packet);
  }
  comparison.Print();
}

}  // namespace

int main() {
  Compare("session: one line, in order", Traffic::kOneLine, 0);
  Compare("session: two lines, every packet and its copy", Traffic::kTwoLines, 0);
  Compare("session: every second packet overtaken", Traffic::kSwapped, 0);
  Compare("session: shuffled in runs of 4 packets", Traffic::kShuffled, 0);
  return 0;
}
