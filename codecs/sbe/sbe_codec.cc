#include "codecs/sbe/sbe_codec.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/block_walk.h"
#include "codecs/codec_of.h"
#include "codecs/sbe/sbe_schema.h"

namespace fh::codecs {
namespace sbe {
namespace {

constexpr uint32_t kMostPacketHeader = 64;

// How messages follow each other in a packet.
struct Form {
  uint32_t begin = 0;   // Of the first frame in the packet.
  uint32_t prefix = 0;  // Bytes of a frame before the message's header.
  WireNumber length{};  // Of a frame, from its first byte; length 0: the frame is the rest.
  bool big_endian = false;
  bool counts_all = true;  // The length is the whole frame's; else of what follows the prefix.
};

// What the bytes are held against: a schema, or, for a guess, SBE's usual header with any id.
struct Known {
  SbeHeader header;
  const SbeSchema* schema = nullptr;

  bool Fits(const uint8_t* message, uint32_t length) const {
    SbeMessage parts;
    if (header.Read(message, length, parts) != nullptr) return false;
    if (schema == nullptr) return parts.schema_id != 0 && parts.template_id != 0;
    return parts.schema_id == schema->id() && schema->Find(parts.template_id) != nullptr;
  }
};

// How long the frame at `at` is; nothing when it is none, or too short for a message's header.
std::optional<uint32_t> FrameBytes(const Form& form, const Known& known, const uint8_t* at,
                                   uint64_t left) {
  const uint32_t least = form.prefix + known.header.bytes;
  if (left < least) return std::nullopt;
  if (form.length.length == 0) return static_cast<uint32_t>(left);
  const uint64_t said = LoadWire(form.length, form.big_endian, at);
  const uint64_t bytes = form.counts_all ? said : said + form.prefix;
  if (bytes < least || bytes > left) return std::nullopt;
  return static_cast<uint32_t>(bytes);
}

struct Walked {
  uint32_t frames = 0;
  uint32_t fitting = 0;
  bool is_whole = false;  // Frames to the packet's last byte.
};

Walked Walk(const Form& form, const Known& known, const rio::Packet& packet) {
  Walked walked;
  if (packet.length < form.begin) return walked;
  const uint8_t* at = packet.data + form.begin;
  const uint8_t* const end = packet.data + packet.length;
  while (at != end) {
    const std::optional<uint32_t> bytes =
        FrameBytes(form, known, at, static_cast<uint64_t>(end - at));
    if (!bytes.has_value()) return walked;
    ++walked.frames;
    walked.fitting += known.Fits(at + form.prefix, *bytes - form.prefix) ? 1 : 0;
    at += *bytes;
  }
  walked.is_whole = true;
  return walked;
}

// The first form in which the packet is nothing but messages of the schema. Rare: before a line's first
// such packet only.
std::optional<Form> FindForm(const Known& known, const rio::Packet& packet) {
  constexpr Form kForms[] = {
      {.prefix = 4, .length = {0, 2}},
      {.prefix = 2, .length = {0, 2}},
      {.prefix = 0, .length = {0, 2}},
      {.prefix = 2, .length = {0, 2}, .big_endian = true},
      {.prefix = 2, .length = {0, 2}, .counts_all = false},
      {.prefix = 2, .length = {0, 2}, .big_endian = true, .counts_all = false},
      {},
  };
  for (Form form : kForms) {
    for (form.begin = 0; form.begin <= kMostPacketHeader; ++form.begin) {
      const Walked walked = Walk(form, known, packet);
      if (walked.is_whole && walked.frames != 0 && walked.fitting == walked.frames) return form;
    }
  }
  return std::nullopt;
}

class SbeFraming {
 public:
  static constexpr Numbering kNumbering{.unit = Numbering::Unit::kPackets};

  explicit SbeFraming(std::shared_ptr<const SbeSchema> schema)
      : schema_(std::move(schema)), known_{schema_->header(), schema_.get()} {}

  PacketFrame Parse(const rio::Packet& packet) {
    PacketFrame frame;
    if (!form_.has_value()) form_ = FindForm(known_, packet);
    if (!form_.has_value()) {
      frame.reject = RejectReason::kForeign;
      return frame;
    }
    frame.first_sequence = ++packets_;
    if (packet.length == form_->begin) {
      frame.kind = FrameKind::kHeartbeat;
      return frame;
    }
    const Walked walked = Walk(*form_, known_, packet);
    if (walked.frames == 0) {
      frame.reject =
          packet.length < form_->begin ? RejectReason::kTooShort : RejectReason::kBadLength;
      return frame;
    }
    frame.kind = FrameKind::kMessages;
    frame.message_count = walked.frames;
    frame.lost_in_tail = walked.is_whole ? 0 : 1;
    frame.number_count = walked.is_whole ? 1 : 0;
    return frame;
  }

  template <typename Function>
  void ForEachMessage(const rio::Packet& packet, const PacketFrame& frame, uint32_t skip,
                      uint32_t take, Function&& function) const {
    if (frame.message_count == 0 || !form_.has_value()) return;
    const uint8_t* at = packet.data + form_->begin;
    const uint8_t* const end = packet.data + packet.length;
    for (uint32_t i = 0; i < frame.message_count && i - skip < take; ++i) {
      const std::optional<uint32_t> bytes =
          FrameBytes(*form_, known_, at, static_cast<uint64_t>(end - at));
      if (!bytes.has_value()) return;
      if (i >= skip) function(at + form_->prefix, *bytes - form_->prefix);
      at += *bytes;
    }
  }

 private:
  std::shared_ptr<const SbeSchema> schema_;
  Known known_;
  std::optional<Form> form_;
  uint64_t packets_ = 0;
};

class SbeDecoder {
 public:
  static constexpr UpdateBound kBound{};
  static constexpr uint32_t kTypeBytes =
      1;  // The framing gives none that is shorter than a header.

  explicit SbeDecoder(std::shared_ptr<const SbeSchema> schema) : schema_(std::move(schema)) {}

  const MessageInfo* Find(const uint8_t* message) const {
    const SbeHeader& header = schema_->header();
    if (LoadWire(header.schema_id, header.big_endian, message) != schema_->id()) return nullptr;
    const uint64_t id = LoadWire(header.template_id, header.big_endian, message);
    return id > kMostTemplateId ? nullptr : schema_->Find(static_cast<uint32_t>(id));
  }

  const char* Check(const MessageInfo& info, const uint8_t* message, uint32_t length) const {
    SbeMessage parts;
    if (const char* why = schema_->header().Read(message, length, parts)) return why;
    return CheckBlocks(info.block(), parts.root);
  }

  void Describe(const MessageInfo& info, const uint8_t* message, uint32_t length,
                MessageVisitor& visitor) const {
    SbeMessage parts;
    if (schema_->header().Read(message, length, parts) != nullptr) return;
    DescribeBlocks(info.block(), parts.root, visitor);
  }

  bool Decode(const MessageInfo&, const uint8_t*, uint32_t, const MessageContext&, UpdateWriter&) {
    return false;
  }

 private:
  std::shared_ptr<const SbeSchema> schema_;
};

absl::StatusOr<std::unique_ptr<Codec>> Make(const CodecOptions& options) {
  if (options.schema.empty()) {
    return absl::InvalidArgumentError(
        "sbe knows no message by itself: `feedhandler decode --codec=sbe "
        "--schema=templates.xml` prints its messages (updates need a codec of the venue's own)");
  }
  if (!options.framing.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("sbe has no framing '", options.framing,
                     "': it finds by the bytes how messages lie in a packet; leave it out"));
  }
  absl::StatusOr<std::unique_ptr<const SbeSchema>> loaded =
      SbeSchema::Load(std::string(options.schema));
  if (!loaded.ok()) return loaded.status();
  const std::shared_ptr<const SbeSchema> schema = *std::move(loaded);
  return std::make_unique<CodecOf<SbeFraming, SbeDecoder>>(SbeFraming(schema), SbeDecoder(schema),
                                                           options);
}

// Without a schema nothing is certain: whether SBE's usual header stands where it would have to.
int Guess(std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  for (const uint8_t begin : {0, 2}) {  // Behind its own length, as Coinbase has it.
    SbeHeader header;
    for (WireNumber* part :
         {&header.block_length, &header.template_id, &header.schema_id, &header.version}) {
      part->offset = static_cast<uint8_t>(part->offset + begin);
    }
    header.bytes = static_cast<uint16_t>(header.bytes + begin);
    if (FindForm({header, nullptr}, packet).has_value()) return 100;
  }
  return 0;
}

std::string NoSample(uint64_t) { return {}; }

}  // namespace
}  // namespace sbe

extern constexpr CodecInfo codec_sbe = {
    .name = "sbe",
    .title = "Simple Binary Encoding by a schema file",
    .framing = "found by the bytes",
    .specification = "Simple Binary Encoding 1.0 (FIX Trading Community)",
    .checked = "every field of captured messages of two venues, by their schemas",
    .has_file_form = false,
    .numbering = sbe::SbeFraming::kNumbering,
    .has_schema = true,
    .make = sbe::Make,
    .guess = sbe::Guess,
    .sample = sbe::NoSample,
    .messages = {}};

}  // namespace fh::codecs
