#include "feedhandler/session/hold_window.h"

#include <algorithm>

namespace fh {

HoldWindow::HoldWindow(uint32_t limit, uint32_t burst)
    : node_count_(limit + 1 + burst),
      entry_count_(2 * (limit + 1)),
      nodes_(std::make_unique<HeldPacket[]>(node_count_)),
      entries_(std::make_unique<Entry[]>(entry_count_)),
      free_(std::make_unique<uint32_t[]>(node_count_)),
      retired_(std::make_unique<uint32_t[]>(node_count_)),
      free_count_(node_count_) {
  for (uint32_t i = 0; i < node_count_; ++i) free_[i] = node_count_ - 1 - i;
}

void HoldWindow::Recycle() {
  std::copy_n(retired_.get(), retired_count_, free_.get() + free_count_);
  free_count_ += retired_count_;
  retired_count_ = 0;
}

void HoldWindow::Remove(uint32_t i) {
  assert(i < size());
  Entry* const at = entries_.get() + head_ + i;
  free_[free_count_++] = at->node;
  std::copy(at + 1, entries_.get() + tail_, at);
  --tail_;
}

uint32_t HoldWindow::PositionAbove(uint64_t first) const {
  const Entry* begin = entries_.get() + head_;
  const Entry* end = entries_.get() + tail_;
  const Entry* above = std::upper_bound(
      begin, end, first, [](uint64_t number, const Entry& entry) { return number < entry.first; });
  return static_cast<uint32_t>(above - entries_.get());
}

bool HoldWindow::IsCovered(uint32_t at, uint64_t first, uint64_t end) const {
  uint64_t covered_to = first;
  if (at > head_) covered_to = std::max(covered_to, At(at - 1).end);
  while (covered_to < end && at < tail_ && entries_[at].first <= covered_to) {
    covered_to = At(at++).end;
  }
  return covered_to >= end;
}

void HoldWindow::Replace(uint32_t begin, uint32_t end, const HeldPacket& held) {
  for (uint32_t i = begin; i < end; ++i) free_[free_count_++] = entries_[i].node;
  if (begin == end && tail_ == entry_count_) {
    // Popping moved the entries to the end of the array; size() <= entry_count_ / 2 makes room.
    std::copy(entries_.get() + head_, entries_.get() + tail_, entries_.get());
    begin -= head_;
    end -= head_;
    tail_ -= head_;
    head_ = 0;
  }
  assert(free_count_ > 0);
  const uint32_t node = free_[--free_count_];
  nodes_[node] = held;
  if (begin == end) {
    std::copy_backward(entries_.get() + begin, entries_.get() + tail_, entries_.get() + tail_ + 1);
    ++tail_;
  } else {
    std::copy(entries_.get() + end, entries_.get() + tail_, entries_.get() + begin + 1);
    tail_ -= end - begin - 1;
  }
  entries_[begin] = {held.first, node};
}

}  // namespace fh
