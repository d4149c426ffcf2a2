"""Makes results.md and results.json of the lines that benchmarks wrote (tests/bench/report.h).

    table.py LINES BUILD_DIRECTORY [TABLES]      The files go into the build directory. TABLES: a
                                                 folder that keeps a table for each processor; this
                                                 one's is replaced.
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


# Virtual machines often give a maker's name and no more; the family and model say which core it is.
# By vendor, family and the models: the bounds are inclusive.
CORES = [
    ("AuthenticAMD", 25, 0x00, 0x0F, "Zen 3"),
    ("AuthenticAMD", 25, 0x10, 0x1F, "Zen 4"),
    ("AuthenticAMD", 25, 0xA0, 0xAF, "Zen 4c"),
    ("AuthenticAMD", 26, 0x00, 0x1F, "Zen 5"),
    ("GenuineIntel", 6, 0x6A, 0x6C, "Ice Lake"),
    ("GenuineIntel", 6, 0x8F, 0x8F, "Sapphire Rapids"),
    ("GenuineIntel", 6, 0xAD, 0xAE, "Granite Rapids"),
    ("GenuineIntel", 6, 0xCF, 0xCF, "Emerald Rapids"),
]


def processor():
    """The processor's name, with its core where that is known, else with family and model."""
    def field(name):
        return first_match("/proc/cpuinfo", name + r"\s*:\s*(.*)")

    name = field("model name") or platform.machine()
    name = re.sub(r"\((R|TM)\)|\bCPU\b|@.*", "", name, flags=re.IGNORECASE)
    name = " ".join(name.split())
    family, model = field("cpu family"), field(r"model")
    if family is None or model is None:
        return name
    for vendor, of_family, first, last, core in CORES:
        if (field("vendor_id"), int(family)) == (vendor, of_family) and first <= int(model) <= last:
            return f"{name} ({core})"
    return f"{name} (family {family}, model {model})"


def file_name(name):
    """amd-epyc-zen-5.md"""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower())) + ".md"


def machine(build):
    """What the figures were measured on."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[1], 1),
        "kernel": ".".join(platform.release().split(".")[:2]),
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
        f"# Benchmarks on {host['processor']}",
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
    lines_path, build, *tables = sys.argv[1:]
    results = []
    if os.path.exists(lines_path):
        with open(lines_path, encoding="utf-8") as lines:
            results = [json.loads(line) for line in lines]
    host = machine(build)
    text = table(host, results)
    paths = [os.path.join(build, "results.md")]
    paths += [os.path.join(folder, file_name(host["processor"])) for folder in tables]
    for path in paths:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
    with open(os.path.join(build, "results.json"), "w", encoding="utf-8") as out:
        json.dump({"machine": host, "results": results}, out, indent=1, ensure_ascii=False)
        out.write("\n")
    missed = [result for result in results if target(result) and not result["met"]]
    for result in missed:
        print(f"MISSED: {result['name']}: {result['ratio']:.3f}, target {target(result)}")
    print(text.splitlines()[-1])
    print(", ".join([*paths, f"{build}/results.json"]))


if __name__ == "__main__":
    main()
