// Frames for the tests of AF_XDP, made by hand: tags, options and fragments that no sender of this
// project makes.
//
//   TestFrame frame = FrameTo("239.1.1.1:26400", "payload");
//   frame.AddTag(0x8100, 7);
//   frame.AddOptions(8);
#ifndef FEEDHANDLER_TESTS_RIO_AF_XDP_FRAMES_H_
#define FEEDHANDLER_TESTS_RIO_AF_XDP_FRAMES_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "replay/udp_frame.h"
#include "rio/endpoint.h"
#include "rio/frame/frame.h"

namespace fh::test {

struct TestFrame {
  std::vector<uint8_t> bytes;
  size_t ip = 14;  // Where the IP header begins.

  size_t udp() const { return ip + (bytes[ip] >> 4 == 6 ? 40 : (bytes[ip] & 0xfu) * 4); }

  void AddTag(uint16_t type, uint16_t id) {
    const uint8_t tag[4] = {static_cast<uint8_t>(type >> 8), static_cast<uint8_t>(type),
                            static_cast<uint8_t>(id >> 8), static_cast<uint8_t>(id)};
    bytes.insert(bytes.begin() + 12, tag, tag + 4);
    ip += 4;
  }

  // IPv4: `count` bytes of no-operations, a multiple of 4 up to 40.
  void AddOptions(size_t count) {
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(ip) + 20, count, 1);
    bytes[ip] = static_cast<uint8_t>(0x45 + count / 4);
    const size_t total = bytes.size() - ip;
    bytes[ip + 2] = static_cast<uint8_t>(total >> 8);
    bytes[ip + 3] = static_cast<uint8_t>(total);
    FixHeaderChecksum();
  }

  void FixHeaderChecksum() {
    bytes[ip + 10] = bytes[ip + 11] = 0;
    const uint16_t sum = rio::frame_internal::Fold(
        rio::SumPortable(bytes.data() + ip, static_cast<size_t>(bytes[ip] & 0xf) * 4));
    const auto checksum = static_cast<uint16_t>(~sum);
    std::memcpy(bytes.data() + ip + 10, &checksum, 2);
  }
};

inline TestFrame FrameTo(const char* group, const std::string& payload,
                         const char* source = "10.0.0.1:1000") {
  TestFrame frame;
  frame.bytes.resize(replay::kMaxUdpFramingBytes + payload.size());
  const auto bytes = replay::BuildUdpFrame(
      {.source = *rio::ParseEndpoint(source), .destination = *rio::ParseEndpoint(group)},
      {reinterpret_cast<const uint8_t*>(payload.data()), payload.size()}, frame.bytes);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  frame.bytes.resize(bytes.value_or(0));
  return frame;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_RIO_AF_XDP_FRAMES_H_
