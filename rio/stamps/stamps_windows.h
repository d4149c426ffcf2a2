// Receive stamps on Windows: how a socket is asked for them and what they mean (Microsoft's
// "Winsock timestamping"; Windows Server 2022, Windows 11). WSARecvMsg alone delivers them.
//
//   const StampGrant grant = GrantStamps(socket, "Ethernet", ReceiveStamps::kSoftware);
//   if (!grant.note.empty()) notes.push_back(grant.note);
//   StampClock clock;
//   const int64_t ns = clock.UnixNs(StampOf(message));
//
// Start-up only, but for StampOf and UnixNs, which allocate nothing and make no system call.
#ifndef FEEDHANDLER_RIO_STAMPS_STAMPS_WINDOWS_H_
#define FEEDHANDLER_RIO_STAMPS_STAMPS_WINDOWS_H_

#include <string>

#include "rio/socket/socket_windows.h"
#include "rio/stamps/stamps.h"

namespace fh::rio {

struct StampGrant {
  ReceiveStamps granted = ReceiveStamps::kNone;
  std::string note;  // What to know about it, with the fix; may be empty.
};

// Asks the socket for stamps. Hardware stamps are the adapter's own clock on Windows, which nothing
// ties to the time of day, so software ones take their place. `interface_name` is for the note.
StampGrant GrantStamps(SOCKET socket, const std::string& interface_name, ReceiveStamps wanted);

// The stamp in a datagram's control messages, in units of the performance counter. 0 = none.
uint64_t StampOf(const WSAMSG& message);

// From the performance counter, which stamps are in, to the time of day.
class StampClock {
 public:
  StampClock() { Adjust(); }

  // Reads both clocks again: the time of day is adjusted all the time. Now and then is enough.
  void Adjust();

  // 0 for 0, and for a stamp that is not of the last minute: the adapter's clock, not the counter.
  int64_t UnixNs(uint64_t stamp) const;

 private:
  int64_t frequency_ = 1;
  int64_t counter_ = 0;
  int64_t unix_ns_ = 0;
};

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_STAMPS_STAMPS_WINDOWS_H_
