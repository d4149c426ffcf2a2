// The codec of the example venue: its framing and its decoder put together, and what the program asks
// of every codec.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "example_decoder.h"
#include "example_framing.h"
#include "example_messages.h"

namespace fh::codecs {
namespace example {
namespace {

absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("example has no framing '", options.framing, "'; leave it out"));
  }
  return std::make_unique<CodecOf<Framing, Decoder>>(Framing(), Decoder(options), options);
}

// 100 for a packet of messages that are all known and whole. Nothing for a heartbeat: what has no
// message proves nothing.
int Guess(std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const Framing framing;
  const PacketFrame frame = framing.Parse(packet);
  if (frame.kind != FrameKind::kMessages || frame.message_count == 0) return 0;
  if (frame.lost_in_tail != 0 || frame.trailing_bytes) return 0;
  bool all_known = true;
  framing.ForEachMessage(
      packet, frame, 0, frame.message_count, [&](const uint8_t* message, uint32_t length) {
        const MessageInfo* info = length < Decoder::kTypeBytes ? nullptr : Decoder::Find(message);
        all_known &= info != nullptr && length >= info->length;
      });
  return all_known ? 100 : 0;
}

// ---- Packets made from a seed, for tests, fuzzing and benchmarks ----

constexpr uint64_t kOrdersAPacket = 4;
// Definitions of three instruments, then of each order its add, and its execution or delete.
constexpr uint64_t kMessagesAPacket = 3 + 2 * kOrdersAPacket;
constexpr uint64_t kNewYear2026Ns = 1'767'225'600'000'000'000;

void PutOrder(uint8_t* message, char type, uint64_t time, uint64_t order) {
  kType.Put(message, type);
  kTime.Put(message, time);
  kInstrument.Put(message, static_cast<uint32_t>(1 + order % 3));
  kOrder.Put(message, order);
}

void AppendDefinition(std::string& packet, uint32_t instrument) {
  uint8_t message[Definition::kInfo.length] = {};
  const char* const symbols[] = {"ALPHA", "BETA", "GAMMA"};
  kType.Put(message, 'D');
  Definition::kInstrument.Put(message, instrument);
  Definition::kSymbol.Put(message, symbols[instrument - 1]);
  Definition::kLotSize.Put(message, 100);
  Framing::Blocks::Append(packet, {reinterpret_cast<const char*>(message), sizeof message});
}

void AppendAdd(std::string& packet, uint64_t time, uint64_t order) {
  uint8_t message[AddOrder::kInfo.length] = {};
  PutOrder(message, 'A', time, order);
  AddOrder::kSide.Put(message, order % 2 == 0 ? 'B' : 'S');
  AddOrder::kQuantity.Put(message, static_cast<uint32_t>(100 + order % 900));
  AddOrder::kPrice.Put(message, static_cast<int64_t>(500'000 + order % 1'000));
  Framing::Blocks::Append(packet, {reinterpret_cast<const char*>(message), sizeof message});
}

void AppendExecution(std::string& packet, uint64_t time, uint64_t order) {
  uint8_t message[ExecuteOrder::kInfo.length] = {};
  PutOrder(message, 'E', time, order);
  ExecuteOrder::kQuantity.Put(message, 100);
  ExecuteOrder::kPrice.Put(message, static_cast<int64_t>(500'000 + order % 1'000));
  ExecuteOrder::kTrade.Put(message, order);
  Framing::Blocks::Append(packet, {reinterpret_cast<const char*>(message), sizeof message});
}

void AppendDelete(std::string& packet, uint64_t time, uint64_t order) {
  uint8_t message[DeleteOrder::kInfo.length] = {};
  PutOrder(message, 'X', time, order);
  Framing::Blocks::Append(packet, {reinterpret_cast<const char*>(message), sizeof message});
}

// Seeds 0, 1, 2, ... are the packets of one stream without a gap.
std::string Sample(uint64_t seed) {
  const uint64_t number = seed % 1'000'000;
  const uint64_t now = kNewYear2026Ns + number * 1'000'000;
  std::string packet(Framing::kHeaderBytes, '\0');
  Framing::PutHeader(reinterpret_cast<uint8_t*>(packet.data()), 1 + number * kMessagesAPacket, now,
                     static_cast<uint16_t>(kMessagesAPacket));
  for (uint32_t instrument = 1; instrument <= 3; ++instrument) {
    AppendDefinition(packet, instrument);
  }
  for (uint64_t i = 0; i < kOrdersAPacket; ++i) {
    const uint64_t order = 1 + number * kOrdersAPacket + i;
    AppendAdd(packet, now, order);
    i % 2 == 0 ? AppendExecution(packet, now, order) : AppendDelete(packet, now, order);
  }
  return packet;
}

}  // namespace
}  // namespace example

extern const CodecInfo codec_example;
const CodecInfo codec_example{
    .name = "example",
    .title = "Example venue, EXM1",
    .framing = "exm1",
    .specification = "codecs/example/README.md",
    .checked = "invented: the conformance tests alone",
    .has_file_form = false,
    .numbering = {},
    .make = example::Make,
    .guess = example::Guess,
    .sample = example::Sample,
    .messages = example::kMessages,
};

}  // namespace fh::codecs
