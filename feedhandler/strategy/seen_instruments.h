// Which instruments a strategy was given updates of, to say what there is when one that is wanted was
// not among them.
//
//   SeenInstruments seen({"AAPL"});
//   seen.Note(updates);                               // OnUpdates.
//   std::string wrong = seen.Missing(host);           // OnStop: "no update of AAPL; there are: MSFT, ..."
//
// The strategy's thread. Note costs a look into a hash table an update, and allocates for an instrument
// that is new; without symbols it costs nothing.
#ifndef FEEDHANDLER_FEEDHANDLER_STRATEGY_SEEN_INSTRUMENTS_H_
#define FEEDHANDLER_FEEDHANDLER_STRATEGY_SEEN_INSTRUMENTS_H_

#include <algorithm>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "codecs/update.h"
#include "feedhandler/strategy/strategy.h"

namespace fh {

// By what an instrument can be asked for: its name, or its id where nothing has named it.
inline std::string NameOrId(const Host& host, uint16_t channel_id, uint32_t instrument_id) {
  std::string name = host.Symbol(channel_id, instrument_id);
  return name.empty() ? absl::StrCat(instrument_id) : name;
}

class SeenInstruments {
 public:
  explicit SeenInstruments(std::vector<std::string> symbols) : symbols_(std::move(symbols)) {}

  void Note(std::span<const codecs::NormalizedUpdate> updates) {
    if (symbols_.empty()) return;
    for (const codecs::NormalizedUpdate& update : updates) {
      if (update.instrument_id == FH_ALL_INSTRUMENTS ||
          update.instrument_id == FH_UNKNOWN_INSTRUMENT || ids_.size() >= kMost) {
        continue;
      }
      ids_.insert(uint64_t{update.channel_id} << 32 | update.instrument_id);
    }
  }

  // What is missing and what there is instead, or empty. By the names of the newest session (NameOrId).
  std::string Missing(const Host& host) const {
    std::set<std::string> names;
    for (const uint64_t id : ids_) {
      names.insert(NameOrId(host, static_cast<uint16_t>(id >> 32), static_cast<uint32_t>(id)));
    }
    std::vector<std::string> missing;
    for (const std::string& symbol : symbols_) {
      if (!names.contains(symbol)) missing.push_back(symbol);
    }
    if (missing.empty() || ids_.empty()) return "";
    std::string text = absl::StrCat("no update of ", absl::StrJoin(missing, ", "), "; ");
    for (const std::string& symbol : missing) {
      const std::string meant = Meant(symbol, names);
      if (!meant.empty()) absl::StrAppend(&text, "did you mean ", meant, "? ");
    }
    const size_t shown = std::min<size_t>(names.size(), 20);
    const std::vector<std::string> first(names.begin(),
                                         std::next(names.begin(), static_cast<ptrdiff_t>(shown)));
    absl::StrAppend(&text, "there are: ", absl::StrJoin(first, ", "));
    if (shown < names.size()) absl::StrAppend(&text, " and ", names.size() - shown, " others");
    return text;
  }

 private:
  static constexpr size_t kMost = 1 << 20;

  // The name that is the same but for case; else the first that begins so; else none.
  static std::string Meant(const std::string& symbol, const std::set<std::string>& names) {
    std::string begins;
    for (const std::string& name : names) {
      if (absl::EqualsIgnoreCase(name, symbol)) return name;
      if (begins.empty() && absl::StartsWithIgnoreCase(name, symbol)) begins = name;
    }
    return begins;
  }

  std::vector<std::string> symbols_;
  std::unordered_set<uint64_t> ids_;  // Channel and id.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_STRATEGY_SEEN_INSTRUMENTS_H_
