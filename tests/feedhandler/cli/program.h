// The built program, and what it is given in these tests: captures of its own making, groups that
// no other test uses, and a live run next to a replay of the same capture.
//
//   const ChildResult result = Feedhandler({"replay", "day.pcap", "--updates=updates.csv"});
//   EXPECT_EQ(result.exit_code, 0) << result;
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_CLI_PROGRAM_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_CLI_PROGRAM_H_

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "feedhandler/config/config.h"
#include "feedhandler/synthetic/itch_files.h"
#include "rio/endpoint.h"
#include "tests/feedhandler/cli/child_process.h"

namespace fh::test {

// The environment may name another one (tests/mutants).
inline const char* const kProgram = [] {
  const char* other = std::getenv("FEEDHANDLER_TEST_PROGRAM");
  return other != nullptr ? other : FEEDHANDLER_PROGRAM;
}();
inline constexpr char kExamplePlugin[] = FEEDHANDLER_EXAMPLE_PLUGIN;
// Of the synthetic captures, whose messages do not say it.
inline constexpr char kSyntheticDay[] = "--day=2024-01-02";

inline const std::vector<std::string> kBackends{"recvmmsg", "io_uring", "io_uring_multishot"};

ChildResult Feedhandler(const std::vector<std::string>& arguments,
                        const std::string& input = "/dev/null");

// Why this host cannot run the backend, in the words of `feedhandler backends`; empty when it can.
std::string WhyNotAvailable(const std::string& backend);

// A multicast group and port of this process's own: the `index`th.
rio::Endpoint TestGroup(int index);

// The value of a metric, summed over all labels that hold `label`. Nothing when there is none.
std::optional<double> Metric(const std::string& text, const std::string& name,
                             const std::string& label = "");

// What was dropped in this program's reach, packets, messages and updates, of all layers whose labels
// hold `label`.
double AllDrops(const std::string& metrics, const std::string& label = "");

// A synthetic day on lines A and B, in a hurry: without heartbeats, 10 us from frame to frame, so
// that a reordered packet is late by as much as in a real one.
struct DayOptions {
  uint64_t seed = 1;
  uint64_t messages = 4000;
  uint32_t messages_per_packet = 4;
  double loss_a = 0;
  double loss_b = 0;
  double duplication = 0;
  double reordering = 0;
};

// How many messages neither line has.
uint64_t WriteDay(const std::string& path, const DayOptions& options);

// The same with the first seed, counted from `options.seed`, whose union is whole.
void WriteWholeDay(const std::string& path, DayOptions options);

// The first `frames` frames of a capture behind the first `skipped` ones, as a capture; `apart_ns`
// between them, or their own stamps when it is 0.
void CutCapture(const std::string& from, const std::string& to, uint64_t frames,
                int64_t apart_ns = 0, uint64_t skipped = 0);

// A day of WriteDay as two captures: the frames of line A, and those of line B.
void SplitByGroup(const std::string& from, const std::string& to_a, const std::string& to_b);

// The configuration of a live run of what a capture holds: every line on a group of ours.
struct LiveSetup {
  std::vector<FeedConfig> feeds;  // As `replay` finds them.
  std::string backend = "auto";
  int burst = 64;
  std::string strategy = "null";
  std::string parameters;
  uint64_t ring_updates = 1 << 20;

  std::string ConfigText() const;
  std::vector<std::string> Destinations() const;  // --map=... or --to=..., for `publish`.
};

// Datagrams a second that a busy machine still takes without loss.
std::string RateArgument();

// Starts `run` and returns once it listens; nullptr when it does not.
std::unique_ptr<ChildProcess> StartRun(const std::string& config,
                                       const std::vector<std::string>& arguments);

// Publishes the capture to the groups of `setup` over loopback.
ChildResult Publish(const LiveSetup& setup, const std::string& capture);

// Plays the capture to `run` and compares the updates with those of `replay`, byte for byte but for
// receive times. Failures are gtest failures.
void ExpectLiveEqualsReplay(const std::string& capture, const std::string& codec,
                            const std::string& backend, int burst, const std::string& day = "");

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_CLI_PROGRAM_H_
