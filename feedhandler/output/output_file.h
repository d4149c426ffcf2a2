// A file of lines, or of rows of one size, that is written in large pieces, and whose errors are
// never lost.
//
//   absl::StatusOr<OutputFile> file = OutputFile::Open("updates.csv", "output=updates.csv");
//   char* at = file->Reserve(kMaxLineBytes);
//   file->Commit(FormatLine(at));                                         // One line.
//   absl::Status status = file->Close();
//
// What it may be, and that it harms no other file, is told in output_claim.h. What an existing file
// held is gone with the first lines that are written, not before.
//
// One thread. Allocates its buffer in Open only. Reserve, Flush and Close may block in write(2).
// After the first error (a full disk, a pipe whose reader went) nothing more is written: a file
// with a hole in it would be worse than a short one. Lines that did not reach the file are counted,
// and Close says how many and why. The program must ignore SIGPIPE, or the reader of a pipe can end
// it.
#ifndef FEEDHANDLER_FEEDHANDLER_OUTPUT_OUTPUT_FILE_H_
#define FEEDHANDLER_FEEDHANDLER_OUTPUT_OUTPUT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "feedhandler/output/output_claim.h"
#include "feedhandler/output/system_file.h"

namespace fh {

class OutputFile {
 public:
  static constexpr size_t kBufferBytes = 1 << 18;

  // "-" is standard output. `name`: as in messages, with the path. `row_bytes`: what is written are
  // rows of so many bytes and not lines of text; "lines" below are rows then. Errors are
  // OutputClaim::Make's.
  static absl::StatusOr<OutputFile> Open(const std::string& path, const std::string& name,
                                         size_t row_bytes = 0);

  // Without Close before its end it is given up: what was not flushed is not written, and a file
  // that it made and has not written to goes again.
  OutputFile(OutputFile&& other) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;

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

  // Flushes and closes. DataLoss when any line was lost, unless the reader of standard output went
  // away (`| head`): it has what it wanted. Once. Standard output stays open.
  absl::Status Close();

  // Whether the reader of standard output went away while some OutputFile of this process wrote to
  // it: nothing is left to do for who only writes there. Any thread.
  static bool StandardOutputReaderLeft();

  bool has_unflushed() const { return used_ > 0; }
  uint64_t written_lines() const { return written_lines_; }
  uint64_t lost_lines() const { return lost_lines_; }
  int error() const { return error_; }  // errno of the first failure; 0 when there was none.
  const std::string& path() const { return claim_.path(); }
  // Of the terminal that it is, as it is now; zeros when it is none.
  system_file::ScreenSize SizeOfScreen() const {
    return system_file::SizeOfScreen(claim_.descriptor());
  }

 private:
  OutputFile(OutputClaim claim, size_t row_bytes);

  OutputClaim claim_;
  size_t row_bytes_;  // 0: lines of text.
  std::unique_ptr<char[]> buffer_;
  size_t used_ = 0;
  uint64_t buffered_lines_ = 0;
  uint64_t written_lines_ = 0;
  uint64_t lost_lines_ = 0;
  int error_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_OUTPUT_OUTPUT_FILE_H_
