// A codec with a defect that was put there: it believes an offset that the wire says. Compiled into
// fuzz_canary alone, where the fuzzer must find it (tests/run --fuzz, and the build with the address
// sanitizer): else what it does not find of other codecs would prove nothing.
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "codecs/codec.h"
#include "codecs/codec_of.h"
#include "codecs/example/example_framing.h"

namespace fh::codecs {
namespace {

using Packets = example::Framing;

constexpr Letter kType{"message_type", 0};
constexpr LittleEndian<uint16_t> kTextAt{"text_at", 1};
constexpr LittleEndian<uint64_t> kText{"text", 3};
constexpr const FieldInfo* kFields[] = {&kType, &kTextAt, &kText};
constexpr MessageInfo kInfo{'T', "text", 11, kFields};
constexpr const MessageInfo* kMessages[] = {&kInfo};

struct Decoder {
  static constexpr UpdateBound kBound{.per_message = 1};
  static constexpr uint32_t kTypeBytes = 1;

  static const MessageInfo* Find(const uint8_t* message) {
    return kType(message) == 'T' ? &kInfo : nullptr;
  }
  static bool Decode(const MessageInfo&, const uint8_t* message, uint32_t /*length*/,
                     const MessageContext& context, UpdateWriter& writer) {
    NormalizedUpdate& update = writer.Next();
    std::memset(&update, 0, sizeof update);
    update.record = FH_RECORD_STATUS;
    update.action = FH_ACTION_NONE;
    update.side = FH_SIDE_NONE;
    update.flags = context.flags | FH_FLAG_LAST;
    update.sequence = context.sequence;
    update.ts_recv_ns = context.ts_recv_ns;
    update.channel_id = context.channel_id;
    // The defect: nobody has looked whether that lies in the message. What is read there shows in no
    // update, so that the sanitizer alone can notice.
    [[maybe_unused]] static volatile uint8_t seen;
    seen = message[kTextAt(message)];
    return true;
  }
};

std::string Sample(uint64_t seed) {
  constexpr uint16_t kCount = 4;
  std::string packet(Packets::kHeaderBytes, '\0');
  Packets::PutHeader(reinterpret_cast<uint8_t*>(packet.data()), 1 + seed % 100, 0, kCount);
  for (uint16_t i = 0; i < kCount; ++i) {
    uint8_t message[kInfo.length] = {};
    kType.Put(message, 'T');
    kTextAt.Put(message, kText.offset);
    kText.Put(message, seed);
    Packets::Blocks::Append(packet, {reinterpret_cast<const char*>(message), sizeof message});
  }
  return packet;
}

}  // namespace

extern const CodecInfo codec_canary;
const CodecInfo codec_canary{
    .name = "canary",
    .title = "A planted defect",
    .framing = "exm1",
    .specification = "none",
    .checked = "to be wrong",
    .has_file_form = false,
    .numbering = {},
    .make = [](const CodecOptions& options) -> absl::StatusOr<std::unique_ptr<Codec>> {
      return std::make_unique<CodecOf<Packets, Decoder>>(Packets(), Decoder(), options);
    },
    .guess = [](std::span<const uint8_t>) { return 0; },
    .sample = Sample,
    .messages = kMessages,
};

}  // namespace fh::codecs
