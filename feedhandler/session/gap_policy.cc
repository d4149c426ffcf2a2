#include "feedhandler/session/gap_policy.h"

#include <algorithm>
#include <limits>

namespace fh {

GapPolicy::Due GapPolicy::Judge(const OrderWindow& order, int64_t now_ns, bool idle) const {
  if (order.IsMissing() && !order.IsHeldBack()) {
    if (IsAwaited(order, now_ns)) return Due::kNot;
    if (order.horizon() - order.expected() > options_.window_messages) return Due::kWindow;
    if (IsEveryLinePast(order.expected(), now_ns)) return Due::kEarly;
  } else if (!order.IsHeldBack()) {
    return Due::kNot;
  }
  const int64_t deadline_ns = Later(order.StandsSinceNs(), options_.gap_timeout_ns);
  return HasPassed(deadline_ns, now_ns, idle) ? Due::kTimeout : Due::kNot;
}

int64_t GapPolicy::DeadlineNs(const OrderWindow& order) const {
  if (!order.IsMissing() && !order.IsHeldBack()) return std::numeric_limits<int64_t>::max();
  const int64_t timeout_ns = Later(order.StandsSinceNs(), options_.gap_timeout_ns);
  return IsAwaited(order, kNoTime) ? std::max(timeout_ns, awaited_until_ns_) : timeout_ns;
}

bool GapPolicy::HasPassed(int64_t deadline_ns, int64_t now_ns, bool idle) const {
  if (now_ns < deadline_ns) return false;
  if (idle) return true;
  return std::none_of(lines_.begin(), lines_.end(), [&](const LineState& line) {
    return IsAlive(line, now_ns) && line.stats.last_packet_ns < deadline_ns;
  });
}

bool GapPolicy::IsEveryLinePast(uint64_t expected, int64_t now_ns) const {
  if (options_.early_gap_packets == 0) return false;
  bool any = false;
  for (const LineState& line : lines_) {
    if (!IsAlive(line, now_ns)) continue;
    if (!line.IsPast(expected, options_.early_gap_packets)) return false;
    any = true;
  }
  return any;
}

}  // namespace fh
