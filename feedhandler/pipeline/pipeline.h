// Everything between a receive path and the strategies, put together from a Config: codecs,
// sessions, feed core, rings, strategy threads.
//
//   absl::StatusOr<std::unique_ptr<Pipeline>> pipeline = Pipeline::Create(config, options, clock);
//   absl::Status started = (*pipeline)->Start([&] { return OpenReceiver(); });  // Feed thread.
//   while (!(*pipeline)->done() && !interrupted) { ... (*pipeline)->Counters() ... }
//   absl::Status ended = (*pipeline)->Stop();     // Nothing that was published is lost.
//   std::puts((*pipeline)->Report().c_str());
//
// Main thread. Create allocates everything; between Start and Stop only the threads of the pipeline
// run, and they do not.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_PIPELINE_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_PIPELINE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codecs/instrument_store.h"
#include "feedhandler/config/config.h"
#include "feedhandler/output/output_claim.h"
#include "feedhandler/pipeline/feed_core.h"
#include "feedhandler/pipeline/feed_thread.h"
#include "feedhandler/pipeline/strategy_thread.h"
#include "feedhandler/pipeline/update_publisher.h"
#include "feedhandler/strategy/host.h"
#include "latency/clock.h"
#include "latency/stages.h"

namespace fh {

// What the source of the packets means for the rest.
struct PipelineOptions {
  // Packets come from a file: its stamps are the clock, and a full ring makes the reader wait.
  bool from_file = false;
  // The exchange's length-prefixed files instead of datagrams (CodecOptions::framing).
  absl::string_view framing;
  // A moment of the trading day, UNIX ns; 0 = the day of reception (CodecOptions::day_ns).
  int64_t day_ns = 0;
  // Log lines of strategies; stderr when empty.
  StrategyHost::LogFunction log;
};

// One stage of one thread, feed or line.
struct LatencyPart {
  std::string name;  // "wire -> dequeued, itch line A"
  latency::HistogramSnapshot histogram;
};

class Pipeline {
 public:
  // Errors name the feed, thread or strategy. `clock` outlives the pipeline.
  static absl::StatusOr<std::unique_ptr<Pipeline>> Create(const Config& config,
                                                          const PipelineOptions& options,
                                                          const latency::Clock& clock);
  ~Pipeline();  // Stops.

  // Starts the feed thread, on which `open` is called (FeedThread::Start), then the strategy
  // threads. When `open` fails no strategy was called, so none has written anything.
  template <class Open>
  absl::Status Start(Open open) {
    absl::Status opened = feed_thread_->Start(std::move(open));
    if (!opened.ok()) return opened;
    for (const auto& thread : strategy_threads_) thread->Start();
    return opened;
  }

  // Live: deliver what has arrived and end. Any thread, also a signal handler's watcher.
  void RequestStop() { feed_thread_->RequestStop(); }

  // The source is exhausted, or the stop was carried out.
  bool done() const { return feed_thread_->done(); }

  // Ends the feed thread, then the strategy threads once they have seen everything. The first error
  // of a strategy (a file that could not be written, say).
  absl::Status Stop();

  FeedCounters Counters() { return feed_thread_->Counters(); }
  // Latencies, all threads and feeds together, and each thread's, feed's and line's own. Any time.
  latency::StageSnapshot Stages() const;
  std::vector<LatencyPart> LatencyParts() const;
  // Sentences that say why waits may be long: threads that share a CPU or give way, and how often
  // one was taken off its CPU. After Stop.
  std::vector<std::string> WaitCauses() const;
  const FeedCore& core() const { return *core_; }
  const std::vector<std::unique_ptr<StrategyThread>>& strategy_threads() const {
    return strategy_threads_;
  }

  // What is not available of what was asked for. After Start.
  std::vector<std::string> Notes() const;

 private:
  explicit Pipeline(const latency::Clock& clock) : clock_(clock) {}

  absl::Status MakeChannels(const Config& config, const PipelineOptions& options);
  void AddLines(const ChannelConfig& channel, Channel& made);
  absl::Status MakeStrategyThreads(const Config& config, const PipelineOptions& options);
  std::vector<const ThreadOptions*> Placements() const;
  absl::Status AddStrategy(StrategyThread& thread, const StrategyConfig& strategy,
                           const PipelineOptions& options);
  void MakeFeed(const Config& config, const PipelineOptions& options);

  const latency::Clock& clock_;
  std::vector<std::unique_ptr<codecs::InstrumentStore>> stores_;  // Of feeds, or of channels.
  std::vector<FileHold> schemas_;                                 // Files that codecs read.
  std::vector<Channel> channels_;                                 // Until MakeFeed.
  std::vector<LineOfChannel> lines_;
  std::vector<std::string> feed_names_;
  std::vector<std::unique_ptr<StrategyHost>> hosts_;
  std::vector<std::unique_ptr<StrategyThread>> strategy_threads_;
  std::unique_ptr<UpdatePublisher> publisher_;
  std::unique_ptr<FeedCore> core_;
  std::unique_ptr<FeedThread> feed_thread_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_PIPELINE_H_
