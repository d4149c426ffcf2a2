// Loads codecs from shared libraries (codecs/plugin.h). FindCodec calls it where a name is a path.
//
//   absl::StatusOr<const CodecInfo*> codec = LoadCodecPlugin("./libmine.so");
//
// At start, any thread; blocks and allocates. What was loaded stays until the program ends.
#ifndef FEEDHANDLER_CODECS_PLUGIN_LOADER_H_
#define FEEDHANDLER_CODECS_PLUGIN_LOADER_H_

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codecs/codec.h"

namespace fh::codecs {

struct CodecPlugin;

// Plugins that a program may have at a time.
inline constexpr size_t kMostCodecPlugins = 32;

// The same path again, or another path to the same library, gives the same codec. Errors: NotFound
// (no such file), FailedPrecondition (not a codec, or built with something else: what, and what to
// rebuild), ResourceExhausted.
absl::StatusOr<const CodecInfo*> LoadCodecPlugin(const std::string& path);

// What LoadCodecPlugin demands of a table; `where` stands in errors.
absl::Status CheckCodecPlugin(const CodecPlugin* plugin, const std::string& where);

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_PLUGIN_LOADER_H_
