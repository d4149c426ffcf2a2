#include "codecs/cme/cme_terms.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "codecs/update.h"

namespace fh::codecs::cme {
namespace {

// Values of the wire.
constexpr int64_t kPut = 0;
constexpr int64_t kCall = 1;
constexpr int64_t kLastTrade = 7;  // Of event_type.
constexpr int64_t kRoundLot = 2;   // Of lot_type.
constexpr int64_t kSellSide = 2;   // Of leg_side.
constexpr uint32_t kCurrencyBytes = 3;

}  // namespace

TermsPlan::Group TermsPlan::GroupOf(const GroupInfo& group) {
  const std::string_view name = group.name;
  if (name == "no_events") return Group::kEvent;
  if (name == "no_md_feed_types") return Group::kDepth;
  if (name == "no_lot_type_rules") return Group::kLot;
  if (name == "no_legs") return Group::kLeg;
  if (name == "no_underlyings") return Group::kUnderlying;
  return Group::kNone;
}

TermsPlan TermsPlan::Of(const MessageInfo& info) {
  TermsPlan plan;
  plan.kind_ = KindOf(info.name);
  plan.tick_ = FieldPlace::Of(info.fields, "min_price_increment");
  plan.display_factor_ = FieldPlace::Of(info.fields, "display_factor");
  plan.multiplier_ = FieldPlace::Of(info.fields, "unit_of_measure_qty");
  plan.strike_ = FieldPlace::Of(info.fields, "strike_price");
  plan.put_or_call_ = FieldPlace::Of(info.fields, "put_or_call");
  plan.price_precision_ = FieldPlace::Of(info.fields, "price_precision");
  for (const FieldInfo* field : info.fields) {
    if (field->name == std::string_view("currency") && field->length == kCurrencyBytes) {
      plan.currency_ = field->offset;
    }
  }
  for (const GroupInfo* group : info.groups) {
    const auto place = [group](std::string_view name) {
      return FieldPlace::Of(group->fields, name);
    };
    switch (GroupOf(*group)) {
      case Group::kEvent:
        plan.event_type_ = place("event_type");
        plan.event_time_ = place("event_time");
        break;
      case Group::kDepth:
        plan.market_depth_ = place("market_depth");
        break;
      case Group::kLot:
        plan.lot_type_ = place("lot_type");
        plan.lot_size_ = place("min_lot_size");
        break;
      case Group::kLeg:
        plan.leg_id_ = place("leg_security_id");
        plan.leg_side_ = place("leg_side");
        plan.leg_ratio_ = place("leg_ratio_qty");
        break;
      case Group::kUnderlying:
        plan.underlying_id_ = place("underlying_security_id");
        break;
      case Group::kNone:
        break;
    }
  }
  return plan;
}

fh_terms TermsPlan::Read(const MessageInfo& info, const BlockBytes& root,
                         const uint8_t* end) const {
  fh_terms terms = UnknownTerms();
  terms.kind = kind_;
  terms.size_decimals = 0;  // Contracts.
  terms.tick = tick_.ReadPrice(root);
  terms.display_factor = display_factor_.ReadPrice(root);
  terms.multiplier = multiplier_.ReadPrice(root);
  terms.strike = strike_.ReadPrice(root);
  terms.price_decimals =
      static_cast<uint8_t>(price_precision_.Read(root, int64_t{FH_UNKNOWN_DECIMALS}));
  const int64_t put_or_call = put_or_call_.Read(root, -1);
  if (put_or_call == kPut) terms.put_call = 'P';
  if (put_or_call == kCall) terms.put_call = 'C';
  if (currency_ != 0 && currency_ + kCurrencyBytes <= root.length) {
    std::memcpy(terms.currency, root.at + currency_, kCurrencyBytes);
  }
  const uint8_t* at = root.at + root.length;
  for (const GroupInfo* group : info.groups) {
    if (group->since > root.version) continue;
    const WireGroup found = ReadGroup(*group, at, end);
    if (found.why != nullptr || !group->groups.empty() || !group->data.empty()) break;
    BlockBytes entry{found.first, found.block_length, root.version};
    for (uint64_t i = 0; i < found.count; ++i, entry.at += found.block_length) {
      ReadEntry(GroupOf(*group), entry, terms);
    }
    at = found.first + found.count * found.block_length;
  }
  return terms;
}

void TermsPlan::ReadEntry(Group group, const BlockBytes& entry, fh_terms& terms) const {
  switch (group) {
    case Group::kEvent:
      if (event_type_.Read(entry, -1) == kLastTrade) {
        terms.expiry_ns = event_time_.Read(entry, kUndefinedTime);
      }
      return;
    case Group::kDepth:
      // Levels of the outright book; the implied one (GBI) has its own depth.
      if (entry.length >= 3 && std::memcmp(entry.at, "GBX", 3) == 0) {
        terms.book_depth =
            static_cast<uint8_t>(std::clamp<int64_t>(market_depth_.Read(entry, 0), 0, UINT8_MAX));
      }
      return;
    case Group::kLot: {
      // Of some templates a decimal, of others a whole number.
      const bool is_decimal = lot_size_.scale != 0;
      const int64_t lot = is_decimal ? lot_size_.ReadPrice(entry) : lot_size_.Read(entry, 0);
      if (lot_type_.Read(entry, -1) == kRoundLot && lot != kUndefinedPrice && lot > 0) {
        terms.round_lot = static_cast<uint64_t>(is_decimal ? lot / kPriceScale : lot);
      }
      return;
    }
    case Group::kLeg: {
      if (terms.leg_count < FH_MOST_LEGS) {
        const auto ratio = static_cast<int32_t>(leg_ratio_.Read(entry, 0));
        terms.legs[terms.leg_count] = {
            static_cast<uint32_t>(leg_id_.Read(entry, FH_UNKNOWN_INSTRUMENT)),
            leg_side_.Read(entry, 0) == kSellSide ? -ratio : ratio};
      }
      if (terms.leg_count < UINT8_MAX) ++terms.leg_count;
      return;
    }
    case Group::kUnderlying:
      terms.underlying_id =
          static_cast<uint32_t>(underlying_id_.Read(entry, FH_UNKNOWN_INSTRUMENT));
      return;
    case Group::kNone:
      return;
  }
}

}  // namespace fh::codecs::cme
