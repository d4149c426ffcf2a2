#include "tests/sim/line_model.h"

#include <algorithm>

namespace fh::test {

std::vector<Sent> LineModel::Pack(const StreamPlan& plan, uint32_t most_messages) {
  std::vector<Sent> packets;
  uint64_t next = 1;
  while (next <= plan.messages) {
    Sent sent{.first = next, .session = plan.session, .tag = plan.tag};
    if (next > 1 && Chance(0.02)) {
      sent.kind = codecs::FrameKind::kHeartbeat;
      sent.send_ns = plan.SentAt(next - 1);
    } else {
      sent.count =
          static_cast<uint32_t>(std::min(1 + Below(most_messages), plan.messages - next + 1));
      sent.send_ns = plan.SentAt(next + sent.count - 1);
      sent.stream_start = next == 1;
    }
    next += sent.count;
    packets.push_back(sent);
  }
  return packets;
}

std::vector<Sent> LineModel::Transmit(const std::vector<Sent>& packets, uint8_t line,
                                      const Faults& faults, bool first_stays_first) {
  struct OnTheWay {
    uint64_t key;
    Sent sent;
  };
  std::vector<OnTheWay> way;
  for (size_t i = 0; i < packets.size(); ++i) {
    if (Chance(faults.loss)) continue;
    Sent sent = packets[i];
    sent.line = line;
    if (sent.count > 0 && Chance(faults.cut)) {
      sent.lost_in_tail = static_cast<uint16_t>(1 + Below(sent.count));
      sent.count -= sent.lost_in_tail;
    }
    const bool stays = first_stays_first && i == 0;
    way.push_back({.key = stays ? i : i + Below(faults.reorder + 1), .sent = sent});
    if (Chance(faults.duplicate)) {
      way.push_back({.key = i + Below(kMostReordered + 1), .sent = sent});
    }
  }
  std::stable_sort(way.begin(), way.end(),
                   [](const OnTheWay& a, const OnTheWay& b) { return a.key < b.key; });
  std::vector<Sent> arrived;
  int64_t at_ns = 0;
  for (OnTheWay& packet : way) {
    at_ns = std::max(at_ns, packet.sent.send_ns + faults.delay_ns);
    packet.sent.at_ns = at_ns;
    arrived.push_back(packet.sent);
  }
  return arrived;
}

std::vector<Sent> MergeByTime(const std::vector<std::vector<Sent>>& lines) {
  std::vector<Sent> all;
  for (const std::vector<Sent>& line : lines) all.insert(all.end(), line.begin(), line.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const Sent& a, const Sent& b) { return a.at_ns < b.at_ns; });
  return all;
}

}  // namespace fh::test
