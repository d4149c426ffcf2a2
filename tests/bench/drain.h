// What receive_bench and pipeline_bench share: a socket's queue is filled with datagrams, and the
// time to drain it is compared with a bare recvmmsg loop over the same datagrams. Traffic stays on
// loopback.
//
//   Payloads payloads;                           // What is sent, in both turns.
//   payloads.Add(bytes);
//   Filler filler(line), bare_filler(bare_line);
//   BareLoop bare({bare_line});
//   AddTurns(comparison, kSamples, begin, [&] { return Turn{filler.FillNs(payloads), DrainOurs()}; },
//            [&] { return Turn{bare_filler.FillNs(payloads), bare.DrainNs(payloads)}; });
#ifndef FEEDHANDLER_TESTS_BENCH_DRAIN_H_
#define FEEDHANDLER_TESTS_BENCH_DRAIN_H_

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rio/backend.h"
#include "rio/endpoint.h"
#include "rio/packet.h"
#include "rio/socket/multicast.h"
#include "rio/socket/sender.h"
#include "rio/socket/socket_posix.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"

namespace fh::bench {

inline constexpr uint32_t kDatagrams = 1024;  // What a line's queue is filled with.
inline constexpr uint32_t kBatch = 64;
inline constexpr uint32_t kSliceBytes = 2048;
inline constexpr int kWarmUps = 3;

inline rio::Subscription LoopbackLine(uint16_t port) {
  rio::Subscription line;
  line.group = *rio::ParseEndpoint("239.77.7.7:" + std::to_string(port));
  line.interface = "lo";
  return line;
}

inline uint64_t Touch(const uint8_t* data, size_t length) { return data[0] + data[length - 1]; }

// Datagrams to be sent, at most kDatagrams of kSliceBytes.
class Payloads {
 public:
  Payloads() : storage_(kDatagrams * kSliceBytes + rio::kReadablePastEnd) {}

  void Clear() {
    datagrams_.clear();
    sum_ = 0;
  }
  void Add(std::span<const uint8_t> bytes) {
    uint8_t* const data = storage_.data() + datagrams_.size() * kSliceBytes;
    std::memcpy(data, bytes.data(), bytes.size());
    datagrams_.push_back({.data = data, .length = static_cast<uint32_t>(bytes.size())});
    sum_ += Touch(data, bytes.size());
  }

  bool IsFull() const { return datagrams_.size() == kDatagrams; }
  std::span<const rio::Sender::Datagram> datagrams() const { return datagrams_; }
  // Of all that Touch sees: no path can win by not looking.
  uint64_t sum() const { return sum_; }

 private:
  std::vector<uint8_t> storage_;
  std::vector<rio::Sender::Datagram> datagrams_;
  uint64_t sum_ = 0;
};

// Fills the queues of the sockets that have joined `line`.
class Filler {
 public:
  explicit Filler(const rio::Subscription& line) {
    auto sender = rio::Sender::Open({.destinations = {line.group}, .interface = "lo"});
    if (!sender.ok()) Fail(std::string(sender.status().message()));
    sender_ = *std::move(sender);
  }

  void Fill(const Payloads& payloads) {
    if (sender_->Send(payloads.datagrams()) != payloads.datagrams().size()) {
      Fail("datagrams could not be sent");
    }
  }
  double FillNs(const Payloads& payloads) {
    const double start = ThreadCpuNs();
    Fill(payloads);
    return ThreadCpuNs() - start;
  }

 private:
  std::unique_ptr<rio::Sender> sender_;
};

// The least that a program can do: one array of headers, made once, into fixed buffers. Several
// lines are visited in turn.
class BareLoop {
 public:
  explicit BareLoop(const std::vector<rio::Subscription>& lines) : memory_(kBatch * kSliceBytes) {
    for (const rio::Subscription& line : lines) {
      auto socket = rio::OpenLineSocket(line, rio::ReceiverOptions());
      if (!socket.ok()) Fail(std::string(socket.status().message()));
      sockets_.push_back(*std::move(socket));
    }
    for (uint32_t i = 0; i < kBatch; ++i) {
      vectors_[i] = {.iov_base = memory_.data() + i * kSliceBytes, .iov_len = kSliceBytes};
      messages_[i].msg_hdr.msg_iov = &vectors_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
  }

  // Every line's queue has been filled with `payloads`.
  double DrainNs(const Payloads& payloads) {
    const size_t wanted = payloads.datagrams().size() * sockets_.size();
    size_t count = 0;
    uint64_t sum = 0;
    bool is_empty = false;
    const double start = ThreadCpuNs();
    while (count < wanted && !is_empty) {
      is_empty = true;
      for (const rio::LineSocket& socket : sockets_) {
        const int got = recvmmsg(socket.fd.get(), messages_.data(), kBatch, MSG_DONTWAIT, nullptr);
        for (int i = 0; i < got; ++i) {
          const auto index = static_cast<size_t>(i);
          sum += Touch(static_cast<uint8_t*>(vectors_[index].iov_base), messages_[index].msg_len);
        }
        if (got <= 0) continue;
        count += static_cast<size_t>(got);
        is_empty = false;
      }
    }
    const double elapsed = ThreadCpuNs() - start;
    if (count != wanted) Fail("the bare loop got only " + std::to_string(count) + " datagrams");
    if (sum != payloads.sum() * sockets_.size()) Fail("the bare loop got other bytes");
    return elapsed;
  }

 private:
  std::vector<rio::LineSocket> sockets_;
  std::vector<uint8_t> memory_;
  std::array<iovec, kBatch> vectors_{};
  std::array<mmsghdr, kBatch> messages_{};
};

// Measures `ours` and `theirs` in turn, so that whatever else the machine does meets both; who goes
// first alternates, and the first pairs only warm up. `begin` is called before each pair.
template <class Begin, class Ours, class Theirs>
void AddInterleaved(Comparison& comparison, int samples, Begin begin, Ours ours, Theirs theirs) {
  for (int sample = -kWarmUps; sample < samples; ++sample) {
    begin();
    double subject = 0;
    double reference = 0;
    for (int turn = 0; turn < 2; ++turn) {
      if ((sample + turn) % 2 == 0) {
        subject = ours();
      } else {
        reference = theirs();
      }
    }
    if (sample >= 0) comparison.Add(subject, reference);
  }
}

// One turn over the same datagrams: what it took to send them, and to receive them.
struct Turn {
  double fill_ns;
  double drain_ns;
};

// AddInterleaved of turns. A path may let the kernel work when a datagram is sent instead of when
// it is asked for; so what filling the subject's queue costs more than filling the reference's is
// counted as the subject's. Both medians are noted.
template <class Begin, class Ours, class Theirs>
void AddTurns(Comparison& comparison, int samples, Begin begin, Ours ours, Theirs theirs) {
  std::vector<double> our_fills;
  std::vector<double> their_fills;
  for (int sample = -kWarmUps; sample < samples; ++sample) {
    begin();
    Turn subject{};
    Turn reference{};
    for (int turn = 0; turn < 2; ++turn) {
      if ((sample + turn) % 2 == 0) {
        subject = ours();
      } else {
        reference = theirs();
      }
    }
    if (sample < 0) continue;
    our_fills.push_back(subject.fill_ns);
    their_fills.push_back(reference.fill_ns);
    comparison.Add(subject.drain_ns + subject.fill_ns - reference.fill_ns, reference.drain_ns);
  }
  char note[100];
  std::snprintf(note, sizeof note, "sending costs %.0f and %.0f ns; the difference is counted",
                Quantile(our_fills, 0.5), Quantile(their_fills, 0.5));
  comparison.note = note;
}

}  // namespace fh::bench

#endif  // FEEDHANDLER_TESTS_BENCH_DRAIN_H_
