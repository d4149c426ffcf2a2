#include "feedhandler/synthetic/lossy_line.h"

#include <algorithm>
#include <utility>

namespace fh {
namespace {

constexpr uint64_t kCertain = uint64_t{1} << 32;

uint64_t ThresholdOf(double share) {
  return static_cast<uint64_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(kCertain));
}

}  // namespace

std::vector<MessageRange> Intersection(const std::vector<MessageRange>& a,
                                       const std::vector<MessageRange>& b) {
  std::vector<MessageRange> both;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const uint64_t first = std::max(a[i].first, b[j].first);
    const uint64_t last = std::min(a[i].last, b[j].last);
    if (first <= last) both.push_back({first, last});
    a[i].last < b[j].last ? ++i : ++j;
  }
  return both;
}

LossyLine::LossyLine(const LossyLineOptions& options)
    : random_(options.seed),
      loss_(ThresholdOf(options.loss)),
      duplication_(ThresholdOf(options.duplication)),
      reordering_(ThresholdOf(options.reordering)),
      max_displacement_(std::clamp(options.max_displacement, 1u, 1024u)) {
  // Nobody is held for longer, so there are never more at once.
  held_.reserve(max_displacement_ + 1);
  spare_.reserve(max_displacement_ + 1);
}

LossyLine::Fate LossyLine::Decide(const MoldPacket& packet) {
  ++stats_.packets;
  // Three numbers for each packet, whatever becomes of it: a change of one share does not change
  // what the others hit.
  const uint32_t loss = random_.Next32();
  const uint32_t duplication = random_.Next32();
  const uint32_t reordering = random_.Next32();
  if (loss < loss_) {
    ++stats_.lost;
    if (packet.message_count != 0) {
      stats_.messages_lost += packet.message_count;
      const uint64_t last = packet.first_sequence + packet.message_count - 1;
      if (!undelivered_.empty() && undelivered_.back().last + 1 == packet.first_sequence) {
        undelivered_.back().last = last;
      } else {
        undelivered_.push_back({packet.first_sequence, last});
      }
    }
    return Fate::kLost;
  }
  if (duplication < duplication_) {
    ++stats_.duplicated;
    return Fate::kTwice;
  }
  if (reordering >= reordering_) return Fate::kDelivered;
  ++stats_.reordered;
  return Fate::kHeld;
}

void LossyLine::Hold(const MoldPacket& packet, uint32_t least) {
  std::vector<uint8_t> bytes;
  if (!spare_.empty()) {
    bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  bytes.assign(packet.bytes.begin(), packet.bytes.end());
  Held held{packet, std::move(bytes), stats_.packets + random_.Between(least, max_displacement_)};
  held.packet.bytes = held.bytes;
  const auto behind = std::upper_bound(held_.begin(), held_.end(), held.due,
                                       [](uint64_t due, const Held& h) { return due < h.due; });
  held_.insert(behind, std::move(held));
}

const LossyLine::Held* LossyLine::NextDue() const {
  if (held_.empty() || held_.front().due > stats_.packets) return nullptr;
  return &held_.front();
}

void LossyLine::RecycleFirst() {
  spare_.push_back(std::move(held_.front().bytes));
  held_.erase(held_.begin());
}

}  // namespace fh
