#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "rio/socket/line_keeper.h"
#include "rio/socket/line_options.h"
#include "rio/socket/multicast.h"
#include "rio/stamps/stamps_linux.h"

namespace fh::rio {
namespace {

// After a join that failed, when nothing else calls for a look.
constexpr std::chrono::milliseconds kRetry(1000);
constexpr char kThreadName[] = "fh-lines";

// Whoever opens a receiver may be pinned to the CPU that the receiving thread spins on, with a
// real-time priority: this thread must not be.
void BecomeOrdinary() {
  sched_param priority{};
  pthread_setschedparam(pthread_self(), SCHED_OTHER, &priority);
  cpu_set_t cpus;
  if (sched_getaffinity(getpid(), sizeof cpus, &cpus) == 0) {
    pthread_setaffinity_np(pthread_self(), sizeof cpus, &cpus);
  }
  pthread_setname_np(pthread_self(), kThreadName);
}

const char* TroubleOf(const InterfaceNow& now) {
  if (now.index == 0) return "is gone";
  if (!now.is_up) return "is down";
  return now.has_link ? "" : "has no link";
}

}  // namespace

LineKeeper::LineKeeper(InterfaceWatch watch, Options options)
    : watch_(std::move(watch)),
      options_(std::move(options)),
      questions_(OpenDescriptor([] { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); })) {}

absl::StatusOr<std::unique_ptr<LineKeeper>> LineKeeper::Start(std::vector<Line> lines,
                                                              Options options) {
  absl::StatusOr<InterfaceWatch> watch = InterfaceWatch::Open();
  if (!watch.ok()) return watch.status();
  std::unique_ptr<LineKeeper> keeper(new LineKeeper(*std::move(watch), std::move(options)));
  const auto interface_of = [&keeper](const std::string& name) {
    std::vector<InterfaceState>& known = keeper->interfaces_;
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const InterfaceState& i) { return i.name == name; });
    const auto index = static_cast<size_t>(found - known.begin());
    if (found == known.end()) known.push_back({.name = name, .now = {}});
    return index;
  };
  for (const std::string& name : keeper->options_.more_interfaces) interface_of(name);
  for (Line& line : lines) {
    auto kept = std::make_unique<Kept>();
    kept->interface = interface_of(line.subscription.interface);
    kept->line = std::move(line);
    keeper->lines_.push_back(std::move(kept));
  }
  // As it is at the start: what the notes have told already is no news.
  for (InterfaceState& interface : keeper->interfaces_) {
    interface.now = LookAtInterface(keeper->questions_.get(), interface.name);
  }
  for (const auto& kept : keeper->lines_) {
    const InterfaceState& interface = keeper->interfaces_[kept->interface];
    kept->deaf = !interface.name.empty() && !interface.is_well();
    // It may have been replaced since the socket was opened.
    kept->works = interface.name.empty() || kept->line.interface_index == interface.now.index;
  }
  // What allocates does so here: later, only news does.
  keeper->next_wait_ = keeper->Round({});
  // Signals are the program's own threads' to take.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = pthread_create(&keeper->thread_, nullptr, &Main, keeper.get());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) {
    return SocketError(error, "no thread to look after the lines", "raise ulimit -u");
  }
  keeper->running_ = true;
  keeper->is_placed_.wait(false);  // What a thread allocates to start with is over then, too.
  return keeper;
}

void LineKeeper::Stop() {
  if (!running_) return;
  running_ = false;
  stop_ = true;
  watch_.Wake();
  pthread_join(thread_, nullptr);
}

void* LineKeeper::Main(void* keeper) {
  BecomeOrdinary();
  static_cast<LineKeeper*>(keeper)->is_placed_ = true;
  static_cast<LineKeeper*>(keeper)->is_placed_.notify_one();
  static_cast<LineKeeper*>(keeper)->Run();
  return nullptr;
}

void LineKeeper::Run() {
  std::vector<uint32_t> removed;
  while (!stop_) {
    watch_.Wait(next_wait_, removed);
    if (!stop_) next_wait_ = Round(removed);
  }
}

// Looks at everything, whatever the news was: that is little work, and cannot miss anything.
std::chrono::milliseconds LineKeeper::Round(std::span<const uint32_t> removed) {
  before_ = interfaces_;
  for (InterfaceState& interface : interfaces_) LookAt(interface, removed);
  memberships_.Read();
  rejoined_.assign(interfaces_.size(), {});
  for (const auto& kept : lines_) KeepJoined(*kept, rejoined_[kept->interface]);
  std::chrono::milliseconds wait = kLongestWait;
  if (options_.follow) wait = std::min(wait, options_.follow(interfaces_));
  for (size_t line = 0; line < lines_.size(); ++line) {
    const size_t interface = lines_[line]->interface;
    const bool was_replaced = interfaces_[interface].generation != before_[interface].generation &&
                              before_[interface].now.index != 0;
    Count(line, was_replaced || std::exchange(lines_[line]->was_forgotten, false));
  }
  for (size_t i = 0; i < interfaces_.size(); ++i) {
    TellOfInterface(i, before_[i], rejoined_[i]);
    if (rejoined_[i].failures > 0) wait = std::min(wait, kRetry);
  }
  return wait;
}

void LineKeeper::LookAt(InterfaceState& interface, std::span<const uint32_t> removed) {
  if (interface.name.empty()) return;
  const uint32_t before = interface.now.index;
  interface.now = LookAtInterface(questions_.get(), interface.name);
  const bool was_removed = std::find(removed.begin(), removed.end(), before) != removed.end();
  if (interface.now.index != before || was_removed) ++interface.generation;
}

void LineKeeper::KeepJoined(Kept& kept, Rejoined& rejoined) {
  const InterfaceState& interface = interfaces_[kept.interface];
  const bool has_name = !interface.name.empty();
  if (has_name && interface.now.index == 0) {
    kept.works = false;
    return;
  }
  const bool is_joined =
      !kept.line.is_joined ||
      memberships_.Has(kept.line.subscription.group.address, interface.now.index);
  kept.was_forgotten = kept.works && !is_joined && kept.generation == interface.generation;
  if (kept.works && is_joined && kept.generation == interface.generation) return;
  ++rejoined.lines;
  const absl::Status status = Rejoin(kept, interface);
  kept.works = status.ok();
  if (status.ok()) return;
  ++rejoined.failures;
  rejoined.failure = std::string(status.message());
}

// On the socket as it is. The old membership is left first: it is of an interface that is gone, or
// of no use, but counts against the limits of the socket.
absl::Status LineKeeper::Rejoin(Kept& kept, const InterfaceState& interface) {
  constexpr int kBindToIfIndex = 62;  // SO_BINDTOIFINDEX, which glibc's headers lack.
  const int fd = kept.line.fd;
  const Subscription& line = kept.line.subscription;
  int bound = 0;
  socklen_t length = sizeof bound;
  const bool is_bound = getsockopt(fd, SOL_SOCKET, kBindToIfIndex, &bound, &length) == 0 &&
                        bound != 0 && bound != static_cast<int>(interface.now.index);
  if (is_bound &&
      !SetIntOption(fd, SOL_SOCKET, kBindToIfIndex, static_cast<int>(interface.now.index))) {
    const int error = errno;
    return SocketError(error, absl::StrCat("cannot bind ", LineName(line), " to it"),
                       error == EPERM ? "grant CAP_NET_RAW, or start anew" : "start anew");
  }
  if (kept.line.is_joined) {
    ChangeMembership(fd, line.group.address, IpAddress(), kept.line.interface_index,
                     /*join=*/false);
    const int error = ChangeMembership(fd, line.group.address, line.source, interface.now.index,
                                       /*join=*/true);
    if (error != 0) {
      return SocketError(error, absl::StrCat("cannot join ", LineName(line)),
                         JoinFix(error, line.group.address.is_v4(), line.interface));
    }
  }
  kept.line.interface_index = interface.now.index;
  kept.generation = interface.generation;
  return absl::OkStatus();
}

// `was_lost`: it is gone and back between two looks, which is a loss and a return as well.
void LineKeeper::Count(size_t line, bool was_lost) {
  Kept& kept = *lines_[line];
  const InterfaceState& interface = interfaces_[kept.interface];
  const bool receives = kept.works && (interface.name.empty() || interface.is_well()) &&
                        (!options_.receives || options_.receives(line));
  const bool was_deaf = kept.deaf;
  const auto add = [](std::atomic<uint64_t>& count) { count.store(count + 1); };
  if (!was_deaf && (!receives || was_lost)) add(kept.losses);
  if (receives && (was_deaf || was_lost)) add(kept.returns);
  kept.deaf = !receives;
}

void LineKeeper::TellOfInterface(size_t index, const InterfaceState& before,
                                 const Rejoined& rejoined) {
  const InterfaceState& interface = interfaces_[index];
  const absl::string_view trouble = TroubleOf(interface.now);
  const absl::string_view trouble_before = TroubleOf(before.now);
  const bool is_new = interface.generation != before.generation && interface.now.index != 0;
  if (trouble == trouble_before && !is_new && rejoined.lines == 0) return;
  const auto lines = std::count_if(lines_.begin(), lines_.end(),
                                   [&](const auto& kept) { return kept->interface == index; });
  const std::string its_lines =
      lines == 0 ? ""
                 : absl::StrCat(": its ", lines, " line(s) receive nothing until that changes");
  const std::string name =
      interface.name.empty() ? "the system's route" : absl::StrCat("interface ", interface.name);
  if (!interface.name.empty() && trouble != trouble_before && !trouble.empty()) {
    Tell(absl::StrCat(name, " ", trouble, its_lines));
  } else if (!interface.name.empty() && trouble.empty() && (is_new || trouble != trouble_before)) {
    Tell(absl::StrCat(name, " is back", is_new ? " as a new one" : "", ", up and with a link"));
  }
  const size_t joined = rejoined.lines - rejoined.failures;
  if (joined > 0) {
    Tell(absl::StrCat(joined, " line(s) of ", name, " joined anew",
                      is_new ? "" : ": their membership had been lost"));
  }
  if (is_new && options_.stamps != ReceiveStamps::kNone) {
    const StampGrant grant = GrantStamps(*HostStampDevice(), interface.name, options_.stamps);
    if (!grant.note.empty()) Tell(grant.note);
  }
  if (rejoined.failures > 0 && told_failures_.insert(rejoined.failure).second) {
    Tell(absl::StrCat(rejoined.failures, " line(s) of ", name,
                      " are not joined, and are tried again each second: ", rejoined.failure));
  }
  if (rejoined.failures == 0 && rejoined.lines > 0) told_failures_.clear();
}

void LineKeeper::Tell(const std::string& news) {
  if (options_.tell) options_.tell(news);
}

}  // namespace fh::rio
