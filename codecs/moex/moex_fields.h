// What MOEX's templates mean, whoever wrote them down: which fields become updates, which message a
// template is, and its numbers as prices and times.
//
//   absl::StatusOr<std::shared_ptr<const MoexPlan>> plan = MoexPlan::Make("templates.xml");  // "": own.
//   switch ((*plan)->KindOf(source)) ...
//
// A template is known by its constant MessageType (FIX 35), a field by its name, so that a later file
// of the exchange is read without a change here. Constants once made; any thread.
#ifndef FEEDHANDLER_CODECS_MOEX_MOEX_FIELDS_H_
#define FEEDHANDLER_CODECS_MOEX_MOEX_FIELDS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "codecs/fast/fast_plan.h"
#include "codecs/fast/fast_xml.h"
#include "codecs/message.h"
#include "codecs/update.h"

namespace fh::codecs::moex {

// Fields that become updates, and those that framing needs.
enum Tag : fast::FastTag {
  kNoTag,
  kTagNumber,
  kTagSendingTime,
  kTagSecurityId,
  kTagSymbol,
  kTagAction,
  kTagEntryType,
  kTagLevel,
  kTagEntryId,
  kTagPrice,
  kTagSize,
  kTagEntryDate,
  kTagEntryTime,
  kTagOrders,
  kTagTrdType,
  kTagLastPrice,
  kTagTradingStatus,
  kTagSessionStatus,
  kTagSessionEvent,
  kTagHighLimit,
  kTagLowLimit,
  kTagTheorPrice,
  kTagSecurityType,
  kTagCfiCode,
  kTagStrike,
  kTagMultiplier,
  kTagCurrency,
  kTagTick,
  kTagMarketDepth,
  kTagUnderlyingId,
  kTagLegId,
  kTagLegRatio,
  kTagMaturityDate,
  kTagMaturityTime,
  kTagLastProcessed,
  kTags,
};

fast::FastTag TagOf(const FieldInfo& field);

enum class Kind : uint8_t {
  kOther,  // No normalized form.
  kReset,
  kIncrement,
  kSnapshot,
  kDefinition,
  kDefinitionUpdate,
  kSecurityStatus,
  kSessionStatus,
  kSequenceReset,
  kHeartbeat,
};

// What entries of a sequence are.
enum class Entries : uint8_t { kOther, kMarketData, kFeedTypes, kUnderlyings, kLegs };

// An entry of market data takes at least so many bytes; which bounds the updates of a packet.
inline constexpr uint32_t kLeastEntryBytes = 8;

class MoexPlan {
 public:
  // `schema`: the path of the exchange's templates; empty: those of moex_messages.h.
  static absl::StatusOr<std::shared_ptr<const MoexPlan>> Make(const std::string& schema);

  const fast::FastPlan& fast() const { return *fast_; }
  Kind KindOf(const fast::FastPlan::Template& source) const { return kinds_[source.index]; }
  Entries EntriesOf(uint32_t segment) const { return entries_[segment]; }

 private:
  MoexPlan() = default;
  absl::Status Resolve(const std::string& name);

  std::unique_ptr<const fast::FastTemplates> file_;
  std::unique_ptr<const fast::FastPlan> fast_;
  std::vector<Kind> kinds_;       // By template.
  std::vector<Entries> entries_;  // By segment.
};

// Mantissa times ten to the power of `exponent`, in 1e-9; undefined when that is no whole number of
// 64 bits.
int64_t PriceOf(int64_t mantissa, int exponent);

// Times as decimal digits.
class MoexClock {
 public:
  // YYYYMMDDhhmmssSSS; undefined when it is no time.
  int64_t UnixNs(uint64_t date_and_time);

  // hhmmssSSS of the day YYYYMMDD.
  int64_t UnixNs(uint64_t date, uint64_t time);

  // hhmmssSSS, of a day that is not said: the last such time that is not later than `sent_ns` by more
  // than kMostAhead.
  static int64_t NotAfter(int64_t sent_ns, uint64_t time);

  // hhmmssSSS, of the day on which it is nearest to `sent_ns`.
  static int64_t Nearest(int64_t sent_ns, uint64_t time);

 private:
  // Of the publisher's clocks.
  static constexpr int64_t kMostAheadNs = 3'600'000'000'000;

  uint64_t date_ = 0;  // Whose midnight is kept: days change rarely.
  int64_t midnight_ns_ = kUndefinedTime;
};

}  // namespace fh::codecs::moex

#endif  // FEEDHANDLER_CODECS_MOEX_MOEX_FIELDS_H_
