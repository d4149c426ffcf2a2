// Plays bytes as packets: any bytes, any numbers. For the hostile simulation and the fuzz target.
#ifndef FEEDHANDLER_TESTS_SIM_HOSTILE_SCRIPT_H_
#define FEEDHANDLER_TESTS_SIM_HOSTILE_SCRIPT_H_

#include <cstdint>
#include <span>
#include <string>

#include "feedhandler/session/session_types.h"

namespace fh::test {

struct HostileResult {
  std::string broken;  // What went wrong, "" if nothing.
  SessionStats stats;
};

// The first bytes choose the options, each of the following runs of kStepBytes a packet or a call.
// Afterwards everything is flushed, and what must always hold is checked.
inline constexpr size_t kHostileStepBytes = 12;
HostileResult PlayHostile(std::span<const uint8_t> script);

}  // namespace fh::test

#endif  // FEEDHANDLER_TESTS_SIM_HOSTILE_SCRIPT_H_
