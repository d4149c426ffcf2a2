#include "rio/socket/multicast_windows.h"
// After winsock2.h.
#include "feedhandler/doctor/refusals.h"

namespace fh::doctor_internal {

absl::Status ProbeLine(const rio::Subscription& line, const rio::ReceiverOptions& options, bool) {
  return rio::OpenLineSocket(line, options).status();
}

absl::Status ProbeXdp(const rio::ReceiverOptions&) { return absl::OkStatus(); }

}  // namespace fh::doctor_internal
