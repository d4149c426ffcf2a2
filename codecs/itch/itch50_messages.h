// The messages of Nasdaq TotalView-ITCH 5.0, each field declared once: the decoder reads with these
// declarations, `decode` prints with them, generators write with them.
//
//   const uint64_t id = itch50::AddOrder::kOrderReferenceNumber(message);
//
// Offsets count from the type letter, integers are big-endian. Source: Nasdaq TotalView-ITCH 5.0,
// sections 1.1 to 1.8 (2017 and 2026 editions: existing layouts never changed in between). The 2017
// text leaves the timestamp row out of 'K'; it is there. Constants; any thread.
#ifndef FEEDHANDLER_CODECS_ITCH_ITCH50_MESSAGES_H_
#define FEEDHANDLER_CODECS_ITCH_ITCH50_MESSAGES_H_

#include <array>
#include <cstdint>

#include "codecs/message.h"

namespace fh::codecs::itch50 {

using Price4 = BigEndian<uint32_t>;  // Four implied decimals.
using Price8 = BigEndian<uint64_t>;  // Eight implied decimals.

// At the start of every message.
inline constexpr Letter kMessageType{"message_type", 0};
inline constexpr BigEndian<uint16_t> kStockLocate{"stock_locate", 1};
inline constexpr BigEndian<uint16_t> kTrackingNumber{"tracking_number", 3};
inline constexpr BigEndian48 kTimestamp{"timestamp", 5, FieldKind::kNsSinceMidnight};

struct SystemEvent {
  static constexpr Letter kEventCode{"event_code", 11};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kStockLocate, &kTrackingNumber,
                                                 &kTimestamp, &kEventCode};
  static constexpr MessageInfo kInfo{'S', "system_event_message", 12, kFields};
};

struct StockDirectory {
  static constexpr Alpha kStock{"stock", 11, 8};
  static constexpr Letter kMarketCategory{"market_category", 19};
  static constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 20};
  static constexpr BigEndian<uint32_t> kRoundLotSize{"round_lot_size", 21};
  static constexpr Letter kRoundLotsOnly{"round_lots_only", 25};
  static constexpr Letter kIssueClassification{"issue_classification", 26};
  static constexpr Alpha kIssueSubType{"issue_sub_type", 27, 2};
  static constexpr Letter kAuthenticity{"authenticity", 29};
  static constexpr Letter kShortSaleThresholdIndicator{"short_sale_threshold_indicator", 30};
  static constexpr Letter kIpoFlag{"ipo_flag", 31};
  static constexpr Letter kLuldReferencePriceTier{"luld_reference_price_tier", 32};
  static constexpr Letter kEtpFlag{"etp_flag", 33};
  static constexpr BigEndian<uint32_t> kEtpLeverageFactor{"etp_leverage_factor", 34};
  static constexpr Letter kInverseIndicator{"inverse_indicator", 38};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kStockLocate,
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
                                                 &kInverseIndicator};
  static constexpr MessageInfo kInfo{'R', "stock_directory_message", 39, kFields};
};

struct StockTradingAction {
  static constexpr Alpha kStock{"stock", 11, 8};
  static constexpr Letter kTradingState{"trading_state", 19};
  static constexpr Letter kReserved{"reserved", 20};
  static constexpr Alpha kReason{"reason", 21, 4};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kStockLocate, &kTrackingNumber,
                                                 &kTimestamp,   &kStock,       &kTradingState,
                                                 &kReserved,    &kReason};
  static constexpr MessageInfo kInfo{'H', "stock_trading_action_message", 25, kFields};
};

struct RegShoRestriction {
  static constexpr BigEndian<uint16_t> kLocateCode{"locate_code", 1};
  static constexpr Alpha kStock{"stock", 11, 8};
  static constexpr Letter kRegShoAction{"reg_sho_action", 19};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kLocateCode, &kTrackingNumber,
                                                 &kTimestamp,   &kStock,      &kRegShoAction};
  static constexpr MessageInfo kInfo{
      'Y', "reg_sho_short_sale_price_test_restricted_indicator_message", 20, kFields};
};

struct MarketParticipantPosition {
  static constexpr Alpha kMpid{"mpid", 11, 4};
  static constexpr Alpha kStock{"stock", 15, 8};
  static constexpr Letter kPrimaryMarketMaker{"primary_market_maker", 23};
  static constexpr Letter kMarketMakerMode{"market_maker_mode", 24};
  static constexpr Letter kMarketParticipantState{"market_participant_state", 25};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kStockLocate,
                                                 &kTrackingNumber,
                                                 &kTimestamp,
                                                 &kMpid,
                                                 &kStock,
                                                 &kPrimaryMarketMaker,
                                                 &kMarketMakerMode,
                                                 &kMarketParticipantState};
  static constexpr MessageInfo kInfo{'L', "market_participant_position_message", 26, kFields};
};

struct MwcbDeclineLevel {
  static constexpr Price8 kLevel1{"level_1", 11, FieldKind::kDecimal, 8};
  static constexpr Price8 kLevel2{"level_2", 19, FieldKind::kDecimal, 8};
  static constexpr Price8 kLevel3{"level_3", 27, FieldKind::kDecimal, 8};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kStockLocate, &kTrackingNumber, &kTimestamp, &kLevel1, &kLevel2, &kLevel3};
  static constexpr MessageInfo kInfo{'V', "mwcb_decline_level_message", 35, kFields};
};

struct MwcbStatusLevel {
  static constexpr Letter kBreachedLevel{"breached_level", 11};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kStockLocate, &kTrackingNumber,
                                                 &kTimestamp, &kBreachedLevel};
  static constexpr MessageInfo kInfo{'W', "mwcb_status_level_message", 12, kFields};
};

struct IpoQuotingPeriod {
  static constexpr Alpha kStock{"stock", 11, 8};
  static constexpr BigEndian<uint32_t> kIpoQuotationReleaseTime{"ipo_quotation_release_time", 19,
                                                                FieldKind::kSecondsSinceMidnight};
  static constexpr Letter kIpoQuotationReleaseQualifier{"ipo_quotation_release_qualifier", 23};
  static constexpr Price4 kIpoPrice{"ipo_price", 24, FieldKind::kDecimal, 4};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kStockLocate,
                                                 &kTrackingNumber,
                                                 &kTimestamp,
                                                 &kStock,
                                                 &kIpoQuotationReleaseTime,
                                                 &kIpoQuotationReleaseQualifier,
                                                 &kIpoPrice};
  static constexpr MessageInfo kInfo{'K', "ipo_quoting_period_update", 28, kFields};
};

struct LuldAuctionCollar {
  static constexpr Alpha kStock{"stock", 11, 8};
  static constexpr Price4 kAuctionCollarReferencePrice{"auction_collar_reference_price", 19,
                                                       FieldKind::kDecimal, 4};
  static constexpr Price4 kUpperAuctionCollarPrice{"upper_auction_collar_price", 23,
                                                   FieldKind::kDecimal, 4};
  static constexpr Price4 kLowerAuctionCollarPrice{"lower_auction_collar_price", 27,
                                                   FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint32_t> kAuctionCollarExtension{"auction_collar_extension", 31};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kStockLocate,
                                                 &kTrackingNumber,
                                                 &kTimestamp,
                                                 &kStock,
                                                 &kAuctionCollarReferencePrice,
                                                 &kUpperAuctionCollarPrice,
                                                 &kLowerAuctionCollarPrice,
                                                 &kAuctionCollarExtension};
  static constexpr MessageInfo kInfo{'J', "luld_auction_collar_message", 35, kFields};
};

struct OperationalHalt {
  static constexpr Alpha kStock{"stock", 11, 8};
  static constexpr Letter kMarketCode{"market_code", 19};
  static constexpr Letter kOperationalHaltAction{"operational_halt_action", 20};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType, &kStockLocate, &kTrackingNumber,       &kTimestamp,
      &kStock,       &kMarketCode,  &kOperationalHaltAction};
  static constexpr MessageInfo kInfo{'h', "operational_halt_message", 21, kFields};
};

struct AddOrder {
  static constexpr BigEndian<uint64_t> kOrderReferenceNumber{"order_reference_number", 11};
  static constexpr Letter kBuySellIndicator{"buy_sell_indicator", 19};
  static constexpr BigEndian<uint32_t> kShares{"shares", 20};
  static constexpr Alpha kStock{"stock", 24, 8};
  static constexpr Price4 kPrice{"price", 32, FieldKind::kDecimal, 4};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,      &kStockLocate, &kTrackingNumber, &kTimestamp, &kOrderReferenceNumber,
      &kBuySellIndicator, &kShares,      &kStock,          &kPrice};
  static constexpr MessageInfo kInfo{'A', "add_order_no_mpid_attribution_message", 36, kFields};
};

struct AddOrderMpid {
  static constexpr BigEndian<uint64_t> kOrderReferenceNumber{"order_reference_number", 11};
  static constexpr Letter kBuySellIndicator{"buy_sell_indicator", 19};
  static constexpr BigEndian<uint32_t> kShares{"shares", 20};
  static constexpr Alpha kStock{"stock", 24, 8};
  static constexpr Price4 kPrice{"price", 32, FieldKind::kDecimal, 4};
  static constexpr Alpha kAttribution{"attribution", 36, 4};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,      &kStockLocate, &kTrackingNumber, &kTimestamp, &kOrderReferenceNumber,
      &kBuySellIndicator, &kShares,      &kStock,          &kPrice,     &kAttribution};
  static constexpr MessageInfo kInfo{'F', "add_order_with_mpid_attribution_message", 40, kFields};
};

struct OrderExecuted {
  static constexpr BigEndian<uint64_t> kOrderReferenceNumber{"order_reference_number", 11};
  static constexpr BigEndian<uint32_t> kExecutedShares{"executed_shares", 19};
  static constexpr BigEndian<uint64_t> kMatchNumber{"match_number", 23};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,          &kStockLocate,    &kTrackingNumber, &kTimestamp,
      &kOrderReferenceNumber, &kExecutedShares, &kMatchNumber};
  static constexpr MessageInfo kInfo{'E', "order_executed_message", 31, kFields};
};

struct OrderExecutedWithPrice {
  static constexpr BigEndian<uint64_t> kOrderReferenceNumber{"order_reference_number", 11};
  static constexpr BigEndian<uint32_t> kExecutedShares{"executed_shares", 19};
  static constexpr BigEndian<uint64_t> kMatchNumber{"match_number", 23};
  static constexpr Letter kPrintable{"printable", 31};
  static constexpr Price4 kExecutionPrice{"execution_price", 32, FieldKind::kDecimal, 4};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,    &kStockLocate, &kTrackingNumber, &kTimestamp,     &kOrderReferenceNumber,
      &kExecutedShares, &kMatchNumber, &kPrintable,      &kExecutionPrice};
  static constexpr MessageInfo kInfo{'C', "order_executed_with_price_message", 36, kFields};
};

struct OrderCancel {
  static constexpr BigEndian<uint64_t> kOrderReferenceNumber{"order_reference_number", 11};
  static constexpr BigEndian<uint32_t> kCanceledShares{"canceled_shares", 19};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,          &kStockLocate,
                                                 &kTrackingNumber,       &kTimestamp,
                                                 &kOrderReferenceNumber, &kCanceledShares};
  static constexpr MessageInfo kInfo{'X', "order_cancel_message", 23, kFields};
};

struct OrderDelete {
  static constexpr BigEndian<uint64_t> kOrderReferenceNumber{"order_reference_number", 11};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kStockLocate, &kTrackingNumber,
                                                 &kTimestamp, &kOrderReferenceNumber};
  static constexpr MessageInfo kInfo{'D', "order_delete_message", 19, kFields};
};

struct OrderReplace {
  static constexpr BigEndian<uint64_t> kOriginalOrderReferenceNumber{
      "original_order_reference_number", 11};
  static constexpr BigEndian<uint64_t> kNewOrderReferenceNumber{"new_order_reference_number", 19};
  static constexpr BigEndian<uint32_t> kShares{"shares", 27};
  static constexpr Price4 kPrice{"price", 31, FieldKind::kDecimal, 4};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kStockLocate,
                                                 &kTrackingNumber,
                                                 &kTimestamp,
                                                 &kOriginalOrderReferenceNumber,
                                                 &kNewOrderReferenceNumber,
                                                 &kShares,
                                                 &kPrice};
  static constexpr MessageInfo kInfo{'U', "order_replace_message", 35, kFields};
};

struct NonCrossTrade {
  static constexpr BigEndian<uint64_t> kOrderReferenceNumber{"order_reference_number", 11};
  static constexpr Letter kBuySellIndicator{"buy_sell_indicator", 19};
  static constexpr BigEndian<uint32_t> kShares{"shares", 20};
  static constexpr Alpha kStock{"stock", 24, 8};
  static constexpr Price4 kPrice{"price", 32, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint64_t> kMatchNumber{"match_number", 36};
  static constexpr const FieldInfo* kFields[] = {
      &kMessageType,      &kStockLocate, &kTrackingNumber, &kTimestamp, &kOrderReferenceNumber,
      &kBuySellIndicator, &kShares,      &kStock,          &kPrice,     &kMatchNumber};
  static constexpr MessageInfo kInfo{'P', "non_cross_trade_message", 44, kFields};
};

struct CrossTrade {
  static constexpr BigEndian<uint64_t> kCrossShares{"cross_shares", 11};
  static constexpr Alpha kStock{"stock", 19, 8};
  static constexpr Price4 kCrossPrice{"cross_price", 27, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint64_t> kMatchNumber{"match_number", 31};
  static constexpr Letter kCrossType{"cross_type", 39};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kStockLocate, &kTrackingNumber,
                                                 &kTimestamp,   &kCrossShares, &kStock,
                                                 &kCrossPrice,  &kMatchNumber, &kCrossType};
  static constexpr MessageInfo kInfo{'Q', "cross_trade_message", 40, kFields};
};

struct BrokenTrade {
  static constexpr BigEndian<uint64_t> kMatchNumber{"match_number", 11};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kStockLocate, &kTrackingNumber,
                                                 &kTimestamp, &kMatchNumber};
  static constexpr MessageInfo kInfo{'B', "broken_trade_message", 19, kFields};
};

struct NetOrderImbalance {
  static constexpr BigEndian<uint64_t> kPairedShares{"paired_shares", 11};
  static constexpr BigEndian<uint64_t> kImbalanceShares{"imbalance_shares", 19};
  static constexpr Letter kImbalanceDirection{"imbalance_direction", 27};
  static constexpr Alpha kStock{"stock", 28, 8};
  static constexpr Price4 kFarPrice{"far_price", 36, FieldKind::kDecimal, 4};
  static constexpr Price4 kNearPrice{"near_price", 40, FieldKind::kDecimal, 4};
  static constexpr Price4 kCurrentReferencePrice{"current_reference_price", 44, FieldKind::kDecimal,
                                                 4};
  static constexpr Letter kCrossType{"cross_type", 48};
  static constexpr Letter kPriceVariationIndicator{"price_variation_indicator", 49};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kStockLocate,
                                                 &kTrackingNumber,
                                                 &kTimestamp,
                                                 &kPairedShares,
                                                 &kImbalanceShares,
                                                 &kImbalanceDirection,
                                                 &kStock,
                                                 &kFarPrice,
                                                 &kNearPrice,
                                                 &kCurrentReferencePrice,
                                                 &kCrossType,
                                                 &kPriceVariationIndicator};
  static constexpr MessageInfo kInfo{'I', "net_order_imbalance_indicator_message", 50, kFields};
};

struct RetailInterest {
  static constexpr Alpha kStock{"stock", 11, 8};
  static constexpr Letter kInterestFlag{"interest_flag", 19};
  static constexpr const FieldInfo* kFields[] = {&kMessageType, &kStockLocate, &kTrackingNumber,
                                                 &kTimestamp,   &kStock,       &kInterestFlag};
  static constexpr MessageInfo kInfo{'N', "retail_interest_message", 20, kFields};
};

struct DirectListing {
  static constexpr Alpha kStock{"stock", 11, 8};
  static constexpr Letter kOpenEligibilityStatus{"open_eligibility_status", 19};
  static constexpr Price4 kMinimumAllowablePrice{"minimum_allowable_price", 20, FieldKind::kDecimal,
                                                 4};
  static constexpr Price4 kMaximumAllowablePrice{"maximum_allowable_price", 24, FieldKind::kDecimal,
                                                 4};
  static constexpr Price4 kNearExecutionPrice{"near_execution_price", 28, FieldKind::kDecimal, 4};
  static constexpr BigEndian<uint64_t> kNearExecutionTime{"near_execution_time", 32};
  static constexpr Price4 kLowerPriceRangeCollar{"lower_price_range_collar", 40,
                                                 FieldKind::kDecimal, 4};
  static constexpr Price4 kUpperPriceRangeCollar{"upper_price_range_collar", 44,
                                                 FieldKind::kDecimal, 4};
  static constexpr const FieldInfo* kFields[] = {&kMessageType,
                                                 &kStockLocate,
                                                 &kTrackingNumber,
                                                 &kTimestamp,
                                                 &kStock,
                                                 &kOpenEligibilityStatus,
                                                 &kMinimumAllowablePrice,
                                                 &kMaximumAllowablePrice,
                                                 &kNearExecutionPrice,
                                                 &kNearExecutionTime,
                                                 &kLowerPriceRangeCollar,
                                                 &kUpperPriceRangeCollar};
  static constexpr MessageInfo kInfo{
      'O', "direct_listing_with_capital_raise_price_discovery_message", 48, kFields};
};

// Every type, in the order of the specification.
inline constexpr std::array kMessages =
    std::to_array<const MessageInfo*>({&SystemEvent::kInfo,
                                       &StockDirectory::kInfo,
                                       &StockTradingAction::kInfo,
                                       &RegShoRestriction::kInfo,
                                       &MarketParticipantPosition::kInfo,
                                       &MwcbDeclineLevel::kInfo,
                                       &MwcbStatusLevel::kInfo,
                                       &IpoQuotingPeriod::kInfo,
                                       &LuldAuctionCollar::kInfo,
                                       &OperationalHalt::kInfo,
                                       &AddOrder::kInfo,
                                       &AddOrderMpid::kInfo,
                                       &OrderExecuted::kInfo,
                                       &OrderExecutedWithPrice::kInfo,
                                       &OrderCancel::kInfo,
                                       &OrderDelete::kInfo,
                                       &OrderReplace::kInfo,
                                       &NonCrossTrade::kInfo,
                                       &CrossTrade::kInfo,
                                       &BrokenTrade::kInfo,
                                       &NetOrderImbalance::kInfo,
                                       &RetailInterest::kInfo,
                                       &DirectListing::kInfo});

}  // namespace fh::codecs::itch50

#endif  // FEEDHANDLER_CODECS_ITCH_ITCH50_MESSAGES_H_
