#include "replay/line_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fh::replay {

LineTable::LineTable(std::span<const rio::Subscription> subscriptions)
    : buckets_(std::bit_ceil(2 * subscriptions.size() + 1), kNoLine) {
  lines_.reserve(subscriptions.size());
  for (const rio::Subscription& subscription : subscriptions) {
    lines_.push_back({subscription.group, subscription.source, kNoLine});
    addresses_.push_back(subscription.group.address);
  }
  std::sort(addresses_.begin(), addresses_.end());
  addresses_.erase(std::unique(addresses_.begin(), addresses_.end()), addresses_.end());
  // Backwards, because each line is put in front of those of its bucket.
  for (size_t i = lines_.size(); i-- > 0;) {
    uint32_t& first = buckets_[BucketOf(lines_[i].destination)];
    lines_[i].next = first;
    first = static_cast<uint32_t>(i);
  }
}

size_t LineTable::BucketOf(const rio::Endpoint& destination) const {
  // Groups of a feed differ in their last bytes, and in the port.
  uint32_t tail;
  std::memcpy(&tail, destination.address.bytes() + destination.address.size() - sizeof tail,
              sizeof tail);
  const uint64_t hash = (uint64_t{tail} << 16 | destination.port) * 0x9e3779b97f4a7c15u;
  return static_cast<size_t>(hash >> 32) & (buckets_.size() - 1);
}

std::optional<uint16_t> LineTable::Find(const rio::Endpoint& destination,
                                        const rio::IpAddress& source) const {
  for (uint32_t i = buckets_[BucketOf(destination)]; i != kNoLine; i = lines_[i].next) {
    const Line& line = lines_[i];
    if (line.destination == destination && (line.source.is_none() || line.source == source)) {
      return static_cast<uint16_t>(i);
    }
  }
  return std::nullopt;
}

bool LineTable::HasAddress(const rio::IpAddress& address) const {
  return std::binary_search(addresses_.begin(), addresses_.end(), address);
}

}  // namespace fh::replay
