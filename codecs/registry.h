// Every codec of this program: those of the build, whose list is made by codecs/CMakeLists.txt, one
// line a codec, and those of the plugins that were loaded (plugin_loader.h).
//
//   const absl::StatusOr<const CodecInfo*> info = FindCodec("itch50");
//   const absl::StatusOr<const CodecInfo*> mine = FindCodec("./libmine.so");    // Loads it.
//   if (!info.ok()) Fail(info.status());              // "...; there are: itch50, iex_tops15, ..."
#ifndef FEEDHANDLER_CODECS_REGISTRY_H_
#define FEEDHANDLER_CODECS_REGISTRY_H_

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codecs/codec.h"

namespace fh::codecs {

// In the order of the listing, plugins last. Any thread; each of them lives as long as the program.
std::span<const CodecInfo* const> Codecs();

// Those of the build alone.
std::span<const CodecInfo* const> BuiltInCodecs();

// By name, or by the path of a plugin (whatever names a folder, or ends as shared libraries do).
// "sbe" (sbe/sbe_codec.h) is found and not among Codecs(): it is of no venue, knows nothing without a
// schema, and is never guessed. NotFound names the codecs that exist; what is wrong with a plugin, see LoadCodecPlugin.
absl::StatusOr<const CodecInfo*> FindCodec(absl::string_view name_or_path);

// What FindCodec finds it by, in another program too: its name, or the path of its plugin.
std::string CodecReference(const CodecInfo& codec);

std::string CodecNames();  // "itch50, iex_deep10, iex_tops15, iex_tops16"

// Of the plugin at `path`, at start; adding one again changes nothing. Errors: FailedPrecondition
// (another codec has its name), ResourceExhausted (kMostCodecPlugins).
absl::Status AddCodec(const CodecInfo* codec, const std::string& path);

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_REGISTRY_H_
