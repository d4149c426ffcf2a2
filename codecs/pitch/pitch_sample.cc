#include "codecs/pitch/pitch_sample.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "codecs/sample_random.h"

namespace fh::codecs::pitch {

namespace {

constexpr uint32_t kSampleMidnight = 1'699'941'600;  // 2023-11-14 in Chicago.
constexpr uint32_t kSampleSecond = 34'200;

uint8_t FullLength(const MessageInfo& info) {
  uint32_t length = info.length;
  for (const FieldInfo* field : info.fields) {
    length = std::max<uint32_t>(length, uint32_t{field->offset} + field->length);
  }
  return static_cast<uint8_t>(length);
}

// The letters that a field may hold, by its name.
const char* LettersOf(std::string_view name) {
  struct Letters {
    std::string_view name;
    const char* letters;
  };
  static constexpr Letters kLetters[] = {{"side_indicator", "BS"},
                                         {"trading_status", "AHQSTLR"},
                                         {"gth_trading_status", "HQT"},
                                         {"reg_sho_action", "01"},
                                         {"retail_price_improvement", "BSAN"},
                                         {"auction_type", "OCHIMVP"},
                                         {"trade_condition", " S"},
                                         {"listing_state", "AIT"},
                                         {"issue", "iISR"}};
  for (const Letters& entry : kLetters) {
    if (entry.name == name) return entry.letters;
  }
  return "ANC";
}

void FillText(const FieldInfo& field, uint8_t* message, SampleRandom& random) {
  static constexpr std::array kSymbols = {"AAPL", "MSFT", "SPY", "ZVZZT", "BRK.A", "QQQ"};
  const std::string_view name = field.name;
  const char* text = name == "symbol"        ? kSymbols[random.Below(kSymbols.size())]
                     : name == "osi_symbol"  ? "SPX   240621C05000000"
                     : name == "feed_symbol" ? "00abCD"
                                             : "X1";
  Alpha(field.name, field.offset, field.length).Put(message, text);
}

// Little-endian, any length up to 8.
void FillInteger(const FieldInfo& field, uint8_t* message, uint64_t value) {
  for (uint16_t i = 0; i < field.length; ++i) {
    message[field.offset + i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

// Samples name only orders that they have added: what becomes of them does not depend on what was
// decoded before.
class SampleOrders {
 public:
  SampleOrders(uint64_t first, SampleRandom& random) : next_(first), random_(random) {}

  uint64_t Add() {
    live_.push_back(next_);
    return next_++;
  }
  uint64_t Any() { return live_[random_.Below(live_.size())]; }

 private:
  uint64_t next_;
  SampleRandom& random_;
  std::vector<uint64_t> live_;
};

bool AddsOrder(const MessageInfo& info) {
  return info.type == kAddLongMessage.type || info.type == kAddShortMessage.type ||
         info.type == kAddExpandedMessage.type || info.type == kEuAddLongMessage.type ||
         info.type == kAuAddMessage.type;
}

uint64_t NumberOf(const MessageInfo& info, const FieldInfo& field, SampleOrders& orders,
                  SampleRandom& random) {
  const std::string_view name = field.name;
  if (name == "time") return kSampleSecond;
  if (name == "epoch_time") return kSampleMidnight + kSampleSecond;
  if (name == "midnight_reference") return kSampleMidnight;
  if (name == "unit_timestamp") return random.Below(2) * (kSampleMidnight + kSampleSecond);
  if (field.kind == FieldKind::kUnixNs) {
    return (uint64_t{kSampleMidnight} + kSampleSecond) * 1'000'000'000 +
           random.Below(1'000'000'000);
  }
  if (name == "time_offset") return random.Below(1'000'000'000);
  if (name == "order_id") return AddsOrder(info) ? orders.Add() : orders.Any();
  if (name == "remaining_quantity") return random.Below(2) * 100;
  if (name == "leg_count" || name == "leg_offset") return 0;
  if (name == "modify_flags") return random.Below(4);
  if (name == "summary_flags") return random.Below(32);
  if (field.kind == FieldKind::kDecimal) return 100 * (1 + random.Below(300));
  if (field.length == 4 && name.find("shares") != std::string_view::npos) {
    return 100 * random.Below(3);
  }
  return field.length == 1 ? random.Below(2) : 100 * (1 + random.Below(100));
}

void Fill(const MessageInfo& info, SampleOrders& orders, SampleRandom& random, uint8_t* message) {
  for (const FieldInfo* field : info.fields) {
    if (field == &kMessageLength || field == &kMessageType) continue;
    switch (field->kind) {
      case FieldKind::kPadding:
        break;
      case FieldKind::kAlpha:
        FillText(*field, message, random);
        break;
      case FieldKind::kChar:
        message[field->offset] = static_cast<uint8_t>(random.OneOf(LettersOf(field->name)));
        break;
      default:
        FillInteger(*field, message, NumberOf(info, *field, orders, random));
    }
  }
}

const MessageInfo& OfType(const Feed& feed, uint8_t type) {
  return **std::find_if(feed.messages.begin(), feed.messages.end(),
                        [&](const MessageInfo* info) { return info->type == type; });
}

void AddSpread(SampleOrders& orders, SampleRandom& random, UnitWriter& unit) {
  constexpr uint8_t kLegsAt = 45;
  constexpr uint8_t kCount = 2;
  uint8_t* const message = unit.Add(kDefinitionMessage, kLegsAt + kCount * kLegBytes);
  Fill(kDefinitionMessage, orders, random, message);
  kLegCount.Put(message, kCount);
  kLegOffset.Put(message, kLegsAt);
  for (uint8_t i = 0; i < kCount; ++i) {
    uint8_t* const leg = message + kLegsAt + i * kLegBytes;
    kLegRatio.Put(leg, i == 0 ? 1 : -1);
    kLegSymbol.Put(leg, i == 0 ? "0002Tt" : "0002Tu");
  }
}

UnitWriter Begin(SampleRandom& random) {
  return UnitWriter({.unit = static_cast<uint8_t>(1 + random.Below(8)),
                     .sequence = static_cast<uint32_t>(2 + random.Below(1'000'000))});
}

void AddOrders(const Feed& feed, uint64_t messages, SampleOrders& orders, SampleRandom& random,
               UnitWriter& unit) {
  for (uint64_t i = 0; i < messages; ++i) {
    const MessageInfo& info = OfType(feed, feed.busy_types[random.Below(feed.busy_types.size())]);
    Fill(info, orders, random, unit.Add(info));
  }
}

}  // namespace

UnitWriter::UnitWriter(const UnitPosition& position) : bytes_(kUnitHeaderBytes, '\0') {
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data());
  kHdrLength.Put(header, kUnitHeaderBytes);
  kHdrUnit.Put(header, position.unit);
  kHdrSequence.Put(header, position.sequence);
}

uint8_t* UnitWriter::Grow(uint8_t length) {
  const size_t at = bytes_.size();
  bytes_.resize(at + length);
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data());
  kHdrLength.Put(header, static_cast<uint16_t>(bytes_.size()));
  kHdrCount.Put(header, static_cast<uint8_t>(kHdrCount(header) + 1));
  return header + at;
}

uint8_t* UnitWriter::Add(const MessageInfo& info, uint8_t length) {
  const uint8_t bytes = length == 0 ? FullLength(info) : length;
  uint8_t* const message = Grow(bytes);
  kMessageLength.Put(message, bytes);
  kMessageType.Put(message, static_cast<uint8_t>(info.type));
  for (const FieldInfo* field : info.fields) {
    const bool is_text = field->kind == FieldKind::kAlpha || field->kind == FieldKind::kChar;
    if (is_text && uint32_t{field->offset} + field->length <= bytes) {
      std::memset(message + field->offset, ' ', field->length);
    }
  }
  return message;
}

void UnitWriter::AddRaw(const std::string& message) {
  std::copy(message.begin(), message.end(), Grow(static_cast<uint8_t>(message.size())));
}

std::string SamplePacket(const Feed& feed, uint64_t seed) {
  SampleRandom random(seed);
  UnitWriter unit = Begin(random);
  SampleOrders orders(1 + random.Below(1'000'000), random);
  // The venue's order of types: first the second, then what adds orders, then what is about them.
  for (const MessageInfo* info : feed.messages) Fill(*info, orders, random, unit.Add(*info));
  if (feed.market == Market::kFutures) AddSpread(orders, random, unit);
  AddOrders(feed, random.Below(17), orders, random, unit);
  return unit.Bytes();
}

std::string BusyPacket(const Feed& feed, uint64_t seed, uint8_t messages) {
  SampleRandom random(seed);
  UnitWriter unit = Begin(random);
  SampleOrders orders(1 + random.Below(1'000'000), random);
  if (feed.time_zone != nullptr) {
    const MessageInfo& time = OfType(feed, kTimeMessage.type);
    Fill(time, orders, random, unit.Add(time));
  }
  const MessageInfo& add = OfType(feed, feed.busy_types[1]);
  Fill(add, orders, random, unit.Add(add));
  AddOrders(feed, messages, orders, random, unit);
  return unit.Bytes();
}

}  // namespace fh::codecs::pitch
