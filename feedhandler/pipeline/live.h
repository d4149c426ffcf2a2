// Starts a pipeline on the sockets that its configuration names.
//
//   absl::StatusOr<std::string> backend = StartLive(*pipeline, config);   // "io_uring"
#ifndef FEEDHANDLER_FEEDHANDLER_PIPELINE_LIVE_H_
#define FEEDHANDLER_FEEDHANDLER_PIPELINE_LIVE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "feedhandler/config/config.h"
#include "feedhandler/pipeline/pipeline.h"

namespace fh {

// Opens on each feed thread its receiver's backend, by name or (with "auto") the first that this host
// can run. Returns its name; of several threads "recvmmsg (a), af_xdp (b)". Errors are those of the
// backend, with the fix.
absl::StatusOr<std::string> StartLive(Pipeline& pipeline, const Config& config);

// The names of all backends of this platform, which configurations may use besides "auto".
std::vector<std::string> LiveBackendNames();

}  // namespace fh

#endif  // FEEDHANDLER_FEEDHANDLER_PIPELINE_LIVE_H_
