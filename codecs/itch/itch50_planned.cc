// The portable loop over planned messages: what a message's row names is loaded, scaled and masked,
// without a branch on the type.
#include <array>
#include <bit>
#include <cstring>

#include "codecs/itch/itch50_plans.h"
#include "codecs/length_blocks.h"

namespace fh::codecs::itch50 {
namespace {

using codecs::internal::Load;
using Blocks = LengthBlocks<std::endian::big>;

struct Row {
  uint8_t record = 0;
  char action = 0;
  char side = 0;
  uint8_t flags = 0;
  uint8_t id_offset = 0;
  uint8_t price_offset = 0;
  uint8_t size_offset = 0;
  uint8_t venue_type = 0;
  int64_t price_factor = 0;
  int64_t price_base = 0;  // 0, or the undefined price when the factor is 0.
  uint64_t size_mask = 0;
};

constexpr Row MakeRow(const MessagePlan& plan, const RecordPlan& record, bool last) {
  Row row;
  row.record = record.record;
  row.action = record.action;
  row.side = record.side;
  row.flags = last ? FH_FLAG_LAST : 0;
  row.id_offset = static_cast<uint8_t>(record.id->offset);
  row.venue_type = static_cast<uint8_t>(plan.info->type);
  // What a message does not have is read from offset 0, which every message has, and masked out.
  if (record.price != nullptr) row.price_offset = static_cast<uint8_t>(record.price->offset);
  row.price_factor = record.price != nullptr ? kPrice4Factor : 0;
  row.price_base = record.price != nullptr ? 0 : kUndefinedPrice;
  if (record.size != nullptr) row.size_offset = static_cast<uint8_t>(record.size->offset);
  row.size_mask = record.size != nullptr ? ~uint64_t{0} : 0;
  return row;
}

constexpr std::array<Row, kLayout.rows> kRows = MakeRows<Row>(MakeRow);

// What the updates of a run have in common, in registers.
struct Common {
  uint64_t sequence;
  int64_t midnight_ns;
  int64_t ts_recv_ns;
  uint16_t channel_id;
  uint8_t flags;
};

inline void WriteRow(const Row& row, const uint8_t* message, const Common& common,
                     NormalizedUpdate& update) {
  const int64_t price = Load<std::endian::big, uint32_t>(message + row.price_offset);
  const uint64_t size = Load<std::endian::big, uint32_t>(message + row.size_offset);
  update.record = row.record;
  update.action = row.action;
  update.side = row.side;
  update.flags = row.flags | common.flags;
  update.instrument_id = kStockLocate(message);
  update.sequence = common.sequence;
  update.ts_event_ns = common.midnight_ns + static_cast<int64_t>(kTimestamp(message));
  update.ts_recv_ns = common.ts_recv_ns;
  update.order.order_id = Load<std::endian::big, uint64_t>(message + row.id_offset);
  update.order.price = price * row.price_factor + row.price_base;
  update.order.size = size & row.size_mask;
  update.channel_id = common.channel_id;
  update.venue_type = row.venue_type;
  update.detail = 0;
  update.published_ns32 = 0;
}

inline uint32_t RowIndex(const TypeEntry& type, const uint8_t* message) {
  return type.first_row + (kLayout.choices[message[type.chooser_offset]] & type.chooser_mask);
}

inline bool IsKnown(const uint64_t* locates, uint32_t locate) {
  return (locates[locate / 64] >> (locate % 64) & 1) != 0;
}

// The records of one message, all kMaxPlannedRecords of them; returns how many are meant, 0 for a
// quantity that must not be 0.
inline uint32_t WriteRows(const TypeEntry& type, const uint8_t* message, const Common& common,
                          NormalizedUpdate* slots, uint64_t mask, uint64_t next) {
  if (Load<std::endian::big, uint32_t>(message + type.not_zero_offset) == 0) return 0;
  const uint32_t row = RowIndex(type, message);
  for (uint32_t i = 0; i < kMaxPlannedRecords; ++i) {
    WriteRow(kRows[row + i], message, common, slots[(next + i) & mask]);
  }
  return kCounts[row];
}

}  // namespace

void DecodePlannedPortable(PlannedRun& run) {
  Common common = {run.sequence, run.midnight_ns, run.ts_recv_ns, run.channel_id, run.flags};
  NormalizedUpdate* const slots = run.slots;
  const uint64_t mask = run.mask;
  const uint64_t* const known = run.known_locates;
  const uint8_t* const end = run.end;
  const uint8_t* block = run.block;
  uint64_t next = run.next;
  uint32_t left = run.count;
  for (; left > 0; --left) {
    if (end - block < Blocks::kLengthBytes) break;
    const uint32_t length = Blocks::Length(block);
    const uint8_t* const message = block + Blocks::kLengthBytes;
    if (end - message < length) break;
    const TypeEntry& type = kLayout.types[message[0]];
    if (length >= type.one_record_length && IsKnown(known, kStockLocate(message))) [[likely]] {
      WriteRow(kRows[RowIndex(type, message)], message, common, slots[next & mask]);
      ++next;
    } else {
      if (length < type.records_length) break;
      const uint32_t written = WriteRows(type, message, common, slots, mask, next);
      if (written == 0) break;
      next += written;
    }
    ++common.sequence;
    block = message + length;
  }
  run.block = block;
  run.count = left;
  run.sequence = common.sequence;
  run.next = next;
}

bool WritePlanned(const uint8_t* message, PlannedRun& run) {
  const Common common = {run.sequence, run.midnight_ns, run.ts_recv_ns, run.channel_id, run.flags};
  const uint32_t written =
      WriteRows(kLayout.types[message[0]], message, common, run.slots, run.mask, run.next);
  run.next += written;
  return written != 0;
}

#ifdef FH_CODECS_AVX512
bool CanUseAvx512() {
  return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("bmi2");
}
#else
bool CanUseAvx512() { return false; }
void DecodePlannedAvx512(PlannedRun& run) { DecodePlannedPortable(run); }
#endif

}  // namespace fh::codecs::itch50
