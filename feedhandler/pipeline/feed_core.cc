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
      released_(std::make_unique<uint32_t[]>(slices)) {
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

void FeedCore::OnPackets(std::span<const rio::Packet> packets) {
  assert(packets.size() <= kMaxBurst);
  const uint64_t dequeue_ticks = packets.front().dequeue_ticks;
  burst_recv_ns_ = clock_.ToUnixNs(dequeue_ticks);
  for (size_t begin = 0; begin < packets.size();) {
    const uint16_t channel = lines_[packets[begin].line].channel;
    size_t end = begin + 1;
    while (end < packets.size() && lines_[packets[end].line].channel == channel) ++end;
    OnChannelRun(channel, packets.subspan(begin, end - begin));
    begin = end;
  }
  PublishAndRecord(dequeue_ticks, packets.size());
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
      stages_.Record(Stage::kWireToDequeue, burst_recv_ns_ - packet.stamp_ns);
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
      update.status = {.kind = FH_STATUS_SESSION_START, .reason = {' ', ' ', ' ', ' '}};
      break;
    case SessionEvent::Kind::kSessionEnd:
      update.status = {.kind = FH_STATUS_SESSION_END, .reason = {' ', ' ', ' ', ' '}};
      break;
  }
  publisher_.Append(update);
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
  for (size_t i = 0; i < sessions_.size(); ++i) {
    if (sessions_[i]->NextDeadlineNs() > now_ns) continue;
    Execute(i, sessions_[i]->OnIdle(now_ns));
  }
  publisher_.Publish(clock_.NowUnixNs());
}

void FeedCore::Finish() {
  for (size_t i = 0; i < sessions_.size(); ++i) Execute(i, sessions_[i]->Flush(NowNs()));
  publisher_.Publish(clock_.NowUnixNs());
  const int64_t give_up_ns = clock_.NowUnixNs() + 1'000'000'000;
  while (publisher_.OwesGapRecords() && clock_.NowUnixNs() < give_up_ns) {
    std::this_thread::yield();
    publisher_.SettleGapRecords();
    publisher_.Publish(clock_.NowUnixNs());
  }
}

std::span<const uint32_t> FeedCore::TakeReleased() {
  const std::span<const uint32_t> released(released_.get(), released_count_);
  released_count_ = 0;
  return released;
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
