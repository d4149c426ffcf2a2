// Several captures as one, by time.
#include "replay/capture_merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/replay/capture_bytes.h"

namespace fh::test {
namespace {

using replay::CapturedFrame;
using replay::CaptureList;
using replay::CaptureMerge;
using replay::CaptureReader;
using replay::LinkType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A frame's whole content is its name.
struct Named {
  uint32_t seconds;
  std::string name;
};

Bytes PcapOf(const std::vector<Named>& frames) {
  FileBytes file;
  AddPcapHeader(file, kPcapNanoseconds, LinkType::kEthernet);
  for (const Named& frame : frames) {
    AddPcapRecord(file, frame.seconds, 0, Bytes(frame.name.begin(), frame.name.end()));
  }
  return file.bytes();
}

// Simple packet blocks have no stamp.
void AddUnstamped(FileBytes& file, const std::string& name) {
  FileBytes body;
  body.U32(static_cast<uint32_t>(name.size()));
  AddBlock(file, 3, body.Raw(Bytes(name.begin(), name.end())));
}

// Files in memory, and the merge over them.
class Merged {
 public:
  explicit Merged(std::vector<Bytes> files) : files_(std::move(files)) {
    CaptureList captures;
    for (size_t i = 0; i < files_.size(); ++i) {
      // A buffer of a byte: what must stay valid cannot stay so by chance.
      auto reader =
          CaptureReader::FromMemory(files_[i], "file" + std::to_string(i), {.buffer_bytes = 1});
      EXPECT_TRUE(reader.ok()) << reader.status();
      captures.push_back(*std::move(reader));
    }
    merge_ = std::make_unique<CaptureMerge>(std::move(captures));
  }

  CaptureMerge& merge() { return *merge_; }

  // The next `most` frames.
  std::vector<std::string> Names(size_t most = SIZE_MAX) {
    std::vector<std::string> names;
    CapturedFrame frame;
    while (names.size() < most && merge_->Next(frame)) {
      names.emplace_back(frame.bytes.begin(), frame.bytes.end());
    }
    return names;
  }

 private:
  std::vector<Bytes> files_;
  std::unique_ptr<CaptureMerge> merge_;
};

TEST(CaptureMerge, FramesComeInTheOrderOfTimeAndOfEqualOnesThatOfTheFileNamedFirst) {
  Merged merged({PcapOf({{2, "a2"}, {5, "a5"}}), PcapOf({{1, "b1"}, {2, "b2"}, {5, "b5"}}),
                 PcapOf({{2, "c2"}, {9, "c9"}})});
  EXPECT_THAT(merged.Names(), ElementsAre("b1", "a2", "b2", "c2", "a5", "b5", "c9"));
  EXPECT_TRUE(merged.merge().status().ok());
  CapturedFrame frame;
  EXPECT_FALSE(merged.merge().Next(frame));
}

TEST(CaptureMerge, EveryFileKeepsItsOrderWhereItsClockGoesBack) {
  Merged merged({PcapOf({{3, "a3"}, {1, "a1"}, {2, "a2"}, {7, "a7"}}),
                 PcapOf({{2, "b2"}, {4, "b4"}, {6, "b6"}})});
  EXPECT_THAT(merged.Names(), ElementsAre("b2", "a3", "a1", "a2", "b4", "b6", "a7"));
}

TEST(CaptureMerge, SaysWhichCaptureAFrameIsOf) {
  Merged merged({PcapOf({{2, "a"}}), PcapOf({{1, "b"}})});
  CapturedFrame frame;
  ASSERT_TRUE(merged.merge().Next(frame));
  EXPECT_EQ(merged.merge().source(), 1u);
  ASSERT_TRUE(merged.merge().Next(frame));
  EXPECT_EQ(merged.merge().source(), 0u);
  EXPECT_EQ(frame.number, 1u);
}

TEST(CaptureMerge, FramesWithoutStampsComeBehindTheOneBeforeOrFirst) {
  FileBytes file;
  AddSection(file);
  AddInterface(file, LinkType::kEthernet, 0, /*resolution=*/0);
  AddUnstamped(file, "first");
  AddEnhancedPacket(file, 0, 5, {'a', '5'});
  AddUnstamped(file, "behind a5");
  AddEnhancedPacket(file, 0, 9, {'a', '9'});
  FileBytes unstamped;
  AddSection(unstamped);
  AddInterface(unstamped, LinkType::kEthernet);
  AddUnstamped(unstamped, "u1");
  AddUnstamped(unstamped, "u2");
  Merged merged({PcapOf({{4, "p4"}, {6, "p6"}}), file.bytes(), unstamped.bytes()});
  EXPECT_THAT(merged.Names(),
              ElementsAre("first", "u1", "u2", "p4", "a5", "behind a5", "p6", "a9"));
  EXPECT_THAT(merged.merge().OrderNotes(),
              ElementsAre(HasSubstr("2 frames of file1 have no time stamp"),
                          HasSubstr("file2 has no time stamps: it was read whole, before")));
}

TEST(CaptureMerge, OfASingleCaptureNothingIsToBeSaidOfItsOrder) {
  FileBytes file;
  AddSection(file);
  AddInterface(file, LinkType::kEthernet);
  AddUnstamped(file, "u1");
  Merged merged({file.bytes()});
  EXPECT_THAT(merged.Names(), ElementsAre("u1"));
  EXPECT_THAT(merged.merge().OrderNotes(), IsEmpty());
}

TEST(CaptureMerge, DamageEndsTheFileThatHasItAndIsSaidOfEach) {
  Bytes cut = PcapOf({{1, "a1"}, {3, "a3"}, {5, "lost"}});
  cut.pop_back();
  Bytes damaged = PcapOf({{2, "c2"}});
  const Bytes more = PcapOf({{9, "never"}});
  damaged.insert(damaged.end(), 16, 0xff);  // A record of absurd length.
  damaged.insert(damaged.end(), more.begin() + 24, more.end());
  Merged merged({cut, PcapOf({{2, "b2"}, {8, "b8"}}), damaged});
  EXPECT_THAT(merged.Names(), ElementsAre("a1", "b2", "c2", "a3", "b8"));
  const std::string said(merged.merge().status().message());
  EXPECT_EQ(merged.merge().status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(said, HasSubstr("file0: cut short"));
  EXPECT_THAT(said, HasSubstr("file2: record 2"));
  EXPECT_EQ(said.find("file1"), std::string::npos);
}

TEST(CaptureMerge, ACaptureThatIsLeftBringsNothingMore) {
  const std::vector<Named> a{{1, "a1"}, {3, "a3"}, {5, "a5"}};
  const std::vector<Named> b{{2, "b2"}, {4, "b4"}};
  for (const size_t left : {0u, 1u}) {
    Merged merged({PcapOf(a), PcapOf(b)});
    EXPECT_THAT(merged.Names(1), ElementsAre("a1"));
    merged.merge().Leave(left);
    if (left == 0) {
      EXPECT_THAT(merged.Names(), ElementsAre("b2", "b4"));
    } else {
      EXPECT_THAT(merged.Names(), ElementsAre("a3", "a5"));
    }
  }
  Merged one({PcapOf(a)});
  EXPECT_THAT(one.Names(2), ElementsAre("a1", "a3"));
  one.merge().Leave(0);
  EXPECT_THAT(one.Names(), IsEmpty());
  Merged none({PcapOf(a), PcapOf(b)});
  none.merge().Leave(0);
  none.merge().Leave(1);
  EXPECT_THAT(none.Names(), IsEmpty());
}

// The rule in one sentence: again and again the earliest head, of equal ones the first.
std::vector<std::string> ByTheRule(const std::vector<std::vector<Named>>& files) {
  std::vector<size_t> next(files.size(), 0);
  std::vector<std::string> names;
  for (;;) {
    size_t first = files.size();
    for (size_t i = 0; i < files.size(); ++i) {
      if (next[i] == files[i].size()) continue;
      if (first == files.size() || files[i][next[i]].seconds < files[first][next[first]].seconds) {
        first = i;
      }
    }
    if (first == files.size()) return names;
    names.push_back(files[first][next[first]++].name);
  }
}

TEST(CaptureMerge, FollowsTheRuleForAnyNumberOfFilesAndAnyClocks) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::vector<Named>> files(1 + random() % 9);
    std::vector<Bytes> bytes;
    for (size_t i = 0; i < files.size(); ++i) {
      uint32_t seconds = random() % 5;
      for (size_t k = random() % 30; k > 0; --k) {
        seconds += random() % 4;
        if (random() % 5 == 0) seconds -= std::min<uint32_t>(seconds, random() % 6);
        files[i].push_back({seconds, std::to_string(i) + ":" + std::to_string(k)});
      }
      bytes.push_back(PcapOf(files[i]));
    }
    Merged merged(std::move(bytes));
    ASSERT_EQ(merged.Names(), ByTheRule(files)) << "round " << round;
  }
}

}  // namespace
}  // namespace fh::test
