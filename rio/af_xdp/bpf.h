// eBPF without a compiler and without a library: instructions put together by name, and the few
// commands of bpf(2) that the AF_XDP backend needs. Written against the kernel's interface alone
// (linux/bpf.h; the instruction set is RFC 9669). Internal to the AF_XDP backend.
//
//   BpfAssembler code;
//   const BpfAssembler::Label pass = code.NewLabel();
//   code.Load(kBpf16, R3, R7, 12);                    // r3 = *(u16*)(r7 + 12)
//   code.JumpUnless(BpfCondition::kEqual, R3, htons(0x0800), pass);
//   ...
//   code.Bind(pass);
//   code.MoveNumber(R0, XDP_PASS);
//   code.Exit();
//   absl::StatusOr<UniqueFd> program = LoadXdpProgram("fh_redirect", code);
//
// Start-up only: everything allocates, and the functions at the end make system calls. Any thread.
#ifndef FEEDHANDLER_RIO_AF_XDP_BPF_H_
#define FEEDHANDLER_RIO_AF_XDP_BPF_H_

#include <linux/bpf.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {

enum BpfRegister : uint8_t { R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10 };

// Width of a load or store.
enum BpfWidth : uint8_t { kBpf8 = BPF_B, kBpf16 = BPF_H, kBpf32 = BPF_W, kBpf64 = BPF_DW };

// All compare without sign.
enum class BpfCondition : uint8_t {
  kEqual = BPF_JEQ,
  kNotEqual = BPF_JNE,
  kGreater = BPF_JGT,
  kLess = BPF_JLT,
  kAnyBit = BPF_JSET,
};

class BpfAssembler {
 public:
  // A place that jumps go to; forward only, as the verifier likes it.
  struct Label {
    uint32_t index;
  };

  Label NewLabel();
  // The next instruction is where the jumps to `label` arrive.
  void Bind(Label label);

  void Move(BpfRegister to, BpfRegister from);
  void MoveNumber(BpfRegister to, int32_t number);
  void Add(BpfRegister to, BpfRegister from);
  void AddNumber(BpfRegister to, int32_t number);
  void And(BpfRegister to, int32_t mask);
  void ShiftLeft(BpfRegister to, int32_t bits);
  void ShiftRight(BpfRegister to, int32_t bits);

  void Load(BpfWidth width, BpfRegister to, BpfRegister base, int16_t offset);
  void Store(BpfWidth width, BpfRegister base, int16_t offset, BpfRegister from);
  void StoreNumber(BpfWidth width, BpfRegister base, int16_t offset, int32_t number);

  // The address of the map behind a descriptor.
  void LoadMap(BpfRegister to, int map_fd);

  void Jump(Label label);
  void JumpIf(BpfCondition condition, BpfRegister left, int32_t right, Label label);
  void JumpIfRegister(BpfCondition condition, BpfRegister left, BpfRegister right, Label label);

  // One of BPF_FUNC_*: arguments in R1 to R5, result in R0, R1 to R5 are lost.
  void Call(int32_t function);
  // One of the kernel's own functions, by its number in the kernel's type information; the same
  // otherwise. Only for programs that are loaded with `for_kernel_functions`.
  void CallKernel(uint32_t function);
  void Exit();

  // The program, jumps resolved. A label that was used must have been bound.
  absl::StatusOr<std::vector<bpf_insn>> Finish() const;

 private:
  void Add(uint8_t code, uint8_t to, uint8_t from, int16_t offset, int32_t number);

  struct PendingJump {
    size_t instruction;
    uint32_t label;
  };

  std::vector<bpf_insn> instructions_;
  std::vector<PendingJump> jumps_;
  std::vector<int64_t> places_;  // By label; -1 = not bound yet.
};

// A map whose keys and values have fixed sizes; `type` is one of BPF_MAP_TYPE_*. Errors name the
// fix.
absl::StatusOr<UniqueFd> CreateBpfMap(bpf_map_type type, const char* name, uint32_t key_bytes,
                                      uint32_t value_bytes, uint32_t entries);

// Sets one entry. Key and value have the sizes of the map.
absl::Status SetBpfMapEntry(int map_fd, const void* key, const void* value);

struct XdpLoadOptions {
  // The kernel lets only programs under the GNU GPL call its functions. Those that do are offered
  // under it besides this project's licence.
  bool for_kernel_functions = false;
  // Made for the driver of this interface, and attached to no other; 0 = for any.
  uint32_t device = 0;
};

// Has the kernel verify and compile an XDP program. An error of the verifier has the end of its log
// in the message.
absl::StatusOr<UniqueFd> LoadXdpProgram(const char* name, const BpfAssembler& code,
                                        const XdpLoadOptions& options = {});

// Runs a loaded program on a frame of at least 14 bytes, without any interface, and returns what it
// returned (XDP_PASS, ...).
absl::StatusOr<uint32_t> TestRunXdpProgram(int program_fd, std::span<const uint8_t> frame);

// Attaches a program to an interface, for as long as the descriptor that is returned is open: also
// a process that is killed leaves nothing behind. `flags`: XDP_FLAGS_DRV_MODE or
// XDP_FLAGS_SKB_MODE. -1 with errno set when it fails.
UniqueFd AttachXdpProgram(int program_fd, uint32_t interface_index, uint32_t flags);

// Why bpf(2) refused something, and what to do.
std::string BpfFix(int error);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_AF_XDP_BPF_H_
