// What `feedhandler tune` measures: a receive path, where its two sides run, and what they took.
//
// Plain values; any thread.
#ifndef FEEDHANDLER_FEEDHANDLER_TUNE_MEASUREMENT_H_
#define FEEDHANDLER_FEEDHANDLER_TUNE_MEASUREMENT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace fh::tune {

// A backend with its settings.
struct Path {
  enum class Xdp : uint8_t { kNone, kNative, kGeneric };

  std::string backend;        // As in a configuration.
  Xdp xdp = Xdp::kNone;       // Of af_xdp: where the frames are taken.
  uint32_t burst = 64;        // receiver.burst.
  uint32_t busy_poll_us = 0;  // receiver.busy_poll_us.
  bool automatic = true;      // "auto" may choose it.

  // "af_xdp, native", "recvmmsg, burst 16, busy poll 50 us".
  std::string Name() const;
};

// Where the two sides of a path run: the feed thread, and what the kernel does for it.
struct Placement {
  enum class Kind : uint8_t {
    kOtherCore,  // Of the same machine: both sides work at the same time.
    kSibling,    // Two threads of one core.
    kSameCpu,    // One CPU does both, one after the other.
  };

  Kind kind = Kind::kOtherCore;
  int feed_cpu = 0;
  int kernel_cpu = 0;

  // "feed on CPU 1, kernel on CPU 0".
  std::string Name() const;
};

// One turn. Times are CPU time of the threads that did the work (on Windows, whose clocks of threads
// tick in 16 ms, time on the wall), a datagram.
struct Turn {
  double receive_ns = 0;  // Polling, reading and giving back what is there.
  // The kernel's work up to where Poll finds the datagram: what sending took more than sending to
  // where nobody receives. Where there is no such place sending_ns is 0 and this has sending in it.
  double kernel_ns = 0;
  double sending_ns = 0;
  // Of datagrams that come alone: from just before they are sent until a poll has returned them.
  double lone_p50_ns = 0;
  double lone_p99_ns = 0;
  uint64_t sent = 0;
  uint64_t lost = 0;

  double both_sides_ns() const { return receive_ns + kernel_ns; }
};

// A path at a place, over all rounds.
struct Measured {
  Path path;
  Placement placement;
  std::string refusal;      // Why there are no figures; empty when there are.
  std::vector<Turn> turns;  // One a round; the n-th of every path was measured in the same round.
};

// What a turn took of the CPU that does most: what limits the rate.
double BusiestCpuNs(const Placement& placement, const Turn& turn);

// The value below which `share` (0..1) of the values lie; 0 without any.
double Quantile(std::vector<double> values, double share);

// The median of a figure over the turns.
double Median(const Measured& measured, double (*figure)(const Placement&, const Turn&));

}  // namespace fh::tune

#endif  // FEEDHANDLER_FEEDHANDLER_TUNE_MEASUREMENT_H_
