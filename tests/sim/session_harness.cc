#include "tests/sim/session_harness.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace fh::test {
namespace {

using codecs::DecodeJob;

const char* CauseName(uint16_t cause) {
  switch (cause) {
    case FH_GAP_LOST:
      return "lost";
    case FH_GAP_LATE_JOIN:
      return "late_join";
    case FH_GAP_DAMAGED:
      return "damaged";
  }
  return "?";
}

const char* StartName(StartCause cause) {
  switch (cause) {
    case StartCause::kJoined:
      return "joined";
    case StartCause::kNewSession:
      return "new";
    case StartCause::kRestarted:
      return "restarted";
    case StartCause::kCorrected:
      return "corrected";
  }
  return "?";
}

std::string RangeText(uint64_t first, uint64_t last) {
  return std::to_string(first) + "-" + std::to_string(last);
}

}  // namespace

SessionHarness::SessionHarness(const SessionOptions& options, bool keep_log)
    : options_(options), keep_log_(keep_log), session_(options) {
  const uint32_t slices = MostHeldSlices(options) + options.max_burst;
  tags_.resize(slices);
  taken_.resize(slices);
  for (uint32_t i = 0; i < slices; ++i) free_.push_back(i);
}

SessionHarness::~SessionHarness() {
  if (broken_.empty() || looked_) return;
  std::fprintf(stderr, "broken: %s\n", broken_.c_str());
  std::abort();
}

void SessionHarness::SendBurst(std::span<const Sent> burst) {
  while (!burst.empty()) {
    const size_t count = std::min<size_t>(burst.size(), options_.max_burst);
    SendChunk(burst.first(count));
    burst = burst.subspan(count);
  }
}

void SessionHarness::SendChunk(std::span<const Sent> chunk) {
  packets_.clear();
  frames_.clear();
  arrivals_.clear();
  for (const Sent& sent : chunk) {
    if (free_.empty()) {
      Break("the receive path has no slice left");
      return;
    }
    const uint32_t slice = free_.back();
    free_.pop_back();
    taken_[slice] = true;
    ++outstanding_;
    tags_[slice] = sent.tag;
    packets_.push_back({.data = nullptr,
                        .length = 0,
                        .slice = slice,
                        .stamp_ns = sent.at_ns,
                        .dequeue_ticks = 0,
                        .line = sent.line,
                        .stamp_source = rio::StampSource::kCapture,
                        .truncated = false});
    codecs::PacketFrame frame;
    frame.session.bytes[0] = sent.session;
    frame.first_sequence = sent.first;
    frame.send_time_ns = sent.send_ns;
    frame.message_count = sent.count;
    frame.number_count = sent.count;
    frame.lost_in_tail = sent.lost_in_tail;
    frame.kind = sent.kind;
    frame.stream_start = sent.stream_start;
    frames_.push_back(frame);
    if (sent.kind == codecs::FrameKind::kMessages) sent_messages_ += sent.count;
  }
  for (size_t i = 0; i < chunk.size(); ++i) {
    arrivals_.push_back({&packets_[i], &frames_[i], chunk[i].at_ns, chunk[i].line});
  }
  Take(session_.OnBurst(arrivals_));
  // The session may not look at these again: whatever it holds, it has copied.
  std::fill(packets_.begin(), packets_.end(), rio::Packet{});
  std::fill(frames_.begin(), frames_.end(), codecs::PacketFrame{});
}

void SessionHarness::Take(const SessionBatch& batch) {
  ForEachStep(
      batch, [this](std::span<const DecodeJob> jobs) { TakeJobs(jobs); },
      [this](const SessionEvent& event) { TakeEvent(event); });
  for (const uint32_t slice : batch.released) {
    if (slice >= taken_.size() || !taken_[slice]) {
      Break("slice " + std::to_string(slice) + " released twice");
      continue;
    }
    taken_[slice] = false;
    --outstanding_;
    free_.push_back(slice);
  }
  if (outstanding_ != session_.held()) Break("slices outstanding differ from packets held");
  if (outstanding_ > MostHeldSlices(options_)) Break("more slices held than the window allows");
}

void SessionHarness::TakeJobs(std::span<const DecodeJob> jobs) {
  for (const DecodeJob& job : jobs) {
    const uint64_t first = job.frame->first_sequence + job.skip;
    const uint64_t last = first + job.take - 1;
    if (job.take == 0 || uint64_t{job.skip} + job.take > job.frame->number_count) {
      Break("a job outside of its packet");
    }
    if (first != next_) Break("message " + std::to_string(first) + " is out of order");
    if (!taken_[job.packet->slice]) Break("a job for a slice that was released");
    next_ = last + 1;
    const bool bad = (job.flags & FH_FLAG_MAYBE_BAD_BOOK) != 0;
    if (bad != bad_book_) Break("message " + std::to_string(first) + " is flagged wrongly");
    Delivered* run = delivered_.empty() ? nullptr : &delivered_.back();
    const bool joins = keep_log_ && run_open_ && run->last + 1 == first &&
                       ((run->flags & FH_FLAG_MAYBE_BAD_BOOK) != 0) == bad;
    if (joins) {
      // Replaces the end of the run's text.
      const std::string old_text = RangeText(run->first, run->last) + (bad ? "!" : "");
      log_.resize(log_.size() - old_text.size());
      run->last = last;
      log_ += RangeText(run->first, last) + (bad ? "!" : "");
      continue;
    }
    delivered_.push_back({.first = first,
                          .last = last,
                          .tag = tags_[job.packet->slice],
                          .flags = job.flags,
                          .recv_ns = job.ts_recv_ns,
                          .stream = stream_});
    if (keep_log_) {
      Say(RangeText(first, last) + (bad ? "!" : ""));
      run_open_ = true;
    }
  }
}

void SessionHarness::TakeEvent(const SessionEvent& event) {
  events_.push_back(event);
  run_open_ = false;
  switch (event.kind) {
    case SessionEvent::Kind::kSessionStart:
      ++stream_;
      bad_book_ = event.start == StartCause::kCorrected;
      next_ = event.first;
      Say(std::string("start ") + StartName(event.start));
      break;
    case SessionEvent::Kind::kGap:
      // A gap takes the place of the messages that are missing, exactly.
      if (event.first != next_ || event.last < event.first) Break("a gap out of place");
      next_ = event.last + 1;
      bad_book_ = true;
      Say("gap " + RangeText(event.first, event.last) + " " + CauseName(event.gap_cause));
      break;
    case SessionEvent::Kind::kGapOpened:
      Say("opened " + RangeText(event.first, event.last));
      break;
    case SessionEvent::Kind::kLoop:
      Break("a loop in a stream");
      break;
    case SessionEvent::Kind::kSessionEnd:
      Say("end " + std::to_string(event.first));
      break;
    case SessionEvent::Kind::kStuck:
      Say("stuck");
      break;
    case SessionEvent::Kind::kUnstuck:
      Say("unstuck");
      break;
  }
}

void SessionHarness::Say(const std::string& what) {
  if (!keep_log_) return;
  run_open_ = false;
  if (!log_.empty()) log_ += "; ";
  log_ += what;
}

std::string SessionHarness::TakeLog() {
  std::string tail = log_.substr(log_taken_);
  if (tail.rfind("; ", 0) == 0) tail.erase(0, 2);
  log_taken_ = log_.size();
  run_open_ = false;
  return tail;
}

void SessionHarness::ForgetOutput() {
  delivered_.clear();
  events_.clear();
  run_open_ = false;
}

uint64_t SessionHarness::accounted_messages() const {
  const SessionStats& stats = session_.stats();
  return stats.delivered_messages + stats.duplicate_messages + stats.late_messages +
         stats.dropped_messages;
}

}  // namespace fh::test
