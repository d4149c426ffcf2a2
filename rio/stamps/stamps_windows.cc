#include "rio/stamps/stamps_windows.h"

#include <mstcpip.h>

#include "absl/strings/str_cat.h"
#include "rio/socket/control_windows.h"

namespace fh::rio {
namespace {

// SO_TIMESTAMP of ws2def.h in the Windows SDK: the type of the control message.
constexpr INT kSoTimestamp = 0x300A;

int64_t Counter() {
  LARGE_INTEGER counter;
  QueryPerformanceCounter(&counter);
  return counter.QuadPart;
}

int64_t UnixNow() {
  constexpr int64_t kUnixEpoch = 116'444'736'000'000'000;  // In 100 ns since 1601.
  FILETIME time;
  GetSystemTimePreciseAsFileTime(&time);
  const auto ticks = (static_cast<uint64_t>(time.dwHighDateTime) << 32) | time.dwLowDateTime;
  return (static_cast<int64_t>(ticks) - kUnixEpoch) * 100;
}

}  // namespace

StampGrant GrantStamps(SOCKET socket, const std::string& interface_name, ReceiveStamps wanted) {
  StampGrant grant;
  if (wanted == ReceiveStamps::kNone) return grant;
  TIMESTAMPING_CONFIG config{};
  config.Flags = TIMESTAMPING_FLAG_RX;
  DWORD bytes = 0;
  if (WSAIoctl(socket, SIO_TIMESTAMPING, &config, sizeof config, nullptr, 0, &bytes, nullptr,
               nullptr) != 0) {
    grant.note =
        absl::StrCat("no receive stamps (SIO_TIMESTAMPING: ", SocketErrorText(WSAGetLastError()),
                     "): they need Windows 11 or Windows Server 2022 (build 20348). "
                     "dequeue_ticks is there in any case");
    return grant;
  }
  grant.granted = ReceiveStamps::kSoftware;
  if (wanted == ReceiveStamps::kHardware) {
    grant.note = absl::StrCat(
        "no hardware stamps on ", interface_name.empty() ? "the line's interface" : interface_name,
        " (Windows does not tie the adapter's clock to the time of day): software stamps instead");
  }
  return grant;
}

uint64_t StampOf(const WSAMSG& message) {
  uint64_t stamp = 0;
  ForEachControlMessage(message, [&stamp](const WSACMSGHDR& c) {
    stamp = ControlValue<uint64_t>(c, SOL_SOCKET, kSoTimestamp).value_or(stamp);
  });
  return stamp;
}

void StampClock::Adjust() {
  LARGE_INTEGER frequency;
  QueryPerformanceFrequency(&frequency);
  frequency_ = frequency.QuadPart;
  // The time of day between two readings of the counter.
  const int64_t before = Counter();
  unix_ns_ = UnixNow();
  counter_ = before + (Counter() - before) / 2;
}

int64_t StampClock::UnixNs(uint64_t stamp) const {
  if (stamp == 0) return 0;
  const int64_t now = Counter();
  const int64_t age = now - static_cast<int64_t>(stamp);
  if (age < 0 || age / frequency_ > 60) return 0;
  const int64_t since = static_cast<int64_t>(stamp) - counter_;
  // In two parts, since nanoseconds times the frequency overflow within hours.
  const int64_t seconds = since / frequency_;
  const int64_t rest = since % frequency_;
  return unix_ns_ + seconds * 1'000'000'000 + rest * 1'000'000'000 / frequency_;
}

}  // namespace fh::rio
