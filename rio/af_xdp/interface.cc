#include "rio/af_xdp/interface.h"

#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rio/af_xdp/bpf.h"

namespace fh::rio {
namespace {

// Ethernet header, two VLAN tags, frame check sequence.
constexpr uint32_t kFramingBytes = 14 + 8 + 4;

// How many receive queues the interface has. An interface that does not say (loopback) has one.
uint32_t QueueCount(int fd, const std::string& interface) {
  ethtool_channels channels{};
  channels.cmd = ETHTOOL_GCHANNELS;
  if (!AskDriver(fd, interface, SIOCETHTOOL, &channels)) return 1;
  return std::max(1u, channels.rx_count + channels.combined_count);
}

absl::Status LookUpThrough(int fd, const ReceiverOptions& options, XdpInterface& interface) {
  const absl::StatusOr<uint32_t> index = InterfaceIndex(fd, interface.name);
  if (!index.ok()) return index.status();
  interface.index = *index;
  interface.queues = XdpOptionsOf(options).queues;
  if (interface.queues.empty()) {
    const uint32_t count = QueueCount(fd, interface.name);
    for (uint32_t queue = 0; queue < count; ++queue) interface.queues.push_back(queue);
  }
  ifreq request{};
  if (AskInterface(fd, interface.name, SIOCGIFMTU, request)) {
    interface.frame_bytes = static_cast<uint32_t>(request.ifr_mtu) + kFramingBytes;
  }
  return absl::OkStatus();
}

absl::Status Complete(int fd, const ReceiverOptions& options, XdpInterface& interface) {
  if (absl::Status status = LookUpThrough(fd, options, interface); !status.ok()) return status;
  absl::StatusOr<FrameLines> table = FrameLines::Create(options.subscriptions, interface.lines);
  if (!table.ok()) return table.status();
  interface.table = *std::move(table);
  return absl::OkStatus();
}

absl::Status AttachError(int error, const XdpInterface& interface, const XdpAttempt& attempt) {
  const std::string what =
      absl::StrCat("the redirect program cannot be attached to ", interface.name);
  switch (error) {
    case EBUSY:
    case EEXIST:
      return absl::AlreadyExistsError(absl::StrCat(
          what, ": another XDP program is there (", std::strerror(error),
          "); see it with ip link show ", interface.name, ", remove it with ip link set ",
          interface.name, " xdp off, or end the program that attached it"));
    case EPERM:
    case EACCES:
      return SocketError(error, what, BpfFix(error));
    default:
      // Drivers refuse with many numbers: EOPNOTSUPP, but also those of a ring, an MTU or an
      // offload that does not suit them.
      if (!attempt.native) return SocketError(error, what, BpfFix(error));
      return absl::UnimplementedError(absl::StrCat(
          what, " in native mode: ", std::strerror(error),
          "; its driver cannot run XDP programs, or not with its MTU, queues or offloads (the "
          "kernel's log may say more); use generic mode"));
  }
}

// The program with what the interface's driver can tell it; without that when the kernel refuses.
absl::Status MakeProgram(const XdpInterface& interface, const XdpAttempt& attempt,
                         const ReceiverOptions& options, std::span<const Subscription> lines,
                         uint32_t map_entries, AttachedProgram& made) {
  const bool names_vlans = std::any_of(lines.begin(), lines.end(), [](const Subscription& line) {
    return !line.vlan.is_untagged();
  });
  const MetadataWanted wanted{.interface = interface.name,
                              .interface_index = interface.index,
                              .stamps = options.stamps,
                              .native = attempt.native,
                              .names_vlans = names_vlans};
  made.metadata = PlanMetadata(wanted);
  absl::StatusOr<RedirectProgram> program =
      RedirectProgram::Create(lines, map_entries, made.metadata.features);
  if (!program.ok() && made.metadata.features.needs_driver()) {
    made.metadata = WithoutDriver(wanted, absl::StrCat("the kernel refuses to ask its driver (",
                                                       program.status().message(), ")"));
    program = RedirectProgram::Create(lines, map_entries, made.metadata.features);
  }
  if (!program.ok() && made.metadata.features.metadata()) {
    made.metadata.notes.push_back(
        absl::StrCat("no receive stamps on ", interface.name, ": ", program.status().message(),
                     " (Linux 6.1 or later lets a program stamp frames)"));
    made.metadata.features = {};
    made.metadata.stamps = ReceiveStamps::kNone;
    program = RedirectProgram::Create(lines, map_entries);
  }
  if (!program.ok()) return program.status();
  made.program = *std::move(program);
  return absl::OkStatus();
}

// A program on the interface, for these lines.
absl::StatusOr<std::shared_ptr<AttachedProgram>> AttachProgram(const XdpInterface& interface,
                                                               const XdpAttempt& attempt,
                                                               const ReceiverOptions& options,
                                                               std::span<const Subscription> lines,
                                                               uint32_t map_entries) {
  auto made = std::make_shared<AttachedProgram>();
  made->native = attempt.native;
  if (absl::Status status = MakeProgram(interface, attempt, options, lines, map_entries, *made);
      !status.ok()) {
    return status;
  }
  made->link = AttachXdpProgram(made->program->fd(), interface.index,
                                attempt.native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE);
  if (made->link.get() < 0) return AttachError(errno, interface, attempt);
  return made;
}

// That of the interface which other receivers have attached, or one for all of them.
absl::StatusOr<std::shared_ptr<AttachedProgram>> ShareProgram(const XdpInterface& interface,
                                                              const XdpAttempt& attempt,
                                                              const ReceiverOptions& options,
                                                              uint32_t map_entries,
                                                              XdpSharing& sharing) {
  const std::lock_guard<std::mutex> lock(sharing.mutex);
  std::weak_ptr<void>& known = sharing.programs[interface.index];
  if (auto theirs = std::static_pointer_cast<AttachedProgram>(known.lock())) {
    if (theirs->native == attempt.native) return theirs;
    return absl::UnimplementedError(absl::StrCat("the program of another feed thread is on ",
                                                 interface.name, " in ",
                                                 theirs->native ? "native" : "generic", " mode"));
  }
  std::vector<Subscription> lines;
  for (const Subscription& line : sharing.lines) {
    if (line.interface == interface.name) lines.push_back(line);
  }
  auto made =
      AttachProgram(interface, attempt, options, lines, std::max(map_entries, sharing.queues));
  if (made.ok()) known = *made;
  return made;
}

}  // namespace

std::vector<XdpAttempt> XdpAttempts(const XdpOptions& options, bool may_zero_copy) {
  constexpr XdpAttempt kAll[] = {{true, true, "native mode, zero-copy"},
                                 {true, false, "native mode, copy"},
                                 {false, false, "generic mode, copy"}};
  std::vector<XdpAttempt> attempts;
  for (const XdpAttempt& attempt : kAll) {
    const XdpMode mode = attempt.native ? XdpMode::kNative : XdpMode::kGeneric;
    const XdpCopy copy = attempt.zero_copy ? XdpCopy::kZeroCopy : XdpCopy::kCopy;
    if (options.mode != XdpMode::kProbe && options.mode != mode) continue;
    if (options.copy != XdpCopy::kProbe && options.copy != copy) continue;
    if (attempt.zero_copy && !may_zero_copy) continue;
    attempts.push_back(attempt);
  }
  return attempts;
}

absl::StatusOr<std::vector<XdpInterface>> XdpInterfacesOf(const ReceiverOptions& options) {
  std::vector<XdpInterface> interfaces;
  for (size_t line = 0; line < options.subscriptions.size(); ++line) {
    const Subscription& subscription = options.subscriptions[line];
    if (subscription.interface.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(subscription.group.ToString(),
                       ": AF_XDP receives from an interface, not from a route: name the line's "
                       "interface"));
    }
    auto found = std::find_if(interfaces.begin(), interfaces.end(), [&](const XdpInterface& i) {
      return i.name == subscription.interface;
    });
    if (found == interfaces.end()) {
      found = interfaces.emplace(interfaces.end());
      found->name = subscription.interface;
    }
    found->lines.push_back(static_cast<uint16_t>(line));
  }
  const UniqueFd fd = OpenDescriptor([] { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); });
  for (XdpInterface& interface : interfaces) {
    if (absl::Status status = Complete(fd.get(), options, interface); !status.ok()) return status;
  }
  return interfaces;
}

absl::Status LookUp(XdpInterface& interface, const ReceiverOptions& options) {
  const UniqueFd fd = OpenDescriptor([] { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); });
  return LookUpThrough(fd.get(), options, interface);
}

absl::StatusOr<XdpAttachment> AttachXdp(const XdpInterface& interface, const XdpAttempt& attempt,
                                        const ReceiverOptions& options, const XdpRingSizes& sizes,
                                        int umem_owner_fd, RegisteredRegion& region,
                                        const ChunkLayout& layout) {
  XdpAttachment attachment;
  std::vector<Subscription> lines;
  for (const uint16_t line : interface.lines) lines.push_back(options.subscriptions[line]);
  const uint32_t map_entries =
      *std::max_element(interface.queues.begin(), interface.queues.end()) + 1;
  const std::shared_ptr<XdpSharing> sharing = XdpOptionsOf(options).sharing;
  // First of all, because most refusals come from here. Without sockets it passes everything on.
  absl::StatusOr<std::shared_ptr<AttachedProgram>> program =
      sharing != nullptr ? ShareProgram(interface, attempt, options, map_entries, *sharing)
                         : AttachProgram(interface, attempt, options, lines, map_entries);
  if (!program.ok()) return program.status();
  attachment.program = *std::move(program);
  attachment.metadata = attachment.program->metadata;
  for (const uint32_t queue : interface.queues) {
    absl::StatusOr<XskSocket> socket = XskSocket::Open({.interface = interface.name,
                                                        .interface_index = interface.index,
                                                        .queue = queue,
                                                        .rx_entries = sizes.rx_entries,
                                                        .fill_entries = sizes.fill_entries,
                                                        .zero_copy = attempt.zero_copy,
                                                        .umem_owner_fd = umem_owner_fd},
                                                       region, layout);
    if (!socket.ok()) return socket.status();
    attachment.sockets.push_back(*std::move(socket));
    const int fd = attachment.sockets.back().fd();
    if (umem_owner_fd < 0) umem_owner_fd = fd;
    if (absl::Status status = attachment.program->program->AddSocket(queue, fd); !status.ok())
      return status;
  }
  return attachment;
}

}  // namespace fh::rio
