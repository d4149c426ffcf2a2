// Receive stamps over AF_XDP: the kernel's, which the redirect program writes in front of the
// frame; and the adapter's, as far as a machine without such an adapter can show it: the kernel
// takes the program that asks the driver, veth's driver answers that it has none, and the packet
// carries the next best stamp and says so.
#include "rio/af_xdp/metadata.h"

#include <linux/if_link.h>
#include <net/if.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rio/af_xdp/bpf.h"
#include "rio/af_xdp/program.h"
#include "rio/af_xdp/socket.h"
#include "rio/memory/region.h"
#include "tests/rio/af_xdp/fixture.h"
#include "tests/rio/af_xdp/frames.h"

namespace fh::rio {
namespace {

using test::Drain;
using test::kGroup;
using test::LineOn;
using test::Opened;
using test::SetupOf;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

using AfXdpStamps = test::AfXdpOnCables;

int64_t UnixNs() {
  return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::vector<uint8_t> KernelTypes() {
  std::ifstream file("/sys/kernel/btf/vmlinux", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_F(AfXdpStamps, AreTheKernelsWhenTheFrameCameNotWhenItWasPolled) {
  for (const XdpMode mode : {XdpMode::kGeneric, XdpMode::kNative}) {
    ReceiveSetup setup = SetupOf({LineOn("rx0")});
    XdpOptionsIn(setup.receive).mode = mode;
    setup.receive.stamps = ReceiveStamps::kSoftware;
    const auto receiver = Opened(setup);
    ASSERT_NE(receiver, nullptr);
    const int64_t before_ns = UnixNs();
    SendOver(0, 10);
    const int64_t sent_ns = UnixNs();
    // A stamp of the poll would be later than the pause.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::vector<Packet> packets = Drain(*receiver);
    ASSERT_EQ(packets.size(), 10u);
    int64_t last_ns = before_ns;
    for (const Packet& packet : packets) {
      EXPECT_EQ(packet.stamp_source, StampSource::kSoftware);
      EXPECT_GE(packet.stamp_ns, last_ns) << "in the order of arrival";
      EXPECT_LE(packet.stamp_ns, sent_ns + 20'000'000);
      last_ns = packet.stamp_ns;
    }
    EXPECT_EQ(receiver->stats().unstamped, 0u);
  }
}

TEST_F(AfXdpStamps, ThatTheAdapterHasNotAreTheKernelsAndWhyIsSaid) {
  ReceiveSetup setup = SetupOf({LineOn("rx0")});
  setup.receive.stamps = ReceiveStamps::kHardware;
  for (const XdpMode mode : {XdpMode::kGeneric, XdpMode::kNative}) {
    XdpOptionsIn(setup.receive).mode = mode;
    const auto receiver = Opened(setup);
    ASSERT_NE(receiver, nullptr);
    EXPECT_THAT(receiver->notes(),
                Contains(AllOf(HasSubstr("no hardware stamps on rx0: "),
                               HasSubstr("packets carry the kernel's software stamps instead"))));
    SendOver(0, 3);
    const std::vector<Packet> packets = Drain(*receiver);
    ASSERT_EQ(packets.size(), 3u);
    for (const Packet& packet : packets) {
      EXPECT_EQ(packet.stamp_source, StampSource::kSoftware);
    }
    EXPECT_EQ(receiver->stats().unstamped, 0u) << "software was granted, and is there";
  }
}

// What the program for an adapter with stamps writes, by the kernel's own hand.
TEST_F(AfXdpStamps, AskingTheDriverIsAcceptedAndZeroIsNone) {
  const uint32_t index = if_nametoindex("rx0");
  if ((DriverMetadata(index).value_or(0) & kDriverTellsTimestamp) == 0) {
    GTEST_SKIP() << "skipped: this kernel's veth does not tell XDP programs of stamps";
  }
  const RedirectFeatures features{
      .kernel_stamps = true,
      .rx_timestamp = KernelFunctionNumber(KernelTypes(), "bpf_xdp_metadata_rx_timestamp"),
      .device = index};
  ASSERT_NE(features.rx_timestamp, 0u);
  auto program = RedirectProgram::Create({{LineOn("rx0")}}, 1, features);
  ASSERT_TRUE(program.ok()) << program.status();
  auto region = RegisteredRegion::Create({.slice_bytes = 2048, .slice_count = 64});
  ASSERT_TRUE(region.ok());
  auto socket = XskSocket::Open(
      {.interface = "rx0", .interface_index = index, .rx_entries = 64, .fill_entries = 64}, *region,
      *ChunkLayout::For(*region));
  ASSERT_TRUE(socket.ok()) << socket.status();
  ASSERT_TRUE(program->AddSocket(0, socket->fd()).ok());
  std::vector<uint32_t> slices(64);
  for (uint32_t i = 0; i < 64; ++i) slices[i] = i;
  socket->Give(slices);
  const UniqueFd link = AttachXdpProgram(program->fd(), index, XDP_FLAGS_DRV_MODE);
  ASSERT_GE(link.get(), 0) << std::strerror(errno);
  const int64_t before_ns = UnixNs();
  SendOver(0, 1);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (socket->Available(1) == 0 && std::chrono::steady_clock::now() < end) {
  }
  ASSERT_EQ(socket->Available(1), 1u);
  const XdpMetadata metadata = ReadMetadata(region->base() + socket->Waiting()[0].addr);
  // No adapter has put a stamp on it: veth's driver says 0, which is none.
  EXPECT_EQ(metadata.source, XdpMetadata::kKernel);
  EXPECT_EQ(metadata.tag, 0u);
  constexpr uint64_t kTaiAheadAtMostNs = 60'000'000'000;
  EXPECT_GE(metadata.ns + kTaiAheadAtMostNs, static_cast<uint64_t>(before_ns));
}

// A made-up kernel's type information: the functions are found by name, whatever stands between.
class TypeInformation {
 public:
  TypeInformation() { Name(""); }
  uint32_t Name(const std::string& name) {
    const auto at = static_cast<uint32_t>(strings_.size());
    strings_.append(name).push_back('\0');
    return at;
  }
  void Type(uint32_t name_at, uint32_t kind, uint32_t members, size_t tail_bytes) {
    for (const uint32_t word : {name_at, kind << 24 | members, 0u}) Append(types_, word);
    types_.append(tail_bytes, '\7');
  }
  std::vector<uint8_t> Bytes() const {
    std::string bytes;
    Append(bytes, 0xeb9fu | 1u << 16);
    Append(bytes, 24);
    Append(bytes, 0);
    Append(bytes, static_cast<uint32_t>(types_.size()));
    Append(bytes, static_cast<uint32_t>(types_.size()));
    Append(bytes, static_cast<uint32_t>(strings_.size()));
    bytes += types_ + strings_;
    return {bytes.begin(), bytes.end()};
  }

 private:
  static void Append(std::string& to, uint32_t word) {
    to.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  std::string types_;
  std::string strings_;
};

TEST(KernelFunctionNumber, IsFoundBehindTypesOfEveryKindAndInNoDamagedFile) {
  TypeInformation types;
  const uint32_t wanted = types.Name("wanted");
  const uint32_t longer = types.Name("wanted_too");
  types.Type(types.Name("int"), 1, 0, 4);
  types.Type(0, 2, 0, 0);
  types.Type(0, 3, 0, 12);
  types.Type(types.Name("struct"), 4, 3, 36);
  types.Type(types.Name("enum"), 6, 2, 16);
  types.Type(0, 13, 2, 16);
  types.Type(types.Name("variable"), 14, 0, 4);
  types.Type(types.Name(".data"), 15, 1, 12);
  types.Type(types.Name("tag"), 17, 0, 4);
  types.Type(types.Name("enum64"), 19, 2, 24);
  types.Type(wanted, 1, 0, 4);  // An integer of that name.
  types.Type(longer, 12, 0, 0);
  types.Type(wanted, 12, 0, 0);
  const std::vector<uint8_t> bytes = types.Bytes();
  EXPECT_EQ(KernelFunctionNumber(bytes, "wanted"), 13u);
  EXPECT_EQ(KernelFunctionNumber(bytes, "wanted_too"), 12u);
  EXPECT_EQ(KernelFunctionNumber(bytes, "want"), 0u);
  // Cut and damaged anywhere: found or not, nothing else is read.
  for (size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<long>(size));
    EXPECT_EQ(KernelFunctionNumber(cut, "wanted"), 0u) << size;
    for (const uint8_t value : {0x00, 0x7f, 0xff}) {
      std::vector<uint8_t> damaged = bytes;
      damaged[size] = value;
      KernelFunctionNumber(damaged, "wanted");
    }
  }
}

}  // namespace
}  // namespace fh::rio
