// The part that every backend over kernel sockets has: its lines' sockets, what they counted, and
// how a received datagram becomes a Packet.
//
// Owned by a backend and used by its thread. Open and Close make system calls and allocate; the
// inline functions are for the hot path and do neither.
#ifndef FEEDHANDLER_RIO_BACKEND_LINE_SOCKETS_H_
#define FEEDHANDLER_RIO_BACKEND_LINE_SOCKETS_H_

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/backend.h"
#include "rio/packet.h"
#include "rio/socket/line_keeper.h"
#include "rio/socket/multicast.h"
#include "rio/stamps/stamps_linux.h"

namespace fh::rio {

// Room for the control messages that a line may ask for: its stamps and SO_RXQ_OVFL (32 bits), each
// with its header.
inline constexpr size_t kControlBytes = kStampControlBytes + CMSG_SPACE(4);
static_assert(kControlBytes == 88);

class LineSockets {
 public:
  // Checks the options that all socket backends share, and opens and joins every line, but for
  // those in `unjoined`. Equal notes of many lines become one.
  static absl::StatusOr<LineSockets> Open(const ReceiverOptions& options,
                                          const std::vector<size_t>& unjoined = {});

  size_t size() const { return sockets_.size(); }
  int fd(size_t line) const { return sockets_[line].get(); }

  // Whether datagrams come with control messages.
  bool has_control() const { return has_control_; }

  // Turns a received datagram into a packet and counts it. `datagram_bytes` is its whole length,
  // `room` what the slice could take of it.
  void Deliver(Packet& packet, uint16_t line, uint32_t slice, const uint8_t* data,
               uint32_t datagram_bytes, uint32_t room, uint64_t ticks) {
    const bool truncated = datagram_bytes > room;
    const uint32_t length = truncated ? room : datagram_bytes;
    packet = {.data = data,
              .length = length,
              .slice = slice,
              .stamp_ns = 0,
              .dequeue_ticks = ticks,
              .line = line,
              .stamp_source = StampSource::kNone,
              .truncated = truncated};
    LineStats& counts = line_stats_[line];
    ++counts.packets;
    counts.bytes += length;
    counts.truncated += truncated ? 1 : 0;
    ++stats.packets;
    stats.bytes += length;
    stats.truncated += truncated ? 1 : 0;
  }

  // Reads a datagram's control messages into `packet` and the drop counts.
  void ReadControl(const uint8_t* control, size_t control_bytes, Packet& packet);

  // A receive failed.
  void CountError(int error) {
    ++stats.errors;
    stats.last_error = error;
  }

  // From now on the lines follow what happens to their interfaces (rio/socket/line_keeper.h), until
  // Close. `follow` and `receives`: as there, for a backend that has more than sockets;
  // `more_interfaces` it looks at besides. Once, before the first receive. A note says when it
  // cannot.
  void KeepJoined(const ReceiverOptions& options, LineKeeper::Options more = {});

  // What KeepJoined started, if anything.
  const LineKeeper* keeper() const { return keeper_.get(); }

  // Ends what KeepJoined started; does nothing the second time.
  void StopKeeping();

  // Asks every socket for its drops, one system call each, and takes over what the keeper counts.
  void RefreshStats();

  // Closes the sockets, after a last look at their counts. Does nothing the second time.
  void Close();

  std::span<const LineStats> line_stats() const { return line_stats_; }

  BackendStats stats;
  std::vector<std::string> notes;

 private:
  void AddNote(const std::string& note);
  void SetDrops(size_t line, uint32_t drops);

  std::vector<UniqueFd> sockets_;
  std::vector<LineKeeper::Line> kept_lines_;  // Until KeepJoined.
  std::unique_ptr<LineKeeper> keeper_;
  std::vector<LineStats> line_stats_;
  std::vector<StampSource> expected_stamps_;  // By line: what its packets should carry.
  std::vector<uint32_t> drops_seen_;          // The sockets' counters, which have 32 bits.
  bool has_control_ = false;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKEND_LINE_SOCKETS_H_
