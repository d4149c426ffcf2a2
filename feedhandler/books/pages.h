// Memory for tables: on huge pages where the host gives them, zeroed, touched at the start.
//
//   absl::StatusOr<Pages> pages = Pages::Map(64 << 20);
//   Use(pages->data());
//   Print(pages->huge_bytes());   // What the host gave; 0: ordinary pages.
//
// Map and the destructor call the system; a table of less than a huge page is on ordinary ones.
#ifndef FEEDHANDLER_FEEDHANDLER_BOOKS_PAGES_H_
#define FEEDHANDLER_FEEDHANDLER_BOOKS_PAGES_H_

#include <cstddef>
#include <utility>

#include "absl/status/statusor.h"

namespace fh::books {

class Pages {
 public:
  // `bytes` of zeroes, aligned to a cache line at least. RESOURCE_EXHAUSTED when the host has not as
  // much. `huge`: ask for huge pages.
  static absl::StatusOr<Pages> Map(size_t bytes, bool huge = true);

  Pages() = default;
  Pages(Pages&& other) noexcept { *this = std::move(other); }
  Pages& operator=(Pages&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    std::swap(mapping_, other.mapping_);
    std::swap(mapped_bytes_, other.mapped_bytes_);
    return *this;
  }
  ~Pages();

  void* data() const { return data_; }
  size_t bytes() const { return bytes_; }
  // How much of it lies on huge pages now. Reads a file of the kernel: not for a hot path.
  size_t huge_bytes() const;

 private:
  void* data_ = nullptr;
  size_t bytes_ = 0;
  void* mapping_ = nullptr;  // What to unmap: it may start before data_.
  size_t mapped_bytes_ = 0;
};

}  // namespace fh::books

#endif  // FEEDHANDLER_FEEDHANDLER_BOOKS_PAGES_H_
