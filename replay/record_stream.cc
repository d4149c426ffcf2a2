#include "replay/record_stream.h"

#include "absl/strings/str_cat.h"

namespace fh::replay {

ReadResult RecordStream::Damaged(uint64_t offset, absl::string_view reason) {
  status = absl::DataLossError(absl::StrCat(
      name, ": record ", numbered + 1, " at byte ", offset, " is damaged: ", reason,
      "; nothing after it can be trusted. The ", stats.frames,
      " frames before it are good: copy the file from its origin again, or go on with these."));
  return ReadResult::kDamaged;
}

ReadResult RecordStream::CutShort(uint64_t offset, uint64_t needed) {
  if (!window.source_status().ok()) {
    status =
        absl::DataLossError(absl::StrCat(name, ": record ", numbered + 1, " at byte ", offset,
                                         " cannot be read: ", window.source_status().message(),
                                         ". The ", stats.frames, " frames before it are good."));
    return ReadResult::kDamaged;
  }
  const uint64_t there = window.offset() + window.available() - offset;
  status = absl::DataLossError(absl::StrCat(
      name, ": cut short in the middle of record ", numbered + 1, " at byte ", offset, ": ", there,
      " of its ", needed, " bytes are there. The ", stats.frames,
      " frames before it are good: the capture was stopped or copied before it was complete."));
  return ReadResult::kDamaged;
}

ReadResult RecordStream::EndOrCutShort(uint64_t needed) {
  if (window.available() == 0 && window.source_status().ok()) return ReadResult::kEnd;
  return CutShort(window.offset(), needed);
}

absl::Status RecordStream::Refused(absl::string_view reason) const {
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", reason));
}

}  // namespace fh::replay
