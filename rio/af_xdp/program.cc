#include "rio/af_xdp/program.h"

#include <arpa/inet.h>

#include <cstddef>
#include <cstring>

#include "rio/af_xdp/bpf.h"

namespace fh::rio {
namespace {

// Keys of the maps, in network order as the frame has them. No source: 0.
struct LineKey4 {
  uint8_t group[4] = {};
  uint8_t source[4] = {};
  uint16_t port = 0;
  uint16_t zero = 0;
};
static_assert(sizeof(LineKey4) == 12);

struct LineKey6 {
  uint8_t group[16] = {};
  uint8_t source[16] = {};
  uint16_t port = 0;
  uint16_t zero = 0;
};
static_assert(sizeof(LineKey6) == 36);

// Offsets in headers. RFC 791, RFC 8200, RFC 768, IEEE 802.1Q.
constexpr int16_t kEtherType = 12;
constexpr int16_t kEthernetBytes = 14;
constexpr int16_t kTagEtherType = 2;
constexpr int16_t kTagBytes = 4;
constexpr int16_t kV4Bytes = 20;
constexpr int16_t kV4Fragment = 6;
constexpr int16_t kV4Protocol = 9;
constexpr int16_t kV4Source = 12;
constexpr int16_t kV4Destination = 16;
constexpr int16_t kV6Bytes = 40;
constexpr int16_t kV6NextHeader = 6;
constexpr int16_t kV6Source = 8;
constexpr int16_t kV6Destination = 24;
constexpr int16_t kUdpBytes = 8;
constexpr int16_t kUdpDestinationPort = 2;
constexpr int32_t kUdp = 17;

// What an interface's lines ask of the program.
struct Wanted {
  bool any_source = false;
  bool one_source = false;
};

// Registers of the program: R6 the context, R7 the header that is looked at, R8 the frame's end.
class Writer {
 public:
  explicit Writer(int sockets_fd) : sockets_fd_(sockets_fd), pass_(code_.NewLabel()) {}

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
    code_.Load(kBpf32, R7, R6, offsetof(xdp_md, data));
    code_.Load(kBpf32, R8, R6, offsetof(xdp_md, data_end));
    RequireBytes(R7, kEthernetBytes);
    code_.Load(kBpf16, R3, R7, kEtherType);
    code_.AddNumber(R7, kEthernetBytes);
    const BpfAssembler::Label network = code_.NewLabel();
    for (int tag = 0; tag < 2; ++tag) {
      const BpfAssembler::Label tagged = code_.NewLabel();
      code_.JumpIf(Condition::kEqual, R3, htons(0x8100), tagged);
      code_.JumpIf(Condition::kNotEqual, R3, htons(0x88a8), network);
      code_.Bind(tagged);
      RequireBytes(R7, kTagBytes);
      code_.Load(kBpf16, R3, R7, kTagEtherType);
      code_.AddNumber(R7, kTagBytes);
    }
    code_.Bind(network);
    code_.JumpIf(Condition::kEqual, R3, htons(0x0800), to_v4);
    code_.JumpIf(Condition::kEqual, R3, htons(0x86dd), to_v6);
    code_.Jump(pass_);
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
    code_.JumpIf(Condition::kNotEqual, R3, kUdp, pass_);
    // More fragments to come, or an offset (RFC 791, section 3.1).
    code_.Load(kBpf16, R3, R7, kV4Fragment);
    code_.JumpIf(Condition::kAnyBit, R3, htons(0x3fff), pass_);
    CopyToKey<LineKey4>(offsetof(LineKey4, group), kV4Destination, 4);
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
    code_.JumpIf(Condition::kNotEqual, R3, kUdp, pass_);
    CopyToKey<LineKey6>(offsetof(LineKey6, group), kV6Destination, 16);
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
    Redirect();
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
  BpfAssembler::Label pass_;
};

template <class Key>
Key KeyOf(const Subscription& line) {
  Key key;
  std::memcpy(key.group, line.group.address.bytes(), sizeof key.group);
  if (!line.source.is_none()) std::memcpy(key.source, line.source.bytes(), sizeof key.source);
  key.port = htons(line.group.port);
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
                                                        uint32_t queues) {
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
  Writer writer(program.sockets_.get());
  absl::StatusOr<UniqueFd> loaded = LoadXdpProgram(
      "fh_redirect", writer.Write(v4, program.v4_lines_.get(), v6, program.v6_lines_.get()));
  if (!loaded.ok()) return loaded.status();
  program.program_ = *std::move(loaded);
  return program;
}

absl::Status RedirectProgram::AddSocket(uint32_t queue, int xsk_fd) {
  return SetBpfMapEntry(sockets_.get(), &queue, &xsk_fd);
}

}  // namespace fh::rio
