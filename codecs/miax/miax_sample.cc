#include "codecs/miax/miax_sample.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "codecs/sample_random.h"

namespace fh::codecs::miax {
namespace {

constexpr uint32_t kSampleSecond = 1'700'000'000;
constexpr uint32_t kFirstNumber = 0x0400'0001;
constexpr uint32_t kNumbers = 4;

// The letters that a field may hold, by its name.
const char* LettersOf(std::string_view name) {
  struct Letters {
    std::string_view name;
    const char* letters;
  };
  static constexpr Letters kLetters[] = {{"system_status", "SC"},
                                         {"call_or_put", "CP"},
                                         {"active_on_miax", "AI"},
                                         {"trading_status", "HRO"},
                                         {"event_reason", "AM"},
                                         {"restricted_option", "YN"},
                                         {"long_term_option", "YN"},
                                         {"update_reason", "NU"},
                                         {"leg_side", "BA"},
                                         {"trade_condition", " SJ"},
                                         {"opening_underlying_market_code", "NPQ"},
                                         {"miax_bbo_posting_increment_indicator", "PND"},
                                         {"liquidity_acceptance_increment_indicator", "PND"}};
  for (const Letters& entry : kLetters) {
    if (entry.name == name) return entry.letters;
  }
  return "AAAT";
}

const char* TextOf(std::string_view name, const Feed& feed, SampleRandom& random) {
  static constexpr std::array kUnderlyings = {"IBM", "IBM", "IBM", "QQQ"};
  if (name == "underlying_symbol") return kUnderlyings[random.Below(kUnderlyings.size())];
  if (name == "security_symbol") return "IBM";
  if (name == "expiration_date") return "20231117";
  if (name == "opening_time") return "09:30:00";
  if (name == "closing_time") return "16:00:00";
  if (name == "version") return feed.is_complex ? "CTOM1.3" : "TOM2.5";
  if (name == "tom_version") return "TOM1.0";
  return "FUT";
}

uint64_t NumberOf(const FieldInfo& field, SampleRandom& random) {
  const std::string_view name = field.name;
  if (name == "seconds" || name == "seconds_part") return kSampleSecond;
  if (name == "nanoseconds") return random.Below(1'000'000'000);
  if (name == "expected_event_time_nano_seconds_part") return random.Below(1'000'000'000);
  if (name == "timestamp") return kSampleSecond * uint64_t{1'000'000'000} + random.Below(1'000'000);
  if (name == "product_id" || name == "strategy_id" || name == "instrument_id") {
    return kFirstNumber + random.Below(kNumbers);
  }
  if (name == "number_of_legs") return 0;
  if (name == "session_id") return 1;
  if (name == "trading_status") return 1 + random.Below(6);
  if (name == "trade_date") return 19'675;
  if (name == "maturity") return 202'312;
  if (name.find("correction") != std::string_view::npos) return random.Below(2);
  if (field.length == 8) return 5 * random.Below(2'000'000'000);
  return random.Below(10) == 0 ? 0 : 5 * (1 + random.Below(2'000));
}

// Little-endian, any length up to 8.
void FillInteger(const FieldInfo& field, uint8_t* message, uint64_t value) {
  for (uint16_t i = 0; i < field.length; ++i) {
    message[field.offset + i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

void Fill(const MessageInfo& info, const Feed& feed, SampleRandom& random, uint8_t* message) {
  for (const FieldInfo* field : info.fields) {
    if (field->offset <= kMessageType.offset) continue;
    switch (field->kind) {
      case FieldKind::kPadding:
        break;
      case FieldKind::kAlpha:
        Alpha(field->name, field->offset, field->length)
            .Put(message, TextOf(field->name, feed, random));
        break;
      case FieldKind::kChar:
        message[field->offset] = static_cast<uint8_t>(random.OneOf(LettersOf(field->name)));
        break;
      default:
        FillInteger(*field, message, NumberOf(*field, random));
    }
  }
}

void AddStrategy(const Feed& feed, SampleRandom& random, MachWriter& mach) {
  const auto legs = static_cast<uint8_t>(2 + random.Below(3));
  uint8_t* const message = mach.Add(kStrategy, legs * strategy::kLegBytes);
  Fill(kStrategy, feed, random, message);
  strategy::kNumberOfLegs.Put(message, legs);
  for (uint8_t i = 0; i < legs; ++i) {
    uint8_t* const leg = message + strategy::kLegsAt + i * strategy::kLegBytes;
    strategy::kLegProductId.Put(leg, i == 0 ? 0 : kFirstNumber + i);
    strategy::kLegRatio.Put(leg, static_cast<uint16_t>(i + 1));
    strategy::kLegSide.Put(leg, i % 2 == 0 ? 'B' : 'A');
  }
}

void AddFilled(const MessageInfo& info, const Feed& feed, SampleRandom& random, MachWriter& mach) {
  if (&info == &kStrategy) return AddStrategy(feed, random, mach);
  Fill(info, feed, random, mach.Add(info));
}

// Both sides of everything, so that no later quote depends on what was decoded before.
void AddOpening(const Feed& feed, SampleRandom& random, MachWriter& mach) {
  const MessageInfo& quotes = feed.is_complex ? kNetsCompact : kQuotesCompact;
  for (uint32_t i = 0; i < kNumbers; ++i) {
    uint8_t* const message = mach.Add(quotes);
    Fill(quotes, feed, random, message);
    compact_quotes::kProductId.Put(message, kFirstNumber + i);
  }
}

}  // namespace

uint8_t* MachWriter::Grow(uint32_t length, PacketType type, uint64_t sequence) {
  const size_t at = bytes_.size();
  bytes_.resize(at + length);
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data()) + at;
  kSequenceNumber.Put(header, sequence);
  kPacketLength.Put(header, static_cast<uint16_t>(length));
  kPacketType.Put(header, type);
  kSessionNumber.Put(header, position_.session);
  return header;
}

uint8_t* MachWriter::Add(const MessageInfo& info, uint32_t more) {
  uint8_t* const message = Grow(info.length + more, kApplication, position_.sequence++);
  message[kMessageType.offset] = static_cast<uint8_t>(info.type);
  for (const FieldInfo* field : info.fields) {
    if (field->offset <= kMessageType.offset) continue;
    if (field->kind == FieldKind::kAlpha || field->kind == FieldKind::kChar) {
      std::fill_n(message + field->offset, field->length, uint8_t{' '});
    }
  }
  return message;
}

void MachWriter::AddControl(PacketType type, uint64_t sequence) {
  Grow(kHeaderBytes, type, sequence);
}

std::string SampleDatagram(const Feed& feed, uint64_t seed) {
  SampleRandom random(seed);
  MachWriter mach({.session = static_cast<uint8_t>(1 + random.Below(9)),
                   .sequence = 2 + random.Below(1'000'000)});
  if (&feed == &kOnyx) {
    for (const MessageInfo* info : feed.messages) AddFilled(*info, feed, random, mach);
    for (uint64_t i = 10 + random.Below(8); i > 0; --i) {
      AddFilled(onyx::kQuotes, feed, random, mach);
    }
    return mach.Bytes();
  }
  AddFilled(kSystemTime, feed, random, mach);
  AddOpening(feed, random, mach);
  for (const MessageInfo* info : feed.messages) AddFilled(*info, feed, random, mach);
  for (const MessageInfo* info : feed.short_messages) AddFilled(*info, feed, random, mach);
  for (uint64_t i = 10 + random.Below(8); i > 0; --i) {
    const MessageInfo& bid = feed.is_complex ? kNetBidCompact : kBidCompact;
    const MessageInfo& offer = feed.is_complex ? kNetOfferWide : kOfferCompact;
    AddFilled(random.Below(2) == 0 ? bid : offer, feed, random, mach);
  }
  return mach.Bytes();
}

}  // namespace fh::codecs::miax
