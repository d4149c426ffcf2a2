// The few things of the operating system that tests use and that have another name, or no
// counterpart, on Windows. A test of what a system lacks is skipped there, with the reason.
//
//   if (!MakeFifo(path)) GTEST_SKIP() << kNoFifos;
#ifndef FEEDHANDLER_TESTS_PLATFORM_H_
#define FEEDHANDLER_TESTS_PLATFORM_H_

#include <fcntl.h>
#include <sys/stat.h>

#include <ctime>
#include <string>

#if defined(_WIN32)
#include <io.h>
#include <process.h>
#else
#include <unistd.h>
#endif

namespace fh::test {

inline constexpr char kNoFifos[] = "skipped: this system has no pipes with a name in a folder";
inline constexpr char kNoFullDevice[] = "skipped: this system has no /dev/full";

#if defined(_WIN32)

inline constexpr bool kWindows = true;
inline constexpr char kPluginSuffix[] = ".dll";
inline constexpr char kNullDevice[] = "NUL";

inline int ProcessId() { return _getpid(); }
inline bool MakeFifo(const std::string&) { return false; }
inline bool HasFullDevice() { return false; }
// Whatever the permissions of a folder say.
inline bool MayWriteEverywhere() { return true; }
inline int64_t UnixSeconds(std::tm* utc) { return _mkgmtime(utc); }
// Both ends carry bytes as they are, without a translation of line ends.
inline bool MakePipe(int (&ends)[2]) { return _pipe(ends, 1 << 16, _O_BINARY) == 0; }

#else

inline constexpr bool kWindows = false;
inline constexpr char kPluginSuffix[] = ".so";
inline constexpr char kNullDevice[] = "/dev/null";

inline int ProcessId() { return getpid(); }
inline bool MakeFifo(const std::string& path) { return mkfifo(path.c_str(), 0600) == 0; }
inline bool HasFullDevice() { return access("/dev/full", W_OK) == 0; }
inline bool MayWriteEverywhere() { return geteuid() == 0; }
inline int64_t UnixSeconds(std::tm* utc) { return timegm(utc); }
inline bool MakePipe(int (&ends)[2]) { return pipe(ends) == 0; }

#endif

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_PLATFORM_H_
