#include "codecs/itch/itch_dialect.h"

#include <algorithm>

#include "codecs/instrument_store.h"
#include "codecs/length_blocks.h"

namespace fh::codecs::itch {
namespace {

constexpr uint64_t kNsPerDay = 86'400'000'000'000;
constexpr uint32_t kNsPerSecond = 1'000'000'000;

// With the fields that only later versions have.
uint32_t FullLength(const MessageInfo& info) {
  uint32_t length = info.length;
  for (const FieldInfo* field : info.fields) {
    length = std::max(length, uint32_t{field->offset} + field->length);
  }
  return length;
}

bool IsPrintable(const uint8_t* text, size_t length) {
  return std::all_of(text, text + length, [](uint8_t c) { return c >= ' ' && c <= '~'; });
}

uint64_t NumberIn(const FieldInfo& field, const uint8_t* message) {
  uint64_t number = 0;
  for (uint32_t i = 0; i < field.length; ++i) number = number << 8 | message[field.offset + i];
  return number;
}

// Whether a field holds what it may hold.
bool IsPlausible(const FieldInfo& field, const uint8_t* message) {
  constexpr uint64_t kFirstDay = 14'000;  // In 2008, before any of these feeds.
  constexpr uint64_t kLastDay = 40'000;
  switch (field.kind) {
    case FieldKind::kAlpha:
    case FieldKind::kChar:
      return IsPrintable(message + field.offset, field.length);
    case FieldKind::kNsSinceMidnight:
      return NumberIn(field, message) < kNsPerDay;
    case FieldKind::kUnixDays: {
      const uint64_t day = NumberIn(field, message);
      return day >= kFirstDay && day <= kLastDay;
    }
    default:
      return std::string_view(field.name) != "nanoseconds" ||
             NumberIn(field, message) < kNsPerSecond;
  }
}

bool Fits(const Dialect& dialect, const MessageInfo& info, const uint8_t* message,
          uint32_t length) {
  if (length < info.length) return false;
  const uint32_t expected = info.groups.empty() ? 0 : dialect.length(info, message);
  const uint32_t full = FullLength(info);
  if (info.groups.empty() ? length != info.length && length != full : length != expected) {
    return false;
  }
  return std::all_of(info.fields.begin(), info.fields.end(), [&](const FieldInfo* field) {
    return uint32_t{field->offset} + field->length > length || IsPlausible(*field, message);
  });
}

std::string SampleMessage(const Dialect& dialect, const MessageInfo& info, SampleOrders& orders,
                          SampleRandom& random) {
  std::string text(FullLength(info), ' ');
  auto* message = reinterpret_cast<uint8_t*>(text.data());
  for (const FieldInfo* field : info.fields) {
    const std::string_view name = field->name;
    if (name == "message_type") {
      message[field->offset] = static_cast<uint8_t>(info.type);
    } else if (field->kind == FieldKind::kChar) {
      message[field->offset] = static_cast<uint8_t>(random.OneOf(dialect.letters(name)));
    } else if (field->kind == FieldKind::kAlpha) {
      const std::string value(dialect.text(name, random));
      Alpha(field->name, field->offset, field->length).Put(message, value.c_str());
    } else {
      uint64_t value = dialect.number(info, *field, orders, random);
      for (uint32_t i = 0; i < field->length; ++i, value >>= 8) {
        message[field->offset + field->length - 1 - i] = static_cast<uint8_t>(value);
      }
    }
  }
  if (dialect.append != nullptr) dialect.append(info, random, text);
  return text;
}

}  // namespace

NormalizedUpdate& Sink::Definition(uint32_t instrument_id, const Symbol& name,
                                   const fh_terms& terms, char security_class) const {
  NormalizedUpdate& update =
      Next(FH_RECORD_DEFINITION, FH_ACTION_NONE, FH_SIDE_NONE, instrument_id);
  std::memcpy(update.definition.symbol, name.bytes.data(), sizeof update.definition.symbol);
  update.definition.round_lot =
      static_cast<uint32_t>(std::min<uint64_t>(terms.round_lot, UINT32_MAX));
  update.definition.kind = terms.kind;
  update.definition.security_class = security_class;
  update.definition.size_decimals = terms.size_decimals;
  update.definition.book_depth = terms.book_depth;
  return update;
}

uint32_t PriceUnits::SlotOf(uint32_t id) const {
  uint32_t slot = Home(id);
  while (odd_[slot].instrument_id != id && odd_[slot].instrument_id != FH_ALL_INSTRUMENTS) {
    slot = (slot + 1) % kSlots;
  }
  return slot;
}

bool PriceUnits::Learn(uint32_t instrument_id, int64_t unit_e9) {
  if (instrument_id == FH_ALL_INSTRUMENTS || instrument_id == FH_UNKNOWN_INSTRUMENT) return true;
  if (count_ == 0 && unit_e9 == usual_e9_) return true;
  Odd& odd = odd_[SlotOf(instrument_id)];
  if (odd.instrument_id == FH_ALL_INSTRUMENTS) {
    if (unit_e9 == usual_e9_) return true;
    if (count_ == kMost) {
      is_full_ = true;
      return false;
    }
    ++count_;
  }
  odd = {instrument_id, unit_e9};
  return true;
}

int64_t PriceUnits::Find(uint32_t id) const {
  const Odd& odd = odd_[SlotOf(id)];
  if (odd.instrument_id == id) return odd.unit_e9;
  return is_full_ ? 0 : usual_e9_;
}

void PriceUnits::Clear() {
  if (count_ == 0) return;
  std::fill(odd_.begin(), odd_.end(), Odd{});
  count_ = 0;
  is_full_ = false;
}

bool ExponentOf(int64_t unit_e9, int16_t* exponent) {
  int16_t power = -9;
  while (unit_e9 > 1 && unit_e9 % 10 == 0) {
    unit_e9 /= 10;
    ++power;
  }
  *exponent = power;
  return unit_e9 == 1;
}

int GuessDialect(const Dialect& dialect, std::span<const uint8_t> payload) {
  rio::Packet packet{};
  packet.data = payload.data();
  packet.length = static_cast<uint32_t>(payload.size());
  const MoldUdp64 framing;
  const PacketFrame frame = framing.Parse(packet);
  if (frame.kind != FrameKind::kMessages || frame.trailing_bytes || frame.lost_in_tail != 0) {
    return 0;
  }
  bool fits = true;
  bool is_evident = false;
  framing.ForEachMessage(
      packet, frame, 0, frame.message_count, [&](const uint8_t* message, uint32_t length) {
        const MessageInfo* info = nullptr;
        for (const MessageInfo* known : dialect.messages) {
          if (length > dialect.type_at && known->type == message[dialect.type_at]) info = known;
        }
        fits = fits && info != nullptr && Fits(dialect, *info, message, length);
        is_evident |= info != nullptr && dialect.common_types.find(static_cast<char>(info->type)) ==
                                             std::string_view::npos;
      });
  return fits && is_evident ? 100 : 0;
}

std::string SampleDialect(const Dialect& dialect, uint64_t seed) {
  constexpr uint64_t kMostFrequent = 17;
  SampleRandom random(seed);
  SampleOrders orders{.next = 1 + random.Below(1'000'000), .live = {}};
  std::string blocks;
  uint16_t count = 0;
  const auto append = [&](const MessageInfo& info) {
    LengthBlocks<std::endian::big>::Append(blocks, SampleMessage(dialect, info, orders, random));
    ++count;
  };
  for (const MessageInfo* info : dialect.messages) append(*info);
  for (uint64_t left = random.Below(kMostFrequent); left > 0; --left) {
    const char type = dialect.frequent[random.Below(dialect.frequent.size())];
    append(**std::find_if(
        dialect.messages.begin(), dialect.messages.end(),
        [&](const MessageInfo* info) { return info->type == static_cast<uint8_t>(type); }));
  }
  std::string packet(MoldUdp64::kHeaderBytes, '\0');
  MoldUdp64::PutHeader(reinterpret_cast<uint8_t*>(packet.data()), "SAMPLE    ", 1 + seed * 64,
                       count);
  return packet + blocks;
}

}  // namespace fh::codecs::itch
