// What the AF_XDP backend has of one interface: the redirect program on it, and a socket for each
// of its receive queues. Internal to the AF_XDP backend.
//
// Start-up only: allocates and makes system calls.
#ifndef FEEDHANDLER_RIO_AF_XDP_INTERFACE_H_
#define FEEDHANDLER_RIO_AF_XDP_INTERFACE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/af_xdp/metadata.h"
#include "rio/af_xdp/program.h"
#include "rio/af_xdp/socket.h"
#include "rio/af_xdp/xdp_options.h"
#include "rio/backend.h"
#include "rio/frame/frame_lines.h"
#include "rio/memory/region.h"

namespace fh::rio {

// One way to bind, which an interface may refuse.
struct XdpAttempt {
  bool native;
  bool zero_copy;
  const char* name;
};

// The ways that the options allow, the best one first. Without `may_zero_copy` none in which the
// adapter writes.
std::vector<XdpAttempt> XdpAttempts(const XdpOptions& options, bool may_zero_copy = true);

// An interface that lines are on.
struct XdpInterface {
  std::string name;
  uint32_t index = 0;
  std::vector<uint32_t> queues;
  std::vector<uint16_t> lines;
  FrameLines table;
  uint32_t frame_bytes = 0;  // The longest frame that it may deliver; 0 = not known.
};

// The interfaces of `options.subscriptions`, each with its lines and the queues that are wanted.
// INVALID_ARGUMENT for a line that names no interface, NOT_FOUND for one that does not exist.
absl::StatusOr<std::vector<XdpInterface>> XdpInterfacesOf(const ReceiverOptions& options);

// Looks anew at an interface of that name: its index, its queues, its MTU. NOT_FOUND when there is
// none.
absl::Status LookUp(XdpInterface& interface, const ReceiverOptions& options);

// A program on an interface; with the last attachment that has it, it is off again.
struct AttachedProgram {
  bool native = false;
  MetadataPlan metadata;
  std::optional<RedirectProgram> program;
  UniqueFd link;
};

// A program that is attached, perhaps for other receivers too (XdpSharing), and the sockets of one.
struct XdpAttachment {
  MetadataPlan metadata;
  // In this order: the program is off the interface before its sockets close.
  std::vector<XskSocket> sockets;  // By XdpInterface::queues.
  std::shared_ptr<AttachedProgram> program;
};

struct XdpRingSizes {
  uint32_t rx_entries;
  uint32_t fill_entries;
};

// Binds the sockets and attaches the program, or finds that which another receiver has attached. `umem_owner_fd`: the socket that registered the
// region, which the first one does (-1). UNIMPLEMENTED when the interface cannot do the attempt;
// other errors say what to do.
absl::StatusOr<XdpAttachment> AttachXdp(const XdpInterface& interface, const XdpAttempt& attempt,
                                        const ReceiverOptions& options, const XdpRingSizes& sizes,
                                        int umem_owner_fd, RegisteredRegion& region,
                                        const ChunkLayout& layout);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_AF_XDP_INTERFACE_H_
