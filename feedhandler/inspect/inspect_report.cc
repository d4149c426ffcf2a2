#include "feedhandler/inspect/inspect_report.h"

#include <algorithm>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "feedhandler/config/config.h"
#include "feedhandler/inspect/channels.h"
#include "feedhandler/inspect/discover.h"
#include "feedhandler/inspect/host_network.h"
#include "latency/report.h"
#include "replay/capture_account.h"

namespace fh {
namespace {

using latency::FormatCount;
using latency::FormatDuration;

const char* FormatName(replay::CaptureFormat format) {
  switch (format) {
    case replay::CaptureFormat::kPcap:
      return "pcap";
    case replay::CaptureFormat::kPcapng:
      return "pcapng";
    case replay::CaptureFormat::kSnoop:
      return "snoop";
  }
  return "";
}

const char* CompressionName(replay::Compression compression) {
  switch (compression) {
    case replay::Compression::kNone:
      return "none";
    case replay::Compression::kGzip:
      return "gzip";
    case replay::Compression::kZstd:
      return "zstd";
  }
  return "";
}

std::string TimeText(int64_t unix_ns) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E9S", absl::FromUnixNanos(unix_ns), absl::UTCTimeZone());
}

// if_tsresol of pcapng.
std::string ResolutionText(uint8_t resolution) {
  if (resolution == 3) return "milliseconds";
  if (resolution == 6) return "microseconds";
  if (resolution == 9) return "nanoseconds";
  return (resolution & 0x80) != 0 ? absl::StrCat("2^-", resolution & 0x7f, " s")
                                  : absl::StrCat("10^-", resolution, " s");
}

std::string LinkTypesText(const CaptureScan& scan) {
  if (scan.link_types.empty() && !scan.interfaces.empty()) {
    return replay::LinkTypeName(scan.interfaces[0].link_type);
  }
  if (scan.link_types.size() == 1) return replay::LinkTypeName(scan.link_types.begin()->first);
  std::vector<std::string> texts;
  for (const auto& [type, frames] : scan.link_types) {
    texts.push_back(absl::StrCat(replay::LinkTypeName(type), " (", FormatCount(frames), ")"));
  }
  return absl::StrJoin(texts, ", ");
}

std::string InterfaceText(const replay::CaptureInterface& interface) {
  std::string text = absl::StrCat(
      interface.name.empty() ? "" : absl::StrCat("\"", absl::CHexEscape(interface.name), "\", "),
      replay::LinkTypeName(interface.link_type), ", stamps in ",
      ResolutionText(interface.stamp_resolution));
  if (interface.stamp_offset_s != 0) {
    absl::StrAppend(&text, ", offset ", interface.stamp_offset_s, " s");
  }
  if (interface.snap_length != 0) {
    absl::StrAppend(&text, ", snap length ", FormatCount(interface.snap_length));
  }
  const uint64_t dropped =
      interface.dropped_by_interface.value_or(0) + interface.dropped_by_system.value_or(0);
  if (dropped > 0) {
    absl::StrAppend(&text, ", ", FormatCount(dropped), " packets dropped while capturing");
  }
  return text;
}

void Fact(std::string& text, absl::string_view name, absl::string_view value) {
  absl::StrAppend(&text, absl::StrFormat("  %-12s ", name), value, "\n");
}

void AddEnding(std::string& text, const absl::Status& status, bool complete) {
  if (!status.ok()) {
    Fact(text, "DAMAGED", status.message());
  } else if (!complete) {
    Fact(text, "unfinished", "reading was stopped; all figures are of what was read");
  }
}

std::string NoDatagramText(const replay::DatagramCounters& counters) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < replay::kDatagramOutcomes; ++i) {
    const auto outcome = static_cast<replay::DatagramOutcome>(i);
    if (outcome == replay::DatagramOutcome::kDatagram || counters.by_outcome[i] == 0) continue;
    texts.push_back(absl::StrCat(FormatCount(counters.by_outcome[i]), " ",
                                 replay::OutcomeText(outcome, counters)));
  }
  return texts.empty() ? "none: every frame is a UDP datagram" : absl::StrJoin(texts, ", ");
}

std::string ClockText(const CaptureScan& scan) {
  if (scan.backwards == 0) return "never goes backwards";
  return absl::StrCat("goes backwards ", FormatCount(scan.backwards), " times, by up to ",
                      FormatDuration(scan.furthest_back_ns));
}

// "metamako in 4,950 of 5,000 datagrams (device 3 port 7), on average 1.20 us before the
// capture's".
std::string TrailerText(const CaptureScan& scan, rio::TrailerFormat format) {
  const TrailerScan& seen = scan.trailers.at(format);
  std::vector<std::string> ports;
  for (const auto& [port, frames] : seen.ports) {
    ports.push_back(absl::StrCat("device ", port.first, " port ", port.second));
  }
  const auto mean_ns = static_cast<int64_t>(seen.MeanAheadNs());
  std::string text =
      absl::StrCat(rio::TrailerFormatName(format), " in ", FormatCount(seen.frames), " of ",
                   FormatCount(scan.datagrams[replay::DatagramOutcome::kDatagram]), " datagrams (",
                   absl::StrJoin(ports, ", "), "), on average ", FormatDuration(std::abs(mean_ns)),
                   mean_ns > 0 ? " after" : " before", " the capture's");
  constexpr int64_t kTaiAheadNs = 37'000'000'000;
  if (std::abs(mean_ns - kTaiAheadNs) < 500'000'000) {
    absl::StrAppend(&text, ": the device's clock shows TAI");
  }
  if (seen.unsynchronized > 0) {
    absl::StrAppend(&text, "; ", FormatCount(seen.unsynchronized), " of a clock out of step");
  }
  return absl::StrCat(text, "; replay --trailer=", rio::TrailerFormatName(format), " takes them");
}

std::string CaptureText(const CaptureScan& scan) {
  std::string text = absl::StrCat(scan.path, ": ");
  if (!scan.opened) return absl::StrCat(text, scan.status.message(), "\n");
  absl::StrAppend(&text, FormatName(scan.format));
  if (scan.compression != replay::Compression::kNone) {
    absl::StrAppend(&text, ", ", CompressionName(scan.compression));
  }
  absl::StrAppend(&text, ", ", FormatCount(scan.frames.frames),
                  scan.frames.frames == 1 ? " frame, " : " frames, ",
                  FormatCount(scan.frames.frame_bytes), " bytes captured\n");
  Fact(text, "link type", LinkTypesText(scan));
  if (scan.first_ns == 0 && scan.last_ns == 0) {
    Fact(text, "time", "no frame has a stamp");
  } else {
    Fact(text, "time",
         absl::StrCat(TimeText(scan.first_ns), " to ", TimeText(scan.last_ns), " UTC (",
                      FormatDuration(scan.last_ns - scan.first_ns), ")"));
    Fact(text, "clock", ClockText(scan));
  }
  for (size_t i = 0; i < scan.interfaces.size(); ++i) {
    Fact(text, absl::StrCat("interface ", i), InterfaceText(scan.interfaces[i]));
  }
  if (scan.frames.sections > 1) {
    Fact(text, "sections", absl::StrCat(scan.frames.sections, "; interfaces are the last one's"));
  }
  if (const rio::TrailerFormat trailer = TrailerOf(scan); trailer != rio::TrailerFormat::kNone) {
    Fact(text, "frame stamps", TrailerText(scan, trailer));
  }
  Fact(text, "no datagram", NoDatagramText(scan.datagrams));
  if (scan.frames.unstamped_frames > 0) {
    Fact(text, "unstamped", absl::StrCat(FormatCount(scan.frames.unstamped_frames), " frames"));
  }
  if (!scan.order_note.empty()) Fact(text, "order", scan.order_note);
  if (scan.frames.odd_stamps > 0) {
    Fact(text, "odd stamps",
         absl::StrCat(FormatCount(scan.frames.odd_stamps), " with a second or more of fraction"));
  }
  AddEnding(text, scan.status, scan.complete);
  return text;
}

std::string RecordFileText(const RecordScan& scan) {
  std::string text =
      absl::StrCat(scan.path, ": length-prefixed messages, ", FormatCount(scan.records),
                   " of them, ", FormatCount(scan.bytes), " bytes\n");
  if (scan.records > 0) {
    Fact(text, "sizes",
         absl::StrCat(FormatCount(scan.least_bytes), "/", FormatCount(scan.bytes / scan.records),
                      "/", FormatCount(scan.most_bytes), " min/mean/max"));
  }
  Fact(text, "speaks",
       scan.codec == nullptr
           ? "unknown"
           : absl::StrCat(scan.codec->name, " (", scan.confidence, "% of the first messages)"));
  Fact(text, "end",
       scan.has_end_record ? "a record of length 0 ends the session" : "no end-of-session record");
  AddEnding(text, scan.status, scan.complete);
  return text;
}

bool ReadStandardInput(const InspectReport& report) {
  return std::any_of(report.captures.begin(), report.captures.end(),
                     [](const CaptureScan& scan) { return scan.opened && scan.path == "-"; });
}

// As to be typed behind a verb: quoted where the shell wants it, and never taken for an option.
std::string PathArgument(const std::string& path) {
  const bool looks_like_option = path.size() > 1 && path[0] == '-';
  return QuotedArgument(looks_like_option ? absl::StrCat("./", path) : path);
}

// Those that could be read.
std::string PathsText(const InspectReport& report) {
  std::vector<std::string> paths;
  for (const CaptureScan& scan : report.captures) {
    if (scan.opened) paths.push_back(PathArgument(scan.path));
  }
  return absl::StrJoin(paths, " ");
}

void AppendGroups(const ChannelConfig& channel, absl::string_view option, std::string& text) {
  for (const LineConfig& line : channel.lines) {
    absl::StrAppend(&text, " ", option, QuotedArgument(line.subscription.group.ToString()));
  }
}

// Standard input cannot be searched for groups and then read again, so they are named.
std::string NextOfStandardInput(const InspectReport& report, const std::string& paths) {
  constexpr size_t kMostChannels = 4;
  const std::vector<FeedConfig> feeds = FeedsOf(report.table);
  std::string text;
  size_t channels = 0;
  for (const FeedConfig& feed : feeds) {
    std::string groups;
    for (const ChannelConfig& channel : feed.channels) AppendGroups(channel, "--group=", groups);
    if (++channels > kMostChannels) break;
    absl::StrAppend(&text, "  feedhandler decode ", paths, " --codec=", feed.codec, groups,
                    " | head\n");
    std::string lines;
    AppendGroups(feed.channels[0], "--line=", lines);
    absl::StrAppend(&text, "  feedhandler replay ", paths, " --codec=", feed.codec, lines,
                    feed.channels.size() > 1 ? "   # its first channel" : "", "\n");
  }
  absl::StrAppend(&text, "  feedhandler inspect ", paths,
                  " --config > feed.textproto   # for `feedhandler replay ", paths,
                  " --config=feed.textproto`\n");
  return text;
}

std::string NextOfCaptures(const InspectReport& report) {
  std::set<std::string> codecs;
  for (const FeedConfig& feed : FeedsOf(report.table)) codecs.insert(feed.codec);
  if (codecs.empty()) return "";
  const std::string paths = PathsText(report);
  if (ReadStandardInput(report)) return NextOfStandardInput(report, paths);
  std::string text = absl::StrCat("  feedhandler decode ", paths, " | head\n");
  for (const std::string& codec : codecs) {
    absl::StrAppend(&text, "  feedhandler replay ", paths, " --codec=", codec, "\n");
  }
  absl::StrAppend(&text, "  feedhandler inspect ", paths,
                  " --config > feed.textproto   # for `feedhandler run feed.textproto`\n");
  return text;
}

std::string NextText(const InspectReport& report) {
  std::string text = NextOfCaptures(report);
  for (const RecordScan& scan : report.record_files) {
    if (scan.codec == nullptr) continue;
    const std::string path = PathArgument(scan.path);
    absl::StrAppend(&text, "  feedhandler decode ", path, " | head\n  feedhandler replay ", path,
                    "\n");
  }
  if (text.empty()) return "";
  return absl::StrCat(ReadStandardInput(report) ? "Go on with (the same on standard input again)\n"
                                                : "Go on with\n",
                      text);
}

void InterfaceJson(const replay::CaptureInterface& interface, JsonWriter& json) {
  const auto optional = [&](const char* key, const std::optional<uint64_t>& value) {
    json.Key(key);
    value.has_value() ? json.Number(*value) : json.Null();
  };
  json.BeginObject();
  json.Key("name").Text(interface.name);
  json.Key("link_type").Text(replay::LinkTypeName(interface.link_type));
  json.Key("stamp_resolution").Text(ResolutionText(interface.stamp_resolution));
  json.Key("snap_length").Number(interface.snap_length);
  optional("received", interface.received);
  optional("dropped_by_interface", interface.dropped_by_interface);
  optional("dropped_by_system", interface.dropped_by_system);
  json.EndObject();
}

void RecordFileJson(const RecordScan& scan, JsonWriter& json) {
  json.BeginObject();
  json.Key("path").Text(scan.path);
  json.Key("error");
  scan.status.ok() ? json.Null() : json.Text(std::string(scan.status.message()));
  json.Key("complete").Bool(scan.complete);
  json.Key("records").Number(scan.records);
  json.Key("bytes").Number(scan.bytes);
  json.Key("least_bytes").Number(scan.least_bytes);
  json.Key("most_bytes").Number(scan.most_bytes);
  json.Key("has_end_record").Bool(scan.has_end_record);
  json.Key("codec");
  scan.codec != nullptr ? json.Text(scan.codec->name) : json.Null();
  json.Key("confidence").Number(static_cast<uint64_t>(scan.confidence));
  json.EndObject();
}

void CaptureJson(const CaptureScan& scan, JsonWriter& json) {
  json.BeginObject();
  json.Key("path").Text(scan.path);
  json.Key("error");
  scan.status.ok() ? json.Null() : json.Text(std::string(scan.status.message()));
  if (scan.opened) {
    json.Key("format").Text(FormatName(scan.format));
    json.Key("compression").Text(CompressionName(scan.compression));
    json.Key("complete").Bool(scan.complete);
    json.Key("frames").Number(scan.frames.frames);
    json.Key("frame_bytes").Number(scan.frames.frame_bytes);
    json.Key("truncated_frames").Number(scan.frames.truncated_frames);
    json.Key("unstamped_frames").Number(scan.frames.unstamped_frames);
    json.Key("first_ns").TimeNs(scan.first_ns);
    json.Key("last_ns").TimeNs(scan.last_ns);
    json.Key("backwards").Number(scan.backwards);
    json.Key("furthest_back_ns").Number(static_cast<uint64_t>(scan.furthest_back_ns));
    json.Key("link_types").BeginObject();
    for (const auto& [type, frames] : scan.link_types) {
      json.Key(replay::LinkTypeName(type)).Number(frames);
    }
    json.EndObject();
    const rio::TrailerFormat trailer = TrailerOf(scan);
    json.Key("trailer");
    if (trailer == rio::TrailerFormat::kNone) {
      json.Null();
    } else {
      const TrailerScan& seen = scan.trailers.at(trailer);
      json.BeginObject();
      json.Key("format").Text(rio::TrailerFormatName(trailer));
      json.Key("frames").Number(seen.frames);
      json.Key("unsynchronized").Number(seen.unsynchronized);
      json.Key("mean_ahead_ns").Number(static_cast<int64_t>(seen.MeanAheadNs()));
      json.EndObject();
    }
    json.Key("interfaces").BeginArray();
    for (const replay::CaptureInterface& interface : scan.interfaces) {
      InterfaceJson(interface, json);
    }
    json.EndArray();
    json.Key("outcomes").BeginObject();
    for (size_t i = 0; i < replay::kDatagramOutcomes; ++i) {
      json.Key(DatagramOutcomeName(static_cast<replay::DatagramOutcome>(i)))
          .Number(scan.datagrams.by_outcome[i]);
    }
    json.EndObject();
  }
  json.EndObject();
}

}  // namespace

std::vector<absl::Status> InspectFiles(const std::vector<std::string>& paths,
                                       const InspectOptions& options, InspectReport& report) {
  std::vector<absl::Status> statuses(paths.size());
  std::vector<CaptureToScan> captures;
  std::vector<size_t> place_of;  // In `paths`, of each capture.
  bool wanted = true;
  const ScanProgress progress = [&](uint64_t read, std::optional<uint64_t> total, uint64_t frames) {
    wanted = !options.progress || options.progress(read, total, frames);
    return wanted;
  };
  for (size_t i = 0; i < paths.size(); ++i) {
    if (!IsRecordFile(paths[i])) {
      captures.push_back({.path = paths[i], .most_frames = options.most_frames});
      place_of.push_back(i);
    } else if (wanted) {
      report.record_files.push_back(ScanRecordFile(paths[i], options.most_frames, progress));
      statuses[i] = report.record_files.back().status;
    }
  }
  if (!wanted || captures.empty()) return statuses;
  report.captures = ScanCaptures(captures, progress, report.table);
  for (size_t i = 0; i < captures.size(); ++i) statuses[place_of[i]] = report.captures[i].status;
  return statuses;
}

bool ReadAny(const InspectReport& report) {
  return !report.record_files.empty() ||
         std::any_of(report.captures.begin(), report.captures.end(),
                     [](const CaptureScan& scan) { return scan.opened; });
}

std::string InspectText(const InspectReport& report, const StreamReportOptions& options) {
  std::vector<std::string> parts;
  for (const CaptureScan& scan : report.captures) parts.push_back(CaptureText(scan));
  for (const RecordScan& scan : report.record_files) parts.push_back(RecordFileText(scan));
  if (!report.captures.empty()) parts.push_back(StreamsText(report.table, options));
  const std::string next = NextText(report);
  if (!next.empty()) parts.push_back(next);
  return absl::StrJoin(parts, "\n");
}

std::string InspectJson(const InspectReport& report, const StreamReportOptions& options) {
  JsonWriter json;
  json.BeginObject().Key("captures").BeginArray();
  for (const CaptureScan& scan : report.captures) CaptureJson(scan, json);
  json.EndArray();
  json.Key("record_files").BeginArray();
  for (const RecordScan& scan : report.record_files) RecordFileJson(scan, json);
  json.EndArray();
  json.Key("streams");
  StreamsJson(report.table, options, json);
  json.Key("channels");
  ChannelsJson(DiscoverChannels(report.table), json);
  json.Key("stream_count").Number(report.table.streams().size());  // Not only the busiest.
  json.Key("overflowed").Number(report.table.overflowed());
  json.EndObject();
  return absl::StrCat(json.text(), "\n");
}

absl::StatusOr<std::string> ConfigText(const InspectReport& report) {
  const std::vector<FeedConfig> feeds = FeedsOf(report.table);
  if (feeds.empty()) {
    return absl::FailedPreconditionError(
        "no stream speaks what a codec reads (`feedhandler codecs` lists them), so there is "
        "nothing to configure; `feedhandler inspect` without --config shows what there is");
  }
  std::string text = absl::StrCat(
      "# The feeds that `feedhandler inspect --config ", PathsText(report),
      "` found.\n"
      "# For live groups add to each line the card that it arrives on: interface: \"eth1\"\n"
      "# and, where the venue has one, its sender: source: \"198.51.100.7\"\n");
  for (const FeedConfig& feed : feeds) {
    absl::StrAppend(&text, "\nfeed {\n  name: \"", feed.name, "\"\n  codec: \"", feed.codec,
                    "\"\n");
    for (const ChannelConfig& channel : feed.channels) {
      absl::StrAppend(&text, "  channel {\n    id: ", channel.id, "\n");
      for (const LineConfig& line : channel.lines) {
        absl::StrAppend(&text, "    line { name: \"", line.name, "\" group: \"",
                        line.subscription.group.ToString(), "\" }\n");
      }
      if (channel.streams != 0) absl::StrAppend(&text, "    streams: ", channel.streams, "\n");
      absl::StrAppend(&text, "  }\n");
    }
    absl::StrAppend(&text, "}\n");
  }
  absl::StrAppend(&text, "\nstrategy_thread {\n  strategy { name: \"count\" }\n}\n");
  return text;
}

}  // namespace fh
