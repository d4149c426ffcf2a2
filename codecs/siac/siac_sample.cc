#include "codecs/siac/siac_sample.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <span>
#include <string_view>

#include "codecs/sample_random.h"
#include "codecs/siac/cta_messages.h"
#include "codecs/siac/opra_messages.h"
#include "codecs/siac/siac_blocks.h"

namespace fh::codecs::siac {

namespace {

constexpr std::array<const char*, 4> kSymbols{"ABC", "FH", "BRK A", "ZVZZT"};
constexpr uint32_t kSampleSeconds = 1'700'000'000;

const char* LettersOf(std::string_view name) {
  struct Letters {
    std::string_view name;
    const char* letters;
  };
  static constexpr Letters kLetters[] = {{"participant_id", "NPTZK"},
                                         {"sale_condition_category_4", "  IE"},
                                         {"sale_condition", "  IF"},
                                         {"sale_condition_category", "1234"},
                                         {"security_status", "23567E9FC"},
                                         {"limit_up_limit_down_indicator", "ABC"},
                                         {"cancel_error_action", "12"},
                                         {"security_status_indicator", "       0"},
                                         {"short_sale_restriction_indicator", " ACDE"},
                                         {"market_wide_circuit_breaker_level_indicator", " 123"},
                                         {"expiration_month", "ABMX"},
                                         {"strike_price_denominator_code", "AC"},
                                         {"premium_price_denominator_code", "BC"},
                                         {"index_value_denominator_code", "B"},
                                         {"underlying_price_denominator_code", "BI"},
                                         {"denominator_code", "B"}};
  for (const Letters& entry : kLetters) {
    if (entry.name == name) return entry.letters;
  }
  return " ";
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
    if (name.find("symbol") == std::string_view::npos) return;
    const std::string_view symbol = kSymbols[random.Below(kSymbols.size())];
    std::memcpy(at + field.offset, symbol.data(), std::min<size_t>(symbol.size(), field.length));
  } else if (field.kind == FieldKind::kUnixSeconds) {
    PutNumber(field, kSampleSeconds, at);
  } else if (name == "expiration_day" || name == "expiration_year") {
    PutNumber(field, 20 + random.Below(3), at);
  } else if (name == "strike_price") {
    PutNumber(field, 1'000 + 500 * random.Below(4), at);
  } else if (field.length == 1) {
    PutNumber(field, random.Below(5), at);
  } else {
    PutNumber(field, field.length == 2 ? 1 + random.Below(900) : 1 + random.Below(2'000'000), at);
  }
}

void FillAll(std::span<const FieldInfo* const> fields, SampleRandom& random, uint8_t* at) {
  for (const FieldInfo* field : fields) Fill(*field, random, at);
}

// Quotes say both sides of the best of all markets, or nothing of it: then a second look at a block finds
// what the first did.
void AddCtaQuote(const MessageInfo& info, SampleRandom& random, BlockWriter& writer) {
  const char indicator = random.OneOf("   GOTUHRSVWJL");
  uint32_t more = 0;
  switch (indicator) {
    case 'T':
      more = 2 * cta::short_appendage::kBytes;
      break;
    case 'U':
      more = 2 * cta::long_appendage::kBytes;
      break;
    case 'H':
    case 'R':
    case 'V':
      more = cta::short_appendage::kBytes;
      break;
    case 'S':
    case 'W':
      more = cta::long_appendage::kBytes;
      break;
    default:
      break;
  }
  uint8_t* const message = writer.AddCta(info, more);
  FillAll(info.fields.subspan(3), random, message);
  message[info.length - 1] = static_cast<uint8_t>(indicator);
}

void AddCta(const MessageInfo& info, SampleRandom& random, BlockWriter& writer) {
  if (info.groups.size() > 1) return AddCtaQuote(info, random, writer);
  const auto entries = static_cast<uint32_t>(info.groups.empty() ? 0 : random.Below(4));
  const uint32_t more = &info == &cta::kFreeTextMessage ? 12 : entries * 9;
  uint8_t* const message = writer.AddCta(info, more);
  if (!info.has_places) {
    FillAll(info.fields.subspan(3, 7), random, message);
    std::memcpy(message + info.length, "GOOD MORNING", more);
    return;
  }
  FillAll(info.fields.subspan(3), random, message);
  if (!info.groups.empty())
    cta::volumes::kNumberOfParticipants.Put(message, static_cast<uint8_t>(entries));
}

void AddOpra(const MessageInfo& info, SampleRandom& random, BlockWriter& writer) {
  const bool is_quote = !info.groups.empty();
  const char indicator = is_quote ? random.OneOf("  FOLHJ") : ' ';
  const uint32_t more = !info.has_places ? 7 : indicator == 'O' ? 20 : 0;
  uint8_t* const message = writer.AddOpra(info, more);
  FillAll(info.fields.subspan(4), random, message);
  if (!info.has_places) {
    opra::administrative::kMessageDataLength.Put(message, static_cast<uint16_t>(more));
    std::memcpy(message + info.length, "OPRA IS", more);
    return;
  }
  opra::kParticipantId.Put(message, random.OneOf("ACNQ"));
  opra::kMessageIndicator.Put(message, indicator);
  if (&info == &opra::kLastSaleMessage) opra::kMessageType.Put(message, random.OneOf("  IADS"));
  if (&info == &opra::kControlMessage) opra::kMessageType.Put(message, random.OneOf("CEFJLM"));
  for (uint32_t at = 0; is_quote && at < more; at += opra::appendage::kBytes) {
    FillAll(opra::appendage::kFields, random, message + info.length + at);
  }
}

// A message alone in its block may be outside of the numbers: there are two at least.
constexpr uint64_t kLeastMessages = 2;

std::string SampleOfCta(uint64_t seed, uint8_t version) {
  SampleRandom random(seed);
  BlockWriter writer(random.Below(2) == 0 ? Feed::kCts : Feed::kCqs,
                     {.version = version,
                      .sequence = static_cast<uint32_t>(2 + random.Below(100'000'000)),
                      .nanoseconds = static_cast<uint32_t>(random.Below(1'000'000'000))});
  for (uint64_t count = kLeastMessages + random.Below(6); count > 0; --count) {
    const MessageInfo& info = random.Below(3) == 0 ? cta::kLongQuoteMessage
                              : random.Below(3) == 0
                                  ? cta::kLongTradeMessage
                                  : *cta::kMessages[random.Below(std::size(cta::kMessages))];
    AddCta(info, random, writer);
  }
  return writer.Bytes();
}

}  // namespace

BlockWriter::BlockWriter(Feed feed, const BlockPosition& position)
    : is_opra_(feed == Feed::kOpra), bytes_(is_opra_ ? kOpraHeaderBytes : kCtaHeaderBytes, '\0') {
  auto* const block = reinterpret_cast<uint8_t*>(bytes_.data());
  const uint32_t shift = is_opra_ ? 1 : 0;
  block[0] = position.version;
  block[3] = feed == Feed::kOpra ? 'O' : feed == Feed::kCts ? 'T' : 'Q';
  block[4] = static_cast<uint8_t>(
      is_opra_ && position.retransmission == 'O' ? ' ' : position.retransmission);
  internal::Store<std::endian::big>(block + 5 + shift, position.sequence);
  internal::Store<std::endian::big>(block + 10 + shift, position.seconds);
  internal::Store<std::endian::big>(block + 14 + shift, position.nanoseconds);
}

uint8_t* BlockWriter::Add(const MessageInfo& info, uint32_t more) {
  const size_t offset = bytes_.size();
  bytes_.resize(offset + info.length + more, '\0');
  auto* const block = reinterpret_cast<uint8_t*>(bytes_.data());
  ++block[is_opra_ ? 10 : 9];
  uint8_t* const message = block + offset;
  for (const FieldInfo* field : info.fields) {
    if (field->kind != FieldKind::kChar && field->kind != FieldKind::kAlpha) continue;
    if (uint32_t{field->offset} + field->length > info.length) continue;
    std::memset(message + field->offset, ' ', field->length);
  }
  return message;
}

uint8_t* BlockWriter::AddCta(const MessageInfo& info, uint32_t more) {
  uint8_t* const message = Add(info, more);
  cta::kMessageLength.Put(message, static_cast<uint16_t>(info.length + more));
  cta::kMessageCategory.Put(message, static_cast<char>(info.type / 256));
  cta::kMessageType.Put(message, static_cast<char>(info.type % 256));
  return message;
}

uint8_t* BlockWriter::AddOpra(const MessageInfo& info, uint32_t more) {
  uint8_t* const message = Add(info, more);
  const bool has_type = info.type > 255;
  opra::kMessageCategory.Put(message, static_cast<char>(has_type ? info.type / 256 : info.type));
  if (has_type) opra::kMessageType.Put(message, static_cast<char>(info.type % 256));
  return message;
}

std::string BlockWriter::Bytes() const {
  std::string bytes = bytes_;
  if (bytes.size() % 2 != 0) bytes.push_back('\0');
  auto* const block = reinterpret_cast<uint8_t*>(bytes.data());
  internal::Store<std::endian::big>(block + 1, static_cast<uint16_t>(bytes.size()));
  const uint32_t checksum_at = is_opra_ ? 19 : 18;
  internal::Store<std::endian::big>(
      block + checksum_at, BlockChecksum(block, static_cast<uint32_t>(bytes.size()), checksum_at));
  return bytes;
}

std::string SampleOpra(uint64_t seed) {
  SampleRandom random(seed);
  BlockWriter writer(Feed::kOpra,
                     {.version = 6,
                      .sequence = static_cast<uint32_t>(2 + random.Below(100'000'000)),
                      .nanoseconds = static_cast<uint32_t>(random.Below(1'000'000'000))});
  for (uint64_t count = kLeastMessages + random.Below(8); count > 0; --count) {
    const MessageInfo& info = random.Below(2) == 0
                                  ? opra::kLongQuoteMessage
                                  : *opra::kMessages[random.Below(std::size(opra::kMessages))];
    AddOpra(info, random, writer);
  }
  return writer.Bytes();
}

std::string SampleCta(uint64_t seed) { return SampleOfCta(seed, 2); }
std::string SampleCtaBlocks(uint64_t seed) { return SampleOfCta(seed, 0); }

}  // namespace fh::codecs::siac
