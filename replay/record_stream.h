// What the parsers of all capture formats share: the window over the stream, the counts, and how
// damage is told. A part of CaptureReader; not for use on its own.
#ifndef FEEDHANDLER_REPLAY_RECORD_STREAM_H_
#define FEEDHANDLER_REPLAY_RECORD_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "replay/captured_frame.h"
#include "replay/read_window.h"

namespace fh::replay {

struct RecordStream {
  ReadWindow window;
  uint32_t max_record_bytes;
  std::string name;  // The path, for messages.

  CaptureStats stats{};
  uint64_t numbered = 0;  // Frames as Wireshark counts: delivered, and custom blocks.
  absl::Status status{};  // Why the stream is damaged.

  // Tells damage in the record that begins at `offset`, by status; returns kDamaged.
  ReadResult Damaged(uint64_t offset, absl::string_view reason);

  // The same for a record of which only a part is there: the file was cut, or its source failed.
  // `needed` bytes were expected to follow `offset`.
  ReadResult CutShort(uint64_t offset, uint64_t needed);

  // What it means that the window cannot show the `needed` bytes with which the next record begins:
  // kEnd where the stream ended properly and nothing is left, else CutShort.
  ReadResult EndOrCutShort(uint64_t needed);

  // The start of the message for files whose header is refused.
  absl::Status Refused(absl::string_view reason) const;

  // Counts a frame that is about to be delivered and gives it its number.
  void Count(CapturedFrame& frame) {
    frame.number = ++numbered;
    ++stats.frames;
    stats.frame_bytes += frame.bytes.size();
    stats.truncated_frames += frame.bytes.size() < frame.original_length;
  }
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_RECORD_STREAM_H_
