#include <conio.h>
#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include <atomic>
#include <cstdio>

#include "feedhandler/cli/terminal.h"

namespace fh::cli {
namespace {

constexpr int kStandardStreams[] = {0, 1, 2};

std::atomic<bool> stop_requested{false};
HANDLE stop_event = nullptr;  // Set when a stop is asked for; made before the handler is there.

// Runs on a thread of the system's own. What it returns says whether the event was handled; when
// not, the process ends.
BOOL WINAPI OnConsoleEvent(DWORD event) {
  if (stop_requested.exchange(true)) return FALSE;
  SetEvent(stop_event);
  // Closing the console and shutting down end the process as soon as this returns.
  if (event == CTRL_CLOSE_EVENT || event == CTRL_SHUTDOWN_EVENT) Sleep(INFINITE);
  return TRUE;
}

// Terminal escapes, as the progress line uses them; older consoles print them as they are.
void UnderstandEscapes(DWORD which) {
  const HANDLE stream = GetStdHandle(which);
  DWORD mode = 0;
  if (GetConsoleMode(stream, &mode) != 0) {
    SetConsoleMode(stream, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
  }
}

}  // namespace

void PrepareProcess() {
  for (const int stream : kStandardStreams) _setmode(stream, _O_BINARY);
  // The C runtime has no line buffering: text to a console would appear late, or character by
  // character.
  std::setvbuf(stdout, nullptr, _IOFBF, 1 << 16);
  SetConsoleOutputCP(CP_UTF8);
  UnderstandEscapes(STD_OUTPUT_HANDLE);
  UnderstandEscapes(STD_ERROR_HANDLE);
  // A missing disk or library is an error message of ours, not a dialogue.
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX);
}

unsigned ProcessNumber() { return GetCurrentProcessId(); }

bool StandardErrorIsTerminal() { return _isatty(2) != 0; }

bool StandardOutputMovesCursor() { return _isatty(1) != 0; }

// The console gives keys without being asked to.
struct KeyReader::Terminal {};

KeyReader::KeyReader() {
  if (_isatty(0) != 0) terminal_ = std::make_unique<Terminal>();
}

KeyReader::~KeyReader() = default;

std::optional<char> KeyReader::Wait(std::chrono::milliseconds most) {
  if (terminal_ == nullptr || _kbhit() == 0) SleepUnlessStopped(most);
  if (terminal_ == nullptr || _kbhit() == 0) return std::nullopt;
  return static_cast<char>(_getch());
}

void WatchStopSignals() {
  if (stop_event == nullptr) stop_event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  SetConsoleCtrlHandler(OnConsoleEvent, TRUE);
}

void WatchReportSignal() {}

bool TakeReportRequest() { return false; }

bool StopRequested() { return stop_requested.load(std::memory_order_relaxed); }

const std::atomic<bool>& StopFlag() { return stop_requested; }

void SleepUnlessStopped(std::chrono::milliseconds duration) {
  const auto milliseconds = static_cast<DWORD>(duration.count());
  if (stop_event == nullptr) {
    Sleep(milliseconds);
  } else {
    WaitForSingleObject(stop_event, milliseconds);
  }
}

}  // namespace fh::cli
