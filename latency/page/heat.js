// Heat maps: how many values of which size when, and at which moment of the second the slow ones came. On a
// canvas, which does not follow styles: it is painted anew when the scheme or the size changes.

// Viridis, as far as it keeps 3:1 from the page: from the page's side of it to the other end.
const HEAT_LIGHT = ["#1f9e89", "#26828e", "#31688e", "#3e4989", "#482878", "#440154"];
const HEAT_DARK = ["#3a6b94", "#2d8a8e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
// More columns than this say nothing on a screen.
const MOST_COLUMNS = 600;

const heatState = {series: null, log: true};

function isDark() {
  return !printing && matchMedia("(prefers-color-scheme: dark)").matches;
}

function parsedColour(text) {
  return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
}

// Of a count, on a log scale up to `most`: one must be visible beside a million.
function heatColour(count, most) {
  const stops = (isDark() ? HEAT_DARK : HEAT_LIGHT).map(parsedColour);
  const at = most > 1 ? (Math.log(count) / Math.log(most)) * (stops.length - 1) : stops.length - 1;
  const i = Math.max(0, Math.min(stops.length - 2, Math.floor(at)));
  const part = Math.max(0, Math.min(1, at - i));
  const mixed = stops[i].map((value, k) => Math.round(value + (stops[i + 1][k] - value) * part));
  return `rgb(${mixed.join(",")})`;
}

// The canvas of a chart lies under its shapes, with as many pixels as the screen has.
function canvasOf(chart) {
  const ratio = Math.max(1, window.devicePixelRatio || 1);
  chart.canvas.width = Math.round(chart.width * ratio);
  chart.canvas.height = Math.round(chart.height * ratio);
  const context = chart.canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, chart.canvas.width, chart.canvas.height);
  return {context, ratio};
}

// cells: [left, top, right, bottom, count] in the chart's pixels. Edges fall on whole pixels of the screen.
function paintCells(chart, cells) {
  const {context, ratio} = canvasOf(chart);
  const most = cells.reduce((a, cell) => Math.max(a, cell[4]), 0);
  for (const [left, top, right, bottom, count] of cells) {
    context.fillStyle = heatColour(count, most);
    const [x, y] = [Math.round(left * ratio), Math.round(top * ratio)];
    context.fillRect(x, y, Math.max(1, Math.round(right * ratio) - x), Math.max(1, Math.round(bottom * ratio) - y));
  }
  return most;
}

function heatKey(most, what) {
  const bar = element("canvas", {width: 120, height: 10, "aria-hidden": "true"});
  const context = bar.getContext("2d");
  for (let i = 0; i < 120; ++i) {
    context.fillStyle = heatColour(Math.max(1, most) ** (i / 119), Math.max(most, 1));
    context.fillRect(i, 0, 1, 10);
  }
  return element("span", {class: "key"}, "1 ", bar, ` ${shortNumber(Math.max(most, 1))} ${what} a cell`);
}

function heatSeries() {
  const list = report.main.filter((series) => series.grid && series.grid.rows > 0);
  return {list, chosen: list.find((series) => series.number === heatState.series) ||
    list.find((series) => series === report.endToEnd) || list[0] || null};
}

// Rows put together until each is at least `pixels` high: [{low, high, rows: [from, to), top, bottom}].
function rowGroups(grid, y, pixels) {
  const groups = [];
  for (let r = 0; r < grid.rows;) {
    const low = report.rows[grid.firstRow + r];
    let end = r + 1;
    const isZero = low === 0 && y.log;
    const bottom = isZero ? y.from + 6 : y.at(low);
    while (!isZero && end < grid.rows && bottom - y.at(rowHigh(grid.firstRow + end - 1) + 1) < pixels) ++end;
    const high = rowHigh(grid.firstRow + end - 1);
    groups.push({low, high, rows: [r, end], bottom, top: isZero ? y.from - 6 : Math.min(y.at(high + 1), bottom - 1)});
    r = end;
  }
  return groups;
}

function groupSum(grid, [rowFrom, rowTo], from, to) {
  let sum = 0;
  for (let r = rowFrom; r < rowTo; ++r) {
    for (let i = r * report.columns + from; i < r * report.columns + to; ++i) sum += grid.cells[i];
  }
  return sum;
}

function drawHeat(chart, series) {
  chart.empty = false;
  canvasOf(chart);
  if (!series) return chart.sayEmpty("No histograms by interval.");
  const grid = series.grid;
  const {left, right, top, bottom} = chart.box;
  const first = report.rows[grid.firstRow];
  const greatest = columnMax(grid, 0, report.columns);
  const low = first > 0 ? first : report.rows[grid.firstRow + 1] || 1;
  const y = valueScale({low, high: Math.max(greatest, 1), log: heatState.log, zero: first === 0, from: bottom - (heatState.log && first === 0 ? 8 : 0), to: top});
  const step = Math.max(1, Math.ceil(report.columns / Math.min(MOST_COLUMNS, right - left)));
  const groups = rowGroups(grid, y, 4);
  const wide = (right - left) / report.columns;
  const cells = [];
  for (let c = 0; c < report.columns; c += step) {
    const end = Math.min(c + step, report.columns);
    for (const group of groups) {
      const sum = groupSum(grid, group.rows, c, end);
      if (sum > 0) cells.push([left + c * wide, group.top, left + end * wide, group.bottom, sum]);
    }
  }
  chart.most = paintCells(chart, cells);
  chart.yAxis(y, shortDuration, "latency", true);
  chart.timeAxis();
  drawUnmeasured(chart, grid, wide);
  drawMaxima(chart, grid, y, step, wide);
  chart.scales = {y, groups, step, wide};
  return undefined;
}

// What was not measured differs from what had no values.
function drawUnmeasured(chart, grid, wide) {
  const {left, top, bottom} = chart.box;
  for (let c = 0; c < report.columns; ++c) {
    if (grid.tops[c] !== 0) continue;
    let end = c;
    while (end < report.columns && grid.tops[end] === 0) ++end;
    chart.add("rect", {x: left + c * wide, y: top, width: Math.max((end - c) * wide, 1), height: bottom - top, class: "unmeasured"});
    c = end;
  }
}

function drawMaxima(chart, grid, y, step, wide) {
  const {left} = chart.box;
  let path = "";
  for (let c = 0; c < report.columns; c += step) {
    const end = Math.min(c + step, report.columns);
    const max = columnMax(grid, c, end);
    if (max < 0 || groupSum(grid, [0, grid.rows], c, end) === 0) continue;
    path += `M${(left + c * wide).toFixed(1)},${y.at(max).toFixed(1)}H${(left + end * wide).toFixed(1)}`;
  }
  if (path) chart.add("path", {d: path, class: "maxima"});
}

function heatText(series, column, group) {
  const {step} = chartOf("heat-chart").scales;
  const from = Math.floor(column / step) * step;
  const to = Math.min(from + step, report.columns);
  const grid = series.grid;
  if (columnMax(grid, from, to) < 0) return columnTime(from) + ": not measured";
  const sum = groupSum(grid, group.rows, from, to);
  const all = groupSum(grid, [0, grid.rows], from, to);
  const below = groupSum(grid, [0, group.rows[1]], from, to);
  const what = series.unit || "values";
  return `${columnTime(from)}, ${group.high === 0 ? "0 ns" : duration(group.low) + " to " + duration(Math.min(group.high, 1e15))}: ` +
    `${number(sum)} ${what}, ${share(sum, all)} of ${number(all)}, ${share(below, all)} at or below; maximum ` +
    duration(all ? columnMax(grid, from, to) : null);
}

function heatCursor(chart) {
  const bound = (column, row) => {
    const {groups, step} = chart().scales;
    return {column: Math.max(0, Math.min(report.columns - 1, column)), row: Math.max(0, Math.min(groups.length - 1, row)), step};
  };
  return {
    start: () => {
      const {groups} = chart().scales;
      const series = heatSeries().chosen;
      const median = percentileOf(series.total, 50);
      return bound(selection ? selection[0] : 0, groups.findIndex((group) => group.high >= median));
    },
    move: (at, dx, dy) => bound(at.column + dx * at.step, at.row + dy),
    pick: (x, y) => {
      const {left, right} = chart().box;
      if (x < left || x > right) return null;
      const {groups} = chart().scales;
      const row = groups.findIndex((group) => y >= group.top && y <= group.bottom);
      return bound(chart().columnAt(x), row >= 0 ? row : y < groups[groups.length - 1].top ? groups.length : 0);
    },
    show: ({column, row}) => {
      const {groups, step, wide} = chart().scales;
      const group = groups[row];
      const from = Math.floor(column / step) * step;
      return {text: heatText(heatSeries().chosen, column, group),
        box: [chart().box.left + from * wide, group.top, Math.max(wide * step, 2), group.bottom - group.top]};
    },
  };
}

function heatTable(full) {
  const series = heatSeries().chosen;
  if (!series) return {head: ["time"], rows: []};
  return {head: ["time", "offset", "count", "p50", "p99", "max"], rows: timeGroups(full).map(([from, to]) => {
    const histogram = histogramOfGrid(series.grid, from, to);
    const measured = columnMax(series.grid, from, to) >= 0;
    return [clockTime(from * report.columnNs, 0), {text: offsetText(from * report.columnNs), raw: from * report.columnNs},
      measured ? {text: number(histogram.n), raw: histogram.n} : "not measured", percentileCell(histogram, 50, series.bound),
      percentileCell(histogram, 99, series.bound), durationCell(histogram.max, series.bound)];
  })};
}

function heatLabel() {
  const series = heatSeries().chosen;
  if (!series) return "Heat map over time: there are no histograms by interval.";
  const maxima = series.grid.tops.indexOf(series.grid.tops.reduce((a, b) => Math.max(a, b), 0));
  return `Heat map of ${series.name} over ${offsetText(report.spanNs).slice(1)} by ${shortDuration(report.columnNs)}: ` +
    `${number(series.total.n)} values, the greatest ${duration(columnMax(series.grid, 0, report.columns))} at ${columnTime(maxima)}.`;
}

function buildHeat(section) {
  const controls = element("div", {class: "controls"});
  section.append(controls);
  const chart = new Chart(section, {
    id: "heat-chart", hasCanvas: true, time: true,
    height: (width) => (width < 500 ? 300 : 360),
    draw: (c) => drawHeat(c, heatSeries().chosen),
    label: heatLabel,
    hint: "Drag over a range of time to see everything for that range alone (keys: shift and arrows). Line: each interval's maximum.",
    table: heatTable,
    cursor: heatCursor(() => chart),
  });
  return () => {
    chart.draw();
    const {list, chosen} = heatSeries();
    const choice = chooser("Series", list.map((series) => [series.number, series.name]), chosen ? chosen.number : null,
      (value) => { heatState.series = value; redraw(); });
    controls.replaceChildren(choice, scaleSwitch(heatState));
    if (chart.most) controls.append(heatKey(chart.most, chosen.unit || "values"));
  };
}

// --- Within the second ---

const SECOND_ROWS = 50;
// With fewer a pattern would be chance.
const LEAST_SLOW = 20;

function slowSamples() {
  return report.samples.filter((sample) => sample.why !== WHY.regular);
}

function offsetInSecond(sample) {
  const within = ((report.startMs % 1000) * 1e6 + report.startNs + sample.at) % 1e9;
  return (within + 1e9) % 1e9;
}

function drawSecond(chart) {
  chart.empty = false;
  chart.most = 0;
  canvasOf(chart);
  const slow = slowSamples();
  if (slow.length < LEAST_SLOW) {
    return chart.sayEmpty(`Not enough: ${slow.length} slow packets were sampled, ${LEAST_SLOW} are needed.`);
  }
  const {left, right, top, bottom} = chart.box;
  const seconds = Math.max(1, Math.ceil(report.spanNs / 1e9));
  const step = Math.max(1, Math.ceil(seconds / Math.min(MOST_COLUMNS, (right - left) / 2)));
  const wide = ((right - left) * step * 1e9) / report.spanNs;
  const high = (bottom - top) / SECOND_ROWS;
  const counts = new Map();
  for (const sample of slow) {
    const column = Math.floor(sample.at / 1e9 / step);
    const row = Math.min(SECOND_ROWS - 1, Math.floor((offsetInSecond(sample) / 1e9) * SECOND_ROWS));
    if (sample.at < 0 || sample.at > report.spanNs) continue;
    counts.set(column * SECOND_ROWS + row, (counts.get(column * SECOND_ROWS + row) || 0) + 1);
  }
  const cells = [...counts].map(([key, count]) => {
    const column = Math.floor(key / SECOND_ROWS);
    const x = left + column * wide;
    const end = Math.max(Math.min(left + (column + 1) * wide, right), x + 2);
    return [x, bottom - ((key % SECOND_ROWS) + 1) * high, end, bottom - (key % SECOND_ROWS) * high, count];
  });
  chart.most = paintCells(chart, cells);
  const y = valueScale({high: 1000, from: bottom, to: top});
  chart.yAxis(y, (v) => v + " ms", "offset in the second", true);
  chart.timeAxis();
  drawRowSums(chart, selectedSlow(slow), high);
  chart.scales = {counts, step, wide, high, columns: Math.ceil(seconds / step)};
  return undefined;
}

function selectedSlow(slow) {
  const sums = new Array(SECOND_ROWS).fill(0);
  for (const sample of slow) {
    if (inSelection(sample.at)) sums[Math.min(SECOND_ROWS - 1, Math.floor((offsetInSecond(sample) / 1e9) * SECOND_ROWS))] += 1;
  }
  return sums;
}

// At the right: all seconds together, where what comes once a second stands out.
function drawRowSums(chart, sums, high) {
  const {right, bottom, top} = chart.box;
  const most = Math.max(...sums, 1);
  sums.forEach((sum, row) => {
    if (sum) chart.add("rect", {x: right + 8, y: bottom - (row + 1) * high, width: (52 * sum) / most, height: Math.max(high - 0.5, 1), class: "bar s0"});
  });
  chart.add("text", {x: right + 8, y: top - 12, class: "axis"}, "all: " + number(sums.reduce((a, b) => a + b, 0)));
}

function secondCursor(chart) {
  const bound = (second, row) => ({second: Math.max(0, Math.min(chart().scales.columns - 1, second)),
    row: Math.max(0, Math.min(SECOND_ROWS - 1, row))});
  const at = ({second, row}) => ({second, row, column: Math.floor((second * chart().scales.step * 1e9) / report.columnNs)});
  return {
    start: () => at(bound(0, 0)),
    move: (from, dx, dy) => at(bound(from.second + dx, from.row + dy)),
    pick: (x, y) => {
      const {left, right, bottom} = chart().box;
      if (x < left || x > right) return null;
      return at(bound(Math.floor((x - left) / chart().scales.wide), Math.floor((bottom - y) / chart().scales.high)));
    },
    show: ({second, row}) => {
      const {counts, step, wide, high} = chart().scales;
      const {left, bottom} = chart().box;
      const width = 1000 / SECOND_ROWS;
      const count = counts.get(second * SECOND_ROWS + row) || 0;
      return {text: `${clockTime(second * step * 1e9, 0)} (${offsetText(second * step * 1e9)}), ${row * width} to ` +
        `${(row + 1) * width} ms of the second: ${number(count)} slow packets; in all seconds ${number(selectedSlow(slowSamples())[row])}`,
        box: [left + second * wide, bottom - (row + 1) * high, Math.max(wide, 2), high]};
    },
  };
}

function buildSecond(section) {
  const controls = element("div", {class: "controls"});
  section.append(controls);
  const chart = new Chart(section, {
    id: "second-chart", hasCanvas: true, time: true, margin: {right: 74},
    height: () => 290,
    draw: drawSecond,
    label: () => {
      const sums = selectedSlow(slowSamples());
      const most = sums.indexOf(Math.max(...sums));
      const n = slowSamples().length;
      return n < LEAST_SLOW ? `Slow packets by their offset in the second: only ${n} were sampled.`
        : `Slow packets by second and offset within it: ${number(n)}; most, ${sums[most]}, at ${most * 20} to ${most * 20 + 20} ms.`;
    },
    hint: "What happens once a second is a line across. At the right: all seconds together.",
    table: (full) => ({head: ["offset in the second", "slow packets"],
      rows: selectedSlow(slowSamples()).map((sum, row) => [`${row * 20} to ${row * 20 + 20} ms`, sum]).filter(([, sum]) => full || sum)}),
    cursor: secondCursor(() => chart),
  });
  return () => {
    chart.draw();
    const [, , there, taken] = report.sampled;
    controls.replaceChildren(element("span", {class: "key"}, taken < there
      ? `${number(taken)} of ${number(there)} slow packets that were sampled.` : `${number(taken)} slow packets were sampled.`));
    if (chart.most) controls.append(heatKey(chart.most, "packets"));
  };
}

function chartOf(id) {
  return charts.find((chart) => chart.options.id === id);
}

function chooser(label, entries, chosen, choose) {
  if (entries.length < 2) return null;
  const select = element("select", {}, entries.map(([value, text]) =>
    element("option", {value, selected: value === chosen}, text)));
  select.addEventListener("change", () => choose(Number(select.value)));
  return element("label", {}, label + " ", select);
}
