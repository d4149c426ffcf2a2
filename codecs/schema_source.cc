#include "codecs/schema_source.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/ascii.h"

namespace fh::codecs {
namespace {

bool IsEndOfWord(absl::string_view name, size_t i) {
  if (i == 0 || !absl::ascii_isupper(static_cast<unsigned char>(name[i]))) return false;
  const auto before = static_cast<unsigned char>(name[i - 1]);
  if (absl::ascii_islower(before) || absl::ascii_isdigit(before)) return true;
  return i + 1 < name.size() && absl::ascii_islower(static_cast<unsigned char>(name[i + 1]));
}

size_t LineAt(absl::string_view text, ptrdiff_t offset) {
  const auto end = static_cast<size_t>(std::clamp<ptrdiff_t>(offset, 0, std::ssize(text)));
  return 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + end, '\n'));
}

}  // namespace

absl::StatusOr<std::string> ReadSchemaFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("cannot open the schema '", path, "': ", std::strerror(errno)));
  }
  std::string text(kMostSchemaBytes + 1, '\0');
  const size_t size = std::fread(text.data(), 1, text.size(), file);
  const int error = std::ferror(file) != 0 ? errno : 0;
  std::fclose(file);
  if (error != 0) {
    return absl::DataLossError(
        absl::StrCat("cannot read the schema '", path, "': ", std::strerror(error)));
  }
  if (size > kMostSchemaBytes) {
    return absl::InvalidArgumentError(absl::StrCat("the schema '", path, "' is longer than ",
                                                   kMostSchemaBytes, " bytes; is it a schema?"));
  }
  text.resize(size);
  return text;
}

size_t SchemaSource::Line(pugi::xml_node node) const { return LineAt(text, node.offset_debug()); }

absl::Status SchemaSource::ParseInto(pugi::xml_document& document) const {
  const pugi::xml_parse_result parsed =
      document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (parsed) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      name, ":", LineAt(text, parsed.offset), ": not well-formed XML: ", parsed.description(),
      "; is this the exchange's schema file, and whole?"));
}

absl::string_view LocalName(pugi::xml_node node) {
  const absl::string_view name = node.name();
  const size_t colon = name.rfind(':');
  return colon == absl::string_view::npos ? name : name.substr(colon + 1);
}

std::string SnakeCase(absl::string_view name) {
  std::string snake;
  for (size_t i = 0; i < name.size(); ++i) {
    const auto letter = static_cast<unsigned char>(name[i]);
    if (IsEndOfWord(name, i) && !snake.empty() && snake.back() != '_') snake += '_';
    if (absl::ascii_isalnum(letter)) {
      snake += absl::ascii_tolower(letter);
    } else if (!snake.empty() && snake.back() != '_') {
      snake += '_';
    }
  }
  while (!snake.empty() && snake.back() == '_') snake.pop_back();
  return snake.empty() ? "unnamed" : snake;
}

}  // namespace fh::codecs
