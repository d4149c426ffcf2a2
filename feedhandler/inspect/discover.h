// Finds the feeds in captures: which groups carry what a codec reads, and which of them are lines A
// and B of one channel. For `replay --codec=X CAPTURE`, where nobody wrote a configuration.
//
//   absl::StatusOr<std::vector<FeedConfig>> feeds = DiscoverFeeds({"day.pcap"}, "itch50");
//   if (!feeds.ok()) Print(feeds.status().message());   // Says what the capture holds instead.
//
// Reads the files once, so each must be one that can be read again. Main thread, before anything
// runs.
#ifndef FEEDHANDLER_FEEDHANDLER_INSPECT_DISCOVER_H_
#define FEEDHANDLER_FEEDHANDLER_INSPECT_DISCOVER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "feedhandler/config/config.h"
#include "feedhandler/inspect/stream_table.h"

namespace fh {

// A UDP payload has no more bytes.
inline constexpr uint32_t kMostPayloadBytes = 65'527;

// Of a file larger than this only the first kMostFrames frames are looked at.
inline constexpr uint64_t kWholeFileBytes = uint64_t{2} << 30;
inline constexpr uint64_t kMostFrames = 5'000'000;

// A feed for each codec, in the order of the registry; each has channels with id 1, 2, 3, ...
// (unique over all feeds) in the order of their groups, and each channel lines "A", "B", ... by
// group address. Any source, no interface. `codec` empty: all codecs that fit; otherwise that one
// alone, and streams are accepted for it on weaker evidence (a feed's heartbeats, an unusual
// dialect).
//
// Errors: those of opening a capture; NotFound for a codec that does not exist; InvalidArgument for
// standard input; FailedPrecondition when nothing in the captures looks like it, with what was
// found. A damaged capture is no error as long as something was found before the damage.
//
// `longest_bytes` (may be null): the longest UDP payload in the captures; the longest that there
// can be where one was not read whole.
absl::StatusOr<std::vector<FeedConfig>> DiscoverFeeds(const std::vector<std::string>& captures,
                                                      absl::string_view codec,
                                                      uint32_t* longest_bytes = nullptr);

// The same of streams that were seen already. Empty when no stream has a codec.
std::vector<FeedConfig> FeedsOf(const StreamTable& table);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_INSPECT_DISCOVER_H_
