#include "rio/memory/region.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <set>

#include "gtest/gtest.h"
#include "rio/memory/slice_stack.h"
#include "rio/packet.h"
#include "tests/sanitized.h"

namespace fh::rio {
namespace {

// Runs `body` in a child process without privileges and with no memory to lock. Whether it returned
// true.
bool InUnprivilegedChild(const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit none{0, 0};
    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0) _exit(2);
    if (getuid() == 0 && setresuid(65534, 65534, 65534) != 0) _exit(2);
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(Region, CutsOneAlignedBlockIntoEqualSlices) {
  auto region = RegisteredRegion::Create({.slice_bytes = 192, .slice_count = 1000});
  ASSERT_TRUE(region.ok()) << region.status();
  EXPECT_EQ(region->bytes(), 192'000u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(region->base()) % 4096, 0u);
  EXPECT_TRUE(region->notes().empty());
  for (uint32_t i = 0; i < region->slice_count(); ++i) {
    EXPECT_EQ(region->slice(i), region->base() + size_t{192} * i);
    std::memset(region->slice(i), static_cast<int>(i), region->slice_bytes());
  }
  EXPECT_EQ(region->slice(999)[191], static_cast<uint8_t>(999));
}

TEST(Region, IsReadablePastItsLastSlice) {
  // Exactly a page, so that the tail needs one of its own.
  auto region = RegisteredRegion::Create({.slice_bytes = 4096, .slice_count = 1});
  ASSERT_TRUE(region.ok()) << region.status();
  uint32_t sum = 0;
  for (size_t i = 0; i < kReadablePastEnd; ++i) sum += region->base()[region->bytes() + i];
  EXPECT_EQ(sum, 0u);
}

// Whether bytes can be read, by somebody who says so instead of dying: the kernel.
bool IsReadable(const uint8_t* data, size_t bytes) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  const ssize_t written = write(ends[1], data, bytes);
  close(ends[0]);
  close(ends[1]);
  return written == static_cast<ssize_t>(bytes);
}

// What lies behind is the region's own: a neighbour that happens to be there goes its own ways.
TEST(Region, TheReadableTailComesAndGoesWithIt) {
  for (const uint32_t slices : {1u, 3u, 512u, 1024u}) {  // Whole pages; whole huge pages.
    const uint8_t* tail = nullptr;
    {
      auto region = RegisteredRegion::Create({.slice_bytes = 4096, .slice_count = slices});
      ASSERT_TRUE(region.ok()) << region.status();
      tail = region->base() + region->bytes();
      EXPECT_TRUE(IsReadable(tail, kReadablePastEnd)) << slices;
    }
    EXPECT_FALSE(IsReadable(tail, kReadablePastEnd)) << slices << ": it was somebody else's";
  }
}

TEST(Region, RefusesOptionsThatMakeNoSense) {
  for (const RegionOptions& options :
       {RegionOptions{.slice_bytes = 0}, RegionOptions{.slice_bytes = 100},
        RegionOptions{.slice_bytes = kMaxSliceBytes + 64}, RegionOptions{.slice_count = 0},
        RegionOptions{.slice_count = kMaxSliceCount + 1}, RegionOptions{.numa_node = -1}}) {
    const auto region = RegisteredRegion::Create(options);
    EXPECT_EQ(region.status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(Region, RefusesMoreMemoryThanThereIs) {
  const bool refused = InUnprivilegedChild([] {
    const rlimit little{64u << 20, 64u << 20};
    setrlimit(RLIMIT_AS, &little);
    const auto region = RegisteredRegion::Create({.slice_bytes = 4096, .slice_count = 1u << 20});
    return region.status().code() == absl::StatusCode::kResourceExhausted;
  });
  EXPECT_TRUE(refused);
}

TEST(Region, HugePagesAreHadOrNoted) {
  auto region = RegisteredRegion::Create({.slice_count = 2048, .huge_pages = true});
  ASSERT_TRUE(region.ok()) << region.status();
  EXPECT_EQ(reinterpret_cast<uintptr_t>(region->base()) % (2u << 20), 0u)
      << "huge pages, reserved or transparent, need the alignment";
  std::memset(region->base(), 1, region->bytes() + kReadablePastEnd);
  if (region->notes().empty()) return;
  EXPECT_NE(region->notes()[0].find("vm.nr_hugepages="), std::string::npos) << region->notes()[0];
}

TEST(Region, LockingThatIsNotAllowedIsNotedWithTheFix) {
#if defined(FEEDHANDLER_SANITIZED)
  GTEST_SKIP() << "skipped: sanitizers turn mlock into nothing";
#endif
  EXPECT_TRUE(InUnprivilegedChild([] {
    const auto region = RegisteredRegion::Create({.slice_count = 64, .lock = true});
    return region.ok() && region->notes().size() == 1 &&
           region->notes()[0].find("ulimit -l") != std::string::npos &&
           region->notes()[0].find("CAP_IPC_LOCK") != std::string::npos;
  }));
}

TEST(Region, LocksWhenItMay) {
  const auto region = RegisteredRegion::Create({.slice_bytes = 64, .slice_count = 1, .lock = true});
  ASSERT_TRUE(region.ok()) << region.status();
  rlimit limit{};
  getrlimit(RLIMIT_MEMLOCK, &limit);
  if (limit.rlim_cur < (1u << 20)) GTEST_SKIP() << "skipped: RLIMIT_MEMLOCK is too low";
  EXPECT_TRUE(region->notes().empty());
}

TEST(Region, BindsToANodeOrNotesWhichThereAre) {
  const auto here = RegisteredRegion::Create({.slice_count = 16, .numa_node = 0});
  ASSERT_TRUE(here.ok()) << here.status();
  for (const int missing : {1000, 5000}) {
    const auto region = RegisteredRegion::Create({.slice_count = 16, .numa_node = missing});
    ASSERT_TRUE(region.ok()) << region.status();
    ASSERT_EQ(region->notes().size(), 1u);
    EXPECT_NE(region->notes()[0].find("NUMA node " + std::to_string(missing)), std::string::npos);
    EXPECT_NE(region->notes()[0].find("nodes: "), std::string::npos);
  }
}

TEST(Region, MovesWithItsMemory) {
  auto region = RegisteredRegion::Create({.slice_bytes = 64, .slice_count = 4});
  ASSERT_TRUE(region.ok()) << region.status();
  uint8_t* const base = region->base();
  base[0] = 42;
  RegisteredRegion moved = *std::move(region);
  EXPECT_EQ(moved.base(), base);
  EXPECT_EQ(moved.base()[0], 42);
  auto other = RegisteredRegion::Create({.slice_bytes = 128, .slice_count = 2});
  ASSERT_TRUE(other.ok()) << other.status();
  *other = std::move(moved);
  EXPECT_EQ(other->base(), base);
  EXPECT_EQ(other->slice_count(), 4u);
}

TEST(SliceStack, GivesTheSlicePostedLastFirst) {
  SliceStack queue(8);
  EXPECT_TRUE(queue.empty());
  const uint32_t slices[] = {5, 1, 7};
  queue.Post(slices);
  queue.Post(3);
  EXPECT_EQ(queue.size(), 4u);
  EXPECT_EQ(queue.Top(2)[0], 7u);
  EXPECT_EQ(queue.Top(2)[1], 3u);
  EXPECT_EQ(queue.Take(), 3u);
  EXPECT_EQ(queue.Take(), 7u);
  queue.Clear();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.capacity(), 8u);
}

}  // namespace
}  // namespace fh::rio
