#include "tests/feedhandler/cli/program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <csignal>
#include <fstream>
#include <limits>
#include <sstream>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "feedhandler/inspect/discover.h"
#include "replay/capture_reader.h"
#include "replay/capture_writer.h"

namespace fh::test {
namespace {

constexpr uint32_t kSymbols = 40;
constexpr int64_t kApartNs = 10'000;
constexpr int kRate = 20'000;
// Who may not force a larger socket buffer gets no more than this.
constexpr int kSmallBufferBytes = 4 << 20;
constexpr int kRateWithSmallBuffers = 3'000;

int LargestSocketBuffer() {
  int bytes = 0;
  std::ifstream("/proc/sys/net/core/rmem_max") >> bytes;
  return bytes;
}

// What the lines of a file have in common with another, for a message: the first difference.
std::string FirstDifference(const std::string& a, const std::string& b) {
  std::istringstream left(a);
  std::istringstream right(b);
  std::string left_line;
  std::string right_line;
  for (int number = 1;; ++number) {
    const bool more_left = static_cast<bool>(std::getline(left, left_line));
    const bool more_right = static_cast<bool>(std::getline(right, right_line));
    if (!more_left && !more_right) return "none";
    if (more_left != more_right || left_line != right_line) {
      return absl::StrCat("line ", number, ":\n  ", more_left ? left_line : "(end)", "\n  ",
                          more_right ? right_line : "(end)");
    }
  }
}

}  // namespace

ChildResult Feedhandler(const std::vector<std::string>& arguments, const std::string& input) {
  return RunChild(kProgram, arguments, input);
}

std::string WhyNotAvailable(const std::string& backend) {
  const ChildResult result = Feedhandler({"backends"});
  bool its_lines = false;
  for (absl::string_view line : absl::StrSplit(result.output, '\n')) {
    if (!absl::StartsWith(line, " "))
      its_lines = absl::StartsWith(line, absl::StrCat(backend, " "));
    if (!its_lines || !absl::StartsWith(line, " ")) continue;
    line = absl::StripAsciiWhitespace(line);
    return line == "available" ? "" : absl::StrCat(backend, ": ", line);
  }
  return absl::StrCat("`feedhandler backends` does not list ", backend);
}

rio::Endpoint TestGroup(int index) {
  const auto pid = static_cast<unsigned>(::getpid());
  return *rio::ParseEndpoint(absl::StrFormat("239.%d.%d.%d:%d", 160 + (pid >> 16 & 0x3f),
                                             pid >> 8 & 0xff, pid & 0xff, 21'000 + index));
}

std::optional<double> Metric(const std::string& text, const std::string& name,
                             const std::string& label) {
  std::optional<double> sum;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!absl::ConsumePrefix(&line, absl::StrCat("feedhandler_", name))) continue;
    if (!absl::StartsWith(line, " ") && !absl::StartsWith(line, "{")) continue;
    if (!absl::StrContains(line, label)) continue;
    double value = 0;
    if (!absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &value)) continue;
    sum = sum.value_or(0) + value;
  }
  return sum;
}

double AllDrops(const std::string& metrics, const std::string& label) {
  double sum = 0;
  for (const char* name :
       {"dropped_packets_total", "dropped_messages_total", "dropped_updates_total"}) {
    sum += Metric(metrics, name, label).value_or(0);
  }
  return sum;
}

uint64_t WriteDay(const std::string& path, const DayOptions& options) {
  ItchCaptureOptions capture;
  capture.packets.max_messages = options.messages_per_packet;
  capture.max_wait_ns = std::numeric_limits<int32_t>::max();  // Packets that are full, mostly.
  capture.heartbeat_ns = 0;
  const LossyLineOptions line{.seed = 2 * options.seed,
                              .loss = options.loss_a,
                              .duplication = options.duplication,
                              .reordering = options.reordering};
  LossyLineOptions other = line;
  other.seed = line.seed + 1;
  other.loss = options.loss_b;
  capture.lines.push_back(
      {.destination = *rio::ParseEndpoint("239.255.1.1:26400"), .damage = line});
  capture.lines.push_back(
      {.destination = *rio::ParseEndpoint("239.255.1.2:26400"), .damage = other});
  const std::string slow = path + ".slow";
  const absl::StatusOr<ItchFileReport> report = WriteItchCapture(
      slow, {.seed = options.seed, .messages = options.messages, .symbols = kSymbols}, capture);
  EXPECT_TRUE(report.ok()) << report.status();
  if (!report.ok()) return 0;
  CutCapture(slow, path, report->packets, kApartNs);
  std::filesystem::remove(slow);
  uint64_t lost = 0;
  for (const MessageRange& range : Intersection(report->undelivered[0], report->undelivered[1])) {
    lost += range.size();
  }
  return lost;
}

void WriteWholeDay(const std::string& path, DayOptions options) {
  constexpr int kMostSeeds = 200;
  for (int i = 0; i < kMostSeeds; ++i, ++options.seed) {
    if (WriteDay(path, options) == 0) return;
  }
  FAIL() << "no seed up to " << options.seed << " loses nothing on both lines";
}

void CutCapture(const std::string& from, const std::string& to, uint64_t frames, int64_t apart_ns,
                uint64_t skipped) {
  auto reader = replay::CaptureReader::Open(from);
  ASSERT_TRUE(reader.ok()) << reader.status();
  auto writer = replay::CaptureWriter::Open(to);
  ASSERT_TRUE(writer.ok()) << writer.status();
  replay::CapturedFrame frame;
  int64_t stamp_ns = 0;
  while (skipped > 0 && (*reader)->Next(frame) == replay::ReadResult::kFrame) --skipped;
  while (frames-- > 0 && (*reader)->Next(frame) == replay::ReadResult::kFrame) {
    stamp_ns = apart_ns == 0 || stamp_ns == 0 ? frame.stamp_ns : stamp_ns + apart_ns;
    ASSERT_TRUE((*writer)->WriteFrame(stamp_ns, frame.bytes, frame.original_length).ok());
  }
  ASSERT_TRUE((*writer)->Close().ok());
}

void SplitByGroup(const std::string& from, const std::string& to_a, const std::string& to_b) {
  auto reader = replay::CaptureReader::Open(from);
  ASSERT_TRUE(reader.ok()) << reader.status();
  auto line_a = replay::CaptureWriter::Open(to_a);
  auto line_b = replay::CaptureWriter::Open(to_b);
  ASSERT_TRUE(line_a.ok() && line_b.ok());
  constexpr size_t kLastOfDestination = 14 + 19;
  replay::CapturedFrame frame;
  while ((*reader)->Next(frame) == replay::ReadResult::kFrame) {
    const auto& writer = frame.bytes[kLastOfDestination] == 1 ? *line_a : *line_b;
    ASSERT_TRUE(writer->WriteFrame(frame.stamp_ns, frame.bytes, frame.original_length).ok());
  }
  ASSERT_TRUE((*line_a)->Close().ok());
  ASSERT_TRUE((*line_b)->Close().ok());
}

std::string LiveSetup::ConfigText() const {
  std::string text;
  int group = 0;
  for (const FeedConfig& feed : feeds) {
    // Patient: a busy machine may hold a publisher up between line A and line B.
    absl::StrAppend(&text, "feed {\n  name: \"", feed.name, "\" codec: \"", feed.codec,
                    "\"\n  session { gap_timeout_us: 30000000 line_silent_us: 60000000 "
                    "jump_confirmations: 1 }\n");
    for (const ChannelConfig& channel : feed.channels) {
      absl::StrAppend(&text, "  channel {\n    id: ", channel.id, "\n");
      for (const LineConfig& line : channel.lines) {
        absl::StrAppend(&text, "    line { name: \"", line.name, "\" group: \"",
                        TestGroup(group++).ToString(), "\" interface: \"lo\" }\n");
      }
      absl::StrAppend(&text, "  }\n");
    }
    absl::StrAppend(&text, "}\n");
  }
  return absl::StrCat(text, "receiver { backend: \"", backend, "\" burst: ", burst,
                      " }\nstrategy_thread {\n  ring_updates: ", ring_updates,
                      "\n  strategy { name: \"", strategy, "\" parameters: \"", parameters,
                      "\" }\n}\n");
}

std::vector<std::string> LiveSetup::Destinations() const {
  // What a capture may hold and an option cannot name: datagrams without an address.
  if (feeds[0].channels[0].lines[0].subscription.group.port == 0) {
    return {absl::StrCat("--to=", TestGroup(0).ToString())};
  }
  std::vector<std::string> maps;
  int group = 0;
  for (const FeedConfig& feed : feeds) {
    for (const ChannelConfig& channel : feed.channels) {
      for (const LineConfig& line : channel.lines) {
        maps.push_back(absl::StrCat("--map=", line.subscription.group.ToString(), "=",
                                    TestGroup(group++).ToString()));
      }
    }
  }
  return maps;
}

std::string RateArgument() {
  const bool small = ::geteuid() != 0 && LargestSocketBuffer() < kSmallBufferBytes;
  return absl::StrCat("--rate=", (small ? kRateWithSmallBuffers : kRate) / kSlowdown);
}

std::unique_ptr<ChildProcess> StartRun(const std::string& config,
                                       const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"run", config};
  all.insert(all.end(), arguments.begin(), arguments.end());
  auto run = std::make_unique<ChildProcess>(kProgram, all);
  if (run->WaitForError("listening with")) return run;
  ADD_FAILURE() << "does not listen: " << run->Wait(std::chrono::seconds(1));
  return nullptr;
}

ChildResult Publish(const LiveSetup& setup, const std::string& capture) {
  std::vector<std::string> arguments{"publish", capture, "--interface=lo", "--flat-out",
                                     RateArgument()};
  const std::vector<std::string> destinations = setup.Destinations();
  arguments.insert(arguments.end(), destinations.begin(), destinations.end());
  return Feedhandler(arguments);
}

void ExpectLiveEqualsReplay(const std::string& capture, const std::string& codec,
                            const std::string& backend, int burst, const std::string& day) {
  const ScratchFolder folder;
  const std::string expected_path = folder / "replayed.csv";
  std::vector<std::string> replay{"replay", capture, "--updates=" + expected_path,
                                  "--without=ts_recv", "--metrics=" + (folder / "replay.prom")};
  if (!codec.empty()) replay.push_back("--codec=" + codec);
  if (!day.empty()) replay.push_back(day);
  const ChildResult replayed = Feedhandler(replay);
  // Samples of single messages lack all that was between them, which is said.
  const bool has_holes = absl::StrContains(replayed.error, "more was lost than delivered");
  ASSERT_EQ(replayed.exit_code, has_holes ? 1 : 0) << replayed;

  const std::string expected = ReadFile(expected_path);

  const absl::StatusOr<std::vector<FeedConfig>> feeds = DiscoverFeeds({capture}, codec);
  ASSERT_TRUE(feeds.ok()) << feeds.status();
  // Room for all, whenever the strategy runs; and no more, since every start writes all of it.
  const auto updates = static_cast<uint64_t>(absl::c_count(expected, '\n'));
  const std::string live_path = folder / "live.csv";
  const LiveSetup setup{.feeds = *feeds,
                        .backend = backend,
                        .burst = burst,
                        .strategy = "print",
                        .parameters = "without=ts_recv,output=" + live_path,
                        .ring_updates = std::bit_ceil(std::max<uint64_t>(updates, 1 << 14))};
  WriteFile(folder / "run.textproto", setup.ConfigText());
  std::vector<std::string> arguments{"--metrics=" + (folder / "live.prom")};
  if (!day.empty()) arguments.push_back(day);
  const auto run = StartRun(folder / "run.textproto", arguments);
  ASSERT_NE(run, nullptr);
  const ChildResult published = Publish(setup, capture);
  ASSERT_EQ(published.exit_code, 0) << published;

  std::error_code error;
  Eventually([&] { return std::filesystem::file_size(live_path, error) >= expected.size(); },
             kPatience / 3);
  run->Signal(SIGINT);
  const ChildResult ran = run->Wait();
  EXPECT_EQ(ran.exit_code, 0) << ran;
  const std::string live = ReadFile(live_path);
  EXPECT_TRUE(live == expected) << "replay and live run differ, first in "
                                << FirstDifference(expected, live) << "\nreplay: " << replayed
                                << "\nrun: " << ran << "\npublish: " << published;
  const std::string metrics = ReadFile(folder / "live.prom");
  EXPECT_EQ(AllDrops(metrics), AllDrops(ReadFile(folder / "replay.prom"))) << metrics;
  EXPECT_EQ(Metric(metrics, "receive_truncated_total"), 0) << metrics;
  for (const char* name : {"missing_messages_total", "messages_total", "gaps_total"}) {
    EXPECT_EQ(Metric(metrics, name), Metric(ReadFile(folder / "replay.prom"), name)) << name;
  }
}

}  // namespace fh::test
