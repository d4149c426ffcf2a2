#include "replay/record_file_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "codecs/length_prefixed/length_prefixed.h"
#include "tests/captures.h"
#include "tests/platform.h"
#include "tests/replay/capture_fixture.h"
#include "tests/replay/file_backend_driver.h"
#include "tests/replay/gzip.h"

namespace fh::replay {
namespace {

using test::Drain;
using test::PostAll;
using test::TempFile;
using test::TextOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Record(const std::string& message) {
  return std::string{static_cast<char>(message.size() >> 8), static_cast<char>(message.size())} +
         message;
}

std::string NumberedRecords(int count, size_t message_bytes) {
  std::string file;
  for (int i = 0; i < count; ++i) {
    std::string message = absl::StrCat("A", i);
    message.resize(message_bytes, '.');
    file += Record(message);
  }
  return file;
}

std::string Gzip(const std::string& plain) {
  const std::vector<uint8_t> packed = test::Gzip(test::BytesOf(plain));
  return {packed.begin(), packed.end()};
}

class RecordFileBackendTest : public ::testing::Test {
 protected:
  void Open(const std::string& bytes, uint32_t slices = 16, uint32_t slice_bytes = 2048) {
    bytes_ = bytes;
    MakeRegion(slices, slice_bytes);
    backend_ = RecordFileBackend::FromMemory(test::BytesOf(bytes_), *region_, "file");
    PostAll(*backend_, slices);
  }

  void MakeRegion(uint32_t slices, uint32_t slice_bytes) {
    region_ = test::MakeRegion(slices, slice_bytes);
    ASSERT_NE(region_, nullptr);
  }

  static std::string Join(const std::vector<std::string>& texts) {
    return std::accumulate(texts.begin(), texts.end(), std::string());
  }

  std::atomic<bool> seen_{false};
  std::string bytes_;
  std::unique_ptr<rio::RegisteredRegion> region_;
  std::unique_ptr<RecordFileBackend> backend_;
};

TEST_F(RecordFileBackendTest, PacksWholeRecordsInOrder) {
  const std::string file = NumberedRecords(20'000, 36);
  Open(file);
  const std::vector<std::string> packets = Drain(*backend_, 7);
  EXPECT_EQ(Join(packets), file);
  EXPECT_TRUE(backend_->status().ok());
  EXPECT_EQ(backend_->records(), 20'000u);
  EXPECT_FALSE(backend_->has_end_record());
  for (const std::string& packet : packets) {
    EXPECT_LE(packet.size(), RecordFileBackend::kPacketBytes);
    EXPECT_EQ(packet.size() % 38, 0u);
  }
  // Full, but for those at the read buffer's ends.
  EXPECT_LT(packets.size(), 20'000 / 36 + 10);
  EXPECT_EQ(backend_->stats().packets, packets.size());
  EXPECT_EQ(backend_->stats().bytes, file.size());
}

TEST_F(RecordFileBackendTest, PacketsHaveNoStampAndLieInTheirSlice) {
  Open(NumberedRecords(3, 12));
  std::vector<rio::Packet> packets(2);
  ASSERT_EQ(backend_->Poll(packets), 1u);
  EXPECT_EQ(packets[0].stamp_ns, 0);
  EXPECT_EQ(packets[0].stamp_source, rio::StampSource::kNone);
  EXPECT_EQ(packets[0].line, 0);
  EXPECT_EQ(packets[0].data, region_->slice(packets[0].slice));
  EXPECT_GT(packets[0].dequeue_ticks, 0u);
}

TEST_F(RecordFileBackendTest, WithoutSlicesNothingIsReadAndNothingLost) {
  const std::string file = NumberedRecords(1000, 50);
  Open(file, /*slices=*/2);
  std::vector<rio::Packet> held(8);
  ASSERT_EQ(backend_->Poll(held), 2u);
  std::vector<rio::Packet> more(8);
  EXPECT_EQ(backend_->Poll(more), 0u);
  EXPECT_EQ(backend_->stats().starved, 1u);
  const std::string first = TextOf(held[0]);
  const std::string second = TextOf(held[1]);
  for (size_t i : {1u, 0u}) backend_->Post(std::span(&held[i].slice, 1));
  EXPECT_EQ(first + second + Join(Drain(*backend_)), file);
}

TEST_F(RecordFileBackendTest, ARecordLargerThanAPacketTravelsAlone) {
  const std::string file = Record("a") + Record(std::string(1800, 'b')) + Record("c");
  Open(file);
  EXPECT_THAT(Drain(*backend_),
              ::testing::ElementsAre(Record("a"), Record(std::string(1800, 'b')), Record("c")));
}

TEST_F(RecordFileBackendTest, ARecordThatNoSliceHoldsIsDamageWithAFix) {
  Open(Record("a") + Record(std::string(3000, 'b')) + Record("c"));
  EXPECT_THAT(Drain(*backend_), ::testing::ElementsAre(Record("a")));
  EXPECT_THAT(std::string(backend_->status().message()),
              AllOf(HasSubstr("at byte 3"), HasSubstr("larger slices")));
}

TEST_F(RecordFileBackendTest, ACutTailIsToldAfterWhatCameBeforeIt) {
  for (size_t cut : {1u, 2u, 3u, 11u}) {  // In the length, and in the message.
    const std::string file = NumberedRecords(100, 10) + Record("0123456789").substr(0, cut);
    Open(file);
    EXPECT_EQ(Join(Drain(*backend_)), NumberedRecords(100, 10));
    EXPECT_EQ(backend_->status().code(), absl::StatusCode::kDataLoss) << cut;
    EXPECT_THAT(std::string(backend_->status().message()),
                AllOf(HasSubstr("record 101 at byte 1200"), HasSubstr("cut off")));
  }
}

TEST_F(RecordFileBackendTest, EndOfSessionIsTheLastPacketAndAlone) {
  Open(NumberedRecords(3, 10) + Record(""));
  const std::vector<std::string> packets = Drain(*backend_);
  ASSERT_EQ(packets.size(), 2u);
  EXPECT_EQ(packets[1], Record(""));
  EXPECT_TRUE(backend_->has_end_record());
  EXPECT_EQ(backend_->records(), 3u);
  EXPECT_TRUE(backend_->status().ok());
  // As the framing of such files wants it.
  codecs::LengthPrefixed framing;
  std::vector<codecs::PacketFrame> frames;
  for (const std::string& packet : packets) {
    rio::Packet received{};
    received.data = reinterpret_cast<const uint8_t*>(packet.data());
    received.length = static_cast<uint32_t>(packet.size());
    frames.push_back(framing.Parse(received));
  }
  EXPECT_EQ(frames[0].message_count, 3u);
  EXPECT_FALSE(frames[0].trailing_bytes);
  EXPECT_EQ(frames[1].kind, codecs::FrameKind::kEndOfSession);
}

TEST_F(RecordFileBackendTest, BytesBehindTheEndOfSessionAreReported) {
  Open(NumberedRecords(3, 10) + Record("") + Record("x"));
  EXPECT_EQ(Join(Drain(*backend_)), NumberedRecords(3, 10) + Record(""));
  EXPECT_THAT(std::string(backend_->status().message()), HasSubstr("behind the end"));
}

TEST_F(RecordFileBackendTest, EmptyFileEndsAtOnce) {
  Open("");
  EXPECT_THAT(Drain(*backend_), IsEmpty());
  EXPECT_TRUE(backend_->status().ok());
}

TEST_F(RecordFileBackendTest, AfterCloseNothingComes) {
  Open(NumberedRecords(3, 10));
  backend_->Close();
  std::vector<rio::Packet> packets(2);
  EXPECT_EQ(backend_->Poll(packets), 0u);
  EXPECT_TRUE(backend_->finished());
  EXPECT_EQ(backend_->owned(), 0u);
}

TEST_F(RecordFileBackendTest, ReadsCompressedFilesAndTellsTheirDamage) {
  const std::string plain = NumberedRecords(5000, 30);
  const std::string packed = Gzip(plain);
  Open(packed);
  EXPECT_EQ(Join(Drain(*backend_)), plain);
  EXPECT_TRUE(backend_->status().ok());
  Open(packed.substr(0, packed.size() / 2));
  const std::string part = Join(Drain(*backend_));
  EXPECT_EQ(part, plain.substr(0, part.size()));
  EXPECT_EQ(backend_->status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(RecordFileBackendTest, DeliversWhatAPipeHasInsteadOfWaitingForAFullPacket) {
  const TempFile pipe_file("records");
  const std::string& name = pipe_file.path();
  if (!test::MakeFifo(name)) GTEST_SKIP() << test::kNoFifos;
  std::thread writer([&] {
    std::ofstream pipe(name, std::ios::binary);
    pipe << NumberedRecords(2, 10) << std::flush;
    // The reader has to see these before the pipe is closed, or the test would hang.
    while (!seen_.load()) std::this_thread::yield();
    pipe << NumberedRecords(1, 10) << std::flush;
  });
  MakeRegion(4, 2048);
  auto backend = RecordFileBackend::Open(name, *region_);
  ASSERT_TRUE(backend.ok()) << backend.status();
  backend_ = *std::move(backend);
  PostAll(*backend_, 4);
  std::vector<rio::Packet> packets(4);
  EXPECT_EQ(backend_->Poll(packets), 1u);
  EXPECT_EQ(packets[0].length, 24u);
  seen_.store(true);
  EXPECT_EQ(Join(Drain(*backend_)), NumberedRecords(1, 10));
  writer.join();
}

TEST(LooksLikeRecordFileTest, TellsRecordFilesFromOthers) {
  const auto looks = [](const std::string& start) {
    return LooksLikeRecordFile(test::BytesOf(start));
  };
  EXPECT_TRUE(looks(NumberedRecords(100, 36)));
  EXPECT_TRUE(looks(NumberedRecords(3, 36) + "\x00"));
  EXPECT_TRUE(looks(Record("one message")));
  EXPECT_TRUE(looks(Record("one") + Record("")));
  EXPECT_FALSE(looks(""));
  EXPECT_FALSE(looks(std::string(100, '\0')));
  EXPECT_FALSE(looks("this is text, and longer than a few bytes"));
  EXPECT_FALSE(looks(std::string("\xd4\xc3\xb2\xa1\x02\x00\x04\x00", 8)));
  EXPECT_FALSE(looks(std::string("\xa1\xb2\xc3\xd4\x00\x02\x00\x04", 8)));
  EXPECT_FALSE(looks(std::string("\x0a\x0d\x0d\x0a\x1c\x00\x00\x00", 8)));
  EXPECT_FALSE(looks(Gzip(NumberedRecords(100, 36))));
  EXPECT_FALSE(looks("snoop\0\0\0\0\0\0\2"));
}

TEST(FirstBytesTest, DecompressesAndSaysWhatIsWrong) {
  TempFile file("records.gz");
  std::ofstream(file.path(), std::ios::binary) << Gzip(NumberedRecords(1000, 36));
  const auto bytes = FirstBytes(file.path(), kRecordFileGuessBytes);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(bytes->size(), kRecordFileGuessBytes);
  EXPECT_TRUE(LooksLikeRecordFile(*bytes));
  EXPECT_EQ(FirstBytes("/nonexistent", 10).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RecordFileBackendTest, ReadsRealFiles) {
  const auto path = test::CaptureFile("itch/bbekele_1000.itch");
  if (!path) GTEST_SKIP() << test::kNoCaptures;
  MakeRegion(8, 2048);
  auto backend = RecordFileBackend::Open(path->string(), *region_);
  ASSERT_TRUE(backend.ok()) << backend.status();
  backend_ = *std::move(backend);
  PostAll(*backend_, 8);
  const std::string all = Join(Drain(*backend_));
  EXPECT_EQ(all.size(), std::filesystem::file_size(*path));
  EXPECT_EQ(backend_->records(), 1000u);
  EXPECT_TRUE(backend_->status().ok()) << backend_->status();
  EXPECT_TRUE(LooksLikeRecordFile(*FirstBytes(path->string(), kRecordFileGuessBytes)));
}

}  // namespace
}  // namespace fh::replay
