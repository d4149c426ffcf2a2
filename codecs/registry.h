// Every codec of this build. The list is made by codecs/CMakeLists.txt, one line a codec.
//
//   const CodecInfo* info = FindCodec("itch50");
//   if (info == nullptr) Fail(absl::StrCat("codecs are: ", CodecNames()));
#ifndef FEEDHANDLER_CODECS_REGISTRY_H_
#define FEEDHANDLER_CODECS_REGISTRY_H_

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codecs/codec.h"

namespace fh::codecs {

// In the order of the listing. Any thread; lives as long as the program.
std::span<const CodecInfo* const> Codecs();

// NotFound names the codecs that exist. "sbe" (sbe/sbe_codec.h) is found and not among Codecs(): it is of no
// venue, knows nothing without a schema, and is never guessed.
absl::StatusOr<const CodecInfo*> FindCodec(absl::string_view name);

std::string CodecNames();  // "itch50, iex_deep10, iex_tops15, iex_tops16"

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_REGISTRY_H_
