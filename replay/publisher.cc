#include "replay/publisher.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"

namespace fh::replay {
namespace {

absl::Status CheckOptions(const PublishOptions& options) {
  if (options.all_to.has_value() && !options.redirects.empty()) {
    return absl::InvalidArgumentError(
        "datagrams go either all to one address or by a list of old and new ones: name one of "
        "both");
  }
  return CheckPaceOptions(options.pace);
}

rio::SenderOptions SenderOptionsOf(const PublishOptions& options) {
  return {.interface = options.interface,
          .source = options.source,
          .ttl = options.ttl,
          .loop = options.loop};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Open(const std::vector<std::string>& paths,
                                                           const PublishOptions& options) {
  if (absl::Status checked = CheckOptions(options); !checked.ok()) return checked;
  absl::StatusOr<CaptureList> captures = OpenCaptures(paths);
  if (!captures.ok()) return captures.status();
  return Make(*std::move(captures), std::make_unique<TickPaceClock>(), nullptr, options);
}

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::OpenReaders(CaptureList readers,
                                                                  PaceClock& clock,
                                                                  const PublishOptions& options) {
  if (absl::Status checked = CheckOptions(options); !checked.ok()) return checked;
  return Make(std::move(readers), nullptr, &clock, options);
}

absl::StatusOr<std::unique_ptr<Publisher>> Publisher::Make(CaptureList readers,
                                                           std::unique_ptr<PaceClock> owned_clock,
                                                           PaceClock* clock,
                                                           const PublishOptions& options) {
  if (readers.empty()) {
    return absl::InvalidArgumentError("no capture to publish: name at least one");
  }
  PaceClock& used_clock = clock != nullptr ? *clock : *owned_clock;
  // The constructor is private, which make_unique cannot reach.
  return std::unique_ptr<Publisher>(
      new Publisher(std::move(readers), std::move(owned_clock), used_clock, options));
}

Publisher::Publisher(CaptureList readers, std::unique_ptr<PaceClock> owned_clock, PaceClock& clock,
                     const PublishOptions& options)
    : options_(options),
      merge_(std::move(readers)),
      owned_clock_(std::move(owned_clock)),
      clock_(clock),
      pacer_(clock, options.pace),
      queue_(SenderOptionsOf(options)) {
  intended_.reserve(rio::Sender::kBatch);
}

absl::Status Publisher::Run(const std::atomic<bool>* stop) {
  next_progress_ns_ = clock_.NowNs() + options_.progress_ns;
  const auto stopped = [stop] { return stop != nullptr && stop->load(std::memory_order_relaxed); };
  CapturedFrame frame;
  Datagram datagram;
  absl::Status status;
  while (status.ok() && !stopped() && merge_.Next(frame)) {
    ++stats_.frames;
    const DatagramOutcome outcome =
        ParseDatagram(frame.link_type, frame.bytes, frame.original_length, datagram);
    stats_.outcomes.Count(outcome, datagram);
    if (outcome != DatagramOutcome::kDatagram) continue;
    const std::optional<rio::Endpoint> destination = DestinationOf(datagram);
    if (destination.has_value()) status = Publish(frame, datagram, *destination, stop);
  }
  Flush();
  status.Update(merge_.status());
  RefreshStats();
  if (options_.progress) options_.progress(stats_);
  return status;
}

std::vector<std::string> Publisher::Notes() const {
  std::vector<std::string> notes = queue_.notes();
  for (std::string& note : merge_.OrderNotes()) notes.push_back(std::move(note));
  return notes;
}

std::optional<rio::Endpoint> Publisher::DestinationOf(const Datagram& datagram) {
  if (options_.all_to.has_value()) return options_.all_to;
  const rio::Endpoint captured = datagram.destination_endpoint();
  if (!options_.redirects.empty()) {
    const auto redirect = options_.redirects.find(captured);
    if (redirect != options_.redirects.end()) return redirect->second;
    ++stats_.not_in_list;
    not_in_list_.Note(captured);
    return std::nullopt;
  }
  if (!options_.unicast && !captured.address.IsMulticast()) {
    ++stats_.unicast;
    return std::nullopt;
  }
  return captured;
}

// What is due already gathers until the batch is full or something is not due yet: then it goes out
// before the wait. A datagram that was waited for goes out alone, at once.
absl::Status Publisher::Publish(const CapturedFrame& frame, const Datagram& datagram,
                                const rio::Endpoint& destination, const std::atomic<bool>* stop) {
  std::optional<int64_t> stamp_ns;
  if (frame.has_stamp) {
    stamp_ns = frame.stamp_ns;
    latest_stamp_ns_ = first_stamp_ns_ ? std::max(latest_stamp_ns_, *stamp_ns) : *stamp_ns;
    if (!first_stamp_ns_.has_value()) first_stamp_ns_ = stamp_ns;
  } else {
    ++stats_.unstamped;
  }
  std::optional<SendQueue::Route> route = queue_.RouteTo(destination);
  if (!route.has_value()) {
    Flush();
    const absl::StatusOr<SendQueue::Route> opened = queue_.Open(destination);
    if (!opened.ok()) return opened.status();
    route = *opened;
  }
  const int64_t deadline_ns = pacer_.NextDeadlineNs(stamp_ns);
  const bool due = deadline_ns == Pacer::kNow || clock_.NowNs() >= deadline_ns;
  if (!due || !queue_.HasRoom(datagram.payload.size())) Flush();
  queue_.Append(*route, datagram.payload);
  intended_.push_back(pacer_.intended_ns());
  if (!due && !pacer_.WaitUntil(deadline_ns, stop)) {
    queue_.Discard();
    intended_.clear();
    ++stats_.interrupted;
    return absl::OkStatus();
  }
  if (!due || !queue_.HasRoom(1)) Flush();
  return absl::OkStatus();
}

void Publisher::Flush() {
  if (queue_.queued() == 0) return;
  const int64_t now_ns = clock_.NowNs();
  queue_.Flush();
  if (!first_sent_ns_.has_value()) first_sent_ns_ = now_ns;
  last_sent_ns_ = now_ns;
  for (const int64_t intended_ns : intended_) {
    if (intended_ns == Pacer::kNow) continue;
    const int64_t late_ns = now_ns - intended_ns;
    lateness_.Record(late_ns);
    stats_.late += late_ns > kLateNs;
    stats_.drift_ns = late_ns;
    if (last_intended_ns_.has_value()) {
      gap_errors_.Record(std::abs((now_ns - last_paced_ns_) - (intended_ns - *last_intended_ns_)));
    }
    if (!first_intended_ns_.has_value()) first_intended_ns_ = intended_ns;
    last_intended_ns_ = intended_ns;
    ++stats_.scheduled;
    stats_.schedule_ns = intended_ns - *first_intended_ns_;
    last_paced_ns_ = now_ns;
  }
  intended_.clear();
  if (options_.progress && now_ns >= next_progress_ns_) ReportProgress(now_ns);
}

void Publisher::ReportProgress(int64_t now_ns) {
  next_progress_ns_ = now_ns + options_.progress_ns;
  RefreshStats();
  options_.progress(stats_);
}

void Publisher::RefreshStats() {
  const rio::SenderStats sent = queue_.stats();
  stats_.sent = sent.sent;
  stats_.failed = sent.failed;
  stats_.bytes = sent.bytes;
  stats_.last_error = sent.last_error;
  stats_.destinations = queue_.destinations();
  stats_.backward_stamps = pacer_.backward_stamps();
  stats_.capture_ns = first_stamp_ns_.has_value() ? latest_stamp_ns_ - *first_stamp_ns_ : 0;
  stats_.elapsed_ns = first_sent_ns_.has_value() ? last_sent_ns_ - *first_sent_ns_ : 0;
  stats_.stored_bytes_read = merge_.stored_bytes_read();
  stats_.stored_bytes_total = merge_.stored_bytes_total();
}

}  // namespace fh::replay
