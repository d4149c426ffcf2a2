#!/usr/bin/env python3
"""Small defects, planted one at a time: each must make a named test fail, or the tests do not notice
what they are there for.

    tests/mutants/mutants.py build/release             all of list.toml
    tests/mutants/mutants.py build/release --sample=8  8 of them, others each day
    tests/mutants/mutants.py build/release NAME...     those

Or ./tests/run --mutants[=8], which builds first. FEEDHANDLER_SIM_DAY (days since 1970) chooses the
sample of another day. Exit status 1 when a mutant survived, does not apply, or does not compile.

No tree is rebuilt and none is touched: the changed file is compiled by its own command into
BUILD/mutants, and the test program linked anew with that object in front of the libraries, so that
the archive's own is not pulled in. What is planted in a header comes first on the include path, and
the list says which files are compiled with it. Before, the program as it is must pass the same tests,
at least one of them not skipped.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LIST = pathlib.Path(__file__).resolve().with_name("list.toml")
# Longer than any of these tests takes on a loaded machine; a mutant may hang.
TIMEOUT_S = 120
KEYS = {"name", "why", "file", "from", "to", "program", "filter", "compile"}


class Failed(Exception):
    """What keeps a mutant from being judged."""


class Build:
    """A build tree of Ninja's, as it was made; only read."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.scratch = self.folder / "mutants"
        self.entries = {}
        for entry in json.loads((self.folder / "compile_commands.json").read_text()):
            path = pathlib.Path(entry["directory"], entry["file"]).resolve()
            if path.is_relative_to(ROOT):
                self.entries.setdefault(str(path.relative_to(ROOT)), []).append(entry)
        listed = subprocess.run(["ninja", "-C", self.folder, "-t", "targets", "all"], check=True,
                                text=True, stdout=subprocess.PIPE).stdout
        self.programs = {}
        for line in listed.splitlines():
            output, _, rule = line.partition(": ")
            if rule.startswith("CXX_EXECUTABLE_LINKER"):
                self.programs[pathlib.PurePath(output).name] = output
        self.links = {}
        self.lock = threading.Lock()

    def program(self, name):
        if name not in self.programs:
            raise Failed(f"no program {name} in {self.folder.name}")
        return self.folder / self.programs[name]

    def link_command(self, name):
        """The arguments that link a program."""
        output = self.programs.get(name)
        if output is None:
            raise Failed(f"no program {name} in {self.folder.name}")
        with self.lock:
            if name not in self.links:
                commands = subprocess.run(["ninja", "-C", self.folder, "-t", "commands", "-s", output],
                                          check=True, text=True, stdout=subprocess.PIPE).stdout
                command = commands.splitlines()[-1]
                self.links[name] = shlex.split(command.removeprefix(": && ").removesuffix(" && :"))
            return list(self.links[name])

    def objects_of(self, source, link):
        """The commands that compile a source for a program: (arguments, object as in its link)."""
        found = []
        for entry in self.entries.get(source, []):
            arguments = shlex.split(entry["command"])
            if "ccache" in pathlib.PurePath(arguments[0]).name:
                arguments.pop(0)
            made = arguments[arguments.index("-o") + 1]
            # A library's, unless the program has one of its own.
            if made in link:
                return [(arguments, made)]
            found.append((arguments, None))
        if not found:
            raise Failed(f"{source} is not compiled in this build")
        return found[:1]


def plant(mutant, folder):
    """Writes the changed file below `folder`, at its path in the project."""
    source = ROOT / mutant["file"]
    if not source.is_file():
        raise Failed(f"{mutant['file']} is not there")
    text = source.read_text()
    count = text.count(mutant["from"])
    if count != 1:
        raise Failed(f"its text occurs {count} times in {mutant['file']}, not once")
    target = folder / mutant["file"]
    target.parent.mkdir(parents=True)
    target.write_text(text.replace(mutant["from"], mutant["to"]))
    return target


def run(arguments, folder, what):
    result = subprocess.run(arguments, cwd=folder, text=True, errors="replace",
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode != 0:
        raise Failed(f"{what}:\n{result.stdout[-3000:]}")


def make(build, mutant, folder, program):
    """Links `program` with the mutant in it, below `folder`."""
    planted = plant(mutant, folder / "source")
    sources = mutant.get("compile", [mutant["file"]])
    link = build.link_command(program)
    in_front = []
    for source in sources:
        for arguments, own in build.objects_of(source, link):
            made = str(folder / (source.replace("/", "_") + ".o"))
            arguments[arguments.index("-o") + 1] = made
            at = arguments.index("-c") + 1
            arguments[at] = str(planted if source == mutant["file"] else ROOT / source)
            # Warnings that the change brings with it are no reason not to run it.
            arguments[1:1] = [f"-I{folder / 'source'}", "-w"]
            run(arguments, build.folder, f"{source} does not compile")
            if own is None:
                in_front.append(made)
            else:
                link[link.index(own)] = made
    result = folder / program
    link[link.index("-o") + 1] = str(result)
    first = next(i for i, argument in enumerate(link) if argument.endswith((".o", ".a")))
    # The archive's own is pulled in all the same where the defect made the compiler inline something
    # that the program takes from it; of two definitions the linker takes the first.
    link[first:first] = ["-Wl,--allow-multiple-definition", *in_front]
    run(link, build.folder, "it does not link")
    return result


def run_tests(program, mutant, folder, environment=None):
    """How a program's tests end: (exit status, None when it hung; what it printed; its journal)."""
    journal = folder / "journal"
    journal.unlink(missing_ok=True)
    own = {**os.environ, **(environment or {}), "FEEDHANDLER_TEST_JOURNAL": str(journal),
           "TMPDIR": str(folder), "TEST_TMPDIR": f"{folder}/"}
    own.pop("GTEST_SHARD_INDEX", None)
    child = subprocess.Popen([program, f"--gtest_filter={mutant['filter']}", "--gtest_fail_fast"], cwd=folder, env=own,
                             text=True, errors="replace", start_new_session=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        printed, _ = child.communicate(timeout=TIMEOUT_S)
        status = child.returncode
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        printed, _ = child.communicate()
        status = None
    events = [line.split("\t") for line in journal.read_text().splitlines()] if journal.exists() else []
    return status, printed, events


class Judge:
    def __init__(self, build):
        self.build = build
        self.lock = threading.Lock()
        self.sound = {}  # (program, filter) -> why the program as it is does not do; "" when it does.

    def check_as_it_is(self, mutant, folder):
        key = mutant["program"], mutant["filter"]
        with self.lock:
            known = self.sound.setdefault(key, {"lock": threading.Lock(), "why": None})
        with known["lock"]:
            if known["why"] is None:
                status, printed, events = run_tests(self.build.program(key[0]), mutant, folder)
                ran = [event for event in events if event[0] == "end" and event[2] == "passed"]
                if status != 0:
                    known["why"] = f"{key[0]} fails {key[1]} as it is:\n{printed[-2000:]}"
                else:
                    known["why"] = "" if ran else "skipped"
        return known["why"]

    def judge(self, mutant):
        """(verdict, what killed it or what is wrong, seconds)"""
        started = time.monotonic()
        folder = self.build.scratch / mutant["name"]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        verdict, text = "?", ""
        try:
            program = mutant["program"]
            why = self.check_as_it_is(mutant, folder)
            if why == "skipped":
                verdict, text = "skipped", f"this machine skips {program} {mutant['filter']}"
            elif why:
                verdict, text = "broken", why
            else:
                # The tests of the command line run the program that the environment names.
                changed = "feedhandler" if program == "cli_tests" else program
                made = make(self.build, mutant, folder, changed)
                if changed == program:
                    status, printed, events = run_tests(made, mutant, folder)
                else:
                    status, printed, events = run_tests(self.build.program(program), mutant, folder,
                                                        {"FEEDHANDLER_TEST_PROGRAM": str(made)})
                verdict, text = self.verdict_of(mutant, status, events)
        except Failed as failure:
            verdict, text = "broken", str(failure)
        if verdict == "killed":
            shutil.rmtree(folder, ignore_errors=True)
        return verdict, text, time.monotonic() - started

    @staticmethod
    def verdict_of(mutant, status, events):
        failed = [event[1] for event in events if event[0] == "end" and event[2] == "failed"]
        started = [event[1] for event in events if event[0] == "start"]
        ended = {event[1] for event in events if event[0] == "end"}
        if status == 0:
            return "survived", f"{mutant['program']} {mutant['filter']} passes with it"
        if failed:
            return "killed", f"{failed[0]}" + (f" and {len(failed) - 1} more" if len(failed) > 1 else "")
        how = "hangs" if status is None else f"ends with status {status}"
        if started and started[-1] not in ended:
            return "killed", f"{started[-1]} ({how})"
        return ("killed", f"{mutant['filter']} ({how})") if started else ("broken", f"no test ran: {how}")


def read_list():
    mutants = tomllib.loads(LIST.read_text())["mutant"]
    names = set()
    for mutant in mutants:
        wrong = set(mutant) ^ (KEYS if "compile" in mutant else KEYS - {"compile"})
        if wrong:
            sys.exit(f"{LIST.name}: {mutant.get('name')}: keys that are wrong or missing: {sorted(wrong)}")
        if mutant["name"] in names or not re.fullmatch(r"[a-z0-9-]+", mutant["name"]):
            sys.exit(f"{LIST.name}: {mutant['name']}: names are of a-z, 0-9 and -, each once")
        if mutant["file"].endswith(".h") and "compile" not in mutant:
            sys.exit(f"{LIST.name}: {mutant['name']}: compile = [...] says what is compiled with a header")
        names.add(mutant["name"])
    return mutants


def choose(mutants, count):
    """A row of `count`, another one each day, until all have been; spread over the folders."""
    day = int(os.environ.get("FEEDHANDLER_SIM_DAY") or time.time() // 86400)
    rows = max(1, -(-len(mutants) // count))
    return mutants[day % rows :: rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("build", help="a release build, built")
    parser.add_argument("names", nargs="*", help="of mutants; none means all")
    parser.add_argument("--sample", type=int, help="that many, others each day")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_intermixed_args()
    mutants = read_list()
    if options.names:
        unknown = set(options.names) - {mutant["name"] for mutant in mutants}
        if unknown:
            sys.exit(f"no mutants of these names: {', '.join(sorted(unknown))}")
        mutants = [mutant for mutant in mutants if mutant["name"] in options.names]
    elif options.sample is not None:
        if options.sample < 1:
            sys.exit("--sample takes a number from 1")
        mutants = choose(mutants, options.sample)
    judge = Judge(Build(options.build))
    counts = {}
    width = max(len(mutant["name"]) for mutant in mutants)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        verdicts = [(mutant, pool.submit(judge.judge, mutant)) for mutant in mutants]
        for mutant, verdict in verdicts:
            outcome, text, seconds = verdict.result()
            counts[outcome] = counts.get(outcome, 0) + 1
            shown = outcome if outcome in ("killed", "skipped") else outcome.upper()
            print(f"  {mutant['name']:{width}}  {shown} {'by ' if outcome == 'killed' else ''}{text}"
                  f"  ({mutant['file']}, {seconds:.0f} s)", flush=True)
    bad = counts.get("survived", 0) + counts.get("broken", 0)
    print(f"mutants: {counts.get('killed', 0)} passed, {bad} failed, {counts.get('skipped', 0)} skipped")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
