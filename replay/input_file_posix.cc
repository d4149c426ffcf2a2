#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "replay/input_file.h"

namespace fh::replay {
namespace {

// Nothing for what is not an ordinary file.
std::optional<uint64_t> SizeOf(int descriptor) {
  struct stat about {};
  if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
  return static_cast<uint64_t>(about.st_size);
}

}  // namespace

absl::StatusOr<InputFile> InputFile::Open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, "cannot open " + path);
  InputFile file(descriptor, /*owned=*/true);
  file.size_bytes_ = SizeOf(descriptor);
#ifdef POSIX_FADV_SEQUENTIAL
  posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);  // A hint: failing changes nothing.
#endif
  return file;
}

InputFile InputFile::StandardInput() {
  InputFile file(STDIN_FILENO, /*owned=*/false);
  file.size_bytes_ = SizeOf(STDIN_FILENO);
  return file;
}

absl::StatusOr<size_t> InputFile::Read(std::span<uint8_t> to) {
  for (;;) {
    const ssize_t got = read(descriptor_, to.data(), to.size());
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR) return absl::ErrnoToStatus(errno, "cannot read");
  }
}

void InputFile::Close() { close(descriptor_); }

}  // namespace fh::replay
