#include "feedhandler/tune/turn.h"

#include <array>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/str_join.h"
#include "feedhandler/threads/thread_setup.h"
#include "feedhandler/tune/host.h"
#include "rio/backends.h"
#include "rio/receiver.h"
#ifndef _WIN32
#include "rio/af_xdp/xdp_options.h"
#endif

namespace fh::tune {
namespace {

using latency::Clock;
using rio::Packet;

constexpr uint32_t kSlices = 4096;
constexpr uint32_t kMostPolled = 256;
// Nothing for so long: what is not there was lost.
constexpr int64_t kPatienceNs = 20'000'000;

rio::ReceiveSetup SetupOf(const TurnPlan& plan) {
  rio::ReceiveSetup setup{.region = {.slice_count = kSlices},
                          .receive = {.subscriptions = {plan.line}}};
  setup.receive.burst = plan.path.burst;
  setup.receive.busy_poll_us = plan.path.busy_poll_us;
#ifndef _WIN32
  if (plan.path.xdp != Path::Xdp::kNone) {
    rio::XdpOptions& options = rio::XdpOptionsIn(setup.receive);
    options.mode =
        plan.path.xdp == Path::Xdp::kNative ? rio::XdpMode::kNative : rio::XdpMode::kGeneric;
    options.ring_entries = kSlices;
    setup.region.slice_bytes = rio::kXdpCopySliceBytes;
  }
#endif
  return setup;
}

template <class B>
class TurnOf {
 public:
  TurnOf(const TurnPlan& plan, SendingSide& sending_side, const Clock& clock,
         rio::Receiver<B>& receiver)
      : plan_(plan),
        sending_side_(sending_side),
        clock_(clock),
        receiver_(receiver),
        where_(plan.placement.kind == Placement::Kind::kSameCpu ? SendingSide::Where::kHere
                                                                : SendingSide::Where::kThere) {}

  Turn Measure() {
    Turn turn;
    Burst(turn);
    Singles(kWarmUps, turn);
    turn = Turn();
    std::vector<double> receive_ns;
    std::vector<double> kernel_ns;
    std::vector<double> sending_ns;
    for (uint32_t i = 0; i < plan_.bursts; ++i) {
      Burst(turn);
      receive_ns.push_back(turn.receive_ns);
      kernel_ns.push_back(turn.kernel_ns);
      sending_ns.push_back(turn.sending_ns);
    }
    turn.receive_ns = Quantile(receive_ns, 0.5);
    turn.kernel_ns = Quantile(kernel_ns, 0.5);
    turn.sending_ns = Quantile(sending_ns, 0.5);
    Singles(plan_.singles, turn);
    return turn;
  }

 private:
  static constexpr uint32_t kWarmUps = 50;

  // Polls once; how many datagrams of this turn came.
  uint32_t Poll() {
    const size_t got = receiver_.Poll({packets_.data(), std::min(plan_.path.burst, kMostPolled)});
    if (got == 0) return 0;
    now_ = Clock::Ticks();
    uint32_t ours = 0;
    uint64_t read = 0;
    for (size_t i = 0; i < got; ++i) {
      const Packet& packet = packets_[i];
      SendingSide::Stamp stamp;
      if (packet.length < sizeof stamp) continue;
      std::memcpy(&stamp, packet.data, sizeof stamp);
      for (uint32_t at = 0; at < packet.length; at += 64) read += packet.data[at];
      if (stamp.token != plan_.token) continue;
      sent_ = stamp.sent_ticks;
      ++ours;
    }
    read_ = read;
    receiver_.Release(std::span<const Packet>(packets_.data(), got));
    return ours;
  }

  bool IsOverdue(uint64_t since) const {
    return clock_.TicksToNs(static_cast<int64_t>(Clock::Ticks() - since)) > kPatienceNs;
  }

  // Lets a queue fill, and empties it.
  void Burst(Turn& turn) {
    const uint32_t count = plan_.burst_datagrams;
    const SendingSide::Took took = sending_side_.Burst(count, where_);
    turn.sending_ns = took.sending_ns / count;
    // What is not above zero is noise, and would make ratios meaningless.
    turn.kernel_ns = std::max(1.0, (took.together_ns - took.sending_ns) / count);
    uint32_t received = 0;
    uint64_t last = Clock::Ticks();
    const double start_ns = ThreadNs();
    double end_ns = start_ns;
    while (received < count) {
      const uint32_t got = Poll();
      received += got;
      if (got > 0) {
        last = now_;
      } else if (IsOverdue(last)) {
        break;
      }
    }
    end_ns = ThreadNs();
    turn.receive_ns = (end_ns - start_ns) / count;
    turn.sent += count;
    turn.lost += count - received;
  }

  // Datagrams one by one. What piled up behind another, since a thread was away, did not come alone
  // and is left out, unless nearly all did: then that is how the path is.
  void Singles(uint32_t count, Turn& turn) {
    std::vector<double> all;
    std::vector<double> alone;
    all.reserve(count);
    alone.reserve(count);
    const auto take = [&] {
      const uint64_t before = now_;
      const uint32_t got = Poll();
      const auto ticks = static_cast<double>(now_ - sent_);
      for (uint32_t i = 0; i < got; ++i) all.push_back(ticks);
      if (got == 1 && sent_ > before) alone.push_back(ticks);
      return got > 0;
    };
    if (where_ == SendingSide::Where::kHere) {
      for (uint32_t i = 0; i < count; ++i) {
        const uint64_t start = Clock::Ticks();
        sending_side_.SendOne();
        while (!take() && !IsOverdue(start)) {
        }
        if (all.empty()) break;  // Nothing arrives at all.
      }
    } else {
      sending_side_.StartSingles(
          count, static_cast<uint64_t>(static_cast<double>(plan_.single_interval_ns) / ns_a_tick_));
      for (uint64_t last = Clock::Ticks(); all.size() < count && !IsOverdue(last);) {
        if (take()) last = now_;
      }
      sending_side_.Join();
    }
    turn.sent += count;
    turn.lost += count - std::min<size_t>(count, all.size());
    const std::vector<double>& ticks = 4 * alone.size() < all.size() ? all : alone;
    turn.lone_p50_ns = Quantile(ticks, 0.5) * ns_a_tick_;
    turn.lone_p99_ns = Quantile(ticks, 0.99) * ns_a_tick_;
  }

  const TurnPlan& plan_;
  SendingSide& sending_side_;
  const Clock& clock_;
  rio::Receiver<B>& receiver_;
  const double ns_a_tick_ = static_cast<double>(clock_.TicksToNs(1'000'000'000)) / 1e9;
  const SendingSide::Where where_;
  std::array<Packet, kMostPolled> packets_;
  uint64_t now_ = 0;            // When the last poll that brought something had returned.
  uint64_t sent_ = 0;           // When the last datagram was sent.
  volatile uint64_t read_ = 0;  // So that no path can win by not looking.
};

}  // namespace

absl::StatusOr<Turn> MeasureTurn(const TurnPlan& plan, SendingSide& sending_side,
                                 const Clock& clock) {
  const std::vector<std::string> notes =
      SetUpThisThread({.name = "tune-feed", .cpu = plan.placement.feed_cpu});
  if (!notes.empty()) return absl::FailedPreconditionError(absl::StrJoin(notes, "; "));
  if (plan.placement.kind != Placement::Kind::kSameCpu) {
    if (const absl::Status moved = sending_side.MoveTo(plan.placement.kernel_cpu); !moved.ok()) {
      return moved;
    }
  }
  sending_side.set_token(plan.token);
  return rio::WithBackend(plan.path.backend, [&](auto type) -> absl::StatusOr<Turn> {
    using B = typename decltype(type)::type;
    auto receiver = rio::Receiver<B>::Open(SetupOf(plan));
    if (!receiver.ok()) return receiver.status();
    return TurnOf<B>(plan, sending_side, clock, **receiver).Measure();
  });
}

}  // namespace fh::tune
