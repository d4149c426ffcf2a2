#include "codecs/registry.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/sbe/sbe_codec.h"

namespace fh::codecs {

absl::StatusOr<const CodecInfo*> FindCodec(absl::string_view name) {
  for (const CodecInfo* codec : Codecs()) {
    if (name == codec->name) return codec;
  }
  if (name == codec_sbe.name) return &codec_sbe;
  return absl::NotFoundError(
      absl::StrCat("no codec is called '", name, "'; there are: ", CodecNames(),
                   "; and for any other schema ", codec_sbe.name, ", in `decode` with --schema"));
}

std::string CodecNames() {
  std::string names;
  for (const CodecInfo* codec : Codecs()) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", codec->name);
  }
  return names;
}

}  // namespace fh::codecs
