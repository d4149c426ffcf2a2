#include "codecs/itch/itch50_decoder.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "codecs/itch/itch50_plans.h"

namespace fh::codecs::itch50 {
namespace {

constexpr std::array<const MessageInfo*, 256> MakeByType() {
  std::array<const MessageInfo*, 256> by_type{};
  for (const MessageInfo* info : kMessages) by_type[info->type] = info;
  return by_type;
}

// Where a type has its stock symbol; 0 = nowhere.
constexpr std::array<uint8_t, 256> MakeStockOffsets() {
  std::array<uint8_t, 256> offsets{};
  constexpr absl::string_view kStock = "stock";
  for (const MessageInfo* info : kMessages) {
    for (const FieldInfo* field : info->fields) {
      if (field->name == kStock) offsets[info->type] = static_cast<uint8_t>(field->offset);
    }
  }
  return offsets;
}

constexpr std::array<uint8_t, 256> kStockOffsets = MakeStockOffsets();

constexpr uint32_t kStockBytes = AddOrder::kStock.length;

}  // namespace

constinit const std::array<const MessageInfo*, 256> ItchDecoder::kByType = MakeByType();

ItchDecoder::ItchDecoder(const CodecOptions& options, LocalMidnight midnight)
    : instruments_(options.instruments),
      midnight_(midnight),
      vectors_(!options.portable && CanUseAvx512()),
      epoch_(instruments_ != nullptr ? instruments_->epoch() : 0) {
  known_locates_.fill(instruments_ == nullptr ? ~uint64_t{0} : 0);
  known_locates_[0] &= ~uint64_t{1};  // No instrument: such messages are for Decode.
  if (instruments_ == nullptr) known_in_a_row_ = kLocates - 1;
}

bool ItchDecoder::Decode(const MessageInfo& info, const uint8_t* message, uint32_t,
                         const MessageContext& context, UpdateWriter& writer) {
  LearnSymbol(info, message, context.stats);
  if (IsPlanned(info)) {
    PlannedRun run = MakeRun({}, context, writer);
    if (!WritePlanned(message, run)) ++context.stats.malformed;
    for (uint64_t i = writer.next(); i < run.next && kStockLocate(message) == 0; ++i) {
      writer.At(i).instrument_id = FH_UNKNOWN_INSTRUMENT;
    }
    writer.Advance(run.next - writer.next());
    return true;
  }
  const uint64_t before = writer.next();
  if (!DecodeRare(message, midnight_ns_, instruments_, context, writer)) return false;
  if (writer.next() != before) writer.Last().flags |= FH_FLAG_LAST;
  return true;
}

void ItchDecoder::LearnSymbol(const MessageInfo& info, const uint8_t* message, CodecStats& stats) {
  const uint8_t offset = kStockOffsets[info.type];
  const uint32_t locate = kStockLocate(message);
  if (instruments_ == nullptr || offset == 0 || locate == 0) return;
  // The directory is the authority, even for a locate that is known by another name.
  if (Knows(locate) && info.type != StockDirectory::kInfo.type) return;
  known_locates_[locate / 64] |= uint64_t{1} << locate % 64;
  while (known_in_a_row_ + 1 < kLocates && Knows(known_in_a_row_ + 1)) ++known_in_a_row_;
  const Symbol symbol(reinterpret_cast<const char*>(message + offset), kStockBytes);
  if (!instruments_->Define(locate, symbol)) ++stats.instruments_full;
}

}  // namespace fh::codecs::itch50
