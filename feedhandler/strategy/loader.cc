#include "feedhandler/strategy/loader.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <exception>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace fh {

namespace {

constexpr size_t kErrorBytes = 1024;
constexpr size_t kSummaryBytes = 65536;
constexpr char kRebuild[] = "rebuild it against the installed headers of this version";

// The table as far as version 1 had it; what was appended later may be missing in older plugins.
constexpr size_t kFirstTableBytes = offsetof(fh_strategy, destroy) + sizeof(fh_strategy::destroy);

absl::Status CheckTable(const fh_strategy* table, absl::string_view where) {
  if (table == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat(where, ": ", FH_PLUGIN_SYMBOL, "() returns null; use FH_PLUGIN(...)"));
  }
  if (table->abi_version != FH_PLUGIN_ABI_VERSION || table->update_size != sizeof(fh_update)) {
    return absl::FailedPreconditionError(absl::StrCat(
        where, " was built against ABI ", table->abi_version, " with ", table->update_size,
        "-byte updates, this program has ABI ", FH_PLUGIN_ABI_VERSION, " with ", sizeof(fh_update),
        "-byte updates: ", kRebuild));
  }
  if (table->struct_size < kFirstTableBytes) {
    return absl::FailedPreconditionError(absl::StrCat(
        where, " has a strategy table of ", table->struct_size, " bytes, at least ",
        kFirstTableBytes, " are needed: set struct_size to sizeof(fh_strategy), or ", kRebuild));
  }
  const std::pair<const char*, bool> required[] = {{"name", table->name == nullptr},
                                                   {"create", table->create == nullptr},
                                                   {"on_updates", table->on_updates == nullptr},
                                                   {"destroy", table->destroy == nullptr}};
  for (const auto& [field, missing] : required) {
    if (missing) {
      return absl::FailedPreconditionError(
          absl::StrCat(where, " has no ", field, " in its strategy table; only help, on_idle, ",
                       "on_stop and summary may be null"));
    }
  }
  return absl::OkStatus();
}

// A table, and the library it lives in (none for a built-in).
struct FoundTable {
  FileHold hold;
  SharedLibrary library;
  const fh_strategy* table = nullptr;
};

absl::StatusOr<FoundTable> FindBuiltIn(absl::string_view name) {
  for (const fh_strategy* table : BuiltInStrategies()) {
    if (name == table->name) return FoundTable{FileHold(), SharedLibrary(), table};
  }
  return absl::NotFoundError(
      absl::StrCat("no strategy is called \"", name, "\"; built in are: ", BuiltInStrategyNames(),
                   "; a plugin is named by the path of its shared library, as ./", name,
                   SharedLibrary::kSuffix));
}

absl::StatusOr<FoundTable> OpenPlugin(absl::string_view path) {
  absl::StatusOr<FileHold> hold = HoldInput(std::string(path), absl::StrCat("the plugin ", path));
  if (!hold.ok()) return hold.status();
  absl::StatusOr<SharedLibrary> library = SharedLibrary::Open(std::string(path));
  if (!library.ok()) return library.status();
  void* symbol = library->Symbol(FH_PLUGIN_SYMBOL);
  if (symbol == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " does not export ", FH_PLUGIN_SYMBOL,
                     "; use FH_PLUGIN(...) of feedhandler/strategy/strategy.h"));
  }
  fh_plugin_function plugin;
  static_assert(sizeof(plugin) == sizeof(symbol));
  std::memcpy(&plugin, &symbol, sizeof(plugin));  // C++ has no cast from data to function pointer.
  const fh_strategy* table = plugin();
  if (absl::Status status = CheckTable(table, path); !status.ok()) return status;
  return FoundTable{*std::move(hold), *std::move(library), table};
}

absl::StatusOr<FoundTable> Find(absl::string_view name_or_path) {
  return SharedLibrary::IsPath(name_or_path) ? OpenPlugin(name_or_path) : FindBuiltIn(name_or_path);
}

}  // namespace

LoadedStrategy::LoadedStrategy(const fh_strategy& table, void* self)
    : self_(self), wants_idle_(table.on_idle != nullptr), name_(table.name) {
  std::memset(&table_, 0, sizeof(table_));
  std::memcpy(&table_, &table, std::min<size_t>(table.struct_size, sizeof(table_)));
  if (table_.on_idle == nullptr) table_.on_idle = [](void*) {};
}

LoadedStrategy::LoadedStrategy(LoadedStrategy&& other) noexcept
    : table_(other.table_),
      self_(std::exchange(other.self_, nullptr)),
      wants_idle_(other.wants_idle_),
      name_(std::move(other.name_)),
      library_(std::move(other.library_)),
      hold_(std::move(other.hold_)) {}

LoadedStrategy& LoadedStrategy::operator=(LoadedStrategy&& other) noexcept {
  std::swap(table_, other.table_);
  std::swap(self_, other.self_);
  std::swap(wants_idle_, other.wants_idle_);
  std::swap(name_, other.name_);
  std::swap(library_, other.library_);
  std::swap(hold_, other.hold_);
  return *this;
}

LoadedStrategy::~LoadedStrategy() {
  if (self_ != nullptr) table_.destroy(self_);
}

absl::Status LoadedStrategy::OnStop() {
  if (table_.on_stop == nullptr) return absl::OkStatus();
  std::array<char, kErrorBytes> error{};
  if (table_.on_stop(self_, error.data(), error.size()) == 0) return absl::OkStatus();
  error.back() = '\0';
  return absl::DataLossError(
      absl::StrCat(name_, ": ", error[0] != '\0' ? error.data() : "failed without saying why"));
}

std::string LoadedStrategy::Summary() {
  if (table_.summary == nullptr) return "";
  const auto out = std::make_unique<char[]>(kSummaryBytes);
  table_.summary(self_, out.get(), kSummaryBytes);
  out[kSummaryBytes - 1] = '\0';
  std::string text(out.get());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

absl::StatusOr<LoadedStrategy> CreateStrategy(const fh_strategy& table,
                                              absl::string_view parameters, const fh_host& host) {
  if (absl::Status status = CheckTable(&table, "the strategy"); !status.ok()) return status;
  std::array<char, kErrorBytes> error{};
  const std::string text(parameters);
  void* self = nullptr;
  // A table that strategy.h made never throws; one written by hand should not, but may.
  try {
    self = table.create(&host, text.c_str(), error.data(), error.size());
  } catch (const std::exception& exception) {
    return absl::InvalidArgumentError(
        absl::StrCat(table.name, ": create threw an exception: ", exception.what()));
  } catch (...) {
    return absl::InvalidArgumentError(absl::StrCat(table.name, ": create threw an exception"));
  }
  if (self != nullptr) return LoadedStrategy(table, self);
  error.back() = '\0';
  return absl::InvalidArgumentError(absl::StrCat(
      table.name, ": ", error[0] != '\0' ? error.data() : "refused to start without saying why"));
}

absl::StatusOr<LoadedStrategy> LoadStrategy(absl::string_view name_or_path,
                                            absl::string_view parameters, const fh_host& host) {
  absl::StatusOr<FoundTable> found = Find(name_or_path);
  if (!found.ok()) return found.status();
  absl::StatusOr<LoadedStrategy> strategy = CreateStrategy(*found->table, parameters, host);
  if (strategy.ok()) {
    strategy->library_ = std::move(found->library);
    strategy->hold_ = std::move(found->hold);
  }
  return strategy;
}

absl::StatusOr<StrategyDescription> DescribeStrategy(absl::string_view name_or_path) {
  absl::StatusOr<FoundTable> found = Find(name_or_path);
  if (!found.ok()) return found.status();
  const char* help = found->table->help;
  return StrategyDescription{found->table->name, help != nullptr ? help : ""};
}

std::string BuiltInStrategyNames() {
  std::string names;
  for (const fh_strategy* table : BuiltInStrategies()) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", table->name);
  }
  return names;
}

}  // namespace fh
