// Decodes messages of FAST 1.1 by a plan (fast_plan.h), and remembers what the operators lean on.
//
//   FastDecoder decoder(*plan);
//   FastCursor cursor{packet.data, packet.data + packet.length};
//   decoder.Reset();                                   // Where the venue says so: MOEX each datagram.
//   while (cursor.left() != 0) {
//     const FastError error = decoder.Decode(cursor, visitor);
//     if (error != FastError::kNone) ...               // The rest of the packet cannot be read.
//   }
//
// A visitor is told everything in the order of the wire, at once, so that nothing is built up:
//
//   void BeginMessage(const FastPlan::Template& source);   // A message within another, too.
//   void Field(FastTag tag, const FastField& field, const Value& value);   // kAbsent: not there.
//   void BeginGroup(const FastGroup& group, uint32_t segment, uint32_t entries);   // A group: 0, 1.
//   void BeginEntry(uint32_t segment);
//   void EndEntry(uint32_t segment);
//   void EndGroup(const FastGroup& group);
//   void EndMessage(const FastPlan::Template& source);
//
// Texts of a value live until the field is sent again, or the decoder is given the next message.
//
// After an error, what was told of the message is void, and so is what is remembered: Reset, or take
// it as the loss that it is. Hostile bytes cost at most kStepsAByte instructions a byte, and no
// memory: texts to remember have kMostRemembered bytes.
//
// One thread; allocates when made, never later.
//
// Source: "FAST Specification" 1.1, sections 6 and 10.
#ifndef FEEDHANDLER_CODECS_FAST_FAST_DECODER_H_
#define FEEDHANDLER_CODECS_FAST_FAST_DECODER_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "codecs/fast/fast_plan.h"
#include "codecs/fast/fast_template.h"
#include "codecs/fast/fast_wire.h"
#include "codecs/value.h"

namespace fh::codecs::fast {

inline constexpr uint32_t kMostRemembered = 1024;
inline constexpr uint32_t kMostEntriesOfSequence = 65'535;
inline constexpr int kMostMessageDepth = 8;
inline constexpr uint64_t kStepsAByte = 64;
inline constexpr uint64_t kLeastSteps = 4096;
inline constexpr int kMostExponent = 63;

// Told everything, does nothing: to see whether bytes are whole.
struct IgnoreFast {
  void BeginMessage(const FastPlan::Template&) {}
  void Field(FastTag, const FastField&, const Value&) {}
  void BeginGroup(const FastGroup&, uint32_t, uint32_t) {}
  void BeginEntry(uint32_t) {}
  void EndEntry(uint32_t) {}
  void EndGroup(const FastGroup&) {}
  void EndMessage(const FastPlan::Template&) {}
};

class FastDecoder {
 public:
  // `plan` must outlive the decoder.
  explicit FastDecoder(const FastPlan& plan);

  // Forgets all previous values and the last template id. A few ns.
  void Reset() {
    ++generation_;
    template_id_ = kNoTemplateId;
  }

  // One message; the cursor is behind it then. Precondition: bytes are left.
  template <typename Visitor>
  FastError Decode(FastCursor& cursor, Visitor& visitor) {
    steps_ = kLeastSteps + kStepsAByte * cursor.left();
    text_end_ = 0;
    // A text takes no more room than its bytes.
    if (cursor.left() + internal::kShortBytes > text_.size()) return FastError::kTextTooLong;
    return Message(cursor, visitor, 0);
  }

  // Of the last message begun; kNoTemplateId when it named none.
  uint64_t template_id() const { return template_id_; }

  static constexpr uint64_t kNoTemplateId = UINT64_MAX;

 private:
  struct Previous {
    uint64_t generation = 0;  // Of another one than the decoder's: undefined.
    uint64_t number = 0;
    int16_t exponent = 0;
    bool is_empty = false;
    FastType type = FastType::kUInt32;
    uint32_t text_bytes = 0;
  };

  enum class Known : uint8_t { kUndefined, kEmpty, kAssigned };

  template <typename Visitor>
  FastError Message(FastCursor& cursor, Visitor& visitor, int depth);
  template <typename Visitor>
  FastError Segment(uint32_t index, FastCursor& cursor, PresenceMap& map, Visitor& visitor,
                    int depth);
  template <typename Visitor>
  FastError Nested(const FastInstruction*& at, FastCursor& cursor, PresenceMap& map,
                   Visitor& visitor, int depth);
  // A segment with a map of its own where it has one; else that of the enclosing one is not used.
  template <typename Visitor>
  FastError Entry(uint32_t index, FastCursor& cursor, Visitor& visitor, int depth);
  template <typename Visitor>
  FastError Group(const FastInstruction& group, FastCursor& cursor, PresenceMap& map,
                  Visitor& visitor, int depth);
  template <typename Visitor>
  FastError Sequence(const FastInstruction& sequence, const FastInstruction& length,
                     FastCursor& cursor, PresenceMap& map, Visitor& visitor, int depth);

  // A field by its operator. `value` is new.
  FastError Field(const FastInstruction& field, FastCursor& cursor, PresenceMap& map, Value& value);
  FastError FieldOf(const FastInstruction& field, const uint8_t*& at, const uint8_t* end,
                    PresenceMap& map, Value& value);
  FastError Constant(const FastInstruction& field, PresenceMap& map, Value& value);
  FastError CopyNumber(const FastInstruction& field, const uint8_t*& at, const uint8_t* end,
                       PresenceMap& map, Value& value);
  FastError Increment(const FastInstruction& field, const uint8_t*& at, const uint8_t* end,
                      PresenceMap& map, Value& value);
  FastError DeltaNumber(const FastInstruction& field, const uint8_t*& at, const uint8_t* end,
                        Value& value);
  FastError Parts(const FastInstruction* parts, FastCursor& cursor, PresenceMap& map, Value& value);
  FastError Operated(const FastInstruction& field, FastCursor& cursor, bool bit, Value& value);
  FastError OperatedAway(const FastInstruction& field, const uint8_t*& at, const uint8_t* end,
                         bool bit, Value& value);

  // What is on the wire, without an operator.
  FastError Read(const FastInstruction& field, FastCursor& cursor, Value& value);
  template <FastType kType, bool kNullable>
  static FastError ReadNumber(const uint8_t*& at, const uint8_t* end, Value& value);
  template <bool kNullable>
  static FastError ReadDecimal(const uint8_t*& at, const uint8_t* end, Value& value);
  // Of any length, and at the end of the bytes.
  static FastError ReadInteger(FastType type, bool nullable, FastCursor& cursor, Value& value);
  template <bool kNullable>
  FastError ReadAscii(const uint8_t*& at, const uint8_t* end, Value& value);
  template <bool kNullable>
  static void SetText(std::span<const uint8_t> text, Value& value);
  FastError ReadText(FastType type, bool nullable, FastCursor& cursor, Value& value);

  FastError ReadOrKeep(const FastInstruction& field, FastCursor& cursor, bool is_sent,
                       Value& value);
  FastError Keep(const FastInstruction& field, Value& value);
  FastError DeltaInteger(const FastInstruction& field, FastCursor& cursor, Value& value);
  FastError DeltaDecimal(const FastInstruction& field, FastCursor& cursor, Value& value);
  FastError DeltaText(const FastInstruction& field, FastCursor& cursor, Value& value);
  FastError Tail(const FastInstruction& field, FastCursor& cursor, bool is_sent, Value& value);

  FastError Look(const FastInstruction& field, Known& known) const;
  // What delta and tail build on: the previous value, else the initial one, else nothing.
  FastError Base(const FastInstruction& field, bool empty_is_error, Value& base) const;
  void SetInitial(const FastInstruction& field, Value& value) const;
  void SetPrevious(const FastInstruction& field, Value& value) const;
  FastError Remember(const FastInstruction& field, const Value& value);
  void RememberEmpty(const FastInstruction& field);
  uint8_t* TextOf(uint32_t entry) { return remembered_.get() + size_t{entry} * kMostRemembered; }
  const uint8_t* TextOf(uint32_t entry) const {
    return remembered_.get() + size_t{entry} * kMostRemembered;
  }

  const FastPlan* plan_;
  uint64_t generation_ = 1;
  uint64_t template_id_ = kNoTemplateId;
  uint64_t steps_ = 0;  // That may still be taken.
  std::vector<Previous> previous_;
  std::unique_ptr<uint8_t[]> remembered_;
  std::vector<uint8_t> text_;  // Texts of the message whose last letter carries a stop bit.
  size_t text_end_ = 0;
};

namespace internal {

inline void SetAbsent(Value& value) { value = Value{.state = Value::State::kAbsent}; }

}  // namespace internal

// What follows becomes one loop with its state in registers: a cursor in memory would cost each field
// a round trip to the cache. So what is rare, and not inlined, is handed copies; and a cursor is two
// pointers, because a pair of them would be moved about as a vector.
#define FH_FAST_INLINE [[gnu::always_inline]] inline

template <FastType kType, bool kNullable>
FH_FAST_INLINE FastError FastDecoder::ReadNumber(const uint8_t*& at, const uint8_t* end,
                                                 Value& value) {
  constexpr bool kWide = kType == FastType::kUInt64 || kType == FastType::kInt64;
  constexpr bool kSigned = kType == FastType::kInt32 || kType == FastType::kInt64;
  uint64_t groups;
  int bytes;
  if (!internal::TakeShort(at, end, groups, bytes)) [[unlikely]] {
    FastCursor copy{at, end};
    Value read;
    const FastError error = ReadInteger(kType, kNullable, copy, read);
    at = copy.at;
    value = read;
    return error;
  }
  if (!kWide && bytes > kBytes32) [[unlikely]]
    return FastError::kIntegerRange;
  const int unused_bits = 64 - 7 * bytes;
  int64_t number = kSigned ? static_cast<int64_t>(groups << unused_bits) >> unused_bits
                           : static_cast<int64_t>(groups);
  if (kNullable) {
    value.state = number == 0 ? Value::State::kAbsent : Value::State::kThere;
    number -= number > 0;
  }
  if (kType == FastType::kUInt32 && number > UINT32_MAX) [[unlikely]]
    return FastError::kIntegerRange;
  if (kType == FastType::kInt32 && number != static_cast<int32_t>(number)) [[unlikely]]
    return FastError::kIntegerRange;
  value.number = static_cast<uint64_t>(number);
  return FastError::kNone;
}

// A mantissa that may not be there is read without asking, and taken or not: whether it is there is
// as hard to predict as how long it is.
template <bool kNullable>
FH_FAST_INLINE FastError FastDecoder::ReadDecimal(const uint8_t*& at, const uint8_t* end,
                                                  Value& value) {
  if (const FastError error = ReadNumber<FastType::kInt32, kNullable>(at, end, value);
      error != FastError::kNone) [[unlikely]] {
    return error;
  }
  const bool is_there = !kNullable || value.state == Value::State::kThere;
  const auto exponent = static_cast<int64_t>(value.number);
  if (exponent < -kMostExponent || exponent > kMostExponent) [[unlikely]]
    return FastError::kExponentRange;
  value.exponent = static_cast<int16_t>(exponent);
  const uint8_t* ahead = at;
  uint64_t groups;
  int bytes;
  if (!internal::TakeShort(ahead, end, groups, bytes)) [[unlikely]] {
    if (!is_there) return FastError::kNone;
    Value mantissa;
    FastCursor copy{at, end};
    const FastError error = ReadInteger(FastType::kInt64, false, copy, mantissa);
    at = copy.at;
    value.number = mantissa.number;
    return error;
  }
  at += bytes & -static_cast<int>(is_there);
  const int unused_bits = 64 - 7 * bytes;
  value.number = static_cast<uint64_t>(static_cast<int64_t>(groups << unused_bits) >> unused_bits);
  return FastError::kNone;
}

// Most texts are short: eight letters at a time. There is room: no more is read than the message's
// bytes, and each once.
template <bool kNullable>
FH_FAST_INLINE FastError FastDecoder::ReadAscii(const uint8_t*& at, const uint8_t* end,
                                                Value& value) {
  uint8_t* const text = text_.data() + text_end_;
  size_t size = 0;
  for (;; size += internal::kShortBytes) {
    if (static_cast<size_t>(end - at) < size + internal::kShortBytes) [[unlikely]] {
      FastCursor copy{at, end};
      Value read;
      const FastError error = ReadText(FastType::kAscii, kNullable, copy, read);
      at = copy.at;
      value = read;
      return error;
    }
    const uint64_t letters = internal::LoadShort(at + size);
    const uint64_t plain = letters & ~internal::kStops;
    std::memcpy(text + size, &plain, sizeof plain);
    const uint64_t stops = letters & internal::kStops;
    if (stops == 0) continue;
    size += static_cast<size_t>(std::countr_zero(stops) + 1) / 8;
    break;
  }
  at += size;
  text_end_ += size;
  SetText<kNullable>({text, size}, value);
  return FastError::kNone;
}

// A leading zero says that nothing follows, or that what follows is meant as it stands.
template <bool kNullable>
FH_FAST_INLINE void FastDecoder::SetText(std::span<const uint8_t> text, Value& value) {
  const size_t is_led = text[0] == 0;
  const size_t has_more = text.size() > 1;
  if (kNullable) {
    value.state = (is_led & ~has_more) != 0 ? Value::State::kAbsent : Value::State::kThere;
  }
  const size_t is_led_twice = kNullable ? is_led & has_more & (text[has_more] == 0) : 0;
  value.bytes = text.subspan(is_led + is_led_twice);
}

FH_FAST_INLINE FastError FastDecoder::Constant(const FastInstruction& field, PresenceMap& map,
                                               Value& value) {
  const FastInitial& initial = plan_->initial(field.initial);
  const bool is_there = !field.optional || map.Next();
  value.state = is_there ? Value::State::kThere : Value::State::kAbsent;
  value.exponent = initial.exponent;
  value.number = initial.number;
  value.bytes = {reinterpret_cast<const uint8_t*>(initial.text.data()), initial.text.size()};
  return FastError::kNone;
}

FH_FAST_INLINE FastError FastDecoder::CopyNumber(const FastInstruction& field, const uint8_t*& at,
                                                 const uint8_t* end, PresenceMap& map,
                                                 Value& value) {
  const bool is_sent = map.Next();
  const Previous& previous = previous_[field.entry];
  if (!is_sent && previous.generation == generation_ && !previous.is_empty) {
    value.number = previous.number;
    return FastError::kNone;
  }
  return OperatedAway(field, at, end, is_sent, value);
}

FH_FAST_INLINE FastError FastDecoder::Increment(const FastInstruction& field, const uint8_t*& at,
                                                const uint8_t* end, PresenceMap& map,
                                                Value& value) {
  const bool is_sent = map.Next();
  Previous& previous = previous_[field.entry];
  // The highest of any type is followed by the lowest.
  if (!is_sent && previous.generation == generation_ && !previous.is_empty &&
      previous.number < INT32_MAX) {
    value.number = ++previous.number;
    return FastError::kNone;
  }
  return OperatedAway(field, at, end, is_sent, value);
}

FH_FAST_INLINE FastError FastDecoder::DeltaNumber(const FastInstruction& field, const uint8_t*& at,
                                                  const uint8_t* end, Value& value) {
  Previous& previous = previous_[field.entry];
  const uint8_t* ahead = at;
  uint64_t groups;
  int bytes;
  if (previous.generation != generation_ || previous.is_empty ||
      !internal::TakeShort(ahead, end, groups, bytes)) [[unlikely]] {
    return OperatedAway(field, at, end, false, value);
  }
  const int unused_bits = 64 - 7 * bytes;
  int64_t delta = static_cast<int64_t>(groups << unused_bits) >> unused_bits;
  if (field.optional) {
    if (delta == 0) {
      at = ahead;
      value.state = Value::State::kAbsent;
      return FastError::kNone;
    }
    delta -= delta > 0;
  }
  int64_t sum;
  // Whatever may leave its type's range is not for here.
  if (__builtin_add_overflow(static_cast<int64_t>(previous.number), delta, &sum) || sum < 0 ||
      sum > INT32_MAX) [[unlikely]] {
    return OperatedAway(field, at, end, false, value);
  }
  at = ahead;
  value.number = previous.number = static_cast<uint64_t>(sum);
  return FastError::kNone;
}

FH_FAST_INLINE FastError FastDecoder::OperatedAway(const FastInstruction& field, const uint8_t*& at,
                                                   const uint8_t* end, bool bit, Value& value) {
  FastCursor copy{at, end};
  Value read;
  const FastError error = Operated(field, copy, bit, read);
  at = copy.at;
  value = read;
  return error;
}

FH_FAST_INLINE FastError FastDecoder::FieldOf(const FastInstruction& field, const uint8_t*& at,
                                              const uint8_t* end, PresenceMap& map, Value& value) {
  switch (field.code) {
    case FastCode::kUInt32:
      return ReadNumber<FastType::kUInt32, false>(at, end, value);
    case FastCode::kUInt32OrNull:
      return ReadNumber<FastType::kUInt32, true>(at, end, value);
    case FastCode::kInt32:
      return ReadNumber<FastType::kInt32, false>(at, end, value);
    case FastCode::kInt32OrNull:
      return ReadNumber<FastType::kInt32, true>(at, end, value);
    case FastCode::kUInt64:
      return ReadNumber<FastType::kUInt64, false>(at, end, value);
    case FastCode::kUInt64OrNull:
      return ReadNumber<FastType::kUInt64, true>(at, end, value);
    case FastCode::kInt64:
      return ReadNumber<FastType::kInt64, false>(at, end, value);
    case FastCode::kInt64OrNull:
      return ReadNumber<FastType::kInt64, true>(at, end, value);
    case FastCode::kDecimal:
      return ReadDecimal<false>(at, end, value);
    case FastCode::kDecimalOrNull:
      return ReadDecimal<true>(at, end, value);
    case FastCode::kAscii:
      return ReadAscii<false>(at, end, value);
    case FastCode::kAsciiOrNull:
      return ReadAscii<true>(at, end, value);
    case FastCode::kConstant:
      return Constant(field, map, value);
    case FastCode::kCopyNumber:
      return CopyNumber(field, at, end, map, value);
    case FastCode::kIncrement:
      return Increment(field, at, end, map, value);
    case FastCode::kDeltaNumber:
      return DeltaNumber(field, at, end, value);
    default:
      return OperatedAway(field, at, end, NeedsBit(field.op, field.optional) && map.Next(), value);
  }
}

template <typename Visitor>
FastError FastDecoder::Message(FastCursor& cursor, Visitor& visitor, int depth) {
  if (depth == kMostMessageDepth) return FastError::kTooDeep;
  PresenceMap map;
  if (const FastError error = map.Read(cursor); error != FastError::kNone) return error;
  if (map.Next()) {
    Wide id;
    if (const FastError error = ReadUnsigned(cursor, kBytes32, id); error != FastError::kNone) {
      return error;
    }
    template_id_ = static_cast<uint64_t>(id);
  } else if (template_id_ == kNoTemplateId) {
    return FastError::kNoTemplate;
  }
  const FastPlan::Template* found =
      template_id_ <= kMostTemplateId ? plan_->Find(static_cast<uint32_t>(template_id_)) : nullptr;
  if (found == nullptr) return FastError::kUnknownTemplate;
  if (found->source->resets) {
    const uint64_t id = template_id_;
    Reset();
    template_id_ = id;
  }
  visitor.BeginMessage(*found);
  const FastError error = Segment(found->segment, cursor, map, visitor, depth);
  if (error == FastError::kNone) visitor.EndMessage(*found);
  return error;
}

template <typename Visitor>
FastError FastDecoder::Segment(uint32_t index, FastCursor& cursor, PresenceMap& map,
                               Visitor& visitor, int depth) {
  const FastPlan::Segment segment = plan_->segment(index);
  const FastInstruction* step = plan_->instructions().data() + segment.begin;
  const FastInstruction* const last = plan_->instructions().data() + segment.end;
  const auto count = static_cast<uint64_t>(last - step) + 1;
  if (steps_ < count) return FastError::kTooMuchWork;
  steps_ -= count;
  const uint8_t* at = cursor.at;
  const uint8_t* const end = cursor.end;
  PresenceMap bits = map;
  FastError error = FastError::kNone;
  for (; step != last && error == FastError::kNone; ++step) {
    if (step->code < FastCode::kParts) [[likely]] {
      Value value;
      error = FieldOf(*step, at, end, bits, value);
      if (error == FastError::kNone) [[likely]]
        visitor.Field(step->tag, *step->field, value);
      continue;
    }
    cursor.at = at;
    map = bits;
    error = Nested(step, cursor, map, visitor, depth);
    at = cursor.at;
    bits = map;
  }
  cursor.at = at;
  map = bits;
  return error;
}

// An instruction that is no plain field; `at` is then on its last.
template <typename Visitor>
FastError FastDecoder::Nested(const FastInstruction*& at, FastCursor& cursor, PresenceMap& map,
                              Visitor& visitor, int depth) {
  switch (at->code) {
    case FastCode::kGroup:
      return Group(*at, cursor, map, visitor, depth);
    case FastCode::kSequence:
      ++at;
      return Sequence(at[-1], at[0], cursor, map, visitor, depth);
    case FastCode::kMessage:
      return Message(cursor, visitor, depth + 1);
    default: {
      Value value;
      at += 2;
      const FastError error = Parts(at - 1, cursor, map, value);
      if (error == FastError::kNone) visitor.Field(at[-2].tag, *at[-2].field, value);
      return error;
    }
  }
}

template <typename Visitor>
FastError FastDecoder::Entry(uint32_t index, FastCursor& cursor, Visitor& visitor, int depth) {
  PresenceMap map;
  if (plan_->segment(index).has_map) {
    if (const FastError error = map.Read(cursor); error != FastError::kNone) return error;
  }
  visitor.BeginEntry(index);
  const FastError error = Segment(index, cursor, map, visitor, depth);
  if (error == FastError::kNone) visitor.EndEntry(index);
  return error;
}

template <typename Visitor>
FastError FastDecoder::Group(const FastInstruction& group, FastCursor& cursor, PresenceMap& map,
                             Visitor& visitor, int depth) {
  const bool is_there = !group.optional || map.Next();
  visitor.BeginGroup(*group.group, group.segment, is_there ? 1 : 0);
  if (is_there) {
    const FastError error = Entry(group.segment, cursor, visitor, depth);
    if (error != FastError::kNone) return error;
  }
  visitor.EndGroup(*group.group);
  return FastError::kNone;
}

template <typename Visitor>
FastError FastDecoder::Sequence(const FastInstruction& sequence, const FastInstruction& length,
                                FastCursor& cursor, PresenceMap& map, Visitor& visitor, int depth) {
  Value entries;
  if (const FastError error = Field(length, cursor, map, entries); error != FastError::kNone) {
    return error;
  }
  const uint64_t count = entries.state == Value::State::kThere ? entries.number : 0;
  const uint32_t least = plan_->segment(sequence.segment).least_bytes;
  if (count > kMostEntriesOfSequence || count * least > cursor.left()) {
    return FastError::kSequenceTooLong;
  }
  visitor.BeginGroup(*sequence.group, sequence.segment, static_cast<uint32_t>(count));
  for (uint64_t i = 0; i < count; ++i) {
    const FastError error = Entry(sequence.segment, cursor, visitor, depth);
    if (error != FastError::kNone) return error;
  }
  visitor.EndGroup(*sequence.group);
  return FastError::kNone;
}

#undef FH_FAST_INLINE

}  // namespace fh::codecs::fast

#endif  // FEEDHANDLER_CODECS_FAST_FAST_DECODER_H_
