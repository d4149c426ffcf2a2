// The update ring against boost::lockfree::spsc_queue (single and in batches) and against the least
// that two cores can do (a raw ping-pong of two cache lines). Two pinned threads, which both run
// before the clock starts (two_cores.h); every sample moves numbered updates and checks their sum.
//
// Virtual cores move between a near and a far regime: each sample stands between two ping-pong
// probes, and a pair counts only when its three probes agree. Samples differ in length, so that
// times of the scheduler instead of the work would be seen; then the program fails.
#include <array>
#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "feedhandler/pipeline/ring.h"
#include "tests/bench/report.h"
#include "tests/bench/two_cores.h"

namespace fh::bench {
namespace {

using Update = codecs::NormalizedUpdate;

constexpr uint64_t kCapacity = 4096;
constexpr uint64_t kDefaultCapacity = 65536;  // Of `ring_updates`: more than a core's own caches.
constexpr uint64_t kElements = 100'000;       // In less than a scheduler's slice.
constexpr uint64_t kBatch = 64;
constexpr int kSamples = 31;
constexpr uint64_t kPaced = 50;
constexpr double kPaceNs = 10'000;

void CheckSum(uint64_t sum, uint64_t elements) {
  if (sum != elements * (elements - 1) / 2) Fail("wrong sum " + std::to_string(sum));
}

// A queue's two ends, made anew for each sample: Push(i, n) writes updates numbered from i on and
// says how many it could; Pop() gives the sum of the numbers of those that it took, and counts them.
template <uint64_t kSlots>
class BoostQueue {
 public:
  explicit BoostQueue(uint64_t run) : run_(run) {}

  void Produce(uint64_t elements) {
    std::array<Update, kBatch> batch{};
    for (uint64_t i = 0; i < elements;) {
      const uint64_t count = std::min(run_, elements - i);
      for (uint64_t k = 0; k < count; ++k) batch[k].sequence = i + k;
      for (uint64_t sent = 0; sent < count;) {
        const uint64_t more =
            run_ == 1 ? queue_->push(batch[0]) : queue_->push(batch.data() + sent, count - sent);
        if (more == 0) Relax();
        sent += more;
      }
      i += count;
    }
  }

  uint64_t Consume(uint64_t elements) {
    uint64_t sum = 0;
    std::array<Update, kBatch> batch;
    for (uint64_t i = 0; i < elements;) {
      const size_t count = run_ == 1 ? queue_->pop(batch[0]) : queue_->pop(batch.data(), kBatch);
      if (count == 0) Relax();
      for (size_t k = 0; k < count; ++k) sum += batch[k].sequence;
      i += count;
    }
    return sum;
  }

 private:
  using Queue = boost::lockfree::spsc_queue<Update, boost::lockfree::capacity<kSlots>>;
  uint64_t run_;
  std::unique_ptr<Queue> queue_ = std::make_unique<Queue>();
};

enum class Single { kAppend, kPush };

// Updates one by one.
template <Single kHow>
class RingSingle {
 public:
  void Produce(uint64_t elements) {
    Update update{};
    for (uint64_t i = 0; i < elements; ++i) {
      update.sequence = i;
      while (!(kHow == Single::kPush ? ring_.Push(update) : ring_.Append(update))) Relax();
    }
    ring_.Flush();
  }

  uint64_t Consume(uint64_t elements) {
    uint64_t sum = 0;
    Update update;
    for (uint64_t i = 0; i < elements; ++i) {
      while (!ring_.Pop(update)) Relax();
      sum += update.sequence;
    }
    return sum;
  }

 private:
  UpdateRing ring_{kCapacity};
};

// In runs, written and read in place, as the feed thread and a strategy thread do.
class RingRuns {
 public:
  RingRuns(uint64_t capacity, uint64_t run) : ring_(capacity), run_(run) {}

  void Produce(uint64_t elements) {
    for (uint64_t i = 0; i < elements;) {
      const uint64_t count = std::min(run_, elements - i);
      while (!ring_.HasRoom(count)) Relax();
      codecs::UpdateWriter writer = ring_.Writer();
      for (uint64_t k = 0; k < count; ++k) {
        Update& update = writer.Next();
        update = Update{};
        update.sequence = i + k;
      }
      ring_.Publish(writer.next());
      i += count;
    }
  }

  uint64_t Consume(uint64_t elements) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < elements;) {
      const auto run = ring_.Read(kBatch);
      if (run.empty()) {
        Relax();
        continue;
      }
      for (const Update& update : run) sum += update.sequence;
      ring_.Release(run.size());
      i += run.size();
    }
    return sum;
  }

 private:
  UpdateRing ring_;
  uint64_t run_;
};

class RingBench {
 public:
  // What `ours` and `theirs` (factories of queues) take an update.
  template <class Ours, class Theirs>
  void Transfer(Comparison comparison, Ours ours, Theirs theirs) {
    TickCheck ticks;
    std::mt19937_64 random(1);
    Measure(std::move(comparison), [&](const std::string& name, bool is_ours) {
      const uint64_t elements = kElements / 2 + random() % kElements;
      const double elapsed_ns =
          is_ours ? TransferNs(name, ours(), elements) : TransferNs(name, theirs(), elements);
      ticks.Add(elapsed_ns);
      ticks.Require(name);
      return elapsed_ns / static_cast<double>(elements);
    });
  }

  void RoundTrip() {
    Measure({.name = "ring: round trip, p50",
             .unit = "ns",
             .subject = "UpdateRing",
             .reference = "raw ping-pong of two lines",
             .limit = 1.25},
            [&](const std::string&, bool is_ours) {
              if (!is_ours) return cores_.PingPongNs();
              return std::min(RingRoundTripNs(Relax), RingRoundTripNs([] {}));
            });
  }

  // One update each 10 us, from before it is pushed until it was seen.
  void Paced() {
    if (Tsc() == 0) return;
    Measure({.name = "ring: one update each 10 us, push to seen, p50",
             .unit = "ns",
             .subject = "UpdateRing",
             .reference = "one line, store to seen"},
            [&](const std::string& name, bool is_ours) {
              return is_ours ? RingPacedNs(name) : LinePacedNs(name);
            });
  }

 private:
  template <class Sample>
  void Measure(Comparison comparison, Sample sample) {
    constexpr int kMostTries = 20 * kSamples;
    for (int i = 0; i < 3; ++i) {  // Warms up.
      sample(comparison.name, true);
      sample(comparison.name, false);
    }
    double probe_ns = cores_.PingPongNs();
    for (int tries = 0; static_cast<int>(comparison.subject_samples.size()) < kSamples; ++tries) {
      if (tries == kMostTries) Fail(comparison.name + ": the cores' distance never held still");
      std::array<double, 2> ns{};
      std::array<double, 3> probes{probe_ns};
      for (int turn = 0; turn < 2; ++turn) {
        const bool is_ours = (tries + turn) % 2 == 0;
        ns[is_ours ? 0 : 1] = sample(comparison.name, is_ours);
        probes[static_cast<size_t>(turn) + 1] = probe_ns = cores_.PingPongNs();
      }
      const auto [least, most] = std::minmax_element(probes.begin(), probes.end());
      if (*most < *least * 1.25) comparison.Add(ns[0], ns[1]);
    }
    comparison.Print();
  }

  template <class Queue>
  double TransferNs(const std::string& name, Queue queue, uint64_t elements) {
    return cores_.TimeNs(
        name, [&] { queue->Produce(elements); },
        [&] { CheckSum(queue->Consume(elements), elements); });
  }

  template <class Wait>
  double RingRoundTripNs(Wait wait) {
    UpdateRing there(kCapacity);
    UpdateRing back(kCapacity);
    alignas(128) Update asked{};  // Apart: each is the one of one thread.
    alignas(128) Update answer;
    return cores_.RoundTripNs(
        "ring: round trip",
        [&](uint64_t) {
          while (!there.Pop(answer)) wait();
          back.Push(answer);
        },
        [&](uint64_t i) {
          asked.sequence = i;
          there.Push(asked);
          Update answered;
          while (!back.Pop(answered)) wait();
          if (answered.sequence != i) Fail("an answer to another question");
        });
  }

  double RingPacedNs(const std::string& name) {
    UpdateRing ring(kCapacity);
    alignas(128) Update sent{};
    alignas(128) Update seen;
    return PacedNs(
        name,
        [&](uint64_t i, uint64_t tsc) {
          sent.sequence = tsc;
          sent.order.order_id = i;
          ring.Push(sent);
        },
        [&](uint64_t i) {
          while (!ring.Pop(seen)) Relax();
          if (seen.order.order_id != i) Fail("updates out of order");
          return seen.sequence;
        });
  }

  double LinePacedNs(const std::string& name) {
    struct alignas(128) Line {
      std::atomic<uint64_t> value{0};
    };
    Line line;
    Line seen;
    uint64_t last = 0;
    return PacedNs(
        name,
        [&](uint64_t i, uint64_t tsc) {
          // A line holds one value: the one before has been seen by now, unless a thread was away.
          while (seen.value.load(std::memory_order_acquire) != i - 1) Relax();
          line.value.store(tsc, std::memory_order_release);
        },
        [&](uint64_t i) {
          uint64_t value = last;
          while ((value = line.value.load(std::memory_order_acquire)) == last) Relax();
          seen.value.store(i, std::memory_order_release);
          return last = value;
        });
  }

  // send(i, tsc) on the other core each kPaceNs; see(i) here returns that tsc.
  template <class Send, class See>
  double PacedNs(const std::string& name, Send send, See see) {
    const double ticks_a_ns = TicksANs();
    const int64_t offset = CoreOffset();
    uint64_t sent = 0;
    uint64_t seen = 0;
    std::vector<double> latencies;
    latencies.reserve(kPaced);
    cores_.TimeNs(
        name,
        [&] {
          uint64_t due = Tsc();
          uint64_t next = sent;
          for (uint64_t i = 0; i < kPaced; ++i) {
            due += static_cast<uint64_t>(kPaceNs * ticks_a_ns);
            uint64_t now = Tsc();
            while (now < due) now = Tsc();
            send(++next, now);
          }
          sent = next;
        },
        [&] {
          latencies.clear();
          uint64_t next = seen;
          for (uint64_t i = 0; i < kPaced; ++i) {
            const uint64_t then = see(++next);
            const auto ticks = static_cast<int64_t>(Tsc() - then) + offset;
            latencies.push_back(static_cast<double>(ticks) / ticks_a_ns);
          }
          seen = next;
        });
    return Quantile(latencies, 0.5);
  }

  // How far the other core's counter is ahead of this one's, by the fastest of many questions.
  int64_t CoreOffset() {
    struct alignas(128) Line {
      std::atomic<uint64_t> value{0};
    };
    Line question;
    Line answer;
    int64_t offset = 0;
    uint64_t fastest = UINT64_MAX;
    cores_.RoundTripNs(
        "offset",
        [&](uint64_t i) {
          while (question.value.load(std::memory_order_acquire) != i) {
          }
          answer.value.store(Tsc(), std::memory_order_release);
        },
        [&](uint64_t i) {
          const uint64_t before = answer.value.load(std::memory_order_relaxed);
          const uint64_t asked = Tsc();
          question.value.store(i, std::memory_order_release);
          uint64_t there = before;
          while (there == before) there = answer.value.load(std::memory_order_acquire);
          const uint64_t answered = Tsc();
          if (answered - asked >= fastest) return;
          fastest = answered - asked;
          offset = static_cast<int64_t>(there - asked) - static_cast<int64_t>(fastest / 2);
        });
    return offset;
  }

  static double TicksANs() {
    static const double ticks_a_ns = [] {
      const double start_ns = ClockNs(CLOCK_MONOTONIC);
      const uint64_t start = Tsc();
      while (ClockNs(CLOCK_MONOTONIC) - start_ns < 2e7) {
      }
      return static_cast<double>(Tsc() - start) / (ClockNs(CLOCK_MONOTONIC) - start_ns);
    }();
    return ticks_a_ns;
  }

  TwoCores cores_;
};

template <uint64_t kSlots = kCapacity>
auto Boost(uint64_t run) {
  return [=] { return std::make_unique<BoostQueue<kSlots>>(run); };
}

auto Runs(uint64_t capacity, uint64_t run) {
  return [=] { return std::make_unique<RingRuns>(capacity, run); };
}

Comparison Against(const std::string& name, double limit, const std::string& note = "") {
  return {.name = name,
          .unit = "ns an update",
          .subject = "UpdateRing",
          .reference = "boost::lockfree::spsc_queue",
          .limit = limit,
          .note = note};
}

void Run() {
  RingBench bench;
  bench.RoundTrip();
  bench.Paced();
  bench.Transfer(
      Against("ring: single append and pop", 1.0 / 3, "published in runs of 32"),
      [] { return std::make_unique<RingSingle<Single::kAppend>>(); }, Boost(1));
  bench.Transfer(
      Against("ring: single push and pop, visible at once", 0.35),
      [] { return std::make_unique<RingSingle<Single::kPush>>(); }, Boost(1));
  for (const uint64_t run : {1, 5, 44}) {
    bench.Transfer(Against("ring: in place, runs of " + std::to_string(run), 0),
                   Runs(kCapacity, run), Boost(run));
  }
  bench.Transfer(Against("ring: batches of 64", 0.9), Runs(kCapacity, kBatch), Boost(kBatch));
  bench.Transfer(Against("ring: batches of 64, ring of the default size", 0, "65,536 updates"),
                 Runs(kDefaultCapacity, kBatch), Boost<kDefaultCapacity>(kBatch));
}

}  // namespace
}  // namespace fh::bench

int main() {
  if (std::thread::hardware_concurrency() < 2) {
    std::printf("ring_bench: needs two cores\n");
    return 0;
  }
  fh::bench::Run();
  return 0;
}
