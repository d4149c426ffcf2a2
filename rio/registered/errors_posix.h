// The one table between errno and the Winsock codes that completions carry on every system.
// No allocation, no system call, any thread.
#ifndef FEEDHANDLER_RIO_REGISTERED_ERRORS_POSIX_H_
#define FEEDHANDLER_RIO_REGISTERED_ERRORS_POSIX_H_

#include "rio/registered/abi.h"

namespace fh::rio {

// 0 is kOk; an errno without a Winsock twin in abi::Error is kUnknown.
abi::Error ErrorOfErrno(int error);

}  // namespace fh::rio

#endif  // FEEDHANDLER_RIO_REGISTERED_ERRORS_POSIX_H_
