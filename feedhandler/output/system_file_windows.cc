#include <windows.h>
// After windows.h, which it needs.
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "feedhandler/output/system_file.h"

namespace fh::system_file {
namespace {

constexpr size_t kMaxWriteBytes = 1u << 30;  // _write takes an unsigned int.

bool EqualsIgnoringCase(std::string_view text, std::string_view other) {
  return text.size() == other.size() &&
         std::equal(text.begin(), text.end(), other.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) ==
                  std::tolower(static_cast<unsigned char>(b));
         });
}

// NUL in any folder, and with the prefix of devices.
bool NamesNullDevice(std::string_view path) {
  const size_t folder = path.find_last_of("\\/:");
  if (folder != std::string_view::npos) path.remove_prefix(folder + 1);
  return EqualsIgnoringCase(path, "nul") || EqualsIgnoringCase(path, "nul:");
}

// Opening such a name takes the place of its reader.
bool NamesPipe(std::string_view path) {
  constexpr std::string_view kPrefix = "\\\\.\\pipe\\";
  return EqualsIgnoringCase(path.substr(0, std::min(path.size(), kPrefix.size())), kPrefix);
}

Facts FactsOf(HANDLE handle) {
  switch (::GetFileType(handle)) {
    case FILE_TYPE_PIPE:
      return {.kind = Kind::kPipe};
    case FILE_TYPE_CHAR:
      return {.kind = Kind::kDevice};
    case FILE_TYPE_DISK:
      break;
    default:
      return {.kind = Kind::kUnknown, .identity = {}, .error = EINVAL};
  }
  BY_HANDLE_FILE_INFORMATION about{};
  if (!::GetFileInformationByHandle(handle, &about)) {
    return {.kind = Kind::kUnknown, .identity = {}, .error = EIO};
  }
  const bool folder = (about.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  return {.kind = folder ? Kind::kFolder : Kind::kRegular,
          .identity = {.volume = about.dwVolumeSerialNumber,
                       .file = uint64_t{about.nFileIndexHigh} << 32 | about.nFileIndexLow}};
}

Facts Failed() {
  switch (::GetLastError()) {
    case ERROR_FILE_NOT_FOUND:
      return {};
    case ERROR_PATH_NOT_FOUND:
      return {};  // Creating it says what is missing.
    case ERROR_ACCESS_DENIED:
      return {.kind = Kind::kUnknown, .identity = {}, .error = EACCES};
    default:
      return {.kind = Kind::kUnknown, .identity = {}, .error = EINVAL};
  }
}

Facts LookAtPath(const char* path, DWORD more_flags) {
  if (NamesNullDevice(path)) return {.kind = Kind::kNullDevice, .identity = {0, 1}};
  if (NamesPipe(path)) return {.kind = Kind::kPipe};
  const HANDLE handle = ::CreateFileA(
      path, FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
      OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | more_flags, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return Failed();
  const Facts facts = FactsOf(handle);
  ::CloseHandle(handle);
  return facts;
}

}  // namespace

Facts LookAt(const char* path) { return LookAtPath(path, 0); }

Facts LookAtLink(const char* path) {
  const DWORD attributes = ::GetFileAttributesA(path);
  if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
    return {.kind = Kind::kLink};
  }
  return LookAtPath(path, FILE_FLAG_OPEN_REPARSE_POINT);
}

Facts LookAtDescriptor(int descriptor) {
  const auto handle = reinterpret_cast<HANDLE>(::_get_osfhandle(descriptor));
  if (handle == INVALID_HANDLE_VALUE) return {};
  return FactsOf(handle);
}

std::string ResolvedPath(const std::string& path) {
  std::error_code error;
  const std::filesystem::path resolved = std::filesystem::canonical(path, error);
  return error ? std::string() : resolved.string();
}

std::string FolderOf(const std::string& resolved_path) {
  return resolved_path.substr(0, resolved_path.find_last_of("\\/") + 1);
}

int OpenForWriting(const char* path, bool create) {
  return ::_open(path, _O_WRONLY | _O_BINARY | _O_NOINHERIT | (create ? _O_CREAT : 0),
                 _S_IREAD | _S_IWRITE);
}

int OpenForAppending(const char* path, bool create) {
  return ::_open(path, _O_WRONLY | _O_APPEND | _O_BINARY | _O_NOINHERIT | (create ? _O_CREAT : 0),
                 _S_IREAD | _S_IWRITE);
}

int LockForWriting(int file) {
  // A byte that no file has: what is locked cannot be read by others here.
  OVERLAPPED at{};
  at.Offset = 0xFFFFFFFE;
  at.OffsetHigh = 0x7FFFFFFF;
  if (::LockFileEx(reinterpret_cast<HANDLE>(::_get_osfhandle(file)),
                   LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)) {
    return 0;
  }
  if (::GetLastError() != ERROR_LOCK_VIOLATION && ::GetLastError() != ERROR_IO_PENDING) return 0;
  errno = EWOULDBLOCK;
  return -1;
}

// A file that is open is replaced by nobody here.
int LockForReplacing(const char*) {
  errno = ENOSYS;
  return -1;
}

int OpenWithoutWaiting(const char* path) { return OpenForWriting(path, /*create=*/false); }

int CreateNew(const char* path, uint32_t) {
  return ::_open(path, _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT,
                 _S_IREAD | _S_IWRITE);
}

int Truncate(int file) { return ::_chsize_s(file, 0) == 0 ? 0 : -1; }

size_t WriteAll(int file, const char* data, size_t bytes) {
  size_t done = 0;
  while (done < bytes) {
    const auto most = static_cast<unsigned>(std::min(bytes - done, kMaxWriteBytes));
    const int written = ::_write(file, data + done, most);
    if (written <= 0) {
      if (written == 0) errno = ENOSPC;  // The C runtime's word for a full disk.
      return done;
    }
    done += static_cast<size_t>(written);
  }
  return done;
}

size_t WriteAllWithin(int file, const char* data, size_t bytes, int) {
  return WriteAll(file, data, bytes);
}

ScreenSize SizeOfScreen(int file) {
  CONSOLE_SCREEN_BUFFER_INFO info;
  const auto handle = reinterpret_cast<HANDLE>(_get_osfhandle(file));
  if (GetConsoleScreenBufferInfo(handle, &info) == 0) return {};
  return {.columns = static_cast<size_t>(info.srWindow.Right - info.srWindow.Left + 1),
          .rows = static_cast<size_t>(info.srWindow.Bottom - info.srWindow.Top + 1)};
}

int Sync(int file) { return ::_commit(file); }

int Close(int file) { return ::_close(file); }

int Replace(const char* from, const char* to) {
  if (::MoveFileExA(from, to, MOVEFILE_REPLACE_EXISTING)) return 0;
  errno = ::GetLastError() == ERROR_PATH_NOT_FOUND ? ENOENT : EACCES;
  return -1;
}

void SyncFolder(const std::string&) {}  // The file system's journal has the name.

void Remove(const char* path) { ::DeleteFileA(path); }

}  // namespace fh::system_file
