// Histograms: buckets with their limits, percentiles as latency/histogram.h has them.

// How many values must lie above a percentile for it to be shown.
const MIN_TAIL = 10;

function makeHistogram(low, high, count, min, max) {
  let n = 0;
  let sum = 0;
  for (let i = 0; i < count.length; ++i) {
    n += count[i];
    sum += count[i] * (low[i] + high[i]) / 2;
  }
  const last = count.length - 1;
  const exactMin = min !== undefined && n > 0;
  return {low, high, count, n, mean: n ? sum / n : null,
    min: n ? (exactMin ? min : low[0]) : null, max: n ? (max !== undefined ? max : high[last]) : null};
}

// Of triples: distance from the bucket before, width, count.
function histogramOf(triples, min, max) {
  const size = triples.length / 3;
  const low = new Float64Array(size);
  const high = new Float64Array(size);
  const count = new Float64Array(size);
  let end = 0;
  for (let i = 0; i < size; ++i) {
    low[i] = end + triples[3 * i];
    end = low[i] + triples[3 * i + 1];
    high[i] = end - 1;
    count[i] = triples[3 * i + 2];
  }
  return makeHistogram(low, high, count, min, max);
}

// The rows' limits: one more than there are rows.
function rowHigh(row) {
  return report.rows[row + 1] - 1;
}

function columnMax(grid, from, to) {
  let top = 0;
  for (let c = from; c < to; ++c) top = Math.max(top, grid.tops[c]);
  return top - 1;
}

function histogramOfGrid(grid, from, to) {
  const low = [];
  const high = [];
  const count = [];
  for (let r = 0; r < grid.rows; ++r) {
    let sum = 0;
    for (let i = r * report.columns + from; i < r * report.columns + to; ++i) sum += grid.cells[i];
    if (sum === 0) continue;
    low.push(report.rows[grid.firstRow + r]);
    high.push(rowHigh(grid.firstRow + r));
    count.push(sum);
  }
  return makeHistogram(low, high, count, undefined, columnMax(grid, from, to));
}

// The rank of a percentile: how many values lie at or below it.
function rankOf(n, percentile) {
  const exact = (percentile / 100) * n;
  const nearest = Math.round(exact);
  return Math.min(Math.abs(exact - nearest) <= exact * 1e-12 ? nearest : Math.ceil(exact), n);
}

function percentileOf(histogram, percentile) {
  if (histogram.n === 0) return null;
  const rank = rankOf(histogram.n, percentile);
  if (rank === 0) return histogram.min;
  if (rank === histogram.n) return histogram.max;
  let below = 0;
  for (let i = 0; i < histogram.count.length; ++i) {
    below += histogram.count[i];
    if (below >= rank) return Math.min(histogram.high[i], histogram.max);
  }
  return histogram.max;
}

// False: so few values lie above it that it says no more than the maximum does.
function carries(histogram, percentile) {
  return histogram.n - rankOf(histogram.n, percentile) >= MIN_TAIL;
}

// Values of a list at a percentile, which is sorted.
function percentileOfList(sorted, percentile) {
  return sorted.length ? sorted[Math.max(rankOf(sorted.length, percentile), 1) - 1] : null;
}
