#include "rio/registered/providers.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace fh::rio {

absl::StatusOr<ProviderChoice> ChooseProvider(absl::string_view name) {
  const bool automatic = name.empty() || name == "auto";
  ProviderChoice choice;
  bool known = automatic;
  std::string names = "auto";
  for (const ProviderInfo& info : Providers()) {
    absl::StrAppend(&names, ", ", info.name);
    if (!automatic && name != info.name) continue;
    known = true;
    const ProbeResult probe = info.probe();
    if (probe.available) {
      choice.provider = info.get();
      return choice;
    }
    choice.refusals.push_back(absl::StrCat(info.name, ": ", probe.reason));
  }
  if (!known) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are no request queues '", name, "'; there are: ", names));
  }
  return absl::FailedPreconditionError(absl::StrCat("this host cannot run the request queues: ",
                                                    absl::StrJoin(choice.refusals, "; ")));
}

const Provider& DefaultProvider() {
  static const Provider* const provider = [] {
    const absl::StatusOr<ProviderChoice> choice = ChooseProvider("auto");
    return choice.ok() ? choice->provider : Providers().back().get();
  }();
  return *provider;
}

}  // namespace fh::rio
