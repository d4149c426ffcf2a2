#include "feedhandler/config/http_address.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace fh {

bool IsLoopback(const rio::IpAddress& address) {
  if (address.is_v4()) return address.bytes()[0] == 127;
  if (!address.is_v6()) return false;
  const uint8_t* bytes = address.bytes();
  return bytes[15] == 1 && std::all_of(bytes, bytes + 15, [](uint8_t byte) { return byte == 0; });
}

absl::StatusOr<rio::Endpoint> ParseHttpAddress(absl::string_view text, bool remote) {
  // A line's port is never 0; here it asks for any.
  const bool any_port = absl::EndsWith(text, ":0");
  absl::StatusOr<rio::Endpoint> endpoint =
      rio::ParseEndpoint(any_port ? absl::StrCat(text.substr(0, text.size() - 1), "1") : text);
  if (!endpoint.ok()) return endpoint.status();
  if (any_port) endpoint->port = 0;
  if (endpoint->address.IsMulticast()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is a group; HTTP needs an address of this host"));
  }
  if (!remote && !IsLoopback(endpoint->address)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text,
        "\" can be reached by other hosts, and nothing asks them who they are: listen on "
        "127.0.0.1, or say that it is meant (http { remote: true }, --http-remote)"));
  }
  return endpoint;
}

}  // namespace fh
