#include "replay/capture_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "latency/clock.h"
#include "tests/captures.h"
#include "tests/replay/capture_fixture.h"
#include "tests/replay/file_backend_driver.h"

namespace fh::replay {
namespace {

using test::Drain;
using test::EndpointOf;
using test::PostAll;
using test::TempFile;
using test::TestDatagram;
using test::TextOf;
using test::WriteCapture;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

rio::ReceiverOptions Subscribe(const std::vector<std::string>& groups) {
  rio::ReceiverOptions options;
  for (const std::string& group : groups) {
    options.subscriptions.push_back({.group = EndpointOf(group)});
  }
  return options;
}

// A backend over one capture, every slice posted.
class CaptureBackendTest : public ::testing::Test {
 protected:
  void Open(const rio::ReceiverOptions& options, const std::vector<std::string>& paths,
            uint32_t slices = 16, uint32_t slice_bytes = 2048) {
    region_ = test::MakeRegion(slices, slice_bytes);
    ASSERT_NE(region_, nullptr);
    absl::StatusOr<std::unique_ptr<CaptureBackend>> backend =
        CaptureBackend::Open(paths, options, *region_);
    ASSERT_TRUE(backend.ok()) << backend.status();
    backend_ = *std::move(backend);
    PostAll(*backend_, slices);
  }

  TempFile file_{"a.pcap"};
  std::unique_ptr<rio::RegisteredRegion> region_;
  std::unique_ptr<CaptureBackend> backend_;
};

TEST_F(CaptureBackendTest, DeliversSubscribedDatagramsInCaptureOrderWithTheirLine) {
  WriteCapture(file_.path(), {{.stamp_ns = 100, .group = "239.1.1.2:1000", .payload = "b1"},
                              {.stamp_ns = 90, .group = "239.1.1.1:1000", .payload = "a1"},
                              {.stamp_ns = 110, .group = "239.1.1.1:1001", .payload = "other port"},
                              {.stamp_ns = 120, .group = "239.1.1.2:1000", .payload = "b2"}});
  Open(Subscribe({"239.1.1.1:1000", "239.1.1.2:1000"}), {file_.path()});
  std::vector<rio::Packet> packets(8);
  const uint64_t before = latency::Clock::Ticks();
  ASSERT_EQ(backend_->Poll(packets), 3u);
  const uint64_t after = latency::Clock::Ticks();
  const std::vector<std::string> texts{"b1", "a1", "b2"};
  const std::vector<uint16_t> lines{1, 0, 1};
  const std::vector<int64_t> stamps{100, 90, 120};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(TextOf(packets[i]), texts[i]);
    EXPECT_EQ(packets[i].line, lines[i]);
    EXPECT_EQ(packets[i].stamp_ns, stamps[i]);
    EXPECT_EQ(packets[i].stamp_source, rio::StampSource::kCapture);
    EXPECT_FALSE(packets[i].truncated);
    EXPECT_EQ(packets[i].data, region_->slice(packets[i].slice));
    EXPECT_GE(packets[i].dequeue_ticks, before);
    EXPECT_LE(packets[i].dequeue_ticks, after);
  }
  EXPECT_TRUE(backend_->finished());
  EXPECT_TRUE(backend_->status().ok());
  EXPECT_EQ(backend_->counters().to_others, 1u);
  EXPECT_EQ(backend_->stats().packets, 3u);
  EXPECT_EQ(backend_->stats().bytes, 6u);
  EXPECT_EQ(backend_->line_stats()[0].packets, 1u);
  EXPECT_EQ(backend_->line_stats()[1].packets, 2u);
}

TEST_F(CaptureBackendTest, SourceSpecificSubscriptionTakesOnlyItsSource) {
  WriteCapture(file_.path(), {{.payload = "one", .source = "10.0.0.1:9"},
                              {.payload = "two", .source = "10.0.0.2:9"},
                              {.payload = "three", .source = "10.0.0.3:9"}});
  rio::ReceiverOptions options = Subscribe({"239.1.1.1:1000", "239.1.1.1:1000"});
  options.subscriptions[0].source = *rio::IpAddress::Parse("10.0.0.2");
  options.subscriptions[1].source = *rio::IpAddress::Parse("10.0.0.1");
  Open(options, {file_.path()});
  std::vector<rio::Packet> packets(8);
  ASSERT_EQ(backend_->Poll(packets), 2u);
  EXPECT_EQ(packets[0].line, 1);
  EXPECT_EQ(packets[1].line, 0);
  EXPECT_EQ(backend_->counters().to_others, 1u);
}

TEST_F(CaptureBackendTest, TheFirstOfSeveralMatchingSubscriptionsWins) {
  WriteCapture(file_.path(), {{.payload = "x"}});
  Open(Subscribe({"239.1.1.9:1000", "239.1.1.1:1000", "239.1.1.1:1000"}), {file_.path()});
  std::vector<rio::Packet> packets(8);
  ASSERT_EQ(backend_->Poll(packets), 1u);
  EXPECT_EQ(packets[0].line, 1);
}

TEST_F(CaptureBackendTest, FramesOfOneGroupInSeveralVlansAreDifferentLines) {
  WriteCapture(file_.path(), {{.payload = "untagged"},
                              {.payload = "100", .vlan = 100},
                              {.payload = "200", .vlan = 200},
                              {.payload = "300", .vlan = 300},
                              {.payload = "priority", .vlan = 0}});
  const std::string group = "239.1.1.1:1000";
  const auto replayed = [&](const std::vector<rio::Vlan>& vlans) {
    rio::ReceiverOptions options = Subscribe(std::vector<std::string>(vlans.size(), group));
    for (size_t i = 0; i < vlans.size(); ++i) options.subscriptions[i].vlan = vlans[i];
    Open(options, {file_.path()});
    std::vector<rio::Packet> packets(8);
    packets.resize(backend_->Poll(packets));
    std::vector<std::string> texts;
    for (const rio::Packet& packet : packets) {
      texts.push_back(absl::StrCat(TextOf(packet), " on ", packet.line));
    }
    return texts;
  };
  EXPECT_THAT(replayed({{}}), ElementsAre("untagged on 0", "priority on 0"));
  EXPECT_EQ(backend_->counters().to_others, 3u);
  EXPECT_THAT(replayed({{.id = 200}, {}, {.id = 100}}),
              ElementsAre("untagged on 1", "100 on 2", "200 on 0", "priority on 1"));
  // Of any VLAN: what no line of its own takes.
  EXPECT_THAT(replayed({{.any = true}, {.id = 200}}),
              ElementsAre("untagged on 0", "100 on 0", "200 on 1", "300 on 0", "priority on 0"));
}

TEST_F(CaptureBackendTest, FindsTheLineAmongManyOfBothFamilies) {
  std::vector<std::string> groups;
  std::vector<TestDatagram> datagrams;
  for (int i = 0; i < 600; ++i) {
    const bool six = i % 3 == 0;
    groups.push_back(six ? absl::StrCat("[ff15::", absl::Hex(i + 1), "]:5000")
                         : absl::StrCat("239.1.", i / 200, ".", i % 200, ":", 5000 + i % 2));
    datagrams.push_back({.group = groups.back(),
                         .payload = std::to_string(i),
                         .source = six ? "[2001:db8::1]:9" : "10.0.0.1:9"});
  }
  WriteCapture(file_.path(), datagrams);
  Open(Subscribe(groups), {file_.path()}, /*slices=*/1024);
  std::vector<rio::Packet> packets(1024);
  ASSERT_EQ(backend_->Poll(packets), 600u);
  for (const rio::Packet& packet : std::span(packets).first(600)) {
    EXPECT_EQ(TextOf(packet), std::to_string(packet.line));
  }
}

TEST_F(CaptureBackendTest, HeldSlicesKeepTheirBytesAndAreNotReused) {
  std::vector<TestDatagram> datagrams;
  for (int i = 0; i < 40; ++i) datagrams.push_back({.payload = absl::StrCat("payload ", i)});
  WriteCapture(file_.path(), datagrams);
  Open(Subscribe({"239.1.1.1:1000"}), {file_.path()}, /*slices=*/8);
  std::vector<rio::Packet> held(3);
  ASSERT_EQ(backend_->Poll(held), 3u);
  EXPECT_THAT(Drain(*backend_, 2), ::testing::SizeIs(37));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(TextOf(held[static_cast<size_t>(i)]), absl::StrCat("payload ", i));
  }
}

TEST_F(CaptureBackendTest, WithoutSlicesNothingIsReadAndNothingLost) {
  std::vector<TestDatagram> datagrams;
  for (int i = 0; i < 10; ++i) datagrams.push_back({.payload = absl::StrCat(i)});
  WriteCapture(file_.path(), datagrams);
  Open(Subscribe({"239.1.1.1:1000"}), {file_.path()}, /*slices=*/4);
  std::vector<rio::Packet> packets(8);
  ASSERT_EQ(backend_->Poll(packets), 4u);
  EXPECT_EQ(backend_->stats().starved, 0u);
  std::vector<rio::Packet> more(8);
  EXPECT_EQ(backend_->Poll(more), 0u);
  EXPECT_EQ(backend_->Poll(more), 0u);
  EXPECT_EQ(backend_->stats().starved, 2u);
  EXPECT_FALSE(backend_->finished());
  for (size_t i : {2u, 0u, 3u, 1u}) backend_->Post(std::span(&packets[i].slice, 1));
  EXPECT_THAT(Drain(*backend_), ElementsAre("4", "5", "6", "7", "8", "9"));
}

TEST_F(CaptureBackendTest, MarksWhatTheCaptureOrTheSliceCut) {
  const std::string wide(300, 'w');
  WriteCapture(file_.path(), {{.payload = "abcdefgh", .captured_payload_bytes = 3},
                              {.payload = wide},
                              {.payload = "abcdefgh", .captured_payload_bytes = 0},
                              {.payload = std::string(256, 'x')},
                              {.payload = ""}});
  Open(Subscribe({"239.1.1.1:1000"}), {file_.path()}, 16, /*slice_bytes=*/256);
  std::vector<rio::Packet> packets(8);
  ASSERT_EQ(backend_->Poll(packets), 5u);
  EXPECT_EQ(TextOf(packets[0]), "abc");
  EXPECT_EQ(TextOf(packets[1]), wide.substr(0, 256));
  EXPECT_EQ(packets[2].length, 0u);
  EXPECT_TRUE(packets[0].truncated && packets[1].truncated && packets[2].truncated);
  EXPECT_FALSE(packets[3].truncated);
  EXPECT_EQ(packets[3].length, 256u);
  EXPECT_FALSE(packets[4].truncated);          // An empty datagram is a datagram.
  EXPECT_EQ(backend_->stats().truncated, 1u);  // Longer than a slice.
  EXPECT_EQ(backend_->counters().cut, 2u);     // By the capture, which larger slices do not fix.
}

TEST_F(CaptureBackendTest, CountsFramesThatAreNoDatagrams) {
  absl::StatusOr<std::unique_ptr<CaptureWriter>> writer = CaptureWriter::Open(file_.path());
  ASSERT_TRUE(writer.ok());
  std::vector<uint8_t> arp(60);
  arp[12] = 0x08;
  arp[13] = 0x06;
  ASSERT_TRUE((*writer)->WriteFrame(1, arp).ok());
  test::AppendDatagram(**writer, {.payload = "seen"});
  ASSERT_TRUE((*writer)->WriteFrame(2, std::span(arp).first(5)).ok());
  ASSERT_TRUE((*writer)->Close().ok());
  Open(Subscribe({"239.1.1.1:1000"}), {file_.path()});
  EXPECT_THAT(Drain(*backend_), ElementsAre("seen"));
  const DatagramCounters& frames = backend_->counters().frames;
  EXPECT_EQ(frames[DatagramOutcome::kNotIp], 1u);
  EXPECT_EQ(frames[DatagramOutcome::kMalformed], 1u);
  EXPECT_EQ(frames[DatagramOutcome::kDatagram], 1u);
}

TEST_F(CaptureBackendTest, ZeroStampIsNoStamp) {
  WriteCapture(file_.path(), {{.stamp_ns = 0, .payload = "x"}});
  Open(Subscribe({"239.1.1.1:1000"}), {file_.path()});
  std::vector<rio::Packet> packets(1);
  ASSERT_EQ(backend_->Poll(packets), 1u);
  EXPECT_EQ(packets[0].stamp_source, rio::StampSource::kNone);
  EXPECT_EQ(backend_->unstamped(), 1u);
}

TEST_F(CaptureBackendTest, MergesSeveralFilesByTheirStamps) {
  TempFile second("b.pcap");
  TempFile empty("c.pcap");
  WriteCapture(file_.path(),
               {{.stamp_ns = 10, .payload = "a1"}, {.stamp_ns = 40, .payload = "a2"}});
  WriteCapture(empty.path(), {});
  WriteCapture(second.path(),
               {{.stamp_ns = 10, .payload = "b1"}, {.stamp_ns = 20, .payload = "b2"}});
  Open(Subscribe({"239.1.1.1:1000"}), {file_.path(), empty.path(), second.path()});
  EXPECT_THAT(Drain(*backend_, 8), ElementsAre("a1", "b1", "b2", "a2"));
  EXPECT_TRUE(backend_->status().ok());
  EXPECT_EQ(backend_->stored_bytes_read(), *backend_->stored_bytes_total());
}

TEST_F(CaptureBackendTest, DamageIsToldAfterWhatCameBeforeIt) {
  WriteCapture(file_.path(), {{.payload = "1"}, {.payload = "2"}, {.payload = "cut"}});
  std::filesystem::resize_file(file_.path(), std::filesystem::file_size(file_.path()) - 2);
  Open(Subscribe({"239.1.1.1:1000"}), {file_.path()});
  EXPECT_THAT(Drain(*backend_), ElementsAre("1", "2"));
  EXPECT_TRUE(backend_->finished());
  EXPECT_EQ(backend_->status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(backend_->status().message()), HasSubstr(file_.path()));
}

TEST_F(CaptureBackendTest, DamageOfOneFileDoesNotEndTheOthers) {
  TempFile second("b.pcap");
  WriteCapture(file_.path(), {{.stamp_ns = 1, .payload = "a1"}, {.stamp_ns = 3, .payload = "cut"}});
  std::filesystem::resize_file(file_.path(), std::filesystem::file_size(file_.path()) - 2);
  WriteCapture(second.path(), {{.stamp_ns = 2, .payload = "b1"}, {.stamp_ns = 4, .payload = "b2"}});
  Open(Subscribe({"239.1.1.1:1000"}), {file_.path(), second.path()});
  EXPECT_THAT(Drain(*backend_), ElementsAre("a1", "b1", "b2"));
  EXPECT_THAT(std::string(backend_->status().message()), HasSubstr(file_.path()));
}

TEST_F(CaptureBackendTest, AStretchOfForeignTrafficDoesNotKeepTheCaller) {
  std::vector<TestDatagram> datagrams(CaptureBackend::kFramesAPoll + 10,
                                      {.group = "239.9.9.9:9", .payload = "foreign"});
  datagrams.push_back({.payload = "ours"});
  WriteCapture(file_.path(), datagrams);
  Open(Subscribe({"239.1.1.1:1000"}), {file_.path()});
  std::vector<rio::Packet> packets(4);
  EXPECT_EQ(backend_->Poll(packets), 0u);
  EXPECT_FALSE(backend_->finished());
  EXPECT_EQ(backend_->Poll(packets), 1u);
}

TEST_F(CaptureBackendTest, AfterCloseNothingComes) {
  WriteCapture(file_.path(), {{.payload = "1"}, {.payload = "2"}});
  Open(Subscribe({"239.1.1.1:1000"}), {file_.path()});
  std::vector<rio::Packet> packets(1);
  ASSERT_EQ(backend_->Poll(packets), 1u);
  EXPECT_EQ(backend_->owned(), 15u);
  backend_->Close();
  EXPECT_EQ(backend_->owned(), 0u);
  backend_->Post(std::span(&packets[0].slice, 1));
  EXPECT_EQ(backend_->Poll(packets), 0u);
  EXPECT_TRUE(backend_->finished());
}

TEST(CaptureBackendOpenTest, RefusesWhatCannotWorkAndSaysTheFix) {
  absl::StatusOr<rio::RegisteredRegion> region = rio::RegisteredRegion::Create({.slice_count = 4});
  ASSERT_TRUE(region.ok());
  const rio::ReceiverOptions options = Subscribe({"239.1.1.1:1000"});
  EXPECT_THAT(std::string(CaptureBackend::Open({}, options, *region).status().message()),
              HasSubstr("name at least one"));
  EXPECT_THAT(std::string(CaptureBackend::Open({"-", "-"}, options, *region).status().message()),
              HasSubstr("only once"));
  EXPECT_EQ(CaptureBackend::Open({"/nonexistent.pcap"}, options, *region).status().code(),
            absl::StatusCode::kNotFound);
  TempFile file("d.pcap");
  WriteCapture(file.path(), {});
  EXPECT_THAT(std::string(CaptureBackend::Open({file.path()}, {}, *region).status().message()),
              HasSubstr("no subscription"));
}

// Everything in a real capture is either a packet or in one counter, whatever the burst.
TEST(CaptureBackendRealTest, AccountsForEveryFrameOfARealCapture) {
  const auto path = test::CaptureFile("iex/deep10_20170425_head60000.pcap");
  if (!path) GTEST_SKIP() << test::kNoCaptures;
  for (size_t burst : {1u, 64u}) {
    absl::StatusOr<rio::RegisteredRegion> region =
        rio::RegisteredRegion::Create({.slice_count = 64});
    ASSERT_TRUE(region.ok());
    auto backend = CaptureBackend::Open({path->string()}, Subscribe({"224.2.3.10:16648"}), *region);
    ASSERT_TRUE(backend.ok()) << backend.status();
    PostAll(**backend, 64);
    int64_t last_stamp = 0;
    test::DrainEach(**backend, burst, [&](const rio::Packet& packet) {
      EXPECT_GE(packet.stamp_ns, last_stamp);
      last_stamp = packet.stamp_ns;
    });
    ASSERT_TRUE((*backend)->status().ok()) << (*backend)->status();
    const CaptureCounters& counters = (*backend)->counters();
    uint64_t frames = 0;
    for (uint64_t count : counters.frames.by_outcome) frames += count;
    EXPECT_EQ(frames, 60'000u);
    EXPECT_EQ((*backend)->stats().packets, counters.delivered);
    EXPECT_EQ(counters.delivered + counters.to_others + counters.LostFrames() +
                  counters.frames[DatagramOutcome::kNotIp] +
                  counters.frames[DatagramOutcome::kNotUdp],
              frames);
    EXPECT_GT((*backend)->stats().packets, 50'000u);
  }
}

}  // namespace
}  // namespace fh::replay
