#include "codecs/sbe/sbe_schema.h"

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "codecs/sbe/sbe_types.h"
#include "codecs/schema_source.h"

namespace fh::codecs::sbe {
namespace {

constexpr int kMostGroupDepth = 8;
constexpr size_t kMostFields = 200'000;  // Of all messages together.

absl::string_view Attribute(pugi::xml_node node, const char* name) {
  return node.attribute(name).value();
}

}  // namespace

// Reads one file. What a block holds is collected in vectors first, then kept by the arena.
class SchemaReader {
 public:
  SchemaReader(SbeSchema& schema, const SchemaSource& source, bool big_endian)
      : schema_(schema),
        source_(source),
        big_endian_(big_endian),
        types_(schema.arena_, source, big_endian) {}

  absl::Status Read(pugi::xml_node root) {
    if (absl::Status collected = types_.Collect(root); !collected.ok()) return collected;
    if (absl::Status header = ReadHeader(root); !header.ok()) return header;
    for (const pugi::xml_node message : root.children()) {
      if (LocalName(message) != "message") continue;
      if (absl::Status read = ReadMessage(message); !read.ok()) return read;
    }
    if (schema_.messages_.empty()) {
      return source_.Error(root, "the schema has no messages; is the file whole?");
    }
    return absl::OkStatus();
  }

  static std::unique_ptr<SbeSchema> Make() { return std::unique_ptr<SbeSchema>(new SbeSchema()); }
  static void SetId(SbeSchema& schema, uint32_t id, uint32_t version) {
    schema.id_ = id;
    schema.version_ = version;
  }

 private:
  struct Block {
    std::vector<const FieldInfo*> fields;
    std::vector<const GroupInfo*> groups;
    std::vector<const DataInfo*> data;
    std::set<std::string> names;
    std::map<std::string, int> used;  // Numbers that were put behind a name.
    uint32_t end = 0;                 // Behind the last field.
  };

  // A name that no other field, group or data of the block has.
  const char* NameFor(Block& block, const std::string& name) {
    std::string unique = name;
    // Where the last one of that name stopped: a file may say the same name a hundred thousand times.
    for (int& used = block.used[name]; !block.names.insert(unique).second;) {
      unique = absl::StrCat(name, "_", ++used + 1);
    }
    return schema_.arena_.Name(unique);
  }

  absl::StatusOr<uint16_t> Since(pugi::xml_node node) const {
    const absl::string_view text = Attribute(node, "sinceVersion");
    uint32_t since = 0;
    if (!text.empty() && (!absl::SimpleAtoi(text, &since) || since > UINT16_MAX)) {
      return source_.Error(node, "the sinceVersion '", text, "' is no number up to ", UINT16_MAX);
    }
    return static_cast<uint16_t>(since);
  }

  absl::Status AddMembers(pugi::xml_node node, const std::string& name, const TypeLayout& layout,
                          uint32_t offset, uint16_t since, Block& block) {
    for (const TypeMember& member : layout.members) {
      if (++fields_ > kMostFields) {
        return source_.Error(node, "the schema has more than ", kMostFields, " fields");
      }
      FieldInfo field = member.info;
      field.offset = static_cast<uint16_t>(field.offset + offset);
      field.since = since;
      field.name = NameFor(block, member.name.empty() ? name
                                  : name.empty()      ? member.name
                                                      : absl::StrCat(name, "_", member.name));
      block.fields.push_back(schema_.arena_.Add(field));
    }
    return absl::OkStatus();
  }

  absl::Status ReadHeader(pugi::xml_node root) {
    absl::string_view name = Attribute(root, "headerType");
    if (name.empty()) name = "messageHeader";
    const absl::StatusOr<pugi::xml_node> composite = types_.Composite(name, root);
    if (!composite.ok()) return composite.status();
    SbeHeader& header = schema_.header_;
    header.big_endian = big_endian_;
    const std::pair<const char*, WireNumber*> parts[] = {{"blockLength", &header.block_length},
                                                         {"templateId", &header.template_id},
                                                         {"schemaId", &header.schema_id},
                                                         {"version", &header.version}};
    for (const auto& [part, number] : parts) {
      const absl::StatusOr<WireNumber> found = types_.Number(*composite, part);
      if (!found.ok()) return found.status();
      *number = *found;
    }
    absl::StatusOr<TypeLayout> layout = types_.ResolveComposite(*composite);
    if (!layout.ok()) return layout.status();
    header_layout_ = *std::move(layout);
    header.bytes = static_cast<uint16_t>(header_layout_.size);
    return absl::OkStatus();
  }

  absl::Status ReadMessage(pugi::xml_node node) {
    uint32_t id;
    if (!absl::SimpleAtoi(Attribute(node, "id"), &id) || id > kMostTemplateId) {
      return source_.Error(node, "the message's id '", Attribute(node, "id"),
                           "' is no number up to ", kMostTemplateId);
    }
    if (schema_.Find(id) != nullptr) {
      return source_.Error(node, "a second message has the id ", id, "; remove one of the two");
    }
    Block block;
    block.end = header_layout_.size;
    if (absl::Status added = AddMembers(node, "", header_layout_, 0, 0, block); !added.ok()) {
      return added;
    }
    if (absl::Status read = ReadBlock(node, header_layout_.size, 0, block); !read.ok()) return read;
    DescriptionArena& arena = schema_.arena_;
    const MessageInfo* info =
        arena.Add(MessageInfo{.type = id,
                              .name = arena.Name(SnakeCase(Attribute(node, "name"))),
                              .length = static_cast<uint16_t>(header_layout_.size),
                              .fields = arena.List(std::move(block.fields)),
                              .groups = arena.List(std::move(block.groups)),
                              .data = arena.List(std::move(block.data)),
                              .is_template = true});
    schema_.messages_.push_back(info);
    if (schema_.by_id_.size() <= id) schema_.by_id_.resize(id + 1);
    schema_.by_id_[id] = info;
    return absl::OkStatus();
  }

  // `base`: where the block's own bytes begin, of those that offsets of descriptions count.
  absl::Status ReadBlock(pugi::xml_node node, uint32_t base, int depth, Block& block) {
    for (const pugi::xml_node item : node.children()) {
      if (item.type() != pugi::node_element) continue;
      const absl::string_view element = LocalName(item);
      absl::Status read = element == "field"   ? ReadField(item, base, block)
                          : element == "group" ? ReadGroup(item, depth, block)
                          : element == "data"  ? ReadData(item, block)
                                               : source_.Error(item, "'", element,
                                                               "' is none of field, group and data");
      if (!read.ok()) return read;
    }
    const absl::string_view text = Attribute(node, "blockLength");
    uint32_t length = 0;
    if (!text.empty() && (!absl::SimpleAtoi(text, &length) || length < block.end - base)) {
      return source_.Error(node, "the blockLength '", text, "' is less than the ", block.end - base,
                           " bytes of its fields");
    }
    return absl::OkStatus();
  }

  absl::Status ReadField(pugi::xml_node node, uint32_t base, Block& block) {
    absl::StatusOr<TypeLayout> layout = types_.Resolve(Attribute(node, "type"), node);
    if (!layout.ok()) return layout.status();
    const absl::StatusOr<uint32_t> offset = types_.Place(node, block.end - base);
    if (!offset.ok()) return offset.status();
    const absl::StatusOr<uint16_t> since = Since(node);
    if (!since.ok()) return since.status();
    const uint32_t begin = base + *offset;
    if (begin + layout->size > UINT16_MAX) {
      return source_.Error(node, "a block of more than ", UINT16_MAX, " bytes");
    }
    if (layout->size != 0) block.end = begin + layout->size;
    return AddMembers(node, SnakeCase(Attribute(node, "name")), *layout, begin, *since, block);
  }

  absl::Status ReadGroup(pugi::xml_node node, int depth, Block& block) {
    if (depth == kMostGroupDepth) {
      return source_.Error(node, "groups within groups more than ", kMostGroupDepth, " deep");
    }
    absl::string_view type = Attribute(node, "dimensionType");
    if (type.empty()) type = "groupSizeEncoding";
    const absl::StatusOr<pugi::xml_node> composite = types_.Composite(type, node);
    if (!composite.ok()) return composite.status();
    const absl::StatusOr<WireNumber> block_length = types_.Number(*composite, "blockLength");
    if (!block_length.ok()) return block_length.status();
    const absl::StatusOr<WireNumber> count = types_.Number(*composite, "numInGroup");
    if (!count.ok()) return count.status();
    const absl::StatusOr<uint8_t> bytes = AnnouncementBytes(*composite);
    if (!bytes.ok()) return bytes.status();
    const absl::StatusOr<uint16_t> since = Since(node);
    if (!since.ok()) return since.status();
    const char* name = NameFor(block, SnakeCase(Attribute(node, "name")));
    Block entry;
    if (absl::Status read = ReadBlock(node, 0, depth + 1, entry); !read.ok()) return read;
    DescriptionArena& arena = schema_.arena_;
    block.groups.push_back(arena.Add(GroupInfo{.name = name,
                                               .block_length = *block_length,
                                               .count = *count,
                                               .announcement_bytes = *bytes,
                                               .big_endian = big_endian_,
                                               .since = *since,
                                               .fields = arena.List(std::move(entry.fields)),
                                               .groups = arena.List(std::move(entry.groups)),
                                               .data = arena.List(std::move(entry.data))}));
    return absl::OkStatus();
  }

  absl::StatusOr<uint8_t> AnnouncementBytes(pugi::xml_node composite) {
    absl::StatusOr<TypeLayout> layout = types_.ResolveComposite(composite);
    if (!layout.ok()) return layout.status();
    if (layout->size > UINT8_MAX) {
      return source_.Error(composite, "a group's dimension of more than ", UINT8_MAX, " bytes");
    }
    return static_cast<uint8_t>(layout->size);
  }

  absl::Status ReadData(pugi::xml_node node, Block& block) {
    const absl::StatusOr<pugi::xml_node> composite =
        types_.Composite(Attribute(node, "type"), node);
    if (!composite.ok()) return composite.status();
    const absl::StatusOr<WireNumber> length = types_.Number(*composite, "length");
    if (!length.ok()) return length.status();
    const absl::StatusOr<uint16_t> since = Since(node);
    if (!since.ok()) return since.status();
    DataInfo data{.field = {},
                  .length = *length,
                  .announcement_bytes = 0,
                  .big_endian = big_endian_,
                  .since = *since};
    data.field.name = NameFor(block, SnakeCase(Attribute(node, "name")));
    data.field.kind = FieldKind::kAlpha;
    // The bytes begin behind the length.
    data.announcement_bytes = static_cast<uint8_t>(length->offset + length->length);
    block.data.push_back(schema_.arena_.Add(data));
    return absl::OkStatus();
  }

  SbeSchema& schema_;
  const SchemaSource& source_;
  bool big_endian_;
  TypeTable types_;
  TypeLayout header_layout_;
  size_t fields_ = 0;
};

absl::StatusOr<std::unique_ptr<const SbeSchema>> SbeSchema::Load(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadSchemaFile(path);
  if (!text.ok()) return text.status();
  return Parse(*text, path);
}

absl::StatusOr<std::unique_ptr<const SbeSchema>> SbeSchema::Parse(absl::string_view xml,
                                                                  absl::string_view name) {
  const SchemaSource source{xml.substr(0, kMostSchemaBytes), name};
  pugi::xml_document document;
  if (absl::Status parsed = source.ParseInto(document); !parsed.ok()) return parsed;
  const pugi::xml_node root = document.document_element();
  if (LocalName(root) != "messageSchema") {
    return source.Error(root, "the document is '", LocalName(root),
                        "', not a messageSchema of Simple Binary Encoding");
  }
  const absl::string_view order = Attribute(root, "byteOrder");
  if (!order.empty() && order != "littleEndian" && order != "bigEndian") {
    return source.Error(root, "the byteOrder '", order, "' is neither littleEndian nor bigEndian");
  }
  uint32_t id = 0;
  uint32_t version = 0;
  if (!absl::SimpleAtoi(Attribute(root, "id"), &id) ||
      (!Attribute(root, "version").empty() &&
       !absl::SimpleAtoi(Attribute(root, "version"), &version))) {
    return source.Error(root, "the schema's id or version is no number");
  }
  std::unique_ptr<SbeSchema> schema = SchemaReader::Make();
  SchemaReader::SetId(*schema, id, version);
  SchemaReader reader(*schema, source, order == "bigEndian");
  if (absl::Status read = reader.Read(root); !read.ok()) return read;
  return schema;
}

}  // namespace fh::codecs::sbe
