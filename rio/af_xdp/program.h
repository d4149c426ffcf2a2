// The program that runs in the kernel for each frame of an interface and chooses those of the
// subscribed lines: UDP to one of a set of (group, port) in the line's VLAN or without a tag, from
// one of a set of sources where a line names one.
//
//   absl::StatusOr<RedirectProgram> program = RedirectProgram::Create(lines, /*queues=*/4);
//   program->AddSocket(/*queue=*/0, xsk_fd);
//   UniqueFd link = AttachXdpProgram(program->fd(), interface_index, XDP_FLAGS_DRV_MODE);
//
// A frame of a line goes to the AF_XDP socket of the queue that it arrived on, and nowhere else: no
// ordinary socket of this host sees it. All others pass on to the kernel, untouched: other groups,
// VLANs and protocols, fragments (which have no port to look at, or only part of the datagram),
// frames with more than two VLAN tags, IPv6 with extension headers, and frames of queues without a
// socket. What is checked is only what the choice needs; frame.h checks the rest.
//
// The lines are in hash maps, so hundreds cost a packet no more than one. Two lookups a packet when
// the interface has both lines with a source and lines without.
//
// With features (metadata.h) it writes XdpMetadata in front of each frame that it redirects. A
// program that calls functions of the kernel's own must be under the GNU GPL: the instructions of
// this program are offered under it (version 2) besides this project's licence.
//
// Start-up only: allocates and makes system calls.
#ifndef FEEDHANDLER_RIO_AF_XDP_PROGRAM_H_
#define FEEDHANDLER_RIO_AF_XDP_PROGRAM_H_

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rio/af_xdp/metadata.h"
#include "rio/backend.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {

class RedirectProgram {
 public:
  // `lines`: at least one; their interfaces are not looked at. `queues`: the interface's.
  static absl::StatusOr<RedirectProgram> Create(std::span<const Subscription> lines,
                                                uint32_t queues,
                                                const RedirectFeatures& features = {});

  // Frames of `queue` go to the socket from now on, and until it is closed.
  absl::Status AddSocket(uint32_t queue, int xsk_fd);

  int fd() const { return program_.get(); }

 private:
  UniqueFd sockets_;   // XSKMAP: queue -> socket.
  UniqueFd v4_lines_;  // LineKey4 -> 1; none without IPv4 lines.
  UniqueFd v6_lines_;
  UniqueFd program_;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_AF_XDP_PROGRAM_H_
