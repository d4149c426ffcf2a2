// What the control messages of a line's datagram say, on every system.
//
// Plain values.
#ifndef FEEDHANDLER_RIO_SOCKET_CONTROL_FACTS_H_
#define FEEDHANDLER_RIO_SOCKET_CONTROL_FACTS_H_

#include <cstdint>
#include <optional>

#include "rio/packet.h"

namespace fh::rio {

struct ControlFacts {
  int64_t stamp_ns = 0;  // 0 = none.
  StampSource stamp_source = StampSource::kNone;
  int32_t kernel_after_ns = 0;    // As Packet::kernel_after_ns.
  std::optional<uint32_t> drops;  // The socket's counter when the datagram was queued.
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_SOCKET_CONTROL_FACTS_H_
