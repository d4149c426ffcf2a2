// The backends of Windows in the conformance suite.
#ifndef FEEDHANDLER_TESTS_CONFORMANCE_WINDOWS_ADAPTERS_H_
#define FEEDHANDLER_TESTS_CONFORMANCE_WINDOWS_ADAPTERS_H_

#include <cstdio>
#include <tuple>

#include "rio/backend/overlapped.h"
#include "rio/backend/registered_io_windows.h"
#include "rio/registered/overlapped_engine.h"
#include "tests/conformance/backend_harness.h"

namespace fh::test {

// The production code of Registered I/O over the emulated table, whatever the host has.
struct EmulatedRioNames {
  static constexpr char kName[] = "rio_emulated";
  static constexpr char kDescription[] = "Registered I/O's queues over overlapped sockets";
  static constexpr const char* kProvider = rio::OverlappedEngine::kName;
};
using EmulatedRioBackend = rio::RegisteredIo<rio::ListedProvider<EmulatedRioNames>>;

// Those that are no user's choice, and yet pass the suite.
using WindowsOnlyBackendTypes = std::tuple<EmulatedRioBackend>;

// Windows does not say how many datagrams a socket dropped.
template <>
struct BackendAdapter<rio::OverlappedBackend> : SocketBackendAdapter<rio::OverlappedBackend> {
  static constexpr bool kKernelQueue = false;
};

// One completion queue for all lines, and stamps for WSARecvMsg alone.
template <class B>
struct RegisteredIoAdapter : SocketBackendAdapter<B> {
  static constexpr bool kKernelQueue = false;
  static constexpr bool kKernelStamps = false;
  static constexpr bool kLineQueues = false;
};
template <>
struct BackendAdapter<rio::WindowsRioBackend> : RegisteredIoAdapter<rio::WindowsRioBackend> {};
template <>
struct BackendAdapter<EmulatedRioBackend> : RegisteredIoAdapter<EmulatedRioBackend> {};

// Says on which table the suite ran: what it proves depends on it.
class TableReport : public ::testing::Environment {
 public:
  void SetUp() override {
    const rio::ProbeResult probe = rio::ProbeWindowsTable();
    std::printf("Registered I/O: %s\n", probe.available
                                            ? "the system's own table, and the emulated one"
                                            : "the emulated table alone");
    if (!probe.available) std::printf("  %s\n", probe.reason.c_str());
  }
};
inline ::testing::Environment* const kTableReport =
    ::testing::AddGlobalTestEnvironment(new TableReport);

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CONFORMANCE_WINDOWS_ADAPTERS_H_
