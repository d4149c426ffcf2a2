#include "rio/backend/uring.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace fh::rio {
namespace {

constexpr uint32_t kSetupFlags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                                 IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
                                 IORING_SETUP_R_DISABLED | IORING_SETUP_CQSIZE |
                                 IORING_SETUP_SUBMIT_ALL;
constexpr uint32_t kNeededFeatures =
    IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG;

int Setup(uint32_t entries, io_uring_params& params) {
  return static_cast<int>(syscall(__NR_io_uring_setup, entries, &params));
}

int Register(int fd, uint32_t opcode, const void* argument, uint32_t count) {
  return static_cast<int>(syscall(__NR_io_uring_register, fd, opcode, argument, count));
}

std::string SetupFix(int error) {
  switch (error) {
    case ENOSYS:
      return "the kernel has no io_uring: Linux 6.1 or later, built with CONFIG_IO_URING";
    case EPERM:
    case EACCES: {
      std::ifstream file("/proc/sys/kernel/io_uring_disabled");
      int disabled = 0;
      if (file >> disabled && disabled != 0) {
        return absl::StrCat("io_uring is switched off: sysctl kernel.io_uring_disabled is ",
                            disabled, " and must be 0",
                            disabled == 1 ? " (or run as a member of kernel.io_uring_group)" : "");
      }
      return "a system call filter forbids io_uring (containers often do): allow io_uring_setup, "
             "io_uring_enter and io_uring_register";
    }
    case EINVAL:
      return "the kernel is too old for SINGLE_ISSUER and DEFER_TASKRUN: Linux 6.1 or later";
    case ENOMEM:
      return "no memory for the rings: raise the limit on locked memory (ulimit -l) or the "
             "cgroup's";
    case EMFILE:
      return kDescriptorFix;
    default:
      return "see io_uring_setup(2)";
  }
}

io_uring_params MakeParams(uint32_t cq_entries) {
  io_uring_params params{};
  params.flags = kSetupFlags;
  params.cq_entries = cq_entries;
  return params;
}

}  // namespace

ProbeResult Uring::Probe(bool buffer_ring) {
  absl::StatusOr<Uring> ring = Create(4, 8);
  if (!ring.ok()) return {false, std::string(ring.status().message())};
  if (buffer_ring) {
    const long page = sysconf(_SC_PAGESIZE);
    void* memory = mmap(nullptr, static_cast<size_t>(page), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return {false, "no memory"};
    const absl::Status status = ring->RegisterBufferRing(memory, 8, 0);
    if (status.ok()) ring->UnregisterBufferRing(0);
    munmap(memory, static_cast<size_t>(page));
    if (!status.ok()) return {false, std::string(status.message())};
  }
  return {true, ""};
}

absl::StatusOr<Uring> Uring::Create(uint32_t sq_entries, uint32_t cq_entries) {
  io_uring_params params = MakeParams(cq_entries);
  Uring ring;
  ring.fd_ = OpenDescriptor([&] { return Setup(sq_entries, params); });
  if (ring.fd_.get() < 0) {
    const int error = errno;
    return SocketError(error, "io_uring_setup", SetupFix(error));
  }
  if ((params.features & kNeededFeatures) != kNeededFeatures) {
    return absl::UnimplementedError("io_uring is too old here: Linux 6.1 or later");
  }
  if (absl::Status status = ring.Map(params); !status.ok()) return status;
  return ring;
}

absl::Status Uring::Map(const io_uring_params& params) {
  const size_t sq_bytes = params.sq_off.array + params.sq_entries * sizeof(uint32_t);
  const size_t cq_bytes = params.cq_off.cqes + params.cq_entries * sizeof(io_uring_cqe);
  rings_bytes_ = std::max(sq_bytes, cq_bytes);
  sqes_bytes_ = params.sq_entries * sizeof(io_uring_sqe);
  void* rings = mmap(nullptr, rings_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                     fd_.get(), IORING_OFF_SQ_RING);
  if (rings == MAP_FAILED) return SocketError(errno, "cannot map the rings", "");
  rings_ = rings;
  void* sqes = mmap(nullptr, sqes_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                    fd_.get(), IORING_OFF_SQES);
  if (sqes == MAP_FAILED) return SocketError(errno, "cannot map the submissions", "");
  sqes_ = static_cast<io_uring_sqe*>(sqes);
  const auto word = [rings](uint32_t offset) {
    return reinterpret_cast<uint32_t*>(static_cast<uint8_t*>(rings) + offset);
  };
  sq_tail_shared_ = word(params.sq_off.tail);
  sq_flags_ = word(params.sq_off.flags);
  cq_head_shared_ = word(params.cq_off.head);
  cq_tail_ = word(params.cq_off.tail);
  cq_overflow_ = word(params.cq_off.overflow);
  cq_flags_ = word(params.cq_off.flags);
  cqes_ = reinterpret_cast<io_uring_cqe*>(static_cast<uint8_t*>(rings) + params.cq_off.cqes);
  sq_entries_ = params.sq_entries;
  sq_mask_ = *word(params.sq_off.ring_mask);
  cq_mask_ = *word(params.cq_off.ring_mask);
  // Submissions are used in the order of their places, so the indirection never changes.
  for (uint32_t i = 0; i < sq_entries_; ++i) word(params.sq_off.array)[i] = i;
  return absl::OkStatus();
}

Uring::Uring(Uring&& other) noexcept
    : fd_(std::move(other.fd_)),
      rings_(std::exchange(other.rings_, nullptr)),
      rings_bytes_(other.rings_bytes_),
      sqes_bytes_(other.sqes_bytes_),
      sqes_(std::exchange(other.sqes_, nullptr)),
      cqes_(other.cqes_),
      sq_tail_shared_(other.sq_tail_shared_),
      sq_flags_(other.sq_flags_),
      cq_head_shared_(other.cq_head_shared_),
      cq_tail_(other.cq_tail_),
      cq_overflow_(other.cq_overflow_),
      cq_flags_(other.cq_flags_),
      sq_entries_(other.sq_entries_),
      sq_mask_(other.sq_mask_),
      cq_mask_(other.cq_mask_),
      sq_tail_(other.sq_tail_),
      unsubmitted_(other.unsubmitted_),
      cq_head_(other.cq_head_) {}

Uring::~Uring() {
  if (sqes_ != nullptr) munmap(sqes_, sqes_bytes_);
  if (rings_ != nullptr) munmap(rings_, rings_bytes_);
}

absl::Status Uring::Enable() {
  if (Register(fd_.get(), IORING_REGISTER_ENABLE_RINGS, nullptr, 0) == 0) return absl::OkStatus();
  return SocketError(errno, "cannot enable the ring", "");
}

absl::Status Uring::RegisterFiles(std::span<const int> fds) {
  if (Register(fd_.get(), IORING_REGISTER_FILES, fds.data(), static_cast<uint32_t>(fds.size())) ==
      0) {
    return absl::OkStatus();
  }
  return SocketError(errno, absl::StrCat("cannot register ", fds.size(), " sockets with io_uring"),
                     "at most as many as descriptors: raise ulimit -n");
}

void Uring::UnregisterFiles() { Register(fd_.get(), IORING_UNREGISTER_FILES, nullptr, 0); }

absl::Status Uring::RegisterBufferRing(void* ring, uint32_t entries, uint16_t group) {
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<uint64_t>(ring);
  registration.ring_entries = entries;
  registration.bgid = group;
  if (Register(fd_.get(), IORING_REGISTER_PBUF_RING, &registration, 1) == 0) {
    return absl::OkStatus();
  }
  return SocketError(errno, "io_uring refuses a provided-buffer ring", "Linux 6.1 or later has it");
}

void Uring::UnregisterBufferRing(uint16_t group) {
  io_uring_buf_reg registration{};
  registration.bgid = group;
  Register(fd_.get(), IORING_UNREGISTER_PBUF_RING, &registration, 1);
}

absl::Status Uring::RegisterEvent(int event) {
  if (Register(fd_.get(), IORING_REGISTER_EVENTFD, &event, 1) != 0) {
    return SocketError(errno, "io_uring refuses the event", "it must be an eventfd (eventfd(2))");
  }
  SwitchEvent(false);
  return absl::OkStatus();
}

int Uring::Enter(uint32_t wait_for, int64_t timeout_ns) {
  std::atomic_ref<uint32_t>(*sq_tail_shared_)
      .store(sq_tail_ + unsubmitted_, std::memory_order_release);
  uint32_t flags = IORING_ENTER_GETEVENTS;
  __kernel_timespec timeout{};
  io_uring_getevents_arg argument{};
  if (wait_for > 0 && timeout_ns >= 0) {
    timeout.tv_sec = timeout_ns / 1'000'000'000;
    timeout.tv_nsec = timeout_ns % 1'000'000'000;
    argument.ts = reinterpret_cast<uint64_t>(&timeout);
    flags |= IORING_ENTER_EXT_ARG;
  }
  const bool extended = (flags & IORING_ENTER_EXT_ARG) != 0;
  const long taken =
      syscall(__NR_io_uring_enter, fd_.get(), unsubmitted_, wait_for, flags,
              extended ? static_cast<void*>(&argument) : nullptr, extended ? sizeof argument : 0);
  if (taken < 0) return errno;
  sq_tail_ += static_cast<uint32_t>(taken);
  unsubmitted_ -= static_cast<uint32_t>(taken);
  return 0;
}

}  // namespace fh::rio
