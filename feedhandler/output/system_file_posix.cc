#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>

#include "feedhandler/output/system_file.h"

namespace fh::system_file {
namespace {

// There are several nodes for it where folders have a /dev of their own: the device counts.
bool IsNullDevice(const struct stat& about) {
  struct stat null {};
  return ::stat("/dev/null", &null) == 0 && S_ISCHR(null.st_mode) && null.st_rdev == about.st_rdev;
}

Facts FactsOf(const struct stat& about) {
  Facts facts;
  facts.identity = {about.st_dev, about.st_ino};
  facts.mode = about.st_mode & 07777;
  if (S_ISREG(about.st_mode)) {
    facts.kind = Kind::kRegular;
  } else if (S_ISDIR(about.st_mode)) {
    facts.kind = Kind::kFolder;
  } else if (S_ISFIFO(about.st_mode)) {
    facts.kind = Kind::kPipe;
  } else if (S_ISCHR(about.st_mode)) {
    facts.kind = IsNullDevice(about) ? Kind::kNullDevice : Kind::kDevice;
    facts.identity = {0, about.st_rdev + 1};  // Whatever node leads to it.
  } else if (S_ISBLK(about.st_mode)) {
    facts.kind = Kind::kDisk;
  } else if (S_ISSOCK(about.st_mode)) {
    facts.kind = Kind::kSocket;
  } else if (S_ISLNK(about.st_mode)) {
    facts.kind = Kind::kLink;
  } else {
    facts.kind = Kind::kUnknown;
    facts.error = EINVAL;
  }
  return facts;
}

Facts Failed() {
  if (errno == ENOENT || errno == EBADF) return {};
  return {.kind = Kind::kUnknown, .identity = {}, .error = errno};
}

// Waits until the descriptor takes bytes. False when the time is over; -1: as long as it takes.
bool WaitWritable(int file, int timeout_ms) {
  pollfd ready{.fd = file, .events = POLLOUT, .revents = 0};
  for (;;) {
    const int count = ::poll(&ready, 1, timeout_ms);
    if (count != -1 || errno != EINTR) return count > 0;
  }
}

}  // namespace

Facts LookAt(const char* path) {
  struct stat about {};
  return ::stat(path, &about) == 0 ? FactsOf(about) : Failed();
}

Facts LookAtLink(const char* path) {
  struct stat about {};
  return ::lstat(path, &about) == 0 ? FactsOf(about) : Failed();
}

Facts LookAtDescriptor(int descriptor) {
  struct stat about {};
  return ::fstat(descriptor, &about) == 0 ? FactsOf(about) : Failed();
}

std::string ResolvedPath(const std::string& path) {
  char* resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return "";
  std::string text(resolved);
  std::free(resolved);
  return text;
}

std::string FolderOf(const std::string& resolved_path) {
  return resolved_path.substr(0, resolved_path.rfind('/') + 1);
}

int OpenForWriting(const char* path, bool create) {
  return ::open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | (create ? O_CREAT : 0), 0666);
}

int OpenForAppending(const char* path, bool create) {
  return ::open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | (create ? O_CREAT : 0), 0666);
}

int LockForWriting(int file) {
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return 0;
  return errno == EWOULDBLOCK ? -1 : 0;
}

int LockForReplacing(const char* path) {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (file < 0 || LockForWriting(file) == 0) return file;
  ::close(file);
  errno = EWOULDBLOCK;
  return -1;
}

int OpenWithoutWaiting(const char* path) {
  return ::open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

int CreateNew(const char* path, uint32_t mode) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC | O_CREAT | O_EXCL, 0666);
  if (file >= 0 && mode != 0) (void)!::fchmod(file, mode);  // A courtesy: failing changes nothing.
  return file;
}

int Truncate(int file) { return ::ftruncate(file, 0); }

size_t WriteAll(int file, const char* data, size_t bytes) {
  return WriteAllWithin(file, data, bytes, /*timeout_ms=*/-1);
}

size_t WriteAllWithin(int file, const char* data, size_t bytes, int timeout_ms) {
  size_t done = 0;
  while (done < bytes) {
    const ssize_t written = ::write(file, data + done, bytes - done);
    if (written >= 0) {
      done += static_cast<size_t>(written);
    } else if (errno == EAGAIN) {
      // Standard output may have been made non-blocking by another process that shares it.
      if (!WaitWritable(file, timeout_ms)) {
        errno = EAGAIN;
        return done;
      }
    } else if (errno != EINTR) {  // A clean stop interrupts; that is no reason to lose lines.
      return done;
    }
  }
  return done;
}

// EINVAL: a file system that keeps nothing.
int Sync(int file) { return ::fsync(file) == 0 || errno == EINVAL ? 0 : -1; }

int Close(int file) { return ::close(file); }

ScreenSize SizeOfScreen(int file) {
  winsize size{};
  if (::ioctl(file, TIOCGWINSZ, &size) != 0) return {};
  return {.columns = size.ws_col, .rows = size.ws_row};
}

int Replace(const char* from, const char* to) { return ::rename(from, to); }

// Some file systems sync no folders; then the new name may take some seconds to get there.
void SyncFolder(const std::string& folder) {
  const int open = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (open < 0) return;
  (void)::fsync(open);
  ::close(open);
}

void Remove(const char* path) { ::unlink(path); }

}  // namespace fh::system_file
