#include "codecs/fast/fast_xml.h"

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "codecs/fast/fast_plan.h"
#include "codecs/schema_source.h"

namespace fh::codecs::fast {
namespace {

constexpr int kMostDepth = 16;  // Of groups and of included templates.
constexpr size_t kMostNameBytes = 256;

struct Named {
  absl::string_view element;
  FastOperatorKind kind;
};
constexpr Named kOperators[] = {
    {"constant", FastOperatorKind::kConstant}, {"default", FastOperatorKind::kDefault},
    {"copy", FastOperatorKind::kCopy},         {"increment", FastOperatorKind::kIncrement},
    {"delta", FastOperatorKind::kDelta},       {"tail", FastOperatorKind::kTail}};

struct NamedType {
  absl::string_view element;
  FastType type;
};
constexpr NamedType kTypes[] = {{"uInt32", FastType::kUInt32},   {"int32", FastType::kInt32},
                                {"uInt64", FastType::kUInt64},   {"int64", FastType::kInt64},
                                {"decimal", FastType::kDecimal}, {"string", FastType::kAscii},
                                {"byteVector", FastType::kBytes}};

// By the local name: scp:reset is reset. Empty when there is none.
absl::string_view Attribute(pugi::xml_node node, absl::string_view name) {
  for (const pugi::xml_attribute attribute : node.attributes()) {
    absl::string_view local = attribute.name();
    const size_t colon = local.rfind(':');
    if (colon != absl::string_view::npos) {
      // Declarations of namespaces have the names of their prefixes.
      if (local.substr(0, colon) == "xmlns") continue;
      local.remove_prefix(colon + 1);
    }
    if (local == name) return attribute.value();
  }
  return {};
}

bool HasAttribute(pugi::xml_node node, const char* name) { return !node.attribute(name).empty(); }

bool MeansYes(absl::string_view text) {
  return absl::EqualsIgnoreCase(text, "yes") || absl::EqualsIgnoreCase(text, "y") ||
         absl::EqualsIgnoreCase(text, "true") || absl::EqualsIgnoreCase(text, "t") || text == "1";
}

}  // namespace

// Reads one file. What a block holds is collected in vectors first, then kept by the arena.
class FastXmlReader {
 public:
  FastXmlReader(FastTemplates& out, const SchemaSource& source) : out_(out), source_(source) {
    for (size_t i = 0; i < source.text.size(); ++i) {
      if (source.text[i] == '\n') line_ends_.push_back(static_cast<ptrdiff_t>(i));
    }
  }

  static std::unique_ptr<FastTemplates> Make() {
    return std::unique_ptr<FastTemplates>(new FastTemplates());
  }

  absl::Status Read(pugi::xml_node root) {
    std::vector<pugi::xml_node> templates;
    if (LocalName(root) == "template") {
      templates.push_back(root);
    } else {
      for (const pugi::xml_node node : root.children()) {
        if (node.type() != pugi::node_element) continue;
        if (LocalName(node) != "template") {
          return source_.Error(node, "'", LocalName(node), "' is no template");
        }
        templates.push_back(node);
      }
    }
    if (templates.empty()) {
      return source_.Error(root, "there are no templates; is the file whole?");
    }
    for (const pugi::xml_node node : templates) {
      const std::string name = TemplateName(node, "name");
      if (Attribute(node, "name").empty()) return source_.Error(node, "a template without a name");
      if (!by_name_.emplace(name, node).second) {
        return source_.Error(node, "a second template is called '", Attribute(node, "name"),
                             "'; rename or remove one");
      }
    }
    for (const pugi::xml_node node : templates) {
      if (absl::Status read = ReadTemplate(node); !read.ok()) return read;
    }
    if (out_.list_.empty()) {
      return source_.Error(root, "no template has an id; add ids to those that are sent");
    }
    return absl::OkStatus();
  }

 private:
  // What fields take over from what they are in.
  struct Scope {
    std::string dictionary = "global";
    std::string template_name;
    std::string type;  // "" : none.
    std::string ns;
  };

  struct Block {
    std::vector<FastItem> items;
    std::vector<const FieldInfo*> fields;
    std::vector<const GroupInfo*> groups;
    std::set<std::string> names;
    std::map<std::string, int> used;  // Numbers that were put behind a name.
  };

  static std::string TemplateName(pugi::xml_node node, const char* name) {
    return absl::StrCat(Inherited(node, "templateNs"), "\n", Attribute(node, name));
  }

  // The attribute of the element or of the next one around it that has it.
  static absl::string_view Inherited(pugi::xml_node node, const char* name) {
    for (; node; node = node.parent()) {
      if (HasAttribute(node, name)) return Attribute(node, name);
    }
    return {};
  }

  uint32_t LineOf(pugi::xml_node node) const {
    const auto end = std::lower_bound(line_ends_.begin(), line_ends_.end(), node.offset_debug());
    return static_cast<uint32_t>(1 + (end - line_ends_.begin()));
  }

  const char* NameFor(Block& block, const std::string& name) {
    std::string unique = name;
    // Where the last one of that name stopped: a file may say the same name a hundred thousand times.
    for (int& used = block.used[name]; !block.names.insert(unique).second;) {
      unique = absl::StrCat(name, "_", ++used + 1);
    }
    return out_.arena_.Name(unique);
  }

  absl::Status ReadTemplate(pugi::xml_node node) {
    // A template without an id is there to be included.
    if (Attribute(node, "id").empty()) return absl::OkStatus();
    uint32_t id;
    if (!absl::SimpleAtoi(Attribute(node, "id"), &id) || id > kMostTemplateId) {
      return source_.Error(node, "the template's id '", Attribute(node, "id"),
                           "' is no number up to ", kMostTemplateId);
    }
    for (const FastTemplate* other : out_.list_) {
      if (other->info->type == id) {
        return source_.Error(node, "a second template has the id ", id, "; remove one of the two");
      }
    }
    Block block;
    if (absl::Status read = ReadChildren(node, ScopeOf(node, {}), 0, block); !read.ok()) {
      return read;
    }
    const std::string name = SnakeCase(Attribute(node, "name"));
    const MessageInfo* info =
        out_.arena_.Add(MessageInfo{.type = id,
                                    .name = NameFor(names_, name),
                                    .length = 1,
                                    .fields = out_.arena_.List(std::move(block.fields)),
                                    .groups = out_.arena_.List(std::move(block.groups)),
                                    .is_template = true,
                                    .has_places = false});
    const FastTemplate& made = out_.templates_.emplace_back(
        FastTemplate{.info = info,
                     .items = out_.items_.emplace_back(std::move(block.items)),
                     .resets = MeansYes(Attribute(node, "reset"))});
    out_.list_.push_back(&made);
    return absl::OkStatus();
  }

  // That of the children of an element, which is within `outer`.
  Scope ScopeOf(pugi::xml_node node, const Scope& outer) const {
    Scope scope = outer;
    if (LocalName(node) == "template") {
      scope = Scope{};
      scope.template_name = TemplateName(node, "name");
      scope.dictionary = std::string(Inherited(node, "dictionary"));
      scope.ns = std::string(Inherited(node, "ns"));
      if (scope.dictionary.empty()) scope.dictionary = "global";
    } else {
      if (HasAttribute(node, "dictionary"))
        scope.dictionary = std::string(Attribute(node, "dictionary"));
      if (HasAttribute(node, "ns")) scope.ns = std::string(Attribute(node, "ns"));
    }
    for (const pugi::xml_node child : node.children()) {
      if (LocalName(child) == "typeRef") scope.type = std::string(Attribute(child, "name"));
    }
    return scope;
  }

  const char* Dictionary(const std::string& name, const Scope& scope) {
    if (name == "global") return out_.arena_.Name("global");
    if (name == "template") return out_.arena_.Name(absl::StrCat("template:", scope.template_name));
    if (name == "type") return out_.arena_.Name(absl::StrCat("type:", scope.type));
    return out_.arena_.Name(absl::StrCat("user:", name));
  }

  absl::Status ReadChildren(pugi::xml_node node, const Scope& scope, int depth, Block& block) {
    for (const pugi::xml_node child : node.children()) {
      if (child.type() != pugi::node_element) continue;
      const absl::string_view element = LocalName(child);
      if (element == "typeRef" || element == "length") continue;
      if (++steps_ > kMostInstructions) {
        return source_.Error(child, "the templates have more than ", kMostInstructions,
                             " fields, included ones counted each time");
      }
      absl::Status read = element == "templateRef" ? ReadReference(child, depth, block)
                          : element == "sequence" || element == "group"
                              ? ReadGroup(child, scope, depth, block)
                              : ReadField(child, scope, block);
      if (!read.ok()) return read;
    }
    return absl::OkStatus();
  }

  absl::Status ReadReference(pugi::xml_node node, int depth, Block& block) {
    if (Attribute(node, "name").empty()) {
      block.items.push_back({});
      return absl::OkStatus();
    }
    if (depth >= kMostDepth) {
      return source_.Error(node, "templates within templates more than ", kMostDepth,
                           " deep; does '", Attribute(node, "name"), "' include itself?");
    }
    const auto found = by_name_.find(TemplateName(node, "name"));
    if (found == by_name_.end()) {
      return source_.Error(node, "there is no template '", Attribute(node, "name"),
                           "' (D8); add it, or correct the reference");
    }
    return ReadChildren(found->second, ScopeOf(found->second, {}), depth + 1, block);
  }

  absl::StatusOr<bool> IsOptional(pugi::xml_node node) const {
    const absl::string_view presence = Attribute(node, "presence");
    if (presence.empty() || presence == "mandatory") return false;
    if (presence == "optional") return true;
    return source_.Error(node, "the presence '", presence, "' is neither mandatory nor optional");
  }

  absl::StatusOr<std::string> FieldName(pugi::xml_node node) const {
    const std::string name(Attribute(node, "name"));
    if (name.empty()) return source_.Error(node, "'", LocalName(node), "' has no name");
    if (name.size() > kMostNameBytes) {
      return source_.Error(node, "a name of more than ", kMostNameBytes, " letters");
    }
    return name;
  }

  // An operator, if the element is one. `key`: of its previous value, when it names none.
  absl::StatusOr<bool> ReadOperator(pugi::xml_node node, const Scope& scope, const std::string& key,
                                    FastOperator& op) {
    const auto* found =
        std::find_if(std::begin(kOperators), std::end(kOperators),
                     [&](const Named& named) { return named.element == LocalName(node); });
    if (found == std::end(kOperators)) return false;
    if (op.kind != FastOperatorKind::kNone) {
      return source_.Error(node, "a second operator for one field (S1); remove one");
    }
    op.kind = found->kind;
    if (HasAttribute(node, "value")) op.initial = out_.arena_.Name(Attribute(node, "value"));
    const std::string dictionary(HasAttribute(node, "dictionary") ? Attribute(node, "dictionary")
                                                                  : scope.dictionary);
    op.dictionary = Dictionary(dictionary, scope);
    const absl::string_view ns = HasAttribute(node, "ns") ? Attribute(node, "ns") : scope.ns;
    op.key = HasAttribute(node, "key")
                 ? out_.arena_.Name(absl::StrCat(ns, "\n", Attribute(node, "key")))
                 : out_.arena_.Name(key);
    return true;
  }

  // The operators of a field's element.
  absl::Status ReadOperators(pugi::xml_node node, const Scope& scope, const std::string& name,
                             FastField& field) {
    const std::string key =
        absl::StrCat(HasAttribute(node, "ns") ? Attribute(node, "ns") : scope.ns, "\n", name);
    for (const pugi::xml_node child : node.children()) {
      if (child.type() != pugi::node_element) continue;
      const absl::string_view element = LocalName(child);
      if (element == "length" && IsText(field.type)) continue;  // A name for the length, no more.
      if (field.type == FastType::kDecimal && (element == "exponent" || element == "mantissa")) {
        if (absl::Status read = ReadPart(child, scope, key, field); !read.ok()) return read;
        continue;
      }
      const absl::StatusOr<bool> is_operator = ReadOperator(child, scope, key, field.op);
      if (!is_operator.ok()) return is_operator.status();
      if (!*is_operator) {
        return source_.Error(child, "'", element, "' is no operator of FAST (S1)");
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadPart(pugi::xml_node node, const Scope& scope, const std::string& key,
                        FastField& field) {
    if (!field.has_parts && field.op.kind != FastOperatorKind::kNone) {
      return source_.Error(node, "an operator for the decimal and one for its part (S1); keep one");
    }
    field.has_parts = true;
    const bool is_exponent = LocalName(node) == "exponent";
    FastOperator& op = is_exponent ? field.op : field.mantissa;
    for (const pugi::xml_node child : node.children()) {
      if (child.type() != pugi::node_element) continue;
      const absl::StatusOr<bool> is_operator = ReadOperator(
          child, scope, absl::StrCat(key, is_exponent ? "\nexponent" : "\nmantissa"), op);
      if (!is_operator.ok()) return is_operator.status();
      if (!*is_operator) {
        return source_.Error(child, "'", LocalName(child), "' is no operator of FAST (S1)");
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadField(pugi::xml_node node, const Scope& scope, Block& block) {
    const absl::string_view element = LocalName(node);
    const auto* found =
        std::find_if(std::begin(kTypes), std::end(kTypes),
                     [&](const NamedType& named) { return named.element == element; });
    if (found == std::end(kTypes)) {
      return source_.Error(node, "'", element,
                           "' is no field, group or reference of FAST 1.1 (S1)");
    }
    FastType type = found->type;
    if (type == FastType::kAscii) {
      const absl::string_view charset = Attribute(node, "charset");
      if (charset == "unicode") {
        type = FastType::kUnicode;
      } else if (!charset.empty() && charset != "ascii") {
        return source_.Error(node, "the charset '", charset, "' is neither ascii nor unicode");
      }
    }
    const absl::StatusOr<std::string> name = FieldName(node);
    if (!name.ok()) return name.status();
    const absl::StatusOr<bool> optional = IsOptional(node);
    if (!optional.ok()) return optional.status();
    FastField& field = out_.fields_.emplace_back(Field(nullptr, type));
    field.name = NameFor(block, SnakeCase(*name));
    field.optional = *optional;
    field.line = LineOf(node);
    if (absl::Status read = ReadOperators(node, scope, *name, field); !read.ok()) return read;
    if (field.op.kind == FastOperatorKind::kConstant && !field.has_parts && !field.optional) {
      field.presence = Presence::kConstant;
    }
    block.fields.push_back(&field);
    block.items.push_back({.field = &field});
    return absl::OkStatus();
  }

  absl::Status ReadGroup(pugi::xml_node node, const Scope& outer, int depth, Block& block) {
    if (depth >= kMostDepth) {
      return source_.Error(node, "groups within groups more than ", kMostDepth, " deep");
    }
    const absl::StatusOr<std::string> name = FieldName(node);
    if (!name.ok()) return name.status();
    const absl::StatusOr<bool> optional = IsOptional(node);
    if (!optional.ok()) return optional.status();
    const Scope scope = ScopeOf(node, outer);
    FastGroup group{.info = nullptr, .items = {}};
    group.is_sequence = LocalName(node) == "sequence";
    group.optional = *optional;
    group.length.line = LineOf(node);
    group.length.name = NameFor(block, SnakeCase(*name));
    const pugi::xml_node length = LengthOf(node);
    if (group.is_sequence && length) {
      const std::string length_name(Attribute(length, "name"));
      group.length.line = LineOf(length);
      if (absl::Status read = ReadOperators(
              length, scope, length_name.empty() ? *name + "\nlength" : length_name, group.length);
          !read.ok()) {
        return read;
      }
    }
    Block entry;
    if (absl::Status read = ReadChildren(node, scope, depth + 1, entry); !read.ok()) return read;
    group.info = out_.arena_.Add(GroupInfo{.name = group.length.name,
                                           .block_length = {},
                                           .count = {},
                                           .announcement_bytes = 0,
                                           .big_endian = true,
                                           .fields = out_.arena_.List(std::move(entry.fields)),
                                           .groups = out_.arena_.List(std::move(entry.groups))});
    group.items = out_.items_.emplace_back(std::move(entry.items));
    block.groups.push_back(group.info);
    block.items.push_back({.group = &out_.groups_.emplace_back(group)});
    return absl::OkStatus();
  }

  static pugi::xml_node LengthOf(pugi::xml_node node) {
    for (const pugi::xml_node child : node.children()) {
      if (LocalName(child) == "length") return child;
    }
    return {};
  }

  FastTemplates& out_;
  const SchemaSource& source_;
  std::vector<ptrdiff_t> line_ends_;
  std::map<std::string, pugi::xml_node> by_name_;
  Block names_;  // Of the messages.
  size_t steps_ = 0;
};

absl::StatusOr<std::unique_ptr<const FastTemplates>> FastTemplates::Load(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadSchemaFile(path);
  if (!text.ok()) return text.status();
  return Parse(*text, path);
}

absl::StatusOr<std::unique_ptr<const FastTemplates>> FastTemplates::Parse(absl::string_view xml,
                                                                          absl::string_view name) {
  const SchemaSource source{xml.substr(0, kMostSchemaBytes), name};
  pugi::xml_document document;
  if (absl::Status parsed = source.ParseInto(document); !parsed.ok()) return parsed;
  const pugi::xml_node root = document.document_element();
  if (LocalName(root) != "templates" && LocalName(root) != "template") {
    return source.Error(root, "the document is '", LocalName(root), "', not templates of FAST 1.1");
  }
  std::unique_ptr<FastTemplates> templates = FastXmlReader::Make();
  FastXmlReader reader(*templates, source);
  if (absl::Status read = reader.Read(root); !read.ok()) return read;
  return templates;
}

}  // namespace fh::codecs::fast
