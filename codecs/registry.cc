#include "codecs/registry.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/plugin_loader.h"
#include "codecs/sbe/sbe_codec.h"
#include "codecs/shared_library.h"

namespace fh::codecs {
namespace {

// Spans of it stay valid when a plugin joins.
struct List {
  List() {
    const auto built_in = BuiltInCodecs();
    codecs.resize(built_in.size() + kMostCodecPlugins);
    std::copy(built_in.begin(), built_in.end(), codecs.begin());
    count = built_in.size();
  }

  std::mutex mutex;  // Of those who add.
  std::vector<const CodecInfo*> codecs;
  std::vector<std::string> paths;  // Of plugins: of those behind the built-in ones.
  std::atomic<size_t> count;
};

List& AllCodecs() {
  static List* const list = new List;
  return *list;
}

}  // namespace

std::span<const CodecInfo* const> Codecs() {
  const List& list = AllCodecs();
  return {list.codecs.data(), list.count.load(std::memory_order_acquire)};
}

absl::StatusOr<const CodecInfo*> FindCodec(absl::string_view name_or_path) {
  for (const CodecInfo* codec : Codecs()) {
    if (name_or_path == codec->name) return codec;
  }
  if (name_or_path == codec_sbe.name) return &codec_sbe;
  if (SharedLibrary::IsPath(name_or_path)) return LoadCodecPlugin(std::string(name_or_path));
  return absl::NotFoundError(
      absl::StrCat("no codec is called '", name_or_path, "'; there are: ", CodecNames(),
                   "; and for any other schema ", codec_sbe.name,
                   ", in `decode` with --schema; a plugin is named by its path, as ./",
                   name_or_path, SharedLibrary::kSuffix));
}

std::string CodecReference(const CodecInfo& codec) {
  List& list = AllCodecs();
  const std::lock_guard<std::mutex> lock(list.mutex);
  for (size_t i = 0; i < list.paths.size(); ++i) {
    if (list.codecs[BuiltInCodecs().size() + i] == &codec) return list.paths[i];
  }
  return codec.name;
}

std::string CodecNames() {
  std::string names;
  for (const CodecInfo* codec : Codecs()) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", codec->name);
  }
  return names;
}

absl::Status AddCodec(const CodecInfo* codec, const std::string& path) {
  List& list = AllCodecs();
  const std::lock_guard<std::mutex> lock(list.mutex);
  for (const CodecInfo* other : Codecs()) {
    if (other == codec) return absl::OkStatus();
    if (absl::string_view(other->name) == codec->name) {
      return absl::FailedPreconditionError(absl::StrCat(
          path, " has a codec called ", codec->name,
          ", and there is one of that name already: give it another in its CodecInfo"));
    }
  }
  const size_t count = list.count.load(std::memory_order_relaxed);
  if (count == list.codecs.size()) {
    return absl::ResourceExhaustedError(absl::StrCat(
        path, ": ", kMostCodecPlugins, " plugins with codecs are loaded, which is the most"));
  }
  list.codecs[count] = codec;
  list.paths.push_back(path);
  list.count.store(count + 1, std::memory_order_release);
  return absl::OkStatus();
}

}  // namespace fh::codecs
