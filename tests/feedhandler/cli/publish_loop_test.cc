// `feedhandler publish` says in which loop it sent, and how late it was by a schedule that nothing moves.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

class PublishLoop : public testing::Test {
 protected:
  void SetUp() override { WriteDay(capture_, {.seed = 3, .messages = 4000}); }

  ChildResult Publish(std::vector<std::string> more) {
    more.insert(more.begin(), {"publish", capture_, "--interface=lo",
                               "--to=" + TestGroup(90).ToString(), "--json"});
    const ChildResult result = Feedhandler(more);
    EXPECT_EQ(result.exit_code, 0) << result;
    return result;
  }

  ScratchFolder folder_;
  const std::string capture_ = folder_ / "day.pcap";
};

TEST_F(PublishLoop, ByTheCapturesStampsItIsOpen) {
  const ChildResult result = Publish({"--speed=2"});
  EXPECT_TRUE(absl::StrContains(result.error, "open loop, by the capture's stamps at 2x"))
      << result;
  EXPECT_TRUE(absl::StrContains(result.error, "lateness (sent - due)")) << result;
  EXPECT_TRUE(absl::StrContains(result.output, "\"loop\":\"open\"")) << result;
}

TEST_F(PublishLoop, AtARateThatCannotBeTheLatenessGrowsAndNothingIsReset) {
  // Ten billion a second: at the end every datagram is late by nearly all the time that it took.
  const ChildResult result = Publish({"--flat-out", "--rate=10000000000"});
  EXPECT_TRUE(absl::StrContains(result.error, "open loop, by a clock at 10,000,000,000")) << result;
  const auto number = [&](const std::string& key) {
    const size_t at = result.output.find("\"" + key + "\":");
    return at == std::string::npos ? -1.0 : std::stod(result.output.substr(at + key.size() + 3));
  };
  EXPECT_GT(number("elapsed_ns"), 0) << result;
  EXPECT_GE(number("drift_ns"), 0.9 * number("elapsed_ns")) << result;
}

TEST_F(PublishLoop, FlatOutItIsClosed) {
  const ChildResult result = Publish({"--flat-out"});
  EXPECT_TRUE(absl::StrContains(result.error, "closed loop")) << result;
  EXPECT_TRUE(absl::StrContains(result.output, "\"loop\":\"closed\"")) << result;
}

}  // namespace
}  // namespace fh::test
