#include "feedhandler/cli/http_option.h"

#include <cstdio>

#include "feedhandler/config/http_address.h"

namespace fh::cli {

void AddHttpOptions(Verb verb, HttpOption& option) {
  const Option http =
      verb.Add("--http", option.address,
               "Serve /metrics (Prometheus), /health and /latency at this ADDRESS:PORT of "
               "this host while it "
               "runs; port 0 picks one and says which. Loopback only, unless --http-remote");
  verb.AddFlag("--http-remote", option.remote,
               "Let --http listen where other hosts reach it: anyone can read the pages")
      .Needs(http);
}

absl::StatusOr<std::unique_ptr<HttpServer>> OpenHttp(
    const HttpOption& option, const std::optional<rio::Endpoint>& configured) {
  std::optional<rio::Endpoint> listen = configured;
  if (!option.address.empty()) {
    const absl::StatusOr<rio::Endpoint> given = ParseHttpAddress(option.address, option.remote);
    if (!given.ok()) return given.status();
    listen = *given;
  }
  if (!listen.has_value()) return nullptr;
  absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Open({.listen = *listen});
  if (!server.ok()) return server.status();
  std::fprintf(stderr, "pages at http://%s/: /metrics, /health, /latency\n",
               (*server)->endpoint().ToString().c_str());
  return server;
}

}  // namespace fh::cli
