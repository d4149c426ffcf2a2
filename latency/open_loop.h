// Latency of packets that were sent by a schedule: counted from the moment at which each was due, beside
// the figure that hides what waited.
//
//   OpenLoop loop({.schedule = "the capture's stamps", .key = Schedule::Key::kStamp});
//   loop.Sent(Schedule::OfStamp(stamp_ns), {intended_ns, sent_ns});          // The sender.
//   ...
//   LoopMeter meter;                                                         // Each measuring thread.
//   meter.Done(loop.schedule().FindStamp(update.ts_recv_ns), done_ns, updates);
//   meter.EndOfRun(done_ns);
//   ...
//   std::fputs(TextLoop(loop, meter.Snapshot()).c_str(), stdout);
//
// Three histograms, which are never mixed and never corrected:
//   from schedule      done - intended. What waits behind a stall is in it: the open loop's figure.
//   from actual start  done - (sent, or the end of what was done before, whichever is later). What a
//                      harness would have shown that sends the next packet when the one before is
//                      done: of a stall it sees one packet.
//   lateness           sent - intended: how late the sender itself was. Part of the first, no latency
//                      of the program.
//
// A schedule is never moved after a slip. There is nothing to correct for the expected interval: the
// packets that waited are in the figures themselves, and would be counted twice.
#ifndef FEEDHANDLER_LATENCY_OPEN_LOOP_H_
#define FEEDHANDLER_LATENCY_OPEN_LOOP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "latency/histogram.h"
#include "latency/schedule.h"

namespace fh::latency {

// What stalls of `stall_ns`, one every `period_ns`, do to packets that come evenly and keep whoever
// handles them busy for `utilization` of the time: arithmetic to hold measurements against.
struct StallArithmetic {
  int64_t stall_ns = 10'000'000;
  int64_t period_ns = 1'000'000'000;
  double utilization = 0;  // Rate times service time; below 1.

  // Of the packets, those that wait: the ones that come during a stall and until its queue is gone.
  double ShareTouched() const;

  // How long the packet at this percentile waits; 0 where the percentile lies below those that do.
  int64_t WaitNs(double percentile) const;
};

// What measuring threads have recorded. A plain value.
struct LoopSnapshot {
  HistogramSnapshot from_schedule;
  HistogramSnapshot from_start;
  uint64_t untimed = 0;  // Updates of packets whose time was not known (any more): in no figure.

  void Merge(const LoopSnapshot& other);
};

// One measuring thread's. 70 KiB; some 5 ns a call; Snapshot from any thread.
class LoopMeter {
 public:
  // `n` updates of one packet were done at `done_ns`.
  void Done(const Schedule::Times& times, int64_t done_ns, uint64_t n) {
    if (times.intended_ns == Schedule::kUnknown) {
      untimed_.store(untimed_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
      return;
    }
    from_schedule_.RecordN(done_ns - times.intended_ns, n);
    // Of a packet whose sending is forgotten so many came since that it waited for those before it.
    const int64_t start_ns = times.sent_ns > last_done_ns_ ? times.sent_ns : last_done_ns_;
    if (start_ns != Schedule::kUnknown) from_start_.RecordN(done_ns - start_ns, n);
  }

  // Everything that was handed on together is done.
  void EndOfRun(int64_t done_ns) { last_done_ns_ = done_ns; }

  LoopSnapshot Snapshot() const;
  const Histogram& from_schedule() const { return from_schedule_; }
  const Histogram& from_start() const { return from_start_; }

 private:
  Histogram from_schedule_;
  Histogram from_start_;
  int64_t last_done_ns_ = Schedule::kUnknown;
  std::atomic<uint64_t> untimed_{0};
};

// A run with a schedule: what its sender tells. One sending thread; the rest is for any thread.
class OpenLoop {
 public:
  struct Options {
    std::string schedule;  // In words: "the capture's stamps at 2x".
    Schedule::Key key = Schedule::Key::kStamp;
    size_t places = 4096;  // Schedule's.
  };

  explicit OpenLoop(Options options)
      : words_(std::move(options.schedule)), schedule_(options.key, options.places) {}

  Schedule& schedule() { return schedule_; }
  const Schedule& schedule() const { return schedule_; }
  const std::string& words() const { return words_; }

  // One packet goes out now. The sender's thread.
  void Sent(const Schedule::Times& times) {
    lateness_.Record(times.sent_ns - times.intended_ns);
    const uint64_t packets = packets_.load(std::memory_order_relaxed);
    if (packets == 0) {
      first_intended_ns_.store(times.intended_ns, std::memory_order_relaxed);
      first_sent_ns_.store(times.sent_ns, std::memory_order_relaxed);
    }
    last_intended_ns_.store(times.intended_ns, std::memory_order_relaxed);
    last_sent_ns_.store(times.sent_ns, std::memory_order_relaxed);
    packets_.store(packets + 1, std::memory_order_release);
  }

  const Histogram& lateness() const { return lateness_; }
  uint64_t packets() const { return packets_.load(std::memory_order_acquire); }

  // Packets a second: of the schedule, and as they were sent. 0 while there are fewer than two.
  double OfferedPerSecond() const;
  double AchievedPerSecond() const;

 private:
  const std::string words_;
  Schedule schedule_;
  Histogram lateness_;
  std::atomic<uint64_t> packets_{0};
  std::atomic<int64_t> first_intended_ns_{0};
  std::atomic<int64_t> last_intended_ns_{0};
  std::atomic<int64_t> first_sent_ns_{0};
  std::atomic<int64_t> last_sent_ns_{0};
};

// Both figures and the lateness as a table, with rates and in plain words what they are. `measured`
// may be empty (a sender alone): then there is the lateness only. Ends with a newline.
std::string TextLoop(const OpenLoop& loop, const LoopSnapshot& measured);

}  // namespace fh::latency

#endif  // FEEDHANDLER_LATENCY_OPEN_LOOP_H_
