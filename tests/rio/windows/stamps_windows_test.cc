// What control messages of Windows say: stamps and destinations, found among others, or not there.
#include "rio/stamps/stamps_windows.h"

#include "rio/socket/multicast_windows.h"
// After winsock2.h.
#include <array>
#include <chrono>
#include <cstring>

#include "gtest/gtest.h"

namespace fh::rio {
namespace {

constexpr INT kSoTimestamp = 0x300A;

// Control messages as the system lays them out.
class Control {
 public:
  Control() { message_.Control = {.len = 0, .buf = bytes_.data()}; }

  template <class Data>
  void Add(int level, int type, const Data& data) {
    WSACMSGHDR header{};
    header.cmsg_len = WSA_CMSG_LEN(sizeof data);
    header.cmsg_level = level;
    header.cmsg_type = type;
    char* const place = bytes_.data() + message_.Control.len;
    std::memcpy(place, &header, sizeof header);
    std::memcpy(place + WSA_CMSG_LEN(0), &data, sizeof data);
    message_.Control.len += static_cast<ULONG>(WSA_CMSG_SPACE(sizeof data));
  }

  const WSAMSG& message() const { return message_; }

 private:
  alignas(8) std::array<char, 256> bytes_{};
  WSAMSG message_{};
};

IN_PKTINFO PacketInfo(const char* destination) {
  IN_PKTINFO info{};
  std::memcpy(&info.ipi_addr, IpAddress::Parse(destination)->bytes(), 4);
  return info;
}

uint64_t CounterNow() {
  LARGE_INTEGER counter;
  QueryPerformanceCounter(&counter);
  return static_cast<uint64_t>(counter.QuadPart);
}

TEST(WindowsControl, StampAndDestinationAreFoundTogether) {
  for (const bool stamp_first : {true, false}) {
    Control control;
    if (stamp_first) control.Add(SOL_SOCKET, kSoTimestamp, uint64_t{12345});
    control.Add(IPPROTO_IP, IP_PKTINFO, PacketInfo("239.1.2.3"));
    if (!stamp_first) control.Add(SOL_SOCKET, kSoTimestamp, uint64_t{12345});
    EXPECT_EQ(StampOf(control.message()), 12345u);
    EXPECT_EQ(DestinationOf(control.message()), *IpAddress::Parse("239.1.2.3"));
  }
  Control six;
  IN6_PKTINFO info{};
  const IpAddress group = *IpAddress::Parse("ff15::7");
  std::memcpy(&info.ipi6_addr, group.bytes(), group.size());
  six.Add(IPPROTO_IPV6, IPV6_PKTINFO, info);
  EXPECT_EQ(DestinationOf(six.message()), group);
}

TEST(WindowsControl, WhatIsNotThereIsNone) {
  const Control empty;
  EXPECT_EQ(StampOf(empty.message()), 0u);
  EXPECT_TRUE(DestinationOf(empty.message()).is_none());
  Control other;
  other.Add(SOL_SOCKET, 1, uint64_t{7});
  other.Add(IPPROTO_IP, IP_PKTINFO, uint16_t{7});  // Too short.
  EXPECT_EQ(StampOf(other.message()), 0u);
  EXPECT_TRUE(DestinationOf(other.message()).is_none());
}

TEST(StampClock, TurnsTheCounterIntoTheTimeOfDay) {
  StampClock clock;
  const auto system_ns = [] {
    return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
  };
  const int64_t before_ns = system_ns();
  const int64_t stamp_ns = clock.UnixNs(CounterNow());
  const int64_t after_ns = system_ns();
  // A second of slack: the system clock may be slewed or stepped by others.
  EXPECT_GT(stamp_ns, before_ns - 1'000'000'000);
  EXPECT_LT(stamp_ns, after_ns + 1'000'000'000);
}

TEST(StampClock, AStampThatIsNotOfTheCounterIsNone) {
  StampClock clock;
  LARGE_INTEGER frequency;
  QueryPerformanceFrequency(&frequency);
  const auto second = static_cast<uint64_t>(frequency.QuadPart);
  EXPECT_EQ(clock.UnixNs(0), 0);
  EXPECT_EQ(clock.UnixNs(CounterNow() + 100 * second), 0) << "of the future";
  if (CounterNow() > 100 * second) {
    EXPECT_EQ(clock.UnixNs(CounterNow() - 100 * second), 0) << "long ago";
  }
}

}  // namespace
}  // namespace fh::rio
