#include "feedhandler/pipeline/strategy_thread.h"

#include <algorithm>
#include <future>
#include <utility>

namespace fh {
namespace {

// Most updates of one call: the time of sight is taken once a call, so a longer run would make
// its last updates look fresher than they are.
constexpr uint64_t kMostPerCall = 256;

}  // namespace

StrategyThread::StrategyThread(const StrategyThreadOptions& options, const latency::Clock& clock)
    : options_(options),
      clock_(clock),
      ring_(options.ring_updates),
      stages_(options.thread.name, clock) {}

StrategyThread::~StrategyThread() {
  if (thread_.joinable()) Stop().IgnoreError();
}

void StrategyThread::Start() {
  std::promise<void> placed;
  std::future<void> is_placed = placed.get_future();
  thread_ = std::thread([this, placed = std::move(placed)]() mutable {
    notes_ = SetUpThisThread(options_.thread);
    placed.set_value();
    Run();
  });
  is_placed.wait();
}

absl::Status StrategyThread::Stop() {
  if (!thread_.joinable()) return stop_status_;
  stopping_.store(true, std::memory_order_release);
  thread_.join();
  return stop_status_;
}

void StrategyThread::Run() {
  IdleWaiter idle(options_.thread.idle);
  while (true) {
    // Read before the ring: what was published before Stop is seen by the look that follows.
    const bool stopping = stopping_.load(std::memory_order_acquire);
    if (DeliverOnce()) {
      idle.Reset();
    } else if (stopping) {
      break;
    } else {
      for (LoadedStrategy& strategy : strategies_) {
        if (strategy.wants_idle()) strategy.OnIdle();
      }
      idle.Wait();
    }
  }
  for (LoadedStrategy& strategy : strategies_) stop_status_.Update(strategy.OnStop());
}

bool StrategyThread::DeliverOnce() {
  const std::span<const codecs::NormalizedUpdate> run = ring_.Read(kMostPerCall);
  if (run.empty()) return false;
  RecordLatency(run, clock_.NowUnixNs());
  for (LoadedStrategy& strategy : strategies_) strategy.OnUpdates(run);
  ring_.Release(run.size());
  delivered_.store(delivered_.load(std::memory_order_relaxed) + run.size(),
                   std::memory_order_release);
  return true;
}

void StrategyThread::RecordLatency(std::span<const codecs::NormalizedUpdate> run, int64_t seen_ns) {
  const latency::Stage total =
      options_.wire_stamps ? latency::Stage::kWireToSeen : latency::Stage::kDequeueToSeen;
  for (const codecs::NormalizedUpdate& update : run) {
    ++unmarked_;
    if (update.published_ns32 == 0) continue;
    // The mark holds the low 32 bits of UNIX ns; a difference of up to 2.1 s either way survives.
    const auto in_ring_ns =
        static_cast<int32_t>(static_cast<uint32_t>(seen_ns) - update.published_ns32);
    stages_.Record(latency::Stage::kPublishedToSeen, in_ring_ns, unmarked_);
    if (options_.measure_totals && update.ts_recv_ns != FH_UNDEFINED_TIME) {
      stages_.Record(total, seen_ns - update.ts_recv_ns, unmarked_);
    }
    unmarked_ = 0;
  }
}

}  // namespace fh
