// Which instrument a number stands for. Ids are stable within an epoch: until the venue starts a
// new session, which may number differently.
//
//   InstrumentTable table(65536);
//   uint32_t id = table.Intern(Symbol("AAPL"));  // Venues that name symbols (IEX): 1, 2, 3, ...
//   table.Define(locate, Symbol("AAPL"));        // Venues that number them (Nasdaq): their number.
//   Symbol name = table.Name(id);                // Of the writer's epoch.
//   table.Clear();                               // The next epoch: a new session.
//   Symbol then = table.Name(id, 0);             // Any thread, at any time: what it was in epoch
//   0.
//
// One writer (the feed thread); readers on any thread, wait free: an entry is published once, by a
// release store, and its name never changes within an epoch. A reader is behind the writer, so it
// says of which epoch the id is that it has at hand (a session start tells it, update_abi.h), and
// the names of the epoch before are kept. What is older has no name any more; none is ever wrong.
// No allocation after construction. Intern costs one hash probe.
#ifndef FEEDHANDLER_CODECS_INSTRUMENT_TABLE_H_
#define FEEDHANDLER_CODECS_INSTRUMENT_TABLE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace fh::codecs {

// Up to 24 characters, NUL padded; trailing spaces and NULs are not part of it.
struct Symbol {
  std::array<char, 24> bytes{};

  Symbol() = default;
  explicit Symbol(absl::string_view text) : Symbol(text.data(), text.size()) {}
  Symbol(const char* text, size_t size) {
    if (size > bytes.size()) size = bytes.size();
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\0')) --size;
    std::memcpy(bytes.data(), text, size);
  }
  absl::string_view view() const { return {bytes.data(), strnlen(bytes.data(), bytes.size())}; }
  friend bool operator==(const Symbol&, const Symbol&) = default;
};

class InstrumentTable {
 public:
  // Ids from 1 to `capacity`. Allocates 64 bytes an id, and a hash table of two to four
  // times as many slots of 4 bytes.
  explicit InstrumentTable(uint32_t capacity);

  // The symbol's id: the next free one when it is new, FH_UNKNOWN_INSTRUMENT when the table is
  // full.
  uint32_t Intern(const Symbol& symbol);

  // Gives the venue's own number a name. False (and nothing happens) when `id` is 0 or above the
  // capacity. Defining an id again with another name replaces it: a new session numbers anew.
  bool Define(uint32_t id, const Symbol& symbol);

  // In the writer's epoch. Writer only.
  bool IsDefined(uint32_t id) const {
    return id <= capacity_ && names().entries[id].version.load(std::memory_order_acquire) != 0;
  }

  // A copy of the name, empty when the id was not defined in that epoch, or the epoch is older than
  // the one before the writer's. Wait free unless the entry is being redefined just then, when it
  // is read again.
  Symbol Name(uint32_t id, uint32_t epoch) const;

  // In the newest epoch.
  Symbol Name(uint32_t id) const { return Name(id, epoch()); }

  // The lowest id with that name, FH_UNKNOWN_INSTRUMENT when there is none. Looks at every entry:
  // for the rare message of a numbering venue that gives a name instead. Writer only.
  uint32_t Find(const Symbol& symbol) const;

  // Forgets all ids, for a new session. Writer only, before the session's first Decode. Tens of
  // microseconds for a table of 65,536.
  void Clear();

  // How often Clear was called: codecs that keep a note of what they have defined look at it.
  uint32_t epoch() const { return epoch_.load(std::memory_order_acquire); }

  uint32_t size() const { return size_.load(std::memory_order_relaxed); }
  uint32_t capacity() const { return capacity_; }

 private:
  struct Entry {
    std::atomic<uint32_t> version{0};  // 0 = undefined, odd = being written, even = readable.
    std::array<std::atomic<uint64_t>, 3> words{};  // The symbol's 24 bytes.
  };

  // The names of one epoch.
  struct Names {
    std::unique_ptr<Entry[]> entries;  // Index = id; entry 0 stays undefined.
    std::atomic<uint32_t> epoch{0};
    uint32_t end = 1;  // One past the highest id that was ever written.
  };

  Names& names() { return names_[epoch_.load(std::memory_order_relaxed) % 2]; }
  const Names& names() const { return names_[epoch_.load(std::memory_order_relaxed) % 2]; }
  void Write(uint32_t id, const Symbol& symbol);
  Symbol Read(const Entry& entry) const;

  uint32_t capacity_;
  uint32_t hash_mask_;
  std::array<Names, 2> names_;        // Of even epochs and of odd ones.
  std::unique_ptr<uint32_t[]> hash_;  // Open addressing; 0 = free. Used by Intern.
  uint32_t next_id_ = 1;
  uint32_t next_version_ = 0;  // Even; of the entry written last.
  std::atomic<uint32_t> epoch_{0};
  std::atomic<uint32_t> size_{0};
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_INSTRUMENT_TABLE_H_
