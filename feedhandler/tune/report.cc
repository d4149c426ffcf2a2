#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "codecs/json_writer.h"
#include "feedhandler/tune/host.h"
#include "feedhandler/tune/tune.h"

namespace fh::tune {
namespace {

// Of a turn, in the order of the table's columns.
struct Column {
  const char* title;
  double (*figure)(const Placement&, const Turn&);
};
constexpr Column kColumns[] = {
    {"receive", [](const Placement&, const Turn& turn) { return turn.receive_ns; }},
    {"kernel", [](const Placement&, const Turn& turn) { return turn.kernel_ns; }},
    {"both", [](const Placement&, const Turn& turn) { return turn.both_sides_ns(); }},
    {"busiest CPU", BusiestCpuNs},
    {"lone p50", [](const Placement&, const Turn& turn) { return turn.lone_p50_ns; }},
    {"lone p99", [](const Placement&, const Turn& turn) { return turn.lone_p99_ns; }},
};

std::vector<double> FiguresOf(const Measured& measured, const Column& column) {
  std::vector<double> figures;
  for (const Turn& turn : measured.turns) {
    figures.push_back(column.figure(measured.placement, turn));
  }
  return figures;
}

uint64_t Lost(const Measured& measured) {
  uint64_t lost = 0;
  for (const Turn& turn : measured.turns) lost += turn.lost;
  return lost;
}

std::string Row(const Measured& measured, const std::string& verdict) {
  std::string row = absl::StrCat(measured.path.Name(), "; ", measured.placement.Name(), "\n");
  if (!measured.turns.empty()) {
    row += "   ";
    for (const Column& column : kColumns) {
      const std::vector<double> figures = FiguresOf(measured, column);
      absl::StrAppendFormat(&row, " %s %.0f (%.0f..%.0f)", column.title, Quantile(figures, 0.5),
                            Quantile(figures, 0.25), Quantile(figures, 0.75));
    }
    absl::StrAppend(&row, " lost ", Lost(measured), "\n");
  }
  return absl::StrCat(row, "    ", verdict, "\n");
}

std::string Rows(const std::vector<Measured>& measured, const Choice& choice) {
  std::string rows;
  for (size_t i = 0; i < measured.size(); ++i) rows += Row(measured[i], choice.verdicts[i]);
  return rows;
}

std::string Comment(absl::string_view text, absl::string_view indent = "") {
  std::string comment;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.empty()) continue;
    // What a terminal or a parser would take for something else has no place in a comment.
    std::string plain(line);
    for (char& c : plain) {
      if (static_cast<unsigned char>(c) < ' ' || c == 127) c = '?';
    }
    absl::StrAppend(&comment, indent, "# ", plain, "\n");
  }
  return comment;
}

double MedianOf(const Measured& measured, size_t column) {
  return Quantile(FiguresOf(measured, kColumns[column]), 0.5);
}

std::string ShortFigures(const Measured& measured) {
  return absl::StrFormat("receive %.0f ns, kernel %.0f ns, lone p50 %.0f ns, p99 %.0f ns",
                         MedianOf(measured, 0), MedianOf(measured, 1), MedianOf(measured, 4),
                         MedianOf(measured, 5));
}

// The best of those that have something in common, to be compared with what was chosen.
const Measured* BestOf(const Report& report, bool (*wanted)(const Measured&, const Measured&)) {
  std::vector<Measured> others;
  std::vector<const Measured*> all;
  for (const Measured& measured : report.paths) {
    if (measured.turns.empty() || !wanted(measured, report.chosen())) continue;
    others.push_back(measured);
    all.push_back(&measured);
  }
  const Choice choice = Choose(others, report.options.goal);
  return choice.chosen.has_value() ? all[*choice.chosen] : nullptr;
}

std::string CpuReason(const Report& report) {
  const Measured& chosen = report.chosen();
  const Placement& place = chosen.placement;
  std::string reason = absl::StrCat(place.Name(), ": ", ShortFigures(chosen), ".\n");
  const Measured* other = BestOf(report, [](const Measured& measured, const Measured& best) {
    return measured.path.backend == best.path.backend && measured.path.xdp == best.path.xdp &&
           measured.placement.kind != best.placement.kind;
  });
  if (other != nullptr) {
    absl::StrAppend(&reason, "Else, ", other->placement.Name(), ": ", ShortFigures(*other), ".\n");
  }
  if (!report.interrupts.empty()) {
    absl::StrAppend(&reason, "The ", report.interrupts, ".\n");
  } else {
    absl::StrAppend(&reason, "The adapter's interrupts belong on CPU ", place.kernel_cpu, ": echo ",
                    place.kernel_cpu,
                    " > /proc/irq/N/smp_affinity_list; stop irqbalance"
                    "\n");
  }
  return reason;
}

std::string BackendReason(const Report& report) {
  const Measured& chosen = report.chosen();
  std::string reason = absl::StrCat(report.choice.verdicts[*report.choice.chosen], ": ",
                                    ShortFigures(chosen), ".\n");
  if (!report.automatic.empty()) {
    absl::StrAppend(&reason, "\"auto\" takes ", report.automatic,
                    " here, as the first of its fixed order that this host can run.\n");
  }
  if (chosen.path.automatic) return reason;
  absl::StrAppend(
      &reason,
      "It takes the groups away from other programs of this host, needs privileges, and "
      "every line must name its interface. ");
  const Measured* plain = BestOf(
      report, [](const Measured& measured, const Measured&) { return measured.path.automatic; });
  if (plain != nullptr) {
    absl::StrAppend(&reason, "Without that: \"", plain->path.backend, "\", ",
                    plain->placement.Name(), ": ", ShortFigures(*plain), ".\n");
  }
  absl::StrAppend(&reason,
                  "Native or generic mode is left to the adapter's driver (xdp { mode: AUTO }): a "
                  "virtual cable says nothing about it.\n");
  return reason;
}

std::string Reason(const Report& report, bool (*differs)(const Path&)) {
  std::string reason;
  for (size_t i = 0; i < report.settings.size(); ++i) {
    const Measured& measured = report.settings[i];
    const bool is_chosen = i == *report.settings_choice.chosen;
    if (!is_chosen && !differs(measured.path)) continue;
    absl::StrAppend(&reason, measured.path.Name(), ": ", report.settings_choice.verdicts[i], ".\n");
  }
  return reason;
}

void PathsJson(const std::vector<Measured>& paths, const Choice& choice, JsonWriter& json) {
  json.BeginArray();
  for (size_t i = 0; i < paths.size(); ++i) {
    const Measured& measured = paths[i];
    json.BeginObject().Key("path").Text(measured.path.Name());
    json.Key("backend").Text(measured.path.backend).Key("burst").Number(measured.path.burst);
    json.Key("busy_poll_us").Number(measured.path.busy_poll_us);
    json.Key("automatic").Bool(measured.path.automatic);
    json.Key("feed_cpu").Number(measured.placement.feed_cpu);
    json.Key("kernel_cpu").Number(measured.placement.kernel_cpu);
    json.Key("chosen").Bool(choice.chosen == i).Key("verdict").Text(choice.verdicts[i]);
    json.Key("equal").Bool(std::find(choice.equals.begin(), choice.equals.end(), i) !=
                           choice.equals.end());
    json.Key("rounds").Number(measured.turns.size()).Key("lost").Number(Lost(measured));
    if (!measured.turns.empty()) {
      json.Key("receive_ns").Real(MedianOf(measured, 0));
      json.Key("kernel_ns").Real(MedianOf(measured, 1));
      json.Key("busiest_cpu_ns").Real(MedianOf(measured, 3));
      json.Key("lone_p50_ns").Real(MedianOf(measured, 4));
      json.Key("lone_p99_ns").Real(MedianOf(measured, 5));
    }
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

std::string Figures(const Report& report) {
  const size_t rounds = report.paths[*report.choice.chosen].turns.size();
  std::string text = absl::StrFormat(
      "Measured over %s, with datagrams of %d bytes: medians of %d rounds (middle half), in ns a "
      "datagram, %s.\nreceive: of the feed thread. kernel: its work on what was sent, without the "
      "sending itself. "
      "lone: "
      "from before a single datagram is sent until it is polled.\nChosen by the %s, then by both "
      "sides, then by the order.\n",
      report.network, report.options.packet_bytes, rounds, kThreadNsIs,
      GoalFigure(report.options.goal));
  for (const std::string& note : report.notes) absl::StrAppend(&text, "Note: ", note, "\n");
  return absl::StrCat(text, Rows(report.paths, report.choice), "Settings of the chosen one:\n",
                      Rows(report.settings, report.settings_choice));
}

std::string Snippet(const Report& report) {
  const Measured& chosen = report.chosen();
  std::string text = Comment(absl::StrCat("By `feedhandler tune`.\n", Figures(report)));
  absl::StrAppend(&text, "feed_thread {\n", Comment(CpuReason(report), "  "),
                  "  cpu: ", chosen.placement.feed_cpu, "\n}\n");
  absl::StrAppend(&text, "receiver {\n", Comment(BackendReason(report), "  "), "  backend: \"",
                  chosen.path.backend, "\"\n");
  absl::StrAppend(
      &text,
      Comment(Reason(report, [](const Path& path) { return path.burst != Path().burst; }), "  "),
      "  burst: ", chosen.path.burst, "\n");
  absl::StrAppend(
      &text, Comment(Reason(report, [](const Path& path) { return path.busy_poll_us != 0; }), "  "),
      "  busy_poll_us: ", chosen.path.busy_poll_us, "\n}\n");
  return text;
}

std::string ReportJson(const Report& report) {
  JsonWriter json;
  json.BeginObject().Key("network").Text(report.network);
  json.Key("packet_bytes").Number(report.options.packet_bytes);
  json.Key("goal").Text(GoalFigure(report.options.goal));
  json.Key("backend").Text(report.chosen().path.backend);
  json.Key("feed_cpu").Number(report.chosen().placement.feed_cpu);
  json.Key("kernel_cpu").Number(report.chosen().placement.kernel_cpu);
  json.Key("burst").Number(report.chosen().path.burst);
  json.Key("busy_poll_us").Number(report.chosen().path.busy_poll_us);
  json.Key("automatic").Text(report.automatic).Key("interrupts").Text(report.interrupts);
  json.Key("notes").BeginArray();
  for (const std::string& note : report.notes) json.Text(note);
  json.EndArray().Key("paths");
  PathsJson(report.paths, report.choice, json);
  json.Key("settings");
  PathsJson(report.settings, report.settings_choice, json);
  json.EndObject().EndLine();
  return json.text();
}

}  // namespace fh::tune
