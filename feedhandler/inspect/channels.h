// Which streams are lines of one channel: the same messages under the same numbers, sent twice.
//
//   for (const DiscoveredChannel& channel : DiscoverChannels(table)) {
//     for (size_t i = 0; i < channel.lines.size(); ++i) Print(LineName(i), *channel.lines[i]);
//   }
//
// Two streams are lines of one channel when they have the framing, a session id and a range of
// numbers in common, and the messages that both sampled (message_sample.h) are the same bytes.
// Without a common sample (a short overlap, lines with heartbeats alone) the session's name has to
// do; where sessions have no name, such streams stay apart.
//
// Any thread while the table does not change. Compares streams of equal framing and session in
// pairs.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_CHANNELS_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_CHANNELS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "codecs/codec.h"
#include "feedhandler/inspect/stream_table.h"

namespace fh {

struct DiscoveredChannel {
  const codecs::CodecInfo* codec = nullptr;  // Null: only the framing is known.
  std::vector<const Stream*> lines;          // By group address and port. They live in the table.
};

// Streams of which the numbers are read, each in one channel; ordered by codec as the registry
// lists them (framings without codec last), then by the first line's group.
std::vector<DiscoveredChannel> DiscoverChannels(const StreamTable& table);

// "A" to "Z", then "AA", ...
std::string LineName(size_t index);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_CHANNELS_H_
