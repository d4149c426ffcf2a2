// Lines and feeds of a live run that bring nothing: said once, and once more when they are back.
//
//   SilenceWatch silence(pipeline.channels(), now_ns);
//   for (const std::string& note : silence.Look(pipeline.Counters(), now_ns)) Print(note);  // 1/s
//   silence.LineAgeNs(channel, line), silence.IsSilent(channel, line) ...
//
// A line is silent when its count of packets has not grown for the feed's line_silent. Counts and
// not receive times are looked at: stamps of an adapter may be of another clock. So ages are off by
// up to the time between two looks.
//
// Main thread; works on copies of the counters; allocates.
#ifndef FEEDHANDLER_FEEDHANDLER_REPORT_SILENCE_H_
#define FEEDHANDLER_FEEDHANDLER_REPORT_SILENCE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "feedhandler/pipeline/pipeline.h"

namespace fh {

class SilenceWatch {
 public:
  // `now_ns`, here and in Look: of any one clock that is never set back. `channels` outlive the
  // watch.
  SilenceWatch(std::span<const Channel* const> channels, int64_t now_ns);

  // Takes note of the counters. What has fallen silent since the last look, or come back, a
  // sentence each.
  std::vector<std::string> Look(const PipelineCounters& counters, int64_t now_ns);

  // Since the line's (the feed's) newest packet, or since the start when there was none; as of the
  // last look. By indices of the channels; line indices as in the session.
  int64_t LineAgeNs(size_t channel, uint32_t line) const { return lines_[channel][line].age_ns; }
  bool IsSilent(size_t channel, uint32_t line) const { return lines_[channel][line].is_silent; }

  struct Feed {
    std::string name;
    int64_t age_ns = 0;
    bool is_silent = false;
  };
  const std::vector<Feed>& feeds() const { return feeds_; }

 private:
  struct Line {
    uint64_t packets = 0;
    int64_t newest_ns = 0;
    int64_t age_ns = 0;
    bool is_silent = false;
  };

  void LookAtFeed(Feed& feed, std::vector<std::string>& notes);

  std::span<const Channel* const> channels_;
  std::vector<std::vector<Line>> lines_;  // By channel.
  std::vector<Feed> feeds_;
};

// Messages that the line did not bring. As long as it is heard, those that it jumped over; of a
// line that never brought anything or has fallen silent (`is_silent`) all that the channel
// delivered without it.
uint64_t LostOnLine(const LineStats& line, const SessionStats& session, bool is_silent);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_REPORT_SILENCE_H_
