// What the project itself makes of a capture: the updates that a strategy of `replay` is given.
//
//   const Replayed replayed = Replay({.path = "iex/deep10.pcap", .codec = "iex_deep10"});
//   replayed.updates, replayed.Name(update)
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_REPLAYED_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_REPLAYED_H_

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "codecs/update.h"
#include "feedhandler/pipeline/from_file.h"
#include "feedhandler/pipeline/pipeline.h"
#include "feedhandler/pipeline/update_file_reader.h"
#include "tests/feedhandler/output/scratch.h"

namespace fh::books {

struct Replayed {
  std::vector<codecs::NormalizedUpdate> updates;
  // Names by channel and id, with the update from which on each holds.
  std::map<std::pair<uint16_t, uint32_t>, std::vector<std::pair<uint64_t, std::string>>> names;

  // Of an instrument at the update of that index.
  std::string Name(uint16_t channel, uint32_t id, uint64_t at) const {
    const auto found = names.find({channel, id});
    std::string name = std::to_string(id);
    if (found == names.end()) return name;
    for (const auto& [first, symbol] : found->second) {
      if (first <= at) name = symbol;
    }
    return name;
  }
};

struct ReplayWish {
  std::string path;
  std::string codec;
  std::vector<std::string> groups = {};
  std::vector<std::string> lines = {};
};

inline void ReadUpdates(const std::string& path, Replayed& replayed) {
  absl::StatusOr<UpdateFileReader> reader = UpdateFileReader::Open(path);
  ASSERT_TRUE(reader.ok()) << reader.status();
  std::array<codecs::NormalizedUpdate, 1024> part;
  for (;;) {
    const absl::StatusOr<size_t> count = reader->Read(part);
    ASSERT_TRUE(count.ok()) << count.status();
    if (*count == 0) break;
    replayed.updates.insert(replayed.updates.end(), part.begin(), part.begin() + *count);
  }
  for (const UpdateFileInstrument& instrument : reader->instruments()) {
    replayed.names[{instrument.channel_id, instrument.instrument_id}].emplace_back(
        instrument.first_update, instrument.symbol);
  }
}

// Through the pipeline: receive, session, codec, ring, strategy.
inline Replayed Replay(const ReplayWish& wish) {
  Replayed replayed;
  const test::Scratch scratch;
  const std::string output = scratch / "updates";
  absl::StatusOr<FileSource> source = OpenFileSource(
      {.paths = {wish.path}, .codec = wish.codec, .lines = wish.lines, .groups = wish.groups});
  EXPECT_TRUE(source.ok()) << source.status();
  if (!source.ok()) return replayed;
  StrategyThreadConfig thread;
  thread.strategies.push_back(
      {.name = "print", .parameters = absl::StrCat("format=binary,output=", output)});
  source->config.strategy_threads = {std::move(thread)};
  const latency::Clock clock;
  auto pipeline =
      Pipeline::Create(source->config, {.from_file = true, .framing = source->framing}, clock);
  EXPECT_TRUE(pipeline.ok()) << pipeline.status();
  if (!pipeline.ok()) return replayed;
  FileProgress progress;
  EXPECT_TRUE(StartFile(**pipeline, *source, progress).ok());
  while (!(*pipeline)->done()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE((*pipeline)->Stop().ok());
  pipeline->reset();
  ReadUpdates(output, replayed);
  return replayed;
}

}  // namespace fh::books

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_BOOKS_REPLAYED_H_
