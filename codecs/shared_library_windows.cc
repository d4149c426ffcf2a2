#include <windows.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "codecs/shared_library.h"

namespace fh {
namespace {

std::string SystemMessage(DWORD error) {
  char text[512];
  DWORD length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr,
                                error, 0, text, sizeof text, nullptr);
  while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r' ||
                        text[length - 1] == '.' || text[length - 1] == ' ')) {
    --length;
  }
  if (length == 0) return absl::StrCat("error ", error);
  return std::string(text, length);
}

}  // namespace

const char SharedLibrary::kSuffix[] = ".dll";

SharedLibrary::~SharedLibrary() {
  if (handle_ != nullptr) FreeLibrary(static_cast<HMODULE>(handle_));
}

bool SharedLibrary::IsPath(absl::string_view name) {
  return absl::StrContains(name, '/') || absl::StrContains(name, '\\') ||
         absl::EndsWithIgnoreCase(name, kSuffix);
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
  // With this flag the library's own folder is searched for what it needs, not the program's.
  HMODULE handle = LoadLibraryExW(file.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  if (handle == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " cannot be loaded as a shared library: ", SystemMessage(GetLastError()),
                     "; build it as a MODULE or SHARED library for this machine"));
  }
  return SharedLibrary(handle);
}

void* SharedLibrary::Symbol(const char* name) const {
  if (handle_ == nullptr) return nullptr;
  return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(handle_), name));
}

}  // namespace fh
