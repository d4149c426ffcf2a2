// Decoding ITCH 5.0 into 64-byte updates, against the least that any decoder must do: walking the
// length prefixes of the same bytes.
//
// The stream is made in memory from a seed, like the one of a busy day: 46.6% adds (one in eighteen
// with an MPID), 40.8% deletes, 5.2% replaces, 5.2% executions, 0.9% cancels, 1.3% trades, in
// random order, over 8,000 symbols with Zipf activity. It is cut into slices of whole records of at
// most 1,400 bytes, which is what a datagram holds, and framed once; what is timed is the public
// Codec::Decode over bursts of 32 jobs into a ring of 1,024 updates, every length checked. "Frame
// and decode" adds Codec::Frame, as the feed thread calls it.
#include <time.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/codec.h"
#include "codecs/instrument_store.h"
#include "codecs/itch/itch50_messages.h"
#include "codecs/itch/itch50_plans.h"
#include "codecs/length_blocks.h"
#include "codecs/registry.h"
#include "codecs/sample_random.h"
#include "codecs/update.h"
#include "rio/packet.h"
#include "tests/bench/report.h"

namespace fh::bench {
namespace {

using namespace codecs;  // NOLINT: a program, not a library.
using Blocks = LengthBlocks<std::endian::big>;

constexpr uint32_t kMessages = 4'000'000;
constexpr uint32_t kSymbols = 8'000;
constexpr uint32_t kSliceBytes = 1'400;
constexpr size_t kBurst = 32;
constexpr uint64_t kRingSlots = 1'024;
constexpr int kRounds = 25;

// What the stream holds, counted while it was made: what a decoder must find again.
struct Truth {
  uint64_t messages = 0;
  uint64_t updates = 0;
  uint64_t added_shares = 0;
  uint64_t traded_shares = 0;
};

class Stream {
 public:
  explicit Stream(uint64_t seed) : random_(seed) {
    bytes_.reserve(size_t{kMessages} * 34);
    MakeSymbols();
    for (uint32_t i = 0; i < kMessages; ++i) AddOne();
    size_ = bytes_.size();
    bytes_.resize(size_ + rio::kReadablePastEnd);
  }

  const uint8_t* begin() const { return reinterpret_cast<const uint8_t*>(bytes_.data()); }
  const uint8_t* end() const { return begin() + size_; }
  const Truth& truth() const { return truth_; }

 private:
  void MakeSymbols() {
    double sum = 0;
    for (uint32_t i = 0; i < kSymbols; ++i) zipf_.push_back(sum += 1.0 / (i + 1));
    for (double& weight : zipf_) weight /= sum;
    for (uint32_t locate = 1; locate <= kSymbols; ++locate) {
      uint8_t* message = Begin(itch50::StockDirectory::kInfo, locate);
      itch50::StockDirectory::kStock.Put(message, absl::StrCat("S", locate).c_str());
      End(itch50::StockDirectory::kInfo, 1);
    }
  }

  uint32_t RandomLocate() {
    const double share = static_cast<double>(random_.Next() >> 11) / (uint64_t{1} << 53);
    return static_cast<uint32_t>(std::lower_bound(zipf_.begin(), zipf_.end(), share) -
                                 zipf_.begin()) %
               kSymbols +
           1;
  }

  uint8_t* Begin(const MessageInfo& info, uint32_t locate) {
    message_.fill(' ');
    itch50::kMessageType.Put(message_.data(), static_cast<char>(info.type));
    itch50::kStockLocate.Put(message_.data(), static_cast<uint16_t>(locate));
    itch50::kTrackingNumber.Put(message_.data(), 0);
    itch50::kTimestamp.Put(message_.data(), now_ns_ += random_.Below(10'000));
    return message_.data();
  }

  void End(const MessageInfo& info, uint64_t updates) {
    Blocks::Append(bytes_, {reinterpret_cast<const char*>(message_.data()), info.length});
    ++truth_.messages;
    truth_.updates += updates;
  }

  void AddOne() {
    const uint64_t draw = random_.Below(1000);
    const uint32_t locate = RandomLocate();
    const uint32_t shares = static_cast<uint32_t>(1 + random_.Below(1'000));
    const uint32_t price = static_cast<uint32_t>(10'000 + random_.Below(5'000'000));
    const uint64_t reference = random_.Below(1 << 28);
    if (draw < 466) {
      Add(draw < 26 ? itch50::AddOrderMpid::kInfo : itch50::AddOrder::kInfo, locate, reference,
          shares, price);
    } else if (draw < 874) {
      itch50::OrderDelete::kOrderReferenceNumber.Put(Begin(itch50::OrderDelete::kInfo, locate),
                                                     reference);
      End(itch50::OrderDelete::kInfo, 1);
    } else if (draw < 926) {
      using M = itch50::OrderReplace;
      uint8_t* message = Begin(M::kInfo, locate);
      M::kOriginalOrderReferenceNumber.Put(message, reference);
      M::kNewOrderReferenceNumber.Put(message, reference + 1);
      M::kShares.Put(message, shares);
      M::kPrice.Put(message, price);
      truth_.added_shares += shares;
      End(M::kInfo, 2);
    } else if (draw < 978) {
      Execute(draw < 934, locate, reference, shares, price);
    } else if (draw < 987) {
      uint8_t* message = Begin(itch50::OrderCancel::kInfo, locate);
      itch50::OrderCancel::kOrderReferenceNumber.Put(message, reference);
      itch50::OrderCancel::kCanceledShares.Put(message, shares);
      End(itch50::OrderCancel::kInfo, 1);
    } else {
      using M = itch50::NonCrossTrade;
      uint8_t* message = Begin(M::kInfo, locate);
      M::kOrderReferenceNumber.Put(message, 0);
      M::kBuySellIndicator.Put(message, 'B');
      M::kShares.Put(message, shares);
      M::kPrice.Put(message, price);
      M::kMatchNumber.Put(message, reference);
      truth_.traded_shares += shares;
      End(M::kInfo, 1);
    }
  }

  void Add(const MessageInfo& info, uint32_t locate, uint64_t reference, uint32_t shares,
           uint32_t price) {
    using M = itch50::AddOrder;
    uint8_t* message = Begin(info, locate);
    M::kOrderReferenceNumber.Put(message, reference);
    M::kBuySellIndicator.Put(message, random_.OneOf("BS"));
    M::kShares.Put(message, shares);
    M::kPrice.Put(message, price);
    truth_.added_shares += shares;
    End(info, 1);
  }

  void Execute(bool with_price, uint32_t locate, uint64_t reference, uint32_t shares,
               uint32_t price) {
    using M = itch50::OrderExecutedWithPrice;
    const MessageInfo& info = with_price ? M::kInfo : itch50::OrderExecuted::kInfo;
    uint8_t* message = Begin(info, locate);
    const bool printable = !with_price || random_.Below(10) != 0;
    M::kOrderReferenceNumber.Put(message, reference);
    M::kExecutedShares.Put(message, shares);
    M::kMatchNumber.Put(message, reference);
    if (with_price) {
      M::kPrintable.Put(message, printable ? 'Y' : 'N');
      M::kExecutionPrice.Put(message, price);
    }
    truth_.traded_shares += printable ? shares : 0;
    End(info, printable ? 3 : 2);
  }

  SampleRandom random_;
  std::string bytes_;
  size_t size_ = 0;
  std::vector<double> zipf_;
  std::array<uint8_t, 64> message_;
  uint64_t now_ns_ = 34'200'000'000'000;
  Truth truth_;
};

std::vector<rio::Packet> Cut(const Stream& stream) {
  std::vector<rio::Packet> packets;
  const uint8_t* record = stream.begin();
  const uint8_t* slice = record;
  while (record < stream.end()) {
    const uint32_t size = Blocks::kLengthBytes + Blocks::Length(record);
    if (record + size - slice > kSliceBytes) {
      rio::Packet packet{};
      packet.data = slice;
      packet.length = static_cast<uint32_t>(record - slice);
      packets.push_back(packet);
      slice = record;
    }
    record += size;
  }
  rio::Packet packet{};
  packet.data = slice;
  packet.length = static_cast<uint32_t>(record - slice);
  packets.push_back(packet);
  return packets;
}

// On cache lines, as rings are.
struct alignas(64) Ring {
  std::array<NormalizedUpdate, kRingSlots> slots;
};

// One codec with its ring and its jobs.
class Subject {
 public:
  Subject(const std::vector<rio::Packet>& packets, bool portable)
      : table_(65'535),
        packets_(packets),
        frames_(packets.size()),
        ring_(std::make_unique<Ring>()) {
    CodecOptions options;
    options.framing = "length_prefixed";
    options.portable = portable;
    options.instruments = &table_;
    absl::StatusOr<std::unique_ptr<Codec>> codec = (*FindCodec("itch50"))->make(options);
    if (!codec.ok()) {
      std::fprintf(stderr, "%s\n", codec.status().ToString().c_str());
      std::exit(1);
    }
    codec_ = *std::move(codec);
    codec_->Frame(packets_, frames_);
    for (size_t i = 0; i < packets.size(); ++i) {
      jobs_.push_back(
          {&packets_[i], &frames_[i], 0, frames_[i].message_count, 1'700'000'000'000'000'000, 0});
    }
  }

  // Returns how many updates were written.
  uint64_t DecodeAll() {
    UpdateWriter writer(ring_->slots.data(), kRingSlots - 1, 0);
    const std::span<const DecodeJob> jobs = jobs_;
    for (size_t i = 0; i < jobs.size(); i += kBurst) {
      codec_->Decode(jobs.subspan(i, std::min(kBurst, jobs.size() - i)), writer);
    }
    return writer.next();
  }

  uint64_t FrameAndDecodeAll() {
    UpdateWriter writer(ring_->slots.data(), kRingSlots - 1, 0);
    const std::span<const DecodeJob> jobs = jobs_;
    const std::span<const rio::Packet> packets = packets_;
    const std::span<PacketFrame> frames = frames_;
    for (size_t i = 0; i < jobs.size(); i += kBurst) {
      const size_t count = std::min(kBurst, jobs.size() - i);
      codec_->Frame(packets.subspan(i, count), frames.subspan(i, count));
      codec_->Decode(jobs.subspan(i, count), writer);
    }
    return writer.next();
  }

  // Every byte of every update, and what the updates say, compared with the truth.
  uint64_t HashAll(const Truth& truth) {
    UpdateWriter writer(ring_->slots.data(), kRingSlots - 1, 0);
    uint64_t hash = 0;
    uint64_t added = 0;
    uint64_t traded = 0;
    for (const DecodeJob& job : jobs_) {
      const uint64_t first = writer.next();
      codec_->Decode({&job, 1}, writer);
      for (uint64_t i = first; i < writer.next(); ++i) {
        const NormalizedUpdate& update = writer.At(i);
        std::array<uint64_t, 8> words;
        std::memcpy(words.data(), &update, sizeof update);
        for (const uint64_t word : words) hash = (hash ^ word) * 0x9E3779B97F4A7C15 + (hash >> 29);
        if (update.action == FH_ACTION_ADD) added += update.order.size;
        if (update.action == FH_ACTION_TRADE) traded += update.trade.size;
      }
    }
    if (writer.next() != truth.updates || added != truth.added_shares ||
        traded != truth.traded_shares) {
      std::fprintf(stderr, "WRONG: updates, added or traded shares differ from the generator's\n");
      std::exit(1);
    }
    return hash;
  }

 private:
  InstrumentStore table_;
  std::vector<rio::Packet> packets_;
  std::vector<PacketFrame> frames_;
  std::vector<DecodeJob> jobs_;
  std::unique_ptr<Ring> ring_;
  std::unique_ptr<Codec> codec_;
};

__attribute__((noinline)) uint64_t Walk(const uint8_t* record, const uint8_t* end) {
  uint64_t count = 0;
  for (; record < end; ++count) record += Blocks::kLengthBytes + Blocks::Length(record);
  return count;
}

// Of this thread only: time that other programs took does not count.
double ThreadNs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

template <typename Function>
double NsPerMessage(uint64_t messages, uint64_t expected, Function&& function) {
  const double start_ns = ThreadNs();
  const uint64_t result = function();
  const double spent_ns = ThreadNs() - start_ns;
  if (result != expected) {
    std::fprintf(stderr, "WRONG: %" PRIu64 " instead of %" PRIu64 "\n", result, expected);
    std::exit(1);
  }
  return spent_ns / static_cast<double>(messages);
}

Comparison Against(const char* name, const char* subject, double limit) {
  Comparison comparison;
  comparison.name = name;
  comparison.unit = "ns a message";
  comparison.subject = subject;
  comparison.reference = "walk of the length prefixes";
  comparison.limit = limit;
  comparison.note = "Decode of 1,400-byte slices, 32 a call, into a ring of 1,024";
  return comparison;
}

int Run() {
  const Stream stream(20'191'230);
  const Truth& truth = stream.truth();
  const std::vector<rio::Packet> packets = Cut(stream);
  std::string copy(static_cast<size_t>(stream.end() - stream.begin()), '\0');
  Subject portable(packets, true);
  Subject fastest(packets, false);
  const bool vectors = itch50::CanUseAvx512();
  const uint64_t hash = portable.HashAll(truth);
  if (fastest.HashAll(truth) != hash) {
    std::fprintf(stderr, "WRONG: the vector loop's updates differ from the portable loop's\n");
    return 1;
  }
  std::printf("itch: %" PRIu64 " messages, %zu bytes, %" PRIu64 " updates, hash %016" PRIx64 "\n",
              truth.messages, copy.size(), truth.updates, hash);

  Comparison memory = Against("itch: memcpy of the stream", "memcpy", 0);
  Comparison plain = Against("itch: decode, portable", "Codec::Decode, portable", 4.0);
  Comparison vector = Against("itch: decode, AVX-512", "Codec::Decode, AVX-512", 2.2);
  Comparison both = Against("itch: frame and decode, best path", "Codec::Frame and Decode", 0);
  for (int round = 0; round < kRounds; ++round) {
    const double walk = NsPerMessage(truth.messages, truth.messages,
                                     [&] { return Walk(stream.begin(), stream.end()); });
    memory.Add(NsPerMessage(truth.messages, copy.size(),
                            [&] {
                              std::memcpy(copy.data(), stream.begin(), copy.size());
                              asm volatile("" : : "r"(copy.data()) : "memory");
                              return copy.size();
                            }),
               walk);
    const auto decode = [&](Subject& subject) {
      return NsPerMessage(truth.messages, truth.updates, [&] { return subject.DecodeAll(); });
    };
    plain.Add(decode(portable), walk);
    if (vectors) vector.Add(decode(fastest), walk);
    both.Add(
        NsPerMessage(truth.messages, truth.updates, [&] { return fastest.FrameAndDecodeAll(); }),
        walk);
  }
  memory.note.clear();
  memory.Print();
  plain.Print();
  if (vectors) {
    vector.Print();
  } else {
    std::printf("itch: decode, AVX-512: skipped, this processor has no AVX-512 VBMI\n");
  }
  both.Print();
  return 0;
}

}  // namespace
}  // namespace fh::bench

int main() { return fh::bench::Run(); }
