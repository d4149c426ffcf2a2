// What senders do alike on every system; the sending itself is in sender_posix.cc and
// sender_windows.cc.
#include "rio/socket/sender.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace fh::rio {

absl::Status CheckSenderOptions(const SenderOptions& options) {
  if (options.destinations.empty()) {
    return absl::InvalidArgumentError("a sender needs at least one destination");
  }
  const IpAddress::Family family = options.destinations[0].address.family();
  for (const Endpoint& destination : options.destinations) {
    if (destination.address.is_none() || destination.port == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", destination.ToString(), "' is no destination: address and port needed"));
    }
    if (destination.address.family() != family) {
      return absl::InvalidArgumentError(
          "a sender's destinations are of one IP version: open one for each");
    }
  }
  if (!options.source.is_none() && options.source.family() != family) {
    return absl::InvalidArgumentError("source and destinations are of different IP versions");
  }
  if (options.ttl < 0 || options.ttl > 255) {
    return absl::InvalidArgumentError(
        absl::StrCat("ttl is ", options.ttl, "; it must be from 0 to 255"));
  }
  return absl::OkStatus();
}

size_t Sender::Send(std::span<const Datagram> datagrams) {
  size_t sent = 0;
  while (!datagrams.empty()) {
    const size_t count = std::min(datagrams.size(), kBatch);
    sent += SendBatch(datagrams.first(count));
    datagrams = datagrams.subspan(count);
  }
  return sent;
}

}  // namespace fh::rio
