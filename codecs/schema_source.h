// An exchange's schema as XML text: reading the file, errors that name the line, names as this
// project writes them. For the readers of schemas (sbe/, fast/).
//
//   const absl::StatusOr<std::string> text = ReadSchemaFile("templates.xml");
//   const SchemaSource source{*text, "templates.xml"};
//   pugi::xml_document document;
//   if (absl::Status parsed = source.ParseInto(document); !parsed.ok()) return parsed;
//   return source.Error(node, "a type without a name");     // "templates.xml:17: a type ..."
//
// A schema file is not trusted: its size has a limit, nothing in it is fetched or expanded. At start
// only; allocates.
#ifndef FEEDHANDLER_CODECS_SCHEMA_SOURCE_H_
#define FEEDHANDLER_CODECS_SCHEMA_SOURCE_H_

#include <cstddef>
#include <pugixml.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace fh::codecs {

inline constexpr size_t kMostSchemaBytes = 8 << 20;

// NotFound and InvalidArgument name the file and what to do.
absl::StatusOr<std::string> ReadSchemaFile(const std::string& path);

// The text that nodes are of, and what stands for it in errors.
struct SchemaSource {
  absl::string_view text;
  absl::string_view name;

  // "templates.xml:17: ..."
  template <typename... Parts>
  absl::Status Error(pugi::xml_node node, const Parts&... parts) const {
    return absl::InvalidArgumentError(absl::StrCat(name, ":", Line(node), ": ", parts...));
  }
  // Counts the lines before it: for errors.
  size_t Line(pugi::xml_node node) const;

  absl::Status ParseInto(pugi::xml_document& document) const;
};

// Without the namespace's prefix.
absl::string_view LocalName(pugi::xml_node node);

// "MDEntryPx" -> "md_entry_px". Of any text; letters, digits and single underscores come out.
std::string SnakeCase(absl::string_view name);

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_SCHEMA_SOURCE_H_
