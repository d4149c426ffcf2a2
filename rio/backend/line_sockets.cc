#include "rio/backend/line_sockets.h"

#include <linux/sock_diag.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "rio/socket/line_options.h"

namespace fh::rio {
namespace {

// Asks the socket how many datagrams it dropped since it was opened; the same counter that
// SO_RXQ_OVFL reports (sock_diag(7), SK_MEMINFO_DROPS).
bool ReadDrops(int fd, uint32_t& drops) {
  uint32_t values[SK_MEMINFO_VARS] = {};
  socklen_t length = sizeof values;
  if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, values, &length) != 0) return false;
  drops = values[SK_MEMINFO_DROPS];
  return length > SK_MEMINFO_DROPS * sizeof(uint32_t);
}

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

}  // namespace

absl::StatusOr<LineSockets> LineSockets::Open(const ReceiverOptions& options) {
  if (absl::Status status = CheckReceiverOptions(options); !status.ok()) return status;
  LineSockets lines;
  lines.has_control_ = options.stamps != ReceiveStamps::kNone || options.drops_in_stream;
  lines.line_stats_.resize(options.subscriptions.size());
  lines.drops_seen_.resize(options.subscriptions.size());
  for (const Subscription& subscription : options.subscriptions) {
    absl::StatusOr<LineSocket> line = OpenLineSocket(subscription, options);
    if (!line.ok()) return line.status();
    for (const std::string& note : line->notes) lines.AddNote(note);
    if (subscription.trailer != TrailerFormat::kNone) lines.AddNote(kTrailersUnseen);
    lines.expected_stamps_.push_back(SourceOf(line->stamps));
    lines.sockets_.push_back(std::move(line->fd));
  }
  if (options.stamps != ReceiveStamps::kNone) AwaitSoftwareStamps();
  uint32_t drops = 0;
  if (!ReadDrops(lines.fd(0), drops) && !options.drops_in_stream) {
    lines.AddNote(
        "drops of the sockets are not counted: SO_MEMINFO needs Linux 4.12; set drops_in_stream");
  }
  return lines;
}

void LineSockets::AddNote(const std::string& note) {
  if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
}

void LineSockets::SetDrops(size_t line, uint32_t drops) {
  // A datagram carries the count of when it was queued, which may be older than what we know.
  const int32_t more = static_cast<int32_t>(drops - drops_seen_[line]);
  if (more <= 0) return;
  drops_seen_[line] = drops;
  line_stats_[line].kernel_drops += static_cast<uint32_t>(more);
  stats.kernel_drops += static_cast<uint32_t>(more);
}

void LineSockets::RefreshDrops() {
  for (size_t line = 0; line < sockets_.size(); ++line) {
    uint32_t drops = 0;
    if (ReadDrops(sockets_[line].get(), drops)) SetDrops(line, drops);
  }
}

void LineSockets::ReadControl(const uint8_t* control, size_t control_bytes, Packet& packet) {
  msghdr header{};
  header.msg_control = const_cast<uint8_t*>(control);
  header.msg_controllen = control_bytes;
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET) continue;
    if (c->cmsg_type == SO_TIMESTAMPING) {
      const KernelStamp stamp = ReadKernelStamp(*c);
      packet.stamp_ns = stamp.ns;
      packet.stamp_source = stamp.source;
    } else if (c->cmsg_type == SO_RXQ_OVFL && c->cmsg_len >= CMSG_LEN(sizeof(uint32_t))) {
      uint32_t drops = 0;
      std::memcpy(&drops, CMSG_DATA(c), sizeof drops);
      SetDrops(packet.line, drops);
    }
  }
  stats.unstamped += packet.stamp_source != expected_stamps_[packet.line] ? 1 : 0;
}

void LineSockets::Close() {
  RefreshDrops();
  sockets_.clear();
}

}  // namespace fh::rio
