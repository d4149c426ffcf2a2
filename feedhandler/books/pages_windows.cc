#include <windows.h>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "feedhandler/books/pages.h"

namespace fh::books {

// Large pages need a privilege that programs seldom have, so they are not asked for.
absl::StatusOr<Pages> Pages::Map(size_t bytes, bool /*huge*/) {
  Pages pages;
  pages.mapping_ =
      VirtualAlloc(nullptr, bytes == 0 ? 1 : bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (pages.mapping_ == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for a table of ", bytes,
                     " bytes for books: configure fewer orders, levels or instruments"));
  }
  pages.data_ = pages.mapping_;
  pages.bytes_ = bytes;
  pages.mapped_bytes_ = bytes;
  constexpr size_t kPageBytes = 4096;
  for (size_t offset = 0; offset < bytes; offset += kPageBytes) {
    static_cast<volatile char*>(pages.data_)[offset] = 0;
  }
  return pages;
}

Pages::~Pages() {
  if (mapping_ != nullptr) VirtualFree(mapping_, 0, MEM_RELEASE);
}

size_t Pages::huge_bytes() const { return 0; }

}  // namespace fh::books
