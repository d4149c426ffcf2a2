// The update ring against boost::lockfree::spsc_queue (single and batch) and against the least that
// two cores can do (a raw ping-pong of two cache lines). Two pinned threads; every sample moves the
// same numbered updates and checks their sum. Each sample stands between two ping-pong probes,
// because virtual cores move between a near and a far regime: a pair is used only when both probes
// agree.
#include <array>
#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "feedhandler/pipeline/ring.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"

namespace {

using fh::UpdateRing;
using Update = fh::codecs::NormalizedUpdate;
using SteadyClock = std::chrono::steady_clock;

constexpr uint64_t kCapacity = 4096;
constexpr uint64_t kElements = 256'000;  // In less than a scheduler's slice.
constexpr uint64_t kBatch = 64;
constexpr uint64_t kRoundTrips = 100'000;
constexpr int kSamples = 41;
// Of a transfer in which neither thread lost its core.
constexpr int kMostTries = 50;

void Relax() { __builtin_ia32_pause(); }

double ElapsedNs(SteadyClock::time_point start) {
  return std::chrono::duration<double, std::nano>(SteadyClock::now() - start).count();
}

void CheckSum(uint64_t sum) {
  if (sum != kElements * (kElements - 1) / 2) {
    std::fprintf(stderr, "ring_bench: wrong sum %llu\n", static_cast<unsigned long long>(sum));
    std::exit(1);
  }
}

struct Transferred {
  double ns;  // An element.
  bool is_disturbed;
};

// Runs producer() on the other core and consumer() here.
template <class Producer, class Consumer>
Transferred TransferOnce(Producer producer, Consumer consumer) {
  std::atomic<bool> go{false};
  long preemptions = 0;
  std::thread thread([&] {
    fh::bench::PinTo(1);
    while (!go.load(std::memory_order_acquire)) Relax();
    const long before = fh::bench::Preemptions();
    producer();
    preemptions = fh::bench::Preemptions() - before;
  });
  fh::bench::PinTo(0);
  const long before = fh::bench::Preemptions();
  const auto start = SteadyClock::now();
  go.store(true, std::memory_order_release);
  CheckSum(consumer());
  const double ns = ElapsedNs(start) / static_cast<double>(kElements);
  const long own_preemptions = fh::bench::Preemptions() - before;
  thread.join();
  return {ns, preemptions + own_preemptions > 0};
}

// ns an element, as long as both threads keep their cores: what a busy machine does is not the
// queue's cost.
template <class Producer, class Consumer>
double Transfer(Producer producer, Consumer consumer) {
  for (int tries = 1;; ++tries) {
    const Transferred result = TransferOnce(producer, consumer);
    if (!result.is_disturbed || tries == kMostTries) return result.ns;
  }
}

using BoostQueue = boost::lockfree::spsc_queue<Update, boost::lockfree::capacity<kCapacity>>;

double BoostSingle() {
  auto queue = std::make_unique<BoostQueue>();
  return Transfer(
      [&] {
        Update update{};
        for (uint64_t i = 0; i < kElements; ++i) {
          update.sequence = i;
          while (!queue->push(update)) Relax();
        }
      },
      [&] {
        uint64_t sum = 0;
        Update update;
        for (uint64_t i = 0; i < kElements; ++i) {
          while (!queue->pop(update)) Relax();
          sum += update.sequence;
        }
        return sum;
      });
}

double BoostBatch() {
  auto queue = std::make_unique<BoostQueue>();
  return Transfer(
      [&] {
        std::array<Update, kBatch> batch{};
        for (uint64_t i = 0; i < kElements; i += kBatch) {
          for (uint64_t k = 0; k < kBatch; ++k) batch[k].sequence = i + k;
          size_t sent = 0;
          while (sent < kBatch) sent += queue->push(batch.data() + sent, kBatch - sent);
        }
      },
      [&] {
        uint64_t sum = 0;
        std::array<Update, kBatch> batch;
        for (uint64_t i = 0; i < kElements;) {
          const size_t count = queue->pop(batch.data(), kBatch);
          for (size_t k = 0; k < count; ++k) sum += batch[k].sequence;
          i += count;
        }
        return sum;
      });
}

template <bool kAtOnce>
double RingSingle() {
  UpdateRing ring(kCapacity);
  return Transfer(
      [&] {
        Update update{};
        for (uint64_t i = 0; i < kElements; ++i) {
          update.sequence = i;
          while (!(kAtOnce ? ring.Push(update) : ring.Append(update))) Relax();
        }
        ring.Flush();
      },
      [&] {
        uint64_t sum = 0;
        Update update;
        for (uint64_t i = 0; i < kElements; ++i) {
          while (!ring.Pop(update)) Relax();
          sum += update.sequence;
        }
        return sum;
      });
}

double RingBatch() {
  UpdateRing ring(kCapacity);
  return Transfer(
      [&] {
        for (uint64_t i = 0; i < kElements; i += kBatch) {
          while (!ring.HasRoom(kBatch)) Relax();
          fh::codecs::UpdateWriter writer = ring.Writer();
          for (uint64_t k = 0; k < kBatch; ++k) {
            Update& update = writer.Next();
            update = Update{};
            update.sequence = i + k;
          }
          ring.Publish(writer.next());
        }
      },
      [&] {
        uint64_t sum = 0;
        for (uint64_t i = 0; i < kElements;) {
          const auto run = ring.Read(kBatch);
          if (run.empty()) {
            Relax();
            continue;
          }
          for (const Update& update : run) sum += update.sequence;
          ring.Release(run.size());
          i += run.size();
        }
        return sum;
      });
}

double RawPingPong() {
  struct alignas(128) Line {
    std::atomic<uint64_t> value{0};
  };
  static Line there;
  static Line back;
  there.value = back.value = 0;
  std::thread echo([] {
    fh::bench::PinTo(1);
    for (uint64_t i = 1; i <= kRoundTrips; ++i) {
      while (there.value.load(std::memory_order_acquire) != i) {
      }
      back.value.store(i, std::memory_order_release);
    }
  });
  fh::bench::PinTo(0);
  std::vector<double> samples;
  for (uint64_t i = 1; i <= kRoundTrips; ++i) {
    const auto start = SteadyClock::now();
    there.value.store(i, std::memory_order_release);
    while (back.value.load(std::memory_order_acquire) != i) {
    }
    if (i > kRoundTrips / 10) samples.push_back(ElapsedNs(start));
  }
  echo.join();
  return fh::bench::Quantile(std::move(samples), 0.5);
}

double RingRoundTrip() {
  UpdateRing there(kCapacity);
  UpdateRing back(kCapacity);
  std::thread echo([&] {
    fh::bench::PinTo(1);
    Update update;
    for (uint64_t i = 0; i < kRoundTrips; ++i) {
      while (!there.Pop(update)) {
      }
      back.Push(update);
    }
  });
  fh::bench::PinTo(0);
  std::vector<double> samples;
  Update update{};
  for (uint64_t i = 0; i < kRoundTrips; ++i) {
    const auto start = SteadyClock::now();
    update.sequence = i;
    there.Push(update);
    while (!back.Pop(update)) {
    }
    if (i > kRoundTrips / 10) samples.push_back(ElapsedNs(start));
  }
  echo.join();
  return fh::bench::Quantile(std::move(samples), 0.5);
}

// Adds pairs taken between two ping-pong probes that agree within a quarter.
template <class Ours, class Theirs>
void Measure(fh::bench::Comparison& comparison, Ours ours, Theirs theirs) {
  double probe = RawPingPong();
  for (int tries = 0; static_cast<int>(comparison.subject_samples.size()) < kSamples; ++tries) {
    const double subject = ours();
    const double reference = theirs();
    const double next_probe = RawPingPong();
    const bool same_regime = next_probe < probe * 1.25 && probe < next_probe * 1.25;
    if (same_regime || tries > 3 * kSamples) comparison.Add(subject, reference);
    probe = next_probe;
  }
  comparison.Print();
}

}  // namespace

int main() {
  if (std::thread::hardware_concurrency() < 2) {
    std::printf("ring_bench: needs two cores\n");
    return 0;
  }
  fh::bench::Comparison single{.name = "ring: single append and pop",
                               .unit = "ns an update",
                               .subject = "UpdateRing",
                               .reference = "boost::lockfree::spsc_queue",
                               .limit = 1.0 / 3,
                               .note = "published in runs of 32"};
  Measure(single, RingSingle<false>, BoostSingle);
  fh::bench::Comparison at_once{.name = "ring: single push and pop, visible at once",
                                .unit = "ns an update",
                                .subject = "UpdateRing",
                                .reference = "boost::lockfree::spsc_queue"};
  Measure(at_once, RingSingle<true>, BoostSingle);
  fh::bench::Comparison batch{.name = "ring: batches of 64",
                              .unit = "ns an update",
                              .subject = "UpdateRing",
                              .reference = "boost::lockfree::spsc_queue",
                              .limit = 1 / 0.9};
  Measure(batch, RingBatch, BoostBatch);
  fh::bench::Comparison round_trip{.name = "ring: round trip, p50",
                                   .unit = "ns",
                                   .subject = "UpdateRing",
                                   .reference = "raw ping-pong of two lines",
                                   .limit = 1.25};
  Measure(round_trip, RingRoundTrip, RawPingPong);
  return 0;
}
