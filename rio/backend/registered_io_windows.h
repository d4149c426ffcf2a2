// Registered I/O of the system itself as a receive path: the backend named "rio".
//
// Where the table is refused, Probe says why and "auto" goes on to rio/backend/overlapped.h.
#ifndef FEEDHANDLER_RIO_BACKEND_REGISTERED_IO_WINDOWS_H_
#define FEEDHANDLER_RIO_BACKEND_REGISTERED_IO_WINDOWS_H_

#include "rio/backend/registered_io.h"
#include "rio/registered/windows_table.h"

namespace fh::rio {

struct WindowsRioNames {
  static constexpr char kName[] = "rio";
  static constexpr char kDescription[] =
      "Windows Registered I/O: receives posted ahead, completions without a system call";
  static constexpr const char* kProvider = kWindowsTableName;
};
using WindowsRioBackend = RegisteredIo<ListedProvider<WindowsRioNames>>;

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_BACKEND_REGISTERED_IO_WINDOWS_H_
