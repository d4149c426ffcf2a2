#!/usr/bin/env python3
"""codecs/example/README.md leads to a working codec: its code is the code of the folder, and its
commands do what they say, from nothing but what `cmake --install` put somewhere.

    example_readme_test.py --build=build/release --source=. --work=/tmp/x --compiler=g++
    example_readme_test.py --clone --source=. --work=/tmp/x      # "In the tree": a clone is built

The second form takes minutes, and is ./tests/run --next-codec.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def section(text, heading):
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"the README has no section '{heading}'"
    return found[1]


def check_code(readme, folder):
    sources = "\n".join(path.read_text() for path in sorted(folder.glob("*.[hc]*")))
    printed = blocks(readme, "cpp")
    assert len(printed) >= 5, "the README shows no code"
    for code in printed:
        assert code in sources, f"this code of the README is not that of the folder:\n{code}"


def run(script, folder, environment):
    """The commands as a reader would type them; their output."""
    print(f"$ {script}")
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{script}\nended with {done.returncode}:\n{done.stdout[-6000:]}")
    return done.stdout


def outside(readme, arguments):
    work = arguments.work
    environment = dict(os.environ, CXX=arguments.compiler)
    # A launcher of this build's compiler is none of the reader's.
    environment.pop("CMAKE_CXX_COMPILER_LAUNCHER", None)
    (work / "build").mkdir(parents=True)
    (work / "build/release").symlink_to(arguments.build.resolve())
    build, *steps = blocks(section(readme, "Outside of the tree"), "sh")
    assert "--preset release" in build and len(steps) == 3
    # One shell for all, since one step sets what others use.
    said = run("\n".join(steps), work, environment)
    assert re.search(r"\[  PASSED  \] \d+ tests", said), said
    assert "execute_order\nType E, 41 bytes" in said, said
    assert '"name":"add_order"' in said, said
    updates = (work / "updates.csv").read_text().splitlines()
    # A packet becomes 15 updates; before them a header, and the session.
    assert len(updates) >= 15_001, len(updates)
    assert any(",ALPHA" in line for line in updates)
    # The installed program refuses what was built against other headers.
    header = next((work / "installed").rglob("codec_abi_id.h"))
    header.write_text(re.sub(r'"\d.*"', '"0.0.1-of-another-day"', header.read_text()))
    run("cmake --build mine/build --clean-first", work, environment)
    refused = subprocess.run(
        [work / "installed/bin/feedhandler", "inspect", "example.pcap",
         "--codec=mine/build/libexample.so"], cwd=work, text=True, capture_output=True)
    assert refused.returncode == 2 and "built against other headers (0.0.1-of-another-day" in \
        refused.stderr and "rebuild it" in refused.stderr, refused


def in_tree(readme, arguments):
    clone = arguments.work / "clone"
    subprocess.run(["git", "clone", "--quiet", arguments.source, clone], check=True)
    steps, = blocks(section(readme, "In the tree"), "sh")
    said = run(steps, clone, dict(os.environ))
    assert "mine: Example venue, MINE" in said, said[-3000:]
    assert re.search(r"\[  PASSED  \] \d+ tests", said), said[-3000:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path)
    parser.add_argument("--source", type=lambda path: pathlib.Path(path).resolve(), required=True)
    parser.add_argument("--work", type=lambda path: pathlib.Path(path).resolve(), required=True)
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("--clone", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.source / "codecs/example"
    readme = (folder / "README.md").read_text()
    shutil.rmtree(arguments.work, ignore_errors=True)
    arguments.work.mkdir(parents=True)
    check_code(readme, folder)
    in_tree(readme, arguments) if arguments.clone else outside(readme, arguments)
    shutil.rmtree(arguments.work)


main()
