#include "feedhandler/inspect/stream_report.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "feedhandler/inspect/column_table.h"
#include "latency/report.h"

namespace fh {
namespace {

using latency::FormatCount;

std::vector<const Stream*> BusiestFirst(const StreamTable& table, size_t top) {
  std::vector<const Stream*> streams;
  for (const auto& stream : table.streams()) streams.push_back(stream.get());
  std::stable_sort(streams.begin(), streams.end(), [](const Stream* a, const Stream* b) {
    return a->traffic.packets > b->traffic.packets;
  });
  if (streams.size() > top) streams.resize(top);
  return streams;
}

std::string VlanText(const Stream& stream) {
  return stream.vlans.empty() ? "-" : absl::StrJoin(stream.vlans, ",");
}

std::string SourceText(const Stream& stream) {
  if (stream.sources.empty()) return "-";
  std::string text = stream.sources[0].ToString();
  if (stream.more_sources > 0) return absl::StrCat(text, " and many");
  if (stream.sources.size() > 1) absl::StrAppend(&text, " +", stream.sources.size() - 1);
  return text;
}

std::string HexText(const std::vector<uint8_t>& bytes) {
  std::string text;
  for (const uint8_t byte : bytes) absl::StrAppendFormat(&text, "%02x ", byte);
  if (!text.empty()) text.pop_back();
  return text;
}

std::string TrafficText(const std::vector<const Stream*>& streams) {
  ColumnTable table({{"group"},
                     {"source"},
                     {"VLAN"},
                     {"packets", ColumnTable::kRight},
                     {"packets/s", ColumnTable::kRight},
                     {"bits/s", ColumnTable::kRight},
                     {"busiest s", ColumnTable::kRight},
                     {"busiest ms", ColumnTable::kRight},
                     {"payload min/mean/max", ColumnTable::kRight},
                     {"speaks"}});
  for (const Stream* stream : streams) {
    const Traffic& traffic = stream->traffic;
    table.AddRow({stream->group.ToString(), SourceText(*stream), VlanText(*stream),
                  FormatCount(traffic.packets), FormatRate(traffic.PacketsPerSecond()),
                  FormatRate(traffic.BitsPerSecond()), FormatCount(traffic.most_in_second),
                  FormatCount(traffic.most_in_ms), FormatSizes(traffic), FormatGuess(*stream)});
  }
  return table.Text("  ");
}

std::string RangeText(const SessionTrack& session) {
  if (!session.has_numbers() && session.next() == 0) return "none";
  if (!session.has_numbers()) return absl::StrCat("next ", session.next());
  return absl::StrCat(FormatCount(session.first()), " - ", FormatCount(session.end() - 1));
}

// The session, and which of its streams where a line may have several.
std::string NameText(const Stream& stream, const SessionTrack& session) {
  const std::string name = SessionText(stream.reader->framing(), session.id());
  const codecs::CodecInfo* codec = stream.guess.codec();
  if (codec == nullptr || !codec->numbering.has_streams) return name;
  return absl::StrCat(name == "-" ? "" : absl::StrCat(name, " "), "stream ", session.stream());
}

void AddLine(const DiscoveredChannel& channel, size_t number, size_t line, ColumnTable& table) {
  const Stream& stream = *channel.lines[line];
  std::string name = absl::StrCat(LineName(line), " of channel ", number);
  std::string group = stream.group.ToString();
  for (const SessionTrack& session : stream.sessions) {
    table.AddRow({std::exchange(name, ""), std::exchange(group, ""), NameText(stream, session),
                  FormatCount(session.messages()), RangeText(session), FormatCount(session.gaps()),
                  FormatCount(session.missing()), FormatCount(session.cut()),
                  FormatCount(session.repeated()), FormatCount(session.restarts()),
                  FormatCount(session.heartbeats()), session.ended() ? "ended" : ""});
  }
}

std::string NumbersText(const std::vector<DiscoveredChannel>& channels,
                        const std::vector<const Stream*>& shown) {
  ColumnTable table({{"line"},
                     {"group"},
                     {"session"},
                     {"messages", ColumnTable::kRight},
                     {"numbers", ColumnTable::kRight},
                     {"gaps", ColumnTable::kRight},
                     {"missing", ColumnTable::kRight},
                     {"cut off", ColumnTable::kRight},
                     {"repeated", ColumnTable::kRight},
                     {"restarts", ColumnTable::kRight},
                     {"heartbeats", ColumnTable::kRight},
                     {""}});
  for (size_t i = 0; i < channels.size(); ++i) {
    for (size_t line = 0; line < channels[i].lines.size(); ++line) {
      const bool wanted =
          std::find(shown.begin(), shown.end(), channels[i].lines[line]) != shown.end();
      if (wanted) AddLine(channels[i], i + 1, line, table);
    }
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Text("  "));
}

// What in a stream deserves a sentence.
std::string Remarks(const Stream& stream) {
  std::string text;
  const auto remark = [&](uint64_t count, absl::string_view what) {
    if (count == 0) return;
    absl::StrAppend(&text, "  ", stream.group.ToString(), ": ", FormatCount(count), " packets ",
                    what, "\n");
  };
  uint64_t implausible = 0;
  uint64_t unnumbered = 0;
  for (const SessionTrack& session : stream.sessions) {
    implausible += session.implausible();
    unnumbered += session.unnumbered();
  }
  remark(stream.rejected, absl::StrCat("that are not ", stream.Speaks()));
  remark(stream.damaged_tails,
         absl::StrCat("announce more messages than they hold: ",
                      FormatCount(stream.lost_in_tails()), " messages are lost"));
  remark(stream.trailing_bytes, "with bytes behind the last message");
  remark(implausible, "with a wild number, not believed");
  if (unnumbered != 0) {
    absl::StrAppend(&text, "  ", stream.group.ToString(), ": ", FormatCount(unnumbered),
                    " messages outside of all numbers\n");
  }
  remark(stream.before_guess, "before the framing was known, not counted in the numbers");
  remark(stream.more_sessions, absl::StrCat("of more sessions than are followed, with ",
                                            FormatCount(stream.more_messages), " messages"));
  remark(stream.traffic.truncated,
         absl::StrCat("cut off by the snap length (tcpdump -s 0 keeps whole frames): ",
                      FormatCount(stream.cut()), " messages that did arrive are not there"));
  if (stream.reader == nullptr && !stream.first_bytes.empty()) {
    absl::StrAppend(&text, "  ", stream.group.ToString(), ": starts with ",
                    HexText(stream.first_bytes), "\n");
  }
  return text;
}

void SessionJson(const Stream& stream, const SessionTrack& session, JsonWriter& json) {
  json.BeginObject();
  json.Key("session").Text(SessionText(stream.reader->framing(), session.id()));
  json.Key("stream").Number(uint64_t{session.stream()});
  json.Key("packets").Number(session.packets());
  json.Key("messages").Number(session.messages());
  json.Key("unnumbered").Number(session.unnumbered());
  json.Key("first").Number(session.first());
  json.Key("end").Number(session.end());
  json.Key("next").Number(session.next());
  json.Key("gaps").Number(session.gaps());
  json.Key("missing").Number(session.missing());
  json.Key("cut").Number(session.cut());
  json.Key("lost_in_tails").Number(session.lost_in_tails());
  json.Key("repeated").Number(session.repeated());
  json.Key("reordered_packets").Number(session.reordered_packets());
  json.Key("implausible").Number(session.implausible());
  json.Key("restarts").Number(session.restarts());
  json.Key("heartbeats").Number(session.heartbeats());
  json.Key("ended").Bool(session.ended());
  json.EndObject();
}

void TrafficJson(const Traffic& traffic, JsonWriter& json) {
  json.Key("packets").Number(traffic.packets);
  json.Key("bytes").Number(traffic.bytes);
  json.Key("truncated").Number(traffic.truncated);
  json.Key("first_ns").TimeNs(traffic.first_ns);
  json.Key("last_ns").TimeNs(traffic.last_ns);
  json.Key("packets_per_second").Real(traffic.PacketsPerSecond());
  json.Key("bits_per_second").Real(traffic.BitsPerSecond());
  json.Key("most_packets_in_second").Number(traffic.most_in_second);
  json.Key("most_packets_in_ms").Number(traffic.most_in_ms);
  json.Key("least_bytes").Number(traffic.least_bytes);
  json.Key("mean_bytes").Number(traffic.MeanBytes());
  json.Key("most_bytes").Number(traffic.most_bytes);
}

void StreamJson(const Stream& stream, JsonWriter& json) {
  json.BeginObject();
  json.Key("group").Text(stream.group.ToString());
  json.Key("sources").BeginArray();
  for (const rio::IpAddress& source : stream.sources) json.Text(source.ToString());
  json.EndArray();
  json.Key("vlans").BeginArray();
  for (const uint16_t vlan : stream.vlans) json.Number(vlan);
  json.EndArray();
  TrafficJson(stream.traffic, json);
  json.Key("codec");
  stream.guess.codec() != nullptr ? json.Text(stream.guess.codec()->name) : json.Null();
  json.Key("confidence").Number(static_cast<uint64_t>(stream.guess.confidence()));
  json.Key("framing").Text(FramingFamilyName(stream.guess.family()));
  json.Key("first_bytes").Text(HexText(stream.first_bytes));
  json.Key("messages").Number(stream.messages());
  json.Key("cut").Number(stream.cut());
  json.Key("lost_in_tails").Number(stream.lost_in_tails());
  json.Key("rejected").Number(stream.rejected);
  json.Key("damaged_tails").Number(stream.damaged_tails);
  json.Key("trailing_bytes").Number(stream.trailing_bytes);
  json.Key("before_guess").Number(stream.before_guess);
  json.Key("sessions").BeginArray();
  for (const SessionTrack& session : stream.sessions) SessionJson(stream, session, json);
  json.EndArray();
  json.EndObject();
}

}  // namespace

std::string FormatRate(double value) {
  constexpr std::array<const char*, 4> kPrefixes = {"", " k", " M", " G"};
  size_t prefix = 0;
  // 999.5 would be rounded to 1000, which belongs to the next prefix.
  while (value >= 999.5 && prefix + 1 < kPrefixes.size()) {
    value /= 1000;
    ++prefix;
  }
  const int decimals = value >= 99.95 || value == 0 ? 0 : value >= 9.995 ? 1 : 2;
  return absl::StrFormat("%.*f%s", decimals, value, kPrefixes[prefix]);
}

std::string FormatSizes(const Traffic& traffic) {
  return absl::StrCat(FormatCount(traffic.least_bytes), "/", FormatCount(traffic.MeanBytes()), "/",
                      FormatCount(traffic.most_bytes));
}

std::string FormatGuess(const Stream& stream) {
  const PayloadGuess& guess = stream.guess;
  if (guess.codec() == nullptr) return stream.Speaks();
  if (guess.confidence() >= 100) return guess.codec()->name;
  return absl::StrCat(guess.codec()->name, " (", guess.confidence(), "%)");
}

std::string StreamsText(const StreamTable& table, const StreamReportOptions& options) {
  const size_t all = table.streams().size();
  if (all == 0) return "no UDP datagram\n";
  const std::vector<const Stream*> shown = BusiestFirst(table, options.top);
  std::string text = absl::StrCat(FormatCount(all), all == 1 ? " stream" : " streams");
  if (shown.size() < all) absl::StrAppend(&text, ", the busiest ", shown.size(), " of them");
  absl::StrAppend(&text, "\n", TrafficText(shown), NumbersText(DiscoverChannels(table), shown));
  std::string remarks;
  for (const Stream* stream : shown) absl::StrAppend(&remarks, Remarks(*stream));
  if (table.overflowed() > 0) {
    absl::StrAppend(&remarks, "  ", FormatCount(table.overflowed()), " datagrams of more than ",
                    FormatCount(StreamTable::kMostStreams), " streams were not looked at\n");
  }
  if (!remarks.empty()) absl::StrAppend(&text, "\n", remarks);
  return text;
}

void StreamsJson(const StreamTable& table, const StreamReportOptions& options, JsonWriter& json) {
  json.BeginArray();
  for (const Stream* stream : BusiestFirst(table, options.top)) StreamJson(*stream, json);
  json.EndArray();
}

void ChannelsJson(const std::vector<DiscoveredChannel>& channels, JsonWriter& json) {
  json.BeginArray();
  for (size_t i = 0; i < channels.size(); ++i) {
    json.BeginObject().Key("channel").Number(i + 1).Key("codec");
    channels[i].codec != nullptr ? json.Text(channels[i].codec->name) : json.Null();
    json.Key("lines").BeginArray();
    for (size_t line = 0; line < channels[i].lines.size(); ++line) {
      json.BeginObject().Key("name").Text(LineName(line));
      json.Key("group").Text(channels[i].lines[line]->group.ToString()).EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
}

}  // namespace fh
