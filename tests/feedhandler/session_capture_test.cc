// A real feed through the session: IEX DEEP from a test system whose publisher restarts eleven
// times under one session id.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/captures.h"
#include "tests/codecs/capture_packets.h"
#include "tests/sim/session_harness.h"

namespace fh::test {
namespace {

constexpr char kDeep[] = "iex/deep10_20170425_head60000.pcap";
constexpr uint64_t kMessages = 329'936;
constexpr uint64_t kRestarts = 11;

std::vector<Sent> ReadFrames(const std::filesystem::path& path) {
  codecs::InstrumentStore instruments(1024);
  const std::unique_ptr<codecs::Codec> codec =
      (*codecs::FindCodec("iex_deep10"))->make({.instruments = &instruments}).value();
  std::vector<Sent> frames;
  const absl::Status status = ForEachPacket(path, [&](const CapturedPacket& captured) {
    codecs::PacketFrame frame;
    codec->Frame({&captured.packet, 1}, {&frame, 1});
    frames.push_back({.first = frame.first_sequence,
                      .count = frame.message_count,
                      .at_ns = captured.packet.stamp_ns,
                      .kind = frame.kind,
                      .lost_in_tail = frame.lost_in_tail,
                      .stream_start = frame.stream_start,
                      .send_ns = frame.send_time_ns});
  });
  EXPECT_TRUE(status.ok()) << status;
  return frames;
}

void ExpectWhole(SessionHarness& harness) {
  const SessionStats& stats = harness.session().stats();
  EXPECT_EQ(stats.delivered_messages, kMessages);
  EXPECT_EQ(stats.restarts, kRestarts);
  EXPECT_EQ(stats.gaps, 0u);
  EXPECT_EQ(harness.outstanding(), 0u);
  EXPECT_EQ(harness.broken(), "");
}

TEST(SessionCapture, RestartsOfARealPublisherAreSeenAndNothingIsLost) {
  const auto path = CaptureFile(kDeep);
  if (!path) GTEST_SKIP() << kNoCaptures;
  const std::vector<Sent> frames = ReadFrames(*path);
  SessionHarness harness({.lines = 1}, /*keep_log=*/false);
  harness.SendBurst(frames);
  harness.Flush();
  ExpectWhole(harness);
  EXPECT_EQ(harness.session().stats().duplicate_messages, 0u);
}

TEST(SessionCapture, TwoLossyLinesWhoseUnionIsWholeGiveTheSame) {
  const auto path = CaptureFile(kDeep);
  if (!path) GTEST_SKIP() << kNoCaptures;
  const std::vector<Sent> frames = ReadFrames(*path);
  std::mt19937_64 random(5);
  std::vector<Sent> arrivals;
  for (const Sent& frame : frames) {
    // Each packet is lost on neither line, on A, or on B.
    const uint64_t lost_on = random() % 20;
    for (uint8_t line = 0; line < 2; ++line) {
      if (lost_on == line) continue;
      arrivals.push_back(frame);
      arrivals.back().line = line;
      arrivals.back().at_ns += line * 100'000;
    }
  }
  std::stable_sort(arrivals.begin(), arrivals.end(),
                   [](const Sent& a, const Sent& b) { return a.at_ns < b.at_ns; });
  SessionHarness harness({.lines = 2}, /*keep_log=*/false);
  harness.SendBurst(arrivals);
  harness.Flush();
  ExpectWhole(harness);
  EXPECT_EQ(harness.accounted_messages(), harness.sent_messages());
  EXPECT_GT(harness.session().line_stats(1).won_messages, kMessages / 40);
}

// CME numbers packets, not messages: two lines of 5,000 each, whose capture times go backwards.
TEST(SessionCapture, PacketNumbersOfTwoLinesAreUnited) {
  constexpr uint64_t kNumbers = 5'000;
  const auto path = CaptureFile("cme/mdp3_v1.6_20161112_AB.pcapng");
  if (!path) GTEST_SKIP() << kNoCaptures;
  const std::unique_ptr<codecs::Codec> codec = *(*codecs::FindCodec("cme_mdp3"))->make({});
  std::vector<Sent> arrivals;
  const absl::Status status = ForEachPacket(*path, [&](const CapturedPacket& captured) {
    codecs::PacketFrame frame;
    codec->Frame({&captured.packet, 1}, {&frame, 1});
    const bool is_line_a = captured.datagram.destination_port == 14340;
    arrivals.push_back({.line = static_cast<uint8_t>(is_line_a ? 0 : 1),
                        .first = frame.first_sequence,
                        .count = frame.number_count,
                        .at_ns = captured.packet.stamp_ns,
                        .kind = frame.kind,
                        .lost_in_tail = frame.lost_in_tail,
                        .stream_start = frame.stream_start,
                        .send_ns = frame.send_time_ns});
  });
  EXPECT_TRUE(status.ok()) << status;
  SessionHarness harness({.lines = 2}, /*keep_log=*/false);
  harness.SendBurst(arrivals);
  harness.Flush();
  const SessionStats& stats = harness.session().stats();
  EXPECT_EQ(stats.delivered_messages, kNumbers);
  EXPECT_EQ(stats.duplicate_messages, kNumbers);
  EXPECT_EQ(stats.gaps, 0u);
  EXPECT_EQ(stats.restarts, 0u);
  EXPECT_EQ(harness.broken(), "");
}

}  // namespace
}  // namespace fh::test
