#include "rio/socket/line_options.h"

#include "absl/strings/str_cat.h"

namespace fh::rio {

std::string LineName(const Subscription& line) {
  return absl::StrCat(line.group.ToString(),
                      line.source.is_none() ? "" : absl::StrCat(" from ", line.source.ToString()),
                      line.interface.empty() ? "" : absl::StrCat(" on ", line.interface),
                      line.vlan.is_untagged() ? "" : absl::StrCat(" in ", VlanName(line.vlan)));
}

std::string HowToMakeVlanInterface(const std::string& parent, const Vlan& vlan) {
  std::string commands;
  std::string below = parent.empty() ? "eth1" : parent;
  const auto add = [&](uint16_t id, const char* protocol) {
    if (id == 0) return;
    const std::string name = absl::StrCat(below, ".", id);
    absl::StrAppend(&commands, commands.empty() ? "" : "; ", "ip link add link ", below, " name ",
                    name, " type vlan ", protocol, "id ", id, "; ip link set ", name, " up");
    below = name;
  };
  add(vlan.outer, "protocol 802.1ad ");  // A service tag, in all likelihood.
  add(vlan.id, "");
  return commands;
}

absl::Status CheckVlan(const Subscription& line) {
  if (line.vlan.any) {
    return absl::InvalidArgumentError(
        absl::StrCat(LineName(line), ": any VLAN is for captures; name one, or none"));
  }
  if (line.vlan.id <= kMostVlan && line.vlan.outer <= kMostVlan) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(LineName(line), ": VLANs count from 1 to ", kMostVlan));
}

absl::Status CheckSubscription(const Subscription& line) {
  if (!line.vlan.is_untagged()) {
    return absl::InvalidArgumentError(absl::StrCat(
        LineName(line),
        ": sockets do not see VLAN tags. Leave the VLAN out and name its own "
        "interface instead (on Linux: ",
        HowToMakeVlanInterface(line.interface, line.vlan), "), or use the backend af_xdp"));
  }
  if (line.source.is_none()) return absl::OkStatus();
  if (!line.group.address.IsMulticast()) {
    return absl::InvalidArgumentError(
        absl::StrCat(LineName(line), ": a source is chosen only for a multicast group"));
  }
  if (line.source.family() != line.group.address.family()) {
    return absl::InvalidArgumentError(
        absl::StrCat(LineName(line), ": group and source are of different IP versions"));
  }
  return absl::OkStatus();
}

absl::Status CheckReceiverOptions(const ReceiverOptions& options) {
  if (options.subscriptions.empty()) {
    return absl::InvalidArgumentError("a receiver needs at least one line (subscription)");
  }
  if (options.subscriptions.size() > kMaxLines) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.subscriptions.size(), " lines are too many for one receiver; at most ", kMaxLines));
  }
  if (options.burst == 0 || options.burst > kMaxBurst) {
    return absl::InvalidArgumentError(
        absl::StrCat("burst is ", options.burst, "; it must be from 1 to ", kMaxBurst));
  }
  return absl::OkStatus();
}

}  // namespace fh::rio
