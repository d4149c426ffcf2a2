// The messages of OPRA, versions 6 and before of its binary interface: every field declared once, read by
// opra_decoder.cc and printed by `feedhandler decode`.
//
//   const uint32_t volume = opra::last_sale::kVolume(message);   // `message` points at its participant.
//   for (const MessageInfo* info : opra::kMessages) Print(info->name);
//
// Big-endian; offsets count from the message's first byte, its participant. How long a message is its
// category says and, of quotes, the indicator: they have no length. Prices are integers; how many decimals
// they have a letter before them says (DecimalsOf). Constants only: any thread, no cost.
//
// Source: "OPRA Pillar Output Specification", 4.0 to 6.2.
#ifndef FEEDHANDLER_CODECS_SIAC_OPRA_MESSAGES_H_
#define FEEDHANDLER_CODECS_SIAC_OPRA_MESSAGES_H_

#include <cstdint>
#include <span>

#include "codecs/message.h"

namespace fh::codecs::opra {

using U8 = BigEndian<uint8_t>;
using U16 = BigEndian<uint16_t>;
using U32 = BigEndian<uint32_t>;

// Its decimals are those of the letter before it.
struct Price : BigEndian<int32_t> {
  constexpr Price(const char* field_name, uint16_t field_offset)
      : BigEndian<int32_t>(field_name, field_offset, FieldKind::kDecimal) {}
};
struct LongPrice : BigEndian<int64_t> {
  constexpr LongPrice(const char* field_name, uint16_t field_offset)
      : BigEndian<int64_t>(field_name, field_offset, FieldKind::kDecimal) {}
};
struct ShortStrike : U16 {
  constexpr ShortStrike(const char* field_name, uint16_t field_offset)
      : U16(field_name, field_offset, FieldKind::kDecimal, 1) {}
};
struct ShortPrice : U16 {
  constexpr ShortPrice(const char* field_name, uint16_t field_offset)
      : U16(field_name, field_offset, FieldKind::kDecimal, 2) {}
};

inline constexpr uint8_t kUnknownDecimals = 255;

// A to H: one to eight; I: none.
constexpr uint8_t DecimalsOf(char denominator) {
  if (denominator == 'I') return 0;
  return denominator >= 'A' && denominator <= 'H' ? static_cast<uint8_t>(denominator - 'A' + 1)
                                                  : kUnknownDecimals;
}

inline constexpr Letter kParticipantId{"participant_id", 0};
inline constexpr Letter kMessageCategory{"message_category", 1};
inline constexpr Letter kMessageType{"message_type", 2};
inline constexpr Letter kMessageIndicator{"message_indicator", 3};
inline constexpr U32 kTransactionId{"transaction_id", 4};
inline constexpr U32 kParticipantReferenceNumber{"participant_reference_number", 8};
inline constexpr uint32_t kMessageHeaderBytes = 12;

// What stands behind a quote when it changes the best of all markets.
namespace appendage {
inline constexpr Letter kParticipant{"participant_id", 0};
inline constexpr Letter kDenominator{"denominator_code", 1};
inline constexpr Price kPrice{"price", 2};
inline constexpr U32 kSize{"size", 6};
inline constexpr uint32_t kBytes = 10;
inline constexpr const FieldInfo* kFields[] = {&kParticipant, &kDenominator, &kPrice, &kSize};
}  // namespace appendage

// An appendage is there or not: nothing announces it but the quote's indicator.
inline constexpr GroupInfo kBestBid{.name = "best_bid_appendage",
                                    .block_length = {},
                                    .count = {},
                                    .announcement_bytes = 0,
                                    .big_endian = true,
                                    .fields = appendage::kFields};
inline constexpr GroupInfo kBestOffer{.name = "best_offer_appendage",
                                      .block_length = {},
                                      .count = {},
                                      .announcement_bytes = 0,
                                      .big_endian = true,
                                      .fields = appendage::kFields};
inline constexpr const GroupInfo* kAppendages[] = {&kBestBid, &kBestOffer};

namespace last_sale {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 12, 5};
inline constexpr U8 kReserved1{"reserved_1", 17};
inline constexpr Letter kExpirationMonth{"expiration_month", 18};
inline constexpr U8 kExpirationDay{"expiration_day", 19};
inline constexpr U8 kExpirationYear{"expiration_year", 20};
inline constexpr Letter kStrikePriceDenominatorCode{"strike_price_denominator_code", 21};
inline constexpr Price kStrikePrice{"strike_price", 22};
inline constexpr U32 kVolume{"volume", 26};
inline constexpr Letter kPremiumPriceDenominatorCode{"premium_price_denominator_code", 30};
inline constexpr Price kPremiumPrice{"premium_price", 31};
inline constexpr U32 kTradeIdentifier{"trade_identifier", 35};
inline constexpr U32 kReserved4{"reserved_4", 39};
inline constexpr const FieldInfo* kFields[] = {
    &kParticipantId,    &kMessageCategory, &kMessageType,
    &kMessageIndicator, &kTransactionId,   &kParticipantReferenceNumber,
    &kSecuritySymbol,   &kReserved1,       &kExpirationMonth,
    &kExpirationDay,    &kExpirationYear,  &kStrikePriceDenominatorCode,
    &kStrikePrice,      &kVolume,          &kPremiumPriceDenominatorCode,
    &kPremiumPrice,     &kTradeIdentifier, &kReserved4};
}  // namespace last_sale

namespace open_interest {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 12, 5};
inline constexpr U8 kReserved1{"reserved_1", 17};
inline constexpr Letter kExpirationMonth{"expiration_month", 18};
inline constexpr U8 kExpirationDay{"expiration_day", 19};
inline constexpr U8 kExpirationYear{"expiration_year", 20};
inline constexpr Letter kStrikePriceDenominatorCode{"strike_price_denominator_code", 21};
inline constexpr Price kStrikePrice{"strike_price", 22};
inline constexpr U32 kOpenInterestVolume{"open_interest_volume", 26};
inline constexpr const FieldInfo* kFields[] = {
    &kParticipantId,    &kMessageCategory,   &kMessageType,
    &kMessageIndicator, &kTransactionId,     &kParticipantReferenceNumber,
    &kSecuritySymbol,   &kReserved1,         &kExpirationMonth,
    &kExpirationDay,    &kExpirationYear,    &kStrikePriceDenominatorCode,
    &kStrikePrice,      &kOpenInterestVolume};
}  // namespace open_interest

namespace day {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 12, 5};
inline constexpr U8 kReserved1{"reserved_1", 17};
inline constexpr Letter kExpirationMonth{"expiration_month", 18};
inline constexpr U8 kExpirationDay{"expiration_day", 19};
inline constexpr U8 kExpirationYear{"expiration_year", 20};
inline constexpr Letter kStrikePriceDenominatorCode{"strike_price_denominator_code", 21};
inline constexpr Price kStrikePrice{"strike_price", 22};
inline constexpr U32 kVolume{"volume", 26};
inline constexpr U32 kOpenInterestVolume{"open_interest_volume", 30};
inline constexpr Letter kPremiumPriceDenominatorCode{"premium_price_denominator_code", 34};
inline constexpr Price kOpenPrice{"open_price", 35};
inline constexpr Price kHighPrice{"high_price", 39};
inline constexpr Price kLowPrice{"low_price", 43};
inline constexpr Price kLastPrice{"last_price", 47};
inline constexpr Price kNetChange{"net_change", 51};
inline constexpr Letter kUnderlyingPriceDenominatorCode{"underlying_price_denominator_code", 55};
inline constexpr LongPrice kUnderlyingPrice{"underlying_price", 56};
inline constexpr Price kBidPrice{"bid_price", 64};
inline constexpr Price kOfferPrice{"offer_price", 68};
inline constexpr const FieldInfo* kFields[] = {
    &kParticipantId,      &kMessageCategory,
    &kMessageType,        &kMessageIndicator,
    &kTransactionId,      &kParticipantReferenceNumber,
    &kSecuritySymbol,     &kReserved1,
    &kExpirationMonth,    &kExpirationDay,
    &kExpirationYear,     &kStrikePriceDenominatorCode,
    &kStrikePrice,        &kVolume,
    &kOpenInterestVolume, &kPremiumPriceDenominatorCode,
    &kOpenPrice,          &kHighPrice,
    &kLowPrice,           &kLastPrice,
    &kNetChange,          &kUnderlyingPriceDenominatorCode,
    &kUnderlyingPrice,    &kBidPrice,
    &kOfferPrice};
}  // namespace day

namespace long_quote {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 12, 5};
inline constexpr U8 kReserved1{"reserved_1", 17};
inline constexpr Letter kExpirationMonth{"expiration_month", 18};
inline constexpr U8 kExpirationDay{"expiration_day", 19};
inline constexpr U8 kExpirationYear{"expiration_year", 20};
inline constexpr Letter kStrikePriceDenominatorCode{"strike_price_denominator_code", 21};
inline constexpr Price kStrikePrice{"strike_price", 22};
inline constexpr Letter kPremiumPriceDenominatorCode{"premium_price_denominator_code", 26};
inline constexpr Price kBidPrice{"bid_price", 27};
inline constexpr U32 kBidSize{"bid_size", 31};
inline constexpr Price kOfferPrice{"offer_price", 35};
inline constexpr U32 kOfferSize{"offer_size", 39};
inline constexpr const FieldInfo* kFields[] = {&kParticipantId,   &kMessageCategory,
                                               &kMessageType,     &kMessageIndicator,
                                               &kTransactionId,   &kParticipantReferenceNumber,
                                               &kSecuritySymbol,  &kReserved1,
                                               &kExpirationMonth, &kExpirationDay,
                                               &kExpirationYear,  &kStrikePriceDenominatorCode,
                                               &kStrikePrice,     &kPremiumPriceDenominatorCode,
                                               &kBidPrice,        &kBidSize,
                                               &kOfferPrice,      &kOfferSize};
}  // namespace long_quote

namespace short_quote {
inline constexpr Alpha kSecuritySymbolShort{"security_symbol_short", 12, 4};
inline constexpr Letter kExpirationMonth{"expiration_month", 16};
inline constexpr U8 kExpirationDay{"expiration_day", 17};
inline constexpr U8 kExpirationYear{"expiration_year", 18};
inline constexpr ShortStrike kStrikePriceShort{"strike_price_short", 19};
inline constexpr ShortPrice kBidPriceShort{"bid_price_short", 21};
inline constexpr U16 kBidSizeShort{"bid_size_short", 23};
inline constexpr ShortPrice kOfferPriceShort{"offer_price_short", 25};
inline constexpr U16 kOfferSizeShort{"offer_size_short", 27};
inline constexpr const FieldInfo* kFields[] = {
    &kParticipantId,       &kMessageCategory,  &kMessageType,
    &kMessageIndicator,    &kTransactionId,    &kParticipantReferenceNumber,
    &kSecuritySymbolShort, &kExpirationMonth,  &kExpirationDay,
    &kExpirationYear,      &kStrikePriceShort, &kBidPriceShort,
    &kBidSizeShort,        &kOfferPriceShort,  &kOfferSizeShort};
}  // namespace short_quote

namespace administrative {
inline constexpr U16 kMessageDataLength{"message_data_length", 12};
inline constexpr Alpha kMessageData{"message_data", 14, 1};
inline constexpr const FieldInfo* kFields[] = {&kParticipantId,     &kMessageCategory,
                                               &kMessageType,       &kMessageIndicator,
                                               &kTransactionId,     &kParticipantReferenceNumber,
                                               &kMessageDataLength, &kMessageData};
}  // namespace administrative

namespace control {
inline constexpr const FieldInfo* kFields[] = {&kParticipantId, &kMessageCategory,
                                               &kMessageType,   &kMessageIndicator,
                                               &kTransactionId, &kParticipantReferenceNumber};
}  // namespace control

namespace series {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 12, 5};
inline constexpr Letter kExpirationMonth{"expiration_month", 17};
inline constexpr U8 kExpirationDay{"expiration_day", 18};
inline constexpr U8 kExpirationYear{"expiration_year", 19};
inline constexpr Letter kStrikePriceDenominatorCode{"strike_price_denominator_code", 20};
inline constexpr Price kStrikePrice{"strike_price", 21};
inline constexpr U16 kLineNumber{"line_number", 25};
inline constexpr Alpha kReserved128{"reserved_128", 27, 128};
inline constexpr const FieldInfo* kFields[] = {&kParticipantId,
                                               &kMessageCategory,
                                               &kMessageType,
                                               &kMessageIndicator,
                                               &kTransactionId,
                                               &kParticipantReferenceNumber,
                                               &kSecuritySymbol,
                                               &kExpirationMonth,
                                               &kExpirationDay,
                                               &kExpirationYear,
                                               &kStrikePriceDenominatorCode,
                                               &kStrikePrice,
                                               &kLineNumber,
                                               &kReserved128};
}  // namespace series

namespace underlying {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 12, 5};
inline constexpr U8 kReserved1{"reserved_1", 17};
inline constexpr Letter kIndexValueDenominatorCode{"index_value_denominator_code", 18};
inline constexpr Price kIndexValue{"index_value", 19};
inline constexpr U32 kReserved4{"reserved_4", 23};
inline constexpr const FieldInfo* kFields[] = {
    &kParticipantId,    &kMessageCategory, &kMessageType,
    &kMessageIndicator, &kTransactionId,   &kParticipantReferenceNumber,
    &kSecuritySymbol,   &kReserved1,       &kIndexValueDenominatorCode,
    &kIndexValue,       &kReserved4};
}  // namespace underlying

namespace underlying_quote {
inline constexpr Alpha kSecuritySymbol{"security_symbol", 12, 5};
inline constexpr U8 kReserved1{"reserved_1", 17};
inline constexpr Letter kIndexValueDenominatorCode{"index_value_denominator_code", 18};
inline constexpr Price kBidIndexValue{"bid_index_value", 19};
inline constexpr Price kOfferIndexValue{"offer_index_value", 23};
inline constexpr const FieldInfo* kFields[] = {
    &kParticipantId,    &kMessageCategory, &kMessageType,
    &kMessageIndicator, &kTransactionId,   &kParticipantReferenceNumber,
    &kSecuritySymbol,   &kReserved1,       &kIndexValueDenominatorCode,
    &kBidIndexValue,    &kOfferIndexValue};
}  // namespace underlying_quote

inline constexpr MessageInfo kLastSaleMessage{.type = 'a',
                                              .name = "equity_and_index_last_sale_message",
                                              .length = 43,
                                              .fields = last_sale::kFields};
inline constexpr MessageInfo kOpenInterestMessage{
    .type = 'd', .name = "open_interest_message", .length = 30, .fields = open_interest::kFields};
inline constexpr MessageInfo kDayMessage{.type = 'f',
                                         .name = "equity_and_index_end_of_day_summary_message",
                                         .length = 72,
                                         .fields = day::kFields};
inline constexpr MessageInfo kLongQuoteMessage{.type = 'k',
                                               .name = "long_equity_and_index_quote_message",
                                               .length = 43,
                                               .fields = long_quote::kFields,
                                               .groups = kAppendages};
inline constexpr MessageInfo kShortQuoteMessage{.type = 'q',
                                                .name = "short_equity_and_index_quote_message",
                                                .length = 29,
                                                .fields = short_quote::kFields,
                                                .groups = kAppendages};
inline constexpr MessageInfo kAdministrativeMessage{.type = 'C',
                                                    .name = "administrative_message",
                                                    .length = 14,
                                                    .fields = administrative::kFields,
                                                    .has_places = false};
inline constexpr MessageInfo kControlMessage{
    .type = 'H', .name = "control_message", .length = 12, .fields = control::kFields};
inline constexpr MessageInfo kSeriesMessage{
    .type = 'R', .name = "series_map_message", .length = 155, .fields = series::kFields};
inline constexpr MessageInfo kUnderlyingMessage{.type = 'Y',
                                                .name = "underlying_value_last_sale_message",
                                                .length = 27,
                                                .fields = underlying::kFields};
inline constexpr MessageInfo kUnderlyingQuoteMessage{
    .type = 'Y' << 8 | 'I',
    .name = "underlying_value_bid_and_offer_message",
    .length = 27,
    .fields = underlying_quote::kFields};

inline constexpr const MessageInfo* kMessages[] = {
    &kLastSaleMessage,   &kOpenInterestMessage,   &kDayMessage,     &kLongQuoteMessage,
    &kShortQuoteMessage, &kAdministrativeMessage, &kControlMessage, &kSeriesMessage,
    &kUnderlyingMessage, &kUnderlyingQuoteMessage};

// How long the message at `message` is, of which `room` bytes are left in the block; 0 when it does not fit
// or nobody knows its category or indicator. Reads nothing beyond the room.
uint32_t MessageBytes(const uint8_t* message, uint32_t room);

}  // namespace fh::codecs::opra

#endif  // FEEDHANDLER_CODECS_SIAC_OPRA_MESSAGES_H_
