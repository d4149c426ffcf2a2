#include "feedhandler/strategy/check_books.h"

#include <algorithm>
#include <array>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "feedhandler/strategy/parameters.h"
#include "feedhandler/strategy/update_text.h"

namespace fh {

namespace {

constexpr size_t kMostShown = 5;     // Contradictions in the log.
constexpr size_t kMostLevels = 256;  // Of a side, in them.
constexpr size_t kMostPending = 16;  // Pictures of a book that equal nothing yet.

std::string LevelText(const std::vector<fh_book_level>& levels, size_t rank) {
  if (rank >= levels.size()) return "nothing";
  std::array<char, 32> price;
  return absl::StrCat(
      levels[rank].size, "@",
      absl::string_view(price.data(), FormatPrice(levels[rank].price, price.data())),
      levels[rank].order_count != 0 ? absl::StrCat(" (", levels[rank].order_count, ")") : "");
}

bool IsSame(const fh_book_level& a, const fh_book_level& b) {
  return a.price == b.price && a.size == b.size && a.order_count == b.order_count;
}

// The first level in which they differ.
std::string Difference(const char* side, const std::vector<fh_book_level>& venue,
                       const std::vector<fh_book_level>& ours) {
  for (size_t rank = 0; rank < std::max(venue.size(), ours.size()); ++rank) {
    if (rank < venue.size() && rank < ours.size() && IsSame(venue[rank], ours[rank])) continue;
    return absl::StrCat(", ", side, " ", rank + 1, " of the venue ", LevelText(venue, rank),
                        ", of the book ", LevelText(ours, rank));
  }
  return "";
}

}  // namespace

std::unique_ptr<CheckBooksStrategy> CheckBooksStrategy::Create(Host host, std::string_view text,
                                                               std::string& error) {
  Parameters parameters(text);
  const std::string pairs = parameters.Text("pairs", "");
  error = parameters.Error();
  std::multimap<uint16_t, uint16_t> live_of;
  for (const absl::string_view pair : absl::StrSplit(pairs, ',', absl::SkipEmpty())) {
    const std::vector<std::string> ids = absl::StrSplit(pair, ':');
    uint32_t live = 0;
    uint32_t snapshot = 0;
    if (ids.size() != 2 || !absl::SimpleAtoi(ids[0], &live) ||
        !absl::SimpleAtoi(ids[1], &snapshot) || live > UINT16_MAX || snapshot > UINT16_MAX) {
      error = absl::StrCat("pairs: '", pair, "' is not two channel ids, as 1:2");
      break;
    }
    live_of.emplace(static_cast<uint16_t>(snapshot), static_cast<uint16_t>(live));
  }
  if (error.empty() && !host.Books()) {
    error = "its thread keeps no books; add books { } to the strategy_thread";
  }
  if (!error.empty()) return nullptr;
  return std::unique_ptr<CheckBooksStrategy>(new CheckBooksStrategy(host, std::move(live_of)));
}

CheckBooksStrategy::CheckBooksStrategy(Host host, std::multimap<uint16_t, uint16_t> live_of)
    : host_(host), books_(host.Books()), live_of_(std::move(live_of)) {
  books_.SubscribeAll(FH_BOOK_EVENT | FH_BOOK_STATE | FH_BOOK_CLEARED);
}

void CheckBooksStrategy::OnUpdates(std::span<const codecs::NormalizedUpdate> updates) {
  for (size_t i = updates.size(); i-- > 0;) {
    const bool is_ours = updates[i].record == FH_RECORD_TOP && updates[i].index == UINT8_MAX;
    if (is_ours) continue;
    flags_ = updates[i].flags;
    return;
  }
}

CheckBooksStrategy::Levels CheckBooksStrategy::LevelsOf(fh_book book) const {
  Levels levels;
  for (const char side : {FH_SIDE_BID, FH_SIDE_ASK}) {
    std::vector<fh_book_level>& of = side == FH_SIDE_BID ? levels.bids : levels.asks;
    of.resize(kMostLevels);
    of.resize(books_.Levels(book, side, of).size());
  }
  return levels;
}

void CheckBooksStrategy::OnBook(const fh_book_notice& notice) {
  const bool is_event = (notice.kinds & FH_BOOK_EVENT) != 0;
  const bool is_picture = is_event && (flags_ & FH_FLAG_SNAPSHOT) != 0;
  const auto [begin, end] = live_of_.equal_range(notice.channel_id);
  if (begin != end) {  // A channel of pictures: its books are nothing else.
    if (!is_picture) return;
    for (auto pair = begin; pair != end; ++pair) OnPicture(notice, pair->second);
    return;
  }
  Live& live = live_[{notice.channel_id, notice.instrument_id, notice.family}];
  live.book = notice.book;
  if ((notice.kinds & FH_BOOK_CLEARED) != 0) {
    live.history.clear();
    live.next = 0;
    live.pending.clear();
    live.is_good = false;
  }
  if (is_picture) OnPicture(notice, notice.channel_id);
  OnLive(notice, live);
}

void CheckBooksStrategy::OnLive(const fh_book_notice& notice, Live& live) {
  const fh_book_state state = books_.State(notice.book);
  live.is_good = state.state == FH_BOOK_GOOD;
  if (!live.is_good) {
    live.history.clear();
    live.next = 0;
    undecided_ += live.pending.size();
    live.pending.clear();
    return;
  }
  if (live.history.size() < kHistory) {
    live.history.push_back(state.hash);
  } else {
    live.history[live.next] = state.hash;
    live.next = (live.next + 1) % kHistory;
  }
  for (size_t i = live.pending.size(); i-- > 0;) {
    Pending& picture = live.pending[i];
    if (picture.hash == state.hash) {
      ++equal_;
    } else if (--picture.events_left == 0) {
      Contradict({notice.channel_id, notice.instrument_id, notice.family}, picture, live);
    } else {
      continue;
    }
    live.pending.erase(live.pending.begin() + static_cast<ptrdiff_t>(i));
  }
}

void CheckBooksStrategy::OnPicture(const fh_book_notice& notice, uint16_t live_channel) {
  ++pictures_;
  const auto found = live_.find({live_channel, notice.instrument_id, notice.family});
  if (found == live_.end() || found->second.history.empty()) {
    ++(found == live_.end() ? not_there_ : not_good_);
    return;
  }
  Live& live = found->second;
  const uint64_t hash = books_.State(notice.book).hash;
  if (std::find(live.history.begin(), live.history.end(), hash) != live.history.end()) {
    ++equal_;
    return;
  }
  Pending picture{.hash = hash,
                  .sequence = notice.sequence,
                  .events_left = kPatience,
                  .levels = LevelsOf(notice.book)};
  // In the stream it has its place: what comes behind it is behind it.
  if (live_channel == notice.channel_id) return Contradict(found->first, picture, live);
  if (live.pending.size() == kMostPending) {
    ++undecided_;
    return;
  }
  live.pending.push_back(std::move(picture));
}

void CheckBooksStrategy::Contradict(const Key& key, const Pending& picture, const Live& live) {
  if (++contradicted_ > kMostShown) return;
  const auto& [channel_id, instrument_id, family] = key;
  const Levels ours = LevelsOf(live.book);
  const std::string name = host_.Symbol(channel_id, instrument_id);
  host_.Log(
      LogSeverity::kError,
      absl::StrCat("the venue's snapshot of ",
                   name.empty() ? absl::StrCat("instrument ", instrument_id) : name, ", message ",
                   fh_number(picture.sequence), ", is not what the updates of channel ", channel_id,
                   " make of the book", Difference("bid", picture.levels.bids, ours.bids),
                   Difference("ask", picture.levels.asks, ours.asks)));
}

bool CheckBooksStrategy::OnStop(std::string& error) {
  for (auto& [key, live] : live_) {
    undecided_ += live.pending.size();
    live.pending.clear();
  }
  if (contradicted_ != 0) {
    error = absl::StrCat(contradicted_, " of ", equal_ + contradicted_,
                         " snapshots that could be compared contradict the books");
  } else if (pictures_ == 0) {
    error =
        "nothing could be compared: no snapshot of a book came; the venue's snapshots are in the "
        "stream or on channels of their own (channel.role: SNAPSHOT in a configuration)";
  } else if (equal_ == 0) {
    error = absl::StrCat(
        "nothing could be compared: of ", pictures_, " snapshots ", not_there_,
        " were of instruments without updates, ", not_good_,
        " of books that were not good (what was before the input began, or is missing, is not "
        "known), and ",
        undecided_, " had too few updates behind them");
  }
  return error.empty();
}

std::string CheckBooksStrategy::Summary() {
  std::string text =
      absl::StrCat("snapshots=", pictures_, " equal=", equal_, " contradicting=", contradicted_);
  if (not_good_ > 0) absl::StrAppend(&text, ", of books that were not good: ", not_good_);
  if (not_there_ > 0) absl::StrAppend(&text, ", of instruments without updates: ", not_there_);
  if (undecided_ > 0) absl::StrAppend(&text, ", undecided: ", undecided_);
  return text;
}

}  // namespace fh
