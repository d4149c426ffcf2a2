#include "codecs/sbe/sbe_types.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace fh::codecs::sbe {
namespace {

constexpr int kMostDepth = 8;
constexpr uint64_t kMostSteps = 500'000;
constexpr uint32_t kMostBlockBytes = 65'000;
constexpr int kMostExponent = 64;
constexpr uint32_t kMostElements = 256;

struct Primitive {
  const char* name;
  uint16_t length;
  FieldKind kind;
};
constexpr Primitive kPrimitives[] = {
    {"char", 1, FieldKind::kChar},       {"int8", 1, FieldKind::kSigned},
    {"int16", 2, FieldKind::kSigned},    {"int32", 4, FieldKind::kSigned},
    {"int64", 8, FieldKind::kSigned},    {"uint8", 1, FieldKind::kUnsigned},
    {"uint16", 2, FieldKind::kUnsigned}, {"uint32", 4, FieldKind::kUnsigned},
    {"uint64", 8, FieldKind::kUnsigned}, {"float", 4, FieldKind::kFloat},
    {"double", 8, FieldKind::kFloat}};

const Primitive* FindPrimitive(absl::string_view name) {
  const auto* found = std::find_if(std::begin(kPrimitives), std::end(kPrimitives),
                                   [name](const Primitive& entry) { return name == entry.name; });
  return found == std::end(kPrimitives) ? nullptr : found;
}

// What means null where the schema says nothing.
uint64_t DefaultNull(const FieldInfo& field) {
  switch (field.kind) {
    case FieldKind::kUnsigned:
      return field.length == 8 ? UINT64_MAX : (uint64_t{1} << (8 * field.length)) - 1;
    case FieldKind::kSigned:
      return 0 - (uint64_t{1} << (8 * field.length - 1));
    default:
      return 0;
  }
}

FieldInfo PrimitiveField(const Primitive& primitive, bool big_endian) {
  FieldInfo field{.name = "", .offset = 0, .length = primitive.length, .kind = primitive.kind};
  field.is_signed = primitive.kind == FieldKind::kSigned;
  field.big_endian = big_endian;
  field.number = DefaultNull(field);
  return field;
}

// A value of the field, as XML has it: of a letter, the letter.
std::optional<uint64_t> ParseValue(const FieldInfo& field, absl::string_view text) {
  if (field.kind == FieldKind::kChar && text.size() == 1) {
    return static_cast<unsigned char>(text[0]);
  }
  int64_t with_sign;
  if (field.is_signed) {
    if (!absl::SimpleAtoi(text, &with_sign)) return std::nullopt;
    return static_cast<uint64_t>(with_sign);
  }
  uint64_t number;
  if (!absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

absl::string_view TextOf(pugi::xml_node node) {
  return absl::StripAsciiWhitespace(node.child_value());
}

// A name of the schema's as it is shown: what needs an escape in JSON has no place in a name.
std::string Printable(absl::string_view name) {
  std::string text(name);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~' || c == '"' || c == '\\'; },
      '_');
  return text;
}

absl::string_view Attribute(pugi::xml_node node, const char* name) {
  return node.attribute(name).value();
}

}  // namespace

absl::Status TypeTable::Collect(pugi::xml_node schema) {
  for (const pugi::xml_node types : schema.children()) {
    if (LocalName(types) != "types") continue;
    for (const pugi::xml_node type : types.children()) {
      const std::string name(Attribute(type, "name"));
      if (name.empty()) return source_.Error(type, "a type without a name");
      if (!types_.emplace(name, type).second) {
        return source_.Error(type, "a second type is called '", name, "'; rename or remove one");
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<pugi::xml_node> TypeTable::Composite(absl::string_view name,
                                                    pugi::xml_node user) const {
  const auto found = types_.find(name);
  if (found == types_.end() || LocalName(found->second) != "composite") {
    return source_.Error(user, "there is no composite called '", name,
                         "'; is the file whole, and an SBE schema?");
  }
  return found->second;
}

absl::StatusOr<uint32_t> TypeTable::Place(pugi::xml_node node, uint32_t end) const {
  const pugi::xml_attribute attribute = node.attribute("offset");
  if (attribute.empty()) return end;
  uint32_t offset;
  if (!absl::SimpleAtoi(attribute.value(), &offset) || offset > kMostBlockBytes) {
    return source_.Error(node, "the offset '", attribute.value(), "' is no number up to ",
                         kMostBlockBytes);
  }
  if (offset < end) {
    return source_.Error(node, "the offset ", offset,
                         " lies within the field before, which ends at ", end);
  }
  return offset;
}

absl::StatusOr<TypeLayout> TypeTable::Resolve(absl::string_view name, pugi::xml_node user) {
  if (const Primitive* primitive = FindPrimitive(name);
      primitive != nullptr && types_.find(name) == types_.end()) {
    TypeLayout layout{{{"", PrimitiveField(*primitive, big_endian_)}}, primitive->length};
    if (absl::Status said = Say(user, layout.members[0].info); !said.ok()) return said;
    if (layout.members[0].info.presence == Presence::kConstant) layout.size = 0;
    return layout;
  }
  const auto found = types_.find(name);
  if (found == types_.end()) {
    return source_.Error(user, "there is no type called '", name,
                         "'; is the file whole (types may be in another file that it includes)?");
  }
  return ResolveNode(found->second, user);
}

absl::StatusOr<TypeLayout> TypeTable::ResolveNode(pugi::xml_node node, pugi::xml_node user) {
  if (++steps_ > kMostSteps) {
    return source_.Error(user, "the schema has more than ", kMostSteps, " fields and types");
  }
  if (depth_ == kMostDepth) {
    return source_.Error(node, "types within types more than ", kMostDepth,
                         " deep; is one a part of itself?");
  }
  ++depth_;
  const absl::string_view element = LocalName(node);
  absl::StatusOr<TypeLayout> layout =
      element == "type"        ? ResolveType(node)
      : element == "enum"      ? ResolveEnum(node)
      : element == "set"       ? ResolveSet(node)
      : element == "composite" ? ResolveComposite(node)
                               : source_.Error(node, "'", element, "' is no element of a schema");
  --depth_;
  if (!layout.ok()) return layout;
  // What the user says (presence, meaning) is of a single field, not of a composite's parts; a
  // decimal is one.
  if (layout->members.size() == 1 && user != node) {
    FieldInfo& field = layout->members[0].info;
    if (absl::Status said = Say(user, field); !said.ok()) return said;
    if (field.presence == Presence::kConstant) layout->size = 0;
  }
  return layout;
}

// What the element says of a field besides its type.
absl::Status TypeTable::Say(pugi::xml_node user, FieldInfo& field) {
  const absl::string_view semantic = Attribute(user, "semanticType");
  if (semantic == "UTCTimestamp" && field.length == 8 && field.names.empty()) {
    field.kind = FieldKind::kUnixNs;
  } else if (semantic == "LocalMktDate" && field.kind == FieldKind::kUnsigned &&
             field.length == 2) {
    field.kind = FieldKind::kUnixDays;
  }
  const absl::string_view null_text = Attribute(user, "nullValue");
  if (!null_text.empty() && field.kind != FieldKind::kFloat && field.kind != FieldKind::kAlpha) {
    const std::optional<uint64_t> null = ParseValue(field, null_text);
    if (!null.has_value()) {
      return source_.Error(user, "the null value '", null_text, "' is none of this type");
    }
    field.number = *null;
  }
  const absl::string_view presence = Attribute(user, "presence");
  if (presence == "optional") {
    field.presence = Presence::kOptional;
  } else if (presence == "required") {
    field.presence = Presence::kRequired;
  } else if (presence == "constant") {
    if (!Attribute(user, "valueRef").empty()) return ValueRef(user, field);
    if (field.presence != Presence::kConstant || !TextOf(user).empty()) {
      return ConstantOf(user, TextOf(user), field);
    }
  } else if (!presence.empty()) {
    return source_.Error(user, "the presence '", presence,
                         "' is none of required, optional and constant");
  }
  return absl::OkStatus();
}

absl::Status TypeTable::ConstantOf(pugi::xml_node user, absl::string_view text, FieldInfo& field) {
  field.presence = Presence::kConstant;
  if (field.kind == FieldKind::kAlpha || field.kind == FieldKind::kChar) {
    field.constant_text = arena_.Name(text);
    field.number = text.size() == 1 ? static_cast<unsigned char>(text[0]) : 0;
  } else {
    const std::optional<uint64_t> value = ParseValue(field, text);
    if (!value.has_value()) {
      return source_.Error(user, "the constant '", text, "' is no value of its type");
    }
    field.number = *value;
  }
  field.length = 0;
  return absl::OkStatus();
}

// valueRef="Enumeration.Name".
absl::Status TypeTable::ValueRef(pugi::xml_node user, FieldInfo& field) {
  const absl::string_view reference = Attribute(user, "valueRef");
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(reference, absl::MaxSplits('.', 1));
  const auto found = types_.find(parts.first);
  if (found != types_.end() && LocalName(found->second) == "enum") {
    for (const pugi::xml_node value : found->second.children()) {
      if (Attribute(value, "name") == parts.second) return ConstantOf(user, TextOf(value), field);
    }
  }
  return source_.Error(user, "the valueRef '", reference, "' names no value of an enum");
}

absl::StatusOr<TypeLayout> TypeTable::ResolveType(pugi::xml_node type) {
  const absl::string_view name = Attribute(type, "primitiveType");
  const Primitive* primitive = FindPrimitive(name);
  if (primitive == nullptr) {
    return source_.Error(type, "the primitive type '", name, "' is not of SBE 1.0");
  }
  uint32_t count = 1;
  if (const absl::string_view length = Attribute(type, "length");
      !length.empty() && (!absl::SimpleAtoi(length, &count) || count > kMostBlockBytes)) {
    return source_.Error(type, "the length '", length, "' is no number up to ", kMostBlockBytes);
  }
  FieldInfo field = PrimitiveField(*primitive, big_endian_);
  const bool is_text = primitive->kind == FieldKind::kChar;
  const bool is_constant = Attribute(type, "presence") == "constant";
  if (is_text && (count != 1 || (is_constant && TextOf(type).size() > 1))) {
    field.kind = FieldKind::kAlpha;
    field.length = static_cast<uint16_t>(count);
  }
  if (absl::Status said = Say(type, field); !said.ok()) return said;
  if (is_constant) return TypeLayout{{{"", field}}, 0};
  if (is_text || count == 1) return TypeLayout{{{"", field}}, field.length};
  if (count > kMostElements) {
    return source_.Error(type, "an array of more than ", kMostElements, " numbers");
  }
  TypeLayout layout;
  for (uint32_t i = 0; i < count; ++i) {
    field.offset = static_cast<uint16_t>(layout.size);
    layout.members.push_back({absl::StrCat(i + 1), field});
    layout.size += field.length;
    ++steps_;
  }
  return layout;
}

// The integer or letter that an enum or set is written as.
absl::StatusOr<FieldInfo> TypeTable::Encoding(pugi::xml_node node) {
  const absl::string_view encoding = Attribute(node, "encodingType");
  if (const Primitive* primitive = FindPrimitive(encoding); primitive != nullptr) {
    if (primitive->kind != FieldKind::kFloat) return PrimitiveField(*primitive, big_endian_);
  } else if (const auto found = types_.find(encoding);
             found != types_.end() && LocalName(found->second) == "type") {
    absl::StatusOr<TypeLayout> layout = ResolveType(found->second);
    if (!layout.ok()) return layout.status();
    if (layout->members.size() == 1 && layout->size != 0 && layout->size <= 8) {
      return layout->members[0].info;
    }
  }
  return source_.Error(node, "the encodingType '", encoding,
                       "' is no type of one number or letter");
}

absl::StatusOr<TypeLayout> TypeTable::ResolveEnum(pugi::xml_node node) {
  absl::StatusOr<FieldInfo> field = Encoding(node);
  if (!field.ok()) return field.status();
  std::vector<NamedValue> names;
  for (const pugi::xml_node value : node.children()) {
    if (LocalName(value) != "validValue") continue;
    ++steps_;
    const std::optional<uint64_t> number = ParseValue(*field, TextOf(value));
    if (!number.has_value()) {
      return source_.Error(value, "'", TextOf(value), "' is no value of this enum's encodingType");
    }
    names.push_back({*number, arena_.Name(Printable(Attribute(value, "name")))});
  }
  field->names = arena_.List(std::move(names));
  return TypeLayout{{{"", *field}}, field->length};
}

absl::StatusOr<TypeLayout> TypeTable::ResolveSet(pugi::xml_node node) {
  absl::StatusOr<FieldInfo> field = Encoding(node);
  if (!field.ok()) return field.status();
  std::vector<NamedValue> names;
  for (const pugi::xml_node choice : node.children()) {
    if (LocalName(choice) != "choice") continue;
    ++steps_;
    uint32_t bit;
    if (!absl::SimpleAtoi(TextOf(choice), &bit) || bit >= 8u * field->length) {
      return source_.Error(choice, "'", TextOf(choice), "' is no bit of this set's encodingType");
    }
    names.push_back({bit, arena_.Name(Printable(Attribute(choice, "name")))});
  }
  field->kind = FieldKind::kFlags;
  field->is_signed = false;
  field->names = arena_.List(std::move(names));
  return TypeLayout{{{"", *field}}, field->length};
}

absl::StatusOr<TypeLayout> TypeTable::ResolveMember(pugi::xml_node member) {
  if (LocalName(member) == "ref") return Resolve(Attribute(member, "type"), member);
  return ResolveNode(member, member);
}

namespace {

// A number with its own scale: the decimal it is, or nothing when it is another composite.
std::optional<FieldInfo> DecimalOf(const TypeLayout& layout) {
  if (layout.members.size() != 2) return std::nullopt;
  const TypeMember* mantissa = &layout.members[0];
  const TypeMember* exponent = &layout.members[1];
  if (mantissa->name != "mantissa") std::swap(mantissa, exponent);
  if (mantissa->name != "mantissa" || exponent->name != "exponent") return std::nullopt;
  FieldInfo field = mantissa->info;
  if (field.kind != FieldKind::kSigned && field.kind != FieldKind::kUnsigned) return std::nullopt;
  if (field.presence == Presence::kConstant) return std::nullopt;
  if (exponent->info.presence == Presence::kConstant) {
    const auto power = static_cast<int64_t>(exponent->info.number);
    if (power < -kMostExponent || power > kMostExponent) return std::nullopt;
    field.kind = FieldKind::kDecimal;
    field.decimals = static_cast<int8_t>(-power);
    return field;
  }
  if (exponent->info.length != 1 || layout.size > UINT8_MAX) return std::nullopt;
  field.kind = FieldKind::kScaled;
  field.scaled = {static_cast<uint8_t>(mantissa->info.offset),
                  static_cast<uint8_t>(mantissa->info.length),
                  static_cast<uint8_t>(exponent->info.offset)};
  field.offset = 0;
  field.length = static_cast<uint16_t>(layout.size);
  return field;
}

}  // namespace

absl::StatusOr<TypeLayout> TypeTable::ResolveComposite(pugi::xml_node composite) {
  TypeLayout layout;
  for (const pugi::xml_node member : composite.children()) {
    if (member.type() != pugi::node_element) continue;
    absl::StatusOr<TypeLayout> part = ResolveMember(member);
    if (!part.ok()) return part;
    absl::StatusOr<uint32_t> offset = Place(member, layout.size);
    if (!offset.ok()) return offset.status();
    if (*offset + part->size > kMostBlockBytes) {
      return source_.Error(member, "a composite of more than ", kMostBlockBytes, " bytes");
    }
    const std::string name = SnakeCase(Attribute(member, "name"));
    for (TypeMember& inner : part->members) {
      inner.info.offset = static_cast<uint16_t>(inner.info.offset + *offset);
      inner.name = inner.name.empty() ? name : absl::StrCat(name, "_", inner.name);
      layout.members.push_back(std::move(inner));
    }
    if (part->size != 0) layout.size = *offset + part->size;
    steps_ += part->members.size();
    if (steps_ > kMostSteps) {
      return source_.Error(member, "the schema has more than ", kMostSteps, " fields and types");
    }
  }
  if (const std::optional<FieldInfo> decimal = DecimalOf(layout); decimal.has_value()) {
    return TypeLayout{{{"", *decimal}}, layout.size};
  }
  return layout;
}

absl::StatusOr<WireNumber> TypeTable::Number(pugi::xml_node composite, absl::string_view member) {
  absl::StatusOr<TypeLayout> layout = ResolveComposite(composite);
  if (!layout.ok()) return layout.status();
  const std::string wanted = SnakeCase(member);
  for (const TypeMember& found : layout->members) {
    if (found.name != wanted) continue;
    const FieldInfo& field = found.info;
    if (field.kind != FieldKind::kUnsigned || field.presence == Presence::kConstant ||
        field.offset > UINT8_MAX) {
      return source_.Error(composite, "'", member, "' must be an unsigned number");
    }
    return WireNumber{static_cast<uint8_t>(field.offset), static_cast<uint8_t>(field.length)};
  }
  return source_.Error(composite, "the composite has no member '", member, "'");
}

}  // namespace fh::codecs::sbe
