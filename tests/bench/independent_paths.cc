// Every receive path with a loop that has nothing of `feedhandler tune`, for tune_agreement: one
// after the other, each in one long piece, over the cables that tests use, with plain sockets to send
// and the system's clock. Prints a JSON object: path and place, and the latency of datagrams that
// come alone.
//
//   independent_paths [ORDER]      ORDER: a number; the paths are measured in another order.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "rio/af_xdp/xdp_options.h"
#include "rio/backends.h"
#include "rio/receiver.h"
#include "tests/bench/believable.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"
#include "tests/conformance/network_namespaces.h"

namespace fh::bench {
namespace {

constexpr int kKernelCpu = 0;
constexpr int kOtherCpu = 1;
constexpr int kSingles = 6'000;
constexpr int kWarmUps = 500;
constexpr double kApartNs = 50'000;
constexpr size_t kBytes = 200;
constexpr char kGroup[] = "239.77.9.9";

struct Result {
  std::string name;
  int feed_cpu;
  double p50_ns = 0;
  double p99_ns = 0;
  std::string refusal;
};

// A plain socket at the sending end.
class PlainSender {
 public:
  PlainSender(test::VethNetwork& network, uint16_t port) {
    network.AtSender([&] { fd_ = rio::UniqueFd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); });
    to_.sin_family = AF_INET;
    to_.sin_port = htons(port);
    inet_pton(AF_INET, kGroup, &to_.sin_addr);
    in_addr from{};
    inet_pton(AF_INET, "10.77.0.1", &from);
    if (setsockopt(fd_.get(), IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof from) != 0 ||
        connect(fd_.get(), reinterpret_cast<sockaddr*>(&to_), sizeof to_) != 0) {
      Fail("no sender");
    }
  }
  void Send() const {
    std::array<uint8_t, kBytes> bytes{};
    const double now_ns = ClockNs(CLOCK_MONOTONIC);
    std::memcpy(bytes.data(), &now_ns, sizeof now_ns);
    if (send(fd_.get(), bytes.data(), bytes.size(), 0) != kBytes) Fail("cannot send");
  }

 private:
  rio::UniqueFd fd_;
  sockaddr_in to_{};
};

// How long the oldest datagram that is there took; less than 0: there is none. `backlog`: it was not
// alone.
template <class B>
double Take(rio::Receiver<B>& receiver, bool& backlog) {
  std::array<rio::Packet, 64> packets;
  const size_t got = receiver.Poll(packets);
  if (got == 0) return -1;
  const double now_ns = ClockNs(CLOCK_MONOTONIC);
  double sent_ns = 0;
  std::memcpy(&sent_ns, packets[0].data, sizeof sent_ns);
  receiver.Release(std::span<const rio::Packet>(packets.data(), got));
  backlog = got > 1;
  return now_ns - sent_ns;
}

template <class B>
void MeasureSingles(rio::Receiver<B>& receiver, const PlainSender& sender, bool here,
                    Result& result) {
  std::vector<double> latencies;
  const auto keep = [&](int i, double ns, bool backlog) {
    if (ns >= 0 && !backlog && i >= kWarmUps) latencies.push_back(ns);
  };
  if (here) {
    for (int i = 0; i < kSingles; ++i) {
      bool backlog = false;
      sender.Send();
      double ns = -1;
      for (int tries = 0; ns < 0 && tries < 100'000; ++tries) ns = Take(receiver, backlog);
      keep(i, ns, backlog);
    }
  } else {
    std::atomic<bool> done{false};
    std::thread thread([&] {
      PinTo(kKernelCpu);
      double due_ns = ClockNs(CLOCK_MONOTONIC);
      for (int i = 0; i < kSingles; ++i) {
        while (ClockNs(CLOCK_MONOTONIC) < due_ns) {
        }
        due_ns += kApartNs;
        sender.Send();
      }
      done = true;
    });
    int i = 0;
    while (!done) {
      bool backlog = false;
      const double ns = Take(receiver, backlog);
      if (ns >= 0) keep(i++, ns, backlog);
    }
    thread.join();
  }
  if (latencies.size() < kSingles / 2) {
    result.refusal = "only " + std::to_string(latencies.size()) + " datagrams came alone";
    return;
  }
  result.p50_ns = Quantile(latencies, 0.5);
  result.p99_ns = Quantile(latencies, 0.99);
}

template <class B>
void MeasurePath(test::VethNetwork& network, uint16_t port, rio::XdpMode mode, Result& result) {
  if (const rio::ProbeResult probe = B::Probe(); !probe.available) {
    result.refusal = probe.reason;
    return;
  }
  const bool is_xdp = std::is_same_v<B, rio::AfXdpBackend>;
  rio::ReceiveSetup setup{.region = {.slice_count = 4096}};
  rio::Subscription line;
  line.group = *rio::ParseEndpoint(std::string(kGroup) + ":" + std::to_string(port));
  line.interface = "rx0";
  setup.receive.subscriptions = {line};
  if (is_xdp) {
    setup.region.slice_bytes = rio::kXdpCopySliceBytes;
    rio::XdpOptionsIn(setup.receive).mode = mode;
    rio::XdpOptionsIn(setup.receive).ring_entries = 4096;
  }
  PinTo(result.feed_cpu);
  auto receiver = rio::Receiver<B>::Open(setup);
  if (!receiver.ok()) {
    result.refusal = std::string(receiver.status().message());
    return;
  }
  const PlainSender sender(network, port);
  MeasureSingles(**receiver, sender, result.feed_cpu == kKernelCpu, result);
}

int Main(unsigned order) {
  std::string why;
  const auto network = test::VethNetwork::Create(/*cables=*/1, why);
  if (network == nullptr) Fail(why);
  std::vector<std::function<Result(uint16_t)>> all;
  const auto add = [&]<class B>(std::type_identity<B>, const char* suffix, rio::XdpMode mode) {
    for (const int feed_cpu : {kOtherCpu, kKernelCpu}) {
      all.push_back([&, suffix, mode, feed_cpu](uint16_t port) {
        Result result{.name = std::string(B::kName) + suffix, .feed_cpu = feed_cpu};
        MeasurePath<B>(*network, port, mode, result);
        return result;
      });
    }
  };
  add(std::type_identity<rio::RecvmmsgBackend>(), "", rio::XdpMode::kProbe);
  add(std::type_identity<rio::IoUringBackend>(), "", rio::XdpMode::kProbe);
  add(std::type_identity<rio::IoUringMultishotBackend>(), "", rio::XdpMode::kProbe);
  add(std::type_identity<rio::AfXdpBackend>(), ", native", rio::XdpMode::kNative);
  add(std::type_identity<rio::AfXdpBackend>(), ", generic", rio::XdpMode::kGeneric);
  std::mt19937 random(order);
  std::shuffle(all.begin(), all.end(), random);
  std::printf("[");
  uint16_t port = 28500;
  for (const auto& measure : all) {
    const Result result = measure(++port);
    std::printf(
        "%s{\"path\":\"%s\",\"feed_cpu\":%d,\"p50_ns\":%.0f,\"p99_ns\":%.0f,"
        "\"refusal\":\"%s\"}",
        port == 28501 ? "" : ",\n", result.name.c_str(), result.feed_cpu, result.p50_ns,
        result.p99_ns, result.refusal.c_str());
  }
  std::printf("]\n");
  return 0;
}

}  // namespace
}  // namespace fh::bench

int main(int argc, char** argv) {
  return fh::bench::Main(argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 0);
}
