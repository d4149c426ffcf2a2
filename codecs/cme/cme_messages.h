// The frequent messages of CME MDP 3.0, schema 1, versions 5 to 13: every field declared once, read
// by cme_decoder.h and printed by `feedhandler decode`. What is rarer comes from the exchange's
// schema file, when one is given (CodecOptions::schema).
//
//   kSecurityId(entry)                           // Of an entry of kBook46Entries.
//   for (const MessageInfo* info : kMessages) ...
//
// A message begins with the SBE header, behind the message's size; offsets of its own fields count
// from there, those of an entry from the entry's first byte. Names are the schema's. A message that
// exists with prices in 1e-7 and in 1e-9, or with sizes of 32 and of 64 bits, is a template each.
//
// Constants only: any thread, no cost.
//
// Source: the field tables of "CME MDP 3.0 Market Data", schema 1 versions 5 to 13.
#ifndef FEEDHANDLER_CODECS_CME_CME_MESSAGES_H_
#define FEEDHANDLER_CODECS_CME_CME_MESSAGES_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::cme {

inline constexpr uint16_t kHeaderBytes = 8;
inline constexpr uint32_t kSchemaId = 1;

// Values and bits by name.
inline constexpr NamedValue kMatchEventNames[] = {
    {0, "LastTradeMsg"},   {1, "LastVolumeMsg"}, {2, "LastQuoteMsg"}, {3, "LastStatsMsg"},
    {4, "LastImpliedMsg"}, {5, "RecoveryMsg"},   {6, "Reserved"},     {7, "EndOfEvent"}};
inline constexpr NamedValue kActionNames[] = {{0, "New"},        {1, "Change"},     {2, "Delete"},
                                              {3, "DeleteThru"}, {4, "DeleteFrom"}, {5, "Overlay"}};
inline constexpr NamedValue kOrderActionNames[] = {{0, "New"}, {1, "Update"}, {2, "Delete"}};
inline constexpr NamedValue kEntryTypeNames[] = {
    {'0', "Bid"},       {'1', "Offer"},           {'E', "ImpliedBid"},   {'F', "ImpliedOffer"},
    {'J', "BookReset"}, {'w', "MarketBestOffer"}, {'x', "MarketBestBid"}};
inline constexpr NamedValue kDailyTypeNames[] = {
    {'6', "SettlementPrice"}, {'B', "ClearedVolume"}, {'C', "OpenInterest"}, {'W', "FixingPrice"}};
inline constexpr NamedValue kSessionTypeNames[] = {{'4', "OpenPrice"},  {'7', "HighTrade"},
                                                   {'8', "LowTrade"},   {'9', "VWAP"},
                                                   {'N', "HighestBid"}, {'O', "LowestOffer"}};
inline constexpr NamedValue kAggressorNames[] = {{0, "NoAggressor"}, {1, "Buy"}, {2, "Sell"}};
inline constexpr NamedValue kOpenFlagNames[] = {{0, "DailyOpenPrice"},
                                                {5, "IndicativeOpeningPrice"}};
inline constexpr NamedValue kSettlementNames[] = {{0, "FinalDaily"},   {1, "Actual"},
                                                  {2, "Rounded"},      {3, "Intraday"},
                                                  {4, "ReservedBits"}, {7, "NullValue"}};
inline constexpr NamedValue kTradingStatusNames[] = {{2, "TradingHalt"},
                                                     {4, "Close"},
                                                     {15, "NewPriceIndication"},
                                                     {17, "ReadyToTrade"},
                                                     {18, "NotAvailableForTrading"},
                                                     {20, "UnknownorInvalid"},
                                                     {21, "PreOpen"},
                                                     {24, "PreCross"},
                                                     {25, "Cross"},
                                                     {26, "PostClose"},
                                                     {103, "NoChange"}};
inline constexpr NamedValue kHaltReasonNames[] = {
    {0, "GroupSchedule"},        {1, "SurveillanceIntervention"}, {2, "MarketEvent"},
    {3, "InstrumentActivation"}, {4, "InstrumentExpiration"},     {5, "Unknown"},
    {6, "RecoveryInProcess"}};
inline constexpr NamedValue kTradingEventNames[] = {{0, "NoEvent"},
                                                    {1, "NoCancel"},
                                                    {4, "ResetStatistics"},
                                                    {5, "ImpliedMatchingON"},
                                                    {6, "ImpliedMatchingOFF"}};
inline constexpr NamedValue kSecurityUpdateNames[] = {
    {'A', "Add"}, {'D', "Delete"}, {'M', "Modify"}};
inline constexpr NamedValue kPutOrCallNames[] = {{0, "Put"}, {1, "Call"}};
inline constexpr NamedValue kEventTypeNames[] = {{5, "Activation"}, {7, "LastEligibleTradeDate"}};
inline constexpr NamedValue kLegSideNames[] = {{1, "BuySide"}, {2, "SellSide"}};

inline constexpr uint8_t kEndOfEvent = 0x80;  // Of the match event indicator.

// Fields by their kinds.
template <int8_t kDecimals>
struct Price : LittleEndian<int64_t> {
  constexpr Price(const char* field_name, uint16_t field_offset)
      : LittleEndian<int64_t>(
            LittleEndian<int64_t>(field_name, field_offset, FieldKind::kDecimal, kDecimals)
                .Null(INT64_MAX)) {}
};
using Price7 = Price<7>;
using Price9 = Price<9>;
struct Size32 : LittleEndian<int32_t> {
  constexpr Size32(const char* field_name, uint16_t field_offset)
      : LittleEndian<int32_t>(LittleEndian<int32_t>(field_name, field_offset).Null(INT32_MAX)) {}
};
struct Size64 : LittleEndian<uint64_t> {
  constexpr Size64(const char* field_name, uint16_t field_offset)
      : LittleEndian<uint64_t>(LittleEndian<uint64_t>(field_name, field_offset).Null(UINT64_MAX)) {}
};
struct Enum8 : LittleEndian<uint8_t> {
  constexpr Enum8(const char* field_name, uint16_t field_offset,
                  std::span<const NamedValue> field_names)
      : LittleEndian<uint8_t>(LittleEndian<uint8_t>(field_name, field_offset).Names(field_names)) {}
};
struct Day : LittleEndian<uint16_t> {
  constexpr Day(const char* field_name, uint16_t field_offset)
      : LittleEndian<uint16_t>(
            LittleEndian<uint16_t>(field_name, field_offset, FieldKind::kUnixDays).Null(65535)) {}
};

// What announces a group.
constexpr GroupInfo SmallGroup(const char* name, std::span<const FieldInfo* const> fields,
                               uint16_t since = 0) {
  return {.name = name,
          .block_length = {0, 2},
          .count = {2, 1},
          .announcement_bytes = 3,
          .big_endian = false,
          .since = since,
          .fields = fields};
}
constexpr GroupInfo PaddedGroup(const char* name, std::span<const FieldInfo* const> fields,
                                uint16_t since = 0) {
  return {.name = name,
          .block_length = {0, 2},
          .count = {7, 1},
          .announcement_bytes = 8,
          .big_endian = false,
          .since = since,
          .fields = fields};
}

constexpr MessageInfo Template(uint32_t id, const char* name, uint16_t length,
                               std::span<const FieldInfo* const> fields,
                               std::span<const GroupInfo* const> groups = {}) {
  return {.type = id,
          .name = name,
          .length = length,
          .fields = fields,
          .groups = groups,
          .data = {},
          .is_template = true};
}

// The message header, and the block that all incremental messages share.
inline constexpr LittleEndian<uint16_t> kBlockLength{"block_length", 0};
inline constexpr LittleEndian<uint16_t> kTemplateId{"template_id", 2};
inline constexpr LittleEndian<uint16_t> kSchema{"schema_id", 4};
inline constexpr LittleEndian<uint16_t> kVersion{"version", 6};
inline constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 8, FieldKind::kUnixNs};
inline constexpr auto kMatchEventIndicator =
    LittleEndian<uint8_t>("match_event_indicator", 16, FieldKind::kFlags).Names(kMatchEventNames);
inline constexpr const FieldInfo* kHeaderFields[] = {&kBlockLength, &kTemplateId, &kSchema,
                                                     &kVersion};
inline constexpr const FieldInfo* kIncrementalFields[] = {
    &kBlockLength, &kTemplateId, &kSchema, &kVersion, &kTransactTime, &kMatchEventIndicator};
inline constexpr uint16_t kIncrementalBytes = kHeaderBytes + 9;

// Entries. 32, 46: a price level.
inline constexpr Price7 kPx7{"md_entry_px", 0};
inline constexpr Price9 kPx9{"md_entry_px", 0};
inline constexpr Size32 kSize8{"md_entry_size", 8};
inline constexpr LittleEndian<int32_t> kSecurityId12{"security_id", 12};
inline constexpr LittleEndian<uint32_t> kRptSeq16{"rpt_seq", 16};
inline constexpr Size32 kOrders20{"number_of_orders", 20};
inline constexpr LittleEndian<uint8_t> kLevel24{"md_price_level", 24};
inline constexpr Enum8 kAction25{"md_update_action", 25, kActionNames};
inline constexpr auto kType26 = Letter("md_entry_type", 26).Names(kEntryTypeNames);
inline constexpr auto kTradeable27 =
    LittleEndian<int32_t>("tradeable_size", 27).Null(INT32_MAX).Since(10);
inline constexpr const FieldInfo* kBook32Fields[] = {
    &kPx7, &kSize8, &kSecurityId12, &kRptSeq16, &kOrders20, &kLevel24, &kAction25, &kType26};
inline constexpr const FieldInfo* kBook46Fields[] = {&kPx9,      &kSize8,    &kSecurityId12,
                                                     &kRptSeq16, &kOrders20, &kLevel24,
                                                     &kAction25, &kType26,   &kTradeable27};

// 64: the same with a size of 64 bits.
inline constexpr Size64 kSize64At8{"md_entry_size", 8};
inline constexpr LittleEndian<int32_t> kSecurityId16{"security_id", 16};
inline constexpr LittleEndian<uint32_t> kRptSeq20{"rpt_seq", 20};
inline constexpr Size32 kOrders24{"number_of_orders", 24};
inline constexpr LittleEndian<uint8_t> kLevel28{"md_price_level", 28};
inline constexpr Enum8 kAction29{"md_update_action", 29, kActionNames};
inline constexpr auto kType30 = Letter("md_entry_type", 30).Names(kEntryTypeNames);
inline constexpr const FieldInfo* kBook64Fields[] = {
    &kPx9, &kSize64At8, &kSecurityId16, &kRptSeq20, &kOrders24, &kLevel28, &kAction29, &kType30};

// Orders behind the levels of 32 (since version 7), 46 and 64: which level they are of, from 1.
inline constexpr LittleEndian<uint64_t> kOrderId{"order_id", 0};
inline constexpr Size64 kPriority{"md_order_priority", 8};
inline constexpr Size32 kDisplayQty16{"md_display_qty", 16};
inline constexpr auto kReference = LittleEndian<uint8_t>("reference_id", 20).Null(255);
inline constexpr Enum8 kOrderAction21{"order_update_action", 21, kOrderActionNames};
inline constexpr const FieldInfo* kBookOrderFields[] = {&kOrderId, &kPriority, &kDisplayQty16,
                                                        &kReference, &kOrderAction21};

// 43, 47: an order by itself.
inline constexpr Size64 kOrderIdOptional{"order_id", 0};
inline constexpr Price7 kPx7At16{"md_entry_px", 16};
inline constexpr Price9 kPx9At16{"md_entry_px", 16};
inline constexpr Size32 kDisplayQty24{"md_display_qty", 24};
inline constexpr LittleEndian<int32_t> kSecurityId28{"security_id", 28};
inline constexpr Enum8 kAction32{"md_update_action", 32, kActionNames};
inline constexpr auto kType33 = Letter("md_entry_type", 33).Names(kEntryTypeNames);
inline constexpr const FieldInfo* kOrder43Fields[] = {
    &kOrderIdOptional, &kPriority, &kPx7At16, &kDisplayQty24, &kSecurityId28, &kAction32, &kType33};
inline constexpr const FieldInfo* kOrder47Fields[] = {
    &kOrderIdOptional, &kPriority, &kPx9At16, &kDisplayQty24, &kSecurityId28, &kAction32, &kType33};

// 42, 48, 65: a trade, and the orders that took part.
inline constexpr LittleEndian<int32_t> kTradeSize8{"md_entry_size", 8};
inline constexpr LittleEndian<int32_t> kTradeOrders20{"number_of_orders", 20};
inline constexpr auto kAggressor24 =
    LittleEndian<uint8_t>("aggressor_side", 24).Names(kAggressorNames).Null(255);
inline constexpr auto kTradeId26 =
    LittleEndian<uint32_t>("md_trade_entry_id", 26).Null(UINT32_MAX).Since(7);
inline constexpr const FieldInfo* kTrade42Fields[] = {&kPx7,      &kTradeSize8,    &kSecurityId12,
                                                      &kRptSeq16, &kTradeOrders20, &kAggressor24,
                                                      &kAction25, &kTradeId26};
inline constexpr const FieldInfo* kTrade48Fields[] = {&kPx9,      &kTradeSize8,    &kSecurityId12,
                                                      &kRptSeq16, &kTradeOrders20, &kAggressor24,
                                                      &kAction25, &kTradeId26};
inline constexpr LittleEndian<uint64_t> kTradeSize64{"md_entry_size", 8};
inline constexpr LittleEndian<int32_t> kTradeOrders24{"number_of_orders", 24};
inline constexpr LittleEndian<uint32_t> kTradeId28{"md_trade_entry_id", 28};
inline constexpr auto kAggressor32 =
    LittleEndian<uint8_t>("aggressor_side", 32).Names(kAggressorNames).Null(255);
inline constexpr Enum8 kAction33{"md_update_action", 33, kActionNames};
inline constexpr const FieldInfo* kTrade65Fields[] = {
    &kPx9,           &kTradeSize64, &kSecurityId16, &kRptSeq20,
    &kTradeOrders24, &kTradeId28,   &kAggressor32,  &kAction33};
inline constexpr LittleEndian<int32_t> kLastQty8{"last_qty", 8};
inline constexpr const FieldInfo* kTradeOrderFields[] = {&kOrderId, &kLastQty8};

// 37, 66: volume of the day.
inline constexpr LittleEndian<int32_t> kVolume0{"md_entry_size", 0};
inline constexpr LittleEndian<int32_t> kSecurityId4{"security_id", 4};
inline constexpr LittleEndian<uint32_t> kRptSeq8{"rpt_seq", 8};
inline constexpr Enum8 kAction12{"md_update_action", 12, kActionNames};
inline constexpr const FieldInfo* kVolume37Fields[] = {&kVolume0, &kSecurityId4, &kRptSeq8,
                                                       &kAction12};
inline constexpr LittleEndian<uint64_t> kVolume64{"md_entry_size", 0};
inline constexpr LittleEndian<int32_t> kSecurityId8{"security_id", 8};
inline constexpr LittleEndian<uint32_t> kRptSeq12{"rpt_seq", 12};
inline constexpr Enum8 kAction16{"md_update_action", 16, kActionNames};
inline constexpr const FieldInfo* kVolume66Fields[] = {&kVolume64, &kSecurityId8, &kRptSeq12,
                                                       &kAction16};

// 33, 49: statistics of the day. 35, 51, 67: of the session. 34, 50: limits.
inline constexpr Day kReferenceDate20{"trading_reference_date", 20};
inline constexpr auto kSettlementType22 =
    LittleEndian<uint8_t>("settl_price_type", 22, FieldKind::kFlags).Names(kSettlementNames);
inline constexpr Enum8 kAction23{"md_update_action", 23, kActionNames};
inline constexpr auto kDailyType24 = Letter("md_entry_type", 24).Names(kDailyTypeNames);
inline constexpr const FieldInfo* kDaily33Fields[] = {
    &kPx7,      &kSize8,      &kSecurityId12, &kRptSeq16, &kReferenceDate20, &kSettlementType22,
    &kAction23, &kDailyType24};
inline constexpr const FieldInfo* kDaily49Fields[] = {
    &kPx9,      &kSize8,      &kSecurityId12, &kRptSeq16, &kReferenceDate20, &kSettlementType22,
    &kAction23, &kDailyType24};

inline constexpr auto kOpenFlag16 =
    LittleEndian<uint8_t>("open_close_settl_flag", 16).Names(kOpenFlagNames).Null(255);
inline constexpr Enum8 kAction17{"md_update_action", 17, kActionNames};
inline constexpr auto kSessionType18 = Letter("md_entry_type", 18).Names(kSessionTypeNames);
inline constexpr auto kSize19 = LittleEndian<int32_t>("md_entry_size", 19).Null(INT32_MAX).Since(8);
inline constexpr const FieldInfo* kSession35Fields[] = {
    &kPx7, &kSecurityId8, &kRptSeq12, &kOpenFlag16, &kAction17, &kSessionType18, &kSize19};
inline constexpr const FieldInfo* kSession51Fields[] = {
    &kPx9, &kSecurityId8, &kRptSeq12, &kOpenFlag16, &kAction17, &kSessionType18, &kSize19};
inline constexpr auto kOpenFlag24 =
    LittleEndian<uint8_t>("open_close_settl_flag", 24).Names(kOpenFlagNames).Null(255);
inline constexpr auto kSessionType26 = Letter("md_entry_type", 26).Names(kSessionTypeNames);
inline constexpr const FieldInfo* kSession67Fields[] = {
    &kPx9, &kSize64At8, &kSecurityId16, &kRptSeq20, &kOpenFlag24, &kAction25, &kSessionType26};

inline constexpr Price7 kHigh7{"high_limit_price", 0};
inline constexpr Price7 kLow7{"low_limit_price", 8};
inline constexpr Price7 kVariation7{"max_price_variation", 16};
inline constexpr Price9 kHigh9{"high_limit_price", 0};
inline constexpr Price9 kLow9{"low_limit_price", 8};
inline constexpr Price9 kVariation9{"max_price_variation", 16};
inline constexpr LittleEndian<int32_t> kSecurityId24{"security_id", 24};
inline constexpr LittleEndian<uint32_t> kRptSeq28{"rpt_seq", 28};
inline constexpr const FieldInfo* kLimits34Fields[] = {&kHigh7, &kLow7, &kVariation7,
                                                       &kSecurityId24, &kRptSeq28};
inline constexpr const FieldInfo* kLimits50Fields[] = {&kHigh9, &kLow9, &kVariation9,
                                                       &kSecurityId24, &kRptSeq28};

// 4: the channel begins anew.
inline constexpr LittleEndian<int16_t> kApplId0{"appl_id", 0};
inline constexpr const FieldInfo* kResetFields[] = {&kApplId0};

// 30: what may be traded.
inline constexpr Alpha kStatusGroup{"security_group", 16, 6};
inline constexpr Alpha kStatusAsset{"asset", 22, 6};
inline constexpr Size32 kStatusSecurityId{"security_id", 28};
inline constexpr Day kStatusTradeDate{"trade_date", 32};
inline constexpr auto kStatusMatchEvent =
    LittleEndian<uint8_t>("match_event_indicator", 34, FieldKind::kFlags).Names(kMatchEventNames);
inline constexpr auto kTradingStatus =
    LittleEndian<uint8_t>("security_trading_status", 35).Names(kTradingStatusNames).Null(255);
inline constexpr Enum8 kHaltReason{"halt_reason", 36, kHaltReasonNames};
inline constexpr Enum8 kTradingEvent{"security_trading_event", 37, kTradingEventNames};
inline constexpr const FieldInfo* kStatusFields[] = {
    &kBlockLength,   &kTemplateId,  &kSchema,           &kVersion,         &kTransactTime,
    &kStatusGroup,   &kStatusAsset, &kStatusSecurityId, &kStatusTradeDate, &kStatusMatchEvent,
    &kTradingStatus, &kHaltReason,  &kTradingEvent};

// 27, 54 futures, 41, 55 options, 29, 56 spreads: what all begin with.
inline constexpr auto kDefinitionMatchEvent =
    LittleEndian<uint8_t>("match_event_indicator", 8, FieldKind::kFlags).Names(kMatchEventNames);
inline constexpr auto kTotNumReports =
    LittleEndian<uint32_t>("tot_num_reports", 9).Null(UINT32_MAX);
inline constexpr auto kUpdateAction =
    Letter("security_update_action", 13).Names(kSecurityUpdateNames);
inline constexpr LittleEndian<uint64_t> kLastUpdateTime{"last_update_time", 14, FieldKind::kUnixNs};
inline constexpr auto kDefinitionStatus =
    LittleEndian<uint8_t>("md_security_trading_status", 22).Names(kTradingStatusNames).Null(255);
inline constexpr LittleEndian<int16_t> kApplId{"appl_id", 23};
inline constexpr LittleEndian<uint8_t> kMarketSegment{"market_segment_id", 25};
inline constexpr LittleEndian<uint8_t> kUnderlyingProduct{"underlying_product", 26};
inline constexpr Alpha kExchange{"security_exchange", 27, 4};
inline constexpr Alpha kGroup{"security_group", 31, 6};
inline constexpr Alpha kAsset{"asset", 37, 6};
inline constexpr Alpha kSymbol{"symbol", 43, 20};
inline constexpr LittleEndian<int32_t> kSecurityId{"security_id", 63};
inline constexpr Alpha kSecurityType{"security_type", 67, 6};
inline constexpr Alpha kCfiCode{"cfi_code", 73, 6};

// The rest, as far as the increment and the display factor.
struct Maturity {
  LittleEndian<uint16_t> year;
  LittleEndian<uint8_t> month, day, week;
  constexpr explicit Maturity(uint16_t offset)
      : year(LittleEndian<uint16_t>("maturity_month_year_year", offset).Null(65535)),
        month(LittleEndian<uint8_t>("maturity_month_year_month", offset + 2).Null(255)),
        day(LittleEndian<uint8_t>("maturity_month_year_day", offset + 3).Null(255)),
        week(LittleEndian<uint8_t>("maturity_month_year_week", offset + 4).Null(255)) {}
};
inline constexpr Maturity kMaturity79(79);
inline constexpr Alpha kCurrency84{"currency", 84, 3};
inline constexpr Alpha kSettlCurrency87{"settl_currency", 87, 3};
inline constexpr Letter kMatchAlgorithm90{"match_algorithm", 90};
inline constexpr LittleEndian<uint32_t> kMinTradeVol91{"min_trade_vol", 91};
inline constexpr LittleEndian<uint32_t> kMaxTradeVol95{"max_trade_vol", 95};
inline constexpr Price7 kIncrement99At7{"min_price_increment", 99};
inline constexpr Price9 kIncrement99At9{"min_price_increment", 99};
inline constexpr Price7 kDisplay107At7{"display_factor", 107};
inline constexpr Price9 kDisplay107At9{"display_factor", 107};

inline constexpr auto kPutOrCall = Enum8("put_or_call", 79, kPutOrCallNames);
inline constexpr Maturity kMaturity80(80);
inline constexpr Alpha kCurrency85{"currency", 85, 3};
inline constexpr Price7 kStrike7{"strike_price", 88};
inline constexpr Price9 kStrike9{"strike_price", 88};
inline constexpr Alpha kStrikeCurrency{"strike_currency", 96, 3};
inline constexpr Alpha kSettlCurrency99{"settl_currency", 99, 3};
inline constexpr Price7 kMinCab7{"min_cab_price", 102};
inline constexpr Price9 kMinCab9{"min_cab_price", 102};
inline constexpr Letter kMatchAlgorithm110{"match_algorithm", 110};
inline constexpr LittleEndian<uint32_t> kMinTradeVol111{"min_trade_vol", 111};
inline constexpr LittleEndian<uint32_t> kMaxTradeVol115{"max_trade_vol", 115};
inline constexpr Price7 kIncrement119At7{"min_price_increment", 119};
inline constexpr Price9 kIncrement119At9{"min_price_increment", 119};
inline constexpr Price7 kIncrementAmount7{"min_price_increment_amount", 127};
inline constexpr Price9 kIncrementAmount9{"min_price_increment_amount", 127};
inline constexpr Price7 kDisplay135At7{"display_factor", 135};
inline constexpr Price9 kDisplay135At9{"display_factor", 135};

inline constexpr Alpha kSubType87{"security_sub_type", 87, 5};
inline constexpr Letter kUserDefined92{"user_defined_instrument", 92};
inline constexpr Letter kMatchAlgorithm93{"match_algorithm", 93};
inline constexpr LittleEndian<uint32_t> kMinTradeVol94{"min_trade_vol", 94};
inline constexpr LittleEndian<uint32_t> kMaxTradeVol98{"max_trade_vol", 98};
inline constexpr Price7 kIncrement102At7{"min_price_increment", 102};
inline constexpr Price9 kIncrement102At9{"min_price_increment", 102};
inline constexpr Price7 kDisplay110At7{"display_factor", 110};
inline constexpr Price9 kDisplay110At9{"display_factor", 110};

#define FH_CME_DEFINITION_START                                                                  \
  &kBlockLength, &kTemplateId, &kSchema, &kVersion, &kDefinitionMatchEvent, &kTotNumReports,     \
      &kUpdateAction, &kLastUpdateTime, &kDefinitionStatus, &kApplId, &kMarketSegment,           \
      &kUnderlyingProduct, &kExchange, &kGroup, &kAsset, &kSymbol, &kSecurityId, &kSecurityType, \
      &kCfiCode
#define FH_CME_MATURITY(maturity) \
  &(maturity).year, &(maturity).month, &(maturity).day, &(maturity).week
inline constexpr const FieldInfo* kFuture27Fields[] = {FH_CME_DEFINITION_START,
                                                       FH_CME_MATURITY(kMaturity79),
                                                       &kCurrency84,
                                                       &kSettlCurrency87,
                                                       &kMatchAlgorithm90,
                                                       &kMinTradeVol91,
                                                       &kMaxTradeVol95,
                                                       &kIncrement99At7,
                                                       &kDisplay107At7};
inline constexpr const FieldInfo* kFuture54Fields[] = {FH_CME_DEFINITION_START,
                                                       FH_CME_MATURITY(kMaturity79),
                                                       &kCurrency84,
                                                       &kSettlCurrency87,
                                                       &kMatchAlgorithm90,
                                                       &kMinTradeVol91,
                                                       &kMaxTradeVol95,
                                                       &kIncrement99At9,
                                                       &kDisplay107At9};
inline constexpr const FieldInfo* kOption41Fields[] = {FH_CME_DEFINITION_START,
                                                       &kPutOrCall,
                                                       FH_CME_MATURITY(kMaturity80),
                                                       &kCurrency85,
                                                       &kStrike7,
                                                       &kStrikeCurrency,
                                                       &kSettlCurrency99,
                                                       &kMinCab7,
                                                       &kMatchAlgorithm110,
                                                       &kMinTradeVol111,
                                                       &kMaxTradeVol115,
                                                       &kIncrement119At7,
                                                       &kIncrementAmount7,
                                                       &kDisplay135At7};
inline constexpr const FieldInfo* kOption55Fields[] = {FH_CME_DEFINITION_START,
                                                       &kPutOrCall,
                                                       FH_CME_MATURITY(kMaturity80),
                                                       &kCurrency85,
                                                       &kStrike9,
                                                       &kStrikeCurrency,
                                                       &kSettlCurrency99,
                                                       &kMinCab9,
                                                       &kMatchAlgorithm110,
                                                       &kMinTradeVol111,
                                                       &kMaxTradeVol115,
                                                       &kIncrement119At9,
                                                       &kIncrementAmount9,
                                                       &kDisplay135At9};
inline constexpr const FieldInfo* kSpread29Fields[] = {FH_CME_DEFINITION_START,
                                                       FH_CME_MATURITY(kMaturity79),
                                                       &kCurrency84,
                                                       &kSubType87,
                                                       &kUserDefined92,
                                                       &kMatchAlgorithm93,
                                                       &kMinTradeVol94,
                                                       &kMaxTradeVol98,
                                                       &kIncrement102At7,
                                                       &kDisplay110At7};
inline constexpr const FieldInfo* kSpread56Fields[] = {FH_CME_DEFINITION_START,
                                                       FH_CME_MATURITY(kMaturity79),
                                                       &kCurrency84,
                                                       &kSubType87,
                                                       &kUserDefined92,
                                                       &kMatchAlgorithm93,
                                                       &kMinTradeVol94,
                                                       &kMaxTradeVol98,
                                                       &kIncrement102At9,
                                                       &kDisplay110At9};
#undef FH_CME_DEFINITION_START
#undef FH_CME_MATURITY

inline constexpr Enum8 kEventType{"event_type", 0, kEventTypeNames};
inline constexpr LittleEndian<uint64_t> kEventTime{"event_time", 1, FieldKind::kUnixNs};
inline constexpr const FieldInfo* kEventFields[] = {&kEventType, &kEventTime};
inline constexpr Alpha kFeedType{"md_feed_type", 0, 3};
inline constexpr LittleEndian<int8_t> kMarketDepth{"market_depth", 3};
inline constexpr const FieldInfo* kFeedTypeFields[] = {&kFeedType, &kMarketDepth};
inline constexpr LittleEndian<uint32_t> kAttribute{"inst_attrib_value", 0, FieldKind::kFlags};
inline constexpr const FieldInfo* kAttributeFields[] = {&kAttribute};
inline constexpr LittleEndian<int8_t> kLotType{"lot_type", 0};
inline constexpr auto kMinLotSize =
    LittleEndian<int32_t>("min_lot_size", 1, FieldKind::kDecimal, 4).Null(INT32_MAX);
inline constexpr const FieldInfo* kLotFields[] = {&kLotType, &kMinLotSize};
inline constexpr LittleEndian<int32_t> kLegSecurityId{"leg_security_id", 0};
inline constexpr Enum8 kLegSide{"leg_side", 4, kLegSideNames};
inline constexpr LittleEndian<int8_t> kLegRatio{"leg_ratio_qty", 5};
inline constexpr Price7 kLegPrice7{"leg_price", 6};
inline constexpr Price9 kLegPrice9{"leg_price", 6};
inline constexpr auto kLegDelta =
    LittleEndian<int32_t>("leg_option_delta", 14, FieldKind::kDecimal, 4).Null(INT32_MAX);
inline constexpr const FieldInfo* kLeg29Fields[] = {&kLegSecurityId, &kLegSide, &kLegRatio,
                                                    &kLegPrice7, &kLegDelta};
inline constexpr const FieldInfo* kLeg56Fields[] = {&kLegSecurityId, &kLegSide, &kLegRatio,
                                                    &kLegPrice9, &kLegDelta};

// Groups.
inline constexpr char kEntriesName[] = "no_md_entries";
inline constexpr char kOrdersName[] = "no_order_id_entries";
inline constexpr GroupInfo kBook32Entries = SmallGroup(kEntriesName, kBook32Fields);
inline constexpr GroupInfo kBook46Entries = SmallGroup(kEntriesName, kBook46Fields);
inline constexpr GroupInfo kBook64Entries = SmallGroup(kEntriesName, kBook64Fields);
inline constexpr GroupInfo kBook32Orders = PaddedGroup(kOrdersName, kBookOrderFields, 7);
inline constexpr GroupInfo kBook46Orders = PaddedGroup(kOrdersName, kBookOrderFields);
inline constexpr GroupInfo kOrder43Entries = SmallGroup(kEntriesName, kOrder43Fields);
inline constexpr GroupInfo kOrder47Entries = SmallGroup(kEntriesName, kOrder47Fields);
inline constexpr GroupInfo kTrade42Entries = SmallGroup(kEntriesName, kTrade42Fields);
inline constexpr GroupInfo kTrade48Entries = SmallGroup(kEntriesName, kTrade48Fields);
inline constexpr GroupInfo kTrade65Entries = SmallGroup(kEntriesName, kTrade65Fields);
inline constexpr GroupInfo kTradeOrders = PaddedGroup(kOrdersName, kTradeOrderFields);
inline constexpr GroupInfo kVolume37Entries = SmallGroup(kEntriesName, kVolume37Fields);
inline constexpr GroupInfo kVolume66Entries = SmallGroup(kEntriesName, kVolume66Fields);
inline constexpr GroupInfo kDaily33Entries = SmallGroup(kEntriesName, kDaily33Fields);
inline constexpr GroupInfo kDaily49Entries = SmallGroup(kEntriesName, kDaily49Fields);
inline constexpr GroupInfo kSession35Entries = SmallGroup(kEntriesName, kSession35Fields);
inline constexpr GroupInfo kSession51Entries = SmallGroup(kEntriesName, kSession51Fields);
inline constexpr GroupInfo kSession67Entries = SmallGroup(kEntriesName, kSession67Fields);
inline constexpr GroupInfo kLimits34Entries = SmallGroup(kEntriesName, kLimits34Fields);
inline constexpr GroupInfo kLimits50Entries = SmallGroup(kEntriesName, kLimits50Fields);
inline constexpr GroupInfo kResetEntries = SmallGroup(kEntriesName, kResetFields);
inline constexpr GroupInfo kEvents = SmallGroup("no_events", kEventFields);
inline constexpr GroupInfo kFeedTypes = SmallGroup("no_md_feed_types", kFeedTypeFields);
inline constexpr GroupInfo kAttributes = SmallGroup("no_inst_attrib", kAttributeFields);
inline constexpr GroupInfo kLots = SmallGroup("no_lot_type_rules", kLotFields);
inline constexpr GroupInfo kLegs29 = SmallGroup("no_legs", kLeg29Fields);
inline constexpr GroupInfo kLegs56 = SmallGroup("no_legs", kLeg56Fields);

inline constexpr const GroupInfo* kBook32Groups[] = {&kBook32Entries, &kBook32Orders};
inline constexpr const GroupInfo* kBook46Groups[] = {&kBook46Entries, &kBook46Orders};
inline constexpr const GroupInfo* kBook64Groups[] = {&kBook64Entries, &kBook46Orders};
inline constexpr const GroupInfo* kOrder43Groups[] = {&kOrder43Entries};
inline constexpr const GroupInfo* kOrder47Groups[] = {&kOrder47Entries};
inline constexpr const GroupInfo* kTrade42Groups[] = {&kTrade42Entries, &kTradeOrders};
inline constexpr const GroupInfo* kTrade48Groups[] = {&kTrade48Entries, &kTradeOrders};
inline constexpr const GroupInfo* kTrade65Groups[] = {&kTrade65Entries, &kTradeOrders};
inline constexpr const GroupInfo* kVolume37Groups[] = {&kVolume37Entries};
inline constexpr const GroupInfo* kVolume66Groups[] = {&kVolume66Entries};
inline constexpr const GroupInfo* kDaily33Groups[] = {&kDaily33Entries};
inline constexpr const GroupInfo* kDaily49Groups[] = {&kDaily49Entries};
inline constexpr const GroupInfo* kSession35Groups[] = {&kSession35Entries};
inline constexpr const GroupInfo* kSession51Groups[] = {&kSession51Entries};
inline constexpr const GroupInfo* kSession67Groups[] = {&kSession67Entries};
inline constexpr const GroupInfo* kLimits34Groups[] = {&kLimits34Entries};
inline constexpr const GroupInfo* kLimits50Groups[] = {&kLimits50Entries};
inline constexpr const GroupInfo* kResetGroups[] = {&kResetEntries};
inline constexpr const GroupInfo* kDefinitionGroups[] = {&kEvents, &kFeedTypes, &kAttributes,
                                                         &kLots};
inline constexpr const GroupInfo* kSpread29Groups[] = {&kEvents, &kFeedTypes, &kAttributes, &kLots,
                                                       &kLegs29};
inline constexpr const GroupInfo* kSpread56Groups[] = {&kEvents, &kFeedTypes, &kAttributes, &kLots,
                                                       &kLegs56};

// Messages.
inline constexpr MessageInfo kChannelReset4 =
    Template(4, "channel_reset4", kIncrementalBytes, kIncrementalFields, kResetGroups);
inline constexpr MessageInfo kHeartbeat12 =
    Template(12, "admin_heartbeat12", kHeaderBytes, kHeaderFields);
inline constexpr MessageInfo kFuture27 =
    Template(27, "md_instrument_definition_future27", 115, kFuture27Fields, kDefinitionGroups);
inline constexpr MessageInfo kSpread29 =
    Template(29, "md_instrument_definition_spread29", 118, kSpread29Fields, kSpread29Groups);
inline constexpr MessageInfo kStatus30 = Template(30, "security_status30", 38, kStatusFields);
inline constexpr MessageInfo kBook32 = Template(
    32, "md_incremental_refresh_book32", kIncrementalBytes, kIncrementalFields, kBook32Groups);
inline constexpr MessageInfo kDaily33 =
    Template(33, "md_incremental_refresh_daily_statistics33", kIncrementalBytes, kIncrementalFields,
             kDaily33Groups);
inline constexpr MessageInfo kLimits34 =
    Template(34, "md_incremental_refresh_limits_banding34", kIncrementalBytes, kIncrementalFields,
             kLimits34Groups);
inline constexpr MessageInfo kSession35 =
    Template(35, "md_incremental_refresh_session_statistics35", kIncrementalBytes,
             kIncrementalFields, kSession35Groups);
inline constexpr MessageInfo kVolume37 = Template(
    37, "md_incremental_refresh_volume37", kIncrementalBytes, kIncrementalFields, kVolume37Groups);
inline constexpr MessageInfo kOption41 =
    Template(41, "md_instrument_definition_option41", 143, kOption41Fields, kDefinitionGroups);
inline constexpr MessageInfo kTrade42 =
    Template(42, "md_incremental_refresh_trade_summary42", kIncrementalBytes, kIncrementalFields,
             kTrade42Groups);
inline constexpr MessageInfo kOrder43 =
    Template(43, "md_incremental_refresh_order_book43", kIncrementalBytes, kIncrementalFields,
             kOrder43Groups);
inline constexpr MessageInfo kBook46 = Template(
    46, "md_incremental_refresh_book46", kIncrementalBytes, kIncrementalFields, kBook46Groups);
inline constexpr MessageInfo kOrder47 =
    Template(47, "md_incremental_refresh_order_book47", kIncrementalBytes, kIncrementalFields,
             kOrder47Groups);
inline constexpr MessageInfo kTrade48 =
    Template(48, "md_incremental_refresh_trade_summary48", kIncrementalBytes, kIncrementalFields,
             kTrade48Groups);
inline constexpr MessageInfo kDaily49 =
    Template(49, "md_incremental_refresh_daily_statistics49", kIncrementalBytes, kIncrementalFields,
             kDaily49Groups);
inline constexpr MessageInfo kLimits50 =
    Template(50, "md_incremental_refresh_limits_banding50", kIncrementalBytes, kIncrementalFields,
             kLimits50Groups);
inline constexpr MessageInfo kSession51 =
    Template(51, "md_incremental_refresh_session_statistics51", kIncrementalBytes,
             kIncrementalFields, kSession51Groups);
inline constexpr MessageInfo kFuture54 =
    Template(54, "md_instrument_definition_future54", 115, kFuture54Fields, kDefinitionGroups);
inline constexpr MessageInfo kOption55 =
    Template(55, "md_instrument_definition_option55", 143, kOption55Fields, kDefinitionGroups);
inline constexpr MessageInfo kSpread56 =
    Template(56, "md_instrument_definition_spread56", 118, kSpread56Fields, kSpread56Groups);
inline constexpr MessageInfo kBook64 =
    Template(64, "md_incremental_refresh_book_long_qty64", kIncrementalBytes, kIncrementalFields,
             kBook64Groups);
inline constexpr MessageInfo kTrade65 =
    Template(65, "md_incremental_refresh_trade_summary_long_qty65", kIncrementalBytes,
             kIncrementalFields, kTrade65Groups);
inline constexpr MessageInfo kVolume66 =
    Template(66, "md_incremental_refresh_volume_long_qty66", kIncrementalBytes, kIncrementalFields,
             kVolume66Groups);
inline constexpr MessageInfo kSession67 =
    Template(67, "md_incremental_refresh_session_statistics_long_qty67", kIncrementalBytes,
             kIncrementalFields, kSession67Groups);

inline constexpr const MessageInfo* kMessages[] = {
    &kChannelReset4, &kHeartbeat12, &kFuture27, &kSpread29, &kStatus30,  &kBook32,   &kDaily33,
    &kLimits34,      &kSession35,   &kVolume37, &kOption41, &kTrade42,   &kOrder43,  &kBook46,
    &kOrder47,       &kTrade48,     &kDaily49,  &kLimits50, &kSession51, &kFuture54, &kOption55,
    &kSpread56,      &kBook64,      &kTrade65,  &kVolume66, &kSession67};

}  // namespace fh::codecs::cme

#endif  // FEEDHANDLER_CODECS_CME_CME_MESSAGES_H_
