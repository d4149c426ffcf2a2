// What the numbers of update_abi.h are called, for people and text files: once, beside the numbers.
//
//   NameOf(kRecordNames, update.record)                   // "trade"; empty when there is none.
//   NameOf(StateNames(update.status.kind), update.status.state)   // "HALTED", "STUCK"
//
// A test reads update_abi.h and fails for a constant without a name. Names do not change: files
// that were written with them are read for years. Constants only; any thread.
#ifndef FEEDHANDLER_CODECS_UPDATE_NAMES_H_
#define FEEDHANDLER_CODECS_UPDATE_NAMES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "codecs/update_abi.h"

namespace fh::codecs {

// Index = the value of the constant; empty = no name.
inline constexpr std::string_view kRecordNames[] = {
    "",           "order",     "level",     "top", "trade",   "status",
    "definition", "imbalance", "statistic", "gap", "session", "trade_detail"};

inline constexpr std::string_view kStatusNames[] = {"",
                                                    "SYSTEM_EVENT",
                                                    "TRADING",
                                                    "OPERATIONAL_HALT",
                                                    "SHORT_SALE",
                                                    "RETAIL_INTEREST",
                                                    "SECURITY_EVENT",
                                                    "CIRCUIT_BREAKER",
                                                    "IPO_QUOTING",
                                                    "CROSS_DONE",
                                                    "AUCTION",
                                                    "CHANNEL_STUCK",
                                                    "QUOTE_REQUEST",
                                                    "SNAPSHOT_AT"};

inline constexpr std::string_view kTradingNames[] = {"UNKNOWN", "OPEN",    "HALTED",
                                                     "PAUSED",  "QUOTING", "ORDERS"};

inline constexpr std::string_view kSessionNames[] = {"",          "JOINED",    "NEW",
                                                     "RESTARTED", "CORRECTED", "ENDED"};

inline constexpr std::string_view kKindNames[] = {
    "UNKNOWN", "STOCK", "FUTURE", "OPTION", "SPREAD", "INDEX", "CURRENCY", "BOND", "TEST"};

inline constexpr std::string_view kDetailNames[] = {"", "CONDITIONS", "CORRECTION", "CANCEL"};

// Of FH_STATUS_CHANNEL_STUCK.
inline constexpr std::string_view kStuckNames[] = {"MOVING", "STUCK"};

inline constexpr std::string_view kStatisticNames[] = {"",
                                                       "OPENING_PRICE",
                                                       "CLOSING_PRICE",
                                                       "IPO_PRICE",
                                                       "REFERENCE_PRICE",
                                                       "UPPER_BAND",
                                                       "LOWER_BAND",
                                                       "NEAR_PRICE",
                                                       "FAR_PRICE",
                                                       "BREAKER_LEVEL_1",
                                                       "BREAKER_LEVEL_2",
                                                       "BREAKER_LEVEL_3",
                                                       "PREVIOUS_CLOSE",
                                                       "INDICATIVE_PRICE",
                                                       "BOOK_CLEARING_PRICE",
                                                       "CROSS_PRICE",
                                                       "COLLAR_REFERENCE",
                                                       "MINIMUM_PRICE",
                                                       "MAXIMUM_PRICE",
                                                       "VOLUME",
                                                       "HIGH_PRICE",
                                                       "LOW_PRICE",
                                                       "AVERAGE_PRICE",
                                                       "HIGHEST_BID",
                                                       "LOWEST_OFFER",
                                                       "SETTLEMENT_PRICE",
                                                       "CLEARED_VOLUME",
                                                       "OPEN_INTEREST",
                                                       "FIXING_PRICE",
                                                       "PRICE_VARIATION"};

inline constexpr std::string_view kGapNames[] = {"", "LOST", "LATE_JOIN", "RING_FULL", "DAMAGED"};

// Index = the number of the bit.
inline constexpr std::string_view kFlagNames[] = {
    "IMPLIED", "PRIORITY_KEPT", "MAYBE_BAD_BOOK", "BAD_TS_RECV", "MBP", "SNAPSHOT", "TOB", "LAST"};

// Text files have the letters; this is what they stand for.
struct LetterName {
  char letter;
  std::string_view name;
};
inline constexpr LetterName kActionNames[] = {
    {FH_ACTION_ADD, "ADD"},     {FH_ACTION_MODIFY, "MODIFY"}, {FH_ACTION_CANCEL, "CANCEL"},
    {FH_ACTION_CLEAR, "CLEAR"}, {FH_ACTION_TRADE, "TRADE"},   {FH_ACTION_FILL, "FILL"},
    {FH_ACTION_NONE, "NONE"}};
inline constexpr LetterName kSideNames[] = {
    {FH_SIDE_BID, "BID"}, {FH_SIDE_ASK, "ASK"}, {FH_SIDE_NONE, "NONE"}};

constexpr std::string_view NameOf(std::span<const std::string_view> names, size_t value) {
  return value < names.size() ? names[value] : std::string_view();
}

// The names of status.state, which depend on status.kind; none for kinds without a state.
constexpr std::span<const std::string_view> StateNames(uint16_t status_kind) {
  switch (status_kind) {
    case FH_STATUS_TRADING:
    case FH_STATUS_OPERATIONAL_HALT:
      return kTradingNames;
    case FH_STATUS_CHANNEL_STUCK:
      return kStuckNames;
    default:
      return {};
  }
}

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_UPDATE_NAMES_H_
