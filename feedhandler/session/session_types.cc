#include "feedhandler/session/session_types.h"

#include "absl/strings/str_cat.h"

namespace fh {
namespace {

constexpr uint32_t kMaxWindowPackets = 65536;
constexpr uint32_t kMaxBurst = 65536;

}  // namespace

absl::Status ValidateSessionOptions(const SessionOptions& options) {
  if (options.lines == 0) {
    return absl::InvalidArgumentError("a channel needs at least one live line");
  }
  if (options.lines > kMaxSessionLines ||
      options.recovery_lines > kMaxSessionLines - options.lines) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a channel has at most ", kMaxSessionLines, " lines, recovery included; ", options.lines,
        " live and ", options.recovery_lines, " for recovery are configured"));
  }
  if (options.max_burst == 0 || options.max_burst > kMaxBurst) {
    return absl::InvalidArgumentError(
        absl::StrCat("max_burst is ", options.max_burst, "; use 1 to ", kMaxBurst));
  }
  if (options.window_packets == 0 || options.window_packets > kMaxWindowPackets) {
    return absl::InvalidArgumentError(absl::StrCat("window_packets is ", options.window_packets,
                                                   "; use 1 to ", kMaxWindowPackets,
                                                   ", and fewer than the region has slices"));
  }
  if (options.window_messages == 0) {
    return absl::InvalidArgumentError("window_messages is 0; use at least 1");
  }
  if (options.gap_timeout_ns < 0 || options.line_silent_ns < 0) {
    return absl::InvalidArgumentError("gap_timeout_ns and line_silent_ns must not be negative");
  }
  if (options.max_jump == 0 || options.max_jump > uint64_t{1} << 62) {
    return absl::InvalidArgumentError(
        absl::StrCat("max_jump is ", options.max_jump, "; use 1 to 2^62 messages"));
  }
  if (options.jump_confirmations == 0 || options.jump_confirmations > kMostConfirmations) {
    return absl::InvalidArgumentError(absl::StrCat(
        "jump_confirmations is ", options.jump_confirmations, "; use 1 to ", kMostConfirmations));
  }
  return absl::OkStatus();
}

LineStats& LineStats::operator+=(const LineStats& other) {
  packets += other.packets;
  messages += other.messages;
  won_messages += other.won_messages;
  duplicate_messages += other.duplicate_messages;
  late_messages += other.late_messages;
  dropped_messages += other.dropped_messages;
  rejected_packets += other.rejected_packets;
  stale_packets += other.stale_packets;
  unbelieved_packets += other.unbelieved_packets;
  gaps += other.gaps;
  skipped_messages += other.skipped_messages;
  brought_messages += other.brought_messages;
  reordered_packets += other.reordered_packets;
  repeated_messages += other.repeated_messages;
  went_back_packets += other.went_back_packets;
  behind_packets += other.behind_packets;
  behind_ns += other.behind_ns;
  last_packet_ns = std::max(last_packet_ns, other.last_packet_ns);
  return *this;
}

SessionStats& SessionStats::operator+=(const SessionStats& other) {
  delivered_messages += other.delivered_messages;
  duplicate_messages += other.duplicate_messages;
  late_messages += other.late_messages;
  dropped_messages += other.dropped_messages;
  gaps += other.gaps;
  missing_messages += other.missing_messages;
  unseen_messages += other.unseen_messages;
  held_packets += other.held_packets;
  most_held += other.most_held;
  window_overflows += other.window_overflows;
  early_gaps += other.early_gaps;
  timed_out_gaps += other.timed_out_gaps;
  stale_session += other.stale_session;
  stale_restart += other.stale_restart;
  unbelieved += other.unbelieved;
  taken_back_messages += other.taken_back_messages;
  sessions += other.sessions;
  restarts += other.restarts;
  corrections += other.corrections;
  stuck_times += other.stuck_times;
  vain_packets += other.vain_packets;
  is_stuck |= other.is_stuck;
  return *this;
}

}  // namespace fh
