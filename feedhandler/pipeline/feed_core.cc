#include "feedhandler/pipeline/feed_core.h"

#include <algorithm>
#include <cassert>
#include <thread>
#include <utility>

namespace fh {

using codecs::DecodeJob;
using codecs::NormalizedUpdate;
using latency::Clock;
using latency::Stage;

FeedCore::FeedCore(std::vector<Channel> channels, std::vector<LineOfChannel> lines,
                   UpdatePublisher& publisher, const Clock& clock, uint32_t slices,
                   const FeedCoreOptions& options)
    : channels_(std::move(channels)),
      lines_(std::move(lines)),
      publisher_(publisher),
      clock_(clock),
      options_(options),
      stages_("feed", clock),
      waits_(options.wire_stamps ? std::make_unique<latency::Histogram[]>(lines_.size()) : nullptr),
      released_(std::make_unique<uint32_t[]>(slices)),
      deadlines_(channels_.size(), INT64_MAX) {
  for (Channel& channel : channels_) {
    channel.session.max_burst = kMaxBurst;
    sessions_.push_back(std::make_unique<ChannelSession>(channel.session));
  }
}

// The time that updates carry and that gaps are judged by: the best stamp there is.
int64_t FeedCore::ReceiveTimeNs(const rio::Packet& packet) const {
  return packet.stamp_source != rio::StampSource::kNone ? packet.stamp_ns : burst_recv_ns_;
}

int64_t FeedCore::NowNs() const {
  return options_.capture_clock ? newest_stamp_ns_ : clock_.NowUnixNs();
}

// The next packets that one channel's session may take at once: of that channel, and with the clock
// of a capture none that comes after a moment at which another channel wants to be asked. Nothing
// here depends on how a file is cut into bursts.
size_t FeedCore::ChannelRun(std::span<const rio::Packet> packets) {
  const uint16_t channel = lines_[packets[0].line].channel;
  size_t count = 1;
  while (count < packets.size() && lines_[packets[count].line].channel == channel) ++count;
  if (options_.capture_clock && least_deadline_ns_ != INT64_MAX) [[unlikely]] {
    GiveUpWhatIsDue(ReceiveTimeNs(packets[0]), Waiting::kNothing, channel);
    const int64_t until_ns = LeastDeadlineBut(channel);
    const auto due =
        std::find_if(packets.begin() + 1, packets.begin() + static_cast<ptrdiff_t>(count),
                     [&](const rio::Packet& packet) { return ReceiveTimeNs(packet) >= until_ns; });
    count = static_cast<size_t>(due - packets.begin());
  }
  return count;
}

void FeedCore::OnPackets(std::span<const rio::Packet> packets) {
  assert(packets.size() <= kMaxBurst);
  const uint64_t dequeue_ticks = packets.front().dequeue_ticks;
  burst_recv_ns_ = clock_.ToUnixNs(dequeue_ticks);
  for (size_t begin = 0; begin < packets.size();) {
    const size_t count = ChannelRun(packets.subspan(begin));
    OnChannelRun(lines_[packets[begin].line].channel, packets.subspan(begin, count));
    begin += count;
  }
  if (!options_.capture_clock && least_deadline_ns_ <= burst_recv_ns_) [[unlikely]] {
    // A burst that is not full has emptied every line.
    GiveUpWhatIsDue(burst_recv_ns_,
                    packets.size() < kMaxBurst ? Waiting::kNothing : Waiting::kPerhaps, SIZE_MAX);
  }
  publisher_.SettleDebts();
  PublishAndRecord(dequeue_ticks, packets.size());
}

// Every session but that of channel `but`, whose packet comes next and brings the time itself.
void FeedCore::GiveUpWhatIsDue(int64_t now_ns, Waiting waiting, size_t but) {
  for (size_t i = 0; i < sessions_.size(); ++i) {
    if (i == but || deadlines_[i] > now_ns) continue;
    Execute(i, waiting == Waiting::kNothing ? sessions_[i]->OnIdle(now_ns)
                                            : sessions_[i]->OnTime(now_ns));
  }
}

int64_t FeedCore::LeastDeadlineBut(size_t index) const {
  int64_t least_ns = INT64_MAX;
  for (size_t i = 0; i < deadlines_.size(); ++i) {
    if (i != index) least_ns = std::min(least_ns, deadlines_[i]);
  }
  return least_ns;
}

// After a session's turn. Calm ones, which are nearly all, cost a comparison.
void FeedCore::NoteDeadline(size_t index) {
  const int64_t deadline_ns = sessions_[index]->NextDeadlineNs();
  if (deadline_ns == deadlines_[index]) [[likely]]
    return;
  deadlines_[index] = deadline_ns;
  least_deadline_ns_ = LeastDeadlineBut(SIZE_MAX);
}

void FeedCore::OnChannelRun(size_t index, std::span<const rio::Packet> packets) {
  channels_[index].codec->Frame(packets, std::span(frames_).first(packets.size()));
  for (size_t i = 0; i < packets.size(); ++i) {
    const rio::Packet& packet = packets[i];
    const int64_t recv_ns = ReceiveTimeNs(packet);
    newest_stamp_ns_ = std::max(newest_stamp_ns_, recv_ns);
    arrivals_[i] = {&packet, &frames_[i], recv_ns, lines_[packet.line].line};
    ++stamp_counts_[static_cast<size_t>(packet.stamp_source)];
    if (options_.wire_stamps && packet.stamp_source != rio::StampSource::kNone) {
      waits_[packet.line].Record(burst_recv_ns_ - packet.stamp_ns);
    }
  }
  Execute(index, sessions_[index]->OnBurst(std::span(arrivals_).first(packets.size())));
}

void FeedCore::Execute(size_t index, const SessionBatch& batch) {
  Channel& channel = channels_[index];
  ForEachStep(
      batch, [&](std::span<const DecodeJob> jobs) { DecodeJobs(*channel.codec, jobs); },
      [&](const SessionEvent& event) { PublishEvent(channel, event); });
  std::copy(batch.released.begin(), batch.released.end(), released_.get() + released_count_);
  released_count_ += batch.released.size();
  NoteDeadline(index);
}

// As many jobs a call as fit into what the rings like at the worst; a packet of very many small
// messages is decoded in parts.
void FeedCore::DecodeJobs(codecs::Codec& codec, std::span<const DecodeJob> jobs) {
  const uint64_t limit = publisher_.preferred_most();
  while (!jobs.empty()) {
    uint64_t most = codec.MaxUpdates(jobs[0]);
    if (most > limit && jobs[0].take > 1) [[unlikely]] {
      DecodeInHalves(codec, jobs[0]);
      jobs = jobs.subspan(1);
      continue;
    }
    size_t count = 1;
    while (count < jobs.size() && most + codec.MaxUpdates(jobs[count]) <= limit) {
      most += codec.MaxUpdates(jobs[count++]);
    }
    codecs::UpdateWriter writer = publisher_.Begin(most);
    codec.Decode(jobs.first(count), writer);
    publisher_.Commit(writer);
    jobs = jobs.subspan(count);
  }
}

void FeedCore::DecodeInHalves(codecs::Codec& codec, const DecodeJob& job) {
  std::array<DecodeJob, 2> halves{job, job};
  halves[0].take = job.take / 2;
  halves[1].skip += halves[0].take;
  halves[1].take -= halves[0].take;
  DecodeJobs(codec, halves);
}

void FeedCore::PublishEvent(const Channel& channel, const SessionEvent& event) {
  NormalizedUpdate update{.record = FH_RECORD_STATUS,
                          .action = FH_ACTION_NONE,
                          .side = FH_SIDE_NONE,
                          .flags = FH_FLAG_LAST,
                          .instrument_id = FH_ALL_INSTRUMENTS,
                          .sequence = event.last,
                          .ts_event_ns = FH_UNDEFINED_TIME,
                          .ts_recv_ns = event.recv_ns,
                          .channel_id = channel.id};
  switch (event.kind) {
    case SessionEvent::Kind::kGapOpened:
      return;
    case SessionEvent::Kind::kGap:
      update.record = FH_RECORD_GAP;
      update.flags |= FH_FLAG_MAYBE_BAD_BOOK;
      update.gap = {.first = event.first,
                    .last = event.last,
                    .count = static_cast<uint32_t>(
                        std::min<uint64_t>(event.last - event.first, UINT32_MAX - 1) + 1),
                    .cause = event.gap_cause};
      break;
    case SessionEvent::Kind::kSessionStart:
      update.action = FH_ACTION_CLEAR;
      update.status = SessionStart(channel, event);
      break;
    case SessionEvent::Kind::kSessionEnd:
      update.status = {.kind = FH_STATUS_SESSION_END, .reason = {' ', ' ', ' ', ' '}};
      break;
    case SessionEvent::Kind::kStuck:
    case SessionEvent::Kind::kUnstuck:
      update.status = {.kind = FH_STATUS_CHANNEL_STUCK,
                       .state = event.kind == SessionEvent::Kind::kStuck,
                       .reason = {' ', ' ', ' ', ' '},
                       .value = static_cast<int64_t>(event.first)};
      break;
  }
  publisher_.AppendControl(update);
}

// What numbers stand for begins anew with the venue's numbering, before the first message of it is
// decoded. A file may start over more often than names are kept for, so its readers come first.
fh_status FeedCore::SessionStart(const Channel& channel, const SessionEvent& event) {
  constexpr std::array<uint8_t, 4> kStates{FH_START_JOINED, FH_START_NEW_SESSION,
                                           FH_START_RESTARTED, FH_START_CORRECTED};
  const bool is_new =
      event.start == StartCause::kNewSession || event.start == StartCause::kRestarted;
  if (is_new && channel.instruments != nullptr) {
    publisher_.WaitForReaders();
    channel.instruments->Clear();
  }
  const uint32_t epoch = channel.instruments == nullptr ? 0 : channel.instruments->epoch();
  return {.kind = FH_STATUS_SESSION_START,
          .state = kStates[static_cast<size_t>(event.start)],
          .reason = {' ', ' ', ' ', ' '},
          .value = epoch};
}

void FeedCore::PublishAndRecord(uint64_t dequeue_ticks, uint64_t packets) {
  const uint64_t decoded_ticks = Clock::Ticks();
  publisher_.Publish(clock_.ToUnixNs(decoded_ticks));
  const uint64_t published_ticks = Clock::Ticks();
  stages_.RecordTicks(Stage::kDequeueToDecoded, dequeue_ticks, decoded_ticks, packets);
  stages_.RecordTicks(Stage::kDecodedToPublished, decoded_ticks, published_ticks, packets);
}

void FeedCore::OnIdle() {
  // A capture has no idle moments, only stretches of foreign traffic: its end settles what is open.
  if (options_.capture_clock) return;
  const int64_t now_ns = NowNs();
  burst_recv_ns_ = now_ns;
  if (least_deadline_ns_ <= now_ns) GiveUpWhatIsDue(now_ns, Waiting::kNothing, SIZE_MAX);
  publisher_.SettleDebts();
  publisher_.Publish(clock_.NowUnixNs());
}

void FeedCore::Finish() {
  for (size_t i = 0; i < sessions_.size(); ++i) Execute(i, sessions_[i]->Flush(NowNs()));
  publisher_.Publish(clock_.NowUnixNs());
  const int64_t give_up_ns = clock_.NowUnixNs() + 1'000'000'000;
  while (publisher_.HasDebts() && clock_.NowUnixNs() < give_up_ns) {
    std::this_thread::yield();
    publisher_.SettleDebts();
    publisher_.Publish(clock_.NowUnixNs());
  }
}

std::span<const uint32_t> FeedCore::TakeReleased() {
  const std::span<const uint32_t> released(released_.get(), released_count_);
  released_count_ = 0;
  return released;
}

latency::HistogramSnapshot FeedCore::WaitOf(size_t line) const {
  return waits_ == nullptr ? latency::HistogramSnapshot() : waits_[line].Snapshot();
}

latency::StageSnapshot FeedCore::Stages() const {
  latency::StageSnapshot snapshot = stages_.Snapshot();
  latency::HistogramSnapshot& waits = snapshot.stages[static_cast<size_t>(Stage::kWireToDequeue)];
  for (size_t line = 0; line < lines_.size(); ++line) waits.Merge(WaitOf(line));
  return snapshot;
}

void FeedCore::CopyCounters(std::span<ChannelCounters> out) const {
  for (size_t i = 0; i < sessions_.size(); ++i) {
    out[i].codec = channels_[i].codec->stats();
    out[i].session = sessions_[i]->stats();
    const uint32_t lines = channels_[i].session.lines + channels_[i].session.recovery_lines;
    for (uint32_t line = 0; line < lines; ++line)
      out[i].lines[line] = sessions_[i]->line_stats(line);
  }
}

}  // namespace fh
