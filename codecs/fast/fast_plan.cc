#include "codecs/fast/fast_plan.h"

#include <limits>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace fh::codecs::fast {
namespace {

constexpr int kMostDepth = 16;
constexpr int kMostExponent = 63;
constexpr size_t kMostInitialBytes = 1024;

const char* NameOf(FastType type) {
  constexpr const char* kNames[] = {"uInt32",  "int32",        "uInt64",         "int64",
                                    "decimal", "ascii string", "unicode string", "byteVector"};
  return kNames[static_cast<size_t>(type)];
}

const char* NameOf(FastOperatorKind op) {
  constexpr const char* kNames[] = {"none",      "constant", "default", "copy",
                                    "increment", "delta",    "tail"};
  return kNames[static_cast<size_t>(op)];
}

bool ParseInteger(FastType type, absl::string_view text, uint64_t& number) {
  int64_t with_sign = 0;
  switch (type) {
    case FastType::kUInt64:
      return absl::SimpleAtoi(text, &number);
    case FastType::kUInt32:
      return absl::SimpleAtoi(text, &number) && number <= UINT32_MAX;
    case FastType::kInt32:
      if (!absl::SimpleAtoi(text, &with_sign) || with_sign < INT32_MIN || with_sign > INT32_MAX) {
        return false;
      }
      break;
    default:
      if (!absl::SimpleAtoi(text, &with_sign)) return false;
  }
  number = static_cast<uint64_t>(with_sign);
  return true;
}

// "12.50" is 125 times ten to the -1: without zeros at the end.
bool ParseDecimal(absl::string_view text, FastInitial& initial) {
  std::string digits;
  int exponent = 0;
  bool has_point = false;
  bool has_digit = false;
  for (const char letter : text) {
    if (letter == '.' && !has_point) {
      has_point = true;
      continue;
    }
    has_digit |= absl::ascii_isdigit(static_cast<unsigned char>(letter)) != 0;
    digits += letter;
    if (has_point) --exponent;
  }
  int64_t mantissa = 0;
  if (!has_digit || !absl::SimpleAtoi(digits, &mantissa)) return false;
  while (mantissa != 0 && mantissa % 10 == 0) {
    mantissa /= 10;
    ++exponent;
  }
  if (mantissa == 0) exponent = 0;
  if (exponent < -kMostExponent || exponent > kMostExponent) return false;
  initial.number = static_cast<uint64_t>(mantissa);
  initial.exponent = static_cast<int16_t>(exponent);
  return true;
}

bool ParseBytes(absl::string_view text, std::string& bytes) {
  std::string digits;
  for (const char letter : text) {
    if (absl::ascii_isspace(static_cast<unsigned char>(letter))) continue;
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(letter))) return false;
    digits += letter;
  }
  if (digits.size() % 2 != 0) return false;
  bytes = absl::HexStringToBytes(digits);
  return true;
}

bool ParseInitial(FastType type, absl::string_view text, FastInitial& initial) {
  initial.is_there = true;
  switch (type) {
    case FastType::kDecimal:
      return ParseDecimal(absl::StripAsciiWhitespace(text), initial);
    case FastType::kAscii:
      for (const char letter : text) {
        if (!absl::ascii_isascii(static_cast<unsigned char>(letter))) return false;
      }
      initial.text = std::string(text);
      break;
    case FastType::kUnicode:
      initial.text = std::string(text);
      break;
    case FastType::kBytes:
      if (!ParseBytes(text, initial.text)) return false;
      break;
    default:
      return ParseInteger(type, absl::StripAsciiWhitespace(text), initial.number);
  }
  return initial.text.size() <= kMostInitialBytes;
}

bool Applies(FastOperatorKind op, FastType type) {
  if (op == FastOperatorKind::kIncrement) return IsInteger(type);
  if (op == FastOperatorKind::kTail) return IsText(type);
  return true;
}

bool UsesPrevious(FastOperatorKind op) {
  return op == FastOperatorKind::kCopy || op == FastOperatorKind::kIncrement ||
         op == FastOperatorKind::kDelta || op == FastOperatorKind::kTail;
}

}  // namespace

class FastPlanBuilder {
 public:
  FastPlanBuilder(FastPlan& plan, absl::string_view name, FastTagger tagger)
      : plan_(plan), name_(name), tagger_(tagger) {}

  static std::unique_ptr<FastPlan> Make() { return std::unique_ptr<FastPlan>(new FastPlan()); }

  absl::Status Add(const FastTemplate& source) {
    const uint32_t id = source.info->type;
    if (id > kMostTemplateId) {
      return absl::InvalidArgumentError(absl::StrCat(name_, ": the template '", source.info->name,
                                                     "' has the id ", id, "; ids go up to ",
                                                     kMostTemplateId));
    }
    if (plan_.Find(id) != nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(name_, ": the template '", source.info->name, "' has the id ", id, " of '",
                       plan_.Find(id)->source->info->name, "'; give each an id of its own"));
    }
    template_ = &source;
    absl::StatusOr<uint32_t> segment = AddSegment(source.items, 0, /*is_root=*/true);
    if (!segment.ok()) return segment.status();
    if (plan_.by_id_.size() <= id) plan_.by_id_.resize(id + 1);
    const auto index = static_cast<uint32_t>(plan_.templates_.size());
    plan_.templates_.push_back({&source, *segment, index});
    plan_.by_id_[id] = index + 1;
    return absl::OkStatus();
  }

  void MarkSharedTypes() {
    for (FastInstruction& instruction : plan_.instructions_) {
      if (instruction.entry != kNowhere) {
        instruction.checks_type = is_mixed_[instruction.entry];
        if (instruction.checks_type) instruction.code = FastCode::kOther;
      }
    }
  }

 private:
  absl::Status Error(const FastField& field, const std::string& what) const {
    const std::string line = field.line == 0 ? "" : absl::StrCat(":", field.line);
    return absl::InvalidArgumentError(absl::StrCat(
        name_, line, ": '", field.name, "' of the template '", template_->info->name, "': ", what));
  }

  absl::StatusOr<uint32_t> Initial(const FastField& field, const FastOperator& op, FastType type) {
    FastInitial initial;
    if (op.initial != nullptr && !ParseInitial(type, op.initial, initial)) {
      return Error(field, absl::StrCat("the value '", op.initial, "' is no ", NameOf(type),
                                       " (S3); correct the operator's value"));
    }
    plan_.initials_.push_back(std::move(initial));
    return static_cast<uint32_t>(plan_.initials_.size() - 1);
  }

  absl::StatusOr<uint32_t> Entry(const FastField& field, const FastOperator& op,
                                 absl::string_view suffix, FastType type) {
    const char* dictionary = op.dictionary == nullptr ? template_->dictionary : op.dictionary;
    const std::string key = op.key == nullptr ? absl::StrCat(field.name, suffix) : op.key;
    const auto [place, is_new] = entries_.try_emplace({dictionary, key}, plan_.entries_);
    if (is_new) {
      if (plan_.entries_ == kMostEntries) {
        return Error(
            field, absl::StrCat("the templates have more than ", kMostEntries, " previous values"));
      }
      ++plan_.entries_;
      types_.push_back(type);
      is_mixed_.push_back(false);
    } else if (types_[place->second] != type) {
      is_mixed_[place->second] = true;
    }
    return place->second;
  }

  // An instruction of one operator; `suffix` tells the two of a decimal apart.
  absl::StatusOr<FastInstruction> Operator(const FastField& field, const FastOperator& op,
                                           FastType type, bool optional, absl::string_view suffix) {
    FastInstruction instruction;
    instruction.type = type;
    instruction.op = op.kind;
    instruction.optional = optional;
    instruction.field = &field;
    if (!Applies(op.kind, type)) {
      return Error(field, absl::StrCat("the operator ", NameOf(op.kind), " is not one of a ",
                                       NameOf(type), " (S2); use another"));
    }
    if (op.kind == FastOperatorKind::kConstant && op.initial == nullptr) {
      return Error(field, "a constant without a value (S4); add it");
    }
    if (op.kind == FastOperatorKind::kDefault && op.initial == nullptr && !optional) {
      return Error(field,
                   "a default without a value is for optional fields (S5); add a value or "
                   "presence=\"optional\"");
    }
    const absl::StatusOr<uint32_t> initial = Initial(field, op, type);
    if (!initial.ok()) return initial.status();
    instruction.initial = *initial;
    if (UsesPrevious(op.kind)) {
      const absl::StatusOr<uint32_t> entry = Entry(field, op, suffix, type);
      if (!entry.ok()) return entry.status();
      instruction.entry = *entry;
    }
    return instruction;
  }

  absl::Status Append(const FastField& field, FastInstruction instruction,
                      FastPlan::Segment& segment) {
    if (pending_ + plan_.instructions_.size() >= kMostInstructions) {
      return Error(field, absl::StrCat("the templates have more than ", kMostInstructions,
                                       " fields, included ones counted each time"));
    }
    segment.has_map |=
        NeedsBit(instruction.op, instruction.optional) && (instruction.step == FastStep::kField);
    instruction.code = CodeOf(instruction);
    items_.back().push_back(instruction);
    ++pending_;
    return absl::OkStatus();
  }

  static FastCode CodeOf(const FastInstruction& instruction) {
    switch (instruction.step) {
      case FastStep::kParts:
        return FastCode::kParts;
      case FastStep::kGroup:
        return FastCode::kGroup;
      case FastStep::kSequence:
        return FastCode::kSequence;
      case FastStep::kMessage:
        return FastCode::kMessage;
      case FastStep::kField:
        break;
    }
    if (instruction.op == FastOperatorKind::kConstant) return FastCode::kConstant;
    if (instruction.op == FastOperatorKind::kNone && instruction.type < FastType::kUnicode) {
      // In the order of the types, mandatory and optional.
      return static_cast<FastCode>(2 * static_cast<int>(instruction.type) + instruction.optional);
    }
    if (!IsInteger(instruction.type)) return FastCode::kOther;
    switch (instruction.op) {
      case FastOperatorKind::kCopy:
        return FastCode::kCopyNumber;
      case FastOperatorKind::kIncrement:
        return FastCode::kIncrement;
      case FastOperatorKind::kDelta:
        return FastCode::kDeltaNumber;
      default:
        return FastCode::kOther;
    }
  }

  // Bytes that are there whatever is sent. `may_be_left_out`: behind an exponent that may be absent.
  static uint32_t LeastBytes(const FastInstruction& instruction) {
    if (instruction.op != FastOperatorKind::kNone && instruction.op != FastOperatorKind::kDelta) {
      return 0;
    }
    if (instruction.optional) return 1;
    const bool has_two = instruction.type == FastType::kDecimal ||
                         (IsText(instruction.type) && instruction.op == FastOperatorKind::kDelta);
    return has_two ? 2 : 1;
  }

  absl::Status AddField(const FastField& field, FastPlan::Segment& segment) {
    const FastTag tag = tagger_ == nullptr ? FastTag{0} : tagger_(field);
    if (!field.has_parts) {
      absl::StatusOr<FastInstruction> made =
          Operator(field, field.op, field.type, field.optional, "");
      if (!made.ok()) return made.status();
      made->tag = tag;
      segment.least_bytes += LeastBytes(*made);
      return Append(field, *made, segment);
    }
    if (field.type != FastType::kDecimal) return Error(field, "only decimals have two operators");
    FastInstruction both;
    both.step = FastStep::kParts;
    both.tag = tag;
    both.field = &field;
    both.type = FastType::kDecimal;
    both.optional = field.optional;
    absl::StatusOr<FastInstruction> exponent =
        Operator(field, field.op, FastType::kInt32, field.optional, "<exponent>");
    if (!exponent.ok()) return exponent.status();
    absl::StatusOr<FastInstruction> mantissa =
        Operator(field, field.mantissa, FastType::kInt64, false, "<mantissa>");
    if (!mantissa.ok()) return mantissa.status();
    segment.least_bytes += LeastBytes(*exponent) + (field.optional ? 0 : LeastBytes(*mantissa));
    for (const FastInstruction& instruction : {both, *exponent, *mantissa}) {
      if (absl::Status added = Append(field, instruction, segment); !added.ok()) return added;
    }
    return absl::OkStatus();
  }

  absl::Status AddGroup(const FastGroup& group, int depth, FastPlan::Segment& segment) {
    if (depth == kMostDepth) {
      return Error(group.length,
                   absl::StrCat("groups within groups more than ", kMostDepth, " deep"));
    }
    FastInstruction instruction;
    instruction.step = group.is_sequence ? FastStep::kSequence : FastStep::kGroup;
    instruction.group = &group;
    instruction.field = &group.length;
    instruction.optional = group.optional;
    const absl::StatusOr<uint32_t> inner = AddSegment(group.items, depth + 1, /*is_root=*/false);
    if (!inner.ok()) return inner.status();
    instruction.segment = *inner;
    if (!group.is_sequence) {
      segment.has_map |= group.optional;
      if (!group.optional) segment.least_bytes += plan_.segments_[*inner].least_bytes;
      return Append(group.length, instruction, segment);
    }
    if (absl::Status added = Append(group.length, instruction, segment); !added.ok()) return added;
    absl::StatusOr<FastInstruction> length =
        Operator(group.length, group.length.op, FastType::kUInt32, group.optional, "");
    if (!length.ok()) return length.status();
    segment.least_bytes += LeastBytes(*length);
    return Append(group.length, *length, segment);
  }

  // The segments within it come first; then its own instructions, in one run.
  absl::StatusOr<uint32_t> AddSegment(std::span<const FastItem> items, int depth, bool is_root) {
    items_.emplace_back();
    FastPlan::Segment segment;
    for (const FastItem& item : items) {
      absl::Status added = absl::OkStatus();
      if (item.field != nullptr) {
        added = AddField(*item.field, segment);
      } else if (item.group != nullptr) {
        added = AddGroup(*item.group, depth, segment);
      } else {
        FastInstruction message;
        message.step = FastStep::kMessage;
        segment.least_bytes += 1;
        static constexpr FastField kNested = Field("templateRef", FastType::kUInt32);
        added = Append(kNested, message, segment);
      }
      if (!added.ok()) return added;
    }
    segment.has_map |= is_root;
    if (segment.has_map) segment.least_bytes += 1;
    segment.begin = static_cast<uint32_t>(plan_.instructions_.size());
    plan_.instructions_.insert(plan_.instructions_.end(), items_.back().begin(),
                               items_.back().end());
    pending_ -= items_.back().size();
    items_.pop_back();
    segment.end = static_cast<uint32_t>(plan_.instructions_.size());
    plan_.segments_.push_back(segment);
    return static_cast<uint32_t>(plan_.segments_.size() - 1);
  }

  FastPlan& plan_;
  absl::string_view name_;
  FastTagger tagger_;
  const FastTemplate* template_ = nullptr;
  std::vector<std::vector<FastInstruction>> items_;  // Of the segments that are not closed.
  size_t pending_ = 0;                               // How many these are.
  std::map<std::pair<std::string, std::string>, uint32_t> entries_;
  std::vector<FastType> types_;  // Of each entry, its first user's.
  std::vector<bool> is_mixed_;
};

absl::StatusOr<std::unique_ptr<const FastPlan>> FastPlan::Build(
    std::span<const FastTemplate* const> templates, absl::string_view name, FastTagger tagger) {
  std::unique_ptr<FastPlan> plan = FastPlanBuilder::Make();
  FastPlanBuilder builder(*plan, name, tagger);
  for (const FastTemplate* source : templates) {
    if (absl::Status added = builder.Add(*source); !added.ok()) return added;
  }
  builder.MarkSharedTypes();
  return plan;
}

}  // namespace fh::codecs::fast
