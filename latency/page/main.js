// The page: its sections in order, the selection of time, light and dark, print.

const SECTIONS = [
  ["table", "Stages", buildTable],
  ["curves", "Percentiles", buildCurves],
  ["heat", "Over time", buildHeat],
  ["second", "Within the second", buildSecond],
  ["waterfall", "Waterfall", buildWaterfall],
  ["conditions", "Warm, cold, waiting", buildConditions],
  ["races", "Races", buildRaces],
  ["rates", "Rate and losses", buildRates],
  ["jitter", "Jitter floor", buildJitter],
  ["environment", "Environment", buildEnvironment],
];

let redrawers = [];
let printing = false;
let bar = null;

function select(range) {
  selection = range && range[1] - range[0] < report.columns ? range : null;
  redraw();
}

function redraw() {
  const focused = document.activeElement;
  const chart = charts.find((c) => c.plot === focused);
  const cursor = chart ? chart.cursor : null;
  // Buttons are made anew; who used one by keys stays at it.
  const place = focused && focused.closest ? focused.closest(".controls") : null;
  const at = place ? [...place.querySelectorAll("button, select")].indexOf(focused) : -1;
  drawBar();
  for (const draw of redrawers) draw();
  if (chart && cursor && !chart.empty) chart.setCursor(cursor);
  if (at >= 0) {
    const again = place.querySelectorAll("button, select")[at];
    if (again && again !== document.activeElement) again.focus();
  }
}

function drawBar() {
  bar.hidden = !selection;
  const text = bar.firstChild;
  if (!selection) {
    text.textContent = "";
    return;
  }
  const [from, to] = selection;
  const whole = offsetText(report.spanNs).slice(1);
  const next = `Selected: ${clockTime(from * report.columnNs, 0)} to ${clockTime(to * report.columnNs, 0)} UTC, ` +
    `${offsetText(selectedNs()).slice(1)} of ${whole}. ` + (report.relativeWidth > 1 / 100 && report.endToEnd
    ? `Percentiles of a selection are within ${Number((report.relativeWidth * 100).toPrecision(2))}%.` : "");
  if (text.textContent !== next) text.textContent = next;
}

const NO_LOSS_LOOPS = ["Live load: latencies count from the stamps of the wire or the kernel; there was no schedule.",
  "Open loop: there was a schedule, and what is called from schedule counts from the intended time.",
  "Closed loop: the next packet was sent when the one before was done, which hides queueing."];

function buildTable(section) {
  section.append(element("p", {class: "note"}, NO_LOSS_LOOPS[report.loop] || ""));
  const beside = element("p");
  section.append(beside);
  const draw = placeTable(section, stageTable);
  section.append(element("p", {class: "note"}, "A percentile is shown with at least 10 values above it. * Within clock error."));
  const partsOf = report.series.filter((series) => series.hasPart && series.condition === "");
  let drawParts = () => {};
  if (partsOf.length) {
    const parts = element("details", {}, element("summary", {}, `By feed, channel, line and thread (${partsOf.length})`));
    drawParts = placeTable(parts, () => partTable(partsOf));
    section.append(parts);
  }
  return () => {
    draw();
    drawParts();
    beside.textContent = besideSentence();
  };
}

// From schedule and from actual start, and how late the generator itself was.
function besideSentence() {
  const of = (text, series) => {
    const histogram = series ? selectedHistogram(series) : null;
    if (!histogram || histogram.n === 0) return null;
    const shown = [99, 99.9].filter((p) => carries(histogram, p)).map((p) => percentileName(p) + " " + duration(percentileOf(histogram, p)));
    return `${text} ${[...shown, "max " + duration(histogram.max)].join(", ")}`;
  };
  const byStage = (stage) => report.main.find((series) => series.stage === stage);
  const schedule = byStage("schedule-done") || report.main.find((series) => series.role === ROLE.schedule);
  const parts = [of("From schedule:", schedule), of("from actual start:", byStage("start-done")),
    of("the generator's own lateness:", report.main.find((series) => series.role === ROLE.lateness))].filter((p) => p);
  return parts.length ? parts.join("; ") + "." : "";
}

function buildWaterfall(section) {
  const draws = [buildStageBars(section), buildBands(section), buildTracks(section)];
  const note = element("p", {class: "note"});
  section.append(note);
  const [regular, regularTaken, slow, slowTaken] = report.sampled;
  note.textContent = regularTaken < regular || slowTaken < slow
    ? `On the page: ${number(regularTaken)} of ${number(regular)} packets sampled regularly, ${number(slowTaken)} of ${number(slow)} slow ones.` : "";
  return () => draws.forEach((draw) => draw());
}

function buildEnvironment(section) {
  const add = (title, content) => {
    if (content) section.append(element("h3", {}, title), element("div", {class: "scroll", tabindex: "0"}, content));
  };
  const loops = ["live", "open", "closed"];
  const rows = [["program", [report.program, report.version].join(" ").trim()], ["commit", report.commit], ["build", report.build],
    ["command", report.argument.join(" ")], ["start", dateTime(0)], ["duration", offsetText(report.durationNs).slice(1)],
    ["intervals", `${number(report.intervals)} of ${shortDuration(report.intervalNs)}` + (report.merge > 1 ? `; ${report.merge} in a column here` : "")],
    ["warm-up", report.warmUp ? report.warmUp + " intervals" : ""], ["loop", loops[report.loop] || ""], ["backend", report.backend],
    ["seed", report.seed === "0" ? "" : report.seed], ["offered", report.offered > 0 ? rate(report.offered) : ""],
    ["achieved", report.achieved > 0 ? rate(report.achieved) : ""], ["merged from", report.mergedFrom.join(", ")],
    ["steps of the clock", report.clockSteps ? `${report.clockSteps}, together ${duration(report.clockSteppedNs)}` : "0"]];
  add("Run", factTable(rows.filter(([, value]) => value !== "")));
  add("Clocks", report.clocks.length ? tableOf({head: ["clock", "source", "resolution", "error bound", "drift", "steps", "cost of a stamp", "missing"],
    rows: report.clocks.map((c) => [c.name, c.source, duration(c.resolution), "± " + duration(c.bound), Number((c.drift || 0).toPrecision(3)) + " ppm",
      c.steps, duration(c.cost), share(c.missing, 1)])}) : null);
  add("Machine", report.facts.length ? factTable(report.facts) : null);
  add("What explains long waits", report.causes.length ? element("ul", {}, report.causes.map((cause) => element("li", {}, cause))) : null);
  const foreign = report.series.filter((series) => series.hdr && !series.hasPart);
  add("Foreign histograms", foreign.length ? factTable(foreign.map((series) => [series.name, `HdrHistogram of ${series.hdr[0]} digits, lowest value ${series.hdr[1]}`])) : null);
  add("Left out", report.notes.length ? element("ul", {}, report.notes.map((note) => element("li", {}, note))) : null);
  return () => {};
}

function build() {
  const page = document.getElementById("page");
  const nav = element("nav", {"aria-label": "Sections"}, SECTIONS.map(([id, title]) => element("a", {href: "#" + id}, title)));
  bar = element("div", {id: "selection", role: "status", hidden: true}, element("span"),
    element("button", {type: "button", onclick: () => select(null)}, "Whole run"));
  page.before(nav, bar);
  redrawers = SECTIONS.map(([id, title, make]) => {
    const section = element("section", {id, "aria-labelledby": id + "-title"},
      element("h2", {id: id + "-title"}, element("a", {href: "#" + id}, title)));
    page.append(section);
    return make(section);
  });
  redraw();
  listenToPage();
}

function listenToPage() {
  let width = document.documentElement.clientWidth;
  let waiting = false;
  addEventListener("resize", () => {
    if (printing || waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      if (document.documentElement.clientWidth === width) return;
      width = document.documentElement.clientWidth;
      redraw();
    });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  watchPixels();
  const opened = [];
  const print = (on) => {
    if (on === printing) return;
    printing = on;
    if (on) {
      for (const details of document.querySelectorAll("details:not([open])")) {
        details.open = true;
        opened.push(details);
      }
      for (const chart of charts) chart.fillTable();
    } else {
      while (opened.length) opened.pop().open = false;
    }
    redraw();
  };
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
  matchMedia("print").addEventListener("change", (event) => print(event.matches));
}

// Another screen may have other pixels.
function watchPixels() {
  matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener("change", () => {
    redraw();
    watchPixels();
  }, {once: true});
}

async function start() {
  const page = document.getElementById("page");
  try {
    await readData();
    build();
    document.documentElement.dataset.state = "drawn";
    if (location.hash) {
      const at = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (at) at.scrollIntoView();
    }
  } catch (error) {
    document.documentElement.dataset.state = "failed";
    page.append(element("p", {class: "note"}, "The page could not be drawn: " + error.message));
    throw error;
  }
}

start();
