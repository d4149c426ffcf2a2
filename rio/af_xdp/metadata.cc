#include "rio/af_xdp/metadata.h"

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/strings/str_cat.h"
#include "rio/host/ethtool.h"
#include "rio/socket/socket_posix.h"
#include "rio/stamps/stamps_linux.h"

namespace fh::rio {
namespace {

// linux/netdev.h, which headers before Linux 6.3 lack.
constexpr char kNetdevFamily[] = "netdev";
constexpr uint8_t kNetdevDevGet = 1;
constexpr uint16_t kDeviceIndex = 1;
constexpr uint16_t kDeviceRxMetadata = 5;

// One request of generic netlink with one attribute, and the kernel's answer.
class GenericRequest {
 public:
  GenericRequest(uint16_t family, uint8_t command, uint16_t attribute,
                 std::span<const uint8_t> value) {
    message_.header.nlmsg_type = family;
    message_.header.nlmsg_flags = NLM_F_REQUEST;
    message_.generic.cmd = command;
    message_.generic.version = 1;
    message_.attribute.nla_type = attribute;
    message_.attribute.nla_len = static_cast<uint16_t>(NLA_HDRLEN + value.size());
    std::copy(value.begin(), value.end(), message_.value.begin());
    message_.header.nlmsg_len = static_cast<uint32_t>(
        NLMSG_ALIGN(offsetof(Message, value) + NLA_ALIGN(static_cast<unsigned>(value.size()))));
  }

  // The attributes of the answer; empty when there is none, or an error.
  std::span<const uint8_t> Ask(int fd) {
    if (send(fd, &message_, message_.header.nlmsg_len, 0) < 0) return {};
    const ssize_t bytes = recv(fd, answer_.data(), answer_.size(), 0);
    constexpr size_t kHeaders = NLMSG_HDRLEN + GENL_HDRLEN;
    nlmsghdr header;
    if (bytes < static_cast<ssize_t>(kHeaders)) return {};
    std::memcpy(&header, answer_.data(), sizeof header);
    if (header.nlmsg_type != message_.header.nlmsg_type) return {};
    const size_t end = std::min<size_t>(static_cast<size_t>(bytes), header.nlmsg_len);
    return std::span<const uint8_t>(answer_).subspan(kHeaders, end > kHeaders ? end - kHeaders : 0);
  }

 private:
  struct Message {
    nlmsghdr header{};
    genlmsghdr generic{};
    nlattr attribute{};
    std::array<uint8_t, 32> value{};
  };

  Message message_;
  std::array<uint8_t, 4096> answer_{};
};

// The value of an attribute, when it is there and has the size of T.
template <class T>
std::optional<T> FindAttribute(std::span<const uint8_t> attributes, uint16_t type) {
  while (attributes.size() >= NLA_HDRLEN) {
    nlattr header;
    std::memcpy(&header, attributes.data(), sizeof header);
    if (header.nla_len < NLA_HDRLEN || header.nla_len > attributes.size()) return std::nullopt;
    if ((header.nla_type & NLA_TYPE_MASK) == type && header.nla_len == NLA_HDRLEN + sizeof(T)) {
      T value;
      std::memcpy(&value, attributes.data() + NLA_HDRLEN, sizeof value);
      return value;
    }
    attributes = attributes.subspan(std::min<size_t>(NLA_ALIGN(header.nla_len), attributes.size()));
  }
  return std::nullopt;
}

std::vector<uint8_t> KernelTypes() {
  std::ifstream file("/sys/kernel/btf/vmlinux", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string NoHardwareStamps(const std::string& interface, const std::string& why) {
  return absl::StrCat("no hardware stamps on ", interface, ": ", why,
                      "; packets carry the kernel's software stamps instead");
}

std::string TagsOffNote(const MetadataWanted& wanted, const std::string& why) {
  return absl::StrCat(
      wanted.interface, " takes VLAN tags off the frames before a program sees them, and ", why,
      wanted.names_vlans
          ? ": the lines that name a VLAN get nothing of such frames"
          : ": frames of every VLAN with a line's group would be taken for the line's own",
      ". Keep the tags on: ethtool -K ", wanted.interface,
      " rxvlan off (of a veth pair: txvlan off at the other end)");
}

}  // namespace

// The layout is that of the kernel's Documentation/bpf/btf.rst.
uint32_t KernelFunctionNumber(std::span<const uint8_t> data, absl::string_view name) {
  struct Header {
    uint16_t magic;
    uint8_t version;
    uint8_t flags;
    uint32_t header_bytes;
    uint32_t types_at;
    uint32_t types_bytes;
    uint32_t strings_at;
    uint32_t strings_bytes;
  } header;
  struct Type {
    uint32_t name_at;
    uint32_t info;
    uint32_t size_or_type;
  };
  constexpr uint16_t kMagic = 0xeb9f;
  constexpr uint32_t kFunction = 12;
  // What follows a type of each kind: bytes once, and bytes for each of its members.
  struct Tail {
    uint8_t once;
    uint8_t each;
  };
  constexpr std::array<Tail, 20> kTails = {
      {{0, 0}, {4, 0}, {0, 0}, {12, 0}, {0, 12}, {0, 12}, {0, 8}, {0, 0}, {0, 0}, {0, 0},
       {0, 0}, {0, 0}, {0, 0}, {0, 8},  {4, 0},  {0, 12}, {0, 0}, {4, 0}, {0, 0}, {0, 12}}};
  if (data.size() < sizeof header) return 0;
  std::memcpy(&header, data.data(), sizeof header);
  const auto part = [&](uint32_t at, uint32_t bytes) {
    const uint64_t first = uint64_t{header.header_bytes} + at;
    return first + bytes <= data.size() ? data.subspan(first, bytes) : std::span<const uint8_t>();
  };
  if (header.magic != kMagic) return 0;
  std::span<const uint8_t> types = part(header.types_at, header.types_bytes);
  const std::span<const uint8_t> strings = part(header.strings_at, header.strings_bytes);
  const auto is_named = [&](uint32_t at) {
    return at < strings.size() && strings.size() - at > name.size() &&
           std::memcmp(strings.data() + at, name.data(), name.size()) == 0 &&
           strings[at + name.size()] == 0;
  };
  for (uint32_t number = 1; types.size() >= sizeof(Type); ++number) {
    Type type;
    std::memcpy(&type, types.data(), sizeof type);
    const uint32_t kind = type.info >> 24 & 0x1f;
    const uint32_t members = type.info & 0xffff;
    if (kind >= kTails.size()) return 0;  // A kernel that is newer than this list.
    if (kind == kFunction && is_named(type.name_at)) return number;
    const size_t bytes = sizeof type + kTails[kind].once + size_t{kTails[kind].each} * members;
    if (bytes > types.size()) return 0;
    types = types.subspan(bytes);
  }
  return 0;
}

std::optional<uint64_t> DriverMetadata(uint32_t interface_index) {
  const UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC));
  if (fd.get() < 0) return std::nullopt;
  const auto* const name = reinterpret_cast<const uint8_t*>(kNetdevFamily);
  GenericRequest resolve(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
                         {name, sizeof kNetdevFamily});
  const auto family = FindAttribute<uint16_t>(resolve.Ask(fd.get()), CTRL_ATTR_FAMILY_ID);
  if (!family.has_value()) return std::nullopt;
  GenericRequest device(*family, kNetdevDevGet, kDeviceIndex,
                        {reinterpret_cast<const uint8_t*>(&interface_index), 4});
  return FindAttribute<uint64_t>(device.Ask(fd.get()), kDeviceRxMetadata);
}

bool TakesVlanTagsOff(const std::string& interface) {
  const std::optional<Ethtool::Offloads> offloads = HostEthtool()->GetOffloads(interface);
  return offloads.has_value() && offloads->rx_vlan;
}

MetadataPlan PlanMetadata(const MetadataWanted& wanted) {
  const uint64_t told = wanted.native ? DriverMetadata(wanted.interface_index).value_or(0) : 0;
  const bool tags_off = TakesVlanTagsOff(wanted.interface);
  const bool wants_stamp = wanted.stamps == ReceiveStamps::kHardware;
  const bool tells_stamp = wants_stamp && (told & kDriverTellsTimestamp) != 0;
  const bool tells_tag = tags_off && (told & kDriverTellsVlanTag) != 0;
  if (!tells_stamp && !tells_tag) {
    return WithoutDriver(wanted, wanted.native ? "its driver does not tell XDP programs"
                                               : "no driver tells programs in generic mode");
  }
  const std::vector<uint8_t> types = KernelTypes();
  MetadataPlan plan;
  if (tells_tag) {
    plan.features.rx_vlan_tag = KernelFunctionNumber(types, "bpf_xdp_metadata_rx_vlan_tag");
    plan.features.tells_tag = plan.features.rx_vlan_tag != 0 && wanted.names_vlans;
  }
  if (tags_off && plan.features.rx_vlan_tag == 0) {
    plan.notes.push_back(TagsOffNote(wanted, "nothing tells which they were"));
  }
  plan.stamps = wants_stamp ? ReceiveStamps::kSoftware : wanted.stamps;
  if (wants_stamp && !tells_stamp) {
    plan.notes.push_back(
        NoHardwareStamps(wanted.interface, "its driver does not tell XDP programs"));
  } else if (wants_stamp) {
    StampGrant grant = GrantStamps(*HostStampDevice(), wanted.interface, wanted.stamps);
    plan.stamps = grant.granted;
    if (!grant.note.empty()) plan.notes.push_back(std::move(grant.note));
    if (grant.granted == ReceiveStamps::kHardware) {
      plan.features.rx_timestamp = KernelFunctionNumber(types, "bpf_xdp_metadata_rx_timestamp");
    }
  }
  plan.features.kernel_stamps = plan.stamps != ReceiveStamps::kNone;
  if (plan.features.needs_driver()) plan.features.device = wanted.interface_index;
  return plan;
}

MetadataPlan WithoutDriver(const MetadataWanted& wanted, const std::string& reason) {
  MetadataPlan plan;
  plan.features.kernel_stamps = wanted.stamps != ReceiveStamps::kNone;
  if (plan.features.kernel_stamps) plan.stamps = ReceiveStamps::kSoftware;
  if (wanted.stamps == ReceiveStamps::kHardware) {
    plan.notes.push_back(NoHardwareStamps(wanted.interface, reason));
  }
  if (TakesVlanTagsOff(wanted.interface)) plan.notes.push_back(TagsOffNote(wanted, reason));
  return plan;
}

}  // namespace fh::rio
