#include "codecs/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace fh::codecs {
namespace {

using testing::HasSubstr;

TEST(RegistryTest, FindsEveryCodecByItsName) {
  EXPECT_FALSE(Codecs().empty());
  std::set<std::string> names;
  for (const CodecInfo* codec : Codecs()) {
    EXPECT_TRUE(names.insert(codec->name).second) << codec->name << " is there twice";
    const absl::StatusOr<const CodecInfo*> found = FindCodec(codec->name);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(*found, codec);
  }
  EXPECT_EQ(names.count("itch50"), 1u);
}

TEST(RegistryTest, AnUnknownNameListsThoseThatExist) {
  const absl::Status status = FindCodec("itch41").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("itch41"));
  for (const CodecInfo* codec : Codecs()) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(codec->name));
  }
}

}  // namespace
}  // namespace fh::codecs
