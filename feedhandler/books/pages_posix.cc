#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "feedhandler/books/pages.h"

namespace fh::books {
namespace {

constexpr size_t kHugePageBytes = 2u << 20;

}  // namespace

absl::StatusOr<Pages> Pages::Map(size_t bytes, bool huge) {
  huge = huge && bytes >= kHugePageBytes;
  const size_t unit = huge ? kHugePageBytes : static_cast<size_t>(sysconf(_SC_PAGESIZE));
  if (bytes > SIZE_MAX / 2) return absl::ResourceExhaustedError("a table of books is too large");
  Pages pages;
  pages.bytes_ = bytes;
  pages.mapped_bytes_ = (bytes + unit - 1) / unit * unit + (huge ? unit : 0);
  void* const mapping = mmap(nullptr, pages.mapped_bytes_, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) {
    pages.mapped_bytes_ = 0;
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for a table of ", bytes, " bytes for books (", std::strerror(errno),
                     "): configure fewer orders, levels or instruments"));
  }
  pages.mapping_ = mapping;
  auto* first = static_cast<uint8_t*>(mapping);
  if (huge) {
    const size_t past = reinterpret_cast<uintptr_t>(mapping) % unit;
    if (past != 0) first += unit - past;
#ifdef MADV_HUGEPAGE
    madvise(first, (bytes + unit - 1) / unit * unit, MADV_HUGEPAGE);
#endif
  }
  pages.data_ = first;
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  for (size_t offset = 0; offset < bytes; offset += page) {
    static_cast<volatile uint8_t*>(first)[offset] = 0;
  }
  return pages;
}

Pages::~Pages() {
  if (mapping_ != nullptr) munmap(mapping_, mapped_bytes_);
}

size_t Pages::huge_bytes() const {
  std::ifstream maps("/proc/self/smaps");
  std::string line;
  const auto first = reinterpret_cast<uintptr_t>(data_);
  bool is_ours = false;
  size_t huge = 0;
  while (std::getline(maps, line)) {
    unsigned long long low = 0;
    unsigned long long high = 0;
    unsigned long long kib = 0;
    if (std::sscanf(line.c_str(), "%llx-%llx ", &low, &high) == 2) {
      is_ours = low < first + bytes_ && high > first;
    } else if (is_ours && std::sscanf(line.c_str(), "AnonHugePages: %llu kB", &kib) == 1) {
      huge += kib * 1024;
    }
  }
  return huge < bytes_ ? huge : bytes_;
}

}  // namespace fh::books
