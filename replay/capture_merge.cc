#include "replay/capture_merge.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "latency/report.h"

namespace fh::replay {

absl::StatusOr<CaptureList> OpenCaptures(const std::vector<std::string>& paths) {
  if (std::count(paths.begin(), paths.end(), "-") > 1) {
    return absl::InvalidArgumentError("standard input ('-') can be read only once: name it once");
  }
  CaptureList captures;
  for (const std::string& path : paths) {
    absl::StatusOr<std::unique_ptr<CaptureReader>> reader = CaptureReader::Open(path);
    if (!reader.ok()) return reader.status();
    captures.push_back(*std::move(reader));
  }
  return captures;
}

CaptureMerge::CaptureMerge(CaptureList captures)
    : captures_(std::move(captures)), heads_(captures_.size()), left_(captures_.size(), false) {
  order_.reserve(captures_.size());
}

bool CaptureMerge::NextOfMany(CapturedFrame& frame) {
  if (!started_) {
    Start();
  } else if (!order_.empty()) {
    // The capture delivered last is still on top: its frame had to stay valid until now.
    if (!Advance(source_)) {
      order_.front() = order_.back();
      order_.pop_back();
    }
    SiftDown(0);
  }
  if (order_.empty()) return false;
  source_ = order_.front();
  frame = heads_[source_].frame;
  return true;
}

void CaptureMerge::Start() {
  started_ = true;
  for (size_t source = 0; source < captures_.size(); ++source) {
    if (Advance(source)) order_.push_back(source);
  }
  for (size_t at = order_.size() / 2; at-- > 0;) SiftDown(at);
}

bool CaptureMerge::Advance(size_t source) {
  Head& head = heads_[source];
  if (left_[source] || captures_[source]->Next(head.frame) != ReadResult::kFrame) return false;
  if (head.frame.has_stamp) head.time_ns = head.frame.stamp_ns;
  return true;
}

void CaptureMerge::SiftDown(size_t at) {
  for (;;) {
    size_t first = at;
    for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < order_.size(); ++child) {
      if (Earlier(order_[child], order_[first])) first = child;
    }
    if (first == at) return;
    std::swap(order_[at], order_[first]);
    at = first;
  }
}

void CaptureMerge::Leave(size_t source) {
  left_[source] = true;
  ended_ |= captures_.size() == 1;
  // One that is on top goes with the next call; any other has a frame that is not to come.
  const auto at = std::find(order_.begin(), order_.end(), source);
  if (at == order_.end() || at == order_.begin()) return;
  order_.erase(at);
  for (size_t i = order_.size() / 2; i-- > 0;) SiftDown(i);
}

absl::Status CaptureMerge::status() const {
  std::string damage;
  absl::StatusCode code = absl::StatusCode::kOk;
  for (const auto& capture : captures_) {
    if (capture->status().ok()) continue;
    if (code == absl::StatusCode::kOk) code = capture->status().code();
    absl::StrAppend(&damage, damage.empty() ? "" : "\n", capture->status().message());
  }
  return {code, damage};
}

std::string CaptureMerge::OrderNote(size_t source) const {
  const CaptureReader& capture = *captures_[source];
  const CaptureStats& stats = capture.stats();
  if (captures_.size() < 2 || stats.unstamped_frames == 0) return "";
  if (stats.unstamped_frames == stats.frames) {
    return absl::StrCat(capture.name(),
                        " has no time stamps: it was read whole, before all that are stamped");
  }
  return absl::StrCat(latency::FormatCount(stats.unstamped_frames), " frames of ", capture.name(),
                      " have no time stamp: each came right behind the one before it");
}

std::vector<std::string> CaptureMerge::OrderNotes() const {
  std::vector<std::string> notes;
  for (size_t source = 0; source < captures_.size(); ++source) {
    std::string note = OrderNote(source);
    if (!note.empty()) notes.push_back(std::move(note));
  }
  return notes;
}

uint64_t CaptureMerge::stored_bytes_read() const {
  uint64_t bytes = 0;
  for (const auto& capture : captures_) bytes += capture->stored_bytes_read();
  return bytes;
}

std::optional<uint64_t> CaptureMerge::stored_bytes_total() const {
  uint64_t bytes = 0;
  for (const auto& capture : captures_) {
    const std::optional<uint64_t> total = capture->stored_bytes_total();
    if (!total.has_value()) return std::nullopt;
    bytes += *total;
  }
  return bytes;
}

}  // namespace fh::replay
