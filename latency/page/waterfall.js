// Where the time goes: percentiles of each stage, mean shares of whole packets, the worst packets, and what
// the gap before a packet, its place in the burst and the depth of the queue have to do with it.

const MOST_TRACKS = 20;
const waterState = {only: null};

function stageSeries() {
  return report.main.filter((series) => series.role === ROLE.stage);
}

// The style of a stage, the same in all charts.
function styleOf(stage) {
  const at = report.main.findIndex((series) => series.name === stage);
  return at >= 0 ? "s" + (at % 16) : "other";
}

function isLit(stage) {
  return waterState.only === null || waterState.only === stage;
}

// Rows of a chart with a name at the left; cursor along them.
function rowCursor(chart, show) {
  const bound = (row) => ({row: Math.max(0, Math.min(chart().rows.length - 1, row))});
  return {
    start: () => bound(0),
    move: (at, dx, dy) => bound(at.row + dx - dy),
    pick: (x, y) => {
      const row = chart().rows.findIndex(({top, bottom}) => y >= top && y < bottom);
      return row < 0 ? null : {row};
    },
    show: ({row}) => {
      const {top, bottom} = chart().rows[row];
      return {text: show(row), box: [1, top, chart().width - 2, bottom - top]};
    },
  };
}

// Latencies along x, logarithmic: ticks below, lines up.
function xLatencies(chart, list) {
  const {left, right, top, bottom} = chart.box;
  const positive = list.filter((v) => v > 0);
  const zero = list.some((v) => v === 0);
  const x = valueScale({low: positive.length ? Math.min(...positive) : 1, high: Math.max(...list, 1), log: true, zero, from: left, to: right});
  let end = -Infinity;
  for (const tick of x.ticks()) {
    chart.add("line", {x1: tick.at, x2: tick.at, y1: top, y2: bottom, class: "grid"});
    const text = tick.value === 0 ? zeroLabel() : shortDuration(tick.value);
    const width = text.length * 7;
    if (!tick.labelled || tick.at - width / 2 < end + 8 || tick.at + width / 2 > chart.width) continue;
    chart.add("text", {x: tick.at, y: bottom + 17, "text-anchor": "middle", class: "tick"}, text);
    end = tick.at + width / 2;
  }
  chart.frame();
  return x;
}

function clipped(text, pixels) {
  const letters = Math.floor(pixels / 7.4);
  return text.length <= letters ? text : text.slice(0, Math.max(1, letters - 1)) + "…";
}

const BAR_PERCENTILES = [50, 90, 99];

// Rows of p50, p90 and p99: [{name, style, histogram}].
function drawPercentileRows(chart, rows, emptyText) {
  chart.empty = false;
  chart.rows = [];
  const filled = rows.filter(({histogram}) => histogram && histogram.n > 0);
  if (filled.length === 0) return chart.sayEmpty(emptyText);
  const values = (histogram) => BAR_PERCENTILES.filter((p) => p === 50 || carries(histogram, p)).map((p) => percentileOf(histogram, p));
  const x = xLatencies(chart, filled.flatMap(({histogram}) => values(histogram)));
  const {left, top, bottom} = chart.box;
  const high = (bottom - top) / filled.length;
  filled.forEach(({name, style, histogram}, i) => {
    const y = top + i * high;
    const list = values(histogram);
    const thick = [9, 6, 3];
    chart.add("text", {x: left - 8, y: y + high / 2 + 4, "text-anchor": "end", class: "tick"}, clipped(name, left - 12));
    let barTop = y + high / 2 - (thick.slice(0, list.length).reduce((a, b) => a + b, 0) + list.length * 2) / 2;
    list.forEach((value, k) => {
      chart.add("rect", {x: left, y: barTop, width: Math.max(x.at(value) - left, 2), height: thick[k], class: `bar ${style}`});
      barTop += thick[k] + 2;
    });
    chart.rows.push({top: y, bottom: y + high, name, histogram, list});
  });
  return undefined;
}

function percentileRowText(row, bound) {
  const {name, histogram, list} = row;
  return `${name}: ` + list.map((value, k) => percentileName(BAR_PERCENTILES[k]) + " " + duration(value) +
    (bound && value < bound ? " (within clock error)" : "")).join(", ") + `, maximum ${duration(histogram.max)}, ${number(histogram.n)} values`;
}

function percentileRowsTable(rows) {
  return {head: ["series", "count", "p50", "p90", "p99", "max"], rows: rows.filter(({histogram}) => histogram).map(({name, histogram}) =>
    [name, {text: number(histogram.n), raw: histogram.n}, ...BAR_PERCENTILES.map((p) => percentileCell(histogram, p, 0)), durationCell(histogram.max, 0)])};
}

function buildStageBars(section) {
  const rows = () => stageSeries().map((series) => ({name: series.name, style: styleOf(series.name), histogram: selectedHistogram(series)}));
  const count = () => Math.max(1, rows().filter(({histogram}) => histogram && histogram.n).length);
  section.append(element("h3", {}, "Percentiles of each stage"));
  const chart = new Chart(section, {
    id: "stages-chart", margin: {left: 172, top: 8, bottom: 30},
    height: () => 50 + count() * 36,
    draw: (c) => drawPercentileRows(c, rows(), "No stages were measured."),
    label: () => "Percentiles of each stage: " + (chart.rows.map((row) => percentileRowText(row, 0)).join("; ") || "none") + ".",
    hint: "Each stage has p50, p90 and p99, from top to bottom, one thinner than the other. They do not add up: the slow packets of one stage are not those of another.",
    table: () => percentileRowsTable(rows()),
    cursor: rowCursor(() => chart, (row) => percentileRowText(chart.rows[row], 0)),
  });
  return () => chart.draw();
}

function drawBands(chart) {
  chart.empty = false;
  chart.rows = [];
  const list = bands();
  if (list.every(({n}) => n === 0)) return chart.sayEmpty("No whole packets were sampled.");
  const {left, right, top, bottom} = chart.box;
  const high = (bottom - top) / list.length;
  list.forEach((band, i) => {
    const y = top + i * high;
    chart.add("text", {x: left, y: y + 14, class: "tick"}, band.n === 0 ? `${band.name}: no packets`
      : `${band.name}: mean ${duration(band.mean)} of ${number(band.n)} packets`);
    let x = left;
    for (const [stage, ns] of [...band.stages, ["residual", band.residual]]) {
      if (!(ns > 0)) continue;
      const width = ((right - left) * ns) / band.mean;
      chart.add("rect", {x, y: y + 20, width: Math.max(width - 1, 0.5), height: high - 34,
        class: `bar ${stage === "residual" ? "other" : styleOf(stage)}` + (isLit(stage) ? "" : " dim")});
      const text = share(ns, band.mean);
      if (width > text.length * 7.5 + 6) {
        chart.add("text", {x: x + width / 2, y: y + high - 4, "text-anchor": "middle", class: "tick"}, text);
      }
      x += width;
    }
    chart.rows.push({top: y, bottom: y + high, band});
  });
  return undefined;
}

function bandText(band) {
  if (band.n === 0) return `${band.name}: no packets`;
  return `${band.name}, mean ${duration(band.mean)} of ${number(band.n)} packets: ` +
    band.stages.map(([stage, ns]) => `${stage} ${duration(Math.round(ns))} (${share(ns, band.mean)})`).join(", ") +
    `; in no stage ${duration(Math.round(band.residual))}`;
}

function bandTable() {
  const list = bands();
  const stages = [...new Set(list.flatMap((band) => band.stages.map(([stage]) => stage)))];
  const cell = (ns) => ({text: ns === null ? "-" : duration(Math.round(ns)), raw: ns});
  const of = (band, stage) => (band.stages.find(([name]) => name === stage) || [stage, 0])[1];
  return {head: ["stage", ...list.map((band) => band.name), ...list.map((band) => "share, " + band.name)], rows: [
    ...stages.map((stage) => [stage, ...list.map((band) => cell(of(band, stage))),
      ...list.map((band) => share(of(band, stage), band.mean))]),
    ["in no stage (residual)", ...list.map((band) => cell(band.residual)), ...list.map((band) => share(band.residual, band.mean))],
    ["mean of the band", ...list.map((band) => cell(band.mean)), ...list.map(() => "")],
    ["packets", ...list.map((band) => band.n), ...list.map(() => "")]]};
}

function stageLegend() {
  const stages = new Set();
  for (const band of bands()) band.stages.forEach(([stage]) => stages.add(stage));
  for (const way of worst(MOST_TRACKS)) way.parts.forEach((part) => stages.add(part.stage));
  const entries = [...stages].map((stage) => ({key: stage, text: stage, style: styleOf(stage), kind: "area"}));
  return legend(entries, isLit, (key) => { waterState.only = waterState.only === key ? null : key; redraw(); });
}

function buildBands(section) {
  section.append(element("h3", {}, "Where the mean packet's time goes"));
  const controls = element("div", {class: "controls"});
  section.append(controls);
  const chart = new Chart(section, {
    id: "bands-chart", margin: {left: 8, right: 8, bottom: 4, top: 4},
    height: () => 150,
    draw: drawBands,
    label: () => "Mean shares of the stages. " + bands().map(bandText).join(". ") + ".",
    hint: "Among whole packets that were sampled: those around the median, and the slowest hundredth. Means add up.",
    table: bandTable,
    cursor: rowCursor(() => chart, (row) => bandText(chart.rows[row].band)),
  });
  return () => {
    controls.replaceChildren(stageLegend());
    chart.draw();
  };
}

function drawTracks(chart) {
  chart.empty = false;
  chart.rows = [];
  const ways = worst(MOST_TRACKS);
  if (ways.length === 0) return chart.sayEmpty("No whole packets were sampled.");
  if (!(ways[0].total > 0)) return chart.sayEmpty("The packets that were sampled took no time.");
  const {left, right, top, bottom} = chart.box;
  // All stamps, aligned where the way begins; what lay before it, as the intended time, to the left.
  const spans = ways.map((way) => way.sample.stamps.map((stamp) => stamp.at - way.start));
  const least = Math.min(0, ...spans.flat());
  const most = Math.max(1, ...spans.flat());
  const x = (ns) => left + ((right - left) * (ns - least)) / (most - least);
  drawSignedTicks(chart, x, least, most);
  const high = (bottom - top) / ways.length;
  ways.forEach((way, i) => {
    const y = top + i * high;
    chart.add("text", {x: left - 8, y: y + high / 2 + 4, "text-anchor": "end", class: "tick"}, clipped(`${duration(way.total)} ${clockTime(way.start, 0)}`, left - 10));
    for (const {stage, from, to} of way.parts) {
      if (!(to > from)) continue;
      chart.add("rect", {x: x(from), y: y + 3, width: Math.max(x(to) - x(from), 1), height: high - 6, class: `bar ${styleOf(stage)}` + (isLit(stage) ? "" : " dim")});
    }
    chart.rows.push({top: y, bottom: y + high, way});
  });
  chart.frame();
  return undefined;
}

function drawSignedTicks(chart, x, least, most) {
  const {top, bottom, right, left} = chart.box;
  const step = ceil125((most - least) / Math.max(3, Math.floor((right - left) / 90)));
  for (let i = Math.ceil(least / step); i * step <= most; ++i) {
    const at = x(i * step);
    chart.add("line", {x1: at, x2: at, y1: top, y2: bottom, class: i ? "grid" : "frame"});
    if (at > right - 24) continue;
    chart.add("text", {x: at, y: bottom + 17, "text-anchor": at < left + 16 ? "start" : "middle", class: "tick"}, i ? (i < 0 ? "−" : "") + shortDuration(Math.abs(i * step)) : "0");
  }
}

function trackText({sample, total, start}, i) {
  const where = [sample.feed, sample.channel && "channel " + sample.channel, sample.line && "line " + sample.line, sample.thread && "thread " + sample.thread]
    .filter((part) => part).join(", ");
  const stages = sample.stamps.slice(1).map((stamp, k) => `${stageText(sample.stamps[k].point, stamp.point)} ${duration(stamp.at - sample.stamps[k].at)}`);
  return `${i + 1}. ${duration(total)} at ${clockTime(start, 6)}${where ? ", " + where : ""}, sequence ${sample.sequence}, ` +
    `${sample.messages ? number(sample.messages) + " messages, " : ""}${number(sample.updates)} updates${sample.together > 1 ? " (messages of " + number(sample.together) + " packets decoded together)" : ""}; ${duration(sample.gap)} after the packet before, place ${sample.place} in the burst, ` +
    `${sample.depth} waiting: ${stages.join(", ")}${sample.meanwhile ? "; " + sample.meanwhile : ""}`;
}

function trackTable() {
  const ways = worst(MOST_TRACKS);
  const points = [];
  for (const {sample} of ways) for (const {point} of sample.stamps) if (!points.includes(point)) points.push(point);
  return {head: ["time", "total", "feed", "channel", "line", "thread", "sequence", "messages", "updates", "together", "gap before", "place", "depth", ...points, "meanwhile"],
    rows: ways.map(({sample, total, start}) => [clockTime(start, 9), durationCell(total, 0), sample.feed, sample.channel, sample.line,
      sample.thread, sample.sequence, sample.messages || "-", sample.updates, sample.together || "-", durationCell(sample.gap, 0), sample.place, sample.depth,
      ...points.map((point) => {
        const stamp = sample.stamps.find((s) => s.point === point);
        return stamp ? {text: (stamp.at >= start ? "+" : "") + duration(stamp.at - start), raw: stamp.at - start} : {text: "-", raw: ""};
      }), sample.meanwhile])};
}

function buildTracks(section) {
  section.append(element("h3", {}, "The worst packets"));
  const chart = new Chart(section, {
    id: "tracks-chart", margin: {left: 172, top: 8, bottom: 30},
    height: () => 50 + Math.max(3, worst(MOST_TRACKS).length) * 20,
    draw: drawTracks,
    label: () => (chart.rows.length === 0 ? "The worst packets: none were sampled."
      : `The worst ${chart.rows.length} packets that were sampled as tracks; ${trackText(chart.rows[0].way, 0)}.`),
    hint: "Aligned where the latency begins to count. The colours are those of the stages above.",
    table: trackTable,
    cursor: rowCursor(() => chart, (row) => trackText(chart.rows[row].way, row)),
  });
  return () => chart.draw();
}

// "depth 4-7" -> ["depth", 4]; "gap < 10 us" sorts by its limit, so that groups come in their order.
function conditionKey(condition) {
  const kind = condition.split(" ")[0];
  const match = /([\d.]+)(?:\s*(ns|us|ms|s)\b)?/.exec(condition);
  const unit = {ns: 1, us: 1e3, ms: 1e6, s: 1e9}[match && match[2]] || 1;
  return [kind, (match ? Number(match[1]) * unit : 0) - (condition.includes("<") ? 0.5 : 0)];
}

function conditionSeries() {
  return report.series.filter((series) => series.condition !== "" && series.part.every((p) => p === ""))
    .map((series) => ({series, key: conditionKey(series.condition)}))
    .sort((a, b) => (a.key[0] === b.key[0] ? a.key[1] - b.key[1] : a.key[0] < b.key[0] ? -1 : 1));
}

function buildConditions(section) {
  const list = conditionSeries();
  const stages = new Set(list.map(({series}) => series.stage));
  const kinds = [...new Set(list.map(({key}) => key[0]))];
  const rows = () => list.map(({series, key}) => ({name: stages.size > 1 ? series.name : series.condition,
    style: "s" + (kinds.indexOf(key[0]) % 8), histogram: selectedHistogram(series) || series.total}));
  const chart = new Chart(section, {
    id: "conditions-chart", margin: {left: 172, top: 8, bottom: 30},
    height: () => 50 + Math.max(2, list.length) * 32,
    draw: (c) => drawPercentileRows(c, rows(), "Nothing was measured by gap, place in the burst or depth."),
    label: () => "Latency by the gap before the packet, its place in the burst and the depth of the queue: " +
      (chart.rows.map((row) => percentileRowText(row, 0)).join("; ") || "not measured") + ".",
    hint: "p50, p90 and p99, from top to bottom. After a long gap caches are cold; deep in a burst or a queue packets wait.",
    table: () => percentileRowsTable(rows()),
    cursor: rowCursor(() => chart, (row) => percentileRowText(chart.rows[row], 0)),
  });
  const note = element("p", {class: "note"});
  section.append(note);
  return () => {
    chart.draw();
    note.textContent = selection && list.some(({series}) => !series.grid) ? "For the whole run: this is not kept by interval on the page." : "";
  };
}
