// What came and what was lost, on one axis of time; what the machine itself adds.

// Counters by name: that of all parts where there is one, else the parts' sum; [{name, loss, values}].
function namedCounters() {
  const names = new Map();
  for (const counter of report.counters) {
    const key = counter.name + (counter.loss ? "!" : "");
    const entry = names.get(key) || {name: counter.name, loss: counter.loss, whole: null, parts: []};
    names.set(key, entry);
    if (counter.part.every((p) => p === "")) {
      entry.whole = counter.values;
    } else {
      entry.parts.push(counter.values);
    }
  }
  return [...names.values()].map(({name, loss, whole, parts}) => {
    const values = new Float64Array(report.columns);
    for (const list of whole ? [whole] : parts) list.forEach((value, i) => { if (i < values.length) values[i] += value; });
    return {name, loss, values};
  });
}

const rateState = {only: null, log: false};

function styledCounters() {
  let came = 0;
  let lost = 0;
  return namedCounters().map((counter) => Object.assign(counter,
    {style: counter.loss ? "s" + [3, 1, 4, 5][lost++ % 4] : "s" + [0, 2, 6, 7][came++ % 4]}));
}

function sumOf(values, from, to) {
  let sum = 0;
  for (let i = from; i < to; ++i) sum += values[i];
  return sum;
}

function columnsOf(values, step) {
  const list = [];
  for (let c = 0; c < report.columns; c += step) {
    const end = Math.min(c + step, report.columns);
    list.push({column: c, end, sum: sumOf(values, c, end)});
  }
  return list;
}

// Rates above, losses below, one axis of time for both.
function drawRates(chart) {
  chart.empty = false;
  const counters = styledCounters().filter(({name}) => rateState.only === null || rateState.only === name);
  if (counters.length === 0) return chart.sayEmpty("Nothing was counted.");
  const {left, right, top, bottom} = chart.box;
  const losses = counters.filter(({loss}) => loss);
  const rates = counters.filter(({loss}) => !loss);
  const split = rates.length && losses.length ? top + (bottom - top) * 0.62 : rates.length ? bottom : top;
  const step = Math.max(1, Math.ceil(report.columns / ((right - left) / 2)));
  if (rates.length) drawRateLines(chart, rates, step, losses.length ? split - 12 : bottom);
  if (losses.length) drawLossBars(chart, losses, step, rates.length ? split + 26 : top);
  chart.timeAxis();
  return undefined;
}

function drawRateLines(chart, rates, step, bottom) {
  const {left, right, top} = chart.box;
  const perSecond = ({column, end, sum}) => sum / (((end - column) * report.columnNs) / 1e9);
  const lists = rates.map(({values, style}) => ({style, list: columnsOf(values, step).map((c) => [c, perSecond(c)])}));
  const all = lists.flatMap(({list}) => list.map(([, v]) => v));
  const positive = all.filter((v) => v > 0);
  const y = valueScale({low: positive.length ? Math.min(...positive) : 1, high: Math.max(...all, 0), log: rateState.log,
    zero: all.some((v) => v === 0), from: bottom, to: top});
  chart.yAxis(y, shortNumber, "a second");
  const wide = (right - left) / report.columns;
  for (const {list, style} of lists) {
    const points = list.flatMap(([{column, end}, v]) => [[left + column * wide, y.at(v)], [left + end * wide, y.at(v)]]);
    chart.add("path", {d: pathOf(points), class: "line plain " + style});
    const at = list[Math.floor(list.length / 2)];
    chart.svg.append(marker(left + ((at[0].column + at[0].end) / 2) * wide, y.at(at[1]), style));
  }
}

function drawLossBars(chart, losses, step, top) {
  const {left, right, bottom} = chart.box;
  const total = losses.reduce((sum, {values}) => sum + sumOf(values, 0, report.columns), 0);
  if (total === 0) {
    chart.add("text", {x: (left + right) / 2, y: (top + bottom) / 2 + 4, "text-anchor": "middle", class: "empty"}, "Nothing was lost.");
    return;
  }
  const lists = losses.map(({values, style}) => ({style, list: columnsOf(values, step)}));
  const stacked = lists[0].list.map((_, i) => lists.reduce((sum, {list}) => sum + list[i].sum, 0));
  const y = valueScale({low: 1, high: Math.max(...stacked), log: true, zero: true, from: bottom, to: top});
  chart.yAxis(y, shortNumber, null);
  chart.add("text", {x: 4, y: top - 12, class: "axis"}, "lost in the interval");
  const wide = (right - left) / report.columns;
  stacked.forEach((sum, i) => {
    if (!sum) return;
    const {column, end} = lists[0].list[i];
    // The bar's height is the sum; its parts share it as they share the sum.
    let from = bottom;
    for (const {style, list} of lists) {
      const high = ((bottom - y.at(sum)) * list[i].sum) / sum;
      if (high > 0) chart.add("rect", {x: left + column * wide, y: from - high, width: Math.max((end - column) * wide - 0.3, 1.5), height: high, class: "bar " + style});
      from -= high;
    }
  });
}

function rateText(column) {
  const seconds = report.columnNs / 1e9;
  return columnTime(column) + ": " + styledCounters().map(({name, loss, values}) =>
    `${name} ${loss ? number(values[column]) : rate(values[column] / seconds)}`).join(", ");
}

function rateTable(full) {
  const counters = styledCounters();
  return {head: ["time", "offset", ...counters.map(({name}) => name)], rows: timeGroups(full).map(([from, to]) =>
    [clockTime(from * report.columnNs, 0), {text: offsetText(from * report.columnNs), raw: from * report.columnNs},
      ...counters.map(({values}) => ({text: number(sumOf(values, from, to)), raw: sumOf(values, from, to)}))])};
}

function lossSentence() {
  const [from, to] = selectedColumns();
  const losses = namedCounters().filter(({loss}) => loss).map(({name, values}) => [name, sumOf(values, from, to)]).filter(([, n]) => n > 0);
  return losses.length ? "Lost: " + losses.map(([name, n]) => `${name} ${number(n)}`).join(", ") + "."
    : namedCounters().some(({loss}) => loss) ? "Nothing was lost." : "Losses were not counted.";
}

// By feed, channel and line, where there are such counters.
function counterParts() {
  const [from, to] = selectedColumns();
  const parts = report.counters.filter((counter) => counter.part.some((p) => p !== ""));
  return {head: ["counter", "feed", "channel", "line", "count"], names: 4, rows: parts.map((counter) => {
    const sum = counter.values.slice(from, to).reduce((a, b) => a + b, 0);
    return [counter.name, ...counter.part.slice(0, 3), {text: number(sum), raw: sum}];
  })};
}

function buildRates(section) {
  const text = element("p");
  const controls = element("div", {class: "controls"});
  section.append(text, controls);
  const chart = new Chart(section, {
    id: "rates-chart", time: true, height: () => 340, draw: drawRates,
    label: () => "Rates and losses over time. " + lossSentence(),
    hint: "Rates above, losses of each interval below (logarithmic). Drag over a range to select it.",
    table: rateTable, cursor: columnCursor(() => chart, (column) => ({text: rateText(column)})),
  });
  const parts = element("details", {}, element("summary", {}, "By feed, channel and line"));
  const drawParts = placeTable(parts, counterParts);
  const peaks = element("p", {class: "note"}, report.peaks.length ? "Greatest rates of the run: " +
    report.peaks.map(([window, peak]) => `${rate(peak)} within ${shortDuration(window)}`).join(", ") + "." : "");
  section.append(peaks);
  if (counterParts().rows.length) section.append(parts);
  return () => {
    text.textContent = lossSentence();
    const entries = styledCounters().map(({name, style, loss}) => ({key: name, text: name, style, kind: loss ? "area" : "line"}));
    controls.replaceChildren(legend(entries, (key) => rateState.only === null || rateState.only === key,
      (key) => { rateState.only = rateState.only === key ? null : key; redraw(); }), scaleSwitch(rateState));
    chart.draw();
    drawParts();
  };
}

// --- Jitter floor ---

// Of gaps recorded: P(delay > x) is the time in which a packet that came would wait longer than x.
function drawJitter(chart) {
  chart.empty = false;
  const points = report.jitter.curve.filter(([delay, above]) => above > 0 && delay >= 0);
  if (points.length < 2) return chart.sayEmpty("No delays were found.");
  const x = xLatencies(chart, points.map(([delay]) => delay));
  const {top, bottom} = chart.box;
  const y = valueScale({low: Math.min(...points.map(([, above]) => above)), high: Math.max(...points.map(([, above]) => above)),
    log: true, from: bottom, to: top});
  chart.yAxis(y, (v) => Number((v * 100).toPrecision(3)) + "%", "share of time");
  chart.add("path", {d: pathOf(points.map(([delay, above]) => [x.at(delay), y.at(above)])), class: "line floor"});
  chart.scales = {points, x, y};
  return undefined;
}

function jitterSentence() {
  const {histogram, duration: length, max, cpu} = report.jitter;
  const lost = histogram.n ? histogram.mean * histogram.n : 0;
  return `CPU ${cpu} was watched for ${duration(length)}: the longest gap was ${duration(max)}, ${share(lost, length)} of the time was lost.`;
}

function gapRows() {
  const {histogram, duration: length} = report.jitter;
  return [1e3, 1e4, 1e5, 1e6].map((limit) => {
    let n = 0;
    histogram.low.forEach((low, i) => { if (low > limit) n += histogram.count[i]; });
    return ["gaps above " + shortDuration(limit), {text: `${number(n)}, ${rate(length > 0 ? n / (length / 1e9) : 0)}`, raw: n}];
  });
}

function buildJitter(section) {
  if (!report.jitter) {
    section.append(element("p", {class: "note"}, "Not measured. `feedhandler jitter` measures what the machine adds by itself."));
    return () => {};
  }
  const {smallest, threshold} = report.jitter;
  section.append(element("p", {}, jitterSentence()));
  const chart = new Chart(section, {
    id: "jitter-chart", margin: {bottom: 30}, height: () => 240, draw: drawJitter,
    label: () => "Jitter floor: what a packet that arrives at any moment would wait. " + jitterSentence(),
    hint: "What a packet that arrives at any moment would wait: with which share longer than so much.",
    table: () => ({head: ["delay longer than", "share of time"], rows: report.jitter.curve.map(([delay, above]) =>
      [durationCell(delay, 0), {text: Number((above * 100).toPrecision(3)) + "%", raw: above}])}),
    cursor: {
      start: () => ({point: 0}),
      move: (at, dx) => ({point: Math.max(0, Math.min(chart.scales.points.length - 1, at.point + dx))}),
      pick: (px) => {
        const {points, x} = chart.scales;
        const away = ([delay]) => Math.abs(x.at(delay) - px);
        return {point: points.reduce((best, p, i) => (away(p) < away(points[best]) ? i : best), 0)};
      },
      show: ({point}) => {
        const [delay, above] = chart.scales.points[point];
        return {text: `longer than ${duration(delay)}: ${Number((above * 100).toPrecision(3))}% of the time`,
          x: chart.scales.x.at(delay), dots: [[chart.scales.x.at(delay), chart.scales.y.at(above)]]};
      },
    },
  });
  section.append(element("div", {class: "scroll"}, factTable([...gapRows(), ["smallest gap", duration(smallest)],
    ["recorded from", duration(threshold) + " above it"]])));
  return () => chart.draw();
}
