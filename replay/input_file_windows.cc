#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "replay/input_file.h"

namespace fh::replay {
namespace {

constexpr int kStandardInput = 0;
constexpr size_t kMaxReadBytes = 1u << 30;  // _read takes an unsigned int.

std::optional<uint64_t> SizeOf(int descriptor) {
  struct _stat64 about {};
  if (_fstat64(descriptor, &about) != 0 || (about.st_mode & _S_IFREG) == 0) return std::nullopt;
  return static_cast<uint64_t>(about.st_size);
}

}  // namespace

absl::StatusOr<InputFile> InputFile::Open(const std::string& path) {
  const int descriptor = _open(path.c_str(), _O_RDONLY | _O_BINARY | _O_SEQUENTIAL);
  if (descriptor < 0) {
    const int error = errno;
    std::error_code unknown;
    // The system says only that permission was denied.
    if (std::filesystem::is_directory(path, unknown)) {
      return absl::ErrnoToStatus(EISDIR, path + ": cannot read");
    }
    return absl::ErrnoToStatus(error, "cannot open " + path);
  }
  InputFile file(descriptor, /*owned=*/true);
  file.size_bytes_ = SizeOf(descriptor);
  return file;
}

InputFile InputFile::StandardInput() {
  _setmode(kStandardInput, _O_BINARY);
  InputFile file(kStandardInput, /*owned=*/false);
  file.size_bytes_ = SizeOf(kStandardInput);
  return file;
}

absl::StatusOr<size_t> InputFile::Read(std::span<uint8_t> to) {
  const auto most = static_cast<unsigned>(std::min(to.size(), kMaxReadBytes));
  const int got = _read(descriptor_, to.data(), most);
  if (got < 0) return absl::ErrnoToStatus(errno, "cannot read");
  return static_cast<size_t>(got);
}

void InputFile::Close() { _close(descriptor_); }

}  // namespace fh::replay
