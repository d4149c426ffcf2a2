// Where in a message the fields are that become updates: resolved from the message's description by
// the fields' names, at compile time for the descriptions of cme_messages.h, at start for those of a
// schema. So the decoder is written once, and costs no search.
//
//   constexpr Layout kLayout46 = Layout::Of(kBook46);              // Offsets fold into the loads.
//   const Layout layout = Layout::Of(*schema->Find(46));           // A plan.
//   const int64_t size = layout.size.Read(entry, 0);
//
// Constants once made; any thread.
#ifndef FEEDHANDLER_CODECS_CME_CME_LAYOUT_H_
#define FEEDHANDLER_CODECS_CME_CME_LAYOUT_H_

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

#include "codecs/block_walk.h"
#include "codecs/message.h"
#include "codecs/update.h"

namespace fh::codecs::cme {

// A block on the wire: a root block (with its header) or an entry.
struct BlockBytes {
  const uint8_t* at;
  uint32_t length;
  uint32_t version;
};

// An integer field of a block, little-endian.
struct FieldPlace {
  uint16_t offset = 0;
  uint8_t length = 0;  // 0: the message has no such field.
  bool is_signed = false;
  bool has_null = false;
  uint16_t since = 0;
  uint64_t null_value = 0;
  int64_t scale = 0;  // Of decimals: times this is 1e-9; 0 = they have more than nine.

  friend constexpr bool operator==(const FieldPlace&, const FieldPlace&) = default;

  static constexpr FieldPlace Of(std::span<const FieldInfo* const> fields, std::string_view name) {
    for (const FieldInfo* field : fields) {
      if (field->name != name || field->length == 0 || field->length > 8) continue;
      FieldPlace place;
      place.offset = field->offset;
      place.length = static_cast<uint8_t>(field->length);
      place.is_signed = field->is_signed;
      place.has_null = field->presence == Presence::kOptional;
      place.since = field->since;
      place.null_value = place.has_null ? field->number : 0;
      if (field->kind == FieldKind::kDecimal && field->decimals <= 9) {
        place.scale = 1;
        for (int i = field->decimals; i < 9 && place.scale <= INT64_MAX / 10; ++i)
          place.scale *= 10;
      }
      return place;
    }
    return {};
  }

  constexpr uint32_t end() const { return uint32_t{offset} + length; }

  // The field's value, or `otherwise` where the block has none.
  [[gnu::always_inline]] int64_t Read(const BlockBytes& block, int64_t otherwise) const {
    if (length == 0 || end() > block.length || since > block.version) return otherwise;
    const uint64_t value = Load(block.at + offset);
    return has_null && value == null_value ? otherwise : static_cast<int64_t>(value);
  }

  // A decimal in 1e-9; undefined where there is none, or where it does not fit (never sent).
  [[gnu::always_inline]] int64_t ReadPrice(const BlockBytes& block) const {
    const int64_t mantissa = Read(block, kUndefinedPrice);
    int64_t price;
    if (mantissa == kUndefinedPrice || scale == 0 ||
        __builtin_mul_overflow(mantissa, scale, &price)) {
      return kUndefinedPrice;
    }
    return price;
  }

 private:
  // Sign-extended.
  [[gnu::always_inline]] uint64_t Load(const uint8_t* at) const {
    switch (length) {
      case 1:
        return is_signed ? Extend<int8_t>(at) : *at;
      case 2:
        return is_signed ? Extend<int16_t>(at) : internal::Load<std::endian::little, uint16_t>(at);
      case 4:
        return is_signed ? Extend<int32_t>(at) : internal::Load<std::endian::little, uint32_t>(at);
      case 8:
        return internal::Load<std::endian::little, uint64_t>(at);
      default:
        return 0;
    }
  }
  template <typename T>
  [[gnu::always_inline]] static uint64_t Extend(const uint8_t* at) {
    return static_cast<uint64_t>(int64_t{internal::Load<std::endian::little, T>(at)});
  }
};

// What a message becomes.
enum class Mapping : uint8_t {
  kNone,  // No normalized form.
  kBook,
  kOrders,
  kTrades,
  kVolume,
  kDaily,
  kSession,
  kLimits,
  kReset,
  kStatus,
  kDefinition,
  kSnapshot,       // Of levels, prices and statistics.
  kOrderSnapshot,  // Of orders, in chunks.
  kQuoteRequest,
};

constexpr Mapping MappingOf(std::string_view name) {
  struct Named {
    std::string_view prefix;
    Mapping mapping;
  };
  constexpr Named kNamed[] = {{"md_incremental_refresh_book", Mapping::kBook},
                              {"md_incremental_refresh_order_book", Mapping::kOrders},
                              {"md_incremental_refresh_trade", Mapping::kTrades},
                              {"md_incremental_refresh_volume", Mapping::kVolume},
                              {"md_incremental_refresh_daily_statistics", Mapping::kDaily},
                              {"md_incremental_refresh_session_statistics", Mapping::kSession},
                              {"md_incremental_refresh_limits_banding", Mapping::kLimits},
                              {"channel_reset", Mapping::kReset},
                              {"security_status", Mapping::kStatus},
                              {"md_instrument_definition_", Mapping::kDefinition},
                              {"snapshot_full_refresh_order_book", Mapping::kOrderSnapshot},
                              {"snapshot_full_refresh", Mapping::kSnapshot},
                              {"quote_request", Mapping::kQuoteRequest}};
  for (const Named& named : kNamed) {
    if (name.starts_with(named.prefix)) return named.mapping;
  }
  return Mapping::kNone;
}

// Of the name of a definition.
constexpr uint8_t KindOf(std::string_view name) {
  if (name.find("_future") != name.npos) return FH_KIND_FUTURE;
  if (name.find("_option") != name.npos) return FH_KIND_OPTION;
  if (name.find("_spread") != name.npos) return FH_KIND_SPREAD;
  if (name.find("_fixed_income") != name.npos) return FH_KIND_BOND;
  return name.find("_fx") != name.npos ? FH_KIND_CURRENCY : FH_KIND_UNKNOWN;
}

// The fields of a message that become updates. Those that a template has not got have length 0.
struct Layout {
  Mapping mapping = Mapping::kNone;
  FieldPlace transact_time, match_event;  // Of the root block, header included.
  // Of the entries.
  FieldPlace price, size, security_id, order_count, level, action, type, aggressor, trade_id,
      order_id, display_qty, open_flag, high, low, variation;
  // Of the orders behind the entries.
  FieldPlace behind_order_id, behind_qty, behind_reference, behind_action;
  // Of SecurityStatus, definitions and snapshots: the root block's.
  FieldPlace root_security_id, trading_status, halt_reason, trading_event, update_action, root_high,
      root_low, root_variation, chunk, chunk_count, last_processed;
  // Of the entries of QuoteRequest.
  FieldPlace quote_size, quote_type, quote_side;
  uint16_t symbol = 0;  // Offsets of texts; 0 = none.
  uint16_t symbol_length = 0;
  uint16_t security_group = 0;
  // Entries that are shorter make a message malformed.
  uint16_t least_entry = 0;
  uint16_t least_order = 0;

  friend constexpr bool operator==(const Layout&, const Layout&) = default;

  static constexpr Layout Of(const MessageInfo& info) {
    Layout layout;
    layout.mapping = MappingOf(info.name);
    layout.transact_time = FieldPlace::Of(info.fields, "transact_time");
    layout.match_event = FieldPlace::Of(info.fields, "match_event_indicator");
    layout.root_security_id = FieldPlace::Of(info.fields, "security_id");
    layout.trading_status = FieldPlace::Of(info.fields, "security_trading_status");
    layout.halt_reason = FieldPlace::Of(info.fields, "halt_reason");
    layout.trading_event = FieldPlace::Of(info.fields, "security_trading_event");
    layout.update_action = FieldPlace::Of(info.fields, "security_update_action");
    if (layout.mapping == Mapping::kSnapshot || layout.mapping == Mapping::kOrderSnapshot) {
      layout.trading_status = FieldPlace::Of(info.fields, "md_security_trading_status");
      layout.root_high = FieldPlace::Of(info.fields, "high_limit_price");
      layout.root_low = FieldPlace::Of(info.fields, "low_limit_price");
      layout.root_variation = FieldPlace::Of(info.fields, "max_price_variation");
      layout.chunk = FieldPlace::Of(info.fields, "current_chunk");
      layout.chunk_count = FieldPlace::Of(info.fields, "no_chunks");
      layout.last_processed = FieldPlace::Of(info.fields, "last_msg_seq_num_processed");
    }
    if (layout.mapping == Mapping::kDefinition) {
      layout.transact_time = FieldPlace::Of(info.fields, "last_update_time");
    }
    for (const FieldInfo* field : info.fields) {
      const std::string_view name = field->name;
      if (field->kind != FieldKind::kAlpha) continue;
      if (name == "symbol") {
        layout.symbol = field->offset;
        layout.symbol_length = field->length;
      } else if (name == "security_group" && field->length == 6) {
        layout.security_group = field->offset;
      }
    }
    for (const GroupInfo* group : info.groups) {
      const std::string_view name = group->name;
      if (name == "no_md_entries" || name == "no_related_sym") layout.SetEntries(group->fields);
      if (name == "no_order_id_entries") layout.SetOrders(group->fields);
    }
    return layout;
  }

 private:
  constexpr void SetEntries(std::span<const FieldInfo* const> fields) {
    const auto place = [fields](std::string_view name) { return FieldPlace::Of(fields, name); };
    price = place("md_entry_px");
    size = place("md_entry_size");
    security_id = place("security_id");
    order_count = place("number_of_orders");
    level = place("md_price_level");
    action = place("md_update_action");
    type = place("md_entry_type");
    aggressor = place("aggressor_side");
    trade_id = place("md_trade_entry_id");
    if (trade_id.length == 0) trade_id = place("trade_id");  // Of template 36.
    order_id = place("order_id");
    display_qty = place("md_display_qty");
    open_flag = place("open_close_settl_flag");
    high = place("high_limit_price");
    low = place("low_limit_price");
    variation = place("max_price_variation");
    quote_size = place("order_qty");
    quote_type = place("quote_type");
    quote_side = place("side");
    for (const FieldPlace* needed :
         {&price, &security_id, &order_count, &level, &action, &type, &aggressor, &order_id,
          &display_qty, &high, &low, &variation, &quote_size, &quote_type, &quote_side}) {
      if (least_entry < needed->end()) least_entry = static_cast<uint16_t>(needed->end());
    }
  }
  constexpr void SetOrders(std::span<const FieldInfo* const> fields) {
    const auto place = [fields](std::string_view name) { return FieldPlace::Of(fields, name); };
    behind_order_id = place("order_id");
    behind_qty = place(mapping == Mapping::kTrades ? "last_qty" : "md_display_qty");
    behind_reference = place("reference_id");
    behind_action = place("order_update_action");
    for (const FieldPlace* needed :
         {&behind_order_id, &behind_qty, &behind_reference, &behind_action}) {
      if (least_order < needed->end()) least_order = static_cast<uint16_t>(needed->end());
    }
  }
};

}  // namespace fh::codecs::cme

#endif  // FEEDHANDLER_CODECS_CME_CME_LAYOUT_H_
