// Three days in one run, by the clock of a capture: session ends, silent nights, the same id again, a
// publisher that starts over in the middle of a day, a line whose interface is gone for an hour, and
// lies in between. Every message is accounted for, and nobody starts anything by hand.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/feedhandler/cli/program.h"
#include "tests/feedhandler/pipeline/mold_stream.h"
#include "tests/replay/capture_fixture.h"

namespace fh::test {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kHour = 3'600 * kSecond;
constexpr int64_t kFirstDay = 1'700'438'400 * kSecond;  // A Monday, 00:00 UTC.
constexpr uint16_t kEndOfSession = 0xffff;

const char* const kGroups[] = {"239.5.1.1:5000", "239.5.1.2:5000"};

std::string Text(const std::vector<uint8_t>& packet) { return {packet.begin(), packet.end()}; }

std::string Header(const char* session, uint64_t next, uint16_t count) {
  std::vector<uint8_t> packet = MoldPacket(next, 0, session);
  packet[18] = static_cast<uint8_t>(count >> 8);
  packet[19] = static_cast<uint8_t>(count);
  return Text(packet);
}

class Venue {
 public:
  // Messages 1 to `messages` of `session`, evenly over `hours` from `start_ns` on, with heartbeats
  // every ten seconds between them.
  void Run(const char* session, uint64_t messages, int64_t start_ns, int64_t hours) {
    const int64_t step_ns = hours * kHour / static_cast<int64_t>(messages);
    int64_t heartbeat_ns = start_ns;
    for (uint64_t n = 1; n <= messages; ++n) {
      const int64_t at_ns = start_ns + static_cast<int64_t>(n) * step_ns;
      for (; heartbeat_ns < at_ns; heartbeat_ns += 10 * kSecond) {
        Publish(Header(session, n, 0), heartbeat_ns);
      }
      Publish(Text(MoldPacket(n, 1, session)), at_ns);
      if (random_() % 50 == 0) Lie(session, n, at_ns + kMs);
    }
    sent_ += messages;
    end_ns_ = start_ns + hours * kHour;
    next_ = messages + 1;
    session_ = session;
  }

  void End() {
    for (int i = 1; i <= 5; ++i) {
      Publish(Header(session_, next_, kEndOfSession), end_ns_ + i * kSecond);
    }
  }

  // Nothing of `line` arrives from `from_ns` to `to_ns`.
  void Lose(int line, int64_t from_ns, int64_t to_ns) {
    lost_line_ = line;
    lost_from_ns_ = from_ns;
    lost_to_ns_ = to_ns;
  }

  const std::vector<TestDatagram>& datagrams() const { return datagrams_; }
  uint64_t sent() const { return sent_; }
  uint64_t lies() const { return lies_; }

 private:
  void Publish(const std::string& payload, int64_t at_ns) {
    // Of what both lines bring, each loses some, never both.
    const uint64_t dice = random_() % 100;
    for (int line = 0; line < 2; ++line) {
      const int64_t line_ns = at_ns + line * 50'000;
      if (line == lost_line_ && line_ns >= lost_from_ns_ && line_ns < lost_to_ns_) continue;
      const bool is_alone = lost_line_ >= 0 && at_ns >= lost_from_ns_ && at_ns < lost_to_ns_;
      if (dice == static_cast<uint64_t>(line) && !is_alone) continue;
      datagrams_.push_back({.stamp_ns = line_ns, .group = kGroups[line], .payload = payload});
    }
  }

  // One packet on line A that says something else.
  void Lie(const char* session, uint64_t n, int64_t at_ns) {
    const uint64_t ahead = n + 1 + (uint64_t{1} << (12 + random_() % 40));
    const std::string payload = random_() % 2 == 0
                                    ? Text(MoldPacket(ahead, 1, session))
                                    : Text(MoldPacket(1 + random_() % 1000, 1, "SOMEBODY01"));
    datagrams_.push_back({.stamp_ns = at_ns, .group = kGroups[0], .payload = payload});
    ++lies_;
  }

  std::mt19937_64 random_{7};
  std::vector<TestDatagram> datagrams_;
  uint64_t sent_ = 0;
  uint64_t lies_ = 0;
  int64_t end_ns_ = 0;
  uint64_t next_ = 0;
  const char* session_ = "";
  int lost_line_ = -1;
  int64_t lost_from_ns_ = 0;
  int64_t lost_to_ns_ = 0;
};

TEST(ThreeDays, EveryMessageIsAccountedForWithoutARestartByHand) {
  Venue venue;
  const int64_t open_ns = kFirstDay + 14 * kHour;
  venue.Run("WEEK000001", 3'000, open_ns, 7);
  venue.End();
  // Tuesday, the same id: line B's interface is gone from 16:00 to 17:00; at 19:00 the publisher
  // starts over from message 1.
  const int64_t tuesday_ns = open_ns + 24 * kHour;
  venue.Lose(1, tuesday_ns + 2 * kHour, tuesday_ns + 3 * kHour);
  venue.Run("WEEK000001", 2'000, tuesday_ns, 4);
  venue.Run("WEEK000001", 1'000, tuesday_ns + 5 * kHour, 2);
  venue.End();
  // Wednesday, another id.
  venue.Run("WEEK000002", 3'000, open_ns + 48 * kHour, 7);
  venue.End();

  const ScratchFolder folder;
  WriteCapture(folder / "week.pcap", venue.datagrams());
  const ChildResult replayed =
      Feedhandler({"replay", folder / "week.pcap", "--codec=itch50",
                   std::string("--line=") + kGroups[0], std::string("--line=") + kGroups[1],
                   "--updates=" + (folder / "updates.csv"), "--metrics=" + (folder / "week.prom")});
  EXPECT_EQ(replayed.exit_code, 0) << replayed;
  const std::string metrics = ReadFile(folder / "week.prom");
  EXPECT_EQ(Metric(metrics, "messages_total"), static_cast<double>(venue.sent())) << replayed;
  EXPECT_EQ(Metric(metrics, "missing_messages_total"),
            Metric(metrics, "taken_back_messages_total"));
  EXPECT_EQ(Metric(metrics, "sessions_total"), 4);
  EXPECT_EQ(Metric(metrics, "stuck_total"), 0);
  // The lies are neither believed nor forgotten.
  EXPECT_GT(venue.lies(), 100u);
  EXPECT_EQ(Metric(metrics, "dropped_messages_total"), static_cast<double>(venue.lies()));

  // In order, each once: the deletes of each run are numbered from 1 on.
  uint64_t orders = 0;
  uint64_t expected = 1;
  uint64_t ends = 0;
  for (absl::string_view line : absl::StrSplit(ReadFile(folder / "updates.csv"), '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ',');
    if (fields.size() < 7) continue;
    if (fields[6] == "session" && fields[7] == "R") expected = 1;
    ends += line.find("ENDED") != absl::string_view::npos;
    if (fields[6] != "order") continue;
    ASSERT_EQ(fields[3], absl::StrCat(expected)) << line;
    ++expected;
    ++orders;
  }
  EXPECT_EQ(orders, venue.sent());
  EXPECT_EQ(ends, 3u);
}

}  // namespace
}  // namespace fh::test
