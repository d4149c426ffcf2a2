#include "codecs/fast/fast_decoder.h"

#include <algorithm>

#include "codecs/codec.h"

namespace fh::codecs::fast {
namespace {

bool IsExponent(Wide exponent) { return exponent >= -kMostExponent && exponent <= kMostExponent; }

bool IsThere(const Value& value) { return value.state == Value::State::kThere; }

// The lowest and the highest number of a type of integers.
Wide LowestOf(FastType type) {
  if (type == FastType::kInt32) return INT32_MIN;
  return type == FastType::kInt64 ? Wide{INT64_MIN} : Wide{0};
}

Wide HighestOf(FastType type) {
  switch (type) {
    case FastType::kUInt32:
      return UINT32_MAX;
    case FastType::kInt32:
      return INT32_MAX;
    case FastType::kUInt64:
      return static_cast<Wide>(UINT64_MAX);
    default:
      return INT64_MAX;
  }
}

// A number as it is kept: sign-extended.
Wide Widen(FastType type, uint64_t number) {
  return type == FastType::kUInt32 || type == FastType::kUInt64
             ? static_cast<Wide>(number)
             : static_cast<Wide>(static_cast<int64_t>(number));
}

}  // namespace

FastDecoder::FastDecoder(const FastPlan& plan)
    : plan_(&plan),
      previous_(plan.entries()),
      remembered_(std::make_unique<uint8_t[]>(size_t{plan.entries()} * kMostRemembered)),
      text_(kMostDatagramBytes + internal::kShortBytes) {}

FastError FastDecoder::ReadInteger(FastType type, bool nullable, FastCursor& cursor, Value& value) {
  // Most numbers are of some bytes.
  Wide number;
  const bool is_wide = type == FastType::kUInt64 || type == FastType::kInt64;
  const bool is_signed = type == FastType::kInt32 || type == FastType::kInt64;
  const int most_bytes = is_wide ? kBytes64 : kBytes32;
  const FastError error =
      is_signed ? ReadSigned(cursor, most_bytes, number) : ReadUnsigned(cursor, most_bytes, number);
  if (error != FastError::kNone) return error;
  if (nullable) {
    if (number == 0) {
      internal::SetAbsent(value);
      return FastError::kNone;
    }
    if (number > 0) --number;
  }
  bool fits;
  switch (type) {
    case FastType::kUInt32:
      fits = number <= UINT32_MAX;
      break;
    case FastType::kInt32:
      fits = number >= INT32_MIN && number <= INT32_MAX;
      break;
    case FastType::kUInt64:
      fits = number <= static_cast<Wide>(UINT64_MAX);
      break;
    default:
      fits = number >= INT64_MIN && number <= INT64_MAX;
  }
  if (!fits) return FastError::kIntegerRange;
  value.number = static_cast<uint64_t>(number);
  return FastError::kNone;
}

FastError FastDecoder::Read(const FastInstruction& field, FastCursor& cursor, Value& value) {
  if (IsInteger(field.type)) return ReadInteger(field.type, field.optional, cursor, value);
  if (field.type == FastType::kDecimal) {
    return field.optional ? ReadDecimal<true>(cursor.at, cursor.end, value)
                          : ReadDecimal<false>(cursor.at, cursor.end, value);
  }
  return ReadText(field.type, field.optional, cursor, value);
}

FastError FastDecoder::ReadText(FastType type, bool nullable, FastCursor& cursor, Value& value) {
  if (type != FastType::kAscii) {
    Value length;
    const FastError error = ReadInteger(FastType::kUInt32, nullable, cursor, length);
    if (error != FastError::kNone) return error;
    if (!IsThere(length)) {
      internal::SetAbsent(value);
      return FastError::kNone;
    }
    if (length.number > cursor.left()) return FastError::kCut;
    value.bytes = {cursor.at, static_cast<size_t>(length.number)};
    cursor.at += length.number;
    return FastError::kNone;
  }
  uint8_t* const text = text_.data() + text_end_;
  size_t size = 0;
  // There is room: no more is read than the message's bytes, and each once.
  for (const uint8_t* at = cursor.at;;) {
    if (at == cursor.end) return FastError::kCut;
    text[size++] = *at & internal::kData;
    if ((*at++ & internal::kStop) == 0) continue;
    cursor.at = at;
    break;
  }
  text_end_ += size;
  if (nullable) {
    SetText<true>({text, size}, value);
  } else {
    SetText<false>({text, size}, value);
  }
  return FastError::kNone;
}

FastError FastDecoder::Parts(const FastInstruction* parts, FastCursor& cursor, PresenceMap& map,
                             Value& value) {
  Value exponent;
  if (const FastError error = Field(parts[0], cursor, map, exponent); error != FastError::kNone) {
    return error;
  }
  if (!IsThere(exponent)) {
    internal::SetAbsent(value);
    return FastError::kNone;
  }
  if (!IsExponent(static_cast<int64_t>(exponent.number))) return FastError::kExponentRange;
  if (const FastError error = Field(parts[1], cursor, map, value); error != FastError::kNone) {
    return error;
  }
  value.exponent = static_cast<int16_t>(static_cast<int64_t>(exponent.number));
  return FastError::kNone;
}

FastError FastDecoder::Field(const FastInstruction& field, FastCursor& cursor, PresenceMap& map,
                             Value& value) {
  return FieldOf(field, cursor.at, cursor.end, map, value);
}

FastError FastDecoder::Operated(const FastInstruction& field, FastCursor& cursor, bool bit,
                                Value& value) {
  switch (field.op) {
    case FastOperatorKind::kNone:
      return Read(field, cursor, value);
    case FastOperatorKind::kConstant:
      break;  // By Field.
    case FastOperatorKind::kDefault:
      if (bit) return Read(field, cursor, value);
      SetInitial(field, value);
      return FastError::kNone;
    case FastOperatorKind::kCopy:
    case FastOperatorKind::kIncrement:
      return ReadOrKeep(field, cursor, bit, value);
    case FastOperatorKind::kTail:
      return Tail(field, cursor, bit, value);
    case FastOperatorKind::kDelta:
      if (IsInteger(field.type)) return DeltaInteger(field, cursor, value);
      return field.type == FastType::kDecimal ? DeltaDecimal(field, cursor, value)
                                              : DeltaText(field, cursor, value);
  }
  return FastError::kNone;
}

FastError FastDecoder::ReadOrKeep(const FastInstruction& field, FastCursor& cursor, bool is_sent,
                                  Value& value) {
  if (!is_sent) return Keep(field, value);
  if (const FastError error = Read(field, cursor, value); error != FastError::kNone) return error;
  if (IsThere(value)) return Remember(field, value);
  RememberEmpty(field);
  return FastError::kNone;
}

// Nothing was sent: the previous value, or the next one.
FastError FastDecoder::Keep(const FastInstruction& field, Value& value) {
  Known known;
  if (const FastError error = Look(field, known); error != FastError::kNone) return error;
  switch (known) {
    case Known::kAssigned:
      SetPrevious(field, value);
      if (field.op != FastOperatorKind::kIncrement) return FastError::kNone;
      // The highest is followed by the lowest.
      value.number = Widen(field.type, value.number) == HighestOf(field.type)
                         ? static_cast<uint64_t>(LowestOf(field.type))
                         : value.number + 1;
      return Remember(field, value);
    case Known::kEmpty:
      if (!field.optional) return FastError::kEmptyPrevious;
      internal::SetAbsent(value);
      return FastError::kNone;
    case Known::kUndefined:
      break;
  }
  if (plan_->initial(field.initial).is_there) {
    SetInitial(field, value);
    return Remember(field, value);
  }
  if (!field.optional) return FastError::kNoPrevious;
  RememberEmpty(field);
  internal::SetAbsent(value);
  return FastError::kNone;
}

FastError FastDecoder::Tail(const FastInstruction& field, FastCursor& cursor, bool is_sent,
                            Value& value) {
  if (!is_sent) return Keep(field, value);
  Value tail;
  if (const FastError error = Read(field, cursor, tail); error != FastError::kNone) return error;
  if (!IsThere(tail)) {
    RememberEmpty(field);
    internal::SetAbsent(value);
    return FastError::kNone;
  }
  Value base;
  if (const FastError error = Base(field, /*empty_is_error=*/false, base);
      error != FastError::kNone) {
    return error;
  }
  const size_t kept =
      base.bytes.size() > tail.bytes.size() ? base.bytes.size() - tail.bytes.size() : 0;
  if (kept + tail.bytes.size() > kMostRemembered) return FastError::kTextTooLong;
  // What is kept stays where it is when the base is the previous value.
  uint8_t* const text = TextOf(field.entry);
  std::memmove(text, base.bytes.data(), kept);
  std::memcpy(text + kept, tail.bytes.data(), tail.bytes.size());
  value.bytes = {text, kept + tail.bytes.size()};
  return Remember(field, value);
}

FastError FastDecoder::DeltaInteger(const FastInstruction& field, FastCursor& cursor,
                                    Value& value) {
  Wide delta;
  if (const FastError error = ReadSigned(cursor, kBytes64, delta); error != FastError::kNone) {
    return error;
  }
  if (field.optional) {
    if (delta == 0) {
      internal::SetAbsent(value);
      return FastError::kNone;
    }
    if (delta > 0) --delta;
  }
  Value base;
  if (const FastError error = Base(field, /*empty_is_error=*/true, base);
      error != FastError::kNone) {
    return error;
  }
  const Wide sum = Widen(field.type, base.number) + delta;
  if (sum < LowestOf(field.type) || sum > HighestOf(field.type)) return FastError::kIntegerRange;
  value.number = static_cast<uint64_t>(sum);
  return Remember(field, value);
}

FastError FastDecoder::DeltaDecimal(const FastInstruction& field, FastCursor& cursor,
                                    Value& value) {
  Value exponent;
  if (const FastError error = ReadInteger(FastType::kInt32, field.optional, cursor, exponent);
      error != FastError::kNone) {
    return error;
  }
  if (!IsThere(exponent)) {
    internal::SetAbsent(value);
    return FastError::kNone;
  }
  Wide mantissa;
  if (const FastError error = ReadSigned(cursor, kBytes64, mantissa); error != FastError::kNone) {
    return error;
  }
  Value base;
  if (const FastError error = Base(field, /*empty_is_error=*/true, base);
      error != FastError::kNone) {
    return error;
  }
  const Wide power = Wide{static_cast<int64_t>(exponent.number)} + base.exponent;
  if (!IsExponent(power)) return FastError::kExponentRange;
  const Wide sum = Wide{static_cast<int64_t>(base.number)} + mantissa;
  if (sum < INT64_MIN || sum > INT64_MAX) return FastError::kIntegerRange;
  value.exponent = static_cast<int16_t>(power);
  value.number = static_cast<uint64_t>(sum);
  return Remember(field, value);
}

FastError FastDecoder::DeltaText(const FastInstruction& field, FastCursor& cursor, Value& value) {
  Value length;
  if (const FastError error = ReadInteger(FastType::kInt32, field.optional, cursor, length);
      error != FastError::kNone) {
    return error;
  }
  if (!IsThere(length)) {
    internal::SetAbsent(value);
    return FastError::kNone;
  }
  Value part;
  if (const FastError error = ReadText(field.type, false, cursor, part);
      error != FastError::kNone) {
    return error;
  }
  Value base;
  if (const FastError error = Base(field, /*empty_is_error=*/true, base);
      error != FastError::kNone) {
    return error;
  }
  // Below 0 the front is meant, and -1 takes nothing off it.
  const auto count = static_cast<int64_t>(length.number);
  const bool front = count < 0;
  const auto off = static_cast<uint64_t>(front ? -(count + 1) : count);
  if (off > base.bytes.size()) return FastError::kSubtraction;
  const size_t kept = base.bytes.size() - static_cast<size_t>(off);
  if (kept + part.bytes.size() > kMostRemembered) return FastError::kTextTooLong;
  uint8_t* const text = TextOf(field.entry);
  if (front) {
    std::memmove(text + part.bytes.size(), base.bytes.data() + off, kept);
    std::memcpy(text, part.bytes.data(), part.bytes.size());
  } else {
    std::memmove(text, base.bytes.data(), kept);
    std::memcpy(text + kept, part.bytes.data(), part.bytes.size());
  }
  value.bytes = {text, kept + part.bytes.size()};
  return Remember(field, value);
}

FastError FastDecoder::Look(const FastInstruction& field, Known& known) const {
  const Previous& previous = previous_[field.entry];
  if (previous.generation != generation_) {
    known = Known::kUndefined;
    return FastError::kNone;
  }
  known = previous.is_empty ? Known::kEmpty : Known::kAssigned;
  if (field.checks_type && known == Known::kAssigned && previous.type != field.type) {
    return FastError::kOtherType;
  }
  return FastError::kNone;
}

FastError FastDecoder::Base(const FastInstruction& field, bool empty_is_error, Value& base) const {
  Known known;
  if (const FastError error = Look(field, known); error != FastError::kNone) return error;
  if (known == Known::kAssigned) {
    SetPrevious(field, base);
    return FastError::kNone;
  }
  if (known == Known::kEmpty && empty_is_error) return FastError::kEmptyPrevious;
  SetInitial(field, base);
  base.state = Value::State::kThere;
  return FastError::kNone;
}

// Absent when there is none.
void FastDecoder::SetInitial(const FastInstruction& field, Value& value) const {
  const FastInitial& initial = plan_->initial(field.initial);
  value.state = initial.is_there ? Value::State::kThere : Value::State::kAbsent;
  value.exponent = initial.exponent;
  value.number = initial.number;
  value.bytes = {reinterpret_cast<const uint8_t*>(initial.text.data()), initial.text.size()};
}

void FastDecoder::SetPrevious(const FastInstruction& field, Value& value) const {
  const Previous& previous = previous_[field.entry];
  value.exponent = previous.exponent;
  value.number = previous.number;
  if (IsText(field.type)) value.bytes = {TextOf(field.entry), previous.text_bytes};
}

FastError FastDecoder::Remember(const FastInstruction& field, const Value& value) {
  Previous& previous = previous_[field.entry];
  previous.generation = generation_;
  previous.is_empty = false;
  previous.type = field.type;
  previous.exponent = value.exponent;
  previous.number = value.number;
  if (!IsText(field.type)) return FastError::kNone;
  if (value.bytes.size() > kMostRemembered) return FastError::kTextTooLong;
  uint8_t* const text = TextOf(field.entry);
  if (!value.bytes.empty()) std::memmove(text, value.bytes.data(), value.bytes.size());
  previous.text_bytes = static_cast<uint32_t>(value.bytes.size());
  return FastError::kNone;
}

void FastDecoder::RememberEmpty(const FastInstruction& field) {
  Previous& previous = previous_[field.entry];
  previous.generation = generation_;
  previous.is_empty = true;
  previous.type = field.type;
}

}  // namespace fh::codecs::fast
