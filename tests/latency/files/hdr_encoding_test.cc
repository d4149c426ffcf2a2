#include "latency/files/hdr_encoding.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "tests/latency/files/vectors.h"

namespace fh::latency::files {
namespace {

using test::EncodingVector;
using test::EncodingVectors;
using test::FromHex;

constexpr size_t kHeaderBytes = 40;

std::string Big(uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

std::string Header(uint32_t cookie, size_t payload_bytes, int64_t highest, int digits = 3,
                   int64_t lowest = 1) {
  return Big(cookie, 4) + Big(payload_bytes, 4) + Big(0, 4) +
         Big(static_cast<uint64_t>(digits), 4) + Big(static_cast<uint64_t>(lowest), 8) +
         Big(static_cast<uint64_t>(highest), 8) + FromHex("3ff0000000000000");
}

void ExpectSame(const HdrHistogram& a, const HdrHistogram& b) {
  EXPECT_EQ(a.layout().settings().lowest, b.layout().settings().lowest);
  EXPECT_EQ(a.layout().settings().digits, b.layout().settings().digits);
  EXPECT_EQ(a.slots(), b.slots());
  EXPECT_EQ(a.total(), b.total());
}

TEST(HdrEncodingTest, VectorsAreWrittenAndReadByteForByte) {
  const std::vector<EncodingVector> vectors = EncodingVectors();
  ASSERT_EQ(vectors.size(), 13u);
  for (const EncodingVector& vector : vectors) {
    SCOPED_TRACE(vector.name);
    EXPECT_EQ(absl::BytesToHexString(Encode(vector.histogram)),
              absl::BytesToHexString(vector.bytes));
    const auto read = Decode(vector.bytes);
    ASSERT_TRUE(read.ok()) << read.status();
    ExpectSame(*read, vector.histogram);
    EXPECT_EQ(read->layout().settings(), vector.histogram.layout().settings());
    EXPECT_EQ(read->total(), vector.json["total"].get<uint64_t>());
    EXPECT_EQ(read->max(), vector.json["max"].get<int64_t>());
    EXPECT_EQ(read->ValueAtPercentile(50), vector.json["p50"].get<int64_t>());
    EXPECT_EQ(read->ValueAtPercentile(99), vector.json["p99"].get<int64_t>());
  }
}

TEST(HdrEncodingTest, CompressedAndBase64ComeBack) {
  for (const EncodingVector& vector : EncodingVectors()) {
    SCOPED_TRACE(vector.name);
    const std::string text = EncodeBase64(vector.histogram);
    EXPECT_TRUE(absl::StartsWith(text, "HISTFAAA")) << text;
    uint64_t unpacked = 0;
    const auto read = DecodeBase64(text, &unpacked);
    ASSERT_TRUE(read.ok()) << read.status();
    ExpectSame(*read, vector.histogram);
    EXPECT_EQ(unpacked, vector.bytes.size());
  }
}

TEST(HdrEncodingTest, FixedWidthCountsOfV0AndV1AreRead) {
  for (const int word : {2, 4, 8}) {
    const auto nibble = static_cast<uint32_t>(word) << 4;
    const std::string counts = Big(0, word) + Big(5, word) + Big(0, word) + Big(7, word);
    const std::string v1 = Header(0x1C849301 | nibble, counts.size(), 4095) + counts;
    const std::string v0 =
        Big(0x1C849308 | nibble, 4) + Big(3, 4) + Big(1, 8) + Big(4095, 8) + Big(12, 8) + counts;
    for (const std::string& bytes : {v1, v0}) {
      const auto read = Decode(bytes);
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(read->slots(), (std::vector<HdrSlot>{{1, 5}, {3, 7}}));
    }
    EXPECT_FALSE(Decode(v1.substr(0, v1.size() - 1)).ok());
    EXPECT_FALSE(Decode(v0.substr(0, v0.size() - 1)).ok());
    const std::string negative = Header(0x1C849301 | nibble, static_cast<size_t>(word), 4095) +
                                 Big(uint64_t{1} << (8 * word - 1), word);
    EXPECT_TRUE(absl::StrContains(Decode(negative).status().message(), "negative count"));
  }
}

TEST(HdrEncodingTest, DoubleHistogramsAreRefusedWithASentence) {
  for (const uint32_t cookie : {0x0C72124Eu, 0x0C72124Fu}) {
    const auto read = Decode(Big(cookie, 4) + std::string(60, '\0'));
    EXPECT_TRUE(absl::StrContains(read.status().message(), "DoubleHistogram")) << read.status();
  }
}

TEST(HdrEncodingTest, WhatMakesNoSenseIsRefusedWithItsOffset) {
  const auto refused = [](const std::string& bytes, const std::string& part) {
    const auto read = Decode(bytes);
    EXPECT_FALSE(read.ok());
    EXPECT_TRUE(absl::StrContains(read.status().message(), part)) << read.status();
  };
  const int64_t highest = (int64_t{1} << 42) - 1;
  refused("", "offset 0");
  refused("HISTFAAA", "offset 0");
  refused(Header(0x1C849313, 1, highest, 6) + '\0', "offset 12");
  refused(Header(0x1C849313, 1, highest, -1) + '\0', "offset 12");
  refused(Header(0x1C849313, 1, highest, 3, 0) + '\0', "offset 12");
  refused(Header(0x1C849313, 1, 1, 3) + '\0', "offset 12");
  refused(Header(0x1C849313, 1, std::numeric_limits<int64_t>::max(), 5, int64_t{1} << 50) + '\0',
          "62 bits");
  refused(Header(0x1C849301, 1, highest) + '\0', "counts of 0 bytes");
  // A gap of 2^32 slots, and one beyond the last; a count behind it.
  refused(Header(0x1C849313, 5, highest) + FromHex("ffffffff1f"), "offset 40: a gap of 2^31");
  refused(Header(0x1C849313, 4, highest) + FromHex("ffffff7f"), "offset 40: a gap leads beyond");
  // Twice 2^62.
  refused(Header(0x1C849313, 18, highest) + FromHex("808080808080808080808080808080808080"),
          "offset 49: the counts add up");
  refused(Header(0x1C849313, 0x7FFFFFFF, highest), "offset 40");
  refused(Header(0x1C849313, 0xFFFFFFFF, highest), "offset 40");
}

TEST(HdrEncodingTest, UnpackingStopsAtTheLimit) {
  // 16 MiB of nothing: V1 with long counts, all zero.
  std::string bytes = Header(0x1C849381, size_t{16} << 20, (int64_t{1} << 42) - 1);
  bytes.resize(bytes.size() + (size_t{16} << 20));
  EXPECT_TRUE(Decode(bytes).ok());  // Not packed, so whoever has it has the memory.
  // The same packed, by another histogram's encoder: a stream of stored blocks would not be small.
  uLongf length = ::compressBound(bytes.size());
  std::string packed(length, '\0');
  ASSERT_EQ(::compress(reinterpret_cast<Bytef*>(packed.data()), &length,
                       reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()),
            Z_OK);
  packed.resize(length);
  const auto read = Decode(Big(0x1C849382, 4) + Big(packed.size(), 4) + packed);
  EXPECT_TRUE(absl::StrContains(read.status().message(), "unpacks to more than")) << read.status();
}

TEST(HdrEncodingTest, WhatIsNotBase64IsRefused) {
  const std::string text = EncodeBase64(EncodingVectors()[4].histogram);
  EXPECT_TRUE(DecodeBase64(text).ok());
  EXPECT_FALSE(DecodeBase64(text.substr(0, 9) + " " + text.substr(9)).ok());
  EXPECT_FALSE(DecodeBase64(text.substr(0, 9) + "\xC3\xA4" + text.substr(9)).ok());
  EXPECT_FALSE(DecodeBase64("").ok());
  EXPECT_FALSE(DecodeBase64("=").ok());
}

TEST(LatencyTrap04CountsOf55BitsTakeNineBytes, WrittenAndRead) {
  for (const EncodingVector& vector : EncodingVectors()) {
    if (vector.name != "count_9_bytes") continue;
    const std::string bytes = Encode(vector.histogram);
    EXPECT_EQ(bytes, vector.bytes);
    EXPECT_EQ(bytes.size() - kHeaderBytes, 0x16u);
    const auto read = Decode(bytes);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->slots(),
              (std::vector<HdrSlot>{{100, uint64_t{1} << 55}, {200, uint64_t{1} << 61}}));
    return;
  }
  FAIL() << "no such vector";
}

TEST(LatencyTrap04CountsOf55BitsTakeNineBytes, TheNinthByteIsWhole) {
  HdrHistogram histogram;
  histogram.Record(100, (uint64_t{1} << 62) + 7);
  histogram.Record(300, 5);
  const auto read = Decode(Encode(histogram));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->slots(), histogram.slots());
}

TEST(LatencyTrap05LengthsAreNotBelieved, EachVectorCutAtEveryByteIsRefused) {
  for (const EncodingVector& vector : EncodingVectors()) {
    SCOPED_TRACE(vector.name);
    const std::string packed = EncodeCompressed(vector.histogram);
    for (const std::string& whole : {vector.bytes, packed}) {
      for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
        const auto read = Decode(std::string(whole.substr(0, bytes)));
        ASSERT_FALSE(read.ok()) << bytes;
        EXPECT_TRUE(absl::StartsWith(read.status().message(), "offset ")) << read.status();
      }
    }
  }
}

TEST(LatencyTrap05LengthsAreNotBelieved, AnyOtherByteIsReadOrRefused) {
  for (const EncodingVector& vector : EncodingVectors()) {
    for (size_t at = 0; at < vector.bytes.size(); ++at) {
      for (const int flip : {0x01, 0x80, 0xFF}) {
        std::string bytes = vector.bytes;
        bytes[at] = static_cast<char>(bytes[at] ^ flip);
        const auto read = Decode(bytes);
        if (read.ok()) {
          EXPECT_EQ(Decode(Encode(*read)).value().slots(), read->slots());
        }
      }
    }
  }
}

TEST(LatencyTrap06TheTopSlotEndsAtTheGreatestInteger, CountThere) {
  for (const int digits : {1, 3, 5}) {
    const HdrSettings settings{
        .lowest = 1, .highest = std::numeric_limits<int64_t>::max(), .digits = digits};
    HdrHistogram histogram(HdrLayout::Make(settings).value());
    ASSERT_TRUE(histogram.Record(std::numeric_limits<int64_t>::max(), 1));
    EXPECT_EQ(histogram.slots()[0].index, histogram.layout().slots() - 1);
    EXPECT_EQ(histogram.max(), std::numeric_limits<int64_t>::max());
    EXPECT_GT(histogram.min(), 0);
    EXPECT_EQ(histogram.ValueAtPercentile(99), std::numeric_limits<int64_t>::max());
    const auto read = Decode(Encode(histogram));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->max(), std::numeric_limits<int64_t>::max());
    EXPECT_EQ(FromHdr(*read).above_range().count, 1u);
  }
}

TEST(LatencyTrap07TheNormalizingOffsetIsIgnored, PatchedHeader) {
  for (const EncodingVector& vector : EncodingVectors()) {
    std::string bytes = vector.bytes;
    bytes[11] = 7;
    bytes.replace(32, 8, FromHex("0000000000000001"));  // And a ratio of 5e-324.
    const auto read = Decode(bytes);
    ASSERT_TRUE(read.ok()) << read.status();
    ExpectSame(*read, vector.histogram);
  }
}

TEST(LatencyTrap08TotalsNeedMoreThan32Bits, CountsBeyond2To32) {
  for (const EncodingVector& vector : EncodingVectors()) {
    if (vector.name != "count_2p31_2p32") continue;
    const auto read = Decode(vector.bytes);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->total(), 9'007'205'697'191'935u);
    HdrHistogram twice = *read;
    EXPECT_TRUE(twice.Merge(*read));
    EXPECT_EQ(twice.total(), 2 * 9'007'205'697'191'935u);
    EXPECT_EQ(twice.slots()[0].count, uint64_t{1} << 32);
    return;
  }
  FAIL() << "no such vector";
}

}  // namespace
}  // namespace fh::latency::files
