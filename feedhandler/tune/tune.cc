#include "feedhandler/tune/tune.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "feedhandler/doctor/cpus.h"
#include "feedhandler/tune/host.h"
#include "feedhandler/tune/network.h"
#include "feedhandler/tune/sending_side.h"
#include "feedhandler/tune/turn.h"
#include "latency/clock.h"
#include "rio/backends.h"

namespace fh::tune {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr char kGroup[] = "239.255.77.77";
constexpr char kXdpBackend[] = "af_xdp";
constexpr double kShareOfPaths = 0.75;  // Of the time; the rest is for settings.
constexpr size_t kMostRounds = 1000;

// Opening may be refused once for a moment, while the kernel still takes the last turn's apart.
constexpr int kTries = 3;
constexpr auto kBetweenTries = std::chrono::milliseconds(30);

std::string WhyNot(const Path& path, const Options& options, const Network& network) {
  if (options.sockets_only && !path.automatic) return "left out with --sockets-only";
  if (path.backend == kXdpBackend && !network.is_own()) {
    return "it would take frames off this host's own loopback: needs a network namespace (run it "
           "as "
           "root, or with CAP_SYS_ADMIN)";
  }
  for (const rio::BackendInfo& info : rio::SocketBackends()) {
    if (path.backend != info.name) continue;
    const rio::ProbeResult probe = info.probe();
    return probe.available ? "" : probe.reason;
  }
  return "this build does not have it";
}

std::vector<Path> SettingsOf(const Path& path) {
  std::vector<Path> settings = {path};
  for (const uint32_t burst : {16u, 256u}) {
    settings.push_back(path);
    settings.back().burst = burst;
  }
#ifndef _WIN32
  settings.push_back(path);
  settings.back().busy_poll_us = 50;
#endif
  return settings;
}

// On the thread that measures.
class Measurement {
 public:
  explicit Measurement(const Options& options) : options_(options) { report_.options = options; }

  absl::StatusOr<Report> Run() {
    absl::Status status = MakeNetwork();
    if (!status.ok()) return status;
    const std::vector<Placement> placements = Place();
    for (const Path& path : AllPaths()) {
      const std::string refusal = WhyNot(path, options_, *network_);
      for (const Placement& placement : placements) {
        report_.paths.push_back({.path = path, .placement = placement, .refusal = refusal});
      }
    }
    if (absl::StatusOr<rio::BackendChoice> automatic = rio::ChooseBackend(rio::kAutoBackend);
        automatic.ok()) {
      report_.automatic = automatic->name;
    }
    status = MeasureRounds(report_.paths, options_.seconds * kShareOfPaths, 0);
    if (!status.ok()) return status;
    report_.choice = Choose(report_.paths, options_.goal);
    if (!report_.choice.chosen.has_value()) return NoPath();
    const Measured& chosen = report_.paths[*report_.choice.chosen];
    for (const Path& path : SettingsOf(chosen.path)) {
      report_.settings.push_back({.path = path, .placement = chosen.placement});
    }
    status = MeasureRounds(report_.settings, options_.seconds * (1 - kShareOfPaths), kShareOfPaths);
    if (!status.ok()) return status;
    report_.settings_choice = Choose(report_.settings, options_.goal);
    if (!report_.settings_choice.chosen.has_value()) return NoPath();
    NotePlacement();
    return report_;
  }

 private:
  absl::Status MakeNetwork() {
    if (!options_.loopback) {
      if (absl::StatusOr<std::unique_ptr<Network>> cable = Network::Cable(); cable.ok()) {
        network_ = *std::move(cable);
      } else {
        report_.notes.push_back(
            absl::StrCat("no virtual cable, but loopback, on which there is no "
                         "driver: ",
                         cable.status().message()));
      }
    }
    if (network_ == nullptr) {
      if (absl::StatusOr<std::unique_ptr<Network>> loopback = Network::Loopback(); loopback.ok()) {
        network_ = *std::move(loopback);
      } else {
        network_ = Network::HostLoopback();
      }
    }
    report_.network = network_->description();
    // Other runs of this program may be on the same loopback.
    const uint16_t port = static_cast<uint16_t>(20'000 + random_() % 20'000);
    const absl::StatusOr<rio::Endpoint> group = rio::ParseEndpoint(absl::StrCat(kGroup, ":", port));
    if (!group.ok()) return group.status();
    if (network_->dead_end_interface().empty()) {
      report_.notes.push_back(
          "what sending takes could not be measured by itself (it needs a tunnel, /dev/net/tun, in "
          "a "
          "network namespace of its own): it is in the kernel's figures, the same for every path");
    }
    line_.group = *group;
    line_.interface = network_->receive_interface();
    absl::StatusOr<std::unique_ptr<SendingSide>> sending_side =
        SendingSide::Open(*network_, {.group = *group, .packet_bytes = options_.packet_bytes});
    if (!sending_side.ok()) return sending_side.status();
    sending_side_ = *std::move(sending_side);
    return absl::OkStatus();
  }

  std::vector<Placement> Place() {
    std::optional<int> kernel_cpu;
    if (!options_.interface.empty()) {
      const std::set<int> interrupts = InterruptCpus(files_, options_.interface, report_.first_irq);
      if (interrupts.empty()) {
        report_.notes.push_back(absl::StrCat("the system does not say where the interrupts of ",
                                             options_.interface, " go: a CPU was assumed"));
      } else {
        kernel_cpu = *interrupts.begin();
        report_.interrupts = absl::StrCat("interrupts of ", options_.interface, " go to CPU ",
                                          absl::StrJoin(interrupts, ","));
      }
    }
    std::vector<Placement> placements =
        Placements(HostCpus::Of(files_), kernel_cpu, options_.feed_cpu);
    if (placements.size() == 1) {
      report_.notes.push_back(
          "this process may use one CPU alone: feed thread and kernel take turns on it, and no "
          "other "
          "placement was measured");
    }
    return placements;
  }

  // Rounds over all that has no refusal, back and forth, for about so long.
  absl::Status MeasureRounds(std::vector<Measured>& paths, double seconds, double done_before) {
    const SteadyClock::time_point start = SteadyClock::now();
    const auto elapsed = [&] {
      return std::chrono::duration<double>(SteadyClock::now() - start).count();
    };
    const double share = done_before == 0 ? kShareOfPaths : 1 - kShareOfPaths;
    size_t round = 0;
    const auto is_over = [&] {
      if (round < kLeastRounds) return false;
      return round >= kMostRounds || elapsed() * (1 + 0.5 / static_cast<double>(round)) > seconds;
    };
    for (; !is_over(); ++round) {
      for (size_t i = 0; i < paths.size(); ++i) {
        const double by_time = elapsed() / seconds;
        const double by_turns = (static_cast<double>(round) +
                                 static_cast<double>(i) / static_cast<double>(paths.size())) /
                                kLeastRounds;
        const double done = std::min({by_time, by_turns, 1.0});
        if (!options_.progress(done_before + share * done)) {
          return absl::CancelledError("stopped before the measurement was done: nothing is chosen");
        }
        MeasureOne(paths[round % 2 == 0 ? i : paths.size() - 1 - i]);
      }
    }
    return absl::OkStatus();
  }

  void MeasureOne(Measured& measured) {
    if (!measured.refusal.empty()) return;
    TurnPlan plan{.path = measured.path, .placement = measured.placement, .line = line_};
    const std::vector<uint64_t> before = ReceiveSoftirqs(files_);
    for (int tries = 1;; ++tries) {
      plan.token = random_();
      const absl::StatusOr<Turn> turn = MeasureTurn(plan, *sending_side_, clock_);
      if (turn.ok()) {
        measured.turns.push_back(*turn);
        break;
      }
      if (tries == kTries || absl::IsInvalidArgument(turn.status())) {
        measured.refusal = std::string(turn.status().message());
        measured.turns.clear();
        return;
      }
      std::this_thread::sleep_for(kBetweenTries);
    }
    const std::vector<uint64_t> after = ReceiveSoftirqs(files_);
    const auto kernel_cpu = static_cast<size_t>(measured.placement.kernel_cpu);
    for (size_t cpu = 0; cpu < std::min(before.size(), after.size()); ++cpu) {
      (cpu == kernel_cpu ? softirqs_there_ : softirqs_elsewhere_) += after[cpu] - before[cpu];
    }
  }

  // Whether the kernel worked where it was to: by default it does so where a datagram is sent, but
  // receive packet steering (RPS) and a busy machine take its work elsewhere.
  void NotePlacement() {
    if (softirqs_elsewhere_ <= softirqs_there_) return;
    report_.notes.push_back(absl::StrFormat(
        "of the kernel's work on received packets only %.0f%% was where it was to be, the rest on "
        "other CPUs: other traffic, or packet steering (/sys/class/net/*/queues/rx-*/rps_cpus); "
        "measure again when the machine is quiet",
        100.0 * static_cast<double>(softirqs_there_) /
            static_cast<double>(softirqs_there_ + softirqs_elsewhere_)));
  }

  absl::Status NoPath() const {
    std::vector<std::string> reasons;
    for (const Measured& measured : report_.paths) {
      reasons.push_back(absl::StrCat(measured.path.Name(), ", ", measured.placement.Name(), ": ",
                                     measured.refusal));
    }
    return absl::FailedPreconditionError(
        absl::StrCat("no receive path could be measured:\n", absl::StrJoin(reasons, "\n")));
  }

  const Options& options_;
  const rio::HostFiles files_;
  const latency::Clock clock_;
  std::mt19937_64 random_{std::random_device()()};
  Report report_;
  std::unique_ptr<Network> network_;
  rio::Subscription line_;
  std::unique_ptr<SendingSide> sending_side_;  // Before the network.
  uint64_t softirqs_there_ = 0;
  uint64_t softirqs_elsewhere_ = 0;
};

}  // namespace

std::vector<Path> AllPaths() {
  std::vector<Path> paths;
  for (const rio::BackendInfo& info : rio::SocketBackends()) {
    Path path{.backend = info.name, .automatic = info.automatic};
    if (path.backend == kXdpBackend) {
      path.xdp = Path::Xdp::kNative;
      paths.push_back(path);
      path.xdp = Path::Xdp::kGeneric;
    }
    paths.push_back(path);
  }
  return paths;
}

absl::StatusOr<Report> Measure(const Options& options) {
  absl::StatusOr<Report> report = absl::UnknownError("not measured");
  // A thread of its own: where it was pinned, and which network it entered, ends with it.
  std::thread([&] { report = Measurement(options).Run(); }).join();
  return report;
}

}  // namespace fh::tune
