// Which files may be written, and that none that is in use is harmed.
#include "feedhandler/output/output_claim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "feedhandler/output/system_file.h"
#include "tests/feedhandler/output/scratch.h"
#include "tests/platform.h"

namespace fh::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Refusal(const std::string& path, const std::string& name = "output") {
  const absl::StatusOr<OutputClaim> claim = OutputClaim::Make(path, name);
  if (claim.ok()) return "claimed";
  EXPECT_EQ(claim.status().code(), absl::StatusCode::kInvalidArgument) << claim.status();
  return std::string(claim.status().message());
}

OutputClaim Claim(const std::string& path, const std::string& name = "output") {
  absl::StatusOr<OutputClaim> claim = OutputClaim::Make(path, name);
  EXPECT_TRUE(claim.ok()) << claim.status();
  return *std::move(claim);
}

// The names under which `path` may be reached too, as far as this system has them.
std::vector<std::string> OtherNames(const Scratch& scratch, const std::string& name) {
  std::vector<std::string> names{scratch / absl::StrCat("./", name)};
  std::error_code error;
  fs::create_directory(scratch / "folder");
  names.push_back(scratch / absl::StrCat("folder/../", name));
  // Empty where it lies on another drive.
  const std::string relative = fs::relative(scratch / name, error).string();
  if (!relative.empty()) names.push_back(relative);
  fs::create_symlink(scratch / name, scratch / "link", error);
  if (!error) names.push_back(scratch / "link");
  fs::create_symlink("link", scratch / "link_to_link", error);
  if (!error) names.push_back(scratch / "link_to_link");
  fs::create_directory_symlink(scratch.path(), scratch / "folder_link", error);
  if (!error) names.push_back(scratch / absl::StrCat("folder_link/", name));
  if (fs::exists(scratch / name)) {
    fs::create_hard_link(scratch / name, scratch / "hard_link", error);
    if (!error) names.push_back(scratch / "hard_link");
  }
  if (kWindows) names.push_back(scratch / "FILE");
  return names;
}

TEST(OutputClaim, AnInputIsRefusedUnderAnyName) {
  const Scratch scratch;
  Write(scratch / "file", "precious");
  const auto hold = HoldInput(scratch / "file", "the capture file");
  ASSERT_TRUE(hold.ok());
  EXPECT_THAT(Refusal(scratch / "file"), HasSubstr("output is the capture file, which this run"));
  for (const std::string& name : OtherNames(scratch, "file")) {
    EXPECT_THAT(Refusal(name), HasSubstr("which this run reads: name another file")) << name;
  }
  EXPECT_EQ(Read(scratch / "file"), "precious");
}

TEST(OutputClaim, AnInputThatIsNamedAfterTheOutputIsRefusedToo) {
  const Scratch scratch;
  Write(scratch / "file", "precious");
  const OutputClaim claim = Claim(scratch / "file");
  const auto hold = HoldInput(scratch / "./file", "the plugin");
  EXPECT_THAT(std::string(hold.status().message()), HasSubstr("output is the plugin"));
  EXPECT_EQ(Read(scratch / "file"), "precious");
}

TEST(OutputClaim, AnotherOutputIsRefusedUnderAnyNameBothAreNamed) {
  for (const bool exists : {true, false}) {
    const Scratch scratch;
    if (exists) Write(scratch / "file", "old");
    {
      const OutputClaim claim = Claim(scratch / "file", "output=file");
      for (const std::string& name : OtherNames(scratch, "file")) {
        EXPECT_THAT(Refusal(name, "--metrics=other"),
                    AllOf(HasSubstr("--metrics=other"), HasSubstr("output=file"),
                          HasSubstr("are the same file")))
            << name << (exists ? ", which exists" : "");
      }
    }
    EXPECT_EQ(fs::exists(scratch / "file"), exists);
  }
}

TEST(OutputClaim, InputsMayBeTheSameFile) {
  const Scratch scratch;
  Write(scratch / "file", "x");
  const auto first = HoldInput(scratch / "file", "one");
  const auto second = HoldInput(scratch / "file", "other");
  EXPECT_TRUE(first.ok());
  EXPECT_TRUE(second.ok());
}

TEST(OutputClaim, AFileIsFreeAgainWhenItsHoldIsGone) {
  const Scratch scratch;
  Write(scratch / "file", "x");
  { const auto hold = HoldInput(scratch / "file", "input"); }
  { const OutputClaim claim = Claim(scratch / "file"); }
  EXPECT_EQ(Refusal(scratch / "file"), "claimed");
}

TEST(OutputClaim, AMovedHoldGoesOnHolding) {
  const Scratch scratch;
  Write(scratch / "file", "x");
  FileHold kept;
  {
    auto hold = HoldInput(scratch / "file", "input");
    kept = *std::move(hold);
  }
  EXPECT_NE(Refusal(scratch / "file"), "claimed");
}

TEST(OutputClaim, WhatAFileHeldIsThereUntilBegin) {
  const Scratch scratch;
  Write(scratch / "file", "old and long");
  {
    const OutputClaim given_up = Claim(scratch / "file");
    EXPECT_EQ(Read(scratch / "file"), "old and long");
  }
  EXPECT_EQ(Read(scratch / "file"), "old and long");
  OutputClaim claim = Claim(scratch / "file");
  EXPECT_EQ(claim.Begin(), 0);
  EXPECT_EQ(Read(scratch / "file"), "");
  EXPECT_EQ(system_file::WriteAll(claim.descriptor(), "new", 3), 3u);
  EXPECT_EQ(claim.Begin(), 0);  // Empties once.
  EXPECT_EQ(claim.Close(), 0);
  EXPECT_EQ(Read(scratch / "file"), "new");
}

TEST(OutputClaim, ANewFileGoesAgainWhenItIsGivenUp) {
  const Scratch scratch;
  {
    const OutputClaim given_up = Claim(scratch / "file");
    EXPECT_THAT(scratch.Names(), ElementsAre("file"));
  }
  EXPECT_THAT(scratch.Names(), IsEmpty());
  {
    OutputClaim used = Claim(scratch / "file");
    used.Begin();
  }
  EXPECT_THAT(scratch.Names(), ElementsAre("file"));
}

TEST(OutputClaim, GivingUpRemovesNothingButTheFileThatItMade) {
  if (kWindows) GTEST_SKIP() << "skipped: this system keeps the name of a file that is open";
  const Scratch scratch;
  {
    const OutputClaim given_up = Claim(scratch / "file");
    fs::remove(scratch / "file");
    Write(scratch / "file", "somebody else's");
  }
  EXPECT_EQ(Read(scratch / "file"), "somebody else's");
  {
    const OutputClaim given_up = Claim(scratch / "written");
    Write(scratch / "written", "somebody else's");
  }
  EXPECT_EQ(Read(scratch / "written"), "somebody else's");
  {
    const OutputClaim given_up = Claim(scratch / "replaced");
    Write(scratch / "another", "");
    fs::rename(scratch / "another", scratch / "replaced");
  }
  EXPECT_TRUE(fs::exists(scratch / "replaced"));
}

TEST(OutputClaim, WritesThroughALinkWhichStaysALink) {
  const Scratch scratch;
  std::error_code error;
  fs::create_symlink("target", scratch / "link", error);
  if (error) GTEST_SKIP() << "skipped: this system makes no symbolic links for us";
  for (int round = 0; round < 2; ++round) {  // The target is missing, then exists.
    OutputClaim claim = Claim(scratch / "link");
    claim.Begin();
    EXPECT_EQ(system_file::WriteAll(claim.descriptor(), "text", 4), 4u);
  }
  EXPECT_TRUE(fs::is_symlink(scratch / "link"));
  EXPECT_EQ(Read(scratch / "target"), "text");
  fs::create_symlink("nowhere/target", scratch / "dangling");
  EXPECT_THAT(Refusal(scratch / "dangling"), HasSubstr("cannot write"));
}

TEST(OutputClaim, GivingUpALinkToNothingLeavesTheLink) {
  const Scratch scratch;
  std::error_code error;
  fs::create_symlink("target", scratch / "link", error);
  if (error) GTEST_SKIP() << "skipped: this system makes no symbolic links for us";
  { const OutputClaim claim = Claim(scratch / "link"); }
  EXPECT_THAT(scratch.Names(), ElementsAre("link"));
}

TEST(OutputClaim, TheNullDeviceTakesAsManyAsLike) {
  const OutputClaim one = Claim(kNullDevice);
  const OutputClaim other = Claim(kNullDevice);
  EXPECT_EQ(one.kind(), system_file::Kind::kNullDevice);
}

TEST(OutputClaim, StandardOutputIsOneWhateverItIsCalled) {
  const OutputClaim claim = Claim("-", "output=-");
  EXPECT_THAT(Refusal("-", "output=- (2)"), HasSubstr("are both standard output"));
  if (kWindows) return;
  if (system_file::LookAtDescriptor(1).kind == system_file::Kind::kNullDevice) {
    GTEST_SKIP() << "skipped: standard output is the null device, which is for all";
  }
  for (const char* name : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
    EXPECT_THAT(Refusal(name, "other"), HasSubstr("are both standard output")) << name;
  }
}

TEST(OutputClaim, FoldersAreRefused) {
  const Scratch scratch;
  EXPECT_THAT(Refusal(scratch.path()), HasSubstr("it is a folder"));
  EXPECT_THAT(Refusal(scratch / "no/such/file"), HasSubstr("existing folder"));
  Write(scratch / "file", "");
  EXPECT_THAT(Refusal(scratch / "file/below"), HasSubstr("cannot write"));
  EXPECT_THAT(Refusal(""), HasSubstr("names no file"));
}

TEST(OutputClaim, AStreamIsHandedOverEmptied) {
  const Scratch scratch;
  Write(scratch / "file", "old and long");
  OutputClaim claim = Claim(scratch / "file");
  const absl::StatusOr<std::FILE*> stream = claim.TakeStream();
  ASSERT_TRUE(stream.ok()) << stream.status();
  std::fputs("new", *stream);
  std::fclose(*stream);
  EXPECT_EQ(Read(scratch / "file"), "new");
}

}  // namespace
}  // namespace fh::test
