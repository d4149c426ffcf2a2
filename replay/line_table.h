// Which line a datagram of a capture belongs to: the subscription that a socket would have received
// it through.
//
//   LineTable lines(options.subscriptions);
//   const std::optional<uint16_t> line = lines.Find(destination, source, vlan);
//
// A subscription without a source takes datagrams of any source, one with a source only its own;
// and each takes those of its VLAN, or of any. Where several match, that which says most has the
// datagram, and of those that say the same the first: on the wire each of their sockets would
// receive a copy, which nobody wants of a capture.
//
// Immutable after construction, which allocates: any thread. Find costs a multiplication and mostly
// one comparison.
#ifndef FEEDHANDLER_REPLAY_LINE_TABLE_H_
#define FEEDHANDLER_REPLAY_LINE_TABLE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rio/backend.h"
#include "rio/endpoint.h"
#include "rio/frame/frame_lines.h"
#include "rio/vlan.h"

namespace fh::replay {

class LineTable {
 public:
  // Lines are indices in `subscriptions`, of which there are up to rio::kMaxLines.
  explicit LineTable(std::span<const rio::Subscription> subscriptions);

  // Nothing when no subscription wants it.
  std::optional<uint16_t> Find(const rio::Endpoint& destination, const rio::IpAddress& source,
                               const rio::Vlan& vlan = {}) const {
    const int32_t line = lines_.Find(destination, source, vlan);
    if (line == rio::FrameLines::kNoLine) return std::nullopt;
    return static_cast<uint16_t>(line);
  }

  // Whether some subscription is to this address, whatever the port: all that a fragment, or a
  // frame that is cut or damaged behind its IP header, tells of where it was going.
  bool HasAddress(const rio::IpAddress& address) const;

 private:
  rio::FrameLines lines_;
  std::vector<rio::IpAddress> addresses_;  // Of all lines, sorted, each once.
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_LINE_TABLE_H_
