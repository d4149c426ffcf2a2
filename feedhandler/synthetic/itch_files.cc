#include "feedhandler/synthetic/itch_files.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "codecs/length_blocks.h"
#include "codecs/message.h"
#include "feedhandler/output/output_claim.h"
#include "replay/capture_writer.h"
#include "replay/udp_frame.h"

namespace fh {
namespace {

constexpr uint64_t kProgressEvery = 1 << 16;
constexpr int64_t kLineDelayNs = 400;  // Line B follows line A.
constexpr int kEndsOfSession = 3;      // Repeated, as publishers do, since each may be lost.

// Puts one day's packets on all lines of a capture.
class CaptureFeed {
 public:
  CaptureFeed(replay::CaptureWriter& writer, const ItchCaptureOptions& options)
      : writer_(writer), options_(options), packets_(options.packets) {
    for (const ItchCaptureLine& line : options.lines) {
      lines_.emplace_back(line.damage);
      rio::Endpoint source = line.source;
      if (source.address.is_none()) {
        const char* example = line.destination.address.is_v4() ? "192.0.2.1" : "2001:db8::1";
        source = {*rio::IpAddress::Parse(example), line.destination.port};
      }
      framings_.push_back({.source = source, .destination = line.destination});
    }
  }

  void Add(std::span<const uint8_t> message, int64_t time_ns) {
    if (!packets_.empty() && time_ns - first_ns_ > options_.max_wait_ns) SendPending();
    Heartbeats(time_ns);
    if (!packets_.Fits(message)) SendPending();
    if (packets_.empty()) first_ns_ = time_ns;
    packets_.Add(message);
    last_ns_ = time_ns;
  }

  void End(bool complete) {
    if (!packets_.empty()) SendPending();
    for (int i = 0; complete && i < kEndsOfSession; ++i) {
      last_ns_ += std::max<int64_t>(options_.heartbeat_ns, 1'000'000);
      Send(packets_.EndOfSession());
    }
    for (size_t i = 0; i < lines_.size(); ++i) {
      lines_[i].Flush([&](const MoldPacket& packet) { Write(packet, i); });
    }
  }

  const absl::Status& status() const { return status_; }
  std::vector<std::vector<MessageRange>> Undelivered() const {
    std::vector<std::vector<MessageRange>> ranges;
    for (const LossyLine& line : lines_) ranges.push_back(line.undelivered());
    return ranges;
  }

 private:
  void SendPending() {
    Send(packets_.Take());
    silent_since_ns_ = last_ns_;
  }

  // Those that are due before the message of `time_ns`.
  void Heartbeats(int64_t time_ns) {
    if (options_.heartbeat_ns <= 0 || !packets_.empty()) return;
    if (silent_since_ns_ == 0) silent_since_ns_ = time_ns;
    while (time_ns - silent_since_ns_ > options_.heartbeat_ns) {
      silent_since_ns_ += options_.heartbeat_ns;
      last_ns_ = silent_since_ns_;
      Send(packets_.Heartbeat());
    }
  }

  void Send(const MoldPacket& packet) {
    for (size_t i = 0; i < lines_.size(); ++i) {
      lines_[i].Send(packet, [&](const MoldPacket& arrived) { Write(arrived, i); });
    }
  }

  // Stamps follow the messages' times, and never go back.
  void Write(const MoldPacket& packet, size_t line) {
    const int64_t stamp_ns =
        options_.midnight_ns + last_ns_ + static_cast<int64_t>(line) * kLineDelayNs;
    written_ns_ = std::max(written_ns_, stamp_ns);
    replay::UdpFraming& framing = framings_[line];
    ++framing.ip_id;
    if (status_.ok()) status_ = writer_.WriteDatagram(written_ns_, framing, packet.bytes);
  }

  replay::CaptureWriter& writer_;
  const ItchCaptureOptions& options_;
  MoldPacketizer packets_;
  std::vector<LossyLine> lines_;
  std::vector<replay::UdpFraming> framings_;
  int64_t first_ns_ = 0;  // Of the packet that is being filled; all ns since midnight.
  int64_t last_ns_ = 0;   // Of the message or heartbeat added last.
  int64_t silent_since_ns_ = 0;
  int64_t written_ns_ = 0;  // UNIX ns.
  absl::Status status_;
};

// Calls add(message, time_ns) for the whole day, or until it or `progress` says false.
template <typename Add>
bool ForEachMessage(ItchDay& day, const ItchFileProgress& progress, ItchFileReport& report,
                    Add&& add) {
  std::span<const uint8_t> message;
  while (day.NextMessage(message)) {
    if (!add(message, day.time_ns())) return false;
    if (++report.messages % kProgressEvery == 0 && progress && !progress(report.messages)) {
      report.stopped = true;
      return false;
    }
  }
  return true;
}

}  // namespace

absl::StatusOr<ItchFileReport> WriteItchCapture(absl::string_view path,
                                                const ItchDayOptions& day_options,
                                                const ItchCaptureOptions& options,
                                                const ItchFileProgress& progress) {
  if (options.lines.empty()) {
    return absl::InvalidArgumentError("a capture needs at least one line to write to");
  }
  absl::StatusOr<ItchDay> day = ItchDay::Create(day_options);
  if (!day.ok()) return day.status();
  absl::StatusOr<OutputClaim> claim = OutputClaim::Make(std::string(path), std::string(path));
  if (!claim.ok()) return claim.status();
  const absl::StatusOr<std::FILE*> stream = claim->TakeStream();
  if (!stream.ok()) return stream.status();
  absl::StatusOr<std::unique_ptr<replay::CaptureWriter>> writer =
      replay::CaptureWriter::Over(*stream, claim->path());
  if (!writer.ok()) return writer.status();
  CaptureFeed feed(**writer, options);
  ItchFileReport report;
  const bool complete =
      ForEachMessage(*day, progress, report, [&](std::span<const uint8_t> message, int64_t time) {
        feed.Add(message, time);
        return feed.status().ok();
      });
  feed.End(complete);
  if (!feed.status().ok()) return feed.status();
  if (absl::Status closed = (*writer)->Close(); !closed.ok()) return closed;
  report.packets = (*writer)->frames();
  report.bytes = (*writer)->bytes();
  report.undelivered = feed.Undelivered();
  return report;
}

absl::StatusOr<ItchFileReport> WriteItchRecords(absl::string_view path,
                                                const ItchDayOptions& day_options,
                                                const ItchFileProgress& progress) {
  using Blocks = codecs::LengthBlocks<std::endian::big>;
  absl::StatusOr<ItchDay> day = ItchDay::Create(day_options);
  if (!day.ok()) return day.status();
  absl::StatusOr<OutputClaim> claim = OutputClaim::Make(std::string(path), std::string(path));
  if (!claim.ok()) return claim.status();
  const absl::StatusOr<std::FILE*> file = claim->TakeStream();
  if (!file.ok()) return file.status();
  ItchFileReport report;
  const auto write = [&](std::span<const uint8_t> message, int64_t) {
    uint8_t length[Blocks::kLengthBytes];
    codecs::internal::Store<std::endian::big>(length, static_cast<uint16_t>(message.size()));
    report.bytes += sizeof length + message.size();
    return std::fwrite(length, 1, sizeof length, *file) == sizeof length &&
           (message.empty() ||
            std::fwrite(message.data(), 1, message.size(), *file) == message.size());
  };
  const bool complete = ForEachMessage(*day, progress, report, write);
  bool written = (complete && write({}, 0)) || report.stopped;
  int error = errno;  // Of the first that fails.
  const auto then = [&](bool done) {
    if (written && !done) error = errno;
    written = written && done;
  };
  then(std::fflush(*file) == 0);
  if (*file != stdout) then(std::fclose(*file) == 0);
  if (!written) return absl::ErrnoToStatus(error, absl::StrCat("cannot write ", claim->path()));
  return report;
}

}  // namespace fh
