#include "feedhandler/pipeline/from_file.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>

#include "absl/strings/str_cat.h"
#include "codecs/registry.h"
#include "feedhandler/inspect/discover.h"
#include "feedhandler/inspect/record_scan.h"
#include "feedhandler/pipeline/file_pace.h"
#include "latency/report.h"
#include "replay/byte_source.h"
#include "replay/capture_account.h"
#include "replay/capture_backend.h"
#include "replay/record_file_backend.h"
#include "rio/receiver.h"

namespace fh {
namespace {

using latency::FormatCount;

// A receiver that keeps the main thread informed of where in the file it stands.
template <class B>
class FileReceiver {
 public:
  static constexpr bool kFinite = true;

  FileReceiver(std::unique_ptr<rio::RegisteredRegion> region, std::unique_ptr<B> backend,
               FileProgress& progress, std::unique_ptr<FilePace> pace)
      : receiver_(std::move(region), std::move(backend)),
        progress_(progress),
        pace_(std::move(pace)) {}

  size_t Poll(std::span<rio::Packet> packets) {
    if (++polls_ % kPollsBetweenReports == 0) Report();
    return pace_ == nullptr ? receiver_.Poll(packets) : PollPaced(packets);
  }
  void Release(std::span<const uint32_t> slices) { receiver_.Release(slices); }
  bool finished() const { return receiver_.finished() && next_ == read_; }
  void RefreshStats() { receiver_.RefreshStats(); }
  const rio::BackendStats& stats() const { return receiver_.stats(); }
  std::span<const rio::LineStats> line_stats() const { return receiver_.line_stats(); }
  std::vector<std::string> notes() const { return receiver_.notes(); }

  void Close() {
    Report();
    absl::Status status = receiver_.backend().status();
    if (!finished()) status.Update(absl::AbortedError("stopped before the end of the input"));
    receiver_.Release(std::span<const rio::Packet>(ahead_).subspan(next_, read_ - next_));
    next_ = read_;
    progress_.Finish(std::move(status), Describe(receiver_.backend()), Groups(receiver_.backend()));
    receiver_.Close();
  }

 private:
  static constexpr uint32_t kPollsBetweenReports = 256;

  // What is due of the packets read ahead. Waits for the first of them, for a moment only: the loop
  // has others to answer.
  size_t PollPaced(std::span<rio::Packet> packets) {
    if (next_ == read_) {
      next_ = 0;
      read_ = receiver_.Poll(ahead_);
    }
    size_t count = 0;
    while (count < packets.size() && next_ < read_ &&
           pace_->IsDue(ahead_[next_], /*may_wait=*/count == 0)) {
      packets[count] = ahead_[next_++];
      pace_->Sent(packets[count++]);
    }
    return count;
  }

  void Report() {
    progress_.Advance(receiver_.backend().stored_bytes_read(),
                      receiver_.backend().stored_bytes_total());
  }

  static std::string Describe(const replay::CaptureBackend& backend) {
    std::string text = absl::StrCat("Capture\n", replay::CaptureText(backend.counters()));
    const auto add = [&text](uint64_t count, absl::string_view what) {
      if (count != 0) absl::StrAppend(&text, "  ", FormatCount(count), " ", what, "\n");
    };
    add(backend.unstamped(), "of the datagrams without a time stamp");
    add(backend.stats().unstamped, "of the datagrams without the trailer stamp asked for");
    for (const std::string& note : backend.OrderNotes()) absl::StrAppend(&text, "  ", note, "\n");
    return text;
  }

  static std::string Describe(const replay::RecordFileBackend& backend) {
    return absl::StrCat("File\n  ", FormatCount(backend.records()), " records",
                        backend.has_end_record() ? ", ended by the end-of-session record\n"
                                                 : ", no end-of-session record\n");
  }

  static std::string Groups(const replay::CaptureBackend& backend) {
    return replay::GroupText(backend.others());
  }
  static std::string Groups(const replay::RecordFileBackend&) { return ""; }

  rio::Receiver<B> receiver_;
  FileProgress& progress_;
  std::unique_ptr<FilePace> pace_;  // None: flat out.
  std::array<rio::Packet, FeedCore::kMaxBurst> ahead_{};
  size_t next_ = 0;  // Of ahead_, to be handed on.
  size_t read_ = 0;
  uint32_t polls_ = 0;
};

// A record of a length-prefixed file with its length.
constexpr uint32_t kMostRecordBytes = 65'535 + 2;

// A channel whose lines were named on the command line.
absl::StatusOr<ChannelConfig> ChannelOfLines(uint16_t id, std::span<const std::string> lines) {
  ChannelConfig channel{.id = id, .lines = {}};
  for (const std::string& text : lines) {
    const absl::StatusOr<rio::Endpoint> group = rio::ParseEndpoint(text);
    if (!group.ok()) return group.status();
    const char name = static_cast<char>('A' + channel.lines.size());
    channel.lines.push_back({.name = std::string(1, name), .subscription = {.group = *group}});
  }
  if (channel.lines.size() > kMaxSessionLines) {
    return absl::InvalidArgumentError(
        absl::StrCat("a channel has at most ", kMaxSessionLines, " lines"));
  }
  return channel;
}

// One feed of what was named: a channel of these lines, and one of each of these groups.
absl::StatusOr<FeedConfig> FeedOf(const std::string& codec, const std::vector<std::string>& lines,
                                  const std::vector<std::string>& groups) {
  FeedConfig feed{.name = codec, .codec = codec};
  uint16_t id = 0;
  if (!lines.empty()) {
    absl::StatusOr<ChannelConfig> channel = ChannelOfLines(++id, lines);
    if (!channel.ok()) return channel.status();
    feed.channels.push_back(*std::move(channel));
  }
  for (const std::string& group : groups) {
    absl::StatusOr<ChannelConfig> channel = ChannelOfLines(++id, std::span(&group, 1));
    if (!channel.ok()) return channel.status();
    feed.channels.push_back(*std::move(channel));
  }
  return feed;
}

// Lines of which no more than the group is known: a capture may have its frames in any VLAN. A
// configuration says which, or that there is none.
void TakeAnyVlan(Config& config) {
  for (FeedConfig& feed : config.feeds) {
    for (ChannelConfig& channel : feed.channels) {
      for (LineConfig& line : channel.lines) line.subscription.vlan = {.any = true};
    }
  }
}

// `longest_bytes`: of the payloads to be expected.
absl::StatusOr<Config> ConfigOf(const FileSourceOptions& options, uint32_t& longest_bytes) {
  if (!options.config_path.empty()) {
    longest_bytes = 0;  // As it says: slices that are too small for the feed are to show.
    return LoadConfig(options.config_path, {.needs_strategies = options.needs_strategies});
  }
  Config config;
  if (!options.lines.empty() || !options.groups.empty()) {
    longest_bytes = kMostPayloadBytes;
    absl::StatusOr<FeedConfig> feed = FeedOf(options.codec, options.lines, options.groups);
    if (!feed.ok()) return feed.status();
    config.feeds.push_back(*std::move(feed));
    TakeAnyVlan(config);
    return config;
  }
  absl::StatusOr<std::vector<FeedConfig>> feeds =
      DiscoverFeeds(options.paths, options.codec, &longest_bytes);
  if (!feeds.ok()) return feeds.status();
  config.feeds = *std::move(feeds);
  TakeAnyVlan(config);
  return config;
}

std::string CodecsWithFileForm() {
  std::string names;
  for (const codecs::CodecInfo* codec : codecs::Codecs()) {
    if (codec->has_file_form) absl::StrAppend(&names, names.empty() ? "" : ", ", codec->name);
  }
  return names;
}

// The codec of a length-prefixed file: the one that was named, else the one that its first messages
// speak.
absl::StatusOr<std::string> CodecOfRecordFile(const FileSourceOptions& options) {
  const std::string& path = options.paths[0];
  if (!options.config_path.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", path,
                     "' is a length-prefixed file, which has no groups that a configuration could "
                     "name: leave --config out, and name the protocol with --codec if need be"));
  }
  if (options.codec.empty()) {
    if (!replay::CanBeReadOnce(path)) {
      const RecordGuess guess = GuessRecordCodec(path);
      if (guess.codec != nullptr) return guess.codec->name;
    }
    return absl::InvalidArgumentError(absl::StrCat(
        replay::CanBeReadOnce(path)
            ? absl::StrCat(
                  replay::SourceName(path),
                  " can be read only once, so it cannot be searched for its protocol first")
            : absl::StrCat("'", path,
                           "' is a length-prefixed file whose first messages no codec knows"),
        ": name the protocol with --codec (with a file form: ", CodecsWithFileForm(), ")"));
  }
  const absl::StatusOr<const codecs::CodecInfo*> codec = codecs::FindCodec(options.codec);
  if (!codec.ok()) return codec.status();
  if (!(*codec)->has_file_form) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", path, "' is a length-prefixed file, and ", options.codec, " has none"));
  }
  return options.codec;
}

// A length-prefixed file is one line of one channel.
absl::StatusOr<Config> ConfigOfRecordFile(const FileSourceOptions& options) {
  const absl::StatusOr<std::string> codec = CodecOfRecordFile(options);
  if (!codec.ok()) return codec.status();
  absl::StatusOr<FeedConfig> feed = FeedOf(*codec, {"127.0.0.1:1"}, {});
  if (!feed.ok()) return feed.status();
  feed->channels[0].lines[0].name = "file";
  Config config;
  config.feeds.push_back(*std::move(feed));
  return config;
}

// Whether the one input is a length-prefixed file. An error when it is one of several.
absl::StatusOr<bool> HasRecordFile(const FileSourceOptions& options) {
  std::optional<std::string> record_file;
  for (const std::string& path : options.paths) {
    if (options.records || IsRecordFile(path)) record_file = path;
  }
  if (record_file.has_value() && options.paths.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", *record_file,
                     "' is a length-prefixed file, whose messages have no times to merge them by: "
                     "name it alone"));
  }
  return record_file.has_value();
}

absl::StatusOr<std::vector<FileHold>> HoldInputs(const FileSourceOptions& options) {
  absl::StatusOr<std::vector<FileHold>> holds = HoldCaptures(options.paths);
  if (!holds.ok() || options.config_path.empty()) return holds;
  absl::StatusOr<FileHold> config =
      HoldInput(options.config_path, absl::StrCat("the configuration ", options.config_path));
  if (!config.ok()) return config.status();
  holds->push_back(*std::move(config));
  return holds;
}

// Every held packet keeps a slice, so there are more than the windows can hold (`in_order`: none is
// held); and slices hold the longest payload there is, as far as memory allows.
void SizeRegion(Config& config, rio::TrailerFormat trailer, uint32_t longest_bytes, bool in_order,
                bool paced) {
  constexpr uint32_t kSliceUnit = 64;
  constexpr uint64_t kMostRegionBytes = uint64_t{512} << 20;
  const uint64_t held = HeldSlices(config.feeds);
  ReceiverConfig& receiver = config.feed_threads[0].receiver;
  receiver.options.subscriptions = SubscriptionsOf(config.feeds);
  if (trailer != rio::TrailerFormat::kNone) {
    for (rio::Subscription& line : receiver.options.subscriptions) line.trailer = trailer;
  }
  rio::RegionOptions& region = receiver.region;
  const uint64_t bursts = paced ? 2 : 1;  // One is read ahead.
  const auto needed = static_cast<uint32_t>(in_order ? 4 * FeedCore::kMaxBurst
                                                     : held + bursts * FeedCore::kMaxBurst);
  if (longest_bytes > region.slice_bytes) {
    region.slice_count = needed;
    const auto most =
        static_cast<uint32_t>(std::min<uint64_t>(kMostRegionBytes / needed, rio::kMaxSliceBytes));
    const uint32_t wanted = (longest_bytes + kSliceUnit - 1) / kSliceUnit * kSliceUnit;
    region.slice_bytes =
        std::max(region.slice_bytes, std::min(wanted, most / kSliceUnit * kSliceUnit));
  } else {
    region.slice_count = std::max(region.slice_count, needed);
  }
}

// One reader for all: the stamps of the capture are the order in which things happened, over all
// lines, and only one thread that takes them in that order gives the same updates each time.
void ReadWithOneThread(Config& config) {
  uint32_t slice_bytes = 0;
  for (const FeedThreadConfig& thread : config.feed_threads) {
    slice_bytes = std::max(slice_bytes, thread.receiver.region.slice_bytes);
  }
  config.feed_threads.resize(1);
  config.feed_threads[0].name.clear();
  config.feed_threads[0].receiver.region.slice_bytes = slice_bytes;
  for (FeedConfig& feed : config.feeds) {
    for (ChannelConfig& channel : feed.channels) channel.feed_thread = 0;
  }
}

// Opens a backend of type B on the feed thread.
template <class B, class OpenBackend>
absl::Status StartBackend(Pipeline& pipeline, const Config& config, FileProgress& progress,
                          const FilePaceOptions* pace, OpenBackend open_backend) {
  using Result = absl::StatusOr<std::unique_ptr<FileReceiver<B>>>;
  const auto open = [&config, &progress, pace, open_backend]() -> Result {
    absl::StatusOr<rio::RegisteredRegion> created =
        rio::RegisteredRegion::Create(config.feed_threads[0].receiver.region);
    if (!created.ok()) return created.status();
    auto region = std::make_unique<rio::RegisteredRegion>(*std::move(created));
    absl::StatusOr<std::unique_ptr<B>> backend = open_backend(*region);
    if (!backend.ok()) return backend.status();
    return std::make_unique<FileReceiver<B>>(
        std::move(region), *std::move(backend), progress,
        pace == nullptr ? nullptr : std::make_unique<FilePace>(*pace));
  };
  return pipeline.Start([&open](size_t, FeedThread& thread) { return thread.Start(open); });
}

}  // namespace

absl::StatusOr<FileSource> OpenFileSource(const FileSourceOptions& options) {
  FileSource source{.paths = options.paths};
  absl::StatusOr<std::vector<FileHold>> holds = HoldInputs(options);
  if (!holds.ok()) return holds.status();
  source.holds = *std::move(holds);
  const absl::StatusOr<bool> is_record_file = HasRecordFile(options);
  if (!is_record_file.ok()) return is_record_file.status();
  source.is_record_file = *is_record_file;
  uint32_t longest_bytes = kMostRecordBytes;
  absl::StatusOr<Config> config =
      source.is_record_file ? ConfigOfRecordFile(options) : ConfigOf(options, longest_bytes);
  if (!config.ok()) return config.status();
  source.config = *std::move(config);
  source.configured_feed_threads = source.config.feed_threads.size();
  if (source.is_record_file) source.framing = "length_prefixed";
  ReadWithOneThread(source.config);
  SizeRegion(source.config, options.trailer, longest_bytes, source.is_record_file, options.paced);
  return source;
}

absl::Status StartFile(Pipeline& pipeline, const FileSource& source, FileProgress& progress,
                       const FilePaceOptions* pace) {
  const Config& config = source.config;
  if (source.is_record_file && pace != nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", source.paths[0],
                     "' is a length-prefixed file, whose messages have no stamps to pace them by: "
                     "leave the speed out, it is replayed flat out"));
  }
  if (source.is_record_file) {
    return StartBackend<replay::RecordFileBackend>(
        pipeline, config, progress, nullptr, [&source](rio::RegisteredRegion& region) {
          return replay::RecordFileBackend::Open(source.paths[0], region);
        });
  }
  return StartBackend<replay::CaptureBackend>(
      pipeline, config, progress, pace, [&source, &config](rio::RegisteredRegion& region) {
        return replay::CaptureBackend::Open(source.paths, config.feed_threads[0].receiver.options,
                                            region);
      });
}

std::pair<uint64_t, std::optional<uint64_t>> FileProgress::Position() const {
  const uint64_t total = total_.load(std::memory_order_relaxed);
  return {read_.load(std::memory_order_relaxed),
          total == 0 ? std::nullopt : std::optional<uint64_t>(total)};
}

void FileProgress::Advance(uint64_t read, std::optional<uint64_t> total) {
  read_.store(read, std::memory_order_relaxed);
  total_.store(total.value_or(0), std::memory_order_relaxed);
}

void FileProgress::Finish(absl::Status status, std::string summary, std::string groups) {
  const std::lock_guard<std::mutex> lock(mutex_);
  status_ = std::move(status);
  summary_ = std::move(summary);
  groups_ = std::move(groups);
}

absl::Status FileProgress::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

std::string FileProgress::Summary() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return summary_;
}

std::string FileProgress::Groups() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return groups_;
}

}  // namespace fh
