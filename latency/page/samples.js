// Whole packets with their stamps: how long each stage of one took, and what the mean packet of a band
// spent where. Means of stages add up to the mean of the whole, which percentiles do not.

// The points between which the verdict's latency is.
function ends() {
  const name = report.endToEnd ? report.endToEnd.stage : "";
  const dash = name.lastIndexOf("-");
  const from = name.slice(0, dash);
  return {from: from === "schedule" ? "intended" : from === "start" ? "" : from, to: name.slice(dash + 1)};
}

// A packet's way from end to end: {total, parts: [{stage, from, to}]} with times relative to `from`. Without
// the one or the other stamp: from the first to the last. Null for a packet with less than two stamps.
function wayOf(sample) {
  const {from, to} = ends();
  const stamps = sample.stamps;
  let first = stamps.findIndex((stamp) => stamp.point === from);
  let last = stamps.findIndex((stamp) => stamp.point === to);
  if (first < 0) first = stamps.findIndex((stamp) => stamp.point !== "intended");
  if (last < 0) last = stamps.length - 1;
  if (first < 0 || last <= first) return null;
  const parts = [];
  for (let i = first; i < last; ++i) {
    parts.push({stage: stamps[i].point + "-" + stamps[i + 1].point,
      from: stamps[i].at - stamps[first].at, to: stamps[i + 1].at - stamps[first].at});
  }
  return {sample, total: stamps[last].at - stamps[first].at, parts, start: stamps[first].at};
}

// The ways of the packets selected, by their total.
function selectedWays(filter) {
  const ways = [];
  for (const sample of report.samples) {
    if (!inSelection(sample.at) || !filter(sample)) continue;
    const way = wayOf(sample);
    if (way) ways.push(way);
  }
  return ways.sort((a, b) => a.total - b.total);
}

// What the mean packet of `ways` spent in each stage that has a series; what no series covers is the
// residual. {n, mean, stages: Map(stage -> mean ns), residual}
function bandOf(ways, name) {
  const known = new Set(report.main.map((series) => series.stage));
  const stages = new Map();
  let sum = 0;
  let residual = 0;
  for (const way of ways) {
    sum += way.total;
    for (const part of way.parts) {
      const ns = part.to - part.from;
      if (known.size && !known.has(part.stage)) {
        residual += ns;
      } else {
        stages.set(part.stage, (stages.get(part.stage) || 0) + ns);
      }
    }
  }
  const n = ways.length;
  for (const [stage, ns] of stages) stages.set(stage, ns / n);
  return {name, n, mean: n ? sum / n : null, stages, residual: n ? residual / n : 0};
}

// The band around the median, and the one above p99. Both from the packets that were picked regularly:
// those picked because they were slow would make the tail look like them alone.
function bands() {
  const ways = selectedWays((sample) => sample.why === WHY.regular);
  const n = ways.length;
  const around = ways.slice(Math.floor(n * 0.49), Math.ceil(n * 0.51));
  const above = ways.slice(rankOf(n, 99));
  return [bandOf(around, "p49 to p51"), bandOf(above, "above p99")];
}

function worst(most) {
  return selectedWays(() => true).slice(-most).reverse();
}
