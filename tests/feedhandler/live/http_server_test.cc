// The HTTP server against real sockets on loopback: what it answers, and what it does with clients
// that mean it no good.
#include "feedhandler/live/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "feedhandler/config/http_address.h"
#include "feedhandler/live/http_get.h"
#include "tests/feedhandler/live/raw_client.h"

namespace fh {
namespace {

using test::Ask;
using test::Get;
using test::RawClient;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpServerTest : public testing::Test {
 protected:
  void Start(HttpServerOptions options = {}, const char* address = "127.0.0.1:0") {
    options.listen = *ParseHttpAddress(address, false);
    absl::StatusOr<std::unique_ptr<HttpServer>> server = HttpServer::Open(options);
    if (absl::IsUnimplemented(server.status())) {
      GTEST_SKIP() << "skipped: built without cpp-httplib";
    }
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    server_->Start(
        {{"/page", "a page",
          [this] {
            ++made_;
            return HttpAnswer{.body = "the page\n"};
          }},
         {"/ill", "a fault", [] { return HttpAnswer{.status = 503, .body = "ill\n"}; }},
         {"/long", "a long one", [] { return HttpAnswer{.body = std::string(8 << 20, 'x')}; }},
         {"/throws", "fails", []() -> HttpAnswer { throw std::bad_alloc(); }}});
  }

  const rio::Endpoint& at() const { return server_->endpoint(); }

  uint64_t Count(const std::string& label) const {
    for (const Metric& metric : server_->Metrics()) {
      if (metric.labels == label) return static_cast<uint64_t>(metric.value);
    }
    return 0;
  }

  std::atomic<int> made_{0};
  std::unique_ptr<HttpServer> server_;
};

#define START(...)                             \
  ASSERT_NO_FATAL_FAILURE(Start(__VA_ARGS__)); \
  if (IsSkipped()) return

TEST_F(HttpServerTest, PicksAPortAndServesItsPages) {
  START();
  EXPECT_NE(at().port, 0);
  EXPECT_THAT(Get(at(), "/page"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\nthe page\n"),
                    HasSubstr("Connection: close\r\n")));
  EXPECT_THAT(Get(at(), "/ill"), AllOf(StartsWith("HTTP/1.1 503"), EndsWith("ill\n")));
  EXPECT_THAT(Get(at(), "/"), HasSubstr("/page  a page\n"));
  EXPECT_THAT(Get(at(), "/other"), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("/page")));
  EXPECT_EQ(made_, 1);
  EXPECT_EQ(Count("code=\"200\""), 2u);
  EXPECT_EQ(Count("code=\"404\""), 1u);
}

TEST_F(HttpServerTest, ServesIpv6) {
  absl::StatusOr<std::unique_ptr<HttpServer>> server =
      HttpServer::Open({.listen = *ParseHttpAddress("[::1]:0", false)});
  if (!server.ok()) GTEST_SKIP() << "skipped: " << server.status().message();
  START({}, "[::1]:0");
  EXPECT_THAT(Ask(at(), "GET /page HTTP/1.1\r\nHost: [::1]\r\n\r\n"), EndsWith("the page\n"));
}

TEST_F(HttpServerTest, APortThatIsTakenIsAnErrorThatNamesIt) {
  START();
  const auto second = HttpServer::Open({.listen = at()});
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(at().ToString()));
}

TEST_F(HttpServerTest, HeadHasNoBodyAndOtherMethodsAreRefused) {
  START();
  const std::string head = Ask(at(), "HEAD /page HTTP/1.1\r\n\r\n");
  EXPECT_THAT(head, AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Content-Length: 9"),
                          EndsWith("\r\n\r\n")));
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"}) {
    EXPECT_THAT(Ask(at(), absl::StrCat(method, " /page HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")),
                AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD")))
        << method;
  }
  EXPECT_EQ(made_, 1);
}

// A web page of somebody else's may have its name point here; the browser says that name.
TEST_F(HttpServerTest, OnLoopbackOnlyItsOwnNamesAreAnswered) {
  START();
  const auto ask = [&](const std::string& host) {
    return Ask(at(), "GET /page HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  };
  for (const char* own : {"localhost", "localhost:9464", "LOCALHOST", "127.0.0.1", "127.0.0.1:9464",
                          "[::1]:9464", "10.0.0.7:1"}) {
    EXPECT_THAT(ask(own), StartsWith("HTTP/1.1 200")) << own;
  }
  for (const char* other : {"evil.example", "evil.example:9464", "localhost.evil.example",
                            "127.0.0.1.evil", "evil/localhost"}) {
    EXPECT_THAT(ask(other), StartsWith("HTTP/1.1 421")) << other;
  }
}

TEST_F(HttpServerTest, APageThatFailsIsAFaultOfThatRequestAlone) {
  START();
  EXPECT_THAT(Get(at(), "/throws"), StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(Get(at(), "/page"), EndsWith("the page\n"));
}

TEST_F(HttpServerTest, HeadersThatMakeWorkAreLeftOut) {
  START();
  std::string ranges = "Range: bytes=0-";
  while (ranges.size() < 7000) ranges += ",0-";
  for (const std::string& header :
       {ranges, std::string("Range: bytes=1-2"), std::string("RANGE : bytes=1-2"),
        std::string("Accept-Encoding: gzip, br"), std::string("Expect: 100-continue"),
        std::string("Transfer-Encoding: chunked"), std::string("Content-Length: 99999999999")}) {
    const std::string answer = Ask(at(), "GET /page HTTP/1.1\r\n" + header + "\r\n\r\n");
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nthe page\n"),
                              Not(HasSubstr("Content-Encoding"))))
        << header.substr(0, 40);
  }
}

TEST_F(HttpServerTest, ARequestThatIsTooLongIsToldSo) {
  START();
  const std::string junk(100'000, 'a');
  for (const std::string& request : {"GET /" + junk + " HTTP/1.1\r\n\r\n",
                                     "GET /page HTTP/1.1\r\nX: " + junk + "\r\n\r\n", junk}) {
    EXPECT_THAT(Ask(at(), request), StartsWith("HTTP/1.1 431"));
  }
  std::string many = "GET /page HTTP/1.1\r\n";
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&many, "X", i, ": 1\r\n");
  EXPECT_THAT(Ask(at(), many + "\r\n"), StartsWith("HTTP/1.1 431"));
  EXPECT_EQ(made_, 0);
  EXPECT_EQ(Count("code=\"431\""), 4u);
}

TEST_F(HttpServerTest, ARequestMayComeByteByByte) {
  START();
  RawClient client(at());
  for (const char byte : std::string("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
    client.Send({&byte, 1});
  }
  EXPECT_THAT(client.ReadAll(), EndsWith("the page\n"));
}

TEST_F(HttpServerTest, AnAnswerThatDoesNotFitIntoTheSocketArrivesWhole) {
  START();
  const std::string answer = Get(at(), "/long");
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, size_t{8} << 20);
}

TEST_F(HttpServerTest, ASlowClientIsGivenUpAndKeepsNobodyWaiting) {
  START({.most_time = std::chrono::milliseconds(1500)});
  RawClient silent(at());
  RawClient trickling(at());
  trickling.Send("GET /page HTT");
  RawClient deaf(at());  // Asks, and takes nothing of it.
  deaf.Send("GET /long HTTP/1.1\r\n\r\n");
  // All three are still there: pages come meanwhile.
  EXPECT_THAT(Get(at(), "/page"), EndsWith("the page\n"));
  EXPECT_EQ(silent.ReadAll(), "");
  EXPECT_EQ(trickling.ReadAll(), "");
  EXPECT_LT(deaf.ReadAll().size(), size_t{8} << 20);
  EXPECT_EQ(Count("reason=\"slow\""), 3u);
}

TEST_F(HttpServerTest, WhoWaitsLongestMakesRoomForNewOnes) {
  START({.most_connections = 4, .most_time = std::chrono::seconds(60)});
  std::deque<RawClient> idle;
  for (int i = 0; i < 100; ++i) {
    idle.emplace_back(at());
    if (i % 10 == 0) {
      EXPECT_THAT(Get(at(), "/page"), EndsWith("the page\n")) << i;
    }
  }
  EXPECT_THAT(Get(at(), "/page"), EndsWith("the page\n"));
  EXPECT_GE(Count("reason=\"crowded\""), 96u);
}

// Bytes that are no request, requests that are cut or bent, from clients that leave in the middle.
TEST_F(HttpServerTest, AThousandHostileRequestsLeaveItWell) {
  START({.most_time = std::chrono::seconds(2)});
  std::mt19937 random(7);
  const auto pick = [&random](size_t below) { return static_cast<size_t>(random() % below); };
  const std::string good = "GET /page?x=%41%zz%00 HTTP/1.1\r\nHost: localhost\r\nA: b\r\n\r\n";
  for (int i = 0; i < 1000; ++i) {
    std::string request = good;
    switch (i % 5) {
      case 0:
        for (char& c : request) c = static_cast<char>(random());
        request += "\r\n\r\n";
        break;
      case 1:
        request.resize(pick(request.size()));
        break;
      case 2:
        for (int flips = 0; flips < 4; ++flips) {
          request[pick(request.size())] = static_cast<char>(random());
        }
        break;
      case 3:
        request.insert(pick(request.size()),
                       std::string(pick(20'000), static_cast<char>(random())));
        break;
      case 4:
        request = std::string("GET http://localhost/page HTTP/9.9\r\n\r\n") + good + good;
        break;
    }
    RawClient client(at());
    client.Send(request);
    if (i % 3 == 0) continue;  // It leaves without a word.
    client.EndSending();
    if (i % 7 == 0) client.ReadAll();
  }
  EXPECT_THAT(Get(at(), "/page"), EndsWith("the page\n"));
}

TEST_F(HttpServerTest, StopsWhileClientsAreConnected) {
  START();
  RawClient silent(at());
  RawClient deaf(at());
  deaf.Send("GET /long HTTP/1.1\r\n\r\n");
  Get(at(), "/page");
  server_->Stop();
  EXPECT_EQ(silent.ReadAll(), "");
  server_->Stop();  // Twice is once.
}

TEST_F(HttpServerTest, ClientOfTheProgramGetsPagesAndSaysWhatIsWrong) {
  START();
  const auto get = [this](const std::string& path) {
    return HttpGet({.host = "127.0.0.1", .port = at().port, .path = path},
                   std::chrono::seconds(60));
  };
  EXPECT_EQ(*get("/page"), "the page\n");
  EXPECT_THAT(std::string(get("/ill").status().message()), HasSubstr("status 503"));
  server_->Stop();
  server_.reset();
}

TEST(HttpGet, OfNobodySaysSo) {
  // Bound and not listened on: nobody answers there.
  absl::StatusOr<rio::Socket> socket =
      rio::Socket::Open(rio::Socket::Kind::kTcp, rio::Socket::Family::kV4);
  ASSERT_TRUE(socket.ok());
  ASSERT_TRUE(socket->Bind(*ParseHttpAddress("127.0.0.1:0", false)).ok());
  const auto text =
      HttpGet({.host = "127.0.0.1", .port = socket->LocalEndpoint()->port, .path = "/metrics"},
              std::chrono::seconds(60));
  ASSERT_FALSE(text.ok());
  if (absl::IsUnimplemented(text.status())) GTEST_SKIP() << "skipped: built without cpp-httplib";
  EXPECT_TRUE(absl::IsUnavailable(text.status())) << text.status();
}

TEST(HttpTarget, IsHostAndPortWithOrWithoutTheRest) {
  for (const auto& [text, url] :
       {std::pair<const char*, const char*>{"127.0.0.1:9464", "http://127.0.0.1:9464/metrics"},
        {"http://host:1/", "http://host:1/metrics"},
        {"http://[::1]:9464/other", "http://[::1]:9464/other"}}) {
    const auto target = ParseHttpTarget(text);
    ASSERT_TRUE(target.ok()) << target.status();
    EXPECT_EQ(target->ToString(), url);
  }
  for (const char* wrong : {"", "host", "host:", "host:0", "host:70000", ":1", "https://host:1",
                            "http://host:1/a b", "[::1:9464", "ho\nst:1"}) {
    EXPECT_FALSE(ParseHttpTarget(wrong).ok()) << wrong;
  }
}

TEST(HttpAddress, IsLoopbackUnlessTold) {
  EXPECT_EQ(ParseHttpAddress("127.0.0.1:9464", false)->ToString(), "127.0.0.1:9464");
  EXPECT_EQ(ParseHttpAddress("[::1]:0", false)->port, 0);
  EXPECT_TRUE(ParseHttpAddress("0.0.0.0:9464", true).ok());
  for (const char* far : {"0.0.0.0:9464", "[::]:9464", "10.1.2.3:9464", "[fe80::1]:9464"}) {
    EXPECT_THAT(std::string(ParseHttpAddress(far, false).status().message()), HasSubstr("remote"));
  }
  for (const char* wrong :
       {"", "9464", "127.0.0.1", "127.0.0.1:99999", "localhost:9464", "239.1.1.1:9464"}) {
    EXPECT_FALSE(ParseHttpAddress(wrong, true).ok()) << wrong;
  }
}

}  // namespace
}  // namespace fh
