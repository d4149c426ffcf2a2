#include "tests/feedhandler/cli/child_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

namespace fh::test {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Sanitizers end a program with the exit code 1, which is one of ours: theirs is another.
constexpr char kSanitizerOptions[] = "exitcode=99";
constexpr size_t kMostShown = 4000;

std::filesystem::path NewFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "feedhandler-e2e-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) std::abort();
  return name;
}

std::vector<std::string> Environment() {
  std::vector<std::string> environment;
  const std::string ours[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    if (std::find(std::begin(ours), std::end(ours), name) == std::end(ours)) {
      environment.push_back(text);
    }
  }
  for (const std::string& name : ours) {
    const char* options = std::getenv(name.c_str());
    environment.push_back(name + "=" + (options == nullptr ? "" : std::string(options) + ":") +
                          kSanitizerOptions);
  }
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Only what is allowed between fork and exec.
[[noreturn]] void BecomeProgram(char** arguments, char** environment, const char* input,
                                const char* output, const char* error) {
  const int in = ::open(input, O_RDONLY);
  const int out = ::open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err = ::open(error, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (in >= 0 && out >= 0 && err >= 0 && ::dup2(in, 0) >= 0 && ::dup2(out, 1) >= 0 &&
      ::dup2(err, 2) >= 0) {
    ::execve(arguments[0], arguments, environment);
  }
  ::_exit(127);
}

std::string Shown(const std::string& text) {
  if (text.size() <= kMostShown) return text;
  return text.substr(0, kMostShown / 2) + "\n[...]\n" + text.substr(text.size() - kMostShown / 2);
}

}  // namespace

bool Eventually(const std::function<bool()>& condition, std::chrono::milliseconds most) {
  const SteadyClock::time_point give_up = SteadyClock::now() + most;
  while (!condition()) {
    if (SteadyClock::now() > give_up) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

std::ostream& operator<<(std::ostream& out, const ChildResult& result) {
  if (result.timed_out) {
    out << "did not end in time";
  } else if (result.signal != 0) {
    out << "ended by signal " << result.signal;
  } else {
    out << "exit code " << result.exit_code;
  }
  return out << "\nstandard output:\n"
             << Shown(result.output) << "\nstandard error:\n"
             << Shown(result.error);
}

ChildProcess::ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
                           const std::string& input, const std::string& output)
    : folder_(NewFolder()), output_(output.empty() ? (folder_ / "output").string() : output) {
  std::vector<std::string> all{program};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = Environment();
  const std::vector<char*> argument_pointers = Pointers(all);
  const std::vector<char*> environment_pointers = Pointers(environment);
  const std::string error = (folder_ / "error").string();
  pid_ = ::fork();
  if (pid_ < 0) std::abort();
  if (pid_ == 0) {
    BecomeProgram(const_cast<char**>(argument_pointers.data()),
                  const_cast<char**>(environment_pointers.data()), input.c_str(), output_.c_str(),
                  error.c_str());
  }
}

ChildProcess::~ChildProcess() {
  if (!reaped_) Wait(std::chrono::milliseconds(0));
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void ChildProcess::Signal(int number) const {
  if (!reaped_) ::kill(pid_, number);
}

bool ChildProcess::Running() {
  if (reaped_) return false;
  const pid_t ended = ::waitpid(pid_, &status_, WNOHANG);
  reaped_ = ended == pid_;
  return !reaped_;
}

bool ChildProcess::WaitForError(const std::string& text) {
  bool found = false;
  Eventually([&] {
    const bool running = Running();
    found = ReadFile(folder_ / "error").find(text) != std::string::npos;
    return found || !running;
  });
  return found;
}

ChildResult ChildProcess::Wait(std::chrono::milliseconds most) {
  bool timed_out = false;
  if (!Eventually([&] { return !Running(); }, most)) {
    timed_out = true;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status_, 0);
    reaped_ = true;
  }
  ChildResult result = Peek();
  result.timed_out = timed_out;
  if (WIFSIGNALED(status_)) result.signal = WTERMSIG(status_);
  if (WIFEXITED(status_)) result.exit_code = WEXITSTATUS(status_);
  return result;
}

ChildResult ChildProcess::Peek() const {
  ChildResult result;
  if (output_ == folder_ / "output") result.output = ReadFile(output_);
  result.error = ReadFile(folder_ / "error");
  return result;
}

ChildResult RunChild(const std::string& program, const std::vector<std::string>& arguments,
                     const std::string& input) {
  return ChildProcess(program, arguments, input).Wait();
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WriteFile(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

ScratchFolder::ScratchFolder() : path_(NewFolder()) {}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace fh::test
