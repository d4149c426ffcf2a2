// What decoding DEEP costs, next to the least that reading it can cost: walking the block lengths
// of the same segments. Framed before; 64-byte updates written into a ring of 4 MiB.
//
// No target: the numbers are for comparing versions. The reference touches two bytes a message, the
// subject reads 30 and writes 64.
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/iex/iex_messages.h"
#include "codecs/iex/iex_sample.h"
#include "codecs/iex/iex_tp.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"

namespace {

using namespace fh::codecs;  // NOLINT: a program of its own.

constexpr uint32_t kSegments = 8192;  // More than caches and branch predictors remember.
constexpr uint32_t kMessagesASegment = 40;
constexpr uint64_t kMessages = uint64_t{kSegments} * kMessagesASegment;
constexpr uint64_t kSlots = 1 << 16;
constexpr int kSamples = 51;

// Segments of levels and trades in `symbols` symbols, each used alike.
class Feed {
 public:
  explicit Feed(uint32_t symbols) {
    for (uint32_t i = 0; i < kSegments; ++i) {
      bytes_.push_back(iex::BusySegment(iex::kDeep10, i, kMessagesASegment));
      SpreadSymbols(bytes_.back(), i, symbols);
      bytes_.back().append(fh::rio::kReadablePastEnd, '\0');
    }
    for (const std::string& bytes : bytes_) {
      fh::rio::Packet packet{};
      packet.data = reinterpret_cast<const uint8_t*>(bytes.data());
      packet.length = static_cast<uint32_t>(bytes.size() - fh::rio::kReadablePastEnd);
      packets_.push_back(packet);
    }
  }

  std::span<const fh::rio::Packet> packets() const { return packets_; }

 private:
  static void SpreadSymbols(std::string& bytes, uint64_t segment, uint32_t symbols) {
    auto* message = reinterpret_cast<uint8_t*>(bytes.data()) + iex::kSegmentHeaderBytes;
    for (uint32_t i = 0; i < kMessagesASegment; ++i) {
      const uint64_t number = segment * kMessagesASegment + i;
      const uint64_t symbol = (number * 0x9E3779B97F4A7C15 >> 32) % symbols;
      const uint32_t length = iex::IexTp::Blocks::Length(message);
      iex::kSymbol.Put(message + iex::IexTp::Blocks::kLengthBytes,
                       absl::StrCat("S", symbol).c_str());
      message += iex::IexTp::Blocks::kLengthBytes + length;
    }
  }

  std::vector<std::string> bytes_;
  std::vector<fh::rio::Packet> packets_;
};

template <typename F>
double NsAMessage(F pass) {
  const double start = fh::bench::ThreadCpuNs();
  pass();
  return (fh::bench::ThreadCpuNs() - start) / static_cast<double>(kMessages);
}

uint64_t WalkLengths(const fh::rio::Packet& packet) {
  uint64_t bytes = 0;
  iex::IexTp::Blocks::ForEach(
      {packet.data + iex::kSegmentHeaderBytes, packet.data + packet.length, kMessagesASegment},
      [&](const uint8_t*, uint32_t length) { bytes += length; });
  return bytes;
}

void Require(bool correct, const char* what) {
  if (correct) return;
  std::fprintf(stderr, "iex_bench: %s\n", what);
  std::exit(1);
}

// What the updates and the bytes they came from must agree in.
uint64_t HashOfMessages(const Feed& feed) {
  uint64_t hash = 0;
  for (const fh::rio::Packet& packet : feed.packets()) {
    iex::IexTp::Blocks::ForEach(
        {packet.data + iex::kSegmentHeaderBytes, packet.data + packet.length, kMessagesASegment},
        [&](const uint8_t* message, uint32_t) {
          hash = std::rotl(hash, 1) ^ iex::kSize(message) ^
                 static_cast<uint64_t>(iex::kPrice(message) * 100'000);
        });
  }
  return hash;
}

uint64_t HashOfUpdates(std::span<const NormalizedUpdate> updates, uint64_t hash) {
  for (const NormalizedUpdate& update : updates) {
    const bool trade = update.record == FH_RECORD_TRADE;
    hash = std::rotl(hash, 1) ^ (trade ? update.trade.size : update.level.size) ^
           static_cast<uint64_t>(trade ? update.trade.price : update.level.price);
  }
  return hash;
}

void Bench(uint32_t symbols) {
  const Feed feed(symbols);
  InstrumentStore table(20'000);
  const std::unique_ptr<Codec> codec = *(*FindCodec("iex_deep10"))->make({.instruments = &table});
  std::vector<PacketFrame> frames(kSegments);
  codec->Frame(feed.packets(), frames);
  std::vector<DecodeJob> jobs;
  for (uint32_t i = 0; i < kSegments; ++i) {
    Require(frames[i].message_count == kMessagesASegment, "a segment was not framed whole");
    jobs.push_back({&feed.packets()[i], &frames[i], 0, kMessagesASegment, 1, 0});
  }
  std::vector<NormalizedUpdate> slots(kSlots);
  uint64_t hash = 0;
  for (const DecodeJob& job : jobs) {
    UpdateWriter first(slots.data(), kSlots - 1, 0);
    codec->Decode({&job, 1}, first);
    Require(first.next() == kMessagesASegment, "not one update a message");
    hash = HashOfUpdates({slots.data(), kMessagesASegment}, hash);
  }
  Require(hash == HashOfMessages(feed), "updates differ from the messages");

  const std::string name = absl::StrCat("IEX DEEP decode, ", symbols, " symbols");
  fh::bench::Comparison comparison{.name = name,
                                   .unit = "ns a message",
                                   .subject = "decode into updates",
                                   .reference = "walk of the block lengths"};
  UpdateWriter writer(slots.data(), kSlots - 1, 0);
  uint64_t walked = 0;
  for (int i = 0; i < kSamples; ++i) {
    const double ours = NsAMessage([&] {
      codec->Decode(jobs, writer);
      asm volatile("" : : "r"(slots.data()) : "memory");
    });
    const double theirs = NsAMessage([&] {
      for (const fh::rio::Packet& packet : feed.packets()) walked += WalkLengths(packet);
      asm volatile("" : "+r"(walked));
    });
    comparison.Add(ours, theirs);
  }
  Require(walked != 0, "nothing was walked");
  comparison.Print();
}

}  // namespace

int main() {
  Bench(8);
  Bench(500);
  Bench(8'000);
}
