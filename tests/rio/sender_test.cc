#include "rio/socket/sender.h"

#include <cerrno>
#include <numeric>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/backends.h"
#include "tests/conformance/backend_harness.h"
#include "tests/conformance/loopback_namespace.h"

namespace fh::rio {
namespace {

using ::testing::HasSubstr;

// What hears the senders.
#ifdef _WIN32
using Listener = OverlappedBackend;
constexpr int kTooLong = 10040;  // WSAEMSGSIZE
constexpr size_t kMostCalls = 150;
#else
using Listener = RecvmmsgBackend;
constexpr int kTooLong = EMSGSIZE;
constexpr size_t kMostCalls = 10;
#endif

std::vector<Sender::Datagram> Datagrams(const std::vector<std::string>& payloads,
                                        uint32_t destinations) {
  std::vector<Sender::Datagram> datagrams;
  for (const std::string& payload : payloads) {
    datagrams.push_back({.data = reinterpret_cast<const uint8_t*>(payload.data()),
                         .length = static_cast<uint32_t>(payload.size()),
                         .destination = static_cast<uint32_t>(datagrams.size() % destinations)});
  }
  return datagrams;
}

TEST(Sender, SendsBatchesInOrderToOneAndToManyDestinations) {
  for (const uint32_t count : {1u, 3u}) {
    const std::vector<Subscription> lines = test::NewLines(count);
    test::Harness<Listener> harness(test::SetupFor(lines));
    ASSERT_TRUE(harness.ok());
    SenderOptions options{.interface = "lo"};
    for (const Subscription& line : lines) options.destinations.push_back(line.group);
    auto sender = Sender::Open(options);
    ASSERT_TRUE(sender.ok()) << sender.status();
    std::vector<std::string> payloads;
    for (int i = 0; i < 150; ++i) payloads.push_back("datagram " + std::to_string(i));
    EXPECT_EQ((*sender)->Send(Datagrams(payloads, count)), 150u);
    EXPECT_EQ((*sender)->stats().sent, 150u);
    EXPECT_EQ((*sender)->stats().failed, 0u);
    EXPECT_LE((*sender)->stats().system_calls, kMostCalls);
    ASSERT_TRUE(harness.PollUntil(150));
    for (uint16_t line = 0; line < count; ++line) {
      const std::vector<std::string> got = harness.PayloadsOf(line);
      for (size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], payloads[i * count + line]);
    }
  }
}

TEST(Sender, CountsWhatItCannotSendAndGoesOn) {
  const std::vector<Subscription> lines = test::NewLines(1);
  test::Harness<Listener> harness(test::SetupFor(lines));
  ASSERT_TRUE(harness.ok());
  auto sender = Sender::Open({.destinations = {lines[0].group}, .interface = "lo"});
  ASSERT_TRUE(sender.ok()) << sender.status();
  const std::vector<std::string> payloads = {"first", std::string(70000, 'x'), "last"};
  EXPECT_EQ((*sender)->Send(Datagrams(payloads, 1)), 2u);
  EXPECT_EQ((*sender)->stats().failed, 1u);
  EXPECT_EQ((*sender)->stats().last_error, kTooLong);
  ASSERT_TRUE(harness.PollUntil(2));
  EXPECT_EQ(harness.payloads(), (std::vector<std::string>{"first", "last"}));
}

TEST(Sender, NobodyListeningIsNoReasonToLoseWhatComesLater) {
  Subscription line = test::NewLine();
  line.group.address = *IpAddress::Parse("127.0.0.1");
  auto sender = Sender::Open({.destinations = {line.group}});
  ASSERT_TRUE(sender.ok()) << sender.status();
  const std::vector<std::string> payloads = {"lost", "lost too"};
  EXPECT_EQ((*sender)->Send(Datagrams(payloads, 1)), 2u);
  test::Harness<Listener> harness(test::SetupFor({line}));
  ASSERT_TRUE(harness.ok());
  const std::vector<std::string> later = {"heard"};
  EXPECT_EQ((*sender)->Send(Datagrams(later, 1)), 1u);
  ASSERT_TRUE(harness.PollUntil(1));
  EXPECT_EQ(harness.payloads()[0], "heard");
}

TEST(Sender, SendsFromTheSourceAndPortAskedFor) {
  if (const auto why = test::NoOtherLoopbackSources()) GTEST_SKIP() << *why;
  Subscription line = test::NewLine();
  line.source = *IpAddress::Parse("127.0.0.9");
  test::Harness<Listener> harness(test::SetupFor({line}));
  ASSERT_TRUE(harness.ok());
  const uint16_t port = test::NewLine().group.port;
  const SenderOptions options{
      .destinations = {line.group}, .interface = "lo", .source = line.source, .source_port = port};
  auto sender = Sender::Open(options);
  ASSERT_TRUE(sender.ok()) << sender.status();
  const std::vector<std::string> payloads = {"from 127.0.0.9"};
  EXPECT_EQ((*sender)->Send(Datagrams(payloads, 1)), 1u);
  EXPECT_TRUE(harness.PollUntil(1));
  const auto second = Sender::Open(options);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists) << second.status();
}

TEST(Sender, RefusesWhatCannotBeSentAndSaysWhy) {
  const Endpoint group = test::NewLine().group;
  const Endpoint six = *ParseEndpoint("[ff15::1]:26400");
  const auto code = [](const SenderOptions& options) {
    return Sender::Open(options).status().code();
  };
  EXPECT_EQ(code({}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.destinations = {group, six}}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.destinations = {Endpoint{}}}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.destinations = {group}, .ttl = 256}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.destinations = {group}, .source = six.address}),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.destinations = {group}, .interface = "nosuch0"}), absl::StatusCode::kNotFound);
  if (const auto why = test::AnyAddressCanBeBound()) GTEST_SKIP() << *why;
  EXPECT_EQ(code({.destinations = {group}, .source = *IpAddress::Parse("203.0.113.9")}),
            absl::StatusCode::kNotFound);
}

#ifndef _WIN32
TEST(Sender, NoRouteNamesTheFix) {
  const auto sender =
      Sender::Open({.destinations = {*ParseEndpoint("[ff15::99]:26400")}, .interface = "lo"});
  if (sender.ok()) GTEST_SKIP() << "skipped: loopback has an IPv6 multicast route here";
  EXPECT_THAT(std::string(sender.status().message()), HasSubstr("ip -6 route add local"));
}
#endif

}  // namespace
}  // namespace fh::rio
