// A program run as a child: arguments, standard input from a file, both outputs kept, and a
// deadline for everything, so that no test hangs.
//
//   const ChildResult result = RunChild("/usr/bin/env", {"true"});
//   EXPECT_EQ(result.exit_code, 0) << result;
//
//   ChildProcess child(program, {"run", "a.textproto"});      // In the background.
//   ASSERT_TRUE(child.WaitForError("listening with")) << child.Peek();
//   child.Signal(SIGINT);
//   const ChildResult result = child.Wait();
//
// One thread. A child that is still running when its object goes out of scope is killed.
#ifndef FEEDHANDLER_TESTS_FEEDHANDLER_CLI_CHILD_PROCESS_H_
#define FEEDHANDLER_TESTS_FEEDHANDLER_CLI_CHILD_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/sanitized.h"

namespace fh::test {

// Sanitized programs are that much slower; every deadline and rate is scaled by it.
#if defined(FEEDHANDLER_THREAD_SANITIZED)
inline constexpr int kSlowdown = 8;
#elif defined(FEEDHANDLER_SANITIZED)
inline constexpr int kSlowdown = 4;
#else
inline constexpr int kSlowdown = 1;
#endif

// Long enough for anything that works, on a busy machine.
inline constexpr std::chrono::seconds kPatience(30 * kSlowdown);

// Asks `condition` again and again, until it holds or the patience is over. What it said last.
bool Eventually(const std::function<bool()>& condition, std::chrono::milliseconds most = kPatience);

struct ChildResult {
  int exit_code = -1;  // Unless a signal ended it.
  int signal = 0;      // That ended it.
  bool timed_out = false;
  std::string output;
  std::string error;

  // Ended by itself, whatever it returned.
  bool Exited() const { return !timed_out && signal == 0; }
};

std::ostream& operator<<(std::ostream& out, const ChildResult& result);

class ChildProcess {
 public:
  // Starts it. `input`: the file that is its standard input. `output`: a file to keep its standard
  // output in, instead of ChildResult::output; relative paths count from this process's folder.
  ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
               const std::string& input = "/dev/null", const std::string& output = "");
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  void Signal(int number) const;

  // Waits until `text` stands in its standard error. False when it ends, or takes too long, first.
  bool WaitForError(const std::string& text);

  // Waits for its end, no longer than `most`; then it is killed, and the result says so.
  ChildResult Wait(std::chrono::milliseconds most = kPatience);

  bool Running();

  // What it has written so far.
  ChildResult Peek() const;

 private:
  std::filesystem::path folder_;
  std::string output_;
  pid_t pid_ = -1;
  bool reaped_ = false;
  int status_ = 0;
};

ChildResult RunChild(const std::string& program, const std::vector<std::string>& arguments,
                     const std::string& input = "/dev/null");

// The whole file; empty when there is none.
std::string ReadFile(const std::filesystem::path& path);
void WriteFile(const std::filesystem::path& path, const std::string& bytes);

// A folder of its own that goes away with the object.
class ScratchFolder {
 public:
  ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FEEDHANDLER_CLI_CHILD_PROCESS_H_
