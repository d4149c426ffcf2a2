// The timetable of the synthetic day, and the order in which its rare messages come. A part of
// ItchDay; not for use on its own.
#ifndef FEEDHANDLER_FEEDHANDLER_SYNTHETIC_ITCH_DAY_COURSE_H_
#define FEEDHANDLER_FEEDHANDLER_SYNTHETIC_ITCH_DAY_COURSE_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace fh::synthetic_internal {

enum class Part : uint8_t {
  kSystemEvent,    // One message; `code` is the event.
  kDirectory,      // R of every symbol.
  kFirstStates,    // H of every symbol.
  kRegSho,         // Y of every symbol.
  kPositions,      // L of every fourth symbol.
  kBreakerLevels,  // V.
  kBreach,         // W, level 1: after 15:25 it halts nothing (the market-wide breaker's rules).
  kListings,       // K of the symbol that goes public, O of the one that is listed directly.
  kImbalances,     // I of the active symbols, kImbalanceRounds times; `code` is the cross type.
  kCross,          // Q of every symbol, after the C that it covers; `code` is the cross type.
  kFlow,           // Order flow, until `flow_share` thousandths of it have come.
  kClosing,        // The last kClosingMessages of the order flow: deletes and broken trades.
};

struct Phase {
  Part part;
  int64_t begin_ns;
  int64_t end_ns;
  char code = ' ';
  uint32_t flow_share = 0;
};

constexpr int64_t At(int64_t hours, int64_t minutes, int64_t seconds = 0) {
  return ((hours * 60 + minutes) * 60 + seconds) * 1'000'000'000;
}

inline constexpr uint32_t kImbalanceRounds = 2;
inline constexpr uint64_t kClosingMessages = 4;

// Rare messages come from the opening cross until the imbalances before the close.
inline constexpr uint32_t kRareFromShare = 60;
inline constexpr uint32_t kRareToShare = 860;

inline constexpr auto kDay = std::to_array<Phase>({
    {Part::kSystemEvent, At(3, 4, 32), At(3, 4, 32), 'O'},
    {Part::kDirectory, At(3, 5), At(3, 10)},
    {Part::kFirstStates, At(3, 10), At(3, 15)},
    {Part::kRegSho, At(3, 15), At(3, 20)},
    {Part::kPositions, At(3, 20), At(3, 25)},
    {Part::kBreakerLevels, At(3, 30), At(3, 30)},
    {Part::kSystemEvent, At(4, 0), At(4, 0), 'S'},
    {Part::kFlow, At(4, 0), At(9, 15), ' ', 40},
    {Part::kListings, At(9, 15), At(9, 15, 10)},
    {Part::kFlow, At(9, 15, 10), At(9, 25), ' ', 45},
    {Part::kImbalances, At(9, 25), At(9, 28), 'O'},
    {Part::kFlow, At(9, 28), At(9, 30), ' ', kRareFromShare},
    {Part::kSystemEvent, At(9, 30), At(9, 30), 'Q'},
    {Part::kCross, At(9, 30), At(9, 30, 2), 'O'},
    {Part::kFlow, At(9, 30, 2), At(10, 0), ' ', 260},
    {Part::kFlow, At(10, 0), At(15, 30), ' ', 760},
    {Part::kFlow, At(15, 30), At(15, 40), ' ', 800},
    {Part::kBreach, At(15, 40), At(15, 40)},
    {Part::kFlow, At(15, 40), At(15, 50), ' ', kRareToShare},
    {Part::kImbalances, At(15, 50), At(15, 55), 'C'},
    {Part::kFlow, At(15, 55), At(16, 0), ' ', 970},
    {Part::kSystemEvent, At(16, 0), At(16, 0), 'M'},
    {Part::kCross, At(16, 0), At(16, 0, 2), 'C'},
    {Part::kFlow, At(16, 0, 2), At(20, 0), ' ', 1000},
    {Part::kSystemEvent, At(20, 0), At(20, 0), 'E'},
    {Part::kClosing, At(20, 0), At(20, 5)},
    {Part::kSystemEvent, At(20, 5), At(20, 5), 'C'},
});

// One message each.
enum class Rare : uint8_t {
  kReleaseQuoting,  // H Q of the symbol that goes public.
  kReleaseCross,    // Q H of it.
  kReleaseTrading,  // H T of it.
  kHalt,            // H H of any symbol, which the next ones concern.
  kHaltQuoting,     // H Q
  kHaltImbalance,   // I
  kHaltCross,       // Q H
  kHaltOver,        // H T
  kPause,           // H P of another symbol; then again imbalance, cross and T.
  kCollar,          // J
  kOperationalHalt,
  kOperationalHaltOver,
  kRetailInterest,
  kPosition,
  kBrokenTrade,
};

inline constexpr size_t kFirstRepeatedRare = 3;  // Those before it come once.
inline constexpr auto kRares = std::to_array<Rare>({
    Rare::kReleaseQuoting, Rare::kReleaseCross,
    Rare::kReleaseTrading, Rare::kHalt,
    Rare::kRetailInterest, Rare::kHaltQuoting,
    Rare::kHaltImbalance,  Rare::kHaltCross,
    Rare::kHaltOver,       Rare::kBrokenTrade,
    Rare::kPause,          Rare::kPosition,
    Rare::kCollar,         Rare::kHaltImbalance,
    Rare::kHaltCross,      Rare::kHaltOver,
    Rare::kRetailInterest, Rare::kOperationalHalt,
    Rare::kBrokenTrade,    Rare::kOperationalHaltOver,
});

}  // namespace fh::synthetic_internal

#endif  // FEEDHANDLER_FEEDHANDLER_SYNTHETIC_ITCH_DAY_COURSE_H_
