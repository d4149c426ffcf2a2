#include "replay/publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rio/receiver.h"
#include "rio/socket/socket.h"
#include "tests/replay/capture_fixture.h"
#include "tests/replay/fake_pace_clock.h"
#include "tests/socket_backend.h"

namespace fh::replay {
namespace {

using test::EndpointOf;
using test::FakePaceClock;
using test::TempFile;
using test::TestDatagram;
using test::WriteCapture;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr int64_t kFirstStamp = 1'700'000'000'000'000'000;

// Addresses on loopback that no other process which runs this test uses at the same time.
std::string Port(int n) { return std::to_string(10'000 + (test::ProcessId() * 61 + n) % 9'000); }
std::string Local(int n) { return "127.0.0.1:" + Port(n); }
std::string Group(int n) {
  return absl::StrCat("239.255.", 1 + test::ProcessId() % 250, ".", n, ":", Port(n));
}

using Received = std::vector<std::pair<int, std::string>>;  // Line and payload.

// Listens on loopback. Sending over loopback queues at the receiver before it returns, so what is
// there when the publisher is done is all that will ever come.
class PublisherTest : public ::testing::Test {
 protected:
  void Listen(const std::vector<std::string>& endpoints) {
    rio::ReceiveSetup setup{.region = {.slice_count = 1024}};
    for (const std::string& endpoint : endpoints) {
      setup.receive.subscriptions.push_back({.group = EndpointOf(endpoint), .interface = "lo"});
    }
    auto receiver = rio::Receiver<test::SocketBackend>::Open(setup);
    ASSERT_TRUE(receiver.ok()) << receiver.status();
    receiver_ = *std::move(receiver);
  }

  Received Drain() {
    Received received;
    std::vector<rio::Packet> packets(64);
    for (;;) {
      size_t count = receiver_->Poll(packets);
      if (count == 0 && test::kArrival.count() > 0) {
        receiver_->Wait(test::kArrival);
        count = receiver_->Poll(packets);
      }
      if (count == 0) break;
      for (size_t i = 0; i < count; ++i) {
        received.emplace_back(
            packets[i].line,
            std::string(reinterpret_cast<const char*>(packets[i].data), packets[i].length));
      }
      receiver_->Release(std::span<const rio::Packet>(packets.data(), count));
    }
    return received;
  }

  std::unique_ptr<Publisher> Open(PublishOptions options) {
    options.interface = "lo";
    std::vector<std::unique_ptr<CaptureReader>> readers;
    for (const std::string& path : paths_) {
      auto reader = CaptureReader::Open(path);
      EXPECT_TRUE(reader.ok()) << reader.status();
      readers.push_back(*std::move(reader));
    }
    auto publisher = Publisher::OpenReaders(std::move(readers), clock_, options);
    EXPECT_TRUE(publisher.ok()) << publisher.status();
    return *std::move(publisher);
  }

  TempFile file_{"publish.pcap"};
  std::vector<std::string> paths_{file_.path()};
  FakePaceClock clock_;
  std::unique_ptr<rio::Receiver<test::SocketBackend>> receiver_;
};

TEST_F(PublisherTest, MergesSeveralCapturesByTimeAndADamagedOneStopsNoOther) {
  TempFile second("second.pcap");
  TempFile damaged("damaged.pcap");
  WriteCapture(file_.path(), {{.stamp_ns = kFirstStamp, .group = Group(1), .payload = "a0"},
                              {.stamp_ns = kFirstStamp + 30, .group = Group(1), .payload = "a30"}});
  WriteCapture(second.path(),
               {{.stamp_ns = kFirstStamp + 10, .group = Group(1), .payload = "b10"},
                {.stamp_ns = kFirstStamp + 30, .group = Group(1), .payload = "b30"}});
  WriteCapture(damaged.path(),
               {{.stamp_ns = kFirstStamp + 5, .group = Group(1), .payload = "c5"},
                {.stamp_ns = kFirstStamp + 6, .group = Group(1), .payload = "cut"}});
  std::filesystem::resize_file(damaged.path(), std::filesystem::file_size(damaged.path()) - 1);
  paths_ = {file_.path(), second.path(), damaged.path()};
  Listen({Group(1)});
  auto publisher = Open({});
  const absl::Status status = publisher->Run();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr(damaged.path()));
  EXPECT_THAT(Drain(), ElementsAre(Pair(0, "a0"), Pair(0, "c5"), Pair(0, "b10"), Pair(0, "a30"),
                                   Pair(0, "b30")));
  EXPECT_EQ(publisher->stats().backward_stamps, 0u);
}

TEST_F(PublisherTest, PublishesToTheGroupsOfTheCaptureInOrder) {
  WriteCapture(file_.path(), {{.stamp_ns = kFirstStamp, .group = Group(1), .payload = "a1"},
                              {.stamp_ns = kFirstStamp + 10, .group = Group(2), .payload = "b1"},
                              {.stamp_ns = kFirstStamp + 20, .group = Group(1), .payload = "a2"},
                              {.stamp_ns = kFirstStamp + 30, .group = Group(1), .payload = ""}});
  Listen({Group(1), Group(2)});
  auto publisher = Open({});
  ASSERT_TRUE(publisher->Run().ok());
  Received received = Drain();
  std::stable_sort(received.begin(), received.end(),
                   [](const auto& x, const auto& y) { return x.first < y.first; });
  EXPECT_THAT(received, ElementsAre(Pair(0, "a1"), Pair(0, "a2"), Pair(0, ""), Pair(1, "b1")));
  EXPECT_EQ(publisher->stats().sent, 4u);
  EXPECT_EQ(publisher->stats().bytes, 6u);
  EXPECT_EQ(publisher->stats().destinations, 2u);
  EXPECT_EQ(publisher->stats().capture_ns, 30);
}

TEST_F(PublisherTest, SendsAllToOneAddressInCaptureOrder) {
  std::vector<TestDatagram> datagrams;
  for (int i = 0; i < 500; ++i) {
    datagrams.push_back({.stamp_ns = kFirstStamp + i,
                         .group = i % 2 == 0 ? "239.9.9.1:1" : "[ff15::9]:2",
                         .payload = std::to_string(i),
                         .source = i % 2 == 0 ? "10.0.0.1:9" : "[2001:db8::1]:9"});
  }
  WriteCapture(file_.path(), datagrams);
  Listen({Local(3)});
  auto publisher = Open({.all_to = EndpointOf(Local(3)), .pace = {.speed = PaceOptions::kFlatOut}});
  ASSERT_TRUE(publisher->Run().ok());
  const Received received = Drain();
  ASSERT_EQ(received.size(), 500u);
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(received[static_cast<size_t>(i)].second, std::to_string(i));
  }
  EXPECT_EQ(publisher->lateness().Snapshot().total(), 0u);  // Flat out nothing is due.
}

TEST_F(PublisherTest, PublishesByAListAndNothingElse) {
  WriteCapture(file_.path(), {{.group = "239.9.9.1:1", .payload = "one"},
                              {.group = "239.9.9.2:1", .payload = "two"},
                              {.group = "239.9.9.3:1", .payload = "other"}});
  Listen({Local(4), Local(5)});
  auto publisher = Open({.redirects = {{EndpointOf("239.9.9.1:1"), EndpointOf(Local(5))},
                                       {EndpointOf("239.9.9.2:1"), EndpointOf(Local(4))}}});
  ASSERT_TRUE(publisher->Run().ok());
  EXPECT_THAT(Drain(), ::testing::UnorderedElementsAre(Pair(1, "one"), Pair(0, "two")));
  EXPECT_EQ(publisher->stats().not_in_list, 1u);
}

TEST_F(PublisherTest, DatagramsOfBothVersionsInOneBatchGoTheirOwnWays) {
  auto probe = rio::Socket::Open(rio::Socket::Kind::kUdp, rio::Socket::Family::kV6);
  if (!probe.ok() || !probe->Bind({*rio::IpAddress::Parse("::1"), 0}).ok()) {
    GTEST_SKIP() << "skipped: no IPv6 loopback on this host";
  }
  const std::string six = "[::1]:" + Port(9);
  std::vector<TestDatagram> datagrams;
  for (int i = 0; i < 10; ++i) {
    const bool v4 = i % 3 == 0;
    datagrams.push_back({.stamp_ns = kFirstStamp + i,
                         .group = v4 ? "239.9.9.1:1" : "[ff15::9]:2",
                         .payload = std::to_string(i),
                         .source = v4 ? "10.0.0.1:9" : "[2001:db8::1]:9"});
  }
  WriteCapture(file_.path(), datagrams);
  Listen({Local(8), six});
  auto publisher = Open({.redirects = {{EndpointOf("239.9.9.1:1"), EndpointOf(Local(8))},
                                       {EndpointOf("[ff15::9]:2"), EndpointOf(six)}},
                         .pace = {.speed = PaceOptions::kFlatOut}});
  ASSERT_TRUE(publisher->Run().ok());
  Received received = Drain();
  std::stable_sort(received.begin(), received.end(),
                   [](const auto& x, const auto& y) { return x.first < y.first; });
  EXPECT_THAT(received,
              ElementsAre(Pair(0, "0"), Pair(0, "3"), Pair(0, "6"), Pair(0, "9"), Pair(1, "1"),
                          Pair(1, "2"), Pair(1, "4"), Pair(1, "5"), Pair(1, "7"), Pair(1, "8")));
}

TEST_F(PublisherTest, LeavesSomebodysHostsAloneUnlessAsked) {
  WriteCapture(file_.path(), {{.group = Local(6), .payload = "unicast"}});
  Listen({Local(6)});
  auto careful = Open({});
  ASSERT_TRUE(careful->Run().ok());
  EXPECT_THAT(Drain(), IsEmpty());
  EXPECT_EQ(careful->stats().unicast, 1u);
  auto asked = Open({.unicast = true});
  ASSERT_TRUE(asked->Run().ok());
  EXPECT_THAT(Drain(), ElementsAre(Pair(0, "unicast")));
}

TEST_F(PublisherTest, KeepsCapturedGapsAndDoesNotDrift) {
  std::vector<TestDatagram> datagrams;
  for (int i = 0; i < 400; ++i) {
    datagrams.push_back({.stamp_ns = kFirstStamp + i * int64_t{700'000}, .payload = "x"});
  }
  WriteCapture(file_.path(), datagrams);
  Listen({Local(7)});
  auto publisher = Open({.all_to = EndpointOf(Local(7)), .pace = {.speed = 2}});
  ASSERT_TRUE(publisher->Run().ok());
  EXPECT_EQ(Drain().size(), 400u);
  const PublishStats& stats = publisher->stats();
  EXPECT_EQ(stats.capture_ns, 399 * 700'000);
  EXPECT_NEAR(static_cast<double>(stats.elapsed_ns), 399 * 350'000.0, 500.0);
  EXPECT_LT(stats.drift_ns, 500);
  EXPECT_EQ(stats.late, 0u);
  EXPECT_EQ(publisher->gap_errors().Snapshot().total(), 399u);
  EXPECT_LT(publisher->gap_errors().Snapshot().max(), 500);
  EXPECT_EQ(publisher->lateness().Snapshot().total(), 400u);
}

// The sender is held up for 10 ms once: as many datagrams as were due meanwhile are late, by
// as much as they were, and those behind are not.
TEST_F(PublisherTest, Trap14ASenderHeldUpForTenMillisecondsIsLateByThatAndTheScheduleStays) {
  std::vector<TestDatagram> datagrams;
  for (int i = 0; i < 400; ++i) {
    datagrams.push_back({.stamp_ns = kFirstStamp + i * int64_t{200'000}, .payload = "x"});
  }
  WriteCapture(file_.path(), datagrams);
  Listen({Local(7)});
  bool held_up = false;
  PublishOptions options{.all_to = EndpointOf(Local(7))};
  options.progress_ns = 20'000'000;
  options.progress = [&](const PublishStats& stats) {
    if (stats.sent < 100 || held_up) return;
    held_up = true;
    clock_.now_ns += 10'000'000;
  };
  auto publisher = Open(options);
  ASSERT_TRUE(publisher->Run().ok());
  ASSERT_TRUE(held_up);
  EXPECT_EQ(Drain().size(), 400u);
  const latency::HistogramSnapshot lateness = publisher->lateness().Snapshot();
  EXPECT_EQ(lateness.total(), 400u);
  EXPECT_NEAR(static_cast<double>(lateness.max()), 9'800'000, 50'000);
  EXPECT_NEAR(static_cast<double>(publisher->stats().late), 50, 1);
  EXPECT_NEAR(static_cast<double>(lateness.ValueAtPercentile(95)), 5'800'000, 400'000);
  EXPECT_LT(publisher->stats().drift_ns, 500);
  EXPECT_NEAR(static_cast<double>(publisher->stats().elapsed_ns), 399 * 200'000.0, 500.0);
}

TEST_F(PublisherTest, CountsBackwardStampsAndLateDatagrams) {
  WriteCapture(file_.path(), {{.stamp_ns = kFirstStamp + 1'000, .payload = "1"},
                              {.stamp_ns = kFirstStamp, .payload = "2"},
                              {.stamp_ns = kFirstStamp + 2'000, .payload = "3"}});
  Listen({Local(8)});
  auto publisher = Open({.all_to = EndpointOf(Local(8))});
  ASSERT_TRUE(publisher->Run().ok());
  EXPECT_THAT(Drain(), ElementsAre(Pair(0, "1"), Pair(0, "2"), Pair(0, "3")));
  EXPECT_EQ(publisher->stats().backward_stamps, 1u);
  EXPECT_EQ(publisher->stats().capture_ns, 1'000);
}

TEST_F(PublisherTest, CountsWhatIsNoWholeDatagram) {
  auto writer = CaptureWriter::Open(file_.path());
  ASSERT_TRUE(writer.ok());
  test::AppendDatagram(**writer, {.payload = "whole"});
  test::AppendDatagram(**writer, {.payload = "cut off", .captured_payload_bytes = 3});
  std::vector<uint8_t> arp(60);
  arp[12] = 0x08;
  arp[13] = 0x06;
  ASSERT_TRUE((*writer)->WriteFrame(1, arp).ok());
  ASSERT_TRUE((*writer)->Close().ok());
  Listen({Local(9)});
  auto publisher = Open({.all_to = EndpointOf(Local(9))});
  ASSERT_TRUE(publisher->Run().ok());
  EXPECT_THAT(Drain(), ElementsAre(Pair(0, "whole")));
  EXPECT_EQ(publisher->stats().frames, 3u);
  EXPECT_EQ(publisher->stats().outcomes[DatagramOutcome::kTruncated], 1u);
  EXPECT_EQ(publisher->stats().outcomes[DatagramOutcome::kNotIp], 1u);
  EXPECT_EQ(publisher->stats().sent, 1u);
}

TEST_F(PublisherTest, DamageIsToldAfterPublishingWhatCameBefore) {
  WriteCapture(file_.path(), {{.payload = "1"}, {.payload = "2"}, {.payload = "cut"}});
  std::filesystem::resize_file(file_.path(), std::filesystem::file_size(file_.path()) - 1);
  Listen({Local(10)});
  auto publisher = Open({.all_to = EndpointOf(Local(10))});
  EXPECT_EQ(publisher->Run().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(Drain(), ElementsAre(Pair(0, "1"), Pair(0, "2")));
}

TEST_F(PublisherTest, StopEndsItAmidAWait) {
  WriteCapture(file_.path(), {{.stamp_ns = kFirstStamp, .payload = "1"},
                              {.stamp_ns = kFirstStamp + 3'600'000'000'000, .payload = "2"}});
  Listen({Local(11)});
  std::atomic<bool> stop{false};
  auto publisher = Open({.all_to = EndpointOf(Local(11)),
                         .progress = [&](const PublishStats&) { stop.store(true); },
                         .progress_ns = 0});
  ASSERT_TRUE(publisher->Run(&stop).ok());
  EXPECT_THAT(Drain(), ElementsAre(Pair(0, "1")));
  EXPECT_EQ(publisher->stats().interrupted, 1u);
}

TEST_F(PublisherTest, ReportsProgressWithTheShareOfTheFile) {
  std::vector<TestDatagram> datagrams;
  for (int i = 0; i < 50; ++i) {
    datagrams.push_back({.stamp_ns = kFirstStamp + i * int64_t{100'000'000}, .payload = "x"});
  }
  WriteCapture(file_.path(), datagrams);
  Listen({Local(12)});
  std::vector<uint64_t> sent;
  auto publisher = Open({.all_to = EndpointOf(Local(12)), .progress = [&](const PublishStats& s) {
                           sent.push_back(s.sent);
                           EXPECT_LE(s.stored_bytes_read, *s.stored_bytes_total);
                         }});
  ASSERT_TRUE(publisher->Run().ok());
  EXPECT_GE(sent.size(), 9u);  // Five seconds of capture, two reports a second.
  EXPECT_LE(sent.size(), 12u);
  EXPECT_EQ(sent.back(), 50u);
}

TEST_F(PublisherTest, RefusesContradictionsAndSaysTheFix) {
  WriteCapture(file_.path(), {});
  const rio::Endpoint to = EndpointOf("127.0.0.1:1");
  const auto message = [&](const std::vector<std::string>& paths, const PublishOptions& options) {
    return std::string(Publisher::Open(paths, options).status().message());
  };
  EXPECT_THAT(message({file_.path()}, {.all_to = to, .redirects = {{to, to}}}),
              HasSubstr("one of both"));
  EXPECT_THAT(message({file_.path()}, {.pace = {.speed = 5000}}), HasSubstr("0.1 to 1000"));
  EXPECT_THAT(message({}, {}), HasSubstr("at least one"));
  EXPECT_THAT(message({"-", "-"}, {}), HasSubstr("only once"));
  EXPECT_EQ(Publisher::Open({"/nonexistent.pcap"}, {}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(PublisherTest, ADestinationWithoutAWayEndsItWithTheReason) {
  WriteCapture(file_.path(), {{.payload = "x"}});
  std::vector<std::unique_ptr<CaptureReader>> readers;
  readers.push_back(*CaptureReader::Open(file_.path()));
  auto publisher =
      Publisher::OpenReaders(std::move(readers), clock_, {.interface = "no_such_interface"});
  ASSERT_TRUE(publisher.ok());
  const absl::Status ended = (*publisher)->Run();
  EXPECT_FALSE(ended.ok());
  EXPECT_THAT(std::string(ended.message()), HasSubstr("no_such_interface"));
}

}  // namespace
}  // namespace fh::replay
