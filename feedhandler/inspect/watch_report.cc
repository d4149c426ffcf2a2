#include "feedhandler/inspect/watch_report.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "codecs/json_writer.h"
#include "feedhandler/inspect/channels.h"
#include "feedhandler/inspect/column_table.h"
#include "feedhandler/inspect/stream_report.h"
#include "latency/report.h"

namespace fh {
namespace {

using latency::FormatCount;

uint64_t NextNumber(const Stream& stream) {
  return stream.sessions.empty() ? 0 : stream.sessions.back().next();
}

// Every layer that can lose a datagram before it gets here, with the fix.
struct Drop {
  const char* layer;
  uint64_t count;
  const char* fix;
};

std::vector<Drop> Drops(const rio::BackendStats& stats) {
  return {{"kernel", stats.kernel_drops,
           "datagrams: the socket's buffer was full, or a checksum was wrong (sysctl "
           "net.core.rmem_max)"},
          {"ring", stats.ring_overflows, "times a queue between kernel and program overflowed"},
          {"starved", stats.starved, "polls found no free slice; datagrams waited in the kernel"},
          {"errors", stats.errors, "receives failed"},
          {"truncated", stats.truncated, "datagrams were longer than a slice"}};
}

std::string DropsText(const rio::BackendStats& stats) {
  std::string text;
  for (const Drop& drop : Drops(stats)) {
    if (drop.count == 0) continue;
    absl::StrAppend(&text, "  ", drop.layer, ": ", FormatCount(drop.count), " ", drop.fix, "\n");
  }
  return text.empty() ? "no drops by kernel or program (the network card's: `ethtool -S`)\n"
                      : absl::StrCat("drops by layer\n", text);
}

void DropsJson(const rio::BackendStats& stats, JsonWriter& json) {
  json.BeginObject();
  for (const Drop& drop : Drops(stats)) json.Key(drop.layer).Number(drop.count);
  json.EndObject();
}

std::string InterfacesText(const std::vector<HostInterface>& interfaces) {
  std::string text;
  for (const HostInterface& interface : interfaces) {
    absl::StrAppend(&text, "      ", interface.name, interface.up ? ": up" : ": DOWN",
                    interface.multicast ? "" : ", not flagged MULTICAST");
    for (const rio::IpAddress& address : interface.addresses) {
      absl::StrAppend(&text, ", ", address.ToString());
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

// Short lines, with each command on one of its own: a table that is redrawn is cut at the
// terminal's edge.
std::string HintsFor(const rio::Subscription& line, const std::vector<HostInterface>& interfaces) {
  const std::string group = line.group.address.ToString();
  const std::string device = line.interface.empty() ? "INTERFACE" : line.interface;
  const bool is_v4 = line.group.address.is_v4();
  const NetworkCommands commands = CommandsFor(device, line.group);
  std::string text;
  if (line.interface.empty()) {
    absl::StrAppend(&text, "  - the system's route chose the interface; --interface=NAME does\n");
  }
  for (const HostInterface& interface : interfaces) {
    if (interface.name == line.interface && !interface.up) {
      absl::StrAppend(&text, "  - ", device, " is down:\n      ", commands.bring_up, "\n");
    }
  }
  absl::StrAppend(&text, "  - is it the right interface? this host has\n",
                  InterfacesText(interfaces));
  if (!line.source.is_none()) {
    absl::StrAppend(&text, "  - only packets from ", line.source.ToString(),
                    " are taken; without --source any sender's\n");
  }
  if (line.group.address.IsMulticast()) {
    absl::StrAppend(&text, "  - is it joined? this lists ", group, ":\n      ", commands.joins,
                    "\n    switches learn it by ", is_v4 ? "IGMP" : "MLD",
                    " and forget it without a querier in the VLAN\n");
  }
  absl::StrAppend(&text, "  - does it get here?\n      ", commands.capture,
                  "\n    if so, a firewall drops it:\n      ", commands.firewall, "\n");
  if (!commands.reverse_path.empty()) {
    absl::StrAppend(&text, "    or the reverse-path filter does (0 or 2 lets it in):\n      ",
                    commands.reverse_path, "\n");
  }
  return text;
}

}  // namespace

std::vector<WatchReport::Row> WatchReport::NextRows(const WatchState& state) {
  before_.resize(state.lines.size());
  const double seconds = state.seconds - seconds_before_;
  std::vector<Row> rows;
  for (size_t i = 0; i < state.lines.size(); ++i) {
    Row row{.group = state.subscriptions[i].group.ToString(), .line = state.lines[i]};
    if (!state.subscriptions[i].source.is_none()) {
      absl::StrAppend(&row.group, " from ", state.subscriptions[i].source.ToString());
    }
    if (seconds > 0) {
      const uint64_t packets = row.line.packets - before_[i].packets;
      const uint64_t bytes = row.line.bytes - before_[i].bytes;
      row.packets_per_second = static_cast<double>(packets) / seconds;
      row.bits_per_second = static_cast<double>(bytes) * 8 / seconds;
    }
    row.stream = state.table.Find(state.subscriptions[i].group);
    rows.push_back(std::move(row));
  }
  before_.assign(state.lines.begin(), state.lines.end());
  seconds_before_ = state.seconds;
  return rows;
}

std::string WatchReport::Interval(const WatchState& state, Form form) {
  const std::vector<Row> rows = NextRows(state);
  switch (form) {
    case Form::kTable:
      return Table(rows, state);
    case Form::kLines:
      return Lines(rows, state);
    case Form::kJson:
      return Json(rows, state);
  }
  return "";
}

std::string WatchReport::Table(const std::vector<Row>& rows, const WatchState& state) {
  ColumnTable table({{"group"},
                     {"packets/s", ColumnTable::kRight},
                     {"bits/s", ColumnTable::kRight},
                     {"packets", ColumnTable::kRight},
                     {"payload min/mean/max", ColumnTable::kRight},
                     {"speaks"},
                     {"next number", ColumnTable::kRight},
                     {"gaps", ColumnTable::kRight},
                     {"missing", ColumnTable::kRight},
                     {"kernel drops", ColumnTable::kRight},
                     {"truncated", ColumnTable::kRight}});
  for (const Row& row : rows) {
    const Stream* stream = row.stream;
    const bool numbered = stream != nullptr && !stream->sessions.empty();
    table.AddRow({row.group, FormatRate(row.packets_per_second), FormatRate(row.bits_per_second),
                  FormatCount(row.line.packets),
                  stream == nullptr ? "-" : FormatSizes(stream->traffic),
                  stream == nullptr ? "nothing yet" : FormatGuess(*stream),
                  numbered ? FormatCount(NextNumber(*stream)) : "-",
                  numbered ? FormatCount(stream->gaps()) : "-",
                  numbered ? FormatCount(stream->missing()) : "-",
                  FormatCount(row.line.kernel_drops), FormatCount(row.line.truncated)});
  }
  return absl::StrCat(absl::StrFormat("after %.1f s\n", state.seconds), table.Text(""));
}

std::string WatchReport::Lines(const std::vector<Row>& rows, const WatchState& state) {
  std::string text;
  for (const Row& row : rows) {
    absl::StrAppendFormat(&text, "seconds=%.1f group=\"%s\" packets_per_second=%.0f", state.seconds,
                          row.group, row.packets_per_second);
    absl::StrAppendFormat(&text, " bits_per_second=%.0f packets=%u kernel_drops=%u truncated=%u",
                          row.bits_per_second, row.line.packets, row.line.kernel_drops,
                          row.line.truncated);
    if (const Stream* stream = row.stream) {
      absl::StrAppend(&text, " speaks=\"", stream->Speaks(),
                      "\" payload=", stream->traffic.least_bytes, "/", stream->traffic.MeanBytes(),
                      "/", stream->traffic.most_bytes);
      if (!stream->sessions.empty()) {
        absl::StrAppend(&text, " next=", NextNumber(*stream), " messages=", stream->messages(),
                        " gaps=", stream->gaps(), " missing=", stream->missing());
      }
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

std::string WatchReport::Json(const std::vector<Row>& rows, const WatchState& state) {
  JsonWriter json;
  json.BeginObject().Key("seconds").Real(state.seconds).Key("groups").BeginArray();
  for (const Row& row : rows) {
    json.BeginObject();
    json.Key("group").Text(row.group);
    json.Key("packets_per_second").Real(row.packets_per_second);
    json.Key("bits_per_second").Real(row.bits_per_second);
    json.Key("packets").Number(row.line.packets);
    json.Key("bytes").Number(row.line.bytes);
    json.Key("kernel_drops").Number(row.line.kernel_drops);
    json.Key("truncated").Number(row.line.truncated);
    if (const Stream* stream = row.stream) {
      json.Key("speaks").Text(stream->Speaks());
      json.Key("messages").Number(stream->messages());
      json.Key("next").Number(NextNumber(*stream));
      json.Key("gaps").Number(stream->gaps());
      json.Key("missing").Number(stream->missing());
    }
    json.EndObject();
  }
  json.EndArray().Key("drops");
  DropsJson(state.receive, json);
  json.EndObject();
  return absl::StrCat(json.text(), "\n");
}

std::string SilenceHints(const WatchState& state, const std::vector<HostInterface>& interfaces) {
  std::vector<std::string> silent;
  const rio::Subscription* first = nullptr;
  for (size_t i = 0; i < state.lines.size(); ++i) {
    if (state.lines[i].packets > 0) continue;
    if (first == nullptr) first = &state.subscriptions[i];
    silent.push_back(state.subscriptions[i].group.ToString());
  }
  if (first == nullptr) return "";
  return absl::StrCat("nothing arrived yet on ", absl::StrJoin(silent, ", "), ":\n",
                      HintsFor(*first, interfaces));
}

std::string WatchSummary(const WatchState& state) {
  return absl::StrCat(StreamsText(state.table), "\n", DropsText(state.receive));
}

std::string WatchSummaryJson(const WatchState& state) {
  JsonWriter json;
  json.BeginObject().Key("final").Bool(true).Key("seconds").Real(state.seconds);
  json.Key("streams");
  StreamsJson(state.table, {}, json);
  json.Key("channels");
  ChannelsJson(DiscoverChannels(state.table), json);
  json.Key("drops");
  DropsJson(state.receive, json);
  json.EndObject();
  return absl::StrCat(json.text(), "\n");
}

}  // namespace fh
