// The few calls of the operating system behind OutputFile (raw_file_posix.cc, raw_file_windows.cc).
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_RAW_FILE_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_RAW_FILE_H_

#include <cstddef>

namespace fh::raw_file {

inline constexpr int kStandardOutput = 1;

// Creates or empties `path` for writing. A descriptor, or -1 with errno.
int Create(const char* path);

// Writes all of `bytes`, waiting as long as it takes. Returns how many were written: fewer only
// with errno set to the reason.
size_t WriteAll(int file, const char* data, size_t bytes);

// 0, or -1 with errno: some file systems report a failed write only here.
int Close(int file);

}  // namespace fh::raw_file

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_RAW_FILE_H_
