#include "codecs/eurex/eobi_messages.h"

#include <algorithm>

namespace fh::codecs::eurex {
namespace {

// The longest of these layouts that a message can have, the shortest first.
template <typename... Layouts>
const MessageInfo* ByLength(uint32_t length, const MessageInfo& shortest,
                            const Layouts&... longer) {
  const MessageInfo* found = &shortest;
  ((found = length >= longer.length ? &longer : found), ...);
  return found;
}

// Whether eight bytes hold a quantity of 64 bits in 1e-4, rather than, in the upper four, one of 32
// bits in whole units: that is never 0 for an execution, and the number below it is arbitrary.
bool IsLongQuantity(uint64_t bytes) {
  constexpr uint64_t kScale = 10'000;
  return bytes >> 32 == 0 || bytes % kScale == 0;
}

uint64_t EightBytes(const uint8_t* message, uint16_t offset) {
  return LittleEndian<uint64_t>("", offset)(message);
}

// Both layouts have the same length.
const MessageInfo* Execution(const uint8_t* message, const MessageInfo* older,
                             const MessageInfo* newer) {
  if (kBodyLen(message) < newer->length) return older;
  // Match numbers begin with 1; what stands there in the older layout is padding.
  const bool is_newer = FullOrderExecution13::kTrdMatchId(message) != 0 &&
                        IsLongQuantity(EightBytes(message, FullOrderExecution13::kLastQty.offset));
  return is_newer ? newer : older;
}

// Of a group: `count` entries of `bytes` behind `first`, or room for the most of them.
bool HasRoom(uint32_t length, uint32_t first, uint32_t bytes, uint32_t count, uint32_t most) {
  return length == first + bytes * count || length == first + bytes * most;
}

const MessageInfo* FindReversal(const uint8_t* message) {
  using New = TradeReversal13;
  using Old = TradeReversal6;
  const uint32_t length = kBodyLen(message);
  if (length < New::kInfo.length) return &New::kInfo;
  constexpr uint32_t kMost = 15;
  const bool is_new =
      HasRoom(length, New::kInfo.length, New::kEntryBytes, New::kNoMdEntries(message), kMost);
  const bool is_old =
      HasRoom(length, Old::kInfo.length, Old::kEntryBytes, Old::kNoMdEntries(message), kMost);
  if (is_new != is_old) return is_new ? &New::kInfo : &Old::kInfo;
  return IsLongQuantity(EightBytes(message, New::kLastQty.offset)) ? &New::kInfo : &Old::kInfo;
}

const MessageInfo* FindComplex(const uint8_t* message) {
  using New = AddComplexInstrument13;
  using Old = AddComplexInstrument6;
  const uint32_t length = kBodyLen(message);
  constexpr uint32_t kMost = 20;
  if (length < New::kInfo.length) return &Old::kInfo;
  const bool is_new =
      HasRoom(length, New::kInfo.length, New::kEntryBytes, New::kNoLegs(message), kMost);
  return is_new ? &New::kInfo : &Old::kInfo;
}

// Null for 7.0 to 11, whose entries have 24 bytes.
const MessageInfo* FindSummary(uint32_t length) {
  constexpr uint32_t kOfRelease3 = 40 + 11 * 16;
  if (length == kOfRelease3) return &InstrumentSummary3::kInfo;
  if (length % 16 == 8) {
    constexpr uint32_t kMostOfRelease6 = 40 + 15 * 16;
    return length <= kMostOfRelease6 ? &InstrumentSummary6::kInfo : nullptr;
  }
  return length % 32 == 0 ? &InstrumentSummary13::kInfo : nullptr;
}

}  // namespace

const MessageInfo* FindMessage(const uint8_t* message) {
  const uint32_t length = kBodyLen(message);
  switch (kTemplateId(message)) {
    case 13001:
      return &Heartbeat::kInfo;
    case 13100:
      return ByLength(length, OrderAdd6::kInfo, OrderAdd13::kInfo);
    case 13101:
      return ByLength(length, OrderModify6::kInfo, OrderModify13::kInfo);
    case 13102:
      return ByLength(length, OrderDelete6::kInfo, OrderDelete13::kInfo);
    case 13103:
      return &OrderMassDelete::kInfo;
    case 13104:
      return Execution(message, &FullOrderExecution6::kInfo, &FullOrderExecution13::kInfo);
    case 13105:
      return Execution(message, &PartialOrderExecution6::kInfo, &PartialOrderExecution13::kInfo);
    case 13106:
      return ByLength(length, OrderModifySamePrio6::kInfo, OrderModifySamePrio13::kInfo);
    case 13200:
      return FindReversal(message);
    case 13201:
      return ByLength(length, TradeReport6::kInfo, TradeReport13::kInfo);
    case 13202:
      return ByLength(length, ExecutionSummary2::kInfo, ExecutionSummary6::kInfo,
                      ExecutionSummary7::kInfo, ExecutionSummary13::kInfo);
    case 13203:
      return &TesTradeReport::kInfo;
    case 13300:
      return &ProductStateChange::kInfo;
    case 13301:
      return ByLength(length, InstrumentStateChange6::kInfo, InstrumentStateChange13::kInfo);
    case 13302:
      return &MassInstrumentStateChange::kInfo;
    case 13400:
      return FindComplex(message);
    case 13401:
      return &AddFlexibleInstrument::kInfo;
    case 13402:
      return &AddScaledSimpleInstrument::kInfo;
    case 13500:
      return ByLength(length, AuctionBbo3::kInfo, AuctionBbo6::kInfo, AuctionBbo13::kInfo);
    case 13501:
      return ByLength(length, AuctionClearingPrice3::kInfo, AuctionClearingPrice6::kInfo,
                      AuctionClearingPrice13::kInfo);
    case 13502:
      return ByLength(length, CrossRequest6::kInfo, CrossRequest13::kInfo);
    case 13503:
      return ByLength(length, QuoteRequest6::kInfo, QuoteRequest13::kInfo);
    case 13504:
      return ByLength(length, TopOfBook6::kInfo, TopOfBook13::kInfo);
    case 13600:
      return ByLength(length, ProductSummary3::kInfo, ProductSummary::kInfo);
    case 13601:
      return FindSummary(length);
    case 13602:
      return ByLength(length, SnapshotOrder6::kInfo, SnapshotOrder13::kInfo);
    default:
      return nullptr;
  }
}

namespace {

template <typename M>
EntryPlace PlaceOf(const uint8_t* message) {
  const uint32_t whole = (kBodyLen(message) - M::kInfo.length) / M::kEntryBytes;
  return {.count = std::min<uint32_t>(M::kEntryCount(message), whole),
          .first = M::kInfo.length,
          .bytes = M::kEntryBytes};
}

}  // namespace

EntryPlace EntriesOf(const MessageInfo& info, const uint8_t* message) {
  if (&info == &InstrumentSummary13::kInfo) return PlaceOf<InstrumentSummary13>(message);
  if (&info == &InstrumentSummary6::kInfo) return PlaceOf<InstrumentSummary6>(message);
  if (&info == &InstrumentSummary3::kInfo) return PlaceOf<InstrumentSummary3>(message);
  if (&info == &TradeReversal13::kInfo) return PlaceOf<TradeReversal13>(message);
  if (&info == &TradeReversal6::kInfo) return PlaceOf<TradeReversal6>(message);
  if (&info == &AddComplexInstrument13::kInfo) return PlaceOf<AddComplexInstrument13>(message);
  if (&info == &AddComplexInstrument6::kInfo) return PlaceOf<AddComplexInstrument6>(message);
  if (&info == &MassInstrumentStateChange::kInfo) {
    return PlaceOf<MassInstrumentStateChange>(message);
  }
  return {};
}

}  // namespace fh::codecs::eurex
