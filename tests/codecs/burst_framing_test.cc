// Codecs may walk the packets of a burst together: each must be framed as if it were alone,
// whatever its neighbours are.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "codecs/codec.h"
#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "rio/packet.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs {
namespace {

using test::PacketBytes;

bool IsSame(const PacketFrame& a, const PacketFrame& b) {
  return a.session == b.session && a.first_sequence == b.first_sequence &&
         a.send_time_ns == b.send_time_ns && a.message_count == b.message_count &&
         a.lost_in_tail == b.lost_in_tail && a.kind == b.kind && a.reject == b.reject &&
         a.stream_start == b.stream_start && a.trailing_bytes == b.trailing_bytes;
}

// Whole samples, samples cut anywhere, and samples with a byte changed.
std::string Damaged(std::string payload, std::mt19937_64& random) {
  switch (random() % 3) {
    case 0:
      payload.resize(random() % (payload.size() + 1));
      break;
    case 1:
      payload[random() % payload.size()] = static_cast<char>(random());
      break;
    default:
      break;
  }
  return payload;
}

TEST(BurstFramingTest, PacketsOfABurstAreFramedAsOneByOne) {
  constexpr int kBursts = 300;
  std::mt19937_64 random(7);
  for (const CodecInfo* info : Codecs()) {
    InstrumentStore instruments(1000);
    const auto together = *info->make({.channel_id = 1, .instruments = &instruments});
    const auto alone = *info->make({.channel_id = 1, .instruments = &instruments});
    for (int burst = 0; burst < kBursts; ++burst) {
      std::vector<PacketBytes> payloads;
      std::vector<rio::Packet> packets;
      for (uint64_t count = random() % 13; packets.size() < count;) {
        const auto tail = static_cast<uint8_t>(random());
        packets.push_back(
            payloads.emplace_back(Damaged(info->sample(random() % 50), random), tail).packet());
      }
      std::vector<PacketFrame> frames(packets.size());
      together->Frame(packets, frames);
      for (size_t i = 0; i < packets.size(); ++i) {
        PacketFrame frame;
        alone->Frame({&packets[i], 1}, {&frame, 1});
        ASSERT_TRUE(IsSame(frames[i], frame)) << info->name << ", burst " << burst << ", " << i;
      }
    }
    EXPECT_EQ(together->stats().damaged_tails, alone->stats().damaged_tails) << info->name;
    EXPECT_EQ(together->stats().too_short, alone->stats().too_short) << info->name;
    EXPECT_GT(together->stats().damaged_tails + together->stats().bad_length, 0u) << info->name;
  }
}

}  // namespace
}  // namespace fh::codecs
