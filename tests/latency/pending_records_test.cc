#include "latency/pending_records.h"

#include <gtest/gtest.h>

#include <memory>

namespace fh::latency {
namespace {

TEST(PendingRecords, AreRecordedOnceInTheirHistogramsWhenFolded) {
  const auto first = std::make_unique<Histogram>();
  const auto second = std::make_unique<Histogram>();
  PendingRecords pending(8);
  pending.Add(*first, 100, 3);
  pending.Add(*second, 7, 1);
  pending.Add(*first, -5, 2);
  pending.Add(*second, HistogramBuckets::kMaxValue + 1, 1);
  EXPECT_EQ(pending.room(), 4u);
  EXPECT_EQ(first->Snapshot().total(), 0u);
  pending.Fold();
  pending.Fold();
  EXPECT_EQ(pending.room(), 8u);
  EXPECT_EQ(first->Snapshot().total(), 3u);
  EXPECT_EQ(first->Snapshot().max(), 100);
  EXPECT_EQ(first->Snapshot().negative().count, 2u);
  EXPECT_EQ(second->Snapshot().total(), 1u);
  EXPECT_EQ(second->Snapshot().above_range().count, 1u);
}

}  // namespace
}  // namespace fh::latency
