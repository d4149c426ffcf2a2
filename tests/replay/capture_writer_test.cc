#include "replay/capture_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "replay/byte_order.h"
#include "replay/datagram.h"
#include "tests/replay/capture_bytes.h"
#include "tests/replay/capture_fixture.h"

namespace fh::test {
namespace {

using replay::CaptureWriter;
using replay::LinkType;
using replay::UdpFraming;
using ::testing::HasSubstr;

rio::Endpoint At(const char* text) { return *rio::ParseEndpoint(text); }

// The plain definition (RFC 1071): the 16-bit words, the checksum among them, add up to 0xffff.
bool ChecksumHolds(const Bytes& pseudo, std::span<const uint8_t> bytes) {
  uint32_t sum = 0;
  for (const std::span<const uint8_t> part : {std::span<const uint8_t>(pseudo), bytes}) {
    for (size_t i = 0; i < part.size(); ++i) {
      sum += static_cast<uint32_t>(part[i]) << (i % 2 == 0 ? 8 : 0);
      sum = (sum & 0xffff) + (sum >> 16);
    }
  }
  return sum == 0xffff;
}

TEST(UdpFrame, ChecksumsHoldForEveryPayloadLength) {
  for (const bool v4 : {true, false}) {
    const UdpFraming framing{.source = At(v4 ? "10.1.2.3:1000" : "[fd00::1]:1000"),
                             .destination = At(v4 ? "239.129.2.3:2000" : "[ff15::42:43]:2000")};
    for (size_t size = 0; size < 200; ++size) {
      const Bytes payload = Pattern(size, static_cast<uint8_t>(size));
      Bytes frame(size + replay::kMaxUdpFramingBytes);
      const auto built = replay::BuildUdpFrame(framing, payload, frame);
      ASSERT_TRUE(built.ok()) << built.status();
      const size_t ip_bytes = v4 ? 20 : 40;
      ASSERT_EQ(*built, 14 + ip_bytes + 8 + size);
      const std::span<const uint8_t> ip{frame.data() + 14, *built - 14};
      if (v4) {
        EXPECT_TRUE(ChecksumHolds({}, ip.first(20)));
      }
      Bytes pseudo;
      const size_t address_bytes = v4 ? 8 : 32;
      const auto addresses = ip.subspan(v4 ? 12 : 8, address_bytes);
      pseudo.assign(addresses.begin(), addresses.end());
      const auto udp_bytes = static_cast<uint8_t>(8 + size);
      for (const uint8_t byte : {uint8_t{0}, uint8_t{17}, uint8_t{0}, udp_bytes}) {
        pseudo.push_back(byte);
      }
      EXPECT_TRUE(ChecksumHolds(pseudo, ip.subspan(ip_bytes))) << size;
    }
  }
}

TEST(UdpFrame, AChecksumOfZeroIsSentAsOnes) {
  const UdpFraming framing{.source = At("10.1.2.3:1000"), .destination = At("239.129.2.3:2000")};
  int found = 0;
  for (int value = 0; value <= 0xffff; ++value) {
    Bytes frame(replay::kMaxUdpFramingBytes + 2);
    const Bytes payload = BytesOf({value >> 8, value & 0xff});
    ASSERT_TRUE(replay::BuildUdpFrame(framing, payload, frame).ok());
    const uint16_t checksum = replay::LoadBe16(frame.data() + 14 + 20 + 6);
    ASSERT_NE(checksum, 0);
    found += checksum == 0xffff;
  }
  EXPECT_GE(found, 1);
}

TEST(UdpFrame, GroupsMapToTheirMacAddresses) {
  const replay::MacAddress v4 = replay::MulticastMac(At("239.129.2.3:1").address);
  EXPECT_EQ(v4, (replay::MacAddress{0x01, 0x00, 0x5e, 0x01, 2, 3}));
  const replay::MacAddress v6 = replay::MulticastMac(At("[ff15::1234:5678]:1").address);
  EXPECT_EQ(v6, (replay::MacAddress{0x33, 0x33, 0x12, 0x34, 0x56, 0x78}));
}

TEST(UdpFrame, WhatCannotBeFramedIsRefused) {
  Bytes room(70'000);
  const UdpFraming mixed{.source = At("10.0.0.1:1"), .destination = At("[ff15::1]:1")};
  EXPECT_FALSE(replay::BuildUdpFrame(mixed, {}, room).ok());
  EXPECT_FALSE(replay::BuildUdpFrame(UdpFraming{}, {}, room).ok());
  UdpFraming framing{.source = At("10.0.0.1:1"), .destination = At("239.0.0.1:1")};
  EXPECT_TRUE(replay::BuildUdpFrame(framing, Bytes(replay::kMaxUdpPayloadIpv4), room).ok());
  EXPECT_FALSE(replay::BuildUdpFrame(framing, Bytes(replay::kMaxUdpPayloadIpv4 + 1), room).ok());
  EXPECT_FALSE(replay::BuildUdpFrame(framing, {}, std::span<uint8_t>(room).first(50)).ok());
  framing.vlan_id = 4096;
  EXPECT_FALSE(replay::BuildUdpFrame(framing, {}, room).ok());
}

TEST(CaptureWriter, WhatIsWrittenIsReadBack) {
  const TempFile file("writer.pcap");
  auto writer = CaptureWriter::Open(file.path());
  ASSERT_TRUE(writer.ok()) << writer.status();
  UdpFraming framing{.source = At("10.1.2.3:1000"), .destination = At("239.1.2.3:2000")};
  constexpr int kCount = 5000;  // Larger than what is gathered.
  for (int i = 0; i < kCount; ++i) {
    framing.vlan_id = i % 2 == 0 ? std::nullopt : std::optional<uint16_t>(100);
    ASSERT_TRUE((*writer)
                    ->WriteDatagram(1'700'000'000'123'456'789 + i, framing,
                                    Pattern(static_cast<size_t>(i % 500), 1))
                    .ok());
  }
  ASSERT_TRUE((*writer)->WriteFrame(0, Pattern(20, 1), 1500).ok());
  const absl::Status closed = (*writer)->Close();
  ASSERT_TRUE(closed.ok()) << closed;
  EXPECT_TRUE((*writer)->Close().ok());
  EXPECT_FALSE((*writer)->WriteFrame(0, {}).ok());
  EXPECT_EQ((*writer)->bytes(), std::filesystem::file_size(file.path()));

  auto reader = replay::CaptureReader::Open(file.path());
  ASSERT_TRUE(reader.ok()) << reader.status();
  const ReadAll all = ReadEverything(**reader);
  EXPECT_EQ(all.end, replay::ReadResult::kEnd) << all.status;
  ASSERT_EQ(all.frames.size(), kCount + 1u);
  for (int i = 0; i < kCount; ++i) {
    const KeptFrame& kept = all.frames[static_cast<size_t>(i)];
    EXPECT_EQ(kept.frame.stamp_ns, 1'700'000'000'123'456'789 + i);
    replay::Datagram datagram;
    ASSERT_EQ(replay::ParseDatagram(LinkType::kEthernet, kept.bytes,
                                    static_cast<uint32_t>(kept.bytes.size()), datagram),
              replay::DatagramOutcome::kDatagram);
    EXPECT_EQ(datagram.vlan_count, i % 2);
    EXPECT_EQ(Bytes(datagram.payload.begin(), datagram.payload.end()),
              Pattern(static_cast<size_t>(i % 500), 1));
  }
  EXPECT_EQ(all.frames.back().frame.original_length, 1500u);
}

TEST(CaptureWriter, WhatTheFormatCannotHoldIsRefusedAndNotWritten) {
  const TempFile file("writer_refusal.pcap");
  auto writer = CaptureWriter::Open(file.path(), {.snap_length = 100});
  ASSERT_TRUE(writer.ok());
  EXPECT_FALSE((*writer)->WriteFrame(-1, {}).ok());
  EXPECT_FALSE((*writer)->WriteFrame(4'294'967'296'000'000'000, {}).ok());
  EXPECT_FALSE((*writer)->WriteFrame(0, Bytes(101)).ok());
  EXPECT_TRUE((*writer)->WriteFrame(4'294'967'295'999'999'999, Bytes(100)).ok());
  EXPECT_TRUE((*writer)->Close().ok());
  EXPECT_EQ(std::filesystem::file_size(file.path()), 24u + 16 + 100);
}

TEST(CaptureWriter, PathsThatCannotBeWrittenAreNamed) {
  const auto missing = CaptureWriter::Open("/nonexistent/day.pcap");
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("/nonexistent/day.pcap"));
  auto full = CaptureWriter::Open("/dev/full");
  if (!full.ok()) GTEST_SKIP() << "skipped: no /dev/full on this system";
  EXPECT_TRUE((*full)->WriteFrame(0, Bytes(10)).ok());
  EXPECT_THAT(std::string((*full)->Flush().message()), HasSubstr("cannot write /dev/full"));
  EXPECT_FALSE((*full)->WriteFrame(0, Bytes(10)).ok());
  EXPECT_FALSE((*full)->Close().ok());
}

}  // namespace
}  // namespace fh::test
