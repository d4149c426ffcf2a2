// A capture file as a receive path: rio::Backend over recorded datagrams instead of sockets, so
// that a replay runs the production loop.
//
//   absl::StatusOr<std::unique_ptr<CaptureBackend>> backend =
//       CaptureBackend::Open({"line_a.pcap.zst"}, receiver_options, region);
//   (*backend)->Post(all_slices);
//   while (!(*backend)->finished()) {
//     const size_t count = (*backend)->Poll(packets);
//     ...                                           // Read packets[0] to packets[count - 1],
//     (*backend)->Post(slices_of(packets, count));  // then give the slices back.
//   }
//   if (!(*backend)->status().ok()) Warn((*backend)->status());  // Damaged; all before it came.
//
// A datagram whose destination (and source, when the subscription names one) matches a subscription
// becomes a packet of that line, in the order of the capture; of several that match, the first.
// Several files are read one after the other. Its payload is copied into a posted slice, which
// stands for the copy that a kernel makes. The packet carries the capture's stamp, and is
// `truncated` when the capture kept only a part of the payload or the slice holds only a part.
// Whatever else the capture holds is counted: nothing goes missing silently. Damage ends the
// replay, and status() names the file and the offset; files after it are not read.
//
// A line that asks for trailer stamps (Subscription::trailer) has those of the frames in place of
// the capture's; a frame without one keeps the capture's and is counted (BackendStats::unstamped).
//
// What is not said here is as in file_backend.h. One thread at a time. Poll blocks no longer than
// reading the file takes (of a pipe: until its writer has written as many frames as were asked for,
// or ends), and allocates nothing but what CaptureReader does. Some 40 ns and the copy for each
// datagram. Memory is constant, a read buffer for each file. ReceiverOptions but for the
// subscriptions are of no consequence: they are about sockets.
#ifndef FEEDHANDLER_REPLAY_CAPTURE_BACKEND_H_
#define FEEDHANDLER_REPLAY_CAPTURE_BACKEND_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "replay/capture_list.h"
#include "replay/capture_reader.h"
#include "replay/captured_frame.h"
#include "replay/datagram.h"
#include "replay/file_backend.h"
#include "replay/line_table.h"
#include "rio/backend.h"
#include "rio/memory/region.h"
#include "rio/packet.h"

namespace fh::replay {

// Where the frames of the capture went. Counts that only grow.
// Sum of `frames.by_outcome` = frames read. Of these, datagrams and truncated datagrams are either
// packets (BackendStats::packets), unsubscribed, or headless.
struct CaptureBackendCounters {
  DatagramCounters frames;
  uint64_t unsubscribed = 0;  // Datagrams that no subscription wanted.
  uint64_t headless = 0;      // Truncated datagrams of which not even the UDP header is there.
  uint64_t unstamped = 0;     // Packets delivered without a stamp, since the capture has none.
};

class CaptureBackend : public FileBackend {
 public:
  static constexpr char kName[] = "capture";
  static constexpr char kDescription[] =
      "capture files (pcap, pcapng, snoop; plain, gzip or zstd) as if they came from the network";

  // Opens all `paths` ("-": standard input, once) and reads their headers, so a wrong one is told
  // before anything is delivered. `region` outlives the backend. Errors: those of
  // CaptureReader::Open; InvalidArgument without paths or subscriptions.
  static absl::StatusOr<std::unique_ptr<CaptureBackend>> Open(const std::vector<std::string>& paths,
                                                              const rio::ReceiverOptions& options,
                                                              rio::RegisteredRegion& region);

  // The same over readers that are open already (captures in memory), at least one.
  static absl::StatusOr<std::unique_ptr<CaptureBackend>> OpenReaders(
      CaptureList readers, const rio::ReceiverOptions& options, rio::RegisteredRegion& region);

  // Looks at no more than kFramesAPoll frames, so that a long stretch of foreign traffic does not
  // keep its caller: 0 does not mean that the end was reached, finished() does. Without a posted
  // slice it reads nothing, so nothing is lost, and counts `starved`.
  size_t Poll(std::span<rio::Packet> packets);

  const CaptureBackendCounters& counters() const { return counters_; }

  // For progress bars: bytes taken from the files as they are stored, and their total where it is
  // known.
  uint64_t stored_bytes_read() const { return StoredBytesRead(readers_); }
  std::optional<uint64_t> stored_bytes_total() const { return StoredBytesTotal(readers_); }

  static constexpr size_t kFramesAPoll = 4096;

 private:
  CaptureBackend(CaptureList readers, const rio::ReceiverOptions& options,
                 rio::RegisteredRegion& region);

  // The stamp of a packet of `line` and where it is from.
  std::pair<int64_t, rio::StampSource> StampOf(const CapturedFrame& frame, const Datagram& datagram,
                                               uint16_t line);

  // The line of the frame's datagram, or nothing and a count.
  std::optional<uint16_t> LineOf(const CapturedFrame& frame, Datagram& datagram);
  void EndOfReader(ReadResult result);

  CaptureList readers_;
  size_t next_reader_ = 0;  // The one that is being read.
  const LineTable lines_;
  std::vector<rio::TrailerFormat> trailers_;  // By line.
  CaptureBackendCounters counters_;
};

static_assert(rio::Backend<CaptureBackend>);

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_CAPTURE_BACKEND_H_
