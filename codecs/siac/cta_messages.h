// The messages of CTA's two feeds, CTS (trades) and CQS (quotes), output versions 1.91 to 2.11: every
// field declared once, read by cta_decoder.cc and printed by `feedhandler decode`.
//
//   const uint64_t price = cta::long_trade::kTradePrice(message);   // `message` points at its length.
//   for (const MessageInfo* info : cta::kMessages) Print(info->name);
//
// Big-endian; offsets count from the message's first byte, its own length. A message is a header of 26
// bytes, whose category and type say what follows. Types in two forms have whole volumes, and since 2026
// fractional ones with six decimals. Constants only: any thread, no cost.
//
// Sources: "CTS Pillar Output Specification" and "CQS Pillar Output Specification", 1.91 to 2.11.b.
#ifndef FEEDHANDLER_CODECS_SIAC_CTA_MESSAGES_H_
#define FEEDHANDLER_CODECS_SIAC_CTA_MESSAGES_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::cta {

using U8 = BigEndian<uint8_t>;
using U16 = BigEndian<uint16_t>;
using U32 = BigEndian<uint32_t>;
using U64 = BigEndian<uint64_t>;
using I64 = BigEndian<int64_t>;

template <typename T, int8_t kDecimals>
struct Decimal : BigEndian<T> {
  constexpr Decimal(const char* field_name, uint16_t field_offset)
      : BigEndian<T>(field_name, field_offset, FieldKind::kDecimal, kDecimals) {}
};
using Price = Decimal<uint64_t, 6>;
using ShortPrice = Decimal<uint16_t, 2>;
using IndexValue = Decimal<int64_t, 6>;
using Fraction64 = Decimal<uint64_t, 6>;
using Fraction32 = Decimal<uint32_t, 6>;

struct Seconds : U32 {
  constexpr Seconds(const char* field_name, uint16_t field_offset)
      : U32(field_name, field_offset, FieldKind::kUnixSeconds) {}
};

// Category and type, as MessageInfo::type.
constexpr uint32_t TypeOf(char category, char type) {
  return static_cast<uint32_t>(static_cast<uint8_t>(category)) << 8 | static_cast<uint8_t>(type);
}

inline constexpr U16 kMessageLength{"message_length", 0};
inline constexpr Letter kMessageCategory{"message_category", 2};
inline constexpr Letter kMessageType{"message_type", 3};
inline constexpr Letter kParticipantId{"participant_id", 4};
inline constexpr Seconds kTimestamp1Seconds{"timestamp_1_seconds", 5};
inline constexpr U32 kTimestamp1Nanoseconds{"timestamp_1_nanoseconds", 9};
inline constexpr U8 kMessageId{"message_id", 13};
inline constexpr U32 kTransactionId{"transaction_id", 14};
inline constexpr I64 kParticipantReferenceNumber{"participant_reference_number", 18};
inline constexpr uint32_t kMessageHeaderBytes = 26;

// What stands behind a quote when it changes the best of all markets.
namespace long_appendage {
inline constexpr Letter kParticipant{"best_participant_id", 0};
inline constexpr Letter kCondition{"best_quote_condition", 1};
inline constexpr Price kPrice{"best_price", 2};
inline constexpr U32 kSize{"best_size", 10};
inline constexpr Alpha kMarketMaker{"finra_best_market_maker_id", 14, 4};
inline constexpr uint32_t kBytes = 18;
inline constexpr const FieldInfo* kFields[] = {&kParticipant, &kCondition, &kPrice, &kSize,
                                               &kMarketMaker};
}  // namespace long_appendage

namespace short_appendage {
inline constexpr Letter kParticipant{"best_participant_id", 0};
inline constexpr ShortPrice kPrice{"best_price", 1};
inline constexpr U16 kSize{"best_size", 3};
inline constexpr uint32_t kBytes = 5;
inline constexpr const FieldInfo* kFields[] = {&kParticipant, &kPrice, &kSize};
}  // namespace short_appendage

// Entries of the volumes of all markets.
namespace volume_participant {
inline constexpr Letter kParticipant{"participant_id", 0};
inline constexpr U64 kVolume{"trade_total_volume", 1};
inline constexpr Fraction64 kFractionalVolume{"fractional_trade_total_volume", 1};
inline constexpr uint32_t kBytes = 9;
inline constexpr const FieldInfo* kFields[] = {&kParticipant, &kVolume};
inline constexpr const FieldInfo* kFractionalFields[] = {&kParticipant, &kFractionalVolume};
}  // namespace volume_participant

// An appendage is there or not: nothing announces it but the quote's indicator.
constexpr GroupInfo Appendage(const char* name, std::span<const FieldInfo* const> fields) {
  return {.name = name,
          .block_length = {},
          .count = {},
          .announcement_bytes = 0,
          .big_endian = true,
          .fields = fields};
}
inline constexpr GroupInfo kBestBidLong =
    Appendage("national_best_bid_long_appendage", long_appendage::kFields);
inline constexpr GroupInfo kBestOfferLong =
    Appendage("national_best_offer_long_appendage", long_appendage::kFields);
inline constexpr GroupInfo kBestBidShort =
    Appendage("national_best_bid_short_appendage", short_appendage::kFields);
inline constexpr GroupInfo kBestOfferShort =
    Appendage("national_best_offer_short_appendage", short_appendage::kFields);
inline constexpr const GroupInfo* kAppendages[] = {&kBestBidLong, &kBestOfferLong, &kBestBidShort,
                                                   &kBestOfferShort};

inline constexpr GroupInfo kParticipants{.name = "participants",
                                         .block_length = {},
                                         .count = {0, 1},
                                         .announcement_bytes = 1,
                                         .big_endian = true,
                                         .fields = volume_participant::kFields};
inline constexpr GroupInfo kFractionalParticipants{.name = "participants",
                                                   .block_length = {},
                                                   .count = {0, 1},
                                                   .announcement_bytes = 1,
                                                   .big_endian = true,
                                                   .fields = volume_participant::kFractionalFields};
inline constexpr const GroupInfo* kVolumeParticipants[] = {&kParticipants};
inline constexpr const GroupInfo* kFractionalVolumeParticipants[] = {&kFractionalParticipants};

namespace long_trade {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSaleConditionCategory1{"sale_condition_category_1", 38};
inline constexpr Letter kSaleConditionCategory2{"sale_condition_category_2", 39};
inline constexpr Letter kSaleConditionCategory3{"sale_condition_category_3", 40};
inline constexpr Letter kSaleConditionCategory4{"sale_condition_category_4", 41};
inline constexpr Price kTradePrice{"trade_price", 42};
inline constexpr U32 kTradeVolume{"trade_volume", 50};
inline constexpr U8 kSellersSaleDays{"sellers_sale_days", 54};
inline constexpr Letter kStopStockIndicator{"stop_stock_indicator", 55};
inline constexpr Letter kTradeThroughExemptIndicator{"trade_through_exempt_indicator", 56};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 57};
inline constexpr Seconds kTimestamp2Seconds{"timestamp_2_seconds", 58};
inline constexpr U32 kTimestamp2Nanoseconds{"timestamp_2_nanoseconds", 62};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 66};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           67};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 68};
inline constexpr Letter kHeldTradeIndicator{"held_trade_indicator", 69};
inline constexpr Letter kConsolidatedHighLowLastIndicator{"consolidated_high_low_last_indicator",
                                                          70};
inline constexpr Letter kParticipantOpenHighLowLastIndicator{
    "participant_open_high_low_last_indicator", 71};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSaleConditionCategory1,
                                               &kSaleConditionCategory2,
                                               &kSaleConditionCategory3,
                                               &kSaleConditionCategory4,
                                               &kTradePrice,
                                               &kTradeVolume,
                                               &kSellersSaleDays,
                                               &kStopStockIndicator,
                                               &kTradeThroughExemptIndicator,
                                               &kTradeReportingFacilityId,
                                               &kTimestamp2Seconds,
                                               &kTimestamp2Nanoseconds,
                                               &kShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kHeldTradeIndicator,
                                               &kConsolidatedHighLowLastIndicator,
                                               &kParticipantOpenHighLowLastIndicator};
}  // namespace long_trade

namespace short_trade {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 5};
inline constexpr Letter kSaleCondition{"sale_condition", 31};
inline constexpr Letter kSaleConditionCategory{"sale_condition_category", 32};
inline constexpr ShortPrice kTradePrice{"trade_price", 33};
inline constexpr U16 kTradeVolume{"trade_volume", 35};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           37};
inline constexpr Letter kConsolidatedHighLowLastIndicator{"consolidated_high_low_last_indicator",
                                                          38};
inline constexpr Letter kParticipantOpenHighLowLastIndicator{
    "participant_open_high_low_last_indicator", 39};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kSaleCondition,
                                               &kSaleConditionCategory,
                                               &kTradePrice,
                                               &kTradeVolume,
                                               &kPrimaryListingMarketParticipantId,
                                               &kConsolidatedHighLowLastIndicator,
                                               &kParticipantOpenHighLowLastIndicator};
}  // namespace short_trade

namespace cancel {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSaleConditionCategory1{"sale_condition_category_1", 38};
inline constexpr Letter kSaleConditionCategory2{"sale_condition_category_2", 39};
inline constexpr Letter kSaleConditionCategory3{"sale_condition_category_3", 40};
inline constexpr Letter kSaleConditionCategory4{"sale_condition_category_4", 41};
inline constexpr Price kTradePrice{"trade_price", 42};
inline constexpr U32 kTradeVolume{"trade_volume", 50};
inline constexpr U8 kSellersSaleDays{"sellers_sale_days", 54};
inline constexpr Letter kStopStockIndicator{"stop_stock_indicator", 55};
inline constexpr Letter kTradeThroughExemptIndicator{"trade_through_exempt_indicator", 56};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 57};
inline constexpr I64 kOriginalParticipantReferenceNumber{"original_participant_reference_number",
                                                         58};
inline constexpr Seconds kTimestamp2Seconds{"timestamp_2_seconds", 66};
inline constexpr U32 kTimestamp2Nanoseconds{"timestamp_2_nanoseconds", 70};
inline constexpr Letter kCancelErrorAction{"cancel_error_action", 74};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 75};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           76};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 77};
inline constexpr U32 kConsolidatedPreviousClosePriceDate{"consolidated_previous_close_price_date",
                                                         78};
inline constexpr Letter kConsolidatedLastParticipantId{"consolidated_last_participant_id", 82};
inline constexpr Price kConsolidatedLastPrice{"consolidated_last_price", 83};
inline constexpr Price kConsolidatedHighPrice{"consolidated_high_price", 91};
inline constexpr Price kConsolidatedLowPrice{"consolidated_low_price", 99};
inline constexpr U32 kConsolidatedTotalVolume{"consolidated_total_volume", 107};
inline constexpr Letter kConsolidatedTick{"consolidated_tick", 111};
inline constexpr U32 kParticipantPreviousClosePriceDate{"participant_previous_close_price_date",
                                                        112};
inline constexpr Price kParticipantLastPrice{"participant_last_price", 116};
inline constexpr Price kParticipantHighPrice{"participant_high_price", 124};
inline constexpr Price kParticipantLowPrice{"participant_low_price", 132};
inline constexpr Price kParticipantOpenPrice{"participant_open_price", 140};
inline constexpr U32 kParticipantTotalVolume{"participant_total_volume", 148};
inline constexpr Letter kParticipantTick{"participant_tick", 152};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSaleConditionCategory1,
                                               &kSaleConditionCategory2,
                                               &kSaleConditionCategory3,
                                               &kSaleConditionCategory4,
                                               &kTradePrice,
                                               &kTradeVolume,
                                               &kSellersSaleDays,
                                               &kStopStockIndicator,
                                               &kTradeThroughExemptIndicator,
                                               &kTradeReportingFacilityId,
                                               &kOriginalParticipantReferenceNumber,
                                               &kTimestamp2Seconds,
                                               &kTimestamp2Nanoseconds,
                                               &kCancelErrorAction,
                                               &kShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kConsolidatedPreviousClosePriceDate,
                                               &kConsolidatedLastParticipantId,
                                               &kConsolidatedLastPrice,
                                               &kConsolidatedHighPrice,
                                               &kConsolidatedLowPrice,
                                               &kConsolidatedTotalVolume,
                                               &kConsolidatedTick,
                                               &kParticipantPreviousClosePriceDate,
                                               &kParticipantLastPrice,
                                               &kParticipantHighPrice,
                                               &kParticipantLowPrice,
                                               &kParticipantOpenPrice,
                                               &kParticipantTotalVolume,
                                               &kParticipantTick};
}  // namespace cancel

namespace correction {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kCorrectedSaleConditionCategory1{"corrected_sale_condition_category_1", 38};
inline constexpr Letter kCorrectedSaleConditionCategory2{"corrected_sale_condition_category_2", 39};
inline constexpr Letter kCorrectedSaleConditionCategory3{"corrected_sale_condition_category_3", 40};
inline constexpr Letter kCorrectedSaleConditionCategory4{"corrected_sale_condition_category_4", 41};
inline constexpr Price kCorrectedTradePrice{"corrected_trade_price", 42};
inline constexpr U32 kCorrectedTradeVolume{"corrected_trade_volume", 50};
inline constexpr U8 kCorrectedSellersSaleDays{"corrected_sellers_sale_days", 54};
inline constexpr Letter kCorrectedStopStockIndicator{"corrected_stop_stock_indicator", 55};
inline constexpr Letter kCorrectedTradeThroughExemptIndicator{
    "corrected_trade_through_exempt_indicator", 56};
inline constexpr Letter kCorrectedShortSaleRestrictionIndicator{
    "corrected_short_sale_restriction_indicator", 57};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 58};
inline constexpr Seconds kTimestamp2Seconds{"timestamp_2_seconds", 59};
inline constexpr U32 kTimestamp2Nanoseconds{"timestamp_2_nanoseconds", 63};
inline constexpr I64 kOriginalParticipantReferenceNumber{"original_participant_reference_number",
                                                         67};
inline constexpr Letter kOriginalSaleConditionCategory1{"original_sale_condition_category_1", 75};
inline constexpr Letter kOriginalSaleConditionCategory2{"original_sale_condition_category_2", 76};
inline constexpr Letter kOriginalSaleConditionCategory3{"original_sale_condition_category_3", 77};
inline constexpr Letter kOriginalSaleConditionCategory4{"original_sale_condition_category_4", 78};
inline constexpr Price kOriginalTradePrice{"original_trade_price", 79};
inline constexpr U32 kOriginalTradeVolume{"original_trade_volume", 87};
inline constexpr U8 kOriginalSellersSaleDays{"original_sellers_sale_days", 91};
inline constexpr Letter kOriginalStopStockIndicator{"original_stop_stock_indicator", 92};
inline constexpr Letter kOriginalTradeThroughExemptIndicator{
    "original_trade_through_exempt_indicator", 93};
inline constexpr Letter kOriginalShortSaleRestrictionIndicator{
    "original_short_sale_restriction_indicator", 94};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           95};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 96};
inline constexpr U32 kConsolidatedPreviousClosePriceDate{"consolidated_previous_close_price_date",
                                                         97};
inline constexpr Letter kConsolidatedLastParticipantId{"consolidated_last_participant_id", 101};
inline constexpr Price kConsolidatedLastPrice{"consolidated_last_price", 102};
inline constexpr Price kConsolidatedHighPrice{"consolidated_high_price", 110};
inline constexpr Price kConsolidatedLowPrice{"consolidated_low_price", 118};
inline constexpr U32 kConsolidatedTotalVolume{"consolidated_total_volume", 126};
inline constexpr Letter kConsolidatedTick{"consolidated_tick", 130};
inline constexpr U32 kParticipantPreviousClosePriceDate{"participant_previous_close_price_date",
                                                        131};
inline constexpr Price kParticipantLastPrice{"participant_last_price", 135};
inline constexpr Price kParticipantHighPrice{"participant_high_price", 143};
inline constexpr Price kParticipantLowPrice{"participant_low_price", 151};
inline constexpr Price kParticipantOpenPrice{"participant_open_price", 159};
inline constexpr U32 kParticipantTotalVolume{"participant_total_volume", 167};
inline constexpr Letter kParticipantTick{"participant_tick", 171};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kCorrectedSaleConditionCategory1,
                                               &kCorrectedSaleConditionCategory2,
                                               &kCorrectedSaleConditionCategory3,
                                               &kCorrectedSaleConditionCategory4,
                                               &kCorrectedTradePrice,
                                               &kCorrectedTradeVolume,
                                               &kCorrectedSellersSaleDays,
                                               &kCorrectedStopStockIndicator,
                                               &kCorrectedTradeThroughExemptIndicator,
                                               &kCorrectedShortSaleRestrictionIndicator,
                                               &kTradeReportingFacilityId,
                                               &kTimestamp2Seconds,
                                               &kTimestamp2Nanoseconds,
                                               &kOriginalParticipantReferenceNumber,
                                               &kOriginalSaleConditionCategory1,
                                               &kOriginalSaleConditionCategory2,
                                               &kOriginalSaleConditionCategory3,
                                               &kOriginalSaleConditionCategory4,
                                               &kOriginalTradePrice,
                                               &kOriginalTradeVolume,
                                               &kOriginalSellersSaleDays,
                                               &kOriginalStopStockIndicator,
                                               &kOriginalTradeThroughExemptIndicator,
                                               &kOriginalShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kConsolidatedPreviousClosePriceDate,
                                               &kConsolidatedLastParticipantId,
                                               &kConsolidatedLastPrice,
                                               &kConsolidatedHighPrice,
                                               &kConsolidatedLowPrice,
                                               &kConsolidatedTotalVolume,
                                               &kConsolidatedTick,
                                               &kParticipantPreviousClosePriceDate,
                                               &kParticipantLastPrice,
                                               &kParticipantHighPrice,
                                               &kParticipantLowPrice,
                                               &kParticipantOpenPrice,
                                               &kParticipantTotalVolume,
                                               &kParticipantTick};
}  // namespace correction

namespace prior_trade {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSaleConditionCategory1{"sale_condition_category_1", 38};
inline constexpr Letter kSaleConditionCategory2{"sale_condition_category_2", 39};
inline constexpr Letter kSaleConditionCategory3{"sale_condition_category_3", 40};
inline constexpr Letter kSaleConditionCategory4{"sale_condition_category_4", 41};
inline constexpr Price kTradePrice{"trade_price", 42};
inline constexpr U32 kTradeVolume{"trade_volume", 50};
inline constexpr U8 kSellersSaleDays{"sellers_sale_days", 54};
inline constexpr Letter kStopStockIndicator{"stop_stock_indicator", 55};
inline constexpr Letter kTradeThroughExemptIndicator{"trade_through_exempt_indicator", 56};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 57};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 58};
inline constexpr Seconds kPriorDayTradeDateAndTimeSeconds{"prior_day_trade_date_and_time_seconds",
                                                          59};
inline constexpr U32 kPriorDayTradeDateAndTimeNanoseconds{
    "prior_day_trade_date_and_time_nanoseconds", 63};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSaleConditionCategory1,
                                               &kSaleConditionCategory2,
                                               &kSaleConditionCategory3,
                                               &kSaleConditionCategory4,
                                               &kTradePrice,
                                               &kTradeVolume,
                                               &kSellersSaleDays,
                                               &kStopStockIndicator,
                                               &kTradeThroughExemptIndicator,
                                               &kShortSaleRestrictionIndicator,
                                               &kTradeReportingFacilityId,
                                               &kPriorDayTradeDateAndTimeSeconds,
                                               &kPriorDayTradeDateAndTimeNanoseconds};
}  // namespace prior_trade

namespace prior_cancel {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSaleConditionCategory1{"sale_condition_category_1", 38};
inline constexpr Letter kSaleConditionCategory2{"sale_condition_category_2", 39};
inline constexpr Letter kSaleConditionCategory3{"sale_condition_category_3", 40};
inline constexpr Letter kSaleConditionCategory4{"sale_condition_category_4", 41};
inline constexpr Price kTradePrice{"trade_price", 42};
inline constexpr U32 kTradeVolume{"trade_volume", 50};
inline constexpr U8 kSellersSaleDays{"sellers_sale_days", 54};
inline constexpr Letter kStopStockIndicator{"stop_stock_indicator", 55};
inline constexpr Letter kTradeThroughExemptIndicator{"trade_through_exempt_indicator", 56};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 57};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 58};
inline constexpr Seconds kPriorDayTradeDateAndTimeSeconds{"prior_day_trade_date_and_time_seconds",
                                                          59};
inline constexpr U32 kPriorDayTradeDateAndTimeNanoseconds{
    "prior_day_trade_date_and_time_nanoseconds", 63};
inline constexpr Letter kCancelErrorAction{"cancel_error_action", 67};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSaleConditionCategory1,
                                               &kSaleConditionCategory2,
                                               &kSaleConditionCategory3,
                                               &kSaleConditionCategory4,
                                               &kTradePrice,
                                               &kTradeVolume,
                                               &kSellersSaleDays,
                                               &kStopStockIndicator,
                                               &kTradeThroughExemptIndicator,
                                               &kShortSaleRestrictionIndicator,
                                               &kTradeReportingFacilityId,
                                               &kPriorDayTradeDateAndTimeSeconds,
                                               &kPriorDayTradeDateAndTimeNanoseconds,
                                               &kCancelErrorAction};
}  // namespace prior_cancel

namespace prior_correction {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kCorrectedSaleConditionCategory1{"corrected_sale_condition_category_1", 38};
inline constexpr Letter kCorrectedSaleConditionCategory2{"corrected_sale_condition_category_2", 39};
inline constexpr Letter kCorrectedSaleConditionCategory3{"corrected_sale_condition_category_3", 40};
inline constexpr Letter kCorrectedSaleConditionCategory4{"corrected_sale_condition_category_4", 41};
inline constexpr Price kCorrectedTradePrice{"corrected_trade_price", 42};
inline constexpr U32 kCorrectedTradeVolume{"corrected_trade_volume", 50};
inline constexpr U8 kCorrectedSellersSaleDays{"corrected_sellers_sale_days", 54};
inline constexpr Letter kCorrectedStopStockIndicator{"corrected_stop_stock_indicator", 55};
inline constexpr Letter kCorrectedTradeThroughExemptIndicator{
    "corrected_trade_through_exempt_indicator", 56};
inline constexpr Letter kCorrectedShortSaleRestrictionIndicator{
    "corrected_short_sale_restriction_indicator", 57};
inline constexpr Seconds kCorrectedPriorDayTradeDateAndTimeSeconds{
    "corrected_prior_day_trade_date_and_time_seconds", 58};
inline constexpr U32 kCorrectedPriorDayTradeDateAndTimeNanoseconds{
    "corrected_prior_day_trade_date_and_time_nanoseconds", 62};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 66};
inline constexpr Letter kOriginalSaleConditionCategory1{"original_sale_condition_category_1", 67};
inline constexpr Letter kOriginalSaleConditionCategory2{"original_sale_condition_category_2", 68};
inline constexpr Letter kOriginalSaleConditionCategory3{"original_sale_condition_category_3", 69};
inline constexpr Letter kOriginalSaleConditionCategory4{"original_sale_condition_category_4", 70};
inline constexpr Price kOriginalTradePrice{"original_trade_price", 71};
inline constexpr U32 kOriginalTradeVolume{"original_trade_volume", 79};
inline constexpr U8 kOriginalSellersSaleDays{"original_sellers_sale_days", 83};
inline constexpr Letter kOriginalStopStockIndicator{"original_stop_stock_indicator", 84};
inline constexpr Letter kOriginalTradeThroughExemptIndicator{
    "original_trade_through_exempt_indicator", 85};
inline constexpr Letter kOriginalShortSaleRestrictionIndicator{
    "original_short_sale_restriction_indicator", 86};
inline constexpr Seconds kOriginalPriorDayTradeDateAndTimeSeconds{
    "original_prior_day_trade_date_and_time_seconds", 87};
inline constexpr U32 kOriginalPriorDayTradeDateAndTimeNanoseconds{
    "original_prior_day_trade_date_and_time_nanoseconds", 91};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kCorrectedSaleConditionCategory1,
                                               &kCorrectedSaleConditionCategory2,
                                               &kCorrectedSaleConditionCategory3,
                                               &kCorrectedSaleConditionCategory4,
                                               &kCorrectedTradePrice,
                                               &kCorrectedTradeVolume,
                                               &kCorrectedSellersSaleDays,
                                               &kCorrectedStopStockIndicator,
                                               &kCorrectedTradeThroughExemptIndicator,
                                               &kCorrectedShortSaleRestrictionIndicator,
                                               &kCorrectedPriorDayTradeDateAndTimeSeconds,
                                               &kCorrectedPriorDayTradeDateAndTimeNanoseconds,
                                               &kTradeReportingFacilityId,
                                               &kOriginalSaleConditionCategory1,
                                               &kOriginalSaleConditionCategory2,
                                               &kOriginalSaleConditionCategory3,
                                               &kOriginalSaleConditionCategory4,
                                               &kOriginalTradePrice,
                                               &kOriginalTradeVolume,
                                               &kOriginalSellersSaleDays,
                                               &kOriginalStopStockIndicator,
                                               &kOriginalTradeThroughExemptIndicator,
                                               &kOriginalShortSaleRestrictionIndicator,
                                               &kOriginalPriorDayTradeDateAndTimeSeconds,
                                               &kOriginalPriorDayTradeDateAndTimeNanoseconds};
}  // namespace prior_correction

namespace consolidated_day {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kLastParticipantId{"last_participant_id", 38};
inline constexpr U32 kPreviousClosePriceDate{"previous_close_price_date", 39};
inline constexpr Price kLastPrice{"last_price", 43};
inline constexpr Price kHighPrice{"high_price", 51};
inline constexpr Price kLowPrice{"low_price", 59};
inline constexpr U64 kTotalVolume{"total_volume", 67};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 75};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           76};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 77};
inline constexpr U8 kNumberOfParticipants{"number_of_participants", 78};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kLastParticipantId,
                                               &kPreviousClosePriceDate,
                                               &kLastPrice,
                                               &kHighPrice,
                                               &kLowPrice,
                                               &kTotalVolume,
                                               &kShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kNumberOfParticipants};
}  // namespace consolidated_day

namespace participant_day {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSummaryParticipantId{"summary_participant_id", 38};
inline constexpr U32 kPreviousClosePriceDate{"previous_close_price_date", 39};
inline constexpr Price kLastPrice{"last_price", 43};
inline constexpr Price kHighPrice{"high_price", 51};
inline constexpr Price kLowPrice{"low_price", 59};
inline constexpr Price kOpenPrice{"open_price", 67};
inline constexpr U64 kTotalVolume{"total_volume", 75};
inline constexpr Letter kTick{"tick", 83};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSummaryParticipantId,
                                               &kPreviousClosePriceDate,
                                               &kLastPrice,
                                               &kHighPrice,
                                               &kLowPrice,
                                               &kOpenPrice,
                                               &kTotalVolume,
                                               &kTick};
}  // namespace participant_day

namespace volumes {
inline constexpr U8 kNumberOfParticipants{"number_of_participants", 26};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageLength,       &kMessageCategory,   &kMessageType,
    &kParticipantId,       &kTimestamp1Seconds, &kTimestamp1Nanoseconds,
    &kMessageId,           &kTransactionId,     &kParticipantReferenceNumber,
    &kNumberOfParticipants};
}  // namespace volumes

namespace fractional_long_trade {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSaleConditionCategory1{"sale_condition_category_1", 38};
inline constexpr Letter kSaleConditionCategory2{"sale_condition_category_2", 39};
inline constexpr Letter kSaleConditionCategory3{"sale_condition_category_3", 40};
inline constexpr Letter kSaleConditionCategory4{"sale_condition_category_4", 41};
inline constexpr Price kTradePrice{"trade_price", 42};
inline constexpr Fraction64 kTradeVolume{"trade_volume", 50};
inline constexpr U8 kSellersSaleDays{"sellers_sale_days", 58};
inline constexpr Letter kStopStockIndicator{"stop_stock_indicator", 59};
inline constexpr Letter kTradeThroughExemptIndicator{"trade_through_exempt_indicator", 60};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 61};
inline constexpr Seconds kTimestamp2Seconds{"timestamp_2_seconds", 62};
inline constexpr U32 kTimestamp2Nanoseconds{"timestamp_2_nanoseconds", 66};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 70};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           71};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 72};
inline constexpr Letter kHeldTradeIndicator{"held_trade_indicator", 73};
inline constexpr Letter kConsolidatedHighLowLastIndicator{"consolidated_high_low_last_indicator",
                                                          74};
inline constexpr Letter kParticipantOpenHighLowLastIndicator{
    "participant_open_high_low_last_indicator", 75};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSaleConditionCategory1,
                                               &kSaleConditionCategory2,
                                               &kSaleConditionCategory3,
                                               &kSaleConditionCategory4,
                                               &kTradePrice,
                                               &kTradeVolume,
                                               &kSellersSaleDays,
                                               &kStopStockIndicator,
                                               &kTradeThroughExemptIndicator,
                                               &kTradeReportingFacilityId,
                                               &kTimestamp2Seconds,
                                               &kTimestamp2Nanoseconds,
                                               &kShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kHeldTradeIndicator,
                                               &kConsolidatedHighLowLastIndicator,
                                               &kParticipantOpenHighLowLastIndicator};
}  // namespace fractional_long_trade

namespace fractional_short_trade {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 5};
inline constexpr Letter kSaleCondition{"sale_condition", 31};
inline constexpr Letter kSaleConditionCategory{"sale_condition_category", 32};
inline constexpr ShortPrice kTradePrice{"trade_price", 33};
inline constexpr Fraction32 kTradeVolume{"trade_volume", 35};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           39};
inline constexpr Letter kConsolidatedHighLowLastIndicator{"consolidated_high_low_last_indicator",
                                                          40};
inline constexpr Letter kParticipantOpenHighLowLastIndicator{
    "participant_open_high_low_last_indicator", 41};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kSaleCondition,
                                               &kSaleConditionCategory,
                                               &kTradePrice,
                                               &kTradeVolume,
                                               &kPrimaryListingMarketParticipantId,
                                               &kConsolidatedHighLowLastIndicator,
                                               &kParticipantOpenHighLowLastIndicator};
}  // namespace fractional_short_trade

namespace fractional_cancel {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSaleConditionCategory1{"sale_condition_category_1", 38};
inline constexpr Letter kSaleConditionCategory2{"sale_condition_category_2", 39};
inline constexpr Letter kSaleConditionCategory3{"sale_condition_category_3", 40};
inline constexpr Letter kSaleConditionCategory4{"sale_condition_category_4", 41};
inline constexpr Price kTradePrice{"trade_price", 42};
inline constexpr Fraction64 kTradeVolume{"trade_volume", 50};
inline constexpr U8 kSellersSaleDays{"sellers_sale_days", 58};
inline constexpr Letter kStopStockIndicator{"stop_stock_indicator", 59};
inline constexpr Letter kTradeThroughExemptIndicator{"trade_through_exempt_indicator", 60};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 61};
inline constexpr I64 kOriginalParticipantReferenceNumber{"original_participant_reference_number",
                                                         62};
inline constexpr Seconds kTimestamp2Seconds{"timestamp_2_seconds", 70};
inline constexpr U32 kTimestamp2Nanoseconds{"timestamp_2_nanoseconds", 74};
inline constexpr Letter kCancelErrorAction{"cancel_error_action", 78};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 79};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           80};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 81};
inline constexpr U32 kConsolidatedPreviousClosePriceDate{"consolidated_previous_close_price_date",
                                                         82};
inline constexpr Letter kConsolidatedLastParticipantId{"consolidated_last_participant_id", 86};
inline constexpr Price kConsolidatedLastPrice{"consolidated_last_price", 87};
inline constexpr Price kConsolidatedHighPrice{"consolidated_high_price", 95};
inline constexpr Price kConsolidatedLowPrice{"consolidated_low_price", 103};
inline constexpr Fraction64 kConsolidatedTotalVolume{"consolidated_total_volume", 111};
inline constexpr Letter kConsolidatedTick{"consolidated_tick", 119};
inline constexpr U32 kParticipantPreviousClosePriceDate{"participant_previous_close_price_date",
                                                        120};
inline constexpr Price kParticipantLastPrice{"participant_last_price", 124};
inline constexpr Price kParticipantHighPrice{"participant_high_price", 132};
inline constexpr Price kParticipantLowPrice{"participant_low_price", 140};
inline constexpr Price kParticipantOpenPrice{"participant_open_price", 148};
inline constexpr Fraction64 kParticipantTotalVolume{"participant_total_volume", 156};
inline constexpr Letter kParticipantTick{"participant_tick", 164};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSaleConditionCategory1,
                                               &kSaleConditionCategory2,
                                               &kSaleConditionCategory3,
                                               &kSaleConditionCategory4,
                                               &kTradePrice,
                                               &kTradeVolume,
                                               &kSellersSaleDays,
                                               &kStopStockIndicator,
                                               &kTradeThroughExemptIndicator,
                                               &kTradeReportingFacilityId,
                                               &kOriginalParticipantReferenceNumber,
                                               &kTimestamp2Seconds,
                                               &kTimestamp2Nanoseconds,
                                               &kCancelErrorAction,
                                               &kShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kConsolidatedPreviousClosePriceDate,
                                               &kConsolidatedLastParticipantId,
                                               &kConsolidatedLastPrice,
                                               &kConsolidatedHighPrice,
                                               &kConsolidatedLowPrice,
                                               &kConsolidatedTotalVolume,
                                               &kConsolidatedTick,
                                               &kParticipantPreviousClosePriceDate,
                                               &kParticipantLastPrice,
                                               &kParticipantHighPrice,
                                               &kParticipantLowPrice,
                                               &kParticipantOpenPrice,
                                               &kParticipantTotalVolume,
                                               &kParticipantTick};
}  // namespace fractional_cancel

namespace fractional_correction {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kCorrectedSaleConditionCategory1{"corrected_sale_condition_category_1", 38};
inline constexpr Letter kCorrectedSaleConditionCategory2{"corrected_sale_condition_category_2", 39};
inline constexpr Letter kCorrectedSaleConditionCategory3{"corrected_sale_condition_category_3", 40};
inline constexpr Letter kCorrectedSaleConditionCategory4{"corrected_sale_condition_category_4", 41};
inline constexpr Price kCorrectedTradePrice{"corrected_trade_price", 42};
inline constexpr Fraction64 kCorrectedTradeVolume{"corrected_trade_volume", 50};
inline constexpr U8 kCorrectedSellersSaleDays{"corrected_sellers_sale_days", 58};
inline constexpr Letter kCorrectedStopStockIndicator{"corrected_stop_stock_indicator", 59};
inline constexpr Letter kCorrectedTradeThroughExemptIndicator{
    "corrected_trade_through_exempt_indicator", 60};
inline constexpr Letter kCorrectedShortSaleRestrictionIndicator{
    "corrected_short_sale_restriction_indicator", 61};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 62};
inline constexpr Seconds kTimestamp2Seconds{"timestamp_2_seconds", 63};
inline constexpr U32 kTimestamp2Nanoseconds{"timestamp_2_nanoseconds", 67};
inline constexpr I64 kOriginalParticipantReferenceNumber{"original_participant_reference_number",
                                                         71};
inline constexpr Letter kOriginalSaleConditionCategory1{"original_sale_condition_category_1", 79};
inline constexpr Letter kOriginalSaleConditionCategory2{"original_sale_condition_category_2", 80};
inline constexpr Letter kOriginalSaleConditionCategory3{"original_sale_condition_category_3", 81};
inline constexpr Letter kOriginalSaleConditionCategory4{"original_sale_condition_category_4", 82};
inline constexpr Price kOriginalTradePrice{"original_trade_price", 83};
inline constexpr Fraction64 kOriginalTradeVolume{"original_trade_volume", 91};
inline constexpr U8 kOriginalSellersSaleDays{"original_sellers_sale_days", 99};
inline constexpr Letter kOriginalStopStockIndicator{"original_stop_stock_indicator", 100};
inline constexpr Letter kOriginalTradeThroughExemptIndicator{
    "original_trade_through_exempt_indicator", 101};
inline constexpr Letter kOriginalShortSaleRestrictionIndicator{
    "original_short_sale_restriction_indicator", 102};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           103};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 104};
inline constexpr U32 kConsolidatedPreviousClosePriceDate{"consolidated_previous_close_price_date",
                                                         105};
inline constexpr Letter kConsolidatedLastParticipantId{"consolidated_last_participant_id", 109};
inline constexpr Price kConsolidatedLastPrice{"consolidated_last_price", 110};
inline constexpr Price kConsolidatedHighPrice{"consolidated_high_price", 118};
inline constexpr Price kConsolidatedLowPrice{"consolidated_low_price", 126};
inline constexpr Fraction64 kConsolidatedTotalVolume{"consolidated_total_volume", 134};
inline constexpr Letter kConsolidatedTick{"consolidated_tick", 142};
inline constexpr U32 kParticipantPreviousClosePriceDate{"participant_previous_close_price_date",
                                                        143};
inline constexpr Price kParticipantLastPrice{"participant_last_price", 147};
inline constexpr Price kParticipantHighPrice{"participant_high_price", 155};
inline constexpr Price kParticipantLowPrice{"participant_low_price", 163};
inline constexpr Price kParticipantOpenPrice{"participant_open_price", 171};
inline constexpr Fraction64 kParticipantTotalVolume{"participant_total_volume", 179};
inline constexpr Letter kParticipantTick{"participant_tick", 187};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kCorrectedSaleConditionCategory1,
                                               &kCorrectedSaleConditionCategory2,
                                               &kCorrectedSaleConditionCategory3,
                                               &kCorrectedSaleConditionCategory4,
                                               &kCorrectedTradePrice,
                                               &kCorrectedTradeVolume,
                                               &kCorrectedSellersSaleDays,
                                               &kCorrectedStopStockIndicator,
                                               &kCorrectedTradeThroughExemptIndicator,
                                               &kCorrectedShortSaleRestrictionIndicator,
                                               &kTradeReportingFacilityId,
                                               &kTimestamp2Seconds,
                                               &kTimestamp2Nanoseconds,
                                               &kOriginalParticipantReferenceNumber,
                                               &kOriginalSaleConditionCategory1,
                                               &kOriginalSaleConditionCategory2,
                                               &kOriginalSaleConditionCategory3,
                                               &kOriginalSaleConditionCategory4,
                                               &kOriginalTradePrice,
                                               &kOriginalTradeVolume,
                                               &kOriginalSellersSaleDays,
                                               &kOriginalStopStockIndicator,
                                               &kOriginalTradeThroughExemptIndicator,
                                               &kOriginalShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kConsolidatedPreviousClosePriceDate,
                                               &kConsolidatedLastParticipantId,
                                               &kConsolidatedLastPrice,
                                               &kConsolidatedHighPrice,
                                               &kConsolidatedLowPrice,
                                               &kConsolidatedTotalVolume,
                                               &kConsolidatedTick,
                                               &kParticipantPreviousClosePriceDate,
                                               &kParticipantLastPrice,
                                               &kParticipantHighPrice,
                                               &kParticipantLowPrice,
                                               &kParticipantOpenPrice,
                                               &kParticipantTotalVolume,
                                               &kParticipantTick};
}  // namespace fractional_correction

namespace fractional_prior_trade {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSaleConditionCategory1{"sale_condition_category_1", 38};
inline constexpr Letter kSaleConditionCategory2{"sale_condition_category_2", 39};
inline constexpr Letter kSaleConditionCategory3{"sale_condition_category_3", 40};
inline constexpr Letter kSaleConditionCategory4{"sale_condition_category_4", 41};
inline constexpr Price kTradePrice{"trade_price", 42};
inline constexpr Fraction64 kTradeVolume{"trade_volume", 50};
inline constexpr U8 kSellersSaleDays{"sellers_sale_days", 58};
inline constexpr Letter kStopStockIndicator{"stop_stock_indicator", 59};
inline constexpr Letter kTradeThroughExemptIndicator{"trade_through_exempt_indicator", 60};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 61};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 62};
inline constexpr Seconds kPriorDayTradeDateAndTimeSeconds{"prior_day_trade_date_and_time_seconds",
                                                          63};
inline constexpr U32 kPriorDayTradeDateAndTimeNanoseconds{
    "prior_day_trade_date_and_time_nanoseconds", 67};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSaleConditionCategory1,
                                               &kSaleConditionCategory2,
                                               &kSaleConditionCategory3,
                                               &kSaleConditionCategory4,
                                               &kTradePrice,
                                               &kTradeVolume,
                                               &kSellersSaleDays,
                                               &kStopStockIndicator,
                                               &kTradeThroughExemptIndicator,
                                               &kShortSaleRestrictionIndicator,
                                               &kTradeReportingFacilityId,
                                               &kPriorDayTradeDateAndTimeSeconds,
                                               &kPriorDayTradeDateAndTimeNanoseconds};
}  // namespace fractional_prior_trade

namespace fractional_prior_cancel {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSaleConditionCategory1{"sale_condition_category_1", 38};
inline constexpr Letter kSaleConditionCategory2{"sale_condition_category_2", 39};
inline constexpr Letter kSaleConditionCategory3{"sale_condition_category_3", 40};
inline constexpr Letter kSaleConditionCategory4{"sale_condition_category_4", 41};
inline constexpr Price kTradePrice{"trade_price", 42};
inline constexpr Fraction64 kTradeVolume{"trade_volume", 50};
inline constexpr U8 kSellersSaleDays{"sellers_sale_days", 58};
inline constexpr Letter kStopStockIndicator{"stop_stock_indicator", 59};
inline constexpr Letter kTradeThroughExemptIndicator{"trade_through_exempt_indicator", 60};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 61};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 62};
inline constexpr Seconds kPriorDayTradeDateAndTimeSeconds{"prior_day_trade_date_and_time_seconds",
                                                          63};
inline constexpr U32 kPriorDayTradeDateAndTimeNanoseconds{
    "prior_day_trade_date_and_time_nanoseconds", 67};
inline constexpr Letter kCancelErrorAction{"cancel_error_action", 71};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSaleConditionCategory1,
                                               &kSaleConditionCategory2,
                                               &kSaleConditionCategory3,
                                               &kSaleConditionCategory4,
                                               &kTradePrice,
                                               &kTradeVolume,
                                               &kSellersSaleDays,
                                               &kStopStockIndicator,
                                               &kTradeThroughExemptIndicator,
                                               &kShortSaleRestrictionIndicator,
                                               &kTradeReportingFacilityId,
                                               &kPriorDayTradeDateAndTimeSeconds,
                                               &kPriorDayTradeDateAndTimeNanoseconds,
                                               &kCancelErrorAction};
}  // namespace fractional_prior_cancel

namespace fractional_prior_correction {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kCorrectedSaleConditionCategory1{"corrected_sale_condition_category_1", 38};
inline constexpr Letter kCorrectedSaleConditionCategory2{"corrected_sale_condition_category_2", 39};
inline constexpr Letter kCorrectedSaleConditionCategory3{"corrected_sale_condition_category_3", 40};
inline constexpr Letter kCorrectedSaleConditionCategory4{"corrected_sale_condition_category_4", 41};
inline constexpr Price kCorrectedTradePrice{"corrected_trade_price", 42};
inline constexpr Fraction64 kCorrectedTradeVolume{"corrected_trade_volume", 50};
inline constexpr U8 kCorrectedSellersSaleDays{"corrected_sellers_sale_days", 58};
inline constexpr Letter kCorrectedStopStockIndicator{"corrected_stop_stock_indicator", 59};
inline constexpr Letter kCorrectedTradeThroughExemptIndicator{
    "corrected_trade_through_exempt_indicator", 60};
inline constexpr Letter kCorrectedShortSaleRestrictionIndicator{
    "corrected_short_sale_restriction_indicator", 61};
inline constexpr Seconds kCorrectedPriorDayTradeDateAndTimeSeconds{
    "corrected_prior_day_trade_date_and_time_seconds", 62};
inline constexpr U32 kCorrectedPriorDayTradeDateAndTimeNanoseconds{
    "corrected_prior_day_trade_date_and_time_nanoseconds", 66};
inline constexpr Letter kTradeReportingFacilityId{"trade_reporting_facility_id", 70};
inline constexpr Letter kOriginalSaleConditionCategory1{"original_sale_condition_category_1", 71};
inline constexpr Letter kOriginalSaleConditionCategory2{"original_sale_condition_category_2", 72};
inline constexpr Letter kOriginalSaleConditionCategory3{"original_sale_condition_category_3", 73};
inline constexpr Letter kOriginalSaleConditionCategory4{"original_sale_condition_category_4", 74};
inline constexpr Price kOriginalTradePrice{"original_trade_price", 75};
inline constexpr Fraction64 kOriginalTradeVolume{"original_trade_volume", 83};
inline constexpr U8 kOriginalSellersSaleDays{"original_sellers_sale_days", 91};
inline constexpr Letter kOriginalStopStockIndicator{"original_stop_stock_indicator", 92};
inline constexpr Letter kOriginalTradeThroughExemptIndicator{
    "original_trade_through_exempt_indicator", 93};
inline constexpr Letter kOriginalShortSaleRestrictionIndicator{
    "original_short_sale_restriction_indicator", 94};
inline constexpr Seconds kOriginalPriorDayTradeDateAndTimeSeconds{
    "original_prior_day_trade_date_and_time_seconds", 95};
inline constexpr U32 kOriginalPriorDayTradeDateAndTimeNanoseconds{
    "original_prior_day_trade_date_and_time_nanoseconds", 99};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kCorrectedSaleConditionCategory1,
                                               &kCorrectedSaleConditionCategory2,
                                               &kCorrectedSaleConditionCategory3,
                                               &kCorrectedSaleConditionCategory4,
                                               &kCorrectedTradePrice,
                                               &kCorrectedTradeVolume,
                                               &kCorrectedSellersSaleDays,
                                               &kCorrectedStopStockIndicator,
                                               &kCorrectedTradeThroughExemptIndicator,
                                               &kCorrectedShortSaleRestrictionIndicator,
                                               &kCorrectedPriorDayTradeDateAndTimeSeconds,
                                               &kCorrectedPriorDayTradeDateAndTimeNanoseconds,
                                               &kTradeReportingFacilityId,
                                               &kOriginalSaleConditionCategory1,
                                               &kOriginalSaleConditionCategory2,
                                               &kOriginalSaleConditionCategory3,
                                               &kOriginalSaleConditionCategory4,
                                               &kOriginalTradePrice,
                                               &kOriginalTradeVolume,
                                               &kOriginalSellersSaleDays,
                                               &kOriginalStopStockIndicator,
                                               &kOriginalTradeThroughExemptIndicator,
                                               &kOriginalShortSaleRestrictionIndicator,
                                               &kOriginalPriorDayTradeDateAndTimeSeconds,
                                               &kOriginalPriorDayTradeDateAndTimeNanoseconds};
}  // namespace fractional_prior_correction

namespace fractional_consolidated_day {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kLastParticipantId{"last_participant_id", 38};
inline constexpr U32 kPreviousClosePriceDate{"previous_close_price_date", 39};
inline constexpr Price kLastPrice{"last_price", 43};
inline constexpr Price kHighPrice{"high_price", 51};
inline constexpr Price kLowPrice{"low_price", 59};
inline constexpr Fraction64 kTotalVolume{"total_volume", 67};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 75};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           76};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 77};
inline constexpr U8 kNumberOfParticipants{"number_of_participants", 78};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kLastParticipantId,
                                               &kPreviousClosePriceDate,
                                               &kLastPrice,
                                               &kHighPrice,
                                               &kLowPrice,
                                               &kTotalVolume,
                                               &kShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kNumberOfParticipants};
}  // namespace fractional_consolidated_day

namespace fractional_participant_day {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSummaryParticipantId{"summary_participant_id", 38};
inline constexpr U32 kPreviousClosePriceDate{"previous_close_price_date", 39};
inline constexpr Price kLastPrice{"last_price", 43};
inline constexpr Price kHighPrice{"high_price", 51};
inline constexpr Price kLowPrice{"low_price", 59};
inline constexpr Price kOpenPrice{"open_price", 67};
inline constexpr Fraction64 kTotalVolume{"total_volume", 75};
inline constexpr Letter kTick{"tick", 83};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSummaryParticipantId,
                                               &kPreviousClosePriceDate,
                                               &kLastPrice,
                                               &kHighPrice,
                                               &kLowPrice,
                                               &kOpenPrice,
                                               &kTotalVolume,
                                               &kTick};
}  // namespace fractional_participant_day

namespace fractional_volumes {
inline constexpr U8 kNumberOfParticipants{"number_of_participants", 26};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageLength,       &kMessageCategory,   &kMessageType,
    &kParticipantId,       &kTimestamp1Seconds, &kTimestamp1Nanoseconds,
    &kMessageId,           &kTransactionId,     &kParticipantReferenceNumber,
    &kNumberOfParticipants};
}  // namespace fractional_volumes

namespace status {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Price kLastPrice{"last_price", 38};
inline constexpr Price kHighIndicationPriceUpperLimitPriceBand{
    "high_indication_price_upper_limit_price_band", 46};
inline constexpr Price kLowIndicationPriceLowerLimitPriceBand{
    "low_indication_price_lower_limit_price_band", 54};
inline constexpr U32 kBuyVolume{"buy_volume", 62};
inline constexpr U32 kSellVolume{"sell_volume", 66};
inline constexpr Letter kSecurityStatus{"security_status", 70};
inline constexpr Letter kHaltReason{"halt_reason", 71};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 72};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           73};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 74};
inline constexpr Letter kLimitUpLimitDownIndicator{"limit_up_limit_down_indicator", 75};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kLastPrice,
                                               &kHighIndicationPriceUpperLimitPriceBand,
                                               &kLowIndicationPriceLowerLimitPriceBand,
                                               &kBuyVolume,
                                               &kSellVolume,
                                               &kSecurityStatus,
                                               &kHaltReason,
                                               &kShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kLimitUpLimitDownIndicator};
}  // namespace status

namespace auction {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Price kAuctionCollarReferencePrice{"auction_collar_reference_price", 38};
inline constexpr Price kAuctionCollarUpperThresholdPrice{"auction_collar_upper_threshold_price",
                                                         46};
inline constexpr Price kAuctionCollarLowerThresholdPrice{"auction_collar_lower_threshold_price",
                                                         54};
inline constexpr U8 kNumberOfExtensions{"number_of_extensions", 62};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 63};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           64};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 65};
inline constexpr Alpha kReserved62{"reserved_62", 66, 62};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kAuctionCollarReferencePrice,
                                               &kAuctionCollarUpperThresholdPrice,
                                               &kAuctionCollarLowerThresholdPrice,
                                               &kNumberOfExtensions,
                                               &kShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kReserved62};
}  // namespace auction

namespace index {
inline constexpr Alpha kIndexSymbol{"index_symbol", 26, 11};
inline constexpr IndexValue kIndexValue{"index_value", 37};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageLength, &kMessageCategory,   &kMessageType,
    &kParticipantId, &kTimestamp1Seconds, &kTimestamp1Nanoseconds,
    &kMessageId,     &kTransactionId,     &kParticipantReferenceNumber,
    &kIndexSymbol,   &kIndexValue};
}  // namespace index

namespace index_quote {
inline constexpr Alpha kIndexSymbol{"index_symbol", 26, 11};
inline constexpr IndexValue kBidIndexValue{"bid_index_value", 37};
inline constexpr IndexValue kOfferIndexValue{"offer_index_value", 45};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageLength, &kMessageCategory,   &kMessageType,
    &kParticipantId, &kTimestamp1Seconds, &kTimestamp1Nanoseconds,
    &kMessageId,     &kTransactionId,     &kParticipantReferenceNumber,
    &kIndexSymbol,   &kBidIndexValue,     &kOfferIndexValue};
}  // namespace index_quote

namespace consolidated_start {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSummaryParticipantId{"summary_participant_id", 38};
inline constexpr U32 kPreviousClosePriceDate{"previous_close_price_date", 39};
inline constexpr Price kPreviousClosePrice{"previous_close_price", 43};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 51};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           52};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 53};
inline constexpr U8 kNumberOfParticipants{"number_of_participants", 54};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSummaryParticipantId,
                                               &kPreviousClosePriceDate,
                                               &kPreviousClosePrice,
                                               &kShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kNumberOfParticipants};
}  // namespace consolidated_start

namespace participant_start {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kSummaryParticipantId{"summary_participant_id", 38};
inline constexpr U32 kPreviousClosePriceDate{"previous_close_price_date", 39};
inline constexpr Price kPreviousClosePrice{"previous_close_price", 43};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kSummaryParticipantId,
                                               &kPreviousClosePriceDate,
                                               &kPreviousClosePrice};
}  // namespace participant_start

namespace breaker_levels {
inline constexpr IndexValue kMwcbLevel1{"mwcb_level_1", 26};
inline constexpr IndexValue kMwcbLevel2{"mwcb_level_2", 34};
inline constexpr IndexValue kMwcbLevel3{"mwcb_level_3", 42};
inline constexpr Letter kReserved{"reserved", 50};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageLength, &kMessageCategory,   &kMessageType,
    &kParticipantId, &kTimestamp1Seconds, &kTimestamp1Nanoseconds,
    &kMessageId,     &kTransactionId,     &kParticipantReferenceNumber,
    &kMwcbLevel1,    &kMwcbLevel2,        &kMwcbLevel3,
    &kReserved};
}  // namespace breaker_levels

namespace breaker {
inline constexpr Letter kMarketWideCircuitBreakerLevelIndicator{
    "market_wide_circuit_breaker_level_indicator", 26};
inline constexpr Letter kReserved{"reserved", 27};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kMarketWideCircuitBreakerLevelIndicator,
                                               &kReserved};
}  // namespace breaker

namespace dollars {
inline constexpr U32 kTotalTrades{"total_trades", 26};
inline constexpr U64 kDollarValue{"dollar_value", 30};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageLength, &kMessageCategory,   &kMessageType,
    &kParticipantId, &kTimestamp1Seconds, &kTimestamp1Nanoseconds,
    &kMessageId,     &kTransactionId,     &kParticipantReferenceNumber,
    &kTotalTrades,   &kDollarValue};
}  // namespace dollars

namespace crossing {
inline constexpr U64 kCrossingSession1TotalTradesVolume{"crossing_session_1_total_trades_volume",
                                                        26};
inline constexpr U64 kCrossingSession2DollarValue{"crossing_session_2_dollar_value", 34};
inline constexpr U64 kCrossingSession2TotalTradesVolume{"crossing_session_2_total_trades_volume",
                                                        42};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kCrossingSession1TotalTradesVolume,
                                               &kCrossingSession2DollarValue,
                                               &kCrossingSession2TotalTradesVolume};
}  // namespace crossing

namespace reference {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Alpha kPriorSecuritySymbol{"prior_security_symbol", 37, 11};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           48};
inline constexpr Price kPrimaryListingMarketPreviousClosingPrice{
    "primary_listing_market_previous_closing_price", 49};
inline constexpr Price kConsolidatedClosingPrice{"consolidated_closing_price", 57};
inline constexpr U16 kRoundLotSize{"round_lot_size", 65};
inline constexpr Letter kMinimumPriceIncrementIndicator{"minimum_price_increment_indicator", 67};
inline constexpr Letter kLuldTier{"luld_tier", 68};
inline constexpr Fraction32 kLuldLeverageRatio{"luld_leverage_ratio", 69};
inline constexpr Letter kTest{"test", 73};
inline constexpr Letter kIpo{"ipo", 74};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 75};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 76};
inline constexpr Letter kHaltReason{"halt_reason", 77};
inline constexpr Letter kInstrumentType{"instrument_type", 78};
inline constexpr Letter kReserved{"reserved", 79};
inline constexpr Letter kSecondReserved{"second_reserved", 80};
inline constexpr Alpha kReserved128{"reserved_128", 81, 128};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kPriorSecuritySymbol,
                                               &kPrimaryListingMarketParticipantId,
                                               &kPrimaryListingMarketPreviousClosingPrice,
                                               &kConsolidatedClosingPrice,
                                               &kRoundLotSize,
                                               &kMinimumPriceIncrementIndicator,
                                               &kLuldTier,
                                               &kLuldLeverageRatio,
                                               &kTest,
                                               &kIpo,
                                               &kFinancialStatusIndicator,
                                               &kShortSaleRestrictionIndicator,
                                               &kHaltReason,
                                               &kInstrumentType,
                                               &kReserved,
                                               &kSecondReserved,
                                               &kReserved128};
}  // namespace reference

namespace text {
inline constexpr Alpha kText{"text", 26, 1};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageLength, &kMessageCategory,   &kMessageType,
    &kParticipantId, &kTimestamp1Seconds, &kTimestamp1Nanoseconds,
    &kMessageId,     &kTransactionId,     &kParticipantReferenceNumber,
    &kText};
}  // namespace text

namespace head {
inline constexpr const FieldInfo* kFields[] = {
    &kMessageLength, &kMessageCategory,   &kMessageType,
    &kParticipantId, &kTimestamp1Seconds, &kTimestamp1Nanoseconds,
    &kMessageId,     &kTransactionId,     &kParticipantReferenceNumber};
}  // namespace head

namespace long_quote {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kQuoteCondition{"quote_condition", 38};
inline constexpr Letter kSecurityStatusIndicator{"security_status_indicator", 39};
inline constexpr Price kBidPrice{"bid_price", 40};
inline constexpr U32 kBidSize{"bid_size", 48};
inline constexpr Price kOfferPrice{"offer_price", 52};
inline constexpr U32 kOfferSize{"offer_size", 60};
inline constexpr Letter kRetailInterestIndicator{"retail_interest_indicator", 64};
inline constexpr Letter kSettlementCondition{"settlement_condition", 65};
inline constexpr Letter kMarketCondition{"market_condition", 66};
inline constexpr Alpha kFinraMarketMakerId{"finra_market_maker_id", 67, 4};
inline constexpr Letter kFinraBboIndicator{"finra_bbo_indicator", 71};
inline constexpr Seconds kTimestamp2Seconds{"timestamp_2_seconds", 72};
inline constexpr U32 kTimestamp2Nanoseconds{"timestamp_2_nanoseconds", 76};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 80};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           81};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 82};
inline constexpr Letter kSipGeneratedMessageIdentifier{"sip_generated_message_identifier", 83};
inline constexpr Letter kLimitUpLimitDownIndicator{"limit_up_limit_down_indicator", 84};
inline constexpr Letter kNationalBboLuldIndicator{"national_bbo_luld_indicator", 85};
inline constexpr Letter kNationalBboIndicator{"national_bbo_indicator", 86};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kQuoteCondition,
                                               &kSecurityStatusIndicator,
                                               &kBidPrice,
                                               &kBidSize,
                                               &kOfferPrice,
                                               &kOfferSize,
                                               &kRetailInterestIndicator,
                                               &kSettlementCondition,
                                               &kMarketCondition,
                                               &kFinraMarketMakerId,
                                               &kFinraBboIndicator,
                                               &kTimestamp2Seconds,
                                               &kTimestamp2Nanoseconds,
                                               &kShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kSipGeneratedMessageIdentifier,
                                               &kLimitUpLimitDownIndicator,
                                               &kNationalBboLuldIndicator,
                                               &kNationalBboIndicator};
}  // namespace long_quote

namespace short_quote {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 5};
inline constexpr ShortPrice kBidPrice{"bid_price", 31};
inline constexpr U16 kBidSize{"bid_size", 33};
inline constexpr ShortPrice kOfferPrice{"offer_price", 35};
inline constexpr U16 kOfferSize{"offer_size", 37};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           39};
inline constexpr Letter kNationalBboIndicator{"national_bbo_indicator", 40};
inline constexpr const FieldInfo* kFields[] = {
    &kMessageLength,       &kMessageCategory,   &kMessageType,
    &kParticipantId,       &kTimestamp1Seconds, &kTimestamp1Nanoseconds,
    &kMessageId,           &kTransactionId,     &kParticipantReferenceNumber,
    &kSecuritySymbol,      &kBidPrice,          &kBidSize,
    &kOfferPrice,          &kOfferSize,         &kPrimaryListingMarketParticipantId,
    &kNationalBboIndicator};
}  // namespace short_quote

namespace special_quote {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 26, 11};
inline constexpr Letter kInstrumentType{"instrument_type", 37};
inline constexpr Letter kQuoteCondition{"quote_condition", 38};
inline constexpr Letter kSecurityStatusIndicator{"security_status_indicator", 39};
inline constexpr Price kBidPrice{"bid_price", 40};
inline constexpr U32 kBidSize{"bid_size", 48};
inline constexpr Price kOfferPrice{"offer_price", 52};
inline constexpr U32 kOfferSize{"offer_size", 60};
inline constexpr Letter kRetailInterestIndicator{"retail_interest_indicator", 64};
inline constexpr Letter kSettlementCondition{"settlement_condition", 65};
inline constexpr Letter kMarketCondition{"market_condition", 66};
inline constexpr Alpha kFinraMarketMakerId{"finra_market_maker_id", 67, 4};
inline constexpr Letter kFinraBestBidQuoteCondition{"finra_best_bid_quote_condition", 71};
inline constexpr Price kFinraBestBidPrice{"finra_best_bid_price", 72};
inline constexpr U32 kFinraBestBidSize{"finra_best_bid_size", 80};
inline constexpr Alpha kFinraBestBidMarketMakerId{"finra_best_bid_market_maker_id", 84, 4};
inline constexpr Letter kFinraBestOfferQuoteCondition{"finra_best_offer_quote_condition", 88};
inline constexpr Price kFinraBestOfferPrice{"finra_best_offer_price", 89};
inline constexpr U32 kFinraBestOfferSize{"finra_best_offer_size", 97};
inline constexpr Alpha kFinraBestOfferMarketMakerId{"finra_best_offer_market_maker_id", 101, 4};
inline constexpr Seconds kTimestamp2Seconds{"timestamp_2_seconds", 105};
inline constexpr U32 kTimestamp2Nanoseconds{"timestamp_2_nanoseconds", 109};
inline constexpr Letter kShortSaleRestrictionIndicator{"short_sale_restriction_indicator", 113};
inline constexpr Letter kPrimaryListingMarketParticipantId{"primary_listing_market_participant_id",
                                                           114};
inline constexpr Letter kFinancialStatusIndicator{"financial_status_indicator", 115};
inline constexpr Letter kSipGeneratedMessageIdentifier{"sip_generated_message_identifier", 116};
inline constexpr Letter kFinraBboLuldIndicator{"finra_bbo_luld_indicator", 117};
inline constexpr Letter kNationalBboLuldIndicator{"national_bbo_luld_indicator", 118};
inline constexpr Letter kNationalBboIndicator{"national_bbo_indicator", 119};
inline constexpr const FieldInfo* kFields[] = {&kMessageLength,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kParticipantId,
                                               &kTimestamp1Seconds,
                                               &kTimestamp1Nanoseconds,
                                               &kMessageId,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kInstrumentType,
                                               &kQuoteCondition,
                                               &kSecurityStatusIndicator,
                                               &kBidPrice,
                                               &kBidSize,
                                               &kOfferPrice,
                                               &kOfferSize,
                                               &kRetailInterestIndicator,
                                               &kSettlementCondition,
                                               &kMarketCondition,
                                               &kFinraMarketMakerId,
                                               &kFinraBestBidQuoteCondition,
                                               &kFinraBestBidPrice,
                                               &kFinraBestBidSize,
                                               &kFinraBestBidMarketMakerId,
                                               &kFinraBestOfferQuoteCondition,
                                               &kFinraBestOfferPrice,
                                               &kFinraBestOfferSize,
                                               &kFinraBestOfferMarketMakerId,
                                               &kTimestamp2Seconds,
                                               &kTimestamp2Nanoseconds,
                                               &kShortSaleRestrictionIndicator,
                                               &kPrimaryListingMarketParticipantId,
                                               &kFinancialStatusIndicator,
                                               &kSipGeneratedMessageIdentifier,
                                               &kFinraBboLuldIndicator,
                                               &kNationalBboLuldIndicator,
                                               &kNationalBboIndicator};
}  // namespace special_quote

inline constexpr MessageInfo kLongTradeMessage{.type = TypeOf('T', 'L'),
                                               .name = "long_trade_message",
                                               .length = 72,
                                               .fields = long_trade::kFields};
inline constexpr MessageInfo kShortTradeMessage{.type = TypeOf('T', 'T'),
                                                .name = "short_trade_message",
                                                .length = 40,
                                                .fields = short_trade::kFields};
inline constexpr MessageInfo kTradeCancelErrorMessage{.type = TypeOf('T', 'X'),
                                                      .name = "trade_cancel_error_message",
                                                      .length = 153,
                                                      .fields = cancel::kFields};
inline constexpr MessageInfo kTradeCorrectionMessage{.type = TypeOf('T', 'C'),
                                                     .name = "trade_correction_message",
                                                     .length = 172,
                                                     .fields = correction::kFields};
inline constexpr MessageInfo kPriorDayTradeMessage{.type = TypeOf('P', 'T'),
                                                   .name = "prior_day_trade_message",
                                                   .length = 67,
                                                   .fields = prior_trade::kFields};
inline constexpr MessageInfo kPriorDayLongTradeMessage{.type = TypeOf('P', 'L'),
                                                       .name = "prior_day_long_trade_message",
                                                       .length = 67,
                                                       .fields = prior_trade::kFields};
inline constexpr MessageInfo kPriorDayTradeCancelErrorMessage{
    .type = TypeOf('P', 'X'),
    .name = "prior_day_trade_cancel_error_message",
    .length = 68,
    .fields = prior_cancel::kFields};
inline constexpr MessageInfo kPriorDayTradeCorrectionMessage{
    .type = TypeOf('P', 'C'),
    .name = "prior_day_trade_correction_message",
    .length = 95,
    .fields = prior_correction::kFields};
inline constexpr MessageInfo kConsolidatedEndOfDaySummaryMessage{
    .type = TypeOf('S', 'C'),
    .name = "consolidated_end_of_day_summary_message",
    .length = 79,
    .fields = consolidated_day::kFields};
inline constexpr MessageInfo kParticipantEndOfDaySummaryMessage{
    .type = TypeOf('S', 'D'),
    .name = "participant_end_of_day_summary_message",
    .length = 84,
    .fields = participant_day::kFields};
inline constexpr MessageInfo kApproximateAdjustedVolumeMarketCenterMessage{
    .type = TypeOf('M', 'N'),
    .name = "approximate_adjusted_volume_market_center_message",
    .length = 27,
    .fields = volumes::kFields,
    .groups = kVolumeParticipants};
inline constexpr MessageInfo kFractionalLongTradeMessage{.type = TypeOf('T', 'R'),
                                                         .name = "fractional_long_trade_message",
                                                         .length = 76,
                                                         .fields = fractional_long_trade::kFields};
inline constexpr MessageInfo kFractionalShortTradeMessage{
    .type = TypeOf('T', 'H'),
    .name = "fractional_short_trade_message",
    .length = 42,
    .fields = fractional_short_trade::kFields};
inline constexpr MessageInfo kFractionalTradeCancelErrorMessage{
    .type = TypeOf('T', 'E'),
    .name = "fractional_trade_cancel_error_message",
    .length = 165,
    .fields = fractional_cancel::kFields};
inline constexpr MessageInfo kFractionalTradeCorrectionMessage{
    .type = TypeOf('T', 'O'),
    .name = "fractional_trade_correction_message",
    .length = 188,
    .fields = fractional_correction::kFields};
inline constexpr MessageInfo kFractionalPriorDayTradeMessage{
    .type = TypeOf('P', 'R'),
    .name = "fractional_prior_day_trade_message",
    .length = 71,
    .fields = fractional_prior_trade::kFields};
inline constexpr MessageInfo kFractionalPriorDayTradeCancelErrorMessage{
    .type = TypeOf('P', 'E'),
    .name = "fractional_prior_day_trade_cancel_error_message",
    .length = 72,
    .fields = fractional_prior_cancel::kFields};
inline constexpr MessageInfo kFractionalPriorDayTradeCorrectionMessage{
    .type = TypeOf('P', 'O'),
    .name = "fractional_prior_day_trade_correction_message",
    .length = 103,
    .fields = fractional_prior_correction::kFields};
inline constexpr MessageInfo kFractionalConsolidatedEndOfDaySummaryMessage{
    .type = TypeOf('S', 'T'),
    .name = "fractional_consolidated_end_of_day_summary_message",
    .length = 79,
    .fields = fractional_consolidated_day::kFields};
inline constexpr MessageInfo kFractionalParticipantEndOfDaySummaryMessage{
    .type = TypeOf('S', 'P'),
    .name = "fractional_participant_end_of_day_summary_message",
    .length = 84,
    .fields = fractional_participant_day::kFields};
inline constexpr MessageInfo kFractionalApproximateAdjustedVolumeMarketCenterMessage{
    .type = TypeOf('M', 'V'),
    .name = "fractional_approximate_adjusted_volume_market_center_message",
    .length = 27,
    .fields = fractional_volumes::kFields,
    .groups = kFractionalVolumeParticipants};
inline constexpr MessageInfo kTradingStatusMessage{.type = TypeOf('T', 'S'),
                                                   .name = "trading_status_message",
                                                   .length = 76,
                                                   .fields = status::kFields};
inline constexpr MessageInfo kAuctionStatusMessage{.type = TypeOf('T', 'A'),
                                                   .name = "auction_status_message",
                                                   .length = 128,
                                                   .fields = auction::kFields};
inline constexpr MessageInfo kQuoteAuctionStatusMessage{.type = TypeOf('Q', 'A'),
                                                        .name = "quote_auction_status_message",
                                                        .length = 128,
                                                        .fields = auction::kFields};
inline constexpr MessageInfo kIndexMessage{
    .type = TypeOf('I', 'I'), .name = "index_message", .length = 45, .fields = index::kFields};
inline constexpr MessageInfo kBidAndOfferIndexMessage{.type = TypeOf('I', 'Q'),
                                                      .name = "bid_and_offer_index_message",
                                                      .length = 53,
                                                      .fields = index_quote::kFields};
inline constexpr MessageInfo kConsolidatedStartOfDaySummaryMessage{
    .type = TypeOf('S', 'A'),
    .name = "consolidated_start_of_day_summary_message",
    .length = 55,
    .fields = consolidated_start::kFields};
inline constexpr MessageInfo kParticipantStartOfDaySummaryMessage{
    .type = TypeOf('S', 'B'),
    .name = "participant_start_of_day_summary_message",
    .length = 51,
    .fields = participant_start::kFields};
inline constexpr MessageInfo kMarketWideCircuitBreakerDeclineLevelStatusMessage{
    .type = TypeOf('M', 'K'),
    .name = "market_wide_circuit_breaker_decline_level_status_message",
    .length = 51,
    .fields = breaker_levels::kFields};
inline constexpr MessageInfo kMarketWideCircuitBreakerDeclineLevelsMessage{
    .type = TypeOf('M', 'M'),
    .name = "market_wide_circuit_breaker_decline_levels_message",
    .length = 51,
    .fields = breaker_levels::kFields};
inline constexpr MessageInfo kMarketWideCircuitBreakerStatusMessage{
    .type = TypeOf('M', 'L'),
    .name = "market_wide_circuit_breaker_status_message",
    .length = 28,
    .fields = breaker::kFields};
inline constexpr MessageInfo kApproximateTradesAndTotalDollarValueMessage{
    .type = TypeOf('M', 'O'),
    .name = "approximate_trades_and_total_dollar_value_message",
    .length = 38,
    .fields = dollars::kFields};
inline constexpr MessageInfo kCrossingSessionSummaryMessage{
    .type = TypeOf('M', 'P'),
    .name = "crossing_session_summary_message",
    .length = 50,
    .fields = crossing::kFields};
inline constexpr MessageInfo kSymbolReferenceDataMessage{.type = TypeOf('A', 'S'),
                                                         .name = "symbol_reference_data_message",
                                                         .length = 209,
                                                         .fields = reference::kFields};
inline constexpr MessageInfo kFreeTextMessage{.type = TypeOf('A', 'H'),
                                              .name = "free_text_message",
                                              .length = 26,
                                              .fields = text::kFields,
                                              .has_places = false};
inline constexpr MessageInfo kStartOfEndOfDaySummaryMessage{
    .type = TypeOf('A', 'A'),
    .name = "start_of_end_of_day_summary_message",
    .length = 26,
    .fields = head::kFields};
inline constexpr MessageInfo kEndOfEndOfDaySummaryMessage{
    .type = TypeOf('A', 'B'),
    .name = "end_of_end_of_day_summary_message",
    .length = 26,
    .fields = head::kFields};
inline constexpr MessageInfo kStartOfStartOfDaySummaryMessage{
    .type = TypeOf('A', 'C'),
    .name = "start_of_start_of_day_summary_message",
    .length = 26,
    .fields = head::kFields};
inline constexpr MessageInfo kEndOfStartOfDaySummaryMessage{
    .type = TypeOf('A', 'D'),
    .name = "end_of_start_of_day_summary_message",
    .length = 26,
    .fields = head::kFields};
inline constexpr MessageInfo kStartOfDayMessage{.type = TypeOf('C', 'A'),
                                                .name = "start_of_day_message",
                                                .length = 26,
                                                .fields = head::kFields};
inline constexpr MessageInfo kFinraCloseMessage{
    .type = TypeOf('C', 'C'), .name = "finra_close_message", .length = 26, .fields = head::kFields};
inline constexpr MessageInfo kResetBlockSequenceNumberMessage{
    .type = TypeOf('C', 'L'),
    .name = "reset_block_sequence_number_message",
    .length = 26,
    .fields = head::kFields};
inline constexpr MessageInfo kStartOfTestCycleMessage{.type = TypeOf('C', 'M'),
                                                      .name = "start_of_test_cycle_message",
                                                      .length = 26,
                                                      .fields = head::kFields};
inline constexpr MessageInfo kEndOfTestCycleMessage{.type = TypeOf('C', 'N'),
                                                    .name = "end_of_test_cycle_message",
                                                    .length = 26,
                                                    .fields = head::kFields};
inline constexpr MessageInfo kFinraOpenMessage{
    .type = TypeOf('C', 'O'), .name = "finra_open_message", .length = 26, .fields = head::kFields};
inline constexpr MessageInfo kDisasterRecoveryDataCenterActivationMessage{
    .type = TypeOf('C', 'P'),
    .name = "disaster_recovery_data_center_activation_message",
    .length = 26,
    .fields = head::kFields};
inline constexpr MessageInfo kLineIntegrityMessage{.type = TypeOf('C', 'T'),
                                                   .name = "line_integrity_message",
                                                   .length = 26,
                                                   .fields = head::kFields};
inline constexpr MessageInfo kEndOfDayMessage{
    .type = TypeOf('C', 'Z'), .name = "end_of_day_message", .length = 26, .fields = head::kFields};
inline constexpr MessageInfo kLongQuoteMessage{.type = TypeOf('Q', 'L'),
                                               .name = "long_quote_message",
                                               .length = 87,
                                               .fields = long_quote::kFields,
                                               .groups = kAppendages};
inline constexpr MessageInfo kShortQuoteMessage{.type = TypeOf('Q', 'Q'),
                                                .name = "short_quote_message",
                                                .length = 41,
                                                .fields = short_quote::kFields,
                                                .groups = kAppendages};
inline constexpr MessageInfo kSpecialLongQuoteMessage{.type = TypeOf('Q', 'S'),
                                                      .name = "special_long_quote_message",
                                                      .length = 120,
                                                      .fields = special_quote::kFields,
                                                      .groups = kAppendages};

inline constexpr const MessageInfo* kMessages[] = {
    &kLongTradeMessage,
    &kShortTradeMessage,
    &kTradeCancelErrorMessage,
    &kTradeCorrectionMessage,
    &kPriorDayTradeMessage,
    &kPriorDayLongTradeMessage,
    &kPriorDayTradeCancelErrorMessage,
    &kPriorDayTradeCorrectionMessage,
    &kConsolidatedEndOfDaySummaryMessage,
    &kParticipantEndOfDaySummaryMessage,
    &kApproximateAdjustedVolumeMarketCenterMessage,
    &kFractionalLongTradeMessage,
    &kFractionalShortTradeMessage,
    &kFractionalTradeCancelErrorMessage,
    &kFractionalTradeCorrectionMessage,
    &kFractionalPriorDayTradeMessage,
    &kFractionalPriorDayTradeCancelErrorMessage,
    &kFractionalPriorDayTradeCorrectionMessage,
    &kFractionalConsolidatedEndOfDaySummaryMessage,
    &kFractionalParticipantEndOfDaySummaryMessage,
    &kFractionalApproximateAdjustedVolumeMarketCenterMessage,
    &kTradingStatusMessage,
    &kAuctionStatusMessage,
    &kQuoteAuctionStatusMessage,
    &kIndexMessage,
    &kBidAndOfferIndexMessage,
    &kConsolidatedStartOfDaySummaryMessage,
    &kParticipantStartOfDaySummaryMessage,
    &kMarketWideCircuitBreakerDeclineLevelStatusMessage,
    &kMarketWideCircuitBreakerDeclineLevelsMessage,
    &kMarketWideCircuitBreakerStatusMessage,
    &kApproximateTradesAndTotalDollarValueMessage,
    &kCrossingSessionSummaryMessage,
    &kSymbolReferenceDataMessage,
    &kFreeTextMessage,
    &kStartOfEndOfDaySummaryMessage,
    &kEndOfEndOfDaySummaryMessage,
    &kStartOfStartOfDaySummaryMessage,
    &kEndOfStartOfDaySummaryMessage,
    &kStartOfDayMessage,
    &kFinraCloseMessage,
    &kResetBlockSequenceNumberMessage,
    &kStartOfTestCycleMessage,
    &kEndOfTestCycleMessage,
    &kFinraOpenMessage,
    &kDisasterRecoveryDataCenterActivationMessage,
    &kLineIntegrityMessage,
    &kEndOfDayMessage,
    &kLongQuoteMessage,
    &kShortQuoteMessage,
    &kSpecialLongQuoteMessage};

}  // namespace fh::codecs::cta

#endif  // FEEDHANDLER_CODECS_SIAC_CTA_MESSAGES_H_
