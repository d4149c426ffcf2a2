// The Registered I/O tables of this platform: listed, probed and chosen by name.
//
//   absl::StatusOr<ProviderChoice> choice = ChooseProvider("auto");
//   if (!choice.ok()) return choice.status();
//   for (const std::string& refusal : choice->refusals) Print(refusal);
//   const Provider& provider = *choice->provider;
//
// Windows: the system's own table (rio), then one over overlapped sockets. Linux: over
// io_uring, then over a pump thread. A new table is one more line in providers_linux.cc or
// providers_windows.cc; the listing, the choice and the conformance suite of the queues follow from
// it.
//
// Start-up only: probing makes system calls, everything allocates. Any thread. Providers live as
// long as the program.
#ifndef FEEDHANDLER_RIO_REGISTERED_PROVIDERS_H_
#define FEEDHANDLER_RIO_REGISTERED_PROVIDERS_H_

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rio/backend.h"
#include "rio/registered/provider.h"

namespace fh::rio {

struct ProviderInfo {
  const char* name;
  const char* description;
  ProbeResult (*probe)();
  // Null only where probe says that it is not available.
  const Provider* (*get)();
};

// All of them, whether this host can run them or not, in the order in which "auto" tries them.
std::span<const ProviderInfo> Providers();

struct ProviderChoice {
  const Provider* provider = nullptr;
  std::vector<std::string> refusals;  // "name: reason" of each that was tried before.
};

// `name`: one of Providers(), or "auto" (or nothing) for the first one that this host can run.
// INVALID_ARGUMENT lists the names; FAILED_PRECONDITION says why the host cannot run it.
absl::StatusOr<ProviderChoice> ChooseProvider(absl::string_view name);

// The first one that this host can run, probed once for the whole program. When none can, the last
// of the list: its calls then fail with what is wrong.
const Provider& DefaultProvider();

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_PROVIDERS_H_
