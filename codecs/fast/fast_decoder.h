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
    if (cursor.left() > text_.size()) return FastError::kTextTooLong;
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
  FastError Field(const FastInstruction& field, FastCursor& cursor, PresenceMap& map,
                  Value& value) {
    if (field.op == FastOperatorKind::kNone) [[likely]]
      return Read(field, cursor, value);
    return Operated(field, cursor, map, value);
  }
  FastError Parts(const FastInstruction* parts, FastCursor& cursor, PresenceMap& map, Value& value);
  FastError Operated(const FastInstruction& field, FastCursor& cursor, PresenceMap& map,
                     Value& value);

  // What is on the wire, without an operator.
  FastError Read(const FastInstruction& field, FastCursor& cursor, Value& value);
  FastError ReadInteger(FastType type, bool nullable, FastCursor& cursor, Value& value);
  FastError ReadDecimal(bool nullable, FastCursor& cursor, Value& value);
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

inline FastError FastDecoder::ReadInteger(FastType type, bool nullable, FastCursor& cursor,
                                          Value& value) {
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

inline FastError FastDecoder::Read(const FastInstruction& field, FastCursor& cursor, Value& value) {
  if (IsInteger(field.type)) return ReadInteger(field.type, field.optional, cursor, value);
  if (field.type == FastType::kDecimal) return ReadDecimal(field.optional, cursor, value);
  return ReadText(field.type, field.optional, cursor, value);
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
  const FastInstruction* at = plan_->instructions().data() + segment.begin;
  const FastInstruction* const end = plan_->instructions().data() + segment.end;
  const auto count = static_cast<uint64_t>(end - at) + 1;
  if (steps_ < count) return FastError::kTooMuchWork;
  steps_ -= count;
  for (; at != end; ++at) {
    FastError error;
    switch (at->step) {
      case FastStep::kField: {
        Value value;
        error = Field(*at, cursor, map, value);
        if (error == FastError::kNone) [[likely]]
          visitor.Field(at->tag, *at->field, value);
        break;
      }
      case FastStep::kParts: {
        Value value;
        error = Parts(at + 1, cursor, map, value);
        if (error == FastError::kNone) visitor.Field(at->tag, *at->field, value);
        at += 2;
        break;
      }
      case FastStep::kGroup:
        error = Group(*at, cursor, map, visitor, depth);
        break;
      case FastStep::kSequence:
        error = Sequence(at[0], at[1], cursor, map, visitor, depth);
        ++at;
        break;
      case FastStep::kMessage:
        error = Message(cursor, visitor, depth + 1);
        break;
    }
    if (error != FastError::kNone) [[unlikely]]
      return error;
  }
  return FastError::kNone;
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

}  // namespace fh::codecs::fast

#endif  // FEEDHANDLER_CODECS_FAST_FAST_DECODER_H_
