// Codecs from shared libraries: what is taken, what is refused, and what the refusal says to do.
#include "codecs/plugin_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/instrument_store.h"
#include "codecs/plugin.h"
#include "codecs/registry.h"
#include "codecs/shared_library.h"
#include "tests/codecs/codec_harness.h"

namespace fh::codecs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

std::string TestPlugin(const std::string& name) {
  return absl::StrCat(FEEDHANDLER_TEST_CODECS, "/", name, SharedLibrary::kSuffix);
}

// A plugin as FH_CODEC_PLUGIN makes it, of a codec of this program.
CodecPlugin GoodTable() {
  return {sizeof(CodecPlugin), FH_CODEC_ABI_VERSION,      FH_CODEC_BUILT_BY, FH_CODEC_ABI_ID,
          kContractSizes,      std::size(kContractSizes), BuiltInCodecs()[0]};
}

TEST(PluginLoader, APluginIsACodecLikeAnyOther) {
  const size_t before = Codecs().size();
  const absl::StatusOr<const CodecInfo*> found = FindCodec(FEEDHANDLER_EXAMPLE_CODEC);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_STREQ((*found)->name, "example");
  EXPECT_EQ(Codecs().size(), before + 1);
  EXPECT_EQ(Codecs().back(), *found);
  EXPECT_EQ(CodecReference(**found), FEEDHANDLER_EXAMPLE_CODEC);
  EXPECT_EQ(CodecReference(*BuiltInCodecs()[0]), BuiltInCodecs()[0]->name);
  EXPECT_EQ(BuiltInCodecs().size(), before);
  InstrumentStore instruments(100);
  const std::unique_ptr<Codec> codec = *(*found)->make({.instruments = &instruments});
  const test::PacketBytes bytes((*found)->sample(0));
  const test::Decoded decoded = test::DecodePacket(*codec, bytes.packet());
  // Three definitions, four adds, two executions of three records, two deletes.
  EXPECT_EQ(decoded.updates.size(), 3u + 4u + 6u + 2u);
  // The plugin's own copy of the store's code wrote into this program's store.
  EXPECT_EQ(instruments.Name(1).view(), "ALPHA");
  EXPECT_EQ(instruments.Terms(1).round_lot, 100u);
}

TEST(PluginLoader, LoadedAgainItIsTheSameAlsoByItsNameAndByAnotherPath) {
  const absl::StatusOr<const CodecInfo*> first = FindCodec(FEEDHANDLER_EXAMPLE_CODEC);
  ASSERT_TRUE(first.ok()) << first.status();
  const size_t count = Codecs().size();
  const std::filesystem::path path = FEEDHANDLER_EXAMPLE_CODEC;
  const std::string other = (path.parent_path() / "." / path.filename()).string();
  EXPECT_EQ(*FindCodec(FEEDHANDLER_EXAMPLE_CODEC), *first);
  EXPECT_EQ(*FindCodec(other), *first);
  EXPECT_EQ(*FindCodec("example"), *first);
  EXPECT_EQ(Codecs().size(), count);
}

TEST(PluginLoader, AnotherVersionIsRefusedWithWhatToRebuild) {
  CodecPlugin plugin = GoodTable();
  EXPECT_TRUE(CheckCodecPlugin(&plugin, "x.so").ok());
  plugin.abi_version = 77;
  const absl::Status status = CheckCodecPlugin(&plugin, "x.so");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(MessageOf(status),
              AllOf(HasSubstr("x.so"), HasSubstr("codec ABI 77"), HasSubstr("rebuild it")));
  plugin = GoodTable();
  plugin.struct_size = 8;
  EXPECT_THAT(MessageOf(CheckCodecPlugin(&plugin, "x.so")),
              AllOf(HasSubstr("8 bytes"), HasSubstr("rebuild it")));
}

TEST(PluginLoader, AnotherCompilerIsNamed) {
  CodecPlugin plugin = GoodTable();
  plugin.built_by = "clang 99, libc++ 3";
  EXPECT_THAT(MessageOf(CheckCodecPlugin(&plugin, "x.so")),
              AllOf(HasSubstr("clang 99, libc++ 3"), HasSubstr(FH_CODEC_BUILT_BY),
                    HasSubstr("rebuild it")));
}

TEST(PluginLoader, OtherHeadersAreRefusedWithTheStructsThatDiffer) {
  std::vector<StructSize> sizes(std::begin(kContractSizes), std::end(kContractSizes));
  sizes[0].bytes += 8;
  CodecPlugin plugin = GoodTable();
  plugin.headers = "0.0.9-0000";
  plugin.sizes = sizes.data();
  const std::string said = MessageOf(CheckCodecPlugin(&plugin, "x.so"));
  EXPECT_THAT(said, AllOf(HasSubstr("other headers (0.0.9-0000, here " FH_CODEC_ABI_ID ")"),
                          HasSubstr(absl::StrCat("its CodecInfo has ", sizes[0].bytes,
                                                 " bytes, this program's ", sizeof(CodecInfo))),
                          HasSubstr("rebuild it")));
  EXPECT_THAT(said, testing::Not(HasSubstr("PacketFrame")));
  plugin.headers = FH_CODEC_ABI_ID;
  EXPECT_THAT(MessageOf(CheckCodecPlugin(&plugin, "x.so")),
              AllOf(HasSubstr("other options of the compiler"), HasSubstr("CodecInfo")));
}

TEST(PluginLoader, ATableThatIsNotFilledInIsRefused) {
  EXPECT_THAT(MessageOf(CheckCodecPlugin(nullptr, "x.so")), HasSubstr("returns null"));
  CodecPlugin plugin = GoodTable();
  plugin.info = nullptr;
  EXPECT_THAT(MessageOf(CheckCodecPlugin(&plugin, "x.so")), HasSubstr("CodecInfo is null"));
  plugin = GoodTable();
  plugin.built_by = nullptr;
  EXPECT_THAT(MessageOf(CheckCodecPlugin(&plugin, "x.so")), HasSubstr("FH_CODEC_PLUGIN"));
  CodecInfo info = *BuiltInCodecs()[0];
  plugin = GoodTable();
  plugin.info = &info;
  info.guess = nullptr;
  EXPECT_THAT(MessageOf(CheckCodecPlugin(&plugin, "x.so")), HasSubstr("has no guess"));
  info = *BuiltInCodecs()[0];
  info.messages = {};
  EXPECT_THAT(MessageOf(CheckCodecPlugin(&plugin, "x.so")), HasSubstr("has no messages"));
  info = *BuiltInCodecs()[0];
  for (const char* name :
       {"", "Big", "two words", "../up", "a\nb", "a_name_that_is_longer_than_any_name_should_be"}) {
    info.name = name;
    EXPECT_THAT(MessageOf(CheckCodecPlugin(&plugin, "x.so")), HasSubstr("has a name that is not"))
        << name;
  }
}

TEST(PluginLoader, WhatIsNoCodecIsRefusedAndChangesNothing) {
  const size_t before = Codecs().size();
  const std::string folder = testing::TempDir();
  EXPECT_EQ(FindCodec("./no_such_codec.so").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(MessageOf(FindCodec(folder + "/").status()), HasSubstr("is a folder"));
  const std::string text = absl::StrCat(folder, "/no_library_", before, SharedLibrary::kSuffix);
  std::ofstream(text) << "not a library";
  EXPECT_THAT(MessageOf(FindCodec(text).status()),
              HasSubstr("cannot be loaded as a shared library"));
  std::filesystem::remove(text);
  EXPECT_THAT(MessageOf(FindCodec(FEEDHANDLER_EXAMPLE_PLUGIN).status()),
              HasSubstr("it is a strategy"));
  EXPECT_THAT(MessageOf(FindCodec(TestPlugin("silent")).status()), HasSubstr("returns null"));
  EXPECT_THAT(MessageOf(FindCodec(TestPlugin("other_itch50")).status()),
              AllOf(HasSubstr("itch50"), HasSubstr("there is one of that name already")));
  EXPECT_EQ(Codecs().size(), before);
}

}  // namespace
}  // namespace fh::codecs
