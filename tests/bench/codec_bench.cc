// Every codec of the registry on its own samples: decoding against framing of the same packets. A
// codec that is added by its one line is measured here without a further one. Samples hold every
// message type alike often, so these figures compare versions of one codec, not codecs with each
// other, and say little about a trading day; itch_bench and iex_bench do that.
#include <time.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "codecs/codec.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "codecs/update.h"
#include "rio/packet.h"
#include "tests/bench/report.h"

namespace fh::bench {
namespace {

using namespace codecs;  // NOLINT: a program, not a library.

constexpr uint64_t kPackets = 20'000;  // More than caches and branch predictors remember.
constexpr int kRounds = 15;
constexpr int64_t kReceiveNs = 1'700'000'000'000'000'000;

// Of this thread only: time that other programs took does not count.
double ThreadNs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

struct Packets {
  explicit Packets(const CodecInfo& info) {
    std::vector<size_t> starts;
    for (uint64_t seed = 0; seed < kPackets; ++seed) {
      starts.push_back(bytes.size());
      bytes += info.sample(seed);
    }
    starts.push_back(bytes.size());
    bytes.append(rio::kReadablePastEnd, '\0');
    for (uint64_t i = 0; i < kPackets; ++i) {
      rio::Packet packet{};
      packet.data = reinterpret_cast<const uint8_t*>(bytes.data()) + starts[i];
      packet.length = static_cast<uint32_t>(starts[i + 1] - starts[i]);
      packets.push_back(packet);
    }
  }

  std::string bytes;
  std::vector<rio::Packet> packets;
};

bool Measure(const CodecInfo& info) {
  const Packets samples(info);
  InstrumentStore table(65'535);
  CodecOptions options;
  options.instruments = &table;
  absl::StatusOr<std::unique_ptr<Codec>> codec = info.make(options);
  if (!codec.ok()) {
    std::fprintf(stderr, "%s: %s\n", info.name, codec.status().ToString().c_str());
    return false;
  }
  std::vector<PacketFrame> frames(kPackets);
  (*codec)->Frame(samples.packets, frames);
  std::vector<DecodeJob> jobs;
  double messages = 0;
  uint64_t room = 0;
  for (uint64_t i = 0; i < kPackets; ++i) {
    jobs.push_back({&samples.packets[i], &frames[i], 0, frames[i].number_count, kReceiveNs, 0});
    messages += frames[i].message_count;
    room = std::max(room, (*codec)->MaxUpdates(jobs.back()));
  }
  std::vector<NormalizedUpdate> slots(std::bit_ceil(room));

  Comparison comparison;
  comparison.name = std::string("codec: ") + info.name + ", decode";
  comparison.unit = "ns a message";
  comparison.subject = "Codec::Decode";
  comparison.reference = "Codec::Frame";
  comparison.note = "samples: every message type alike often";
  uint64_t updates = 0;
  for (int round = 0; round < kRounds; ++round) {
    const double start_ns = ThreadNs();
    (*codec)->Frame(samples.packets, frames);
    const double framed_ns = ThreadNs();
    UpdateWriter writer(slots.data(), slots.size() - 1, 0);
    (*codec)->Decode(jobs, writer);
    const double decoded_ns = ThreadNs();
    if (round > 0 && writer.next() != updates) {
      std::fprintf(stderr, "WRONG: %s: the rounds differ\n", info.name);
      return false;
    }
    updates = writer.next();
    comparison.Add((decoded_ns - framed_ns) / messages, (framed_ns - start_ns) / messages);
  }
  comparison.Print();
  return true;
}

}  // namespace
}  // namespace fh::bench

int main() {
  bool good = true;
  for (const fh::codecs::CodecInfo* info : fh::codecs::Codecs()) {
    good = fh::bench::Measure(*info) && good;
  }
  return good ? 0 : 1;
}
