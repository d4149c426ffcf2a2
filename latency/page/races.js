// Line races: who was first, by how much, what only one line brought, and what arbitration gained.

const raceState = {number: 0, log: true};

function chosenRace() {
  return report.races[raceState.number] || report.races[0] || null;
}

// Sums of the selection; leads have no intervals, and are of the whole run.
function raceSums(race) {
  const sums = {a: 0, b: 0, ties: 0, onlyA: 0, onlyB: 0};
  if (!selection) {
    return {a: race.histogramA.n, b: race.histogramB.n, ties: race.ties, onlyA: race.onlyA, onlyB: race.onlyB};
  }
  for (const [column, a, b, ties, , onlyA, onlyB] of race.seconds) {
    if (column < selection[0] || column >= selection[1]) continue;
    sums.a += a;
    sums.b += b;
    sums.ties += ties;
    sums.onlyA += onlyA;
    sums.onlyB += onlyB;
  }
  return sums;
}

// How much sooner packets came than on one line alone: nothing where that line was first, else the other's lead.
function gain(lead, n) {
  const zeros = n - lead.n;
  if (!(zeros > 0)) return lead;
  return makeHistogram([0, ...lead.low], [0, ...lead.high], [zeros, ...lead.count], 0, lead.max === null ? 0 : lead.max);
}

function raceTable() {
  const lead = (histogram) => [50, 90, 99].map((p) => percentileCell(histogram, p, 0)).concat([durationCell(histogram.max, 0)]);
  return {head: ["feed", "channel", "A", "B", "on both", "A first", "tie", "B first", "A's lead p50", "p90", "p99", "max",
    "B's lead p50", "p90", "p99", "max", "only on A", "only on B", "ties below", "gain over A alone, mean", "p99", "gain over B alone, mean", "p99"], names: 4,
  rows: report.races.map((race) => {
    const {a, b, ties, onlyA, onlyB} = raceSums(race);
    const both = a + b + ties;
    const n = race.histogramA.n + race.histogramB.n + race.ties;
    const overA = gain(race.histogramB, n);
    const overB = gain(race.histogramA, n);
    const mean = (histogram) => durationCell(histogram.mean === null ? null : Math.round(histogram.mean), 0);
    return [race.part[0], race.part[1], race.a, race.b, {text: number(both), raw: both}, share(a, both), share(ties, both), share(b, both),
      ...lead(race.histogramA), ...lead(race.histogramB), {text: number(onlyA), raw: onlyA}, {text: number(onlyB), raw: onlyB},
      durationCell(race.tieNs, 0), mean(overA), percentileCell(overA, 99, 0), mean(overB), percentileCell(overB, 99, 0)];
  })};
}

// Columns put together until there are no more than the chart shows: [{column, a, b, ties, low, high}]. Medians
// are not added: of several columns the range of them is shown.
function raceColumns(race, step) {
  const groups = new Map();
  for (const [column, a, b, ties, median, onlyA, onlyB] of race.seconds) {
    const key = Math.floor(column / step) * step;
    const group = groups.get(key) || {column: key, a: 0, b: 0, ties: 0, onlyA: 0, onlyB: 0, low: Infinity, high: -Infinity};
    groups.set(key, group);
    group.a += a;
    group.b += b;
    group.ties += ties;
    group.onlyA += onlyA;
    group.onlyB += onlyB;
    if (a + b + ties > 0) {
      group.low = Math.min(group.low, median);
      group.high = Math.max(group.high, median);
    }
  }
  return [...groups.values()].sort((x, y) => x.column - y.column);
}

function raceStep(chart) {
  return Math.max(1, Math.ceil(report.columns / ((chart.box.right - chart.box.left) / 2)));
}

function drawRaceShares(chart) {
  chart.empty = false;
  const race = chosenRace();
  if (!race || race.seconds.length === 0) return chart.sayEmpty("No races by interval.");
  const {left, right, top, bottom} = chart.box;
  const step = raceStep(chart);
  const wide = (right - left) / report.columns;
  const y = valueScale({high: 100, from: bottom, to: top});
  chart.yAxis(y, (v) => v + "%", "first");
  for (const group of raceColumns(race, step)) {
    const all = group.a + group.b + group.ties;
    if (!all) continue;
    const x = left + group.column * wide;
    const width = Math.max(Math.min(wide * step, right - x), 1) + 0.2;
    let from = bottom;
    for (const [part, style] of [[group.a, "s0"], [group.ties, "other"], [group.b, "s3"]]) {
      const high = ((bottom - top) * part) / all;
      if (high > 0) chart.add("rect", {x, y: from - high, width, height: high, class: "bar crisp " + style});
      from -= high;
    }
  }
  chart.timeAxis();
  return undefined;
}

// Above zero A led, below it B.
function drawRaceMedians(chart) {
  chart.empty = false;
  const race = chosenRace();
  const list = race ? raceColumns(race, raceStep(chart)).filter(({low}) => low !== Infinity) : [];
  if (list.length === 0) return chart.sayEmpty("No races by interval.");
  const {left, right, top, bottom} = chart.box;
  const most = Math.max(1, ...list.map(({low, high}) => Math.max(Math.abs(low), Math.abs(high))));
  const middle = (top + bottom) / 2;
  const y = (v) => middle - ((middle - top) * v) / most;
  const step = ceil125(most / 2.5);
  for (let i = -Math.floor(most / step); i * step <= most; ++i) {
    chart.add("line", {x1: left, x2: right, y1: y(i * step), y2: y(i * step), class: i ? "grid" : "frame"});
    chart.add("text", {x: left - 6, y: y(i * step) + 4, "text-anchor": "end", class: "tick"}, i ? (i < 0 ? "−" : "") + shortDuration(Math.abs(i) * step) : "0");
  }
  const at = chart.timeAxis();
  const points = list.map(({column, low, high}) => [at((column + 0.5) * report.columnNs), y(low), y(high)]);
  chart.add("path", {d: pathOf(points.flatMap(([x, low, high]) => (low === high ? [[x, low]] : [[x, low], [x, high]]))), class: "line s0 plain"});
  if (points.length === 1) chart.add("circle", {cx: points[0][0], cy: points[0][1], r: 4, class: "max s0"});
  chart.add("text", {x: 4, y: top - 12, class: "axis"}, "median lead of " + clipped(race.a, 120));
  return undefined;
}

function raceText(column) {
  const race = chosenRace();
  const chart = chartOf("race-shares");
  const step = raceStep(chart);
  const group = raceColumns(race, step).find((g) => column >= g.column && column < g.column + step);
  if (!group) return columnTime(column) + ": nothing on both lines";
  const all = group.a + group.b + group.ties;
  const median = group.low === Infinity ? "" : `, median lead of ${race.a} ${duration(group.low)}` + (group.high > group.low ? ` to ${duration(group.high)}` : "");
  return `${columnTime(group.column)}: ${race.a} first ${share(group.a, all)}, tie ${share(group.ties, all)}, ${race.b} first ` +
    `${share(group.b, all)} of ${number(all)}${median}; only on ${race.a} ${number(group.onlyA)}, only on ${race.b} ${number(group.onlyB)}`;
}

function raceTimeTable(full) {
  const race = chosenRace();
  if (!race) return {head: ["time"], rows: []};
  const [from, to] = selectedColumns();
  const step = full ? 1 : Math.max(1, Math.ceil((to - from) / (printing ? 20 : 60)));
  return {head: ["time", "offset", "A first", "tie", "B first", "least median lead of A", "greatest", "only on A", "only on B"],
    rows: raceColumns(race, step).filter(({column}) => column >= from && column < to).map((g) => [clockTime(g.column * report.columnNs, 0),
      {text: offsetText(g.column * report.columnNs), raw: g.column * report.columnNs}, g.a, g.ties, g.b,
      durationCell(g.low === Infinity ? null : g.low, 0), durationCell(g.high === -Infinity ? null : g.high, 0), g.onlyA, g.onlyB])};
}

function leadCurves() {
  const race = chosenRace();
  if (!race) return [];
  return [{histogram: race.histogramA, style: "s0", name: `lead of ${race.a} when it is first`},
    {histogram: race.histogramB, style: "s3", name: `lead of ${race.b} when it is first`}].filter(({histogram}) => histogram.n > 0);
}

function raceSentence(race) {
  const {a, b, ties, onlyA, onlyB} = raceSums(race);
  const all = a + b + ties;
  return `${race.name}: ${race.a} was first with ${share(a, all)}, ${race.b} with ${share(b, all)}, tie ${share(ties, all)} of ${number(all)} packets; ` +
    `only on ${race.a} ${number(onlyA)}, only on ${race.b} ${number(onlyB)}.`;
}

function buildRaces(section) {
  if (report.races.length === 0) {
    section.append(element("p", {class: "note"}, "No channel was received on two lines."));
    return () => {};
  }
  const drawTable = placeTable(section, raceTable);
  const controls = element("div", {class: "controls"});
  section.append(controls);
  const shares = new Chart(section, {
    id: "race-shares", time: true, height: () => 200, draw: drawRaceShares,
    label: () => "Who was first over time. " + raceSentence(chosenRace()),
    hint: "From below: the first line was first, tie, the second was first.",
    table: raceTimeTable, cursor: columnCursor(() => shares, (column) => ({text: raceText(column)})),
  });
  const medians = new Chart(section, {
    id: "race-medians", time: true, height: () => 190, draw: drawRaceMedians,
    label: () => "Median lead over time. " + raceSentence(chosenRace()),
    hint: "Above zero the first line led, below it the second. A step is a change of path.",
    table: raceTimeTable, cursor: columnCursor(() => medians, (column) => ({text: raceText(column)})),
  });
  section.append(element("h3", {}, "How far the first was ahead"));
  const leads = new Chart(section, {
    id: "race-leads", height: () => 300, draw: (c) => drawCurves(c, leadCurves(), null, true),
    label: () => curvesLabel(leadCurves()).replace("Percentile curves of", "Percentile curves of the"),
    table: (full) => curvesTable(leadCurves(), full ? curveStops(6) : TABLE_STOPS), cursor: stopCursor(() => leads, leadCurves),
    hint: "For the whole run: leads are not kept by interval.",
  });
  return () => {
    drawTable();
    const race = chosenRace();
    const choice = chooser("Race", report.races.map((r, i) => [i, r.name]), report.races.indexOf(race),
      (value) => { raceState.number = value; redraw(); });
    controls.replaceChildren(choice || "", ...[["s0", race.a + " first"], ["other", "tie"], ["s3", race.b + " first"]].map(([style, text]) =>
      element("span", {class: "key"}, sample(style, "area"), text)));
    [shares, medians, leads].forEach((chart) => chart.draw());
  };
}
