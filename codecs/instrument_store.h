// What the instrument ids of updates stand for: names, terms, and the venue's own ids where those
// have 64 bits. One store for all channels of a feed, or for each channel, as the venue numbers
// (InstrumentScope in codec.h).
//
//   InstrumentStore store(65'536);                    // How many at a time, whatever their ids.
//   store.Define(locate, Symbol("AAPL"));             // Venues that number them in 32 bits: their
//   store.Define(id, Symbol("ESZ6"), terms);          // number is the id.
//   uint32_t id = store.InternVenueId(0x5F0000012C);  // Venues with wider numbers: 1, 2, 3, ...
//   uint32_t id = store.Intern(Symbol("AAPL"));       // Venues that name symbols: 1, 2, 3, ...
//   Symbol name = store.Name(id);                     // Any thread, at any time.
//   store.Clear();                                    // The next epoch: a new session.
//   Symbol then = store.Name(id, 0);                  // What it was in epoch 0.
//
// Writers are the feed threads; with several of them one waits for the other while it writes an
// entry. Readers on any thread never make anybody wait: an entry is read again when it is redefined
// just then, so none is ever seen in part. Within an epoch an id keeps its instrument: what is
// defined again under another name is the same one, renamed, and has its new name from then on (a
// reader that is behind has the old one in the definition record it passes). A reader is behind the
// writer over epochs too, so it says of which epoch the id is that it has at hand (a session start
// tells it, update_abi.h), and the names of the epoch before are kept. What is older has no name any
// more; none is ever wrong.
//
// No allocation after construction. Memory, 160 bytes an instrument and epoch and 48 of indices, is
// touched as it is used. A look-up costs one hash probe and a copy; a probe is cut off after
// kMostProbes, so that made-up ids that collide cost their own names alone.
#ifndef FEEDHANDLER_CODECS_INSTRUMENT_STORE_H_
#define FEEDHANDLER_CODECS_INSTRUMENT_STORE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "codecs/update.h"

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

class InstrumentStore {
 public:
  static constexpr uint32_t kMostProbes = 256;

  // `capacity`: instruments at a time, at least 1.
  explicit InstrumentStore(uint32_t capacity);

  // Writers. Those that give an id give FH_UNKNOWN_INSTRUMENT, and those that define say false, when
  // there is no room.

  // The symbol's id: the next free one when it is new.
  uint32_t Intern(const Symbol& symbol);

  // The id of a venue's number; the next free one when it is new. It has no name until it is defined.
  uint32_t InternVenueId(uint64_t venue_id);

  // Names `id`, and says what is known of it; without terms those that it has stay. False for
  // FH_ALL_INSTRUMENTS and FH_UNKNOWN_INSTRUMENT too. What is the same as before costs a comparison.
  bool Define(uint32_t id, const Symbol& symbol) { return Set(id, symbol, nullptr); }
  bool Define(uint32_t id, const Symbol& symbol, const fh_terms& terms) {
    return Set(id, symbol, &terms);
  }

  // Forgets all ids, for a new session. Before the session's first Decode. Costs some nanoseconds for
  // each instrument of the epoch before the last.
  void Clear();

  // Readers.

  // Has the id a name, in the newest epoch?
  bool IsDefined(uint32_t id) const { return !Name(id).view().empty(); }

  // A copy of the name, empty when the id was not defined in that epoch, or the epoch is older than
  // the one before the newest.
  Symbol Name(uint32_t id, uint32_t epoch) const;
  Symbol Name(uint32_t id) const { return Name(id, epoch()); }

  // What is known of it; UnknownTerms() when nothing is.
  fh_terms Terms(uint32_t id, uint32_t epoch) const;
  fh_terms Terms(uint32_t id) const { return Terms(id, epoch()); }

  // What InternVenueId was given; otherwise the id itself.
  uint64_t VenueId(uint32_t id) const;

  // The lowest id with that name in the newest epoch, FH_UNKNOWN_INSTRUMENT when there is none. For
  // writers: it waits for other writers.
  uint32_t Find(const Symbol& symbol) const;

  // How often Clear was called: codecs that keep a note of what they have defined look at it.
  uint32_t epoch() const { return epoch_.load(std::memory_order_acquire); }

  // Grows with every definition that changed something and every Clear: who keeps copies of terms
  // looks again when it has.
  uint64_t changes() const { return changes_.load(std::memory_order_acquire); }

  uint32_t size() const { return size_.load(std::memory_order_relaxed); }
  uint32_t capacity() const { return capacity_; }

 private:
  // What an entry holds, as words that can be read while they are written.
  struct Content {
    uint64_t venue_id;
    Symbol symbol;
    fh_terms terms;
  };
  static constexpr size_t kWords = sizeof(Content) / sizeof(uint64_t);
  static_assert(sizeof(Content) == kWords * sizeof(uint64_t));

  // All zero bytes is a free one. Shared fields are only accessed atomically.
  struct Entry {
    uint32_t version;  // 0 = free, odd = being written, even = readable.
    uint32_t id;
    std::array<uint64_t, kWords> words;
  };

  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  // Zeroed memory that the system gives page by page.
  template <typename T>
  using Array = std::unique_ptr<T[], Free>;
  template <typename T>
  static Array<T> MakeArray(size_t size);

  // Open addressing: places of entries; 0 = free.
  using Index = Array<uint32_t>;

  // The entries of one epoch, in the order of their definition from place 1, and where each id is.
  struct Epoch {
    Array<Entry> entries;
    Index by_id;
    uint32_t end = 1;  // One past the last place in use.
    std::atomic<uint32_t> number{0};
  };

  class WriterLock {
   public:
    explicit WriterLock(std::atomic_flag& flag);
    ~WriterLock() { flag_.clear(std::memory_order_release); }
    WriterLock(const WriterLock&) = delete;
    WriterLock& operator=(const WriterLock&) = delete;

   private:
    std::atomic_flag& flag_;
  };

  Epoch& now() { return epochs_[epoch_.load(std::memory_order_relaxed) % 2]; }
  const Epoch& now() const { return epochs_[epoch_.load(std::memory_order_relaxed) % 2]; }
  uint32_t Home(uint64_t hash) const { return static_cast<uint32_t>(hash >> shift_); }
  uint32_t After(uint32_t slot) const { return (slot + 1) & mask_; }

  bool Set(uint32_t id, const Symbol& symbol, const fh_terms* terms);
  bool Add(uint32_t id, const Content& content);
  void IndexSymbol(const Symbol& symbol, uint32_t place);
  uint32_t NextId();
  uint32_t FreeSlot(const Index& index, uint64_t hash) const;
  template <typename HashOfPlace>
  void Remove(Index& index, uint32_t place, HashOfPlace hash_of);
  void Empty(Index& index, uint64_t hash);
  Content ContentAt(uint32_t place) const;
  bool Read(const Epoch& epoch, uint32_t id, size_t first, size_t count, uint64_t* out) const;
  void Write(Entry& entry, const Content& content);

  uint32_t capacity_;
  uint32_t mask_;                // Slots of an index, less one.
  int shift_;                    // Leaves of a hash of 64 bits a slot.
  std::array<Epoch, 2> epochs_;  // Of even epochs and of odd ones.
  Index by_symbol_;              // These two are the writers' alone.
  Index by_venue_id_;            // Of InternVenueId.
  uint32_t next_id_ = 1;
  uint32_t next_version_ = 0;  // Even; of the entry written last.
  mutable std::atomic_flag is_writing_;
  std::atomic<uint32_t> epoch_{0};
  std::atomic<uint32_t> size_{0};
  std::atomic<uint64_t> changes_{0};
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_INSTRUMENT_STORE_H_
