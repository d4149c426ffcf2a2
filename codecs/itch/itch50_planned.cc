// The portable way to write a row: what it names is loaded, scaled and masked, without a branch on
// the type.
#include <array>
#include <bit>

#include "codecs/itch/itch50_planned_loop.h"
#include "codecs/itch/itch50_plans.h"
#include "codecs/length_blocks.h"

namespace fh::codecs::itch50 {
namespace {

using codecs::internal::Load;

struct Row {
  uint8_t record = 0;
  char action = 0;
  char side = 0;
  uint8_t flags = 0;
  uint8_t id_offset = 0;
  uint8_t price_offset = 0;
  uint8_t size_offset = 0;
  uint8_t index = 0;
  int64_t price_factor = 0;
  int64_t price_base = 0;  // 0, or the undefined price when the factor is 0.
  uint64_t size_mask = 0;
};

constexpr Row MakeRow(const MessagePlan& plan, uint32_t index) {
  const RecordPlan& record = plan.records[index];
  Row row;
  row.record = record.record;
  row.action = record.action;
  row.side = record.side;
  row.flags = IsLast(plan, index) ? FH_FLAG_LAST : 0;
  row.id_offset = static_cast<uint8_t>(record.id->offset);
  row.index = static_cast<uint8_t>(index);
  // What a message does not have is read from offset 0, which every message has, and masked out.
  if (record.price != nullptr) row.price_offset = static_cast<uint8_t>(record.price->offset);
  row.price_factor = record.price != nullptr ? kPrice4Factor : 0;
  row.price_base = record.price != nullptr ? 0 : kUndefinedPrice;
  if (record.size != nullptr) row.size_offset = static_cast<uint8_t>(record.size->offset);
  row.size_mask = record.size != nullptr ? ~uint64_t{0} : 0;
  return row;
}

constexpr std::array<Row, kLayout.rows> kRows = MakeRows<Row>(MakeRow);

class PortableWriter {
 public:
  explicit PortableWriter(const PlannedRun& run)
      : sequence_(run.sequence),
        midnight_ns_(run.midnight_ns),
        ts_recv_ns_(run.ts_recv_ns),
        channel_id_(run.channel_id),
        flags_(run.flags) {}

  void Begin(const uint8_t* message) { message_ = message; }

  void Write(uint32_t index, NormalizedUpdate* update) const {
    const Row& row = kRows[index];
    const int64_t price = Load<std::endian::big, uint32_t>(message_ + row.price_offset);
    const uint64_t size = Load<std::endian::big, uint32_t>(message_ + row.size_offset);
    update->record = row.record;
    update->action = row.action;
    update->side = row.side;
    update->flags = row.flags | flags_;
    update->instrument_id = kStockLocate(message_);
    update->sequence = sequence_;
    update->ts_event_ns = midnight_ns_ + static_cast<int64_t>(kTimestamp(message_));
    update->ts_recv_ns = ts_recv_ns_;
    update->order.order_id = Load<std::endian::big, uint64_t>(message_ + row.id_offset);
    update->order.price = price * row.price_factor + row.price_base;
    update->order.size = size & row.size_mask;
    update->channel_id = channel_id_;
    update->index = row.index;
    update->detail = 0;
    update->published_ns32 = 0;
  }

  void End() { ++sequence_; }

 private:
  const uint8_t* message_ = nullptr;
  uint64_t sequence_;
  int64_t midnight_ns_;
  int64_t ts_recv_ns_;
  uint16_t channel_id_;
  uint8_t flags_;
};

}  // namespace

void DecodePlannedPortable(PlannedRun& run) { DecodePlanned<PortableWriter>(run); }

bool WritePlanned(const uint8_t* message, PlannedRun& run) {
  const uint8_t type = message[0];
  if (Load<std::endian::big, uint32_t>(message + kOwnLayout.not_zero_offset[type]) == 0) {
    return false;
  }
  const uint32_t choice = kOwnLayout.choices[message[kOwnLayout.chooser_offset[type]]];
  const uint32_t row = kOwnLayout.first_row[type] + (choice & kOwnLayout.choice_mask[type]);
  PortableWriter writer(run);
  writer.Begin(message);
  for (uint32_t i = 0; i < kOwnCounts[row]; ++i) {
    writer.Write(row + i, run.next == run.staged ? run.stage : &run.slots[run.next & run.mask]);
    ++run.next;
  }
  return true;
}

#ifdef FH_CODECS_AVX512
bool CanUseAvx512() {
  // What the file is compiled for; MOVBE came long before.
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512ifma") &&
         __builtin_cpu_supports("bmi2");
}
#else
bool CanUseAvx512() { return false; }
void DecodePlannedAvx512(PlannedRun& run) { DecodePlannedPortable(run); }
#endif

}  // namespace fh::codecs::itch50
