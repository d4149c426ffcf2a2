// Classic pcap, snoop, and what holds for every format: damage, limits, refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "tests/replay/capture_bytes.h"

namespace fh::test {
namespace {

using replay::CapturedFrame;
using replay::CaptureReader;
using replay::LinkType;
using replay::ReadResult;
using ::testing::HasSubstr;

// Magic and byte order.
class PcapForms : public ::testing::TestWithParam<std::tuple<uint32_t, bool>> {};

FileBytes ThreeRecords(uint32_t magic, bool big_endian) {
  FileBytes file(big_endian);
  AddPcapHeader(file, magic, LinkType::kLinuxSll);
  for (uint8_t i = 0; i < 3; ++i) {
    const Bytes frame = Pattern(10u + i, i);
    if (magic == kPcapModified) {
      file.U32(100u + i).U32(5).U32(10u + i).U32(20).U32(1).U16(0x800).U8(0).U8(0).Raw(frame);
    } else {
      AddPcapRecord(file, 100u + i, 5, frame, 20);
    }
  }
  return file;
}

TEST_P(PcapForms, DeliversStampsLengthsAndBytes) {
  const auto [magic, big_endian] = GetParam();
  const ReadAll all = ReadBytes(ThreeRecords(magic, big_endian).bytes());
  EXPECT_EQ(all.end, ReadResult::kEnd) << all.status;
  ASSERT_EQ(all.frames.size(), 3u);
  const int64_t fraction_ns = magic == kPcapNanoseconds ? 5 : 5000;
  for (uint8_t i = 0; i < 3; ++i) {
    const CapturedFrame& frame = all.frames[i].frame;
    EXPECT_EQ(frame.number, i + 1u);
    EXPECT_EQ(frame.stamp_ns, (100 + i) * int64_t{1'000'000'000} + fraction_ns);
    EXPECT_TRUE(frame.has_stamp);
    EXPECT_EQ(frame.link_type, LinkType::kLinuxSll);
    EXPECT_EQ(frame.original_length, 20u);
    EXPECT_EQ(all.frames[i].bytes, Pattern(10u + i, i));
  }
}

TEST_P(PcapForms, CutAtEveryByteDeliversTheRecordsBeforeTheCut) {
  const auto [magic, big_endian] = GetParam();
  const FileBytes file = ThreeRecords(magic, big_endian);
  const size_t header = magic == kPcapModified ? 24 : 16;
  const size_t ends[] = {24 + header + 10, 24 + 2 * header + 21, 24 + 3 * header + 33};
  for (size_t size = 0; size < file.bytes().size(); ++size) {
    // Exactly as large as the cut: a sanitizer sees any read beyond it.
    const Bytes cut(file.bytes().begin(), file.bytes().begin() + static_cast<ptrdiff_t>(size));
    const ReadAll all = ReadBytes(cut);
    const auto whole = static_cast<size_t>(
        std::count_if(std::begin(ends), std::end(ends), [&](size_t end) { return end <= size; }));
    EXPECT_EQ(all.frames.size(), whole) << size;
    const bool between_records =
        size == 24 || std::find(std::begin(ends), std::end(ends), size) != std::end(ends);
    EXPECT_EQ(all.end, between_records ? ReadResult::kEnd : ReadResult::kDamaged) << size;
    EXPECT_EQ(all.status.ok(), between_records) << all.status;
  }
}

TEST_P(PcapForms, AnyBufferSizeGivesTheSameFrames) {
  const auto [magic, big_endian] = GetParam();
  const FileBytes file = ThreeRecords(magic, big_endian);
  for (size_t buffer_bytes = 1; buffer_bytes < 120; ++buffer_bytes) {
    const ReadAll all = ReadBytes(file.bytes(), {.buffer_bytes = buffer_bytes});
    ASSERT_EQ(all.frames.size(), 3u) << buffer_bytes;
    for (uint8_t i = 0; i < 3; ++i) EXPECT_EQ(all.frames[i].bytes, Pattern(10u + i, i));
  }
}

INSTANTIATE_TEST_SUITE_P(EveryMagicAndByteOrder, PcapForms,
                         ::testing::Combine(::testing::Values(kPcapMicroseconds, kPcapNanoseconds,
                                                              kPcapModified),
                                            ::testing::Bool()));

TEST(Pcap, DamageNamesRecordOffsetAndReason) {
  FileBytes file;
  AddPcapHeader(file, kPcapNanoseconds, LinkType::kEthernet);
  AddPcapRecord(file, 1, 1, Pattern(60, 1));
  file.U32(1).U32(2).U32(60).U32(60).Raw(Pattern(12, 2));
  const ReadAll all = ReadBytes(file.bytes());
  EXPECT_EQ(all.end, ReadResult::kDamaged);
  EXPECT_EQ(all.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(
      std::string(all.status.message()),
      HasSubstr("test: cut short in the middle of record 2 at byte 100: 28 of its 76 bytes"));
}

TEST(Pcap, DamageAndEndAreSaidAgainAndAgain) {
  FileBytes file;
  AddPcapHeader(file, kPcapNanoseconds, LinkType::kEthernet);
  for (const bool damaged : {false, true}) {
    if (damaged) file.U32(7);
    auto reader = CaptureReader::FromMemory(file.bytes());
    ASSERT_TRUE(reader.ok());
    CapturedFrame frame;
    const ReadResult expected = damaged ? ReadResult::kDamaged : ReadResult::kEnd;
    for (int i = 0; i < 3; ++i) EXPECT_EQ((*reader)->Next(frame), expected);
  }
}

TEST(Pcap, RecordAboveTheLimitIsDamageWithoutReadingIt) {
  FileBytes file;
  AddPcapHeader(file, kPcapNanoseconds, LinkType::kEthernet);
  AddPcapRecord(file, 1, 1, Pattern(60, 1));
  file.U32(1).U32(2).U32(0xffff'ffff).U32(60).Raw(Pattern(100, 2));
  const ReadAll all = ReadBytes(file.bytes());
  EXPECT_EQ(all.frames.size(), 1u);
  EXPECT_THAT(std::string(all.status.message()),
              HasSubstr("record 2 at byte 100 is damaged: it claims 4294967295 captured bytes, the "
                        "limit is 1048576"));
}

TEST(Pcap, TheLimitCanBeRaisedToHoldLargeRecords) {
  FileBytes file;
  AddPcapHeader(file, kPcapNanoseconds, LinkType::kEthernet);
  const Bytes large = Pattern(3'000'000, 1);
  AddPcapRecord(file, 1, 1, large);
  AddPcapRecord(file, 1, 2, Pattern(60, 2));
  EXPECT_EQ(ReadBytes(file.bytes()).frames.size(), 0u);
  const ReadAll all = ReadBytes(file.bytes(), {.max_record_bytes = 4'000'000});
  ASSERT_EQ(all.frames.size(), 2u);
  EXPECT_EQ(all.frames[0].bytes, large);
}

TEST(Pcap, SnapLengthZeroOrBelowARecordLimitsNothing) {
  for (const uint32_t snap_length : {0u, 10u}) {
    FileBytes file;
    AddPcapHeader(file, kPcapNanoseconds, LinkType::kEthernet, snap_length);
    AddPcapRecord(file, 1, 1, Pattern(60, 1));
    EXPECT_EQ(ReadBytes(file.bytes()).frames.size(), 1u);
  }
}

TEST(Pcap, EmptyFramesAndLengthsBelowTheCapturedOnesAreDelivered) {
  FileBytes file;
  AddPcapHeader(file, kPcapNanoseconds, LinkType::kEthernet);
  AddPcapRecord(file, 1, 1, {});
  AddPcapRecord(file, 1, 2, Pattern(60, 1), 20);
  const ReadAll all = ReadBytes(file.bytes());
  ASSERT_EQ(all.frames.size(), 2u);
  EXPECT_TRUE(all.frames[0].bytes.empty());
  EXPECT_EQ(all.frames[1].bytes.size(), 60u);
  EXPECT_EQ(all.frames[1].frame.original_length, 20u);
}

TEST(Pcap, FractionsOfASecondAndMoreAreCarriedOverAndCounted) {
  FileBytes file;
  AddPcapHeader(file, kPcapMicroseconds, LinkType::kEthernet);
  AddPcapRecord(file, 0xffff'ffff, 0xffff'ffff, Pattern(60, 1), 70);
  auto reader = CaptureReader::FromMemory(file.bytes());
  ASSERT_TRUE(reader.ok());
  CapturedFrame frame;
  ASSERT_EQ((*reader)->Next(frame), ReadResult::kFrame);
  EXPECT_EQ(frame.stamp_ns, 4294967295 * int64_t{1'000'000'000} + 4294967295 * int64_t{1000});
  EXPECT_EQ((*reader)->stats().odd_stamps, 1u);
  EXPECT_EQ((*reader)->stats().frames, 1u);
  EXPECT_EQ((*reader)->stats().frame_bytes, 60u);
  EXPECT_EQ((*reader)->stats().truncated_frames, 1u);
}

TEST(Pcap, FrameCheckSequenceBitsAreNoPartOfTheLinkType) {
  FileBytes file;
  file.U32(kPcapNanoseconds).U16(2).U16(4).U32(0).U32(0).U32(0).U32(0x2400'0001);
  auto reader = CaptureReader::FromMemory(file.bytes());
  ASSERT_TRUE(reader.ok());
  ASSERT_EQ((*reader)->interfaces().size(), 1u);
  EXPECT_EQ((*reader)->interfaces()[0].link_type, LinkType::kEthernet);
  EXPECT_EQ((*reader)->interfaces()[0].stamp_resolution, 9);
}

TEST(Pcap, OtherVersionsAreRefusedWithTheFix) {
  FileBytes file;
  file.U32(kPcapNanoseconds).U16(2).U16(3).U32(0).U32(0).U32(0).U32(1);
  const ReadAll all = ReadBytes(file.bytes());
  EXPECT_THAT(std::string(all.status.message()), HasSubstr("pcap version 2.3 is not read"));
  EXPECT_THAT(std::string(all.status.message()), HasSubstr("editcap"));
}

TEST(Pcap, BytesBehindAFrameMayBeRead) {
  FileBytes file;
  AddPcapHeader(file, kPcapNanoseconds, LinkType::kEthernet);
  AddPcapRecord(file, 1, 1, Pattern(100, 1));
  for (const size_t buffer_bytes : {1u, 140u, 100'000u}) {
    auto reader = CaptureReader::FromMemory(file.bytes(), "test", {.buffer_bytes = buffer_bytes});
    ASSERT_TRUE(reader.ok());
    CapturedFrame frame;
    ASSERT_EQ((*reader)->Next(frame), ReadResult::kFrame);
    volatile uint8_t last = *(frame.bytes.data() + frame.bytes.size() + 63);
    static_cast<void>(last);
  }
}

TEST(Snoop, CutAtEveryByteDeliversTheRecordsBeforeTheCut) {
  FileBytes file(/*big_endian=*/true);
  file.Raw(BytesOf({'s', 'n', 'o', 'o', 'p', 0, 0, 0})).U32(2).U32(4);
  for (uint8_t i = 0; i < 2; ++i) {
    file.U32(30).U32(10).U32(36).U32(i + 6u).U32(50).U32(7).Raw(Pattern(10, i)).U16(0);
  }
  for (size_t size = 0; size <= file.bytes().size(); ++size) {
    const Bytes cut(file.bytes().begin(), file.bytes().begin() + static_cast<ptrdiff_t>(size));
    const ReadAll all = ReadBytes(cut);
    EXPECT_EQ(all.frames.size(), size < 52 ? 0u : size < 88 ? 1u : 2u);
    EXPECT_EQ(all.end == ReadResult::kEnd, size == 16 || size == 52 || size == 88) << size;
  }
  auto reader = CaptureReader::FromMemory(file.bytes());
  ASSERT_TRUE(reader.ok());
  const ReadAll all = ReadEverything(**reader);
  EXPECT_EQ(all.frames[1].frame.stamp_ns, 50'000'007'000);
  EXPECT_EQ(all.frames[1].frame.original_length, 30u);
  EXPECT_EQ(all.frames[1].bytes, Pattern(10, 1));
  EXPECT_EQ((*reader)->interfaces()[0].dropped_by_system, 7u);
}

TEST(Snoop, OtherDataLinksAreRefused) {
  FileBytes file(/*big_endian=*/true);
  file.Raw(BytesOf({'s', 'n', 'o', 'o', 'p', 0, 0, 0})).U32(2).U32(8);
  EXPECT_THAT(std::string(ReadBytes(file.bytes()).status.message()),
              HasSubstr("only version 2 on Ethernet"));
}

TEST(Refusal, SaysWhatTheFileSeemsToBeAndWhatIsAccepted) {
  const std::pair<Bytes, const char*> cases[] = {
      {{}, "it is empty"},
      {BytesOf({0xa1}), "it begins with a1"},
      {BytesOf({'h', 'e', 'l', 'l', 'o', '\n'}), "it looks like text"},
      {BytesOf({0xfd, '7', 'z', 'X', 'Z', 0, 0}), "compressed with xz"},
      {BytesOf({'B', 'Z', 'h', '9', 0x31}), "compressed with bzip2"},
      {BytesOf({'P', 'K', 3, 4, 0}), "zip archive"},
      {BytesOf({'D', 'B', 'N', 1, 0}), "DBN record file"},
      {BytesOf({0, 2, 'S', 0, 0, 3, 'R', 0, 0, 0, 1, 'A'}), "messages behind 16-bit lengths"},
      {BytesOf({0, 0, 0, 0, 0, 0, 0, 0x60, 2, 4, 0, 100, 0, 0, 0, 80}), "ERF"},
      {BytesOf({1, 2, 3, 4, 5, 6, 7, 8, 9}), "it begins with 01 02 03 04 05 06 07 08"},
  };
  for (const auto& [bytes, expected] : cases) {
    const ReadAll all = ReadBytes(bytes);
    EXPECT_EQ(all.status.code(), absl::StatusCode::kInvalidArgument) << expected;
    EXPECT_THAT(std::string(all.status.message()), HasSubstr(expected));
    EXPECT_THAT(std::string(all.status.message()),
                HasSubstr("Accepted are pcap, pcapng and snoop files"));
  }
}

TEST(Refusal, PathsThatCannotBeOpenedOrReadAreNamed) {
  const auto missing = CaptureReader::Open("/nonexistent/day.pcap");
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("/nonexistent/day.pcap"));
  const auto folder = CaptureReader::Open("/");
  EXPECT_FALSE(folder.ok());
  EXPECT_THAT(std::string(folder.status().message()), HasSubstr("/: cannot read"));
}

}  // namespace
}  // namespace fh::test
