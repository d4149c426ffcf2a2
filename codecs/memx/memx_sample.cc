#include "codecs/memx/memx_sample.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "codecs/sample_random.h"

namespace fh::codecs::memx {
namespace {

constexpr uint64_t kSampleNs = 1'700'000'000'000'000'000;
constexpr uint16_t kFirstSecurity = 7;
constexpr uint16_t kSecurities = 4;
constexpr uint16_t kSampleVersion = 0x0103;
constexpr uint64_t kOrders = 1'000;

const char* LettersOf(std::string_view name) {
  if (name == "side") return "BS";
  if (name == "trading_session") return "1234";
  if (name.find("reason") != std::string_view::npos) return "XRA";
  if (name.find("status") != std::string_view::npos) return "HPQT";
  if (name == "sale_condition_3") return "@ I";
  return "@";
}

const char* TextOf(std::string_view name, SampleRandom& random) {
  static constexpr std::array kOptionSymbols = {"00000AAB", "00000AAC", "00000AAD"};
  static constexpr std::array kSuffixes = {"", "", "A"};
  if (name == "options_symbol") return kOptionSymbols[random.Below(kOptionSymbols.size())];
  if (name == "symbol_sfx") return kSuffixes[random.Below(kSuffixes.size())];
  if (name == "maturity_date") return "20231117";
  if (name.find("conditions") != std::string_view::npos) return "@  I";
  return "SPY";
}

uint64_t NumberOf(const FieldInfo& field, SampleRandom& random) {
  const std::string_view name = field.name;
  if (name == "timestamp") return kSampleNs + random.Below(1'000'000);
  if (name == "security_id") return kFirstSecurity + random.Below(kSecurities);
  if (name == "order_id") return 1 + random.Below(kOrders);
  if (name == "closing_time") return kSampleNs;
  if (name == "round_lot") return 100;
  if (field.kind == FieldKind::kDecimal && field.length == 8) return 10'000 * random.Below(30'000);
  if (field.length == 1) return random.Below(2);
  return 1 + random.Below(30'000);
}

// Big-endian, any length up to 8.
void FillInteger(const FieldInfo& field, uint8_t* message, uint64_t value) {
  for (uint16_t i = field.length; i-- > 0; value >>= 8) {
    message[field.offset + i] = static_cast<uint8_t>(value);
  }
}

void Fill(const MessageInfo& info, SampleRandom& random, uint8_t* message) {
  for (const FieldInfo* field : info.fields) {
    if (field->offset < kSbeHeaderBytes) continue;
    switch (field->kind) {
      case FieldKind::kPadding:
        break;
      case FieldKind::kAlpha:
        Alpha(field->name, field->offset, field->length).Put(message, TextOf(field->name, random));
        break;
      case FieldKind::kChar:
        message[field->offset] = static_cast<uint8_t>(random.OneOf(LettersOf(field->name)));
        break;
      default:
        FillInteger(*field, message, NumberOf(*field, random));
    }
  }
}

}  // namespace

DatagramWriter::DatagramWriter(const MemxPosition& position)
    : bytes_(kLeastHeaderBytes + kCountBytes, '\0') {
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data());
  kDatagramType.Put(header, kSequenced);
  kHeaderLength.Put(header, kLeastHeaderBytes);
  kSessionId.Put(header, position.session);
  kSequence.Put(header, position.sequence);
}

uint8_t* DatagramWriter::Add(const Feed& feed, const MessageInfo& info, uint16_t more) {
  const size_t at = bytes_.size() + MemxFraming::Blocks::kLengthBytes;
  MemxFraming::Blocks::Append(bytes_, std::string(size_t{info.length} + more, '\0'));
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data());
  uint8_t* const count = header + kLeastHeaderBytes;
  kMessageCount.Put(count, static_cast<uint16_t>(kMessageCount(count) + 1));
  uint8_t* const message = header + at;
  kBlockLength.Put(message, static_cast<uint16_t>(info.length + more - kSbeHeaderBytes));
  kTemplate.Put(message, static_cast<uint8_t>(info.type));
  kSchema.Put(message, feed.schema);
  kVersion.Put(message, kSampleVersion);
  for (const FieldInfo* field : info.fields) {
    if (field->kind == FieldKind::kAlpha || field->kind == FieldKind::kChar) {
      std::fill_n(message + field->offset, field->length, uint8_t{' '});
    }
  }
  return message;
}

std::string SampleDatagram(const Feed& feed, uint64_t seed) {
  SampleRandom random(seed);
  DatagramWriter datagram(
      {.session = 0x5553'4531'64E4'86C8, .sequence = 2 + random.Below(1'000'000)});
  // Both sides of everything, so that no later quote depends on what was decoded before.
  for (uint16_t i = 0; &feed == &kTop && i < kSecurities; ++i) {
    uint8_t* const message = datagram.Add(feed, kQuotes);
    Fill(kQuotes, random, message);
    kSecurity.Put(message, static_cast<uint16_t>(kFirstSecurity + i));
  }
  for (const MessageInfo* info : feed.messages) Fill(*info, random, datagram.Add(feed, *info));
  // More of what a trading day is made of: the fifth of a feed and those behind it.
  for (uint64_t i = 14 + random.Below(8); i > 0; --i) {
    const MessageInfo& info = *feed.messages[4 + random.Below(feed.messages.size() - 4)];
    Fill(info, random, datagram.Add(feed, info));
  }
  return datagram.Bytes();
}

}  // namespace fh::codecs::memx
