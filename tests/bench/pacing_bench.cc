// How exactly a capture is published at its own pace: gap errors and drift at the end, next to a
// loop that waits gap by gap, as many replay tools do, in the same run.
//
// A loop that waits gap by gap starts its schedule anew with each datagram: its gaps look well, and how
// late it is by the schedule shows what that hides.
//
// Each error is measured twice: when the datagram is handed to the socket, and by the stamp that
// the kernel puts on it when it is received over loopback.
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "replay/capture_writer.h"
#include "replay/pacer.h"
#include "replay/publisher.h"
#include "rio/backend/recvmmsg.h"
#include "rio/receiver.h"
#include "rio/socket/sender.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"

namespace fh {
namespace {

constexpr int kSamples = 5;
constexpr int kDatagrams = 8'000;
constexpr size_t kPayloadBytes = 200;
constexpr int64_t kFirstStampNs = 1'700'000'000'000'000'000;
constexpr char kDestination[] = "127.0.0.1:31900";

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "pacing_bench: %s\n", why.c_str());
  std::exit(1);
}

struct Errors {
  double gap_p50_ns;           // As handed to the socket.
  double received_gap_p50_ns;  // As stamped on reception.
  double drift_ns;             // Of the time from first to last reception.
  double lateness_p99_ns = 0;  // By the schedule: after the first, plus the distance of the stamps.
};

double Median(std::vector<double> values) { return bench::Quantile(std::move(values), 0.5); }

// Receives what a run sent, checks that it is whole and in order, and compares its gaps.
Errors Compare(rio::Receiver<rio::RecvmmsgBackend>& receiver, const std::vector<int64_t>& stamps) {
  std::vector<int64_t> received;
  std::vector<rio::Packet> packets(64);
  while (const size_t count = receiver.Poll(packets)) {
    for (size_t i = 0; i < count; ++i) {
      uint32_t number = 0;
      std::memcpy(&number, packets[i].data, sizeof number);
      if (number != received.size()) Fail("a datagram is missing or out of order");
      received.push_back(packets[i].stamp_ns);
    }
    receiver.Release(std::span<const rio::Packet>(packets.data(), count));
  }
  if (received.size() != stamps.size()) Fail("datagrams are missing at the end");
  std::vector<double> errors;
  for (size_t i = 1; i < stamps.size(); ++i) {
    const int64_t error_ns = (received[i] - received[i - 1]) - (stamps[i] - stamps[i - 1]);
    errors.push_back(static_cast<double>(std::abs(error_ns)));
  }
  const int64_t drift_ns = (received.back() - received.front()) - (stamps.back() - stamps.front());
  return {0, Median(std::move(errors)), static_cast<double>(std::abs(drift_ns))};
}

Errors PublishCapture(const std::string& path, const std::vector<int64_t>& stamps,
                      rio::Receiver<rio::RecvmmsgBackend>& receiver) {
  auto publisher = replay::Publisher::Open({path}, {.all_to = *rio::ParseEndpoint(kDestination)});
  if (!publisher.ok()) Fail(std::string(publisher.status().message()));
  if (const absl::Status ended = (*publisher)->Run(); !ended.ok()) {
    Fail(std::string(ended.message()));
  }
  Errors errors = Compare(receiver, stamps);
  errors.gap_p50_ns =
      static_cast<double>((*publisher)->gap_errors().Snapshot().ValueAtPercentile(50));
  errors.lateness_p99_ns =
      static_cast<double>((*publisher)->lateness().Snapshot().ValueAtPercentile(99));
  return errors;
}

// Waits for each gap from the moment at which the last datagram was sent.
Errors SendGapByGap(const std::vector<int64_t>& stamps,
                    rio::Receiver<rio::RecvmmsgBackend>& receiver) {
  auto sender = rio::Sender::Open({.destinations = {*rio::ParseEndpoint(kDestination)}});
  if (!sender.ok()) Fail(std::string(sender.status().message()));
  replay::TickPaceClock clock;
  replay::Pacer waiter(clock, {});
  std::vector<uint8_t> payload(kPayloadBytes);
  std::vector<double> errors;
  std::vector<double> lateness;
  int64_t last_ns = clock.NowNs();
  const int64_t start_ns = last_ns;
  for (size_t i = 0; i < stamps.size(); ++i) {
    const int64_t gap_ns = i == 0 ? 0 : stamps[i] - stamps[i - 1];
    waiter.WaitUntil(last_ns + gap_ns);
    const int64_t sent_ns = clock.NowNs();
    lateness.push_back(static_cast<double>(sent_ns - start_ns - (stamps[i] - stamps[0])));
    if (i != 0) errors.push_back(static_cast<double>(std::abs(sent_ns - last_ns - gap_ns)));
    const auto number = static_cast<uint32_t>(i);
    std::memcpy(payload.data(), &number, sizeof number);
    const rio::Sender::Datagram datagram{payload.data(), kPayloadBytes};
    (*sender)->Send({&datagram, 1});
    last_ns = clock.NowNs();
  }
  Errors compared = Compare(receiver, stamps);
  compared.gap_p50_ns = Median(std::move(errors));
  compared.lateness_p99_ns = bench::Quantile(std::move(lateness), 0.99);
  return compared;
}

void WriteCapture(const std::string& path, const std::vector<int64_t>& stamps) {
  auto writer = replay::CaptureWriter::Open(path);
  if (!writer.ok()) Fail(std::string(writer.status().message()));
  const replay::UdpFraming framing{.source = *rio::ParseEndpoint("192.0.2.1:5000"),
                                   .destination = *rio::ParseEndpoint("239.255.0.1:5000")};
  std::vector<uint8_t> payload(kPayloadBytes);
  for (size_t i = 0; i < stamps.size(); ++i) {
    const auto number = static_cast<uint32_t>(i);
    std::memcpy(payload.data(), &number, sizeof number);
    if (!(*writer)->WriteDatagram(stamps[i], framing, payload).ok()) Fail("cannot write " + path);
  }
  if (!(*writer)->Close().ok()) Fail("cannot write " + path);
}

std::unique_ptr<rio::Receiver<rio::RecvmmsgBackend>> Listen() {
  rio::ReceiveSetup setup{.region = {.slice_count = 128}};
  setup.receive.subscriptions = {{.group = *rio::ParseEndpoint(kDestination), .interface = "lo"}};
  setup.receive.socket_buffer_bytes = 32u << 20;  // A whole run waits there.
  setup.receive.stamps = rio::ReceiveStamps::kSoftware;
  auto receiver = rio::Receiver<rio::RecvmmsgBackend>::Open(setup);
  if (!receiver.ok()) Fail(std::string(receiver.status().message()));
  // The first stamps of a process are late: the kernel switches stamping on at leisure.
  ::usleep(100'000);
  return *std::move(receiver);
}

// Gaps of 50 us; of 1 to 99 us at random; and bursts of ten, back to back, every 500 us.
std::vector<int64_t> Stamps(const std::string& pattern) {
  std::vector<int64_t> stamps;
  int64_t stamp_ns = kFirstStampNs;
  uint64_t random = 1;
  for (int i = 0; i < kDatagrams; ++i) {
    stamps.push_back(stamp_ns);
    random = random * 6364136223846793005u + 1442695040888963407u;
    if (pattern == "constant") {
      stamp_ns += 50'000;
    } else if (pattern == "random") {
      stamp_ns += 1'000 + static_cast<int64_t>((random >> 33) % 98'000);
    } else {
      stamp_ns += i % 10 == 9 ? 500'000 - 9 * 2'000 : 2'000;
    }
  }
  return stamps;
}

void Run(const std::string& pattern) {
  const std::vector<int64_t> stamps = Stamps(pattern);
  const std::string path =
      (std::filesystem::temp_directory_path() / ("pacing_bench_" + std::to_string(::getpid())))
          .string();
  WriteCapture(path, stamps);
  const bool constant = pattern == "constant";
  const std::string gaps = ", " + pattern + " gaps";
  bench::Comparison handed{.name = "pacing: gap error p50" + gaps,
                           .unit = "ns",
                           .subject = "publisher",
                           .reference = constant ? "bar: 150 ns" : "waiting gap by gap",
                           .limit = constant ? 1.0 : 0.0};
  bench::Comparison received{.name = "pacing: gap error p50 as received" + gaps,
                             .unit = "ns",
                             .subject = "publisher",
                             .reference = "waiting gap by gap"};
  bench::Comparison drift{.name = "pacing: drift at the end" + gaps,
                          .unit = "ns",
                          .subject = "publisher",
                          .reference = "waiting gap by gap",
                          .note = "without sign; capture of " +
                                  std::to_string((stamps.back() - stamps[0]) / 1'000'000) + " ms"};
  bench::Comparison lateness{.name = "pacing: lateness p99 from the schedule" + gaps,
                             .unit = "ns",
                             .subject = "publisher",
                             .reference = "waiting gap by gap",
                             .note =
                                 "open loop: from the moment that was meant; the gap errors "
                                 "count from the datagram before, as a closed loop does"};
  const auto receiver = Listen();
  for (int i = 0; i < kSamples; ++i) {
    const Errors ours = PublishCapture(path, stamps, *receiver);
    const Errors theirs = SendGapByGap(stamps, *receiver);
    handed.Add(ours.gap_p50_ns, constant ? 150.0 : theirs.gap_p50_ns);
    received.Add(ours.received_gap_p50_ns, theirs.received_gap_p50_ns);
    drift.Add(ours.drift_ns, theirs.drift_ns);
    lateness.Add(ours.lateness_p99_ns, theirs.lateness_p99_ns);
  }
  handed.Print();
  received.Print();
  drift.Print();
  lateness.Print();
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace fh

int main() {
  fh::bench::PinTo(0);  // A migration would be counted as an error of pacing.
  for (const char* pattern : {"constant", "random", "burst"}) fh::Run(pattern);
  return 0;
}
