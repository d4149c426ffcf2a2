// What OpenLineSocket refuses on Windows and how it says so; what it grants is shown by the
// conformance suite.
#include "rio/socket/multicast_windows.h"
// After winsock2.h.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/backend_harness.h"

namespace fh::rio {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

TEST(Multicast, AMissingInterfaceListsThoseThatExist) {
  Subscription line = test::NewLine();
  line.interface = "nosuch0";
  const auto socket = OpenLineSocket(line, {});
  EXPECT_EQ(socket.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(MessageOf(socket.status()), AllOf(HasSubstr("nosuch0"), HasSubstr("lo")));
}

TEST(Multicast, AnInterfaceGoesByItsNameItsIndexAndLo) {
  const auto loopback = FindInterface("lo");
  ASSERT_TRUE(loopback.ok()) << loopback.status();
  EXPECT_EQ(loopback->address_v4, *IpAddress::Parse("127.0.0.1"));
  EXPECT_TRUE(loopback->is_up);
  for (const std::string& name : {loopback->name, std::to_string(loopback->index)}) {
    const auto found = FindInterface(name);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->index, loopback->index) << name;
  }
}

TEST(Multicast, AnAddressThatIsNeitherGroupNorLocalIsExplained) {
  if (const auto why = test::AnyAddressCanBeBound()) GTEST_SKIP() << *why;
  Subscription line = test::NewLine();
  line.group.address = *IpAddress::Parse("203.0.113.9");
  const auto socket = OpenLineSocket(line, {});
  EXPECT_EQ(socket.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(MessageOf(socket.status()),
              AllOf(HasSubstr("203.0.113.9"), HasSubstr("neither a multicast group")));
}

TEST(Multicast, APortInUseNamesTheCommandThatFindsItsHolder) {
  Subscription line = test::NewLine();
  line.group.address = *IpAddress::Parse("127.0.0.1");
  const auto first = OpenLineSocket(line, {});
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = OpenLineSocket(line, {});
  EXPECT_FALSE(second.ok());
  EXPECT_THAT(MessageOf(second.status()),
              AllOf(HasSubstr("netstat"), HasSubstr(std::to_string(line.group.port))));
}

TEST(Multicast, SeveralProgramsMayListenToOneGroup) {
  const Subscription line = test::NewLine();
  const auto first = OpenLineSocket(line, {});
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = OpenLineSocket(line, {});
  EXPECT_TRUE(second.ok()) << second.status();
}

TEST(Multicast, ASourceNeedsAGroupOfItsFamily) {
  Subscription line = test::NewLine();
  line.source = *IpAddress::Parse("::1");
  EXPECT_EQ(OpenLineSocket(line, {}).status().code(), absl::StatusCode::kInvalidArgument);
  line.source = *IpAddress::Parse("127.0.0.2");
  line.group.address = *IpAddress::Parse("127.0.0.1");
  EXPECT_EQ(OpenLineSocket(line, {}).status().code(), absl::StatusCode::kInvalidArgument);
  line.group.address = IpAddress();
  line.source = IpAddress();
  EXPECT_EQ(OpenLineSocket(line, {}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(SocketErrors, AreSaidInTheWordsOfPosix) {
  const absl::Status status = SocketError(WSAEADDRINUSE, "cannot listen", "fix it");
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(MessageOf(status), "cannot listen: Address already in use; fix it");
  EXPECT_THAT(SocketErrorText(WSAEPROCLIM), HasSubstr("code 10067"));
}

TEST(Addresses, SurviveTheSystemsForm) {
  for (const char* text : {"239.1.2.3:26400", "[ff15::1]:26400", "[::1]:7"}) {
    const Endpoint endpoint = *ParseEndpoint(text);
    const SocketAddress address = ToSocketAddress(endpoint, 3);
    EXPECT_EQ(FromSocketAddress(&address.storage, static_cast<size_t>(address.length)), endpoint);
    EXPECT_TRUE(FromSocketAddress(&address.storage, 7).address.is_none());
  }
  const SocketAddress mapped = ToSocketAddress(*ParseEndpoint("[::ffff:10.0.0.1]:80"), 0);
  EXPECT_EQ(FromSocketAddress(&mapped.storage, static_cast<size_t>(mapped.length)),
            *ParseEndpoint("10.0.0.1:80"));
}

}  // namespace
}  // namespace fh::rio
