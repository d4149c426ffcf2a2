#include "feedhandler/pipeline/from_file.h"

#include <memory>
#include <span>

#include "absl/strings/str_cat.h"
#include "codecs/registry.h"
#include "feedhandler/inspect/discover.h"
#include "latency/report.h"
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
               FileProgress& progress)
      : receiver_(std::move(region), std::move(backend)), progress_(progress) {}

  size_t Poll(std::span<rio::Packet> packets) {
    if (++polls_ % kPollsBetweenReports == 0) Report();
    return receiver_.Poll(packets);
  }
  void Release(std::span<const uint32_t> slices) { receiver_.Release(slices); }
  bool finished() const { return receiver_.finished(); }
  void RefreshStats() { receiver_.RefreshStats(); }
  const rio::BackendStats& stats() const { return receiver_.stats(); }
  std::span<const rio::LineStats> line_stats() const { return receiver_.line_stats(); }
  std::vector<std::string> notes() const { return receiver_.notes(); }

  void Close() {
    Report();
    absl::Status status = receiver_.backend().status();
    if (!receiver_.finished())
      status.Update(absl::AbortedError("stopped before the end of the input"));
    progress_.Finish(std::move(status), Describe(receiver_.backend()));
    receiver_.Close();
  }

 private:
  static constexpr uint32_t kPollsBetweenReports = 256;

  void Report() {
    progress_.Advance(receiver_.backend().stored_bytes_read(),
                      receiver_.backend().stored_bytes_total());
  }

  static std::string Describe(const replay::CaptureBackend& backend) {
    const replay::CaptureBackendCounters& counters = backend.counters();
    std::string text = absl::StrCat("Capture\n  ", FormatCount(backend.stats().packets),
                                    " datagrams to the lines");
    const auto add = [&text](uint64_t count, absl::string_view what) {
      if (count != 0) absl::StrAppend(&text, ", ", FormatCount(count), " ", what);
    };
    add(counters.unsubscribed, "to other groups");
    add(counters.headless, "cut off before their UDP header");
    add(counters.unstamped, "without a time stamp");
    add(backend.stats().unstamped, "without the trailer stamp asked for");
    for (size_t i = 0; i < counters.frames.by_outcome.size(); ++i) {
      const auto outcome = static_cast<replay::DatagramOutcome>(i);
      if (outcome == replay::DatagramOutcome::kDatagram) continue;
      add(counters.frames.by_outcome[i], replay::DatagramOutcomeName(outcome));
    }
    return absl::StrCat(text, "\n");
  }

  static std::string Describe(const replay::RecordFileBackend& backend) {
    return absl::StrCat("File\n  ", FormatCount(backend.records()), " records",
                        backend.has_end_record() ? ", ended by the end-of-session record\n"
                                                 : ", no end-of-session record\n");
  }

  rio::Receiver<B> receiver_;
  FileProgress& progress_;
  uint32_t polls_ = 0;
};

// One feed with one channel whose lines were named on the command line.
absl::StatusOr<FeedConfig> FeedOfLines(const std::string& codec,
                                       const std::vector<std::string>& lines) {
  ChannelConfig channel{.id = 1, .lines = {}};
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
  FeedConfig feed{.name = codec, .codec = codec};
  feed.channels.push_back(std::move(channel));
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

absl::StatusOr<Config> ConfigOf(const FileSourceOptions& options) {
  if (!options.config_path.empty()) return LoadConfig(options.config_path, {});
  Config config;
  if (!options.lines.empty()) {
    absl::StatusOr<FeedConfig> feed = FeedOfLines(options.codec, options.lines);
    if (!feed.ok()) return feed.status();
    config.feeds.push_back(*std::move(feed));
    TakeAnyVlan(config);
    return config;
  }
  absl::StatusOr<std::vector<FeedConfig>> feeds = DiscoverFeeds(options.paths, options.codec);
  if (!feeds.ok()) return feeds.status();
  config.feeds = *std::move(feeds);
  TakeAnyVlan(config);
  return config;
}

// A length-prefixed file is one line of one channel; its codec cannot be told from its bytes with
// certainty, so the caller names it.
absl::StatusOr<Config> ConfigOfRecordFile(const FileSourceOptions& options) {
  if (options.codec.empty()) {
    std::string names;
    for (const codecs::CodecInfo* codec : codecs::Codecs()) {
      if (codec->has_file_form) absl::StrAppend(&names, names.empty() ? "" : ", ", codec->name);
    }
    return absl::InvalidArgumentError(
        absl::StrCat("'", options.paths[0],
                     "' is a length-prefixed file, which does not say what "
                     "it holds: name the protocol with --codec (with a file form: ",
                     names, ")"));
  }
  const absl::StatusOr<const codecs::CodecInfo*> codec = codecs::FindCodec(options.codec);
  if (!codec.ok()) return codec.status();
  if (!(*codec)->has_file_form) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", options.paths[0], "' is a length-prefixed file, and ", options.codec, " has none"));
  }
  absl::StatusOr<FeedConfig> feed = FeedOfLines(options.codec, {"127.0.0.1:1"});
  if (!feed.ok()) return feed.status();
  feed->channels[0].lines[0].name = "file";
  Config config;
  config.feeds.push_back(*std::move(feed));
  return config;
}

absl::StatusOr<bool> IsRecordFile(const FileSourceOptions& options) {
  if (options.records) return true;
  if (options.paths[0] == "-") return false;  // What is looked at could not be read again.
  const absl::StatusOr<std::vector<uint8_t>> start =
      replay::FirstBytes(options.paths[0], replay::kRecordFileGuessBytes);
  if (!start.ok()) return start.status();
  return replay::LooksLikeRecordFile(*start);
}

// Every held packet keeps a slice, so there are more than the windows can hold.
void SizeRegion(Config& config, rio::TrailerFormat trailer) {
  uint64_t held = 0;
  config.receiver.options.subscriptions.clear();
  for (const FeedConfig& feed : config.feeds) {
    for (const ChannelConfig& channel : feed.channels) {
      held += feed.session.window_packets;
      for (const LineConfig& line : channel.lines) {
        config.receiver.options.subscriptions.push_back(line.subscription);
        if (trailer != rio::TrailerFormat::kNone) {
          config.receiver.options.subscriptions.back().trailer = trailer;
        }
      }
    }
  }
  config.receiver.region.slice_count = std::max(config.receiver.region.slice_count,
                                                static_cast<uint32_t>(held + FeedCore::kMaxBurst));
}

// Opens a backend of type B on the feed thread.
template <class B, class OpenBackend>
absl::Status StartBackend(Pipeline& pipeline, const Config& config, FileProgress& progress,
                          OpenBackend open_backend) {
  using Result = absl::StatusOr<std::unique_ptr<FileReceiver<B>>>;
  return pipeline.Start([&config, &progress, open_backend]() -> Result {
    absl::StatusOr<rio::RegisteredRegion> created =
        rio::RegisteredRegion::Create(config.receiver.region);
    if (!created.ok()) return created.status();
    auto region = std::make_unique<rio::RegisteredRegion>(*std::move(created));
    absl::StatusOr<std::unique_ptr<B>> backend = open_backend(*region);
    if (!backend.ok()) return backend.status();
    return std::make_unique<FileReceiver<B>>(std::move(region), *std::move(backend), progress);
  });
}

}  // namespace

absl::StatusOr<FileSource> OpenFileSource(const FileSourceOptions& options) {
  FileSource source{.paths = options.paths};
  const absl::StatusOr<bool> is_record_file = IsRecordFile(options);
  if (!is_record_file.ok()) return is_record_file.status();
  source.is_record_file = *is_record_file;
  if (source.is_record_file && options.paths.size() > 1) {
    return absl::InvalidArgumentError("length-prefixed files are replayed one at a time");
  }
  absl::StatusOr<Config> config =
      source.is_record_file ? ConfigOfRecordFile(options) : ConfigOf(options);
  if (!config.ok()) return config.status();
  source.config = *std::move(config);
  if (source.is_record_file) source.framing = "length_prefixed";
  SizeRegion(source.config, options.trailer);
  return source;
}

absl::Status StartFile(Pipeline& pipeline, const FileSource& source, FileProgress& progress) {
  const Config& config = source.config;
  if (source.is_record_file) {
    return StartBackend<replay::RecordFileBackend>(
        pipeline, config, progress, [&source](rio::RegisteredRegion& region) {
          return replay::RecordFileBackend::Open(source.paths[0], region);
        });
  }
  return StartBackend<replay::CaptureBackend>(
      pipeline, config, progress, [&source, &config](rio::RegisteredRegion& region) {
        return replay::CaptureBackend::Open(source.paths, config.receiver.options, region);
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

void FileProgress::Finish(absl::Status status, std::string summary) {
  const std::lock_guard<std::mutex> lock(mutex_);
  status_ = std::move(status);
  summary_ = std::move(summary);
}

absl::Status FileProgress::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

std::string FileProgress::Summary() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return summary_;
}

}  // namespace fh
