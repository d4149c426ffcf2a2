// The socket backends of this platform: listed, probed, chosen by name, and the one place where a
// name becomes a type.
//
//   absl::StatusOr<BackendChoice> choice = ChooseBackend("auto");
//   if (!choice.ok()) return choice.status();
//   for (const std::string& refusal : choice->refusals) Print(refusal);
//   return WithBackend(choice->name, [&](auto type) -> absl::Status {
//     using B = typename decltype(type)::type;
//     auto receiver = Receiver<B>::Open(setup);
//     ...                                         // The whole loop, compiled for this backend.
//   });
//
// A new backend is one more type in AutoBackendTypes or NamedBackendTypes; the listing, the choice,
// the dispatch and the conformance suite follow from it.
//
// Start-up only: probing makes system calls, everything allocates. Any thread.
#ifndef FEEDHANDLER_RIO_BACKENDS_H_
#define FEEDHANDLER_RIO_BACKENDS_H_

#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rio/backend.h"
#ifdef _WIN32
#include "rio/backend/overlapped.h"
#include "rio/backend/registered_io_windows.h"
#else
#include "rio/backend/af_xdp.h"
#include "rio/backend/io_uring.h"
#include "rio/backend/io_uring_multishot.h"
#include "rio/backend/recvmmsg.h"
#endif

namespace fh::rio {

#ifdef _WIN32
// In the order in which "auto" tries them.
using AutoBackendTypes = std::tuple<WindowsRioBackend, OverlappedBackend>;
// Those that are used only when they are named.
using NamedBackendTypes = std::tuple<>;
#else
// In the order in which "auto" tries them. recvmmsg comes first because it measured best: for UDP,
// io_uring's receives cost 2% (sentinel and burst) to 8% (multishot) more a datagram and have no
// lower latency. io_uring is the one to name when a poll of idle lines must make no system call:
// with many quiet lines, or on a core that other work shares. It also comes to bear when a sandbox
// refuses recvmmsg.
using AutoBackendTypes = std::tuple<RecvmmsgBackend, IoUringBackend, IoUringMultishotBackend>;
// Those that are used only when they are named. AF_XDP is much the fastest, but it attaches a
// program to the network interface and takes the groups away from every other program of the host:
// that is for the user to decide.
using NamedBackendTypes = std::tuple<AfXdpBackend>;
#endif
using SocketBackendTypes =
    decltype(std::tuple_cat(std::declval<AutoBackendTypes>(), std::declval<NamedBackendTypes>()));

struct BackendInfo {
  const char* name;
  const char* description;
  ProbeResult (*probe)();
  bool automatic;  // "auto" may choose it.
};

// All of them, whether this host can run them or not, in the order of SocketBackendTypes.
std::span<const BackendInfo> SocketBackends();

struct BackendChoice {
  std::string name;
  std::vector<std::string> refusals;  // "name: reason" of each that was tried before.
};

inline constexpr char kAutoBackend[] = "auto";

// `name`: one of SocketBackends(), or "auto" (or nothing) for the first of AutoBackendTypes that
// this host can run. INVALID_ARGUMENT lists the names; FAILED_PRECONDITION says why the host cannot
// run it.
absl::StatusOr<BackendChoice> ChooseBackend(absl::string_view name);

// The status of a name that is not in the list.
absl::Status UnknownBackend(absl::string_view name);

// Calls `f(std::type_identity<B>())` for the backend named and returns its result, which must be
// constructible from absl::Status: an unknown name is an error. Instantiates `f` for every backend.
template <class F>
auto WithBackend(absl::string_view name, F&& f) {
  using Result =
      std::invoke_result_t<F&, std::type_identity<std::tuple_element_t<0, SocketBackendTypes>>>;
  Result result = UnknownBackend(name);
  [&]<class... B>(std::type_identity<std::tuple<B...>>) {
    static_assert((SocketBackend<B> && ...));
    // Stops at the first name that matches.
    (void)((name == B::kName && (result = f(std::type_identity<B>()), true)) || ...);
  }(std::type_identity<SocketBackendTypes>());
  return result;
}

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKENDS_H_
