// The backends over files in the conformance suite: a recording that goes on while it is replayed.
//
// What FileTraffic sends is appended to every recording that is open, as a capture of the wire
// would have it, and reaches the backend through a pipe. A Poll of a pipe waits for its writer, so
// no more is polled than has been written: BackendAdapter::Ready writes and says how much that is.
#ifndef FEEDHANDLER_TESTS_CONFORMANCE_FILE_ADAPTERS_H_
#define FEEDHANDLER_TESTS_CONFORMANCE_FILE_ADAPTERS_H_

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "replay/byte_order.h"
#include "replay/capture_backend.h"
#include "replay/line_table.h"
#include "replay/record_file_backend.h"
#include "replay/udp_frame.h"
#include "rio/socket/socket_posix.h"
#include "tests/conformance/backend_harness.h"

namespace fh::test {

// A datagram on the wire that the recordings are taken from.
struct SentDatagram {
  rio::Endpoint source;
  rio::Endpoint destination;
  std::span<const uint8_t> payload;
};

// One recording, and the pipe through which its backend reads it. Append is called by any thread,
// the rest by the one that polls.
class Recording {
 public:
  // What a datagram is in the file, and whether it becomes a packet.
  struct Record {
    std::string bytes;
    bool wanted = true;
  };
  using Recorder = std::function<Record(const SentDatagram&)>;

  // `head`: what the file begins with. At most `batch` packets' worth are in the pipe at a time.
  Recording(const std::string& head, size_t batch, Recorder recorder)
      : batch_(batch), recorder_(std::move(recorder)) {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
    read_end_ = rio::UniqueFd(ends[0]);
    write_end_ = rio::UniqueFd(ends[1]);
    Write(head);
    const std::lock_guard lock(open_mutex_);
    open_.push_back(this);
  }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording() {
    const std::lock_guard lock(open_mutex_);
    std::erase(open_, this);
  }

  // Where the backend finds the recording.
  std::string path() const { return absl::StrCat("/dev/fd/", read_end_.get()); }

  static void AppendToAll(const SentDatagram& datagram) {
    const std::lock_guard lock(open_mutex_);
    for (Recording* recording : open_) recording->Append(datagram);
  }

  // How many packets, `most` at the most, a Poll finds without waiting for the pipe. Writes more
  // when all that was written has been delivered, and ends with what is wanted: so the pipe is
  // empty before each write, and a batch fits into it.
  size_t Ready(size_t most) {
    if (ready_ == 0) {
      std::string bytes;
      const std::lock_guard lock(mutex_);
      while (queued_wanted_ > 0 && ready_ < batch_ && bytes.size() < kBatchBytes) {
        bytes += queue_.front().bytes;
        ready_ += queue_.front().wanted;
        queued_wanted_ -= queue_.front().wanted;
        queue_.pop_front();
      }
      Write(bytes);
    }
    return std::min(ready_, most);
  }

  // `count` packets have come.
  void Took(size_t count) { ready_ -= count; }

 private:
  static constexpr size_t kBatchBytes = 32 * 1024;  // Of the 64 KiB that a pipe holds.

  void Append(const SentDatagram& datagram) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(recorder_(datagram));
    queued_wanted_ += queue_.back().wanted;
  }

  void Write(const std::string& bytes) {
    EXPECT_EQ(write(write_end_.get(), bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }

  static inline std::mutex open_mutex_;
  static inline std::vector<Recording*> open_;

  const size_t batch_;
  const Recorder recorder_;
  rio::UniqueFd read_end_;
  rio::UniqueFd write_end_;
  std::mutex mutex_;
  std::deque<Record> queue_;  // Sent, and not yet written.
  size_t queued_wanted_ = 0;
  size_t ready_ = 0;  // Written, and not yet delivered.
};

// Sends to the lines of a subscription list, by index, into the recordings that are open.
class FileTraffic {
 public:
  explicit FileTraffic(const std::vector<rio::Subscription>& lines, const char* source = nullptr) {
    for (const rio::Subscription& line : lines) destinations_.push_back(line.group);
    const bool is_v6 = !lines.empty() && lines[0].group.address.is_v6();
    const char* const loopback = is_v6 ? "::1" : "127.0.0.1";
    source_ = {*rio::IpAddress::Parse(source != nullptr ? source : loopback), 40000};
  }

  void Send(uint32_t line, const std::string& payload) {
    Recording::AppendToAll(
        {.source = source_,
         .destination = destinations_[line],
         .payload = {reinterpret_cast<const uint8_t*>(payload.data()), payload.size()}});
  }

 private:
  std::vector<rio::Endpoint> destinations_;
  rio::Endpoint source_;
};

// What both adapters do alike. A file has no queue that overflows and no stamps on request.
class FileAdapter : public AdapterDefaults {
 public:
  using Traffic = FileTraffic;
  static constexpr bool kKernelQueue = false;
  static constexpr bool kKernelStamps = false;
  static constexpr bool kSockets = false;
  static constexpr bool kLineQueues = false;

  size_t Ready(size_t most) { return recording_->Ready(most); }
  void Took(size_t count) { recording_->Took(count); }

 protected:
  std::unique_ptr<Recording> recording_;
};

// The recording is a pcap of Ethernet frames, stamped a microsecond apart.
template <>
struct BackendAdapter<replay::CaptureBackend> : FileAdapter {
  using Stranger = replay::CaptureBackend;
  static constexpr bool kSubscribes = true;
  static constexpr bool kAnyLength = true;
  static constexpr uint32_t kFramingBytes = 0;

  absl::StatusOr<std::unique_ptr<replay::CaptureBackend>> Open(const rio::ReceiverOptions& options,
                                                               rio::RegisteredRegion& region) {
    std::string head(24, '\0');  // draft-ietf-opsawg-pcap, section 4.
    auto* const bytes = reinterpret_cast<uint8_t*>(head.data());
    replay::StoreLe32(bytes, 0xa1b23c4d);       // Nanoseconds.
    replay::StoreLe32(bytes + 4, 2 | 4 << 16);  // Version 2.4.
    replay::StoreLe32(bytes + 16, 65535);       // Snap length.
    replay::StoreLe32(bytes + 20, static_cast<uint32_t>(replay::LinkType::kEthernet));
    recording_ = std::make_unique<Recording>(
        head, /*batch=*/64,
        [lines = replay::LineTable(options.subscriptions),
         stamp_ns = 0u](const SentDatagram& datagram) mutable -> Recording::Record {
          return {PcapRecord(datagram, stamp_ns += 1000),
                  lines.Find(datagram.destination, datagram.source.address).has_value()};
        });
    return replay::CaptureBackend::Open({recording_->path()}, options, region);
  }

  static std::string PayloadOf(const rio::Packet& packet) { return BytesOfPacket(packet); }

 private:
  // Section 5.
  static std::string PcapRecord(const SentDatagram& datagram, uint32_t stamp_ns) {
    constexpr size_t kHeaderBytes = 16;
    std::string record(kHeaderBytes + replay::kMaxUdpFramingBytes + datagram.payload.size(), '\0');
    auto* const bytes = reinterpret_cast<uint8_t*>(record.data());
    const absl::StatusOr<size_t> frame_bytes = replay::BuildUdpFrame(
        {.source = datagram.source, .destination = datagram.destination}, datagram.payload,
        std::span(bytes, record.size()).subspan(kHeaderBytes));
    EXPECT_TRUE(frame_bytes.ok()) << frame_bytes.status();
    if (!frame_bytes.ok()) return "";
    replay::StoreLe32(bytes + 4, stamp_ns);
    replay::StoreLe32(bytes + 8, static_cast<uint32_t>(*frame_bytes));
    replay::StoreLe32(bytes + 12, static_cast<uint32_t>(*frame_bytes));
    record.resize(kHeaderBytes + *frame_bytes);
    return record;
  }
};

// The recording is a file of length-prefixed messages, a message a datagram, whatever its line. It
// is a gzip stream, since that begins with something before the first message: opening waits for
// the bytes that tell the compression.
template <>
struct BackendAdapter<replay::RecordFileBackend> : FileAdapter {
  using Stranger = replay::RecordFileBackend;
  static constexpr bool kSubscribes = false;
  static constexpr bool kAnyLength = false;
  static constexpr bool kTruncates = false;
  static constexpr uint32_t kFramingBytes = 2;

  absl::StatusOr<std::unique_ptr<replay::RecordFileBackend>> Open(const rio::ReceiverOptions&,
                                                                  rio::RegisteredRegion& region) {
    // RFC 1952, section 2.3: deflated, no name, no time, unknown system.
    const std::string head("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    // Messages that are there together come as one packet, so one is there at a time.
    recording_ = std::make_unique<Recording>(head, /*batch=*/1, GzipRecord);
    return replay::RecordFileBackend::Open(recording_->path(), region);
  }

  static std::string PayloadOf(const rio::Packet& packet) {
    return BytesOfPacket(packet).substr(kFramingBytes);
  }

 private:
  // RFC 1951, section 3.2.4: a stored block, which ends on a byte.
  static Recording::Record GzipRecord(const SentDatagram& datagram) {
    constexpr size_t kBlockBytes = 5;
    std::string record(kBlockBytes + kFramingBytes, '\0');
    auto* const bytes = reinterpret_cast<uint8_t*>(record.data());
    const auto message_bytes = static_cast<uint16_t>(datagram.payload.size());
    const uint32_t stored_bytes = message_bytes + kFramingBytes;
    replay::StoreLe32(bytes + 1, stored_bytes | (~stored_bytes << 16));
    replay::StoreBe16(bytes + kBlockBytes, message_bytes);
    record.append(datagram.payload.begin(), datagram.payload.end());
    return {.bytes = record, .wanted = true};
  }
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CONFORMANCE_FILE_ADAPTERS_H_
