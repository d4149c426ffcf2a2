// Registered I/O's three ways of learning of completions, as its users wait for them, against each
// other: polled (Dequeue and nothing else), by event (arm, sleep on the queue's event, dequeue) and
// by a port (arm, sleep in epoll, which stands for many queues, dequeue; a completion port on
// Windows). Over each provider that this host can run. The sender is a thread on the other core.
//
// * A lone datagram: 5,000 a second, so that who sleeps does sleep; from just before the datagram
//   is sent until its completion is in hand; and the CPU time of all of the receiving side, threads
//   of the provider included.
// * Full bursts: 512 to 1,024 datagrams are there; the time until all completions are in hand and
//   their slices are posted again; and the CPU time, that which was taken while they came included.
//
// The reference is polling, in the same rounds. There is no target: polling burns a core, the others
// sleep; these are the prices.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "latency/clock.h"
#include "rio/memory/region.h"
#include "rio/registered/providers.h"
#include "rio/registered/queues.h"
#include "rio/socket/sender.h"
#include "rio/socket/socket.h"
#include "rio/socket/socket_posix.h"
#include "tests/bench/believable.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"

namespace fh::bench {
namespace {

using latency::Clock;
using rio::Completion;

constexpr int kHere = 0;
constexpr int kThere = 1;
constexpr int kTurns = 25;
constexpr int kWarmUps = 2;
constexpr uint32_t kSlices = 2048;
constexpr uint32_t kSliceBytes = 2048;
constexpr uint32_t kMostDatagrams = 1024;
constexpr uint32_t kBytes = 200;
constexpr uint32_t kSingles = 300;
constexpr int64_t kApartNs = 200'000;
constexpr int kPatienceMs = 2'000;

enum class Way { kPolled, kEvent, kEpoll };
constexpr const char* kNames[] = {"polled", "event", "port (epoll)"};

double ProcessCpuNs() { return ClockNs(CLOCK_PROCESS_CPUTIME_ID); }

long TimesSlept() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

template <class T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) Fail(std::string(value.status().message()));
  return *std::move(value);
}

// A socket with its queues, whose owner waits in one way.
class Receiving {
 public:
  Receiving(const rio::Provider& provider, Way way)
      : way_(way),
        region_(Must(
            rio::RegisteredRegion::Create({.slice_bytes = kSliceBytes, .slice_count = kSlices}))),
        buffer_(Must(rio::RegisteredBuffer::Create(provider, region_))),
        done_(Must(rio::CompletionQueue::Create(
            provider, {.entries = kSlices,
                       .wake = way == Way::kPolled ? rio::Wake::kPolled : rio::Wake::kEvent}))) {
    rio::Socket socket =
        Must(rio::Socket::Open(rio::Socket::Kind::kUdp, rio::Socket::Family::kV4, &provider));
    if (!socket.Bind({*rio::IpAddress::Parse("127.0.0.1"), 0}).ok()) Fail("cannot bind");
    if (!socket.Set(rio::SocketOption::kReceiveBufferBytes, 4 << 20).ok()) Fail("no buffer");
    address_ = Must(socket.LocalEndpoint());
    queue_.emplace(
        Must(rio::RequestQueue::Create(provider, socket.handle(), done_, {.receives = kSlices})));
    socket.Release();
    for (uint32_t slice = 0; slice < kSlices; ++slice) Post(slice);
    if (queue_->Commit() != rio::abi::kOk) Fail("cannot commit");
    if (way == Way::kEpoll) {
      epoll_ = rio::UniqueFd(epoll_create1(EPOLL_CLOEXEC));
      epoll_event event{.events = EPOLLIN, .data = {.fd = Event()}};
      if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, Event(), &event) != 0) Fail("no epoll");
    }
  }

  // Takes what is there, after waiting for it, and posts the slices again. What came is added up in
  // sum(); the time at which the last datagram was sent is in last_sent().
  uint32_t Take() {
    std::array<Completion, 64> completions;
    const rio::Dequeued dequeued = done_.Dequeue(completions);
    if (dequeued.corrupt) Fail("the completion queue is corrupt");
    if (dequeued.count == 0) {
      Wait();
      return 0;
    }
    taken_ticks_ = Clock::Ticks();
    for (uint32_t i = 0; i < dequeued.count; ++i) {
      const Completion& completion = completions[i];
      if (completion.status != rio::abi::kOk) Fail(rio::ErrorName(completion.status));
      const auto slice = static_cast<uint32_t>(completion.request_context);
      const uint8_t* const data = buffer_.data() + size_t{slice} * kSliceBytes;
      std::memcpy(&last_sent_, data, sizeof last_sent_);
      sum_ += data[completion.bytes - 1];
      Post(slice);
    }
    if (queue_->Commit() != rio::abi::kOk) Fail("cannot commit");
    return dequeued.count;
  }

  const rio::Endpoint& address() const { return address_; }
  uint64_t last_sent() const { return last_sent_; }
  uint64_t taken_ticks() const { return taken_ticks_; }
  uint64_t sum() const { return sum_; }

 private:
  int Event() const {
    return static_cast<int>(reinterpret_cast<intptr_t>(done_.notification_handle()));
  }

  void Post(uint32_t slice) {
    const rio::abi::Error error = queue_->Receive(
        {.data = buffer_.slice(slice * kSliceBytes, kSliceBytes), .context = slice, .defer = true});
    if (error != rio::abi::kOk) Fail(rio::ErrorName(error));
  }

  void Wait() {
    if (way_ == Way::kPolled) return;
    if (done_.Arm() != rio::abi::kOk) Fail("cannot arm");
    pollfd readable{.fd = Event(), .events = POLLIN, .revents = 0};
    epoll_event event{};
    const int ready = way_ == Way::kEvent
                          ? TEMP_FAILURE_RETRY(poll(&readable, 1, kPatienceMs))
                          : TEMP_FAILURE_RETRY(epoll_wait(epoll_.get(), &event, 1, kPatienceMs));
    eventfd_t count = 0;
    if (ready != 1 || eventfd_read(Event(), &count) != 0) Fail("no signal came");
  }

  const Way way_;
  rio::RegisteredRegion region_;
  rio::RegisteredBuffer buffer_;
  rio::CompletionQueue done_;
  rio::Endpoint address_;
  std::optional<rio::RequestQueue> queue_;
  rio::UniqueFd epoll_;
  uint64_t last_sent_ = 0;
  uint64_t taken_ticks_ = 0;
  uint64_t sum_ = 0;
};

// The thread on the other core.
class Sending {
 public:
  Sending() : payload_(kBytes + 64), burst_(kMostDatagrams, {payload_.data(), kBytes}) {
    payload_[kBytes - 1] = 1;  // So that sums count datagrams.
    thread_ = std::thread([this] { Serve(); });
  }
  ~Sending() {
    Ask(kStop);
    thread_.join();
  }

  void SendTo(const rio::Endpoint& address) {
    sender_ = Must(rio::Sender::Open({.destinations = {address}}));
  }
  void StartBurst(uint32_t count) {
    count_ = count;
    Ask(kBurst);
  }
  void StartSingles(uint32_t count, uint64_t interval_ticks) {
    count_ = count;
    interval_ticks_ = interval_ticks;
    Ask(kSingles);
  }
  // What it took of its core, when it is done.
  double JoinCpuNs() {
    while (task_.load(std::memory_order_acquire) != kNothing) std::this_thread::yield();
    return cpu_ns_;
  }

 private:
  enum Task : int { kNothing, kBurst, kSingles, kStop };

  void Ask(Task task) {
    task_.store(task, std::memory_order_release);
    task_.notify_one();
  }
  void Serve() {
    PinTo(kThere);
    for (;;) {
      task_.wait(kNothing, std::memory_order_acquire);
      const int task = task_.load(std::memory_order_acquire);
      if (task == kStop) return;
      const double start = ThreadCpuNs();
      if (task == kBurst) Send(count_);
      if (task == kSingles) {
        uint64_t due = Clock::Ticks();
        for (uint32_t i = 0; i < count_; ++i) {
          while (Clock::Ticks() < due) {
          }
          due += interval_ticks_;
          Send(1);
        }
      }
      cpu_ns_ = ThreadCpuNs() - start;
      task_.store(kNothing, std::memory_order_release);
    }
  }
  void Send(uint32_t count) {
    const uint64_t now = Clock::Ticks();
    std::memcpy(payload_.data(), &now, sizeof now);
    if (sender_->Send({burst_.data(), count}) != count) Fail("datagrams could not be sent");
  }

  std::vector<uint8_t> payload_;
  std::vector<rio::Sender::Datagram> burst_;
  std::unique_ptr<rio::Sender> sender_;
  std::atomic<int> task_{kNothing};
  uint32_t count_ = 0;
  uint64_t interval_ticks_ = 0;
  double cpu_ns_ = 0;
  std::thread thread_;
};

struct Figures {
  double lone_p50_ns;
  double lone_p99_ns;
  double lone_cpu_ns;
  double burst_ns;
  double burst_cpu_ns;
};

class Measurement {
 public:
  explicit Measurement(const rio::Provider& provider) : provider_(provider) {}

  Figures Turn(Way way, uint32_t datagrams) {
    Receiving receiving(provider_, way);
    sending_.SendTo(receiving.address());
    Figures figures{};
    Bursts(receiving, datagrams, figures);  // Warm.
    Bursts(receiving, datagrams, figures);
    Singles(receiving, way, figures);
    return figures;
  }

  void RequireNoTicks(const std::string& what) const { ticks_.Require(what); }

 private:
  static void TakeAll(Receiving& receiving, uint64_t sum) {
    const double give_up_ns = ClockNs(CLOCK_MONOTONIC) + kPatienceMs * 1e6;
    for (uint32_t polls = 0; receiving.sum() < sum; ++polls) {
      receiving.Take();
      if (polls % 65536 == 65535 && ClockNs(CLOCK_MONOTONIC) > give_up_ns) {
        Fail("datagrams were lost");
      }
    }
    if (receiving.sum() != sum) Fail("too many datagrams came, or with another content");
  }

  void Bursts(Receiving& receiving, uint32_t datagrams, Figures& figures) {
    const double cpu_ns = ProcessCpuNs();
    sending_.StartBurst(datagrams);
    const double waiting_ns = ThreadCpuNs();
    const double sending_ns = sending_.JoinCpuNs();
    const double waited_ns = ThreadCpuNs() - waiting_ns;
    const double start_ns = ClockNs(CLOCK_MONOTONIC);
    TakeAll(receiving, receiving.sum() + datagrams);
    const double elapsed_ns = ClockNs(CLOCK_MONOTONIC) - start_ns;
    ticks_.Add(elapsed_ns);
    figures.burst_ns = elapsed_ns / datagrams;
    figures.burst_cpu_ns = (ProcessCpuNs() - cpu_ns - sending_ns - waited_ns) / datagrams;
  }

  void Singles(Receiving& receiving, Way way, Figures& figures) {
    const double ns_a_tick = static_cast<double>(clock_.TicksToNs(1'000'000'000)) / 1e9;
    std::vector<double> latencies;
    const double cpu_ns = ProcessCpuNs();
    const long slept = TimesSlept();
    const uint64_t sum = receiving.sum() + kSingles;
    const double give_up_ns = ClockNs(CLOCK_MONOTONIC) + kPatienceMs * 1e6;
    sending_.StartSingles(kSingles, static_cast<uint64_t>(kApartNs / ns_a_tick));
    for (uint32_t polls = 0; receiving.sum() < sum; ++polls) {
      if (receiving.Take() > 0) {
        latencies.push_back(static_cast<double>(receiving.taken_ticks() - receiving.last_sent()) *
                            ns_a_tick);
      } else if (polls % 65536 == 65535 && ClockNs(CLOCK_MONOTONIC) > give_up_ns) {
        Fail("datagrams were lost");
      }
    }
    // A way of sleeping that never slept would be polling by another name.
    if (way != Way::kPolled && TimesSlept() - slept < kSingles / 2) {
      Fail(std::string(kNames[static_cast<int>(way)]) + ": the receiving thread did not sleep");
    }
    const double cpu_taken_ns = ProcessCpuNs() - cpu_ns;
    figures.lone_cpu_ns = (cpu_taken_ns - sending_.JoinCpuNs()) / kSingles;
    figures.lone_p50_ns = Quantile(latencies, 0.5);
    figures.lone_p99_ns = Quantile(latencies, 0.99);
  }

  const rio::Provider& provider_;
  const Clock clock_;
  Sending sending_;
  TickCheck ticks_;
};

void Measure(const rio::ProviderInfo& info) {
  if (const rio::ProbeResult probe = info.probe(); !probe.available) {
    std::printf("completions over %s: skipped: %s\n", info.name, probe.reason.c_str());
    return;
  }
  constexpr Way kWays[] = {Way::kPolled, Way::kEvent, Way::kEpoll};
  struct Row {
    const char* what;
    const char* unit;
    double Figures::*figure;
  };
  constexpr Row kRows[] = {{"lone datagram, p50", "ns", &Figures::lone_p50_ns},
                           {"lone datagram, p99", "ns", &Figures::lone_p99_ns},
                           {"lone datagram, CPU time", "ns a datagram", &Figures::lone_cpu_ns},
                           {"full bursts", "ns a datagram", &Figures::burst_ns},
                           {"full bursts, CPU time", "ns a datagram", &Figures::burst_cpu_ns}};
  std::vector<Comparison> comparisons;
  for (const Way way : {Way::kEvent, Way::kEpoll}) {
    for (const Row& row : kRows) {
      const std::string name = kNames[static_cast<int>(way)];
      comparisons.push_back(
          {.name = std::string("completions over ") + info.name + ": " + name + ", " + row.what,
           .unit = row.unit,
           .subject = name,
           .reference = "polled"});
    }
  }
  Measurement measurement(*info.get());
  std::mt19937 random(1);
  for (int turn = -kWarmUps; turn < kTurns; ++turn) {
    std::array<Figures, 3> figures{};
    const auto datagrams = static_cast<uint32_t>(512 + random() % 513);
    for (int i = 0; i < 3; ++i) {  // Another one first in each turn.
      const auto way = static_cast<size_t>((i + turn + kWarmUps) % 3);
      figures[way] = measurement.Turn(kWays[way], datagrams);
    }
    if (turn < 0) continue;
    size_t at = 0;
    for (const size_t way : {1u, 2u}) {
      for (const Row& row : kRows) {
        comparisons[at++].Add(figures[way].*row.figure, figures[0].*row.figure);
      }
    }
  }
  measurement.RequireNoTicks(info.name);
  for (const Comparison& comparison : comparisons) comparison.Print();
}

}  // namespace
}  // namespace fh::bench

int main() {
  fh::bench::PinTo(fh::bench::kHere);
  for (const fh::rio::ProviderInfo& info : fh::rio::Providers()) fh::bench::Measure(info);
  return 0;
}
