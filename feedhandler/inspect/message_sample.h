// A small sample of a stream's messages, by which two streams are recognised as the same messages
// sent twice: the same number must mean the same bytes.
//
//   if (sample.Wants(sequence)) sample.Add(sequence, bytes);
//   const MessageSample::Agreement agreement = line_a.CompareWith(line_b);
//
// It keeps the kMessages messages whose numbers have the smallest hashes (a bottom-k sketch), so
// two lines that saw the same numbers sampled the same messages, however they packed them and
// whatever they lost. Up to kMessages messages it holds all of them.
//
// One thread. Wants costs a nanosecond; Add is called some 64 ln(n/64) times for n messages.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_MESSAGE_SAMPLE_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_MESSAGE_SAMPLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fh {

class MessageSample {
 public:
  static constexpr size_t kMessages = 64;

  struct Agreement {
    uint32_t common = 0;  // Numbers that both sampled.
    uint32_t equal = 0;   // Of these, those that name the same bytes.
  };

  bool Wants(uint64_t sequence) const {
    return entries_.size() < kMessages || Mix(sequence) < entries_.back().rank;
  }

  // The first message of a number counts; later ones change nothing.
  void Add(uint64_t sequence, std::span<const uint8_t> bytes) {
    const uint64_t rank = Mix(sequence);
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), rank,
                                     [](const Entry& entry, uint64_t r) { return entry.rank < r; });
    if (at != entries_.end() && at->rank == rank) return;
    entries_.insert(at, {rank, Hash(bytes)});
    if (entries_.size() > kMessages) entries_.pop_back();
  }

  Agreement CompareWith(const MessageSample& other) const {
    Agreement agreement;
    auto theirs = other.entries_.begin();
    for (const Entry& mine : entries_) {
      while (theirs != other.entries_.end() && theirs->rank < mine.rank) ++theirs;
      if (theirs == other.entries_.end()) break;
      if (theirs->rank != mine.rank) continue;
      ++agreement.common;
      agreement.equal += theirs->hash == mine.hash;
    }
    return agreement;
  }

  void Clear() { entries_.clear(); }

 private:
  struct Entry {
    uint64_t rank;  // Of the number. Mix is one to one, so it stands for the number.
    uint64_t hash;  // Of the bytes.
  };

  // The finalizer of splitmix64: one to one, and spreads neighbours.
  static uint64_t Mix(uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
  }

  // FNV-1a.
  static uint64_t Hash(std::span<const uint8_t> bytes) {
    uint64_t hash = 0xcbf29ce484222325;
    for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
    return hash;
  }

  std::vector<Entry> entries_;  // Ascending in rank.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_MESSAGE_SAMPLE_H_
