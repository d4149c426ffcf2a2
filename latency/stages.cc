#include "latency/stages.h"

namespace fh::latency {

namespace {

struct Names {
  const char* name;
  const char* key;
};

// In the order of Stage.
constexpr std::array<Names, kStageCount + kLoopStageCount> kNames = {{
    {"wire -> kernel", "wire-kernel"},
    {"kernel -> dequeued", "kernel-dequeued"},
    {"wire -> dequeued", "wire-dequeued"},
    {"dequeued -> sequenced", "dequeued-sequenced"},
    {"sequenced -> decoded", "sequenced-decoded"},
    {"dequeued -> decoded", "dequeued-decoded"},
    {"decoded -> published", "decoded-published"},
    {"published -> seen", "published-seen"},
    {"seen -> done", "seen-done"},
    {"dequeued -> seen", "dequeued-seen"},
    {"wire -> seen", "wire-seen"},
    {"schedule -> done", "schedule-done"},
    {"start -> done", "start-done"},
    {"sender's lateness", "lateness"},
}};

}  // namespace

absl::string_view StageName(Stage stage) { return kNames[static_cast<size_t>(stage)].name; }

absl::string_view StageKey(Stage stage) { return kNames[static_cast<size_t>(stage)].key; }

void StageSnapshot::Merge(const StageSnapshot& other) {
  for (size_t i = 0; i < stages.size(); ++i) stages[i].Merge(other.stages[i]);
}

StageSnapshot StageRecorder::Snapshot() const {
  StageSnapshot snapshot;
  for (size_t i = 0; i < kStageCount; ++i) snapshot.stages[i] = histograms_[i].Snapshot();
  return snapshot;
}

StageSnapshot MergeStages(const std::vector<const StageRecorder*>& recorders) {
  StageSnapshot merged;
  for (const StageRecorder* recorder : recorders) merged.Merge(recorder->Snapshot());
  return merged;
}

}  // namespace fh::latency
