// The messages of B3's Binary UMDF (SBE schema 2), versions 5 to 16 (documents 1.5 to 2.2): every field
// declared once, read by b3_decoder.h and printed by `feedhandler decode`.
//
//   Order::kMdEntryPx(message)
//   for (const MessageInfo* info : kMessages) ...
//
// A message begins with its framing header, its size and encoding type, then the SBE header; offsets
// count from there. Names are the schema's. Fields of later versions have `since`: those of existing
// padding are there by the version alone, those behind the end by the block's length too.
//
// Constants only: any thread, no cost.
//
// Source: the exchange's schema, "B3 Market Data Messages / MBO flavor", 1.8.0, and the differences of
// versions 5 to 16 as "Binary UMDF Message Specification" names them.
#ifndef FEEDHANDLER_CODECS_B3_B3_MESSAGES_H_
#define FEEDHANDLER_CODECS_B3_B3_MESSAGES_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::b3 {

// What every message begins with. Its size counts all of this.
inline constexpr LittleEndian<uint16_t> kMessageLength{"message_length", 0};
inline constexpr LittleEndian<uint16_t> kEncodingType{"encoding_type", 2};
inline constexpr LittleEndian<uint16_t> kBlockLength{"block_length", 4};
inline constexpr LittleEndian<uint16_t> kTemplateId{"template_id", 6};
inline constexpr LittleEndian<uint16_t> kSchemaId{"schema_id", 8};
inline constexpr LittleEndian<uint16_t> kVersion{"version", 10};
inline constexpr uint32_t kHeadBytes = 12;
inline constexpr uint16_t kSbeEncoding = 0xEB50;
inline constexpr uint16_t kSchema = 2;
// Earlier ones moved fields without saying so.
inline constexpr uint16_t kFirstVersion = 5;
inline constexpr uint16_t kNewestVersion = 16;

constexpr MessageInfo Template(uint32_t id, const char* name, uint16_t length,
                               std::span<const FieldInfo* const> fields,
                               std::span<const GroupInfo* const> groups = {},
                               std::span<const DataInfo* const> data = {}) {
  return {.type = id,
          .name = name,
          .length = length,
          .fields = fields,
          .groups = groups,
          .data = data,
          .is_template = true};
}

constexpr GroupInfo Group(const char* name, std::span<const FieldInfo* const> fields) {
  return {.name = name,
          .block_length = {0, 2},
          .count = {2, 1},
          .announcement_bytes = 3,
          .big_endian = false,
          .fields = fields};
}

// Behind a length of `bytes`.
constexpr DataInfo Text(const char* name, uint8_t bytes) {
  return {.field = {.name = name, .offset = 0, .length = 0, .kind = FieldKind::kAlpha},
          .length = {0, bytes},
          .announcement_bytes = bytes,
          .big_endian = false};
}

// Values and bits by name.
inline constexpr NamedValue kAggressorSideNames[] = {{0, "NO_AGGRESSOR"}, {1, "BUY"}, {2, "SELL"}};
inline constexpr NamedValue kBooleanNames[] = {{0, "FALSE_VALUE"}, {1, "TRUE_VALUE"}};
inline constexpr NamedValue kExerciseStyleNames[] = {{0, "EUROPEAN"}, {1, "AMERICAN"}};
inline constexpr NamedValue kGovernanceIndicatorNames[] = {
    {0, "No"}, {1, "N1"}, {2, "N2"}, {4, "NM"}, {5, "MA"}, {6, "MB"}, {7, "M2"}};
inline constexpr NamedValue kImbalanceConditionNames[] = {{8, "ImbalanceMoreBuyers"},
                                                          {9, "ImbalanceMoreSellers"}};
inline constexpr NamedValue kInstrAttribTypeNames[] = {{24, "TRADE_TYPE_ELIGIBILITY"},
                                                       {34, "GTD_GTC_ELIGIBILITY"}};
inline constexpr NamedValue kInstrAttribValueNames[] = {{1, "ELECTRONIC_MATCH_OR_GTD_GTC_ELIGIBLE"},
                                                        {2, "ORDER_CROSS_ELIGIBLE"},
                                                        {3, "BLOCK_TRADE_ELIGIBLE"},
                                                        {14, "FLAG_RFQ_FOR_CROSS_ELIGIBLE"},
                                                        {17, "NEGOTIATED_QUOTE_ELIGIBLE"}};
inline constexpr NamedValue kLotTypeNames[] = {{1, "ODD_LOT"}, {2, "ROUND_LOT"}, {3, "BLOCK_LOT"}};
inline constexpr NamedValue kMatchEventIndicatorNames[] = {
    {0, "LastTradeMsg"},   {1, "LastVolumeMsg"}, {2, "LastQuoteMsg"}, {3, "LastStatsMsg"},
    {4, "LastImpliedMsg"}, {5, "RecoveryMsg"},   {6, "Reserved"},     {7, "EndOfEvent"}};
inline constexpr NamedValue kMdEntryTypeNames[] = {{'0', "BID"},
                                                   {'1', "OFFER"},
                                                   {'2', "TRADE"},
                                                   {'3', "INDEX_VALUE"},
                                                   {'4', "OPENING_PRICE"},
                                                   {'5', "CLOSING_PRICE"},
                                                   {'6', "SETTLEMENT_PRICE"},
                                                   {'7', "SESSION_HIGH_PRICE"},
                                                   {'8', "SESSION_LOW_PRICE"},
                                                   {'9', "EXECUTION_STATISTICS"},
                                                   {'A', "IMBALANCE"},
                                                   {'B', "TRADE_VOLUME"},
                                                   {'C', "OPEN_INTEREST"},
                                                   {'J', "EMPTY_BOOK"},
                                                   {'c', "SECURITY_TRADING_STATE_PHASE"},
                                                   {'g', "PRICE_BAND"},
                                                   {'h', "QUANTITY_BAND"},
                                                   {'D', "COMPOSITE_UNDERLYING_PRICE"},
                                                   {'s', "EXECUTION_SUMMARY"},
                                                   {'v', "VOLATILITY_PRICE"},
                                                   {'u', "TRADE_BUST"}};
inline constexpr NamedValue kMdUpdateActionNames[] = {{0, "NEW"},         {1, "CHANGE"},
                                                      {2, "DELETE"},      {3, "DELETE_THRU"},
                                                      {4, "DELETE_FROM"}, {5, "OVERLAY"}};
inline constexpr NamedValue kMultiLegModelNames[] = {{0, "PREDEFINED"}, {1, "USER_DEFINED"}};
inline constexpr NamedValue kMultiLegPriceMethodNames[] = {{0, "NET_PRICE"},
                                                           {1, "REVERSED_NET_PRICE"},
                                                           {2, "YIELD_DIFFERENCE"},
                                                           {3, "INDIVIDUAL"},
                                                           {4, "CONTRACT_WEIGHTED_AVERAGE_PRICE"},
                                                           {5, "MULTIPLIED_PRICE"}};
inline constexpr NamedValue kNewsSourceNames[] = {{0, "OTHER"},
                                                  {1, "DCM"},
                                                  {2, "BBMNET"},
                                                  {3, "MARKET_SURVEILLANCE"},
                                                  {4, "INTERNET"},
                                                  {5, "DPR_VE"},
                                                  {19, "MKT_OPS_FX_AGENCY"},
                                                  {20, "MKT_OPS_DERIVATIVES_AGENCY"},
                                                  {11, "OVER_THE_COUNTER_NEWS_AGENCY"},
                                                  {13, "ELECTRONIC_PURCHASE_EXCHANGE"},
                                                  {14, "CBLC_NEWS_AGENCY"},
                                                  {15, "BOVESPA_INDEX_AGENCY"},
                                                  {16, "BOVESPA_INSTITUTIONAL_AGENCY"},
                                                  {17, "MKT_OPS_EQUITIES_AGENCY"},
                                                  {18, "BOVESPA_COMPANIES_AGENCY"}};
inline constexpr NamedValue kOpenCloseSettlFlagNames[] = {{0, "DAILY"},
                                                          {1, "SESSION"},
                                                          {3, "EXPECTED_ENTRY"},
                                                          {4, "ENTRY_FROM_PREVIOUS_BUSINESS_DAY"},
                                                          {5, "THEORETICAL_PRICE"}};
inline constexpr NamedValue kPriceBandMidpointPriceTypeNames[] = {
    {0, "LAST_TRADED_PRICE"}, {1, "COMPLEMENTARY_LAST_PRICE"}, {2, "THEORETICAL_PRICE"}};
inline constexpr NamedValue kPriceBandTypeNames[] = {
    {1, "HARD_LIMIT"}, {2, "AUCTION_LIMITS"}, {3, "REJECTION_BAND"}, {4, "STATIC_LIMITS"}};
inline constexpr NamedValue kPriceLimitTypeNames[] = {
    {0, "PRICE_UNIT"}, {1, "TICKS"}, {2, "PERCENTAGE"}};
inline constexpr NamedValue kPriceTypeNames[] = {{1, "PERCENTAGE"}, {2, "PU"}, {3, "FIXED_AMOUNT"}};
inline constexpr NamedValue kProductNames[] = {
    {2, "COMMODITY"}, {3, "CORPORATE"},           {4, "CURRENCY"}, {5, "EQUITY"}, {6, "GOVERNMENT"},
    {7, "INDEX"},     {15, "ECONOMIC_INDICATOR"}, {16, "MULTILEG"}};
inline constexpr NamedValue kPutOrCallNames[] = {{0, "PUT"}, {1, "CALL"}};
inline constexpr NamedValue kSecurityIdSourceNames[] = {{'4', "ISIN"}, {'8', "EXCHANGE_SYMBOL"}};
inline constexpr NamedValue kSecurityMatchTypeNames[] = {{8, "ISSUING_BUY_BACK_AUCTION"}};
inline constexpr NamedValue kSecurityTradingEventNames[] = {
    {4, "TRADING_SESSION_CHANGE"},
    {101, "SECURITY_STATUS_CHANGE"},
    {102, "SECURITY_REJOINS_SECURITY_GROUP_STATUS"}};
inline constexpr NamedValue kSecurityTradingStatusNames[] = {{2, "PAUSE"},
                                                             {4, "CLOSE"},
                                                             {17, "OPEN"},
                                                             {18, "FORBIDDEN"},
                                                             {20, "UNKNOWN_OR_INVALID"},
                                                             {21, "RESERVED"},
                                                             {101, "FINAL_CLOSING_CALL"}};
inline constexpr NamedValue kSecurityTypeNames[] = {
    {1, "CASH"},     {2, "CORP"}, {3, "CS"},       {4, "DTERM"},     {5, "ETF"},   {6, "FOPT"},
    {7, "FORWARD"},  {8, "FUT"},  {9, "INDEX"},    {10, "INDEXOPT"}, {11, "MLEG"}, {12, "OPT"},
    {13, "OPTEXER"}, {14, "PS"},  {15, "SECLOAN"}, {16, "SOPT"},     {17, "SPOT"}};
inline constexpr NamedValue kSecurityUpdateActionNames[] = {
    {'A', "ADD"}, {'D', "DELETE"}, {'M', "MODIFY"}};
inline constexpr NamedValue kSettlPriceTypeNames[] = {
    {1, "FINAL"}, {2, "THEORETICAL"}, {3, "UPDATED"}};
inline constexpr NamedValue kSideNames[] = {{1, "BUY"}, {2, "SELL"}};
inline constexpr NamedValue kTradeConditionNames[] = {
    {0, "OpeningPrice"},  {1, "Crossed"},       {2, "LastTradeAtTheSamePrice"},
    {3, "OutOfSequence"}, {6, "TradeOnBehalf"}, {13, "RegularTrade"},
    {14, "BlockTrade"}};
inline constexpr NamedValue kTradingSessionIdNames[] = {{1, "REGULAR_TRADING_SESSION"},
                                                        {6, "NON_REGULAR_TRADING_SESSION"}};
inline constexpr NamedValue kTradingSessionSubIdNames[] = {{2, "PAUSE"},
                                                           {4, "CLOSE"},
                                                           {17, "OPEN"},
                                                           {18, "FORBIDDEN"},
                                                           {20, "UNKNOWN_OR_INVALID"},
                                                           {21, "RESERVED"},
                                                           {101, "FINAL_CLOSING_CALL"}};
inline constexpr NamedValue kTrdSubTypeNames[] = {
    {101, "MULTI_ASSET_TRADE"}, {102, "LEG_TRADE"}, {103, "MIDPOINT_TRADE"},
    {104, "BLOCK_BOOK_TRADE"},  {105, "RF_TRADE"},  {106, "RLP_TRADE"},
    {107, "TAC_TRADE"},         {108, "TAA_TRADE"}, {109, "SWEEP_TRADE"}};

// 1
struct SequenceReset {
  static constexpr const FieldInfo* kFields[] = {&kMessageLength, &kEncodingType, &kBlockLength,
                                                 &kTemplateId,    &kSchemaId,     &kVersion};
  static constexpr MessageInfo kInfo = Template(1, "sequence_reset", 12, kFields);
};

// 2
struct Sequence {
  static constexpr LittleEndian<uint32_t> kNextSeqNo{"next_seq_no", 12};
  static constexpr const FieldInfo* kFields[] = {&kMessageLength, &kEncodingType, &kBlockLength,
                                                 &kTemplateId,    &kSchemaId,     &kVersion,
                                                 &kNextSeqNo};
  static constexpr MessageInfo kInfo = Template(2, "sequence", 16, kFields);
};

// 9
struct EmptyBook {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr Padding kPad21{"pad_21", 21, 3};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 24, FieldKind::kUnixNs).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength, &kEncodingType, &kBlockLength,         &kTemplateId, &kSchemaId,
      &kVersion,       &kSecurityId,   &kMatchEventIndicator, &kPad21,      &kMdEntryTimestamp};
  static constexpr MessageInfo kInfo = Template(9, "empty_book", 32, kFields);
};

// 11
struct ChannelReset {
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 12, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr Padding kPad13{"pad_13", 13, 3};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 16, FieldKind::kUnixNs).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength, &kEncodingType,        &kBlockLength, &kTemplateId,      &kSchemaId,
      &kVersion,       &kMatchEventIndicator, &kPad13,       &kMdEntryTimestamp};
  static constexpr MessageInfo kInfo = Template(11, "channel_reset", 24, kFields);
};

// 3
struct SecurityStatus {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kTradingSessionId =
      LittleEndian<uint8_t>("trading_session_id", 21).Names(kTradingSessionIdNames);
  static constexpr auto kSecurityTradingStatus =
      LittleEndian<uint8_t>("security_trading_status", 22).Names(kSecurityTradingStatusNames);
  static constexpr auto kSecurityTradingEvent = LittleEndian<uint8_t>("security_trading_event", 23)
                                                    .Null(UINT8_MAX)
                                                    .Names(kSecurityTradingEventNames);
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 24, FieldKind::kUnixDays};
  static constexpr Padding kPad26{"pad_26", 26, 2};
  static constexpr auto kTradSesOpenTime =
      LittleEndian<uint64_t>("trad_ses_open_time", 28, FieldKind::kUnixNs).Null(0);
  static constexpr auto kTransactTime =
      LittleEndian<uint64_t>("transact_time", 36, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 44).Null(0);
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                                 &kEncodingType,
                                                 &kBlockLength,
                                                 &kTemplateId,
                                                 &kSchemaId,
                                                 &kVersion,
                                                 &kSecurityId,
                                                 &kMatchEventIndicator,
                                                 &kTradingSessionId,
                                                 &kSecurityTradingStatus,
                                                 &kSecurityTradingEvent,
                                                 &kTradeDate,
                                                 &kPad26,
                                                 &kTradSesOpenTime,
                                                 &kTransactTime,
                                                 &kRptSeq};
  static constexpr MessageInfo kInfo = Template(3, "security_status", 48, kFields);
};

// 10
struct SecurityGroupPhase {
  static constexpr Alpha kSecurityGroup{"security_group", 12, 3};
  static constexpr Padding kPad15{"pad_15", 15, 5};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kTradingSessionId =
      LittleEndian<uint8_t>("trading_session_id", 21).Names(kTradingSessionIdNames);
  static constexpr auto kTradingSessionSubId =
      LittleEndian<uint8_t>("trading_session_sub_id", 22).Names(kTradingSessionSubIdNames);
  static constexpr auto kSecurityTradingEvent = LittleEndian<uint8_t>("security_trading_event", 23)
                                                    .Null(UINT8_MAX)
                                                    .Names(kSecurityTradingEventNames);
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 24, FieldKind::kUnixDays};
  static constexpr Padding kPad26{"pad_26", 26, 2};
  static constexpr auto kTradSesOpenTime =
      LittleEndian<uint64_t>("trad_ses_open_time", 28, FieldKind::kUnixNs).Null(0);
  static constexpr auto kTransactTime =
      LittleEndian<uint64_t>("transact_time", 36, FieldKind::kUnixNs).Null(0);
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                                 &kEncodingType,
                                                 &kBlockLength,
                                                 &kTemplateId,
                                                 &kSchemaId,
                                                 &kVersion,
                                                 &kSecurityGroup,
                                                 &kPad15,
                                                 &kMatchEventIndicator,
                                                 &kTradingSessionId,
                                                 &kTradingSessionSubId,
                                                 &kSecurityTradingEvent,
                                                 &kTradeDate,
                                                 &kPad26,
                                                 &kTradSesOpenTime,
                                                 &kTransactTime};
  static constexpr MessageInfo kInfo = Template(10, "security_group_phase", 44, kFields);
};

// 4
struct SecurityDefinition4 {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr Alpha kSecurityExchange{"security_exchange", 20, 4};
  static constexpr auto kSecurityIdSource =
      Letter("security_id_source", 24).Names(kSecurityIdSourceNames);
  static constexpr Alpha kSecurityGroup{"security_group", 25, 3};
  static constexpr Alpha kSymbol{"symbol", 28, 20};
  static constexpr auto kSecurityUpdateAction =
      Letter("security_update_action", 48).Names(kSecurityUpdateActionNames);
  static constexpr auto kSecurityType =
      LittleEndian<uint8_t>("security_type", 49).Names(kSecurityTypeNames);
  static constexpr LittleEndian<uint16_t> kSecuritySubType{"security_sub_type", 50};
  static constexpr LittleEndian<uint32_t> kTotNoRelatedSym{"tot_no_related_sym", 52};
  static constexpr auto kMinPriceIncrement =
      LittleEndian<int64_t>("min_price_increment", 56, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kStrikePrice =
      LittleEndian<int64_t>("strike_price", 64, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kContractMultiplier =
      LittleEndian<int64_t>("contract_multiplier", 72, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kPriceDivisor =
      LittleEndian<int64_t>("price_divisor", 80, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kSecurityValidityTimestamp =
      LittleEndian<int64_t>("security_validity_timestamp", 88, FieldKind::kUnixSeconds)
          .Null(INT64_MIN);
  static constexpr auto kNoSharesIssued = LittleEndian<uint64_t>("no_shares_issued", 96).Null(0);
  static constexpr auto kClearingHouseId = LittleEndian<uint64_t>("clearing_house_id", 104).Null(0);
  static constexpr auto kMinOrderQty = LittleEndian<int64_t>("min_order_qty", 112).Null(INT64_MIN);
  static constexpr auto kMaxOrderQty = LittleEndian<int64_t>("max_order_qty", 120).Null(INT64_MIN);
  static constexpr auto kMinLotSize = LittleEndian<int64_t>("min_lot_size", 128).Null(INT64_MIN);
  static constexpr auto kMinTradeVol = LittleEndian<int64_t>("min_trade_vol", 136).Null(INT64_MIN);
  static constexpr auto kCorporateActionEventId =
      LittleEndian<uint32_t>("corporate_action_event_id", 144).Null(0);
  static constexpr LittleEndian<int32_t> kIssueDate{"issue_date", 148, FieldKind::kUnixDays};
  static constexpr auto kMaturityDate =
      LittleEndian<int32_t>("maturity_date", 152, FieldKind::kUnixDays).Null(0);
  static constexpr Alpha kCountryOfIssue{"country_of_issue", 156, 2};
  static constexpr auto kStartDate =
      LittleEndian<int32_t>("start_date", 158, FieldKind::kUnixDays).Null(0);
  static constexpr auto kEndDate =
      LittleEndian<int32_t>("end_date", 162, FieldKind::kUnixDays).Null(0);
  static constexpr auto kSettlType = LittleEndian<uint16_t>("settl_type", 166).Null(UINT16_MAX);
  static constexpr auto kSettlDate =
      LittleEndian<int32_t>("settl_date", 168, FieldKind::kUnixDays).Null(0);
  static constexpr auto kDatedDate =
      LittleEndian<int32_t>("dated_date", 172, FieldKind::kUnixDays).Null(0);
  static constexpr Alpha kIsinNumber{"isin_number", 176, 12};
  static constexpr Alpha kAsset{"asset", 188, 6};
  static constexpr Alpha kCfiCode{"cfi_code", 194, 6};
  static constexpr auto kMaturityMonthYearYear =
      LittleEndian<uint16_t>("maturity_month_year_year", 200).Null(0);
  static constexpr auto kMaturityMonthYearMonth =
      LittleEndian<uint8_t>("maturity_month_year_month", 202).Null(0);
  static constexpr auto kMaturityMonthYearDay =
      LittleEndian<uint8_t>("maturity_month_year_day", 203).Null(0);
  static constexpr auto kMaturityMonthYearWeek =
      LittleEndian<uint8_t>("maturity_month_year_week", 204).Null(0);
  static constexpr auto kContractSettlMonthYear =
      LittleEndian<uint16_t>("contract_settl_month_year", 205).Null(0);
  static constexpr auto kContractSettlMonthMonth =
      LittleEndian<uint8_t>("contract_settl_month_month", 207).Null(0);
  static constexpr auto kContractSettlMonthDay =
      LittleEndian<uint8_t>("contract_settl_month_day", 208).Null(0);
  static constexpr auto kContractSettlMonthWeek =
      LittleEndian<uint8_t>("contract_settl_month_week", 209).Null(0);
  static constexpr Alpha kCurrency{"currency", 210, 3};
  static constexpr Alpha kStrikeCurrency{"strike_currency", 213, 3};
  static constexpr Alpha kSettlCurrency{"settl_currency", 216, 3};
  static constexpr Alpha kSecurityStrategyType{"security_strategy_type", 219, 3};
  static constexpr auto kLotType =
      LittleEndian<uint8_t>("lot_type", 222).Null(UINT8_MAX).Names(kLotTypeNames);
  static constexpr auto kTickSizeDenominator =
      LittleEndian<uint8_t>("tick_size_denominator", 223).Null(UINT8_MAX);
  static constexpr auto kProduct = LittleEndian<uint8_t>("product", 224).Names(kProductNames);
  static constexpr auto kExerciseStyle =
      LittleEndian<uint8_t>("exercise_style", 225).Null(UINT8_MAX).Names(kExerciseStyleNames);
  static constexpr auto kPutOrCall =
      LittleEndian<uint8_t>("put_or_call", 226).Null(UINT8_MAX).Names(kPutOrCallNames);
  static constexpr auto kPriceType =
      LittleEndian<uint8_t>("price_type", 227).Null(0).Names(kPriceTypeNames);
  static constexpr auto kMarketSegmentId = LittleEndian<uint8_t>("market_segment_id", 228).Null(0);
  static constexpr auto kGovernanceIndicator = LittleEndian<uint8_t>("governance_indicator", 229)
                                                   .Null(UINT8_MAX)
                                                   .Names(kGovernanceIndicatorNames);
  static constexpr auto kSecurityMatchType = LittleEndian<uint8_t>("security_match_type", 230)
                                                 .Null(UINT8_MAX)
                                                 .Names(kSecurityMatchTypeNames);
  static constexpr auto kLastFragment =
      LittleEndian<uint8_t>("last_fragment", 231).Null(UINT8_MAX).Names(kBooleanNames);
  static constexpr auto kMultiLegModel =
      LittleEndian<uint8_t>("multi_leg_model", 232).Null(UINT8_MAX).Names(kMultiLegModelNames);
  static constexpr auto kMultiLegPriceMethod = LittleEndian<uint8_t>("multi_leg_price_method", 233)
                                                   .Null(UINT8_MAX)
                                                   .Names(kMultiLegPriceMethodNames);
  static constexpr auto kMinCrossQty =
      LittleEndian<int64_t>("min_cross_qty", 234).Null(INT64_MIN).Since(6);
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                                 &kEncodingType,
                                                 &kBlockLength,
                                                 &kTemplateId,
                                                 &kSchemaId,
                                                 &kVersion,
                                                 &kSecurityId,
                                                 &kSecurityExchange,
                                                 &kSecurityIdSource,
                                                 &kSecurityGroup,
                                                 &kSymbol,
                                                 &kSecurityUpdateAction,
                                                 &kSecurityType,
                                                 &kSecuritySubType,
                                                 &kTotNoRelatedSym,
                                                 &kMinPriceIncrement,
                                                 &kStrikePrice,
                                                 &kContractMultiplier,
                                                 &kPriceDivisor,
                                                 &kSecurityValidityTimestamp,
                                                 &kNoSharesIssued,
                                                 &kClearingHouseId,
                                                 &kMinOrderQty,
                                                 &kMaxOrderQty,
                                                 &kMinLotSize,
                                                 &kMinTradeVol,
                                                 &kCorporateActionEventId,
                                                 &kIssueDate,
                                                 &kMaturityDate,
                                                 &kCountryOfIssue,
                                                 &kStartDate,
                                                 &kEndDate,
                                                 &kSettlType,
                                                 &kSettlDate,
                                                 &kDatedDate,
                                                 &kIsinNumber,
                                                 &kAsset,
                                                 &kCfiCode,
                                                 &kMaturityMonthYearYear,
                                                 &kMaturityMonthYearMonth,
                                                 &kMaturityMonthYearDay,
                                                 &kMaturityMonthYearWeek,
                                                 &kContractSettlMonthYear,
                                                 &kContractSettlMonthMonth,
                                                 &kContractSettlMonthDay,
                                                 &kContractSettlMonthWeek,
                                                 &kCurrency,
                                                 &kStrikeCurrency,
                                                 &kSettlCurrency,
                                                 &kSecurityStrategyType,
                                                 &kLotType,
                                                 &kTickSizeDenominator,
                                                 &kProduct,
                                                 &kExerciseStyle,
                                                 &kPutOrCall,
                                                 &kPriceType,
                                                 &kMarketSegmentId,
                                                 &kGovernanceIndicator,
                                                 &kSecurityMatchType,
                                                 &kLastFragment,
                                                 &kMultiLegModel,
                                                 &kMultiLegPriceMethod,
                                                 &kMinCrossQty};
  struct NoUnderlyings {
    static constexpr LittleEndian<uint64_t> kUnderlyingSecurityId{"underlying_security_id", 0};
    static constexpr auto kIndexPct =
        LittleEndian<int64_t>("index_pct", 8, FieldKind::kDecimal, 9).Null(0);
    static constexpr auto kIndexTheoreticalQty =
        LittleEndian<int64_t>("index_theoretical_qty", 16, FieldKind::kDecimal, 8).Null(INT64_MIN);
    static constexpr Alpha kUnderlyingSymbol{"underlying_symbol", 24, 20};
    static constexpr const FieldInfo* kFields[] = {&kUnderlyingSecurityId, &kIndexPct,
                                                   &kIndexTheoreticalQty, &kUnderlyingSymbol};
    static constexpr uint16_t kBytes = 44;
    static constexpr GroupInfo kInfo = Group("no_underlyings", kFields);
  };
  struct NoLegs {
    static constexpr LittleEndian<uint64_t> kLegSecurityId{"leg_security_id", 0};
    static constexpr auto kLegRatioQty =
        LittleEndian<int64_t>("leg_ratio_qty", 8, FieldKind::kDecimal, 7).Null(INT64_MIN);
    static constexpr auto kLegSecurityType =
        LittleEndian<uint8_t>("leg_security_type", 16).Names(kSecurityTypeNames);
    static constexpr auto kLegSide = LittleEndian<uint8_t>("leg_side", 17).Names(kSideNames);
    static constexpr Alpha kLegSymbol{"leg_symbol", 18, 20};
    static constexpr const FieldInfo* kFields[] = {&kLegSecurityId, &kLegRatioQty,
                                                   &kLegSecurityType, &kLegSide, &kLegSymbol};
    static constexpr uint16_t kBytes = 38;
    static constexpr GroupInfo kInfo = Group("no_legs", kFields);
  };
  struct NoInstrAttribs {
    static constexpr auto kInstrAttribType =
        LittleEndian<uint8_t>("instr_attrib_type", 0).Names(kInstrAttribTypeNames);
    static constexpr auto kInstrAttribValue =
        LittleEndian<uint8_t>("instr_attrib_value", 1).Names(kInstrAttribValueNames);
    static constexpr const FieldInfo* kFields[] = {&kInstrAttribType, &kInstrAttribValue};
    static constexpr uint16_t kBytes = 2;
    static constexpr GroupInfo kInfo = Group("no_instr_attribs", kFields);
  };
  static constexpr DataInfo kSecurityDescData = Text("security_desc", 1);
  static constexpr const GroupInfo* kGroups[] = {&NoUnderlyings::kInfo, &NoLegs::kInfo,
                                                 &NoInstrAttribs::kInfo};
  static constexpr const DataInfo* kData[] = {&kSecurityDescData};
  static constexpr MessageInfo kInfo =
      Template(4, "security_definition_4", 242, kFields, kGroups, kData);
};

// 12
struct SecurityDefinition {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr Alpha kSecurityExchange{"security_exchange", 20, 4};
  static constexpr auto kSecurityIdSource =
      Letter("security_id_source", 24).Names(kSecurityIdSourceNames);
  static constexpr Alpha kSecurityGroup{"security_group", 25, 3};
  static constexpr Alpha kSymbol{"symbol", 28, 20};
  static constexpr auto kSecurityUpdateAction =
      Letter("security_update_action", 48).Names(kSecurityUpdateActionNames);
  static constexpr auto kSecurityType =
      LittleEndian<uint8_t>("security_type", 49).Names(kSecurityTypeNames);
  static constexpr LittleEndian<uint16_t> kSecuritySubType{"security_sub_type", 50};
  static constexpr LittleEndian<uint32_t> kTotNoRelatedSym{"tot_no_related_sym", 52};
  static constexpr auto kMinPriceIncrement =
      LittleEndian<int64_t>("min_price_increment", 56, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kStrikePrice =
      LittleEndian<int64_t>("strike_price", 64, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kContractMultiplier =
      LittleEndian<int64_t>("contract_multiplier", 72, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kPriceDivisor =
      LittleEndian<int64_t>("price_divisor", 80, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kSecurityValidityTimestamp =
      LittleEndian<int64_t>("security_validity_timestamp", 88, FieldKind::kUnixSeconds)
          .Null(INT64_MIN);
  static constexpr auto kNoSharesIssued = LittleEndian<uint64_t>("no_shares_issued", 96).Null(0);
  static constexpr auto kClearingHouseId = LittleEndian<uint64_t>("clearing_house_id", 104).Null(0);
  static constexpr auto kMinOrderQty = LittleEndian<int64_t>("min_order_qty", 112).Null(INT64_MIN);
  static constexpr auto kMaxOrderQty = LittleEndian<int64_t>("max_order_qty", 120).Null(INT64_MIN);
  static constexpr auto kMinLotSize = LittleEndian<int64_t>("min_lot_size", 128).Null(INT64_MIN);
  static constexpr auto kMinTradeVol = LittleEndian<int64_t>("min_trade_vol", 136).Null(INT64_MIN);
  static constexpr auto kCorporateActionEventId =
      LittleEndian<uint32_t>("corporate_action_event_id", 144).Null(0);
  static constexpr LittleEndian<int32_t> kIssueDate{"issue_date", 148, FieldKind::kUnixDays};
  static constexpr auto kMaturityDate =
      LittleEndian<int32_t>("maturity_date", 152, FieldKind::kUnixDays).Null(0);
  static constexpr Alpha kCountryOfIssue{"country_of_issue", 156, 2};
  static constexpr auto kStartDate =
      LittleEndian<int32_t>("start_date", 158, FieldKind::kUnixDays).Null(0);
  static constexpr auto kEndDate =
      LittleEndian<int32_t>("end_date", 162, FieldKind::kUnixDays).Null(0);
  static constexpr auto kSettlType = LittleEndian<uint16_t>("settl_type", 166).Null(UINT16_MAX);
  static constexpr auto kSettlDate =
      LittleEndian<int32_t>("settl_date", 168, FieldKind::kUnixDays).Null(0);
  static constexpr auto kDatedDate =
      LittleEndian<int32_t>("dated_date", 172, FieldKind::kUnixDays).Null(0);
  static constexpr Alpha kIsinNumber{"isin_number", 176, 12};
  static constexpr Alpha kAsset{"asset", 188, 6};
  static constexpr Alpha kCfiCode{"cfi_code", 194, 6};
  static constexpr auto kMaturityMonthYearYear =
      LittleEndian<uint16_t>("maturity_month_year_year", 200).Null(0);
  static constexpr auto kMaturityMonthYearMonth =
      LittleEndian<uint8_t>("maturity_month_year_month", 202).Null(0);
  static constexpr auto kMaturityMonthYearDay =
      LittleEndian<uint8_t>("maturity_month_year_day", 203).Null(0);
  static constexpr auto kMaturityMonthYearWeek =
      LittleEndian<uint8_t>("maturity_month_year_week", 204).Null(0);
  static constexpr auto kContractSettlMonthYear =
      LittleEndian<uint16_t>("contract_settl_month_year", 205).Null(0);
  static constexpr auto kContractSettlMonthMonth =
      LittleEndian<uint8_t>("contract_settl_month_month", 207).Null(0);
  static constexpr auto kContractSettlMonthDay =
      LittleEndian<uint8_t>("contract_settl_month_day", 208).Null(0);
  static constexpr auto kContractSettlMonthWeek =
      LittleEndian<uint8_t>("contract_settl_month_week", 209).Null(0);
  static constexpr Alpha kCurrency{"currency", 210, 3};
  static constexpr Alpha kStrikeCurrency{"strike_currency", 213, 3};
  static constexpr Alpha kSettlCurrency{"settl_currency", 216, 3};
  static constexpr Alpha kSecurityStrategyType{"security_strategy_type", 219, 3};
  static constexpr auto kLotType =
      LittleEndian<uint8_t>("lot_type", 222).Null(UINT8_MAX).Names(kLotTypeNames);
  static constexpr auto kTickSizeDenominator =
      LittleEndian<uint8_t>("tick_size_denominator", 223).Null(UINT8_MAX);
  static constexpr auto kProduct = LittleEndian<uint8_t>("product", 224).Names(kProductNames);
  static constexpr auto kExerciseStyle =
      LittleEndian<uint8_t>("exercise_style", 225).Null(UINT8_MAX).Names(kExerciseStyleNames);
  static constexpr auto kPutOrCall =
      LittleEndian<uint8_t>("put_or_call", 226).Null(UINT8_MAX).Names(kPutOrCallNames);
  static constexpr auto kPriceType =
      LittleEndian<uint8_t>("price_type", 227).Null(0).Names(kPriceTypeNames);
  static constexpr auto kMarketSegmentId = LittleEndian<uint8_t>("market_segment_id", 228).Null(0);
  static constexpr auto kGovernanceIndicator = LittleEndian<uint8_t>("governance_indicator", 229)
                                                   .Null(UINT8_MAX)
                                                   .Names(kGovernanceIndicatorNames);
  static constexpr auto kSecurityMatchType = LittleEndian<uint8_t>("security_match_type", 230)
                                                 .Null(UINT8_MAX)
                                                 .Names(kSecurityMatchTypeNames);
  static constexpr auto kLastFragment =
      LittleEndian<uint8_t>("last_fragment", 231).Null(UINT8_MAX).Names(kBooleanNames);
  static constexpr auto kMultiLegModel =
      LittleEndian<uint8_t>("multi_leg_model", 232).Null(UINT8_MAX).Names(kMultiLegModelNames);
  static constexpr auto kMultiLegPriceMethod = LittleEndian<uint8_t>("multi_leg_price_method", 233)
                                                   .Null(UINT8_MAX)
                                                   .Names(kMultiLegPriceMethodNames);
  static constexpr auto kMinCrossQty = LittleEndian<int64_t>("min_cross_qty", 234).Null(INT64_MIN);
  static constexpr auto kImpliedMarketIndicator =
      LittleEndian<uint8_t>("implied_market_indicator", 242).Null(UINT8_MAX).Since(10);
  static constexpr auto kOptPayoutType =
      LittleEndian<uint8_t>("opt_payout_type", 243).Null(UINT8_MAX).Since(16);
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                                 &kEncodingType,
                                                 &kBlockLength,
                                                 &kTemplateId,
                                                 &kSchemaId,
                                                 &kVersion,
                                                 &kSecurityId,
                                                 &kSecurityExchange,
                                                 &kSecurityIdSource,
                                                 &kSecurityGroup,
                                                 &kSymbol,
                                                 &kSecurityUpdateAction,
                                                 &kSecurityType,
                                                 &kSecuritySubType,
                                                 &kTotNoRelatedSym,
                                                 &kMinPriceIncrement,
                                                 &kStrikePrice,
                                                 &kContractMultiplier,
                                                 &kPriceDivisor,
                                                 &kSecurityValidityTimestamp,
                                                 &kNoSharesIssued,
                                                 &kClearingHouseId,
                                                 &kMinOrderQty,
                                                 &kMaxOrderQty,
                                                 &kMinLotSize,
                                                 &kMinTradeVol,
                                                 &kCorporateActionEventId,
                                                 &kIssueDate,
                                                 &kMaturityDate,
                                                 &kCountryOfIssue,
                                                 &kStartDate,
                                                 &kEndDate,
                                                 &kSettlType,
                                                 &kSettlDate,
                                                 &kDatedDate,
                                                 &kIsinNumber,
                                                 &kAsset,
                                                 &kCfiCode,
                                                 &kMaturityMonthYearYear,
                                                 &kMaturityMonthYearMonth,
                                                 &kMaturityMonthYearDay,
                                                 &kMaturityMonthYearWeek,
                                                 &kContractSettlMonthYear,
                                                 &kContractSettlMonthMonth,
                                                 &kContractSettlMonthDay,
                                                 &kContractSettlMonthWeek,
                                                 &kCurrency,
                                                 &kStrikeCurrency,
                                                 &kSettlCurrency,
                                                 &kSecurityStrategyType,
                                                 &kLotType,
                                                 &kTickSizeDenominator,
                                                 &kProduct,
                                                 &kExerciseStyle,
                                                 &kPutOrCall,
                                                 &kPriceType,
                                                 &kMarketSegmentId,
                                                 &kGovernanceIndicator,
                                                 &kSecurityMatchType,
                                                 &kLastFragment,
                                                 &kMultiLegModel,
                                                 &kMultiLegPriceMethod,
                                                 &kMinCrossQty,
                                                 &kImpliedMarketIndicator,
                                                 &kOptPayoutType};
  struct NoUnderlyings {
    static constexpr LittleEndian<uint64_t> kUnderlyingSecurityId{"underlying_security_id", 0};
    static constexpr Alpha kUnderlyingSymbol{"underlying_symbol", 8, 20};
    static constexpr const FieldInfo* kFields[] = {&kUnderlyingSecurityId, &kUnderlyingSymbol};
    static constexpr uint16_t kBytes = 28;
    static constexpr GroupInfo kInfo = Group("no_underlyings", kFields);
  };
  struct NoLegs {
    static constexpr LittleEndian<uint64_t> kLegSecurityId{"leg_security_id", 0};
    static constexpr auto kLegRatioQty =
        LittleEndian<int64_t>("leg_ratio_qty", 8, FieldKind::kDecimal, 7).Null(INT64_MIN);
    static constexpr auto kLegSecurityType =
        LittleEndian<uint8_t>("leg_security_type", 16).Names(kSecurityTypeNames);
    static constexpr auto kLegSide = LittleEndian<uint8_t>("leg_side", 17).Names(kSideNames);
    static constexpr Alpha kLegSymbol{"leg_symbol", 18, 20};
    static constexpr const FieldInfo* kFields[] = {&kLegSecurityId, &kLegRatioQty,
                                                   &kLegSecurityType, &kLegSide, &kLegSymbol};
    static constexpr uint16_t kBytes = 38;
    static constexpr GroupInfo kInfo = Group("no_legs", kFields);
  };
  struct NoInstrAttribs {
    static constexpr auto kInstrAttribType =
        LittleEndian<uint8_t>("instr_attrib_type", 0).Names(kInstrAttribTypeNames);
    static constexpr auto kInstrAttribValue =
        LittleEndian<uint8_t>("instr_attrib_value", 1).Names(kInstrAttribValueNames);
    static constexpr const FieldInfo* kFields[] = {&kInstrAttribType, &kInstrAttribValue};
    static constexpr uint16_t kBytes = 2;
    static constexpr GroupInfo kInfo = Group("no_instr_attribs", kFields);
  };
  static constexpr DataInfo kSecurityDescData = Text("security_desc", 1);
  static constexpr const GroupInfo* kGroups[] = {&NoUnderlyings::kInfo, &NoLegs::kInfo,
                                                 &NoInstrAttribs::kInfo};
  static constexpr const DataInfo* kData[] = {&kSecurityDescData};
  static constexpr MessageInfo kInfo =
      Template(12, "security_definition", 242, kFields, kGroups, kData);
};

// 5
struct News {
  static constexpr auto kSecurityId = LittleEndian<uint64_t>("security_id", 12).Null(0);
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kNewsSource =
      LittleEndian<uint8_t>("news_source", 21).Names(kNewsSourceNames);
  static constexpr Alpha kLanguageCode{"language_code", 22, 2};
  static constexpr LittleEndian<uint16_t> kPartCount{"part_count", 24};
  static constexpr LittleEndian<uint16_t> kPartNumber{"part_number", 26};
  static constexpr auto kNewsId = LittleEndian<uint64_t>("news_id", 28).Null(0);
  static constexpr auto kOrigTime =
      LittleEndian<uint64_t>("orig_time", 36, FieldKind::kUnixNs).Null(0);
  static constexpr LittleEndian<uint32_t> kTotalTextLength{"total_text_length", 44};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength, &kEncodingType, &kBlockLength,    &kTemplateId,
      &kSchemaId,      &kVersion,      &kSecurityId,     &kMatchEventIndicator,
      &kNewsSource,    &kLanguageCode, &kPartCount,      &kPartNumber,
      &kNewsId,        &kOrigTime,     &kTotalTextLength};
  static constexpr DataInfo kHeadlineData = Text("headline", 2);
  static constexpr DataInfo kTextData = Text("text", 2);
  static constexpr DataInfo kUrlLinkData = Text("url_link", 2);
  static constexpr const DataInfo* kData[] = {&kHeadlineData, &kTextData, &kUrlLinkData};
  static constexpr MessageInfo kInfo = Template(5, "news", 48, kFields, {}, kData);
};

// 15
struct OpeningPrice {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kMdUpdateAction =
      LittleEndian<uint8_t>("md_update_action", 21).Names(kMdUpdateActionNames);
  static constexpr auto kOpenCloseSettlFlag =
      LittleEndian<uint8_t>("open_close_settl_flag", 22).Names(kOpenCloseSettlFlagNames);
  static constexpr Padding kPad23{"pad_23", 23, 1};
  static constexpr LittleEndian<int64_t> kMdEntryPx{"md_entry_px", 24, FieldKind::kDecimal, 4};
  static constexpr auto kNetChgPrevDay =
      LittleEndian<int64_t>("net_chg_prev_day", 32, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 40, FieldKind::kUnixDays};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 42, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 50).Null(0);
  static constexpr Padding kPad54{"pad_54", 54, 2};
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                                 &kEncodingType,
                                                 &kBlockLength,
                                                 &kTemplateId,
                                                 &kSchemaId,
                                                 &kVersion,
                                                 &kSecurityId,
                                                 &kMatchEventIndicator,
                                                 &kMdUpdateAction,
                                                 &kOpenCloseSettlFlag,
                                                 &kPad23,
                                                 &kMdEntryPx,
                                                 &kNetChgPrevDay,
                                                 &kTradeDate,
                                                 &kMdEntryTimestamp,
                                                 &kRptSeq,
                                                 &kPad54};
  static constexpr MessageInfo kInfo = Template(15, "opening_price", 56, kFields);
};

// 16
struct TheoreticalOpeningPrice {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kMdUpdateAction =
      LittleEndian<uint8_t>("md_update_action", 21).Names(kMdUpdateActionNames);
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 22, FieldKind::kUnixDays};
  static constexpr auto kMdEntryPx =
      LittleEndian<int64_t>("md_entry_px", 24, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kMdEntrySize = LittleEndian<int64_t>("md_entry_size", 32).Null(INT64_MIN);
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 40, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 48).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength, &kEncodingType, &kBlockLength,         &kTemplateId,     &kSchemaId,
      &kVersion,       &kSecurityId,   &kMatchEventIndicator, &kMdUpdateAction, &kTradeDate,
      &kMdEntryPx,     &kMdEntrySize,  &kMdEntryTimestamp,    &kRptSeq};
  static constexpr MessageInfo kInfo = Template(16, "theoretical_opening_price", 52, kFields);
};

// 17
struct ClosingPrice {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kOpenCloseSettlFlag =
      LittleEndian<uint8_t>("open_close_settl_flag", 21).Names(kOpenCloseSettlFlagNames);
  static constexpr Padding kPad22{"pad_22", 22, 2};
  static constexpr LittleEndian<int64_t> kMdEntryPx{"md_entry_px", 24, FieldKind::kDecimal, 8};
  static constexpr auto kLastTradeDate =
      LittleEndian<uint16_t>("last_trade_date", 32, FieldKind::kUnixDays).Null(0);
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 34, FieldKind::kUnixDays};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 36, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 44).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength, &kEncodingType,  &kBlockLength,         &kTemplateId,         &kSchemaId,
      &kVersion,       &kSecurityId,    &kMatchEventIndicator, &kOpenCloseSettlFlag, &kPad22,
      &kMdEntryPx,     &kLastTradeDate, &kTradeDate,           &kMdEntryTimestamp,   &kRptSeq};
  static constexpr MessageInfo kInfo = Template(17, "closing_price", 48, kFields);
};

// 19
struct AuctionImbalance {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kMdUpdateAction =
      LittleEndian<uint8_t>("md_update_action", 21).Names(kMdUpdateActionNames);
  static constexpr auto kImbalanceCondition =
      LittleEndian<uint16_t>("imbalance_condition", 22, FieldKind::kFlags)
          .Names(kImbalanceConditionNames);
  static constexpr auto kMdEntrySize = LittleEndian<int64_t>("md_entry_size", 24).Null(INT64_MIN);
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 32, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 40).Null(0);
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,  &kEncodingType,
                                                 &kBlockLength,    &kTemplateId,
                                                 &kSchemaId,       &kVersion,
                                                 &kSecurityId,     &kMatchEventIndicator,
                                                 &kMdUpdateAction, &kImbalanceCondition,
                                                 &kMdEntrySize,    &kMdEntryTimestamp,
                                                 &kRptSeq};
  static constexpr MessageInfo kInfo = Template(19, "auction_imbalance", 44, kFields);
};

// 20
struct PriceBand20 {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kPriceBandType =
      LittleEndian<uint8_t>("price_band_type", 21).Null(UINT8_MAX).Names(kPriceBandTypeNames);
  static constexpr auto kPriceLimitType =
      LittleEndian<uint8_t>("price_limit_type", 22).Null(UINT8_MAX).Names(kPriceLimitTypeNames);
  static constexpr auto kPriceBandMidpointPriceType =
      LittleEndian<uint8_t>("price_band_midpoint_price_type", 23)
          .Null(UINT8_MAX)
          .Names(kPriceBandMidpointPriceTypeNames);
  static constexpr auto kLowLimitPrice =
      LittleEndian<int64_t>("low_limit_price", 24, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kHighLimitPrice =
      LittleEndian<int64_t>("high_limit_price", 32, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kTradingReferencePrice =
      LittleEndian<int64_t>("trading_reference_price", 40, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 48, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 56).Null(0);
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                                 &kEncodingType,
                                                 &kBlockLength,
                                                 &kTemplateId,
                                                 &kSchemaId,
                                                 &kVersion,
                                                 &kSecurityId,
                                                 &kMatchEventIndicator,
                                                 &kPriceBandType,
                                                 &kPriceLimitType,
                                                 &kPriceBandMidpointPriceType,
                                                 &kLowLimitPrice,
                                                 &kHighLimitPrice,
                                                 &kTradingReferencePrice,
                                                 &kMdEntryTimestamp,
                                                 &kRptSeq};
  static constexpr MessageInfo kInfo = Template(20, "price_band_20", 60, kFields);
};

// 21
struct QuantityBand {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr Padding kPad21{"pad_21", 21, 3};
  static constexpr auto kAvgDailyTradedQty =
      LittleEndian<int64_t>("avg_daily_traded_qty", 24).Null(INT64_MIN);
  static constexpr auto kMaxTradeVol = LittleEndian<int64_t>("max_trade_vol", 32).Null(INT64_MIN);
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 40, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 48).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength, &kEncodingType,      &kBlockLength, &kTemplateId,
      &kSchemaId,      &kVersion,           &kSecurityId,  &kMatchEventIndicator,
      &kPad21,         &kAvgDailyTradedQty, &kMaxTradeVol, &kMdEntryTimestamp,
      &kRptSeq};
  static constexpr MessageInfo kInfo = Template(21, "quantity_band", 52, kFields);
};

// 22
struct PriceBand {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kPriceBandType =
      LittleEndian<uint8_t>("price_band_type", 21).Null(UINT8_MAX).Names(kPriceBandTypeNames);
  static constexpr auto kPriceLimitType =
      LittleEndian<uint8_t>("price_limit_type", 22).Null(UINT8_MAX).Names(kPriceLimitTypeNames);
  static constexpr auto kPriceBandMidpointPriceType =
      LittleEndian<uint8_t>("price_band_midpoint_price_type", 23)
          .Null(UINT8_MAX)
          .Names(kPriceBandMidpointPriceTypeNames);
  static constexpr auto kLowLimitPrice =
      LittleEndian<int64_t>("low_limit_price", 24, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kHighLimitPrice =
      LittleEndian<int64_t>("high_limit_price", 32, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kTradingReferencePrice =
      LittleEndian<int64_t>("trading_reference_price", 40, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 48, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 56).Null(0);
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                                 &kEncodingType,
                                                 &kBlockLength,
                                                 &kTemplateId,
                                                 &kSchemaId,
                                                 &kVersion,
                                                 &kSecurityId,
                                                 &kMatchEventIndicator,
                                                 &kPriceBandType,
                                                 &kPriceLimitType,
                                                 &kPriceBandMidpointPriceType,
                                                 &kLowLimitPrice,
                                                 &kHighLimitPrice,
                                                 &kTradingReferencePrice,
                                                 &kMdEntryTimestamp,
                                                 &kRptSeq};
  static constexpr MessageInfo kInfo = Template(22, "price_band", 60, kFields);
};

// 24
struct HighPrice {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kMdUpdateAction =
      LittleEndian<uint8_t>("md_update_action", 21).Names(kMdUpdateActionNames);
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 22, FieldKind::kUnixDays};
  static constexpr LittleEndian<int64_t> kMdEntryPx{"md_entry_px", 24, FieldKind::kDecimal, 4};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 32, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 40).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength,  &kEncodingType, &kBlockLength, &kTemplateId,
      &kSchemaId,       &kVersion,      &kSecurityId,  &kMatchEventIndicator,
      &kMdUpdateAction, &kTradeDate,    &kMdEntryPx,   &kMdEntryTimestamp,
      &kRptSeq};
  static constexpr MessageInfo kInfo = Template(24, "high_price", 44, kFields);
};

// 25
struct LowPrice {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kMdUpdateAction =
      LittleEndian<uint8_t>("md_update_action", 21).Names(kMdUpdateActionNames);
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 22, FieldKind::kUnixDays};
  static constexpr LittleEndian<int64_t> kMdEntryPx{"md_entry_px", 24, FieldKind::kDecimal, 4};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 32, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 40).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength,  &kEncodingType, &kBlockLength, &kTemplateId,
      &kSchemaId,       &kVersion,      &kSecurityId,  &kMatchEventIndicator,
      &kMdUpdateAction, &kTradeDate,    &kMdEntryPx,   &kMdEntryTimestamp,
      &kRptSeq};
  static constexpr MessageInfo kInfo = Template(25, "low_price", 44, kFields);
};

// 27
struct LastTradePrice {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kTradingSessionId =
      LittleEndian<uint8_t>("trading_session_id", 21).Names(kTradingSessionIdNames);
  static constexpr auto kTradeCondition =
      LittleEndian<uint16_t>("trade_condition", 22, FieldKind::kFlags).Names(kTradeConditionNames);
  static constexpr LittleEndian<int64_t> kMdEntryPx{"md_entry_px", 24, FieldKind::kDecimal, 4};
  static constexpr LittleEndian<int64_t> kMdEntrySize{"md_entry_size", 32};
  static constexpr LittleEndian<uint32_t> kTradeId{"trade_id", 40};
  static constexpr auto kMdEntryBuyer = LittleEndian<uint32_t>("md_entry_buyer", 44).Null(0);
  static constexpr auto kMdEntrySeller = LittleEndian<uint32_t>("md_entry_seller", 48).Null(0);
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 52, FieldKind::kUnixDays};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 54, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 62).Null(0);
  static constexpr auto kSellerDays = LittleEndian<uint16_t>("seller_days", 66).Null(0);
  static constexpr auto kMdEntryInterestRate =
      LittleEndian<int64_t>("md_entry_interest_rate", 68, FieldKind::kDecimal, 4).Null(0);
  static constexpr auto kTrdSubType =
      LittleEndian<uint8_t>("trd_sub_type", 76).Null(0).Names(kTrdSubTypeNames).Since(7);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength,    &kEncodingType,   &kBlockLength,   &kTemplateId,
      &kSchemaId,         &kVersion,        &kSecurityId,    &kMatchEventIndicator,
      &kTradingSessionId, &kTradeCondition, &kMdEntryPx,     &kMdEntrySize,
      &kTradeId,          &kMdEntryBuyer,   &kMdEntrySeller, &kTradeDate,
      &kMdEntryTimestamp, &kRptSeq,         &kSellerDays,    &kMdEntryInterestRate,
      &kTrdSubType};
  static constexpr MessageInfo kInfo = Template(27, "last_trade_price", 76, kFields);
};

// 28
struct SettlementPrice {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr Padding kPad21{"pad_21", 21, 1};
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 22, FieldKind::kUnixDays};
  static constexpr LittleEndian<int64_t> kMdEntryPx{"md_entry_px", 24, FieldKind::kDecimal, 4};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 32, FieldKind::kUnixNs).Null(0);
  static constexpr auto kOpenCloseSettlFlag =
      LittleEndian<uint8_t>("open_close_settl_flag", 40).Names(kOpenCloseSettlFlagNames);
  static constexpr auto kPriceType =
      LittleEndian<uint8_t>("price_type", 41).Null(0).Names(kPriceTypeNames);
  static constexpr auto kSettlPriceType =
      LittleEndian<uint8_t>("settl_price_type", 42).Names(kSettlPriceTypeNames);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 43).Null(0);
  static constexpr Padding kPad47{"pad_47", 47, 1};
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                                 &kEncodingType,
                                                 &kBlockLength,
                                                 &kTemplateId,
                                                 &kSchemaId,
                                                 &kVersion,
                                                 &kSecurityId,
                                                 &kMatchEventIndicator,
                                                 &kPad21,
                                                 &kTradeDate,
                                                 &kMdEntryPx,
                                                 &kMdEntryTimestamp,
                                                 &kOpenCloseSettlFlag,
                                                 &kPriceType,
                                                 &kSettlPriceType,
                                                 &kRptSeq,
                                                 &kPad47};
  static constexpr MessageInfo kInfo = Template(28, "settlement_price", 48, kFields);
};

// 29
struct OpenInterest {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr Padding kPad21{"pad_21", 21, 1};
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 22, FieldKind::kUnixDays};
  static constexpr LittleEndian<int64_t> kMdEntrySize{"md_entry_size", 24};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 32, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 40).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength, &kEncodingType, &kBlockLength, &kTemplateId,
      &kSchemaId,      &kVersion,      &kSecurityId,  &kMatchEventIndicator,
      &kPad21,         &kTradeDate,    &kMdEntrySize, &kMdEntryTimestamp,
      &kRptSeq};
  static constexpr MessageInfo kInfo = Template(29, "open_interest", 44, kFields);
};

// 30
struct SnapshotFullRefreshHeader {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr LittleEndian<uint32_t> kLastMsgSeqNumProcessed{"last_msg_seq_num_processed", 20};
  static constexpr LittleEndian<uint32_t> kTotNumReports{"tot_num_reports", 24};
  static constexpr LittleEndian<uint32_t> kTotNumBids{"tot_num_bids", 28};
  static constexpr LittleEndian<uint32_t> kTotNumOffers{"tot_num_offers", 32};
  static constexpr LittleEndian<uint16_t> kTotNumStats{"tot_num_stats", 36};
  static constexpr Padding kPad38{"pad_38", 38, 2};
  static constexpr auto kLastRptSeq = LittleEndian<uint32_t>("last_rpt_seq", 40).Null(0);
  static constexpr auto kLastSequenceVersion =
      LittleEndian<uint16_t>("last_sequence_version", 44).Since(15);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength, &kEncodingType, &kBlockLength,        &kTemplateId,
      &kSchemaId,      &kVersion,      &kSecurityId,         &kLastMsgSeqNumProcessed,
      &kTotNumReports, &kTotNumBids,   &kTotNumOffers,       &kTotNumStats,
      &kPad38,         &kLastRptSeq,   &kLastSequenceVersion};
  static constexpr MessageInfo kInfo = Template(30, "snapshot_full_refresh_header", 44, kFields);
};

// 50
struct Order {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kMdUpdateAction =
      LittleEndian<uint8_t>("md_update_action", 21).Names(kMdUpdateActionNames);
  static constexpr auto kMdEntryType = Letter("md_entry_type", 22).Names(kMdEntryTypeNames);
  static constexpr Padding kPad23{"pad_23", 23, 1};
  static constexpr auto kMdEntryPx =
      LittleEndian<int64_t>("md_entry_px", 24, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr LittleEndian<int64_t> kMdEntrySize{"md_entry_size", 32};
  static constexpr LittleEndian<uint32_t> kMdEntryPositionNo{"md_entry_position_no", 40};
  static constexpr auto kEnteringFirm = LittleEndian<uint32_t>("entering_firm", 44).Null(0);
  static constexpr auto kMdInsertTimestamp =
      LittleEndian<uint64_t>("md_insert_timestamp", 48, FieldKind::kUnixNs).Null(0);
  static constexpr LittleEndian<uint64_t> kSecondaryOrderId{"secondary_order_id", 56};
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 64).Null(0);
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 68, FieldKind::kUnixNs).Null(0);
  static constexpr auto kMdEntryPrevSize =
      LittleEndian<int64_t>("md_entry_prev_size", 76).Null(INT64_MIN).Since(16);
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                                 &kEncodingType,
                                                 &kBlockLength,
                                                 &kTemplateId,
                                                 &kSchemaId,
                                                 &kVersion,
                                                 &kSecurityId,
                                                 &kMatchEventIndicator,
                                                 &kMdUpdateAction,
                                                 &kMdEntryType,
                                                 &kPad23,
                                                 &kMdEntryPx,
                                                 &kMdEntrySize,
                                                 &kMdEntryPositionNo,
                                                 &kEnteringFirm,
                                                 &kMdInsertTimestamp,
                                                 &kSecondaryOrderId,
                                                 &kRptSeq,
                                                 &kMdEntryTimestamp,
                                                 &kMdEntryPrevSize};
  static constexpr MessageInfo kInfo = Template(50, "order", 76, kFields);
};

// 51
struct DeleteOrder {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr Padding kPad21{"pad_21", 21, 1};
  static constexpr auto kMdEntryType = Letter("md_entry_type", 22).Names(kMdEntryTypeNames);
  static constexpr Padding kPad23{"pad_23", 23, 1};
  static constexpr LittleEndian<uint32_t> kMdEntryPositionNo{"md_entry_position_no", 24};
  static constexpr auto kMdEntrySize = LittleEndian<int64_t>("md_entry_size", 28).Null(INT64_MIN);
  static constexpr LittleEndian<uint64_t> kSecondaryOrderId{"secondary_order_id", 36};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 44, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 52).Null(0);
  static constexpr auto kMdEntryPx =
      LittleEndian<int64_t>("md_entry_px", 56, FieldKind::kDecimal, 4).Null(INT64_MIN).Since(15);
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                                 &kEncodingType,
                                                 &kBlockLength,
                                                 &kTemplateId,
                                                 &kSchemaId,
                                                 &kVersion,
                                                 &kSecurityId,
                                                 &kMatchEventIndicator,
                                                 &kPad21,
                                                 &kMdEntryType,
                                                 &kPad23,
                                                 &kMdEntryPositionNo,
                                                 &kMdEntrySize,
                                                 &kSecondaryOrderId,
                                                 &kMdEntryTimestamp,
                                                 &kRptSeq,
                                                 &kMdEntryPx};
  static constexpr MessageInfo kInfo = Template(51, "delete_order", 56, kFields);
};

// 52
struct MassDeleteOrders {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kMdUpdateAction =
      LittleEndian<uint8_t>("md_update_action", 21).Names(kMdUpdateActionNames);
  static constexpr auto kMdEntryType = Letter("md_entry_type", 22).Names(kMdEntryTypeNames);
  static constexpr Padding kPad23{"pad_23", 23, 1};
  static constexpr LittleEndian<uint32_t> kMdEntryPositionNo{"md_entry_position_no", 24};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 28, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 36).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength, &kEncodingType,      &kBlockLength,         &kTemplateId,     &kSchemaId,
      &kVersion,       &kSecurityId,        &kMatchEventIndicator, &kMdUpdateAction, &kMdEntryType,
      &kPad23,         &kMdEntryPositionNo, &kMdEntryTimestamp,    &kRptSeq};
  static constexpr MessageInfo kInfo = Template(52, "mass_delete_orders", 40, kFields);
};

// 53
struct Trade {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kTradingSessionId =
      LittleEndian<uint8_t>("trading_session_id", 21).Names(kTradingSessionIdNames);
  static constexpr auto kTradeCondition =
      LittleEndian<uint16_t>("trade_condition", 22, FieldKind::kFlags).Names(kTradeConditionNames);
  static constexpr LittleEndian<int64_t> kMdEntryPx{"md_entry_px", 24, FieldKind::kDecimal, 4};
  static constexpr LittleEndian<int64_t> kMdEntrySize{"md_entry_size", 32};
  static constexpr LittleEndian<uint32_t> kTradeId{"trade_id", 40};
  static constexpr auto kMdEntryBuyer = LittleEndian<uint32_t>("md_entry_buyer", 44).Null(0);
  static constexpr auto kMdEntrySeller = LittleEndian<uint32_t>("md_entry_seller", 48).Null(0);
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 52, FieldKind::kUnixDays};
  static constexpr auto kTrdSubType =
      LittleEndian<uint8_t>("trd_sub_type", 54).Null(0).Names(kTrdSubTypeNames).Since(7);
  static constexpr Padding kPad55{"pad_55", 55, 1};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 56, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 64).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength,    &kEncodingType,   &kBlockLength,      &kTemplateId,
      &kSchemaId,         &kVersion,        &kSecurityId,       &kMatchEventIndicator,
      &kTradingSessionId, &kTradeCondition, &kMdEntryPx,        &kMdEntrySize,
      &kTradeId,          &kMdEntryBuyer,   &kMdEntrySeller,    &kTradeDate,
      &kTrdSubType,       &kPad55,          &kMdEntryTimestamp, &kRptSeq};
  static constexpr MessageInfo kInfo = Template(53, "trade", 68, kFields);
};

// 54
struct ForwardTrade {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kTradingSessionId =
      LittleEndian<uint8_t>("trading_session_id", 21).Names(kTradingSessionIdNames);
  static constexpr auto kTradeCondition =
      LittleEndian<uint16_t>("trade_condition", 22, FieldKind::kFlags).Names(kTradeConditionNames);
  static constexpr LittleEndian<int64_t> kMdEntryPx{"md_entry_px", 24, FieldKind::kDecimal, 4};
  static constexpr LittleEndian<int64_t> kMdEntrySize{"md_entry_size", 32};
  static constexpr LittleEndian<uint32_t> kTradeId{"trade_id", 40};
  static constexpr auto kMdEntryBuyer = LittleEndian<uint32_t>("md_entry_buyer", 44).Null(0);
  static constexpr auto kMdEntrySeller = LittleEndian<uint32_t>("md_entry_seller", 48).Null(0);
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 52, FieldKind::kUnixDays};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 54, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 62).Null(0);
  static constexpr auto kSellerDays = LittleEndian<uint16_t>("seller_days", 66).Null(0);
  static constexpr auto kMdEntryInterestRate =
      LittleEndian<int64_t>("md_entry_interest_rate", 68, FieldKind::kDecimal, 4).Null(0);
  static constexpr auto kTrdSubType =
      LittleEndian<uint8_t>("trd_sub_type", 76).Null(0).Names(kTrdSubTypeNames).Since(7);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength,    &kEncodingType,   &kBlockLength,   &kTemplateId,
      &kSchemaId,         &kVersion,        &kSecurityId,    &kMatchEventIndicator,
      &kTradingSessionId, &kTradeCondition, &kMdEntryPx,     &kMdEntrySize,
      &kTradeId,          &kMdEntryBuyer,   &kMdEntrySeller, &kTradeDate,
      &kMdEntryTimestamp, &kRptSeq,         &kSellerDays,    &kMdEntryInterestRate,
      &kTrdSubType};
  static constexpr MessageInfo kInfo = Template(54, "forward_trade", 76, kFields);
};

// 55
struct ExecutionSummary {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr Padding kPad20{"pad_20", 20, 2};
  static constexpr auto kAggressorSide =
      LittleEndian<uint8_t>("aggressor_side", 22).Names(kAggressorSideNames);
  static constexpr Padding kPad23{"pad_23", 23, 1};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 24, FieldKind::kDecimal, 4};
  static constexpr LittleEndian<int64_t> kFillQty{"fill_qty", 32};
  static constexpr auto kTradedHiddenQty =
      LittleEndian<int64_t>("traded_hidden_qty", 40).Null(INT64_MIN);
  static constexpr auto kCxlQty = LittleEndian<int64_t>("cxl_qty", 48).Null(INT64_MIN);
  static constexpr auto kAggressorTime =
      LittleEndian<uint64_t>("aggressor_time", 56, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 64).Null(0);
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 68, FieldKind::kUnixNs).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength, &kEncodingType,    &kBlockLength,     &kTemplateId,    &kSchemaId,
      &kVersion,       &kSecurityId,      &kPad20,           &kAggressorSide, &kPad23,
      &kLastPx,        &kFillQty,         &kTradedHiddenQty, &kCxlQty,        &kAggressorTime,
      &kRptSeq,        &kMdEntryTimestamp};
  static constexpr MessageInfo kInfo = Template(55, "execution_summary", 76, kFields);
};

// 56
struct ExecutionStatistics {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kTradingSessionId =
      LittleEndian<uint8_t>("trading_session_id", 21).Names(kTradingSessionIdNames);
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 22, FieldKind::kUnixDays};
  static constexpr LittleEndian<int64_t> kTradeVolume{"trade_volume", 24};
  static constexpr auto kVwapPx =
      LittleEndian<int64_t>("vwap_px", 32, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kNetChgPrevDay =
      LittleEndian<int64_t>("net_chg_prev_day", 40, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr LittleEndian<uint32_t> kNumberOfTrades{"number_of_trades", 48};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 52, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 60).Null(0);
  static constexpr const FieldInfo* kFields[] = {
      &kMessageLength,    &kEncodingType,   &kBlockLength,      &kTemplateId,
      &kSchemaId,         &kVersion,        &kSecurityId,       &kMatchEventIndicator,
      &kTradingSessionId, &kTradeDate,      &kTradeVolume,      &kVwapPx,
      &kNetChgPrevDay,    &kNumberOfTrades, &kMdEntryTimestamp, &kRptSeq};
  static constexpr MessageInfo kInfo = Template(56, "execution_statistics", 64, kFields);
};

// 57
struct TradeBust {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr auto kMatchEventIndicator =
      LittleEndian<uint8_t>("match_event_indicator", 20, FieldKind::kFlags)
          .Names(kMatchEventIndicatorNames);
  static constexpr auto kTradingSessionId =
      LittleEndian<uint8_t>("trading_session_id", 21).Names(kTradingSessionIdNames);
  static constexpr Padding kPad22{"pad_22", 22, 2};
  static constexpr LittleEndian<int64_t> kMdEntryPx{"md_entry_px", 24, FieldKind::kDecimal, 4};
  static constexpr LittleEndian<int64_t> kMdEntrySize{"md_entry_size", 32};
  static constexpr LittleEndian<uint32_t> kTradeId{"trade_id", 40};
  static constexpr LittleEndian<uint16_t> kTradeDate{"trade_date", 44, FieldKind::kUnixDays};
  static constexpr Padding kPad46{"pad_46", 46, 2};
  static constexpr auto kMdEntryTimestamp =
      LittleEndian<uint64_t>("md_entry_timestamp", 48, FieldKind::kUnixNs).Null(0);
  static constexpr auto kRptSeq = LittleEndian<uint32_t>("rpt_seq", 56).Null(0);
  static constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                                 &kEncodingType,
                                                 &kBlockLength,
                                                 &kTemplateId,
                                                 &kSchemaId,
                                                 &kVersion,
                                                 &kSecurityId,
                                                 &kMatchEventIndicator,
                                                 &kTradingSessionId,
                                                 &kPad22,
                                                 &kMdEntryPx,
                                                 &kMdEntrySize,
                                                 &kTradeId,
                                                 &kTradeDate,
                                                 &kPad46,
                                                 &kMdEntryTimestamp,
                                                 &kRptSeq};
  static constexpr MessageInfo kInfo = Template(57, "trade_bust", 60, kFields);
};

// 71
struct SnapshotFullRefreshOrders {
  static constexpr LittleEndian<uint64_t> kSecurityId{"security_id", 12};
  static constexpr const FieldInfo* kFields[] = {&kMessageLength, &kEncodingType, &kBlockLength,
                                                 &kTemplateId,    &kSchemaId,     &kVersion,
                                                 &kSecurityId};
  struct NoMdEntries {
    static constexpr auto kMdEntryPx =
        LittleEndian<int64_t>("md_entry_px", 0, FieldKind::kDecimal, 4).Null(INT64_MIN);
    static constexpr LittleEndian<int64_t> kMdEntrySize{"md_entry_size", 8};
    static constexpr LittleEndian<uint32_t> kMdEntryPositionNo{"md_entry_position_no", 16};
    static constexpr auto kEnteringFirm = LittleEndian<uint32_t>("entering_firm", 20).Null(0);
    static constexpr auto kMdInsertTimestamp =
        LittleEndian<uint64_t>("md_insert_timestamp", 24, FieldKind::kUnixNs).Null(0);
    static constexpr LittleEndian<uint64_t> kSecondaryOrderId{"secondary_order_id", 32};
    static constexpr auto kMdEntryType = Letter("md_entry_type", 40).Names(kMdEntryTypeNames);
    static constexpr auto kMatchEventIndicator =
        LittleEndian<uint8_t>("match_event_indicator", 41, FieldKind::kFlags)
            .Names(kMatchEventIndicatorNames)
            .Since(10);
    static constexpr const FieldInfo* kFields[] = {
        &kMdEntryPx,         &kMdEntrySize,      &kMdEntryPositionNo, &kEnteringFirm,
        &kMdInsertTimestamp, &kSecondaryOrderId, &kMdEntryType,       &kMatchEventIndicator};
    static constexpr uint16_t kBytes = 41;
    static constexpr GroupInfo kInfo = Group("no_md_entries", kFields);
  };
  static constexpr const GroupInfo* kGroups[] = {&NoMdEntries::kInfo};
  static constexpr MessageInfo kInfo =
      Template(71, "snapshot_full_refresh_orders", 20, kFields, kGroups);
};

inline constexpr const MessageInfo* kMessages[] = {&SequenceReset::kInfo,
                                                   &Sequence::kInfo,
                                                   &SecurityStatus::kInfo,
                                                   &SecurityDefinition4::kInfo,
                                                   &News::kInfo,
                                                   &EmptyBook::kInfo,
                                                   &SecurityGroupPhase::kInfo,
                                                   &ChannelReset::kInfo,
                                                   &SecurityDefinition::kInfo,
                                                   &OpeningPrice::kInfo,
                                                   &TheoreticalOpeningPrice::kInfo,
                                                   &ClosingPrice::kInfo,
                                                   &AuctionImbalance::kInfo,
                                                   &PriceBand20::kInfo,
                                                   &QuantityBand::kInfo,
                                                   &PriceBand::kInfo,
                                                   &HighPrice::kInfo,
                                                   &LowPrice::kInfo,
                                                   &LastTradePrice::kInfo,
                                                   &SettlementPrice::kInfo,
                                                   &OpenInterest::kInfo,
                                                   &SnapshotFullRefreshHeader::kInfo,
                                                   &Order::kInfo,
                                                   &DeleteOrder::kInfo,
                                                   &MassDeleteOrders::kInfo,
                                                   &Trade::kInfo,
                                                   &ForwardTrade::kInfo,
                                                   &ExecutionSummary::kInfo,
                                                   &ExecutionStatistics::kInfo,
                                                   &TradeBust::kInfo,
                                                   &SnapshotFullRefreshOrders::kInfo};

}  // namespace fh::codecs::b3

#endif  // FEEDHANDLER_CODECS_B3_B3_MESSAGES_H_
