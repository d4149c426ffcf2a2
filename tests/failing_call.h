// A child process in which one system call fails, as in a container that forbids it.
#ifndef FEEDHANDLER_TESTS_FAILING_CALL_H_
#define FEEDHANDLER_TESTS_FAILING_CALL_H_

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <functional>

namespace fh::test {

// This host has no seccomp.
inline constexpr int kCannotFilter = 77;

// Runs `body` in a child process in which the system call `number` fails with `error`. What `body`
// returns is the exit status; kCannotFilter when that cannot be done here, -1 when the child died.
inline int WithFailingCall(uint32_t number, int error, const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<uint32_t>(error)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{.len = 4, .filter = program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
      _exit(kCannotFilter);
    }
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_FAILING_CALL_H_
