// The messages of the Enhanced Order Book Interface of Eurex and Xetra (T7), releases 2.5 to 14.1: every
// field declared once, read by eobi_decoder.h and printed by `feedhandler decode`.
//
//   OrderAdd13::kPrice(message)
//   const MessageInfo* info = FindMessage(message);           // The layout that the bytes have.
//
// Releases changed the layouts and kept the templates: where there are several, a class has the
// number of the release that its layout is of (6: quantities of 32 bits in whole units; 13: of 64
// bits in 1e-4). No message says its release. FindMessage tells layouts apart by their length, and where
// two have the same by what the bytes can mean. Fields that a later release put behind the end have
// `since`, and are absent from shorter messages.
//
// A message begins with its own length; offsets count from there. Groups have no announcement: their
// count is a field of the message, their entries have a fixed length, and often there is room for the
// most of them behind the ones that count.
//
// Constants and pure functions: any thread; a look-up of a message costs some nanoseconds at most.
//
// Source: "T7 Enhanced Order Book Interface Manual" and the layouts of releases 3.0, 6.0 and 13.0.
#ifndef FEEDHANDLER_CODECS_EUREX_EOBI_MESSAGES_H_
#define FEEDHANDLER_CODECS_EUREX_EOBI_MESSAGES_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::eurex {

// What every message begins with. Its length counts this too.
inline constexpr LittleEndian<uint16_t> kBodyLen{"body_len", 0};
inline constexpr LittleEndian<uint16_t> kTemplateId{"template_id", 2};
inline constexpr LittleEndian<uint32_t> kMsgSeqNum{"msg_seq_num", 4};
inline constexpr uint32_t kHeadBytes = 8;

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

// Nothing announces them on the wire.
constexpr GroupInfo Entries(const char* name, std::span<const FieldInfo* const> fields) {
  return {.name = name,
          .block_length = {},
          .count = {},
          .announcement_bytes = 0,
          .big_endian = false,
          .fields = fields};
}

// Values by name.
inline constexpr NamedValue kAlgorithmicTradeIndicatorNames[] = {{1, "AlgorithmicTrade"}};
inline constexpr NamedValue kApplSeqResetIndicatorNames[] = {{0, "NoReset"}, {1, "Reset"}};
inline constexpr NamedValue kCompletionIndicatorNames[] = {{0, "Incomplete"}, {1, "Complete"}};
inline constexpr NamedValue kCrossRequestTypeNames[] = {{1, "CrossAnnouncement"},
                                                        {2, "LiquidityImprovementCross"}};
inline constexpr NamedValue kExerciseStyleNames[] = {{0, "European"}, {1, "American"}};
inline constexpr NamedValue kFastMarketIndicatorNames[] = {{0, "No"}, {1, "Yes"}};
inline constexpr NamedValue kHhiIndicatorNames[] = {{UINT64_MAX, "NoUpdate"}};
inline constexpr NamedValue kImpliedMarketIndicatorNames[] = {{0, "NotImplied"},
                                                              {3, "ImpliedInOut"}};
inline constexpr NamedValue kInputSourceNames[] = {{1, "CLIPClientBroker"}};
inline constexpr NamedValue kLastFragmentNames[] = {{0, "N"}, {1, "Y"}};
inline constexpr NamedValue kLegSecurityTypeNames[] = {{1, "LegSecurityMultiLeg"},
                                                       {2, "LegSecurityUnderlyingLeg"}};
inline constexpr NamedValue kMarketConditionNames[] = {{0, "Normal"}, {1, "Stressed"}};
inline constexpr NamedValue kMatchSubTypeNames[] = {{1, "OpeningAuction"},
                                                    {2, "ClosingAuction"},
                                                    {3, "IntradayAuction"},
                                                    {4, "CircuitBreakerAuction"},
                                                    {5, "IPOAuction"}};
inline constexpr NamedValue kMatchTypeNames[] = {
    {3, "ConfirmedTradeReport"}, {5, "CrossAuction"}, {7, "CallAuction"}};
inline constexpr NamedValue kMatchTypeNames2[] = {{3, "ConfirmedTradeReport"},
                                                  {5, "CrossAuction"},
                                                  {7, "CallAuction"},
                                                  {13, "LiquidityImprovementCross"},
                                                  {14, "ContinuousAuction"}};
inline constexpr NamedValue kMdEntryTypeNames[] = {{2, "Trade"},
                                                   {4, "OpeningPrice"},
                                                   {5, "ClosingPrice"},
                                                   {7, "HighPrice"},
                                                   {8, "LowPrice"},
                                                   {66, "TradeVolume"},
                                                   {101, "PreviousClosingPrice"},
                                                   {200, "OpeningAuction"},
                                                   {201, "IntradayAuction"},
                                                   {202, "CircuitBreakerAuction"},
                                                   {203, "ClosingAuction"},
                                                   {204, "IPOAuction"}};
inline constexpr NamedValue kMdEntryTypeNames2[] = {
    {2, "Trade"}, {4, "OpeningPrice"}, {5, "ClosingPrice"}, {7, "HighPrice"}, {8, "LowPrice"}};
inline constexpr NamedValue kMdOriginTypeNames[] = {{0, "Book"}, {1, "OffBook"}};
inline constexpr NamedValue kMultiLegPriceModelNames[] = {{0, "Standard"}, {1, "UserDefined"}};
inline constexpr NamedValue kMultiLegReportingTypeNames[] = {
    {1, "SingleSecurity"}, {2, "IndividualLegOfAMultiLegSecurity"}};
inline constexpr NamedValue kOrdTypeNames[] = {{1, "Market"}};
inline constexpr NamedValue kPotentialSecurityTradingEventNames[] = {{0, "None"}};
inline constexpr NamedValue kPotentialSecurityTradingEventNames2[] = {
    {0, "None"}, {10, "PriceVolatilityAuctionIsExtended"}};
inline constexpr NamedValue kProductComplexNames[] = {
    {2, "StandardOptionStrategy"}, {3, "NonStandardOptionStrategy"},
    {4, "VolatilityStrategy"},     {5, "FuturesSpread"},
    {6, "InterProductSpread"},     {7, "StandardFuturesStrategy"},
    {8, "PackAndBundle"},          {9, "Strip"}};
inline constexpr NamedValue kProductComplexNames2[] = {
    {2, "StandardOptionStrategy"}, {3, "NonStandardOptionStrategy"},
    {4, "VolatilityStrategy"},     {5, "FuturesSpread"},
    {6, "InterProductSpread"},     {7, "StandardFuturesStrategy"},
    {8, "PackAndBundle"},          {9, "Strip"},
    {11, "CommodityStrip"},        {13, "NonStandardVolatilityStrategy"}};
inline constexpr NamedValue kProductComplexNames3[] = {{1, "SimpleInstrument"},
                                                       {2, "StandardOptionStrategy"},
                                                       {3, "NonStandardOptionStrategy"},
                                                       {4, "VolatilityStrategy"},
                                                       {5, "FuturesSpread"},
                                                       {6, "InterProductSpread"},
                                                       {7, "StandardFuturesStrategy"},
                                                       {8, "PackAndBundle"},
                                                       {9, "Strip"},
                                                       {10, "FlexibleInstrument"},
                                                       {11, "CommodityStrip"},
                                                       {12, "ScaledSimpleInstrument"},
                                                       {13, "NonStandardVolatilityStrategy"}};
inline constexpr NamedValue kPutOrCallNames[] = {{0, "Put"}, {1, "Call"}};
inline constexpr NamedValue kSecurityStatusNames[] = {
    {1, "Active"}, {2, "Inactive"}, {4, "Expired"}, {9, "Suspended"}};
inline constexpr NamedValue kSecurityStatusNames2[] = {
    {1, "Active"},           {2, "Inactive"},
    {4, "Expired"},          {6, "KnockedOut"},
    {7, "KnockOutRevoked"},  {9, "Suspended"},
    {11, "PendingDeletion"}, {12, "KnockedOutAndSuspended"}};
inline constexpr NamedValue kSecurityTradingEventNames[] = {
    {10, "PriceVolatilityAuctionIsExtended"}, {11, "PriceVolatilityAuctionIsExtendedAgain"}};
inline constexpr NamedValue kSecurityTradingStatusNames[] = {{7, "MarketImbalanceBuy"},
                                                             {8, "MarketImbalanceSell"}};
inline constexpr NamedValue kSecurityTradingStatusNames2[] = {{2, "TradingHalt"},
                                                              {200, "Closed"},
                                                              {201, "Restricted"},
                                                              {202, "Book"},
                                                              {203, "Continuous"},
                                                              {204, "OpeningAuction"},
                                                              {205, "OpeningAuctionFreeze"},
                                                              {206, "IntradayAuction"},
                                                              {207, "IntradayAuctionFreeze"},
                                                              {208, "CircuitBreakerAuction"},
                                                              {209, "CircuitBreakerAuctionFreeze"},
                                                              {210, "ClosingAuction"},
                                                              {211, "ClosingAuctionFreeze"},
                                                              {212, "IPOAuction"},
                                                              {213, "IPOAuctionFreeze"}};
inline constexpr NamedValue kSecurityTradingStatusNames3[] = {
    {2, "TradingHalt"},
    {200, "Closed"},
    {201, "Restricted"},
    {202, "Book"},
    {203, "Continuous"},
    {204, "OpeningAuction"},
    {205, "OpeningAuctionFreeze"},
    {206, "IntradayAuction"},
    {207, "IntradayAuctionFreeze"},
    {208, "CircuitBreakerAuction"},
    {209, "CircuitBreakerAuctionFreeze"},
    {210, "ClosingAuction"},
    {211, "ClosingAuctionFreeze"},
    {212, "IPOAuction"},
    {213, "IPOAuctionFreeze"},
    {214, "PreCall"},
    {215, "Call"},
    {216, "Freeze"},
    {217, "TradeAtClose"},
    {220, "CircuitBreakerAuctionTriggeredByStaticLimitBreach"},
    {221, "CircuitBreakerAuctionTriggeredByStaticLimitBreachFreeze"}};
inline constexpr NamedValue kSecurityTypeNames[] = {{1, "OPT"}, {2, "FUT"}};
inline constexpr NamedValue kSettlMethodNames[] = {{0, "Cash"}, {1, "Physical"}};
inline constexpr NamedValue kSideNames[] = {{1, "Buy"}, {2, "Sell"}};
inline constexpr NamedValue kSoldOutIndicatorNames[] = {{1, "SoldOut"}};
inline constexpr NamedValue kTesTradSesStatusNames[] = {
    {1, "Halted"}, {2, "Open"}, {3, "Closed"}, {5, "PreClose"}};
inline constexpr NamedValue kTradSesStatusNames[] = {{1, "Halted"}, {2, "Open"}, {3, "Closed"}};
inline constexpr NamedValue kTradeConditionNames[] = {{1, "ImpliedTrade"}};
inline constexpr NamedValue kTradeConditionNames2[] = {{153, "SystematicInternalizer"},
                                                       {155, "MidpointPrice"}};
inline constexpr NamedValue kTradeConditionNames3[] = {
    {107, "OutOfSequence"}, {155, "MidpointPrice"}, {624, "TradeAtClose"}, {743, "Retail"}};
inline constexpr NamedValue kTradeConditionNames4[] = {{107, "OutOfSequence"}};
inline constexpr NamedValue kTradeConditionNames5[] = {
    {107, "OutOfSequence"},  {155, "MidpointPrice"}, {156, "TradingOnTermsOfIssue"},
    {596, "SpecialAuction"}, {624, "TradeAtClose"},  {743, "Retail"}};
inline constexpr NamedValue kTradeConditionNames6[] = {
    {155, "MidpointPrice"}, {624, "TradeAtClose"}, {743, "Retail"}};
inline constexpr NamedValue kTradingSessionIdNames[] = {
    {1, "Day"}, {3, "Morning"}, {5, "Evening"}, {6, "AfterHours"}, {7, "Holiday"}};
inline constexpr NamedValue kTradingSessionSubIdNames[] = {
    {1, "PreTrading"}, {3, "Continuous"}, {4, "Closing"}, {5, "PostTrading"}, {7, "Quiescent"}};
inline constexpr NamedValue kTrdTypeNames[] = {{1, "BlockTrade"},
                                               {2, "EFP"},
                                               {54, "OTC"},
                                               {55, "ExchangeBasisFacility"},
                                               {1000, "VolaTrade"},
                                               {1001, "EFPFinTrade"},
                                               {1002, "EFPIndexFuturesTrade"},
                                               {1004, "BlockTradeAtMarket"},
                                               {1006, "XetraEurexEnlightTriggeredTrade"},
                                               {1007, "BlockQTPIPTrade"},
                                               {1017, "DeltaTradeAtMarket"}};

struct Heartbeat {
  static constexpr LittleEndian<uint32_t> kLastMsgSeqNumProcessed{"last_msg_seq_num_processed", 8};
  static constexpr Padding kPad12{"pad_12", 12, 4};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen, &kTemplateId, &kMsgSeqNum,
                                                 &kLastMsgSeqNumProcessed, &kPad12};
  static constexpr MessageInfo kInfo = Template(13001, "heartbeat", 16, kFields);
};

struct OrderMassDelete {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen, &kTemplateId, &kMsgSeqNum, &kSecurityId,
                                                 &kTransactTime};
  static constexpr MessageInfo kInfo = Template(13103, "order_mass_delete", 24, kFields);
};

struct ProductStateChange {
  static constexpr auto kTradingSessionId =
      LittleEndian<uint8_t>("trading_session_id", 8).Names(kTradingSessionIdNames);
  static constexpr auto kTradingSessionSubId =
      LittleEndian<uint8_t>("trading_session_sub_id", 9).Names(kTradingSessionSubIdNames);
  static constexpr auto kTradSesStatus =
      LittleEndian<uint8_t>("trad_ses_status", 10).Names(kTradSesStatusNames);
  static constexpr auto kMarketCondition =
      LittleEndian<uint8_t>("market_condition", 11).Null(UINT8_MAX).Names(kMarketConditionNames);
  static constexpr auto kFastMarketIndicator =
      LittleEndian<uint8_t>("fast_market_indicator", 12).Names(kFastMarketIndicatorNames);
  static constexpr auto kTesTradSesStatus = LittleEndian<uint8_t>("tes_trad_ses_status", 13)
                                                .Null(UINT8_MAX)
                                                .Names(kTesTradSesStatusNames);
  static constexpr Padding kPad14{"pad_14", 14, 2};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kTradingSessionId,
                                                 &kTradingSessionSubId,
                                                 &kTradSesStatus,
                                                 &kMarketCondition,
                                                 &kFastMarketIndicator,
                                                 &kTesTradSesStatus,
                                                 &kPad14,
                                                 &kTransactTime};
  static constexpr MessageInfo kInfo = Template(13300, "product_state_change", 24, kFields);
};

struct ProductSummary {
  static constexpr LittleEndian<uint32_t> kLastMsgSeqNumProcessed{"last_msg_seq_num_processed", 8};
  static constexpr auto kTradingSessionId =
      LittleEndian<uint8_t>("trading_session_id", 12).Null(UINT8_MAX).Names(kTradingSessionIdNames);
  static constexpr auto kTradingSessionSubId = LittleEndian<uint8_t>("trading_session_sub_id", 13)
                                                   .Null(UINT8_MAX)
                                                   .Names(kTradingSessionSubIdNames);
  static constexpr auto kTradSesStatus =
      LittleEndian<uint8_t>("trad_ses_status", 14).Null(UINT8_MAX).Names(kTradSesStatusNames);
  static constexpr auto kMarketCondition =
      LittleEndian<uint8_t>("market_condition", 15).Null(UINT8_MAX).Names(kMarketConditionNames);
  static constexpr auto kFastMarketIndicator =
      LittleEndian<uint8_t>("fast_market_indicator", 16).Names(kFastMarketIndicatorNames);
  static constexpr auto kTesTradSesStatus = LittleEndian<uint8_t>("tes_trad_ses_status", 17)
                                                .Null(UINT8_MAX)
                                                .Names(kTesTradSesStatusNames);
  static constexpr Padding kPad18{"pad_18", 18, 6};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kLastMsgSeqNumProcessed,
                                                 &kTradingSessionId,
                                                 &kTradingSessionSubId,
                                                 &kTradSesStatus,
                                                 &kMarketCondition,
                                                 &kFastMarketIndicator,
                                                 &kTesTradSesStatus,
                                                 &kPad18};
  static constexpr MessageInfo kInfo = Template(13600, "product_summary", 24, kFields);
};

// Before 6.0.
struct ProductSummary3 {
  static constexpr LittleEndian<uint32_t> kLastMsgSeqNumProcessed{"last_msg_seq_num_processed", 8};
  static constexpr auto kTradingSessionId =
      LittleEndian<uint8_t>("trading_session_id", 12).Null(UINT8_MAX).Names(kTradingSessionIdNames);
  static constexpr auto kTradingSessionSubId = LittleEndian<uint8_t>("trading_session_sub_id", 13)
                                                   .Null(UINT8_MAX)
                                                   .Names(kTradingSessionSubIdNames);
  static constexpr auto kTradSesStatus =
      LittleEndian<uint8_t>("trad_ses_status", 14).Null(UINT8_MAX).Names(kTradSesStatusNames);
  static constexpr auto kFastMarketIndicator =
      LittleEndian<uint8_t>("fast_market_indicator", 15).Names(kFastMarketIndicatorNames);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,          &kTemplateId,          &kMsgSeqNum,     &kLastMsgSeqNumProcessed,
      &kTradingSessionId, &kTradingSessionSubId, &kTradSesStatus, &kFastMarketIndicator};
  static constexpr MessageInfo kInfo = Template(13600, "product_summary", 16, kFields);
};

// Before 7.0.
struct OrderAdd6 {
  static constexpr auto kTrdRegTsTimeIn =
      LittleEndian<uint64_t>("trd_reg_ts_time_in", 8, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 16};
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 24,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int32_t> kDisplayQty{"display_qty", 32};
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 36).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 37).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr Padding kPad38{"pad_38", 38, 2};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 40, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,        &kTemplateId, &kMsgSeqNum,
      &kTrdRegTsTimeIn, &kSecurityId, &kTrdRegTsTimePriority,
      &kDisplayQty,     &kSide,       &kOrdType,
      &kPad38,          &kPrice};
  static constexpr MessageInfo kInfo = Template(13100, "order_add", 48, kFields);
};

// Since 7.0.
struct OrderAdd13 {
  static constexpr auto kRequestTime =
      LittleEndian<uint64_t>("request_time", 8, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 16};
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 24,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kDisplayQty{"display_qty", 32, FieldKind::kDecimal, 4};
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 40).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 41).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr auto kHhiIndicator =
      LittleEndian<int8_t>("hhi_indicator", 42).Null(INT8_MIN).Names(kHhiIndicatorNames);
  static constexpr Padding kPad43{"pad_43", 43, 5};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 48, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,    &kTemplateId, &kMsgSeqNum, &kRequestTime,  &kSecurityId, &kTrdRegTsTimePriority,
      &kDisplayQty, &kSide,       &kOrdType,   &kHhiIndicator, &kPad43,      &kPrice};
  static constexpr MessageInfo kInfo = Template(13100, "order_add", 56, kFields);
};

// Before 7.0.
struct OrderModify6 {
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimeIn{"trd_reg_ts_time_in", 8,
                                                          FieldKind::kUnixNs};
  static constexpr LittleEndian<uint64_t> kTrdRegTsPrevTimePriority{"trd_reg_ts_prev_time_priority",
                                                                    16, FieldKind::kUnixNs};
  static constexpr auto kPrevPrice =
      LittleEndian<int64_t>("prev_price", 24, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr LittleEndian<int32_t> kPrevDisplayQty{"prev_display_qty", 32};
  static constexpr Padding kPad36{"pad_36", 36, 4};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 40};
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 48,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int32_t> kDisplayQty{"display_qty", 56};
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 60).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 61).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr Padding kPad62{"pad_62", 62, 2};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 64, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,    &kTemplateId,     &kMsgSeqNum, &kTrdRegTsTimeIn, &kTrdRegTsPrevTimePriority,
      &kPrevPrice,  &kPrevDisplayQty, &kPad36,     &kSecurityId,     &kTrdRegTsTimePriority,
      &kDisplayQty, &kSide,           &kOrdType,   &kPad62,          &kPrice};
  static constexpr MessageInfo kInfo = Template(13101, "order_modify", 72, kFields);
};

// Since 7.0.
struct OrderModify13 {
  static constexpr LittleEndian<uint64_t> kRequestTime{"request_time", 8, FieldKind::kUnixNs};
  static constexpr LittleEndian<uint64_t> kTrdRegTsPrevTimePriority{"trd_reg_ts_prev_time_priority",
                                                                    16, FieldKind::kUnixNs};
  static constexpr auto kPrevPrice =
      LittleEndian<int64_t>("prev_price", 24, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr LittleEndian<int64_t> kPrevDisplayQty{"prev_display_qty", 32,
                                                         FieldKind::kDecimal, 4};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 40};
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 48,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kDisplayQty{"display_qty", 56, FieldKind::kDecimal, 4};
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 64).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 65).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr auto kHhiIndicator =
      LittleEndian<int8_t>("hhi_indicator", 66).Null(INT8_MIN).Names(kHhiIndicatorNames);
  static constexpr Padding kPad67{"pad_67", 67, 5};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 72, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kPrevPriceHhiIndicator =
      LittleEndian<int8_t>("prev_price_hhi_indicator", 80)
          .Null(INT8_MIN)
          .Names(kHhiIndicatorNames)
          .Since(1);
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kRequestTime,
                                                 &kTrdRegTsPrevTimePriority,
                                                 &kPrevPrice,
                                                 &kPrevDisplayQty,
                                                 &kSecurityId,
                                                 &kTrdRegTsTimePriority,
                                                 &kDisplayQty,
                                                 &kSide,
                                                 &kOrdType,
                                                 &kHhiIndicator,
                                                 &kPad67,
                                                 &kPrice,
                                                 &kPrevPriceHhiIndicator};
  static constexpr MessageInfo kInfo = Template(13101, "order_modify", 80, kFields);
};

// Before 7.0.
struct OrderModifySamePrio6 {
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimeIn{"trd_reg_ts_time_in", 8,
                                                          FieldKind::kUnixNs};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr LittleEndian<int32_t> kPrevDisplayQty{"prev_display_qty", 24};
  static constexpr Padding kPad28{"pad_28", 28, 4};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 32};
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 40,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int32_t> kDisplayQty{"display_qty", 48};
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 52).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 53).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr Padding kPad54{"pad_54", 54, 2};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 56, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,        &kTemplateId,   &kMsgSeqNum,
      &kTrdRegTsTimeIn, &kTransactTime, &kPrevDisplayQty,
      &kPad28,          &kSecurityId,   &kTrdRegTsTimePriority,
      &kDisplayQty,     &kSide,         &kOrdType,
      &kPad54,          &kPrice};
  static constexpr MessageInfo kInfo = Template(13106, "order_modify_same_prio", 64, kFields);
};

// Since 7.0.
struct OrderModifySamePrio13 {
  static constexpr auto kRequestTime =
      LittleEndian<uint64_t>("request_time", 8, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kPrevDisplayQty{"prev_display_qty", 24,
                                                         FieldKind::kDecimal, 4};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 32};
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 40,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kDisplayQty{"display_qty", 48, FieldKind::kDecimal, 4};
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 56).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 57).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr auto kHhiIndicator =
      LittleEndian<int8_t>("hhi_indicator", 58).Null(INT8_MIN).Names(kHhiIndicatorNames);
  static constexpr Padding kPad59{"pad_59", 59, 5};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 64, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,      &kTemplateId,     &kMsgSeqNum,  &kRequestTime,
      &kTransactTime, &kPrevDisplayQty, &kSecurityId, &kTrdRegTsTimePriority,
      &kDisplayQty,   &kSide,           &kOrdType,    &kHhiIndicator,
      &kPad59,        &kPrice};
  static constexpr MessageInfo kInfo = Template(13106, "order_modify_same_prio", 72, kFields);
};

// Before 7.0.
struct OrderDelete6 {
  static constexpr auto kTrdRegTsTimeIn =
      LittleEndian<uint64_t>("trd_reg_ts_time_in", 8, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 24};
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 32,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int32_t> kDisplayQty{"display_qty", 40};
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 44).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 45).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr Padding kPad46{"pad_46", 46, 2};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 48, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kTrdRegTsTimeIn,
                                                 &kTransactTime,
                                                 &kSecurityId,
                                                 &kTrdRegTsTimePriority,
                                                 &kDisplayQty,
                                                 &kSide,
                                                 &kOrdType,
                                                 &kPad46,
                                                 &kPrice};
  static constexpr MessageInfo kInfo = Template(13102, "order_delete", 56, kFields);
};

// Since 7.0.
struct OrderDelete13 {
  static constexpr auto kRequestTime =
      LittleEndian<uint64_t>("request_time", 8, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 24};
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 32,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kDisplayQty{"display_qty", 40, FieldKind::kDecimal, 4};
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 48).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 49).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr auto kHhiIndicator =
      LittleEndian<int8_t>("hhi_indicator", 50).Null(INT8_MIN).Names(kHhiIndicatorNames);
  static constexpr Padding kPad51{"pad_51", 51, 5};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 56, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kRequestTime,
                                                 &kTransactTime,
                                                 &kSecurityId,
                                                 &kTrdRegTsTimePriority,
                                                 &kDisplayQty,
                                                 &kSide,
                                                 &kOrdType,
                                                 &kHhiIndicator,
                                                 &kPad51,
                                                 &kPrice};
  static constexpr MessageInfo kInfo = Template(13102, "order_delete", 64, kFields);
};

// Before 7.0.
struct FullOrderExecution6 {
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 8).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 9).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr auto kAlgorithmicTradeIndicator =
      LittleEndian<uint8_t>("algorithmic_trade_indicator", 10)
          .Null(UINT8_MAX)
          .Names(kAlgorithmicTradeIndicatorNames);
  static constexpr Padding kPad11{"pad_11", 11, 5};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 16, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 24,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 32};
  static constexpr LittleEndian<uint32_t> kTrdMatchId{"trd_match_id", 40};
  static constexpr LittleEndian<int32_t> kLastQty{"last_qty", 44};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 48, FieldKind::kDecimal, 8};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,    &kTemplateId, &kMsgSeqNum,
      &kSide,       &kOrdType,    &kAlgorithmicTradeIndicator,
      &kPad11,      &kPrice,      &kTrdRegTsTimePriority,
      &kSecurityId, &kTrdMatchId, &kLastQty,
      &kLastPx};
  static constexpr MessageInfo kInfo = Template(13104, "full_order_execution", 56, kFields);
};

// Since 7.0.
struct FullOrderExecution13 {
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 8).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 9).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr auto kAlgorithmicTradeIndicator =
      LittleEndian<uint8_t>("algorithmic_trade_indicator", 10)
          .Null(UINT8_MAX)
          .Names(kAlgorithmicTradeIndicatorNames);
  static constexpr auto kHhiIndicator =
      LittleEndian<int8_t>("hhi_indicator", 11).Null(INT8_MIN).Names(kHhiIndicatorNames);
  static constexpr LittleEndian<uint32_t> kTrdMatchId{"trd_match_id", 12};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 16, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 24,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 32};
  static constexpr LittleEndian<int64_t> kLastQty{"last_qty", 40, FieldKind::kDecimal, 4};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 48, FieldKind::kDecimal, 8};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,      &kTemplateId,
                                                 &kMsgSeqNum,    &kSide,
                                                 &kOrdType,      &kAlgorithmicTradeIndicator,
                                                 &kHhiIndicator, &kTrdMatchId,
                                                 &kPrice,        &kTrdRegTsTimePriority,
                                                 &kSecurityId,   &kLastQty,
                                                 &kLastPx};
  static constexpr MessageInfo kInfo = Template(13104, "full_order_execution", 56, kFields);
};

// Before 7.0.
struct PartialOrderExecution6 {
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 8).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 9).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr auto kAlgorithmicTradeIndicator =
      LittleEndian<uint8_t>("algorithmic_trade_indicator", 10)
          .Null(UINT8_MAX)
          .Names(kAlgorithmicTradeIndicatorNames);
  static constexpr Padding kPad11{"pad_11", 11, 5};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 16, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 24,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 32};
  static constexpr LittleEndian<uint32_t> kTrdMatchId{"trd_match_id", 40};
  static constexpr LittleEndian<int32_t> kLastQty{"last_qty", 44};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 48, FieldKind::kDecimal, 8};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,    &kTemplateId, &kMsgSeqNum,
      &kSide,       &kOrdType,    &kAlgorithmicTradeIndicator,
      &kPad11,      &kPrice,      &kTrdRegTsTimePriority,
      &kSecurityId, &kTrdMatchId, &kLastQty,
      &kLastPx};
  static constexpr MessageInfo kInfo = Template(13105, "partial_order_execution", 56, kFields);
};

// Since 7.0.
struct PartialOrderExecution13 {
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 8).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 9).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr auto kAlgorithmicTradeIndicator =
      LittleEndian<uint8_t>("algorithmic_trade_indicator", 10)
          .Null(UINT8_MAX)
          .Names(kAlgorithmicTradeIndicatorNames);
  static constexpr auto kHhiIndicator =
      LittleEndian<int8_t>("hhi_indicator", 11).Null(INT8_MIN).Names(kHhiIndicatorNames);
  static constexpr LittleEndian<uint32_t> kTrdMatchId{"trd_match_id", 12};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 16, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 24,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 32};
  static constexpr LittleEndian<int64_t> kLastQty{"last_qty", 40, FieldKind::kDecimal, 4};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 48, FieldKind::kDecimal, 8};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,      &kTemplateId,
                                                 &kMsgSeqNum,    &kSide,
                                                 &kOrdType,      &kAlgorithmicTradeIndicator,
                                                 &kHhiIndicator, &kTrdMatchId,
                                                 &kPrice,        &kTrdRegTsTimePriority,
                                                 &kSecurityId,   &kLastQty,
                                                 &kLastPx};
  static constexpr MessageInfo kInfo = Template(13105, "partial_order_execution", 56, kFields);
};

// Before 3.0: without the time of the match.
struct ExecutionSummary2 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr auto kAggressorTime =
      LittleEndian<uint64_t>("aggressor_time", 16, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr auto kRequestTime =
      LittleEndian<uint64_t>("request_time", 24, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<int32_t> kLastQty{"last_qty", 32};
  static constexpr auto kAggressorSide =
      LittleEndian<uint8_t>("aggressor_side", 36).Names(kSideNames);
  static constexpr auto kTradeCondition =
      LittleEndian<uint8_t>("trade_condition", 37).Null(UINT8_MAX).Names(kTradeConditionNames);
  static constexpr Padding kPad38{"pad_38", 38, 2};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 40, FieldKind::kDecimal, 8};
  static constexpr auto kRestingHiddenQty =
      LittleEndian<int32_t>("resting_hidden_qty", 48).Null(INT32_MIN);
  static constexpr LittleEndian<int32_t> kRestingCxlQty{"resting_cxl_qty", 52};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,     &kTemplateId,       &kMsgSeqNum,     &kSecurityId,     &kAggressorTime,
      &kRequestTime, &kLastQty,          &kAggressorSide, &kTradeCondition, &kPad38,
      &kLastPx,      &kRestingHiddenQty, &kRestingCxlQty};
  static constexpr MessageInfo kInfo = Template(13202, "execution_summary", 56, kFields);
};

// 3.0 to 6.1.
struct ExecutionSummary6 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr auto kAggressorTime =
      LittleEndian<uint64_t>("aggressor_time", 16, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr auto kRequestTime =
      LittleEndian<uint64_t>("request_time", 24, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<uint64_t> kExecId{"exec_id", 32, FieldKind::kUnixNs};
  static constexpr LittleEndian<int32_t> kLastQty{"last_qty", 40};
  static constexpr auto kAggressorSide =
      LittleEndian<uint8_t>("aggressor_side", 44).Names(kSideNames);
  static constexpr auto kTradeCondition =
      LittleEndian<uint8_t>("trade_condition", 45).Null(UINT8_MAX).Names(kTradeConditionNames);
  static constexpr Padding kPad46{"pad_46", 46, 2};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 48, FieldKind::kDecimal, 8};
  static constexpr auto kRestingHiddenQty =
      LittleEndian<int32_t>("resting_hidden_qty", 56).Null(INT32_MIN);
  static constexpr LittleEndian<int32_t> kRestingCxlQty{"resting_cxl_qty", 60};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,     &kTemplateId, &kMsgSeqNum,        &kSecurityId,    &kAggressorTime,
      &kRequestTime, &kExecId,     &kLastQty,          &kAggressorSide, &kTradeCondition,
      &kPad46,       &kLastPx,     &kRestingHiddenQty, &kRestingCxlQty};
  static constexpr MessageInfo kInfo = Template(13202, "execution_summary", 64, kFields);
};

// 7.0 to 11.
struct ExecutionSummary7 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr auto kAggressorTime =
      LittleEndian<uint64_t>("aggressor_time", 16, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr auto kRequestTime =
      LittleEndian<uint64_t>("request_time", 24, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<uint64_t> kExecId{"exec_id", 32, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kLastQty{"last_qty", 40, FieldKind::kDecimal, 4};
  static constexpr auto kAggressorSide =
      LittleEndian<uint8_t>("aggressor_side", 48).Names(kSideNames);
  static constexpr Padding kPad49{"pad_49", 49, 1};
  static constexpr auto kTradeCondition =
      LittleEndian<uint16_t>("trade_condition", 50).Null(UINT16_MAX).Names(kTradeConditionNames);
  static constexpr Padding kPad52{"pad_52", 52, 4};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 56, FieldKind::kDecimal, 8};
  static constexpr auto kRestingHiddenQty =
      LittleEndian<int64_t>("resting_hidden_qty", 64, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr LittleEndian<int64_t> kRestingCxlQty{"resting_cxl_qty", 72, FieldKind::kDecimal,
                                                        4};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,        &kTemplateId, &kMsgSeqNum, &kSecurityId,       &kAggressorTime,
      &kRequestTime,    &kExecId,     &kLastQty,   &kAggressorSide,    &kPad49,
      &kTradeCondition, &kPad52,      &kLastPx,    &kRestingHiddenQty, &kRestingCxlQty};
  static constexpr MessageInfo kInfo = Template(13202, "execution_summary", 80, kFields);
};

// Since 12.
struct ExecutionSummary13 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr auto kRequestTime =
      LittleEndian<uint64_t>("request_time", 16, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<uint64_t> kExecId{"exec_id", 24, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kLastQty{"last_qty", 32, FieldKind::kDecimal, 4};
  static constexpr auto kAggressorSide =
      LittleEndian<uint8_t>("aggressor_side", 40).Names(kSideNames);
  static constexpr Padding kPad41{"pad_41", 41, 1};
  static constexpr auto kTradeCondition =
      LittleEndian<uint16_t>("trade_condition", 42).Null(UINT16_MAX).Names(kTradeConditionNames);
  static constexpr auto kTradingHhiIndicator =
      LittleEndian<uint8_t>("trading_hhi_indicator", 44).Null(UINT8_MAX);
  static constexpr Padding kPad45{"pad_45", 45, 3};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 48, FieldKind::kDecimal, 8};
  static constexpr auto kTrdRegTsPrevTimePriority =
      LittleEndian<uint64_t>("trd_reg_ts_prev_time_priority", 56, FieldKind::kUnixNs)
          .Null(UINT64_MAX);
  static constexpr auto kDisplayQty =
      LittleEndian<int64_t>("display_qty", 64, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 72, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kRestingHiddenQty =
      LittleEndian<int64_t>("resting_hidden_qty", 80, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr LittleEndian<int64_t> kRestingCxlQty{"resting_cxl_qty", 88, FieldKind::kDecimal,
                                                        4};
  static constexpr auto kAggressorTime =
      LittleEndian<uint64_t>("aggressor_time", 96, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kSecurityId,
                                                 &kRequestTime,
                                                 &kExecId,
                                                 &kLastQty,
                                                 &kAggressorSide,
                                                 &kPad41,
                                                 &kTradeCondition,
                                                 &kTradingHhiIndicator,
                                                 &kPad45,
                                                 &kLastPx,
                                                 &kTrdRegTsPrevTimePriority,
                                                 &kDisplayQty,
                                                 &kPrice,
                                                 &kRestingHiddenQty,
                                                 &kRestingCxlQty,
                                                 &kAggressorTime};
  static constexpr MessageInfo kInfo = Template(13202, "execution_summary", 104, kFields);
};

// Before 7.0.
struct TradeReport6 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr auto kTrdMatchId = LittleEndian<uint32_t>("trd_match_id", 24).Null(UINT32_MAX);
  static constexpr LittleEndian<int32_t> kLastQty{"last_qty", 28};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 32, FieldKind::kDecimal, 8};
  static constexpr auto kMatchType =
      LittleEndian<uint8_t>("match_type", 40).Null(UINT8_MAX).Names(kMatchTypeNames);
  static constexpr auto kMatchSubType =
      LittleEndian<uint8_t>("match_sub_type", 41).Null(UINT8_MAX).Names(kMatchSubTypeNames);
  static constexpr auto kAlgorithmicTradeIndicator =
      LittleEndian<uint8_t>("algorithmic_trade_indicator", 42)
          .Null(UINT8_MAX)
          .Names(kAlgorithmicTradeIndicatorNames);
  static constexpr auto kTradeCondition =
      LittleEndian<uint8_t>("trade_condition", 43).Null(UINT8_MAX).Names(kTradeConditionNames2);
  static constexpr Padding kPad44{"pad_44", 44, 4};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kSecurityId,
                                                 &kTransactTime,
                                                 &kTrdMatchId,
                                                 &kLastQty,
                                                 &kLastPx,
                                                 &kMatchType,
                                                 &kMatchSubType,
                                                 &kAlgorithmicTradeIndicator,
                                                 &kTradeCondition,
                                                 &kPad44};
  static constexpr MessageInfo kInfo = Template(13201, "trade_report", 48, kFields);
};

// Since 7.0.
struct TradeReport13 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kLastQty{"last_qty", 24, FieldKind::kDecimal, 4};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 32, FieldKind::kDecimal, 8};
  static constexpr auto kTrdMatchId = LittleEndian<uint32_t>("trd_match_id", 40).Null(UINT32_MAX);
  static constexpr auto kMatchType =
      LittleEndian<uint8_t>("match_type", 44).Null(UINT8_MAX).Names(kMatchTypeNames2);
  static constexpr auto kMatchSubType =
      LittleEndian<uint8_t>("match_sub_type", 45).Null(UINT8_MAX).Names(kMatchSubTypeNames);
  static constexpr auto kAlgorithmicTradeIndicator =
      LittleEndian<uint8_t>("algorithmic_trade_indicator", 46)
          .Null(UINT8_MAX)
          .Names(kAlgorithmicTradeIndicatorNames);
  static constexpr Padding kPad47{"pad_47", 47, 1};
  static constexpr auto kTradeCondition =
      LittleEndian<uint16_t>("trade_condition", 48).Null(UINT16_MAX).Names(kTradeConditionNames5);
  static constexpr Padding kPad50{"pad_50", 50, 6};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kSecurityId,
                                                 &kTransactTime,
                                                 &kLastQty,
                                                 &kLastPx,
                                                 &kTrdMatchId,
                                                 &kMatchType,
                                                 &kMatchSubType,
                                                 &kAlgorithmicTradeIndicator,
                                                 &kPad47,
                                                 &kTradeCondition,
                                                 &kPad50};
  static constexpr MessageInfo kInfo = Template(13201, "trade_report", 56, kFields);
};

// Before 7.0.
struct TradeReversal6 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr LittleEndian<uint32_t> kTrdMatchId{"trd_match_id", 24};
  static constexpr LittleEndian<int32_t> kLastQty{"last_qty", 28};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 32, FieldKind::kDecimal, 8};
  static constexpr auto kTrdRegTsExecutionTime =
      LittleEndian<uint64_t>("trd_reg_ts_execution_time", 40, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr auto kTradeCondition =
      LittleEndian<uint8_t>("trade_condition", 48).Null(UINT8_MAX).Names(kTradeConditionNames2);
  static constexpr Padding kPad49{"pad_49", 49, 6};
  static constexpr LittleEndian<uint8_t> kNoMdEntries{"no_md_entries", 55};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,        &kTemplateId,   &kMsgSeqNum,
      &kSecurityId,     &kTransactTime, &kTrdMatchId,
      &kLastQty,        &kLastPx,       &kTrdRegTsExecutionTime,
      &kTradeCondition, &kPad49,        &kNoMdEntries};
  struct Entry {
    static constexpr auto kMdEntryPx =
        LittleEndian<int64_t>("md_entry_px", 0, FieldKind::kDecimal, 8).Null(INT64_MIN);
    static constexpr auto kMdEntrySize = LittleEndian<int32_t>("md_entry_size", 8).Null(INT32_MIN);
    static constexpr auto kMdEntryType =
        LittleEndian<uint8_t>("md_entry_type", 12).Names(kMdEntryTypeNames2);
    static constexpr Padding kPad13{"pad_13", 13, 3};
    static constexpr const FieldInfo* kFields[] = {&kMdEntryPx, &kMdEntrySize, &kMdEntryType,
                                                   &kPad13};
  };
  static constexpr const auto& kEntryCount = kNoMdEntries;
  static constexpr uint16_t kEntryBytes = 16;
  static constexpr GroupInfo kEntries = Entries("md_trade_entry_grp", Entry::kFields);
  static constexpr const GroupInfo* kGroups[] = {&kEntries};
  static constexpr MessageInfo kInfo = Template(13200, "trade_reversal", 56, kFields, kGroups);
};

// Since 7.0.
struct TradeReversal13 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kLastQty{"last_qty", 24, FieldKind::kDecimal, 4};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 32, FieldKind::kDecimal, 8};
  static constexpr auto kTrdRegTsExecutionTime =
      LittleEndian<uint64_t>("trd_reg_ts_execution_time", 40, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<uint32_t> kTrdMatchId{"trd_match_id", 48};
  static constexpr auto kTradeCondition =
      LittleEndian<uint16_t>("trade_condition", 52).Null(UINT16_MAX).Names(kTradeConditionNames6);
  static constexpr auto kMdOriginType =
      LittleEndian<uint8_t>("md_origin_type", 54).Null(UINT8_MAX).Names(kMdOriginTypeNames);
  static constexpr LittleEndian<uint8_t> kNoMdEntries{"no_md_entries", 55};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,      &kTemplateId,     &kMsgSeqNum,    &kSecurityId,
      &kTransactTime, &kLastQty,        &kLastPx,       &kTrdRegTsExecutionTime,
      &kTrdMatchId,   &kTradeCondition, &kMdOriginType, &kNoMdEntries};
  struct Entry {
    static constexpr auto kMdEntryPx =
        LittleEndian<int64_t>("md_entry_px", 0, FieldKind::kDecimal, 8).Null(INT64_MIN);
    static constexpr auto kMdEntrySize =
        LittleEndian<int64_t>("md_entry_size", 8, FieldKind::kDecimal, 4).Null(INT64_MIN);
    static constexpr auto kMdEntryType =
        LittleEndian<uint8_t>("md_entry_type", 16).Names(kMdEntryTypeNames2);
    static constexpr Padding kPad17{"pad_17", 17, 7};
    static constexpr const FieldInfo* kFields[] = {&kMdEntryPx, &kMdEntrySize, &kMdEntryType,
                                                   &kPad17};
  };
  static constexpr const auto& kEntryCount = kNoMdEntries;
  static constexpr uint16_t kEntryBytes = 24;
  static constexpr GroupInfo kEntries = Entries("md_trade_entry_grp", Entry::kFields);
  static constexpr const GroupInfo* kGroups[] = {&kEntries};
  static constexpr MessageInfo kInfo = Template(13200, "trade_reversal", 56, kFields, kGroups);
};

struct TesTradeReport {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr auto kLastQty =
      LittleEndian<int64_t>("last_qty", 24, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kLastPx =
      LittleEndian<int64_t>("last_px", 32, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kTrdMatchId = LittleEndian<uint32_t>("trd_match_id", 40).Null(UINT32_MAX);
  static constexpr auto kTrdType =
      LittleEndian<uint16_t>("trd_type", 44).Null(UINT16_MAX).Names(kTrdTypeNames);
  static constexpr auto kTradeCondition =
      LittleEndian<uint16_t>("trade_condition", 46).Null(UINT16_MAX).Names(kTradeConditionNames4);
  static constexpr auto kMultiLegReportingType =
      LittleEndian<uint8_t>("multi_leg_reporting_type", 48)
          .Null(UINT8_MAX)
          .Names(kMultiLegReportingTypeNames);
  static constexpr auto kMultiLegPriceModel = LittleEndian<uint8_t>("multi_leg_price_model", 49)
                                                  .Null(UINT8_MAX)
                                                  .Names(kMultiLegPriceModelNames);
  static constexpr Padding kPad50{"pad_50", 50, 6};
  static constexpr auto kNonDisclosedTradeVolume =
      LittleEndian<int64_t>("non_disclosed_trade_volume", 56, FieldKind::kDecimal, 4)
          .Null(INT64_MIN);
  static constexpr auto kTransBkdTime =
      LittleEndian<uint64_t>("trans_bkd_time", 64, FieldKind::kUnixNs).Null(UINT64_MAX).Since(1);
  static constexpr auto kNumberOfBuySides =
      LittleEndian<uint16_t>("number_of_buy_sides", 72).Null(UINT16_MAX).Since(1);
  static constexpr auto kNumberOfSellSides =
      LittleEndian<uint16_t>("number_of_sell_sides", 74).Null(UINT16_MAX).Since(1);
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kSecurityId,
                                                 &kTransactTime,
                                                 &kLastQty,
                                                 &kLastPx,
                                                 &kTrdMatchId,
                                                 &kTrdType,
                                                 &kTradeCondition,
                                                 &kMultiLegReportingType,
                                                 &kMultiLegPriceModel,
                                                 &kPad50,
                                                 &kNonDisclosedTradeVolume,
                                                 &kTransBkdTime,
                                                 &kNumberOfBuySides,
                                                 &kNumberOfSellSides};
  static constexpr MessageInfo kInfo = Template(13203, "tes_trade_report", 64, kFields);
};

// Before 10.
struct InstrumentStateChange6 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr auto kSecurityStatus =
      LittleEndian<uint8_t>("security_status", 16).Names(kSecurityStatusNames);
  static constexpr auto kSecurityTradingStatus =
      LittleEndian<uint8_t>("security_trading_status", 17).Names(kSecurityTradingStatusNames2);
  static constexpr auto kMarketCondition =
      LittleEndian<uint8_t>("market_condition", 18).Names(kMarketConditionNames);
  static constexpr auto kFastMarketIndicator =
      LittleEndian<uint8_t>("fast_market_indicator", 19).Names(kFastMarketIndicatorNames);
  static constexpr auto kSecurityTradingEvent = LittleEndian<uint8_t>("security_trading_event", 20)
                                                    .Null(UINT8_MAX)
                                                    .Names(kSecurityTradingEventNames);
  static constexpr Padding kPad21{"pad_21", 21, 3};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 24, FieldKind::kUnixNs};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,         &kTemplateId,          &kMsgSeqNum,
      &kSecurityId,      &kSecurityStatus,      &kSecurityTradingStatus,
      &kMarketCondition, &kFastMarketIndicator, &kSecurityTradingEvent,
      &kPad21,           &kTransactTime};
  static constexpr MessageInfo kInfo = Template(13301, "instrument_state_change", 32, kFields);
};

// Since 10.
struct InstrumentStateChange13 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr auto kSecurityStatus =
      LittleEndian<uint8_t>("security_status", 16).Names(kSecurityStatusNames2);
  static constexpr auto kSecurityTradingStatus =
      LittleEndian<uint8_t>("security_trading_status", 17)
          .Null(UINT8_MAX)
          .Names(kSecurityTradingStatusNames3);
  static constexpr auto kMarketCondition =
      LittleEndian<uint8_t>("market_condition", 18).Names(kMarketConditionNames);
  static constexpr auto kFastMarketIndicator =
      LittleEndian<uint8_t>("fast_market_indicator", 19).Names(kFastMarketIndicatorNames);
  static constexpr auto kSecurityTradingEvent = LittleEndian<uint8_t>("security_trading_event", 20)
                                                    .Null(UINT8_MAX)
                                                    .Names(kSecurityTradingEventNames);
  static constexpr auto kSoldOutIndicator =
      LittleEndian<uint8_t>("sold_out_indicator", 21).Null(UINT8_MAX).Names(kSoldOutIndicatorNames);
  static constexpr Padding kPad22{"pad_22", 22, 2};
  static constexpr auto kHighPx =
      LittleEndian<int64_t>("high_px", 24, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kLowPx =
      LittleEndian<int64_t>("low_px", 32, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 40, FieldKind::kUnixNs};
  static constexpr auto kTesSecurityStatus = LittleEndian<uint8_t>("tes_security_status", 48)
                                                 .Null(UINT8_MAX)
                                                 .Names(kSecurityStatusNames)
                                                 .Since(1);
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kSecurityId,
                                                 &kSecurityStatus,
                                                 &kSecurityTradingStatus,
                                                 &kMarketCondition,
                                                 &kFastMarketIndicator,
                                                 &kSecurityTradingEvent,
                                                 &kSoldOutIndicator,
                                                 &kPad22,
                                                 &kHighPx,
                                                 &kLowPx,
                                                 &kTransactTime,
                                                 &kTesSecurityStatus};
  static constexpr MessageInfo kInfo = Template(13301, "instrument_state_change", 48, kFields);
};

struct MassInstrumentStateChange {
  static constexpr auto kInstrumentScopeProductComplex =
      LittleEndian<uint8_t>("instrument_scope_product_complex", 8).Names(kProductComplexNames3);
  static constexpr auto kSecurityMassStatus =
      LittleEndian<uint8_t>("security_mass_status", 9).Names(kSecurityStatusNames2);
  static constexpr auto kSecurityMassTradingStatus =
      LittleEndian<uint8_t>("security_mass_trading_status", 10)
          .Null(UINT8_MAX)
          .Names(kSecurityTradingStatusNames3);
  static constexpr auto kMassMarketCondition =
      LittleEndian<uint8_t>("mass_market_condition", 11).Names(kMarketConditionNames);
  static constexpr auto kFastMarketIndicator =
      LittleEndian<uint8_t>("fast_market_indicator", 12).Names(kFastMarketIndicatorNames);
  static constexpr auto kSecurityMassTradingEvent =
      LittleEndian<uint8_t>("security_mass_trading_event", 13)
          .Null(UINT8_MAX)
          .Names(kSecurityTradingEventNames);
  static constexpr auto kMassSoldOutIndicator = LittleEndian<uint8_t>("mass_sold_out_indicator", 14)
                                                    .Null(UINT8_MAX)
                                                    .Names(kSoldOutIndicatorNames);
  static constexpr auto kTesSecurityMassStatus =
      LittleEndian<uint8_t>("tes_security_mass_status", 15)
          .Null(UINT8_MAX)
          .Names(kSecurityStatusNames);
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr auto kLastFragment =
      LittleEndian<uint8_t>("last_fragment", 24).Names(kLastFragmentNames);
  static constexpr LittleEndian<uint8_t> kNoRelatedSym{"no_related_sym", 25};
  static constexpr Padding kPad26{"pad_26", 26, 6};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kInstrumentScopeProductComplex,
                                                 &kSecurityMassStatus,
                                                 &kSecurityMassTradingStatus,
                                                 &kMassMarketCondition,
                                                 &kFastMarketIndicator,
                                                 &kSecurityMassTradingEvent,
                                                 &kMassSoldOutIndicator,
                                                 &kTesSecurityMassStatus,
                                                 &kTransactTime,
                                                 &kLastFragment,
                                                 &kNoRelatedSym,
                                                 &kPad26};
  struct Entry {
    static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 0};
    static constexpr auto kHighPx =
        LittleEndian<int64_t>("high_px", 8, FieldKind::kDecimal, 8).Null(INT64_MIN);
    static constexpr auto kLowPx =
        LittleEndian<int64_t>("low_px", 16, FieldKind::kDecimal, 8).Null(INT64_MIN);
    static constexpr auto kSecurityStatus =
        LittleEndian<uint8_t>("security_status", 24).Names(kSecurityStatusNames2);
    static constexpr auto kSecurityTradingStatus =
        LittleEndian<uint8_t>("security_trading_status", 25)
            .Null(UINT8_MAX)
            .Names(kSecurityTradingStatusNames3);
    static constexpr auto kMarketCondition =
        LittleEndian<uint8_t>("market_condition", 26).Names(kMarketConditionNames);
    static constexpr auto kSecurityTradingEvent =
        LittleEndian<uint8_t>("security_trading_event", 27)
            .Null(UINT8_MAX)
            .Names(kSecurityTradingEventNames);
    static constexpr auto kSoldOutIndicator = LittleEndian<uint8_t>("sold_out_indicator", 28)
                                                  .Null(UINT8_MAX)
                                                  .Names(kSoldOutIndicatorNames);
    static constexpr auto kTesSecurityStatus = LittleEndian<uint8_t>("tes_security_status", 29)
                                                   .Null(UINT8_MAX)
                                                   .Names(kSecurityStatusNames);
    static constexpr Padding kPad30{"pad_30", 30, 2};
    static constexpr const FieldInfo* kFields[] = {&kSecurityId,
                                                   &kHighPx,
                                                   &kLowPx,
                                                   &kSecurityStatus,
                                                   &kSecurityTradingStatus,
                                                   &kMarketCondition,
                                                   &kSecurityTradingEvent,
                                                   &kSoldOutIndicator,
                                                   &kTesSecurityStatus,
                                                   &kPad30};
  };
  static constexpr const auto& kEntryCount = kNoRelatedSym;
  static constexpr uint16_t kEntryBytes = 32;
  static constexpr GroupInfo kEntries = Entries("sec_mass_stat_grp", Entry::kFields);
  static constexpr const GroupInfo* kGroups[] = {&kEntries};
  static constexpr MessageInfo kInfo =
      Template(13302, "mass_instrument_state_change", 32, kFields, kGroups);
};

// Before 10.
struct AddComplexInstrument6 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr auto kSecuritySubType =
      LittleEndian<int32_t>("security_sub_type", 24).Null(INT32_MIN);
  static constexpr auto kProductComplex =
      LittleEndian<uint8_t>("product_complex", 28).Names(kProductComplexNames);
  static constexpr auto kImpliedMarketIndicator =
      LittleEndian<uint8_t>("implied_market_indicator", 29).Names(kImpliedMarketIndicatorNames);
  static constexpr LittleEndian<uint8_t> kNoLegs{"no_legs", 30};
  static constexpr Padding kPad31{"pad_31", 31, 1};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,        &kTemplateId,
                                                 &kMsgSeqNum,      &kSecurityId,
                                                 &kTransactTime,   &kSecuritySubType,
                                                 &kProductComplex, &kImpliedMarketIndicator,
                                                 &kNoLegs,         &kPad31};
  struct Entry {
    static constexpr LittleEndian<int32_t> kLegSymbol{"leg_symbol", 0};
    static constexpr Padding kPad4{"pad_4", 4, 4};
    static constexpr LittleEndian<int64_t> kLegSecurityId{"leg_security_id", 8};
    static constexpr auto kLegRatioQty = LittleEndian<int32_t>("leg_ratio_qty", 16).Null(INT32_MIN);
    static constexpr auto kLegSide = LittleEndian<uint8_t>("leg_side", 20).Names(kSideNames);
    static constexpr Padding kPad21{"pad_21", 21, 3};
    static constexpr const FieldInfo* kFields[] = {&kLegSymbol,   &kPad4,    &kLegSecurityId,
                                                   &kLegRatioQty, &kLegSide, &kPad21};
  };
  static constexpr const auto& kEntryCount = kNoLegs;
  static constexpr uint16_t kEntryBytes = 24;
  static constexpr GroupInfo kEntries = Entries("instrmt_leg_grp", Entry::kFields);
  static constexpr const GroupInfo* kGroups[] = {&kEntries};
  static constexpr MessageInfo kInfo =
      Template(13400, "add_complex_instrument", 32, kFields, kGroups);
};

// Since 12.
struct AddComplexInstrument13 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr Alpha kSecurityDesc{"security_desc", 24, 40};
  static constexpr auto kSecuritySubType =
      LittleEndian<int32_t>("security_sub_type", 64).Null(INT32_MIN);
  static constexpr auto kProductComplex =
      LittleEndian<uint8_t>("product_complex", 68).Names(kProductComplexNames2);
  static constexpr auto kImpliedMarketIndicator =
      LittleEndian<uint8_t>("implied_market_indicator", 69).Names(kImpliedMarketIndicatorNames);
  static constexpr auto kQuantityScalingFactor =
      LittleEndian<uint16_t>("quantity_scaling_factor", 70).Null(UINT16_MAX);
  static constexpr auto kLegRatioMultiplier =
      LittleEndian<uint32_t>("leg_ratio_multiplier", 72).Null(UINT32_MAX);
  static constexpr LittleEndian<uint8_t> kNoLegs{"no_legs", 76};
  static constexpr Padding kPad77{"pad_77", 77, 2};
  static constexpr auto kLastFragment =
      LittleEndian<uint8_t>("last_fragment", 79).Names(kLastFragmentNames);
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kSecurityId,
                                                 &kTransactTime,
                                                 &kSecurityDesc,
                                                 &kSecuritySubType,
                                                 &kProductComplex,
                                                 &kImpliedMarketIndicator,
                                                 &kQuantityScalingFactor,
                                                 &kLegRatioMultiplier,
                                                 &kNoLegs,
                                                 &kPad77,
                                                 &kLastFragment};
  struct Entry {
    static constexpr LittleEndian<int32_t> kLegSymbol{"leg_symbol", 0};
    static constexpr Padding kPad4{"pad_4", 4, 4};
    static constexpr LittleEndian<int64_t> kLegSecurityId{"leg_security_id", 8};
    static constexpr auto kLegPrice =
        LittleEndian<int64_t>("leg_price", 16, FieldKind::kDecimal, 8).Null(INT64_MIN);
    static constexpr LittleEndian<int32_t> kLegRatioQty{"leg_ratio_qty", 24};
    static constexpr auto kLegSecurityType =
        LittleEndian<uint8_t>("leg_security_type", 28).Names(kLegSecurityTypeNames);
    static constexpr auto kLegSide = LittleEndian<uint8_t>("leg_side", 29).Names(kSideNames);
    static constexpr Padding kPad30{"pad_30", 30, 2};
    static constexpr const FieldInfo* kFields[] = {&kLegSymbol, &kPad4,        &kLegSecurityId,
                                                   &kLegPrice,  &kLegRatioQty, &kLegSecurityType,
                                                   &kLegSide,   &kPad30};
  };
  static constexpr const auto& kEntryCount = kNoLegs;
  static constexpr uint16_t kEntryBytes = 32;
  static constexpr GroupInfo kEntries = Entries("instrmt_leg_grp", Entry::kFields);
  static constexpr const GroupInfo* kGroups[] = {&kEntries};
  static constexpr MessageInfo kInfo =
      Template(13400, "add_complex_instrument", 80, kFields, kGroups);
};

struct AddFlexibleInstrument {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr Alpha kSecurityDesc{"security_desc", 24, 40};
  static constexpr auto kSecurityType =
      LittleEndian<uint8_t>("security_type", 64).Names(kSecurityTypeNames);
  static constexpr auto kPutOrCall =
      LittleEndian<uint8_t>("put_or_call", 65).Null(UINT8_MAX).Names(kPutOrCallNames);
  static constexpr auto kExerciseStyle =
      LittleEndian<uint8_t>("exercise_style", 66).Null(UINT8_MAX).Names(kExerciseStyleNames);
  static constexpr auto kSettlMethod =
      LittleEndian<uint8_t>("settl_method", 67).Names(kSettlMethodNames);
  static constexpr LittleEndian<uint32_t> kMaturityDate{"maturity_date", 68};
  static constexpr auto kStrikePrice =
      LittleEndian<int64_t>("strike_price", 72, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kOptAttribute =
      LittleEndian<uint32_t>("opt_attribute", 80).Null(UINT32_MAX);
  static constexpr LittleEndian<uint32_t> kContractDate{"contract_date", 84};
  static constexpr auto kSecurityReferenceDataSupplement =
      LittleEndian<uint32_t>("security_reference_data_supplement", 88).Since(1);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,      &kTemplateId,   &kMsgSeqNum,
      &kSecurityId,   &kTransactTime, &kSecurityDesc,
      &kSecurityType, &kPutOrCall,    &kExerciseStyle,
      &kSettlMethod,  &kMaturityDate, &kStrikePrice,
      &kOptAttribute, &kContractDate, &kSecurityReferenceDataSupplement};
  static constexpr MessageInfo kInfo = Template(13401, "add_flexible_instrument", 88, kFields);
};

struct AddScaledSimpleInstrument {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 16, FieldKind::kUnixNs};
  static constexpr Alpha kSecurityDesc{"security_desc", 24, 40};
  static constexpr auto kSecurityType =
      LittleEndian<uint8_t>("security_type", 64).Names(kSecurityTypeNames);
  static constexpr Padding kPad65{"pad_65", 65, 1};
  static constexpr LittleEndian<uint16_t> kQuantityScalingFactor{"quantity_scaling_factor", 66};
  static constexpr Padding kPad68{"pad_68", 68, 4};
  static constexpr LittleEndian<int64_t> kRelatedSecurityId{"related_security_id", 72};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kSecurityId,
                                                 &kTransactTime,
                                                 &kSecurityDesc,
                                                 &kSecurityType,
                                                 &kPad65,
                                                 &kQuantityScalingFactor,
                                                 &kPad68,
                                                 &kRelatedSecurityId};
  static constexpr MessageInfo kInfo = Template(13402, "add_scaled_simple_instrument", 80, kFields);
};

// Before 4.0: without sizes.
struct AuctionBbo3 {
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 8, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 16};
  static constexpr auto kBidPx =
      LittleEndian<int64_t>("bid_px", 24, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kOfferPx =
      LittleEndian<int64_t>("offer_px", 32, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen, &kTemplateId, &kMsgSeqNum, &kTransactTime, &kSecurityId, &kBidPx, &kOfferPx};
  static constexpr MessageInfo kInfo = Template(13500, "auction_bbo", 40, kFields);
};

// Before 7.0.
struct AuctionBbo6 {
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 8, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 16};
  static constexpr auto kBidPx =
      LittleEndian<int64_t>("bid_px", 24, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kOfferPx =
      LittleEndian<int64_t>("offer_px", 32, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kBidSize = LittleEndian<int32_t>("bid_size", 40).Null(INT32_MIN);
  static constexpr auto kOfferSize = LittleEndian<int32_t>("offer_size", 44).Null(INT32_MIN);
  static constexpr auto kPotentialSecurityTradingEvent =
      LittleEndian<uint8_t>("potential_security_trading_event", 48)
          .Null(UINT8_MAX)
          .Names(kPotentialSecurityTradingEventNames);
  static constexpr Padding kPad49{"pad_49", 49, 7};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen, &kTemplateId, &kMsgSeqNum, &kTransactTime, &kSecurityId,
      &kBidPx,   &kOfferPx,    &kBidSize,   &kOfferSize,    &kPotentialSecurityTradingEvent,
      &kPad49};
  static constexpr MessageInfo kInfo = Template(13500, "auction_bbo", 56, kFields);
};

// Since 7.0.
struct AuctionBbo13 {
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 8, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 16};
  static constexpr auto kBidPx =
      LittleEndian<int64_t>("bid_px", 24, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kOfferPx =
      LittleEndian<int64_t>("offer_px", 32, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kBidSize =
      LittleEndian<int64_t>("bid_size", 40, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kOfferSize =
      LittleEndian<int64_t>("offer_size", 48, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kPotentialSecurityTradingEvent =
      LittleEndian<uint8_t>("potential_security_trading_event", 56)
          .Null(UINT8_MAX)
          .Names(kPotentialSecurityTradingEventNames);
  static constexpr auto kBidOrdType =
      LittleEndian<uint8_t>("bid_ord_type", 57).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr auto kOfferOrdType =
      LittleEndian<uint8_t>("offer_ord_type", 58).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr Padding kPad59{"pad_59", 59, 5};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,    &kTemplateId,   &kMsgSeqNum, &kTransactTime, &kSecurityId,
      &kBidPx,      &kOfferPx,      &kBidSize,   &kOfferSize,    &kPotentialSecurityTradingEvent,
      &kBidOrdType, &kOfferOrdType, &kPad59};
  static constexpr MessageInfo kInfo = Template(13500, "auction_bbo", 64, kFields);
};

// Before 4.0: without sizes.
struct AuctionClearingPrice3 {
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 8, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 16};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 24, FieldKind::kDecimal, 8};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,      &kTemplateId, &kMsgSeqNum,
                                                 &kTransactTime, &kSecurityId, &kLastPx};
  static constexpr MessageInfo kInfo = Template(13501, "auction_clearing_price", 32, kFields);
};

// Before 7.0.
struct AuctionClearingPrice6 {
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 8, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 16};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 24, FieldKind::kDecimal, 8};
  static constexpr auto kLastQty = LittleEndian<int32_t>("last_qty", 32).Null(INT32_MIN);
  static constexpr auto kImbalanceQty = LittleEndian<int32_t>("imbalance_qty", 36).Null(INT32_MIN);
  static constexpr auto kSecurityTradingStatus =
      LittleEndian<uint8_t>("security_trading_status", 40)
          .Null(UINT8_MAX)
          .Names(kSecurityTradingStatusNames);
  static constexpr auto kPotentialSecurityTradingEvent =
      LittleEndian<uint8_t>("potential_security_trading_event", 41)
          .Null(UINT8_MAX)
          .Names(kPotentialSecurityTradingEventNames2);
  static constexpr Padding kPad42{"pad_42", 42, 6};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kTransactTime,
                                                 &kSecurityId,
                                                 &kLastPx,
                                                 &kLastQty,
                                                 &kImbalanceQty,
                                                 &kSecurityTradingStatus,
                                                 &kPotentialSecurityTradingEvent,
                                                 &kPad42};
  static constexpr MessageInfo kInfo = Template(13501, "auction_clearing_price", 48, kFields);
};

// Since 7.0.
struct AuctionClearingPrice13 {
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 8, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 16};
  static constexpr LittleEndian<int64_t> kLastPx{"last_px", 24, FieldKind::kDecimal, 8};
  static constexpr auto kLastQty =
      LittleEndian<int64_t>("last_qty", 32, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kImbalanceQty =
      LittleEndian<int64_t>("imbalance_qty", 40, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kSecurityTradingStatus =
      LittleEndian<uint8_t>("security_trading_status", 48)
          .Null(UINT8_MAX)
          .Names(kSecurityTradingStatusNames);
  static constexpr auto kPotentialSecurityTradingEvent =
      LittleEndian<uint8_t>("potential_security_trading_event", 49)
          .Null(UINT8_MAX)
          .Names(kPotentialSecurityTradingEventNames2);
  static constexpr Padding kPad50{"pad_50", 50, 6};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kTransactTime,
                                                 &kSecurityId,
                                                 &kLastPx,
                                                 &kLastQty,
                                                 &kImbalanceQty,
                                                 &kSecurityTradingStatus,
                                                 &kPotentialSecurityTradingEvent,
                                                 &kPad50};
  static constexpr MessageInfo kInfo = Template(13501, "auction_clearing_price", 56, kFields);
};

// Before 7.0.
struct CrossRequest6 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<int32_t> kLastQty{"last_qty", 16};
  static constexpr Padding kPad20{"pad_20", 20, 4};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 24, FieldKind::kUnixNs};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen, &kTemplateId, &kMsgSeqNum, &kSecurityId, &kLastQty, &kPad20, &kTransactTime};
  static constexpr MessageInfo kInfo = Template(13502, "cross_request", 32, kFields);
};

// Since 7.0.
struct CrossRequest13 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr auto kLastPx =
      LittleEndian<int64_t>("last_px", 16, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kLastQty =
      LittleEndian<int64_t>("last_qty", 24, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 32).Null(UINT8_MAX).Names(kSideNames);
  static constexpr auto kCrossRequestType =
      LittleEndian<uint8_t>("cross_request_type", 33).Names(kCrossRequestTypeNames);
  static constexpr auto kInputSource =
      LittleEndian<uint8_t>("input_source", 34).Null(UINT8_MAX).Names(kInputSourceNames);
  static constexpr Padding kPad35{"pad_35", 35, 5};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 40, FieldKind::kUnixNs};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen, &kTemplateId,       &kMsgSeqNum,   &kSecurityId, &kLastPx,      &kLastQty,
      &kSide,    &kCrossRequestType, &kInputSource, &kPad35,      &kTransactTime};
  static constexpr MessageInfo kInfo = Template(13502, "cross_request", 48, kFields);
};

// Before 7.0.
struct QuoteRequest6 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<int32_t> kLastQty{"last_qty", 16};
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 20).Null(UINT8_MAX).Names(kSideNames);
  static constexpr Padding kPad21{"pad_21", 21, 3};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 24, FieldKind::kUnixNs};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,    &kTemplateId,  &kMsgSeqNum,
                                                 &kSecurityId, &kLastQty,     &kSide,
                                                 &kPad21,      &kTransactTime};
  static constexpr MessageInfo kInfo = Template(13503, "quote_request", 32, kFields);
};

// Since 7.0.
struct QuoteRequest13 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr auto kLastQty =
      LittleEndian<int64_t>("last_qty", 16, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 24).Null(UINT8_MAX).Names(kSideNames);
  static constexpr Padding kPad25{"pad_25", 25, 7};
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 32, FieldKind::kUnixNs};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,    &kTemplateId,  &kMsgSeqNum,
                                                 &kSecurityId, &kLastQty,     &kSide,
                                                 &kPad25,      &kTransactTime};
  static constexpr MessageInfo kInfo = Template(13503, "quote_request", 40, kFields);
};

// Before 7.0.
struct TopOfBook6 {
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 8, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 16};
  static constexpr auto kBidPx =
      LittleEndian<int64_t>("bid_px", 24, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kOfferPx =
      LittleEndian<int64_t>("offer_px", 32, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen, &kTemplateId, &kMsgSeqNum, &kTransactTime, &kSecurityId, &kBidPx, &kOfferPx};
  static constexpr MessageInfo kInfo = Template(13504, "top_of_book", 40, kFields);
};

// Since 7.0.
struct TopOfBook13 {
  static constexpr LittleEndian<uint64_t> kTransactTime{"transact_time", 8, FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 16};
  static constexpr auto kBidPx =
      LittleEndian<int64_t>("bid_px", 24, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kOfferPx =
      LittleEndian<int64_t>("offer_px", 32, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kBidSize =
      LittleEndian<int64_t>("bid_size", 40, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kOfferSize =
      LittleEndian<int64_t>("offer_size", 48, FieldKind::kDecimal, 4).Null(INT64_MIN);
  static constexpr auto kNumberOfBuyOrders =
      LittleEndian<uint16_t>("number_of_buy_orders", 56).Null(UINT16_MAX).Since(1);
  static constexpr auto kNumberOfSellOrders =
      LittleEndian<uint16_t>("number_of_sell_orders", 58).Null(UINT16_MAX).Since(1);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen, &kTemplateId, &kMsgSeqNum, &kTransactTime,      &kSecurityId,        &kBidPx,
      &kOfferPx, &kBidSize,    &kOfferSize, &kNumberOfBuyOrders, &kNumberOfSellOrders};
  static constexpr MessageInfo kInfo = Template(13504, "top_of_book", 56, kFields);
};

// Before 6.0.
struct InstrumentSummary3 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kLastUpdateTime{"last_update_time", 16,
                                                          FieldKind::kUnixNs};
  static constexpr auto kTrdRegTsExecutionTime =
      LittleEndian<uint64_t>("trd_reg_ts_execution_time", 24, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<uint16_t> kTotNoOrders{"tot_no_orders", 32};
  static constexpr auto kSecurityStatus =
      LittleEndian<uint8_t>("security_status", 34).Names(kSecurityStatusNames);
  static constexpr auto kSecurityTradingStatus =
      LittleEndian<uint8_t>("security_trading_status", 35).Names(kSecurityTradingStatusNames2);
  static constexpr auto kFastMarketIndicator =
      LittleEndian<uint8_t>("fast_market_indicator", 36).Names(kFastMarketIndicatorNames);
  static constexpr LittleEndian<uint8_t> kNoMdEntries{"no_md_entries", 37};
  static constexpr Padding kPad38{"pad_38", 38, 2};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kSecurityId,
                                                 &kLastUpdateTime,
                                                 &kTrdRegTsExecutionTime,
                                                 &kTotNoOrders,
                                                 &kSecurityStatus,
                                                 &kSecurityTradingStatus,
                                                 &kFastMarketIndicator,
                                                 &kNoMdEntries,
                                                 &kPad38};
  struct Entry {
    static constexpr auto kMdEntryPx =
        LittleEndian<int64_t>("md_entry_px", 0, FieldKind::kDecimal, 8).Null(INT64_MIN);
    static constexpr auto kMdEntrySize = LittleEndian<int32_t>("md_entry_size", 8).Null(INT32_MIN);
    static constexpr auto kMdEntryType =
        LittleEndian<uint8_t>("md_entry_type", 12).Names(kMdEntryTypeNames);
    static constexpr Padding kPad13{"pad_13", 13, 3};
    static constexpr const FieldInfo* kFields[] = {&kMdEntryPx, &kMdEntrySize, &kMdEntryType,
                                                   &kPad13};
  };
  static constexpr const auto& kEntryCount = kNoMdEntries;
  static constexpr uint16_t kEntryBytes = 16;
  static constexpr GroupInfo kEntries = Entries("md_instrument_entry_grp", Entry::kFields);
  static constexpr const GroupInfo* kGroups[] = {&kEntries};
  static constexpr MessageInfo kInfo = Template(13601, "instrument_summary", 40, kFields, kGroups);
};

// 6.0 and 6.1.
struct InstrumentSummary6 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kLastUpdateTime{"last_update_time", 16,
                                                          FieldKind::kUnixNs};
  static constexpr auto kTrdRegTsExecutionTime =
      LittleEndian<uint64_t>("trd_reg_ts_execution_time", 24, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<uint16_t> kTotNoOrders{"tot_no_orders", 32};
  static constexpr auto kSecurityStatus =
      LittleEndian<uint8_t>("security_status", 34).Names(kSecurityStatusNames);
  static constexpr auto kSecurityTradingStatus =
      LittleEndian<uint8_t>("security_trading_status", 35).Names(kSecurityTradingStatusNames2);
  static constexpr auto kMarketCondition =
      LittleEndian<uint8_t>("market_condition", 36).Names(kMarketConditionNames);
  static constexpr auto kFastMarketIndicator =
      LittleEndian<uint8_t>("fast_market_indicator", 37).Names(kFastMarketIndicatorNames);
  static constexpr auto kSecurityTradingEvent = LittleEndian<uint8_t>("security_trading_event", 38)
                                                    .Null(UINT8_MAX)
                                                    .Names(kSecurityTradingEventNames);
  static constexpr LittleEndian<uint8_t> kNoMdEntries{"no_md_entries", 39};
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,         &kTemplateId,          &kMsgSeqNum,
      &kSecurityId,      &kLastUpdateTime,      &kTrdRegTsExecutionTime,
      &kTotNoOrders,     &kSecurityStatus,      &kSecurityTradingStatus,
      &kMarketCondition, &kFastMarketIndicator, &kSecurityTradingEvent,
      &kNoMdEntries};
  struct Entry {
    static constexpr auto kMdEntryPx =
        LittleEndian<int64_t>("md_entry_px", 0, FieldKind::kDecimal, 8).Null(INT64_MIN);
    static constexpr auto kMdEntrySize = LittleEndian<int32_t>("md_entry_size", 8).Null(INT32_MIN);
    static constexpr auto kMdEntryType =
        LittleEndian<uint8_t>("md_entry_type", 12).Names(kMdEntryTypeNames);
    static constexpr auto kTradeCondition =
        LittleEndian<uint8_t>("trade_condition", 13).Null(UINT8_MAX).Names(kTradeConditionNames2);
    static constexpr Padding kPad14{"pad_14", 14, 2};
    static constexpr const FieldInfo* kFields[] = {&kMdEntryPx, &kMdEntrySize, &kMdEntryType,
                                                   &kTradeCondition, &kPad14};
  };
  static constexpr const auto& kEntryCount = kNoMdEntries;
  static constexpr uint16_t kEntryBytes = 16;
  static constexpr GroupInfo kEntries = Entries("md_instrument_entry_grp", Entry::kFields);
  static constexpr const GroupInfo* kGroups[] = {&kEntries};
  static constexpr MessageInfo kInfo = Template(13601, "instrument_summary", 40, kFields, kGroups);
};

// Since 12.
struct InstrumentSummary13 {
  static constexpr LittleEndian<int64_t> kSecurityId{"security_id", 8};
  static constexpr LittleEndian<uint64_t> kLastUpdateTime{"last_update_time", 16,
                                                          FieldKind::kUnixNs};
  static constexpr auto kTrdRegTsExecutionTime =
      LittleEndian<uint64_t>("trd_reg_ts_execution_time", 24, FieldKind::kUnixNs).Null(UINT64_MAX);
  static constexpr LittleEndian<uint16_t> kTotNoOrders{"tot_no_orders", 32};
  static constexpr auto kSecurityStatus =
      LittleEndian<uint8_t>("security_status", 34).Names(kSecurityStatusNames2);
  static constexpr auto kSecurityTradingStatus =
      LittleEndian<uint8_t>("security_trading_status", 35)
          .Null(UINT8_MAX)
          .Names(kSecurityTradingStatusNames3);
  static constexpr auto kMarketCondition =
      LittleEndian<uint8_t>("market_condition", 36).Names(kMarketConditionNames);
  static constexpr auto kFastMarketIndicator =
      LittleEndian<uint8_t>("fast_market_indicator", 37).Names(kFastMarketIndicatorNames);
  static constexpr auto kSecurityTradingEvent = LittleEndian<uint8_t>("security_trading_event", 38)
                                                    .Null(UINT8_MAX)
                                                    .Names(kSecurityTradingEventNames);
  static constexpr auto kSoldOutIndicator =
      LittleEndian<uint8_t>("sold_out_indicator", 39).Null(UINT8_MAX).Names(kSoldOutIndicatorNames);
  static constexpr auto kHighPx =
      LittleEndian<int64_t>("high_px", 40, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kLowPx =
      LittleEndian<int64_t>("low_px", 48, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr auto kProductComplex =
      LittleEndian<uint8_t>("product_complex", 56).Names(kProductComplexNames3);
  static constexpr LittleEndian<uint8_t> kNoMdEntries{"no_md_entries", 57};
  static constexpr auto kTesSecurityStatus =
      LittleEndian<uint8_t>("tes_security_status", 58).Null(UINT8_MAX).Names(kSecurityStatusNames);
  static constexpr Padding kPad59{"pad_59", 59, 5};
  static constexpr const FieldInfo* kFields[] = {&kBodyLen,
                                                 &kTemplateId,
                                                 &kMsgSeqNum,
                                                 &kSecurityId,
                                                 &kLastUpdateTime,
                                                 &kTrdRegTsExecutionTime,
                                                 &kTotNoOrders,
                                                 &kSecurityStatus,
                                                 &kSecurityTradingStatus,
                                                 &kMarketCondition,
                                                 &kFastMarketIndicator,
                                                 &kSecurityTradingEvent,
                                                 &kSoldOutIndicator,
                                                 &kHighPx,
                                                 &kLowPx,
                                                 &kProductComplex,
                                                 &kNoMdEntries,
                                                 &kTesSecurityStatus,
                                                 &kPad59};
  struct Entry {
    static constexpr auto kMdEntryPx =
        LittleEndian<int64_t>("md_entry_px", 0, FieldKind::kDecimal, 8).Null(INT64_MIN);
    static constexpr auto kMdEntrySize =
        LittleEndian<int64_t>("md_entry_size", 8, FieldKind::kDecimal, 4).Null(INT64_MIN);
    static constexpr auto kMdOriginType =
        LittleEndian<uint8_t>("md_origin_type", 16).Null(UINT8_MAX).Names(kMdOriginTypeNames);
    static constexpr auto kMdEntryType =
        LittleEndian<uint8_t>("md_entry_type", 17).Names(kMdEntryTypeNames);
    static constexpr auto kTradeCondition =
        LittleEndian<uint16_t>("trade_condition", 18).Null(UINT16_MAX).Names(kTradeConditionNames3);
    static constexpr auto kTrdType =
        LittleEndian<uint16_t>("trd_type", 20).Null(UINT16_MAX).Names(kTrdTypeNames);
    static constexpr auto kMultiLegReportingType =
        LittleEndian<uint8_t>("multi_leg_reporting_type", 22)
            .Null(UINT8_MAX)
            .Names(kMultiLegReportingTypeNames);
    static constexpr auto kMultiLegPriceModel = LittleEndian<uint8_t>("multi_leg_price_model", 23)
                                                    .Null(UINT8_MAX)
                                                    .Names(kMultiLegPriceModelNames);
    static constexpr auto kNonDisclosedTradeVolume =
        LittleEndian<int64_t>("non_disclosed_trade_volume", 24, FieldKind::kDecimal, 4)
            .Null(INT64_MIN);
    static constexpr const FieldInfo* kFields[] = {&kMdEntryPx,
                                                   &kMdEntrySize,
                                                   &kMdOriginType,
                                                   &kMdEntryType,
                                                   &kTradeCondition,
                                                   &kTrdType,
                                                   &kMultiLegReportingType,
                                                   &kMultiLegPriceModel,
                                                   &kNonDisclosedTradeVolume};
  };
  static constexpr const auto& kEntryCount = kNoMdEntries;
  static constexpr uint16_t kEntryBytes = 32;
  static constexpr GroupInfo kEntries = Entries("md_instrument_entry_grp", Entry::kFields);
  static constexpr const GroupInfo* kGroups[] = {&kEntries};
  static constexpr MessageInfo kInfo = Template(13601, "instrument_summary", 64, kFields, kGroups);
};

// Before 7.0.
struct SnapshotOrder6 {
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 8,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int32_t> kDisplayQty{"display_qty", 16};
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 20).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 21).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr Padding kPad22{"pad_22", 22, 2};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 24, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen, &kTemplateId, &kMsgSeqNum, &kTrdRegTsTimePriority, &kDisplayQty, &kSide,
      &kOrdType, &kPad22,      &kPrice};
  static constexpr MessageInfo kInfo = Template(13602, "snapshot_order", 32, kFields);
};

// Since 7.0.
struct SnapshotOrder13 {
  static constexpr LittleEndian<uint64_t> kTrdRegTsTimePriority{"trd_reg_ts_time_priority", 8,
                                                                FieldKind::kUnixNs};
  static constexpr LittleEndian<int64_t> kDisplayQty{"display_qty", 16, FieldKind::kDecimal, 4};
  static constexpr auto kSide = LittleEndian<uint8_t>("side", 24).Names(kSideNames);
  static constexpr auto kOrdType =
      LittleEndian<uint8_t>("ord_type", 25).Null(UINT8_MAX).Names(kOrdTypeNames);
  static constexpr auto kHhiIndicator =
      LittleEndian<int8_t>("hhi_indicator", 26).Null(INT8_MIN).Names(kHhiIndicatorNames);
  static constexpr Padding kPad27{"pad_27", 27, 5};
  static constexpr auto kPrice =
      LittleEndian<int64_t>("price", 32, FieldKind::kDecimal, 8).Null(INT64_MIN);
  static constexpr const FieldInfo* kFields[] = {
      &kBodyLen,    &kTemplateId, &kMsgSeqNum, &kTrdRegTsTimePriority,
      &kDisplayQty, &kSide,       &kOrdType,   &kHhiIndicator,
      &kPad27,      &kPrice};
  static constexpr MessageInfo kInfo = Template(13602, "snapshot_order", 40, kFields);
};

// Where the entries of a message are.
struct EntryPlace {
  uint32_t count = 0;  // Those that count and are whole.
  uint32_t first = 0;  // Offset.
  uint32_t bytes = 0;  // Of each.
};

// The layout of a message of `kBodyLen(message)` readable bytes, at least kHeadBytes; null when there is
// none.
const MessageInfo* FindMessage(const uint8_t* message);

// Precondition: FindMessage has given `info` for the message, and it is as long as that demands.
EntryPlace EntriesOf(const MessageInfo& info, const uint8_t* message);

// The newest layout of every template.
inline constexpr const MessageInfo* kMessages[] = {&Heartbeat::kInfo,
                                                   &OrderAdd13::kInfo,
                                                   &OrderModify13::kInfo,
                                                   &OrderDelete13::kInfo,
                                                   &OrderMassDelete::kInfo,
                                                   &FullOrderExecution13::kInfo,
                                                   &PartialOrderExecution13::kInfo,
                                                   &OrderModifySamePrio13::kInfo,
                                                   &TradeReversal13::kInfo,
                                                   &TradeReport13::kInfo,
                                                   &ExecutionSummary13::kInfo,
                                                   &TesTradeReport::kInfo,
                                                   &ProductStateChange::kInfo,
                                                   &InstrumentStateChange13::kInfo,
                                                   &MassInstrumentStateChange::kInfo,
                                                   &AddComplexInstrument13::kInfo,
                                                   &AddFlexibleInstrument::kInfo,
                                                   &AddScaledSimpleInstrument::kInfo,
                                                   &AuctionBbo13::kInfo,
                                                   &AuctionClearingPrice13::kInfo,
                                                   &CrossRequest13::kInfo,
                                                   &QuoteRequest13::kInfo,
                                                   &TopOfBook13::kInfo,
                                                   &ProductSummary::kInfo,
                                                   &InstrumentSummary13::kInfo,
                                                   &SnapshotOrder13::kInfo};

// All others.
inline constexpr const MessageInfo* kOlderLayouts[] = {&ProductSummary3::kInfo,
                                                       &OrderAdd6::kInfo,
                                                       &OrderModify6::kInfo,
                                                       &OrderModifySamePrio6::kInfo,
                                                       &OrderDelete6::kInfo,
                                                       &FullOrderExecution6::kInfo,
                                                       &PartialOrderExecution6::kInfo,
                                                       &ExecutionSummary2::kInfo,
                                                       &ExecutionSummary6::kInfo,
                                                       &ExecutionSummary7::kInfo,
                                                       &TradeReport6::kInfo,
                                                       &TradeReversal6::kInfo,
                                                       &InstrumentStateChange6::kInfo,
                                                       &AddComplexInstrument6::kInfo,
                                                       &AuctionBbo3::kInfo,
                                                       &AuctionBbo6::kInfo,
                                                       &AuctionClearingPrice3::kInfo,
                                                       &AuctionClearingPrice6::kInfo,
                                                       &CrossRequest6::kInfo,
                                                       &QuoteRequest6::kInfo,
                                                       &TopOfBook6::kInfo,
                                                       &InstrumentSummary3::kInfo,
                                                       &InstrumentSummary6::kInfo,
                                                       &SnapshotOrder6::kInfo};

}  // namespace fh::codecs::eurex

#endif  // FEEDHANDLER_CODECS_EUREX_EOBI_MESSAGES_H_
