// Schemas of Simple Binary Encoding 1.0, read at start from the exchange's XML file into the same
// descriptions that other codecs have as constants.
//
//   absl::StatusOr<std::unique_ptr<const SbeSchema>> schema = SbeSchema::Load("templates.xml");
//   const MessageInfo* info = (*schema)->Find(template_id);
//   SbeMessage message;
//   if (const char* why = (*schema)->header().Read(bytes, length, message)) return Malformed(why);
//
// A message is its header (the composite that the schema names) and body; offsets of fields count
// from the header's first byte, and the header's own members are fields too. Names become
// snake_case. What SBE has and how it comes out:
//
// * types, arrays of char (text), arrays of numbers (a field an element, _1, _2, ...);
// * composites: mantissa and exponent become one decimal, with a constant exponent or one on the
//   wire; the members of others become fields with the composite's name before theirs;
// * enums and sets: named values and bits; constants, also by valueRef; null values, the schema's own
//   or SBE's; fields, groups and data that exist since a version; groups in groups; data of variable
//   length; both byte orders. semanticType UTCTimestamp and LocalMktDate become times and dates.
//
// A schema file is not trusted: its size, depth and number of fields have limits, nothing in it is
// fetched or expanded, offsets and lengths are checked against each other, and each error names the
// line. Any thread may read a schema. Reading one takes some ms and allocates; nothing does later.
//
// Source: "Simple Binary Encoding" 1.0 (FIX Trading Community), sections 2 to 5.
#ifndef FEEDHANDLER_CODECS_SBE_SBE_SCHEMA_H_
#define FEEDHANDLER_CODECS_SBE_SBE_SCHEMA_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codecs/block_walk.h"
#include "codecs/description_arena.h"
#include "codecs/message.h"

namespace fh::codecs::sbe {

// What a message's header says.
struct SbeMessage {
  uint32_t template_id = 0;
  uint32_t schema_id = 0;
  WireBlock root{};  // Header and block.
};

// Where in the header its parts are.
struct SbeHeader {
  uint16_t bytes = 8;
  WireNumber block_length{0, 2};
  WireNumber template_id{2, 2};
  WireNumber schema_id{4, 2};
  WireNumber version{6, 2};
  bool big_endian = false;

  // Null, or why this is no message. `length`: of the message, header included.
  const char* Read(const uint8_t* message, uint32_t length, SbeMessage& parts) const {
    if (length < bytes) return "shorter than a message header";
    const uint64_t block = LoadWire(block_length, big_endian, message);
    if (block > length - bytes) return "a block reaches beyond the message's end";
    parts.template_id = static_cast<uint32_t>(LoadWire(template_id, big_endian, message));
    parts.schema_id = static_cast<uint32_t>(LoadWire(schema_id, big_endian, message));
    parts.root = {message, bytes + static_cast<uint32_t>(block), message + length,
                  static_cast<uint32_t>(LoadWire(version, big_endian, message))};
    return nullptr;
  }
};

inline constexpr uint32_t kMostTemplateId = 65'535;

class SbeSchema {
 public:
  // NotFound and InvalidArgument name the file, the line and what to do.
  static absl::StatusOr<std::unique_ptr<const SbeSchema>> Load(const std::string& path);

  // Of text; `name` stands for it in errors.
  static absl::StatusOr<std::unique_ptr<const SbeSchema>> Parse(absl::string_view xml,
                                                                absl::string_view name);

  // Null when the schema has no such message.
  const MessageInfo* Find(uint32_t template_id) const {
    return template_id < by_id_.size() ? by_id_[template_id] : nullptr;
  }

  std::span<const MessageInfo* const> messages() const { return messages_; }  // As in the file.
  const SbeHeader& header() const { return header_; }
  uint32_t id() const { return id_; }
  uint32_t version() const { return version_; }

 private:
  friend class SchemaReader;
  SbeSchema() = default;

  DescriptionArena arena_;
  SbeHeader header_;
  uint32_t id_ = 0;
  uint32_t version_ = 0;
  std::vector<const MessageInfo*> messages_;
  std::vector<const MessageInfo*> by_id_;
};

}  // namespace fh::codecs::sbe

#endif  // FEEDHANDLER_CODECS_SBE_SBE_SCHEMA_H_
