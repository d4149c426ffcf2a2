// What a Receiver adds to the kernel's receive: its socket's queue is filled with datagrams, and
// the time to drain it (poll and release) is compared with a bare recvmmsg loop over the same
// datagrams (tests/bench/drain.h). What a path costs more while datagrams are sent counts as its own.
//
//   receive_bench [BACKEND]
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "rio/backend/registered_io_linux.h"
#include "rio/backends.h"
#include "rio/receiver.h"
#include "tests/bench/drain.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"

namespace fh::bench {
namespace {

using rio::Packet;
using rio::Receiver;

constexpr int kSamples = 61;

// The first and last byte of each datagram say which it is.
Payloads Numbered(size_t bytes) {
  Payloads payloads;
  for (uint32_t i = 0; i < kDatagrams; ++i) {
    payloads.Add(std::vector<uint8_t>(bytes, static_cast<uint8_t>(i)));
  }
  return payloads;
}

template <class B>
double DrainNs(Receiver<B>& receiver, const Payloads& payloads) {
  std::array<Packet, kBatch> packets;
  uint32_t count = 0;
  uint32_t idle = 0;
  uint64_t sum = 0;
  const double start = ThreadCpuNs();
  while (count < kDatagrams && idle < 1'000'000) {
    const size_t got = receiver.Poll(packets);
    for (size_t i = 0; i < got; ++i) sum += Touch(packets[i].data, packets[i].length);
    receiver.Release(std::span<const Packet>(packets.data(), got));
    count += static_cast<uint32_t>(got);
    idle = got == 0 ? idle + 1 : 0;
  }
  const double elapsed = ThreadCpuNs() - start;
  if (count != kDatagrams) Fail("only " + std::to_string(count) + " datagrams came");
  if (sum != payloads.sum()) Fail("the content is wrong");
  return elapsed;
}

template <class B>
void Measure(size_t bytes, uint16_t port, double limit) {
  if (const rio::ProbeResult probe = B::Probe(); !probe.available) {
    std::printf("%s: skipped: %s\n", B::kName, probe.reason.c_str());
    return;
  }
  const rio::Subscription line = LoopbackLine(port);
  const rio::Subscription bare_line = LoopbackLine(static_cast<uint16_t>(port + 1));
  auto receiver = Receiver<B>::Open({.region = {.slice_bytes = kSliceBytes, .slice_count = 4096},
                                     .receive = {.subscriptions = {line}}});
  if (!receiver.ok()) Fail(std::string(receiver.status().message()));
  BareLoop bare({bare_line});
  Filler filler(line);
  Filler bare_filler(bare_line);
  const Payloads payloads = Numbered(bytes);
  Comparison comparison{
      .name = std::string("receive: ") + B::kName + ", " + std::to_string(bytes) + " B",
      .unit = "ns a datagram",
      .subject = std::string("Receiver over ") + B::kName,
      .reference = "bare recvmmsg loop, batches of 64",
      .limit = limit};
  AddTurns(
      comparison, kSamples, [] {},
      [&] {
        const double fill_ns = filler.FillNs(payloads) / kDatagrams;
        return Turn{fill_ns, DrainNs(**receiver, payloads) / kDatagrams};
      },
      [&] {
        const double fill_ns = bare_filler.FillNs(payloads) / kDatagrams;
        return Turn{fill_ns, bare.DrainNs(payloads) / kDatagrams};
      });
  comparison.Print();
}

}  // namespace
}  // namespace fh::bench

int main(int argc, char** argv) {
  fh::bench::PinTo(0);  // Sends as well: the kernel's side is on the same core, and counted.
  uint16_t port = 27000;
  const auto run = [&]<class Type>(std::type_identity<Type>, double limit) {
    if (argc > 1 && std::strcmp(argv[1], Type::kName) != 0) return;
    for (const size_t bytes : {64u, 200u, 1400u}) {
      fh::bench::Measure<Type>(bytes, port, limit);
      port = static_cast<uint16_t>(port + 2);
    }
  };
  [&]<class... B>(std::type_identity<std::tuple<B...>>) {
    (run(std::type_identity<B>(), 1.06), ...);
  }(std::type_identity<fh::rio::AutoBackendTypes>());
  // What RIO's queues cost; no target, since there are better paths for market data. (Of the pump,
  // this thread's time says nothing: another thread receives.)
  run(std::type_identity<fh::rio::RegisteredIoUring>(), 0);
  return 0;
}
