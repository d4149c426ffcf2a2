// Of a build without cpp-httplib: whoever asks for HTTP is told.
#include "feedhandler/live/http_get.h"
#include "feedhandler/live/http_server.h"

namespace fh {
namespace {

absl::Status Absent() {
  return absl::UnimplementedError(
      "HTTP is not available in this build, which was made without cpp-httplib; --metrics=FILE "
      "writes the same metrics to a file");
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Open(const HttpServerOptions&) {
  return Absent();
}

absl::StatusOr<std::string> HttpGet(const HttpTarget&, std::chrono::milliseconds) {
  return Absent();
}

}  // namespace fh
