#include "codecs/block_walk.h"

#include <span>
#include <type_traits>

#include "codecs/value.h"

namespace fh::codecs {
namespace {

constexpr char kDataCut[] = "data reach beyond the message's end";

uint64_t Left(const uint8_t* at, const uint8_t* end) { return static_cast<uint64_t>(end - at); }

// For CheckBlocks.
struct Nobody {
  void Fields(std::span<const FieldInfo* const>, const uint8_t*, uint32_t, uint32_t) {}
  void BeginGroup(const GroupInfo&, uint64_t) {}
  void BeginEntry() {}
  void EndEntry() {}
  void EndGroup() {}
  void Data(const DataInfo&, const Value&) {}
};

// For DescribeBlocks.
struct ToVisitor {
  MessageVisitor& visitor;

  void Fields(std::span<const FieldInfo* const> fields, const uint8_t* block, uint32_t length,
              uint32_t version) {
    for (const FieldInfo* field : fields) {
      if (field->kind == FieldKind::kPadding) continue;
      const bool is_there = HasField(*field, length, version);
      visitor.Field(*field, is_there ? ReadValue(*field, block) : kAbsentValue);
    }
  }
  void BeginGroup(const GroupInfo& group, uint64_t count) {
    visitor.BeginGroup(group, static_cast<uint32_t>(count));
  }
  void BeginEntry() { visitor.BeginEntry(); }
  void EndEntry() { visitor.EndEntry(); }
  void EndGroup() { visitor.EndGroup(); }
  void Data(const DataInfo& data, const Value& value) { visitor.Field(data.field, value); }
};

template <typename To>
class Walk {
 public:
  // `at`: behind the message's block.
  Walk(To to, const uint8_t* at, const uint8_t* end, uint32_t version)
      : to_(to), at_(at), end_(end), version_(version) {}

  // What follows the fields of a block. Null, or why it cannot be read.
  const char* Behind(const BlockInfo& info) {
    for (const GroupInfo* group : info.groups) {
      if (const char* why = Group(*group)) return why;
    }
    for (const DataInfo* data : info.data) {
      if (const char* why = Data(*data)) return why;
    }
    return nullptr;
  }

  To& to() { return to_; }

 private:
  // Entries that are fields alone need no look when nobody wants to see them.
  static constexpr bool kOnlyChecks = std::is_same_v<To, Nobody>;

  const char* Group(const GroupInfo& group) {
    if (group.since > version_) {
      to_.BeginGroup(group, 0);
      to_.EndGroup();
      return nullptr;
    }
    const WireGroup found = ReadGroup(group, at_, end_);
    if (found.why != nullptr) return found.why;
    at_ = found.first;
    const bool flat = group.groups.empty() && group.data.empty();
    if (kOnlyChecks && flat) {
      at_ += found.block_length * found.count;
      return nullptr;
    }
    to_.BeginGroup(group, found.count);
    for (uint64_t i = 0; i < found.count; ++i) {
      if (Left(at_, end_) < found.block_length) return kGroupCut;
      const uint8_t* const entry = at_;
      at_ += found.block_length;
      to_.BeginEntry();
      to_.Fields(group.fields, entry, found.block_length, version_);
      if (const char* why = Behind(group.block())) return why;
      to_.EndEntry();
    }
    to_.EndGroup();
    return nullptr;
  }

  const char* Data(const DataInfo& data) {
    if (data.since > version_) {
      to_.Data(data, kAbsentValue);
      return nullptr;
    }
    if (Left(at_, end_) < data.announcement_bytes) return kDataCut;
    const uint64_t length = LoadWire(data.length, data.big_endian, at_);
    at_ += data.announcement_bytes;
    if (Left(at_, end_) < length) return kDataCut;
    to_.Data(data, Value{.bytes = {at_, static_cast<size_t>(length)}});
    at_ += length;
    return nullptr;
  }

  To to_;
  const uint8_t* at_;
  const uint8_t* end_;
  uint32_t version_;
};

}  // namespace

const char* CheckBlocks(const BlockInfo& info, const WireBlock& root) {
  if (info.groups.empty() && info.data.empty()) return nullptr;
  return Walk(Nobody{}, root.fields + root.length, root.end, root.version).Behind(info);
}

void DescribeBlocks(const BlockInfo& info, const WireBlock& root, MessageVisitor& visitor) {
  Walk walk(ToVisitor{visitor}, root.fields + root.length, root.end, root.version);
  walk.to().Fields(info.fields, root.fields, root.length, root.version);
  walk.Behind(info);
}

}  // namespace fh::codecs
