// The messages of Nasdaq's top-of-book and last-sale feeds that are ITCH without stock locates: BBO 2.1
// (Nasdaq, Texas, PSX) and NLS Plus 4.0, which share their directory and statuses; and of NLS Plus 3,
// whose type stands behind tracking number and time. Every field declared once, read by
// nasdaq_basic.cc and printed by `feedhandler decode`.
//
//   const uint32_t bid = basic::Quotation::kBestBidPrice(message);
//
// Big-endian; offsets count from the first byte. Sizes and volumes of NLS Plus 4.0 have six decimals,
// those of version 3 none. Constants; any thread.
//
// Sources: "PSX BBO" 2.1 and "NLS Plus" 4.0 by the tables of an independent dissector; NLS Plus 3 by
// captures: four of its messages, the others are unknown here.
#ifndef FEEDHANDLER_CODECS_ITCH_NASDAQ_BASIC_MESSAGES_H_
#define FEEDHANDLER_CODECS_ITCH_NASDAQ_BASIC_MESSAGES_H_

#include <cstdint>

#include "codecs/message.h"

namespace fh::codecs::basic {

// At the start of every message.
inline constexpr Letter kMessageType{"message_type", 0};
inline constexpr BigEndian<uint16_t> kTrackingNumber{"tracking_number", 1};
inline constexpr BigEndian48 kTimestamp{"timestamp", 3, FieldKind::kNsSinceMidnight};

struct SystemEvent {
  static constexpr Letter kEventCode{"event_code", 9};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kTrackingNumber, &kTimestamp,
                                                 &kEventCode};
  static constexpr MessageInfo kInfo{'S', "system_event_message", 10, kFields};
};

// The identifier at its end is of NLS Plus.
struct StockDirectory {
  static constexpr Alpha kStock{"stock", 9, 8};
  static constexpr Letter kMarketCategory{"market_category", 17};
  static constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 18};
  static constexpr BigEndian<uint32_t> kRoundLotSize{"round_lot_size", 19};
  static constexpr Letter kRoundLotsOnly{"round_lots_only", 23};
  static constexpr Letter kIssueClassification{"issue_classification", 24};
  static constexpr Alpha kIssueSubType{"issue_sub_type", 25, 2};
  static constexpr Letter kAuthenticity{"authenticity", 27};
  static constexpr Letter kShortSaleThresholdIndicator{"short_sale_threshold_indicator", 28};
  static constexpr Letter kIpoFlag{"ipo_flag", 29};
  static constexpr Letter kLuldReferencePriceTier{"luld_reference_price_tier", 30};
  static constexpr Letter kEtpFlag{"etp_flag", 31};
  static constexpr BigEndian<uint32_t> kEtpLeverageFactor{"etp_leverage_factor", 32};
  static constexpr Letter kInverseIndicator{"inverse_indicator", 36};
  static constexpr Alpha kBloombergId = [] {
    Alpha field("bloomberg_id", 37, 12);
    field.since = 1;
    return field;
  }();
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kTrackingNumber,
                                                 &kTimestamp,
                                                 &kStock,
                                                 &kMarketCategory,
                                                 &kFinancialStatusIndicator,
                                                 &kRoundLotSize,
                                                 &kRoundLotsOnly,
                                                 &kIssueClassification,
                                                 &kIssueSubType,
                                                 &kAuthenticity,
                                                 &kShortSaleThresholdIndicator,
                                                 &kIpoFlag,
                                                 &kLuldReferencePriceTier,
                                                 &kEtpFlag,
                                                 &kEtpLeverageFactor,
                                                 &kInverseIndicator,
                                                 &kBloombergId};
  static constexpr MessageInfo kInfo{'R', "stock_directory_message", 37, kFields};
};

struct StockTradingAction {
  static constexpr Alpha kStock{"stock", 9, 8};
  static constexpr Letter kSecurityClass{"security_class", 17};
  static constexpr Letter kCurrentTradingState{"current_trading_state", 18};
  static constexpr Alpha kReason{"reason", 19, 4};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,   &kTrackingNumber,      &kTimestamp, &kStock,
      &kSecurityClass, &kCurrentTradingState, &kReason};
  static constexpr MessageInfo kInfo{'H', "stock_trading_action_message", 23, kFields};
};

struct RegShoShortSalePriceTestRestrictedIndicator {
  static constexpr Alpha kStock{"stock", 9, 8};
  static constexpr Letter kRegShoAction{"reg_sho_action", 17};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kTrackingNumber, &kTimestamp,
                                                 &kStock, &kRegShoAction};
  static constexpr MessageInfo kInfo{
      'Y', "reg_sho_short_sale_price_test_restricted_indicator_message", 18, kFields};
};

struct MwcbDeclineLevel {
  static constexpr BigEndian<uint64_t> kLevel1{"level_1", 9, FieldKind::kDecimal, 8};
  static constexpr BigEndian<uint64_t> kLevel2{"level_2", 17, FieldKind::kDecimal, 8};
  static constexpr BigEndian<uint64_t> kLevel3{"level_3", 25, FieldKind::kDecimal, 8};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kTrackingNumber, &kTimestamp,
                                                 &kLevel1,      &kLevel2,         &kLevel3};
  static constexpr MessageInfo kInfo{'V', "mwcb_decline_level_message", 33, kFields};
};

struct MwcbStatus {
  static constexpr Letter kBreachedLevel{"breached_level", 9};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kTrackingNumber, &kTimestamp,
                                                 &kBreachedLevel};
  static constexpr MessageInfo kInfo{'W', "mwcb_status_message", 10, kFields};
};

struct OperationalHalt {
  static constexpr Alpha kStock{"stock", 9, 8};
  static constexpr Letter kMarketCode{"market_code", 17};
  static constexpr Letter kOperationalHaltAction{"operational_halt_action", 18};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kTrackingNumber, &kTimestamp, &kStock, &kMarketCode, &kOperationalHaltAction};
  static constexpr MessageInfo kInfo{'h', "operational_halt_message", 19, kFields};
};

// Of BBO.
struct Quotation {
  static constexpr Alpha kStock{"stock", 9, 8};
  static constexpr Letter kSecurityClass{"security_class", 17};
  static constexpr BigEndian<uint32_t> kBestBidPrice{"best_bid_price", 18, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint32_t> kBestBidSize{"best_bid_size", 22};
  static constexpr BigEndian<uint32_t> kBestOfferPrice{"best_offer_price", 26, FieldKind::kDecimal,
                                                       4};
  static constexpr BigEndian<uint32_t> kBestOfferSize{"best_offer_size", 30};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kTrackingNumber, &kTimestamp,
                                                 &kStock,       &kSecurityClass,  &kBestBidPrice,
                                                 &kBestBidSize, &kBestOfferPrice, &kBestOfferSize};
  static constexpr MessageInfo kInfo{'Q', "quotation_message", 34, kFields};
};

// Of BBO: a proxy for a price that is settled with the net asset value.
struct NextSharesQuotation {
  static constexpr Alpha kNextSharesSymbol{"next_shares_symbol", 9, 8};
  static constexpr Letter kSecurityClass{"security_class", 17};
  static constexpr BigEndian<uint32_t> kNasdaqBestBid{"nasdaq_best_bid", 18, FieldKind::kDecimal,
                                                      4};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,   &kTrackingNumber,
                                                 &kTimestamp,     &kNextSharesSymbol,
                                                 &kSecurityClass, &kNasdaqBestBid};
  static constexpr MessageInfo kInfo{'A', "next_shares_quotation_message", 22, kFields};
};

// Of NLS Plus, like all that are behind it.
struct TradeReport {
  static constexpr BigEndian48 kClientTimestamp{"client_timestamp", 9, FieldKind::kNsSinceMidnight};
  static constexpr Letter kOriginatingMarketCenterIdentifier{"originating_market_center_identifier",
                                                             15};
  static constexpr Alpha kIssueSymbol{"issue_symbol", 16, 8};
  static constexpr Letter kSecurityClass{"security_class", 24};
  static constexpr Alpha kTradeControlNumber{"trade_control_number", 25, 10};
  static constexpr BigEndian<uint64_t> kTradePrice{"trade_price", 35, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint64_t> kTradeSize{"trade_size", 43, FieldKind::kDecimal, 6};
  static constexpr Alpha kSaleConditionModifier{"sale_condition_modifier", 51, 4};
  static constexpr BigEndian<uint64_t> kConsolidatedVolume{"consolidated_volume", 55,
                                                           FieldKind::kDecimal, 6};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kTrackingNumber,
                                                 &kTimestamp,
                                                 &kClientTimestamp,
                                                 &kOriginatingMarketCenterIdentifier,
                                                 &kIssueSymbol,
                                                 &kSecurityClass,
                                                 &kTradeControlNumber,
                                                 &kTradePrice,
                                                 &kTradeSize,
                                                 &kSaleConditionModifier,
                                                 &kConsolidatedVolume};
  static constexpr MessageInfo kInfo{'e', "trade_report_message", 63, kFields};
};

struct TradeCancelError {
  static constexpr BigEndian48 kClientTimestamp{"client_timestamp", 9, FieldKind::kNsSinceMidnight};
  static constexpr Letter kOriginatingMarketCenterIdentifier{"originating_market_center_identifier",
                                                             15};
  static constexpr Alpha kIssueSymbol{"issue_symbol", 16, 8};
  static constexpr Letter kSecurityClass{"security_class", 24};
  static constexpr Alpha kOriginalTradeControlNumber{"original_trade_control_number", 25, 10};
  static constexpr BigEndian<uint64_t> kOriginalTradePrice{"original_trade_price", 35,
                                                           FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint64_t> kOriginalTradeSize{"original_trade_size", 43,
                                                          FieldKind::kDecimal, 6};
  static constexpr Alpha kOriginalSaleConditionModifier{"original_sale_condition_modifier", 51, 4};
  static constexpr BigEndian<uint64_t> kConsolidatedVolume{"consolidated_volume", 55,
                                                           FieldKind::kDecimal, 6};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kTrackingNumber,
                                                 &kTimestamp,
                                                 &kClientTimestamp,
                                                 &kOriginatingMarketCenterIdentifier,
                                                 &kIssueSymbol,
                                                 &kSecurityClass,
                                                 &kOriginalTradeControlNumber,
                                                 &kOriginalTradePrice,
                                                 &kOriginalTradeSize,
                                                 &kOriginalSaleConditionModifier,
                                                 &kConsolidatedVolume};
  static constexpr MessageInfo kInfo{'o', "trade_cancel_error_message", 63, kFields};
};

struct TradeCorrection {
  static constexpr BigEndian48 kClientTimestamp{"client_timestamp", 9, FieldKind::kNsSinceMidnight};
  static constexpr Letter kOriginatingMarketCenterIdentifier{"originating_market_center_identifier",
                                                             15};
  static constexpr Alpha kIssueSymbol{"issue_symbol", 16, 8};
  static constexpr Letter kSecurityClass{"security_class", 24};
  static constexpr Alpha kOriginalTradeControlNumber{"original_trade_control_number", 25, 10};
  static constexpr BigEndian<uint64_t> kOriginalTradePrice{"original_trade_price", 35,
                                                           FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint64_t> kOriginalTradeSize{"original_trade_size", 43,
                                                          FieldKind::kDecimal, 6};
  static constexpr Alpha kOriginalSaleConditionModifier{"original_sale_condition_modifier", 51, 4};
  static constexpr Alpha kCorrectedTradeControlNumber{"corrected_trade_control_number", 55, 10};
  static constexpr BigEndian<uint64_t> kCorrectedTradePrice{"corrected_trade_price", 65,
                                                            FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint64_t> kCorrectedTradeSize{"corrected_trade_size", 73,
                                                           FieldKind::kDecimal, 6};
  static constexpr Alpha kCorrectedSaleConditionModifier{"corrected_sale_condition_modifier", 81,
                                                         4};
  static constexpr BigEndian<uint64_t> kConsolidatedVolume{"consolidated_volume", 85,
                                                           FieldKind::kDecimal, 6};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kTrackingNumber,
                                                 &kTimestamp,
                                                 &kClientTimestamp,
                                                 &kOriginatingMarketCenterIdentifier,
                                                 &kIssueSymbol,
                                                 &kSecurityClass,
                                                 &kOriginalTradeControlNumber,
                                                 &kOriginalTradePrice,
                                                 &kOriginalTradeSize,
                                                 &kOriginalSaleConditionModifier,
                                                 &kCorrectedTradeControlNumber,
                                                 &kCorrectedTradePrice,
                                                 &kCorrectedTradeSize,
                                                 &kCorrectedSaleConditionModifier,
                                                 &kConsolidatedVolume};
  static constexpr MessageInfo kInfo{'b', "trade_correction_message", 93, kFields};
};

struct AdjustedClosingPrice {
  static constexpr Alpha kIssueSymbol{"issue_symbol", 9, 8};
  static constexpr Letter kSecurityClass{"security_class", 17};
  static constexpr BigEndian<uint64_t> kAdjustedClosingPrice{"adjusted_closing_price", 18,
                                                             FieldKind::kDecimal, 4};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,   &kTrackingNumber,
                                                 &kTimestamp,     &kIssueSymbol,
                                                 &kSecurityClass, &kAdjustedClosingPrice};
  static constexpr MessageInfo kInfo{'g', "adjusted_closing_price_message", 26, kFields};
};

struct EndOfDayTradeSummary {
  static constexpr Alpha kIssueSymbol{"issue_symbol", 9, 8};
  static constexpr Letter kSecurityClass{"security_class", 17};
  static constexpr BigEndian<uint64_t> kConsolidatedHighPrice{"consolidated_high_price", 18,
                                                              FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint64_t> kConsolidatedLowPrice{"consolidated_low_price", 26,
                                                             FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint64_t> kConsolidatedClosingPrice{"consolidated_closing_price", 34,
                                                                 FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint64_t> kConsolidatedVolume{"consolidated_volume", 42,
                                                           FieldKind::kDecimal, 6};
  static constexpr BigEndian<uint64_t> kConsolidatedOpenPrice{"consolidated_open_price", 50,
                                                              FieldKind::kDecimal, 4};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kTrackingNumber,
                                                 &kTimestamp,
                                                 &kIssueSymbol,
                                                 &kSecurityClass,
                                                 &kConsolidatedHighPrice,
                                                 &kConsolidatedLowPrice,
                                                 &kConsolidatedClosingPrice,
                                                 &kConsolidatedVolume,
                                                 &kConsolidatedOpenPrice};
  static constexpr MessageInfo kInfo{'p', "end_of_day_trade_summary_message", 58, kFields};
};

struct IpoInformation {
  static constexpr Alpha kIssueSymbol{"issue_symbol", 9, 8};
  static constexpr Letter kSecurityClass{"security_class", 17};
  static constexpr Letter kReferenceForNetChange{"reference_for_net_change", 18};
  static constexpr BigEndian<uint64_t> kReferencePrice{"reference_price", 19, FieldKind::kDecimal,
                                                       4};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,   &kTrackingNumber,        &kTimestamp,     &kIssueSymbol,
      &kSecurityClass, &kReferenceForNetChange, &kReferencePrice};
  static constexpr MessageInfo kInfo{'i', "ipo_information_message", 27, kFields};
};

struct IpoQuotingPeriodUpdate {
  static constexpr Alpha kStock{"stock", 9, 8};
  static constexpr BigEndian<uint32_t> kIpoQuotationReleaseTime{"ipo_quotation_release_time", 17,
                                                                FieldKind::kSecondsSinceMidnight};
  static constexpr Letter kIpoQuotationReleaseQualifier{"ipo_quotation_release_qualifier", 21};
  static constexpr BigEndian<uint64_t> kIpoPrice{"ipo_price", 22, FieldKind::kDecimal, 4};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kTrackingNumber,          &kTimestamp,
      &kStock,       &kIpoQuotationReleaseTime, &kIpoQuotationReleaseQualifier,
      &kIpoPrice};
  static constexpr MessageInfo kInfo{'k', "ipo_quoting_period_update_message", 30, kFields};
};
inline constexpr const MessageInfo* kMessages[] = {
    &SystemEvent::kInfo,          &StockDirectory::kInfo,
    &StockTradingAction::kInfo,   &RegShoShortSalePriceTestRestrictedIndicator::kInfo,
    &MwcbDeclineLevel::kInfo,     &MwcbStatus::kInfo,
    &OperationalHalt::kInfo,      &Quotation::kInfo,
    &NextSharesQuotation::kInfo,  &TradeReport::kInfo,
    &TradeCancelError::kInfo,     &TradeCorrection::kInfo,
    &AdjustedClosingPrice::kInfo, &EndOfDayTradeSummary::kInfo,
    &IpoInformation::kInfo,       &IpoQuotingPeriodUpdate::kInfo};

}  // namespace fh::codecs::basic

namespace fh::codecs::nls3 {

// At the start of every message.
inline constexpr BigEndian<uint16_t> kTrackingNumber{"tracking_number", 0};
inline constexpr BigEndian48 kTimestamp{"timestamp", 2, FieldKind::kNsSinceMidnight};
inline constexpr Letter kMessageType{"message_type", 8};

struct SystemEvent {
  static constexpr Letter kEventCode{"event_code", 9};
  static constexpr const FieldInfo* kFields[] = {&kTrackingNumber, &kTimestamp, &kMessageType,
                                                 &kEventCode};
  static constexpr MessageInfo kInfo{'S', "system_event_message", 10, kFields};
};

struct StockTradingAction {
  static constexpr Letter kReserved{"reserved", 9};
  static constexpr Alpha kIssueSymbol{"issue_symbol", 10, 8};
  static constexpr Letter kSecurityClass{"security_class", 18};
  static constexpr Letter kCurrentTradingState{"current_trading_state", 19};
  static constexpr Alpha kReason{"reason", 20, 4};
  static constexpr const FieldInfo* kFields[] = {
      &kTrackingNumber, &kTimestamp,     &kMessageType,         &kReserved,
      &kIssueSymbol,    &kSecurityClass, &kCurrentTradingState, &kReason};
  static constexpr MessageInfo kInfo{'H', "stock_trading_action_message", 24, kFields};
};

struct TradeReport {
  static constexpr Letter kOriginatingMarketCenterIdentifier{"originating_market_center_identifier",
                                                             9};
  static constexpr Alpha kIssueSymbol{"issue_symbol", 10, 8};
  static constexpr Letter kSecurityClass{"security_class", 18};
  static constexpr Alpha kTradeControlNumber{"trade_control_number", 19, 10};
  static constexpr BigEndian<uint32_t> kTradePrice{"trade_price", 29, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint32_t> kTradeSize{"trade_size", 33};
  static constexpr Alpha kSaleConditionModifier{"sale_condition_modifier", 37, 4};
  static constexpr BigEndian<uint64_t> kConsolidatedVolume{"consolidated_volume", 41};
  static constexpr const FieldInfo* kFields[] = {
      &kTrackingNumber,     &kTimestamp,
      &kMessageType,        &kOriginatingMarketCenterIdentifier,
      &kIssueSymbol,        &kSecurityClass,
      &kTradeControlNumber, &kTradePrice,
      &kTradeSize,          &kSaleConditionModifier,
      &kConsolidatedVolume};
  static constexpr MessageInfo kInfo{'T', "trade_report_message", 49, kFields};
};

struct TradeReportLongPrice {
  static constexpr Letter kOriginatingMarketCenterIdentifier{"originating_market_center_identifier",
                                                             9};
  static constexpr Alpha kIssueSymbol{"issue_symbol", 10, 8};
  static constexpr Letter kSecurityClass{"security_class", 18};
  static constexpr Alpha kTradeControlNumber{"trade_control_number", 19, 10};
  static constexpr BigEndian<uint64_t> kTradePrice{"trade_price", 29, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint32_t> kTradeSize{"trade_size", 37};
  static constexpr Alpha kSaleConditionModifier{"sale_condition_modifier", 41, 4};
  static constexpr BigEndian<uint64_t> kConsolidatedVolume{"consolidated_volume", 45};
  static constexpr const FieldInfo* kFields[] = {
      &kTrackingNumber,     &kTimestamp,
      &kMessageType,        &kOriginatingMarketCenterIdentifier,
      &kIssueSymbol,        &kSecurityClass,
      &kTradeControlNumber, &kTradePrice,
      &kTradeSize,          &kSaleConditionModifier,
      &kConsolidatedVolume};
  static constexpr MessageInfo kInfo{'t', "trade_report_long_price_message", 53, kFields};
};
inline constexpr const MessageInfo* kMessages[] = {&SystemEvent::kInfo, &StockTradingAction::kInfo,
                                                   &TradeReport::kInfo,
                                                   &TradeReportLongPrice::kInfo};

}  // namespace fh::codecs::nls3

#endif  // FEEDHANDLER_CODECS_ITCH_NASDAQ_BASIC_MESSAGES_H_
