// What a definition of CME says of its instrument, as fh_terms. Fields are found by name, so that
// definitions of the exchange's schema file say more than those that are known without one.
//
//   const TermsPlan plan = TermsPlan::Of(info);                       // At start.
//   const fh_terms terms = plan.Read(info, root, end_of_message);     // A definition.
//
// Constant once made; any thread. Reading allocates nothing; some tens of nanoseconds.
//
// Source: the field tables of "CME MDP 3.0 Market Data": security definition.
#ifndef FEEDHANDLER_CODECS_CME_CME_TERMS_H_
#define FEEDHANDLER_CODECS_CME_CME_TERMS_H_

#include <cstdint>

#include "codecs/cme/cme_layout.h"
#include "codecs/instrument_abi.h"
#include "codecs/message.h"

namespace fh::codecs::cme {

class TermsPlan {
 public:
  static TermsPlan Of(const MessageInfo& info);

  // Precondition: CmeDecoder::Check has passed the message.
  fh_terms Read(const MessageInfo& info, const BlockBytes& root, const uint8_t* end) const;

 private:
  enum class Group : uint8_t { kNone, kEvent, kDepth, kLot, kLeg, kUnderlying };
  static Group GroupOf(const GroupInfo& group);
  void ReadEntry(Group group, const BlockBytes& entry, fh_terms& terms) const;

  FieldPlace tick_, display_factor_, multiplier_, strike_, put_or_call_, price_precision_;
  FieldPlace event_type_, event_time_, market_depth_, lot_type_, lot_size_;
  FieldPlace leg_id_, leg_side_, leg_ratio_, underlying_id_;
  uint16_t currency_ = 0;  // Offset; 0 = none.
  uint8_t kind_ = FH_KIND_UNKNOWN;
};

}  // namespace fh::codecs::cme

#endif  // FEEDHANDLER_CODECS_CME_CME_TERMS_H_
