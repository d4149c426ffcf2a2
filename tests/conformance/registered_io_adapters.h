// Receiving through Registered I/O in the conformance suite: over the fake table, whose engine is
// the test's own, and over the emulated ones of Linux.
#ifndef FEEDHANDLER_TESTS_CONFORMANCE_REGISTERED_IO_ADAPTERS_H_
#define FEEDHANDLER_TESTS_CONFORMANCE_REGISTERED_IO_ADAPTERS_H_

#include <tuple>

#include "rio/backend/registered_io_linux.h"
#include "rio/registered/emulated_table.h"
#include "tests/conformance/backend_harness.h"
#include "tests/rio/registered/loopback_engine.h"

namespace fh::test {

struct FakeTable {
  static constexpr char kName[] = "rio_fake";
  static constexpr char kDescription[] = "Registered I/O over a table that is the test's";
  static rio::ProbeResult Probe() { return {true, ""}; }
  static const rio::Provider* provider() { return &rio::EmulatedProvider<LoopbackEngine>(); }
  static const rio::LineHooks& hooks() { return rio::SystemLineHooks(); }
};
using RegisteredIoFake = rio::RegisteredIo<FakeTable>;

using RegisteredIoTypes =
    std::tuple<RegisteredIoFake, rio::RegisteredIoUring, rio::RegisteredIoPump>;

// The pump receives while nobody polls: up to as many as are posted wait there, not in the socket,
// and all lines in one queue.
template <>
struct BackendAdapter<rio::RegisteredIoPump> : SocketBackendAdapter<rio::RegisteredIoPump> {
  static constexpr bool kKernelQueue = false;
  static constexpr bool kLineQueues = false;
};

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_CONFORMANCE_REGISTERED_IO_ADAPTERS_H_
