// MOEX FORTS: books of the increments from the exchange's own snapshots on, its later snapshots, and the
// expected tops and levels.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "codecs/registry.h"
#include "feedhandler/books/healer.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/moex/moex_capture.h"
#include "tests/feedhandler/books/expected_books.h"

namespace fh::books {
namespace {

using codecs::ChannelRole;
using codecs::Codec;
using codecs::PacketFrame;

std::unique_ptr<Codec> Make(ChannelRole role) {
  return *(*codecs::FindCodec("moex_forts"))->make({.role = role});
}

struct Entry {
  uint64_t rpt_seq;
  NormalizedUpdate update;
};

std::map<uint64_t, std::vector<Entry>> UnitedIncrements() {
  const std::unique_ptr<Codec> codec = Make(ChannelRole::kIncremental);
  std::map<uint64_t, std::vector<Entry>> by_number;
  for (const char* line : {"increment_a", "increment_b"}) {
    for (const std::string& datagram : test::MoexDatagrams(line)) {
      const test::PacketBytes bytes(datagram);
      const test::Decoded decoded = test::DecodePacket(*codec, bytes.packet());
      test::RptSeqs described;
      codec->Describe(bytes.packet(), decoded.frame, described);
      if (described.numbers.size() != decoded.updates.size()) continue;
      std::vector<Entry>& entries = by_number[decoded.frame.first_sequence];
      entries.clear();
      for (size_t i = 0; i < decoded.updates.size(); ++i) {
        entries.push_back({described.numbers[i], decoded.updates[i]});
      }
    }
  }
  return by_number;
}

struct Snapshot {
  uint64_t rpt_seq;
  uint64_t last_processed;
  std::vector<NormalizedUpdate> updates;
};

std::vector<Snapshot> Snapshots() {
  const std::unique_ptr<Codec> codec = Make(ChannelRole::kSnapshot);
  std::vector<Snapshot> snapshots;
  for (const std::string& datagram : test::MoexDatagrams("snapshot")) {
    const test::PacketBytes bytes(datagram);
    const test::Decoded decoded = test::DecodePacket(*codec, bytes.packet());
    if (decoded.updates.empty() || decoded.updates.back().record != FH_RECORD_LEVEL) continue;
    test::RptSeqs described;
    codec->Describe(bytes.packet(), decoded.frame, described);
    const auto last_processed = static_cast<uint64_t>(decoded.updates[0].status.value);
    EXPECT_EQ(decoded.updates[0].status.kind, FH_STATUS_SNAPSHOT_AT);
    snapshots.push_back({described.numbers.at(0), last_processed, decoded.updates});
  }
  return snapshots;
}

class MoexDay : public testing::Test {
 protected:
  void SetUp() override {
    file_ = ExpectedBooks("moex.moex_fast.books.json.gz");
    if (!test::HasMoexCaptures() || !file_) GTEST_SKIP() << test::kNoCaptures;
    BookOptions options = Small();
    options.channel.depth = 5;
    books_ = MakeBooks(options);
    image_ = MakeBooks(options);
  }

  // What a snapshot holds, in a set of its own.
  uint64_t HashOf(const Snapshot& snapshot) {
    image_->Apply(snapshot.updates, [](const Notice&) {});
    return image_->Find(0, snapshot.updates[0].instrument_id).hash();
  }

  Top Join(const Snapshot& snapshot) {
    const uint32_t id = snapshot.updates[0].instrument_id;
    books_->Apply(snapshot.updates, [](const Notice&) {});
    hashes_[id][snapshot.rpt_seq] = books_->Find(0, id).hash();
    joined_[id] = snapshot.rpt_seq;
    return books_->Find(0, id).top();
  }

  std::optional<json> file_;
  std::unique_ptr<BookSet> books_;
  std::unique_ptr<BookSet> image_;
  std::map<uint32_t, uint64_t> joined_;                      // RptSeq, by instrument.
  std::map<uint32_t, std::map<uint64_t, uint64_t>> hashes_;  // Of the book after each RptSeq.
};

TEST_F(MoexDay, TopsLevelsAndEverySnapshotAgree) {
  const auto increments = UnitedIncrements();
  const std::vector<Snapshot> snapshots = Snapshots();
  const json& checkpoints = (*file_)["checkpoints"];
  const uint64_t first = increments.begin()->first;
  TopLog log(*file_, "tops");
  size_t checkpoint = 0;
  // The first snapshot of each that is not older than the increments, as the file lists them.
  std::map<uint64_t, std::vector<const Snapshot*>> joins;
  std::map<uint32_t, const Snapshot*> first_of;
  for (const Snapshot& snapshot : snapshots) {
    const uint32_t id = snapshot.updates[0].instrument_id;
    if (snapshot.last_processed + 1 < first || first_of.contains(id)) continue;
    first_of[id] = &snapshot;
    const json& join = (*file_)["joins"][std::to_string(id)];
    ASSERT_EQ(join[1].get<uint64_t>(), snapshot.rpt_seq) << id;
    joins[join[0]].push_back(&snapshot);
  }
  const auto join_up_to = [&](uint64_t number) {
    while (!joins.empty() && joins.begin()->first <= number) {
      for (const Snapshot* snapshot : joins.begin()->second) {
        const Top top = Join(*snapshot);
        const uint32_t id = snapshot->updates[0].instrument_id;
        if (top != Top{}) log.Add({joins.begin()->first}, std::to_string(id), top);
      }
      joins.erase(joins.begin());
    }
  };
  for (const auto& numbered : increments) {
    const uint64_t number = numbered.first;
    // Levels are compared after a number; books join at the end of the one of their snapshot.
    join_up_to(number - 1);
    for (const Entry& entry : numbered.second) {
      const uint32_t id = entry.update.instrument_id;
      const auto joined = joined_.find(id);
      if (joined == joined_.end() || entry.rpt_seq <= joined->second) continue;
      joined->second = entry.rpt_seq;
      books_->Apply({&entry.update, 1}, [&](const Notice& notice) {
        const Book book = books_->book(notice.book);
        if ((notice.kinds & kTop) != 0) log.Add({number}, std::to_string(id), book.top());
      });
      hashes_[id][entry.rpt_seq] = books_->Find(0, id).hash();
    }
    for (; checkpoint < checkpoints.size() && checkpoints[checkpoint]["at"][0] <= number;
         ++checkpoint) {
      std::map<std::string, Book> by_name;
      books_->ForEachBook([&](Book book) { by_name[std::to_string(book.instrument_id())] = book; });
      ExpectCheckpoint(checkpoints[checkpoint], by_name);
    }
  }
  join_up_to(UINT64_MAX);
  log.ExpectAll();
  EXPECT_EQ(checkpoint, checkpoints.size());
  EXPECT_TRUE(books_->AuditAll().ok()) << books_->AuditAll();
  uint64_t compared = 0;
  for (const Snapshot& snapshot : snapshots) {
    const uint32_t id = snapshot.updates[0].instrument_id;
    const auto found = hashes_[id].find(snapshot.rpt_seq);
    const uint64_t hash = HashOf(snapshot);
    if (first_of[id] == &snapshot || found == hashes_[id].end()) continue;
    EXPECT_EQ(found->second, hash) << id << " at " << snapshot.rpt_seq;
    ++compared;
  }
  EXPECT_EQ(compared, (*file_)["snapshots_equal"].get<uint64_t>());
}

// A client that joins in the middle and loses packets all the while, with the exchange's loop on a line of
// its own that is ahead or behind.
class JoinedLate {
 public:
  JoinedLate() {
    BookOptions options;
    options.instruments = 4'096;
    options.orders = 64;
    options.channel.depth = 5;
    options.follow = kEvent;
    books_ = MakeBooks(options);
    image_ = MakeBooks(options);
    HealerOptions healing;
    healing.channels = {{.channel_id = 2, .live_channel_id = 1}};
    absl::StatusOr<std::unique_ptr<Healer>> healer = Healer::Create(*books_, healing);
    EXPECT_TRUE(healer.ok()) << healer.status();
    healer_ = *std::move(healer);
  }

  void Live(uint64_t number, std::vector<NormalizedUpdate> updates) {
    for (NormalizedUpdate& update : updates) {
      update.channel_id = 1;
      update.sequence = number;
      if (has_lost_) update.flags |= FH_FLAG_MAYBE_BAD_BOOK;
    }
    Give(updates);
  }

  void Lose(uint64_t first, uint64_t last, uint16_t cause) {
    NormalizedUpdate gap = Other(FH_RECORD_GAP, FH_ACTION_NONE, FH_ALL_INSTRUMENTS, last,
                                 FH_FLAG_LAST | FH_FLAG_MAYBE_BAD_BOOK);
    gap.channel_id = 1;
    gap.gap = {.first = first, .last = last, .count = 1, .cause = cause, .reserved = 0};
    has_lost_ = true;
    lost_to_ = last;
    Give({gap});
  }

  void Image(const Snapshot& snapshot, uint64_t number) {
    std::vector<NormalizedUpdate> updates = snapshot.updates;
    for (NormalizedUpdate& update : updates) {
      update.channel_id = 2;
      update.sequence = number;
      update.flags |= FH_FLAG_SNAPSHOT;
    }
    Give(updates);
    const uint32_t id = updates[0].instrument_id;
    newest_image_[id] = std::max(newest_image_[id], snapshot.last_processed);
  }

  // Of a book that was good after message `number`: whether it was what the snapshot says.
  void Compare(const Snapshot& snapshot) {
    const uint32_t id = snapshot.updates[0].instrument_id;
    const std::map<uint64_t, uint64_t>& good = good_[id];
    const auto behind = good.upper_bound(snapshot.last_processed);
    if (behind == good.begin() || std::prev(behind)->second == kNotGood) return;
    image_->Apply(snapshot.updates, [](const Notice&) {});
    ASSERT_EQ(std::prev(behind)->second, image_->Find(0, snapshot.updates[0].instrument_id).hash())
        << id << " at " << snapshot.last_processed;
    ++compared_;
  }

  // Books that an image from behind the last loss on should have healed.
  void ExpectHealed(uint64_t last_number) {
    for (const auto& [id, at] : newest_image_) {
      if (at < lost_to_ || at >= last_number) continue;
      const Book book = books_->Find(1, id, Family::kLevels);
      if (!book) continue;  // Of nothing.
      EXPECT_TRUE(book.condition().good()) << id << " image at " << at << " lost to " << lost_to_;
      ++healed_;
    }
  }

  uint64_t compared() const { return compared_; }
  uint64_t healed() const { return healed_; }
  HealerStats stats() const { return healer_->stats(); }

 private:
  static constexpr uint64_t kNotGood = 0x6E6F742D676F6F64;

  void Give(const std::vector<NormalizedUpdate>& updates) {
    healer_->Apply(updates, [&](const Notice& notice) {
      const Book book = books_->book(notice.book);
      good_[book.instrument_id()][book.sequence()] =
          book.condition().good() ? book.hash() : kNotGood;
    });
  }

  std::unique_ptr<BookSet> books_;
  std::unique_ptr<BookSet> image_;
  std::unique_ptr<Healer> healer_;
  bool has_lost_ = false;
  uint64_t lost_to_ = 0;
  std::map<uint32_t, uint64_t> newest_image_;              // What it holds.
  std::map<uint32_t, std::map<uint64_t, uint64_t>> good_;  // Hash after each number, or kNotGood.
  uint64_t compared_ = 0;
  uint64_t healed_ = 0;
};

TEST(MoexHealing, WhoJoinsLateAndLosesPacketsHasTheExchangesBooksByItsLoop) {
  if (!test::HasMoexCaptures()) GTEST_SKIP() << test::kNoCaptures;
  const auto increments = UnitedIncrements();
  const std::vector<Snapshot> snapshots = Snapshots();
  for (const int64_t lag : {-30, 0, 40}) {
    JoinedLate client;
    // Those of the loop by the live message at which they arrive.
    std::multimap<int64_t, size_t> arrivals;
    for (size_t i = 0; i < snapshots.size(); ++i) {
      arrivals.emplace(static_cast<int64_t>(snapshots[i].last_processed) + lag, i);
    }
    uint64_t count = 0;
    uint64_t before = 0;
    for (const auto& [number, entries] : increments) {
      if (++count < increments.size() / 3) continue;  // Joined in the middle.
      const bool joins = before == 0;
      // The last third is not disturbed.
      const bool is_lost = count % 97 == 0 && count < increments.size() * 2 / 3;
      if (joins) client.Lose(1, number - 1, FH_GAP_LATE_JOIN);
      before = number;
      if (is_lost) {
        client.Lose(number, number, FH_GAP_LOST);
      } else {
        std::vector<NormalizedUpdate> updates;
        for (const Entry& entry : entries) updates.push_back(entry.update);
        client.Live(number, updates);
      }
      for (auto at = arrivals.begin();
           at != arrivals.end() && at->first <= static_cast<int64_t>(number);
           at = arrivals.erase(at)) {
        client.Image(snapshots[at->second], at->second + 1);
      }
    }
    client.ExpectHealed(before);
    for (const Snapshot& snapshot : snapshots) {
      client.Compare(snapshot);
      ASSERT_FALSE(HasFatalFailure()) << "lag " << lag;
    }
    const HealerStats stats = client.stats();
    EXPECT_GE(client.healed(), 10u) << "lag " << lag;
    EXPECT_GE(client.compared(), 1'500u) << "lag " << lag;
    EXPECT_GE(stats.images[static_cast<size_t>(ImageUse::kHealed)], 150u) << "lag " << lag;
    EXPECT_EQ(stats.images[static_cast<size_t>(ImageUse::kContradicted)], 0u);
    EXPECT_EQ(stats.images[static_cast<size_t>(ImageUse::kFaulty)], 0u);
  }
}

}  // namespace
}  // namespace fh::books
