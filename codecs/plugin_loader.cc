#include "codecs/plugin_loader.h"

#include <cstring>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/plugin.h"
#include "codecs/registry.h"
#include "codecs/shared_library.h"

namespace fh::codecs {
namespace {

constexpr char kRebuild[] =
    ": rebuild it with the compiler of this program, against the installed package of this version "
    "(find_package(feedhandler COMPONENTS codec))";
constexpr size_t kMostNameBytes = 32;

// Of the contract, what the plugin has in another size; the rest of a sentence.
std::string SizesThatDiffer(const CodecPlugin& plugin) {
  std::string text;
  for (const StructSize& ours : kContractSizes) {
    for (uint64_t i = 0; i < plugin.size_count && i < std::size(kContractSizes); ++i) {
      const StructSize& theirs = plugin.sizes[i];
      if (theirs.name == nullptr || std::string_view(theirs.name) != ours.name) continue;
      if (theirs.bytes == ours.bytes) continue;
      absl::StrAppend(&text, "; its ", ours.name, " has ", theirs.bytes, " bytes, this program's ",
                      ours.bytes);
    }
  }
  return text;
}

absl::Status CheckInfo(const CodecInfo* info, const std::string& where) {
  const auto refuse = [&](absl::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat(where, ": its CodecInfo ", what));
  };
  if (info == nullptr) return refuse("is null; name it in FH_CODEC_PLUGIN(...)");
  const std::pair<const char*, bool> required[] = {
      {"name", info->name == nullptr},       {"title", info->title == nullptr},
      {"framing", info->framing == nullptr}, {"specification", info->specification == nullptr},
      {"checked", info->checked == nullptr}, {"make", info->make == nullptr},
      {"guess", info->guess == nullptr},     {"sample", info->sample == nullptr},
      {"messages", info->messages.empty()}};
  for (const auto& [field, missing] : required) {
    if (missing) return refuse(absl::StrCat("has no ", field, "; all of it must be filled in"));
  }
  const absl::string_view name = info->name;
  if (name.empty() || name.size() > kMostNameBytes ||
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != absl::string_view::npos) {
    return refuse(absl::StrCat("has a name that is not of 1 to ", kMostNameBytes,
                               " small letters, digits and underscores"));
  }
  return absl::OkStatus();
}

absl::StatusOr<const CodecInfo*> CodecOf(const SharedLibrary& library, const std::string& path) {
  void* symbol = library.Symbol(FH_CODEC_SYMBOL);
  if (symbol == nullptr) {
    const bool is_strategy = library.Symbol("fh_plugin") != nullptr;
    return absl::FailedPreconditionError(absl::StrCat(
        path, " does not export ", FH_CODEC_SYMBOL,
        is_strategy ? ": it is a strategy, which is named by strategy { name } or --strategy"
                    : "; use FH_CODEC_PLUGIN(...) of codecs/plugin.h"));
  }
  CodecPluginFunction function;
  static_assert(sizeof function == sizeof symbol);
  std::memcpy(&function, &symbol, sizeof function);  // C++ has no cast from data to function.
  const CodecPlugin* const plugin = function();
  if (absl::Status status = CheckCodecPlugin(plugin, path); !status.ok()) return status;
  return plugin->info;
}

struct Plugins {
  std::mutex mutex;
  std::map<std::string, const CodecInfo*> by_path;
  std::vector<SharedLibrary> libraries;  // Never closed.
};

// Lives as long as the process, so that no codec outlives its code.
Plugins& AllPlugins() {
  static Plugins* const plugins = new Plugins;
  return *plugins;
}

}  // namespace

absl::Status CheckCodecPlugin(const CodecPlugin* plugin, const std::string& where) {
  if (plugin == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat(where, ": ", FH_CODEC_SYMBOL, "() returns null; use FH_CODEC_PLUGIN(...)"));
  }
  if (plugin->abi_version != FH_CODEC_ABI_VERSION || plugin->struct_size != sizeof(CodecPlugin)) {
    return absl::FailedPreconditionError(absl::StrCat(
        where, " was built against codec ABI ", plugin->abi_version, " with a table of ",
        plugin->struct_size, " bytes, this program has codec ABI ", FH_CODEC_ABI_VERSION,
        " with one of ", sizeof(CodecPlugin), kRebuild));
  }
  if (plugin->built_by == nullptr || plugin->headers == nullptr || plugin->sizes == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat(where, " does not say what it was built with; use FH_CODEC_PLUGIN(...)"));
  }
  if (std::string_view(plugin->built_by) != FH_CODEC_BUILT_BY) {
    return absl::FailedPreconditionError(absl::StrCat(where, " was built by ", plugin->built_by,
                                                      ", this program by ", FH_CODEC_BUILT_BY,
                                                      kRebuild));
  }
  if (std::string_view(plugin->headers) != FH_CODEC_ABI_ID) {
    return absl::FailedPreconditionError(absl::StrCat(where, " was built against other headers (",
                                                      plugin->headers, ", here ", FH_CODEC_ABI_ID,
                                                      ")", SizesThatDiffer(*plugin), kRebuild));
  }
  if (const std::string sizes = SizesThatDiffer(*plugin); !sizes.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(where, " was built with other options of the compiler", sizes, kRebuild));
  }
  return CheckInfo(plugin->info, where);
}

absl::StatusOr<const CodecInfo*> LoadCodecPlugin(const std::string& path) {
  Plugins& plugins = AllPlugins();
  const std::lock_guard<std::mutex> lock(plugins.mutex);
  if (const auto found = plugins.by_path.find(path); found != plugins.by_path.end()) {
    return found->second;
  }
  absl::StatusOr<SharedLibrary> library = SharedLibrary::Open(path);
  if (!library.ok()) return library.status();
  const absl::StatusOr<const CodecInfo*> info = CodecOf(*library, path);
  if (!info.ok()) return info.status();
  if (absl::Status added = AddCodec(*info, path); !added.ok()) return added;
  plugins.libraries.push_back(*std::move(library));
  plugins.by_path.emplace(path, *info);
  return *info;
}

}  // namespace fh::codecs
