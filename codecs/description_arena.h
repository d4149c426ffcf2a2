// Keeps descriptions of messages that are made at start, from a schema: what message.h's structs
// point at.
//
//   DescriptionArena arena;
//   const FieldInfo* price = arena.Add(FieldInfo{.name = arena.Name("price"), ...});
//   const MessageInfo* info = arena.Add(MessageInfo{.fields = arena.List(fields), ...});
//
// Nothing that it has given out moves or changes for as long as it lives. Built by one thread,
// before anybody reads; allocates.
#ifndef FEEDHANDLER_CODECS_DESCRIPTION_ARENA_H_
#define FEEDHANDLER_CODECS_DESCRIPTION_ARENA_H_

#include <deque>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "codecs/message.h"

namespace fh::codecs {

class DescriptionArena {
 public:
  DescriptionArena() = default;
  DescriptionArena(const DescriptionArena&) = delete;
  DescriptionArena& operator=(const DescriptionArena&) = delete;

  const char* Name(absl::string_view text) { return names_.emplace_back(text).c_str(); }

  // FieldInfo, GroupInfo, DataInfo, MessageInfo.
  template <typename T>
  const T* Add(T description) {
    return &std::get<std::deque<T>>(descriptions_).emplace_back(std::move(description));
  }

  // Pointers to those, and named values.
  template <typename T>
  std::span<const T> List(std::vector<T> items) {
    return std::get<std::deque<std::vector<T>>>(lists_).emplace_back(std::move(items));
  }

 private:
  std::deque<std::string> names_;
  std::tuple<std::deque<FieldInfo>, std::deque<GroupInfo>, std::deque<DataInfo>,
             std::deque<MessageInfo>>
      descriptions_;
  std::tuple<std::deque<std::vector<const FieldInfo*>>, std::deque<std::vector<const GroupInfo*>>,
             std::deque<std::vector<const DataInfo*>>, std::deque<std::vector<const MessageInfo*>>,
             std::deque<std::vector<NamedValue>>>
      lists_;
};

}  // namespace fh::codecs

#endif  // FEEDHANDLER_CODECS_DESCRIPTION_ARENA_H_
