// A file that is replaced again and again: only what is ours, always whole, and never a link, a
// device or a pipe.
#include "feedhandler/output/replaced_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include "tests/feedhandler/output/scratch.h"
#include "tests/platform.h"

namespace fh::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kFirst[] = "# OURS";

ReplacedFile Claim(const std::string& path) {
  absl::StatusOr<ReplacedFile> file = ReplacedFile::Claim(path, "--metrics=" + path, kFirst);
  EXPECT_TRUE(file.ok()) << file.status();
  return *std::move(file);
}

std::string Refusal(const std::string& path) {
  const absl::StatusOr<ReplacedFile> file = ReplacedFile::Claim(path, "--metrics=" + path, kFirst);
  return file.ok() ? "claimed" : std::string(file.status().message());
}

TEST(ReplacedFile, ANewFileIsWrittenAndWrittenAgain) {
  const Scratch scratch;
  ReplacedFile file = Claim(scratch / "file");
  EXPECT_TRUE(file.is_file());
  EXPECT_TRUE(file.Write("# OURS 1\n").ok());
  EXPECT_EQ(Read(scratch / "file"), "# OURS 1\n");
  EXPECT_TRUE(file.Write("# OURS 2 and longer\n").ok());
  EXPECT_EQ(Read(scratch / "file"), "# OURS 2 and longer\n");
  EXPECT_THAT(scratch.Names(), ElementsAre("file"));
}

TEST(ReplacedFile, ThatIsNeverWrittenLeavesNothing) {
  const Scratch scratch;
  { const ReplacedFile file = Claim(scratch / "file"); }
  EXPECT_THAT(scratch.Names(), IsEmpty());
}

TEST(ReplacedFile, AFileOfAnEarlierRunOrAnEmptyOneIsReplaced) {
  const Scratch scratch;
  for (const char* before : {"# OURS of yesterday\n", "", "# OURS"}) {
    Write(scratch / "file", before);
    { const ReplacedFile unused = Claim(scratch / "file"); }
    EXPECT_EQ(Read(scratch / "file"), before);
    ReplacedFile file = Claim(scratch / "file");
    EXPECT_TRUE(file.Write("# OURS now\n").ok());
    EXPECT_EQ(Read(scratch / "file"), "# OURS now\n");
  }
}

TEST(ReplacedFile, AForeignFileIsRefusedAndStaysAsItIs) {
  const Scratch scratch;
  for (const char* before : {"precious", "# OUR", "\n# OURS", "#"}) {
    Write(scratch / "file", before);
    EXPECT_THAT(Refusal(scratch / "file"), HasSubstr("is not from an earlier run"));
    EXPECT_EQ(Read(scratch / "file"), before);
  }
  EXPECT_THAT(scratch.Names(), ElementsAre("file"));
}

TEST(ReplacedFile, WhatSomebodyPutsInItsPlaceMeanwhileIsLeftAlone) {
  const Scratch scratch;
  ReplacedFile file = Claim(scratch / "file");
  EXPECT_TRUE(file.Write("# OURS\n").ok());
  fs::remove(scratch / "file");
  EXPECT_TRUE(file.Write("# OURS again\n").ok());  // A place that is free is ours.
  fs::remove(scratch / "file");
  Write(scratch / "file", "precious");
  EXPECT_THAT(std::string(file.Write("# OURS\n").message()), HasSubstr("something else was put"));
  EXPECT_EQ(Read(scratch / "file"), "precious");
  fs::remove(scratch / "file");
  std::error_code error;
  fs::create_symlink("elsewhere", scratch / "file", error);
  if (error) GTEST_SKIP() << "skipped: this system makes no symbolic links for us";
  EXPECT_FALSE(file.Write("# OURS\n").ok());
  EXPECT_TRUE(fs::is_symlink(scratch / "file"));
  EXPECT_THAT(scratch.Names(), ElementsAre("file"));
}

TEST(ReplacedFile, ALinkStaysAndWhatItLeadsToIsReplaced) {
  const Scratch scratch;
  std::error_code error;
  fs::create_directory(scratch / "folder");
  fs::create_symlink("folder/target", scratch / "link", error);
  if (error) GTEST_SKIP() << "skipped: this system makes no symbolic links for us";
  ReplacedFile file = Claim(scratch / "link");
  EXPECT_TRUE(file.Write("# OURS 1\n").ok());
  EXPECT_TRUE(file.Write("# OURS 2\n").ok());
  EXPECT_TRUE(fs::is_symlink(scratch / "link"));
  EXPECT_EQ(Read(scratch / "folder/target"), "# OURS 2\n");
  EXPECT_THAT(scratch.Names(), ElementsAre("folder", "link"));
}

TEST(ReplacedFile, KeepsThePermissionsOfTheFile) {
  if (kWindows) GTEST_SKIP() << "skipped: this system has no such permissions";
  const Scratch scratch;
  Write(scratch / "file", "");
  fs::permissions(scratch / "file", fs::perms::owner_read | fs::perms::owner_write);
  ReplacedFile file = Claim(scratch / "file");
  EXPECT_TRUE(file.Write("# OURS\n").ok());
  EXPECT_EQ(fs::status(scratch / "file").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST(ReplacedFile, ADeviceIsWrittenToAndStaysADevice) {
  ReplacedFile null = Claim(kNullDevice);
  EXPECT_FALSE(null.is_file());
  EXPECT_TRUE(null.Write("# OURS\n").ok());
  if (!kWindows) {
    EXPECT_TRUE(fs::is_character_file(kNullDevice));
  }
  if (!HasFullDevice()) GTEST_SKIP() << kNoFullDevice;
  ReplacedFile full = Claim("/dev/full");
  EXPECT_THAT(std::string(full.Write("# OURS\n").message()), HasSubstr("No space left"));
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST(ReplacedFile, APipeGetsTheTextAndOneThatNobodyReadsIsSaid) {
  const Scratch scratch;
  if (!MakeFifo(scratch / "pipe")) GTEST_SKIP() << kNoFifos;
#if !defined(_WIN32)
  ReplacedFile file = Claim(scratch / "pipe");
  EXPECT_FALSE(file.is_file());
  EXPECT_THAT(std::string(file.Write("# OURS\n").message()), HasSubstr("nobody reads"));
  const int reader = open((scratch / "pipe").c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  EXPECT_TRUE(file.Write("# OURS\n").ok());
  std::array<char, 100> text{};
  EXPECT_EQ(read(reader, text.data(), text.size()), 7);
  close(reader);
  EXPECT_TRUE(fs::is_fifo(scratch / "pipe"));
#endif
}

TEST(ReplacedFile, AFolderThatIsGoneIsSaid) {
  const Scratch scratch;
  fs::create_directory(scratch / "folder");
  ReplacedFile file = Claim(scratch / "folder/file");
  EXPECT_TRUE(file.Write("# OURS\n").ok());
  fs::remove_all(scratch / "folder");
  EXPECT_THAT(std::string(file.Write("# OURS\n").message()), HasSubstr("folder/file failed"));
}

TEST(ReplacedFile, WhatCannotBeWrittenLeavesTheOldTextAndNoTrace) {
  if (MayWriteEverywhere()) GTEST_SKIP() << "skipped: this user may write everywhere";
  const Scratch scratch;
  ReplacedFile file = Claim(scratch / "file");
  EXPECT_TRUE(file.Write("# OURS 1\n").ok());
  fs::permissions(scratch.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_FALSE(file.Write("# OURS 2\n").ok());
  EXPECT_THAT(Refusal(scratch / "other"), HasSubstr("cannot write"));
  fs::permissions(scratch.path(), fs::perms::owner_all);
  EXPECT_EQ(Read(scratch / "file"), "# OURS 1\n");
  EXPECT_THAT(scratch.Names(), ElementsAre("file"));
}

TEST(ReplacedFile, AnInputOrAnotherOutputIsRefused) {
  const Scratch scratch;
  Write(scratch / "file", "# OURS\n");
  const auto hold = HoldInput(scratch / "file", "the configuration");
  EXPECT_THAT(Refusal(scratch / "file"), HasSubstr("is the configuration"));
  const ReplacedFile first = Claim(scratch / "metrics");
  EXPECT_THAT(Refusal(scratch / "./metrics"), HasSubstr("are the same file"));
}

TEST(ReplacedFile, AnOutputMayNotBeItOnceItWasReplaced) {
  const Scratch scratch;
  ReplacedFile file = Claim(scratch / "file");
  EXPECT_TRUE(file.Write("# OURS\n").ok());  // The name leads to another file now.
  EXPECT_FALSE(OutputClaim::Make(scratch / "./file", "output").ok());
  EXPECT_EQ(Read(scratch / "file"), "# OURS\n");
}

TEST(ReplacedFile, AReaderNeverSeesHalfOfIt) {
  if (kWindows) GTEST_SKIP() << "skipped: a file that is read cannot be replaced on this system";
  const Scratch scratch;
  ReplacedFile file = Claim(scratch / "file");
  const std::string one = std::string(kFirst) + std::string(100'000, '1') + "\n";
  const std::string two = std::string(kFirst) + std::string(50'000, '2') + "\n";
  ASSERT_TRUE(file.Write(one).ok());
  std::atomic<bool> done{false};
  uint64_t halves = 0;
  std::thread reader([&] {
    while (!done) {
      const std::string seen = Read(scratch / "file");
      halves += seen != one && seen != two;
    }
  });
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(file.Write(i % 2 == 0 ? two : one).ok());
  done = true;
  reader.join();
  EXPECT_EQ(halves, 0u);
}

}  // namespace
}  // namespace fh::test
