#include "feedhandler/report/silence.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "latency/report.h"

namespace fh {
namespace {

std::string Seconds(int64_t duration_ns) {
  return absl::StrCat(static_cast<double>(duration_ns / 100'000'000) / 10, " s");
}

}  // namespace

SilenceWatch::SilenceWatch(std::span<const Channel* const> channels, int64_t now_ns)
    : channels_(channels) {
  for (const Channel* channel : channels) {
    lines_.emplace_back(channel->session.lines, Line{.newest_ns = now_ns});
    const bool known = std::any_of(feeds_.begin(), feeds_.end(),
                                   [&](const Feed& feed) { return feed.name == channel->feed; });
    if (!known) feeds_.push_back({.name = channel->feed});
  }
}

std::vector<std::string> SilenceWatch::Look(const PipelineCounters& counters, int64_t now_ns) {
  std::vector<std::string> notes;
  for (size_t i = 0; i < channels_.size(); ++i) {
    for (uint32_t index = 0; index < channels_[i]->session.lines; ++index) {
      Line& line = lines_[i][index];
      const uint64_t packets = counters.channels[i].lines[index].packets;
      const bool heard = packets != line.packets;
      const int64_t before_ns = line.newest_ns;
      if (heard) line.newest_ns = now_ns;
      line.packets = packets;
      line.age_ns = now_ns - line.newest_ns;
      const bool was_silent = line.is_silent;
      line.is_silent = line.age_ns >= channels_[i]->session.line_silent_ns;
      if (was_silent == line.is_silent) continue;
      notes.push_back(absl::StrCat(
          channels_[i]->feed, " channel ", channels_[i]->id, " line ",
          channels_[i]->line_names[index], ": ",
          line.is_silent ? absl::StrCat("nothing for ", Seconds(line.age_ns))
                         : absl::StrCat("is back after ", Seconds(now_ns - before_ns))));
    }
  }
  for (Feed& feed : feeds_) LookAtFeed(feed, notes);
  return notes;
}

// A feed is silent when all its lines are.
void SilenceWatch::LookAtFeed(Feed& feed, std::vector<std::string>& notes) {
  bool all_silent = true;
  size_t lines = 0;
  feed.age_ns = INT64_MAX;
  for (size_t i = 0; i < channels_.size(); ++i) {
    if (channels_[i]->feed != feed.name) continue;
    for (const Line& line : lines_[i]) {
      feed.age_ns = std::min(feed.age_ns, line.age_ns);
      all_silent &= line.is_silent;
      ++lines;
    }
  }
  const bool was_silent = std::exchange(feed.is_silent, all_silent);
  // Of a single line all is said.
  if (all_silent && !was_silent && lines > 1) {
    notes.push_back(
        absl::StrCat("feed ", feed.name, ": nothing on any line for ", Seconds(feed.age_ns)));
  }
}

uint64_t LostOnLine(const LineStats& line, const SessionStats& session, bool is_silent) {
  const uint64_t jumped =
      line.skipped_messages - std::min(line.brought_messages, line.skipped_messages);
  if (line.packets != 0 && !is_silent) return jumped;
  // What it brought of what was delivered: first, or after another line. What the line itself
  // repeated is among the duplicates.
  const uint64_t brought = line.won_messages + line.duplicate_messages -
                           std::min(line.repeated_messages, line.duplicate_messages);
  return std::max(jumped,
                  session.delivered_messages - std::min(brought, session.delivered_messages));
}

}  // namespace fh
