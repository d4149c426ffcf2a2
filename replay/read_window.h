// A window that slides over a byte source: the next bytes of the stream, contiguous in one buffer,
// so that records are read where they lie.
//
//   while (window.Ensure(kHeaderBytes)) { Parse(window.data()); window.Consume(kHeaderBytes); }
//
// One thread. Memory is the buffer, which grows only when Ensure asks for more than it holds; a
// record that straddles its end costs one move of the tail. Ensure is inline while the bytes are
// there.
#ifndef FEEDHANDLER_REPLAY_READ_WINDOW_H_
#define FEEDHANDLER_REPLAY_READ_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "replay/byte_source.h"

namespace fh::replay {

class ReadWindow {
 public:
  // `buffer_bytes`: how much is read at once; at least 1.
  ReadWindow(std::unique_ptr<ByteSource> source, size_t buffer_bytes);

  // The next bytes of the stream: available() of them are there. Calls to Ensure and Skip move
  // them.
  const uint8_t* data() const { return cursor_; }
  size_t available() const { return static_cast<size_t>(end_ - cursor_); }

  // Whether `count` bytes are there, after reading when they are not. False when the stream ends
  // before them or fails; then available() tells how many there are. May block.
  bool Ensure(size_t count) { return available() >= count || Fill(count); }

  // Moves on within what is available.
  void Consume(size_t count) { cursor_ += count; }

  // Moves on by any distance, in constant memory; false when the stream ends or fails on the way.
  bool Skip(uint64_t count);

  // Position of data() in the (decompressed) stream.
  uint64_t offset() const {
    return buffer_offset_ + static_cast<uint64_t>(cursor_ - buffer_.data());
  }

  // Why the stream failed; OK while it has not, and at its proper end.
  const absl::Status& source_status() const { return source_status_; }
  const ByteSource& source() const { return *source_; }

  // Hands the source over, to be wrapped by a decompressor. The window is of no use afterwards.
  std::unique_ptr<ByteSource> TakeSource() { return std::move(source_); }

 private:
  bool Fill(size_t count);

  std::unique_ptr<ByteSource> source_;
  std::vector<uint8_t> buffer_;  // With rio::kReadablePastEnd bytes more than are ever filled.
  const uint8_t* cursor_;
  const uint8_t* end_;
  uint64_t buffer_offset_ = 0;  // Of buffer_[0] in the stream.
  bool ended_ = false;
  absl::Status source_status_;
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_READ_WINDOW_H_
