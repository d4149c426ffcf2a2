// Stamps in frames: each format with all that it can carry, and what must not be taken for one.
#include "rio/stamps/trailer.h"

#include <random>

#include "gtest/gtest.h"
#include "tests/rio/trailer_bytes.h"

namespace fh::rio {
namespace {

using test::AppendMetamakoTag;
using test::AristaHeader;
using test::ExablazeTrailer;
using test::MetamakoTrailer;
using test::TrailerBytes;
using test::VssTrailer;

constexpr uint32_t kSeconds = 1'700'000'000;
constexpr int64_t kReferenceNs = 1'700'000'000'500'000'000;
const TrailerBytes kFcs = {0x11, 0x22, 0x33, 0x44};

// A frame whose packet ends at `packet_bytes`, with what follows.
struct Frame {
  Frame(size_t packet_bytes, const TrailerBytes& behind) : bytes(packet_bytes, 0x5a) {
    place.tail = packet_bytes;
    Append(behind);
  }
  Frame& Append(const TrailerBytes& more) {
    for (const uint8_t byte : more) bytes.push_back(byte);
    return *this;
  }
  std::optional<TrailerStamp> Parse(TrailerFormat format, int64_t reference_ns = kReferenceNs) {
    return ParseTrailer(bytes, place, format, reference_ns);
  }
  TrailerFormat Detect() const { return DetectTrailer(bytes, place, kReferenceNs); }

  std::vector<uint8_t> bytes;
  StampPlace place;
};

Frame AristaFrame(const TrailerBytes& header) {
  Frame frame(12, header);
  frame.place.header = 12;
  frame.Append({0x08, 0x00});
  frame.bytes.resize(100, 0x45);
  frame.place.tail = 100;
  return frame;
}

TEST(Trailer, MetamakoWithAndWithoutANewFrameCheckSequence) {
  const TrailerBytes trailer = MetamakoTrailer(
      {.seconds = kSeconds, .ns = 123'456'789, .flags = 0x11, .device = 0x1234, .port = 7});
  for (const bool with_fcs : {false, true}) {
    for (const size_t packet_bytes : {42u, 300u}) {
      Frame frame(packet_bytes, {});
      if (packet_bytes < 60) frame.Append(TrailerBytes(60 - packet_bytes, 0));
      frame.Append(trailer);
      if (with_fcs) frame.Append(kFcs);
      const auto stamp = frame.Parse(TrailerFormat::kMetamako);
      ASSERT_TRUE(stamp.has_value()) << with_fcs;
      EXPECT_EQ(stamp->ns, int64_t{kSeconds} * 1'000'000'000 + 123'456'789);
      EXPECT_EQ(stamp->device, 0x1234);
      EXPECT_EQ(stamp->port, 7);
      EXPECT_TRUE(stamp->unsynchronized);
      EXPECT_EQ(frame.Detect(), TrailerFormat::kMetamako);
    }
  }
}

TEST(Trailer, MetamakoExtensionsAreSteppedOverAndGiveTheFraction) {
  TrailerBytes extensions;
  // From the front: a string of 8 bytes, a sequence number, a fraction of half a nanosecond.
  extensions.insert(extensions.end(), {'t', 'a', 'p', ' ', 'o', 'n', 'e', ' '});
  test::AppendBig(extensions, 0u << 16 | 1u << 6 | 1u << 5 | 0x1f, 4);  // 1 + 1 words, the last.
  AppendMetamakoTag(extensions, 42, 0, false, 0);
  AppendMetamakoTag(extensions, 1u << 23, 0, false, 1);
  Frame frame(100, MetamakoTrailer({.seconds = kSeconds,
                                    .ns = 5,
                                    .flags = 0x03,
                                    .device = 1,
                                    .port = 2,
                                    .extensions = extensions}));
  const auto stamp = frame.Append(kFcs).Parse(TrailerFormat::kMetamako);
  ASSERT_TRUE(stamp.has_value());
  EXPECT_EQ(stamp->ns, int64_t{kSeconds} * 1'000'000'000 + 5);
  EXPECT_EQ(stamp->picoseconds, 500u);
  EXPECT_FALSE(stamp->unsynchronized);
  // Extensions that lead out of the trailer: none.
  TrailerBytes endless;
  AppendMetamakoTag(endless, 0, 3, false, 4);
  Frame wrong(100, MetamakoTrailer({.seconds = kSeconds, .flags = 0x02, .extensions = endless}));
  EXPECT_FALSE(wrong.Parse(TrailerFormat::kMetamako).has_value());
}

TEST(Trailer, ExablazeFractionOfASecond) {
  for (const bool with_fcs : {false, true}) {
    // A quarter of a second and 2^-40 of one, which is 0.9 ps.
    Frame frame(120, ExablazeTrailer(3, 9, kSeconds, (uint64_t{1} << 38) + 1));
    if (with_fcs) frame.Append(kFcs);
    const auto stamp = frame.Parse(TrailerFormat::kExablaze);
    ASSERT_TRUE(stamp.has_value());
    EXPECT_EQ(stamp->ns, int64_t{kSeconds} * 1'000'000'000 + 250'000'000);
    EXPECT_EQ(stamp->picoseconds, 0u);
    EXPECT_EQ(stamp->device, 3);
    EXPECT_EQ(stamp->port, 9);
    EXPECT_EQ(frame.Detect(), TrailerFormat::kExablaze);
  }
  Frame last(120, ExablazeTrailer(0, 0, kSeconds, (uint64_t{1} << 40) - 1));
  EXPECT_EQ(last.Parse(TrailerFormat::kExablaze)->ns,
            int64_t{kSeconds} * 1'000'000'000 + 999'999'999);
  EXPECT_EQ(last.Parse(TrailerFormat::kExablaze)->picoseconds, 999u);
}

TEST(Trailer, VssWithPortAndFrameCheckSequenceInAllCombinations) {
  for (const bool with_port : {false, true}) {
    for (const bool with_fcs : {false, true}) {
      for (const size_t packet_bytes : {46u, 200u}) {
        Frame frame(packet_bytes, {});
        if (packet_bytes < 60) frame.Append(TrailerBytes(60 - packet_bytes, 0));
        frame.Append(VssTrailer(kSeconds, 999'999'999, 2));
        if (with_port) frame.Append({21});
        if (with_fcs) frame.Append(kFcs);
        const auto stamp = frame.Parse(TrailerFormat::kVss);
        ASSERT_TRUE(stamp.has_value()) << with_port << with_fcs << packet_bytes;
        EXPECT_EQ(stamp->ns, int64_t{kSeconds} * 1'000'000'000 + 999'999'999);
        EXPECT_EQ(stamp->port, with_port ? 21 : 0);
        EXPECT_FALSE(stamp->unsynchronized);
        EXPECT_EQ(frame.Detect(), TrailerFormat::kVss);
      }
    }
  }
  EXPECT_TRUE(Frame(200, VssTrailer(kSeconds, 0, 0)).Parse(TrailerFormat::kVss)->unsynchronized);
}

TEST(Trailer, AristaHeaderInAllItsVersions) {
  const int64_t expected_ns = int64_t{kSeconds} * 1'000'000'000 + 77;
  const uint32_t tai = kSeconds + 37;
  for (const auto& [version, seconds] : std::vector<std::pair<uint16_t, uint32_t>>{
           {0x0110, kSeconds},
           {0x0120, kSeconds & 0xffff},
           {0x0010, tai},
           {0x0020, tai & 0xffff},
           {0x0111, kSeconds}}) {  // The hardware of the R3 series.
    Frame frame = AristaFrame(AristaHeader(version, seconds, 77));
    const auto stamp = frame.Parse(TrailerFormat::kArista);
    ASSERT_TRUE(stamp.has_value()) << std::hex << version;
    EXPECT_EQ(stamp->ns, expected_ns) << std::hex << version;
    EXPECT_EQ(frame.Detect(), TrailerFormat::kArista);
  }
  // 16 bits of seconds turn over every 18 hours: the stamp next to the reference is meant.
  for (const int64_t apart_s : {-30'000, -1, 1, 30'000}) {
    const int64_t meant_s = kSeconds + apart_s;
    Frame frame = AristaFrame(AristaHeader(0x0120, static_cast<uint32_t>(meant_s & 0xffff), 0));
    EXPECT_EQ(frame.Parse(TrailerFormat::kArista)->ns, meant_s * 1'000'000'000);
  }
  EXPECT_FALSE(AristaFrame(AristaHeader(0x0120, 1, 0)).Parse(TrailerFormat::kArista, 0).has_value())
      << "48 bits mean nothing without a reference";
  EXPECT_FALSE(AristaFrame(AristaHeader(0x0130, kSeconds, 0)).Parse(TrailerFormat::kArista));
  EXPECT_FALSE(AristaFrame(AristaHeader(0x0210, kSeconds, 0)).Parse(TrailerFormat::kArista));
}

TEST(Trailer, LeapSecondsOfTaiAreThoseOfTheDay) {
  // One second of UTC before and after the leap second at the end of 2016 (IERS Bulletin C 52).
  for (const auto& [utc, tai] : std::vector<std::pair<uint32_t, uint32_t>>{
           {1'483'228'799, 1'483'228'799 + 36}, {1'483'228'800, 1'483'228'800 + 37}}) {
    Frame frame = AristaFrame(AristaHeader(0x0010, tai, 0));
    EXPECT_EQ(frame.Parse(TrailerFormat::kArista, int64_t{utc} * 1'000'000'000)->ns,
              int64_t{utc} * 1'000'000'000);
  }
}

TEST(Trailer, ZeroIsNoStampAndPaddingIsNone) {
  for (const TrailerFormat format : kTrailerFormats) {
    for (size_t bytes = 0; bytes < 40; ++bytes) {
      Frame frame(42, TrailerBytes(bytes, 0));
      EXPECT_FALSE(frame.Parse(format).has_value());
      EXPECT_FALSE(frame.Parse(format, 0).has_value());
    }
  }
}

TEST(Trailer, AStampFarFromTheReferenceIsNone) {
  const int64_t month_ns = 31LL * 24 * 3600 * 1'000'000'000;
  Frame metamako(100, MetamakoTrailer({.seconds = kSeconds}));
  EXPECT_TRUE(metamako.Parse(TrailerFormat::kMetamako).has_value());
  EXPECT_TRUE(metamako.Parse(TrailerFormat::kMetamako, 0).has_value());
  EXPECT_FALSE(metamako.Parse(TrailerFormat::kMetamako, kReferenceNs + month_ns).has_value());
  EXPECT_FALSE(metamako.Parse(TrailerFormat::kMetamako, kReferenceNs - month_ns).has_value());
  // A tap that was just switched on counts from its own start.
  Frame young(100, VssTrailer(60, 5, 0));
  EXPECT_FALSE(young.Parse(TrailerFormat::kVss, 0).has_value());
  Frame too_many(100, MetamakoTrailer({.seconds = kSeconds, .ns = 1'000'000'000}));
  EXPECT_FALSE(too_many.Parse(TrailerFormat::kMetamako).has_value());
}

TEST(Trailer, CutAtEveryByteIsNoneOrTheSame) {
  const std::vector<std::pair<TrailerFormat, Frame>> frames = {
      {TrailerFormat::kMetamako, Frame(100, MetamakoTrailer({.seconds = kSeconds, .ns = 1}))},
      {TrailerFormat::kExablaze, Frame(100, ExablazeTrailer(1, 2, kSeconds, 3))},
      {TrailerFormat::kVss, Frame(100, VssTrailer(kSeconds, 1, 1))},
      {TrailerFormat::kArista, AristaFrame(AristaHeader(0x0110, kSeconds, 1))}};
  for (const auto& [format, frame] : frames) {
    const size_t needed = format == TrailerFormat::kArista ? 12 + 2 + 12 : frame.bytes.size();
    for (size_t size = 0; size < frame.bytes.size(); ++size) {
      const std::vector<uint8_t> cut(frame.bytes.begin(),
                                     frame.bytes.begin() + static_cast<long>(size));
      EXPECT_EQ(ParseTrailer(cut, frame.place, format, kReferenceNs).has_value(), size >= needed)
          << TrailerFormatName(format) << " " << size;
    }
  }
}

TEST(Trailer, RandomBytesAreAlmostNeverTakenForOne) {
  std::mt19937 random(11);
  int found = 0;
  for (int i = 0; i < 100'000; ++i) {
    Frame frame(60, {});
    for (size_t n = random() % 24; n > 0; --n)
      frame.bytes.push_back(static_cast<uint8_t>(random()));
    found += frame.Detect() != TrailerFormat::kNone;
  }
  // Of 2^32 seconds, a month each way is one in 830; three formats at two places look.
  EXPECT_LT(found, 400);
}

TEST(TrailerFormatNames, AreReadBack) {
  for (const TrailerFormat format : kTrailerFormats) {
    EXPECT_EQ(ParseTrailerFormat(TrailerFormatName(format)), format);
    EXPECT_NE(std::string(kTrailerFormatNames).find(TrailerFormatName(format)), std::string::npos);
  }
  EXPECT_EQ(ParseTrailerFormat("none"), TrailerFormat::kNone);
  EXPECT_EQ(ParseTrailerFormat("Metamako"), std::nullopt);
}

}  // namespace
}  // namespace fh::rio
