#include "feedhandler/output/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tests/feedhandler/output/scratch.h"
#include "tests/platform.h"

namespace fh::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void AddLine(OutputFile& file, const std::string& line) {
  std::memcpy(file.Reserve(line.size()), line.data(), line.size());
  file.Commit(line.size());
}

TEST(OutputFile, EmptiesTheFileWithItsFirstLinesAndNotBefore) {
  const Scratch scratch;
  Write(scratch / "file", "of an earlier run\n");
  absl::StatusOr<OutputFile> file = OutputFile::Open(scratch / "file", "output=file");
  ASSERT_TRUE(file.ok()) << file.status();
  AddLine(*file, "one\n");
  EXPECT_EQ(Read(scratch / "file"), "of an earlier run\n");
  file->Flush();
  EXPECT_EQ(Read(scratch / "file"), "one\n");
  AddLine(*file, "two\n");
  EXPECT_TRUE(file->Close().ok());
  EXPECT_EQ(Read(scratch / "file"), "one\ntwo\n");
}

TEST(OutputFile, WithoutLinesAnExistingFileEndsEmpty) {
  const Scratch scratch;
  Write(scratch / "file", "of an earlier run\n");
  absl::StatusOr<OutputFile> file = OutputFile::Open(scratch / "file", "output=file");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Close().ok());
  EXPECT_EQ(Read(scratch / "file"), "");
}

TEST(OutputFile, ThatIsNotClosedHasDoneNothing) {
  const Scratch scratch;
  Write(scratch / "old", "of an earlier run\n");
  for (const char* name : {"old", "new"}) {
    absl::StatusOr<OutputFile> file = OutputFile::Open(scratch / name, "output");
    ASSERT_TRUE(file.ok()) << file.status();
    AddLine(*file, "header\n");
  }
  EXPECT_THAT(scratch.Names(), ElementsAre("old"));
  EXPECT_EQ(Read(scratch / "old"), "of an earlier run\n");
}

TEST(OutputFile, CountsWhatAFullDiskDidNotTake) {
  if (!HasFullDevice()) GTEST_SKIP() << kNoFullDevice;
  absl::StatusOr<OutputFile> file = OutputFile::Open("/dev/full", "output=/dev/full");
  ASSERT_TRUE(file.ok()) << file.status();
  AddLine(*file, "one\n");
  const absl::Status closed = file->Close();
  EXPECT_THAT(std::string(closed.message()), HasSubstr("No space left"));
  EXPECT_EQ(file->lost_lines(), 1u);
}

}  // namespace
}  // namespace fh::test
