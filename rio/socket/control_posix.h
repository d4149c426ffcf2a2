// Control messages of a datagram (cmsg(3)): one walk over them, and what those that a receiver asks
// for mean. Internal to rio/.
//
//   const ControlFacts facts = ReadControlFacts(header.msg_control, header.msg_controllen);
//   if (facts.drops.has_value()) SetDrops(*facts.drops);
//
// Hot path: inline, no allocation, no system call. The bytes are the kernel's, and what they
// announce beyond their end is not believed.
#ifndef FEEDHANDLER_RIO_SOCKET_CONTROL_POSIX_H_
#define FEEDHANDLER_RIO_SOCKET_CONTROL_POSIX_H_

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "rio/socket/control_facts.h"
#include "rio/stamps/stamps_linux.h"

namespace fh::rio {

// Calls `take(message)` for each control message.
template <class F>
void ForEachControlMessage(const void* control, size_t control_bytes, F&& take) {
  msghdr header{};
  header.msg_control = const_cast<void*>(control);  // The macros have no const form.
  header.msg_controllen = control_bytes;
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) take(*c);
}

// The content of a message of this level and type; nothing for any other, or a shorter one.
template <class T>
std::optional<T> ControlValue(const cmsghdr& message, int level, int type) {
  if (message.cmsg_level != level || message.cmsg_type != type ||
      message.cmsg_len < CMSG_LEN(sizeof(T))) {
    return std::nullopt;
  }
  T value;
  std::memcpy(&value, CMSG_DATA(&message), sizeof value);
  return value;
}

inline ControlFacts ReadControlFacts(const void* control, size_t control_bytes) {
  ControlFacts facts;
  ForEachControlMessage(control, control_bytes, [&facts](const cmsghdr& message) {
    if (const auto stamps = ControlValue<KernelStamps>(message, SOL_SOCKET, SO_TIMESTAMPING)) {
      const KernelStamp best = BestStamp(*stamps);
      facts.stamp_ns = best.ns;
      facts.stamp_source = best.source;
      facts.kernel_after_ns = best.kernel_after_ns;
    } else if (const auto drops = ControlValue<uint32_t>(message, SOL_SOCKET, SO_RXQ_OVFL)) {
      facts.drops = drops;
    }
  });
  return facts;
}

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_CONTROL_POSIX_H_
