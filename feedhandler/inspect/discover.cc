#include "feedhandler/inspect/discover.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "codecs/registry.h"
#include "feedhandler/inspect/capture_scan.h"
#include "feedhandler/inspect/channels.h"
#include "latency/report.h"
#include "replay/byte_source.h"

namespace fh {
namespace {

uint64_t FramesToRead(const std::string& path) {
  std::error_code error;
  const uint64_t bytes = std::filesystem::is_regular_file(path, error)
                             ? std::filesystem::file_size(path, error)
                             : UINT64_MAX;
  return error || bytes > kWholeFileBytes ? kMostFrames : UINT64_MAX;
}

// The busiest streams, a line each.
std::string WhatWasFound(const StreamTable& table) {
  constexpr size_t kMost = 10;
  if (table.streams().empty()) return "there is no UDP datagram in it";
  std::vector<const Stream*> streams;
  for (const auto& stream : table.streams()) streams.push_back(stream.get());
  std::stable_sort(streams.begin(), streams.end(), [](const Stream* a, const Stream* b) {
    return a->traffic.packets > b->traffic.packets;
  });
  std::string text = "found:";
  for (size_t i = 0; i < streams.size() && i < kMost; ++i) {
    absl::StrAppend(&text, "\n  ", streams[i]->group.ToString(), ": ",
                    latency::FormatCount(streams[i]->traffic.packets), " packets, ",
                    streams[i]->Speaks());
  }
  if (streams.size() > kMost) {
    absl::StrAppend(&text, "\n  and ", streams.size() - kMost, " more streams");
  }
  return text;
}

absl::Status NothingFound(const std::vector<std::string>& captures, absl::string_view codec,
                          const StreamTable& table, const absl::Status& damage) {
  const std::string wanted = codec.empty()
                                 ? absl::StrCat("any known codec (", codecs::CodecNames(), ")")
                                 : std::string(codec);
  std::string text = absl::StrCat(absl::StrJoin(captures, ", "), ": nothing looks like ", wanted,
                                  "; ", WhatWasFound(table));
  if (!damage.ok()) absl::StrAppend(&text, "\n", damage.message());
  absl::StrAppend(&text,
                  "\n`feedhandler inspect` shows more; if you know the groups, name them: "
                  "--codec=NAME --line=GROUP:PORT");
  return absl::FailedPreconditionError(text);
}

// Of the line with most; 0 when the default has room for them.
uint16_t StreamsOf(const ChannelConfig& channel, const DiscoveredChannel& found,
                   size_t first_line) {
  size_t most = 0;
  for (size_t i = 0; i < channel.lines.size(); ++i) {
    std::set<uint16_t> streams;
    for (const SessionTrack& session : found.lines[first_line + i]->sessions) {
      streams.insert(session.stream());
    }
    most = std::max(most, streams.size());
  }
  return most > kDefaultStreams ? static_cast<uint16_t>(most) : uint16_t{0};
}

ChannelConfig ChannelOf(const DiscoveredChannel& found, uint16_t id, size_t first_line) {
  ChannelConfig channel;
  channel.id = id;
  const size_t end = std::min<size_t>(found.lines.size(), first_line + kMaxSessionLines);
  for (size_t i = first_line; i < end; ++i) {
    channel.lines.push_back(
        {.name = LineName(i - first_line),
         .subscription = {.group = found.lines[i]->group, .source = {}, .interface = ""}});
  }
  channel.streams = StreamsOf(channel, found, first_line);
  return channel;
}

// Lines of a codec that needs its schema to number packets, so that nothing can tell which of them say
// the same: a channel each.
std::vector<FeedConfig> UnreadLinesOf(const StreamTable& table, const codecs::CodecInfo& codec) {
  FeedConfig feed{.name = codec.name, .codec = codec.name, .channels = {}, .session = {}};
  for (const auto& stream : table.streams()) {
    if (stream->guess.codec() != &codec || stream->reader != nullptr) continue;
    ChannelConfig channel;
    channel.id = static_cast<uint16_t>(feed.channels.size() + 1);
    channel.lines.push_back(
        {.name = LineName(0),
         .subscription = {.group = stream->group, .source = {}, .interface = ""}});
    feed.channels.push_back(std::move(channel));
  }
  if (feed.channels.empty()) return {};
  return {std::move(feed)};
}

}  // namespace

std::vector<FeedConfig> FeedsOf(const StreamTable& table) {
  std::vector<FeedConfig> feeds;
  uint16_t id = 0;
  for (const DiscoveredChannel& found : DiscoverChannels(table)) {
    if (found.codec == nullptr) continue;
    const std::string codec = codecs::CodecReference(*found.codec);
    if (feeds.empty() || feeds.back().codec != codec) {
      feeds.push_back({.name = found.codec->name, .codec = codec, .channels = {}, .session = {}});
    }
    // More lines than a session takes: the rest is another channel, rather than left out.
    for (size_t line = 0; line < found.lines.size(); line += kMaxSessionLines) {
      feeds.back().channels.push_back(ChannelOf(found, ++id, line));
    }
  }
  return feeds;
}

absl::StatusOr<std::vector<FeedConfig>> DiscoverFeeds(const std::vector<std::string>& captures,
                                                      absl::string_view codec,
                                                      uint32_t* longest_bytes) {
  const codecs::CodecInfo* asked = nullptr;
  if (!codec.empty()) {
    const absl::StatusOr<const codecs::CodecInfo*> known = codecs::FindCodec(codec);
    if (!known.ok()) return known.status();
    asked = *known;
  }
  std::vector<CaptureToScan> to_scan;
  for (const std::string& path : captures) {
    if (replay::CanBeReadOnce(path)) {
      return absl::InvalidArgumentError(
          absl::StrCat(replay::SourceName(path),
                       " can be read only once, so its lines cannot be searched for first; name "
                       "them: --codec=NAME --line=GROUP:PORT"));
    }
    to_scan.push_back({.path = path, .most_frames = FramesToRead(path)});
  }
  StreamTable table(asked);
  absl::Status damage;
  uint32_t longest = 0;
  for (const CaptureScan& scan : ScanCaptures(to_scan, nullptr, table)) {
    if (!scan.opened) return scan.status;
    damage.Update(scan.status);
    if (!scan.complete && scan.status.ok()) longest = kMostPayloadBytes;
  }
  for (const auto& stream : table.streams()) {
    longest = std::max(longest, stream->traffic.most_bytes);
  }
  if (table.overflowed() > 0) longest = kMostPayloadBytes;
  if (longest_bytes != nullptr) *longest_bytes = longest;
  std::vector<FeedConfig> feeds = FeedsOf(table);
  if (asked != nullptr) {
    const std::string wanted = codecs::CodecReference(*asked);
    std::erase_if(feeds, [&](const FeedConfig& feed) { return feed.codec != wanted; });
    if (feeds.empty()) feeds = UnreadLinesOf(table, *asked);
    uint16_t id = 0;
    for (FeedConfig& feed : feeds) {
      for (ChannelConfig& channel : feed.channels) channel.id = ++id;
    }
  }
  if (feeds.empty()) return NothingFound(captures, codec, table, damage);
  return feeds;
}

}  // namespace fh
