// Numbers and times as text, the same as the program's own tables write them.

function threeDigits(value) {
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return value.toFixed(digits);
}

// "850 ns", "1.23 us", "41.0 us", "1.20 ms", "3.40 s".
function duration(ns) {
  if (ns === null || ns === undefined || Number.isNaN(ns)) return "-";
  if (ns < 0) return "-" + duration(-ns);
  if (ns < 999.5) return Number.isInteger(ns) ? ns + " ns" : threeDigits(ns) + " ns";
  if (ns < 999.5e3) return threeDigits(ns / 1e3) + " us";
  if (ns < 999.5e6) return threeDigits(ns / 1e6) + " ms";
  return ns < 999.5e9 ? threeDigits(ns / 1e9) + " s" : number(ns / 1e9) + " s";
}

// For ticks: "1 us", "500 ns".
function shortDuration(ns) {
  const unit = [[1e9, "s"], [1e6, "ms"], [1e3, "us"]].find(([size]) => Math.abs(ns) >= size * 0.9999) || [1, "ns"];
  return Number((ns / unit[0]).toPrecision(6)) + " " + unit[1];
}

// "1,234,567".
function number(value) {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

// For ticks: "20k", "1.5M".
function shortNumber(value) {
  for (const [size, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (value >= size) return Number((value / size).toPrecision(3)) + letter;
  }
  return Number(value.toPrecision(3)).toString();
}

function rate(perSecond) {
  return (perSecond >= 100 ? number(perSecond) : Number(perSecond.toPrecision(3))) + "/s";
}

function share(part, whole) {
  if (!whole) return "-";
  const percent = (100 * part) / whole;
  if (percent === 0 || percent === 100) return percent + "%";
  if (percent < 0.01) return "< 0.01%";
  if (percent > 99.99) return "> 99.99%";
  return percent.toFixed(percent < 10 ? 2 : 1) + "%";
}

// "p99.9".
function percentileName(p) {
  return "p" + Number(p.toFixed(7));
}

function two(value) {
  return String(value).padStart(2, "0");
}

// A time `offset` ns after the start: "14:03:22.5" with as many decimals of a second as asked for.
function clockTime(offset, decimals) {
  const ns = report.startNs + offset;
  const date = new Date(report.startMs + Math.floor(ns / 1e6));
  if (Number.isNaN(date.getTime())) return "?";
  let text = two(date.getUTCHours()) + ":" + two(date.getUTCMinutes()) + ":" + two(date.getUTCSeconds());
  if (decimals > 0) {
    const below = date.getUTCMilliseconds() * 1e6 + (((ns % 1e6) + 1e6) % 1e6);
    text += "." + String(Math.floor(below)).padStart(9, "0").slice(0, decimals);
  }
  return text;
}

function dateTime(offset) {
  const date = new Date(report.startMs + Math.floor((report.startNs + offset) / 1e6));
  if (Number.isNaN(date.getTime())) return "?";
  return date.toISOString().slice(0, 10) + " " + clockTime(offset, 3) + " UTC";
}

// Since the start: "+1:23", "+45 s", "+0.3 s".
function offsetText(ns) {
  const seconds = ns / 1e9;
  if (seconds < 60) return "+" + Number(seconds.toFixed(3)) + " s";
  const whole = Math.floor(seconds + 1e-9);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return "+" + (hours ? hours + ":" + two(minutes) : minutes) + ":" + two(whole % 60);
}
