#include <windows.h>

#include <csignal>
#include <optional>

#include "feedhandler/pipeline/crash_report.h"

namespace fh {
namespace {

void Tell(const char* why) {
  const StrategyThread* thread = StrategyThread::OfThisThread();
  const std::optional<StrategyCall> call = thread == nullptr ? std::nullopt : thread->CurrentCall();
  if (!call.has_value()) return;
  std::array<char, 512> text;
  const size_t bytes = FormatCrash(*call, why, text);
  DWORD written = 0;
  WriteFile(GetStdHandle(STD_ERROR_HANDLE), text.data(), static_cast<DWORD>(bytes), &written,
            nullptr);
}

LONG WINAPI OnException(EXCEPTION_POINTERS* exception) {
  const DWORD code = exception->ExceptionRecord->ExceptionCode;
  Tell(code == EXCEPTION_ACCESS_VIOLATION ? "access violation" : "unhandled exception");
  return EXCEPTION_CONTINUE_SEARCH;
}

void OnAbort(int) { Tell("abort"); }  // abort() ends the process when this returns.

}  // namespace

void ReportCrashes() {
  SetUnhandledExceptionFilter(OnException);
  std::signal(SIGABRT, OnAbort);
}

// The system keeps what a filter needs of the thread's own stack.
CrashStack::CrashStack() {
  ULONG bytes = 32 * 1024;
  SetThreadStackGuarantee(&bytes);
}

CrashStack::~CrashStack() = default;

}  // namespace fh
