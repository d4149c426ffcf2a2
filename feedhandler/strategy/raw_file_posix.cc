#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "feedhandler/strategy/raw_file.h"

namespace fh::raw_file {

int Create(const char* path) { return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666); }

size_t WriteAll(int file, const char* data, size_t bytes) {
  size_t done = 0;
  while (done < bytes) {
    const ssize_t written = write(file, data + done, bytes - done);
    if (written >= 0) {
      done += static_cast<size_t>(written);
    } else if (errno == EAGAIN) {
      // Standard output may have been made non-blocking by another process that shares it.
      pollfd ready{.fd = file, .events = POLLOUT, .revents = 0};
      poll(&ready, 1, -1);
    } else if (errno != EINTR) {  // A clean stop interrupts; that is no reason to lose lines.
      return done;
    }
  }
  return done;
}

int Close(int file) { return close(file); }

}  // namespace fh::raw_file
