// A synthetic day of Nasdaq TotalView-ITCH 5.0, made from a seed: the same messages on every
// platform, never stored, every message type, and consistent as a real day is.
//
//   absl::StatusOr<ItchDay> day = ItchDay::Create({.seed = 7, .messages = 1'000'000});
//   std::span<const uint8_t> message;
//   while (day->NextMessage(message)) Send(message);    // day->time_ns() says when.
//
// The day goes as the specification tells (S O, directory, trading states, Reg SHO, participants,
// breaker levels, S S, order flow from 04:00, imbalances and a cross before and after the market
// hours S Q to S M, S E, and S C last). The order flow has the mix of a real day (46.6 % adds,
// 40.8 % deletes, 5.2 % replaces, 5.2 % executions, 0.9 % partial cancels), symbols of Zipf
// activity whose prices walk, and executions that hit the front of the best price. Halts with
// resumption crosses, pauses with collars, operational halts, broken trades and the rarer messages
// are strewn in between.
//
// What holds, and tests prove: times never decrease; a reference is never used twice; E, C, X, D
// and U name a live order and take no more than it has; no book is ever crossed; nothing executes
// in a symbol that is halted; match numbers are used once, but for the B that breaks one.
//
// One thread. About 100 ns a message, 200 when the live orders no longer fit the cache. Memory is
// some 60 bytes a live order (2 % of the messages are live at the end) and 200 bytes a symbol;
// allocates when these grow.
#ifndef FEEDHANDLER_FEEDHANDLER_SYNTHETIC_ITCH_DAY_H_
#define FEEDHANDLER_FEEDHANDLER_SYNTHETIC_ITCH_DAY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "codecs/itch/itch50_messages.h"
#include "feedhandler/synthetic/itch_day_course.h"
#include "feedhandler/synthetic/seeded_random.h"
#include "feedhandler/synthetic/synthetic_books.h"
#include "rio/packet.h"

namespace fh {

struct ItchDayOptions {
  uint64_t seed = 1;
  uint64_t messages = 1'000'000;  // In all. At least ItchDay::LeastMessages(symbols).
  uint32_t symbols = 1000;        // kLeastSymbols to kMostSymbols.
};

class ItchDay {
 public:
  static constexpr uint32_t kLeastSymbols = 4;
  static constexpr uint32_t kMostSymbols = 65'535;  // A stock locate has 16 bits and starts at 1.

  // So few that every message type still occurs.
  static uint64_t LeastMessages(uint32_t symbols);

  // Errors: InvalidArgument for options outside of their limits, with the limits.
  static absl::StatusOr<ItchDay> Create(const ItchDayOptions& options);

  // The next message, without any framing; false after exactly `messages` of them. `message` is
  // valid until the next call; rio::kReadablePastEnd bytes behind it may be read.
  bool NextMessage(std::span<const uint8_t>& message);

  // When the exchange sent the last message: ns since midnight in New York, as it says itself.
  int64_t time_ns() const { return now_ns_; }

  size_t live_orders() const { return books_.live(); }

 private:
  using Phase = synthetic_internal::Phase;

  struct Symbol {
    std::array<char, 9> name;  // Padded with spaces, terminated.
    bool halted = false;
    uint32_t fair_ticks = 0;  // What the price walks around.
    uint32_t walk_ticks = 1;  // How far a step goes.
  };

  // A cross that is being executed: order by order, then the bulk print.
  struct Cross {
    bool started = false;
    BookSide side = BookSide::kBid;
    uint32_t ticks = 0;
    uint32_t orders_left = 0;
    uint64_t shares = 0;
  };

  // An aggressor that goes on taking orders of one side.
  struct Sweep {
    bool going_on = false;
    uint16_t symbol = 0;
    BookSide resting = BookSide::kBid;
  };

  struct Match {
    uint64_t number;
    uint16_t symbol;
  };

  explicit ItchDay(const ItchDayOptions& options);

  // itch_day_reference.cc: what surrounds the order flow.
  void MakeSymbols();
  void EmitDirectory(uint16_t symbol);
  void EmitFirstState(uint16_t symbol);
  void EmitRegSho(uint16_t symbol);
  void EmitPosition(uint16_t symbol);
  void EmitBreakerLevels();
  void EmitSystemEvent(char code);
  void EmitListing(uint64_t index);
  void EmitImbalance(uint16_t symbol, char cross_type);
  void EmitBulkPrint(uint16_t symbol, char cross_type, uint32_t ticks, uint64_t shares);
  void EmitTradingState(uint16_t symbol, char state, const char* reason);
  void EmitOperationalHalt(uint16_t symbol, char action);
  void EmitCollar(uint16_t symbol);
  void EmitRetailInterest(uint16_t symbol);
  void EmitBrokenTrade();
  void EmitRare();
  static uint64_t MessagesAroundFlow(uint32_t symbols);
  static uint32_t ActiveSymbols(uint32_t symbols) { return (symbols + 3) / 4; }

  // itch_day.cc: the course of the day and the order flow.
  bool EmitOfPhase(const Phase& phase);  // False when the phase is over and nothing was written.
  bool EmitScripted(const Phase& phase);
  bool EmitFlow(const Phase& phase);
  bool EmitCross(const Phase& phase);
  bool EmitClosing(const Phase& phase);
  void EmitFlowMessage();
  void EmitAdd(uint16_t symbol);
  void EmitDelete();
  void EmitCancel();
  void EmitReplace();
  bool EmitExecution();  // False when nothing can execute just now.
  void EmitHiddenTrade(uint16_t symbol);
  void Execute(uint32_t order);
  void ExecuteAtPrice(uint32_t order, uint32_t shares, uint32_t price, bool printable);
  bool ExecuteInCross(uint16_t symbol);

  // Writes what all messages start with. `symbol`: its index; its locate is one more.
  template <typename Message>
  uint8_t* Begin(uint32_t locate);
  template <typename Message>
  uint8_t* BeginOf(uint16_t symbol) {
    return Begin<Message>(symbol + 1u);
  }

  uint16_t PickSymbol() { return by_activity_[activity_.Pick(random_)]; }
  uint16_t PickTradingSymbol();
  BookSide RandomSide() { return random_.Chance(1, 2) ? BookSide::kBid : BookSide::kAsk; }
  uint32_t RandomShares();
  uint32_t PassiveTicks(uint16_t symbol, BookSide side);
  void WalkPrice(uint16_t symbol);
  void AdvanceTime(int64_t until_ns, uint64_t messages_until);
  uint64_t NextReference();
  uint64_t NextMatch(uint16_t symbol);
  uint64_t FlowUntil(const Phase& phase) const;

  static constexpr uint32_t kTick = 100;  // A cent, in the unit of ITCH prices.
  static constexpr size_t kRememberedMatches = 64;

  SeededRandom random_;
  const ItchDayOptions options_;
  const uint64_t flow_messages_;  // All messages that belong to no spin.
  ZipfSampler activity_;
  std::vector<uint16_t> by_activity_;  // Symbols, the most active first.
  std::vector<Symbol> symbols_;
  SyntheticBooks books_;

  size_t phase_ = 0;
  uint64_t index_ = 0;  // Within the phase.
  uint64_t flow_emitted_ = 0;
  int64_t now_ns_ = 0;
  Cross cross_;
  Sweep sweep_;
  uint64_t next_reference_ = 1;
  uint64_t next_match_ = 1;
  std::vector<Match> matches_;  // Latest ones that may still be broken.
  size_t next_remembered_ = 0;
  size_t next_rare_ = 0;
  uint64_t flow_until_rare_ = 0;
  uint64_t flow_between_rares_ = 0;
  uint16_t halted_symbol_ = 0;  // Of the halt that is going on.

  uint32_t size_ = 0;
  std::array<uint8_t, 64 + rio::kReadablePastEnd> message_{};
};

// The day's own midnight for captures, UNIX ns: 2 January 2024, 00:00 in New York.
inline constexpr int64_t kSyntheticMidnightNs = 1'704'171'600'000'000'000;

template <typename Message>
uint8_t* ItchDay::Begin(uint32_t locate) {
  namespace itch = codecs::itch50;
  static_assert(Message::kInfo.length <= 64);
  size_ = Message::kInfo.length;
  uint8_t* const message = message_.data();
  itch::kMessageType.Put(message, static_cast<char>(Message::kInfo.type));
  itch::kStockLocate.Put(message, static_cast<uint16_t>(locate));
  itch::kTrackingNumber.Put(message, static_cast<uint16_t>(now_ns_ & 6));
  itch::kTimestamp.Put(message, static_cast<uint64_t>(now_ns_));
  return message;
}

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SYNTHETIC_ITCH_DAY_H_
