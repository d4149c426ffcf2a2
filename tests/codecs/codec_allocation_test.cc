// A codec allocates while it is made and never again: a program of its own, since it counts every
// allocation of the process.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/registry.h"
#include "tests/allocation_counter.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs {
namespace {

using test::PacketBytes;

// Between packets: days change, and with some hundred packets so does the clock in March.
constexpr int64_t kStepNs = 9 * int64_t{3'600'000'000'000};

// Valid packets, damaged ones and cut ones.
std::vector<PacketBytes> Payloads(const CodecInfo& info) {
  std::mt19937_64 random(7);
  std::vector<PacketBytes> payloads;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    std::string payload = info.sample(seed);
    if (seed % 3 == 1) payload[random() % payload.size()] = static_cast<char>(random());
    if (seed % 3 == 2) payload.resize(random() % payload.size());
    payloads.emplace_back(payload);
  }
  return payloads;
}

class CodecAllocation : public testing::TestWithParam<const CodecInfo*> {};

TEST_P(CodecAllocation, FramingAndDecodingAllocateNothing) {
  const std::vector<PacketBytes> payloads = Payloads(*GetParam());
  for (const bool portable : {false, true}) {
    // A table too small for all symbols: being full must not allocate either.
    InstrumentStore table(5);
    CodecOptions options;
    options.instruments = &table;
    options.portable = portable;
    const std::unique_ptr<Codec> codec = *GetParam()->make(options);
    std::vector<NormalizedUpdate> slots(1 << 16);
    UpdateWriter writer(slots.data(), slots.size() - 1, 0);
    int64_t ts_recv_ns = test::kTestReceiveNs;
    const uint64_t before = test::AllocationCount();
    for (const PacketBytes& payload : payloads) {
      PacketFrame frame;
      codec->Frame({&payload.packet(), 1}, {&frame, 1});
      if (frame.kind != FrameKind::kMessages) continue;
      const DecodeJob job = {&payload.packet(), &frame, 0, frame.number_count, ts_recv_ns, 0};
      codec->Decode({&job, 1}, writer);
      ts_recv_ns += kStepNs;
    }
    EXPECT_EQ(test::AllocationCount(), before);
    EXPECT_GT(writer.next(), 0u);
    table.Clear();
    EXPECT_EQ(test::AllocationCount(), before);
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, CodecAllocation, testing::ValuesIn(Codecs()),
                         [](const testing::TestParamInfo<const CodecInfo*>& param_info) {
                           return std::string(param_info.param->name);
                         });

}  // namespace
}  // namespace fh::codecs
