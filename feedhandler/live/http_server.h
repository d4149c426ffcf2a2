// A small HTTP server on a thread of its own, for what a running handler says of itself.
//
//   absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Open({.listen = *endpoint});
//   std::puts((*server)->endpoint().ToString().c_str());       // With the port that was picked.
//   (*server)->Start({{"/health", "is all well?", [] { return HttpAnswer{.body = "yes\n"}; }}});
//   ...
//   (*server)->Stop();
//
// Whoever connects is not trusted. One request a connection, GET and HEAD alone, without a body; what
// is bounded: connections at a time (the one that has waited longest without finishing its request
// makes room for a new one), bytes of a request, and the time from connect to the last byte sent. A
// server on a loopback address answers requests for "localhost" or an address alone, so that no web
// page reaches it under a name of its own (DNS rebinding). All that is refused is counted.
//
// HTTP itself is cpp-httplib's: requests are parsed, routed and answered by it, in memory. The
// sockets are this server's, because that library waits on each connection with a thread, and a
// client that sends a byte now and then keeps it waiting for ever.
//
// Threads: Open, Start, Stop and the destructor from one thread; pages are made on the server's own,
// one at a time. Metrics from any thread.
#ifndef FEEDHANDLER_FEEDHANDLER_LIVE_HTTP_SERVER_H_
#define FEEDHANDLER_FEEDHANDLER_LIVE_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "feedhandler/report/metrics.h"
#include "rio/endpoint.h"

namespace fh {

struct HttpAnswer {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body = {};
};

// One address to ask for.
struct HttpPage {
  std::string path;  // "/metrics"
  std::string what;  // For the page "/", which lists them all.
  std::function<HttpAnswer()> make;
};

struct HttpServerOptions {
  rio::Endpoint listen;  // Port 0: the system picks one.
  size_t most_connections = 32;
  size_t most_request_bytes = 8192;
  // From connect to the last byte of the answer.
  std::chrono::milliseconds most_time = std::chrono::seconds(5);
};

class HttpServer {
 public:
  virtual ~HttpServer() = default;  // Stops.

  // Binds and listens; nobody is answered yet. Errors: the address is not this host's, the port is
  // taken; UNIMPLEMENTED: this build has no HTTP.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(const HttpServerOptions& options);

  virtual const rio::Endpoint& endpoint() const = 0;

  // Starts the thread. Once. What the pages refer to lives until Stop.
  virtual void Start(std::vector<HttpPage> pages) = 0;

  // Ends the thread, after the page that it is making.
  virtual void Stop() = 0;

  // Requests by status, connections that were given up by reason.
  virtual std::vector<Metric> Metrics() const = 0;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_LIVE_HTTP_SERVER_H_
