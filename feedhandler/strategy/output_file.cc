#include "feedhandler/strategy/output_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "feedhandler/strategy/raw_file.h"

namespace fh {

OutputFile::OutputFile(std::string path, int file)
    : path_(std::move(path)), file_(file), buffer_(std::make_unique<char[]>(kBufferBytes)) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      buffer_(std::move(other.buffer_)),
      used_(std::exchange(other.used_, 0)),
      buffered_lines_(std::exchange(other.buffered_lines_, 0)),
      written_lines_(other.written_lines_),
      lost_lines_(other.lost_lines_),
      error_(other.error_) {}

OutputFile::~OutputFile() {
  if (file_ >= 0) (void)Close();
}

absl::StatusOr<OutputFile> OutputFile::Open(const std::string& path) {
  if (path.empty()) {
    return absl::InvalidArgumentError("output= names no file: give one, or - for standard output");
  }
  if (path == "-") return OutputFile("standard output", raw_file::kStandardOutput);
  const int file = raw_file::Create(path.c_str());
  if (file < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot write ", path, ": ", std::strerror(errno),
                     "; name a file in an existing folder that you may write to, or - for "
                     "standard output"));
  }
  return OutputFile(path, file);
}

void OutputFile::Flush() {
  size_t written_bytes = 0;
  if (error_ == 0 && used_ > 0) {
    written_bytes = raw_file::WriteAll(file_, buffer_.get(), used_);
    if (written_bytes < used_) error_ = errno;
  }
  uint64_t lines = buffered_lines_;
  if (written_bytes < used_) {
    lines = static_cast<uint64_t>(std::count(buffer_.get(), buffer_.get() + written_bytes, '\n'));
  }
  written_lines_ += lines;
  lost_lines_ += buffered_lines_ - lines;
  used_ = 0;
  buffered_lines_ = 0;
}

absl::Status OutputFile::Close() {
  Flush();
  const int file = std::exchange(file_, -1);
  if (file > raw_file::kStandardOutput && raw_file::Close(file) != 0 && error_ == 0) {
    error_ = errno;
  }
  if (error_ == 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("writing ", path_, " failed: ", std::strerror(error_),
                                          "; ", written_lines_, " lines were written, ",
                                          lost_lines_, " are lost"));
}

}  // namespace fh
