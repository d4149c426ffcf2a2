// Books that begin in the middle of a day and lose packets are healed by the exchange's own snapshots: the
// captures of MOEX, received from the middle on, through the program.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "codecs/registry.h"
#include "tests/codecs/codec_harness.h"
#include "tests/codecs/moex/moex_capture.h"
#include "tests/feedhandler/cli/program.h"
#include "tests/replay/capture_fixture.h"

namespace fh::test {
namespace {

constexpr char kLiveGroup[] = "239.195.1.1:16001";
constexpr char kSnapshotGroup[] = "239.195.1.2:16002";

// By the number of the live message: a packet's own, or the one up to which a snapshot holds everything.
std::multimap<uint64_t, std::string> Numbered(const std::string& name, codecs::ChannelRole role) {
  const auto codec = *(*codecs::FindCodec("moex_forts"))->make({.role = role});
  std::multimap<uint64_t, std::string> datagrams;
  uint64_t newest = 0;
  for (const std::string& datagram : MoexDatagrams(name)) {
    const PacketBytes bytes(datagram);
    const Decoded decoded = DecodePacket(*codec, bytes.packet());
    if (role == codecs::ChannelRole::kIncremental) {
      newest = decoded.frame.first_sequence;
    } else if (!decoded.updates.empty() &&
               decoded.updates[0].status.kind == FH_STATUS_SNAPSHOT_AT) {
      newest = std::max(newest, static_cast<uint64_t>(decoded.updates[0].status.value));
    }
    datagrams.emplace(newest, datagram);
  }
  return datagrams;
}

class BooksHealed : public testing::Test {
 protected:
  void SetUp() override {
    if (!HasMoexCaptures()) GTEST_SKIP() << kNoCaptures;
    const auto live = Numbered("increment_a", codecs::ChannelRole::kIncremental);
    const auto snapshots = Numbered("snapshot", codecs::ChannelRole::kSnapshot);
    std::vector<TestDatagram> datagrams;
    auto snapshot = snapshots.begin();
    size_t count = 0;
    int64_t now_ns = 1'375'000'000'000'000'000;
    const auto send = [&](const char* group, const std::string& payload) {
      // Slowly, so that nobody waits long for what is lost.
      datagrams.push_back({.stamp_ns = now_ns += 150'000'000, .group = group, .payload = payload});
    };
    for (const auto& [number, payload] : live) {
      // From the middle on, and some are lost.
      if (++count > live.size() / 2 && count % 211 != 0) send(kLiveGroup, payload);
      for (; snapshot != snapshots.end() && snapshot->first + 5 <= number; ++snapshot) {
        send(kSnapshotGroup, snapshot->second);
      }
    }
    WriteCapture(capture_, datagrams);
  }

  std::string Config(const std::string& books, const std::string& strategy = "name: \"count\"") {
    const std::string path = folder_ / "moex.textproto";
    WriteFile(path, absl::StrCat("feed { name: \"moex\" codec: \"moex_forts\"\n"
                                 "  channel { id: 1 line { group: \"",
                                 kLiveGroup,
                                 "\" } }\n"
                                 "  channel { id: 2 role: SNAPSHOT line { group: \"",
                                 kSnapshotGroup,
                                 "\" } } }\n"
                                 "strategy_thread { books { depth: 5 ",
                                 books, " } strategy { ", strategy, " } }\n"));
    return path;
  }

  ScratchFolder folder_;
  const std::string capture_ = folder_ / "day.pcap";
};

// The number before `what` in a text; 0: it is not there.
uint64_t NumberBefore(const std::string& text, const std::string& what) {
  const size_t end = text.find(what);
  if (end == std::string::npos) return 0;
  size_t begin = end;
  while (begin > 0 && (absl::ascii_isdigit(static_cast<unsigned char>(text[begin - 1])) ||
                       text[begin - 1] == ',')) {
    --begin;
  }
  std::string digits = text.substr(begin, end - begin);
  digits.erase(std::remove(digits.begin(), digits.end(), ','), digits.end());
  uint64_t number = 0;
  return absl::SimpleAtoi(digits, &number) ? number : 0;
}

TEST_F(BooksHealed, AStrategyThreadsBooksAreGoodSoonAfterEachLoss) {
  const std::string config = Config("");
  const std::string metrics = folder_ / "metrics.prom";
  const ChildResult with =
      Feedhandler({"replay", capture_, "--config=" + config, "--metrics=" + metrics});
  EXPECT_TRUE(with.Exited()) << with;
  EXPECT_GT(NumberBefore(with.error, " healed a book"), 50u) << with;
  EXPECT_TRUE(absl::StrContains(ReadFile(metrics),
                                "feedhandler_books_images_total{thread=\"fh-strategy-0\","
                                "use=\"healed a book\"} "))
      << ReadFile(metrics);
  const ChildResult without =
      Feedhandler({"replay", capture_, "--config=" + Config("heal: false")});
  EXPECT_FALSE(absl::StrContains(without.error, "images of the venue")) << without;
  EXPECT_GT(NumberBefore(without.error, " doubtful; "), NumberBefore(with.error, " doubtful; "))
      << with << without;
}

TEST_F(BooksHealed, TheyAreWhatTheExchangeSaysLater) {
  // As check-books has it, with the depth that no definition of this capture says.
  const ChildResult checked =
      Feedhandler({"replay", capture_,
                   "--config=" + Config("channel: 1 channel: 2",
                                        "name: \"check_books\" parameters: \"pairs=1:2\"")});
  EXPECT_TRUE(absl::StrContains(checked.error, " contradicting=0")) << checked;
  const size_t at = checked.error.find(" equal=");
  ASSERT_NE(at, std::string::npos) << checked;
  EXPECT_GT(std::atoi(checked.error.c_str() + at + 7), 500) << checked;
  EXPECT_GT(NumberBefore(checked.error, " healed a book"), 50u) << checked;
}

// What the configuration says of books, the verbs that keep books of their own go by: without the depth,
// levels that fell below it come back.
TEST_F(BooksHealed, TheVerbsGoByTheDepthOfTheConfiguration) {
  const ChildResult checked = Feedhandler({"check-books", capture_, "--config=" + Config("")});
  EXPECT_TRUE(absl::StrContains(checked.error, " contradicting=0")) << checked;
  const std::string tops = folder_ / "depth.csv";
  const ChildResult written = Feedhandler({"replay", capture_, "--config=" + Config(""),
                                           "--books=l2", "--depth=20", "--output=" + tops});
  EXPECT_TRUE(written.Exited()) << written;
  // Eight columns, and six of each level.
  constexpr size_t kBehindTheFifth = 8 + 5 * 6;
  const std::vector<std::string> rows = absl::StrSplit(ReadFile(tops), '\n', absl::SkipEmpty());
  EXPECT_GT(rows.size(), 1000u) << written;
  for (size_t row = 1; row < rows.size(); ++row) {
    const std::vector<std::string> columns = absl::StrSplit(rows[row], ',');
    ASSERT_EQ(columns.size(), 8u + 20 * 6) << rows[row];
    EXPECT_TRUE(std::all_of(columns.begin() + kBehindTheFifth, columns.end(),
                            [](const std::string& column) { return column.empty(); }))
        << rows[row];
  }
}

TEST_F(BooksHealed, TheLadderIsGood) {
  const ChildResult book = Feedhandler({"book", capture_, "--config=" + Config("")});
  EXPECT_EQ(book.exit_code, 0) << book;
  EXPECT_TRUE(absl::StrContains(book.output, "GOOD")) << book;
}

}  // namespace
}  // namespace fh::test
