#include <sys/socket.h>

#include <utility>

#include "rio/backend/line_sockets.h"
#include "rio/registered/line.h"
#include "rio/socket/control_posix.h"
#include "rio/socket/multicast.h"
#include "rio/socket/socket_posix.h"
#include "rio/stamps/stamps_linux.h"

namespace fh::rio {
namespace {

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
  facts = ReadControlFacts(control.data(), control.size());
}

std::optional<uint32_t> ReadDrops(abi::Socket socket) {
  return ReadSocketDrops(static_cast<int>(socket));
}

}  // namespace

const LineHooks& SystemLineHooks() {
  static constexpr LineHooks hooks = {
      .open = &OpenLine, .read_control = &ReadControl, .drops = &ReadDrops, .is_for_line = nullptr};
  return hooks;
}

}  // namespace fh::rio
