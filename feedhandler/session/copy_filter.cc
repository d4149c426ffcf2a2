#include "feedhandler/session/copy_filter.h"

#include <algorithm>
#include <cassert>

#include "absl/hash/hash.h"

namespace fh {

CopyFilter::CopyFilter(uint32_t lines, int64_t forget_ns)
    : lines_(lines),
      forget_ns_(forget_ns),
      entries_(lines < 2 ? nullptr : std::make_unique<Entry[]>(kWays * kSets)) {}

bool CopyFilter::IsNew(std::span<const uint8_t> bytes, uint8_t line, int64_t recv_ns) {
  assert(line < lines_);
  if (entries_ == nullptr) return true;
  // Seeded for each run of the program, so that nobody can send bytes that pass for others.
  const uint64_t hash = absl::HashOf(absl::Span<const uint8_t>(bytes.data(), bytes.size()));
  Entry& entry = Find(hash);
  const bool is_known = entry.delivered > 0 && entry.hash == hash &&
                        Elapsed(entry.last_ns, recv_ns) <= static_cast<uint64_t>(forget_ns_);
  if (!is_known) entry = {.hash = hash};
  entry.last_ns = std::max(entry.last_ns, recv_ns);
  if (++entry.brought[line] <= entry.delivered) return false;
  ++entry.delivered;
  return true;
}

// The entry of this hash, else the one of its set that is free or was not seen for longest.
CopyFilter::Entry& CopyFilter::Find(uint64_t hash) {
  Entry* const set = entries_.get() + hash % kSets * kWays;
  Entry* oldest = set;
  for (size_t i = 0; i < kWays; ++i) {
    if (set[i].delivered > 0 && set[i].hash == hash) return set[i];
    if (set[i].last_ns < oldest->last_ns) oldest = &set[i];
  }
  return *oldest;
}

}  // namespace fh
