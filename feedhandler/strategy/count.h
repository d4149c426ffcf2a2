// The built-in strategy `count`: what came, how often, and a hash that tells whether two runs saw
// the same.
//
//   count  hash=on|off, detail=on|off
//
//   updates=1000042 trades=8125 volume=1822500 fills=8001 filled=1801300 broken=0 gaps=0 missing=0
//   hash=0f3a...
//   channel 1: updates=1000042 definition.N=5 order.A=487113 ... hash=...
//
// volume is the sum of T (the one rule for executions, codecs/update_abi.h), filled the sum of F,
// broken the trades that the venue took back.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_COUNT_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_COUNT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/update.h"
#include "feedhandler/strategy/strategy.h"

namespace fh {

// A hash of one channel's updates in order. Left out is what differs from run to run: ts_recv_ns,
// published_ns32, and the flag BAD_TS_RECV. The same on every little-endian machine.
class UpdateHash {
 public:
  void Add(const codecs::NormalizedUpdate& update);
  uint64_t value() const { return state_; }

 private:
  uint64_t state_ = 0x6a09e667f3bcc908;
};

class CountStrategy {
 public:
  static constexpr char kName[] = "count";
  static constexpr char kHelp[] =
      "Counts updates by record, action and channel, adds up traded volume, and hashes all updates "
      "but for receive times. Parameters: hash=on|off (on), detail=on|off (on): a line for each "
      "channel.";

  struct Totals {
    uint64_t updates = 0;
    uint64_t trades = 0;
    uint64_t volume = 0;
    uint64_t fills = 0;
    uint64_t filled = 0;
    uint64_t broken = 0;
    uint64_t gaps = 0;
    uint64_t missing = 0;
    // The sum of the channels' hashes, each mixed with its id: channels come in any order.
    uint64_t hash = 0;
  };

  static std::unique_ptr<CountStrategy> Create(Host host, std::string_view parameters,
                                               std::string& error);

  void OnUpdates(std::span<const codecs::NormalizedUpdate> updates);
  std::string Summary();

  Totals totals() const;  // After the last update.

 private:
  static constexpr size_t kRecords = 16;  // FH_RECORD_* below it; the rest is counted as 0.
  static constexpr size_t kActions = 8;   // kActionLetters, then "other".
  // Channels that are told apart; all further ones share the last place.
  static constexpr size_t kMaxChannels = 512;

  struct Channel {
    uint16_t id = 0;
    UpdateHash hash;
    std::array<std::array<uint64_t, kActions>, kRecords> counts{};
    uint64_t volume = 0;
    uint64_t filled = 0;
    uint64_t missing = 0;
  };

  CountStrategy(bool hash, bool detail);
  Channel& Find(uint16_t channel_id);
  void Add(const codecs::NormalizedUpdate& update, Channel& channel);
  std::string ChannelLine(const Channel& channel) const;

  const bool hash_;
  const bool detail_;
  std::vector<uint16_t> places_;  // Index = channel id; value = place in channels_ plus 1, 0 = new.
  std::vector<Channel> channels_;  // Reserved at start: nothing is allocated later.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_COUNT_H_
