#include "rio/registered/registered_buffers.h"

namespace fh::rio {

abi::BufferId RegisteredBuffers::Register(uint8_t* data, uint32_t bytes) {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) {
    const auto chunk = static_cast<uint32_t>(owned_.size());
    if (chunk == kChunks) return abi::kInvalidBufferId;
    owned_.push_back(std::make_unique<Buffer[]>(kChunk));
    for (uint32_t i = kChunk; i-- > 0;) free_.push_back(chunk * kChunk + i);
    chunks_[chunk].store(owned_.back().get(), std::memory_order_release);
  }
  const uint32_t index = free_.back();
  free_.pop_back();
  Buffer& buffer = owned_[index / kChunk][index % kChunk];
  buffer.data.store(data, std::memory_order_relaxed);
  buffer.bytes.store(bytes, std::memory_order_relaxed);
  const abi::BufferId id = (++buffer.uses << kIndexBits) | (index + 1);
  buffer.id.store(id, std::memory_order_release);
  return id;
}

bool RegisteredBuffers::Deregister(abi::BufferId id) {
  const std::lock_guard lock(mutex_);
  const uint64_t index = (id & kIndexMask) - 1;
  if (index >= owned_.size() * kChunk) return false;
  Buffer& buffer = owned_[index / kChunk][index % kChunk];
  if (buffer.id.load(std::memory_order_relaxed) != id) return false;
  buffer.id.store(0, std::memory_order_release);
  free_.push_back(static_cast<uint32_t>(index));
  return true;
}

}  // namespace fh::rio
