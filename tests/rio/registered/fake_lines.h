// Lines of the Registered I/O backend whose sockets are the fake network's, known by the port of
// their group. They can fail to open, and can ask for control messages and destinations.
#ifndef FEEDHANDLER_TESTS_RIO_REGISTERED_FAKE_LINES_H_
#define FEEDHANDLER_TESTS_RIO_REGISTERED_FAKE_LINES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rio/registered/line.h"

namespace fh::test {

struct FakeLines {
  static inline std::map<uint16_t, rio::abi::Socket> current;
  static inline uint32_t failures = 0;  // How many of the next opens fail.
  static inline uint64_t failed = 0;
  static inline bool with_side = false;

  static void Reset() {
    current.clear();
    failures = 0;
    failed = 0;
    with_side = false;
  }

  static absl::StatusOr<rio::RegisteredLine> Open(const rio::Subscription& subscription,
                                                  const rio::ReceiverOptions&,
                                                  const rio::Provider& provider) {
    current.erase(subscription.group.port);
    if (failures > 0) {
      --failures;
      ++failed;
      return absl::UnavailableError("the port is taken: wait");
    }
    int error = 0;
    rio::RegisteredLine line;
    line.socket = provider.open_socket(0, 0, 0, &error);
    if (line.socket == rio::kBadSocket) return absl::UnavailableError("no socket");
    if (with_side) {
      line.control_bytes = 1;
      line.checks_destination = true;
      line.expected_stamps = rio::StampSource::kSoftware;
    }
    current[subscription.group.port] = line.socket;
    return line;
  }
  static void ReadControl(std::span<const uint8_t> control, rio::ControlFacts& facts) {
    facts.stamp_ns = control[0];
    facts.stamp_source = rio::StampSource::kSoftware;
  }
  static std::optional<uint32_t> Drops(rio::abi::Socket) { return std::nullopt; }
  static bool IsForLine(const uint8_t* local, const rio::Subscription&) { return local[0] == 2; }
  static constexpr rio::LineHooks kHooks = {&Open, &ReadControl, &Drops, &IsForLine};
};

// Subscriptions with the ports 1 to `count`.
inline rio::ReceiverOptions OptionsForFakeLines(uint16_t count) {
  rio::ReceiverOptions options;
  for (uint16_t port = 1; port <= count; ++port) {
    rio::Subscription line;
    line.group = {*rio::IpAddress::Parse("239.0.0.1"), port};
    options.subscriptions.push_back(line);
  }
  return options;
}

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_RIO_REGISTERED_FAKE_LINES_H_
