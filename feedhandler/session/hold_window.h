// The packets of one channel that came before their turn, ordered by message number. A packet is
// held by holding its slice; what is copied is the description (rio::Packet and PacketFrame), which
// stays at its address until Recycle(), because decode jobs point to it.
//
//   window.Recycle();                            // Start of a call: jobs of the last one are done.
//   window.Insert(held, seen_ns, on_replaced);   // False: everything in it is already held.
//   while (!window.empty() && window.front().first <= expected) Deliver(window.PopFront());
//
// One thread. No allocation after construction. Insert costs a binary search and a move of at most
// window_packets 16-byte entries; the packets of a burst in order are appended at O(1).
//
// No held packet is contained in another one, so both starts and ends ascend strictly.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_HOLD_WINDOW_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_HOLD_WINDOW_H_

#include <cassert>
#include <cstdint>
#include <memory>

#include "codecs/codec.h"
#include "rio/packet.h"

namespace fh {

// One held packet.
struct HeldPacket {
  rio::Packet packet;
  codecs::PacketFrame frame;
  uint64_t first;        // Number of its first message.
  uint64_t end;          // One past its last; > first.
  int64_t recv_ns;       // When it arrived.
  int64_t hole_seen_ns;  // When the gap below it was first seen (meaningless if there is none).
  uint8_t line;
  // Its own line has since gone on from below it, as if it had never been sent.
  bool doubted = false;
};

class HoldWindow {
 public:
  // Room for `limit` + 1 held packets (the last one is there to decide which gap to give up), while
  // up to `burst` popped ones are kept for their jobs.
  HoldWindow(uint32_t limit, uint32_t burst);

  // Forgets the packets popped since the last call; their addresses are reused from here on.
  void Recycle();

  // Takes `held` in unless all of its messages are already held. Packets that it contains are
  // dropped after on_replaced(const HeldPacket&). `held.hole_seen_ns` is set here: the gap that it
  // falls into has been known since the packet above it came, if that starts below `known_to`, else
  // since `seen_ns`. Precondition: size() <= limit, and no more inserts than `burst` since Recycle.
  template <typename OnReplaced>
  bool Insert(HeldPacket held, int64_t seen_ns, uint64_t known_to, OnReplaced&& on_replaced) {
    const uint32_t at = PositionAbove(held.first);
    if (IsCovered(at, held.first, held.end)) return false;
    held.hole_seen_ns = at < tail_ && At(at).first < known_to ? At(at).hole_seen_ns : seen_ns;
    uint32_t begin = at;
    // An earlier packet with the same start is shorter, or `held` would be covered.
    if (begin > head_ && entries_[begin - 1].first == held.first) {
      --begin;
      held.hole_seen_ns = At(begin).hole_seen_ns;
    }
    uint32_t end = at;
    while (end < tail_ && At(end).end <= held.end) ++end;
    for (uint32_t i = begin; i < end; ++i) on_replaced(At(i));
    Replace(begin, end, held);
    return true;
  }

  // The packet with the lowest numbers. Precondition: !empty().
  const HeldPacket& front() const { return At(head_); }
  const HeldPacket& back() const { return At(tail_ - 1); }

  // Takes it out; it stays readable until Recycle().
  const HeldPacket& PopFront() {
    assert(!empty());
    const uint32_t node = entries_[head_++].node;
    retired_[retired_count_++] = node;
    return nodes_[node];
  }

  // Takes the i-th held packet out, whose description nobody uses any more. O(size()).
  void Remove(uint32_t i);

  // The i-th held packet, from the lowest. Precondition: i < size().
  const HeldPacket& operator[](uint32_t i) const { return At(head_ + i); }
  void SetDoubted(uint32_t i, bool doubted) { nodes_[entries_[head_ + i].node].doubted = doubted; }

  // How many of the held packets start below `number`. O(log size()).
  uint32_t CountBelow(uint64_t number) const {
    return number == 0 ? 0 : PositionAbove(number - 1) - head_;
  }

  uint32_t size() const { return tail_ - head_; }
  bool empty() const { return head_ == tail_; }

 private:
  struct Entry {
    uint64_t first;
    uint32_t node;
  };

  const HeldPacket& At(uint32_t position) const { return nodes_[entries_[position].node]; }

  // Position of the first packet that starts above `first`.
  uint32_t PositionAbove(uint64_t first) const;
  // Whether the packets around position `at` already hold [first, end).
  bool IsCovered(uint32_t at, uint64_t first, uint64_t end) const;
  // Puts `held` in the place of the packets at [begin, end).
  void Replace(uint32_t begin, uint32_t end, const HeldPacket& held);

  const uint32_t node_count_;
  const uint32_t entry_count_;
  std::unique_ptr<HeldPacket[]> nodes_;
  std::unique_ptr<Entry[]> entries_;  // [head_, tail_) is in order.
  std::unique_ptr<uint32_t[]> free_;
  std::unique_ptr<uint32_t[]> retired_;
  uint32_t free_count_;
  uint32_t retired_count_ = 0;
  uint32_t head_ = 0;
  uint32_t tail_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_HOLD_WINDOW_H_
