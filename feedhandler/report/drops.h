// Where packets and updates went that never reached a strategy: one list, layer by layer from the
// wire to the strategy, each read where it happens, each with its fix.
//
//   const HostCounterWatch host(InterfacesOf(config));                 // Before the start.
//   ...
//   const rio::HostCounters added = host.Added();
//   for (const Drop& drop : CollectDrops(pipeline, counters, &added)) Print(drop.layer,
//   drop.count);
//
// Two kinds. What this program's sockets and rings lost is exactly that, and adds up: datagrams
// that came to the host for us = packets received + drops of the kind kDatagrams that are ours;
// updates offered to a ring = delivered to its strategies + drops of that ring (RingStats has the
// gap records between them). What the host counts (kHost) is of all its traffic, and stands beside
// the sum: with it one sees that a line's missing messages went missing in this machine, and where.
//
// Main thread; works on copies; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_REPORT_DROPS_H_
#define FEEDHANDLER_FEEDHANDLER_REPORT_DROPS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "feedhandler/config/config.h"
#include "feedhandler/pipeline/pipeline.h"
#include "rio/host/host_counters.h"

namespace fh {

enum class DropScope : uint8_t { kOurs, kHost };

struct Drop {
  DropScope scope = DropScope::kOurs;
  std::string layer;  // "socket", "xdp_ring", "ring", "nic": the label of the metric.
  std::string where;  // Interface, channel or strategy thread; empty where there is but one.
  std::string feed_thread = {};  // By name, where it has one and the layer is its own.
  std::string unit;              // "datagrams", "frames", "messages", "updates".
  uint64_t count = 0;
  std::string fix;  // A sentence: what it means and what to change.
};

// Every layer, those that lost nothing too, in the order of a packet's way. `host`: what the host's
// counters added since the start; nullptr when nobody looked (captures).
std::vector<Drop> CollectDrops(const Pipeline& pipeline, const PipelineCounters& counters,
                               const rio::HostCounters* host);

// The names of all interfaces that lines are joined on, each once.
std::vector<std::string> InterfacesOf(const Config& config);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_REPORT_DROPS_H_
