// The templates of MOEX FORTS (derivatives) FAST that the codec knows by itself, as they were in
// force in 2013. The exchange's own file takes their place where one is given (CodecOptions::schema).
//
//   absl::StatusOr<std::unique_ptr<const FastPlan>> plan = FastPlan::Build(kTemplates, "moex_forts", TagOf);
//
// Fields are named as in FIX, in snake_case. Times are decimal digits: 20130801142437941 is
// 2013-08-01 14:24:37.941, 142402462 is 14:24:02.462, both UTC. Constants; any thread.
//
// Source: the field facts of the exchange's template file; checked on captures of 2013-08-01.
#ifndef FEEDHANDLER_CODECS_MOEX_MOEX_MESSAGES_H_
#define FEEDHANDLER_CODECS_MOEX_MOEX_MESSAGES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "codecs/fast/fast_template.h"
#include "codecs/message.h"

namespace fh::codecs::moex {

using fast::FastField;
using fast::FastGroup;
using fast::FastItem;
using fast::FastTemplate;
using fast::FastType;
using fast::Field;

// What people see of items: their fields and groups.
template <const auto& kItems>
struct InfosOf {
  template <typename T, bool kGroups>
  static constexpr auto Pick() {
    constexpr size_t kCount = [] {
      size_t count = 0;
      for (const FastItem& item : kItems) count += (item.group != nullptr) == kGroups ? 1 : 0;
      return count;
    }();
    std::array<const T*, kCount> list{};
    size_t next = 0;
    for (const FastItem& item : kItems) {
      if constexpr (kGroups) {
        if (item.group != nullptr) list[next++] = item.group->info;
      } else {
        if (item.field != nullptr) list[next++] = item.field;
      }
    }
    return list;
  }
  static constexpr auto kFields = Pick<FieldInfo, false>();
  static constexpr auto kGroups = Pick<GroupInfo, true>();
};

template <const auto& kItems>
constexpr GroupInfo EntriesOf(const char* name) {
  return {.name = name,
          .block_length = {},
          .count = {},
          .announcement_bytes = 0,
          .big_endian = true,
          .fields = InfosOf<kItems>::kFields,
          .groups = InfosOf<kItems>::kGroups};
}

template <const auto& kItems>
constexpr MessageInfo MessageOf(uint32_t id, const char* name) {
  return {.type = id,
          .name = name,
          .length = 1,
          .fields = InfosOf<kItems>::kFields,
          .groups = InfosOf<kItems>::kGroups,
          .is_template = true,
          .has_places = false};
}

inline constexpr NamedValue kUpdateActions[] = {{0, "New"}, {1, "Change"}, {2, "Delete"}};

// Of all messages.
inline constexpr FastField kApplVerId = Field("appl_ver_id", FastType::kAscii).Constant("8");
inline constexpr FastField kSenderCompId =
    Field("sender_comp_id", FastType::kAscii).Constant("RTS");
inline constexpr FastField kMarketId = Field("market_id", FastType::kAscii).Constant("RTSX");
inline constexpr FastField kSecurityIdSource =
    Field("security_id_source", FastType::kUInt32).Constant("8");
constexpr FastField MessageType(const char* letters) {
  return Field("message_type", FastType::kAscii).Constant(letters);
}
inline constexpr FastField kNumber = Field("msg_seq_num", FastType::kUInt32);
inline constexpr FastField kNextNumber = kNumber.Increments();
inline constexpr FastField kSendingTime = Field("sending_time", FastType::kUInt64);
inline constexpr FastField kSendingTimeDelta = kSendingTime.Deltas();
inline constexpr FastField kSecurityId = Field("security_id", FastType::kUInt64);
inline constexpr FastField kOptionalSecurityId = kSecurityId.Optional();
inline constexpr FastField kRptSeq = Field("rpt_seq", FastType::kUInt32);
inline constexpr FastField kTotNumReports = Field("tot_num_reports", FastType::kUInt32);
inline constexpr FastField kSymbol = Field("symbol", FastType::kAscii);
inline constexpr FastField kOptionalSymbol = kSymbol.Optional();
inline constexpr FastField kMarketSegmentId = Field("market_segment_id", FastType::kAscii);
inline constexpr FastField kOptionalMarketSegmentId = kMarketSegmentId.Optional();
inline constexpr FastField kTradingSessionId = Field("trading_session_id", FastType::kUInt32);
inline constexpr FastField kOptionalTradingSessionId = kTradingSessionId.Optional();
inline constexpr FastField kExchangeSession =
    Field("exchange_trading_session_id", FastType::kUInt32).Optional();
inline constexpr FastField kSecurityTradingStatus =
    Field("security_trading_status", FastType::kUInt32).Optional();

constexpr FastField OptionalDecimal(const char* name) {
  return Field(name, FastType::kDecimal).Optional();
}
inline constexpr FastField kVolatility = OptionalDecimal("volatility");
inline constexpr FastField kHighLimitPx = OptionalDecimal("high_limit_px");
inline constexpr FastField kLowLimitPx = OptionalDecimal("low_limit_px");
inline constexpr FastField kMarginBuy = OptionalDecimal("initial_margin_on_buy");
inline constexpr FastField kMarginSell = OptionalDecimal("initial_margin_on_sell");
inline constexpr FastField kMarginSynthetic = OptionalDecimal("initial_margin_syntetic");
inline constexpr FastField kTheorPrice = OptionalDecimal("theor_price");
inline constexpr FastField kTheorPriceLimit = OptionalDecimal("theor_price_limit");

// Of entries.
inline constexpr FastField kUpdateAction =
    Field("md_update_action", FastType::kUInt32).Copies("0").Names(kUpdateActions);
inline constexpr FastField kEntryType = Field("md_entry_type", FastType::kAscii);
inline constexpr FastField kEntryTypeCopy = kEntryType.Copies();
inline constexpr FastField kEntrySecurityId = kOptionalSecurityId.Deltas();
inline constexpr FastField kEntrySymbol = kOptionalSymbol.Copies();
inline constexpr FastField kEntrySession = kExchangeSession.Copies();
inline constexpr FastField kMarketDepth = Field("market_depth", FastType::kUInt32).Optional();
inline constexpr FastField kEntryMarketDepth = kMarketDepth.Copies("1");
inline constexpr FastField kPriceLevel = Field("md_price_level", FastType::kUInt32).Optional();
inline constexpr FastField kEntryId = Field("md_entry_id", FastType::kInt64).Optional();
inline constexpr FastField kEntryPx = OptionalDecimal("md_entry_px");
inline constexpr FastField kEntrySize = Field("md_entry_size", FastType::kInt64).Optional();
inline constexpr FastField kEntrySizeDelta = kEntrySize.Deltas();
inline constexpr FastField kEntryDate =
    Field("md_entry_date", FastType::kUInt32).Optional().Deltas();
inline constexpr FastField kEntryTime = Field("md_entry_time", FastType::kUInt32).Deltas();
inline constexpr FastField kNumberOfOrders = Field("number_of_orders", FastType::kInt32).Optional();
inline constexpr FastField kEntryTradeType =
    Field("md_entry_trade_type", FastType::kAscii).Optional();
inline constexpr FastField kTrdType = Field("trd_type", FastType::kInt32).Optional();
inline constexpr FastField kLastPx = OptionalDecimal("last_px");
inline constexpr FastField kFlags = Field("md_flags", FastType::kInt32).Optional();

// 74, incremental refresh.
inline constexpr FastField kTypeX = MessageType("X");
inline constexpr FastItem kEntryItems74[] = {{&kUpdateAction},
                                             {&kEntryType},
                                             {&kEntrySecurityId},
                                             {&kSecurityIdSource},
                                             {&kEntrySymbol},
                                             {&kEntrySession},
                                             {&kRptSeq},
                                             {&kEntryMarketDepth},
                                             {&kPriceLevel},
                                             {&kEntryId},
                                             {&kEntryPx},
                                             {&kEntrySize},
                                             {&kEntryDate},
                                             {&kEntryTime},
                                             {&kNumberOfOrders},
                                             {&kEntryTradeType},
                                             {&kTrdType},
                                             {&kLastPx},
                                             {&kFlags}};
inline constexpr GroupInfo kEntriesInfo74 = EntriesOf<kEntryItems74>("md_entries");
inline constexpr FastGroup kEntries74{.info = &kEntriesInfo74, .items = kEntryItems74};
inline constexpr FastItem kItems74[] = {{&kApplVerId},        {&kTypeX},
                                        {&kSenderCompId},     {&kNextNumber},
                                        {&kSendingTimeDelta}, {nullptr, &kEntries74}};
inline constexpr MessageInfo kInfo74 =
    MessageOf<kItems74>(74, "default_incremental_refresh_message");

// 75, snapshot.
inline constexpr FastField kTypeW = MessageType("W");
inline constexpr FastField kLastProcessed = Field("last_msg_seq_num_processed", FastType::kUInt32);
inline constexpr FastItem kEntryItems75[] = {
    {&kEntryTypeCopy}, {&kEntrySession},   {&kEntryId},        {&kEntryMarketDepth},
    {&kEntryPx},       {&kEntryDate},      {&kEntryTime},      {&kEntrySizeDelta},
    {&kPriceLevel},    {&kNumberOfOrders}, {&kEntryTradeType}, {&kTrdType},
    {&kFlags}};
inline constexpr GroupInfo kEntriesInfo75 = EntriesOf<kEntryItems75>("md_entries");
inline constexpr FastGroup kEntries75{.info = &kEntriesInfo75, .items = kEntryItems75};
inline constexpr FastItem kItems75[] = {{&kApplVerId},          {&kTypeW},
                                        {&kSenderCompId},       {&kNextNumber},
                                        {&kSendingTimeDelta},   {&kRptSeq},
                                        {&kTotNumReports},      {&kLastProcessed},
                                        {&kOptionalSecurityId}, {&kSecurityIdSource},
                                        {&kOptionalSymbol},     {nullptr, &kEntries75}};
inline constexpr MessageInfo kInfo75 = MessageOf<kItems75>(75, "default_snapshot_message");

// 79, security definition.
inline constexpr FastField kTypeD = MessageType("d");
inline constexpr FastField kSecurityDesc = Field("security_desc", FastType::kUnicode).Optional();
inline constexpr FastField kAltId = Field("security_alt_id", FastType::kAscii).Optional();
inline constexpr FastField kAltIdSource =
    Field("security_alt_id_source", FastType::kAscii).Optional();
inline constexpr FastField kSecurityType = Field("security_type", FastType::kAscii).Optional();
inline constexpr FastField kCfiCode = Field("cfi_code", FastType::kAscii).Optional();
inline constexpr FastField kStrikePrice = OptionalDecimal("strike_price");
inline constexpr FastField kContractMultiplier = OptionalDecimal("contract_multiplier");
inline constexpr FastField kCurrency = Field("currency", FastType::kAscii).Optional().Copies();
inline constexpr FastField kFeedType = Field("md_feed_type", FastType::kAscii);
inline constexpr FastField kBookType = Field("md_book_type", FastType::kUInt32).Optional();
inline constexpr FastItem kFeedTypeItems[] = {{&kFeedType}, {&kMarketDepth}, {&kBookType}};
inline constexpr GroupInfo kFeedTypesInfo = EntriesOf<kFeedTypeItems>("md_feed_types");
inline constexpr FastGroup kFeedTypes{.info = &kFeedTypesInfo, .items = kFeedTypeItems};
inline constexpr FastField kUnderlyingSymbol = Field("underlying_symbol", FastType::kAscii);
inline constexpr FastField kUnderlyingId =
    Field("underlying_security_id", FastType::kUInt64).Optional();
inline constexpr FastItem kUnderlyingItems[] = {{&kUnderlyingSymbol}, {&kUnderlyingId}};
inline constexpr GroupInfo kUnderlyingsInfo = EntriesOf<kUnderlyingItems>("underlyings");
inline constexpr FastGroup kUnderlyings{
    .info = &kUnderlyingsInfo, .items = kUnderlyingItems, .optional = true};
inline constexpr FastField kMinPriceIncrement = OptionalDecimal("min_price_increment");
inline constexpr FastField kMinPriceIncrementAmount = OptionalDecimal("min_price_increment_amount");
inline constexpr FastField kQuotationList = Field("quotation_list", FastType::kAscii).Optional();
inline constexpr FastField kLegSymbol = Field("leg_symbol", FastType::kAscii);
inline constexpr FastField kLegSecurityId = Field("leg_security_id", FastType::kUInt64);
inline constexpr FastField kLegRatioQty = Field("leg_ratio_qty", FastType::kDecimal);
inline constexpr FastItem kLegItems[] = {{&kLegSymbol}, {&kLegSecurityId}, {&kLegRatioQty}};
inline constexpr GroupInfo kLegsInfo = EntriesOf<kLegItems>("instrument_legs");
inline constexpr FastGroup kLegs{.info = &kLegsInfo, .items = kLegItems, .optional = true};
inline constexpr FastField kAttributeType = Field("instr_attrib_type", FastType::kInt32);
inline constexpr FastField kAttributeValue = Field("instr_attrib_value", FastType::kAscii);
inline constexpr FastItem kAttributeItems[] = {{&kAttributeType}, {&kAttributeValue}};
inline constexpr GroupInfo kAttributesInfo = EntriesOf<kAttributeItems>("instrument_attributes");
inline constexpr FastGroup kAttributes{
    .info = &kAttributesInfo, .items = kAttributeItems, .optional = true};
inline constexpr FastField kUnderlyingQty = OptionalDecimal("underlying_qty");
inline constexpr FastField kUnderlyingCurrency =
    Field("underlying_currency", FastType::kAscii).Optional();
inline constexpr FastField kEventType = Field("event_type", FastType::kInt32);
inline constexpr FastField kEventDate = Field("event_date", FastType::kUInt32);
inline constexpr FastField kEventTime = Field("event_time", FastType::kUInt64);
inline constexpr FastItem kEventItems[] = {{&kEventType}, {&kEventDate}, {&kEventTime}};
inline constexpr GroupInfo kEventsInfo = EntriesOf<kEventItems>("evnt_grp");
inline constexpr FastGroup kEvents{.info = &kEventsInfo, .items = kEventItems, .optional = true};
inline constexpr FastField kMaturityDate = Field("maturity_date", FastType::kUInt32).Optional();
inline constexpr FastField kMaturityTime = Field("maturity_time", FastType::kUInt32).Optional();
inline constexpr FastItem kItems79[] = {{&kApplVerId},
                                        {&kTypeD},
                                        {&kSenderCompId},
                                        {&kNumber},
                                        {&kSendingTime},
                                        {&kTotNumReports},
                                        {&kSymbol},
                                        {&kSecurityDesc},
                                        {&kSecurityId},
                                        {&kSecurityIdSource},
                                        {&kAltId},
                                        {&kAltIdSource},
                                        {&kSecurityType},
                                        {&kCfiCode},
                                        {&kStrikePrice},
                                        {&kContractMultiplier},
                                        {&kSecurityTradingStatus},
                                        {&kCurrency},
                                        {&kMarketId},
                                        {&kMarketSegmentId},
                                        {&kOptionalTradingSessionId},
                                        {&kExchangeSession},
                                        {&kVolatility},
                                        {nullptr, &kFeedTypes},
                                        {nullptr, &kUnderlyings},
                                        {&kHighLimitPx},
                                        {&kLowLimitPx},
                                        {&kMinPriceIncrement},
                                        {&kMinPriceIncrementAmount},
                                        {&kMarginBuy},
                                        {&kMarginSell},
                                        {&kMarginSynthetic},
                                        {&kQuotationList},
                                        {&kTheorPrice},
                                        {&kTheorPriceLimit},
                                        {nullptr, &kLegs},
                                        {nullptr, &kAttributes},
                                        {&kUnderlyingQty},
                                        {&kUnderlyingCurrency},
                                        {nullptr, &kEvents},
                                        {&kMaturityDate},
                                        {&kMaturityTime}};
inline constexpr MessageInfo kInfo79 = MessageOf<kItems79>(79, "security_definition");

// 77, what changes of a definition.
inline constexpr FastField kTypeBp = MessageType("BP");
inline constexpr FastItem kItems77[] = {
    {&kApplVerId},  {&kTypeBp},           {&kSenderCompId}, {&kNumber},     {&kSendingTime},
    {&kSecurityId}, {&kSecurityIdSource}, {&kVolatility},   {&kTheorPrice}, {&kTheorPriceLimit}};
inline constexpr MessageInfo kInfo77 = MessageOf<kItems77>(77, "security_definition_update_report");

// 78, security status.
inline constexpr FastField kTypeF = MessageType("f");
inline constexpr FastItem kItems78[] = {
    {&kApplVerId},        {&kTypeF},          {&kSenderCompId},
    {&kNumber},           {&kSendingTime},    {&kSecurityId},
    {&kSecurityIdSource}, {&kSymbol},         {&kSecurityTradingStatus},
    {&kHighLimitPx},      {&kLowLimitPx},     {&kMarginBuy},
    {&kMarginSell},       {&kMarginSynthetic}};
inline constexpr MessageInfo kInfo78 = MessageOf<kItems78>(78, "security_status");

// 44, heartbeat.
inline constexpr FastField kType0 = MessageType("0");
inline constexpr FastItem kItems44[] = {
    {&kApplVerId}, {&kType0}, {&kSenderCompId}, {&kNumber}, {&kSendingTime}};
inline constexpr MessageInfo kInfo44 = MessageOf<kItems44>(44, "heartbeat");

// 49, sequence reset.
inline constexpr FastField kType4 = MessageType("4");
inline constexpr FastField kNewSeqNo = Field("new_seq_no", FastType::kUInt32);
inline constexpr FastItem kItems49[] = {
    {&kApplVerId}, {&kType4}, {&kSenderCompId}, {&kNumber}, {&kSendingTimeDelta}, {&kNewSeqNo}};
inline constexpr MessageInfo kInfo49 = MessageOf<kItems49>(49, "sequence_reset");

// 66, trading session status.
inline constexpr FastField kTypeH = MessageType("h");
inline constexpr FastField kOpenTime = Field("trad_ses_open_time", FastType::kUInt64).Deltas();
inline constexpr FastField kCloseTime = Field("trad_ses_close_time", FastType::kUInt64).Deltas();
inline constexpr FastField kClearingStart =
    Field("trad_ses_interm_clearing_start_time", FastType::kUInt64).Optional().Deltas();
inline constexpr FastField kClearingEnd =
    Field("trad_ses_interm_clearing_end_time", FastType::kUInt64).Optional().Deltas();
inline constexpr FastField kTradSesStatus = Field("trad_ses_status", FastType::kUInt32);
inline constexpr FastField kTradSesEvent = Field("trad_ses_event", FastType::kInt32).Optional();
inline constexpr FastItem kItems66[] = {{&kApplVerId},        {&kTypeH},
                                        {&kSenderCompId},     {&kNumber},
                                        {&kSendingTimeDelta}, {&kOpenTime},
                                        {&kCloseTime},        {&kClearingStart},
                                        {&kClearingEnd},      {&kTradingSessionId},
                                        {&kExchangeSession},  {&kTradSesStatus},
                                        {&kMarketId},         {&kMarketSegmentId},
                                        {&kTradSesEvent}};
inline constexpr MessageInfo kInfo66 = MessageOf<kItems66>(66, "trading_session_status");

// 303, news.
inline constexpr FastField kTypeB = MessageType("B");
inline constexpr FastField kNewsId = Field("news_id", FastType::kAscii).Optional();
inline constexpr FastField kOrigTime = Field("orig_time", FastType::kUInt64).Optional().Deltas();
inline constexpr FastField kLanguageCode = Field("language_code", FastType::kAscii).Optional();
inline constexpr FastField kUrgency = Field("urgency", FastType::kUInt32).Optional().Copies("0");
inline constexpr FastField kHeadline = Field("headline", FastType::kUnicode);
inline constexpr FastField kText = Field("text", FastType::kUnicode);
inline constexpr FastItem kNewsTextItems[] = {{&kText}};
inline constexpr GroupInfo kNewsTextInfo = EntriesOf<kNewsTextItems>("news_text");
inline constexpr FastGroup kNewsText{.info = &kNewsTextInfo, .items = kNewsTextItems};
inline constexpr FastItem kItems303[] = {
    {&kApplVerId},        {&kTypeB},    {&kSenderCompId}, {&kNextNumber},
    {&kSendingTimeDelta}, {&kNewsId},   {&kOrigTime},     {&kLanguageCode},
    {&kUrgency},          {&kHeadline}, {&kMarketId},     {&kOptionalMarketSegmentId},
    {nullptr, &kNewsText}};
inline constexpr MessageInfo kInfo303 = MessageOf<kItems303>(303, "news");

// 120, in front of the message of each datagram: forget what operators lean on.
inline constexpr std::array<FastItem, 0> kItems120{};
inline constexpr MessageInfo kInfo120 = MessageOf<kItems120>(120, "reset");

inline constexpr FastTemplate kTemplate74{&kInfo74, kItems74, "74"};
inline constexpr FastTemplate kTemplate75{&kInfo75, kItems75, "75"};
inline constexpr FastTemplate kTemplate79{&kInfo79, kItems79, "79"};
inline constexpr FastTemplate kTemplate77{&kInfo77, kItems77, "77"};
inline constexpr FastTemplate kTemplate78{&kInfo78, kItems78, "78"};
inline constexpr FastTemplate kTemplate44{&kInfo44, kItems44, "44"};
inline constexpr FastTemplate kTemplate49{&kInfo49, kItems49, "49"};
inline constexpr FastTemplate kTemplate66{&kInfo66, kItems66, "66"};
inline constexpr FastTemplate kTemplate303{&kInfo303, kItems303, "303"};
inline constexpr FastTemplate kTemplate120{&kInfo120, kItems120, "120", /*resets=*/true};

inline constexpr const FastTemplate* kTemplates[] = {
    &kTemplate74, &kTemplate75, &kTemplate79, &kTemplate77,  &kTemplate78,
    &kTemplate44, &kTemplate49, &kTemplate66, &kTemplate303, &kTemplate120};
inline constexpr const MessageInfo* kMessages[] = {&kInfo74,  &kInfo75, &kInfo79, &kInfo77,
                                                   &kInfo78,  &kInfo44, &kInfo49, &kInfo66,
                                                   &kInfo303, &kInfo120};

}  // namespace fh::codecs::moex

#endif  // FEEDHANDLER_CODECS_MOEX_MOEX_MESSAGES_H_
