// Captures, merged by their stamps, or an exchange's length-prefixed file, as the source of a
// pipeline.
//
//   absl::StatusOr<FileSource> source = OpenFileSource({.paths = {"day.pcap"}, .codec = "itch50"});
//   ... source->config.strategy_threads = ...; Pipeline::Create(source->config, ...) ...
//   FileProgress progress;
//   absl::Status started = StartFile(*pipeline, *source, progress);
//
// Main thread; OpenFileSource may read the whole file once, to find its lines.
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_FROM_FILE_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_FROM_FILE_H_

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "feedhandler/config/config.h"
#include "feedhandler/output/output_claim.h"
#include "feedhandler/pipeline/pipeline.h"
#include "latency/clock.h"
#include "latency/open_loop.h"

namespace fh {

struct FileSourceOptions {
  std::vector<std::string> paths;  // "-" = standard input.
  std::string codec;               // Empty: whatever codecs the captures speak, or the file.
  // "GROUP:PORT" of one channel, or each of a channel of its own; none of both: found in the file.
  std::vector<std::string> lines;
  std::vector<std::string> groups;
  // A length-prefixed file; such files are recognised by themselves, except from standard input.
  bool records = false;
  // Of every line, in place of what the configuration says; kNone: as it says.
  rio::TrailerFormat trailer = rio::TrailerFormat::kNone;
  std::string config_path;       // Feeds and lines from a configuration; the others are empty.
  bool paced = false;            // StartFile will be given a pace.
  bool needs_strategies = true;  // ConfigHost::needs_strategies
};

struct FileSource {
  std::vector<std::string> paths;
  bool is_record_file = false;  // Length-prefixed records instead of frames.
  std::string framing;          // For PipelineOptions::framing; empty for captures.
  // Feeds and lines; strategies only from a configuration file. One feed thread, whatever that says:
  // the merge by capture time is the order of everything, and so the same for any number.
  Config config;
  size_t configured_feed_threads = 1;  // How many the configuration says.
  std::vector<FileHold> holds;         // No output is one of the inputs.
};

// Errors say what was found in the file instead. InvalidArgument when an output of this process,
// standard output included, is one of the inputs.
absl::StatusOr<FileSource> OpenFileSource(const FileSourceOptions& options);

// Where the reader stands, and how it ended. Shared by the feed thread and the main thread.
class FileProgress {
 public:
  // Stored bytes read, and their total where it is known. Any thread, meanwhile.
  std::pair<uint64_t, std::optional<uint64_t>> Position() const;

  // After the pipeline has stopped: whether the file was whole, and what in it was not for us.
  absl::Status status() const;
  std::string Summary() const;  // Lines for people; may be empty.
  // When nothing was for a line: the groups that the captures hold, lines for people.
  std::string Groups() const;

  // The feed thread's side.
  void Advance(uint64_t read, std::optional<uint64_t> total);
  void Finish(absl::Status status, std::string summary, std::string groups);

 private:
  std::atomic<uint64_t> read_{0};
  std::atomic<uint64_t> total_{0};  // 0 = not known.
  mutable std::mutex mutex_;
  absl::Status status_;
  std::string summary_;
  std::string groups_;
};

// By which a capture's packets are handed on at the times of their stamps, instead of flat out. Both
// outlive the pipeline, which was made with `loop` as its open_loop.
struct FilePaceOptions {
  double speed = 1;  // As replay::PaceOptions.
  const latency::Clock* clock = nullptr;
  latency::OpenLoop* loop = nullptr;
};

// Opens the file on the pipeline's feed thread and starts. `progress` outlives the pipeline. `pace`:
// null for flat out. InvalidArgument for a pace of a length-prefixed file, whose messages have no
// stamps.
absl::Status StartFile(Pipeline& pipeline, const FileSource& source, FileProgress& progress,
                       const FilePaceOptions* pace = nullptr);

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_FROM_FILE_H_
