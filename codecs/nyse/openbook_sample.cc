#include "codecs/nyse/openbook_sample.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "codecs/sample_random.h"

namespace fh::codecs::openbook {

namespace {

constexpr std::array<const char*, 4> kSymbols{"ABC", "ZVZZT", "BRK A", "IBM"};

// Of `symbol`, the `place`th of the packet: its status is another than the one before, so that a second
// look at the packet finds what the first did.
void FillUpdate(const UpdateForm& form, uint32_t points, size_t symbol, uint64_t place,
                SampleRandom& random, uint8_t* update) {
  kSymbolIndex.Put(update, static_cast<uint32_t>(1 + symbol));
  kSourceTime.Put(update, static_cast<uint32_t>(34'200'000 + random.Below(1'000'000)));
  kSourceTimeMicros.Put(update, static_cast<uint16_t>(random.Below(1000)));
  kSymbolSequence.Put(update, static_cast<uint32_t>(1 + random.Below(100'000)));
  const bool is_full = &form == &kFullForm;
  if (is_full)
    std::memcpy(update + kSymbol.offset, kSymbols[symbol], std::strlen(kSymbols[symbol]));
  (is_full ? kFullScale : kDeltaScale).Put(update, 4);
  (is_full ? kFullQuoteCondition : kDeltaQuoteCondition).Put(update, ' ');
  (is_full ? kFullTradingStatus : kDeltaTradingStatus).Put(update, place % 2 == 0 ? 'P' : 'O');
  if (is_full) kMpv.Put(update, 100);
  for (uint32_t i = 0; i < points; ++i) {
    uint8_t* const point = update + form.update_bytes + i * form.point_bytes;
    kPointPrice.Put(point, static_cast<int32_t>(100 * (1 + random.Below(20'000))));
    kPointVolume.Put(point, static_cast<uint32_t>(100 * random.Below(20)));
    (is_full ? kFullOrders : kDeltaOrders).Put(point, static_cast<uint16_t>(random.Below(9)));
    (is_full ? kFullSide : kDeltaSide).Put(point, random.OneOf("BS"));
    if (!is_full) kReason.Put(point, random.OneOf("OCEX"));
  }
}

}  // namespace

PacketWriter::PacketWriter(uint16_t type, const PacketPosition& position) : type_(type) {
  uint8_t* const header = Grow(kHeaderBytes);
  kMessageType.Put(header, type);
  kSequenceNumber.Put(header, position.sequence);
  kTimestamp.Put(header, position.timestamp_ms);
  kProduct.Put(header, 12);
  kRetransmissionFlag.Put(header, position.flag);
}

uint8_t* PacketWriter::Grow(size_t bytes) {
  const size_t at = bytes_.size();
  bytes_.resize(at + bytes, '\0');
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data());
  kPacketSize.Put(header, static_cast<uint16_t>(bytes_.size() - kSizeBytes));
  return header + at;
}

uint8_t* PacketWriter::Update(uint32_t points) {
  const UpdateForm& form = *FormOf(type_);
  const uint32_t size = form.update_bytes + points * form.point_bytes;
  uint8_t* const update = Grow(size);
  kUpdateSize.Put(update, static_cast<uint16_t>(size));
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data());
  kMessageCount.Put(header, static_cast<uint8_t>(kMessageCount(header) + 1));
  return update;
}

void PacketWriter::Next(uint32_t sequence) {
  Grow(kReset.length - kHeaderBytes);
  auto* const header = reinterpret_cast<uint8_t*>(bytes_.data());
  kMessageCount.Put(header, 1);
  kNextSequenceNumber.Put(header, sequence);
}

std::string SamplePacket(uint64_t seed) {
  SampleRandom random(seed);
  const PacketPosition position{.sequence = static_cast<uint32_t>(2 + random.Below(1'000'000))};
  const uint64_t kind = random.Below(16);
  if (kind == 0) {
    PacketWriter reset(static_cast<uint16_t>(kReset.type), {.sequence = 1});
    reset.Next(2);
    return reset.Bytes();
  }
  if (kind == 1) return PacketWriter(static_cast<uint16_t>(kHeartbeat.type), position).Bytes();
  const auto type = static_cast<uint16_t>(kind < 6 ? kFullUpdate.type : kDeltaUpdate.type);
  PacketWriter packet(type, position);
  const uint64_t updates = 2 * (1 + random.Below(6));
  const size_t symbol = random.Below(kSymbols.size());
  for (uint64_t i = 0; i < updates; ++i) {
    const auto points = static_cast<uint32_t>(random.Below(4));
    FillUpdate(*FormOf(type), points, symbol, i, random, packet.Update(points));
  }
  return packet.Bytes();
}

}  // namespace fh::codecs::openbook
