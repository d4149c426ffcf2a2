#include "replay/capture_backend.h"

#include <algorithm>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "latency/clock.h"

namespace fh::replay {

absl::StatusOr<std::unique_ptr<CaptureBackend>> CaptureBackend::Open(
    const std::vector<std::string>& paths, const rio::ReceiverOptions& options,
    rio::RegisteredRegion& region) {
  if (std::count(paths.begin(), paths.end(), "-") > 1) {
    return absl::InvalidArgumentError("standard input ('-') can be read only once: name it once");
  }
  std::vector<std::unique_ptr<CaptureReader>> readers;
  for (const std::string& path : paths) {
    absl::StatusOr<std::unique_ptr<CaptureReader>> reader = CaptureReader::Open(path);
    if (!reader.ok()) return reader.status();
    readers.push_back(*std::move(reader));
  }
  return OpenReaders(std::move(readers), options, region);
}

absl::StatusOr<std::unique_ptr<CaptureBackend>> CaptureBackend::OpenReaders(
    std::vector<std::unique_ptr<CaptureReader>> readers, const rio::ReceiverOptions& options,
    rio::RegisteredRegion& region) {
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

CaptureBackend::CaptureBackend(std::vector<std::unique_ptr<CaptureReader>> readers,
                               const rio::ReceiverOptions& options, rio::RegisteredRegion& region)
    : readers_(std::move(readers)),
      lines_(options.subscriptions),
      region_(region),
      posted_(region.slice_count()),
      line_stats_(options.subscriptions.size()) {
  latency::Clock::Ticks();  // The first call decides the clock's source: not in the first Poll.
}

size_t CaptureBackend::Poll(std::span<rio::Packet> packets) {
  if (finished() || packets.empty()) return 0;
  if (posted_.empty()) {
    ++stats_.starved;
    return 0;
  }
  const size_t most = std::min<size_t>(packets.size(), posted_.size());
  size_t filled = 0;
  CapturedFrame frame;
  Datagram datagram;
  for (size_t i = 0; i < kFramesAPoll && filled < most && !finished(); ++i) {
    const ReadResult result = readers_[next_reader_]->Next(frame);
    if (result != ReadResult::kFrame) {
      EndOfReader(result);
    } else if (const std::optional<uint16_t> line = LineOf(frame, datagram); line.has_value()) {
      Fill(frame, datagram, *line, packets[filled++]);
    }
  }
  const uint64_t now = latency::Clock::Ticks();
  for (rio::Packet& packet : packets.first(filled)) packet.dequeue_ticks = now;
  return filled;
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
      lines_.Find(datagram.destination_endpoint(), datagram.source);
  if (!line.has_value()) ++counters_.unsubscribed;
  return line;
}

void CaptureBackend::Fill(const CapturedFrame& frame, const Datagram& datagram, uint16_t line,
                          rio::Packet& packet) {
  const uint32_t slice = posted_.Take();
  uint8_t* const bytes = region_.slice(slice);
  const size_t length = std::min<size_t>(datagram.payload.size(), region_.slice_bytes());
  if (length != 0) std::memcpy(bytes, datagram.payload.data(), length);
  const bool stamped = frame.has_stamp && frame.stamp_ns != 0;  // In a packet, 0 means none.
  packet = {.data = bytes,
            .length = static_cast<uint32_t>(length),
            .slice = slice,
            .stamp_ns = stamped ? frame.stamp_ns : 0,
            .dequeue_ticks = 0,  // Known when the burst is complete.
            .line = line,
            .stamp_source = stamped ? rio::StampSource::kCapture : rio::StampSource::kNone,
            .truncated = length < datagram.payload_length};
  rio::LineStats& line_stats = line_stats_[line];
  ++stats_.packets;
  ++line_stats.packets;
  stats_.bytes += length;
  line_stats.bytes += length;
  stats_.truncated += packet.truncated;
  line_stats.truncated += packet.truncated;
  counters_.unstamped += !stamped;
}

void CaptureBackend::EndOfReader(ReadResult result) {
  if (result == ReadResult::kDamaged) {
    status_ = readers_[next_reader_]->status();
    next_reader_ = readers_.size();
  } else {
    ++next_reader_;
  }
}

void CaptureBackend::Wait(std::chrono::nanoseconds timeout) {
  if (finished() || posted_.empty()) std::this_thread::sleep_for(timeout);
}

uint64_t CaptureBackend::stored_bytes_read() const {
  uint64_t bytes = 0;
  for (const auto& reader : readers_) bytes += reader->stored_bytes_read();
  return bytes;
}

std::optional<uint64_t> CaptureBackend::stored_bytes_total() const {
  uint64_t bytes = 0;
  for (const auto& reader : readers_) {
    const std::optional<uint64_t> total = reader->stored_bytes_total();
    if (!total.has_value()) return std::nullopt;
    bytes += *total;
  }
  return bytes;
}

}  // namespace fh::replay
