// Every codec of the registry: decoding against framing of the same packets, which walks them. A
// codec that is added by its one line is measured here without a further one: on its own samples,
// and on each real capture that it takes for its own, where there are captures
// (FEEDHANDLER_CAPTURES). Samples hold every message type alike often, so their figures compare
// versions of one codec, not codecs with each other, and say little about a trading day; captures,
// itch_bench and iex_bench do that, and samples have a target only where there are none of these. A
// message of many entries is one message; each row says what a field costs too.
#include <time.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "codecs/codec.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "codecs/update.h"
#include "rio/packet.h"
#include "tests/bench/report.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/moex/moex_capture.h"

namespace fh::bench {
namespace {

using namespace codecs;  // NOLINT: a program, not a library.

constexpr uint64_t kPackets = 20'000;  // More than caches and branch predictors remember.
constexpr double kLeastMessages = 1'000;
constexpr int kRounds = 15;
constexpr int64_t kReceiveNs = 1'700'000'000'000'000'000;

// Of this thread only: time that other programs took does not count.
double ThreadNs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Payloads behind each other, as packets.
struct Packets {
  void Add(std::string_view payload) {
    starts.push_back(bytes.size());
    bytes += payload;
  }

  // After the last Add.
  void Finish() {
    starts.push_back(bytes.size());
    bytes.append(rio::kReadablePastEnd, '\0');
    for (size_t i = 0; i + 1 < starts.size(); ++i) {
      rio::Packet packet{};
      packet.data = reinterpret_cast<const uint8_t*>(bytes.data()) + starts[i];
      packet.length = static_cast<uint32_t>(starts[i + 1] - starts[i]);
      packets.push_back(packet);
    }
  }

  std::string bytes;
  std::vector<size_t> starts;
  std::vector<rio::Packet> packets;
};

// Decoding in walks of the frames, or in ns a field where the walk itself decodes (FAST); no codec
// may take longer than the last.
struct Target {
  const char* codecs;  // Names that begin so.
  double walks;
  double ns_a_field;  // 0: none.
};
constexpr Target kTargets[] = {{"itch50", 4.0, 0},  {"cme_", 4.0, 0},  {"cboe_", 4.0, 0},
                               {"nyse_", 4.0, 0},   {"memx_", 4.0, 0}, {"miax_", 4.0, 0},
                               {"moex_", 0.0, 4.0}, {"", 12.0, 0}};

const Target& TargetOf(const CodecInfo& info) {
  for (const Target& target : kTargets) {
    if (absl::StartsWith(info.name, target.codecs)) return target;
  }
  return kTargets[std::size(kTargets) - 1];
}

class FieldCount final : public MessageVisitor {
 public:
  void BeginMessage(uint64_t, const MessageInfo*, std::span<const uint8_t>, const char*) override {}
  void Field(const FieldInfo&, const Value&) override { ++fields; }
  void EndMessage() override {}
  uint64_t fields = 0;
};

bool HasMessages(const PacketFrame& frame) {
  return frame.number_count != 0 &&
         (frame.kind == FrameKind::kMessages || frame.kind == FrameKind::kUnsequenced ||
          frame.kind == FrameKind::kRetransmitted);
}

enum class Outcome { kMeasured, kTooFew, kWrong };

// `what` was decoded, for the name of the row.
Outcome Measure(const CodecInfo& info, const Packets& input, const std::string& what,
                bool with_target) {
  InstrumentStore table(65'535);
  CodecOptions options;
  options.instruments = &table;
  absl::StatusOr<std::unique_ptr<Codec>> codec = info.make(options);
  if (!codec.ok()) {
    std::fprintf(stderr, "%s: %s\n", info.name, codec.status().ToString().c_str());
    return Outcome::kWrong;
  }
  const std::vector<rio::Packet>& packets = input.packets;
  std::vector<PacketFrame> frames(packets.size());
  (*codec)->Frame(packets, frames);
  std::vector<DecodeJob> jobs;
  double messages = 0;
  uint64_t room = 1;
  for (size_t i = 0; i < packets.size(); ++i) {
    if (!HasMessages(frames[i])) continue;
    jobs.push_back({&packets[i], &frames[i], 0, frames[i].number_count, kReceiveNs, 0});
    messages += frames[i].message_count;
    room = std::max(room, (*codec)->MaxUpdates(jobs.back()));
  }
  if (messages < kLeastMessages) return Outcome::kTooFew;
  FieldCount described;
  for (const DecodeJob& job : jobs) (*codec)->Describe(*job.packet, *job.frame, described);
  std::vector<NormalizedUpdate> slots(std::bit_ceil(room));

  const Target& target = TargetOf(info);
  const double fields_a_message = static_cast<double>(described.fields) / messages;
  Comparison comparison;
  comparison.name = absl::StrCat("codec: ", info.name, ", decode, ", what);
  comparison.unit = "ns a message";
  comparison.subject = "Codec::Decode";
  comparison.reference = "Codec::Frame, a walk of the same packets";
  if (with_target) {
    comparison.limit = target.walks;
    comparison.subject_limit = target.ns_a_field * fields_a_message;
  }
  uint64_t updates = 0;
  for (int round = 0; round < kRounds; ++round) {
    const double start_ns = ThreadNs();
    (*codec)->Frame(packets, frames);
    const double framed_ns = ThreadNs();
    UpdateWriter writer(slots.data(), slots.size() - 1, 0);
    (*codec)->Decode(jobs, writer);
    const double decoded_ns = ThreadNs();
    // The first round may define instruments, and a codec learns.
    if (round > 1 && writer.next() != updates) {
      std::fprintf(stderr, "WRONG: %s: the rounds differ\n", info.name);
      return Outcome::kWrong;
    }
    updates = writer.next();
    comparison.Add((decoded_ns - framed_ns) / messages, (framed_ns - start_ns) / messages);
  }
  comparison.note =
      absl::StrFormat("%.0f messages, %.2f updates and %.1f fields each: %.2f ns a field", messages,
                      static_cast<double>(updates) / messages, fields_a_message,
                      Quantile(comparison.subject_samples, 0.5) / std::max(fields_a_message, 1.0));
  comparison.Print();
  return Outcome::kMeasured;
}

bool MeasureSamples(const CodecInfo& info, bool with_target) {
  Packets samples;
  for (uint64_t seed = 0; seed < kPackets; ++seed) samples.Add(info.sample(seed));
  samples.Finish();
  return Measure(info, samples, "samples", with_target) != Outcome::kWrong;
}

// The codec that takes most of the first packets for its own; null when none does.
const CodecInfo* OwnerOf(const Packets& packets) {
  constexpr size_t kLookedAt = 200;
  const CodecInfo* owner = nullptr;
  int most = 0;
  for (const CodecInfo* info : BuiltInCodecs()) {
    int sum = 0;
    for (size_t i = 0; i < packets.packets.size() && i < kLookedAt; ++i) {
      sum += info->guess({packets.packets[i].data, packets.packets[i].length}) == 100;
    }
    if (sum > most) owner = info;
    most = std::max(most, sum);
  }
  return owner;
}

// Captures of MANIFEST.tsv that are worth measuring: a few packets measure the caches. Adds the codecs
// that were measured.
bool MeasureCaptures(std::set<const CodecInfo*>& measured) {
  constexpr uint64_t kLeastBytes = 40'000;
  bool good = true;
  std::ifstream manifest(test::CapturesFolder() / "MANIFEST.tsv");
  for (std::string line; std::getline(manifest, line);) {
    const std::vector<std::string> columns = absl::StrSplit(line, '\t');
    const std::string& path = columns[0];
    if (columns.size() < 2 || absl::StartsWith(path, "formats/") ||
        std::strtoull(columns[1].c_str(), nullptr, 10) < kLeastBytes) {
      continue;
    }
    Packets packets;
    const CodecInfo* owner = nullptr;
    if (absl::StartsWith(path, "moex_fast/") && absl::EndsWith(path, ".dat")) {
      const std::string name = path.substr(10, path.size() - 14);
      for (const std::string& datagram : test::MoexDatagrams(name)) packets.Add(datagram);
      packets.Finish();
      owner = *FindCodec("moex_forts");
    } else if (absl::EndsWith(path, ".pcap") || absl::EndsWith(path, ".pcapng")) {
      static_cast<
          void>(test::ForEachPacket(test::CapturesFolder() / path, [&](const test::CapturedPacket&
                                                                           captured) {
        packets.Add({reinterpret_cast<const char*>(captured.packet.data), captured.packet.length});
      }));
      packets.Finish();
      owner = OwnerOf(packets);
    }
    if (owner == nullptr) continue;
    const Outcome outcome = Measure(*owner, packets, path, /*with_target=*/true);
    if (outcome == Outcome::kMeasured) measured.insert(owner);
    good = outcome != Outcome::kWrong && good;
  }
  return good;
}

}  // namespace
}  // namespace fh::bench

// Arguments: names of codecs, or paths of plugins, whose samples alone are measured.
int main(int argc, char** argv) {
  using namespace fh;  // NOLINT: a program, not a library.
  bool good = true;
  for (int i = 1; i < argc; ++i) {
    const auto info = codecs::FindCodec(argv[i]);
    good = info.ok() && bench::MeasureSamples(**info, /*with_target=*/true) && good;
    if (!info.ok()) std::fprintf(stderr, "%s\n", info.status().ToString().c_str());
  }
  if (argc > 1) return good ? 0 : 1;
  std::set<const codecs::CodecInfo*> measured;
  if (test::CaptureFile("MANIFEST.tsv").has_value()) {
    good = bench::MeasureCaptures(measured) && good;
  } else {
    std::printf("codecs on captures: %s\n", test::kNoCaptures);
  }
  // itch_bench and iex_bench have streams that are like a day's.
  for (const codecs::CodecInfo* info : codecs::BuiltInCodecs()) {
    const bool has_better = measured.contains(info) || absl::StartsWith(info->name, "itch50") ||
                            absl::StartsWith(info->name, "iex_");
    good = bench::MeasureSamples(*info, !has_better) && good;
  }
  return good ? 0 : 1;
}
