// After construction the session does not allocate, whatever comes.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "feedhandler/session/channel_session.h"
#include "tests/allocation_counter.h"

namespace fh::test {
namespace {

TEST(SessionAllocation, NoneAfterConstruction) {
  SessionOptions options{.lines = 2, .window_packets = 32, .announce_gaps = true};
  ChannelSession session(options);
  std::mt19937_64 random(7);
  std::vector<rio::Packet> packets(options.max_burst);
  std::vector<codecs::PacketFrame> frames(options.max_burst);
  std::vector<Arrival> arrivals(options.max_burst);
  uint64_t at = 1;
  int64_t now_ns = 0;
  const uint64_t before = AllocationCount();
  for (int round = 0; round < 2000; ++round) {
    for (uint32_t i = 0; i < options.max_burst; ++i) {
      packets[i].slice = i;
      frames[i] = {};
      frames[i].kind = static_cast<codecs::FrameKind>(random() % 50 == 0 ? 1 + random() % 3 : 0);
      frames[i].first_sequence = at + random() % 8;
      frames[i].message_count = random() % 4;
      frames[i].number_count = frames[i].message_count;
      frames[i].lost_in_tail = random() % 40 == 0 ? 2 : 0;
      frames[i].session.bytes[0] = static_cast<char>('a' + round / 100);
      at += random() % 3;
      arrivals[i] = {&packets[i], &frames[i], now_ns += 1000, static_cast<uint8_t>(random() % 2)};
    }
    session.OnBurst(arrivals);
    if (round % 10 == 0) session.OnIdle(now_ns);
  }
  session.Flush(now_ns);
  EXPECT_EQ(AllocationCount() - before, 0u);
  EXPECT_GT(session.stats().gaps, 100u);
  EXPECT_GT(session.stats().delivered_messages, 10000u);
}

}  // namespace
}  // namespace fh::test
