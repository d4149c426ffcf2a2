// The loop over planned messages, without the writing of a row: included by itch50_planned.cc and
// itch50_avx512.cc, which bring their own RowWriter. It must be a type of an anonymous namespace,
// so that each file gets a loop of its own: the two are compiled for different processors.
#ifndef FEEDHANDLER_CODECS_ITCH_ITCH50_PLANNED_LOOP_H_
#define FEEDHANDLER_CODECS_ITCH_ITCH50_PLANNED_LOOP_H_

#include <bit>
#include <cstdint>

#include "codecs/itch/itch50_plans.h"
#include "rio/packet.h"

namespace fh::codecs::itch50 {

namespace {

// Own copies in each file, found without the detour over an address that a linker may have moved.
constexpr PlanLayout kOwnLayout = kLayout;
constexpr std::array<uint8_t, kLayout.rows> kOwnCounts = kCounts;

}  // namespace

// Reads up to 64 bytes beyond the run's end, and concludes nothing from them.
//
// A RowWriter is made from the run and has three functions:
//   Begin(const uint8_t* message)              the message that the rows are of
//   Write(uint32_t row, NormalizedUpdate* to)  one update of it; its length was checked
//   End()                                      its sequence number is used up
template <typename RowWriter>
void DecodePlanned(PlannedRun& run) {
  static_assert(std::endian::native == std::endian::little);
  RowWriter writer(run);
  const uint64_t* const known = run.known_locates;
  const uint64_t known_in_a_row = run.known_in_a_row;
  const uint8_t* const end = run.end;
  const ptrdiff_t ahead = run.ahead;
  const uint8_t* block = run.block;
  NormalizedUpdate* const slots = run.slots;
  const uint64_t mask = run.mask;
  const uint64_t staged = run.staged;
  NormalizedUpdate* const stage = run.stage;
  uint64_t next = run.next;
  uint32_t left = run.count;
  for (; left > 0; --left) {
    // Length, type and locate in one load: the next message's address hangs on it.
    uint64_t head;
    __builtin_memcpy(&head, block, sizeof head);
    head = __builtin_bswap64(head);
    const auto length = static_cast<int64_t>(head >> 48);
    const uint64_t locate = head >> 24 & 0xFFFF;
    const uint8_t* const message = block + 2;
    const uint8_t* const next_block = message + length;
    if (next_block > end) break;
    const uint64_t type = message[0];
    // As a number: it may point anywhere.
    __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<intptr_t>(block) + ahead));
    PrefetchForWrite(&slots[(next + UpdateWriter::kFetchedAhead) & mask]);
    NormalizedUpdate* const slot = next == staged ? stage : &slots[next & mask];
    writer.Begin(message);
    if (length >= kOwnLayout.simple_length[type] &&
        (locate - 1 < known_in_a_row || (known[locate / 64] >> locate % 64 & 1) != 0)) [[likely]] {
      const uint32_t choice = kOwnLayout.choices[message[kSimpleChooser]];
      writer.Write(kOwnLayout.first_row[type] + (choice & kOwnLayout.choice_mask[type]), slot);
      ++next;
    } else {
      uint32_t not_zero;
      __builtin_memcpy(&not_zero, message + kOwnLayout.not_zero_offset[type], sizeof not_zero);
      if (length < kOwnLayout.other_length[type] || not_zero == 0 || locate == 0) break;
      const uint32_t choice = kOwnLayout.choices[message[kOwnLayout.chooser_offset[type]]];
      const uint32_t row = kOwnLayout.first_row[type] + (choice & kOwnLayout.choice_mask[type]);
      // All that a plan may have; those beyond its count are not taken.
      writer.Write(row, slot);
      for (uint32_t i = 1; i < kMaxPlannedRecords; ++i) {
        writer.Write(row + i, &slots[(next + i) & mask]);
      }
      next += kOwnCounts[row];
    }
    writer.End();
    block = next_block;
  }
  run.sequence += run.count - left;
  run.block = block;
  run.count = left;
  run.next = next;
}

}  // namespace fh::codecs::itch50

#endif  // FEEDHANDLER_CODECS_ITCH_ITCH50_PLANNED_LOOP_H_
