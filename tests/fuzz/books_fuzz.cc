// Any bytes as updates into books: no crash, tables that agree with each other, the same tops and books
// as the slow oracle has, whatever the bursts; and any bytes as a snapshot of books: read whole or
// refused. The first byte chooses.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "feedhandler/books/book_set.h"
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  if (data[0] % 8 == 0) {
    Snapshot(data + 1, size - 1);
  } else {
    Updates(data, size);
  }
  return 0;
}
