#include "tests/sim/hostile_script.h"

#include <array>
#include <cstring>
#include <vector>

#include "tests/sim/session_harness.h"

namespace fh::test {
namespace {

// Numbers near what the session expects, and from everywhere else.
uint64_t HostileNumber(uint8_t how, uint32_t raw, uint64_t expected) {
  switch (how % 8) {
    case 0:
      return expected;
    case 1:
      return expected + raw % 16;
    case 2:
      return expected - raw % 16;
    case 3:
      return expected + raw % 4096;
    case 4:
      return raw % 64;
    case 5:
      return UINT64_MAX - raw % 64;
    case 6:
      return (uint64_t{1} << 63) + raw;
    default:
      return uint64_t{raw} << (raw % 33);
  }
}

SessionOptions HostileOptions(const uint8_t* bytes) {
  SessionOptions options;
  options.lines = 1 + bytes[0] % 4;
  options.recovery_lines = bytes[0] / 4 % 2;
  options.max_burst = 1 + bytes[1] % 16;
  options.window_packets = 1 + bytes[2] % 32;
  options.window_messages = bytes[3] % 2 == 0 ? 1 + bytes[3] : uint64_t{1} << 40;
  options.gap_timeout_ns = bytes[4] * 10;
  options.early_gap_packets = bytes[5] % 8;
  options.line_silent_ns = bytes[6] * 100;
  options.max_jump = uint64_t{1} << (bytes[7] % 63);
  options.jump_confirmations = 1 + bytes[8] % 4;
  options.late_join = bytes[9] % 2 == 0 ? LateJoin::kLiveOnly : LateJoin::kFromFirst;
  options.announce_gaps = bytes[10] % 2 == 0;
  return options;
}

Sent HostilePacket(const uint8_t* bytes, uint64_t expected, uint32_t lines, int64_t now_ns) {
  uint32_t raw;
  std::memcpy(&raw, bytes + 4, sizeof raw);
  Sent sent;
  sent.line = static_cast<uint8_t>(bytes[1] % lines);
  sent.first = HostileNumber(bytes[2], raw, expected);
  sent.count = bytes[3] == 255 ? UINT32_MAX : bytes[3] % 8;
  sent.at_ns = now_ns;
  sent.session = static_cast<char>('A' + (bytes[8] < 240 ? 0 : bytes[8] % 4));
  sent.kind = static_cast<codecs::FrameKind>(bytes[9] < 200 ? 0 : bytes[9] % 4);
  sent.lost_in_tail = bytes[10] < 230 ? 0 : bytes[10] == 255 ? UINT16_MAX : bytes[10] % 8;
  sent.stream_start = sent.first <= 1;
  sent.send_ns = bytes[11] % 4 == 0 ? 0 : now_ns + static_cast<int8_t>(bytes[11]);
  return sent;
}

}  // namespace

HostileResult PlayHostile(std::span<const uint8_t> script) {
  if (script.size() < kHostileStepBytes) return {};
  const SessionOptions options = HostileOptions(script.data());
  SessionHarness harness(options, /*keep_log=*/false);
  int64_t now_ns = 1000;
  std::vector<Sent> burst;
  std::array<SequenceRange, 4> missing;
  for (size_t at = kHostileStepBytes; at + kHostileStepBytes <= script.size();
       at += kHostileStepBytes) {
    const uint8_t* bytes = script.data() + at;
    now_ns += static_cast<int8_t>(bytes[11]) * (bytes[0] == 254 ? int64_t{1} << 50 : 1);
    burst.push_back(HostilePacket(bytes, harness.session().expected(),
                                  options.lines + options.recovery_lines, now_ns));
    if (bytes[0] % 4 != 0) continue;
    harness.SendBurst(burst);
    burst.clear();
    switch (bytes[0] / 4) {
      case 1:
        harness.Idle(now_ns);
        break;
      case 2:
        harness.Flush(now_ns);
        break;
      case 3:
        harness.MarkClean();
        break;
      case 4:
        harness.session().AwaitRecovery(harness.session().expected() + bytes[3], now_ns + 100);
        break;
      case 5:
        harness.session().Missing(missing);
        harness.Idle(harness.session().NextDeadlineNs());
        break;
      default:
        break;
    }
    harness.ForgetOutput();
  }
  harness.SendBurst(burst);
  harness.Flush(now_ns);
  HostileResult result{.broken = harness.broken(), .stats = harness.session().stats()};
  if (!result.broken.empty()) return result;
  if (harness.outstanding() != 0) result.broken = "slices did not come back";
  if (harness.accounted_messages() != harness.sent_messages()) {
    result.broken = "messages in differ from messages accounted for";
  }
  return result;
}

}  // namespace fh::test
