#include <cstring>

#include "gtest/gtest.h"
#include "rio/memory/region.h"
#include "rio/packet.h"

namespace fh::rio {
namespace {

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
}

TEST(Region, IsReadablePastItsLastSlice) {
  // Exactly a page, so that the tail needs one of its own.
  auto region = RegisteredRegion::Create({.slice_bytes = 4096, .slice_count = 1});
  ASSERT_TRUE(region.ok()) << region.status();
  uint32_t sum = 0;
  for (size_t i = 0; i < kReadablePastEnd; ++i) sum += region->base()[region->bytes() + i];
  EXPECT_EQ(sum, 0u);
}

TEST(Region, RefusesMoreMemoryThanThereIs) {
  const auto region =
      RegisteredRegion::Create({.slice_bytes = kMaxSliceBytes, .slice_count = kMaxSliceCount});
  EXPECT_EQ(region.status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(Region, LargePagesAreHadOrNotedWithTheFix) {
  auto region = RegisteredRegion::Create({.slice_count = 2048, .huge_pages = true});
  ASSERT_TRUE(region.ok()) << region.status();
  std::memset(region->base(), 1, region->bytes() + kReadablePastEnd);
  if (region->notes().empty()) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(region->base()) % (2u << 20), 0u);
    return;
  }
  EXPECT_NE(region->notes()[0].find("Lock pages in memory"), std::string::npos)
      << region->notes()[0];
}

TEST(Region, LocksOrNotesTheFix) {
  const auto region = RegisteredRegion::Create({.slice_count = 64, .lock = true});
  ASSERT_TRUE(region.ok()) << region.status();
  if (region->notes().empty()) return;
  EXPECT_NE(region->notes()[0].find("working set"), std::string::npos) << region->notes()[0];
}

TEST(Region, BindsToANodeOrNotesWhichThereAre) {
  const auto here = RegisteredRegion::Create({.slice_count = 16, .numa_node = 0});
  ASSERT_TRUE(here.ok()) << here.status();
  EXPECT_TRUE(here->notes().empty());
  const auto region = RegisteredRegion::Create({.slice_count = 16, .numa_node = 1000});
  ASSERT_TRUE(region.ok()) << region.status();
  ASSERT_EQ(region->notes().size(), 1u);
  EXPECT_NE(region->notes()[0].find("NUMA node 1000"), std::string::npos);
  EXPECT_NE(region->notes()[0].find("nodes: "), std::string::npos);
}

}  // namespace
}  // namespace fh::rio
