#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "feedhandler/strategy/raw_file.h"

namespace fh::raw_file {
namespace {

constexpr size_t kMaxWriteBytes = 1u << 30;  // _write takes an unsigned int.

}  // namespace

int Create(const char* path) {
  return _open(path, _O_WRONLY | _O_CREAT | _O_TRUNC | _O_BINARY | _O_NOINHERIT,
               _S_IREAD | _S_IWRITE);
}

size_t WriteAll(int file, const char* data, size_t bytes) {
  size_t done = 0;
  while (done < bytes) {
    const auto most = static_cast<unsigned>(std::min(bytes - done, kMaxWriteBytes));
    const int written = _write(file, data + done, most);
    if (written <= 0) {
      if (written == 0) errno = ENOSPC;  // The C runtime's word for a full disk.
      return done;
    }
    done += static_cast<size_t>(written);
  }
  return done;
}

int Close(int file) { return _close(file); }

}  // namespace fh::raw_file
