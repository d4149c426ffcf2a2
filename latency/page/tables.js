// Tables: of stages, of the environment, and of each chart's figures; CSV.

// {head: [text], rows: [[cell]], names: how many columns name the row}; a cell is text or {text, title}.
function tableOf({head, rows, names}) {
  const cell = (value, i) => {
    const {text, title} = value !== null && typeof value === "object" ? value : {text: value};
    const isName = i < (names || 1);
    return element(isName ? "th" : "td", {title, scope: isName ? "row" : null, class: isName ? "name" : null},
      text === null || text === undefined ? "-" : String(text));
  };
  return element("table", {},
    element("thead", {}, element("tr", {}, head.map((text, i) =>
      element("th", {scope: "col", class: i < (names || 1) ? "name" : null}, text)))),
    element("tbody", {}, rows.map((row) => element("tr", {}, row.map(cell)))));
}

function csvOf({head, rows}) {
  const field = (value) => {
    const raw = value !== null && typeof value === "object" ? (value.raw === undefined ? value.text : value.raw) : value;
    if (raw === null || raw === undefined) return "";
    if (typeof raw === "number") return String(raw);
    // A name from the report must not become a formula in a spreadsheet.
    const text = /^[=+\-@\t\r]/.test(raw) && raw !== "-" ? "'" + raw : raw;
    return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  };
  return [head, ...rows].map((row) => row.map(field).join(",")).join("\n") + "\n";
}

async function copyCsv(button, table) {
  const text = csvOf(table);
  const before = button.textContent;
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    const area = element("textarea", {class: "copy", "aria-hidden": "true"}, text);
    document.body.append(area);
    area.select();
    copied = document.execCommand("copy");
    area.remove();
  }
  button.textContent = copied ? "Copied" : "The browser did not allow it";
  setTimeout(() => { button.textContent = before; }, 1500);
}

const PERCENTILES = [50, 90, 99, 99.9, 99.99];

// A duration for a table: as text for people, in ns for CSV; what clocks cannot tell is said.
function durationCell(ns, bound) {
  if (ns === null) return {text: "-", raw: ""};
  if (bound > 0 && ns < bound) {
    return {text: duration(ns) + " *", raw: ns, title: "within clock error, which is " + duration(bound)};
  }
  return {text: duration(ns), raw: ns};
}

function percentileCell(histogram, p, bound) {
  if (!histogram.n || !carries(histogram, p)) {
    const needed = Math.ceil(Math.round((MIN_TAIL / (100 - p)) * 1e6) / 1e4);
    return {text: "-", raw: "", title: "needs " + number(needed) + " values"};
  }
  return durationCell(percentileOf(histogram, p), bound);
}

const WHAT = ["stage", "end to end", "total", "from schedule", "generator's lateness", "under a condition"];

function seriesRow(series, names) {
  const histogram = selectedHistogram(series);
  if (!histogram) {
    return [...names, ...Array(PERCENTILES.length + 7).fill({text: "-", raw: "", title: "not by interval"})];
  }
  const bound = series.bound;
  const outside = series.negative || series.above;
  const p999 = carries(histogram, 99.9) ? percentileOf(histogram, 99.9) : null;
  return [...names, {text: number(histogram.n), raw: histogram.n},
    durationCell(histogram.min, bound), ...PERCENTILES.map((p) => percentileCell(histogram, p, bound)),
    durationCell(histogram.max, bound), durationCell(histogram.mean, bound),
    durationCell(p999 === null ? null : p999 - histogram.min, 0),
    {text: bound ? "± " + duration(bound) : "-", raw: bound, title: clockNames(series)},
    {text: outside ? outsideText(series) : "0", raw: outside ? outsideText(series) : 0}];
}

const SERIES_HEAD = ["count", "min", ...PERCENTILES.map(percentileName), "max", "mean", "p99.9 − min", "clock error",
  "outside"];

function clockNames(series) {
  return series.from || series.to ? "from " + (series.from || "?") + " to " + (series.to || "?") : null;
}

function outsideText(series) {
  const parts = [];
  if (series.negative) parts.push(number(series.negative[0]) + " negative (least " + duration(series.negative[1]) + ")");
  if (series.above) parts.push(number(series.above[0]) + " above range (greatest " + duration(series.above[2]) + ")");
  return parts.join(", ");
}

function orderOf(series) {
  return [ROLE.endToEnd, ROLE.schedule, ROLE.total, ROLE.stage, ROLE.lateness, ROLE.split].indexOf(series.role);
}

function stageTable() {
  const list = [...report.main].sort((a, b) => orderOf(a) - orderOf(b));
  return {head: ["series", "what", ...SERIES_HEAD], names: 2,
    rows: list.map((series) => seriesRow(series, [series.name, whatOf(series)]))};
}

function whatOf(series) {
  if (series.stage === "start-done") return "from actual start";
  return (WHAT[series.role] || "") + (series.corrected ? ", corrected for " + duration(series.corrected) : "");
}

function partTable(list) {
  return {head: ["series", "feed", "channel", "line", "thread", "condition", ...SERIES_HEAD], names: 6,
    rows: list.map((series) => seriesRow(series, [series.stage, ...series.part, series.condition]))};
}

function factTable(rows) {
  return tableOf({head: ["what", "value"], rows, names: 1});
}

// A table with its scrolling and its CSV.
function placeTable(parent, table) {
  const csv = element("button", {type: "button", class: "csv"}, "Copy as CSV");
  csv.addEventListener("click", () => copyCsv(csv, table()));
  const place = element("div", {class: "scroll", tabindex: "0"});
  parent.append(place, element("div", {class: "below"}, csv));
  return () => place.replaceChildren(tableOf(table()));
}

// A run of many columns of time, as so many rows that a person reads them: [from, to) each.
function timeGroups(full) {
  const [from, to] = selectedColumns();
  const step = full ? 1 : Math.max(1, Math.ceil((to - from) / (printing ? 20 : 60)));
  const groups = [];
  for (let c = from; c < to; c += step) groups.push([c, Math.min(c + step, to)]);
  return groups;
}
