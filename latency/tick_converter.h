// Ticks of a free-running counter to Unix time, without a system call.
//
//   TickConverter converter(source);               // At start: measures the rate, about 10 ms.
//   int64_t t = converter.ToUnixNs(ticks);         // Hot thread: one multiplication, wait-free.
//   converter.Recalibrate();                       // Housekeeping thread, about once a second.
//
// Most code wants Clock (clock.h), which is a converter for this process's own counter. The
// converter stands alone so that it can be tested against simulated time.
//
// How it works. A sample is a reading of Unix time between two readings of the counter; of 32 such
// brackets the narrowest counts, and half of its width is how wrong the sample can be. Two samples
// some time apart give the rate. Unix time is then a line through the last sample. Recalibrate()
// compares the line with a new sample, and bends it: from a point 10 ms in the future, the
// difference is worked off over one second, or as much longer as it takes at 500 parts per million.
//
// How exact. 10 ms of calibration at start leave the rate uncertain by some 4 ppm: 4 us after the
// first second. The longer the baseline, the better: recalibrate 100 ms after start and then once a
// second, and it stays within a few hundred ns. Quality() says what holds at the moment.
//
// Time does not run backwards. For a reader that converts its stamps in the order of their ticks,
// each before the second recalibration after it was taken, results never decrease: lines join where
// they meet, and their slope is always positive. The one exception: when the system clock itself is
// more than 10 ms away from the line, it was stepped (or the machine was suspended or migrated),
// and the converter follows at once, backwards too. `steps` counts these. (And a thread that is
// descheduled for 5 ms between the last two instructions of Recalibrate may cost some ns.)
//
// Threads: ToUnixNs and TicksToNs from any thread. Recalibrate, Quality and the constructor are
// for slow threads: they take a mutex, which readers never touch.
#ifndef FEEDHANDLER_LATENCY_TICK_CONVERTER_H_
#define FEEDHANDLER_LATENCY_TICK_CONVERTER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>

namespace fh::latency {

// What a calibration reads. Called only from the constructor of TickConverter, Recalibrate and
// Quality, never concurrently for one converter.
class TimeSource {
 public:
  virtual ~TimeSource() = default;

  // The counter, not reordered with the calls before and after. Must not run backwards, except when
  // the machine was suspended.
  virtual uint64_t Ticks() = 0;

  // The Unix time that ticks are converted to (CLOCK_REALTIME).
  virtual int64_t UnixNs() = 0;

  // Lets about `duration_ns` pass.
  virtual void Wait(int64_t duration_ns) = 0;

  // Ticks a second if known exactly relative to UnixNs(), which saves measuring; otherwise 0.
  virtual double FixedTicksPerSecond() const { return 0; }

  // The steps in which UnixNs() moves, when they are coarser than a ns: part of every error bound.
  virtual int64_t UnixStepNs() const { return 0; }
};

// A line through (ticks, unix_ns) with slope `multiplier` / 2^52 ns a tick.
struct TickLine {
  static constexpr int kShift = 52;

  uint64_t ticks = 0;
  int64_t unix_ns = 0;
  int64_t multiplier = 0;

  // The time at `at`, rounded down; `at` may lie up to 2^63 ticks before or after. A result beyond
  // int64_t is its nearest limit, never a wrapped value.
  int64_t At(uint64_t at) const {
    return Saturate(Product(static_cast<int64_t>(at - ticks), multiplier) + unix_ns);
  }

  // `delta` ticks in ns, rounded down, saturating as above.
  static int64_t Scale(int64_t delta, int64_t multiplier) {
    return Saturate(Product(delta, multiplier));
  }

 private:
  __extension__ typedef __int128 Int128;

  static Int128 Product(int64_t delta, int64_t multiplier) {
    return (static_cast<Int128>(delta) * multiplier) >> kShift;
  }

  static int64_t Saturate(Int128 value) {
    const int64_t narrow = static_cast<int64_t>(value);
    if (narrow == value) [[likely]] {
      return narrow;
    }
    return value < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
  }
};

// How good the conversion is, as of the moment it was asked for.
struct ClockQuality {
  double ticks_per_second = 0;
  // Half the width of the last bracket: how far the last sample can be off.
  int64_t bracket_ns = 0;
  // How far the rate can be off, in parts per million.
  double rate_error_ppm = 0;
  // Since the last sample.
  int64_t age_ns = 0;
  // |ToUnixNs(now) - system clock| is at most this, if neither counter nor system clock changed its
  // rate since the last sample: bracket_ns + what is still being worked off + rate error * age +
  // the length of a tick.
  int64_t error_bound_ns = 0;
  // Calibrations so far, the first included, and how many of them followed a step.
  uint64_t calibrations = 0;
  uint64_t steps = 0;
};

class TickConverter {
 public:
  // Measures the rate: about 10 ms (2 * 5 ms of source.Wait), or no wait at all when the source
  // knows its rate. Should the system clock be stepped meanwhile, it tries again, up to 4 times.
  // `source` must outlive the converter.
  explicit TickConverter(TimeSource& source);
  TickConverter(const TickConverter&) = delete;
  TickConverter& operator=(const TickConverter&) = delete;

  // Unix time in ns of a reading of the counter. Wait-free and without system calls (it would only
  // start over if 7 recalibrations happened while it ran); about 3 ns. Meant for once a burst.
  int64_t ToUnixNs(uint64_t ticks) const {
    for (;;) {
      const uint64_t version = version_.load(std::memory_order_acquire);
      const int64_t unix_ns = slots_[version % kSlots].LineFor(ticks).At(ticks);
      // The slot is rewritten only after 7 newer versions were published. Its words are stored with
      // release and loaded with acquire, so whoever saw a rewritten word sees that version here.
      if (version_.load(std::memory_order_relaxed) - version < kSlots - 1) [[likely]] {
        return unix_ns;
      }
    }
  }

  // A difference of two readings in ns; negative stays negative. Monotone in `delta`. About 1 ns.
  int64_t TicksToNs(int64_t delta) const {
    return TickLine::Scale(delta, multiplier_.load(std::memory_order_relaxed));
  }

  // Compares with the system clock and bends the line (see above). A few microseconds; any thread
  // but a hot one. Once a second is plenty; within 10 ms of the last call it does nothing.
  void Recalibrate();

  ClockQuality Quality() const;

 private:
  struct Sample {
    uint64_t ticks = 0;
    int64_t unix_ns = 0;
    int64_t half_width_ns = 0;
    int64_t half_width_ticks = 0;
  };

  // Three pieces of Unix time: before the join, working off the difference, and afterwards.
  using Lines = std::array<TickLine, 3>;

  struct alignas(64) Slot {
    struct Words {
      std::atomic<uint64_t> ticks{0};
      std::atomic<int64_t> unix_ns{0};
      std::atomic<int64_t> multiplier{0};
    };
    std::array<Words, 3> lines;

    TickLine LineFor(uint64_t ticks) const {
      // Differences, not comparisons: the counter may wrap.
      const uint64_t join = lines[1].ticks.load(std::memory_order_acquire);
      const uint64_t end = lines[2].ticks.load(std::memory_order_acquire);
      const size_t piece = static_cast<size_t>(static_cast<int64_t>(ticks - join) >= 0) +
                           static_cast<size_t>(static_cast<int64_t>(ticks - end) >= 0);
      const Words& line = lines[piece];
      return {line.ticks.load(std::memory_order_acquire),
              line.unix_ns.load(std::memory_order_acquire),
              line.multiplier.load(std::memory_order_acquire)};
    }
  };

  static constexpr uint64_t kSlots = 8;

  Sample TakeSample() const;
  void MeasureRate();
  void UpdateRate(const Sample& sample, bool stepped);
  Lines Bend(const Sample& sample, bool stepped) const;
  void Publish(const Lines& lines);
  int64_t TicksToNsRounded(uint64_t delta) const;

  std::array<Slot, kSlots> slots_;
  std::atomic<uint64_t> version_{0};
  std::atomic<int64_t> multiplier_{0};

  // Below: the slow side, under the mutex.
  TimeSource& source_;
  mutable std::mutex mutex_;
  Lines lines_;  // What was published last.
  Sample last_;
  Sample reference_;                 // The far end of the baseline that the rate is measured over.
  double ns_per_tick_ = 1;           // The rate of the line once the difference is worked off.
  double rate_error_ = 0;            // Relative.
  double rejected_ns_per_tick_ = 0;  // A rate too different to be believed at first sight.
  int64_t correction_ns_ = 0;        // What the last recalibration set out to work off.
  uint64_t calibrations_ = 0;
  uint64_t steps_ = 0;
};

}  // namespace fh::latency

#endif  // FEEDHANDLER_LATENCY_TICK_CONVERTER_H_
