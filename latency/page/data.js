// What page_data.h wrote into the page.

let report = null;

const ROLE = {stage: 0, endToEnd: 1, total: 2, schedule: 3, lateness: 4, split: 5};
const WHY = {regular: 0, slow: 1, worst: 2};

async function readData() {
  const text = document.getElementById("data").textContent;
  const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const length = new DataView(bytes.buffer).getUint32(0, true);
  report = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  prepare(bytes.subarray(4 + length));
}

function prepare(bytes) {
  report.intervalNs = report.intervalNs > 0 ? report.intervalNs : 1e9;
  report.columnNs = report.intervalNs * report.merge;
  report.spanNs = Math.max(report.columns * report.columnNs, 1);
  report.series.forEach((series, i) => {
    series.number = i;
    series.hasPart = series.part.some((p) => p !== "") || series.condition !== "";
    series.total = histogramOf(series.buckets, series.min, series.max);
    if (series.grid) series.grid = readGrid(bytes, series.grid);
  });
  for (const race of report.races) {
    race.name = [race.part[0], race.part[1], race.a + " against " + race.b].filter((p) => p).join(" ");
    race.histogramA = histogramOf(race.leadA, undefined, race.maxA);
    race.histogramB = histogramOf(race.leadB, undefined, race.maxB);
  }
  if (report.jitter) report.jitter.histogram = histogramOf(report.jitter.gaps, undefined, report.jitter.max);
  report.samples = report.samples.map(sampleOf);
  report.main = report.series.filter((series) => !series.hasPart);
  if (report.main.length === 0) report.main = report.series.slice(0, 12);
  report.endToEnd = report.main.find((series) => series.stage === report.endToEnd) || report.main[0] || null;
}

function readGrid(bytes, [firstRow, rows, offset, length]) {
  const columns = report.columns;
  let at = offset;
  const next = () => {
    let value = 0;
    for (let scale = 1; at < offset + length; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  };
  const tops = new Float64Array(columns);
  for (let i = 0; i < columns; ++i) tops[i] = next();
  const cells = new Float64Array(rows * columns);
  for (let i = 0; i < cells.length; ++i) cells[i] = next();
  return {firstRow, rows, tops, cells};
}

function sampleOf(row) {
  const [why, feed, channel, line, thread, meanwhile, sequence, messages, updates, gap, place, depth, together] = row;
  const name = (i) => report.strings[i];
  const stamps = [];
  for (let i = 13; i < row.length; i += 2) {
    const at = i === 13 ? row[14] : row[14] + row[i + 1];
    stamps.push({point: name(row[i]), at});
  }
  return {why, feed: name(feed), channel: name(channel), line: name(line), thread: name(thread),
    meanwhile: name(meanwhile), sequence, messages, updates, gap, place, depth, together, stamps, at: stamps[0].at};
}

// What is selected: columns [from, to), or null for the whole run.
let selection = null;

function selectedColumns() {
  return selection || [0, report.columns];
}

function selectedNs() {
  if (!selection) return report.durationNs > 0 ? report.durationNs : report.spanNs;
  return (selection[1] - selection[0]) * report.columnNs;
}

function inSelection(ns) {
  if (!selection) return true;
  return ns >= selection[0] * report.columnNs && ns < selection[1] * report.columnNs;
}

// The series' values within the selection. Null: it has no histograms by interval.
function selectedHistogram(series) {
  if (!selection) return series.total;
  return series.grid ? histogramOfGrid(series.grid, selection[0], selection[1]) : null;
}
