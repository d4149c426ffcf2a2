#include <sys/socket.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "feedhandler/doctor/refusals.h"
#include "rio/af_xdp/interface.h"
#include "rio/socket/line_options.h"
#include "rio/socket/multicast.h"
#include "rio/socket/socket_address.h"

namespace fh::doctor_internal {
namespace {

// The look-up that a join without an interface makes, and nothing else: connecting a datagram
// socket sends nothing.
absl::Status FindRoute(const rio::Subscription& line) {
  const absl::StatusOr<rio::UniqueFd> fd = rio::OpenUdpSocket(line.group.address);
  if (!fd.ok()) return fd.status();
  const rio::SocketAddress address = rio::ToSocketAddress(line.group, 0);
  if (::connect(fd->get(), address.get(), address.length) == 0) return absl::OkStatus();
  const int error = errno;
  if (error != ENETUNREACH && error != EHOSTUNREACH && error != EADDRNOTAVAIL) {
    return absl::OkStatus();
  }
  return rio::SocketError(error, absl::StrCat("cannot join ", rio::LineName(line)),
                          rio::JoinFix(ENODEV, line.group.address.is_v4(), line.interface));
}

}  // namespace

absl::Status ProbeLine(const rio::Subscription& line, const rio::ReceiverOptions& options,
                       bool af_xdp) {
  rio::Subscription opened = line;
  rio::ReceiverOptions plain = options;
  plain.socket_buffer_bytes = 0;  // What is not granted is a note, and none of ours.
  plain.stamps = rio::ReceiveStamps::kNone;
  if (af_xdp) opened.vlan = {};  // Whose frames it sees.
  const absl::Status status = rio::OpenLineSocket(opened, plain, /*join=*/false).status();
  if (!status.ok()) return status;
  const bool routed = line.interface.empty() && line.group.address.IsMulticast() && !af_xdp;
  return routed ? FindRoute(line) : absl::OkStatus();
}

absl::Status ProbeXdp(const rio::ReceiverOptions& options) {
  return rio::XdpInterfacesOf(options).status();
}

}  // namespace fh::doctor_internal
