// AF_XDP in native mode next to recvmmsg, each at the end of a virtual cable (veth) of its own,
// between network namespaces that this program makes; both in one run, in turn. The sender is a
// thread on the other core, which also runs the kernel's side of the receive.
//
// * receive: the ring (or the socket's queue) is filled with 1,024 datagrams, and the time of the
//   receiving core to drain it is taken: poll, read, release. At 1,400 bytes every cache line of
//   the payload is read. Then the same for datagrams whose UDP checksum stands in the frame, as on
//   a wire, and is checked; and for frames that the other core has in its cache. Each once more with
//   the kernel's side counted, which AF_XDP does not move but makes less.
// * latency: from the sender's call to the receiver's poll, at 100,000 packets a second; and the
//   system calls that the receiver makes meanwhile.
// * pipeline: receive, frame, arbitrate, decode into the ring, with a strategy on the other core.
//
//   af_xdp_bench [receive|latency|pipeline]
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "feedhandler/threads/thread_setup.h"
#include "latency/clock.h"
#include "rio/backend/af_xdp.h"
#include "rio/backend/recvmmsg.h"
#include "rio/receiver.h"
#include "tests/bench/drain.h"
#include "tests/bench/itch_feed.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"
#include "tests/conformance/network_namespaces.h"

namespace fh::bench {
namespace {

using rio::AfXdpBackend;
using rio::Packet;
using rio::Receiver;
using rio::RecvmmsgBackend;

constexpr int kSamples = 61;
constexpr int kSenderCpu = 1;
// Slices as `run` takes them for `copy: COPY`. A ring of 4,096 is 20 ms at 204,800 packets a
// second; that of 16,384, the default, is measured beside it: what goes round then is more than a
// cache has.
constexpr uint32_t kRingEntries = 4096;
constexpr uint32_t kXdpSliceBytes = rio::kXdpCopySliceBytes;
constexpr uint32_t kSlices = 32768;
constexpr int kXdpCable = 0;
constexpr int kSocketCable = 1;

rio::Subscription CableLine(int cable, uint16_t port) {
  rio::Subscription line;
  line.group = *rio::ParseEndpoint("239.77.8.8:" + std::to_string(port));
  line.interface = "rx" + std::to_string(cable);
  return line;
}

rio::ReceiverOptions OptionsFor(std::vector<rio::Subscription> lines,
                                uint32_t ring_entries = kRingEntries) {
  rio::ReceiverOptions options;
  rio::XdpOptionsIn(options).ring_entries = ring_entries;
  options.subscriptions = std::move(lines);
  rio::XdpOptionsIn(options).mode = rio::XdpMode::kNative;
  rio::XdpOptionsIn(options).copy = rio::XdpCopy::kCopy;
  return options;
}

template <class B>
std::unique_ptr<Receiver<B>> OpenOnCable(const rio::ReceiverOptions& options) {
  auto receiver = Receiver<B>::Open(
      {.region = {.slice_bytes = kXdpSliceBytes, .slice_count = kSlices}, .receive = options});
  if (!receiver.ok()) Fail(std::string(receiver.status().message()));
  return *std::move(receiver);
}

// A thread on the other core, at the other end of the cables.
class RemoteSender {
 public:
  RemoteSender(test::VethNetwork& network, const std::vector<rio::Subscription>& lines) {
    network.AtSender([&] {
      for (const rio::Subscription& line : lines) {
        auto sender = rio::Sender::Open(
            {.destinations = {line.group}, .interface = "tx" + line.interface.substr(2)});
        if (!sender.ok()) Fail(std::string(sender.status().message()));
        senders_.push_back(*std::move(sender));
      }
    });
    thread_ = std::thread([this] { Serve(); });
  }
  ~RemoteSender() {
    Ask(Wait::kNot, kStop);
    thread_.join();
  }

  // Returns when all of it is at the receiver. On the calling thread's core, or on the other one. How
  // long that took, in CPU time: of sending, and of the kernel's side of the receive.
  double Fill(size_t line, const Payloads& payloads, bool on_this_core = false) {
    payloads_ = &payloads;
    line_ = line;
    if (on_this_core) {
      Send();
    } else {
      Ask(Wait::kForEnd, kFill);
    }
    return filled_ns_;
  }

  // Starts sending `count` datagrams of 64 bytes, `interval_ticks` apart, each with the time of its
  // sending in front. Call Join before anything else.
  void Stamp(size_t line, uint32_t count, uint64_t interval_ticks) {
    line_ = line;
    count_ = count;
    interval_ticks_ = interval_ticks;
    Ask(Wait::kNot, kStamp);
  }
  void Join() {
    while (task_.load(std::memory_order_acquire) != kNothing) std::this_thread::yield();
  }

 private:
  enum Task : int { kNothing, kFill, kStamp, kStop };
  enum class Wait { kNot, kForEnd };

  void Ask(Wait wait, Task task) {
    task_.store(task, std::memory_order_release);
    task_.notify_one();
    if (wait == Wait::kForEnd) Join();
  }

  void Serve() {
    PinTo(kSenderCpu);
    for (;;) {
      task_.wait(kNothing, std::memory_order_acquire);
      const int task = task_.load(std::memory_order_acquire);
      if (task == kStop) return;
      if (task == kFill) Send();
      if (task == kStamp) SendStamped();
      task_.store(kNothing, std::memory_order_release);
    }
  }

  void Send() {
    const double start = ThreadCpuNs();
    if (senders_[line_]->Send(payloads_->datagrams()) != payloads_->datagrams().size()) {
      Fail("datagrams could not be sent");
    }
    filled_ns_ = ThreadCpuNs() - start;
  }

  void SendStamped() {
    uint8_t payload[64 + rio::kReadablePastEnd] = {};
    const rio::Sender::Datagram datagram{.data = payload, .length = 64};
    uint64_t due = latency::Clock::Ticks();
    for (uint32_t i = 0; i < count_; ++i) {
      uint64_t now = latency::Clock::Ticks();
      while (now < due) now = latency::Clock::Ticks();
      due += interval_ticks_;
      std::memcpy(payload, &now, sizeof now);
      senders_[line_]->Send({&datagram, 1});
    }
  }

  std::vector<std::unique_ptr<rio::Sender>> senders_;
  std::thread thread_;
  std::atomic<int> task_{kNothing};
  const Payloads* payloads_ = nullptr;
  size_t line_ = 0;
  uint32_t count_ = 0;
  uint64_t interval_ticks_ = 0;
  double filled_ns_ = 0;
};

// A byte of every cache line.
uint64_t ReadLines(const uint8_t* data, size_t length) {
  uint64_t sum = 0;
  for (size_t i = 0; i < length; i += 64) sum += data[i];
  return sum;
}

template <bool kEveryLine, class B>
double DrainNs(Receiver<B>& receiver, uint64_t expected) {
  std::array<Packet, kBatch> packets;
  uint32_t count = 0;
  uint32_t idle = 0;
  uint64_t sum = 0;
  const double start = ThreadCpuNs();
  while (count < kDatagrams && idle < 10'000'000) {
    const size_t got = receiver.Poll(packets);
    for (size_t i = 0; i < got; ++i) {
      sum += kEveryLine ? ReadLines(packets[i].data, packets[i].length)
                        : Touch(packets[i].data, packets[i].length);
    }
    receiver.Release(std::span<const Packet>(packets.data(), got));
    count += static_cast<uint32_t>(got);
    idle = got == 0 ? idle + 1 : 0;
  }
  const double elapsed = ThreadCpuNs() - start;
  if (count != kDatagrams) Fail("only " + std::to_string(count) + " datagrams came");
  if (sum != expected) Fail("the content is wrong");
  return elapsed / kDatagrams;
}

// What a datagram took: sending it and the kernel's side, and the receiving core's.
struct Sides {
  double fill_ns = 0;
  double drain_ns = 0;
  double sum() const { return fill_ns + drain_ns; }
};

struct ReceiveCase {
  size_t bytes;
  // The sender computes the checksums, as if there were a wire.
  bool on_wire = false;
  // The kernel's side ran on the other core, in whose cache the frames are then; otherwise on the
  // receiving one.
  bool from_other_core = false;
  uint32_t ring_entries = kRingEntries;
  double limit_ns = 0;
};

template <bool kEveryLine>
void MeasureReceive(test::VethNetwork& network, const ReceiveCase& wanted) {
  const std::vector<rio::Subscription> lines = {CableLine(kXdpCable, 28000),
                                                CableLine(kSocketCable, 28001)};
  const auto xdp = OpenOnCable<AfXdpBackend>(OptionsFor({lines[0]}, wanted.ring_entries));
  const auto socket = OpenOnCable<RecvmmsgBackend>(OptionsFor({lines[1]}));
  RemoteSender sender(network, lines);
  network.AtSender([&] {
    for (const char* end : {"tx0", "tx1"}) {
      if (!test::VethNetwork::SetChecksumOffload(end, !wanted.on_wire)) Fail("no ethtool");
    }
  });
  Payloads payloads;
  uint64_t expected = 0;
  for (uint32_t i = 0; i < kDatagrams; ++i) {
    const std::vector<uint8_t> payload(wanted.bytes, static_cast<uint8_t>(i));
    payloads.Add(payload);
    if (kEveryLine) expected += ReadLines(payload.data(), wanted.bytes);
  }
  if (!kEveryLine) expected = payloads.sum();
  Comparison comparison{.name = "af_xdp: receive, " + std::to_string(wanted.bytes) + " B" +
                                (kEveryLine ? ", every line read" : "") +
                                (wanted.on_wire ? ", checksum in the frame" : "") +
                                (wanted.from_other_core ? ", from the other core" : "") +
                                (wanted.ring_entries != kRingEntries ? ", ring of 16,384" : ""),
                        .unit = "ns a datagram",
                        .subject = "Receiver over AF_XDP, " + xdp->backend().mode(),
                        .reference = "Receiver over recvmmsg",
                        .subject_limit = wanted.limit_ns};
  Comparison both_sides = comparison;
  both_sides.name += ", with the kernel's side";
  both_sides.subject_limit = 0;
  both_sides.note = "sending is in it, the same for both";
  Sides ours;
  Sides theirs;
  AddInterleaved(
      comparison, kSamples,
      [&] {
        if (ours.drain_ns != 0 && theirs.drain_ns != 0) both_sides.Add(ours.sum(), theirs.sum());
      },
      [&] {
        ours.fill_ns = sender.Fill(0, payloads, !wanted.from_other_core) / kDatagrams;
        return ours.drain_ns = DrainNs<kEveryLine>(*xdp, expected);
      },
      [&] {
        theirs.fill_ns = sender.Fill(1, payloads, !wanted.from_other_core) / kDatagrams;
        return theirs.drain_ns = DrainNs<kEveryLine>(*socket, expected);
      });
  comparison.Print();
  both_sides.Print();
}

// One turn of the latency measurement.
struct Turn {
  double p50_ns = 0;
  double p99_ns = 0;
  double calls_a_packet = 0;
};

template <class B>
Turn MeasureTurn(Receiver<B>& receiver, RemoteSender& sender, size_t line,
                 const latency::Clock& clock) {
  constexpr uint32_t kPackets = 4'000;
  constexpr double kPacketsPerSecond = 100'000;
  std::array<Packet, kBatch> packets;
  std::vector<double> ticks;
  ticks.reserve(kPackets);
  const uint64_t calls = receiver.stats().system_calls;
  const double ns_a_tick = static_cast<double>(clock.TicksToNs(1'000'000'000)) / 1e9;
  const auto interval = static_cast<uint64_t>(1e9 / kPacketsPerSecond / ns_a_tick);
  sender.Stamp(line, kPackets, interval);
  const uint64_t give_up = latency::Clock::Ticks() + 3 * kPackets * interval;
  uint64_t now = 0;
  while (ticks.size() < kPackets && now < give_up) {
    const size_t got = receiver.Poll(packets);
    now = latency::Clock::Ticks();
    for (size_t i = 0; i < got; ++i) {
      uint64_t sent = 0;
      std::memcpy(&sent, packets[i].data, sizeof sent);
      ticks.push_back(static_cast<double>(now - sent));
    }
    if (got > 0) receiver.Release(std::span<const Packet>(packets.data(), got));
  }
  sender.Join();
  if (ticks.size() != kPackets) Fail("only " + std::to_string(ticks.size()) + " datagrams came");
  return {.p50_ns = Quantile(ticks, 0.5) * ns_a_tick,
          .p99_ns = Quantile(ticks, 0.99) * ns_a_tick,
          .calls_a_packet = static_cast<double>(receiver.stats().system_calls - calls) / kPackets};
}

void MeasureLatency(test::VethNetwork& network, rio::XdpMode mode) {
  constexpr int kTurns = 75;  // Short ones: what else the machine does spoils only some.
  const std::vector<rio::Subscription> lines = {CableLine(kXdpCable, 28100),
                                                CableLine(kSocketCable, 28101)};
  rio::ReceiverOptions options = OptionsFor({lines[0]});
  rio::XdpOptionsIn(options).mode = mode;
  const auto xdp = OpenOnCable<AfXdpBackend>(options);
  const std::string how = mode == rio::XdpMode::kGeneric ? ", generic mode" : "";
  const auto socket = OpenOnCable<RecvmmsgBackend>(OptionsFor({lines[1]}));
  RemoteSender sender(network, lines);
  const latency::Clock clock;
  Comparison p50{.name = "af_xdp: one-way latency, 100,000 packets/s, p50" + how,
                 .unit = "ns",
                 .subject = "AF_XDP, " + xdp->backend().mode(),
                 .reference = "recvmmsg",
                 .limit = 0.85,
                 .note = "64 B over veth, polling"};
  Comparison p99 = p50;
  p99.name = "af_xdp: one-way latency, 100,000 packets/s, p99" + how;
  p99.limit = 0.9;
  Comparison calls = p50;
  calls.name = "af_xdp: system calls a packet, the same minutes" + how;
  calls.unit = "calls";
  calls.limit = 0;
  calls.subject_limit = 1e-9;
  calls.note = "idle polls of recvmmsg are among them";
  Turn ours;
  Turn theirs;
  AddInterleaved(
      p50, kTurns,
      [&] {
        if (theirs.p99_ns == 0) return;
        p99.Add(ours.p99_ns, theirs.p99_ns);
        calls.Add(ours.calls_a_packet, theirs.calls_a_packet);
      },
      [&] { return (ours = MeasureTurn(*xdp, sender, 0, clock)).p50_ns; },
      [&] { return (theirs = MeasureTurn(*socket, sender, 1, clock)).p50_ns; });
  p50.Print();
  p99.Print();
  calls.Print();
}

void MeasurePipeline(test::VethNetwork& network, size_t line_count, uint32_t bytes) {
  std::vector<rio::Subscription> lines;
  for (size_t i = 0; i < line_count; ++i) {
    lines.push_back(CableLine(kXdpCable, static_cast<uint16_t>(28200 + i)));
  }
  for (size_t i = 0; i < line_count; ++i) {
    lines.push_back(CableLine(kSocketCable, static_cast<uint16_t>(28300 + i)));
  }
  const auto half = lines.begin() + static_cast<std::ptrdiff_t>(line_count);
  const auto xdp = std::make_unique<Feed<AfXdpBackend>>(OptionsFor({lines.begin(), half}), kSlices,
                                                        kXdpSliceBytes);
  const auto socket = std::make_unique<Feed<RecvmmsgBackend>>(OptionsFor({half, lines.end()}),
                                                              kSlices, kXdpSliceBytes);
  RemoteSender sender(network, lines);
  Stream stream(bytes);
  PlainDecode plain;
  Payloads payloads;
  const size_t datagrams = kDatagrams * line_count;
  const auto next = [&] {
    stream.Next(payloads);
    plain.Add(payloads);
  };
  const auto run = [&](auto& feed, size_t first_line) {
    for (size_t i = 0; i < line_count; ++i) sender.Fill(first_line + i, payloads);
    return feed.DrainNs(datagrams) / static_cast<double>(datagrams);
  };
  const auto ours = [&] { return run(*xdp, 0); };
  const auto theirs = [&] { return run(*socket, line_count); };
  // The directory and what else comes before the order flow is not measured.
  while (!stream.IsOrderFlow()) {
    next();
    ours();
    theirs();
  }
  const uint64_t before = stream.messages();
  Comparison comparison{.name = "af_xdp: pipeline, " +
                                std::string(line_count == 1 ? "one line" : "lines A and B") + ", " +
                                std::to_string(bytes) + " B",
                        .unit = "ns a datagram",
                        .subject = "interface to strategy over AF_XDP",
                        .reference = "socket to strategy over recvmmsg"};
  AddInterleaved(comparison, kSamples, next, ours, theirs);
  xdp->Check(stream.messages(), plain.Summary());
  socket->Check(stream.messages(), plain.Summary());
  const double messages =
      static_cast<double>(stream.messages() - before) / (kDatagrams * (kWarmUps + kSamples));
  char note[100];
  std::snprintf(
      note, sizeof note, "%.1f messages a datagram; %.1f ns a delivered message", messages,
      Quantile(comparison.subject_samples, 0.5) * static_cast<double>(line_count) / messages);
  comparison.note = note;
  comparison.Print();
}

int Main(const std::string& only) {
  if (AllowedCpus() < 2) {
    std::printf("af_xdp_bench: needs two cores\n");
    return 0;
  }
  if (const rio::ProbeResult probe = AfXdpBackend::Probe(); !probe.available) {
    std::printf("af_xdp: skipped: %s\n", probe.reason.c_str());
    return 0;
  }
  std::string why;
  const auto network = test::VethNetwork::Create(/*cables=*/2, why);
  if (network == nullptr) {
    std::printf("af_xdp: %s\n", why.c_str());
    return 0;
  }
  PinTo(kFeedCpu);
  if (only.empty() || only == "receive") {
    MeasureReceive<false>(*network, {.bytes = 64, .limit_ns = 10});
    MeasureReceive<false>(*network, {.bytes = 200, .limit_ns = 10});
    MeasureReceive<true>(*network, {.bytes = 1400, .limit_ns = 25});
    for (const size_t bytes : {64u, 200u, 1400u}) {
      MeasureReceive<true>(*network,
                           {.bytes = bytes, .ring_entries = rio::XdpOptions().ring_entries});
    }
    for (const bool from_other_core : {false, true}) {
      for (const size_t bytes : {64u, 200u, 1400u}) {
        MeasureReceive<true>(
            *network,
            {.bytes = bytes, .on_wire = !from_other_core, .from_other_core = from_other_core});
      }
    }
  }
  if (only.empty() || only == "latency") {
    for (const rio::XdpMode mode : {rio::XdpMode::kNative, rio::XdpMode::kGeneric}) {
      MeasureLatency(*network, mode);
    }
  }
  if (only.empty() || only == "pipeline") {
    for (const size_t lines : {1u, 2u}) {
      for (const uint32_t bytes : {64u, 200u, 1400u}) MeasurePipeline(*network, lines, bytes);
    }
  }
  return 0;
}

}  // namespace
}  // namespace fh::bench

int main(int argc, char** argv) { return fh::bench::Main(argc > 1 ? argv[1] : ""); }
