#include "latency/stages.h"

namespace fh::latency {

absl::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kWireToDequeue:
      return "wire -> dequeued";
    case Stage::kDequeueToDecoded:
      return "dequeued -> decoded";
    case Stage::kDecodedToPublished:
      return "decoded -> published";
    case Stage::kPublishedToSeen:
      return "published -> seen";
    case Stage::kDequeueToSeen:
      return "dequeued -> seen";
    case Stage::kWireToSeen:
      return "wire -> seen";
  }
  return "unknown";
}

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
