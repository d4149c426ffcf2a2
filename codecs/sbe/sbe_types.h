// The types of an SBE schema, resolved to fields. For sbe_schema.cc alone.
//
//   TypeTable types(arena, source, /*big_endian=*/false);
//   types.Collect(schema_node);
//   absl::StatusOr<TypeLayout> layout = types.Resolve("PRICE", field_node);
//
// One thread, at start; allocates.
#ifndef FEEDHANDLER_CODECS_SBE_SBE_TYPES_H_
#define FEEDHANDLER_CODECS_SBE_SBE_TYPES_H_

#include <cstdint>
#include <map>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codecs/description_arena.h"
#include "codecs/message.h"
#include "codecs/schema_source.h"

namespace fh::codecs::sbe {

// A field of a type; `name` is empty for the one field of a type that is no composite.
struct TypeMember {
  std::string name;
  FieldInfo info;  // Without a name; offset from the type's first byte.
};

struct TypeLayout {
  std::vector<TypeMember> members;
  uint32_t size = 0;  // Bytes on the wire.
};

class TypeTable {
 public:
  TypeTable(DescriptionArena& arena, const SchemaSource& source, bool big_endian)
      : arena_(arena), source_(source), big_endian_(big_endian) {}

  // All types of the schema. A second one of the same name is an error.
  absl::Status Collect(pugi::xml_node schema);

  // The composite of that name; an error at `user` when there is none.
  absl::StatusOr<pugi::xml_node> Composite(absl::string_view name, pugi::xml_node user) const;

  // A type by its name, or a primitive one. `user`: the element that names it, for errors, and for
  // what it says itself (presence, valueRef, semanticType).
  absl::StatusOr<TypeLayout> Resolve(absl::string_view name, pugi::xml_node user);

  // A member of a composite by its name, as an unsigned number.
  absl::StatusOr<WireNumber> Number(pugi::xml_node composite, absl::string_view member);

  // Members of a composite, one after the other or where they say.
  absl::StatusOr<TypeLayout> ResolveComposite(pugi::xml_node composite);

  // The end of the field at `offset` (or behind `end`, where the element says nothing), as long as
  // it neither overlaps nor leaves a block's limits.
  absl::StatusOr<uint32_t> Place(pugi::xml_node node, uint32_t end) const;

 private:
  absl::StatusOr<TypeLayout> ResolveNode(pugi::xml_node node, pugi::xml_node user);
  absl::StatusOr<TypeLayout> ResolveMember(pugi::xml_node member);
  absl::StatusOr<TypeLayout> ResolveType(pugi::xml_node type);
  absl::StatusOr<TypeLayout> ResolveEnum(pugi::xml_node node);
  absl::StatusOr<TypeLayout> ResolveSet(pugi::xml_node node);
  absl::StatusOr<FieldInfo> Encoding(pugi::xml_node node);
  absl::Status Say(pugi::xml_node user, FieldInfo& field);
  absl::Status ConstantOf(pugi::xml_node user, absl::string_view text, FieldInfo& field);
  absl::Status ValueRef(pugi::xml_node user, FieldInfo& field);

  DescriptionArena& arena_;
  const SchemaSource& source_;
  bool big_endian_;
  std::map<std::string, pugi::xml_node, std::less<>> types_;
  int depth_ = 0;
  uint64_t steps_ = 0;  // What a schema may cost has a limit.
};

}  // namespace fh::codecs::sbe

#endif  // FEEDHANDLER_CODECS_SBE_SBE_TYPES_H_
