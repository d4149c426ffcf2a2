#include "replay/capture_account.h"

#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "latency/report.h"

namespace fh::replay {

using latency::FormatCount;

uint64_t CaptureCounters::LostFrames() const {
  return std::accumulate(lost.by_outcome.begin(), lost.by_outcome.end(), uint64_t{0});
}

bool CaptureAccount::MayBeOurs(const Datagram& datagram) const {
  if (datagram.has_ports) {
    return lines_.Find(datagram.destination_endpoint(), datagram.source, datagram.vlan).has_value();
  }
  return datagram.destination.is_none() || lines_.HasAddress(datagram.destination);
}

std::optional<uint16_t> CaptureAccount::LineOfOther(DatagramOutcome outcome,
                                                    const Datagram& datagram) {
  if (outcome == DatagramOutcome::kNotIp || outcome == DatagramOutcome::kNotUdp) {
    return std::nullopt;
  }
  if (!MayBeOurs(datagram)) {
    ++counters_.to_others;
    return std::nullopt;
  }
  if (outcome != DatagramOutcome::kTruncated || datagram.payload_offset == 0) {
    counters_.lost.Count(outcome, datagram);
    return std::nullopt;
  }
  ++counters_.delivered;
  ++counters_.cut;
  return lines_.Find(datagram.destination_endpoint(), datagram.source, datagram.vlan);
}

std::string OutcomeText(DatagramOutcome outcome, const DatagramCounters& frames) {
  switch (outcome) {
    case DatagramOutcome::kDatagram:
      return "datagrams";
    case DatagramOutcome::kNotIp:
      return "not IP";
    case DatagramOutcome::kNotUdp:
      return "not UDP";
    case DatagramOutcome::kFragment:
      return "fragments, which are not put together";
    case DatagramOutcome::kTruncated:
      return "cut off by the capture (snap length)";
    case DatagramOutcome::kMalformed:
      break;
    case DatagramOutcome::kUnknownLinkType:
      return "of an unknown link type";
  }
  std::string headers;
  for (size_t header = 0; header < kFrameHeaders; ++header) {
    const uint64_t count = frames.malformed_by_header[header];
    if (count == 0) continue;
    absl::StrAppend(&headers, headers.empty() ? "" : ", ",
                    FrameHeaderName(static_cast<FrameHeader>(header)), " ", FormatCount(count));
  }
  return absl::StrCat("malformed (", headers, ")");
}

std::string CaptureText(const CaptureCounters& counters) {
  std::string text;
  std::string line;
  const auto add = [&line](uint64_t count, absl::string_view what) {
    if (count != 0) absl::StrAppend(&line, line.empty() ? "" : ", ", FormatCount(count), " ", what);
  };
  const auto end = [&](absl::string_view head) {
    if (!line.empty()) absl::StrAppend(&text, "  ", head, std::exchange(line, ""), "\n");
  };
  absl::StrAppend(&line, FormatCount(counters.delivered), " datagrams to the lines");
  add(counters.cut,
      "of them cut off by the capture (snap length; tcpdump -s 0 keeps whole frames)");
  end("");
  for (size_t i = 0; i < kDatagramOutcomes; ++i) {
    const auto outcome = static_cast<DatagramOutcome>(i);
    const bool headless = outcome == DatagramOutcome::kTruncated;
    add(counters.lost.by_outcome[i], headless
                                         ? "cut off by the capture before the end of their headers"
                                         : OutcomeText(outcome, counters.lost));
  }
  end("LOST: ");
  add(counters.to_others, "to other groups");
  add(counters.frames[DatagramOutcome::kNotUdp], "not UDP");
  add(counters.frames[DatagramOutcome::kNotIp], "not IP");
  end("foreign: ");
  return text;
}

}  // namespace fh::replay
