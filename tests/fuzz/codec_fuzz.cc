// Every codec of the registry on arbitrary packets.
//
//   [codec][options][seed][edits][edits x (position, position, bits to flip)][a packet]
//
// FEEDHANDLER_FUZZ_CODEC=itch50 in the environment has it be that codec whatever the first byte
// says: a target for each codec, which tests/run --fuzz runs one after the other, each with a corpus
// of its own. FEEDHANDLER_FUZZ_CODEC=list prints their names and ends. With
// FEEDHANDLER_FUZZ_CANARY defined it is the codec of canary_codec.cc.
//
// The first packet is a valid one made from the seed, with those edits; the second is the rest of
// the input as it stands; the third is the first, cut at the last edit.
//
// What is proved besides the absence of crashes: nothing outside of the payload and its readable
// tail is touched (the payload lies on the heap, exactly as long as the two), nothing depends on
// the tail's bytes or on what the slots held, no more updates are written than were announced,
// vectors and portable code agree, and messages are described in as many lines of plain text.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/message_json.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"

namespace {

using namespace fh::codecs;  // NOLINT: a program, not a library.
using fh::test::PacketBytes;

#if defined(FEEDHANDLER_FUZZ_CANARY)
}  // namespace
namespace fh::codecs {
extern const CodecInfo codec_canary;
}  // namespace fh::codecs
namespace {

const CodecInfo& ChooseCodec(uint8_t) { return codec_canary; }
#else
// The one that the environment names; null: as the input says.
const CodecInfo* FixedCodec() {
  const char* const name = std::getenv("FEEDHANDLER_FUZZ_CODEC");
  if (name == nullptr) return nullptr;
  if (std::strcmp(name, "list") == 0) {
    for (const CodecInfo* info : BuiltInCodecs()) std::printf("%s\n", info->name);
    std::fflush(stdout);
    std::_Exit(0);
  }
  for (const CodecInfo* info : BuiltInCodecs()) {
    if (std::strcmp(name, info->name) == 0) return info;
  }
  std::fprintf(stderr, "FEEDHANDLER_FUZZ_CODEC: no codec is called %s; there are: %s\n", name,
               CodecNames().c_str());
  std::_Exit(2);
}

const CodecInfo& ChooseCodec(uint8_t choice) {
  static const CodecInfo* const fixed = FixedCodec();
  return fixed != nullptr ? *fixed : *BuiltInCodecs()[choice % BuiltInCodecs().size()];
}
#endif

void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

void CheckDescription(const Codec& codec, const fh::rio::Packet& packet, const PacketFrame& frame) {
  std::string text;
  MessageJson json(text);
  codec.Describe(packet, frame, json);
  const auto lines = static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n'));
  // Where only decoding shows the damage, what is damaged is shown too.
  Demand(lines >= frame.message_count && lines <= frame.message_count + frame.lost_in_tail,
         "every message is described");
  Demand(std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7f); }),
         "descriptions are plain text");
}

bool HasMessages(const PacketFrame& frame) {
  return frame.kind == FrameKind::kMessages || frame.kind == FrameKind::kRetransmitted ||
         frame.kind == FrameKind::kUnsequenced;
}

void CheckFrame(const PacketFrame& frame, uint32_t length) {
  Demand((frame.kind == FrameKind::kRejected) == (frame.reject != RejectReason::kNone),
         "rejected for a reason");
  Demand(HasMessages(frame) || frame.message_count == 0, "messages are counted");
  Demand(frame.message_count <= length, "messages lie in the packet");
}

struct Outcome {
  std::vector<PacketFrame> frames;
  std::vector<NormalizedUpdate> updates;
  CodecStats stats;
};

Outcome RunCodec(const CodecInfo& info, CodecOptions options,
                 const std::vector<std::string>& payloads, uint8_t fill) {
  InstrumentStore table(512);
  options.instruments = &table;
  absl::StatusOr<std::unique_ptr<Codec>> codec = info.make(options);
  Demand(codec.ok(), "codecs can be made");
  Outcome outcome;
  for (const std::string& payload : payloads) {
    const PacketBytes bytes(payload, fill);
    const fh::rio::Packet& packet = bytes.packet();
    PacketFrame frame;
    (*codec)->Frame({&packet, 1}, {&frame, 1});
    CheckFrame(frame, packet.length);
    outcome.frames.push_back(frame);
    if (!HasMessages(frame)) continue;
    CheckDescription(**codec, packet, frame);
    const uint32_t half = frame.number_count / 2;
    for (const auto& [skip, take] : {std::pair{0u, half}, {half, frame.number_count - half}}) {
      if (take == 0) continue;
      const std::vector<NormalizedUpdate> updates =
          fh::test::DecodeMessages(**codec, packet, frame, skip, take, 0, fill);
      outcome.updates.insert(outcome.updates.end(), updates.begin(), updates.end());
    }
  }
  outcome.stats = (*codec)->stats();
  const CodecStats& stats = outcome.stats;
  Demand(stats.packets == payloads.size(), "packets are counted");
  Demand(stats.updates == outcome.updates.size(), "updates are counted");
  Demand(stats.malformed + stats.unknown + stats.unmapped <= stats.messages,
         "a message is counted once");
  return outcome;
}

// A valid packet of the codec; in the file form when the options say so.
std::string ValidPacket(const CodecInfo& info, const CodecOptions& options, uint64_t seed) {
  const std::string sample = info.sample(seed);
  if (options.framing.empty()) return sample;
  const PacketBytes bytes(sample);
  const std::unique_ptr<Codec> codec = *info.make({});
  PacketFrame frame;
  codec->Frame({&bytes.packet(), 1}, {&frame, 1});
  return fh::test::FileFormOf(*codec, bytes.packet(), frame);
}

std::vector<std::string> Packets(std::string valid, const uint8_t* data, size_t size) {
  constexpr size_t kEditBytes = 3;
  constexpr size_t kMostEdits = 16;
  size_t edits = size == 0 ? 0 : data[0] % kMostEdits;
  data += size == 0 ? 0 : 1;
  size -= size == 0 ? 0 : 1;
  size_t place = 0;
  for (; edits > 0 && size >= kEditBytes; --edits, data += kEditBytes, size -= kEditBytes) {
    place = (data[0] << 8 | data[1]) % valid.size();
    valid[place] = static_cast<char>(valid[place] ^ data[2]);
  }
  return {valid, std::string(reinterpret_cast<const char*>(data), size), valid.substr(0, place)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kChoices = 3;
  const CodecInfo& info = ChooseCodec(size == 0 ? 0 : data[0]);
  if (size < kChoices) return 0;
  CodecOptions options;
  if (info.has_file_form && data[1] % 2 != 0) options.framing = "length_prefixed";
  const std::vector<std::string> packets =
      Packets(ValidPacket(info, options, data[2]), data + kChoices, size - kChoices);
  for (const std::string& packet : packets) {
    const int guess = info.guess({reinterpret_cast<const uint8_t*>(packet.data()), packet.size()});
    Demand(guess >= 0 && guess <= 100, "guesses are from 0 to 100");
  }
  const Outcome first = RunCodec(info, options, packets, 0x00);
  options.portable = true;
  const Outcome second = RunCodec(info, options, packets, 0xFF);
  Demand(fh::test::SameUpdates(first.updates, second.updates), "updates are the payload's alone");
  Demand(std::memcmp(&first.stats, &second.stats, sizeof first.stats) == 0, "counts too");
  for (size_t i = 0; i < first.frames.size(); ++i) {
    Demand(first.frames[i].kind == second.frames[i].kind &&
               first.frames[i].first_sequence == second.frames[i].first_sequence &&
               first.frames[i].message_count == second.frames[i].message_count,
           "frames too");
  }
  return 0;
}
