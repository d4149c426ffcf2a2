#include "codecs/ice/ice_sample.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <vector>

#include "codecs/ice/ice_blocks.h"
#include "codecs/ice/ice_entries.h"
#include "codecs/sample_random.h"

namespace fh::codecs::ice {

namespace {

constexpr std::array<uint32_t, 4> kMarkets{5'055'869, 1'660'891, 5'397'905, 260};
constexpr uint64_t kSampleMs = 1'700'000'000'000;
constexpr uint32_t kLegBytes = 26;

// The letters that a field may hold.
const char* LettersOf(std::string_view name) {
  struct Letters {
    std::string_view name;
    const char* letters;
  };
  static constexpr Letters kLetters[] = {{"side", "12"},
                                         {"aggressor_side", " 12"},
                                         {"is_implied", "NNNY"},
                                         {"is_system_priced_leg", "NNY"},
                                         {"off_market_trade_indicator", "    KSE"},
                                         {"is_adjusted_trade", "NNNNY"},
                                         {"trading_status", "OCE12"},
                                         {"ipl_hold_type", "SE"},
                                         {"is_final", "YN"},
                                         {"has_pre_open_volume", "YN"},
                                         {"has_previous_day_settlement_price", "YN"},
                                         {"event_code", "012"},
                                         {"option_type", "CP"},
                                         {"order_price_denominator", "2"},
                                         {"deal_price_denominator", "3"},
                                         {"settle_price_denominator", "4"},
                                         {"num_decimals_strike_price", "2"},
                                         {"num_decimals_options_price", "2"}};
  for (const Letters& entry : kLetters) {
    if (entry.name == name) return entry.letters;
  }
  return "N";
}

void PutNumber(const FieldInfo& field, uint64_t value, uint8_t* at) {
  for (uint16_t i = 0; i < field.length; ++i) {
    at[field.offset + i] = static_cast<uint8_t>(value >> (8 * (field.length - 1 - i)));
  }
}

void Fill(const FieldInfo& field, SampleRandom& random, uint8_t* at) {
  const std::string_view name = field.name;
  if (field.kind == FieldKind::kChar) {
    at[field.offset] = static_cast<uint8_t>(random.OneOf(LettersOf(name)));
  } else if (field.kind == FieldKind::kAlpha) {
    std::memset(at + field.offset, ' ', field.length);
    std::memcpy(at + field.offset, "FH", std::min<size_t>(field.length, 2));
  } else if (field.kind == FieldKind::kUnixMs) {
    PutNumber(field, kSampleMs + random.Below(1'000), at);
  } else if (field.kind == FieldKind::kUnixNs) {
    PutNumber(field, kSampleMs * kNsPerMs + random.Below(1'000'000'000), at);
  } else if (field.kind == FieldKind::kDecimal && field.is_signed) {
    const uint64_t price = random.Below(20'000);
    PutNumber(field, random.Below(8) == 0 ? 0 - price : price, at);
  } else if (name.find("market_id") != std::string_view::npos) {
    PutNumber(field, kMarkets[random.Below(kMarkets.size())], at);
  } else if (name.ends_with("_year")) {
    PutNumber(field, 2024, at);
  } else if (name.ends_with("_month") || name.ends_with("_day")) {
    PutNumber(field, 1 + random.Below(12), at);
  } else if (field.length == 1) {
    PutNumber(field, random.Below(5), at);
  } else {
    PutNumber(field, 1 + random.Below(900), at);
  }
}

// Of a message of the newest version.
uint32_t BytesOf(const MessageInfo& info) {
  uint32_t bytes = info.length;
  for (const FieldInfo* field : info.fields) {
    if (info.has_places) bytes = std::max<uint32_t>(bytes, uint32_t{field->offset} + field->length);
  }
  return bytes;
}

// Legs, and what is behind them in 1.1.33.
void AddStrategy(const MessageInfo& info, SampleRandom& random, BlockWriter& writer) {
  const uint32_t head = kMessageHeaderBytes + Entries::HeadBytes(info);
  const bool is_options = info.type == 'U';
  const uint32_t leg_bytes = is_options ? kLegBytes + 4 : kLegBytes;
  const auto legs = static_cast<uint32_t>(random.Below(4));
  uint32_t tail = 0;
  for (const FieldInfo* field : info.fields.subspan(2)) {
    tail = field->offset == 0 ? 0 : tail;
    tail = std::max<uint32_t>(tail, uint32_t{field->offset} + field->length);
  }
  const uint32_t tail_at = head + legs * leg_bytes + (is_options ? 1 : 0);
  uint8_t* const message = writer.Add(info, tail_at + tail);
  uint8_t* at = message;
  for (const FieldInfo* field : info.fields.subspan(2)) {
    if (field->offset == 0) at = message + tail_at;
    Fill(*field, random, at);
  }
  message[head - 1] = static_cast<uint8_t>(legs);
  for (uint32_t i = 0; i < legs; ++i) {
    uint8_t* const entry = message + head + i * leg_bytes;
    for (const FieldInfo* field : info.groups[0]->fields) Fill(*field, random, entry);
    leg::kBodyLength.Put(entry, static_cast<uint8_t>(leg_bytes - 1));
  }
}

void AddSpecial(SampleRandom& random, BlockWriter& writer) {
  uint8_t* const message = writer.Add(kSpecialMessage, kSpecialMessage.length + 4);
  special::kNumberOfSpecialFields.Put(message, 1);
  uint8_t* const entry = message + kSpecialMessage.length;
  special_field::kId.Put(entry, 6);
  special_field::kValueLength.Put(entry, 1);
  entry[special_field::kHeaderBytes] = static_cast<uint8_t>(random.OneOf("YN"));
}

void AddMessage(const MessageInfo& info, SampleRandom& random, BlockWriter& writer) {
  if (!info.has_places) return AddStrategy(info, random, writer);
  if (&info == &kSpecialMessage) return AddSpecial(random, writer);
  uint8_t* const message = writer.Add(info, BytesOf(info));
  const uint32_t bytes = kMessageHeaderBytes + kLength(message);
  for (const FieldInfo* field : info.fields.subspan(2)) {
    if (uint32_t{field->offset} + field->length <= bytes) Fill(*field, random, message);
  }
  // Small enough for the entries of a sample to follow, or none.
  if (&info == &kSnapshotMessage) snapshot::kNumOfBookEntries.Put(message, 0);
}

bool IsDefinition(const MessageInfo* info) {
  return info == &kExpiryMessage || info == &kOptionMessage || info == &kStrategyMessage ||
         info == &kOptionStrategyMessage;
}

}  // namespace

BlockWriter::BlockWriter(const BlockPosition& position) : bytes_(kBlockHeaderBytes, '\0') {
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data());
  kSession.Put(header, position.session);
  kSequence.Put(header, position.sequence);
  kSentDateTime.Put(header, position.sent_ms);
}

uint8_t* BlockWriter::Add(const MessageInfo& info, uint32_t bytes) {
  const size_t offset = bytes_.size();
  const uint32_t size = std::max<uint32_t>(bytes, info.length);
  bytes_.resize(offset + size, '\0');
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data());
  kMessageCount.Put(header, static_cast<uint16_t>(kMessageCount(header) + 1));
  uint8_t* const message = header + offset;
  kMessageType.Put(message, static_cast<char>(info.type));
  kLength.Put(message, static_cast<uint16_t>(size - kMessageHeaderBytes));
  return message;
}

std::string SampleBlock(uint64_t seed) {
  SampleRandom random(seed);
  BlockWriter writer({.session = static_cast<uint16_t>(random.Below(9'000)),
                      .sequence = static_cast<uint32_t>(1 + random.Below(1'000'000'000)),
                      .sent_ms = kSampleMs});
  // What others lean on stands before them: then a second look at a block finds what the first did.
  std::vector<const MessageInfo*> messages;
  const uint64_t count = 1 + random.Below(14);
  for (uint64_t i = 0; i < count; ++i) {
    // Orders are what the feed is made of.
    messages.push_back(random.Below(6) != 0 ? &kOrderMessage
                                            : kMessages[random.Below(std::size(kMessages))]);
  }
  std::stable_partition(messages.begin(), messages.end(), IsDefinition);
  struct Standing {
    uint32_t market;
    uint64_t order;
  };
  std::vector<Standing> standing;
  for (const MessageInfo* each : messages) {
    const MessageInfo& info = *each;
    if (&info == &kBundleMessage) {
      bundle::kStartOrEnd.Put(writer.Add(info), 'S');
      AddMessage(kTradeMessage, random, writer);
      bundle::kStartOrEnd.Put(writer.Add(info), 'E');
      continue;
    }
    if (&info != &kOrderMessage) {
      AddMessage(info, random, writer);
      continue;
    }
    uint8_t* const message = writer.Add(info, BytesOf(info));
    const uint32_t bytes = kMessageHeaderBytes + kLength(message);
    for (const FieldInfo* field : info.fields.subspan(2)) {
      if (uint32_t{field->offset} + field->length <= bytes) Fill(*field, random, message);
    }
    standing.push_back({kMarketId(message), order::kOrderId(message)});
  }
  for (const Standing& order : standing) {
    uint8_t* const message = writer.Add(kRemoveMessage, kRemoveMessage.length + 12);
    kMarketId.Put(message, order.market);
    remove::kOrderId.Put(message, order.order);
    remove::kMessageDateTime.Put(message, kSampleMs);
    remove::kSequenceWithinMillis.Put(message, 510'002);
  }
  return writer.Bytes();
}

}  // namespace fh::codecs::ice
