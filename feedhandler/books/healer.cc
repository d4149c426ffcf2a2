#include "feedhandler/books/healer.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"

namespace fh::books {
namespace {

constexpr uint32_t kMostUpdates = 1u << 24;
constexpr uint32_t kApart = 1;  // The instrument that images are tried as.

bool Has(const fh_update& update, int flag) { return (update.flags & flag) != 0; }

bool ConcernsAll(const fh_update& update) { return update.instrument_id == FH_ALL_INSTRUMENTS; }

bool IsOfFamily(const fh_update& update) {
  return update.record == FH_RECORD_ORDER || update.record == FH_RECORD_LEVEL;
}

uint8_t FamilyOf(const fh_update& update) {
  return static_cast<uint8_t>(update.record - FH_RECORD_ORDER);
}

// Whether it changes books of orders or levels.
bool ChangesBooks(const fh_update& update) {
  if (update.action == FH_ACTION_CLEAR) return update.record != FH_RECORD_TOP;
  return IsOfFamily(update) &&
         (update.action == FH_ACTION_ADD || update.action == FH_ACTION_MODIFY ||
          update.action == FH_ACTION_CANCEL);
}

// Whether a record of a live channel changes the book of an instrument and family.
bool Concerns(const fh_update& update, uint32_t instrument_id, uint8_t family) {
  if (!ChangesBooks(update)) return false;
  if (IsOfFamily(update) && FamilyOf(update) != family) return false;
  return update.instrument_id == instrument_id ||
         (ConcernsAll(update) && update.action == FH_ACTION_CLEAR);
}

// What concerns a channel as a whole, and is looked at before it is applied.
bool IsControl(const fh_update& update) {
  return update.record == FH_RECORD_GAP || update.record == FH_RECORD_SESSION;
}

absl::Status CheckRange(const char* what, uint64_t value, uint64_t least, uint64_t most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("books: ", what, " is ", value, "; it may be ", least, " to ", most));
}

}  // namespace

const char* Name(ImageUse use) {
  switch (use) {
    case ImageUse::kHealed:
      return "healed a book";
    case ImageUse::kNotNeeded:
      return "not needed";
    case ImageUse::kNotFollowed:
      return "not followed";
    case ImageUse::kNoNumber:
      return "without a number";
    case ImageUse::kTooOld:
      return "too old";
    case ImageUse::kLogTooShort:
      return "log too short";
    case ImageUse::kCutOff:
      return "cut off";
    case ImageUse::kFaulty:
      return "contradicts itself";
    case ImageUse::kContradicted:
      return "contradicted by what followed";
    case ImageUse::kNoRoom:
      return "no room";
    case ImageUse::kOfOldSession:
      return "of the session before";
    case ImageUse::kAnotherWaits:
      return "another one waits";
    case ImageUse::kCount:
      break;
  }
  return "unknown";
}

// ---- Start

absl::StatusOr<std::unique_ptr<Healer>> Healer::Create(BookSet& books,
                                                       const HealerOptions& options) {
  absl::Status status = CheckRange("log_updates", options.log_updates, 16, kMostUpdates);
  status.Update(CheckRange("image_updates", options.image_updates, 64, kMostUpdates));
  if (status.ok() && !std::has_single_bit(options.log_updates)) {
    status = absl::InvalidArgumentError(
        absl::StrCat("books: log_updates is ", options.log_updates, "; it must be a power of two"));
  }
  if (!status.ok()) return status;
  auto healer = absl::WrapUnique(new Healer(books, options));
  status = healer->Map();
  if (!status.ok()) return status;
  return healer;
}

absl::Status Healer::Map() {
  kind_of_.resize(size_t{UINT16_MAX} + 1);
  for (const ImageChannel& channel : options_.channels) {
    int16_t& live = kind_of_[channel.live_channel_id];
    if (live < 0 || kind_of_[channel.channel_id] != 0 ||
        channel.channel_id == channel.live_channel_id) {
      return absl::InvalidArgumentError(absl::StrCat("books: channel ", channel.channel_id,
                                                     " cannot have the images of channel ",
                                                     channel.live_channel_id, " as well"));
    }
    if (books_.options_of(channel.live_channel_id).order_ids == OrderIds::kOfStream) {
      return absl::InvalidArgumentError(absl::StrCat("books: no image can heal books of channel ",
                                                     channel.live_channel_id,
                                                     ", whose updates name no instrument"));
    }
    if (live == 0) {
      lives_.emplace_back();
      lives_.back().channel_id = channel.live_channel_id;
      live = static_cast<int16_t>(lives_.size());
    }
    sources_.push_back({.channel_id = channel.channel_id,
                        .live = static_cast<uint16_t>(live - 1),
                        .has_books = channel.has_books,
                        .announced = {}});
    kind_of_[channel.channel_id] = static_cast<int16_t>(-static_cast<int>(sources_.size()));
  }
  for (Live& live : lives_) {
    absl::StatusOr<Pages> pages =
        Pages::Map(size_t{options_.log_updates} * sizeof(Update), options_.huge_pages);
    if (!pages.ok()) return pages.status();
    live.pages = *std::move(pages);
    live.log = static_cast<Update*>(live.pages.data());
    live.fresh.reserve(kMostImages);
  }
  const size_t blocks = options_.image_updates / kBlock;
  absl::StatusOr<Pages> pages = Pages::Map(blocks * kBlock * sizeof(Update), options_.huge_pages);
  if (!pages.ok()) return pages.status();
  pool_pages_ = *std::move(pages);
  pool_ = static_cast<Update*>(pool_pages_.data());
  next_block_.resize(blocks);
  for (size_t i = 0; i < blocks; ++i) {
    next_block_[i] = i + 1 == blocks ? kNone : static_cast<uint32_t>(i + 1);
  }
  free_block_ = 0;
  images_.resize(kMostImages);
  waits_.resize(size_t{books_.most_books()} + 1);

  BookOptions apart;
  apart.instruments = static_cast<uint32_t>(std::max<size_t>(lives_.size(), 1));
  apart.books = apart.instruments * 4;
  apart.orders = options_.image_updates;
  apart.levels = 2 * std::bit_ceil(options_.image_updates);
  apart.streams = 2 * apart.instruments;
  apart.watches = 0;
  apart.huge_pages = options_.huge_pages;
  for (const Live& live : lives_) {
    ChannelOptions of_live = books_.options_of(live.channel_id);
    of_live.depth.reset();  // Told for each book.
    apart.channels.push_back({.channel_id = live.channel_id, .options = of_live});
  }
  absl::StatusOr<std::unique_ptr<BookSet>> made = BookSet::Create(apart);
  if (!made.ok()) return made.status();
  apart_ = *std::move(made);
  return absl::OkStatus();
}

// ---- Updates

template <bool kFill, typename U>
size_t Healer::Run(std::span<U> updates, size_t at) {
  if (at == 0) looked_to_ = 0;
  while (at < updates.size()) {
    if (at < looked_to_) {
      at = Give<kFill>(updates, at, looked_to_);
      if (!notices().empty()) return at;
      continue;
    }
    books_.ForgetNotices();
    const Update& update = updates[at];
    const int kind = kind_of_[update.channel_id];
    if (kind < 0) {
      const Source& source = sources_[static_cast<size_t>(-kind - 1)];
      if (source.has_books) Give<kFill>(updates, at, at + 1);
      OnImageUpdate(update, static_cast<uint32_t>(at));
      ++at;
    } else {
      Live* const live = kind == 0 ? nullptr : &lives_[static_cast<size_t>(kind - 1)];
      if (live != nullptr && IsControl(update)) {
        const bool is_anew = OnControl(*live, update);
        at = Give<kFill>(updates, at, at + 1);
        if (is_anew) RegisterAll(*live);
      } else {
        if (live != nullptr) Rest(*live);
        if (live == nullptr || !live->is_logging) {
          looked_to_ = EndOfPlain(updates, at);
        } else {
          if (live->staged != 0 && fh_stream(update.sequence) == 0 &&
              update.sequence > live->position) {
            // The message before it is complete, whoever cut the updates.
            TryStaged(*live, {.complete_to = update.sequence - 1, .is_end = true}, update,
                      static_cast<uint32_t>(at));
            if (!notices().empty()) return at;
          }
          looked_to_ = Log(*live, updates, at);
        }
        continue;
      }
    }
    if (!notices().empty()) return at;
  }
  return at;
}

template size_t Healer::Run<false, const fh_update>(std::span<const fh_update>, size_t);
template size_t Healer::Run<true, fh_update>(std::span<fh_update>, size_t);

// Up to where updates need no look: of other channels, and of live ones that are not logging.
size_t Healer::EndOfPlain(std::span<const Update> updates, size_t at) const {
  for (; at < updates.size(); ++at) {
    const int kind = kind_of_[updates[at].channel_id];
    if (kind == 0) continue;
    if (kind < 0 || IsControl(updates[at]) || lives_[static_cast<size_t>(kind - 1)].is_logging) {
      break;
    }
  }
  return at;
}

// Puts what follows of the channel into its log, up to where something else has its turn.
size_t Healer::Log(Live& live, std::span<const Update> updates, size_t at) {
  for (size_t i = at; i < updates.size(); ++i) {
    const Update& update = updates[i];
    if (update.channel_id != live.channel_id || IsControl(update)) return i;
    if (fh_stream(update.sequence) != 0) continue;
    if (update.sequence > live.position) {
      if (i != at && live.staged != 0) return i;
      live.position = update.sequence;
      live.fresh.clear();
    } else if (!live.fresh.empty()) {
      if (i != at) return i;
      CheckFresh(live, update);
      LogOne(live, update);
      return i + 1;
    }
    LogOne(live, update);
  }
  return updates.size();
}

void Healer::LogOne(Live& live, const Update& update) {
  const uint64_t number = update.sequence;
  if (number == 0) {
    // Outside of all numbering: nobody knows which images have it.
    if (ChangesBooks(update) && live.base != kUnknown) BeginAgain(live, live.position + 1);
    return;
  }
  // Records of its message may have come before the log began.
  if (live.base == kUnknown) BeginAgain(live, number);
  if (number < live.position) BeginAgain(live, live.position);
  if (!ChangesBooks(update) || number <= live.base) return;
  // An image in the stream itself, of which no part may be taken for an update.
  if (Has(update, FH_FLAG_SNAPSHOT)) return BeginAgain(live, number);
  if (live.end - live.begin == options_.log_updates) {
    live.base = LogAt(live, live.begin).sequence;
    while (live.begin != live.end && LogAt(live, live.begin).sequence == live.base) {
      ++live.begin;
      ++stats_.let_go;
    }
    if (number <= live.base) return;
  }
  LogAt(live, live.end++) = update;
  ++stats_.logged;
}

// Before it is applied. True: all books of the channel begin anew.
bool Healer::OnControl(Live& live, const Update& update) {
  const auto index = static_cast<size_t>(&live - lives_.data());
  if (update.record == FH_RECORD_GAP) {
    // Of how far a slow reader's loss goes its numbers say too little: what comes next is whole.
    const bool is_own_loss = update.gap.cause == FH_GAP_RING_FULL;
    const uint64_t last = update.gap.last;
    if (!is_own_loss && fh_stream(last) != 0) return false;
    const uint64_t base = is_own_loss                                ? kUnknown
                          : live.is_logging && live.base == kUnknown ? kUnknown
                          : live.is_logging                          ? std::max(live.base, last)
                                                                     : last;
    live.is_logging = live.is_searching = true;
    BeginAgain(live, base);
    live.position = is_own_loss ? 0 : std::max(live.position, last);
    live.fresh.clear();
    for (Source& source : sources_) {
      if (source.live != index) continue;
      source.rounds = 0;
      source.first_key = 0;
    }
    return false;
  }
  if (update.action != FH_ACTION_CLEAR || fh_stream(update.sequence) != 0) return false;
  for (Image& image : images_) {
    if (image.stage != Image::Stage::kFree && SourceOf(image).live == index) {
      Drop(image, ImageUse::kOfOldSession);
    }
  }
  for (Source& source : sources_) {
    if (source.live == index) source.announced.fill({});
  }
  BeginAgain(live, kUnknown);
  live.position = 0;
  live.fresh.clear();
  live.is_logging = live.is_searching = false;
  live.settles = update.session.state != FH_SESSION_JOINED;
  live.session_ns = update.ts_recv_ns;
  return true;
}

// Of a message that goes on although books were healed to its end: they have the rest of it already.
void Healer::CheckFresh(Live& live, const Update& update) {
  for (size_t i = live.fresh.size(); i-- > 0;) {
    const Book book = books_.book(live.fresh[i]);
    if (!Concerns(update, book.instrument_id(), static_cast<uint8_t>(book.family()))) continue;
    books_.MarkDoubtful(book.index(), Cause::kContradiction, update.sequence);
    Register(book.index(), update.sequence);
    live.fresh.erase(live.fresh.begin() + static_cast<ptrdiff_t>(i));
    BeginAgain(live, live.position);
  }
}

void Healer::BeginAgain(Live& live, uint64_t base) {
  live.base = live.floor = base;
  live.begin = live.end;
}

void Healer::BeginLog(Live& live, uint64_t base) {
  live.is_logging = true;
  BeginAgain(live, base == 0 ? kUnknown : base);
  live.position = base == kUnknown ? 0 : base;
  looked_to_ = 0;
}

// Once nothing needs the log any more.
void Healer::Rest(Live& live) {
  if (!live.is_logging || live.waiting != 0 || live.is_searching || live.staged != 0 ||
      !live.fresh.empty()) {
    return;
  }
  live.is_logging = false;
  BeginAgain(live, kUnknown);
}

// The condition of a book may be another since the update of this sequence.
void Healer::Register(uint32_t index, uint64_t sequence) {
  const Book book = books_.book(index);
  const int kind = kind_of_[book.channel_id()];
  if (kind <= 0) return;
  Live& live = lives_[static_cast<size_t>(kind - 1)];
  const bool waits =
      !book.condition().good() && book.family() != Family::kTops && fh_stream(book.sequence()) == 0;
  if (waits_[index] == waits) return;
  waits_[index] = waits;
  live.waiting += waits ? 1 : UINT32_MAX;
  if (waits && !live.is_logging) BeginLog(live, sequence);
}

void Healer::RegisterAll(const Live& live) {
  books_.ForEachBook([&](const Book& book) {
    if (book.channel_id() == live.channel_id && waits_[book.index()]) {
      Register(book.index(), kUnknown);
    }
  });
}

// ---- Images

void Healer::OnImageUpdate(const Update& update, uint32_t at) {
  Source& source = sources_[static_cast<size_t>(-kind_of_[update.channel_id] - 1)];
  if (IsControl(update)) {
    if (update.record == FH_RECORD_GAP || update.action == FH_ACTION_CLEAR) CutOff(source);
    return;
  }
  if (!Has(update, FH_FLAG_SNAPSHOT)) return;
  if (update.record == FH_RECORD_STATUS && update.status.kind == FH_STATUS_SNAPSHOT_AT) {
    Announce(source, update);
  } else if (update.action == FH_ACTION_CLEAR) {
    if (IsOfFamily(update) && !ConcernsAll(update) &&
        update.instrument_id != FH_UNKNOWN_INSTRUMENT) {
      Begin(source, update);
    } else {
      CutOff(source);
    }
  } else if (source.open != 0 && ChangesBooks(update)) {
    Image* const image =
        FindImage(source, update.instrument_id, FamilyOf(update), Image::Stage::kOpen);
    if (image != nullptr) Append(*image, update);
  }
  if (!Has(update, FH_FLAG_LAST)) return;
  if (source.open != 0) EndImages(source, update, at);
  // Of another channel, so the message that the live one is at is complete; see `fresh`.
  Live& live = lives_[source.live];
  if (live.staged != 0) TryStaged(live, {.complete_to = live.position}, update, at);
}

void Healer::Begin(Source& source, const Update& update) {
  const uint8_t family = FamilyOf(update);
  NoteRound(source, uint64_t{update.instrument_id} << 8 | family, update.sequence);
  if (Image* const old = FindImage(source, update.instrument_id, family, Image::Stage::kOpen)) {
    Drop(*old, ImageUse::kCutOff);
  }
  const uint64_t number = TakeAnnounced(source, update);
  if (!IsWanted(source, update.instrument_id, static_cast<Family>(family))) return;
  const auto is_free = [](const Image& image) { return image.stage == Image::Stage::kFree; };
  auto slot = std::find_if(images_.begin(), images_.end(), is_free);
  if (slot == images_.end()) {
    DropOldest(nullptr);
    slot = std::find_if(images_.begin(), images_.end(), is_free);
  }
  *slot = {.stage = Image::Stage::kOpen,
           .is_flagged = Has(update, FH_FLAG_MAYBE_BAD_BOOK),
           .family = family,
           .source = static_cast<uint16_t>(&source - sources_.data()),
           .instrument_id = update.instrument_id,
           .at = number,
           .last_sequence = update.sequence,
           .age = ++ages_,
           .began_ns = update.ts_recv_ns};
  images_top_ = std::max(images_top_, static_cast<size_t>(slot - images_.begin()) + 1);
  ++source.open;
}

// Whether an image could heal anything; counted when not.
bool Healer::IsWanted(const Source& source, uint32_t instrument_id, Family family) {
  Live& live = lives_[source.live];
  const auto count = [this](ImageUse use) { ++stats_.images[static_cast<size_t>(use)]; };
  const bool may_be_unknown = books_.StartsDoubtful(live.channel_id, 0);
  if (!live.is_logging && !may_be_unknown) {
    count(ImageUse::kNotNeeded);
    return false;
  }
  const Book book = books_.Find(live.channel_id, instrument_id, family);
  if (book ? book.condition().good() : !may_be_unknown) {
    count(ImageUse::kNotNeeded);
    return false;
  }
  if (!books_.IsFollowed(live.channel_id, instrument_id)) {
    if (book && waits_[book.index()]) {
      waits_[book.index()] = false;
      --live.waiting;
    }
    count(ImageUse::kNotFollowed);
    return false;
  }
  return true;
}

// Two whole rounds have had all instruments there are, one of them from its beginning on.
void Healer::NoteRound(Source& source, uint64_t key, uint64_t sequence) {
  const bool starts_over = sequence < source.last_sequence;
  source.last_sequence = sequence;
  Live& live = lives_[source.live];
  if (!live.is_searching) return;
  if (source.first_key == 0 || starts_over) {
    source.rounds = static_cast<uint8_t>(source.rounds + (source.first_key != 0));
    source.first_key = key;
  } else if (source.first_key == key) {
    ++source.rounds;
  }
  if (source.rounds < kRounds) return;
  source.rounds = kRounds;
  live.is_searching = !std::all_of(sources_.begin(), sources_.end(), [&](const Source& other) {
    return other.live != source.live || other.rounds >= kRounds;
  });
}

// Before an image's first record, in the same message; or behind its records, then for those at hand.
void Healer::Announce(Source& source, const Update& update) {
  const auto number = static_cast<uint64_t>(update.status.value);
  if (number > FH_NUMBER_MASK) return;
  for (size_t i = 0; i < images_top_ && source.open != 0; ++i) {
    Image& image = images_[i];
    const bool is_its = image.stage == Image::Stage::kOpen && &SourceOf(image) == &source &&
                        (ConcernsAll(update) || image.instrument_id == update.instrument_id);
    if (is_its && image.at == kUnknown) image.at = number;
  }
  source.announced[source.next_announced++ % source.announced.size()] = {
      .instrument_id = update.instrument_id, .sequence = update.sequence, .at = number};
}

uint64_t Healer::TakeAnnounced(Source& source, const Update& update) {
  for (Announced& announced : source.announced) {
    if (announced.at == kUnknown || announced.instrument_id != update.instrument_id ||
        announced.sequence != update.sequence) {
      continue;
    }
    return std::exchange(announced, {}).at;
  }
  return kUnknown;
}

// False: the image is gone.
bool Healer::Append(Image& image, const Update& update) {
  // In a round that is flagged as a whole every record is; else it says that a part is missing.
  if (Has(update, FH_FLAG_MAYBE_BAD_BOOK) && !image.is_flagged) {
    Drop(image, ImageUse::kCutOff);
    return false;
  }
  if (image.count % kBlock == 0) {
    while (free_block_ == kNone) {
      const uint64_t before = stats_.images[static_cast<size_t>(ImageUse::kNoRoom)];
      DropOldest(&image);
      if (stats_.images[static_cast<size_t>(ImageUse::kNoRoom)] != before) continue;
      Drop(image, ImageUse::kNoRoom);
      return false;
    }
    const uint32_t block = std::exchange(free_block_, next_block_[free_block_]);
    next_block_[block] = kNone;
    (image.count == 0 ? image.first_block : next_block_[image.last_block]) = block;
    image.last_block = block;
  }
  pool_[size_t{image.last_block} * kBlock + image.count % kBlock] = update;
  ++image.count;
  image.last_sequence = update.sequence;
  return true;
}

// LAST ends the image of its record; of a record of no book, those that its own message has touched.
void Healer::EndImages(Source& source, const Update& update, uint32_t at) {
  for (size_t i = 0; i < images_top_; ++i) {
    Image& image = images_[i];
    if (image.stage != Image::Stage::kOpen || &SourceOf(image) != &source) continue;
    if (!ConcernsAll(update) && image.instrument_id != update.instrument_id) continue;
    if (IsOfFamily(update) ? FamilyOf(update) != image.family
                           : update.sequence != image.last_sequence) {
      continue;
    }
    if (Has(update, FH_FLAG_MAYBE_BAD_BOOK) && !image.is_flagged) {
      Drop(image, ImageUse::kCutOff);
    } else {
      Finish(image, update, at);
    }
  }
}

void Healer::Finish(Image& image, const Update& update, uint32_t at) {
  Live& live = LiveOf(image);
  if (image.at == kUnknown) return Drop(image, ImageUse::kNoNumber);
  const bool has_times =
      image.began_ns != FH_UNDEFINED_TIME && live.session_ns != FH_UNDEFINED_TIME;
  if (live.settles && has_times && image.began_ns - live.session_ns < options_.settle_ns) {
    return Drop(image, ImageUse::kOfOldSession);
  }
  // The one that the stream reaches first waits: where images are far ahead of it, newer ones never end.
  Image* other =
      FindImage(SourceOf(image), image.instrument_id, image.family, Image::Stage::kStaged);
  const Reached reached{.complete_to = live.position};
  if (other != nullptr && Try(*other, reached, update, at) == Tried::kDone) other = nullptr;
  if (Try(image, reached, update, at) == Tried::kDone) return;
  if (other != nullptr) {
    const bool is_later = image.at >= other->at;
    Drop(is_later ? image : *other, ImageUse::kAnotherWaits);
    if (is_later) return;
  }
  --SourceOf(image).open;
  image.stage = Image::Stage::kStaged;
  ++live.staged;
  if (!live.is_logging) BeginLog(live, kUnknown);
}

// Part of what was sent is missing: whatever is not whole never will be.
void Healer::CutOff(const Source& source) {
  for (size_t i = 0; i < images_top_; ++i) {
    Image& image = images_[i];
    if (image.stage == Image::Stage::kOpen && &SourceOf(image) == &source) {
      Drop(image, ImageUse::kCutOff);
    }
  }
  sources_[static_cast<size_t>(&source - sources_.data())].announced.fill({});
}

void Healer::Drop(Image& image, ImageUse use) {
  ++stats_.images[static_cast<size_t>(use)];
  if (image.stage == Image::Stage::kOpen) --SourceOf(image).open;
  if (image.stage == Image::Stage::kStaged) --LiveOf(image).staged;
  if (image.count != 0) {
    next_block_[image.last_block] = free_block_;
    free_block_ = image.first_block;
  }
  image = {};
  while (images_top_ > 0 && images_[images_top_ - 1].stage == Image::Stage::kFree) --images_top_;
}

void Healer::DropOldest(const Image* but) {
  Image* oldest = nullptr;
  for (size_t i = 0; i < images_top_; ++i) {
    Image& image = images_[i];
    if (image.stage == Image::Stage::kFree || &image == but) continue;
    if (oldest == nullptr || image.age < oldest->age) oldest = &image;
  }
  if (oldest != nullptr) Drop(*oldest, ImageUse::kNoRoom);
}

Healer::Image* Healer::FindImage(const Source& source, uint32_t instrument_id, uint8_t family,
                                 Image::Stage stage) {
  for (size_t i = 0; i < images_top_; ++i) {
    Image& image = images_[i];
    if (image.instrument_id == instrument_id && image.stage == stage && image.family == family &&
        &SourceOf(image) == &source) {
      return &image;
    }
  }
  return nullptr;
}

// ---- The join

void Healer::TryStaged(Live& live, const Reached& reached, const Update& trigger, uint32_t at) {
  for (size_t i = 0; i < images_top_; ++i) {
    Image& image = images_[i];
    if (image.stage == Image::Stage::kStaged && &LiveOf(image) == &live) {
      Try(image, reached, trigger, at);
    }
  }
}

Healer::Tried Healer::Try(Image& image, const Reached& reached, const Update& trigger,
                          uint32_t at) {
  const auto done = [&](ImageUse use) {
    Drop(image, use);
    return Tried::kDone;
  };
  Live& live = LiveOf(image);
  const auto family = static_cast<Family>(image.family);
  Book book = books_.Find(live.channel_id, image.instrument_id, family);
  if (!book) {
    // Of nothing at all no book need be made.
    if (!books_.StartsDoubtful(live.channel_id, 0) || image.count == 0) {
      return done(ImageUse::kNotNeeded);
    }
    book = books_.Expect(live.channel_id, image.instrument_id, family);
    if (!book) return done(ImageUse::kNotFollowed);
  }
  if (book.condition().good()) return done(ImageUse::kNotNeeded);
  Register(book.index(), kUnknown);
  if (live.base == kUnknown) return Tried::kWaits;
  if (image.at < live.floor) return done(ImageUse::kTooOld);
  if (image.at < live.base) return done(ImageUse::kLogTooShort);
  if (image.at > reached.complete_to || book.is_open()) return Tried::kWaits;
  const bool is_fresh = !reached.is_end && image.at == live.position;
  if (is_fresh && live.fresh.size() == kMostImages) return Tried::kWaits;
  if (const ImageUse use = Rehearse(image, live, book); use != ImageUse::kHealed) return done(use);
  PutInPlace(image, live, book.index(), reached, trigger, at);
  if (is_fresh) live.fresh.push_back(book.index());
  return done(ImageUse::kHealed);
}

template <typename F>
void Healer::ForEachRecord(const Image& image, F f) const {
  uint32_t block = image.first_block;
  for (uint32_t i = 0; i < image.count; ++i) {
    f(pool_[size_t{block} * kBlock + i % kBlock]);
    if (i % kBlock == kBlock - 1) block = next_block_[block];
  }
}

// What the log has of the book behind the image.
template <typename F>
void Healer::ForEachLogged(const Live& live, const Image& image, F f) const {
  uint64_t low = live.begin;
  uint64_t high = live.end;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    if (LogAt(live, middle).sequence <= image.at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (; low < live.end; ++low) {
    const Update& update = LogAt(live, low);
    if (Concerns(update, image.instrument_id, image.family)) f(update);
  }
}

namespace {

// A record of an image as one of the live book: where it stands, and as no end of anything by itself.
fh_update AsLive(const fh_update& record, uint16_t channel_id, uint32_t instrument_id,
                 uint64_t number) {
  fh_update update = record;
  update.channel_id = channel_id;
  update.instrument_id = instrument_id;
  update.sequence = number;
  update.flags = static_cast<uint8_t>((update.flags & ~FH_FLAG_MAYBE_BAD_BOOK) | FH_FLAG_LAST);
  return update;
}

fh_update OfInstrument(const fh_update& logged, uint32_t instrument_id) {
  fh_update update = logged;
  update.instrument_id = instrument_id;
  update.flags |= FH_FLAG_LAST;
  return update;
}

bool IsForWantOfRoom(Cause cause) {
  return cause == Cause::kOrdersFull || cause == Cause::kLevelsFull;
}

}  // namespace

// Makes the book of image and log apart; kHealed when no fault came up.
ImageUse Healer::Rehearse(const Image& image, const Live& live, const Book& book) {
  fh_update start[4] = {};
  size_t count = 0;
  const auto add = [&](uint8_t record, char action, uint32_t instrument_id,
                       uint8_t flags) -> fh_update& {
    start[count] = {.record = record,
                    .action = action,
                    .side = FH_SIDE_NONE,
                    .flags = flags,
                    .instrument_id = instrument_id,
                    .channel_id = live.channel_id};
    return start[count++];
  };
  add(FH_RECORD_SESSION, FH_ACTION_CLEAR, FH_ALL_INSTRUMENTS, FH_FLAG_LAST).session.state =
      FH_SESSION_RESTARTED;
  add(FH_RECORD_DEFINITION, FH_ACTION_NONE, kApart, 0).definition.book_depth =
      static_cast<uint8_t>(book.depth());
  // So that flags of the same gap are believed here as there.
  if (books_.IsAfterGap(live.channel_id, 0)) {
    add(FH_RECORD_GAP, FH_ACTION_NONE, FH_ALL_INSTRUMENTS, FH_FLAG_LAST).gap.cause = FH_GAP_LOST;
  }
  add(static_cast<uint8_t>(FH_RECORD_ORDER + image.family), FH_ACTION_CLEAR, kApart,
      FH_FLAG_SNAPSHOT);
  apart_->Apply(std::span<const fh_update>(start, count), [](const Notice&) {});
  const Book apart = apart_->Find(live.channel_id, kApart, static_cast<Family>(image.family));
  if (!apart) return ImageUse::kNoRoom;
  ForEachRecord(image, [&](const Update& record) {
    apart_->Put(apart.index(), AsLive(record, live.channel_id, kApart, image.at));
  });
  if (apart.condition().state != State::kRecovering) {
    return IsForWantOfRoom(apart.condition().cause) ? ImageUse::kNoRoom : ImageUse::kFaulty;
  }
  apart_->MarkGood(apart.index());
  ForEachLogged(live, image, [&](const Update& update) {
    apart_->Put(apart.index(), OfInstrument(update, kApart));
  });
  if (apart.condition().good()) return ImageUse::kHealed;
  return IsForWantOfRoom(apart.condition().cause) ? ImageUse::kNoRoom : ImageUse::kContradicted;
}

void Healer::PutInPlace(const Image& image, Live& live, uint32_t book, const Reached& reached,
                        const Update& trigger, uint32_t at) {
  // Of the message that the stream is at more may be to come.
  const uint64_t complete = live.position - (reached.is_end ? 0 : 1);
  fh_update end{.record = FH_RECORD_STATUS,
                .action = FH_ACTION_NONE,
                .side = FH_SIDE_NONE,
                .instrument_id = image.instrument_id,
                .sequence = std::max(image.at, complete),
                .ts_event_ns = trigger.ts_event_ns,
                .ts_recv_ns = trigger.ts_recv_ns,
                .channel_id = live.channel_id};
  books_.StartOver(book);
  ForEachRecord(image, [&](const Update& record) {
    end.ts_event_ns = record.ts_event_ns;
    books_.Put(book, AsLive(record, live.channel_id, image.instrument_id, image.at));
  });
  books_.MarkGood(book);
  ForEachLogged(live, image, [&](const Update& update) {
    end.ts_event_ns = update.ts_event_ns;
    end.sequence = std::max(end.sequence, update.sequence);
    books_.Put(book, OfInstrument(update, image.instrument_id));
  });
  books_.Show(book, end, at);
  Register(book, end.sequence);
}

// ---- How it does

bool Healer::is_logging(uint16_t live_channel_id) const {
  const int kind = kind_of_[live_channel_id];
  return kind > 0 && lives_[static_cast<size_t>(kind - 1)].is_logging;
}

HealerStats Healer::stats() const {
  HealerStats stats = stats_;
  for (const Live& live : lives_) stats.waiting_now += live.waiting;
  for (size_t i = 0; i < images_top_; ++i) {
    stats.images_now += images_[i].stage != Image::Stage::kFree;
  }
  return stats;
}

size_t Healer::bytes() const {
  size_t bytes = pool_pages_.bytes() + apart_->bytes();
  for (const Live& live : lives_) bytes += live.pages.bytes();
  return bytes;
}

}  // namespace fh::books
