// What decoding CME MDP 3.0 costs, next to the least that reading its books can cost: a walk of the
// groups of the same messages that touches an entry's price and instrument. Captured packets of both
// lines (template 32 for the most part), framed before; 64-byte updates written into a ring of 4 MiB.
//
// Target: 4.0 times the walk.
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codecs/block_walk.h"
#include "codecs/cme/cme_messages.h"
#include "codecs/cme/mdp3_framing.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/bench/report.h"
#include "tests/bench/this_thread.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"

namespace {

using namespace fh::codecs;  // NOLINT: a program of its own.
namespace book = cme::md_incremental_refresh_book32;

constexpr char kCapture[] = "cme/mdp3_v1.6_20161112_AB.pcapng";
constexpr uint64_t kSlots = 1 << 16;
constexpr int kSamples = 51;

struct Feed {
  std::vector<std::string> bytes;
  std::vector<fh::rio::Packet> packets;
};

Feed Load(const std::filesystem::path& path) {
  Feed feed;
  const absl::Status status = fh::test::ForEachPacket(path, [&](const auto& captured) {
    feed.bytes.emplace_back(reinterpret_cast<const char*>(captured.packet.data),
                            captured.packet.length);
    feed.bytes.back().append(fh::rio::kReadablePastEnd, '\0');
  });
  if (!status.ok()) {
    std::fprintf(stderr, "cme_bench: %s\n", status.ToString().c_str());
    std::exit(1);
  }
  for (const std::string& text : feed.bytes) {
    fh::rio::Packet packet{};
    packet.data = reinterpret_cast<const uint8_t*>(text.data());
    packet.length = static_cast<uint32_t>(text.size() - fh::rio::kReadablePastEnd);
    feed.packets.push_back(packet);
  }
  return feed;
}

struct Walked {
  uint64_t messages = 0;
  uint64_t entries = 0;
  uint64_t hash = 0;
};

// The least: every entry of the first group of every message.
void WalkGroups(const fh::rio::Packet& packet, const PacketFrame& frame, Walked& walked) {
  const cme::Mdp3Framing framing;
  framing.ForEachMessage(
      packet, frame, 0, frame.message_count, [&](const uint8_t* message, uint32_t length) {
        ++walked.messages;
        const uint8_t* at = message + cme::kHeaderBytes + cme::kBlockLength(message);
        const uint8_t* const end = message + length;
        if (end - at < book::no_md_entries::kGroup.announcement_bytes) return;
        const WireGroup group = ReadGroup(book::no_md_entries::kGroup, at, end);
        if (group.why != nullptr) return;
        for (uint64_t i = 0; i < group.count; ++i) {
          const uint8_t* entry = group.first + i * group.block_length;
          walked.hash += static_cast<uint64_t>(book::no_md_entries::kMdEntryPx(entry)) ^
                         static_cast<uint64_t>(book::no_md_entries::kSecurityId(entry));
        }
        walked.entries += group.count;
      });
}

template <typename F>
double Ns(F pass) {
  const double start = fh::bench::ThreadCpuNs();
  pass();
  return fh::bench::ThreadCpuNs() - start;
}

}  // namespace

int main() {
  const auto path = fh::test::CaptureFile(kCapture);
  if (!path) {
    std::printf("cme: %s\n", fh::test::kNoCaptures);
    return 0;
  }
  const Feed feed = Load(*path);
  InstrumentStore table(20'000);
  const std::unique_ptr<Codec> codec = *(*FindCodec("cme_mdp3"))->make({.instruments = &table});
  std::vector<PacketFrame> frames(feed.packets.size());
  codec->Frame(feed.packets, frames);
  std::vector<DecodeJob> jobs;
  Walked walked;
  for (size_t i = 0; i < frames.size(); ++i) {
    jobs.push_back({&feed.packets[i], &frames[i], 0, 1, 1, 0});
    WalkGroups(feed.packets[i], frames[i], walked);
  }
  std::vector<NormalizedUpdate> slots(kSlots);
  fh::bench::Comparison by_message;
  by_message.name = "cme: captured books, decode";
  by_message.unit = "ns a message";
  by_message.subject = "Codec::Decode";
  by_message.reference = "a walk of the groups";
  fh::bench::Comparison by_entry = by_message;
  by_entry.unit = "ns an entry";
  uint64_t updates = 0;
  for (int sample = 0; sample < kSamples; ++sample) {
    Walked again;
    const double walk_ns = Ns([&] {
      for (size_t i = 0; i < frames.size(); ++i) WalkGroups(feed.packets[i], frames[i], again);
    });
    UpdateWriter writer(slots.data(), kSlots - 1, 0);
    const double decode_ns = Ns([&] { codec->Decode(jobs, writer); });
    if (again.hash != walked.hash || (sample > 0 && writer.next() != updates)) {
      std::fprintf(stderr, "cme_bench: the rounds differ\n");
      return 1;
    }
    updates = writer.next();
    const auto messages = static_cast<double>(walked.messages);
    const auto entries = static_cast<double>(walked.entries);
    by_message.Add(decode_ns / messages, walk_ns / messages);
    by_entry.Add(decode_ns / entries, walk_ns / entries);
  }
  by_message.Print();
  by_entry.Print();
  return 0;
}
