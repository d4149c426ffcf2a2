#include <dlfcn.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codecs/shared_library.h"

namespace fh {

const char SharedLibrary::kSuffix[] = ".so";

SharedLibrary::~SharedLibrary() {
  if (handle_ != nullptr) dlclose(handle_);
}

bool SharedLibrary::IsPath(absl::string_view name) {
  return absl::StrContains(name, '/') || absl::EndsWith(name, kSuffix);
}

absl::StatusOr<SharedLibrary> SharedLibrary::Open(const std::string& path) {
  std::error_code error;
  const std::filesystem::path file = std::filesystem::absolute(path, error);
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return absl::NotFoundError(
        absl::StrCat(path, " does not exist (looked for ", file.string(), ")"));
  }
  if (status.type() == std::filesystem::file_type::directory) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is a folder: name the shared library in it"));
  }
  // RTLD_NOW: an unresolved symbol is refused here, not in the middle of the session.
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = dlerror();
    return absl::FailedPreconditionError(
        absl::StrCat(path, " cannot be loaded as a shared library: ",
                     reason != nullptr ? reason : "the system gives no reason",
                     "; build it as a MODULE or SHARED library for this machine"));
  }
  return SharedLibrary(handle);
}

void* SharedLibrary::Symbol(const char* name) const {
  return handle_ == nullptr ? nullptr : dlsym(handle_, name);
}

}  // namespace fh
