#include <array>

#include "absl/strings/str_cat.h"
#include "rio/registered/emulated_table.h"
#include "rio/registered/overlapped_engine.h"
#include "rio/registered/providers.h"
#include "rio/registered/windows_table.h"

namespace fh::rio {
namespace {

const Provider* SystemTable() {
  const absl::StatusOr<const Provider*> provider = WindowsTable();
  return provider.ok() ? *provider : nullptr;
}

ProbeResult ProbeEmulation() {
  if (const ProbeResult engine = OverlappedEngine::Probe(); !engine.available) return engine;
  int error = abi::kOk;
  const char* const failure = FirstFailure(EmulatedProvider<OverlappedEngine>(), &error);
  if (failure == nullptr) return {true, ""};
  return {false, absl::StrCat(failure, " failed with ", error)};
}

constexpr std::array kProviders = {
    ProviderInfo{kWindowsTableName, kWindowsTableDescription, &ProbeWindowsTable, &SystemTable},
    ProviderInfo{OverlappedEngine::kName, OverlappedEngine::kDescription, &ProbeEmulation,
                 [] { return &EmulatedProvider<OverlappedEngine>(); }}};

}  // namespace

std::span<const ProviderInfo> Providers() { return kProviders; }

}  // namespace fh::rio
