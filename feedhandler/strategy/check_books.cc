#include "feedhandler/strategy/check_books.h"

#include <algorithm>
#include <array>
#include <iterator>

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
  for (const codecs::NormalizedUpdate& update : updates) {
    const bool is_ours = update.record == FH_RECORD_TOP && update.index == UINT8_MAX;
    if (is_ours) continue;
    flags_ = update.flags;
    channel_id_ = update.channel_id;
    Note(update);
  }
}

void CheckBooksStrategy::Note(const codecs::NormalizedUpdate& update) {
  if ((update.flags & FH_FLAG_SNAPSHOT) != 0) NoteStand(update);
  if (IsOfPictures(update.channel_id)) return;
  if (codecs::IsSessionStart(update)) {  // Numbers begin anew.
    const auto begin = positions_.lower_bound({update.channel_id, 0});
    positions_.erase(begin, positions_.upper_bound({update.channel_id, UINT16_MAX}));
    return;
  }
  if (update.record == FH_RECORD_GAP || update.record == FH_RECORD_SESSION) return;
  uint64_t& position = positions_[{update.channel_id, fh_stream(update.sequence)}];
  position = std::max(position, update.sequence);
  const bool changes_book = update.record <= FH_RECORD_TOP && update.action != FH_ACTION_FILL &&
                            update.action != FH_ACTION_NONE &&
                            (update.flags & FH_FLAG_SNAPSHOT) == 0;
  if (!changes_book) return;
  const auto family = static_cast<uint8_t>(update.record - FH_RECORD_ORDER);
  // Where the first event of a book began does not matter: nothing is known before its end.
  const auto found = live_.find({update.channel_id, update.instrument_id, family});
  if (found == live_.end() || found->second.open.has_value()) return;
  found->second.open = update.sequence;
}

// A picture's first record says where it stands; one that follows a whole picture and does not say it is
// of another, which stands nobody knows where.
void CheckBooksStrategy::NoteStand(const codecs::NormalizedUpdate& update) {
  if (update.record == FH_RECORD_STATUS && update.status.kind == FH_STATUS_SNAPSHOT_AT) {
    stands_[update.channel_id] = {.instrument_id = update.instrument_id,
                                  .at = static_cast<uint64_t>(update.status.value),
                                  .is_over = false};
    return;
  }
  const auto found = stands_.find(update.channel_id);
  if (found == stands_.end()) return;
  Stand& stand = found->second;
  if (stand.is_over) {
    stands_.erase(found);
  } else if (stand.instrument_id == update.instrument_id) {
    stand.is_over = (update.flags & FH_FLAG_LAST) != 0;
  }
}

std::optional<uint64_t> CheckBooksStrategy::StandOf(const fh_book_notice& notice) const {
  const auto found = stands_.find(notice.channel_id);
  if (found == stands_.end()) return std::nullopt;
  const Stand& stand = found->second;
  const bool is_its = stand.instrument_id == notice.instrument_id ||
                      stand.instrument_id == uint32_t{FH_ALL_INSTRUMENTS};
  return is_its ? std::optional<uint64_t>(stand.at) : std::nullopt;
}

// The newest message of the stream that `sequence` is of; 0: none.
uint64_t CheckBooksStrategy::PositionOf(uint16_t channel_id, uint64_t sequence) const {
  const auto found = positions_.find({channel_id, fh_stream(sequence)});
  return found == positions_.end() ? 0 : found->second;
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
  // A live book that an image of another channel has just healed is no picture.
  const bool is_picture =
      is_event && (flags_ & FH_FLAG_SNAPSHOT) != 0 && channel_id_ == notice.channel_id;
  const auto [begin, end] = live_of_.equal_range(notice.channel_id);
  if (begin != end) {  // A channel of pictures: its books are nothing else.
    if (!is_picture) return;
    for (auto pair = begin; pair != end; ++pair) OnPicture(notice, pair->second);
    return;
  }
  Live& live = live_[{notice.channel_id, notice.instrument_id, notice.family}];
  live.book = notice.book;
  if ((notice.kinds & FH_BOOK_CLEARED) != 0) {
    ForgetHistory(live);
    live.is_good = false;
  }
  if (is_picture) OnPicture(notice, notice.channel_id);
  OnLive(notice, live);
}

void CheckBooksStrategy::ForgetHistory(Live& live) {
  live.history.clear();
  live.open.reset();
  undecided_ += live.pending.size();
  live.pending.clear();
}

void CheckBooksStrategy::OnLive(const fh_book_notice& notice, Live& live) {
  const fh_book_state state = books_.State(notice.book);
  live.is_good = state.state == FH_BOOK_GOOD;
  if (!live.is_good) return ForgetHistory(live);
  const uint64_t end = PositionOf(notice.channel_id, notice.sequence);
  if (live.history.size() == kHistory) live.history.pop_front();
  live.history.push_back({.begin = live.open.value_or(end), .end = end, .hash = state.hash});
  if ((notice.kinds & FH_BOOK_EVENT) != 0) live.open.reset();
  TryPending({notice.channel_id, notice.instrument_id, notice.family}, live, end,
             /*is_event=*/true);
}

// `reached`: where the live stream is; what it says of that message may go on.
void CheckBooksStrategy::TryPending(const Key& key, Live& live, uint64_t reached, bool is_event) {
  for (size_t i = live.pending.size(); i-- > 0;) {
    Pending& picture = live.pending[i];
    if (picture.at.has_value()) {
      if (!TryAtNumber(key, live, picture, reached)) continue;
    } else if (!is_event) {
      continue;
    } else if (!live.history.empty() && picture.hash == live.history.back().hash) {
      ++equal_;
    } else if (--picture.events_left == 0) {
      Contradict(key, picture, live);
    } else {
      continue;
    }
    live.pending.erase(live.pending.begin() + static_cast<ptrdiff_t>(i));
  }
}

// Compares a picture with the book after the message that it stands at. False: that is yet to come.
bool CheckBooksStrategy::TryAtNumber(const Key& key, const Live& live, const Pending& picture,
                                     uint64_t reached) {
  const uint64_t at = *picture.at;
  if (reached <= at) return false;
  const auto behind =
      std::upper_bound(live.history.begin(), live.history.end(), at,
                       [](uint64_t number, const Moment& moment) { return number < moment.end; });
  const std::optional<uint64_t> next_begin =
      behind == live.history.end() ? live.open : std::optional<uint64_t>(behind->begin);
  if (behind == live.history.begin()) {
    ++too_early_;
  } else if (next_begin.has_value() && *next_begin <= at) {
    ++in_event_;
  } else if (++at_number_; std::prev(behind)->hash == picture.hash) {
    ++equal_;
  } else {
    Contradict(key, picture, live);
  }
  return true;
}

void CheckBooksStrategy::OnPicture(const fh_book_notice& notice, uint16_t live_channel) {
  ++pictures_;
  const auto found = live_.find({live_channel, notice.instrument_id, notice.family});
  if (found == live_.end() || found->second.history.empty()) {
    ++(found == live_.end() ? not_there_ : not_good_);
    return;
  }
  Live& live = found->second;
  const bool is_in_stream = live_channel == notice.channel_id;
  Pending picture{.hash = books_.State(notice.book).hash,
                  .sequence = notice.sequence,
                  .at = StandOf(notice),
                  .events_left = kPatience,
                  .levels = LevelsOf(notice.book)};
  if (picture.at.has_value()) {
    const uint64_t position = PositionOf(live_channel, *picture.at);
    TryPending(found->first, live, position, /*is_event=*/false);
    // What comes behind it in its own stream is behind it.
    if (TryAtNumber(found->first, live, picture, position + (is_in_stream ? 1 : 0))) return;
  } else {
    const auto is_same = [&](const Moment& moment) { return moment.hash == picture.hash; };
    if (std::any_of(live.history.begin(), live.history.end(), is_same)) {
      ++equal_;
      return;
    }
    if (is_in_stream) return Contradict(found->first, picture, live);
  }
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
  host_.Log(LogSeverity::kError,
            absl::StrCat("the venue's snapshot of ",
                         name.empty() ? absl::StrCat("instrument ", instrument_id) : name,
                         ", message ", fh_number(picture.sequence),
                         picture.at ? absl::StrCat(", which holds all up to message ",
                                                   fh_number(*picture.at))
                                    : "",
                         ", is not what the updates of channel ", channel_id, " make of the book",
                         Difference("bid", picture.levels.bids, ours.bids),
                         Difference("ask", picture.levels.asks, ours.asks)));
}

bool CheckBooksStrategy::OnStop(std::string& error) {
  for (auto& [key, live] : live_) {
    for (const Pending& picture : live.pending) {
      // Nothing more comes of the last message.
      const uint64_t end = picture.at ? PositionOf(std::get<0>(key), *picture.at) + 1 : 0;
      if (!picture.at || !TryAtNumber(key, live, picture, end)) ++undecided_;
    }
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
        "known), ",
        too_early_, " of messages before the book was known, ", in_event_,
        " of messages in the midst of an event, and ", undecided_,
        " had too few updates behind them");
  }
  return error.empty();
}

std::string CheckBooksStrategy::Summary() {
  std::string text =
      absl::StrCat("snapshots=", pictures_, " equal=", equal_, " contradicting=", contradicted_);
  if (at_number_ > 0) absl::StrAppend(&text, ", of them at the venue's number: ", at_number_);
  if (not_good_ > 0) absl::StrAppend(&text, ", of books that were not good: ", not_good_);
  if (not_there_ > 0) absl::StrAppend(&text, ", of instruments without updates: ", not_there_);
  if (too_early_ > 0) {
    absl::StrAppend(&text, ", of numbers before the book was known: ", too_early_);
  }
  if (in_event_ > 0) absl::StrAppend(&text, ", of numbers within an event: ", in_event_);
  if (undecided_ > 0) absl::StrAppend(&text, ", undecided: ", undecided_);
  return text;
}

}  // namespace fh
