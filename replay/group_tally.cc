#include "replay/group_tally.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "latency/report.h"

namespace fh::replay {

void GroupTally::NoteOther(const rio::Endpoint& endpoint) {
  for (last_ = 0; last_ < count_ && groups_[last_].endpoint != endpoint; ++last_) {
  }
  if (last_ == kMostGroups) {
    ++in_further_groups_;
    return;
  }
  if (last_ == count_) groups_[count_++] = {.endpoint = endpoint, .datagrams = 0};
  ++groups_[last_].datagrams;
}

std::vector<GroupTally::Group> GroupTally::Busiest(size_t most) const {
  std::vector<Group> sorted(groups_.begin(), groups_.begin() + static_cast<ptrdiff_t>(count_));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Group& a, const Group& b) { return a.datagrams > b.datagrams; });
  if (sorted.size() > most) sorted.resize(most);
  return sorted;
}

std::string GroupText(const GroupTally& groups) {
  constexpr size_t kMostShown = 10;
  if (groups.groups() == 0) return "\nit holds no whole UDP datagram at all";
  std::string text = "\nit holds:";
  for (const GroupTally::Group& group : groups.Busiest(kMostShown)) {
    absl::StrAppend(&text, "\n  ", group.endpoint.ToString(), "  ",
                    latency::FormatCount(group.datagrams), " datagrams");
  }
  if (groups.groups() > kMostShown) {
    absl::StrAppend(&text, "\n  and ", groups.in_further_groups() == 0 ? "" : "more than ",
                    groups.groups() - kMostShown, " more groups");
  }
  absl::StrAppend(&text, "\n`feedhandler inspect CAPTURE` shows what they speak");
  return text;
}

}  // namespace fh::replay
