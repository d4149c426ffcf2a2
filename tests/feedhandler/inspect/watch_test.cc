// `join` over loopback, and what it says.
#include "feedhandler/inspect/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "feedhandler/inspect/host_network.h"
#include "feedhandler/inspect/stream_report.h"
#include "feedhandler/inspect/watch_report.h"
#include "rio/backends.h"
#include "rio/socket/sender.h"
#include "tests/conformance/backend_harness.h"
#include "tests/feedhandler/inspect/streams.h"
#include "tests/socket_backend.h"

namespace fh::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr uint64_t kPackets = 40;

// Once joined, sends MoldUDP64 to both groups, to B without every fourth packet; stops when all of
// it has come, or after ten seconds.
class LoopbackTraffic : public WatchListener {
 public:
  explicit LoopbackTraffic(std::vector<rio::Subscription> lines) : lines_(std::move(lines)) {}

  void OnStart(const std::string& name, const std::vector<std::string>&) override {
    backend = name;
    auto sender =
        rio::Sender::Open({.destinations = {lines_[0].group, lines_[1].group}, .interface = "lo"});
    ASSERT_TRUE(sender.ok()) << sender.status();
    for (uint64_t i = 0; i < kPackets; ++i) {
      const std::string payload = MoldPacket("DAY", 1 + i * 2, 2);
      for (uint32_t line = 0; line < (i % 4 == 1 ? 1u : 2u); ++line) {
        const rio::Sender::Datagram datagram{reinterpret_cast<const uint8_t*>(payload.data()),
                                             static_cast<uint32_t>(payload.size()), line};
        ASSERT_EQ((*sender)->Send({&datagram, 1}), 1u);
      }
    }
    started = true;
  }

  void OnInterval(const WatchState& state) override {
    packets = 0;
    for (const rio::LineStats& line : state.lines) packets += line.packets;
    last_line = lines_report_.Interval(state, WatchReport::Form::kLines);
    last_table = table_report_.Interval(state, WatchReport::Form::kTable);
    last_json = json_report_.Interval(state, WatchReport::Form::kJson);
    hints = SilenceHints(state, HostInterfaces());
  }

  void OnEnd(const WatchState& state) override {
    ended = true;
    summary = WatchSummary(state);
    summary_json = WatchSummaryJson(state);
    missing_on_b = At(state.table, lines_[1].group.ToString()).missing();
  }

  bool StopRequested() override {
    const bool all = packets == kPackets * 2 - kPackets / 4;
    return all || std::chrono::steady_clock::now() > deadline_;
  }

  std::string backend;
  bool started = false;
  bool ended = false;
  uint64_t packets = 0;
  uint64_t missing_on_b = 0;
  std::string last_line, last_table, last_json, hints, summary, summary_json;

 private:
  const std::vector<rio::Subscription> lines_;
  WatchReport lines_report_, table_report_, json_report_;
  const std::chrono::steady_clock::time_point deadline_ =
      std::chrono::steady_clock::now() + std::chrono::seconds(10);
};

class WatchOverLoopback : public ::testing::TestWithParam<std::string> {};

TEST_P(WatchOverLoopback, SeesBothLinesTheirCodecAndWhatOneOfThemLost) {
  if (const auto choice = rio::ChooseBackend(GetParam()); !choice.ok()) {
    GTEST_SKIP() << choice.status();
  }
  const std::vector<rio::Subscription> lines = NewLines(2);
  LoopbackTraffic listener(lines);
  const absl::Status status = WatchGroups(
      {.subscriptions = lines, .backend = GetParam(), .interval = milliseconds(50), .duration = {}},
      listener);
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_TRUE(listener.started);
  ASSERT_TRUE(listener.ended);
  EXPECT_EQ(listener.backend, GetParam());
  EXPECT_EQ(listener.packets, 70u);
  EXPECT_EQ(listener.missing_on_b, 20u);
  EXPECT_EQ(listener.hints, "");
  EXPECT_THAT(listener.last_line, HasSubstr("speaks=\"itch50\""));
  EXPECT_THAT(listener.last_line, HasSubstr("next=81 messages=60 gaps=10 missing=20"));
  EXPECT_THAT(listener.last_table, HasSubstr("next number"));
  EXPECT_THAT(listener.summary,
              HasSubstr("B of channel 1  " + lines[1].group.ToString() + "  DAY"));
  EXPECT_THAT(listener.summary, HasSubstr("no drops"));
  EXPECT_EQ(json::parse(listener.last_json)["groups"][1]["missing"], 20);
  const json final = json::parse(listener.summary_json);
  EXPECT_EQ(final["final"], true);
  EXPECT_EQ(final["channels"][0]["lines"].size(), 2u);
}

std::vector<std::string> BackendNames() {
  std::vector<std::string> names;
  for (const rio::BackendInfo& backend : rio::SocketBackends()) {
    if (backend.automatic) names.push_back(backend.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Backends, WatchOverLoopback, ::testing::ValuesIn(BackendNames()),
                         [](const auto& backend) { return backend.param; });

// Nobody sends to this one.
class Silence : public WatchListener {
 public:
  void OnStart(const std::string&, const std::vector<std::string>&) override {}
  void OnInterval(const WatchState& state) override {
    ++intervals;
    hints = SilenceHints(state, HostInterfaces());
    line = report_.Interval(state, WatchReport::Form::kLines);
    system_calls = state.receive.system_calls;
  }
  void OnEnd(const WatchState& state) override { summary = WatchSummary(state); }
  bool StopRequested() override { return false; }

  int intervals = 0;
  uint64_t system_calls = 0;
  std::string hints, line, summary;

 private:
  WatchReport report_;
};

TEST(WatchGroups, SaysWhatMayBeWrongWhenNothingArrivesAndSleepsMeanwhile) {
  Silence listener;
  const rio::Subscription line = NewLine();
  const absl::Status status = WatchGroups({.subscriptions = {line},
                                           .backend = test::SocketBackend::kName,
                                           .interval = milliseconds(100),
                                           .duration = milliseconds(450)},
                                          listener);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_GE(listener.intervals, 2);
  EXPECT_THAT(listener.hints, StartsWith("nothing arrived yet on " + line.group.ToString() + ":"));
  EXPECT_THAT(listener.hints, HasSubstr("lo: up"));
  EXPECT_THAT(listener.hints, HasSubstr(CommandsFor("lo", line.group).joins));
  EXPECT_THAT(listener.line, HasSubstr("packets=0"));
  EXPECT_THAT(listener.summary, HasSubstr("no UDP datagram"));
  // A loop that spun would make some hundred thousand.
  EXPECT_LT(listener.system_calls, 1000u);
}

TEST(WatchGroups, SaysWhatIsWrongBeforeItStarts) {
  Silence listener;
  rio::Subscription nowhere = NewLine();
  nowhere.interface = "nosuch0";
  const absl::Status no_interface = WatchGroups({.subscriptions = {nowhere}}, listener);
  EXPECT_THAT(no_interface.message(), HasSubstr("nosuch0"));
  const absl::Status no_backend =
      WatchGroups({.subscriptions = {NewLine()}, .backend = "carrier_pigeon"}, listener);
  EXPECT_EQ(no_backend.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(listener.intervals, 0);
}

TEST(SilenceHints, FitTheSubscription) {
  const std::vector<HostInterface> interfaces = {
      {.name = "eth1", .up = false, .multicast = true, .addresses = {}}};
  const StreamTable table;
  const rio::BackendStats receive;
  const std::vector<rio::LineStats> lines(1);
  const auto hints = [&](const rio::Subscription& subscription) {
    return SilenceHints({.subscriptions = {&subscription, 1},
                         .table = table,
                         .receive = receive,
                         .lines = lines,
                         .seconds = 3},
                        interfaces);
  };
  rio::Subscription subscription = NewLine();
  subscription.interface = "eth1";
  EXPECT_THAT(hints(subscription), HasSubstr("eth1 is down"));
  EXPECT_THAT(hints(subscription), Not(HasSubstr("--source")));
  subscription.source = *rio::IpAddress::Parse("10.0.0.1");
  EXPECT_THAT(hints(subscription), HasSubstr("only packets from 10.0.0.1"));
  subscription.interface = "";
  EXPECT_THAT(hints(subscription), HasSubstr("--interface=NAME"));
  subscription.group = *rio::ParseEndpoint("127.0.0.1:28411");
  EXPECT_THAT(hints(subscription), Not(HasSubstr("ip maddr")));
}

TEST(FormatRate, HasThreeDigits) {
  EXPECT_EQ(FormatRate(0), "0");
  EXPECT_EQ(FormatRate(1.234), "1.23");
  EXPECT_EQ(FormatRate(12'345), "12.3 k");
  EXPECT_EQ(FormatRate(999.6), "1.00 k");
  EXPECT_EQ(FormatRate(2.5e9), "2.50 G");
}

}  // namespace
}  // namespace fh::test
