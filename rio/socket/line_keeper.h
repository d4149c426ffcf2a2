// Looks after the sockets of a receiver's lines while it runs: an interface that is removed, comes
// back as a new one, goes down, loses its link, or forgets a membership, is noticed, counted, said,
// and the line is joined anew as soon as that is possible.
//
//   auto keeper = LineKeeper::Start({{.fd = fd, .subscription = line, .interface_index = 3}},
//                                   {.tell = [](const std::string& news) { Print(news); }});
//   ...
//   stats.line_losses = (*keeper)->counts(0).losses;   // The receiving thread, now and then.
//   (*keeper)->Stop();                                 // Before the sockets are closed.
//
// Why nothing of it is done by the receiving thread: joining takes a lock of the kernel that may be
// held for tens of milliseconds just when an interface goes, and meanwhile other lines receive. So
// a thread of the keeper's own sleeps until rtnetlink has news (interface_watch.h), and changes the
// memberships of the sockets as they are: what waits in them stays there, and receives that the
// kernel has armed stay armed. The receiving thread has nothing to do with it. What only that
// thread can do for a backend (AF_XDP's queues), the backend arranges in `follow`.
//
// Lines that name no interface are joined where the system's route leads; of these only the
// membership is looked after.
//
// Linux. Start and Stop make system calls; after Start it allocates only when something changes.
// counts() reads memory, from any thread. The thread runs with the priority and on the CPUs of the
// process's first thread, not of the caller, and takes no signals.
#ifndef FEEDHANDLER_RIO_SOCKET_LINE_KEEPER_H_
#define FEEDHANDLER_RIO_SOCKET_LINE_KEEPER_H_

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rio/backend.h"
#include "rio/host/interface_watch.h"
#include "rio/socket/socket_posix.h"

namespace fh::rio {

class LineKeeper {
 public:
  // A socket as OpenLineSocket left it; open until Stop.
  struct Line {
    int fd = -1;
    Subscription subscription;
    uint32_t interface_index = 0;  // Where it is joined; 0: where the route led.
    bool is_joined = true;         // Whether it is a group that was joined at all.
  };

  struct InterfaceState {
    std::string name;
    InterfaceNow now;
    uint64_t generation = 0;  // Counts interfaces of this name: another one is another interface.

    bool is_well() const { return now.index != 0 && now.is_up && now.has_link; }
  };

  struct Options {
    // Gets a sentence about each change, on the keeper's thread; during Start, on the caller's. So
    // do the functions below. May be empty.
    std::function<void(const std::string&)> tell;
    ReceiveStamps stamps = ReceiveStamps::kNone;  // Switched on at an adapter that is new.
    // Interfaces to look at besides those of the lines.
    std::vector<std::string> more_interfaces;
    // Called in each round with the state of every interface. Returns when it wants to be called
    // again at the latest.
    std::function<std::chrono::milliseconds(std::span<const InterfaceState>)> follow;
    // Whether the backend itself can receive the line; empty: it can.
    std::function<bool(size_t line)> receives;
  };

  struct Counts {
    uint64_t losses = 0;   // Times that the line could not receive any more.
    uint64_t returns = 0;  // Times that it could again.
    bool deaf = false;     // It cannot now.
  };

  static absl::StatusOr<std::unique_ptr<LineKeeper>> Start(std::vector<Line> lines,
                                                           Options options);
  ~LineKeeper() { Stop(); }
  LineKeeper(const LineKeeper&) = delete;
  LineKeeper& operator=(const LineKeeper&) = delete;

  // Ends the thread. Waits for what it is doing. Does nothing the second time.
  void Stop();

  // Makes it look now; from any thread.
  void Wake() const { watch_.Wake(); }

  Counts counts(size_t line) const {
    const Kept& kept = *lines_[line];
    return {.losses = kept.losses.load(std::memory_order_relaxed),
            .returns = kept.returns.load(std::memory_order_relaxed),
            .deaf = kept.deaf.load(std::memory_order_relaxed)};
  }

  static constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(1);

 private:
  struct Kept {
    Line line;
    size_t interface = 0;        // Of interfaces_.
    uint64_t generation = 0;     // That it is joined on.
    bool works = true;           // Joined where it should be.
    bool was_forgotten = false;  // In this round, by an interface that did not change.
    std::atomic<uint64_t> losses{0};
    std::atomic<uint64_t> returns{0};
    std::atomic<bool> deaf{false};
  };
  // What was done for the lines of an interface in a round.
  struct Rejoined {
    size_t lines = 0;
    size_t failures = 0;
    std::string failure;
  };

  LineKeeper(InterfaceWatch watch, Options options);

  static void* Main(void* keeper);
  void Run();
  std::chrono::milliseconds Round(std::span<const uint32_t> removed);
  void LookAt(InterfaceState& interface, std::span<const uint32_t> removed);
  void KeepJoined(Kept& kept, Rejoined& rejoined);
  absl::Status Rejoin(Kept& kept, const InterfaceState& interface);
  void TellOfInterface(size_t interface, const InterfaceState& before, const Rejoined& rejoined);
  void Count(size_t line, bool was_lost);
  void Tell(const std::string& news);

  InterfaceWatch watch_;
  const Options options_;
  const UniqueFd questions_;  // A socket to ask through.
  Memberships memberships_;
  std::vector<std::unique_ptr<Kept>> lines_;
  std::vector<InterfaceState> interfaces_;
  // Of a round; kept for their room.
  std::vector<InterfaceState> before_;
  std::vector<Rejoined> rejoined_;
  std::chrono::milliseconds next_wait_{};
  std::set<std::string> told_failures_;
  pthread_t thread_{};
  bool running_ = false;
  std::atomic<bool> is_placed_{false};  // The thread runs, with its own priority and CPUs.
  std::atomic<bool> stop_{false};
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_LINE_KEEPER_H_
