// Drops on purpose: each is counted in the layer where it happened, and what was published is what
// was delivered and what each layer lost.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

constexpr char kSlowPlugin[] = FEEDHANDLER_SLOW_PLUGIN;
constexpr char kTinyXdpRing[] = "backend: \"af_xdp\" slices: 16384 xdp { ring_entries: 64 }";

// A run of one line of a synthetic day, published flat out or at a pace, and what its counters say at the end.
class Drops : public testing::Test {
 protected:
  // `receiver` and `strategy_thread`: what stands in these groups of the configuration. With
  // `absent`, the day is published once more while the program is stopped (SIGSTOP), as if its
  // core had been taken away: that overflows what is in front of it, for certain.
  void RunWith(const std::string& receiver, const std::string& strategy_thread, bool absent = false,
               const std::string& pace = "--flat-out") {
    ASSERT_NO_FATAL_FAILURE(WriteWholeDay(folder_ / "day.pcap", {.seed = 1, .messages = 40'000}));
    WriteFile(folder_ / "run.textproto",
              absl::StrCat("feed { name: \"itch\" codec: \"itch50\" channel { id: 1\n"
                           "  line { name: \"A\" group: \"",
                           TestGroup(0).ToString(), "\" interface: \"lo\" } } }\n", "receiver { ",
                           receiver, " }\nstrategy_thread { ", strategy_thread, " }\n"));
    const auto run =
        StartRun(folder_ / "run.textproto", {"--metrics=" + (folder_ / "run.prom"), kSyntheticDay});
    ASSERT_NE(run, nullptr);
    ASSERT_NO_FATAL_FAILURE(PublishDay(pace));
    if (absent) {
      run->Signal(SIGSTOP);
      PublishDay(pace);
      run->Signal(SIGCONT);
    }
    // It has taken everything when nothing has been added for a while.
    double last = -1;
    Eventually([&] {
      const double now =
          Metric(ReadFile(folder_ / "run.prom"), "receive_packets_total").value_or(0);
      const bool still = now == last && now > 0;
      last = now;
      if (!still) std::this_thread::sleep_for(std::chrono::milliseconds(1200));
      return still;
    });
    run->Signal(SIGINT);
    const ChildResult ran = run->Wait();
    ASSERT_EQ(ran.exit_code, 0) << ran;
    summary_ = ran.error;
    metrics_ = ReadFile(folder_ / "run.prom");
  }

  void PublishDay(const std::string& pace) {
    std::vector<std::string> arguments{"publish", folder_ / "day.pcap", "--interface=lo",
                                       "--flat-out", "--to=" + TestGroup(0).ToString()};
    if (pace != arguments[3]) arguments.push_back(pace);
    const ChildResult published = Feedhandler(arguments);
    ASSERT_EQ(published.exit_code, 0) << published;
    // "published 12,345 datagrams (...": of both lines of the day, as one.
    const std::string text = absl::StrReplaceAll(published.error + published.output, {{",", ""}});
    const size_t at = text.find("published ");
    ASSERT_NE(at, std::string::npos) << published;
    published_ += std::stoull(text.substr(at + 10));
  }

  // Summed over all labels that hold `label`.
  double Value(const std::string& name, const std::string& label = "") const {
    return Metric(metrics_, name, label).value_or(0);
  }
  double Dropped(const std::string& layer) const {
    return AllDrops(metrics_, absl::StrCat("layer=\"", layer, "\""));
  }

  // Nothing was lost between the socket and this program's end, but in `layer`.
  void ExpectNoDropsBut(const std::string& layer) const {
    for (const char* other : {"xdp_slices", "xdp_ring", "bad_frames", "socket", "receive_ring",
                              "receive_errors", "ring"}) {
      if (other == layer) {
        EXPECT_GT(Dropped(other), 0) << other << "\n" << metrics_;
      } else {
        EXPECT_EQ(Dropped(other), 0) << other << "\n" << metrics_;
      }
    }
    EXPECT_NE(summary_.find("Drops by layer\n  " + layer), std::string::npos) << summary_;
  }

  // Updates made = seen by the strategies + lost to the full ring.
  void ExpectUpdatesAddUp() const {
    EXPECT_GT(Value("ring_offered_total"), 0);
    EXPECT_EQ(Value("ring_offered_total") + Value("ring_gap_records_total"),
              Value("ring_published_total") + Dropped("ring"));
    EXPECT_EQ(Value("ring_published_total"), Value("ring_delivered_total"));
  }

  // So slow that a loaded machine with a sanitizer empties its socket in time.
  static constexpr char kGentle[] = "--rate=5000";

  const ScratchFolder folder_;
  uint64_t published_ = 0;
  std::string metrics_;
  std::string summary_;
};

TEST_F(Drops, ATinySocketBufferIsTheSocketsLoss) {
  ASSERT_NO_FATAL_FAILURE(RunWith("backend: \"recvmmsg\" socket_buffer_bytes: 4096",
                                  "ring_updates: 4194304 strategy { name: \"count\" }",
                                  /*absent=*/true));
  ExpectNoDropsBut("socket");
  EXPECT_EQ(Value("receive_packets_total") + Dropped("socket"), static_cast<double>(published_));
  ExpectUpdatesAddUp();
  // The kernel's own count of all sockets, read beside ours, has at least these.
  EXPECT_GE(Value("host_dropped_packets_total", "layer=\"udp\""), Dropped("socket"));
}

TEST_F(Drops, ASlowStrategyIsTheRingsLossAndOnlyItsOwn) {
  ASSERT_NO_FATAL_FAILURE(
      RunWith("",
              absl::StrCat("ring_updates: 1024 strategy { name: \"", kSlowPlugin,
                           "\" } }\nstrategy_thread { ring_updates: 4194304 "
                           "strategy { name: \"count\" }"),
              /*absent=*/false, kGentle));
  ExpectNoDropsBut("ring");
  EXPECT_EQ(Value("receive_packets_total"), static_cast<double>(published_));
  EXPECT_EQ(AllDrops(metrics_, "thread=\"fh-strategy-1\""), 0) << "the quick one";
  ExpectUpdatesAddUp();
  // What the quick one was given is all that there was; the slow one's ring has it, or lost it.
  const std::string slow = "thread=\"fh-strategy-0\"";
  const std::string quick = "thread=\"fh-strategy-1\"";
  EXPECT_EQ(Value("ring_delivered_total", quick), Value("ring_offered_total", slow));
  EXPECT_EQ(Value("ring_delivered_total", slow) - Value("ring_gap_records_total", slow) +
                AllDrops(metrics_, slow),
            Value("ring_offered_total", slow));
  EXPECT_GT(Value("ring_gap_records_total", slow), 0) << "it was told";
}

TEST_F(Drops, ALineWithRoomLosesNothing) {
  ASSERT_NO_FATAL_FAILURE(RunWith("socket_buffer_bytes: 67108864",
                                  "ring_updates: 4194304 strategy { name: \"count\" }"));
  if (Dropped("socket") > 0) GTEST_SKIP() << "skipped: this host grants too small a buffer";
  EXPECT_EQ(Value("receive_packets_total"), static_cast<double>(published_));
  EXPECT_EQ(AllDrops(metrics_), 0) << metrics_;
  EXPECT_NE(summary_.find("Drops by layer\n  none"), std::string::npos) << summary_;
  ExpectUpdatesAddUp();
}

TEST_F(Drops, ATinyXdpRingIsTheRingsLoss) {
  if (const std::string reason = WhyNotAvailable("af_xdp"); !reason.empty()) {
    GTEST_SKIP() << "skipped: " << reason;
  }
  ASSERT_NO_FATAL_FAILURE(RunWith(kTinyXdpRing,
                                  "ring_updates: 4194304 strategy { name: \"count\" }",
                                  /*absent=*/true));
  EXPECT_GT(Dropped("xdp_ring") + Dropped("xdp_slices"), 0) << metrics_;
  EXPECT_EQ(Value("receive_packets_total") + Dropped("xdp_ring") + Dropped("xdp_slices") +
                Dropped("socket"),
            static_cast<double>(published_))
      << metrics_;
  EXPECT_EQ(Dropped("ring"), 0);
  ExpectUpdatesAddUp();
}

}  // namespace
}  // namespace fh::test
