// A world for the session in which the truth is known: days of streams of numbered messages, lines
// that lose, repeat, reorder and delay their packets, and somebody who slips lies in between - wild
// numbers, damaged headers, foreign sessions, false ends - in rows of fewer packets than it takes
// to be believed. It says what had to arrive.
//
//   const AttackWorld world(seed);
//   SessionHarness harness(world.options(), /*keep_log=*/false);
//   for (const Sent& sent : world.arrivals()) ...
//   EXPECT_EQ(world.Judge(harness).verdict, "");
//
// Everything follows from the seed. What had to arrive: of each stream, every message that some
// line brought in its order (a reordered packet is luck) before any line showed the next stream.
//
// Two kinds of worlds. In a fair one lies come while the lines are talking, so that each is belied
// before time makes it believable; then everything had to arrive. In a cruel one they come at any
// time, in the silences of a quiet stream and in the night too, on all days but the last: then at
// least the last day had to arrive, whatever the days before have made of the session.
#ifndef FEEDHANDLER_TESTS_SIM_ATTACK_WORLD_H_
#define FEEDHANDLER_TESTS_SIM_ATTACK_WORLD_H_

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/sim/session_harness.h"

namespace fh::test {

enum class Lie : uint8_t {
  kAhead,        // A number up to 5,000 ahead.
  kFarAhead,     // Up to 2^21 ahead.
  kWild,         // Anything.
  kOld,          // A number that was.
  kOverstated,   // A true packet that announces more than it holds.
  kForeign,      // A session id that nobody has seen.
  kOtherDay,     // The id of another of the days.
  kHeartbeat,    // Ahead, near or far.
  kEnd,          // The session is over, it says.
  kStartsOver,   // Message 1, sent later than everything.
  kFuture,       // A number ahead, sent far in the future.
  kFlippedBits,  // A true packet with damage in its number.
};
inline constexpr size_t kLies = 12;

class AttackWorld {
 public:
  explicit AttackWorld(uint64_t seed);

  const SessionOptions& options() const { return options_; }
  const std::vector<Sent>& arrivals() const { return arrivals_; }

  struct Account {
    std::string verdict;  // "": as it should be; else what was not.
    uint64_t owed = 0;    // Messages that had to arrive.
    // Of these, those in whose place a lie of the same number was delivered.
    uint64_t supplanted = 0;
    // Messages that were delivered in two streams: before and after a correction.
    uint64_t again = 0;
    uint64_t lies = 0;
    uint64_t lies_delivered = 0;
    uint64_t streams = 0;
    uint64_t starts = 0;  // That the session reported.
    bool is_cruel = false;
    std::array<uint64_t, kLies> supplanted_by{};
  };
  Account Judge(SessionHarness& harness) const;

 private:
  struct Stream {
    char session = 'A';
    uint64_t messages = 0;
    int64_t start_ns = 0;
    int64_t shown_ns = INT64_MAX;  // When a line first brought a packet of it.
  };
  struct Line {
    double loss = 0;
    double repeat = 0;
    uint64_t reorder = 0;  // Packets.
    int64_t delay_ns = 0;
    bool attacked = false;
  };

  uint64_t Below(uint64_t below) { return random_() % below; }
  bool Chance(double share) { return static_cast<double>(random_() >> 11) * 0x1p-53 < share; }

  void MakeStreams();
  std::vector<Sent> Pack(uint32_t stream);
  std::vector<Sent> Transmit(const std::vector<Sent>& packets, uint8_t line);
  void SlipIn(std::vector<Sent>& line);
  Sent Tell(Lie lie, const Sent& truth);

  std::mt19937_64 random_;
  SessionOptions options_;
  bool is_timed_ = false;   // Packets carry a time of sending.
  bool has_ids_ = false;    // Sessions have ids of their own.
  int64_t message_ns_ = 0;  // From one message to the next.
  // Longer without a word, not even a heartbeat, than it takes for a silent stream to be left. What
  // is said in such a silence is believed, and taken back: the same message may come in two
  // streams.
  bool is_sparse_ = false;
  bool is_cruel_ = false;
  uint32_t most_messages_ = 1;
  std::vector<Stream> streams_;
  std::vector<Line> lines_;
  std::vector<Sent> arrivals_;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_SIM_ATTACK_WORLD_H_
