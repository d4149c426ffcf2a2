#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "feedhandler/live/http_get.h"

namespace fh {

std::string HttpTarget::ToString() const {
  const bool is_v6 = absl::StrContains(host, ":");
  return absl::StrCat("http://", is_v6 ? "[" : "", host, is_v6 ? "]" : "", ":", port, path);
}

absl::StatusOr<HttpTarget> ParseHttpTarget(absl::string_view text) {
  const auto wrong = [text](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\": ", what,
        "; what is asked is HOST:PORT or http://HOST:PORT of a running handler (--http)"));
  };
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "https://")) {
    return wrong("the handler speaks plain HTTP, on its own host");
  }
  absl::ConsumePrefix(&rest, "http://");
  HttpTarget target{.path = "/metrics"};
  if (const size_t slash = rest.find('/'); slash != absl::string_view::npos) {
    if (slash + 1 < rest.size()) target.path = std::string(rest.substr(slash));
    rest = rest.substr(0, slash);
  }
  const size_t colon = rest.rfind(':');
  if (colon == absl::string_view::npos) return wrong("there is no port");
  uint32_t port = 0;
  if (!absl::SimpleAtoi(rest.substr(colon + 1), &port) || port == 0 || port > 65535) {
    return wrong("the port is not 1 to 65535");
  }
  target.port = static_cast<uint16_t>(port);
  absl::string_view host = rest.substr(0, colon);
  if (absl::ConsumePrefix(&host, "[") && !absl::ConsumeSuffix(&host, "]")) {
    return wrong("a bracket is missing");
  }
  if (host.empty()) return wrong("there is no host");
  for (const std::string& part : {std::string(host), target.path}) {
    for (const char c : part) {
      if (static_cast<unsigned char>(c) <= ' ' || c == 127) return wrong("it has blanks in it");
    }
  }
  target.host = std::string(host);
  return target;
}

}  // namespace fh
