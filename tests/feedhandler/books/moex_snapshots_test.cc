// MOEX FORTS: books of the increments from the exchange's own snapshots on, its later snapshots, and the
// expected tops and levels.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "codecs/registry.h"
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

}  // namespace
}  // namespace fh::books
