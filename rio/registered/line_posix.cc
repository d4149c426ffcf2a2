#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <cstring>
#include <utility>

#include "rio/backend/line_sockets.h"
#include "rio/registered/line.h"
#include "rio/socket/multicast.h"
#include "rio/stamps/stamps_linux.h"

namespace fh::rio {
namespace {

StampSource SourceOf(ReceiveStamps granted) {
  switch (granted) {
    case ReceiveStamps::kNone:
      break;
    case ReceiveStamps::kSoftware:
      return StampSource::kSoftware;
    case ReceiveStamps::kHardware:
      return StampSource::kHardware;
  }
  return StampSource::kNone;
}

// The provider's own sockets are ordinary ones here, so a line's socket is made like any other.
absl::StatusOr<RegisteredLine> OpenLine(const Subscription& subscription,
                                        const ReceiverOptions& options,
                                        const Provider& /*provider*/) {
  absl::StatusOr<LineSocket> socket = OpenLineSocket(subscription, options);
  if (!socket.ok()) return socket.status();
  if (socket->stamps != ReceiveStamps::kNone) AwaitSoftwareStamps();
  RegisteredLine line;
  line.socket = static_cast<abi::Socket>(socket->fd.Release());
  line.notes = std::move(socket->notes);
  const bool has_control = options.stamps != ReceiveStamps::kNone || options.drops_in_stream;
  line.control_bytes = has_control ? kControlBytes : 0;
  line.expected_stamps = SourceOf(socket->stamps);
  return line;
}

void ReadControl(std::span<const uint8_t> control, ControlFacts& facts) {
  msghdr header{};
  header.msg_control = const_cast<uint8_t*>(control.data());
  header.msg_controllen = control.size();
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET) continue;
    if (c->cmsg_type == SO_TIMESTAMPING) {
      const KernelStamp stamp = ReadKernelStamp(*c);
      facts.stamp_ns = stamp.ns;
      facts.stamp_source = stamp.source;
    } else if (c->cmsg_type == SO_RXQ_OVFL && c->cmsg_len >= CMSG_LEN(sizeof(uint32_t))) {
      uint32_t drops = 0;
      std::memcpy(&drops, CMSG_DATA(c), sizeof drops);
      facts.drops = drops;
    }
  }
}

// sock_diag(7), SK_MEMINFO_DROPS.
std::optional<uint32_t> ReadDrops(abi::Socket socket) {
  uint32_t values[SK_MEMINFO_VARS] = {};
  socklen_t length = sizeof values;
  if (getsockopt(static_cast<int>(socket), SOL_SOCKET, SO_MEMINFO, values, &length) != 0 ||
      length <= SK_MEMINFO_DROPS * sizeof(uint32_t)) {
    return std::nullopt;
  }
  return values[SK_MEMINFO_DROPS];
}

}  // namespace

const LineHooks& SystemLineHooks() {
  static constexpr LineHooks hooks = {
      .open = &OpenLine, .read_control = &ReadControl, .drops = &ReadDrops, .is_for_line = nullptr};
  return hooks;
}

}  // namespace fh::rio
