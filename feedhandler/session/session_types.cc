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

}  // namespace fh
