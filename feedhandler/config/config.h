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

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codecs/place_rule.h"
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
  uint16_t streams = 0;    // Most at a time; 0 = as many as the codec's venue calls for.
  size_t feed_thread = 0;  // Index into Config::feed_threads.
  std::optional<uint16_t> live_channel = {};  // Of role kSnapshot: whose books; none: not said.
};

struct FeedConfig {
  std::string name;
  std::string codec;        // The registry has it.
  std::string schema = {};  // A path; empty: none.
  std::vector<ChannelConfig> channels;
  SessionOptions session;  // Of every channel; `lines` is left to each channel's lines.size().
  // That an index of each channel has room for; 0 = no index. Not set: one if the codec needs it.
  std::optional<uint32_t> orders = {};
  uint32_t instruments = 0;  // That a store has room for; 0 = as many as the venue calls for.
};

// Of a channel that does not say, where the venue has several streams on a line.
inline constexpr uint16_t kDefaultStreams = 8;

// How many streams the channel's sessions are to be made for. Precondition: the registry has the codec.
uint16_t StreamsOf(const FeedConfig& feed, const ChannelConfig& channel);

// Instruments that a store of the feed has room for. Precondition: the registry has the codec.
uint32_t InstrumentsOf(const FeedConfig& feed);

// Orders that an index of each channel has room for; 0 = no index. Precondition: the registry has the
// codec.
uint32_t OrdersOf(const FeedConfig& feed);

// Slices that the sessions of all channels may hold at a time, or those of one feed thread.
uint64_t HeldSlices(const std::vector<FeedConfig>& feeds,
                    std::optional<size_t> feed_thread = std::nullopt);

// All lines in the order of the file: feeds, channels, lines; or those of one feed thread.
std::vector<rio::Subscription> SubscriptionsOf(const std::vector<FeedConfig>& feeds,
                                               std::optional<size_t> feed_thread = std::nullopt);

struct ReceiverConfig {
  std::string backend;  // "auto" or a backend's name.
  rio::RegionOptions region;
  // Its subscriptions are the lines of its feed thread (SubscriptionsOf).
  rio::ReceiverOptions options;
};

// A thread that receives, arbitrates and decodes.
struct FeedThreadConfig {
  std::string name = {};  // As feeds call it; empty where there is but one and nobody does.
  ThreadOptions thread;
  ReceiverConfig receiver;
};

struct StrategyConfig {
  std::string name;  // A built-in strategy, or the path of a shared library.
  std::string parameters;
  std::string place = {};  // As of a line.
};

// What a strategy thread wants of what there is; see config.proto.
struct UpdateWish {
  std::vector<uint16_t> channels = {};    // Ids; none: all.
  std::vector<std::string> symbols = {};  // None: all.

  bool WantsChannel(uint16_t id) const {
    return channels.empty() || std::find(channels.begin(), channels.end(), id) != channels.end();
  }
};

// The order books of a strategy thread; see config.proto.
struct BooksConfig {
  std::vector<std::string> symbols = {};  // None: all.
  std::vector<uint16_t> channels = {};    // Ids; none: all of the thread's live streams.
  uint8_t depth = 0;                      // Levels a side of level books; 0 = as definitions say.
  uint32_t instruments = 1 << 14;
  uint32_t orders = 1 << 20;
  uint32_t levels = 0;                             // 0: in proportion to instruments.
  std::optional<codecs::PlaceRule> priority = {};  // Empty: the codec's.
  bool publish_doubtful = true;
  bool top_records = true;
  bool fill_in = true;
  bool heal = true;                // By images, where the thread listens to channels of them.
  uint32_t heal_log = 1 << 16;     // Updates of each live channel.
  uint32_t heal_images = 1 << 16;  // Records of images.
};

// The live channel whose books the images of a channel are, which heal them: the one that it names, or the
// feed's only one. None for other channels, where ids of the two need not be the same, and where several
// could be meant.
std::optional<uint16_t> LiveChannelOf(const FeedConfig& feed, const ChannelConfig& channel);

// When a modified order of the feed's venue keeps its place.
codecs::PlaceRule PlaceRuleOf(const FeedConfig& feed);

struct StrategyThreadConfig {
  ThreadOptions thread;
  uint64_t ring_updates = 65536;  // A power of two.
  std::vector<StrategyConfig> strategies;
  UpdateWish wish = {};
  std::optional<BooksConfig> books = {};  // None: no books are kept.
};

struct Config {
  std::vector<FeedConfig> feeds;
  std::vector<FeedThreadConfig> feed_threads = std::vector<FeedThreadConfig>(1);  // At least one.
  std::vector<StrategyThreadConfig> strategy_threads;
  std::optional<rio::Endpoint> http = {};  // Where pages are served; port 0: any. Not set: nowhere.
  // What is allowed but seldom meant, with its place: file:line:column: ...
  std::vector<std::string> warnings;
};

// The books of the first strategy thread that keeps any, for verbs that keep books of their own of the same
// feeds: the venue's depth and the rule for places are said there. As they are by default where none does.
BooksConfig BooksOf(const Config& config);

// What a configuration is checked against.
struct ConfigHost {
  int cpus = 0;                       // CPUs of the machine; 0 = CPU numbers are not checked.
  std::vector<std::string> backends;  // Names that exist; empty = names are not checked.
  std::string backend;                // Instead of the one that the file names; empty = the file's.
  // Without: strategies come from elsewhere, and a file that has none is all right.
  bool needs_strategies = true;
};

// Errors: NotFound and FailedPrecondition for the file, InvalidArgument for what is in it.
absl::StatusOr<Config> LoadConfig(const std::string& path, const ConfigHost& host);

// `source_name` stands before line and column in errors.
absl::StatusOr<Config> ParseConfig(absl::string_view text, absl::string_view source_name,
                                   const ConfigHost& host);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_CONFIG_CONFIG_H_
