#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/replay/capture_bytes.h"

namespace fh::test {
namespace {

using replay::CapturedFrame;
using replay::CaptureReader;
using replay::LinkType;
using replay::ReadResult;
using ::testing::HasSubstr;

constexpr int64_t kNsPerSecond = 1'000'000'000;
constexpr uint32_t kSimple = 3;
constexpr uint32_t kObsolete = 2;
constexpr uint32_t kNameResolution = 4;
constexpr uint32_t kStatistics = 5;
constexpr uint32_t kCustom = 0x0bad;

class PcapngByteOrders : public ::testing::TestWithParam<bool> {};

// Two interfaces; an enhanced, an obsolete and a simple packet.
FileBytes SmallFile(bool big_endian) {
  FileBytes file(big_endian);
  AddSection(file);
  AddInterface(file, LinkType::kEthernet, 8);
  AddInterface(file, LinkType::kRaw, 0, 9);
  AddEnhancedPacket(file, 1, 1'500'000'000'000'000'123, Pattern(13, 1), 70);
  FileBytes obsolete(big_endian);
  obsolete.U16(0).U16(3).U32(0).U32(2'500'000).U32(5).U32(6);
  AddBlock(file, kObsolete, obsolete.Raw(Pattern(5, 2)));
  AddBlock(file, kSimple, FileBytes(big_endian).U32(9).Raw(Pattern(8, 3)));
  return file;
}

TEST_P(PcapngByteOrders, DeliversEveryKindOfPacketBlock) {
  const ReadAll all = ReadBytes(SmallFile(GetParam()).bytes());
  EXPECT_EQ(all.end, ReadResult::kEnd) << all.status;
  ASSERT_EQ(all.frames.size(), 3u);
  const CapturedFrame& enhanced = all.frames[0].frame;
  EXPECT_EQ(enhanced.number, 1u);
  EXPECT_EQ(enhanced.interface_index, 1u);
  EXPECT_EQ(enhanced.link_type, LinkType::kRaw);
  EXPECT_EQ(enhanced.stamp_ns, 1'500'000'000'000'000'123);
  EXPECT_EQ(enhanced.original_length, 70u);
  EXPECT_EQ(all.frames[0].bytes, Pattern(13, 1));
  const CapturedFrame& obsolete = all.frames[1].frame;
  EXPECT_EQ(obsolete.interface_index, 0u);
  EXPECT_EQ(obsolete.stamp_ns, 2'500'000'000);
  EXPECT_EQ(all.frames[1].bytes, Pattern(5, 2));
  const CapturedFrame& simple = all.frames[2].frame;
  EXPECT_FALSE(simple.has_stamp);
  EXPECT_EQ(simple.stamp_ns, 0);
  EXPECT_EQ(simple.original_length, 9u);
  EXPECT_EQ(all.frames[2].bytes, Pattern(8, 3)) << "limited by the interface's snap length";
}

TEST_P(PcapngByteOrders, CutAtEveryByteDeliversTheBlocksBeforeTheCut) {
  const FileBytes file = SmallFile(GetParam());
  const Bytes& bytes = file.bytes();
  // Where blocks end: 28 section, 20, 32 interfaces, 48, 40, 24 packets.
  const size_t ends[] = {28, 48, 80, 128, 168, 192};
  ASSERT_EQ(bytes.size(), 192u);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
    for (const size_t buffer_bytes : {1u, 7u, 256u}) {
      const ReadAll all = ReadBytes(cut, {.buffer_bytes = buffer_bytes});
      EXPECT_EQ(all.frames.size(), size < 128 ? 0u : size < 168 ? 1u : 2u);
      const bool between = std::find(std::begin(ends), std::end(ends), size) != std::end(ends);
      EXPECT_EQ(all.end, between ? ReadResult::kEnd : ReadResult::kDamaged) << size;
    }
  }
}

TEST_P(PcapngByteOrders, StampResolutionsAndOffsetsBelongToTheInterface) {
  struct Case {
    int resolution;
    int64_t offset_s;
    uint64_t units;
    int64_t stamp_ns;
  };
  const Case cases[] = {
      {-1, 0, 1'000'001, 1'000'001'000},
      {0, 0, 5, 5 * kNsPerSecond},
      {3, 10, 5, 10 * kNsPerSecond + 5'000'000},
      {9, -2, 5'000'000'001, 3'000'000'001},
      {12, 0, 1'999, 1},
      {0x80 + 1, 0, 3, 1'500'000'000},
      {0x80 + 32, 0, (7ull << 32) + 1, 7 * kNsPerSecond},
      {0x80 + 20, -1, (1ull << 20) + 1, 953},
  };
  for (const Case& c : cases) {
    FileBytes file(GetParam());
    AddSection(file);
    AddInterface(file, LinkType::kEthernet, 0, c.resolution, c.offset_s);
    AddEnhancedPacket(file, 0, c.units, Pattern(4, 1));
    const ReadAll all = ReadBytes(file.bytes());
    ASSERT_EQ(all.frames.size(), 1u);
    EXPECT_EQ(all.frames[0].frame.stamp_ns, c.stamp_ns) << c.resolution;
  }
}

INSTANTIATE_TEST_SUITE_P(BothByteOrders, PcapngByteOrders, ::testing::Bool());

TEST(Pcapng, ASectionStartsAnewWithItsOwnByteOrderAndInterfaces) {
  FileBytes little(false);
  AddSection(little);
  AddInterface(little, LinkType::kEthernet);
  AddEnhancedPacket(little, 0, 1, Pattern(4, 1));
  FileBytes big(true);
  AddSection(big);
  AddInterface(big, LinkType::kRaw);
  AddEnhancedPacket(big, 0, 2, Pattern(4, 2));
  FileBytes file(false);
  file.Raw(little.bytes()).Raw(big.bytes());
  AddSection(file);
  AddEnhancedPacket(file, 0, 3, Pattern(4, 3));  // Of a section without interfaces.
  auto reader = CaptureReader::FromMemory(file.bytes());
  ASSERT_TRUE(reader.ok());
  const ReadAll all = ReadEverything(**reader);
  ASSERT_EQ(all.frames.size(), 2u);
  EXPECT_EQ(all.frames[0].frame.link_type, LinkType::kEthernet);
  EXPECT_EQ(all.frames[1].frame.link_type, LinkType::kRaw);
  EXPECT_EQ(all.frames[1].frame.stamp_ns, 2000);
  EXPECT_EQ(all.end, ReadResult::kDamaged);
  EXPECT_THAT(std::string(all.status.message()), HasSubstr("it names interface 0"));
  EXPECT_EQ((*reader)->stats().sections, 3u);
}

TEST(Pcapng, UnknownBlocksAreSkippedHoweverLargeAndCustomOnesTakeANumber) {
  FileBytes file;
  AddSection(file);
  AddInterface(file, LinkType::kEthernet);
  AddBlock(file, kNameResolution, FileBytes().U32(0));
  AddBlock(file, 0x7777, FileBytes().Raw(Pattern(3'000'000, 1)));
  AddBlock(file, kCustom, FileBytes().U32(32473).Raw(Pattern(40, 2)));
  AddEnhancedPacket(file, 0, 1, Pattern(4, 1));
  auto reader = CaptureReader::FromMemory(file.bytes());
  ASSERT_TRUE(reader.ok());
  const ReadAll all = ReadEverything(**reader);
  EXPECT_EQ(all.end, ReadResult::kEnd) << all.status;
  ASSERT_EQ(all.frames.size(), 1u);
  EXPECT_EQ(all.frames[0].frame.number, 2u);
  EXPECT_EQ((*reader)->stats().blocks_skipped, 3u);
}

TEST(Pcapng, StatisticsOfAnInterfaceAreKept) {
  FileBytes file;
  AddSection(file);
  AddInterface(file, LinkType::kEthernet);
  FileBytes statistics;
  statistics.U32(0).U32(0).U32(0).U16(4).U16(8).U64(100).U16(5).U16(8).U64(7);
  AddBlock(file, kStatistics, statistics.U16(7).U16(8).U64(3).U16(0).U16(0));
  AddBlock(file, kStatistics, FileBytes().U32(9).U32(0).U32(0));
  auto reader = CaptureReader::FromMemory(file.bytes());
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(ReadEverything(**reader).end, ReadResult::kEnd);
  ASSERT_EQ((*reader)->interfaces().size(), 1u);
  EXPECT_EQ((*reader)->interfaces()[0].received, 100u);
  EXPECT_EQ((*reader)->interfaces()[0].dropped_by_interface, 7u);
  EXPECT_EQ((*reader)->interfaces()[0].dropped_by_system, 3u);
  EXPECT_EQ((*reader)->stats().malformed_options, 1u) << "the one for an interface that is not";
}

TEST(Pcapng, MalformedOptionsAreCountedAndChangeNothingElse) {
  const FileBytes options[] = {
      FileBytes().U16(9),                               // Resolution of no byte.
      FileBytes().U16(2).U16(60).U32(1),                // Runs past the block.
      FileBytes().U16(9).U16(2).U16(9).U16(0).U32(0),   // Resolution of two bytes.
      FileBytes().U16(14).U16(4).U32(0).U16(0).U16(0),  // Offset of four bytes.
  };
  for (const FileBytes& option : options) {
    FileBytes file;
    AddSection(file);
    FileBytes body;
    AddBlock(file, 1, body.U16(1).U16(0).U32(0).Raw(option.bytes()));
    AddEnhancedPacket(file, 0, 1, Pattern(4, 1));
    auto reader = CaptureReader::FromMemory(file.bytes());
    ASSERT_TRUE(reader.ok());
    const ReadAll all = ReadEverything(**reader);
    ASSERT_EQ(all.frames.size(), 1u);
    EXPECT_EQ(all.frames[0].frame.stamp_ns, 1000);
    EXPECT_EQ((*reader)->stats().malformed_options, 1u);
  }
}

TEST(Pcapng, StampsOutsideOfInt64NanosecondsAreNoStamps) {
  FileBytes file;
  AddSection(file);
  AddInterface(file, LinkType::kEthernet, 0, 6);
  AddInterface(file, LinkType::kEthernet, 0, 9, INT64_MIN);
  AddEnhancedPacket(file, 0, UINT64_MAX, Pattern(4, 1));
  AddEnhancedPacket(file, 1, 1, Pattern(4, 2));
  auto reader = CaptureReader::FromMemory(file.bytes());
  ASSERT_TRUE(reader.ok());
  const ReadAll all = ReadEverything(**reader);
  ASSERT_EQ(all.frames.size(), 2u);
  for (const KeptFrame& kept : all.frames) {
    EXPECT_FALSE(kept.frame.has_stamp);
    EXPECT_EQ(kept.frame.stamp_ns, 0);
  }
  EXPECT_EQ((*reader)->stats().unstamped_frames, 2u);
}

// What follows the file header and an interface, and what the message must say of it.
TEST(Pcapng, DamagedBlocksAreRefusedWithTheReason) {
  FileBytes short_packet;
  AddBlock(short_packet, 6, FileBytes().U32(0).U32(0));
  FileBytes overfull_packet;
  AddBlock(overfull_packet, 6, FileBytes().U32(0).U32(0).U32(0).U32(100).U32(100).U32(7));
  FileBytes overfull_simple;
  AddBlock(overfull_simple, kSimple, FileBytes().U32(100).U32(7));
  FileBytes short_interface;
  AddBlock(short_interface, 1, FileBytes().U32(1));
  FileBytes other_version;
  AddBlock(other_version, 0x0a0d0d0a, FileBytes().U32(0x1a2b3c4d).U16(2).U16(0).U64(0));
  FileBytes no_magic;
  AddBlock(no_magic, 0x0a0d0d0a, FileBytes().U32(0x11223344).U16(1).U16(0).U64(0));
  const std::pair<FileBytes, const char*> cases[] = {
      {FileBytes().U32(6).U32(8).U32(0), "block length is 8"},
      {FileBytes().U32(6).U32(33).Raw(Pattern(40, 1)), "not a multiple of 4"},
      {FileBytes().U32(6).U32(16).U32(0).U32(20), "begins with length 16 and ends with length 20"},
      {FileBytes().U32(77).U32(16).U32(0).U32(20), "begins with length 16 and ends with length 20"},
      {FileBytes().U32(6).U32(0x7fff'fffc), "its block has 2147483644 bytes, the limit is"},
      {short_packet, "packet block without its header"},
      {overfull_packet, "it claims 100 captured bytes in a block of 36"},
      {overfull_simple, "it should hold 100 bytes"},
      {short_interface, "without its link type"},
      {other_version, "pcapng version 2.0 is not read"},
      {no_magic, "without its byte-order magic"},
  };
  for (const auto& [damage, expected] : cases) {
    FileBytes file;
    AddSection(file);
    AddInterface(file, LinkType::kEthernet);
    AddEnhancedPacket(file, 0, 1, Pattern(4, 1));
    file.Raw(damage.bytes());
    const ReadAll all = ReadBytes(file.bytes());
    EXPECT_EQ(all.frames.size(), 1u);
    EXPECT_EQ(all.end, ReadResult::kDamaged);
    EXPECT_THAT(std::string(all.status.message()), HasSubstr("record 2 at byte 84 is damaged"));
    EXPECT_THAT(std::string(all.status.message()), HasSubstr(expected));
  }
}

TEST(Pcapng, InterfacesAreBoundedInNumber) {
  FileBytes file;
  AddSection(file);
  for (int i = 0; i < 65'537; ++i) AddInterface(file, LinkType::kEthernet);
  const ReadAll all = ReadBytes(file.bytes());
  EXPECT_THAT(std::string(all.status.message()), HasSubstr("more than 65536 interfaces"));
}

TEST(Pcapng, EmptyFramesAndInterfacesWithoutPacketsAreFine) {
  FileBytes file;
  AddSection(file);
  AddInterface(file, static_cast<LinkType>(147));
  AddInterface(file, LinkType::kEthernet);
  AddEnhancedPacket(file, 0, 1, {});
  const ReadAll all = ReadBytes(file.bytes());
  EXPECT_EQ(all.end, ReadResult::kEnd);
  ASSERT_EQ(all.frames.size(), 1u);
  EXPECT_TRUE(all.frames[0].bytes.empty());
  EXPECT_EQ(replay::LinkTypeName(all.frames[0].frame.link_type), "link type 147");
}

}  // namespace
}  // namespace fh::test
