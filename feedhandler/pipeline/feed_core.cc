#include "feedhandler/pipeline/feed_core.h"

#include <algorithm>
#include <cassert>
#include <thread>
#include <utility>

#include "feedhandler/session/number_unwrapper.h"

namespace fh {

using codecs::DecodeJob;
using codecs::NormalizedUpdate;
using latency::Clock;
using latency::Stage;

// The jobs lie in the cache still.
void DescribeRun(const codecs::Codec& codec, std::span<const DecodeJob> jobs,
                 std::span<const LineOfChannel> lines, RunNote& note) {
  uint64_t messages = 0;
  uint32_t brought = 0;
  for (const DecodeJob& job : jobs) {
    messages += codec.MessagesOf(job);
    brought |= uint32_t{1} << lines[job.packet->line].line;
  }
  static_assert(kMaxSessionLines <= 16);
  note.packets = static_cast<uint32_t>(std::min<size_t>(jobs.size(), RunNote::kMostPackets)) &
                 RunNote::kMostPackets;
  note.messages = static_cast<uint16_t>(std::min<uint64_t>(messages, UINT16_MAX));
  note.lines = static_cast<uint16_t>(brought);
}

FeedCore::FeedCore(std::vector<Channel> channels, std::vector<LineOfChannel> lines,
                   UpdatePublisher& publisher, const Clock& clock, uint32_t slices,
                   const FeedCoreOptions& options)
    : channels_(std::move(channels)),
      strayed_(channels_.size(), 0),
      lines_(std::move(lines)),
      publisher_(publisher),
      clock_(clock),
      options_(options),
      hops_(std::make_unique<Hops[]>(channels_.size())),
      waits_(options.wire_stamps ? std::make_unique<latency::Histogram[]>(lines_.size()) : nullptr),
      hops_to_dequeue_(options.wire_stamps && options.two_stamps
                           ? std::make_unique<HopsToDequeue[]>(lines_.size())
                           : nullptr),
      newest_of_channel_(channels_.size(), kMaxBurst),
      released_(std::make_unique<uint32_t[]>(slices)) {
  for (size_t i = 0; i < channels_.size(); ++i) {
    MakeStreams(channels_[i], static_cast<uint16_t>(i));
  }
  first_stream_.push_back(streams_.size());
  deadlines_.assign(streams_.size(), INT64_MAX);
}

void FeedCore::MakeStreams(Channel& channel, uint16_t index) {
  const bool races = options_.measure && channel.session.lines > 1 &&
                     channel.role == codecs::ChannelRole::kIncremental;
  races_.push_back(races ? std::make_unique<LineRaces>(channel.session.lines) : nullptr);
  const codecs::Numbering& numbering = channel.codec->numbering();
  channel.session.max_burst = kMaxBurst;
  // What the venue marks as sent again comes as if on a line of its own.
  if (numbering.marks_retransmissions) {
    ++channel.session.recovery_lines;
    channel.line_names.push_back("retransmitted");
  }
  assert(numbering.has_streams || channel.streams == 1);
  first_stream_.push_back(streams_.size());
  for (uint16_t i = 0; i < channel.streams; ++i) {
    Stream& stream =
        streams_.emplace_back(Stream{.channel = index, .is_open = !numbering.has_streams});
    if (channel.role == codecs::ChannelRole::kIncremental) {
      stream.session = std::make_unique<ChannelSession>(channel.session);
    } else {
      stream.loop = std::make_unique<LoopSession>(channel.session);
    }
  }
}

// The time that updates carry and that gaps are judged by: the best stamp there is.
int64_t FeedCore::ReceiveTimeNs(const rio::Packet& packet) const {
  return packet.stamp_source != rio::StampSource::kNone ? packet.stamp_ns : burst_recv_ns_;
}

int64_t FeedCore::NowNs() const {
  return options_.capture_clock ? newest_stamp_ns_ : clock_.NowUnixNs();
}

// The next packets that are of one channel.
size_t FeedCore::ChannelRun(std::span<const rio::Packet> packets) const {
  const uint16_t channel = lines_[packets[0].line].channel;
  size_t count = 1;
  while (count < packets.size() && lines_[packets[count].line].channel == channel) ++count;
  return count;
}

// The same packets, those of a channel side by side. Copying 40 bytes a packet is less than asking a
// codec once more.
std::span<const rio::Packet> FeedCore::GroupByChannel(std::span<const rio::Packet> packets) {
  constexpr uint8_t kNone = kMaxBurst;
  std::array<uint8_t, kMaxBurst> next;
  std::array<uint8_t, kMaxBurst> oldest;  // Of each channel, in the order of their first packets.
  size_t groups = 0;
  size_t runs = 0;
  for (uint8_t i = 0; i < packets.size(); ++i) {
    uint8_t& newest = newest_of_channel_[lines_[packets[i].line].channel];
    next[i] = kNone;
    runs += newest == kNone || newest + 1 != i;
    if (newest == kNone) {
      oldest[groups++] = i;
    } else {
      next[newest] = i;
    }
    newest = i;
  }
  size_t count = 0;
  for (size_t group = 0; group < groups; ++group) {
    newest_of_channel_[lines_[packets[oldest[group]].line].channel] = kNone;
    if (runs == groups) continue;  // They were side by side.
    for (uint8_t i = oldest[group]; i != kNone; i = next[i]) grouped_[count++] = packets[i];
  }
  return runs == groups ? packets : std::span<const rio::Packet>(grouped_).first(count);
}

// How many of the packets a stream's session may take at once: with the clock of a capture none that
// comes after a moment at which another session wants to be asked. Nothing here depends on how a file
// is cut into bursts.
size_t FeedCore::UntilSomethingIsDue(size_t stream, std::span<const Arrival> arrivals) {
  if (!options_.capture_clock || least_deadline_ns_ == INT64_MAX) [[likely]]
    return arrivals.size();
  GiveUpWhatIsDue(arrivals[0].recv_ns, Waiting::kNothing, stream);
  const int64_t until_ns = LeastDeadlineBut(stream);
  const auto due = std::find_if(arrivals.begin() + 1, arrivals.end(), [&](const Arrival& arrival) {
    return arrival.recv_ns >= until_ns;
  });
  return static_cast<size_t>(due - arrivals.begin());
}

void FeedCore::OnPackets(std::span<const rio::Packet> packets) {
  assert(packets.size() <= kMaxBurst);
  dequeue_ticks_ = packets.front().dequeue_ticks;
  burst_recv_ns_ = clock_.ToUnixNs(dequeue_ticks_);
  const size_t taken = packets.size();
  untaken_ = taken;
  if (options_.measure) peaks_.Note(burst_recv_ns_, taken);
  size_t run = ChannelRun(packets);
  if (run < taken && !options_.capture_clock) {
    packets = GroupByChannel(packets);
    run = ChannelRun(packets);
  }
  for (;;) {
    OnChannelRun(lines_[packets[0].line].channel, packets.first(run));
    packets = packets.subspan(run);
    if (packets.empty()) break;
    run = ChannelRun(packets);
  }
  if (!options_.capture_clock && least_deadline_ns_ <= burst_recv_ns_) [[unlikely]] {
    // A burst that is not full has emptied every line.
    GiveUpWhatIsDue(burst_recv_ns_, taken < kMaxBurst ? Waiting::kNothing : Waiting::kPerhaps,
                    kNoStream);
  }
  publisher_.SettleDebts();
  PublishAndMeasure();
  // So that the next burst has room, whatever becomes of it.
  if (pending_.room() < kMostRecordsOfABurst) pending_.Fold();
}

// Every session but that of stream `but`, whose packet comes next and brings the time itself.
void FeedCore::GiveUpWhatIsDue(int64_t now_ns, Waiting waiting, size_t but) {
  for (size_t i = 0; i < streams_.size(); ++i) {
    if (i == but || deadlines_[i] > now_ns) continue;  // Never due: a loop.
    ChannelSession& session = *streams_[i].session;
    Execute(i, waiting == Waiting::kNothing ? session.OnIdle(now_ns) : session.OnTime(now_ns));
  }
}

int64_t FeedCore::LeastDeadlineBut(size_t stream) const {
  int64_t least_ns = INT64_MAX;
  for (size_t i = 0; i < deadlines_.size(); ++i) {
    if (i != stream) least_ns = std::min(least_ns, deadlines_[i]);
  }
  return least_ns;
}

// After a session's turn. Calm ones, which are nearly all, cost a comparison.
void FeedCore::NoteDeadline(size_t stream) {
  const ChannelSession* session = streams_[stream].session.get();
  const int64_t deadline_ns = session == nullptr ? INT64_MAX : session->NextDeadlineNs();
  if (deadline_ns == deadlines_[stream]) [[likely]]
    return;
  deadlines_[stream] = deadline_ns;
  least_deadline_ns_ = LeastDeadlineBut(kNoStream);
}

void FeedCore::OnChannelRun(size_t index, std::span<const rio::Packet> packets) {
  const Channel& channel = channels_[index];
  channel.codec->Frame(packets, std::span(frames_).first(packets.size()));
  for (size_t i = 0; i < packets.size(); ++i) {
    const rio::Packet& packet = packets[i];
    const int64_t recv_ns = ReceiveTimeNs(packet);
    newest_stamp_ns_ = std::max(newest_stamp_ns_, recv_ns);
    arrivals_[i] = {&packet, &frames_[i], recv_ns, lines_[packet.line].line};
    ++stamp_counts_[static_cast<size_t>(packet.stamp_source)];
  }
  if (options_.wire_stamps && options_.measure) NoteWaits(packets);
  if (races_[index] != nullptr) NoteRaces(*races_[index], packets);
  const std::span arrivals = std::span(arrivals_).first(packets.size());
  if (channel.codec->numbering().marks_retransmissions) DivertRetransmissions(channel, arrivals);
  if (!channel.codec->numbering().has_streams) [[likely]] {
    TakeOfStream(first_stream_[index], arrivals);
  } else {
    TakeByStream(index, arrivals);
  }
}

// Packets of one channel. What several have in common, the histograms of their lines, is in the cache from
// the first of them on, so they are recorded at once; where each is of another channel they wait.
void FeedCore::NoteWaits(std::span<const rio::Packet> packets) {
  constexpr size_t kSeveral = 4;
  const bool at_once = packets.size() >= kSeveral;
  const auto note = [&](latency::Histogram& histogram, int64_t value_ns) {
    if (at_once) {
      histogram.Record(value_ns);
    } else {
      pending_.Add(histogram, value_ns, 1);
    }
  };
  const int64_t dequeued_ns = burst_recv_ns_;
  int64_t longest_ns = longest_wait_ns_;
  for (const rio::Packet& packet : packets) {
    if (packet.stamp_source == rio::StampSource::kNone) continue;
    const int64_t wait_ns = dequeued_ns - packet.stamp_ns;
    note(waits_[packet.line], wait_ns);
    longest_ns = std::max(longest_ns, wait_ns);
    // Most have a single stamp.
    if (packet.kernel_after_ns == 0 || hops_to_dequeue_ == nullptr) [[likely]]
      continue;
    HopsToDequeue& hops = hops_to_dequeue_[packet.line];
    note(hops.wire_to_kernel, packet.kernel_after_ns);
    note(hops.kernel_to_dequeue, wait_ns - packet.kernel_after_ns);
  }
  longest_wait_ns_ = longest_ns;
}

void FeedCore::NoteRaces(LineRaces& races, std::span<const rio::Packet> packets) {
  for (size_t i = 0; i < packets.size(); ++i) {
    races.Prefetch(codecs::StreamSequence(frames_[i].stream, frames_[i].first_sequence));
  }
  for (size_t i = 0; i < packets.size(); ++i) {
    const codecs::PacketFrame& frame = frames_[i];
    if (frame.kind != codecs::FrameKind::kMessages || frame.number_count == 0) continue;
    races.Note(arrivals_[i].line, codecs::StreamSequence(frame.stream, frame.first_sequence),
               packets[i].stamp_ns, packets[i].stamp_source);
  }
}

// What was sent again comes as if on a recovery line, behind the configured ones.
void FeedCore::DivertRetransmissions(const Channel& channel, std::span<Arrival> arrivals) {
  const auto line =
      static_cast<uint8_t>(channel.session.lines + channel.session.recovery_lines - 1);
  for (size_t i = 0; i < arrivals.size(); ++i) {
    if (frames_[i].kind != codecs::FrameKind::kRetransmitted) continue;
    frames_[i].kind = codecs::FrameKind::kMessages;
    arrivals[i].line = line;
  }
}

// Each stream's packets to its session: all at once, or of a capture as they came.
void FeedCore::TakeByStream(size_t channel, std::span<const Arrival> arrivals) {
  std::array<size_t, kMaxBurst> streams;
  for (size_t i = 0; i < arrivals.size(); ++i) {
    streams[i] = FindStream(channel, arrivals[i]);
    if (streams[i] == kNoStream) Stray(channel, arrivals[i]);
  }
  for (size_t i = 0; i < arrivals.size(); ++i) {
    const size_t stream = streams[i];
    if (stream == kNoStream) continue;
    size_t count = 0;
    for (size_t j = i; j < arrivals.size(); ++j) {
      if (streams[j] == stream) {
        stream_arrivals_[count++] = arrivals[j];
        streams[j] = kNoStream;
      } else if (options_.capture_clock) {
        break;
      }
    }
    TakeOfStream(stream, std::span(stream_arrivals_).first(count));
  }
}

void FeedCore::TakeOfStream(size_t stream, std::span<const Arrival> arrivals) {
  const Stream& taker = streams_[stream];
  while (!arrivals.empty()) {
    const size_t count = UntilSomethingIsDue(stream, arrivals);
    const std::span<const Arrival> now = arrivals.first(count);
    if (options_.measure) publisher_.BeginRun();
    SessionBatch batch;
    if (taker.session != nullptr) {
      Unwrap(taker, now);
      batch = taker.session->OnBurst(now);
    } else {
      batch = taker.loop->OnBurst(now);
    }
    const uint64_t sequenced_ticks = options_.measure ? Clock::Ticks() : 0;
    Execute(stream, batch);
    if (options_.measure) NoteTaken(taker.channel, count, sequenced_ticks, batch.jobs);
    arrivals = arrivals.subspan(count);
  }
}

// Where the session's numbers have more bits than the wire's.
void FeedCore::Unwrap(const Stream& stream, std::span<const Arrival> arrivals) {
  const codecs::Numbering& numbering = channels_[stream.channel].codec->numbering();
  if (numbering.bits >= 64) [[likely]]
    return;
  const NumberUnwrapper unwrapper(numbering);
  for (const Arrival& arrival : arrivals) {
    codecs::PacketFrame& frame = frames_[static_cast<size_t>(arrival.frame - frames_.data())];
    if (frame.kind == codecs::FrameKind::kUnsequenced) continue;
    frame.first_sequence = unwrapper.Unwrap(frame.first_sequence, stream.session->expected());
  }
}

// The stream's place; that of a packet whose stream cannot be read is the first.
size_t FeedCore::FindStream(size_t channel, const Arrival& arrival) {
  if (arrival.frame->kind == codecs::FrameKind::kRejected) return first_stream_[channel];
  for (size_t i = first_stream_[channel]; i < first_stream_[channel + 1]; ++i) {
    if (!streams_[i].is_open || streams_[i].id != arrival.frame->stream) continue;
    streams_[i].last_ns = arrival.recv_ns;
    return i;
  }
  return OpenStream(channel, arrival);
}

// A place for a stream that shows itself: a free one, else that of which nothing has come for
// longest, at least for line_silent_ns. Streams that there are none of could otherwise keep out one
// that there is.
size_t FeedCore::OpenStream(size_t channel, const Arrival& arrival) {
  size_t place = first_stream_[channel];
  for (size_t i = place; i < first_stream_[channel + 1]; ++i) {
    if (streams_[i].last_ns < streams_[place].last_ns) place = i;
  }
  Stream& stream = streams_[place];
  if (stream.is_open) {
    const auto silent_ns = static_cast<uint64_t>(channels_[channel].session.line_silent_ns);
    if (Elapsed(stream.last_ns, arrival.recv_ns) < silent_ns) return kNoStream;
    if (stream.session != nullptr) {
      Execute(place, stream.session->Flush(arrival.recv_ns));
      stream.session->Forget();
    }
  }
  stream.is_open = true;
  stream.id = arrival.frame->stream;
  stream.last_ns = arrival.recv_ns;
  return place;
}

void FeedCore::Stray(size_t channel, const Arrival& arrival) {
  strayed_[channel] += arrival.frame->message_count;
  released_[released_count_++] = arrival.packet->slice;
}

void FeedCore::Execute(size_t index, const SessionBatch& batch) {
  const Stream& stream = streams_[index];
  Channel& channel = channels_[stream.channel];
  ForEachStep(
      batch, [&](std::span<const DecodeJob> jobs) { DecodeJobs(channel, jobs); },
      [&](const SessionEvent& event) {
        TellCodec(stream, event);
        PublishEvent(stream, event);
      });
  std::copy(batch.released.begin(), batch.released.end(), released_.get() + released_count_);
  released_count_ += batch.released.size();
  NoteDeadline(index);
}

// As many jobs a call as fit into what the rings like at the worst; a packet of very many small
// messages is decoded in parts.
void FeedCore::DecodeJobs(Channel& channel, std::span<const DecodeJob> jobs) {
  codecs::Codec& codec = *channel.codec;
  const uint64_t limit = publisher_.preferred_most();
  while (!jobs.empty()) {
    uint64_t most = codec.MaxUpdates(jobs[0]);
    if (most > limit && jobs[0].take > 1) [[unlikely]] {
      DecodeInHalves(channel, jobs[0]);
      jobs = jobs.subspan(1);
      continue;
    }
    size_t count = 1;
    while (count < jobs.size() && most + codec.MaxUpdates(jobs[count]) <= limit) {
      most += codec.MaxUpdates(jobs[count++]);
    }
    codecs::UpdateWriter writer = publisher_.Begin(most);
    const uint64_t before = writer.next();
    codec.Decode(jobs.first(count), writer);
    if (channel.orders != nullptr) channel.orders->Complete(writer, before);
    publisher_.Commit(writer);
    jobs = jobs.subspan(count);
  }
}

void FeedCore::DecodeInHalves(Channel& channel, const DecodeJob& job) {
  std::array<DecodeJob, 2> halves{job, job};
  halves[0].take = job.take / 2;
  halves[1].skip += halves[0].take;
  halves[1].take -= halves[0].take;
  DecodeJobs(channel, halves);
}

// What a decoder remembers of earlier messages may no longer hold.
void FeedCore::TellCodec(const Stream& stream, const SessionEvent& event) {
  using Kind = codecs::StreamEvent::Kind;
  Kind kind = Kind::kGap;
  switch (event.kind) {
    case SessionEvent::Kind::kGapOpened:
    case SessionEvent::Kind::kStuck:
    case SessionEvent::Kind::kUnstuck:
      return;
    case SessionEvent::Kind::kGap:
      break;
    case SessionEvent::Kind::kSessionStart:
      if (event.start != StartCause::kCorrected) kind = Kind::kStart;
      break;
    case SessionEvent::Kind::kSessionEnd:
      kind = Kind::kEnd;
      break;
    case SessionEvent::Kind::kLoop:
      kind = Kind::kLoop;
      break;
  }
  channels_[stream.channel].codec->OnEvent(
      {.kind = kind, .stream = stream.id, .first = event.first, .last = event.last});
}

void FeedCore::PublishEvent(const Stream& stream, const SessionEvent& event) {
  const Channel& channel = channels_[stream.channel];
  NormalizedUpdate update{.record = FH_RECORD_STATUS,
                          .action = FH_ACTION_NONE,
                          .side = FH_SIDE_NONE,
                          .flags = FH_FLAG_LAST,
                          .instrument_id = FH_ALL_INSTRUMENTS,
                          .sequence = codecs::StreamSequence(stream.id, event.last),
                          .ts_event_ns = FH_UNDEFINED_TIME,
                          .ts_recv_ns = event.recv_ns,
                          .channel_id = channel.id};
  switch (event.kind) {
    case SessionEvent::Kind::kGapOpened:
    case SessionEvent::Kind::kLoop:
      return;
    case SessionEvent::Kind::kGap:
      update.record = FH_RECORD_GAP;
      update.flags |= FH_FLAG_MAYBE_BAD_BOOK;
      update.gap = {.first = codecs::StreamSequence(stream.id, event.first),
                    .last = codecs::StreamSequence(stream.id, event.last),
                    .count = static_cast<uint32_t>(
                        std::min<uint64_t>(event.last - event.first, UINT32_MAX - 1) + 1),
                    .cause = event.gap_cause};
      break;
    case SessionEvent::Kind::kSessionStart:
      update.action = FH_ACTION_CLEAR;
      if (channel.orders != nullptr) channel.orders->Clear(stream.id);
      [[fallthrough]];
    case SessionEvent::Kind::kSessionEnd:
      update.record = FH_RECORD_SESSION;
      update.session = SessionRecord(channel, event);
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
fh_session FeedCore::SessionRecord(const Channel& channel, const SessionEvent& event) {
  constexpr std::array<uint8_t, 4> kStates{FH_SESSION_JOINED, FH_SESSION_NEW, FH_SESSION_RESTARTED,
                                           FH_SESSION_CORRECTED};
  const bool is_end = event.kind == SessionEvent::Kind::kSessionEnd;
  const bool is_new =
      !is_end && (event.start == StartCause::kNewSession || event.start == StartCause::kRestarted);
  // The instruments of other streams, and of other channels, go on.
  if (is_new && channel.instruments != nullptr && channel.streams == 1 &&
      channel.instrument_scope == codecs::InstrumentScope::kSession) {
    publisher_.WaitForReaders();
    channel.instruments->Clear();
  }
  fh_session record{
      .session = {},
      .epoch = channel.instruments == nullptr ? 0 : channel.instruments->epoch(),
      .state = is_end ? uint8_t{FH_SESSION_ENDED} : kStates[static_cast<size_t>(event.start)],
      .reserved0 = 0,
      .reserved1 = 0};
  std::copy(event.session.bytes.begin(), event.session.bytes.end(), record.session);
  return record;
}

// Packets of one channel were decoded together just now.
void FeedCore::NoteTaken(size_t channel, uint64_t packets, uint64_t sequenced_ticks,
                         std::span<const DecodeJob> jobs) {
  const uint64_t decoded_ticks = Clock::Ticks();
  const auto add = [&](Hop hop, uint64_t from, uint64_t to) {
    pending_.Add(hops_[channel][static_cast<size_t>(hop)],
                 clock_.TicksToNs(static_cast<int64_t>(to - from)), packets);
  };
  add(Hop::kDequeueToSequenced, dequeue_ticks_, sequenced_ticks);
  add(Hop::kSequencedToDecoded, sequenced_ticks, decoded_ticks);
  add(Hop::kDequeueToDecoded, dequeue_ticks_, decoded_ticks);
  const auto since_dequeue_ns = [&](uint64_t ticks) {
    return static_cast<uint32_t>(std::clamp<int64_t>(
        clock_.TicksToNs(static_cast<int64_t>(ticks - dequeue_ticks_)), 0, UINT32_MAX));
  };
  RunNote note{.dequeued_ns = burst_recv_ns_,
               .sequenced_after_ns = since_dequeue_ns(sequenced_ticks),
               .decoded_after_ns = since_dequeue_ns(decoded_ticks),
               .behind = static_cast<uint32_t>(untaken_ - 1) & RunNote::kMostPackets};
  DescribeRun(*channels_[channel].codec, jobs, lines_, note);
  publisher_.EndRun(note);
  untaken_ -= packets;
  taken_[taken_count_++] = {channel, packets, decoded_ticks};
}

void FeedCore::PublishAndMeasure() {
  if (taken_count_ == 0) return publisher_.Publish(clock_.NowUnixNs());
  const uint64_t decoded_ticks = taken_[taken_count_ - 1].decoded_ticks;
  const int64_t burst_ns =
      longest_wait_ns_ + clock_.TicksToNs(static_cast<int64_t>(decoded_ticks - dequeue_ticks_));
  longest_wait_ns_ = 0;
  publisher_.Publish(clock_.ToUnixNs(decoded_ticks));
  const uint64_t published_ticks = Clock::Ticks();
  if (slow_bursts_.IsSlow(burst_ns)) [[unlikely]]
    LookWhatHappened();
  for (size_t i = 0; i < taken_count_; ++i) {
    const Taken& taken = taken_[i];
    pending_.Add(hops_[taken.channel][static_cast<size_t>(Hop::kDecodedToPublished)],
                 clock_.TicksToNs(static_cast<int64_t>(published_ticks - taken.decoded_ticks)),
                 taken.packets);
  }
  taken_count_ = 0;
}

// The burst that was just published has waited or taken long: was it for this thread's CPU?
void FeedCore::LookWhatHappened() {
  const std::optional<ContextSwitches> now = SwitchesOfThisThread();
  if (!now.has_value()) return;
  if (!first_switches_.has_value()) first_switches_ = now;
  publisher_.TellSwitches(*now - *first_switches_);
}

void FeedCore::OnIdle() {
  pending_.Fold();
  // A capture has no idle moments, only stretches of foreign traffic: its end settles what is open.
  if (options_.capture_clock) return;
  const int64_t now_ns = NowNs();
  burst_recv_ns_ = now_ns;
  const bool is_due = least_deadline_ns_ <= now_ns;
  if (is_due) GiveUpWhatIsDue(now_ns, Waiting::kNothing, kNoStream);
  publisher_.SettleDebts();
  publisher_.Publish(is_due ? clock_.NowUnixNs() : now_ns);
}

void FeedCore::Finish() {
  pending_.Fold();
  for (size_t i = 0; i < streams_.size(); ++i) {
    if (streams_[i].session != nullptr) Execute(i, streams_[i].session->Flush(NowNs()));
  }
  for (const std::unique_ptr<LineRaces>& races : races_) {
    if (races != nullptr) races->Finish();
  }
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

latency::HistogramSnapshot FeedCore::WireToKernelOf(size_t line) const {
  if (!two_stamps()) return {};
  return hops_to_dequeue_[line].wire_to_kernel.Snapshot();
}

latency::HistogramSnapshot FeedCore::KernelToDequeueOf(size_t line) const {
  if (!two_stamps()) return {};
  return hops_to_dequeue_[line].kernel_to_dequeue.Snapshot();
}

latency::HistogramSnapshot FeedCore::HopOf(size_t channel, Hop hop) const {
  return hops_[channel][static_cast<size_t>(hop)].Snapshot();
}

latency::StageSnapshot FeedCore::Stages() const {
  latency::StageSnapshot snapshot;
  for (size_t line = 0; line < lines_.size(); ++line) {
    snapshot.of(Stage::kWireToDequeue).Merge(WaitOf(line));
    if (!two_stamps()) continue;
    snapshot.of(Stage::kWireToKernel).Merge(WireToKernelOf(line));
    snapshot.of(Stage::kKernelToDequeue).Merge(KernelToDequeueOf(line));
  }
  for (size_t channel = 0; channel < channels_.size(); ++channel) {
    for (size_t hop = 0; hop < kHops.size(); ++hop) {
      snapshot.of(kHops[hop]).Merge(HopOf(channel, static_cast<Hop>(hop)));
    }
  }
  return snapshot;
}

void FeedCore::CopyCounters(std::span<ChannelCounters> out) const {
  for (size_t i = 0; i < channels_.size(); ++i) {
    out[i] = {.codec = channels_[i].codec->stats(), .strayed_messages = strayed_[i]};
    if (channels_[i].orders != nullptr) out[i].orders = channels_[i].orders->stats();
    const uint32_t lines = channels_[i].session.lines + channels_[i].session.recovery_lines;
    for (size_t j = first_stream_[i]; j < first_stream_[i + 1]; ++j) {
      const Stream& stream = streams_[j];
      out[i].streams += stream.is_open;
      out[i].session += stream.session != nullptr ? stream.session->stats() : stream.loop->stats();
      for (uint32_t line = 0; line < lines; ++line) {
        out[i].lines[line] += stream.session != nullptr ? stream.session->line_stats(line)
                                                        : stream.loop->line_stats(line);
      }
    }
  }
}

}  // namespace fh
