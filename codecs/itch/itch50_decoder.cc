#include "codecs/itch/itch50_decoder.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "codecs/instrument_table.h"
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

bool IsPlanned(const MessageInfo& info) {
  const TypeEntry& type = kLayout.types[info.type];
  return type.one_record_length != kNever || type.records_length != kNever;
}

constexpr uint32_t kStockBytes = AddOrder::kStock.length;

}  // namespace

constinit const std::array<const MessageInfo*, 256> ItchDecoder::kByType = MakeByType();

ItchDecoder::ItchDecoder(const CodecOptions& options, LocalMidnight midnight)
    : instruments_(options.instruments),
      midnight_(midnight),
      vectors_(!options.portable && CanUseAvx512()),
      epoch_(instruments_ != nullptr ? instruments_->epoch() : 0) {
  known_locates_.fill(instruments_ != nullptr ? 0 : ~uint64_t{0});
}

void ItchDecoder::BeginJob(const DecodeJob& job) {
  midnight_ns_ = midnight_.At(job.ts_recv_ns);
  if (instruments_ != nullptr && instruments_->epoch() != epoch_) {
    epoch_ = instruments_->epoch();
    known_locates_.fill(0);
  }
}

void ItchDecoder::DecodeBlocks(BlockRun blocks, const MessageContext& context,
                               UpdateWriter& writer) {
  using Blocks = LengthBlocks<std::endian::big>;
  PlannedRun run = MakeRun(blocks, context, writer);
  while (run.count > 0) {
    vectors_ ? DecodePlannedAvx512(run) : DecodePlannedPortable(run);
    writer.Advance(run.next - writer.next());
    if (run.count == 0 || run.end - run.block < Blocks::kLengthBytes) return;
    const uint32_t length = Blocks::Length(run.block);
    const uint8_t* message = run.block + Blocks::kLengthBytes;
    if (run.end - message < length) return;
    const MessageContext rare = {run.sequence, context.ts_recv_ns, context.channel_id,
                                 context.flags, context.stats};
    DecodeChecked(*this, message, length, rare, writer);
    run.block = message + length;
    --run.count;
    ++run.sequence;
    run.next = writer.next();
  }
}

bool ItchDecoder::Decode(const MessageInfo& info, const uint8_t* message, uint32_t,
                         const MessageContext& context, UpdateWriter& writer) {
  LearnSymbol(info, message, context.stats);
  if (IsPlanned(info)) {
    PlannedRun run = MakeRun({}, context, writer);
    if (!WritePlanned(message, run)) ++context.stats.malformed;
    writer.Advance(run.next - writer.next());
    return true;
  }
  const uint64_t before = writer.next();
  if (!DecodeRare(message, midnight_ns_, instruments_, context, writer)) return false;
  if (writer.next() != before) writer.Last().flags |= FH_FLAG_LAST;
  return true;
}

PlannedRun ItchDecoder::MakeRun(BlockRun blocks, const MessageContext& context,
                                UpdateWriter& writer) const {
  return {.block = blocks.first,
          .end = blocks.end,
          .count = blocks.count,
          .slots = writer.slots(),
          .mask = writer.mask(),
          .next = writer.next(),
          .sequence = context.sequence,
          .midnight_ns = midnight_ns_,
          .ts_recv_ns = context.ts_recv_ns,
          .channel_id = context.channel_id,
          .flags = context.flags,
          .known_locates = known_locates_.data()};
}

void ItchDecoder::LearnSymbol(const MessageInfo& info, const uint8_t* message, CodecStats& stats) {
  const uint8_t offset = kStockOffsets[info.type];
  const uint32_t locate = kStockLocate(message);
  if (instruments_ == nullptr || offset == 0 || locate == 0) return;
  uint64_t& word = known_locates_[locate / 64];
  const uint64_t bit = uint64_t{1} << (locate % 64);
  // The directory is the authority, even for a locate that is known by another name.
  if ((word & bit) != 0 && info.type != StockDirectory::kInfo.type) return;
  word |= bit;
  const Symbol symbol(reinterpret_cast<const char*>(message + offset), kStockBytes);
  if (!instruments_->Define(locate, symbol)) ++stats.instruments_full;
}

}  // namespace fh::codecs::itch50
