#include "rio/vlan.h"

#include "absl/strings/str_cat.h"

namespace fh::rio {

std::string VlanName(const Vlan& vlan) {
  if (vlan.any) return "any VLAN";
  if (vlan.is_untagged()) return "untagged";
  if (vlan.outer == 0) return absl::StrCat("VLAN ", vlan.id);
  return absl::StrCat("VLAN ", vlan.outer, ".", vlan.id);
}

}  // namespace fh::rio
