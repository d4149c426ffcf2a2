#include "feedhandler/inspect/capture_scan.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "replay/capture_merge.h"

namespace fh {
namespace {

constexpr uint64_t kFramesBetweenProgress = 4096;

void NoteStamp(const replay::CapturedFrame& frame, CaptureScan& scan) {
  if (!frame.has_stamp) return;
  if (scan.first_ns == 0 && scan.last_ns == 0) {
    scan.first_ns = scan.last_ns = scan.latest_ns = frame.stamp_ns;
  }
  if (frame.stamp_ns < scan.latest_ns) {
    ++scan.backwards;
    scan.furthest_back_ns = std::max(scan.furthest_back_ns, scan.latest_ns - frame.stamp_ns);
  }
  scan.latest_ns = frame.stamp_ns;
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

std::vector<CaptureScan> ScanCaptures(const std::vector<CaptureToScan>& captures,
                                      const ScanProgress& progress, StreamTable& table) {
  std::vector<CaptureScan> scans(captures.size());
  replay::CaptureList opened;
  std::vector<size_t> scan_of;  // Of each that could be opened.
  for (size_t i = 0; i < captures.size(); ++i) {
    scans[i].path = captures[i].path;
    absl::StatusOr<std::unique_ptr<replay::CaptureReader>> reader =
        replay::CaptureReader::Open(captures[i].path);
    scans[i].status = reader.status();
    if (!reader.ok()) continue;
    scans[i].opened = true;
    scan_of.push_back(i);
    opened.push_back(*std::move(reader));
  }
  replay::CaptureMerge merge(std::move(opened));
  std::vector<bool> limited(merge.size(), false);
  const auto limit = [&](size_t source) {
    limited[source] = merge.capture(source).stats().frames >= captures[scan_of[source]].most_frames;
    if (limited[source]) merge.Leave(source);
  };
  for (size_t source = 0; source < merge.size(); ++source) limit(source);

  bool wanted = true;
  uint64_t frames = 0;
  replay::CapturedFrame frame;
  while (wanted && merge.Next(frame)) {
    CaptureScan& scan = scans[scan_of[merge.source()]];
    NoteStamp(frame, scan);
    ++scan.link_types[frame.link_type];
    NoteDatagram(frame, scan, table);
    if (++frames % kFramesBetweenProgress == 0 && progress) {
      wanted = progress(merge.stored_bytes_read(), merge.stored_bytes_total(), frames);
    }
    limit(merge.source());
  }
  for (size_t source = 0; source < merge.size(); ++source) {
    const replay::CaptureReader& reader = merge.capture(source);
    CaptureScan& scan = scans[scan_of[source]];
    scan.format = reader.format();
    scan.compression = reader.compression();
    scan.status = reader.status();
    scan.complete = wanted && !limited[source] && reader.status().ok();
    scan.frames = reader.stats();
    scan.order_note = merge.OrderNote(source);
    scan.interfaces.assign(reader.interfaces().begin(), reader.interfaces().end());
  }
  return scans;
}

}  // namespace fh
