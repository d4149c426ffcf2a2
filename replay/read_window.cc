#include "replay/read_window.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/status/statusor.h"
#include "rio/packet.h"

namespace fh::replay {

ReadWindow::ReadWindow(std::unique_ptr<ByteSource> source, size_t buffer_bytes)
    : source_(std::move(source)),
      buffer_(buffer_bytes + rio::kReadablePastEnd),
      cursor_(buffer_.data()),
      end_(cursor_) {}

bool ReadWindow::Fill(size_t count) {
  size_t held = available();
  buffer_offset_ += static_cast<uint64_t>(cursor_ - buffer_.data());
  if (held != 0) std::memmove(buffer_.data(), cursor_, held);
  if (buffer_.size() - rio::kReadablePastEnd < count) {
    buffer_.resize(count + rio::kReadablePastEnd);
  }
  const size_t capacity = buffer_.size() - rio::kReadablePastEnd;
  while (held < count && !ended_) {
    const absl::StatusOr<size_t> got = source_->Read({buffer_.data() + held, capacity - held});
    if (!got.ok()) source_status_ = got.status();
    ended_ = !got.ok() || *got == 0;
    if (!ended_) held += *got;
  }
  cursor_ = buffer_.data();
  end_ = cursor_ + held;
  return held >= count;
}

bool ReadWindow::Skip(uint64_t count) {
  while (count > available()) {
    count -= available();
    Consume(available());
    if (!Fill(1)) return false;
  }
  Consume(static_cast<size_t>(count));
  return true;
}

}  // namespace fh::replay
