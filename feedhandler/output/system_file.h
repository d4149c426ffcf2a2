// The few calls of the operating system by which this program writes files
// (system_file_posix.cc, system_file_windows.cc; CMake picks one), and what they say of a path.
//
// A part of fh_output; programs use output_claim.h, output_file.h and replaced_file.h. Any thread.
// Every function makes system calls; what returns -1 has set errno.
#ifndef FEEDHANDLER_FEEDHANDLER_OUTPUT_SYSTEM_FILE_H_
#define FEEDHANDLER_FEEDHANDLER_OUTPUT_SYSTEM_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace fh::system_file {

inline constexpr int kStandardInput = 0;
inline constexpr int kStandardOutput = 1;
inline constexpr int kStandardError = 2;

enum class Kind : uint8_t {
  kMissing,  // Nothing is there.
  kRegular,  // A file that keeps what is written to it.
  kFolder,
  kPipe,        // With a name, or not.
  kDevice,      // One that takes bytes as they come: a terminal, /dev/full.
  kNullDevice,  // The one that swallows everything, for everybody.
  kDisk,        // A block device: writing to it destroys what is on it.
  kSocket,
  kLink,     // Only of LookAtLink.
  kUnknown,  // It cannot be looked at: Facts::error says why.
};

// The same for all names of one file: links, other spellings, descriptors.
struct Identity {
  uint64_t volume = 0;
  uint64_t file = 0;
  friend bool operator==(const Identity&, const Identity&) = default;
};

struct Facts {
  Kind kind = Kind::kMissing;
  Identity identity;  // Zero when the system tells none.
  int error = 0;      // errno, of kUnknown.
  uint32_t mode = 0;  // Permissions, where the system has them.

  bool IsSameFile(const Facts& other) const {
    return kind == other.kind && identity == other.identity && !(identity == Identity{});
  }
};

// What `path` leads to, links followed.
Facts LookAt(const char* path);
// What stands at `path` itself.
Facts LookAtLink(const char* path);
// What is open. kMissing when nothing is.
Facts LookAtDescriptor(int descriptor);

// The name without links and dots of a file that exists; empty when it has none.
std::string ResolvedPath(const std::string& path);
// Its folder, with the separator behind it, so that a name can be appended.
std::string FolderOf(const std::string& resolved_path);

// Opens for writing, at the start, without emptying it; `create`: makes the file if need be. May
// wait for the reader of a pipe. A descriptor, or -1.
int OpenForWriting(const char* path, bool create);
// The same for what others may keep waiting: never waits. -1 with ENXIO: a pipe that nobody reads.
int OpenWithoutWaiting(const char* path);
// The same with every write at the end of what the file holds then.
int OpenForAppending(const char* path, bool create);
// Keeps other programs that ask for the same from writing, until it is closed. 0, or -1; EWOULDBLOCK:
// another one was first. Where the file system knows no locks this is 0.
int LockForWriting(int file);
// The same for who replaces a file as a whole, until what this returns is closed. -1: EWOULDBLOCK when
// another program was first; else this system has no such lock.
int LockForReplacing(const char* path);
// Makes a file that was not there. `mode`: its permissions, where the system has them; 0: the
// usual ones.
int CreateNew(const char* path, uint32_t mode);

int Truncate(int file);

// Writes all of `bytes`, waiting as long as it takes. Returns how many were written: fewer only
// with errno set to the reason.
size_t WriteAll(int file, const char* data, size_t bytes);
// The same, but gives up with EAGAIN when nothing could be written for `timeout_ms`.
size_t WriteAllWithin(int file, const char* data, size_t bytes, int timeout_ms);

// Waits until the disk has what was written, so that it outlives a power cut. 0, or -1.
int Sync(int file);

// 0, or -1: some file systems report a failed write only here.
int Close(int file);

// Of a terminal, in characters; 0: not known, or it is none.
struct ScreenSize {
  size_t columns = 0;
  size_t rows = 0;
  friend bool operator==(const ScreenSize&, const ScreenSize&) = default;
};
// As it is now: it may be another one with every call.
ScreenSize SizeOfScreen(int file);

// Puts `from` in the place of `to`, at once for whoever looks; both in one folder. 0, or -1.
int Replace(const char* from, const char* to);
// Waits until the disk has the names in a folder, where the system can be asked to.
void SyncFolder(const std::string& folder);
void Remove(const char* path);

}  // namespace fh::system_file

#endif  // FEEDHANDLER_FEEDHANDLER_OUTPUT_SYSTEM_FILE_H_
