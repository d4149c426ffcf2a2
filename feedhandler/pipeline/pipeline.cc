#include "feedhandler/pipeline/pipeline.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "codecs/registry.h"
#include "feedhandler/strategy/loader.h"

namespace fh {
namespace {

// Instruments a channel. Venues' own small numbers (stock locates) go up to 65,535.
constexpr uint32_t kInstruments = 65'535;

void LogToStandardError(LogSeverity severity, const std::string& line) {
  const char* prefix = severity == LogSeverity::kError     ? "error: "
                       : severity == LogSeverity::kWarning ? "warning: "
                                                           : "";
  std::fprintf(stderr, "%s%s\n", prefix, line.c_str());
}

// Whether live packets carry a stamp from before their dequeue. AF_XDP knows none of the kernel's
// and the adapter's, and is the only live path that sees those in frames.
bool CarriesWireStamps(const Config& config) {
  const rio::ReceiverOptions& options = config.receiver.options;
  if (config.receiver.backend != "af_xdp") return options.stamps != rio::ReceiveStamps::kNone;
  return std::any_of(
      options.subscriptions.begin(), options.subscriptions.end(),
      [](const rio::Subscription& line) { return line.trailer != rio::TrailerFormat::kNone; });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Pipeline>> Pipeline::Create(const Config& config,
                                                           const PipelineOptions& options,
                                                           const latency::Clock& clock) {
  std::unique_ptr<Pipeline> pipeline(new Pipeline(clock));
  if (absl::Status status = pipeline->MakeChannels(config, options); !status.ok()) return status;
  if (absl::Status status = pipeline->MakeStrategyThreads(config, options); !status.ok()) {
    return status;
  }
  pipeline->MakeFeed(config, options);
  return pipeline;
}

Pipeline::~Pipeline() { Stop().IgnoreError(); }

absl::Status Pipeline::MakeChannels(const Config& config, const PipelineOptions& options) {
  for (const FeedConfig& feed : config.feeds) {
    const absl::StatusOr<const codecs::CodecInfo*> info = codecs::FindCodec(feed.codec);
    if (!info.ok()) return info.status();
    for (const ChannelConfig& channel : feed.channels) {
      instruments_.push_back(std::make_unique<codecs::InstrumentTable>(kInstruments));
      absl::StatusOr<std::unique_ptr<codecs::Codec>> codec =
          (*info)->make({.channel_id = channel.id,
                         .instruments = instruments_.back().get(),
                         .framing = options.framing,
                         .day_ns = options.day_ns});
      if (!codec.ok()) return codec.status();
      Channel made{.feed = feed.name,
                   .id = channel.id,
                   .codec = std::move(*codec),
                   .session = feed.session,
                   .line_names = {}};
      made.session.lines = static_cast<uint32_t>(channel.lines.size());
      for (size_t line = 0; line < channel.lines.size(); ++line) {
        made.line_names.push_back(channel.lines[line].name);
        lines_.push_back({.channel = static_cast<uint16_t>(channels_.size()),
                          .line = static_cast<uint8_t>(line)});
      }
      channels_.push_back(std::move(made));
    }
  }
  return absl::OkStatus();
}

absl::Status Pipeline::AddStrategy(StrategyThread& thread, const StrategyConfig& strategy,
                                   const PipelineOptions& options) {
  hosts_.push_back(std::make_unique<StrategyHost>(strategy.name,
                                                  options.log ? options.log : LogToStandardError));
  for (size_t i = 0; i < channels_.size(); ++i) {
    hosts_.back()->AddChannel(channels_[i].id, instruments_[i].get());
  }
  absl::StatusOr<LoadedStrategy> loaded =
      LoadStrategy(strategy.name, strategy.parameters, hosts_.back()->table());
  if (!loaded.ok()) return loaded.status();
  thread.Add(std::move(*loaded));
  return absl::OkStatus();
}

absl::Status Pipeline::MakeStrategyThreads(const Config& config, const PipelineOptions& options) {
  const int hot_threads = static_cast<int>(config.strategy_threads.size()) + 1;
  for (size_t i = 0; i < config.strategy_threads.size(); ++i) {
    const StrategyThreadConfig& wanted = config.strategy_threads[i];
    StrategyThreadOptions made{.thread = wanted.thread,
                               .ring_updates = wanted.ring_updates,
                               .wire_stamps = CarriesWireStamps(config),
                               .measure_totals = !options.from_file};
    made.thread.name = absl::StrCat("fh-strategy-", i);
    made.thread.idle = ResolveIdle(made.thread.idle, hot_threads);
    strategy_threads_.push_back(std::make_unique<StrategyThread>(made, clock_));
    for (const StrategyConfig& strategy : wanted.strategies) {
      absl::Status added = AddStrategy(*strategy_threads_.back(), strategy, options);
      if (!added.ok()) return added;
    }
  }
  return absl::OkStatus();
}

void Pipeline::MakeFeed(const Config& config, const PipelineOptions& options) {
  std::vector<UpdateRing*> rings;
  for (const auto& thread : strategy_threads_) rings.push_back(&thread->ring());
  publisher_ =
      std::make_unique<UpdatePublisher>(std::move(rings), FeedCore::kMostOfAMessage,
                                        options.from_file ? WhenFull::kWait : WhenFull::kDrop);
  const size_t lines = lines_.size();
  core_ = std::make_unique<FeedCore>(
      std::move(channels_), std::move(lines_), *publisher_, clock_,
      config.receiver.region.slice_count,
      FeedCoreOptions{.wire_stamps = CarriesWireStamps(config) && !options.from_file,
                      .capture_clock = options.from_file});
  ThreadOptions feed = config.feed_thread;
  feed.name = "fh-feed";
  feed.idle = ResolveIdle(feed.idle, static_cast<int>(strategy_threads_.size()) + 1);
  feed_thread_ = std::make_unique<FeedThread>(*core_, *publisher_, std::move(feed), lines);
}

absl::Status Pipeline::Stop() {
  if (feed_thread_ == nullptr) return absl::OkStatus();
  feed_thread_->RequestStop();
  feed_thread_->Join();
  absl::Status first_error;
  for (const auto& thread : strategy_threads_) first_error.Update(thread->Stop());
  return first_error;
}

latency::StageSnapshot Pipeline::Stages() const {
  std::vector<const latency::StageRecorder*> recorders{&core_->stages()};
  for (const auto& thread : strategy_threads_) recorders.push_back(&thread->stages());
  return latency::MergeStages(recorders);
}

std::vector<std::string> Pipeline::Notes() const {
  std::vector<std::string> notes = feed_thread_->notes();
  for (const auto& thread : strategy_threads_) {
    for (const std::string& note : thread->notes()) {
      notes.push_back(absl::StrCat(thread->name(), ": ", note));
    }
  }
  return notes;
}

}  // namespace fh
