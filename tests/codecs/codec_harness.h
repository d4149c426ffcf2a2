// What codec tests share: packets with a controlled tail, whole decodes, and descriptions recorded.
//
//   const PacketBytes bytes(payload);
//   const Decoded decoded = DecodePacket(*codec, bytes.packet());
//   const std::vector<DescribedMessage> messages = DescribePacket(*codec, bytes.packet());
#ifndef FEEDHANDLER_TESTS_CODECS_CODEC_HARNESS_H_
#define FEEDHANDLER_TESTS_CODECS_CODEC_HARNESS_H_

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codecs/codec.h"
#include "codecs/length_blocks.h"
#include "codecs/registry.h"
#include "codecs/update.h"
#include "codecs/value.h"
#include "rio/packet.h"

namespace fh::test {

// A payload on the heap, followed by exactly the bytes that codecs may read but not believe: a
// sanitizer sees every read beyond them.
class PacketBytes {
 public:
  explicit PacketBytes(const std::string& payload, uint8_t tail = 0)
      : bytes_(std::make_unique<uint8_t[]>(payload.size() + rio::kReadablePastEnd)) {
    std::memcpy(bytes_.get(), payload.data(), payload.size());
    std::memset(bytes_.get() + payload.size(), tail, rio::kReadablePastEnd);
    packet_.data = bytes_.get();
    packet_.length = static_cast<uint32_t>(payload.size());
  }

  const rio::Packet& packet() const { return packet_; }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  rio::Packet packet_{};
};

inline constexpr int64_t kTestReceiveNs = 1'577'736'000'123'456'789;  // 2019-12-30 20:00 UTC

struct Decoded {
  codecs::PacketFrame frame;
  std::vector<codecs::NormalizedUpdate> updates;
};

// Decodes jobs into as much room as MaxUpdates asks for; ends the program when a slot behind that
// was written. `fill` is what the slots hold before, which must not show through.
inline std::vector<codecs::NormalizedUpdate> DecodeJobs(codecs::Codec& codec,
                                                        std::span<const codecs::DecodeJob> jobs,
                                                        uint8_t fill = 0xA5) {
  uint64_t bound = 0;
  for (const codecs::DecodeJob& job : jobs) bound += codec.MaxUpdates(job);
  std::vector<codecs::NormalizedUpdate> slots(std::bit_ceil(bound + 1));
  std::memset(static_cast<void*>(slots.data()), fill, slots.size() * sizeof slots[0]);
  codecs::UpdateWriter writer(slots.data(), slots.size() - 1, 0);
  codec.Decode(jobs, writer);
  // There is at least one slot behind the bound; all bytes from there on equal their predecessors.
  const auto* behind = reinterpret_cast<const uint8_t*>(slots.data() + bound);
  const size_t bytes = (slots.size() - bound) * sizeof slots[0];
  if (writer.next() > bound || behind[0] != fill ||
      std::memcmp(behind, behind + 1, bytes - 1) != 0) {
    std::fprintf(stderr, "more than MaxUpdates was written\n");
    std::abort();
  }
  slots.resize(writer.next());
  return slots;
}

// Numbers [skip, skip + take) of a packet whose frame is known: its messages, or where packets are
// numbered, all of it.
inline std::vector<codecs::NormalizedUpdate> DecodeMessages(
    codecs::Codec& codec, const rio::Packet& packet, const codecs::PacketFrame& frame,
    uint32_t skip, uint32_t take, uint8_t flags = 0, uint8_t fill = 0xA5) {
  const codecs::DecodeJob job = {&packet, &frame, skip, take, kTestReceiveNs, flags};
  return DecodeJobs(codec, {&job, 1}, fill);
}

inline Decoded DecodePacket(codecs::Codec& codec, const rio::Packet& packet, uint8_t flags = 0) {
  Decoded decoded;
  codec.Frame({&packet, 1}, {&decoded.frame, 1});
  const bool has_messages = decoded.frame.kind == codecs::FrameKind::kMessages ||
                            decoded.frame.kind == codecs::FrameKind::kUnsequenced;
  if (has_messages && decoded.frame.number_count != 0) {
    decoded.updates =
        DecodeMessages(codec, packet, decoded.frame, 0, decoded.frame.number_count, flags);
  }
  return decoded;
}

inline bool SameUpdates(std::span<const codecs::NormalizedUpdate> left,
                        std::span<const codecs::NormalizedUpdate> right) {
  return left.size() == right.size() &&
         (left.empty() || std::memcmp(left.data(), right.data(), left.size_bytes()) == 0);
}

struct DescribedField {
  const codecs::FieldInfo* info;
  std::span<const uint8_t> bytes;
};

struct DescribedMessage {
  uint64_t sequence;
  const codecs::MessageInfo* info;
  std::span<const uint8_t> bytes;
  std::string why;
  std::vector<DescribedField> fields;  // Of the message itself, not of its groups.
  bool ended = false;
};

class DescriptionRecorder final : public codecs::MessageVisitor {
 public:
  void BeginMessage(uint64_t sequence, const codecs::MessageInfo* info,
                    std::span<const uint8_t> bytes, const char* why) override {
    messages.push_back({sequence, info, bytes, why == nullptr ? "" : why, {}});
  }
  void Field(const codecs::FieldInfo& field, const codecs::Value& value) override {
    // Data of variable length has no place in the block.
    const bool is_of_block =
        depth == 0 && (field.length != 0 || field.presence == codecs::Presence::kConstant);
    if (is_of_block) messages.back().fields.push_back({&field, value.bytes});
  }
  void BeginGroup(const codecs::GroupInfo&, uint32_t) override { ++depth; }
  void EndGroup() override { --depth; }
  void EndMessage() override { messages.back().ended = true; }

  std::vector<DescribedMessage> messages;
  int depth = 0;  // Of groups.
};

inline std::vector<DescribedMessage> DescribePacket(const codecs::Codec& codec,
                                                    const rio::Packet& packet,
                                                    const codecs::PacketFrame& frame) {
  DescriptionRecorder recorder;
  codec.Describe(packet, frame, recorder);
  return std::move(recorder.messages);
}

// The packet's messages in the exchange's file form.
inline std::string FileFormOf(const codecs::Codec& codec, const rio::Packet& packet,
                              const codecs::PacketFrame& frame) {
  std::string records;
  for (const DescribedMessage& message : DescribePacket(codec, packet, frame)) {
    codecs::LengthBlocks<std::endian::big>::Append(
        records, {reinterpret_cast<const char*>(message.bytes.data()), message.bytes.size()});
  }
  return records;
}

inline uint64_t BigEndianValue(std::span<const uint8_t> bytes) {
  uint64_t value = 0;
  for (const uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CODECS_CODEC_HARNESS_H_
