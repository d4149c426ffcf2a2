// Reads captures into a StreamTable, and keeps what there is to say of the files themselves.
//
//   StreamTable table;
//   for (const CaptureScan& scan : ScanCaptures({{"a.pcap"}, {"b.pcap.zst"}}, nullptr, table)) {
//     if (!scan.status.ok()) Warn(scan.status);   // No capture, or damaged: what was read counts.
//   }
//
// Captures are merged by their stamps on the way into the table, as for a replay.
//
// One thread; blocks as long as reading takes. Constant memory but for the table's.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_CAPTURE_SCAN_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_CAPTURE_SCAN_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "feedhandler/inspect/stream_table.h"
#include "replay/capture_reader.h"
#include "replay/captured_frame.h"
#include "replay/datagram.h"
#include "rio/stamps/trailer.h"

namespace fh {

// Called now and then with stored bytes read, their total where it is known, and frames so far, of
// all captures together. False stops the scan.
using ScanProgress = std::function<bool(uint64_t, std::optional<uint64_t>, uint64_t)>;

struct CaptureToScan {
  std::string path;
  uint64_t most_frames = UINT64_MAX;
};

// Stamps of one format that devices wrote into the frames (rio/stamps/trailer.h).
struct TrailerScan {
  static constexpr size_t kMostPorts = 8;

  uint64_t frames = 0;
  // The stamp less that of the capture: how long the way from the device to the capture takes, if
  // their clocks agree.
  int64_t least_ahead_ns = 0;
  int64_t most_ahead_ns = 0;
  double sum_ahead_ns = 0;
  uint64_t unsynchronized = 0;                              // By the device's own word.
  std::map<std::pair<uint16_t, uint16_t>, uint64_t> ports;  // Device and port; the first ones.

  double MeanAheadNs() const {
    return frames == 0 ? 0 : sum_ahead_ns / static_cast<double>(frames);
  }
};

struct CaptureScan {
  std::string path;
  bool opened = false;  // It is a capture, damaged or not.
  replay::CaptureFormat format = replay::CaptureFormat::kPcap;
  replay::Compression compression = replay::Compression::kNone;
  replay::CaptureStats frames;
  replay::DatagramCounters datagrams;
  std::vector<replay::CaptureInterface> interfaces;  // Of the last section.
  std::map<replay::LinkType, uint64_t> link_types;   // Frames of each.
  int64_t first_ns = 0;                              // Earliest and latest stamp; 0 = none.
  int64_t last_ns = 0;
  int64_t latest_ns = 0;         // The stamp that was seen last.
  uint64_t backwards = 0;        // Stamps earlier than the one before,
  int64_t furthest_back_ns = 0;  // and by how much at most.
  std::map<rio::TrailerFormat, TrailerScan> trailers;
  std::string order_note;  // How frames without a stamp came among those of other captures.
  bool complete = false;   // Read to the end; false when damaged, stopped or limited.
  absl::Status status;     // Why it could not be opened, or where it is damaged.
};

// A trailer format that a fair part of the datagrams has, by which chance is ruled out; kNone when
// there is none.
rio::TrailerFormat TrailerOf(const CaptureScan& scan);

// Never fails: each capture's status is in its result, in the order of `captures`. `progress` may
// be empty.
std::vector<CaptureScan> ScanCaptures(const std::vector<CaptureToScan>& captures,
                                      const ScanProgress& progress, StreamTable& table);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_CAPTURE_SCAN_H_
