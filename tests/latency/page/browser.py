#!/usr/bin/env python3
"""Opens a latency page in headless Chromium, from a file, with the network off, and looks at it.

    browser.py drawn PAGE          every chart is drawn, nothing complains, nothing is asked of the network
    browser.py contrast PAGE       text 4.5:1, graphics 3:1, light and dark
    browser.py keyboard PAGE       arrow keys move the cursor of every chart, and what they say changes
    browser.py selection PAGE      a range of time filters the table; the whole run comes back
    browser.py pixels PAGE         canvases are sharp at one and at two pixels a point, in both schemes
    browser.py print PAGE          print is light, with all details open
    browser.py phone PAGE          one column, nothing wider than the screen
    browser.py markup PAGE         names of the report became no elements
    browser.py figures PAGE        prints the table of stages as JSON, durations in ns
    browser.py shots PAGE FOLDER   PNGs: desktop, dark, phone, print, each of the whole page in parts

FEEDHANDLER_BROWSER names the program; else chromium, chromium-browser or google-chrome of the PATH. Exit
status 0, 1 with what is wrong, or 77 when there is no browser.
"""
import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

DEADLINE_S = 90  # A safety net.


def find_browser():
    named = os.environ.get("FEEDHANDLER_BROWSER")
    if named is not None:
        return shutil.which(named)
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return None


class Browser:
    """Speaks the DevTools protocol over two pipes."""

    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(prefix="feedhandler-page-", ignore_cleanup_errors=True)
        to_browser, self.out = os.pipe()
        self.incoming, from_browser = os.pipe()

        def take_pipes():
            # 3 and 4 are what the browser expects; the pipes may have these numbers the wrong way round.
            one, two = os.dup(to_browser), os.dup(from_browser)
            os.dup2(one, 3)
            os.dup2(two, 4)

        # No sandbox: the page is our own, and in containers there is none to be had.
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--remote-debugging-pipe", f"--user-data-dir={self.folder.name}", "--no-first-run",
             "--disable-extensions", "--disable-background-networking", "--disable-component-update",
             "--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars", "--force-color-profile=srgb",
             "about:blank"],
            preexec_fn=take_pipes, close_fds=False, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer = b""
        self.last = 0
        self.events = []
        self.session = None
        self.answers = {}
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1,
                  uploadThroughput=-1)

    def close(self):
        os.close(self.out)
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.folder.cleanup()

    def read_message(self):
        while b"\0" not in self.buffer:
            data = os.read(self.incoming, 1 << 20)
            if not data:
                sys.exit("the browser ended")
            self.buffer += data
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **params):
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        while True:
            answer = self.read_message()
            if answer.get("id") == self.last:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def run(self, script):
        """What a script returns."""
        answer = self.call("Runtime.evaluate", expression="(() => {" + script + "})()", returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            sys.exit(f"a script of the test failed: {answer['exceptionDetails']}\n{script}")
        return answer["result"].get("value")

    def size(self, width, height, ratio=1, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=ratio,
                  mobile=mobile)

    def media(self, scheme="light", media="", motion="no-preference"):
        self.call("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": scheme},
                            {"name": "prefers-reduced-motion", "value": motion}])
        self.frames()

    def frames(self):
        self.run("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));")

    def open(self, page):
        self.call("Page.navigate", url=pathlib.Path(page).resolve().as_uri())
        end = time.monotonic() + DEADLINE_S
        while time.monotonic() < end:
            state = self.run("const root = document.documentElement; return (root && root.dataset.state) || '';")
            if state:
                break
            time.sleep(0.05)
        self.frames()
        if state != "drawn":
            sys.exit(f"the page says {state!r}: {self.complaints()}")

    def key(self, key, modifiers=0):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, modifiers=modifiers)

    def complaints(self):
        """What the console said, and what was asked of the network."""
        self.run("return 0;")
        found = []
        for event in self.events:
            method, params = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                found.append(details.get("exception", {}).get("description", details["text"]))
            elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
                found.append(f"console: {params['args']}")
            elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(f"log: {params['entry']['text']}")
            elif method == "Network.requestWillBeSent":
                url = params["request"]["url"]
                if not url.startswith(("file:", "data:", "about:")):
                    found.append(f"asked for {url}")
        return found

    def shot(self, path, part=1900):
        """The whole page, in PNGs of at most `part` pixels of height: path-1.png, path-2.png, ..."""
        height = self.run("return Math.ceil(document.documentElement.getBoundingClientRect().height);")
        width = self.run("return document.documentElement.clientWidth;")
        for number, top in enumerate(range(0, height, part), 1):
            answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True,
                               clip={"x": 0, "y": top, "width": width, "height": min(part, height - top), "scale": 1})
            pathlib.Path(f"{path}-{number}.png").write_bytes(base64.b64decode(answer["data"]))


# What a chart shows: shapes that are data, pixels of its canvas that are not empty, or why there is nothing.
CHARTS = """
  return [...document.querySelectorAll('.plot')].map((plot) => {
    const canvas = plot.querySelector('canvas');
    let pixels = 0;
    if (canvas && canvas.width) {
      const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      for (let i = 3; i < data.length; i += 4) if (data[i]) ++pixels;
    }
    const empty = [...plot.querySelectorAll('text.empty')].map((t) => t.textContent).join(' ');
    const bad = [...plot.querySelectorAll('svg *')].filter((node) => [...node.attributes].some(
      (a) => /NaN|Infinity|undefined/.test(a.value)) || /NaN|Infinity|undefined/.test(node.textContent));
    return {id: plot.id, role: plot.getAttribute('role'), label: plot.getAttribute('aria-label') || '', empty, pixels,
      marks: plot.querySelectorAll('path.line, rect.bar, circle.max, path.maxima').length, ticks: plot.querySelectorAll('text.tick').length,
      canvas: Boolean(canvas), bad: bad.map((node) => node.outerHTML.slice(0, 200))};
  });
"""

OVERLAPS = """
  const found = [];
  for (const plot of document.querySelectorAll('.plot')) {
    const texts = [...plot.querySelectorAll('svg > text')].map((t) => [t.textContent, t.getBoundingClientRect()]);
    const outer = plot.getBoundingClientRect();
    texts.forEach(([a, p], i) => {
      if (p.left < outer.left - 1 || p.right > outer.right + 1) found.push(`${plot.id}: "${a}" sticks out`);
      for (const [b, q] of texts.slice(i + 1)) {
        const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
        const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
        if (wide > 1 && high > 4) found.push(`${plot.id}: "${a}" lies on "${b}"`);
      }
    });
  }
  return found;
"""


def check_drawn(browser, page):
    problems = []
    browser.open(page)
    charts = browser.run(CHARTS)
    if not charts:
        problems.append("there are no charts")
    for chart in charts:
        if chart["role"] != "img" or len(chart["label"]) < 20:
            problems.append(f"{chart['id']} says nothing to a screen reader: {chart['label']!r}")
        if chart["bad"]:
            problems.append(f"{chart['id']} has shapes that are nowhere: {chart['bad'][:3]}")
        if not chart["empty"] and not (chart["pixels"] if chart["canvas"] else chart["marks"]):
            problems.append(f"{chart['id']} is empty and does not say why")
        if "NaN" in chart["label"] or "undefined" in chart["label"] or "Infinity" in chart["label"]:
            problems.append(f"{chart['id']} says {chart['label']!r}")
    for width in (1180, 390):
        browser.size(width, 900)
        browser.frames()
        browser.frames()
        problems += [f"{problem} at {width} pixels" for problem in browser.run(OVERLAPS)]
    text = browser.run("return document.body.innerText;")
    for word in ("NaN", "undefined", "Infinity", "[object"):
        if word in text:
            at = text.index(word)
            problems.append(f"the page says {text[max(0, at - 40):at + 40]!r}")
    problems += browser.complaints()
    print(json.dumps({chart["id"]: chart["empty"] or chart["marks"] + chart["pixels"] for chart in charts}))
    return problems


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, two):
    a, b = sorted((luminance(one), luminance(two)))
    return (b + 0.05) / (a + 0.05)


# Colours as painted: of texts with their background, and of shapes that are data.
COLOURS = """
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const behind = (node) => {
    for (let n = node; n; n = n.parentElement) {
      const c = parse(getComputedStyle(n).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c.slice(0, 3);
    }
    return null;
  };
  const page = behind(document.documentElement);
  const list = [];
  const seen = new Set();
  const add = (what, kind, colour, back) => {
    const key = [kind, colour, back].join();
    if (!seen.has(key)) list.push({what, kind, colour, back});
    seen.add(key);
  };
  for (const node of document.querySelectorAll('body *')) {
    const style = getComputedStyle(node);
    const name = node.tagName + '.' + (node.getAttribute('class') || '');
    if (node instanceof SVGElement) {
      if (node.tagName === 'text') add(name, 'text', parse(style.fill), page);
      else if (/\\b(bar|max|area)\\b/.test(name)) {
        const part = parseFloat(style.opacity);
        if (!name.includes('dim')) add(name, 'shape', parse(style.fill).slice(0, 3).map((v, i) => v * part + page[i] * (1 - part)), page);
      } else if (/\\b(line|frame|maxima)\\b/.test(name) && node.tagName !== 'svg') add(name, 'shape', parse(style.stroke), page);
    } else if ([...node.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim()) && node.getClientRects().length) {
      add(name, 'text', parse(style.color), behind(node));
    }
  }
  for (const canvas of document.querySelectorAll('.plot canvas')) {
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const kinds = new Set();
    for (let i = 0; i < data.length; i += 4) if (data[i + 3]) kinds.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    for (const c of kinds) add('cell', 'shape', [c >> 16, (c >> 8) & 255, c & 255], page);
  }
  return {page, list};
"""


def check_contrast(browser, page):
    problems = []
    for scheme in ("light", "dark"):
        browser.media(scheme)
        browser.open(page)
        found = browser.run(COLOURS)
        if (luminance(found["page"]) < 0.2) != (scheme == "dark"):
            problems.append(f"{scheme}: the page is {found['page']}")
        kinds = {"text": 0, "shape": 0}
        for item in found["list"]:
            kinds[item["kind"]] += 1
            least = 4.5 if item["kind"] == "text" else 3
            ratio = contrast(item["colour"][:3], item["back"])
            if ratio < least:
                problems.append(f"{scheme}: {item['what']} {item['colour']} on {item['back']} has {ratio:.2f}:1")
        if min(kinds.values()) < 3:
            problems.append(f"{scheme}: only {kinds} colours were found")
    return problems + browser.complaints()


def check_keyboard(browser, page):
    problems = []
    browser.open(page)
    for chart in browser.run("return [...document.querySelectorAll('.plot')].filter((p) => !p.querySelector('text.empty'))"
                             ".map((p) => p.id);"):
        value = f"return document.getElementById('{chart}-value').textContent;"
        browser.run(f"document.getElementById('{chart}').focus();")
        before = browser.run(value)
        heard = []
        for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowDown", "End", "Home"):
            browser.key(key)
            heard.append(browser.run(value))
        if before in heard or not all(heard):
            problems.append(f"{chart}: keys say nothing: {heard}")
        if len(set(heard)) < 3 and len(set(heard)) < browser.run(
                f"return document.querySelectorAll('#{chart} .bar').length;"):
            problems.append(f"{chart}: keys do not move the cursor: {heard}")
        if browser.run(f"return document.getElementById('{chart}-value').getAttribute('aria-live');") != "polite":
            problems.append(f"{chart}: what keys say is not announced")
        if not browser.run(f"return document.querySelectorAll('#{chart} .cursor *').length;"):
            problems.append(f"{chart}: the cursor is not seen")
        browser.key("Escape")
        if browser.run(f"return document.querySelectorAll('#{chart} .cursor *').length;"):
            problems.append(f"{chart}: Escape leaves the cursor")
    # Every control is reached by Tab.
    unreachable = browser.run("return [...document.querySelectorAll('button, select, .plot, a, summary')]"
                              ".filter((n) => n.tabIndex < 0).map((n) => n.outerHTML.slice(0, 80));")
    problems += [f"not reached by Tab: {node}" for node in unreachable]
    return problems + browser.complaints()


COUNTS = """return [...document.querySelectorAll('#table .scroll table')][0].innerText;"""


def check_selection(browser, page):
    problems = []
    browser.open(page)
    whole = browser.run(COUNTS)
    box = browser.run("const b = document.getElementById('heat-chart').getBoundingClientRect();"
                      "document.getElementById('heat-chart').scrollIntoView(); const c ="
                      " document.getElementById('heat-chart').getBoundingClientRect(); return [c.left, c.top, c.width, c.height];")
    y = box[1] + box[3] / 2
    for kind, share in (("mousePressed", 0.3), ("mouseMoved", 0.4), ("mouseReleased", 0.5)):
        browser.call("Input.dispatchMouseEvent", type=kind, x=box[0] + box[2] * share, y=y, button="left",
                     buttons=1, clickCount=1)
    browser.frames()
    part = browser.run(COUNTS)
    if part == whole:
        problems.append("a range of time does not change the table")
    if browser.run("return document.getElementById('selection').hidden;"):
        problems.append("it is not said that a range is selected")
    veils = browser.run("return [...document.querySelectorAll('.plot.time')].filter((p) => !p.querySelector('text.empty'))"
                        ".map((p) => [p.id, p.querySelectorAll('.veil').length]);")
    problems += [f"{chart} does not show the range" for chart, count in veils if count != 2]
    browser.run("document.querySelector('#selection button').click();")
    if browser.run(COUNTS) != whole:
        problems.append("the whole run does not come back")
    # The same by keys: shift and arrows.
    browser.run("document.getElementById('rates-chart').focus();")
    browser.key("ArrowRight")
    for _ in range(4):
        browser.key("ArrowRight", modifiers=8)
    text = browser.run("return document.getElementById('selection').innerText;")
    if "5 s of" not in text:
        problems.append(f"shift and arrows select {text!r}")
    browser.key("Escape")
    if not browser.run("return document.getElementById('selection').hidden;"):
        problems.append("Escape does not select the whole run")
    return problems + browser.complaints()


def check_pixels(browser, page):
    problems = []
    for ratio in (1, 2):
        for scheme in ("light", "dark"):
            browser.size(1000, 800, ratio)
            browser.media(scheme)
            browser.open(page)
            for chart in browser.run("return [...document.querySelectorAll('.plot canvas')].map((c) => [c.parentNode.id, c.width,"
                                     " Math.round(c.getBoundingClientRect().width * devicePixelRatio)]);"):
                if chart[1] != chart[2]:
                    problems.append(f"{chart[0]} has {chart[1]} pixels on {chart[2]} of the screen")
    # A change of scheme while the page is open paints canvases anew.
    cell = ("const c = document.querySelector('#heat-chart canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width,"
            " c.height).data; for (let i = 3; i < d.length; i += 4) if (d[i]) return [d[i - 3], d[i - 2], d[i - 1]]; return null;")
    dark = browser.run(cell)
    browser.media("light")
    light = browser.run(cell)
    if dark is not None and dark == light:
        problems.append(f"the heat map keeps its colour {dark} when the scheme changes")
    return problems + browser.complaints()


def check_print(browser, page):
    problems = []
    browser.media("dark")
    browser.open(page)
    browser.media("dark", media="print")
    closed = browser.run("return document.querySelectorAll('details:not([open])').length;")
    if closed:
        problems.append(f"{closed} details stay closed in print")
    back = browser.run("return getComputedStyle(document.documentElement).backgroundColor;")
    if back != "rgb(255, 255, 255)":
        problems.append(f"print is on {back}")
    found = browser.run(COLOURS)
    for item in found["list"]:
        if item["what"] == "cell" and contrast(item["colour"], [255, 255, 255]) < 3:
            problems.append(f"a cell of {item['colour']} on white paper")
    pdf = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    if not pdf.startswith(b"%PDF"):
        problems.append("no PDF")
    browser.media("light")
    if not browser.run("return document.querySelectorAll('details:not([open])').length;"):
        problems.append("details stay open after print")
    return problems + browser.complaints()


def check_phone(browser, page):
    problems = []
    browser.size(390, 844, 2, mobile=True)
    browser.open(page)
    width = browser.run("return document.documentElement.scrollWidth;")
    if width > 390:
        wide = browser.run("return [...document.querySelectorAll('body *')].filter((n) => !n.closest('.scroll') &&"
                           " n.getBoundingClientRect().right > 391).map((n) => n.outerHTML.slice(0, 80)).slice(0, 5);")
        problems.append(f"the page is {width} pixels wide: {wide}")
    left = browser.run("return [...document.querySelectorAll('section')].map((s) => Math.round(s.getBoundingClientRect().left));")
    if len(set(left)) != 1:
        problems.append(f"sections begin at {left}")
    # Without a hover: a touch shows the value.
    chart = browser.run("const p = document.querySelector('.plot'); p.scrollIntoView(); if (p.querySelector('text.empty')) return null;"
                        "const b = p.getBoundingClientRect(); return [p.id, b.left + b.width / 2, b.top + b.height / 2];")
    if chart:
        for kind in ("touchStart", "touchEnd"):
            browser.call("Input.dispatchTouchEvent", type=kind,
                         touchPoints=[{"x": chart[1], "y": chart[2]}] if kind == "touchStart" else [])
        browser.frames()
        if browser.run(f"return document.getElementById('{chart[0]}-value').classList.contains('hint');"):
            problems.append("a touch shows no value")
    return problems + browser.complaints()


def check_markup(browser, page):
    problems = []
    browser.open(page)
    found = browser.run("return {images: document.images.length, scripts: document.scripts.length, title: document.title,"
                        " text: document.body.innerText};")
    if found["images"] or found["scripts"] != 2:
        problems.append(f"names became elements: {found['images']} images, {found['scripts']} scripts")
    if found["title"] == "broken" or "<script>" not in found["title"]:
        problems.append(f"the title is {found['title']!r}")
    if "<img src=x onerror=alert(1)>" not in found["text"]:
        problems.append("the name is not shown as it is")
    rows = browser.run("for (const d of document.querySelectorAll('details')) d.open = true; return document.images.length;")
    if rows:
        problems.append("names became elements of tables")
    return problems + browser.complaints()


FIGURES = """
  const table = document.querySelector('#table .scroll table');
  const rows = [...table.querySelectorAll('tr')].map((row) => [...row.children].map((cell) => cell.textContent));
  return rows;
"""


def check_figures(browser, page):
    browser.open(page)
    bands = browser.run("document.querySelector('#bands-chart').parentNode.querySelectorAll('details').forEach((d) => { d.open = true; });"
                        "return new Promise((done) => setTimeout(done, 50));")
    del bands
    print(json.dumps({"table": browser.run(FIGURES), "bands": browser.run(
        "const d = document.querySelector('#bands-chart').parentNode.querySelectorAll('details')[1];"
        "return [...d.querySelectorAll('tr')].map((r) => [...r.children].map((c) => c.textContent));")}))
    return browser.complaints()


def take_shots(browser, page, folder):
    name = pathlib.Path(page).stem
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    for kind, (width, ratio, mobile, scheme, media) in {
            "desktop": (1240, 1, False, "light", ""), "dark": (1240, 1, False, "dark", ""),
            "phone": (390, 2, True, "light", ""), "print": (780, 1, False, "light", "print")}.items():
        browser.size(width, 900, ratio, mobile)
        browser.media(scheme)
        browser.open(page)
        browser.media(scheme, media)
        browser.shot(f"{folder}/{name}-{kind}")
    return browser.complaints()


CHECKS = {"drawn": check_drawn, "contrast": check_contrast, "keyboard": check_keyboard,
          "selection": check_selection, "pixels": check_pixels, "print": check_print, "phone": check_phone,
          "markup": check_markup, "figures": check_figures, "shots": take_shots}


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in CHECKS:
        sys.exit(__doc__)
    program = find_browser()
    if program is None:
        print("skipped: no chromium")
        return 77
    browser = Browser(program)
    try:
        browser.size(1180, 900)
        problems = CHECKS[sys.argv[1]](browser, *sys.argv[2:])
    finally:
        browser.close()
    for problem in problems[:20]:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
