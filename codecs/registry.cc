#include "codecs/registry.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace fh::codecs {

absl::StatusOr<const CodecInfo*> FindCodec(absl::string_view name) {
  for (const CodecInfo* codec : Codecs()) {
    if (name == codec->name) return codec;
  }
  return absl::NotFoundError(
      absl::StrCat("no codec is called '", name, "'; there are: ", CodecNames()));
}

std::string CodecNames() {
  std::string names;
  for (const CodecInfo* codec : Codecs()) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", codec->name);
  }
  return names;
}

}  // namespace fh::codecs
