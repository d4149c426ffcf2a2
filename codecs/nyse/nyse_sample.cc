#include "codecs/nyse/nyse_sample.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "codecs/sample_random.h"

namespace fh::codecs::nyse {

namespace {

struct SampleSymbol {
  uint32_t index;
  const char* name;
  uint8_t system;
  uint8_t scale;
};
constexpr std::array<SampleSymbol, 4> kSymbols{
    {{77, "ABC", 5, 4}, {331, "ZVZZT", 19, 6}, {460, "BRK A", 5, 3}, {589, "NTEST.A", 7, 4}}};
// Series, whose root is the symbol of the same place.
constexpr std::array<uint32_t, 4> kSeriesIndices{101, 202, 303, 404};
constexpr uint8_t kSeriesScale = 4;

constexpr uint32_t kSampleSeconds = 1'700'000'000;

// The letters that a field may hold; null for a field without such a list.
const char* LettersOf(const FieldInfo* field) {
  struct Letters {
    const FieldInfo* field;
    const char* letters;
  };
  static constexpr Letters kLetters[] = {
      {&mapping::kExchange, "NPAZQ"},   {&mapping::kSecurityType, "ACEPT"},
      {&mapping::kRoundLot, "YN"},      {&status::kStatus, "456ACDPBEOLXIG3"},
      {&status::kHalt, "~DPMX1"},       {&status::kSsrState, "~E"},
      {&status::kMarketState, "PEOLX"}, {&add::kSide, "BS"},
      {&add_refresh::kSide, "BS"},      {&modify::kSide, "BS"},
      {&replace::kSide, "BS"},          {&imbalance::kAuction, "OMHCPR"},
      {&imbalance::kSide, " BS"},       {&imbalance::kUnpairedSide, " BS"},
      {&cross::kCrossType, "EO56"},     {&arcabook::kSide, "BS"},
      {&arcabook::kDeleteSide, "BS"},   {&arcabook::kRefreshSide, "BS"},
      {&options::kRfqSide, "BS"},       {&options::kStatus, "45PO"},
      {&retail::kIndicator, " ABC"},    {&quote::kRetail, " ABC"},
      {&quote::kCondition, "RO1"},      {&execution::kCondition1, "@"},
      {&execution::kCondition2, " FO"}, {&request::kResponseStatus, "013456789"}};
  for (const Letters& entry : kLetters) {
    if (entry.field == field) return entry.letters;
  }
  return " ";
}

void PutText(const FieldInfo& field, const char* text, uint8_t* message) {
  for (size_t i = 0; i < field.length && text[i] != '\0'; ++i) {
    message[field.offset + i] = static_cast<uint8_t>(text[i]);
  }
}

void FillInteger(const FieldInfo& field, SampleRandom& random, uint8_t* message) {
  uint64_t value = random.Below(5) == 0 ? 0 : 1 + random.Below(2'000'000);
  if (field.length == 1) value = random.Below(2);
  if (field.length == 2) value = 1 + random.Below(900);
  if (field.kind == FieldKind::kUnixSeconds) value = kSampleSeconds;
  for (uint16_t i = 0; i < field.length; ++i) {
    message[field.offset + i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

void Fill(const MessageInfo& info, SampleRandom& random, uint8_t* message) {
  for (const FieldInfo* field : info.fields) {
    if (field == &kMessageSize || field == &kMessageType) continue;
    if (field->kind == FieldKind::kChar) {
      message[field->offset] = static_cast<uint8_t>(random.OneOf(LettersOf(field)));
    } else if (field->kind == FieldKind::kAlpha) {
      PutText(*field, "FEEDH", message);
    } else {
      FillInteger(*field, random, message);
    }
  }
  const size_t place = random.Below(kSymbols.size());
  const SampleSymbol& symbol = kSymbols[place];
  switch (info.type) {
    case 2:
      reference::kId.Put(message, symbol.system);
      return;
    case 3:
      std::fill_n(message + mapping::kSymbol.offset, mapping::kSymbol.length, uint8_t{0});
      PutText(mapping::kSymbol, symbol.name, message);
      mapping::kSymbolIndex.Put(message, symbol.index);
      mapping::kSystem.Put(message, symbol.system);
      mapping::kPriceScale.Put(message, symbol.scale);
      return;
    case 50:
      series::kSeriesIndex.Put(message, kSeriesIndices[place]);
      series::kSystem.Put(message, symbol.system);
      series::kPriceScale.Put(message, kSeriesScale);
      PutText(series::kMaturity, "240119", message);
      PutText(series::kStrike, "150.5", message);
      return;
    case 103:
      execution::kVolume.Put(message, 100);
      break;
    case 60:
      options::kLegCount.Put(message, 0);
      options::kComplexIndex.Put(message, kSeriesIndices[place]);
      return;
    case 51:
    case 307:
    case 320:
    case 321:
    case 322:
      options::kSeries.Put(message, kSeriesIndices[place]);
      return;
    case 340:
      option_quote::kSeries.Put(message, kSeriesIndices[place]);
      return;
    default:
      break;
  }
  const Known* const known = FindKnown(info.type);
  if (known->head == Head::kSource) source::kSymbol.Put(message, symbol.index);
  if (known->head == Head::kNanos) nanos::kSymbol.Put(message, symbol.index);
}

}  // namespace

PacketWriter::PacketWriter(const PacketPosition& position) : bytes_(kPacketHeaderBytes, '\0') {
  auto* header = reinterpret_cast<uint8_t*>(bytes_.data());
  kPacketSize.Put(header, kPacketHeaderBytes);
  kDeliveryFlag.Put(header, position.delivery);
  kSequenceNumber.Put(header, position.sequence);
  kSendSeconds.Put(header, position.send_seconds);
  kSendNanoseconds.Put(header, position.send_nanoseconds);
}

uint8_t* PacketWriter::Add(const MessageInfo& info) {
  const size_t offset = bytes_.size();
  bytes_.resize(offset + info.length, '\0');
  auto* header = reinterpret_cast<uint8_t*>(bytes_.data());
  kPacketSize.Put(header, static_cast<uint16_t>(bytes_.size()));
  kMessageCount.Put(header, static_cast<uint8_t>(kMessageCount(header) + 1));
  uint8_t* message = header + offset;
  kMessageSize.Put(message, info.length);
  kMessageType.Put(message, static_cast<uint16_t>(info.type));
  return message;
}

std::string SamplePacket(uint64_t seed) {
  SampleRandom random(seed);
  PacketWriter writer({.sequence = static_cast<uint32_t>(1 + random.Below(1'000'000'000)),
                       .delivery = random.Below(8) == 0 ? kFailover : kOriginal,
                       .send_seconds = kSampleSeconds,
                       .send_nanoseconds = static_cast<uint32_t>(random.Below(1'000'000'000))});
  std::array<const MessageInfo*, 14> messages;
  const size_t count = 1 + random.Below(messages.size());
  for (size_t i = 0; i < count; ++i) {
    messages[i] = kMessages[random.Below(std::size(kMessages))];
  }
  // What others lean on stands before them: then a second look at a packet finds what the first did.
  const auto rank = [](const MessageInfo* info) {
    if (info->type == kTimeReference.type) return 0;
    return info->type == kMapping.type || info->type == kSeriesMapping.type ? 1 : 2;
  };
  std::stable_sort(messages.begin(), messages.begin() + static_cast<ptrdiff_t>(count),
                   [&rank](const MessageInfo* left, const MessageInfo* right) {
                     return rank(left) < rank(right);
                   });
  for (size_t i = 0; i < count; ++i) Fill(*messages[i], random, writer.Add(*messages[i]));
  return writer.Bytes();
}

}  // namespace fh::codecs::nyse
