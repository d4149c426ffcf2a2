// `feedhandler latency PART ...`: what was measured, read, compared, joined and watched.
#include <cstdio>

#include "feedhandler/cli/latency_verbs.h"
#include "feedhandler/cli/verbs.h"

namespace fh::cli {
namespace {

// In the order in which --help shows them. A new part is a line here and a file.
using AddPart = void (*)(Verb latency, int& exit_code);
constexpr AddPart kParts[] = {
    AddLatencyReport, AddLatencyCompare, AddLatencyMerge, AddLatencyConvert, AddLatencyWatch,
};

}  // namespace

void PrintNotes(const std::string& file, const latency::files::Notes& notes) {
  for (const std::string& note : notes) {
    std::fprintf(stderr, "feedhandler: %s: %s\n", file.c_str(), note.c_str());
  }
}

void AddLatencyVerb(Verb program, int& exit_code) {
  const Verb verb =
      program.AddVerb("latency", "Read, compare, join, convert and watch what runs have measured");
  verb.RequireVerb();
  for (const AddPart add : kParts) add(verb, exit_code);
  verb.Footer(
      "A run writes what it measured to the file of --latency=FILE: histograms by interval, "
      "rates,\n"
      "losses, clocks, whole packets and the machine. `run`, `replay`, `demo` and `publish` have "
      "it.\n"
      "`feedhandler latency PART --help` (or `help latency PART`) teaches each part.\n\n"
      "Examples:\n"
      "  feedhandler replay day.pcap --latency=day.latency\n"
      "  feedhandler latency report day.latency                  what did it take?\n"
      "  feedhandler latency compare day.latency next.latency     is the next one slower?");
}

}  // namespace fh::cli
