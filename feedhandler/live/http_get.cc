#include "feedhandler/live/http_get.h"

#include <httplib.h>

#include "absl/strings/str_cat.h"

namespace fh {

absl::StatusOr<std::string> HttpGet(const HttpTarget& target, std::chrono::milliseconds timeout) {
  httplib::Client client(target.host, target.port);
  client.set_connection_timeout(timeout);
  client.set_read_timeout(timeout);
  client.set_write_timeout(timeout);
  client.set_keep_alive(false);
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::string body;
  bool is_long = false;
  const httplib::Result result = client.Get(target.path, [&](const char* bytes, size_t size) {
    is_long = body.size() + size > kMostHttpBytes;
    if (!is_long) body.append(bytes, size);
    return !is_long && std::chrono::steady_clock::now() < deadline;
  });
  const std::string name = target.ToString();
  if (is_long) {
    return absl::OutOfRangeError(
        absl::StrCat(name, ": more than ", kMostHttpBytes >> 20, " MiB: is it a feed handler?"));
  }
  if (!result) {
    return absl::UnavailableError(absl::StrCat(name, ": no answer (",
                                               httplib::to_string(result.error()),
                                               "); does a handler run there with --http?"));
  }
  if (result->status != 200) {
    return absl::FailedPreconditionError(
        absl::StrCat(name, ": answered with status ", result->status));
  }
  return body;
}

}  // namespace fh
