#!/usr/bin/env python3
"""feedhandler.exe under Wine next to the Linux program: same files, same updates, same messages,
same exit codes; and live over the loopback interface, in all directions.

    tests/feedhandler/windows/end_to_end.py LINUX_BUILD WINDOWS_BUILD [unittest's arguments]

Both builds need the targets `feedhandler` and `fh_example_plugin`. tests/run --windows calls this
with a Wine server running, which spares every start of a program half a second.

A test compares what both programs do with the same arguments, or gives one what the other made.
Every process has a deadline. Real captures are looked for like tests/captures.h does.
"""
import gzip
import json
import os
import pathlib
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
MESSAGES = 6000  # Of the synthetic day.
PATIENCE = 60  # Seconds; long enough for anything that works, on a busy machine.
DAY = "--day=2024-01-02"  # Of the synthetic captures, whose messages do not say it.
LINUX = []  # Command lines of the two programs; main() fills them.
WINDOWS = []
PLUGIN = {}


def captures():
    return pathlib.Path(os.environ.get("FEEDHANDLER_CAPTURES", ROOT.parent / "shared/captures"))


class Result:
    def __init__(self, program, arguments, code, output, error):
        self.what = " ".join(program[-1:] + list(arguments))
        self.code = code
        self.output = output
        self.error = error

    def __str__(self):
        shown = [self.output[:3000], self.error[:3000]]
        return f"{self.what}\nexit code {self.code}\noutput: {shown[0]}\nerror: {shown[1]}"


def run(program, *arguments, stdin=None):
    arguments = [str(argument) for argument in arguments]
    with open(stdin or os.devnull, "rb") as source:
        done = subprocess.run(program + arguments, stdin=source, capture_output=True, timeout=PATIENCE)
    return Result(program, arguments, done.returncode, done.stdout.decode(errors="replace"),
                  done.stderr.decode(errors="replace"))


class Child:
    """A program in the background, with its standard error in a file."""

    def __init__(self, program, *arguments):
        self.program = program
        self.arguments = [str(argument) for argument in arguments]
        self.output = tempfile.TemporaryFile()
        self.error = tempfile.TemporaryFile()
        self.process = subprocess.Popen(program + self.arguments, stdin=subprocess.DEVNULL,
                                        stdout=self.output, stderr=self.error)

    @staticmethod
    def text(file):
        return os.pread(file.fileno(), 1 << 26, 0).decode(errors="replace")

    def says(self, text):
        """Waits until `text` stands in its standard error."""
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            if text in self.text(self.error):
                return True
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        return text in self.text(self.error)

    def wait(self):
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return Result(self.program, self.arguments, self.process.returncode,
                      self.text(self.output), self.text(self.error))

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.output.close()
        self.error.close()


def write_hurried(slow, to):
    """The capture without its heartbeats, 10 us from frame to frame: a day takes a second to send.
    Returns how many frames there are."""
    data = slow.read_bytes()
    header, record = 24, 16
    count_at = 14 + 20 + 8 + 18  # Ethernet, IPv4, UDP; MoldUDP64's count is behind session and number.
    out, at, kept = bytearray(data[:header]), header, 0
    second, fraction, size, length = struct.unpack_from("<IIII", data, at)
    nanoseconds = struct.unpack_from("<I", data)[0] == 0xA1B23C4D
    step = 10_000 if nanoseconds else 10
    per_second = 1_000_000_000 if nanoseconds else 1_000_000
    while at < len(data):
        _, _, size, length = struct.unpack_from("<IIII", data, at)
        frame = data[at + record : at + record + size]
        at += record + size
        if struct.unpack_from(">H", frame, count_at)[0] == 0:
            continue
        out += struct.pack("<IIII", second + fraction // per_second, fraction % per_second, size, length)
        out += frame
        fraction += step
        kept += 1
    to.write_bytes(out)
    return kept


def available_backends(program):
    """The names that `feedhandler backends` lists, with why each cannot run here ("" when it can)."""
    found = {}
    name = None
    for line in run(program, "backends").output.splitlines():
        if line and not line.startswith(" "):
            name = line.split()[0]
        elif name and line.strip().startswith(("available", "not available")):
            found[name] = "" if line.strip() == "available" else line.strip()
    return found


class EndToEnd(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="feedhandler-windows-"))
        cls.day = cls.shared / "day.pcap"
        slow = cls.shared / "slow.pcap"
        made = run(LINUX, "generate", slow, f"--messages={MESSAGES}", "--symbols=40", "--seed=7",
                   "--messages-per-packet=4", "--loss=0.03", "--loss=0", "--duplication=0.01")
        assert made.code == 0, made
        cls.packets = write_hurried(slow, cls.day)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.shared, ignore_errors=True)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.shared))

    def config(self, text):
        path = self.folder / "run.textproto"
        path.write_text(text)
        return path

    def same(self, *arguments, stdin=None, code=None, replace=()):
        """Both programs, same arguments: same exit code and outputs. Returns the Linux result."""
        linux, windows = run(LINUX, *arguments, stdin=stdin), run(WINDOWS, *arguments, stdin=stdin)
        self.assertEqual(linux.code, windows.code, f"{linux}\n---\n{windows}")
        if code is not None:
            self.assertEqual(windows.code, code, windows)
        for pattern, by in replace:
            for result in (linux, windows):
                result.output = re.sub(pattern, by, result.output)
                result.error = re.sub(pattern, by, result.error)
        self.assertEqual(linux.output, windows.output, windows)
        self.assertEqual(linux.error, windows.error, windows)
        return linux

    def updates(self, program, capture, *arguments, stdin=None, code=0):
        path = self.folder / f"updates-{random.getrandbits(40)}"
        result = run(program, "replay", capture, f"--updates={path}", "--without=ts_recv", DAY,
                     *arguments, stdin=stdin)
        self.assertEqual(result.code, code, result)
        return path.read_bytes()

    def same_updates(self, capture, *arguments, **more):
        linux = self.updates(LINUX, capture, *arguments, **more)
        windows = self.updates(WINDOWS, capture, *arguments, **more)
        self.assertGreater(len(linux), 100)
        self.assertTrue(linux == windows, f"updates of {capture} differ")
        return linux


class Files(EndToEnd):
    def test_lists_say_the_same(self):
        self.same("codecs", code=0)
        self.same("version", code=0, replace=((r"clock: .*", "clock"),))

    def test_help_is_the_same(self):
        self.same("--help", code=0)
        for verb in ("run", "join", "replay", "decode", "inspect", "publish", "generate", "demo"):
            self.same(verb, "--help", code=0)

    def test_a_generated_day_is_the_same_bytes(self):
        for name, arguments in (("day.pcap", ()), ("day.itch", ("--format=records",))):
            made = []
            for program in (LINUX, WINDOWS):
                path = self.folder / name
                result = run(program, "generate", path, "--messages=20000", "--seed=3", *arguments)
                self.assertEqual(result.code, 0, result)
                made.append((path.read_bytes(), result.error))
            self.assertTrue(made[0] == made[1], f"{name} differs")

    def test_standard_output_is_bytes(self):
        path = self.folder / "day.pcap"
        self.assertEqual(run(LINUX, "generate", path, "--messages=5000", "--symbols=40").code, 0)
        with open(self.folder / "piped.pcap", "wb") as out:
            subprocess.run(WINDOWS + ["generate", "-", "--messages=5000", "--symbols=40"], stdout=out,
                           stderr=subprocess.DEVNULL, timeout=PATIENCE, check=True)
        self.assertTrue(path.read_bytes() == (self.folder / "piped.pcap").read_bytes())

    def test_replay_gives_the_same_updates(self):
        self.same_updates(self.day)
        self.same_updates(self.day, "--format=json")
        self.same_updates(self.day, "--codec=itch50", "--line=239.255.1.1:26400")  # With gaps.

    def test_replay_of_compressed_files_and_standard_input(self):
        expected = self.updates(LINUX, self.day)
        packed = self.folder / "day.pcap.gz"
        packed.write_bytes(gzip.compress(self.day.read_bytes()))
        self.assertTrue(self.updates(WINDOWS, packed) == expected)
        lines = ("--codec=itch50", "--line=239.255.1.1:26400", "--line=239.255.1.2:26400")
        self.assertTrue(self.updates(WINDOWS, "-", *lines, stdin=self.day) == expected)
        self.assertTrue(self.updates(WINDOWS, "-", *lines, stdin=packed) == expected)

    def test_windows_paths(self):
        expected = self.updates(LINUX, self.day)
        out = self.folder / "by drive.csv"
        drive = lambda path: "Z:" + str(path).replace("/", "\\")
        result = run(WINDOWS, "replay", drive(self.day), f"--updates={drive(out)}",
                     "--without=ts_recv", DAY,
                     f"--strategy={drive(PLUGIN['windows'])}:top=3")
        self.assertEqual(result.code, 0, result)
        self.assertTrue(out.read_bytes() == expected)
        self.assertIn("busiest_symbols on fh-strategy-0", result.error)

    def test_a_plugin_reports_the_same(self):
        tables = []
        for program, plugin in ((LINUX, PLUGIN["linux"]), (WINDOWS, PLUGIN["windows"])):
            result = run(program, "replay", self.day, f"--strategy={plugin}:top=5", DAY)
            self.assertEqual(result.code, 0, result)
            self.assertIn("busiest_symbols", result.error)
            tables.append(result.error[result.error.index("traded symbols"):].split("Latency by stage")[0])
        self.assertEqual(tables[0], tables[1])

    def test_decode_and_inspect_print_the_same(self):
        self.same("decode", self.day, code=0)
        self.same("inspect", self.day, code=0)
        self.same("inspect", self.day, "--json", code=0)

    def test_metrics_files_are_replaced(self):
        path = self.folder / "metrics.prom"
        path.write_text("somebody else's")
        result = run(WINDOWS, "replay", self.day, f"--metrics={path}", DAY)
        self.assertEqual(result.code, 2, result)
        self.assertEqual(path.read_text(), "somebody else's")
        path.unlink()
        for _ in range(2):
            result = run(WINDOWS, "replay", self.day, f"--metrics={path}", DAY)
            self.assertEqual(result.code, 0, result)
            self.assertIn("feedhandler_messages_total", path.read_text())
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith(".feed")], [])

    def test_outputs_harm_no_input_and_no_output(self):
        before = self.day.read_bytes()
        for name in (self.day, f"{self.day.parent}/./{self.day.name}", str(self.day).upper(),
                     "Z:" + str(self.day).replace("/", "\\")):
            for option in ("updates", "metrics"):
                with self.subTest(name=name, option=option):
                    result = run(WINDOWS, "replay", self.day, f"--{option}={name}", DAY)
                    self.assertEqual(result.code, 2, result)
                    self.assertTrue(self.day.read_bytes() == before)
        one, other = self.folder / "one.csv", self.folder / "ONE.CSV"
        result = run(WINDOWS, "replay", self.day, f"--updates={one}", f"--metrics={other}", DAY)
        self.assertEqual(result.code, 2, result)
        self.assertIn("are the same file", result.error)
        self.assertFalse(one.exists())
        result = run(WINDOWS, "replay", self.day, "--updates=NUL", "--metrics=nul", DAY)
        self.assertEqual(result.code, 0, result)

    def test_several_captures_are_merged_by_time(self):
        data = self.day.read_bytes()
        records, at = [], 24
        while at < len(data):
            size = 16 + struct.unpack_from("<I", data, at + 8)[0]
            records.append(data[at:at + size])
            at += size
        halves = [self.folder / "even.pcap", self.folder / "odd.pcap"]
        for i, half in enumerate(halves):
            half.write_bytes(data[:24] + b"".join(records[i::2]))
        expected = self.updates(LINUX, self.day)
        self.assertTrue(self.updates(WINDOWS, halves[1], halves[0]) == expected)
        self.same("decode", *halves, code=0)
        self.same("inspect", *halves, code=0)

    def test_damage_is_told_the_same(self):
        cut = self.folder / "cut.pcap"
        cut.write_bytes(self.day.read_bytes()[:100_001])
        self.assertTrue(self.updates(LINUX, cut, code=1) == self.updates(WINDOWS, cut, code=1))
        self.same("inspect", cut)
        self.same("decode", cut)

    def test_real_captures_give_the_same_updates(self):
        names = ("iex/tops16_20170710_head6500.pcap", "iex/deep10_20170425_head60000.pcap")
        found = [captures() / name for name in names if (captures() / name).exists()]
        if not found:
            self.skipTest("skipped: no captures (set FEEDHANDLER_CAPTURES to the folder that holds "
                          "them)")
        for capture in found:
            self.same_updates(capture)


class BadInput(EndToEnd):
    def line(self, group="239.1.1.1:5000", interface="lo", backend="auto"):
        return self.config(
            f'feed {{ name: "f" codec: "itch50" channel {{ id: 1\n  line {{ group: "{group}" '
            f'interface: "{interface}" }} }} }}\nreceiver {{ backend: "{backend}" }}\n'
            'strategy_thread { strategy { name: "null" } }\n')

    def test_wrong_usage(self):
        for arguments in ((), ("fly",), ("--nonsense",), ("replay",), ("run",), ("decode",),
                          ("generate", "x", "--messages=-5"), ("run", "x", "--seconds=soon"),
                          ("publish", self.day, "--to=239.1.1.1"), ("publish", self.day, "--map=x"),
                          ("publish", self.day, "--speed=0"),
                          ("replay", self.day, "--codec=itch51"),
                          ("replay", self.day, "--codec=iex_deep10"),
                          ("replay", self.day, "--day=yesterday"),
                          ("replay", self.day, "--strategy=nope:x=1"),
                          ("replay", "-"), ("join", "239.1.1.1"), ("join", "nowhere:1"),
                          ("generate", self.folder / "x", "--messages=5"),
                          ("generate", self.folder / "x", "--group=here"),
                          ("demo", "--messages=5"), ("demo", "--loss-a=1.5")):
            with self.subTest(arguments=arguments):
                # Which backends and which suffix of plugins there are differs between systems.
                self.same(*arguments, replace=((r"\./(nope|itch51)\.(so|dll)", r"./\1"),))

    def test_missing_and_wrong_files(self):
        none = self.folder / "none"
        text = self.folder / "text.pcap"
        text.write_text("this is no capture, and longer than a few bytes")
        empty = self.folder / "empty.pcap"
        empty.write_text("")
        for verb in ("replay", "decode", "inspect", "publish", "run", "check"):
            for file in (none, text, empty):
                with self.subTest(verb=verb, file=file.name):
                    result = self.same(verb, file)
                    self.assertIn(result.code, (1, 2))
                    self.assertIn(file.name, result.error)
        self.same("generate", "/nowhere/day.pcap", code=2)
        self.same("replay", self.day, "--updates=/nowhere/updates", code=2)
        self.same("replay", self.day, "--metrics=/nowhere/x", code=2)

    def test_configurations(self):
        for text in ('feed { name: "f" colour: "red" }', "feed {",
                     'feed { name: "f" codec: "nope" channel { id: 1 line { group: "here" } } }\n'
                     'strategy_thread { strategy { name: "nope" } }', ""):
            with self.subTest(text=text):
                config = self.config(text)
                result = self.same("check", config, replace=((r"\./(nope|itch51)\.(so|dll)", r"./\1"),))
                self.assertEqual(result.code, 2, result)
                self.assertIn(f"{config}:", result.error)

    def test_networks(self):
        self.both_say(("run", self.line(interface="eth77"), "--seconds=0.1"), 2,
                      "'eth77'", "this host has: ")
        self.both_say(("run", self.line(), "--backend=carrier_pigeon", "--seconds=0.1"), 2,
                      "there is no backend 'carrier_pigeon'; there are: auto, ")
        self.both_say(("publish", self.day, "--interface=eth77"), 2, "eth77", "this host has: ")
        self.both_say(("join", "239.1.1.1:5000", "--interface=eth77", "--seconds=0.1"), 2,
                      "'eth77'", "this host has: ")

    def test_a_foreign_address_is_no_group(self):
        arguments = ("run", self.line(group="198.51.100.7:5000"), "--seconds=0.1")
        if "no packet came on any line" in run(WINDOWS, *arguments).error:
            self.skipTest("skipped: Wine binds to addresses that this host does not have")
        self.both_say(arguments, 2, "198.51.100.7", "neither a multicast group",
                      "nor an address of this host")

    def both_say(self, arguments, code, *texts):
        for program in (LINUX, WINDOWS):
            result = run(program, *arguments)
            self.assertEqual(result.code, code, result)
            for text in texts:
                self.assertIn(text, result.error, result)


class Live(EndToEnd):
    """Capture -> publish -> loopback multicast -> run, in all combinations of the two programs."""

    def group(self, line):
        # Of this run alone.
        return f"239.255.{os.getpid() % 250 + 1}.{line + 1}:{24000 + os.getpid() % 20000}"

    def maps(self):
        return [f"--map=239.255.1.{line + 1}:26400={self.group(line)}" for line in range(2)]

    def publish(self, program, capture, *more):
        result = run(program, "publish", capture, "--interface=lo", "--flat-out", "--rate=4000",
                     *more)
        self.assertEqual(result.code, 0, result)

    def live_config(self, updates, backend):
        lines = "".join(f'line {{ name: "{name}" group: "{self.group(i)}" interface: "lo" }} '
                        for i, name in enumerate("AB"))
        return self.config(
            'feed { name: "itch50" codec: "itch50" session { gap_timeout_us: 30000000 '
            'line_silent_us: 60000000 } channel { id: 1 ' + lines + '} }\n'
            f'receiver {{ backend: "{backend}" }}\n'
            'strategy_thread { ring_updates: 262144 strategy { name: "print" '
            f'parameters: "without=ts_recv,output={updates}" }} }}\n')

    def live_updates(self, receiver, sender, backend, expected):
        updates = self.folder / "live.csv"
        metrics = self.folder / "live.prom"
        config = self.live_config(updates, backend)
        child = Child(receiver, "run", config, DAY, f"--metrics={metrics}", f"--messages={MESSAGES}",
                      f"--seconds={PATIENCE // 2}")
        self.addCleanup(child.close)
        self.assertTrue(child.says("listening with"), child.text(child.error))
        self.publish(sender, self.day, *self.maps())
        result = child.wait()
        self.assertEqual(result.code, 0, result)
        self.assertTrue(updates.read_bytes() == expected,
                        f"live updates are not those of the replay\n{result}")
        drops = [line for line in metrics.read_text().splitlines()
                 if line.startswith("feedhandler_dropped_") and not line.endswith(" 0")]
        self.assertEqual(drops, [], result)

    def expected(self):
        return self.updates(LINUX, self.day)

    def test_windows_publishes_to_windows_on_every_backend(self):
        backends = available_backends(WINDOWS)
        self.assertTrue(any(why == "" for why in backends.values()), backends)
        for backend, why in backends.items():
            if backend == "capture":  # Listed, and the way of `replay`.
                continue
            with self.subTest(backend=backend):
                if why:
                    self.skipTest(f"skipped: {backend}: {why}")
                self.live_updates(WINDOWS, WINDOWS, backend, self.expected())

    def test_linux_publishes_to_windows(self):
        self.live_updates(WINDOWS, LINUX, "auto", self.expected())

    def test_windows_publishes_to_linux(self):
        self.live_updates(LINUX, WINDOWS, "auto", self.expected())

    def test_join_counts_what_was_published(self):
        child = Child(WINDOWS, "join", self.group(0), self.group(1), "--interface=lo",
                      "--seconds=6", "--json")
        self.addCleanup(child.close)
        time.sleep(2)  # It says nothing when it begins to listen.
        self.publish(WINDOWS, self.day, *self.maps())
        result = child.wait()
        self.assertEqual(result.code, 0, result)
        final = json.loads(result.output.splitlines()[-1])
        self.assertTrue(final.get("final"), final)
        self.assertIn('"itch50"', result.output)
        sent = json.loads(run(LINUX, "inspect", self.day, "--json").output)
        packets = [sum(stream["packets"] for stream in report["streams"]) for report in (final, sent)]
        self.assertEqual(packets[0], packets[1])
        self.assertEqual(packets[1], self.packets)

    def test_backends_are_listed_with_what_they_need(self):
        result = run(WINDOWS, "backends")
        self.assertEqual(result.code, 0, result)
        backends = available_backends(WINDOWS)
        self.assertIn("overlapped", " ".join(backends), result)
        for name, why in backends.items():
            self.assertTrue(why == "" or why.startswith("not available: "), (name, why))

    def test_demo_accounts_for_everything(self):
        result = run(WINDOWS, "demo", "--messages=8000", "--symbols=40", "--loss-a=0.05",
                     "--loss-b=0.05", f"--plugin={PLUGIN['windows']}")
        self.assertEqual(result.code, 0, result)
        self.assertIn("published = delivered + lost on both lines", result.output)
        self.assertIn("busiest_symbols on fh-strategy-1", result.output)

    def test_a_port_that_another_program_holds_is_said(self):
        import socket
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
            holder.bind(("127.0.0.1", 0))
            port = holder.getsockname()[1]
            config = self.config(
                f'feed {{ name: "f" codec: "itch50" channel {{ id: 1 line {{ group: '
                f'"127.0.0.1:{port}" }} }} }}\nstrategy_thread {{ strategy {{ name: "null" }} }}\n')
            for program in (LINUX, WINDOWS):
                result = run(program, "run", config, "--seconds=0.1")
                self.assertIn(result.code, (1, 2), result)
                self.assertIn("another program", result.error)
                self.assertIn(str(port), result.error)

    def test_control_c_ends_cleanly(self):
        child = Child(WINDOWS, "run", self.live_config(self.folder / "none.csv", "auto"), DAY)
        self.addCleanup(child.close)
        self.assertTrue(child.says("listening with"), child.text(child.error))
        result = child.stop()
        self.assertEqual(result.code, 1, result)  # Nothing was published to it.
        self.assertIn("no packet came on any line", result.error)
        self.assertIn("messages", result.error)


class NotedResult(unittest.TextTestResult):
    """Keeps how each test ended, for .ci/test-results."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.ends = []

    def note(self, test, outcome, message="", log=""):
        self.ends.append({"name": test.id().replace("__main__.", "EndToEnd."), "outcome": outcome,
                          "ms": 0, "message": message, "note": "", "log": log})

    def fail(self, test, error):
        self.note(test, "failed", str(error[1]), self._exc_info_to_string(error, test))

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test, "passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped", reason)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.fail(test, error)

    def addError(self, test, error):
        super().addError(test, error)
        self.fail(test, error)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.fail(subtest, error)

    def write(self, path):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(self.ends, indent=1))


def main():
    linux, windows = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    LINUX.append(str(linux / "bin/feedhandler"))
    WINDOWS.extend([str(ROOT / ".ci/wine"), str(windows / "bin/feedhandler.exe")])
    PLUGIN["linux"] = linux / "feedhandler/examples/busiest_symbols.so"
    PLUGIN["windows"] = windows / "feedhandler/examples/busiest_symbols.dll"
    for path in (LINUX[-1], WINDOWS[-1], *PLUGIN.values()):
        if not os.path.exists(path):
            sys.exit(f"{path} is missing: build the targets feedhandler and fh_example_plugin")
    runner = unittest.TextTestRunner(verbosity=2, resultclass=NotedResult)
    program = unittest.main(argv=sys.argv[:1] + sys.argv[3:], testRunner=runner, exit=False)
    program.result.write(windows / "results/end_to_end.json")
    sys.exit(not program.result.wasSuccessful())


if __name__ == "__main__":
    main()
