// Whether a running handler brings all that it should, in plain words: for probes and for people.
//
//   HealthWatch health(pipeline.channels());
//   health.Look(counters, drops, now_ns);                        // Once a second.
//   for (const std::string& reason : health.Reasons(silence)) ...   // None: all is well.
//
// Reasons are what is so now (a line that is silent or without its interface, a channel that is
// stuck), and what was lost within the last minute (gaps, drops of our own layers): a loss makes the
// handler unwell for a minute and no longer, and all there ever were are in the metrics.
//
// One thread, or under one lock; works on copies of the counters; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_REPORT_HEALTH_H_
#define FEEDHANDLER_FEEDHANDLER_REPORT_HEALTH_H_

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "feedhandler/pipeline/pipeline.h"
#include "feedhandler/report/drops.h"
#include "feedhandler/report/silence.h"

namespace fh {

class HealthWatch {
 public:
  static constexpr int64_t kWindowNs = 60'000'000'000;

  // `channels` outlive the watch.
  explicit HealthWatch(std::span<const Channel* const> channels) : channels_(channels) {}

  // Takes note. `drops`: of CollectDrops, always the same layers. `now_ns`: of any one clock that is
  // never set back. Looks that come quickly are put together: one a second is kept.
  void Look(const PipelineCounters& counters, const std::vector<Drop>& drops, int64_t now_ns);

  // A sentence each, as of the last look. `silence`: of a live run; null where lines may be silent (a
  // file).
  std::vector<std::string> Reasons(const SilenceWatch* silence) const;

 private:
  // What was lost up to a moment.
  struct Losses {
    int64_t at_ns = 0;
    std::vector<uint64_t> gaps;  // By channel.
    std::vector<uint64_t> missing_messages;
    std::vector<uint64_t> dropped;  // By layer.
  };

  std::span<const Channel* const> channels_;
  std::vector<ChannelCounters> now_;
  std::vector<std::vector<bool>> deaf_;  // Lines by channel.
  std::vector<Drop> drops_;
  Losses newest_;
  std::deque<Losses> before_;  // The oldest first; what was at the window's beginning stays.
};

// {"status":"ok","reasons":[]} or {"status":"unhealthy","reasons":["..."]}, and a newline.
std::string HealthJson(const std::vector<std::string>& reasons);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_REPORT_HEALTH_H_
