// Percentile curves by nines: x is how rare a value is, as log10(1 / (1 - p)).

const curveState = {log: true, only: null};

function rarity(percentile) {
  return -Math.log10(1 - percentile / 100);
}

// The stops of the cursor: 0, 10, ... 90, 91, ... 99, 99.1, ...
function curveStops(nines) {
  const stops = [0];
  for (let e = 0; e <= nines; ++e) {
    for (let i = 1; i <= 9; ++i) stops.push(Number((100 - 100 * 10 ** -e + i * 10 ** (1 - e)).toPrecision(12)));
  }
  return stops;
}

// [rarity, value] for each bucket of a histogram: where it begins and where it ends.
function curvePoints(histogram) {
  const points = [];
  let below = 0;
  for (let i = 0; i < histogram.count.length; ++i) {
    const value = Math.min(histogram.high[i], histogram.max);
    points.push([below === 0 ? 0 : Math.log10(histogram.n / (histogram.n - below)), value]);
    below += histogram.count[i];
    if (below < histogram.n) points.push([Math.log10(histogram.n / (histogram.n - below)), value]);
  }
  return points;
}

function curveSeries() {
  return report.main.map((series, i) => ({series, style: "s" + (i % 16), histogram: selectedHistogram(series)}))
    .filter(({histogram}) => histogram && histogram.n > 0);
}

function shownCurves() {
  const all = curveSeries();
  const only = all.filter(({series}) => series.number === curveState.only);
  return only.length ? only : all;
}

// By nines, for any histograms: [{histogram, style, name}].
function drawCurves(chart, curves, floor, log) {
  chart.empty = false;
  if (curves.length === 0) return chart.sayEmpty("No values.");
  const most = Math.max(...curves.map(({histogram}) => histogram.n));
  const nines = Math.max(1, Math.log10(most));
  const {left, right, top, bottom} = chart.box;
  const x = (r) => left + ((right - left) * Math.min(r, nines)) / nines;
  const least = Math.min(...curves.map(({histogram}) => histogram.low.find((v, i) => histogram.high[i] > 0 && v > 0) || Infinity));
  const greatest = Math.max(...curves.map(({histogram}) => histogram.max));
  const zero = curves.some(({histogram}) => histogram.low[0] === 0);
  const y = valueScale({low: Number.isFinite(least) ? least : 1, high: greatest, log, zero, from: bottom, to: top});
  chart.yAxis(y, shortDuration, "latency");
  ninesAxis(chart, x, nines);
  if (floor) chart.add("path", {d: pathOf(floor.filter(([r]) => r <= nines).map(([r, v]) => [x(r), y.at(v)])), class: "line floor"});
  for (const {histogram, style} of curves) drawCurve(chart, histogram, style, x, y);
  chart.scales = {x, y, nines};
  return undefined;
}

function ninesAxis(chart, x, nines) {
  const {top, bottom, right} = chart.box;
  const labels = [0, 50];
  for (let e = 1; e <= nines + 1e-9; ++e) labels.push(Number((100 - 10 ** (2 - e)).toPrecision(12)));
  let end = -Infinity;
  for (const p of labels) {
    const at = x(rarity(p));
    const text = p + "%";
    const width = text.length * 7.2;
    chart.add("line", {x1: at, x2: at, y1: top, y2: bottom, class: "grid"});
    if (at - width / 2 < end + 10) continue;
    const anchor = at + width / 2 > right ? "end" : "middle";
    chart.add("text", {x: anchor === "end" ? right : at, y: bottom + 17, "text-anchor": anchor, class: "tick"}, text);
    end = at + width / 2;
  }
  chart.frame();
  chart.add("text", {x: (chart.box.left + right) / 2, y: bottom + 35, "text-anchor": "middle", class: "axis"},
    "percentile, by nines");
}

// Solid as far as ten values lie above, dashed beyond, the maximum as a dot.
function drawCurve(chart, histogram, style, x, y) {
  const points = curvePoints(histogram);
  const end = histogram.n > MIN_TAIL ? Math.log10(histogram.n / MIN_TAIL) : 0;
  const place = (list) => list.map(([r, v]) => [x(r), y.at(v)]);
  const believed = points.filter(([r]) => r <= end);
  const beyond = points.filter(([r]) => r > end);
  if (believed.length) {
    const last = believed[believed.length - 1];
    believed.push([end, last[1]]);
    beyond.unshift([end, last[1]]);
  }
  if (believed.length > 1) chart.add("path", {d: pathOf(place(believed)), class: "line " + style});
  const last = [Math.log10(histogram.n), histogram.max];
  beyond.push(last);
  chart.add("path", {d: pathOf(place(beyond)), class: "line beyond " + style});
  for (const p of [50, 90, 99, 99.9, 99.99]) {
    if (carries(histogram, p)) chart.svg.append(marker(x(rarity(p)), y.at(percentileOf(histogram, p)), style));
  }
  chart.add("circle", {cx: x(last[0]), cy: y.at(last[1]), r: 4.5, class: "max " + style});
}

// The machine's own delays: a packet that comes at any moment waits longer than x with this share.
function floorPoints() {
  if (!report.jitter) return null;
  const points = report.jitter.curve.filter(([, above]) => above > 0 && above <= 1)
    .map(([delay, above]) => [-Math.log10(above), delay]);
  return points.length > 1 ? points : null;
}

function curvesTable(curves, stops) {
  return {head: ["percentile", ...curves.map(({name}) => name)],
    rows: [...stops.map((p) => [percentileName(p), ...curves.map(({histogram}) => percentileCell(histogram, p, 0))]),
      ["max", ...curves.map(({histogram}) => durationCell(histogram.max, 0))]]};
}

const TABLE_STOPS = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999];

// A cursor over percentiles; `curves()` are what is shown.
function stopCursor(chart, curves) {
  const stops = () => curveStops(chart().scales.nines).filter((p) => rarity(p) <= chart().scales.nines + 1e-9);
  const clamp = (list, i) => Math.max(0, Math.min(list.length - 1, i));
  return {
    start: () => ({stop: clamp(stops(), 5)}),
    move: (at, dx) => ({stop: clamp(stops(), at.stop + dx)}),
    pick: (px) => {
      if (px < chart().box.left - 4 || px > chart().box.right + 4) return null;
      const list = stops();
      const distance = (p) => Math.abs(chart().scales.x(rarity(p)) - px);
      return {stop: list.reduce((best, p, i) => (distance(p) < distance(list[best]) ? i : best), 0)};
    },
    show: ({stop}) => {
      const p = stops()[stop];
      const {x, y} = chart().scales;
      const values = curves().map(({name, histogram}) => ({name, histogram, value: percentileOf(histogram, p)}));
      const text = values.map(({name, histogram, value}) => name + " " + duration(value) +
        (carries(histogram, p) ? "" : " (" + number(histogram.n - rankOf(histogram.n, p)) + " values above)")).join("; ");
      return {text: percentileName(p) + ": " + text, x: x(rarity(p)), dots: values.map(({value}) => [x(rarity(p)), y.at(value)])};
    },
  };
}

function buildCurves(section) {
  const controls = element("div", {class: "controls"});
  section.append(controls);
  const named = () => shownCurves().map((curve) => Object.assign({name: curve.series.name}, curve));
  const chart = new Chart(section, {
    id: "curves-chart",
    height: (width) => (width < 500 ? 320 : 400),
    draw: (c) => drawCurves(c, named(), floorPoints(), curveState.log),
    label: () => curvesLabel(named()),
    hint: "Point at the chart, or focus it and use the arrow keys. Dashed: fewer than 10 values lie above. Dot: the maximum.",
    table: (full) => curvesTable(named(), full ? curveStops(6) : TABLE_STOPS),
    cursor: stopCursor(() => chart, named),
  });
  return () => {
    controls.replaceChildren(curveLegend(), scaleSwitch(curveState));
    chart.draw();
  };
}

function curvesLabel(curves) {
  if (curves.length === 0) return "Percentile curves: there are no values.";
  return "Percentile curves of " + curves.map(({name, histogram}) => name + ", median " + duration(percentileOf(histogram, 50)) +
    (carries(histogram, 99) ? ", p99 " + duration(percentileOf(histogram, 99)) : "") + ", maximum " + duration(histogram.max)).join("; ") + ".";
}

function curveLegend() {
  const entries = curveSeries().map(({series, style}) => ({key: series.number, text: series.name, style}));
  const isOn = (key) => !entries.some((entry) => entry.key === curveState.only) || curveState.only === key;
  const list = legend(entries, isOn, (key) => {
    curveState.only = curveState.only === key ? null : key;
    redraw();
  });
  if (floorPoints()) list.append(element("span", {class: "key"}, sample("floor"), "jitter floor"));
  return list;
}

function scaleSwitch(state) {
  return element("button", {type: "button", class: "switch", "aria-pressed": String(!state.log),
    onclick: () => { state.log = !state.log; redraw(); }}, "Linear");
}
