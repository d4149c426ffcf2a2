// An AF_XDP socket of one receive queue, as thin as it can be: its receive ring and its fill ring,
// mapped, over slices of a registered region. Written against the kernel's interface alone
// (linux/if_xdp.h, Documentation/networking/af_xdp.rst of the kernel). Internal to the AF_XDP
// backend.
//
//   absl::StatusOr<XskSocket> socket = XskSocket::Open(setup, region);
//   socket->Give(slices);                                // The kernel fills them, in this order.
//   const uint32_t count = socket->Available(64);
//   for (uint32_t i = 0; i < count; ++i) Use(socket->Waiting()[i]);
//   socket->Consume(count);
//
// The region is the socket's packet memory ("UMEM"), a slice a chunk: what the kernel writes is
// what the consumer reads. The first socket of a backend registers it, the others share it.
//
// The caller never gives more slices than the fill ring has entries, so the fill ring needs no look
// at the kernel's side of it. One thread. Open makes system calls and may wait for a queue that
// another socket just gave up; Wake and ReadStatistics make one; everything else is plain memory.
#ifndef FEEDHANDLER_RIO_AF_XDP_SOCKET_H_
#define FEEDHANDLER_RIO_AF_XDP_SOCKET_H_

#include <linux/if_xdp.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rio/memory/region.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {

// Chunks of less the kernel refuses; of more than a page too.
inline constexpr uint32_t kLeastChunkBytes = 2048;
inline constexpr uint32_t kMostChunkBytes = 4096;
// The kernel leaves this much of a chunk free in front of the frame (XDP_PACKET_HEADROOM).
inline constexpr uint32_t kChunkHeadroomBytes = 256;

// How a region's slices become chunks.
struct ChunkLayout {
  uint32_t chunk_bytes;
  bool unaligned;  // Slices whose size is not a power of two: chunks may lie anywhere.

  // INVALID_ARGUMENT when the slices are too small.
  static absl::StatusOr<ChunkLayout> For(const RegisteredRegion& region);
  // The longest frame that fits.
  uint32_t frame_bytes() const { return chunk_bytes - kChunkHeadroomBytes; }
};

// From an address in the region to the number of its slice, in a shift and a multiplication: a
// division would take as long as half of what else is done for a packet. With slices of a power of
// two the address may lie anywhere in its slice; otherwise it is the slice's first, and dividing a
// multiple of an odd number is multiplying by its inverse modulo 2^64.
class SliceNumbers {
 public:
  explicit SliceNumbers(uint32_t slice_bytes) : shift_(std::countr_zero(slice_bytes)) {
    const uint64_t odd = slice_bytes >> shift_;
    inverse_ = odd;
    // Newton's iteration: each step doubles the bits that are right, of which `odd` has three.
    for (int bits = 3; bits < 64; bits *= 2) inverse_ *= 2 - odd * inverse_;
  }

  uint32_t Of(uint64_t address) const {
    return static_cast<uint32_t>((address >> shift_) * inverse_);
  }

 private:
  int shift_;
  uint64_t inverse_ = 1;
};

// A mapping that unmaps itself.
class MappedMemory {
 public:
  MappedMemory() = default;
  MappedMemory(MappedMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(other.bytes_) {}
  MappedMemory& operator=(MappedMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MappedMemory();

  // False with errno set when it fails.
  bool Map(int fd, size_t bytes, uint64_t offset);
  uint8_t* data() const { return static_cast<uint8_t*>(data_); }

 private:
  void* data_ = nullptr;
  size_t bytes_ = 0;
};

class XskSocket {
 public:
  struct Setup {
    std::string interface;
    uint32_t interface_index = 0;
    uint32_t queue = 0;
    uint32_t rx_entries = 0;  // Powers of two.
    uint32_t fill_entries = 0;
    bool zero_copy = false;  // Otherwise the kernel copies each frame once, into the slice.
    int umem_owner_fd = -1;  // The socket that registered the region; -1 = this one does.
  };

  // UNIMPLEMENTED when the interface cannot do what was asked for; other errors say what to do: no
  // permission, memory lock limit, interface down, no such queue, queue held by another program.
  static absl::StatusOr<XskSocket> Open(const Setup& setup, RegisteredRegion& region,
                                        const ChunkLayout& layout);

  int fd() const { return fd_.get(); }

  // How many frames wait, `most` at the most.
  uint32_t Available(uint32_t most) {
    // The producer's index is on a line that the other core writes: it is read only when all that
    // it promised before is consumed.
    if (rx_seen_ == rx_taken_) {
      rx_seen_ = std::atomic_ref<uint32_t>(*rx_.producer).load(std::memory_order_acquire);
    }
    return std::min(rx_seen_ - rx_taken_, most);
  }

  // The frames that wait, to be looked at by index. A value: no store in the caller's loop makes
  // the compiler load its parts again.
  struct Frames {
    const xdp_desc* ring;
    uint32_t first;
    uint32_t mask;

    const xdp_desc& operator[](uint32_t i) const { return ring[(first + i) & mask]; }
  };
  Frames Waiting() const { return {rx_descriptors_, rx_taken_, rx_.mask}; }

  // The first `count` have been read.
  void Consume(uint32_t count) {
    rx_taken_ += count;
    std::atomic_ref<uint32_t>(*rx_.consumer).store(rx_taken_, std::memory_order_release);
  }

  // Gives slices to the kernel. At most as many as make all that it has fit into the fill ring.
  void Give(std::span<const uint32_t> slices) {
    for (const uint32_t slice : slices) {
      fill_addresses_[fill_given_++ & fill_.mask] = uint64_t{slice} * slice_bytes_;
    }
    std::atomic_ref<uint32_t>(*fill_.producer).store(fill_given_, std::memory_order_release);
  }

  // Whether the kernel waits to be told that there are slices again. Only in zero-copy mode, and
  // only after it ran out of them.
  bool WantsWake() const {
    return (std::atomic_ref<uint32_t>(*fill_.flags).load(std::memory_order_relaxed) &
            XDP_RING_NEED_WAKEUP) != 0;
  }
  // Makes the kernel look for slices and, with busy polling, for frames.
  void Wake();

  // False when the kernel does not say.
  bool ReadStatistics(xdp_statistics& statistics) const;

 private:
  struct Ring {
    uint32_t* producer = nullptr;
    uint32_t* consumer = nullptr;
    uint32_t* flags = nullptr;
    uint32_t mask = 0;
  };

  absl::Status RegisterRegion(RegisteredRegion& region, const ChunkLayout& layout);
  absl::Status SizeRings(const Setup& setup);
  absl::Status MapRings(const Setup& setup);
  absl::Status Bind(const Setup& setup);

  UniqueFd fd_;
  MappedMemory rx_memory_;
  MappedMemory fill_memory_;
  Ring rx_;
  Ring fill_;
  const xdp_desc* rx_descriptors_ = nullptr;
  uint64_t* fill_addresses_ = nullptr;
  uint32_t rx_seen_ = 0;   // Producer's index, as last read.
  uint32_t rx_taken_ = 0;  // Consumer's index.
  uint32_t fill_given_ = 0;
  uint32_t slice_bytes_ = 0;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_AF_XDP_SOCKET_H_
