// Which line a datagram belongs to: the subscription that a socket would have received it through.
//
//   LineTable lines(options.subscriptions);
//   const std::optional<uint16_t> line = lines.Find(destination, source);
//
// A subscription without a source takes datagrams of any source, one with a source only its own.
// Where several match, the first in the list wins: on the wire each of their sockets would receive
// a copy, which nobody wants of a capture.
//
// Immutable after construction, which allocates: any thread. Find costs a hash and mostly one
// comparison.
#ifndef FEEDHANDLER_REPLAY_LINE_TABLE_H_
#define FEEDHANDLER_REPLAY_LINE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rio/backend.h"
#include "rio/endpoint.h"

namespace fh::replay {

class LineTable {
 public:
  // Lines are indices in `subscriptions`, of which there are up to rio::kMaxLines.
  explicit LineTable(std::span<const rio::Subscription> subscriptions);

  // Nothing when no subscription wants it.
  std::optional<uint16_t> Find(const rio::Endpoint& destination,
                               const rio::IpAddress& source) const;

  // Whether some subscription is to this address, whatever the port: all that a fragment, or a
  // frame that is cut or damaged behind its IP header, tells of where it was going.
  bool HasAddress(const rio::IpAddress& address) const;

 private:
  static constexpr uint32_t kNoLine = UINT32_MAX;

  struct Line {
    rio::Endpoint destination;
    rio::IpAddress source;
    uint32_t next;  // Another line of the same bucket, always a later one.
  };

  size_t BucketOf(const rio::Endpoint& destination) const;

  std::vector<uint32_t> buckets_;  // First line of each; a power of two of them.
  std::vector<Line> lines_;
  std::vector<rio::IpAddress> addresses_;  // Of all lines, sorted, each once.
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_LINE_TABLE_H_
