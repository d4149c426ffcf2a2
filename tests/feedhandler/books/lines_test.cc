// The same packets over two lines, A and B, whichever comes first and whatever each of them loses: books
// of them are the same to the last notice, tops and hashes.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "feedhandler/synthetic/itch_day.h"
#include "feedhandler/synthetic/mold_packetizer.h"
#include "replay/capture_writer.h"
#include "rio/endpoint.h"
#include "tests/codecs/capture_packets.h"
#include "tests/codecs/codec_harness.h"
#include "tests/feedhandler/books/expected_books.h"
#include "tests/feedhandler/books/replayed.h"

namespace fh::books {
namespace {

constexpr std::array<const char*, 2> kLines = {"239.1.1.1:26400", "239.1.1.2:26400"};
constexpr int64_t kStartNs = 1'700'000'000'000'000'000;
constexpr int64_t kMicrosecondNs = 1'000;

// A datagram of a line, and when it came.
struct Arrival {
  int64_t stamp_ns;
  size_t line;
  const std::string* payload;
};

// What everybody is told of books, and the books at the end; receive times, which differ, are no part.
struct Outcome {
  std::vector<std::string> told;
  std::map<std::string, uint64_t> hashes;
  uint64_t gaps = 0;
};

Outcome BooksOf(std::vector<Arrival> arrivals, const std::string& codec) {
  std::stable_sort(arrivals.begin(), arrivals.end(),
                   [](const Arrival& a, const Arrival& b) { return a.stamp_ns < b.stamp_ns; });
  const test::Scratch scratch;
  const std::string path = scratch / "lines.pcap";
  auto writer = replay::CaptureWriter::Open(path);
  EXPECT_TRUE(writer.ok()) << writer.status();
  for (const Arrival& arrival : arrivals) {
    const replay::UdpFraming framing{.source = *rio::ParseEndpoint("10.0.0.1:1"),
                                     .destination = *rio::ParseEndpoint(kLines[arrival.line])};
    EXPECT_TRUE((*writer)
                    ->WriteDatagram(arrival.stamp_ns, framing,
                                    {reinterpret_cast<const uint8_t*>(arrival.payload->data()),
                                     arrival.payload->size()})
                    .ok());
  }
  EXPECT_TRUE((*writer)->Close().ok());
  const Replayed replayed = Replay({.path = path, .codec = codec, .lines = {kLines[0], kLines[1]}});
  BookOptions options;
  options.instruments = 4'096;
  options.orders = 65'536;
  options.follow = kTop | kDepth | kEvent;
  options.channel.depth = codec == "cme_mdp3" ? 10 : 0;
  const std::unique_ptr<BookSet> books = MakeBooks(options);
  Outcome outcome;
  for (const NormalizedUpdate& update : replayed.updates) {
    outcome.gaps += update.record == FH_RECORD_GAP && update.gap.cause != FH_GAP_LATE_JOIN;
    books->Apply({&update, 1}, [&](const Notice& notice) {
      const Book book = books->book(notice.book);
      const Top top = book.top();
      outcome.told.push_back(absl::StrCat(update.sequence, " ", update.index, " ",
                                          book.instrument_id(), " ", notice.kinds, " ",
                                          top.bid_price, " ", top.bid_size, " ", top.ask_price, " ",
                                          top.ask_size, " ", book.hash(), " ", book.OrderHash()));
    });
  }
  books->ForEachBook([&](Book book) {
    outcome.hashes[absl::StrCat(book.instrument_id(), " ", static_cast<int>(book.family()))] =
        book.hash();
  });
  return outcome;
}

void ExpectSame(const Outcome& outcome, const Outcome& expected) {
  ASSERT_EQ(outcome.told.size(), expected.told.size());
  for (size_t i = 0; i < expected.told.size(); ++i) {
    ASSERT_EQ(outcome.told[i], expected.told[i]) << "notice " << i;
  }
  EXPECT_EQ(outcome.hashes, expected.hashes);
  EXPECT_EQ(outcome.gaps, expected.gaps);
}

std::vector<std::string> PacketsOfDay() {
  std::vector<std::string> packets;
  absl::StatusOr<ItchDay> day = ItchDay::Create({.seed = 5, .messages = 30'000, .symbols = 50});
  EXPECT_TRUE(day.ok()) << day.status();
  MoldPacketizer packetizer;
  const auto flush = [&] {
    const MoldPacket taken = packetizer.Take();
    packets.emplace_back(reinterpret_cast<const char*>(taken.bytes.data()), taken.bytes.size());
  };
  std::span<const uint8_t> message;
  while (day->NextMessage(message)) {
    if (!packetizer.Fits(message)) flush();
    packetizer.Add(message);
  }
  if (!packetizer.empty()) flush();
  return packets;
}

// Each line in its own order, each packet a random while after it was sent; one line in so many loses it,
// never both.
std::vector<Arrival> Interleaved(const std::vector<std::string>& packets, uint64_t seed,
                                 uint64_t lost_one_in) {
  std::mt19937_64 random(seed);
  std::array<int64_t, 2> last{};
  std::vector<Arrival> arrivals;
  for (size_t i = 0; i < packets.size(); ++i) {
    const auto sent_ns = kStartNs + static_cast<int64_t>(i) * 10 * kMicrosecondNs;
    const size_t loser =
        lost_one_in != 0 && i > 0 && random() % lost_one_in == 0 ? random() % 2 : 2;
    for (size_t line = 0; line < 2; ++line) {
      const auto delay_ns = static_cast<int64_t>(random() % 80) * kMicrosecondNs;
      last[line] = std::max(last[line] + 1, sent_ns + delay_ns);
      if (line != loser) arrivals.push_back({last[line], line, &packets[i]});
    }
  }
  return arrivals;
}

TEST(BookLines, BooksDoNotDependOnWhichLineIsFirstOrWhatOneOfThemLoses) {
  const std::vector<std::string> packets = PacketsOfDay();
  std::vector<Arrival> alone;
  for (size_t i = 0; i < packets.size(); ++i) {
    alone.push_back({kStartNs + static_cast<int64_t>(i) * 10 * kMicrosecondNs, 0, &packets[i]});
  }
  const Outcome expected = BooksOf(alone, "itch50");
  ASSERT_GT(expected.told.size(), 20'000u);
  EXPECT_EQ(expected.gaps, 0u);
  for (const size_t first : {0, 1}) {
    SCOPED_TRACE(absl::StrCat("line ", first, " first"));
    std::vector<Arrival> arrivals = alone;
    for (const Arrival& arrival : alone) {
      arrivals.push_back(
          {arrival.stamp_ns + (first == 0 ? 1 : -1) * kMicrosecondNs, 1, arrival.payload});
    }
    ExpectSame(BooksOf(std::move(arrivals), "itch50"), expected);
  }
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    ExpectSame(BooksOf(Interleaved(packets, seed, seed % 2 == 0 ? 7 : 0), "itch50"), expected);
  }
}

TEST(BookLines, SwappedLinesOfACaptureMakeTheSameBooks) {
  const auto capture = test::CaptureFile("cme/mdp3_v1.6_20161112_AB.pcapng");
  if (!capture) GTEST_SKIP() << test::kNoCaptures;
  std::vector<std::pair<rio::IpAddress, std::string>> datagrams;  // With their group.
  std::vector<int64_t> stamps;
  const absl::Status status = test::ForEachPacket(*capture, [&](const test::CapturedPacket& at) {
    datagrams.emplace_back(
        at.datagram.destination,
        std::string(reinterpret_cast<const char*>(at.packet.data), at.packet.length));
    stamps.push_back(at.packet.stamp_ns);
  });
  ASSERT_TRUE(status.ok()) << status;
  const auto arrivals = [&](bool swapped, int64_t b_later_ns) {
    std::vector<Arrival> all;
    for (size_t i = 0; i < datagrams.size(); ++i) {
      const bool is_b = datagrams[i].first != datagrams[0].first;
      all.push_back(
          {stamps[i] + (is_b ? b_later_ns : 0), size_t{is_b != swapped}, &datagrams[i].second});
    }
    return all;
  };
  const Outcome expected = BooksOf(arrivals(false, 0), "cme_mdp3");
  ASSERT_GT(expected.told.size(), 1'000u);
  constexpr int64_t kShiftNs = 300 * kMicrosecondNs;
  for (const bool swapped : {false, true}) {
    for (const int64_t b_later_ns : {int64_t{0}, kShiftNs, -kShiftNs}) {
      SCOPED_TRACE(absl::StrCat("swapped ", swapped, ", B later by ", b_later_ns));
      ExpectSame(BooksOf(arrivals(swapped, b_later_ns), "cme_mdp3"), expected);
    }
  }
}

}  // namespace
}  // namespace fh::books
