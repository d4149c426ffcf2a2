// Walks what stands behind the fixed part of three of ICE's messages: special fields, and the legs and
// hedges of strategies. Every entry says how long it is, so no entry is read as longer than it is.
//
//   Entries entries(info, message, length);
//   while (entries.NextGroup()) {
//     while (entries.NextEntry()) Read(*entries.group(), entries.at(), entries.bytes());
//   }
//   if (entries.why() != nullptr) Malformed(entries.why());
//
// No capture has a leg. Whether an entry's length counts its own byte nothing says: what is in an entry
// is of odd length in every version, so that an even length counts the byte.
//
// Any thread; no state but its own, no allocation. Some nanoseconds an entry.
#ifndef FEEDHANDLER_CODECS_ICE_ICE_ENTRIES_H_
#define FEEDHANDLER_CODECS_ICE_ICE_ENTRIES_H_

#include <cstddef>
#include <cstdint>

#include "codecs/ice/ice_messages.h"
#include "codecs/message.h"

namespace fh::codecs::ice {

class Entries {
 public:
  // `message` is at least as long as its type demands.
  Entries(const MessageInfo& info, const uint8_t* message, uint32_t length)
      : info_(info), end_(message + length) {
    // The count of the first group is the last byte of the fixed part.
    next_ = message + kMessageHeaderBytes + HeadBytes(info) - 1;
  }

  // Past the count of the next group; false when there is none, or why() says what is wrong.
  bool NextGroup() {
    if (why_ != nullptr || groups_ == info_.groups.size()) return false;
    if (next_ >= end_) return Fail("a count is missing");
    group_ = info_.groups[groups_++];
    left_ = count_ = *next_++;
    return true;
  }

  // To the next entry of the group.
  bool NextEntry() {
    if (why_ != nullptr || left_ == 0) return false;
    --left_;
    at_ = next_;
    const ptrdiff_t room = end_ - at_;
    const bool is_special = group_ == &kSpecialFields;
    if (room < (is_special ? ptrdiff_t{special_field::kHeaderBytes} : 1)) {
      return Fail("an entry is missing");
    }
    bytes_ = is_special ? special_field::kHeaderBytes + special_field::kValueLength(at_)
                        : uint32_t{*at_} + (*at_ % 2);
    if (bytes_ == 0 || room < ptrdiff_t{bytes_}) {
      return Fail("an entry reaches beyond the message's end");
    }
    next_ = at_ + bytes_;
    return true;
  }

  const GroupInfo* group() const { return group_; }
  uint32_t count() const { return count_; }      // Of the group.
  const uint8_t* at() const { return at_; }      // The entry.
  uint32_t bytes() const { return bytes_; }      // Of it, its length included.
  const uint8_t* next() const { return next_; }  // Behind what was walked through.
  const char* why() const { return why_; }

  // Of the body, up to and with the count of the first group.
  static constexpr uint32_t HeadBytes(const MessageInfo& info) {
    return info.type == 'b' ? 1 : info.type == '9' ? 89 : 58;
  }

 private:
  bool Fail(const char* why) {
    why_ = why;
    return false;
  }

  const MessageInfo& info_;
  const uint8_t* end_;
  const uint8_t* next_;
  const GroupInfo* group_ = nullptr;
  const uint8_t* at_ = nullptr;
  const char* why_ = nullptr;
  size_t groups_ = 0;
  uint32_t count_ = 0;
  uint32_t left_ = 0;
  uint32_t bytes_ = 0;
};

}  // namespace fh::codecs::ice

#endif  // FEEDHANDLER_CODECS_ICE_ICE_ENTRIES_H_
