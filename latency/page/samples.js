// Whole packets with their stamps: how long each stage of one took, and what the mean packet of a band
// spent where. Means of stages add up to the mean of the whole, which percentiles do not. Bands of the whole
// run come with the page (latency/summary/summary.h says how they are made); those of a selection are made
// here in the same way.

const WAY = ["intended", "wire", "kernel", "dequeued", "sequenced", "decoded", "published", "seen", "done"];

function stageText(from, to) {
  return from + " -> " + to;
}

// The points between which the verdict's latency is.
function ends() {
  const name = report.endToEnd ? report.endToEnd.stage : "";
  const dash = name.indexOf("-");
  const from = name.slice(0, dash);
  return {from: from === "schedule" ? "intended" : from, to: name.slice(dash + 1)};
}

// A packet's way from end to end: {total, parts: [{stage, from, to}]} with times relative to `from`. Without
// the one or the other stamp: from the first to the last. Null for a packet with less than two stamps.
function wayOf(sample) {
  const {from, to} = ends();
  const stamps = sample.stamps;
  let first = stamps.findIndex((stamp) => stamp.point === from);
  // What counts from the wire does so from the best stamp that there is.
  if (first < 0 && from === "wire") first = stamps.findIndex((stamp) => stamp.point === "kernel");
  let last = stamps.findIndex((stamp) => stamp.point === to);
  const whole = first >= 0 && last > first;
  if (first < 0) first = stamps.findIndex((stamp) => stamp.point !== "intended");
  if (last < 0) last = stamps.length - 1;
  if (first < 0 || last <= first) return null;
  const parts = [];
  for (let i = 1; i < stamps.length; ++i) {
    parts.push({stage: stageText(stamps[i - 1].point, stamps[i].point),
      from: stamps[i - 1].at - stamps[first].at, to: stamps[i].at - stamps[first].at});
  }
  return {sample, whole, total: stamps[last].at - stamps[first].at, parts, start: stamps[first].at};
}

// The ways of the packets selected, by their total.
function selectedWays() {
  const ways = [];
  for (const sample of report.samples) {
    const way = inSelection(sample.at) ? wayOf(sample) : null;
    if (way) ways.push(way);
  }
  return ways.sort((a, b) => a.total - b.total);
}

function worst(most) {
  return selectedWays().slice(-most).reverse();
}

function stampOf(way, point) {
  const stamp = way.sample.stamps.find((s) => s.point === point);
  return stamp ? stamp.at : null;
}

// Values of a histogram in (over, to], by buckets.
function countIn(histogram, over, to) {
  let n = 0;
  histogram.low.forEach((low, i) => { if (low > over && low <= to) n += histogram.count[i]; });
  return n;
}

// Of slow packets more are kept than of others: those up to p99.9 and those above count as much as the
// histogram has values in each part.
function weigh(ways, histogram, over, to) {
  const inside = ways.filter(({total}) => total > over && total <= to);
  const weight = Math.max(countIn(histogram, over, to) / Math.max(inside.length, 1), 1);
  for (const way of inside) way.weight = weight;
}

function bandOf(name, over, cut, to, all, histogram) {
  const ways = all.filter(({total}) => total > over && total <= to);
  const band = {name, n: ways.length, mean: null, stages: [], residual: 0};
  if (ways.length === 0) return band;
  weigh(ways, histogram, over, cut);
  weigh(ways, histogram, cut, to);
  const {from, to: end} = ends();
  const points = WAY.slice(WAY.indexOf(from), WAY.indexOf(end) + 1)
    .filter((point) => ways.filter((way) => stampOf(way, point) !== null).length * 2 >= ways.length);
  const weights = ways.reduce((sum, {weight}) => sum + weight, 0);
  band.mean = ways.reduce((sum, {weight, total}) => sum + weight * total, 0) / weights;
  band.residual = band.mean;
  for (let i = 0; i + 1 < points.length; ++i) {
    let sum = 0;
    for (const way of ways) {
      const [a, b] = [stampOf(way, points[i]), stampOf(way, points[i + 1])];
      if (a !== null && b !== null) sum += way.weight * (b - a);
    }
    band.stages.push([stageText(points[i], points[i + 1]), sum / weights]);
    band.residual -= sum / weights;
  }
  return band;
}

function bands() {
  if (!selection) return report.bands;
  const histogram = report.endToEnd ? selectedHistogram(report.endToEnd) : null;
  const {from, to} = ends();
  if (!histogram || histogram.n === 0 || !WAY.includes(from) || !WAY.includes(to)) return [];
  const ways = selectedWays().filter(({whole}) => whole);
  if (ways.length === 0) return [];
  const at = (p) => percentileOf(histogram, p);
  const p49 = at(49);
  const bucket = histogram.high.findIndex((high) => high >= p49);
  return [bandOf("p49 - p51", histogram.low[Math.max(bucket, 0)] - 1, at(51), at(51), ways, histogram),
    bandOf("above p99", at(99), at(99.9), Infinity, ways, histogram)];
}
