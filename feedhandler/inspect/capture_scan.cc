#include "feedhandler/inspect/capture_scan.h"

#include <algorithm>
#include <memory>

#include "absl/status/statusor.h"

namespace fh {
namespace {

constexpr uint64_t kFramesBetweenProgress = 4096;

void NoteStamp(const replay::CapturedFrame& frame, int64_t& latest_ns, CaptureScan& scan) {
  if (!frame.has_stamp) return;
  if (scan.first_ns == 0 && scan.last_ns == 0) {
    scan.first_ns = scan.last_ns = latest_ns = frame.stamp_ns;
  }
  if (frame.stamp_ns < latest_ns) {
    ++scan.backwards;
    scan.furthest_back_ns = std::max(scan.furthest_back_ns, latest_ns - frame.stamp_ns);
  }
  latest_ns = frame.stamp_ns;
  scan.first_ns = std::min(scan.first_ns, frame.stamp_ns);
  scan.last_ns = std::max(scan.last_ns, frame.stamp_ns);
}

void NoteTrailer(const replay::CapturedFrame& frame, const replay::Datagram& datagram,
                 CaptureScan& scan) {
  const rio::StampPlace place = datagram.stamp_place();
  if (!frame.has_stamp || frame.stamp_ns == 0 || frame.bytes.size() < frame.original_length) return;
  if (place.header == 0 && place.tail == frame.bytes.size()) return;
  const rio::TrailerFormat format = rio::DetectTrailer(frame.bytes, place, frame.stamp_ns);
  if (format == rio::TrailerFormat::kNone) return;
  const auto stamp = rio::ParseTrailer(frame.bytes, place, format, frame.stamp_ns);
  const int64_t ahead_ns = stamp->ns - frame.stamp_ns;
  TrailerScan& seen = scan.trailers[format];
  seen.least_ahead_ns = seen.frames == 0 ? ahead_ns : std::min(seen.least_ahead_ns, ahead_ns);
  seen.most_ahead_ns = seen.frames == 0 ? ahead_ns : std::max(seen.most_ahead_ns, ahead_ns);
  seen.sum_ahead_ns += static_cast<double>(ahead_ns);
  seen.unsynchronized += stamp->unsynchronized;
  ++seen.frames;
  const std::pair<uint16_t, uint16_t> port(stamp->device, stamp->port);
  if (seen.ports.size() < TrailerScan::kMostPorts || seen.ports.count(port) != 0) {
    ++seen.ports[port];
  }
}

void NoteDatagram(const replay::CapturedFrame& frame, CaptureScan& scan, StreamTable& table) {
  replay::Datagram datagram;
  const replay::DatagramOutcome outcome =
      replay::ParseDatagram(frame.link_type, frame.bytes, frame.original_length, datagram);
  scan.datagrams.Count(outcome, datagram);
  const bool cut = outcome == replay::DatagramOutcome::kTruncated && datagram.payload_offset != 0;
  if (outcome != replay::DatagramOutcome::kDatagram && !cut) return;
  if (!cut) NoteTrailer(frame, datagram, scan);
  SeenDatagram seen{.destination = datagram.destination_endpoint(),
                    .source = datagram.source,
                    .payload = datagram.payload,
                    .length = datagram.payload_length,
                    .stamp_ns = frame.has_stamp ? frame.stamp_ns : 0,
                    .vlan = std::nullopt};
  if (datagram.vlan_count > 0) seen.vlan = datagram.vlan_ids[0];
  table.Add(seen);
}

}  // namespace

rio::TrailerFormat TrailerOf(const CaptureScan& scan) {
  constexpr uint64_t kFairPart = 10;  // One in ten; one in hundreds is chance.
  const uint64_t datagrams = scan.datagrams[replay::DatagramOutcome::kDatagram];
  for (const auto& [format, seen] : scan.trailers) {
    if (seen.frames >= datagrams / kFairPart && seen.frames > 0) return format;
  }
  return rio::TrailerFormat::kNone;
}

CaptureScan ScanCapture(const std::string& path, const ScanOptions& options, StreamTable& table) {
  CaptureScan scan;
  scan.path = path;
  absl::StatusOr<std::unique_ptr<replay::CaptureReader>> opened = replay::CaptureReader::Open(path);
  if (!opened.ok()) {
    scan.status = opened.status();
    return scan;
  }
  replay::CaptureReader& reader = **opened;
  scan.opened = true;
  scan.format = reader.format();
  scan.compression = reader.compression();

  int64_t latest_ns = 0;
  bool wanted = true;
  replay::CapturedFrame frame;
  while (wanted && reader.stats().frames < options.most_frames) {
    const replay::ReadResult result = reader.Next(frame);
    if (result != replay::ReadResult::kFrame) {
      scan.complete = result == replay::ReadResult::kEnd;
      break;
    }
    NoteStamp(frame, latest_ns, scan);
    ++scan.link_types[frame.link_type];
    NoteDatagram(frame, scan, table);
    if (options.progress && reader.stats().frames % kFramesBetweenProgress == 0) {
      wanted = options.progress(reader.stored_bytes_read(), reader.stored_bytes_total(),
                                reader.stats().frames);
    }
  }
  scan.status = reader.status();
  scan.frames = reader.stats();
  scan.interfaces.assign(reader.interfaces().begin(), reader.interfaces().end());
  return scan;
}

}  // namespace fh
