#include "feedhandler/tune/measurement.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace fh::tune {

std::string Path::Name() const {
  std::string name = backend;
  if (xdp == Xdp::kNative) name += ", native";
  if (xdp == Xdp::kGeneric) name += ", generic";
  if (burst != Path().burst) absl::StrAppend(&name, ", burst ", burst);
  if (busy_poll_us != 0) absl::StrAppend(&name, ", busy poll ", busy_poll_us, " us");
  return name;
}

std::string Placement::Name() const {
  if (kind == Kind::kSameCpu) return absl::StrCat("feed and kernel on CPU ", feed_cpu);
  return absl::StrCat("feed on CPU ", feed_cpu, ", kernel on CPU ", kernel_cpu,
                      kind == Kind::kSibling ? " of the same core" : "");
}

double BusiestCpuNs(const Placement& placement, const Turn& turn) {
  return placement.kind == Placement::Kind::kSameCpu ? turn.both_sides_ns()
                                                     : std::max(turn.receive_ns, turn.kernel_ns);
}

double Quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double position = share * static_cast<double>(values.size() - 1);
  return values[static_cast<size_t>(position + 0.5)];
}

double Median(const Measured& measured, double (*figure)(const Placement&, const Turn&)) {
  std::vector<double> values;
  for (const Turn& turn : measured.turns) values.push_back(figure(measured.placement, turn));
  return Quantile(std::move(values), 0.5);
}

}  // namespace fh::tune
