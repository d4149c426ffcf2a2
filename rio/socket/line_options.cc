#include "rio/socket/line_options.h"

#include "absl/strings/str_cat.h"

namespace fh::rio {

std::string LineName(const Subscription& line) {
  return absl::StrCat(line.group.ToString(),
                      line.source.is_none() ? "" : absl::StrCat(" from ", line.source.ToString()),
                      line.interface.empty() ? "" : absl::StrCat(" on ", line.interface));
}

absl::Status CheckSubscription(const Subscription& line) {
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
