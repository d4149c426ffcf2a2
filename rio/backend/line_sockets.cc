#include "rio/backend/line_sockets.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
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
    lines.kept_lines_.push_back({.fd = line->fd.get(),
                                 .subscription = subscription,
                                 .interface_index = line->interface_index,
                                 .is_joined = join && subscription.group.address.IsMulticast()});
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

void LineSockets::KeepJoined(const ReceiverOptions& options, LineKeeper::Options more) {
  more.tell = options.tell;
  more.stamps = options.stamps;
  auto keeper = LineKeeper::Start(std::exchange(kept_lines_, {}), std::move(more));
  if (keeper.ok()) {
    keeper_ = *std::move(keeper);
  } else {
    AddNote(absl::StrCat(keeper.status().message(),
                         ": a line whose interface is removed stays deaf until a restart"));
  }
}

void LineSockets::StopKeeping() {
  if (keeper_ != nullptr) keeper_->Stop();
}

void LineSockets::RefreshStats() {
  for (size_t line = 0; line < sockets_.size(); ++line) {
    const std::optional<uint32_t> drops = ReadSocketDrops(sockets_[line].get());
    if (drops.has_value()) SetDrops(line, *drops);
  }
  if (keeper_ == nullptr) return;
  stats.line_losses = stats.line_returns = stats.deaf_lines = 0;
  for (size_t line = 0; line < line_stats_.size(); ++line) {
    const LineKeeper::Counts counts = keeper_->counts(line);
    LineStats& own = line_stats_[line];
    own.losses = counts.losses;
    own.returns = counts.returns;
    own.deaf = counts.deaf;
    stats.line_losses += counts.losses;
    stats.line_returns += counts.returns;
    stats.deaf_lines += counts.deaf ? 1 : 0;
  }
}

void LineSockets::ReadControl(const uint8_t* control, size_t control_bytes, Packet& packet) {
  const ControlFacts facts = ReadControlFacts(control, control_bytes);
  packet.stamp_ns = facts.stamp_ns;
  packet.stamp_source = facts.stamp_source;
  packet.kernel_after_ns = facts.kernel_after_ns;
  if (facts.drops.has_value()) SetDrops(packet.line, *facts.drops);
  stats.unstamped += packet.stamp_source != expected_stamps_[packet.line] ? 1 : 0;
}

void LineSockets::Close() {
  StopKeeping();
  RefreshStats();
  sockets_.clear();
}

}  // namespace fh::rio
