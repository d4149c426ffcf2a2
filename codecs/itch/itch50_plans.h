// How the eight message types that make up nearly all of a day become updates, as tables.
//
// A plan says, per type, which updates it becomes and which field of the message goes where. Two
// loops (itch50_planned.cc, portable; itch50_avx512.cc, vectors) are made from the same plans at
// compile time. Why tables: adds, deletes and replaces alternate at random, so a switch over the
// type is mispredicted for every second message, which costs more than all the rest; a table
// look-up is not predicted at all. What the tables do not hold (the other types, short messages,
// symbols not seen before) leaves the loop and goes through ItchDecoder::Decode.
#ifndef FEEDHANDLER_CODECS_ITCH_ITCH50_PLANS_H_
#define FEEDHANDLER_CODECS_ITCH_ITCH50_PLANS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "codecs/itch/itch50_messages.h"
#include "codecs/message.h"
#include "codecs/update.h"

namespace fh::codecs::itch50 {

// A field that may be missing: a pointer in use, a copy in fact. (Comparing the address of an
// inline constant with null is no constant expression for g++ 12 with -fsanitize=undefined.)
class MaybeField {
 public:
  constexpr MaybeField() = default;
  constexpr MaybeField(std::nullptr_t) {}
  constexpr MaybeField(const FieldInfo* field) : field_(*field), is_there_(true) {}

  constexpr const FieldInfo& operator*() const { return field_; }
  constexpr const FieldInfo* operator->() const { return &field_; }
  friend constexpr bool operator==(const MaybeField& field, std::nullptr_t) {
    return !field.is_there_;
  }

 private:
  FieldInfo field_{};
  bool is_there_ = false;
};

// One update. Orders and trades have their three numbers in the same places.
struct RecordPlan {
  uint8_t record;
  char action;
  char side;
  const FieldInfo* id;
  MaybeField price;  // Null: undefined.
  MaybeField size;   // Null: FH_SIZE_ALL.
};

inline constexpr uint32_t kMaxPlannedRecords = 3;

struct MessagePlan {
  const MessageInfo* info;
  // The letter that chooses between the plans of one type, and this plan's value of it; 0 = any
  // other letter. Null: the type has one plan.
  MaybeField chooser;
  char choice;
  // A quantity that must not be 0: taking off no shares would read as FH_SIZE_ALL. Null: none.
  MaybeField not_zero;
  uint32_t count;
  RecordPlan records[kMaxPlannedRecords];
};

namespace internal {

constexpr MessagePlan Add(const MessageInfo& info, char letter, char side) {
  return {&info,
          &AddOrder::kBuySellIndicator,
          letter,
          nullptr,
          1,
          {{FH_RECORD_ORDER, FH_ACTION_ADD, side, &AddOrder::kOrderReferenceNumber,
            &AddOrder::kPrice, &AddOrder::kShares}}};
}

constexpr RecordPlan Order(char action, const FieldInfo& id, MaybeField price, MaybeField size) {
  return {FH_RECORD_ORDER, action, FH_SIDE_NONE, &id, price, size};
}

}  // namespace internal

// The one rule for executions (update_abi.h): T, F, then the C that takes the quantity off. Nasdaq
// names neither price nor side of an execution at the order's own price, and this decoder keeps no
// orders: undefined. An execution that is not printable will be in a later cross: no T.
inline constexpr MessagePlan kPlans[] = {
    internal::Add(AddOrder::kInfo, 0, FH_SIDE_NONE),
    internal::Add(AddOrder::kInfo, 'B', FH_SIDE_BID),
    internal::Add(AddOrder::kInfo, 'S', FH_SIDE_ASK),
    internal::Add(AddOrderMpid::kInfo, 0, FH_SIDE_NONE),
    internal::Add(AddOrderMpid::kInfo, 'B', FH_SIDE_BID),
    internal::Add(AddOrderMpid::kInfo, 'S', FH_SIDE_ASK),
    {&OrderDelete::kInfo,
     nullptr,
     0,
     nullptr,
     1,
     {internal::Order(FH_ACTION_CANCEL, OrderDelete::kOrderReferenceNumber, nullptr, nullptr)}},
    {&OrderCancel::kInfo,
     nullptr,
     0,
     &OrderCancel::kCanceledShares,
     1,
     {internal::Order(FH_ACTION_CANCEL, OrderCancel::kOrderReferenceNumber, nullptr,
                      &OrderCancel::kCanceledShares)}},
    {&OrderExecuted::kInfo,
     nullptr,
     0,
     &OrderExecuted::kExecutedShares,
     3,
     {{FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE, &OrderExecuted::kMatchNumber, nullptr,
       &OrderExecuted::kExecutedShares},
      internal::Order(FH_ACTION_FILL, OrderExecuted::kOrderReferenceNumber, nullptr,
                      &OrderExecuted::kExecutedShares),
      internal::Order(FH_ACTION_CANCEL, OrderExecuted::kOrderReferenceNumber, nullptr,
                      &OrderExecuted::kExecutedShares)}},
    {&OrderExecutedWithPrice::kInfo,
     &OrderExecutedWithPrice::kPrintable,
     0,
     &OrderExecutedWithPrice::kExecutedShares,
     2,
     {internal::Order(FH_ACTION_FILL, OrderExecutedWithPrice::kOrderReferenceNumber,
                      &OrderExecutedWithPrice::kExecutionPrice,
                      &OrderExecutedWithPrice::kExecutedShares),
      internal::Order(FH_ACTION_CANCEL, OrderExecutedWithPrice::kOrderReferenceNumber, nullptr,
                      &OrderExecutedWithPrice::kExecutedShares)}},
    {&OrderExecutedWithPrice::kInfo,
     &OrderExecutedWithPrice::kPrintable,
     'Y',
     &OrderExecutedWithPrice::kExecutedShares,
     3,
     {{FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE, &OrderExecutedWithPrice::kMatchNumber,
       &OrderExecutedWithPrice::kExecutionPrice, &OrderExecutedWithPrice::kExecutedShares},
      internal::Order(FH_ACTION_FILL, OrderExecutedWithPrice::kOrderReferenceNumber,
                      &OrderExecutedWithPrice::kExecutionPrice,
                      &OrderExecutedWithPrice::kExecutedShares),
      internal::Order(FH_ACTION_CANCEL, OrderExecutedWithPrice::kOrderReferenceNumber, nullptr,
                      &OrderExecutedWithPrice::kExecutedShares)}},
    // The side is always 'B' and the order number 0 since 2014: neither says anything.
    {&NonCrossTrade::kInfo,
     nullptr,
     0,
     nullptr,
     1,
     {{FH_RECORD_TRADE, FH_ACTION_TRADE, FH_SIDE_NONE, &NonCrossTrade::kMatchNumber,
       &NonCrossTrade::kPrice, &NonCrossTrade::kShares}}},
    {&OrderReplace::kInfo,
     nullptr,
     0,
     nullptr,
     2,
     {internal::Order(FH_ACTION_CANCEL, OrderReplace::kOriginalOrderReferenceNumber, nullptr,
                      nullptr),
      internal::Order(FH_ACTION_ADD, OrderReplace::kNewOrderReferenceNumber, &OrderReplace::kPrice,
                      &OrderReplace::kShares)}},
};

// Four implied decimals to 1e-9.
inline constexpr uint32_t kPrice4Factor = 100'000;

// What a chooser's letter adds to the first row.
constexpr uint32_t ChoiceOf(char letter) {
  return letter == 'B' ? 1 : letter == 'S' ? 2 : letter == 'Y' ? 4 : 0;
}

// A plan that is one record and nothing to check.
constexpr bool IsSimple(const MessagePlan& plan) {
  return plan.count == 1 && plan.not_zero == nullptr;
}

// Where a type's rows are, by its letter. All 256 have an entry, so that hostile bytes need no
// check.
struct PlanLayout {
  static constexpr int32_t kNever = 0x10000;  // Above every 16-bit length.

  // Least length of a message of a simple plan, and of one of another plan.
  std::array<int32_t, 256> simple_length;
  std::array<int32_t, 256> other_length;
  // The message's row: the first one of its type and what its chooser's letter adds to it, as far
  // as the type's mask lets it. Simple plans have their choosers at kSimpleChooser, the others at
  // their type's offset.
  std::array<uint32_t, 256> first_row;
  std::array<uint32_t, 256> choice_mask;
  std::array<uint32_t, 256> choices;
  std::array<uint8_t, 256> chooser_offset;
  // Of four bytes that must not be 0; of the type itself when there are none.
  std::array<uint8_t, 256> not_zero_offset;
  uint32_t rows;
};

inline constexpr uint32_t kSimpleChooser = AddOrder::kBuySellIndicator.offset;

// Rows of one type lie together, a row for each record. Plans that are not simple have
// kMaxPlannedRecords rows, since the loops write that many and count only those that are meant.
constexpr PlanLayout MakeLayout() {
  PlanLayout layout{};
  layout.simple_length.fill(PlanLayout::kNever);
  layout.other_length.fill(PlanLayout::kNever);
  for (uint32_t letter = 0; letter < 256; ++letter) {
    layout.choices[letter] = ChoiceOf(static_cast<char>(letter));
  }
  uint32_t previous_type = UINT32_MAX;
  for (const MessagePlan& plan : kPlans) {
    const uint32_t type = plan.info->type;
    if (type != previous_type) layout.first_row[type] = layout.rows;
    previous_type = type;
    (IsSimple(plan) ? layout.simple_length : layout.other_length)[type] = plan.info->length;
    if (plan.chooser != nullptr) {
      layout.chooser_offset[type] = static_cast<uint8_t>(plan.chooser->offset);
      layout.choice_mask[type] |= ChoiceOf(plan.choice);
    }
    if (plan.not_zero != nullptr) {
      layout.not_zero_offset[type] = static_cast<uint8_t>(plan.not_zero->offset);
    }
    layout.rows =
        layout.first_row[type] + ChoiceOf(plan.choice) + (IsSimple(plan) ? 1 : kMaxPlannedRecords);
  }
  return layout;
}

inline constexpr PlanLayout kLayout = MakeLayout();

static_assert([] {
  for (const MessagePlan& plan : kPlans) {
    const bool elsewhere = plan.chooser != nullptr && plan.chooser->offset != kSimpleChooser;
    if (IsSimple(plan) && elsewhere) return false;
  }
  return true;
}());

constexpr bool IsPlanned(const MessageInfo& info) {
  return kLayout.simple_length[info.type] != PlanLayout::kNever ||
         kLayout.other_length[info.type] != PlanLayout::kNever;
}

// Which of the rows of a plan the record `index` of it is.
constexpr uint32_t RowOf(const MessagePlan& plan, uint32_t index) {
  return kLayout.first_row[plan.info->type] + ChoiceOf(plan.choice) + index;
}

// Whether a plan's record is the last of its message.
constexpr bool IsLast(const MessagePlan& plan, uint32_t index) { return index + 1 == plan.count; }

// Rows of either loop, made from the plans by make(plan, index of the record).
template <typename Row, typename MakeRow>
constexpr std::array<Row, kLayout.rows> MakeRows(MakeRow make) {
  std::array<Row, kLayout.rows> rows{};
  for (const MessagePlan& plan : kPlans) {
    for (uint32_t i = 0; i < plan.count; ++i) {
      rows[RowOf(plan, i)] = make(plan, i);
    }
  }
  return rows;
}

// How many records the plan has whose first row this is.
constexpr std::array<uint8_t, kLayout.rows> MakeCounts() {
  std::array<uint8_t, kLayout.rows> counts{};
  for (const MessagePlan& plan : kPlans) counts[RowOf(plan, 0)] = plan.count;
  return counts;
}

inline constexpr std::array<uint8_t, kLayout.rows> kCounts = MakeCounts();

// What both loops work on. Plain data: the vector loop's file is compiled for other processors than
// this header's other users, so that it must not share inline functions with them.
struct PlannedRun {
  // The messages left: blocks of LengthBlocks.
  const uint8_t* block;
  const uint8_t* end;
  uint32_t count;
  ptrdiff_t ahead;

  // The index of the slot to write next. Not beside the mask, as in UpdateWriter: compilers would
  // copy both with one load, which would have to wait until the last run's `next`, and with it all
  // updates written before it, have left the store buffer.
  uint64_t next;

  // What every update takes over.
  uint64_t sequence;  // Of the first message left.
  int64_t midnight_ns;
  int64_t ts_recv_ns;
  uint16_t channel_id;
  uint8_t flags;

  // Where updates go. There is room for kMaxPlannedRecords at least, whatever a message becomes.
  NormalizedUpdate* slots;
  uint64_t mask;
  uint64_t staged;  // The index whose slot is `stage` (UpdateWriter).
  NormalizedUpdate* stage;

  // Locates whose symbol need not be learnt any more: a bit each, 8 KiB, since every channel has its
  // own and a burst may be of many.
  const uint64_t* known_locates;
  // All of 1 to this are among them: a day's directory numbers its symbols without a hole, so that
  // nearly every message is told by a comparison, and touches no memory for it.
  uint64_t known_in_a_row;
};

// Decode messages of `run` until its end, or until one that is not for them: run.block is then that
// message's block, and run.count the messages left with it.
void DecodePlannedPortable(PlannedRun& run);
void DecodePlannedAvx512(PlannedRun& run);  // Only when CanUseAvx512().

// True when this build has the vector loop and the processor and the system can run it.
bool CanUseAvx512();

// Decodes one message of a planned type, at least as long as its type demands, and says whether it
// did: a quantity of 0 that must not be.
bool WritePlanned(const uint8_t* message, PlannedRun& run);

}  // namespace fh::codecs::itch50

#endif  // FEEDHANDLER_CODECS_ITCH_ITCH50_PLANS_H_
