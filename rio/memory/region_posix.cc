// Linux: mmap(2), madvise(2), mlock(2) and mbind(2), the last as a raw system call so that libnuma
// is not needed.
#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "rio/memory/region_platform.h"

namespace fh::rio {
namespace {

constexpr size_t kHugePageBytes = 2u << 20;
constexpr int kMaxNumaNodes = 1024;  // The kernel's own limit, MAX_NUMNODES on x86-64.

size_t RoundUp(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

size_t PageBytes() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

// Anonymous memory, `alignment` bytes aligned by mapping that much more. Null when there is none.
PageMapping MapAnonymous(size_t bytes, size_t alignment, int extra_flags) {
  const bool align_by_hand = alignment > PageBytes() && extra_flags == 0;
  PageMapping pages;
  pages.mapped_bytes = RoundUp(bytes, alignment) + (align_by_hand ? alignment : 0);
  void* mapping = mmap(nullptr, pages.mapped_bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | extra_flags, -1, 0);
  if (mapping == MAP_FAILED) return {};
  pages.mapping = mapping;
  pages.first = static_cast<uint8_t*>(mapping);
  if (align_by_hand) {
    const size_t past = reinterpret_cast<uintptr_t>(mapping) % alignment;
    if (past != 0) pages.first += alignment - past;
  }
  return pages;
}

// Faults every page in. Asks the kernel to do it, because a huge page that the chosen NUMA node
// lacks is then an error instead of SIGBUS; touches by hand where it cannot (before Linux 5.14).
bool Populate(uint8_t* first, size_t bytes) {
  const size_t page = PageBytes();
  if (madvise(first, RoundUp(bytes, page), MADV_POPULATE_WRITE) == 0) return true;
  if (errno != EINVAL) return false;
  for (size_t offset = 0; offset < bytes; offset += page) {
    static_cast<volatile uint8_t*>(first)[offset] = 0;
  }
  return true;
}

std::string OnlineNodes() {
  std::ifstream file("/sys/devices/system/node/online");
  std::string nodes;
  if (!std::getline(file, nodes) || nodes.empty()) return "only node 0";
  return nodes;
}

void BindToNode(const PageMapping& pages, int node, std::vector<std::string>& notes) {
  constexpr size_t kBits = sizeof(unsigned long) * CHAR_BIT;
  std::array<unsigned long, kMaxNumaNodes / kBits> mask{};
  if (node < kMaxNumaNodes) {
    mask[static_cast<size_t>(node) / kBits] |= 1ul << (static_cast<size_t>(node) % kBits);
    // The kernel reads one bit less than it is told (mbind(2), "maxnode").
    if (syscall(SYS_mbind, pages.mapping, pages.mapped_bytes, MPOL_BIND, mask.data(),
                kMaxNumaNodes + 1, 0) == 0) {
      return;
    }
  } else {
    errno = EINVAL;
  }
  notes.push_back(absl::StrCat("the region is not bound to NUMA node ", node, " (",
                               std::strerror(errno), "); this host has nodes: ", OnlineNodes(),
                               ". Name one of these, or leave numa_node out"));
}

void Lock(const PageMapping& pages, size_t bytes, std::vector<std::string>& notes) {
  if (mlock(pages.first, bytes) == 0) return;
  const int error = errno;
  rlimit limit{};
  getrlimit(RLIMIT_MEMLOCK, &limit);
  notes.push_back(absl::StrCat(
      "the region is not locked in memory (", std::strerror(error), "): it needs ",
      (bytes + 1023) / 1024, " KiB, and the limit is ", limit.rlim_cur / 1024,
      " KiB. Raise it (ulimit -l, LimitMEMLOCK= in a systemd unit) or grant CAP_IPC_LOCK"));
}

// The pages alone, bound and touched. Null `first` when this kind of page is not available.
PageMapping MapBoundAndTouched(size_t bytes, size_t alignment, int extra_flags,
                               const RegionOptions& options, std::vector<std::string>& notes) {
  PageMapping pages = MapAnonymous(bytes, alignment, extra_flags);
  if (pages.first == nullptr) return {};
  // Transparent huge pages cost nothing to ask for, and what is not available is a note only when it
  // was wished for. A receive path that touches a page a packet is a sixth slower without.
  if ((options.huge_pages || bytes >= kHugePageBytes) && extra_flags == 0 &&
      madvise(pages.first, RoundUp(bytes, PageBytes()), MADV_HUGEPAGE) != 0 && options.huge_pages) {
    notes.push_back(
        "transparent huge pages are not available either: set "
        "/sys/kernel/mm/transparent_hugepage/enabled to madvise");
  }
  if (options.numa_node) BindToNode(pages, *options.numa_node, notes);
  if (!Populate(pages.first, bytes)) {
    const int error = errno;
    UnmapPages(pages.mapping, pages.mapped_bytes);
    errno = error;
    return {};
  }
  return pages;
}

}  // namespace

absl::StatusOr<PageMapping> MapPages(size_t bytes, const RegionOptions& options,
                                     std::vector<std::string>& notes) {
  PageMapping pages;
  if (options.huge_pages) {
    std::vector<std::string> huge_notes;
    pages = MapBoundAndTouched(bytes, kHugePageBytes, MAP_HUGETLB, options, huge_notes);
    if (pages.first != nullptr) {
      notes.insert(notes.end(), huge_notes.begin(), huge_notes.end());
    } else {
      notes.push_back(absl::StrCat(
          "no reserved huge pages for the region (", std::strerror(errno),
          "); transparent ones are asked for instead. Reserve them before the start: sysctl -w ",
          "vm.nr_hugepages=", RoundUp(bytes, kHugePageBytes) / kHugePageBytes,
          options.numa_node ? " (on that NUMA node)" : ""));
    }
  }
  if (pages.first == nullptr) {
    const bool huge = options.huge_pages || bytes >= kHugePageBytes;
    pages = MapBoundAndTouched(bytes, huge ? kHugePageBytes : PageBytes(), 0, options, notes);
  }
  if (pages.first == nullptr) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for ", options.slice_count, " slices of ", options.slice_bytes,
                     " bytes (", std::strerror(errno), "): ask for fewer or smaller slices"));
  }
  if (options.lock) Lock(pages, bytes, notes);
  return pages;
}

void UnmapPages(void* mapping, size_t mapped_bytes) { munmap(mapping, mapped_bytes); }

}  // namespace fh::rio
