// Reads an exchange's FAST templates (XML, FAST 1.1) at start into the structs of fast_template.h.
//
//   absl::StatusOr<std::unique_ptr<const FastTemplates>> file = FastTemplates::Load("templates.xml");
//   absl::StatusOr<std::unique_ptr<const FastPlan>> plan =
//       FastPlan::Build((*file)->templates(), "templates.xml", nullptr);
//
// Names become snake_case ("MDEntryPx": "md_entry_px"); the keys of previous values are the file's own
// names, with their namespaces. Static references to other templates are put in line, with the
// dictionaries of where they were written; a dynamic one stands for a message of any template.
// Elements and attributes are known by their local names; attributes of other namespaces that FAST
// does not know are ignored, elements are not.
//
// The file is not trusted: its size, depth and number of fields have limits, nothing in it is fetched
// or expanded, and each error names the line. Any thread may read the result. Takes some ms and
// allocates; nothing does later.
//
// Source: "FAST Specification" 1.1, section 4, appendices 1 and 2; session control profile (reset).
#ifndef FEEDHANDLER_CODECS_FAST_FAST_XML_H_
#define FEEDHANDLER_CODECS_FAST_FAST_XML_H_

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codecs/description_arena.h"
#include "codecs/fast/fast_template.h"

namespace fh::codecs::fast {

class FastTemplates {
 public:
  // NotFound and InvalidArgument name the file, the line and what to do.
  static absl::StatusOr<std::unique_ptr<const FastTemplates>> Load(const std::string& path);

  // Of text; `name` stands for it in errors.
  static absl::StatusOr<std::unique_ptr<const FastTemplates>> Parse(absl::string_view xml,
                                                                    absl::string_view name);

  std::span<const FastTemplate* const> templates() const { return list_; }  // As in the file.

 private:
  friend class FastXmlReader;
  FastTemplates() = default;

  DescriptionArena arena_;
  std::deque<FastField> fields_;
  std::deque<FastGroup> groups_;
  std::deque<FastTemplate> templates_;
  std::deque<std::vector<FastItem>> items_;
  std::vector<const FastTemplate*> list_;
};

}  // namespace fh::codecs::fast

#endif  // FEEDHANDLER_CODECS_FAST_FAST_XML_H_
