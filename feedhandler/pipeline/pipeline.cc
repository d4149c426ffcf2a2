#include "feedhandler/pipeline/pipeline.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "codecs/registry.h"
#include "codecs/shared_library.h"
#include "feedhandler/strategy/loader.h"

namespace fh {
namespace {

// Whether live packets carry a stamp from before their dequeue. AF_XDP knows none of the kernel's
// and the adapter's, and is the only live path that sees those in frames.
bool HasTrailers(const rio::ReceiverOptions& options) {
  return std::any_of(
      options.subscriptions.begin(), options.subscriptions.end(),
      [](const rio::Subscription& line) { return line.trailer != rio::TrailerFormat::kNone; });
}

bool CarriesWireStamps(const FeedThreadConfig& thread) {
  const rio::ReceiverOptions& options = thread.receiver.options;
  if (thread.receiver.backend != "af_xdp") return options.stamps != rio::ReceiveStamps::kNone;
  return HasTrailers(options);
}

// The kernel's beside one that was there before it.
bool MayCarryTwoStamps(const FeedThreadConfig& thread) {
  const rio::ReceiverOptions& options = thread.receiver.options;
  if (thread.receiver.backend != "af_xdp") return options.stamps == rio::ReceiveStamps::kHardware;
  return HasTrailers(options) && options.stamps != rio::ReceiveStamps::kNone;
}

bool AllCarryWireStamps(const Config& config) {
  return std::all_of(config.feed_threads.begin(), config.feed_threads.end(), CarriesWireStamps);
}

int HotThreads(const Config& config) {
  return static_cast<int>(config.feed_threads.size() + config.strategy_threads.size());
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

// What books of the feed's channels go by.
books::ChannelOptions BookOptionsOf(const FeedConfig& feed, const BooksConfig& config) {
  books::ChannelOptions options;
  options.places = config.priority.value_or(PlaceRuleOf(feed));
  const absl::StatusOr<const codecs::CodecInfo*> codec = codecs::FindCodec(feed.codec);
  if (codec.ok() && (*codec)->needs_orders && OrdersOf(feed) == 0) {
    options.order_ids = books::OrderIds::kOfStream;
  }
  if (config.depth != 0) options.depth = config.depth;
  options.tops_by_participant = codec.ok() && (*codec)->tops_by_participant;
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Pipeline>> Pipeline::Create(const Config& config,
                                                           const PipelineOptions& options,
                                                           const latency::Clock& clock) {
  std::unique_ptr<Pipeline> pipeline(new Pipeline(clock, options));
  pipeline->MakeFeedParts(config);
  if (absl::Status status = pipeline->MakeChannels(config, options); !status.ok()) return status;
  if (absl::Status status = pipeline->MakeStrategyThreads(config, options); !status.ok()) {
    return status;
  }
  pipeline->MakeCores(config, options);
  return pipeline;
}

Pipeline::~Pipeline() { Stop().IgnoreError(); }

namespace {

// What a feed thread has measured of each of its lines and channels.
void AddFeedParts(const FeedPart& part, std::vector<LatencyPart>& parts) {
  const FeedCore& core = *part.core;
  const auto add = [&](latency::Stage stage, const Channel& channel, const std::string& line,
                       latency::HistogramSnapshot histogram) {
    parts.push_back({.stage = stage,
                     .feed = channel.feed,
                     .channel = absl::StrCat(channel.id),
                     .line = line,
                     .thread = part.thread->placement().name,
                     .of_packets = true,
                     .histogram = std::move(histogram)});
  };
  for (size_t i = 0; i < core.lines().size(); ++i) {
    const Channel& channel = core.channels()[core.lines()[i].channel];
    const std::string& line = channel.line_names[core.lines()[i].line];
    if (core.two_stamps()) {
      add(latency::Stage::kWireToKernel, channel, line, core.WireToKernelOf(i));
      add(latency::Stage::kKernelToDequeue, channel, line, core.KernelToDequeueOf(i));
    }
    add(latency::Stage::kWireToDequeue, channel, line, core.WaitOf(i));
  }
  for (size_t i = 0; i < core.channels().size(); ++i) {
    for (size_t hop = 0; hop < FeedCore::kHops.size(); ++hop) {
      add(FeedCore::kHops[hop], core.channels()[i], "",
          core.HopOf(i, static_cast<FeedCore::Hop>(hop)));
    }
  }
}

}  // namespace

void Pipeline::MakeFeedParts(const Config& config) {
  for (const FeedThreadConfig& thread : config.feed_threads) {
    feed_parts_.push_back(std::make_unique<FeedPart>());
    feed_parts_.back()->name = thread.name;
  }
  for (const FeedConfig& feed : config.feeds) feed_names_.push_back(feed.name);
}

absl::StatusOr<Channel> Pipeline::MakeChannel(const FeedConfig& feed, const ChannelConfig& channel,
                                              const PipelineOptions& options) {
  const absl::StatusOr<const codecs::CodecInfo*> info = codecs::FindCodec(feed.codec);
  if (!info.ok()) return info.status();
  // One of the feed, also where its channels are on several feed threads; or one of the channel.
  const bool is_of_feed = (*info)->instrument_scope == codecs::InstrumentScope::kVenue;
  if (!is_of_feed || &channel == &feed.channels.front()) {
    stores_.push_back(std::make_unique<codecs::InstrumentStore>(InstrumentsOf(feed)));
  }
  codecs::InstrumentStore* const instruments = stores_.back().get();
  absl::StatusOr<std::unique_ptr<codecs::Codec>> codec = (*info)->make({.channel_id = channel.id,
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
  if (const uint32_t orders = OrdersOf(feed); orders != 0) {
    made.orders = std::make_unique<OrderIndex>(orders);
  }
  return made;
}

namespace {

// To the session lines for retransmissions are the last ones.
void AddLines(const ChannelConfig& channel, FeedPart& part, Channel& made) {
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
    part.lines.push_back(
        {.channel = static_cast<uint16_t>(part.channels.size()), .line = place[line]});
  }
}

}  // namespace

absl::Status Pipeline::MakeChannels(const Config& config, const PipelineOptions& options) {
  for (const FeedConfig& feed : config.feeds) {
    if (!feed.schema.empty()) {
      absl::StatusOr<FileHold> schema =
          HoldInput(feed.schema, absl::StrCat("the schema ", feed.schema));
      if (!schema.ok()) return schema.status();
      inputs_.push_back(*std::move(schema));
    }
    if (SharedLibrary::IsPath(feed.codec)) {
      absl::StatusOr<FileHold> plugin =
          HoldInput(feed.codec, absl::StrCat("the codec ", feed.codec));
      if (!plugin.ok()) return plugin.status();
      inputs_.push_back(*std::move(plugin));
    }
    for (const ChannelConfig& channel : feed.channels) {
      absl::StatusOr<Channel> made = MakeChannel(feed, channel, options);
      if (!made.ok()) return made.status();
      FeedPart& part = *feed_parts_[channel.feed_thread];
      AddLines(channel, part, *made);
      part.channels.push_back(*std::move(made));
    }
  }
  return absl::OkStatus();
}

absl::Status Pipeline::AddStrategy(StrategyThread& thread, BookStage* books,
                                   const StrategyConfig& strategy, const PipelineOptions& options) {
  hosts_.push_back(std::make_unique<StrategyHost>(strategy.name,
                                                  options.log ? options.log : LogToStandardError));
  for (const auto& part : feed_parts_) {
    for (const Channel& channel : part->channels) {
      hosts_.back()->AddChannel(channel.id, channel.instruments);
    }
  }
  if (books != nullptr) hosts_.back()->SetBooks(books->AddStrategy());
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

// The feed threads that have a channel which is wanted.
std::vector<size_t> Pipeline::Listens(const UpdateWish& wish) const {
  std::vector<size_t> parts;
  for (size_t i = 0; i < feed_parts_.size(); ++i) {
    const std::vector<Channel>& channels = feed_parts_[i]->channels;
    if (std::any_of(channels.begin(), channels.end(),
                    [&](const Channel& channel) { return wish.WantsChannel(channel.id); })) {
      parts.push_back(i);
    }
  }
  return parts;
}

absl::Status Pipeline::MakeStrategyThreads(const Config& config, const PipelineOptions& options) {
  for (size_t i = 0; i < config.strategy_threads.size(); ++i) {
    const StrategyThreadConfig& wanted = config.strategy_threads[i];
    const std::vector<size_t> parts = Listens(wanted.wish);
    for (size_t ring = 0; ring < parts.size(); ++ring) {
      feed_parts_[parts[ring]]->readers.push_back({.strategy_thread = i, .ring = ring});
    }
    StrategyThreadOptions made{
        .thread = wanted.thread,
        .ring_updates = wanted.ring_updates,
        .rings = parts.size(),
        .wire_stamps = !options.from_file && AllCarryWireStamps(config),
        .stamps_are_past = options.from_file,
        .is_live = !options.from_file,
        .schedule = options.open_loop == nullptr ? nullptr : &options.open_loop->schedule(),
        .feeds = config.feeds.size(),
        .feed_of_channel = FeedOfChannel(config)};
    made.thread.name = absl::StrCat("fh-strategy-", i);
    made.thread.idle = ResolveIdle(made.thread.idle, HotThreads(config));
    strategy_threads_.push_back(std::make_unique<StrategyThread>(made, clock_));
    absl::StatusOr<std::unique_ptr<BookStage>> books = MakeBooks(config, i);
    if (!books.ok()) return books.status();
    for (const StrategyConfig& strategy : wanted.strategies) {
      absl::Status added = AddStrategy(*strategy_threads_.back(), books->get(), strategy, options);
      if (!added.ok()) return added;
    }
    strategy_threads_.back()->SetBooks(*std::move(books));
  }
  return absl::OkStatus();
}

// Null when the thread keeps none.
absl::StatusOr<std::unique_ptr<BookStage>> Pipeline::MakeBooks(const Config& config,
                                                               size_t thread) const {
  const StrategyThreadConfig& wanted = config.strategy_threads[thread];
  if (!wanted.books.has_value()) return nullptr;
  std::vector<BookChannel> kept;
  for (const FeedConfig& feed : config.feeds) {
    for (const ChannelConfig& channel : feed.channels) {
      const std::vector<uint16_t>& named = wanted.books->channels;
      const bool is_kept = named.empty()
                               ? channel.role == codecs::ChannelRole::kIncremental
                               : std::find(named.begin(), named.end(), channel.id) != named.end();
      const books::ChannelOptions by_venue = BookOptionsOf(feed, *wanted.books);
      std::optional<uint16_t> live = LiveChannelOf(feed, channel);
      if (by_venue.order_ids == books::OrderIds::kOfStream) live.reset();
      if ((!is_kept && !live.has_value()) || !wanted.wish.WantsChannel(channel.id)) continue;
      kept.push_back({.id = channel.id,
                      .instruments = InstrumentsOfChannel(channel.id),
                      .options = by_venue,
                      .images_of = live,
                      .is_kept = is_kept});
    }
  }
  absl::StatusOr<std::unique_ptr<BookStage>> books = BookStage::Create(*wanted.books, kept);
  if (books.ok()) return books;
  return absl::Status(books.status().code(), absl::StrCat("strategy_thread[", thread,
                                                          "].books: ", books.status().message()));
}

const codecs::InstrumentStore* Pipeline::InstrumentsOfChannel(uint16_t id) const {
  for (const auto& part : feed_parts_) {
    for (const Channel& channel : part->channels) {
      if (channel.id == id) return channel.instruments;
    }
  }
  return nullptr;
}

std::unique_ptr<UpdatePublisher> Pipeline::MakePublisher(const Config& config, size_t index,
                                                         const PipelineOptions& options) {
  const FeedPart& part = *feed_parts_[index];
  std::vector<UpdateRing*> rings;
  for (const FeedPart::Reader& reader : part.readers) {
    rings.push_back(&strategy_threads_[reader.strategy_thread]->ring(reader.ring));
  }
  std::vector<uint16_t> channel_ids;
  for (const Channel& channel : part.channels) channel_ids.push_back(channel.id);
  auto publisher = std::make_unique<UpdatePublisher>(
      std::move(rings), std::move(channel_ids), FeedCore::kMostOfAMessage,
      options.from_file ? WhenFull::kWait : WhenFull::kDrop);
  for (size_t ring = 0; ring < part.readers.size(); ++ring) {
    UpdateFilter filter(config.strategy_threads[part.readers[ring].strategy_thread].wish);
    for (const Channel& channel : part.channels) {
      filter.AddChannel(channel.id, channel.instruments);
    }
    publisher->SetFilter(ring, std::move(filter));
    const FeedPart::Reader& reader = part.readers[ring];
    publisher->SetNotes(ring, &strategy_threads_[reader.strategy_thread]->notes(reader.ring));
  }
  return publisher;
}

void Pipeline::MakeCores(const Config& config, const PipelineOptions& options) {
  for (size_t i = 0; i < feed_parts_.size(); ++i) {
    const FeedThreadConfig& wanted = config.feed_threads[i];
    FeedPart& part = *feed_parts_[i];
    part.publisher = MakePublisher(config, i, options);
    const size_t lines = part.lines.size();
    part.core = std::make_unique<FeedCore>(
        std::move(part.channels), std::move(part.lines), *part.publisher, clock_,
        wanted.receiver.region.slice_count,
        FeedCoreOptions{.wire_stamps = CarriesWireStamps(wanted) && !options.from_file,
                        .two_stamps = MayCarryTwoStamps(wanted),
                        .capture_clock = options.from_file});
    for (const Channel& channel : part.core->channels()) channels_.push_back(&channel);
    ThreadOptions thread = wanted.thread;
    thread.name = part.name.empty() ? "fh-feed" : absl::StrCat("fh-feed-", part.name);
    thread.idle = ResolveIdle(thread.idle, HotThreads(config));
    part.thread =
        std::make_unique<FeedThread>(*part.core, *part.publisher, std::move(thread), lines);
  }
}

absl::Status Pipeline::Start(const StartFunction& start) {
  for (size_t i = 0; i < feed_parts_.size(); ++i) {
    absl::Status started = start(i, *feed_parts_[i]->thread);
    if (started.ok()) continue;
    RequestStop();
    for (const auto& part : feed_parts_) part->thread->Join();
    return started;
  }
  for (const auto& thread : strategy_threads_) thread->Start();
  return absl::OkStatus();
}

void Pipeline::RequestStop() {
  for (const auto& part : feed_parts_) part->thread->RequestStop();
}

bool Pipeline::done() const {
  return std::all_of(feed_parts_.begin(), feed_parts_.end(),
                     [](const auto& part) { return part->thread->done(); });
}

absl::Status Pipeline::Stop() {
  // Create may have failed half-way.
  for (const auto& part : feed_parts_) {
    if (part->thread != nullptr) part->thread->RequestStop();
  }
  for (const auto& part : feed_parts_) {
    if (part->thread != nullptr) part->thread->Join();
  }
  absl::Status first_error;
  for (const auto& thread : strategy_threads_) first_error.Update(thread->Stop());
  return first_error;
}

namespace {

void AddCounters(FeedCounters of, PipelineCounters& counters) {
  counters.packets += of.receive.packets;
  counters.channels.insert(counters.channels.end(), of.channels.begin(), of.channels.end());
  counters.threads.push_back(std::move(of));
}

}  // namespace

PipelineCounters Pipeline::Counters() {
  const std::lock_guard<std::mutex> lock(counters_mutex_);
  PipelineCounters counters;
  for (const auto& part : feed_parts_) AddCounters(part->thread->Counters(), counters);
  return counters;
}

std::optional<PipelineCounters> Pipeline::TryCounters(std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::unique_lock<std::mutex> lock(counters_mutex_, std::defer_lock);
  while (!lock.try_lock()) {
    if (std::chrono::steady_clock::now() >= end) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  PipelineCounters counters;
  for (const auto& part : feed_parts_) {
    const std::optional<FeedCounters> of = part->thread->TryCounters(end);
    if (!of.has_value()) return std::nullopt;
    AddCounters(*of, counters);
  }
  return counters;
}

latency::StageSnapshot Pipeline::Stages() const {
  latency::StageSnapshot all;
  for (const auto& part : feed_parts_) all.Merge(part->core->Stages());
  for (const auto& thread : strategy_threads_) all.Merge(thread->Stages());
  return all;
}

latency::LoopSnapshot Pipeline::Loop() const {
  latency::LoopSnapshot all;
  for (const auto& thread : strategy_threads_) all.Merge(thread->Loop());
  return all;
}

std::vector<LatencyPart> Pipeline::LatencyParts() const {
  using latency::Stage;
  std::vector<LatencyPart> parts;
  for (const auto& part : feed_parts_) AddFeedParts(*part, parts);
  for (const auto& thread : strategy_threads_) {
    const latency::StageSnapshot stages = thread->Stages();
    const auto add = [&](Stage stage, const std::string& feed,
                         latency::HistogramSnapshot histogram) {
      parts.push_back({.stage = stage,
                       .feed = feed,
                       .thread = thread->name(),
                       .of_packets = false,
                       .histogram = std::move(histogram)});
    };
    for (const Stage stage : {Stage::kPublishedToSeen, Stage::kSeenToDone}) {
      add(stage, "", stages.of(stage));
    }
    for (size_t feed = 0; feed < feed_names_.size(); ++feed) {
      add(thread->total_stage(), feed_names_[feed], thread->TotalOf(feed));
    }
    for (size_t i = 0; i < StrategyThread::kConditions.size(); ++i) {
      add(thread->total_stage(), "", thread->TotalUnder(i));
      parts.back().condition = StrategyThread::kConditions[i];
    }
    if (open_loop_ == nullptr) continue;
    latency::LoopSnapshot loop = thread->Loop();
    add(Stage::kScheduleToDone, "", std::move(loop.from_schedule));
    add(Stage::kStartToDone, "", std::move(loop.from_start));
  }
  if (open_loop_ != nullptr) {
    parts.push_back({.stage = Stage::kLateness,
                     .thread = "sender",
                     .of_packets = true,
                     .histogram = open_loop_->lateness().Snapshot()});
  }
  return parts;
}

std::vector<LineRace> Pipeline::LineRacesNow() const {
  std::vector<LineRace> all;
  for (const auto& part : feed_parts_) {
    for (size_t i = 0; i < part->core->channels().size(); ++i) {
      const LineRaces* const races = part->core->races(i);
      const Channel& channel = part->core->channels()[i];
      for (uint32_t b = 1; races != nullptr && b < races->lines(); ++b) {
        for (uint32_t a = 0; a < b; ++a) {
          all.push_back({.channel = &channel,
                         .line_a = channel.line_names[a],
                         .line_b = channel.line_names[b],
                         .counts = races->Of(a, b)});
        }
      }
    }
  }
  return all;
}

std::vector<const ThreadOptions*> Pipeline::Placements() const {
  std::vector<const ThreadOptions*> threads;
  for (const auto& part : feed_parts_) threads.push_back(&part->thread->placement());
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
  for (const auto& part : feed_parts_) {
    add_preempted(part->thread->placement(), part->thread->preempted());
  }
  for (const auto& thread : strategy_threads_) {
    add_preempted(thread->placement(), thread->preempted());
  }
  return causes;
}

std::vector<std::string> Pipeline::Notes() const {
  std::vector<std::string> notes;
  for (const auto& part : feed_parts_) {
    for (const std::string& note : part->thread->notes()) {
      notes.push_back(
          part->name.empty() ? note : absl::StrCat(part->thread->placement().name, ": ", note));
    }
  }
  for (const auto& thread : strategy_threads_) {
    for (const std::string& note : thread->notes()) {
      notes.push_back(absl::StrCat(thread->name(), ": ", note));
    }
  }
  return notes;
}

}  // namespace fh
