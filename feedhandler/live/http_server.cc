#include "feedhandler/live/http_server.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "feedhandler/config/http_address.h"
#include "feedhandler/live/http_sockets.h"
#include "feedhandler/threads/thread_setup.h"
#include "rio/socket/socket.h"

namespace fh {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr char kPlain[] = "text/plain; charset=utf-8";
constexpr int kBacklog = 64;
// How soon a stop is noticed.
constexpr std::chrono::milliseconds kRound{100};
// After an answer, for what the peer still sends: closing over unread bytes would take the answer
// away from it.
constexpr std::chrono::milliseconds kLinger{500};

// A request that lies in memory, and its answer.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(absl::string_view request) : rest_(request) {}

  std::string TakeAnswer() { return std::move(answer_); }

  bool is_readable() const override { return !rest_.empty(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, size_t size) override {
    const size_t count = rest_.copy(to, size);
    rest_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, size_t size) override {
    answer_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return 0; }

 private:
  absl::string_view rest_;
  std::string answer_;
};

// The library as a function from a request's bytes to those of the answer.
class Protocol final : public httplib::Server {
 public:
  std::string Answer(absl::string_view request) {
    MemoryStream stream(request);
    bool closed = false;
    process_request(stream, /*close_connection=*/true, closed, nullptr);
    return stream.TakeAnswer();
  }
};

// Without the headers that make work of their own: answers are whole and as they are, requests have no
// body, and the library's patterns for ranges take a stack as deep as the header is long.
std::string WithoutExtras(absl::string_view head) {
  static constexpr absl::string_view kExtras[] = {
      "range", "accept-encoding", "content-length", "transfer-encoding", "content-type", "expect"};
  std::string kept;
  for (const absl::string_view line : absl::StrSplit(head, "\r\n")) {
    const absl::string_view name = absl::StripAsciiWhitespace(line.substr(0, line.find(':')));
    const bool is_extra = std::any_of(
        std::begin(kExtras), std::end(kExtras),
        [name](absl::string_view extra) { return absl::EqualsIgnoreCase(name, extra); });
    if (!is_extra) absl::StrAppend(&kept, line, "\r\n");
  }
  // The split leaves two empty lines at the end, each with an end of its own now.
  kept.resize(kept.size() - 2);
  return kept;
}

// "127.0.0.1:9464", "[::1]", "localhost": no name that somebody else may point at us.
bool IsOwnName(absl::string_view host) {
  if (absl::EqualsIgnoreCase(host.substr(0, host.rfind(':')), "localhost") ||
      absl::EqualsIgnoreCase(host, "localhost")) {
    return true;
  }
  const absl::string_view bare = absl::StripSuffix(absl::StripPrefix(host, "["), "]");
  return rio::ParseEndpoint(host).ok() || rio::IpAddress::Parse(bare).ok();
}

struct Connection {
  rio::Socket socket;
  SteadyClock::time_point deadline;
  std::string request = {};
  std::string answer = {};
  size_t sent = 0;
  enum class State : uint8_t { kReading, kSending, kLingering } state = State::kReading;
};

class Server final : public HttpServer {
 public:
  Server(const HttpServerOptions& options, rio::Socket listener, const rio::Endpoint& endpoint)
      : options_(options), listener_(std::move(listener)), endpoint_(endpoint) {}
  ~Server() override { Stop(); }

  const rio::Endpoint& endpoint() const override { return endpoint_; }

  void Start(std::vector<HttpPage> pages) override {
    pages_ = std::move(pages);
    SetUpProtocol();
    thread_ = std::thread([this] {
      SetUpThisThread({.name = "fh-http"});
      Run();
    });
  }

  void Stop() override {
    stop_.store(true, std::memory_order_relaxed);
    if (thread_.joinable()) thread_.join();
  }

  std::vector<Metric> Metrics() const override {
    const std::lock_guard<std::mutex> lock(counts_mutex_);
    std::vector<Metric> metrics;
    for (const auto& [status, count] : requests_) {
      metrics.push_back({"feedhandler_http_requests_total",
                         MetricLabel("code", absl::StrCat(status)),
                         "Requests of the HTTP server, by status.", static_cast<double>(count)});
    }
    for (const auto& [reason, count] : given_up_) {
      metrics.push_back({"feedhandler_http_given_up_total", MetricLabel("reason", reason),
                         "Connections of the HTTP server that it closed before an answer was "
                         "taken: slow, crowded out by newer ones, or broken.",
                         static_cast<double>(count)});
    }
    return metrics;
  }

 private:
  using State = Connection::State;
  using Connections = std::list<Connection>;

  void SetUpProtocol() {
    // Before anything is routed, so that no other method gets further.
    protocol_.set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          return Refuses(request, response) ? httplib::Server::HandlerResponse::Handled
                                            : httplib::Server::HandlerResponse::Unhandled;
        });
    for (const HttpPage& page : pages_) {
      protocol_.Get(page.path, [&page](const httplib::Request&, httplib::Response& response) {
        const HttpAnswer answer = page.make();
        response.status = answer.status;
        response.set_content(answer.body, answer.type);
      });
    }
    protocol_.Get("/", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(Index(), kPlain);
    });
    protocol_.set_error_handler([this](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return;
      response.set_content(response.status == 404
                               ? absl::StrCat("there is no such page; there are:\n", Index())
                               : absl::StrCat("refused: ", response.status, "\n"),
                           kPlain);
    });
    protocol_.set_default_headers({{"Cache-Control", "no-store"},
                                   {"X-Content-Type-Options", "nosniff"},
                                   {"X-Frame-Options", "DENY"}});
  }

  bool Refuses(const httplib::Request& request, httplib::Response& response) const {
    if (request.method != "GET" && request.method != "HEAD") {
      response.status = 405;
      response.set_header("Allow", "GET, HEAD");
      response.set_content("pages are only read here: GET or HEAD\n", kPlain);
      return true;
    }
    if (IsLoopback(endpoint_.address) && request.has_header("Host") &&
        !IsOwnName(request.get_header_value("Host"))) {
      response.status = 421;
      response.set_content("ask for localhost or an address: no other name is this server's\n",
                           kPlain);
      return true;
    }
    return false;
  }

  std::string Index() const {
    std::string text;
    for (const HttpPage& page : pages_) absl::StrAppend(&text, page.path, "  ", page.what, "\n");
    return text;
  }

  void Run() {
    Connections connections;
    bool can_accept = true;
    while (!stop_.load(std::memory_order_relaxed)) {
      std::array<SocketWait, kMostSocketWaits> waits;
      size_t count = 0;
      SteadyClock::time_point first = SteadyClock::now() + kRound;
      for (const Connection& connection : connections) {
        waits[count++] = {connection.socket.handle(), connection.state == State::kSending};
        first = std::min(first, connection.deadline);
      }
      // After an accept that failed (no descriptors left) the listener rests for a round.
      if (can_accept) waits[count++] = {listener_.handle(), /*for_room=*/false};
      const auto most = std::chrono::ceil<std::chrono::milliseconds>(first - SteadyClock::now());
      WaitForSockets(std::span(waits).first(count), std::max(most, std::chrono::milliseconds(0)));
      size_t at = 0;
      for (auto i = connections.begin(); i != connections.end(); ++at) {
        const bool goes_on = (!waits[at].is_ready || Move(*i)) && !IsLate(*i);
        i = goes_on ? std::next(i) : connections.erase(i);
      }
      can_accept = !can_accept || !waits[count - 1].is_ready || Accept(connections);
    }
  }

  bool IsLate(const Connection& connection) {
    if (SteadyClock::now() < connection.deadline) return false;
    if (connection.state != State::kLingering) GiveUp("slow");
    return true;
  }

  // False: the system gave none although one waits.
  bool Accept(Connections& connections) {
    absl::StatusOr<rio::Socket> socket = listener_.Accept(std::chrono::nanoseconds(0));
    if (!socket.ok()) {
      const bool nobody = absl::IsDeadlineExceeded(socket.status());
      if (!nobody) GiveUp("failed");
      return nobody;
    }
    if (connections.size() >= options_.most_connections) {
      // Who has not said yet what it wants; among those that have, who asked first.
      const auto reading =
          std::find_if(connections.begin(), connections.end(),
                       [](const Connection& other) { return other.state == State::kReading; });
      GiveUp("crowded");
      connections.erase(reading != connections.end() ? reading : connections.begin());
    }
    connections.push_back(
        {.socket = *std::move(socket), .deadline = SteadyClock::now() + options_.most_time});
    return true;
  }

  // Does what there is to do for a connection that is ready. False: it is over.
  bool Move(Connection& connection) {
    switch (connection.state) {
      case State::kReading:
        return Read(connection);
      case State::kSending:
        return Send(connection);
      case State::kLingering:
        break;
    }
    std::array<char, 4096> unwanted;
    return TakeFrom(connection.socket.handle(), unwanted).state != SocketState::kOver;
  }

  bool Read(Connection& connection) {
    std::array<char, 4096> bytes;
    const SocketMove move = TakeFrom(connection.socket.handle(), bytes);
    if (move.state == SocketState::kOver) {
      GiveUp("broken");
      return false;
    }
    // The end may lie across two pieces.
    const size_t seen = connection.request.size() - std::min<size_t>(connection.request.size(), 3);
    connection.request.append(bytes.data(), move.bytes);
    const size_t end = connection.request.find("\r\n\r\n", seen);
    if (end != std::string::npos && end + 4 <= options_.most_request_bytes) {
      Answer(connection, protocol_.Answer(WithoutExtras(
                             absl::string_view(connection.request).substr(0, end + 4))));
    } else if (connection.request.size() >= options_.most_request_bytes) {
      constexpr char kBody[] = "the request is too long\n";
      Answer(connection, absl::StrCat("HTTP/1.1 431 Request Header Fields Too Large\r\n"
                                      "Connection: close\r\nContent-Type: text/plain\r\n"
                                      "Content-Length: ",
                                      sizeof(kBody) - 1, "\r\n\r\n", kBody));
    } else {
      return true;
    }
    return Send(connection);
  }

  void Answer(Connection& connection, std::string answer) {
    // "HTTP/1.1 200 OK"
    int status = 0;
    if (answer.size() > 12) status = std::atoi(answer.c_str() + 9);
    {
      const std::lock_guard<std::mutex> lock(counts_mutex_);
      ++requests_[status];
    }
    connection.answer = std::move(answer);
    connection.request = {};
    connection.state = State::kSending;
  }

  bool Send(Connection& connection) {
    const std::span<const char> rest =
        std::span<const char>(connection.answer).subspan(connection.sent);
    const SocketMove move = SendTo(connection.socket.handle(), rest);
    if (move.state == SocketState::kOver && !rest.empty()) {
      GiveUp("broken");
      return false;
    }
    connection.sent += move.bytes;
    if (connection.sent < connection.answer.size()) return true;
    connection.answer = {};
    connection.sent = 0;
    connection.state = State::kLingering;
    connection.deadline = std::min(connection.deadline, SteadyClock::now() + kLinger);
    return connection.socket.Shutdown(rio::Socket::Direction::kSend).ok();
  }

  void GiveUp(const char* reason) {
    const std::lock_guard<std::mutex> lock(counts_mutex_);
    ++given_up_[reason];
  }

  const HttpServerOptions options_;
  rio::Socket listener_;
  const rio::Endpoint endpoint_;
  std::vector<HttpPage> pages_;
  Protocol protocol_;
  std::thread thread_;
  std::atomic<bool> stop_{false};
  mutable std::mutex counts_mutex_;
  std::map<int, uint64_t> requests_{{200, 0}};
  std::map<std::string, uint64_t> given_up_{
      {"broken", 0}, {"crowded", 0}, {"failed", 0}, {"slow", 0}};
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Open(const HttpServerOptions& options) {
  if (options.most_connections == 0 || options.most_connections >= kMostSocketWaits) {
    return absl::InvalidArgumentError(
        absl::StrCat("connections of the HTTP server are 1 to ", kMostSocketWaits - 1));
  }
  const auto family =
      options.listen.address.is_v6() ? rio::Socket::Family::kV6 : rio::Socket::Family::kV4;
  const auto named = [&options](const absl::Status& status) {
    return absl::Status(
        status.code(), absl::StrCat("HTTP on ", options.listen.ToString(), ": ", status.message()));
  };
  absl::StatusOr<rio::Socket> listener = rio::Socket::Open(rio::Socket::Kind::kTcp, family);
  if (!listener.ok()) return named(listener.status());
  absl::Status status = SetUpListener(*listener);
  if (status.ok()) status = listener->Bind(options.listen);
  if (status.ok()) status = listener->Listen(kBacklog);
  if (!status.ok()) return named(status);
  const absl::StatusOr<rio::Endpoint> endpoint = listener->LocalEndpoint();
  if (!endpoint.ok()) return named(endpoint.status());
  return std::make_unique<Server>(options, *std::move(listener), *endpoint);
}

}  // namespace fh
