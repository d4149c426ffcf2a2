// The options --http and --http-remote of the verbs that run a pipeline, and the server behind them.
//
//   AddHttpOptions(verb, arguments->http);
//   ...
//   absl::StatusOr<std::unique_ptr<HttpServer>> http = OpenHttp(arguments.http, config->http);
//   if (!http.ok()) return Fail(http.status());
//   Supervise(*pipeline, clock, {.http = http->get()});
#ifndef FEEDHANDLER_FEEDHANDLER_CLI_HTTP_OPTION_H_
#define FEEDHANDLER_FEEDHANDLER_CLI_HTTP_OPTION_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "feedhandler/cli/options.h"
#include "feedhandler/live/http_server.h"
#include "rio/endpoint.h"

namespace fh::cli {

struct HttpOption {
  std::string address;  // Empty: not given.
  bool remote = false;
};

void AddHttpOptions(Verb verb, HttpOption& option);

// Binds the address of the option, else that of the configuration, and says on standard error where
// the pages are. Null when neither asks for any. Errors are those of ParseHttpAddress and
// HttpServer::Open.
absl::StatusOr<std::unique_ptr<HttpServer>> OpenHttp(
    const HttpOption& option, const std::optional<rio::Endpoint>& configured = std::nullopt);

}  // namespace fh::cli

#endif  // FEEDHANDLER_FEEDHANDLER_CLI_HTTP_OPTION_H_
