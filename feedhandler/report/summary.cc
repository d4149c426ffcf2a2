#include "feedhandler/report/summary.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "feedhandler/report/drops.h"
#include "latency/report.h"

namespace fh {
namespace {

using latency::FormatCount;

void AppendLine(const std::string& name, const LineStats& line, std::string& text) {
  const uint64_t missing =
      line.skipped_messages - std::min(line.skipped_messages, line.brought_messages);
  absl::StrAppendFormat(&text, "    line %-6s %12s packets %14s messages  first with %s, lost %s",
                        name, FormatCount(line.packets), FormatCount(line.messages),
                        FormatCount(line.won_messages), FormatCount(missing));
  const auto more = [&text](uint64_t count, const char* what) {
    if (count != 0) absl::StrAppend(&text, ", ", FormatCount(count), " ", what);
  };
  more(line.reordered_packets, "packets out of order");
  more(line.repeated_messages, "repeated");
  more(line.late_messages, "late");
  more(line.rejected_packets, "packets rejected");
  more(line.stale_packets, "packets stale");
  more(line.unbelieved_packets, "packets not believed");
  if (line.behind_packets != 0) {
    absl::StrAppend(
        &text, ", behind by ",
        latency::FormatDuration(static_cast<int64_t>(line.behind_ns / line.behind_packets)),
        " on average");
  }
  text += '\n';
}

// The counters that are not zero, "3 malformed messages, 1 unknown type".
void AppendOddities(const ChannelCounters& counters, std::string& text) {
  const codecs::CodecStats& codec = counters.codec;
  const SessionStats& session = counters.session;
  std::string odd;
  const auto add = [&odd](uint64_t count, const char* what) {
    if (count != 0) absl::StrAppend(&odd, odd.empty() ? "" : ", ", FormatCount(count), " ", what);
  };
  add(session.unseen_messages, "messages from before the join");
  add(session.late_messages, "late messages");
  add(session.dropped_messages, "messages in stale packets and in those not believed");
  add(session.restarts, "publisher restarts");
  add(session.corrections, "times that a wrong position was taken back");
  add(session.stuck_times, "times that packets came and nothing could be delivered");
  add(session.window_overflows, "gaps given up for a full window");
  add(codec.malformed, "malformed messages");
  add(codec.unknown, "messages of unknown type");
  add(codec.unmapped, "messages without a normalized form");
  add(codec.too_short, "packets too short");
  add(codec.foreign, "packets of another protocol");
  add(codec.bad_length, "packets with a wrong length");
  add(codec.damaged_tails, "packets with a damaged end");
  add(codec.trailing_bytes, "packets with bytes behind the last message");
  add(codec.instruments_full, "symbols without room in the instrument table");
  if (!odd.empty()) absl::StrAppend(&text, "    also: ", odd, "\n");
}

// What was given up and came after all, once a wrong position was taken back, was not lost.
uint64_t Lost(const SessionStats& session) {
  return session.missing_messages - std::min(session.missing_messages, session.taken_back_messages);
}

void AppendChannel(const Channel& channel, const ChannelCounters& counters, std::string& text) {
  const SessionStats& session = counters.session;
  absl::StrAppend(&text, "  ", channel.feed, " channel ", channel.id, ": ",
                  FormatCount(session.delivered_messages), " messages delivered as ",
                  FormatCount(counters.codec.updates), " updates, ",
                  FormatCount(session.duplicate_messages), " duplicates, ",
                  FormatCount(Lost(session)), " lost on all lines in ", FormatCount(session.gaps),
                  " gaps\n");
  for (uint32_t line = 0; line < channel.session.lines; ++line) {
    AppendLine(channel.line_names[line], counters.lines[line], text);
  }
  AppendOddities(counters, text);
}

}  // namespace

std::string TextDrops(const Pipeline& pipeline, const FeedCounters& counters,
                      const rio::HostCounters* host) {
  std::string ours;
  std::string theirs;
  for (const Drop& drop : CollectDrops(pipeline, counters, host)) {
    if (drop.count == 0) continue;
    const std::string name =
        drop.where.empty() ? drop.layer : absl::StrCat(drop.layer, " ", drop.where);
    absl::StrAppendFormat(drop.scope == DropScope::kOurs ? &ours : &theirs, "  %-24s %12s %s: %s\n",
                          name, FormatCount(drop.count), drop.unit, drop.mend);
  }
  const uint64_t truncated = counters.receive.truncated;
  if (truncated != 0) {
    absl::StrAppendFormat(&ours, "  %-24s %12s %s\n", "truncated", FormatCount(truncated),
                          "datagrams longer than a slice: raise receiver.slice_bytes");
  }
  if (ours.empty()) ours = "  none\n";
  if (!theirs.empty()) absl::StrAppend(&ours, "Meanwhile the whole host counted\n", theirs);
  return ours;
}

std::string StampText(const FeedCounters& counters) {
  uint64_t total = 0;
  size_t sources = 0;
  for (const uint64_t count : counters.stamps) {
    total += count;
    sources += count != 0 ? 1 : 0;
  }
  std::string text;
  for (size_t i = counters.stamps.size(); i-- > 0;) {
    const uint64_t count = counters.stamps[i];
    if (count == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ",
                    rio::StampSourceName(static_cast<rio::StampSource>(i)));
    if (sources > 1) {
      absl::StrAppendFormat(&text, " %.3g%%",
                            100.0 * static_cast<double>(count) / static_cast<double>(total));
    }
  }
  return text;
}

std::string TextLatencies(const Pipeline& pipeline, const FeedCounters& counters,
                          const latency::Clock& clock, bool picture) {
  const std::vector<LatencyPart> parts = pipeline.LatencyParts();
  latency::ReportOptions options{.clock = clock.Describe(),
                                 .wire_stamp = StampText(counters),
                                 .picture = picture,
                                 .causes = pipeline.WaitCauses()};
  const bool has_parts =
      pipeline.strategy_threads().size() > 1 || pipeline.core().lines().size() > 1;
  for (const LatencyPart& part : parts) {
    if (has_parts && part.histogram.total() != 0) {
      options.parts.push_back({part.name, &part.histogram});
    }
  }
  return latency::TextReport(pipeline.Stages(), options);
}

std::string TextSummary(Pipeline& pipeline, const FeedCounters& counters,
                        const rio::HostCounters* host) {
  std::string text = "Channels\n";
  for (size_t i = 0; i < counters.channels.size(); ++i) {
    AppendChannel(pipeline.core().channels()[i], counters.channels[i], text);
  }
  absl::StrAppend(&text, "Drops by layer\n", TextDrops(pipeline, counters, host));
  const rio::BackendStats& receive = counters.receive;
  if (receive.line_losses != 0 || receive.deaf_lines != 0) {
    absl::StrAppend(&text, "  (lines lost their interface, link or membership ",
                    FormatCount(receive.line_losses), " times and got it back ",
                    FormatCount(receive.line_returns), " times; ", FormatCount(receive.deaf_lines),
                    " are without at the end)\n");
  }
  if (counters.receive.unstamped != 0) {
    absl::StrAppend(&text, "  (", FormatCount(counters.receive.unstamped),
                    " packets came without the stamp that was asked for)\n");
  }
  if (counters.receive.starved != 0) {
    absl::StrAppend(&text, "  (", FormatCount(counters.receive.starved),
                    " polls found no free slice; datagrams waited in the socket meanwhile)\n");
  }
  absl::StrAppend(&text, "Strategies\n");
  for (const auto& thread : pipeline.strategy_threads()) {
    for (LoadedStrategy& strategy : thread->strategies()) {
      absl::StrAppend(&text, "  ", strategy.name(), " on ", thread->name(), ": ",
                      FormatCount(thread->delivered()), " updates\n");
      const std::string summary = strategy.Summary();
      if (summary.empty()) continue;
      for (absl::string_view line : absl::StrSplit(summary, '\n')) {
        absl::StrAppend(&text, "    ", line, "\n");
      }
    }
  }
  return text;
}

}  // namespace fh
