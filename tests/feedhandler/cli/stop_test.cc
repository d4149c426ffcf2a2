// How a live run ends: by itself, or asked to, and then with everything that had arrived.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "feedhandler/inspect/discover.h"
#include "tests/feedhandler/cli/program.h"

namespace fh::test {
namespace {

constexpr uint64_t kMessages = 2300;

// A small day, its replay, and a configuration that prints what arrives to a file.
class Stop : public testing::Test {
 protected:
  void SetUp() override { Prepare({.seed = 7, .messages = kMessages, .messages_per_packet = 20}); }

  void Prepare(const DayOptions& day) {
    WriteDay(capture_, day);
    const ChildResult replayed =
        Feedhandler({"replay", capture_, "--updates=" + (folder_ / "replayed.csv"),
                     "--without=ts_recv", kSyntheticDay});
    ASSERT_EQ(replayed.exit_code, 0) << replayed;
    expected_ = ReadFile(folder_ / "replayed.csv");
    const auto feeds = DiscoverFeeds({capture_}, "");
    ASSERT_TRUE(feeds.ok()) << feeds.status();
    setup_.feeds = *feeds;
    PrintTo(live_);
  }

  void PrintTo(const std::string& file) {
    setup_.strategy = "print";
    setup_.parameters = "without=ts_recv,output=" + file;
    WriteFile(config_, setup_.ConfigText());
  }

  bool Arrived() {
    std::error_code error;
    return std::filesystem::file_size(live_, error) >= expected_.size() && !error;
  }

  void PublishAll() {
    const ChildResult published = Publish(setup_, capture_);
    ASSERT_EQ(published.exit_code, 0) << published;
  }

  // Datagrams' bytes that wait in the sockets of our lines, as the kernel counts them.
  uint64_t BytesWaiting() const {
    uint64_t bytes = 0;
    std::ifstream table("/proc/net/udp");
    const std::string ports[] = {absl::StrFormat(":%04X ", TestGroup(0).port),
                                 absl::StrFormat(":%04X ", TestGroup(1).port)};
    for (std::string line; std::getline(table, line);) {
      const bool ours = absl::StrContains(line, ports[0]) || absl::StrContains(line, ports[1]);
      unsigned sent = 0;
      unsigned received = 0;
      const size_t queues = line.find(" 07 ");
      if (!ours || queues == std::string::npos) continue;
      if (std::sscanf(line.c_str() + queues, " 07 %x:%x", &sent, &received) == 2) bytes += received;
    }
    return bytes;
  }

  // The kernel has brought to the sockets whatever was on its way.
  bool NothingOnItsWay() {
    constexpr int kCalmLooks = 20;
    uint64_t before = 0;
    int calm = 0;
    return Eventually([&] {
      const uint64_t now = BytesWaiting();
      calm = now == before && now != 0 ? calm + 1 : 0;
      before = now;
      return calm == kCalmLooks;
    });
  }

  ScratchFolder folder_;
  const std::string capture_ = folder_ / "day.pcap";
  const std::string live_ = folder_ / "live.csv";
  const std::string config_ = folder_ / "run.textproto";
  LiveSetup setup_;
  std::string expected_;
};

class StopBySignal : public Stop,
                     public testing::WithParamInterface<std::tuple<std::string, int>> {};

// The program does nothing while everything arrives, and is then asked to stop.
TEST_P(StopBySignal, DeliversWhatHadArrived) {
  const auto& [backend, signal] = GetParam();
  if (const std::string reason = WhyNotAvailable(backend); !reason.empty()) {
    GTEST_SKIP() << "skipped: " << reason;
  }
  setup_.backend = backend;
  PrintTo(live_);
  const auto run = StartRun(config_, {kSyntheticDay});
  ASSERT_NE(run, nullptr);
  run->Signal(SIGSTOP);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  ASSERT_TRUE(NothingOnItsWay());
  run->Signal(signal);
  run->Signal(SIGCONT);
  const ChildResult result = run->Wait();
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(ReadFile(live_) == expected_) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "messages delivered as")) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "Latency by stage")) << result;
}

INSTANTIATE_TEST_SUITE_P(EveryBackend, StopBySignal,
                         testing::Combine(testing::ValuesIn(kBackends),
                                          testing::Values(SIGINT, SIGTERM, SIGHUP)),
                         [](const auto& test) {
                           const int signal = std::get<1>(test.param);
                           return std::get<0>(test.param) + (signal == SIGINT    ? "_SIGINT"
                                                             : signal == SIGTERM ? "_SIGTERM"
                                                                                 : "_SIGHUP");
                         });

TEST_F(Stop, ByTheNumberOfMessages) {
  const auto run = StartRun(config_, {absl::StrCat("--messages=", kMessages), kSyntheticDay});
  ASSERT_NE(run, nullptr);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  const ChildResult result = run->Wait();
  EXPECT_EQ(result.exit_code, 0) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "2,300 messages delivered")) << result;
  // All but what may follow the last message: the end of the session.
  const std::string live = ReadFile(live_);
  EXPECT_TRUE(absl::StartsWith(expected_, live)) << result;
  EXPECT_GT(live.size() + 200, expected_.size()) << result;
}

TEST_F(Stop, ByTime) {
  const auto run = StartRun(config_, {"--seconds=0.1"});
  ASSERT_NE(run, nullptr);
  const ChildResult result = run->Wait();
  EXPECT_EQ(result.exit_code, 1) << result;  // Nothing came.
  EXPECT_TRUE(absl::StrContains(result.error, "0 messages delivered")) << result;
}

TEST_F(Stop, WhenNothingEverArrives) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const auto run = StartRun(config_, {});
    ASSERT_NE(run, nullptr);
    run->Signal(signal);
    const ChildResult result = run->Wait();
    EXPECT_EQ(result.exit_code, 1) << result;
    EXPECT_TRUE(absl::StrContains(result.error, "no packet came on any line")) << result;
  }
}

// Whether a thread of the process has this name.
bool HasThread(pid_t pid, const std::string& name) {
  std::error_code error;
  for (const auto& task :
       std::filesystem::directory_iterator(absl::StrCat("/proc/", pid, "/task"), error)) {
    if (ReadFile(task.path() / "comm") == name + "\n") return true;
  }
  return false;
}

// A signal that was sent is taken once none is pending any more.
bool HasNoPendingSignal(pid_t pid) {
  return absl::StrContains(ReadFile(absl::StrCat("/proc/", pid, "/status")),
                           "ShdPnd:\t0000000000000000");
}

// A strategy that cannot go on keeps a clean stop waiting; who asks twice need not wait.
TEST_F(Stop, AtOnceWhenAskedTwice) {
  Prepare({.seed = 8, .messages = 20'000});
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::fstream reader(pipe, std::ios::in | std::ios::out);  // That never reads.
  PrintTo(pipe);
  const auto run = StartRun(config_, {kSyntheticDay});
  ASSERT_NE(run, nullptr);
  ASSERT_NO_FATAL_FAILURE(PublishAll());
  run->Signal(SIGINT);
  ASSERT_TRUE(Eventually([&] { return !HasThread(run->pid(), "fh-feed"); }));
  EXPECT_TRUE(run->Running()) << run->Wait();
  run->Signal(SIGINT);
  const ChildResult result = run->Wait();
  EXPECT_EQ(result.signal, SIGINT) << result;
}

// Who reads a pipe that brings nothing more is not kept from ending.
TEST_F(Stop, OfAReplayThatWaitsForItsInputWhenAskedTwice) {
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::fstream writer(pipe, std::ios::in | std::ios::out);
  const std::string start = ReadFile(capture_).substr(0, 10'000);
  writer.write(start.data(), static_cast<std::streamsize>(start.size())).flush();
  ChildProcess replay(kProgram, {"replay", "-", "--codec=itch50", "--line=239.255.1.1:26400"},
                      pipe);
  ASSERT_TRUE(Eventually([&] { return HasThread(replay.pid(), "fh-feed"); }));
  replay.Signal(SIGINT);
  ASSERT_TRUE(Eventually([&] { return HasNoPendingSignal(replay.pid()); }));
  replay.Signal(SIGINT);
  const ChildResult result = replay.Wait();
  EXPECT_TRUE(result.signal == SIGINT || result.exit_code == 1) << result;
}

// Reads what a pipe brings until the child has ended.
std::string ReadUntilEnd(int pipe, ChildProcess& child) {
  std::string all;
  std::vector<char> buffer(1 << 16);
  Eventually([&] {
    const bool running = child.Running();
    ssize_t got = 0;
    while ((got = ::read(pipe, buffer.data(), buffer.size())) > 0) {
      all.append(buffer.data(), static_cast<size_t>(got));
    }
    return !running;
  });
  return all;
}

TEST_F(Stop, OfAReplayIsToldApartFromItsEnd) {
  Prepare({.seed = 9, .messages = 200'000});
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int pipe = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  ChildProcess replay(
      kProgram, {"replay", capture_, "--updates=" + path, "--without=ts_recv", kSyntheticDay});
  char first = 0;
  ASSERT_TRUE(Eventually([&] { return ::read(pipe, &first, 1) == 1; }));
  // It has begun, and cannot end before the pipe is read.
  replay.Signal(SIGINT);
  ASSERT_TRUE(Eventually([&] { return HasNoPendingSignal(replay.pid()); }));
  const std::string updates = first + ReadUntilEnd(pipe, replay);
  ::close(pipe);
  const ChildResult result = replay.Wait();
  EXPECT_EQ(result.exit_code, 1) << result;
  EXPECT_TRUE(absl::StrContains(result.error, "stopped before the end")) << result;
  EXPECT_LT(updates.size(), expected_.size());
  EXPECT_EQ(updates.back(), '\n');
}

}  // namespace
}  // namespace fh::test
