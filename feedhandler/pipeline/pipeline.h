// Everything between receive paths and the strategies, put together from a Config: codecs, sessions,
// a core and a publisher for each feed thread, rings, strategy threads. A feed thread and a strategy
// thread have a ring between them where the one has a channel that the other wants.
//
//   absl::StatusOr<std::unique_ptr<Pipeline>> pipeline = Pipeline::Create(config, options, clock);
//   absl::Status started = (*pipeline)->Start([&](size_t index, FeedThread& thread) {
//     return thread.Start([&] { return OpenReceiver(index); });    // On the feed thread.
//   });
//   while (!(*pipeline)->done() && !interrupted) { ... (*pipeline)->Counters() ... }
//   absl::Status ended = (*pipeline)->Stop();     // Nothing that was published is lost.
//   std::puts((*pipeline)->Report().c_str());
//
// Main thread. Create allocates everything; between Start and Stop only the threads of the pipeline
// run, and they do not.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_PIPELINE_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_PIPELINE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
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
#include "latency/open_loop.h"
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
  // Of packets that are sent by a schedule in this process: latency is measured from it, too. Outlives
  // the pipeline; may be null.
  const latency::OpenLoop* open_loop = nullptr;
  // Log lines of strategies; stderr when empty.
  StrategyHost::LogFunction log;
};

// One stage of one channel, line or thread. What does not apply is empty. Those of one stage and
// condition add up to all that there was of it.
struct LatencyPart {
  latency::Stage stage;
  std::string feed = {};
  std::string channel = {};    // Its id in digits.
  std::string line = {};       // Its name.
  std::string thread = {};     // Of feed or strategy.
  std::string condition = {};  // Of a split: "gap < 10 us".
  bool of_packets = false;     // Counts packets, not updates.
  latency::HistogramSnapshot histogram = {};
};

// Two lines of one channel, and which of them was first.
struct LineRace {
  const Channel* channel;
  std::string line_a;
  std::string line_b;
  RaceCounts counts;
};

// A feed thread with what it works on; nothing of it is another one's.
struct FeedPart {
  std::string name;  // As the configuration calls the thread; empty where there is but one.
  std::vector<Channel> channels = {};     // Until the core has them.
  std::vector<LineOfChannel> lines = {};  // The same.
  // Of each ring the strategy thread that reads it, and which of that thread's rings it is.
  struct Reader {
    size_t strategy_thread;
    size_t ring;
  };
  std::vector<Reader> readers = {};
  std::unique_ptr<UpdatePublisher> publisher = nullptr;
  std::unique_ptr<FeedCore> core = nullptr;
  std::unique_ptr<FeedThread> thread = nullptr;
};

// Everything that is counted, of all feed threads.
struct PipelineCounters {
  uint64_t packets = 0;                   // Received by all.
  std::vector<ChannelCounters> channels;  // As Pipeline::channels().
  std::vector<FeedCounters> threads;      // As Pipeline::feed_parts().
};

class Pipeline {
 public:
  // Errors name the feed, thread or strategy. `clock` outlives the pipeline.
  static absl::StatusOr<std::unique_ptr<Pipeline>> Create(const Config& config,
                                                          const PipelineOptions& options,
                                                          const latency::Clock& clock);
  ~Pipeline();  // Stops.

  // Starts each feed thread by `start` (index as in Config::feed_threads; FeedThread::Start), then the
  // strategy threads. When one fails the others are ended, and no strategy was called, so none has
  // written anything.
  using StartFunction = std::function<absl::Status(size_t index, FeedThread& thread)>;
  absl::Status Start(const StartFunction& start);

  // Live: deliver what has arrived and end. Any thread, also a signal handler's watcher.
  void RequestStop();

  // All sources are exhausted, or the stop was carried out.
  bool done() const;

  // Ends the feed threads, then the strategy threads once they have seen everything. The first error
  // of a strategy (a file that could not be written, say).
  absl::Status Stop();

  // Each feed thread's, copied one after the other (FeedThread::Counters). Any thread; one at a time,
  // so others wait meanwhile.
  PipelineCounters Counters();
  // The same, or nothing when that takes longer than `patience`: a feed thread that waits for a
  // strategy (a file's reader, for a full ring) does not answer.
  std::optional<PipelineCounters> TryCounters(std::chrono::milliseconds patience);
  // Latencies, all threads and feeds together, and each channel's, thread's, feed's and line's own: the
  // same ones in the same order each time. Any time.
  latency::StageSnapshot Stages() const;
  std::vector<LatencyPart> LatencyParts() const;
  // The schedule that packets are sent by, or null; and what of it was measured, all strategy threads
  // together. Any time.
  const latency::OpenLoop* open_loop() const { return open_loop_; }
  bool from_file() const { return from_file_; }
  latency::LoopSnapshot Loop() const;
  // Each pair of lines of each channel that has several: the same ones in the same order each time. Any
  // time.
  std::vector<LineRace> LineRacesNow() const;
  // Sentences that say why waits may be long: threads that share a CPU or give way, and how often
  // one was taken off its CPU. After Stop.
  std::vector<std::string> WaitCauses() const;
  const std::vector<std::unique_ptr<FeedPart>>& feed_parts() const { return feed_parts_; }
  const std::vector<std::unique_ptr<StrategyThread>>& strategy_threads() const {
    return strategy_threads_;
  }
  // Those of all feed threads, one thread's after the other's: the order of PipelineCounters.
  const std::vector<const Channel*>& channels() const { return channels_; }

  // What is not available of what was asked for. After Start.
  std::vector<std::string> Notes() const;

 private:
  Pipeline(const latency::Clock& clock, const PipelineOptions& options)
      : clock_(clock), open_loop_(options.open_loop), from_file_(options.from_file) {}

  void MakeFeedParts(const Config& config);
  absl::Status MakeChannels(const Config& config, const PipelineOptions& options);
  absl::StatusOr<Channel> MakeChannel(const FeedConfig& feed, const ChannelConfig& channel,
                                      const PipelineOptions& options);
  absl::Status MakeStrategyThreads(const Config& config, const PipelineOptions& options);
  absl::Status AddStrategy(StrategyThread& thread, BookStage* books, const StrategyConfig& strategy,
                           const PipelineOptions& options);
  absl::StatusOr<std::unique_ptr<BookStage>> MakeBooks(const Config& config, size_t thread) const;
  const codecs::InstrumentStore* InstrumentsOfChannel(uint16_t id) const;
  std::vector<size_t> Listens(const UpdateWish& wish) const;
  void MakeCores(const Config& config, const PipelineOptions& options);
  std::unique_ptr<UpdatePublisher> MakePublisher(const Config& config, size_t part,
                                                 const PipelineOptions& options);
  std::vector<const ThreadOptions*> Placements() const;

  const latency::Clock& clock_;
  const latency::OpenLoop* const open_loop_;
  const bool from_file_;
  std::mutex counters_mutex_;  // Who asks the feed threads for their counters.
  std::vector<std::unique_ptr<codecs::InstrumentStore>> stores_;  // Of feeds, or of channels.
  std::vector<FileHold> inputs_;  // Schemas and codec plugins: no output is one.
  std::vector<std::unique_ptr<FeedPart>> feed_parts_;
  std::vector<const Channel*> channels_;
  std::vector<std::string> feed_names_;
  std::vector<std::unique_ptr<StrategyHost>> hosts_;
  std::vector<std::unique_ptr<StrategyThread>> strategy_threads_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_PIPELINE_H_
