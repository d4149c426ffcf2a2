// What the backends over files have in common: the posted slices, the counts, the end.
//
// A base of CaptureBackend and RecordFileBackend; not for use on its own. Each adds how it is
// opened and Poll, which has this shape:
//
//   size_t Poll(std::span<rio::Packet> packets) {
//     const size_t most = Room(packets.size());
//     size_t filled = 0;
//     while (filled < most && ...) Fill(payload, payload_length, line, stamp_ns,
//     packets[filled++]); return Deliver(packets.first(filled));
//   }
//
// Nothing is virtual, so a poll loop is compiled for its backend. Threads as in rio/backend.h: one
// owner at a time. Nothing here allocates after construction, and only Wait blocks.
#ifndef FEEDHANDLER_REPLAY_FILE_BACKEND_H_
#define FEEDHANDLER_REPLAY_FILE_BACKEND_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "latency/clock.h"
#include "rio/backend.h"
#include "rio/memory/region.h"
#include "rio/memory/slice_stack.h"
#include "rio/packet.h"

namespace fh::replay {

class FileBackend {
 public:
  // Always available: any host can read files.
  static rio::ProbeResult Probe() { return {.available = true, .reason = ""}; }

  FileBackend(const FileBackend&) = delete;
  FileBackend& operator=(const FileBackend&) = delete;

  // After Close it does nothing.
  void Post(std::span<const uint32_t> slices) {
    if (!closed_) posted_.Post(slices);
  }

  // Returns at once while there may be something to poll, else (finished, or no slice is posted)
  // sleeps for `timeout`.
  void Wait(std::chrono::nanoseconds timeout);

  void RefreshStats() {}  // No kernel knows more.

  // Of these, files know packets, bytes, truncated and starved; the others stay 0.
  const rio::BackendStats& stats() const { return stats_; }
  std::span<const rio::LineStats> line_stats() const { return line_stats_; }

  // Empty: a file has nothing to refuse.
  const std::vector<std::string>& notes() const { return notes_; }

  uint32_t owned() const { return posted_.size(); }

  // Everything there is has been delivered, or what is left is damaged, or Close was called.
  bool finished() const { return closed_ || ended_; }

  // Why not everything could be delivered: which file is damaged, where and how. Everything before
  // the damage has been delivered. OK otherwise, and before finished().
  const absl::Status& status() const { return status_; }

  void Close() {
    closed_ = true;
    posted_.Clear();
  }

 protected:
  // `region` outlives the backend.
  FileBackend(rio::RegisteredRegion& region, size_t line_count);
  ~FileBackend() = default;

  // How many packets a Poll that has room for `wanted` may fill. 0 when finished, and when no slice
  // is posted, which counts: then nothing must be read, so that nothing is lost.
  size_t Room(size_t wanted) {
    if (wanted == 0 || finished()) return 0;
    if (posted_.empty()) ++stats_.starved;
    return std::min<size_t>(wanted, posted_.size());
  }

  // Copies `payload`, or as much as a slice holds, into a posted slice, makes a packet of it and
  // counts it. `payload_length`: bytes it had on the wire. `stamp_ns`: of the capture; 0 for none.
  // Precondition: within what Room allowed.
  void Fill(std::span<const uint8_t> payload, size_t payload_length, uint16_t line,
            int64_t stamp_ns, rio::Packet& packet,
            rio::StampSource source = rio::StampSource::kCapture) {
    const uint32_t slice = posted_.Take();
    uint8_t* const bytes = region_.slice(slice);
    const size_t length = std::min<size_t>(payload.size(), region_.slice_bytes());
    if (length != 0) std::memcpy(bytes, payload.data(), length);
    packet = {.data = bytes,
              .length = static_cast<uint32_t>(length),
              .slice = slice,
              .stamp_ns = stamp_ns,
              .dequeue_ticks = 0,  // Known when the burst is complete: Deliver.
              .line = line,
              .stamp_source = stamp_ns != 0 ? source : rio::StampSource::kNone,
              .truncated = length < payload_length};
    rio::LineStats& line_stats = line_stats_[line];
    ++stats_.packets;
    ++line_stats.packets;
    stats_.bytes += length;
    line_stats.bytes += length;
    stats_.truncated += length < payload.size();  // What the capture cut is no matter of slices.
    line_stats.truncated += length < payload.size();
  }

  // Gives the packets of one Poll their dequeue time, and returns how many they are.
  static size_t Deliver(std::span<rio::Packet> packets) {
    if (packets.empty()) return 0;
    const uint64_t now = latency::Clock::Ticks();
    for (rio::Packet& packet : packets) packet.dequeue_ticks = now;
    return packets.size();
  }

  // The packet to be filled next lacks the stamp that its line asked for.
  void CountUnstamped() { ++stats_.unstamped; }

  // Nothing comes any more; `status` says why if that is before the end.
  void End(absl::Status status = absl::OkStatus()) {
    ended_ = true;
    status_ = std::move(status);
  }

  uint32_t slice_bytes() const { return region_.slice_bytes(); }

 private:
  rio::RegisteredRegion& region_;
  rio::SliceStack posted_;
  rio::BackendStats stats_;
  std::vector<rio::LineStats> line_stats_;
  std::vector<std::string> notes_;
  absl::Status status_;
  bool ended_ = false;
  bool closed_ = false;
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_FILE_BACKEND_H_
