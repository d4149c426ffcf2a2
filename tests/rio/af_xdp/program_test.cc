// The redirect program, run by the kernel on frames made by hand (BPF_PROG_TEST_RUN). A socket that
// is not bound stands for the receiver, so that a frame of a line gives XDP_REDIRECT.
#include "rio/af_xdp/program.h"

#include <linux/if_xdp.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rio/af_xdp/bpf.h"
#include "rio/backend/af_xdp.h"
#include "rio/frame/frame_lines.h"
#include "tests/rio/af_xdp/frames.h"

namespace fh::rio {
namespace {

using test::FrameTo;
using test::TestFrame;

Subscription Line(const std::string& group, const char* source = nullptr, Vlan vlan = {}) {
  Subscription line;
  line.group = *ParseEndpoint(group);
  line.vlan = vlan;
  if (source != nullptr) line.source = *IpAddress::Parse(source);
  return line;
}

class AfXdpProgram : public ::testing::Test {
 protected:
  void SetUp() override {
    const ProbeResult probe = AfXdpBackend::Probe();
    if (!probe.available) GTEST_SKIP() << "skipped: " << probe.reason;
    xsk_ = UniqueFd(socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0));
  }

  void Load(const std::vector<Subscription>& lines) {
    absl::StatusOr<RedirectProgram> program = RedirectProgram::Create(lines, 1);
    ASSERT_TRUE(program.ok()) << program.status();
    program_.emplace(*std::move(program));
    ASSERT_TRUE(program_->AddSocket(0, xsk_.get()).ok());
  }

  uint32_t Run(const TestFrame& frame) {
    const auto result = TestRunXdpProgram(program_->fd(), frame.bytes);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.value_or(XDP_ABORTED);
  }

  UniqueFd xsk_;
  std::optional<RedirectProgram> program_;
};

TEST_F(AfXdpProgram, TakesTheFramesOfItsLinesHoweverTheyAreFramed) {
  Load({Line("239.1.1.1:26400"), Line("[ff15::1]:26400")});
  for (int tags = 0; tags <= 3; ++tags) {
    TestFrame four = FrameTo("239.1.1.1:26400", "payload");
    TestFrame six = FrameTo("[ff15::1]:26400", "payload", "[fd77::1]:1");
    for (int tag = 0; tag < tags; ++tag) {
      // Priorities alone, which are no VLAN.
      four.AddTag(tag == 1 ? 0x88a8 : 0x8100, 5 << 13);
      six.AddTag(tag == 1 ? 0x88a8 : 0x8100, 5 << 13);
    }
    const uint32_t expected = tags <= 2 ? XDP_REDIRECT : XDP_PASS;
    EXPECT_EQ(Run(four), expected) << tags;
    EXPECT_EQ(Run(six), expected) << tags;
  }
  for (const size_t options : {4u, 24u, 40u}) {
    TestFrame frame = FrameTo("239.1.1.1:26400", "payload");
    frame.AddOptions(options);
    EXPECT_EQ(Run(frame), XDP_REDIRECT) << options;
  }
}

TEST_F(AfXdpProgram, PassesEverythingElseOn) {
  Load({Line("239.1.1.1:26400")});
  EXPECT_EQ(Run(FrameTo("239.1.1.1:26401", "another port")), XDP_PASS);
  EXPECT_EQ(Run(FrameTo("239.1.1.2:26400", "another group")), XDP_PASS);
  EXPECT_EQ(Run(FrameTo("[ff15::1]:26400", "another version", "[fd77::1]:1")), XDP_PASS);
  const auto changed = [](size_t at, uint8_t value) {
    TestFrame frame = FrameTo("239.1.1.1:26400", "payload");
    frame.bytes[at] = value;
    return frame;
  };
  EXPECT_EQ(Run(changed(14 + 9, 6)), XDP_PASS) << "TCP";
  EXPECT_EQ(Run(changed(14 + 6, 0x20)), XDP_PASS) << "a first fragment";
  EXPECT_EQ(Run(changed(14 + 7, 1)), XDP_PASS) << "a later fragment";
  EXPECT_EQ(Run(changed(14 + 6, 0x40)), XDP_REDIRECT) << "do not fragment";
  EXPECT_EQ(Run(changed(14, 0x44)), XDP_PASS) << "a header that is too short";
  EXPECT_EQ(Run(changed(14, 0x65)), XDP_PASS) << "another version";
  EXPECT_EQ(Run(changed(13, 0x06)), XDP_PASS) << "ARP";
}

TEST_F(AfXdpProgram, PassesFramesThatAreCutBeforeTheirPort) {
  Load({Line("239.1.1.1:26400"), Line("[ff15::1]:26400")});
  for (const bool v6 : {false, true}) {
    TestFrame whole = v6 ? FrameTo("[ff15::1]:26400", "payload", "[fd77::1]:1")
                         : FrameTo("239.1.1.1:26400", "payload");
    whole.AddTag(0x8100, 0);
    if (!v6) whole.AddOptions(8);
    for (size_t bytes = 14; bytes <= whole.bytes.size(); ++bytes) {
      TestFrame frame = whole;
      frame.bytes.resize(bytes);
      EXPECT_EQ(Run(frame), bytes < whole.udp() + 8 ? XDP_PASS : XDP_REDIRECT) << bytes;
    }
  }
}

// A frame of one group, with these tags from the outermost.
struct Tag {
  uint16_t type;
  uint16_t control;
};
TestFrame Tagged(bool v6, const std::vector<Tag>& tags) {
  TestFrame frame = v6 ? FrameTo("[ff15::1]:26400", "payload", "[fd77::1]:1")
                       : FrameTo("239.1.1.1:26400", "payload");
  for (size_t i = tags.size(); i-- > 0;) frame.AddTag(tags[i].type, tags[i].control);
  return frame;
}

TEST_F(AfXdpProgram, TakesTheFramesOfTheLinesVlanAlone) {
  struct Case {
    std::vector<Tag> tags;
    Vlan vlan;
  };
  const std::vector<Case> cases = {
      {{}, {}},
      {{{0x8100, 0}}, {}},
      {{{0x8100, 100}}, {.id = 100}},
      {{{0x8100, 0xe064}}, {.id = 100}},  // With a priority.
      {{{0x8100, 200}}, {.id = 200}},
      {{{0x88a8, 100}}, {.outer = 100}},
      {{{0x88a8, 200}, {0x8100, 100}}, {.id = 100, .outer = 200}},
      {{{0x8100, 200}, {0x8100, 100}}, {.id = 100, .outer = 200}},
      {{{0x88a8, 100}, {0x8100, 200}}, {.id = 200, .outer = 100}},
      {{{0x88a8, 0}, {0x8100, 100}}, {.id = 100}},
      {{{0x88a8, 200}, {0x8100, 0}}, {.outer = 200}},
      {{{0x8100, 4094}}, {.id = 4094}},
  };
  for (const bool v6 : {false, true}) {
    for (const Case& line : cases) {
      Load({Line(v6 ? "[ff15::1]:26400" : "239.1.1.1:26400", nullptr, line.vlan)});
      for (const Case& frame : cases) {
        EXPECT_EQ(Run(Tagged(v6, frame.tags)), frame.vlan == line.vlan ? XDP_REDIRECT : XDP_PASS)
            << "a frame of " << VlanName(frame.vlan) << " for a line of " << VlanName(line.vlan);
        // The frame table judges alike.
        const TestFrame bytes = Tagged(v6, frame.tags);
        FrameView view{};
        ASSERT_EQ(
            ParseFrame(bytes.bytes.data(), static_cast<uint32_t>(bytes.bytes.size()), {}, view),
            FrameVerdict::kDatagram);
        const std::vector<Subscription> lines = {
            Line(v6 ? "[ff15::1]:26400" : "239.1.1.1:26400", nullptr, line.vlan)};
        const std::vector<uint16_t> first = {0};
        EXPECT_EQ(FrameLines::Create(lines, first)->Find(view),
                  frame.vlan == line.vlan ? 0 : FrameLines::kNoLine);
      }
    }
  }
}

TEST_F(AfXdpProgram, ASourceIsLookedAtWhereALineNamesOne) {
  Load({Line("239.1.1.1:26400", "10.0.0.1"), Line("239.1.1.2:26400"),
        Line("[ff15::1]:26400", "fd77::1")});
  EXPECT_EQ(Run(FrameTo("239.1.1.1:26400", "x", "10.0.0.1:5")), XDP_REDIRECT);
  EXPECT_EQ(Run(FrameTo("239.1.1.1:26400", "x", "10.0.0.2:5")), XDP_PASS);
  EXPECT_EQ(Run(FrameTo("239.1.1.2:26400", "x", "10.0.0.2:5")), XDP_REDIRECT);
  EXPECT_EQ(Run(FrameTo("[ff15::1]:26400", "x", "[fd77::1]:5")), XDP_REDIRECT);
  EXPECT_EQ(Run(FrameTo("[ff15::1]:26400", "x", "[fd77::2]:5")), XDP_PASS);
}

TEST_F(AfXdpProgram, HundredsOfGroupsAreNoMoreThanOne) {
  std::vector<Subscription> lines;
  for (int i = 0; i < 500; ++i) {
    lines.push_back(
        Line("239.2." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ":7"));
  }
  Load(lines);
  for (const Subscription& line : lines) {
    ASSERT_EQ(Run(FrameTo(line.group.ToString().c_str(), "x")), XDP_REDIRECT);
  }
  EXPECT_EQ(Run(FrameTo("239.2.2.0:7", "x")), XDP_PASS);
}

TEST_F(AfXdpProgram, PassesFramesOnWhenTheirQueueHasNoSocket) {
  const std::vector<Subscription> lines = {Line("239.1.1.1:26400")};
  absl::StatusOr<RedirectProgram> program = RedirectProgram::Create(lines, 4);
  ASSERT_TRUE(program.ok());
  EXPECT_EQ(*TestRunXdpProgram(program->fd(), FrameTo("239.1.1.1:26400", "x").bytes), XDP_PASS);
}

TEST_F(AfXdpProgram, TheVerifiersReasonIsInTheError) {
  BpfAssembler code;  // Reads memory that it has not checked.
  code.Load(kBpf32, R2, R1, 0);
  code.Load(kBpf8, R0, R2, 0);
  code.Exit();
  const auto program = LoadXdpProgram("fh_wrong", code);
  ASSERT_FALSE(program.ok());
  EXPECT_NE(program.status().message().find("invalid access to packet"), absl::string_view::npos)
      << program.status();
}

TEST(AfXdpAssembler, AJumpToNowhereIsAnError) {
  BpfAssembler code;
  code.Jump(code.NewLabel());
  EXPECT_FALSE(code.Finish().ok());
}

}  // namespace
}  // namespace fh::rio
