// The registered buffers of an emulated table: ids, and where their slices lie. Internal to
// rio/registered/.
//
//   abi::BufferId id = buffers.Register(memory, 65536);
//   uint8_t* bytes = buffers.Find({.id = id, .offset = 4096, .length = 2048});  // memory + 4096
//
// Find is for any thread, without a lock: two loads and four comparisons. The rest locks and may
// allocate.
#ifndef FEEDHANDLER_RIO_REGISTERED_REGISTERED_BUFFERS_H_
#define FEEDHANDLER_RIO_REGISTERED_REGISTERED_BUFFERS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "rio/registered/abi.h"

namespace fh::rio {

class RegisteredBuffers {
 public:
  RegisteredBuffers() = default;
  RegisteredBuffers(const RegisteredBuffers&) = delete;
  RegisteredBuffers& operator=(const RegisteredBuffers&) = delete;

  // kInvalidBufferId when kMaxBuffers are registered. An id is never given twice.
  abi::BufferId Register(uint8_t* data, uint32_t bytes);

  // False when there is no such buffer.
  bool Deregister(abi::BufferId id);

  // Where the slice lies; null when it is not wholly inside a registered buffer.
  uint8_t* Find(const abi::Buf& slice) const {
    const uint64_t index = (slice.id & kIndexMask) - 1;
    if (index >= kMaxBuffers) return nullptr;
    const Buffer* const chunk = chunks_[index / kChunk].load(std::memory_order_acquire);
    if (chunk == nullptr) return nullptr;
    const Buffer& buffer = chunk[index % kChunk];
    if (buffer.id.load(std::memory_order_acquire) != slice.id) return nullptr;
    const uint32_t bytes = buffer.bytes.load(std::memory_order_relaxed);
    if (slice.offset > bytes || slice.length > bytes - slice.offset) return nullptr;
    return buffer.data.load(std::memory_order_relaxed) + slice.offset;
  }

 private:
  struct Buffer {
    std::atomic<abi::BufferId> id{0};  // 0 while it is not registered.
    std::atomic<uint8_t*> data{nullptr};
    std::atomic<uint32_t> bytes{0};
    uint64_t uses = 0;  // Registrations so far: makes each id a new one.
  };

  // An id is the index + 1 in the low bits and the number of the use above them.
  static constexpr uint32_t kIndexBits = 20;
  static constexpr uint64_t kIndexMask = (1u << kIndexBits) - 1;
  static constexpr uint32_t kChunk = 256;
  static constexpr uint32_t kChunks = 256;
  static constexpr uint32_t kMaxBuffers = kChunk * kChunks;
  static_assert((abi::kInvalidBufferId & kIndexMask) > kMaxBuffers);

  std::array<std::atomic<Buffer*>, kChunks> chunks_{};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Buffer[]>> owned_;
  std::vector<uint32_t> free_;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_REGISTERED_BUFFERS_H_
