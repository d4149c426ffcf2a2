// Books allocate when they are made, and never after: neither for books that come up, nor for orders,
// levels, notices, watches, faults, clears, or tables that are full.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include "feedhandler/books/healer.h"
#include "tests/allocation_counter.h"
#include "tests/feedhandler/books/image_venue.h"
#include "tests/feedhandler/books/oracle.h"
#include "tests/feedhandler/books/updates.h"

namespace fh::books {
namespace {

TEST(BooksNoAllocation, AfterTheStartNothingAllocates) {
  std::mt19937_64 random(17);
  uint64_t sequence = 0;
  std::vector<NormalizedUpdate> updates;
  for (size_t i = 0; i < 50'000; ++i) {
    updates.push_back(AnyUpdate([&](uint64_t below) { return random() % below; }, sequence));
    // More instruments, orders and levels than there is room for.
    updates.push_back(OrderUpdate('A', 1 + random() % 100, sequence, random() % 5'000,
                                  random() % 2 == 0 ? 'A' : 'B', 5,
                                  static_cast<int64_t>(random() % 700)));
  }
  BookOptions options = Small();
  options.orders = 1'000;
  options.levels = 512;
  options.follow = kTop | kDepth | kEvent;
  const std::unique_ptr<BookSet> books = MakeBooks(options);
  uint64_t notices = 0;
  const uint64_t before = test::AllocationCountOfThisThread();
  const auto watch = books->Watch(0, 1, 3);
  for (size_t at = 0; at < updates.size(); at += 50) {
    books->FillAndApply(std::span(updates).subspan(at, 50), [&](const Notice& notice) {
      notices += books->book(notice.book).top().bid_size != 0;
    });
  }
  books->Unwatch(*watch);
  EXPECT_EQ(test::AllocationCountOfThisThread(), before);
  EXPECT_GT(notices, 1'000u);
  EXPECT_GT(books->stats().faults[static_cast<size_t>(Cause::kLevelsFull)], 0u);
}

TEST(BooksNoAllocation, HealingAllocatesNothingAfterTheStart) {
  std::mt19937_64 random(5);
  ImageVenue venue([&](uint64_t below) { return random() % below; }, {.join_at = 40});
  std::vector<NormalizedUpdate> updates;
  for (int step = 0; step < 3'000; ++step) {
    venue.Step();
    for (int i = 0; i < 4; ++i) {
      const std::vector<fh_update> taken = venue.Take(20);
      updates.insert(updates.end(), taken.begin(), taken.end());
    }
  }
  const std::unique_ptr<BookSet> books = MakeBooks(Small());
  HealerOptions options;
  options.channels = {
      {.channel_id = ImageVenue::kOrderImages,
       .live_channel_id = ImageVenue::kLive,
       .has_books = true},
      {.channel_id = ImageVenue::kLevelImages, .live_channel_id = ImageVenue::kLive}};
  options.log_updates = 64;
  options.image_updates = 128;
  options.settle_ns = 80 * ImageVenue::kStepNs;
  absl::StatusOr<std::unique_ptr<Healer>> healer = Healer::Create(*books, options);
  ASSERT_TRUE(healer.ok()) << healer.status();
  uint64_t notices = 0;
  const uint64_t before = test::AllocationCountOfThisThread();
  for (size_t at = 0; at < updates.size(); at += 50) {
    (*healer)->Apply(std::span<const NormalizedUpdate>(updates).subspan(
                         at, std::min<size_t>(50, updates.size() - at)),
                     [&](const Notice&) { ++notices; });
  }
  EXPECT_EQ(test::AllocationCountOfThisThread(), before);
  EXPECT_GT(notices, 1'000u);
  EXPECT_GT((*healer)->stats().images[static_cast<size_t>(ImageUse::kHealed)], 20u);
}

}  // namespace
}  // namespace fh::books
