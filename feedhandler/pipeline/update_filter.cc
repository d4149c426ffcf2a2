#include "feedhandler/pipeline/update_filter.h"

#include <algorithm>
#include <cassert>

namespace fh {
namespace {

constexpr size_t kVerdicts = 8192;  // A power of two.

size_t SlotOf(uint64_t instrument) {
  return (instrument * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (kVerdicts - 1);
}

bool Less(const codecs::Symbol& a, const codecs::Symbol& b) { return a.bytes < b.bytes; }

}  // namespace

UpdateFilter::UpdateFilter(const UpdateWish& wish) : wish_(wish) {
  for (const std::string& symbol : wish.symbols) symbols_.emplace_back(symbol);
  std::sort(symbols_.begin(), symbols_.end(), Less);
  if (!symbols_.empty()) {
    verdicts_.resize(kVerdicts);
    leaves_out_ = true;
  }
}

void UpdateFilter::AddChannel(uint16_t id, const codecs::InstrumentStore* instruments) {
  if (channels_.size() <= id) channels_.resize(id + size_t{1});
  channels_[id] = {.instruments = instruments, .is_wanted = wish_.WantsChannel(id)};
  leaves_out_ |= !channels_[id].is_wanted;
}

bool UpdateFilter::IsWanted(const Channel& channel, const codecs::NormalizedUpdate& update) {
  const uint32_t id = update.instrument_id;
  if (id == FH_ALL_INSTRUMENTS || id == FH_UNKNOWN_INSTRUMENT) return true;
  if (channel.instruments == nullptr) return true;
  const uint64_t instrument = uint64_t{update.channel_id} << 32 | id;
  if (update.record == FH_RECORD_DEFINITION) return true;
  Verdict& verdict = verdicts_[SlotOf(instrument)];
  // Before the name, so that a definition between the two is seen at the next update.
  const uint64_t changes = channel.instruments->changes();
  if (verdict.instrument != instrument || verdict.changes != changes) [[unlikely]] {
    const codecs::Symbol name = channel.instruments->Name(id);
    verdict = {.instrument = instrument,
               .changes = changes,
               .is_wanted = name == codecs::Symbol() ||
                            std::binary_search(symbols_.begin(), symbols_.end(), name, Less)};
  }
  return verdict.is_wanted;
}

bool UpdateFilter::Passes(const codecs::NormalizedUpdate& update) {
  assert(WantsOf(update.channel_id) == Wants::kSome);
  Channel& channel = channels_[update.channel_id];
  const bool is_last = (update.flags & FH_FLAG_LAST) != 0;
  if (!IsWanted(channel, update) && !(is_last && channel.is_open)) return false;
  channel.is_open = !is_last;
  return true;
}

}  // namespace fh
