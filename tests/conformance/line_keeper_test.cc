// The keeper of a receiver's lines by itself: what it notices, what it does, what it counts, and
// that its thread is in nobody's way.
#include "rio/socket/line_keeper.h"

#include <net/if.h>
#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/host/interface_watch.h"
#include "rio/socket/multicast.h"
#include "tests/conformance/network_namespaces.h"

namespace fh::test {
namespace {

using rio::LineKeeper;
using rio::Subscription;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::chrono::seconds kDeadline{30};

Subscription LineOn(const char* interface, const char* group) {
  Subscription line;
  line.group = *rio::ParseEndpoint(group);
  line.interface = interface;
  return line;
}

class LineKeeperTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    network_ = VethNetwork::Create(/*cables=*/1, why);
    if (network_ == nullptr) GTEST_SKIP() << why;
  }
  void TearDown() override { keeper_.reset(); }

  void Start(const std::vector<Subscription>& lines) {
    std::vector<LineKeeper::Line> kept;
    for (const Subscription& line : lines) {
      auto socket = rio::OpenLineSocket(line, {});
      ASSERT_TRUE(socket.ok()) << socket.status();
      kept.push_back({.fd = socket->fd.get(),
                      .subscription = line,
                      .interface_index = socket->interface_index});
      sockets_.push_back(std::move(socket->fd));
    }
    auto keeper = LineKeeper::Start(std::move(kept), {.tell = [this](const std::string& news) {
                                      const std::lock_guard lock(mutex_);
                                      news_.push_back(news);
                                    }});
    ASSERT_TRUE(keeper.ok()) << keeper.status();
    keeper_ = *std::move(keeper);
  }

  template <class F>
  static bool Await(F&& is_so) {
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  static bool IsMember(const char* group, const char* interface) {
    rio::Memberships memberships;
    memberships.Read();
    return memberships.Has(rio::ParseEndpoint(group)->address, if_nametoindex(interface));
  }

  std::vector<std::string> News() {
    const std::lock_guard lock(mutex_);
    return news_;
  }

  std::unique_ptr<VethNetwork> network_;
  std::vector<rio::UniqueFd> sockets_;
  std::unique_ptr<LineKeeper> keeper_;
  std::mutex mutex_;
  std::vector<std::string> news_;
};

TEST_F(LineKeeperTest, KnowsTheMembershipsOfInterfaces) {
  const auto four = rio::OpenLineSocket(LineOn("rx0", "239.1.1.1:1"), {});
  const auto six = rio::OpenLineSocket(LineOn("rx0", "[ff15::abcd:1]:1"), {});
  ASSERT_TRUE(four.ok() && six.ok());
  EXPECT_TRUE(IsMember("239.1.1.1:1", "rx0"));
  EXPECT_TRUE(IsMember("[ff15::abcd:1]:1", "rx0"));
  EXPECT_FALSE(IsMember("239.1.1.2:1", "rx0"));
  EXPECT_FALSE(IsMember("239.1.1.1:1", "lo"));
  EXPECT_FALSE(IsMember("[ff15::abcd:1]:1", "lo"));
  EXPECT_FALSE(IsMember("[ff15::abcd:2]:1", "rx0"));
  rio::Memberships memberships;
  memberships.Read();
  EXPECT_TRUE(memberships.Has(rio::ParseEndpoint("239.1.1.1:1")->address, 0)) << "on any";
  EXPECT_FALSE(memberships.Has(rio::ParseEndpoint("239.1.1.2:1")->address, 0));
}

// The interface is the same, and has forgotten the group: so it is with some that change their
// namespace, their MTU or their master.
TEST_F(LineKeeperTest, AMembershipThatIsForgottenIsMadeAgain) {
  for (const char* group : {"239.1.1.1:26400", "[ff15::1]:26400"}) {
    news_.clear();
    Start({LineOn("rx0", group)});
    ASSERT_TRUE(IsMember(group, "rx0"));
    ASSERT_EQ(rio::ChangeMembership(sockets_.back().get(), rio::ParseEndpoint(group)->address, {},
                                    if_nametoindex("rx0"), /*join=*/false),
              0);
    ASSERT_FALSE(IsMember(group, "rx0"));
    keeper_->Wake();
    EXPECT_TRUE(Await([&] { return keeper_->counts(0).returns == 1; }));
    EXPECT_TRUE(IsMember(group, "rx0"));
    EXPECT_EQ(keeper_->counts(0).losses, 1u);
    EXPECT_FALSE(keeper_->counts(0).deaf);
    keeper_->Stop();
    EXPECT_THAT(News(), Contains(HasSubstr("their membership had been lost")));
    keeper_.reset();
    sockets_.clear();
  }
}

TEST_F(LineKeeperTest, ALineWithoutAnInterfaceIsJoinedWhereTheRouteLeads) {
  ASSERT_TRUE(VethNetwork::Run("ip route add 239.0.0.0/8 dev rx0"));
  Start({LineOn("", "239.1.1.1:26400")});
  ASSERT_TRUE(IsMember("239.1.1.1:26400", "rx0"));
  ASSERT_TRUE(VethNetwork::Remove(0));
  EXPECT_TRUE(Await([&] { return keeper_->counts(0).deaf; })) << "no route leads there";
  ASSERT_TRUE(network_->Restore(0));
  ASSERT_TRUE(VethNetwork::Run("ip route add 239.0.0.0/8 dev rx0"));
  EXPECT_TRUE(Await([&] { return !keeper_->counts(0).deaf; })) << "it is tried again each second";
  EXPECT_TRUE(IsMember("239.1.1.1:26400", "rx0"));
  keeper_->Stop();
  EXPECT_THAT(News(), Contains(HasSubstr("are not joined, and are tried again each second")));
}

// One of the same name and number, made at once: only that the old one was removed tells.
TEST_F(LineKeeperTest, AnInterfaceThatIsReplacedByOneOfTheSameNumberIsAnother) {
  Start({LineOn("rx0", "239.1.1.1:26400")});
  // Somebody else is a member of the group on whatever is called rx0.
  const std::string index = std::to_string(if_nametoindex("rx0"));
  ASSERT_TRUE(VethNetwork::Run("ip link delete rx0 && ip link add rx0 index " + index +
                               " type veth peer name other && ip link set rx0 up && ip link set "
                               "other up && ip address add 10.77.0.100/24 dev rx0"));
  const auto other = rio::OpenLineSocket(LineOn("rx0", "239.1.1.1:26400"), {});
  ASSERT_TRUE(other.ok());
  EXPECT_TRUE(Await([&] { return keeper_->counts(0).returns == 1; }));
  EXPECT_EQ(keeper_->counts(0).losses, 1u);
}

// Threads of this process that look after lines, with the CPUs that each may run on.
std::vector<std::string> KeepersCpus() {
  std::vector<std::string> cpus;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    const std::string folder = task.path().string();
    std::ifstream comm(folder + "/comm");
    std::string name;
    std::getline(comm, name);
    if (name != "fh-lines") continue;
    std::ifstream status(folder + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.rfind("Cpus_allowed_list:", 0) == 0) cpus.push_back(line.substr(19));
    }
  }
  return cpus;
}

// A receiver is opened on a thread that is pinned to the CPU on which it will spin.
TEST_F(LineKeeperTest, ItsThreadIsNotPinnedWithTheThreadThatOpensIt) {
  cpu_set_t whole;
  ASSERT_EQ(sched_getaffinity(getpid(), sizeof whole, &whole), 0);
  if (CPU_COUNT(&whole) < 2) GTEST_SKIP() << "skipped: one CPU";
  std::string expected;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("Cpus_allowed_list:", 0) == 0) expected = line.substr(19);
  }
  std::thread([&] {
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
      if (CPU_ISSET(cpu, &whole)) CPU_SET(cpu, &one);
    }
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    Start({LineOn("rx0", "239.1.1.1:26400")});
  }).join();
  EXPECT_TRUE(Await([&] { return KeepersCpus() == std::vector<std::string>{expected}; }))
      << ::testing::PrintToString(KeepersCpus());
}

TEST_F(LineKeeperTest, StopsAtOnceAndTwice) {
  Start({LineOn("rx0", "239.1.1.1:26400")});
  keeper_->Stop();
  keeper_->Stop();
  EXPECT_EQ(keeper_->counts(0).losses, 0u);
}

}  // namespace
}  // namespace fh::test
