// The portable socket of the queues' users: the same test on every system.
#include "rio/socket/socket.h"

#include <array>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/loopback_namespace.h"

namespace fh::rio {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using Kind = Socket::Kind;
using Family = Socket::Family;

constexpr std::chrono::seconds kLong{20};
constexpr std::chrono::milliseconds kShort{20};

IpAddress Address(const char* text) { return *IpAddress::Parse(text); }

bool HasIpv6() {
  auto socket = Socket::Open(Kind::kUdp, Family::kV6);
  return socket.ok() && socket->Bind({Address("::1"), 0}).ok();
}

Socket Open(Kind kind, Family family = Family::kV4) {
  auto socket = Socket::Open(kind, family);
  EXPECT_TRUE(socket.ok()) << socket.status();
  return socket.ok() ? *std::move(socket) : Socket();
}

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

constexpr char kIpv4Alone[] = "skipped: no IPv6 here; IPv4 alone was tried";

TEST(Socket, ConnectsAndAcceptsAndKnowsBothEnds) {
  for (const Family family : {Family::kV4, Family::kV6, Family::kDual}) {
    if (family != Family::kV4 && !HasIpv6()) continue;
    Socket listener = Open(Kind::kTcp, family);
    ASSERT_TRUE(
        listener.Bind({family == Family::kV4 ? Address("127.0.0.1") : IpAddress(), 0}).ok());
    ASSERT_TRUE(listener.Listen(4).ok());
    const uint16_t port = listener.LocalEndpoint()->port;
    for (const char* to : {"127.0.0.1", "::1"}) {
      const bool v4 = to[0] == '1';
      if (family == (v4 ? Family::kV6 : Family::kV4)) continue;
      Socket client = Open(Kind::kTcp, v4 ? Family::kV4 : Family::kV6);
      const absl::Status connected = client.Connect({Address(to), port}, kLong);
      ASSERT_TRUE(connected.ok()) << connected;
      auto server = listener.Accept(kLong);
      ASSERT_TRUE(server.ok()) << server.status();
      EXPECT_EQ(client.PeerEndpoint()->ToString(), (Endpoint{Address(to), port}).ToString());
      EXPECT_EQ(*server->PeerEndpoint(), *client.LocalEndpoint());
      EXPECT_EQ(*server->LocalEndpoint(), *client.PeerEndpoint());
      EXPECT_TRUE(client.Shutdown(Socket::Direction::kBoth).ok());
    }
  }
  if (!HasIpv6()) GTEST_SKIP() << kIpv4Alone;
}

TEST(Socket, SaysWhyAConnectionFails) {
  Socket listener = Open(Kind::kTcp);
  ASSERT_TRUE(listener.Bind({Address("127.0.0.1"), 0}).ok());
  const Endpoint nobody = *listener.LocalEndpoint();
  listener.Close();
  const absl::Status refused = Open(Kind::kTcp).Connect(nobody, kLong);
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable) << refused;
  EXPECT_THAT(MessageOf(refused), AllOf(HasSubstr(nobody.ToString()), HasSubstr("nobody listens")));
  EXPECT_EQ(Open(Kind::kTcp).Connect({Address("::1"), 1}, kLong).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Socket, AcceptEndsWithItsTimeout) {
  Socket listener = Open(Kind::kTcp);
  ASSERT_TRUE(listener.Bind({Address("127.0.0.1"), 0}).ok());
  ASSERT_TRUE(listener.Listen(1).ok());
  EXPECT_EQ(listener.Accept(kShort).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(listener.Accept(std::chrono::seconds(0)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(Open(Kind::kUdp).Listen(1).ok());
}

TEST(Socket, AcceptsAConnectionThatComesLater) {
  Socket listener = Open(Kind::kTcp);
  ASSERT_TRUE(listener.Bind({Address("127.0.0.1"), 0}).ok());
  ASSERT_TRUE(listener.Listen(1).ok());
  const Endpoint there = *listener.LocalEndpoint();
  std::thread later([&] {
    std::this_thread::sleep_for(kShort);
    EXPECT_TRUE(Open(Kind::kTcp).Connect(there, kLong).ok());
  });
  EXPECT_TRUE(listener.Accept(kLong).ok());
  later.join();
}

TEST(Socket, APortThatIsTakenIsSaidToBe) {
  Socket first = Open(Kind::kUdp);
  ASSERT_TRUE(first.Bind({IpAddress(), 0}).ok());
  const Endpoint taken = *first.LocalEndpoint();
  const absl::Status second = Open(Kind::kUdp).Bind(taken);
  EXPECT_EQ(second.code(), absl::StatusCode::kAlreadyExists) << second;
  first.Close();
  EXPECT_TRUE(Open(Kind::kUdp).Bind(taken).ok());
  EXPECT_EQ(Open(Kind::kUdp).Bind({Address("::1"), 0}).code(), absl::StatusCode::kInvalidArgument);
  if (const auto why = test::AnyAddressCanBeBound()) GTEST_SKIP() << *why;
  EXPECT_EQ(Open(Kind::kUdp).Bind({Address("203.0.113.9"), 0}).code(), absl::StatusCode::kNotFound);
}

TEST(Socket, OptionsAreKeptAndChecked) {
  struct Case {
    Kind kind;
    SocketOption option;
    int value;
  };
  const Case cases[] = {{Kind::kUdp, SocketOption::kReuseAddress, 1},
                        {Kind::kUdp, SocketOption::kBroadcast, 1},
                        {Kind::kUdp, SocketOption::kTtl, 7},
                        {Kind::kUdp, SocketOption::kMulticastTtl, 3},
                        {Kind::kUdp, SocketOption::kMulticastLoop, 0},
                        {Kind::kUdp, SocketOption::kDontFragment, 1},
                        {Kind::kUdp, SocketOption::kDontFragment, 0},
                        {Kind::kUdp, SocketOption::kPacketInfo, 1},
                        {Kind::kUdp, SocketOption::kReceiveBufferBytes, 65536},
                        {Kind::kUdp, SocketOption::kSendBufferBytes, 65536},
                        {Kind::kTcp, SocketOption::kNoDelay, 1},
                        {Kind::kTcp, SocketOption::kKeepAlive, 1}};
  for (const Family family : {Family::kV4, Family::kV6, Family::kDual}) {
    if (family != Family::kV4 && !HasIpv6()) continue;
    for (const Case& c : cases) {
      Socket socket = Open(c.kind, family);
      const absl::Status set = socket.Set(c.option, c.value);
      EXPECT_TRUE(set.ok()) << static_cast<int>(c.option) << ": " << set;
      const absl::StatusOr<int> got = socket.Get(c.option);
      ASSERT_TRUE(got.ok()) << static_cast<int>(c.option) << ": " << got.status();
      EXPECT_EQ(c.value > 1 ? *got : int{*got != 0}, c.value) << static_cast<int>(c.option);
    }
  }
  Socket socket = Open(Kind::kUdp);
  const absl::Status wrong = socket.Set(SocketOption::kTtl, 256);
  EXPECT_EQ(wrong.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(MessageOf(wrong), HasSubstr("1 to 255"));
  if (!HasIpv6()) GTEST_SKIP() << kIpv4Alone;
}

TEST(Socket, HintsNeverFail) {
  Socket socket = Open(Kind::kTcp);
  EXPECT_TRUE(socket.Set(SocketOption::kLoopbackFastPath, 1).ok());
  EXPECT_TRUE(socket.Set(SocketOption::kBusyPollMicros, 50).ok());
}

TEST(Socket, JoinsAndLeavesGroups) {
  Socket socket = Open(Kind::kUdp);
  ASSERT_TRUE(socket.Bind({IpAddress(), 0}).ok());
  const Membership any{.group = Address("239.77.2.1"), .interface = "lo"};
  const Membership from{
      .group = Address("239.77.2.2"), .source = Address("127.0.0.2"), .interface = "lo"};
  EXPECT_FALSE(socket.Leave(any).ok()) << "not joined yet";
  for (const Membership& membership : {any, from}) {
    const absl::Status joined = socket.Join(membership);
    EXPECT_TRUE(joined.ok()) << joined;
    EXPECT_TRUE(socket.Leave(membership).ok());
  }
  EXPECT_EQ(socket.Join({.group = Address("10.1.2.3"), .interface = "lo"}).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(socket.Join({.group = Address("ff15::1"), .interface = "lo"}).code(),
            absl::StatusCode::kInvalidArgument);
  const absl::Status nowhere = socket.Join({.group = any.group, .interface = "nosuch0"});
  EXPECT_EQ(nowhere.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(MessageOf(nowhere), HasSubstr("lo"));
  EXPECT_EQ(socket.SetMulticastInterface("nosuch0").code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(socket.SetMulticastInterface("lo").ok());
}

TEST(Socket, AddressSlicesKeepEndpoints) {
  std::array<uint8_t, abi::kAddressBytes> slice{};
  const Endpoint v4{Address("192.0.2.7"), 26400};
  const Endpoint v6{Address("2001:db8::7"), 26401};
  const Socket four = Open(Kind::kUdp);
  ASSERT_TRUE(four.EncodeAddress(v4, 0, slice));
  EXPECT_EQ(DecodeAddress(slice), v4);
  EXPECT_FALSE(four.EncodeAddress(v6, 0, slice));
  EXPECT_FALSE(four.EncodeAddress({}, 0, slice));
  if (HasIpv6()) {
    const Socket six = Open(Kind::kUdp, Family::kV6);
    ASSERT_TRUE(six.EncodeAddress(v6, 0, slice));
    EXPECT_EQ(DecodeAddress(slice), v6);
    EXPECT_FALSE(six.EncodeAddress(v4, 0, slice));
    const Socket dual = Open(Kind::kUdp, Family::kDual);
    for (const Endpoint& endpoint : {v4, v6}) {
      ASSERT_TRUE(dual.EncodeAddress(endpoint, 0, slice));
      EXPECT_EQ(DecodeAddress(slice), endpoint);
    }
  }
  slice.fill(0);
  EXPECT_TRUE(DecodeAddress(slice).address.is_none());
}

TEST(Socket, ResolvesTextAndLocalNamesBothWays) {
  const auto text = ResolveHost("127.0.0.1", 80);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text, std::vector<Endpoint>{(Endpoint{Address("127.0.0.1"), 80})});
  EXPECT_FALSE(ResolveHost("127.0.0.1", 80, Family::kV6).ok());
  const auto local = ResolveHost("localhost", 80, Family::kV4);
  ASSERT_TRUE(local.ok()) << local.status();
  EXPECT_THAT(*local, Contains(Endpoint{Address("127.0.0.1"), 80}));
  EXPECT_EQ(ResolveHost("", 80).status().code(), absl::StatusCode::kInvalidArgument);
  const auto name = HostNameOf(Address("127.0.0.1"));
  if (name.ok()) {
    EXPECT_NE(*name, "");
  } else {
    EXPECT_THAT(MessageOf(name.status()), HasSubstr("127.0.0.1"));
  }
}

TEST(Socket, ANameThatDoesNotExistIsAnErrorWithTheName) {
  const auto none = ResolveHost("no-such-host.invalid", 80);  // RFC 2606: never exists.
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(MessageOf(none.status()), HasSubstr("no-such-host.invalid"));
}

TEST(Socket, MovesReleasesAndBorrows) {
  Socket socket = Open(Kind::kUdp);
  ASSERT_TRUE(socket.Bind({Address("127.0.0.1"), 0}).ok());
  const Endpoint local = *socket.LocalEndpoint();
  Socket moved = std::move(socket);
  EXPECT_FALSE(socket.is_open());  // NOLINT: what a move leaves is part of the contract.
  EXPECT_EQ(*moved.LocalEndpoint(), local);
  { const Socket borrowed = Socket::Borrow(moved.handle(), moved.kind(), moved.family()); }
  EXPECT_EQ(*moved.LocalEndpoint(), local) << "a borrowed socket is not closed";
  moved.Close();
  moved.Close();
  EXPECT_FALSE(moved.is_open());
}

TEST(Socket, KnowsInterfacesByName) {
  EXPECT_GT(*InterfaceIndexOf("lo"), 0u);
  EXPECT_EQ(InterfaceIndexOf("nosuch0").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace fh::rio
