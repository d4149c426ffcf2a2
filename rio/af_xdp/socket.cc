#include "rio/af_xdp/socket.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <bit>
#include <cerrno>
#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"

namespace fh::rio {
namespace {

// A queue is free again only some time after its socket was closed: the kernel gives it up in the
// background.
constexpr int kBindRounds = 500;
constexpr std::chrono::milliseconds kBindPause(1);

// Completions of sends, of which there are none; the kernel wants the ring all the same.
constexpr uint32_t kCompletionEntries = 2;

std::string MemlockFix(size_t bytes) {
  rlimit limit{};
  getrlimit(RLIMIT_MEMLOCK, &limit);
  return absl::StrCat("the packet memory is locked: it has ", (bytes + 1023) / 1024,
                      " KiB, and the memory lock limit is ", limit.rlim_cur / 1024,
                      " KiB. Raise it (ulimit -l, LimitMEMLOCK= in a systemd unit), grant "
                      "CAP_IPC_LOCK, or ask for fewer slices");
}

}  // namespace

absl::StatusOr<ChunkLayout> ChunkLayout::For(const RegisteredRegion& region) {
  const uint32_t slice_bytes = region.slice_bytes();
  if (slice_bytes < kLeastChunkBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "slice_bytes is ", slice_bytes, "; AF_XDP receives whole frames into slices of at least ",
        kLeastChunkBytes, " bytes (2048 holds an Ethernet frame)"));
  }
  const bool is_chunk = slice_bytes == kLeastChunkBytes || slice_bytes == kMostChunkBytes;
  return ChunkLayout{.chunk_bytes = std::min(slice_bytes, kMostChunkBytes), .unaligned = !is_chunk};
}

MappedMemory::~MappedMemory() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

bool MappedMemory::Map(int fd, size_t bytes, uint64_t offset) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
                      static_cast<off_t>(offset));
  if (memory == MAP_FAILED) return false;
  data_ = memory;
  bytes_ = bytes;
  return true;
}

absl::StatusOr<XskSocket> XskSocket::Open(const Setup& setup, RegisteredRegion& region,
                                          const ChunkLayout& layout) {
  XskSocket result;
  result.slice_bytes_ = region.slice_bytes();
  result.fd_ = OpenDescriptor([] { return socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0); });
  if (result.fd_.get() < 0) {
    const int error = errno;
    return SocketError(
        error, "no AF_XDP socket",
        error == EPERM || error == EACCES
            ? "it takes CAP_NET_RAW (or root): AmbientCapabilities= in a systemd unit, or setcap"
        : error == EAFNOSUPPORT
            ? "the kernel has no AF_XDP (CONFIG_XDP_SOCKETS), or a sandbox hides it "
              "(RestrictAddressFamilies= must name AF_XDP)"
        : error == EMFILE ? kDescriptorFix
                          : "see the kernel's af_xdp.rst");
  }
  if (setup.umem_owner_fd < 0) {
    if (absl::Status status = result.RegisterRegion(region, layout); !status.ok()) return status;
  }
  if (absl::Status status = result.SizeRings(setup); !status.ok()) return status;
  if (absl::Status status = result.MapRings(setup); !status.ok()) return status;
  if (absl::Status status = result.Bind(setup); !status.ok()) return status;
  return result;
}

absl::Status XskSocket::RegisterRegion(RegisteredRegion& region, const ChunkLayout& layout) {
  xdp_umem_reg registration{};
  registration.addr = reinterpret_cast<uintptr_t>(region.base());
  registration.len = region.bytes();
  registration.chunk_size = layout.chunk_bytes;
  registration.flags = layout.unaligned ? XDP_UMEM_UNALIGNED_CHUNK_FLAG : 0;
  if (setsockopt(fd_.get(), SOL_XDP, XDP_UMEM_REG, &registration, sizeof registration) == 0) {
    return absl::OkStatus();
  }
  const int error = errno;
  return SocketError(error, "the region cannot be registered with AF_XDP",
                     error == ENOBUFS || error == ENOMEM || error == EPERM
                         ? MemlockFix(region.bytes())
                         : "see the kernel's af_xdp.rst");
}

absl::Status XskSocket::SizeRings(const Setup& setup) {
  struct {
    int option;
    uint32_t entries;
  } const rings[] = {{XDP_UMEM_FILL_RING, setup.fill_entries},
                     {XDP_UMEM_COMPLETION_RING, kCompletionEntries},
                     {XDP_RX_RING, setup.rx_entries}};
  for (const auto& ring : rings) {
    if (setsockopt(fd_.get(), SOL_XDP, ring.option, &ring.entries, sizeof ring.entries) != 0) {
      const int error = errno;
      return SocketError(error, absl::StrCat("no AF_XDP ring of ", ring.entries, " entries"),
                         "ask for fewer entries, a power of two");
    }
  }
  return absl::OkStatus();
}

absl::Status XskSocket::MapRings(const Setup& setup) {
  xdp_mmap_offsets offsets{};
  socklen_t length = sizeof offsets;
  if (getsockopt(fd_.get(), SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) != 0 ||
      length != sizeof offsets) {
    return SocketError(errno, "the AF_XDP rings cannot be found", "Linux 5.4 or later is needed");
  }
  const size_t rx_bytes = offsets.rx.desc + setup.rx_entries * sizeof(xdp_desc);
  const size_t fill_bytes = offsets.fr.desc + setup.fill_entries * sizeof(uint64_t);
  if (!rx_memory_.Map(fd_.get(), rx_bytes, XDP_PGOFF_RX_RING) ||
      !fill_memory_.Map(fd_.get(), fill_bytes, XDP_UMEM_PGOFF_FILL_RING)) {
    return SocketError(errno, "the AF_XDP rings cannot be mapped", "see mmap(2)");
  }
  const auto ring_at = [](const MappedMemory& memory, const xdp_ring_offset& at, uint32_t entries) {
    return Ring{.producer = reinterpret_cast<uint32_t*>(memory.data() + at.producer),
                .consumer = reinterpret_cast<uint32_t*>(memory.data() + at.consumer),
                .flags = reinterpret_cast<uint32_t*>(memory.data() + at.flags),
                .mask = entries - 1};
  };
  rx_ = ring_at(rx_memory_, offsets.rx, setup.rx_entries);
  fill_ = ring_at(fill_memory_, offsets.fr, setup.fill_entries);
  rx_descriptors_ = reinterpret_cast<const xdp_desc*>(rx_memory_.data() + offsets.rx.desc);
  fill_addresses_ = reinterpret_cast<uint64_t*>(fill_memory_.data() + offsets.fr.desc);
  return absl::OkStatus();
}

absl::Status XskSocket::Bind(const Setup& setup) {
  sockaddr_xdp address{};
  address.sxdp_family = AF_XDP;
  address.sxdp_ifindex = setup.interface_index;
  address.sxdp_queue_id = setup.queue;
  if (setup.umem_owner_fd < 0) {
    address.sxdp_flags =
        static_cast<uint16_t>((setup.zero_copy ? XDP_ZEROCOPY : XDP_COPY) | XDP_USE_NEED_WAKEUP);
  } else {
    // The mode is that of the socket which is shared with.
    address.sxdp_flags = XDP_SHARED_UMEM;
    address.sxdp_shared_umem_fd = static_cast<uint32_t>(setup.umem_owner_fd);
  }
  int error = EBUSY;
  for (int round = 0; round < kBindRounds && error == EBUSY; ++round) {
    if (round > 0) std::this_thread::sleep_for(kBindPause);
    if (bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      return absl::OkStatus();
    }
    error = errno;
  }
  const std::string what =
      absl::StrCat("queue ", setup.queue, " of ", setup.interface, " cannot be received from");
  switch (error) {
    case EBUSY:
      return SocketError(error, what, "another AF_XDP program has it: find it with ss -p --xdp");
    case ENETDOWN:
      return SocketError(
          error, what, absl::StrCat("set the interface up: ip link set ", setup.interface, " up"));
    case EINVAL:
      return SocketError(error, what,
                         absl::StrCat("has the interface so many queues? ethtool -l ",
                                      setup.interface, " shows them"));
    case EOPNOTSUPP:
      return SocketError(error, what,
                         setup.zero_copy ? "its driver has no zero-copy; use copy mode"
                                         : "the kernel cannot do AF_XDP on it");
    case ENOBUFS:
    case ENOMEM:
      return SocketError(error, what, "no memory for the rings: ask for fewer entries");
    default:
      return SocketError(error, what, "see the kernel's af_xdp.rst");
  }
}

void XskSocket::Wake() { recvfrom(fd_.get(), nullptr, 0, MSG_DONTWAIT, nullptr, nullptr); }

bool XskSocket::ReadStatistics(xdp_statistics& statistics) const {
  statistics = {};
  socklen_t length = sizeof statistics;
  return getsockopt(fd_.get(), SOL_XDP, XDP_STATISTICS, &statistics, &length) == 0;
}

}  // namespace fh::rio
