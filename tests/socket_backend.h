// The backend over ordinary sockets that every host of this system can run, for tests that need to
// hear something and do not care through what.
//
//   auto receiver = rio::Receiver<SocketBackend>::Open(setup);
#ifndef FEEDHANDLER_TESTS_SOCKET_BACKEND_H_
#define FEEDHANDLER_TESTS_SOCKET_BACKEND_H_

#include <chrono>

#include "rio/backends.h"

namespace fh::test {

#if defined(_WIN32)
using SocketBackend = rio::OverlappedBackend;
// What was sent over loopback shows a moment later: completions come on another thread.
inline constexpr std::chrono::milliseconds kArrival(100);
#else
using SocketBackend = rio::RecvmmsgBackend;
// What was sent over loopback is in the receiver's queue when the sender's call returns.
inline constexpr std::chrono::milliseconds kArrival(0);
#endif

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_SOCKET_BACKEND_H_
