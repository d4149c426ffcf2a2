// A file of updates as the source of strategies, in place of a receiver, sessions and codecs: what
// was written with format=binary goes to strategies as if it happened again.
//
//   absl::StatusOr<std::unique_ptr<UpdateReplay>> replay =
//       UpdateReplay::Create("day.fhu", config.strategy_threads, log, clock);
//   (*replay)->Start();
//   while (!(*replay)->done() && !interrupted) ...
//   absl::Status ended = (*replay)->Stop();         // Of the file, or of a strategy.
//
// Create reads the file once to its end, so that a damaged one is refused before any strategy has
// seen an update, and for the instruments, which stand at the end. Updates come as they were
// written, but for published_ns32, which is this run's. Hosts give the names that the file gives,
// each from the update on that it stands for. A slow strategy makes the reader wait.
//
// Main thread; one thread reads, those of the strategies are as in a pipeline.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_REPLAY_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_REPLAY_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codecs/instrument_store.h"
#include "feedhandler/config/config.h"
#include "feedhandler/output/output_claim.h"
#include "feedhandler/pipeline/strategy_thread.h"
#include "feedhandler/pipeline/update_file_reader.h"
#include "feedhandler/pipeline/update_publisher.h"
#include "feedhandler/strategy/host.h"
#include "latency/clock.h"

namespace fh {

class UpdateReplay {
 public:
  // Errors: those of UpdateFileReader, of LoadStrategy, and InvalidArgument when an output is the
  // file. `log`: lines of strategies. `clock` outlives this.
  static absl::StatusOr<std::unique_ptr<UpdateReplay>> Create(
      const std::string& path, const std::vector<StrategyThreadConfig>& threads,
      const StrategyHost::LogFunction& log, const latency::Clock& clock);
  ~UpdateReplay();  // Stops.

  void Start();
  void RequestStop() { stop_.store(true, std::memory_order_relaxed); }
  bool done() const { return done_.load(std::memory_order_acquire); }

  // Ends the reader, then the strategy threads once they have seen everything. The first error: of
  // the file (Aborted when it was not read to its end), or of a strategy.
  absl::Status Stop();

  uint64_t delivered() const { return delivered_.load(std::memory_order_relaxed); }
  uint64_t updates() const { return updates_; }  // Of the file.
  size_t instruments() const { return instruments_.size(); }
  const std::vector<std::unique_ptr<StrategyThread>>& strategy_threads() const { return threads_; }

 private:
  explicit UpdateReplay(const latency::Clock& clock) : clock_(clock) {}

  absl::Status Scan();
  void MakeStores();
  absl::Status MakeThreads(const std::vector<StrategyThreadConfig>& threads,
                           const StrategyHost::LogFunction& log);
  void Run();
  absl::Status ReadAll();
  absl::Status Deliver(std::span<const codecs::NormalizedUpdate> updates);
  absl::Status BeginSession(const codecs::NormalizedUpdate& start);
  void NameInstruments();
  void Put(std::span<const codecs::NormalizedUpdate> run);

  const latency::Clock& clock_;
  std::string path_;
  FileHold hold_;
  uint64_t updates_ = 0;
  std::vector<UpdateFileInstrument> instruments_;
  std::map<uint16_t, std::unique_ptr<codecs::InstrumentStore>> stores_;  // By channel id.
  std::vector<std::unique_ptr<StrategyHost>> hosts_;
  std::vector<std::unique_ptr<StrategyThread>> threads_;
  std::unique_ptr<UpdatePublisher> publisher_;
  std::optional<UpdateFileReader> reader_;  // Of the second reading.
  size_t named_ = 0;                        // Rows of instruments_ that are in force.
  uint64_t next_update_ = 0;                // Number of the update that goes out next.
  absl::Status status_;                     // Of the reader; written before done_.
  std::atomic<uint64_t> delivered_{0};
  std::atomic<bool> stop_{false};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_UPDATE_REPLAY_H_
