// A line that loses, repeats and reorders packets at random, from a seed, and knows afterwards
// which messages it did not deliver.
//
//   LossyLine line_a({.seed = 1, .loss = 0.02, .duplication = 0.01, .reordering = 0.05});
//   LossyLine line_b({.seed = 2, .loss = 0.02});
//   while (...) {
//     line_a.Send(packet, [&](const MoldPacket& p) { sender.Send(p.bytes, kLineA); });
//     line_b.Send(packet, [&](const MoldPacket& p) { sender.Send(p.bytes, kLineB); });
//   }
//   line_a.Flush(deliver_a);                                     // What was held back comes now.
//   const std::vector<MessageRange> lost = Intersection(line_a.undelivered(),
//                                                       line_b.undelivered());
//
// Decisions depend on the seed and the number of packets alone, so a run can be repeated. A packet
// that is held back, or comes a second time, does so behind at most `max_displacement` later ones.
// Packets without messages (heartbeats, the end of the session) are treated as all others.
//
// One thread. Allocates at construction, and as the list of losses grows (16 bytes a loss). A few
// ns a packet; held ones are copied.
#ifndef FEEDHANDLER_FEEDHANDLER_SYNTHETIC_LOSSY_LINE_H_
#define FEEDHANDLER_FEEDHANDLER_SYNTHETIC_LOSSY_LINE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "feedhandler/synthetic/mold_packetizer.h"
#include "feedhandler/synthetic/seeded_random.h"

namespace fh {

// Messages `first` to `last`, both included.
struct MessageRange {
  uint64_t first;
  uint64_t last;
  uint64_t size() const { return last - first + 1; }
  friend bool operator==(const MessageRange&, const MessageRange&) = default;
};

// What is in both lists. Each is ordered, and its ranges do not touch; so is the result.
std::vector<MessageRange> Intersection(const std::vector<MessageRange>& a,
                                       const std::vector<MessageRange>& b);

struct LossyLineOptions {
  uint64_t seed = 1;
  double loss = 0;                 // Share of packets that are never delivered: 0 to 1.
  double duplication = 0;          // Of the others, share delivered twice.
  double reordering = 0;           // Of the others, share held back.
  uint32_t max_displacement = 16;  // Later packets that may overtake a held one: 1 to 1024.
};

struct LossyLineStats {
  uint64_t packets = 0;    // Taken by Send.
  uint64_t delivered = 0;  // Handed on, second copies included.
  uint64_t lost = 0;
  uint64_t duplicated = 0;  // Second copies.
  uint64_t reordered = 0;   // Held back.
  uint64_t messages_lost = 0;
};

class LossyLine {
 public:
  explicit LossyLine(const LossyLineOptions& options);

  // Calls deliver(const MoldPacket&) for what arrives now: none, this packet, earlier ones that
  // were held back, second copies. Packets must come in the order of their numbers.
  template <typename Deliver>
  void Send(const MoldPacket& packet, Deliver&& deliver) {
    switch (Decide(packet)) {
      case Fate::kLost:
        break;
      case Fate::kHeld:
        Hold(packet, 1);
        break;
      case Fate::kTwice:
        Hold(packet, 0);
        [[fallthrough]];
      case Fate::kDelivered:
        ++stats_.delivered;
        deliver(packet);
        break;
    }
    while (const Held* held = NextDue()) Release(*held, deliver);
  }

  // Delivers what is held back still. Call it at the end.
  template <typename Deliver>
  void Flush(Deliver&& deliver) {
    while (!held_.empty()) Release(held_.front(), deliver);
  }

  // Every message that no delivered packet holds, as far as packets were sent: ordered, adjacent
  // losses joined. What is held back counts as delivered.
  const std::vector<MessageRange>& undelivered() const { return undelivered_; }

  const LossyLineStats& stats() const { return stats_; }

 private:
  enum class Fate : uint8_t { kDelivered, kLost, kHeld, kTwice };

  struct Held {
    MoldPacket packet;  // Its bytes point into `bytes`.
    std::vector<uint8_t> bytes;
    uint64_t due;  // Delivered behind packet number `due`.
  };

  Fate Decide(const MoldPacket& packet);
  // Keeps a copy that `least` to max_displacement later packets overtake.
  void Hold(const MoldPacket& packet, uint32_t least);
  const Held* NextDue() const;

  template <typename Deliver>
  void Release(const Held& held, Deliver& deliver) {
    ++stats_.delivered;
    deliver(held.packet);
    RecycleFirst();
  }
  void RecycleFirst();

  SeededRandom random_;
  const uint64_t loss_;  // Of 2^32.
  const uint64_t duplication_;
  const uint64_t reordering_;
  const uint32_t max_displacement_;
  std::vector<Held> held_;                   // In the order of their `due`.
  std::vector<std::vector<uint8_t>> spare_;  // Buffers to hold packets in.
  std::vector<MessageRange> undelivered_;
  LossyLineStats stats_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SYNTHETIC_LOSSY_LINE_H_
