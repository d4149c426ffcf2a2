#include "rio/backend/line_sockets.h"

#include <algorithm>
#include <optional>

#include "rio/socket/control_posix.h"
#include "rio/socket/line_options.h"

namespace fh::rio {
absl::StatusOr<LineSockets> LineSockets::Open(const ReceiverOptions& options,
                                              const std::vector<size_t>& unjoined) {
  if (absl::Status status = CheckReceiverOptions(options); !status.ok()) return status;
  LineSockets lines;
  lines.has_control_ = options.stamps != ReceiveStamps::kNone || options.drops_in_stream;
  lines.line_stats_.resize(options.subscriptions.size());
  lines.drops_seen_.resize(options.subscriptions.size());
  for (const Subscription& subscription : options.subscriptions) {
    const bool join = std::find(unjoined.begin(), unjoined.end(), lines.size()) == unjoined.end();
    absl::StatusOr<LineSocket> line = OpenLineSocket(subscription, options, join);
    if (!line.ok()) return line.status();
    for (const std::string& note : line->notes) lines.AddNote(note);
    if (subscription.trailer != TrailerFormat::kNone) lines.AddNote(kTrailersUnseen);
    lines.expected_stamps_.push_back(SourceOf(line->stamps));
    lines.sockets_.push_back(std::move(line->fd));
  }
  if (options.stamps != ReceiveStamps::kNone) AwaitSoftwareStamps();
  if (!options.drops_in_stream && !ReadSocketDrops(lines.fd(0)).has_value()) {
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
    const std::optional<uint32_t> drops = ReadSocketDrops(sockets_[line].get());
    if (drops.has_value()) SetDrops(line, *drops);
  }
}

void LineSockets::ReadControl(const uint8_t* control, size_t control_bytes, Packet& packet) {
  const ControlFacts facts = ReadControlFacts(control, control_bytes);
  packet.stamp_ns = facts.stamp_ns;
  packet.stamp_source = facts.stamp_source;
  if (facts.drops.has_value()) SetDrops(packet.line, *facts.drops);
  stats.unstamped += packet.stamp_source != expected_stamps_[packet.line] ? 1 : 0;
}

void LineSockets::Close() {
  RefreshDrops();
  sockets_.clear();
}

}  // namespace fh::rio
