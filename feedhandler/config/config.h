// The configuration file of `feedhandler run`: Protobuf text format after config.proto, which is
// the manual of its keys.
//
//   absl::StatusOr<Config> config = LoadConfig("itch.textproto", {.cpus = ConfiguredCpus()});
//   if (!config.ok()) Print(config.status().message());
//   // itch.textproto:12:3: unknown key "ring_update"; did you mean "ring_updates"? strategy_thread
//   // takes: thread, ring_updates, strategy
//   for (const std::string& warning : config->warnings) Print(warning);
//
// What comes back is complete: defaults filled in, addresses parsed, and every option in the
// structure that the layer which uses it takes. All errors of a file are reported together, a line
// each, as file:line:column: key: what is wrong and what to do.
//
// Main thread, before anything runs; allocates and reads one file.
#ifndef FEEDHANDLER_FEEDHANDLER_CONFIG_CONFIG_H_
#define FEEDHANDLER_FEEDHANDLER_CONFIG_CONFIG_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "feedhandler/session/session_types.h"
#include "feedhandler/threads/thread_setup.h"
#include "rio/backend.h"
#include "rio/memory/region.h"

namespace fh {

// Feed::orders.
inline constexpr uint32_t kMostOrders = 1 << 26;

// A larger file is refused.
inline constexpr size_t kMaxConfigBytes = 1 << 20;

// One line of a channel.
struct LineConfig {
  std::string name;
  rio::Subscription subscription;
  std::string place = {};       // Of its group: "itch.textproto:5:12"; empty when no file names it.
  bool retransmission = false;  // It brings what was asked for again; see config.proto.
};

struct ChannelConfig {
  uint16_t id = 0;
  std::vector<LineConfig> lines;  // 1 to kMaxSessionLines.
  codecs::ChannelRole role = codecs::ChannelRole::kIncremental;
  uint16_t streams = 0;  // Most at a time; 0 = as many as the codec's venue calls for.
};

struct FeedConfig {
  std::string name;
  std::string codec;        // The registry has it.
  std::string schema = {};  // A path; empty: none.
  std::vector<ChannelConfig> channels;
  SessionOptions session;    // Of every channel; `lines` is left to each channel's lines.size().
  uint32_t orders = 0;       // That an index of each channel has room for; 0 = no index.
  uint32_t instruments = 0;  // That a store has room for; 0 = as many as the venue calls for.
};

// Of a channel that does not say, where the venue has several streams on a line.
inline constexpr uint16_t kDefaultStreams = 8;

// How many streams the channel's sessions are to be made for. Precondition: the registry has the codec.
uint16_t StreamsOf(const FeedConfig& feed, const ChannelConfig& channel);

// Instruments that a store of the feed has room for. Precondition: the registry has the codec.
uint32_t InstrumentsOf(const FeedConfig& feed);

// Slices that the sessions of all channels may hold at a time.
uint64_t HeldSlices(const std::vector<FeedConfig>& feeds);

struct ReceiverConfig {
  std::string backend;  // "auto" or a backend's name.
  rio::RegionOptions region;
  // Its subscriptions are all lines in the order of the file: feeds, channels, lines.
  rio::ReceiverOptions options;
};

struct StrategyConfig {
  std::string name;  // A built-in strategy, or the path of a shared library.
  std::string parameters;
  std::string place = {};  // As of a line.
};

struct StrategyThreadConfig {
  ThreadOptions thread;
  uint64_t ring_updates = 65536;  // A power of two.
  std::vector<StrategyConfig> strategies;
};

struct Config {
  std::vector<FeedConfig> feeds;
  ReceiverConfig receiver;
  ThreadOptions feed_thread;
  std::vector<StrategyThreadConfig> strategy_threads;
  // What is allowed but seldom meant, with its place: file:line:column: ...
  std::vector<std::string> warnings;
};

// What a configuration is checked against.
struct ConfigHost {
  int cpus = 0;                       // CPUs of the machine; 0 = CPU numbers are not checked.
  std::vector<std::string> backends;  // Names that exist; empty = names are not checked.
  std::string backend;                // Instead of the one that the file names; empty = the file's.
};

// Errors: NotFound and FailedPrecondition for the file, InvalidArgument for what is in it.
absl::StatusOr<Config> LoadConfig(const std::string& path, const ConfigHost& host);

// `source_name` stands before line and column in errors.
absl::StatusOr<Config> ParseConfig(absl::string_view text, absl::string_view source_name,
                                   const ConfigHost& host);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_CONFIG_CONFIG_H_
