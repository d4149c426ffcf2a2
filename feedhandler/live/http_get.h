// One page of an HTTP server, for `feedhandler latency watch`.
//
//   absl::StatusOr<HttpTarget> target = ParseHttpTarget("127.0.0.1:9464");
//   absl::StatusOr<std::string> text = HttpGet(*target, std::chrono::seconds(5));
//
// Blocks; any thread; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_LIVE_HTTP_GET_H_
#define FEEDHANDLER_FEEDHANDLER_LIVE_HTTP_GET_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace fh {

struct HttpTarget {
  std::string host;  // A name or an address, without brackets.
  uint16_t port = 0;
  std::string path;

  std::string ToString() const;  // "http://127.0.0.1:9464/metrics"
};

// "HOST:PORT" or "http://HOST:PORT[/PATH]"; the path is "/metrics" when there is none. Errors,
// InvalidArgument: anything else, https too.
absl::StatusOr<HttpTarget> ParseHttpTarget(absl::string_view text);

// A page of no more than this is taken.
inline constexpr size_t kMostHttpBytes = 64 << 20;

// The body of a 200. Errors: nobody answers there (Unavailable), another status, a longer body;
// UNIMPLEMENTED: this build has no HTTP.
absl::StatusOr<std::string> HttpGet(const HttpTarget& target, std::chrono::milliseconds timeout);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_LIVE_HTTP_GET_H_
