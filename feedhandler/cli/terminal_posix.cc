#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "feedhandler/cli/terminal.h"

namespace fh::cli {
namespace {

std::atomic<bool> stop_requested{false};
std::atomic<bool> report_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

void OnStopSignal(int signal_number) {
  if (stop_requested.exchange(true)) {
    ::signal(signal_number, SIG_DFL);
    ::raise(signal_number);
  }
}

void OnReportSignal(int) { report_requested.store(true); }

// No SA_RESTART: a sleep or a blocking read ends, so the request is noticed at once.
void Handle(int signal_number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal_number, &action, nullptr);
}

}  // namespace

void PrepareProcess() {
  ::signal(SIGPIPE, SIG_IGN);
  // A file that is opened takes the lowest free number: where a standard stream is closed, what is
  // printed would go into it. So they are never free, and using one that was closed fails.
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (::fcntl(stream, F_GETFD) != -1) continue;
    (void)::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

unsigned ProcessNumber() { return static_cast<unsigned>(::getpid()); }

bool StandardErrorIsTerminal() { return ::isatty(STDERR_FILENO) == 1; }

bool StandardOutputIsTerminal() { return ::isatty(STDOUT_FILENO) == 1; }

void WatchStopSignals() {
  Handle(SIGINT, OnStopSignal);
  Handle(SIGTERM, OnStopSignal);
  struct sigaction hang_up {};
  if (::sigaction(SIGHUP, nullptr, &hang_up) == 0 && hang_up.sa_handler == SIG_IGN) return;
  Handle(SIGHUP, OnStopSignal);
}

void WatchReportSignal() { Handle(SIGUSR1, OnReportSignal); }

bool TakeReportRequest() { return report_requested.exchange(false); }

bool StopRequested() { return stop_requested.load(std::memory_order_relaxed); }

const std::atomic<bool>& StopFlag() { return stop_requested; }

void SleepUnlessStopped(std::chrono::milliseconds duration) {
  if (!StopRequested()) ::poll(nullptr, 0, static_cast<int>(duration.count()));
}

}  // namespace fh::cli
