// Walks a message whose description has groups and data: is it whole, and what does it hold?
//
//   const WireBlock root{.fields = message, .length = 8 + block_length, .end = message + size,
//                        .version = version};
//   if (const char* why = CheckBlocks(info.block(), root)) return Malformed(why);
//   DescribeBlocks(info.block(), root, visitor);       // Every field, entry and data, in wire order.
//
// The wire says how long blocks are, and is hostile: everything is stepped over by the wire's own
// lengths and compared with what is left. A field that the block is too short for, or that a later
// version than the message's brought, is absent; so are groups and data of a later version. What is
// left behind the last item is of a later version and nobody's business.
//
// Any thread; no state, no allocation. The depth of the recursion is that of the description. A
// check costs some ns for each group, and for each entry of groups that hold more than fields.
#ifndef FEEDHANDLER_CODECS_BLOCK_WALK_H_
#define FEEDHANDLER_CODECS_BLOCK_WALK_H_

#include <bit>
#include <cstdint>

#include "codecs/message.h"

namespace fh::codecs {

// A message on the wire.
struct WireBlock {
  const uint8_t* fields;  // The first byte of its block, which offsets of fields count from.
  uint32_t length;        // Of that block, as the wire has it. Precondition: not beyond `end`.
  const uint8_t* end;     // Of the message.
  uint32_t version;       // Of the schema that it was written with.
};

// What a group announces.
struct WireGroup {
  uint32_t block_length = 0;
  uint64_t count = 0;
  const uint8_t* first = nullptr;  // The first entry.
  const char* why = nullptr;       // Why the group cannot be read; null when it can.
};

inline constexpr char kGroupCut[] = "a group reaches beyond the message's end";
inline constexpr char kEmptyEntries[] = "a group of entries without bytes";

inline uint64_t LoadWire(const WireNumber& number, bool big_endian, const uint8_t* at) {
  at += number.offset;
  switch (number.length) {
    case 1:
      return *at;
    case 2:
      return big_endian ? internal::Load<std::endian::big, uint16_t>(at)
                        : internal::Load<std::endian::little, uint16_t>(at);
    case 4:
      return big_endian ? internal::Load<std::endian::big, uint32_t>(at)
                        : internal::Load<std::endian::little, uint32_t>(at);
    default:
      return big_endian ? internal::Load<std::endian::big, uint64_t>(at)
                        : internal::Load<std::endian::little, uint64_t>(at);
  }
}

// Whether a message of `version` whose block is `length` bytes long has the field.
constexpr bool HasField(const FieldInfo& field, uint32_t length, uint32_t version) {
  return field.since <= version && uint32_t{field.offset} + field.length <= length;
}

// What stands at `at` of the group, none of it beyond `end`. Entries without groups and data are
// certain to be whole.
inline WireGroup ReadGroup(const GroupInfo& group, const uint8_t* at, const uint8_t* end) {
  WireGroup found;
  if (static_cast<uint64_t>(end - at) < group.announcement_bytes) {
    found.why = kGroupCut;
    return found;
  }
  const uint64_t block_length = LoadWire(group.block_length, group.big_endian, at);
  found.count = LoadWire(group.count, group.big_endian, at);
  found.first = at + group.announcement_bytes;
  const auto left = static_cast<uint64_t>(end - found.first);
  if (found.count == 0) return found;
  const bool is_flat = group.groups.empty() && group.data.empty();
  // An entry takes at least a byte, so that a count is worth no more work than the message's bytes.
  if (block_length == 0 && (is_flat || !group.fields.empty())) {
    found.why = kEmptyEntries;
  } else if (found.count > left || block_length > left ||
             (is_flat && block_length * found.count > left)) {
    found.why = kGroupCut;
  }
  found.block_length = static_cast<uint32_t>(block_length);
  return found;
}

// Null when all blocks, groups and data are whole; else why not, for people.
const char* CheckBlocks(const BlockInfo& info, const WireBlock& root);

// Precondition: CheckBlocks has found nothing.
void DescribeBlocks(const BlockInfo& info, const WireBlock& root, MessageVisitor& visitor);

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_BLOCK_WALK_H_
