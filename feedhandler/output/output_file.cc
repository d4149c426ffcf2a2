#include "feedhandler/output/output_file.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "feedhandler/output/system_file.h"

namespace fh {
namespace {

std::atomic<bool> standard_output_reader_left{false};

}  // namespace

bool OutputFile::StandardOutputReaderLeft() {
  return standard_output_reader_left.load(std::memory_order_relaxed);
}

OutputFile::OutputFile(OutputClaim claim, size_t row_bytes)
    : claim_(std::move(claim)),
      row_bytes_(row_bytes),
      buffer_(std::make_unique<char[]>(kBufferBytes)) {}

absl::StatusOr<OutputFile> OutputFile::Open(const std::string& path, const std::string& name,
                                            size_t row_bytes) {
  absl::StatusOr<OutputClaim> claim = OutputClaim::Make(path, name);
  if (!claim.ok()) return claim.status();
  return OutputFile(*std::move(claim), row_bytes);
}

void OutputFile::Flush() {
  size_t written_bytes = 0;
  if (error_ == 0) error_ = claim_.Begin();
  if (error_ == 0 && used_ > 0) {
    written_bytes = system_file::WriteAll(claim_.descriptor(), buffer_.get(), used_);
    if (written_bytes < used_) error_ = errno;
    if (error_ == EPIPE && claim_.is_standard()) standard_output_reader_left.store(true);
  }
  uint64_t lines = buffered_lines_;
  if (written_bytes < used_) {
    lines =
        row_bytes_ != 0
            ? written_bytes / row_bytes_
            : static_cast<uint64_t>(std::count(buffer_.get(), buffer_.get() + written_bytes, '\n'));
  }
  written_lines_ += lines;
  lost_lines_ += buffered_lines_ - lines;
  used_ = 0;
  buffered_lines_ = 0;
}

absl::Status OutputFile::Close() {
  Flush();
  const int close_error = claim_.Close();
  if (error_ == 0) error_ = close_error;
  if (error_ == 0 || (error_ == EPIPE && claim_.is_standard())) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      "writing ", path(), " failed: ", std::strerror(error_), "; ", written_lines_,
      row_bytes_ != 0 ? " rows" : " lines", " were written, ", lost_lines_, " are lost"));
}

}  // namespace fh
