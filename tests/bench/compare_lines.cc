// Says, line by line of what benchmarks wrote (report.h), whether the second file's program is slower
// than the first's, by the statistics of `feedhandler latency compare --pairs`: for
// tests/bench/run --against.
//
//   compare_lines BASE.jsonl PRESENT.jsonl [--noise=PERCENT] [--fail-above=PERCENT]
//
// The i-th line of a name in one file and that in the other are a pair: they were measured in turns.
// What is judged is the subject's median, not its ratio to the reference: that may have become slower
// with it.
//
// To see it find something, make decoding slower by about a tenth and run
// `tests/bench/run --against=HEAD --only=itch --pairs=10`. In ItchDecoder::DecodeBlocks, before its loop:
//   for (uint64_t i = 0, x = 1; i < run.count; ++i) {
//     asm volatile("add $1, %0\n add $1, %0\n add $1, %0\n add $1, %0" : "+r"(x));
//   }
// On a busy virtual machine that was "itch: frame and decode: slower by 9.2% [+4.1%, +14.6%]", and nothing
// was claimed of memcpy.
//
// Exit code 0: compared; 1: a line is slower by more than --fail-above; 2: wrong usage, or
// nothing to compare.
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "latency/compare/compare.h"
#include "latency/compare/statistics.h"

namespace fh::bench {
namespace {

struct Line {
  std::string unit;
  bool higher_is_better = false;
  std::vector<double> values;  // The subject's medians, in the order of the runs.
};

using Lines = std::map<std::string, Line>;

Lines Read(const char* path) {
  Lines lines;
  std::ifstream file(path);
  for (std::string text; std::getline(file, text);) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded()) {
      std::fprintf(stderr, "%s: a line is no JSON: %s\n", path, text.c_str());
      continue;
    }
    Line& line = lines[json.value("name", "")];
    line.unit = json.value("unit", "");
    line.higher_is_better = json.value("higher_is_better", false);
    line.values.push_back(json.value("subject_median", 0.0));
  }
  return lines;
}

// More is worse.
std::vector<double> Costs(const Line& line) {
  std::vector<double> costs = line.values;
  if (line.higher_is_better) {
    for (double& value : costs) value = 1 / value;
  }
  return costs;
}

int Compare(const Lines& base, const Lines& present, const latency::compare::Options& options) {
  std::vector<latency::compare::PairedValues> pairs;
  for (const auto& [name, line] : present) {
    const auto before = base.find(name);
    if (before == base.end()) {
      std::printf("%-58s only here\n", name.c_str());
    } else {
      pairs.push_back({name, Costs(before->second), Costs(line)});
    }
  }
  for (const auto& [name, line] : base) {
    if (present.count(name) == 0) std::printf("%-58s only in the base\n", name.c_str());
  }
  if (pairs.empty()) {
    std::fprintf(stderr, "there is no line that both have\n");
    return 2;
  }
  std::printf("%-58s %10s %10s %-16s present against base\n", "benchmark", "base", "present", "");
  bool fails = false;
  for (const latency::compare::Figure& figure : latency::compare::CompareValues(pairs, options)) {
    const Line& before = base.at(figure.series);
    const Line& now = present.at(figure.series);
    fails |= figure.fails;
    std::printf("%-58s %10.4g %10.4g %-16s %s\n", figure.series.c_str(),
                latency::compare::Mean(before.values), latency::compare::Mean(now.values),
                now.unit.c_str(), VerdictText(figure, options.noise).c_str());
  }
  return fails ? 1 : 0;
}

int Main(int argc, char** argv) {
  latency::compare::Options options{.pairs = true};
  std::vector<const char*> paths;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    const bool is_noise = absl::ConsumePrefix(&argument, "--noise=");
    const bool is_limit = !is_noise && absl::ConsumePrefix(&argument, "--fail-above=");
    if (!is_noise && !is_limit) {
      paths.push_back(argv[i]);
      continue;
    }
    absl::ConsumeSuffix(&argument, "%");
    double percent = 0;
    if (!absl::SimpleAtod(argument, &percent) || !(percent >= 0)) {
      std::fprintf(stderr, "%s is no percentage\n", argv[i]);
      return 2;
    }
    if (is_noise) options.noise = percent / 100;
    if (is_limit) options.fail_above = percent / 100;
  }
  if (paths.size() != 2) {
    std::fprintf(stderr,
                 "compare_lines BASE.jsonl PRESENT.jsonl [--noise=3%%] [--fail-above=5%%]\n");
    return 2;
  }
  return Compare(Read(paths[0]), Read(paths[1]), options);
}

}  // namespace
}  // namespace fh::bench

int main(int argc, char** argv) { return fh::bench::Main(argc, argv); }
