// gzip and zstd, whole, concatenated, cut and damaged; files, pipes and progress.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <cstdio>
#include <thread>

#include "tests/platform.h"
#include "tests/replay/capture_bytes.h"
#include "tests/replay/capture_fixture.h"
#include "tests/replay/gzip.h"

namespace fh::test {
namespace {

using replay::CapturedFrame;
using replay::CaptureReader;
using replay::Compression;
using replay::LinkType;
using replay::ReadResult;
using ::testing::HasSubstr;

Bytes Zstd(std::span<const uint8_t> plain) {
  Bytes out(ZSTD_compressBound(plain.size()));
  out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 3));
  return out;
}

Bytes Joined(const Bytes& a, const Bytes& b) {
  Bytes both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

FileBytes ManyRecords(int count) {
  FileBytes file;
  AddPcapHeader(file, kPcapNanoseconds, LinkType::kEthernet);
  for (int i = 0; i < count; ++i) {
    AddPcapRecord(file, 1, static_cast<uint32_t>(i),
                  Pattern(static_cast<size_t>(i) % 300, static_cast<uint8_t>(i)));
  }
  return file;
}

void ExpectSameFrames(const ReadAll& got, const ReadAll& expected, size_t count) {
  ASSERT_EQ(got.frames.size(), count);
  for (size_t i = 0; i < count; ++i) {
    EXPECT_EQ(got.frames[i].bytes, expected.frames[i].bytes);
    EXPECT_EQ(got.frames[i].frame.stamp_ns, expected.frames[i].frame.stamp_ns);
  }
}

class Compressors : public ::testing::TestWithParam<Compression> {
 protected:
  Bytes Compress(std::span<const uint8_t> plain) const {
    return GetParam() == Compression::kGzip ? Gzip(plain) : Zstd(plain);
  }
};

TEST_P(Compressors, GiveTheFramesOfThePlainFile) {
  const FileBytes file = ManyRecords(3000);
  const Bytes stored = Compress(file.bytes());
  auto reader = CaptureReader::FromMemory(stored);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->compression(), GetParam());
  const ReadAll all = ReadEverything(**reader);
  EXPECT_EQ(all.end, ReadResult::kEnd) << all.status;
  ExpectSameFrames(all, ReadBytes(file.bytes()), 3000);
  EXPECT_EQ((*reader)->stored_bytes_read(), stored.size());
  EXPECT_EQ((*reader)->stored_bytes_total(), stored.size());
}

TEST_P(Compressors, SmallReadsLeaveNothingBehind) {
  const FileBytes file = ManyRecords(200);
  const Bytes stored = Compress(file.bytes());
  for (const size_t buffer_bytes : {1u, 3u, 16u, 100u}) {
    const ReadAll all = ReadBytes(stored, {.buffer_bytes = buffer_bytes});
    EXPECT_EQ(all.end, ReadResult::kEnd) << all.status;
    EXPECT_EQ(all.frames.size(), 200u);
  }
}

TEST_P(Compressors, ConcatenatedPartsAreOneFile) {
  const FileBytes file = ManyRecords(100);
  const std::span<const uint8_t> plain = file.bytes();
  // Cut anywhere: parts know nothing of records. The empty part in the middle is legal too.
  for (const size_t cut : {1u, 24u, 100u, 5000u}) {
    Bytes stored = Joined(Compress(plain.first(cut)), Compress({}));
    stored = Joined(stored, Compress(plain.subspan(cut)));
    const ReadAll all = ReadBytes(stored);
    EXPECT_EQ(all.end, ReadResult::kEnd) << all.status;
    EXPECT_EQ(all.frames.size(), 100u);
  }
}

TEST_P(Compressors, CutAnywhereDeliversWhatCanBeHadAndSaysSo) {
  const FileBytes file = ManyRecords(50);
  const Bytes stored = Compress(file.bytes());
  for (size_t size = 4; size < stored.size(); size += 7) {
    const Bytes cut(stored.begin(), stored.begin() + static_cast<ptrdiff_t>(size));
    const ReadAll all = ReadBytes(cut);
    EXPECT_EQ(all.end, ReadResult::kDamaged) << size;
    EXPECT_THAT(std::string(all.status.message()), HasSubstr("cut short"));
  }
}

TEST_P(Compressors, DamageIsToldAfterTheFramesBeforeIt) {
  const FileBytes file = ManyRecords(20'000);
  Bytes stored = Compress(file.bytes());
  const size_t half = stored.size() / 2;
  for (size_t i = half; i < half + 100; ++i) stored[i] ^= 0x5a;
  const ReadAll all = ReadBytes(stored);
  EXPECT_EQ(all.end, ReadResult::kDamaged);
  EXPECT_GT(all.frames.size(), 100u);
  EXPECT_EQ(all.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(all.status.message()), HasSubstr("damaged"));
}

TEST_P(Compressors, CompressedTwiceIsRefusedByName) {
  const Bytes twice = Compress(Compress(ManyRecords(5).bytes()));
  EXPECT_THAT(std::string(ReadBytes(twice).status.message()),
              HasSubstr("within a compressed file"));
}

INSTANTIATE_TEST_SUITE_P(GzipAndZstd, Compressors,
                         ::testing::Values(Compression::kGzip, Compression::kZstd));

TEST(Gzip, AWrongChecksumIsToldAfterAllFrames) {
  Bytes stored = Gzip(ManyRecords(2000).bytes());
  stored[stored.size() - 8] ^= 1;
  const ReadAll all = ReadBytes(stored);
  EXPECT_EQ(all.frames.size(), 2000u);
  EXPECT_EQ(all.end, ReadResult::kDamaged);
  EXPECT_THAT(std::string(all.status.message()),
              HasSubstr("the gzip data is damaged at compressed byte"));
}

TEST(Gzip, ZerosBehindTheDataArePadding) {
  const Bytes stored = Joined(Gzip(ManyRecords(5).bytes()), Bytes(1000, 0));
  const ReadAll all = ReadBytes(stored);
  EXPECT_EQ(all.end, ReadResult::kEnd) << all.status;
  EXPECT_EQ(all.frames.size(), 5u);
}

TEST(Gzip, OtherBytesBehindTheDataAreDamageAfterAllFrames) {
  const Bytes stored = Joined(Gzip(ManyRecords(5).bytes()), Pattern(100, 3));
  const ReadAll all = ReadBytes(stored);
  EXPECT_EQ(all.end, ReadResult::kDamaged);
  EXPECT_EQ(all.frames.size(), 5u);
}

TEST(Zstd, SkippableFramesAreSkipped) {
  const Bytes skippable = BytesOf({0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4});
  const ReadAll all = ReadBytes(Joined(skippable, Zstd(ManyRecords(5).bytes())));
  EXPECT_EQ(all.end, ReadResult::kEnd) << all.status;
  EXPECT_EQ(all.frames.size(), 5u);
}

constexpr int kStandardInput = 0;

// Puts a pipe in the place of standard input for as long as it lives.
class PipedInput {
 public:
  PipedInput() : saved_(dup(kStandardInput)) {
    int ends[2];
    EXPECT_TRUE(MakePipe(ends));
    dup2(ends[0], kStandardInput);
    close(ends[0]);
    writer_ = ends[1];
  }
  ~PipedInput() {
    CloseWriter();
    dup2(saved_, kStandardInput);
    close(saved_);
  }
  void Write(std::span<const uint8_t> bytes) {
    while (!bytes.empty()) {
      const auto written = write(writer_, bytes.data(), bytes.size());
      ASSERT_GT(written, 0);
      bytes = bytes.subspan(static_cast<size_t>(written));
    }
  }
  void CloseWriter() {
    if (writer_ >= 0) close(writer_);
    writer_ = -1;
  }

 private:
  int saved_;
  int writer_;
};

TEST(StandardInput, APipeIsReadAsItComes) {
  PipedInput input;
  const FileBytes file = ManyRecords(2);
  const std::span<const uint8_t> bytes = file.bytes();
  // Header and first record only: Next must deliver it although the pipe stays open.
  constexpr size_t kFirst = 24 + 16;
  input.Write(bytes.first(kFirst));
  auto reader = CaptureReader::Open("-");
  ASSERT_TRUE(reader.ok()) << reader.status();
  CapturedFrame frame;
  EXPECT_EQ((*reader)->Next(frame), ReadResult::kFrame);
  input.Write(bytes.subspan(kFirst));
  EXPECT_EQ((*reader)->Next(frame), ReadResult::kFrame);
  input.CloseWriter();
  EXPECT_EQ((*reader)->Next(frame), ReadResult::kEnd);
  EXPECT_FALSE((*reader)->stored_bytes_total().has_value());
  EXPECT_EQ((*reader)->stored_bytes_read(), bytes.size());
}

TEST(StandardInput, CompressedAndLargerThanThePipe) {
  const FileBytes file = ManyRecords(20'000);
  for (const bool gzip : {true, false}) {
    const Bytes stored = gzip ? Gzip(file.bytes()) : Zstd(file.bytes());
    PipedInput input;
    std::thread writer([&] {
      input.Write(stored);
      input.CloseWriter();
    });
    auto reader = CaptureReader::Open("-");
    ASSERT_TRUE(reader.ok()) << reader.status();
    EXPECT_EQ(ReadEverything(**reader).frames.size(), 20'000u);
    writer.join();
  }
}

TEST(StandardInput, IsNamedInMessages) {
  PipedInput input;
  input.CloseWriter();
  EXPECT_THAT(std::string(CaptureReader::Open("-").status().message()),
              HasSubstr("standard input: not a packet capture: it is empty"));
}

TEST(Files, AreReadInFullWithProgress) {
  const TempFile path("files.pcap");
  const FileBytes file = ManyRecords(5000);
  std::FILE* out = std::fopen(path.path().c_str(), "wb");
  ASSERT_NE(out, nullptr);
  ASSERT_EQ(std::fwrite(file.bytes().data(), 1, file.bytes().size(), out), file.bytes().size());
  std::fclose(out);
  auto reader = CaptureReader::Open(path.path());
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->stored_bytes_total(), file.bytes().size());
  EXPECT_LE((*reader)->stored_bytes_read(), 256u * 1024);
  EXPECT_EQ(ReadEverything(**reader).frames.size(), 5000u);
  EXPECT_EQ((*reader)->stored_bytes_read(), file.bytes().size());
}

}  // namespace
}  // namespace fh::test
