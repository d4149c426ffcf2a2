#include "feedhandler/pipeline/strategy_thread.h"

#include <algorithm>
#include <bit>
#include <future>
#include <utility>

#include "feedhandler/pipeline/crash_report.h"

namespace fh {
namespace {

// StrategyThread::call_, from its lowest bit: the strategy's index and one; how many updates, none
// for OnIdle, OnStop and OnBook; the first one's channel, or which of these it is; and, as many bits as
// are left, the number of updates delivered before it, or of the quiet call.
constexpr int kUpdatesShift = 8;
constexpr int kChannelShift = kUpdatesShift + 9;
constexpr int kPositionShift = kChannelShift + 16;
constexpr size_t kMostStrategies = (size_t{1} << kUpdatesShift) - 1;
constexpr uint32_t kMostWaits = 1 << 16;  // Turns in which a trade waits for what is behind it.
static_assert(StrategyThread::kMostPerTurn <= BookStage::kMostOfRun);
static_assert(StrategyThread::kMostPerTurn < uint64_t{1} << (kChannelShift - kUpdatesShift));

uint64_t PackCall(size_t strategy, uint64_t updates, uint64_t channel, uint64_t position) {
  return (std::min(strategy, kMostStrategies - 1) + 1) | updates << kUpdatesShift |
         channel << kChannelShift | position << kPositionShift;
}

uint64_t Bits(uint64_t word, int from, int to) { return word << (64 - to) >> (64 - to + from); }

bool IsOfSessionLayer(const codecs::NormalizedUpdate& update) {
  return update.record == FH_RECORD_GAP || update.record == FH_RECORD_SESSION ||
         (update.record == FH_RECORD_STATUS && update.status.kind == FH_STATUS_CHANNEL_STUCK);
}

// A trade that leaves side or price open, with more of its message behind it: books fill them in from the
// fill that comes next.
bool IsOpenTrade(const codecs::NormalizedUpdate& update) {
  return update.record == FH_RECORD_TRADE && update.action == FH_ACTION_TRADE &&
         (update.flags & FH_FLAG_LAST) == 0 &&
         (update.side == FH_SIDE_NONE || update.trade.price == FH_UNDEFINED_PRICE);
}

thread_local const StrategyThread* this_thread = nullptr;

}  // namespace

StrategyThread::StrategyThread(const StrategyThreadOptions& options, const latency::Clock& clock)
    : options_(options),
      clock_(clock),
      stages_(options.thread.name, clock),
      totals_(std::make_unique<latency::Histogram[]>(options.feeds)),
      under_(std::make_unique<latency::Histogram[]>(kConditions.size())),
      samples_(kMostPerTurn),
      loop_(options.schedule == nullptr ? nullptr : std::make_unique<latency::LoopMeter>()) {
  for (size_t i = 0; i < options.rings; ++i) {
    inputs_.push_back(std::make_unique<Input>(options.ring_updates));
  }
}

StrategyThread::~StrategyThread() {
  if (thread_.joinable()) Stop().IgnoreError();
}

void StrategyThread::Start() {
  std::promise<void> placed;
  std::future<void> is_placed = placed.get_future();
  thread_ = std::thread([this, placed = std::move(placed)]() mutable {
    const CrashStack crash_stack;
    notes_ = SetUpThisThread(options_.thread);
    placed.set_value();
    Run();
  });
  is_placed.wait();
}

absl::Status StrategyThread::Stop() {
  if (!thread_.joinable()) return stop_status_;
  stopping_.store(true, std::memory_order_release);
  thread_.join();
  return stop_status_;
}

const StrategyThread* StrategyThread::OfThisThread() { return this_thread; }

void StrategyThread::NoteCall(size_t strategy, std::span<const codecs::NormalizedUpdate> run) {
  call_.store(
      PackCall(strategy, run.size(), run[0].channel_id, delivered_.load(std::memory_order_relaxed)),
      std::memory_order_relaxed);
}

void StrategyThread::NoteCall(size_t strategy, StrategyCall::Kind kind) {
  call_.store(PackCall(strategy, 0, static_cast<uint64_t>(kind), ++quiet_calls_),
              std::memory_order_relaxed);
}

std::optional<StrategyCall> StrategyThread::CurrentCall() const {
  const uint64_t word = call_.load(std::memory_order_relaxed);
  if (word == 0) return std::nullopt;
  const size_t strategy = Bits(word, 0, kUpdatesShift) - 1;
  const auto updates = static_cast<uint32_t>(Bits(word, kUpdatesShift, kChannelShift));
  const auto channel = static_cast<uint16_t>(Bits(word, kChannelShift, kPositionShift));
  StrategyCall call{.kind = StrategyCall::Kind::kUpdates,
                    .strategy = strategies_[strategy].name().c_str(),
                    .id = word,
                    .updates = updates,
                    .channel_id = channel,
                    .sequence = call_sequence_.load(std::memory_order_relaxed)};
  if (updates == 0) {
    call.kind = static_cast<StrategyCall::Kind>(channel);
    return call;
  }
  const uint64_t delivered = delivered_.load(std::memory_order_relaxed);
  if (delivered << kPositionShift >> kPositionShift != Bits(word, kPositionShift, 64)) {
    return std::nullopt;
  }
  return call;
}

void StrategyThread::Run() {
  this_thread = this;
  const std::optional<ContextSwitches> before = SwitchesOfThisThread();
  switches_ = before;
  IdleWaiter idle(options_.thread.idle);
  while (true) {
    // Read before the rings: what was published before Stop is seen by the look that follows.
    const bool stopping = stopping_.load(std::memory_order_acquire);
    if (DeliverOnce()) {
      idle.Reset();
    } else if (stopping) {
      break;
    } else {
      OnIdle();
      idle.Wait();
    }
  }
  if (before.has_value()) {
    preempted_ = (SwitchesOfThisThread().value_or(*before) - *before).preempted;
  }
  OnStop();
  this_thread = nullptr;
}

void StrategyThread::OnIdle() {
  if (books_ != nullptr) Tell(books_->OnIdle(options_.is_live ? clock_.NowUnixNs() : 0));
  for (size_t i = 0; i < strategies_.size(); ++i) {
    if (!strategies_[i].wants_idle()) continue;
    NoteCall(i, StrategyCall::Kind::kIdle);
    strategies_[i].OnIdle();
  }
  call_.store(0, std::memory_order_relaxed);
}

void StrategyThread::OnStop() {
  if (books_ != nullptr) Tell(books_->OnStop());
  for (size_t i = 0; i < strategies_.size(); ++i) {
    NoteCall(i, StrategyCall::Kind::kStop);
    stop_status_.Update(strategies_[i].OnStop());
  }
  call_.store(0, std::memory_order_relaxed);
}

// Where runs are cut depends on the moment, and what strategies make of a file must not. Nothing live and
// nothing that is paced waits for it.
bool StrategyThread::MayWait() const {
  return !options_.is_live && options_.schedule == nullptr &&
         !stopping_.load(std::memory_order_acquire);
}

// A turn of each ring.
bool StrategyThread::DeliverOnce() {
  bool delivered = false;
  for (const std::unique_ptr<Input>& input : inputs_) delivered |= DeliverFrom(*input);
  return delivered;
}

bool StrategyThread::DeliverFrom(Input& input) {
  std::span<codecs::NormalizedUpdate> run = input.ring.Read(kMostPerTurn);
  if (run.empty()) return false;
  run = BeginEpoch(run);
  const codecs::NormalizedUpdate* behind = nullptr;
  if (books_ != nullptr && IsOpenTrade(run.back())) {
    behind = input.ring.Behind(run.size());
    if (behind == nullptr && MayWait() && input.waits < kMostWaits) {
      // The trade waits; for a while, since who fills the ring may wait until it is empty.
      if (run.size() == 1) {
        ++input.waits;
        return false;
      }
      run = run.first(run.size() - 1);
    }
    input.waits = 0;
  }
  const uint64_t seen_ticks = options_.measure ? latency::Clock::Ticks() : 0;
  if (options_.measure) RecordLatency(input, run, clock_.ToUnixNs(seen_ticks));
  if (books_ == nullptr) {
    Deliver(run);
  } else {
    DeliverWithBooks(run, behind);
  }
  if (options_.measure) {
    const uint64_t done_ticks = latency::Clock::Ticks();
    stages_.RecordTicks(latency::Stage::kSeenToDone, seen_ticks, done_ticks, run.size());
    if (samples_.has_open()) [[unlikely]] {
      samples_.SetDone(clock_.ToUnixNs(done_ticks),
                       samples_.has_open_slow() ? Meanwhile(input) : SwitchesMeanwhile());
    }
  }
  if (loop_ != nullptr) RecordLoop(run, clock_.NowUnixNs());
  input.ring.Release(run.size());
  delivered_.store(delivered_.load(std::memory_order_relaxed) + run.size(),
                   std::memory_order_release);
  return true;
}

void StrategyThread::Deliver(std::span<const codecs::NormalizedUpdate> run) {
  call_sequence_.store(run[0].sequence, std::memory_order_relaxed);
  for (size_t i = 0; i < strategies_.size(); ++i) {
    NoteCall(i, run);
    strategies_[i].OnUpdates(run);
  }
}

void StrategyThread::DeliverWithBooks(std::span<codecs::NormalizedUpdate> run,
                                      const codecs::NormalizedUpdate* behind) {
  books_->Begin(run, behind);
  for (BookStage::Step step; books_->Next(step);) {
    while (!step.updates.empty()) {
      const size_t count = std::min<size_t>(step.updates.size(), kMostPerTurn);
      Deliver(step.updates.first(count));
      step.updates = step.updates.subspan(count);
    }
    Tell(step.due);
  }
}

void StrategyThread::Tell(std::span<const BookStage::Due> due) {
  for (const BookStage::Due& one : due) {
    NoteCall(one.strategy, StrategyCall::Kind::kBook);
    one.Tell();
  }
}

// The updates up to the next session start, from which on ids may stand for other instruments; when
// the first is one, the hosts are told.
std::span<codecs::NormalizedUpdate> StrategyThread::BeginEpoch(
    std::span<codecs::NormalizedUpdate> run) {
  if (codecs::IsSessionStart(run[0])) {
    for (StrategyHost* host : hosts_) {
      host->OnSessionStart(run[0].channel_id, run[0].session.epoch);
    }
  }
  const auto next = std::find_if(run.begin() + 1, run.end(), codecs::IsSessionStart);
  return run.first(static_cast<size_t>(next - run.begin()));
}

void StrategyThread::RecordLatency(Input& input, std::span<const codecs::NormalizedUpdate> run,
                                   int64_t seen_ns) {
  const uint32_t published_before = input.published_ns32;
  const auto record = [&] {
    if (input.published_ns32 == 0 || input.unrecorded == 0) return;
    // Of UNIX ns the low 32 bits; a difference of up to 2.1 s either way survives.
    const auto in_ring_ns =
        static_cast<int32_t>(static_cast<uint32_t>(seen_ns) - input.published_ns32);
    stages_.Record(latency::Stage::kPublishedToSeen, in_ring_ns, input.unrecorded);
    input.unrecorded = 0;
  };
  for (const codecs::NormalizedUpdate& update : run) {
    if (update.published_ns32 != 0) {
      record();
      input.published_ns32 = codecs::PublishedNs32(update);
    }
    ++input.unrecorded;
  }
  record();
  RecordTotals(input, run, seen_ns, published_before);
}

// Each packet's own age: those of a burst may have waited for very different times, in the kernel
// or for a gap. The updates of one packet follow each other and are counted at once.
void StrategyThread::RecordTotals(Input& input, std::span<const codecs::NormalizedUpdate> run,
                                  int64_t seen_ns, uint32_t published_ns32) {
  const uint64_t position = input.ring.Consumed();
  for (size_t i = 0; i < run.size();) {
    const codecs::NormalizedUpdate& first = run[i];
    size_t end = i + 1;
    while (end < run.size() && run[end].ts_recv_ns == first.ts_recv_ns &&
           run[end].channel_id == first.channel_id) {
      ++end;
    }
    if (first.published_ns32 != 0) published_ns32 = codecs::PublishedNs32(first);
    if (first.ts_recv_ns != FH_UNDEFINED_TIME) {
      RecordPacket(input, run.subspan(i, end - i), input.notes.Find(position + i), seen_ns,
                   published_ns32);
    }
    i = end;
  }
}

namespace {

constexpr size_t kFirstPlace = 5;  // In StrategyThread::kConditions.
constexpr size_t kFirstDepth = 9;

size_t GapCondition(int64_t gap_ns) {
  return static_cast<size_t>(gap_ns >= 10'000) + static_cast<size_t>(gap_ns >= 100'000) +
         static_cast<size_t>(gap_ns >= 1'000'000) + static_cast<size_t>(gap_ns >= 10'000'000);
}

size_t PlaceCondition(uint32_t place) {
  return kFirstPlace + static_cast<size_t>(place > 1) + static_cast<size_t>(place > 8) +
         static_cast<size_t>(place > 64);
}

size_t DepthCondition(uint32_t depth) {
  return kFirstDepth + std::min<size_t>(static_cast<size_t>(std::bit_width(depth)), 7);
}

}  // namespace

// `packet`: its updates that are seen now. `note`: of its run; may be null.
void StrategyThread::RecordPacket(Input& input, std::span<const codecs::NormalizedUpdate> packet,
                                  const RunNote* note, int64_t seen_ns, uint32_t published_ns32) {
  const codecs::NormalizedUpdate& first = packet[0];
  if (options_.stamps_are_past && note == nullptr) return;
  const int64_t from_ns = options_.stamps_are_past ? note->dequeued_ns : first.ts_recv_ns;
  const int64_t total_ns = seen_ns - from_ns;
  const std::vector<uint16_t>& feeds = options_.feed_of_channel;
  totals_[first.channel_id < feeds.size() ? feeds[first.channel_id] : 0].RecordN(total_ns,
                                                                                 packet.size());
  uint32_t depth = 0;
  if (note != nullptr) {
    if (note->position != input.note_position) {
      input.note_position = note->position;
      input.taken_of_note = 0;
    }
    depth = note->behind - std::min<uint32_t>(note->behind, input.taken_of_note++);
  }
  int64_t gap_ns = 0;
  if (!options_.stamps_are_past) {
    gap_ns = input.last_recv_ns == INT64_MIN
                 ? INT64_MAX
                 : std::max<int64_t>(0, first.ts_recv_ns - input.last_recv_ns);
    input.last_recv_ns = std::max(input.last_recv_ns, first.ts_recv_ns);
    input.place = gap_ns >= kBurstGapNs ? 1 : input.place + 1;
    under_[GapCondition(gap_ns)].RecordN(total_ns, packet.size());
    under_[PlaceCondition(input.place)].RecordN(total_ns, packet.size());
    if (note != nullptr) under_[DepthCondition(depth)].RecordN(total_ns, packet.size());
  }
  const std::optional<PacketSample::Why> why = samples_.Pick(total_ns);
  if (!why.has_value()) [[likely]]
    return;
  PacketSample sample{.channel_id = first.channel_id,
                      .sequence = first.sequence,
                      .updates = static_cast<uint32_t>(packet.size()),
                      .gap_ns = gap_ns == INT64_MAX ? 0 : gap_ns,
                      .place = input.place,
                      .behind = depth,
                      .total_ns = total_ns,
                      .wire_ns = options_.wire_stamps ? first.ts_recv_ns : 0,
                      .seen_ns = seen_ns};
  if (note != nullptr) {
    sample.dequeued_ns = note->dequeued_ns;
    sample.sequenced_ns = note->dequeued_ns + note->sequenced_after_ns;
    sample.decoded_ns = note->dequeued_ns + note->decoded_after_ns;
    sample.packets = note->packets;
    sample.messages = note->messages;
    sample.lines = note->lines;
  } else if (!options_.wire_stamps) {
    sample.dequeued_ns = first.ts_recv_ns;
  }
  if (published_ns32 != 0) {
    sample.published_ns =
        seen_ns - static_cast<int32_t>(static_cast<uint32_t>(seen_ns) - published_ns32);
  }
  samples_.Add(sample, *why);
}

// What kept a slow packet waiting, perhaps.
SwitchesMeanwhile StrategyThread::Meanwhile(Input& input) {
  SwitchesMeanwhile meanwhile;
  if (!switches_.has_value()) return meanwhile;
  const ContextSwitches now = SwitchesOfThisThread().value_or(*switches_);
  meanwhile.strategy = now - *switches_;
  switches_ = now;
  const ContextSwitches feed = input.notes.switches();
  meanwhile.feed = feed - input.feed_switches;
  input.feed_switches = feed;
  return meanwhile;
}

// Of the schedule are packets; what the session layer says is of none.
void StrategyThread::RecordLoop(std::span<const codecs::NormalizedUpdate> run, int64_t done_ns) {
  const latency::Schedule& schedule = *options_.schedule;
  const bool by_stamp = schedule.key() == latency::Schedule::Key::kStamp;
  for (size_t i = 0; i < run.size();) {
    const codecs::NormalizedUpdate& first = run[i];
    if (IsOfSessionLayer(first)) {
      ++i;
      continue;
    }
    size_t end = i + 1;
    while (end < run.size() && run[end].ts_recv_ns == first.ts_recv_ns &&
           run[end].channel_id == first.channel_id &&
           (by_stamp || run[end].sequence == first.sequence) && !IsOfSessionLayer(run[end])) {
      ++end;
    }
    latency::Schedule::Times times;
    if (!by_stamp) {
      times = schedule.Find(latency::Schedule::OfMessage(first.channel_id, first.sequence));
    } else if (first.ts_recv_ns != FH_UNDEFINED_TIME) {
      times = schedule.FindStamp(first.ts_recv_ns);
    }
    loop_->Done(times, done_ns, end - i);
    i = end;
  }
  loop_->EndOfRun(done_ns);
}

latency::Stage StrategyThread::total_stage() const {
  return options_.wire_stamps ? latency::Stage::kWireToSeen : latency::Stage::kDequeueToSeen;
}

latency::StageSnapshot StrategyThread::Stages() const {
  latency::StageSnapshot snapshot = stages_.Snapshot();
  for (size_t feed = 0; feed < options_.feeds; ++feed) {
    snapshot.stages[static_cast<size_t>(total_stage())].Merge(TotalOf(feed));
  }
  return snapshot;
}

}  // namespace fh
