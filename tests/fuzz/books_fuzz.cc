// Any bytes as updates into books: no crash, tables that agree with each other, the same tops and books
// as the slow oracle has, whatever the bursts; any bytes as a snapshot of books: read whole or refused; any
// bytes as the course of a venue with images, whose client is never told that a wrong book is good; and any
// bytes as updates of a live channel and its images: no crash, and tables that agree. The first byte chooses.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "feedhandler/books/book_set.h"
#include "feedhandler/books/healer.h"
#include "tests/feedhandler/books/image_venue.h"
#include "tests/feedhandler/books/oracle.h"

namespace {

using fh::books::BookOptions;
using fh::books::BookSet;
using fh::books::Notice;
using fh::books::Oracle;

void Require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

std::unique_ptr<BookSet> Books() {
  BookOptions options;
  options.instruments = 8;
  options.orders = 64;
  options.levels = 4'096;
  options.streams = 4;
  options.watches = 2;
  return *BookSet::Create(options);
}

void Updates(const uint8_t* data, size_t size) {
  size_t at = 1;
  const auto next = [&](uint64_t below) -> uint64_t { return at < size ? data[at++] % below : 0; };
  std::vector<fh_update> updates;
  uint64_t sequence = 0;
  while (at < size && updates.size() < 400) {
    updates.push_back(fh::books::AnyUpdate(next, sequence));
  }
  const std::unique_ptr<BookSet> books = Books();
  const std::unique_ptr<BookSet> in_bursts = Books();
  books->Watch(0, 1, 3);
  in_bursts->Watch(0, 1, 3);
  Oracle oracle;
  oracle.Watched(1);
  for (const fh_update& update : updates) {
    std::vector<Oracle::TopRow> tops;
    books->Apply({&update, 1}, [&](const Notice& notice) {
      if ((notice.kinds & fh::books::kTop) == 0) return;
      const fh::books::Book book = books->book(notice.book);
      tops.emplace_back(book.instrument_id(), book.family(), book.top());
    });
    Require(tops == oracle.Apply(update), "other tops than the oracle's");
    const std::string wrong = oracle.ExpectAll(*books);
    Require(wrong.empty(), wrong);
  }
  Require(books->AuditAll().ok(), std::string(books->AuditAll().message()));
  in_bursts->Apply(updates, [](const Notice&) {});
  const std::string saved = books->Save();
  Require(in_bursts->Save() == saved, "bursts make other books");
  const std::unique_ptr<BookSet> restored = Books();
  Require(restored->Restore(saved).ok() && restored->Save() == saved,
          "a snapshot is not its books");
}

void Snapshot(const uint8_t* data, size_t size) {
  std::string bytes = "FHBOOKS1" + std::string(reinterpret_cast<const char*>(data), size);
  uint64_t sum = 0xCBF29CE484222325u;
  for (const char c : bytes) sum = (sum ^ static_cast<uint8_t>(c)) * 0x100000001B3u;
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(sum >> (8 * i)));
  const std::unique_ptr<BookSet> books = Books();
  if (!books->Restore(bytes).ok()) return;
  Require(books->AuditAll().ok(), std::string(books->AuditAll().message()));
}

std::unique_ptr<fh::books::Healer> Healing(BookSet& books, uint16_t images) {
  fh::books::HealerOptions options;
  options.channels = {{.channel_id = images, .live_channel_id = 1, .has_books = images != 2}};
  if (images == 2) options.channels.push_back({.channel_id = 3, .live_channel_id = 1});
  options.log_updates = 64;
  options.image_updates = 128;
  options.settle_ns = 80 * fh::books::ImageVenue::kStepNs;
  return *fh::books::Healer::Create(books, options);
}

void Venue(const uint8_t* data, size_t size) {
  using fh::books::Book;
  using fh::books::ImageVenue;
  size_t at = 1;
  const auto next = [&](uint64_t below) -> uint64_t {
    return (at < size ? data[at++] : 1) % below;
  };
  ImageVenue venue(next, {.join_at = data[0] / 16u, .mixes = data[0] % 16 > 7});
  BookOptions options;
  options.instruments = 16;
  options.orders = 1'024;
  options.levels = 4'096;
  options.streams = 8;
  options.channel.implied_depth = 0;
  const std::unique_ptr<BookSet> books = *BookSet::Create(options);
  const std::unique_ptr<fh::books::Healer> healer = Healing(*books, 2);
  for (int step = 0; at < size && step < 400; ++step) {
    venue.Step();
    for (int i = 0; i < 3; ++i) {
      healer->Apply(venue.Take(1 + next(8)), [](const Notice&) {});
      books->ForEachBook([&](Book book) {
        if (!book.condition().good() || book.is_open()) return;
        Require(fh::books::TextOf(book) == venue.Truth(venue.client_session(), book.sequence(),
                                                       book.instrument_id(), book.family()),
                "a book that is good and not the truth");
      });
    }
  }
  Require(books->AuditAll().ok(), std::string(books->AuditAll().message()));
}

// Updates of the fuzzer's on the live channel and on that of images, which has books of its own.
void Images(const uint8_t* data, size_t size) {
  size_t at = 1;
  const auto next = [&](uint64_t below) -> uint64_t { return at < size ? data[at++] % below : 0; };
  const std::unique_ptr<BookSet> books = Books();
  const std::unique_ptr<fh::books::Healer> healer = Healing(*books, 0);
  std::vector<fh_update> updates;
  uint64_t live = 0;
  uint64_t image = 0;
  while (at < size && updates.size() < 400) {
    const bool is_image = next(2) == 0;
    updates.push_back(fh::books::AnyUpdate(next, is_image ? image : live));
    fh_update& update = updates.back();
    update.channel_id = is_image ? 0 : 1;
    if (update.record == FH_RECORD_GAP) update.gap.last = update.sequence;
    if (!is_image) continue;
    if (next(8) != 0) update.flags |= FH_FLAG_SNAPSHOT;
    if (next(4) == 0 && update.record != FH_RECORD_GAP) {
      update.record = FH_RECORD_STATUS;
      update.action = FH_ACTION_NONE;
      update.status = {.kind = FH_STATUS_SNAPSHOT_AT,
                       .value = static_cast<int64_t>(live + next(3)) - 1};
    } else if (next(4) == 0 && update.record <= FH_RECORD_LEVEL) {
      update.action = FH_ACTION_CLEAR;
      update.side = FH_SIDE_NONE;
    }
  }
  healer->Apply(updates, [&](const Notice& notice) {
    Require(notice.book <= books->most_books(), "a notice of no book");
  });
  Require(books->AuditAll().ok(), std::string(books->AuditAll().message()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  if (data[0] % 8 == 0) {
    Snapshot(data + 1, size - 1);
  } else if (data[0] % 8 == 1) {
    Venue(data, size);
  } else if (data[0] % 8 == 2) {
    Images(data, size);
  } else {
    Updates(data, size);
  }
  return 0;
}
