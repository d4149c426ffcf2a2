// A receive path ready to poll: a registered region, a backend that receives into it, and every
// slice posted.
//
//   auto receiver = Receiver<RecvmmsgBackend>::Open({.region = {.slice_count = 8192},
//                                                    .receive = {.subscriptions = {line_a,
//                                                    line_b}}});
//   if (!receiver.ok()) return receiver.status();
//   std::array<Packet, 64> burst;
//   while (running) {
//     const size_t count = (*receiver)->Poll(burst);
//     ...                                              // burst[i].data is the slice itself.
//     (*receiver)->Release({burst.data(), count});     // Or later, in any order.
//   }
//
// Which backend is decided at compile time; rio/backends.h turns a name into one, once, at start.
// Open allocates and makes system calls; Poll and Release allocate nothing and lock nothing, and
// call the kernel as their backend says. Threads: as in rio/backend.h, one owner at a time.
#ifndef FEEDHANDLER_RIO_RECEIVER_H_
#define FEEDHANDLER_RIO_RECEIVER_H_

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/backend.h"
#include "rio/memory/region.h"
#include "rio/packet.h"

namespace fh::rio {

struct ReceiveSetup {
  RegionOptions region;
  ReceiverOptions receive;
};

template <Backend B>
class Receiver {
 public:
  static absl::StatusOr<std::unique_ptr<Receiver>> Open(const ReceiveSetup& setup) requires
      SocketBackend<B> {
    absl::StatusOr<RegisteredRegion> region = RegisteredRegion::Create(setup.region);
    if (!region.ok()) return region.status();
    auto owned_region = std::make_unique<RegisteredRegion>(*std::move(region));
    absl::StatusOr<std::unique_ptr<B>> backend = B::Open(setup.receive, *owned_region);
    if (!backend.ok()) return backend.status();
    return std::make_unique<Receiver>(std::move(owned_region), *std::move(backend));
  }

  // For backends that are opened in another way: `backend` was opened on `region` and owns no
  // slice yet. Neither may be null.
  Receiver(std::unique_ptr<RegisteredRegion> region, std::unique_ptr<B> backend)
      : region_(std::move(region)), backend_(std::move(backend)) {
    std::vector<uint32_t> slices(region_->slice_count());
    // The queue is last in, first out, so the region's first slices are used first.
    std::iota(slices.rbegin(), slices.rend(), 0u);
    backend_->Post(slices);
  }

  // The backend goes first: it may be receiving into the region.
  ~Receiver() { Close(); }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  // Up to packets.size() datagrams; the caller owns their slices until it releases them. Never
  // blocks.
  size_t Poll(std::span<Packet> packets) { return backend_->Poll(packets); }

  // Blocks until Poll may have something, or for `timeout`.
  void Wait(std::chrono::nanoseconds timeout) { backend_->Wait(timeout); }

  // Gives slices back, in any order. What they hold must not be read any more. After Close it does
  // nothing.
  void Release(std::span<const uint32_t> slices) {
    if (!closed_) backend_->Post(slices);
  }

  // The same for the slices of packets.
  void Release(std::span<const Packet> packets) {
    std::array<uint32_t, 64> slices;
    while (!packets.empty()) {
      const size_t count = std::min(packets.size(), slices.size());
      for (size_t i = 0; i < count; ++i) slices[i] = packets[i].slice;
      Release(std::span<const uint32_t>(slices.data(), count));
      packets = packets.subspan(count);
    }
  }

  // Slices that the caller has polled and not released.
  uint32_t held() const { return closed_ ? 0 : region_->slice_count() - backend_->owned(); }

  bool finished() const { return backend_->finished(); }
  const BackendStats& stats() const { return backend_->stats(); }
  std::span<const LineStats> line_stats() const { return backend_->line_stats(); }
  void RefreshStats() { backend_->RefreshStats(); }

  // What was asked for and not granted, by the region and by the backend.
  std::vector<std::string> notes() const {
    std::vector<std::string> notes = region_->notes();
    notes.insert(notes.end(), backend_->notes().begin(), backend_->notes().end());
    return notes;
  }

  // Ends all receives. Packets that are held stay readable as long as the receiver lives; stats
  // stay too. The second call does nothing.
  void Close() {
    if (closed_) return;
    closed_ = true;
    backend_->Close();
  }

  RegisteredRegion& region() { return *region_; }
  B& backend() { return *backend_; }

 private:
  std::unique_ptr<RegisteredRegion> region_;
  std::unique_ptr<B> backend_;
  bool closed_ = false;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_RECEIVER_H_
