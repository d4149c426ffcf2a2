// Windows: VirtualAlloc and VirtualAllocExNuma, large pages with the privilege SeLockMemory, and
// VirtualLock within the working set that it needs.
#include <windows.h>

#include <cstring>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "rio/memory/region_platform.h"

namespace fh::rio {
namespace {

size_t RoundUp(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

size_t PageBytes() {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwPageSize;
}

std::string ErrorText(DWORD error) {
  return absl::StrCat(std::system_category().message(static_cast<int>(error)), ", code ", error);
}

// Large pages need SeLockMemoryPrivilege, which an account is granted and a process switches on.
// 0, or the error.
DWORD EnableLockMemoryPrivilege() {
  HANDLE token = nullptr;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token)) {
    return GetLastError();
  }
  TOKEN_PRIVILEGES privileges{};
  privileges.PrivilegeCount = 1;
  privileges.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
  DWORD error = 0;
  if (!LookupPrivilegeValueW(nullptr, L"SeLockMemoryPrivilege", &privileges.Privileges[0].Luid)) {
    error = GetLastError();
  } else if (!AdjustTokenPrivileges(token, FALSE, &privileges, 0, nullptr, nullptr)) {
    error = GetLastError();
  } else {
    error = GetLastError();  // ERROR_NOT_ALL_ASSIGNED: the account lacks it.
  }
  CloseHandle(token);
  return error;
}

void* Allocate(size_t bytes, DWORD type, std::optional<int> node) {
  type |= MEM_RESERVE | MEM_COMMIT;
  if (!node) return VirtualAlloc(nullptr, bytes, type, PAGE_READWRITE);
  return VirtualAllocExNuma(GetCurrentProcess(), nullptr, bytes, type, PAGE_READWRITE,
                            static_cast<DWORD>(*node));
}

// The node wished for when there is such a one, else a note.
std::optional<int> CheckNode(const RegionOptions& options, std::vector<std::string>& notes) {
  if (!options.numa_node) return std::nullopt;
  ULONG highest = 0;
  if (!GetNumaHighestNodeNumber(&highest)) highest = 0;
  if (static_cast<ULONG>(*options.numa_node) <= highest) return options.numa_node;
  notes.push_back(absl::StrCat("the region is not bound to NUMA node ", *options.numa_node,
                               " (no such node); this host has nodes: 0-", highest,
                               ". Name one of these, or leave numa_node out"));
  return std::nullopt;
}

PageMapping AllocateLarge(size_t bytes, std::optional<int> node, std::vector<std::string>& notes) {
  const size_t large_page = GetLargePageMinimum();
  DWORD error = large_page == 0 ? DWORD{ERROR_NOT_SUPPORTED} : EnableLockMemoryPrivilege();
  PageMapping pages;
  if (error == ERROR_SUCCESS) {
    pages.mapped_bytes = RoundUp(bytes, large_page);
    pages.mapping = Allocate(pages.mapped_bytes, MEM_LARGE_PAGES, node);
    error = GetLastError();
  }
  if (pages.mapping == nullptr) {
    notes.push_back(absl::StrCat(
        "no large pages for the region (", ErrorText(error),
        "); ordinary ones are used. Grant the account \"Lock pages in memory\" (secpol.msc, Local "
        "Policies, User Rights Assignment), log on again, and start soon after the boot, while "
        "memory is not fragmented"));
    return {};
  }
  pages.first = static_cast<uint8_t*>(pages.mapping);
  return pages;
}

// VirtualLock takes no more than the process's minimum working set, so that is raised first.
void Lock(const PageMapping& pages, size_t bytes, std::vector<std::string>& notes) {
  SIZE_T minimum = 0;
  SIZE_T maximum = 0;
  if (GetProcessWorkingSetSize(GetCurrentProcess(), &minimum, &maximum)) {
    SetProcessWorkingSetSize(GetCurrentProcess(), minimum + bytes + (1u << 20),
                             maximum + bytes + (2u << 20));
  }
  if (VirtualLock(pages.first, bytes)) return;
  notes.push_back(absl::StrCat(
      "the region is not locked in memory (", ErrorText(GetLastError()), "): it needs ",
      (bytes + 1023) / 1024,
      " KiB in the working set. Grant the account \"Increase a process working set\" and \"Lock "
      "pages in memory\" (secpol.msc, Local Policies, User Rights Assignment)"));
}

}  // namespace

absl::StatusOr<PageMapping> MapPages(size_t bytes, const RegionOptions& options,
                                     std::vector<std::string>& notes) {
  const std::optional<int> node = CheckNode(options, notes);
  PageMapping pages;
  if (options.huge_pages) pages = AllocateLarge(bytes, node, notes);
  const bool is_large = pages.first != nullptr;
  if (!is_large) {
    pages.mapped_bytes = RoundUp(bytes, PageBytes());
    pages.mapping = Allocate(pages.mapped_bytes, 0, node);
    if (pages.mapping == nullptr) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "no memory for ", options.slice_count, " slices of ", options.slice_bytes, " bytes (",
          ErrorText(GetLastError()), "): ask for fewer or smaller slices"));
    }
    pages.first = static_cast<uint8_t*>(pages.mapping);
  }
  for (size_t offset = 0; offset < bytes; offset += PageBytes()) {
    static_cast<volatile uint8_t*>(pages.first)[offset] = 0;
  }
  // Large pages are never paged out.
  if (options.lock && !is_large) Lock(pages, bytes, notes);
  return pages;
}

void UnmapPages(void* mapping, size_t) { VirtualFree(mapping, 0, MEM_RELEASE); }

}  // namespace fh::rio
