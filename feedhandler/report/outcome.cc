#include "feedhandler/report/outcome.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "latency/report.h"

namespace fh {
namespace {

using latency::FormatCount;

std::string NameOf(const Channel& channel) {
  return absl::StrCat(channel.feed, " channel ", channel.id);
}

// Of all lines of the channel together.
struct Arrived {
  uint64_t packets = 0;
  uint64_t messages = 0;
  uint64_t rejected_packets = 0;
};

Arrived SumOf(const Channel& channel, const ChannelCounters& counters) {
  Arrived sum;
  for (uint32_t line = 0; line < channel.session.lines; ++line) {
    sum.packets += counters.lines[line].packets;
    sum.messages += counters.lines[line].messages;
    sum.rejected_packets += counters.lines[line].rejected_packets;
  }
  return sum;
}

// "3 of another protocol, 1 too short"; empty when nothing was rejected.
std::string Rejects(const codecs::CodecStats& codec) {
  std::string text;
  const auto add = [&text](uint64_t count, const char* what) {
    if (count != 0) absl::StrAppend(&text, text.empty() ? "" : ", ", FormatCount(count), " ", what);
  };
  add(codec.foreign, "of another protocol");
  add(codec.bad_length, "with a wrong length");
  add(codec.too_short, "too short");
  return text;
}

// Why packets came and no message was delivered; empty when that is all right: heartbeats have
// none.
std::string InVain(const Channel& channel, const ChannelCounters& counters) {
  const Arrived arrived = SumOf(channel, counters);
  if (counters.session.delivered_messages != 0) return "";
  if (arrived.messages == 0 && arrived.rejected_packets == 0) return "";
  std::string text = absl::StrCat(NameOf(channel), ": ", FormatCount(arrived.packets),
                                  " packets came and no message was delivered: ");
  if (arrived.rejected_packets * 2 >= arrived.packets) {
    return absl::StrCat(text, FormatCount(arrived.rejected_packets), " packets were rejected (",
                        Rejects(counters.codec),
                        "); is the codec the group's? `feedhandler join GROUP:PORT` and "
                        "`feedhandler inspect CAPTURE` say what it speaks");
  }
  if (counters.session.dropped_messages != 0) {
    return absl::StrCat(text, FormatCount(counters.session.dropped_messages),
                        " messages were of a session that is over, or not believed; do the lines "
                        "carry one stream?");
  }
  return absl::StrCat(text, "all ", FormatCount(arrived.messages),
                      " messages came too late or in damaged packets");
}

// Messages were delivered to a codec that could make nothing of any.
std::string NothingDecoded(const Channel& channel, const ChannelCounters& counters) {
  const codecs::CodecStats& codec = counters.codec;
  if (codec.updates != 0 || codec.messages == 0) return "";
  if (codec.malformed + codec.unknown < codec.messages) return "";
  return absl::StrCat(NameOf(channel), ": none of ", FormatCount(codec.messages),
                      " messages could be decoded: ", FormatCount(codec.malformed), " malformed, ",
                      FormatCount(codec.unknown),
                      " of unknown type; is the codec of the venue's version?");
}

std::string MostlyLost(const Channel& channel, const SessionStats& session) {
  const uint64_t lost = LostMessages(session);
  if (lost <= session.delivered_messages) return "";
  return absl::StrCat(NameOf(channel), ": more was lost than delivered: ", FormatCount(lost),
                      " messages are missing on all lines, ",
                      FormatCount(session.delivered_messages), " were delivered");
}

std::string NothingCame(std::span<const Channel* const> channels, RunSource source,
                        const std::string& groups) {
  std::vector<std::string> lines;
  for (const Channel* channel : channels) {
    lines.push_back(absl::StrCat(NameOf(*channel),
                                 channel->line_names.size() == 1 ? " line " : " lines ",
                                 absl::StrJoin(channel->line_names, ", ")));
  }
  if (source == RunSource::kFile) {
    return absl::StrCat("nothing of the input was for a line of ", absl::StrJoin(lines, "; "),
                        groups);
  }
  return absl::StrCat("no packet came on any line: ", absl::StrJoin(lines, "; "),
                      "; `feedhandler doctor CONFIG` looks for the reason");
}

}  // namespace

uint64_t LostMessages(const SessionStats& session) {
  return session.missing_messages - std::min(session.missing_messages, session.taken_back_messages);
}

std::vector<std::string> RunFaults(std::span<const Channel* const> channels,
                                   const PipelineCounters& counters, RunSource source,
                                   const std::string& groups) {
  if (counters.packets == 0) return {NothingCame(channels, source, groups)};
  std::vector<std::string> faults;
  const auto add = [&faults](std::string fault) {
    if (!fault.empty()) faults.push_back(std::move(fault));
  };
  for (size_t i = 0; i < channels.size(); ++i) {
    const SessionStats& session = counters.channels[i].session;
    if (session.stuck_times != 0) {
      add(absl::StrCat(NameOf(*channels[i]), ": was stuck ", FormatCount(session.stuck_times),
                       session.stuck_times == 1 ? " time" : " times",
                       session.is_stuck ? ", and is" : "",
                       ": packets came and for long no message of them could be delivered"));
    }
    if (counters.channels[i].strayed_messages != 0) {
      add(absl::StrCat(NameOf(*channels[i]), ": ",
                       FormatCount(counters.channels[i].strayed_messages),
                       " messages were of more streams than it has sessions for: raise the "
                       "channel's streams (",
                       channels[i]->streams, " now)"));
    }
    add(InVain(*channels[i], counters.channels[i]));
    add(NothingDecoded(*channels[i], counters.channels[i]));
    if (source == RunSource::kFile) add(MostlyLost(*channels[i], session));
  }
  return faults;
}

}  // namespace fh
