#include "replay/capture_backend.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace fh::replay {

absl::StatusOr<std::unique_ptr<CaptureBackend>> CaptureBackend::Open(
    const std::vector<std::string>& paths, const rio::ReceiverOptions& options,
    rio::RegisteredRegion& region) {
  absl::StatusOr<CaptureList> captures = OpenCaptures(paths);
  if (!captures.ok()) return captures.status();
  return OpenReaders(*std::move(captures), options, region);
}

absl::StatusOr<std::unique_ptr<CaptureBackend>> CaptureBackend::OpenReaders(
    CaptureList readers, const rio::ReceiverOptions& options, rio::RegisteredRegion& region) {
  if (readers.empty()) return absl::InvalidArgumentError("no capture to replay: name at least one");
  if (options.subscriptions.empty()) {
    return absl::InvalidArgumentError(
        "no subscription: name at least one group and port of the capture");
  }
  if (options.subscriptions.size() > rio::kMaxLines) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.subscriptions.size(), " subscriptions are too many: at most ", rio::kMaxLines));
  }
  // The constructor is private, which make_unique cannot reach.
  return std::unique_ptr<CaptureBackend>(new CaptureBackend(std::move(readers), options, region));
}

CaptureBackend::CaptureBackend(CaptureList readers, const rio::ReceiverOptions& options,
                               rio::RegisteredRegion& region)
    : FileBackend(region, options.subscriptions.size()),
      readers_(std::move(readers)),
      lines_(options.subscriptions) {
  for (const rio::Subscription& subscription : options.subscriptions) {
    trailers_.push_back(subscription.trailer);
  }
}

size_t CaptureBackend::Poll(std::span<rio::Packet> packets) {
  const size_t most = Room(packets.size());
  size_t filled = 0;
  CapturedFrame frame;
  Datagram datagram;
  for (size_t i = 0; i < kFramesAPoll && filled < most && !finished(); ++i) {
    const ReadResult result = readers_[next_reader_]->Next(frame);
    if (result != ReadResult::kFrame) {
      EndOfReader(result);
    } else if (const std::optional<uint16_t> line = LineOf(frame, datagram); line.has_value()) {
      const auto [stamp_ns, source] = StampOf(frame, datagram, *line);
      counters_.unstamped += stamp_ns == 0;
      Fill(datagram.payload, datagram.payload_length, *line, stamp_ns, packets[filled++], source);
    }
  }
  return Deliver(packets.first(filled));
}

std::pair<int64_t, rio::StampSource> CaptureBackend::StampOf(const CapturedFrame& frame,
                                                             const Datagram& datagram,
                                                             uint16_t line) {
  const int64_t capture_ns = frame.has_stamp ? frame.stamp_ns : 0;  // In a packet, 0 means none.
  const rio::TrailerFormat format = trailers_[line];
  if (format == rio::TrailerFormat::kNone) return {capture_ns, rio::StampSource::kCapture};
  if (datagram.packet_end != 0 && frame.bytes.size() >= frame.original_length) {
    const auto stamp = rio::ParseTrailer(frame.bytes, datagram.stamp_place(), format, capture_ns);
    if (stamp.has_value()) return {stamp->ns, rio::StampSource::kTrailer};
  }
  CountUnstamped();
  return {capture_ns, rio::StampSource::kCapture};
}

std::optional<uint16_t> CaptureBackend::LineOf(const CapturedFrame& frame, Datagram& datagram) {
  const DatagramOutcome outcome =
      ParseDatagram(frame.link_type, frame.bytes, frame.original_length, datagram);
  counters_.frames.Count(outcome, datagram);
  if (outcome != DatagramOutcome::kDatagram) {
    if (outcome != DatagramOutcome::kTruncated) return std::nullopt;
    if (datagram.payload_offset == 0) {
      ++counters_.headless;
      return std::nullopt;
    }
  }
  const std::optional<uint16_t> line =
      lines_.Find(datagram.destination_endpoint(), datagram.source, datagram.vlan);
  if (!line.has_value()) ++counters_.unsubscribed;
  return line;
}

void CaptureBackend::EndOfReader(ReadResult result) {
  if (result == ReadResult::kDamaged) {
    End(readers_[next_reader_]->status());
  } else if (++next_reader_ == readers_.size()) {
    End();
  }
}

}  // namespace fh::replay
