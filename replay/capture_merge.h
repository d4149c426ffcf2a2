// Several captures as one: their frames in the order of time.
//
//   absl::StatusOr<CaptureList> captures = OpenCaptures({"line_a.pcap.zst", "line_b.pcap"});
//   CaptureMerge merge(*std::move(captures));
//   CapturedFrame frame;
//   while (merge.Next(frame)) Use(frame, merge.source());
//   if (!merge.status().ok()) Warn(merge.status());      // Which are damaged, and where.
//
// Of the captures' next frames the one with the earliest stamp comes first; of equal stamps that of
// the capture that was named first. Every capture keeps its own order: where its clock goes back,
// the frame comes at once rather than before those that precede it. A frame without a stamp comes
// right behind the one before it, and those at the start of a capture before all that are stamped:
// captures without any stamp are read first, one after the other, as they were named.
//
// Damage ends that capture alone, after all that came before it; the others go on.
//
// One thread at a time. Memory is constant: a read buffer for each capture. A single capture costs
// nothing beyond CaptureReader; of k captures each frame costs about log2(k) comparisons. Next
// blocks as CaptureReader::Next does; of several it reads on in one before it delivers the next
// frame, so a slow pipe holds up the others.
#ifndef FEEDHANDLER_REPLAY_CAPTURE_MERGE_H_
#define FEEDHANDLER_REPLAY_CAPTURE_MERGE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "replay/capture_reader.h"
#include "replay/captured_frame.h"

namespace fh::replay {

using CaptureList = std::vector<std::unique_ptr<CaptureReader>>;

// Opens all `paths` ("-": standard input, once) and reads their headers, so a wrong one is told
// before anything of the others is used. Blocks as CaptureReader::Open does. Errors: those of
// CaptureReader::Open; InvalidArgument when standard input is named twice. No paths give no
// captures.
absl::StatusOr<CaptureList> OpenCaptures(const std::vector<std::string>& paths);

class CaptureMerge {
 public:
  // Reads nothing yet.
  explicit CaptureMerge(CaptureList captures);

  // Delivers the next frame, which is valid until the next call. False at the end of them all, also
  // when some were damaged.
  bool Next(CapturedFrame& frame) {
    if (captures_.size() == 1) [[likely]] {
      if (!ended_ && captures_[0]->Next(frame) == ReadResult::kFrame) [[likely]]
        return true;
      ended_ = true;
      return false;
    }
    return NextOfMany(frame);
  }

  // Which capture the frame delivered last is of. Its number counts in that capture.
  size_t source() const { return source_; }

  // Reads nothing more of this capture: a limit is reached.
  void Leave(size_t source);

  size_t size() const { return captures_.size(); }
  const CaptureReader& capture(size_t source) const { return *captures_[source]; }

  // What is damaged so far, a line for each capture; OK when nothing is.
  absl::Status status() const;

  // How the frames of this capture were put in order that have no stamp: a sentence; empty when
  // there is none, and for a single capture. After the end.
  std::string OrderNote(size_t source) const;
  std::vector<std::string> OrderNotes() const;  // Of all captures that have one.

  // For progress bars: bytes taken from all files as they are stored, and the sum of their sizes
  // where all are known (not with a pipe among them).
  uint64_t stored_bytes_read() const;
  std::optional<uint64_t> stored_bytes_total() const;

 private:
  // The next frame of a capture, and the time that orders it: its stamp, or that of the one before
  // it.
  struct Head {
    CapturedFrame frame;
    int64_t time_ns = std::numeric_limits<int64_t>::min();
  };

  bool NextOfMany(CapturedFrame& frame);
  void Start();
  // Reads the next frame of `source` into its head. False when there is none.
  bool Advance(size_t source);
  bool Earlier(size_t a, size_t b) const {
    return heads_[a].time_ns != heads_[b].time_ns ? heads_[a].time_ns < heads_[b].time_ns : a < b;
  }
  void SiftDown(size_t at);

  CaptureList captures_;
  std::vector<Head> heads_;    // One a capture.
  std::vector<size_t> order_;  // A heap of captures that have a head, the earliest first.
  std::vector<bool> left_;
  size_t source_ = 0;
  bool started_ = false;
  bool ended_ = false;  // Of a single capture.
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_CAPTURE_MERGE_H_
