// The third room of a channel's session: when a missing message is given up. It decides; the order
// window (order_window.h) carries it out.
//
//   GapPolicy policy(options, lines);
//   switch (policy.Judge(order, now_ns, idle)) { ... }
//
// A gap is given up
//  * when the stream is known to be more than window_messages past it (kWindow);
//  * when every line that is alive has brought more than early_gap_packets from behind it (kEarly);
//  * when the stream has stood still before it for gap_timeout_ns (kTimeout). As long as packets
//    come, the slowest line that is alive is the clock: when this thread was held up, the packet
//    that fills the gap may be waiting in another line's queue. `idle` says that no queue holds
//    anything.
// While a recovery is awaited, none of it, up to a deadline. A full window gives gaps up in any
// case; the order window sees to that.
//
// The feed thread's own; no state but what is awaited; a few nanoseconds.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_GAP_POLICY_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_GAP_POLICY_H_

#include <cstdint>
#include <span>

#include "feedhandler/session/line_state.h"
#include "feedhandler/session/order_window.h"
#include "feedhandler/session/session_types.h"

namespace fh {

class GapPolicy {
 public:
  enum class Due : uint8_t { kNot, kWindow, kEarly, kTimeout };

  // Both outlive the policy; `lines` are the live ones.
  GapPolicy(const SessionOptions& options, std::span<const LineState> lines)
      : options_(options), lines_(lines) {}

  // Whether the lowest gap of `order`, or the doubted packet that holds it back, is to be given up.
  Due Judge(const OrderWindow& order, int64_t now_ns, bool idle) const;

  // When Judge will say so if nothing comes; INT64_MAX when there is nothing to give up.
  int64_t DeadlineNs(const OrderWindow& order) const;

  // Whether `deadline_ns` has passed for every line that is alive.
  bool HasPassed(int64_t deadline_ns, int64_t now_ns, bool idle) const;

  bool IsAlive(const LineState& line, int64_t now_ns) const {
    return line.stats.packets > 0 && Elapsed(line.stats.last_packet_ns, now_ns) <=
                                         static_cast<uint64_t>(options_.line_silent_ns);
  }

  // Messages up to `last` are being recovered until `deadline_ns`. The latest call counts.
  void Await(uint64_t last, int64_t deadline_ns) {
    awaited_last_ = last;
    awaited_until_ns_ = deadline_ns;
  }
  // Another stream begins: nothing is awaited.
  void Start() { Await(0, kNoTime); }

 private:
  bool IsEveryLinePast(uint64_t expected, int64_t now_ns) const;
  bool IsAwaited(const OrderWindow& order, int64_t now_ns) const {
    return now_ns < awaited_until_ns_ && order.expected() <= awaited_last_;
  }

  const SessionOptions& options_;
  std::span<const LineState> lines_;
  uint64_t awaited_last_ = 0;
  int64_t awaited_until_ns_ = kNoTime;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_GAP_POLICY_H_
