// Receive stamps of Linux: what an adapter is asked, what is made of its answers, and that a stamp
// of zero is none.
#include "rio/stamps/stamps_linux.h"

#include <linux/net_tstamp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/backend/line_sockets.h"
#include "rio/socket/control_posix.h"
#include "tests/conformance/backend_harness.h"

namespace fh::rio {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// An adapter that a test describes.
class FakeDevice : public StampDevice {
 public:
  int GetAbilities(const std::string& interface, Abilities& out) override {
    asked = interface;
    out = abilities;
    return abilities_error;
  }
  int GetSetting(const std::string&, Setting& out) override {
    out = setting;
    return setting_error;
  }
  int Set(const std::string&, Setting& wanted) override {
    ++sets;
    if (set_error != 0) return set_error;
    setting = wanted;
    if (answers_filter.has_value()) setting.rx_filter = *answers_filter;
    wanted = setting;
    return 0;
  }
  std::optional<int64_t> ClockAheadNs(int) override { return ahead_ns; }

  Abilities abilities{.flags = SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE |
                               SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE,
                      .rx_filters = 1u << HWTSTAMP_FILTER_NONE | 1u << HWTSTAMP_FILTER_ALL,
                      .clock = 0};
  Setting setting;
  int abilities_error = 0;
  int setting_error = 0;
  int set_error = 0;
  std::optional<int> answers_filter;
  std::optional<int64_t> ahead_ns = 2'000;
  std::string asked;
  int sets = 0;
};

TEST(GrantStamps, AsksNoAdapterForSoftwareStampsOrNone) {
  FakeDevice device;
  EXPECT_EQ(GrantStamps(device, "eth1", ReceiveStamps::kNone).granted, ReceiveStamps::kNone);
  EXPECT_EQ(GrantStamps(device, "eth1", ReceiveStamps::kSoftware).granted,
            ReceiveStamps::kSoftware);
  EXPECT_EQ(device.asked, "");
}

TEST(GrantStamps, TurnsHardwareStampsOnWithoutTouchingThoseOfSending) {
  FakeDevice device;
  device.setting.tx_type = HWTSTAMP_TX_ON;
  const StampGrant grant = GrantStamps(device, "eth1", ReceiveStamps::kHardware);
  EXPECT_EQ(grant.granted, ReceiveStamps::kHardware);
  EXPECT_THAT(grant.note, IsEmpty());
  EXPECT_EQ(device.asked, "eth1");
  EXPECT_EQ(device.setting.rx_filter, HWTSTAMP_FILTER_ALL);
  EXPECT_EQ(device.setting.tx_type, HWTSTAMP_TX_ON);
}

TEST(GrantStamps, LeavesAnAdapterAloneThatStampsAllAlready) {
  FakeDevice device;
  device.setting.rx_filter = HWTSTAMP_FILTER_ALL;
  device.set_error = EPERM;
  EXPECT_EQ(GrantStamps(device, "eth1", ReceiveStamps::kHardware).granted,
            ReceiveStamps::kHardware);
  EXPECT_EQ(device.sets, 0);
}

TEST(GrantStamps, AsksAnAdapterThatDoesNotTellItsSetting) {
  FakeDevice device;
  device.setting_error = EOPNOTSUPP;
  EXPECT_EQ(GrantStamps(device, "eth1", ReceiveStamps::kHardware).granted,
            ReceiveStamps::kHardware);
}

TEST(GrantStamps, FallsBackToSoftwareAndSaysWhy) {
  const auto note_of = [](auto change, const std::string& interface = "eth1") {
    FakeDevice device;
    change(device);
    const StampGrant grant = GrantStamps(device, interface, ReceiveStamps::kHardware);
    EXPECT_EQ(grant.granted, ReceiveStamps::kSoftware);
    EXPECT_THAT(grant.note, HasSubstr("packets carry the kernel's software stamps instead"));
    return grant.note;
  };
  EXPECT_THAT(note_of([](FakeDevice&) {}, ""), HasSubstr("name it"));
  EXPECT_THAT(note_of([](FakeDevice& d) { d.abilities_error = EOPNOTSUPP; }),
              HasSubstr("Operation not supported"));
  EXPECT_THAT(note_of([](FakeDevice& d) { d.abilities.flags = SOF_TIMESTAMPING_RX_SOFTWARE; }),
              HasSubstr("ethtool -T eth1"));
  EXPECT_THAT(
      note_of([](FakeDevice& d) { d.abilities.rx_filters = 1u << HWTSTAMP_FILTER_PTP_V2_EVENT; }),
      HasSubstr("PTP packets only"));
  EXPECT_THAT(note_of([](FakeDevice& d) { d.set_error = EPERM; }),
              HasSubstr("hwstamp_ctl -i eth1 -r 1"));
  // Asked for all, granted PTP: what the driver hands back counts, not what it was asked.
  EXPECT_THAT(note_of([](FakeDevice& d) { d.answers_filter = HWTSTAMP_FILTER_PTP_V2_L4_EVENT; }),
              HasSubstr("when asked to stamp all packets"));
}

TEST(GrantStamps, TellsOfAnAdaptersClockThatIsOff) {
  FakeDevice device;
  device.ahead_ns = 37'000'012'000;
  const StampGrant grant = GrantStamps(device, "eth1", ReceiveStamps::kHardware);
  EXPECT_EQ(grant.granted, ReceiveStamps::kHardware);
  EXPECT_THAT(grant.note, HasSubstr("37.000012 seconds ahead"));
  EXPECT_THAT(grant.note, HasSubstr("phc2sys"));
  device.ahead_ns = std::nullopt;  // May not be opened: nothing is claimed.
  EXPECT_THAT(GrantStamps(device, "eth1", ReceiveStamps::kHardware).note, IsEmpty());
}

TEST(HostStampDevice, KnowsThatLoopbackHasNoAdapter) {
  const StampGrant grant = GrantStamps(*HostStampDevice(), "lo", ReceiveStamps::kHardware);
  EXPECT_EQ(grant.granted, ReceiveStamps::kSoftware);
  EXPECT_THAT(grant.note, HasSubstr("no hardware stamps on lo"));
  const StampGrant missing = GrantStamps(*HostStampDevice(), "none0", ReceiveStamps::kHardware);
  EXPECT_THAT(missing.note, HasSubstr("No such device"));
}

// A control message as the kernel writes it.
struct Control {
  Control(int type, const void* data, size_t length) {
    msghdr header{};
    header.msg_control = bytes.data();
    header.msg_controllen = bytes.size();
    cmsghdr* const message = CMSG_FIRSTHDR(&header);
    message->cmsg_level = SOL_SOCKET;
    message->cmsg_type = type;
    message->cmsg_len = CMSG_LEN(length);
    std::memcpy(CMSG_DATA(message), data, length);
    used = CMSG_SPACE(length);
  }
  ControlFacts Read() const { return ReadControlFacts(bytes.data(), used); }

  alignas(cmsghdr) std::array<uint8_t, kControlBytes> bytes{};
  size_t used = 0;
};

Control Stamps(timespec software, timespec hardware) {
  const timespec stamps[3] = {software, {}, hardware};
  return Control(SO_TIMESTAMPING, stamps, sizeof stamps);
}

TEST(ReadControlFacts, TakesTheAdaptersBeforeTheKernelsAndZeroForNone) {
  const timespec kernel{.tv_sec = 1'700'000'000, .tv_nsec = 5};
  const timespec adapter{.tv_sec = 1'700'000'001, .tv_nsec = 7};
  const ControlFacts both = Stamps(kernel, adapter).Read();
  EXPECT_EQ(both.stamp_source, StampSource::kHardware);
  EXPECT_EQ(both.stamp_ns, 1'700'000'001'000'000'007);
  const ControlFacts software = Stamps(kernel, {}).Read();
  EXPECT_EQ(software.stamp_source, StampSource::kSoftware);
  EXPECT_EQ(software.stamp_ns, 1'700'000'000'000'000'005);
  const ControlFacts none = Stamps({}, {}).Read();
  EXPECT_EQ(none.stamp_source, StampSource::kNone);
  EXPECT_EQ(none.stamp_ns, 0);
  const timespec cut[1] = {kernel};
  EXPECT_EQ(Control(SO_TIMESTAMPING, cut, sizeof cut).Read().stamp_source, StampSource::kNone);
}

TEST(ReadControlFacts, BesideTheAdaptersStampSayHowFarBehindTheKernelsIs) {
  const timespec adapter{.tv_sec = 1'700'000'001, .tv_nsec = 7};
  const auto after = [&](timespec kernel) {
    return Stamps(kernel, adapter).Read().kernel_after_ns;
  };
  EXPECT_EQ(after({.tv_sec = 1'700'000'001, .tv_nsec = 1507}), 1500);
  EXPECT_EQ(after({.tv_sec = 1'700'000'000, .tv_nsec = 999'999'007}), -1000) << "clocks disagree";
  EXPECT_EQ(after(adapter), 1) << "0 is none";
  EXPECT_EQ(after({.tv_sec = 1'700'000'009, .tv_nsec = 7}), INT32_MAX);
  EXPECT_EQ(after({.tv_sec = 1, .tv_nsec = 7}), INT32_MIN);
  EXPECT_EQ(after({}), 0);
  EXPECT_EQ(Stamps(adapter, {}).Read().kernel_after_ns, 0);
}

// Each flag has its part: making stamps, and handing them over.
TEST(EnableStamps, AsksForEveryFlagThatTheKindNeeds) {
  const auto flags_of = [](ReceiveStamps stamps) {
    const auto fd = OpenUdpSocket(*IpAddress::Parse("127.0.0.1"));
    EXPECT_EQ(EnableStamps(fd->get(), stamps), 0);
    uint32_t flags = 0;
    socklen_t length = sizeof flags;
    EXPECT_EQ(getsockopt(fd->get(), SOL_SOCKET, SO_TIMESTAMPING, &flags, &length), 0);
    return flags;
  };
  constexpr uint32_t kSoftware = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  EXPECT_EQ(flags_of(ReceiveStamps::kNone), 0u);
  EXPECT_EQ(flags_of(ReceiveStamps::kSoftware), kSoftware);
  EXPECT_EQ(flags_of(ReceiveStamps::kHardware),
            kSoftware | SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE);
}

TEST(LineSockets, CountsPacketsWithoutTheStampThatWasAskedFor) {
  ReceiverOptions options{.subscriptions = {test::NewLine()}};
  options.stamps = ReceiveStamps::kSoftware;
  auto lines = LineSockets::Open(options);
  ASSERT_TRUE(lines.ok()) << lines.status();
  Packet packet{};
  const Control zero = Stamps({}, {});
  lines->ReadControl(zero.bytes.data(), zero.used, packet);
  EXPECT_EQ(packet.stamp_source, StampSource::kNone);
  EXPECT_EQ(lines->stats.unstamped, 1u);
  const Control good = Stamps({.tv_sec = 1, .tv_nsec = 0}, {});
  lines->ReadControl(good.bytes.data(), good.used, packet);
  EXPECT_EQ(packet.stamp_source, StampSource::kSoftware);
  EXPECT_EQ(lines->stats.unstamped, 1u);
  packet = {};
  lines->ReadControl(nullptr, 0, packet);
  EXPECT_EQ(lines->stats.unstamped, 2u);
}

TEST(ReceiveStampsNames, AreReadBack) {
  for (const ReceiveStamps stamps :
       {ReceiveStamps::kNone, ReceiveStamps::kSoftware, ReceiveStamps::kHardware}) {
    EXPECT_EQ(ParseReceiveStamps(ReceiveStampsName(stamps)), stamps);
  }
  EXPECT_EQ(ParseReceiveStamps("nic"), std::nullopt);
}

}  // namespace
}  // namespace fh::rio
