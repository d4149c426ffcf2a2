// Publishes the UDP datagrams of captures again, at the pace at which they were captured or another
// one.
//
//   absl::StatusOr<std::unique_ptr<Publisher>> publisher =
//       Publisher::Open({"day.pcap.zst"}, {.interface = "lo", .pace = {.speed = 10}});
//   absl::Status ended = (*publisher)->Run(&stop);
//   Print((*publisher)->stats());
//
// Payloads go out as they are, in the order of the capture; several captures are merged by their
// stamps (capture_merge.h). Where to: to the groups that they were
// captured on; or all to one address; or by a list from old to new, and then nothing that is not in
// the list. Unicast destinations of a capture are somebody's hosts: unless it is asked for, nothing
// is sent to them. What is no whole datagram cannot be published, and is counted by reason.
//
// One thread, which Run keeps until the end: it sleeps, and spins for the last 100 microseconds
// before a datagram (PaceOptions). Constant memory for captures of any size.
#ifndef FEEDHANDLER_REPLAY_PUBLISHER_H_
#define FEEDHANDLER_REPLAY_PUBLISHER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "latency/histogram.h"
#include "replay/capture_merge.h"
#include "replay/datagram.h"
#include "replay/group_tally.h"
#include "replay/pacer.h"
#include "replay/send_queue.h"
#include "rio/endpoint.h"

namespace fh::replay {

struct PublishStats {
  uint64_t frames = 0;  // Read.
  DatagramCounters outcomes;
  // Datagrams that were not published, by reason. With `sent` and `failed` they add up to
  // outcomes[kDatagram] (unless Run ended with the error of a destination).
  uint64_t not_in_list = 0;
  uint64_t unicast = 0;
  uint64_t interrupted = 0;  // Was being waited for when `stop` came.
  uint64_t sent = 0;
  uint64_t failed = 0;  // Given up by the socket; last_error says why.
  uint64_t bytes = 0;   // Payload sent.
  uint64_t late = 0;    // Sent more than kLateNs after their time by the schedule.
  uint64_t backward_stamps = 0;
  uint64_t unstamped = 0;  // Went with their predecessors.
  uint64_t destinations = 0;
  int last_error = 0;      // errno
  int64_t capture_ns = 0;  // From the first published stamp to the latest.
  int64_t elapsed_ns = 0;  // From the first datagram to the last one.
  // The schedule: how many had a time by it, and from the first such time to the last.
  uint64_t scheduled = 0;
  int64_t schedule_ns = 0;
  int64_t drift_ns = 0;  // How late the last datagram was, by the schedule.
  uint64_t stored_bytes_read = 0;
  std::optional<uint64_t> stored_bytes_total;
};

struct PublishOptions {
  // Where datagrams go; at most one of these two. Neither: where they were captured.
  std::optional<rio::Endpoint> all_to;
  std::map<rio::Endpoint, rio::Endpoint> redirects;  // Old to new; nothing else is published.
  bool unicast = false;                              // To captured unicast destinations too.

  std::string interface;  // As in rio::SenderOptions, as the next ones.
  rio::IpAddress source;
  int ttl = 1;
  bool loop = true;

  PaceOptions pace;
  // Called by Run's thread, right behind a datagram, about every `progress_ns` and at the end. Its
  // time is missing to the next datagram.
  std::function<void(const PublishStats&)> progress;
  int64_t progress_ns = 500'000'000;
};

class Publisher {
 public:
  static constexpr int64_t kLateNs = 100'000;

  // Opens all captures ("-": standard input), to be merged by their stamps. Errors: those of
  // CaptureReader::Open and of CheckPaceOptions; InvalidArgument for contradicting options.
  static absl::StatusOr<std::unique_ptr<Publisher>> Open(const std::vector<std::string>& paths,
                                                         const PublishOptions& options);

  // The same over readers that are open already. `clock` outlives the publisher.
  static absl::StatusOr<std::unique_ptr<Publisher>> OpenReaders(CaptureList readers,
                                                                PaceClock& clock,
                                                                const PublishOptions& options);

  // Publishes until the end of all captures, or until `stop` (may be null) becomes true. Blocks.
  // Errors: DataLoss when a capture is damaged (what came before in it, and the others, have been
  // published); those of rio::Sender::Open when there is no way to a destination. Call it once.
  absl::Status Run(const std::atomic<bool>* stop = nullptr);

  const PublishStats& stats() const { return stats_; }

  // How far gaps between two datagrams, first to second, were off those asked for, without sign;
  // and how long after their time by the schedule (Pacer::intended_ns) datagrams were handed to the
  // socket, which no slip resets. Only for those with a time. Snapshots from any thread.
  const latency::Histogram& gap_errors() const { return gap_errors_; }
  const latency::Histogram& lateness() const { return lateness_; }

  // Where the datagrams were going that are not in the list.
  const GroupTally& not_in_list() const { return not_in_list_; }

  // What the sockets were not granted, and how captures without stamps were put in order, a
  // sentence each. After Run.
  std::vector<std::string> Notes() const;

 private:
  Publisher(CaptureList readers, std::unique_ptr<PaceClock> owned_clock, PaceClock& clock,
            const PublishOptions& options);

  static absl::StatusOr<std::unique_ptr<Publisher>> Make(CaptureList readers,
                                                         std::unique_ptr<PaceClock> owned_clock,
                                                         PaceClock* clock,
                                                         const PublishOptions& options);

  std::optional<rio::Endpoint> DestinationOf(const Datagram& datagram);
  absl::Status Publish(const CapturedFrame& frame, const Datagram& datagram,
                       const rio::Endpoint& destination, const std::atomic<bool>* stop);
  void Flush();
  void RefreshStats();
  void ReportProgress(int64_t now_ns);

  const PublishOptions options_;
  CaptureMerge merge_;
  std::unique_ptr<PaceClock> owned_clock_;
  PaceClock& clock_;
  Pacer pacer_;
  SendQueue queue_;
  PublishStats stats_;
  GroupTally not_in_list_;
  latency::Histogram gap_errors_;
  latency::Histogram lateness_;

  std::vector<int64_t> intended_;  // Of what is queued.
  std::optional<int64_t> first_stamp_ns_;
  int64_t latest_stamp_ns_ = 0;
  std::optional<int64_t> first_sent_ns_;
  int64_t last_sent_ns_ = 0;
  std::optional<int64_t> first_intended_ns_;
  std::optional<int64_t> last_intended_ns_;
  int64_t last_paced_ns_ = 0;  // When the datagram of last_intended_ns_ went out.
  int64_t next_progress_ns_ = 0;
};

}  // namespace fh::replay

#endif  // FEEDHANDLER_REPLAY_PUBLISHER_H_
