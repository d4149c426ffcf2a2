#include "feedhandler/pipeline/pipeline.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "codecs/registry.h"
#include "feedhandler/strategy/loader.h"

namespace fh {
namespace {

// Instruments a channel. Venues' own small numbers (stock locates) go up to 65,535.

// Whether live packets carry a stamp from before their dequeue. AF_XDP knows none of the kernel's
// and the adapter's, and is the only live path that sees those in frames.
bool CarriesWireStamps(const Config& config) {
  const rio::ReceiverOptions& options = config.receiver.options;
  if (config.receiver.backend != "af_xdp") return options.stamps != rio::ReceiveStamps::kNone;
  return std::any_of(
      options.subscriptions.begin(), options.subscriptions.end(),
      [](const rio::Subscription& line) { return line.trailer != rio::TrailerFormat::kNone; });
}

// Index = channel id.
std::vector<uint16_t> FeedOfChannel(const Config& config) {
  std::vector<uint16_t> feeds;
  for (size_t feed = 0; feed < config.feeds.size(); ++feed) {
    for (const ChannelConfig& channel : config.feeds[feed].channels) {
      if (feeds.size() <= channel.id) feeds.resize(channel.id + size_t{1}, 0);
      feeds[channel.id] = static_cast<uint16_t>(feed);
    }
  }
  return feeds;
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
    if (!feed.schema.empty()) {
      absl::StatusOr<FileHold> schema =
          HoldInput(feed.schema, absl::StrCat("the schema ", feed.schema));
      if (!schema.ok()) return schema.status();
      schemas_.push_back(*std::move(schema));
    }
    const bool is_of_feed = (*info)->instrument_scope == codecs::InstrumentScope::kVenue;
    for (const ChannelConfig& channel : feed.channels) {
      if (!is_of_feed || &channel == &feed.channels.front()) {
        stores_.push_back(std::make_unique<codecs::InstrumentStore>(InstrumentsOf(feed)));
      }
      codecs::InstrumentStore* const instruments = stores_.back().get();
      absl::StatusOr<std::unique_ptr<codecs::Codec>> codec =
          (*info)->make({.channel_id = channel.id,
                         .role = channel.role,
                         .instruments = instruments,
                         .framing = options.framing,
                         .day_ns = options.day_ns,
                         .schema = feed.schema});
      if (!codec.ok()) return codec.status();
      Channel made{.feed = feed.name,
                   .id = channel.id,
                   .codec = std::move(*codec),
                   .instruments = instruments,
                   .instrument_scope = (*info)->instrument_scope,
                   .session = feed.session,
                   .line_names = {},
                   .role = channel.role,
                   .streams = StreamsOf(feed, channel)};
      if (feed.orders != 0) made.orders = std::make_unique<OrderIndex>(feed.orders);
      AddLines(channel, made);
      channels_.push_back(std::move(made));
    }
  }
  return absl::OkStatus();
}

// To the session lines for retransmissions are the last ones.
void Pipeline::AddLines(const ChannelConfig& channel, Channel& made) {
  const size_t lines = channel.lines.size();
  std::vector<uint8_t> place(lines);
  for (const bool retransmission : {false, true}) {
    uint32_t& count = retransmission ? made.session.recovery_lines : made.session.lines;
    count = 0;
    for (size_t line = 0; line < lines; ++line) {
      if (channel.lines[line].retransmission != retransmission) continue;
      place[line] = static_cast<uint8_t>(made.line_names.size());
      made.line_names.push_back(channel.lines[line].name);
      ++count;
    }
  }
  for (size_t line = 0; line < lines; ++line) {
    lines_.push_back({.channel = static_cast<uint16_t>(channels_.size()), .line = place[line]});
  }
}

absl::Status Pipeline::AddStrategy(StrategyThread& thread, const StrategyConfig& strategy,
                                   const PipelineOptions& options) {
  hosts_.push_back(std::make_unique<StrategyHost>(strategy.name,
                                                  options.log ? options.log : LogToStandardError));
  for (size_t i = 0; i < channels_.size(); ++i) {
    hosts_.back()->AddChannel(channels_[i].id, channels_[i].instruments);
  }
  absl::StatusOr<LoadedStrategy> loaded =
      LoadStrategy(strategy.name, strategy.parameters, hosts_.back()->table());
  if (!loaded.ok()) {
    return strategy.place.empty()
               ? loaded.status()
               : absl::Status(loaded.status().code(),
                              absl::StrCat(strategy.place, ": ", loaded.status().message()));
  }
  thread.Add(std::move(*loaded), hosts_.back().get());
  return absl::OkStatus();
}

absl::Status Pipeline::MakeStrategyThreads(const Config& config, const PipelineOptions& options) {
  const int hot_threads = static_cast<int>(config.strategy_threads.size()) + 1;
  for (size_t i = 0; i < config.strategy_threads.size(); ++i) {
    const StrategyThreadConfig& wanted = config.strategy_threads[i];
    StrategyThreadOptions made{.thread = wanted.thread,
                               .ring_updates = wanted.ring_updates,
                               .wire_stamps = CarriesWireStamps(config),
                               .measure_totals = !options.from_file,
                               .feeds = config.feeds.size(),
                               .feed_of_channel = FeedOfChannel(config)};
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
  std::vector<uint16_t> channel_ids;
  for (const Channel& channel : channels_) channel_ids.push_back(channel.id);
  for (const FeedConfig& feed : config.feeds) feed_names_.push_back(feed.name);
  publisher_ = std::make_unique<UpdatePublisher>(
      std::move(rings), std::move(channel_ids), FeedCore::kMostOfAMessage,
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
  latency::StageSnapshot all = core_->Stages();
  for (const auto& thread : strategy_threads_) all.Merge(thread->Stages());
  return all;
}

std::vector<LatencyPart> Pipeline::LatencyParts() const {
  using latency::Stage;
  std::vector<LatencyPart> parts;
  const auto add = [&parts](Stage stage, const std::string& of,
                            latency::HistogramSnapshot histogram) {
    parts.push_back({absl::StrCat(latency::StageName(stage), ", ", of), std::move(histogram)});
  };
  for (size_t i = 0; i < core_->lines().size(); ++i) {
    const Channel& channel = core_->channels()[core_->lines()[i].channel];
    add(Stage::kWireToDequeue,
        absl::StrCat(channel.feed, " ", channel.id, " line ",
                     channel.line_names[core_->lines()[i].line]),
        core_->WaitOf(i));
  }
  for (const auto& thread : strategy_threads_) {
    const latency::StageSnapshot stages = thread->Stages();
    add(Stage::kPublishedToSeen, thread->name(), stages.of(Stage::kPublishedToSeen));
    for (size_t feed = 0; feed < feed_names_.size(); ++feed) {
      add(thread->total_stage(), absl::StrCat(feed_names_[feed], " by ", thread->name()),
          thread->TotalOf(feed));
    }
  }
  return parts;
}

std::vector<const ThreadOptions*> Pipeline::Placements() const {
  std::vector<const ThreadOptions*> threads{&feed_thread_->placement()};
  for (const auto& thread : strategy_threads_) threads.push_back(&thread->placement());
  return threads;
}

std::vector<std::string> Pipeline::WaitCauses() const {
  std::vector<std::string> causes;
  const std::vector<const ThreadOptions*> threads = Placements();
  std::vector<std::string> yielding;
  for (size_t i = 0; i < threads.size(); ++i) {
    if (threads[i]->idle == IdleMode::kYield) yielding.push_back(threads[i]->name);
    for (size_t j = 0; j < i; ++j) {
      if (!threads[i]->cpu.has_value() || threads[i]->cpu != threads[j]->cpu) continue;
      causes.push_back(absl::StrCat(threads[j]->name, " and ", threads[i]->name, " share CPU ",
                                    *threads[i]->cpu, ": each waits while the other runs"));
    }
  }
  if (!yielding.empty()) {
    causes.push_back(absl::StrCat(
        "With ", AllowedCpus(), " CPUs for ", threads.size(), " hot threads, ",
        absl::StrJoin(yielding, ", "), yielding.size() == 1 ? " gives" : " give",
        " way when idle: what the scheduler takes to come back is in the figures. With a CPU for "
        "each thread (cpu, idle: SPIN) it is not."));
  }
  const auto add_preempted = [&causes](const ThreadOptions& thread, std::optional<uint64_t> times) {
    // A thread that gives way is not told apart from one that is pushed.
    if (thread.idle == IdleMode::kYield || times.value_or(0) == 0) return;
    causes.push_back(absl::StrCat(thread.name, " was taken off its CPU ", *times,
                                  " times: keep others away from it (isolcpus, cpusets, "
                                  "interrupts on other CPUs)"));
  };
  add_preempted(feed_thread_->placement(), feed_thread_->preempted());
  for (const auto& thread : strategy_threads_) {
    add_preempted(thread->placement(), thread->preempted());
  }
  return causes;
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
