// What OpenLineSocket refuses and how it says so; what it grants is shown by the conformance suite.
#include "rio/socket/multicast.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/socket/socket_posix.h"
#include "tests/conformance/backend_harness.h"

namespace fh::rio {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

// Runs `body` in a child process; what it returns is the exit status.
int InChild(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Multicast, AMissingInterfaceListsThoseThatExist) {
  Subscription line = test::NewLine();
  line.interface = "nosuch0";
  const auto socket = OpenLineSocket(line, {});
  EXPECT_EQ(socket.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(MessageOf(socket.status()), AllOf(HasSubstr("nosuch0"), HasSubstr("lo")));
  line.interface = "a-name-that-is-too-long-for-an-interface";
  EXPECT_EQ(OpenLineSocket(line, {}).status().code(), absl::StatusCode::kNotFound);
}

int OptionOf(const LineSocket& line, int option) {
  int value = -1;
  socklen_t length = sizeof value;
  return getsockopt(line.fd.get(), SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}
constexpr int kPreferBusyPoll = 69;  // SO_PREFER_BUSY_POLL

TEST(Multicast, BusyPollingIsAskedOfTheSocketOrSaidToBeMissing) {
  ReceiverOptions options;
  options.busy_poll_us = 37;
  const auto socket = OpenLineSocket(test::NewLine(), options);
  ASSERT_TRUE(socket.ok()) << socket.status();
  const bool is_granted = OptionOf(*socket, kPreferBusyPoll) == 1;
  if (!is_granted) {  // Not privileged, or a kernel without.
    EXPECT_THAT(socket->notes, ::testing::Contains(HasSubstr("busy polling is not available")));
    GTEST_SKIP() << "skipped: " << ::testing::PrintToString(socket->notes);
  }
  EXPECT_EQ(OptionOf(*socket, SO_BUSY_POLL), 37);
  EXPECT_THAT(socket->notes, ::testing::Not(::testing::Contains(HasSubstr("busy polling"))));
  // What cannot be read back: that the kernel was given the budget shows where it refuses one.
  EXPECT_THAT(EnableBusyPoll(socket->fd.get(), 37, 1u << 16),
              HasSubstr("busy polling is not available (Invalid argument)"));
  // Nobody asked.
  const auto plain = OpenLineSocket(test::NewLine(), {});
  EXPECT_EQ(OptionOf(*plain, kPreferBusyPoll), 0);
}

TEST(Multicast, BusyPollingWithoutThePrivilegeSaysWhichOne) {
  if (getuid() != 0) GTEST_SKIP() << "skipped: it takes root to give privileges up";
  EXPECT_EQ(InChild([] {
              if (setresuid(65534, 65534, 65534) != 0) return 2;
              ReceiverOptions options;
              options.busy_poll_us = 37;
              const auto socket = OpenLineSocket(test::NewLine(), options);
              if (!socket.ok()) return 3;
              for (const std::string& note : socket->notes) {
                if (note.find("busy polling is not available (Operation not permitted): grant "
                              "CAP_NET_ADMIN") == 0) {
                  return 0;
                }
              }
              return 4;
            }),
            0);
}

TEST(Multicast, SocketsSeeNoVlanTagsAndSaySo) {
  Subscription line = test::NewLine();
  line.vlan = {.id = 100};
  const auto socket = OpenLineSocket(line, {});
  EXPECT_EQ(socket.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(
      MessageOf(socket.status()),
      AllOf(HasSubstr("on lo in VLAN 100"), HasSubstr("sockets do not see VLAN tags"),
            HasSubstr("ip link add link lo name lo.100 type vlan id 100"), HasSubstr("af_xdp")));
}

TEST(Multicast, AnAddressThatIsNeitherGroupNorLocalIsExplained) {
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
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_THAT(MessageOf(second.status()),
              AllOf(HasSubstr("ss -ulpn"), HasSubstr(std::to_string(line.group.port))));
}

TEST(Multicast, SeveralProgramsMayListenToOneGroup) {
  const Subscription line = test::NewLine();
  const auto first = OpenLineSocket(line, {});
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = OpenLineSocket(line, {});
  EXPECT_TRUE(second.ok()) << second.status();
}

TEST(Multicast, APrivilegedPortNamesTheMissingPermission) {
  const int result = InChild([] {
    if (getuid() == 0 && setresuid(65534, 65534, 65534) != 0) return 2;
    Subscription line;
    line.group = *ParseEndpoint("239.1.2.3:7");
    line.interface = "lo";
    const auto socket = OpenLineSocket(line, {});
    if (socket.ok()) return 3;
    return socket.status().code() == absl::StatusCode::kPermissionDenied &&
                   MessageOf(socket.status()).find("CAP_NET_BIND_SERVICE") != std::string::npos
               ? 0
               : 1;
  });
  if (result == 3) GTEST_SKIP() << "skipped: this host lets everybody bind low ports";
  EXPECT_EQ(result, 0);
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

TEST(Multicast, ASmallerBufferThanAskedForIsNotedWithTheFix) {
  EXPECT_EQ(InChild([] {
              if (getuid() == 0 && setresuid(65534, 65534, 65534) != 0) return 2;
              ReceiverOptions options;
              options.socket_buffer_bytes = 1u << 30;
              const auto socket = OpenLineSocket(test::NewLine(), options);
              if (!socket.ok()) return 3;
              return socket->notes.size() == 1 &&
                             socket->notes[0].find("net.core.rmem_max") != std::string::npos
                         ? 0
                         : 1;
            }),
            0);
}

TEST(Multicast, TheDescriptorLimitIsRaisedWhenLinesNeedIt) {
  rlimit most{};
  getrlimit(RLIMIT_NOFILE, &most);
  if (most.rlim_max < 256) GTEST_SKIP() << "skipped: RLIMIT_NOFILE cannot be raised to 256";
  EXPECT_EQ(InChild([] {
              rlimit limit{};
              getrlimit(RLIMIT_NOFILE, &limit);
              limit.rlim_cur = 16;
              setrlimit(RLIMIT_NOFILE, &limit);
              std::vector<LineSocket> sockets;
              for (const Subscription& line : test::NewLines(100)) {
                auto socket = OpenLineSocket(line, {});
                if (!socket.ok()) return 1;
                sockets.push_back(*std::move(socket));
              }
              return 0;
            }),
            0);
}

TEST(Multicast, TooFewDescriptorsSayWhichLimit) {
  EXPECT_EQ(InChild([] {
              const rlimit limit{16, 16};
              setrlimit(RLIMIT_NOFILE, &limit);
              std::vector<LineSocket> sockets;
              for (const Subscription& line : test::NewLines(100)) {
                auto socket = OpenLineSocket(line, {});
                if (!socket.ok()) {
                  return MessageOf(socket.status()).find("ulimit -Hn") != std::string::npos ? 0 : 1;
                }
                sockets.push_back(*std::move(socket));
              }
              return 2;
            }),
            0);
}

}  // namespace
}  // namespace fh::rio
