// The Registered I/O of the system itself: its function table, queried and proved.
//
//   absl::StatusOr<const Provider*> provider = WindowsTable();
//   if (!provider.ok()) Print(provider.status().message());   // Why not, and what to use.
//
// Whether a host has it is found out by using it: the table is queried from a socket, its size
// checked, and a small completion queue and request queue are made with it. The system's version is
// never asked (Wine says what it was told to say, and filters in the network stack break it on
// every version).
//
// WindowsTable makes system calls the first time, and answers the same from then on; any thread.
// The provider lives as long as the program. It has no `wait`: completions are polled, or told by
// an event or a completion port.
#ifndef FEEDHANDLER_RIO_REGISTERED_WINDOWS_TABLE_H_
#define FEEDHANDLER_RIO_REGISTERED_WINDOWS_TABLE_H_

#include "absl/status/statusor.h"
#include "rio/backend.h"
#include "rio/registered/provider.h"

namespace fh::rio {

inline constexpr char kWindowsTableName[] = "rio";
inline constexpr char kWindowsTableDescription[] = "the system's own Registered I/O";

// FAILED_PRECONDITION names the step that failed, its Winsock code and the fix.
absl::StatusOr<const Provider*> WindowsTable();

// The same as a probe.
ProbeResult ProbeWindowsTable();

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_WINDOWS_TABLE_H_
