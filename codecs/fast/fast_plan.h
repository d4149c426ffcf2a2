// What a FAST decoder runs: templates as a flat list of instructions, previous values as places in
// one array, initial values as numbers and bytes. Made once, at start.
//
//   absl::StatusOr<std::unique_ptr<const FastPlan>> plan =
//       FastPlan::Build(templates, "templates.xml", [](const FieldInfo& field) { return TagOf(field); });
//   const FastPlan::Template* found = (*plan)->Find(74);
//
// Building allocates and takes some ms for large files; its errors name the line, the field and what
// to change. Afterwards constant: any thread, and any number of decoders.
//
// Limits: kMostInstructions, kMostEntries, ids of templates up to kMostTemplateId.
#ifndef FEEDHANDLER_CODECS_FAST_FAST_PLAN_H_
#define FEEDHANDLER_CODECS_FAST_FAST_PLAN_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "codecs/fast/fast_template.h"

namespace fh::codecs::fast {

inline constexpr uint32_t kMostTemplateId = 65'535;
inline constexpr size_t kMostInstructions = 100'000;
inline constexpr size_t kMostEntries = 20'000;  // Previous values.
inline constexpr uint32_t kNowhere = UINT32_MAX;

// What a decoder's user wants to know a field by; 0: not at all.
using FastTag = uint8_t;
using FastTagger = FastTag (*)(const FieldInfo& field);

struct FastInitial {
  bool is_there = false;
  int16_t exponent = 0;
  uint64_t number = 0;  // Sign-extended; of a decimal, the mantissa.
  std::string text;
};

enum class FastStep : uint8_t {
  kField,
  kParts,     // A decimal in two: the next two instructions are its exponent and mantissa.
  kGroup,     // `segment`.
  kSequence,  // The next instruction is its length, which is no field; `segment` follows so often.
  kMessage,   // A message of any template.
};

// What a decoder does for an instruction, so that it asks once: a step, or how a field is read.
enum class FastCode : uint8_t {
  kUInt32,  // Of fields without an operator, mandatory and optional ones.
  kUInt32OrNull,
  kInt32,
  kInt32OrNull,
  kUInt64,
  kUInt64OrNull,
  kInt64,
  kInt64OrNull,
  kDecimal,
  kDecimalOrNull,
  kAscii,
  kAsciiOrNull,
  kConstant,
  kCopyNumber,  // Of integers whose previous value is used with no other type.
  kIncrement,
  kDeltaNumber,
  kOther,  // Byte vectors, Unicode, and whatever is rare.
  kParts,  // From here on, what is no field.
  kGroup,
  kSequence,
  kMessage,
};

struct FastInstruction {
  FastStep step = FastStep::kField;
  FastCode code = FastCode::kOther;
  FastType type = FastType::kUInt32;
  FastOperatorKind op = FastOperatorKind::kNone;
  bool optional = false;
  bool checks_type = false;  // Its previous value is used with other types too.
  FastTag tag = 0;
  uint32_t entry = kNowhere;    // Of the previous value.
  uint32_t initial = kNowhere;  // In initials(); always there for operators that have none as well.
  uint32_t segment = kNowhere;
  const FastField* field = nullptr;
  const FastGroup* group = nullptr;
};

class FastPlan {
 public:
  // Fields with one presence map.
  struct Segment {
    uint32_t begin = 0;  // Of instructions().
    uint32_t end = 0;
    bool has_map = false;
    uint32_t least_bytes = 0;  // That it takes, whatever is in it.
  };
  struct Template {
    const FastTemplate* source = nullptr;
    uint32_t segment = 0;
    uint32_t index = 0;  // In the order of the templates.
  };

  // `templates` must outlive the plan. `name` stands for their source in errors.
  static absl::StatusOr<std::unique_ptr<const FastPlan>> Build(
      std::span<const FastTemplate* const> templates, absl::string_view name, FastTagger tagger);

  // Null when there is none.
  const Template* Find(uint32_t id) const {
    if (id >= by_id_.size() || by_id_[id] == 0) return nullptr;
    return &templates_[by_id_[id] - 1];
  }

  std::span<const Template> templates() const { return templates_; }
  const Segment& segment(uint32_t index) const { return segments_[index]; }
  uint32_t segments() const { return static_cast<uint32_t>(segments_.size()); }
  const FastInstruction& instruction(uint32_t index) const { return instructions_[index]; }
  std::span<const FastInstruction> instructions() const { return instructions_; }
  const FastInitial& initial(uint32_t index) const { return initials_[index]; }
  uint32_t entries() const { return entries_; }  // Previous values.

 private:
  friend class FastPlanBuilder;
  FastPlan() = default;

  std::vector<Template> templates_;
  std::vector<uint32_t> by_id_;  // Places in templates_, from 1; 0: none.
  std::vector<Segment> segments_;
  std::vector<FastInstruction> instructions_;
  std::vector<FastInitial> initials_;
  uint32_t entries_ = 0;
};

// Whether the operator takes a bit of the presence map.
constexpr bool NeedsBit(FastOperatorKind op, bool optional) {
  switch (op) {
    case FastOperatorKind::kNone:
    case FastOperatorKind::kDelta:
      return false;
    case FastOperatorKind::kConstant:
      return optional;
    default:
      return true;
  }
}

}  // namespace fh::codecs::fast

#endif  // FEEDHANDLER_CODECS_FAST_FAST_PLAN_H_
