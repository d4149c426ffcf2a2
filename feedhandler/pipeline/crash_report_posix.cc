#include <signal.h>
#include <unistd.h>

#include <optional>

#include "feedhandler/pipeline/crash_report.h"

namespace fh {
namespace {

struct FatalSignal {
  int number;
  const char* name;
  struct sigaction before;
};

FatalSignal fatal_signals[] = {{SIGSEGV, "SIGSEGV", {}},
                               {SIGBUS, "SIGBUS", {}},
                               {SIGFPE, "SIGFPE", {}},
                               {SIGILL, "SIGILL", {}},
                               {SIGABRT, "SIGABRT", {}}};

void OnFatalSignal(int number, siginfo_t* info, void*) {
  for (const FatalSignal& fatal : fatal_signals) {
    if (fatal.number != number) continue;
    // Whoever it belonged to gets it: the instruction runs again when this returns.
    ::sigaction(number, &fatal.before, nullptr);
    const StrategyThread* thread = StrategyThread::OfThisThread();
    const std::optional<StrategyCall> call =
        thread == nullptr ? std::nullopt : thread->CurrentCall();
    if (!call.has_value()) break;
    std::array<char, 512> text;
    (void)!::write(STDERR_FILENO, text.data(), FormatCrash(*call, fatal.name, text));
    break;
  }
  // One that was sent (abort, kill) comes again only when it is sent again.
  if (info->si_code <= 0) ::raise(number);
}

// Enough for the handler, and for what comes after it: a sanitizer unwinds the stack.
constexpr size_t kStackBytes = 256 * 1024;

}  // namespace

void ReportCrashes() {
  struct sigaction action {};
  action.sa_sigaction = OnFatalSignal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigemptyset(&action.sa_mask);
  for (FatalSignal& fatal : fatal_signals) ::sigaction(fatal.number, &action, &fatal.before);
}

CrashStack::CrashStack() {
  stack_t there{};
  // Sanitizers bring one of their own.
  if (::sigaltstack(nullptr, &there) != 0 || (there.ss_flags & SS_DISABLE) == 0) return;
  memory_ = std::make_unique<char[]>(kStackBytes);
  const stack_t ours{.ss_sp = memory_.get(), .ss_flags = 0, .ss_size = kStackBytes};
  if (::sigaltstack(&ours, nullptr) != 0) memory_.reset();
}

CrashStack::~CrashStack() {
  if (memory_ == nullptr) return;
  const stack_t none{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
  ::sigaltstack(&none, nullptr);
}

}  // namespace fh
