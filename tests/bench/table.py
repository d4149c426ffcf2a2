"""Makes results.md and results.json of the lines that benchmarks wrote (tests/bench/report.h).

    table.py LINES BUILD_DIRECTORY      The files go into the build directory; the table is printed.
"""

import datetime
import json
import os
import platform
import re
import subprocess
import sys


def first_match(path, pattern):
    """The first group of the first line of a file that matches, or None."""
    try:
        with open(path, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                match = re.match(pattern, line)
                if match:
                    return match.group(1).strip()
    except OSError:
        pass
    return None


def compiler(build):
    path = first_match(os.path.join(build, "CMakeCache.txt"), r"CMAKE_CXX_COMPILER:\w+=(.*)")
    if path is None:
        return "unknown"
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return version.stdout.splitlines()[0] if version.stdout else path


def machine(build):
    """What the figures were measured on."""
    processor = first_match("/proc/cpuinfo", r"model name\s*:\s*(.*)") or platform.machine()
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[1], 1),
        "kernel": platform.release(),
        "compiler": compiler(build),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
    }


def figure(value):
    """Three significant digits, and no exponent."""
    if value == 0:
        return "0"
    digits = max(0, 2 - int(f"{value:e}".split("e")[1]))
    return f"{value:,.{digits}f}"


def spread(result, what):
    low, high = figure(result[what + "_p10"]), figure(result[what + "_p90"])
    return f"{figure(result[what + '_median'])} ({low}..{high})"


def target(result):
    parts = []
    if result["target"]:
        sign = "≥" if result["higher_is_better"] else "≤"
        parts.append(f"{sign} {result['target']:.3g}")
    if result["subject_target"]:
        parts.append(f"≤ {result['subject_target']:.3g} {result['unit']}")
    return ", ".join(parts)


def row(result):
    ratio = f"{result['ratio']:.3f} ({result['ratio_p10']:.3f}..{result['ratio_p90']:.3f})"
    verdict = ""
    if target(result):
        verdict = "met" if result["met"] else "**MISSED**"
    cells = [
        result["name"],
        spread(result, "subject"),
        f"{spread(result, 'reference')}: {result['reference']}",
        result["unit"],
        ratio,
        target(result),
        verdict,
        result["note"],
    ]
    return "| " + " | ".join(cells) + " |"


def table(host, results):
    header = ["benchmark", "ours: median (p10..p90)", "reference: median (p10..p90)", "unit",
              "ratio: median (p10..p90)", "target", "", "note"]
    with_target = [result for result in results if target(result)]
    met = sum(result["met"] for result in with_target)
    return "\n".join([
        "# Benchmarks",
        "",
        f"{host['processor']}, {host['cores']} cores (load {host['load']}), Linux "
        f"{host['kernel']}, {host['compiler']}, {host['date']}.",
        "",
        "Ours and the reference were measured in turn in the same run; the ratio is the median of "
        "the ratios of these pairs.",
        "",
        "| " + " | ".join(header) + " |",
        "|" + "---|" * len(header),
        *[row(result) for result in results],
        "",
        f"{met} of {len(with_target)} targets met.",
        "",
    ])


def main():
    lines_path, build = sys.argv[1:]
    results = []
    if os.path.exists(lines_path):
        with open(lines_path, encoding="utf-8") as lines:
            results = [json.loads(line) for line in lines]
    host = machine(build)
    text = table(host, results)
    with open(os.path.join(build, "results.md"), "w", encoding="utf-8") as out:
        out.write(text)
    with open(os.path.join(build, "results.json"), "w", encoding="utf-8") as out:
        json.dump({"machine": host, "results": results}, out, indent=1, ensure_ascii=False)
        out.write("\n")
    missed = [result for result in results if target(result) and not result["met"]]
    for result in missed:
        print(f"MISSED: {result['name']}: {result['ratio']:.3f}, target {target(result)}")
    print(text.splitlines()[-1])
    print(f"{build}/results.md, {build}/results.json")


if __name__ == "__main__":
    main()
