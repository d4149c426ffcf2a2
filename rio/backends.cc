#include "rio/backends.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace fh::rio {
namespace {

using AutoTypes = std::type_identity<AutoBackendTypes>;

template <class B, class... Listed>
constexpr bool IsIn(std::type_identity<std::tuple<Listed...>>) {
  return (std::is_same_v<B, Listed> || ...);
}

template <class... B>
constexpr auto MakeInfos(std::type_identity<std::tuple<B...>>) {
  return std::array<BackendInfo, sizeof...(B)>{
      BackendInfo{B::kName, B::kDescription, &B::Probe, IsIn<B>(AutoTypes())}...};
}

constexpr auto kInfos = MakeInfos(std::type_identity<SocketBackendTypes>());

}  // namespace

std::span<const BackendInfo> SocketBackends() { return kInfos; }

absl::Status UnknownBackend(absl::string_view name) {
  const auto append_name = [](std::string* out, const BackendInfo& info) {
    absl::StrAppend(out, info.name);
  };
  return absl::InvalidArgumentError(absl::StrCat("there is no backend '", name,
                                                 "'; there are: ", kAutoBackend, ", ",
                                                 absl::StrJoin(kInfos, ", ", append_name)));
}

absl::StatusOr<BackendChoice> ChooseBackend(absl::string_view name) {
  const bool automatic = name.empty() || name == kAutoBackend;
  BackendChoice choice;
  bool known = automatic;
  for (const BackendInfo& info : kInfos) {
    if (automatic ? !info.automatic : name != info.name) continue;
    known = true;
    const ProbeResult probe = info.probe();
    if (probe.available) {
      choice.name = info.name;
      return choice;
    }
    choice.refusals.push_back(absl::StrCat(info.name, ": ", probe.reason));
  }
  if (!known) return UnknownBackend(name);
  return absl::FailedPreconditionError(
      absl::StrCat("this host cannot run the backend: ", absl::StrJoin(choice.refusals, "; ")));
}

}  // namespace fh::rio
