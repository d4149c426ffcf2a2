#include "codecs/iex/iex_sample.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "codecs/iex/iex_tp.h"
#include "codecs/sample_random.h"

namespace fh::codecs::iex {

namespace {

constexpr int64_t kSampleDayNs = 1'700'000'000'000'000'000;

// The letters that a field may hold, null for a field without such a list.
const char* LettersOf(const FieldInfo* field) {
  struct Letters {
    const FieldInfo* field;
    const char* letters;
  };
  static constexpr Letters kLetters[] = {{&kSystemEvent, "OSRMEC"},
                                         {&kTradingStatus, "HOPT"},
                                         {&kRetailLiquidityIndicator, " ABC"},
                                         {&kOperationalHaltStatus, "ON"},
                                         {&kDetail, " ACDN"},
                                         {&kSecurityEvent, "OC"},
                                         {&kPriceType, "QM"},
                                         {&kAuctionType, "OCIHV"},
                                         {&kImbalanceSide, "BSN"},
                                         {&kSide, "85"}};
  for (const Letters& entry : kLetters) {
    if (entry.field == field) return entry.letters;
  }
  return nullptr;
}

// The values that a flag byte may hold, as a mask of its bits.
uint8_t FlagsOf(const FieldInfo* field, uint16_t protocol) {
  if (field == &kSecurityDirectoryFlags) return 0xE0;
  if (field == &kQuoteUpdateFlags) return 0xC0;
  if (field == &kEventFlags) return kEventComplete;
  if (field == &kModifyFlags) return kKeepsPriority;
  return protocol == kTops15.protocol ? 0xF0 : 0xF8;
}

// Orders are never of no shares.
uint64_t LeastOf(const FieldInfo* field) { return field == &kSize26 ? 1 : 0; }

void FillText(const FieldInfo& field, uint8_t* message, SampleRandom& random) {
  static constexpr std::array kSymbols = {"AAPL",  "MSFT", "SPY",   "ZIEXT",
                                          "BRK.A", "QQQ",  "ZXIET", "F"};
  static constexpr std::array kReasons = {"", "T1", "IPO1", "MCB3", "NA"};
  const char* text = &field == &kSymbol ? kSymbols[random.Below(kSymbols.size())]
                                        : kReasons[random.Below(kReasons.size())];
  Alpha(field.name, field.offset, field.length).Put(message, text);
}

// Little-endian, any length up to 8.
void FillInteger(const FieldInfo& field, uint8_t* message, uint64_t value) {
  for (uint16_t i = 0; i < field.length; ++i) {
    message[field.offset + i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

void Fill(const MessageInfo& info, uint16_t protocol, int64_t now_ns, SampleRandom& random,
          uint8_t* message) {
  for (const FieldInfo* field : info.fields) {
    if (field == &kMessageType || field == &kTops15Reserved) continue;
    switch (field->kind) {
      case FieldKind::kAlpha:
        FillText(*field, message, random);
        break;
      case FieldKind::kChar:
        message[field->offset] = static_cast<uint8_t>(random.OneOf(LettersOf(field)));
        break;
      case FieldKind::kFlags:
        message[field->offset] = static_cast<uint8_t>(random.Below(256)) & FlagsOf(field, protocol);
        break;
      case FieldKind::kDecimal:
        FillInteger(*field, message, 100 * (100 + random.Below(50'000)));
        break;
      case FieldKind::kUnixNs:
        FillInteger(*field, message, static_cast<uint64_t>(now_ns));
        break;
      case FieldKind::kUnixSeconds:
        FillInteger(*field, message, static_cast<uint64_t>(now_ns / 1'000'000'000 + 600));
        break;
      default:
        FillInteger(
            *field, message,
            field->length == 1 ? random.Below(2) : 100 * (LeastOf(field) + random.Below(99)));
    }
  }
}

SegmentPosition SamplePosition(SampleRandom& random) {
  SegmentPosition position;
  position.first_sequence = 1 + random.Below(1'000'000);
  position.stream_offset = static_cast<int64_t>((position.first_sequence - 1) * 32);
  position.send_time_ns = kSampleDayNs + static_cast<int64_t>(random.Below(1'000'000'000));
  return position;
}

// Levels in DEEP, orders in DEEP+, quotes in TOPS, and a few trades.
const MessageInfo& FrequentType(const Feed& feed, SampleRandom& random) {
  if (feed.protocol == kDeepPlus10.protocol) {
    static constexpr std::array kOrders = {&kAddOrderMessage,    &kAddOrderMessage,
                                           &kOrderDeleteMessage, &kOrderDeleteMessage,
                                           &kOrderModifyMessage, &kOrderExecutedMessage};
    return *kOrders[random.Below(kOrders.size())];
  }
  const bool deep = feed.protocol == kDeep10.protocol;
  switch (random.Below(8)) {
    case 0:
      return feed.protocol == kTops15.protocol ? kTops15TradeMessage : kTradeMessage;
    case 1:
    case 2:
    case 3:
      return deep ? kSellLevelMessage : kQuoteMessage;
    default:
      return deep ? kBuyLevelMessage : kQuoteMessage;
  }
}

void AddFrequent(const Feed& feed, uint64_t count, int64_t now_ns, SampleRandom& random,
                 SegmentWriter& segment) {
  for (uint64_t i = 0; i < count; ++i) {
    const MessageInfo& info = FrequentType(feed, random);
    Fill(info, feed.protocol, now_ns, random, segment.Add(info));
  }
}

}  // namespace

SegmentWriter::SegmentWriter(uint16_t protocol, const SegmentPosition& position)
    : bytes_(kSegmentHeaderBytes, '\0') {
  auto* header = reinterpret_cast<uint8_t*>(bytes_.data());
  kVersion.Put(header, kTransportVersion);
  kMessageProtocolId.Put(header, protocol);
  kChannelId.Put(header, position.channel);
  kSessionId.Put(header, position.session);
  kStreamOffset.Put(header, position.stream_offset);
  kFirstMessageSequenceNumber.Put(header, position.first_sequence);
  kSendTime.Put(header, position.send_time_ns);
}

uint8_t* SegmentWriter::Add(const MessageInfo& info) {
  uint8_t* message = Grow(info.length);
  message[0] = static_cast<uint8_t>(info.type);
  for (const FieldInfo* field : info.fields) {
    if (field->kind == FieldKind::kAlpha) std::memset(message + field->offset, ' ', field->length);
  }
  return message;
}

void SegmentWriter::AddRaw(const std::string& message) {
  std::copy(message.begin(), message.end(), Grow(static_cast<uint16_t>(message.size())));
}

uint8_t* SegmentWriter::Grow(uint16_t length) {
  const size_t block = bytes_.size();
  bytes_.resize(block + IexTp::Blocks::kLengthBytes + length);
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data());
  kPayloadLength.Put(header, static_cast<uint16_t>(bytes_.size() - kSegmentHeaderBytes));
  kMessageCount.Put(header, static_cast<uint16_t>(kMessageCount(header) + 1));
  internal::Store<std::endian::little>(header + block, length);
  return header + block + IexTp::Blocks::kLengthBytes;
}

std::string SampleSegment(const Feed& feed, uint64_t seed) {
  SampleRandom random(seed);
  const SegmentPosition position = SamplePosition(random);
  SegmentWriter segment(feed.protocol, position);
  for (const MessageInfo* info : feed.messages) {
    Fill(*info, feed.protocol, position.send_time_ns, random, segment.Add(*info));
  }
  AddFrequent(feed, random.Below(17), position.send_time_ns, random, segment);
  return segment.Bytes();
}

std::string BusySegment(const Feed& feed, uint64_t seed, uint32_t messages) {
  SampleRandom random(seed);
  const SegmentPosition position = SamplePosition(random);
  SegmentWriter segment(feed.protocol, position);
  AddFrequent(feed, messages, position.send_time_ns, random, segment);
  return segment.Bytes();
}

}  // namespace fh::codecs::iex
