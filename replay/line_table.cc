#include "replay/line_table.h"

#include <algorithm>

namespace fh::replay {

LineTable::LineTable(std::span<const rio::Subscription> subscriptions)
    : lines_(rio::FrameLines::FirstOf(subscriptions)) {
  for (const rio::Subscription& subscription : subscriptions) {
    addresses_.push_back(subscription.group.address);
  }
  std::sort(addresses_.begin(), addresses_.end());
  addresses_.erase(std::unique(addresses_.begin(), addresses_.end()), addresses_.end());
}

bool LineTable::HasAddress(const rio::IpAddress& address) const {
  return std::binary_search(addresses_.begin(), addresses_.end(), address);
}

}  // namespace fh::replay
