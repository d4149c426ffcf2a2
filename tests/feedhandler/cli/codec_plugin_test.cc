// A codec in a shared library, where a codec's name stands: in every verb that takes one, in a
// configuration, live, and where it is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "codecs/registry.h"
#include "replay/capture_writer.h"
#include "replay/udp_frame.h"
#include "rio/endpoint.h"
#include "tests/feedhandler/cli/child_process.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr char kCodec[] = FEEDHANDLER_EXAMPLE_CODEC;
constexpr uint64_t kPackets = 200;
// Of a packet of the codec's sample (codecs/example).
constexpr int64_t kMessagesAPacket = 11;
constexpr int64_t kUpdatesAPacket = 15;

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class CodecPluginTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = absl::StrCat(testing::TempDir(), "/codec_plugin_", getpid());
    std::filesystem::create_directories(folder_);
    capture_ = folder_ + "/example.pcap";
    const auto codec = codecs::FindCodec(kCodec);
    ASSERT_TRUE(codec.ok()) << codec.status();
    auto writer = replay::CaptureWriter::Open(capture_);
    ASSERT_TRUE(writer.ok()) << writer.status();
    const replay::UdpFraming framing{.source = *rio::ParseEndpoint("10.0.0.1:40000"),
                                     .destination = *rio::ParseEndpoint("239.1.1.1:26400")};
    for (uint64_t seed = 0; seed < kPackets; ++seed) {
      const std::string packet = (*codec)->sample(seed);
      const auto* data = reinterpret_cast<const uint8_t*>(packet.data());
      ASSERT_TRUE(
          (*writer)
              ->WriteDatagram(1'767'225'600'000'000'000 + static_cast<int64_t>(seed) * 10'000,
                              framing, {data, packet.size()})
              .ok());
    }
    ASSERT_TRUE((*writer)->Close().ok());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  std::string capture_;
};

TEST_F(CodecPluginTest, ReplayMakesUpdatesOfItsMessages) {
  const std::string updates = folder_ + "/updates.csv";
  const ChildResult result =
      Feedhandler({"replay", capture_, absl::StrCat("--codec=", kCodec), "--updates=" + updates});
  EXPECT_EQ(result.exit_code, 0) << result;
  const std::string text = ReadAll(updates);
  // A header, and the record that a session was joined.
  EXPECT_GE(std::count(text.begin(), text.end(), '\n'),
            static_cast<int64_t>(kPackets) * kUpdatesAPacket + 1);
  EXPECT_THAT(text, AllOf(HasSubstr("ALPHA"), HasSubstr("GAMMA")));
}

TEST_F(CodecPluginTest, DecodePrintsItsFieldsByTheirNames) {
  const ChildResult result = Feedhandler({"decode", capture_, absl::StrCat("--codec=", kCodec)});
  EXPECT_EQ(result.exit_code, 0) << result.error;
  EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'),
            static_cast<int64_t>(kPackets) * kMessagesAPacket);
  EXPECT_THAT(result.output, AllOf(HasSubstr("\"name\":\"execute_order\""),
                                   HasSubstr("\"side\":{\"raw\":\"S\",\"value\":\"Sell\"}")));
}

TEST_F(CodecPluginTest, InspectKnowsItsStreamsOnceItIsNamed) {
  const ChildResult without = Feedhandler({"inspect", capture_});
  EXPECT_EQ(without.output.find(" example"), std::string::npos) << without;
  const ChildResult with = Feedhandler({"inspect", capture_, absl::StrCat("--codec=", kCodec)});
  EXPECT_EQ(with.exit_code, 0) << with;
  EXPECT_THAT(with.output, HasSubstr(" example"));
}

TEST_F(CodecPluginTest, ItsMessagesAreDescribed) {
  const ChildResult result = Feedhandler({"codecs", "--describe", kCodec, "execute_order"});
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_THAT(result.output, AllOf(HasSubstr("execute_order\n"), HasSubstr("trade_id")));
}

TEST_F(CodecPluginTest, ARunReceivesWithItWhatReplayMakes) {
  ExpectLiveEqualsReplay(capture_, kCodec, "auto", 64);
}

TEST_F(CodecPluginTest, WhatIsNoCodecIsRefusedBeforeAnythingBegins) {
  const std::string wrong = folder_ + "/wrong.so";
  std::ofstream(wrong) << "not a library";
  for (const std::string verb : {"replay", "decode", "inspect"}) {
    const ChildResult result = Feedhandler({verb, capture_, "--codec=" + wrong});
    EXPECT_EQ(result.exit_code, 2) << result;
    EXPECT_THAT(result.error, AllOf(HasSubstr(wrong), HasSubstr("cannot be loaded")));
  }
  const ChildResult strategy =
      Feedhandler({"replay", capture_, absl::StrCat("--codec=", kExamplePlugin)});
  EXPECT_EQ(strategy.exit_code, 2) << strategy;
  EXPECT_THAT(strategy.error, HasSubstr("it is a strategy"));
}

TEST_F(CodecPluginTest, CheckSaysWhereTheConfigurationNamesAWrongOne) {
  const std::string config = folder_ + "/feed.textproto";
  const auto write = [&](const std::string& codec) {
    std::ofstream(config) << "feed {\n  name: \"x\"\n  codec: \"" << codec
                          << "\"\n  channel { id: 1 line { group: \"239.1.1.1:26400\" } }\n}\n"
                          << "strategy_thread { strategy { name: \"count\" } }\n";
  };
  write(kCodec);
  EXPECT_EQ(Feedhandler({"check", "--file-only", config}).exit_code, 0);
  write(folder_ + "/missing.so");
  const ChildResult result = Feedhandler({"check", "--file-only", config});
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_THAT(result.error, AllOf(HasSubstr("feed.textproto:3:"), HasSubstr("does not exist")));
}

TEST_F(CodecPluginTest, NoOutputIsThePlugin) {
  const std::string plugin = folder_ + "/libcopy.so";
  std::filesystem::copy_file(kCodec, plugin);
  const std::string before = ReadAll(plugin);
  const ChildResult result =
      Feedhandler({"replay", capture_, "--codec=" + plugin, "--updates=" + plugin});
  EXPECT_EQ(result.exit_code, 2) << result;
  EXPECT_THAT(result.error, HasSubstr("the codec " + plugin));
  EXPECT_TRUE(ReadAll(plugin) == before) << "the plugin was written to";
}

}  // namespace
}  // namespace fh::test
