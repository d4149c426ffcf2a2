// Tells copies apart from repetitions where packets have no numbers: several lines carry the same
// datagrams, and each is wanted once.
//
//   CopyFilter filter(2, options.line_silent_ns);
//   if (filter.IsNew({packet.data, packet.length}, line, recv_ns)) Deliver(packet);
//
// The n-th time that a line brings the very same bytes is new if no line had brought them n times
// before. So what one line lost comes from another, and what the venue says twice is delivered
// twice. (When one line loses the first of two equal datagrams and the other line the second, they
// look like one; only a number could tell.) Bytes that were not seen for `forget_ns` begin anew.
//
// The feed thread's own; nothing allocates after construction. A hash of the datagram and a look at
// four entries. The last 4096 different datagrams are known, or fewer where hashes crowd.
#ifndef FEEDHANDLER_FEEDHANDLER_SESSION_COPY_FILTER_H_
#define FEEDHANDLER_FEEDHANDLER_SESSION_COPY_FILTER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "feedhandler/session/session_types.h"

namespace fh {

class CopyFilter {
 public:
  CopyFilter(uint32_t lines, int64_t forget_ns);

  // Precondition: line < lines.
  bool IsNew(std::span<const uint8_t> bytes, uint8_t line, int64_t recv_ns);

 private:
  static constexpr size_t kWays = 4;
  static constexpr size_t kSets = 1024;

  struct Entry {
    uint64_t hash = 0;
    int64_t last_ns = kNoTime;
    uint32_t delivered = 0;  // 0: the entry is free.
    std::array<uint32_t, kMaxSessionLines> brought{};
  };

  Entry& Find(uint64_t hash);

  const uint32_t lines_;
  const int64_t forget_ns_;
  std::unique_ptr<Entry[]> entries_;  // None for a single line, which has no copies.
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_SESSION_COPY_FILTER_H_
