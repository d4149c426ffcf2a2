// A text file that is written in large pieces, and whose errors are never lost.
//
//   absl::StatusOr<OutputFile> file = OutputFile::Open("updates.csv");    // or "-"
//   char* at = file->Reserve(kMaxLineBytes);
//   file->Commit(FormatLine(at));                                         // One line.
//   absl::Status status = file->Close();
//
// One thread. Allocates its buffer in Open only. Reserve, Flush and Close may block in write(2).
// After the first error (a full disk, a pipe whose reader went) nothing more is written: a file
// with a hole in it would be worse than a short one. Lines that did not reach the file are counted,
// and Close says how many and why. The program must ignore SIGPIPE, or the reader of a pipe can end
// it.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_OUTPUT_FILE_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_OUTPUT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace fh {

class OutputFile {
 public:
  static constexpr size_t kBufferBytes = 1 << 18;

  // Creates or empties `path`; "-" is standard output. The error says what to do.
  static absl::StatusOr<OutputFile> Open(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  // Room for one line of up to `bytes` (at most kBufferBytes), until the next call.
  char* Reserve(size_t bytes) {
    if (kBufferBytes - used_ < bytes) Flush();
    return buffer_.get() + used_;
  }

  // The line of `bytes` at Reserve's pointer, with its newline, belongs to the file now.
  void Commit(size_t bytes) {
    used_ += bytes;
    ++buffered_lines_;
  }

  // Hands all committed lines to the system.
  void Flush();

  // Flushes and closes. DataLoss when any line was lost. Once; the destructor closes too, silently.
  // Standard output stays open.
  absl::Status Close();

  bool has_unflushed() const { return used_ > 0; }
  uint64_t written_lines() const { return written_lines_; }
  uint64_t lost_lines() const { return lost_lines_; }
  int error() const { return error_; }  // errno of the first failure; 0 when there was none.
  const std::string& path() const { return path_; }

 private:
  OutputFile(std::string path, int file);

  std::string path_;
  int file_;  // -1 = closed.
  std::unique_ptr<char[]> buffer_;
  size_t used_ = 0;
  uint64_t buffered_lines_ = 0;
  uint64_t written_lines_ = 0;
  uint64_t lost_lines_ = 0;
  int error_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_OUTPUT_FILE_H_
