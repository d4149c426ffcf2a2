// What a Receiver adds to the kernel's receive: its socket's queue is filled with datagrams, and
// the time to drain it (poll and release) is compared with a bare recvmmsg loop over the same
// queue. Both are run in turn, so that whatever else the machine does meets both.
//
// Traffic stays on loopback. The sum of all payload bytes is checked, so no path can win by not
// looking.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "rio/backends.h"
#include "rio/receiver.h"
#include "rio/sender.h"
#include "tests/bench/report.h"

namespace {

using fh::rio::LineSocket;
using fh::rio::Packet;
using fh::rio::Receiver;
using fh::rio::ReceiverOptions;
using fh::rio::Sender;
using fh::rio::Subscription;

constexpr uint32_t kDatagrams = 1024;
constexpr int kSamples = 31;
constexpr uint32_t kBatch = 64;
constexpr uint32_t kSliceBytes = 2048;

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "receive_bench: %s\n", why.c_str());
  std::exit(1);
}

// The thread's own time, kernel included: a drain never sleeps, and what other programs take of the
// core is not its cost.
double NowNs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

Subscription Line(uint16_t port) {
  Subscription line;
  line.group = *fh::rio::ParseEndpoint("239.77.7.7:" + std::to_string(port));
  line.interface = "lo";
  return line;
}

// Fills the queue of `line`'s socket. The first and last byte of each datagram say which it is.
class Filler {
 public:
  Filler(const Subscription& line, size_t bytes) : payloads_(kDatagrams) {
    auto sender = Sender::Open({.destinations = {line.group}, .interface = "lo"});
    if (!sender.ok()) Fail(std::string(sender.status().message()));
    sender_ = *std::move(sender);
    for (uint32_t i = 0; i < kDatagrams; ++i) {
      payloads_[i].assign(bytes, static_cast<uint8_t>(i));
      datagrams_.push_back(
          {.data = payloads_[i].data(), .length = static_cast<uint32_t>(bytes), .destination = 0});
      expected_sum_ += 2 * static_cast<uint8_t>(i);
    }
  }

  void Fill() {
    if (sender_->Send(datagrams_) != kDatagrams) Fail("datagrams could not be sent");
  }
  uint64_t expected_sum() const { return expected_sum_; }

 private:
  std::vector<std::vector<uint8_t>> payloads_;
  std::vector<Sender::Datagram> datagrams_;
  std::unique_ptr<Sender> sender_;
  uint64_t expected_sum_ = 0;
};

uint64_t Touch(const uint8_t* data, size_t length) { return data[0] + data[length - 1]; }

void CheckDrained(uint32_t count, uint64_t sum, const Filler& filler) {
  if (count != kDatagrams) Fail("only " + std::to_string(count) + " datagrams came");
  if (sum != filler.expected_sum()) Fail("the content is wrong");
}

// The least that a program can do: one array of headers, made once, into fixed buffers.
class BareLoop {
 public:
  explicit BareLoop(const Subscription& line) : memory_(kBatch * kSliceBytes) {
    ReceiverOptions options;
    auto socket = fh::rio::OpenLineSocket(line, options);
    if (!socket.ok()) Fail(std::string(socket.status().message()));
    socket_ = *std::move(socket);
    for (uint32_t i = 0; i < kBatch; ++i) {
      vectors_[i] = {.iov_base = memory_.data() + i * kSliceBytes, .iov_len = kSliceBytes};
      messages_[i].msg_hdr.msg_iov = &vectors_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
  }

  double DrainNs(const Filler& filler) {
    uint32_t count = 0;
    uint64_t sum = 0;
    const double start = NowNs();
    for (;;) {
      const int got = recvmmsg(socket_.fd.get(), messages_.data(), kBatch, MSG_DONTWAIT, nullptr);
      if (got <= 0) break;
      for (int i = 0; i < got; ++i) {
        const auto index = static_cast<size_t>(i);
        sum += Touch(static_cast<uint8_t*>(vectors_[index].iov_base), messages_[index].msg_len);
      }
      count += static_cast<uint32_t>(got);
      if (count == kDatagrams) break;
    }
    const double elapsed = NowNs() - start;
    CheckDrained(count, sum, filler);
    return elapsed;
  }

 private:
  LineSocket socket_;
  std::vector<uint8_t> memory_;
  std::array<iovec, kBatch> vectors_{};
  std::array<mmsghdr, kBatch> messages_{};
};

template <class B>
double DrainNs(Receiver<B>& receiver, const Filler& filler) {
  std::array<Packet, kBatch> packets;
  uint32_t count = 0;
  uint32_t idle = 0;
  uint64_t sum = 0;
  const double start = NowNs();
  while (count < kDatagrams && idle < 1'000'000) {
    const size_t got = receiver.Poll(packets);
    for (size_t i = 0; i < got; ++i) sum += Touch(packets[i].data, packets[i].length);
    receiver.Release(std::span<const Packet>(packets.data(), got));
    count += static_cast<uint32_t>(got);
    idle = got == 0 ? idle + 1 : 0;
  }
  const double elapsed = NowNs() - start;
  CheckDrained(count, sum, filler);
  return elapsed;
}

template <class B>
void Measure(size_t bytes, uint16_t port) {
  if (const fh::rio::ProbeResult probe = B::Probe(); !probe.available) {
    std::printf("%s: skipped: %s\n", B::kName, probe.reason.c_str());
    return;
  }
  const Subscription line = Line(port);
  const Subscription bare_line = Line(static_cast<uint16_t>(port + 1));
  auto receiver = Receiver<B>::Open({.region = {.slice_bytes = kSliceBytes, .slice_count = 4096},
                                     .receive = {.subscriptions = {line}}});
  if (!receiver.ok()) Fail(std::string(receiver.status().message()));
  BareLoop bare(bare_line);
  Filler filler(line, bytes);
  Filler bare_filler(bare_line, bytes);
  fh::bench::Comparison comparison{
      .name = std::string("receive: ") + B::kName + ", " + std::to_string(bytes) + " B",
      .unit = "ns a datagram",
      .subject = std::string("Receiver over ") + B::kName,
      .reference = "bare recvmmsg loop, batches of 64",
      .limit = 1.06};
  for (int sample = -3; sample < kSamples; ++sample) {
    double ours = 0;
    double theirs = 0;
    // Who goes first alternates.
    for (int turn = 0; turn < 2; ++turn) {
      if ((sample + turn) % 2 == 0) {
        filler.Fill();
        ours = DrainNs(**receiver, filler) / kDatagrams;
      } else {
        bare_filler.Fill();
        theirs = bare.DrainNs(bare_filler) / kDatagrams;
      }
    }
    if (sample >= 0) comparison.Add(ours, theirs);  // The first ones warm up.
  }
  comparison.Print();
}

}  // namespace

int main(int argc, char** argv) {
  uint16_t port = 27000;
  [&]<class... B>(std::type_identity<std::tuple<B...>>) {
    const auto run = [&]<class Type>(std::type_identity<Type>) {
      if (argc > 1 && std::strcmp(argv[1], Type::kName) != 0) return;
      for (const size_t bytes : {64u, 200u, 1400u}) {
        Measure<Type>(bytes, port);
        port = static_cast<uint16_t>(port + 2);
      }
    };
    (run(std::type_identity<B>()), ...);
  }(std::type_identity<fh::rio::SocketBackendTypes>());
  return 0;
}
