// What of a feed thread's updates one strategy thread wants: some channels, and of those all
// instruments or some, by name. Asked by the UpdatePublisher before the ring, so that nothing unwanted
// takes a slot or crosses to another core.
//
//   UpdateFilter filter({.channels = {1, 2}, .symbols = {"AAPL"}});
//   filter.AddChannel(1, &instruments);                     // Each channel that there may be, and
//   publisher.SetFilter(0, std::move(filter));              // the names of its instruments.
//
// Of a wanted channel these pass whatever the names: what concerns all instruments (sessions, gaps,
// clears), definitions, and records of instruments that have no name yet, or cannot be named: a name
// may come late, and what is wanted is not to be missing because it did. And the record that ends an
// event of which another one passed, since it carries FH_FLAG_LAST.
//
// The feed thread's own. Whole channels cost a look into an array a packet. Names cost some 4 ns an
// update: verdicts on the instruments that were seen lately are kept, and looked up again (100 to 200
// ns) when an instrument of that store was defined since. The constructor and AddChannel allocate,
// nothing else does.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_FILTER_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_FILTER_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "codecs/instrument_store.h"
#include "codecs/update.h"
#include "feedhandler/config/config.h"

namespace fh {

class UpdateFilter {
 public:
  explicit UpdateFilter(const UpdateWish& wish);

  // `instruments` outlives the filter; null: the channel's instruments have no names. A channel that
  // was not added is not wanted.
  void AddChannel(uint16_t id, const codecs::InstrumentStore* instruments);

  // Whether anything of the channels that were added is left out.
  bool LeavesOut() const { return leaves_out_; }

  enum class Wants : uint8_t { kNothing, kSome, kAll };
  Wants WantsOf(uint16_t channel_id) const {
    if (channel_id >= channels_.size() || !channels_[channel_id].is_wanted) return Wants::kNothing;
    return symbols_.empty() ? Wants::kAll : Wants::kSome;
  }

  // Whether the update passes. Of a channel of which some is wanted; every update of it is asked for,
  // in their order.
  bool Passes(const codecs::NormalizedUpdate& update);

 private:
  struct Channel {
    const codecs::InstrumentStore* instruments = nullptr;
    bool is_wanted = false;
    bool is_open = false;  // Something of the event at hand passed, and not its end.
  };

  // What was found out of one instrument.
  struct Verdict {
    uint64_t instrument = UINT64_MAX;  // Channel and id.
    uint64_t changes = 0;              // Of the store, then.
    bool is_wanted = false;
  };

  bool IsWanted(const Channel& channel, const codecs::NormalizedUpdate& update);

  const UpdateWish wish_;
  std::vector<codecs::Symbol> symbols_;  // Sorted.
  std::vector<Channel> channels_;        // Index = id.
  std::vector<Verdict> verdicts_;        // By a hash of the instrument.
  bool leaves_out_ = false;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_FILTER_H_
