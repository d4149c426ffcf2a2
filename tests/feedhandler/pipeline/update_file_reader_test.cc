// What is no file of updates, or not a whole one, is refused with the reason; what is one comes
// back bit for bit.
#include "feedhandler/pipeline/update_file_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "feedhandler/strategy/loader.h"
#include "tests/feedhandler/strategy/fake_host.h"
#include "tests/feedhandler/strategy/test_updates.h"

namespace fh {
namespace {

using codecs::NormalizedUpdate;
using test::BaseUpdate;
using test::FakeHost;
using test::OneOfEach;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The bytes that `print` makes of the updates.
std::string FileOf(FakeHost& host, const std::vector<NormalizedUpdate>& updates) {
  const std::string path = testing::TempDir() + "/reader.fhu";
  auto print = LoadStrategy("print", "format=binary,output=" + path, host.table);
  EXPECT_TRUE(print.ok()) << print.status();
  for (const NormalizedUpdate& update : updates) print->OnUpdates({{update}});
  EXPECT_TRUE(print->OnStop().ok());
  return ReadAll(path);
}

struct Contents {
  absl::Status status;
  std::vector<NormalizedUpdate> updates;
  std::vector<UpdateFileInstrument> instruments;
};

Contents Read(const std::string& bytes) {
  Contents contents;
  absl::StatusOr<UpdateFileReader> reader = UpdateFileReader::FromSource(
      replay::MemoryByteSource({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}),
      "day.fhu");
  if (!reader.ok()) {
    contents.status = reader.status();
    return contents;
  }
  std::vector<NormalizedUpdate> some(3);
  for (;;) {
    const absl::StatusOr<size_t> count = reader->Read(some);
    contents.status = count.status();
    if (!count.ok() || *count == 0) break;
    contents.updates.insert(contents.updates.end(), some.begin(),
                            some.begin() + static_cast<ptrdiff_t>(*count));
  }
  contents.instruments = reader->instruments();
  return contents;
}

std::string Refusal(const std::string& bytes) { return std::string(Read(bytes).status.message()); }

class UpdateFile : public testing::Test {
 protected:
  UpdateFile() { host_.symbols[{3, 7}] = "AAPL"; }

  template <class T>
  std::string With(size_t offset, const T& value) const {
    std::string bytes = whole_;
    std::memcpy(bytes.data() + offset, &value, sizeof(value));
    return bytes;
  }
  size_t Row(size_t row) const { return row * kUpdateRowBytes; }

  FakeHost host_;
  const std::vector<NormalizedUpdate> updates_ = OneOfEach();
  // Filled in below: members are made in their order, and the host must know its symbols first.
  std::string whole_ = (host_.symbols[{3, 7}] = "AAPL", FileOf(host_, updates_));
};

TEST_F(UpdateFile, ComesBackBitForBit) {
  const Contents contents = Read(whole_);
  ASSERT_TRUE(contents.status.ok()) << contents.status;
  ASSERT_EQ(contents.updates.size(), updates_.size());
  for (size_t i = 0; i < updates_.size(); ++i) {
    NormalizedUpdate expected = updates_[i];
    expected.published_ns32 = 0;
    EXPECT_EQ(std::memcmp(&contents.updates[i], &expected, sizeof(expected)), 0) << i;
    EXPECT_EQ(std::memcmp(whole_.data() + Row(1 + i), &updates_[i], sizeof(expected)), 0) << i;
  }
}

TEST_F(UpdateFile, NamesTheInstrumentsWithWhatIsKnownOfThem) {
  const Contents contents = Read(whole_);
  ASSERT_EQ(contents.instruments.size(), 2U);
  EXPECT_EQ(contents.instruments[0].instrument_id, 7U);
  EXPECT_EQ(contents.instruments[0].channel_id, 3);
  EXPECT_EQ(contents.instruments[0].first_update, 0U);
  EXPECT_STREQ(contents.instruments[0].symbol, "AAPL");
  EXPECT_EQ(contents.instruments[0].terms.tick, FH_UNDEFINED_PRICE);
  EXPECT_EQ(contents.instruments[0].terms.size_decimals, FH_UNKNOWN_DECIMALS);
  EXPECT_EQ(contents.instruments[1].instrument_id, 8U);
  EXPECT_EQ(contents.instruments[1].first_update, 5U);
  EXPECT_STREQ(contents.instruments[1].symbol, "BRK.A");
  EXPECT_EQ(contents.instruments[1].terms.kind, FH_KIND_FUTURE);
  EXPECT_EQ(contents.instruments[1].terms.round_lot, 100U);
  EXPECT_EQ(contents.instruments[1].terms.size_decimals, 3);
  EXPECT_EQ(contents.instruments[1].terms.book_depth, 10);
}

NormalizedUpdate SessionStart(uint32_t epoch) {
  NormalizedUpdate start = BaseUpdate(FH_RECORD_SESSION, FH_ACTION_CLEAR, 0);
  start.instrument_id = FH_ALL_INSTRUMENTS;
  start.session.state = FH_SESSION_NEW;
  start.session.epoch = epoch;
  return start;
}

TEST_F(UpdateFile, AnIdHasAnotherNameInAnotherEpochOnly) {
  const NormalizedUpdate trade = BaseUpdate(FH_RECORD_TRADE, FH_ACTION_TRADE, 1);
  std::vector<NormalizedUpdate> updates{SessionStart(0), trade,           SessionStart(0),
                                        trade,           SessionStart(1), trade};
  const Contents contents = Read(FileOf(host_, updates));
  ASSERT_TRUE(contents.status.ok()) << contents.status;
  ASSERT_EQ(contents.instruments.size(), 2U);
  EXPECT_EQ(contents.instruments[0].first_update, 1U);
  EXPECT_EQ(contents.instruments[1].first_update, 5U);
}

TEST_F(UpdateFile, ADefinitionRenamesFromItsOwnUpdateOn) {
  NormalizedUpdate trade = BaseUpdate(FH_RECORD_TRADE, FH_ACTION_TRADE, 1);
  NormalizedUpdate definition = BaseUpdate(FH_RECORD_DEFINITION, FH_ACTION_NONE, 2);
  std::memcpy(definition.definition.symbol, "RENAMED", 7);
  const Contents contents = Read(FileOf(host_, {trade, definition, trade}));
  ASSERT_TRUE(contents.status.ok()) << contents.status;
  ASSERT_EQ(contents.instruments.size(), 2U);
  EXPECT_STREQ(contents.instruments[0].symbol, "AAPL");
  EXPECT_STREQ(contents.instruments[1].symbol, "RENAMED");
  EXPECT_EQ(contents.instruments[1].first_update, 1U);
}

TEST_F(UpdateFile, WhatStandsForNoInstrumentHasNoRow) {
  NormalizedUpdate unknown = BaseUpdate(FH_RECORD_TRADE, FH_ACTION_TRADE, 1);
  unknown.instrument_id = FH_UNKNOWN_INSTRUMENT;
  NormalizedUpdate all = unknown;
  all.instrument_id = FH_ALL_INSTRUMENTS;
  const Contents contents = Read(FileOf(host_, {unknown, all}));
  EXPECT_TRUE(contents.status.ok()) << contents.status;
  EXPECT_EQ(contents.updates.size(), 2U);
  EXPECT_TRUE(contents.instruments.empty());
}

TEST_F(UpdateFile, AnEmptyOneIsWhole) {
  const Contents contents = Read(FileOf(host_, {}));
  EXPECT_TRUE(contents.status.ok()) << contents.status;
  EXPECT_TRUE(contents.updates.empty());
}

TEST_F(UpdateFile, CutOffAnywhereItIsRefused) {
  for (size_t size = 0; size < whole_.size(); ++size) {
    const absl::Status status = Read(whole_.substr(0, size)).status;
    ASSERT_FALSE(status.ok()) << size;
    if (size >= sizeof(kUpdateFileMagic)) {
      ASSERT_THAT(std::string(status.message()),
                  AllOf(HasSubstr("day.fhu"), HasSubstr("not written to its end")))
          << size;
    }
  }
}

TEST_F(UpdateFile, BytesBehindTheEndAreRefused) {
  EXPECT_THAT(Refusal(whole_ + "x"), HasSubstr("bytes behind the end"));
  EXPECT_THAT(Refusal(whole_ + whole_), HasSubstr("bytes behind the end"));
}

TEST_F(UpdateFile, OtherFilesVersionsSizesAndByteOrdersAreRefused) {
  EXPECT_THAT(Refusal("ts_event_ns,ts_recv_ns\n"), HasSubstr("is no file of updates"));
  EXPECT_THAT(Refusal(""), HasSubstr("is no file of updates"));
  EXPECT_THAT(Refusal(With(offsetof(UpdateFileHeader, byte_order), uint32_t{0x04030201})),
              HasSubstr("another byte order"));
  EXPECT_THAT(
      Refusal(With(offsetof(UpdateFileHeader, abi_version), uint16_t{1})),
      HasSubstr("has version 1 with updates of version 1, this program reads version 1 with "
                "updates of version 2"));
  EXPECT_THAT(Refusal(With(offsetof(UpdateFileHeader, version), uint16_t{9})),
              HasSubstr("has version 9"));
  for (const size_t offset :
       {offsetof(UpdateFileHeader, header_bytes), offsetof(UpdateFileHeader, update_bytes),
        offsetof(UpdateFileHeader, instrument_bytes), offsetof(UpdateFileHeader, end_bytes)}) {
    EXPECT_THAT(Refusal(With(offset, uint32_t{56})), HasSubstr("says that its header"));
  }
}

TEST_F(UpdateFile, RowsThatAreNoUpdatesAreRefused) {
  EXPECT_THAT(Refusal(With(Row(3), uint8_t{99})), AllOf(HasSubstr("no update of this version"),
                                                        HasSubstr("2 updates stand before it")));
  EXPECT_THAT(Refusal(With(Row(1), uint8_t{0})), HasSubstr("no update of this version"));
  EXPECT_THAT(Refusal(With(Row(1) + offsetof(fh_update, action), 'z')),
              HasSubstr("no update of this version"));
  EXPECT_THAT(Refusal(With(Row(1) + offsetof(fh_update, side), '\0')),
              HasSubstr("no update of this version"));
}

TEST_F(UpdateFile, InstrumentsThatCannotBeAreRefused) {
  const size_t row = Row(1 + updates_.size());
  const auto with = [&](size_t offset, auto value) { return Refusal(With(row + offset, value)); };
  EXPECT_THAT(with(offsetof(UpdateFileInstrument, instrument_id), uint32_t{0}),
              HasSubstr("stands for none"));
  EXPECT_THAT(with(offsetof(UpdateFileInstrument, instrument_id), FH_UNKNOWN_INSTRUMENT),
              HasSubstr("stands for none"));
  EXPECT_THAT(with(offsetof(UpdateFileInstrument, first_update), uint64_t{11}),
              HasSubstr("out of order or not there"));
  EXPECT_THAT(with(offsetof(UpdateFileInstrument, first_update), uint64_t{6}),
              HasSubstr("out of order or not there"))
      << "the second row is named from update 5 on";
  std::array<char, sizeof(UpdateFileInstrument::symbol)> name;
  name.fill('A');
  EXPECT_THAT(with(offsetof(UpdateFileInstrument, symbol), name),
              HasSubstr("longer than 24 bytes"));
  name.fill('\0');
  name[0] = 'A';
  name[10] = 'B';
  EXPECT_THAT(with(offsetof(UpdateFileInstrument, symbol), name),
              HasSubstr("goes on behind its end"));
}

TEST_F(UpdateFile, AnEndThatCountsWrongIsRefused) {
  const size_t row = whole_.size() - kUpdateRowBytes;
  EXPECT_THAT(
      Refusal(With(row + offsetof(UpdateFileEnd, updates), uint64_t{10})),
      HasSubstr("ends with 11 updates and 2 instruments, and says that there are 10 and 2"));
  EXPECT_THAT(Refusal(With(row + offsetof(UpdateFileEnd, instruments), uint64_t{3})),
              HasSubstr("says that there are 11 and 3"));
  EXPECT_THAT(Refusal(With(row + offsetof(UpdateFileEnd, magic), 'x')),
              HasSubstr("neither an instrument nor the end"));
  EXPECT_THAT(Refusal(With(row, uint8_t{1})), HasSubstr("neither an instrument nor the end"));
}

TEST_F(UpdateFile, IsKnownByItsContent) {
  const std::string path = testing::TempDir() + "/reader.fhu";
  FileOf(host_, updates_);
  EXPECT_TRUE(IsUpdateFile(path));
  EXPECT_FALSE(IsUpdateFile("-"));
  EXPECT_FALSE(IsUpdateFile(path + ".none"));
  std::ofstream(path, std::ios::trunc) << "FHUPDAT";
  EXPECT_FALSE(IsUpdateFile(path));
}

}  // namespace
}  // namespace fh
