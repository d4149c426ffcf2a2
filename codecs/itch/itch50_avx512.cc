// The vector loop over planned messages. Compiled for AVX-512 VBMI; called only where
// CanUseAvx512().
//
// The trick: a message is at most 64 bytes and so is an update, so one byte permutation, chosen by
// the message's row, takes every field to its place and turns big-endian into little-endian on the
// way. What then is missing is one multiplication (the price's scale, in its lane only) and one
// addition of a vector that has the row's constants, the sequence number, the midnight, the receive
// time and the channel in the lanes that the permutation left empty. One store writes the slot.
//
// The load takes 64 bytes whatever the message's length: rio::kReadablePastEnd allows it, and a row
// picks bytes within its type's length only, which was checked against the message's.
//
// Only intrinsics and functions of this file are called: an inline function shared with other files
// might be linked from here, with instructions that the processor does not have.
#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "codecs/itch/itch50_plans.h"

namespace fh::codecs::itch50 {
namespace {

struct alignas(64) Row {
  uint8_t from[64] = {};      // Byte of the message that goes here.
  uint8_t constant[64] = {};  // Where no byte of the message goes.
  uint64_t keep = 0;          // A bit for each byte that `from` says something about.
};

constexpr void Pick(Row& row, size_t to, const FieldInfo& field) {
  for (size_t i = 0; i < field.length; ++i) {
    row.from[to + i] = static_cast<uint8_t>(field.offset + field.length - 1 - i);
    row.keep |= uint64_t{1} << (to + i);
  }
}

constexpr Row MakeRow(const MessagePlan& plan, const RecordPlan& record, bool last) {
  Row row;
  row.constant[offsetof(NormalizedUpdate, record)] = record.record;
  row.constant[offsetof(NormalizedUpdate, action)] = static_cast<uint8_t>(record.action);
  row.constant[offsetof(NormalizedUpdate, side)] = static_cast<uint8_t>(record.side);
  row.constant[offsetof(NormalizedUpdate, flags)] = last ? FH_FLAG_LAST : 0;
  row.constant[offsetof(NormalizedUpdate, venue_type)] = static_cast<uint8_t>(plan.info->type);
  Pick(row, offsetof(NormalizedUpdate, instrument_id), kStockLocate);
  Pick(row, offsetof(NormalizedUpdate, ts_event_ns), kTimestamp);
  Pick(row, offsetof(NormalizedUpdate, order.order_id), *record.id);
  if (record.size != nullptr) Pick(row, offsetof(NormalizedUpdate, order.size), *record.size);
  if (record.price != nullptr) {
    Pick(row, offsetof(NormalizedUpdate, order.price), *record.price);
  } else {
    for (size_t i = 0; i < 8; ++i) {
      row.constant[offsetof(NormalizedUpdate, order.price) + i] =
          static_cast<uint8_t>(uint64_t{kUndefinedPrice} >> (8 * i));
    }
  }
  return row;
}

constexpr std::array<Row, kLayout.rows> kRowArray = MakeRows<Row>(MakeRow);
constexpr const Row* kRows = kRowArray.data();
constexpr const TypeEntry* kTypes = kLayout.types.data();
constexpr const uint8_t* kChoices = kLayout.choices.data();
constexpr const uint8_t* kRowCounts = kCounts.data();

constexpr __mmask8 kPriceLane = 1 << (offsetof(NormalizedUpdate, order.price) / 8);

// `common`: see above, without the row's constants.
inline __attribute__((always_inline)) void WriteRow(const Row& row, __m512i message, __m512i common,
                                                    NormalizedUpdate* slot) {
  const __m512i placed =
      _mm512_maskz_permutexvar_epi8(row.keep, _mm512_load_si512(row.from), message);
  const __m512i scaled =
      _mm512_mask_mul_epu32(placed, kPriceLane, placed, _mm512_set1_epi64(kPrice4Factor));
  const __m512i rest = _mm512_add_epi64(common, _mm512_load_si512(row.constant));
  _mm512_storeu_si512(slot, _mm512_add_epi64(scaled, rest));
}

inline __attribute__((always_inline)) uint32_t Load16(const uint8_t* bytes) {
  uint16_t value;
  __builtin_memcpy(&value, bytes, sizeof value);
  return __builtin_bswap16(value);
}

inline __attribute__((always_inline)) bool IsZero32(const uint8_t* bytes) {
  uint32_t value;
  __builtin_memcpy(&value, bytes, sizeof value);
  return value == 0;
}

}  // namespace

void DecodePlannedAvx512(PlannedRun& run) {
  __m512i common = _mm512_set_epi64(run.channel_id, 0, 0, 0, run.ts_recv_ns, run.midnight_ns,
                                    static_cast<int64_t>(run.sequence),
                                    int64_t{run.flags} << (8 * offsetof(NormalizedUpdate, flags)));
  const __m512i one_sequence = _mm512_set_epi64(0, 0, 0, 0, 0, 0, 1, 0);
  NormalizedUpdate* const slots = run.slots;
  const uint64_t mask = run.mask;
  const uint64_t* const known = run.known_locates;
  const uint8_t* const end = run.end;
  const uint8_t* block = run.block;
  uint64_t next = run.next;
  const uint32_t count = run.count;
  uint32_t done = 0;
  for (; done < count; ++done) {
    if (end - block < 2) break;
    const uint32_t length = Load16(block);
    const uint8_t* const bytes = block + 2;
    if (end - bytes < length) break;
    const TypeEntry& type = kTypes[bytes[0]];
    const uint32_t row =
        type.first_row + (kChoices[bytes[type.chooser_offset]] & type.chooser_mask);
    const uint32_t locate = Load16(bytes + 1);
    const __m512i message = _mm512_loadu_si512(bytes);
    if (length >= type.one_record_length && (known[locate / 64] >> (locate % 64) & 1) != 0)
        [[likely]] {
      WriteRow(kRows[row], message, common, &slots[next & mask]);
      ++next;
    } else {
      if (length < type.records_length || IsZero32(bytes + type.not_zero_offset)) break;
      WriteRow(kRows[row], message, common, &slots[next & mask]);
      WriteRow(kRows[row + 1], message, common, &slots[(next + 1) & mask]);
      WriteRow(kRows[row + 2], message, common, &slots[(next + 2) & mask]);
      next += kRowCounts[row];
    }
    common = _mm512_add_epi64(common, one_sequence);
    block = bytes + length;
  }
  run.block = block;
  run.count = count - done;
  run.sequence += done;
  run.next = next;
}

}  // namespace fh::codecs::itch50
