#include "feedhandler/strategy/count.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "codecs/update_names.h"
#include "feedhandler/strategy/parameters.h"

namespace fh {

namespace {

constexpr std::string_view kActionLetters = "AMCRTFN";

static_assert(std::endian::native == std::endian::little, "UpdateHash masks words");

// Odd constants, one a word, so that equal words in different places do not cancel out.
constexpr uint64_t kKeys[8] = {0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb,
                               0xd6e8feb86659fd93, 0xa0761d6478bd642f, 0xe7037ed1a0b428db,
                               0x8ebc6af09c88c6e3, 0x589965cc75374cc3};

uint64_t Mix(uint64_t word, uint64_t key) {
  const uint64_t product = (word ^ (key >> 7)) * key;
  return product ^ (product >> 32);
}

uint64_t Word(const codecs::NormalizedUpdate& update, size_t index) {
  uint64_t word;
  std::memcpy(&word, reinterpret_cast<const char*>(&update) + 8 * index, sizeof(word));
  return word;
}
static_assert(offsetof(fh_update, ts_recv_ns) == 3 * 8);
static_assert(offsetof(fh_update, published_ns32) == 7 * 8 + 4);

constexpr std::array<uint8_t, 256> ActionPlaces() {
  std::array<uint8_t, 256> places;
  places.fill(static_cast<uint8_t>(kActionLetters.size()));
  for (uint8_t i = 0; i < kActionLetters.size(); ++i) {
    places[static_cast<uint8_t>(kActionLetters[i])] = i;
  }
  return places;
}
constexpr std::array<uint8_t, 256> kActionPlaces = ActionPlaces();

}  // namespace

void UpdateHash::Add(const codecs::NormalizedUpdate& update) {
  // Words are read one by one: through a copied structure they would wait for its stores. They mix
  // independently of each other; only the last step waits for the update before.
  constexpr uint64_t kTimeDoubt = uint64_t{FH_FLAG_BAD_TS_RECV} << 8 * offsetof(fh_update, flags);
  uint64_t sum = Mix(0, kKeys[3]);  // Instead of ts_recv_ns.
  sum += Mix(Word(update, 0) & ~kTimeDoubt, kKeys[0]);
  sum += Mix(Word(update, 1), kKeys[1]) + Mix(Word(update, 2), kKeys[2]);
  sum += Mix(Word(update, 4), kKeys[4]) + Mix(Word(update, 5), kKeys[5]);
  sum += Mix(Word(update, 6), kKeys[6]);
  sum += Mix(Word(update, 7) & UINT32_MAX, kKeys[7]);  // Without published_ns32.
  state_ = (std::rotl(state_, 29) ^ sum) * kKeys[0] + kKeys[1];
}

std::unique_ptr<CountStrategy> CountStrategy::Create(Host, std::string_view text,
                                                     std::string& error) {
  Parameters parameters(text);
  const bool hash = parameters.Switch("hash", true);
  const bool detail = parameters.Switch("detail", true);
  error = parameters.Error();
  if (!error.empty()) return nullptr;
  return std::unique_ptr<CountStrategy>(new CountStrategy(hash, detail));
}

CountStrategy::CountStrategy(bool hash, bool detail)
    : hash_(hash), detail_(detail), places_(UINT16_MAX + 1) {
  channels_.reserve(kMaxChannels);
}

CountStrategy::Channel& CountStrategy::Find(uint16_t channel_id) {
  uint16_t& place = places_[channel_id];
  if (place == 0) {
    if (channels_.size() < kMaxChannels) {
      channels_.emplace_back();
      channels_.back().id = channel_id;
    }
    place = static_cast<uint16_t>(channels_.size());
  }
  return channels_[place - 1u];
}

void CountStrategy::Add(const codecs::NormalizedUpdate& update, Channel& channel) {
  const size_t record = update.record < kRecords ? update.record : 0;
  ++channel.counts[record][kActionPlaces[static_cast<uint8_t>(update.action)]];
  if (update.record == FH_RECORD_TRADE && update.action == FH_ACTION_TRADE) {
    channel.volume += update.trade.size;
  } else if (update.record == FH_RECORD_ORDER && update.action == FH_ACTION_FILL) {
    channel.filled += update.order.size;
  } else if (update.record == FH_RECORD_GAP) {
    channel.missing += update.gap.count;
  }
  if (hash_) channel.hash.Add(update);
}

void CountStrategy::OnUpdates(std::span<const codecs::NormalizedUpdate> updates) {
  Channel* channel = nullptr;
  int channel_id = -1;
  for (const codecs::NormalizedUpdate& update : updates) {
    if (update.channel_id != channel_id) {
      channel_id = update.channel_id;
      channel = &Find(update.channel_id);
    }
    Add(update, *channel);
  }
}

CountStrategy::Totals CountStrategy::totals() const {
  constexpr size_t kTrade = kActionLetters.find('T');
  constexpr size_t kFill = kActionLetters.find('F');
  constexpr size_t kCancel = kActionLetters.find('C');
  Totals totals;
  for (const Channel& channel : channels_) {
    for (const auto& actions : channel.counts) {
      for (const uint64_t count : actions) totals.updates += count;
    }
    totals.trades += channel.counts[FH_RECORD_TRADE][kTrade];
    totals.broken += channel.counts[FH_RECORD_TRADE][kCancel];
    totals.fills += channel.counts[FH_RECORD_ORDER][kFill];
    for (const uint64_t count : channel.counts[FH_RECORD_GAP]) totals.gaps += count;
    totals.volume += channel.volume;
    totals.filled += channel.filled;
    totals.missing += channel.missing;
    totals.hash += Mix(channel.hash.value(), kKeys[2] + 2 * uint64_t{channel.id});
  }
  return totals;
}

std::string CountStrategy::ChannelLine(const Channel& channel) const {
  uint64_t updates = 0;
  std::string counts;
  for (size_t record = 0; record < kRecords; ++record) {
    for (size_t action = 0; action < kActions; ++action) {
      const uint64_t count = channel.counts[record][action];
      if (count == 0) continue;
      updates += count;
      const std::string_view name = codecs::NameOf(codecs::kRecordNames, record);
      absl::StrAppend(&counts, " ", name.empty() ? "other" : std::string(name), ".",
                      action < kActionLetters.size()
                          ? absl::string_view(kActionLetters.data() + action, 1)
                          : absl::string_view("other"),
                      "=", count);
    }
  }
  std::string line = absl::StrCat("channel ", channel.id, ": updates=", updates, counts);
  if (hash_) absl::StrAppend(&line, " hash=", absl::Hex(channel.hash.value(), absl::kZeroPad16));
  return line;
}

std::string CountStrategy::Summary() {
  const Totals all = totals();
  std::string text = absl::StrCat("updates=", all.updates, " trades=", all.trades,
                                  " volume=", all.volume, " fills=", all.fills);
  absl::StrAppend(&text, " filled=", all.filled, " broken=", all.broken, " gaps=", all.gaps,
                  " missing=", all.missing);
  if (hash_) absl::StrAppend(&text, " hash=", absl::Hex(all.hash, absl::kZeroPad16));
  if (!detail_) return text;
  std::vector<const Channel*> sorted;
  for (const Channel& channel : channels_) sorted.push_back(&channel);
  std::sort(sorted.begin(), sorted.end(),
            [](const Channel* a, const Channel* b) { return a->id < b->id; });
  for (const Channel* channel : sorted) absl::StrAppend(&text, "\n", ChannelLine(*channel));
  return text;
}

}  // namespace fh
