// Writing a row with AVX-512 VBMI. Compiled for it; called only where CanUseAvx512().
//
// The trick: a message is at most 64 bytes and so is an update, so one byte permutation, chosen by
// the message's row, takes every field to its place and turns big-endian into little-endian on the
// way. To that is added a vector that has the row's constants, the sequence number, the midnight,
// the receive time and the channel in the lanes that the permutation left empty, and in the price's
// lane the price once more times one less than its scale. One store writes the slot.
//
// Only the bytes that planned types have are loaded, so the others of the vector are zero: that is
// where a row takes its zeros from. A row names bytes within its type's length only, which was
// checked against the message's.
//
// Only intrinsics and functions of this file are called: an inline function shared with other files
// might be linked from here, with instructions that the processor does not have.
#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "codecs/itch/itch50_planned_loop.h"
#include "codecs/itch/itch50_plans.h"

#define FH_INLINE inline __attribute__((always_inline))

namespace fh::codecs::itch50 {
namespace {

constexpr uint8_t kZeroByte = 63;
constexpr __mmask64 kLoaded = [] {
  uint16_t longest = 0;
  for (const MessagePlan& plan : kPlans) {
    if (plan.info->length > longest) longest = plan.info->length;
  }
  return (__mmask64{1} << longest) - 1;
}();
static_assert(kLoaded >> kZeroByte == 0);
static_assert(offsetof(NormalizedUpdate, sequence) == 8 * 1);
static_assert(offsetof(NormalizedUpdate, ts_event_ns) == 8 * 2);
static_assert(offsetof(NormalizedUpdate, ts_recv_ns) == 8 * 3);
static_assert(offsetof(NormalizedUpdate, order.price) == 8 * 5);
static_assert(offsetof(NormalizedUpdate, channel_id) == 8 * 7);

struct alignas(64) Row {
  constexpr Row() {
    for (uint8_t& byte : from) byte = kZeroByte;
  }

  uint8_t from[64] = {};      // Byte of the message that goes here; kZeroByte: none.
  uint8_t constant[64] = {};  // What is added.
};

constexpr void Pick(Row& row, size_t to, const FieldInfo& field) {
  for (size_t i = 0; i < field.length; ++i) {
    row.from[to + i] = static_cast<uint8_t>(field.offset + field.length - 1 - i);
  }
}

constexpr Row MakeRow(const MessagePlan& plan, uint32_t index) {
  const RecordPlan& record = plan.records[index];
  Row row;
  row.constant[offsetof(NormalizedUpdate, record)] = record.record;
  row.constant[offsetof(NormalizedUpdate, action)] = static_cast<uint8_t>(record.action);
  row.constant[offsetof(NormalizedUpdate, side)] = static_cast<uint8_t>(record.side);
  row.constant[offsetof(NormalizedUpdate, flags)] = IsLast(plan, index) ? FH_FLAG_LAST : 0;
  row.constant[offsetof(NormalizedUpdate, index)] = static_cast<uint8_t>(index);
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

class VectorWriter {
 public:
  FH_INLINE explicit VectorWriter(const PlannedRun& run)
      : common_(_mm512_set_epi64(run.channel_id, 0, 0, 0, run.ts_recv_ns, run.midnight_ns,
                                 static_cast<int64_t>(run.sequence),
                                 int64_t{run.flags} << (8 * offsetof(NormalizedUpdate, flags)))) {}

  FH_INLINE void Begin(const uint8_t* message) {
    message_ = _mm512_maskz_loadu_epi8(kLoaded, message);
  }

  FH_INLINE void Write(uint32_t index, NormalizedUpdate* slot) const {
    const Row& row = kRows[index];
    // The form with a mask, all set: the plain one makes gcc 12 warn about its own header.
    const __m512i placed =
        _mm512_maskz_permutexvar_epi8(~__mmask64{0}, _mm512_load_si512(row.from), message_);
    const __m512i rest = _mm512_add_epi64(common_, _mm512_load_si512(row.constant));
    // A product of 32 and 17 bits fits the 52 that this instruction adds.
    _mm512_storeu_si512(
        slot, _mm512_madd52lo_epu64(_mm512_add_epi64(rest, placed), placed, price_factor_));
  }

  FH_INLINE void End() {
    common_ = _mm512_add_epi64(common_, _mm512_set_epi64(0, 0, 0, 0, 0, 0, 1, 0));
  }

 private:
  __m512i common_;  // Sequence number, midnight, receive time, channel, flags; the rest 0.
  __m512i message_ = _mm512_setzero_si512();
  const __m512i price_factor_ = _mm512_set_epi64(0, 0, kPrice4Factor - 1, 0, 0, 0, 0, 0);
};

}  // namespace

void DecodePlannedAvx512(PlannedRun& run) { DecodePlanned<VectorWriter>(run); }

}  // namespace fh::codecs::itch50
