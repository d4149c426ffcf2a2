#include "rio/af_xdp/program.h"

#include <arpa/inet.h>

#include <cstddef>
#include <cstring>

#include "rio/af_xdp/bpf.h"
#include "rio/frame/headers.h"

namespace fh::rio {
namespace {

// Keys of the maps, in network order as the frame has them. No source: 0. The VLAN is in the
// machine's order: its number, and that of the one around it 12 bits above.
struct LineKey4 {
  uint8_t group[4] = {};
  uint8_t source[4] = {};
  uint16_t port = 0;
  uint16_t zero = 0;
  uint32_t vlan = 0;
};
static_assert(sizeof(LineKey4) == 16);

struct LineKey6 {
  uint8_t group[16] = {};
  uint8_t source[16] = {};
  uint16_t port = 0;
  uint16_t zero = 0;
  uint32_t vlan = 0;
};
static_assert(sizeof(LineKey6) == 40);

// Offsets in headers, as instructions take them.
constexpr auto kEtherType = static_cast<int16_t>(EthernetHeader::kTypeAt);
constexpr auto kEthernetBytes = static_cast<int16_t>(EthernetHeader::kBytes);
constexpr int16_t kTagEtherType = 2;
constexpr auto kTagBytes = static_cast<int16_t>(VlanTagHeader::kBytes);
constexpr auto kV4Bytes = static_cast<int16_t>(Ipv4Header::kLeastBytes);
constexpr int16_t kV4Fragment = 6;
constexpr int16_t kV4Protocol = 9;
constexpr auto kV4Source = static_cast<int16_t>(Ipv4Header::kSourceAt);
constexpr auto kV4Destination = static_cast<int16_t>(Ipv4Header::kDestinationAt);
constexpr auto kV6Bytes = static_cast<int16_t>(Ipv6Header::kBytes);
constexpr int16_t kV6NextHeader = 6;
constexpr auto kV6Source = static_cast<int16_t>(Ipv6Header::kSourceAt);
constexpr auto kV6Destination = static_cast<int16_t>(Ipv6Header::kDestinationAt);
constexpr auto kUdpBytes = static_cast<int16_t>(UdpHeader::kBytes);
constexpr auto kUdpDestinationPort = static_cast<int16_t>(UdpHeader::kDestinationPortAt);

// The kernel's UAPI values that headers before Linux 6.1 lack.
constexpr int32_t kTaiNs = 208;  // BPF_FUNC_ktime_get_tai_ns

// What the program keeps on its stack below the key of a lookup.
constexpr int16_t kStampAt = -48;     // 64 bits.
constexpr int16_t kTagAt = -56;       // 32 bits: XdpMetadata::tag.
constexpr int16_t kTagTypeAt = -64;   // 16 bits, as the kernel's function fills them in.
constexpr int16_t kTagValueAt = -72;  // 16 bits, the same.
static_assert(kStampAt <= -static_cast<int>(sizeof(LineKey6)) - 8);

// What an interface's lines ask of the program.
struct Wanted {
  bool any_source = false;
  bool one_source = false;
};

// Registers of the program: R6 the context, R7 the header that is looked at, R8 the frame's end, R9
// first the VLAN and then the network header.
class Writer {
 public:
  Writer(int sockets_fd, const RedirectFeatures& features)
      : sockets_fd_(sockets_fd), features_(features), pass_(code_.NewLabel()) {}

  const BpfAssembler& Write(const Wanted& v4, int v4_fd, const Wanted& v6, int v6_fd) {
    const BpfAssembler::Label to_v4 = code_.NewLabel();
    const BpfAssembler::Label to_v6 = code_.NewLabel();
    LinkLayer(v4_fd >= 0 ? to_v4 : pass_, v6_fd >= 0 ? to_v6 : pass_);
    if (v4_fd >= 0) {
      code_.Bind(to_v4);
      NetworkLayer4();
      LookUp<LineKey4>(v4, v4_fd, kV4Source);
    }
    if (v6_fd >= 0) {
      code_.Bind(to_v6);
      NetworkLayer6();
      LookUp<LineKey6>(v6, v6_fd, kV6Source);
    }
    code_.Bind(pass_);
    code_.MoveNumber(R0, XDP_PASS);
    code_.Exit();
    return code_;
  }

 private:
  using Condition = BpfCondition;

  // The verifier believes in bytes only after this.
  void RequireBytes(BpfRegister header, int16_t bytes) {
    code_.Move(R2, header);
    code_.AddNumber(R2, bytes);
    code_.JumpIfRegister(Condition::kGreater, R2, R8, pass_);
  }

  // Leaves R7 at the network header.
  void LinkLayer(BpfAssembler::Label to_v4, BpfAssembler::Label to_v6) {
    code_.Move(R6, R1);
    code_.MoveNumber(R9, 0);
    if (features_.metadata()) code_.StoreNumber(kBpf32, R10, kTagAt, 0);
    if (features_.rx_vlan_tag != 0) TagThatWasTakenOff();
    code_.Load(kBpf32, R7, R6, offsetof(xdp_md, data));
    code_.Load(kBpf32, R8, R6, offsetof(xdp_md, data_end));
    RequireBytes(R7, kEthernetBytes);
    code_.Load(kBpf16, R3, R7, kEtherType);
    code_.AddNumber(R7, kEthernetBytes);
    const BpfAssembler::Label network = code_.NewLabel();
    for (int tag = 0; tag < 2; ++tag) {
      const BpfAssembler::Label tagged = code_.NewLabel();
      code_.MoveNumber(R5, 0);
      code_.JumpIf(Condition::kEqual, R3, htons(kEtherTypeTag), tagged);
      code_.JumpIf(Condition::kNotEqual, R3, htons(kEtherTypeServiceTag), network);
      code_.MoveNumber(R5, 1);
      code_.Bind(tagged);
      RequireBytes(R7, kTagBytes);
      // Its number, in the lower 12 bits of two bytes.
      code_.Load(kBpf8, R4, R7, 0);
      code_.And(R4, 0xf);
      code_.ShiftLeft(R4, 8);
      code_.Load(kBpf8, R2, R7, 1);
      code_.Add(R4, R2);
      AddTag();
      code_.Load(kBpf16, R3, R7, kTagEtherType);
      code_.AddNumber(R7, kTagBytes);
    }
    code_.Bind(network);
    code_.JumpIf(Condition::kGreater, R9, 0xffffff, pass_);  // More tags than two.
    code_.JumpIf(Condition::kEqual, R3, htons(kEtherTypeIpv4), to_v4);
    code_.JumpIf(Condition::kEqual, R3, htons(kEtherTypeIpv6), to_v6);
    code_.Jump(pass_);
  }

  // What VlanTags::Push does: R4 is the tag's number, R5 whether it is a service tag, R9 the VLAN.
  void AddTag() {
    const BpfAssembler::Label done = code_.NewLabel();
    const BpfAssembler::Label innermost = code_.NewLabel();
    code_.JumpIf(Condition::kEqual, R4, 0, done);
    code_.Move(R2, R9);
    code_.And(R2, 0xfff);
    code_.JumpIf(Condition::kEqual, R2, 0, innermost);
    code_.ShiftLeft(R9, 12);
    code_.Bind(innermost);
    code_.Add(R9, R4);
    code_.JumpIf(Condition::kEqual, R5, 0, done);
    code_.JumpIf(Condition::kGreater, R9, 0xfff, done);
    code_.ShiftLeft(R9, 12);
    code_.Bind(done);
  }

  // An adapter that takes the outermost tag off says so to its driver.
  void TagThatWasTakenOff() {
    const BpfAssembler::Label none = code_.NewLabel();
    const BpfAssembler::Label known = code_.NewLabel();
    code_.StoreNumber(kBpf64, R10, kTagTypeAt, 0);
    code_.StoreNumber(kBpf64, R10, kTagValueAt, 0);
    code_.Move(R1, R6);
    code_.Move(R2, R10);
    code_.AddNumber(R2, kTagTypeAt);
    code_.Move(R3, R10);
    code_.AddNumber(R3, kTagValueAt);
    code_.CallKernel(features_.rx_vlan_tag);
    code_.JumpIf(Condition::kNotEqual, R0, 0, none);
    code_.Load(kBpf16, R4, R10, kTagValueAt);
    code_.Move(R3, R4);
    code_.AddNumber(R3, XdpMetadata::kTagged);
    code_.MoveNumber(R5, 0);
    code_.Load(kBpf16, R2, R10, kTagTypeAt);
    code_.JumpIf(Condition::kNotEqual, R2, htons(kEtherTypeServiceTag), known);
    code_.MoveNumber(R5, 1);
    code_.AddNumber(R3, XdpMetadata::kService);
    code_.Bind(known);
    if (features_.tells_tag) code_.Store(kBpf32, R10, kTagAt, R3);
    code_.And(R4, 0xfff);
    AddTag();
    code_.Bind(none);
  }

  // Leaves R9 at the network header, R7 at the UDP header, and the key without its source.
  void NetworkLayer4() {
    RequireBytes(R7, kV4Bytes);
    code_.Load(kBpf8, R4, R7, 0);
    code_.Move(R3, R4);
    code_.ShiftRight(R3, 4);
    code_.JumpIf(Condition::kNotEqual, R3, 4, pass_);
    code_.And(R4, 0xf);
    code_.JumpIf(Condition::kLess, R4, 5, pass_);
    code_.Load(kBpf8, R3, R7, kV4Protocol);
    code_.JumpIf(Condition::kNotEqual, R3, kProtocolUdp, pass_);
    // More fragments to come, or an offset (RFC 791, section 3.1).
    code_.Load(kBpf16, R3, R7, kV4Fragment);
    code_.JumpIf(Condition::kAnyBit, R3, htons(0x3fff), pass_);
    CopyToKey<LineKey4>(offsetof(LineKey4, group), kV4Destination, 4);
    code_.Store(kBpf32, R10, KeyAt<LineKey4>(offsetof(LineKey4, vlan)), R9);
    code_.Move(R9, R7);
    code_.ShiftLeft(R4, 2);
    code_.Add(R7, R4);
    Port<LineKey4>();
  }

  void NetworkLayer6() {
    RequireBytes(R7, kV6Bytes);
    code_.Load(kBpf8, R3, R7, 0);
    code_.ShiftRight(R3, 4);
    code_.JumpIf(Condition::kNotEqual, R3, 6, pass_);
    code_.Load(kBpf8, R3, R7, kV6NextHeader);
    code_.JumpIf(Condition::kNotEqual, R3, kProtocolUdp, pass_);
    CopyToKey<LineKey6>(offsetof(LineKey6, group), kV6Destination, 16);
    code_.Store(kBpf32, R10, KeyAt<LineKey6>(offsetof(LineKey6, vlan)), R9);
    code_.Move(R9, R7);
    code_.AddNumber(R7, kV6Bytes);
    Port<LineKey6>();
  }

  // `bytes` of the network header at R7 into the key on the stack.
  template <class Key>
  void CopyToKey(size_t at, int16_t from, int16_t bytes, BpfRegister header = R7) {
    for (int16_t i = 0; i < bytes; i = static_cast<int16_t>(i + 4)) {
      code_.Load(kBpf32, R3, header, static_cast<int16_t>(from + i));
      code_.Store(kBpf32, R10, static_cast<int16_t>(KeyAt<Key>(at) + i), R3);
    }
  }

  // With options the place of the port depends on the frame, so its bounds are checked anew.
  template <class Key>
  void Port() {
    RequireBytes(R7, kUdpBytes);
    code_.Load(kBpf16, R3, R7, kUdpDestinationPort);
    code_.Store(kBpf16, R10, KeyAt<Key>(offsetof(Key, port)), R3);
    code_.StoreNumber(kBpf16, R10, KeyAt<Key>(offsetof(Key, zero)), 0);
  }

  // From any source first, since most lines are.
  template <class Key>
  void LookUp(const Wanted& wanted, int map_fd, int16_t source_at) {
    constexpr auto kAddressBytes = static_cast<int16_t>(sizeof Key::source);
    const BpfAssembler::Label found = code_.NewLabel();
    if (wanted.any_source) {
      for (int16_t i = 0; i < kAddressBytes; i = static_cast<int16_t>(i + 4)) {
        code_.StoreNumber(kBpf32, R10, static_cast<int16_t>(KeyAt<Key>(offsetof(Key, source)) + i),
                          0);
      }
      LookUpKey<Key>(map_fd);
      code_.JumpIf(Condition::kNotEqual, R0, 0, found);
    }
    if (wanted.one_source) {
      CopyToKey<Key>(offsetof(Key, source), source_at, kAddressBytes, R9);
      LookUpKey<Key>(map_fd);
      code_.JumpIf(Condition::kNotEqual, R0, 0, found);
    }
    code_.Jump(pass_);
    code_.Bind(found);
    if (features_.metadata()) WriteMetadata();
    Redirect();
  }

  // In front of the frame, for which there must be room. Uses R8 for the stamp and R9 for who made
  // it: the headers are not looked at any more.
  void WriteMetadata() {
    const BpfAssembler::Label stamped = code_.NewLabel();
    code_.MoveNumber(R8, 0);
    code_.MoveNumber(R9, XdpMetadata::kNone);
    if (features_.rx_timestamp != 0) {
      const BpfAssembler::Label none = code_.NewLabel();
      code_.StoreNumber(kBpf64, R10, kStampAt, 0);
      code_.Move(R1, R6);
      code_.Move(R2, R10);
      code_.AddNumber(R2, kStampAt);
      code_.CallKernel(features_.rx_timestamp);
      code_.JumpIf(Condition::kNotEqual, R0, 0, none);
      code_.Load(kBpf64, R8, R10, kStampAt);
      code_.MoveNumber(R9, XdpMetadata::kAdapter);
      code_.JumpIf(Condition::kNotEqual, R8, 0, stamped);
      code_.Bind(none);
    }
    if (features_.kernel_stamps) {
      code_.Call(kTaiNs);
      code_.Move(R8, R0);
      code_.MoveNumber(R9, XdpMetadata::kKernel);
    }
    code_.Bind(stamped);
    code_.Move(R1, R6);
    code_.MoveNumber(R2, -static_cast<int32_t>(sizeof(XdpMetadata)));
    code_.Call(BPF_FUNC_xdp_adjust_meta);
    code_.JumpIf(Condition::kNotEqual, R0, 0, pass_);
    code_.Load(kBpf32, R1, R6, offsetof(xdp_md, data_meta));
    code_.Load(kBpf32, R2, R6, offsetof(xdp_md, data));
    code_.Move(R3, R1);
    code_.AddNumber(R3, sizeof(XdpMetadata));
    code_.JumpIfRegister(Condition::kGreater, R3, R2, pass_);
    code_.Store(kBpf64, R1, offsetof(XdpMetadata, ns), R8);
    code_.Load(kBpf32, R3, R10, kTagAt);
    code_.Store(kBpf32, R1, offsetof(XdpMetadata, tag), R3);
    code_.Store(kBpf32, R1, offsetof(XdpMetadata, source), R9);
  }

  template <class Key>
  void LookUpKey(int map_fd) {
    code_.LoadMap(R1, map_fd);
    code_.Move(R2, R10);
    code_.AddNumber(R2, KeyAt<Key>(0));
    code_.Call(BPF_FUNC_map_lookup_elem);
  }

  // To the socket of the frame's queue; where there is none, on to the kernel (the last argument).
  void Redirect() {
    code_.LoadMap(R1, sockets_fd_);
    code_.Load(kBpf32, R2, R6, offsetof(xdp_md, rx_queue_index));
    code_.MoveNumber(R3, XDP_PASS);
    code_.Call(BPF_FUNC_redirect_map);
    code_.Exit();
  }

  // The key lies at the top of the stack, which must be 8 bytes aligned.
  template <class Key>
  static constexpr int16_t KeyAt(size_t offset) {
    constexpr size_t kAligned = (sizeof(Key) + 7) / 8 * 8;
    return static_cast<int16_t>(static_cast<int>(offset) - static_cast<int>(kAligned));
  }

  BpfAssembler code_;
  int sockets_fd_;
  const RedirectFeatures features_;
  BpfAssembler::Label pass_;
};

template <class Key>
Key KeyOf(const Subscription& line) {
  Key key;
  std::memcpy(key.group, line.group.address.bytes(), sizeof key.group);
  if (!line.source.is_none()) std::memcpy(key.source, line.source.bytes(), sizeof key.source);
  key.port = htons(line.group.port);
  key.vlan = uint32_t{line.vlan.outer} << 12 | line.vlan.id;
  return key;
}

// The map of the lines of one IP version. No descriptor when there are none.
template <class Key>
absl::StatusOr<UniqueFd> MapOf(std::span<const Subscription> lines, bool v6, const char* name,
                               Wanted& wanted) {
  uint32_t count = 0;
  for (const Subscription& line : lines) {
    if (line.group.address.is_v6() != v6) continue;
    ++count;
    (line.source.is_none() ? wanted.any_source : wanted.one_source) = true;
  }
  if (count == 0) return UniqueFd();
  absl::StatusOr<UniqueFd> map =
      CreateBpfMap(BPF_MAP_TYPE_HASH, name, sizeof(Key), sizeof(uint32_t), count);
  if (!map.ok()) return map.status();
  for (const Subscription& line : lines) {
    if (line.group.address.is_v6() != v6) continue;
    const Key key = KeyOf<Key>(line);
    const uint32_t value = 1;
    if (absl::Status status = SetBpfMapEntry(map->get(), &key, &value); !status.ok()) return status;
  }
  return map;
}

}  // namespace

absl::StatusOr<RedirectProgram> RedirectProgram::Create(std::span<const Subscription> lines,
                                                        uint32_t queues,
                                                        const RedirectFeatures& features) {
  RedirectProgram program;
  absl::StatusOr<UniqueFd> sockets =
      CreateBpfMap(BPF_MAP_TYPE_XSKMAP, "fh_sockets", sizeof(uint32_t), sizeof(uint32_t), queues);
  if (!sockets.ok()) return sockets.status();
  program.sockets_ = *std::move(sockets);
  Wanted v4;
  absl::StatusOr<UniqueFd> v4_lines = MapOf<LineKey4>(lines, false, "fh_lines4", v4);
  if (!v4_lines.ok()) return v4_lines.status();
  program.v4_lines_ = *std::move(v4_lines);
  Wanted v6;
  absl::StatusOr<UniqueFd> v6_lines = MapOf<LineKey6>(lines, true, "fh_lines6", v6);
  if (!v6_lines.ok()) return v6_lines.status();
  program.v6_lines_ = *std::move(v6_lines);
  Writer writer(program.sockets_.get(), features);
  absl::StatusOr<UniqueFd> loaded = LoadXdpProgram(
      "fh_redirect", writer.Write(v4, program.v4_lines_.get(), v6, program.v6_lines_.get()),
      {.for_kernel_functions = features.needs_driver(), .device = features.device});
  if (!loaded.ok()) return loaded.status();
  program.program_ = *std::move(loaded);
  return program;
}

absl::Status RedirectProgram::AddSocket(uint32_t queue, int xsk_fd) {
  return SetBpfMapEntry(sockets_.get(), &queue, &xsk_fd);
}

}  // namespace fh::rio
