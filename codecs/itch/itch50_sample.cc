#include "codecs/itch/itch50_sample.h"

#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "codecs/itch/itch50_messages.h"
#include "codecs/length_blocks.h"
#include "codecs/moldudp64/moldudp64.h"

namespace fh::codecs::itch50 {
namespace {

constexpr uint32_t kLocates = 500;
constexpr uint64_t kNsPerDay = 86'400'000'000'000;
constexpr absl::string_view kStockName = "stock";

// The letters that a field may hold.
const char* LettersOf(const FieldInfo* field) {
  struct Letters {
    const FieldInfo* field;
    const char* letters;
  };
  static constexpr Letters kLetters[] = {{&SystemEvent::kEventCode, "OSQMEC"},
                                         {&StockDirectory::kAuthenticity, "PT"},
                                         {&StockTradingAction::kTradingState, "HPQT"},
                                         {&RegShoRestriction::kRegShoAction, "012"},
                                         {&MwcbStatusLevel::kBreachedLevel, "123"},
                                         {&IpoQuotingPeriod::kIpoQuotationReleaseQualifier, "AC"},
                                         {&OperationalHalt::kMarketCode, "QBX"},
                                         {&OperationalHalt::kOperationalHaltAction, "HT"},
                                         {&AddOrder::kBuySellIndicator, "BS"},
                                         {&AddOrderMpid::kBuySellIndicator, "BS"},
                                         {&OrderExecutedWithPrice::kPrintable, "YN"},
                                         {&NonCrossTrade::kBuySellIndicator, "B"},
                                         {&CrossTrade::kCrossType, "OCHI"},
                                         {&NetOrderImbalance::kImbalanceDirection, "BSNOP"},
                                         {&NetOrderImbalance::kCrossType, "OCHA"},
                                         {&RetailInterest::kInterestFlag, "BSAN"},
                                         {&DirectListing::kOpenEligibilityStatus, "YN"}};
  for (const Letters& entry : kLetters) {
    if (entry.field == field) return entry.letters;
  }
  return "YN ABC12";
}

uint64_t NumberFor(const FieldInfo* field, uint32_t locate, SampleRandom& random) {
  if (field->offset == kStockLocate.offset) return locate;
  if (field == &kTimestamp) return random.Below(kNsPerDay);
  if (field->kind == FieldKind::kDecimal) return 1 + random.Below(2'000'000'000);
  if (field->kind == FieldKind::kSecondsSinceMidnight) return random.Below(86'400);
  return 1 + random.Below(field->length == 8 ? uint64_t{1} << 40 : 60'000);
}

}  // namespace

std::string SampleMessage(const MessageInfo& info, SampleRandom& random) {
  std::string text(info.length, ' ');
  auto* message = reinterpret_cast<uint8_t*>(text.data());
  kMessageType.Put(message, static_cast<char>(info.type));
  const auto locate = static_cast<uint32_t>(1 + random.Below(kLocates));
  for (const FieldInfo* field : info.fields) {
    if (field == &kMessageType) continue;
    if (field->kind == FieldKind::kChar) {
      message[field->offset] = static_cast<uint8_t>(random.OneOf(LettersOf(field)));
    } else if (field->kind == FieldKind::kAlpha) {
      const std::string name = kStockName == field->name ? absl::StrCat("T", locate)
                               : random.Below(2) == 0    ? std::string("LUDP")
                                                         : std::string("Z");
      Alpha(field->name, field->offset, field->length).Put(message, name.c_str());
    } else {
      const uint64_t value = NumberFor(field, locate, random);
      for (uint32_t i = 0; i < field->length; ++i) {
        message[field->offset + field->length - 1 - i] = static_cast<uint8_t>(value >> (8 * i));
      }
    }
  }
  return text;
}

std::string SamplePacket(uint64_t seed) {
  constexpr uint64_t kMostMessages = 24;
  SampleRandom random(seed);
  const auto count = static_cast<uint16_t>(1 + random.Below(kMostMessages));
  std::string packet(MoldUdp64::kHeaderBytes, '\0');
  MoldUdp64::PutHeader(reinterpret_cast<uint8_t*>(packet.data()), "SAMPLE    ",
                       1 + seed * kMostMessages, count);
  for (uint32_t i = 0; i < count; ++i) {
    const std::string message = SampleMessage(*kMessages[random.Below(kMessages.size())], random);
    LengthBlocks<std::endian::big>::Append(packet, message);
  }
  return packet;
}

}  // namespace fh::codecs::itch50
