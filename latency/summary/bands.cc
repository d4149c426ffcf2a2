#include "latency/summary/bands.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace fh::latency::summary {
namespace {

// In the order of the way, as Sample.Stamp names them.
constexpr std::array<absl::string_view, 9> kPoints = {
    "intended", "wire", "kernel", "dequeued", "sequenced", "decoded", "published", "seen", "done"};
using Stamps = std::array<std::optional<int64_t>, kPoints.size()>;

size_t PointOf(absl::string_view name) {
  if (name == "schedule") name = "intended";
  return static_cast<size_t>(std::find(kPoints.begin(), kPoints.end(), name) - kPoints.begin());
}

// A file may hold any two stamps.
int64_t Difference(int64_t later, int64_t earlier) {
  return static_cast<int64_t>(static_cast<uint64_t>(later) - static_cast<uint64_t>(earlier));
}

struct Packet {
  const proto::Sample* sample = nullptr;
  Stamps stamps;
  int64_t from_ns = 0;
  int64_t total_ns = 0;
  double weight = 0;
};

// The points between which the totals lie: of "wire-seen" wire and seen.
std::optional<std::pair<size_t, size_t>> Ends(const proto::Series& series) {
  const std::string& stage = series.stage();
  const size_t dash = stage.find('-');
  if (dash == std::string::npos) return std::nullopt;
  const size_t from = PointOf(absl::string_view(stage).substr(0, dash));
  const size_t to = PointOf(absl::string_view(stage).substr(dash + 1));
  if (from >= to || to == kPoints.size()) return std::nullopt;
  return std::pair(from, to);
}

// What counts "from the wire" does so from the best stamp that there is, which may be the kernel's.
std::optional<int64_t> StartOf(const Stamps& stamps, size_t from) {
  const size_t wire = PointOf("wire");
  return from == wire && !stamps[wire].has_value() ? stamps[PointOf("kernel")] : stamps[from];
}

// Those with both ends, each packet once: one that was slow and among the worst may stand there twice.
std::vector<Packet> Packets(const proto::LatencyReport& report, size_t from, size_t to) {
  std::set<std::tuple<std::string, std::string, std::string, uint64_t, std::string>> known;
  std::vector<Packet> packets;
  for (const proto::Sample& sample : report.sample()) {
    Packet packet{.sample = &sample};
    for (const proto::Sample::Stamp& stamp : sample.stamp()) {
      const size_t point = PointOf(stamp.point());
      if (point < kPoints.size()) packet.stamps[point] = stamp.unix_ns();
    }
    const std::optional<int64_t> start_ns = StartOf(packet.stamps, from);
    if (!start_ns.has_value() || !packet.stamps[to].has_value()) continue;
    packet.from_ns = *start_ns;
    packet.total_ns = Difference(*packet.stamps[to], packet.from_ns);
    if (!known
             .emplace(sample.feed(), sample.channel(), sample.line(), sample.sequence(),
                      sample.thread())
             .second) {
      continue;
    }
    packets.push_back(std::move(packet));
  }
  return packets;
}

// Values of the histogram in (over_ns, to_ns], by buckets.
struct Part {
  uint64_t count = 0;
  double sum_ns = 0;
};
Part PartOf(const HistogramSnapshot& histogram, int64_t over_ns, int64_t to_ns) {
  Part part;
  histogram.ForEachBucket([&](int64_t low, int64_t high, uint64_t count) {
    if (low <= over_ns || low > to_ns) return;
    part.count += count;
    part.sum_ns +=
        (static_cast<double>(low) + static_cast<double>(high)) / 2 * static_cast<double>(count);
  });
  return part;
}

// The samples of a part stand for as many values as the histogram has in it.
void Weigh(const HistogramSnapshot& histogram, int64_t over_ns, int64_t to_ns,
           std::vector<Packet>& packets) {
  const auto is_in = [&](const Packet& packet) {
    return packet.total_ns > over_ns && packet.total_ns <= to_ns;
  };
  const auto inside = std::count_if(packets.begin(), packets.end(), is_in);
  const double weight = static_cast<double>(PartOf(histogram, over_ns, to_ns).count) /
                        static_cast<double>(std::max<int64_t>(inside, 1));
  for (Packet& packet : packets) {
    // A packet that the series does not have counts as one.
    if (is_in(packet)) packet.weight = std::max(weight, 1.0);
  }
}

// Those that at least half of the packets have, so that a stamp which is rare does not take the
// stages around it away.
std::vector<size_t> CommonPoints(const std::vector<Packet>& packets, size_t from, size_t to) {
  std::vector<size_t> points;
  for (size_t point = from; point <= to; ++point) {
    const auto with = std::count_if(packets.begin(), packets.end(), [point](const Packet& packet) {
      return packet.stamps[point].has_value();
    });
    if (static_cast<size_t>(with) * 2 >= packets.size()) points.push_back(point);
  }
  return points;
}

void AddStages(const std::vector<Packet>& packets, size_t from, size_t to, Band& band) {
  double weights = 0;
  double total = 0;
  for (const Packet& packet : packets) {
    weights += packet.weight;
    total += packet.weight * static_cast<double>(packet.total_ns);
  }
  band.mean_ns = total / weights;
  band.residual_ns = band.mean_ns;
  const std::vector<size_t> points = CommonPoints(packets, from, to);
  for (size_t i = 0; i + 1 < points.size(); ++i) {
    double sum = 0;
    for (const Packet& packet : packets) {
      const std::optional<int64_t>& begin = packet.stamps[points[i]];
      const std::optional<int64_t>& end = packet.stamps[points[i + 1]];
      if (!begin.has_value() || !end.has_value()) continue;
      const int64_t took_ns = Difference(*end, *begin);
      band.negative += took_ns < 0 ? 1 : 0;
      sum += packet.weight * static_cast<double>(took_ns);
    }
    const double mean_ns = sum / weights;
    band.residual_ns -= mean_ns;
    band.stages.push_back({absl::StrCat(kPoints[points[i]], " -> ", kPoints[points[i + 1]]),
                           mean_ns, band.mean_ns > 0 ? mean_ns / band.mean_ns : 0});
  }
}

// Of the values in (from_ns, to_ns]; `above_ns` cuts it in the parts that are weighed apart.
Band MakeBand(std::string name, int64_t from_ns, int64_t above_ns, int64_t to_ns,
              const std::vector<Packet>& all, std::pair<size_t, size_t> ends,
              const HistogramSnapshot& histogram) {
  Band band;
  band.name = std::move(name);
  band.from_ns = from_ns;
  band.to_ns = to_ns;
  std::vector<Packet> packets;
  for (const Packet& packet : all) {
    if (packet.total_ns > from_ns && packet.total_ns <= to_ns) packets.push_back(packet);
  }
  const Part part = PartOf(histogram, from_ns, to_ns);
  if (part.count > 0) band.histogram_mean_ns = part.sum_ns / static_cast<double>(part.count);
  band.samples = packets.size();
  if (packets.empty()) return band;
  Weigh(histogram, from_ns, above_ns, packets);
  Weigh(histogram, above_ns, to_ns, packets);
  AddStages(packets, ends.first, ends.second, band);
  return band;
}

// "feed f, channel 8, line A, thread s, sequence 1500"
std::string WhereOf(const proto::Sample& sample) {
  std::string text;
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, std::string>>{{"feed ", sample.feed()},
                                                                  {"channel ", sample.channel()},
                                                                  {"line ", sample.line()},
                                                                  {"thread ", sample.thread()}}) {
    if (!value.empty()) absl::StrAppend(&text, name, value, ", ");
  }
  return absl::StrCat(text, "sequence ", sample.sequence());
}

// "3 messages, 4 updates, place 1, 0 behind"
std::string WhatOf(const proto::Sample& sample) {
  const auto count = [](uint64_t n, const char* what) {
    return absl::StrCat(FormatCount(n), " ", what, n == 1 ? "" : "s");
  };
  std::string text;
  if (sample.messages() > 0) text = absl::StrCat(count(sample.messages(), "message"), ", ");
  if (sample.decoded_together() > 1) {
    text = absl::StrCat(count(sample.messages(), "message"), " of ", sample.decoded_together(),
                        " packets decoded together, ");
  }
  absl::StrAppend(&text, count(sample.updates(), "update"));
  // Of a capture no place is known.
  if (sample.place_in_burst() > 0) {
    absl::StrAppend(&text, ", place ", sample.place_in_burst(), " in the burst");
  }
  return absl::StrCat(text, ", ", sample.depth_at_dequeue(), " behind");
}

std::string StagesOf(const Packet& packet, size_t from, size_t to) {
  std::string text;
  std::optional<size_t> last;
  for (size_t point = from; point <= to; ++point) {
    if (!packet.stamps[point].has_value()) continue;
    if (last.has_value()) {
      absl::StrAppend(&text, text.empty() ? "" : ", ", kPoints[*last], " -> ", kPoints[point], " ",
                      FormatDuration(Difference(*packet.stamps[point], *packet.stamps[*last])));
    }
    last = point;
  }
  return text;
}

}  // namespace

std::vector<std::string> SlowestPackets(const proto::LatencyReport& report,
                                        const proto::Series& total, size_t most) {
  const auto ends = Ends(total);
  if (!ends.has_value()) return {};
  std::vector<Packet> packets = Packets(report, ends->first, ends->second);
  std::stable_sort(packets.begin(), packets.end(),
                   [](const Packet& a, const Packet& b) { return a.total_ns > b.total_ns; });
  packets.resize(std::min(packets.size(), most));
  std::vector<std::string> lines;
  for (const Packet& packet : packets) {
    const std::string& meanwhile = packet.sample->meanwhile();
    lines.push_back(absl::StrCat(
        FormatDuration(packet.total_ns), " at ", FormatTime(packet.from_ns), ", ",
        WhereOf(*packet.sample), ": ", WhatOf(*packet.sample), ": ",
        StagesOf(packet, ends->first, ends->second), meanwhile.empty() ? "" : "; ", meanwhile));
  }
  return lines;
}

std::vector<Band> Bands(const proto::LatencyReport& report, const proto::Series& total,
                        const HistogramSnapshot& histogram) {
  const auto ends = Ends(total);
  if (!ends.has_value() || histogram.total() == 0) return {};
  const std::vector<Packet> packets = Packets(report, ends->first, ends->second);
  if (packets.empty()) return {};
  // From the lower edge of a bucket on, so that a band is never narrower than what is known.
  const auto below = [](int64_t value_ns) {
    return HistogramBuckets::Low(HistogramBuckets::Index(value_ns)) - 1;
  };
  const int64_t p51 = histogram.ValueAtPercentile(51);
  const int64_t p99 = histogram.ValueAtPercentile(99);
  const int64_t p999 = histogram.ValueAtPercentile(99.9);
  return {MakeBand("p49 - p51", below(histogram.ValueAtPercentile(49)), p51, p51, packets, *ends,
                   histogram),
          MakeBand("above p99", p99, p999, HistogramBuckets::kMaxValue, packets, *ends, histogram)};
}

}  // namespace fh::latency::summary
