// When each packet was meant to go out and when it did, told by the thread that sends to the threads
// that measure. Both are in one process.
//
//   Schedule schedule(Schedule::Key::kStamp, 4096);
//   schedule.FollowStamps(first_ns, newest_ns, origin_unix_ns, speed);   // Sender, now and then.
//   schedule.Tell(Schedule::OfStamp(stamp_ns), {intended_ns, sent_ns});  // Sender, before it sends.
//   ...
//   const Schedule::Times times = schedule.FindStamp(update.ts_recv_ns);   // Who measures.
//
// By what a packet is known: by its capture stamp (a paced replay), or by the messages in it (a
// publisher whose packets come back through sockets). The table holds as many packets or messages as
// are under way; what was overwritten is not found. Of stamps there is a rule besides, by which every
// one has its time: the origin plus its distance from the first, divided by the speed.
//
// One thread tells, any number find, meanwhile; no lock. Tell and Find cost a cache line. Allocates
// when it is made.
#ifndef FEEDHANDLER_LATENCY_SCHEDULE_H_
#define FEEDHANDLER_LATENCY_SCHEDULE_H_

#include <atomic>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

namespace fh::latency {

class Schedule {
 public:
  static constexpr int64_t kUnknown = std::numeric_limits<int64_t>::min();

  enum class Key : uint8_t { kStamp, kMessage };

  // UNIX ns by the process's clock.
  struct Times {
    int64_t intended_ns = kUnknown;
    int64_t sent_ns = kUnknown;
  };

  // `places`: a power of two, more than packets (messages) are ever under way.
  Schedule(Key key, size_t places)
      : key_(key), mask_(places - 1), places_(std::make_unique<Place[]>(places)) {
    assert(std::has_single_bit(places));
  }

  Key key() const { return key_; }

  // Different stamps have different keys; those of one second lie all over the table.
  static constexpr uint64_t OfStamp(int64_t stamp_ns) {
    uint64_t key = static_cast<uint64_t>(stamp_ns);
    key ^= key >> 32;
    key *= 0x9E3779B97F4A7C15u;
    return key ^ key >> 29;
  }

  // Messages of a channel that follow each other lie side by side. `sequence` with the stream, as in
  // fh_update.
  static constexpr uint64_t OfMessage(uint16_t channel_id, uint64_t sequence) {
    return sequence + channel_id * uint64_t{0x9E3779B97F4A7C15u};
  }

  // ---- The sender's thread

  void Tell(uint64_t key, const Times& times) {
    Place& place = places_[key & mask_];
    // Odd while it is written. Release throughout: who sees a word sees the version before it.
    const uint64_t version = place.version.load(std::memory_order_relaxed);
    place.version.store(version + 1, std::memory_order_relaxed);
    place.key.store(key, std::memory_order_release);
    place.intended_ns.store(times.intended_ns, std::memory_order_release);
    place.sent_ns.store(times.sent_ns, std::memory_order_release);
    place.version.store(version + 2, std::memory_order_release);
  }

  // Stamps up to `newest_stamp_ns` have their times by this rule. `origin_ns`: when the first was due,
  // which moves with the system's clock.
  void FollowStamps(int64_t first_stamp_ns, int64_t newest_stamp_ns, int64_t origin_ns,
                    double speed) {
    first_stamp_ns_.store(first_stamp_ns, std::memory_order_relaxed);
    newest_stamp_ns_.store(newest_stamp_ns, std::memory_order_relaxed);
    speed_.store(speed, std::memory_order_relaxed);
    origin_ns_.store(origin_ns, std::memory_order_release);
  }

  // ---- Any thread

  // What was told of the key; kUnknown when that is not there (any more).
  Times Find(uint64_t key) const {
    const Place& place = places_[key & mask_];
    const uint64_t version = place.version.load(std::memory_order_acquire);
    const bool is_here = place.key.load(std::memory_order_acquire) == key;
    const Times times{place.intended_ns.load(std::memory_order_acquire),
                      place.sent_ns.load(std::memory_order_acquire)};
    const bool is_whole =
        version % 2 == 0 && place.version.load(std::memory_order_relaxed) == version;
    return is_here && is_whole ? times : Times();
  }

  // The same of a stamp; where nothing is told of it any more, the rule, without the time of sending.
  Times FindStamp(int64_t stamp_ns) const {
    const Times times = Find(OfStamp(stamp_ns));
    if (times.intended_ns != kUnknown) return times;
    const int64_t origin_ns = origin_ns_.load(std::memory_order_acquire);
    // What was never sent has no time.
    if (origin_ns == kUnknown || stamp_ns > newest_stamp_ns_.load(std::memory_order_relaxed)) {
      return {};
    }
    const auto distance_ns =
        static_cast<double>(stamp_ns - first_stamp_ns_.load(std::memory_order_relaxed));
    return {origin_ns + std::llround(distance_ns / speed_.load(std::memory_order_relaxed)),
            kUnknown};
  }

 private:
  struct alignas(32) Place {
    std::atomic<uint64_t> version{0};
    std::atomic<uint64_t> key{0};
    std::atomic<int64_t> intended_ns{kUnknown};
    std::atomic<int64_t> sent_ns{kUnknown};
  };

  const Key key_;
  const uint64_t mask_;
  std::unique_ptr<Place[]> places_;
  std::atomic<int64_t> first_stamp_ns_{0};
  std::atomic<int64_t> newest_stamp_ns_{0};
  std::atomic<double> speed_{1};
  std::atomic<int64_t> origin_ns_{kUnknown};
};

}  // namespace fh::latency

#endif  // FEEDHANDLER_LATENCY_SCHEDULE_H_
