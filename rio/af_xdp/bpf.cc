#include "rio/af_xdp/bpf.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"

namespace fh::rio {
namespace {

// The kernel's UAPI values that headers of Linux 6.1 and later have and some older ones lack.
constexpr uint32_t kAttachXdp = 37;  // BPF_XDP
constexpr size_t kLogBytes = 64 * 1024;
constexpr size_t kShownLogBytes = 600;
constexpr uint32_t kDeviceBoundOnly = 1u << 6;  // BPF_F_XDP_DEV_BOUND_ONLY
constexpr uint8_t kKernelFunction = 2;          // BPF_PSEUDO_KFUNC_CALL
constexpr char kLicense[] = "Apache-2.0";
constexpr char kGplLicense[] = "GPL and additional rights";

int Bpf(int command, bpf_attr& attributes) {
  return static_cast<int>(syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

uint64_t Pointer(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

void CopyName(char (&to)[BPF_OBJ_NAME_LEN], const char* name) {
  std::strncpy(to, name, BPF_OBJ_NAME_LEN - 1);
}

}  // namespace

void BpfAssembler::Add(uint8_t code, uint8_t to, uint8_t from, int16_t offset, int32_t number) {
  bpf_insn instruction{};
  instruction.code = code;
  instruction.dst_reg = to & 0xf;
  instruction.src_reg = from & 0xf;
  instruction.off = offset;
  instruction.imm = number;
  instructions_.push_back(instruction);
}

BpfAssembler::Label BpfAssembler::NewLabel() {
  places_.push_back(-1);
  return {static_cast<uint32_t>(places_.size() - 1)};
}

void BpfAssembler::Bind(Label label) {
  places_[label.index] = static_cast<int64_t>(instructions_.size());
}

void BpfAssembler::Move(BpfRegister to, BpfRegister from) {
  Add(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}
void BpfAssembler::MoveNumber(BpfRegister to, int32_t number) {
  Add(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, number);
}
void BpfAssembler::Add(BpfRegister to, BpfRegister from) {
  Add(BPF_ALU64 | BPF_ADD | BPF_X, to, from, 0, 0);
}
void BpfAssembler::AddNumber(BpfRegister to, int32_t number) {
  Add(BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, number);
}
void BpfAssembler::And(BpfRegister to, int32_t mask) {
  Add(BPF_ALU64 | BPF_AND | BPF_K, to, 0, 0, mask);
}
void BpfAssembler::ShiftLeft(BpfRegister to, int32_t bits) {
  Add(BPF_ALU64 | BPF_LSH | BPF_K, to, 0, 0, bits);
}
void BpfAssembler::ShiftRight(BpfRegister to, int32_t bits) {
  Add(BPF_ALU64 | BPF_RSH | BPF_K, to, 0, 0, bits);
}

void BpfAssembler::Load(BpfWidth width, BpfRegister to, BpfRegister base, int16_t offset) {
  Add(static_cast<uint8_t>(BPF_LDX | BPF_MEM | width), to, base, offset, 0);
}
void BpfAssembler::Store(BpfWidth width, BpfRegister base, int16_t offset, BpfRegister from) {
  Add(static_cast<uint8_t>(BPF_STX | BPF_MEM | width), base, from, offset, 0);
}
void BpfAssembler::StoreNumber(BpfWidth width, BpfRegister base, int16_t offset, int32_t number) {
  Add(static_cast<uint8_t>(BPF_ST | BPF_MEM | width), base, 0, offset, number);
}

void BpfAssembler::LoadMap(BpfRegister to, int map_fd) {
  // The one instruction of two slots: a 64-bit constant.
  Add(BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, 0, map_fd);
  Add(0, 0, 0, 0, 0);
}

void BpfAssembler::Jump(Label label) {
  jumps_.push_back({instructions_.size(), label.index});
  Add(BPF_JMP | BPF_JA, 0, 0, 0, 0);
}
void BpfAssembler::JumpIf(BpfCondition condition, BpfRegister left, int32_t right, Label label) {
  jumps_.push_back({instructions_.size(), label.index});
  Add(static_cast<uint8_t>(BPF_JMP | static_cast<uint8_t>(condition) | BPF_K), left, 0, 0, right);
}
void BpfAssembler::JumpIfRegister(BpfCondition condition, BpfRegister left, BpfRegister right,
                                  Label label) {
  jumps_.push_back({instructions_.size(), label.index});
  Add(static_cast<uint8_t>(BPF_JMP | static_cast<uint8_t>(condition) | BPF_X), left, right, 0, 0);
}

void BpfAssembler::Call(int32_t function) { Add(BPF_JMP | BPF_CALL, 0, 0, 0, function); }
void BpfAssembler::CallKernel(uint32_t function) {
  Add(BPF_JMP | BPF_CALL, 0, kKernelFunction, 0, static_cast<int32_t>(function));
}
void BpfAssembler::Exit() { Add(BPF_JMP | BPF_EXIT, 0, 0, 0, 0); }

absl::StatusOr<std::vector<bpf_insn>> BpfAssembler::Finish() const {
  std::vector<bpf_insn> instructions = instructions_;
  for (const PendingJump& jump : jumps_) {
    const int64_t place = places_[jump.label];
    const int64_t distance = place - static_cast<int64_t>(jump.instruction) - 1;
    if (place < 0 || distance < 0 || distance > std::numeric_limits<int16_t>::max()) {
      return absl::InternalError(
          absl::StrCat("eBPF: the jump at ", jump.instruction,
                       " goes to a label that is not bound, lies before it, or is too far"));
    }
    instructions[jump.instruction].off = static_cast<int16_t>(distance);
  }
  return instructions;
}

std::string BpfFix(int error) {
  switch (error) {
    case EPERM:
    case EACCES:
      return "it takes CAP_BPF and CAP_NET_ADMIN (or root): AmbientCapabilities=CAP_BPF "
             "CAP_NET_ADMIN CAP_NET_RAW in a systemd unit, or setcap on the program";
    case ENOSYS:
      return "this kernel has no bpf(2), or a sandbox hides it: allow bpf in its system call "
             "filter";
    case ENOMEM:
    case E2BIG:
      return "no memory for it: fewer lines, or raise RLIMIT_MEMLOCK (before Linux 5.11 maps "
             "count)";
    case EINVAL:
      return "the kernel is too old for it: Linux 5.9 or later has XDP links";
    default:
      return "see bpf(2)";
  }
}

absl::StatusOr<UniqueFd> CreateBpfMap(bpf_map_type type, const char* name, uint32_t key_bytes,
                                      uint32_t value_bytes, uint32_t entries) {
  bpf_attr attributes{};
  attributes.map_type = type;
  attributes.key_size = key_bytes;
  attributes.value_size = value_bytes;
  attributes.max_entries = entries;
  CopyName(attributes.map_name, name);
  UniqueFd fd = OpenDescriptor([&] { return Bpf(BPF_MAP_CREATE, attributes); });
  if (fd.get() >= 0) return fd;
  const int error = errno;
  return SocketError(error, absl::StrCat("no eBPF map '", name, "'"), BpfFix(error));
}

absl::Status SetBpfMapEntry(int map_fd, const void* key, const void* value) {
  bpf_attr attributes{};
  attributes.map_fd = static_cast<uint32_t>(map_fd);
  attributes.key = Pointer(key);
  attributes.value = Pointer(value);
  attributes.flags = BPF_ANY;
  if (Bpf(BPF_MAP_UPDATE_ELEM, attributes) == 0) return absl::OkStatus();
  const int error = errno;
  return SocketError(error, "cannot set an entry of an eBPF map", BpfFix(error));
}

absl::StatusOr<UniqueFd> LoadXdpProgram(const char* name, const BpfAssembler& code,
                                        const XdpLoadOptions& options) {
  const absl::StatusOr<std::vector<bpf_insn>> instructions = code.Finish();
  if (!instructions.ok()) return instructions.status();
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_XDP;
  attributes.insns = Pointer(instructions->data());
  attributes.insn_cnt = static_cast<uint32_t>(instructions->size());
  attributes.license = Pointer(options.for_kernel_functions ? kGplLicense : kLicense);
  if (options.device != 0) {
    attributes.prog_flags = kDeviceBoundOnly;
    attributes.prog_ifindex = options.device;
  }
  CopyName(attributes.prog_name, name);
  UniqueFd fd = OpenDescriptor([&] { return Bpf(BPF_PROG_LOAD, attributes); });
  if (fd.get() >= 0) return fd;
  int error = errno;
  std::string log;
  if (error != EPERM) {
    // Once more, and the verifier says why.
    log.resize(kLogBytes);
    attributes.log_buf = Pointer(log.data());
    attributes.log_size = kLogBytes;
    attributes.log_level = 1;
    fd = UniqueFd(Bpf(BPF_PROG_LOAD, attributes));
    if (fd.get() >= 0) return fd;
    error = errno;
    log.resize(std::strlen(log.c_str()));
    if (log.size() > kShownLogBytes) log.erase(0, log.size() - kShownLogBytes);
  }
  return SocketError(error, "the kernel refuses the redirect program",
                     absl::StrCat(BpfFix(error), log.empty() ? "" : "; its verifier says: ", log));
}

absl::StatusOr<uint32_t> TestRunXdpProgram(int program_fd, std::span<const uint8_t> frame) {
  bpf_attr attributes{};
  attributes.test.prog_fd = static_cast<uint32_t>(program_fd);
  attributes.test.data_in = Pointer(frame.data());
  attributes.test.data_size_in = static_cast<uint32_t>(frame.size());
  attributes.test.repeat = 1;
  if (Bpf(BPF_PROG_TEST_RUN, attributes) == 0) return attributes.test.retval;
  const int error = errno;
  return SocketError(error, "the program cannot be tried", BpfFix(error));
}

UniqueFd AttachXdpProgram(int program_fd, uint32_t interface_index, uint32_t flags) {
  bpf_attr attributes{};
  attributes.link_create.prog_fd = static_cast<uint32_t>(program_fd);
  attributes.link_create.target_ifindex = interface_index;
  attributes.link_create.attach_type = kAttachXdp;
  attributes.link_create.flags = flags;
  return OpenDescriptor([&] { return Bpf(BPF_LINK_CREATE, attributes); });
}

}  // namespace fh::rio
