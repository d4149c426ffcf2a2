// Which receive queue of an interface each group has to come on: where AF_XDP feed threads name
// queues, the adapter must put the groups of a thread on queues of that thread.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "feedhandler/doctor/examination.h"
#include "rio/af_xdp/xdp_options.h"

namespace fh::doctor_internal {
namespace {

// A rule of the adapter's flow steering: this line's datagrams to that queue (ethtool(8), -N).
std::string SteeringCommand(const rio::Subscription& line, uint32_t queue) {
  const rio::IpAddress& address = line.group.address;
  std::string command =
      absl::StrCat("ethtool -N ", line.interface, " flow-type ", address.is_v4() ? "udp4" : "udp6");
  if (!line.source.is_none()) absl::StrAppend(&command, " src-ip ", line.source.ToString());
  absl::StrAppend(&command, " dst-ip ", address.ToString(), " dst-port ", line.group.port);
  // The bits of the mask are those that do not matter: all but the VLAN's number.
  if (line.vlan.id != 0) absl::StrAppend(&command, " vlan ", line.vlan.id, " m 0xf000");
  return absl::StrCat(command, " action ", queue);
}

void CheckThread(Examination& examination, const FeedThreadConfig& thread,
                 const std::string& interface) {
  const std::vector<uint32_t> queues = rio::XdpOptionsOf(thread.receiver.options).queues;
  std::vector<std::string> commands{absl::StrCat("ethtool -K ", interface, " ntuple on")};
  for (const rio::Subscription& line : thread.receiver.options.subscriptions) {
    if (line.interface != interface) continue;
    const uint32_t queue = queues[(commands.size() - 1) % queues.size()];
    commands.push_back(SteeringCommand(line, queue));
  }
  const std::string who =
      thread.name.empty() ? "the feed thread" : absl::StrCat("feed thread ", thread.name);
  examination.Warn(
      "flow steering",
      absl::StrCat(who, " takes frames of ", interface, " from queue ", absl::StrJoin(queues, ","),
                   " alone: ", commands.size() - 1, " lines"),
      absl::StrCat("what the adapter puts on another queue is lost to it; whether it has these "
                   "rules, ethtool -n ",
                   interface, " shows"),
      absl::StrJoin(commands, "\n"));
}

}  // namespace

void CheckSteering(Examination& examination) {
  const Needs& needs = examination.needs;
  for (const FeedThreadConfig& thread : needs.feed_threads) {
    if (thread.receiver.backend != "af_xdp") continue;
    // From every queue it takes what comes, wherever it comes.
    if (rio::XdpOptionsOf(thread.receiver.options).queues.empty()) continue;
    for (const std::string& interface : needs.interfaces) {
      for (const rio::Subscription& line : thread.receiver.options.subscriptions) {
        if (line.interface != interface) continue;
        CheckThread(examination, thread, interface);
        break;
      }
    }
  }
}

}  // namespace fh::doctor_internal
