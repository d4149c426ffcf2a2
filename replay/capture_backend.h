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
// Several captures are merged by their stamps (capture_merge.h). Its payload is copied into a
// posted slice, which stands for the copy that a kernel makes. The packet carries the capture's
// stamp, and is `truncated` when the capture kept only a part of the payload (CaptureCounters::cut)
// or the slice holds only a part (BackendStats::truncated). Whatever else the capture holds is
// counted (capture_account.h): nothing goes missing silently. Damage ends the capture that has it,
// and status() names the file and the offset.
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
#include "replay/capture_account.h"
#include "replay/capture_merge.h"
#include "replay/captured_frame.h"
#include "replay/datagram.h"
#include "replay/file_backend.h"
#include "rio/backend.h"
#include "rio/memory/region.h"
#include "rio/packet.h"

namespace fh::replay {

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

  // Where the frames went. `delivered` of them are packets (BackendStats::packets).
  const CaptureCounters& counters() const { return account_.counters(); }
  // Where datagrams were going that came before the first of a line.
  const GroupTally& others() const { return account_.others(); }
  // Packets without a stamp, since the capture has none.
  uint64_t unstamped() const { return unstamped_; }

  // How frames were put in order that no stamp could: CaptureMerge::OrderNotes. After the end.
  std::vector<std::string> OrderNotes() const { return merge_.OrderNotes(); }

  // For progress bars: bytes taken from the files as they are stored, and their total where it is
  // known.
  uint64_t stored_bytes_read() const { return merge_.stored_bytes_read(); }
  std::optional<uint64_t> stored_bytes_total() const { return merge_.stored_bytes_total(); }

  static constexpr size_t kFramesAPoll = 4096;

 private:
  CaptureBackend(CaptureList readers, const rio::ReceiverOptions& options,
                 rio::RegisteredRegion& region);

  // The stamp of a packet of `line` and where it is from.
  std::pair<int64_t, rio::StampSource> StampOf(const CapturedFrame& frame, const Datagram& datagram,
                                               uint16_t line);

  CaptureMerge merge_;
  CaptureAccount account_;
  std::vector<rio::TrailerFormat> trailers_;  // By line.
  uint64_t unstamped_ = 0;
};

static_assert(rio::Backend<CaptureBackend>);

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_CAPTURE_BACKEND_H_
