// A shared library that is open until this object goes. The only part of the plugin loaders
// (plugin_loader.h here, feedhandler/strategy/loader.h) that knows the operating system
// (shared_library_posix.cc, shared_library_windows.cc).
#ifndef FEEDHANDLER_CODECS_SHARED_LIBRARY_H_
#define FEEDHANDLER_CODECS_SHARED_LIBRARY_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace fh {

class SharedLibrary {
 public:
  static const char kSuffix[];  // How the names of shared libraries end on this system.

  SharedLibrary() = default;  // No library.
  SharedLibrary(SharedLibrary&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  SharedLibrary& operator=(SharedLibrary&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~SharedLibrary();

  // Whether a name means a file rather than something of the program: it names a folder or ends as
  // shared libraries do here.
  static bool IsPath(absl::string_view name);

  // `path` is a file, never searched for elsewhere: one without a folder is in the working folder.
  // All of the library's symbols are resolved now and stay its own. NotFound when there is no such
  // file, FailedPrecondition with the system's words when it cannot be loaded.
  static absl::StatusOr<SharedLibrary> Open(const std::string& path);

  // Null when the library does not export it.
  void* Symbol(const char* name) const;

 private:
  explicit SharedLibrary(void* handle) : handle_(handle) {}

  void* handle_ = nullptr;
};

}  // namespace fh

#endif  // FEEDHANDLER_CODECS_SHARED_LIBRARY_H_
