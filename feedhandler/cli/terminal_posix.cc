#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

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

bool StandardOutputMovesCursor() {
  const char* const term = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && term != nullptr && *term != '\0' &&
         std::strcmp(term, "dumb") != 0;
}

struct KeyReader::Terminal {
  termios before;
};

KeyReader::KeyReader() {
  termios now;
  if (::tcgetattr(STDIN_FILENO, &now) != 0) return;
  terminal_ = std::make_unique<Terminal>(Terminal{now});
  now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
}

KeyReader::~KeyReader() {
  if (terminal_ != nullptr) ::tcsetattr(STDIN_FILENO, TCSANOW, &terminal_->before);
}

std::optional<char> KeyReader::Wait(std::chrono::milliseconds most) {
  if (terminal_ == nullptr) {
    SleepUnlessStopped(most);
    return std::nullopt;
  }
  if (StopRequested()) return std::nullopt;
  pollfd key{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  char pressed;
  if (::poll(&key, 1, static_cast<int>(most.count())) != 1) return std::nullopt;
  if (::read(STDIN_FILENO, &pressed, 1) == 1) return pressed;
  // The terminal has gone: its hang-up asks for a stop.
  terminal_.reset();
  return std::nullopt;
}

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
