// What all charts share: elements, axes, a cursor that keys and pointers move, the selection of a time range,
// a table of the same figures, and its copy as CSV.

function element(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function shape(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

// Text becomes text nodes: nothing from the report is ever markup.
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) {
      node.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

// A way from values to pixels. On a log scale zero has a row of its own below the least value, 18 pixels
// from it, when `zero` is set.
function valueScale({low, high, log, zero, from, to}) {
  if (!log) {
    const top = high > 0 ? high : 1;
    const at = (v) => from + ((to - from) * v) / top;
    return {log, at, low: 0, high: top, from, to, ticks: () => linearTicks(top, Math.abs(to - from), at)};
  }
  const base = zero ? from + Math.sign(to - from) * 18 : from;
  const bottom = floor125(low > 0 ? low : 1);
  const top = Math.max(ceil125(high > 0 ? high : 10), bottom * 10);
  const span = Math.log(top / bottom);
  const at = (v) => (v < bottom ? (v <= 0 && zero ? from : base)
    : base + ((to - base) * Math.log(Math.min(v, top) / bottom)) / span);
  const ticks = () => {
    const list = logTicks(bottom, top, Math.abs(to - base), at);
    if (zero) list.unshift({value: 0, at: from, labelled: true});
    return list;
  };
  return {log, at, low: bottom, high: top, from, to, zero, base, ticks};
}

function floor125(value) {
  const decade = 10 ** Math.floor(Math.log10(value) + 1e-12);
  return decade * (value >= 5 * decade ? 5 : value >= 2 * decade ? 2 : 1);
}

function ceil125(value) {
  const floor = floor125(value);
  return floor >= value * (1 - 1e-12) ? floor : floor125(floor * 2.6);
}

function logTicks(low, high, pixels, at) {
  const perDecade = pixels / Math.log10(high / low);
  const steps = perDecade > 66 ? [1, 2, 5] : [1];
  const ticks = [];
  for (let e = Math.floor(Math.log10(low) + 1e-9); 10 ** e <= high * 1.0001; ++e) {
    for (const step of steps) {
      const value = Number((step * 10 ** e).toPrecision(12));
      if (value < low * 0.9999 || value > high * 1.0001) continue;
      ticks.push({value, at: at(value), labelled: step === 1 || perDecade > 66});
    }
  }
  const every = Math.max(1, Math.ceil(20 / Math.max(perDecade, 1)));
  if (every > 1) ticks.forEach((tick, i) => { tick.labelled = i % every === 0; });
  return ticks;
}

function linearTicks(top, pixels, at) {
  const step = ceil125(top / Math.max(2, Math.floor(pixels / 36)));
  const ticks = [];
  for (let i = 0; i * step <= top * 1.0001; ++i) ticks.push({value: i * step, at: at(i * step), labelled: true});
  return ticks;
}

const TIME_STEPS = [1e6, 2e6, 5e6, 1e7, 2e7, 5e7, 1e8, 2e8, 5e8, 1e9, 2e9, 5e9, 10e9, 15e9, 30e9, 60e9, 120e9,
  300e9, 600e9, 900e9, 1800e9, 3600e9, 7200e9, 14400e9, 43200e9, 86400e9];

function timeTicks(spanNs, pixels, at) {
  const least = (spanNs * 84) / Math.max(pixels, 1);
  const step = TIME_STEPS.find((s) => s >= least) || Math.ceil(least / 86400e9) * 86400e9;
  const decimals = step >= 1e9 ? 0 : step >= 1e8 ? 1 : 3;
  const ticks = [];
  for (let ns = 0; ns <= spanNs * 1.0001 && ticks.length < 100; ns += step) {
    ticks.push({at: at(ns), text: clockTime(ns, decimals), below: offsetText(ns)});
  }
  return ticks;
}

class Chart {
  // options: {id, height(width), draw(chart), label(), table(full), cursor, time, margin, hasCanvas}
  //   draw      puts shapes into chart.svg; chart.box says where the plot is
  //   label     a sentence that says what the picture shows
  //   table     {head, rows}; all of it when `full`, else what a person would read
  //   cursor    {start(), move(at, dx, dy), pick(x, y), show(at)}: show returns {text, x, y, box}
  //   time      the x axis is the run's time: dragging selects a range
  constructor(parent, options) {
    this.options = options;
    this.margin = Object.assign({left: 64, right: 14, top: 26, bottom: 44}, options.margin);
    this.svg = shape("svg", {"aria-hidden": "true"});
    this.canvas = options.hasCanvas ? element("canvas", {"aria-hidden": "true"}) : null;
    this.plot = element("div", {class: "plot" + (options.time ? " time" : ""), role: "img", tabindex: "0",
      id: options.id}, this.canvas, this.svg);
    this.readout = element("p", {class: "readout", "aria-live": "polite", id: options.id + "-value"});
    this.plot.setAttribute("aria-describedby", this.readout.id);
    this.details = element("details", {ontoggle: () => this.fillTable()},
      element("summary", {}, "The same as a table"), element("div", {class: "scroll", tabindex: "0"}));
    const csv = element("button", {type: "button", class: "csv"}, "Copy as CSV");
    csv.addEventListener("click", () => copyCsv(csv, options.table(true)));
    parent.append(this.plot, this.readout, element("div", {class: "below"}, this.details, csv));
    this.cursor = null;
    this.listen();
    charts.push(this);
  }

  listen() {
    this.plot.addEventListener("keydown", (event) => this.key(event));
    this.plot.addEventListener("pointerdown", (event) => this.down(event));
    this.plot.addEventListener("pointermove", (event) => this.moved(event));
    this.plot.addEventListener("pointerup", (event) => this.up(event));
    this.plot.addEventListener("pointerleave", () => { if (!this.drag && !this.byKeys) this.setCursor(null); });
    this.plot.addEventListener("pointercancel", () => { this.drag = null; this.drawBrush(); });
    this.plot.addEventListener("focus", () => { this.byKeys = this.plot.matches(":focus-visible"); });
    this.plot.addEventListener("blur", () => { this.byKeys = false; this.setCursor(null); });
  }

  draw() {
    const width = Math.max(260, Math.round(this.plot.clientWidth) || 700);
    const height = this.options.height(width);
    this.width = width;
    this.height = height;
    const margin = this.margin;
    this.box = {left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom};
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.replaceChildren();
    this.options.draw(this);
    this.brushLayer = shape("g", {class: "brush"});
    this.cursorLayer = shape("g", {class: "cursor"});
    this.svg.append(this.brushLayer, this.cursorLayer);
    this.plot.setAttribute("aria-label", this.options.label());
    this.fillTable();
    this.drawBrush();
    this.setCursor(null);
  }

  add(tag, attributes, ...children) {
    const node = shape(tag, attributes, ...children);
    this.svg.append(node);
    return node;
  }

  // Instead of axes: why there is nothing to see.
  sayEmpty(text) {
    this.empty = true;
    this.add("text", {x: this.width / 2, y: this.height / 2, class: "empty", "text-anchor": "middle"}, text);
  }

  // Without lines across where cells would lie below them.
  yAxis(scale, format, title, bare) {
    const {left, right, top} = this.box;
    for (const tick of scale.ticks()) {
      this.add("line", {x1: bare ? left - 4 : left, x2: bare ? left : right, y1: tick.at, y2: tick.at, class: bare ? "frame" : "grid"});
      if (!tick.labelled) continue;
      this.add("text", {x: left - 6, y: tick.at + 4, "text-anchor": "end", class: "tick"},
        tick.value === 0 && scale.log ? zeroLabel() : format(tick.value));
    }
    if (scale.zero && scale.log) {
      const middle = (scale.from + scale.base) / 2;
      this.add("line", {x1: left, x2: right, y1: middle, y2: middle, class: "break"});
    }
    if (title) this.add("text", {x: 4, y: top - 12, class: "axis"}, title);
  }

  timeAxis() {
    const {left, right, bottom} = this.box;
    const at = (ns) => left + ((right - left) * ns) / report.spanNs;
    let end = -Infinity;
    for (const tick of timeTicks(report.spanNs, right - left, at)) {
      if (tick.at > right + 1) continue;
      this.add("line", {x1: tick.at, x2: tick.at, y1: bottom, y2: bottom + 4, class: "frame"});
      const anchor = tick.at > right - 28 ? "end" : tick.at < left + 28 ? "start" : "middle";
      const x = anchor === "middle" ? tick.at : anchor === "end" ? right : left;
      const width = Math.max(tick.text.length, tick.below.length) * 7.2;
      const from = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
      if (from < end + 8) continue;
      end = from + width;
      this.add("text", {x, y: bottom + 17, "text-anchor": anchor, class: "tick"}, tick.text);
      this.add("text", {x, y: bottom + 31, "text-anchor": anchor, class: "tick faint"}, tick.below);
    }
    this.frame();
    return at;
  }

  frame() {
    const {left, right, bottom} = this.box;
    this.add("line", {x1: left, x2: right, y1: bottom, y2: bottom, class: "frame"});
  }

  position(event) {
    const box = this.plot.getBoundingClientRect();
    const scale = this.width / Math.max(box.width, 1);
    return {x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale};
  }

  columnAt(x) {
    const {left, right} = this.box;
    const column = Math.floor(((x - left) / (right - left)) * report.columns);
    return Math.max(0, Math.min(report.columns - 1, column));
  }

  down(event) {
    if (!this.options.time || event.button !== 0 || report.columns < 2) return;
    const {x} = this.position(event);
    if (x < this.box.left - 4 || x > this.box.right + 4) return;
    this.drag = {from: x, to: x};
    this.plot.setPointerCapture(event.pointerId);
  }

  moved(event) {
    const {x, y} = this.position(event);
    this.byKeys = false;
    if (this.drag) {
      this.drag.to = Math.max(this.box.left, Math.min(this.box.right, x));
      this.drawBrush();
    }
    if (this.options.cursor && !this.empty) this.setCursor(this.options.cursor.pick(x, y));
  }

  up(event) {
    const drag = this.drag;
    this.drag = null;
    if (!drag) {
      this.moved(event);
    } else if (Math.abs(drag.to - drag.from) < 4) {
      if (selection) select(null);
      this.moved(event);
    } else {
      const [a, b] = [this.columnAt(Math.min(drag.from, drag.to)), this.columnAt(Math.max(drag.from, drag.to) - 0.01)];
      select([a, b + 1]);
    }
  }

  key(event) {
    const cursor = this.options.cursor;
    const steps = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], Home: [-1e9, 0],
      End: [1e9, 0], PageUp: [-10, 0], PageDown: [10, 0]}[event.key];
    if (event.key === "Escape") {
      if (selection) select(null);
      this.setCursor(null);
    } else if (steps && cursor && !this.empty) {
      this.byKeys = true;
      const at = this.cursor === null ? cursor.start() : cursor.move(this.cursor, steps[0], steps[1]);
      if (event.shiftKey && this.options.time && at) this.extend(at);
      this.setCursor(at);
      event.preventDefault();
    }
  }

  // With shift, the cursor pulls the selection's end along.
  extend(at) {
    const column = at.column;
    if (column === undefined) return;
    if (this.anchor === undefined || !selection) this.anchor = this.cursor ? this.cursor.column : column;
    const keep = this.anchor;
    select([Math.min(keep, column), Math.max(keep, column) + 1]);
    this.anchor = keep;
  }

  setCursor(at) {
    this.cursor = at;
    this.cursorLayer.replaceChildren();
    if (!at || this.empty) {
      this.readout.textContent = this.empty ? "" : this.options.hint || "";
      this.readout.classList.add("hint");
      return;
    }
    const {left, right, top, bottom} = this.box;
    const shown = this.options.cursor.show(at);
    this.readout.classList.remove("hint");
    this.readout.textContent = shown.text;
    if (shown.x !== undefined) {
      this.cursorLayer.append(shape("line", {x1: shown.x, x2: shown.x, y1: top, y2: bottom}));
    }
    for (const [x, y] of shown.dots || []) this.cursorLayer.append(shape("circle", {cx: x, cy: y, r: 4}));
    if (shown.box) {
      const [x, y, width, height] = shown.box;
      this.cursorLayer.append(shape("rect", {x, y, width, height}));
    }
    if (shown.y !== undefined) {
      this.cursorLayer.append(shape("line", {x1: left, x2: right, y1: shown.y, y2: shown.y}));
    }
  }

  // What is not selected is veiled.
  drawBrush() {
    this.brushLayer.replaceChildren();
    if (!this.options.time) return;
    const {left, right, top, bottom} = this.box;
    let range = null;
    if (this.drag && Math.abs(this.drag.to - this.drag.from) >= 4) {
      range = [Math.min(this.drag.from, this.drag.to), Math.max(this.drag.from, this.drag.to)];
    } else if (selection) {
      range = selection.map((c) => left + ((right - left) * c) / report.columns);
    }
    if (!range) return;
    const veil = (x, end) => shape("rect", {x, y: top, width: Math.max(0, end - x), height: bottom - top, class: "veil"});
    const edge = (x) => shape("line", {x1: x, x2: x, y1: top, y2: bottom, class: "edge"});
    this.brushLayer.append(veil(left, range[0]), veil(range[1], right), edge(range[0]), edge(range[1]));
  }

  fillTable() {
    const place = this.details.lastChild;
    if (!this.details.open) {
      place.replaceChildren();
    } else {
      place.replaceChildren(tableOf(this.options.table(false)));
    }
  }

  remove() {
    charts.splice(charts.indexOf(this), 1);
  }
}

const charts = [];

function zeroLabel() {
  const hdr = report.series.find((series) => series.hdr && series.hdr[1] > 1 && !series.hasPart);
  return hdr ? "< " + shortDuration(hdr.total.low[0] === 0 ? hdr.total.high[0] + 1 : hdr.hdr[1]) : "0";
}

// A cursor along the columns of time; `show(column)` as in Chart.
function columnCursor(chart, show) {
  const clamp = (column) => ({column: Math.max(0, Math.min(report.columns - 1, column))});
  return {
    start: () => clamp(selection ? selection[0] : 0),
    move: (at, dx) => clamp(at.column + dx),
    pick: (x) => (x < chart().box.left - 2 || x > chart().box.right + 2 ? null : {column: chart().columnAt(x)}),
    show: ({column}) => {
      const {left, right} = chart().box;
      return Object.assign({x: left + ((right - left) * (column + 0.5)) / report.columns}, show(column));
    },
  };
}

function columnTime(column) {
  const ns = column * report.columnNs;
  return clockTime(ns, report.columnNs >= 1e9 ? 0 : 1) + " (" + offsetText(ns) + ")";
}

// Buttons that name series. A click on one shows it alone, another click all of them.
function legend(entries, isOn, toggle) {
  return element("div", {class: "legend", role: "group", "aria-label": "Series"}, entries.map(({key, text, style, kind}) =>
    element("button", {type: "button", "aria-pressed": String(isOn(key)), onclick: () => toggle(key)},
      sample(style, kind), text)));
}

function sample(style, kind) {
  const mark = shape("svg", {width: 30, height: 12, "aria-hidden": "true"});
  if (kind === "area") {
    mark.append(shape("rect", {x: 2, y: 1, width: 24, height: 10, class: "area " + style}));
  } else {
    mark.append(shape("line", {x1: 1, x2: 29, y1: 6, y2: 6, class: "line " + style}), marker(15, 6, style));
  }
  return mark;
}

// Each style has a marker of its own, so that colours are not needed to tell them apart.
function marker(x, y, style) {
  const number = Number((/\d+/.exec(style) || [0])[0]);
  const paths = ["M-3,-3h6v6h-6z", "M0,-4L4,3H-4z", "M0,-4L4,0L0,4L-4,0z", "M0,4L4,-3H-4z",
    "M-4,-1h3v-3h2v3h3v2h-3v3h-2v-3h-3z", "M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0z"];
  return shape("path", {d: paths[number % paths.length], transform: `translate(${x.toFixed(1)},${y.toFixed(1)})`,
    class: "mark " + style});
}

function pathOf(points) {
  return points.map(([x, y], i) => (i ? "L" : "M") + x.toFixed(1) + "," + y.toFixed(1)).join("");
}
