// The packets of one channel that belong to a stream which is not believed yet: a first packet,
// another session id, numbers that start over. They wait, each with its slice, until their stream
// is believed and takes them all, or is belied and they are dropped.
//
//   WaitingRoom room(max_burst);
//   room.Recycle();                        // Start of a call: jobs of the last one are done.
//   room.Add(arrival, rival);              // Room for kMostWaiting; the caller sees to that.
//   room.TakeIf([&](const WaitingPacket& w) { return w.rival == rival; });  // As they came.
//
// One thread. No allocation after construction. What Add copied stays at its address until
// Recycle(), also when it was taken meanwhile, because decode jobs point to it.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_WAITING_ROOM_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_WAITING_ROOM_H_

#include <array>
#include <cassert>
#include <cstdint>
#include <memory>

#include "codecs/codec.h"
#include "feedhandler/session/session_types.h"
#include "rio/packet.h"

namespace fh {

struct WaitingPacket {
  rio::Packet packet;
  codecs::PacketFrame frame;
  int64_t recv_ns;
  uint32_t rival;  // Number of the stream that it speaks for (Admission's own).
  uint8_t line;
};

class WaitingRoom {
 public:
  // At most `max_burst` packets are added between two calls of Recycle.
  explicit WaitingRoom(uint32_t max_burst)
      : nodes_(kMostWaiting + max_burst),
        packets_(std::make_unique<WaitingPacket[]>(nodes_)),
        free_(std::make_unique<uint32_t[]>(nodes_)),
        left_(std::make_unique<uint32_t[]>(nodes_)),
        free_count_(nodes_) {
    for (uint32_t i = 0; i < nodes_; ++i) free_[i] = nodes_ - 1 - i;
  }

  void Recycle() {
    for (uint32_t i = 0; i < left_count_; ++i) free_[free_count_++] = left_[i];
    left_count_ = 0;
  }

  // Precondition: size() < kMostWaiting.
  void Add(const Arrival& arrival, uint32_t rival) {
    assert(size_ < kMostWaiting && free_count_ > 0);
    const uint32_t node = free_[--free_count_];
    packets_[node] = {.packet = *arrival.packet,
                      .frame = *arrival.frame,
                      .recv_ns = arrival.recv_ns,
                      .rival = rival,
                      .line = arrival.line};
    order_[size_++] = node;
  }

  // Those that speak for rival `from` speak for `to`.
  void Rename(uint32_t from, uint32_t to) {
    for (uint32_t i = 0; i < size_; ++i) {
      WaitingPacket& waiting = packets_[order_[i]];
      if (waiting.rival == from) waiting.rival = to;
    }
  }

  uint32_t size() const { return size_; }
  // The i-th that came. Precondition: i < size().
  const WaitingPacket& operator[](uint32_t i) const { return packets_[order_[i]]; }

  // Takes those out for which leaves(packet) says so, in the order in which they came.
  template <typename Leaves>
  void TakeIf(Leaves&& leaves) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < size_; ++i) {
      const uint32_t node = order_[i];
      if (leaves(packets_[node])) {
        left_[left_count_++] = node;
      } else {
        order_[kept++] = node;
      }
    }
    size_ = kept;
  }

  // How many packets speak for the stream.
  uint32_t CountOf(uint32_t rival) const {
    uint32_t count = 0;
    for (uint32_t i = 0; i < size_; ++i) count += packets_[order_[i]].rival == rival;
    return count;
  }

 private:
  const uint32_t nodes_;
  std::unique_ptr<WaitingPacket[]> packets_;
  std::unique_ptr<uint32_t[]> free_;
  std::unique_ptr<uint32_t[]> left_;  // Taken since Recycle.
  uint32_t free_count_;
  uint32_t left_count_ = 0;
  std::array<uint32_t, kMostWaiting> order_{};
  uint32_t size_ = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_WAITING_ROOM_H_
