// `run --backend=af_xdp` at one end of a virtual cable, and `publish` at the other: what arrives,
// what is asked of the network, what is said of an interface that goes and comes back, and what is
// left when it is killed.
#include "rio/backend/af_xdp.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "feedhandler/inspect/discover.h"
#include "rio/endpoint.h"
#include "rio/socket/socket_posix.h"
#include "tests/conformance/network_namespaces.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

// Hears what IGMP asks for at an interface of the calling thread's namespace.
class IgmpListener {
 public:
  explicit IgmpListener(const char* interface)
      : fd_(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_IP))) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_IP);
    address.sll_ifindex = static_cast<int>(if_nametoindex(interface));
    EXPECT_EQ(bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  // The groups that were asked for so far: IGMPv3 reports (RFC 3376, section 4.2).
  const std::set<rio::IpAddress>& Groups() {
    std::array<uint8_t, 2048> packet;
    for (;;) {
      const ssize_t bytes = recv(fd_.get(), packet.data(), packet.size(), MSG_DONTWAIT);
      if (bytes <= 0) return groups_;
      Read(std::span(packet).first(static_cast<size_t>(bytes)));
    }
  }

 private:
  static constexpr uint8_t kIgmp = 2;
  static constexpr uint8_t kV3Report = 0x22;
  static constexpr size_t kReportBytes = 8;
  static constexpr size_t kRecordBytes = 8;
  static constexpr uint8_t kChangeToExclude = 4;  // From nobody: any source is welcome.

  void Read(std::span<const uint8_t> packet) {
    const size_t header_bytes = (packet[0] & 0xfu) * 4;
    if (packet.size() < header_bytes + kReportBytes || packet[9] != kIgmp) return;
    packet = packet.subspan(header_bytes);
    if (packet[0] != kV3Report) return;
    packet = packet.subspan(kReportBytes);
    while (packet.size() >= kRecordBytes) {
      const size_t sources = static_cast<size_t>(packet[2]) << 8 | packet[3];
      if (packet[0] == kChangeToExclude) groups_.insert(rio::IpAddress::V4(packet.data() + 4));
      packet = packet.subspan(std::min(packet.size(), kRecordBytes + 4 * sources));
    }
  }

  rio::UniqueFd fd_;
  std::set<rio::IpAddress> groups_;
};

class RunOverAfXdp : public testing::Test {
 protected:
  void SetUp() override {
    if (const rio::ProbeResult probe = rio::AfXdpBackend::Probe(); !probe.available) {
      GTEST_SKIP() << "skipped: " << probe.reason;
    }
    std::string why;
    network_ = VethNetwork::Create(/*cables=*/1, why);
    if (network_ == nullptr) GTEST_SKIP() << why;
    capture_ = folder_ / "day.pcap";
    WriteWholeDay(
        capture_,
        {.seed = 300, .loss_a = 0.02, .loss_b = 0.02, .duplication = 0.02, .reordering = 0.05});
    const auto feeds = DiscoverFeeds({capture_}, "");
    ASSERT_TRUE(feeds.ok()) << feeds.status();
    setup_.feeds = *feeds;
  }

  std::string WriteConfig(const std::string& updates) {
    setup_.strategy = "print";
    setup_.parameters = "without=ts_recv,output=" + updates;
    const std::string path = updates + ".textproto";
    WriteFile(path, absl::StrReplaceAll(setup_.ConfigText(), {{"\"lo\"", "\"rx0\""}}));
    return path;
  }

  ChildResult PublishFromTheOtherEnd() {
    std::vector<std::string> arguments{"publish", capture_, "--interface=tx0", "--flat-out",
                                       RateArgument()};
    for (const std::string& map : setup_.Destinations()) arguments.push_back(map);
    return network_->AtSender([&] { return Feedhandler(arguments); });
  }

  // What a strategy sees of the capture that is published.
  std::string Updates(const std::string& backend) {
    const std::string path = folder_ / (backend + ".csv");
    const std::string metrics = folder_ / (backend + ".prom");
    const auto run = StartRun(WriteConfig(path),
                              {"--backend=" + backend, kSyntheticDay, "--metrics=" + metrics});
    if (run == nullptr) return "";
    const ChildResult published = PublishFromTheOtherEnd();
    EXPECT_EQ(published.exit_code, 0) << published;
    EXPECT_TRUE(Eventually([&] { return ReadFile(path).find(last_update_) != std::string::npos; }))
        << run->Peek();
    run->Signal(SIGINT);
    const ChildResult ran = run->Wait();
    EXPECT_EQ(ran.exit_code, 0) << ran;
    EXPECT_EQ(AllDrops(ReadFile(metrics)), 0) << ReadFile(metrics);
    EXPECT_EQ(Metric(ReadFile(metrics), "missing_messages_total"), 0) << ReadFile(metrics);
    return ReadFile(path);
  }

  static bool HasProgram() { return VethNetwork::Run("ip link show rx0 | grep -q prog/xdp"); }

  ScratchFolder folder_;
  std::unique_ptr<VethNetwork> network_;
  std::string capture_;
  std::string last_update_;
  LiveSetup setup_;
};

TEST_F(RunOverAfXdp, ReceivesWhatRecvmmsgDoesAndAsksForItsGroups) {
  const std::string replayed_path = folder_ / "replayed.csv";
  const ChildResult replayed = Feedhandler(
      {"replay", capture_, "--updates=" + replayed_path, "--without=ts_recv", kSyntheticDay});
  ASSERT_EQ(replayed.exit_code, 0) << replayed;
  const std::string expected = ReadFile(replayed_path);
  ASSERT_GT(expected.size(), 1000u);
  last_update_ = expected.substr(expected.rfind('\n', expected.size() - 2) + 1);

  auto listener = network_->AtSender([] { return std::make_unique<IgmpListener>("tx0"); });
  const std::string by_af_xdp = Updates("af_xdp");
  EXPECT_TRUE(Eventually([&] {
    const std::set<rio::IpAddress>& groups = listener->Groups();
    return groups.count(TestGroup(0).address) == 1 && groups.count(TestGroup(1).address) == 1;
  })) << "the joins of both lines must be seen at the other end";
  EXPECT_FALSE(HasProgram());

  const std::string by_recvmmsg = Updates("recvmmsg");
  EXPECT_TRUE(by_af_xdp == by_recvmmsg);
  EXPECT_TRUE(by_af_xdp == expected);
}

// Each has a line and a queue. Nothing steers the lines to them here, and every frame is with one of
// the two: received, or counted as one of the other's.
TEST_F(RunOverAfXdp, TwoFeedThreadsShareOutTheQueuesOfAnInterface) {
  network_.reset();
  std::string why;
  network_ = VethNetwork::Create(/*cables=*/1, why, /*queues=*/2);
  ASSERT_NE(network_, nullptr) << why;
  const std::string replayed = folder_ / "replayed.prom";
  ASSERT_EQ(Feedhandler({"replay", capture_, "--metrics=" + replayed}).exit_code, 0);
  const std::optional<double> frames = Metric(ReadFile(replayed), "receive_packets_total");
  ASSERT_GT(frames.value_or(0), 1000);

  std::string config;
  for (int i = 0; i < 2; ++i) {
    absl::StrAppend(&config, "feed_thread { name: \"t", i,
                    "\" receiver { backend: \"af_xdp\" xdp { queue: ", i, " } } }\n",
                    "feed { name: \"f", i, "\" codec: \"itch50\" thread: \"t", i,
                    "\" channel { id: ", i, " line { group: \"", TestGroup(i).ToString(),
                    "\" interface: \"rx0\" } } }\n");
  }
  absl::StrAppend(&config, "strategy_thread { strategy { name: \"null\" } }\n");
  const std::string path = folder_ / "two.textproto";
  WriteFile(path, config);
  const std::string metrics = folder_ / "two.prom";
  const auto run = StartRun(path, {kSyntheticDay, "--metrics=" + metrics});
  ASSERT_NE(run, nullptr);
  const ChildResult published = PublishFromTheOtherEnd();
  EXPECT_EQ(published.exit_code, 0) << published;
  const auto taken = [&] {
    const std::string text = ReadFile(metrics);
    return Metric(text, "receive_packets_total").value_or(0) +
           AllDrops(text, "layer=\"xdp_queue\"");
  };
  EXPECT_TRUE(Eventually([&] { return taken() >= *frames; })) << run->Peek();
  run->Signal(SIGINT);
  const ChildResult ran = run->Wait();
  EXPECT_TRUE(ran.Exited()) << ran;
  EXPECT_EQ(taken(), *frames) << ReadFile(metrics);
  EXPECT_NE(ran.error.find("listening with af_xdp (t0), af_xdp (t1)"), std::string::npos) << ran;
  EXPECT_FALSE(HasProgram());
}

TEST_F(RunOverAfXdp, LeavesNoProgramBehindWhenKilled) {
  const auto run = StartRun(WriteConfig(folder_ / "updates.csv"), {"--backend=af_xdp"});
  ASSERT_NE(run, nullptr);
  EXPECT_TRUE(HasProgram());
  run->Signal(SIGKILL);
  EXPECT_EQ(run->Wait().signal, SIGKILL);
  EXPECT_TRUE(Eventually([] { return !HasProgram(); }));
  // And the queue is free for the next one.
  EXPECT_NE(StartRun(WriteConfig(folder_ / "again.csv"), {"--backend=af_xdp"}), nullptr);
}

// Counted, said and joined anew, without a restart: over AF_XDP as over sockets.
TEST_F(RunOverAfXdp, AnInterfaceThatIsLostAndComesBackIsInNotesMetricsAndSummary) {
  const auto deaf_lines = [](const std::string& metrics) {
    return Metric(ReadFile(metrics), "receive_deaf_lines");
  };
  for (const std::string backend : {"af_xdp", "recvmmsg"}) {
    const std::string metrics = folder_ / (backend + ".prom");
    const auto run = StartRun(WriteConfig(folder_ / (backend + ".csv")),
                              {"--backend=" + backend, kSyntheticDay, "--metrics=" + metrics});
    ASSERT_NE(run, nullptr);
    ASSERT_TRUE(Eventually([&] { return deaf_lines(metrics) == 0; })) << run->Peek();
    ASSERT_TRUE(VethNetwork::Remove(0));
    EXPECT_TRUE(Eventually([&] { return deaf_lines(metrics) == 2; })) << run->Peek();
    EXPECT_TRUE(run->WaitForError("note: interface rx0 is gone: its 2 line(s) receive nothing"));
    EXPECT_EQ(Metric(ReadFile(metrics), "line_deaf", "line=\"A\""), 1) << ReadFile(metrics);
    ASSERT_TRUE(network_->Restore(0));
    EXPECT_TRUE(run->WaitForError("note: interface rx0 is back")) << run->Peek();
    EXPECT_TRUE(run->WaitForError("note: 2 line(s) of interface rx0 joined anew"));
    EXPECT_TRUE(Eventually([&] { return deaf_lines(metrics) == 0; })) << run->Peek();
    const ChildResult published = PublishFromTheOtherEnd();
    EXPECT_EQ(published.exit_code, 0) << published;
    EXPECT_TRUE(Eventually([&] {
      return Metric(ReadFile(metrics), "receive_packets_total").value_or(0) > 0;
    })) << run->Peek();
    run->Signal(SIGINT);
    const ChildResult ran = run->Wait();
    EXPECT_EQ(ran.exit_code, 0) << ran;
    const std::string text = ReadFile(metrics);
    EXPECT_EQ(Metric(text, "receive_line_losses_total"), 2) << text;
    EXPECT_EQ(Metric(text, "receive_line_returns_total"), 2) << text;
    EXPECT_EQ(Metric(text, "line_losses_total", "line=\"A\""), 1) << text;
    EXPECT_EQ(Metric(text, "line_deaf"), 0) << text;
    EXPECT_NE(ran.error.find("lines lost their interface, link or membership 2 times and got it "
                             "back 2 times; 0 are without at the end"),
              std::string::npos)
        << ran;
  }
}

TEST_F(RunOverAfXdp, SaysWhatToDoWhenTheInterfaceIsDown) {
  ASSERT_TRUE(VethNetwork::Run("ip link set rx0 down"));
  const auto run = StartRun(WriteConfig(folder_ / "updates.csv"), {"--backend=af_xdp"});
  ASSERT_NE(run, nullptr);
  EXPECT_TRUE(run->WaitForError("ip link set rx0 up")) << run->Peek();
  run->Signal(SIGINT);
  EXPECT_EQ(run->Wait().exit_code, 1);  // Nothing came.
}

}  // namespace
}  // namespace fh::test
